//! Folding the journal again: the history of whole days as it would be counted today, beside what
//! the archive has of them.

use super::{Counting, roll};
use crate::fold::Fold;
use crate::folder::HISTORY_WARM_UP_US;
use crate::historian::Historian;
use crate::keeper::from_entry;
use crate::settings::AcdSettings;
use archive::{Archive, Mark, Snapshot};
use facts::table::{Row, Shape, Type, Value};
use facts::{Date, Opening, Stamp};
use history::{Books, ELEMENTS, Level, Of, rollup};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;

/// Levels that are added up, not counted.
const ADDED_UP: [Level; 3] = [Level::Day, Level::Week, Level::Month];
/// How many openings are left behind for a server that goes on: more than a day of them.
const OPENINGS_MAX: usize = 128;

/// Why the journal could not be folded again.
#[derive(Debug)]
pub enum RefoldError {
    /// The journal cannot be read.
    Journal(journal::ReadError),
    /// The archive cannot be read or written.
    Archive(archive::Trouble),
}

impl fmt::Display for RefoldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(e) => write!(f, "the journal cannot be read: {e}"),
            Self::Archive(e) => write!(f, "the archive: {e}"),
        }
    }
}

impl std::error::Error for RefoldError {}

impl From<archive::Trouble> for RefoldError {
    fn from(e: archive::Trouble) -> Self {
        Self::Archive(e)
    }
}

/// The rows of a day that the books made, by table.
type Tables = BTreeMap<&'static str, (&'static Shape, Vec<Row>)>;

/// Days of an ACD as they were counted again.
#[derive(Debug)]
pub struct Refolded {
    acd: i64,
    counting: Counting,
    days: BTreeMap<Date, Tables>,
    mark: Mark,
    /// Where a later fold may begin, the newest last.
    openings: VecDeque<Opening>,
}

/// A row that differs, or is on one side only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: &'static str,
    /// The day.
    pub day: Date,
    /// What names the row.
    pub key: Vec<Value>,
    /// The column and its values, archived and counted again; None: the row is on one side only.
    pub column: Option<(&'static str, Value, Value)>,
    /// The row is in the archive.
    pub archived: bool,
}

/// Folds the journal of one ACD again. `days` are the first and the last to be given, ends
/// included; `until` leaves out what the archive does not have yet.
///
/// It begins at the newest opening that is early enough, else at the beginning of the journal.
///
/// # Errors
/// The journal or the manifest cannot be read.
pub fn refold(
    journal: &journal::Reader,
    snapshot: Option<&Snapshot>,
    (number, settings): (i64, &AcdSettings),
    days: (Date, Date),
    until: Option<Mark>,
) -> Result<Refolded, RefoldError> {
    let name = &settings.link.name;
    let counting = Counting::of(number, settings);
    let begin = |day: Date| counting.calendar.begin(day);
    let early = if days.0 == Date(i32::MIN) { None } else { Some(begin(days.0)) };
    let opening = match (snapshot, early) {
        (Some(snapshot), Some(first)) => {
            let kept = snapshot.opening(number, first.plus(-HISTORY_WARM_UP_US))?;
            kept.and_then(|kept| Opening::parse(&kept.text))
        }
        _ => None,
    };
    let mut fold = Fold::new(settings.fold.clone());
    let mut from = Stamp(i64::MIN);
    if let Some(opening) = &opening {
        from = opening.at;
    }
    fold.write_ledger();
    if let Some(opening) = &opening {
        fold.open(opening);
    }
    let books = Books::new(counting.settings.clone(), counting.calendar.clone());
    let mut historian = Historian::new(fold, books);
    let mut refolded = Refolded {
        acd: number,
        counting,
        days: BTreeMap::new(),
        mark: Mark::default(),
        openings: VecDeque::new(),
    };
    let (mut closed, mut second) = (Vec::new(), 0);
    for kept in journal.range(name, from.0, i64::MAX).map_err(RefoldError::Journal)? {
        let kept = kept.map_err(RefoldError::Journal)?;
        if let Some(record) = from_entry(kept.entry) {
            historian.push(record);
            let now = historian.fold().now();
            if now.secs() != second {
                second = now.secs();
                historian.advance(now);
            }
            historian.take_closed(&mut closed);
            let counted = closed.iter().any(|c| matches!(c.of, Of::Interval(_)));
            for rows in closed.drain(..) {
                refolded.take(rows, days, until);
            }
            if counted {
                refolded.openings.push_back(historian.fold().opening());
                if refolded.openings.len() > OPENINGS_MAX {
                    refolded.openings.pop_front();
                }
            }
        }
    }
    // Nothing more comes: what was held back for something earlier is folded, as a server does.
    historian.settle();
    historian.advance(historian.fold().now());
    historian.take_closed(&mut closed);
    for rows in closed {
        refolded.take(rows, days, until);
    }
    Ok(refolded)
}

impl Refolded {
    fn take(&mut self, closed: history::Closed, days: (Date, Date), until: Option<Mark>) {
        match closed.of {
            Of::Interval(interval) => {
                if until.is_some_and(|until| interval.from >= until.intervals) {
                    return;
                }
                self.mark.intervals = interval.to;
            }
            Of::Records(minute) => {
                if until.is_some_and(|until| minute >= until.records) {
                    return;
                }
                self.mark.records = minute.plus_secs(60);
            }
        }
        for (shape, rows) in closed.tables {
            let place = shape.column("row_date").unwrap_or(usize::MAX);
            for row in rows {
                let Some(Value::Date(day)) = row.get(place) else { continue };
                if (days.0..=days.1).contains(day) {
                    let tables = self.days.entry(*day).or_default();
                    tables.entry(shape.name).or_insert((shape, Vec::new())).1.push(row);
                }
            }
        }
    }

    /// The days that there are.
    pub fn days(&self) -> impl Iterator<Item = Date> {
        self.days.keys().copied()
    }

    /// Tables that are counted from the journal, not added up.
    fn shapes() -> impl Iterator<Item = &'static Shape> {
        let added: BTreeSet<&str> = ELEMENTS
            .iter()
            .flat_map(|e| ADDED_UP.map(|level| e.shape(level).name))
            .chain(ADDED_UP.into_iter().filter_map(rollup::lengths).map(|shape| shape.name))
            .collect();
        history::SHAPES.iter().copied().filter(move |shape| !added.contains(shape.name))
    }

    fn rows(&self, shape: &'static Shape, day: Date) -> Vec<Row> {
        let tables = self.days.get(&day).and_then(|tables| tables.get(shape.name));
        let mut rows = tables.map(|(_, rows)| rows.clone()).unwrap_or_default();
        rows.sort();
        rows
    }

    /// What differs from the archive on a day.
    ///
    /// # Errors
    /// A file of the archive cannot be read.
    pub fn differences(
        &self,
        snapshot: &Snapshot,
        day: Date,
    ) -> Result<Vec<Difference>, archive::Trouble> {
        let mut found = Vec::new();
        for shape in Self::shapes() {
            let mut archived = snapshot.rows(shape, self.acd, day)?;
            archived.sort();
            compare(shape, day, &archived, &self.rows(shape, day), &mut found);
        }
        Ok(found)
    }

    /// Puts a day into the archive in the place of what is there, if it differs, and adds up the
    /// day, its week and its month again. True if something was replaced.
    ///
    /// # Errors
    /// The archive cannot be read or written.
    pub fn replace(
        &self,
        archive: &mut Archive,
        day: Date,
        why: &str,
    ) -> Result<bool, archive::Trouble> {
        let reader = archive::Reader::new(archive.dir());
        let differ: BTreeSet<&str> =
            self.differences(&reader.snapshot()?, day)?.iter().map(|d| d.table).collect();
        if differ.is_empty() {
            return Ok(false);
        }
        let tables: Vec<_> = Self::shapes()
            .filter(|shape| differ.contains(shape.name))
            .map(|shape| (shape, self.rows(shape, day)))
            .collect();
        archive.replace(self.acd, day, &tables, why)?;
        for level in ADDED_UP {
            let first = rollup::first(level, day, self.counting.settings.week_starts);
            let Some(lengths) = rollup::lengths(level) else { continue };
            let snapshot = reader.snapshot()?;
            // A period that was not added up yet is when it is over.
            if snapshot.days(lengths.name)?.contains(&(self.acd, first)) {
                let rolled = roll::roll(&snapshot, self.acd, first, level, &self.counting, &[])?;
                archive.replace(self.acd, first, &rolled.tables, why)?;
            }
        }
        Ok(true)
    }

    /// Notes in an archive that was made anew how far it has come, so that a server goes on there.
    ///
    /// # Errors
    /// The archive cannot be written.
    pub fn mark(&self, archive: &mut Archive) -> Result<(), archive::Trouble> {
        archive.put_marked(&[], Some((self.acd, self.mark)))?;
        for opening in &self.openings {
            let kept = archive::Opening { at: opening.at, text: opening.text() };
            archive.keep_opening(self.acd, &kept, Stamp(i64::MIN))?;
        }
        Ok(())
    }
}

/// What names a row for people: its key, and whatever is a word in it, as many elements have no
/// number.
fn key(shape: &Shape, row: &Row) -> Vec<Value> {
    let columns = shape.columns.iter().enumerate().zip(row);
    let names = columns.filter(|((i, column), value)| {
        *i < shape.key || (column.kind == Type::Text && **value != Value::Null)
    });
    names.map(|(_, value)| value.clone()).collect()
}

/// Rows of both sides by key, in their order: the n-th of a key with the n-th.
fn compare(
    shape: &'static Shape,
    day: Date,
    archived: &[Row],
    counted: &[Row],
    found: &mut Vec<Difference>,
) {
    let by_key = |rows: &[Row]| {
        let mut all: BTreeMap<Vec<Value>, Vec<Row>> = BTreeMap::new();
        for row in rows {
            all.entry(key(shape, row)).or_default().push(row.clone());
        }
        all
    };
    let (old, mut new) = (by_key(archived), by_key(counted));
    let one_sided = |key: &[Value], archived| Difference {
        table: shape.name,
        day,
        key: key.to_vec(),
        column: None,
        archived,
    };
    for (key, rows) in old {
        let mut theirs = new.remove(&key).unwrap_or_default().into_iter();
        for row in rows {
            let Some(other) = theirs.next() else {
                found.push(one_sided(&key, true));
                continue;
            };
            let pairs = shape.columns.iter().zip(row.into_iter().zip(other));
            for (column, (a, b)) in pairs.filter(|(_, (a, b))| a != b) {
                let column = Some((column.name, a, b));
                found.push(Difference { column, ..one_sided(&key, true) });
            }
        }
        found.extend(theirs.map(|_| one_sided(&key, false)));
    }
    for (key, rows) in new {
        found.extend(rows.iter().map(|_| one_sided(&key, false)));
    }
}
