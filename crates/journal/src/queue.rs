//! What the callers and the writer's thread share: the bounded queue, the watermarks and the
//! state. No file is touched here, so nothing here waits for a disk.

use crate::entry::PAYLOAD_BYTES_MAX;
use crate::retention::Command;
use crate::{Entry, layout};
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// So many bytes go into one transaction at most.
const CYCLE_BYTES: u64 = 32 << 20;

/// How far an ACD's records have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watermark {
    /// The last record that was heard: it is in memory at least. 0: none.
    pub heard_seq: u64,
    /// Every record up to this one is kept: committed and synced. 0: none.
    pub kept_seq: u64,
    /// The greatest stamp (microseconds since 1970 in UTC) of what is kept; `None`: nothing is.
    pub kept_through: Option<i64>,
}

/// How the journal is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Everything heard is being kept.
    Healthy,
    /// There is no room on the disk. Records wait in memory; goes away by itself.
    DiskFull {
        /// Since when, microseconds since 1970 in UTC by this server's clock.
        since: i64,
        /// Bytes of records in memory.
        waiting_bytes: u64,
    },
    /// Another program holds a file locked. Records wait in memory; goes away by itself.
    Locked {
        /// Since when, microseconds since 1970 in UTC by this server's clock.
        since: i64,
        /// Bytes of records in memory.
        waiting_bytes: u64,
    },
    /// Nothing more can be kept: the program has to say these words and end.
    Failed(String),
}

/// Records that were not taken.
#[derive(Debug, PartialEq, Eq)]
pub struct Refused {
    /// The records, as they were given.
    pub entries: Vec<Entry>,
    /// Why.
    pub reason: Reason,
}

/// Why records were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The queue is full: the disk has been behind for longer than the queue is sized for.
    Full,
    /// The journal has failed or was closed.
    Stopped,
    /// The ACD's name is empty or too long to be a directory, or a payload is too long. Never
    /// to be tried again.
    Unfit,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.entries.len();
        match self.reason {
            Reason::Full => write!(f, "journal queue is full: {count} records not taken"),
            Reason::Stopped => write!(f, "journal has stopped: {count} records not taken"),
            Reason::Unfit => write!(
                f,
                "{count} records not taken: the name of the acd must have 1 to 80 bytes and a \
                 payload no more than {PAYLOAD_BYTES_MAX}"
            ),
        }
    }
}

impl std::error::Error for Refused {}

/// The moment now by this server's clock, microseconds since 1970 in UTC.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// A lock whose holder panicked is still a lock: what it guards is changed in single steps.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An ACD's watermark, readable without waiting.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    heard: AtomicU64,
    kept: AtomicU64,
    through: AtomicI64,
}

impl Marks {
    fn read(&self) -> Watermark {
        // Kept first: what is kept was heard before, so the pair is never the wrong way round.
        let kept_seq = self.kept.load(Ordering::Acquire);
        let through = self.through.load(Ordering::Acquire);
        let heard_seq = self.heard.load(Ordering::Acquire);
        let kept_through = (through != i64::MIN).then_some(through);
        Watermark { heard_seq, kept_seq, kept_through }
    }
}

/// Records of one call of `append`.
#[derive(Debug)]
pub(crate) struct Heard {
    pub(crate) acd: Arc<str>,
    pub(crate) first_seq: u64,
    pub(crate) entries: Vec<Entry>,
    pub(crate) bytes: u64,
}

/// What the writer does next.
#[derive(Debug)]
pub(crate) enum Work {
    Keep(Vec<Heard>),
    Do(Command),
    Stop,
}

#[derive(Debug)]
struct Inner {
    heard: VecDeque<Heard>,
    commands: VecDeque<Command>,
    /// Bytes heard and not kept: in the queue or in the writer's hands.
    bytes: u64,
    closing: bool,
    /// The writer's thread has ended.
    ended: bool,
    state: State,
}

/// Shared by the callers and the writer's thread.
#[derive(Debug)]
pub(crate) struct Queue {
    inner: Mutex<Inner>,
    /// Something to do for the writer.
    work: Condvar,
    /// Something was kept, or the writer has ended.
    kept: Condvar,
    marks: RwLock<BTreeMap<Arc<str>, Arc<Marks>>>,
    bytes_max: u64,
}

impl Queue {
    pub(crate) fn new(bytes_max: u64) -> Self {
        let inner = Inner {
            heard: VecDeque::new(),
            commands: VecDeque::new(),
            bytes: 0,
            closing: false,
            ended: false,
            state: State::Healthy,
        };
        Self {
            inner: Mutex::new(inner),
            work: Condvar::new(),
            kept: Condvar::new(),
            marks: RwLock::default(),
            bytes_max,
        }
    }

    /// Where an ACD goes on after a start.
    pub(crate) fn set_mark(&self, acd: &str, last_seq: u64, through: Option<i64>) {
        let (name, marks) = self.marks_of(acd);
        debug_assert_eq!(&*name, acd);
        marks.heard.store(last_seq, Ordering::Release);
        marks.through.store(through.unwrap_or(i64::MIN), Ordering::Release);
        marks.kept.store(last_seq, Ordering::Release);
    }

    fn find_marks(&self, acd: &str) -> Option<(Arc<str>, Arc<Marks>)> {
        let marks = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        marks.get_key_value(acd).map(|(name, marks)| (Arc::clone(name), Arc::clone(marks)))
    }

    fn marks_of(&self, acd: &str) -> (Arc<str>, Arc<Marks>) {
        if let Some(found) = self.find_marks(acd) {
            return found;
        }
        let mut all = self.marks.write().unwrap_or_else(PoisonError::into_inner);
        let name: Arc<str> = acd.into();
        let fresh = Arc::new(Marks { through: AtomicI64::new(i64::MIN), ..Marks::default() });
        let marks = Arc::clone(all.entry(Arc::clone(&name)).or_insert(fresh));
        (name, marks)
    }

    pub(crate) fn append(&self, acd: &str, entries: Vec<Entry>) -> Result<u64, Refused> {
        let refuse = |entries, reason| Err(Refused { entries, reason });
        let fits = layout::acd_dir(Path::new(""), acd).is_some()
            && entries.iter().all(|e| e.payload.len() <= PAYLOAD_BYTES_MAX);
        if !fits {
            return refuse(entries, Reason::Unfit);
        }
        let bytes = entries.iter().map(Entry::weight).sum::<u64>();
        let (acd, marks) = self.marks_of(acd);
        let mut inner = locked(&self.inner);
        if inner.closing || inner.ended {
            return refuse(entries, Reason::Stopped);
        }
        if inner.bytes.saturating_add(bytes) > self.bytes_max {
            return refuse(entries, Reason::Full);
        }
        let before = marks.heard.load(Ordering::Acquire);
        let last = before + u64::try_from(entries.len()).unwrap_or(u64::MAX >> 1);
        if last > before {
            marks.heard.store(last, Ordering::Release);
            inner.bytes += bytes;
            inner.heard.push_back(Heard { acd, first_seq: before + 1, entries, bytes });
            self.work.notify_one();
        }
        Ok(last)
    }

    pub(crate) fn watermark(&self, acd: &str) -> Watermark {
        self.find_marks(acd).map(|(_, marks)| marks.read()).unwrap_or_default()
    }

    pub(crate) fn watermarks(&self) -> Vec<(Arc<str>, Watermark)> {
        let all = self.marks.read().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|(acd, marks)| (Arc::clone(acd), marks.read())).collect()
    }

    pub(crate) fn wait_kept(&self, acd: &str, seq: u64, timeout: Duration) -> bool {
        let (_, marks) = self.marks_of(acd);
        let is_kept = || marks.kept.load(Ordering::Acquire) >= seq;
        let until = Instant::now() + timeout;
        let mut inner = locked(&self.inner);
        while !is_kept() && !inner.ended {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            inner = wait(&self.kept, inner, left);
        }
        is_kept()
    }

    pub(crate) fn state(&self) -> State {
        let inner = locked(&self.inner);
        match inner.state.clone() {
            State::DiskFull { since, .. } => State::DiskFull { since, waiting_bytes: inner.bytes },
            State::Locked { since, .. } => State::Locked { since, waiting_bytes: inner.bytes },
            other => other,
        }
    }

    /// Hands a command to the writer; gives it back if the writer has ended.
    pub(crate) fn command(&self, command: Command) -> Result<(), Command> {
        let mut inner = locked(&self.inner);
        if inner.closing || inner.ended {
            return Err(command);
        }
        inner.commands.push_back(command);
        self.work.notify_one();
        Ok(())
    }

    pub(crate) fn close(&self) {
        locked(&self.inner).closing = true;
        self.work.notify_all();
    }

    /// Bytes heard and not kept.
    pub(crate) fn waiting_bytes(&self) -> u64 {
        locked(&self.inner).bytes
    }

    // What follows is for the writer's thread.

    /// Waits for something to do.
    pub(crate) fn next(&self) -> Work {
        let mut inner = locked(&self.inner);
        loop {
            if let Some(command) = inner.commands.pop_front() {
                return Work::Do(command);
            }
            if !inner.heard.is_empty() {
                return Work::Keep(take_cycle(&mut inner.heard));
            }
            if inner.closing {
                return Work::Stop;
            }
            inner = self.work.wait(inner).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits before another attempt, no longer than `pause`: a command comes first (deleting old
    /// days may make room). `None`: try again. The second value says that this is to be the last
    /// attempt.
    pub(crate) fn pause(&self, pause: Duration) -> (Option<Command>, bool) {
        let until = Instant::now() + pause;
        let mut inner = locked(&self.inner);
        let was_closing = inner.closing;
        loop {
            if let Some(command) = inner.commands.pop_front() {
                return (Some(command), inner.closing);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || inner.closing != was_closing {
                return (None, inner.closing);
            }
            inner = wait(&self.work, inner, left);
        }
    }

    pub(crate) fn set_state(&self, state: State) -> bool {
        let mut inner = locked(&self.inner);
        let changed = inner.state != state;
        inner.state = state;
        changed
    }

    /// Everything of this ACD up to `seq` is kept.
    pub(crate) fn set_kept(&self, acd: &str, seq: u64, max_stamp: i64, bytes: u64) {
        let (_, marks) = self.marks_of(acd);
        let mut inner = locked(&self.inner);
        inner.bytes = inner.bytes.saturating_sub(bytes);
        marks.through.fetch_max(max_stamp, Ordering::AcqRel);
        marks.kept.store(seq, Ordering::Release);
        self.kept.notify_all();
    }

    /// The writer's thread ends: nobody must wait for it any more.
    pub(crate) fn end(&self) {
        let mut inner = locked(&self.inner);
        inner.ended = true;
        inner.commands.clear();
        self.kept.notify_all();
    }
}

fn wait<'a>(
    on: &Condvar,
    inner: MutexGuard<'a, Inner>,
    at_most: Duration,
) -> MutexGuard<'a, Inner> {
    on.wait_timeout(inner, at_most).unwrap_or_else(PoisonError::into_inner).0
}

/// As much as goes into one transaction, at least one append.
fn take_cycle(heard: &mut VecDeque<Heard>) -> Vec<Heard> {
    let mut bytes = 0_u64;
    let within = heard.iter().take_while(|h| {
        let fits = bytes < CYCLE_BYTES;
        bytes += h.bytes;
        fits
    });
    let count = within.count();
    heard.drain(..count).collect()
}
