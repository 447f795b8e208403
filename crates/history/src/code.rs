//! Call work codes (cms.md 3.9).

use crate::Books;
use crate::items::items;
use crate::ledger::Served;
use facts::Stamp;

items! {
    ACDCALLS acdcalls C Live "queue calls that the code was given for (CMS ACDCALLS)";
}

impl Books {
    pub(crate) fn served_code(&mut self, _served: &Served, _at: Stamp) {}
}
