//! Queue calls at agents: answer, talk, hold, after-call work. The talk is the time that
//! the agent's phone sits in a bridge, whatever the queue says (asterisk.md 0.6): its leaving
//! ends the talk, a seat handed over or taken again at once does not.

use crate::Model;
use crate::agent_state::Mode;
use crate::agents::{After, Agent, Work};
use crate::arena::Key;
use crate::calls::Call;
use crate::channels::Channel;
use crate::settings::REJOIN_MAX;
use crate::splits::Split;
use crate::steps::CallDid;
use crate::timers::Timer;
use facts::{AgentId, SplitId, Stamp};
use history::ledger::RangEnd;

impl Model {
    /// An agent answered.
    pub(crate) fn connected(
        &mut self,
        caller: Option<Key<Channel>>,
        split_id: &SplitId,
        agent: &AgentId,
        to: Option<Key<Channel>>,
        heard: bool,
        at: Stamp,
    ) {
        let key = self.agent_key(agent, at);
        let split = self.split_key(split_id, at);
        self.infer_member(key, split, at, false);
        let Some(a) = self.agents.get(key) else { return };
        if a.works.iter().any(|w| w.split == split && w.caller == caller && caller.is_some()) {
            return;
        }
        let ring = a.rings.iter().find(|r| Some(r.caller) == caller);
        let to = to.or_else(|| ring.and_then(|r| r.to));
        if caller.is_none() && to.is_none() {
            self.odd(at, "answer-without-call", agent);
            return;
        }
        let notes = self.begin_notes(caller, to, (key, split), heard, at);
        let wait = caller.and_then(|c| self.answer_visit(c, split, at));
        if wait.is_none() && heard {
            self.odd(at, "answer-without-visit", agent);
        }
        if let Some(c) = caller {
            // His own state goes from RING to ACD below, not by way of AVAIL.
            self.end_ring(key, c, at);
            self.end_offers(c, RangEnd::Elsewhere, at);
        }
        self.cut_after(key, at);
        self.sit_down(key, to);
        let phone = to.and_then(|t| self.behind(t));
        self.sit_down(key, phone);
        let level = i64::from(self.settings.service_level(split_id)) * 1_000_000;
        let seated = phone.or(to).and_then(|p| self.channels.get(p));
        let call = caller.or(to).and_then(|c| self.channels.get(c)).map(|c| c.call);
        let work = Work {
            split,
            caller,
            call,
            to,
            phone,
            since: at,
            bridged: seated.is_some_and(|c| c.bridge.is_some()),
            held_since: None,
            held: 0,
            holds: 0,
            wait: wait.unwrap_or(0),
            in_level: wait.is_some_and(|w| w <= level),
            away: false,
            unheard: !heard,
            notes,
            completed: None,
        };
        if let Some(c) = caller.and_then(|c| self.channels.get_mut(c)) {
            c.served_by = Some(key);
        }
        let call_id = call.and_then(|c| self.calls.get_mut(c)).and_then(|call| {
            call.tick(at);
            call.talked_to(agent);
            if !call.workers.contains(&key) {
                call.workers.push(key);
            }
            if call.queued_at.is_some() && call.acd_at.is_none() {
                call.answered_at = Some(at);
            }
            call.acd_at.get_or_insert(at);
            call.hangup = None;
            call.outcome = Some(facts::Outcome::Answered);
            call.split.get_or_insert_with(|| split_id.clone());
            call.ids.first().cloned()
        });
        if let Some(call) = call {
            let split = Some(split_id.clone());
            self.say(call, at, |m| CallDid::Answered {
                split,
                who: m.who(key),
                wait,
                found: !heard,
            });
        }
        if let Some(a) = self.agents.get_mut(key) {
            a.works.push(work);
            a.answered += i64::from(heard);
            a.last_call = call_id.or(a.last_call.take());
        }
        self.touch(key, at);
    }

    /// The queue's interest ended, and its wrap-up time runs. The talk goes on as long as the phone
    /// sits in a bridge; where we never saw it in one, this is the end of the talk.
    pub(crate) fn completed(
        &mut self,
        caller: Option<Key<Channel>>,
        split: &SplitId,
        agent: &AgentId,
        at: Stamp,
    ) {
        let (Some(&key), Some(&split)) = (self.agent_ids.get(agent), self.split_ids.get(split))
        else {
            return;
        };
        let Some(a) = self.agents.get_mut(key) else { return };
        let fits = |w: &Work| {
            w.split == split && (caller.is_none() || w.caller.is_none() || w.caller == caller)
        };
        if let Some(i) = a.works.iter().position(|w| fits(w) && !w.bridged) {
            self.end_work(key, i, at);
        } else if let Some(w) = a.works.iter_mut().find(|w| fits(w)) {
            w.completed = Some(at);
        }
    }

    /// Marks a channel as one that the switch dialled to an agent's phone.
    pub(crate) fn sit_down(&mut self, agent: Key<Agent>, channel: Option<Key<Channel>>) {
        if let Some(c) = channel.and_then(|c| self.channels.get_mut(c)) {
            c.seat = Some(agent);
            c.queue_leg = true;
        }
    }

    /// `front` was dialled for a queue call and is half of a pair: whoever is behind it is the
    /// phone, and the phone's device is one of the agent's.
    pub(crate) fn seat_behind(&mut self, front: Key<Channel>, at: Stamp) {
        let Some(agent) = self.channels.get(front).filter(|c| c.half).and_then(|c| c.seat) else {
            return;
        };
        let Some(phone) = self.behind(front).filter(|p| *p != front) else { return };
        let Some(c) = self.channels.get(phone) else { return };
        let (endpoint, seated) = (c.endpoint, c.bridge.is_some());
        self.sit_down(agent, Some(phone));
        if let Some(a) = self.agents.get_mut(agent) {
            for w in a.works.iter_mut().filter(|w| w.to == Some(front) && w.phone.is_none()) {
                w.phone = Some(phone);
                w.bridged |= seated;
            }
        }
        // Learn the device, so that the agent's own calls are seen, unless it is a trunk (an
        // agent at home) or somebody else's.
        let device = endpoint
            .and_then(|e| self.endpoints.get(e))
            .filter(|e| e.agents.is_empty() && !e.trunk)
            .map(|e| e.id.clone());
        if let Some(device) = device {
            self.give_phone(agent, &device);
        }
        self.touch(agent, at);
    }

    /// A seat in a bridge changes hands without a gap.
    pub(crate) fn hand_over(&mut self, out: Key<Channel>, into: Key<Channel>) {
        let Some(agent) = self.channels.get(out).and_then(|c| c.seat) else { return };
        let theirs = self.channels.get(into).is_some_and(|c| {
            let endpoint = c.endpoint.and_then(|e| self.endpoints.get(e));
            c.seat == Some(agent) || endpoint.is_some_and(|e| e.agents.contains(&agent))
        });
        // Somebody else in the agent's place is a transfer: his talk is over.
        if !theirs {
            return;
        }
        self.sit_down(agent, Some(into));
        if let Some(a) = self.agents.get_mut(agent) {
            for w in &mut a.works {
                if w.phone == Some(out) || (w.phone.is_none() && w.to == Some(out)) {
                    (w.phone, w.bridged) = (Some(into), true);
                }
            }
        }
    }

    /// A channel joined a bridge. If half of a pair is there too, one may be the phone behind
    /// the other.
    pub(crate) fn phone_met(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(c) = self.channels.get(key) else { return };
        let front = if c.half { c.pair } else { self.half_beside(key) };
        if let Some(front) = front {
            self.seat_behind(front, at);
        }
    }

    /// A channel has company in its bridge: if it is an agent's seat, the talk is on, or on again.
    pub(crate) fn seat_talks(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(agent) = self.channels.get(key).and_then(|c| c.seat) else { return };
        let Some(a) = self.agents.get_mut(agent) else { return };
        for w in &mut a.works {
            w.bridged |= w.seat() == Some(key);
        }
        let again = a.after.take_if(|after| {
            after.work.seat() == Some(key) && (0..=REJOIN_MAX).contains(&at.since(after.ended))
        });
        let Some(mut after) = again else { return };
        after.note_rejoin(at);
        if let Some(acw) = after.booked {
            self.book(agent, &after, acw, -1);
        }
        let mut work = after.work;
        if let Some(s) = self.splits.get_mut(work.split) {
            s.tally.talk -= work.talk(after.ended);
        }
        // What was missing in between is no talk.
        work.held += at.since(after.ended);
        let bridge = |c: Key<Channel>| self.channels.get(c).and_then(|c| c.bridge);
        let theirs = work.caller.and_then(bridge);
        // He held the caller, left him and talks somewhere else: still on hold.
        if after.held && theirs.is_some() && theirs != bridge(key) {
            work.held_since = Some(at);
            work.away = true;
            self.call_away(work.call, true, at);
        }
        let Some(a) = self.agents.get_mut(agent) else { return };
        a.works.push(work);
        let before = a.since;
        self.touch(agent, at);
        if let Some(a) = self.agents.get_mut(agent)
            && (a.state.mode, a.since) == (Mode::Acd, at)
            && before >= after.ended
        {
            a.since = after.acd_since;
        }
    }

    /// The front of the pair whose far half shares a two-party bridge with this channel.
    fn half_beside(&self, key: Key<Channel>) -> Option<Key<Channel>> {
        let bridge = self.bridges.get(self.channels.get(key)?.bridge?)?;
        if bridge.members.len() != 2 {
            return None;
        }
        let other = bridge.members.iter().find(|m| **m != key)?;
        self.channels.get(*other).filter(|c| c.half)?.pair
    }

    /// A caller whose agent was away meets him again.
    pub(crate) fn caller_met(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(c) = self.channels.get(key) else { return };
        let (Some(agent), bridge) = (c.served_by, c.bridge) else { return };
        let Some(a) = self.agents.get_mut(agent) else { return };
        let channels = &self.channels;
        let met = a.works.iter_mut().find(|w| {
            let seat = w.seat().and_then(|s| channels.get(s));
            w.away && w.caller == Some(key) && seat.is_some_and(|s| s.bridge == bridge)
        });
        if let Some(w) = met {
            w.away = false;
            let since = w.held_since.take();
            let held = since.map_or(0, |since| at.since(since).max(0));
            w.held += held;
            since.inspect(|since| w.note_hold(*since, at));
            let call = w.call;
            self.call_away(call, false, at);
            if let Some(call) = call.and_then(|c| self.live_call_key(c)) {
                self.say(call, at, |m| CallDid::Resumed { who: m.who(agent), held });
            }
            self.touch(agent, at);
        }
    }

    /// The hold of a call whose agent is away begins or ends.
    fn call_away(&mut self, call: Option<Key<Call>>, on: bool, at: Stamp) {
        let key = call.and_then(|c| self.live_call_key(c));
        if let Some(call) = key.and_then(|k| self.calls.get_mut(k)) {
            call.tick(at);
            call.held = if on { call.held + 1 } else { call.held.saturating_sub(1) };
        }
    }

    /// A channel is alone or has left: an agent's talk ends with his seat.
    pub(crate) fn seat_left(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(agent) = self.channels.get(key).and_then(|c| c.seat) else { return };
        let works = self.agents.get(agent).map(|a| &a.works);
        if let Some(i) = works.and_then(|w| w.iter().position(|w| w.seat() == Some(key))) {
            self.end_work(agent, i, at);
        }
    }

    /// A channel that was dialled to an agent is gone.
    pub(crate) fn seat_gone(&mut self, key: Key<Channel>, at: Stamp) {
        if let Some(agent) = self.channels.get(key).and_then(|c| c.seat) {
            self.end_ring_to(agent, key, at);
            self.seat_left(key, at);
        }
    }

    /// A caller's channel is gone. The agent may talk on with whoever has taken its place; if his
    /// phone was never seen in a bridge he does not.
    pub(crate) fn caller_gone(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(agent) = self.channels.get(key).and_then(|c| c.served_by) else { return };
        let works = self.agents.get(agent).map(|a| &a.works);
        let over = |w: &Work| {
            let seat = w.seat().and_then(|s| self.channels.get(s));
            w.caller == Some(key) && !(w.bridged && seat.is_some_and(|c| c.bridge.is_some()))
        };
        if let Some(i) = works.and_then(|w| w.iter().position(over)) {
            self.end_work(agent, i, at);
        }
    }

    /// A call is over: nobody works on it any more, though the phone was lost track of.
    pub(crate) fn end_works_of(&mut self, call: Key<Call>, at: Stamp) {
        let workers = self.calls.get_mut(call).map(|c| std::mem::take(&mut c.workers));
        for agent in workers.unwrap_or_default() {
            let of = |m: &Self, w: &Work| w.call.and_then(|c| m.live_call_key(c)) == Some(call);
            let next = |m: &Self| m.agents.get(agent)?.works.iter().position(|w| of(m, w));
            while let Some(i) = next(self) {
                self.end_work(agent, i, at);
            }
        }
    }

    /// Hold pressed or released on an agent's seat.
    pub(crate) fn work_held(&mut self, key: Key<Channel>, on: bool, at: Stamp) {
        let Some(agent) = self.channels.get(key).and_then(|c| c.seat) else { return };
        let Some(a) = self.agents.get_mut(agent) else { return };
        for w in a.works.iter_mut().filter(|w| w.seat() == Some(key)) {
            if on && w.held_since.is_none() {
                w.held_since = Some(at);
                w.holds += 1;
            } else if !on && let Some(since) = w.held_since.take() {
                w.held += at.since(since).max(0);
                w.note_hold(since, at);
            }
        }
    }

    fn end_work(&mut self, key: Key<Agent>, i: usize, at: Stamp) {
        self.cut_after(key, at);
        let default = self.settings.wrapup_default_s;
        let Some(a) = self.agents.get_mut(key) else { return };
        if i >= a.works.len() {
            return;
        }
        let mut work = a.works.remove(i);
        let held = work.held_since.take();
        work.held += held.map_or(0, |since| at.since(since).max(0));
        held.inspect(|since| work.note_hold(*since, at));
        let away = std::mem::take(&mut work.away);
        let call = work.call;
        let split = self.splits.get_mut(work.split);
        let member = a.member(work.split);
        // Paused while he talked: he wanted out after this call, no after-call work.
        let paused = member.is_none_or(|m| m.paused || !m.on) || a.paused_everywhere();
        let own = member.map_or(0, |m| m.wrapup_s);
        let wrapup = match split.as_ref().and_then(|s| s.wrapup_s) {
            _ if paused => 0,
            _ if own > 0 => own,
            of_split => of_split.unwrap_or(default),
        };
        if let Some(s) = split {
            s.tally.talk += work.talk(at);
        }
        let until = work.completed.unwrap_or(at).plus_secs(i64::from(wrapup)).max(at);
        let acd_since = a.since.min(at);
        let held = held.is_some();
        let after = After { work, ended: at, held, acd_since, until, cut: None, booked: None };
        self.new_after(key, after);
        if away {
            self.call_away(call, false, at);
        }
        if wrapup > 0 {
            self.timers.set(until, Timer::Agent(key));
        }
        self.touch(key, at);
    }

    /// The wrap-up ends here, whatever time was left.
    pub(crate) fn cut_after(&mut self, key: Key<Agent>, at: Stamp) {
        if let Some(after) = self.agents.get_mut(key).and_then(|a| a.after.as_mut())
            && after.booked.is_none()
            && after.cut.is_none()
        {
            after.cut = Some(at.max(after.ended).min(after.until));
        }
        self.close_after(key, at);
    }

    /// Books the last call once its wrap-up is over: by time, by a pause, or cut.
    pub(crate) fn close_after(&mut self, key: Key<Agent>, at: Stamp) {
        let Some(a) = self.agents.get_mut(key) else { return };
        let Some(after) = a.after.as_ref().filter(|x| x.booked.is_none()) else { return };
        let split = after.work.split;
        let paused = a.member(split).is_none_or(|m| m.paused || !m.on) || a.paused_everywhere();
        let Some(after) = a.after.as_mut() else { return };
        let end = match after.cut {
            Some(cut) => cut,
            None if at >= after.until => after.until,
            None if paused => at.max(after.ended),
            None => return,
        };
        let acw = end.since(after.ended).max(0);
        after.cut = Some(end);
        after.booked = Some(acw);
        let after = after.clone();
        self.book(key, &after, acw, 1);
        self.served(key, at);
    }

    /// Counts a finished call where CMS counts it; `sign` -1 takes it back.
    fn book(&mut self, key: Key<Agent>, after: &After, acw: i64, sign: i64) {
        let w = &after.work;
        if w.unheard {
            return;
        }
        let talk = w.talk(after.ended);
        let held = i64::from(w.holds > 0);
        if let Some(m) = self.agents.get_mut(key).and_then(|a| a.member_mut(w.split)) {
            m.tally.acd_calls += sign;
            m.tally.acd_time += sign * talk;
            m.tally.acw_time += sign * acw;
            m.tally.hold_calls += sign * held;
            m.tally.hold_time += sign * w.held;
        }
        if let Some(s) = self.splits.get_mut(w.split) {
            s.tally.acd_calls += sign;
            s.tally.acd_time += sign * talk;
            s.tally.acw_time += sign * acw;
            s.tally.answer_time += sign * w.wait;
            s.tally.acceptable += sign * i64::from(w.in_level);
            s.tally.hold_calls += sign * held;
            s.tally.hold_time += sign * w.held;
        }
    }

    /// A transfer by the channel of an agent on a queue call, or just after it.
    pub(crate) fn count_transfer(&mut self, seat: Option<Key<Agent>>, by: Key<Channel>) {
        self.note_transfer(seat, by);
        let Some(a) = seat.and_then(|a| self.agents.get_mut(a)) else { return };
        let of = |w: &Work| (w.seat() == Some(by)).then_some(w.split);
        let last = a.after.as_ref().and_then(|x| of(&x.work));
        let split: Option<Key<Split>> = a.works.iter().find_map(of).or(last);
        let Some(split) = split else { return };
        if let Some(m) = a.member_mut(split) {
            m.tally.transferred += 1;
        }
        if let Some(s) = self.splits.get_mut(split) {
            s.tally.transferred += 1;
        }
    }
}

impl Work {
    /// The channel whose seat in a bridge is the talk.
    pub(crate) fn seat(&self) -> Option<Key<Channel>> {
        self.phone.or(self.to)
    }
}
