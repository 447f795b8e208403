//! The fold of one ACD: facts in, live tables out.
//!
//! [`Model::apply`] takes one fact after the other, in the order that the sequencer decided, and
//! never fails: what cannot be explained becomes an anomaly, what is missing is closed by timers
//! with a reason. Time is the switch's and comes with the facts; between them
//! [`Model::advance`] lets timers fire, with a moment that no later fact will precede (else a
//! refold would come to another result).
//!
//! It may not know a vendor's word, read a clock, do I/O, fail or panic, and what it computes
//! depends on the facts alone: how they were batched, and the order of keys in a map, show
//! nowhere.

mod agent_state;
mod agents;
mod anomalies;
mod apply;
mod arena;
mod bridges;
mod calls;
mod centre;
mod channels;
mod clocks;
pub mod decrees;
mod digest;
mod ended;
mod handling;
mod ledger;
mod legs;
mod levels;
mod minutes;
mod opening;
mod rings;
mod settings;
mod splits;
mod steps;
mod tables;
mod telling;
pub mod thresholds;
mod timers;
mod trunks;
mod visits;
mod whole;
mod works;

pub use anomalies::Anomalies;
pub use centre::Centre;
pub use legs::Part;
pub use levels::Levels;
pub use settings::*;
pub use steps::*;
pub use tables::{DECIDED_SHAPES, GROUPS, LEVELS, SHAPES, THRESHOLDS, shape};

use arena::{Arena, Key};
use facts::{
    AgentId, Anomaly, BridgeId, CallId, ChannelId, DeviceId, Direction, SplitId, Stamp, Text,
};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeMap, VecDeque};
use timers::{Timer, Timers};
use trunks::EntryTally;

type Index<K, V> = IndexMap<K, V, FxBuildHasher>;

/// The state of one ACD.
#[derive(Debug)]
pub struct Model {
    settings: Settings,
    now: Stamp,
    /// The stamp of the last fact.
    heard: Stamp,
    /// We hear the switch and know its state: clocks run.
    live: bool,
    /// When the link was lost; None: it was not, or all is known again.
    lost: Option<Stamp>,
    channels: Arena<channels::Channel>,
    channel_ids: Index<ChannelId, Key<channels::Channel>>,
    bridges: Arena<bridges::Bridge>,
    bridge_ids: Index<BridgeId, Key<bridges::Bridge>>,
    calls: Arena<calls::Call>,
    call_ids: Index<CallId, Key<calls::Call>>,
    /// Calls that were joined to another: where they are now.
    joined: Index<Key<calls::Call>, Key<calls::Call>>,
    ended: ended::Ended,
    ledger: ledger::Ledger,
    visits: Arena<visits::Visit>,
    splits: Arena<splits::Split>,
    split_ids: Index<SplitId, Key<splits::Split>>,
    agents: Arena<agents::Agent>,
    agent_ids: Index<AgentId, Key<agents::Agent>>,
    aliases: Index<Text, Key<agents::Agent>>,
    endpoints: Arena<trunks::Endpoint>,
    endpoint_ids: Index<DeviceId, Key<trunks::Endpoint>>,
    vdns: BTreeMap<Text, EntryTally>,
    vectors: BTreeMap<Text, EntryTally>,
    /// Channels that ended lately: stragglers about them are no anomaly.
    recent: IndexSet<ChannelId, FxBuildHasher>,
    recent_order: VecDeque<ChannelId>,
    timers: Timers,
    anomalies: Anomalies,
    telling: telling::Telling,
    empty: Text,
    /// Room for the modes of one agent in his splits, used again and again.
    modes: Vec<(agent_state::Mode, Option<Direction>)>,
    changes: u64,
}

/// How much of everything is held: for the tests that look for ghosts, and for health pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Channels open.
    pub channels: usize,
    /// Bridges with somebody in them.
    pub bridges: usize,
    /// Live calls.
    pub calls: usize,
    /// Open visits to splits.
    pub visits: usize,
    /// Queue calls ringing at agents.
    pub rings: usize,
    /// Queue calls that agents talk on or hold.
    pub works: usize,
    /// Agents known, logged on or not.
    pub agents: usize,
    /// Splits known.
    pub splits: usize,
    /// Endpoints known.
    pub endpoints: usize,
    /// Calls that remember having been joined to another.
    pub joined: usize,
    /// Timers set.
    pub timers: usize,
}

impl Model {
    /// An ACD of which nothing has been heard.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            now: Stamp::default(),
            heard: Stamp::default(),
            live: true,
            lost: None,
            channels: Arena::new(),
            channel_ids: Index::default(),
            bridges: Arena::new(),
            bridge_ids: Index::default(),
            calls: Arena::new(),
            call_ids: Index::default(),
            joined: Index::default(),
            ended: ended::Ended::default(),
            ledger: ledger::Ledger::default(),
            visits: Arena::new(),
            splits: Arena::new(),
            split_ids: Index::default(),
            agents: Arena::new(),
            agent_ids: Index::default(),
            aliases: Index::default(),
            endpoints: Arena::new(),
            endpoint_ids: Index::default(),
            vdns: BTreeMap::new(),
            vectors: BTreeMap::new(),
            recent: IndexSet::default(),
            recent_order: VecDeque::new(),
            timers: Timers::default(),
            anomalies: Anomalies::default(),
            telling: telling::Telling::default(),
            empty: Text::default(),
            modes: Vec::new(),
            changes: 0,
        }
    }

    /// Lets timers fire that are due at or before `now`, each at its own moment. No fact with an
    /// earlier stamp may follow, or a refold would differ.
    pub fn advance(&mut self, now: Stamp) {
        while let Some((due, timer)) = self.timers.pop_due(now) {
            self.time_passed(due);
            self.changes += 1;
            match timer {
                Timer::Agent(agent) => self.touch(agent, due),
                Timer::Missing(channel) => self.still_missing(channel, due),
                Timer::VisitMissing(visit) => self.visit_still_missing(visit, due),
                Timer::Verdict(visit) => self.verdict_due(visit, due),
                Timer::Sweep => self.sweep(due),
                Timer::Served(agent) => self.served_due(agent, due),
                Timer::Requeued(visit) => self.requeue_due(visit, due),
                Timer::Unclear => self.unclear_due(due),
            }
        }
        self.now = self.now.max(now);
        self.time_passed(now);
    }

    /// A new day begins: its counts start from 0; callers who wait count as offered again, and
    /// agents, endpoints and entries that are not there any more are forgotten.
    pub fn start_day(&mut self, at: Stamp) {
        self.advance(at);
        self.changes += 1;
        self.touch_all(at);
        self.write_agents();
        let waiting: Vec<_> = self.visits.iter().map(|(_, v)| v.split).collect();
        for split in self.splits.values_mut() {
            split.tally = splits::SplitTally {
                max_waiting: split.waiting.len(),
                ..splits::SplitTally::default()
            };
        }
        for split in waiting {
            if let Some(s) = self.splits.get_mut(split) {
                s.tally.offered += 1;
            }
        }
        for endpoint in self.endpoints.values_mut() {
            let max_in_use = endpoint.channels.len();
            endpoint.tally = trunks::TrunkTally { max_in_use, ..trunks::TrunkTally::default() };
        }
        self.vdns.clear();
        self.vectors.clear();
        for key in self.agents.keys() {
            self.write_served(key);
            let Some(agent) = self.agents.get_mut(key) else { continue };
            if agent.start_day(at) {
                self.forget_agent(key);
            }
        }
        for key in self.endpoints.keys() {
            let idle = self.endpoints.get_mut(key).is_some_and(|e| {
                let idle = e.channels.is_empty() && e.agents.is_empty();
                e.trunk &= !idle;
                idle
            });
            if idle {
                self.forget_endpoint(key);
            }
        }
    }

    /// The latest moment heard of.
    pub const fn now(&self) -> Stamp {
        self.now
    }

    /// Counts what may have changed the tables: facts, timers, days. As long as it stays, only
    /// columns that count on by themselves differ.
    pub const fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether the switch is heard and its state known: false from a lost link to the end of
    /// the resync after it.
    pub const fn live(&self) -> bool {
        self.live
    }

    /// What could not be explained.
    pub const fn anomalies(&self) -> &Anomalies {
        &self.anomalies
    }

    /// How much of everything is held.
    pub fn sizes(&self) -> Sizes {
        Sizes {
            channels: self.channels.len(),
            bridges: self.bridges.len(),
            calls: self.calls.len(),
            visits: self.visits.len(),
            rings: self.agents.iter().map(|(_, a)| a.rings.len()).sum(),
            works: self.agents.iter().map(|(_, a)| a.works.len()).sum(),
            agents: self.agents.len(),
            splits: self.splits.len(),
            endpoints: self.endpoints.len(),
            joined: self.joined.len(),
            timers: self.timers.len(),
        }
    }

    fn odd(&mut self, at: Stamp, code: &'static str, what: &str) {
        self.anomalies.add(at, Anomaly { code, what: Text::from(what) });
    }
}
