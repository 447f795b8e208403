//! What a call comes to when it is over and no agent works on it any more: the figures that its
//! VDN, vector, trunk and call record share. Every moment is rounded down to its second before
//! two are subtracted.

use super::gather::Parts;
use crate::ledger::{CallOver, EndedBy, Served, VisitEnd, Way};
use crate::settings::Settings;
use facts::{Outcome, Stamp};

/// Where a caller gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Where {
    /// Neither waiting in a split nor ringing at an agent.
    Vector,
    /// Waiting in a split, ringing at nobody.
    Queue,
    /// Ringing at an agent.
    Ring,
    /// Nowhere: the talk was too short to be one (CMS PHANTOMABNS).
    Phantom,
}

/// What became of a call as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disposition {
    /// An agent of a split answered it.
    Acd,
    /// Somebody else answered it.
    Connected,
    /// It was led to outside and answered there.
    Outflow,
    /// The caller hung up before any answer.
    Abandoned(Where),
    /// The last split it came to refused it, then the switch ended it.
    Busy,
    /// Ended unanswered by other than the caller, or the end was not seen.
    Disconnected,
    /// A call from inside that was in no split and that nobody answered.
    Unanswered,
}

/// An agent's work on a call in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Work {
    /// Talk, hold excluded.
    pub(crate) talk: i64,
    pub(crate) hold: i64,
    /// After-call work.
    pub(crate) acw: i64,
}

impl Work {
    pub(crate) fn of(served: &Served) -> Self {
        Self { talk: served.talk_s(), hold: served.hold_s(), acw: served.acw_s() }
    }
}

/// Whole seconds between two moments, 0 if the second is earlier.
pub(crate) fn seconds(from: Stamp, to: Stamp) -> i64 {
    to.secs().saturating_sub(from.secs()).max(0)
}

/// What a call comes to; times in whole seconds.
#[derive(Clone, Debug)]
pub(crate) struct Whole {
    pub(crate) disposition: Disposition,
    /// When anybody first answered it.
    pub(crate) answered: Option<Stamp>,
    /// Begin to the first answer, or to the end if there was none.
    pub(crate) wait: i64,
    /// Of all agents.
    pub(crate) work: Work,
    /// What is left of its life after the first answer; 0 if there was none.
    pub(crate) rest: i64,
    /// An agent held it.
    pub(crate) held: bool,
    /// The caller hung up on hold.
    pub(crate) hold_abandoned: bool,
    /// The first agent got it after a requeue.
    pub(crate) backup: bool,
    /// It was in a split, or refused by one.
    pub(crate) queued: bool,
    /// How often it rang; phones that ring at once are one time.
    pub(crate) rings: i64,
    /// How long it rang.
    pub(crate) ring: i64,
    /// How often all phones that rang for it rang out.
    pub(crate) requeues: i64,
    pub(crate) transferred: bool,
    pub(crate) lost: bool,
}

impl Whole {
    /// Adds up the parts of a call that ended at `ended`.
    pub(crate) fn of(parts: &Parts, over: &CallOver, ended: Stamp, settings: &Settings) -> Self {
        let mut work = Work::default();
        let mut first: Option<&Served> = None;
        for served in &parts.served {
            let one = Work::of(served);
            if one.talk < i64::from(settings.phantom_s) {
                continue;
            }
            work.talk += one.talk;
            work.hold += one.hold;
            work.acw += one.acw;
            if first.is_none_or(|f| served.answered < f.answered) {
                first = Some(served);
            }
        }
        let disposition = match first {
            Some(_) => Disposition::Acd,
            None if !parts.served.is_empty() => Disposition::Abandoned(Where::Phantom),
            None => unserved(over, parts),
        };
        let answered = match (over.answered, first.map(|f| f.answered)) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        // What is answered outside has left.
        let span = seconds(over.began, ended);
        let was_answered = matches!(disposition, Disposition::Acd | Disposition::Connected);
        let left = if disposition == Disposition::Outflow { answered } else { None };
        let span = left.map_or(span, |a| seconds(over.began, a));
        let wait = answered.filter(|_| was_answered).map_or(span, |a| seconds(over.began, a));
        let (rings, ring) = ringing(parts);
        let requeued = |end| matches!(end, VisitEnd::Requeued);
        Self {
            disposition,
            answered,
            wait,
            work,
            // With two agents at once there may be less than nothing left.
            rest: (span - wait - work.talk - work.hold).max(0),
            held: parts.served.iter().any(|s| !s.holds.is_empty()),
            hold_abandoned: parts.served.iter().any(|s| s.hold_abandoned),
            backup: first.is_some_and(|s| s.requeued),
            queued: over.queued.is_some() || over.outcome.is_some(),
            rings,
            ring,
            requeues: parts.turns.iter().map(|t| i64::from(requeued(t.end))).sum(),
            transferred: over.transfers > 0,
            lost: over.lost,
        }
    }
}

/// What became of a call that no agent of a split answered.
fn unserved(over: &CallOver, parts: &Parts) -> Disposition {
    let by_caller = over.ended_by == EndedBy::Caller;
    let outside = |at| over.way == Way::In && parts.others.iter().any(|t| t.was_out(at));
    match over.outcome {
        _ if over.answered.is_some_and(outside) => Disposition::Outflow,
        _ if over.answered.is_some() => Disposition::Connected,
        _ if over.lost => Disposition::Disconnected,
        None if over.way != Way::In => Disposition::Unanswered,
        Some(Outcome::Abandoned) if over.abandoned_ringing => Disposition::Abandoned(Where::Ring),
        Some(Outcome::Abandoned) => Disposition::Abandoned(Where::Queue),
        _ if by_caller => Disposition::Abandoned(Where::Vector),
        Some(Outcome::JoinEmpty | Outcome::Full) => Disposition::Busy,
        _ => Disposition::Disconnected,
    }
}

/// How often a call rang, and how long.
fn ringing(parts: &Parts) -> (i64, i64) {
    let answered = parts.served.iter().filter_map(|s| Some((s.rang?, s.answered)));
    let mut rings: Vec<(Stamp, Stamp)> = parts.rings.iter().copied().chain(answered).collect();
    rings.sort_unstable();
    let (mut times, mut long) = (0, 0);
    let mut last: Option<(Stamp, Stamp)> = None;
    for (from, to) in rings {
        match &mut last {
            Some((_, end)) if from < *end => *end = to.max(*end),
            _ => {
                long += last.map_or(0, |(from, to)| seconds(from, to));
                times += 1;
                last = Some((from, to));
            }
        }
    }
    (times, long + last.map_or(0, |(from, to)| seconds(from, to)))
}
