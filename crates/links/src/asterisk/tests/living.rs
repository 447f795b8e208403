//! Liveness, heartbeat, reconnect, resync now and then, and a ring that is full.

use std::time::Duration;

use super::*;

#[test]
fn a_silent_link_is_stalled_after_three_seconds_and_given_up_after_ten() {
    let mut bench = Bench::live(settings());
    bench.pass(5_000_000, true);
    bench.heard();
    // The last heartbeat was 900 ms ago.
    bench.pass(2_000_000, false);
    assert_eq!(bench.state(), State::Live);
    bench.pass(300_000, false);
    assert_eq!(bench.state(), State::Stalled);
    bench.pass(20_000_000, false);
    assert_eq!(bench.session.over().map(|over| &*over.reason), Some("nothing heard for 10 s"));
    bench.close("unused");
    assert!(matches!(bench.state(), State::Waiting { retry_at } if retry_at > bench.now.wall));
    let wait = bench.session.retry_at() - bench.now.mono;
    assert!((50_000..=100_000).contains(&wait), "the first wait is {wait} us");
    assert_eq!(text(&bench.records[0]).lines().nth(2), Some("Reason: nothing heard for 10 s"));
    bench.connect();
    bench.talk();
    assert_eq!(bench.state(), State::Live);
}

#[test]
fn a_stalled_link_that_speaks_again_is_live() {
    let mut bench = Bench::live(settings());
    bench.pass(4_000_000, false);
    assert_eq!(bench.state(), State::Stalled);
    bench.talk();
    assert_eq!(bench.state(), State::Live);
    assert_eq!(bench.session.over(), None);
}

#[test]
fn answers_without_events_are_a_stalled_link_too() {
    let mut bench = Bench::live(settings());
    bench.pass(3_000_000, true);
    bench.pbx.echo = false;
    bench.pass(5_000_000, true);
    assert_eq!(bench.state(), State::Stalled);
    assert_eq!(&*bench.status().reason, "answers come but no events");
    bench.pass(8_000_000, true);
    assert!(bench.session.over().is_some());
}

#[test]
fn heartbeats_measure_and_make_no_records() {
    let mut bench = Bench::live(settings());
    bench.heard();
    bench.pbx.clock_offset_us = 1_234;
    bench.pass(30_000_000, true);
    assert_eq!(bench.heard(), [""; 0]);
    let status = bench.status();
    assert_eq!((status.heartbeats_lost, status.round_trip_us), (0, Some(0)));
    assert_eq!(status.clock_offset_us, Some(1_234));
    assert_eq!(status.rate_per_s, 1);
    // Another server's heartbeat makes none either, and is not taken for ours.
    let headers = [("ActionID", "bh-other-1"), ("UserEvent", "BusyhourBeat"), ("Counter", "1")];
    bench.event("UserEvent", &headers);
    assert_eq!(bench.heard(), [""; 0]);
}

#[test]
fn lost_heartbeats_are_counted_by_the_next_that_comes() {
    let mut bench = Bench::live(settings());
    bench.pass(2_000_000, true);
    bench.pbx.echo = false;
    bench.pass(2_000_000, true);
    bench.pbx.echo = true;
    bench.pass(2_000_000, true);
    assert_eq!(bench.status().heartbeats_lost, 2);
    assert_eq!(bench.state(), State::Live);
}

#[test]
fn without_the_right_a_ping_a_second_does() {
    let mut bench = Bench::new(settings());
    bench.pbx.allowed.remove("UserEvent");
    bench.connect();
    bench.talk();
    bench.pass(2_150_000, false);
    assert_eq!(bench.asked(), "Ping, Ping, Ping");
    assert_eq!(bench.codes(), ["no-heartbeat"]);
    bench.talk();
    bench.pass(60_000_000, true);
    assert_eq!(bench.state(), State::Live);
}

#[test]
fn heartbeats_that_never_come_back_end_in_pings_and_an_advice() {
    let mut bench = Bench::new(settings());
    bench.pbx.echo = false;
    bench.connect();
    bench.talk();
    bench.pass(8_000_000, true);
    assert_eq!(bench.codes(), ["read-class"]);
    assert_eq!(&*bench.status().advice[0].what, "no events of class user are heard");
    bench.pass(1_000_000, false);
    assert_eq!(bench.asked(), "Ping");
    assert_eq!(bench.state(), State::Live);
}

#[test]
fn everything_is_asked_again_now_and_then_but_never_twice_at_once() {
    let every = Duration::from_secs(20);
    let mut bench = Bench::live(Settings { resync_every: Some(every), ..settings() });
    bench.heard();
    bench.pass(19_000_000, true);
    assert_eq!(bench.heard(), [""; 0]);
    bench.pass(2_000_000, false);
    assert_eq!(bench.asked().matches("CoreShowChannels").count(), 1);
    assert_eq!(bench.state(), State::Live, "it goes on meanwhile");
    // Somebody asks for one while it runs: it is done after that one.
    bench.session.want_resync(bench.now);
    bench.collect();
    assert_eq!(bench.asked().matches("CoreShowChannels").count(), 1);
    bench.talk();
    let heard = bench.heard();
    assert_eq!(heard.iter().filter(|name| **name == "Resynced").count(), 2, "{heard:?}");
}

#[test]
fn a_list_that_never_ends_is_given_up() {
    let mut bench = Bench::live(settings());
    bench.heard();
    bench.session.want_resync(bench.now);
    bench.collect();
    bench.sent.clear();
    for _ in 0..62 {
        // Pings are answered, the list is not.
        bench.pass(1_000_000, false);
        bench.sent = bench.sent.replace("Action: CoreShowChannels", "Action: Nothing");
        bench.talk();
    }
    let resynced = text(bench.records.last().unwrap());
    assert!(resynced.contains("CoreShowChannels (no answer)"), "{resynced}");
    assert_eq!(bench.codes(), ["no-channel-list"]);
}

#[test]
fn waits_grow_until_a_connection_was_good() {
    let mut bench = Bench::new(settings());
    let mut waits = Vec::new();
    for _ in 0..12 {
        bench.close("cannot connect: connection refused");
        waits.push(bench.session.retry_at() - bench.now.mono);
    }
    assert!(waits[0] <= 100_000 && waits[11] >= 7_500_000, "{waits:?}");
    bench.connect();
    bench.talk();
    bench.close("cut");
    assert!(bench.session.retry_at() - bench.now.mono >= 7_500_000, "it was not live for long");
    bench.connect();
    bench.talk();
    bench.pass(11_000_000, true);
    bench.close("cut");
    assert!(bench.session.retry_at() - bench.now.mono <= 100_000);
}

#[test]
fn a_full_ring_is_a_hole_with_counts_and_then_a_resync() {
    let mut bench = Bench::live(settings());
    bench.heard();
    bench.room = 1;
    bench.event("Newchannel", &[("Uniqueid", "1.1")]);
    let mut bytes = 0;
    for n in 0..5 {
        bench.now.wall = bench.now.wall + 1_000;
        bytes += bench.event("Newstate", &[("Uniqueid", &n.to_string())]).len();
    }
    assert_eq!(bench.heard(), ["Event: Newchannel"]);
    bench.room = usize::MAX;
    bench.event("Hangup", &[("Uniqueid", "1.1")]);
    let (first, last) = (bench.now.wall + -4_000, bench.now.wall);
    let hole = format!(
        "Observation: Hole\r\nServer: server-a\r\nReason: ring-full\r\nRecords: 5\r\n\
         Bytes: {bytes}\r\nFirst: {first}\r\nLast: {last}\r\n\r\n"
    );
    assert_eq!(&*text(&bench.records[0]), hole);
    assert!(bench.records[0].stamp >= last);
    assert_eq!(bench.asked(), "CoreShowChannels");
    bench.talk();
    let heard = bench.heard();
    assert_eq!(heard[..2], ["Hole", "Event: Hangup"]);
    assert_eq!(heard.last().unwrap(), "Resynced");
    assert_eq!(bench.status().holes, 1);
}

/// A server that was busy took a list for newer than the end of a call that it names: the call
/// rose again and stayed until the next resync.
#[test]
fn a_list_that_is_heard_late_comes_before_what_happened_after_it() {
    let mut bench = Bench::live(settings());
    bench.pass(1_000_000, true);
    bench.session.want_resync(bench.now);
    bench.collect();
    bench.heard();
    let asked = bench.now.wall;
    assert_eq!(bench.asked(), "CoreShowChannels");
    let sent = std::mem::take(&mut bench.sent);
    let mut late = bench.pbx.answer(sent.as_bytes(), asked);
    late.extend(bench.pbx.event("Hangup", asked + 300_000, &[("Uniqueid", "1.1")]));
    bench.now = Now { wall: asked + 800_000, mono: bench.now.mono + 800_000 };
    bench.hear(&late);
    bench.talk();
    let stamps: Vec<_> = bench.records.iter().map(|record| record.stamp).collect();
    let (list, hangup) = (stamps[0], stamps[1]);
    assert_eq!(list, asked);
    assert_eq!(hangup, asked + 300_000);
    assert!(stamps.is_sorted(), "{stamps:?}");
    let names = bench.heard();
    assert_eq!(names[..2], ["Answer CoreShowChannels", "Event: Hangup"]);
    assert_eq!(names.last().unwrap(), "Resynced");
}
