//! Calls that are not over: their parts, by any id they have been known by, until all is there.
//!
//! A call is complete when its [`CallOver`] has come, as many [`Served`] as it said were to come,
//! and its trunk is idle. One that is not heard of for a day, and the oldest when there are too
//! many, is given up: what was said to be over is booked as far as it came, the rest is
//! dropped, and both are counted.

use super::Key;
use crate::lasting::Lasting;
use crate::ledger::{CallOver, Rang, Served, Visit, VisitEnd};
use crate::rows::Open;
use crate::trunk::Seizure;
use facts::{CallId, SplitId, Stamp};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeMap, VecDeque};

/// So many calls live at most; beyond, the oldest is given up.
const LIVE_MAX: usize = 200_000;

/// So many visits, services and rings of one call are kept, each; further ones are left out and
/// counted as given up.
const PARTS_MAX: usize = 1_000;

/// A call that nothing was heard of for so long is given up (seconds).
const SILENT_MAX: i64 = 86_400;

/// A turn in a split that was not answered.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) split: SplitId,
    pub(crate) joined: Stamp,
    pub(crate) at: Stamp,
    pub(crate) end: VisitEnd,
    pub(crate) priority: u32,
}

/// A call that came to a VDN.
#[derive(Clone, Debug)]
struct Entered {
    key: Key,
    /// No agent has talked to it.
    waits: bool,
}

/// What is known of a call so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    ids: Vec<CallId>,
    /// The last time that it was heard of.
    seen: Stamp,
    entered: Vec<Entered>,
    /// Turns that were not answered, as they ended.
    pub(crate) turns: Vec<Turn>,
    /// By [`Served::answered`].
    pub(crate) served: Vec<Served>,
    /// Rings that were not answered: from, to.
    pub(crate) rings: Vec<(Stamp, Stamp)>,
    /// How many [`Served`] have come.
    came: u32,
    /// How many of them there will be, known when it is over.
    due: u32,
    /// Its end and the moment of it.
    pub(crate) over: Option<(CallOver, Stamp)>,
    /// Its trunk, idle again.
    pub(crate) trunk: Option<Seizure>,
    /// Other trunks it took: it was led to outside.
    pub(crate) others: Vec<Seizure>,
    /// Its trunk is not idle yet.
    trunk_due: bool,
    /// Parts that were too many.
    left_out: u64,
}

impl Parts {
    fn complete(&self) -> bool {
        self.over.is_some() && self.came >= self.due && !self.trunk_due
    }

    /// The moment at which it counts: all of it is over.
    pub(crate) fn at(&self) -> Option<Stamp> {
        let (_, ended) = self.over.as_ref()?;
        let worked = self.served.iter().map(|s| s.acw_ended).max();
        let idle = self.trunk.as_ref().map(|t| t.idle);
        Some((*ended).max(worked.unwrap_or(*ended)).max(idle.unwrap_or(*ended)))
    }

    fn absorb(&mut self, other: Self) {
        self.seen = self.seen.max(other.seen);
        self.ids.extend(other.ids);
        self.entered.extend(other.entered);
        self.turns.extend(other.turns);
        self.served.extend(other.served);
        self.served.sort_by_key(|s| s.answered);
        self.rings.extend(other.rings);
        self.came += other.came;
        self.left_out += other.left_out;
        self.trunk = self.trunk.take().or(other.trunk);
    }
}

/// Calls of one VDN now.
#[derive(Clone, Copy, Debug)]
struct Now {
    in_progress: Lasting,
    waiting: Lasting,
}

impl Now {
    /// It was so up to a moment.
    fn run_to(&mut self, key: &Key, at: Stamp, heard: bool, open: &mut VecDeque<Open>) {
        self.in_progress.run_to(at, heard, open, |open, n, _| super::in_progress(open, key, n));
        self.waiting.run_to(at, heard, open, |open, n, _| super::waiting(open, key, n));
    }

    /// A call is there no longer.
    fn leave(&mut self, call: &Entered) {
        self.in_progress.n -= 1;
        self.waiting.n -= i64::from(call.waits);
    }
}

/// Calls that are not over.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    ids: IndexMap<CallId, u64, FxBuildHasher>,
    /// By serial number: the oldest first.
    live: BTreeMap<u64, Parts>,
    next: u64,
    now: BTreeMap<Key, Now>,
    /// Calls that were given up complete enough to be booked.
    late: Vec<Parts>,
    /// Calls, and parts of calls, that were given up.
    pub(crate) given_up: u64,
}

impl Calls {
    /// The call of this id, made if there is none.
    fn serial(&mut self, id: &CallId) -> u64 {
        if let Some(serial) = self.ids.get(id) {
            return *serial;
        }
        while self.live.len() >= LIVE_MAX {
            let Some(oldest) = self.live.keys().next().copied() else { break };
            self.give_up(oldest);
        }
        self.next += 1;
        self.ids.insert(id.clone(), self.next);
        self.live.insert(self.next, Parts { ids: vec![id.clone()], ..Parts::default() });
        self.next
    }

    fn part(&mut self, id: &CallId, at: Stamp) -> (u64, &mut Parts) {
        let serial = self.serial(id);
        let parts = self.live.entry(serial).or_default();
        parts.seen = parts.seen.max(at);
        (serial, parts)
    }

    /// A call came to a VDN; whether it is new there.
    pub(super) fn enter(
        &mut self,
        call: &CallId,
        key: Key,
        at: Stamp,
        heard: bool,
        open: &mut VecDeque<Open>,
    ) -> bool {
        let (_, parts) = self.part(call, at);
        if !parts.entered.is_empty() {
            return false;
        }
        parts.entered.push(Entered { key: key.clone(), waits: true });
        let none = Lasting::new(0, at);
        let now = self.now.entry(key.clone()).or_insert(Now { in_progress: none, waiting: none });
        now.run_to(&key, at, heard, open);
        now.in_progress.n += 1;
        now.waiting.n += 1;
        true
    }

    /// An agent talks to a call: it waits no longer.
    pub(super) fn talks(
        &mut self,
        call: &CallId,
        at: Stamp,
        heard: bool,
        open: &mut VecDeque<Open>,
    ) {
        let Some(parts) = self.ids.get(call).and_then(|serial| self.live.get_mut(serial)) else {
            return;
        };
        for entered in parts.entered.iter_mut().filter(|e| e.waits) {
            entered.waits = false;
            if let Some(now) = self.now.get_mut(&entered.key) {
                now.run_to(&entered.key, at, heard, open);
                now.waiting.n -= 1;
            }
        }
    }

    /// How many calls are in VDNs and wait there goes into the maxima, up to a moment.
    pub(crate) fn run_to(&mut self, at: Stamp, heard: bool, open: &mut VecDeque<Open>) {
        for (key, now) in &mut self.now {
            now.run_to(key, at, heard, open);
        }
        self.now.retain(|_, now| now.in_progress.n > 0);
    }

    pub(super) fn turn(&mut self, visit: &Visit, at: Stamp) {
        let (_, parts) = self.part(&visit.call, at);
        if parts.turns.len() >= PARTS_MAX {
            parts.left_out += 1;
            return;
        }
        parts.turns.push(Turn {
            split: visit.split.clone(),
            joined: visit.joined,
            at,
            end: visit.end,
            priority: visit.priority,
        });
    }

    pub(super) fn serve(&mut self, served: &Served, at: Stamp) -> u64 {
        let (serial, parts) = self.part(&served.call, at);
        parts.came += 1;
        if parts.served.len() >= PARTS_MAX {
            parts.left_out += 1;
            return serial;
        }
        let place = parts.served.partition_point(|s| s.answered <= served.answered);
        parts.served.insert(place, served.clone());
        serial
    }

    pub(super) fn rang(&mut self, rang: &Rang, at: Stamp) {
        let (_, parts) = self.part(&rang.call, at);
        if parts.rings.len() >= PARTS_MAX {
            parts.left_out += 1;
        } else {
            parts.rings.push((rang.since, at));
        }
    }

    /// A call is over: all that is known by any of its ids is one.
    pub(super) fn over(
        &mut self,
        over: &CallOver,
        at: Stamp,
        heard: bool,
        open: &mut VecDeque<Open>,
    ) -> Option<u64> {
        let first = over.ids.first()?;
        let (serial, _) = self.part(first, at);
        for id in &over.ids {
            match self.ids.insert(id.clone(), serial) {
                Some(other) if other == serial => {}
                Some(other) => {
                    let Some(other) = self.live.remove(&other) else { continue };
                    for id in &other.ids {
                        self.ids.insert(id.clone(), serial);
                    }
                    if let Some(parts) = self.live.get_mut(&serial) {
                        parts.absorb(other);
                    }
                }
                None => {
                    if let Some(parts) = self.live.get_mut(&serial) {
                        parts.ids.push(id.clone());
                    }
                }
            }
        }
        let parts = self.live.get_mut(&serial)?;
        parts.due = parts.came.saturating_add(over.pending);
        parts.over = Some((over.clone(), at));
        for entered in std::mem::take(&mut parts.entered) {
            if let Some(now) = self.now.get_mut(&entered.key) {
                now.run_to(&entered.key, at, heard, open);
                now.leave(&entered);
            }
        }
        Some(serial)
    }

    /// The trunk of a call: idle again, or not yet.
    pub(crate) fn trunk(&mut self, serial: u64, trunk: Option<Seizure>) {
        if let Some(parts) = self.live.get_mut(&serial) {
            parts.trunk_due = trunk.is_none();
            parts.trunk = trunk;
        }
    }

    /// Trunks that a call took beside its own.
    pub(super) fn others(&mut self, serial: u64, others: Vec<Seizure>) {
        if let Some(parts) = self.live.get_mut(&serial) {
            parts.others = others;
        }
    }

    /// Takes a call out of which all is there.
    pub(super) fn take_complete(&mut self, serial: u64) -> Option<Parts> {
        if !self.live.get(&serial)?.complete() {
            return None;
        }
        self.take(serial)
    }

    fn take(&mut self, serial: u64) -> Option<Parts> {
        let parts = self.live.remove(&serial)?;
        for id in &parts.ids {
            if self.ids.get(id) == Some(&serial) {
                self.ids.swap_remove(id);
            }
        }
        for entered in &parts.entered {
            if let Some(now) = self.now.get_mut(&entered.key) {
                now.leave(entered);
            }
        }
        self.given_up += parts.left_out;
        Some(parts)
    }

    fn give_up(&mut self, serial: u64) {
        let Some(parts) = self.take(serial) else { return };
        self.given_up += 1;
        if parts.over.is_some() {
            self.late.push(parts);
        }
    }

    /// Gives up what was not heard of for a day.
    pub(super) fn give_up_silent(&mut self, now: Stamp) {
        let silent = |p: &Parts| now.secs() - p.seen.secs() > SILENT_MAX;
        let old: Vec<u64> =
            self.live.iter().filter(|(_, p)| silent(p)).map(|(serial, _)| *serial).collect();
        for serial in old {
            self.give_up(serial);
        }
    }

    /// Those given up that are to be booked as far as they came.
    pub(super) fn take_late(&mut self) -> Vec<Parts> {
        std::mem::take(&mut self.late)
    }

    /// The switch started anew: no call is up. What is to be booked of those that were still comes.
    pub(crate) fn restarted(&mut self) {
        self.now.clear();
        for parts in self.live.values_mut() {
            parts.entered.clear();
        }
    }

    /// How many are not over, for tests.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.live.len().max(self.ids.len())
    }
}
