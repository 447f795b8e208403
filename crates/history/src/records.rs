//! Tables that are no counts: one row for each thing that happened (`call_rec`, `haglog`,
//! `ag_actv`, `linkex`).

use crate::Books;
use crate::ledger::Link;
use facts::Stamp;
use facts::table::{Row, Shape};

/// Rows that were not taken yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    rows: Vec<(&'static Shape, Vec<Row>)>,
}

impl Records {
    pub(crate) fn take(&mut self) -> Vec<(&'static Shape, Vec<Row>)> {
        std::mem::take(&mut self.rows)
    }
}

impl Books {
    pub(crate) fn link_in_records(&mut self, _link: &Link, _at: Stamp) {}
}
