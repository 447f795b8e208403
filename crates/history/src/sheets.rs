//! All rows that books have closed, in memory, and what they add up to: for a replay, which has
//! no archive, and for tests. It grows with what is added to it.

use crate::books::Closed;
use crate::calendar::Calendar;
use crate::rollup::{self, Seen};
use crate::settings::Settings;
use crate::tables::{Element, INTERVALS, Level};
use facts::table::{Row, Shape, Value};
use facts::{Date, Text};
use std::collections::{BTreeMap, BTreeSet};

/// Every table of history of one ACD, as far as it was counted.
#[derive(Clone, Debug)]
pub struct Sheets {
    acd: i64,
    name: Text,
    week_starts: u8,
    calendar: Calendar,
    rows: BTreeMap<&'static str, Vec<Row>>,
}

impl Sheets {
    /// Sheets on which nothing stands, for books with these settings and this calendar.
    pub fn new(settings: &Settings, calendar: Calendar) -> Self {
        Self {
            acd: settings.acd,
            name: settings.name.clone(),
            week_starts: settings.week_starts,
            calendar,
            rows: BTreeMap::new(),
        }
    }

    /// Puts down what books have closed.
    pub fn add(&mut self, closed: impl IntoIterator<Item = Closed>) {
        for (shape, mut rows) in closed.into_iter().flat_map(|c| c.tables) {
            self.rows.entry(shape.name).or_default().append(&mut rows);
        }
    }

    /// The rows of a table of [`crate::SHAPES`]: intervals and records in the order they were
    /// closed in, days, weeks and months added up. No rows if there is no such table.
    pub fn rows(&self, table: &str) -> Vec<Row> {
        match Element::of_table(table) {
            Some((_, Level::Interval)) => self.kept(table).to_vec(),
            Some((element, Level::Day)) => self.days(element),
            Some((element, level)) => self.periods(element, level),
            None => match [&rollup::D_SECS, &rollup::W_SECS, &rollup::M_SECS]
                .iter()
                .zip([Level::Day, Level::Week, Level::Month])
                .find(|(shape, _)| shape.name == table)
            {
                Some((_, level)) => self.seconds(level),
                None => self.kept(table).to_vec(),
            },
        }
    }

    fn kept(&self, table: &str) -> &[Row] {
        self.rows.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first days of all periods of which anything was counted.
    fn dates(&self, level: Level) -> BTreeSet<Date> {
        let rows = self.kept(INTERVALS.name).iter();
        rows.filter_map(|row| Some(self.first_day(level, date(row)?))).collect()
    }

    fn first_day(&self, level: Level, date: Date) -> Date {
        rollup::first(level, date, self.week_starts)
    }

    /// The rows among these that belong to a period.
    fn within(&self, level: Level, first: Date, rows: &[Row]) -> Vec<Row> {
        let is_in = |row: &&Row| date(row).map(|d| self.first_day(level, d)) == Some(first);
        rows.iter().filter(is_in).cloned().collect()
    }

    fn seen(&self, level: Level, first: Date) -> BTreeMap<Text, Seen> {
        Seen::of(&self.within(level, first, self.kept(INTERVALS.name)))
    }

    fn days(&self, element: &Element) -> Vec<Row> {
        let intervals = self.kept(element.shape(Level::Interval).name);
        let day = |date| {
            let rows = self.within(Level::Day, date, intervals);
            let seen = self.seen(Level::Day, date);
            rollup::rows(element, Level::Day, &rows, date, &self.calendar, &seen)
        };
        self.dates(Level::Day).into_iter().flat_map(day).collect()
    }

    fn periods(&self, element: &Element, level: Level) -> Vec<Row> {
        let days = self.days(element);
        let period = |first| {
            let (rows, seen) = (self.within(level, first, &days), self.seen(level, first));
            rollup::rows(element, level, &rows, first, &self.calendar, &seen)
        };
        self.dates(level).into_iter().flat_map(period).collect()
    }

    fn seconds(&self, level: Level) -> Vec<Row> {
        let row = |date| {
            let row = rollup::seconds(level, date, &self.calendar, self.acd, &self.name);
            row.map(|(_, row)| row)
        };
        self.dates(level).into_iter().filter_map(row).collect()
    }
}

/// The ROW_DATE of a row of an interval or a longer period.
fn date(row: &Row) -> Option<Date> {
    match row.first() {
        Some(Value::Date(date)) => Some(*date),
        _ => None,
    }
}

/// The shape of the table of [`crate::SHAPES`] with that name.
pub fn shape(name: &str) -> Option<&'static Shape> {
    crate::SHAPES.iter().copied().find(|shape| shape.name == name)
}
