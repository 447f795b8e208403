//! Agents as queue members: device states, pauses, wrap-up. What they do by themselves: `shift`.

use super::channel::ChannelState;
use super::shift::Duty;
use super::{SECOND, Task, World, name_of};
use crate::class::Classes;
use crate::names;
use crate::rhythm::{self, Rhythm};
use crate::settings::Settings;
use crate::truth::TrueState;

/// A phone's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Device {
    NotInUse,
    InUse,
    Ringing,
    RingInUse,
}

impl Device {
    /// `Status` of a queue member.
    pub(crate) fn status(self) -> i64 {
        match self {
            Self::NotInUse => 1,
            Self::InUse => 2,
            Self::Ringing => 6,
            Self::RingInUse => 7,
        }
    }

    /// `State` of DeviceStateChange.
    pub(super) fn state(self) -> &'static str {
        match self {
            Self::NotInUse => "NOT_INUSE",
            Self::InUse => "INUSE",
            Self::Ringing => "RINGING",
            Self::RingInUse => "RINGINUSE",
        }
    }

    /// `Status` and `StatusText` of ExtensionStatus.
    pub(super) fn hint(self) -> (&'static str, &'static str) {
        match self {
            Self::NotInUse => ("0", "Idle"),
            Self::InUse => ("1", "InUse"),
            Self::Ringing => ("8", "Ringing"),
            Self::RingInUse => ("9", "InUse&Ringing"),
        }
    }
}

/// Membership of one queue. Times are seconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) queue: usize,
    pub(crate) penalty: i64,
    pub(crate) calls_taken: i64,
    pub(crate) last_call: i64,
    pub(crate) last_pause: i64,
    pub(crate) login_time: i64,
    pub(crate) in_call: bool,
    pub(crate) paused: bool,
    pub(crate) reason: String,
}

/// One agent.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    pub(super) number: String,
    pub(crate) name: String,
    pub(crate) interface: String,
    pub(super) members: Vec<Member>,
    pub(super) logged_in: bool,
    pub(super) channels: Vec<u64>,
    pub(crate) device: Device,
    /// Talking to a queue caller.
    pub(super) queue_call: bool,
    /// Microseconds UTC.
    pub(super) wrap_until: i64,
    pub(super) idle_since: i64,
    /// The break that is on, or due after the call.
    pub(super) pause: Option<&'static str>,
    /// With its reason and mean length in seconds.
    pub(super) break_due: Option<(&'static str, i64)>,
    /// When its shift begins, in seconds after midnight.
    pub(super) shift_begins: i64,
    pub(super) log_off_due: bool,
    /// Rings in a row not answered.
    pub(super) misses: u32,
}

impl Agent {
    pub(super) fn new(place: usize, of: usize, settings: &Settings, born: i64) -> Self {
        let at = |first: u32| usize::try_from(first).unwrap_or(0) + place;
        let number = at(settings.first_number).to_string();
        let queues = settings.queues.len().max(1);
        let mut wanted = vec![place % queues];
        // Half of the agents serve a second queue (all in a small centre), every sixth a third.
        let (second, third) = ((place / queues + place + 1) % queues, (place + 2) % queues);
        let small = of < 36;
        if (small || place.is_multiple_of(2)) && !wanted.contains(&second) {
            wanted.push(second);
        }
        if place % 6 == 4 && !wanted.contains(&third) {
            wanted.push(third);
        }
        let login_time = born.div_euclid(SECOND);
        let shift_begins = rhythm::shift_begins(place);
        let logged_in = match settings.rhythm {
            Rhythm::Steady => true,
            Rhythm::Day { offset_s } => {
                rhythm::into_shift(shift_begins, login_time + i64::from(offset_s)).is_some()
            }
        };
        let member = |(rank, queue): (usize, usize)| Member {
            queue,
            penalty: i64::from(rank > 1),
            calls_taken: 0,
            last_call: 0,
            last_pause: 0,
            login_time,
            in_call: false,
            paused: false,
            reason: String::new(),
        };
        Self {
            interface: format!("PJSIP/{number}"),
            number,
            name: names::agent(at(settings.agents_before)),
            members: wanted.into_iter().enumerate().map(member).collect(),
            logged_in,
            channels: Vec::new(),
            device: Device::NotInUse,
            queue_call: false,
            wrap_until: 0,
            idle_since: born,
            pause: None,
            break_due: None,
            shift_begins,
            log_off_due: false,
            misses: 0,
        }
    }

    /// What it does when the world begins.
    pub(super) fn first_state(&self) -> TrueState {
        if self.logged_in { TrueState::Available } else { TrueState::LoggedOff }
    }

    /// Whether the queue could ring it now.
    pub(super) fn can_take(&self, queue: usize, now: i64) -> bool {
        self.logged_in
            && self.channels.is_empty()
            && self.wrap_until <= now
            && self.members.iter().any(|member| member.queue == queue && !member.paused)
    }

    /// Whether the queue's `_avail` device counts it.
    fn is_available(&self, queue: usize) -> bool {
        self.logged_in
            && self.device == Device::NotInUse
            && self.members.iter().any(|member| member.queue == queue && !member.paused)
    }

    /// Has no call and no pause: may be called or call somebody.
    pub(super) fn is_free(&self, now: i64) -> bool {
        self.logged_in && self.channels.is_empty() && self.pause.is_none() && self.wrap_until <= now
    }
}

impl World {
    /// Tells each queue its members and what they can carry.
    pub(super) fn staff_queues(&mut self) {
        for (number, agent) in self.agents.iter().enumerate() {
            let share = 1.0 / f64::from(u32::try_from(agent.members.len()).unwrap_or(1).max(1));
            for member in &agent.members {
                let (Some(queue), Some(plan)) =
                    (self.queues.get_mut(member.queue), self.settings.queues.get(member.queue))
                else {
                    continue;
                };
                queue.members.push(number);
                queue.available |= agent.logged_in;
                let handling = plan.talk_mean_s + f64::from(plan.wrapuptime_s) + 5.0;
                queue.capacity += share / handling;
            }
        }
    }

    /// Pauses or unpauses the agent in one queue or in all.
    pub(super) fn pause(&mut self, agent: usize, queue: Option<usize>, on: bool, reason: &str) {
        let seconds = self.seconds();
        let Some(now) = self.agents.get(agent) else { return };
        if !now.logged_in {
            return;
        }
        let interface = now.interface.clone();
        let count = now.members.len();
        if queue.is_none() {
            self.log_pause(agent, None, on, reason);
        }
        for place in 0..count {
            let Some(member) =
                self.agents.get_mut(agent).and_then(|agent| agent.members.get_mut(place))
            else {
                continue;
            };
            if queue.is_some_and(|queue| queue != member.queue) || (!on && !member.paused) {
                continue;
            }
            let changed = member.paused != on;
            member.paused = on;
            reason.clone_into(&mut member.reason);
            if on {
                member.last_pause = seconds;
            } else {
                member.reason.clear();
            }
            let queue = member.queue;
            if changed {
                let name = name_of(&self.settings.queues, queue);
                let state = if on { "INUSE" } else { "NOT_INUSE" };
                self.say_device(&format!("Queue:{name}_pause_{interface}"), state);
                self.refresh_available(agent, place);
            }
            self.say_member("QueueMemberPause", agent, place, Some(reason));
            self.log_pause(agent, Some(queue), on, reason);
        }
        self.note_agent(agent);
    }

    /// An event that carries the whole member; `reason` as Asterisk 16 adds it to a pause.
    pub(super) fn say_member(
        &mut self,
        name: &str,
        agent: usize,
        member: usize,
        reason: Option<&str>,
    ) {
        let old = !self.is_22();
        let mut event = self.event(name, Classes::AGENT);
        let Some(agent) = self.agents.get(agent) else { return };
        let Some(member) = agent.members.get(member) else { return };
        event
            .field("Queue", &name_of(&self.settings.queues, member.queue))
            .field("MemberName", &agent.name)
            .field("Interface", &agent.interface)
            .member(agent, member)
            .field("Ringinuse", "0")
            .field("Wrapuptime", "0");
        if let Some(reason) = reason.filter(|reason| old && !reason.is_empty()) {
            event.field("Reason", reason);
        }
        self.say(event);
    }

    /// Says the phone's state if it changed: hint, device, one event per queue of the member.
    pub(super) fn refresh_agent(&mut self, agent: usize) {
        let Some(now) = self.agents.get(agent) else { return };
        let ringing = |channel: &u64| {
            self.channels.get(channel).is_some_and(|channel| {
                matches!(channel.state, ChannelState::Ringing | ChannelState::Down)
            })
        };
        let (rings, total) =
            (now.channels.iter().filter(|c| ringing(c)).count(), now.channels.len());
        let device = match (rings, total - rings) {
            (0, 0) => Device::NotInUse,
            (_, 0) => Device::Ringing,
            (0, _) => Device::InUse,
            _ => Device::RingInUse,
        };
        if device == now.device {
            self.note_agent(agent);
            return;
        }
        let (number, interface, count) =
            (now.number.clone(), now.interface.clone(), now.members.len());
        let logged_in = now.logged_in;
        let at = self.clock;
        if let Some(now) = self.agents.get_mut(agent) {
            now.device = device;
            if device == Device::NotInUse {
                now.idle_since = at;
            }
        }
        // The three kinds of event come from three threads of Asterisk: any order.
        let hint_first = self.chance.percent(60.0);
        let member_first = self.chance.percent(35.0);
        if hint_first {
            self.say_hint(&number, device);
        }
        if !member_first {
            self.say_device(&interface, device.state());
        }
        for member in 0..count {
            if logged_in {
                self.say_member("QueueMemberStatus", agent, member, None);
            }
        }
        if member_first {
            self.say_device(&interface, device.state());
        }
        if !hint_first {
            self.say_hint(&number, device);
        }
        for member in 0..count {
            self.refresh_available(agent, member);
        }
        self.note_agent(agent);
    }

    pub(super) fn say_hint(&mut self, number: &str, device: Device) {
        let (status, text) = device.hint();
        let mut event = self.event("ExtensionStatus", Classes::CALL);
        event
            .field("Exten", number)
            .field("Context", "internal")
            .field("Hint", &format!("PJSIP/{number}"))
            .field("Status", status)
            .field("StatusText", text);
        self.say(event);
    }

    /// `Queue:<name>_avail` of the member's queue, if it changed.
    pub(super) fn refresh_available(&mut self, agent: usize, member: usize) {
        let Some(queue) = self
            .agents
            .get(agent)
            .and_then(|agent| agent.members.get(member))
            .map(|member| member.queue)
        else {
            return;
        };
        let available = self.queue_available(queue);
        let Some(now) = self.queues.get_mut(queue) else { return };
        if now.available != available {
            now.available = available;
            let name = name_of(&self.settings.queues, queue);
            let state = if available { "NOT_INUSE" } else { "INUSE" };
            self.say_device(&format!("Queue:{name}_avail"), state);
        }
    }

    fn queue_available(&self, queue: usize) -> bool {
        self.queues.get(queue).is_some_and(|now| {
            now.members
                .iter()
                .filter_map(|agent| self.agents.get(*agent))
                .any(|agent| agent.is_available(queue))
        })
    }

    /// The truth of what the agent does now.
    pub(super) fn note_agent(&mut self, agent: usize) {
        let Some(now) = self.agents.get(agent) else { return };
        let state = if !now.logged_in {
            TrueState::LoggedOff
        } else if now.queue_call {
            TrueState::QueueCall
        } else if now.device == Device::Ringing {
            TrueState::Ringing
        } else if !now.channels.is_empty() && now.wrap_until > self.clock {
            // The wrap-up time runs on whatever else the agent does on the phone.
            TrueState::WrapUp
        } else if !now.channels.is_empty() {
            TrueState::OtherCall
        } else if let Some(reason) = now.pause {
            TrueState::Paused(reason)
        } else if now.wrap_until > self.clock {
            TrueState::WrapUp
        } else {
            TrueState::Available
        };
        self.truth.agent(agent, self.clock, state);
    }

    /// The agent's queues look for work soon: app_queue tries once a second.
    pub(super) fn ask_queues_of(&mut self, agent: usize) {
        let queues: Vec<usize> = match self.agents.get(agent) {
            Some(agent) => agent.members.iter().map(|member| member.queue).collect(),
            None => return,
        };
        for queue in queues {
            if self.queues.get(queue).is_some_and(|queue| !queue.waiting.is_empty()) {
                let after = self.chance.between(20_000, 1_000_000);
                self.ask(queue, after);
            }
        }
    }

    /// Plans a look for members of a queue, unless one is planned.
    pub(super) fn ask(&mut self, queue: usize, after: i64) {
        let Some(now) = self.queues.get_mut(queue) else { return };
        if !now.asked {
            now.asked = true;
            self.plan(after, Task::Distribute(queue));
        }
    }

    /// The agent's part in a queue call is over: counters move in all queues
    /// (`shared_lastcall=yes`) and wrap-up begins.
    pub(super) fn queue_call_over(&mut self, agent: usize, queue: usize) {
        let seconds = self.seconds();
        let wrapup = self.settings.queues.get(queue).map_or(0, |queue| queue.wrapuptime_s);
        let at = self.clock;
        let Some(now) = self.agents.get_mut(agent) else { return };
        now.queue_call = false;
        now.wrap_until = (seconds + i64::from(wrapup)) * SECOND;
        for member in &mut now.members {
            member.calls_taken += 1;
            member.last_call = seconds;
            member.in_call = false;
        }
        let over = now.wrap_until - at;
        self.plan(over.max(0) + 1, Task::Agent(agent, Duty::WrapUpEnds));
    }
}
