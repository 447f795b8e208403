//! `busyhour record`: what a link hears, byte for byte, into a file.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::driver::{Link, Sink};
use super::settings::Settings;
use super::status::State;
use crate::Ring;

/// How often it is looked whether to stop.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Chunks written before they are flushed.
const CHUNKS: usize = 256;

/// Why a recording ended before it was stopped.
#[derive(Debug)]
pub enum RecordError {
    /// The PBX refuses the link, in words.
    Refused(String),
    /// The file could not be written.
    Sink(io::Error),
    /// The file was slower than the PBX for so long that something was not written.
    Full,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => write!(f, "cannot record: {reason}"),
            Self::Sink(_) => write!(f, "cannot write the recording"),
            Self::Full => write!(f, "recording has a hole: the file is slower than the PBX"),
        }
    }
}

impl std::error::Error for RecordError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Sink(error) => Some(error),
            _ => None,
        }
    }
}

/// Writes what a link hears to `sink`, byte for byte with the banners, until `stop` is set;
/// reconnects as a link does. Says how many bytes were written.
///
/// # Errors
/// See [`RecordError`]; what was heard until then is in the sink.
pub fn record(
    settings: Settings,
    mut sink: impl Write,
    stop: &AtomicBool,
) -> Result<u64, RecordError> {
    let ring = Ring::new(Ring::BYTES_MAX);
    let full = Arc::new(AtomicBool::new(false));
    let link = Link::run(settings, Sink::Raw(Arc::clone(&ring), Arc::clone(&full)));
    let mut written = 0;
    loop {
        // Looked at before the ring, so that what came before the stop is written.
        let stopped = stop.load(Ordering::Acquire);
        if stopped {
            link.stop();
        }
        let chunks = ring.take(CHUNKS, LOOK_EVERY);
        for (_, chunk) in &chunks {
            sink.write_all(&chunk.payload).map_err(RecordError::Sink)?;
            written += u64::try_from(chunk.payload.len()).unwrap_or(0);
        }
        if !chunks.is_empty() {
            sink.flush().map_err(RecordError::Sink)?;
            continue;
        }
        if full.load(Ordering::Acquire) {
            return Err(RecordError::Full);
        }
        if stopped {
            return Ok(written);
        }
        let status = link.status();
        if status.state == State::Refused {
            return Err(RecordError::Refused(status.reason.to_string()));
        }
    }
}
