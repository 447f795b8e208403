//! Whether the rows of an interval keep the rules of cms.md 1.2 and 2.2: asserted where programs
//! are tested, counted where they run.

use crate::Books;
use crate::items::{Counts, Identity};
use crate::rows::{Open, Rows};
use crate::{agent, split, trunk, vdn};
use facts::{AgentId, Stamp};
use std::collections::BTreeMap;
use std::fmt::Debug;

impl Books {
    /// Audits the rows of an interval that is over.
    pub(crate) fn audit(&mut self, open: &Open) {
        let mut logons: BTreeMap<(&AgentId, Stamp), Counts> = BTreeMap::new();
        for (key, counts) in open.agents.each() {
            let logon = logons.entry((&key.agent, key.logon));
            logon.or_insert_with(|| Counts::new(agent::ITEMS)).absorb(counts, agent::ITEMS);
        }
        let logons = logons.iter().filter(|(who, c)| breaks(who, c, agent::LOGON_IDENTITIES));
        self.broken += logons.count() as u64;
        self.broken += broken(&open.splits, split::IDENTITIES);
        self.broken += broken(&open.agents, agent::IDENTITIES);
        self.broken += broken(&open.vdns, vdn::IDENTITIES);
        self.broken += broken(&open.vectors, vdn::vector::IDENTITIES);
        self.broken += broken(&open.trunks, trunk::IDENTITIES);
        self.broken += broken(&open.groups, trunk::group::IDENTITIES);
    }
}

/// How many rows of a table break one of its rules.
fn broken<K: Ord + Clone + Debug>(rows: &Rows<K>, identities: &[Identity]) -> u64 {
    rows.each().filter(|(key, counts)| breaks(key, counts, identities)).count() as u64
}

fn breaks(key: &impl Debug, counts: &Counts, identities: &[Identity]) -> bool {
    let rule = counts.broken(identities);
    debug_assert!(rule.is_none(), "{rule:?} is not so for {key:?}: {counts:?}");
    rule.is_some()
}
