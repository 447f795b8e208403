//! The live tables: shapes and rows. A row is made in the order of its shape's columns; a test
//! holds them together.

mod agents;
mod cagent;
mod calls;
mod decided;

mod channels;
mod csplit;
mod entries;
mod queues;
mod shapes;
mod trunks;
mod waiting;

pub use decided::{DECIDED_SHAPES, GROUPS, LEVELS, THRESHOLDS};
pub(crate) use shapes::{CALLS, WHOLE_CALLS};
pub use shapes::{SHAPES, shape};

use crate::Model;
use crate::agents::Agent;
use crate::arena::Key;
use crate::splits::Split;
use facts::table::{Row, Table, Value};
use facts::{Direction, Stamp};

impl Model {
    /// A live table as it stands, with durations up to `at`; None: no such table. Timers do not
    /// fire here: call [`Model::advance`] first.
    pub fn table(&self, name: &str, at: Stamp) -> Option<Table> {
        let shape = shape(name)?;
        let mut rows = match shape.name {
            "queues" => self.queues_rows(at),
            "agents" => self.agents_rows(at),
            "calls" => self.calls_rows(at),
            "waiting" => self.waiting_rows(at),
            "channels" => self.channels_rows(),
            "trunks" => self.trunks_rows(),
            "anomalies" => self.anomalies_rows(),
            "cagent" => self.cagent_rows(at),
            "csplit" => self.csplit_rows(at),
            "cvdn" => self.cvdn_rows(at),
            "cvector" => self.cvector_rows(),
            "ctrunk" => self.ctrunk_rows(at),
            "ctkgrp" => self.ctkgrp_rows(),
            _ => Vec::new(),
        };
        // The ACD is the same in all.
        rows.sort_unstable_by(|a: &Row, b| a.get(1..shape.key).cmp(&b.get(1..shape.key)));
        debug_assert!(rows.iter().all(|r| r.len() == shape.columns.len()), "row of {name}");
        Some(Table { shape, as_of: at, rows })
    }

    /// Agents in the order of their rows: sorting what is in order costs little.
    fn agents_by_id(&self) -> Vec<&Agent> {
        let mut agents: Vec<&Agent> = self.agents.iter().map(|(_, a)| a).collect();
        agents.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        agents
    }

    fn acd(&self) -> Value {
        Value::Text(self.settings.acd.clone())
    }

    fn split_name(&self, key: Key<Split>) -> Value {
        self.splits.get(key).map_or(Value::Null, |s| Value::Text(s.id.0.clone()))
    }

    fn anomalies_rows(&self) -> Vec<Row> {
        let counts = self.anomalies.counts();
        let count = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let row = |(n, at, a): (u64, Stamp, &facts::Anomaly)| {
            vec![
                self.acd(),
                Value::Stamp(at),
                Value::from(a.code),
                Value::Text(a.what.clone()),
                count(n),
                count(counts.get(a.code).copied().unwrap_or(0)),
            ]
        };
        self.anomalies.last().map(row).collect()
    }
}

/// Whole seconds of a running time, microseconds in.
const fn secs(micros: i64) -> Value {
    Value::Int(micros.div_euclid(1_000_000))
}

/// Milliseconds of microseconds.
const fn millis(micros: i64) -> Value {
    Value::Int(micros.div_euclid(1_000))
}

/// Whole seconds from `since` to `at`, never negative.
fn age(since: Stamp, at: Stamp) -> Value {
    secs(at.since(since).max(0))
}

const fn direction_word(d: Direction) -> &'static str {
    match d {
        Direction::In => "IN",
        Direction::Out => "OUT",
    }
}

fn direction(d: Option<Direction>) -> Value {
    Value::from(d.map(direction_word))
}
