//! Figures in, levels out. What is remembered of a figure is little: since when each limit is
//! reached, and since when it counts.

use facts::decree::{Limits, Measure, Side};
use facts::{Stamp, Text};
use std::collections::BTreeMap;

const SECOND: i64 = 1_000_000;

/// How much attention a figure deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Have a look.
    Caution,
    /// Do something.
    Warning,
}

impl Level {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Caution => "caution",
            Self::Warning => "warning",
        }
    }
}

/// One figure of one thing; ordered as table `levels` is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The ACD; empty for a group.
    pub acd: Text,
    /// queue, agent or group.
    pub kind: &'static str,
    /// Its name.
    pub name: Text,
    /// The measure's word.
    pub measure: &'static str,
}

/// A figure at the moment of the look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The figure, in the measure's unit.
    pub value: i64,
    /// Of a time that counts on: when it began. A limit is then known to the microsecond,
    /// however seldom somebody looks.
    pub began: Option<Stamp>,
}

/// A figure that is at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The level.
    pub level: Level,
    /// Since when it has been at this level or above.
    pub since: Stamp,
    /// The limit of the level.
    pub limit: i64,
    /// The figure at the last look.
    pub reading: Reading,
    /// Whose threshold it is.
    pub scope: &'static str,
}

/// One limit of one figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Latch {
    /// Since when the limit has been reached without a break.
    reached: Option<Stamp>,
    /// Since when that counts.
    on: Option<Stamp>,
}

impl Latch {
    /// Looks at the figure.
    fn look(&mut self, now: Stamp, reading: Reading, limits: &Limits, limit: Option<i64>) {
        let Some(limit) = limit else {
            *self = Self::default();
            return;
        };
        // The figure of before held until now: its duration may be over meanwhile.
        self.count(now, limits);
        if self.on.is_some() {
            if !holds(reading.value, limits, limit) {
                *self = Self::default();
            }
            return;
        }
        if !reaches(reading.value, limits.side, limit) {
            self.reached = None;
            return;
        }
        let crossed = reading.began.map(|began| began.plus_secs(limit).min(now));
        self.reached.get_or_insert(crossed.unwrap_or(now));
        self.count(now, limits);
    }

    /// Counts from when its duration was over.
    fn count(&mut self, now: Stamp, limits: &Limits) {
        if let (None, Some(reached)) = (self.on, self.reached)
            && now.since(reached) >= limits.for_s.saturating_mul(SECOND)
        {
            self.on = Some(reached.plus_secs(limits.for_s));
        }
    }
}

/// Whether a limit is reached.
const fn reaches(value: i64, side: Side, limit: i64) -> bool {
    match side {
        Side::Above => value >= limit,
        Side::Below => value <= limit,
    }
}

/// Whether a level once taken lasts: the figure is not back far enough.
const fn holds(value: i64, limits: &Limits, limit: i64) -> bool {
    // Coming back by one is the least there is.
    let back = if limits.hysteresis > 1 { limits.hysteresis } else { 1 };
    match limits.side {
        Side::Above => value > limit.saturating_sub(back),
        Side::Below => value < limit.saturating_add(back),
    }
}

#[derive(Debug)]
struct State {
    caution: Latch,
    warning: Latch,
    /// The limits looked at last: with others everything begins anew.
    limits: Limits,
    scope: &'static str,
    reading: Reading,
    /// The round in which it was looked at last.
    round: u64,
}

impl State {
    const fn new(limits: Limits, reading: Reading) -> Self {
        let off = Latch { reached: None, on: None };
        Self { caution: off, warning: off, limits, scope: "", reading, round: 0 }
    }

    fn raised(&self) -> Option<Raised> {
        let at = |level, latch: &Latch, limit: Option<i64>| {
            let (since, limit) = latch.on.zip(limit)?;
            Some(Raised { level, since, limit, reading: self.reading, scope: self.scope })
        };
        let caution = || at(Level::Caution, &self.caution, self.limits.caution);
        at(Level::Warning, &self.warning, self.limits.warning).or_else(caution)
    }
}

/// Remembers the figures that are worth it; a figure holds from one look to the next. Between
/// [`Evaluator::begin`] and [`Evaluator::finish`] each is fed once, in any order; one that is not
/// fed is not there any more.
#[derive(Debug, Default)]
pub struct Evaluator {
    states: BTreeMap<Key, State>,
    now: Stamp,
    round: u64,
}

impl Evaluator {
    /// A look at everything begins, at this moment.
    pub const fn begin(&mut self, now: Stamp) {
        self.now = now;
        self.round += 1;
    }

    /// Feeds one figure and the threshold that holds for it. `key` is asked only if there is
    /// something to remember.
    pub fn feed(
        &mut self,
        limits: &Limits,
        scope: &'static str,
        reading: Reading,
        key: impl FnOnce() -> Key,
    ) {
        let near = |limit: Option<i64>| limit.is_some_and(|l| holds(reading.value, limits, l));
        if !near(limits.caution) && !near(limits.warning) {
            // Neither at a limit nor on the way back from one: the state of before, if there is
            // one, goes with this round.
            return;
        }
        let (now, round) = (self.now, self.round);
        let state = self.states.entry(key()).or_insert_with(|| State::new(*limits, reading));
        if state.limits != *limits {
            *state = State::new(*limits, reading);
        }
        state.caution.look(now, reading, limits, limits.caution);
        state.warning.look(now, reading, limits, limits.warning);
        state.reading = reading;
        state.scope = scope;
        state.round = round;
    }

    /// The look is over: forgets what is not there any more, and gives every figure that is at a
    /// level, in order.
    pub fn finish(&mut self) -> impl Iterator<Item = (&Key, Raised)> {
        let round = self.round;
        self.states.retain(|_, state| {
            let idle = state.caution == Latch::default() && state.warning == Latch::default();
            state.round == round && !idle
        });
        self.states.iter().filter_map(|(key, state)| Some((key, state.raised()?)))
    }

    /// How many figures are remembered.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

/// The key of a figure.
pub(crate) fn key(acd: &Text, kind: &'static str, name: &Text, measure: Measure) -> Key {
    Key { acd: acd.clone(), kind, name: name.clone(), measure: measure.word() }
}
