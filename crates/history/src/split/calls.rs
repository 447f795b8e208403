//! Calls in a split: each turn of a visit is one offer with one end (cms.md 1.2, 1.3).

use super::items as item;
use crate::Books;
use crate::items::Counts;
use crate::ledger::{Rang, RangEnd, Served, Visit, VisitEnd};
use crate::settings::Rona;
use facts::{Outcome, SplitId, Stamp};

/// A wait and how the profile judges it.
#[derive(Clone, Copy)]
struct Wait {
    seconds: i64,
    /// From 0.
    bin: usize,
    acceptable: bool,
}

impl Books {
    /// A wait of an offer that began with the join, or with this turn.
    fn wait(&self, split: &SplitId, joined: Stamp, since: Stamp, until: Stamp) -> Wait {
        let began = match self.settings.rona {
            Rona::Requeue => since,
            Rona::SameOffer => joined,
        };
        let seconds = (until.secs() - began.secs()).max(0);
        let profile = self.settings.split_profile(split, began);
        let bin = profile.bin(seconds).saturating_sub(1);
        Wait { seconds, bin, acceptable: profile.acceptable(seconds) }
    }

    pub(crate) fn visit_in_split(&mut self, visit: &Visit, at: Stamp) {
        let wait = self.wait(&visit.split, visit.joined, visit.since, at);
        let (rona, refused_count) = (self.settings.rona, self.settings.refused_are_offered);
        let row = self.rows(at).splits.of(&visit.split);
        let refused = match visit.end {
            VisitEnd::Ended(Outcome::Full) => Some(item::REFUSED_FULL),
            VisitEnd::Ended(Outcome::JoinEmpty) => Some(item::REFUSED_EMPTY),
            VisitEnd::Ended(_) => None,
            VisitEnd::Requeued => {
                row.add(item::NOANSREDIR, 1);
                if rona == Rona::SameOffer {
                    return;
                }
                began(row, visit.inflow, visit.requeued, rona);
                flowed_out(row, wait);
                return;
            }
        };
        if let Some(refused) = refused {
            row.add(refused, 1);
            if refused_count {
                for i in [item::CALLSOFFERED, item::BUSYCALLS, item::OTHERCALLS] {
                    row.add(i, 1);
                }
            }
            return;
        }
        began(row, visit.inflow, visit.requeued, rona);
        row.add(item::ENTERED, 1);
        let own = match visit.end {
            VisitEnd::Ended(Outcome::Abandoned) => {
                abandoned(row, wait);
                row.add(item::ABNRINGCALLS, i64::from(!visit.ringing.is_empty()));
                row.add(item::ABANDONED, 1);
                return;
            }
            VisitEnd::Ended(Outcome::Lost) => {
                for i in [item::DISCCALLS, item::OTHERCALLS, item::LOST] {
                    row.add(i, 1);
                }
                row.add(item::DISCTIME, wait.seconds);
                row.add(item::OTHERTIME, wait.seconds);
                row.max(item::MAXOCWTIME, wait.seconds);
                return;
            }
            VisitEnd::Ended(Outcome::TimedOut) => item::TIMED_OUT,
            VisitEnd::Ended(Outcome::LeftEmpty) => item::LEFT_EMPTY,
            VisitEnd::Ended(Outcome::ExitKey) => item::EXIT_KEY,
            _ => item::TAKEN_OUT,
        };
        row.add(own, 1);
        flowed_out(row, wait);
    }

    pub(crate) fn served_in_split(&mut self, served: &Served, at: Stamp) {
        let phantom = self.is_phantom(served);
        let until = if phantom { served.ended } else { served.answered };
        let wait = self.wait(&served.split, served.joined, served.since, until);
        let rona = self.settings.rona;
        let row = self.rows(at).splits.of(&served.split);
        began(row, served.inflow, served.requeued, rona);
        row.add(item::ENTERED, 1);
        row.add(item::ANSWERED, 1);
        if let Some(seconds) = served.ring_s() {
            row.add(item::RINGCALLS, 1);
            row.add(item::RINGTIME, seconds);
        }
        row.add(item::HOLDCALLS, i64::from(!served.holds.is_empty()));
        row.add(item::HOLDTIME, served.hold_s());
        row.add(item::HOLDABNCALLS, i64::from(served.hold_abandoned));
        row.add(item::TRANSFERRED, i64::from(served.transferred));
        row.add(item::CONFERENCE, i64::from(served.conferenced));
        if phantom {
            abandoned(row, wait);
            row.add(item::PHANTOMABNS, 1);
            return;
        }
        row.add(item::ACDCALLS, 1);
        row.add(item::ACDCALLS1 + wait.bin, 1);
        row.add(item::ACDTIME, served.talk_s());
        row.add(item::ANSTIME, wait.seconds);
        row.add(item::ACWTIME, served.acw_s());
        row.add(item::ACCEPTABLE, i64::from(wait.acceptable));
        row.add(item::BACKUPCALLS, i64::from(served.requeued && rona == Rona::Requeue));
        let priority = match served.priority {
            0 => item::LOWCALLS,
            1 => item::MEDCALLS,
            2 => item::HIGHCALLS,
            _ => item::TOPCALLS,
        };
        row.add(priority, 1);
        row.max(item::MAXOCWTIME, wait.seconds);
    }

    pub(crate) fn rang_in_split(&mut self, rang: &Rang, at: Stamp) {
        if rang.end == RangEnd::Refused {
            return;
        }
        let row = self.rows(at).splits.of(&rang.split);
        row.add(item::RINGCALLS, 1);
        row.add(item::RINGTIME, (at.secs() - rang.since.secs()).max(0));
    }

    /// Talk shorter than `phantom_s` is no answer (cms.md 1.4).
    pub(crate) fn is_phantom(&self, served: &Served) -> bool {
        served.talk_s() < i64::from(self.settings.phantom_s)
    }
}

/// An offer began: from another split, or because nobody took the one before.
fn began(row: &mut Counts, inflow: bool, requeued: bool, rona: Rona) {
    row.add(item::CALLSOFFERED, 1);
    let again = requeued && rona == Rona::Requeue;
    row.add(item::INFLOWCALLS, i64::from(inflow || again));
}

fn flowed_out(row: &mut Counts, wait: Wait) {
    row.add(item::OUTFLOWCALLS, 1);
    row.add(item::OTHERCALLS, 1);
    row.add(item::OUTFLOWTIME, wait.seconds);
    row.add(item::OTHERTIME, wait.seconds);
    row.add(item::SLVLOUTFLOWS, i64::from(wait.acceptable));
    row.max(item::MAXOCWTIME, wait.seconds);
}

fn abandoned(row: &mut Counts, wait: Wait) {
    row.add(item::ABNCALLS, 1);
    row.add(item::ABNCALLS1 + wait.bin, 1);
    row.add(item::ABNTIME, wait.seconds);
    row.add(item::SLVLABNS, i64::from(wait.acceptable));
    row.max(item::MAXOCWTIME, wait.seconds);
}
