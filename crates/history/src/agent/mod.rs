//! Agents: what CMS counts of them per split (cms.md 3.2), their clocks (2.2), and their log-ons.
//!
//! Clocks run lazily: an agent's time is booked when an entry about him comes and when an interval
//! closes, so that an entry costs what one agent costs.

mod calls;
mod clocks;
mod items;
mod logon;
mod state;

use crate::Books;
use crate::calendar::Calendar;
use crate::ledger::{AgentNow, Link};
use crate::records::{Records, haglog};
use crate::rows::Open;
use crate::settings::Settings;
use crate::split::Splits;
use facts::table::Row;
use facts::{AgentId, SplitId, Stamp, Text};
use indexmap::IndexMap;
pub(crate) use items::{IDENTITIES, ITEMS, LOGON_IDENTITIES};
pub(crate) use logon::Logon;
use rustc_hash::FxBuildHasher;
use state::Agent;
use std::collections::VecDeque;

/// How long somebody who logged off is remembered for calls that he still works on (seconds).
const FORGET_S: i64 = 86_400;

/// A row: an agent in a split by one log-on (cms.md 0: a new one, a new set of rows).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) agent: AgentId,
    pub(crate) split: SplitId,
    /// His phone; empty if not told.
    pub(crate) device: Text,
    /// When he logged on to his first split; 1970 if that was not told.
    pub(crate) logon: Stamp,
}

/// How agents are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Agents {
    by_id: IndexMap<AgentId, Agent, FxBuildHasher>,
    /// When the switch was last lost, if it ever was.
    lost: Option<Stamp>,
    /// Since when it is heard, or not, or since it started anew: no clock of what is told later
    /// goes back further.
    turned: Stamp,
}

/// Where an agent's time and log-ons are written.
struct Pages<'a> {
    settings: &'a Settings,
    calendar: &'a Calendar,
    open: &'a mut VecDeque<Open>,
    splits: &'a mut Splits,
    records: &'a mut Records,
    /// Clocks run.
    heard: bool,
    /// When the switch was lost, for what was found gone when it was heard again.
    lost: Option<Stamp>,
}

impl Agents {
    /// Brings all agents' clocks up to a moment and writes them into the open intervals.
    pub(crate) fn run_to(&mut self, at: Stamp, heard: bool, open: &mut VecDeque<Open>) {
        for agent in self.by_id.values_mut() {
            agent.run_to(at.secs(), heard, open);
            agent.write(open);
        }
    }

    /// Forgets who logged off long ago.
    pub(crate) fn forget(&mut self, at: Stamp) {
        self.by_id.retain(|_, agent| agent.seen_since(at.plus_secs(-FORGET_S)));
    }
}

impl Books {
    /// The agents, and what they write on.
    fn agents_and_pages(&mut self) -> (&mut IndexMap<AgentId, Agent, FxBuildHasher>, Pages<'_>) {
        let pages = Pages {
            settings: &self.settings,
            calendar: &self.calendar,
            open: &mut self.open,
            splits: &mut self.splits,
            records: &mut self.records,
            heard: self.heard,
            lost: None,
        };
        (&mut self.agents.by_id, pages)
    }

    pub(crate) fn agent_is(&mut self, now: &AgentNow, at: Stamp) {
        // Who is missing when the switch is heard again went while nobody listened.
        let unseen = !self.heard || at <= self.agents.turned;
        let (lost, turned) = (self.agents.lost.filter(|_| unseen), self.agents.turned);
        let (agents, mut pages) = self.agents_and_pages();
        pages.lost = lost;
        if !agents.contains_key(&now.agent) {
            agents.insert(now.agent.clone(), Agent::new(at.max(turned)));
        }
        if let Some(agent) = agents.get_mut(&now.agent) {
            agent.is_now(now, at, &mut pages);
        }
    }

    /// The link comes or goes: clocks have run up to here.
    pub(crate) fn agents_and_link(&mut self, link: &Link, at: Stamp) {
        if self.heard == link.heard && !link.restarted {
            return;
        }
        let at = at.max(self.now);
        self.agents.turned = at;
        self.splits.run_to(at, self.heard, &mut self.open);
        if link.restarted {
            self.splits.nobody_waits();
        }
        if self.heard && !link.heard {
            self.agents.lost = Some(at);
        }
        let (lost, was_heard) = (self.agents.lost, self.heard);
        let (agents, mut pages) = self.agents_and_pages();
        pages.lost = lost.filter(|_| !was_heard).or(Some(at));
        for (id, agent) in agents.iter_mut() {
            agent.run_to(at.secs(), was_heard, pages.open);
            if link.restarted {
                agent.log_off(id, at, &mut pages);
            }
            if was_heard != link.heard {
                agent.turn(id, link.heard, at, &mut pages);
            }
        }
    }

    /// The log-ons that had begun by a moment and are not over, as rows of `haglog` with LOGOUT
    /// NULL.
    pub fn open_logons(&self, at: Stamp) -> Vec<Row> {
        let logons = self.agents.by_id.iter().filter_map(|(id, a)| Some((id, a.logon()?)));
        let begun = logons.filter(|(_, logon)| logon.on <= at);
        let mut rows: Vec<Row> =
            begun.map(|(id, l)| haglog::row(id, l, &self.settings, &self.calendar)).collect();
        rows.sort();
        rows
    }

    /// What agents are doing at a moment, as rows of `ag_actv` with the DURATION so far.
    pub fn open_activities(&self, at: Stamp) -> Vec<Row> {
        let doing = self.agents.by_id.iter().filter_map(|(id, a)| a.activity_row(id, at, self));
        let mut rows: Vec<Row> = doing.collect();
        rows.sort();
        rows
    }
}
