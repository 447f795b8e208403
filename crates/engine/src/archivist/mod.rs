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

use crate::engine::YEARS;
use crate::live::Alarm;
use crate::settings::AcdSettings;
use crate::wall_clock;
use archive::{Archive, GRACE};
use facts::{Date, Stamp};
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
/// Openings older than this go (microseconds).
const OPENINGS_US: i64 = 3 * 86_400 * 1_000_000;

/// What an ACD is counted by.
#[derive(Clone, Debug)]
pub(crate) struct Counting {
    pub(crate) settings: Settings,
    pub(crate) calendar: Calendar,
}

impl Counting {
    /// By what the ACD of this number is counted.
    pub(crate) fn of(number: i64, acd: &AcdSettings) -> Self {
        let name = acd.link.name.clone();
        let settings = Settings { acd: number, name, ..crate::counting(&acd.fold) };
        Self { settings, calendar: acd.zone.calendar(acd.interval, YEARS.0, YEARS.1) }
    }
}

/// What is wrong with the archive, for the alarms. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trouble(Arc<Mutex<Wrong>>);

#[derive(Debug, Default)]
struct Wrong {
    /// Until this server ends.
    for_good: Option<(Stamp, String)>,
    now: Option<(Stamp, String)>,
}

impl Trouble {
    fn set(&self, what: Option<String>) {
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.now = what.map(|what| (wrong.now.as_ref().map_or_else(wall_clock, |t| t.0), what));
    }

    /// There is no history as long as this server runs.
    pub(crate) fn no_history(&self, error: &archive::Trouble) {
        tracing::error!(code = "archive", %error);
        let mut wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let what = format!(
            "no history is written: {error}; everything is heard and kept: mend it, run busyhour \
             refold, and start this server anew"
        );
        wrong.for_good = Some((wall_clock(), what));
    }

    /// The alarm, if there is one.
    pub(crate) fn alarm(&self) -> Option<Alarm> {
        let wrong = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, what) = wrong.for_good.clone().or_else(|| wrong.now.clone())?;
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
        let Some(last) = rolled.last().map(|rolled| rolled.day) else { return Ok(()) };
        for Rolled { day, tables } in rolled {
            self.archive.put(&tables)?;
            self.archive.seal(acd, day)?;
        }
        // A day has ended: what need not be kept any longer goes, and files that nobody reads.
        for gone in self.archive.retain(Date(last.0 + 1))? {
            let (table, day, bytes) = (gone.table, gone.day, gone.bytes);
            tracing::info!(code = "archive-deleted", table, %day, bytes);
        }
        self.archive.sweep(GRACE)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use facts::table::{Row, Value};
    use facts::{CallId, Outcome, SplitId};
    use history::calendar::Length;
    use history::ledger::{Entry, Link, Visit, VisitEnd, What};
    use history::{Books, Closed};

    /// A caller who gave up after ten seconds.
    fn abandoned(at: Stamp) -> Entry {
        let visit = Visit {
            split: SplitId::from("sales"),
            call: CallId::from(at.to_string().as_str()),
            joined: at.plus_secs(-10),
            since: at.plus_secs(-10),
            found: false,
            end: VisitEnd::Ended(Outcome::Abandoned),
            ringing: Vec::new(),
            inflow: false,
            requeued: false,
            priority: 0,
        };
        Entry { at, what: What::Visit(Box::new(visit)) }
    }

    fn int(row: &Row, table: &str, column: &str) -> i64 {
        let place = history::shape(table).and_then(|s| s.column(column)).expect("a column");
        match row.get(place) {
            Some(Value::Int(n)) => *n,
            other => panic!("{table}.{column} is {other:?}"),
        }
    }

    /// From a Thursday to the Tuesday after the end of the month, every hour a caller gives up,
    /// on Sundays none comes.
    #[test]
    fn days_weeks_and_months_are_added_up_when_they_are_over() {
        let dir = tempfile::tempdir().expect("a folder");
        let calendar = Calendar::new(Length::Hour, 0, &[]);
        let counting = Counting { settings: Settings::new(1, "a"), calendar: calendar.clone() };
        let (sender, batches) = std::sync::mpsc::sync_channel(1);
        drop(sender);
        let mut archivist = Archivist {
            archive: open_archive(dir.path()).expect("opens"),
            batches,
            trouble: Trouble::default(),
            stop: Arc::default(),
            acds: BTreeMap::new(),
        };
        let mut books = Books::new(counting.settings.clone(), calendar);
        let begin = Stamp::parse("2026-10-22T00:00:00Z").expect("a stamp");
        let link = Link { heard: true, restarted: false, why: "begins".into() };
        books.enter(&Entry { at: begin, what: What::Link(link) });
        let mut first = Some(counting);
        for hour in 0..13 * 24 {
            let at = begin.plus_secs(hour * 3_600 + 1_800);
            if Date::of(at, facts::Zone::UTC).weekday() != 0 {
                books.enter(&abandoned(at));
            }
            books.advance(at);
            let mut closed: Vec<Closed> = Vec::new();
            books.take_closed(&mut closed);
            let mark = archive::Mark { intervals: at, records: at };
            let counting = first.take();
            archivist.take(&Batch { acd: 1, counting, closed, mark, opening: None });
        }
        assert_eq!(archivist.trouble.alarm(), None);
        let snapshot = archive::Reader::new(dir.path()).snapshot().expect("reads");
        let rows = |table: &str, day: &str| {
            let shape = history::shape(table).expect("a table");
            let day = Date::parse(day).expect("a day");
            snapshot.rows(shape, 1, day).expect("reads")
        };
        let sums = |table: &str, day: &str| -> Vec<(i64, i64, i64)> {
            let one = |row: &Row| {
                let item = |column| int(row, table, column);
                (item("abncalls"), item("abntime"), item("observed"))
            };
            rows(table, day).iter().map(one).collect()
        };
        // A whole day; a Sunday has no row; the day that runs is not added up.
        assert_eq!(sums("dsplit", "2026-10-23"), [(24, 240, 86_400)]);
        assert_eq!(sums("dsplit", "2026-10-25"), []);
        assert_eq!(sums("dsplit", "2026-11-03"), []);
        assert_eq!(int(&rows("d_secs", "2026-10-25")[0], "d_secs", "secsperday"), 86_400);
        // The week of Sunday 25 October has six days of calls, the one before three that were
        // counted; the week that runs is not added up.
        assert_eq!(sums("wsplit", "2026-10-25"), [(144, 1_440, 7 * 86_400)]);
        assert_eq!(sums("wsplit", "2026-10-18"), [(72, 720, 3 * 86_400)]);
        assert_eq!(sums("wsplit", "2026-11-01"), []);
        // October: ten days, of which the 25th is a Sunday.
        assert_eq!(sums("msplit", "2026-10-01"), [(216, 2_160, 10 * 86_400)]);
        assert_eq!(sums("msplit", "2026-11-01"), []);
        let mark = snapshot.mark(1).expect("reads").expect("there is one");
        assert_eq!(mark.intervals, begin.plus_secs(13 * 24 * 3_600 - 1_800));
    }
}
