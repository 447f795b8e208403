//! Splits: who waits, and what is counted of them today.

use crate::Model;
use crate::arena::Key;
use crate::steps::MinuteCounts;
use crate::visits::Visit;
use facts::{Outcome, SplitId, Stamp};
use std::collections::{BTreeSet, VecDeque};

/// A queue.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) id: SplitId,
    pub(crate) wrapup_s: Option<u32>,
    /// Open visits by begin: the first has waited longest.
    pub(crate) waiting: BTreeSet<(Stamp, Key<Visit>)>,
    /// The same visits in the order in which they will be served: by the places at which the
    /// switch put them, for it may put a caller before others.
    pub(crate) order: VecDeque<Key<Visit>>,
    pub(crate) tally: SplitTally,
    pub(crate) minute: MinuteCounts,
}

/// What is counted per split today. Times in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SplitTally {
    pub(crate) offered: i64,
    pub(crate) arrived: i64,
    pub(crate) answered: i64,
    pub(crate) abandoned: i64,
    pub(crate) timed_out: i64,
    pub(crate) left_empty: i64,
    pub(crate) exit_key: i64,
    pub(crate) refused: i64,
    pub(crate) left: i64,
    pub(crate) lost: i64,
    pub(crate) answered_in_level: i64,
    pub(crate) wait_answered: i64,
    pub(crate) wait_abandoned: i64,
    pub(crate) wait_outflow: i64,
    pub(crate) longest_wait: i64,
    pub(crate) abandoned_ringing: i64,
    pub(crate) inflow: i64,
    pub(crate) max_waiting: usize,
    /// Talk of queue calls that ended, whether their after-call work has or not.
    pub(crate) talk: i64,
    // Call based (cms.md 1.1): booked when the after-call work is over.
    pub(crate) acd_calls: i64,
    pub(crate) acd_time: i64,
    pub(crate) acw_time: i64,
    pub(crate) answer_time: i64,
    pub(crate) acceptable: i64,
    pub(crate) hold_calls: i64,
    pub(crate) hold_time: i64,
    pub(crate) ring_calls: i64,
    pub(crate) ring_time: i64,
    pub(crate) rona: i64,
    pub(crate) transferred: i64,
}

impl Split {
    /// Puts a new visit at a place in the order (1: the next to be served; 0: not told, the last).
    pub(crate) fn put(&mut self, visit: Key<Visit>, place: u32) {
        let last = self.order.len();
        let at = usize::try_from(place).ok().and_then(|n| n.checked_sub(1));
        self.order.insert(at.unwrap_or(last).min(last), visit);
    }

    /// Puts a visit that is in the order at another place.
    pub(crate) fn put_again(&mut self, visit: Key<Visit>, place: u32) {
        self.take_out(visit);
        self.put(visit, place);
    }

    /// Takes a visit out of the order. Most are the first or the last, and cost nothing.
    pub(crate) fn take_out(&mut self, visit: Key<Visit>) {
        let ahead = self.order.iter().zip(self.order.iter().rev());
        let found = ahead.enumerate().find(|(_, (a, b))| **a == visit || **b == visit);
        if let Some((i, (a, _))) = found {
            let at = if *a == visit { i } else { self.order.len() - 1 - i };
            self.order.remove(at);
        }
    }
}

impl SplitTally {
    pub(crate) fn visit_over(&mut self, outcome: Outcome, wait: i64, in_level: bool, rang: bool) {
        self.longest_wait = self.longest_wait.max(wait);
        match outcome {
            Outcome::Answered => {
                self.answered += 1;
                self.wait_answered += wait;
                self.answered_in_level += i64::from(in_level);
            }
            Outcome::Abandoned => {
                self.abandoned += 1;
                self.wait_abandoned += wait;
                self.abandoned_ringing += i64::from(rang);
            }
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::LeftEmpty => self.left_empty += 1,
            Outcome::ExitKey => self.exit_key += 1,
            // Refusals are told by a fact of their own; as a verdict they mean that he left.
            Outcome::Left | Outcome::JoinEmpty | Outcome::Full => self.left += 1,
            Outcome::Lost => self.lost += 1,
        }
        if !matches!(outcome, Outcome::Answered | Outcome::Abandoned | Outcome::Lost) {
            self.wait_outflow += wait;
        }
    }

    /// Visits that ended today, however.
    pub(crate) const fn over(&self) -> i64 {
        self.answered + self.abandoned + self.outflow() + self.lost
    }

    /// Visits that ended by going elsewhere.
    pub(crate) const fn outflow(&self) -> i64 {
        self.timed_out + self.left_empty + self.exit_key + self.left
    }

    pub(crate) fn each(&self) -> impl Iterator<Item = i64> {
        [
            self.offered,
            self.arrived,
            self.answered,
            self.abandoned,
            self.timed_out,
            self.left_empty,
            self.exit_key,
            self.refused,
            self.left,
            self.lost,
            self.answered_in_level,
            self.wait_answered,
            self.wait_abandoned,
            self.wait_outflow,
            self.longest_wait,
            self.abandoned_ringing,
            self.inflow,
            self.talk,
            self.acd_calls,
            self.acd_time,
            self.acw_time,
            self.answer_time,
            self.acceptable,
            self.hold_calls,
            self.hold_time,
            self.ring_calls,
            self.ring_time,
            self.rona,
            self.transferred,
            i64::try_from(self.max_waiting).unwrap_or(i64::MAX),
        ]
        .into_iter()
    }
}

impl Model {
    /// The split of this id, made if unknown.
    pub(crate) fn split_key(&mut self, id: &SplitId, _at: Stamp) -> Key<Split> {
        if let Some(key) = self.split_ids.get(id) {
            return *key;
        }
        let key = self.splits.insert(Split {
            id: id.clone(),
            wrapup_s: None,
            waiting: BTreeSet::new(),
            order: VecDeque::new(),
            tally: SplitTally::default(),
            minute: MinuteCounts::default(),
        });
        self.split_ids.insert(id.clone(), key);
        key
    }

    pub(crate) fn split_seen(&mut self, id: &SplitId, wrapup_s: Option<u32>, at: Stamp) {
        let key = self.split_key(id, at);
        if let Some(s) = self.splits.get_mut(key)
            && wrapup_s.is_some()
        {
            s.wrapup_s = wrapup_s;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_leaves_the_line_wherever_it_stands() {
        let mut split = Split {
            id: SplitId::from("sales"),
            wrapup_s: None,
            waiting: BTreeSet::new(),
            order: VecDeque::new(),
            tally: SplitTally::default(),
            minute: MinuteCounts::default(),
        };
        let visits: Vec<Key<Visit>> = (0..7).map(Key::of_slot).collect();
        for visit in &visits {
            split.put(*visit, 0);
        }
        split.put_again(visits[5], 2);
        let line = |split: &Split| -> Vec<usize> {
            let place = |key: &Key<Visit>| visits.iter().position(|v| v == key).unwrap();
            split.order.iter().map(place).collect()
        };
        assert_eq!(line(&split), [0, 5, 1, 2, 3, 4, 6]);
        for (out, left) in [
            (0, vec![5, 1, 2, 3, 4, 6]),
            (6, vec![5, 1, 2, 3, 4]),
            (2, vec![5, 1, 3, 4]),
            (3, vec![5, 1, 4]),
            (1, vec![5, 4]),
            (1, vec![5, 4]),
        ] {
            split.take_out(visits[out]);
            assert_eq!(line(&split), left);
        }
    }
}
