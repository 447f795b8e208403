//! The words for parts of a decree: short ones that programs and files hold, and sentences for
//! people. A word once given never means something else.

use super::{Change, GroupKind, Limits, Measure, Member, Place, Scope, Side, Threshold, Unit};
use std::fmt;

impl Side {
    /// The word in files, addresses and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }

    /// The side of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Above, Self::Below].into_iter().find(|s| s.word() == word)
    }
}

impl GroupKind {
    /// The word in files, addresses and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Queues => "queues",
            Self::Agents => "agents",
        }
    }

    /// The kind of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Queues, Self::Agents].into_iter().find(|k| k.word() == word)
    }
}

impl Measure {
    /// The word in files, addresses and tables; its end says the unit.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::OldestWait => "oldest_wait_s",
            Self::ServiceLevel => "service_level_pct",
            Self::Abandoned => "abandoned_pct",
            Self::Available => "available",
            Self::Staffed => "staffed",
            Self::Aux => "aux_s",
            Self::Acw => "acw_s",
            Self::Ring => "ring_s",
            Self::Acd => "acd_s",
            Self::Hold => "hold_s",
            Self::Rona => "rona",
        }
    }

    /// The measure of that word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.word() == word)
    }

    /// What it is, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Self::Waiting => "callers waiting",
            Self::OldestWait => "oldest wait",
            Self::ServiceLevel => "service level",
            Self::Abandoned => "abandoned",
            Self::Available => "agents available",
            Self::Staffed => "agents staffed",
            Self::Aux => "time in AUX",
            Self::Acw => "time in after-call work",
            Self::Ring => "ringing time",
            Self::Acd => "time on a call",
            Self::Hold => "time on hold",
            Self::Rona => "calls not taken",
        }
    }
}

impl Unit {
    /// What stands behind a number of it; empty for counts.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Count => "",
            Self::Percent => " %",
            Self::Seconds => " s",
        }
    }
}

impl Scope {
    /// The word in files, addresses and tables.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Group(_) => "group",
            Self::Members(_) => "members",
            Self::Queue { .. } => "queue",
        }
    }
}

impl fmt::Display for Member {
    /// `ACD/NAME`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.acd, self.name)
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("everything else"),
            Self::Group(name) => write!(f, "group {name}"),
            Self::Members(name) => write!(f, "each member of group {name}"),
            Self::Queue { acd, name } => write!(f, "queue {acd}/{name}"),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.measure.about(), self.scope)
    }
}

impl Limits {
    /// The limits in words: `above, caution 20 s, warning 60 s, back by 5 s, for 10 s`.
    pub fn words(&self, unit: Unit) -> String {
        let sign = unit.sign();
        let mut text = String::new();
        for (name, limit) in [("caution", self.caution), ("warning", self.warning)] {
            if let Some(limit) = limit {
                text.push_str(&format!(", {name} {limit}{sign}"));
            }
        }
        if text.is_empty() {
            return "never a level".to_owned();
        }
        if self.hysteresis > 0 {
            text.push_str(&format!(", back by {}{sign}", self.hysteresis));
        }
        if self.for_s > 0 {
            text.push_str(&format!(", for {} s", self.for_s));
        }
        format!("{}{text}", self.side.word())
    }
}

impl fmt::Display for Change {
    /// What was decided, in one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SetThreshold(Threshold { place, limits }) => {
                write!(f, "threshold on {place}: {}", limits.words(place.measure.unit()))
            }
            Self::RemoveThreshold(place) => write!(f, "no threshold of its own on {place}"),
            Self::SetGroup(group) => {
                write!(f, "group {} of {}:", group.name, group.kind.word())?;
                for (i, member) in group.members.iter().enumerate() {
                    write!(f, "{}{member}", if i > 0 { ", " } else { " " })?;
                }
                Ok(())
            }
            Self::RemoveGroup(name) => write!(f, "no group {name}"),
            Self::Undo(id) => write!(f, "undo {id}"),
            Self::Unread(unread) if unread.kind.is_empty() => {
                write!(f, "not readable: {}", unread.why)
            }
            Self::Unread(unread) => write!(f, "{}, not understood: {}", unread.kind, unread.why),
        }
    }
}
