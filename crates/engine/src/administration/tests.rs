//! Decrees on a real journal: kept over restarts, undone, damaged, overtaken, waiting for room.

use super::*;
use facts::decree::{Group, GroupKind, Limits, Measure, Member, Place, Scope, Side, Threshold};
use journal::Settings;
use std::path::Path;

/// Long enough for any disk.
const PATIENT: Duration = Duration::from_secs(60);

fn journal(dir: &Path) -> Arc<Journal> {
    Arc::new(Journal::open(Settings::new(dir, "test"), |_| ()).expect("opens"))
}

fn open(dir: &Path) -> Administration {
    Administration::open_with(journal(dir), PATIENT)
}

fn waiting(caution: i64) -> Change {
    let scope = Scope::Queue { acd: "a".into(), name: "sales".into() };
    let place = Place { scope, measure: Measure::Waiting };
    let limits = Limits {
        side: Side::Above,
        caution: Some(caution),
        warning: None,
        hysteresis: 0,
        for_s: 0,
    };
    Change::SetThreshold(Threshold { place, limits })
}

fn group(member: &str) -> Change {
    let members = vec![Member::parse(member).expect("a member")];
    Change::SetGroup(Group { name: "sales".into(), kind: GroupKind::Queues, members })
}

fn caution(admin: &Administration) -> Option<i64> {
    let Change::SetThreshold(threshold) = waiting(1) else { panic!("a threshold") };
    admin.in_force().threshold(&threshold.place).and_then(|s| s.what.caution)
}

#[test]
fn what_was_decided_is_there_after_a_restart() {
    let dir = tempfile::tempdir().expect("a folder");
    let before = {
        let admin = open(dir.path());
        assert_eq!(*admin.in_force(), InForce::default());
        admin.decree("eva", waiting(5)).expect("taken");
        admin.decree("tom", group("*/sales")).expect("taken");
        let last = admin.decree("eva", waiting(7)).expect("taken");
        // What changes nothing is answered with what is in force, and not written again.
        assert_eq!(admin.decree("tom", waiting(7)), Ok(last));
        assert_eq!(admin.history().decrees.len(), 3);
        (admin.history(), admin.in_force())
    };
    let admin = open(dir.path());
    assert_eq!((admin.history(), admin.in_force()), before);
    let authors: Vec<_> =
        before.0.decrees.iter().map(|p| p.decreed.decree.author.to_string()).collect();
    assert_eq!(authors, ["eva", "tom", "eva"], "newest first");
    let moments: Vec<_> = before.0.decrees.iter().map(|p| p.decreed.decree.at).collect();
    assert!(moments.is_sorted_by(|a, b| a > b), "each later than the one before: {moments:?}");
    assert_eq!(caution(&admin), Some(7));
}

#[test]
fn an_undo_is_a_decree_of_its_own() {
    let dir = tempfile::tempdir().expect("a folder");
    let admin = open(dir.path());
    let first = admin.decree("eva", waiting(5)).expect("taken");
    let second = admin.decree("eva", waiting(7)).expect("taken");
    let undo = admin.undo("tom", second.id).expect("undone");
    assert_eq!(caution(&admin), Some(5));
    assert_eq!(
        admin.undo("tom", second.id),
        Err(DecreeError::Undone { id: second.id, by: undo.id })
    );
    let nobody = DecreeId::of(&[0; 32]);
    assert_eq!(admin.undo("tom", nobody), Err(DecreeError::Unknown(nobody)));
    admin.undo("eva", undo.id).expect("brought back");
    assert_eq!(caution(&admin), Some(7));
    admin.undo("eva", first.id).expect("the one that was replaced");
    assert_eq!(caution(&admin), Some(7));
    drop(admin);
    let admin = open(dir.path());
    assert_eq!(caution(&admin), Some(7));
    let undone: Vec<_> = admin.history().decrees.iter().map(|p| p.undone_by.is_some()).collect();
    assert_eq!(undone, [false, false, true, false, true]);
}

#[test]
fn of_two_who_edit_the_same_the_second_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let admin = open(dir.path());
    // Both saw that there was nothing.
    let race = |author: &'static str, n| {
        let admin = admin.clone();
        std::thread::spawn(move || admin.decree_after(author, waiting(n), None))
    };
    let done = [race("eva", 5), race("tom", 7)].map(|t| t.join().expect("ends"));
    let won: Vec<_> = done.iter().filter_map(|d| d.as_ref().ok()).collect();
    let lost: Vec<_> = done.iter().filter_map(|d| d.as_ref().err()).collect();
    let ([won], [DecreeError::Overtaken(Some(source))]) = (&won[..], &lost[..]) else {
        panic!("one wins, the other is told: {done:?}");
    };
    assert_eq!((source.id, &source.author), (won.id, &won.decree.author));
    // Having looked again the other may.
    let seen = Some(won.id);
    let next = admin.decree_after("tom", waiting(9), seen).expect("taken");
    assert_eq!(
        admin.decree_after("eva", waiting(3), seen).err().map(|e| e.to_string().contains("tom")),
        Some(true)
    );
    admin.undo("tom", next.id).expect("undone");
    admin.undo("tom", won.id).expect("undone");
    assert_eq!(
        admin.decree_after("eva", waiting(3), seen),
        Err(DecreeError::Overtaken(None)),
        "what he saw is not there any more"
    );
}

#[test]
fn nothing_is_written_if_anything_is_wrong() {
    let dir = tempfile::tempdir().expect("a folder");
    let admin = open(dir.path());
    let refused = admin.decree("", group("*/sales")).expect_err("no author");
    assert!(matches!(&refused, DecreeError::Wrong(wrong) if wrong[0].field == "author"));
    let refused = admin.decree("eva", waiting(0)).expect_err("always true");
    assert_eq!(refused.to_string(), "caution: must be from 1 to 100000, or null for none");
    assert_eq!(admin.history(), History::default());
}

#[test]
fn an_unknown_decree_is_kept_and_shown_and_harms_nobody() {
    let dir = tempfile::tempdir().expect("a folder");
    let id = {
        let admin = open(dir.path());
        admin.decree("eva", waiting(5)).expect("taken");
        let of_tomorrow = b"Decree: set-synonym\r\nVersion: 3\r\nAuthor: ana\r\n\r\n";
        let (stamp, payload) = (wall_clock().0, of_tomorrow[..].into());
        let entry = journal::Entry { kind: KIND, epoch: 0, stamp, heard: stamp, payload };
        let torn = journal::Entry { payload: b"\xff"[..].into(), ..entry.clone() };
        let other = journal::Entry { kind: 77, ..entry.clone() };
        let id = DecreeId::of(&entry.identity().0);
        let journal = &admin.inner.journal;
        let last = journal.append(STREAM, vec![entry, torn, other]).expect("room");
        assert!(journal.wait_kept(STREAM, last, PATIENT));
        id
    };
    let admin = open(dir.path());
    let history = admin.history();
    let words =
        |p: &Past| (p.decreed.decree.author.to_string(), p.decreed.decree.change.to_string());
    let mut shown: Vec<_> = history.decrees.iter().map(words).collect();
    shown.sort();
    assert_eq!(
        shown,
        [
            (String::new(), "not readable: the bytes are no text".to_owned()),
            (
                "ana".to_owned(),
                "set-synonym, not understood: it is of version 3, this program knows 1".to_owned()
            ),
            (
                "eva".to_owned(),
                "threshold on callers waiting of queue a/sales: above, caution 5".to_owned()
            ),
        ]
    );
    assert_eq!(history.damages, [""; 0]);
    assert_eq!(caution(&admin), Some(5));
    assert_eq!(admin.undo("eva", id), Err(DecreeError::NoEffect(id)));
    // And it goes on.
    admin.decree("eva", waiting(6)).expect("taken");
    assert_eq!(caution(&admin), Some(6));
}

#[test]
fn a_damaged_day_is_told_and_does_not_hide_the_others() {
    let dir = tempfile::tempdir().expect("a folder");
    let yesterday = wall_clock().plus_secs(-86_400);
    {
        let admin = open(dir.path());
        // A decree of yesterday, as if made then.
        let decree = Decree { author: "eva".into(), at: yesterday, change: group("*/sales") };
        let (stamp, payload) = (yesterday.0, decree.payload());
        let entry = journal::Entry { kind: KIND, epoch: 0, stamp, heard: stamp, payload };
        let journal = &admin.inner.journal;
        let last = journal.append(STREAM, vec![entry]).expect("room");
        assert!(journal.wait_kept(STREAM, last, PATIENT));
        admin.decree("eva", waiting(5)).expect("taken");
    }
    let folder = dir.path().join("%2Edecrees");
    let file = folder.join(format!("{}.journal", Day::of(yesterday.0)));
    std::fs::write(file, "this was a journal once, now it is something else").expect("writes");
    let admin = open(dir.path());
    assert_eq!(caution(&admin), Some(5));
    let damages = admin.history().damages;
    assert_eq!(damages.len(), 1, "{damages:?}");
    let (_, alarm) = admin.look();
    let alarm = alarm.expect("an alarm");
    assert_eq!(alarm.code, "decrees-damaged");
    assert!(alarm.what.contains(&damages[0]));
    admin.decree("eva", waiting(6)).expect("taken all the same");
}

#[test]
fn without_room_it_says_so_and_comes_into_force_when_there_is() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = Settings::new(dir.path(), "test");
    let full = settings.faults.clone();
    full.limit_pages(1);
    let journal = Arc::new(Journal::open(settings, |_| ()).expect("opens"));
    let admin = Administration::open_with(journal.clone(), Duration::from_millis(1));
    let refused = admin.decree("eva", waiting(5)).expect_err("no room");
    assert!(matches!(refused, DecreeError::NotYetKept(_)), "{refused}");
    assert_eq!(admin.decree("tom", waiting(6)), Err(DecreeError::Waiting));
    assert_eq!((caution(&admin), admin.look().0.groups().count()), (None, 0));
    full.limit_pages(0);
    assert!(journal.wait_kept(STREAM, 1, PATIENT), "room again");
    // Whoever publishes next puts it into force.
    admin.look();
    assert_eq!(caution(&admin), Some(5));
    assert_eq!(admin.history().decrees.len(), 1);
}

#[test]
fn the_tables_are_there_at_the_first_publication() {
    let dir = tempfile::tempdir().expect("a folder");
    open(dir.path()).decree("eva", group("*/sales")).expect("taken");
    let mut watch = Watch::new(open(dir.path()));
    assert!(watch.counts_seats(), "a group of queues");
    let mut tables = Vec::new();
    let alarms = watch.publish(Stamp(1), &mut tables);
    let rows: Vec<_> = tables.iter().map(|t| (t.shape.name, t.rows.len())).collect();
    assert_eq!(rows, [("groups", 1), ("levels", 0), ("thresholds", 6)]);
    assert_eq!(alarms, []);
}
