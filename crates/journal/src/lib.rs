//! The durable log of records: append, range read, digest by time bucket, retention.
//!
//! The journal keeps what was said byte for byte, with its stamp, the moment and the order in
//! which it was heard and the server that heard it. It does not know what a payload means, and
//! it depends on no other crate of ours.
//!
//! A record is *heard* when [`Journal::append`] has returned (it is in memory) and *kept* when
//! the transaction that holds it is committed and synced. Only what is kept survives kill -9 and
//! a power cut; [`Journal::watermark`] tells the two apart. One thread writes for all ACDs and
//! commits whatever has gathered while the last commit ran.
//!
//! What happens when things fail: no room on the disk is waited out with the records in memory
//! ([`State::DiskFull`]); a full queue refuses and gives the records back; a file that turns out
//! to be damaged is set aside under another name and a new one begun; anything else, above all a
//! failed sync, is final ([`State::Failed`]) and the program has to end.

mod batch;
mod compare;
mod day;
mod entry;
mod file;
mod journal;
mod layout;
mod queue;
mod reader;
mod records;
mod recover;
mod retention;
mod trouble;
mod verify;
mod writer;

pub use compare::missing;
pub use day::{BadDay, Day};
pub use entry::{Entry, Identity, Kept, PAYLOAD_BYTES_MAX, Sum};
pub use journal::{Faults, Journal, OpenError, Settings, Unkept};
pub use queue::{Reason, Refused, State, Watermark};
pub use reader::{Bucket, DaySummary, Digest, ReadError, Reader};
pub use records::Records;
pub use recover::SetAside;
pub use retention::{Deleted, Limits, RetainError, Retained};
pub use verify::{Damage, Report};
