//! Tables that are no counts: one row for each thing that happened (`call_rec`, `haglog`,
//! `ag_actv`, `linkex`).

pub(crate) mod ag_actv;
pub(crate) mod call_rec;
pub(crate) mod columns;
pub(crate) mod haglog;
pub(crate) mod linkex;

use crate::Books;
use crate::books::{Closed, Of};
use crate::ledger::{LATE_MAX, Link};
use facts::Stamp;
use facts::table::{Row, Shape};
use std::collections::BTreeMap;

/// Rows by table.
type Tables = Vec<(&'static Shape, Vec<Row>)>;

/// Rows of minutes for which entries may still come. The minute of a row is that of the entry
/// that it was written for, so that it does not show how often time was let pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Records {
    /// The moment of the entry that is being taken.
    at: Stamp,
    minutes: BTreeMap<Stamp, Tables>,
    /// Minutes before this one are closed; what comes for them counts here.
    closed: Stamp,
}

impl Records {
    /// Rows that are written from here on are of this moment.
    pub(crate) const fn are_of(&mut self, at: Stamp) {
        self.at = at;
    }

    /// Writes a row.
    pub(crate) fn push(&mut self, shape: &'static Shape, row: Row) {
        debug_assert_eq!(shape.columns.len(), row.len(), "a row of {}", shape.name);
        let tables = self.minutes.entry(minute(self.at).max(self.closed)).or_default();
        match tables.iter_mut().find(|(s, _)| s.name == shape.name) {
            Some((_, rows)) => rows.push(row),
            None => tables.push((shape, vec![row])),
        }
    }

    /// Closes the minutes that nothing can come for any more at `now`.
    pub(crate) fn close(&mut self, now: Stamp, into: &mut Vec<Closed>) {
        self.closed = self.closed.max(minute(now.plus(-LATE_MAX)));
        while let Some(first) = self.minutes.first_entry().filter(|e| *e.key() < self.closed) {
            let (minute, tables) = first.remove_entry();
            into.push(Closed { of: Of::Records(minute), tables });
        }
    }

    /// Closes all.
    pub(crate) fn close_all(&mut self, into: &mut Vec<Closed>) {
        for (minute, tables) in std::mem::take(&mut self.minutes) {
            self.closed = self.closed.max(minute.plus_secs(60));
            into.push(Closed { of: Of::Records(minute), tables });
        }
    }
}

impl Books {
    pub(crate) fn link_in_records(&mut self, _link: &Link, _at: Stamp) {}
}

/// The first moment of a minute.
const fn minute(at: Stamp) -> Stamp {
    Stamp::from_secs(at.secs().div_euclid(60) * 60)
}
