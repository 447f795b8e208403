//! What the journal's tests share: made-up records, real ones, and reading a journal whole.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]
#![allow(dead_code, reason = "every test uses a part of it")]

use flate2::read::GzDecoder;
use journal::{Entry, Journal, Kept, Reader, Settings};
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;
use tempfile::TempDir;

/// 2026-11-21T12:00:00Z in microseconds.
pub(crate) const NOON: i64 = 1_795_262_400_000_000;

/// Microseconds of a day.
pub(crate) const DAY: i64 = 86_400_000_000;

/// Long enough for any disk that works.
pub(crate) const SOON: Duration = Duration::from_secs(60);

/// A directory in memory where there is one: most tests do not need to wait for a real disk.
pub(crate) fn scratch() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() {
        tempfile::tempdir_in(memory).unwrap()
    } else {
        tempfile::tempdir().unwrap()
    }
}

pub(crate) fn open(dir: &Path) -> Journal {
    Journal::open(Settings::new(dir, "a"), |_| {}).unwrap()
}

pub(crate) fn entry(stamp: i64, payload: &str) -> Entry {
    Entry { kind: 1, epoch: 5, stamp, heard: stamp + 300, payload: payload.as_bytes().into() }
}

/// So many records, a millisecond apart, all different.
pub(crate) fn entries(from: i64, count: usize) -> Vec<Entry> {
    let stamps = (from..).step_by(1000).take(count);
    stamps.map(|stamp| entry(stamp, &format!("Event: Made\r\nStamp: {stamp}\r\n\r\n"))).collect()
}

/// Appends and waits until it is kept.
pub(crate) fn keep(journal: &Journal, acd: &str, entries: Vec<Entry>) -> u64 {
    let seq = journal.append(acd, entries).unwrap();
    assert!(journal.wait_kept(acd, seq, SOON), "not kept: {:?}", journal.state());
    seq
}

/// All records of an ACD, in the order heard.
pub(crate) fn all(dir: &Path, acd: &str) -> Vec<Kept> {
    Reader::open(dir).unwrap().from_seq(acd, 0).unwrap().map(Result::unwrap).collect()
}

pub(crate) fn bare(kept: &[Kept]) -> Vec<Entry> {
    kept.iter().map(|kept| kept.entry.clone()).collect()
}

/// The messages of a real capture, with the stamps that they carry.
pub(crate) fn capture(path: &Path) -> Vec<Entry> {
    let mut text = Vec::new();
    GzDecoder::new(File::open(path).unwrap()).read_to_end(&mut text).unwrap();
    let mut out: Vec<Entry> = Vec::new();
    let mut rest = &text[..];
    while let Some(end) = rest.windows(4).position(|w| w == b"\r\n\r\n") {
        let (message, after) = rest.split_at(end + 4);
        rest = after;
        let head = String::from_utf8_lossy(message);
        let stamp = head.lines().find_map(|line| line.strip_prefix("Timestamp: "));
        let stamp = stamp.and_then(|text| text.replace('.', "").parse().ok());
        let stamp = stamp.or(out.last().map(|e| e.stamp)).unwrap_or(NOON);
        let epoch = 1_795_261_245;
        out.push(Entry { kind: 1, epoch, stamp, heard: stamp + 250, payload: message.into() });
    }
    out
}

/// The messages of every real capture of an Asterisk version, one scenario after the other.
pub(crate) fn captures(version: &str) -> Vec<Entry> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures").join(version);
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|found| found.unwrap().path().join("ami-a.txt.gz"))
        .filter(|path| path.exists())
        .collect();
    files.sort();
    files.iter().flat_map(|path| capture(path)).collect()
}
