//! Tables are made again when the fold's count of changes has moved, and else only when somebody
//! reads: so as long as it stands, nothing but columns that count on by themselves may differ.

mod captures;

use captures::{all, new_fold};
use engine::Fold;
use facts::table::{Row, Type, Value};
use std::collections::BTreeMap;

/// All tables some time later, without what counts on by itself.
fn still(fold: &Fold, later_s: i64) -> BTreeMap<&'static str, Vec<Row>> {
    let at = fold.now().plus(later_s * 1_000_000);
    let tables = model::SHAPES.iter().filter_map(|shape| fold.table(shape.name, at));
    let still = tables.map(|mut table| {
        for row in &mut table.rows {
            for (value, column) in row.iter_mut().zip(table.shape.columns) {
                if column.kind == Type::Age {
                    *value = Value::Null;
                }
            }
        }
        (table.shape.name, table.rows)
    });
    still.collect()
}

#[test]
fn while_nothing_changes_only_ages_go_on() {
    let mut compared = 0;
    for capture in all() {
        let mut fold = new_fold();
        let mut before = (fold.changes(), still(&fold, 0));
        for (n, record) in capture.records().into_iter().enumerate() {
            let stamp = record.stamp;
            fold.push(record);
            // As the folder does: time passes between events, too.
            fold.advance(stamp.plus(-250_000));
            let changes = fold.changes();
            let now = still(&fold, i64::try_from(n % 7).expect("small"));
            if changes == before.0 {
                assert_eq!(now, before.1, "{}/{} after {n} records", capture.version, capture.name);
                compared += 1;
            }
            before = (changes, now);
        }
    }
    assert!(compared > 1_000, "only {compared} times nothing changed");
}
