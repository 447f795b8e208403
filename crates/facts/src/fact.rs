//! The neutral vocabulary: what a switch states, in the words of a contact centre. A fact is
//! about one ACD; its stamp stands beside it ([`Timed`]).
//!
//! Facts are statements, not commands: a fold must bear any of them missing, doubled, late or
//! about somebody it never heard of.

use crate::{AgentId, BridgeId, CallId, ChannelId, DeviceId, LegId, SplitId, Stamp, Text};

/// A fact and the moment, on the switch's clock, at which it was so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timed {
    /// The switch's clock.
    pub at: Stamp,
    /// What was so.
    pub fact: Fact,
}

/// How far a channel has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Exists, nothing happens yet.
    Down,
    /// The switch has dialled it or it dials in: it hears ringing (Asterisk: Ring, Dialing).
    Calling,
    /// The phone at the other end rings (Asterisk: Ringing).
    Ringing,
    /// Answered.
    Up,
}

/// Who set up the channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The endpoint called the switch: a caller, or an agent who dials.
    In,
    /// The switch called the endpoint: an agent's phone that is rung, a trunk dialled out on.
    Out,
}

/// A channel that was not known before. What later facts say overwrites it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChannel {
    /// Its lasting id.
    pub channel: ChannelId,
    /// The name the switch shows (Asterisk: `PJSIP/trunk-00000009`).
    pub name: Text,
    /// The endpoint it is a channel of.
    pub device: DeviceId,
    /// The call it belongs to.
    pub call: CallId,
    /// Whether the endpoint or the switch set it up; what is known of it at this time.
    pub direction: Direction,
    /// How far it has come.
    pub phase: Phase,
    /// Number of the party at the endpoint; empty if unknown.
    pub number: Text,
    /// Name of the party at the endpoint; empty if unknown.
    pub party: Text,
    /// The number dialled; empty or `s` if none.
    pub dialled: Text,
    /// The dialplan context it came in by: the vector.
    pub context: Text,
    /// One half of a pair inside the switch (Asterisk: `Local/`), not a phone or trunk.
    pub half: bool,
    /// When it began: the fact's stamp, or earlier if it was found by a resync.
    pub began: Stamp,
    /// The mixing point it was found in, by a resync only.
    pub bridge: Option<BridgeId>,
}

/// The state of an endpoint as the switch sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// No idea.
    Unknown,
    /// Reachable, nothing going on.
    Idle,
    /// On a call.
    InUse,
    /// On a call and takes no second one.
    Busy,
    /// No such endpoint.
    Invalid,
    /// Not reachable (a phone that is not registered).
    Unavailable,
    /// Rings.
    Ringing,
    /// Rings while on a call.
    RingInUse,
    /// All its calls are on hold.
    OnHold,
}

/// How a membership came to our notice; decides whether a log-on was seen or inferred.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HowSeen {
    /// The switch said that it begins now.
    Added,
    /// A change of it was told; it was there before.
    Changed,
    /// A resync listed it; it was there before.
    Listed,
    /// An earlier fold saw it begin, at the time told with it.
    Kept,
}

/// An agent's membership in a split, whole: overwrite what was known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The agent.
    pub agent: AgentId,
    /// The split.
    pub split: SplitId,
    /// The name shown for the agent in this split.
    pub name: Text,
    /// The phone whose state counts.
    pub device: DeviceId,
    /// Asterisk's penalty; CMS skill level = penalty + 1.
    pub penalty: u32,
    /// Paused in this split.
    pub paused: bool,
    /// The reason given for the pause; empty if none or not paused.
    pub reason: Text,
    /// State of the phone.
    pub status: Device,
    /// Calls taken since the switch started or its counters were reset.
    pub calls_taken: u32,
    /// End of the last call by the switch's reckoning, whole seconds; None: none yet.
    pub last_call: Option<Stamp>,
    /// Begin of the pause, whole seconds; None: never paused.
    pub last_pause: Option<Stamp>,
    /// Log-on, whole seconds; None: not told.
    pub logged_on: Option<Stamp>,
    /// The member's own wrap-up time in seconds; 0: the split's holds.
    pub wrapup_s: u32,
    /// How we know.
    pub seen: HowSeen,
}

/// What came of a dialled channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DialOutcome {
    /// It answered.
    Answered,
    /// It was busy.
    Busy,
    /// Nobody answered in time. Asterisk says this for a phone that declined, too.
    NoAnswer,
    /// The calling side gave up.
    Cancelled,
    /// No way to it.
    Congestion,
    /// Anything else.
    Other,
}

/// How a caller's visit to a split ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// An agent of the split answered.
    Answered,
    /// The caller hung up while waiting or ringing.
    Abandoned,
    /// The longest wait was over; the call went on elsewhere.
    TimedOut,
    /// No agent was left; the call went on elsewhere.
    LeftEmpty,
    /// The caller keyed himself out.
    ExitKey,
    /// Refused on arrival: no agent there.
    JoinEmpty,
    /// Refused on arrival: too many waiting.
    Full,
    /// Taken out by the dialplan, an administrator or in a way that was not told.
    Left,
    /// The switch stopped or we did not see the end.
    Lost,
}

/// Why the queue's interest in an answered call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Released {
    /// The caller hung up.
    Caller,
    /// The agent hung up.
    Agent,
    /// The call was transferred.
    Transfer,
    /// Not told.
    Unknown,
}

/// Name and value pairs in the order they were said.
pub type Fields = Vec<(Text, Text)>;

/// A message that a dialplan, an IVR or another system put into the switch's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Its name (Asterisk: `UserEvent:`).
    pub name: Text,
    /// The channel it was said on; None if said from outside.
    pub channel: Option<ChannelId>,
    /// Its own fields, without those of the channel.
    pub fields: Fields,
}

/// Something that the fold could not explain or had to guess. Counted by code, listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anomaly {
    /// A stable word, e.g. `unknown-channel`.
    pub code: &'static str,
    /// What it was about, for a person.
    pub what: Text,
}

/// What a switch states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    // ---- the link and the switch ------------------------------------------------------
    /// We hear the switch. What is known of before may be out of date until [`Fact::Resynced`].
    LinkUp,
    /// We do not hear it any more: clocks stop here.
    LinkDown {
        /// Why, for a person.
        why: Text,
    },
    /// The switch has started anew: every channel, call and wait of before is over.
    SwitchStarted,
    /// The switch says it stops (an orderly shutdown).
    SwitchStopping,
    /// Everything that is there has been named since the last [`Fact::LinkUp`].
    Resynced,
    /// Listening was disturbed: something may be missing before this moment.
    Hole {
        /// Why, for a person.
        why: Text,
    },

    // ---- channels -----------------------------------------------------------------------
    /// A channel that was not known.
    ChannelNew(Box<NewChannel>),
    /// How far it has come.
    ChannelPhase {
        /// Which.
        channel: ChannelId,
        /// How far.
        phase: Phase,
    },
    /// It belongs to another call now: the two calls are one from here on.
    ChannelCall {
        /// Which.
        channel: ChannelId,
        /// The call it now names.
        call: CallId,
    },
    /// It is one end of this leg, of which another switch may have the other.
    ChannelLeg {
        /// Which.
        channel: ChannelId,
        /// What both ends call it.
        leg: LegId,
    },
    /// The party at its endpoint.
    ChannelParty {
        /// Which.
        channel: ChannelId,
        /// Number, empty if unknown.
        number: Text,
        /// Name, empty if unknown.
        party: Text,
    },
    /// A step of the dialplan (vector).
    ChannelStep {
        /// Which.
        channel: ChannelId,
        /// The context.
        context: Text,
        /// The extension in it.
        exten: Text,
        /// The application run.
        application: Text,
        /// What it was given.
        data: Text,
    },
    /// Two halves of one pair inside the switch: what enters one leaves by the other.
    Paired {
        /// First half: faces the one who dialled it.
        one: ChannelId,
        /// Second half: runs the dialplan or sits in the other bridge.
        two: ChannelId,
    },
    /// Somebody asked to hang up, or the phone did.
    HangupAsked {
        /// On which channel.
        channel: ChannelId,
        /// The party at its endpoint did; false: the switch, its dialplan or an operator.
        by_party: bool,
    },
    /// The channel is gone.
    ChannelEnded {
        /// Which.
        channel: ChannelId,
        /// Q.850 cause, if told.
        cause: Option<u32>,
    },
    /// A resync did not name it: gone unless the rest of the stream says otherwise soon.
    ChannelMissing {
        /// Which.
        channel: ChannelId,
    },

    // ---- connecting -----------------------------------------------------------------------
    /// A channel is being rung for another.
    DialBegan {
        /// For whom; None: by the switch itself.
        from: Option<ChannelId>,
        /// Who is rung.
        to: ChannelId,
    },
    /// The ringing is over.
    DialEnded {
        /// For whom.
        from: Option<ChannelId>,
        /// Who was rung.
        to: ChannelId,
        /// What came of it.
        outcome: DialOutcome,
    },
    /// The channel talks at this mixing point.
    Bridged {
        /// Which.
        channel: ChannelId,
        /// Where.
        bridge: BridgeId,
        /// Whose seat it took, at the same moment.
        swapped: Option<ChannelId>,
    },
    /// It has left it.
    Unbridged {
        /// Which.
        channel: ChannelId,
        /// Where from.
        bridge: BridgeId,
    },
    /// The party at this channel's endpoint has put the other side on hold.
    Held {
        /// Who pressed hold.
        channel: ChannelId,
    },
    /// And taken it back. May come without a [`Fact::Held`].
    Unheld {
        /// Who pressed.
        channel: ChannelId,
    },
    /// A transfer succeeded.
    Transferred {
        /// Whose phone transferred.
        by: ChannelId,
        /// His second channel in an attended transfer.
        by_second: Option<ChannelId>,
        /// Who was transferred.
        who: Option<ChannelId>,
        /// Where to: an extension, or the second call's channel.
        to: Text,
        /// After asking the target (attended) or not (blind).
        attended: bool,
    },
    /// Put aside for anybody to pick up.
    Parked {
        /// Who.
        channel: ChannelId,
        /// Where, for a person: `lot/space`.
        place: Text,
    },
    /// Picked up again, or timed out and sent back.
    Unparked {
        /// Who.
        channel: ChannelId,
        /// Who picked it up; None: nobody did in time.
        by: Option<ChannelId>,
    },
    /// Joined a conference.
    ConferenceJoined {
        /// Who.
        channel: ChannelId,
        /// Its name.
        room: Text,
    },
    /// Left it.
    ConferenceLeft {
        /// Who.
        channel: ChannelId,
        /// Its name.
        room: Text,
    },
    /// A supervisor listens in.
    SpyBegan {
        /// Who listens.
        spy: ChannelId,
        /// To whom.
        target: ChannelId,
    },
    /// And no longer.
    SpyEnded {
        /// Who listened.
        spy: ChannelId,
    },

    // ---- splits -----------------------------------------------------------------------------
    /// The split exists.
    SplitSeen {
        /// Which.
        split: SplitId,
        /// Wrap-up after a call in seconds, if known (configuration).
        wrapup_s: Option<u32>,
    },
    /// A caller waits in a split.
    Queued {
        /// Who.
        channel: ChannelId,
        /// Where.
        split: SplitId,
        /// Place in the line, from 1; 0: not told.
        position: u32,
        /// Since when: the fact's stamp, or earlier if found by a resync (whole seconds).
        since: Stamp,
    },
    /// A resync did not list him any more.
    QueuedMissing {
        /// Who.
        channel: ChannelId,
        /// Where he waited.
        split: SplitId,
    },
    /// A caller was turned away on arrival.
    Refused {
        /// Who.
        channel: ChannelId,
        /// Where.
        split: SplitId,
        /// [`Outcome::JoinEmpty`] or [`Outcome::Full`].
        outcome: Outcome,
    },
    /// An agent's phone is rung for a waiting caller.
    Offered {
        /// The caller.
        channel: ChannelId,
        /// The split.
        split: SplitId,
        /// The agent.
        agent: AgentId,
        /// The channel to his phone (or the first half of a pair that leads there).
        to: Option<ChannelId>,
    },
    /// He did not take it (CMS: RONA).
    NotAnswered {
        /// The caller.
        channel: ChannelId,
        /// The split.
        split: SplitId,
        /// The agent.
        agent: AgentId,
        /// How long it rang by the switch's reckoning, milliseconds; 0: refused at once.
        ring_ms: u32,
    },
    /// The wait is over; how it ended is said by [`Fact::Connected`] or [`Fact::Verdict`].
    QueueLeft {
        /// Who.
        channel: ChannelId,
        /// Where.
        split: SplitId,
    },
    /// An agent answered a waiting caller.
    Connected {
        /// The caller.
        channel: ChannelId,
        /// The split.
        split: SplitId,
        /// The agent.
        agent: AgentId,
        /// The channel to his phone (or the first half of a pair that leads there).
        to: Option<ChannelId>,
    },
    /// A resync found a caller and an agent of a split talking. When and after what wait he was
    /// answered was not heard, so that the call is shown but not counted as answered.
    FoundTalking {
        /// The caller.
        channel: ChannelId,
        /// The split.
        split: SplitId,
        /// The agent.
        agent: AgentId,
        /// The channel to his phone (or the first half of a pair that leads there).
        to: ChannelId,
    },
    /// How a visit without answer ended. Comes after, or with, [`Fact::QueueLeft`].
    Verdict {
        /// Who.
        channel: ChannelId,
        /// Where.
        split: SplitId,
        /// How.
        outcome: Outcome,
    },
    /// The split's interest in an answered call ended. Not always told; the talk may go on.
    Completed {
        /// The caller, if told.
        channel: Option<ChannelId>,
        /// The split.
        split: SplitId,
        /// The agent.
        agent: AgentId,
        /// Who ended it.
        released: Released,
    },

    // ---- agents -------------------------------------------------------------------------------
    /// A membership, whole.
    MemberIs(Box<Member>),
    /// Not a member (any more): logged off from the split.
    MemberGone {
        /// Who.
        agent: AgentId,
        /// Of which split.
        split: SplitId,
    },
    /// The state of an endpoint.
    DeviceIs {
        /// Which.
        device: DeviceId,
        /// How it is.
        status: Device,
    },

    // ---- from outside ---------------------------------------------------------------------------
    /// A message in the stream.
    Said(Box<Said>),
    /// A work code for a call: by its channel, or by the agent who entered it.
    WorkCode {
        /// On which channel, if told.
        channel: Option<ChannelId>,
        /// Which agent, if told: his interface, number or name as said.
        agent: Option<Text>,
        /// The code.
        code: Text,
    },
    /// The translation met something that it cannot explain.
    Odd(Anomaly),
}
