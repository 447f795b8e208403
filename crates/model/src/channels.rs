//! Channels: the legs of calls, from their first mention to their end. Whatever hangs on a
//! channel (seat in a bridge, wait in a split, ring, talk) is let go when it ends.

use crate::Model;
use crate::agents::Agent;
use crate::arena::Key;
use crate::bridges::Bridge;
use crate::calls::{Call, Closed, Party};
use crate::settings::{MISSING_GRACE, PAIR_CHAIN_MAX, SWEEP_EVERY};
use crate::steps::CallDid;
use crate::timers::Timer;
use crate::trunks::Endpoint;
use crate::visits::Visit;
use facts::{ChannelId, DeviceId, Direction, LegId, NewChannel, Outcome, Phase, Stamp, Text};
use history::ledger::RangEnd;

/// A leg of a call.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) name: Text,
    pub(crate) device: DeviceId,
    /// The endpoint; None for a half of a pair, which is nobody's phone.
    pub(crate) endpoint: Option<Key<Endpoint>>,
    pub(crate) call: Key<Call>,
    /// Its place among the call's channels.
    pub(crate) slot: usize,
    pub(crate) direction: Direction,
    pub(crate) phase: Phase,
    pub(crate) number: Text,
    pub(crate) party: Text,
    pub(crate) dialled: Text,
    pub(crate) context: Text,
    pub(crate) exten: Text,
    pub(crate) application: Text,
    pub(crate) half: bool,
    pub(crate) began: Stamp,
    pub(crate) bridge: Option<Key<Bridge>>,
    /// In a bridge with somebody else.
    pub(crate) talking: bool,
    /// Since when `talking`, or since when held.
    pub(crate) talking_since: Stamp,
    pub(crate) held: bool,
    pub(crate) parked: bool,
    pub(crate) conference: bool,
    pub(crate) pair: Option<Key<Self>>,
    /// The channel that it was last dialled for, and the one last dialled for it.
    pub(crate) dialled_by: Option<Key<Self>>,
    pub(crate) dialled_to: Option<Key<Self>>,
    pub(crate) visit: Option<Key<Visit>>,
    /// Agents at whom it rings as a caller.
    pub(crate) offers: Vec<Key<Agent>>,
    /// The agent to whose phone the switch dialled it for a queue call.
    pub(crate) seat: Option<Key<Agent>>,
    /// The agent who answered it as a caller.
    pub(crate) served_by: Option<Key<Agent>>,
    /// Dialled for a queue call: not a call of the agent's own unless it talks on afterwards.
    pub(crate) queue_leg: bool,
    /// The leg between switches that it is one end of.
    pub(crate) leg: Option<LegId>,
    /// Its party has transferred the call.
    pub(crate) transferred: bool,
    /// A resync did not name it.
    pub(crate) missing: bool,
    /// When it was last heard of.
    pub(crate) heard: Stamp,
    /// Rung outside queues since then, and that was told.
    pub(crate) rung_since: Option<Stamp>,
    /// Its answer outside queues was told.
    pub(crate) answer_told: bool,
    /// The ledger has it on a trunk.
    pub(crate) seized: bool,
}

impl Model {
    /// The channel of this id. Hearing of it shows that it is there.
    pub(crate) fn channel(&mut self, id: &ChannelId, at: Stamp) -> Option<Key<Channel>> {
        if let Some(&key) = self.channel_ids.get(id) {
            if let Some(c) = self.channels.get_mut(key) {
                c.missing = false;
                c.heard = c.heard.max(at);
            }
            return Some(key);
        }
        // Stragglers of the burst in which a channel ended are not worth a word.
        if !self.recent.contains(id) {
            self.odd(at, "unknown-channel", id);
        }
        None
    }

    /// A channel that was not known, or one that is told again after a resync.
    pub(crate) fn channel_new(&mut self, n: &NewChannel, at: Stamp) {
        if let Some(&key) = self.channel_ids.get(&n.channel) {
            if let Some(c) = self.channels.get_mut(key) {
                c.missing = false;
                c.heard = c.heard.max(at);
                c.phase = n.phase;
            }
            if let Some(bridge) = &n.bridge {
                self.bridged(key, bridge, None, at);
            }
            self.channel_call(key, &n.call, at);
            self.touch_owners(key, at);
            return;
        }
        let began = n.began.min(at);
        let call = self.call_key(&n.call, began, at);
        let endpoint = (!n.half).then(|| self.endpoint(&n.device));
        let slot = self.calls.get(call).map_or(0, |c| c.channels.len());
        let key = self.channels.insert(Channel {
            id: n.channel.clone(),
            name: n.name.clone(),
            device: n.device.clone(),
            endpoint,
            call,
            slot,
            direction: n.direction,
            phase: n.phase,
            number: n.number.clone(),
            party: n.party.clone(),
            dialled: n.dialled.clone(),
            context: n.context.clone(),
            exten: n.dialled.clone(),
            application: Text::clone(&self.empty),
            half: n.half,
            began,
            bridge: None,
            talking: false,
            talking_since: at,
            held: false,
            parked: false,
            conference: false,
            pair: None,
            dialled_by: None,
            dialled_to: None,
            visit: None,
            offers: Vec::new(),
            seat: None,
            served_by: None,
            queue_leg: false,
            leg: None,
            transferred: false,
            missing: false,
            heard: at,
            rung_since: None,
            answer_told: n.bridge.is_some(),
            seized: false,
        });
        if self.channels.len() == 1 {
            self.arm_sweep(at);
        }
        self.channel_ids.insert(n.channel.clone(), key);
        self.recent.swap_remove(&n.channel);
        self.call_gains(call, key, n, endpoint, at);
        if let Some(endpoint) = endpoint {
            self.endpoint_gains(endpoint, key, n.direction);
            self.write_trunk(endpoint, key);
        }
        if let Some(bridge) = &n.bridge {
            self.bridged(key, bridge, None, at);
        }
        self.touch_owners(key, at);
    }

    /// Looks anew at the agents whose phone this channel is on.
    pub(crate) fn touch_owners(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(c) = self.channels.get(key) else { return };
        let seat = c.seat;
        let owners = c.endpoint.and_then(|e| self.endpoints.get(e)).map_or(0, |e| e.agents.len());
        let endpoint = c.endpoint;
        for i in 0..owners {
            let e = endpoint.and_then(|e| self.endpoints.get(e));
            if let Some(agent) = e.and_then(|e| e.agents.get(i)).copied()
                && seat != Some(agent)
            {
                self.touch(agent, at);
            }
        }
        if let Some(agent) = seat {
            self.touch(agent, at);
        }
    }

    pub(crate) fn channel_phase(&mut self, key: Key<Channel>, phase: Phase, at: Stamp) {
        if let Some(c) = self.channels.get_mut(key)
            && c.phase != phase
        {
            c.phase = phase;
            if phase == Phase::Ringing {
                self.phone_rings(key);
            }
            self.touch_owners(key, at);
        }
    }

    pub(crate) fn channel_party(
        &mut self,
        key: Key<Channel>,
        number: &Text,
        party: &Text,
        at: Stamp,
    ) {
        let Some(c) = self.channels.get_mut(key) else { return };
        c.number = number.clone();
        c.party = party.clone();
        if let Some(call) = self.calls.get_mut(c.call)
            && call.entry == Some(key)
            && (call.caller != *number || call.caller_name != *party)
        {
            call.caller = number.clone();
            call.caller_name = party.clone();
            let call = c.call;
            self.entry_changed(call);
            self.look_at_agents_of(call, at);
        }
    }

    pub(crate) fn channel_step(
        &mut self,
        key: Key<Channel>,
        context: &Text,
        exten: &Text,
        application: &Text,
        at: Stamp,
    ) {
        let Some(c) = self.channels.get_mut(key) else { return };
        let elsewhere = c.context != *context;
        c.context = context.clone();
        c.exten = exten.clone();
        c.application = application.clone();
        let key_of_call = c.call;
        if let Some(call) = self.calls.get_mut(key_of_call)
            && call.entry == Some(key)
        {
            call.stepped = true;
            let mut news = false;
            if call.context.is_empty() {
                call.context = context.clone();
                news = true;
            }
            if call.dialled.is_empty() && exten.bytes().all(|b| b.is_ascii_digit()) {
                call.dialled = exten.clone();
                news = true;
            }
            if news {
                self.entry_changed(key_of_call);
            } else if elsewhere {
                let vector = self.settings.vectors.get(context).unwrap_or(context).clone();
                let exten = exten.clone();
                self.say(key_of_call, at, |_| CallDid::Vector { vector, exten });
            }
        }
    }

    pub(crate) fn paired(&mut self, one: Key<Channel>, two: Key<Channel>, at: Stamp) {
        for (a, b) in [(one, two), (two, one)] {
            if let Some(c) = self.channels.get_mut(a) {
                c.pair = Some(b);
                c.half = true;
            }
        }
        self.seat_behind(one, at);
    }

    /// A channel is being rung for another: this is how the phone behind a pair is found.
    pub(crate) fn dial_began(&mut self, from: Option<Key<Channel>>, to: Key<Channel>, at: Stamp) {
        if let Some(from) = from {
            if let Some(c) = self.channels.get_mut(from) {
                c.dialled_to = Some(to);
            }
            if let Some(c) = self.channels.get_mut(to) {
                c.dialled_by = Some(from);
            }
            let front = self.front_of(from);
            if let Some(front) = front {
                self.seat_behind(front, at);
            }
            self.say_rung(from, front, to, at);
        }
        self.touch_owners(to, at);
    }

    /// A phone or trunk is rung for a call, and no queue does it: that one says so itself.
    fn say_rung(
        &mut self,
        from: Key<Channel>,
        front: Option<Key<Channel>>,
        to: Key<Channel>,
        at: Stamp,
    ) {
        let by_queue = |k: Key<Channel>| {
            let c = self.channels.get(k);
            c.is_some_and(|c| c.queue_leg || c.visit.is_some())
        };
        let by = front.and_then(|f| self.channels.get(f)).and_then(|f| f.dialled_by);
        if [Some(from), front, by, Some(to)].into_iter().flatten().any(by_queue) {
            return;
        }
        if let Some(c) = self.channels.get_mut(to).filter(|c| !c.half) {
            c.rung_since = Some(at);
            self.say_on(to, at, |m| CallDid::Ring { split: None, who: m.who_at(to) });
        }
    }

    /// The channel in front of a chain of pairs that `two` is the far end of.
    fn front_of(&self, two: Key<Channel>) -> Option<Key<Channel>> {
        let mut at = two;
        for _ in 0..PAIR_CHAIN_MAX {
            let one = self.channels.get(at).filter(|c| c.half)?.pair?;
            match self.channels.get(one)?.dialled_by {
                Some(by) if self.channels.get(by).is_some_and(|c| c.half && by != at) => at = by,
                _ => return Some(one),
            }
        }
        None
    }

    /// The phone that a channel leads to: itself, or through pairs who was dialled or sits in the
    /// far bridge. None: not known (yet).
    pub(crate) fn behind(&self, key: Key<Channel>) -> Option<Key<Channel>> {
        let mut at = key;
        for _ in 0..PAIR_CHAIN_MAX {
            let c = self.channels.get(at)?;
            if !c.half {
                return Some(at);
            }
            let far_key = c.pair?;
            let far = self.channels.get(far_key)?;
            let dialled = far.dialled_to.filter(|d| self.channels.get(*d).is_some());
            at = dialled.or_else(|| {
                let others = &self.bridges.get(far.bridge?)?.members;
                (others.len() == 2).then(|| others.iter().copied().find(|m| *m != far_key))?
            })?;
        }
        None
    }

    /// Somebody asked to hang up: the first who does so in a conversation ended it.
    /// Who transferred a call leaves it, he does not end it.
    pub(crate) fn hangup_asked(&mut self, key: Key<Channel>, by_party: bool) {
        let Some(c) = self.channels.get(key).filter(|c| !c.transferred) else { return };
        let (talking, call, leg) = (c.talking, c.call, c.leg.clone());
        let who = if by_party { self.party_of(key) } else { Party::Switch };
        if let Some(call) = self.calls.get_mut(call)
            && call.hangup.is_none()
            && (talking || call.entry == Some(key))
        {
            call.hangup = Some(who);
            call.hangup_leg = leg.filter(|_| by_party);
        }
    }

    pub(crate) fn channel_missing(&mut self, key: Key<Channel>, at: Stamp) {
        if let Some(c) = self.channels.get_mut(key) {
            c.missing = true;
            self.timers.set(at.plus(MISSING_GRACE), Timer::Missing(key));
        }
    }

    /// The grace of a missing channel is over.
    pub(crate) fn still_missing(&mut self, key: Key<Channel>, at: Stamp) {
        if let Some(c) = self.channels.get(key).filter(|c| c.missing) {
            let id = c.id.clone();
            self.odd(at, "channel-missing", &id);
            self.channel_ended(key, Closed::Missing, at);
        }
    }

    /// The channel is gone, and all that hangs on it.
    pub(crate) fn channel_ended(&mut self, key: Key<Channel>, why: Closed, at: Stamp) {
        self.leave_bridge(key, at);
        self.unheld(key, at);
        let lost = why != Closed::Hangup;
        if let Some(visit) = self.channels.get(key).and_then(|c| c.visit) {
            self.close_visit(visit, if lost { Outcome::Lost } else { Outcome::Abandoned }, at);
        }
        self.end_offers(key, RangEnd::Elsewhere, at);
        self.seat_gone(key, at);
        self.caller_gone(key, at);
        self.set_parked(key, false, at);
        self.set_conference(key, false, at);
        let Some(c) = self.channels.remove(key) else { return };
        self.write_idle(&c, at);
        self.channel_ids.swap_remove(&c.id);
        self.remember(c.id);
        if let Some(p) = c.pair.and_then(|p| self.channels.get_mut(p)) {
            p.pair = None;
        }
        if let Some(endpoint) = c.endpoint {
            self.endpoint_loses(endpoint, key, c.direction);
            let agents = self.endpoints.get(endpoint).map_or_else(Vec::new, |e| e.agents.clone());
            for agent in agents {
                self.touch(agent, at);
            }
            self.forget_endpoint(endpoint);
        }
        if let Some(leg) = &c.leg {
            self.leg_over(c.call, leg, c.direction, at);
        }
        self.call_loses(c.call, key, c.slot, why, at);
    }

    fn remember(&mut self, id: ChannelId) {
        const RECENT_MAX: usize = 1_024;
        if self.recent_order.len() >= RECENT_MAX
            && let Some(old) = self.recent_order.pop_front()
        {
            self.recent.swap_remove(&old);
        }
        self.recent_order.push_back(id.clone());
        self.recent.insert(id);
    }

    fn arm_sweep(&mut self, at: Stamp) {
        let next = at.0.div_euclid(SWEEP_EVERY).saturating_add(1).saturating_mul(SWEEP_EVERY);
        self.timers.set(Stamp(next), Timer::Sweep);
    }

    /// Closes what nobody has spoken of for longer than any call can be silent: its end was lost.
    pub(crate) fn sweep(&mut self, at: Stamp) {
        let limit = at.plus_secs(-i64::from(self.settings.channel_age_max_s));
        let old: Vec<_> = self.channels.iter().filter(|(_, c)| c.heard < limit).collect();
        let mut old: Vec<_> = old.into_iter().map(|(k, c)| (c.began, c.id.clone(), k)).collect();
        old.sort();
        for (_, id, key) in old {
            self.odd(at, "channel-too-old", &id);
            self.channel_ended(key, Closed::TooOld, at);
        }
        if self.channels.len() > 0 {
            self.arm_sweep(at);
        }
    }
}
