//! Checks everything that is kept: SQLite's own structure, the checksum of every row, the
//! records' order and number, the sums per minute, and that no number is missing between files.
//! Changes nothing.

use crate::day::Day;
use crate::entry::Sum;
use crate::file::{self, ROW, Row};
use crate::layout;
use crate::reader::{ReadError, Reader, minutes, open_existing, place_of};
use crate::trouble::{Trouble, classify};
use rusqlite::Connection;
use std::fmt;
use std::path::{Path, PathBuf};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were read.
    pub files: u64,
    /// Rows that were read.
    pub batches: u64,
    /// Records in undamaged rows.
    pub records: u64,
    /// Everything that is wrong; none means that all is well.
    pub damages: Vec<Damage>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file, or the ACD's directory if no single file is to blame.
    pub path: PathBuf,
    /// The row, named by the sequence number of its first record.
    pub batch: Option<u64>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path.display())?;
        if let Some(batch) = self.batch {
            write!(f, "batch {batch}: ")?;
        }
        f.write_str(&self.what)
    }
}

/// Numbers that follow one another without a gap: first and last.
type Stretch = (u64, u64);

impl Reader {
    /// Checks one day of an ACD, or all of them and then also that no sequence number is missing
    /// or doubled between them. Damage is reported, not an error; errors are what keeps it from
    /// looking. May be used while the journal is written to.
    pub fn verify(&self, acd: &str, wanted: Option<Day>) -> Result<Report, ReadError> {
        let dir = self.acd_dir(acd)?;
        let days = match wanted {
            Some(day) => vec![day],
            None => self.days(acd)?,
        };
        let mut report = Report::default();
        // Whatever is kept when the checking begins must be found; what comes later may or may
        // not be seen.
        let mut through = 0;
        for day in &days {
            let place = place_of(&layout::day_file(&dir, *day));
            through = through.max(place.ok().flatten().map_or(0, |place| place.last_seq));
        }
        let mut stretches = Vec::new();
        for day in &days {
            check_file(&layout::day_file(&dir, *day), *day, &mut report, &mut stretches)?;
        }
        for (day, path) in layout::damaged(&dir).unwrap_or_default() {
            if wanted.is_none_or(|wanted| wanted == day) {
                report.damages.push(Damage {
                    path,
                    batch: None,
                    what: "was set aside as damaged".into(),
                });
            }
        }
        if wanted.is_none() {
            check_stretches(&dir, stretches, through, &mut report);
        }
        Ok(report)
    }
}

fn check_file(
    path: &Path,
    day: Day,
    report: &mut Report,
    stretches: &mut Vec<Stretch>,
) -> Result<(), ReadError> {
    let conn = match open_existing(path) {
        Ok(Some(conn)) => conn,
        Ok(None) => return Ok(()),
        Err(ReadError::Damaged(what)) => {
            report.damages.push(Damage { path: path.to_owned(), batch: None, what });
            return Ok(());
        }
        Err(other) => return Err(other),
    };
    report.files += 1;
    let mut check = Check { path, day, report, stretches, sums: file::Sums::new(), bad: false };
    // One transaction: the sums and the rows have to be of the same moment.
    let done = conn.execute_batch("BEGIN").and_then(|()| check.all(&conn));
    if let Err(error) = done {
        let what = match classify(&error, path) {
            Trouble::Damaged(what) => what,
            trouble => return Err(ReadError::of(trouble, path)),
        };
        check.note(None, what);
    }
    Ok(())
}

struct Check<'a> {
    path: &'a Path,
    day: Day,
    report: &'a mut Report,
    stretches: &'a mut Vec<Stretch>,
    sums: file::Sums,
    /// A row could not be read: the sums cannot be right.
    bad: bool,
}

impl Check<'_> {
    fn note(&mut self, batch: Option<u64>, what: impl Into<String>) {
        self.report.damages.push(Damage { path: self.path.to_owned(), batch, what: what.into() });
    }

    fn all(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        let mut statement = conn.prepare("PRAGMA quick_check(10)")?;
        let found = statement.query_map([], |r| r.get::<_, String>(0))?;
        for line in found.collect::<rusqlite::Result<Vec<_>>>()? {
            if line != "ok" {
                self.note(None, line);
            }
        }
        let mut statement = conn.prepare(&format!("{ROW} ORDER BY first_seq"))?;
        let mut rows = statement.query([])?;
        while let Some(found) = rows.next()? {
            self.row(&file::row(found)?);
        }
        let mut again = file::Sums::new();
        for (minute, kind, count, sum) in minutes(conn, i64::MIN, i64::MAX)? {
            again.insert((minute, kind), (count, sum));
        }
        if !self.bad && again != self.sums {
            let wrong = differences(&again, &self.sums);
            self.note(None, format!("the sums of {wrong} minutes are not those of their records"));
        }
        Ok(())
    }

    fn row(&mut self, row: &Row) {
        self.report.batches += 1;
        let batch = Some(row.packed.span.first_seq);
        let records = match row.records() {
            Ok(records) => records,
            Err(what) => {
                self.bad = true;
                // Its numbers are believed, so that the damage is not reported a second time as
                // a gap.
                self.stretches.push((row.packed.span.first_seq, row.packed.span.last_seq));
                return self.note(batch, what);
            }
        };
        for kept in records {
            self.report.records += 1;
            if Day::of(kept.entry.stamp) != self.day {
                self.note(batch, format!("record {} is of another day", kept.seq));
            }
            match self.stretches.last_mut() {
                Some((_, end)) if end.checked_add(1) == Some(kept.seq) => *end = kept.seq,
                _ => self.stretches.push((kept.seq, kept.seq)),
            }
            file::add_to(&mut self.sums, &kept.entry);
        }
    }
}

fn differences(a: &file::Sums, b: &file::Sums) -> usize {
    let none = (0, Sum::default());
    let keys = a.keys().chain(b.keys().filter(|key| !a.contains_key(*key)));
    keys.filter(|key| a.get(*key).unwrap_or(&none) != b.get(*key).unwrap_or(&none)).count()
}

/// Every number between the first and the last has to be there once.
fn check_stretches(dir: &Path, mut stretches: Vec<Stretch>, through: u64, report: &mut Report) {
    stretches.sort_unstable();
    let mut note = |what| report.damages.push(Damage { path: dir.to_owned(), batch: None, what });
    let mut end: Option<u64> = None;
    for (first, last) in stretches {
        if let Some(end) = end.filter(|end| *end < through) {
            if first > end + 1 {
                note(format!("records {} to {} are missing", end + 1, first - 1));
            } else if first <= end {
                note(format!("records {first} to {} are doubled", last.min(end)));
            }
        }
        end = end.max(Some(last));
    }
}
