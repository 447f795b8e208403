//! Call work codes (cms.md 3.9). Code 0 has the queue calls that no code was given for, so that
//! the codes add up to all queue calls.

use crate::Books;
use crate::items::items;
use crate::ledger::Served;
use facts::{Stamp, Text};

items! {
    ACDCALLS acdcalls C Live "queue calls that the code was given for; 0: none was given (CMS \
        ACDCALLS)";
    ACDTIME acdtime C Live "their talk, hold excluded (CMS ACDTIME)";
    ACWTIME acwtime C Live "their after-call work (CMS ACWTIME)";
}

/// The code of calls that none was given for.
const NONE: &str = "0";

impl Books {
    pub(crate) fn served_code(&mut self, served: &Served, at: Stamp) {
        if self.is_phantom(served) {
            return;
        }
        let code = if served.code.is_empty() { Text::from(NONE) } else { served.code.clone() };
        let row = self.rows(at).codes.of(&code);
        row.add(ACDCALLS, 1);
        row.add(ACDTIME, served.talk_s());
        row.add(ACWTIME, served.acw_s());
    }
}
