//! The tables that follow from what was decided: `levels`, `groups`, `thresholds`. They are made
//! from the tables of all ACDs as they are about to be published, whatever the ACDs' clocks.
//!
//! Pure, and cheap where nothing changed: which thresholds hold for which row is looked up once
//! and kept as long as the rows are the same.

mod columns;
mod roster;
mod sums;

use crate::decrees::{InForce, Settled};
use crate::tables::{GROUPS, LEVELS, THRESHOLDS};
use crate::thresholds::{Evaluator, Key, Raised, Reading, Resolved, Rule, Rules, key};
use columns::{AgentColumns, CagentColumns, QueueColumns, int, moment, text, word};
use facts::decree::{GroupKind, Limits, Measure, Place, Scope};
use facts::table::{Row, Table, Value};
use facts::{Stamp, Text};
use roster::Roster;
use std::sync::Arc;
use sums::Sums;

/// What is remembered from one publication to the next.
#[derive(Debug)]
pub struct Levels {
    in_force: Arc<InForce>,
    rules: Rules,
    /// `thresholds`, which change only with a decree.
    thresholds: Vec<Row>,
    evaluator: Evaluator,
    queues: Roster,
    agents: Roster,
    /// Of each row of `cagent` what holds for its queue.
    seats: Roster,
    queue: QueueColumns,
    agent: AgentColumns,
    cagent: CagentColumns,
    nowhere: Text,
}

impl Levels {
    /// Nothing has been looked at.
    pub fn new() -> Self {
        let in_force = Arc::<InForce>::default();
        Self {
            rules: Rules::of(&in_force),
            thresholds: threshold_rows(&in_force),
            in_force,
            evaluator: Evaluator::default(),
            queues: Roster::default(),
            agents: Roster::default(),
            seats: Roster::default(),
            queue: QueueColumns::new(),
            agent: AgentColumns::new(),
            cagent: CagentColumns::new(),
            nowhere: Text::default(),
        }
    }

    /// The tables, true for `now`, from what is in force and the other tables.
    pub fn tables(&mut self, now: Stamp, in_force: &Arc<InForce>, tables: &[Table]) -> [Table; 3] {
        if !Arc::ptr_eq(in_force, &self.in_force) {
            self.rules = Rules::of(in_force);
            self.thresholds = threshold_rows(in_force);
            self.in_force = in_force.clone();
            for roster in [&mut self.queues, &mut self.agents, &mut self.seats] {
                roster.clear();
            }
        }
        let rows = |name: &str| {
            let found = tables.iter().find(|table| table.shape.name == name);
            found.map_or(&[][..], |table| table.rows.as_slice())
        };
        let (queues, agents, seats) = (rows("queues"), rows("agents"), rows("cagent"));
        self.evaluator.begin(now);
        let mut sums = vec![Sums::default(); self.rules.groups().len()];
        self.look_at_queues(queues, &mut sums);
        self.look_at_agents(agents, &mut sums);
        if self.rules.has_groups_of(GroupKind::Queues) {
            self.seat(seats, &mut sums);
        }
        let groups = self.look_at_groups(&sums);
        let levels = self.evaluator.finish().map(|(key, raised)| level_row(key, &raised)).collect();
        [
            Table { shape: &GROUPS, as_of: now, rows: groups },
            Table { shape: &LEVELS, as_of: now, rows: levels },
            Table { shape: &THRESHOLDS, as_of: now, rows: self.thresholds.clone() },
        ]
    }

    fn look_at_queues(&mut self, rows: &[Row], sums: &mut [Sums]) {
        let (rules, columns) = (&self.rules, &self.queue);
        self.queues.refresh(rows, columns.acd, columns.queue, |acd, name| rules.queue(acd, name));
        for (row, resolved) in rows.iter().zip(self.queues.resolved()) {
            let (Some(acd), Some(name)) = (text(row, columns.acd), text(row, columns.queue)) else {
                continue;
            };
            let one = Sums::of_queue(row, columns);
            feed(&mut self.evaluator, &one, acd, "queue", name, |m| resolved.held.on(m));
            for place in &resolved.groups {
                if let Some(sum) = sums.get_mut(*place) {
                    sum.add(&one);
                }
            }
        }
    }

    fn look_at_agents(&mut self, rows: &[Row], sums: &mut [Sums]) {
        let (rules, columns) = (&self.rules, &self.agent);
        self.agents.refresh(rows, columns.acd, columns.agent, |acd, name| rules.agent(acd, name));
        let evaluator = &mut self.evaluator;
        for (row, resolved) in rows.iter().zip(self.agents.resolved()) {
            let (Some(acd), Some(name)) = (text(row, columns.acd), text(row, columns.agent)) else {
                continue;
            };
            let state = word(row, columns.state);
            let timed = match state {
                "AUX" => Some(Measure::Aux),
                "ACW" => Some(Measure::Acw),
                "RING" => Some(Measure::Ring),
                "ACD" => Some(Measure::Acd),
                _ => None,
            };
            let mut look = |measure: Measure, value: Option<i64>, began: Option<Stamp>| {
                let (Some(rule), Some(value)) = (resolved.held.on(measure), value) else { return };
                let reading = Reading { value, began };
                let key = || key(acd, "agent", name, measure);
                evaluator.feed(&rule.limits, rule.scope, reading, key);
            };
            if let Some(measure) = timed {
                look(measure, int(row, columns.for_s), moment(row, columns.since));
            }
            look(Measure::Hold, int(row, columns.hold_s), moment(row, columns.hold_since));
            look(Measure::Rona, int(row, columns.rona), None);
            for place in &resolved.groups {
                if let Some(sum) = sums.get_mut(*place) {
                    sum.matched += 1;
                    sum.seat(state);
                }
            }
        }
    }

    /// Counts the agents of each group of queues, each once: in what he does most.
    fn seat(&mut self, rows: &[Row], sums: &mut [Sums]) {
        let (rules, columns) = (&self.rules, &self.cagent);
        let queue = |acd: &Text, name: &Text| {
            // The groups are all that counts here; so many rows share it.
            Resolved { groups: rules.queue(acd, name).groups, ..Resolved::default() }
        };
        self.seats.refresh(rows, columns.acd, columns.split, queue);
        let mut busiest: Vec<(usize, &str)> = Vec::new();
        let mut last: Option<&Row> = None;
        for (row, resolved) in rows.iter().zip(self.seats.resolved()) {
            let same = last.is_some_and(|last| {
                last.get(columns.logid) == row.get(columns.logid)
                    && last.get(columns.acd) == row.get(columns.acd)
            });
            if !same {
                sums::seat_all(&mut busiest, sums);
            }
            last = Some(row);
            let mode = word(row, columns.workmode);
            for place in &resolved.groups {
                match busiest.iter_mut().find(|(known, _)| known == place) {
                    Some((_, known)) => *known = sums::busier(known, mode),
                    None => busiest.push((*place, mode)),
                }
            }
        }
        sums::seat_all(&mut busiest, sums);
    }

    fn look_at_groups(&mut self, sums: &[Sums]) -> Vec<Row> {
        let mut rows = Vec::new();
        for (group, sum) in self.rules.groups().iter().zip(sums) {
            let (acd, name) = (&self.nowhere, &group.name);
            feed(&mut self.evaluator, sum, acd, "group", name, |m| {
                group.held.on(m).filter(|_| m.of_whole(group.kind))
            });
            rows.push(sum.row(&self.nowhere, name, group.kind, &group.members));
        }
        rows
    }
}

impl Default for Levels {
    fn default() -> Self {
        Self::new()
    }
}

/// Feeds all figures that a queue or a group has.
fn feed<'a>(
    evaluator: &mut Evaluator,
    sum: &Sums,
    acd: &Text,
    kind: &'static str,
    name: &Text,
    rule: impl Fn(Measure) -> Option<&'a Rule>,
) {
    let figures = [
        (Measure::Waiting, Some(sum.waiting), None),
        (Measure::OldestWait, sum.oldest_s, sum.oldest_since),
        (Measure::ServiceLevel, sum.service_level(), None),
        (Measure::Abandoned, sum.abandoned_share(), None),
        (Measure::Available, Some(sum.available), None),
        (Measure::Staffed, Some(sum.staffed), None),
    ];
    for (measure, value, began) in figures {
        if let (Some(rule), Some(value)) = (rule(measure), value) {
            let reading = Reading { value, began };
            let key = || key(acd, kind, name, measure);
            evaluator.feed(&rule.limits, rule.scope, reading, key);
        }
    }
}

fn level_row(key: &Key, raised: &Raised) -> Row {
    let Reading { value, began } = raised.reading;
    let (value, value_s) = match began {
        None => (Value::Int(value), Value::Null),
        Some(_) => (Value::Null, Value::Int(value)),
    };
    vec![
        Value::Text(key.acd.clone()),
        Value::from(key.kind),
        Value::Text(key.name.clone()),
        Value::from(key.measure),
        Value::from(raised.level.word()),
        Value::Stamp(raised.since),
        value,
        Value::from(began),
        value_s,
        Value::Int(raised.limit),
        Value::from(raised.scope),
    ]
}

fn threshold_rows(in_force: &InForce) -> Vec<Row> {
    let row = |(place, settled): (&Place, &Settled<Limits>)| {
        let (acd, name) = match &place.scope {
            Scope::Default => ("", ""),
            Scope::Group(name) | Scope::Members(name) => ("", &**name),
            Scope::Queue { acd, name } => (&**acd, &**name),
        };
        let (limits, by) = (&settled.what, settled.by.as_ref());
        vec![
            Value::from(acd),
            Value::from(place.scope.word()),
            Value::from(name),
            Value::from(place.measure.word()),
            Value::from(limits.side.word()),
            Value::from(limits.caution),
            Value::from(limits.warning),
            Value::Int(limits.hysteresis),
            Value::Int(limits.for_s),
            by.map_or(Value::Null, |s| Value::from(s.id.to_string().as_str())),
            by.map_or(Value::Null, |s| Value::Text(s.author.clone())),
            Value::from(by.map(|s| s.at)),
        ]
    };
    let mut rows: Vec<Row> = in_force.thresholds().map(row).collect();
    rows.sort();
    rows
}
