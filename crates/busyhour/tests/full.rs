//! The disk of the real process is full: the link stays live and an alarm says so; when there is
//! room again everything that was heard is kept. And a disk that fails ends the process with 4.

mod centre;
mod server;

use centre::{ACD, config, hurried, open};
use server::Server;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A small file system of its own, gone with the test.
struct Disk {
    dir: tempfile::TempDir,
}

impl Disk {
    /// `None` where this user may not mount.
    fn of_megabytes(size: u32) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &format!("size={size}m,mode=700"), "busyhour-test"]);
        let mounted = mount.arg(dir.path()).output().is_ok_and(|done| done.status.success());
        if !mounted {
            let mut out = std::io::stdout().lock();
            writeln!(out, "skipped: may not mount a small disk; run as root").expect("stdout");
        }
        mounted.then_some(Self { dir })
    }

    fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("ballast");
        let mut file = std::fs::File::create(&path).expect("a file");
        let block = vec![1_u8; 4096];
        while file.write_all(&block).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a server that is just being killed may still hold a file.
        drop(Command::new("umount").arg("-l").arg(self.path()).output());
    }
}

#[test]
fn a_full_disk_is_waited_out_and_nothing_is_lost() {
    let Some(disk) = Disk::of_megabytes(24) else { return };
    let settings = hurried(20, 11);
    let pbx = open(settings.clone());
    let mut server = Server::start(&config(disk.path(), &pbx, &settings));
    server.wait_for("something is kept", |s| s.is_live(ACD) && s.kept(ACD) > 50);
    let ballast = disk.fill();
    server.wait_for("the alarm", |s| s.alarms().contains(&"disk-full".to_owned()));
    let heard = |s: &Server| s.link(ACD, "heard").as_u64().unwrap_or(0);
    let then = heard(&server);
    server.wait_for("it collects on", |s| heard(s) > then + 100);
    assert_eq!(server.link(ACD, "state"), "live");
    let (kept, heard_of_full) = (server.kept(ACD), heard(&server));
    assert!(kept < heard_of_full, "{kept} kept of {heard_of_full} heard on a full disk");
    std::fs::remove_file(ballast).expect("room");
    server.wait_for("all of it is kept", |s| s.kept(ACD) >= heard_of_full);
    server.wait_for("the alarm is over", |s| s.alarms().is_empty());
    assert_eq!(server.link(ACD, "holes"), 0);
    let heard = heard(&server);
    assert_eq!(server.stop(), Some(0));
    let reader = journal::Reader::open(disk.path().join("journal")).expect("a journal");
    assert_eq!(reader.verify(ACD, None).expect("readable").damages, []);
    let mut next = 1;
    for kept in reader.range(ACD, i64::MIN, i64::MAX).expect("readable") {
        assert_eq!(kept.expect("sound").seq, next, "a hole in the numbering");
        next += 1;
    }
    assert!(next > heard, "{heard} was heard, the journal ends at {}", next - 1);
    pbx.stop();
}

#[test]
fn a_journal_that_fails_ends_the_server_with_4() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = hurried(20, 12);
    let pbx = open(settings.clone());
    let config = config(dir.path(), &pbx, &settings);
    // No file may grow beyond this: a write fails for another reason than a full disk.
    let done = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 300; exec \"$0\" serve --config \"$1\""])
        .args([env!("CARGO_BIN_EXE_busyhour").as_ref(), config.as_os_str()])
        .env("BUSYHOUR_LOG", "off")
        .output()
        .expect("sh");
    let words = String::from_utf8_lossy(&done.stderr);
    assert_eq!(done.status.code(), Some(4), "{words}");
    assert!(words.contains("the journal failed, nothing more can be kept"), "{words}");
    // What was kept before is sound.
    let reader = journal::Reader::open(dir.path().join("journal")).expect("a journal");
    let report = reader.verify(ACD, None).expect("readable");
    assert_eq!(report.damages, []);
    assert!(report.records > 0, "nothing was kept before");
    pbx.stop();
}
