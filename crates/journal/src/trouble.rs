//! What an error of SQLite or of the file system means for a file: wait, set it aside, or stop.

use crate::layout;
use rusqlite::{ErrorCode, ffi};
use std::io;
use std::path::Path;

/// Why a file cannot be written or read.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// No room: try again.
    Full,
    /// Somebody else holds a lock: try again.
    Locked,
    /// The file is damaged or not ours: set it aside and go on in a new one.
    Damaged(String),
    /// The file was written by a newer version.
    Newer(i32),
    /// Anything else, above all a failed sync: final.
    Final(String),
}

/// What an error of SQLite means.
pub(crate) fn classify(error: &rusqlite::Error, path: &Path) -> Trouble {
    let words = || format!("{}: {error}", path.display());
    let rusqlite::Error::SqliteFailure(code, _) = error else {
        // A column that is not what we wrote: somebody changed the tables, or they are damaged.
        return Trouble::Damaged(words());
    };
    match (code.code, code.extended_code) {
        (ErrorCode::DiskFull, _) => Trouble::Full,
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Trouble::Locked,
        (ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase, _) => Trouble::Damaged(words()),
        // The index beside the log could not be made or grown; it holds no record, and want of
        // room is the only likely reason.
        (_, ffi::SQLITE_IOERR_SHMOPEN | ffi::SQLITE_IOERR_SHMSIZE | ffi::SQLITE_IOERR_SHMMAP) => {
            Trouble::Full
        }
        // A table or column that is not there.
        (ErrorCode::Unknown, _) => Trouble::Damaged(words()),
        // A failed sync is among these: the pages may be gone although a second try would
        // succeed.
        _ => Trouble::Final(words()),
    }
}

/// The same for an error met while writing, where SQLite has other words for "no room" too: a
/// file that cannot be made, a quota.
pub(crate) fn of_write(error: &rusqlite::Error, path: &Path) -> Trouble {
    let trouble = classify(error, path);
    let code = error.sqlite_error().map_or(0, |e| e.extended_code);
    let synced = !matches!(code, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC);
    match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen | ErrorCode::SystemIoFailure)
            if matches!(trouble, Trouble::Final(_)) && synced && no_room(path) =>
        {
            Trouble::Full
        }
        _ => trouble,
    }
}

/// The same for an error of the file system.
pub(crate) fn of_io(error: &io::Error, path: &Path) -> Trouble {
    use std::io::ErrorKind::{QuotaExceeded, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded => Trouble::Full,
        _ => Trouble::Final(format!("{}: {error}", path.display())),
    }
}

/// Whether a small file cannot be written beside `path` for lack of room.
fn no_room(path: &Path) -> bool {
    let probe = layout::beside(path, ".probe");
    let tried = std::fs::write(&probe, [0; 65_536]);
    let removed = std::fs::remove_file(&probe);
    let full = |e: &io::Error| matches!(of_io(e, &probe), Trouble::Full);
    tried.as_ref().is_err_and(full) || removed.as_ref().is_err_and(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_pass_is_tried_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        let of = |code| {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            match of_write(&error, &path) {
                Trouble::Full => "full",
                Trouble::Locked => "locked",
                Trouble::Damaged(_) => "damaged",
                Trouble::Newer(_) => "newer",
                Trouble::Final(_) => "final",
            }
        };
        for (code, wanted) in [
            (ffi::SQLITE_FULL, "full"),
            (ffi::SQLITE_IOERR_SHMSIZE, "full"),
            (ffi::SQLITE_BUSY, "locked"),
            (ffi::SQLITE_CORRUPT, "damaged"),
            (ffi::SQLITE_NOTADB, "damaged"),
            (ffi::SQLITE_ERROR, "damaged"),
            (ffi::SQLITE_IOERR_FSYNC, "final"),
            (ffi::SQLITE_IOERR_DIR_FSYNC, "final"),
            (ffi::SQLITE_IOERR_WRITE, "final"),
            (ffi::SQLITE_CANTOPEN, "final"),
            (ffi::SQLITE_NOMEM, "final"),
        ] {
            assert_eq!(of(code), wanted, "{code}");
        }
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0, "no probe stays behind");
    }
}
