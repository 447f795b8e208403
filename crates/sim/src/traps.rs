//! What a real Asterisk does rarely, as often as it was measured (docs/simulator.md).

use std::borrow::Cow;

use crate::settings::Version;

/// Of 100 answered calls those whose caller is gone within 75 ms, so that no AgentComplete is
/// ever said: 19 of 1,832 on an overloaded 16, 1 of 887 on 22.
pub(crate) fn complete_missing(version: Version) -> f64 {
    match version {
        Version::V16 => 1.04,
        Version::V22 => 0.11,
    }
}

/// Of 100 AgentCompletes those that come after both Hangups and name no channel: 4 of 1,813 on
/// 16, 29 of 886 on 22, under load.
pub(crate) fn complete_late(version: Version) -> f64 {
    match version {
        Version::V16 => 0.22,
        Version::V22 => 3.27,
    }
}

/// Of 100 device states those that are said before an event stamped earlier: 44 of 258,614 events
/// of all kinds go back; with 0.1 it were 14 of 260,935 of a simulated morning.
pub(crate) const STEP_BACK: f64 = 0.3;

/// Of 100 callers those whose name is not plain ASCII. Not measured: ours.
const ODD_NAMES: f64 = 2.0;

/// Names as they come from the world: UTF-8, quotes, separators, control characters, and one
/// that pretends to be a header.
const NAMES: [&str; 8] = [
    "J\u{fc}rgen Gro\u{df}",
    "Pat \"Patch\" Kettle",
    "Mitten, Ada",
    "Anvil|Sons",
    "Tab\there",
    "Esc\u{1b}[31m Drum",
    "Colon: Event: Fake",
    "\u{5317}\u{4eac} Teapot",
];

/// A name that is hard to read, for some callers.
pub(crate) fn caller_name(chance: &mut crate::chance::Chance, version: Version) -> Option<String> {
    if !chance.percent(ODD_NAMES) {
        return None;
    }
    // The ninth is in Latin-1: 16 hands its byte through, 22 replaces it.
    let which = chance.index(NAMES.len() + 1);
    let latin = match version {
        Version::V16 => "M\u{f7fc}ller Latin",
        Version::V22 => "M\u{fffd}ller Latin",
    };
    Some(NAMES.get(which).copied().unwrap_or(latin).to_owned())
}

/// Turns U+F780 to U+F7FF into the bytes 0x80 to 0xFF that are no UTF-8: a name has to be text
/// until it is said.
pub(crate) fn raw_bytes(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let Ok(text) = std::str::from_utf8(text) else { return Cow::Borrowed(text) };
    let mut bytes = Vec::with_capacity(text.len());
    for letter in text.chars() {
        match u32::from(letter) {
            code @ 0xf780..=0xf7ff => bytes.push(u8::try_from(code - 0xf700).unwrap_or(b'?')),
            _ => bytes.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    Cow::Owned(bytes)
}

#[cfg(test)]
mod tests {
    #[test]
    fn one_byte_of_latin_1_comes_out_as_it_is() {
        let raw = |text: &str| super::raw_bytes(text.as_bytes()).into_owned();
        assert_eq!(raw("M\u{f7fc}ller"), b"M\xfcller");
        assert_eq!(raw("J\u{fc}rgen"), "J\u{fc}rgen".as_bytes());
    }
}
