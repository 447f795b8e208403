//! What the engine is told when it starts. Reading and checking a configuration file is the
//! command line's work; here everything is already of the right type.

use crate::fold::FoldSettings;
use facts::Text;
use history::calendar::{Calendar, Length};
use std::fmt;
use std::path::PathBuf;

/// Everything the engine needs.
#[derive(Debug)]
pub struct Settings {
    /// This server's name, in observations and later between two servers.
    pub server: Text,
    /// Where and how to keep records.
    pub journal: journal::Settings,
    /// The switches.
    pub acds: Vec<AcdSettings>,
    /// Where history is kept; None: it is not.
    pub archive: Option<PathBuf>,
    /// How many bytes of records may wait in memory between the links and the rest.
    pub ring_bytes_max: u64,
}

/// One switch.
#[derive(Debug)]
pub struct AcdSettings {
    /// How to listen to it.
    pub link: links::asterisk::Settings,
    /// How to understand it.
    pub fold: FoldSettings,
    /// Where its day begins.
    pub zone: Day,
    /// How long its intervals are (CMS INTRVL).
    pub interval: Length,
}

/// The rules of local time at a place.
#[derive(Clone)]
pub struct Day(jiff::tz::TimeZone);

impl Day {
    /// The zone of that name in the system's tz database; `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        jiff::tz::TimeZone::get(name).ok().map(Self)
    }

    /// This machine's own zone, UTC if it has none.
    pub fn of_this_machine() -> Self {
        Self(jiff::tz::TimeZone::system())
    }

    /// Midnight at the beginning of the local day that holds `at`. On a day whose midnight does
    /// not exist, the first moment of the day.
    pub fn start(&self, at: facts::Stamp) -> facts::Stamp {
        let Ok(moment) = jiff::Timestamp::from_microsecond(at.0) else { return at };
        let day = moment.to_zoned(self.0.clone()).start_of_day();
        day.map_or(at, |d| facts::Stamp(d.timestamp().as_microsecond()))
    }

    /// The local calendar of the years `from` to `to`, for intervals of this length. Before and
    /// after them the clock goes on as it did at their edge.
    pub fn calendar(&self, length: Length, from: i16, to: i16) -> Calendar {
        let edge = |year: i16| {
            let date = jiff::civil::date(year.clamp(-9998, 9998), 1, 1);
            jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or_default()
        };
        let (first, last) = (edge(from), edge(to.saturating_add(1)));
        let mut offset = self.0.to_offset(first).seconds();
        let before = offset;
        let mut changes = Vec::new();
        for change in self.0.following(first).take_while(|c| c.timestamp() < last) {
            // A change of the name alone (BST that becomes the standard) cuts nothing.
            if change.offset().seconds() != offset {
                offset = change.offset().seconds();
                changes.push((facts::Stamp(change.timestamp().as_microsecond()), offset));
            }
        }
        Calendar::new(length, before, &changes)
    }

    /// The offset from UTC in seconds that holds at `at`.
    pub fn offset_s(&self, at: facts::Stamp) -> i32 {
        let moment = jiff::Timestamp::from_microsecond(at.0);
        moment.map_or(0, |m| self.0.to_offset(m).seconds())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({})", self.0.iana_name().unwrap_or("unnamed zone"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::Stamp;

    #[test]
    fn a_day_begins_at_local_midnight_also_when_clocks_change() {
        let berlin = Day::named("Europe/Berlin").expect("tz database");
        let at = |text| Stamp::parse(text).expect("stamp");
        assert_eq!(berlin.start(at("2026-11-21T11:46:00Z")), at("2026-11-20T23:00:00Z"));
        // 25 October 2026 has 25 hours there.
        assert_eq!(berlin.start(at("2026-10-25T22:59:59Z")), at("2026-10-24T22:00:00Z"));
        assert_eq!(berlin.start(at("2026-10-25T23:00:00Z")), at("2026-10-25T23:00:00Z"));
        assert_eq!(berlin.offset_s(at("2026-07-01T00:00:00Z")), 7200);
        assert!(Day::named("Europe/Nowhere").is_none());
    }
}
