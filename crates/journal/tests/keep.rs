//! What is appended is read back: the same bytes, in the order heard, whole or in part, while
//! it is open and after it was closed.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod support;

use journal::{Bucket, Day, Entry, Identity, Journal, Reader, Sum};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::{DAY, NOON, SOON, all, bare, captures, entries, entry, keep, open, scratch};

prop_compose! {
    /// Records around two midnights, so that several files are written in turns.
    fn any_entry()(
        kind in 1_u8..3,
        epoch in prop_oneof![Just(5_i64), any::<i64>()],
        stamp in prop_oneof![8 => NOON - DAY..NOON + DAY, 1 => any::<i64>()],
        heard in any::<i64>(),
        payload in proptest::collection::vec(any::<u8>(), 0..60),
    ) -> Entry {
        Entry { kind, epoch, stamp, heard, payload: payload.into() }
    }
}

fn batches() -> impl Strategy<Value = Vec<(usize, Vec<Entry>)>> {
    proptest::collection::vec((0_usize..2, proptest::collection::vec(any_entry(), 1..12)), 1..12)
}

const ACDS: [&str; 2] = ["main", "Köln/2"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn what_is_appended_is_read_back(
        batches in batches(), close_at in 0_usize..12, from in 0_u64..40,
        low in NOON - DAY..NOON + DAY, high in NOON - DAY..NOON + DAY,
    ) {
        let dir = scratch();
        let mut journal = open(dir.path());
        let mut model: BTreeMap<&str, Vec<Entry>> = BTreeMap::new();
        for (i, (acd, entries)) in batches.into_iter().enumerate() {
            if i == close_at {
                journal.close().unwrap();
                journal = open(dir.path());
            }
            let known = model.entry(ACDS[acd]).or_default();
            known.extend(entries.iter().cloned());
            let seq = journal.append(ACDS[acd], entries).unwrap();
            prop_assert_eq!(usize::try_from(seq).unwrap(), known.len());
        }
        for (acd, expected) in &model {
            let last = u64::try_from(expected.len()).unwrap();
            prop_assert!(journal.wait_kept(acd, last, SOON));
            let mark = journal.watermark(acd);
            prop_assert_eq!((mark.heard_seq, mark.kept_seq), (last, last));
            prop_assert_eq!(mark.kept_through, expected.iter().map(|e| e.stamp).max());
            check(&journal.reader().unwrap(), acd, expected, from, (low, high))?;
        }
        journal.close().unwrap();
        let reader = Reader::open(dir.path()).unwrap();
        let names: Vec<_> = model.keys().map(ToString::to_string).collect();
        let mut found = reader.acds().unwrap();
        found.sort();
        prop_assert_eq!(found, names);
        for (acd, expected) in &model {
            check(&reader, acd, expected, from, (low, high))?;
        }
    }
}

fn check(
    reader: &Reader,
    acd: &str,
    expected: &[Entry],
    from: u64,
    (low, high): (i64, i64),
) -> Result<(), TestCaseError> {
    let kept: Vec<_> = reader.from_seq(acd, from).unwrap().map(Result::unwrap).collect();
    let skipped = usize::try_from(from.saturating_sub(1)).unwrap().min(expected.len());
    prop_assert_eq!(&bare(&kept), &expected[skipped..]);
    for (seq, kept) in (from.max(1)..).zip(&kept) {
        prop_assert_eq!((kept.seq, &*kept.server), (seq, "a"));
    }
    let range: Vec<_> = reader.range(acd, low, high).unwrap().map(Result::unwrap).collect();
    let inside = |e: &&Entry| (low..high).contains(&e.stamp);
    let wanted: Vec<_> = expected.iter().filter(inside).cloned().collect();
    prop_assert_eq!(bare(&range), wanted);
    let report = reader.verify(acd, None).unwrap();
    prop_assert_eq!(&report.damages, &[]);
    prop_assert_eq!(usize::try_from(report.records).unwrap(), expected.len());
    let mut count = 0;
    for day in reader.days(acd).unwrap() {
        let summary = reader.summary(acd, day).unwrap();
        let of_day = || expected.iter().filter(|e| Day::of(e.stamp) == day).map(|e| e.stamp);
        prop_assert_eq!(summary.stamps, of_day().min().zip(of_day().max()));
        count += summary.count;
    }
    prop_assert_eq!(usize::try_from(count).unwrap(), expected.len());
    Ok(())
}

/// The digest by its definition, from the records.
fn digest(entries: &[Entry], micros: i64, kind: u8) -> BTreeMap<i64, (u64, [u8; 32])> {
    let mut sums: BTreeMap<i64, (u64, Sum)> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.kind == kind) {
        let mut bytes = Vec::new();
        bytes.extend(entry.epoch.to_le_bytes());
        bytes.extend(entry.stamp.to_le_bytes());
        bytes.extend(&*entry.payload);
        let sum = sums.entry(entry.stamp.div_euclid(micros) * micros).or_default();
        sum.0 += 1;
        sum.1.add(&Identity(*blake3::hash(&bytes).as_bytes()));
    }
    sums.into_iter().map(|(start, (count, sum))| (start, (count, sum.to_bytes()))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn two_servers_have_the_same_digests_whatever_the_order(
        shuffled in proptest::collection::vec((any_entry(), 1_usize..3), 1..60)
            .prop_map(|all| all.into_iter().flat_map(|(e, n)| vec![e; n]).collect::<Vec<_>>())
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        chunk in 1_usize..20,
    ) {
        let (ours, theirs) = shuffled;
        let ours: Vec<_> = ours.into_iter()
            .map(|e| Entry { stamp: e.stamp.clamp(NOON - DAY, NOON + DAY), ..e }).collect();
        let theirs: Vec<_> = theirs.into_iter().map(|e| Entry {
            stamp: e.stamp.clamp(NOON - DAY, NOON + DAY), heard: e.heard.wrapping_add(7), ..e
        }).collect();
        let (a, b) = (scratch(), scratch());
        let (left, right) = (open(a.path()), open(b.path()));
        keep(&left, "x", ours.clone());
        for part in theirs.chunks(chunk) {
            keep(&right, "x", part.to_vec());
        }
        let (left, right) = (left.reader().unwrap(), right.reader().unwrap());
        for (bucket, micros) in
            [(Bucket::Minute, DAY / 1440), (Bucket::Hour, DAY / 24), (Bucket::Day, DAY)]
        {
            let of = |reader: &Reader| {
                let (from, to) = (NOON - 2 * DAY, NOON + 2 * DAY);
                reader.digest("x", bucket, from, to, |kind| kind == 1).unwrap()
            };
            prop_assert_eq!(of(&left), of(&right));
            let found: BTreeMap<_, _> =
                of(&left).iter().map(|d| (d.start, (d.count, d.sum))).collect();
            prop_assert_eq!(found, digest(&ours, micros, 1));
        }
    }
}

#[test]
fn a_digest_has_whole_buckets_of_what_it_touches() {
    let dir = scratch();
    let journal = open(dir.path());
    keep(
        &journal,
        "x",
        vec![entry(NOON - 1, "a"), entry(NOON, "b"), entry(NOON + 3_599_999_999, "c")],
    );
    let reader = journal.reader().unwrap();
    let starts = |bucket, from, to| -> Vec<(i64, u64)> {
        let found = reader.digest("x", bucket, from, to, |_| true).unwrap();
        found.iter().map(|d| (d.start, d.count)).collect()
    };
    assert_eq!(starts(Bucket::Hour, NOON, NOON + 1), [(NOON, 2)]);
    assert_eq!(starts(Bucket::Hour, NOON - 1, NOON + 1), [(NOON - 3_600_000_000, 1), (NOON, 2)]);
    assert_eq!(starts(Bucket::Minute, NOON, NOON + 3_540_000_000), [(NOON, 1)]);
    assert_eq!(starts(Bucket::Day, NOON, NOON + 1), [(NOON - DAY / 2, 3)]);
    assert_eq!(starts(Bucket::Day, NOON, NOON), []);
    assert_eq!(reader.digest("x", Bucket::Day, NOON, NOON + 1, |kind| kind == 2), Ok(vec![]));
}

#[test]
fn single_records_become_few_rows_and_stay_the_same() {
    let dir = scratch();
    let journal = open(dir.path());
    let real = captures("16");
    assert!(real.len() > 2000, "the captures are there");
    for (i, one) in real.iter().enumerate().take(1500) {
        keep(&journal, "x", vec![one.clone()]);
        // A reader in the middle sees rows that are replaced while it reads.
        if i == 700 {
            let seen: Vec<_> = journal.reader().unwrap().from_seq("x", 1).unwrap().collect();
            assert_eq!(seen.len(), 701);
        }
    }
    keep(&journal, "x", real[1500..].to_vec());
    assert_eq!(bare(&all(dir.path(), "x")), real);
    journal.close().unwrap();
    assert_eq!(bare(&all(dir.path(), "x")), real);
    let reader = Reader::open(dir.path()).unwrap();
    let days = reader.days("x").unwrap();
    let batches: u64 = days.iter().map(|d| reader.summary("x", *d).unwrap().batches).sum();
    assert!(batches <= 20, "{batches} rows");
    assert_eq!(reader.verify("x", None).unwrap().damages, []);
}

#[test]
fn records_of_an_older_day_are_found_after_a_start() {
    let dir = scratch();
    let journal = open(dir.path());
    keep(&journal, "x", entries(NOON, 3));
    keep(&journal, "x", entries(NOON + DAY, 3));
    // From the other server, days later: the highest number is not in the newest file now.
    keep(&journal, "x", entries(NOON - DAY, 4));
    drop(journal);
    let journal = open(dir.path());
    assert_eq!(journal.watermark("x").kept_seq, 10);
    assert_eq!(journal.watermark("x").kept_through, Some(NOON + DAY + 2000));
    assert_eq!(keep(&journal, "x", entries(NOON + DAY + 10_000, 1)), 11);
    let reader = journal.reader().unwrap();
    for from in 0..12 {
        let seqs: Vec<_> = reader.from_seq("x", from).unwrap().map(|k| k.unwrap().seq).collect();
        assert_eq!(seqs, (from.max(1)..12).collect::<Vec<_>>());
    }
    // A new newest file, and once more an older one.
    keep(&journal, "x", entries(NOON + 2 * DAY, 1));
    keep(&journal, "x", entries(NOON - DAY + 50_000, 1));
    drop(journal);
    let journal = open(dir.path());
    assert_eq!(journal.watermark("x").kept_seq, 13);
    assert_eq!(journal.reader().unwrap().verify("x", None).unwrap().damages, []);
}

#[test]
fn a_reader_follows_a_writer() {
    let dir = scratch();
    let journal = open(dir.path());
    keep(&journal, "x", entries(NOON, 1));
    let reader = Reader::open(dir.path()).unwrap();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for i in 0..200 {
                // In turns today and yesterday: two files grow while the reader goes along.
                let at = if i % 3 == 0 { NOON - DAY } else { NOON };
                journal.append("x", entries(at + i * 1_000_000, 7)).unwrap();
            }
        });
        let mut next = 1;
        while next <= 1 + 200 * 7 {
            for kept in reader.from_seq("x", next).unwrap() {
                assert_eq!(kept.unwrap().seq, next);
                next += 1;
            }
        }
        writer.join().unwrap();
    });
}

#[test]
fn the_server_is_read_back_also_after_it_was_renamed() {
    let dir = scratch();
    for name in ["a", "b", "a"] {
        let journal = Journal::open(journal::Settings::new(dir.path(), name), |_| {}).unwrap();
        keep(&journal, "x", entries(NOON, 1));
        keep(&journal, "x", entries(NOON, 1));
    }
    let servers: Vec<_> = all(dir.path(), "x").iter().map(|k| k.server.to_string()).collect();
    assert_eq!(servers, ["a", "a", "b", "b", "a", "a"]);
    assert_eq!(Reader::open(dir.path()).unwrap().verify("x", None).unwrap().damages, []);
}
