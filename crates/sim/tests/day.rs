//! A day in files: the same bytes each time, and `queue_log` and the truth tell the same day.

use std::collections::BTreeMap;

use sim::{DayCounts, DayFiles, Settings, write_day};

/// 20 November 2026, 08:00 UTC.
const START: i64 = 1_795_161_600_000_000;

#[derive(Default, PartialEq)]
struct Files {
    ami: Vec<u8>,
    queue_log: Vec<u8>,
    calls: Vec<u8>,
    agents: Vec<u8>,
}

fn day(settings: &Settings, hours: u32) -> (DayCounts, Files) {
    let mut files = Files::default();
    let writers = DayFiles {
        ami: &mut files.ami,
        queue_log: &mut files.queue_log,
        calls: &mut files.calls,
        agents: &mut files.agents,
    };
    let counts = write_day(settings, START, hours, writers).expect("memory takes it");
    (counts, files)
}

/// Rows as column name to value.
fn rows(csv: &[u8]) -> Vec<BTreeMap<String, String>> {
    let text = std::str::from_utf8(csv).expect("text");
    let mut lines = text.lines();
    let heads: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), heads.len(), "{line}");
        heads.iter().zip(cells).map(|(k, v)| ((*k).to_owned(), v.to_owned())).collect()
    };
    lines.map(row).collect()
}

#[test]
fn a_seed_gives_the_same_files() {
    let settings = Settings::centre(12, 7);
    let (counts, files) = day(&settings, 1);
    assert!(day(&settings, 1).1 == files, "another day of the same seed");
    assert!(day(&Settings::centre(12, 8), 1).1 != files, "the same day of another seed");
    let stamped = ami::messages(&files.ami).filter(|m| m.timestamp_us().is_some()).count();
    assert_eq!(u64::try_from(stamped), Ok(counts.events));
    assert!(counts.events > 10_000, "{counts:?}");
}

#[test]
fn queue_log_and_truth_tell_the_same_visits() {
    let (counts, files) = day(&Settings::centre(30, 3), 2);
    let log = String::from_utf8(files.queue_log).expect("text");
    let visits = rows(&files.calls);
    let calls: std::collections::BTreeSet<_> = visits.iter().map(|v| v["call"].clone()).collect();
    assert_eq!(u64::try_from(calls.len()), Ok(counts.calls));
    let mut said: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for line in log.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let kind = match fields[4] {
            "ENTERQUEUE" => "joined",
            "CONNECT" => "ANSWERED",
            "ABANDON" => "ABANDONED",
            "EXITWITHTIMEOUT" => "TIMED_OUT",
            "COMPLETECALLER" | "COMPLETEAGENT" | "BLINDTRANSFER" | "ATTENDEDTRANSFER" => "talked",
            _ => continue,
        };
        *said.entry((fields[2].to_owned(), kind)).or_default() += 1;
    }
    let mut was: BTreeMap<(String, &str), u64> = BTreeMap::new();
    for visit in visits.iter().filter(|v| !v["queue"].is_empty()) {
        *was.entry((visit["queue"].clone(), "joined")).or_default() += 1;
        for end in ["ANSWERED", "ABANDONED", "TIMED_OUT"] {
            if visit["end"] == end {
                *was.entry((visit["queue"].clone(), end)).or_default() += 1;
            }
        }
        if !visit["talk_ended_us"].is_empty() || !visit["handed_over_us"].is_empty() {
            *was.entry((visit["queue"].clone(), "talked")).or_default() += 1;
        }
    }
    assert_eq!(said, was);
    assert!(said.len() > 10, "{said:?}");
}

#[test]
fn a_restart_is_a_second_session_of_the_same_day() {
    let at = START + 1_800_000_000;
    let settings = Settings { restart_at: Some(at), ..Settings::day(30, 3) };
    let (counts, files) = day(&settings, 1);
    let named = |name: &[u8]| ami::messages(&files.ami).filter(|m| m.event() == Some(name)).count();
    assert_eq!((named(b"Shutdown"), named(b"FullyBooted")), (1, 2));
    let log = String::from_utf8_lossy(&files.queue_log);
    assert_eq!(log.matches("|QUEUESTART|").count(), 1);
    let cut = rows(&files.calls).iter().filter(|visit| visit["ended_by"] == "RESTART").count();
    assert!(cut > 0, "nobody talked at the restart");
    assert!(counts.calls > 100, "{counts:?}");
    // The stamps of both sessions rise but for device states, and the day goes on to its end.
    let last = ami::messages(&files.ami).filter_map(|m| m.timestamp_us()).max();
    assert!(last > Some(START + 3_500_000_000), "{last:?}");
}

#[test]
fn agents_stories_are_without_gaps() {
    let (_, files) = day(&Settings::centre(10, 5), 1);
    let mut ends: BTreeMap<String, String> = BTreeMap::new();
    let states = rows(&files.agents);
    for state in &states {
        if let Some(end) = ends.get(&state["agent"]) {
            assert_eq!(*end, state["from_us"], "{state:?}");
        }
        assert!(ends.get(&state["agent"]).is_none_or(|end| !end.is_empty()), "{state:?}");
        ends.insert(state["agent"].clone(), state["to_us"].clone());
    }
    assert_eq!(ends.len(), 10);
    assert!(ends.values().all(String::is_empty), "every agent does something at the end");
    assert!(states.len() > 500, "{}", states.len());
}
