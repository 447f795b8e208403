//! Banner, line ends, blank lines: what a message is.

use ami::{Item, Kind, Limits, Message};

use crate::capture::{Seen, capture, decode, headers, messages, sessions};

fn whole(bytes: &[u8]) -> Vec<Seen> {
    decode(Limits::default(), [bytes])
}

#[test]
fn banner_is_the_first_line_and_names_the_ami_version() {
    for (session, banner) in [
        ("16/answered/ami-a", "Asterisk Call Manager/5.0.4"),
        ("22/answered-systemname/ami-a", "Asterisk Call Manager/11.0.0"),
    ] {
        let bytes = capture(session);
        let seen = whole(&bytes);
        assert_eq!(seen[0], Seen::Banner(banner.as_bytes().to_vec()), "{session}");
        assert!(seen[1..].iter().all(|seen| matches!(seen, Seen::Message(..))), "{session}");
    }
}

#[test]
fn a_stream_without_banner_is_read_from_its_first_message() {
    let bytes = b"Response: Success\r\nPing: Pong\r\n\r\n";
    let seen = whole(bytes);
    let [Seen::Message(raw, _)] = &seen[..] else { panic!() };
    assert_eq!(raw, bytes);
}

#[test]
fn a_banner_further_on_in_a_session_is_a_header_line_like_any_other() {
    let bytes = b"Event: X\r\n\r\nAsterisk Call Manager/5.0.4\r\nA: b\r\n\r\n";
    let seen = whole(bytes);
    let Seen::Message(_, headers) = &seen[1] else { panic!("{seen:?}") };
    assert_eq!(headers[0], (vec![], b"Asterisk Call Manager/5.0.4".to_vec()));
}

#[test]
fn messages_are_kept_byte_for_byte_and_nothing_but_blank_lines_is_left_out() {
    for session in sessions() {
        let mut rest = session.bytes.as_slice();
        for seen in whole(&session.bytes) {
            let part = match seen {
                Seen::Banner(line) => [&line[..], b"\r\n"].concat(),
                Seen::Message(raw, _) | Seen::Torn(raw) => raw,
                Seen::Refused(..) => panic!("{} has a refused message", session.name),
            };
            rest = rest.strip_prefix(b"\r\n").unwrap_or(rest);
            rest = rest.strip_prefix(&part[..]).unwrap_or_else(|| panic!("{}", session.name));
        }
        assert!(rest.is_empty(), "{}", session.name);
    }
}

#[test]
fn a_test_event_of_asterisk_may_be_followed_by_two_blank_lines() {
    for session in ["16/conference/ami-a", "22/conference/ami-a"] {
        let bytes = capture(session);
        let doubled = bytes.windows(6).filter(|bytes| bytes == b"\r\n\r\n\r\n").count();
        assert_eq!(doubled, 4, "{session}");
        let messages = messages(&bytes);
        assert!(messages.iter().all(|m| m.kind() != Kind::Other), "{session}");
    }
}

#[test]
fn each_line_of_a_message_ends_with_crlf_and_a_blank_line_ends_it() {
    for session in sessions() {
        for message in messages(&session.bytes) {
            let raw = message.raw();
            assert!(raw.ends_with(b"\r\n\r\n"), "{}", session.name);
            let lines: Vec<_> = raw[..raw.len() - 4].split(|&b| b == b'\n').collect();
            assert_eq!(message.headers().count(), lines.len(), "{}", session.name);
        }
    }
}

#[test]
fn bare_line_feeds_are_accepted_as_line_ends() {
    for session in ["16/auth/ami-a", "16/encoding/ami-a", "22/resync/ami-resync"] {
        let crlf = capture(session);
        let lf: Vec<u8> = crlf.iter().copied().filter(|&byte| byte != b'\r').collect();
        let [with, without] = [&crlf, &lf].map(|bytes| {
            let headers = |seen| match seen {
                Seen::Message(_, headers) => Some(headers),
                _ => None,
            };
            whole(bytes).into_iter().filter_map(headers).collect::<Vec<_>>()
        });
        assert_eq!(with, without, "{session}");
    }
}

#[test]
fn mixed_line_ends_in_one_message_are_accepted() {
    let bytes = b"Action: Ping\nActionID: 1\r\n\n";
    let seen = whole(bytes);
    let [Seen::Message(raw, headers)] = &seen[..] else { panic!() };
    assert_eq!(raw, bytes);
    assert_eq!(headers[1], (b"ActionID".to_vec(), b"1".to_vec()));
}

#[test]
fn only_one_carriage_return_belongs_to_the_line_end() {
    let message = Message::parse(b"A: b\r\r\n\r\n");
    assert_eq!(message.get("A"), Some(&b"b\r"[..]));
}

#[test]
fn blank_lines_between_messages_are_passed_over() {
    let seen = whole(b"\r\n\r\nEvent: A\r\n\r\n\r\n\nEvent: B\r\n\r\n\r\n");
    let raw = seen.iter().map(|seen| match seen {
        Seen::Message(raw, _) => raw.as_slice(),
        other => panic!("{other:?}"),
    });
    assert_eq!(raw.collect::<Vec<_>>(), [&b"Event: A\r\n\r\n"[..], b"Event: B\r\n\r\n"]);
}

#[test]
fn the_end_of_the_stream_in_mid_message_is_reported_as_torn() {
    let whole_message = &b"Event: A\r\n\r\n"[..];
    for torn in [&b"Event: B\r\nQueue: sa"[..], b"Event: B\r\n", b"E", b"\r"] {
        let bytes = [whole_message, torn].concat();
        assert_eq!(whole(&bytes).last(), Some(&Seen::Torn(torn.to_vec())));
        let mut messages = ami::messages(&bytes);
        assert_eq!(messages.by_ref().count(), 1);
        assert_eq!(messages.rest(), torn);
    }
    assert_eq!(whole(b""), []);
    assert_eq!(whole(b"Asterisk Call Manager/5").len(), 1);
}

#[test]
fn after_the_end_the_decoder_is_at_the_start_of_a_new_session() {
    let mut decoder = ami::Decoder::new(Limits::default());
    for _ in 0..2 {
        decoder.push(b"Asterisk Call Manager/5.0.4\r\nEvent: A\r\n\r\nEvent: torn\r\n");
        assert_eq!(decoder.next(), Some(Item::Banner(b"Asterisk Call Manager/5.0.4")));
        // The message not yet asked for comes before the torn end.
        let Some(Item::Message(message)) = decoder.finish() else { panic!() };
        assert_eq!(message.event(), Some(&b"A"[..]));
        assert_eq!(message.headers().count(), 1);
        assert_eq!(decoder.finish(), Some(Item::Torn(b"Event: torn\r\n")));
        assert_eq!(decoder.finish(), None);
    }
}

#[test]
fn files_of_several_sessions_are_read_over_their_banners() {
    let bytes = b"Asterisk Call Manager/5.0.4\r\nEvent: A\r\n\r\nAsterisk Call Manager/5.0.4\r\nEvent: B\r\n\r\n";
    let events: Vec<_> = messages(bytes).iter().filter_map(Message::event).collect();
    assert_eq!(events, [b"A", b"B"]);
}

#[test]
fn every_way_of_reading_a_message_gives_the_same_headers() {
    let mut index = ami::MessageIndex::new();
    for session in sessions() {
        let decoded = whole(&session.bytes).into_iter().filter_map(|seen| match seen {
            Seen::Message(raw, headers) => Some((raw, headers)),
            _ => None,
        });
        let mut in_memory = ami::messages(&session.bytes);
        for (raw, expected) in decoded {
            let message = in_memory.next().unwrap();
            assert!(message.raw() == raw, "{}", session.name);
            assert!(headers(message) == expected, "{}", session.name);
            assert!(headers(Message::parse(&raw)) == expected, "{}", session.name);
            assert!(headers(index.message(&raw)) == expected, "{}", session.name);
        }
        assert!(in_memory.next().is_none(), "{}", session.name);
    }
}

#[test]
fn parse_takes_any_bytes() {
    for (raw, expected) in [
        (&b""[..], &[][..]),
        (b"\r\n", &[]),
        (b"\n\nA: b", &[]),
        (b":", &[("", "")]),
        (b": x", &[("", "x")]),
        (b"A:", &[("A", "")]),
        (b"A:b\n", &[("A", "b")]),
        (b"A: b\r\nC: d", &[("A", "b"), ("C", "d")]),
        (b"A: b\r\n\r\nC: d\r\n", &[("A", "b")]),
        (b"no colon\nA: b\n", &[("", "no colon"), ("A", "b")]),
        (b"A b: c:d\r", &[("A b", "c:d\r")]),
    ] {
        let seen: Vec<_> = headers(Message::parse(raw))
            .iter()
            .map(|(name, value)| (ami::text(name), ami::text(value)))
            .collect();
        let seen: Vec<_> = seen.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(seen, expected, "{raw:?}");
    }
    assert_eq!(Message::parse(b"").kind(), Kind::Other);
}
