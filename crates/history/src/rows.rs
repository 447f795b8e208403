//! The rows of one interval that are still being counted, table by table.

use crate::calendar::Interval;
use crate::items::{Counts, Item};
use crate::{agent, code, split, trunk, vdn};
use facts::{SplitId, Text};
use std::collections::BTreeMap;

/// The rows of one table in one interval.
#[derive(Clone, Debug)]
pub(crate) struct Rows<K> {
    items: &'static [Item],
    rows: BTreeMap<K, Counts>,
}

impl<K: Ord + Clone> Rows<K> {
    pub(crate) const fn new(items: &'static [Item]) -> Self {
        Self { items, rows: BTreeMap::new() }
    }

    /// The row of this key, made if there is none yet.
    pub(crate) fn of(&mut self, key: &K) -> &mut Counts {
        self.rows.entry(key.clone()).or_insert_with(|| Counts::new(self.items))
    }

    /// All rows, by key.
    pub(crate) fn each_mut(&mut self) -> impl Iterator<Item = (&K, &mut Counts)> {
        self.rows.iter_mut()
    }

    /// The rows that report something, by key.
    pub(crate) fn each(&self) -> impl Iterator<Item = (&K, &Counts)> {
        self.rows.iter().filter(|(_, counts)| !counts.is_empty(self.items))
    }
}

/// What an interval is made of while entries may still come for it.
#[derive(Clone, Debug)]
pub(crate) struct Open {
    pub(crate) interval: Interval,
    pub(crate) splits: Rows<SplitId>,
    pub(crate) agents: Rows<agent::Key>,
    pub(crate) vdns: Rows<vdn::Key>,
    pub(crate) vectors: Rows<Text>,
    pub(crate) trunks: Rows<trunk::Key>,
    pub(crate) groups: Rows<Text>,
    pub(crate) codes: Rows<Text>,
    /// Seconds of it in which the switch was heard.
    pub(crate) observed: i64,
    /// Something disturbed the collection in it (CMS INCOMPLETE).
    pub(crate) disturbed: bool,
}

impl Open {
    pub(crate) const fn new(interval: Interval) -> Self {
        Self {
            interval,
            splits: Rows::new(split::ITEMS),
            agents: Rows::new(agent::ITEMS),
            vdns: Rows::new(vdn::ITEMS),
            vectors: Rows::new(vdn::vector::ITEMS),
            trunks: Rows::new(trunk::ITEMS),
            groups: Rows::new(trunk::group::ITEMS),
            codes: Rows::new(code::ITEMS),
            observed: 0,
            disturbed: false,
        }
    }
}
