//! kill -9 of the real process at random moments under load: nothing that it said was kept may
//! be missing, whatever was going on. 50 kills; `BUSYHOUR_KILLS` sets another number.

mod server;

use server::{Server, config_for};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// Events a second that the switch says meanwhile.
const EVENTS_PER_S: u32 = 5_000;
/// The longest life of a process before it is killed, after it is ready.
const LIFE_MAX_MS: u64 = 400;

#[test]
fn what_was_kept_survives_every_kill() {
    let kills: u32 =
        std::env::var("BUSYHOUR_KILLS").ok().and_then(|k| k.parse().ok()).unwrap_or(50);
    let dir = tempfile::tempdir().expect("a folder");
    let mut settings = sim::load::Settings::new(EVENTS_PER_S, 24 * 3600);
    settings.agents = 50;
    let pbx = sim::load::start(&settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let pbx = pbx.expect("the load PBX listens");
    let user = settings.pbx.users.first().expect("an account").clone();
    let config =
        config_for(dir.path(), "load", &pbx.address().to_string(), &user.name, &user.secret);
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let mut promised = 0;
    let mut moved_on = 0;
    for kill in 0..kills {
        let mut server = Server::start(&config);
        // Wait until this life has kept something of its own, so that each kill hits real work.
        let before = promised;
        server.wait_for("something new is kept", |s| {
            promised = s.kept("load").max(promised);
            promised > before
        });
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let life = Duration::from_millis(chance % LIFE_MAX_MS);
        let begun = Instant::now();
        while begun.elapsed() < life {
            promised = server.kept("load").max(promised);
        }
        server.kill();
        moved_on += promised - before;
        verify(dir.path(), promised, kill);
    }
    assert!(moved_on > u64::from(kills), "the load did not reach the journal");
    // And the whole of it is sound: every record the switch said at most once, none torn.
    let reader = journal::Reader::open(dir.path().join("journal")).expect("a journal");
    let report = reader.verify("load", None).expect("readable");
    assert_eq!(report.damages, [], "after {kills} kills");
    assert!(report.records >= promised);
    let mut seen: BTreeMap<[u8; 32], u32> = BTreeMap::new();
    for kept in reader.range("load", i64::MIN, i64::MAX).expect("readable") {
        let kept = kept.expect("sound");
        if kept.entry.kind == 1 {
            assert!(kept.entry.payload.ends_with(b"\r\n\r\n"), "a torn record {}", kept.seq);
            *seen.entry(kept.entry.identity().0).or_default() += 1;
        }
    }
    assert!(seen.values().all(|n| *n == 1), "a record is there twice");
    pbx.stop();
}

/// Every record up to the one that was said to be kept is there.
fn verify(dir: &std::path::Path, promised: u64, kill: u32) {
    let reader = journal::Reader::open(dir.join("journal")).expect("a journal");
    let from = promised.saturating_sub(5_000).max(1);
    let mut next = from;
    for kept in reader.from_seq("load", from).expect("readable") {
        let kept = kept.expect("sound");
        assert_eq!(kept.seq, next, "kill {kill}: a hole in the numbering");
        next += 1;
    }
    assert!(next > promised, "kill {kill}: {promised} was kept, the journal ends at {}", next - 1);
}
