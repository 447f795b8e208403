//! What holds for every ledger.

use crate::any::{Step, Teller, moment, step};
use crate::seconds::each_second;
use facts::{Stamp, Text};
use history::calendar::{Calendar, Length};
use history::ledger::Entry;
use history::{Books, Profile, Rona, Settings};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// One row of a dump: what names it (table, key), its interval, its items.
type Rows = Vec<(String, String, BTreeMap<String, i64>)>;

/// Items that are no sums.
const MAXIMA: [&str; 3] = ["maxinqueue", "maxocwtime", "maxstaffed"];

fn settings(rona: Rona, phantom_s: u32) -> Settings {
    let mut settings = Settings::new(1, "Berlin");
    settings.rona = rona;
    settings.phantom_s = phantom_s;
    settings.default_profile.periods_s = vec![5, 10, 30];
    let from = crate::script::moment("01:07:00");
    let changed = Profile { from, service_level_s: 60, periods_s: vec![20, 40] };
    settings.splits.insert("s1".into(), vec![changed]);
    settings.reasons.insert(Text::from("lunch"), 7);
    settings
}

fn books(settings: &Settings, length: Length, entries: &[Entry], advance: bool) -> Books {
    // A clock that is put forward, and one that is put back by an odd time.
    let jumps = [("01:00:00", 7_200), ("03:10:00", 5_400)];
    let jumps = jumps.map(|(at, east)| (crate::script::moment(at), east));
    let mut books = Books::new(settings.clone(), Calendar::new(length, 3_600, &jumps));
    books.keep_dump();
    let mut closed = Vec::new();
    let mut now = Stamp(i64::MIN);
    for entry in entries {
        books.enter(entry);
        now = now.max(entry.at);
        if advance {
            books.advance(now);
        }
        books.take_closed(&mut closed);
    }
    books.advance(now);
    assert_eq!(books.broken(), 0);
    books
}

fn rows(books: &Books) -> Rows {
    let lines = books.dump();
    let split = |line: &String| {
        let mut words = line.split(' ');
        let table = words.next().unwrap_or_default().to_owned();
        let interval =
            [words.next().unwrap_or_default(), words.next().unwrap_or_default()].join(" ");
        let (mut name, mut items) = (table, BTreeMap::new());
        for word in words {
            let (key, value) = word.split_once('=').expect("key=value");
            match value.parse::<i64>() {
                Ok(n) if !["logon", "split", "agent", "device"].contains(&key) => {
                    items.insert(key.to_owned(), n);
                }
                _ => name = format!("{name} {word}"),
            }
        }
        (name, interval, items)
    };
    lines.iter().map(split).collect()
}

/// All intervals of a row added up.
fn day(rows: &Rows) -> BTreeMap<String, BTreeMap<String, i64>> {
    let mut day: BTreeMap<String, BTreeMap<String, i64>> = BTreeMap::new();
    for (name, _, items) in rows {
        let sums = day.entry(name.clone()).or_default();
        let profile = ["servicelevel", "svclevelchg", "periodchg", "disturbed"];
        for (item, n) in items.iter().filter(|(i, _)| !profile.contains(&i.as_str())) {
            if item.starts_with("period") {
                continue;
            }
            let sum = sums.entry(item.clone()).or_default();
            *sum = if MAXIMA.contains(&item.as_str()) { (*sum).max(*n) } else { *sum + n };
        }
    }
    day
}

fn get(items: &BTreeMap<String, i64>, item: &str) -> i64 {
    items.get(item).copied().unwrap_or_default()
}

/// What is a part of a whole is not more than it (cms.md 1.2).
const PARTS: [(&str, &str, &[&str]); 10] = [
    ("hsplit", "abncalls", &["abnringcalls"]),
    ("hsplit", "abncalls", &["slvlabns"]),
    ("hsplit", "outflowcalls", &["slvloutflows"]),
    ("hsplit", "acdcalls", &["acceptable"]),
    ("hsplit", "acdcalls", &["backupcalls"]),
    ("hsplit", "i_acwtime", &["i_acwintime", "i_acwouttime"]),
    ("hsplit", "i_auxtime", &["i_auxintime", "i_auxouttime"]),
    ("hagent", "i_auxouttime", &["i_acdaux_outtime"]),
    ("hagent", "i_othertime", &["i_acdothertime"]),
    ("hagent", "ringcalls", &["noansredir"]),
];

fn audit(rows: &Rows, rona: Rona) -> Result<(), TestCaseError> {
    for (name, interval, items) in rows {
        for (table, whole, parts) in PARTS.iter().filter(|(t, ..)| name.starts_with(t)) {
            let sum: i64 = parts.iter().map(|p| get(items, p)).sum();
            prop_assert!(get(items, whole) >= sum, "{table}: {whole} < {parts:?} in {items:?}");
        }
        prop_assert!(items.values().all(|n| *n >= 0), "negative: {name} {items:?}");
        if name.starts_with("hsplit") && rona == Rona::Requeue {
            prop_assert!(get(items, "outflowcalls") >= get(items, "noansredir"));
        }
        if !name.starts_with("hsplit") {
            continue;
        }
        // A split's clocks are its agents', added.
        let split = name.split(' ').nth(1).unwrap_or_default();
        for item in ["i_stafftime", "i_acdtime", "i_othertime", "i_auxouttime", "i_auxtime7"] {
            let agents = rows.iter().filter(|(n, i, _)| {
                i == interval && n.starts_with("hagent") && n.split(' ').any(|w| w == split)
            });
            let sum: i64 = agents.map(|(_, _, items)| get(items, item)).sum();
            prop_assert_eq!(sum, get(items, item), "{} of {} in {}", item, name, interval);
        }
    }
    Ok(())
}

fn rona() -> impl Strategy<Value = Rona> {
    prop_oneof![Just(Rona::Requeue), Just(Rona::SameOffer)]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 1..80)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// The identities are asserted when an interval is closed; here their inequalities.
    #[test]
    fn every_row_keeps_its_rules(steps in steps(), rona in rona(), phantom in 0..30_u32) {
        let entries = Teller::tell(&steps);
        let books = books(&settings(rona, phantom), Length::Half, &entries, true);
        let rows = rows(&books);
        audit(&rows, rona)?;
    }

    /// Clocks against the rules of cms.md 2.2, applied second by second.
    #[test]
    fn clocks_are_what_each_second_says(steps in prop::collection::vec(step(), 1..40)) {
        let entries = Teller::tell_what_fits(&steps);
        let books = books(&settings(Rona::Requeue, 0), Length::Half, &entries, true);
        let mut ours: BTreeMap<(String, String), BTreeMap<String, i64>> = BTreeMap::new();
        for (name, _, items) in rows(&books) {
            let word = |key| name.split(' ').find_map(|w: &str| w.strip_prefix(key));
            let (Some(agent), Some(split)) = (word("agent="), word("split=")) else { continue };
            let row = ours.entry((agent.to_owned(), split.to_owned())).or_default();
            let clocks = items.iter().filter(|(i, _)| i.starts_with("i_") || i.starts_with("ti_"));
            for (item, n) in clocks {
                *row.entry(item.clone()).or_default() += n;
            }
        }
        ours.retain(|_, row| !row.is_empty());
        prop_assert_eq!(ours, each_second(&entries));
    }

    /// However a day is cut, it adds up to the same.
    #[test]
    fn intervals_add_up_to_the_day(steps in steps(), rona in rona()) {
        let entries = Teller::tell(&steps);
        let settings = settings(rona, 3);
        let of = |length| day(&rows(&books(&settings, length, &entries, true)));
        let half = of(Length::Half);
        prop_assert_eq!(&of(Length::Quarter), &half);
        prop_assert_eq!(&of(Length::Hour), &half);
    }

    /// When time is told to have passed does not matter, as long as nothing comes too late.
    #[test]
    fn closing_early_changes_nothing(steps in steps()) {
        let entries = Teller::tell(&steps);
        let settings = settings(Rona::Requeue, 0);
        let of = |advance| rows(&books(&settings, Length::Quarter, &entries, advance));
        prop_assert_eq!(of(true), of(false));
    }

    /// Agents are told in any order at one moment.
    #[test]
    fn agents_of_one_moment_in_any_order(
        moments in prop::collection::vec(moment(), 1..25),
        turn in any::<prop::sample::Index>(),
    ) {
        let settings = settings(Rona::Requeue, 0);
        let plain = Teller::tell(&moments.concat());
        let mut turned = plain[..1].to_vec();
        let mut rest = &plain[1..];
        for moment in &moments {
            let (mut now, later) = (rest[..moment.len()].to_vec(), &rest[moment.len()..]);
            let by = turn.index(now.len());
            now.rotate_left(by);
            turned.extend(now);
            rest = later;
        }
        let of = |entries: &[Entry]| rows(&books(&settings, Length::Half, entries, true));
        prop_assert_eq!(of(&plain), of(&turned));
    }
}
