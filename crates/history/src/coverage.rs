//! Coverage: how many seconds of an interval were observed.

use crate::Books;
use crate::ledger::Link;
use facts::Stamp;

/// The switch is heard again, or not any more: the interval is disturbed.
pub(crate) fn link(books: &mut Books, link: &Link, at: Stamp) {
    if books.heard != link.heard {
        books.rows(at).disturbed = true;
    }
}
