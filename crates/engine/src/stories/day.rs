//! An agent's day, as it is shown.

use facts::{Stamp, Text};

/// What an agent can be in, in the words of the `agents` table; besides: `OUT` is logged off
/// everywhere, `UNKNOWN` is that the switch was not heard.
pub const STATES: [&str; 8] = ["AVAIL", "RING", "ACD", "ACW", "AUX", "OTHER", "OUT", "UNKNOWN"];

/// What an agent did today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDay {
    /// The ACD.
    pub acd: Text,
    /// The agent.
    pub agent: Text,
    /// His name; empty if none was told.
    pub name: Text,
    /// Local midnight, on the switch's clock.
    pub day_start: Stamp,
    /// How far the story goes, on the switch's clock.
    pub now: Stamp,
    /// Oldest first, without a gap between them; the first begins at `day_start` at the earliest.
    pub spans: Vec<AgentSpan>,
    /// The beginning of the day was dropped for want of room.
    pub cut: bool,
}

/// A time in which nothing changed about an agent that can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSpan {
    /// From when.
    pub from: Stamp,
    /// Until when; `None`: it goes on.
    pub to: Option<Stamp>,
    /// One of [`STATES`].
    pub state: &'static str,
    /// The reason of a pause; empty if none.
    pub reason: Text,
    /// `IN` or `OUT`: the direction of the call.
    pub direction: Option<&'static str>,
    /// The queue of the call, or of the call this after-call work is for.
    pub split: Option<Text>,
    /// The call, by the id it had then.
    pub call: Option<Text>,
    /// The number at the other end; empty if unknown.
    pub party: Text,
}
