//! A file that an earlier version wrote is read and continued by this one. `UPDATE_EXPECT=1`
//! writes the file of the current version anew; do that only before that version is released.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use journal::{Bucket, Entry, Reader};
use std::fs;
use std::path::Path;
use support::{NOON, all, bare, entry, keep, open, scratch};

/// What is in the file: more than one row, both kinds, bytes that are no text.
fn written() -> Vec<Vec<Entry>> {
    let odd = Entry {
        kind: 2,
        epoch: -3,
        payload: [0, 255, 13, 10].as_slice().into(),
        ..entry(NOON, "")
    };
    let row = |n: i64| entry(NOON + n * 1_000_000, &format!("Event: Number\r\nN: {n}\r\n\r\n"));
    vec![(0..40).map(row).collect(), vec![odd], (40..70).map(row).collect()]
}

#[test]
fn version_1_is_read_and_continued() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1.journal");
    let dir = scratch();
    let file = dir.path().join("x/2026-11-21.journal");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let journal = open(dir.path());
        written().into_iter().for_each(|part| {
            keep(&journal, "x", part);
        });
        journal.close().unwrap();
        fs::copy(&file, &kept).unwrap();
    }
    fs::create_dir_all(dir.path().join("x")).unwrap();
    fs::copy(&kept, &file).unwrap();
    let mut expected = written().concat();
    assert_eq!(bare(&all(dir.path(), "x")), expected);
    let digests = |reader: &Reader| {
        let found = reader.digest("x", Bucket::Hour, NOON, NOON + 1, |kind| kind == 1).unwrap();
        found.iter().map(|d| (d.count, hex(&d.sum))).collect::<Vec<_>>()
    };
    let sum = "39879b9dca2de156e9703868aac99756f7304506db4f8ccd407cda6264174a20";
    assert_eq!(digests(&Reader::open(dir.path()).unwrap()), [(70, sum.to_owned())]);
    let journal = open(dir.path());
    assert_eq!(keep(&journal, "x", vec![entry(NOON, "more")]), 72);
    expected.push(entry(NOON, "more"));
    journal.close().unwrap();
    assert_eq!(bare(&all(dir.path(), "x")), expected);
    assert_eq!(Reader::open(dir.path()).unwrap().verify("x", None).unwrap().damages, []);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
