//! The evaluator against a naive reading of the whole history, and its properties.

use facts::decree::{Limits, Side};
use facts::{Stamp, Text};
use model::thresholds::{Evaluator, Key, Level, Raised, Reading};
use proptest::prelude::*;

fn key(name: &str) -> Key {
    Key { acd: Text::from("a"), kind: "queue", name: Text::from(name), measure: "waiting" }
}

fn limits(side: Side, caution: i64, warning: i64, hysteresis: i64, for_s: i64) -> Limits {
    Limits { side, caution: Some(caution), warning: Some(warning), hysteresis, for_s }
}

fn count(value: i64) -> Reading {
    Reading { value, began: None }
}

/// One look at one figure.
fn look(evaluator: &mut Evaluator, at: Stamp, limits: &Limits, reading: Reading) -> Option<Raised> {
    evaluator.begin(at);
    evaluator.feed(limits, "default", reading, || key("q"));
    evaluator.finish().next().map(|(_, raised)| raised)
}

/// The levels of a list of values a second apart; `.` plain, `c` caution, `w` warning.
fn levels(limits: &Limits, values: &[i64]) -> String {
    let mut evaluator = Evaluator::default();
    let letter = |(i, value): (usize, &i64)| {
        let at = Stamp::from_secs(i64::try_from(i).expect("few"));
        match look(&mut evaluator, at, limits, count(*value)).map(|r| r.level) {
            None => '.',
            Some(Level::Caution) => 'c',
            Some(Level::Warning) => 'w',
        }
    };
    values.iter().enumerate().map(letter).collect()
}

#[test]
fn levels_come_at_the_limit_and_go_behind_the_band() {
    let plain = limits(Side::Above, 5, 10, 0, 0);
    assert_eq!(levels(&plain, &[4, 5, 9, 10, 9, 5, 4, 12, 0]), ".ccwcc.w.");
    let banded = limits(Side::Above, 5, 10, 3, 0);
    assert_eq!(levels(&banded, &[4, 5, 3, 2, 4, 10, 8, 7, 5, 3, 2]), ".cc..wwccc.");
    let below = limits(Side::Below, 80, 60, 5, 0);
    assert_eq!(levels(&below, &[81, 80, 84, 85, 60, 64, 65, 85]), ".cc.wwc.");
    let slow = limits(Side::Above, 5, 10, 0, 3);
    assert_eq!(levels(&slow, &[5, 5, 5, 5, 10, 10, 10, 10, 4, 5]), "...ccccw..");
    assert_eq!(levels(&slow, &[5, 5, 4, 5, 5, 5, 5]), "......c");
    let none = Limits { caution: None, warning: None, ..plain };
    assert_eq!(levels(&none, &[100, 100]), "..");
    let one = Limits { caution: None, ..plain };
    assert_eq!(levels(&one, &[9, 10, 9]), ".w.");
}

#[test]
fn a_time_that_counts_on_is_known_to_the_microsecond() {
    let limits = limits(Side::Above, 20, 60, 0, 10);
    let began = Stamp(1_234_567);
    let age = |secs| Reading { value: secs, began: Some(began) };
    let mut evaluator = Evaluator::default();
    assert_eq!(look(&mut evaluator, began.plus_secs(29), &limits, age(29)), None);
    // Looked at late, as after a restart: since when is the same.
    let raised = look(&mut evaluator, began.plus_secs(45), &limits, age(45)).expect("caution");
    assert_eq!((raised.level, raised.since), (Level::Caution, began.plus_secs(30)));
    let mut late = Evaluator::default();
    let raised = look(&mut late, began.plus_secs(500), &limits, age(500)).expect("warning");
    assert_eq!((raised.level, raised.since), (Level::Warning, began.plus_secs(70)));
}

#[test]
fn what_is_not_fed_is_forgotten_and_other_limits_begin_anew() {
    let slow = limits(Side::Above, 5, 10, 0, 3);
    let mut evaluator = Evaluator::default();
    look(&mut evaluator, Stamp::from_secs(0), &slow, count(7));
    assert_eq!(evaluator.len(), 1);
    evaluator.begin(Stamp::from_secs(1));
    assert_eq!(evaluator.finish().count(), 0);
    assert!(evaluator.is_empty());
    look(&mut evaluator, Stamp::from_secs(2), &slow, count(7));
    let other = limits(Side::Above, 6, 10, 0, 3);
    assert_eq!(look(&mut evaluator, Stamp::from_secs(5), &other, count(7)), None);
    assert!(look(&mut evaluator, Stamp::from_secs(8), &other, count(7)).is_some());
}

/// Whether a limit counts after the last of these values, read off the whole history: once it
/// was reached for long enough, and never since was the figure back behind the band.
fn naive(history: &[(i64, i64)], limits: &Limits, limit: i64) -> bool {
    let (reached, kept): (Vec<bool>, Vec<bool>) = history
        .iter()
        .map(|(_, value)| match limits.side {
            Side::Above => (*value >= limit, *value > limit - limits.hysteresis.max(1)),
            Side::Below => (*value <= limit, *value < limit + limits.hysteresis.max(1)),
        })
        .unzip();
    let n = history.len();
    (0..n).any(|taken| {
        let run = (0..=taken).rev().take_while(|i| reached[*i]).last();
        // A value holds until the next one.
        let until = history.get(taken + 1).unwrap_or(&history[taken]).0;
        run.is_some_and(|first| until - history[first].0 >= limits.for_s)
            && kept[taken..].iter().all(|kept| *kept)
    })
}

fn any_limits() -> impl Strategy<Value = Limits> {
    let side = prop_oneof![Just(Side::Above), Just(Side::Below)];
    (side, 1..9_i64, 1..6_i64, 0..5_i64, 0..5_i64).prop_map(
        |(side, low, more, hysteresis, for_s)| {
            let (caution, warning) = match side {
                Side::Above => (low, low + more),
                Side::Below => (low + more, low),
            };
            limits(side, caution, warning, hysteresis, for_s)
        },
    )
}

/// Moments in seconds, strictly later one after the other, with a value each.
fn any_history() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((1..4_i64, 0..16_i64), 1..40).prop_map(|steps| {
        let mut at = 0;
        let step = |(later, value)| {
            at += later;
            (at, value)
        };
        steps.into_iter().map(step).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_evaluator_says_what_the_whole_history_says(
        limits in any_limits(), history in any_history(),
    ) {
        let mut evaluator = Evaluator::default();
        for (i, (at, value)) in history.iter().enumerate() {
            let raised = look(&mut evaluator, Stamp::from_secs(*at), &limits, count(*value));
            let past = &history[..=i];
            let on = |limit: Option<i64>| naive(past, &limits, limit.expect("both are given"));
            let wanted = if on(limits.warning) {
                Some(Level::Warning)
            } else {
                on(limits.caution).then_some(Level::Caution)
            };
            prop_assert_eq!(raised.map(|r| r.level), wanted, "after {:?}", past);
        }
    }

    #[test]
    fn inside_the_band_nothing_flaps(limits in any_limits(), history in any_history()) {
        // Only values between the band's edge and the limit, both not included.
        let (caution, h) = (limits.caution.expect("given"), limits.hysteresis);
        prop_assume!(h >= 2);
        let inside = |value: i64| match limits.side {
            Side::Above => caution - 1 - value % (h - 1),
            Side::Below => caution + 1 + value % (h - 1),
        };
        for begins_on in [false, true] {
            let mut evaluator = Evaluator::default();
            if begins_on {
                for at in [-100, -50] {
                    look(&mut evaluator, Stamp::from_secs(at), &limits, count(caution));
                }
            }
            for (at, value) in &history {
                let at = Stamp::from_secs(*at);
                let raised = look(&mut evaluator, at, &limits, count(inside(*value)));
                prop_assert_eq!(raised.map(|r| r.level), begins_on.then_some(Level::Caution));
            }
        }
    }

    #[test]
    fn no_level_before_its_duration(limits in any_limits(), history in any_history()) {
        let mut evaluator = Evaluator::default();
        for (i, (at, value)) in history.iter().enumerate() {
            let now = Stamp::from_secs(*at);
            let Some(raised) = look(&mut evaluator, now, &limits, count(*value)) else { continue };
            prop_assert!(raised.since <= now);
            let began = raised.since.plus_secs(-limits.for_s).secs();
            let during =
                history[..=i].iter().filter(|(at, _)| (began..raised.since.secs()).contains(at));
            for (_, value) in during {
                let reached = match limits.side {
                    Side::Above => *value >= raised.limit,
                    Side::Below => *value <= raised.limit,
                };
                prop_assert!(reached, "{value} within the duration of {raised:?}");
            }
        }
    }

    #[test]
    fn looking_more_often_changes_nothing(
        limits in any_limits(), history in any_history(), often in 1..50_i64,
    ) {
        // A count: between two values the first one holds.
        let (mut seldom, mut always) = (Evaluator::default(), Evaluator::default());
        for pair in history.windows(2) {
            let ((from, value), (to, _)) = (pair[0], pair[1]);
            let a = look(&mut seldom, Stamp::from_secs(from), &limits, count(value));
            let b = look(&mut always, Stamp::from_secs(from), &limits, count(value));
            prop_assert_eq!(a, b);
            let step = (to - from) * 1_000_000 / (often + 1);
            for i in 1..=often {
                let at = Stamp::from_secs(from).plus(i * step);
                look(&mut always, at, &limits, count(value));
            }
        }
        // A time: whoever looks once sees what is seen by those who watch.
        let limits = Limits { side: Side::Above, caution: Some(3), warning: Some(9), ..limits };
        let (mut once, mut always) = (Evaluator::default(), Evaluator::default());
        let began = Stamp(history[0].1);
        for micros in (0..=15_000_000).step_by(usize::try_from(often * 10_000).expect("few")) {
            let reading = Reading { value: micros / 1_000_000, began: Some(began) };
            let now = began.plus(micros);
            let watched = look(&mut always, now, &limits, reading);
            once = Evaluator::default();
            prop_assert_eq!(look(&mut once, now, &limits, reading), watched);
        }
        prop_assert!(once.len() <= 1);
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        limits in any_limits(),
        rounds in prop::collection::vec(
            prop::collection::vec((0..6_u8, 0..16_i64), 0..6), 1..12),
    ) {
        let (mut there, mut back) = (Evaluator::default(), Evaluator::default());
        for (i, rows) in rounds.iter().enumerate() {
            let mut rows = rows.clone();
            rows.sort();
            rows.dedup_by_key(|(name, _)| *name);
            let now = Stamp::from_secs(i64::try_from(i).expect("few"));
            there.begin(now);
            for (name, value) in &rows {
                there.feed(&limits, "default", count(*value), || key(&name.to_string()));
            }
            back.begin(now);
            for (name, value) in rows.iter().rev() {
                back.feed(&limits, "default", count(*value), || key(&name.to_string()));
            }
            let all = |e: &mut Evaluator| -> Vec<_> {
                e.finish().map(|(key, raised)| (key.clone(), raised)).collect()
            };
            prop_assert_eq!(all(&mut there), all(&mut back));
        }
    }
}
