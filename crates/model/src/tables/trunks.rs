//! `trunks`, and CMS's `ctrunk` and `ctkgrp`.

use super::{age, direction_word, secs};
use crate::Model;
use crate::channels::Channel;
use crate::trunks::Endpoint;
use facts::table::{Row, Value};
use facts::{Direction, Stamp};

/// What the open channels of a trunk group do.
#[derive(Default)]
struct Use {
    queued: i64,
    ringing: i64,
    on_acd: i64,
    talking: i64,
}

impl Model {
    fn trunk_groups(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.iter().map(|(_, e)| e).filter(|e| e.trunk)
    }

    fn use_of(&self, group: &Endpoint) -> Use {
        let mut now = Use::default();
        for c in group.channels.iter().filter_map(|k| self.channels.get(*k)) {
            if !c.offers.is_empty() {
                now.ringing += 1;
            } else if c.visit.is_some() {
                now.queued += 1;
            } else if c.talking {
                now.talking += 1;
                now.on_acd += i64::from(self.on_acd(c));
            }
        }
        now
    }

    /// Whether an agent talks to this caller on a queue call.
    fn on_acd(&self, c: &Channel) -> bool {
        let agent = c.served_by.and_then(|a| self.agents.get(a));
        agent.is_some_and(|a| {
            let mut calls = a.works.iter().filter_map(|w| w.call);
            calls.any(|k| self.live_call_key(k) == Some(c.call))
        })
    }

    pub(super) fn trunks_rows(&self) -> Vec<Row> {
        let row = |e: &Endpoint| {
            let now = self.use_of(e);
            let mut row = vec![
                self.acd(),
                Value::Text(e.id.0.clone()),
                Value::count(e.channels.len()),
                Value::count(e.calling_in),
                Value::count(e.channels.len().saturating_sub(e.calling_in)),
            ];
            row.extend([now.queued, now.ringing, now.on_acd, now.talking].map(Value::Int));
            row.extend([e.tally.seized_in, e.tally.seized_out].map(Value::Int));
            row.push(Value::count(e.tally.max_in_use));
            row
        };
        self.trunk_groups().map(row).collect()
    }

    pub(super) fn ctrunk_rows(&self, at: Stamp) -> Vec<Row> {
        let mut rows = Vec::new();
        for e in self.trunk_groups() {
            for c in e.channels.iter().filter_map(|k| self.channels.get(*k)) {
                rows.push(self.ctrunk_row(e, c, at));
            }
        }
        rows
    }

    fn ctrunk_row(&self, e: &Endpoint, c: &Channel, at: Stamp) -> Row {
        let call = self.calls.get(c.call);
        let ring = c.offers.first().and_then(|a| self.agents.get(*a));
        let visit = c.visit.and_then(|v| self.visits.get(v));
        let held = call.is_some_and(|call| call.held > 0);
        let (state, since) = if let Some(agent) = ring {
            let rings = agent
                .rings
                .iter()
                .filter(|r| self.channels.get(r.caller).is_some_and(|x| x.id == c.id));
            ("RINGING", rings.map(|r| r.since).next().unwrap_or(at))
        } else if let Some(v) = visit {
            ("QUEUED", v.since)
        } else if c.talking && held {
            ("HOLD", call.and_then(|c| self.held_since(c)).unwrap_or(c.talking_since))
        } else if c.talking {
            ("CONN", c.talking_since)
        } else {
            ("SEIZED", c.began)
        };
        let talks = call.and_then(|c| c.agent.as_ref()).filter(|_| c.talking);
        let agent = ring.map(|a| &a.id).or(talks);
        vec![
            self.acd(),
            Value::Text(e.id.0.clone()),
            Value::Text(c.id.0.clone()),
            Value::Text(c.name.clone()),
            Value::from(state),
            age(since, at),
            Value::from(direction_word(c.direction)),
            Value::from(call.filter(|_| c.direction == Direction::In).and_then(|c| self.vdn_of(c))),
            Value::from(call.and_then(|c| c.split.as_ref()).map(|s| s.0.clone())),
            Value::from(agent.map(|a| a.0.clone())),
            Value::Stamp(c.began),
        ]
    }

    /// Since when a call has been on hold.
    fn held_since(&self, call: &crate::calls::Call) -> Option<Stamp> {
        let channels = call.channels.iter().filter_map(|k| self.channels.get(*k));
        channels.filter(|c| c.held).map(|c| c.talking_since).min()
    }

    pub(super) fn ctkgrp_rows(&self) -> Vec<Row> {
        let row = |e: &Endpoint| {
            let (now, t, c) = (self.use_of(e), &e.tally, &e.tally.calls);
            let mut row =
                vec![self.acd(), Value::Text(e.id.0.clone()), Value::count(e.channels.len())];
            row.extend([now.queued, now.ringing, now.on_acd, c.calls].map(Value::Int));
            row.push(secs(t.in_time));
            row.extend([c.acd, c.abandoned, c.connected, c.other].map(Value::Int));
            row.extend([Value::Int(c.transferred), Value::Int(t.out_calls), secs(t.out_time)]);
            row.extend([Value::Int(t.completed), Value::count(t.max_in_use)]);
            row
        };
        self.trunk_groups().map(row).collect()
    }
}
