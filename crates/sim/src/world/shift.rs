//! What agents do by themselves: shifts, breaks, logging on and off.

use super::{SECOND, Step, Task, World};
use crate::rhythm::{self, Rhythm};

/// What an agent does by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Duty {
    BreakDue,
    /// A break of the shift: reason and mean length in seconds.
    Scheduled(&'static str, i64),
    ShiftEnds,
    BreakEnds,
    /// Is back at the desk; the breaks come as they would have come.
    Returns,
    LogOn,
    WrapUpEnds,
    /// Comes back after an automatic pause.
    Wakes,
}

const SHORT_REASONS: [&str; 4] = ["Break", "Coaching", "Backoffice", "Meeting"];
const REASONS: [&str; 6] = ["Lunch", "Break", "Break", "Coaching", "Backoffice", "Meeting"];

impl World {
    /// Small centres live faster, see `Settings::centre`.
    fn pace(&self) -> f64 {
        (f64::from(self.settings.agents) / 100.0).clamp(0.3, 1.0)
    }

    pub(super) fn plan_next_break(&mut self, agent: usize) {
        let mean = match self.settings.rhythm {
            Rhythm::Steady => 1_200.0 * self.pace(),
            // Beside the breaks of the shift.
            Rhythm::Day { .. } => 7_200.0,
        };
        let after = self.chance.exponential(mean);
        self.plan(after, Task::Agent(agent, Duty::BreakDue));
    }

    /// Plans what the agent does first when the world begins.
    pub(super) fn begin_duty(&mut self, agent: usize) {
        let local = match self.settings.rhythm {
            Rhythm::Steady => return self.plan_next_break(agent),
            Rhythm::Day { offset_s } => self.seconds() + i64::from(offset_s),
        };
        let Some(now) = self.agents.get(agent) else { return };
        match rhythm::into_shift(now.shift_begins, local) {
            Some(into) => self.plan_shift(agent, into),
            None => self.plan_next_shift(agent),
        }
    }

    /// Breaks and end of a shift of which so many seconds have passed.
    fn plan_shift(&mut self, agent: usize, into: i64) {
        for (at, reason, length) in rhythm::BREAKS {
            // Nobody goes to the minute.
            let at = (at - into) * SECOND + self.chance.between(-600, 600) * SECOND;
            if at > 0 {
                self.plan(at, Task::Agent(agent, Duty::Scheduled(reason, length)));
            }
        }
        let left = (rhythm::SHIFT_S - into) * SECOND + self.chance.between(0, 420) * SECOND;
        self.plan(left, Task::Agent(agent, Duty::ShiftEnds));
        self.plan_next_break(agent);
    }

    /// The agent comes back when the next shift begins, some minutes early or late.
    fn plan_next_shift(&mut self, agent: usize) {
        let Rhythm::Day { offset_s } = self.settings.rhythm else { return };
        let Some(now) = self.agents.get(agent) else { return };
        let local = self.seconds() + i64::from(offset_s);
        let left = (now.shift_begins - local).rem_euclid(rhythm::DAY_S) * SECOND;
        let late = self.chance.between(-240, 240) * SECOND;
        self.plan((left + late).max(SECOND), Task::Agent(agent, Duty::LogOn));
    }

    pub(super) fn duty(&mut self, agent: usize, duty: Duty) {
        match duty {
            Duty::BreakDue => {
                let steady = self.settings.rhythm == Rhythm::Steady;
                let log_off = steady && self.chance.percent(8.0);
                let waits = self.chance.percent(70.0);
                let reason = self.chance.pick(if steady { &REASONS } else { &SHORT_REASONS });
                let mean = if reason == "Lunch" { 420 } else { 160 };
                let Some(now) = self.agents.get_mut(agent) else { return };
                let busy = !now.channels.is_empty();
                if log_off {
                    now.log_off_due = true;
                } else {
                    now.break_due.get_or_insert((reason, mean));
                }
                // Some press pause during the call, most when it is over.
                if !busy || (!log_off && !waits) {
                    self.keep_promises(agent);
                }
            }
            Duty::Scheduled(reason, length) => {
                let Some(now) = self.agents.get_mut(agent) else { return };
                now.break_due = Some((reason, length));
                if now.channels.is_empty() {
                    self.keep_promises(agent);
                }
            }
            Duty::ShiftEnds => {
                let Some(now) = self.agents.get_mut(agent) else { return };
                now.log_off_due = true;
                if now.channels.is_empty() {
                    self.keep_promises(agent);
                }
            }
            Duty::BreakEnds => {
                self.end_break(agent);
                self.plan_next_break(agent);
            }
            Duty::Returns => self.end_break(agent),
            Duty::LogOn => self.log_on(agent),
            Duty::WrapUpEnds => {
                self.note_agent(agent);
                self.ask_queues_of(agent);
            }
            Duty::Wakes => {
                if self.agents.get(agent).is_some_and(|agent| agent.pause.is_none()) {
                    self.pause(agent, None, false, "");
                }
            }
        }
    }

    /// Begins the break or logs off as was due, if the agent is still there.
    pub(super) fn keep_promises(&mut self, agent: usize) {
        let Some(now) = self.agents.get_mut(agent) else { return };
        if now.log_off_due && now.channels.is_empty() {
            now.log_off_due = false;
            now.break_due = None;
            if now.logged_in {
                self.log_off(agent);
            }
        } else if now.logged_in
            && now.pause.is_none()
            && let Some((reason, mean)) = now.break_due.take()
        {
            let mean = f64::from(i32::try_from(mean).unwrap_or(160));
            // The breaks of a shift are long ones and end on time; the others as people like.
            let scheduled = mean >= 900.0;
            let (mean, spread) = if scheduled { (mean, 0.08) } else { (mean * self.pace(), 0.5) };
            let length = self.chance.lognormal(mean, spread);
            let end = if scheduled { Duty::Returns } else { Duty::BreakEnds };
            self.begin_break(agent, reason, length, end);
        }
    }

    /// Paused in all queues for so many microseconds; then comes `end`.
    pub(super) fn begin_break(
        &mut self,
        agent: usize,
        reason: &'static str,
        length: i64,
        end: Duty,
    ) {
        if let Some(now) = self.agents.get_mut(agent) {
            now.pause = Some(reason);
        }
        self.pause(agent, None, true, reason);
        self.plan(length, Task::Agent(agent, end));
    }

    fn end_break(&mut self, agent: usize) {
        let Some(now) = self.agents.get_mut(agent) else { return };
        let now_on = now.pause.take().is_some();
        now.misses = 0;
        if now_on {
            self.pause(agent, None, false, "");
        }
        self.ask_queues_of(agent);
    }

    fn log_off(&mut self, agent: usize) {
        let Some(now) = self.agents.get_mut(agent) else { return };
        let count = now.members.len();
        now.logged_in = false;
        for member in 0..count {
            self.say_member("QueueMemberRemoved", agent, member, None);
            self.log_member(agent, member, "REMOVEMEMBER");
            self.refresh_available(agent, member);
        }
        self.note_agent(agent);
        self.send_on_from_empty_queues(agent);
        if self.settings.rhythm != Rhythm::Steady {
            self.plan_next_shift(agent);
            return;
        }
        let mean = 400.0 * self.pace();
        let away = self.chance.lognormal(mean, 0.6);
        self.plan(away, Task::Agent(agent, Duty::LogOn));
    }

    /// Where the agent was the last member and `leavewhenempty` is set, the callers go on.
    fn send_on_from_empty_queues(&mut self, agent: usize) {
        let members = self.agents.get(agent).map(|agent| agent.members.as_slice());
        let queues: Vec<usize> =
            members.unwrap_or_default().iter().map(|member| member.queue).collect();
        for queue in queues {
            let leaves = self.settings.queues.get(queue).is_some_and(|queue| queue.needs_members);
            if !leaves || self.has_members(queue) {
                continue;
            }
            let waiting = self.queues.get(queue).map(|queue| queue.waiting.clone());
            for call in waiting.unwrap_or_default() {
                // app_queue looks once a second.
                let after = self.chance.between(20_000, 1_000_000);
                self.plan_step(call, after, Step::QueueEmpty);
            }
        }
    }

    fn log_on(&mut self, agent: usize) {
        let seconds = self.seconds();
        let at = self.clock;
        let Some(now) = self.agents.get_mut(agent) else { return };
        now.logged_in = true;
        now.pause = None;
        now.break_due = None;
        now.log_off_due = false;
        now.misses = 0;
        now.idle_since = at;
        let count = now.members.len();
        for member in &mut now.members {
            member.calls_taken = 0;
            member.last_call = 0;
            member.last_pause = 0;
            member.login_time = seconds;
            member.paused = false;
            member.reason.clear();
        }
        for member in 0..count {
            self.say_member("QueueMemberAdded", agent, member, None);
            self.log_member(agent, member, "ADDMEMBER");
            self.refresh_available(agent, member);
        }
        self.note_agent(agent);
        match self.settings.rhythm {
            Rhythm::Steady => self.plan_next_break(agent),
            Rhythm::Day { .. } => self.plan_shift(agent, 0),
        }
        self.ask_queues_of(agent);
    }
}
