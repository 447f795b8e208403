//! The books of one ACD: which interval an entry belongs to, when clocks are cut, when an
//! interval is closed.

use crate::calendar::{Calendar, Interval};
use crate::ledger::{Entry, LATE_MAX, Link, What};
use crate::rows::Open;
use crate::settings::Settings;
use crate::{agent, coverage, records, split, trunk, vdn};
use facts::table::{Row, Shape};
use facts::{AgentId, Stamp, Text};
use std::collections::{BTreeMap, VecDeque};

/// How many intervals are open at once at most: one that runs and one that entries may still come
/// for. A stamp that goes back further than that counts in the oldest.
const OPEN_MAX: usize = 2;

/// After how much silence the intervals of it are left out (microseconds): a ledger goes on within
/// a year, or its clock is wrong; to walk through a thousand years would take for ever.
const SILENT_MAX: i64 = 400 * 86_400 * 1_000_000;

/// The rows of one interval, or records, that are final as far as the ledger goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What they belong to. Each comes once, in the order of time among its like.
    pub of: Of,
    /// Rows by table.
    pub tables: Vec<(&'static Shape, Vec<Row>)>,
}

/// What closed rows belong to: what a second writing of the same ledger would give again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// An interval: the rows of its counted tables.
    Interval(Interval),
    /// The minute that begins at this moment: records (`call_rec`, `haglog`, `ag_actv` …) of
    /// what became final in it.
    Records(Stamp),
}

/// The books of one ACD.
#[derive(Clone, Debug)]
pub struct Books {
    pub(crate) settings: Settings,
    pub(crate) calendar: Calendar,
    /// Oldest first; empty before the first entry.
    pub(crate) open: VecDeque<Open>,
    /// Up to where clocks have run.
    pub(crate) now: Stamp,
    /// The switch is heard: clocks run.
    pub(crate) heard: bool,
    /// Since when and why it is not, once it was.
    pub(crate) hole: Option<coverage::Hole>,
    pub(crate) agents: agent::Agents,
    /// What agents are called, also when they have gone: one for each ever heard of.
    pub(crate) names: BTreeMap<AgentId, Text>,
    pub(crate) splits: split::Splits,
    pub(crate) calls: vdn::Calls,
    pub(crate) trunks: trunk::Trunks,
    pub(crate) records: records::Records,
    pub(crate) closed: Vec<Closed>,
    /// How many rows broke an identity.
    pub(crate) broken: u64,
    /// What closed intervals said, if it is kept ([`Books::keep_dump`]).
    pub(crate) kept: Option<Vec<String>>,
}

impl Books {
    /// Books in which nothing is written.
    pub fn new(settings: Settings, calendar: Calendar) -> Self {
        Self {
            settings,
            calendar,
            open: VecDeque::new(),
            now: Stamp(i64::MIN),
            heard: false,
            hole: None,
            agents: agent::Agents::default(),
            names: BTreeMap::new(),
            splits: split::Splits::default(),
            calls: vdn::Calls::default(),
            trunks: trunk::Trunks::default(),
            records: records::Records::default(),
            closed: Vec::new(),
            broken: 0,
            kept: None,
        }
    }

    /// Takes one line of the ledger. Never fails: what does not fit is counted where it fits best.
    pub fn enter(&mut self, entry: &Entry) {
        self.run_to(entry.at);
        self.records.are_of(entry.at);
        match &entry.what {
            What::Link(link) => self.link(link, entry.at),
            What::Agent(now) => {
                self.called(&now.agent, &now.name);
                self.agent_is(now, entry.at);
                self.talks(now, entry.at);
            }
            What::Waiting { split, callers } => self.waiting(split, *callers, entry.at),
            What::Seized(trunk) => self.seized(trunk, entry.at),
            What::Idle(trunk) => self.idle(trunk, entry.at),
            What::Arrived { split, call } => self.arrived(split, call, entry.at),
            What::Entered { call, vdn, vector } => {
                self.entered(call, vdn.as_ref(), vector.as_ref(), entry.at);
            }
            What::Visit(visit) => {
                self.visit_in_split(visit, entry.at);
                self.visit_in_call(visit, entry.at);
            }
            What::Served(served) => {
                self.served_in_split(served, entry.at);
                self.served_by_agent(served, entry.at);
                self.served_in_call(served, entry.at);
                self.served_code(served, entry.at);
            }
            What::Rang(rang) => {
                self.rang_in_split(rang, entry.at);
                self.rang_at_agent(rang, entry.at);
                self.rang_in_call(rang, entry.at);
            }
            What::OwnCall(own) => self.own_call(own, entry.at),
            What::CallOver(call) => self.call_over(call, entry.at),
        }
    }

    /// Time has passed up to `now` on the switch's clock: clocks run, intervals close.
    /// Books begin with their first entry: what was before it is not of them.
    pub fn advance(&mut self, now: Stamp) {
        if self.open.is_empty() {
            return;
        }
        self.run_to(now);
        while self.open.front().is_some_and(|o| now.since(o.interval.to) >= LATE_MAX) {
            self.close_oldest();
        }
    }

    /// Appends what was closed since the last time.
    pub fn take_closed(&mut self, into: &mut Vec<Closed>) {
        self.records.close(self.now, &mut self.closed);
        into.append(&mut self.closed);
    }

    /// Closes everything as far as it has come: the ledger is over.
    pub fn finish(&mut self) {
        coverage::finish(self);
        while !self.open.is_empty() {
            self.close_oldest();
        }
        self.records.close_all(&mut self.closed);
    }

    /// The rows of an interval that counts at `at` belong to: the newest that has begun by then,
    /// the oldest that is still open for what is older.
    #[expect(clippy::indexing_slicing, reason = "made just before if it was not there")]
    pub(crate) fn rows(&mut self, at: Stamp) -> &mut Open {
        let place = self.open.iter().rposition(|o| o.interval.from <= at).unwrap_or(0);
        if place >= self.open.len() {
            self.open.push_back(Open::new(self.calendar.interval(at)));
        }
        &mut self.open[place]
    }

    /// Lets all clocks run up to `at`, cutting them at the boundaries between. A moment that is
    /// earlier than the last changes nothing.
    fn run_to(&mut self, at: Stamp) {
        if self.open.is_empty() {
            self.open.push_back(Open::new(self.calendar.interval(at)));
            self.now = at;
            return;
        }
        if at.since(self.now) > SILENT_MAX {
            self.leap(at);
        }
        while let Some(to) = self.open.back().map(|o| o.interval.to).filter(|to| *to <= at) {
            // The end of time: nothing comes after it.
            if to <= self.now && self.calendar.interval(to).to <= to {
                break;
            }
            self.records.are_of(to);
            self.settle(to);
            self.give_up_calls(to);
            self.open.push_back(Open::new(self.calendar.interval(to)));
            while self.open.len() > OPEN_MAX {
                self.close_oldest();
            }
        }
        self.settle(at);
    }

    /// Goes on at `at` without the intervals between: nothing was heard in them, however long the
    /// switch said to be heard.
    fn leap(&mut self, at: Stamp) {
        let turn = |heard| Link { heard, restarted: false, why: Text::from("nothing for a year") };
        let was_heard = self.heard;
        if was_heard {
            self.link(&turn(false), self.now);
        }
        while !self.open.is_empty() {
            self.close_oldest();
        }
        self.open.push_back(Open::new(self.calendar.interval(at)));
        self.now = at;
        if was_heard {
            self.link(&turn(true), at);
        }
    }

    /// Books what the clocks have run since the last time into the newest interval.
    fn settle(&mut self, at: Stamp) {
        let seconds = at.secs() - self.now.secs();
        if at <= self.now {
            return;
        }
        if seconds > 0 && self.heard {
            let Some(open) = self.open.back_mut() else { return };
            open.observed += seconds;
        }
        self.now = at;
    }

    /// An agent has this name, if it is one.
    fn called(&mut self, agent: &AgentId, name: &Text) {
        if !name.is_empty() && self.names.get(agent) != Some(name) {
            self.names.insert(agent.clone(), name.clone());
        }
    }

    /// Brings the open intervals up to date: what runs lazily is booked as far as time has come
    /// (at most to the end of the oldest), and what stands beside counts is written.
    pub(crate) fn complete(&mut self) {
        let Some(oldest) = self.open.front() else { return };
        let up_to = self.now.min(oldest.interval.to);
        self.agents.run_to(up_to, self.heard, &mut self.open);
        self.agents.forget(up_to);
        self.splits.run_to(up_to, self.heard, &mut self.open);
        self.whole_calls_run_to(up_to);
        if let Some(mut oldest) = self.open.pop_front() {
            self.write_profiles(&mut oldest);
            self.open.push_front(oldest);
        }
    }

    /// Clocks and maxima of VDNs and trunks come up to a moment.
    fn whole_calls_run_to(&mut self, at: Stamp) {
        self.calls.run_to(at, self.heard, &mut self.open);
        self.trunks.run_to(at, self.heard, &self.settings, &mut self.open);
    }

    fn link(&mut self, link: &Link, at: Stamp) {
        self.whole_calls_run_to(at.max(self.now));
        self.agents_and_link(link, at);
        self.link_in_records(link, at);
        coverage::link(self, link, at);
        self.heard = link.heard;
        if link.restarted {
            self.calls.restarted();
            self.free_all_trunks(at);
        }
    }

    fn close_oldest(&mut self) {
        self.complete();
        let Some(mut open) = self.open.pop_front() else { return };
        self.trunks.give_up(&mut open, self.open.is_empty());
        vdn::administer(&mut open, &self.settings);
        trunk::group::administer(&mut open, &self.settings);
        self.audit(&open);
        self.keep(&open);
        self.close(&open);
    }
}
