//! A caller from a trunk: arrival, menu, waiting in a queue, giving up, timing out.

use super::channel::{ChannelState, Endpoint};
use super::{Call, SECOND, Step, Visit, World, name_of};
use crate::class::Classes;
use crate::names;
use crate::truth::{CallKind, TrueCall, TrueVisit, VisitEnd};

impl World {
    /// A call of that channel; what follows is planned by whoever asked for it.
    pub(super) fn make_call(&mut self, caller: u64, wants: usize, kind: CallKind) -> u64 {
        self.call_numbers += 1;
        let number = self.call_numbers;
        self.calls.insert(
            number,
            Call {
                caller,
                phase: 0,
                wants,
                visit: None,
                attempt: None,
                talk: None,
                dialled: None,
                consult: None,
                link: None,
                parked: None,
                conference: None,
                empty_room: None,
                digits: String::new(),
                queues_tried: 0,
            },
        );
        if let Some(channel) = self.channels.get(&caller) {
            let call = TrueCall {
                uniqueid: channel.uniqueid.clone(),
                kind,
                caller: channel.caller_num.clone(),
                began: self.clock,
                ended: None,
                visits: Vec::new(),
                transfers: 0,
                parked: false,
                conferenced: false,
                refused_by: None,
            };
            self.truth.calls.insert(number, call);
        }
        number
    }

    /// The call is over; its channels must be gone already.
    pub(super) fn forget_call(&mut self, call: u64) {
        self.calls.remove(&call);
        let at = self.clock;
        if let Some(truth) = self.truth.calls.get_mut(&call) {
            truth.ended = Some(at);
        }
    }

    pub(super) fn caller_of(&self, call: u64) -> u64 {
        self.calls.get(&call).map_or(0, |call| call.caller)
    }

    /// A queue, chosen in proportion to what its members can carry.
    fn wanted_queue(&mut self) -> usize {
        let parts = |capacity: f64| crate::chance::micros(capacity * 100.0);
        let total: i64 = self.queues.iter().map(|queue| parts(queue.capacity)).sum();
        let mut left = self.chance.between(0, total);
        for (place, queue) in self.queues.iter().enumerate() {
            left -= parts(queue.capacity);
            if left < 0 {
                return place;
            }
        }
        0
    }

    pub(super) fn caller_arrives(&mut self) {
        if self.queues.is_empty() || self.trunks.is_empty() {
            return;
        }
        let wants = self.wanted_queue();
        let trunk = self.chance.index(self.trunks.len());
        // The menu knows nine digits; the other queues have numbers of their own.
        let menu = wants < 9 && self.chance.percent(45.0);
        let exten = if menu {
            "8100".to_owned()
        } else {
            self.settings.queues.get(wants).map(|queue| queue.exten.clone()).unwrap_or_default()
        };
        let caller = self.make_channel(Endpoint::Trunk(trunk), ChannelState::Ring, &exten, None);
        let (number, plain) = (names::number(&mut self.chance), names::caller(&mut self.chance));
        let odd = if self.settings.traps {
            crate::traps::caller_name(&mut self.chance, self.settings.version)
        } else {
            None
        };
        let name = odd.unwrap_or(plain);
        self.set(caller, |channel| {
            channel.caller_num = number;
            channel.caller_name = name;
        });
        let call = self.make_call(caller, wants, CallKind::Inbound);
        self.say_newchannel(caller);
        self.say_variable(caller, "SIPDOMAIN", "127.0.0.1");
        self.pass(200, 1_500);
        self.say_newexten(caller, "Answer", "");
        self.say_newstate(caller, ChannelState::Up);
        self.refresh_trunk(trunk);
        if menu {
            self.plan_step(call, 500_000, Step::Menu(0));
        } else {
            self.plan_step(call, 500_000, Step::EnterQueue);
        }
    }

    fn say_dialplan_event(&mut self, caller: u64, name: &str, fields: &[(&str, &str)]) {
        let mut data = name.to_owned();
        for (key, value) in fields {
            data.push_str(&format!(",{key}: {value}"));
        }
        self.say_newexten(caller, "UserEvent", &data);
        let mut all = vec![("UserEvent", name)];
        all.extend_from_slice(fields);
        self.say_channel("UserEvent", Classes::USER, caller, &all);
    }

    /// One step of the menu at 8100.
    pub(super) fn menu(&mut self, call: u64, step: u8) {
        let caller = self.caller_of(call);
        match step {
            0 => {
                let uniqueid =
                    self.snapshot(caller).map(|channel| channel.uniqueid).unwrap_or_default();
                self.set(caller, |channel| channel.priority = 4);
                let fields = [("Menu", "main"), ("Uniqueid2", uniqueid.as_str())];
                self.say_dialplan_event(caller, "IVRStart", &fields);
                self.set(caller, |channel| channel.priority = 5);
                self.say_newexten(caller, "Playback", "welcome");
                let after = self.chance.between(1_200_000, 1_900_000);
                self.plan_step(call, after, Step::Menu(1));
                if self.chance.percent(4.0) {
                    let after = self.chance.between(300_000, 6_000_000);
                    self.plan_step(call, after, Step::LeaveMenu);
                }
            }
            1 => {
                self.set(caller, |channel| channel.priority = 6);
                self.say_newexten(caller, "Read", "ACCT,enter-account,4,,1,5");
                let after = self.chance.between(1_500_000, 4_000_000);
                self.plan_step(call, after, Step::Menu(2));
            }
            2 => {
                let digit = self.chance.between(0, 10).to_string();
                self.say_digit(caller, &digit);
                let input = self.calls.get_mut(&call).map(|call| {
                    call.digits.push_str(&digit);
                    call.digits.clone()
                });
                let Some(input) = input else { return };
                if input.len() < 4 {
                    let after = self.chance.between(150_000, 400_000);
                    self.plan_step(call, after, Step::Menu(2));
                    return;
                }
                self.set(caller, |channel| channel.priority = 7);
                let status = if self.chance.percent(97.0) { "OK" } else { "BACKEND" };
                let fields = [("Menu", "account"), ("Input", input.as_str()), ("Status", status)];
                self.say_dialplan_event(caller, "IVRStep", &fields);
                self.say_newexten(caller, "Goto", "ivr-main,s,1");
                self.set(caller, |channel| {
                    channel.context = "ivr-main";
                    channel.exten = "s".to_owned();
                    channel.priority = 1;
                });
                self.say_newexten(caller, "BackGround", "main-menu");
                let after = self.chance.between(1_000_000, 5_000_000);
                self.plan_step(call, after, Step::Menu(3));
            }
            _ => self.choose(call, caller),
        }
    }

    /// The caller presses the digit of a queue.
    fn choose(&mut self, call: u64, caller: u64) {
        let wants = self.calls.get(&call).map_or(0, |call| call.wants);
        let digit = (wants + 1).to_string();
        self.say_digit(caller, &digit);
        self.set(caller, |channel| {
            channel.exten.clone_from(&digit);
            channel.priority = 1;
        });
        let since = self.snapshot(caller).map_or(0, |channel| channel.since);
        let seconds = ((self.clock - since) / SECOND).to_string();
        let fields = [("Menu", "main"), ("Choice", digit.as_str()), ("Seconds", seconds.as_str())];
        self.say_dialplan_event(caller, "IVREnd", &fields);
        self.new_phase(call);
        self.enter_queue(call);
    }

    pub(super) fn say_digit(&mut self, caller: u64, digit: &str) {
        let length = self.chance.between(6, 12) * 20;
        let length = length.to_string();
        let fields = [("Digit", digit), ("DurationMs", length.as_str()), ("Direction", "Received")];
        self.say_channel("DTMFEnd", Classes::DTMF, caller, &fields);
    }

    pub(super) fn caller_leaves_menu(&mut self, call: u64) {
        let caller = self.caller_of(call);
        self.say_hangup_request(caller, Some("16"));
        self.say_soft_hangup(caller, "16");
        self.hang_up(caller, 16);
        self.forget_call(call);
    }

    /// `Queue()` is reached: by dialling, from the menu, by overflow or by transfer.
    pub(super) fn enter_queue(&mut self, call: u64) {
        let caller = self.caller_of(call);
        let queue = self.calls.get(&call).map_or(0, |call| call.wants);
        let Some(plan) = self.settings.queues.get(queue) else { return };
        let (name, wait_max, patience) = (plan.name.clone(), plan.wait_max_s, plan.patience_mean_s);
        self.set(caller, |channel| channel.priority += 1);
        self.say_newexten(caller, "Queue", &format!("{name},tT,,,{wait_max}"));
        if let Some(status) = self.refusal(queue) {
            self.truth.queue(queue, |queue| queue.refused += 1);
            if let Some(truth) = self.truth.calls.get_mut(&call) {
                truth.refused_by = Some(name);
            }
            self.new_phase(call);
            self.go_on_after_queue(call, queue, status);
            return;
        }
        let Some(now) = self.queues.get_mut(queue) else { return };
        now.waiting.push(call);
        let position = now.waiting.len();
        if position == 1 {
            self.say_queue_device(queue, "RINGING");
        }
        let text = position.to_string();
        let fields = [("Queue", name.as_str()), ("Position", &text), ("Count", &text)];
        self.say_channel("QueueCallerJoin", Classes::AGENT, caller, &fields);
        let number = self.channels.get(&caller).map(|caller| caller.caller_num.clone());
        self.log_call(call, queue, None, "ENTERQUEUE", &["", &number.unwrap_or_default(), &text]);
        let joined = self.clock;
        self.say_channel("MusicOnHoldStart", Classes::CALL, caller, &[("Class", "default")]);
        self.new_phase(call);
        if let Some(call) = self.calls.get_mut(&call) {
            call.visit = Some(Visit { queue, joined, original_position: position });
        }
        self.truth.queue(queue, |queue| queue.joined += 1);
        if let Some(truth) = self.truth.calls.get_mut(&call) {
            truth.refused_by = None;
            truth.visits.push(TrueVisit {
                queue: name,
                joined,
                left: None,
                end: VisitEnd::Waiting,
                agent: None,
                answered_at: None,
                talk_ended: None,
                handed_over: None,
                ended_by: None,
                hold: 0,
                not_answered: 0,
            });
        }
        self.plan_step(call, i64::from(wait_max) * SECOND, Step::QueueTimeout);
        if self.is_consultation(call) {
            // Somebody waits on hold meanwhile.
            let gives_up = self.chance.between(20 * SECOND, 45 * SECOND);
            self.plan_step(call, gives_up, Step::GiveUp);
        } else {
            let gives_up = self.chance.exponential(patience).max(SECOND);
            self.plan_step(call, gives_up, Step::GiveUp);
            self.plan_key(call);
        }
        self.ask(queue, 300);
    }

    /// Takes the caller out of the queue and says so: the queue, and its position and the
    /// number of those left as text.
    pub(super) fn leave_queue(&mut self, call: u64) -> Option<(Visit, String)> {
        let caller = self.caller_of(call);
        let visit = self.calls.get_mut(&call)?.visit.take()?;
        let position = self.position(call, visit.queue).to_string();
        let now = self.queues.get_mut(visit.queue)?;
        now.waiting.retain(|other| *other != call);
        let left = now.waiting.len();
        if left == 0 {
            self.say_queue_device(visit.queue, "NOT_INUSE");
        }
        let (name, count) = (name_of(&self.settings.queues, visit.queue), left.to_string());
        let fields = [("Queue", name.as_str()), ("Position", position.as_str()), ("Count", &count)];
        self.say_channel("QueueCallerLeave", Classes::AGENT, caller, &fields);
        let at = self.clock;
        self.truth.visit(call, |visit| visit.left = Some(at));
        self.say_variable(caller, "QUEUEPOSITION", &position);
        Some((visit, position))
    }

    fn position(&self, call: u64, queue: usize) -> usize {
        self.queues
            .get(queue)
            .and_then(|queue| queue.waiting.iter().position(|other| *other == call))
            .map_or(1, |place| place + 1)
    }

    /// `QueueCallerAbandon`, which Asterisk says for a timeout too.
    pub(super) fn say_abandon(&mut self, call: u64, verb: &str) {
        let caller = self.caller_of(call);
        let Some(visit) = self.calls.get(&call).and_then(|call| call.visit.clone()) else {
            return;
        };
        self.say_variable(caller, "ABANDONED", "TRUE");
        let waited = (self.seconds() - visit.joined.div_euclid(SECOND)).to_string();
        let (name, position, original) = (
            name_of(&self.settings.queues, visit.queue),
            self.position(call, visit.queue).to_string(),
            visit.original_position.to_string(),
        );
        let fields = [
            ("Queue", name.as_str()),
            ("Position", &position),
            ("OriginalPosition", &original),
            ("HoldTime", &waited),
        ];
        self.say_channel("QueueCallerAbandon", Classes::AGENT, caller, &fields);
        // AMI says the same for both; only the log tells them apart.
        self.log_call(call, visit.queue, None, verb, &[&position, &original, &waited]);
        if let Some(queue) = self.queues.get_mut(visit.queue) {
            queue.abandoned += 1;
        }
    }

    /// The caller hangs up while waiting; a phone may be ringing.
    pub(super) fn give_up(&mut self, call: u64) {
        let caller = self.caller_of(call);
        self.say_hangup_request(caller, Some("16"));
        self.abandon(call, VisitEnd::Abandoned, 16);
    }

    /// Ends a waiting call: truly abandoned, or cut by a restart.
    pub(super) fn abandon(&mut self, call: u64, end: VisitEnd, cause: u8) {
        let caller = self.caller_of(call);
        let queue = self.calls.get(&call).and_then(|call| call.visit.as_ref()).map(|v| v.queue);
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        let rung = self.calls.get_mut(&call).and_then(|call| call.attempt.take());
        if let Some(rung) = &rung {
            let rang = ((self.clock - rung.since) / 1000).to_string();
            if let Some(queue) = queue {
                self.log_call(call, queue, rung.agent, "RINGCANCELED", &[&rang]);
            }
            self.say_pair(
                "DialEnd",
                Classes::CALL,
                caller,
                rung.channel,
                &[("DialStatus", "CANCEL")],
            );
            self.say_pair(
                "DialEnd",
                Classes::CALL,
                caller,
                rung.channel,
                &[("DialStatus", "CANCEL")],
            );
        }
        self.say_abandon(call, "ABANDON");
        self.leave_queue(call);
        self.say_soft_hangup(caller, "16");
        let agent = rung.as_ref().and_then(|rung| rung.agent);
        if let Some(rung) = rung {
            self.hang_up(rung.channel, 0);
        }
        self.hang_up(caller, cause);
        self.truth.visit(call, |visit| visit.end = end);
        if let Some(queue) = queue {
            self.truth.queue(queue, |queue| match end {
                VisitEnd::Cut => queue.cut += 1,
                _ => queue.abandoned += 1,
            });
        }
        self.consultation_ended(call);
        self.forget_call(call);
        if let Some(agent) = agent {
            self.keep_promises(agent);
            self.ask_queues_of(agent);
        }
    }

    /// The longest wait is over: on to the overflow queue, or told so and hung up.
    pub(super) fn queue_timeout(&mut self, call: u64, end: VisitEnd) {
        let caller = self.caller_of(call);
        if self.calls.get(&call).is_some_and(|call| call.attempt.is_some()) {
            // app_queue ends the ring first; the phone is heard as not answering.
            self.no_answer(call);
        }
        let (status, verb) = match end {
            VisitEnd::LeftEmpty => ("LEAVEEMPTY", "EXITEMPTY"),
            _ => ("TIMEOUT", "EXITWITHTIMEOUT"),
        };
        self.say_abandon(call, verb);
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        let Some((visit, _)) = self.leave_queue(call) else { return };
        self.truth.visit(call, |visit| visit.end = end);
        self.truth.queue(visit.queue, |queue| match end {
            VisitEnd::LeftEmpty => queue.left_empty += 1,
            _ => queue.timed_out += 1,
        });
        self.new_phase(call);
        self.go_on_after_queue(call, visit.queue, status);
    }

    /// Nobody is logged in to the queue any more, unless somebody has come meanwhile.
    pub(super) fn leave_empty_queue(&mut self, call: u64) {
        let queue = self.calls.get(&call).and_then(|call| call.visit.as_ref()).map(|v| v.queue);
        if queue.is_some_and(|queue| !self.has_members(queue)) {
            self.queue_timeout(call, VisitEnd::LeftEmpty);
        }
    }

    /// Why nobody may join the queue now.
    fn refusal(&self, queue: usize) -> Option<&'static str> {
        let (plan, now) = (self.settings.queues.get(queue)?, self.queues.get(queue)?);
        let limit = usize::try_from(plan.maxlen).unwrap_or(usize::MAX);
        if plan.needs_members && !self.has_members(queue) {
            Some("JOINEMPTY")
        } else if limit > 0 && now.waiting.len() >= limit {
            Some("FULL")
        } else {
            None
        }
    }

    /// Whether anybody is logged in to the queue.
    pub(super) fn has_members(&self, queue: usize) -> bool {
        let members = self.queues.get(queue).map(|queue| queue.members.as_slice());
        let mut members = members.unwrap_or_default().iter();
        members.any(|agent| self.agents.get(*agent).is_some_and(|agent| agent.logged_in))
    }

    /// `Queue()` has returned: on to the overflow queue, or told so and hung up.
    fn go_on_after_queue(&mut self, call: u64, queue: usize, status: &str) {
        let caller = self.caller_of(call);
        self.say_variable(caller, "QUEUESTATUS", status);
        let tried = self.calls.get_mut(&call).map_or(2, |call| {
            call.queues_tried += 1;
            call.queues_tried
        });
        let overflow = self.settings.queues.get(queue).and_then(|queue| queue.overflow);
        match overflow {
            Some(next) if tried < 2 => {
                if let Some(call) = self.calls.get_mut(&call) {
                    call.wants = next;
                }
                self.enter_queue(call);
            }
            _ => {
                self.set(caller, |channel| channel.priority += 1);
                let name = name_of(&self.settings.queues, queue);
                let fields = [("Queue", name.as_str()), ("Status", status)];
                self.say_dialplan_event(caller, "QueueLeft", &fields);
                self.set(caller, |channel| channel.priority += 1);
                self.say_newexten(caller, "Playback", "please-call-again");
                self.plan_step(call, 900_000, Step::HangupAfterTimeout);
            }
        }
    }

    pub(super) fn hangup_after_timeout(&mut self, call: u64) {
        let caller = self.caller_of(call);
        self.set(caller, |channel| channel.priority += 1);
        self.say_newexten(caller, "Hangup", "");
        self.say_soft_hangup(caller, "16");
        self.hang_up(caller, 16);
        self.consultation_ended(call);
        self.forget_call(call);
    }
}
