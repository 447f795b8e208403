//! Where the columns are that are looked at. Names, not places, are what tables agree on; a
//! column that is not there reads as null.

use facts::table::{Row, Shape, Value};
use facts::{Stamp, Text};

/// A place that no row has.
const NOWHERE: usize = usize::MAX;

fn place(shape: Option<&'static Shape>, column: &str) -> usize {
    let found = shape.and_then(|shape| shape.column(column));
    debug_assert!(found.is_some(), "column {column}");
    found.unwrap_or(NOWHERE)
}

macro_rules! places {
    ($($(#[$doc:meta])* $name:ident of $table:literal { $($column:ident),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub(super) struct $name { $(pub(super) $column: usize,)* }

        impl $name {
            pub(super) fn new() -> Self {
                let shape = crate::tables::shape($table);
                Self { $($column: place(shape, stringify!($column)),)* }
            }
        }
    )*};
}

places! {
    /// Of `queues`.
    QueueColumns of "queues" {
        acd, queue, waiting, ringing, oldest_since, oldest_s, staffed, available, offered,
        answered, abandoned, timed_out, left_empty, exit_key, left, lost, answered_in_sl,
    }
    /// Of `agents`.
    AgentColumns of "agents" {
        acd, agent, state, since, for_s, rona, hold_since, hold_s,
    }
    /// Of `cagent`.
    CagentColumns of "cagent" { acd, logid, split, workmode }
}

/// A number; `None` if null.
pub(super) fn int(row: &Row, place: usize) -> Option<i64> {
    match row.get(place) {
        Some(Value::Int(n)) => Some(*n),
        _ => None,
    }
}

/// A moment; `None` if null.
pub(super) fn moment(row: &Row, place: usize) -> Option<Stamp> {
    match row.get(place) {
        Some(Value::Stamp(at)) => Some(*at),
        _ => None,
    }
}

/// Text; `None` if null.
pub(super) fn text(row: &Row, place: usize) -> Option<&Text> {
    match row.get(place) {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Text; empty if null.
pub(super) fn word(row: &Row, place: usize) -> &str {
    text(row, place).map_or("", |text| text)
}
