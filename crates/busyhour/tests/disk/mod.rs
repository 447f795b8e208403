//! A disk of the test's own: ext4 in an image file on a loop device, mounted by root. It can be
//! stalled, filled, made to fail, and its power can be cut.
//!
//! The image lies on a second such file system, the store. Freezing the store halts every write
//! of the disk at one instant, mid-way if it comes so, with all programs running: the image is
//! then what would be on a disk that lost its power. What the kernel holds of the disk in memory
//! is not in it. A disk fails when the store has no room left: what its image has no place for yet
//! cannot be written, and the kernel answers a sync with EIO. Everything is unmounted and detached on drop, in the order of the fields.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a tool of the system; what it said if it failed.
fn tool(name: &str, args: &[&str], path: &Path, more: Option<&Path>) -> Result<(), String> {
    let done = Command::new(name).args(args).arg(path).args(more).output();
    let done = done.map_err(|e| format!("{name}: {e}"))?;
    if done.status.success() {
        return Ok(());
    }
    Err(format!("{name} {}: {}", path.display(), String::from_utf8_lossy(&done.stderr)))
}

/// Says something in the test's output.
pub(crate) fn say(words: &str) {
    // Not through `println!`: that is swallowed when the test passes.
    let mut out = std::io::stderr().lock();
    writeln!(out, "{words}").expect("stderr");
}

/// A mounted image; unmounted and its loop device detached on drop.
pub(crate) struct Mounted {
    at: tempfile::TempDir,
}

impl Mounted {
    fn of(image: &Path) -> Result<Self, String> {
        let at = tempfile::tempdir().map_err(|e| format!("no folder: {e}"))?;
        tool("mount", &["-t", "ext4", "-o", "loop"], image, Some(at.path()))?;
        Ok(Self { at })
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> &Path {
        self.at.path()
    }

    /// Takes all the room that is left, until the guard is dropped.
    pub(crate) fn fill(&self) -> Ballast {
        let mut ballast = Ballast { files: Vec::new() };
        for kibibytes in [1 << 18, 1 << 16, 1 << 14, 1 << 12, 1 << 10, 1 << 8, 1 << 6, 16, 4] {
            loop {
                let file = self.path().join(format!("ballast-{}", ballast.files.len()));
                ballast.files.push(file.clone());
                if tool("fallocate", &["-l", &format!("{kibibytes}KiB")], &file, None).is_err() {
                    break;
                }
            }
        }
        ballast
    }

    /// No write to it ends until the guard is dropped.
    pub(crate) fn freeze(&self) -> Frozen {
        tool("fsfreeze", &["--freeze"], self.path(), None).expect("freezes");
        Frozen { at: self.path().to_owned() }
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Err(why) = tool("umount", &[], self.path(), None) {
            say(&format!("unmounted lazily: {why}"));
            drop(tool("umount", &["--lazy"], self.path(), None));
        }
    }
}

/// A file system that stands still; goes on on drop. To be declared after the server that uses
/// it: a process that waits for a frozen file system cannot be killed.
pub(crate) struct Frozen {
    at: PathBuf,
}

impl Drop for Frozen {
    fn drop(&mut self) {
        if let Err(why) = tool("fsfreeze", &["--unfreeze"], &self.at, None) {
            say(&format!("still frozen: {why}"));
        }
    }
}

/// Files that leave no room for anything else; gone on drop.
pub(crate) struct Ballast {
    files: Vec<PathBuf>,
}

impl Drop for Ballast {
    fn drop(&mut self) {
        for file in &self.files {
            // The last of each size could not be made.
            drop(std::fs::remove_file(file));
        }
    }
}

/// Makes an empty ext4 image that takes no more room than is used.
fn format(image: &Path, mebibytes: u64) -> Result<(), String> {
    let file = std::fs::File::create(image).map_err(|e| format!("{}: {e}", image.display()))?;
    file.set_len(mebibytes << 20).map_err(|e| format!("{}: {e}", image.display()))?;
    tool("mkfs.ext4", &["-q", "-F"], image, None)
}

/// Where the image of a disk lies.
pub(crate) struct Store {
    mounted: Mounted,
    _dir: tempfile::TempDir,
}

/// The size of a store and that of its disk, MiB; neither takes more room than is used.
const STORE_MIB: u64 = 768;
const DISK_MIB: u64 = 512;

impl Store {
    /// `None`, said loudly, where this user may not mount; `BUSYHOUR_LAB_REQUIRED=1` forbids that.
    pub(crate) fn new() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a folder");
        let image = dir.path().join("store.img");
        let mounted = format(&image, STORE_MIB).and_then(|()| Mounted::of(&image));
        match mounted {
            Ok(mounted) => Some(Self { mounted, _dir: dir }),
            Err(why) => {
                say(&format!("!!!!!! SKIPPED: no disk of its own (run as root): {why}"));
                let required = std::env::var("BUSYHOUR_LAB_REQUIRED").is_ok_and(|v| v == "1");
                assert!(!required, "skipping is forbidden here: {why}");
                None
            }
        }
    }

    fn image(&self) -> PathBuf {
        self.mounted.path().join("disk.img")
    }

    /// From now on the disk fails wherever it was not written before, until the guard is dropped.
    pub(crate) fn fail(&self) -> Ballast {
        self.mounted.fill()
    }

    /// A new, empty disk.
    pub(crate) fn fresh_disk(&self) -> Mounted {
        format(&self.image(), DISK_MIB).expect("an image");
        Mounted::of(&self.image()).expect("mounts")
    }

    /// Cuts the power of this store's disk and calls `at_the_cut` while nothing can be written.
    /// The disk as it then was is in `to`'s place for it; here everything goes on, since a
    /// process that waits for its disk could not be killed.
    pub(crate) fn cut<T>(&self, to: &Self, at_the_cut: impl FnOnce() -> T) -> T {
        let frozen = self.mounted.freeze();
        let seen = at_the_cut();
        let copied = tool("cp", &["--sparse=always"], &self.image(), Some(&to.image()));
        drop(frozen);
        copied.expect("the image is copied");
        seen
    }

    /// Mounts the disk that a cut or a failure left here; the file system recovers from its own
    /// journal.
    pub(crate) fn after_the_cut(&self) -> Mounted {
        Mounted::of(&self.image()).expect("the disk mounts again")
    }
}
