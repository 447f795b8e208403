//! What readers see of an archive while it is written, sealed, replaced, and after it was stopped
//! at any step.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use archive::{Archive, Reader, Trouble};
use facts::Date;
use facts::table::{Column, Row, Shape, Type, Value};
use std::path::Path;
use std::time::Duration;

const fn column(name: &'static str, kind: Type) -> Column {
    Column { name, kind, doc: "A column." }
}

static HSPLIT: Shape = Shape {
    name: "hsplit",
    doc: "",
    key: 4,
    columns: &[
        column("row_date", Type::Date),
        column("starttime", Type::Int),
        column("acd", Type::Int),
        column("split", Type::Text),
        column("acdcalls", Type::Int),
    ],
};

/// The same table in a later version: one column gone, two new.
static HSPLIT_LATER: Shape = Shape {
    name: "hsplit",
    doc: "",
    key: 4,
    columns: &[
        column("row_date", Type::Date),
        column("starttime", Type::Int),
        column("acd", Type::Int),
        column("split", Type::Text),
        column("split_name", Type::Text),
        column("incomplete", Type::Bool),
    ],
};

static CALL_REC: Shape = Shape {
    name: "call_rec",
    doc: "",
    key: 3,
    columns: &[
        column("row_date", Type::Date),
        column("acd", Type::Int),
        column("callid", Type::Int),
        column("calling_pty", Type::Text),
        column("dialed_num", Type::Text),
    ],
};

static SHAPES: &[&Shape] = &[&HSPLIT, &CALL_REC];

const DAY: Date = Date(20_778);
const EVER: (Date, Date) = (Date(0), Date(40_000));

fn split(day: Date, starttime: i64, split: &str, acdcalls: i64) -> Row {
    vec![day.into(), starttime.into(), Value::Int(1), split.into(), acdcalls.into()]
}

fn call(day: Date, callid: i64, caller: &str) -> Row {
    vec![day.into(), Value::Int(1), callid.into(), caller.into(), "8001".into()]
}

fn interval(starttime: i64) -> Vec<(&'static Shape, Vec<Row>)> {
    vec![
        (&HSPLIT, vec![split(DAY, starttime, "sales", 3), split(DAY, starttime, "help", 1)]),
        (&CALL_REC, vec![call(DAY, starttime, "+4930555")]),
    ]
}

fn rows(dir: &Path, shape: &Shape) -> Vec<Row> {
    Reader::new(dir).snapshot().unwrap().rows(shape, 1, DAY).unwrap()
}

/// Everything a reader can see.
fn seen(dir: &Path) -> (Vec<Row>, Vec<Row>, usize, usize) {
    let snapshot = Reader::new(dir).snapshot().unwrap();
    let found = snapshot.find_calls(&CALL_REC, "+4930555", EVER, 100).unwrap();
    (
        snapshot.rows(&HSPLIT, 1, DAY).unwrap(),
        snapshot.rows(&CALL_REC, 1, DAY).unwrap(),
        found.len(),
        snapshot.traces(EVER).unwrap().len(),
    )
}

/// Parquet files that a pattern would find.
fn parquet(dir: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "parquet") {
                found.push(path.strip_prefix(dir).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found.sort();
    found
}

/// Files that the manifest names.
fn named(dir: &Path) -> Vec<String> {
    let snapshot = Reader::new(dir).snapshot().unwrap();
    let files = |table| snapshot.files(table, (i64::MIN, i64::MAX), EVER).unwrap();
    let mut all: Vec<_> =
        ["hsplit", "call_rec"].into_iter().flat_map(files).map(|f| f.path).collect();
    all.sort();
    all
}

#[test]
fn rows_are_visible_at_once_and_sorted_in_one_file_when_sealed() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    archive.put(&interval(930)).unwrap();
    archive.put(&interval(900)).unwrap();
    let all = vec![
        split(DAY, 900, "help", 1),
        split(DAY, 900, "sales", 3),
        split(DAY, 930, "help", 1),
        split(DAY, 930, "sales", 3),
    ];
    assert_eq!(rows(dir.path(), &HSPLIT), all);
    assert_eq!(named(dir.path()).len(), 4);
    assert!(archive.seal(1, DAY).unwrap());
    assert!(!archive.seal(1, DAY).unwrap(), "nothing is left to do");
    assert_eq!(rows(dir.path(), &HSPLIT), all);
    let files =
        Reader::new(dir.path()).snapshot().unwrap().files("hsplit", (1, 1), (DAY, DAY)).unwrap();
    let [file] = files.as_slice() else { panic!("one file: {files:?}") };
    assert!(file.sealed && file.rows == 4);
    assert_eq!(file.path, format!("hsplit/acd-1/2026/11/21-{}.parquet", file.number));
    assert_eq!(parquet(dir.path()), named(dir.path()));
    // What comes late stands beside it, and is part of it the next time.
    archive.put(&[(&HSPLIT, vec![split(DAY, 800, "late", 1)])]).unwrap();
    assert_eq!(rows(dir.path(), &HSPLIT).len(), 5);
    archive.seal(1, DAY).unwrap();
    assert_eq!(rows(dir.path(), &HSPLIT)[0], split(DAY, 800, "late", 1));
    drop(archive);
    Archive::open(dir.path(), SHAPES).unwrap();
    assert_eq!(rows(dir.path(), &HSPLIT).len(), 5);
}

#[test]
fn rows_find_their_day_and_acd_themselves() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    let mut other = split(DAY, 0, "sales", 2);
    other[2] = Value::Int(2);
    let tomorrow = split(Date(DAY.0 + 1), 0, "sales", 1);
    archive.put(&[(&HSPLIT, vec![split(DAY, 0, "sales", 0), tomorrow, other])]).unwrap();
    let snapshot = Reader::new(dir.path()).snapshot().unwrap();
    assert_eq!(snapshot.days("hsplit").unwrap(), [(1, DAY), (1, Date(DAY.0 + 1)), (2, DAY)]);
    let mut nowhere = split(DAY, 0, "sales", 1);
    nowhere[0] = Value::Null;
    for wrong in [nowhere, vec![DAY.into()]] {
        let put = archive.put(&[(&HSPLIT, vec![split(DAY, 0, "x", 1), wrong])]);
        assert_eq!(put, Err(Trouble::Row("hsplit")));
    }
    let other_day = [(&HSPLIT, vec![split(Date(DAY.0 + 1), 0, "x", 1)])];
    assert_eq!(archive.replace(1, DAY, &other_day, "x"), Err(Trouble::Row("hsplit")));
    assert_eq!(rows(dir.path(), &HSPLIT), [split(DAY, 0, "sales", 0)]);
}

#[test]
fn a_day_is_replaced_with_a_trace_and_a_reader_keeps_what_it_saw() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    archive.put(&interval(900)).unwrap();
    archive.seal(1, DAY).unwrap();
    let before = Reader::new(dir.path()).snapshot().unwrap();
    let corrected = vec![split(DAY, 900, "sales", 4)];
    archive.replace(1, DAY, &[(&HSPLIT, corrected.clone())], "late records").unwrap();
    assert_eq!(rows(dir.path(), &HSPLIT), corrected);
    assert_eq!(rows(dir.path(), &CALL_REC).len(), 1, "a table not given stays");
    assert_eq!(before.rows(&HSPLIT, 1, DAY).unwrap().len(), 2, "its file is still there");
    let trace = &Reader::new(dir.path()).snapshot().unwrap().traces((DAY, DAY)).unwrap()[0];
    assert_eq!((trace.table.as_str(), trace.why.as_str()), ("hsplit", "late records"));
    assert_eq!((trace.acd, trace.day, trace.rows_before, trace.rows_after), (1, DAY, 2, 1));
    assert_eq!(parquet(dir.path()), named(dir.path()));
    assert_eq!(archive.sweep(Duration::from_secs(3600)).unwrap(), 0, "somebody may be reading");
    assert!(archive.sweep(Duration::ZERO).unwrap() > 0);
    assert!(before.rows(&HSPLIT, 1, DAY).is_err());
    // To nothing, and from nothing.
    archive.replace(1, DAY, &[(&HSPLIT, Vec::new()), (&CALL_REC, Vec::new())], "wrong").unwrap();
    assert_eq!(named(dir.path()), Vec::<String>::new());
    archive.replace(1, DAY, &interval(900), "right after all").unwrap();
    assert_eq!(rows(dir.path(), &HSPLIT).len(), 2);
}

/// Stops at every step of a change in turn, as a crash would; readers must see the rows of before
/// or of after, at once and after the next start, and the change must be possible again.
fn stopped_anywhere(change: impl Fn(&mut Archive) -> Result<(), Trouble>) -> u32 {
    for steps in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path();
        let mut archive = Archive::open(dir, SHAPES).unwrap();
        archive.put(&interval(900)).unwrap();
        archive.put(&interval(930)).unwrap();
        let before = seen(dir);
        archive.stop_after(steps);
        let stopped = change(&mut archive).is_err();
        drop(archive);
        let at_once = seen(dir);
        let mut archive = Archive::open(dir, SHAPES).unwrap();
        let restarted = seen(dir);
        assert_eq!(restarted, at_once, "stopped at step {steps}");
        assert_eq!(parquet(dir), named(dir), "stopped at step {steps}");
        let done = at_once != before;
        if !done {
            change(&mut archive).unwrap();
        }
        let fresh = tempfile::tempdir().unwrap();
        let mut whole = Archive::open(fresh.path(), SHAPES).unwrap();
        whole.put(&interval(900)).unwrap();
        whole.put(&interval(930)).unwrap();
        change(&mut whole).unwrap();
        assert_eq!(seen(dir), seen(fresh.path()), "stopped at step {steps}");
        if !stopped {
            return steps;
        }
    }
    0
}

#[test]
fn a_crash_at_any_step_leaves_the_rows_of_before_or_of_after() {
    let put = |a: &mut Archive| a.put(&interval(1000));
    assert!(stopped_anywhere(put) > 10, "two files have at least ten steps");
    let replace = |a: &mut Archive| {
        a.replace(1, DAY, &[(&HSPLIT, vec![split(DAY, 0, "x", 9)]), (&CALL_REC, vec![])], "test")
    };
    assert!(stopped_anywhere(replace) > 8);
}

#[test]
fn a_crash_while_sealing_loses_and_doubles_nothing() {
    assert!(stopped_anywhere(|a| a.seal(1, DAY).map(drop)) > 10);
}

#[test]
fn many_small_files_become_few() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    for n in 0..100 {
        archive.put(&[(&CALL_REC, vec![call(DAY, n, "1")])]).unwrap();
    }
    assert!(named(dir.path()).len() < 32, "{:?}", named(dir.path()));
    let ids: Vec<Value> = rows(dir.path(), &CALL_REC).iter().map(|row| row[2].clone()).collect();
    assert_eq!(ids, (0..100).map(Value::Int).collect::<Vec<_>>());
}

#[test]
fn the_columns_of_now_rule_whatever_a_file_has() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    archive.put(&[(&HSPLIT, vec![split(DAY, 900, "sales", 3)])]).unwrap();
    drop(archive);
    static LATER: &[&Shape] = &[&HSPLIT_LATER];
    let mut archive = Archive::open(dir.path(), LATER).unwrap();
    let mut new = split(DAY, 930, "sales", 0);
    new.splice(4.., ["Sales".into(), true.into()]);
    archive.put(&[(&HSPLIT_LATER, vec![new.clone()])]).unwrap();
    let mut old = split(DAY, 900, "sales", 0);
    old.splice(4.., [Value::Null, Value::Null]);
    assert_eq!(rows(dir.path(), &HSPLIT_LATER), [old.clone(), new.clone()]);
    archive.seal(1, DAY).unwrap();
    assert_eq!(rows(dir.path(), &HSPLIT_LATER), [old, new]);
}

#[test]
fn calls_are_found_by_caller_called_number_and_id() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    let tomorrow = Date(DAY.0 + 1);
    let calls = (0..3000).map(|n| call(DAY, n, &format!("+49{}", n % 1000))).collect();
    archive.put(&[(&CALL_REC, calls)]).unwrap();
    archive.put(&[(&CALL_REC, vec![call(tomorrow, 7, "+497"), call(DAY, 4000, "+497")])]).unwrap();
    archive.seal(1, DAY).unwrap();
    let find = |key: &str, days, most| {
        let found =
            Reader::new(dir.path()).snapshot().unwrap().find_calls(&CALL_REC, key, days, most);
        found.unwrap().into_iter().map(|f| (f.day, f.row[2].clone())).collect::<Vec<_>>()
    };
    let on_day = [7, 1007, 2007, 4000].map(|n| (DAY, Value::Int(n)));
    let mut all = vec![(tomorrow, Value::Int(7))];
    all.extend(on_day.clone());
    assert_eq!(find("+497", EVER, 100), all);
    assert_eq!(find("+497", (DAY, DAY), 100), on_day);
    assert_eq!(find("2999", EVER, 100), [(DAY, Value::Int(2999))]);
    assert_eq!(find("8001", EVER, 5).len(), 5, "a number that everybody calls");
    assert_eq!(find("8001", EVER, 5)[1], (DAY, Value::Int(2997)), "the newest of the day");
    assert_eq!(find("8001", EVER, 10_000).len(), 3002);
    assert_eq!(find("+4", EVER, 100), []);
}

#[test]
fn what_is_older_than_its_table_is_kept_goes_and_its_index_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    for n in 0..10 {
        let day = Date(DAY.0 + n);
        let rows = [(&HSPLIT, vec![split(day, 0, "s", 1)]), (&CALL_REC, vec![call(day, 1, "5")])];
        archive.put(&rows).unwrap();
    }
    let today = Date(DAY.0 + 9);
    assert_eq!(archive.retain(today).unwrap(), [], "everything is kept until somebody says so");
    archive.keep("call_rec", Some(2)).unwrap();
    let removed = archive.retain(today).unwrap();
    assert_eq!(removed.iter().map(|r| r.day.0 - DAY.0).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6]);
    assert!(removed.iter().all(|r| r.table == "call_rec" && r.bytes > 0));
    let snapshot = Reader::new(dir.path()).snapshot().unwrap();
    assert_eq!(snapshot.days("call_rec").unwrap().len(), 3, "two days and today");
    assert_eq!(snapshot.days("hsplit").unwrap().len(), 10);
    assert_eq!(snapshot.find_calls(&CALL_REC, "5", EVER, 100).unwrap().len(), 3);
    let forecast = snapshot.forecast(1 << 20).unwrap();
    let hsplit = forecast.tables.iter().find(|t| t.table == "hsplit").unwrap();
    assert_eq!((hsplit.days, hsplit.keep), (10, None));
    assert_eq!(forecast.bytes_a_day, hsplit.bytes_a_day, "call_rec no longer grows");
    assert_eq!(forecast.days_left, Some((1 << 20) / hsplit.bytes_a_day));
    archive::keep(dir.path(), "call_rec", None).unwrap();
    assert_eq!(Reader::new(dir.path()).snapshot().unwrap().keeps().unwrap(), []);
}

#[test]
fn one_process_writes_and_an_archive_without_its_manifest_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    assert!(matches!(Reader::new(dir.path()).snapshot(), Err(Trouble::Manifest(_))));
    assert!(archive::keep(dir.path(), "hsplit", Some(1)).is_err());
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "nothing was made");
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    archive.put(&interval(900)).unwrap();
    let second = Archive::open(dir.path(), SHAPES).unwrap_err();
    assert_eq!(second, Trouble::Busy(dir.path().to_owned()));
    drop(archive);
    std::fs::remove_file(dir.path().join("manifest.sqlite")).unwrap();
    let error = Archive::open(dir.path(), SHAPES).unwrap_err();
    assert_eq!(error, Trouble::NoManifest(dir.path().to_owned()));
    assert_eq!(parquet(dir.path()).len(), 2, "nothing was deleted");
}
