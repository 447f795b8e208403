//! The minutes of every queue, by the switch's clock: counted while the fold goes on, told when
//! a minute is over. A part of telling (see `telling`): nothing of it is in tables or digests.

use crate::Model;
use crate::agent_state::Mode;
use crate::arena::Key;
use crate::splits::Split;
use crate::steps::{Minute, MinuteCounts, Step};
use facts::{Outcome, Stamp};

/// A minute, microseconds.
const MINUTE: i64 = 60_000_000;
/// After a gap this many minutes are told, the last ones: an hour is all that anybody looks at.
const GAP_MAX: i64 = 60;

/// The minute that is being counted.
#[derive(Debug, Default)]
pub(crate) struct Minutes {
    /// When it ends; None: nothing has been heard yet.
    end: Option<Stamp>,
    /// How much of it was heard until `mark`, microseconds.
    heard: i64,
    /// Since when the switch has been heard; None: it is not.
    mark: Option<Stamp>,
}

impl Minutes {
    /// The switch is heard from here on, or not any more.
    pub(crate) fn hear(&mut self, at: Stamp, on: bool) {
        if let Some(mark) = self.mark.take() {
            self.heard += at.since(mark).max(0);
        }
        self.mark = on.then_some(at);
    }

    /// What was heard of a minute that is looked at now.
    fn heard_until(&self, at: Stamp) -> i64 {
        self.heard + self.mark.map_or(0, |mark| at.since(mark).max(0))
    }
}

impl Model {
    /// The first fact begins the first minute.
    pub(crate) fn first_minute(&mut self, at: Stamp) {
        if self.telling.minutes.end.is_none() {
            self.telling.minutes.end = Some(end_of_minute(at));
            self.telling.minutes.hear(at, self.live);
        }
    }

    /// Tells the minutes that are over at `at`.
    pub(crate) fn minutes_over(&mut self, at: Stamp) {
        let Some(end) = self.telling.minutes.end.filter(|end| at >= *end) else { return };
        let mut end = end;
        let last = end_of_minute(at);
        while end < last {
            if last.since(end) <= GAP_MAX * MINUTE {
                self.tell_minutes(end, end);
            }
            let minutes = &mut self.telling.minutes;
            minutes.heard = 0;
            minutes.mark = minutes.mark.map(|_| end);
            for split in self.splits.values_mut() {
                let waiting_max = u32::try_from(split.waiting.len()).unwrap_or(u32::MAX);
                split.minute = MinuteCounts { waiting_max, ..MinuteCounts::default() };
            }
            end = end.plus(MINUTE);
        }
        self.telling.minutes.end = Some(end);
    }

    /// Tells how far the current minute has come; the whole of it will be told when it is over.
    pub fn tell_minute_so_far(&mut self, at: Stamp) {
        if let Some(end) = self.telling.minutes.end
            && self.telling.on
        {
            self.tell_minutes(end, at.min(end).max(end.plus(-MINUTE)));
        }
    }

    /// Tells the minute that ends at `end` as it stands at `at`.
    fn tell_minutes(&mut self, end: Stamp, at: Stamp) {
        let heard = self.telling.minutes.heard_until(at).min(MINUTE);
        let mut floor: Vec<(Key<Split>, u32, u32)> = Vec::new();
        let mut keys = self.splits.keys();
        keys.sort_unstable();
        floor.extend(keys.into_iter().map(|k| (k, 0, 0)));
        for (_, agent) in self.agents.iter() {
            for (i, m) in agent.members.iter().enumerate().filter(|(_, m)| m.on) {
                if let Ok(place) = floor.binary_search_by_key(&m.split, |f| f.0)
                    && let Some((_, staffed, available)) = floor.get_mut(place)
                {
                    *staffed += 1;
                    *available += u32::from(agent.mode_in(i).0 == Mode::Avail);
                }
            }
        }
        for (key, staffed, available) in floor {
            let Some(split) = self.splits.get(key) else { continue };
            let mut counts = split.minute;
            if let Some((since, _)) = split.waiting.first() {
                counts.oldest = counts.oldest.max(at.since(*since));
            }
            let minute = Minute {
                at: end.plus(-MINUTE),
                split: split.id.clone(),
                service_level_s: self.settings.service_level(&split.id),
                counts,
                staffed,
                available,
                heard,
            };
            self.say_step(Step::Minute(minute));
        }
    }
}

impl MinuteCounts {
    /// A visit to the queue has ended.
    pub(crate) const fn visit_over(&mut self, outcome: Outcome, in_level: bool) {
        match outcome {
            Outcome::Answered => {
                self.answered += 1;
                self.answered_in_level += in_level as u32;
            }
            Outcome::Abandoned => self.abandoned += 1,
            _ => self.other += 1,
        }
    }
}

/// The end of the minute that holds `at`.
const fn end_of_minute(at: Stamp) -> Stamp {
    Stamp(at.0.div_euclid(MINUTE).saturating_add(1).saturating_mul(MINUTE))
}
