//! A caller leaves a queue by pressing a key; a reload of the configuration.

use super::log::NONE;
use super::{SECOND, Step, Task, World};
use crate::class::Classes;
use crate::rhythm::{DAY_S, Rhythm};
use crate::truth::VisitEnd;

/// Of 100 callers those who press the key that a queue's context offers. Not measured: ours.
const PRESS_KEY: f64 = 2.0;
/// The key.
const KEY: &str = "2";
/// When the configuration is reloaded, in seconds after midnight.
const RELOAD_AT: i64 = 4 * 3600;

impl World {
    /// Plans that the caller who has just joined presses the key, if this one does.
    pub(super) fn plan_key(&mut self, call: u64) {
        if self.settings.traps && self.chance.percent(PRESS_KEY) {
            let after = self.chance.between(4 * SECOND, 40 * SECOND);
            self.plan_step(call, after, Step::ExitKey);
        }
    }

    /// Out of the queue and on in its context: no Abandon and no QUEUESTATUS is said.
    pub(super) fn exit_by_key(&mut self, call: u64) {
        let Some(now) = self.calls.get(&call) else { return };
        // While a phone rings the key is not heard here.
        if now.attempt.is_some() {
            return;
        }
        let caller = now.caller;
        self.say_digit(caller, KEY);
        self.set(caller, |channel| {
            channel.context = "queue-exit";
            KEY.clone_into(&mut channel.exten);
            channel.priority = 0;
        });
        // It still shows the application that the caller comes from.
        if let Some((application, data)) =
            self.channels.get(&caller).map(|channel| (channel.application, channel.data.clone()))
        {
            self.say_newexten(caller, application, &data);
        }
        self.say_channel("MusicOnHoldStop", Classes::CALL, caller, &[]);
        let Some((visit, position)) = self.leave_queue(call) else { return };
        let original = visit.original_position.to_string();
        let waited = (self.seconds() - visit.joined.div_euclid(SECOND)).to_string();
        let data = [KEY, &position, &original, &waited];
        self.log_call(call, visit.queue, None, "EXITWITHKEY", &data);
        self.truth.visit(call, |visit| visit.end = VisitEnd::ExitKey);
        self.truth.queue(visit.queue, |queue| queue.exit_key += 1);
        self.new_phase(call);
        self.set(caller, |channel| channel.priority = 1);
        self.say_newexten(caller, "Playback", "vm-goodbye");
        self.plan_step(call, 900_000, Step::HangupAfterTimeout);
    }

    /// Plans the night's reload of a real day.
    pub(super) fn plan_reload(&mut self) {
        if let (Rhythm::Day { offset_s }, true) = (self.settings.rhythm, self.settings.traps) {
            let local = self.seconds() + i64::from(offset_s);
            let left = (RELOAD_AT - local).rem_euclid(DAY_S).max(1);
            self.plan(left * SECOND, Task::Reload);
        }
    }

    /// `core reload`: every hint is said again, then Reload; nothing of the queues.
    pub(super) fn reload(&mut self) {
        self.write_log(NONE, NONE, NONE, "CONFIGRELOAD", &[""]);
        for agent in 0..self.agents.len() {
            let hint = self.agents.get(agent).map(|agent| (agent.number.clone(), agent.device));
            if let Some((number, device)) = hint {
                self.say_hint(&number, device);
            }
        }
        let mut event = self.event("Reload", Classes::SYSTEM);
        event.field("Module", "All");
        self.say(event);
        self.plan(DAY_S * SECOND, Task::Reload);
    }
}
