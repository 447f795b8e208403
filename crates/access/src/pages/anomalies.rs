//! The Anomalies page: what could not be explained, or had to be guessed.

use super::boards::{Content, Grid, find, frame, none, rows};
use super::columns::Anomalies;
use super::floor::{Head, Look, number};
use super::words::{agent_path, call_path, clock, millis, queue_path, row_id, visible};
use engine::Snapshot;
use facts::table::{Row, Value};
use maud::{Markup, html};
use std::collections::BTreeMap;

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

/// Makes the address of what is on that ACD under that name.
type Path = fn(&str, &str) -> String;

/// What the words of an anomaly may name: calls, agents and queues of the tables, by ACD.
#[derive(Default)]
struct Known<'a> {
    paths: BTreeMap<(&'a str, &'a str), Path>,
}

impl<'a> Known<'a> {
    fn of(now: &'a Snapshot) -> Self {
        let kinds: [(&str, Path); 3] =
            [("queues", queue_path), ("agents", agent_path), ("calls", call_path)];
        let mut known = Self::default();
        for (table, path) in kinds {
            for row in rows(now, table) {
                // The first two columns of these are their key: the ACD and the name.
                if let [Value::Text(acd), Value::Text(name), ..] = row.as_slice() {
                    known.paths.insert((acd, name), path);
                }
            }
        }
        known
    }

    /// The words, each that names something with a link to its page.
    fn linked(&self, acd: &str, text: &str) -> Markup {
        let place = |word: &str| {
            let name = word.trim_matches([',', ';', ':', '(', ')', '\'']);
            self.paths.get(&(acd, name)).map(|path| path(acd, name))
        };
        html! {
            @for (i, word) in text.split(' ').enumerate() {
                @if i > 0 { " " }
                @match place(word) {
                    Some(to) => a href=(to) { (visible(word)) },
                    None => (visible(word)),
                }
            }
        }
    }
}

fn anomaly_row(c: &Anomalies, row: &Row, known: &Known<'_>, look: Look<'_>) -> Markup {
    html! {
        tr id=(id(c, row)) {
            @if look.several { td.acd { (visible(c.acd.text(row))) } }
            th scope="row" class="who" { (visible(c.code.text(row))) }
            td.n { @if let Some(at) = c.at.stamp(row) {
                time data-at=(millis(at)) { (clock(at)) }
            } }
            td.wh { (known.linked(c.acd.text(row), c.what.text(row))) }
            (number(c.count.int(row)))
        }
    }
}

/// The last ones.
pub(crate) fn content(now: &Snapshot, look: Look<'_>) -> Content {
    let Some(table) = now.tables.get("anomalies") else { return Content::default() };
    let c = Anomalies::of(table.shape);
    let known = Known::of(now);
    let row = |row| (id(&c, row), anomaly_row(&c, row, &known, look).into_string());
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
