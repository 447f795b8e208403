//! Tables that are no counts: one row for each thing that happened (`call_rec`, `haglog`,
//! `ag_actv`, `linkex`).

pub(crate) mod ag_actv;
pub(crate) mod call_rec;
pub(crate) mod columns;
pub(crate) mod haglog;
pub(crate) mod linkex;

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
    /// Writes a row. Whoever enters takes them after every batch ([`Books::take_closed`]).
    pub(crate) fn push(&mut self, shape: &'static Shape, row: Row) {
        debug_assert_eq!(shape.columns.len(), row.len(), "a row of {}", shape.name);
        match self.rows.iter_mut().find(|(s, _)| s.name == shape.name) {
            Some((_, rows)) => rows.push(row),
            None => self.rows.push((shape, vec![row])),
        }
    }

    pub(crate) fn take(&mut self) -> Vec<(&'static Shape, Vec<Row>)> {
        std::mem::take(&mut self.rows)
    }
}

impl Books {
    pub(crate) fn link_in_records(&mut self, _link: &Link, _at: Stamp) {}
}
