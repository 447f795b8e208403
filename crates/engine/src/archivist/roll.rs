//! Which days, weeks and months of an archive are over and not added up, and their rows.

use super::Counting;
use archive::Snapshot;
use facts::Date;
use facts::table::{Row, Shape};
use history::rollup::{self, Seen};
use history::{ELEMENTS, INTERVALS, Level};
use std::collections::BTreeSet;

/// What a day that is over adds to the archive.
#[derive(Clone, Debug)]
pub(super) struct Rolled {
    /// The day.
    pub(super) day: Date,
    /// Rows of the day, and of the week or month that ended with it.
    pub(super) tables: Vec<(&'static Shape, Vec<Row>)>,
}

/// The days of an ACD that are over (a later one has begun) and not added up.
pub(super) fn missing(
    archive: &Snapshot,
    acd: i64,
    counting: &Counting,
) -> Result<Vec<Rolled>, archive::Trouble> {
    let of = |table: &str| -> Result<BTreeSet<Date>, archive::Trouble> {
        let days = archive.days(table)?.into_iter();
        Ok(days.filter(|(of, _)| *of == acd).map(|(_, day)| day).collect())
    };
    let (counted, done) = (of(INTERVALS.name)?, of(rollup::D_SECS.name)?);
    let Some(newest) = counted.last().copied() else { return Ok(Vec::new()) };
    let mut rolled: Vec<Rolled> = Vec::new();
    for day in counted.difference(&done).copied().filter(|day| *day < newest) {
        let mut made = roll(archive, acd, day, Level::Day, counting, &[])?;
        for level in [Level::Week, Level::Month] {
            let next = counted.range(Date(day.0 + 1)..).next().copied().unwrap_or(newest);
            let first = |of| rollup::first(level, of, counting.settings.week_starts);
            let (first, after) = (first(day), first(next));
            if first != after {
                // Days that were added up just now are not in the archive yet.
                let fresh: Vec<_> =
                    rolled.iter().chain([&made]).flat_map(|r| r.tables.iter().cloned()).collect();
                let more = roll(archive, acd, first, level, counting, &fresh)?;
                made.tables.extend(more.tables);
            }
        }
        rolled.push(made);
    }
    Ok(rolled)
}

/// The rows of the period that begins with `first`, out of intervals or of days; `fresh` are rows
/// of days that count though they are not in the archive.
///
/// # Errors
/// A file of the archive cannot be read.
pub(super) fn roll(
    archive: &Snapshot,
    acd: i64,
    first: Date,
    level: Level,
    counting: &Counting,
    fresh: &[(&'static Shape, Vec<Row>)],
) -> Result<Rolled, archive::Trouble> {
    let after = rollup::after(level, first);
    let read = |shape: &Shape| -> Result<Vec<Row>, archive::Trouble> {
        let mut rows = Vec::new();
        for day in first.0..after.0 {
            rows.extend(archive.rows(shape, acd, Date(day))?);
        }
        Ok(rows)
    };
    let seen = Seen::of(&read(&INTERVALS)?);
    let calendar = &counting.calendar;
    let mut tables = Vec::new();
    for element in ELEMENTS {
        let Some(below) = rollup::below(level) else { continue };
        let shape = element.shape(below);
        let mut rows = read(shape)?;
        let of_table = fresh.iter().filter(|(of, _)| of.name == shape.name);
        let within = |row: &&Row| match row.first() {
            Some(facts::table::Value::Date(day)) => (first..after).contains(day),
            _ => false,
        };
        rows.extend(of_table.flat_map(|(_, rows)| rows).filter(within).cloned());
        let made = rollup::rows(element, level, &rows, first, calendar, &seen);
        tables.push((element.shape(level), made));
    }
    if let Some((shape, row)) =
        rollup::seconds(level, first, calendar, acd, &counting.settings.name)
    {
        tables.push((shape, vec![row]));
    }
    Ok(Rolled { day: first, tables })
}
