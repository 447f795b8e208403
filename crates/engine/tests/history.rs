//! History of every capture of a real Asterisk against its witnesses: what `queue_log` counts, when
//! CEL says that bridges began and ended, how long CDR says that calls took.

mod captures;
mod witness;

use captures::{Capture, all};
use engine::{Day, Fold, Historian, counting};
use facts::table::{Row, Value};
use history::calendar::Length;
use history::reconcile::RECONCILED;
use history::{Books, Sheets};
use std::collections::BTreeMap;
use translate::queue_log::QueueLog;
use witness::{Bridged, SECOND};

/// How long after-call work that runs at the end may take to come to its end.
const LATER_S: i64 = 60;

/// The rows of a whole capture and of so many seconds after it.
fn sheets(capture: &Capture, later_s: i64) -> Sheets {
    let settings = captures::settings();
    let counting = counting(&settings);
    let calendar = Day::named("UTC").expect("UTC").calendar(Length::Half, 2026, 2026);
    let mut sheets = Sheets::new(&counting, calendar.clone());
    let books = Books::new(counting, calendar);
    let mut historian = Historian::new(Fold::new(settings), books);
    for record in capture.records() {
        historian.push(record);
    }
    historian.settle();
    if later_s > 0 {
        historian.advance(historian.fold().now().plus_secs(later_s));
    }
    historian.finish();
    let mut closed = Vec::new();
    historian.take_closed(&mut closed);
    sheets.add(closed);
    assert_eq!(historian.books().broken(), 0, "{}: rows break a rule", capture.name);
    sheets
}

fn cell<'a>(table: &str, row: &'a Row, column: &str) -> &'a Value {
    let shape = history::shape(table).expect("a table");
    assert_eq!(shape.columns.len(), row.len(), "{table}");
    &row[shape.column(column).unwrap_or_else(|| panic!("{table} has no column {column}"))]
}

fn int(table: &str, row: &Row, column: &str) -> i64 {
    match cell(table, row, column) {
        Value::Int(n) => *n,
        _ => 0,
    }
}

fn text(table: &str, row: &Row, column: &str) -> String {
    match cell(table, row, column) {
        Value::Text(text) => text.to_string(),
        _ => String::new(),
    }
}

fn stamp(table: &str, row: &Row, column: &str) -> i64 {
    match cell(table, row, column) {
        Value::Stamp(at) => at.0,
        other => panic!("{table}.{column} is {other:?}"),
    }
}

/// What is counted in both, and the word for it in `queue_log`.
const COUNTED: [(&str, &str); 6] = [
    ("entered", "ENTERQUEUE"),
    ("answered", "CONNECT"),
    ("abandoned", "ABANDON"),
    ("timed_out", "EXITWITHTIMEOUT"),
    ("left_empty", "EXITEMPTY"),
    ("exit_key", "EXITWITHKEY"),
];

/// Scenarios whose `queue_log` was rotated away in the middle.
const SILENT: [&str; 1] = ["resync"];

#[test]
fn rows_count_what_queue_log_counts() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for capture in all().iter().filter(|c| !SILENT.contains(&c.name.as_str())) {
        let logged = witness::queue_log(capture);
        let sheets = sheets(capture, LATER_S);
        let mut counted: BTreeMap<(String, &str), i64> = BTreeMap::new();
        for row in sheets.rows("hsplit") {
            for (item, _) in COUNTED {
                let key = (text("hsplit", &row, "split_name"), item);
                *counted.entry(key).or_default() += int("hsplit", &row, item);
            }
        }
        let queues = logged.keys().map(|(queue, _)| queue).chain(counted.keys().map(|(q, _)| q));
        let queues: std::collections::BTreeSet<_> = queues.filter(|q| *q != "NONE").collect();
        for queue in queues {
            for (item, word) in COUNTED {
                let ours = counted.get(&(queue.clone(), item)).copied().unwrap_or(0);
                let theirs = logged.get(&(queue.clone(), word.to_owned())).copied().unwrap_or(0);
                compared += theirs;
                if ours != theirs {
                    let (version, name) = (&capture.version, &capture.name);
                    wrong
                        .push(format!("{version}/{name}: {queue}: {item} {ours}, {word} {theirs}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 500, "only {compared} lines of queue_log were compared");
}

#[test]
fn every_visit_of_every_capture_is_reconciled_with_queue_log() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for capture in all().iter().filter(|c| !SILENT.contains(&c.name.as_str())) {
        let settings = captures::settings();
        let calendar = Day::named("UTC").expect("UTC").calendar(Length::Half, 2026, 2026);
        let books = Books::new(counting(&settings), calendar.clone());
        let mut historian = Historian::new(Fold::new(settings), books);
        historian.remember_visits();
        for record in capture.records() {
            historian.push(record);
        }
        historian.settle();
        historian.advance(historian.fold().now().plus_secs(LATER_S));
        historian.finish();
        let mut visits = historian.take_visits().expect("they are remembered");
        let mut log = QueueLog::new(BTreeMap::new());
        let mut entries = Vec::new();
        for line in capture.witness("queue_log").lines() {
            log.line(line.as_bytes(), &mut entries);
        }
        log.finish(historian.fold().now(), &mut entries);
        for entry in &entries {
            visits.log(entry);
        }
        let (days, differ) = visits.rows(&calendar);
        let entered = RECONCILED.column("entered").expect("a column");
        compared += days.iter().filter(|row| row[entered] > Value::Int(0)).count();
        let name = format!("{}/{}", capture.version, capture.name);
        wrong.extend(differ.iter().map(|row| format!("{name}: {row:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 80, "only {compared} queues were compared");
}

/// The talks with agents in `call_rec`: agent, from, to.
fn talks(sheets: &Sheets) -> Vec<(String, i64, i64)> {
    let rows = sheets.rows("call_rec");
    let rows = rows.iter().filter(|row| !text("call_rec", row, "anslogin").is_empty());
    rows.map(|row| {
        let agent = text("call_rec", row, "anslogin");
        (agent, stamp("call_rec", row, "answered"), stamp("call_rec", row, "ended"))
    })
    .collect()
}

/// The bridge that an agent's talk was in: that of his channel with the nearest begin.
fn bridge_of<'a>(
    bridges: &'a BTreeMap<String, Bridged>,
    agent: &str,
    answered: i64,
) -> Option<&'a Bridged> {
    let his = bridges.values().filter(|b| b.channel.starts_with(&format!("{agent}-")));
    his.min_by_key(|b| (b.from - answered).abs())
}

/// How far an answer may be from the bridge it leads to: app_queue tells AgentConnect, and the
/// phone comes into the bridge up to 6 ms later (usually less than 1).
const NEAR_US: i64 = 10_000;

/// Where a witness means something else, and why.
const OTHERWISE: [(&str, &str); 7] = [
    // The switch was killed: no bridge ended.
    ("crash", "bridge"),
    ("crash", "CEL"),
    // The Local channel between leaves; the talk goes on without it.
    ("local-optimised", "bridge"),
    ("local-optimised", "CEL"),
    ("local-optimised", "CDR"),
    // The caller is in the park when the agent still hears where.
    ("park", "bridge"),
    ("park", "CEL"),
];

#[test]
fn talks_begin_and_end_as_cel_and_cdr_say() {
    let mut wrong = Vec::new();
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    for capture in all() {
        let bridges = [
            ("bridge", witness::told(&capture, false)),
            ("CEL event", witness::told(&capture, true)),
            ("CEL", witness::cel(&capture)),
        ];
        let cdrs = witness::cdr(&capture);
        for (agent, answered, ended) in talks(&sheets(&capture, LATER_S)) {
            let mut compare = |what: &'static str, from: i64, to: i64, near: i64| {
                if OTHERWISE.contains(&(capture.name.as_str(), what)) {
                    return;
                }
                *compared.entry(what).or_default() += 1;
                // CEL and CDR are written in whole seconds.
                let unit = if near == 0 { SECOND } else { 1 };
                let cut = |at: i64| at - at.rem_euclid(unit);
                if (from - cut(answered)).abs() > near || (to - cut(ended)).abs() > near {
                    let (version, name) = (&capture.version, &capture.name);
                    wrong.push(format!(
                        "{version}/{name}: {agent} {answered} to {ended}, {what} {from} to {to}"
                    ));
                }
            };
            for (what, bridges) in &bridges {
                if let Some(b) = bridge_of(bridges, &agent, answered) {
                    compare(what, b.from, b.to, if *what == "CEL" { 0 } else { NEAR_US });
                }
            }
            // A transfer by feature code ends a CDR, not the talk.
            let his = |cdr: &&witness::Cdr| {
                cdr.disposition == "ANSWERED" && cdr.to.starts_with(&format!("{agent}-"))
            };
            let nearest = cdrs.iter().filter(his).min_by_key(|c| (c.end - ended).abs());
            if let Some(cdr) = nearest.filter(|_| capture.name != "feature-transfer") {
                compare("CDR", answered, cdr.end, SECOND);
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (what, least) in [("bridge", 60), ("CEL event", 3), ("CEL", 60), ("CDR", 55)] {
        let n = compared.get(what).copied().unwrap_or(0);
        assert!(n >= least, "only {n} talks were compared with {what}");
    }
}

#[test]
fn waits_and_talks_are_as_long_as_queue_log_says() {
    let (mut wrong, mut compared) = (Vec::new(), 0);
    for capture in all().iter().filter(|c| !SILENT.contains(&c.name.as_str())) {
        let sheets = sheets(capture, LATER_S);
        let (mut waits, mut served) = (Vec::new(), Vec::new());
        for row in sheets.rows("call_rec") {
            if text("call_rec", &row, "anslogin").is_empty() {
                continue;
            }
            let at = |column| stamp("call_rec", &row, column).div_euclid(SECOND);
            waits.push(at("answered") - at("queued"));
            served.push(at("ended") - at("answered"));
        }
        let (mut logged, talks) = witness::waits_and_talks(capture);
        waits.sort_unstable();
        logged.sort_unstable();
        compared += waits.len();
        let name = format!("{}/{}", capture.version, capture.name);
        if waits != logged {
            wrong.push(format!("{name}: waits {waits:?}, queue_log {logged:?}"));
        }
        // To app_queue the talk with who consults is over when he hands the caller on.
        let whole = capture.name != "attended-transfer-to-queue";
        for talk in talks.into_iter().filter(|_| whole) {
            match served.iter().position(|t| *t == talk) {
                Some(i) => drop(served.swap_remove(i)),
                None => wrong.push(format!("{name}: queue_log has a talk of {talk} s: {served:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 60, "only {compared} waits were compared");
}

/// Columns that are not compared: the same in all rows, or known only by whoever counts.
const BY_THE_WAY: [&str; 13] = [
    "row_date",
    "starttime",
    "intrvl",
    "acd",
    "split",
    "extension",
    "incomplete",
    "servicelevel",
    "acd_name",
    "agent_name",
    "starttime_utc",
    "observed",
    "source",
];

/// `TABLE [STARTTIME] COLUMN=VALUE …`, one for each row; indented lines go on; `TABLE none`.
fn expected_rows(text: &str) -> Vec<(String, Vec<String>)> {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
        let mut words = line.split_whitespace().map(|w| w.replace('~', " "));
        if !line.starts_with(' ') {
            rows.push((words.next().unwrap_or_default(), Vec::new()));
        }
        let row = rows.last_mut().expect("a file begins with a row");
        row.1.extend(words);
    }
    rows
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Int(n) => n.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Stamp(at) => at.to_string(),
        Value::Bool(b) => b.to_string(),
    }
}

/// All that a counted row says: its STARTTIME, what it is of, every item that is neither 0 nor
/// unknown.
fn said(table: &str, row: &Row) -> String {
    let shape = history::shape(table).expect("a table");
    let cells = shape.columns.iter().zip(row).filter(|(column, value)| {
        let empty = matches!(value, Value::Null | Value::Int(0) | Value::Stamp(_));
        !empty && !BY_THE_WAY.contains(&column.name)
    });
    let mut words: Vec<String> =
        cells.map(|(column, value)| format!("{}={}", column.name, shown(value))).collect();
    words.push(int(table, row, "starttime").to_string());
    words.sort();
    words.join(" ")
}

/// How the rows of a table differ from those expected.
fn difference(table: &str, expected: &[&Vec<String>], rows: &[Row]) -> Option<String> {
    let (mut mine, mut theirs): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    if history::Element::of_table(table).is_some() {
        theirs.extend(rows.iter().map(|row| said(table, row)));
        for words in expected {
            let mut words = (*words).clone();
            words.sort();
            mine.push(words.join(" "));
        }
        mine.sort();
        theirs.sort();
    } else {
        // Of a record only what is named is compared.
        mine.extend(expected.iter().map(|words| words.join(" ")));
        for (i, row) in rows.iter().enumerate() {
            let named = expected.get(i).into_iter().flat_map(|words| words.iter());
            let names = named.filter_map(|word| word.split_once('=')).map(|(name, _)| name);
            let words = names.map(|name| format!("{name}={}", shown(cell(table, row, name))));
            theirs.push(words.collect::<Vec<_>>().join(" "));
        }
    }
    (mine != theirs)
        .then(|| format!("{table}:\n- {}\n+ {}", mine.join("\n- "), theirs.join("\n+ ")))
}

#[test]
fn rows_are_those_that_a_person_derived() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/expected/history");
    let (mut wrong, mut files) = (Vec::new(), 0);
    for capture in all() {
        let file = format!("{root}/{}/{}.txt", capture.version, capture.name);
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        files += 1;
        let expected = expected_rows(&text);
        let sheets = sheets(&capture, 0);
        let tables: std::collections::BTreeSet<_> = expected.iter().map(|(t, _)| t).collect();
        for table in tables {
            let of_table = expected.iter().filter(|(t, words)| t == table && *words != ["none"]);
            let of_table: Vec<_> = of_table.map(|(_, words)| words).collect();
            if let Some(difference) = difference(table, &of_table, &sheets.rows(table)) {
                wrong.push(format!("{}/{}: {difference}", capture.version, capture.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(files > 14, "only {files} captures have expected rows");
}
