//! What comes out depends on the bytes alone, never on how they were cut.

use ami::{Limits, Message, MessageIndex};
use proptest::prelude::*;

use crate::capture::{Seen, decode, headers, sessions};

/// Bytes that look like AMI and go wrong in all the ways it can.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => Just(b"\r\n".to_vec()),
        2 => Just(b"\n".to_vec()),
        1 => Just(b"\r".to_vec()),
        1 => Just(b"\r\n\r\n".to_vec()),
        2 => Just(b": ".to_vec()),
        1 => Just(b":".to_vec()),
        2 => Just(b"Event: X".to_vec()),
        1 => Just(b"Response: Success".to_vec()),
        1 => Just(b"Asterisk Call Manager/5.0.4\r\n".to_vec()),
        2 => prop::collection::vec(any::<u8>(), 0..12),
        1 => (0_usize..80).prop_map(|length| vec![b'x'; length]),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

fn limits() -> impl Strategy<Value = Limits> {
    prop_oneof![
        Just(Limits::default()),
        (0_usize..60, 0_usize..6, 0_usize..200).prop_map(|(line, headers, message)| Limits {
            line_bytes_max: line,
            headers_max: headers,
            message_bytes_max: message,
        }),
    ]
}

/// Cuts the bytes into pieces of these sizes, over and over.
fn cut<'a>(bytes: &'a [u8], sizes: &[usize]) -> Vec<&'a [u8]> {
    let mut rest = bytes;
    let mut pieces = Vec::new();
    for &size in sizes.iter().cycle() {
        let (piece, after) = rest.split_at(size.min(rest.len()));
        pieces.push(piece);
        rest = after;
        if rest.is_empty() || sizes.iter().all(|&size| size == 0) {
            break;
        }
    }
    pieces.push(rest);
    pieces
}

/// The plainest reading there is: split into lines, group by blank ones. No limits.
fn plainly(bytes: &[u8]) -> Vec<Seen> {
    let mut seen = Vec::new();
    let mut message = Vec::new();
    let mut lines = Vec::new();
    let mut first = true;
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        message.extend_from_slice(line);
        let Some(content) = line.strip_suffix(b"\n") else { break };
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        if content.is_empty() {
            if !lines.is_empty() {
                seen.push(Seen::Message(message, lines));
            }
            (message, lines) = (Vec::new(), Vec::new());
        } else if first && content.starts_with(b"Asterisk Call Manager/") {
            seen.push(Seen::Banner(content.to_vec()));
            message = Vec::new();
            first = false;
        } else {
            first = false;
            lines.push(match content.iter().position(|&byte| byte == b':') {
                Some(colon) => {
                    let value = &content[colon + 1..];
                    let value = value.strip_prefix(b" ").unwrap_or(value);
                    (content[..colon].to_vec(), value.to_vec())
                }
                None => (Vec::new(), content.to_vec()),
            });
        }
    }
    if !message.is_empty() {
        seen.push(Seen::Torn(message));
    }
    seen
}

#[test]
fn every_recording_reads_the_same_in_pieces_of_any_size() {
    for (number, session) in sessions().iter().enumerate() {
        let whole = decode(Limits::default(), [&session.bytes[..]]);
        assert!(whole == plainly(&session.bytes), "{}", session.name);
        // A size of its own for each, from 7 bytes to what a socket gives.
        let size = 7 + number * 797 % 4096;
        let pieces = decode(Limits::default(), session.bytes.chunks(size));
        assert!(pieces == whole, "{} in pieces of {size}", session.name);
    }
}

proptest! {
    #[test]
    fn recordings_cut_anywhere_read_the_same(
        session in 0..sessions().len(),
        from in 0..100_usize,
        sizes in prop::collection::vec(0..3000_usize, 1..20),
        limits in limits(),
    ) {
        let bytes = &sessions()[session].bytes;
        // Not always from the start: a link may attach to a stream in mid-message.
        let bytes = &bytes[from * bytes.len() / 100..][..bytes.len().min(30_000) * (100 - from) / 100];
        prop_assert!(decode(limits, [bytes]) == decode(limits, cut(bytes, &sizes)));
    }

    #[test]
    fn garbage_cut_anywhere_reads_the_same(
        bytes in garbage(),
        sizes in prop::collection::vec(0..40_usize, 1..20),
        limits in limits(),
    ) {
        let whole = decode(limits, [&bytes[..]]);
        prop_assert_eq!(&whole, &decode(limits, bytes.chunks(1)));
        prop_assert_eq!(&whole, &decode(limits, cut(&bytes, &sizes)));
    }

    #[test]
    fn garbage_reads_as_the_plainest_reader_reads_it(bytes in garbage()) {
        prop_assert_eq!(decode(Limits::default(), [&bytes[..]]), plainly(&bytes));
    }

    #[test]
    fn any_bytes_are_a_message_and_both_readers_agree(bytes in garbage()) {
        let message = Message::parse(&bytes);
        let scanned = headers(message);
        prop_assert_eq!(&scanned, &headers(MessageIndex::new().message(&bytes)));
        prop_assert_eq!(message.raw(), &bytes[..]);
        for (name, value) in &scanned {
            let Ok(name) = std::str::from_utf8(name) else { continue };
            let named: Vec<_> = message.all(name).collect();
            prop_assert!(named.contains(&value.as_slice()));
            prop_assert_eq!(message.get(name), named.first().copied());
            let mut index = MessageIndex::new();
            prop_assert_eq!(index.message(&bytes).get(name), named.first().copied());
        }
        // Total: these may say anything, but say it.
        prop_assert_eq!(message.event().is_some(), matches!(message.kind(), ami::Kind::Event(_)));
        prop_assert_eq!(message.timestamp_us().is_none() || message.get("Timestamp").is_some(), true);
    }
}
