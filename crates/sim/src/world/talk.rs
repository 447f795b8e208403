//! A conversation: its plan, hold, and its end.

use super::{SECOND, Step, TalkStep, Watched, World, name_of};
use crate::class::Classes;
use crate::truth::EndedBy;

impl World {
    /// Plans what happens in the conversation that has just begun.
    pub(super) fn plan_talk(&mut self, call: u64) {
        let Some(talk) = self.calls.get(&call).and_then(|call| call.talk.as_ref()) else { return };
        let length = (talk.ends - self.clock).max(SECOND);
        let in_queue = talk.queue.is_some();
        let mid = length / 100 * self.chance.between(20, 70);
        if in_queue && length > 12 * SECOND {
            if self.happens(self.settings.conferences_percent) {
                self.plan_step(call, mid, Step::Talk(TalkStep::Confer));
                return;
            }
            if self.happens(self.settings.parks_percent) {
                self.plan_step(call, mid, Step::Talk(TalkStep::Park));
                return;
            }
            if self.settings.queues.len() > 1 && self.happens(self.settings.queue_consults_percent)
            {
                self.plan_step(call, mid, Step::Talk(TalkStep::ConsultQueue));
                return;
            }
            if self.chance.percent(22.0) {
                self.plan_step(call, mid, Step::Talk(TalkStep::Hold));
                return;
            }
            if self.chance.percent(8.0) {
                let step = match self.chance.between(0, 3) {
                    0 => TalkStep::TransferToQueue,
                    1 => TalkStep::TransferToAgent,
                    _ => TalkStep::Consult,
                };
                self.plan_step(call, mid, Step::Talk(step));
                return;
            }
        }
        self.plan_end(call);
    }

    /// Whether something happens that settings may leave out; then chance is not even asked.
    fn happens(&mut self, percent: f64) -> bool {
        percent > 0.0 && self.chance.percent(percent)
    }

    /// Plans the end of the conversation at its time.
    pub(super) fn plan_end(&mut self, call: u64) {
        let ends = self.calls.get(&call).and_then(|call| call.talk.as_ref()).map(|talk| talk.ends);
        let Some(ends) = ends else { return };
        let step =
            if self.chance.percent(65.0) { TalkStep::CallerEnds } else { TalkStep::AgentEnds };
        let after = (ends - self.clock).max(SECOND);
        self.plan_step(call, after, Step::Talk(step));
    }

    pub(super) fn talk(&mut self, call: u64, step: TalkStep) {
        match step {
            TalkStep::Hold => {
                self.hold(call);
                let length = self.chance.lognormal(18.0, 0.6).max(3 * SECOND);
                if self.chance.percent(5.0) {
                    self.plan_step(call, length, Step::Talk(TalkStep::CallerEnds));
                } else {
                    self.plan_step(call, length, Step::Talk(TalkStep::Unhold));
                }
            }
            TalkStep::Unhold => {
                self.unhold(call);
                self.plan_end(call);
            }
            TalkStep::CallerEnds => self.end_talk(call, EndedBy::Caller),
            TalkStep::AgentEnds => self.end_talk(call, EndedBy::Agent),
            TalkStep::TransferToQueue => self.transfer_to_queue(call),
            TalkStep::TransferToAgent => self.transfer_to_agent(call),
            TalkStep::Consult => self.consult(call),
            TalkStep::ConsultDials => self.consult_dials(call),
            TalkStep::CompleteTransfer => self.complete_transfer(call),
            TalkStep::ConsultQueue => self.consult_with(call, TalkStep::QueueDials),
            TalkStep::QueueDials => self.consult_queue(call),
            TalkStep::Link => self.join_by_link(call),
            TalkStep::Confer => self.confer(call),
            TalkStep::Park => self.park(call),
        }
    }

    /// The agent presses hold: the other side hears music.
    pub(super) fn hold(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let at = self.clock;
        let Some(talk) = self.calls.get_mut(&call).and_then(|call| call.talk.as_mut()) else {
            return;
        };
        talk.held_since = Some(at);
        let peer = talk.peer;
        self.say_channel("Hold", Classes::CALL, peer, &[("MusicClass", "default")]);
        self.set(caller, |channel| channel.on_hold = true);
        self.refresh_endpoint(caller);
        self.say_channel("MusicOnHoldStart", Classes::CALL, caller, &[("Class", "default")]);
    }

    pub(super) fn unhold(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let Some(peer) =
            self.calls.get(&call).and_then(|call| call.talk.as_ref()).map(|talk| talk.peer)
        else {
            return;
        };
        self.say_channel("Unhold", Classes::CALL, peer, &[]);
        self.hold_over(call);
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        self.set(caller, |channel| channel.on_hold = false);
        self.refresh_endpoint(caller);
    }

    /// Adds a hold that ends now to the truth; whether there was one.
    pub(super) fn hold_over(&mut self, call: u64) -> bool {
        let at = self.clock;
        let talk = self.calls.get_mut(&call).and_then(|call| call.talk.as_mut());
        let Some((since, queue)) =
            talk.and_then(|talk| talk.held_since.take().map(|since| (since, talk.queue)))
        else {
            return false;
        };
        if queue.is_some() {
            self.truth.visit(call, |visit| visit.hold += at - since);
        }
        true
    }

    /// app_queue's interest in the call ends: AgentComplete, counters, wrap-up, truth.
    /// `log` is the verb of queue_log and what stands before its numbers.
    pub(super) fn complete(&mut self, call: u64, by: EndedBy, log: &[&str]) {
        let caller = self.caller_of(call);
        let talk = self.calls.get_mut(&call).and_then(|call| call.talk.as_mut());
        let Some(talk) = talk else { return };
        let Some(watched) = talk.queue.take() else { return };
        let Watched { queue, hold, original_position, unsaid } = watched;
        let (peer, agent, since) = (talk.peer, talk.agent, talk.since);
        let Some(agent) = agent else { return };
        let Some((interface, name)) =
            self.agents.get(agent).map(|agent| (agent.interface.clone(), agent.name.clone()))
        else {
            return;
        };
        let talked = self.seconds() - since.div_euclid(SECOND);
        let (queue_name, hold, talked_text) =
            (name_of(&self.settings.queues, queue), hold.to_string(), talked.to_string());
        let reason = match by {
            EndedBy::Caller | EndedBy::Restart => "caller",
            EndedBy::Agent => "agent",
            EndedBy::Transfer => "transfer",
        };
        let fields = [
            ("Queue", queue_name.as_str()),
            ("Interface", interface.as_str()),
            ("MemberName", name.as_str()),
            ("HoldTime", hold.as_str()),
            ("TalkTime", talked_text.as_str()),
            ("Reason", reason),
        ];
        if !unsaid && self.channels.contains_key(&caller) {
            if self.channels.contains_key(&peer) {
                self.say_pair("AgentComplete", Classes::AGENT, caller, peer, &fields);
            } else {
                self.say_channel("AgentComplete", Classes::AGENT, caller, &fields);
            }
        } else if !unsaid {
            // Too late for the channels: they are not named any more.
            let mut event = self.event("AgentComplete", Classes::AGENT);
            for (name, value) in fields {
                event.field(name, value);
            }
            self.say(event);
        }
        let original = original_position.to_string();
        if let (Some((verb, data)), false) = (log.split_first(), unsaid) {
            let data = [data, &[hold.as_str(), talked_text.as_str(), original.as_str()]].concat();
            self.log_call(call, queue, Some(agent), verb, &data);
        }
        let at = self.clock;
        if let Some(now) = self.queues.get_mut(queue) {
            now.completed += 1;
            now.talk_average = (now.talk_average * 3 + talked) / 4;
        }
        self.queue_call_over(agent, queue);
        self.truth.queue(queue, |queue| queue.completed += u64::from(!unsaid));
        self.truth.visit(call, |visit| {
            visit.talk_ended = Some(at);
            visit.ended_by = Some(by);
        });
    }

    /// One of the two hangs up; everything about the call is torn down.
    pub(super) fn end_talk(&mut self, call: u64, by: EndedBy) {
        if self.calls.get(&call).is_some_and(|call| call.link.is_some()) {
            self.end_linked(call, by);
            return;
        }
        let caller = self.caller_of(call);
        let Some(talk) = self.calls.get(&call).and_then(|call| call.talk.clone()) else { return };
        let dialled = self.calls.get(&call).and_then(|call| call.dialled.clone());
        self.new_phase(call);
        let first = match by {
            EndedBy::Agent => talk.peer,
            _ => caller,
        };
        // Who fetched the caller from the parking lot runs a dialplan of its own.
        let fetched = self.fetched(talk.peer);
        let second = if first == caller { talk.peer } else { caller };
        if by == EndedBy::Restart {
            self.say_soft_hangup(caller, "4");
            self.say_soft_hangup(talk.peer, "4");
        } else {
            // A party that was dialled by Dial often hangs up without a cause.
            let dialplan = first == caller || talk.queue.is_some() || fetched;
            let cause = dialplan.then_some("16");
            self.say_hangup_request(first, cause);
        }
        self.say_peers(caller, talk.peer, false);
        let leave_first = self.chance.percent(30.0);
        let mut bridge = talk.bridge.clone();
        if leave_first {
            self.leave_bridge(&mut bridge, first);
        }
        self.hold_over(call);
        let held = self.channels.get(&caller).is_some_and(|channel| channel.on_hold);
        let verb = if by == EndedBy::Agent { "COMPLETEAGENT" } else { "COMPLETECALLER" };
        let version = self.settings.version;
        let late = self.settings.traps
            && talk.queue.is_some()
            && self.chance.percent(crate::traps::complete_late(version));
        if !late {
            self.complete(call, by, &[verb]);
        }
        if held {
            self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
            self.set(caller, |channel| channel.on_hold = false);
        }
        if !leave_first {
            self.leave_bridge(&mut bridge, first);
        }
        self.leave_bridge(&mut bridge, second);
        self.destroy_bridge(&bridge);
        if dialled.is_some() && talk.queue.is_none() {
            self.say_variable(caller, "DIALSTATUS", "ANSWER");
        }
        self.say_soft_hangup(caller, "16");
        if fetched {
            self.say_soft_hangup(talk.peer, "16");
        }
        self.hang_up(first, 16);
        self.hang_up(second, 16);
        if late {
            self.complete(call, by, &[verb]);
        }
        self.end_consultation(call);
        self.parent_goes_on(call);
        self.forget_call(call);
        for agent in [talk.agent, dialled.and_then(|dialled| dialled.agent)].into_iter().flatten() {
            self.agent_after_call(agent);
        }
    }

    /// What an agent does when a call is over.
    pub(super) fn agent_after_call(&mut self, agent: usize) {
        self.keep_promises(agent);
        self.note_agent(agent);
        self.ask_queues_of(agent);
    }
}
