//! The sequencer and what it publishes. It takes records from the links, hands them to the
//! journal and to the fold, and publishes snapshots of the live tables.
//!
//! It may not know HTTP, HTML or the command line.

mod live;

pub use live::{Alarm, Change, Delta, Live, Since, Snapshot};
