//! The one writer of an archive: rows of closed intervals in, days sealed and replaced.

use crate::file::{self, About, Sorted};
use crate::manifest::{self, FileRow, Mark, Opening, Trace};
use crate::{Trouble, calls, columns, layout};
use arrow::array::RecordBatch;
use facts::table::{Row, Shape, Value};
use facts::{Date, Stamp};
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// How long a file that was replaced stays on the disk for those who are reading it.
pub const GRACE: Duration = Duration::from_secs(3600);

/// So many files of a table's open day that are about equally large become one.
const LEVEL_FILES: usize = 16;

/// The one writer of an archive. Whatever it does is one transaction of the manifest: after a
/// crash at any moment readers have the files of before or of after.
#[derive(Debug)]
pub struct Archive {
    pub(crate) dir: PathBuf,
    pub(crate) conn: Connection,
    shapes: &'static [&'static Shape],
    /// The number of the next file.
    next: i64,
    /// Files that were written for a change that then failed.
    loose: Vec<String>,
    /// Held as long as the archive is open.
    _lock: File,
    /// Test only: steps until it stops.
    steps: Option<u32>,
}

/// A table's day that was deleted because it is older than what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Removed {
    /// The table.
    pub table: String,
    /// The ACD's number.
    pub acd: i64,
    /// The day.
    pub day: Date,
    /// Bytes that get free.
    pub bytes: u64,
}

/// A file that was written and is not yet named in the manifest.
struct Written {
    file: FileRow,
    /// What goes into the index of calls.
    calls: Vec<calls::Entry>,
}

impl Archive {
    /// Opens an archive to write, makes it if it is not there. `shapes` are the tables as they are
    /// now: their columns rule when days are sealed. Files that a crash left half done go, and
    /// so do those that were replaced more than an hour ago.
    ///
    /// # Errors
    /// Another process writes it; the manifest is missing or newer; the disk.
    pub fn open(dir: &Path, shapes: &'static [&'static Shape]) -> Result<Self, Trouble> {
        fs::create_dir_all(dir).map_err(|e| Trouble::io(dir, &e))?;
        let lock = lock(dir)?;
        let found = layout::all(dir).map_err(|e| Trouble::io(dir, &e))?;
        let named = fs::metadata(dir.join(manifest::NAME)).is_ok_and(|m| m.len() > 0);
        if !named && !found.is_empty() {
            return Err(Trouble::NoManifest(dir.to_owned()));
        }
        let conn = manifest::open(dir)?;
        let next = manifest::next_number(&conn)?;
        let dir = dir.to_owned();
        let mut archive =
            Self { dir, conn, shapes, next, loose: Vec::new(), _lock: lock, steps: None };
        archive.tidy(&found)?;
        archive.sweep(GRACE)?;
        Ok(archive)
    }

    /// Where it is.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Adds rows; when it returns they are durable and visible. The day and the ACD are the rows'
    /// own (`row_date`, `acd`). Rows that are there already are not compared: put each once.
    ///
    /// # Errors
    /// As [`Archive::open`]; a row without a day or an ACD. Then nothing was added.
    pub fn put(&mut self, tables: &[(&Shape, Vec<Row>)]) -> Result<(), Trouble> {
        self.put_marked(tables, None)
    }

    /// As [`Archive::put`], and notes in the same transaction how far an ACD has come with it.
    ///
    /// # Errors
    /// As [`Archive::put`].
    pub fn put_marked(
        &mut self,
        tables: &[(&Shape, Vec<Row>)],
        mark: Option<(i64, Mark)>,
    ) -> Result<(), Trouble> {
        self.clear()?;
        let mut written = Vec::new();
        for (shape, rows) in tables {
            for ((acd, day), rows) in by_place(shape, rows)? {
                let rows = sorted(&self.dir, vec![columns::batch(shape, &rows)?], shape)?;
                written.push(self.write(
                    shape.name,
                    acd,
                    day,
                    &rows,
                    &About::shape(shape),
                    false,
                )?);
            }
        }
        let places: BTreeSet<_> =
            written.iter().map(|w| (w.file.table.clone(), w.file.acd, w.file.day)).collect();
        self.swap(&written, &[], &[], mark)?;
        for (table, acd, day) in places {
            if self.merge_small(&table, acd, day).is_err() {
                // The rows are there all the same; the next one that comes tries again.
                break;
            }
        }
        Ok(())
    }

    /// Makes one sorted file of each table's day. What is put later stands beside it until the
    /// next time. True if there was something to do.
    ///
    /// # Errors
    /// As [`Archive::open`]; a file that cannot be read. Then everything is as before.
    pub fn seal(&mut self, acd: i64, day: Date) -> Result<bool, Trouble> {
        self.clear()?;
        let mut tables: BTreeMap<String, Vec<FileRow>> = BTreeMap::new();
        for file in self.files_of_day(acd, day)? {
            tables.entry(file.table.clone()).or_default().push(file);
        }
        tables.retain(|_, files| files.iter().any(|f| !f.sealed));
        let mut written = Vec::new();
        for (table, files) in &tables {
            let (rows, about) = self.gather(table, files)?;
            written.push(self.write(table, acd, day, &rows, &about, true)?);
        }
        let old: Vec<FileRow> = tables.into_values().flatten().collect();
        self.swap(&written, &old, &[], None)?;
        Ok(!old.is_empty())
    }

    /// Puts other rows in the place of all rows of a day in these tables, and leaves a trace of
    /// each: `why` is for people. Tables not given stay as they are.
    ///
    /// # Errors
    /// As [`Archive::open`]; a row of another day or ACD. Then everything is as before.
    pub fn replace(
        &mut self,
        acd: i64,
        day: Date,
        tables: &[(&Shape, Vec<Row>)],
        why: &str,
    ) -> Result<(), Trouble> {
        self.clear()?;
        let (mut written, mut old, mut traces) = (Vec::new(), Vec::new(), Vec::new());
        let files = self.files_of_day(acd, day)?;
        for (shape, rows) in tables {
            let places = by_place(shape, rows)?;
            if places.keys().any(|place| *place != (acd, day)) {
                return Err(Trouble::Row(shape.name));
            }
            if !rows.is_empty() {
                let batch = columns::batch(shape, &rows.iter().collect::<Vec<_>>())?;
                let sheet = sorted(&self.dir, vec![batch], shape)?;
                written.push(self.write(
                    shape.name,
                    acd,
                    day,
                    &sheet,
                    &About::shape(shape),
                    true,
                )?);
            }
            let before = files.iter().filter(|f| f.table == shape.name);
            traces.push(Trace {
                at: now(),
                table: shape.name.to_owned(),
                acd,
                day,
                why: why.to_owned(),
                rows_before: before.clone().map(|f| f.rows).sum(),
                rows_after: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            });
            old.extend(before.cloned());
        }
        self.swap(&written, &old, &traces, None)
    }

    /// Keeps where a later fold of an ACD may begin, and forgets those before `forget`.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub fn keep_opening(
        &mut self,
        acd: i64,
        opening: &Opening,
        forget: Stamp,
    ) -> Result<(), Trouble> {
        let tx = self.conn.transaction()?;
        manifest::keep_opening(&tx, acd, opening)?;
        tx.execute("DELETE FROM opening WHERE acd = ?1 AND at < ?2", (acd, forget.0))?;
        Ok(tx.commit()?)
    }

    /// Deletes files that were replaced longer ago than `grace`; bytes that are free now.
    ///
    /// # Errors
    /// The disk; what could not be deleted is tried again the next time.
    pub fn sweep(&mut self, grace: Duration) -> Result<u64, Trouble> {
        let until = now().plus(-i64::try_from(grace.as_micros()).unwrap_or(i64::MAX));
        let mut select = self.conn.prepare("SELECT path FROM replaced WHERE since <= ?1")?;
        let paths: Vec<String> =
            select.query_map([until.0], |row| row.get(0))?.collect::<Result<_, _>>()?;
        drop(select);
        let mut freed = 0;
        for path in paths {
            let old = layout::with_ending(&self.dir.join(&path), layout::OLD);
            freed += fs::metadata(&old).map_or(0, |m| m.len());
            remove(&old)?;
            remove(&self.dir.join(&path))?;
            self.conn.execute("DELETE FROM replaced WHERE path = ?1", [path])?;
        }
        Ok(freed)
    }

    /// Test only: stops with [`Trouble::Stopped`] before the step after so many.
    pub fn stop_after(&mut self, steps: u32) {
        self.steps = Some(steps);
    }

    fn step(&mut self) -> Result<(), Trouble> {
        match &mut self.steps {
            Some(0) => Err(Trouble::Stopped),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Writes a file that nobody knows of yet.
    fn write(
        &mut self,
        table: &str,
        acd: i64,
        day: Date,
        rows: &Sorted,
        about: &About,
        sealed: bool,
    ) -> Result<Written, Trouble> {
        let number = self.next;
        self.next += 1;
        let path = layout::path(table, acd, day, number);
        self.loose.push(path.clone());
        let full = self.dir.join(&path);
        let (page, calls) = if table == calls::TABLE {
            let entries = calls::entries(rows).map_err(|e| Trouble::parquet(&full, &e))?;
            (file::FEW_ROWS, entries)
        } else {
            (file::PAGE_ROWS, Vec::new())
        };
        let bytes = file::encode(rows, about, page, sealed);
        let bytes = bytes.map_err(|e| Trouble::parquet(&full, &e))?;
        layout::write(&full, &bytes, &mut || self.step())?;
        let size = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let (rows, bytes) = (size(rows.len()), size(bytes.len()));
        let file = FileRow { number, table: table.to_owned(), acd, day, path, rows, bytes, sealed };
        Ok(Written { file, calls })
    }

    /// The moment of truth: the manifest names the new files and no longer the old ones.
    fn swap(
        &mut self,
        written: &[Written],
        old: &[FileRow],
        traces: &[Trace],
        mark: Option<(i64, Mark)>,
    ) -> Result<(), Trouble> {
        if written.is_empty() && old.is_empty() && traces.is_empty() && mark.is_none() {
            return Ok(());
        }
        self.step()?;
        let at = now();
        let tx = self.conn.transaction()?;
        for file in old {
            manifest::drop_file(&tx, file, at)?;
        }
        for new in written {
            manifest::add(&tx, &new.file, at)?;
            calls::add(&tx, new.file.number, &new.calls)?;
        }
        for trace in traces {
            manifest::leave_trace(&tx, trace)?;
        }
        if let Some((acd, mark)) = mark {
            manifest::set_mark(&tx, acd, mark)?;
        }
        tx.commit()?;
        self.loose.clear();
        for file in old {
            self.step()?;
            // Done either way: the next start hides what could not be hidden.
            drop(hide(&self.dir.join(&file.path)));
        }
        self.step()
    }

    /// Deletes what a change that failed has left.
    fn clear(&mut self) -> Result<(), Trouble> {
        for path in std::mem::take(&mut self.loose) {
            let full = self.dir.join(path);
            remove(&layout::with_ending(&full, layout::NEW))?;
            remove(&full)?;
        }
        Ok(())
    }

    /// Makes one file of small ones of an open day. Each row is rewritten once for each level,
    /// a level being sixteen times the one below.
    fn merge_small(&mut self, table: &str, acd: i64, day: Date) -> Result<(), Trouble> {
        loop {
            let mut levels: BTreeMap<u32, Vec<FileRow>> = BTreeMap::new();
            for file in self.files_of_day(acd, day)? {
                if file.table == table && !file.sealed {
                    levels.entry(file.rows.max(1).ilog2() / 4).or_default().push(file);
                }
            }
            let full = levels.into_values().find(|files| files.len() >= LEVEL_FILES);
            let Some(files) = full else { return Ok(()) };
            let (rows, about) = self.gather(table, &files)?;
            let written = self.write(table, acd, day, &rows, &about, false)?;
            self.swap(&[written], &files, &[], None)?;
        }
    }

    /// All rows of some files of a table, sorted, with the columns of now.
    fn gather(&self, table: &str, files: &[FileRow]) -> Result<(Sorted, About), Trouble> {
        let mut batches = Vec::new();
        let mut last = About::default();
        for file in files {
            let path = self.dir.join(&file.path);
            let opened = layout::open(&path).map_err(|e| Trouble::io(&path, &e))?;
            let (more, about) = file::read(&path, opened)?;
            batches.extend(more);
            last = about;
        }
        let wrong = |e| Trouble::parquet(&self.dir.join(table), &e);
        if let Some(shape) = self.shapes.iter().find(|s| s.name == table) {
            return Ok((sorted(&self.dir, batches, shape)?, About::shape(shape)));
        }
        // A table that this program no longer knows stays as its newest file has it.
        let Some(schema) = batches.last().map(RecordBatch::schema) else {
            return Err(Trouble::Parquet(self.dir.join(table), "no rows in its files".into()));
        };
        Ok((Sorted::new(&schema, batches, last.key).map_err(wrong)?, last))
    }

    fn files_of_day(&self, acd: i64, day: Date) -> Result<Vec<FileRow>, Trouble> {
        let sql = format!("{} WHERE acd = ?1 AND day = ?2 ORDER BY number", manifest::FILE);
        let mut select = self.conn.prepare_cached(&sql)?;
        let rows = select.query_map((acd, day.to_string()), manifest::file_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Finishes what a crash left half done: hides what was replaced, deletes what was never named.
    fn tidy(&mut self, found: &[String]) -> Result<(), Trouble> {
        let paths = |sql| -> Result<BTreeSet<String>, Trouble> {
            let mut select = self.conn.prepare(sql)?;
            let rows = select.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        };
        let named = paths("SELECT path FROM file")?;
        let replaced = paths("SELECT path FROM replaced")?;
        for path in found {
            let full = self.dir.join(path);
            if replaced.contains(path) {
                hide(&full)?;
            } else if !named.contains(path)
                && !path.strip_suffix(layout::OLD).is_some_and(|p| replaced.contains(p))
            {
                remove(&full)?;
            }
        }
        Ok(())
    }

    /// Forgets all files of a table before a day.
    pub(crate) fn forget(&mut self, table: &str, before: Date) -> Result<Vec<Removed>, Trouble> {
        let sql = format!("{} WHERE table_name = ?1 AND day < ?2", manifest::FILE);
        let mut select = self.conn.prepare(&sql)?;
        let old = select.query_map((table, before.to_string()), manifest::file_row)?;
        let old: Vec<FileRow> = old.collect::<Result<_, _>>()?;
        drop(select);
        self.swap(&[], &old, &[], None)?;
        let removed =
            |f: FileRow| Removed { table: f.table, acd: f.acd, day: f.day, bytes: f.bytes };
        Ok(old.into_iter().map(removed).collect())
    }
}

/// The wall clock. Only traces and graces tell it.
pub(crate) fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

fn lock(dir: &Path) -> Result<File, Trouble> {
    let path = dir.join("writer.lock");
    let file = File::create(&path).map_err(|e| Trouble::io(&path, &e))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Trouble::Busy(dir.to_owned())),
        Err(TryLockError::Error(e)) => Err(Trouble::io(&path, &e)),
    }
}

/// Renames a file that was replaced; patterns no longer find it, readers that know it do.
fn hide(path: &Path) -> Result<(), Trouble> {
    match fs::rename(path, layout::with_ending(path, layout::OLD)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Trouble::io(path, &e)),
        _ => Ok(()),
    }
}

fn remove(path: &Path) -> Result<(), Trouble> {
    match fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Trouble::io(path, &e)),
        _ => Ok(()),
    }
}

fn sorted(dir: &Path, batches: Vec<RecordBatch>, shape: &Shape) -> Result<Sorted, Trouble> {
    Sorted::new(&columns::schema(shape), batches, shape.key)
        .map_err(|e| Trouble::parquet(&dir.join(shape.name), &e))
}

/// Rows by ACD and day, which they say themselves.
fn by_place<'a>(
    shape: &Shape,
    rows: &'a [Row],
) -> Result<BTreeMap<(i64, Date), Vec<&'a Row>>, Trouble> {
    let wrong = Trouble::Row(shape.name);
    let columns = shape.column("acd").zip(shape.column("row_date"));
    let (acd, date) = columns.ok_or_else(|| wrong.clone())?;
    let mut places: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for row in rows {
        match (row.get(acd), row.get(date)) {
            (Some(Value::Int(acd)), Some(Value::Date(date))) => {
                places.entry((*acd, *date)).or_default().push(row);
            }
            _ => return Err(wrong),
        }
    }
    Ok(places)
}
