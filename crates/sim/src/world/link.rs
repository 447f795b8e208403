//! An agent consults another queue and hands the caller over to whoever answers there. Both sides
//! run an application (`Queue()`), so Asterisk cannot put them into one bridge: it links their two
//! bridges with the halves of a Local channel, and app_queue takes the talk for over.

use super::channel::{Bridge, Channel, ChannelState, Endpoint};
use super::dialled::Dialled;
use super::transfer::Attended;
use super::{SECOND, Step, Talk, TalkStep, World};
use crate::class::Classes;
use crate::truth::{CallKind, EndedBy};

/// The device of both halves.
const DEVICE: &str = "Local/_attended@transfer";

/// A Local channel between the bridge of a caller and that of the one who consulted.
#[derive(Clone, Debug)]
pub(super) struct Link {
    /// `;1`, on the caller's side.
    near: u64,
    /// `;2`, on the side of the agent who was consulted.
    far: u64,
    /// The bridge of the consultation, once the link is in it.
    side: Option<Bridge>,
}

impl World {
    /// The agent on whose hold the caller waits calls another queue.
    pub(super) fn consult_queue(&mut self, call: u64) {
        let talk = self.calls.get(&call).and_then(|call| call.talk.as_ref());
        let from = talk.and_then(|talk| talk.queue).map(|watched| watched.queue);
        let (Some(agent), Some(from)) = (talk.and_then(|talk| talk.agent), from) else {
            self.unhold(call);
            self.plan_end(call);
            return;
        };
        let count = self.settings.queues.len();
        let to = (from + 1 + self.chance.index(count.saturating_sub(1))) % count.max(1);
        let Some(exten) = self.settings.queues.get(to).map(|queue| queue.exten.clone()) else {
            return;
        };
        let second = self.make_channel(Endpoint::Agent(agent), ChannelState::Ring, &exten, None);
        let consult = self.make_call(second, to, CallKind::Internal);
        if let Some(consult) = self.calls.get_mut(&consult) {
            consult.dialled = Some(Dialled { agent: Some(agent), to: None, parent: Some(call) });
        }
        if let Some(call) = self.calls.get_mut(&call) {
            call.consult = Some(consult);
        }
        self.say_newchannel(second);
        self.say_variable(second, "SIPDOMAIN", "127.0.0.1");
        self.pass(200, 1_500);
        self.say_newexten(second, "Answer", "");
        self.say_newstate(second, ChannelState::Up);
        self.plan_step(consult, 500_000, Step::EnterQueue);
    }

    /// Whether the call is a consultation of an agent who has a caller on hold.
    pub(super) fn is_consultation(&self, call: u64) -> bool {
        let dialled = self.calls.get(&call).and_then(|call| call.dialled.as_ref());
        dialled.is_some_and(|dialled| dialled.parent.is_some())
    }

    /// A member of the queue has answered the agent who consults.
    pub(super) fn plan_consultation(&mut self, consult: u64) {
        let after = self.chance.lognormal(7.0, 0.4).max(2 * SECOND);
        // Some come to nothing, and the agent goes back to the caller.
        let step = match self.chance.percent(15.0) {
            true => TalkStep::CallerEnds,
            false => TalkStep::CompleteTransfer,
        };
        self.plan_step(consult, after, Step::Talk(step));
    }

    /// The consultation with a queue is over without a transfer, wherever it was.
    pub(super) fn consultation_ended(&mut self, consult: u64) {
        let dialled = self.calls.get(&consult).and_then(|call| call.dialled.as_ref());
        let Some(agent) = dialled.and_then(|dialled| dialled.agent) else { return };
        self.parent_goes_on(consult);
        self.agent_after_call(agent);
    }

    /// The agent completes the transfer: both calls are off hold and a Local channel is made.
    pub(super) fn begin_link(&mut self, consult: u64) {
        let parent = self.calls.get(&consult).and_then(|call| call.dialled.as_ref()?.parent);
        let Some(call) = parent else { return };
        let caller = self.caller_of(call);
        let first = self.calls.get(&call).and_then(|call| call.talk.as_ref()).map(|t| t.peer);
        let Some(first) = first else { return };
        let second = self.caller_of(consult);
        self.say_channel("Unhold", Classes::CALL, first, &[]);
        self.say_channel("Unhold", Classes::CALL, second, &[]);
        self.hold_over(call);
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        self.set(caller, |channel| channel.on_hold = false);
        self.refresh_endpoint(caller);
        let half = |world: &mut Self, half, state| {
            world.make_channel(Endpoint::Local(half), state, "_attended", Some(caller))
        };
        let near = half(self, 1, ChannelState::Down);
        let far = half(self, 2, ChannelState::Ring);
        self.locals = self.locals.wrapping_add(1);
        self.say_newchannel(near);
        self.say_newchannel(far);
        self.say_local_bridge(near, far);
        self.say_newstate(far, ChannelState::Up);
        self.say_device(DEVICE, "NOT_INUSE");
        if let Some(call) = self.calls.get_mut(&consult) {
            call.link = Some(Link { near, far, side: None });
        }
        // Each half takes the seat of one of the agent's channels half a second later.
        self.plan_step(consult, 503_000, Step::Talk(TalkStep::Link));
    }

    /// The halves take the agent's seats; caller and second agent talk through them.
    pub(super) fn join_by_link(&mut self, consult: u64) {
        let Some(other) = self.calls.get(&consult).cloned() else { return };
        let parent = other.dialled.as_ref().and_then(|dialled| dialled.parent);
        let (Some(call), Some(theirs), Some(link)) = (parent, other.talk, other.link) else {
            return;
        };
        let Some(ours) = self.calls.get(&call).and_then(|call| call.talk.clone()) else { return };
        let caller = self.caller_of(call);
        let (first, second, target) = (ours.peer, other.caller, theirs.peer);
        let Some(moved) = self.attended_transfer(call, &ours, second, &theirs) else { return };
        self.new_phase(call);
        self.new_phase(consult);
        let (mut main, mut side) = (ours.bridge.clone(), theirs.bridge.clone());
        self.say_variable(second, "BRIDGEPEER", "");
        self.leave_bridge(&mut side, second);
        self.enter_bridge(&mut side, link.far, Some(&moved.second.uniqueid));
        self.set(target, |channel| channel.linkedid.clone_from(&moved.caller.linkedid));
        self.say_peers(link.far, target, true);
        self.connect_line(link.far, &moved.target.caller_num, &moved.target.caller_name);
        self.say_soft_hangup(second, "16");
        self.complete(consult, EndedBy::Caller, &["COMPLETECALLER"]);
        self.connect_line(target, "", "");
        self.say_half_is(link.near, &moved.target);
        self.say_variable(first, "BRIDGEPEER", "");
        self.leave_bridge(&mut main, first);
        self.enter_bridge(&mut main, link.near, Some(&moved.first.uniqueid));
        self.say_peers(link.near, caller, true);
        self.connect_line(caller, &moved.target.caller_num, &moved.target.caller_name);
        self.connect_line(link.near, &moved.caller.caller_num, &moved.caller.caller_name);
        self.say_newstate(link.near, ChannelState::Up);
        self.say_pair("DialEnd", Classes::CALL, 0, link.near, &[("DialStatus", "ANSWER")]);
        self.say_soft_hangup(second, "1");
        self.say_linked_transfer(&moved, &link);
        self.hang_up(first, 16);
        self.hang_up(second, 16);
        let half = |half| self.snapshot(half).map(|half| half.name).unwrap_or_default();
        let (near, far) = (half(link.near), half(link.far));
        self.complete(call, EndedBy::Transfer, &["ATTENDEDTRANSFER", "LINK", &near, &far]);
        self.connect_line(target, &moved.caller.caller_num, &moved.caller.caller_name);
        self.say_device(DEVICE, "INUSE");
        self.say_half_is(link.far, &moved.caller);
        let ends = self.clock + self.chance.lognormal(50.0, 0.6).max(3 * SECOND);
        let talk = Talk {
            peer: target,
            agent: theirs.agent,
            bridge: main,
            since: self.clock,
            queue: None,
            held_since: None,
            ends,
        };
        if let Some(call) = self.calls.get_mut(&call) {
            call.talk = Some(talk);
            call.link = Some(Link { side: Some(side), ..link });
            call.consult = None;
        }
        self.hand_visits_over(consult, call);
        // app_queue does not see it, but the agent still talks to a queue's caller.
        if let Some(agent) = theirs.agent.and_then(|agent| self.agents.get_mut(agent)) {
            agent.queue_call = true;
        }
        self.forget_call(consult);
        self.plan_end(call);
        if let Some(agent) = ours.agent {
            self.agent_after_call(agent);
        }
    }

    /// In truth the two calls are one from now on: the consultation's visits are the caller's, and
    /// the last one's talk goes on.
    fn hand_visits_over(&mut self, consult: u64, call: u64) {
        let visits =
            self.truth.calls.get_mut(&consult).map(|call| std::mem::take(&mut call.visits));
        let Some(truth) = self.truth.calls.get_mut(&call) else { return };
        truth.transfers += 1;
        truth.visits.extend(visits.unwrap_or_default());
        if let Some(last) = truth.visits.last_mut() {
            last.handed_over = last.talk_ended.take();
            last.ended_by = None;
        }
    }

    /// One of two who talk through a link hangs up: first that one's bridge goes, then the other.
    pub(super) fn end_linked(&mut self, call: u64, by: EndedBy) {
        let caller = self.caller_of(call);
        let Some(now) = self.calls.get_mut(&call) else { return };
        let (Some(talk), Some(link)) = (now.talk.take(), now.link.take()) else { return };
        let (target, side) = (talk.peer, link.side.unwrap_or_default());
        self.new_phase(call);
        let ours = (caller, link.near, talk.bridge);
        let theirs = (target, link.far, side);
        let (first, second) = match by {
            EndedBy::Agent => (theirs, ours),
            _ => (ours, theirs),
        };
        if by == EndedBy::Restart {
            self.say_soft_hangup(caller, "4");
            self.say_soft_hangup(target, "4");
        } else {
            self.say_hangup_request(first.0, Some("16"));
        }
        let at = self.clock;
        self.truth.visit(call, |visit| {
            visit.talk_ended = Some(at);
            visit.ended_by = Some(by);
        });
        if let Some(agent) = talk.agent.and_then(|agent| self.agents.get_mut(agent)) {
            agent.queue_call = false;
        }
        let (one, near, mut bridge) = first;
        self.say_peers(one, near, false);
        self.leave_bridge(&mut bridge, one);
        self.leave_bridge(&mut bridge, near);
        self.destroy_bridge(&bridge);
        self.hang_up_party(one, caller);
        let (other, far, mut bridge) = second;
        self.say_hangup_request(far, Some("16"));
        self.hang_up(near, 16);
        self.say_peers(far, other, false);
        self.leave_bridge(&mut bridge, far);
        self.leave_bridge(&mut bridge, other);
        self.hang_up_party(other, caller);
        self.say_device(DEVICE, "NOT_INUSE");
        self.destroy_bridge(&bridge);
        self.hang_up(far, 16);
        self.say_device(DEVICE, "INVALID");
        self.forget_call(call);
        if let Some(agent) = talk.agent {
            self.agent_after_call(agent);
        }
    }

    /// The caller's channel still runs the dialplan, which ends it.
    fn hang_up_party(&mut self, channel: u64, caller: u64) {
        if channel == caller {
            self.say_soft_hangup(caller, "16");
        }
        self.hang_up(channel, 16);
    }

    /// Halves that have no seat yet go with a consultation that is cut.
    pub(super) fn cut_link(&mut self, consult: u64) {
        let call = self.calls.get_mut(&consult);
        let link = call.and_then(|call| call.link.take_if(|link| link.side.is_none()));
        let Some(link) = link else { return };
        self.hang_up(link.near, 0);
        self.hang_up(link.far, 0);
    }

    /// A half takes the name and number of whoever is behind the other one.
    fn say_half_is(&mut self, half: u64, behind: &Channel) {
        self.set(half, |half| {
            half.caller_num.clone_from(&behind.caller_num);
            half.caller_name.clone_from(&behind.caller_name);
        });
        let fields = [("CID-CallingPres", "0 (Presentation Allowed, Not Screened)")];
        self.say_channel("NewCallerid", Classes::CALL, half, &fields);
    }

    fn say_local_bridge(&mut self, near: u64, far: u64) {
        let mut event = self.event("LocalBridge", Classes::CALL);
        if let (Some(near), Some(far)) = (self.channels.get(&near), self.channels.get(&far)) {
            event.channel("LocalOne", near).channel("LocalTwo", far);
        }
        event
            .field("Context", "transfer")
            .field("Exten", "_attended")
            .field("LocalOptimization", "Yes");
        self.say(event);
    }

    fn say_linked_transfer(&mut self, moved: &Attended, link: &Link) {
        let mut event = self.event("AttendedTransfer", Classes::CALL);
        moved.say(&mut event);
        event.field("DestType", "Link");
        if let (Some(near), Some(far)) =
            (self.channels.get(&link.near), self.channels.get(&link.far))
        {
            event.channel("LocalOne", near).channel("LocalTwo", far);
        }
        self.say(event);
    }
}
