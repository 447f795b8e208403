//! The second fold against the `queue_log` of real switches: every visit's end, and its wait to
//! the second, in all captures.

#![expect(clippy::unwrap_used, reason = "a test: a panic names what is missing")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Queue, caller, end, wait.
type Line = (String, String, String, i64);

fn captures() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures");
    let mut found = Vec::new();
    for version in ["16", "22"] {
        for entry in fs::read_dir(root.join(version)).unwrap() {
            found.push(entry.unwrap().path());
        }
    }
    // In `resync` the log was rotated away in the middle.
    found.retain(|capture| !capture.ends_with("resync"));
    found.sort();
    assert!(found.len() > 80, "only {} captures", found.len());
    found
}

fn heard(capture: &Path, session: &str) -> Vec<u8> {
    let file = fs::File::open(capture.join(session)).unwrap();
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(file).read_to_end(&mut text).unwrap();
    text
}

/// What app_queue wrote: `None` for the end of a visit of which it wrote none.
fn written(capture: &Path) -> (BTreeMap<(String, String), i64>, Vec<Line>) {
    let mut entered: BTreeMap<(String, String), i64> = BTreeMap::new();
    let mut ends = Vec::new();
    let text = fs::read_to_string(capture.join("queue_log")).unwrap_or_default();
    for line in text.lines() {
        let words: Vec<&str> = line.split('|').collect();
        let [_, caller, queue, _, event, data @ ..] = words.as_slice() else { continue };
        let (end, wait) = match *event {
            "ENTERQUEUE" => {
                *entered.entry((queue.to_string(), caller.to_string())).or_default() += 1;
                continue;
            }
            "CONNECT" => ("answered", data[0]),
            "ABANDON" => ("abandoned", data[2]),
            "EXITWITHTIMEOUT" => ("timed_out", data[2]),
            "EXITEMPTY" => ("left_empty", data[2]),
            "EXITWITHKEY" => ("exit_key", data[3]),
            _ => continue,
        };
        let wait = wait.parse().unwrap();
        ends.push((queue.to_string(), caller.to_string(), end.to_owned(), wait));
    }
    ends.sort();
    (entered, ends)
}

#[test]
fn every_visit_ends_and_waits_as_queue_log_says() {
    let mut compared = 0;
    for capture in captures() {
        let (entered, ends) = written(&capture);
        for session in ["ami-a.txt.gz", "ami-b.txt.gz"] {
            let text = heard(&capture, session);
            let stays = second::stays(&[&text]);
            let mut joins: BTreeMap<(String, String), i64> = BTreeMap::new();
            let mut seen = Vec::new();
            for s in &stays {
                *joins.entry((s.queue.clone(), s.caller.clone())).or_default() += 1;
                if s.end != "open" {
                    seen.push((s.queue.clone(), s.caller.clone(), s.end.to_owned(), s.wait));
                }
            }
            seen.sort();
            let name = format!("{} {session}", capture.display());
            assert_eq!(joins, entered, "{name}");
            assert_eq!(seen, ends, "{name}");
            compared += seen.len();
        }
    }
    assert!(compared > 400, "only {compared} visits compared");
}

#[test]
fn rows_count_what_queue_log_counts() {
    // A killed switch says nothing of how its calls ended: the talks go on for ever.
    for capture in captures().iter().filter(|c| !c.ends_with("crash")) {
        let (entered, ends) = written(capture);
        let text = heard(capture, "ami-a.txt.gz");
        let mut counted: BTreeMap<(String, &str), i64> = BTreeMap::new();
        for row in second::fold(&[&text], &second::Settings::default()) {
            let Some(queue) = row.key.strip_prefix("split=").filter(|_| row.table == "hsplit")
            else {
                continue;
            };
            for item in ["entered", "acdcalls", "abncalls", "timed_out", "left_empty", "exit_key"] {
                let n = row.items.get(item).copied().unwrap_or(0);
                if n > 0 {
                    *counted.entry((queue.to_owned(), item)).or_default() += n;
                }
            }
        }
        let mut logged: BTreeMap<(String, &str), i64> = BTreeMap::new();
        for ((queue, _), n) in entered {
            *logged.entry((queue, "entered")).or_default() += n;
        }
        for (queue, _, end, _) in ends {
            let item = match end.as_str() {
                "answered" => "acdcalls",
                "abandoned" => "abncalls",
                "timed_out" => "timed_out",
                "left_empty" => "left_empty",
                _ => "exit_key",
            };
            *logged.entry((queue, item)).or_default() += 1;
        }
        assert_eq!(counted, logged, "{}", capture.display());
    }
}

/// From first to last second in a bridge, by channel, as CEL says.
fn bridged(capture: &Path) -> BTreeMap<String, (i64, i64)> {
    let mut spans: BTreeMap<String, (i64, i64)> = BTreeMap::new();
    let text = fs::read(capture.join("cel.csv")).unwrap_or_default();
    for line in String::from_utf8_lossy(&text).lines() {
        let words: Vec<&str> = line.trim_matches('"').split("\",\"").collect();
        if let ["BRIDGE_ENTER" | "BRIDGE_EXIT", at, _, _, _, _, _, _, channel, ..] = words[..] {
            let at = at.parse().unwrap();
            spans.entry(channel.to_owned()).or_insert((at, at)).1 = at;
        }
    }
    spans
}

#[test]
fn talks_last_as_long_as_cel_says() {
    let mut compared = 0;
    for capture in captures() {
        // A parker is told the space's number when the caller is gone already, a Local channel
        // hands over to a phone.
        if capture.ends_with("park") || capture.ends_with("local-optimised") {
            continue;
        }
        let spans = bridged(&capture);
        for stay in second::stays(&[&heard(&capture, "ami-a.txt.gz")]) {
            let Some((seat, talk)) = stay.talk else { continue };
            let (from, to) = spans.get(&seat).copied().unwrap_or_default();
            let name = capture.display();
            assert!((to - from - talk).abs() <= 1, "{name} {seat}: {talk}, CEL {from} to {to}");
            compared += 1;
        }
    }
    assert!(compared > 60, "only {compared} talks compared");
}

/// The identities of the counting rules, in every row.
#[test]
fn parts_are_wholes_in_every_row() {
    let mut rows = 0;
    for capture in captures() {
        for row in second::fold(&[&heard(&capture, "ami-a.txt.gz")], &second::Settings::default()) {
            let sum = |items: &[&str]| -> i64 {
                items.iter().map(|i| row.items.get(*i).copied().unwrap_or(0)).sum()
            };
            let states = ["availtime", "acdtime", "acwtime", "auxtime", "ringtime", "othertime"];
            let clocks = states.map(|s| format!("i_{s}"));
            let clocks: Vec<&str> = clocks.iter().map(String::as_str).collect();
            let of = ["acdcalls", "abncalls", "busycalls", "disccalls", "outflowcalls"];
            let whole = match row.table {
                "hsplit" => {
                    assert_eq!(sum(&["i_stafftime"]), sum(&clocks), "{row}");
                    let flows = ["outflowcalls", "disccalls", "busycalls"];
                    assert_eq!(sum(&["othercalls"]), sum(&flows), "{row}");
                    (sum(&["callsoffered"]), sum(&of))
                }
                "hagent" => (sum(&["i_stafftime"]), sum(&clocks)),
                "hvdn" => (sum(&["incalls"]), sum(&["acdcalls", "abncalls", "othercalls"])),
                _ => continue,
            };
            assert_eq!(whole.0, whole.1, "{row}");
            rows += 1;
        }
    }
    assert!(rows > 150, "only {rows} rows");
}
