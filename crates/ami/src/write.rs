//! Messages as a PBX says them: for simulated ones and for tests.
//!
//! Knows Asterisk's spelling of a message, not which headers an event has.

use crate::escape::escape;
use crate::message::BANNER;

/// The first line of a session with its line end, `version` being AMI's (`5.0.4`).
#[must_use]
pub fn banner(version: &str) -> Vec<u8> {
    let mut out = BANNER.to_vec();
    push_value(&mut out, version.as_bytes());
    out.extend_from_slice(b"\r\n");
    out
}

/// Builds messages, one after the other, headers in the order they are written.
///
/// ```
/// let bytes = ami::MessageWriter::event("QueueCallerJoin")
///     .header("Privilege", "agent,all")
///     .header("Queue", "sales")
///     .finish();
/// assert_eq!(bytes, b"Event: QueueCallerJoin\r\nPrivilege: agent,all\r\nQueue: sales\r\n\r\n");
/// ```
#[derive(Clone, Debug, Default)]
pub struct MessageWriter {
    out: Vec<u8>,
}

impl MessageWriter {
    /// A message that begins with `Event: NAME`.
    #[must_use]
    pub fn event(name: &str) -> Self {
        Self::first("Event", name)
    }

    /// A message that begins with `Response: WORD`.
    #[must_use]
    pub fn response(word: &str) -> Self {
        Self::first("Response", word)
    }

    fn first(name: &str, value: &str) -> Self {
        let mut writer = Self { out: Vec::with_capacity(512) };
        writer.header(name, value);
        writer
    }

    /// Adds `Name: value`. As with Asterisk a line end in the value comes out as CRLF, the
    /// rest being a line of its own; an empty line never comes out of a value.
    pub fn header(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        push_value(&mut self.out, name.as_bytes());
        self.out.extend_from_slice(b": ");
        push_value(&mut self.out, value.as_ref());
        self.out.extend_from_slice(b"\r\n");
        self
    }

    /// Adds `Name: value` with the value C-escaped, as in channel snapshots and VarSet.
    pub fn escaped(&mut self, name: &str, value: impl AsRef<[u8]>) -> &mut Self {
        let value = escape(value.as_ref());
        self.header(name, value)
    }

    /// Ends the message with a blank line; its bytes. The writer is empty then.
    #[must_use]
    pub fn finish(&mut self) -> Vec<u8> {
        self.out.extend_from_slice(b"\r\n");
        std::mem::take(&mut self.out)
    }

    /// As [`Self::finish`], adding the bytes to `to`.
    pub fn finish_into(&mut self, to: &mut Vec<u8>) {
        self.out.extend_from_slice(b"\r\n");
        to.append(&mut self.out);
    }
}

/// Writes a value; runs of line ends become one CRLF, at the end none.
fn push_value(out: &mut Vec<u8>, value: &[u8]) {
    let lines = value.split(|byte| matches!(byte, b'\r' | b'\n'));
    for (number, line) in lines.filter(|line| !line.is_empty()).enumerate() {
        if number > 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(line);
    }
}
