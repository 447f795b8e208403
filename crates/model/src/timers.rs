//! What happens because time passes. A timer is a question ("is his wrap-up over now?"), not
//! an order: whoever set it may have changed his mind, so the answer is looked up when it is due
//! and nothing is ever taken out.

use crate::agents::Agent;
use crate::arena::Key;
use crate::channels::Channel;
use crate::visits::Visit;
use facts::Stamp;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// An agent's state may be another one now: wrap-up over, phone busy for too long.
    Agent(Key<Agent>),
    /// A channel that a resync did not name.
    Missing(Key<Channel>),
    /// A caller whom a resync did not list any more.
    VisitMissing(Key<Visit>),
    /// A visit that was left and whose end was not told.
    Verdict(Key<Visit>),
    /// The ages of all channels.
    Sweep,
    /// For the ledger: whether an agent's last queue call is final.
    Served(Key<Agent>),
    /// Whether a caller whose last phone rang out waits on.
    Requeued(Key<Visit>),
    /// Rings of which nobody said how they ended.
    Unclear,
}

/// The timers that are set, soonest first; of equal ones the one set first.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    heap: BinaryHeap<Reverse<(Stamp, u64, Timer)>>,
    set: u64,
}

impl Timers {
    pub(crate) fn set(&mut self, due: Stamp, timer: Timer) {
        self.set += 1;
        self.heap.push(Reverse((due, self.set, timer)));
    }

    /// The next one due at or before `now`.
    pub(crate) fn pop_due(&mut self, now: Stamp) -> Option<(Stamp, Timer)> {
        if self.heap.peek()?.0.0 > now {
            return None;
        }
        self.heap.pop().map(|Reverse((due, _, timer))| (due, timer))
    }

    pub(crate) fn len(&self) -> usize {
        self.heap.len()
    }
}
