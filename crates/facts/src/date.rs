//! A day of a local calendar. Which day a moment belongs to is decided by who knows the place.

use crate::{CivilTime, Stamp, Zone};
use std::fmt;

/// A day of a local calendar: days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub i32);

impl Date {
    /// The day that holds a moment, on a clock `zone` from UTC.
    pub const fn of(at: Stamp, zone: Zone) -> Self {
        let days = (at.secs() + zone.0 as i64).div_euclid(86_400);
        #[expect(clippy::cast_possible_truncation, reason = "a stamp holds 10^8 days at most")]
        Self(days as i32)
    }

    /// Reads `2026-11-21`.
    pub fn parse(text: &str) -> Option<Self> {
        let at = Stamp::parse(&format!("{}T00:00", text.trim()))?;
        let date = Self::of(at, Zone::UTC);
        // No 31st of November.
        (date.to_string() == text.trim()).then_some(date)
    }

    /// Year, month, day.
    pub fn civil(self) -> (i64, i64, i64) {
        let c = CivilTime::of(Stamp::from_secs(i64::from(self.0) * 86_400), Zone::UTC);
        (c.year, c.month, c.day)
    }

    /// 0: Sunday … 6: Saturday.
    pub const fn weekday(self) -> u8 {
        #[expect(clippy::cast_possible_truncation, reason = "0 to 6")]
        let day = (self.0 + 4).rem_euclid(7) as u8;
        day
    }

    /// The first day of the week that holds this day, if weeks begin on `first` (0: Sunday).
    #[must_use]
    pub fn week(self, first: u8) -> Self {
        Self(self.0 - (i32::from(self.weekday()) - i32::from(first)).rem_euclid(7))
    }

    /// The first day of its month.
    #[must_use]
    pub fn month(self) -> Self {
        let (_, _, day) = self.civil();
        Self(self.0 - i32::try_from(day - 1).unwrap_or(0))
    }
}

impl fmt::Display for Date {
    /// `2026-11-21`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (y, m, d) = self.civil();
        write!(f, "{y:04}-{m:02}-{d:02}")
    }
}
