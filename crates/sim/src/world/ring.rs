//! Distribution: the longest idle member of a queue is rung, answers or does not.

use super::channel::{ChannelState, Endpoint};
use super::{Attempt, Bridge, SECOND, Step, Talk, TalkStep, Watched, World, name_of};
use crate::class::Classes;
use crate::traps;
use crate::truth::VisitEnd;

impl World {
    /// Rings free members for the callers of a queue, first come first served.
    pub(super) fn distribute(&mut self, queue: usize) {
        let Some(now) = self.queues.get_mut(queue) else { return };
        now.asked = false;
        for call in now.waiting.clone() {
            if self.calls.get(&call).is_none_or(|call| call.attempt.is_some()) {
                continue;
            }
            let Some(agent) = self.longest_idle(queue) else { return };
            self.ring(call, agent, queue);
        }
    }

    /// `strategy = leastrecent`: the member whose last call is longest ago.
    fn longest_idle(&self, queue: usize) -> Option<usize> {
        let now = self.queues.get(queue)?;
        let free = now.members.iter().copied().filter_map(|number| {
            let agent = self.agents.get(number)?;
            let member = agent.members.iter().find(|member| member.queue == queue)?;
            let rank = (member.penalty, member.last_call, agent.idle_since, number);
            agent.can_take(queue, self.clock).then_some(rank)
        });
        free.min().map(|rank| rank.3)
    }

    fn ring(&mut self, call: u64, agent: usize, queue: usize) {
        let caller = self.caller_of(call);
        let Some(from) = self.snapshot(caller) else { return };
        let Some((interface, name, number)) = self
            .agents
            .get(agent)
            .map(|agent| (agent.interface.clone(), agent.name.clone(), agent.number.clone()))
        else {
            return;
        };
        let channel =
            self.make_channel(Endpoint::Agent(agent), ChannelState::Down, "s", Some(caller));
        self.say_newchannel(channel);
        self.say_variable(channel, "DIALEDPEERNUMBER", &number);
        let fresh = self.snapshot(channel);
        self.set(channel, |channel| {
            channel.connected_num.clone_from(&from.caller_num);
            channel.connected_name.clone_from(&from.caller_name);
            channel.exten.clone_from(&from.exten);
        });
        let queue_name = name_of(&self.settings.queues, queue);
        let fields = [
            ("Queue", queue_name.as_str()),
            ("Interface", interface.as_str()),
            ("MemberName", name.as_str()),
        ];
        self.say_pair("AgentCalled", Classes::AGENT, caller, channel, &fields);
        let since = self.clock;
        if let Some(fresh) = fresh {
            let fields = [("DialString", interface.as_str())];
            self.say_pair_as("DialBegin", Classes::CALL, caller, &fresh, &fields);
        }
        self.connect_line(caller, &number, &name);
        if let Some(call) = self.calls.get_mut(&call) {
            call.attempt = Some(Attempt { channel, agent: Some(agent), since });
        }
        self.pass(400, 1_200);
        // A phone may be busy with something the queue cannot know, or its owner declines.
        if self.chance.percent(2.0) {
            // It never rings, and its state stays as it was said.
            self.plan_step(call, 1_000, Step::Refuse);
            return;
        }
        self.say_newstate(channel, ChannelState::Ringing);
        self.say_newexten(channel, "AppQueue", "(Outgoing Line)");
        self.say_channel("NewConnectedLine", Classes::CALL, channel, &[]);
        self.say_pair("DialState", Classes::CALL, caller, channel, &[("DialStatus", "RINGING")]);
        self.refresh_agent(agent);
        let misses = self.agents.get(agent).map_or(0, |agent| agent.misses);
        let ring_s = self.settings.queues.get(queue).map_or(15, |queue| queue.ring_s);
        let limit = i64::from(ring_s) * SECOND;
        let silent = self.chance.percent(if misses == 0 { 3.0 } else { 50.0 });
        let answers = self.chance.lognormal(3.6, 0.55).max(700_000);
        if silent || answers >= limit {
            self.plan_step(call, limit, Step::NoAnswer);
        } else {
            self.plan_step(call, answers, Step::Answer);
        }
    }

    /// The channel hears that its other party is another one, if it is.
    pub(super) fn connect_line(&mut self, channel: u64, number: &str, name: &str) {
        let Some(now) = self.channels.get_mut(&channel) else { return };
        if now.connected_num != number {
            number.clone_into(&mut now.connected_num);
            name.clone_into(&mut now.connected_name);
            self.say_channel("NewConnectedLine", Classes::CALL, channel, &[]);
        }
    }

    pub(super) fn answer(&mut self, call: u64) {
        if self.calls.get(&call).is_some_and(|call| call.visit.is_none()) {
            self.far_answers(call);
            return;
        }
        let caller = self.caller_of(call);
        let Some(now) = self.calls.get_mut(&call) else { return };
        let Some(rung) = now.attempt.take() else { return };
        let Some(visit) = now.visit.clone() else { return };
        let Some(agent) = rung.agent else { return };
        self.new_phase(call);
        let queue = visit.queue;
        let (hold, ring) = (
            self.seconds() - visit.joined.div_euclid(SECOND),
            self.seconds() - rung.since.div_euclid(SECOND),
        );
        let hint_early = self.chance.percent(50.0);
        self.say_newstate(rung.channel, ChannelState::Up);
        if let Some(now) = self.agents.get_mut(agent) {
            now.queue_call = true;
            now.misses = 0;
            // Whether InCall is set already is luck.
            for member in now.members.iter_mut().filter(|member| member.queue == queue) {
                member.in_call = hint_early;
            }
        }
        if hint_early {
            self.refresh_agent(agent);
        }
        self.say_pair("DialEnd", Classes::CALL, caller, rung.channel, &[("DialStatus", "ANSWER")]);
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        self.say_member_variables(caller, rung.channel, agent, queue, hold, &visit);
        self.leave_queue(call);
        let Some((interface, name)) =
            self.agents.get(agent).map(|agent| (agent.interface.clone(), agent.name.clone()))
        else {
            return;
        };
        let queue_name = name_of(&self.settings.queues, queue);
        let (hold_text, ring_text) = (hold.to_string(), ring.to_string());
        let fields = [
            ("Queue", queue_name.as_str()),
            ("Interface", interface.as_str()),
            ("MemberName", name.as_str()),
            ("HoldTime", hold_text.as_str()),
            ("RingTime", ring_text.as_str()),
        ];
        self.say_pair("AgentConnect", Classes::AGENT, caller, rung.channel, &fields);
        let theirs = self.channels.get(&rung.channel).map(|channel| channel.uniqueid.clone());
        let data = [hold_text.as_str(), &theirs.unwrap_or_default(), &ring_text];
        self.log_call(call, queue, Some(agent), "CONNECT", &data);
        let at = self.clock;
        let mut bridge = self.make_bridge();
        self.enter_bridge(&mut bridge, rung.channel, None);
        self.refresh_agent(agent);
        self.enter_bridge(&mut bridge, caller, None);
        self.say_peers(caller, rung.channel, true);
        bridge.native = true;
        self.count_answer(queue, hold);
        self.truth.queue(queue, |queue| queue.answered += 1);
        self.truth.visit(call, |visit| {
            visit.end = VisitEnd::Answered;
            visit.agent = Some(interface);
            visit.answered_at = Some(at);
        });
        let watched =
            Watched { queue, hold, original_position: visit.original_position, unsaid: false };
        self.begin_talk(call, (rung.channel, agent), bridge, at, watched);
    }

    /// Caller and member talk from now on; how long, and what happens meanwhile, is planned.
    fn begin_talk(
        &mut self,
        call: u64,
        (peer, agent): (u64, usize),
        bridge: Bridge,
        at: i64,
        watched: Watched,
    ) {
        let plan = self.settings.queues.get(watched.queue);
        let talk_mean = plan.map_or(60.0, |queue| queue.talk_mean_s);
        let length = self.chance.lognormal(talk_mean, 0.75).max(2 * SECOND);
        let often = traps::complete_missing(self.settings.version);
        let unsaid = self.settings.traps && self.chance.percent(often);
        let talk = Talk {
            peer,
            agent: Some(agent),
            bridge,
            since: at,
            queue: Some(Watched { unsaid, ..watched }),
            held_since: None,
            ends: at + length,
        };
        if let Some(call) = self.calls.get_mut(&call) {
            call.talk = Some(talk);
        }
        if unsaid {
            let after = self.chance.between(5_000, 75_000);
            self.plan_step(call, after, Step::Talk(TalkStep::CallerEnds));
        } else if self.is_consultation(call) {
            self.plan_consultation(call);
        } else {
            self.plan_talk(call);
        }
    }

    fn count_answer(&mut self, queue: usize, hold: i64) {
        let level = self.settings.queues.get(queue).map_or(0, |queue| queue.servicelevel_s);
        if let Some(now) = self.queues.get_mut(queue) {
            // app_queue keeps running means with a weight of a quarter for the new one.
            now.hold_average = (now.hold_average * 3 + hold) / 4;
            now.within_level += u32::from(hold <= i64::from(level));
        }
    }

    fn say_member_variables(
        &mut self,
        caller: u64,
        peer: u64,
        agent: usize,
        queue: usize,
        hold: i64,
        visit: &super::Visit,
    ) {
        let Some((interface, name)) =
            self.agents.get(agent).map(|agent| (agent.interface.clone(), agent.name.clone()))
        else {
            return;
        };
        let (queue, hold) = (name_of(&self.settings.queues, queue), hold.to_string());
        let original = visit.original_position.to_string();
        for channel in [caller, peer] {
            self.say_variable(channel, "MEMBERINTERFACE", &interface);
            self.say_variable(channel, "MEMBERNAME", &name);
        }
        for channel in [caller, peer] {
            self.say_variable(channel, "QEHOLDTIME", &hold);
            self.say_variable(channel, "QEORIGINALPOS", &original);
        }
        for channel in [caller, peer] {
            self.say_variable(channel, "QUEUENAME", &queue);
        }
    }

    pub(super) fn no_answer(&mut self, call: u64) {
        if self.calls.get(&call).is_some_and(|call| call.visit.is_none()) {
            self.far_does_not_answer(call);
            return;
        }
        self.not_answered(call, 0);
    }

    pub(super) fn refuse(&mut self, call: u64) {
        if self.calls.get(&call).is_some_and(|call| call.visit.is_none()) {
            self.far_refuses(call);
            return;
        }
        let cause = if self.chance.percent(70.0) { 17 } else { 21 };
        self.not_answered(call, cause);
    }

    /// The rung member did not take the call: let it ring (`cause` 0), busy or declined.
    fn not_answered(&mut self, call: u64, cause: u8) {
        let caller = self.caller_of(call);
        let Some(now) = self.calls.get_mut(&call) else { return };
        let Some(queue) = now.visit.as_ref().map(|visit| visit.queue) else { return };
        let Some(rung) = now.attempt.take() else { return };
        let Some(agent) = rung.agent else { return };
        let Some((interface, name)) =
            self.agents.get(agent).map(|agent| (agent.interface.clone(), agent.name.clone()))
        else {
            return;
        };
        // As app_queue: the ring time in whole milliseconds of the timeout, 0 if refused.
        let rang = if cause == 0 { (self.clock - rung.since) / SECOND * 1000 } else { 0 };
        let (queue_name, rang) = (name_of(&self.settings.queues, queue), rang.to_string());
        let fields = [
            ("Queue", queue_name.as_str()),
            ("Interface", interface.as_str()),
            ("MemberName", name.as_str()),
            ("RingTime", rang.as_str()),
        ];
        let no_answer = [("DialStatus", "NOANSWER")];
        let channel = rung.channel;
        if cause == 0 {
            self.say_pair("AgentRingNoAnswer", Classes::AGENT, caller, channel, &fields);
            self.say_pair("DialEnd", Classes::CALL, caller, channel, &no_answer);
            let cancel = [("DialStatus", "CANCEL")];
            self.say_pair("DialEnd", Classes::CALL, caller, channel, &cancel);
        } else {
            let text = cause.to_string();
            self.say_hangup_request(channel, Some(&text));
            self.say_pair("DialEnd", Classes::CALL, caller, channel, &no_answer);
            self.say_pair("AgentRingNoAnswer", Classes::AGENT, caller, channel, &fields);
        }
        self.log_call(call, queue, Some(agent), "RINGNOANSWER", &[&rang]);
        self.truth.queue(queue, |queue| queue.not_answered += 1);
        self.truth.visit(call, |visit| visit.not_answered += 1);
        let misses = self.agents.get_mut(agent).map_or(0, |agent| {
            agent.misses += u32::from(cause == 0);
            agent.misses
        });
        let autopause = self.settings.queues.get(queue).is_some_and(|queue| queue.autopause);
        if autopause && cause == 0 {
            self.pause(agent, Some(queue), true, "Auto-Pause");
            let away = self.chance.lognormal(45.0, 0.5);
            self.plan(away, super::Task::Agent(agent, super::Duty::Wakes));
        }
        self.hang_up(channel, cause);
        if misses >= 2 && !autopause {
            // A supervisor notices that nobody sits there.
            let away = self.chance.lognormal(70.0, 0.5);
            self.begin_break(agent, "Away", away, super::Duty::Returns);
        }
        self.keep_promises(agent);
        self.ask(queue, SECOND);
        self.ask_queues_of(agent);
    }
}
