//! How many callers wait in a split and how many agents are logged on to it, and the most there
//! were of each in an interval.

use super::items::{I_ARRIVED, MAXINQUEUE, MAXSTAFFED};
use crate::Books;
use crate::rows::Open;
use facts::{CallId, SplitId, Stamp};
use std::collections::{BTreeMap, VecDeque};

/// A number of things that are there from a moment on.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    n: i64,
    since: Stamp,
}

/// What is to be known of splits beside their rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Splits {
    waiting: BTreeMap<SplitId, Level>,
    staffed: BTreeMap<SplitId, Level>,
}

impl Splits {
    /// So many agents more, or fewer, are logged on to a split from a moment on.
    ///
    /// A number counts as a maximum if it lasted: two agents who change places at one moment are
    /// not two, in whatever order that is told.
    pub(crate) fn staff(
        &mut self,
        split: &SplitId,
        more: i64,
        at: Stamp,
        heard: bool,
        open: &mut VecDeque<Open>,
    ) {
        if !self.staffed.contains_key(split) {
            self.staffed.insert(split.clone(), Level { n: 0, since: at });
        }
        if let Some(level) = self.staffed.get_mut(split) {
            level.lasted(split, MAXSTAFFED, at, heard, open);
            level.n += more;
        }
    }

    /// The switch started anew: no call is up.
    pub(crate) fn nobody_waits(&mut self) {
        self.waiting.values_mut().for_each(|level| level.n = 0);
    }

    /// Books what has lasted up to a moment.
    pub(crate) fn run_to(&mut self, at: Stamp, heard: bool, open: &mut VecDeque<Open>) {
        for (item, levels) in [(MAXINQUEUE, &mut self.waiting), (MAXSTAFFED, &mut self.staffed)] {
            for (split, level) in levels {
                level.lasted(split, item, at, heard, open);
            }
        }
    }
}

impl Level {
    /// It was so up to a moment: in every interval that it touched, if the switch was heard.
    fn lasted(
        &mut self,
        split: &SplitId,
        item: usize,
        at: Stamp,
        heard: bool,
        open: &mut VecDeque<Open>,
    ) {
        let touched = |o: &&mut Open| o.interval.from < at && self.since < o.interval.to;
        if heard && self.n > 0 && self.since < at {
            for o in open.iter_mut().filter(touched) {
                o.splits.of(split).max(item, self.n);
            }
        }
        self.since = self.since.max(at);
    }
}

impl Books {
    pub(crate) fn arrived(&mut self, split: &SplitId, _call: &CallId, at: Stamp) {
        self.rows(at).splits.of(split).add(I_ARRIVED, 1);
    }

    pub(crate) fn waiting(&mut self, split: &SplitId, callers: u32, at: Stamp) {
        let n = i64::from(callers);
        match self.splits.waiting.get_mut(split) {
            Some(level) => {
                level.lasted(split, MAXINQUEUE, at, self.heard, &mut self.open);
                level.n = n;
            }
            None => {
                self.splits.waiting.insert(split.clone(), Level { n, since: at });
            }
        }
        // A caller who was put through at once did wait.
        if self.heard && n > 0 {
            self.rows(at).splits.of(split).max(MAXINQUEUE, n);
        }
    }
}
