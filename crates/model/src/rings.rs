//! Queue calls that ring at agents: from the offer to the answer, the refusal, the time-out or
//! the caller's giving up.

use crate::Model;
use crate::agents::{Agent, Ring};
use crate::arena::Key;
use crate::channels::Channel;
use crate::steps::CallDid;
use facts::{AgentId, DialOutcome, Phase, SplitId, Stamp};
use history::ledger::RangEnd;

impl Model {
    /// An agent's phone is rung for a waiting caller.
    pub(crate) fn offered(
        &mut self,
        caller: Key<Channel>,
        split_id: &SplitId,
        agent: &AgentId,
        to: Option<Key<Channel>>,
        at: Stamp,
    ) {
        let key = self.agent_key(agent, at);
        let split = self.split_key(split_id, at);
        self.infer_member(key, split, at, true);
        self.cut_after(key, at);
        self.sit_down(key, to);
        let Some(a) = self.agents.get_mut(key) else { return };
        if let Some(ring) = a.rings.iter_mut().find(|r| r.caller == caller) {
            ring.to = to.or(ring.to);
            self.touch(key, at);
            return;
        }
        let visit = self.channels.get(caller).and_then(|c| c.visit);
        let joined = visit.and_then(|v| self.visits.get(v)).map_or(at, |v| v.since);
        let phase = to.and_then(|t| self.channels.get(t)).map(|c| c.phase);
        let alerted = phase == Some(Phase::Ringing);
        let Some(a) = self.agents.get_mut(key) else { return };
        a.rings.push(Ring { split, caller, to, joined, since: at, alerted });
        if let Some(m) = a.member_mut(split) {
            m.tally.ring_calls += 1;
        }
        if let Some(s) = self.splits.get_mut(split) {
            s.tally.ring_calls += 1;
        }
        if let Some(c) = self.channels.get_mut(caller) {
            c.offers.push(key);
            if let Some(call) = self.calls.get_mut(c.call) {
                call.tick(at);
                call.ringing += 1;
                call.hangup = None;
            }
        }
        self.turn_offered(caller);
        self.set_broken_off(caller, None);
        if let Some(to) = to {
            self.seat_behind(to, at);
        }
        let split = Some(split_id.clone());
        self.say_on(caller, at, |m| CallDid::Ring { split, who: m.who(key) });
        self.touch(key, at);
    }

    /// A phone says that it rings.
    pub(crate) fn phone_rings(&mut self, to: Key<Channel>) {
        let seat = self.channels.get(to).and_then(|c| c.seat);
        let Some(agent) = seat.and_then(|a| self.agents.get_mut(a)) else { return };
        for ring in agent.rings.iter_mut().filter(|r| r.to == Some(to)) {
            ring.alerted = true;
        }
    }

    /// Ends the ring of one caller at one agent.
    pub(crate) fn end_ring(
        &mut self,
        key: Key<Agent>,
        caller: Key<Channel>,
        at: Stamp,
    ) -> Option<Ring> {
        let a = self.agents.get_mut(key)?;
        let i = a.rings.iter().position(|r| r.caller == caller)?;
        let ring = a.rings.remove(i);
        let rang = at.since(ring.since).max(0);
        if let Some(m) = a.member_mut(ring.split) {
            m.tally.ring_time += rang;
        }
        if let Some(s) = self.splits.get_mut(ring.split) {
            s.tally.ring_time += rang;
        }
        if let Some(c) = self.channels.get_mut(caller) {
            c.offers.retain(|o| *o != key);
            if let Some(call) = self.calls.get_mut(c.call) {
                call.tick(at);
                call.ringing = call.ringing.saturating_sub(1);
            }
        }
        Some(ring)
    }

    /// Nobody is rung for this caller any more.
    pub(crate) fn end_offers(&mut self, caller: Key<Channel>, end: RangEnd, at: Stamp) {
        let offers = self.channels.get(caller).map_or_else(Vec::new, |c| c.offers.clone());
        for agent in offers {
            let ring = self.end_ring(agent, caller, at);
            self.write_rang(ring, agent, end, at);
            self.touch(agent, at);
        }
    }

    /// The ringing of a channel is over; answered, the ring goes on until the queue says so.
    pub(crate) fn dial_ended(&mut self, to: Key<Channel>, outcome: DialOutcome, at: Stamp) {
        let rung = self.channels.get_mut(to).and_then(|c| c.rung_since.take());
        if outcome == DialOutcome::Answered {
            return;
        }
        if let Some(since) = rung {
            let rang = at.since(since).max(0);
            self.say_on(to, at, |m| CallDid::NotAnswered { split: None, who: m.who_at(to), rang });
        }
        if let Some(agent) = self.channels.get(to).and_then(|c| c.seat) {
            if outcome == DialOutcome::Cancelled
                && let Some(caller) = self.caller_rung_for(agent, to)
            {
                self.set_broken_off(caller, Some(agent));
            }
            self.end_ring_to(agent, to, at);
        }
    }

    /// The caller for whom an agent's channel is rung.
    fn caller_rung_for(&self, agent: Key<Agent>, to: Key<Channel>) -> Option<Key<Channel>> {
        let mut rings = self.agents.get(agent)?.rings.iter();
        rings.find(|r| r.to == Some(to)).map(|r| r.caller)
    }

    /// At whom what rang last for a waiting caller was broken off, or that something rings now.
    fn set_broken_off(&mut self, caller: Key<Channel>, at: Option<Key<Agent>>) {
        let visit = self.channels.get(caller).and_then(|c| c.visit);
        if let Some(visit) = visit.and_then(|v| self.visits.get_mut(v)) {
            visit.broken_off = at.is_some();
            visit.turn.broken_off(at.filter(|_| self.ledger.on));
        }
    }

    pub(crate) fn end_ring_to(&mut self, agent: Key<Agent>, to: Key<Channel>, at: Stamp) {
        if let Some(caller) = self.caller_rung_for(agent, to) {
            let ring = self.end_ring(agent, caller, at);
            self.ring_unclear(ring, agent, at);
            self.touch(agent, at);
        }
    }

    /// He did not take it.
    pub(crate) fn not_answered(
        &mut self,
        caller: Option<Key<Channel>>,
        split_id: &SplitId,
        agent: &AgentId,
        ring_ms: u32,
        at: Stamp,
    ) {
        let key = self.agent_key(agent, at);
        let split = self.split_key(split_id, at);
        self.infer_member(key, split, at, false);
        if let Some(caller) = caller {
            let ring = self.end_ring(key, caller, at);
            self.write_not_answered(ring, (caller, key, split), ring_ms, at);
            let (split, rang) = (Some(split_id.clone()), i64::from(ring_ms) * 1_000);
            self.say_on(caller, at, |m| CallDid::NotAnswered { split, who: m.who(key), rang });
        }
        if let Some(a) = self.agents.get_mut(key) {
            a.rona += 1;
            a.refused += i64::from(ring_ms == 0);
            a.last_rona = Some(at);
            if let Some(m) = a.member_mut(split) {
                m.tally.rona += 1;
            }
        }
        if let Some(s) = self.splits.get_mut(split) {
            s.tally.rona += 1;
        }
        self.touch(key, at);
    }
}
