//! How a day goes: when callers call and when agents are at work.
//!
//! The shapes are those of published studies, cited in docs/simulator.md: calls come as a Poisson
//! stream whose rate changes over the day (Brown et al. 2005) and is itself by chance, more calls
//! on some days and in some quarters of an hour than on others (Avramidis, Deslauriers and
//! L'Ecuyer 2004; Oreshkin, Régnard and L'Ecuyer: a base rate times a busyness factor of mean 1).
//! The numbers are ours: an office day with two peaks, a lunch dip and a quiet night.

use crate::chance::{Chance, micros};

/// What the hours of a centre are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rhythm {
    /// Every hour is the same, with a gentle wave; agents log off and on again as they like.
    Steady,
    /// An office day with a quiet night; agents work in shifts.
    Day {
        /// What the clocks of the centre show beside UTC, in seconds.
        offset_s: i32,
    },
}

/// Seconds of a day.
pub(crate) const DAY_S: i64 = 86_400;
const QUARTER_S: i64 = 900;
/// Calls in the middle of each hour as a part of those in the busiest one, in thousandths.
const CALLS: [u16; 24] = [
    45, 35, 30, 30, 35, 45, 70, 200, 520, 820, 1_000, 980, 850, 880, 970, 930, 680, 400, 260, 190,
    120, 70, 55, 50,
];
/// The part of all agents that is at work in the busiest hour, by [`SHIFTS`].
const AT_WORK: f64 = 0.8;
/// Sigma of the logarithm of a whole day's busyness, and of a quarter of an hour's.
const DAY_SPREAD: f64 = 0.10;
const QUARTER_SPREAD: f64 = 0.06;

/// When shifts begin (seconds after midnight) and how many of 100 agents work in each.
const SHIFTS: [(i64, usize); 10] = [
    (6 * 3600, 5),
    (7 * 3600, 10),
    (8 * 3600, 25),
    (9 * 3600, 25),
    (10 * 3600, 10),
    (11 * 3600, 5),
    (12 * 3600, 5),
    (13 * 3600, 5),
    (14 * 3600, 5),
    (22 * 3600, 5),
];
/// A shift with its lunch.
pub(crate) const SHIFT_S: i64 = 8 * 3600 + 1800;
/// Breaks: seconds after the beginning of the shift, reason, mean length in seconds.
pub(crate) const BREAKS: [(i64, &str, i64); 3] =
    [(2 * 3600, "Break", 900), (4 * 3600, "Lunch", 1_800), (6 * 3600 + 1_800, "Break", 900)];

/// Seconds after midnight at which the agent's shift begins; agents of one shift begin within
/// half an hour of each other.
pub(crate) fn shift_begins(place: usize) -> i64 {
    // A step that has no divisor in common with 100 spreads neighbours over the shifts.
    let mut left = (place * 37 + 11) % 100;
    let stagger = i64::try_from(place * 3 % 7).unwrap_or(0) * 300;
    for (begin, share) in SHIFTS {
        if left < share {
            return (begin + stagger).rem_euclid(DAY_S);
        }
        left -= share;
    }
    9 * 3600
}

/// How many seconds of the shift have passed at that second of the day; `None` outside of it.
pub(crate) fn into_shift(begins: i64, second: i64) -> Option<i64> {
    let into = (second - begins).rem_euclid(DAY_S);
    (into < SHIFT_S).then_some(into)
}

/// Rates of calls over the day, with the chance of each day and each quarter of an hour.
#[derive(Clone, Debug)]
pub(crate) struct Rates {
    chance: Chance,
    day: (i64, f64),
    quarter: (i64, f64),
}

impl Rates {
    /// A stream of chances of its own: how many calls come does not change what becomes of them.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed ^ 0x5eed_0fda),
            day: (i64::MIN, 1.0),
            quarter: (i64::MIN, 1.0),
        }
    }

    /// Calls at this second of local time as a part of what all agents together could carry.
    pub(crate) fn at(&mut self, local: i64) -> f64 {
        let (day, quarter) = (local.div_euclid(DAY_S), local.div_euclid(QUARTER_S));
        if self.day.0 != day {
            self.day = (day, self.busyness(DAY_SPREAD));
        }
        if self.quarter.0 != quarter {
            self.quarter = (quarter, self.busyness(QUARTER_SPREAD));
        }
        AT_WORK * part(local.rem_euclid(DAY_S)) * self.day.1 * self.quarter.1
    }

    /// A lognormal factor of mean 1.
    fn busyness(&mut self, spread: f64) -> f64 {
        let thousandths = self.chance.lognormal(1.0, spread) / 1_000;
        f64::from(i32::try_from(thousandths).unwrap_or(1_000)) / 1_000.0
    }
}

/// Between the middles of two hours the rate goes in a straight line.
fn part(second: i64) -> f64 {
    let from_middle = second - 1_800;
    let hour = from_middle.div_euclid(3_600);
    let value = |hour: i64| {
        let place = usize::try_from(hour.rem_euclid(24)).unwrap_or(0);
        f64::from(CALLS.get(place).copied().unwrap_or(0)) / 1_000.0
    };
    let share = f64::from(i32::try_from(from_middle.rem_euclid(3_600)).unwrap_or(0)) / 3_600.0;
    value(hour) * (1.0 - share) + value(hour + 1) * share
}

/// The longest step between two looks at the rate: it changes meanwhile.
pub(crate) fn step_max() -> i64 {
    micros(120.0)
}

#[cfg(test)]
mod tests {
    use super::{DAY_S, Rates, into_shift, part, shift_begins};

    #[test]
    fn the_night_is_quiet_and_lunch_has_a_dip() {
        assert!(part(3 * 3600) < 0.05);
        assert!(part(10 * 3600 + 1800) > 0.99);
        assert!(part(12 * 3600 + 1800) < part(14 * 3600 + 1800));
    }

    #[test]
    fn people_are_there_when_calls_come() {
        let at_work = |hour: i64| {
            let here = |place: &usize| into_shift(shift_begins(*place), hour * 3600).is_some();
            (0..1_000).filter(here).count()
        };
        assert!((650..=850).contains(&at_work(11)), "{}", at_work(11));
        assert!((20..=80).contains(&at_work(3)), "{}", at_work(3));
        assert!(at_work(14) > at_work(18) && at_work(18) > at_work(23));
    }

    #[test]
    fn busyness_has_mean_one_and_days_differ() {
        let mut rates = Rates::new(4);
        let noon = |day: i64| day * DAY_S + 12 * 3600;
        let all: Vec<f64> =
            (0..400).map(|day| rates.at(noon(day)) / (0.8 * part(12 * 3600))).collect();
        let mean = all.iter().sum::<f64>() / 400.0;
        assert!((0.97..1.03).contains(&mean), "{mean}");
        let spread = all.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 400.0;
        assert!((0.008..0.022).contains(&spread), "{spread}");
    }
}
