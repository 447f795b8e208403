//! What is deleted and what never is.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use journal::{Journal, Limits, RetainError, Settings};
use std::path::Path;
use support::{DAY, NOON, all, entries, entry, keep, open, scratch};

fn filled(dir: &Path, limits: Limits) -> Journal {
    let journal = Journal::open(Settings { limits, ..Settings::new(dir, "a") }, |_| {}).unwrap();
    for acd in ["x", "y"] {
        for day in 0..5 {
            keep(&journal, acd, entries(NOON + day * DAY, 20));
        }
    }
    journal
}

fn left(journal: &Journal, acd: &str) -> Vec<String> {
    journal.reader().unwrap().days(acd).unwrap().iter().map(ToString::to_string).collect()
}

#[test]
fn days_go_by_age() {
    let dir = scratch();
    let journal = filled(dir.path(), Limits { days: Some(2), bytes: None });
    let done = journal.retain(NOON + 4 * DAY).unwrap();
    let gone: Vec<_> = done.deleted.iter().map(|d| (d.acd.as_str(), d.day.to_string())).collect();
    let day = |text: &str| text.to_owned();
    assert_eq!(
        gone,
        [
            ("x", day("2026-11-21")),
            ("y", day("2026-11-21")),
            ("x", day("2026-11-22")),
            ("y", day("2026-11-22")),
        ]
    );
    assert!(done.deleted.iter().all(|d| d.bytes > 0 && !d.path.exists()) && !done.over);
    assert_eq!(left(&journal, "x"), ["2026-11-23", "2026-11-24", "2026-11-25"]);
    assert_eq!(journal.retain(NOON + 4 * DAY).unwrap().deleted, []);
    // Long after: the newest day stays, whatever its age.
    journal.retain(NOON + 400 * DAY).unwrap();
    assert_eq!(left(&journal, "y"), ["2026-11-25"]);
    // Numbers go on, and what is left is whole.
    assert_eq!(keep(&journal, "x", vec![entry(NOON + 4 * DAY, "z")]), 101);
    assert_eq!(journal.reader().unwrap().verify("x", None).unwrap().damages, []);
    drop(journal);
    let journal = open(dir.path());
    assert_eq!(journal.watermark("x").kept_seq, 101);
    assert_eq!(all(dir.path(), "x").len(), 21);
}

#[test]
fn the_oldest_days_go_by_size() {
    let dir = scratch();
    let one = {
        let journal = filled(dir.path(), Limits::default());
        let done = journal.retain(NOON).unwrap();
        assert_eq!((done.deleted, done.over), (vec![], false));
        done.bytes
    };
    let limits = Limits { days: None, bytes: Some(one / 2) };
    let journal =
        Journal::open(Settings { limits, ..Settings::new(dir.path(), "a") }, |_| {}).unwrap();
    let done = journal.retain(NOON).unwrap();
    assert!(done.bytes <= one / 2 && !done.over && !done.deleted.is_empty());
    assert_eq!(done.deleted[0].day.to_string(), "2026-11-21");
    let (x, y) = (left(&journal, "x"), left(&journal, "y"));
    assert!(x.len() < 5 && y.len() < 5 && x.len().abs_diff(y.len()) <= 1, "{x:?} {y:?}");
    drop(journal);
    let limits = Limits { days: None, bytes: Some(0) };
    let journal =
        Journal::open(Settings { limits, ..Settings::new(dir.path(), "a") }, |_| {}).unwrap();
    let done = journal.retain(NOON).unwrap();
    assert!(done.over && done.bytes > 0);
    assert_eq!((left(&journal, "x").len(), left(&journal, "y").len()), (1, 1));
}

#[test]
fn a_day_that_is_open_for_late_records_can_be_deleted_and_written_again() {
    let dir = scratch();
    let journal = filled(dir.path(), Limits { days: Some(2), bytes: None });
    keep(&journal, "x", entries(NOON, 2));
    journal.retain(NOON + 4 * DAY).unwrap();
    assert_eq!(keep(&journal, "x", entries(NOON, 2)), 104);
    let days = left(&journal, "x");
    assert_eq!(days.first().map(String::as_str), Some("2026-11-21"));
    drop(journal);
    let journal = open(dir.path());
    assert_eq!(journal.watermark("x").kept_seq, 104);
    journal.close().unwrap();
}

#[test]
fn a_failed_journal_deletes_nothing() {
    let dir = scratch();
    let settings = Settings::new(dir.path(), "a");
    let faults = settings.faults.clone();
    let journal = Journal::open(settings, |_| {}).unwrap();
    faults.failing_sync.store(true, std::sync::atomic::Ordering::SeqCst);
    let seq = journal.append("x", entries(NOON, 1)).unwrap();
    assert!(!journal.wait_kept("x", seq, support::SOON));
    assert_eq!(journal.retain(NOON), Err(RetainError::Stopped));
}

#[test]
fn of_what_is_kept_for_ever_nothing_goes() {
    let dir = scratch();
    let limits = Limits { days: Some(2), bytes: Some(0) };
    let for_ever = vec!["x".to_owned()];
    let settings = Settings { limits, for_ever, ..Settings::new(dir.path(), "a") };
    let journal = Journal::open(settings, |_| {}).unwrap();
    for acd in ["x", "y"] {
        for day in 0..5 {
            keep(&journal, acd, entries(NOON + day * DAY, 20));
        }
    }
    // A day that was found damaged stays, too: a person may still get something out of it.
    let aside = dir.path().join("x/2026-11-20.journal.damaged-1");
    std::fs::write(&aside, "what is left").unwrap();
    let done = journal.retain(NOON + 400 * DAY).unwrap();
    assert!(done.deleted.iter().all(|d| d.acd == "y") && done.deleted.len() == 4);
    assert!(done.over && done.bytes > 0);
    assert_eq!(left(&journal, "x").len(), 5);
    assert!(aside.exists());
}

#[test]
fn a_day_is_read_without_looking_at_others() {
    let dir = scratch();
    let journal = filled(dir.path(), Limits::default());
    let reader = journal.reader().unwrap();
    std::fs::write(dir.path().join("x/2026-11-24.journal"), "no journal at all, but long").unwrap();
    let days = reader.days("x").unwrap();
    let read = |day| reader.of_day("x", day).and_then(|records| records.collect());
    let read: Vec<Result<Vec<_>, _>> = days.into_iter().map(read).collect();
    let counts: Vec<_> = read.iter().map(|r| r.as_ref().map_or(0, Vec::len)).collect();
    assert_eq!(counts, [20, 20, 20, 0, 20]);
    assert!(read[3].is_err());
}
