//! The columns that the pages read, found by name: one that is not there reads as nothing.

use facts::Stamp;
use facts::table::{Row, Shape, Value};

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident { $($field:ident)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name { $(pub(crate) $field: Place,)* }

        impl $name {
            pub(crate) fn of(shape: &Shape) -> Self {
                Self { $($field: Place(shape.column(stringify!($field))),)* }
            }
        }
    )*};
}

columns! {
    /// Of `queues`.
    Queues {
        acd queue waiting ringing oldest_since staffed available agents_ringing on_acd in_acw
        in_aux other offered answered abandoned timed_out left_empty exit_key left lost
        answered_in_sl service_level_pct service_level_s wait_answered_ms
    }
    /// Of `agents`.
    Agents {
        acd agent name state reason direction since split call party on_hold acd_calls rona
        acd_ms acw_ms aux_ms avail_ms staff_ms ring_ms other_ms
    }
    /// Of `calls`.
    Calls {
        acd call state caller caller_name dialled vdn split agent agent_name trunk_group began
        queued_at answered_at ended_at wait_ms ring_ms talk_ms hold_ms outcome ended_by whole
        // Of `whole_calls` only.
        way split_acd agent_acd calls
    }
    /// Of `cagent`: an agent in one queue.
    Members {
        acd logid split workmode acdcalls acdtime acwtime ringcalls noansredir holdcalls
        transferred
    }
    /// Of `waiting`: a caller in a queue.
    Waiting { acd queue call position since }
    /// Of `levels`.
    LevelRows { acd kind name measure level limit }
    /// Of `thresholds`.
    Thresholds { acd scope name measure direction caution warning for_s }
    /// Of `groups`.
    Groups { group kind members matched }
    /// Of `trunks`.
    Trunks {
        acd trunk_group in_use in_calls out_calls queued ringing talking in_today out_today
        max_in_use
    }
    /// Of `ctrunk`: a channel of a trunk group.
    Channels { acd tkgrp eqloc trunk_name tkstate direction vdn split logid began }
    /// Of `anomalies`.
    Anomalies { acd at code what n count }
    /// Of `links`.
    Links {
        acd address state since reason version round_trip_us last_event rate lag_us clock_offset_us
        events reconnects holes kept heard advice
    }
}

/// Where a column stands in a row, if at all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(Option<usize>);

impl Place {
    /// The value; null if there is no such column.
    pub(crate) fn value(self, row: &Row) -> &Value {
        self.0.and_then(|i| row.get(i)).unwrap_or(&Value::Null)
    }

    /// The text; empty if null.
    pub(crate) fn text(self, row: &Row) -> &str {
        match self.value(row) {
            Value::Text(text) => text,
            _ => "",
        }
    }

    /// The number; `None` if null.
    pub(crate) fn int(self, row: &Row) -> Option<i64> {
        match self.value(row) {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The number; 0 if null.
    pub(crate) fn sum(self, row: &Row) -> i64 {
        self.int(row).unwrap_or(0)
    }

    /// The moment; `None` if null.
    pub(crate) fn stamp(self, row: &Row) -> Option<Stamp> {
        match self.value(row) {
            Value::Stamp(at) => Some(*at),
            _ => None,
        }
    }
}
