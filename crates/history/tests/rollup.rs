//! Adding up: intervals to days, days to weeks and months, on nights of any length; and what the
//! rows of an interval say about themselves.

use facts::table::{Row, Value};
use facts::{Date, Stamp};
use history::calendar::{Calendar, Length};
use history::ledger::{Entry, Link, What};
use history::{Books, ELEMENTS, Level, SHAPES, Settings, Sheets, Source, shape};
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
    assert_eq!(told("intervals"), [
        [900, 1_200, 1],
        [930, 1_800, 0],
        [1000, 1_800, 0],
        [1030, 1_800, 0],
        [1100, 1_500, 1],
        [1130, 1_800, 0],
        [1200, 1_800, 0],
        [1230, 60, 1],
    ]);
    let day = &sheets.rows("dsplit")[0];
    assert_eq!((int("dsplit", day, "incomplete"), int("dsplit", day, "observed")), (3, 11_760));
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
