//! The story of today: every agent's day, every call's life, every queue's last hour. The folder
//! fills it in batches from the steps that the model tells; pages and REST read it. It has a lock
//! of its own, so that no reader ever holds up the fold.
//!
//! It may not know how a step came to be, nor the wall clock: every moment is the switch's.

mod agents;
mod calls;
mod day;
mod hour;
mod life;
mod pack;
mod queues;
mod words;

pub use day::{AgentDay, AgentSpan, STATES};
pub use hour::{MINUTES, Minute, QueueHour};
pub use life::{CallLife, CallStep, KINDS};

use facts::{Stamp, Text};
use model::{AgentDid, CallDid, Step};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many bytes the days of all agents take at most. Full: the oldest quarter of the time goes,
/// and the days say `cut`.
const DAYS_BYTES_MAX: usize = 48 << 20;
/// How many bytes the lives of ended calls take at most. Full: the calls that ended first go.
const LIVES_BYTES_MAX: usize = 48 << 20;
/// How many steps are taken in while readers wait.
const BATCH: usize = 1_000;

/// Where the stories are kept. Clones are one place.
#[derive(Clone, Debug, Default)]
pub struct Stories {
    acds: Arc<Mutex<BTreeMap<Text, Acd>>>,
}

/// The stories of one ACD.
#[derive(Debug, Default)]
struct Acd {
    days: agents::Days,
    lives: calls::Lives,
    hours: queues::Hours,
    /// How far they go, on the switch's clock.
    now: Stamp,
    /// What is added to the switch's stamps when they are shown, microseconds.
    shown_offset_us: i64,
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
        let acds = self.lock();
        let (name, acd) = acds.get_key_value(acd)?;
        let day = acd.days.day(name, agent, acd.now)?;
        let offset = acd.shown_offset_us;
        drop(acds);
        Some(day.shifted(offset))
    }

    /// The life of a call, by any of the ids it was known by; `None`: not known (any more).
    pub fn call_life(&self, acd: &str, call: &str) -> Option<CallLife> {
        let acds = self.lock();
        let (name, acd) = acds.get_key_value(acd)?;
        let life = acd.lives.life(name, call)?;
        let offset = acd.shown_offset_us;
        drop(acds);
        Some(life.shifted(offset))
    }

    /// The last hour of a queue, minute by minute; `None`: no such queue.
    pub fn queue_hour(&self, acd: &str, queue: &str) -> Option<QueueHour> {
        let acds = self.lock();
        let acd = acds.get(acd)?;
        let mut hour = acd.hours.hour(queue, acd.now)?;
        for minute in &mut hour.minutes {
            minute.at = minute.at.plus(acd.shown_offset_us);
        }
        drop(acds);
        Some(hour)
    }

    /// Takes in what a fold told, in its order.
    pub fn take(&self, acd: &Text, steps: impl IntoIterator<Item = Step>) {
        let mut steps = steps.into_iter().peekable();
        while steps.peek().is_some() {
            let mut acds = self.lock();
            let share = acds.len().max(1);
            if !acds.contains_key(acd) {
                acds.insert(acd.clone(), Acd::default());
            }
            let Some(stories) = acds.get_mut(acd) else { return };
            for step in steps.by_ref().take(BATCH) {
                stories.step(acd, step);
            }
            stories.make_room(share);
        }
    }

    /// The stories of an ACD go up to here, on its clock, which is shown with `offset_us` added.
    pub fn at(&self, acd: &Text, now: Stamp, offset_us: i64) {
        if let Some(stories) = self.lock().get_mut(acd) {
            stories.now = stories.now.max(now);
            stories.shown_offset_us = offset_us;
        }
    }

    /// Today begins here: what agents did before is dropped.
    pub fn start_day(&self, acd: &Text, midnight: Stamp) {
        self.lock().entry(acd.clone()).or_default().days.start_day(midnight);
    }

    /// Puts a whole day in place of what is known of that agent: for tests and demonstrations.
    pub fn put_agent_day(&self, day: &AgentDay) {
        let mut acds = self.lock();
        let acd = acds.entry(day.acd.clone()).or_default();
        acd.days.forget(&day.agent);
        acd.days.start_day(day.day_start);
        for span in &day.spans {
            acd.days.push(&day.agent, &day.name, AgentSpan { to: None, ..span.clone() });
        }
        acd.now = acd.now.max(day.now);
    }

    /// Puts a whole life in place of what is known of that call: for tests and demonstrations.
    pub fn put_call_life(&self, life: &CallLife) {
        let mut acds = self.lock();
        acds.entry(life.acd.clone()).or_default().lives.put(life);
    }

    /// Puts a whole hour in place of what is known of that queue: for tests and demonstrations.
    pub fn put_queue_hour(&self, acd: &str, queue: &str, hour: &QueueHour) {
        let mut acds = self.lock();
        let acd = acds.entry(Text::from(acd)).or_default();
        acd.hours.forget(queue);
        for minute in &hour.minutes {
            acd.hours.push(&Text::from(queue), hour.service_level_s, *minute);
        }
    }
}

impl Acd {
    fn step(&mut self, acd: &Text, step: Step) {
        match step {
            Step::Agent(step) => {
                self.now = self.now.max(step.at);
                if let AgentDid::Is(seen) = &step.did {
                    let span = words::span(step.at, seen);
                    self.days.push(&step.agent.0, &seen.name, span);
                }
            }
            Step::Call(step) => {
                self.now = self.now.max(step.at);
                self.call_step(acd, &step);
            }
            Step::Minute(minute) => {
                self.hours.push(&minute.split.0, minute.service_level_s, words::minute(&minute));
            }
        }
    }

    fn call_step(&mut self, acd: &Text, step: &model::CallStep) {
        let id = &step.call.0;
        if let CallDid::Entry(entry) = &step.did {
            let mut head = calls::new_life(acd, id, step.at);
            let entry = words::entry(step.at, entry, &mut head);
            return self.lives.enter(acd, id, entry, &head);
        }
        let Some(shown) = words::step(step.at, &step.did) else { return };
        match &step.did {
            CallDid::Joined { ids } => {
                let ids: Vec<Text> = ids.iter().map(|i| i.0.clone()).collect();
                self.lives.join(acd, id, &ids, shown);
            }
            CallDid::Ended { .. } => self.lives.end(acd, id, shown),
            CallDid::Code { .. } => self.lives.code(acd, id, shown),
            _ => self.lives.push(acd, id, shown),
        }
    }

    fn make_room(&mut self, share: usize) {
        if self.days.bytes() > DAYS_BYTES_MAX / share {
            self.days.make_room(self.now);
        }
        self.lives.make_room(LIVES_BYTES_MAX / share);
    }
}

impl AgentDay {
    /// In another clock.
    fn shifted(mut self, offset_us: i64) -> Self {
        self.day_start = self.day_start.plus(offset_us);
        self.now = self.now.plus(offset_us);
        for span in &mut self.spans {
            span.from = span.from.plus(offset_us);
            span.to = span.to.map(|to| to.plus(offset_us));
        }
        self
    }
}

impl CallLife {
    /// In another clock.
    fn shifted(mut self, offset_us: i64) -> Self {
        self.began = self.began.plus(offset_us);
        self.ended = self.ended.map(|e| e.plus(offset_us));
        for step in &mut self.steps {
            step.at = step.at.plus(offset_us);
        }
        self
    }
}
