//! The Anomalies page: what could not be explained, or had to be guessed.

use super::boards::{Content, Grid, find, frame, none, rows};
use super::columns::Anomalies;
use super::floor::{Head, Look, number};
use super::words::{clock, millis, row_id, visible};
use engine::Snapshot;
use facts::table::Row;
use maud::{Markup, html};

const HEADS: [Head; 4] = [
    Head("who", "Code", "a stable word for the kind"),
    Head("n", "When", "by the switch's clock"),
    Head("wh", "What", ""),
    Head("n", "In all", "how often this code was met"),
];

fn id(c: &Anomalies, row: &Row) -> String {
    let name = format!("{}-{}", c.code.text(row), c.n.sum(row));
    row_id('x', c.acd.text(row), &name)
}

fn anomaly_row(c: &Anomalies, row: &Row, look: Look<'_>) -> Markup {
    html! {
        tr id=(id(c, row)) {
            @if look.several { td.acd { (visible(c.acd.text(row))) } }
            th scope="row" class="who" { (visible(c.code.text(row))) }
            td.n { @if let Some(at) = c.at.stamp(row) {
                time data-at=(millis(at)) { (clock(at)) }
            } }
            td.wh { (visible(c.what.text(row))) }
            (number(c.count.int(row)))
        }
    }
}

/// The last ones.
pub(crate) fn content(now: &Snapshot, look: Look<'_>) -> Content {
    let Some(table) = now.tables.get("anomalies") else { return Content::default() };
    let c = Anomalies::of(table.shape);
    let row = |row| (id(&c, row), anomaly_row(&c, row, look).into_string());
    Content { rows: rows(now, "anomalies").iter().map(row).collect(), ..Content::default() }
}

/// What stands between the header and the end of the page.
pub(crate) fn body(content: &Content, now: &Snapshot, look: Look<'_>) -> Markup {
    let grid = Grid {
        id: "anomalies",
        kind: 'x',
        caption: "What could not be explained, the last 1,000",
        heads: &HEADS,
        by: "When down",
    };
    let empty = html! {
        @if now.version == 0 {
            h3 { "Nothing has been read yet" }
        } @else {
            h3 { "All is explained" }
            p { "Every event that a switch has sent fits what is known of it. What does not, or \
                had to be guessed, is listed here." }
        }
    };
    frame(
        "anomalies-page",
        "/anomalies/stream",
        now,
        look,
        &html! {
            section.board aria-labelledby="anomalies-title" {
                header {
                    h1 id="anomalies-title" { "Anomalies" } span.count id="anomalies-count" {}
                    (find("anomalies"))
                }
                (grid.markup(content, &empty, look))
                (none("anomalies"))
            }
        },
    )
}
