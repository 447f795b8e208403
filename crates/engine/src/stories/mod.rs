//! The story of today: every agent's day, every call's life, every queue's last hour. The folder
//! fills it in batches from the steps that the model tells; pages and REST read it. It has a lock
//! of its own, so that no reader ever holds up the fold.
//!
//! It may not know how a step came to be, nor the wall clock: every moment is the switch's.

mod day;
mod hour;
mod life;

pub use day::{AgentDay, AgentSpan, STATES};
pub use hour::{MINUTES, Minute, QueueHour};
pub use life::{CallLife, CallStep, KINDS};

use facts::Text;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Where the stories are kept. Clones are one place.
#[derive(Clone, Debug, Default)]
pub struct Stories {
    acds: Arc<Mutex<BTreeMap<Text, Acd>>>,
}

/// The stories of one ACD.
#[derive(Debug, Default)]
struct Acd {
    agents: BTreeMap<Text, AgentDay>,
    calls: Vec<CallLife>,
    queues: BTreeMap<Text, QueueHour>,
}

impl Stories {
    /// A place with no stories.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Text, Acd>> {
        // A reader that panicked while it held the lock has changed nothing.
        self.acds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The day of an agent so far; `None`: nothing is known of him today.
    pub fn agent_day(&self, acd: &str, agent: &str) -> Option<AgentDay> {
        self.lock().get(acd)?.agents.get(agent).cloned()
    }

    /// The life of a call, by any of the ids it was known by; `None`: not known (any more).
    pub fn call_life(&self, acd: &str, call: &str) -> Option<CallLife> {
        let acds = self.lock();
        let mut calls = acds.get(acd)?.calls.iter().rev();
        calls.find(|c| c.ids.iter().any(|id| **id == *call)).cloned()
    }

    /// The last hour of a queue, minute by minute; `None`: no such queue.
    pub fn queue_hour(&self, acd: &str, queue: &str) -> Option<QueueHour> {
        self.lock().get(acd)?.queues.get(queue).cloned()
    }

    /// Puts a whole day in place of what is known of that agent: for tests and demonstrations.
    pub fn put_agent_day(&self, day: &AgentDay) {
        let mut acds = self.lock();
        let acd = acds.entry(day.acd.clone()).or_default();
        acd.agents.insert(day.agent.clone(), day.clone());
    }

    /// Puts a whole life in place of what is known of that call: for tests and demonstrations.
    pub fn put_call_life(&self, life: &CallLife) {
        let mut acds = self.lock();
        let acd = acds.entry(life.acd.clone()).or_default();
        acd.calls.retain(|c| !c.ids.iter().any(|id| life.ids.contains(id)));
        acd.calls.push(life.clone());
    }

    /// Puts a whole hour in place of what is known of that queue: for tests and demonstrations.
    pub fn put_queue_hour(&self, acd: &str, queue: &str, hour: &QueueHour) {
        let mut acds = self.lock();
        let acd = acds.entry(Text::from(acd)).or_default();
        acd.queues.insert(Text::from(queue), hour.clone());
    }
}
