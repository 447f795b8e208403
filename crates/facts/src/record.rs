//! A record: what one switch said at one moment, byte for byte, and how it was heard.
//!
//! Events go to every listener of the switch with the same bytes, so the bytes identify
//! them; what only this server could see (answers to its own questions, its link going up or
//! down) is an observation and carries the server's name in its payload.

use crate::{Stamp, Text};
use std::sync::Arc;

/// What a record's bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The switch said it to everybody: same bytes, same stamp for every listener.
    Event = 1,
    /// Only this server saw it: a resync list, the link going up or down.
    Observation = 2,
}

impl Kind {
    /// The kind with this number in the journal.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            1 => Some(Self::Event),
            2 => Some(Self::Observation),
            _ => None,
        }
    }
}

/// Which run of the switch: the second since 1970 at which it said that it started, by its own
/// clock and without zone, hence only good for comparing. 0: not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Epoch(pub i64);

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Event or observation.
    pub kind: Kind,
    /// The run of the switch it belongs to.
    pub epoch: Epoch,
    /// The switch's own stamp. An observation has none of its own: it gets the moment on the
    /// switch's clock at which it was made, never before an event heard earlier.
    pub stamp: Stamp,
    /// This server's clock when the last byte was read.
    pub heard: Stamp,
    /// The bytes: one message with its final blank line; of an observation a header message
    /// (see [`Observation`]) and then the messages as they were heard.
    pub payload: Arc<[u8]>,
}

/// The names that may stand in the first line of an observation, `Observation: NAME`. The
/// lines after it are `Header: value` lines ended by a blank line; `Server:` is always there.
/// What was heard, byte for byte, follows the blank line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Observation {
    /// Connected and logged in; the switch is fully booted. `Epoch:`, `Version:`.
    LinkUp,
    /// The connection is gone or given up. `Reason:`.
    LinkDown,
    /// An answer to a question of ours. `Action: QueueStatus` and the like; the answer's
    /// messages follow.
    Answer,
    /// All answers of a resync are in: what no answer named is not there any more.
    Resynced,
    /// Bytes were heard that could not be kept or understood (`Reason:`, `Bytes:`).
    Hole,
}

impl Observation {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::LinkUp, Self::LinkDown, Self::Answer, Self::Resynced, Self::Hole];

    /// The name in the first line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LinkUp => "LinkUp",
            Self::LinkDown => "LinkDown",
            Self::Answer => "Answer",
            Self::Resynced => "Resynced",
            Self::Hole => "Hole",
        }
    }

    /// The observation of that name.
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|o| o.name().as_bytes() == name)
    }

    /// An observation's payload. Line breaks in values would forge lines: they become blanks.
    pub fn payload(self, server: &str, headers: &[(&str, &str)], heard: &[u8]) -> Arc<[u8]> {
        let mut out = Vec::with_capacity(64 + heard.len());
        let first = [("Observation", self.name()), ("Server", server)];
        for (name, value) in first.iter().chain(headers) {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend(value.bytes().map(|b| if matches!(b, b'\r' | b'\n') { b' ' } else { b }));
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(heard);
        out.into()
    }
}

impl Record {
    /// An observation made by `server`.
    pub fn observation(
        what: Observation,
        epoch: Epoch,
        stamp: Stamp,
        heard: Stamp,
        server: &Text,
        headers: &[(&str, &str)],
        bytes: &[u8],
    ) -> Self {
        let payload = what.payload(server, headers, bytes);
        Self { kind: Kind::Observation, epoch, stamp, heard, payload }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_observation_cannot_be_forged_by_a_value() {
        let p = Observation::LinkDown.payload("a", &[("Reason", "x\r\nObservation: LinkUp")], b"");
        assert_eq!(
            &p[..],
            b"Observation: LinkDown\r\nServer: a\r\nReason: x  Observation: LinkUp\r\n\r\n"
        );
        assert_eq!(Observation::from_name(b"LinkDown"), Some(Observation::LinkDown));
        assert_eq!(Observation::from_name(b"nothing"), None);
    }
}
