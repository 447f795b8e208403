//! Local time of one ACD: where its intervals, days, weeks and months begin. The rules of the
//! place (summer time) come in as a list of offsets, because looking them up is I/O.
//!
//! An interval begins where the local clock shows a multiple of its length, and where the local
//! clock jumps: a night with 25 hours has intervals that show the same STARTTIME twice, one
//! with 23 hours lacks some, and in both the intervals add up to the day.

use facts::{CivilTime, Date, Stamp, Zone};

/// A stretch of time in which nothing is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Interval {
    /// Its first moment, a whole second.
    pub from: Stamp,
    /// The first moment after it, a whole second.
    pub to: Stamp,
    /// The local day (CMS ROW_DATE).
    pub date: Date,
    /// The local time of day at its begin as `hhmm` (CMS STARTTIME).
    pub starttime: i64,
}

impl Interval {
    /// How many seconds it has.
    pub const fn seconds(&self) -> i64 {
        self.to.secs() - self.from.secs()
    }
}

/// The length of intervals (CMS INTRVL).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// 15 minutes.
    Quarter,
    /// 30 minutes.
    #[default]
    Half,
    /// 60 minutes.
    Hour,
}

impl Length {
    /// Minutes.
    pub const fn minutes(self) -> i64 {
        match self {
            Self::Quarter => 15,
            Self::Half => 30,
            Self::Hour => 60,
        }
    }

    /// The length of so many minutes, if there is one.
    pub const fn of_minutes(minutes: i64) -> Option<Self> {
        match minutes {
            15 => Some(Self::Quarter),
            30 => Some(Self::Half),
            60 => Some(Self::Hour),
            _ => None,
        }
    }
}

/// The calendar of a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// Seconds east of UTC from each moment on, sorted; never empty.
    offsets: Vec<(Stamp, i32)>,
    length: Length,
}

impl Calendar {
    /// A place whose clock is `before` seconds east of UTC until the first of `changes`, and from
    /// each of them on as many as it says.
    pub fn new(length: Length, before: i32, changes: &[(Stamp, i32)]) -> Self {
        let mut offsets = vec![(Stamp(i64::MIN), before)];
        offsets.extend(changes.iter().map(|(at, s)| (Stamp::from_secs(at.secs()), *s)));
        offsets.sort_by_key(|(at, _)| *at);
        Self { offsets, length }
    }

    /// The length of intervals.
    pub const fn length(&self) -> Length {
        self.length
    }

    /// The stretch of equal offset that holds `at`: from, to, offset.
    fn stretch(&self, at: Stamp) -> (Stamp, Stamp, Zone) {
        let next = self.offsets.partition_point(|(from, _)| *from <= at);
        let (from, offset) = match next.checked_sub(1).and_then(|i| self.offsets.get(i)) {
            Some(stretch) => *stretch,
            None => (Stamp(i64::MIN), 0),
        };
        let to = self.offsets.get(next).map_or(Stamp(i64::MAX), |(from, _)| *from);
        (from, to, Zone(offset))
    }

    /// Seconds east of UTC at a moment.
    pub fn zone(&self, at: Stamp) -> Zone {
        self.stretch(at).2
    }

    /// The local day that holds a moment.
    pub fn date(&self, at: Stamp) -> Date {
        Date::of(at, self.zone(at))
    }

    /// The interval that holds a moment.
    pub fn interval(&self, at: Stamp) -> Interval {
        let (begins, ends, zone) = self.stretch(at);
        let step = self.length.minutes() * 60;
        let local = at.secs() + i64::from(zone.0);
        let first = Stamp::from_secs(local.div_euclid(step) * step - i64::from(zone.0));
        let from = first.max(begins);
        let shown = CivilTime::of(from, zone);
        Interval {
            from,
            to: first.plus_secs(step).min(ends),
            date: Date::of(from, zone),
            starttime: shown.hour * 100 + shown.minute,
        }
    }

    /// The first moment of a local day: the first at which the local clock has come to it.
    pub fn begin(&self, date: Date) -> Stamp {
        let midnight = i64::from(date.0) * 86_400;
        // No place is further than a day from UTC, and none skips more than one.
        let mut from = Stamp::from_secs(midnight - 2 * 86_400);
        loop {
            let (_, to, zone) = self.stretch(from);
            let at = from.max(Stamp::from_secs(midnight - i64::from(zone.0)));
            if at < to || to == Stamp(i64::MAX) {
                return at;
            }
            from = to;
        }
    }

    /// The first moment after a local day.
    pub fn end(&self, date: Date) -> Stamp {
        self.begin(Date(date.0 + 1))
    }
}
