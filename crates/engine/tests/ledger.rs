//! The ledger of all captures: writing it changes nothing, and what it says of each queue is what
//! Asterisk's own `queue_log` says.

mod captures;

use captures::{all, new_fold};
use engine::Fold;
use facts::Outcome;
use history::ledger::{Entry, RangEnd, VisitEnd, What};
use std::collections::BTreeMap;

/// Captures whose witness says something else, and why.
const OTHERWISE: &[(&str, &str)] = &[
    ("16/resync", "the log was rotated away while it was recorded"),
    ("22/resync", "the log was rotated away while it was recorded"),
];

fn whole(fold: &mut Fold, records: Vec<facts::Record>) {
    for record in records {
        fold.push(record);
    }
    fold.settle();
    let end = fold.now().plus_secs(10);
    fold.advance(end);
}

/// So many of each kind, by queue.
type Counts = BTreeMap<(String, &'static str), u32>;

fn count(counts: &mut Counts, queue: &str, what: &'static str) {
    *counts.entry((queue.to_owned(), what)).or_default() += 1;
}

fn of_ledger(entries: &[Entry]) -> Counts {
    let mut counts = Counts::new();
    for entry in entries {
        match &entry.what {
            What::Arrived { split, .. } => count(&mut counts, split, "entered"),
            What::Served(s) => count(&mut counts, &s.split, "answered"),
            What::Visit(v) => match v.end {
                VisitEnd::Ended(Outcome::Abandoned) => count(&mut counts, &v.split, "abandoned"),
                VisitEnd::Ended(Outcome::TimedOut) => count(&mut counts, &v.split, "timed out"),
                VisitEnd::Ended(Outcome::LeftEmpty) => count(&mut counts, &v.split, "left empty"),
                VisitEnd::Ended(Outcome::ExitKey) => count(&mut counts, &v.split, "exit key"),
                _ => {}
            },
            What::Rang(r) => match r.end {
                RangEnd::NotAnswered => count(&mut counts, &r.split, "not answered"),
                RangEnd::Refused => count(&mut counts, &r.split, "refused"),
                RangEnd::Abandoned | RangEnd::Elsewhere => {}
            },
            _ => {}
        }
    }
    counts
}

/// Reads `time|call|queue|agent|event|data…`.
fn of_queue_log(text: &str) -> Counts {
    let mut counts = Counts::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let &[_, _, queue, _, event, ref data @ ..] = &fields[..] else { continue };
        let what = match event {
            "ENTERQUEUE" => "entered",
            "CONNECT" => "answered",
            "ABANDON" => "abandoned",
            "EXITWITHTIMEOUT" => "timed out",
            "EXITEMPTY" => "left empty",
            "EXITWITHKEY" => "exit key",
            "RINGNOANSWER" if data.first() == Some(&"0") => "refused",
            "RINGNOANSWER" => "not answered",
            _ => continue,
        };
        count(&mut counts, queue, what);
    }
    counts
}

/// What every answered call waited, in whole seconds, sorted.
fn waits(entries: &[Entry]) -> Vec<(String, i64)> {
    let served = entries.iter().filter_map(|e| match &e.what {
        What::Served(s) => {
            let wait = s.answered.0.div_euclid(1_000_000) - s.joined.0.div_euclid(1_000_000);
            Some((s.split.to_string(), wait))
        }
        _ => None,
    });
    let mut waits: Vec<_> = served.collect();
    waits.sort();
    waits
}

fn waits_told(text: &str) -> Vec<(String, i64)> {
    let lines = text.lines().map(|l| l.split('|').collect::<Vec<_>>());
    let connects = lines.filter(|f| f.get(4) == Some(&"CONNECT"));
    let mut waits: Vec<_> =
        connects.map(|f| (f[2].to_owned(), f[5].parse().expect("seconds"))).collect();
    waits.sort();
    waits
}

#[test]
fn it_says_what_queue_log_says() {
    let mut wrong = Vec::new();
    for capture in all() {
        let mut fold = new_fold();
        fold.write_ledger();
        whole(&mut fold, capture.records());
        let mut entries = Vec::new();
        fold.take_entries(&mut entries);
        let (ours, theirs) = (of_ledger(&entries), of_queue_log(&capture.witness("queue_log")));
        let name = format!("{}/{}", capture.version, capture.name);
        let otherwise = OTHERWISE.iter().any(|(n, _)| *n == name);
        for (i, entry) in entries.iter().enumerate() {
            let What::CallOver(over) = &entry.what else { continue };
            let still = entries[i..].iter().filter(|e| match &e.what {
                What::Served(s) => over.ids.contains(&s.call),
                _ => false,
            });
            assert_eq!(still.count(), over.pending as usize, "{name}: {over:?}");
        }
        let (waits, told) = (waits(&entries), waits_told(&capture.witness("queue_log")));
        if waits != told && !otherwise {
            wrong.push(format!("{name}: waits {waits:?}\n    queue_log {told:?}"));
        }
        if (ours != theirs) != otherwise {
            wrong.push(format!("{name}: {ours:?}\n    queue_log {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn writing_it_changes_nothing() {
    for capture in all() {
        let (mut one, mut other) = (new_fold(), new_fold());
        other.write_ledger();
        whole(&mut one, capture.records());
        whole(&mut other, capture.records());
        assert_eq!(one.digest(), other.digest(), "{}/{}", capture.version, capture.name);
        for shape in model::SHAPES {
            let table = |f: &Fold| f.table(shape.name, one.now());
            assert_eq!(table(&one), table(&other), "{} {}", capture.name, shape.name);
        }
    }
}
