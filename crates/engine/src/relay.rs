//! From the keeper to the folder: records in memory, bounded by bytes. Its answer to full is to
//! forget what it holds: the folder then sees a gap in the sequence and reads the journal.

use facts::Record;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// How many bytes of payload may wait here.
const RELAY_BYTES_MAX: usize = 256 << 20;

/// Records of one link that follow each other in the journal.
#[derive(Debug)]
pub(crate) struct Parcel {
    /// The link's index.
    pub(crate) link: usize,
    /// The journal's sequence number of the first record.
    pub(crate) first: u64,
    /// The records, in sequence.
    pub(crate) records: Vec<Record>,
}

#[derive(Debug, Default)]
struct Waiting {
    parcels: VecDeque<Parcel>,
    bytes: usize,
    /// Wakes the folder though there may be nothing: a link came or it shall stop.
    nudged: bool,
}

impl Parcel {
    /// The journal's sequence number of the last record; `first - 1` if there are none.
    pub(crate) fn last(&self) -> u64 {
        let count = u64::try_from(self.records.len()).unwrap_or(u64::MAX);
        self.first.saturating_add(count).saturating_sub(1)
    }
}

/// The queue between keeper and folder.
#[derive(Debug, Default)]
pub(crate) struct Relay {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

impl Relay {
    /// Passes on records, of which `last` is the sequence number of the last one.
    pub(crate) fn send(&self, link: usize, last: u64, records: Vec<Record>) {
        let count = u64::try_from(records.len()).unwrap_or(u64::MAX);
        let first = last.saturating_add(1).saturating_sub(count);
        let bytes: usize = records.iter().map(|r| r.payload.len()).sum();
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.bytes + bytes > RELAY_BYTES_MAX {
            tracing::warn!(code = "fold-behind", "the fold is behind and reads from the journal");
            waiting.parcels.clear();
            waiting.bytes = 0;
        }
        waiting.bytes += bytes;
        waiting.parcels.push_back(Parcel { link, first, records });
        drop(waiting);
        self.more.notify_one();
    }

    /// Takes all that waits, after at most `wait`.
    pub(crate) fn take(&self, wait: Duration) -> VecDeque<Parcel> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let empty = |w: &mut Waiting| w.parcels.is_empty() && !w.nudged;
        let (mut waiting, _) = self
            .more
            .wait_timeout_while(waiting, wait, empty)
            .unwrap_or_else(PoisonError::into_inner);
        waiting.nudged = false;
        waiting.bytes = 0;
        std::mem::take(&mut waiting.parcels)
    }

    /// Wakes the folder.
    pub(crate) fn nudge(&self) {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).nudged = true;
        self.more.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::{Epoch, Kind, Stamp};

    fn records(n: usize, bytes: usize) -> Vec<Record> {
        let one = Record {
            kind: Kind::Event,
            epoch: Epoch(0),
            stamp: Stamp(0),
            heard: Stamp(0),
            payload: vec![0; bytes].into(),
        };
        vec![one; n]
    }

    #[test]
    fn sequence_numbers_follow_and_full_means_a_gap() {
        let relay = Relay::default();
        relay.send(0, 3, records(3, 10));
        relay.send(0, 5, records(2, 10));
        let firsts: Vec<u64> = relay.take(Duration::ZERO).iter().map(|p| p.first).collect();
        assert_eq!(firsts, [1, 4]);
        relay.send(0, 6, records(1, RELAY_BYTES_MAX));
        relay.send(0, 7, records(1, 1));
        let firsts: Vec<u64> = relay.take(Duration::ZERO).iter().map(|p| p.first).collect();
        assert_eq!(firsts, [7], "6 was forgotten: the folder reads it from the journal");
        relay.nudge();
        assert!(relay.take(Duration::from_secs(60)).is_empty(), "a nudge wakes at once");
    }
}
