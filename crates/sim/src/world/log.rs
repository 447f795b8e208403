//! `queue_log`: what app_queue writes beside what it says over AMI.
//!
//! One line for each: stamp in whole seconds, call id (or `NONE`, `MANAGER`), queue, agent, verb,
//! data. Members are named by their interface when they are added or removed and by their name
//! otherwise, as a real Asterisk does.

use super::{World, name_of};

/// The call id or queue of a line that has none.
pub(super) const NONE: &str = "NONE";

impl World {
    /// Keeps `queue_log` from now on; [`World::take_log`] hands it out.
    pub fn keep_log(&mut self) {
        self.log.get_or_insert_default();
    }

    /// The lines written since the last time, if they are kept at all.
    pub fn take_log(&mut self) -> Vec<u8> {
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Writes a line; nothing in the silence before the beginning.
    pub(super) fn write_log(
        &mut self,
        call: &str,
        queue: &str,
        who: &str,
        verb: &str,
        data: &[&str],
    ) {
        if self.mute {
            return;
        }
        let second = self.seconds();
        let Some(log) = self.log.as_mut() else { return };
        // What app_queue writes of a name it writes as it is: a bar in it makes one field two.
        let line = format!("{second}|{call}|{queue}|{who}|{verb}|{}\n", data.join("|"));
        log.extend_from_slice(line.as_bytes());
    }

    /// A line about the caller of a call in a queue.
    pub(super) fn log_call(
        &mut self,
        call: u64,
        queue: usize,
        agent: Option<usize>,
        verb: &str,
        data: &[&str],
    ) {
        if self.log.is_none() {
            return;
        }
        let truth = self.truth.calls.get(&call);
        let id = truth.map(|call| call.uniqueid.clone()).unwrap_or_default();
        let who = agent.and_then(|agent| self.agents.get(agent));
        let who = who.map_or_else(|| NONE.to_owned(), |agent| agent.name.clone());
        let queue = name_of(&self.settings.queues, queue);
        self.write_log(&id, &queue, &who, verb, data);
    }

    /// A member of a queue is added or removed; by interface.
    pub(super) fn log_member(&mut self, agent: usize, member: usize, verb: &str) {
        if self.log.is_none() {
            return;
        }
        let Some(agent) = self.agents.get(agent) else { return };
        let Some(queue) = agent.members.get(member).map(|member| member.queue) else { return };
        let who = agent.interface.clone();
        let queue = name_of(&self.settings.queues, queue);
        self.write_log("MANAGER", &queue, &who, verb, &[""]);
    }

    /// A member is paused or not; by name. `queue` is `NONE` for all at once.
    pub(super) fn log_pause(&mut self, agent: usize, queue: Option<usize>, on: bool, reason: &str) {
        if self.log.is_none() {
            return;
        }
        let Some(who) = self.agents.get(agent).map(|agent| agent.name.clone()) else { return };
        let verb = match (on, queue) {
            (true, Some(_)) => "PAUSE",
            (true, None) => "PAUSEALL",
            (false, Some(_)) => "UNPAUSE",
            (false, None) => "UNPAUSEALL",
        };
        let queue =
            queue.map_or_else(|| NONE.to_owned(), |queue| name_of(&self.settings.queues, queue));
        self.write_log(NONE, &queue, &who, verb, &[reason]);
    }
}
