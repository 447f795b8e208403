//! A simulated PBX that speaks AMI over TCP and knows the truth.
//!
//! Two halves: [`World`] lives a contact centre in virtual time, seeded and without I/O, and
//! says what Asterisk would say; [`Pbx`] serves it to AMI sessions. [`Playback`] serves a
//! recording in the same way and [`load`] blasts queue calls for measurements.
//!
//! Believable: the fields of every event and the bursts of every kind of call it plays are
//! compared with captures of Asterisk 16 and 22; arrivals, patience, talk, breaks and the calls
//! themselves have the shapes of a contact centre. Small centres live faster than real ones, so
//! that a demo moves; [`write_day`] lives hours of a real day as fast as possible into files.
//! What happens rarely and how often, and what is not played: docs/simulator.md.
//!
//! The crate may not know what listens to it: no record, fact, journal or model.

mod chance;
mod class;
mod day;
mod front;
pub mod load;
mod names;
mod playback;
mod rhythm;
mod said;
mod session;
mod settings;
mod show;
mod story;
mod traps;
mod truth;
mod world;

pub use class::Classes;
pub use day::{DayCounts, DayFiles, write_day};
pub use front::{Pbx, SessionCount};
pub use playback::{Playback, Recorded};
pub use rhythm::Rhythm;
pub use said::Said;
pub use settings::{Queue, Settings, User, Version};
pub use truth::{
    CallKind, EndedBy, TrueAgent, TrueCall, TrueQueue, TrueState, TrueVisit, Truth, VisitEnd,
};
pub use world::{Reply, World};
