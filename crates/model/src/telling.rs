//! How steps come to be told (see `steps`). Agents are looked at once for each moment in which
//! something about them changed; what is new waits for [`BURST`], and if the agent is by then
//! as he was, nothing has happened.
//!
//! Telling changes nothing: with it or without it the same facts give the same tables and the
//! same digest.

use crate::Model;
use crate::agent_state::Mode;
use crate::agents::Agent;
use crate::arena::Key;
use crate::calls::{Call, Way};
use crate::channels::Channel;
use crate::minutes::Minutes;
use crate::steps::{
    AgentDid, AgentState, AgentStep, BURST, CallDid, CallStep, Entry, PASSING, Seen, Step, Who,
};
use facts::{CallId, Direction, Said, Stamp, Text};
use std::collections::VecDeque;

/// What has been told, what is about to be.
#[derive(Debug, Default)]
pub(crate) struct Telling {
    /// Off: nothing is collected.
    pub(crate) on: bool,
    /// For the owner to take.
    out: Vec<Step>,
    /// Agents to be looked at, and since when.
    agents: Vec<(Key<Agent>, Stamp)>,
    /// Calls of whose entry more is known.
    entries: Vec<Key<Call>>,
    /// Steps of agents that may still be undone, oldest first.
    held_back: VecDeque<(Key<Agent>, AgentStep)>,
    /// The moment that is being folded.
    moment: Stamp,
    pub(crate) minutes: Minutes,
}

/// What an agent has been told to be, and what is held back of him.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// He is to be looked at.
    look: bool,
    /// The last state told or held back, and when it began.
    last: Option<(Seen, Stamp)>,
    /// The one before those that are held back; None: none is held back.
    before: Option<Seen>,
    /// How many are held back.
    held_back: u32,
}

impl Model {
    /// From now on steps are told; whoever says so must [take](Self::take_steps) them after each
    /// fact or few, since they are kept until then.
    pub const fn tell_steps(&mut self) {
        self.telling.on = true;
    }

    /// Appends the steps told since the last time.
    pub fn take_steps(&mut self, into: &mut Vec<Step>) {
        into.append(&mut self.telling.out);
    }

    /// A call's step. `did` is not asked if nobody listens.
    pub(crate) fn say(&mut self, call: Key<Call>, at: Stamp, did: impl FnOnce(&Self) -> CallDid) {
        if !self.telling.on {
            return;
        }
        let Some(id) = self.calls.get(call).and_then(|c| c.ids.first()).cloned() else { return };
        let did = did(self);
        self.say_of(id, at, did);
    }

    pub(crate) fn say_of(&mut self, call: CallId, at: Stamp, did: CallDid) {
        if self.telling.on {
            self.telling.out.push(Step::Call(CallStep { at, call, did }));
        }
    }

    pub(crate) fn say_step(&mut self, step: Step) {
        self.telling.out.push(step);
    }

    /// A step of the call that a channel belongs to.
    pub(crate) fn say_on(
        &mut self,
        channel: Key<Channel>,
        at: Stamp,
        did: impl FnOnce(&Self) -> CallDid,
    ) {
        if let Some(call) = self.channels.get(channel).map(|c| c.call) {
            self.say(call, at, did);
        }
    }

    /// The same step of all calls, in the order of their ids.
    pub(crate) fn say_to_all(&mut self, at: Stamp, did: &CallDid) {
        let first = |c: &Call| c.ids.first().cloned();
        let on = self.telling.on;
        let calls = self.calls.iter().filter(|_| on);
        let mut ids: Vec<_> = calls.filter_map(|(_, c)| first(c)).collect();
        ids.sort_unstable();
        for id in ids {
            self.say_of(id, at, did.clone());
        }
    }

    /// A message in the stream.
    pub(crate) fn said(&mut self, said: &Said, at: Stamp) {
        let channel = said.channel.as_ref().filter(|_| self.telling.on);
        if let Some(&key) = channel.and_then(|c| self.channel_ids.get(c)) {
            let (name, fields) = (said.name.clone(), said.fields.clone());
            self.say_on(key, at, |_| CallDid::Said { name, fields });
        }
    }

    /// An agent's step that is no state.
    pub(crate) fn say_agent(&mut self, key: Key<Agent>, at: Stamp, did: AgentDid) {
        if let Some(agent) = self.agents.get(key).filter(|_| self.telling.on) {
            let step = AgentStep { at, agent: agent.id.clone(), did };
            self.telling.held_back.push_back((key, step));
        }
    }

    /// Something about an agent is different, perhaps.
    pub(crate) fn look_at(&mut self, key: Key<Agent>, at: Stamp) {
        self.note_agent(key, at);
        if !self.telling.on {
            return;
        }
        if let Some(agent) = self.agents.get_mut(key)
            && !std::mem::replace(&mut agent.told.look, true)
        {
            self.telling.agents.push((key, at));
        }
    }

    /// Something about a call is different that is to be seen in its agents, too.
    pub(crate) fn look_at_agents_of(&mut self, call: Key<Call>, at: Stamp) {
        if !self.telling.on && !self.ledger.on {
            return;
        }
        let Some(call) = self.calls.get(call) else { return };
        let mut agents = call.workers.clone();
        for channel in call.channels.iter().filter_map(|c| self.channels.get(*c)) {
            agents.extend(channel.offers.iter().chain(channel.seat.iter()));
            let endpoint = channel.endpoint.and_then(|e| self.endpoints.get(e));
            agents.extend(endpoint.into_iter().flat_map(|e| &e.agents));
        }
        for agent in agents {
            self.look_at(agent, at);
        }
    }

    /// More is known of how a call began.
    pub(crate) fn entry_changed(&mut self, key: Key<Call>) {
        self.entry_known(key);
        if self.telling.on
            && let Some(call) = self.calls.get_mut(key)
            && !std::mem::replace(&mut call.entry_untold, true)
        {
            self.telling.entries.push(key);
        }
    }

    /// Time has passed up to `at`. Earlier moments than that of the last fact say nothing: it
    /// must not show how often the owner looks at the clock.
    pub(crate) fn time_passed(&mut self, at: Stamp) {
        self.ledger_time(at);
        if self.telling.on && at > self.telling.moment {
            self.moment_over(at);
        }
    }

    /// A fact of that moment comes: what is to be seen of the one before is told.
    pub(crate) fn moment_begins(&mut self, at: Stamp) {
        if !self.telling.on {
            return;
        }
        if at != self.telling.moment {
            self.moment_over(at);
        }
        self.first_minute(at);
    }

    fn moment_over(&mut self, at: Stamp) {
        self.telling.moment = at;
        self.tell_moment();
        while let Some((_, step)) = self.telling.held_back.front()
            // Either way: a clock that was set back holds nothing up.
            && at.since(step.at).unsigned_abs() > BURST.unsigned_abs()
        {
            self.release();
        }
        self.minutes_over(at);
    }

    /// Tells all, because nothing more is heard.
    pub(crate) fn tell_all(&mut self) {
        self.tell_moment();
        while !self.telling.held_back.is_empty() {
            self.release();
        }
    }

    fn tell_moment(&mut self) {
        for i in 0..self.telling.entries.len() {
            if let Some(key) = self.telling.entries.get(i).copied() {
                self.tell_entry(key);
            }
        }
        self.telling.entries.clear();
        for i in 0..self.telling.agents.len() {
            if let Some((key, at)) = self.telling.agents.get(i).copied() {
                self.tell_agent(key, at);
            }
        }
        self.telling.agents.clear();
    }

    /// Gives away the oldest step that was held back.
    fn release(&mut self) {
        let Some((key, step)) = self.telling.held_back.pop_front() else { return };
        if let (AgentDid::Is(seen), Some(agent)) = (&step.did, self.agents.get_mut(key)) {
            agent.told.held_back = agent.told.held_back.saturating_sub(1);
            agent.told.before = (agent.told.held_back > 0).then(|| Seen::clone(seen));
        }
        self.telling.out.push(Step::Agent(step));
    }

    fn tell_agent(&mut self, key: Key<Agent>, at: Stamp) {
        let Some(agent) = self.agents.get_mut(key) else { return };
        agent.told.look = false;
        let Some(agent) = self.agents.get(key) else { return };
        let seen = self.seen(agent);
        let at = match &agent.told.last {
            Some((last, _)) if *last == seen => return,
            Some((_, since)) => at.max(*since),
            // Nobody wants to hear of somebody who was never there.
            None if seen.state == AgentState::Out => return,
            None => at,
        };
        while self.passed_through(key, &seen, at) {}
        if self.undone(key, &seen) {
            return;
        }
        let Some(agent) = self.agents.get_mut(key) else { return };
        let told = &mut agent.told;
        let last = told.last.replace((seen.clone(), at)).map(|(last, _)| last);
        if told.held_back == 0 {
            told.before = last;
        }
        told.held_back += 1;
        let step = AgentStep { at, agent: agent.id.clone(), did: AgentDid::Is(Box::new(seen)) };
        self.telling.held_back.push_back((key, step));
    }

    /// The places of an agent's states among the steps held back: the last one and the one before.
    fn last_two(&self, key: Key<Agent>) -> (Option<usize>, Option<usize>) {
        let queue = self.telling.held_back.iter().enumerate().rev();
        let mut his = queue.filter(|(_, (k, s))| *k == key && s.did.is_state()).map(|(i, _)| i);
        (his.next(), his.next())
    }

    /// Takes back the last state held back of an agent if it was only the way from the one before
    /// to `seen`: it lasted no time, or it looked like the one before and lasted a burst. That
    /// a queue call rang is never taken back.
    fn passed_through(&mut self, key: Key<Agent>, seen: &Seen, at: Stamp) -> bool {
        if self.agents.get(key).is_none_or(|a| a.told.held_back == 0) {
            return false;
        }
        let (Some(place), earlier) = self.last_two(key) else { return false };
        let state = |i: usize| match self.telling.held_back.get(i) {
            Some((_, AgentStep { at, did: AgentDid::Is(seen), .. })) => Some((&**seen, *at)),
            _ => None,
        };
        let Some((last, since)) = state(place) else { return false };
        let before = match earlier {
            Some(earlier) => state(earlier).map(|(seen, _)| seen),
            None => self.agents.get(key).and_then(|a| a.told.before.as_ref()),
        };
        let lasted = at.since(since);
        let renamed = last.same_but_name(seen);
        let none = lasted <= PASSING && last.state != AgentState::Ring;
        let alike = lasted <= BURST && before.is_some_and(|b| b.looks_like(last));
        if !(renamed || none || alike) {
            return false;
        }
        let before = before.cloned();
        // Who was renamed is what he is since he is it.
        let rename = renamed.then(|| seen.clone());
        if let Some(new) = rename {
            if let Some((_, step)) = self.telling.held_back.get_mut(place) {
                step.did = AgentDid::Is(Box::new(new.clone()));
            }
            if let Some(agent) = self.agents.get_mut(key) {
                agent.told.last = Some((new, since));
            }
            return false;
        }
        self.telling.held_back.remove(place);
        let Some(agent) = self.agents.get_mut(key) else { return false };
        let told = &mut agent.told;
        told.held_back -= 1;
        told.last = before.map(|b| (b, since));
        if told.held_back == 0 {
            told.before = None;
        }
        true
    }

    /// He is again as he was a burst ago: what came between has not happened.
    fn undone(&mut self, key: Key<Agent>, seen: &Seen) -> bool {
        let Some(agent) = self.agents.get_mut(key) else { return false };
        let told = &mut agent.told;
        if told.last.as_ref().is_some_and(|(last, _)| last == seen) {
            return true;
        }
        let queue = &mut self.telling.held_back;
        let states = |(k, s): &&(Key<Agent>, AgentStep)| *k == key && s.did.is_state();
        let same = |s: &AgentStep| matches!(&s.did, AgentDid::Is(s) if **s == *seen);
        let keep = match &told.before {
            Some(before) if before == seen => 0,
            _ => match queue.iter().filter(states).position(|(_, s)| same(s)) {
                Some(place) => place + 1,
                None => return false,
            },
        };
        if queue.iter().filter(states).skip(keep).any(|(_, s)| s.did.rings()) {
            return false;
        }
        let mut place = 0;
        queue.retain(|(k, s)| {
            let his = *k == key && s.did.is_state();
            place += usize::from(his);
            !his || place <= keep
        });
        told.held_back = u32::try_from(keep).unwrap_or(u32::MAX);
        if keep == 0 {
            told.before = None;
        }
        if let Some((last, _)) = &mut told.last {
            last.clone_from(seen);
        }
        true
    }

    /// What is to be seen of an agent now.
    fn seen(&self, agent: &Agent) -> Seen {
        let state = match agent.state.mode {
            _ if !self.live => AgentState::Unknown,
            _ if !agent.staffed() => AgentState::Out,
            Mode::Avail => AgentState::Avail,
            Mode::Ring => AgentState::Ring,
            Mode::Acd => AgentState::Acd,
            Mode::Acw => AgentState::Acw,
            Mode::Aux => AgentState::Aux,
            Mode::Other => AgentState::Other,
        };
        let bare = Seen {
            name: agent.name.clone(),
            state,
            reason: agent.state.reason.clone(),
            direction: agent.state.direction.map(|d| match d {
                Direction::In => "IN",
                Direction::Out => "OUT",
            }),
            split: agent.state.split.and_then(|s| self.splits.get(s)).map(|s| s.id.clone()),
            call: None,
            party: self.empty.clone(),
        };
        if matches!(state, AgentState::Unknown | AgentState::Out | AgentState::Avail) {
            return bare;
        }
        // After-call work without a call of his own is for the call just before.
        if state == AgentState::Acw
            && bare.direction.is_none()
            && let Some((last, _)) = &agent.told.last
            && last.split == bare.split
            && matches!(last.state, AgentState::Acd | AgentState::Acw | AgentState::Other)
        {
            return Seen { call: last.call.clone(), party: last.party.clone(), ..bare };
        }
        let channel = self.present_channel(agent).and_then(|k| self.channels.get(k));
        let Some(call) = channel.and_then(|c| self.calls.get(c.call)) else { return bare };
        let entry = call.entry.and_then(|e| self.channels.get(e)).and_then(|c| c.endpoint);
        let his = entry.is_some_and(|e| agent.phones.contains(&e));
        let party = if his { call.dialled.clone() } else { call.caller.clone() };
        Seen { call: call.ids.first().cloned(), party, ..bare }
    }

    pub(crate) fn tell_entry(&mut self, key: Key<Call>) {
        let Some(call) = self.calls.get_mut(key) else { return };
        if !std::mem::take(&mut call.entry_untold) {
            return;
        }
        let Some(call) = self.calls.get(key) else { return };
        let (way, trunk) = self.way_of(call);
        let inward = way == Way::In;
        let agent = call.entry.filter(|_| !inward).map(|c| self.who_at(c));
        let entry = Entry {
            caller: call.caller.clone(),
            caller_name: call.caller_name.clone(),
            dialled: call.dialled.clone(),
            vdn: self.vdn_of(call).filter(|_| inward),
            vector: self.vector_of(call).filter(|_| inward),
            trunk,
            direction: way.word(),
            agent: agent.filter(|w| w.agent.is_some()),
        };
        let began = call.began;
        self.say(key, began, |_| CallDid::Entry(Box::new(entry)));
    }

    /// An agent by his key.
    pub(crate) fn who(&self, key: Key<Agent>) -> Who {
        let agent = self.agents.get(key);
        let name = agent.map_or_else(|| self.empty.clone(), |a| a.name.clone());
        Who { agent: agent.map(|a| a.id.clone()), name }
    }

    /// Who sits at a channel.
    pub(crate) fn who_at(&self, key: Key<Channel>) -> Who {
        let Some(c) = self.channels.get(key) else { return self.nobody() };
        let endpoint = c.endpoint.and_then(|e| self.endpoints.get(e));
        let owner = endpoint.and_then(|e| e.agents.first()).copied().or(c.seat);
        match owner {
            Some(agent) => self.who(agent),
            None if c.number.is_empty() => Who { agent: None, name: c.device.0.clone() },
            None => Who { agent: None, name: c.number.clone() },
        }
    }

    /// The party whom a transfer names: a channel that is known, else a number. If it names
    /// nobody it is whom the transferring party called last.
    pub(crate) fn who_is_meant(&self, to: &Text, by: Key<Channel>) -> Who {
        let called = || self.channels.get(by).and_then(|c| c.dialled_to);
        match self.channel_ids.get(&**to).copied() {
            Some(key) => self.who_at(key),
            None if to.is_empty() => called().map_or_else(|| self.nobody(), |c| self.who_at(c)),
            None => Who { agent: None, name: to.clone() },
        }
    }

    fn nobody(&self) -> Who {
        Who { agent: None, name: self.empty.clone() }
    }
}

impl Seen {
    /// The same state, whatever call it is about.
    fn looks_like(&self, other: &Self) -> bool {
        (self.state, self.direction, &self.split, &self.reason)
            == (other.state, other.direction, &other.split, &other.reason)
    }

    fn same_but_name(&self, other: &Self) -> bool {
        self.looks_like(other) && (&self.call, &self.party) == (&other.call, &other.party)
    }
}

impl AgentDid {
    const fn is_state(&self) -> bool {
        matches!(self, Self::Is(_))
    }

    fn rings(&self) -> bool {
        matches!(self, Self::Is(seen) if seen.state == AgentState::Ring)
    }
}
