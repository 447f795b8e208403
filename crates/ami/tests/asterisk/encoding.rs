//! Escapes, control characters, Latin-1 and UTF-8 in values.

use std::borrow::Cow;
use std::collections::BTreeSet;

use ami::{escape, text, unescape};
use proptest::prelude::*;

use crate::capture::{capture, messages};

/// All values of that header in the recording.
fn values<'a>(bytes: &'a [u8], name: &str) -> BTreeSet<&'a [u8]> {
    messages(bytes).into_iter().filter_map(|message| message.get(name)).collect()
}

#[test]
fn channel_snapshots_and_varset_are_c_escaped() {
    for session in ["16/encoding/ami-a", "22/encoding/ami-a"] {
        let bytes = capture(session);
        let names = values(&bytes, "CallerIDName");
        for (said, meant) in [
            (&b"Quote \\\"q\\\"  back"[..], &b"Quote \"q\"  back"[..]),
            (b"Tab\\there", b"Tab\there"),
        ] {
            assert!(names.contains(said), "{session}: {}", text(said));
            assert_eq!(unescape(said), meant);
        }
        assert!(values(&bytes, "Value").contains(&b"Tab\\there"[..]), "{session}");
    }
}

#[test]
fn user_event_and_originate_response_are_raw() {
    let bytes = capture("16/encoding/ami-a");
    let quote = messages(&bytes).into_iter().find(|m| m.get("UserEvent") == Some(b"OddQuote"));
    // As it was sent: undoing escapes here would take the backslash for one.
    assert_eq!(quote.and_then(|m| m.get("Text")), Some(&b"q\"uo\\te\t"[..]));
}

#[test]
fn control_characters_come_through_raw() {
    let bytes = capture("16/encoding/ami-a");
    let name = &b"Esc\x1b[31m \x01\x02"[..];
    assert!(values(&bytes, "CallerIDName").contains(name));
    assert_eq!(unescape(name), name);
}

#[test]
fn latin_1_comes_through_on_16_and_utf_8_beside_it() {
    let bytes = capture("16/encoding/ami-a");
    let names = values(&bytes, "CallerIDName");
    for name in [&b"M\xfcller SIP"[..], b"M\xfcller Latin", "Jürgen SIP".as_bytes()] {
        assert!(names.contains(name), "{}", text(name));
    }
    assert_eq!(text(b"M\xfcller SIP"), "M\u{fffd}ller SIP");
    assert_eq!(text("Jürgen SIP".as_bytes()), "Jürgen SIP");
}

#[test]
fn asterisk_22_replaces_invalid_utf_8_from_sip_but_not_from_originate() {
    let bytes = capture("22/encoding/ami-a");
    let names = values(&bytes, "CallerIDName");
    assert!(names.contains("M\u{fffd}ller SIP".as_bytes()));
    assert!(names.contains(&b"M\xfcller Latin"[..]));
}

#[test]
fn asterisk_16_drops_a_varset_that_is_not_utf_8_and_22_replaces() {
    let latin = |session| {
        let bytes = capture(session);
        let valid = values(&bytes, "Value").iter().all(|v| std::str::from_utf8(v).is_ok());
        let replaced = values(&bytes, "Value").contains("M\u{fffd}ller Latin".as_bytes());
        (valid, replaced)
    };
    assert_eq!(latin("16/encoding/ami-a"), (true, false));
    assert_eq!(latin("22/encoding/ami-a"), (true, true));
}

#[test]
fn unescape_knows_the_c_escapes_and_leaves_the_rest() {
    for (said, meant) in [
        (&br"\a\b\f\n\r\t\v"[..], &b"\x07\x08\x0c\n\r\t\x0b"[..]),
        (br#"\\ \' \" \?"#, br#"\ ' " ?"#),
        (br"\\n", br"\n"),
        (br"C:\dir \x", br"C:\dir \x"),
        (br"end\", br"end\"),
        (b"", b""),
    ] {
        assert_eq!(unescape(said), meant, "{}", text(said));
    }
}

#[test]
fn nothing_is_copied_where_nothing_is_escaped() {
    assert!(matches!(unescape(b"plain"), Cow::Borrowed(_)));
    assert!(matches!(escape(b"plain"), Cow::Borrowed(_)));
}

proptest! {
    #[test]
    fn unescape_undoes_escape(value: Vec<u8>) {
        let escaped = escape(&value);
        prop_assert!(!escaped.contains(&b'\n') && !escaped.contains(&b'\r'));
        let back = unescape(&escaped);
        prop_assert_eq!(back.as_ref(), value.as_slice());
    }
}
