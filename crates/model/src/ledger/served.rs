//! What is written of queue calls that agents answered: once the after-call work is over and the
//! seat can not be taken again.

use crate::Model;
use crate::agents::{After, Agent, Work};
use crate::arena::Key;
use crate::calls::{Call, Party};
use crate::channels::Channel;
use crate::settings::REJOIN_MAX;
use crate::splits::Split;
use crate::timers::Timer;
use facts::{CallId, Released, Stamp, Text};
use history::ledger::{Served, What};

/// What the ledger keeps of a queue call that an agent answered.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    /// Its id, the last one when it is over.
    pub(crate) call: CallId,
    joined: Stamp,
    since: Stamp,
    found: bool,
    rang: Option<Stamp>,
    inflow: bool,
    requeued: bool,
    holds: Vec<(Stamp, Stamp)>,
    transferred: bool,
    conferenced: bool,
    /// As the queue said, and when.
    released: Option<(Released, Stamp)>,
    /// Who asked to hang up in the talk that ended.
    hangup: Option<Party>,
    code: Text,
}

impl Notes {
    /// A hold was over; one that goes on where the last one ended is the same.
    fn hold(&mut self, from: Stamp, to: Stamp) {
        let to = to.max(from);
        match self.holds.last_mut() {
            Some((_, end)) if *end == from => *end = to,
            _ => self.holds.push((from, to)),
        }
    }
}

impl Work {
    /// Its hold is over.
    pub(crate) fn note_hold(&mut self, from: Stamp, to: Stamp) {
        if let Some(notes) = &mut self.notes {
            notes.hold(from, to);
        }
    }
}

impl After {
    /// The seat was taken again: a hold that was open goes on until now at least.
    pub(crate) fn note_rejoin(&mut self, at: Stamp) {
        if self.held
            && let Some(notes) = &mut self.work.notes
        {
            notes.hold(self.ended, at);
        }
    }

    /// The talk ended: who hung up is known now, later it may be somebody else.
    pub(crate) const fn note_hangup(&mut self, hangup: Option<Party>) {
        if let Some(notes) = &mut self.work.notes {
            notes.hangup = hangup;
        }
    }
}

impl Model {
    /// Begins the notes of a queue call that is being answered; None: it is not counted, or
    /// nobody writes.
    pub(crate) fn begin_notes(
        &mut self,
        caller: Option<Key<Channel>>,
        to: Option<Key<Channel>>,
        (agent, split): (Key<Agent>, Key<Split>),
        heard: bool,
        at: Stamp,
    ) -> Option<Box<Notes>> {
        if !self.ledger.on {
            return None;
        }
        if let Some(caller) = caller {
            self.turn_answered(caller, agent, split);
        }
        let call = caller.or(to).and_then(|c| self.channels.get(c))?.call;
        self.enter(call, at);
        let visit = caller.and_then(|c| self.channels.get(c)?.visit);
        let visit = visit.and_then(|v| self.visits.get(v)).filter(|v| v.split == split);
        let ring = self.agents.get(agent)?.rings.iter().find(|r| Some(r.caller) == caller);
        let call = self.calls.get(call)?;
        // A code that was given before anybody answered is his who answers first.
        let code = if call.acd_at.is_none() { &call.work_code } else { &self.empty };
        heard.then_some(())?;
        Some(Box::new(Notes {
            call: call.ids.first()?.clone(),
            joined: visit.map_or(at, |v| v.since),
            since: visit.map_or(at, |v| v.turn.since),
            found: visit.is_none_or(|v| v.turn.found),
            rang: ring.map(|r| r.since),
            inflow: visit.is_some_and(|v| v.turn.inflow),
            requeued: visit.is_some_and(|v| v.turn.requeued),
            holds: Vec::new(),
            transferred: false,
            conferenced: false,
            released: None,
            hangup: None,
            code: code.clone(),
        }))
    }

    /// Settles what rang for a caller who is being answered.
    fn turn_answered(&mut self, caller: Key<Channel>, agent: Key<Agent>, split: Key<Split>) {
        self.rings_answered(caller, agent);
        let visit = self.channels.get(caller).and_then(|c| c.visit);
        if let Some(v) = visit.filter(|v| self.visits.get(*v).is_some_and(|v| v.split == split)) {
            self.requeue(v);
        }
    }

    /// Why the queue's interest in a call ended.
    pub(crate) fn note_released(
        &mut self,
        caller: Option<Key<Channel>>,
        split: &str,
        agent: &str,
        released: Released,
        at: Stamp,
    ) {
        if !self.ledger.on || released == Released::Unknown {
            return;
        }
        let Some(&split) = self.split_ids.get(split) else { return };
        let agent = self.agent_ids.get(agent).and_then(|k| self.agents.get_mut(*k));
        let fits = |w: &&mut Work| {
            w.split == split && (caller.is_none() || w.caller.is_none() || w.caller == caller)
        };
        let notes = agent.and_then(|a| a.all_works().find(fits)).and_then(|w| w.notes.as_mut());
        if let Some(notes) = notes {
            notes.released = Some((released, at));
        }
    }

    /// The agent's channel transferred the call.
    pub(crate) fn note_transfer(&mut self, agent: Option<Key<Agent>>, by: Key<Channel>) {
        let agent = agent.filter(|_| self.ledger.on).and_then(|a| self.agents.get_mut(a));
        let work = agent.and_then(|a| a.all_works().find(|w| w.seat() == Some(by)));
        if let Some(notes) = work.and_then(|w| w.notes.as_mut()) {
            notes.transferred = true;
        }
    }

    /// A channel joined a conference: the agent whose seat it is, or who serves it, takes part.
    pub(crate) fn note_conference(&mut self, key: Key<Channel>) {
        let Some(c) = self.channels.get(key).filter(|_| self.ledger.on) else { return };
        for agent in c.seat.into_iter().chain(c.served_by) {
            let Some(agent) = self.agents.get_mut(agent) else { continue };
            let of = |w: &&mut Work| w.seat() == Some(key) || w.caller == Some(key);
            if let Some(notes) = agent.all_works().find(of).and_then(|w| w.notes.as_mut()) {
                notes.conferenced = true;
            }
        }
    }

    /// A work code for a call: of the agent who gave it, else of all who are on it.
    pub(crate) fn note_code(&mut self, call: Key<Call>, by: Option<Key<Agent>>, code: &Text) {
        let by = by.map_or_else(|| self.workers_of(call), |by| vec![by]);
        for key in by.into_iter().filter(|_| self.ledger.on) {
            let Some(a) = self.agents.get(key) else { continue };
            let of = |w: &Work| w.call.and_then(|c| self.live_call_key(c)) == Some(call);
            let place = a.works.iter().position(of);
            let after = a.after.as_ref().is_some_and(|x| of(&x.work));
            let Some(a) = self.agents.get_mut(key) else { continue };
            let work = match place {
                Some(i) => a.works.get_mut(i),
                None => a.after.as_mut().filter(|_| after).map(|x| &mut x.work),
            };
            if let Some(notes) = work.and_then(|w| w.notes.as_mut()) {
                notes.code = code.clone();
            }
        }
    }

    /// A work code for a call that is over, from an agent in after-call work.
    pub(crate) fn note_late_code(&mut self, call: &CallId, by: Option<Key<Agent>>, code: &Text) {
        let after = by.and_then(|k| self.agents.get_mut(k)).and_then(|a| a.after.as_mut());
        let notes = after.and_then(|x| x.work.notes.as_mut());
        if let Some(notes) = notes.filter(|n| n.call == *call) {
            notes.code = code.clone();
        }
    }

    /// Agents who answered a call through a split.
    pub(crate) fn workers_of(&self, call: Key<Call>) -> Vec<Key<Agent>> {
        let call = self.calls.get(call).filter(|_| self.ledger.on);
        call.map_or_else(Vec::new, |c| c.workers.clone())
    }

    // ---- over ---------------------------------------------------------------------------------

    /// A talk is over; the one before it is final.
    pub(crate) fn new_after(&mut self, key: Key<Agent>, mut after: After) {
        self.write_served(key);
        let call = after.work.call.and_then(|c| self.live_call_key(c));
        after.note_hangup(call.and_then(|c| self.calls.get(c)).and_then(|c| c.hangup));
        if let Some(a) = self.agents.get_mut(key) {
            a.after = Some(after);
        }
    }

    /// After-call work is over: written as soon as the seat can not be taken again.
    pub(crate) fn served(&mut self, key: Key<Agent>, at: Stamp) {
        let after = self.agents.get(key).and_then(|a| a.after.as_ref());
        let Some(after) = after.filter(|x| x.work.notes.is_some()) else { return };
        let last = after.ended.plus(REJOIN_MAX);
        if at > last {
            self.write_served(key);
        } else {
            self.timers.set(last.plus(1), Timer::Served(key));
        }
    }

    /// The time in which the seat might have been taken again is over, if nothing came between.
    pub(crate) fn served_due(&mut self, key: Key<Agent>, at: Stamp) {
        let after = self.agents.get(key).and_then(|a| a.after.as_ref());
        if after.is_some_and(|x| x.booked.is_some() && at > x.ended.plus(REJOIN_MAX)) {
            self.write_served(key);
        }
    }

    /// The agent's last queue call is final: nothing takes it back any more.
    pub(crate) fn write_served(&mut self, key: Key<Agent>) {
        let Some(a) = self.agents.get_mut(key) else { return };
        let Some(after) = a.after.as_mut() else { return };
        let Some(acw) = after.booked else { return };
        let Some(notes) = after.work.notes.take() else { return };
        let (agent, member) = (a.id.clone(), after.work.split);
        let (answered, ended, held) = (after.work.since, after.ended, after.held);
        let now = after.work.call.and_then(|c| self.call_id(c)).cloned();
        let Some(split) = self.split_id(member).cloned() else { return };
        let notes = *notes;
        // The queue's interest may have ended long before the talk: then it says nothing of this.
        let told = notes.released.filter(|(_, at)| ended.since(*at) <= REJOIN_MAX);
        let released = match (told, notes.hangup) {
            _ if notes.transferred => Released::Transfer,
            (Some((told, _)), _) => told,
            (None, Some(Party::Caller)) => Released::Caller,
            (None, Some(Party::Agent)) => Released::Agent,
            (None, Some(Party::Switch) | None) => Released::Unknown,
        };
        let acw_ended = ended.plus(acw);
        let served = Served {
            split,
            agent,
            call: now.unwrap_or(notes.call),
            joined: notes.joined,
            since: notes.since,
            found: notes.found,
            rang: notes.rang,
            answered,
            ended,
            acw_ended,
            holds: notes.holds,
            hold_abandoned: held && released == Released::Caller,
            transferred: notes.transferred,
            conferenced: notes.conferenced,
            released,
            inflow: notes.inflow,
            requeued: notes.requeued,
            priority: 0,
            code: notes.code,
        };
        self.write(acw_ended, What::Served(Box::new(served)));
    }

    /// A call is about to be closed, its works have ended: how many of them are still to be
    /// written. They keep its last id.
    pub(crate) fn pending_of(&mut self, call: Key<Call>, workers: &[Key<Agent>]) -> u32 {
        let mut pending = 0;
        if workers.is_empty() {
            return pending;
        }
        let Some(id) = self.call_id(call).cloned() else { return pending };
        for (i, key) in workers.iter().enumerate() {
            // Who worked on two calls that were joined is named twice.
            if workers.iter().take(i).any(|k| k == key) {
                continue;
            }
            let after = self.agents.get(*key).and_then(|a| a.after.as_ref());
            let of = after.and_then(|x| x.work.call).and_then(|c| self.live_call_key(c));
            let Some(a) = self.agents.get_mut(*key).filter(|_| of == Some(call)) else { continue };
            if let Some(notes) = a.after.as_mut().and_then(|x| x.work.notes.as_mut()) {
                notes.call = id.clone();
                pending += 1;
            }
        }
        pending
    }
}

impl Agent {
    /// His queue calls: those that go on, then the last one that ended.
    fn all_works(&mut self) -> impl Iterator<Item = &mut Work> {
        self.works.iter_mut().chain(self.after.as_mut().map(|x| &mut x.work))
    }
}
