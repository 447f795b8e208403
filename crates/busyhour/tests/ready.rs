//! From start to ready with a day of journal: the line that says where it serves comes at once,
//! the tables of today follow.

mod centre;
mod server;

use centre::{ACD, config, hurried, open};
use server::Server;
use std::io::Write;
use std::time::{Duration, Instant};

/// Records of the day: a centre of some hundred agents until the afternoon.
const RECORDS: usize = 500_000;
/// How many are handed to the journal at once.
const BATCH: usize = 10_000;
/// It does not wait for the day to be read: that takes so many times as long, on a machine as
/// busy as it may be. (Alone, a release build is to be ready in 300 ms: docs/figures.md.)
const SHARE: u32 = 3;

#[test]
fn a_server_with_a_day_of_journal_is_ready_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = hurried(8, 3);
    let pbx = open(settings.clone());
    let config = config(dir.path(), &pbx, &settings);
    let journal = journal::Settings::new(dir.path().join("journal"), "test");
    let journal = journal::Journal::open(journal, |_| ()).expect("a journal");
    let now = engine::wall_clock().0;
    let mut last = 0;
    for batch in 0..RECORDS / BATCH {
        let entry = |i: usize| {
            // A member's device goes up and down: something to fold, nothing to count.
            let number = batch * BATCH + i;
            let back = i64::try_from(RECORDS - number).expect("small") * 7_000;
            let stamp = now - 60_000_000 - back;
            let state = if number.is_multiple_of(2) { "INUSE" } else { "NOT_INUSE" };
            let payload = format!(
                "Event: DeviceStateChange\r\nPrivilege: call,all\r\nTimestamp: {}.{:06}\r\n\
                 Device: PJSIP/{}\r\nState: {state}\r\n\r\n",
                stamp / 1_000_000,
                stamp % 1_000_000,
                2_000 + number / 2 % 300,
            );
            let payload = payload.into_bytes().into();
            journal::Entry { kind: 1, epoch: 1, stamp, heard: stamp, payload }
        };
        last = journal.append(ACD, (0..BATCH).map(entry).collect()).expect("room");
        // A slow disk is given the time it takes.
        assert!(journal.wait_kept(ACD, last, Duration::from_secs(60)), "the day is kept");
    }
    journal.close().expect("the day is kept");
    let begun = Instant::now();
    let mut server = Server::start(&config);
    let ready = begun.elapsed();
    let alarms = server.alarms();
    server.wait_for("the tables are of now", |s| s.is_live(ACD) && s.kept(ACD) > last);
    let caught_up = begun.elapsed();
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    let mut out = std::io::stdout().lock();
    let figures = format!(
        "{build}: ready after {ready:?}, tables of {RECORDS} records after {caught_up:?} \
         (alarms meanwhile: {alarms:?})"
    );
    writeln!(out, "{figures}").expect("stdout");
    assert!(ready * SHARE < caught_up, "{figures}");
    assert_eq!(server.stop(), Some(0));
    pbx.stop();
}
