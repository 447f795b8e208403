//! Limits: what is refused, what is said of it, and that reading goes on after it.

use ami::{Decoder, Item, Limit, Limits, MessageWriter};

use crate::capture::{Seen, decode, messages, sessions};

const SMALL: Limits = Limits { line_bytes_max: 20, headers_max: 3, message_bytes_max: 60 };
const GOOD: &[u8] = b"Event: Good\r\n\r\n";

/// Decodes `bad` between two good messages, whole and byte by byte; what came for `bad`.
fn between(bad: &[u8]) -> Vec<Seen> {
    let bytes = [GOOD, bad, GOOD].concat();
    let seen = decode(SMALL, [&bytes[..]]);
    assert_eq!(seen, decode(SMALL, bytes.chunks(1)), "{}", ami::text(bad));
    let good = Seen::Message(GOOD.to_vec(), vec![(b"Event".to_vec(), b"Good".to_vec())]);
    assert_eq!(seen.first(), Some(&good));
    assert_eq!(seen.last(), Some(&good), "{}", ami::text(bad));
    seen[1..seen.len() - 1].to_vec()
}

fn refused(bad: &[u8]) -> (Limit, usize, usize, Vec<u8>) {
    let seen = between(bad);
    let [Seen::Refused(limit, max, size, head)] = &seen[..] else {
        panic!("{} was not refused", ami::text(bad));
    };
    (*limit, *max, *size, head.clone())
}

fn accepted(good: &[u8]) {
    let seen = between(good);
    let [Seen::Message(raw, _)] = &seen[..] else {
        panic!("{} was refused", ami::text(good));
    };
    assert_eq!(raw, good);
}

#[test]
fn a_line_may_have_as_many_bytes_as_the_limit() {
    accepted(b"Event: 9012345678901\r\n\r\n");
    accepted(b"Event: 9012345678901\n\n");
    let (limit, max, size, head) = refused(b"Event: 90123456789012\r\nQueue: x\r\n\r\n");
    assert_eq!((limit, max, size), (Limit::LineBytes, 20, 22));
    assert_eq!(head, b"Event: 90123456789012\r");
    let (limit, _, _, head) = refused(b"Event: X\nQueue: 901234567890123\nY: z\n\n");
    assert_eq!(limit, Limit::LineBytes);
    assert!(head.starts_with(b"Event: X\nQueue: 90"));
}

#[test]
fn a_message_may_have_as_many_lines_as_the_limit() {
    accepted(b"Event: X\r\nA: 1\r\nB: 2\r\n\r\n");
    let (limit, max, size, head) = refused(b"Event: X\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n");
    assert_eq!((limit, max, size), (Limit::Headers, 3, 28));
    assert_eq!(head, b"Event: X\r\nA: 1\r\nB: 2\r\nC: 3\r\n");
}

#[test]
fn a_message_may_have_as_many_bytes_as_the_limit() {
    accepted(b"A: 4567890123456789\r\nB: 4567890123456789\r\nC: 45678901234\r\n\r\n");
    let (limit, max, size, _) =
        refused(b"A: 4567890123456789\r\nB: 4567890123456789\r\nC: 456789012345\r\n\r\n");
    assert_eq!((limit, max, size), (Limit::MessageBytes, 60, 60));
}

#[test]
fn a_refused_message_is_dropped_up_to_the_next_blank_line_however_long() {
    let long =
        [&b"Event: "[..], &[b'x'; 5000], b"\r\nA: b\r\nC: d\r\nE: f\r\nG: h\r\n\r\n"].concat();
    assert_eq!(refused(&long).0, Limit::LineBytes);
    let mut decoder = Decoder::new(SMALL);
    decoder.push(&long);
    while decoder.next().is_some() {}
    assert_eq!(decoder.refused_bytes(), long.len() as u64);
}

#[test]
fn a_refused_message_in_the_middle_of_which_the_stream_ends_is_said_once() {
    let mut decoder = Decoder::new(SMALL);
    let bytes = b"Event: 901234567890123456789\r\nA: b\r\n";
    decoder.push(bytes);
    assert!(matches!(decoder.next(), Some(Item::Refused(_))));
    assert_eq!(decoder.next(), None);
    assert_eq!(decoder.finish(), None);
    assert_eq!(decoder.refused_bytes(), bytes.len() as u64);
}

#[test]
fn a_stream_without_line_ends_is_not_kept() {
    let mut decoder = Decoder::new(Limits::default());
    let mut refused = 0;
    for _ in 0..100 {
        decoder.push(&[b'x'; 10_000]);
        while let Some(item) = decoder.next() {
            assert!(matches!(item, Item::Refused(_)));
            refused += 1;
        }
    }
    assert_eq!(refused, 1);
    assert_eq!(decoder.refused_bytes(), 1_000_000);
}

#[test]
fn the_refusal_names_the_limit_its_key_and_the_message() {
    let mut decoder = Decoder::new(SMALL);
    decoder.push(b"Event: Long\r\nX: 90123456789012345678901\r\n\r\n");
    let Some(Item::Refused(refused)) = decoder.next() else { panic!() };
    assert_eq!(
        refused.to_string(),
        "message dropped: more than 20 bytes in a line (line_bytes_max), it starts \"Event: Long\""
    );
}

#[test]
fn limits_of_nothing_refuse_everything_and_do_not_hang() {
    let nothing = Limits { line_bytes_max: 0, headers_max: 0, message_bytes_max: 0 };
    let bytes = b"Event: A\r\n\r\nEvent: B\r\n\r\n";
    let seen = decode(nothing, [&bytes[..]]);
    assert_eq!(seen, decode(nothing, bytes.chunks(1)));
    assert!(seen.iter().all(|seen| matches!(seen, Seen::Refused(..))));
    let all = Limits {
        line_bytes_max: usize::MAX,
        headers_max: usize::MAX,
        message_bytes_max: usize::MAX,
    };
    assert_eq!(decode(all, [&bytes[..]]).len(), 2);
}

#[test]
fn a_user_event_of_40_lines_of_900_bytes_goes_through() {
    let mut writer = MessageWriter::event("UserEvent");
    for number in 0..40 {
        writer.header(&format!("Field{number}"), "z".repeat(900));
    }
    let bytes = writer.finish();
    assert!(bytes.len() > 36_000);
    let seen = decode(Limits::default(), bytes.chunks(1000));
    assert!(matches!(&seen[..], [Seen::Message(raw, headers)]
        if *raw == bytes && headers.len() == 41));
}

#[test]
fn events_have_longer_lines_than_actions_may_and_the_defaults_have_room() {
    let limits = Limits::default();
    let (mut line_max, mut lines_max, mut bytes_max) = (0, 0, 0);
    for session in sessions() {
        for message in messages(&session.bytes) {
            let longest = message.raw().split(|&byte| byte == b'\n').map(<[u8]>::len).max();
            line_max = line_max.max(longest.unwrap_or_default());
            lines_max = lines_max.max(message.headers().count());
            bytes_max = bytes_max.max(message.raw().len());
        }
    }
    // Thirty times what any recording needs.
    assert!((900..limits.line_bytes_max / 30).contains(&line_max), "{line_max}");
    assert!((100..limits.headers_max / 30).contains(&lines_max), "{lines_max}");
    assert!((8000..limits.message_bytes_max / 30).contains(&bytes_max), "{bytes_max}");
}
