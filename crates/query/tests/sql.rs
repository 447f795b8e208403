//! Questions over an archive and over tables in memory; what is refused and in which words.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use archive::{Archive, Reader};
use facts::table::{Column, Row, Shape, Table, Type, Value};
use facts::{Date, Stamp};
use query::{Catalogue, Cell, Refusal};
use std::path::Path;

const fn column(name: &'static str, kind: Type) -> Column {
    Column { name, kind, doc: "" }
}

static HSPLIT: Shape = Shape {
    name: "hsplit",
    doc: "",
    key: 5,
    columns: &[
        column("row_date", Type::Date),
        column("starttime", Type::Int),
        column("acd", Type::Int),
        column("split", Type::Text),
        column("starttime_utc", Type::Stamp),
        column("acdcalls", Type::Int),
        column("anstime", Type::Int),
        column("incomplete", Type::Bool),
    ],
};

static HAGENT: Shape = Shape {
    name: "hagent",
    doc: "",
    key: 3,
    columns: &[
        column("row_date", Type::Date),
        column("acd", Type::Int),
        column("logid", Type::Text),
    ],
};

static CSPLIT: Shape = Shape {
    name: "csplit",
    doc: "",
    key: 2,
    columns: &[column("acd", Type::Int), column("split", Type::Text), column("oldest", Type::Age)],
};

static SHAPES: &[&Shape] = &[&HSPLIT, &HAGENT];

/// 2026-11-20 and the next day.
const DAY: Date = Date(20_777);
const NEXT: Date = Date(20_778);

fn split(day: Date, starttime: i64, acd: i64, split: &str, acdcalls: i64) -> Row {
    let begin = Stamp::from_secs(i64::from(day.0) * 86_400 + starttime / 100 * 3_600);
    let calls = (acdcalls >= 0).then_some(acdcalls);
    vec![
        day.into(),
        starttime.into(),
        acd.into(),
        split.into(),
        begin.into(),
        calls.into(),
        calls.map(|n| n * 10).into(),
        (acdcalls < 0).into(),
    ]
}

fn fill(dir: &Path) {
    let mut archive = Archive::open(dir, SHAPES).unwrap();
    let rows = |day| {
        vec![
            split(day, 900, 1, "sales", 3),
            split(day, 900, 1, "help", 1),
            split(day, 1000, 1, "sales", 4),
            split(day, 1000, 2, "sales", -1),
        ]
    };
    archive.put(&[(&HSPLIT, rows(DAY))]).unwrap();
    archive.put(&[(&HSPLIT, rows(NEXT))]).unwrap();
    archive.seal(1, DAY).unwrap();
    archive.seal(2, DAY).unwrap();
}

fn catalogue(dir: &Path) -> Catalogue {
    let mut catalogue = Catalogue::new().unwrap();
    catalogue.archive(Reader::new(dir).snapshot().unwrap(), SHAPES).unwrap();
    catalogue
}

/// The answer as lines, cells parted by `|`.
fn ask(catalogue: &Catalogue, sql: &str) -> Result<Vec<String>, Refusal> {
    let cell = |c: Cell| match c {
        Cell::Null => "-".to_owned(),
        Cell::Bool(b) => b.to_string(),
        Cell::Int(i) => i.to_string(),
        Cell::Float(f) => format!("{f:.2}"),
        Cell::Text(t) => t,
    };
    let rows = catalogue.sql(sql)?.all()?;
    Ok(rows.into_iter().map(|r| r.into_iter().map(cell).collect::<Vec<_>>().join("|")).collect())
}

fn refused(catalogue: &Catalogue, sql: &str) -> String {
    ask(catalogue, sql).expect_err(sql).to_string()
}

#[test]
fn history_is_asked_by_day_split_and_acd() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let c = catalogue(dir.path());
    let by_split = "SELECT split, sum(acdcalls) AS calls, avg(anstime * 1.0) FROM hsplit
                    WHERE row_date = DATE '2026-11-20' AND acd = 1 GROUP BY split ORDER BY split";
    assert_eq!(ask(&c, by_split).unwrap(), ["help|1|10.00", "sales|7|35.00"]);
    assert_eq!(c.sql(by_split).unwrap().columns()[..2], ["split", "calls"]);
    assert_eq!(ask(&c, "SELECT count(*) FROM hsplit").unwrap(), ["8"]);
    // Upper case as in a CMS report, and every kind of column.
    let all = "SELECT ROW_DATE, STARTTIME, SPLIT, STARTTIME_UTC, ACDCALLS, INCOMPLETE FROM HSPLIT
               WHERE ROW_DATE = '2026-11-21' AND ACD = 2";
    let row = "2026-11-21|1000|sales|2026-11-21T10:00:00.000000Z|-|true";
    assert_eq!(ask(&c, all).unwrap(), [row]);
    let between = "SELECT DISTINCT row_date FROM hsplit
                   WHERE row_date BETWEEN DATE '2026-11-21' AND DATE '2026-12-31'";
    assert_eq!(ask(&c, between).unwrap(), ["2026-11-21"]);
    let late = "SELECT split FROM hsplit WHERE starttime_utc >= TIMESTAMP '2026-11-21T10:00:00Z'
                AND acdcalls IS NOT NULL";
    assert_eq!(ask(&c, late).unwrap(), ["sales"]);
    assert_eq!(ask(&c, "SELECT * FROM hagent").unwrap(), Vec::<String>::new());
    assert_eq!(c.sql("SELECT * FROM hagent").unwrap().columns(), ["row_date", "acd", "logid"]);
}

#[test]
fn a_table_without_rows_is_sorted_and_summed_like_any_other() {
    let dir = tempfile::tempdir().expect("a folder");
    fill(dir.path());
    let catalogue = catalogue(dir.path());
    let none = "WHERE row_date = DATE '1999-01-01'";
    let rows = ask(&catalogue, &format!("SELECT split FROM hsplit {none} ORDER BY split"));
    assert_eq!(rows.expect("an answer"), Vec::<String>::new());
    let sum = ask(&catalogue, &format!("SELECT count(*) FROM hsplit {none}")).expect("an answer");
    assert_eq!(sum, ["0"]);
}

#[test]
fn a_question_about_a_day_opens_the_files_of_that_day() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    for acd in ["acd-1", "acd-2"] {
        // What is left of the other day cannot be read.
        for entry in std::fs::read_dir(dir.path().join("hsplit").join(acd).join("2026/11")).unwrap()
        {
            let path = entry.unwrap().path();
            if path.file_name().unwrap().to_str().unwrap().starts_with("20-") {
                std::fs::write(path, "garbage").unwrap();
            }
        }
    }
    let c = catalogue(dir.path());
    let n =
        |filter: &str| ask(&c, &format!("SELECT count(*), sum(acd) FROM hsplit WHERE {filter}"));
    assert_eq!(n("row_date = DATE '2026-11-21'").unwrap(), ["4|5"]);
    assert_eq!(n("row_date > DATE '2026-11-20' AND acd IN (1, 3)").unwrap(), ["3|3"]);
    assert_eq!(
        n("(row_date = '2026-11-21' OR row_date = '2026-11-22') AND acdcalls > 0").unwrap(),
        ["3|3"]
    );
    assert!(matches!(n("row_date = DATE '2026-11-20'"), Err(Refusal::Failed(_))));
    assert!(matches!(n("split = 'help'"), Err(Refusal::Failed(_))), "it may be in every file");
}

#[test]
fn a_question_sees_one_state_of_the_archive() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let before = catalogue(dir.path());
    let mut archive = Archive::open(dir.path(), SHAPES).unwrap();
    let corrected = vec![split(DAY, 900, 1, "sales", 100)];
    archive.replace(1, DAY, &[(&HSPLIT, corrected)], "late").unwrap();
    archive.seal(1, NEXT).unwrap();
    let sum = "SELECT sum(acdcalls), count(*) FROM hsplit";
    assert_eq!(ask(&before, sum).unwrap(), ["16|8"]);
    assert_eq!(ask(&catalogue(dir.path()), sum).unwrap(), ["108|6"]);
}

#[test]
fn a_column_that_an_old_file_lacks_is_null() {
    static LATER: Shape = Shape {
        name: "hsplit",
        doc: "",
        key: 4,
        columns: &[
            column("row_date", Type::Date),
            column("starttime", Type::Int),
            column("acd", Type::Int),
            column("split", Type::Text),
            column("split_name", Type::Text),
            column("acdcalls", Type::Int),
        ],
    };
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let mut c = Catalogue::new().unwrap();
    c.archive(Reader::new(dir.path()).snapshot().unwrap(), &[&LATER]).unwrap();
    let sql = "SELECT split, split_name, acdcalls FROM hsplit WHERE row_date = DATE '2026-11-20'
               AND split_name IS NULL ORDER BY acdcalls LIMIT 1";
    assert_eq!(ask(&c, sql).unwrap(), ["help|-|1"]);
    assert!(refused(&c, "SELECT anstime FROM hsplit").contains("no column anstime"));
}

#[test]
fn live_tables_stand_beside_history_and_rows_need_no_archive() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let mut c = catalogue(dir.path());
    let rows = vec![vec![Value::Int(1), "sales".into(), Value::Int(17)]];
    c.table(&Table { shape: &CSPLIT, as_of: Stamp(0), rows }).unwrap();
    let join = "SELECT c.split, c.oldest, sum(h.acdcalls) FROM csplit c
                JOIN hsplit h ON h.split = c.split AND h.acd = c.acd GROUP BY 1, 2";
    assert_eq!(ask(&c, join).unwrap(), ["sales|17|14"]);
    let mut c = Catalogue::new().unwrap();
    let (first, second) = ([split(DAY, 900, 1, "a", 1)], [split(DAY, 930, 1, "b", 2)]);
    c.rows(&[(&HSPLIT, &first), (&HAGENT, &[]), (&HSPLIT, &second)]).unwrap();
    assert_eq!(ask(&c, "SELECT split, acdcalls FROM hsplit ORDER BY 1").unwrap(), ["a|1", "b|2"]);
    assert_eq!(ask(&c, "SELECT count(*) FROM hagent").unwrap(), ["0"]);
    assert!(c.rows(&[(&HAGENT, &[vec![Value::Null]])]).is_err());
}

#[test]
fn people_find_out_what_there_is() {
    let mut c = Catalogue::new().unwrap();
    c.rows(&[(&HAGENT, &[])]).unwrap();
    let shown = ask(&c, "SHOW TABLES").unwrap();
    assert!(shown.iter().any(|line| line.contains("|hagent|")), "{shown:?}");
    assert_eq!(ask(&c, "DESCRIBE hagent").unwrap().len(), 3);
    assert!(!ask(&c, "EXPLAIN SELECT * FROM hagent").unwrap().is_empty());
    assert_eq!(ask(&c, "SET datafusion.execution.batch_size = 1").unwrap(), Vec::<String>::new());
}

#[test]
fn nothing_but_reading_tables_is_done() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let c = catalogue(dir.path());
    let file = dir.path().join("stolen.csv");
    let file = file.to_str().unwrap();
    let not_reading = [
        format!("COPY hsplit TO '{file}'"),
        format!("COPY (SELECT 1) TO '{file}' STORED AS CSV"),
        format!("CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '{file}'"),
        format!("EXPLAIN COPY hsplit TO '{file}'"),
        "CREATE TABLE x AS SELECT 1".into(),
        "CREATE VIEW x AS SELECT 1".into(),
        "DROP TABLE hsplit".into(),
        "INSERT INTO hsplit VALUES (1)".into(),
        "DELETE FROM hsplit".into(),
        "UPDATE hsplit SET acdcalls = 0".into(),
        "TRUNCATE TABLE hsplit".into(),
        "PREPARE x AS SELECT 1".into(),
        "BEGIN".into(),
        "RESET datafusion.execution.batch_size".into(),
        "SELECT 1; DROP TABLE hsplit".into(),
    ];
    for sql in not_reading {
        let words = refused(&c, &sql);
        assert!(words.ends_with("is refused: only SELECT is answered"), "{sql}: {words}");
    }
    for sql in [
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * INTO x FROM hsplit",
        "SELECT * FROM \"/etc/passwd.csv\"",
        "EXPLAIN EXPLAIN DROP TABLE hsplit",
    ] {
        let words = refused(&c, sql);
        assert!(!words.contains('\n'), "{sql}: {words}");
    }
    assert!(!Path::new(file).exists());
    assert_eq!(ask(&c, "SELECT count(*) FROM hsplit").unwrap(), ["8"]);
}

#[test]
fn refusals_are_one_line_that_helps() {
    let dir = tempfile::tempdir().unwrap();
    fill(dir.path());
    let c = catalogue(dir.path());
    for (sql, words) in [
        ("", "not understood: there is no question"),
        ("SELECT acdcall FROM hsplit", "there is no column acdcall; did you mean acdcalls?"),
        ("SELECT h.colour FROM hsplit h", "there is no column colour in h"),
        ("SELECT * FROM hspilt", "there is no table hspilt: SHOW TABLES lists those there are"),
        ("GIVE acdcalls FROM hsplit", "not understood: Expected: "),
    ] {
        let said = refused(&c, sql);
        assert!(said.starts_with(words), "{sql}: {said}");
    }
    let deep = |levels| format!("SELECT {}1", "1+".repeat(levels));
    assert_eq!(ask(&c, &deep(400)).unwrap(), ["401"]);
    assert!(matches!(ask(&c, &deep(100_000)), Err(Refusal::TooLarge(_))));
    let many: Vec<String> = (0..5_000).map(|n| n.to_string()).collect();
    let flat = format!("SELECT count(*) FROM hsplit WHERE acdcalls IN ({})", many.join(","));
    assert_eq!(ask(&c, &flat).unwrap(), ["6"], "long is not deep");
}

#[test]
fn a_question_that_needs_too_much_memory_is_refused() {
    let c = Catalogue::with_memory(1 << 20).unwrap();
    let count = |to| format!("SELECT count(DISTINCT value * 3) FROM generate_series(1, {to})");
    assert_eq!(ask(&c, &count(100)).unwrap(), ["100"]);
    assert!(matches!(ask(&c, &count(1_000_000)), Err(Refusal::TooLarge(_))));
    assert_eq!(ask(&c, &count(100)).unwrap(), ["100"], "the next one has it all again");
}
