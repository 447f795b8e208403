//! History of a simulated contact centre that knows the truth: every call and every second of every
//! agent is in the right interval, and intervals add up to days.

mod command;

use command::{arg, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const SECOND: i64 = 1_000_000;
/// Intervals of a quarter of an hour.
const INTERVAL_S: i64 = 900;
/// A queue's interval: queue, its first second, item.
type Counts = BTreeMap<(String, i64, &'static str), i64>;

/// Lines of CSV with the names of the columns; no cell of these has a comma in it.
fn csv(path: &Path) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(path).expect("the simulation wrote it");
    let mut lines = text.lines().map(|l| l.split(',').map(str::to_owned));
    let names: Vec<String> = lines.next().expect("a first line").collect();
    lines.map(|cells| names.iter().cloned().zip(cells).collect()).collect()
}

/// The whole second of a cell of microseconds.
fn second(cell: &str) -> Option<i64> {
    Some(cell.parse::<i64>().ok()?.div_euclid(SECOND))
}

/// What happened to callers, by queue and the interval in which it was over.
fn true_counts(calls: &[BTreeMap<String, String>]) -> Counts {
    let mut counts = Counts::new();
    for visit in calls.iter().filter(|call| !call["queue"].is_empty()) {
        let mut add = |at: i64, item, n| {
            let interval = at - at.rem_euclid(INTERVAL_S);
            *counts.entry((visit["queue"].clone(), interval, item)).or_default() += n;
        };
        add(second(&visit["joined_us"]).expect("he joined"), "i_arrived", 1);
        let (answered, ended) = (second(&visit["answered_us"]), second(&visit["talk_ended_us"]));
        match (visit["end"].as_str(), second(&visit["left_us"])) {
            ("ANSWERED", _) => {
                if let Some((answered, ended)) = answered.zip(ended) {
                    add(ended, "acdcalls", 1);
                    add(ended, "talk and hold", ended - answered);
                }
            }
            ("ABANDONED", Some(left)) => add(left, "abncalls", 1),
            ("EXIT_KEY", Some(left)) => add(left, "exit_key", 1),
            _ => {}
        }
    }
    counts.retain(|_, n| *n != 0);
    counts
}

fn int(row: &Value, column: &str) -> i64 {
    row[column].as_i64().unwrap_or(0)
}

fn counted(rows: &[Value]) -> Counts {
    let mut counts = Counts::new();
    for row in rows.iter().filter(|row| row["table"] == "hsplit") {
        let queue = row["split_name"].as_str().expect("a name");
        let mut add = |item, n| {
            *counts.entry((queue.to_owned(), int(row, "starttime_utc"), item)).or_default() += n;
        };
        for item in ["i_arrived", "acdcalls", "abncalls", "exit_key"] {
            add(item, int(row, item));
        }
        add("talk and hold", int(row, "acdtime") + int(row, "holdtime"));
    }
    counts.retain(|_, n| *n != 0);
    counts
}

/// Seconds that agents were logged on between two moments.
fn true_staff(agents: &[BTreeMap<String, String>], from: i64, to: i64) -> BTreeMap<String, i64> {
    let mut staff = BTreeMap::new();
    for span in agents.iter().filter(|span| span["state"] != "LOGGED_OFF") {
        let begin = second(&span["from_us"]).expect("a moment").max(from);
        let end = second(&span["to_us"]).unwrap_or(to).min(to);
        *staff.entry(span["agent"].clone()).or_default() += (end - begin).max(0);
    }
    staff.retain(|_, n| *n != 0);
    staff
}

#[test]
fn a_simulated_morning_is_counted_to_the_second() {
    let dir = tempfile::tempdir().expect("a folder");
    let from = "2026-11-20T08:00:00Z";
    let day = ["sim", "day", "--agents", "40", "--seed", "11", "--hours", "2", "--from", from];
    run(day.into_iter().chain(["--out", arg(dir.path())])).is(0, &[]);
    let ami = dir.path().join("ami.txt.gz");
    let mut args = vec!["replay", arg(&ami), "-o", "json", "--timezone", "UTC"];
    args.extend(["--interval", "15"]);
    for table in ["hsplit", "dsplit", "msplit", "hagent", "dagent", "intervals"] {
        args.extend(["--table", table]);
    }
    let said = run(args);
    let rows = said.is(0, &[]).lines();

    let truth = true_counts(&csv(&dir.path().join("truth-calls.csv")));
    assert!(truth.len() > 100, "{}", truth.len());
    assert_eq!(counted(&rows), truth);

    let of = |table: &'static str| rows.iter().filter(move |row| row["table"] == table);
    assert_eq!(of("intervals").count(), 8);
    let observed: i64 = of("intervals").map(|row| int(row, "observed")).sum();
    let begin = of("intervals").map(|row| int(row, "starttime_utc")).min().expect("a row");
    // The recording begins a second after the hour and ends with the last event.
    let heard = (begin + 1, begin + 1 + observed);
    assert!((begin + 7_190..begin + 7_200).contains(&heard.1), "{observed} s observed");
    let mut staff = BTreeMap::new();
    for row in of("dagent") {
        let agent = row["logid"].as_str().expect("an agent").to_owned();
        *staff.entry(agent).or_default() += int(row, "ti_stafftime");
    }
    staff.retain(|_, n: &mut i64| *n != 0);
    let agents = csv(&dir.path().join("truth-agents.csv"));
    assert_eq!(staff, true_staff(&agents, heard.0, heard.1));

    let sum = |table, item| of(table).map(|row| int(row, item)).sum::<i64>();
    for item in ["callsoffered", "acdcalls", "acdtime", "anstime", "i_stafftime", "i_auxtime"] {
        assert_eq!(sum("hsplit", item), sum("dsplit", item), "{item}");
        assert_eq!(sum("hsplit", item), sum("msplit", item), "{item}");
    }
    for item in ["i_stafftime", "i_acdtime", "i_auxtime", "i_availtime", "acdcalls", "acdtime"] {
        assert_eq!(sum("hagent", item), sum("hsplit", item), "{item}");
        assert_eq!(sum("hagent", item), sum("dagent", item), "{item}");
    }
}
