//! Transfers of a queue caller: blind to a queue or an agent, attended with a colleague (with a
//! queue: `link`).

use super::dialled::Far;
use super::{Bridge, SECOND, Step, Talk, TalkStep, World};
use crate::class::Classes;
use crate::said::Event;
use crate::truth::EndedBy;

impl World {
    pub(super) fn transfer_to_queue(&mut self, call: u64) {
        let count = self.settings.queues.len();
        let from = self.calls.get(&call).map_or(0, |call| call.wants);
        let step = self.chance.index(count.saturating_sub(1)) + 1;
        let to = (from + step) % count.max(1);
        if count < 2 {
            self.plan_end(call);
            return;
        }
        let exten = self.settings.queues.get(to).map(|queue| queue.exten.clone());
        self.let_go(call, &exten.unwrap_or_default());
        if let Some(call) = self.calls.get_mut(&call) {
            call.wants = to;
        }
        self.enter_queue(call);
    }

    pub(super) fn transfer_to_agent(&mut self, call: u64) {
        let agent = self.calls.get(&call).and_then(|call| call.talk.as_ref()).and_then(|t| t.agent);
        let Some(to) = self.some_free_agent(agent) else {
            self.plan_end(call);
            return;
        };
        let number = self.agents.get(to).map(|to| to.number.clone()).unwrap_or_default();
        self.let_go(call, &number);
        self.dial(call, None, Far::Agent(to), &number, None);
    }

    /// The agent sends the caller to an extension by REFER and is out of the call.
    pub(super) fn let_go(&mut self, call: u64, exten: &str) {
        let caller = self.caller_of(call);
        let Some(talk) = self.calls.get(&call).and_then(|call| call.talk.clone()) else { return };
        self.new_phase(call);
        // Every REFER is preceded by an Unhold, hold or not.
        self.say_channel("Unhold", Classes::CALL, talk.peer, &[]);
        self.say_peers(caller, talk.peer, false);
        self.say_blind_transfer(caller, &talk, exten);
        self.complete(call, EndedBy::Transfer, &["BLINDTRANSFER", exten, "internal"]);
        let mut bridge = talk.bridge.clone();
        self.leave_bridge(&mut bridge, talk.peer);
        self.set(caller, |channel| {
            exten.clone_into(&mut channel.exten);
            channel.context = "internal";
            channel.priority = 1;
        });
        // The first Newexten still shows the application that the caller comes from.
        if let Some((application, data)) =
            self.channels.get(&caller).map(|channel| (channel.application, channel.data.clone()))
        {
            self.say_newexten(caller, application, &data);
        }
        bridge.native = false;
        self.leave_bridge(&mut bridge, caller);
        self.destroy_bridge(&bridge);
        if let Some(call) = self.calls.get_mut(&call) {
            call.talk = None;
        }
        self.hang_up(talk.peer, 16);
        if let Some(truth) = self.truth.calls.get_mut(&call) {
            truth.transfers += 1;
        }
        if let Some(agent) = talk.agent {
            self.agent_after_call(agent);
        }
    }

    /// `BlindTransfer` by REFER: the agent of the conversation sends the caller away.
    pub(super) fn say_blind_transfer(&mut self, caller: u64, talk: &Talk, exten: &str) {
        let mut event = self.event("BlindTransfer", Classes::CALL);
        event.field("Result", "Success");
        if let (Some(agent), Some(caller)) =
            (self.channels.get(&talk.peer), self.channels.get(&caller))
        {
            event.channel("Transferer", agent).channel("Transferee", caller);
        }
        event
            .bridge("", &talk.bridge)
            .field("IsExternal", "Yes")
            .field("Context", "internal")
            .field("Extension", exten);
        self.say(event);
    }

    /// The agent puts the caller on hold to call a colleague.
    pub(super) fn consult(&mut self, call: u64) {
        self.consult_with(call, TalkStep::ConsultDials);
    }

    /// The same to call somebody else.
    pub(super) fn consult_with(&mut self, call: u64, dials: TalkStep) {
        self.hold(call);
        let after = self.chance.between(200_000, 2_000_000);
        self.plan_step(call, after, Step::Talk(dials));
    }

    /// The agent calls a colleague who has time; if nobody has, the caller is taken back.
    pub(super) fn consult_dials(&mut self, call: u64) {
        let agent = self.calls.get(&call).and_then(|call| call.talk.as_ref()).and_then(|t| t.agent);
        let (Some(agent), Some(to)) = (agent, self.some_free_agent(agent)) else {
            self.unhold(call);
            self.plan_end(call);
            return;
        };
        let consult = self.dial_from(agent, Far::Agent(to), Some(call));
        if let Some(call) = self.calls.get_mut(&call) {
            call.consult = Some(consult);
        }
        if self.chance.percent(6.0) {
            let after = self.chance.between(2 * SECOND, 12 * SECOND);
            self.plan_step(call, after, Step::Talk(TalkStep::CallerEnds));
        }
    }

    /// The caller of a consulting agent is gone: the consultation is a call like any other.
    pub(super) fn end_consultation(&mut self, call: u64) {
        let Some(consult) = self.calls.get_mut(&call).and_then(|call| call.consult.take()) else {
            return;
        };
        let soon = self.clock + self.chance.between(2 * SECOND, 6 * SECOND);
        let Some(other) = self.calls.get_mut(&consult) else { return };
        if let Some(dialled) = other.dialled.as_mut() {
            dialled.parent = None;
        }
        if let Some(talk) = other.talk.as_mut() {
            talk.ends = soon;
            self.new_phase(consult);
            self.plan_end(consult);
        }
    }

    /// A consultation ends without a transfer: the agent goes back to the caller on hold.
    pub(super) fn parent_goes_on(&mut self, consult: u64) {
        let parent = self
            .calls
            .get_mut(&consult)
            .and_then(|call| call.dialled.as_mut())
            .and_then(|dialled| dialled.parent.take());
        let Some(parent) = parent else { return };
        if let Some(parent) = self.calls.get_mut(&parent) {
            parent.consult = None;
        }
        self.new_phase(parent);
        self.unhold(parent);
        self.plan_end(parent);
    }

    /// The consulting agent joins caller and colleague and is out of both calls.
    pub(super) fn complete_transfer(&mut self, consult: u64) {
        let Some(other) = self.calls.get(&consult).cloned() else { return };
        let parent = other.dialled.as_ref().and_then(|dialled| dialled.parent);
        let (Some(call), Some(theirs)) = (parent, other.talk) else {
            self.plan_end(consult);
            return;
        };
        if theirs.queue.is_some() {
            self.begin_link(consult);
            return;
        }
        let Some(ours) = self.calls.get(&call).and_then(|call| call.talk.clone()) else {
            self.plan_end(consult);
            return;
        };
        let caller = self.caller_of(call);
        let (first, second, target) = (ours.peer, other.caller, theirs.peer);
        let Some(first_uniqueid) = self.snapshot(first).map(|channel| channel.uniqueid) else {
            return;
        };
        self.new_phase(call);
        self.new_phase(consult);
        self.say_channel("Unhold", Classes::CALL, first, &[]);
        self.say_channel("Unhold", Classes::CALL, second, &[]);
        self.hold_over(call);
        let transfer = self.attended_transfer(call, &ours, second, &theirs);
        let (mut main, mut side) = (ours.bridge.clone(), theirs.bridge.clone());
        self.leave_bridge(&mut side, target);
        self.say_variable(first, "BRIDGEPEER", "");
        self.leave_bridge(&mut main, first);
        let linkedid = self.snapshot(caller).map(|channel| channel.linkedid).unwrap_or_default();
        self.set(target, |channel| channel.linkedid = linkedid);
        self.enter_bridge(&mut main, target, Some(&first_uniqueid));
        self.say_peers(caller, target, true);
        self.say_variable(second, "BRIDGEPEER", "");
        self.say_soft_hangup(second, "1");
        if let Some(transfer) = transfer {
            self.say_transfer(&transfer, &main);
        }
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        side.native = false;
        self.leave_bridge(&mut side, second);
        if let Some(to) = self.snapshot(target) {
            self.connect_line(caller, &to.caller_num, &to.caller_name);
        }
        self.say_variable(second, "DIALSTATUS", "ANSWER");
        self.say_soft_hangup(second, "16");
        self.set(caller, |channel| channel.on_hold = false);
        self.refresh_endpoint(caller);
        let bridge = main.uniqueid.clone();
        self.complete(call, EndedBy::Transfer, &["ATTENDEDTRANSFER", "BRIDGE", &bridge]);
        if let Some(from) = self.snapshot(caller) {
            self.connect_line(target, &from.caller_num, &from.caller_name);
        }
        self.destroy_bridge(&side);
        self.hang_up(first, 16);
        self.hang_up(second, 16);
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
            call.consult = None;
        }
        if let Some(truth) = self.truth.calls.get_mut(&call) {
            truth.transfers += 1;
        }
        self.forget_call(consult);
        self.plan_end(call);
        if let Some(agent) = ours.agent {
            self.agent_after_call(agent);
        }
    }

    /// The channels and bridges as they are before anything moves.
    pub(super) fn attended_transfer(
        &self,
        call: u64,
        ours: &Talk,
        second: u64,
        theirs: &Talk,
    ) -> Option<Attended> {
        Some(Attended {
            first: self.snapshot(ours.peer)?,
            main: ours.bridge.clone(),
            second: self.snapshot(second)?,
            side: theirs.bridge.clone(),
            caller: self.snapshot(self.caller_of(call))?,
            target: self.snapshot(theirs.peer)?,
        })
    }

    fn say_transfer(&mut self, transfer: &Attended, main: &Bridge) {
        let mut event = self.event("AttendedTransfer", Classes::CALL);
        transfer.say(&mut event);
        event.field("DestType", "Bridge").field("DestBridgeUniqueid", &main.uniqueid);
        self.say(event);
    }
}

/// What AttendedTransfer tells.
pub(super) struct Attended {
    pub(super) first: super::Channel,
    main: Bridge,
    pub(super) second: super::Channel,
    side: Bridge,
    pub(super) caller: super::Channel,
    pub(super) target: super::Channel,
}

impl Attended {
    /// What is the same for all kinds of it.
    pub(super) fn say(&self, event: &mut Event) {
        event
            .field("Result", "Success")
            .channel("OrigTransferer", &self.first)
            .bridge("Orig", &self.main)
            .channel("SecondTransferer", &self.second)
            .bridge("Second", &self.side)
            .channel("Transferee", &self.caller)
            .channel("TransferTarget", &self.target)
            .field("IsExternal", "No");
    }
}
