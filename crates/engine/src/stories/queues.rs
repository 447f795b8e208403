//! The last hour of the queues of one ACD.

use super::hour::{MINUTES, Minute, QueueHour};
use facts::{Stamp, Text};
use rustc_hash::FxBuildHasher;
use std::collections::{HashMap, VecDeque};

/// A minute, microseconds.
const MINUTE: i64 = 60_000_000;

/// One queue.
#[derive(Debug, Default)]
struct Queue {
    service_level_s: u32,
    /// Oldest first; minutes of which nothing was told are missing.
    minutes: VecDeque<Minute>,
}

/// All queues.
#[derive(Debug, Default)]
pub(super) struct Hours {
    queues: HashMap<Text, Queue, FxBuildHasher>,
    /// The newest minute that anything was told of.
    newest: Stamp,
}

impl Hours {
    /// A minute as far as it has come.
    pub(super) fn push(&mut self, queue: &Text, service_level_s: u32, minute: Minute) {
        self.newest = self.newest.max(minute.at);
        if !self.queues.contains_key(queue) {
            self.queues.insert(queue.clone(), Queue::default());
        }
        let Some(q) = self.queues.get_mut(queue) else { return };
        q.service_level_s = service_level_s;
        match q.minutes.back_mut() {
            Some(last) if last.at == minute.at => *last = minute,
            // The switch's clock was set back: what was told of that minute stays.
            Some(last) if last.at > minute.at => {}
            _ => q.minutes.push_back(minute),
        }
        while q.minutes.len() > MINUTES {
            q.minutes.pop_front();
        }
    }

    /// Forgets what is known of a queue.
    pub(super) fn forget(&mut self, queue: &str) {
        self.queues.remove(queue);
    }

    /// The hour of a queue that ends with the minute of `now`; of minutes that were not told
    /// nothing was heard.
    pub(super) fn hour(&self, queue: &str, now: Stamp) -> Option<QueueHour> {
        let minute = Stamp(now.0.div_euclid(MINUTE).saturating_mul(MINUTE));
        let newest = self.newest.max(minute);
        let q = self.queues.get(queue)?;
        let count = i64::try_from(MINUTES).unwrap_or(0);
        let minutes = (1 - count..=0).map(|i| {
            let at = newest.plus(i * MINUTE);
            let told = q.minutes.iter().find(|m| m.at == at).copied();
            told.unwrap_or(Minute { at, ..Minute::default() })
        });
        Some(QueueHour { minutes: minutes.collect(), service_level_s: q.service_level_s })
    }
}
