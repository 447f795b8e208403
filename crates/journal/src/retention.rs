//! What is deleted: whole days, by age and by size, never the newest day of an ACD, and nothing
//! of what is kept for ever. The writer's thread does it, since it knows which files are open.

use crate::day::Day;
use crate::layout;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

/// How much is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Days before today of which files are kept. `None`: all.
    pub days: Option<u32>,
    /// Bytes of all files of all ACDs; the oldest days go first. `None`: no limit.
    pub bytes: Option<u64>,
}

/// A day of an ACD that was deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deleted {
    /// The ACD.
    pub acd: String,
    /// The day.
    pub day: Day,
    /// The file; one that was set aside as damaged is deleted with its day.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// What retention did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    /// What was deleted, in this order.
    pub deleted: Vec<Deleted>,
    /// Bytes of what is left.
    pub bytes: u64,
    /// What is left is still more than allowed: only newest days, which are never deleted.
    pub over: bool,
}

/// Why retention could not be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetainError {
    /// The journal has failed or was closed.
    Stopped,
    /// A directory cannot be read or a file not be deleted; the words of the system.
    Unremovable(String),
}

impl fmt::Display for RetainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stopped => f.write_str("journal has stopped: nothing was deleted"),
            Self::Unremovable(what) => write!(f, "cannot delete old days: {what}"),
        }
    }
}

impl std::error::Error for RetainError {}

/// Asks the writer for it.
#[derive(Debug)]
pub(crate) struct Command {
    /// The moment that counts as now, microseconds since 1970 in UTC.
    pub(crate) now: i64,
    pub(crate) answer: SyncSender<Result<Retained, RetainError>>,
}

/// Deletes what is beyond the limits; `close` is called before a day's file goes.
pub(crate) fn apply(
    dir: &Path,
    limits: Limits,
    for_ever: &[String],
    now: i64,
    mut close: impl FnMut(&str, Day),
) -> Result<Retained, RetainError> {
    let wrong = |e: io::Error| RetainError::Unremovable(format!("{}: {e}", dir.display()));
    let mut files = old_files(dir, for_ever).map_err(wrong)?;
    files.1.sort_by_key(|file| file.day);
    let (kept_bytes, files) = files;
    let mut left = kept_bytes + files.iter().map(|file| file.bytes).sum::<u64>();
    let oldest = limits.days.map(|days| Day::of(now).earlier(days));
    let mut out = Retained::default();
    for file in files {
        let too_old = oldest.is_some_and(|oldest| file.day < oldest);
        if !too_old && limits.bytes.is_none_or(|max| left <= max) {
            continue;
        }
        close(&file.acd, file.day);
        layout::remove(&file.path)
            .and_then(|()| file.path.parent().map_or(Ok(()), layout::sync_dir))
            .map_err(|e| RetainError::Unremovable(format!("{}: {e}", file.path.display())))?;
        left = left.saturating_sub(file.bytes);
        out.deleted.push(file);
    }
    out.bytes = left;
    out.over = limits.bytes.is_some_and(|max| left > max);
    Ok(out)
}

/// The bytes of what is never deleted (the newest days, and all days of some), and all other
/// files.
fn old_files(dir: &Path, for_ever: &[String]) -> io::Result<(u64, Vec<Deleted>)> {
    let (mut kept_bytes, mut files) = (0, Vec::new());
    for acd in layout::acds(dir)? {
        let Some(acd_dir) = layout::acd_dir(dir, &acd) else { continue };
        let mut days = layout::days(&acd_dir)?;
        if let Some(newest) = days.pop() {
            kept_bytes += layout::size(&layout::day_file(&acd_dir, newest));
        }
        let stays = for_ever.contains(&acd);
        let days = days.into_iter().map(|day| (day, layout::day_file(&acd_dir, day)));
        for (day, path) in days.chain(layout::damaged(&acd_dir)?) {
            let bytes = layout::size(&path);
            if stays {
                kept_bytes += bytes;
            } else {
                files.push(Deleted { acd: acd.clone(), day, path, bytes });
            }
        }
    }
    Ok((kept_bytes, files))
}
