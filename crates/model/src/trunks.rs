//! Endpoints: whose phone a device is, or which trunk group, what is open on it; and what is
//! counted per trunk group, VDN and vector when a call is over.

use crate::Model;
use crate::agents::Agent;
use crate::arena::Key;
use crate::calls::{Call, Party, Way};
use crate::channels::Channel;
use facts::{DeviceId, Direction, Outcome, Stamp, Text};
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// How many VDNs and vectors are counted a day; more are the work of somebody who dials at
/// random. The rest is not counted and an anomaly says so.
const ENTRIES_MAX: usize = 10_000;

/// A phone or a trunk group. Kept as long as it has channels, agents or counts.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: DeviceId,
    pub(crate) agents: Vec<Key<Agent>>,
    pub(crate) channels: IndexSet<Key<Channel>, FxBuildHasher>,
    /// Of `channels`: calling in.
    pub(crate) calling_in: usize,
    pub(crate) trunk: bool,
    pub(crate) tally: TrunkTally,
}

/// What is counted per trunk group today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TrunkTally {
    pub(crate) seized_in: i64,
    pub(crate) seized_out: i64,
    pub(crate) max_in_use: usize,
    /// Calls in, finished.
    pub(crate) calls: EntryTally,
    pub(crate) in_time: i64,
    pub(crate) out_calls: i64,
    pub(crate) out_time: i64,
    pub(crate) completed: i64,
}

/// What is counted of finished calls from outside, today. Times in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct EntryTally {
    pub(crate) calls: i64,
    pub(crate) acd: i64,
    pub(crate) abandoned: i64,
    pub(crate) abandoned_queue: i64,
    pub(crate) abandoned_ringing: i64,
    pub(crate) connected: i64,
    pub(crate) other: i64,
    pub(crate) answer_time: i64,
    pub(crate) abandon_time: i64,
    pub(crate) acd_time: i64,
    pub(crate) hold_calls: i64,
    pub(crate) hold_time: i64,
    pub(crate) transferred: i64,
}

impl EntryTally {
    pub(crate) const fn each(&self) -> [i64; 13] {
        [
            self.calls,
            self.acd,
            self.abandoned,
            self.abandoned_queue,
            self.abandoned_ringing,
            self.connected,
            self.other,
            self.answer_time,
            self.abandon_time,
            self.acd_time,
            self.hold_calls,
            self.hold_time,
            self.transferred,
        ]
    }

    /// Books a finished call: answered through a split, hung up by the caller before an answer,
    /// or any other end.
    fn add(&mut self, call: &Call, ended: Stamp) {
        self.calls += 1;
        let whole = ended.since(call.began).max(0);
        if let Some(at) = call.acd_at {
            self.acd += 1;
            self.answer_time += at.since(call.began).max(0);
            self.acd_time += call.talk;
        } else if let Some(_at) = call.answered_at {
            self.connected += 1;
            self.other += 1;
        } else if call.outcome == Some(Outcome::Abandoned)
            || (call.outcome.is_none() && call.hangup == Some(Party::Caller))
        {
            self.abandoned += 1;
            self.abandoned_queue += i64::from(call.outcome.is_some() && !call.abandoned_ringing);
            self.abandoned_ringing += i64::from(call.abandoned_ringing);
            self.abandon_time += whole;
        } else {
            self.other += 1;
        }
        self.hold_calls += i64::from(call.was_held);
        self.hold_time += call.hold;
        self.transferred += i64::from(call.transfers > 0);
    }
}

impl Model {
    /// The endpoint of this name, made if unknown.
    pub(crate) fn endpoint(&mut self, device: &DeviceId) -> Key<Endpoint> {
        if let Some(key) = self.endpoint_ids.get(device) {
            return *key;
        }
        let key = self.endpoints.insert(Endpoint {
            id: device.clone(),
            agents: Vec::new(),
            channels: IndexSet::default(),
            calling_in: 0,
            trunk: self.settings.is_trunk(device, false),
            tally: TrunkTally::default(),
        });
        self.endpoint_ids.insert(device.clone(), key);
        key
    }

    pub(crate) fn endpoint_gains(
        &mut self,
        key: Key<Endpoint>,
        channel: Key<Channel>,
        direction: Direction,
    ) {
        let Some(e) = self.endpoints.get_mut(key) else { return };
        e.channels.insert(channel);
        match direction {
            Direction::In => {
                e.calling_in += 1;
                e.tally.seized_in += 1;
            }
            Direction::Out => e.tally.seized_out += 1,
        }
        e.tally.max_in_use = e.tally.max_in_use.max(e.channels.len());
    }

    pub(crate) fn endpoint_loses(
        &mut self,
        key: Key<Endpoint>,
        channel: Key<Channel>,
        direction: Direction,
    ) {
        let Some(e) = self.endpoints.get_mut(key) else { return };
        if e.channels.swap_remove(&channel) && direction == Direction::In {
            e.calling_in = e.calling_in.saturating_sub(1);
        }
    }

    /// An endpoint without channels, agents and counts is nothing.
    pub(crate) fn forget_endpoint(&mut self, key: Key<Endpoint>) {
        let idle = |e: &Endpoint| e.channels.is_empty() && e.agents.is_empty() && !e.trunk;
        if self.endpoints.get(key).is_some_and(idle)
            && let Some(e) = self.endpoints.remove(key)
        {
            self.endpoint_ids.swap_remove(&e.id);
        }
    }

    /// The name of the VDN a call came in by: of calls from outside only.
    pub(crate) fn vdn_of(&self, call: &Call) -> Option<Text> {
        if call.dialled.is_empty() {
            return None;
        }
        Some(self.settings.vdns.get(&call.dialled).unwrap_or(&call.dialled).clone())
    }

    /// The name of the vector a call came in by.
    pub(crate) fn vector_of(&self, call: &Call) -> Option<Text> {
        if call.context.is_empty() {
            return None;
        }
        Some(self.settings.vectors.get(&call.context).unwrap_or(&call.context).clone())
    }

    /// Books a finished call with its trunk group, VDN and vector.
    pub(crate) fn count_call(&mut self, call: &Call) {
        let Some(end) = &call.end else { return };
        let trunk = end.trunk.as_ref().and_then(|t| self.endpoint_ids.get(&**t)).copied();
        if let Some(e) = trunk.and_then(|t| self.endpoints.get_mut(t)) {
            let time = end.at.since(call.began).max(0);
            if end.way == Way::In {
                e.tally.calls.add(call, end.at);
                e.tally.in_time += time;
            } else {
                e.tally.out_calls += 1;
                e.tally.out_time += time;
                e.tally.completed += i64::from(call.answered_at.is_some());
            }
        }
        if end.way != Way::In {
            return;
        }
        let at = end.at;
        let (vdn, vector) = (self.vdn_of(call), self.vector_of(call));
        let mut full = None;
        for (entries, name) in [(&mut self.vdns, vdn), (&mut self.vectors, vector)] {
            let Some(name) = name else { continue };
            if entries.len() < ENTRIES_MAX || entries.contains_key(&name) {
                entries.entry(name).or_default().add(call, at);
            } else {
                full = Some(name);
            }
        }
        if let Some(name) = full {
            self.odd(at, "too-many-entries", &name);
        }
    }
}
