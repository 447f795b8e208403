//! What happens when things fail: no room, a failed sync, damaged, foreign and newer files, a
//! full queue, a second writer.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use journal::{
    Day, Faults, Journal, OpenError, PAYLOAD_BYTES_MAX, ReadError, Reader, Reason, Settings, State,
};
use std::fs;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::{DAY, NOON, SOON, all, bare, entries, entry, keep, open, scratch};

/// A journal that notes every change of its state.
fn watched(settings: Settings) -> (Journal, Arc<Mutex<Vec<State>>>) {
    let seen: Arc<Mutex<Vec<State>>> = Arc::default();
    let notes = Arc::clone(&seen);
    let journal = Journal::open(settings, move |s| notes.lock().unwrap().push(s.clone())).unwrap();
    (journal, seen)
}

fn wait_for(what: &str, mut done: impl FnMut() -> bool) {
    let until = Instant::now() + SOON;
    while !done() {
        assert!(Instant::now() < until, "never: {what}");
        std::thread::yield_now();
    }
}

/// A record that does not compress.
fn noise(stamp: i64, bytes: usize) -> journal::Entry {
    let mut payload = Vec::new();
    let mut hash = blake3::Hasher::new();
    hash.update(&stamp.to_le_bytes());
    payload.resize(bytes, 0);
    hash.finalize_xof().fill(&mut payload);
    journal::Entry { payload: payload.into(), ..entry(stamp, "") }
}

#[test]
fn no_room_is_waited_out_and_nothing_is_lost() {
    let dir = scratch();
    let faults = Arc::new(Faults::default());
    let settings = Settings { faults: Arc::clone(&faults), ..Settings::new(dir.path(), "a") };
    let (journal, seen) = watched(settings);
    let mut expected = entries(NOON, 10);
    keep(&journal, "x", expected.clone());
    faults.limit_pages(1);
    for i in 1..=50 {
        let more: Vec<_> = (0..4).map(|j| noise(NOON + i * 1000 + j, 5000)).collect();
        expected.extend(more.iter().cloned());
        journal.append("x", more).unwrap();
    }
    let waiting = || match journal.state() {
        State::DiskFull { waiting_bytes, .. } => waiting_bytes,
        _ => 0,
    };
    wait_for("a full disk with all records waiting", || waiting() > 1_000_000);
    let mark = journal.watermark("x");
    assert_eq!((mark.heard_seq, mark.kept_seq), (210, 10));
    assert!(!journal.wait_kept("x", 11, Duration::from_millis(1)));
    assert_eq!(bare(&all(dir.path(), "x")), expected[..10], "readers go on meanwhile");
    faults.limit_pages(0);
    assert!(journal.wait_kept("x", 210, SOON));
    wait_for("healthy", || journal.state() == State::Healthy);
    wait_for("both states seen", || seen.lock().unwrap().len() == 2);
    let seen = seen.lock().unwrap().clone();
    assert!(matches!(seen[..], [State::DiskFull { .. }, State::Healthy]), "{seen:?}");
    journal.close().unwrap();
    assert_eq!(bare(&all(dir.path(), "x")), expected);
    assert_eq!(Reader::open(dir.path()).unwrap().verify("x", None).unwrap().damages, []);
}

#[test]
fn closing_without_room_says_what_is_lost() {
    let dir = scratch();
    let faults = Arc::new(Faults::default());
    let settings = Settings { faults: Arc::clone(&faults), ..Settings::new(dir.path(), "a") };
    let (journal, _) = watched(settings);
    keep(&journal, "x", entries(NOON, 10));
    faults.limit_pages(1);
    journal.append("x", vec![noise(NOON, 100_000)]).unwrap();
    let unkept = journal.close().unwrap_err();
    assert!(unkept.bytes >= 100_000 && unkept.reason.contains("DiskFull"), "{unkept}");
    assert_eq!(all(dir.path(), "x").len(), 10);
}

/// A real file system that is full; needs root.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<Self> {
        let options = ["-t", "tmpfs", "-o", "size=2m", "none"];
        let done = Command::new("mount").args(options).arg(at).output().ok()?;
        done.status.success().then(|| Self(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let done = Command::new("umount").arg(&self.0).status();
        assert!(done.is_ok_and(|status| status.success()), "{} stays mounted", self.0.display());
    }
}

#[test]
fn a_disk_that_is_really_full_is_waited_out() {
    let dir = scratch();
    let Some(disk) = SmallDisk::mount(dir.path()) else {
        println!("skipped: a tmpfs cannot be mounted here (needs root)");
        return;
    };
    let journals = dir.path().join("journals");
    let (journal, _) = watched(Settings::new(&journals, "a"));
    let mut expected = entries(NOON, 10);
    keep(&journal, "x", expected.clone());
    let ballast = dir.path().join("ballast");
    let fill = || {
        let mut file = fs::File::create(&ballast).unwrap();
        while std::io::Write::write_all(&mut file, &[1; 4096]).is_ok() {}
    };
    fill();
    // The file of this day, and that of the next one, which cannot even be made.
    for at in [NOON + 1_000_000, NOON + DAY] {
        let more: Vec<_> = (0..10).map(|i| noise(at + i, 20_000)).collect();
        expected.extend(more.iter().cloned());
        let seq = journal.append("x", more).unwrap();
        wait_for("disk full", || matches!(journal.state(), State::DiskFull { .. }));
        assert!(journal.watermark("x").kept_seq < seq);
        fs::remove_file(&ballast).unwrap();
        assert!(journal.wait_kept("x", seq, SOON), "{:?}", journal.state());
        wait_for("healthy", || journal.state() == State::Healthy);
        fill();
    }
    // A start with a full disk collects in memory.
    drop(journal);
    let journal = open(&journals);
    let more: Vec<_> = (0..10).map(|i| noise(NOON + DAY + 100 + i, 20_000)).collect();
    expected.extend(more.iter().cloned());
    let seq = journal.append("x", more).unwrap();
    assert_eq!(seq, 40);
    fs::remove_file(&ballast).unwrap();
    assert!(journal.wait_kept("x", seq, SOON));
    drop(journal);
    assert_eq!(bare(&all(&journals, "x")), expected);
    assert_eq!(Reader::open(&journals).unwrap().verify("x", None).unwrap().damages, []);
    drop(disk);
}

#[test]
fn a_failed_sync_is_final() {
    let dir = scratch();
    let faults = Arc::new(Faults::default());
    let settings = Settings { faults: Arc::clone(&faults), ..Settings::new(dir.path(), "a") };
    let (journal, seen) = watched(settings);
    keep(&journal, "x", entries(NOON, 3));
    faults.failing_sync.store(true, Ordering::SeqCst);
    let seq = journal.append("x", entries(NOON, 3)).unwrap();
    assert!(!journal.wait_kept("x", seq, SOON), "comes back at once, not after a minute");
    faults.failing_sync.store(false, Ordering::SeqCst);
    let State::Failed(words) = journal.state() else { panic!("{:?}", journal.state()) };
    assert!(words.contains("2026-11-21.journal") && words.contains("sync"), "{words}");
    assert_eq!(*seen.lock().unwrap(), [State::Failed(words)]);
    let refused = journal.append("x", entries(NOON, 2)).unwrap_err();
    assert_eq!((refused.reason, refused.entries), (Reason::Stopped, entries(NOON, 2)));
    assert_eq!(journal.watermark("x").kept_seq, 3);
    assert!(journal.close().is_err());
    assert_eq!(all(dir.path(), "x").len(), 3);
    assert_eq!(keep(&open(dir.path()), "x", entries(NOON, 1)), 4);
}

#[test]
fn a_full_queue_gives_the_records_back() {
    let dir = scratch();
    let faults = Arc::new(Faults::default());
    let settings = Settings {
        faults: Arc::clone(&faults),
        queue_bytes_max: 50_000,
        ..Settings::new(dir.path(), "a")
    };
    let (journal, _) = watched(settings);
    keep(&journal, "x", vec![entry(NOON, "")]);
    faults.limit_pages(1);
    assert_eq!(journal.append("x", vec![noise(NOON, 40_000)]), Ok(2));
    let more = vec![noise(NOON + 1, 20_000)];
    let refused = journal.append("x", more.clone()).unwrap_err();
    assert_eq!((refused.reason, refused.entries), (Reason::Full, more.clone()));
    assert_eq!(journal.watermark("x").heard_seq, 2);
    faults.limit_pages(0);
    assert!(journal.wait_kept("x", 2, SOON));
    assert_eq!(keep(&journal, "x", more), 3);
}

#[test]
fn what_can_never_be_kept_is_refused() {
    let dir = scratch();
    let journal = open(dir.path());
    let huge = journal::Entry { payload: vec![0; PAYLOAD_BYTES_MAX + 1].into(), ..entry(NOON, "") };
    assert_eq!(journal.append("x", vec![huge]).unwrap_err().reason, Reason::Unfit);
    for name in ["", &"ß".repeat(100)] {
        assert_eq!(journal.append(name, entries(NOON, 1)).unwrap_err().reason, Reason::Unfit);
    }
    assert_eq!(journal.append("x", vec![]), Ok(0));
    let big = journal::Entry { payload: vec![7; 5 << 20].into(), ..entry(NOON, "") };
    keep(&journal, "x", vec![big.clone()]);
    assert_eq!(bare(&all(dir.path(), "x")), [big]);
}

#[test]
fn a_second_writer_is_refused() {
    let dir = scratch();
    let first = open(dir.path());
    let second = Journal::open(Settings::new(dir.path(), "b"), |_| {}).unwrap_err();
    assert_eq!(second, OpenError::InUse(dir.path().to_owned()));
    drop(first);
    drop(open(dir.path()));
}

fn file_of(dir: &Path, day: &str) -> PathBuf {
    dir.join(format!("x/{day}.journal"))
}

/// Changes a closed file by SQL.
fn change(path: &Path, sql: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn a_newer_file_is_left_alone() {
    let dir = scratch();
    keep(&open(dir.path()), "x", entries(NOON, 3));
    let path = file_of(dir.path(), "2026-11-21");
    change(&path, "PRAGMA user_version = 2");
    let before = fs::read(&path).unwrap();
    let error = Journal::open(Settings::new(dir.path(), "a"), |_| {}).unwrap_err();
    assert_eq!(error, OpenError::Newer { acd: "x".into(), found: 2, known: 1 });
    let reader = Reader::open(dir.path()).unwrap();
    let newer = ReadError::Newer { path: path.clone(), found: 2, known: 1 };
    assert_eq!(reader.from_seq("x", 1).map(|_| ()), Err(newer));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_damaged_file_is_set_aside_and_no_number_is_given_twice() {
    type Harm = fn(&Path);
    let harms: [(&str, Harm); 5] = [
        ("no header", |path| fs::write(path, vec![b'x'; 8192]).unwrap()),
        ("cut", |path| {
            let len = fs::metadata(path).unwrap().len();
            fs::OpenOptions::new().write(true).open(path).unwrap().set_len(len / 2).unwrap();
        }),
        ("last row", |path| change(path, "UPDATE batch SET data = zeroblob(length(data))")),
        ("no tables", |path| change(path, "DROP TABLE minute; DROP TABLE batch")),
        ("not ours", |path| change(path, "PRAGMA application_id = 7")),
    ];
    for (name, harm) in harms {
        let dir = scratch();
        let journal = open(dir.path());
        keep(&journal, "x", entries(NOON - DAY, 5));
        keep(&journal, "x", entries(NOON, 500));
        drop(journal);
        harm(&file_of(dir.path(), "2026-11-21"));
        for _ in 0..2 {
            let journal = open(dir.path());
            assert_eq!(journal.watermark("x").kept_seq, 1_000_000_000_000, "{name}");
        }
        let journal = open(dir.path());
        assert!(file_of(dir.path(), "2026-11-21.journal.damaged-1").with_extension("").exists());
        let seq = keep(&journal, "x", entries(NOON, 3));
        assert_eq!(seq, 1_000_000_000_003, "{name}");
        drop(journal);
        let journal = open(dir.path());
        assert_eq!(journal.watermark("x").kept_seq, seq, "{name}");
        let reader = journal.reader().unwrap();
        assert_eq!(all(dir.path(), "x").len(), 8, "{name}");
        let report = reader.verify("x", None).unwrap();
        let words: Vec<_> = report.damages.iter().map(ToString::to_string).collect();
        assert!(words[0].ends_with("2026-11-21.journal.damaged-1: was set aside as damaged"));
        assert!(words[1].ends_with("records 6 to 1000000000000 are missing"), "{words:?}");
        assert_eq!(words.len(), 2, "{name}: {words:?}");
    }
}

#[test]
fn a_file_that_breaks_while_it_is_open_is_set_aside_and_collection_goes_on() {
    let dir = scratch();
    let journal = open(dir.path());
    keep(&journal, "x", entries(NOON, 500));
    change(&file_of(dir.path(), "2026-11-21"), "DROP TABLE batch");
    assert_eq!(keep(&journal, "x", entries(NOON + DAY / 4, 5)), 505);
    let aside = journal.set_aside();
    assert_eq!(aside.len(), 1);
    assert!(aside[0].path.ends_with("x/2026-11-21.journal.damaged-1"), "{aside:?}");
    assert!(aside[0].reason.contains("no such table"), "{aside:?}");
    assert_eq!(journal.state(), State::Healthy);
    drop(journal);
    let journal = open(dir.path());
    assert_eq!(journal.watermark("x").kept_seq, 505);
    assert_eq!(all(dir.path(), "x").len(), 5);
}

#[test]
fn a_file_that_was_just_being_made_is_no_damage() {
    let dir = scratch();
    keep(&open(dir.path()), "x", entries(NOON, 3));
    fs::write(file_of(dir.path(), "2026-11-22"), "").unwrap();
    let journal = open(dir.path());
    assert_eq!(journal.watermark("x").kept_seq, 3);
    assert_eq!(keep(&journal, "x", entries(NOON + DAY, 2)), 5);
    assert_eq!(all(dir.path(), "x").len(), 5);
    assert_eq!(journal.set_aside(), []);
}

/// Every kind of harm that keeps the file readable is found, with its file and row.
#[test]
fn verify_finds_every_harm() {
    let harms = [
        (
            "UPDATE batch SET data = CAST(data || x'00' AS BLOB) WHERE first_seq = 4",
            "batch 4: its checksum is wrong",
        ),
        ("UPDATE batch SET min_stamp = 0 WHERE first_seq = 1", "batch 1: its checksum is wrong"),
        ("UPDATE server SET name = 'z'", "batch 1: its checksum is wrong"),
        ("DELETE FROM batch WHERE first_seq = 4", "the sums of 1 minutes are not those"),
        ("DELETE FROM batch WHERE first_seq = 4", "records 4 to 6 are missing"),
        ("UPDATE minute SET count = count + 1", "the sums of 2 minutes are not those"),
        ("UPDATE minute SET sum = zeroblob(32)", "the sums of 2 minutes are not those"),
        ("DELETE FROM minute", "the sums of 2 minutes are not those"),
    ];
    for (sql, wanted) in harms {
        let dir = scratch();
        for i in 0..3 {
            // One row each: opened anew, and each next record by another server.
            let settings = Settings::new(dir.path(), format!("server {i}"));
            let journal = Journal::open(settings, |_| {}).unwrap();
            keep(&journal, "x", entries(NOON + i * 40_000_000, 3));
        }
        let path = file_of(dir.path(), "2026-11-21");
        let reader = Reader::open(dir.path()).unwrap();
        assert_eq!(reader.verify("x", None).unwrap().damages, []);
        let sql = sql.replace("SET name = 'z'", "SET name = name || 'z'");
        change(&path, &sql);
        let report = reader.verify("x", None).unwrap();
        let words: Vec<_> = report.damages.iter().map(ToString::to_string).collect();
        assert!(words.iter().any(|w| w.contains(wanted)), "{sql}: {words:?}");
        let inside: Vec<_> = report.damages.iter().filter(|d| d.path == path).collect();
        assert!(!inside.is_empty(), "{sql}: {words:?}");
    }
}

#[test]
fn a_flipped_bit_is_never_served() {
    let dir = scratch();
    let written: Vec<_> = (0..60).map(|i| noise(NOON + i, 2000)).collect();
    keep(&open(dir.path()), "x", written.clone());
    let path = file_of(dir.path(), "2026-11-21");
    let whole = fs::read(&path).unwrap();
    let reader = Reader::open(dir.path()).unwrap();
    let day: Day = "2026-11-21".parse().unwrap();
    let (mut noticed, mut harmless) = (0, 0);
    for at in (0..whole.len()).step_by(397) {
        let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.write_all_at(&[whole[at] ^ 0x10], u64::try_from(at).unwrap()).unwrap();
        let read: Result<Vec<_>, _> = reader.from_seq("x", 1).and_then(|records| records.collect());
        match read {
            // What is served is right, or it is plain that something is missing.
            Ok(kept) if bare(&kept) == written => {}
            Ok(kept) => {
                assert!(written.starts_with(&bare(&kept)), "at {at}");
                let report = reader.verify("x", Some(day));
                assert!(report.map_or(true, |r| !r.damages.is_empty()), "unnoticed at {at}");
            }
            Err(_) => noticed += 1,
        }
        harmless += usize::from(reader.verify("x", Some(day)).is_ok_and(|r| r.damages.is_empty()));
        file.write_all_at(&[whole[at]], u64::try_from(at).unwrap()).unwrap();
    }
    // Most of the file is records; unused space and some fields of SQLite's header harm nobody.
    assert!(noticed > 4 * harmless && noticed > 100, "{noticed} noticed, {harmless} harmless");
}
