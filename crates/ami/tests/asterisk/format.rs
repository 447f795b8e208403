//! What stands in a message: header order, kinds, repeated headers, values.

use std::collections::{BTreeMap, BTreeSet};

use ami::{Kind, Message};

use crate::capture::{capture, messages, sessions};

/// The one message that has this header with this value.
fn find<'a>(bytes: &'a [u8], name: &str, value: &str) -> Message<'a> {
    let mut found = ami::messages(bytes).filter(|m| m.get(name) == Some(value.as_bytes()));
    found.next().unwrap_or_else(|| panic!("no message with {name}: {value}"))
}

fn names(message: Message<'_>) -> Vec<String> {
    message.headers().map(|header| ami::text(header.name)).collect()
}

fn values(message: Message<'_>, name: &str) -> Vec<String> {
    message.all(name).map(ami::text).collect()
}

#[test]
fn an_event_begins_with_event_privilege_timestamp() {
    let mut events = 0;
    for session in sessions() {
        for message in messages(&session.bytes) {
            if message.event().is_none() || message.get("Timestamp").is_none() {
                continue;
            }
            let first: Vec<_> = names(message).into_iter().take(3).collect();
            assert_eq!(first, ["Event", "Privilege", "Timestamp"], "{}", session.name);
            events += 1;
        }
    }
    assert!(events > 10_000, "{events}");
}

#[test]
fn timestamps_have_six_decimals_and_are_read_as_microseconds() {
    for session in sessions() {
        for message in messages(&session.bytes) {
            let Some(stamp) = message.get("Timestamp") else { continue };
            let decimals = stamp.split(|&byte| byte == b'.').nth(1).unwrap();
            assert_eq!(decimals.len(), 6, "{}", session.name);
            let digits: String = ami::text(stamp).chars().filter(char::is_ascii_digit).collect();
            assert_eq!(message.timestamp_us(), digits.parse().ok(), "{}", session.name);
        }
    }
    let stamp = |value: &str| {
        let raw = format!("Event: X\r\nTimestamp: {value}\r\n\r\n");
        Message::parse(raw.as_bytes()).timestamp_us()
    };
    assert_eq!(stamp("1795261807.642131"), Some(1_795_261_807_642_131));
    assert_eq!(stamp("1795261807.000001"), Some(1_795_261_807_000_001));
    assert_eq!(stamp("1795261807.64"), Some(1_795_261_807_640_000));
    for bad in ["", ".", "1795261807", "1795261807.", ".5", "-1.000000", "1.0000000", "1.00000x"] {
        assert_eq!(stamp(bad), None, "{bad:?}");
    }
    assert_eq!(stamp("99999999999999999999.000000"), None);
    assert_eq!(stamp("9223372036854.775807"), Some(i64::MAX));
    assert_eq!(stamp("9223372036854.775808"), None);
    assert_eq!(Message::parse(b"Event: X\r\n\r\n").timestamp_us(), None);
}

#[test]
fn debug_adds_sequence_number_file_line_and_func_after_the_timestamp() {
    for session in ["16/debug/ami-a", "22/debug/ami-a"] {
        let bytes = capture(session);
        let mut events = 0;
        for message in messages(&bytes) {
            let names = names(message);
            if message.get("SequenceNumber").is_some() {
                assert_eq!(names[2..7], ["Timestamp", "SequenceNumber", "File", "Line", "Func"]);
                events += 1;
            }
        }
        assert!(events > 100, "{session}: {events}");
    }
}

#[test]
fn a_system_name_follows_the_timestamp_and_is_part_of_the_uniqueid() {
    let bytes = capture("22/answered-systemname/ami-a");
    let join = find(&bytes, "Event", "QueueCallerJoin");
    assert_eq!(names(join)[2..4], ["Timestamp", "SystemName"]);
    assert!(join.get("Uniqueid").unwrap().starts_with(b"pbx-a-"));
}

#[test]
fn list_items_are_events_with_an_action_id_and_without_timestamp() {
    for session in ["16/resync/ami-resync", "22/resync/ami-resync"] {
        let bytes = capture(session);
        let mut items = BTreeSet::new();
        for message in messages(&bytes) {
            let Some(event) = message.event() else { continue };
            // Each asynchronous event has a Timestamp but the FullyBooted after login.
            let item = message.action_id().is_some();
            let async_event = message.timestamp_us().is_some() || event == b"FullyBooted";
            assert_ne!(item, async_event, "{session}: {message:?}");
            if item {
                items.insert((ami::text(event), message.get("Privilege").is_some()));
            }
        }
        assert!(items.contains(&("Status".to_owned(), true)), "{session}");
        assert!(items.contains(&("QueueParams".to_owned(), false)), "{session}");
    }
}

#[test]
fn only_the_action_id_tells_a_list_item_from_an_event_of_the_same_name() {
    let mut both: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for session in sessions() {
        for message in messages(&session.bytes) {
            if let Some(event) = message.event().filter(|event| *event != b"UserEvent") {
                both.entry(ami::text(event)).or_default().insert(message.action_id().is_some());
            }
        }
    }
    for name in ["DeviceStateChange", "ExtensionStatus"] {
        assert_eq!(both[name].len(), 2, "{name}");
    }
    let contact = |name: &&String| name.starts_with("ContactStatus");
    assert!(both.keys().filter(contact).count() >= 2);
}

#[test]
fn originate_response_is_an_event_although_it_has_a_response_header() {
    for session in ["16/originate/ami-a", "22/originate/ami-a"] {
        let bytes = capture(session);
        for (id, response) in [("orig-1", "Success"), ("orig-2", "Failure")] {
            let mut of_id = ami::messages(&bytes).filter(|m| m.action_id() == Some(id.as_bytes()));
            let message = of_id.find(|m| m.event().is_some()).unwrap();
            assert_eq!(message.kind(), Kind::Event(b"OriginateResponse"), "{session}");
            assert_eq!(message.get("Response"), Some(response.as_bytes()), "{session}");
            assert!(message.timestamp_us().is_some(), "{session}");
        }
    }
}

#[test]
fn the_kind_is_told_by_the_first_line_in_every_recording() {
    for session in sessions() {
        for message in messages(&session.bytes) {
            let first = message.raw().split(|&byte| byte == b':').next().unwrap();
            match message.kind() {
                Kind::Event(_) => assert_eq!(first, b"Event"),
                Kind::Response(_) => assert_eq!(first, b"Response"),
                other => panic!("{}: {other:?}", session.name),
            }
        }
    }
    assert_eq!(Message::parse(b"Action: Ping\r\n\r\n").kind(), Kind::Action(b"Ping"));
    assert_eq!(Message::parse(b"X: y\r\nEvent: Z\r\n\r\n").kind(), Kind::Other);
    assert_eq!(Message::parse(b"event: Z\r\n\r\n").kind(), Kind::Event(b"Z"));
}

#[test]
fn user_event_by_action_carries_its_senders_action_id_to_everybody() {
    for session in ["16/encoding/ami-a", "16/encoding/ami-b"] {
        let bytes = capture(session);
        let event = find(&bytes, "UserEvent", "OddColon");
        assert_eq!(event.action_id(), Some(&b"lab-c290-6"[..]));
        assert!(event.timestamp_us().is_some());
    }
}

#[test]
fn fully_booted_has_no_timestamp_after_login_and_one_at_boot() {
    for version in ["16", "22"] {
        let booted = |session: &str| {
            let bytes = capture(&format!("{version}/restart/{session}"));
            let booted = ami::messages(&bytes).filter(|m| m.event() == Some(b"FullyBooted"));
            booted.map(|m| m.timestamp_us().is_some()).collect::<Vec<_>>()
        };
        assert_eq!(booted("ami-a"), [false], "{version}");
        assert!(booted("ami-c").contains(&true), "{version}");
    }
}

#[test]
fn repeated_headers_are_kept_in_order() {
    let bytes = capture("16/work-code/ami-a");
    let complete = find(&bytes, "Event", "AgentComplete");
    assert_eq!(values(complete, "ChanVariable"), ["CMS_CODE=17", "QUEUENAME=sales"]);
    assert_eq!(values(complete, "DestChanVariable"), ["CMS_CODE=17", "QUEUENAME=sales"]);

    let bytes = capture("16/resync/ami-resync");
    let mut status = ami::messages(&bytes).filter(|m| m.event() == Some(b"Status"));
    let variables = values(status.find(|m| m.all("Variable").count() > 5).unwrap(), "Variable");
    assert_eq!(variables.len(), 23);
    assert_eq!(
        [&*variables[0], &*variables[22]],
        ["BRIDGEPVTCALLID=cb50c889-14fe-4f36-84ac-d3974ec2331a", "SIPDOMAIN=127.0.0.1",]
    );
}

#[test]
fn originate_response_names_the_channel_in_the_variables_header() {
    let raw = b"Event: OriginateResponse\r\n\
        ChanVariable(PJSIP/1001-00000079): A=1\r\n\
        ChanVariable(PJSIP/1001-00000079): B=2\r\n\r\n";
    let values = values(Message::parse(raw), "ChanVariable(PJSIP/1001-00000079)");
    assert_eq!(values, ["A=1", "B=2"]);
}

#[test]
fn the_answer_to_command_repeats_output_once_a_line() {
    let raw = b"Response: Success\r\nActionID: 1\r\nMessage: Command output follows\r\n\
        Output: sales has 0 calls\r\nOutput: \r\nOutput:    Members: \r\n\r\n";
    let output = values(Message::parse(raw), "output");
    assert_eq!(output, ["sales has 0 calls", "", "   Members: "]);
}

#[test]
fn values_may_hold_colons_and_leading_and_trailing_blanks() {
    let bytes = capture("16/encoding/ami-a");
    let text = |user_event| find(&bytes, "UserEvent", user_event).get("Text").unwrap();
    assert_eq!(text("OddColon"), b"x: y: z");
    assert_eq!(text("OddSpaces"), b"  lead and trail  ");
    assert_eq!(text("OddQuote"), b"q\"uo\\te\t");
    let security = capture("16/resync/ami-resync");
    let refused = find(&security, "Event", "RequestNotAllowed");
    assert_eq!(refused.get("RequestType"), Some(&b"Action: Command"[..]));
}

#[test]
fn exactly_one_blank_after_the_colon_is_taken_off() {
    let message = Message::parse(b"A:b\r\nC:  d\r\nE:\tf\r\nG: \r\nH:\r\n\r\n");
    for (name, value) in [("A", "b"), ("C", " d"), ("E", "\tf"), ("G", ""), ("H", "")] {
        assert_eq!(message.get(name), Some(value.as_bytes()), "{name}");
    }
}

#[test]
fn an_empty_value_is_written_with_its_blank_and_read_as_empty() {
    let bytes = capture("16/pause/ami-a");
    let mut pauses = ami::messages(&bytes).filter(|m| m.event() == Some(b"QueueMemberPause"));
    let unpause = pauses.find(|m| m.get("Paused") == Some(b"0")).unwrap();
    assert_eq!(unpause.get("PausedReason"), Some(&b""[..]));
    assert!(unpause.raw().windows(16).any(|bytes| bytes == b"PausedReason: \r\n"));
}

#[test]
fn names_match_in_any_case_and_whole() {
    let message = Message::parse(b"Event: X\r\nDestUniqueId: 1\r\nUniqueid: 2\r\n\r\n");
    assert_eq!(message.get("DestUniqueid"), Some(&b"1"[..]));
    assert_eq!(message.get("uniqueID"), Some(&b"2"[..]));
    assert_eq!(message.get("Unique"), None);
    assert_eq!(message.get("Uniqueid: 2"), None);
    assert_eq!(message.get(""), None);
}

#[test]
fn a_line_feed_in_a_user_event_makes_a_line_without_colon() {
    let bytes = capture("16/encoding/ami-a");
    let event = find(&bytes, "UserEvent", "OddLf");
    let lines: Vec<_> = event.headers().skip(5).collect();
    let line = |name: &'static str, value: &'static str| ami::Header {
        name: name.as_bytes(),
        value: value.as_bytes(),
    };
    assert_eq!(lines, [line("Text", "a"), line("", "b"), line("After", "x")]);
    assert_eq!(event.get(""), Some(&b"b"[..]));
}

#[test]
fn unknown_numbers_and_bridges_come_as_written() {
    let bytes = capture("16/resync/ami-resync");
    let join = find(&bytes, "Event", "QueueCallerJoin");
    assert_eq!(join.get("ConnectedLineNum"), Some(&b"<unknown>"[..]));
    let entry = find(&bytes, "Event", "QueueEntry");
    assert_eq!(entry.get("ConnectedLineNum"), Some(&b"unknown"[..]));
    let bytes = capture("16/agent-pool/ami-a");
    assert!(ami::messages(&bytes).any(|m| m.get("BridgeName") == Some(b"<unknown>")));
}

#[test]
fn events_nobody_knows_are_read_like_any_other() {
    let bytes = capture("16/answered/ami-a");
    let test_event = find(&bytes, "Event", "TestEvent");
    assert_eq!(test_event.kind(), Kind::Event(b"TestEvent"));
    assert!(test_event.timestamp_us().is_some());
}

#[test]
fn both_sessions_get_the_same_asynchronous_events() {
    for (a, b) in [("16/answered/ami-a", "16/answered/ami-b"), ("22/hold/ami-a", "22/hold/ami-b")] {
        let [a, b] = [capture(a), capture(b)];
        let [a, b] = [&a, &b].map(|bytes| {
            // The second session logs in later: the first hears of that.
            let is_event = |m: &Message<'_>| {
                m.timestamp_us().is_some() && m.event() != Some(b"SuccessfulAuth")
            };
            messages(bytes).into_iter().filter(is_event).collect::<Vec<_>>()
        });
        assert!(a.len() > 100 && a == b);
    }
}
