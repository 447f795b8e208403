//! Rows by table, interval and key, and the arithmetic of intervals. Knows nothing of calls.

use std::collections::BTreeMap;

use crate::text::SECOND;
use crate::{RowOut, Settings};

/// The second in which a moment lies.
pub(crate) fn second(micros: i64) -> i64 {
    micros.div_euclid(SECOND)
}

/// Seconds from one moment to another, both rounded down first.
pub(crate) fn seconds(from: i64, to: i64) -> i64 {
    second(to) - second(from)
}

/// Year, month and day of a moment in seconds, by walking the years.
pub(crate) fn date(begin: i64) -> (i64, i64, i64) {
    let leap = |y: i64| y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
    let mut days = begin.div_euclid(86_400);
    let mut year = 1970;
    while days >= 365 + i64::from(leap(year)) {
        days -= 365 + i64::from(leap(year));
        year += 1;
    }
    let february = 28 + i64::from(leap(year));
    let mut month = 1;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

type Key = (&'static str, i64, String);

/// All rows.
pub(crate) struct Books {
    length: i64,
    offset: i64,
    rows: BTreeMap<Key, BTreeMap<String, i64>>,
}

impl Books {
    pub(crate) fn new(settings: &Settings) -> Self {
        let length = settings.interval * 60;
        Self { length, offset: settings.offset, rows: BTreeMap::new() }
    }

    /// Where the interval of a second begins.
    pub(crate) fn begin(&self, second: i64) -> i64 {
        (second + self.offset).div_euclid(self.length) * self.length - self.offset
    }

    /// The begins of all intervals that have a part of `from..to`.
    pub(crate) fn begins(&self, from: i64, to: i64) -> Vec<i64> {
        let mut begin = self.begin(from);
        let mut all = Vec::new();
        while begin < to {
            all.push(begin);
            begin += self.length;
        }
        all
    }

    pub(crate) fn length(&self) -> i64 {
        self.length
    }

    /// Adds to an item in the interval of a second.
    pub(crate) fn add(&mut self, table: &'static str, at: i64, key: &str, item: &str, n: i64) {
        let row = self.rows.entry((table, self.begin(at), key.to_owned())).or_default();
        *row.entry(item.to_owned()).or_default() += n;
    }

    /// Raises an item to a value.
    pub(crate) fn raise(&mut self, table: &'static str, at: i64, key: &str, item: &str, n: i64) {
        let row = self.rows.entry((table, self.begin(at), key.to_owned())).or_default();
        let old = row.entry(item.to_owned()).or_default();
        *old = n.max(*old);
    }

    /// A clock that ran over `from..to` (seconds): each interval gets its part.
    pub(crate) fn clock(
        &mut self,
        table: &'static str,
        (from, to): (i64, i64),
        key: &str,
        item: &str,
    ) {
        for begin in self.begins(from, to) {
            let part = to.min(begin + self.length) - from.max(begin);
            self.add(table, begin, key, item, part);
        }
    }

    pub(crate) fn rows(self) -> Vec<RowOut> {
        let rows = self.rows.into_iter().map(|((table, begin, key), mut items)| {
            items.retain(|_, n| *n != 0);
            RowOut { table, begin, key, items }
        });
        rows.filter(|r| !r.items.is_empty()).collect()
    }
}

/// The most spans that are open at once within `from..to`; spans and borders in microseconds.
pub(crate) fn most_at_once(spans: &[(i64, i64)], from: i64, to: i64) -> i64 {
    let begins = spans.iter().map(|s| s.0).filter(|b| (from..to).contains(b)).chain([from]);
    let open = |at: i64| spans.iter().filter(|s| s.0 <= at && at < s.1).count();
    i64::try_from(begins.map(open).max().unwrap_or(0)).unwrap_or(i64::MAX)
}
