//! Splits: what CMS counts of calls (cms.md 3.1).

use crate::Books;
use crate::items::items;
use crate::ledger::{Rang, Served, Visit};
use facts::{CallId, SplitId, Stamp};

items! {
    I_ARRIVED i_arrived C Log "calls that came to the split in the interval (CMS I_ARRIVED)";
}

/// What is to be known of splits beside their rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Splits;

impl Books {
    pub(crate) fn arrived(&mut self, split: &SplitId, _call: &CallId, at: Stamp) {
        self.rows(at).splits.of(split).add(I_ARRIVED, 1);
    }

    pub(crate) fn waiting(&mut self, _split: &SplitId, _callers: u32, _at: Stamp) {}

    pub(crate) fn visit_in_split(&mut self, _visit: &Visit, _at: Stamp) {}

    pub(crate) fn served_in_split(&mut self, _served: &Served, _at: Stamp) {}

    pub(crate) fn rang_in_split(&mut self, _rang: &Rang, _at: Stamp) {}
}
