//! Trunks (cms.md 3.7): a trunk is a place in its group, the lowest that is free when a channel
//! seizes it.

pub(crate) mod group;

use crate::Books;
use crate::items::items;
use crate::ledger::Trunk;
use crate::rows::Open;
use facts::{Stamp, Text};

items! {
    INCALLS incalls C Live "calls in by the trunk that are over (CMS INCALLS)";
}

/// A row: a trunk of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) group: Text,
    /// Its place, from 1 (CMS EQLOC).
    pub(crate) place: u32,
}

/// How trunks are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trunks;

impl Trunks {
    /// Lets the clocks of all trunks run.
    pub(crate) fn run(&mut self, _seconds: i64, _open: &mut Open) {}
}

impl Books {
    pub(crate) fn seized(&mut self, _trunk: &Trunk, _at: Stamp) {}

    pub(crate) fn idle(&mut self, _trunk: &Trunk, _at: Stamp) {}
}
