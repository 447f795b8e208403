//! kill -9 at any moment loses nothing that was kept: a child process appends under load and
//! says what is kept; it is killed, and everything that it said has to be there.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use journal::{Entry, Journal, Reader, Settings};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;
use support::{DAY, NOON, SOON, open};

const KILLS: u32 = 30;

/// The directory, for the child only.
const DIR: &str = "JOURNAL_KILL_TEST_DIR";

/// The record that always has this number: what is read can be checked without knowing what the
/// child came to. Now and then one is of another day.
fn nth(seq: u64) -> Entry {
    let n = i64::try_from(seq).unwrap();
    let day = if seq.is_multiple_of(509) { -DAY } else { (n / 20_000) * DAY };
    let stamp = NOON + n * 1000 + day;
    let length = usize::try_from(seq * 7919 % 900).unwrap();
    let text = format!("Event: Number\r\nSeq: {seq}\r\nFill: {}\r\n\r\n", "z".repeat(length));
    Entry { kind: 1, epoch: 1, stamp, heard: stamp + 1, payload: text.as_bytes().into() }
}

/// Not a test of its own: what the child does, started by the test below.
#[test]
fn child() {
    let Ok(dir) = std::env::var(DIR) else { return };
    let journal = Journal::open(Settings::new(dir, "a"), |_| {}).unwrap();
    let mut next = journal.watermark("x").heard_seq + 1;
    let mut said = next - 1;
    let mut out = std::io::stdout().lock();
    loop {
        let count = next % 23 + 1;
        next += count;
        let seq = journal.append("x", (next - count..next).map(nth).collect()).unwrap();
        // Many in flight: the writer is at work whenever the kill comes.
        assert!(journal.wait_kept("x", seq.saturating_sub(400), SOON));
        let kept = journal.watermark("x").kept_seq;
        if kept > said {
            said = kept;
            writeln!(out, "kept {kept}").unwrap();
            out.flush().unwrap();
        }
    }
}

fn run_and_kill(dir: &Path, after: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(DIR, dir)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let number = |line: String| line.rsplit_once("kept ")?.1.parse::<u64>().ok();
    // Not before it has begun to keep something.
    let first = lines.by_ref().find_map(|line| number(line.unwrap())).expect("child says nothing");
    let killer = std::thread::spawn(move || {
        // The moment of the kill, not a wait for a condition.
        std::thread::park_timeout(after);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    let last = lines.map_while(Result::ok).filter_map(number).last();
    killer.join().unwrap();
    last.unwrap_or(first)
}

#[test]
fn nothing_that_was_kept_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut before = 0;
    let mut moment = 12_345_u64;
    for round in 0..KILLS {
        moment = moment.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let kept = run_and_kill(dir.path(), Duration::from_micros((moment >> 33) % 40_000));
        assert!(kept > before, "round {round} kept nothing new");
        let reader = Reader::open(dir.path()).unwrap();
        let mut last = 0;
        for found in reader.from_seq("x", before + 1).unwrap() {
            let found = found.unwrap();
            last = last.max(before) + 1;
            assert_eq!((found.seq, &found.entry), (last, &nth(last)), "round {round}");
        }
        assert!(last >= kept, "round {round}: said {kept}, there are {last}");
        before = last;
    }
    let journal = open(dir.path());
    assert_eq!(journal.set_aside(), []);
    assert_eq!(journal.watermark("x").kept_seq, before);
    let report = journal.reader().unwrap().verify("x", None).unwrap();
    assert_eq!((report.records, report.damages), (before, vec![]));
    assert!(report.files > 1, "{} records in one file", before);
}
