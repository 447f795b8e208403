//! A queue's last hour, as it is shown.

use facts::Stamp;

/// How many minutes an hour has here.
pub const MINUTES: usize = 60;

/// What happened in a queue in the last hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueHour {
    /// Oldest first, [`MINUTES`] of them; the last one is the current one.
    pub minutes: Vec<Minute>,
    /// The service level that `answered_in_sl` is meant by, seconds.
    pub service_level_s: u32,
}

/// A minute of a queue, on the switch's clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Minute {
    /// When it begins.
    pub at: Stamp,
    /// Most callers that waited at once.
    pub waiting_max: u32,
    /// Longest that anybody who waited in this minute had waited so far, seconds.
    pub oldest_wait_max_s: u32,
    /// Calls that came to wait.
    pub offered: u32,
    /// Calls answered.
    pub answered: u32,
    /// Of them within the service level.
    pub answered_in_sl: u32,
    /// Callers who gave up.
    pub abandoned: u32,
    /// Calls that left otherwise: timed out, by a key, no agents, lost.
    pub other: u32,
    /// Calls turned away on arrival; they are not among the offered.
    pub refused: u32,
    /// Agents logged on at the end of the minute; in the current one now.
    pub staffed: u32,
    /// Of them available.
    pub available: u32,
    /// Seconds of this minute in which the switch was heard: 60 if all is known.
    pub heard_s: u32,
}
