//! Calls: the union of the channels that name the same call. When two calls are joined (attended
//! transfer, park and retrieve) they are one from then on, under the id of the one that began
//! first: the customer's, who was there before the consultation. A call is over when its last
//! channel is; there is no other way, so there are no ghosts.

use crate::Model;
use crate::agents::Agent;
use crate::arena::Key;
use crate::channels::Channel;
use crate::legs::Leg;
use crate::steps::CallDid;
use crate::trunks::Endpoint;
use crate::visits::Visit;
use facts::{
    AgentId, CallId, ChannelId, Direction, LegId, NewChannel, Outcome, SplitId, Stamp, Text,
};

/// Why a channel, and with the last one its call, is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Closed {
    /// The switch said so.
    Hangup,
    /// The switch started anew.
    Restart,
    /// A resync did not name it.
    Missing,
    /// Nothing was heard of it for longer than any call can be silent.
    TooOld,
}

impl Closed {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Hangup => "HANGUP",
            Self::Restart => "SWITCH_RESTART",
            Self::Missing => "MISSING",
            Self::TooOld => "TOO_OLD",
        }
    }
}

/// Who ended a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Party {
    Caller,
    Agent,
    Switch,
}

/// A call's direction as CMS sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Way {
    In,
    Out,
    Internal,
}

impl Way {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::In => "IN",
            Self::Out => "OUT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// What is fixed when a call ends, because the endpoints may be gone later.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) at: Stamp,
    pub(crate) why: Closed,
    pub(crate) way: Way,
    pub(crate) trunk: Option<Text>,
}

/// A call.
#[derive(Debug)]
pub(crate) struct Call {
    /// All ids it has been known by; the first is shown.
    pub(crate) ids: Vec<CallId>,
    /// Keys of the calls that were joined to this one.
    pub(crate) absorbed: Vec<Key<Self>>,
    pub(crate) began: Stamp,
    pub(crate) channels: Vec<Key<Channel>>,
    /// The channel that began it, while open.
    pub(crate) entry: Option<Key<Channel>>,
    /// How sure that is: named like the call, begin, side. Smaller is better.
    entry_rank: Option<(bool, Stamp, Direction)>,
    pub(crate) entry_endpoint: Option<Key<Endpoint>>,
    out_trunk: Option<Key<Endpoint>>,
    /// For the ledger: the channel that began it, and that on `out_trunk`.
    pub(crate) entry_id: Option<ChannelId>,
    pub(crate) out_id: Option<ChannelId>,
    pub(crate) caller: Text,
    pub(crate) caller_name: Text,
    pub(crate) dialled: Text,
    pub(crate) context: Text,
    pub(crate) stepped: bool,
    // What goes on now: how many of its channels talk, hold …
    pub(crate) talking: u32,
    pub(crate) held: u32,
    pub(crate) ringing: u32,
    pub(crate) waiting: u32,
    pub(crate) parked: u32,
    pub(crate) conference: u32,
    // … and for how long, microseconds, until `ticked`.
    ticked: Stamp,
    pub(crate) talk: i64,
    pub(crate) hold: i64,
    pub(crate) ring: i64,
    pub(crate) wait: i64,
    pub(crate) visits: Vec<Key<Visit>>,
    pub(crate) visited: u32,
    pub(crate) split: Option<SplitId>,
    /// Left a split for elsewhere: a later visit to another one is inflow.
    pub(crate) outflowed: Option<SplitId>,
    /// The agent who talked last.
    pub(crate) agent: Option<AgentId>,
    pub(crate) agents_talked: Vec<AgentId>,
    /// Agents who answered it through a split: whatever happens, they are free when it is over.
    pub(crate) workers: Vec<Key<Agent>>,
    pub(crate) queued_at: Option<Stamp>,
    pub(crate) answered_at: Option<Stamp>,
    /// When an agent first answered through a split.
    pub(crate) acd_at: Option<Stamp>,
    pub(crate) outcome: Option<Outcome>,
    pub(crate) abandoned_ringing: bool,
    pub(crate) hangup: Option<Party>,
    /// That was asked on a leg between switches: who it was is known at its other end.
    pub(crate) hangup_leg: Option<LegId>,
    /// Its legs to and from other switches.
    pub(crate) legs: Vec<Leg>,
    /// The one that it came in by.
    pub(crate) came_by: Option<LegId>,
    /// Its name among the calls of all ACDs.
    pub(crate) whole: Text,
    pub(crate) transfers: u32,
    pub(crate) was_held: bool,
    pub(crate) was_parked: bool,
    pub(crate) conferenced: bool,
    pub(crate) work_code: Text,
    pub(crate) end: Option<End>,
    /// It is in the counts of its VDN and trunk group.
    pub(crate) counted: bool,
    /// The ledger has it in its VDN.
    pub(crate) entered: bool,
    /// How it began is to be told, or told anew.
    pub(crate) entry_untold: bool,
}

impl Call {
    fn new(acd: &str, id: CallId, began: Stamp, at: Stamp) -> Self {
        let empty = Text::default();
        let whole = Text::from(format!("{acd}/{id}"));
        Self {
            ids: vec![id],
            absorbed: Vec::new(),
            began,
            channels: Vec::new(),
            entry: None,
            entry_rank: None,
            entry_endpoint: None,
            out_trunk: None,
            entry_id: None,
            out_id: None,
            caller: empty.clone(),
            caller_name: empty.clone(),
            dialled: empty.clone(),
            context: empty.clone(),
            stepped: false,
            talking: 0,
            held: 0,
            ringing: 0,
            waiting: 0,
            parked: 0,
            conference: 0,
            ticked: at,
            talk: 0,
            hold: 0,
            ring: 0,
            wait: 0,
            visits: Vec::new(),
            visited: 0,
            split: None,
            outflowed: None,
            agent: None,
            agents_talked: Vec::new(),
            workers: Vec::new(),
            queued_at: None,
            answered_at: None,
            acd_at: None,
            outcome: None,
            abandoned_ringing: false,
            hangup: None,
            hangup_leg: None,
            legs: Vec::new(),
            came_by: None,
            whole,
            transfers: 0,
            was_held: false,
            was_parked: false,
            conferenced: false,
            work_code: empty,
            end: None,
            counted: false,
            entered: false,
            entry_untold: false,
        }
    }

    /// Talk, hold, ring and wait, microseconds, as they would be at `at`.
    pub(crate) fn times(&self, at: Stamp) -> (i64, i64, i64, i64) {
        let d = if self.end.is_some() { 0 } else { at.since(self.ticked).max(0) };
        let run = |on: bool| if on { d } else { 0 };
        (
            self.talk + run(self.talking > 0 && self.held == 0),
            self.hold + run(self.held > 0),
            self.ring + run(self.ringing > 0),
            self.wait + run(self.waiting > 0),
        )
    }

    /// Settles the running times before one of the numbers changes.
    pub(crate) fn tick(&mut self, at: Stamp) {
        (self.talk, self.hold, self.ring, self.wait) = self.times(at);
        self.ticked = self.ticked.max(at);
    }

    pub(crate) fn talked_to(&mut self, agent: &AgentId) {
        if !self.agents_talked.contains(agent) {
            self.agents_talked.push(agent.clone());
        }
        if self.agent.as_ref() != Some(agent) {
            self.agent = Some(agent.clone());
        }
    }

    /// Who ended it, for people; None: it goes on.
    pub(crate) fn ended_by(&self) -> Option<&'static str> {
        Some(match (self.end.as_ref()?.why, self.hangup) {
            (Closed::Restart, _) => "SWITCH",
            (Closed::Missing | Closed::TooOld, _) => "UNKNOWN",
            (Closed::Hangup, Some(Party::Caller)) => "CALLER",
            (Closed::Hangup, Some(Party::Agent)) => "AGENT",
            (Closed::Hangup, Some(Party::Switch) | None) => "SWITCH",
        })
    }

    /// The state shown to people.
    pub(crate) const fn state(&self) -> &'static str {
        if self.end.is_some() {
            "ENDED"
        } else if self.parked > 0 {
            "PARKED"
        } else if self.conference > 0 {
            "CONFERENCE"
        } else if self.held > 0 {
            "HELD"
        } else if self.talking > 0 {
            "TALKING"
        } else if self.ringing > 0 {
            "RINGING"
        } else if self.waiting > 0 {
            "QUEUED"
        } else if self.stepped {
            "IVR"
        } else {
            "NEW"
        }
    }
}

impl Model {
    /// The call known by this id, made if unknown, brought back if it has ended.
    pub(crate) fn call_key(&mut self, id: &CallId, began: Stamp, at: Stamp) -> Key<Call> {
        if let Some(&key) = self.call_ids.get(id) {
            return key;
        }
        let call = self.ended.take(id).map_or_else(
            || Call::new(&self.settings.acd, id.clone(), began, at),
            |mut call| {
                call.end = None;
                call.ticked = at;
                call
            },
        );
        let ids = call.ids.clone();
        let reopened = call.counted;
        let key = self.calls.insert(call);
        for id in ids {
            self.call_ids.insert(id, key);
        }
        if reopened {
            self.say(key, at, |_| CallDid::Reopened);
        }
        key
    }

    /// Where a call is now that may have been joined to another. None: it is over.
    pub(crate) fn live_call_key(&self, key: Key<Call>) -> Option<Key<Call>> {
        if self.calls.get(key).is_some() { Some(key) } else { self.joined.get(&key).copied() }
    }

    /// A channel becomes part of a call; the one that began it says whose call it is.
    pub(crate) fn call_gains(
        &mut self,
        key: Key<Call>,
        channel: Key<Channel>,
        n: &NewChannel,
        endpoint: Option<Key<Endpoint>>,
        at: Stamp,
    ) {
        let Some(call) = self.calls.get_mut(key) else { return };
        call.channels.push(channel);
        let mut news = false;
        let began = n.began.min(at);
        call.began = call.began.min(began);
        let rank = (*n.channel != *n.call, began, n.direction);
        if call.entry_rank.as_ref().is_none_or(|old| rank < *old) {
            news = true;
            call.entry_rank = Some(rank);
            call.entry = Some(channel);
            call.came_by = None;
            call.entry_endpoint = endpoint;
            call.entry_id = self.ledger.on.then(|| n.channel.clone());
            call.caller = n.number.clone();
            call.caller_name = n.party.clone();
            call.dialled = if &*n.dialled == "s" { self.empty.clone() } else { n.dialled.clone() };
            call.context = n.context.clone();
        }
        if n.direction == Direction::Out && endpoint.is_some() && call.out_trunk.is_none() {
            let trunk = endpoint.and_then(|e| self.endpoints.get(e)).is_some_and(|e| e.trunk);
            if trunk {
                news = true;
                call.out_trunk = endpoint;
                call.out_id = self.ledger.on.then(|| n.channel.clone());
            }
        }
        if news {
            self.entry_changed(key);
        }
    }

    /// A channel of a call is gone; with the last one the call is over.
    pub(crate) fn call_loses(
        &mut self,
        key: Key<Call>,
        channel: Key<Channel>,
        slot: usize,
        why: Closed,
        at: Stamp,
    ) {
        let Some(call) = self.calls.get_mut(key) else { return };
        if call.channels.get(slot) == Some(&channel) {
            call.channels.swap_remove(slot);
            if let Some(moved) = call.channels.get(slot).and_then(|m| self.channels.get_mut(*m)) {
                moved.slot = slot;
            }
        }
        if call.entry == Some(channel) {
            call.entry = None;
        }
        if call.channels.is_empty() {
            self.close_call(key, why, at);
        }
    }

    fn close_call(&mut self, key: Key<Call>, why: Closed, at: Stamp) {
        let workers = self.workers_of(key);
        self.end_works_of(key, at);
        self.enter(key, at);
        let pending = self.pending_of(key, &workers);
        self.tell_entry(key);
        let Some(mut call) = self.calls.remove(key) else { return };
        call.tick(at);
        let (way, trunk) = self.way_of(&call);
        call.end = Some(End { at, why, way, trunk });
        if let (Some(id), Some(by), true) = (call.ids.first(), call.ended_by(), self.telling.on) {
            self.say_of(id.clone(), at, CallDid::Ended { by, why: why.word() });
        }
        for id in &call.ids {
            self.call_ids.swap_remove(id);
        }
        for key in call.absorbed.drain(..) {
            self.joined.swap_remove(&key);
        }
        if !call.counted {
            call.counted = true;
            self.count_call(&call);
            self.write_call(&call, pending);
        }
        self.ended.push(call, self.settings.ended_calls_max);
    }

    /// Direction and trunk group of a call, from who began it and whom it reached.
    pub(crate) fn way_of(&self, call: &Call) -> (Way, Option<Text>) {
        if let Some(end) = &call.end {
            return (end.way, end.trunk.clone());
        }
        let trunk = |e: Option<Key<Endpoint>>| {
            e.and_then(|e| self.endpoints.get(e)).filter(|e| e.trunk).map(|e| e.id.0.clone())
        };
        if let Some(name) = trunk(call.entry_endpoint) {
            return (Way::In, Some(name));
        }
        match trunk(call.out_trunk) {
            Some(name) => (Way::Out, Some(name)),
            None => (Way::Internal, None),
        }
    }

    /// A channel names another call than before: the two are one.
    pub(crate) fn channel_call(&mut self, channel: Key<Channel>, id: &CallId, at: Stamp) {
        let Some(c) = self.channels.get(channel) else { return };
        let (ours, began) = (c.call, c.began);
        if self.calls.get(ours).is_some_and(|c| c.ids.contains(id)) {
            return;
        }
        let theirs = match self.call_ids.get(id) {
            Some(&k) => k,
            None => self.call_key(id, began, at),
        };
        if ours != theirs {
            self.join(ours, theirs, at);
        }
    }

    fn join(&mut self, a: Key<Call>, b: Key<Call>, at: Stamp) {
        let age = |k| self.calls.get(k).map(|c| (c.began, c.ids.first().cloned()));
        let (keep, gone) = if age(a) <= age(b) { (a, b) } else { (b, a) };
        self.tell_entry(gone);
        let Some(mut old) = self.calls.remove(gone) else { return };
        old.tick(at);
        let Some(call) = self.calls.get_mut(keep) else { return };
        call.tick(at);
        for id in &old.ids {
            self.call_ids.insert(id.clone(), keep);
        }
        for key in old.absorbed.drain(..).chain([gone]) {
            self.joined.insert(key, keep);
            call.absorbed.push(key);
        }
        for channel in &old.channels {
            if let Some(c) = self.channels.get_mut(*channel) {
                c.call = keep;
                c.slot = call.channels.len();
            }
            call.channels.push(*channel);
        }
        for visit in &old.visits {
            if let Some(v) = self.visits.get_mut(*visit) {
                v.call = keep;
            }
        }
        let ids = old.ids.clone();
        call.absorb(old);
        self.say(keep, at, |_| CallDid::Joined { ids });
        self.look_at_agents_of(keep, at);
    }

    /// Who sits at a channel, for "who hung up".
    pub(crate) fn party_of(&self, key: Key<Channel>) -> Party {
        let Some(c) = self.channels.get(key) else { return Party::Caller };
        let endpoint = c.endpoint.and_then(|e| self.endpoints.get(e));
        let agents = c.seat.is_some() || endpoint.is_some_and(|e| !e.agents.is_empty());
        let trunk = endpoint.is_some_and(|e| e.trunk);
        let Some(call) = self.calls.get(c.call) else { return Party::Caller };
        if call.entry == Some(key) {
            let out = agents && self.way_of(call).0 == Way::Out;
            if out { Party::Agent } else { Party::Caller }
        } else if trunk {
            Party::Caller
        } else {
            Party::Agent
        }
    }
}

impl Call {
    /// Takes over what a younger call has done. Waits add up; the talk of a consultation and its
    /// holds were at the same time as this call's hold, and nobody of this call was in them.
    fn absorb(&mut self, old: Self) {
        self.ids.extend(old.ids);
        self.talking += old.talking;
        self.held += old.held;
        self.ringing += old.ringing;
        self.waiting += old.waiting;
        self.parked += old.parked;
        self.conference += old.conference;
        self.ring += old.ring;
        self.wait += old.wait;
        self.visits.extend(old.visits);
        self.visited += old.visited;
        self.split = old.split.or_else(|| self.split.take());
        self.agent = old.agent.or_else(|| self.agent.take());
        for agent in old.agents_talked {
            if !self.agents_talked.contains(&agent) {
                self.agents_talked.push(agent);
            }
        }
        self.workers.extend(old.workers);
        let first = |a: Option<Stamp>, b: Option<Stamp>| a.into_iter().chain(b).min();
        self.queued_at = first(self.queued_at, old.queued_at);
        self.answered_at = first(self.answered_at, old.answered_at);
        self.acd_at = first(self.acd_at, old.acd_at);
        self.outcome = old.outcome.or(self.outcome);
        if self.out_trunk.is_none() {
            (self.out_trunk, self.out_id) = (old.out_trunk, old.out_id);
        }
        self.transfers += old.transfers;
        self.was_held |= old.was_held;
        self.was_parked |= old.was_parked;
        self.conferenced |= old.conferenced;
        self.hangup = None;
        self.hangup_leg = None;
        self.legs.extend(old.legs);
        if !old.work_code.is_empty() {
            self.work_code = old.work_code;
        }
    }
}
