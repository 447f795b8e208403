//! Two servers attached to one switch at different moments, neither knowing of the other, keep
//! the same records and come to the same tables.

mod centre;
mod server;

use centre::{ACD, config, hurried, open};
use engine::{Fold, FoldSettings};
use facts::Record;
use journal::{Bucket, Kept, Reader};
use server::Server;
use std::collections::BTreeMap;
use std::path::Path;

/// The switch's clock goes so many times as fast, so that whole minutes pass.
const SPEED: u32 = 30;
const MINUTE: i64 = 60_000_000;
const EVENT: u8 = facts::Kind::Event as u8;

fn journal_of(dir: &Path) -> Reader {
    Reader::open(dir.join("journal")).expect("a journal")
}

/// The events that a server kept from a moment on, in the order in which it heard them.
fn events(reader: &Reader, from: i64) -> Vec<Kept> {
    let kept = reader.range(ACD, from, i64::MAX).expect("readable");
    let kept = kept.map(|kept| kept.expect("sound"));
    kept.filter(|kept| kept.entry.kind == EVENT).collect()
}

/// How often each record is there.
fn multiset(events: &[Kept]) -> BTreeMap<[u8; 32], u64> {
    let mut counts = BTreeMap::new();
    for kept in events {
        *counts.entry(kept.entry.identity().0).or_default() += 1;
    }
    counts
}

fn fold(events: &[Kept]) -> Fold {
    let mut fold = Fold::new(FoldSettings::for_acd(ACD));
    let records = events.iter().filter_map(|kept| engine::from_entry(kept.entry.clone()));
    for record in records {
        fold.push(record);
    }
    fold.settle();
    fold
}

#[test]
fn two_servers_keep_the_same_books() {
    let (dir_a, dir_b) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("b"));
    let mut settings = hurried(10, 9);
    settings.speed = SPEED;
    let pbx = open(settings.clone());
    let mut a = Server::start(&config(dir_a.path(), &pbx, &settings));
    a.wait_for("the first server has kept something", |s| s.kept(ACD) > 300);
    let mut b = Server::start(&config(dir_b.path(), &pbx, &settings));
    b.wait_for("the second server has kept something", |s| s.kept(ACD) > 30);
    let joined = pbx.now();
    let until = joined + 4 * MINUTE;
    b.wait_for("some minutes have passed at the switch", |_| pbx.now() > until);
    pbx.stop();
    for server in [&mut a, &mut b] {
        server.wait_for("the switch is gone", |s| s.link(ACD, "state") != "live");
    }
    assert_eq!((a.stop(), b.stop()), (Some(0), Some(0)));

    let (a, b) = (journal_of(dir_a.path()), journal_of(dir_b.path()));
    // The first whole minute that both have heard.
    let from = (joined.div_euclid(MINUTE) + 1) * MINUTE;
    let digests = |reader: &Reader| {
        let digests = reader.digest(ACD, Bucket::Minute, from, i64::MAX, |kind| kind == EVENT);
        digests.expect("readable")
    };
    let (of_a, of_b) = (digests(&a), digests(&b));
    assert!(of_a.len() >= 3, "only {} minutes in common", of_a.len());
    assert_eq!(of_a, of_b, "digests of the minutes");
    let (events_a, events_b) = (events(&a, from), events(&b, from));
    assert!(events_a.len() > 1_000, "only {} events in common", events_a.len());
    assert!(multiset(&events_a) == multiset(&events_b), "the records differ");
    let (fold_a, fold_b) = (fold(&events_a), fold(&events_b));
    assert_eq!(fold_a.records(), fold_b.records());
    assert_eq!(fold_a.digest(), fold_b.digest(), "the folds differ");
    // And a fold of all that either heard is a fold of what both heard.
    let records = |events: &[Kept]| -> Vec<Record> {
        events.iter().filter_map(|kept| engine::from_entry(kept.entry.clone())).collect()
    };
    let mut united = Fold::new(FoldSettings::for_acd(ACD));
    for record in translate::order::union(vec![records(&events_a), records(&events_b)]) {
        united.push(record);
    }
    united.settle();
    assert_eq!(united.digest(), fold_a.digest(), "the union differs");
}
