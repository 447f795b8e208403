//! VDNs: what CMS counts of whole calls (cms.md 3.5); the parts of a call are gathered until it is
//! over and no agent works on it any more.

pub(crate) mod vector;

use crate::Books;
use crate::items::items;
use crate::ledger::{CallOver, Rang, Served, Visit};
use facts::{CallId, Stamp, Text};

items! {
    INCALLS incalls C Live "calls that came by the VDN and are over (CMS INCALLS)";
}

/// A row: a VDN and the vector it led to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) vdn: Text,
    pub(crate) vector: Text,
}

/// Calls that are not over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls;

impl Books {
    pub(crate) fn entered(
        &mut self,
        _call: &CallId,
        _vdn: Option<&Text>,
        _vector: Option<&Text>,
        _at: Stamp,
    ) {
    }

    pub(crate) fn visit_in_call(&mut self, _visit: &Visit, _at: Stamp) {}

    pub(crate) fn served_in_call(&mut self, _served: &Served, _at: Stamp) {}

    pub(crate) fn rang_in_call(&mut self, _rang: &Rang, _at: Stamp) {}

    pub(crate) fn call_over(&mut self, _call: &CallOver, _at: Stamp) {}
}
