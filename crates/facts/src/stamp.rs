//! Time as an integer. `Stamp` is microseconds since 1970 in UTC; nothing below the engine
//! knows another clock, and nothing in a pure crate reads one.

use std::fmt;
use std::ops::{Add, Sub};

/// A moment: microseconds since 1970-01-01T00:00:00 UTC.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(pub i64);

impl Stamp {
    /// The stamp of a whole second since 1970.
    pub const fn from_secs(secs: i64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn secs(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Microseconds from `earlier` to here; negative if `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `micros` later (earlier if negative), saturating.
    #[must_use]
    pub const fn plus(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// `secs` seconds later, saturating.
    #[must_use]
    pub const fn plus_secs(self, secs: i64) -> Self {
        self.plus(secs.saturating_mul(1_000_000))
    }

    /// Date and time of day in UTC.
    pub fn civil(self) -> CivilTime {
        CivilTime::of(self, Zone::UTC)
    }

    /// Reads `2026-11-21T11:46:00[.123456]Z`, the same without `Z` (UTC is meant), with a blank
    /// for the `T`, or seconds since 1970 with an optional fraction.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && !text.is_empty() {
            let (secs, frac) = text.split_once('.').unwrap_or((text, ""));
            return Some(Self(secs.parse::<i64>().ok()?.checked_mul(1_000_000)? + micros(frac)?));
        }
        let text = text.strip_suffix('Z').unwrap_or(text);
        let (date, time) = text.split_once(['T', ' '])?;
        let mut d = date.splitn(3, '-').map(|p| p.parse::<i64>().ok());
        let (year, month, day) = (d.next()??, d.next()??, d.next()??);
        let (clock, frac) = time.split_once('.').unwrap_or((time, ""));
        let mut t = clock.split(':').map(|p| p.parse::<i64>().ok());
        let (hour, minute) = (t.next()??, t.next()??);
        let second = match t.next() {
            Some(s) => s?,
            None => 0,
        };
        let fits = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..61).contains(&second)
            && (0..=9999).contains(&year);
        if !fits || t.next().is_some() {
            return None;
        }
        let secs = days_from_civil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
        Some(Self(secs * 1_000_000 + micros(frac)?))
    }
}

/// The digits behind the point, as microseconds.
fn micros(frac: &str) -> Option<i64> {
    if !frac.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(
        (0..6)
            .fold(0, |sum, i| sum * 10 + frac.as_bytes().get(i).map_or(0, |b| i64::from(b - b'0'))),
    )
}

impl Add<i64> for Stamp {
    type Output = Self;
    fn add(self, micros: i64) -> Self {
        self.plus(micros)
    }
}

impl Sub for Stamp {
    type Output = i64;
    fn sub(self, earlier: Self) -> i64 {
        self.since(earlier)
    }
}

impl fmt::Display for Stamp {
    /// RFC 3339 in UTC with six digits: `2026-11-21T11:46:00.234567Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = self.civil();
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            c.year, c.month, c.day, c.hour, c.minute, c.second, c.micro
        )
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A fixed distance from UTC, in seconds east. The rules of a place (summer time) are looked
/// up by whoever does I/O; what is pure gets the distance that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(pub i32);

impl Zone {
    /// Universal time.
    pub const UTC: Self = Self(0);
}

/// A date and a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CivilTime {
    /// Year of the Gregorian calendar.
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub day: i64,
    /// 0 to 23.
    pub hour: i64,
    /// 0 to 59.
    pub minute: i64,
    /// 0 to 59.
    pub second: i64,
    /// 0 to 999999.
    pub micro: i64,
}

impl CivilTime {
    /// What a clock in `zone` shows at `stamp`.
    pub fn of(stamp: Stamp, zone: Zone) -> Self {
        let local = stamp.plus_secs(i64::from(zone.0));
        let secs = local.secs();
        let (days, rest) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        Self {
            year,
            month,
            day,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
            micro: local.0.rem_euclid(1_000_000),
        }
    }
}

/// Days since 1970-01-01 of a date, by counting from 1 March so that the leap day is last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_moments_print_and_parse() {
        for (secs, text) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (951_782_400, "2000-02-29T00:00:00.000000Z"),
            (1_795_261_560, "2026-11-21T11:46:00.000000Z"),
            (-1, "1969-12-31T23:59:59.000000Z"),
        ] {
            assert_eq!(Stamp::from_secs(secs).to_string(), text);
            assert_eq!(Stamp::parse(text), Some(Stamp::from_secs(secs)));
        }
        assert_eq!(Stamp::parse("1795261807.642131"), Some(Stamp(1_795_261_807_642_131)));
        assert_eq!(Stamp::parse("2026-11-21 11:46"), Some(Stamp::from_secs(1_795_261_560)));
        for bad in ["", "x", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01"] {
            assert_eq!(Stamp::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_round_trips() {
        for days in -200_000..200_000 {
            let (y, m, d) = civil_from_days(days);
            assert_eq!(days_from_civil(y, m, d), days);
        }
    }
}
