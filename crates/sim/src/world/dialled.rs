//! Calls that are dialled: agent to agent, agent to the outside, and after a blind transfer.

use super::channel::{ChannelState, Endpoint};
use super::{Attempt, SECOND, Step, Talk, TalkStep, World, park};
use crate::class::Classes;
use crate::truth::CallKind;

/// A call that `Dial()` made.
#[derive(Clone, Debug)]
pub(super) struct Dialled {
    /// The agent who dialled; `None` after a blind transfer.
    pub(super) agent: Option<usize>,
    /// The agent who is called; `None` for a number outside.
    pub(super) to: Option<usize>,
    /// The queue call for which the agent consults.
    pub(super) parent: Option<u64>,
}

/// Who is dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Far {
    Agent(usize),
    /// A number outside, by that trunk.
    Outside(usize),
}

impl World {
    /// Some agent who could talk, other than `not`.
    pub(super) fn some_free_agent(&mut self, not: Option<usize>) -> Option<usize> {
        let count = self.agents.len();
        let first = self.chance.index(count);
        (0..count).map(|step| (first + step) % count).find(|number| {
            Some(*number) != not
                && self.agents.get(*number).is_some_and(|agent| agent.is_free(self.clock))
        })
    }

    /// An agent with time calls a colleague or somebody outside.
    pub(super) fn agent_dials(&mut self) {
        let Some(agent) = self.some_free_agent(None) else { return };
        let colleague =
            if self.chance.percent(45.0) { self.some_free_agent(Some(agent)) } else { None };
        let trunk = self.chance.index(self.trunks.len());
        let far = colleague.map_or(Far::Outside(trunk), Far::Agent);
        self.dial_from(agent, far, None);
    }

    /// A new call from the agent's phone; the number of the call.
    pub(super) fn dial_from(&mut self, agent: usize, far: Far, parent: Option<u64>) -> u64 {
        let number = match far {
            Far::Agent(to) => self.agents.get(to).map(|to| to.number.clone()).unwrap_or_default(),
            Far::Outside(_) => format!("9555{:04}", self.chance.between(0, 10_000)),
        };
        let kind = match far {
            Far::Agent(_) => CallKind::Internal,
            Far::Outside(_) => CallKind::Outbound,
        };
        let caller = self.make_channel(Endpoint::Agent(agent), ChannelState::Ring, &number, None);
        let call = self.make_call(caller, 0, kind);
        self.say_newchannel(caller);
        self.pass(300, 2_500);
        let data = match far {
            Far::Agent(_) => format!("PJSIP/{number},20,tT"),
            Far::Outside(trunk) => format!("PJSIP/{},30,T", self.outside(trunk, &number)),
        };
        self.say_newexten(caller, "Dial", &data);
        self.dial(call, Some(agent), far, &number, parent);
        call
    }

    /// `5559999@trunk` of 95559999.
    fn outside(&self, trunk: usize, number: &str) -> String {
        let name = self.trunks.get(trunk).map(|trunk| trunk.name.as_str()).unwrap_or_default();
        format!("{}@{name}", number.get(1..).unwrap_or_default())
    }

    /// Rings the far end for the caller of the call.
    pub(super) fn dial(
        &mut self,
        call: u64,
        agent: Option<usize>,
        far: Far,
        number: &str,
        parent: Option<u64>,
    ) {
        let caller = self.caller_of(call);
        let Some(from) = self.snapshot(caller) else { return };
        self.say_variable(caller, "DIALSTATUS", "");
        let endpoint = match far {
            Far::Agent(to) => Endpoint::Agent(to),
            Far::Outside(trunk) => Endpoint::Trunk(trunk),
        };
        let channel = self.make_channel(endpoint, ChannelState::Down, "s", Some(caller));
        self.say_newchannel(channel);
        self.set(channel, |channel| {
            number.clone_into(&mut channel.exten);
            channel.connected_num.clone_from(&from.caller_num);
            channel.connected_name.clone_from(&from.caller_name);
        });
        let to = match far {
            Far::Agent(to) => Some(to),
            Far::Outside(_) => None,
        };
        if to.is_none() {
            self.set(channel, |channel| number.clone_into(&mut channel.caller_num));
        }
        self.say_newexten(channel, "AppDial", "(Outgoing Line)");
        if to.is_none() {
            let fields = [("CID-CallingPres", "0 (Presentation Allowed, Not Screened)")];
            self.say_channel("NewCallerid", Classes::CALL, channel, &fields);
        }
        self.say_channel("NewConnectedLine", Classes::CALL, channel, &[]);
        // The extension is not always the phone's number.
        let (number, name) = to.and_then(|to| self.agents.get(to)).map_or_else(
            || (number.to_owned(), String::new()),
            |to| (to.number.clone(), to.name.clone()),
        );
        let dialled = match endpoint {
            Endpoint::Agent(_) => number.clone(),
            Endpoint::Trunk(trunk) => self.outside(trunk, &number),
            Endpoint::Local(_) => String::new(),
        };
        self.say_pair("DialBegin", Classes::CALL, caller, channel, &[("DialString", &dialled)]);
        self.connect_line(caller, &number, &name);
        let since = self.clock;
        if let Some(call) = self.calls.get_mut(&call) {
            call.dialled = Some(Dialled { agent, to, parent });
            call.attempt = Some(Attempt { channel, agent: to, since });
        }
        self.pass(400, 1_500);
        // Nobody else dials a phone that has something else to do.
        let busy = to.is_some_and(|to| !self.can_talk(to, channel));
        if busy || to.is_none() && self.chance.percent(9.0) {
            self.plan_step(call, 40_000, Step::Refuse);
            return;
        }
        self.say_newstate(channel, ChannelState::Ringing);
        self.say_pair("DialState", Classes::CALL, caller, channel, &[("DialStatus", "RINGING")]);
        self.refresh_endpoint(channel);
        self.refresh_endpoint(caller);
        if self.chance.percent(if to.is_none() { 16.0 } else { 6.0 }) {
            let after = self.chance.between(9 * SECOND, 18 * SECOND);
            self.plan_step(call, after, Step::NoAnswer);
        } else {
            let after = self.chance.lognormal(5.0, 0.5).max(SECOND);
            self.plan_step(call, after, Step::Answer);
        }
    }

    pub(super) fn far_answers(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let Some(now) = self.calls.get_mut(&call) else { return };
        let Some(rung) = now.attempt.take() else { return };
        let Some(dialled) = now.dialled.clone() else { return };
        self.new_phase(call);
        let channel = rung.channel;
        self.say_newstate(channel, ChannelState::Up);
        self.say_variable(caller, "DIALSTATUS", "ANSWER");
        self.set(channel, |channel| channel.exten.clear());
        self.say_pair("DialEnd", Classes::CALL, caller, channel, &[("DialStatus", "ANSWER")]);
        if self.channels.get(&caller).is_some_and(|caller| caller.state != ChannelState::Up) {
            self.say_newstate(caller, ChannelState::Up);
        }
        let mut bridge = self.make_bridge();
        self.say_newexten(channel, "AppDial", "(Outgoing Line)");
        self.enter_bridge(&mut bridge, channel, None);
        self.refresh_endpoint(channel);
        self.enter_bridge(&mut bridge, caller, None);
        self.say_peers(caller, channel, true);
        bridge.native = true;
        let mean = match (&dialled.agent, &dialled.to) {
            (None, _) => 60.0,
            (_, Some(_)) => 25.0,
            (_, None) => 50.0,
        };
        let ends = self.clock + self.chance.lognormal(mean, 0.6).max(3 * SECOND);
        let talk = Talk {
            peer: channel,
            agent: rung.agent,
            bridge,
            since: self.clock,
            queue: None,
            held_since: None,
            ends,
        };
        if let Some(call) = self.calls.get_mut(&call) {
            call.talk = Some(talk);
        }
        if dialled.parent.is_some() {
            let after = self.chance.lognormal(7.0, 0.4).max(2 * SECOND);
            self.plan_step(call, after, Step::Talk(TalkStep::CompleteTransfer));
        } else {
            self.plan_end(call);
        }
    }

    /// Nobody answers: the caller hangs up, or the dialplan ends after a blind transfer.
    pub(super) fn far_does_not_answer(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let Some(now) = self.calls.get_mut(&call) else { return };
        let Some(rung) = now.attempt.take() else { return };
        let from_context = self.channels.get(&caller).map(|channel| channel.context);
        let by_agent = now.dialled.as_ref().is_some_and(|dialled| dialled.agent.is_some());
        let status = if by_agent { "CANCEL" } else { "NOANSWER" };
        if by_agent {
            self.say_hangup_request(caller, Some("127"));
        }
        let fields = [("DialStatus", status)];
        self.say_pair("DialEnd", Classes::CALL, caller, rung.channel, &fields);
        self.say_variable(caller, "DIALSTATUS", status);
        // The context that parking makes has no line after Dial.
        if !by_agent && from_context != Some(park::CONTEXT) {
            self.say_newexten(caller, "Hangup", "");
        }
        self.end_dialled(call, rung.channel, if by_agent { 127 } else { 0 });
    }

    pub(super) fn far_refuses(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let Some(rung) = self.calls.get_mut(&call).and_then(|call| call.attempt.take()) else {
            return;
        };
        self.say_hangup_request(rung.channel, Some("17"));
        let fields = [("DialStatus", "BUSY")];
        self.say_pair("DialEnd", Classes::CALL, caller, rung.channel, &fields);
        self.say_variable(caller, "DIALSTATUS", "BUSY");
        if self.channels.get(&caller).is_some_and(|channel| channel.context != park::CONTEXT) {
            self.set(caller, |channel| channel.priority += 1);
            self.say_newexten(caller, "Hangup", "");
        }
        self.end_dialled(call, rung.channel, 17);
    }

    /// A dialled call that never was a conversation is over.
    pub(super) fn end_dialled(&mut self, call: u64, rung: u64, cause: u8) {
        let caller = self.caller_of(call);
        let dialled = self.calls.get(&call).and_then(|call| call.dialled.clone());
        self.say_soft_hangup(caller, "16");
        self.hang_up(rung, cause);
        self.hang_up(caller, if cause == 0 { 16 } else { cause });
        self.parent_goes_on(call);
        self.forget_call(call);
        let Some(dialled) = dialled else { return };
        for agent in [dialled.agent, dialled.to].into_iter().flatten() {
            self.agent_after_call(agent);
        }
    }
}
