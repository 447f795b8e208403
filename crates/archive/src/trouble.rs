//! Why the archive could not do what it was asked.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why the archive could not do what it was asked. Whatever failed, the set of files that readers
/// see is the one before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// A file or directory cannot be read, written or synced; the words of the system.
    Io(PathBuf, String),
    /// The manifest cannot be read or written; SQLite's words.
    Manifest(String),
    /// There are Parquet files but no manifest that names them.
    NoManifest(PathBuf),
    /// The manifest was made by a newer program.
    Newer(i32),
    /// Another process writes this archive.
    Busy(PathBuf),
    /// A Parquet file cannot be made or understood; the library's words.
    Parquet(PathBuf, String),
    /// A row has no day or no ACD, or not as many values as its table has columns.
    Row(&'static str),
    /// A test stopped the archive here.
    Stopped,
}

impl Trouble {
    pub(crate) fn io(path: &Path, e: &std::io::Error) -> Self {
        Self::Io(path.to_owned(), e.to_string())
    }

    pub(crate) fn parquet(path: &Path, e: &impl fmt::Display) -> Self {
        Self::Parquet(path.to_owned(), e.to_string())
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, words) => write!(f, "cannot use {}: {words}", path.display()),
            Self::Manifest(words) => write!(f, "cannot use the archive's manifest: {words}"),
            Self::NoManifest(dir) => write!(
                f,
                "archive {} has tables but no manifest.sqlite: restore it, or move the archive \
                 away and refold",
                dir.display()
            ),
            Self::Newer(version) => write!(
                f,
                "the archive's manifest has version {version}, made by a newer program: use that"
            ),
            Self::Busy(dir) => {
                write!(f, "archive {} is being written by another process", dir.display())
            }
            Self::Parquet(path, words) => write!(f, "cannot use {}: {words}", path.display()),
            Self::Row(table) => write!(f, "row of {table} does not fit its table"),
            Self::Stopped => f.write_str("archive was stopped by a test"),
        }
    }
}

impl std::error::Error for Trouble {}

impl From<rusqlite::Error> for Trouble {
    fn from(e: rusqlite::Error) -> Self {
        Self::Manifest(e.to_string())
    }
}
