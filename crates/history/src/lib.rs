//! The books of one ACD: entries of the [`ledger`] in, rows of the CMS tables out.
//!
//! The model says what has become final (a visit, a talk with its after-call work, a call) and how
//! agents and trunks are from a moment on; this crate counts it into intervals, adds intervals up
//! to days, weeks and months, and checks that parts are wholes. A second source, such as a
//! `queue_log`, writes the same ledger.
//!
//! It may not know the model, a vendor's word, read a clock, do I/O or use floating point. Time
//! is counted in whole seconds: every moment is rounded down to its second before two are
//! subtracted, so that parts add up to wholes without remainder, a clock cut at a boundary loses
//! nothing, and a wait is what the switch's own log says it was.

mod agent;
mod audit;
mod books;
pub mod calendar;
mod code;
mod coverage;
mod dump;
pub mod items;
mod lasting;
pub mod ledger;
pub mod reconcile;
mod records;
pub mod rollup;
mod rows;
mod settings;
mod sheets;
mod spans;
mod split;
mod tables;
mod trunk;
mod vdn;

pub use books::{Books, Closed, Of};
pub use settings::{Profile, Rona, Settings, Source};
pub use sheets::{Sheets, shape};
pub use tables::{
    AGENTS, CODES, ELEMENTS, Element, GROUPS, INTERVALS, Level, SHAPES, SPLITS, TRUNKS, VDNS,
    VECTORS,
};
