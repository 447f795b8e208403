//! Where files lie and what they are called: `DIR/ACD/2026-11-21.journal`, with SQLite's own
//! `-wal` and `-shm` beside it while it is open. A file that was found damaged is called
//! `2026-11-21.journal.damaged-1` and so on. Does not open files.

use crate::day::Day;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What SQLite may put beside a file, with the file itself first.
pub(crate) const SIDES: [&str; 3] = ["", "-wal", "-shm"];

const SUFFIX: &str = ".journal";
const DAMAGED: &str = ".journal.damaged-";

/// The longest name of a directory that every file system takes.
const NAME_BYTES_MAX: usize = 255;

/// The directory of an ACD. Bytes that could mean something to a file system are written as
/// `%2F`. `None` if the name is empty or would be too long.
pub(crate) fn acd_dir(dir: &Path, acd: &str) -> Option<PathBuf> {
    let mut name = String::new();
    for (i, byte) in acd.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ');
        if plain || (byte == b'.' && i > 0) {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    ((1..=NAME_BYTES_MAX).contains(&name.len())).then(|| dir.join(name))
}

/// The ACD that a directory is for; `None` if its name is not one that we give.
fn acd_of(name: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = name.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex = [bytes.next()?, bytes.next()?];
            out.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).ok()
}

/// The names of all ACDs that have a directory, in order.
pub(crate) fn acds(dir: &Path) -> io::Result<Vec<String>> {
    let mut out = Vec::new();
    for found in fs::read_dir(dir)? {
        let found = found?;
        let acd = found.file_name().to_str().and_then(acd_of);
        out.extend(acd.filter(|acd| {
            acd_dir(dir, acd).as_deref() == Some(&found.path()) && found.path().is_dir()
        }));
    }
    out.sort();
    Ok(out)
}

/// The file of a day.
pub(crate) fn day_file(acd_dir: &Path, day: Day) -> PathBuf {
    acd_dir.join(format!("{day}{SUFFIX}"))
}

/// The path with something behind its name.
pub(crate) fn beside(path: &Path, side: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(side);
    name.into()
}

/// The days that have a file, oldest first. No directory means none.
pub(crate) fn days(acd_dir: &Path) -> io::Result<Vec<Day>> {
    let mut out = listed(acd_dir, |name| name.strip_suffix(SUFFIX)?.parse().ok())?;
    out.sort();
    Ok(out)
}

/// The files that were set aside as damaged, with the day they were for, oldest first.
pub(crate) fn damaged(acd_dir: &Path) -> io::Result<Vec<(Day, PathBuf)>> {
    let mut out = listed(acd_dir, |name| {
        let (day, number) = name.split_once(DAMAGED)?;
        number.parse::<u32>().ok()?;
        Some((day.parse().ok()?, acd_dir.join(name)))
    })?;
    out.sort();
    Ok(out)
}

fn listed<T>(dir: &Path, read: impl Fn(&str) -> Option<T>) -> io::Result<Vec<T>> {
    let mut out = Vec::new();
    let found = match fs::read_dir(dir) {
        Ok(found) => found,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(out),
        Err(e) => return Err(e),
    };
    for entry in found {
        out.extend(entry?.file_name().to_str().and_then(&read));
    }
    Ok(out)
}

/// Moves a damaged file out of the way, with what SQLite keeps beside it, and says where it is
/// now.
pub(crate) fn set_aside(acd_dir: &Path, day: Day) -> io::Result<PathBuf> {
    let from = day_file(acd_dir, day);
    let mut number = 1_u32;
    let to = loop {
        let to = acd_dir.join(format!("{day}{DAMAGED}{number}"));
        if !to.try_exists()? {
            break to;
        }
        number += 1;
    };
    // The log goes first: a crash between the two must not leave a log that a new file of the
    // old name would take for its own.
    for side in SIDES.iter().rev() {
        match fs::rename(beside(&from, side), beside(&to, side)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    sync_dir(acd_dir)?;
    Ok(to)
}

/// Removes a file and what SQLite keeps beside it. The log goes last: without its file it is
/// never read, while a file without its log would be an older state of itself.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    for side in SIDES {
        match fs::remove_file(beside(path, side)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// Bytes that a file and what lies beside it take.
pub(crate) fn size(path: &Path) -> u64 {
    SIDES.iter().filter_map(|side| fs::metadata(beside(path, side)).ok()).map(|m| m.len()).sum()
}

/// Bytes of the log beside a file.
pub(crate) fn size_of_log(path: &Path) -> u64 {
    fs::metadata(beside(path, "-wal")).map_or(0, |m| m.len())
}

/// Makes sure that the names in a directory survive a power cut.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes the directory and those above it, and makes sure that they survive a power cut.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(parent) = dir.parent().filter(|p| !p.as_os_str().is_empty()) {
        make_dir(parent)?;
    }
    match fs::create_dir(dir) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
        _ => {}
    }
    match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => sync_dir(parent),
        _ => sync_dir(Path::new(".")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_the_directory() {
        let dir = Path::new("/j");
        for (acd, name) in [
            ("acd1", "acd1"),
            ("..", "%2E."),
            ("a/../b", "a%2F..%2Fb"),
            ("Köln 1", "K%C3%B6ln 1"),
            ("50%", "50%25"),
        ] {
            assert_eq!(acd_dir(dir, acd), Some(dir.join(name)));
            assert_eq!(acd_of(name).as_deref(), Some(acd));
        }
        assert_eq!(acd_dir(dir, ""), None);
        assert_eq!(acd_dir(dir, &"x".repeat(256)), None);
        assert_eq!(acd_of("%zz"), None);
    }

    #[test]
    fn set_aside_twice_keeps_both() {
        let dir = tempfile::tempdir().unwrap();
        let day: Day = "2026-11-21".parse().unwrap();
        for text in ["one", "two"] {
            fs::write(day_file(dir.path(), day), text).unwrap();
            fs::write(beside(&day_file(dir.path(), day), "-wal"), "log").unwrap();
            set_aside(dir.path(), day).unwrap();
        }
        assert_eq!(days(dir.path()).unwrap(), []);
        let found = damaged(dir.path()).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(fs::read_to_string(&found[1].1).unwrap(), "two");
        assert_eq!(size(&found[1].1), 6);
        remove(&found[0].1).unwrap();
        assert_eq!(damaged(dir.path()).unwrap().len(), 1);
    }
}
