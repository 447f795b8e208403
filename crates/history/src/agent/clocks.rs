//! The clocks of cms.md 2.2: what each split's row sees of an agent (`I_*`), and what he does as
//! a person, in the row of his oldest log-on (`TI_*`). This is the only place that books them.
//!
//! Without remainder, in every row: staff = avail + acd + acw + aux + ring + other; over the rows
//! of a log-on: TI staff = acd + acw + ring + TI aux + TI avail + TI other.

use super::Key;
use super::items as item;
use crate::items::Counts;
use crate::ledger::Mode;
use crate::rows::Open;
use crate::split::items as split_item;
use facts::{Direction, Stamp};
use std::collections::VecDeque;

/// How many clocks of an agent's row are summed up in his split's row: from I_STAFFTIME on, in one
/// order in both.
const SUMMED: usize = item::I_ACDOTHERTIME - item::I_STAFFTIME + 1;

const _: () = assert!(SUMMED == split_item::I_ACDOTHERTIME - split_item::I_STAFFTIME + 1);

/// A membership and the clocks of its row since they were last written.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: Key,
    /// Since when he is logged on to the split.
    pub(super) since: Stamp,
    /// What he does as this split sees it, for at most one split at work.
    pub(super) mode: Mode,
    /// The place of the reason he is paused for here, 0 to 9.
    pub(super) aux: usize,
    clocks: Counts,
}

/// What the clocks depend on beside memberships.
#[derive(Clone, Debug)]
pub(super) struct Doing {
    pub(super) mode: Mode,
    pub(super) direction: Option<Direction>,
    /// The place of the reason he is paused for everywhere, 0 to 9.
    pub(super) aux: usize,
    /// He works for one of his splits: rung, talking or in after-call work.
    pub(super) at_work: bool,
    /// A queue call is on hold meanwhile.
    pub(super) holds: bool,
    /// The place of its split among the memberships.
    pub(super) held: Option<usize>,
}

impl Member {
    pub(super) fn new(key: Key, since: Stamp) -> Self {
        Self { key, since, mode: Mode::Other, aux: 0, clocks: Counts::new(item::ITEMS) }
    }

    /// Writes its clocks into the interval in which they ran.
    pub(super) fn write(&mut self, open: &mut Open) {
        if self.clocks.is_empty(item::ITEMS) {
            return;
        }
        let row = open.splits.of(&self.key.split);
        for clock in 0..SUMMED {
            row.add(split_item::I_STAFFTIME + clock, self.clocks.get(item::I_STAFFTIME + clock));
        }
        open.agents.of(&self.key).absorb(&self.clocks, item::ITEMS);
        self.clocks.clear();
    }
}

/// Books so many seconds of one agent.
fn book(doing: &Doing, members: &mut [Member], seconds: i64) {
    for (i, member) in members.iter_mut().enumerate() {
        let row = &mut member.clocks;
        row.add(item::I_STAFFTIME, seconds);
        match member.mode {
            Mode::Avail => row.add(item::I_AVAILTIME, seconds),
            Mode::Ring => row.add(item::I_RINGTIME, seconds),
            Mode::Acd => row.add(item::I_ACDTIME, seconds),
            Mode::Acw => {
                row.add(item::I_ACWTIME, seconds);
                match doing.direction {
                    Some(Direction::In) => row.add(item::I_ACWINTIME, seconds),
                    Some(Direction::Out) => row.add(item::I_ACWOUTTIME, seconds),
                    None => {}
                }
            }
            Mode::Aux => {
                row.add(item::I_AUXTIME, seconds);
                row.add(item::I_AUXTIME0 + member.aux, seconds);
                own_call(doing, i, row, seconds);
            }
            Mode::Other => {
                row.add(item::I_OTHERTIME, seconds);
                if doing.held == Some(i) {
                    row.add(item::I_ACDOTHERTIME, seconds);
                }
            }
        }
    }
    let Some(oldest) = members.first_mut() else { return };
    let row = &mut oldest.clocks;
    row.add(item::TI_STAFFTIME, seconds);
    match doing.mode {
        // The `I_` clock of the split that he works for covers it.
        _ if doing.at_work => {}
        Mode::Avail => row.add(item::TI_AVAILTIME, seconds),
        Mode::Aux => {
            row.add(item::TI_AUXTIME, seconds);
            row.add(item::TI_AUXTIME0 + doing.aux, seconds);
        }
        _ => row.add(item::TI_OTHERTIME, seconds),
    }
}

/// A call of his own in AUX is booked once: in the split of the queue call he holds if he made
/// it, else in that of the oldest log-on.
fn own_call(doing: &Doing, i: usize, row: &mut Counts, seconds: i64) {
    let held = if doing.holds { seconds } else { 0 };
    match doing.direction {
        _ if doing.mode != Mode::Aux => {}
        Some(Direction::In) if i == 0 => {
            row.add(item::I_AUXINTIME, seconds);
            row.add(item::I_ACDAUXINTIME, held);
        }
        Some(Direction::Out) if i == doing.held.unwrap_or(0) => {
            row.add(item::I_AUXOUTTIME, seconds);
            row.add(item::I_ACDAUX_OUTTIME, held);
        }
        _ => {}
    }
}

/// Books the seconds from `settled` to `to` into the intervals they belong to.
pub(super) fn run(
    doing: &Doing,
    members: &mut [Member],
    settled: &mut i64,
    to: i64,
    heard: bool,
    open: &mut VecDeque<Open>,
) {
    for o in open.iter_mut() {
        let (begins, ends) = (o.interval.from.secs(), o.interval.to.secs());
        let up_to = to.min(ends);
        let from = begins.max(*settled);
        if up_to <= from {
            continue;
        }
        if heard {
            book(doing, members, up_to - from);
        }
        *settled = up_to;
        if up_to == ends {
            members.iter_mut().for_each(|m| m.write(o));
        }
    }
}
