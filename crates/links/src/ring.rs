//! The bounded queue between the links and whoever writes to disk.
//!
//! Bounded by bytes, so that a burst of short events and one of long ones both fit; memory is
//! used only as it fills. Full: the newest record is refused and the link notes a hole; what
//! is in the ring is never thrown away. Knows nothing of sockets or disks.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use facts::Record;

/// What a record costs beside its payload: its place in the queue and its allocation.
const RECORD_BYTES: u64 = 96;

/// Room kept when the queue has run empty; more is given back.
const IDLE_RECORDS: usize = 16 * 1024;

/// Records on their way from many links to one consumer.
#[derive(Debug)]
pub struct Ring {
    bytes_max: u64,
    inner: Mutex<Inner>,
    filled: Condvar,
}

#[derive(Debug, Default)]
struct Inner {
    records: VecDeque<(usize, Record)>,
    used: u64,
    woken: bool,
}

impl Ring {
    /// Bytes that hold 60 s of 5,000 events a second three times over.
    pub const BYTES_MAX: u64 = 512 << 20;

    /// An empty ring that holds at most `bytes_max` bytes.
    #[must_use]
    pub fn new(bytes_max: u64) -> Arc<Self> {
        Arc::new(Self { bytes_max, inner: Mutex::default(), filled: Condvar::new() })
    }

    /// Adds what the link of that number heard. `false`: full, the record is dropped.
    ///
    /// Never waits for the consumer (but for the moment it takes records out).
    #[must_use]
    pub fn push(&self, link: usize, record: Record) -> bool {
        let cost = cost(&record);
        let mut inner = self.lock();
        if inner.used.saturating_add(cost) > self.bytes_max {
            return false;
        }
        inner.used += cost;
        inner.records.push_back((link, record));
        drop(inner);
        self.filled.notify_one();
        true
    }

    /// Takes up to `max` records in the order they came. Waits up to `wait` for the first
    /// one; empty if none came or somebody called [`wake`](Self::wake).
    pub fn take(&self, max: usize, wait: Duration) -> Vec<(usize, Record)> {
        let until = Instant::now().checked_add(wait);
        let mut inner = self.lock();
        while inner.records.is_empty() && !inner.woken {
            let left = until.map_or(wait, |u| u.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            let waited = self.filled.wait_timeout(inner, left);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        inner.woken = false;
        let many = inner.records.len().min(max);
        let taken: Vec<_> = inner.records.drain(..many).collect();
        inner.used -= taken.iter().map(|(_, record)| cost(record)).sum::<u64>();
        if inner.records.is_empty() && inner.records.capacity() > IDLE_RECORDS {
            inner.records.shrink_to(IDLE_RECORDS);
        }
        taken
    }

    /// Makes a waiting [`take`](Self::take), or else the next one, return at once.
    pub fn wake(&self) {
        self.lock().woken = true;
        self.filled.notify_all();
    }

    /// Bytes in use.
    pub fn used(&self) -> u64 {
        self.lock().used
    }

    /// The most bytes it holds.
    #[must_use]
    pub const fn bytes_max(&self) -> u64 {
        self.bytes_max
    }

    /// A thread that died while it held the lock left a whole queue behind: every change
    /// above is complete before anything that can panic.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn cost(record: &Record) -> u64 {
    RECORD_BYTES + u64::try_from(record.payload.len()).unwrap_or(u64::MAX / 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::{Epoch, Kind, Stamp};

    fn record(payload: &[u8]) -> Record {
        Record {
            kind: Kind::Event,
            epoch: Epoch(1),
            stamp: Stamp(1),
            heard: Stamp(2),
            payload: payload.into(),
        }
    }

    #[test]
    fn order_is_kept_and_full_is_said() {
        let ring = Ring::new(3 * (RECORD_BYTES + 10));
        for n in 0..3 {
            assert!(ring.push(n, record(&[b'x'; 10])));
        }
        assert!(!ring.push(3, record(b"y")), "a fourth does not fit");
        assert_eq!(ring.used(), 3 * (RECORD_BYTES + 10));
        let taken = ring.take(2, Duration::ZERO);
        assert_eq!(taken.iter().map(|t| t.0).collect::<Vec<_>>(), [0, 1]);
        assert!(ring.push(4, record(b"z")), "room again");
        let taken = ring.take(9, Duration::ZERO);
        assert_eq!(taken.iter().map(|t| t.0).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(ring.used(), 0);
    }

    #[test]
    fn a_waiting_consumer_is_woken_by_a_record_and_by_wake() {
        let ring = Ring::new(1 << 20);
        let far = Duration::from_secs(60);
        std::thread::scope(|scope| {
            let taker = scope.spawn(|| ring.take(1, far).len());
            assert!(ring.push(0, record(b"a")));
            assert_eq!(taker.join().unwrap(), 1);
            let taker = scope.spawn(|| ring.take(1, far).len());
            ring.wake();
            assert_eq!(taker.join().unwrap(), 0);
        });
    }

    #[test]
    fn a_burst_does_not_keep_its_memory() {
        let ring = Ring::new(1 << 30);
        for _ in 0..4 * IDLE_RECORDS {
            assert!(ring.push(0, record(b"a")));
        }
        assert_eq!(ring.take(usize::MAX, Duration::ZERO).len(), 4 * IDLE_RECORDS);
        assert!(ring.lock().records.capacity() <= 2 * IDLE_RECORDS);
    }
}
