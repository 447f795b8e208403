//! The fold is a function of what was said, not of how it was heard: two sessions, any permitted
//! order, any chunking give equal digests (DESIGN: canonical order).

mod captures;

use captures::{all, new_fold};
use facts::{Kind, Record};
use std::collections::BTreeSet;

fn events(bytes: &[u8]) -> Vec<Record> {
    let mut records = translate::capture::records(bytes);
    records.retain(|r| r.kind == Kind::Event);
    records
}

fn digest(records: impl IntoIterator<Item = Record>) -> [u8; 32] {
    let mut fold = new_fold();
    for record in records {
        fold.push(record);
    }
    fold.settle();
    fold.digest()
}

/// Both sessions, cut to what both heard: one began and one ended a little later.
fn common(a: Vec<Record>, b: Vec<Record>) -> (Vec<Record>, Vec<Record>) {
    let id = |r: &Record| (r.stamp, r.payload.clone());
    let of = |records: &[Record]| records.iter().map(id).collect::<BTreeSet<_>>();
    let (in_a, in_b) = (of(&a), of(&b));
    let cut = |records: Vec<Record>, other: &BTreeSet<_>| {
        records.into_iter().filter(|r| other.contains(&id(r))).collect::<Vec<_>>()
    };
    (cut(a, &in_b), cut(b, &in_a))
}

#[test]
fn two_sessions_of_one_switch_give_one_digest() {
    let mut compared = 0;
    for capture in all() {
        let (Some(a), Some(b)) = (capture.bytes("a"), capture.bytes("b")) else { continue };
        let (a, b) = common(events(&a), events(&b));
        assert!(!a.is_empty(), "{}/{}: nothing in common", capture.version, capture.name);
        assert_eq!(digest(a), digest(b), "{}/{}", capture.version, capture.name);
        compared += 1;
    }
    assert!(compared > 90, "only {compared} pairs");
}

#[test]
fn any_permitted_order_gives_the_same_digest() {
    for capture in all() {
        let records = capture.records();
        let want = digest(records.clone());
        for seed in 1..=3_u64 {
            let shuffled = shuffle(&records, seed);
            assert_eq!(digest(shuffled), want, "{}/{} seed {seed}", capture.version, capture.name);
        }
    }
}

/// Moves each event by less than the reorder window among those around it. Observations keep
/// their place among the events before them, as they do when they are heard.
fn shuffle(records: &[Record], seed: u64) -> Vec<Record> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut jitter = move || {
        // A small generator of its own (xorshift): the order must not depend on a crate's version.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        i64::try_from(state % 4_000).expect("small")
    };
    let mut newest = i64::MIN;
    let mut keyed: Vec<(i64, Record)> = Vec::new();
    for record in records {
        let key = match record.kind {
            Kind::Event => record.stamp.0 + jitter(),
            Kind::Observation => newest.max(record.stamp.0 + 4_000),
        };
        newest = newest.max(key);
        keyed.push((key, record.clone()));
    }
    keyed.sort_by_key(|(key, _)| *key);
    keyed.into_iter().map(|(_, record)| record).collect()
}

#[test]
fn nothing_is_left_when_everybody_has_hung_up() {
    // These end with calls still up or with an agent who stays on the line.
    let still_up = ["crash", "restart", "resync-while-busy", "no-login", "encoding"];
    for capture in all().into_iter().filter(|c| !still_up.contains(&&*c.name)) {
        let fold = capture.fold(None);
        let table = fold.table("channels", fold.now()).expect("a table");
        assert_eq!(table.rows, Vec::<Vec<_>>::new(), "{}/{}", capture.version, capture.name);
    }
}
