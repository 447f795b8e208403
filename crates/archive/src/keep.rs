//! How long tables are kept (CMS: data storage allocation), and when the disk will be full.

use crate::archive::{Archive, Removed};
use crate::{Snapshot, Trouble, manifest};
use facts::Date;
use rusqlite::Connection;
use std::path::Path;

/// Days that the forecast looks back.
const LOOK_BACK: i32 = 30;

/// How a table grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The table.
    pub table: String,
    /// Days of it that are there.
    pub days: u64,
    /// Days it is kept; None: for ever.
    pub keep: Option<u32>,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Bytes a day on average over the newest thirty days that are there, rounded up.
    pub bytes_a_day: u64,
}

/// What will become of the disk if everything goes on as it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Each table, the largest growth first.
    pub tables: Vec<Growth>,
    /// Bytes a day of all tables that still grow.
    pub bytes_a_day: u64,
    /// Days until the free bytes are used up; None: never, because what is kept is limited.
    pub days_left: Option<u64>,
}

impl Archive {
    /// Keeps a table for so many days before today from the next [`Archive::retain`] on; None: for
    /// ever. Today is kept in any case.
    ///
    /// # Errors
    /// The manifest cannot be written.
    pub fn keep(&mut self, table: &str, days: Option<u32>) -> Result<(), Trouble> {
        set(&self.conn, table, days)
    }

    /// Deletes what is older than its table is kept. Nobody has to stop; who is reading such
    /// a file can go on for an hour.
    ///
    /// # Errors
    /// The manifest or the disk.
    pub fn retain(&mut self, today: Date) -> Result<Vec<Removed>, Trouble> {
        let mut removed = Vec::new();
        for (table, days) in keeps(&self.conn)? {
            let days = i32::try_from(days).unwrap_or(i32::MAX);
            removed.extend(self.forget(&table, Date(today.0.saturating_sub(days)))?);
        }
        Ok(removed)
    }
}

/// The same from any process, also while another writes the archive.
///
/// # Errors
/// There is no archive, or its manifest cannot be written.
pub fn keep(dir: &Path, table: &str, days: Option<u32>) -> Result<(), Trouble> {
    set(&manifest::open_there(dir)?, table, days)
}

fn set(conn: &Connection, table: &str, days: Option<u32>) -> Result<(), Trouble> {
    match days {
        Some(days) => {
            conn.execute("INSERT OR REPLACE INTO keep VALUES (?1, ?2)", (table, i64::from(days)))?
        }
        None => conn.execute("DELETE FROM keep WHERE table_name = ?1", [table])?,
    };
    Ok(())
}

fn keeps(conn: &Connection) -> Result<Vec<(String, u32)>, Trouble> {
    let mut select = conn.prepare("SELECT table_name, days FROM keep")?;
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Snapshot {
    /// How long tables are kept; those not named are kept for ever.
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn keeps(&self) -> Result<Vec<(String, u32)>, Trouble> {
        keeps(self.conn())
    }

    /// When so many free bytes are used up.
    ///
    /// # Errors
    /// The manifest cannot be read.
    pub fn forecast(&self, free: u64) -> Result<Forecast, Trouble> {
        let keeps = self.keeps()?;
        let mut select = self.conn().prepare(
            "SELECT table_name, count(DISTINCT day), sum(bytes), max(day) FROM file GROUP BY 1",
        )?;
        let mut newest = self.conn().prepare(
            "SELECT coalesce(sum(bytes), 0), count(DISTINCT day) FROM file
             WHERE table_name = ?1 AND day > ?2",
        )?;
        let mut rows = select.query([])?;
        let mut tables = Vec::new();
        while let Some(row) = rows.next()? {
            let table: String = row.get(0)?;
            let from = Date(manifest::day(row, 3)?.0 - LOOK_BACK);
            let (bytes, days) = newest.query_row((&table, from.to_string()), |row| {
                Ok((manifest::size(row, 0)?, manifest::size(row, 1)?))
            })?;
            tables.push(Growth {
                keep: keeps.iter().find(|k| k.0 == table).map(|k| k.1),
                table,
                days: manifest::size(row, 1)?,
                bytes: manifest::size(row, 2)?,
                bytes_a_day: bytes.div_ceil(days.max(1)),
            });
        }
        tables
            .sort_by(|a, b| b.bytes_a_day.cmp(&a.bytes_a_day).then_with(|| a.table.cmp(&b.table)));
        let (bytes_a_day, days_left) = until_full(&tables, free);
        Ok(Forecast { tables, bytes_a_day, days_left })
    }
}

/// Bytes a day now, and days until `free` bytes are used up: a table stops growing when it has as
/// many days as are kept.
fn until_full(tables: &[Growth], free: u64) -> (u64, Option<u64>) {
    // (days for which it grows on, bytes a day), those that stop first first.
    let mut growing: Vec<(u64, u64)> = tables
        .iter()
        .map(|t| {
            (t.keep.map_or(u64::MAX, |k| (u64::from(k) + 1).saturating_sub(t.days)), t.bytes_a_day)
        })
        .filter(|(days, bytes)| *days > 0 && *bytes > 0)
        .collect();
    growing.sort_unstable();
    let now: u64 = growing.iter().map(|g| g.1).sum();
    let (mut rate, mut left, mut day) = (now, free, 0);
    for (until, bytes) in growing {
        let in_time = left / rate.max(1);
        if in_time < until - day {
            return (now, Some(day + in_time));
        }
        left -= rate * (until - day);
        day = until;
        rate -= bytes;
    }
    (now, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grows(days: u64, keep: Option<u32>, bytes_a_day: u64) -> Growth {
        Growth { table: "t".into(), days, keep, bytes: 0, bytes_a_day }
    }

    #[test]
    fn a_disk_is_full_when_what_grows_has_used_it_up() {
        assert_eq!(until_full(&[], 100), (0, None));
        assert_eq!(until_full(&[grows(1, None, 10)], 100), (10, Some(10)));
        assert_eq!(until_full(&[grows(1, None, 10)], 9), (10, Some(0)));
        // Ten days and today are kept, four are there: 70 bytes come, then no more.
        assert_eq!(until_full(&[grows(4, Some(10), 10)], 71), (10, None));
        assert_eq!(until_full(&[grows(4, Some(10), 10)], 69), (10, Some(6)));
        // 7 days of 11, then 1 a day: 100 - 77 = 23 more days.
        assert_eq!(until_full(&[grows(4, Some(10), 10), grows(4, None, 1)], 100), (11, Some(30)));
        // More than it should have: nothing grows.
        assert_eq!(until_full(&[grows(40, Some(10), 10)], 0), (0, None));
    }
}
