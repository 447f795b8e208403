//! Adding up: the interval rows of a local day to a day's row, days to weeks and months (cms.md 5).
//!
//! Rules, where cms.md leaves a choice:
//! * A sum with an unknown part is unknown: NULL, never a number that is too small.
//! * Rows of different sources are not added to one another: what a `queue_log` told of a hole
//!   stays a row of its own beside what was heard, as its unknown items would make both unknown.
//!   Who wants one number sums rows, as CMS has users do anyway.
//! * Rows of an agent who logged on twice in a period become one; `logon` is the first.
//! * INCOMPLETE counts the incomplete intervals of the period, also those in which the element
//!   has no row; `observed` likewise. Who adds up says so with [`Seen`].
//! * A busy hour lies within a day (see `tables::busy`).

use crate::calendar::Calendar;
use crate::items::Kind;
use crate::tables::busy::Slot;
use crate::tables::{Element, INTERVALS, Level, Places};
use facts::table::{Column, Row, Shape, Type, Value};
use facts::{Date, Text};
use std::collections::{BTreeMap, BTreeSet};

/// How much of a period was seen by one source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Intervals that were not wholly observed or disturbed (CMS INCOMPLETE).
    pub incomplete: i64,
    /// Seconds observed.
    pub observed: i64,
}

impl Seen {
    /// What rows of [`INTERVALS`] say together, by source.
    pub fn of(intervals: &[Row]) -> BTreeMap<Text, Self> {
        let place = |name| INTERVALS.column(name).unwrap_or(usize::MAX);
        let places = (place("incomplete"), place("observed"), place("source"));
        let mut seen: BTreeMap<Text, Self> = BTreeMap::new();
        for row in intervals {
            let Some(Value::Text(source)) = row.get(places.2) else { continue };
            let all = seen.entry(source.clone()).or_default();
            all.incomplete += int(row, places.0).unwrap_or(1);
            all.observed += int(row, places.1).unwrap_or(0);
        }
        seen
    }
}

/// The period that rows are added up to.
#[derive(Clone, Copy, Debug)]
struct Period<'a> {
    level: Level,
    date: Date,
    calendar: &'a Calendar,
    seen: &'a BTreeMap<Text, Seen>,
}

/// The rows of an element for the period that begins with `date` ([`first`]): a day's out of the
/// interval rows of that local day, a week's and a month's out of its days' rows; none for an
/// interval. `calendar` has the length of the intervals; `seen` is [`Seen::of`] all of them.
pub fn rows(
    element: &Element,
    level: Level,
    below: &[Row],
    date: Date,
    calendar: &Calendar,
    seen: &BTreeMap<Text, Seen>,
) -> Vec<Row> {
    match self::below(level) {
        Some(from) => add(element, from, below, Period { level, date, calendar, seen }),
        None => Vec::new(),
    }
}

/// What a level is added up from; None: an interval is counted.
pub const fn below(level: Level) -> Option<Level> {
    match level {
        Level::Interval => None,
        Level::Day => Some(Level::Interval),
        Level::Week | Level::Month => Some(Level::Day),
    }
}

/// The first day of the period that a day belongs to; weeks begin on `week_starts` (0: Sunday).
pub fn first(level: Level, date: Date, week_starts: u8) -> Date {
    match level {
        Level::Interval | Level::Day => date,
        Level::Week => date.week(week_starts),
        Level::Month => date.month(),
    }
}

/// The day after the last of a period that begins with `date`.
pub fn after(level: Level, date: Date) -> Date {
    match level {
        Level::Interval | Level::Day => Date(date.0 + 1),
        Level::Week => Date(date.0 + 7),
        // Its 32nd day is one of the next.
        Level::Month => Date(date.0 + 31).month(),
    }
}

macro_rules! secs {
    ($id:ident $table:literal $item:literal $doc:literal) => {
        #[doc = concat!("`", $table, "`: ", $doc, " (cms.md 3.11).")]
        pub static $id: Shape = Shape {
            name: $table,
            doc: $doc,
            key: 2,
            columns: &[
                Column { name: "acd", kind: Type::Int, doc: "number of the switch (CMS ACD)" },
                Column { name: "row_date", kind: Type::Date, doc: "its first day (CMS ROW_DATE)" },
                Column { name: $item, kind: Type::Int, doc: $doc },
                Column { name: "acd_name", kind: Type::Text, doc: "name of the switch" },
            ],
        };
    };
}
secs!(D_SECS "d_secs" "secsperday" "how many seconds a local day has: 23, 24 or 25 hours");
secs!(W_SECS "w_secs" "secsperwk" "how many seconds a week has");
secs!(M_SECS "m_secs" "secspermn" "how many seconds a month has");

/// The table that says how long the periods of a level are; None for intervals, which say it
/// themselves.
pub fn lengths(level: Level) -> Option<&'static Shape> {
    match level {
        Level::Interval => None,
        Level::Day => Some(&D_SECS),
        Level::Week => Some(&W_SECS),
        Level::Month => Some(&M_SECS),
    }
}

/// The row of `d_secs`, `w_secs` or `m_secs` for the period that begins with `date`; None for
/// intervals, which say it themselves.
pub fn seconds(
    level: Level,
    date: Date,
    calendar: &Calendar,
    acd: i64,
    name: &Text,
) -> Option<(&'static Shape, Row)> {
    let shape = lengths(level)?;
    let seconds = calendar.begin(after(level, date)).secs() - calendar.begin(date).secs();
    Some((shape, vec![acd.into(), date.into(), seconds.into(), name.clone().into()]))
}

fn add(element: &Element, from: Level, rows: &[Row], period: Period<'_>) -> Vec<Row> {
    let places = element.places(from);
    let mut by_time: Vec<&Row> = rows.iter().collect();
    by_time.sort_by_key(|row| int(row, places.utc));
    let mut groups: BTreeMap<Vec<Value>, Vec<&Row>> = BTreeMap::new();
    for row in by_time {
        // The ACD stands before the key; the source is the third of what every row ends with.
        let (acd, names) = (places.key - 1, places.names + 1);
        let telling = row.get(names..names + element.telling).unwrap_or_default();
        let key = row.get(acd..places.incomplete).unwrap_or_default();
        let source = row.get(places.utc + 2).cloned().unwrap_or(Value::Null);
        groups.entry([key, telling, &[source]].concat()).or_default().push(row);
    }
    groups.into_values().map(|rows| one(element, from, &rows, period)).collect()
}

/// The row of one element. There is at least one row to add up.
fn one(element: &Element, from: Level, rows: &[&Row], period: Period<'_>) -> Row {
    let (old, new) = (element.places(from), element.places(period.level));
    let shape = element.shape(period.level);
    let last =
        |a: usize, b: usize| rows.last().and_then(|row| row.get(a..b)).unwrap_or_default().to_vec();
    let source = last(old.utc + 2, old.utc + 3);
    let seen = match source.first() {
        Some(Value::Text(source)) => period.seen.get(source).copied(),
        _ => None,
    };
    let seen = seen.unwrap_or_else(|| of_its_own(rows, &old));

    let mut row = Vec::with_capacity(shape.columns.len());
    row.push(period.date.into());
    row.extend(last(old.key - 1, old.incomplete));
    row.push(seen.incomplete.into());
    if let Some(busy) = element.busy {
        row.extend(if from == Level::Interval {
            let minutes = last(2, 3).pop().unwrap_or(Value::Null);
            busy.hour(element.items, &minutes, &slots(rows, &old, period))
        } else {
            let hours: Vec<&[Value]> =
                rows.iter().filter_map(|r| r.get(old.busy..old.items)).collect();
            busy.busiest(&hours)
        });
    }
    let items = element.items.iter().enumerate();
    row.extend(items.map(|(i, item)| item_of(rows, old.items + i, item.kind)));
    row.extend((old.names..old.utc).map(|i| last_known(rows, i)));
    row.push(period.calendar.begin(period.date).secs().into());
    row.push(seen.observed.into());
    row.extend(source);
    // What an element has more is the moment it began: the first counts.
    for i in 3..shape.columns.len() - new.utc {
        let known = rows.iter().filter_map(|r| r.get(old.utc + i)).filter(|v| **v != Value::Null);
        row.push(known.min().cloned().unwrap_or(Value::Null));
    }
    row
}

/// What rows tell of their own period when nobody says how much was seen: too much, if there was
/// an interval without a row.
fn of_its_own(rows: &[&Row], places: &Places) -> Seen {
    let mut seen = Seen::default();
    let mut moments = BTreeSet::new();
    for row in rows {
        if moments.insert(int(row, places.utc)) {
            seen.incomplete += int(row, places.incomplete).unwrap_or(1);
            seen.observed += int(row, places.utc + 1).unwrap_or(0);
        }
    }
    seen
}

/// An item of several rows, oldest first.
fn item_of(rows: &[&Row], place: usize, kind: Kind) -> Value {
    let mut values = rows.iter().map(|row| int(row, place));
    let value = match kind {
        Kind::C => values.try_fold(0_i64, |sum, n| Some(sum.saturating_add(n?))),
        Kind::M => values.try_fold(i64::MIN, |most, n| Some(most.max(n?))),
        Kind::A => values.next_back().flatten(),
    };
    value.into()
}

fn last_known(rows: &[&Row], place: usize) -> Value {
    let known = rows.iter().rev().filter_map(|r| r.get(place)).find(|v| **v != Value::Null);
    known.cloned().unwrap_or(Value::Null)
}

/// All intervals of a day with the rows that are there.
fn slots<'a>(rows: &[&'a Row], places: &Places, period: Period<'_>) -> Vec<Slot<'a>> {
    let end = period.calendar.end(period.date);
    let mut slots = Vec::new();
    let mut at = period.calendar.begin(period.date);
    while at < end {
        let interval = period.calendar.interval(at);
        let here = |row: &&&Row| int(row, places.utc) == Some(interval.from.secs());
        let items = |row: &&'a Row| row.get(places.items..places.names);
        slots.push(Slot {
            from: interval.from,
            to: interval.to,
            starttime: interval.starttime,
            rows: rows.iter().filter(here).filter_map(items).collect(),
        });
        at = interval.to;
    }
    slots
}

fn int(row: &[Value], place: usize) -> Option<i64> {
    match row.get(place) {
        Some(Value::Int(n)) => Some(*n),
        _ => None,
    }
}
