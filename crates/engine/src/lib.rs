//! The sequencer and what it publishes. It takes records from the links, hands them to the
//! journal and to the fold, and publishes snapshots of the live tables.
//!
//! It may not know HTTP, HTML or the command line.

mod administration;
mod archivist;
mod engine;
mod fold;
mod folder;
mod historian;
mod keeper;
mod live;
mod relay;
mod settings;
mod stories;

pub use administration::{Administration, DecreeError, History, Past};
pub use archivist::{Difference, RefoldError, Refolded, open_archive, refold};
pub use engine::{Engine, StartError, YEARS};
pub use fold::{Fold, FoldSettings, REORDER_WINDOW_US};
pub use historian::{Historian, counting};
pub use keeper::from_entry;
pub use live::{Alarm, Change, Delta, Live, Since, Snapshot};
pub use model::decrees::{InForce, Settled, Source, Wrong};
pub use settings::{AcdSettings, Day, Settings};
pub use stories::{
    AgentDay, AgentSpan, CallLife, CallStep, KINDS, MINUTES, Minute, QueueHour, STATES, Stories,
};

/// This server's clock. The only place in the engine that reads it as a date.
pub fn wall_clock() -> facts::Stamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    facts::Stamp(since.map_or(0, |d| i64::try_from(d.as_micros()).unwrap_or(i64::MAX)))
}
