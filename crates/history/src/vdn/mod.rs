//! VDNs: what CMS counts of whole calls (cms.md 3.5). The parts of a call are gathered until it is
//! over and no agent works on it any more; then it is booked, whole, in the interval that holds
//! the last of these moments: at its VDN, its vector, its trunk, and as call records.

mod columns;
mod gather;
#[cfg(test)]
mod tests;
pub(crate) mod vector;
pub(crate) mod whole;

use crate::calendar::Interval;
use crate::items::{Counts, UNKNOWN};
use crate::ledger::{AgentNow, CallOver, Mode, Rang, RangEnd, Served, Visit};
use crate::rows::Open;
use crate::settings::Settings;
use crate::{Books, records, trunk};
use columns::*;
use facts::{CallId, Stamp, Text};
use whole::{Disposition, Where, Whole};

pub(crate) use columns::{IDENTITIES, ITEMS};
pub(crate) use gather::{Calls, Parts};

/// A row: a VDN and the vector it led to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) vdn: Text,
    /// Empty if it is not known.
    pub(crate) vector: Text,
}

impl Books {
    pub(crate) fn entered(
        &mut self,
        call: &CallId,
        vdn: Option<&Text>,
        vector: Option<&Text>,
        at: Stamp,
    ) {
        let Some(vdn) = vdn else { return };
        let key = Key { vdn: vdn.clone(), vector: vector.cloned().unwrap_or_default() };
        if self.calls.enter(call, key.clone(), at, self.heard, &mut self.open) {
            self.rows(at).vdns.of(&key).add(I_ARRIVED, 1);
        }
    }

    /// An agent who talks to a call ends its waiting.
    pub(crate) fn talks(&mut self, now: &AgentNow, at: Stamp) {
        if let Some(call) = &now.call
            && matches!(now.mode, Mode::Acd | Mode::Acw | Mode::Aux)
        {
            self.calls.talks(call, at, self.heard, &mut self.open);
        }
    }

    pub(crate) fn visit_in_call(&mut self, visit: &Visit, at: Stamp) {
        self.calls.turn(visit, at);
    }

    pub(crate) fn served_in_call(&mut self, served: &Served, at: Stamp) {
        let call = self.calls.serve(served, at);
        self.book_if_complete(call);
    }

    pub(crate) fn rang_in_call(&mut self, rang: &Rang, at: Stamp) {
        // A phone that refuses at once has not rung.
        if rang.end != RangEnd::Refused {
            self.calls.rang(rang, at);
        }
    }

    pub(crate) fn call_over(&mut self, over: &CallOver, at: Stamp) {
        let Some(call) = self.calls.over(over, at, self.heard, &mut self.open) else { return };
        if let Some(channel) = &over.channel {
            match self.trunks.trunk_of(channel, call, at, &self.calendar) {
                trunk::Found::Idle(seizure) => self.calls.trunk(call, Some(seizure)),
                trunk::Found::InUse => self.calls.trunk(call, None),
                trunk::Found::Unknown => {}
            }
        }
        let others = self.trunks.others_of(&over.ids, at, &self.calendar);
        self.calls.others(call, others);
        self.book_if_complete(call);
    }

    /// Books a call if all of it is there.
    pub(crate) fn book_if_complete(&mut self, call: u64) {
        if let Some(parts) = self.calls.take_complete(call) {
            self.book(&parts);
        }
    }

    /// An interval ends: what nobody will hear of again is given up.
    pub(crate) fn give_up_calls(&mut self, now: Stamp) {
        self.calls.give_up_silent(now);
        for parts in self.calls.take_late() {
            self.book(&parts);
        }
    }

    fn book(&mut self, parts: &Parts) {
        let Some(((over, ended), at)) = parts.over.as_ref().zip(parts.at()) else { return };
        let call = Whole::of(parts, over, *ended, &self.settings);
        records::call_rec::push(self, parts, over, *ended, &call);
        let grade = over.vdn.as_ref().map(|vdn| {
            let profile = self.settings.vdn_profile(vdn, over.began);
            (profile.bin(call.wait), profile.acceptable(call.wait))
        });
        let open = self.rows(at);
        if let Some((vdn, (bin, acceptable))) = over.vdn.as_ref().zip(grade) {
            let vector = over.vector.clone().unwrap_or_default();
            book(open, &Key { vdn: vdn.clone(), vector }, &call, bin, acceptable);
        }
        if let Some(vector) = &over.vector {
            vector::book(open.vectors.of(vector), &call);
        }
        if let Some(seizure) = &parts.trunk {
            trunk::book(open, seizure, Some(&call));
        }
        for seizure in &parts.others {
            trunk::book_other(open, seizure, &call);
        }
    }

    /// Calls and parts of calls whose rest never came, or that were too many to be kept.
    pub fn given_up(&self) -> u64 {
        self.calls.given_up
    }
}

/// So many calls were in a VDN.
fn in_progress(open: &mut Open, key: &Key, n: i64) {
    open.vdns.of(key).max(MAXINPROGRESS, n);
}

/// So many of them waited.
fn waiting(open: &mut Open, key: &Key, n: i64) {
    open.vdns.of(key).max(MAXWAITING, n);
}

/// Books a call at its VDN. `bin` and `acceptable`: how its wait is by the call profile.
fn book(open: &mut Open, key: &Key, call: &Whole, bin: usize, acceptable: bool) {
    let row = open.vdns.of(key);
    row.add(INCALLS, 1);
    row.add(INTIME, call.wait + call.work.talk + call.work.hold + call.rest);
    row.add(ACDTIME, call.work.talk);
    row.add(ACWTIME, call.work.acw);
    row.add(HOLDCALLS, call.held.into());
    row.add(HOLDTIME, call.work.hold);
    row.add(HOLDABNCALLS, call.hold_abandoned.into());
    row.add(HOLDACDCALLS, call.held.into());
    row.add(HOLDACDTIME, call.work.hold);
    row.add(CONNTALKTIME, call.rest);
    row.add(OTHERTIME, call.rest);
    row.add(RINGCALLS, call.rings);
    row.add(RINGTIME, call.ring);
    row.add(NOANSREDIR, call.requeues);
    row.add(TRANSFERRED, call.transferred.into());
    row.add(LOST, call.lost.into());
    row.max(MAXOCWTIME, call.wait);
    let in_bin = |first: usize| first + bin.saturating_sub(1);
    match call.disposition {
        Disposition::Acd => {
            row.add(ACDCALLS, 1);
            row.add(ANSTIME, call.wait);
            row.add(BACKUPCALLS, call.backup.into());
            row.add(in_bin(ANSCONNCALLS1), 1);
            row.add(ACCEPTABLE, acceptable.into());
        }
        Disposition::Connected => {
            other(row, call, CONNECTCALLS, CONNECTTIME);
            row.add(in_bin(ANSCONNCALLS1), 1);
            row.add(ACCEPTABLE, acceptable.into());
        }
        Disposition::Abandoned(at) => {
            row.add(ABNCALLS, 1);
            row.add(ABNTIME, call.wait);
            row.add(in_bin(ABNCALLS1), 1);
            row.add(SLVLABNS, acceptable.into());
            match at {
                Where::Vector => {}
                Where::Queue => row.add(ABNQUECALLS, 1),
                Where::Ring => row.add(ABNRINGCALLS, 1),
                Where::Phantom => row.add(PHANTOMABNS, 1),
            }
        }
        Disposition::Outflow => {
            other(row, call, OUTFLOWCALLS, OUTFLOWTIME);
            row.add(INTERFLOWCALLS, 1);
            row.add(SLVLOUTFLOWS, acceptable.into());
        }
        Disposition::Busy => other(row, call, BUSYCALLS, BUSYTIME),
        Disposition::Disconnected | Disposition::Unanswered => {
            other(row, call, DISCCALLS, DISCTIME);
            row.add(VDISCCALLS, (!call.queued).into());
        }
    }
}

fn other(row: &mut Counts, call: &Whole, calls: usize, time: usize) {
    row.add(OTHERCALLS, 1);
    row.add(OTHERTIME, call.wait);
    row.add(calls, 1);
    row.add(time, call.wait);
}

/// What an administrator says of VDNs, at the end of an interval.
pub(crate) fn administer(open: &mut Open, settings: &Settings) {
    let Interval { from, to, .. } = open.interval;
    for (key, row) in open.vdns.each_mut() {
        // In force at its last moment, as CMS takes the last for a day.
        let now = settings.vdn_profile(&key.vdn, to.plus(-1));
        let before = settings.vdn_profile(&key.vdn, from);
        row.set(SERVICELEVEL, now.service_level_s.into());
        for (n, item) in PERIODS.into_iter().enumerate() {
            row.set(item, now.periods_s.get(n).map_or(UNKNOWN, |p| i64::from(*p)));
        }
        row.set(SVCLEVELCHG, (now.service_level_s != before.service_level_s).into());
        row.set(PERIODCHG, (now.periods_s != before.periods_s).into());
    }
}
