//! Actions: what goes out, and what cannot.

use ami::{Action, ActionError, ActionIds, LINE_BYTES_MAX, LINES_MAX, Message};
use proptest::prelude::*;

use crate::capture::headers;

#[test]
fn an_action_is_its_name_its_id_its_headers_in_order_and_a_blank_line() {
    let id = ActionIds::new("busyhour").unwrap().next();
    let action = Action::new("QueuePause").header("Interface", "PJSIP/1001").unwrap();
    let action = action.header("Reason", " lunch: long ").unwrap().id(&id);
    assert_eq!(
        action.to_bytes(),
        b"Action: QueuePause\r\nActionID: busyhour-1\r\nInterface: PJSIP/1001\r\n\
          Reason:  lunch: long \r\n\r\n"
    );
    assert_eq!(Action::new("Ping").to_bytes(), b"Action: Ping\r\n\r\n");
}

#[test]
fn headers_may_repeat() {
    let action = Action::new("Originate").header("Variable", "A=1").unwrap();
    let bytes = action.header("Variable", "B=2").unwrap().to_bytes();
    let variables: Vec<_> = Message::parse(&bytes).all("Variable").collect();
    assert_eq!(variables, [b"A=1", b"B=2"]);
}

#[test]
fn values_with_line_ends_or_nul_are_refused() {
    for value in ["a\r\nAction: Originate", "a\nb", "a\rb", "a\0b"] {
        let error = Action::new("UserEvent").header("Text", value).unwrap_err();
        assert_eq!(error, ActionError::Forbidden { header: "Text" });
        assert!(error.to_string().contains("Text"));
    }
}

#[test]
fn names_that_are_no_header_names_are_refused() {
    for name in ["", "A B", "A:", "A\r\nB", "Ä"] {
        let error = Action::new("Ping").header(name, "x").unwrap_err();
        assert_eq!(error, ActionError::Name { header: name });
    }
    // The name of an action is the program's own; even so it cannot add a line.
    let bytes = Action::new("Ping\r\nX: y").to_bytes();
    assert_eq!(Message::parse(&bytes).headers().count(), 1);
}

#[test]
fn a_line_may_have_1022_bytes_and_not_one_more() {
    let room = LINE_BYTES_MAX - "Text: ".len();
    let fits = Action::new("UserEvent").header("Text", "x".repeat(room)).unwrap();
    let line = fits.to_bytes().split(|&byte| byte == b'\n').nth(1).unwrap().len();
    assert_eq!(line, 1022 + 1);
    let error = Action::new("UserEvent").header("Text", "x".repeat(room + 1)).unwrap_err();
    assert_eq!(error, ActionError::TooLong { header: "Text", bytes: 1023 });
}

#[test]
fn an_action_may_have_128_lines_and_not_one_more() {
    let id = ActionIds::new("b").unwrap().next();
    let mut action = Action::new("Originate").id(&id);
    for _ in 0..LINES_MAX - 2 {
        action = action.header("Variable", "A=1").unwrap();
    }
    assert_eq!(Message::parse(&action.to_bytes()).headers().count(), 128);
    let error = action.header("Variable", "A=1").unwrap_err();
    assert_eq!(error, ActionError::TooMany { header: "Variable" });
}

#[test]
fn debug_hides_secret_and_key() {
    let action = Action::new("Login").header("Username", "cms").unwrap();
    let action = action.header("Secret", "hush").unwrap().header("Key", "hush").unwrap();
    let shown = format!("{action:?}");
    assert!(shown.contains("cms") && !shown.contains("hush"), "{shown}");
}

#[test]
fn action_ids_count_up_and_know_their_own() {
    let mut ids = ActionIds::new("bh-1").unwrap();
    assert!(!ids.is_ours(b"bh-1-1"));
    let made = [ids.next(), ids.next()];
    assert_eq!(made.each_ref().map(ToString::to_string), ["bh-1-1", "bh-1-2"]);
    assert!(made.iter().all(|id| ids.is_ours(id.as_bytes())));
    for foreign in [
        "bh-1-3",
        "bh-1-0",
        "bh-1-01",
        "bh-1-+1",
        "bh-1-",
        "bh-1",
        "bh-11",
        "bh-12-1",
        "BH-1-1",
        "bh-1-1 ",
        "xbh-1-1",
        "lab-c290-4",
        "orig-1",
        "",
        "1",
    ] {
        assert!(!ids.is_ours(foreign.as_bytes()), "{foreign}");
    }
    assert!(!ActionIds::new("bh").unwrap().is_ours(b"bh-1-1"));
}

#[test]
fn prefixes_are_short_words() {
    for bad in ["", "a b", "a\r\n", "a:b", "ä", &"x".repeat(65)] {
        assert_eq!(ActionIds::new(bad).unwrap_err(), ActionError::Prefix, "{bad:?}");
    }
    assert!(ActionIds::new(&"x".repeat(64)).is_ok());
}

proptest! {
    #[test]
    fn whatever_the_value_an_action_has_the_lines_it_was_given(value: Vec<u8>) {
        if let Ok(action) = Action::new("UserEvent").header("Text", &value) {
            let bytes = action.to_bytes();
            let mut messages = ami::messages(&bytes);
            let lines = headers(messages.next().unwrap());
            prop_assert_eq!(lines.len(), 2);
            prop_assert_eq!(&lines[1].1, &value);
            prop_assert!(messages.next().is_none());
        }
    }
}
