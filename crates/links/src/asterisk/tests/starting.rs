//! Login, boot, resync: what is asked, what is journalled, what is told when it fails.

use std::io::Read;

use facts::{Epoch, Stamp};

use super::*;
use crate::asterisk::settings::LoginMethod;

#[test]
fn plain_login_sends_the_secret_once() {
    let mut bench = Bench::new(Settings { login: LoginMethod::Plain, ..settings() });
    bench.connect();
    let login = "Action: Login\r\nActionID: login\r\nUsername: busyhour\r\nSecret: s3cret\r\n\r\n";
    assert_eq!(bench.sent, login);
    assert_eq!(bench.state(), State::LoggingIn);
}

#[test]
fn md5_login_never_sends_the_secret() {
    let mut bench = Bench::new(settings());
    bench.connect();
    assert_eq!(bench.asked(), "Challenge");
    bench.sent.clear();
    bench.hear(b"Response: Success\r\nActionID: login-challenge\r\nChallenge: 203904862\r\n\r\n");
    // printf 203904862s3cret | md5sum
    assert!(bench.sent.contains("\r\nKey: 6f4d9ac2de29dbd73b98f86ce9978433\r\n"), "{}", bench.sent);
    assert!(!bench.sent.contains("s3cret"));
}

#[test]
fn a_wrong_secret_is_refused_in_words_and_tried_again_slowly() {
    let mut bench = Bench::new(Settings { login: LoginMethod::Plain, ..settings() });
    bench.pbx.secret = "another".to_owned();
    bench.connect();
    bench.talk();
    assert!(bench.session.over().is_some_and(|over| over.refused));
    bench.close("Asterisk closed the connection");
    let status = bench.status();
    assert_eq!(status.state, State::Refused);
    assert_eq!(
        &*status.reason,
        "login refused: Authentication failed: check user, secret and the permit lines of \
         manager.conf [busyhour]"
    );
    assert_eq!(bench.session.retry_at() - bench.now.mono, 30_000_000);
    assert_eq!(bench.heard(), [""; 0], "nothing was up, so nothing went down");
}

#[test]
fn no_banner_no_login_answer() {
    let mut bench = Bench::new(settings());
    bench.session.connected(false, bench.now);
    bench.pass(10_100_000, false);
    bench.close("unused");
    let reason = bench.status().reason;
    assert!(reason.starts_with("nothing heard for 10 s before a banner came"), "{reason}");
    bench.connect();
    bench.pass(15_100_000, false);
    bench.close("unused");
    let reason = bench.status().reason;
    assert!(reason.starts_with("login not answered for 15 s during the login"), "{reason}");
    bench.session.connected(false, bench.now);
    bench.hear(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    bench.close("unused");
    let reason = bench.status().reason;
    assert!(reason.starts_with("something else than Asterisk's manager answered"), "{reason}");
}

#[test]
fn a_connect_is_journalled_as_up_answers_resynced() {
    let mut bench = Bench::live(settings());
    assert_eq!(
        bench.heard(),
        [
            "LinkUp",
            "Answer CoreShowChannels",
            "Answer QueueStatus",
            "Answer DeviceStateList",
            "Resynced",
        ]
    );
    let status = bench.status();
    assert_eq!(status.epoch, Epoch(Stamp::parse("2026-11-21T11:40:46").unwrap().secs()));
    assert_eq!(&*status.version, "16.28.0");
    assert_eq!(status.clock_offset_us, Some(0));
    assert_eq!(status.advice, []);
}

#[test]
fn observations_hold_what_was_heard_byte_for_byte() {
    // What a real Asterisk 16 answered, with our ActionIDs in the place of the recorder's.
    let capture = capture("16/resync/ami-resync.txt.gz");
    let real = String::from_utf8(capture).unwrap();
    let recorded = |id: &str| {
        let mine = |m: &&str| m.contains(&format!("\r\nActionID: {id}\r\n"));
        let all: Vec<_> = real.split_inclusive("\r\n\r\n").filter(mine).collect();
        all.concat()
    };
    let mut bench = Bench::new(settings());
    bench.connect();
    for (action, id) in
        [("CoreShowChannels", "rs-2"), ("QueueStatus", "rs-5"), ("DeviceStateList", "rs-8")]
    {
        while !bench.asked().contains(action) {
            let sent = std::mem::take(&mut bench.sent);
            let answer = bench.pbx.answer(sent.as_bytes(), bench.now.wall);
            bench.hear(&answer);
        }
        let ours = bench.sent.split("ActionID: ").nth(1).unwrap().split('\r').next().unwrap();
        let answer =
            recorded(id).replace(&format!("ActionID: {id}\r"), &format!("ActionID: {ours}\r"));
        assert!(answer.len() > 1_000, "{action} has {} bytes", answer.len());
        bench.records.clear();
        bench.sent.clear();
        bench.hear(answer.as_bytes());
        let head = "Observation: Answer\r\nServer: server-a\r\nAction: ";
        assert_eq!(&*text(&bench.records[0]), format!("{head}{action}\r\n\r\n{answer}"));
        assert_eq!(bench.records[0].epoch, bench.status().epoch);
    }
    let resynced = "Observation: Resynced\r\nServer: server-a\r\n\
                    Answers: CoreShowChannels, QueueStatus, DeviceStateList\r\n\
                    Missing: Status (not allowed or not loaded), ParkedCalls (not allowed or not loaded)\r\n\r\n";
    assert_eq!(&*text(&bench.records[1]), resynced);
}

#[test]
fn events_before_the_answers_come_after_link_up_with_the_right_run() {
    let mut bench = Bench::new(settings());
    bench.connect();
    bench.talk_once();
    bench.talk_once();
    assert!(bench.asked().contains("CoreStatus"));
    let event = bench.event("Newchannel", &[("Uniqueid", "1.1")]);
    assert_eq!(bench.records, [], "held until the run of Asterisk is known");
    bench.talk();
    assert_eq!(bench.records[1].payload[..], event[..]);
    assert!(bench.records.iter().all(|record| record.epoch == bench.status().epoch));
    assert!(bench.records[0].stamp <= bench.records[1].stamp);
    assert_eq!(bench.heard()[..2], ["LinkUp", "Event: Newchannel"]);
}

#[test]
fn nothing_is_asked_for_before_asterisk_is_booted() {
    let mut bench = Bench::new(settings());
    bench.pbx.booted = false;
    bench.pbx.allowed.remove("QueueStatus");
    bench.connect();
    bench.talk();
    bench.pass(8_000_000, true);
    assert_eq!((bench.state(), bench.heard()), (State::Booting, vec![]));
    bench.pbx.allowed.insert("QueueStatus".to_owned());
    bench.pbx.uptime = 0;
    bench.event("FullyBooted", &[("Uptime", "0"), ("Status", "Fully Booted")]);
    bench.talk();
    assert_eq!(bench.state(), State::Live);
    let heard = bench.heard();
    assert_eq!(heard[..3], ["LinkUp", "Event: FullyBooted", "Answer CoreShowChannels"]);
    assert!(heard.contains(&"Answer QueueStatus".to_owned()));
    assert_eq!(bench.codes(), [""; 0]);
}

#[test]
fn an_account_that_cannot_hear_system_gets_on_and_is_told() {
    let mut bench = Bench::new(settings());
    bench.pbx.booted = false;
    bench.connect();
    bench.talk();
    assert_eq!(bench.state(), State::Booting);
    bench.pass(5_100_000, true);
    assert_eq!(bench.state(), State::Live);
    assert_eq!(bench.codes(), ["read-class"]);
    let advice = &bench.status().advice[0];
    assert_eq!(&*advice.what, "no events of class system are heard");
    assert_eq!(
        &*advice.mend,
        "in manager.conf, section [busyhour]: read = system,call,agent,user,dialplan,dtmf"
    );
}

#[test]
fn a_list_that_cannot_be_had_is_named_and_not_taken_for_empty() {
    let mut bench = Bench::new(settings());
    bench.connect();
    bench.talk_once();
    bench.talk_once();
    bench.talk_once();
    // Between ListCommands and now the module was unloaded.
    bench.pbx.allowed.remove("QueueStatus");
    bench.talk();
    assert_eq!(bench.state(), State::Live);
    let resynced = text(bench.records.last().unwrap());
    assert!(resynced.contains("\r\nAnswers: CoreShowChannels, DeviceStateList\r\n"), "{resynced}");
    assert!(resynced.contains("QueueStatus (Invalid/unknown command: QueueStatus."), "{resynced}");
    assert_eq!(bench.codes(), ["no-queue-list"]);
}

#[test]
fn without_core_status_the_run_is_told_from_the_uptime_and_kept_over_reconnects() {
    let mut bench = Bench::new(settings());
    bench.pbx.allowed.remove("CoreStatus");
    bench.connect();
    bench.talk();
    let epoch = bench.status().epoch;
    assert_eq!(epoch, Epoch(bench.now.wall.secs() - 314));
    assert_eq!(bench.codes(), ["no-core-status"]);
    bench.close("cut");
    bench.pass(1_000_000, false);
    // A second later Uptime says a second less: rounding, not a restart.
    bench.connect();
    bench.talk();
    assert_eq!(bench.status().epoch, epoch);
    bench.close("cut");
    bench.pbx.uptime = 2;
    bench.connect();
    bench.talk();
    assert_eq!(bench.status().epoch, Epoch(bench.now.wall.secs() - 2));
}

#[test]
fn a_restart_is_another_run() {
    let mut bench = Bench::live(settings());
    let before = bench.status().epoch;
    bench.heard();
    bench.event("Shutdown", &[("Shutdown", "Cleanly"), ("Restart", "True")]);
    bench.close("Asterisk closed the connection");
    assert_eq!(text(&bench.records[1]).lines().nth(2), Some("Reason: Asterisk restarts"));
    assert_eq!(bench.heard(), ["Event: Shutdown", "LinkDown"]);
    bench.pbx.started = ("2026-11-21", "11:46:07");
    bench.connect();
    bench.talk();
    assert_eq!(bench.status().epoch.0 - before.0, 321);
    assert_eq!(bench.status().reconnects, 1);
    assert_eq!(bench.records[0].epoch, bench.status().epoch);
}

/// A capture, unpacked.
pub(super) fn capture(name: &str) -> Vec<u8> {
    let path = format!("{}/../../fixtures/captures/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut bytes = Vec::new();
    let file = std::fs::File::open(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    flate2::read::GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    bytes
}
