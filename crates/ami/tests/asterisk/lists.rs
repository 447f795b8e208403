//! Answers by ActionID: plain ones, lists, and what must not be taken for one.

use ami::{ActionId, ActionIds, Message, Outcome, Pending, Taken};

use crate::capture::{capture, messages};

/// ActionIDs `rs-1` ... as the recorder of `resync` used them (it began at `rs-0`).
fn ids(count: usize) -> Vec<ActionId> {
    let mut ids = ActionIds::new("rs").expect("a word");
    (0..count).map(|_| ids.next()).collect()
}

fn list(id: &str, items: usize) -> Vec<u8> {
    let mut out =
        format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n").into_bytes();
    for item in 0..items {
        out.extend(format!("Event: Item\r\nActionID: {id}\r\nNumber: {item}\r\n\r\n").bytes());
    }
    let end = format!(
        "Event: ItemsComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: {items}\r\n\r\n"
    );
    out.extend(end.bytes());
    out
}

#[test]
fn every_answer_of_a_recorded_resync_is_collected() {
    for version in ["16", "22"] {
        let bytes = capture(&format!("{version}/resync/ami-resync"));
        let mut pending = Pending::default();
        for (number, id) in ids(28).into_iter().enumerate() {
            assert_eq!(pending.sent(id, number + 1), None);
        }
        let mut kept = 0;
        let mut not_ours = 0;
        let mut done = Vec::new();
        for message in ami::messages(&bytes) {
            match pending.take(&message) {
                Taken::NotOurs => not_ours += 1,
                Taken::More => {}
                Taken::Done { tag, raw, outcome } => {
                    kept += messages(&raw).len();
                    check_list(&raw);
                    done.push((tag, outcome));
                }
                Taken::TooLarge { .. } => panic!("too large"),
            }
        }
        assert!(pending.is_empty(), "{version}");
        assert_eq!(kept + not_ours, ami::messages(&bytes).count(), "{version}");
        let tags: Vec<_> = done.iter().map(|(tag, _)| *tag).collect();
        assert_eq!(tags, (1..=28).collect::<Vec<_>>(), "{version}");
        assert_eq!(done[4].1, Outcome::Success);
        assert_eq!(done[21].1, Outcome::Error("Permission denied".to_owned()));
    }
}

/// A list says how many items it had.
fn check_list(raw: &[u8]) {
    let all = messages(raw);
    let last = all.last().expect("a message");
    if last.get("EventList") == Some(b"Complete") {
        let items = ami::text(last.get("ListItems").expect("a count"));
        assert_eq!(items, (all.len() - 2).to_string(), "{last:?}");
        assert_eq!(all[0].get("EventList"), Some(&b"start"[..]));
    }
}

#[test]
fn the_answer_is_kept_byte_for_byte() {
    let bytes = capture("16/resync/ami-resync");
    let mut pending = Pending::default();
    pending.sent(ids(5).remove(4), ());
    let done = ami::messages(&bytes).find_map(|message| match pending.take(&message) {
        Taken::Done { raw, .. } => Some(raw),
        _ => None,
    });
    let done = done.unwrap();
    // No asynchronous event is ever between the parts of a list: it is one piece of the stream.
    assert!(bytes.windows(done.len()).any(|window| window == done));
    assert!(done.starts_with(b"Response: Success\r\nActionID: rs-5\r\nEventList: start\r\n"));
}

#[test]
fn lists_are_never_interrupted_by_an_asynchronous_event() {
    for session in ["16/resync/ami-resync", "22/resync/ami-resync"] {
        let bytes = capture(session);
        let mut open: Option<Vec<u8>> = None;
        for message in messages(&bytes) {
            if let Some(id) = &open {
                assert_eq!(message.action_id(), Some(id.as_slice()), "{session}");
            }
            match message.get("EventList") {
                Some(b"start") => open = message.action_id().map(<[u8]>::to_vec),
                Some(b"Complete") => open = None,
                _ => {}
            }
        }
    }
}

#[test]
fn originate_response_and_foreign_action_ids_are_not_ours() {
    let mut ids = ActionIds::new("orig").unwrap();
    let bytes = capture("16/originate/ami-b");
    let mut pending = Pending::default();
    // The same ActionIDs as the other client used, and still its event is not our answer.
    pending.sent(ids.next(), 1);
    pending.sent(ids.next(), 2);
    let events = ami::messages(&bytes).filter(|m| m.get("Response").is_some());
    let mut seen = 0;
    for event in events.filter(|m| m.event() == Some(b"OriginateResponse")) {
        assert_eq!(pending.take(&event), Taken::NotOurs);
        seen += 1;
    }
    assert_eq!((seen, pending.len()), (2, 2));

    let bytes = capture("16/encoding/ami-a");
    for message in ami::messages(&bytes) {
        assert_eq!(pending.take(&message), Taken::NotOurs);
    }
}

#[test]
fn a_user_event_of_ours_comes_back_as_an_event_and_the_response_is_the_answer() {
    let mut ids = ActionIds::new("lab-c290").unwrap();
    let id = (0..6).map(|_| ids.next()).last().unwrap();
    let mut pending = Pending::default();
    pending.sent(id, "heartbeat");
    let bytes = capture("16/encoding/ami-a");
    let event = messages(&bytes).into_iter().find(|m| m.action_id() == Some(b"lab-c290-6"));
    assert_eq!(pending.take(&event.unwrap()), Taken::NotOurs);
    let response = b"Response: Success\r\nActionID: lab-c290-6\r\nMessage: Event Sent\r\n\r\n";
    let done = Taken::Done { tag: "heartbeat", raw: response.to_vec(), outcome: Outcome::Success };
    assert_eq!(pending.take(&Message::parse(response)), done);
}

#[test]
fn events_before_their_list_has_begun_are_not_ours() {
    let mut pending = Pending::default();
    pending.sent(ids(1).remove(0), ());
    let item = b"Event: Item\r\nActionID: rs-1\r\n\r\n";
    assert_eq!(pending.take(&Message::parse(item)), Taken::NotOurs);
}

#[test]
fn two_lists_at_once_are_kept_apart() {
    let mut pending = Pending::default();
    for (tag, id) in ids(2).into_iter().enumerate() {
        pending.sent(id, tag);
    }
    let (one, two) = (list("rs-1", 3), list("rs-2", 3));
    let mut done = Vec::new();
    for (one, two) in ami::messages(&one).zip(ami::messages(&two)) {
        for message in [one, two] {
            if let Taken::Done { tag, raw, .. } = pending.take(&message) {
                done.push((tag, raw));
            }
        }
    }
    assert_eq!(done, [(0, one), (1, two)]);
}

#[test]
fn a_list_that_is_too_large_is_swallowed_and_said_so_at_its_end() {
    let mut pending = Pending::new(200, 8);
    let mut sent = ids(2);
    let next = sent.pop().unwrap();
    pending.sent(sent.remove(0), "big");
    let big = list("rs-1", 50);
    let taken: Vec<_> = ami::messages(&big).map(|message| pending.take(&message)).collect();
    let (last, others) = taken.split_last().unwrap();
    assert!(others.iter().all(|taken| *taken == Taken::More));
    assert_eq!(*last, Taken::TooLarge { tag: "big", bytes: big.len() });

    pending.sent(next, "small");
    let small = list("rs-2", 0);
    let last = ami::messages(&small).map(|message| pending.take(&message)).last().unwrap();
    assert_eq!(last, Taken::Done { tag: "small", raw: small, outcome: Outcome::Success });
}

#[test]
fn one_action_too_many_pushes_out_the_oldest() {
    let mut pending = Pending::new(1000, 2);
    let gone: Vec<_> =
        ids(4).into_iter().zip(1..).filter_map(|(id, tag)| pending.sent(id, tag)).collect();
    assert_eq!((gone, pending.len()), (vec![1, 2], 2));
    let late = b"Response: Success\r\nActionID: rs-1\r\n\r\n";
    assert_eq!(pending.take(&Message::parse(late)), Taken::NotOurs);
}

#[test]
fn what_is_given_up_is_not_ours_any_more() {
    let mut pending = Pending::default();
    let ids = ids(3);
    for (id, tag) in ids.iter().zip(1..) {
        pending.sent(id.clone(), tag);
    }
    assert_eq!(pending.give_up(&ids[1]), Some(2));
    assert_eq!(pending.give_up(&ids[1]), None);
    let late = b"Response: Success\r\nActionID: rs-2\r\n\r\n";
    assert_eq!(pending.take(&Message::parse(late)), Taken::NotOurs);
    assert_eq!(pending.give_up_all().collect::<Vec<_>>(), [1, 3]);
    assert!(pending.is_empty());
}

#[test]
fn an_error_ends_the_action_with_asterisks_words() {
    let mut pending = Pending::default();
    pending.sent(ids(1).remove(0), ());
    let error = b"Response: Error\r\nActionID: rs-1\r\n\
        Message: Failed to parse message: line too long\r\n\r\n";
    let Taken::Done { outcome, .. } = pending.take(&Message::parse(error)) else { panic!() };
    assert_eq!(outcome, Outcome::Error("Failed to parse message: line too long".to_owned()));
}

#[test]
fn a_response_without_action_id_is_nobodys() {
    let mut pending = Pending::default();
    pending.sent(ids(1).remove(0), ());
    let junk = b"Response: Error\r\nMessage: Missing action in request\r\n\r\n";
    assert_eq!(pending.take(&Message::parse(junk)), Taken::NotOurs);
}
