//! What becomes a record, and what does not: every event once, byte for byte, whatever the
//! chunks; nothing that only we were told.

use facts::{Epoch, Stamp};
use proptest::prelude::*;

use super::starting::capture;
use super::*;
use crate::asterisk::settings::{LeaveOut, LoginMethod};

/// Every capture there is: its name under fixtures/captures.
fn captures() -> Vec<String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures");
    let mut found = Vec::new();
    for version in ["16", "22"] {
        for scenario in std::fs::read_dir(format!("{root}/{version}")).unwrap() {
            let scenario = scenario.unwrap().file_name().into_string().unwrap();
            found.push(format!("{version}/{scenario}/ami-a.txt.gz"));
        }
    }
    found.sort();
    assert!(found.len() > 80, "{} captures", found.len());
    found
}

/// The events of a capture by the plainest reading: blocks between empty lines that begin with
/// `Event:` and have a `Timestamp:`. (The only others are the recorder's own answers.)
fn events(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks = Vec::new();
    let mut block = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        block.extend_from_slice(line);
        if line == b"\r\n" {
            blocks.push(std::mem::take(&mut block));
        }
    }
    let stamped = |b: &Vec<u8>| b.windows(13).any(|w| w == b"\r\nTimestamp: ");
    blocks.retain(|b| b.starts_with(b"Event: ") && stamped(b));
    blocks
}

/// Feeds a capture in chunks of these sizes, again and again; the events that came out.
fn through(bytes: &[u8], leave_out: LeaveOut, chunks: &[usize]) -> Vec<Record> {
    let settings = Settings { login: LoginMethod::Plain, leave_out, ..settings() };
    let mut bench = Bench::new(settings);
    bench.session.connected(false, bench.now);
    let (mut rest, mut sizes) = (bytes, chunks.iter().cycle());
    while !rest.is_empty() {
        let (chunk, left) = rest.split_at((*sizes.next().unwrap()).clamp(1, rest.len()));
        bench.session.bytes(chunk, bench.now);
        bench.collect();
        rest = left;
    }
    // Nobody answered our questions: after some seconds it goes on without.
    bench.pass(6_000_000, false);
    bench.records.retain(|record| record.kind == Kind::Event);
    bench.records
}

fn payloads(records: &[Record]) -> Vec<Vec<u8>> {
    records.iter().map(|record| record.payload.to_vec()).collect()
}

#[test]
fn every_event_of_every_capture_becomes_one_record_byte_for_byte() {
    for (n, name) in captures().iter().enumerate() {
        let bytes = capture(name);
        let chunks = [1 + n * 37 % 1500, 7, 4096, 1];
        let heard = payloads(&through(&bytes, LeaveOut::nothing(), &chunks));
        let expected = events(&bytes);
        assert!(!expected.is_empty(), "{name}");
        for (heard, expected) in heard.iter().zip(&expected) {
            let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert_eq!(show(heard), show(expected), "{name}");
        }
        assert_eq!(heard.len(), expected.len(), "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn chunks_do_not_matter(
        n in 0_usize..1_000,
        chunks in proptest::collection::vec(1_usize..3_000, 1..20),
    ) {
        let names = captures();
        let bytes = capture(&names[n % names.len()]);
        let whole = through(&bytes, LeaveOut::default(), &[bytes.len()]);
        let parts = through(&bytes, LeaveOut::default(), &chunks);
        prop_assert_eq!(whole, parts);
    }
}

#[test]
fn a_record_has_the_events_own_stamp_and_when_it_was_heard() {
    let mut bench = Bench::live(settings());
    bench.heard();
    bench.pbx.clock_offset_us = 2_500_000;
    let event = bench.event("Newchannel", &[("Uniqueid", "1.1")]);
    let record = &bench.records[0];
    assert_eq!(record.stamp, bench.now.wall + 2_500_000);
    assert_eq!(record.heard, bench.now.wall);
    assert_eq!(record.payload[..], event[..]);
    assert_eq!(record.epoch, bench.status().epoch);
    assert_eq!(bench.status().last_event, Some(record.stamp));
}

#[test]
fn the_default_leaves_out_what_no_reading_needs() {
    let bytes = capture("22/answered/ami-a.txt.gz");
    let all = through(&bytes, LeaveOut::nothing(), &[4096]);
    let kept = through(&bytes, LeaveOut::default(), &[4096]);
    let names = |records: &[Record]| -> Vec<String> { records.iter().map(name_of).collect() };
    assert!(names(&all).contains(&"Event: TestEvent".to_owned()));
    for (left_out, times) in [("TestEvent", 0), ("RTCPSent", 0), ("SuccessfulAuth", 0)] {
        let name = format!("Event: {left_out}");
        assert_eq!(names(&kept).iter().filter(|n| **n == name).count(), times, "{left_out}");
    }
    let bytes = |records: &[Record]| records.iter().map(|r| r.payload.len()).sum::<usize>();
    assert!(bytes(&kept) * 2 < bytes(&all), "{} of {}", bytes(&kept), bytes(&all));
    // Nothing else is missing.
    let rest = |records: &[Record]| -> Vec<Vec<u8>> {
        let mut rest = payloads(records);
        let out = ["TestEvent", "RTCP", "SuccessfulAuth", "VarSet"];
        rest.retain(|p| !out.iter().any(|o| p.starts_with(format!("Event: {o}").as_bytes())));
        rest
    };
    assert_eq!(rest(&kept), rest(&all));
}

#[test]
fn only_what_all_hear_becomes_an_event() {
    let mut bench = Bench::live(settings());
    bench.heard();
    // Another client's side effects go to everybody, with its ActionID, or even with ours.
    let originate = b"Event: OriginateResponse\r\nPrivilege: call,all\r\n\
        Timestamp: 1795261561.000001\r\nActionID: theirs-1\r\nResponse: Failure\r\n\r\n";
    bench.hear(originate);
    let ours = "Event: OriginateResponse\r\nPrivilege: call,all\r\nActionID: bh-test-1\r\n\
        Response: Success\r\n\r\n";
    bench.hear(ours.as_bytes());
    let user = "Event: UserEvent\r\nPrivilege: user,all\r\nTimestamp: 1795261561.000002\r\n\
        ActionID: theirs-2\r\nUserEvent: WorkCode\r\nCode: 17\r\n\r\n";
    bench.hear(user.as_bytes());
    // Late items of a list of ours, answers to nobody: only we were told.
    bench.hear(b"Event: CoreShowChannel\r\nActionID: bh-test-3\r\nChannel: x\r\n\r\n");
    bench.hear(b"Response: Success\r\nActionID: bh-test-3\r\n\r\n");
    bench.hear(b"Response: Error\r\nMessage: Missing action in request\r\n\r\n");
    bench.hear(b"Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 1\r\n\r\n");
    let payloads: Vec<_> = bench.records.iter().map(|r| r.payload.to_vec()).collect();
    assert_eq!(payloads, [originate.to_vec(), ours.into(), user.into()]);
}

#[test]
fn the_torn_rest_of_an_event_keeps_its_events_stamp() {
    let mut bench = Bench::live(settings());
    bench.heard();
    let event = bench.event("UserEvent", &[("UserEvent", "Note")]);
    bench.now.wall = bench.now.wall + 5_000_000;
    bench.hear(b"the rest of a value with an empty line in it\r\n\r\n");
    assert_eq!(bench.records[0].payload[..], event[..]);
    assert_eq!(bench.records[1].stamp, bench.records[0].stamp);
}

#[test]
fn events_without_a_stamp_get_the_pbx_clock_and_an_advice() {
    let mut bench = Bench::new(settings());
    bench.pbx.stamps = false;
    bench.pbx.clock_offset_us = -700_000;
    bench.connect();
    bench.talk();
    bench.heard();
    for _ in 0..3 {
        bench.event("Newstate", &[("Uniqueid", "1.1")]);
    }
    assert_eq!(bench.records[0].stamp, bench.now.wall + -700_000);
    bench.pass(3_000_000, true);
    assert_eq!(bench.codes(), ["no-timestamps"]);
    assert_eq!(bench.state(), State::Live);
    assert_eq!(bench.status().clock_offset_us, Some(-700_000));
}

#[test]
fn observations_are_never_before_an_event_heard() {
    let mut bench = Bench::live(settings());
    bench.heard();
    bench.pbx.clock_offset_us = 900_000;
    bench.event("Newchannel", &[]);
    bench.close("cut");
    assert_eq!(bench.records[1].stamp, bench.records[0].stamp);
    assert_eq!(bench.heard(), ["Event: Newchannel", "LinkDown"]);
}

#[test]
fn what_cannot_be_understood_is_a_hole_and_asked_for_again() {
    let mut bench = Bench::live(settings());
    bench.heard();
    let mut long = b"Event: UserEvent\r\nValue: ".to_vec();
    long.resize(70 << 10, b'x');
    long.extend_from_slice(b"\r\n\r\n");
    bench.hear(&long);
    assert!(text(&bench.records[0]).contains("Reason: message-too-large\r\nBytes: "));
    assert_eq!(bench.asked(), "CoreShowChannels");
    bench.talk();
    let heard = bench.heard();
    assert_eq!((heard[0].as_str(), heard[4].as_str()), ("Hole", "Resynced"));
    bench.hear(b"Event: Hangup\r\nPrivilege: call,a");
    bench.close("cut");
    assert!(text(&bench.records[0]).contains("Reason: torn\r\nBytes: 32\r\n"));
    assert_eq!(bench.heard(), ["Hole", "LinkDown"]);
    assert_eq!(bench.status().holes, 2);
}

#[test]
fn a_connection_lost_before_link_up_keeps_what_it_heard() {
    let mut bench = Bench::new(settings());
    bench.connect();
    bench.talk_once();
    bench.talk_once();
    let event = bench.event("Newchannel", &[]);
    bench.close("cut");
    assert_eq!(bench.records.len(), 1);
    assert_eq!(bench.records[0].payload[..], event[..]);
    assert_eq!(bench.records[0].epoch, Epoch(bench.now.wall.secs() - 314), "told by Uptime");
    assert!(bench.records[0].stamp >= Stamp::from_secs(1_795_261_560));
}
