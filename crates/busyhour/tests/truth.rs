//! The fold against a simulated contact centre that knows the truth: virtual hours go through the
//! translation and the model that a server runs, and every call, queue and agent must come out as
//! it was. Nothing here knows how the fold works; it reads tables only.

mod truth {
    pub(crate) mod compare;
    pub(crate) mod hour;
}

use truth::compare::{agents, calls, leftovers, queue_log, queues};
use truth::hour::{Hour, MINUTE};

/// 20 November 2026, 00:00 UTC.
const MIDNIGHT: i64 = 1_795_132_800_000_000;
/// How many differences are printed.
const SHOWN_MAX: usize = 40;

/// One contact centre: agents, seed, virtual minutes.
fn check(agents_count: u32, seed: u64, minutes: i64, version: sim::Version) {
    let what = format!("{agents_count} agents, seed {seed}, {minutes} min, {version:?}");
    check_hour(&what, Hour::new(agents_count, seed, version), minutes);
}

/// The same of a centre that is there already; `centre` says which one.
fn check_hour(centre: &str, hour: Hour, minutes: i64) {
    let (counted, events) = check_parts(centre, hour, minutes);
    assert!(counted > 100 && events > 5_000, "{centre}: only {counted} calls");
}

/// As above, however little happens: how many calls and events there were.
fn check_parts(centre: &str, mut hour: Hour, minutes: i64) -> (usize, u64) {
    check_lived(centre, &mut hour, minutes);
    (hour.world.truth().calls.len(), hour.world.truth().events)
}

/// As above, with the centre left for more questions.
fn check_lived(centre: &str, hour: &mut Hour, minutes: i64) {
    hour.live(minutes * MINUTE);
    let mut wrong = Vec::new();
    calls(hour, &mut wrong);
    queues(hour, &mut wrong);
    agents(hour, &mut wrong);
    queue_log(hour, &mut wrong);
    leftovers(hour, &mut wrong);
    // Then the switch is stopped in order: nothing may stay behind.
    hour.shut_down();
    calls(hour, &mut wrong);
    queues(hour, &mut wrong);
    leftovers(hour, &mut wrong);
    let shown: Vec<_> = wrong.iter().take(SHOWN_MAX).map(String::as_str).collect();
    let count = wrong.len();
    assert!(wrong.is_empty(), "{centre}: {count} differences\n{}", shown.join("\n"));
}

/// Small centres with other seeds; `BUSYHOUR_SEEDS` sets how many.
#[test]
fn other_days() {
    let days: u64 = std::env::var("BUSYHOUR_SEEDS").ok().and_then(|n| n.parse().ok()).unwrap_or(3);
    for seed in 100..100 + days {
        let agents = 6 + u32::try_from(seed * 7 % 40).unwrap_or(0);
        let version = if seed % 2 == 0 { sim::Version::V16 } else { sim::Version::V22 };
        check(agents, seed, 15, version);
        // And hours of real days, from the quiet night to the busy hour.
        let start = MIDNIGHT + i64::try_from(seed * 5 % 24).unwrap_or(0) * 60 * MINUTE;
        let settings = sim::Settings { version, ..sim::Settings::day(agents, seed) };
        let what = format!("day of {agents} agents, seed {seed}, {start}, {version:?}");
        check_parts(&what, Hour::of(&settings, start), 40);
    }
}

/// Real days with all that is rare: shifts begin, the last one goes home, queues are full.
#[test]
fn parts_of_real_days() {
    // 20 November 2026, 06:30 and 21:15 UTC.
    let (morning, evening) = (1_795_156_200_000_000, 1_795_209_300_000_000);
    for (agents, seed, start, minutes, version) in [
        (60, 7, morning, 150, sim::Version::V22),
        (60, 8, morning, 150, sim::Version::V16),
        (90, 9, evening, 120, sim::Version::V22),
    ] {
        let settings = sim::Settings { version, ..sim::Settings::day(agents, seed) };
        let what = format!("day of {agents} agents, seed {seed}, {start}, {minutes} min");
        check_hour(&what, Hour::of(&settings, start), minutes);
    }
}

/// Agents do often with their callers what they do rarely on a day; other ends, other moments.
#[test]
fn callers_are_handled_in_rare_ways() {
    let (noon, mut parked, mut conferenced) = (MIDNIGHT + 12 * 60 * MINUTE, 0, 0);
    for seed in 40..48 {
        let version = if seed % 2 == 0 { sim::Version::V16 } else { sim::Version::V22 };
        let settings = sim::Settings {
            version,
            parks_percent: 25.0,
            conferences_percent: 25.0,
            ..sim::Settings::day(40, seed)
        };
        let what = format!("rare ways, 40 agents, seed {seed}, {version:?}");
        let mut hour = Hour::of(&settings, noon);
        check_lived(&what, &mut hour, 12);
        let calls = || hour.world.truth().calls.values();
        parked += calls().filter(|call| call.parked).count();
        conferenced += calls().filter(|call| call.conferenced).count();
    }
    assert!(parked > 30, "only {parked} callers were parked");
    assert!(conferenced > 60, "only {conferenced} calls were conferenced");
}

/// Agents consult another queue and hand the caller over to whoever answers: for the switch the
/// talk is over then, for people it goes on.
#[test]
fn callers_are_handed_over_to_other_queues() {
    let (noon, mut handed_over) = (MIDNIGHT + 12 * 60 * MINUTE, 0);
    for seed in 40..52 {
        let version = if seed % 2 == 0 { sim::Version::V16 } else { sim::Version::V22 };
        let settings =
            sim::Settings { version, queue_consults_percent: 60.0, ..sim::Settings::day(40, seed) };
        let mut hour = Hour::of(&settings, noon);
        check_lived(&format!("handed over, seed {seed}, {version:?}"), &mut hour, 12);
        let visits = hour.world.truth().calls.values().flat_map(|call| &call.visits);
        handed_over += visits.filter(|visit| visit.handed_over.is_some()).count();
    }
    assert!(handed_over > 100, "only {handed_over} callers were handed over");
}

/// The switch is restarted in the middle of a day: calls and waiting callers are cut, and the day
/// goes on.
#[test]
fn a_switch_restarts_at_noon() {
    let noon = MIDNIGHT + 12 * 60 * MINUTE;
    for (seed, version) in [(60, sim::Version::V16), (61, sim::Version::V22)] {
        let settings = sim::Settings { version, ..sim::Settings::day(40, seed) };
        let mut hour = Hour::of(&settings, noon);
        hour.restart_after(20 * MINUTE);
        let visits = hour.world.truth().calls.values().flat_map(|call| &call.visits);
        let cut = visits.filter(|visit| visit.ended_by == Some(sim::EndedBy::Restart)).count();
        assert!(cut > 0, "seed {seed}: nobody talked at the restart");
        check_lived(&format!("restart, seed {seed}, {version:?}"), &mut hour, 20);
    }
}

#[test]
fn one_and_a_half_hours_of_8_agents() {
    check(8, 1, 90, sim::Version::V22);
}

#[test]
fn an_hour_of_8_other_agents_on_16() {
    check(8, 77, 60, sim::Version::V16);
}

#[test]
fn an_hour_of_40_agents() {
    check(40, 2, 60, sim::Version::V22);
}

#[test]
fn half_an_hour_of_40_agents_on_16() {
    check(40, 23, 30, sim::Version::V16);
}

#[test]
fn a_third_of_an_hour_of_150_agents() {
    check(150, 3, 20, sim::Version::V22);
}
