//! What a recorded file says beyond its events: sessions, answers, the start of the switch.

use facts::{Kind, Record};
use translate::capture::records;

/// The records as lines: stamp, epoch, and what they are.
fn lines(bytes: &str) -> Vec<String> {
    let bytes = bytes.replace('\n', "\r\n");
    records(bytes.as_bytes()).iter().map(line).collect()
}

fn line(r: &Record) -> String {
    let text = String::from_utf8_lossy(&r.payload);
    let header = |name: &str| {
        let found = text.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default();
        found.trim_start_matches(": ").to_owned()
    };
    let what = match r.kind {
        Kind::Event => header("Event"),
        Kind::Observation => {
            let said = [header("Action"), header("Reason")].concat();
            format!("{} {said}", header("Observation")).trim().to_owned()
        }
    };
    format!("{}.{} {} {what}", r.stamp.secs(), r.stamp.0 % 1_000_000, r.epoch.0)
}

const LOGIN: &str = "Asterisk Call Manager/5.0.4
Response: Success
ActionID: login
Message: Authentication accepted

Event: FullyBooted
Privilege: system,all
Uptime: 100
Status: Fully Booted

";

#[test]
fn a_login_is_the_link_coming_up_and_tells_when_the_switch_started() {
    let file = format!("{LOGIN}Event: Newstate\nTimestamp: 1000.000007\n\n");
    assert_eq!(lines(&file), ["1000.7 900 LinkUp", "1000.7 900 Newstate"]);
}

#[test]
fn without_banner_and_login_the_link_is_up_at_the_first_event() {
    let file = "Event: Newstate\nTimestamp: 5.000000\n\nEvent: Hangup\nTimestamp: 6.000000\n\n";
    assert_eq!(lines(file), ["5.0 0 LinkUp", "5.0 0 Newstate", "6.0 0 Hangup"]);
    assert_eq!(lines(""), [""; 0]);
}

#[test]
fn lists_become_answers_and_both_of_them_a_resync() {
    let list = |item: &str, complete: &str, id: &str| {
        format!(
            "Response: Success\nActionID: {id}\nEventList: start\n\n\
             Event: {item}\nActionID: {id}\nX: 1\n\n\
             Event: {complete}\nActionID: {id}\nEventList: Complete\nListItems: 1\n\n"
        )
    };
    let file = [
        LOGIN,
        "Event: Newstate\nTimestamp: 1000.000000\n\n",
        "Response: Success\nActionID: ping\nPing: Pong\n\n",
        &list("CoreShowChannel", "CoreShowChannelsComplete", "a-1"),
        &list("QueueParams", "QueueStatusComplete", "a-2"),
        "Event: Stray\nActionID: foreign\n\n",
        &list("CoreShowChannel", "CoreShowChannelsComplete", "a-3"),
        "Event: OriginateResponse\nTimestamp: 1001.000000\nActionID: foreign\n\n",
        "Event: Hangup\nTimestamp: 1002.000000\nCause: 1",
    ]
    .concat();
    assert_eq!(
        lines(&file),
        [
            "1000.0 900 LinkUp",
            "1000.0 900 Newstate",
            "1000.0 900 Answer CoreShowChannels",
            "1000.0 900 Answer QueueStatus",
            "1000.0 900 Resynced",
            "1000.0 900 Answer CoreShowChannels",
            "1001.0 900 OriginateResponse",
        ]
    );
}

#[test]
fn the_bytes_of_an_answer_are_kept() {
    let list = "Response: Success\r\nActionID: 1\r\nEventList: start\r\n\r\n\
        Event: QueueStatusComplete\r\nActionID: 1\r\nEventList: Complete\r\n\r\n";
    let records = records(list.as_bytes());
    let heard = records.last().unwrap();
    assert!(heard.payload.ends_with(list.as_bytes()));
}

#[test]
fn the_next_session_in_one_file_after_a_restart() {
    let again = LOGIN.replace("Uptime: 100", "Uptime: 101");
    let restarted = LOGIN.replace("Uptime: 100", "Uptime: 3");
    let event = |at: u32| format!("Event: Newstate\nTimestamp: {at}.000000\n\n");
    let file = [LOGIN, &event(1000), &again, &event(1002), &restarted, &event(2000)].concat();
    assert_eq!(
        lines(&file),
        [
            "1000.0 900 LinkUp",
            "1000.0 900 Newstate",
            "1000.0 900 LinkDown end of a recorded session",
            "1002.0 900 LinkUp",
            "1002.0 900 Newstate",
            "1002.0 900 LinkDown end of a recorded session",
            "2000.0 1997 LinkUp",
            "2000.0 1997 Newstate",
        ]
    );
}

#[test]
fn a_start_heard_by_everybody_begins_a_new_run() {
    let file = "Event: Newstate\nTimestamp: 5.000000\n\n\
                Event: FullyBooted\nTimestamp: 60.500000\nUptime: 0\n\n\
                Event: Newstate\nTimestamp: 61.000000\n\n";
    assert_eq!(
        lines(file),
        ["5.0 0 LinkUp", "5.0 0 Newstate", "60.500000 60 FullyBooted", "61.0 60 Newstate"]
    );
}

#[test]
fn where_events_have_no_stamp_time_stands_still() {
    let file = "Event: Newstate\nTimestamp: 5.000000\n\nEvent: Hangup\nUniqueid: 1\n\n";
    assert_eq!(lines(file), ["5.0 0 LinkUp", "5.0 0 Newstate", "5.0 0 Hangup"]);
}
