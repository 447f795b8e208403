//! Which moments are written along an axis of time.

use facts::Stamp;

const SECOND: i64 = 1_000_000;
/// The steps between two moments, in seconds: those people count in.
const STEPS: [i64; 17] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];

/// The moments from `from` to `to` that are whole steps after `origin`, at most `most` + 1 of
/// them.
pub(super) fn ticks(from: Stamp, to: Stamp, origin: Stamp, most: i64) -> Vec<Stamp> {
    let length = to.since(from).max(0);
    let fits = |step: &&i64| length / (**step * SECOND) <= most.max(1);
    let step = STEPS.iter().find(fits).map_or(86_400, |s| *s) * SECOND;
    let before = from.since(origin).rem_euclid(step);
    let first = if before == 0 { from } else { from.plus(step - before) };
    let mut at = first;
    let mut all = Vec::new();
    // A length of many days still ends: the list has a bound.
    while at <= to && all.len() <= 400 {
        all.push(at);
        at = at.plus(step);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_round_and_few() {
        let at = |secs: i64| Stamp::from_secs(1_795_219_200 + secs);
        let secs = |from, to, origin, most| -> Vec<i64> {
            let ticks = ticks(at(from), at(to), at(origin), most);
            ticks.iter().map(|t| t.since(at(0)) / SECOND).collect()
        };
        // An hour from 0:07 on: every ten minutes.
        assert_eq!(secs(420, 4_020, 0, 6), [600, 1_200, 1_800, 2_400, 3_000, 3_600]);
        // Half a minute: every 5 s, both ends included.
        assert_eq!(secs(0, 30, 0, 8), [0, 5, 10, 15, 20, 25, 30]);
        // A day that begins at a half hour by the clock.
        assert_eq!(secs(1_800, 30_600, 1_800, 4), [1_800, 9_000, 16_200, 23_400, 30_600]);
        assert_eq!(secs(5, 5, 0, 8), [5]);
        assert_eq!(secs(5, 0, 0, 8), [] as [i64; 0]);
    }
}
