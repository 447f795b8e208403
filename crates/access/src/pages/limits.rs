//! From when on something deserves attention: caution first, then warning.

use facts::Stamp;

/// Two levels of one measure, in seconds: above `caution_s` is a caution, above `warning_s` a
/// warning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Above it: have a look.
    pub caution_s: i64,
    /// Above it: do something.
    pub warning_s: i64,
}

/// The limits in force on the Floor page, the same for all queues and agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the caller who waits longest in a queue has waited.
    pub oldest_wait: Limit,
    /// How long an agent has been in AUX.
    pub aux: Limit,
    /// How long an agent has been in after-call work.
    pub acw: Limit,
    /// How long a call has been ringing at an agent.
    pub ring: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        let limit = |caution_s, warning_s| Limit { caution_s, warning_s };
        Self {
            oldest_wait: limit(20, 60),
            aux: limit(15 * 60, 30 * 60),
            acw: limit(2 * 60, 5 * 60),
            ring: limit(20, 40),
        }
    }
}

/// How much attention something deserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// None.
    #[default]
    Plain,
    /// Have a look.
    Caution,
    /// Do something.
    Warning,
}

impl Level {
    /// The word for style sheet and script; empty for plain.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Caution => "caution",
            Self::Warning => "warning",
        }
    }
}

impl Limit {
    /// The level of something that began at `since`, and the limit it is over.
    pub(crate) const fn level(self, since: Stamp, now: Stamp) -> (Level, i64) {
        let secs = now.since(since).div_euclid(1_000_000);
        if secs >= self.warning_s {
            (Level::Warning, self.warning_s)
        } else if secs >= self.caution_s {
            (Level::Caution, self.caution_s)
        } else {
            (Level::Plain, 0)
        }
    }
}

impl Limits {
    /// The limit on the time in an agent's state, if there is one.
    pub(crate) fn of_state(&self, state: &str) -> Option<Limit> {
        match state {
            "AUX" => Some(self.aux),
            "ACW" => Some(self.acw),
            "RING" => Some(self.ring),
            _ => None,
        }
    }

    /// The limits as the page's script reads them: `AUX 900 1800,ACW 120 300`.
    pub(crate) fn for_script(&self) -> String {
        let named =
            [("AUX", self.aux), ("ACW", self.acw), ("RING", self.ring), ("Wait", self.oldest_wait)];
        let words = named.map(|(name, l)| format!("{name} {} {}", l.caution_s, l.warning_s));
        words.join(",")
    }
}
