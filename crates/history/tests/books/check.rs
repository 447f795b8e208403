//! Whether the books say what a script expects.

use crate::script::{DAY, Script, moment};
use facts::table::{Row, Shape, Value};
use history::Closed;
use std::collections::{BTreeMap, BTreeSet};

/// Tables that are no counts.
const RECORDS: [&str; 5] = ["haglog", "ag_actv", "call_rec", "linkex", "coverage"];

/// Words that are compared only in tables whose expected lines name them.
const BY_THE_WAY: [&str; 14] = [
    "device",
    "logon",
    "servicelevel",
    "period1",
    "period2",
    "period3",
    "period4",
    "period5",
    "period6",
    "period7",
    "period8",
    "period9",
    "svclevelchg",
    "periodchg",
];

/// Runs a script and compares what it names.
#[track_caller]
pub(crate) fn check(text: &str) {
    let script = Script::read(text);
    let (books, closed) = script.run();
    let dumped = books.dump();
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in &script.expected {
        let (table, rest) = line.split_once(' ').unwrap_or((line, ""));
        let lines = tables.entry(table).or_default();
        lines.extend((rest != "none").then_some(rest));
    }
    for (table, expected) in tables {
        let problem = if RECORDS.contains(&table) {
            records(&expected, &recorded(table, &closed))
        } else {
            counted(table, &expected, &dumped)
        };
        if let Some(problem) = problem {
            panic!("{table}:\n{problem}");
        }
    }
    assert_eq!(books.broken(), 0, "a rule was broken");
}

fn words(line: &str) -> BTreeSet<&str> {
    line.split_whitespace().collect()
}

fn key(word: &str) -> &str {
    word.split_once('=').map_or(word, |(k, _)| k)
}

fn counted(table: &str, expected: &[&str], dumped: &[String]) -> Option<String> {
    let named: BTreeSet<&str> = expected.iter().flat_map(|l| words(l)).map(key).collect();
    let left_out = |word: &&str| BY_THE_WAY.contains(&key(word)) && !named.contains(key(word));
    let mut mine: Vec<String> = expected.iter().map(|l| joined(words(l))).collect();
    let lines = dumped.iter().filter_map(|l| l.strip_prefix(table)?.strip_prefix(' '));
    let mut theirs: Vec<String> = lines
        .map(|l| {
            let l = l.replacen(&format!("{DAY} "), "", 1).replace(&format!("{DAY}T"), "");
            let l = l.replace(".000000Z", "");
            joined(words(&l).into_iter().filter(|w| !left_out(w)).collect())
        })
        .collect();
    mine.sort();
    theirs.sort();
    (mine != theirs)
        .then(|| format!("expected\n  {}\nwritten\n  {}\n", mine.join("\n  "), theirs.join("\n  ")))
}

fn joined(words: BTreeSet<&str>) -> String {
    let (numbers, rest): (Vec<&str>, Vec<&str>) = words.into_iter().partition(|w| !w.contains('='));
    [numbers, rest].concat().join(" ")
}

fn recorded<'a>(table: &str, closed: &'a [Closed]) -> Vec<(&'static Shape, &'a Row)> {
    let tables = closed.iter().flat_map(|c| &c.tables).filter(|(s, _)| s.name == table);
    tables.flat_map(|(shape, rows)| rows.iter().map(|r| (*shape, r))).collect()
}

fn records(expected: &[&str], rows: &[(&'static Shape, &Row)]) -> Option<String> {
    let all = || rows.iter().map(|(s, r)| shown(s, r)).collect::<Vec<_>>().join("\n  ");
    if expected.len() != rows.len() {
        return Some(format!("{} rows expected, written are\n  {}\n", expected.len(), all()));
    }
    for (line, (shape, row)) in expected.iter().zip(rows) {
        assert_eq!(shape.columns.len(), row.len(), "{} has other columns", shape.name);
        for word in line.split_whitespace() {
            let (name, text) = word.split_once('=').expect("column=value");
            let place = shape.column(name);
            let value = place.and_then(|i| row.get(i)).expect("a column of the table");
            if !says(value, text) {
                return Some(format!("{word} in {line}, written are\n  {}\n", all()));
            }
        }
    }
    None
}

fn says(value: &Value, text: &str) -> bool {
    let plain = plain(value);
    let of_day = text.len() >= 8 && text.as_bytes().get(2) == Some(&b':');
    plain == text
        || (of_day
            && match value {
                Value::Int(n) => *n == moment(text).secs(),
                Value::Stamp(at) => *at == moment(text),
                _ => false,
            })
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Int(n) => n.to_string(),
        Value::Stamp(at) => at.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Text(text) => text.to_string(),
    }
}

fn shown(shape: &Shape, row: &Row) -> String {
    let pairs = shape.columns.iter().zip(row).filter(|(_, v)| **v != Value::Null);
    pairs.map(|(c, v)| format!("{}={}", c.name, plain(v))).collect::<Vec<_>>().join(" ")
}
