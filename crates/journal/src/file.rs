//! One file: the records of one ACD and one UTC day, as the writer has it open. SQLite in WAL
//! mode with full sync; a transaction that was committed survives kill -9 and a power cut.
//!
//! What comes in one commit may be a single record, which compresses badly. Such rows are
//! *loose*: their records are also held in memory, and when enough have gathered one full row
//! takes their place in the transaction that is due anyway.

use crate::batch::{BATCH_BYTES, Builder, Packed, Packer, Span};
use crate::day::Day;
use crate::entry::Sum;
use crate::layout;
use crate::trouble::{Trouble, of_io, of_write};
use crate::{Entry, Kept};
use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, ffi, params};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// `BHJ1` in SQLite's header says that the file is ours.
pub(crate) const MAGIC: i32 = 0x4248_4a31;

/// The version of the tables; a file with a greater one is left alone.
pub(crate) const VERSION: i32 = 1;

/// So many loose rows become one.
const LOOSE_MAX: usize = 256;

/// Bytes of the log, about, before its pages are copied into the file. Large enough that fewer
/// than one commit in a hundred has to wait for the copying, small enough to be read at start in
/// 20 ms.
const LOG_BYTES: u64 = 16 << 20;

/// What a commit writes to the log besides its records: a page each of rows, index and sums, and
/// now and then one above them.
const COMMIT_BYTES: u64 = 4 * PAGE_BYTES;

/// Small pages, since a commit of few records writes whole pages: half as many bytes reach the
/// disk at 500 records a second as with SQLite's usual 4096.
const PAGE_BYTES: u64 = 1024;

const LOCK_WAIT: Duration = Duration::from_secs(1);

/// Microseconds of a minute.
pub(crate) const MINUTE: i64 = 60_000_000;

const TABLES: &str = "
CREATE TABLE file (
    acd TEXT NOT NULL, day TEXT NOT NULL, after_seq INTEGER NOT NULL) STRICT;
CREATE TABLE also (day TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE server (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE batch (
    first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL,
    min_stamp INTEGER NOT NULL, max_stamp INTEGER NOT NULL, count INTEGER NOT NULL,
    server INTEGER NOT NULL REFERENCES server, layout INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL, loose INTEGER NOT NULL,
    checksum BLOB NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX batch_span ON batch (max_stamp, min_stamp, last_seq, count, raw_bytes);
CREATE TABLE minute (
    minute INTEGER NOT NULL, kind INTEGER NOT NULL, count INTEGER NOT NULL, sum BLOB NOT NULL,
    PRIMARY KEY (minute, kind)) STRICT, WITHOUT ROWID;
";

/// What every reader of batches selects, in the order [`row`] expects. `CROSS` keeps SQLite from
/// going through the servers first.
pub(crate) const ROW: &str = "SELECT first_seq, last_seq, min_stamp, max_stamp, count,
    layout, raw_bytes, checksum, data, name, loose
    FROM batch CROSS JOIN server ON server.id = batch.server";

/// What the file knows of its place among the others.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// The greatest sequence number in it, or given before it was made.
    pub(crate) last_seq: u64,
    /// Older days that were written to while this was the newest file.
    pub(crate) also: BTreeSet<Day>,
    /// The greatest stamp in it.
    pub(crate) max_stamp: Option<i64>,
}

/// An open file.
#[derive(Debug)]
pub(crate) struct DayFile {
    conn: Connection,
    path: PathBuf,
    server: Arc<str>,
    server_id: i64,
    loose: Loose,
    /// Bytes in the log, about.
    log_bytes: u64,
    /// A transaction failed: what is held of loose rows may not be what is in the file.
    stale: bool,
}

/// The records of the loose rows, gathered anew, and how many rows they are in.
#[derive(Debug, Default)]
struct Loose {
    builder: Builder,
    rows: usize,
}

impl DayFile {
    /// Opens the file of a day, makes it if it is not there.
    pub(crate) fn open(
        acd_dir: &Path,
        acd: &str,
        day: Day,
        after_seq: u64,
        server: &Arc<str>,
    ) -> Result<Self, Trouble> {
        let path = layout::day_file(acd_dir, day);
        layout::make_dir(acd_dir).map_err(|e| of_io(&e, acd_dir))?;
        let conn = connect(&path)?;
        let mut file = prepare(conn, acd, day, after_seq, server, &path)?;
        layout::sync_dir(acd_dir).map_err(|e| of_io(&e, acd_dir))?;
        file.gather_loose()?;
        Ok(file)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What it knows of its place among the others.
    pub(crate) fn place(&self) -> Result<Place, Trouble> {
        place(&self.conn).map_err(|e| of_write(&e, &self.path))
    }

    /// Remembers that an older day is being written to.
    pub(crate) fn note(&self, older: Day) -> Result<(), Trouble> {
        self.conn
            .execute("INSERT OR IGNORE INTO also VALUES (?1)", [older.to_string()])
            .map(|_| ())
            .map_err(|e| of_write(&e, &self.path))
    }

    /// Test only: no more than so many pages; 0 lifts the limit.
    pub(crate) fn limit_pages(&self, pages: u32) -> Result<(), Trouble> {
        let pages = if pages == 0 { u32::MAX - 1 } else { pages };
        self.conn
            .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
            .map_err(|e| of_write(&e, &self.path))
    }

    /// Writes records in one transaction; when it returns they are kept.
    pub(crate) fn append(
        &mut self,
        records: &[(u64, Entry)],
        packer: &mut Packer,
    ) -> Result<(), Trouble> {
        if self.stale {
            self.gather_loose()?;
        }
        // Whatever goes wrong from here on, memory and file may differ until the commit is in.
        self.stale = true;
        let sums = sums(records);
        let done = (|| {
            let tx = self.conn.transaction_with_behavior(IMMEDIATE)?;
            let mut writer =
                RowWriter { tx: &tx, server: &self.server, id: self.server_id, packer };
            let bytes = write_rows(&mut self.loose, &mut writer, records)?;
            add_sums(&tx, &sums)?;
            tx.commit().map(|()| bytes)
        })();
        self.log_bytes += COMMIT_BYTES + done.map_err(|e| of_write(&e, &self.path))?;
        self.stale = false;
        Ok(())
    }

    /// Copies the log into the file if it has grown long. A reader that is at work may keep a
    /// part of it from being copied; that is for the next time.
    pub(crate) fn tidy_log(&mut self) -> Result<(), Trouble> {
        if self.log_bytes < LOG_BYTES {
            return Ok(());
        }
        self.log_bytes = 0;
        match self.conn.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
            Ok(()) => Ok(()),
            Err(e) => match of_write(&e, &self.path) {
                // The next commit will meet it, if it is still so.
                Trouble::Full | Trouble::Locked => Ok(()),
                trouble => Err(trouble),
            },
        }
    }

    /// After a failed sync: closing must not copy the log, which may have pages that are not on
    /// the disk.
    pub(crate) fn leave(&self) {
        let config = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        if let Err(error) = self.conn.set_db_config(config, true) {
            tracing::debug!(%error, file = %self.path.display(), "log is copied when closed");
        }
    }

    /// Makes one row of the loose ones, before the file is closed for good.
    pub(crate) fn seal(&mut self, packer: &mut Packer) -> Result<(), Trouble> {
        if self.stale {
            self.gather_loose()?;
        }
        if self.loose.rows < 2 {
            return Ok(());
        }
        self.stale = true;
        let done = (|| {
            let tx = self.conn.transaction_with_behavior(IMMEDIATE)?;
            let mut writer =
                RowWriter { tx: &tx, server: &self.server, id: self.server_id, packer };
            writer.replace(&self.loose.builder, true)?;
            tx.commit()
        })();
        done.map_err(|e| of_write(&e, &self.path))?;
        self.loose.rows = 1;
        self.stale = false;
        Ok(())
    }

    /// Reads the last rows, as far as they are loose, and checks them. This is also how a torn
    /// file is found when it is opened: the end is where the tear would be.
    fn gather_loose(&mut self) -> Result<(), Trouble> {
        self.loose.builder.clear();
        self.loose.rows = 0;
        let (rows, last) = self.loose_rows().map_err(|e| of_write(&e, &self.path))?;
        if let Some(row) = &last {
            row.records().map_err(|what| damaged(&self.path, row, &what))?;
        }
        for row in rows.iter().rev() {
            let records = row.records().map_err(|what| damaged(&self.path, row, &what))?;
            records.iter().for_each(|kept| self.loose.builder.push(kept.seq, &kept.entry));
            self.loose.rows += 1;
        }
        self.stale = false;
        Ok(())
    }

    /// The loose rows at the end of the file, last one first, and the row before them.
    fn loose_rows(&self) -> rusqlite::Result<(Vec<Row>, Option<Row>)> {
        let mut statement = self.conn.prepare(&format!("{ROW} ORDER BY first_seq DESC"))?;
        let mut found = statement.query_map([], row)?;
        let mut rows = Vec::new();
        while let Some(next) = found.next().transpose()? {
            // Rows that another server's name stands on are left as they are.
            if !next.loose || next.server != self.server || rows.len() >= LOOSE_MAX {
                return Ok((rows, Some(next)));
            }
            rows.push(next);
        }
        Ok((rows, None))
    }
}

fn damaged(path: &Path, row: &Row, what: &str) -> Trouble {
    let seq = row.packed.span.first_seq;
    Trouble::Damaged(format!("{}: batch {seq}: {what}", path.display()))
}

const IMMEDIATE: rusqlite::TransactionBehavior = rusqlite::TransactionBehavior::Immediate;

fn connect(path: &Path) -> Result<Connection, Trouble> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(|e| of_write(&e, path))
}

/// Checks that the file is ours, makes its tables if it is empty, and sets it up for writing.
fn prepare(
    mut conn: Connection,
    acd: &str,
    day: Day,
    after_seq: u64,
    server: &Arc<str>,
    path: &Path,
) -> Result<DayFile, Trouble> {
    let fresh = match stand(&conn).map_err(|e| of_write(&e, path))? {
        Stand::Empty => true,
        Stand::Ours => false,
        Stand::Newer(version) => return Err(Trouble::Newer(version)),
        Stand::Foreign => {
            return Err(Trouble::Damaged(format!("{}: is not a journal", path.display())));
        }
    };
    let server_id = (|| {
        conn.busy_timeout(LOCK_WAIT)?;
        conn.pragma_update(None, "page_size", PAGE_BYTES.cast_signed())?;
        conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        conn.pragma_update(None, "synchronous", "FULL")?;
        // Done by ourselves: SQLite would do it before it says that a commit is in, and would
        // not say that a sync failed.
        conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        let tx = conn.transaction_with_behavior(IMMEDIATE)?;
        if fresh {
            tx.execute_batch(TABLES)?;
            tx.pragma_update(None, "application_id", MAGIC)?;
            tx.pragma_update(None, "user_version", VERSION)?;
            let after = after_seq.cast_signed();
            tx.execute(
                "INSERT INTO file VALUES (?1, ?2, ?3)",
                params![acd, day.to_string(), after],
            )?;
        }
        let known = "SELECT id FROM server WHERE name = ?1";
        let id = tx.query_row(known, [server], |r| r.get(0)).optional()?;
        let id = match id {
            Some(id) => id,
            None => {
                tx.execute("INSERT INTO server (name) VALUES (?1)", [server])?;
                tx.last_insert_rowid()
            }
        };
        tx.commit()?;
        Ok(id)
    })();
    let server_id = server_id.map_err(|e| of_write(&e, path))?;
    Ok(DayFile {
        conn,
        path: path.to_owned(),
        server: Arc::clone(server),
        server_id,
        loose: Loose::default(),
        log_bytes: layout::size_of_log(path),
        stale: true,
    })
}

/// What a file is, by its header.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stand {
    /// Nothing was committed yet.
    Empty,
    Ours,
    Newer(i32),
    Foreign,
}

pub(crate) fn stand(conn: &Connection) -> rusqlite::Result<Stand> {
    // One transaction: the file may be in the making by another process.
    let conn = conn.unchecked_transaction()?;
    let magic: i32 = conn.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let version: i32 = conn.pragma_query_value(None, "user_version", |r| r.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0))?;
    Ok(match (magic, version, tables) {
        (MAGIC, VERSION, _) => Stand::Ours,
        (MAGIC, newer, _) if newer > VERSION => Stand::Newer(newer),
        (0, 0, 0) => Stand::Empty,
        _ => Stand::Foreign,
    })
}

pub(crate) fn place(conn: &Connection) -> rusqlite::Result<Place> {
    let after: i64 = conn.query_row("SELECT after_seq FROM file", [], |r| r.get(0))?;
    let last = "SELECT last_seq FROM batch ORDER BY first_seq DESC LIMIT 1";
    let last: Option<i64> = conn.query_row(last, [], |r| r.get(0)).optional()?;
    let max_stamp = conn.query_row("SELECT max(max_stamp) FROM batch", [], |r| r.get(0))?;
    let mut statement = conn.prepare("SELECT day FROM also")?;
    let days = statement.query_map([], |r| r.get::<_, String>(0))?;
    let also = days.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Place {
        last_seq: last.unwrap_or(0).max(after).cast_unsigned(),
        also: also.iter().filter_map(|day| day.parse().ok()).collect(),
        max_stamp,
    })
}

/// A row of batches as it was read.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) packed: Packed,
    pub(crate) server: Arc<str>,
    checksum: Vec<u8>,
    loose: bool,
}

impl Row {
    /// The records, if the checksum is right.
    pub(crate) fn records(&self) -> Result<Vec<Kept>, String> {
        if self.packed.checksum(&self.server)[..] != self.checksum[..] {
            return Err("its checksum is wrong".into());
        }
        self.packed.unpack(&self.server)
    }
}

pub(crate) fn row(r: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let number = |i| r.get::<_, i64>(i).map(i64::cast_unsigned);
    let span = Span {
        first_seq: number(0)?,
        last_seq: number(1)?,
        min_stamp: r.get(2)?,
        max_stamp: r.get(3)?,
        count: number(4)?,
    };
    let packed = Packed { span, layout: r.get(5)?, raw_bytes: number(6)?, data: r.get(8)? };
    Ok(Row { packed, server: r.get(9)?, checksum: r.get(7)?, loose: r.get(10)? })
}

/// Writes rows within a transaction.
struct RowWriter<'a> {
    tx: &'a Transaction<'a>,
    server: &'a str,
    id: i64,
    packer: &'a mut Packer,
}

impl RowWriter<'_> {
    /// Writes a row and says how many bytes it has.
    fn insert(&mut self, builder: &Builder, loose: bool) -> rusqlite::Result<u64> {
        let packed = builder.pack(self.packer).map_err(out_of_memory)?;
        let checksum = packed.checksum(self.server);
        let Span { first_seq, last_seq, min_stamp, max_stamp, count } = packed.span;
        self.tx
            .prepare_cached("INSERT INTO batch VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11)")?
            .execute(params![
                first_seq.cast_signed(),
                last_seq.cast_signed(),
                min_stamp,
                max_stamp,
                count.cast_signed(),
                self.id,
                packed.layout,
                packed.raw_bytes.cast_signed(),
                loose,
                &checksum[..],
                &packed.data,
            ])?;
        Ok(u64::try_from(packed.data.len()).unwrap_or(u64::MAX >> 1))
    }

    /// Puts one row in the place of the loose ones.
    fn replace(&mut self, builder: &Builder, loose: bool) -> rusqlite::Result<u64> {
        self.tx
            .prepare_cached("DELETE FROM batch WHERE first_seq >= ?1")?
            .execute([builder.span().first_seq.cast_signed()])?;
        self.insert(builder, loose)
    }
}

/// Full batches become rows at once, what is left over becomes a loose row. Says how many bytes
/// the rows have.
fn write_rows(
    loose: &mut Loose,
    writer: &mut RowWriter<'_>,
    records: &[(u64, Entry)],
) -> rusqlite::Result<u64> {
    let mut bytes = 0;
    let mut rest = Builder::default();
    for (seq, entry) in records {
        loose.builder.push(*seq, entry);
        rest.push(*seq, entry);
        if loose.builder.len() >= BATCH_BYTES {
            bytes += writer.replace(&loose.builder, false)?;
            loose.builder.clear();
            loose.rows = 0;
            rest.clear();
        }
    }
    if rest.is_empty() {
        return Ok(bytes);
    }
    if loose.rows + 1 < LOOSE_MAX {
        bytes += writer.insert(&rest, true)?;
        loose.rows += 1;
    } else {
        bytes += writer.replace(&loose.builder, true)?;
        loose.rows = 1;
    }
    Ok(bytes)
}

pub(crate) type Sums = BTreeMap<(i64, u8), (u64, Sum)>;

/// Count and digest per minute and kind.
pub(crate) fn sums<'a>(records: impl IntoIterator<Item = &'a (u64, Entry)>) -> Sums {
    let mut sums = Sums::new();
    for (_, entry) in records {
        add_to(&mut sums, entry);
    }
    sums
}

pub(crate) fn add_to(sums: &mut Sums, entry: &Entry) {
    let key = (entry.stamp.div_euclid(MINUTE), entry.kind);
    let (count, sum) = sums.entry(key).or_default();
    *count += 1;
    sum.add(&entry.identity());
}

fn add_sums(tx: &Transaction<'_>, sums: &Sums) -> rusqlite::Result<()> {
    let mut get =
        tx.prepare_cached("SELECT count, sum FROM minute WHERE minute = ?1 AND kind = ?2")?;
    let mut put = tx.prepare_cached("INSERT OR REPLACE INTO minute VALUES (?1, ?2, ?3, ?4)")?;
    for (&(minute, kind), &(count, sum)) in sums {
        let known = get.query_row(params![minute, kind], |r| Ok((r.get::<_, i64>(0)?, r.get(1)?)));
        let (mut all, mut total) = (count, sum);
        if let Some((before, bytes)) = known.optional()? {
            all = all.wrapping_add(before.cast_unsigned());
            total.merge(&Sum::from_bytes(&bytes));
        }
        put.execute(params![minute, kind, all.cast_signed(), &total.to_bytes()[..]])?;
    }
    Ok(())
}

/// Compression fails only where memory does; it is reported as SQLite reports that.
fn out_of_memory(_: std::io::Error) -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_NOMEM), None)
}
