//! `queues`, and what the agents of each split do now, which `csplit` shows too.

use super::{age, millis};
use crate::Model;
use crate::agent_state::Mode;
use crate::arena::Key;
use crate::clocks::{Clocks, aux_code};
use crate::splits::Split;
use facts::table::{Row, Value};
use facts::{Direction, Stamp};
use std::collections::BTreeMap;

/// What the agents of one split do now.
#[derive(Clone, Debug, Default)]
pub(super) struct Floor {
    pub(super) staffed: i64,
    pub(super) available: i64,
    pub(super) ringing: i64,
    pub(super) on_acd: i64,
    pub(super) in_acw: i64,
    pub(super) in_aux: i64,
    pub(super) in_aux_by: [i64; 10],
    pub(super) other: i64,
    pub(super) on_aux_in: i64,
    pub(super) on_aux_out: i64,
    pub(super) on_acw_in: i64,
    pub(super) on_acw_out: i64,
    /// Their clocks of today, summed; of those who have logged off, too.
    pub(super) clocks: Clocks,
}

impl Floor {
    fn add(&mut self, mode: Mode, direction: Option<Direction>, reason: &str) {
        self.staffed += 1;
        match mode {
            Mode::Avail => self.available += 1,
            Mode::Ring => self.ringing += 1,
            Mode::Acd => self.on_acd += 1,
            Mode::Acw => {
                self.in_acw += 1;
                self.on_acw_in += i64::from(direction == Some(Direction::In));
                self.on_acw_out += i64::from(direction == Some(Direction::Out));
            }
            Mode::Aux => {
                self.in_aux += 1;
                self.on_aux_in += i64::from(direction == Some(Direction::In));
                self.on_aux_out += i64::from(direction == Some(Direction::Out));
                if let Some(n) = self.in_aux_by.get_mut(aux_code(reason)) {
                    *n += 1;
                }
            }
            Mode::Other => self.other += 1,
        }
    }

    /// The identity of every row.
    pub(super) const fn adds_up(&self) -> bool {
        self.staffed
            == self.available + self.ringing + self.on_acd + self.in_acw + self.in_aux + self.other
    }
}

impl Model {
    /// What the agents do, per split; their clocks as well if `clocks` says up to when.
    pub(super) fn floors(&self, clocks: Option<Stamp>) -> BTreeMap<Key<Split>, Floor> {
        let mut floors: BTreeMap<_, _> =
            self.splits.iter().map(|(key, _)| (key, Floor::default())).collect();
        for (_, agent) in self.agents.iter() {
            for (i, m) in agent.members.iter().enumerate() {
                let Some(floor) = floors.get_mut(&m.split) else { continue };
                if m.on {
                    let (mode, direction) = agent.mode_in(i);
                    floor.add(mode, direction, if m.paused { &m.reason } else { "" });
                }
                if let Some(at) = clocks {
                    floor.clocks.sum(&agent.clocks_at(i, at, self.live));
                }
            }
        }
        debug_assert!(floors.values().all(Floor::adds_up), "staffed is not the sum of its parts");
        floors
    }

    /// Callers who wait in a split whose call rings somewhere now.
    pub(super) fn ringing_in(&self, split: &Split) -> usize {
        let rings = |v| {
            let visit = self.visits.get(v)?;
            self.channels.get(visit.caller).filter(|c| !c.offers.is_empty())
        };
        split.waiting.iter().filter(|(_, v)| rings(*v).is_some()).count()
    }

    pub(super) fn queues_rows(&self, at: Stamp) -> Vec<Row> {
        let floors = self.floors(None);
        let mut rows = Vec::new();
        for (key, s) in self.splits.iter() {
            let Some(floor) = floors.get(&key) else { continue };
            let oldest = s.waiting.first().map(|(since, _)| *since);
            let t = &s.tally;
            let over = t.over();
            let pct = facts::percent(t.answered_in_level, over);
            rows.push(vec![
                self.acd(),
                Value::Text(s.id.0.clone()),
                Value::count(s.waiting.len()),
                Value::count(self.ringing_in(s)),
                Value::from(oldest),
                oldest.map_or(Value::Null, |since| age(since, at)),
                Value::Int(floor.staffed),
                Value::Int(floor.available),
                Value::Int(floor.ringing),
                Value::Int(floor.on_acd),
                Value::Int(floor.in_acw),
                Value::Int(floor.in_aux),
                Value::Int(floor.other),
                Value::Int(t.offered),
                Value::Int(t.answered),
                Value::Int(t.abandoned),
                Value::Int(t.timed_out),
                Value::Int(t.left_empty),
                Value::Int(t.exit_key),
                Value::Int(t.refused),
                Value::Int(t.left),
                Value::Int(t.lost),
                Value::Int(t.answered_in_level),
                Value::from(self.settings.service_level(&s.id)),
                Value::from(pct),
                millis(t.wait_answered),
                millis(t.talk),
                millis(t.longest_wait),
            ]);
        }
        rows
    }
}
