//! `busyhour sql`, `busyhour archive` and `busyhour replay --sql`: what they print and how they end.

mod command;

use archive::Archive;
use command::{arg, capture, run};
use facts::Date;
use facts::table::{Row, Shape, Value};
use serde_json::{Value as Json, json};
use std::path::{Path, PathBuf};

/// 2026-11-21.
const DAY: Date = Date(20_778);

/// A row of a table of history with these values, the others not known.
fn row(shape: &Shape, day: Date, values: &[(&str, Value)]) -> Row {
    let value = |name: &str| match (name, values.iter().find(|v| v.0 == name)) {
        (_, Some((_, value))) => value.clone(),
        ("row_date", None) => day.into(),
        ("acd", None) => Value::Int(1),
        _ => Value::Null,
    };
    shape.columns.iter().map(|c| value(c.name)).collect()
}

/// A data folder with an archive of two days.
fn filled() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a folder");
    let mut archive = Archive::open(&dir.path().join("archive"), &history::SHAPES).expect("opens");
    let (dsplit, call_rec) =
        (history::shape("dsplit").expect("counted"), history::shape("call_rec").expect("counted"));
    for n in 0..2 {
        let day = Date(DAY.0 - n);
        let split = row(dsplit, day, &[("acdcalls", Value::Int(i64::from(10 + n)))]);
        let call = row(call_rec, day, &[("calling_pty", "+4930555".into())]);
        archive.put(&[(dsplit, vec![split]), (call_rec, vec![call])]).expect("kept");
    }
    let data = dir.path().to_owned();
    (dir, data)
}

fn ask(data: &Path, question: &str, more: &[&str]) -> command::Said {
    let args = ["sql", question, "--data", arg(data)];
    run(args.into_iter().chain(more.iter().copied()))
}

#[test]
fn history_is_asked_without_a_server() {
    let (_dir, data) = filled();
    let question =
        "SELECT a.row_date, a.acdcalls, a.abncalls, a.acdcalls / 4.0 AS share, b.acdcalls
                    FROM dsplit a JOIN dsplit b USING (row_date) WHERE a.acd = 1 ORDER BY 1";
    let said = ask(&data, question, &["-o", "json"]);
    let rows: Json = serde_json::from_str(&said.is(0, &[]).out).expect("JSON");
    let day = |day, n, share| json!({"row_date": day, "acdcalls": n, "abncalls": null, "share": share, "acdcalls_2": n});
    assert_eq!(rows, json!([day("2026-11-20", 11, 2.75), day("2026-11-21", 10, 2.5)]));
    let day = "SELECT acdcalls FROM dsplit WHERE row_date = DATE '2026-11-21'";
    assert_eq!(ask(&data, day, &["-o", "csv"]).is(0, &[]).out, "acdcalls\r\n10\r\n");
    assert_eq!(ask(&data, day, &[]).is(0, &[]).out, "acdcalls\n10\n");
    let none = ask(&data, "SELECT * FROM hagent", &["-o", "json"]);
    assert_eq!(none.is(0, &[]).out, "[]\n");
}

#[test]
fn a_wrong_question_ends_with_2_and_one_line() {
    let (_dir, data) = filled();
    for (question, words) in [
        ("GIVE 1", "busyhour: not understood: "),
        ("SELECT acdcall FROM dsplit", "did you mean acdcalls?"),
        ("SELECT * FROM nothing", "there is no table nothing"),
        ("DROP TABLE dsplit", "DROP TABLE is refused: only SELECT is answered"),
    ] {
        let said = ask(&data, question, &[]);
        said.is(2, &[words]);
        assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    }
    ask(&data.join("none"), "SELECT 1", &[]).is(1, &["there is no archive"]);
}

#[test]
fn how_long_tables_are_kept_and_calls_by_number() {
    let (_dir, data) = filled();
    let archive = |words: &[&str]| {
        run(["archive"].into_iter().chain(words.iter().copied()).chain(["--data", arg(&data)]))
    };
    archive(&["keep", "call_rec", "400"]).is(0, &[]);
    archive(&["keep", "nothing", "400"]).is(2, &["nothing: there is no such table"]);
    let listed = archive(&["ls", "-o", "json"]);
    let tables: Json = serde_json::from_str(&listed.is(0, &[]).out).expect("JSON");
    let call_rec = tables.as_array().into_iter().flatten().find(|t| t["table"] == "call_rec");
    assert_eq!(call_rec.map(|t| (&t["days"], &t["keep"])), Some((&json!(2), &json!(400))));
    assert!(archive(&["ls"]).is(0, &[]).out.contains("MiB free"), "and the disk");
    let found = archive(&["calls", "+4930555", "--from", "2026-11-21", "-o", "json"]);
    let rows: Json = serde_json::from_str(&found.is(0, &[]).out).expect("JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(1));
    assert_eq!(rows[0]["row_date"], "2026-11-21");
}

#[test]
fn a_recording_is_asked_over_live_tables_and_history() {
    let file = capture("answered", "a");
    let question = "SELECT h.acdcalls, c.callid IS NOT NULL AS known
                    FROM hsplit h, call_rec c WHERE h.acdcalls > 0";
    let said = run(["replay", arg(&file), "--timezone", "UTC", "--sql", question, "-o", "json"]);
    let rows: Json = serde_json::from_str(&said.is(0, &[]).out).expect("JSON");
    assert_eq!(rows, json!([{"acdcalls": 1, "known": true}]));
    let live = "SELECT count(*) AS queues FROM queues";
    let said = run(["replay", arg(&file), "--sql", live, "-o", "csv"]);
    assert!(said.is(0, &[]).out.starts_with("queues\r\n"), "{}", said.out);
    run(["replay", arg(&file), "--sql", "SELECT x FROM queues"]).is(2, &["there is no column x"]);
    run(["replay", arg(&file), "--sql", "SELECT 1", "--table", "queues"])
        .is(2, &["cannot be used"]);
}
