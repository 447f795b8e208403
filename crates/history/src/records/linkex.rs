//! `linkex` (cms.md 3.10, 4.2): when collection stopped and started again.

use crate::Books;
use crate::coverage::Hole;
use facts::table::{Column, Shape, Type, Value};
use facts::{CivilTime, Stamp, Text};

/// Codes of REASON.
const STARTED: i64 = 91;
const SESSION_DOWN: i64 = 97;

const fn column(name: &'static str, kind: Type, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

/// `linkex`: one row for each stop of collection, written when it is over, and one for each start.
pub(crate) static LINKEX: Shape = Shape {
    name: "linkex",
    doc: "CMS linkex: collection started, or had stopped",
    columns: &[
        column("acd", Type::Int, "number of the switch (CMS ACD)"),
        column(
            "reason",
            Type::Int,
            "91 collection started, 97 session down: stopped at this time (CMS REASON)",
        ),
        column(
            "duration",
            Type::Int,
            "of a stop: how long, seconds; NULL for a start (CMS DURATION)",
        ),
        column("row_date", Type::Date, "local day (CMS ROW_DATE)"),
        column("row_time", Type::Int, "local time, hhmm (CMS ROW_TIME)"),
        column("seqno", Type::Int, "microseconds since row_time (CMS SEQNO)"),
        column("threshold", Type::Int, "not counted (CMS THRESHOLD)"),
        column("acd_name", Type::Text, "name of the switch"),
        column("at", Type::Stamp, "when"),
        column("restarted", Type::Bool, "of a start: the switch itself had started anew"),
        column("why", Type::Text, "why, for a person; NULL: not told"),
    ],
    key: 6,
};

/// Collection started at `at`; `hole` has ended by it.
pub(crate) fn started(
    books: &mut Books,
    hole: Option<&Hole>,
    restarted: bool,
    why: &Text,
    at: Stamp,
) {
    if let Some(hole) = hole {
        let duration = hole.from.secs().max(at.secs()) - hole.from.secs();
        push(books, SESSION_DOWN, Some(duration), hole.from, None, &hole.why);
    }
    push(books, STARTED, None, at, Some(restarted), why);
}

fn push(
    books: &mut Books,
    reason: i64,
    duration: Option<i64>,
    at: Stamp,
    restarted: Option<bool>,
    why: &Text,
) {
    let civil = CivilTime::of(at, books.calendar.zone(at));
    let row = vec![
        books.settings.acd.into(),
        reason.into(),
        duration.into(),
        books.calendar.date(at).into(),
        (civil.hour * 100 + civil.minute).into(),
        (civil.second * 1_000_000 + civil.micro).into(),
        Value::Null,
        books.settings.name.clone().into(),
        at.into(),
        restarted.into(),
        Value::text_or_null(why),
    ];
    books.records.push(&LINKEX, row);
}
