//! The archivist: takes what the books of all ACDs have closed and puts it into the archive, adds
//! days, weeks and months up when they are over, seals days. One thread; the folder never waits
//! for it. A disk that fails stops nothing: what cannot be put is tried again, and what could not
//! wait any longer is counted anew from the journal (`busyhour refold`).

mod desk;
mod refold;
mod roll;

pub(crate) use desk::{Batch, Desk};
pub use refold::{Difference, RefoldError, Refolded, refold};
use roll::Rolled;

use crate::live::Alarm;
use crate::wall_clock;
use archive::Archive;
use facts::{Date, Stamp, Text};
use history::calendar::Calendar;
use history::{Of, Settings};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long it waits before it tries again what failed.
const AGAIN: Duration = Duration::from_secs(1);
/// How often it looks whether it shall stop.
const LOOK: Duration = Duration::from_millis(200);
/// Openings older than this go, but for the first of each day (microseconds).
const OPENINGS_US: i64 = 3 * 86_400 * 1_000_000;

/// What an ACD is counted by.
#[derive(Clone, Debug)]
pub(crate) struct Counting {
    pub(crate) settings: Settings,
    pub(crate) calendar: Calendar,
}

/// What is wrong with the archive, for the alarms. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble(Arc<Mutex<Option<(Stamp, String)>>>);

impl Trouble {
    fn set(&self, what: Option<String>) {
        let mut trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *trouble = what.map(|what| (trouble.as_ref().map_or_else(wall_clock, |t| t.0), what));
    }

    /// The alarm, if there is one.
    pub(crate) fn alarm(&self) -> Option<Alarm> {
        let trouble = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, what) = trouble.clone()?;
        Some(Alarm { code: "archive-failed", since, what })
    }
}

/// The archivist's thread.
pub(crate) struct Archivist {
    pub(crate) archive: Archive,
    pub(crate) batches: Receiver<Batch>,
    pub(crate) trouble: Trouble,
    pub(crate) stop: Arc<AtomicBool>,
    /// What each ACD is counted by, once it is known, and the newest day of it.
    pub(crate) acds: BTreeMap<i64, (Counting, Option<Date>)>,
}

impl Archivist {
    /// Runs until nobody gives it anything any more.
    pub(crate) fn run(mut self) {
        loop {
            match self.batches.recv_timeout(LOOK) {
                Ok(batch) => self.take(&batch),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn take(&mut self, batch: &Batch) {
        if let Some(counting) = &batch.counting {
            self.acds.insert(batch.acd, (counting.clone(), None));
            self.persist(|archivist| archivist.finish_days(batch.acd));
        }
        self.persist(|archivist| archivist.put(batch));
        let newest = batch.closed.iter().filter_map(|closed| match closed.of {
            Of::Interval(interval) => Some(interval.date),
            Of::Records(_) => None,
        });
        let Some(newest) = newest.max() else { return };
        let Some((_, known)) = self.acds.get_mut(&batch.acd) else { return };
        if known.is_some_and(|known| known < newest) {
            self.persist(|archivist| archivist.finish_days(batch.acd));
        }
        if let Some((_, known)) = self.acds.get_mut(&batch.acd) {
            *known = (*known).max(Some(newest));
        }
    }

    /// Does something until it is done, or this server stops.
    fn persist(&mut self, what: impl Fn(&mut Self) -> Result<(), archive::Trouble>) {
        loop {
            match what(self) {
                Ok(()) => {
                    self.trouble.set(None);
                    return;
                }
                Err(error) => {
                    let said = format!(
                        "history cannot be written: {error}; it is tried again, and nothing is \
                         lost as long as the journal is there"
                    );
                    tracing::error!(code = "archive", %error);
                    self.trouble.set(Some(said));
                }
            }
            if self.stop.load(Ordering::Acquire) {
                return;
            }
            std::thread::sleep(AGAIN);
        }
    }

    fn put(&mut self, batch: &Batch) -> Result<(), archive::Trouble> {
        let tables: Vec<_> = batch.closed.iter().flat_map(|c| c.tables.iter().cloned()).collect();
        self.archive.put_marked(&tables, Some((batch.acd, batch.mark)))?;
        if let Some(opening) = &batch.opening {
            let kept = archive::Opening { at: opening.at, text: opening.text() };
            let forget = opening.at.plus(-OPENINGS_US);
            self.archive.keep_opening(batch.acd, &kept, forget)?;
        }
        Ok(())
    }

    /// Adds up and seals the days of an ACD that are over and were not yet.
    fn finish_days(&mut self, acd: i64) -> Result<(), archive::Trouble> {
        let Some((counting, _)) = self.acds.get(&acd) else { return Ok(()) };
        let snapshot = archive::Reader::new(self.archive.dir()).snapshot()?;
        let rolled = roll::missing(&snapshot, acd, counting)?;
        for Rolled { day, tables } in rolled {
            self.archive.put(&tables)?;
            self.archive.seal(acd, day)?;
        }
        Ok(())
    }
}

/// Opens the archive of a server.
///
/// # Errors
/// It is being written by another process, or cannot be.
pub fn open_archive(dir: &Path) -> Result<Archive, archive::Trouble> {
    Archive::open(dir, history::SHAPES.as_slice())
}

/// The settings and calendar by which an ACD is counted: a name for each number.
pub(crate) fn counting(settings: Settings, calendar: Calendar, name: &Text) -> Counting {
    Counting { settings: Settings { name: name.clone(), ..settings }, calendar }
}
