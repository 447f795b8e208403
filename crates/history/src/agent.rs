//! Agents: what CMS counts of them per split, and the clocks of cms.md 2.2.

use crate::Books;
use crate::items::items;
use crate::ledger::{AgentNow, OwnCall, Rang, Served};
use crate::rows::Open;
use facts::{AgentId, SplitId, Stamp, Text};

items! {
    I_STAFFTIME i_stafftime C Live "seconds logged on to the split (CMS I_STAFFTIME)";
}

/// A row: an agent in a split by one log-on (cms.md 0: a new one, a new set of rows).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) agent: AgentId,
    pub(crate) split: SplitId,
    pub(crate) device: Text,
    /// When he logged on to his first split.
    pub(crate) logon: Stamp,
}

/// How agents are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agents;

impl Agents {
    /// Lets the clocks of all agents run.
    pub(crate) fn run(&mut self, _seconds: i64, _open: &mut Open) {}
}

impl Books {
    pub(crate) fn agent_is(&mut self, _now: &AgentNow, _at: Stamp) {}

    pub(crate) fn served_by_agent(&mut self, _served: &Served, _at: Stamp) {}

    pub(crate) fn rang_at_agent(&mut self, _rang: &Rang, _at: Stamp) {}

    pub(crate) fn own_call(&mut self, _own: &OwnCall, _at: Stamp) {}
}
