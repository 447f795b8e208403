//! The records of several files in the order heard, read batch by batch beside the writer.

use crate::Kept;
use crate::file::{self, ROW, Row};
use crate::reader::{ReadError, open_existing, place_of};
use crate::trouble::classify;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::VecDeque;
use std::path::PathBuf;

/// Records in the order heard, read batch by batch. Ends after the first error.
#[derive(Debug)]
pub struct Records {
    files: Vec<Cursor>,
    /// What was kept when the reading began. Later records are left out: of several files the
    /// later ones would be seen earlier, and whoever goes on from the last number would miss
    /// what lies between.
    through: u64,
    failed: bool,
}

impl Records {
    pub(crate) fn open(
        files: impl Fn() -> Result<Vec<PathBuf>, ReadError>,
        from_seq: u64,
        stamps: Option<(i64, i64)>,
    ) -> Result<Self, ReadError> {
        let mut through = 0;
        for path in files()? {
            let place = place_of(&path).map_err(|trouble| ReadError::of(trouble, &path))?;
            through = through.max(place.map_or(0, |place| place.last_seq));
        }
        // Listed again: a file may have been begun for a record below that number.
        let mut cursors = Vec::new();
        for path in files()? {
            if let Some(conn) = open_existing(&path)? {
                let ready = VecDeque::new();
                let (next, end) = (from_seq, i64::MAX);
                let mut cursor = Cursor { conn, path, next, end, stamps, ready, ahead: None };
                cursor.find_ends()?;
                cursor.look_ahead()?;
                cursors.push(cursor);
            }
        }
        Ok(Self { files: cursors, through, failed: false })
    }

    fn step(&mut self) -> Result<Option<Kept>, ReadError> {
        loop {
            let nearest = self.files.iter_mut().filter_map(|c| Some((c.nearest()?, c)));
            let Some((seq, cursor)) = nearest.min_by_key(|(seq, _)| *seq) else {
                return Ok(None);
            };
            if seq > self.through {
                return Ok(None);
            }
            match cursor.ready.pop_front() {
                Some(kept) => return Ok(Some(kept)),
                None => cursor.load()?,
            }
        }
    }
}

impl Iterator for Records {
    type Item = Result<Kept, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed {
            return None;
        }
        let item = self.step().transpose();
        self.failed = matches!(item, Some(Err(_)));
        item
    }
}

/// Reads one file.
#[derive(Debug)]
struct Cursor {
    conn: Connection,
    path: PathBuf,
    /// Records before this number are done with.
    next: u64,
    /// No batch that begins after this number is wanted.
    end: i64,
    stamps: Option<(i64, i64)>,
    /// Records that are unpacked.
    ready: VecDeque<Kept>,
    /// No record before this number comes after those; `None`: none comes.
    ahead: Option<u64>,
}

impl Cursor {
    /// The number of the next record, or one that is not greater.
    fn nearest(&self) -> Option<u64> {
        self.ready.front().map(|kept| kept.seq).or(self.ahead)
    }

    /// Of a range of stamps, looks up once where its batches begin and end.
    fn find_ends(&mut self) -> Result<(), ReadError> {
        let Some((from, to)) = self.stamps else { return Ok(()) };
        let ask = "SELECT min(first_seq), max(first_seq) FROM batch INDEXED BY batch_span
            WHERE max_stamp >= ?1 AND min_stamp < ?2";
        let number = |r: &rusqlite::Row<'_>, i| r.get::<_, Option<i64>>(i);
        let ends = self.conn.query_row(ask, [from, to], |r| Ok(number(r, 0)?.zip(number(r, 1)?)));
        (self.next, self.end) = match ends.map_err(|e| self.wrong(&e))? {
            Some((first, last)) => (first.cast_unsigned(), last),
            None => (self.next, -1),
        };
        Ok(())
    }

    /// Finds the next batch without reading it. The batch that holds `next` may have begun
    /// before it, and loose rows may have become one since the last look.
    fn look_ahead(&mut self) -> Result<(), ReadError> {
        let (from, to) = self.stamps.unwrap_or((i64::MIN, i64::MAX));
        let next = self.next.cast_signed();
        let before = "SELECT first_seq, last_seq FROM batch WHERE first_seq <= ?1
            ORDER BY first_seq DESC LIMIT 1";
        let after = "SELECT first_seq FROM batch WHERE first_seq > ?1 AND first_seq <= ?2
            AND max_stamp >= ?3 AND min_stamp <= ?4 ORDER BY first_seq LIMIT 1";
        let found = (|| {
            let mut statement = self.conn.prepare_cached(before)?;
            let ends = |r: &rusqlite::Row<'_>| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?));
            let holding = statement.query_row([next], ends).optional()?;
            if let Some((first, _)) = holding.filter(|(_, last)| *last >= next) {
                return Ok((first <= self.end).then_some(first));
            }
            let mut statement = self.conn.prepare_cached(after)?;
            statement.query_row(params![next, self.end, from, to], |r| r.get(0)).optional()
        })();
        let first: Option<i64> = found.map_err(|e| self.wrong(&e))?;
        self.ahead = first.map(|first| first.cast_unsigned().max(self.next));
        Ok(())
    }

    fn wrong(&self, error: &rusqlite::Error) -> ReadError {
        ReadError::of(classify(error, &self.path), &self.path)
    }

    /// Unpacks the next batch.
    fn load(&mut self) -> Result<(), ReadError> {
        let Some(ahead) = self.ahead else { return Ok(()) };
        let ask = format!("{ROW} WHERE first_seq <= ?1 ORDER BY first_seq DESC LIMIT 1");
        let row: Row = (|| {
            let mut statement = self.conn.prepare_cached(&ask)?;
            statement.query_row([ahead.cast_signed()], file::row)
        })()
        .map_err(|e| self.wrong(&e))?;
        let records = row.records().map_err(|what| {
            let batch = row.packed.span.first_seq;
            ReadError::Damaged(format!("{}: batch {batch}: {what}", self.path.display()))
        })?;
        let (next, stamps) = (self.next, self.stamps);
        let wanted = |kept: &Kept| {
            let stamp = kept.entry.stamp;
            kept.seq >= next && stamps.is_none_or(|(from, to)| (from..to).contains(&stamp))
        };
        self.ready.extend(records.into_iter().filter(wanted));
        self.next = row.packed.span.last_seq.max(ahead) + 1;
        self.look_ahead()
    }
}
