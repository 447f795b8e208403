//! Reading an archive, in any process, while another writes it.

use crate::manifest::{self, FileRow, Mark, Opening, Trace};
use crate::{Trouble, calls, columns, file, layout};
use facts::{Date, Stamp};
use facts::table::{Row, Shape, Value};
use rusqlite::{Connection, OptionalExtension};
use std::fs::File;
use std::path::{Path, PathBuf};

/// Where an archive is; makes snapshots of it.
#[derive(Clone, Debug)]
pub struct Reader {
    dir: PathBuf,
}

/// One state of the archive: as long as it lives it sees the same files, whatever is written
/// meanwhile. Meant for one question; files replaced since can be read for an hour.
#[derive(Debug)]
pub struct Snapshot {
    dir: PathBuf,
    conn: Connection,
}

/// A row of `call_rec` that was found by one of its keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundCall {
    /// The day (ROW_DATE).
    pub day: Date,
    /// The ACD's number.
    pub acd: i64,
    /// The row, with the columns of the shape that was asked for.
    pub row: Row,
}

impl Reader {
    /// An archive's folder; it need not be there yet.
    pub fn new(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The archive as it is now.
    ///
    /// # Errors
    /// There is none, or its manifest cannot be read.
    pub fn snapshot(&self) -> Result<Snapshot, Trouble> {
        let conn = manifest::open_to_read(&self.dir)?;
        // The first read of a transaction fixes what the others see.
        conn.execute_batch("BEGIN; SELECT count(*) FROM keep;")?;
        Ok(Snapshot { dir: self.dir.clone(), conn })
    }
}

impl Snapshot {
    /// The files of a table, by day: only those with an ACD and a day within the ranges (both ends
    /// belong to them).
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn files(
        &self,
        table: &str,
        acds: (i64, i64),
        days: (Date, Date),
    ) -> Result<Vec<FileRow>, Trouble> {
        let sql = format!(
            "{} WHERE table_name = ?1 AND day BETWEEN ?2 AND ?3 AND acd BETWEEN ?4 AND ?5
             ORDER BY day, acd, number",
            manifest::FILE
        );
        let mut select = self.conn.prepare_cached(&sql)?;
        let what = (table, text(days.0), text(days.1), acds.0, acds.1);
        Ok(select.query_map(what, manifest::file_row)?.collect::<Result<_, _>>()?)
    }

    pub(crate) fn conn(&self) -> &Connection {
        &self.conn
    }

    /// A file's full path, as it was named in this snapshot.
    pub fn path(&self, file: &FileRow) -> PathBuf {
        self.dir.join(&file.path)
    }

    /// Opens a file of this snapshot, also if it was replaced meanwhile.
    ///
    /// # Errors
    /// It is gone or cannot be read.
    pub fn open(&self, file: &FileRow) -> Result<File, Trouble> {
        let path = self.path(file);
        layout::open(&path).map_err(|e| Trouble::io(&path, &e))
    }

    /// All rows of a table's day, sorted by key. For proofs and refolding, not for reports.
    ///
    /// # Errors
    /// The manifest or a file cannot be read.
    pub fn rows(&self, shape: &Shape, acd: i64, day: Date) -> Result<Vec<Row>, Trouble> {
        let mut batches = Vec::new();
        for file in self.files(shape.name, (acd, acd), (day, day))? {
            batches.extend(file::read(&self.path(&file), self.open(&file)?)?.0);
        }
        let all = file::Sorted::new(&columns::schema(shape), batches, shape.key)
            .and_then(|sorted| sorted.all())
            .map_err(|e| Trouble::parquet(&self.dir.join(shape.name), &e))?;
        Ok(columns::rows(shape, &all))
    }

    /// Days of a table that there are, by ACD.
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn days(&self, table: &str) -> Result<Vec<(i64, Date)>, Trouble> {
        let mut select = self.conn.prepare_cached(
            "SELECT DISTINCT acd, day FROM file WHERE table_name = ?1 ORDER BY acd, day",
        )?;
        let rows = select.query_map([table], |row| Ok((row.get(0)?, manifest::day(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How far an ACD has come; None: nothing of it was put with a mark.
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn mark(&self, acd: i64) -> Result<Option<Mark>, Trouble> {
        let sql = "SELECT intervals, records FROM mark WHERE acd = ?1";
        let mut select = self.conn.prepare_cached(sql)?;
        let mark = |row: &rusqlite::Row<'_>| {
            Ok(Mark { intervals: Stamp(row.get(0)?), records: Stamp(row.get(1)?) })
        };
        Ok(select.query_row([acd], mark).optional()?)
    }

    /// The last opening of an ACD at or before a moment.
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn opening(&self, acd: i64, at: Stamp) -> Result<Option<Opening>, Trouble> {
        let sql = "SELECT at, text FROM opening WHERE acd = ?1 AND at <= ?2 ORDER BY at DESC LIMIT 1";
        let mut select = self.conn.prepare_cached(sql)?;
        let opening =
            |row: &rusqlite::Row<'_>| Ok(Opening { at: Stamp(row.get(0)?), text: row.get(1)? });
        Ok(select.query_row((acd, at.0), opening).optional()?)
    }

    /// What was replaced, the oldest first.
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn traces(&self, days: (Date, Date)) -> Result<Vec<Trace>, Trouble> {
        let mut select = self.conn.prepare_cached(
            "SELECT at, table_name, acd, day, why, rows_before, rows_after FROM trace
             WHERE day BETWEEN ?1 AND ?2 ORDER BY number",
        )?;
        let rows = select.query_map((text(days.0), text(days.1)), |row| {
            let at: String = row.get(0)?;
            Ok(Trace {
                at: facts::Stamp::parse(&at).unwrap_or(facts::Stamp(0)),
                table: row.get(1)?,
                acd: row.get(2)?,
                day: manifest::day(row, 3)?,
                why: row.get(4)?,
                rows_before: manifest::size(row, 5)?,
                rows_after: manifest::size(row, 6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Rows of `call_rec` whose caller, called number or call id is exactly `key`, the newest days
    /// first, at most `most`. `shape` is `call_rec` as it is now.
    ///
    /// # Errors
    /// The manifest or a file cannot be read.
    pub fn find_calls(
        &self,
        shape: &Shape,
        key: &str,
        days: (Date, Date),
        most: usize,
    ) -> Result<Vec<FoundCall>, Trouble> {
        let mut found = Vec::new();
        let mut files = self.files(calls::TABLE, (i64::MIN, i64::MAX), days)?;
        files.reverse();
        let is_key = |value: &Value| match value {
            Value::Text(t) => **t == *key,
            Value::Int(i) => i.to_string() == key,
            _ => false,
        };
        let keys: Vec<usize> =
            calls::CALL_KEYS.iter().filter_map(|name| shape.column(name)).collect();
        for file in files {
            let mut places = calls::places(&self.conn, file.number, key)?;
            // The last rows of a day are its newest.
            let wanted = most - found.len();
            places.drain(..places.len().saturating_sub(wanted));
            if places.is_empty() {
                continue;
            }
            for batch in file::read_some(&self.path(&file), self.open(&file)?, &places)? {
                let rows = columns::rows(shape, &batch).into_iter();
                let hit = |row: &Row| keys.iter().any(|at| row.get(*at).is_some_and(is_key));
                let (day, acd) = (file.day, file.acd);
                found.extend(rows.filter(hit).map(|row| FoundCall { day, acd, row }));
            }
            if found.len() >= most {
                break;
            }
        }
        Ok(found)
    }
}

/// Days sort as texts only from year 0 to 9999.
pub(crate) fn text(day: Date) -> String {
    let (least, most) = (Date(-719_528), Date(2_932_896));
    day.clamp(least, most).to_string()
}
