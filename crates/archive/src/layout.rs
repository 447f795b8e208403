//! Where files lie and how they get there:
//! `DIR/<table>/acd-<n>/<yyyy>/<mm>/<dd>-<number>.parquet`. The path says nothing that the file
//! does not say itself, so that no tool adds columns of its own.

use crate::Trouble;
use facts::Date;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// What a file that was replaced is called until nobody can be reading it any more: no pattern
/// `*.parquet` finds it.
pub(crate) const OLD: &str = "~";

/// What a file is called until it is whole.
pub(crate) const NEW: &str = ".new";

/// The path of a file below the archive's folder.
pub(crate) fn path(table: &str, acd: i64, day: Date, number: i64) -> String {
    let (y, m, d) = day.civil();
    format!("{table}/acd-{acd}/{y:04}/{m:02}/{d:02}-{number}.parquet")
}

/// Writes a file so that it is there whole or not at all: temporary name, sync, rename, sync of
/// the folder. `step` is asked before each step.
pub(crate) fn write(
    path: &Path,
    bytes: &[u8],
    step: &mut dyn FnMut() -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let wrong = |e: io::Error| Trouble::io(path, &e);
    let folder = path.parent().unwrap_or(Path::new("."));
    step()?;
    make_dir(folder).map_err(wrong)?;
    let new = with_ending(path, NEW);
    step()?;
    fs::write(&new, bytes).map_err(wrong)?;
    step()?;
    File::open(&new).and_then(|f| f.sync_all()).map_err(wrong)?;
    step()?;
    fs::rename(&new, path).map_err(wrong)?;
    step()?;
    sync_dir(folder).map_err(wrong)
}

/// The path with something behind its name.
pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes a folder and those above it, each durable in the one above.
fn make_dir(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    if let Some(above) = dir.parent() {
        make_dir(above)?;
        fs::create_dir(dir).or_else(|e| if dir.is_dir() { Ok(()) } else { Err(e) })?;
        sync_dir(above)?;
    }
    Ok(())
}

/// Makes what was renamed in a folder durable.
fn sync_dir(dir: &Path) -> io::Result<()> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    File::open(dir)?.sync_all()
}

/// Every Parquet file below a folder, also those not whole and those replaced, as paths from it.
pub(crate) fn all(dir: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.to_string_lossy();
            if [".parquet", ".parquet.new", ".parquet~"].iter().any(|e| name.ends_with(e))
                && let Ok(below) = path.strip_prefix(dir)
            {
                found.push(below.to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Opens a file of the archive, also if it was replaced meanwhile.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    // It can be renamed between the two, but not back.
    File::open(path).or_else(|_| File::open(with_ending(path, OLD)))
}
