//! A number of things that are there from a moment on, and how long it lasted in each interval.
//! Only the moments of entries matter, not when somebody looked: a maximum that is told late, and
//! a clock that is read often, come to the same.

use crate::rows::Open;
use facts::Stamp;
use std::collections::VecDeque;

/// So many from a moment on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lasting {
    pub(crate) n: i64,
    since: Stamp,
}

impl Lasting {
    pub(crate) const fn new(n: i64, since: Stamp) -> Self {
        Self { n, since }
    }

    /// It was so up to a moment: tells every open interval in which it was, the number and for how
    /// many seconds, if the switch was heard. What ends where an interval begins was not in it.
    pub(crate) fn run_to(
        &mut self,
        at: Stamp,
        heard: bool,
        open: &mut VecDeque<Open>,
        mut tell: impl FnMut(&mut Open, i64, i64),
    ) {
        let since = self.since;
        self.since = since.max(at);
        if !heard || self.n <= 0 || since >= at {
            return;
        }
        for open in open.iter_mut() {
            let (from, to) = (open.interval.from.max(since), open.interval.to.min(at));
            if from < to {
                tell(open, self.n, to.secs() - from.secs());
            }
        }
    }
}
