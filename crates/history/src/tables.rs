//! The counted tables: their shapes, and rows of them out of an interval that closes.

use crate::books::{Books, Closed};
use crate::rows::Open;

impl Books {
    /// Makes the rows of an interval that is over.
    pub(crate) fn close(&mut self, open: &Open) {
        self.closed.push(Closed { interval: Some(open.interval), tables: Vec::new() });
    }
}
