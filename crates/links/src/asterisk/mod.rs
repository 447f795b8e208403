//! One connection to one Asterisk's manager interface.
//!
//! `session` decides: a state machine of bytes and time that says what to send, which records
//! were heard and how the link is doing. `driver` does the I/O on a thread of its own. The
//! rest serves them: `resync` (what to ask for), `clock` (the PBX's time), `advice` (what is
//! wrong with the PBX), `tls`, `backoff`, `settings`, `status`.

mod advice;
mod backoff;
mod clock;
mod driver;
mod outbox;
mod recording;
mod resync;
mod session;
mod settings;
mod status;
mod tls;

use std::time::Duration;

pub use advice::{Advice, Severity};
pub use driver::Link;
pub use recording::{RecordError, record};
pub use settings::{LeaveOut, LoginMethod, Secret, Settings, TlsSettings};
pub use status::{SHAPE, Shown, State, Status, links_table};

/// How often everything is asked anew to find ghosts.
pub const RESYNC_EVERY: Duration = Duration::from_secs(900);

/// More often would load the PBX with lists.
pub const RESYNC_EVERY_MIN: Duration = Duration::from_secs(10);

/// A connection that is silent for so long is given up.
pub const SILENCE_MAX: Duration = Duration::from_secs(10);

/// Less would take a second without an event for a dead link.
pub const SILENCE_MAX_MIN: Duration = Duration::from_secs(3);

#[cfg(test)]
mod tests;
