//! The keeper: takes what the links heard, hands it to the journal and, at the same time, on to
//! the folder. It waits for neither: a journal that stalls fills its own queue and then the ring
//! (whose answer to full is a recorded hole); a folder that is behind reads from the journal.

use crate::relay::Relay;
use facts::{Record, Text};
use journal::{Journal, Reason};
use links::Ring;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How many records are taken at once: large enough to make a commit worth it.
const TAKE_MAX: usize = 8_192;
/// How long to wait for the first record of a batch.
const TAKE_WAIT: Duration = Duration::from_millis(100);
/// How long to wait before records are offered again to a journal that is full.
const FULL_WAIT: Duration = Duration::from_millis(50);

/// The state of the keeper's thread.
pub(crate) struct Keeper {
    pub(crate) ring: Arc<Ring>,
    pub(crate) journal: Arc<Journal>,
    pub(crate) relay: Arc<Relay>,
    /// Name of each link's ACD, by link index.
    pub(crate) acds: Arc<std::sync::RwLock<Vec<Text>>>,
    pub(crate) stop: Arc<AtomicBool>,
}

impl Keeper {
    /// Runs until told to stop and the ring is empty.
    pub(crate) fn run(self) {
        let mut stopped = false;
        let mut refused: VecDeque<(usize, Vec<Record>)> = VecDeque::new();
        loop {
            let stopping = self.stop.load(Ordering::Acquire);
            if refused.is_empty() {
                let batch = self.ring.take(TAKE_MAX, TAKE_WAIT);
                if batch.is_empty() && stopping {
                    return;
                }
                refused = by_link(batch);
            }
            while let Some((link, records)) = refused.pop_front() {
                if let Some(back) = self.keep(link, records, &mut stopped) {
                    refused.push_front((link, back));
                    if stopping {
                        tracing::error!("stopping with records that the journal did not take");
                        return;
                    }
                    std::thread::sleep(FULL_WAIT);
                    break;
                }
            }
        }
    }

    /// Hands records of one link on. Gives them back if the journal is full.
    fn keep(&self, link: usize, records: Vec<Record>, stopped: &mut bool) -> Option<Vec<Record>> {
        let acd = {
            let acds = self.acds.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            acds.get(link).cloned()?
        };
        let entries = records.iter().map(to_entry).collect();
        match self.journal.append(&acd, entries) {
            Ok(last) => {
                self.relay.send(link, last, records);
                None
            }
            Err(refused) if refused.reason == Reason::Full => Some(records),
            Err(refused) => {
                // Stopped: the process is about to end, and once is enough said of all that still
                // comes. Unfit: trying again would not help.
                let again = refused.reason == Reason::Stopped && std::mem::replace(stopped, true);
                if !again {
                    tracing::error!(code = "not-kept", acd = &*acd, %refused);
                }
                None
            }
        }
    }
}

/// Splits a batch by link, keeping the order within each.
fn by_link(batch: Vec<(usize, Record)>) -> VecDeque<(usize, Vec<Record>)> {
    let mut out: VecDeque<(usize, Vec<Record>)> = VecDeque::new();
    for (link, record) in batch {
        match out.iter_mut().find(|(l, _)| *l == link) {
            Some((_, records)) => records.push(record),
            None => out.push_back((link, vec![record])),
        }
    }
    out
}

/// A record as the journal keeps it.
pub(crate) fn to_entry(record: &Record) -> journal::Entry {
    journal::Entry {
        kind: record.kind as u8,
        epoch: record.epoch.0,
        stamp: record.stamp.0,
        heard: record.heard.0,
        payload: record.payload.clone(),
    }
}

/// A journal entry as a record; `None` if it is of a kind that this version does not know.
pub fn from_entry(entry: journal::Entry) -> Option<Record> {
    Some(Record {
        kind: facts::Kind::from_code(entry.kind)?,
        epoch: facts::Epoch(entry.epoch),
        stamp: facts::Stamp(entry.stamp),
        heard: facts::Stamp(entry.heard),
        payload: entry.payload,
    })
}
