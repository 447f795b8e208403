//! Power cuts at random moments under load, on an ext4 of the test's own: what the real process
//! said was kept is there when the disk is mounted again, whatever the kernel still held in
//! memory. 50 cuts; `BUSYHOUR_CUTS` sets another number. Needs root, says so where it skips.

mod disk;
mod server;

use disk::{Store, say};
use server::{Server, config_for};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::{Duration, Instant};

/// Events a second that the switch says meanwhile.
const EVENTS_PER_S: u32 = 5_000;
/// The longest life of a process after it kept something, before the power is cut.
const LIFE_MAX_MS: u64 = 400;
/// So many cuts a disk lives through before the next begins with an empty one: the first
/// moments of a journal, when its folders and files are made, are cut as well.
const CUTS_PER_DISK: u32 = 4;

/// Writes a file and, if told so, syncs it and the folder that it is in.
fn put(dir: &Path, name: &str, sync: bool) {
    let mut file = std::fs::File::create(dir.join(name)).expect("a file");
    file.write_all(&[7; 100_000]).expect("room");
    if sync {
        file.sync_all().expect("synced");
        std::fs::File::open(dir).and_then(|dir| dir.sync_all()).expect("synced");
    }
}

/// Whether that file has what was written into it.
fn is_whole(dir: &Path, name: &str) -> bool {
    std::fs::read(dir.join(name)).is_ok_and(|bytes| bytes == [7; 100_000])
}

#[test]
fn a_cut_takes_what_was_not_synced_and_leaves_what_was() {
    let (Some(store), Some(other)) = (Store::new(), Store::new()) else { return };
    let disk = store.fresh_disk();
    put(disk.path(), "synced", true);
    put(disk.path(), "unsynced", false);
    let mut log = std::fs::File::create(disk.path().join("log")).expect("a file");
    log.write_all(b"synced").expect("room");
    log.sync_all().expect("synced");
    log.write_all(b" unsynced").expect("room");
    drop(log);
    store.cut(&other, || ());
    assert!(is_whole(disk.path(), "unsynced"), "it was written");
    let after = other.after_the_cut();
    assert!(is_whole(after.path(), "synced"), "what was synced is gone");
    assert!(!is_whole(after.path(), "unsynced"), "the cut took nothing: this proves nothing");
    let log = std::fs::read(after.path().join("log")).expect("the log");
    assert_eq!(String::from_utf8_lossy(&log), "synced");
}

/// What the cuts did, to be said at the end.
#[derive(Default)]
struct Figures {
    kept: u64,
    unkept_max: u64,
    beyond_max: u64,
    canaries_lost: u32,
    longest: Duration,
}

#[test]
fn what_was_kept_survives_every_power_cut() {
    let cuts: u32 = std::env::var("BUSYHOUR_CUTS").ok().and_then(|c| c.parse().ok()).unwrap_or(50);
    let (Some(mut store), Some(mut other)) = (Store::new(), Store::new()) else { return };
    let mut settings = sim::load::Settings::new(EVENTS_PER_S, 24 * 3600);
    settings.agents = 50;
    let pbx = sim::load::start(&settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let pbx = pbx.expect("the load PBX listens");
    let user = settings.pbx.users.first().expect("an account").clone();
    let configure =
        |dir: &Path| config_for(dir, "load", &pbx.address().to_string(), &user.name, &user.secret);
    let mut chance = 0x2545_f491_4f6c_dd1d_u64;
    let mut figures = Figures::default();
    let mut disk = store.fresh_disk();
    let mut promised = 0;
    let begun = Instant::now();
    for cut in 0..cuts {
        let cycle = Instant::now();
        if cut > 0 && cut % CUTS_PER_DISK == 0 {
            drop(disk);
            disk = store.fresh_disk();
            promised = 0;
        }
        let mut server = Server::start(&configure(disk.path()));
        let before = promised;
        server.wait_for("something new is kept", |s| {
            promised = s.kept("load").max(promised);
            promised > before
        });
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        let life = Duration::from_millis(chance % LIFE_MAX_MS);
        let lived = Instant::now();
        while lived.elapsed() < life {
            promised = server.kept("load").max(promised);
        }
        let canary = format!("canary-{cut}");
        put(disk.path(), &canary, false);
        // The process lives on without power for its disk: what it says is kept in this state
        // has to be on the disk already.
        let heard = store.cut(&other, || {
            promised = server.kept("load").max(promised);
            server.link("load", "heard").as_u64().unwrap_or(0)
        });
        server.kill();
        drop(disk);
        std::mem::swap(&mut store, &mut other);
        disk = store.after_the_cut();
        let end = check(disk.path(), promised, cut);
        figures.kept += promised - before;
        figures.unkept_max = figures.unkept_max.max(heard.saturating_sub(promised));
        figures.beyond_max = figures.beyond_max.max(end - promised);
        figures.canaries_lost += u32::from(!is_whole(disk.path(), &canary));
        figures.longest = figures.longest.max(cycle.elapsed());
    }
    // The last disk is as good as any other.
    let mut server = Server::start(&configure(disk.path()));
    server.wait_for("it goes on after the last cut", |s| s.kept("load") > promised);
    assert_eq!(server.stop(), Some(0));
    check(disk.path(), promised, cuts);
    let Figures { kept, unkept_max, beyond_max, canaries_lost, longest } = figures;
    say(&format!(
        "{cuts} power cuts in {:.1?} (longest {longest:.1?}): {kept} records said to be kept, 0 \
         lost; at a cut up to {unkept_max} heard and not kept, up to {beyond_max} on disk and \
         not yet said to be; {canaries_lost} unsynced files of {cuts} were lost",
        begun.elapsed()
    ));
    assert!(kept > u64::from(cuts), "the load did not reach the journal");
    assert!(canaries_lost * 2 > cuts, "the cuts took only {canaries_lost} unsynced files");
    pbx.stop();
}

/// Every record up to the one that was said to be kept is there, all are sound, none is there
/// twice; the last one's number.
fn check(dir: &Path, promised: u64, cut: u32) -> u64 {
    let reader = journal::Reader::open(dir.join("journal")).expect("a journal");
    let report = reader.verify("load", None).expect("readable");
    assert_eq!(report.damages, [], "cut {cut}");
    let mut last = 0;
    let mut seen: BTreeMap<[u8; 32], u32> = BTreeMap::new();
    for kept in reader.from_seq("load", 1).expect("readable") {
        let kept = kept.expect("sound");
        last += 1;
        assert_eq!(kept.seq, last, "cut {cut}: a hole in the numbering");
        if kept.entry.kind == 1 {
            assert!(kept.entry.payload.ends_with(b"\r\n\r\n"), "cut {cut}: torn record {last}");
            *seen.entry(kept.entry.identity().0).or_default() += 1;
        }
    }
    assert!(last >= promised, "cut {cut}: {promised} was kept, the journal ends at {last}");
    assert!(seen.values().all(|n| *n == 1), "cut {cut}: a record is there twice");
    last
}
