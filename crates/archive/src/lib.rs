//! The archive: CMS tables as Parquet files by table, ACD and day, with a manifest in SQLite.
//!
//! Rows of intervals that closed come in small files, at once visible; a day that is over is
//! *sealed*: one sorted file for each table. Nothing is edited in place: a day that was counted
//! again gets a new file, and the manifest changes from the old to the new set in one
//! transaction. A [`Reader`] sees one state of the manifest, never a mixture. The manifest also
//! holds an index from callers, called numbers and call ids to rows of `call_rec`, how long tables
//! are kept, and a trace of every set of rows that was replaced. Layout: docs/archive.md.
//!
//! It may not know what a column counts, links, the model or HTTP.

mod archive;
mod calls;
pub mod columns;
mod file;
mod keep;
mod layout;
mod manifest;
mod reader;
mod trouble;

pub use archive::{Archive, GRACE, Removed};
pub use calls::CALL_KEYS;
pub use keep::{Forecast, Growth, keep};
pub use manifest::{FileRow, Mark, Opening, Trace};
pub use reader::{FoundCall, Reader, Snapshot};
pub use trouble::Trouble;

/// Opens a file of a snapshot by its path, also if it was replaced meanwhile.
///
/// # Errors
/// It is gone or cannot be read.
pub fn open_file(path: &std::path::Path) -> Result<std::fs::File, Trouble> {
    layout::open(path).map_err(|e| Trouble::io(path, &e))
}
