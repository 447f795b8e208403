//! A disk that fails under load, of a file system of the test's own: its sync answers EIO. The
//! process says so and ends with 4, and whatever it had said was kept is there when the disk is
//! well again. 3 failures; `BUSYHOUR_FAILURES` sets another number.

mod disk;
mod server;

use disk::{Store, say};
use server::{Server, config_for};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::Command;

/// The ACD's name.
const ACD: &str = "load";
/// Events a second that the switch says meanwhile.
const EVENTS_PER_S: u32 = 5_000;
/// A failure comes when so many more records were kept than at the one before.
const STEP: u64 = 1_500;

/// A server whose words go to a file.
fn start(config: &Path, words: &Path) -> Server {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busyhour"));
    command.arg("serve").arg("--config").arg(config).env("BUSYHOUR_LOG", "error");
    command.stderr(std::fs::File::create(words).expect("a file"));
    Server::of(command)
}

#[test]
fn a_sync_that_fails_ends_the_server_with_4_and_what_was_kept_is_there() {
    let failures = std::env::var("BUSYHOUR_FAILURES").ok().and_then(|f| f.parse().ok());
    let failures: u64 = failures.unwrap_or(3);
    let Some(store) = Store::new() else { return };
    let mut settings = sim::load::Settings::new(EVENTS_PER_S, 24 * 3600);
    settings.agents = 50;
    let pbx = sim::load::start(&settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let pbx = pbx.expect("the load PBX listens");
    let user = settings.pbx.users.first().expect("an account").clone();
    let configure =
        |dir: &Path| config_for(dir, ACD, &pbx.address().to_string(), &user.name, &user.secret);
    let said = tempfile::NamedTempFile::new().expect("a file");
    let mut tale = Vec::new();
    for failure in 0..failures {
        let disk = store.fresh_disk();
        let config = configure(disk.path());
        let mut server = start(&config, said.path());
        let (mut promised, enough) = (0, STEP * (failure % 5));
        server.wait_for("something is kept", |s| {
            promised = s.kept(ACD).max(promised);
            promised > enough
        });
        let failing = store.fail();
        // It is asked until it is gone: its last word counts.
        while let Some(kept) = server.last_kept(ACD) {
            promised = kept.max(promised);
        }
        let code = server.ended();
        let words = std::fs::read_to_string(said.path()).expect("its words");
        assert_eq!(code, Some(4), "{words}");
        assert!(words.contains("the journal failed, nothing more can be kept"), "{words}");
        assert!(words.to_lowercase().contains("i/o error"), "{words}");
        // On the same disk it does not pretend to serve.
        let mut again = Command::new(env!("CARGO_BIN_EXE_busyhour"));
        again.arg("serve").arg("--config").arg(&config).env("BUSYHOUR_LOG", "off");
        let again = again.output().expect("the binary starts");
        assert!(matches!(again.status.code(), Some(1 | 4)), "{again:?}");

        drop(failing);
        drop(disk);
        let disk = store.after_the_cut();
        let mut server = start(&configure(disk.path()), said.path());
        server.wait_for("it goes on", |s| s.kept(ACD) > promised);
        let kept = server.kept(ACD);
        assert_eq!(server.stop(), Some(0));
        let reader = journal::Reader::open(disk.path().join("journal")).expect("a journal");
        assert_eq!(reader.verify(ACD, None).expect("readable").damages, []);
        let mut last = 0;
        for found in reader.from_seq(ACD, 1).expect("readable") {
            last += 1;
            assert_eq!(found.expect("sound").seq, last, "a hole in the numbering");
        }
        assert!(last >= kept.max(promised), "{promised} was kept, the journal ends at {last}");
        tale.push(format!(
            "{promised} said to be kept, 0 lost, {last} there in the end; it said: {}; started on \
             the failing disk it ended with {:?}: {}",
            words.lines().last().unwrap_or_default(),
            again.status.code(),
            String::from_utf8_lossy(&again.stderr).trim()
        ));
    }
    say(&format!("{failures} disks failed:\n  {}", tale.join("\n  ")));
    pbx.stop();
}
