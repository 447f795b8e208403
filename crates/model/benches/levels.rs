//! What thresholds and groups cost at each publication: 10,000 agents, each in three of 200
//! queues on two ACDs, 22 groups, thresholds on every measure.
#![allow(missing_docs, reason = "a bench")]

use criterion::{Criterion, criterion_group, criterion_main};
use facts::decree::{
    Change, Decree, DecreeId, Decreed, Group, GroupKind, Limits, Measure, Member, Place, Scope,
    Threshold,
};
use facts::table::{Row, Table, Value};
use facts::{Stamp, Text};
use model::Levels;
use model::decrees::InForce;
use std::hint::black_box;
use std::sync::Arc;

const NOW: Stamp = Stamp::from_secs(1_795_261_560);
const STATES: [&str; 6] = ["AVAIL", "ACD", "ACW", "AUX", "RING", "OTHER"];

fn table(name: &str, rows: Vec<Vec<(&str, Value)>>) -> Table {
    let shape = model::shape(name).expect("a table");
    let row = |given: Vec<(&str, Value)>| {
        let mut row: Row = vec![Value::Null; shape.columns.len()];
        for (column, value) in given {
            row[shape.column(column).expect("a column")] = value;
        }
        row
    };
    let mut rows: Vec<Row> = rows.into_iter().map(row).collect();
    rows.sort();
    Table { shape, as_of: NOW, rows }
}

fn tables() -> Vec<Table> {
    let acds = ["pbx1", "pbx2"].map(Text::from);
    let queues: Vec<Text> = (0..100).map(|q| Text::from(format!("queue-{q:03}"))).collect();
    let (mut q, mut a, mut c) = (Vec::new(), Vec::new(), Vec::new());
    for acd in &acds {
        for (i, queue) in queues.iter().enumerate() {
            let n = i64::try_from(i).expect("few");
            let mut row =
                vec![("acd", Value::Text(acd.clone())), ("queue", Value::Text(queue.clone()))];
            let figures = [
                ("waiting", n % 9),
                ("staffed", 150),
                ("available", n % 4),
                ("answered", 90),
                ("abandoned", n % 11),
                ("answered_in_sl", 70),
                ("oldest_s", n),
            ];
            row.extend(figures.map(|(name, n)| (name, Value::Int(n))));
            row.push(("oldest_since", Value::Stamp(NOW.plus_secs(-n))));
            q.push(row);
        }
        for i in 0..5_000_usize {
            let agent = Text::from(format!("PJSIP/{i:05}"));
            let n = i64::try_from(i).expect("few") % 2_000;
            let state = STATES[i % STATES.len()];
            a.push(vec![
                ("acd", Value::Text(acd.clone())),
                ("agent", Value::Text(agent.clone())),
                ("state", Value::from(state)),
                ("since", Value::Stamp(NOW.plus_secs(-n))),
                ("for_s", Value::Int(n)),
                ("rona", Value::Int(n % 3)),
            ]);
            for j in 0..3 {
                c.push(vec![
                    ("acd", Value::Text(acd.clone())),
                    ("logid", Value::Text(agent.clone())),
                    ("split", Value::Text(queues[(i + j * 31) % queues.len()].clone())),
                    ("workmode", Value::from(state)),
                ]);
            }
        }
    }
    vec![table("queues", q), table("agents", a), table("cagent", c)]
}

fn in_force() -> Arc<InForce> {
    let set = |scope: Scope, measure: Measure| {
        let (caution, warning) = match measure.usual_side() {
            facts::decree::Side::Above => (5, 10),
            facts::decree::Side::Below => (3, 1),
        };
        let limits = Limits {
            side: measure.usual_side(),
            caution: Some(caution),
            warning: Some(warning),
            hysteresis: 1,
            for_s: 0,
        };
        Change::SetThreshold(Threshold { place: Place { scope, measure }, limits })
    };
    let group = |name: String, kind, member: &str| {
        let members = vec![Member::parse(member).expect("a member")];
        Change::SetGroup(Group { name: name.into(), kind, members })
    };
    let mut changes: Vec<Change> =
        Measure::ALL.into_iter().map(|m| set(Scope::Default, m)).collect();
    // Times of agents as built in, so that some thousand are at a level, not all.
    changes.retain(|c| {
        !matches!(c, Change::SetThreshold(t)
        if model::decrees::usual(t.place.measure).is_some())
    });
    for g in 0..10 {
        changes.push(group(format!("queues-{g}"), GroupKind::Queues, &format!("*/queue-{g:02}*")));
        changes.push(group(format!("agents-{g}"), GroupKind::Agents, &format!("*/PJSIP/0{g}*")));
    }
    changes.push(group("all-queues".into(), GroupKind::Queues, "*/*"));
    changes.push(group("all-agents".into(), GroupKind::Agents, "*/*"));
    let decreed = |(n, change): (u64, Change)| {
        let mut identity = [0; 32];
        identity[..6].copy_from_slice(&n.to_be_bytes()[2..]);
        let at = Stamp(i64::try_from(n).expect("few"));
        let decree = Decree { author: "eva".into(), at, change };
        Decreed { id: DecreeId::of(&identity), decree }
    };
    let decrees: Vec<_> = (1..).zip(changes).map(decreed).collect();
    Arc::new(InForce::of(&decrees))
}

fn levels(c: &mut Criterion) {
    let (tables, in_force) = (tables(), in_force());
    let mut levels = Levels::new();
    let made = levels.tables(NOW, &in_force, &tables);
    let rows = made.map(|table| table.rows.len());
    let name = format!("levels, {} queues, {} agents, {rows:?} rows made", 200, 10_000);
    c.bench_function(&name, |b| {
        b.iter(|| black_box(levels.tables(NOW, &in_force, black_box(&tables))));
    });
    let nothing = Arc::<InForce>::default();
    let mut plain = Levels::new();
    c.bench_function("levels, the same floor, only what is built in", |b| {
        b.iter(|| black_box(plain.tables(NOW, &nothing, black_box(&tables))));
    });
}

criterion_group!(benches, levels);
criterion_main!(benches);
