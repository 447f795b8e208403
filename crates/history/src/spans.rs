//! The parts of an answered call in whole seconds. Every moment is rounded down before two are
//! subtracted, so that wait, talk, hold and after-call work add up.

use crate::ledger::Served;

impl Served {
    /// From the answer to the end of the talk, hold included.
    fn connected_s(&self) -> i64 {
        (self.ended.secs() - self.answered.secs()).max(0)
    }

    /// On hold (CMS HOLDTIME). What is told twice or beyond the talk counts once.
    pub(crate) fn hold_s(&self) -> i64 {
        let (mut up_to, mut held) = (self.answered.secs(), 0);
        for (from, to) in &self.holds {
            let from = from.secs().max(up_to);
            up_to = to.secs().min(self.ended.secs()).max(from);
            held += up_to - from;
        }
        held.min(self.connected_s())
    }

    /// Talk without hold (CMS ACDTIME).
    pub(crate) fn talk_s(&self) -> i64 {
        self.connected_s() - self.hold_s()
    }

    /// After-call work (CMS ACWTIME).
    pub(crate) fn acw_s(&self) -> i64 {
        (self.acw_ended.secs() - self.ended.secs()).max(0)
    }

    /// How long it rang at the agent, if that was seen.
    pub(crate) fn ring_s(&self) -> Option<i64> {
        self.rang.map(|rang| (self.answered.secs() - rang.secs()).max(0))
    }
}
