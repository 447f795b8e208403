//! Messages as a simulated PBX writes them read like those of a real one.

use ami::{Decoder, Item, Kind, Limits, Message, MessageWriter};
use proptest::prelude::*;

use crate::capture::{capture, headers, messages};

#[test]
fn a_recording_written_again_is_the_same_bytes() {
    let recording = capture("16/answered/ami-a");
    let mut again = ami::banner("5.0.4");
    for message in messages(&recording) {
        let mut lines = message.headers();
        let first = lines.next().unwrap();
        let word = ami::text(first.value);
        let mut writer = match message.kind() {
            Kind::Response(_) => MessageWriter::response(&word),
            _ => MessageWriter::event(&word),
        };
        for line in lines {
            writer.header(&ami::text(line.name), line.value);
        }
        writer.finish_into(&mut again);
    }
    assert!(again == recording);
}

#[test]
fn values_of_snapshots_are_written_escaped() {
    let bytes =
        MessageWriter::event("Newchannel").escaped("CallerIDName", "Quote \"q\"\there").finish();
    assert_eq!(bytes, b"Event: Newchannel\r\nCallerIDName: Quote \\\"q\\\"\\there\r\n\r\n");
}

#[test]
fn a_line_feed_in_a_value_comes_out_as_asterisk_does_it() {
    let bytes =
        MessageWriter::event("UserEvent").header("Text", "a\nb").header("After", "x").finish();
    assert_eq!(bytes, b"Event: UserEvent\r\nText: a\r\nb\r\nAfter: x\r\n\r\n");
}

proptest! {
    #[test]
    fn no_value_ends_the_message(values: Vec<Vec<u8>>) {
        let mut writer = MessageWriter::event("X");
        for value in &values {
            writer.header("Value", value);
        }
        let bytes = writer.finish();
        let mut decoder = Decoder::new(Limits::default());
        decoder.push(&bytes);
        let Some(Item::Message(message)) = decoder.next() else { panic!() };
        prop_assert_eq!(message.raw(), &bytes[..]);
        prop_assert_eq!(message.event(), Some(&b"X"[..]));
        prop_assert!(headers(message).len() > values.len());
        prop_assert_eq!(decoder.finish(), None);
    }

    #[test]
    fn escaped_values_come_back(value: Vec<u8>) {
        let bytes = MessageWriter::event("X").escaped("Value", &value).finish();
        let read = Message::parse(&bytes).get("Value").map(ami::unescape);
        prop_assert_eq!(read.as_deref(), Some(&value[..]));
    }
}
