//! What every part of Busyhour agrees on: time, names, records, the neutral facts that a
//! switch states, and the shape of a live table.
//!
//! This crate may not know a vendor's word, do I/O, read a clock or use floating point.
//! `translate` makes [`Fact`]s out of [`Record`]s; `model` folds facts; everything that is
//! shown leaves as a [`table::Table`].

mod date;
pub mod decree;
mod fact;
mod name;
mod opening;
mod percent;
mod record;
mod stamp;
pub mod table;

pub use date::Date;
pub use fact::{
    Anomaly, Device, DialOutcome, Direction, Fact, Fields, HowSeen, Member, NewChannel, Outcome,
    Phase, Released, Said, Timed,
};
pub use name::{AgentId, BridgeId, CallId, ChannelId, DeviceId, LegId, SplitId, Text};
pub use opening::{Carried, Opening};
pub use percent::percent;
pub use record::{Epoch, Kind, Observation, Record};
pub use stamp::{CivilTime, Stamp, Zone};
