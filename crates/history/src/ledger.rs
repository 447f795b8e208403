//! The vocabulary between who knows what happened (the model, a `queue_log`) and who counts it.
//!
//! Two kinds: *clock* entries say how something is from [`Entry::at`] on (an agent, a trunk, the
//! link, the number of callers who wait); *final* entries say what is over and will not change,
//! and count in the interval of [`Entry::at`] (cms.md 1.1). Entries come in the order of the
//! fold; a final entry may come up to [`LATE_MAX`] after its moment.

use facts::{AgentId, CallId, ChannelId, Direction, Outcome, Released, SplitId, Stamp, Text};

/// How much later than its moment an entry may be written (microseconds): a verdict is waited
/// for, and a seat left may be taken again.
pub const LATE_MAX: i64 = 5_000_000;

/// One line of the ledger of an ACD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The moment it counts at, on the switch's clock.
    pub at: Stamp,
    /// What.
    pub what: What,
}

/// What a line of the ledger says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    // ---- clocks: so from this moment on ------------------------------------------------
    /// The switch is heard and its state known, or not: clocks run only while it is.
    Link(Link),
    /// An agent is so, whole. Without memberships he is logged off.
    Agent(Box<AgentNow>),
    /// So many callers wait in a split (CMS MAXINQUEUE).
    Waiting {
        /// Which.
        split: SplitId,
        /// How many, those whose call rings included.
        callers: u32,
    },
    /// A trunk was seized by a channel.
    Seized(Trunk),
    /// And is idle again.
    Idle(Trunk),

    // ---- what began: counted at once ------------------------------------------------------
    /// A caller came to a split (CMS I_ARRIVED).
    Arrived {
        /// Which.
        split: SplitId,
        /// His call.
        call: CallId,
    },
    /// A call came to a VDN and its vector (CMS I_ARRIVED of a VDN).
    Entered {
        /// The call.
        call: CallId,
        /// The number dialled; None: none was.
        vdn: Option<Text>,
        /// The vector.
        vector: Option<Text>,
    },

    // ---- what is final -----------------------------------------------------------------------
    /// A visit to a split is over without an answer there, or begins anew because the agent who
    /// was rung did not take it.
    Visit(Box<Visit>),
    /// An agent's work on a visitor is over, after-call work included.
    Served(Box<Served>),
    /// A ring at an agent that he did not answer is over.
    Rang(Box<Rang>),
    /// A call of an agent's own is over.
    OwnCall(Box<OwnCall>),
    /// A call is over.
    CallOver(Box<CallOver>),
}

/// Whether the switch is heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// It is heard and its state known, from here on.
    pub heard: bool,
    /// The switch itself started anew: nobody is logged on, no call is up.
    pub restarted: bool,
    /// Why, for a person.
    pub why: Text,
}

/// What an agent does (cms.md 2.1); there are no direct agent calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mode {
    /// Waits for a call.
    Avail,
    /// A queue call rings.
    Ring,
    /// Talks on a queue call.
    Acd,
    /// After-call work.
    Acw,
    /// Paused, or on a call of his own.
    Aux,
    /// None of these.
    Other,
}

/// An agent from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentNow {
    /// Who (CMS LOGID, by the dictionary).
    pub agent: AgentId,
    /// His name; empty if not told.
    pub name: Text,
    /// His phone (CMS EXTENSION).
    pub device: Text,
    /// What he does as a person.
    pub mode: Mode,
    /// The direction of his call.
    pub direction: Option<Direction>,
    /// The reason of a pause that holds everywhere; empty if none.
    pub reason: Text,
    /// The split of the queue call or after-call work; None: no call, or after-call work that
    /// belongs to none.
    pub work_split: Option<SplitId>,
    /// The split of a queue call that he holds meanwhile.
    pub held_split: Option<SplitId>,
    /// The call; None: none, or unknown.
    pub call: Option<CallId>,
    /// Where he is logged on. The first is that of the oldest log-on (CMS OLDEST_LOGON).
    pub members: Vec<MemberNow>,
}

/// A membership from a moment on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberNow {
    /// The split.
    pub split: SplitId,
    /// Since when he is logged on to it.
    pub since: Stamp,
    /// The log-on was not seen: he was found logged on (CMS INFLAG `<`).
    pub found: bool,
    /// Penalty: CMS skill level minus 1.
    pub penalty: u32,
    /// Paused in it.
    pub paused: bool,
    /// Why; empty if not told or not paused.
    pub reason: Text,
    /// What he does as this split sees it (cms.md 2.2).
    pub mode: Mode,
}

/// A trunk and the channel on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// The trunk group: the endpoint.
    pub group: Text,
    /// The channel that seized it.
    pub channel: ChannelId,
    /// Who seized it: the far end ([`Direction::In`]) or the switch.
    pub direction: Direction,
    /// When it was seized.
    pub since: Stamp,
    /// The call, by the id it has now; None: not known.
    pub call: Option<CallId>,
}

/// How a visit went on that was not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitEnd {
    /// It ended so; never [`Outcome::Answered`]. [`Outcome::JoinEmpty`] and [`Outcome::Full`]:
    /// it never began.
    Ended(Outcome),
    /// All phones that rang for it rang out; it waits on in the same split (CMS: RONA).
    Requeued,
}

/// A visit to a split, or one turn of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The split.
    pub split: SplitId,
    /// The call, by the id it has now.
    pub call: CallId,
    /// When the caller joined.
    pub joined: Stamp,
    /// When this turn began: the join, or the last time it was requeued.
    pub since: Stamp,
    /// The join was not seen: he was found waiting.
    pub found: bool,
    /// What became of it.
    pub end: VisitEnd,
    /// At whom it rang at that moment.
    pub ringing: Vec<AgentId>,
    /// He came from another split of the same call (CMS INFLOWCALLS).
    pub inflow: bool,
    /// This turn began with a requeue.
    pub requeued: bool,
    /// The queue's priority for the call; 0 if not told.
    pub priority: u32,
}

/// A queue call that an agent answered. `since` and `joined` as in [`Visit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Served {
    /// The split.
    pub split: SplitId,
    /// The agent.
    pub agent: AgentId,
    /// The call, by the id it has now.
    pub call: CallId,
    /// When the caller joined.
    pub joined: Stamp,
    /// When the turn began in which he was answered.
    pub since: Stamp,
    /// The join was not seen.
    pub found: bool,
    /// When it began to ring at this agent; None: not seen.
    pub rang: Option<Stamp>,
    /// When he answered.
    pub answered: Stamp,
    /// When his talk was over.
    pub ended: Stamp,
    /// When his after-call work was over: [`Entry::at`].
    pub acw_ended: Stamp,
    /// The holds between, each from and to.
    pub holds: Vec<(Stamp, Stamp)>,
    /// The caller hung up while on hold.
    pub hold_abandoned: bool,
    /// The agent transferred it.
    pub transferred: bool,
    /// The agent took it into a conference.
    pub conferenced: bool,
    /// Who ended the talk.
    pub released: Released,
    /// As in [`Visit`].
    pub inflow: bool,
    /// As in [`Visit`].
    pub requeued: bool,
    /// As in [`Visit`].
    pub priority: u32,
    /// The call work code; empty if none.
    pub code: Text,
}

/// How a ring ended that its agent did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RangEnd {
    /// He did not take it in time (CMS NOANSREDIR).
    NotAnswered,
    /// His phone refused at once.
    Refused,
    /// The caller hung up (CMS ABNRINGCALLS).
    Abandoned,
    /// Another agent answered, or the caller went elsewhere.
    Elsewhere,
}

/// A ring at an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rang {
    /// The split.
    pub split: SplitId,
    /// The agent.
    pub agent: AgentId,
    /// The call, by the id it has now.
    pub call: CallId,
    /// When the caller joined the split.
    pub joined: Stamp,
    /// When it began to ring.
    pub since: Stamp,
    /// How it ended, at [`Entry::at`].
    pub end: RangEnd,
}

/// A call of an agent's own (CMS: extension call), from the talk's begin to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCall {
    /// Who.
    pub agent: AgentId,
    /// The call.
    pub call: CallId,
    /// [`Direction::Out`]: he dialled.
    pub direction: Direction,
    /// In after-call work of this split; None: in AUX (or AVAIL, which it makes AUX).
    pub acw_split: Option<SplitId>,
    /// A queue call of this split was on hold meanwhile.
    pub held_split: Option<SplitId>,
    /// The other party was reached over a trunk.
    pub off_switch: bool,
    /// When he began: talking for a call in, dialling for a call out.
    pub since: Stamp,
}

/// Where a call came from or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From outside.
    In,
    /// To outside.
    Out,
    /// Neither.
    Internal,
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The caller.
    Caller,
    /// The other side.
    Agent,
    /// The switch.
    Switch,
    /// Not known: it was not heard.
    Unknown,
}

/// A call that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallOver {
    /// All ids it has been known by; the first names it.
    pub ids: Vec<CallId>,
    /// When it began.
    pub began: Stamp,
    /// Its way.
    pub way: Way,
    /// The trunk group it came or went by.
    pub trunk: Option<Text>,
    /// The channel on it.
    pub channel: Option<ChannelId>,
    /// The number dialled, if it came from outside.
    pub vdn: Option<Text>,
    /// The vector, likewise.
    pub vector: Option<Text>,
    /// Number of the caller; empty if unknown.
    pub caller: Text,
    /// His name.
    pub caller_name: Text,
    /// The number dialled; empty if none.
    pub dialled: Text,
    /// The agent who called.
    pub originator: Option<AgentId>,
    /// When anybody first answered it; None: nobody.
    pub answered: Option<Stamp>,
    /// How its last visit to a split ended; None: it made none.
    pub outcome: Option<Outcome>,
    /// When it first joined a split; None: never.
    pub queued: Option<Stamp>,
    /// It rang at an agent when the caller gave up.
    pub abandoned_ringing: bool,
    /// Who ended it.
    pub ended_by: EndedBy,
    /// Its end was not seen.
    pub lost: bool,
    /// How many [`Served`] entries of it are still to come: agents in after-call work.
    pub pending: u32,
    /// Transfers.
    pub transfers: u32,
    /// It was in a conference.
    pub conferenced: bool,
    /// The call work code; empty if none.
    pub code: Text,
}
