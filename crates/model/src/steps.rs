//! What the model tells while it folds: one step after the other, each something that a person
//! could have seen. Live stories are made of it, and call and agent records will be.
//!
//! The steps of one agent come in the order of time, and so do those of one call. Between an
//! agent and a call there is no order: an agent's steps are held back for [`BURST`], because a
//! switch tells one change in several events and the parts of it are nobody's business.

use facts::{AgentId, CallId, Fields, Outcome, SplitId, Stamp, Text};

/// Steps of one agent that undo each other within this time were none (microseconds): Asterisk
/// takes a phone out of a bridge 6 to 200 µs before it puts it back in another seat.
pub const BURST: i64 = 10_000;
/// A state of an agent that lasts no longer than this, other than a queue call's ringing, is but
/// the way from the one before to the next (microseconds): no person does two things so fast. A
/// phone that holds one call to make another says so 2 ms apart. The one before is told to last
/// until the next.
pub const PASSING: i64 = BURST;

/// Something happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// To an agent.
    Agent(AgentStep),
    /// To a call.
    Call(CallStep),
    /// A minute of a queue is over, or has come this far.
    Minute(Minute),
}

/// Something happened to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentStep {
    /// When.
    pub at: Stamp,
    /// To whom.
    pub agent: AgentId,
    /// What.
    pub did: AgentDid,
}

/// What happened to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AgentDid {
    /// He logged on to a split.
    LoggedOn {
        /// Which.
        split: SplitId,
        /// When, by the switch's word: earlier than the step if it was found by a resync.
        since: Stamp,
        /// Penalty: CMS skill level minus 1.
        penalty: u32,
    },
    /// He logged off from a split.
    LoggedOff {
        /// Which.
        split: SplitId,
    },
    /// He was paused in a split, or the reason is another one.
    Paused {
        /// Which.
        split: SplitId,
        /// Why; empty if not told.
        reason: Text,
    },
    /// And is no longer.
    Unpaused {
        /// Which.
        split: SplitId,
    },
    /// He is to be seen in this way from now on.
    Is(Box<Seen>),
}

/// What is to be seen of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// His name; empty if not told.
    pub name: Text,
    /// What he is in.
    pub state: AgentState,
    /// The reason of a pause; empty if none.
    pub reason: Text,
    /// `IN` or `OUT`: the direction of his call.
    pub direction: Option<&'static str>,
    /// The split of the queue call or of the after-call work.
    pub split: Option<SplitId>,
    /// The call.
    pub call: Option<CallId>,
    /// The number at the other end; empty if unknown.
    pub party: Text,
}

/// What an agent can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentState {
    /// Waits for a call.
    Avail,
    /// A queue call rings at his phone.
    Ring,
    /// Talks on a queue call.
    Acd,
    /// After-call work.
    Acw,
    /// Paused, or on a call of his own.
    Aux,
    /// None of these.
    Other,
    /// Logged off everywhere.
    Out,
    /// The switch is not heard.
    Unknown,
}

impl AgentState {
    /// The word people know.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Avail => "AVAIL",
            Self::Ring => "RING",
            Self::Acd => "ACD",
            Self::Acw => "ACW",
            Self::Aux => "AUX",
            Self::Other => "OTHER",
            Self::Out => "OUT",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// Something happened to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallStep {
    /// When.
    pub at: Stamp,
    /// To which: the id it is shown by at this time.
    pub call: CallId,
    /// What.
    pub did: CallDid,
}

/// An agent, as a call's step names him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// His id; None: not an agent.
    pub agent: Option<AgentId>,
    /// His name, or the number or device of somebody who is no agent; empty if unknown.
    pub name: Text,
}

/// What is known of how a call came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Number of the caller; empty if unknown.
    pub caller: Text,
    /// His name; empty if unknown.
    pub caller_name: Text,
    /// The number dialled; empty if none.
    pub dialled: Text,
    /// The VDN; None: not from outside, or no number was dialled.
    pub vdn: Option<Text>,
    /// The vector; None: not from outside, or there is none.
    pub vector: Option<Text>,
    /// The trunk group that it came or went by.
    pub trunk: Option<Text>,
    /// `IN`, `OUT` or `INTERNAL`.
    pub direction: &'static str,
    /// The agent who called.
    pub agent: Option<Who>,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallDid {
    /// It began, at the step's moment. Told again, with the same moment, when more is known.
    Entry(Box<Entry>),
    /// It had ended but goes on.
    Reopened,
    /// The dialplan of the caller's channel went on in another context.
    Vector {
        /// The context, by the name the administrator gave it if any.
        vector: Text,
        /// The extension in it.
        exten: Text,
    },
    /// A message on one of its channels: an IVR's step, mostly.
    Said {
        /// Its name.
        name: Text,
        /// Its fields.
        fields: Fields,
    },
    /// It waits in a split.
    Queued {
        /// Which.
        split: SplitId,
        /// Place in the line, from 1; 0: not told.
        position: u32,
        /// Since when.
        since: Stamp,
    },
    /// A phone is rung for it.
    Ring {
        /// For this split; None: not for a queue.
        split: Option<SplitId>,
        /// Whose.
        who: Who,
    },
    /// He did not take it.
    NotAnswered {
        /// For this split; None: not for a queue.
        split: Option<SplitId>,
        /// Who.
        who: Who,
        /// How long it rang, microseconds; 0: refused at once.
        rang: i64,
    },
    /// It was answered.
    Answered {
        /// For this split; None: not for a queue.
        split: Option<SplitId>,
        /// By whom.
        who: Who,
        /// How long it had waited in the split, microseconds; None: not known or no queue.
        wait: Option<i64>,
        /// A resync found them talking: it was answered earlier.
        found: bool,
    },
    /// Put on hold.
    Held {
        /// By whom.
        who: Who,
    },
    /// And taken back.
    Resumed {
        /// By whom.
        who: Who,
        /// How long the hold was, microseconds.
        held: i64,
    },
    /// Transferred.
    Transferred {
        /// By whom.
        by: Who,
        /// To whom or to which number.
        to: Who,
        /// After asking (attended) or not (blind).
        attended: bool,
    },
    /// Another call became part of it; that one's steps are its own from now on.
    Joined {
        /// All ids of the other.
        ids: Vec<CallId>,
    },
    /// Parked.
    Parked {
        /// Where: `lot/space`.
        place: Text,
    },
    /// Taken from where it was parked.
    Unparked {
        /// By whom; None: by nobody in time.
        by: Option<Who>,
    },
    /// One of its parties joined a conference.
    ConferenceJoined {
        /// Its name.
        room: Text,
        /// Who.
        who: Who,
    },
    /// And left it.
    ConferenceLeft {
        /// Its name.
        room: Text,
        /// Who.
        who: Who,
    },
    /// A visit to a split is over, or it was refused there.
    QueueLeft {
        /// Which.
        split: SplitId,
        /// How it ended; [`Outcome::Answered`] comes together with [`CallDid::Answered`].
        outcome: Outcome,
        /// How long it waited, microseconds.
        wait: i64,
        /// It rang at an agent at that moment.
        ringing: bool,
    },
    /// A work code was given for it. May come after the end.
    Code {
        /// Which.
        code: Text,
    },
    /// The link was lost: what happens to it from here on is not known.
    Unheard,
    /// The link is back.
    Heard,
    /// It is over.
    Ended {
        /// `CALLER`, `AGENT`, `SWITCH` or `UNKNOWN`.
        by: &'static str,
        /// `HANGUP`, `SWITCH_RESTART`, `MISSING` or `TOO_OLD`.
        why: &'static str,
    },
}

/// A minute of a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Minute {
    /// When it begins: a whole minute UTC.
    pub at: Stamp,
    /// The queue.
    pub split: SplitId,
    /// Its service level, seconds.
    pub service_level_s: u32,
    /// What happened in it.
    pub counts: MinuteCounts,
    /// Agents logged on, at its end or now.
    pub staffed: u32,
    /// Of them available.
    pub available: u32,
    /// Microseconds of it in which the switch was heard.
    pub heard: i64,
}

/// What is counted in a minute of a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MinuteCounts {
    /// Most callers that waited at once.
    pub waiting_max: u32,
    /// Longest that anybody had waited so far, microseconds.
    pub oldest: i64,
    /// Callers who came to wait.
    pub offered: u32,
    /// Visits that ended with an answer.
    pub answered: u32,
    /// Of them within the service level.
    pub answered_in_level: u32,
    /// Visits that the caller ended.
    pub abandoned: u32,
    /// Visits that ended otherwise.
    pub other: u32,
    /// Callers turned away on arrival.
    pub refused: u32,
}
