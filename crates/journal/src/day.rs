//! A day of UTC, which names a file. Nothing here reads a clock.

use std::fmt;
use std::str::FromStr;

/// Microseconds of a day.
const DAY_MICROS: i64 = 86_400_000_000;

/// A day of UTC between 1970-01-01 and 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// 1970-01-01.
    pub const FIRST: Self = Self(0);
    /// 9999-12-31.
    pub const LAST: Self = Self(2_932_896);

    /// The day in which a stamp (microseconds since 1970 in UTC) lies. What lies outside the
    /// range of days goes to the first or last one: a switch may say any time.
    pub fn of(stamp: i64) -> Self {
        Self(stamp.div_euclid(DAY_MICROS)).clamp(Self::FIRST, Self::LAST)
    }

    /// The stamp of its first moment.
    pub const fn start(self) -> i64 {
        self.0 * DAY_MICROS
    }

    /// The day so many days earlier, not before the first one.
    #[must_use]
    pub fn earlier(self, days: u32) -> Self {
        Self((self.0 - i64::from(days)).max(0))
    }

    /// Year, month and day of the month, by counting years from 1 March so that a leap day is
    /// the last of its year.
    fn civil(self) -> (i64, i64, i64) {
        let days = self.0 + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        (year, month, of_year - (153 * shifted + 2) / 5 + 1)
    }
}

impl fmt::Display for Day {
    /// `2026-11-21`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = BadDay;

    /// Reads `2026-11-21`, and nothing that would not print the same again.
    fn from_str(text: &str) -> Result<Self, BadDay> {
        let mut parts = text.splitn(3, '-').map(|p| p.parse::<i64>().ok());
        let mut next = || parts.next().flatten().filter(|n| (0..=9999).contains(n)).ok_or(BadDay);
        let (year, month, day) = (next()?, next()?, next()?);
        let from_march = if month <= 2 { year - 1 } else { year };
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        let leap = from_march.div_euclid(4) - from_march.div_euclid(100);
        let days = from_march * 365 + leap + from_march.div_euclid(400) + of_year - 719_468;
        let found = Self(days);
        let same = (Self::FIRST..=Self::LAST).contains(&found) && found.to_string() == text;
        if same { Ok(found) } else { Err(BadDay) }
    }
}

/// A text is no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadDay;

impl fmt::Display for BadDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a day from 1970-01-01 to 9999-12-31; write it as 2026-11-21")
    }
}

impl std::error::Error for BadDay {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_days() {
        for (stamp, text) in [
            (0, "1970-01-01"),
            (951_782_400_000_000, "2000-02-29"),
            (1_795_261_560_234_822, "2026-11-21"),
            (1_795_305_600_000_000 - 1, "2026-11-21"),
            (1_795_305_600_000_000, "2026-11-22"),
            (i64::MAX, "9999-12-31"),
            (-1, "1970-01-01"),
        ] {
            assert_eq!(Day::of(stamp).to_string(), text);
            assert_eq!(text.parse(), Ok(Day::of(stamp)));
        }
        for bad in ["", "2026-11", "2026-02-30", "2026-1-1", "1969-12-31", "2026-11-21x"] {
            assert_eq!(bad.parse::<Day>(), Err(BadDay), "{bad}");
        }
    }

    #[test]
    fn every_day_prints_and_parses() {
        for days in (0..=Day::LAST.0).step_by(7) {
            assert_eq!(Day(days).to_string().parse(), Ok(Day(days)));
        }
        assert_eq!(Day::LAST.to_string(), "9999-12-31");
    }
}
