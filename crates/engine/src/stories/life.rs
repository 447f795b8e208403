//! A call's life, as it is shown.

use facts::{Stamp, Text};

/// The kinds of steps.
///
/// `entry` (always first), `vector` (a new dialplan context), `ivr` (a message of the dialplan or
/// an IVR), `queued`, `ring`, `no-answer`, `answered`, `hold`, `resume`, `transfer`, `dialled` (one
/// of the parties made another call), `joined` (which became part of this one), `parked`,
/// `unparked`, `conference-in`, `conference-out`, `left-queue` (without an answer), `refused` (by a
/// queue), `code` (a work code), `unheard` and `heard` (the link was lost and is back), `hangup`
/// (the end; its detail is who hung up).
pub const KINDS: [&str; 22] = [
    "entry",
    "vector",
    "ivr",
    "queued",
    "ring",
    "no-answer",
    "answered",
    "hold",
    "resume",
    "transfer",
    "joined",
    "parked",
    "unparked",
    "conference-in",
    "conference-out",
    "left-queue",
    "refused",
    "code",
    "unheard",
    "heard",
    "dialled",
    "hangup",
];

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLife {
    /// The ACD.
    pub acd: Text,
    /// The id it is shown by.
    pub call: Text,
    /// All ids it was known by, that one first.
    pub ids: Vec<Text>,
    /// Number of the caller; empty if unknown.
    pub caller: Text,
    /// His name; empty if unknown.
    pub caller_name: Text,
    /// The number dialled; empty if none.
    pub dialled: Text,
    /// The VDN of a call from outside, else empty.
    pub vdn: Text,
    /// The trunk group it came or went by; empty if none.
    pub trunk: Text,
    /// `IN`, `OUT` or `INTERNAL`.
    pub direction: &'static str,
    /// When it began.
    pub began: Stamp,
    /// When it was over; `None`: it goes on.
    pub ended: Option<Stamp>,
    /// Oldest first. The last step of an ended call is its `hangup`, but for work codes given in
    /// after-call work.
    pub steps: Vec<CallStep>,
    /// Steps in the middle were dropped for want of room.
    pub cut: bool,
}

/// Something that happened to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallStep {
    /// When.
    pub at: Stamp,
    /// One of [`KINDS`].
    pub kind: &'static str,
    /// The queue.
    pub split: Option<Text>,
    /// The agent.
    pub agent: Option<Text>,
    /// His name.
    pub agent_name: Option<Text>,
    /// For a person: what else is known of it. Its own words per kind, see docs/rest.md.
    pub detail: Text,
    /// How long it took, milliseconds: the wait before `answered` and `left-queue`, the ring of
    /// `no-answer`, the hold before `resume`. `None`: does not apply or not known.
    pub ms: Option<i64>,
}
