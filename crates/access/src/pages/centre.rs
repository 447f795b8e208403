//! The centre as a whole and each of its switches: a row of figures for each, and the way to
//! look at one of them alone. Not shown where there is one switch only.

use super::calls;
use super::columns::{Agents, Calls, Links, Queues};
use super::floor::Look;
use super::notices::link_class;
use super::words::{count, escape, visible};
use engine::Snapshot;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What is told of a switch, or of all.
#[derive(Clone, Copy, Debug, Default)]
struct Figures<'a> {
    calls: i64,
    waiting: i64,
    staffed: i64,
    /// The state of its link; of the centre, the worst one.
    state: &'a str,
}

/// Every switch with its figures, by name, and the centre's: a call that crosses switches is up
/// on each, and once in the centre.
fn figures(now: &Snapshot) -> (Figures<'_>, BTreeMap<&str, Figures<'_>>) {
    let mut each: BTreeMap<&str, Figures<'_>> = BTreeMap::new();
    let mut centre = Figures { state: "live", ..Figures::default() };
    if let Some(table) = now.tables.get("links") {
        let c = Links::of(table.shape);
        for row in &table.rows {
            let state = c.state.text(row);
            each.entry(c.acd.text(row)).or_default().state = state;
            let class = |s| ["good", "caution", "warning"].iter().position(|c| *c == link_class(s));
            if class(state) > class(centre.state) {
                centre.state = state;
            }
        }
    }
    if let Some(table) = now.tables.get("calls") {
        let c = Calls::of(table.shape);
        let wholes = calls::crossing(now);
        for row in table.rows.iter().filter(|row| c.state.text(row) != "ENDED") {
            each.entry(c.acd.text(row)).or_default().calls += 1;
            let whole = wholes.is_empty() || !wholes.contains(c.whole.text(row));
            centre.calls += i64::from(whole);
        }
    }
    if let Some(table) = now.tables.get("whole_calls") {
        let c = Calls::of(table.shape);
        let up = table.rows.iter().filter(|row| c.state.text(row) != "ENDED").count();
        centre.calls += i64::try_from(up).unwrap_or(i64::MAX);
    }
    if let Some(table) = now.tables.get("queues") {
        let c = Queues::of(table.shape);
        for row in &table.rows {
            let waiting = c.waiting.sum(row);
            each.entry(c.acd.text(row)).or_default().waiting += waiting;
            centre.waiting += waiting;
        }
    }
    if let Some(table) = now.tables.get("agents") {
        let c = Agents::of(table.shape);
        for row in &table.rows {
            each.entry(c.acd.text(row)).or_default().staffed += 1;
            centre.staffed += 1;
        }
    }
    (centre, each)
}

/// The rows, each a link to the page at `path` for that switch alone; `only` is the one that is
/// looked at. Empty with one switch.
pub(crate) fn switch(now: &Snapshot, path: &str, only: Option<&str>, look: Look<'_>) -> Markup {
    if !look.several {
        return html! {};
    }
    let (centre, each) = figures(now);
    let entry = |name: &str, to: &str, here: bool, f: Figures<'_>| {
        html! {
            a href=(to) aria-current=[here.then_some("true")] {
                strong { (visible(name)) }
                span class=(format!("heard {}", link_class(f.state))) { (visible(f.state)) }
                span { b { (count(f.calls)) } " calls up" }
                span { b { (count(f.waiting)) } " waiting" }
                span { b { (count(f.staffed)) } " staffed" }
            }
        }
    };
    html! {
        nav.centre aria-label="The centre and its switches" {
            (entry("Centre", path, only.is_none(), centre))
            @for (acd, f) in each {
                (entry(acd, &with_acd(path, acd), only == Some(acd), f))
            }
        }
    }
}

/// An address with the switch that is looked at.
fn with_acd(path: &str, acd: &str) -> String {
    let mut to = format!("{path}?acd=");
    escape(&mut to, acd);
    to
}
