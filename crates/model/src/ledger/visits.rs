//! What is written of callers in splits and of phones that ring for them.

use crate::Model;
use crate::agents::{Agent, Ring};
use crate::arena::Key;
use crate::channels::Channel;
use crate::settings::VERDICT_GRACE;
use crate::splits::Split;
use crate::timers::Timer;
use crate::visits::Visit;
use facts::{CallId, Outcome, SplitId, Stamp};
use history::ledger::{LATE_MAX, Rang, RangEnd, Visit as Written, VisitEnd, What};

/// A caller whose last phone rang out and whose visit ends within this time did not wait on
/// (microseconds): the longest wait was over while it rang, and the ringing is told first.
pub(crate) const REQUEUE_GRACE: i64 = 100_000;

/// What the ledger keeps of a visit: of its present turn, mostly.
#[derive(Debug)]
pub(crate) struct Turn {
    /// When it began: the join, or the last time he was requeued.
    pub(crate) since: Stamp,
    /// The join was not seen.
    pub(crate) found: bool,
    /// He came from another split.
    pub(crate) inflow: bool,
    /// It began with a requeue.
    pub(crate) requeued: bool,
    /// A phone rang for him in this turn.
    offered: bool,
    /// One of them rang out.
    rang_out: bool,
    /// The last of them did, and nothing has rung since.
    left_alone: Option<Stamp>,
    /// At whom ringing was broken off (see [`Visit::broken_off`]).
    broken: Vec<Key<Agent>>,
}

/// A ring that ended before its reason was told.
#[derive(Debug)]
pub(crate) struct Unclear {
    caller: Key<Channel>,
    agent: Key<Agent>,
    ended: Stamp,
    alerted: bool,
    rang: Rang,
}

impl Turn {
    pub(crate) const fn new(since: Stamp, found: bool) -> Self {
        Self {
            since,
            found,
            inflow: false,
            requeued: false,
            offered: false,
            rang_out: false,
            left_alone: None,
            broken: Vec::new(),
        }
    }
}

impl Turn {
    /// At whom ringing was broken off; None: something rings now.
    pub(crate) fn broken_off(&mut self, at: Option<Key<Agent>>) {
        match at {
            Some(agent) => self.broken.push(agent),
            None => self.broken.clear(),
        }
    }
}

impl Model {
    /// A visit began.
    pub(crate) fn write_arrived(&mut self, key: Key<Visit>, inflow: bool, at: Stamp) {
        if !self.ledger.on {
            return;
        }
        let Some(v) = self.visits.get_mut(key) else { return };
        v.turn.inflow = inflow;
        let (split, call) = (v.split, v.call);
        self.enter(call, at);
        let id = self.call_id(call).cloned();
        if let (Some(split), Some(call)) = (self.split_id(split).cloned(), id) {
            self.write(at, What::Arrived { split, call });
        }
        self.write_waiting(split, at);
    }

    /// The number of callers who wait is another.
    pub(crate) fn write_waiting(&mut self, split: Key<Split>, at: Stamp) {
        if let Some(s) = self.splits.get(split).filter(|_| self.ledger.on) {
            let callers = u32::try_from(s.waiting.len()).unwrap_or(u32::MAX);
            let what = What::Waiting { split: s.id.clone(), callers };
            self.write(at, what);
        }
    }

    /// A visit is about to be closed.
    pub(crate) fn write_visit(&mut self, key: Key<Visit>, outcome: Outcome, at: Stamp) {
        if !self.ledger.on {
            return;
        }
        let Some(v) = self.visits.get(key) else { return };
        // While something still rings the verdict may come later than anybody waits for it.
        let at = v.left.map_or(at, |left| left.max(at.plus(-LATE_MAX)));
        let caller = v.caller;
        let waited_on = v.turn.left_alone.is_some_and(|alone| at.since(alone) > REQUEUE_GRACE);
        if waited_on || outcome == Outcome::Answered {
            self.requeue(key);
        }
        if outcome == Outcome::Answered {
            return;
        }
        let Some(v) = self.visits.get(key) else { return };
        let offers = self.channels.get(caller).map_or(&[][..], |c| &c.offers);
        let broken = v.turn.broken.iter().filter(|a| v.broken_off && !offers.contains(a));
        let ringing = offers.iter().chain(broken);
        let ringing = ringing.filter_map(|a| self.agents.get(*a)).map(|a| a.id.clone()).collect();
        let end = VisitEnd::Ended(outcome);
        if let Some(mut visit) = self.visit_as_written(v, end) {
            visit.ringing = ringing;
            self.write(at, What::Visit(Box::new(visit)));
        }
        self.clear_rangs(caller, rang_end(outcome));
    }

    fn visit_as_written(&self, v: &Visit, end: VisitEnd) -> Option<Written> {
        Some(Written {
            split: self.split_id(v.split)?.clone(),
            call: self.call_id(v.call)?.clone(),
            joined: v.since,
            since: v.turn.since,
            found: v.turn.found,
            end,
            ringing: Vec::new(),
            inflow: v.turn.inflow,
            requeued: v.turn.requeued,
            priority: 0,
        })
    }

    /// A caller was turned away on arrival.
    pub(crate) fn write_refused(
        &mut self,
        caller: Option<Key<Channel>>,
        split: &SplitId,
        outcome: Outcome,
        at: Stamp,
    ) {
        if !self.ledger.on {
            return;
        }
        let call = caller.and_then(|c| self.channels.get(c)).map(|c| c.call);
        if let Some(call) = call {
            self.enter(call, at);
        }
        let visit = Written {
            split: split.clone(),
            // Whoever he was, he was refused.
            call: call.and_then(|c| self.call_id(c)).cloned().unwrap_or_else(|| CallId::from("")),
            joined: at,
            since: at,
            found: false,
            end: VisitEnd::Ended(outcome),
            ringing: Vec::new(),
            inflow: false,
            requeued: false,
            priority: 0,
        };
        self.write(at, What::Visit(Box::new(visit)));
    }

    // ---- requeued -----------------------------------------------------------------------------

    /// A phone rings for a caller: he has waited on.
    pub(crate) fn turn_offered(&mut self, caller: Key<Channel>) {
        if !self.ledger.on {
            return;
        }
        let Some(key) = self.channels.get(caller).and_then(|c| c.visit) else { return };
        self.requeue(key);
        if let Some(v) = self.visits.get_mut(key) {
            v.turn.offered = true;
        }
    }

    /// An agent did not take it; `rang`: his phone rang out.
    fn turn_not_answered(
        &mut self,
        caller: Key<Channel>,
        split: Key<Split>,
        rang: bool,
        at: Stamp,
    ) {
        let Some(c) = self.channels.get(caller) else { return };
        let (rings, Some(key)) = (!c.offers.is_empty(), c.visit) else { return };
        let Some(v) = self.visits.get_mut(key) else { return };
        if v.split != split || v.left.is_some() {
            return;
        }
        v.turn.rang_out |= rang;
        if !rings && v.turn.rang_out && v.turn.offered && v.turn.left_alone.is_none() {
            v.turn.left_alone = Some(at);
            self.timers.set(at.plus(REQUEUE_GRACE + 1), Timer::Requeued(key));
        }
    }

    /// Time has passed: who is still there waits on.
    pub(crate) fn requeue_due(&mut self, key: Key<Visit>, at: Stamp) {
        let alone = self.visits.get(key).and_then(|v| v.turn.left_alone);
        if alone.is_some_and(|alone| at.since(alone) > REQUEUE_GRACE) {
            self.requeue(key);
        }
    }

    /// If a visit's last phone rang out, its turn is over and the next one has begun.
    pub(super) fn requeue(&mut self, key: Key<Visit>) {
        let Some(v) = self.visits.get(key) else { return };
        let Some(at) = v.turn.left_alone else { return };
        if let Some(visit) = self.visit_as_written(v, VisitEnd::Requeued) {
            self.write(at, What::Visit(Box::new(visit)));
        }
        if let Some(v) = self.visits.get_mut(key) {
            let Turn { found, inflow, .. } = v.turn;
            v.turn = Turn { inflow, requeued: true, ..Turn::new(at, found) };
        }
    }

    // ---- rings --------------------------------------------------------------------------------

    fn rang(&self, ring: &Ring, agent: Key<Agent>, end: RangEnd) -> Option<Rang> {
        let caller = self.channels.get(ring.caller)?;
        Some(Rang {
            split: self.split_id(ring.split)?.clone(),
            agent: self.agents.get(agent)?.id.clone(),
            call: self.call_id(caller.call)?.clone(),
            joined: ring.joined,
            since: ring.since,
            end,
        })
    }

    /// A ring ended so.
    pub(crate) fn write_rang(
        &mut self,
        ring: Option<Ring>,
        agent: Key<Agent>,
        end: RangEnd,
        at: Stamp,
    ) {
        let ring = ring.filter(|_| self.ledger.on);
        if let Some(rang) = ring.and_then(|r| self.rang(&r, agent, end)) {
            self.write(at, What::Rang(Box::new(rang)));
        }
    }

    /// A ring ended; why is told by what comes next.
    pub(crate) fn ring_unclear(&mut self, ring: Option<Ring>, agent: Key<Agent>, at: Stamp) {
        let Some(ring) = ring.filter(|_| self.ledger.on) else { return };
        if let Some(rang) = self.rang(&ring, agent, RangEnd::Elsewhere) {
            let (caller, alerted) = (ring.caller, ring.alerted);
            self.ledger.unclear.push(Unclear { caller, agent, ended: at, alerted, rang });
            self.timers.set(at.plus(VERDICT_GRACE), Timer::Unclear);
        }
    }

    /// He did not take it: his ring ends now, has ended just before, or was not told.
    pub(crate) fn write_not_answered(
        &mut self,
        ring: Option<Ring>,
        (caller, agent, split): (Key<Channel>, Key<Agent>, Key<Split>),
        ring_ms: u32,
        at: Stamp,
    ) {
        if !self.ledger.on {
            return;
        }
        let mine = |u: &Unclear| (u.caller, u.agent) == (caller, agent);
        let unclear = self.ledger.unclear.iter().position(mine);
        // The switch counts whole seconds of some rings as none (asterisk.md 4): the phone knows.
        let alerted = match (unclear.and_then(|i| self.ledger.unclear.get(i)), &ring) {
            (Some(unclear), _) => unclear.alerted,
            (None, Some(ring)) => ring.alerted,
            (None, None) => false,
        };
        let rang = ring_ms > 0 || alerted;
        let end = if rang { RangEnd::NotAnswered } else { RangEnd::Refused };
        if let Some(i) = unclear {
            let Unclear { ended, mut rang, .. } = self.ledger.unclear.remove(i);
            rang.end = end;
            self.write(ended, What::Rang(Box::new(rang)));
        } else if ring.is_some() {
            self.write_rang(ring, agent, end, at);
        } else {
            // Nobody said that it rang.
            let visit = self.channels.get(caller).and_then(|c| c.visit);
            let joined = visit.and_then(|v| self.visits.get(v)).map(|v| v.since);
            let since = at.plus(-i64::from(ring_ms) * 1_000);
            let ring = joined.map(|joined| Ring {
                split,
                caller,
                to: None,
                joined,
                since,
                alerted: false,
            });
            self.write_rang(ring, agent, end, at);
        }
        self.turn_not_answered(caller, split, rang, at);
    }

    /// An agent answers a caller: his own ring was answered, what else rang for the caller went
    /// to him.
    pub(crate) fn rings_answered(&mut self, caller: Key<Channel>, agent: Key<Agent>) {
        self.ledger.unclear.retain(|u| (u.caller, u.agent) != (caller, agent));
        self.clear_rangs(caller, RangEnd::Elsewhere);
    }

    /// Why the rings for a caller ended is known now.
    fn clear_rangs(&mut self, caller: Key<Channel>, end: RangEnd) {
        self.write_unclear(|u| u.caller == caller, end);
    }

    /// Nobody said why.
    pub(crate) fn unclear_due(&mut self, at: Stamp) {
        self.write_unclear(|u| at.since(u.ended) >= VERDICT_GRACE, RangEnd::Elsewhere);
    }

    fn write_unclear(&mut self, which: impl Fn(&Unclear) -> bool, end: RangEnd) {
        while let Some(i) = self.ledger.unclear.iter().position(&which) {
            let Unclear { ended, mut rang, .. } = self.ledger.unclear.remove(i);
            rang.end = end;
            self.write(ended, What::Rang(Box::new(rang)));
        }
    }
}

/// How what rings for a caller ends when his visit does.
pub(crate) const fn rang_end(outcome: Outcome) -> RangEnd {
    match outcome {
        Outcome::Abandoned => RangEnd::Abandoned,
        _ => RangEnd::Elsewhere,
    }
}
