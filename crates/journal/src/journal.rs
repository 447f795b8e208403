//! The journal as the rest of the program sees it: open, append, ask how far it is, close.

use crate::batch::Packer;
use crate::file::VERSION;
use crate::queue::{Queue, Refused, State, Watermark};
use crate::recover::{self, SetAside};
use crate::retention::{Command, Limits, RetainError, Retained};
use crate::trouble::Trouble;
use crate::writer::{Acd, Guard, Notify, Writer};
use crate::{Entry, ReadError, Reader, layout};
use std::fmt;
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// 60 s at 50,000 events a second of 400 bytes each and what holds them.
const QUEUE_BYTES_MAX: u64 = 3 << 29;

/// The file whose lock says that a journal is open for writing.
const LOCK_FILE: &str = "lock";

/// How a journal is to be kept.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The directory; made if it is not there.
    pub dir: PathBuf,
    /// The name of this server, which is written beside the records.
    pub server: String,
    /// Bytes of records that may wait for the disk; taken from memory only as they are needed.
    pub queue_bytes_max: u64,
    /// What [`Journal::retain`] deletes.
    pub limits: Limits,
    /// Names of which [`Journal::retain`] deletes nothing, whatever the limits.
    pub for_ever: Vec<String>,
    /// For tests.
    #[doc(hidden)]
    pub faults: Arc<Faults>,
}

impl Settings {
    /// The usual settings: 1.5 GiB may wait, nothing is deleted.
    pub fn new(dir: impl Into<PathBuf>, server: impl Into<String>) -> Self {
        Self {
            dir: dir.into(),
            server: server.into(),
            queue_bytes_max: QUEUE_BYTES_MAX,
            limits: Limits::default(),
            for_ever: Vec::new(),
            faults: Arc::default(),
        }
    }
}

/// Faults that tests bring about.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Faults {
    /// As if the next sync failed.
    pub failing_sync: AtomicBool,
    pages: AtomicU32,
    pages_changed: AtomicBool,
}

impl Faults {
    /// No file may have more pages than this; 0 lifts the limit.
    pub fn limit_pages(&self, pages: u32) {
        self.pages.store(pages, Ordering::SeqCst);
        self.pages_changed.store(true, Ordering::SeqCst);
    }

    pub(crate) fn take_pages(&self) -> Option<u32> {
        let changed = self.pages_changed.swap(false, Ordering::SeqCst);
        changed.then(|| self.pages.load(Ordering::SeqCst))
    }
}

/// Why a journal cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// Another program writes to it.
    InUse(PathBuf),
    /// A file was written by a newer version; it is left as it is.
    Newer {
        /// The ACD whose newest file it is.
        acd: String,
        /// Its version.
        found: i32,
        /// The newest version that this program writes.
        known: i32,
    },
    /// The directory or a file cannot be used; the words of the system.
    Unusable(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse(dir) => write!(
                f,
                "journal {} is in use by another server; stop it or give this one \
                 another directory",
                dir.display()
            ),
            Self::Newer { acd, found, known } => write!(
                f,
                "journal of {acd} has version {found}, this program writes up to {known}; start \
                 the newer program"
            ),
            Self::Unusable(what) => write!(f, "journal cannot be opened: {what}"),
        }
    }
}

impl std::error::Error for OpenError {}

/// The journal was closed before everything was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unkept {
    /// Bytes of records that are lost.
    pub bytes: u64,
    /// Why they could not be kept.
    pub reason: String,
}

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes of records were not kept: {}", self.bytes, self.reason)
    }
}

impl std::error::Error for Unkept {}

/// An open journal. All methods can be called from any thread. Dropping it closes it.
#[derive(Debug)]
pub struct Journal {
    dir: PathBuf,
    queue: Arc<Queue>,
    set_aside: Arc<Mutex<Vec<SetAside>>>,
    writer: Option<JoinHandle<()>>,
    /// Held for as long as the journal is open.
    lock: File,
}

impl Journal {
    /// Opens the journal and finds where each ACD goes on. `notify` is called from the writer's
    /// thread when the state becomes another one; it must not wait. On [`State::Failed`] the
    /// program has to say the words and end.
    pub fn open(
        settings: Settings,
        notify: impl Fn(&State) + Send + Sync + 'static,
    ) -> Result<Self, OpenError> {
        let Settings { dir, server, queue_bytes_max, limits, for_ever, faults } = settings;
        let unusable = |e: std::io::Error| OpenError::Unusable(format!("{}: {e}", dir.display()));
        layout::make_dir(&dir).map_err(unusable)?;
        let lock = File::create(dir.join(LOCK_FILE)).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse(dir)),
            Err(TryLockError::Error(e)) => return Err(unusable(e)),
        }
        let server: Arc<str> = server.into();
        let queue = Arc::new(Queue::new(queue_bytes_max));
        let set_aside: Arc<Mutex<Vec<SetAside>>> = Arc::default();
        let notify: Notify = Arc::new(notify);
        let guard = Guard { queue: Arc::clone(&queue), notify: Arc::clone(&notify) };
        let packer = Packer::new().map_err(unusable)?;
        let names = layout::acds(&dir).map_err(unusable)?;
        let mut writer = Writer::new(
            dir.clone(),
            Arc::clone(&server),
            (limits, for_ever),
            Arc::clone(&queue),
            Arc::clone(&set_aside),
            faults,
            notify,
            packer,
        );
        for acd in names {
            let found = recover::recover(&dir, &acd, &server).map_err(|e| refuse(&acd, e))?;
            for aside in found.set_aside {
                tracing::error!(reason = %aside.reason, now = %aside.path.display(),
                    "damaged journal file set aside");
                set_aside.lock().unwrap_or_else(PoisonError::into_inner).push(aside);
            }
            queue.set_mark(&acd, found.last_seq, found.max_stamp);
            let acd: Arc<str> = acd.into();
            let newest = found.newest.as_ref().map(|(day, _)| *day);
            if let Some((day, Some(file))) = found.newest {
                writer.take(&acd, day, file);
            }
            writer.acds.insert(acd, Acd { newest, kept_seq: found.last_seq });
        }
        let thread = std::thread::Builder::new().name("journal".into());
        let writer = thread
            .spawn(move || {
                let _guard = guard;
                writer.run();
            })
            .map_err(unusable)?;
        Ok(Self { dir, queue, set_aside, writer: Some(writer), lock })
    }

    /// Hands over records in the order heard and returns at once; they are heard then, not yet
    /// kept. Returns the sequence number of the last one; each has the number after the one
    /// before it. Refused records are given back, all or none.
    pub fn append(&self, acd: &str, entries: Vec<Entry>) -> Result<u64, Refused> {
        self.queue.append(acd, entries)
    }

    /// How far an ACD is; all zero if it has no records.
    pub fn watermark(&self, acd: &str) -> Watermark {
        self.queue.watermark(acd)
    }

    /// How far every ACD is, in order of their names.
    pub fn watermarks(&self) -> Vec<(Arc<str>, Watermark)> {
        self.queue.watermarks()
    }

    /// Waits until a record is kept; false if it is not after `timeout`, and at once when the
    /// journal has failed.
    pub fn wait_kept(&self, acd: &str, seq: u64, timeout: Duration) -> bool {
        self.queue.wait_kept(acd, seq, timeout)
    }

    /// How the journal is now.
    pub fn state(&self) -> State {
        self.queue.state()
    }

    /// The files that were found damaged since the journal was opened.
    pub fn set_aside(&self) -> Vec<SetAside> {
        self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A reader of what is kept.
    pub fn reader(&self) -> Result<Reader, ReadError> {
        Reader::open(&self.dir)
    }

    /// Deletes the days beyond the limits of the settings. `now` is the moment from which their
    /// age is counted, microseconds since 1970 in UTC. Waits for the writer.
    pub fn retain(&self, now: i64) -> Result<Retained, RetainError> {
        let (answer, done) = sync_channel(1);
        self.queue.command(Command { now, answer }).map_err(|_| RetainError::Stopped)?;
        done.recv().unwrap_or(Err(RetainError::Stopped))
    }

    /// Keeps what was heard and ends the writer. If there is no room on the disk it tries for
    /// about two seconds more.
    pub fn close(mut self) -> Result<(), Unkept> {
        self.finish();
        match (self.queue.state(), self.queue.waiting_bytes()) {
            (State::Failed(reason), bytes) => Err(Unkept { bytes, reason }),
            (_, 0) => Ok(()),
            (state, bytes) => Err(Unkept { bytes, reason: format!("{state:?}") }),
        }
    }

    fn finish(&mut self) {
        self.queue.close();
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the journal's thread has panicked");
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.finish();
        // In words: a process that is just being started may still share the file.
        if let Err(error) = self.lock.unlock() {
            tracing::debug!(%error, "the lock goes with its file");
        }
    }
}

fn refuse(acd: &str, trouble: Trouble) -> OpenError {
    match trouble {
        Trouble::Newer(found) => OpenError::Newer { acd: acd.to_owned(), found, known: VERSION },
        Trouble::Full => OpenError::Unusable(format!("journal of {acd}: no room on the disk")),
        Trouble::Locked => OpenError::Unusable(format!("journal of {acd} is locked")),
        Trouble::Damaged(what) | Trouble::Final(what) => OpenError::Unusable(what),
    }
}
