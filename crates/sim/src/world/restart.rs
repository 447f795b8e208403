//! `core restart now`: calls torn down with ordinary events, then everything from 0.

use super::log::NONE;
use super::{SECOND, Task, World};
use crate::class::Classes;
use crate::said::Said;
use crate::truth::{EndedBy, VisitEnd};

impl World {
    /// Ends every call as Asterisk does and says Shutdown. Callers that still wait are cut.
    ///
    /// The connections must be closed after this; [`Self::boot`] follows when it is up again.
    pub fn shut_down(&mut self, now: i64, out: &mut Vec<Said>) {
        self.advance(now, out);
        for call in self.calls.keys().copied().collect::<Vec<_>>() {
            self.cut_call(call);
        }
        // Entries about calls lapse; breaks and arrivals go on.
        self.agenda.retain(|_, task| !matches!(task, Task::Call(..)));
        let mut event = self.event("Shutdown", Classes::SYSTEM);
        event.field("Shutdown", "Cleanly").field("Restart", "True");
        self.say(event);
        out.append(&mut self.said);
    }

    /// Restarts now: what is said until the connections are closed is added to `out`. Returns what
    /// a session hears that attaches `away` microseconds later; it missed the broadcast
    /// FullyBooted, for the PBX was up before the session was.
    pub fn restart_and_attach(&mut self, away: i64, out: &mut Vec<Said>) -> Vec<u8> {
        self.shut_down(self.clock, out);
        let up = self.clock + away / 2;
        self.boot(up, &mut Vec::new());
        let attached = up + away / 2;
        self.advance(attached, &mut Vec::new());
        self.opening(self.clock)
    }

    fn cut_call(&mut self, call: u64) {
        if self.cut_conference(call) {
            return;
        }
        let Some(now) = self.calls.get_mut(&call) else { return };
        // No consultation comes back to its caller in the end of the world.
        now.consult = None;
        if let Some(dialled) = now.dialled.as_mut() {
            dialled.parent = None;
        }
        self.cut_link(call);
        let Some(now) = self.calls.get_mut(&call) else { return };
        if now.parked.is_some() {
            self.cut_parked(call);
            return;
        }
        let (caller, talking, waiting) = (now.caller, now.talk.is_some(), now.visit.is_some());
        let rung = if waiting { None } else { now.attempt.take() };
        if talking {
            self.end_talk(call, EndedBy::Restart);
        } else if waiting {
            self.say_soft_hangup(caller, "4");
            self.abandon(call, VisitEnd::Cut, 0);
        } else if let Some(rung) = rung {
            self.say_soft_hangup(caller, "4");
            self.say_pair(
                "DialEnd",
                Classes::CALL,
                caller,
                rung.channel,
                &[("DialStatus", "CANCEL")],
            );
            self.end_dialled(call, rung.channel, 0);
        } else {
            self.say_soft_hangup(caller, "4");
            self.hang_up(caller, 0);
            self.forget_call(call);
        }
    }

    /// The PBX is up again: counters at 0, members back with their pauses and no event for it.
    /// Says the broadcast FullyBooted.
    pub fn boot(&mut self, now: i64, out: &mut Vec<Said>) {
        // Nothing happens while it is down: what was due waits for the PBX.
        let late = now - self.clock;
        let due: Vec<_> = self.agenda.range(..=(now, u64::MAX)).map(|(key, _)| *key).collect();
        for key in due {
            if let Some(task) = self.agenda.remove(&key) {
                self.agenda.insert((key.0 + late.max(0) + SECOND, key.1), task);
            }
        }
        self.clock = self.clock.max(now);
        self.booted = self.clock;
        self.named = 0;
        self.locals = 0;
        self.lot = None;
        self.unique = 0;
        for queue in &mut self.queues {
            queue.completed = 0;
            queue.abandoned = 0;
            queue.within_level = 0;
            queue.hold_average = 0;
            queue.talk_average = 0;
        }
        let seconds = self.seconds();
        for agent in &mut self.agents {
            agent.wrap_until = 0;
            for member in &mut agent.members {
                member.calls_taken = 0;
                member.last_call = 0;
                member.login_time = seconds;
                member.last_pause = if member.paused { seconds } else { 0 };
                member.in_call = false;
            }
        }
        for agent in 0..self.agents.len() {
            self.note_agent(agent);
        }
        self.write_log(NONE, NONE, NONE, "QUEUESTART", &[""]);
        let mut event = self.event("FullyBooted", Classes::SYSTEM);
        event.field("Status", "Fully Booted").field("Uptime", "0").field("LastReload", "0");
        self.say(event);
        out.append(&mut self.said);
    }
}
