//! A simulated PBX that speaks AMI over TCP and knows the truth.
//!
//! Two halves: [`World`] lives a contact centre in virtual time, seeded and without I/O, and
//! says what Asterisk would say; [`Pbx`] serves it to AMI sessions. [`Playback`] serves a
//! recording in the same way and [`load`] blasts queue calls for measurements.
//!
//! The crate may not know what listens to it: no record, fact, journal or model.

mod chance;
mod class;
mod front;
pub mod load;
mod names;
mod playback;
mod said;
mod session;
mod settings;
mod show;
mod truth;
mod world;

pub use class::Classes;
pub use front::{Pbx, SessionCount};
pub use playback::{Playback, Recorded};
pub use said::Said;
pub use settings::{Queue, Settings, User, Version};
pub use truth::{
    CallKind, EndedBy, TrueAgent, TrueCall, TrueQueue, TrueState, TrueVisit, Truth, VisitEnd,
};
pub use world::{Reply, World};
