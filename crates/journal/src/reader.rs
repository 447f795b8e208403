//! Reads what is kept, beside the writer: in this process or another one. Every step is a short
//! transaction of its own, so that a slow reader never keeps the writer's log from being
//! emptied. Knows nothing of the queue.

use crate::day::Day;
use crate::entry::Sum;
use crate::file::{self, MINUTE, Place, Stand};
use crate::layout;
use crate::records::Records;
use crate::trouble::{Trouble, classify};
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why something cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// The ACD's name cannot be the name of a directory.
    BadName(String),
    /// The file is damaged; the words say where and how.
    Damaged(String),
    /// The file was written by a newer version of the program.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i32,
        /// The newest version that this program reads.
        known: i32,
    },
    /// The file or directory cannot be read; the words of the system.
    Unreadable(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName(acd) => write!(f, "'{acd}' cannot be the name of an acd"),
            Self::Damaged(what) => write!(f, "damaged: {what}; see busyhour journal verify"),
            Self::Newer { path, found, known } => write!(
                f,
                "{}: has version {found}, this program reads up to {known}; use the newer program",
                path.display()
            ),
            Self::Unreadable(what) => write!(f, "cannot read {what}"),
        }
    }
}

impl std::error::Error for ReadError {}

impl ReadError {
    pub(crate) fn of(trouble: Trouble, path: &Path) -> Self {
        match trouble {
            Trouble::Damaged(what) => Self::Damaged(what),
            Trouble::Newer(found) => {
                Self::Newer { path: path.to_owned(), found, known: file::VERSION }
            }
            Trouble::Full => Self::Unreadable(format!("{}: no room", path.display())),
            Trouble::Locked => Self::Unreadable(format!("{}: locked", path.display())),
            Trouble::Final(what) => Self::Unreadable(what),
        }
    }

    fn of_io(error: &std::io::Error, path: &Path) -> Self {
        Self::Unreadable(format!("{}: {error}", path.display()))
    }
}

/// Reads a directory of journals.
#[derive(Clone, Debug)]
pub struct Reader {
    dir: PathBuf,
}

/// What a day's file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DaySummary {
    /// The day.
    pub day: Day,
    /// Records.
    pub count: u64,
    /// The lowest and the highest sequence number; `None` if there are no records.
    pub seqs: Option<(u64, u64)>,
    /// The least and the greatest stamp, microseconds since 1970 in UTC.
    pub stamps: Option<(i64, i64)>,
    /// Rows that hold the records.
    pub batches: u64,
    /// Bytes of the records before compression.
    pub raw_bytes: u64,
    /// Bytes of the file and its log on the disk.
    pub file_bytes: u64,
}

/// How long a bucket of a digest is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bucket {
    /// A minute.
    Minute,
    /// An hour.
    Hour,
    /// A day of UTC.
    Day,
}

impl Bucket {
    const fn micros(self) -> i64 {
        match self {
            Self::Minute => MINUTE,
            Self::Hour => 60 * MINUTE,
            Self::Day => 1440 * MINUTE,
        }
    }
}

/// The digest of a bucket that has records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The bucket's first moment, microseconds since 1970 in UTC.
    pub start: i64,
    /// Records in it.
    pub count: u64,
    /// Equal for equal multisets of records, in whatever order they were heard.
    pub sum: [u8; 32],
}

impl Reader {
    /// A reader of the journals in a directory. The directory has to be there.
    pub fn open(dir: impl Into<PathBuf>) -> Result<Self, ReadError> {
        let dir = dir.into();
        std::fs::read_dir(&dir).map_err(|e| ReadError::of_io(&e, &dir))?;
        Ok(Self { dir })
    }

    /// The names of all ACDs, in order.
    pub fn acds(&self) -> Result<Vec<String>, ReadError> {
        layout::acds(&self.dir).map_err(|e| ReadError::of_io(&e, &self.dir))
    }

    /// The days of which an ACD has a file, oldest first.
    pub fn days(&self, acd: &str) -> Result<Vec<Day>, ReadError> {
        let dir = self.acd_dir(acd)?;
        layout::days(&dir).map_err(|e| ReadError::of_io(&e, &dir))
    }

    /// The files of an ACD that were set aside as damaged, with the day they were for.
    pub fn set_aside(&self, acd: &str) -> Result<Vec<(Day, PathBuf)>, ReadError> {
        let dir = self.acd_dir(acd)?;
        layout::damaged(&dir).map_err(|e| ReadError::of_io(&e, &dir))
    }

    /// What a day's file holds; all zero if there is none.
    pub fn summary(&self, acd: &str, day: Day) -> Result<DaySummary, ReadError> {
        let path = layout::day_file(&self.acd_dir(acd)?, day);
        let file_bytes = layout::size(&path);
        let mut out = DaySummary {
            day,
            count: 0,
            seqs: None,
            stamps: None,
            batches: 0,
            raw_bytes: 0,
            file_bytes,
        };
        let Some(conn) = open_existing(&path)? else { return Ok(out) };
        let ask = "SELECT count(*), total(count), total(raw_bytes), min(first_seq), max(last_seq),
            min(min_stamp), max(max_stamp) FROM batch INDEXED BY batch_span";
        conn.query_row(ask, [], |r| {
            let whole = |i| Ok::<_, rusqlite::Error>(whole(r.get::<_, f64>(i)?));
            let number = |i| r.get::<_, Option<i64>>(i);
            out.batches = r.get::<_, i64>(0)?.cast_unsigned();
            out.count = whole(1)?;
            out.raw_bytes = whole(2)?;
            let seqs = number(3)?.zip(number(4)?);
            out.seqs = seqs.map(|(a, b)| (a.cast_unsigned(), b.cast_unsigned()));
            out.stamps = number(5)?.zip(number(6)?);
            Ok(())
        })
        .map_err(|e| ReadError::of(classify(&e, &path), &path))?;
        Ok(out)
    }

    /// The records with `from <= stamp < to` (microseconds since 1970 in UTC), in the order
    /// heard, as they stand now.
    pub fn range(&self, acd: &str, from: i64, to: i64) -> Result<Records, ReadError> {
        let dir = self.acd_dir(acd)?;
        let (first, last) = (Day::of(from), Day::of(to));
        let files = || -> Result<Vec<PathBuf>, ReadError> {
            let days = self.days(acd)?.into_iter().filter(|day| (first..=last).contains(day));
            Ok(days.map(|day| layout::day_file(&dir, day)).collect())
        };
        Records::open(files, 0, Some((from, to)))
    }

    /// The records of one day's file, in the order heard, as they stand now. No other file is
    /// opened: a damaged one does not keep the others from being read.
    pub fn of_day(&self, acd: &str, day: Day) -> Result<Records, ReadError> {
        let file = layout::day_file(&self.acd_dir(acd)?, day);
        Records::open(|| Ok(vec![file.clone()]), 0, None)
    }

    /// The records from this sequence number on, in the order heard, as they stand now. To
    /// follow a journal, ask again from the last number + 1.
    pub fn from_seq(&self, acd: &str, seq: u64) -> Result<Records, ReadError> {
        let dir = self.acd_dir(acd)?;
        Records::open(|| self.files_from_seq(acd, &dir, seq), seq, None)
    }

    /// The files that can hold records from `seq` on: from the newest backwards until one that
    /// was begun after `seq`, and the older ones that were written to meanwhile.
    fn files_from_seq(&self, acd: &str, dir: &Path, seq: u64) -> Result<Vec<PathBuf>, ReadError> {
        let mut wanted = BTreeSet::new();
        // What a damaged file knew of older ones that were written to is lost.
        let all = !self.set_aside(acd)?.is_empty();
        for day in self.days(acd)?.into_iter().rev() {
            wanted.insert(day);
            let path = layout::day_file(dir, day);
            let Some(conn) = open_existing(&path)? else { continue };
            let wrong = |e: rusqlite::Error| ReadError::of(classify(&e, &path), &path);
            wanted.extend(file::place(&conn).map_err(wrong)?.also);
            let after: i64 =
                conn.query_row("SELECT after_seq FROM file", [], |r| r.get(0)).map_err(wrong)?;
            if after.cast_unsigned() < seq && !all {
                break;
            }
        }
        Ok(wanted.into_iter().map(|day| layout::day_file(dir, day)).collect())
    }

    /// Digests of the records whose kind `counts`, for every bucket that has one and of which a
    /// part lies in `from..to` (microseconds since 1970 in UTC). A bucket is always whole. They
    /// were added up when the records were written: no record is read.
    pub fn digest(
        &self,
        acd: &str,
        bucket: Bucket,
        from: i64,
        to: i64,
        counts: impl Fn(u8) -> bool,
    ) -> Result<Vec<Digest>, ReadError> {
        let dir = self.acd_dir(acd)?;
        let step = bucket.micros();
        let first = from.div_euclid(step) * (step / MINUTE);
        let last = to.saturating_sub(1).div_euclid(step) * (step / MINUTE) + (step / MINUTE - 1);
        let mut out: BTreeMap<i64, (u64, Sum)> = BTreeMap::new();
        let within = Day::of(first.saturating_mul(MINUTE))..=Day::of(last.saturating_mul(MINUTE));
        for day in self.days(acd)?.into_iter().filter(|day| from < to && within.contains(day)) {
            let path = layout::day_file(&dir, day);
            let Some(conn) = open_existing(&path)? else { continue };
            let minutes = minutes(&conn, first, last)
                .map_err(|e| ReadError::of(classify(&e, &path), &path))?;
            for (minute, kind, count, sum) in minutes {
                if counts(kind) {
                    let start = minute.saturating_mul(MINUTE).div_euclid(step).saturating_mul(step);
                    let total = out.entry(start).or_default();
                    total.0 = total.0.wrapping_add(count);
                    total.1.merge(&sum);
                }
            }
        }
        let digest =
            |(start, (count, sum)): (_, (_, Sum))| Digest { start, count, sum: sum.to_bytes() };
        Ok(out.into_iter().map(digest).collect())
    }

    pub(crate) fn acd_dir(&self, acd: &str) -> Result<PathBuf, ReadError> {
        layout::acd_dir(&self.dir, acd).ok_or_else(|| ReadError::BadName(acd.to_owned()))
    }
}

/// A sum of SQLite's `total`, which cannot overflow but is a float: exact up to 2^53.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a sum of counts, never negative; for show only"
)]
fn whole(sum: f64) -> u64 {
    sum as u64
}

type MinuteSum = (i64, u8, u64, Sum);

/// The sums of the minutes `first..=last`, counted since 1970.
pub(crate) fn minutes(
    conn: &Connection,
    first: i64,
    last: i64,
) -> rusqlite::Result<Vec<MinuteSum>> {
    let ask = "SELECT minute, kind, count, sum FROM minute WHERE minute BETWEEN ?1 AND ?2";
    let mut statement = conn.prepare(ask)?;
    let rows = statement.query_map([first, last], |r| {
        let count = r.get::<_, i64>(2)?.cast_unsigned();
        Ok((r.get(0)?, r.get(1)?, count, Sum::from_bytes(&r.get(3)?)))
    })?;
    rows.collect()
}

/// Opens a file for reading. `None`: there is none, or nothing was committed to it yet.
pub(crate) fn open_existing(path: &Path) -> Result<Option<Connection>, ReadError> {
    open_checked(path).map_err(|trouble| ReadError::of(trouble, path))
}

fn open_checked(path: &Path) -> Result<Option<Connection>, Trouble> {
    if !path.exists() {
        return Ok(None);
    }
    let conn = match open_plain(path) {
        // A directory that we may not write to: SQLite cannot make its index beside the file.
        // Without a log the file is complete in itself.
        Err(e) if cannot_write(&e) && layout::size_of_log(path) == 0 => open_sealed(path),
        other => other,
    };
    let conn = match conn {
        Err(_) if !path.exists() => return Ok(None),
        other => other.map_err(|e| classify(&e, path))?,
    };
    match file::stand(&conn).map_err(|e| classify(&e, path))? {
        Stand::Ours => Ok(Some(conn)),
        Stand::Empty => Ok(None),
        Stand::Newer(version) => Err(Trouble::Newer(version)),
        Stand::Foreign => Err(Trouble::Damaged(format!("{}: is not a journal", path.display()))),
    }
}

fn cannot_write(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

fn open_plain(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.busy_timeout(Duration::from_secs(5))?;
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(conn)
}

fn open_sealed(path: &Path) -> rusqlite::Result<Connection> {
    let mut uri = String::from("file:");
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' => uri.push(char::from(*byte)),
            b if b.is_ascii_alphanumeric() => uri.push(char::from(*b)),
            b => uri.push_str(&format!("%{b:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    Connection::open_with_flags(uri, flags)
}

/// Whether nothing was committed to a file that is there.
pub(crate) fn is_empty_file(path: &Path) -> Result<bool, Trouble> {
    open_checked(path).map(|conn| conn.is_none())
}

/// The place of a file among the others; `None` if there is none.
pub(crate) fn place_of(path: &Path) -> Result<Option<Place>, Trouble> {
    let Some(conn) = open_checked(path)? else { return Ok(None) };
    file::place(&conn).map(Some).map_err(|e| classify(&e, path))
}
