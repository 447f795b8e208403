//! Adding up: intervals to days, days to weeks and months, on nights of any length; and what the
//! rows of an interval say about themselves.

use facts::table::{Row, Value};
use facts::{Date, Stamp};
use history::calendar::{Calendar, Length};
use history::ledger::{Entry, Link, What};
use history::{
    AGENTS, Books, ELEMENTS, Element, GROUPS, Level, SHAPES, SPLITS, Settings, Sheets, Source,
    VDNS, rollup, shape,
};
use std::collections::BTreeSet;

fn at(text: &str) -> Stamp {
    Stamp::parse(text).expect("a moment")
}

fn date(text: &str) -> Date {
    Date::parse(text).expect("a date")
}

/// Berlin's clock in 2026.
fn berlin() -> Calendar {
    let changes = [(at("2026-03-29T01:00Z"), 7_200), (at("2026-10-25T01:00Z"), 3_600)];
    Calendar::new(Length::Half, 3_600, &changes)
}

fn link(heard: bool) -> What {
    What::Link(Link { heard, restarted: false, why: "test".into() })
}

fn arrived() -> What {
    What::Arrived { split: "600".into(), call: "c".into() }
}

/// Everything written down for these entries until the last one's moment.
fn sheets(settings: &Settings, calendar: &Calendar, entries: &[(Stamp, What)]) -> Sheets {
    let mut books = Books::new(settings.clone(), calendar.clone());
    let mut closed = Vec::new();
    for (at, what) in entries {
        books.advance(*at);
        books.enter(&Entry { at: *at, what: what.clone() });
        books.take_closed(&mut closed);
    }
    books.finish();
    books.take_closed(&mut closed);
    let mut sheets = Sheets::new(settings, calendar.clone());
    sheets.add(closed);
    sheets
}

fn cell<'a>(table: &str, row: &'a Row, column: &str) -> &'a Value {
    let shape = shape(table).expect("a table");
    assert_eq!(shape.columns.len(), row.len(), "{table}");
    &row[shape.column(column).expect("a column")]
}

fn int(table: &str, row: &Row, column: &str) -> i64 {
    match cell(table, row, column) {
        Value::Int(n) => *n,
        other => panic!("{table}.{column} is {other:?}"),
    }
}

fn sum(table: &str, rows: &[Row], column: &str) -> i64 {
    rows.iter().map(|row| int(table, row, column)).sum()
}

fn of_day(rows: &[Row], date: Date) -> Vec<Row> {
    rows.iter().filter(|r| r[0] == Value::Date(date)).cloned().collect()
}

#[test]
fn columns_are_named_once_and_every_table_once() {
    let tables: BTreeSet<_> = SHAPES.iter().map(|s| s.name).collect();
    assert_eq!(tables.len(), SHAPES.len());
    assert!(ELEMENTS.len() == 7 && SHAPES.len() >= 4 * 7 + 4);
    for shape in SHAPES.iter() {
        let names: BTreeSet<_> = shape.columns.iter().map(|c| c.name).collect();
        assert_eq!(names.len(), shape.columns.len(), "{}: a column is there twice", shape.name);
        assert!(shape.key < shape.columns.len(), "{}", shape.name);
        assert!(shape.columns.iter().all(|c| !c.doc.is_empty()), "{}", shape.name);
    }
    let first = |table: &str, n| {
        let columns = shape(table).expect("a table").columns.iter().take(n);
        columns.map(|c| c.name).collect::<Vec<_>>()
    };
    let interval = ["row_date", "starttime", "intrvl", "acd", "split", "incomplete"];
    assert_eq!(first("hsplit", 6), interval);
    assert_eq!(first("dagent", 6), ["row_date", "acd", "logid", "split", "extension", "loc_id"]);
    let busy = ["row_date", "acd", "vdn", "vector", "incomplete", "bh_starttime", "bh_interval"];
    assert_eq!(first("mvdn", 7), busy);
}

#[test]
fn two_weeks_with_a_night_of_25_hours_add_up() {
    // From Saturday 17 October to Sunday 1 November: an arrival every 7 minutes.
    let (from, to) = (at("2026-10-16T22:00Z"), at("2026-10-31T23:00Z"));
    let mut entries = vec![(from, link(true))];
    let mut next = from.plus_secs(1);
    while next < to {
        entries.push((next, arrived()));
        next = next.plus_secs(420);
    }
    let count = i64::try_from(entries.len()).expect("few") - 1;
    entries.push((to, link(true)));
    let sheets = sheets(&Settings::new(3, "pbx"), &berlin(), &entries);

    let intervals = sheets.rows("hsplit");
    let days = sheets.rows("dsplit");
    assert_eq!(days.len(), 15);
    for table in ["hsplit", "dsplit", "wsplit", "msplit"] {
        assert_eq!(sum(table, &sheets.rows(table), "i_arrived"), count, "{table}");
    }
    for day in &days {
        let Value::Date(date) = day[0] else { panic!("a day without a date") };
        let parts = of_day(&intervals, date);
        let long = date.to_string() == "2026-10-25";
        assert_eq!(parts.len(), if long { 50 } else { 48 }, "{date}");
        assert_eq!(sum("hsplit", &parts, "i_arrived"), int("dsplit", day, "i_arrived"), "{date}");
        let seconds = if long { 90_000 } else { 86_400 };
        assert_eq!(int("dsplit", day, "observed"), seconds, "{date}");
        // Collection began in the first interval of the first day.
        let first = date.to_string() == "2026-10-17";
        assert_eq!(int("dsplit", day, "incomplete"), i64::from(first), "{date}");
        assert_eq!(*cell("dsplit", day, "source"), "live".into());
    }
    // Weeks begin on Sunday; the first is the Saturday alone.
    let weeks = sheets.rows("wsplit");
    let dates = ["2026-10-11", "2026-10-18", "2026-10-25"].map(|d| Value::Date(date(d)));
    assert_eq!(weeks.iter().map(|w| w[0].clone()).collect::<Vec<_>>(), dates);
    assert_eq!(int("wsplit", &weeks[1], "observed"), 7 * 86_400);
    let secs: Vec<i64> =
        sheets.rows("w_secs").iter().map(|r| int("w_secs", r, "secsperwk")).collect();
    assert_eq!(secs[..3], [7 * 86_400, 7 * 86_400, 7 * 86_400 + 3_600]);
    // The second 02:00 of the long night is another row with the same STARTTIME.
    let night = of_day(&intervals, date("2026-10-25"));
    let twice = night.iter().filter(|r| int("hsplit", r, "starttime") == 200);
    let twice: Vec<_> = twice.map(|r| int("hsplit", r, "starttime_utc")).collect();
    assert_eq!((twice.len(), twice[1] - twice[0]), (2, 3_600));
}

#[test]
fn an_administrator_chooses_where_weeks_begin() {
    let entries = [
        (at("2026-11-16T12:00Z"), link(true)),
        (at("2026-11-16T12:01Z"), arrived()),
        (at("2026-11-22T12:01Z"), arrived()),
        (at("2026-11-22T12:02Z"), link(true)),
    ];
    let mut settings = Settings::new(1, "pbx");
    let weeks = |settings: &Settings| {
        let rows = sheets(settings, &berlin(), &entries).rows("wsplit");
        rows.iter().map(|r| int("wsplit", r, "i_arrived")).collect::<Vec<_>>()
    };
    assert_eq!(weeks(&settings), [1, 1], "Sunday 22 November begins a week");
    settings.week_starts = 1;
    assert_eq!(weeks(&settings), [2], "and ends one that begins on Monday");
}

#[test]
fn a_row_says_what_was_seen_of_its_interval_and_a_day_also_what_has_no_row() {
    let entries = [
        (at("2026-11-21T08:10Z"), link(true)),
        (at("2026-11-21T08:20Z"), arrived()),
        (at("2026-11-21T10:10Z"), link(false)),
        (at("2026-11-21T10:15Z"), link(true)),
        (at("2026-11-21T11:20Z"), arrived()),
        (at("2026-11-21T11:31Z"), link(true)),
    ];
    let sheets = sheets(&Settings::new(1, "pbx"), &berlin(), &entries);
    let columns = ["starttime", "observed", "incomplete"];
    let told = |table: &str| {
        let rows = sheets.rows(table);
        rows.iter().map(|r| columns.map(|c| int(table, r, c))).collect::<Vec<_>>()
    };
    assert_eq!(told("hsplit"), [[900, 1_200, 1], [1200, 1_800, 0]]);
    assert_eq!(
        told("intervals"),
        [
            [900, 1_200, 1],
            [930, 1_800, 0],
            [1000, 1_800, 0],
            [1030, 1_800, 0],
            [1100, 1_500, 1],
            [1130, 1_800, 0],
            [1200, 1_800, 0],
            [1230, 60, 1],
        ]
    );
    let day = &sheets.rows("dsplit")[0];
    assert_eq!((int("dsplit", day, "incomplete"), int("dsplit", day, "observed")), (3, 11_760));
}

#[test]
fn a_clock_that_leaps_by_an_age_is_not_walked_after() {
    for far in ["2126-11-21T09:00Z", "9223372036854.775807"] {
        let entries = [
            (at("2026-11-21T08:10Z"), link(true)),
            (at("2026-11-21T08:20Z"), arrived()),
            (at(far), arrived()),
            (at(far), link(true)),
        ];
        let sheets = sheets(&Settings::new(1, "pbx"), &berlin(), &entries);
        assert_eq!(sheets.rows("intervals").len(), 2, "{far}");
        assert_eq!(sum("hsplit", &sheets.rows("hsplit"), "i_arrived"), 2, "{far}");
        assert_eq!(sum("intervals", &sheets.rows("intervals"), "incomplete"), 2, "{far}");
        assert_eq!(sheets.rows("coverage").len(), 1, "{far}");
    }
}

#[test]
fn a_queue_log_is_named_as_the_source() {
    let mut settings = Settings::new(1, "pbx");
    settings.source = Source::QueueLog;
    let entries = [
        (at("2026-11-21T08:10Z"), link(true)),
        (at("2026-11-21T08:20Z"), arrived()),
        (at("2026-11-21T08:21Z"), link(true)),
    ];
    let sheets = sheets(&settings, &berlin(), &entries);
    for table in ["hsplit", "dsplit", "wsplit", "msplit"] {
        let rows = sheets.rows(table);
        assert_eq!(rows.len(), 1, "{table}");
        assert_eq!(int(table, &rows[0], "i_arrived"), 1);
        assert_eq!(*cell(table, &rows[0], "source"), "queue_log".into());
        assert_eq!(int(table, &rows[0], "abncalls"), 0, "it would say");
        assert_eq!(*cell(table, &rows[0], "i_stafftime"), Value::Null, "it cannot know");
        assert_eq!(*cell(table, &rows[0], "da_acwincalls"), Value::Null, "Asterisk has none");
        assert_eq!(int(table, &rows[0], "split"), 600, "a name of digits is the number");
        assert_eq!(*cell(table, &rows[0], "split_name"), "600".into());
        assert_eq!(*cell(table, &rows[0], "acd_name"), "pbx".into());
    }
}

#[test]
fn tables_that_nobody_filled_have_no_rows() {
    let sheets = sheets(&Settings::new(1, "pbx"), &berlin(), &[]);
    for shape in SHAPES.iter() {
        assert_eq!(sheets.rows(shape.name), Vec::<Row>::new(), "{}", shape.name);
    }
    let levels = [Level::Interval, Level::Day, Level::Week, Level::Month];
    for element in ELEMENTS {
        let letters = levels.map(|level| element.shape(level).name.chars().next());
        assert_eq!(letters, ['h', 'd', 'w', 'm'].map(Some));
    }
}

/// A row in which every item that is not named is 0, everything else unknown.
fn made(element: &Element, level: Level, cells: &[(&str, Value)]) -> Row {
    let shape = element.shape(level);
    let value = |name: &str| cells.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
    let items: BTreeSet<_> = element.item_names().collect();
    let cell = |name: &str| {
        let empty = if items.contains(name) { Value::Int(0) } else { Value::Null };
        value(name).unwrap_or(empty)
    };
    assert!(cells.iter().all(|(name, _)| shape.column(name).is_some()), "{cells:?}");
    shape.columns.iter().map(|c| cell(c.name)).collect()
}

/// The day's rows of interval rows, each at a local half hour of 25 October 2026 in Berlin.
fn day(element: &Element, rows: &[(&str, &[(&str, Value)])]) -> Vec<Row> {
    let calendar = berlin();
    let rows: Vec<Row> = rows
        .iter()
        .map(|(moment, cells)| {
            let interval = calendar.interval(at(&format!("2026-10-25T{moment}Z")));
            let mut all = vec![
                ("row_date", interval.date.into()),
                ("starttime", interval.starttime.into()),
                ("intrvl", Value::Int(30)),
                ("acd", Value::Int(1)),
                ("starttime_utc", interval.from.secs().into()),
                ("observed", Value::Int(1_800)),
                ("incomplete", Value::Int(0)),
                ("source", "live".into()),
            ];
            all.retain(|(name, _)| cells.iter().all(|(n, _)| n != name));
            all.extend(cells.iter().cloned());
            made(element, Level::Interval, &all)
        })
        .collect();
    rollup::rows(element, Level::Day, &rows, date("2026-10-25"), &calendar, &Default::default())
}

#[test]
fn cumulative_items_add_up_maxima_stay_and_the_last_word_of_an_administrator_holds() {
    let cells = |calls: i64, most: i64, level: i64| {
        [
            ("split", Value::Int(600)),
            ("acdcalls", calls.into()),
            ("maxinqueue", most.into()),
            ("servicelevel", level.into()),
        ]
    };
    // Told out of order: what counts is the moment.
    let rows = day(&SPLITS, &[("09:00", &cells(4, 7, 30)), ("08:00", &cells(3, 9, 20))]);
    assert_eq!(rows.len(), 1);
    let item = |name| int("dsplit", &rows[0], name);
    assert_eq!((item("acdcalls"), item("maxinqueue"), item("servicelevel")), (7, 9, 30));
    assert_eq!((item("split"), item("acd"), item("observed")), (600, 1, 3_600));
    assert_eq!(item("starttime_utc"), at("2026-10-24T22:00Z").secs());
}

#[test]
fn a_sum_with_an_unknown_part_is_unknown() {
    let unknown: &[(&str, Value)] =
        &[("incalls", Value::Int(2)), ("allinusetime", Value::Null), ("maxocc", Value::Int(1))];
    let known: &[(&str, Value)] = &[("incalls", Value::Int(3)), ("maxocc", Value::Null)];
    let rows = day(&GROUPS, &[("08:00", unknown), ("09:00", known)]);
    assert_eq!(int("dtkgrp", &rows[0], "incalls"), 5);
    assert_eq!(*cell("dtkgrp", &rows[0], "allinusetime"), Value::Null);
    assert_eq!(*cell("dtkgrp", &rows[0], "maxocc"), Value::Null);
}

#[test]
fn what_a_queue_log_told_stays_a_row_of_its_own() {
    let live: &[(&str, Value)] = &[("split", Value::Int(1)), ("i_stafftime", Value::Int(60))];
    let log: &[(&str, Value)] = &[
        ("split", Value::Int(1)),
        ("acdcalls", Value::Int(2)),
        ("i_stafftime", Value::Null),
        ("source", "queue_log".into()),
    ];
    let rows = day(&SPLITS, &[("08:00", live), ("08:00", log)]);
    let told: Vec<_> = rows
        .iter()
        .map(|r| (cell("dsplit", r, "source").clone(), cell("dsplit", r, "i_stafftime").clone()))
        .collect();
    assert_eq!(told, [("live".into(), Value::Int(60)), ("queue_log".into(), Value::Null)]);
}

#[test]
fn a_name_tells_splits_apart_that_have_no_number() {
    let named = |name: &str| [("split_name", Value::from(name)), ("acdcalls", Value::Int(1))];
    let rows = day(&SPLITS, &[("08:00", &named("sales")), ("08:00", &named("support"))]);
    assert_eq!(rows.len(), 2);
    // An agent who is told a name only later is the same.
    let agent = |name: Value, logon: &str| {
        [
            ("logid", Value::from("SIP/1")),
            ("split_name", "sales".into()),
            ("agent_name", name),
            ("logon", at(logon).into()),
            ("acdcalls", Value::Int(1)),
        ]
    };
    let rows = day(
        &AGENTS,
        &[
            ("08:00", &agent("Ann".into(), "2026-10-25T08:00Z")),
            ("09:00", &agent(Value::Null, "2026-10-25T09:10Z")),
        ],
    );
    assert_eq!((rows.len(), int("dagent", &rows[0], "acdcalls")), (1, 2));
    assert_eq!(*cell("dagent", &rows[0], "agent_name"), "Ann".into());
    let logon = cell("dagent", &rows[0], "logon");
    assert_eq!(*logon, at("2026-10-25T08:00Z").into(), "the first of the day");
}

fn busy(rows: &[(&str, i64)]) -> Vec<Row> {
    let cells: Vec<_> = rows
        .iter()
        .map(|(at, calls)| {
            let calls = Value::Int(*calls);
            (*at, [("vdn", "8001".into()), ("incalls", calls.clone()), ("acdcalls", calls)])
        })
        .collect();
    let rows: Vec<(&str, &[(&str, Value)])> =
        cells.iter().map(|(at, cells)| (*at, cells.as_slice())).collect();
    day(&VDNS, &rows)
}

#[test]
fn the_busy_hour_is_the_hour_in_a_row_with_most_calls() {
    let told = |row: &Row| {
        ["bh_starttime", "bh_interval", "bh_vdncalls", "bh_acdcalls"]
            .map(|name| cell("dvdn", row, name).clone())
    };
    let is = |start: i64, calls: i64| [start, 30, calls, calls].map(Value::Int);
    let of = |rows: &[(&str, i64)]| told(&busy(rows)[0]);
    // 10:00 there is 09:00 in UTC that day.
    assert_eq!(of(&[("08:00", 5), ("08:30", 7), ("09:00", 6), ("09:30", 2)]), is(930, 13));
    assert_eq!(of(&[("08:00", 5), ("09:00", 5)]), is(830, 5), "of equal hours the first");
    assert_eq!(of(&[("22:30", 5)]), is(2300, 5), "it ends with the day");
    // The second 02:00 of that night follows the first 02:30.
    assert_eq!(of(&[("00:00", 1), ("00:30", 9), ("01:00", 8), ("01:30", 3)]), is(230, 17));
    assert_eq!(of(&[("09:00", 0)]), [const { Value::Null }; 4], "no call, no busy hour");

    let mut days = busy(&[("08:00", 5)]);
    let mut other = busy(&[("12:00", 9), ("13:00", 8)]);
    other[0][0] = date("2026-10-26").into();
    days.append(&mut other);
    let seen = Default::default();
    let week = rollup::rows(&VDNS, Level::Week, &days, date("2026-10-25"), &berlin(), &seen);
    assert_eq!(told(&week[0]), is(1230, 9), "the busiest day's, not a sum");
    assert_eq!(int("wvdn", &week[0], "incalls"), 22);
    let month = rollup::rows(&VDNS, Level::Month, &days, date("2026-10-01"), &berlin(), &seen);
    assert_eq!(told(&month[0]), is(1230, 9));
}

#[test]
fn a_trunk_groups_busy_hour_is_the_one_in_which_trunks_are_held_longest() {
    let held = |incalls: i64, intime: i64, outtime: i64| {
        [("incalls", incalls), ("intime", intime), ("outtime", outtime)]
            .map(|(name, n)| (name, Value::Int(n)))
    };
    let many = held(90, 90, 0);
    let long = held(1, 1_000, 800);
    let rows = day(&GROUPS, &[("08:00", &many), ("12:00", &long)]);
    let told = ["bh_starttime", "bh_incalls", "bh_intime", "bh_outtime"];
    assert_eq!(told.map(|name| int("dtkgrp", &rows[0], name)), [1230, 1, 1_000, 800]);
}
