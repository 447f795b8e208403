//! Coverage: how many seconds of an interval were observed, and the stretches that were not.

use crate::Books;
use crate::ledger::Link;
use crate::records::linkex;
use facts::table::{Column, Shape, Type, Value};
use facts::{Stamp, Text};

/// A stretch in which the switch is not heard.
#[derive(Clone, Debug)]
pub(crate) struct Hole {
    pub(crate) from: Stamp,
    /// Why, for a person; empty if not told.
    pub(crate) why: Text,
}

const fn column(name: &'static str, kind: Type, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

/// `coverage`: one row for each stretch not observed, written when it is over.
pub(crate) static COVERAGE: Shape = Shape {
    name: "coverage",
    doc: "a stretch in which the switch was not heard (not of CMS)",
    columns: &[
        column("row_date", Type::Date, "local day on which it begins (CMS ROW_DATE)"),
        column("acd", Type::Int, "number of the switch (CMS ACD)"),
        column("since", Type::Stamp, "the last moment that was heard"),
        column("until", Type::Stamp, "from when on it is heard and its state known again"),
        column("seconds", Type::Int, "whole seconds between them"),
        column("cause", Type::Text, "why, for a person; NULL: not told"),
        column("restarted", Type::Bool, "the switch itself started anew meanwhile"),
        column("filled_by", Type::Text, "what filled it: peer, queue_log; NULL: nothing"),
        column("acd_name", Type::Text, "name of the switch"),
    ],
    key: 3,
};

/// The switch is heard again, or not any more: the interval is disturbed.
pub(crate) fn link(books: &mut Books, link: &Link, at: Stamp) {
    if books.heard != link.heard || link.restarted {
        books.rows(at).disturbed = true;
    }
    if !link.heard {
        if books.hole.is_none() {
            books.hole = Some(Hole { from: at, why: link.why.clone() });
        }
        return;
    }
    let hole = books.hole.take();
    if hole.is_some() || !books.heard || link.restarted {
        linkex::started(books, hole.as_ref(), link.restarted, &link.why, at);
    }
    if let Some(hole) = hole {
        push(books, &hole, at, link.restarted);
    }
}

/// The ledger is over: so is a stretch that is not observed.
pub(crate) fn finish(books: &mut Books) {
    if let Some(hole) = books.hole.take() {
        let now = books.now;
        push(books, &hole, now, false);
    }
}

fn push(books: &mut Books, hole: &Hole, to: Stamp, restarted: bool) {
    let to = to.max(hole.from);
    let row = vec![
        books.calendar.interval(hole.from).date.into(),
        books.settings.acd.into(),
        hole.from.into(),
        to.into(),
        (to.secs() - hole.from.secs()).into(),
        Value::text_or_null(&hole.why),
        restarted.into(),
        Value::Null,
        books.settings.name.clone().into(),
    ];
    books.records.push(&COVERAGE, row);
}
