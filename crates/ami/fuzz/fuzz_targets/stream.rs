//! Any bytes, cut anywhere, under any limits: no panic, the same items, and every reader of
//! a message agrees with every other.
//!
//! The first four bytes of the input choose limits and cuts, the rest is the stream.
#![no_main]

use ami::{Action, Decoder, Item, Limits, Login, LoginMethod, Message, MessageIndex, Pending};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let [line, lines, message, cut, stream @ ..] = input else { return };
    // 255 stands for the defaults.
    let limits = if *line == 255 {
        Limits::default()
    } else {
        Limits {
            line_bytes_max: usize::from(*line) * 2,
            headers_max: usize::from(*lines),
            message_bytes_max: usize::from(*message) * 32,
        }
    };
    let whole = items(limits, [stream]);
    assert_eq!(whole, items(limits, stream.chunks(usize::from(*cut).max(1))));
    one_message(stream);
});

/// What a decoder says, in words.
fn items<'a>(limits: Limits, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<String> {
    let mut decoder = Decoder::new(limits);
    let mut said = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        while let Some(item) = decoder.next() {
            said.push(say(item));
        }
    }
    while let Some(item) = decoder.finish() {
        said.push(say(item));
    }
    said.push(format!("{} bytes refused", decoder.refused_bytes()));
    said
}

fn say(item: Item<'_>) -> String {
    if let Item::Message(message) = item {
        let indexed: Vec<_> = message.headers().collect();
        let scanned: Vec<_> = Message::parse(message.raw()).headers().collect();
        assert_eq!(indexed, scanned);
        assert!(!indexed.is_empty());
    }
    format!("{item:?}")
}

/// Everything that can be asked of a message.
fn one_message(bytes: &[u8]) {
    let message = Message::parse(bytes);
    let mut index = MessageIndex::new();
    let indexed = index.message(bytes);
    assert!(message.headers().eq(indexed.headers()));
    for header in message.headers() {
        let Ok(name) = std::str::from_utf8(header.name) else { continue };
        assert_eq!(message.get(name), indexed.get(name));
        assert!(message.all(name).any(|value| value == header.value));
        let back = ami::escape(header.value);
        assert_eq!(ami::unescape(&back), header.value);
        if let Ok(action) = Action::new("UserEvent").header("Text", header.value) {
            assert_eq!(Message::parse(&action.to_bytes()).get("Text"), Some(header.value));
        }
    }
    assert_eq!(message.timestamp_us(), indexed.timestamp_us());
    assert_eq!(message.kind(), indexed.kind());
    let (mut login, _) = Login::start(LoginMethod::Md5, "u", "s").expect("words");
    let mut ids = ami::ActionIds::new("i").expect("a word");
    let mut pending = Pending::new(500, 4);
    for message in ami::messages(bytes) {
        pending.sent(ids.next(), ());
        pending.take(&message);
        login.on(&message);
        assert!(pending.len() <= 4);
    }
}
