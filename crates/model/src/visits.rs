//! Visits: a caller in a split, from joining to the verdict. One caller channel is in one split
//! at a time; a visit is named by (channel, split, join), so that a call may come to the same
//! split twice.

use crate::Model;
use crate::arena::Key;
use crate::calls::Call;
use crate::channels::Channel;
use crate::ledger::{Turn, rang_end};
use crate::settings::{MISSING_GRACE, VERDICT_GRACE};
use crate::splits::Split;
use crate::steps::CallDid;
use crate::timers::Timer;
use facts::{Outcome, SplitId, Stamp};

/// A caller in a split.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) caller: Key<Channel>,
    pub(crate) call: Key<Call>,
    pub(crate) split: Key<Split>,
    pub(crate) since: Stamp,
    pub(crate) position: u32,
    /// The wait is over; the verdict is still to come.
    pub(crate) left: Option<Stamp>,
    pub(crate) missing: bool,
    /// What rang for it last was broken off, not left to ring out: if the verdict is that he
    /// abandoned, he did so while it rang. Asterisk tells the end of the ringing first.
    pub(crate) broken_off: bool,
    /// For the ledger.
    pub(crate) turn: Turn,
}

impl Model {
    /// A caller joined, or a resync found him.
    pub(crate) fn queued(
        &mut self,
        caller: Key<Channel>,
        split_id: &SplitId,
        position: u32,
        since: Stamp,
        at: Stamp,
    ) {
        let split = self.split_key(split_id, at);
        let Some(c) = self.channels.get(caller) else { return };
        let call_key = c.call;
        if let Some(open) = c.visit {
            if let Some(v) = self.visits.get_mut(open)
                && v.split == split
                && v.left.is_none()
            {
                v.missing = false;
                v.position = position;
                if let Some(s) = self.splits.get_mut(split) {
                    s.put_again(open, position);
                }
                return;
            }
            self.close_visit(open, Outcome::Left, at);
        }
        let since = since.min(at);
        let visit = Visit {
            caller,
            call: call_key,
            split,
            since,
            position,
            left: None,
            missing: false,
            broken_off: false,
            turn: Turn::new(since, since < at),
        };
        let key = self.visits.insert(visit);
        if let Some(c) = self.channels.get_mut(caller) {
            c.visit = Some(key);
        }
        let Some(s) = self.splits.get_mut(split) else { return };
        s.waiting.insert((since, key));
        s.put(key, position);
        s.tally.offered += 1;
        s.tally.arrived += 1;
        s.tally.max_waiting = s.tally.max_waiting.max(s.waiting.len());
        s.minute.offered += 1;
        let waiting = u32::try_from(s.waiting.len()).unwrap_or(u32::MAX);
        s.minute.waiting_max = s.minute.waiting_max.max(waiting);
        let mut inflow = false;
        if let Some(call) = self.calls.get_mut(call_key) {
            call.tick(at);
            call.waiting += 1;
            call.wait += at.since(since);
            call.visits.push(key);
            call.visited += 1;
            call.hangup = None;
            call.queued_at.get_or_insert(since);
            if call.outflowed.take().is_some_and(|from| from != s.id) {
                s.tally.inflow += 1;
                inflow = true;
            }
            call.split = Some(s.id.clone());
            call.outcome = None;
        }
        self.write_arrived(key, inflow, at);
        let split = split_id.clone();
        self.say(call_key, at, |_| CallDid::Queued { split, position, since });
    }

    /// The open visit of a caller to a split.
    fn visit_of(&mut self, caller: Key<Channel>, split: &SplitId) -> Option<Key<Visit>> {
        let key = self.channels.get(caller)?.visit?;
        let v = self.visits.get_mut(key)?;
        v.missing = false;
        (self.split_ids.get(split) == Some(&v.split)).then_some(key)
    }

    /// The wait is over; what came of it is told by another fact, at once or a little later.
    pub(crate) fn queue_left(&mut self, caller: Key<Channel>, split: &SplitId, at: Stamp) {
        if let Some(key) = self.visit_of(caller, split) {
            self.stop_waiting(key, at);
            self.timers.set(at.plus(VERDICT_GRACE), Timer::Verdict(key));
        }
    }

    fn stop_waiting(&mut self, key: Key<Visit>, at: Stamp) {
        let Some(v) = self.visits.get_mut(key) else { return };
        if v.left.is_some() {
            return;
        }
        v.left = Some(at.max(v.since));
        let split = v.split;
        if let Some(s) = self.splits.get_mut(v.split) {
            s.waiting.remove(&(v.since, key));
            s.take_out(key);
            s.minute.oldest = s.minute.oldest.max(at.since(v.since));
        }
        if let Some(call) = self.calls.get_mut(v.call) {
            call.tick(at);
            call.waiting = call.waiting.saturating_sub(1);
        }
        self.write_waiting(split, at);
    }

    /// No verdict came in time. While it rings somewhere an announcement may still be played.
    pub(crate) fn verdict_due(&mut self, key: Key<Visit>, at: Stamp) {
        let Some(v) = self.visits.get(key) else { return };
        if self.channels.get(v.caller).is_some_and(|c| !c.offers.is_empty()) {
            self.timers.set(at.plus(VERDICT_GRACE), Timer::Verdict(key));
            return;
        }
        self.close_visit(key, Outcome::Left, at);
    }

    /// How a visit without answer ended.
    pub(crate) fn verdict(
        &mut self,
        caller: Key<Channel>,
        split: &SplitId,
        outcome: Outcome,
        at: Stamp,
    ) {
        match self.visit_of(caller, split) {
            Some(key) => self.close_visit(key, outcome, at),
            None => self.odd(at, "verdict-without-visit", split),
        }
    }

    /// Closes a visit with its outcome, and what rings for it.
    pub(crate) fn close_visit(&mut self, key: Key<Visit>, outcome: Outcome, at: Stamp) {
        self.stop_waiting(key, at);
        self.write_visit(key, outcome, at);
        let Some(v) = self.visits.remove(key) else { return };
        let mut rang = v.broken_off;
        if let Some(c) = self.channels.get_mut(v.caller) {
            c.visit = None;
            rang |= !c.offers.is_empty();
        }
        let wait = v.left.unwrap_or(at).since(v.since).max(0);
        let mut split = None;
        if let Some(s) = self.splits.get_mut(v.split) {
            let level = i64::from(self.settings.service_level(&s.id)) * 1_000_000;
            s.tally.visit_over(outcome, wait, wait <= level, rang);
            s.minute.visit_over(outcome, wait <= level);
            split = Some(s.id.clone());
        }
        if let Some(call) = self.calls.get_mut(v.call) {
            if let Some(i) = call.visits.iter().position(|x| *x == key) {
                call.visits.swap_remove(i);
            }
            call.outcome = Some(outcome);
            match outcome {
                Outcome::Abandoned => call.abandoned_ringing = rang,
                Outcome::TimedOut | Outcome::LeftEmpty | Outcome::ExitKey | Outcome::Left => {
                    call.outflowed.clone_from(&split);
                }
                _ => {}
            }
        }
        if let Some(split) = split {
            let did = CallDid::QueueLeft { split, outcome, wait, ringing: rang };
            self.say(v.call, at, |_| did);
        }
        if outcome != Outcome::Answered {
            self.end_offers(v.caller, rang_end(outcome), at);
        }
    }

    /// Turned away on arrival: no visit.
    pub(crate) fn refused(
        &mut self,
        caller: Option<Key<Channel>>,
        split_id: &SplitId,
        outcome: Outcome,
        at: Stamp,
    ) {
        let split = self.split_key(split_id, at);
        if let Some(s) = self.splits.get_mut(split) {
            s.tally.refused += 1;
            s.minute.refused += 1;
        }
        if let Some(caller) = caller {
            let split = split_id.clone();
            let did = CallDid::QueueLeft { split, outcome, wait: 0, ringing: false };
            self.say_on(caller, at, |_| did);
        }
        self.write_refused(caller, split_id, outcome, at);
        let call = caller.and_then(|c| self.channels.get(c)).map(|c| c.call);
        if let Some(call) = call.and_then(|c| self.calls.get_mut(c)) {
            call.outcome = Some(outcome);
        }
    }

    /// A resync did not list him.
    pub(crate) fn queued_missing(&mut self, caller: Key<Channel>, split: &SplitId, at: Stamp) {
        if let Some(key) = self.visit_of(caller, split)
            && let Some(v) = self.visits.get_mut(key)
        {
            v.missing = true;
            self.timers.set(at.plus(MISSING_GRACE), Timer::VisitMissing(key));
        }
    }

    /// The grace of a missing visit is over.
    pub(crate) fn visit_still_missing(&mut self, key: Key<Visit>, at: Stamp) {
        if self.visits.get(key).is_some_and(|v| v.missing) {
            self.close_visit(key, Outcome::Lost, at);
        }
    }

    /// What the visit of a caller that is being answered waited; None: none is open.
    pub(crate) fn answer_visit(
        &mut self,
        caller: Key<Channel>,
        split: Key<Split>,
        at: Stamp,
    ) -> Option<i64> {
        let key = self.channels.get(caller)?.visit?;
        let v = self.visits.get(key)?;
        if v.split != split {
            return None;
        }
        let wait = v.left.unwrap_or(at).since(v.since).max(0);
        self.close_visit(key, Outcome::Answered, at);
        Some(wait)
    }
}
