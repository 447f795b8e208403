//! What an administrator decided: a *decree*. Decrees are kept for ever, in the order made, and
//! everything in force is a fold of them. This module is their vocabulary; their bytes are in
//! [`Decree::payload`].
//!
//! A new kind of decision is a variant of [`Change`], its words in `words` and its bytes in
//! `encoding`. What it means is the model's business.

mod encoding;
mod words;

use crate::{Stamp, Text};
use std::fmt;

/// The stream of the journal that holds decrees. No ACD can have this name: names of ACDs do not
/// begin with a dot.
pub const STREAM: &str = ".decrees";

/// What a decree's bytes are, as a number in the journal; beside those of [`crate::Kind`].
pub const KIND: u8 = 3;

/// What names a decree: equal on every server that has it, and never given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DecreeId(u64);

impl DecreeId {
    /// The id of a record whose identity begins with these bytes.
    pub fn of(identity: &[u8; 32]) -> Self {
        let first = identity.iter().take(6);
        Self(first.fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    /// Reads what [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 12
            && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if fits { u64::from_str_radix(text, 16).ok().map(Self) } else { None }
    }
}

impl fmt::Display for DecreeId {
    /// Twelve hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012x}", self.0)
    }
}

/// A decision: who made it, when, and what he decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decree {
    /// Who made it, as he was known then.
    pub author: Text,
    /// When, by the clock of the server that took it; later than every decree before it there.
    pub at: Stamp,
    /// What he decided.
    pub change: Change,
}

/// A decree with its name, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decreed {
    /// Its name.
    pub id: DecreeId,
    /// The decree.
    pub decree: Decree,
}

/// What is decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// From now on this threshold holds there; it replaces the one that held at that place.
    SetThreshold(Threshold),
    /// The place has no threshold of its own any more: what is less specific holds.
    RemoveThreshold(Place),
    /// There is such a group from now on, or it has these members from now on.
    SetGroup(Group),
    /// There is no such group any more, nor its thresholds.
    RemoveGroup(Text),
    /// As if that decree had not been made. Undoing an undo brings the decree back.
    Undo(DecreeId),
    /// Not understood by this version, or damaged: kept, shown, without effect.
    Unread(Unread),
}

/// A decree that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The word for what was decided; empty if not even that can be read.
    pub kind: Text,
    /// Why it is not understood, a lowercase fragment.
    pub why: Text,
}

/// What a threshold is about: one measure of some things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Whose.
    pub scope: Scope,
    /// Which of their figures.
    pub measure: Measure,
}

/// Whose figures a threshold is about. A queue follows, for each measure, the first of these
/// that has one: its own, that of the members of a group it is in, the default; an agent that of
/// the members of a group he is in, the default. Of several groups the first by name counts. A
/// group as a whole follows its own, and of ages and shares the default: a count of many has
/// other limits than a count of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Everything that no other scope speaks of.
    Default,
    /// A group as a whole: its sums.
    Group(Text),
    /// Each member of a group by itself.
    Members(Text),
    /// One queue.
    Queue {
        /// Its ACD.
        acd: Text,
        /// Its name there.
        name: Text,
    },
}

/// A threshold: where and what, and when it is caution and warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Threshold {
    /// Whose figure.
    pub place: Place,
    /// The figures.
    pub limits: Limits,
}

/// When something deserves attention. Without both levels it never does: this switches a less
/// specific threshold off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Which side of the limits is worth attention; the limit itself is on that side.
    pub side: Side,
    /// From here on: have a look. In the measure's unit.
    pub caution: Option<i64>,
    /// From here on: do something. In the measure's unit.
    pub warning: Option<i64>,
    /// How far it must come back behind a limit before the level is over, in the measure's
    /// unit. 0: as soon as the limit is not reached.
    pub hysteresis: i64,
    /// For how many seconds on end a limit must be reached before it counts. 0: at once.
    pub for_s: i64,
}

/// Which side of a limit is worth attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// At the limit and above.
    Above,
    /// At the limit and below.
    Below,
}

/// A named set of queues or of agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, of its own among all groups.
    pub name: Text,
    /// What it is made of.
    pub kind: GroupKind,
    /// Its members, sorted, none twice.
    pub members: Vec<Member>,
}

/// What a group is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// Queues.
    Queues,
    /// Agents.
    Agents,
}

/// A member of a group: written `ACD/NAME`. In both parts `*` stands for any run of characters,
/// so that `*/sales` is that queue on every ACD. The same name on two ACDs is two members.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The ACD; no slash.
    pub acd: Text,
    /// The queue, or the agent's identity there.
    pub name: Text,
}

impl Member {
    /// Reads `ACD/NAME`; what follows the first slash is the name (`pbx1/PJSIP/1001`).
    pub fn parse(text: &str) -> Option<Self> {
        let (acd, name) = text.split_once('/')?;
        let (acd, name) = (acd.trim(), name.trim());
        let both = !acd.is_empty() && !name.is_empty();
        both.then(|| Self { acd: acd.into(), name: name.into() })
    }

    /// Whether neither part has a `*`: it names one thing.
    pub fn is_exact(&self) -> bool {
        !self.acd.contains('*') && !self.name.contains('*')
    }

    /// Whether it means this one.
    pub fn fits(&self, acd: &str, name: &str) -> bool {
        glob(&self.acd, acd) && glob(&self.name, name)
    }
}

/// Whether a text is what a pattern means, in which `*` stands for any run of characters.
fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(head) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        // The first place that fits leaves most for the parts that follow.
        let Some(at) = text.find(part) else { return false };
        text = text.get(at + part.len()..).unwrap_or("");
    }
    true
}

/// Whose figure a measure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A queue's, or a group of queues'.
    Queue,
    /// An agent's.
    Agent,
}

/// What kind of number a measure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of calls or agents; those of parts add up to that of the whole.
    Count,
    /// Whole percent.
    Percent,
    /// Seconds that count on by themselves.
    Seconds,
}

/// A figure that can have a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// Callers who wait in a queue.
    Waiting,
    /// How long the one who has waited longest has waited.
    OldestWait,
    /// Of the calls that left a queue today: answered within the service level.
    ServiceLevel,
    /// Of the calls that left a queue today: abandoned.
    Abandoned,
    /// Agents ready for a call of a queue.
    Available,
    /// Agents logged on to a queue.
    Staffed,
    /// How long an agent has been in AUX.
    Aux,
    /// How long an agent has been in after-call work.
    Acw,
    /// How long a call has been ringing at an agent.
    Ring,
    /// How long an agent has been talking on a queue's call.
    Acd,
    /// How long the call is on hold that an agent has had on hold longest.
    Hold,
    /// Calls that rang at an agent today and that he did not take.
    Rona,
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Waiting,
        Self::OldestWait,
        Self::ServiceLevel,
        Self::Abandoned,
        Self::Available,
        Self::Staffed,
        Self::Aux,
        Self::Acw,
        Self::Ring,
        Self::Acd,
        Self::Hold,
        Self::Rona,
    ];

    /// Whose figure it is.
    pub const fn subject(self) -> Subject {
        match self {
            Self::Waiting
            | Self::OldestWait
            | Self::ServiceLevel
            | Self::Abandoned
            | Self::Available
            | Self::Staffed => Subject::Queue,
            Self::Aux | Self::Acw | Self::Ring | Self::Acd | Self::Hold | Self::Rona => {
                Subject::Agent
            }
        }
    }

    /// What kind of number it is.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Waiting | Self::Available | Self::Staffed | Self::Rona => Unit::Count,
            Self::ServiceLevel | Self::Abandoned => Unit::Percent,
            Self::OldestWait | Self::Aux | Self::Acw | Self::Ring | Self::Acd | Self::Hold => {
                Unit::Seconds
            }
        }
    }

    /// The side that is worth attention unless something else is said.
    pub const fn usual_side(self) -> Side {
        match self {
            Self::ServiceLevel | Self::Available | Self::Staffed => Side::Below,
            _ => Side::Above,
        }
    }

    /// Whether a group of this kind has it as a whole: queues together have what a queue has;
    /// of agents together it is known how many there are and how many are ready.
    pub const fn of_whole(self, kind: GroupKind) -> bool {
        match kind {
            GroupKind::Queues => matches!(self.subject(), Subject::Queue),
            GroupKind::Agents => matches!(self, Self::Available | Self::Staffed),
        }
    }

    /// Whether each member of a group of this kind has it.
    pub const fn of_members(self, kind: GroupKind) -> bool {
        match kind {
            GroupKind::Queues => matches!(self.subject(), Subject::Queue),
            GroupKind::Agents => matches!(self.subject(), Subject::Agent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_characters() {
        for (pattern, text, fits) in [
            ("*/sales", "a/sales", true),
            ("*/sales", "a/sales2", false),
            ("a/*", "a/anything", true),
            ("a/*", "b/anything", false),
            ("*/s*s", "a/sales", true),
            ("*/s*s", "a/s", false),
            ("*/*le*s*", "a/sales", true),
            ("*/**", "a/sales", true),
            ("a/PJSIP/10*", "a/PJSIP/1001", true),
            ("a/sa*ales", "a/sales", false),
            ("a/ü*ß", "a/üöß", true),
        ] {
            let member = Member::parse(pattern).expect("a member");
            let (acd, name) = text.split_once('/').expect("both parts");
            assert_eq!(member.fits(acd, name), fits, "{pattern} {text}");
            assert_eq!(member.to_string(), pattern);
            assert!(!member.is_exact() || pattern == text);
        }
        assert!(["sales", "/sales", "a/", ""].iter().all(|t| Member::parse(t).is_none()));
    }

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let id = DecreeId::of(&[7; 32]);
        assert_eq!(id.to_string(), "070707070707");
        assert_eq!(DecreeId::parse("070707070707"), Some(id));
        for bad in ["", "7", "0707070707070", "07070707070G", "+70707070707", "07070707070A"] {
            assert_eq!(DecreeId::parse(bad), None, "{bad}");
        }
    }
}
