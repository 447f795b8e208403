//! The manifest: which files make up the archive, in SQLite (WAL, full sync). What is not named
//! here does not exist for readers; every change is one transaction.

use crate::Trouble;
use facts::{Date, Stamp};
use rusqlite::{Connection, OpenFlags, Row, params};
use std::path::Path;
use std::time::Duration;

/// Its name in the archive's folder.
pub(crate) const NAME: &str = "manifest.sqlite";

/// `BHA1` in SQLite's header says that the file is ours.
const MAGIC: i32 = 0x4248_4131;

/// The version of the tables; a manifest with a greater one is left alone.
const VERSION: i32 = 1;

/// How long a reader waits for a checkpoint or a commit.
const LOCK_WAIT: Duration = Duration::from_secs(5);

// The names of tables and columns are documented (docs/archive.md) and stay. Days are texts, so
// that everybody can read them; they sort as they should.
const TABLES: &str = "
CREATE TABLE file (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name TEXT NOT NULL, acd INTEGER NOT NULL, day TEXT NOT NULL,
    path TEXT NOT NULL UNIQUE, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    sealed INTEGER NOT NULL, written TEXT NOT NULL) STRICT;
CREATE INDEX file_place ON file (table_name, day, acd);
CREATE INDEX file_day ON file (acd, day);
CREATE TABLE replaced (
    path TEXT PRIMARY KEY, since INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE trace (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, table_name TEXT NOT NULL, acd INTEGER NOT NULL,
    day TEXT NOT NULL, why TEXT NOT NULL, rows_before INTEGER NOT NULL,
    rows_after INTEGER NOT NULL) STRICT;
CREATE INDEX trace_day ON trace (day);
CREATE TABLE keep (
    table_name TEXT PRIMARY KEY, days INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE mark (
    acd INTEGER PRIMARY KEY, intervals INTEGER NOT NULL, records INTEGER NOT NULL) STRICT;
CREATE TABLE opening (
    acd INTEGER NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (acd, at)) STRICT, WITHOUT ROWID;
CREATE TABLE call_index (
    file INTEGER NOT NULL, first INTEGER NOT NULL, nth INTEGER NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (file, first, nth)) STRICT, WITHOUT ROWID;
";

/// A file of the archive, as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its number, never used again; the last part of its name.
    pub number: i64,
    /// The table.
    pub table: String,
    /// The ACD's number.
    pub acd: i64,
    /// The day of all its rows (ROW_DATE).
    pub day: Date,
    /// Its path, from the archive's folder.
    pub path: String,
    /// Rows in it.
    pub rows: u64,
    /// Its size.
    pub bytes: u64,
    /// It holds all of the day, sorted; else it is one of several of an open day.
    pub sealed: bool,
}

/// A set of rows that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// When.
    pub at: Stamp,
    /// The table.
    pub table: String,
    /// The ACD's number.
    pub acd: i64,
    /// The day.
    pub day: Date,
    /// Why, in the words of who replaced it.
    pub why: String,
    /// Rows before.
    pub rows_before: u64,
    /// Rows after.
    pub rows_after: u64,
}

/// How far the history of an ACD has come. It is written together with the rows, so that after a
/// crash none is written twice and none is left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// Intervals that begin before this moment are in the archive.
    pub intervals: Stamp,
    /// Records of minutes that begin before this moment are.
    pub records: Stamp,
}

/// Where a later fold may begin: what is known at a moment, as a text of its maker's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The moment, on the switch's clock.
    pub at: Stamp,
    /// What is known.
    pub text: String,
}

/// Opens the manifest to write, makes it if it is not there.
pub(crate) fn open(dir: &Path) -> Result<Connection, Trouble> {
    let mut conn = Connection::open(dir.join(NAME))?;
    conn.busy_timeout(LOCK_WAIT)?;
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    let tx = conn.transaction()?;
    if !known(&tx)? {
        tx.execute_batch(TABLES)?;
        tx.pragma_update(None, "application_id", MAGIC)?;
        tx.pragma_update(None, "user_version", VERSION)?;
    }
    tx.commit()?;
    Ok(conn)
}

/// Opens the manifest to read, while another process may write it. Fails if it is not there.
pub(crate) fn open_to_read(dir: &Path) -> Result<Connection, Trouble> {
    connect(dir, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// Opens the manifest for a small change, while another process may write it.
pub(crate) fn open_there(dir: &Path) -> Result<Connection, Trouble> {
    let conn = connect(dir, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    Ok(conn)
}

fn connect(dir: &Path, how: OpenFlags) -> Result<Connection, Trouble> {
    let flags = how | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let path = dir.join(NAME);
    let conn = Connection::open_with_flags(&path, flags)
        .map_err(|e| Trouble::Manifest(format!("{}: {e}", path.display())))?;
    conn.busy_timeout(LOCK_WAIT)?;
    if known(&conn)? { Ok(conn) } else { Err(Trouble::Manifest("it is empty".into())) }
}

/// Whether it has our tables; false for an empty one.
fn known(conn: &Connection) -> Result<bool, Trouble> {
    let number = |name| conn.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    match (number("application_id")?, number("user_version")?) {
        (MAGIC, version) if version > VERSION => Err(Trouble::Newer(version)),
        (MAGIC, _) => Ok(true),
        (0, 0) => Ok(false),
        _ => Err(Trouble::Manifest("it is another program's file".into())),
    }
}

/// What every reader of files selects, in the order [`file_row`] expects.
pub(crate) const FILE: &str =
    "SELECT number, table_name, acd, day, path, rows, bytes, sealed FROM file";

/// A file out of a row of [`FILE`].
pub(crate) fn file_row(row: &Row<'_>) -> rusqlite::Result<FileRow> {
    Ok(FileRow {
        number: row.get(0)?,
        table: row.get(1)?,
        acd: row.get(2)?,
        day: day(row, 3)?,
        path: row.get(4)?,
        rows: size(row, 5)?,
        bytes: size(row, 6)?,
        sealed: row.get(7)?,
    })
}

/// A day out of a row.
pub(crate) fn day(row: &Row<'_>, at: usize) -> rusqlite::Result<Date> {
    let text: String = row.get(at)?;
    Date::parse(&text).ok_or_else(|| {
        let wrong = format!("{text} is no day");
        rusqlite::Error::FromSqlConversionFailure(at, rusqlite::types::Type::Text, wrong.into())
    })
}

/// A number of rows or bytes out of a row.
pub(crate) fn size(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(at)?).unwrap_or(0))
}

/// A number of rows or bytes for a row.
pub(crate) fn number(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// Names a file from now on.
pub(crate) fn add(conn: &Connection, file: &FileRow, now: Stamp) -> Result<(), Trouble> {
    conn.prepare_cached(
        "INSERT INTO file (number, table_name, acd, day, path, rows, bytes, sealed, written)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        file.number,
        file.table,
        file.acd,
        file.day.to_string(),
        file.path,
        number(file.rows),
        number(file.bytes),
        file.sealed,
        now.to_string(),
    ])?;
    Ok(())
}

/// No longer names a file; what is left of it on the disk goes after a while.
pub(crate) fn drop_file(conn: &Connection, file: &FileRow, now: Stamp) -> Result<(), Trouble> {
    conn.prepare_cached("DELETE FROM file WHERE number = ?1")?.execute([file.number])?;
    conn.prepare_cached("DELETE FROM call_index WHERE file = ?1")?.execute([file.number])?;
    conn.prepare_cached("INSERT OR REPLACE INTO replaced VALUES (?1, ?2)")?
        .execute(params![file.path, now.0])?;
    Ok(())
}

/// Leaves a trace of a set of rows that was replaced.
pub(crate) fn leave_trace(conn: &Connection, trace: &Trace) -> Result<(), Trouble> {
    conn.prepare_cached(
        "INSERT INTO trace (at, table_name, acd, day, why, rows_before, rows_after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        trace.at.to_string(),
        trace.table,
        trace.acd,
        trace.day.to_string(),
        trace.why,
        number(trace.rows_before),
        number(trace.rows_after),
    ])?;
    Ok(())
}

/// Notes how far an ACD has come; what is not given stays.
pub(crate) fn set_mark(conn: &Connection, acd: i64, mark: Mark) -> Result<(), Trouble> {
    conn.prepare_cached(
        "INSERT INTO mark VALUES (?1, ?2, ?3) ON CONFLICT (acd)
         DO UPDATE SET intervals = max(intervals, ?2), records = max(records, ?3)",
    )?
    .execute(params![acd, mark.intervals.0, mark.records.0])?;
    Ok(())
}

/// Keeps an opening.
pub(crate) fn keep_opening(conn: &Connection, acd: i64, opening: &Opening) -> Result<(), Trouble> {
    conn.prepare_cached("INSERT OR REPLACE INTO opening VALUES (?1, ?2, ?3)")?.execute(params![
        acd,
        opening.at.0,
        opening.text
    ])?;
    Ok(())
}

/// The number the next file gets.
pub(crate) fn next_number(conn: &Connection) -> Result<i64, Trouble> {
    let sql = "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = 'file'";
    Ok(conn.query_row(sql, [], |row| row.get(0))?)
}
