//! Values between bytes and what people read: lossy text and Asterisk's C escapes.
//!
//! Which values are escaped is not known here: by Asterisk's code the strings of
//! channel snapshots and VarSet are, OriginateResponse and UserEvent are not.

use std::borrow::Cow;

/// The value as text; bytes that are not UTF-8 (Asterisk 16 passes Latin-1 through)
/// become U+FFFD. For showing only: it cannot be undone.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Undoes the C escapes of channel snapshots and VarSet: `Quote \"q\"`, `Tab\there`.
///
/// Total: a backslash before anything that is no escape, or at the end, stays as it is.
/// Borrows when there is no backslash.
#[must_use]
pub fn unescape(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(first) = memchr::memchr(b'\\', value) else {
        return Cow::Borrowed(value);
    };
    let (plain, rest) = value.split_at(first);
    let mut out = Vec::with_capacity(value.len());
    out.extend_from_slice(plain);
    let mut bytes = rest.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let meant = if byte == b'\\' { bytes.peek().copied().and_then(escaped) } else { None };
        match meant {
            Some(meant) => {
                bytes.next();
                out.push(meant);
            }
            None => out.push(byte),
        }
    }
    Cow::Owned(out)
}

/// Writes a value as Asterisk does in channel snapshots and VarSet; [`unescape`] undoes it.
#[must_use]
pub fn escape(value: &[u8]) -> Cow<'_, [u8]> {
    if !value.iter().any(|&byte| escape_letter(byte).is_some()) {
        return Cow::Borrowed(value);
    }
    let mut out = Vec::with_capacity(value.len() + 8);
    for &byte in value {
        match escape_letter(byte) {
            Some(letter) => out.extend_from_slice(&[b'\\', letter]),
            None => out.push(byte),
        }
    }
    Cow::Owned(out)
}

/// What the letter after a backslash stands for.
fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'\'' | b'"' | b'?' => letter,
        _ => return None,
    })
}

/// The letter that stands for a byte after a backslash; `None`: the byte is written as it is.
fn escape_letter(byte: u8) -> Option<u8> {
    Some(match byte {
        0x07 => b'a',
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x0b => b'v',
        b'\\' | b'\'' | b'"' | b'?' => byte,
        _ => return None,
    })
}
