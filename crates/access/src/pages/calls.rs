//! The Calls page: calls that live and the last that ended.

use super::boards::{Content, Grid, find, frame, none, rows};
use super::centre::with_acd;
use super::columns::Calls;
use super::floor::{Head, Look};
use super::limits::Level;
use super::words::{age, clock, count, millis, queue_path, row_id, visible};
use engine::Snapshot;
use facts::Stamp;
use facts::table::Row;
use maud::{Markup, html};
use std::collections::BTreeSet;

const HEADS: [Head; 9] = [
    Head("who", "Caller", ""),
    Head("st", "State", ""),
    Head(
        "n",
        "Time",
        "waiting, or since the answer, or since it began; of an ended call: its length",
    ),
    Head("lo", "Entry", "the number dialled, or its name (VDN)"),
    Head("sp", "Queue", "the queue it is in, or was last"),
    Head("ag", "Agent", "the agent it rings at, talks to or talked to last"),
    Head("lo", "Trunk", "the trunk group it came in by or went out by"),
    Head("n lo", "Began", ""),
    Head("att", "Attention", "also how a call ended"),
];

/// The groups by which calls are narrowed down.
const GROUPS: [(&str, &str); 5] = [
    ("WAITING", "Waiting"),
    ("CONNECTING", "Connecting"),
    ("TALKING", "On call"),
    ("HELD", "On hold"),
    ("ENDED", "Ended"),
];

/// Whether the caller waits in a queue now, a ringing agent included.
pub(crate) fn waits(c: &Calls, row: &Row) -> bool {
    match c.state.text(row) {
        "QUEUED" => true,
        // A call that rings elsewhere has no queue, or its visit there has an outcome.
        "RINGING" => !c.split.text(row).is_empty() && c.outcome.text(row).is_empty(),
        _ => false,
    }
}

fn group(c: &Calls, row: &Row) -> &'static str {
    match c.state.text(row) {
        _ if waits(c, row) => "WAITING",
        "TALKING" | "CONFERENCE" => "TALKING",
        "HELD" | "PARKED" => "HELD",
        "ENDED" => "ENDED",
        _ => "CONNECTING",
    }
}

fn state_words(state: &str) -> &str {
    match state {
        "NEW" => "New",
        "IVR" => "IVR",
        "QUEUED" => "Waiting",
        "RINGING" => "Ringing",
        "TALKING" => "On call",
        "HELD" => "On hold",
        "PARKED" => "Parked",
        "CONFERENCE" => "Conference",
        "ENDED" => "Ended",
        other => other,
    }
}

/// From when on its time counts; `None`: it has ended.
fn since(c: &Calls, row: &Row) -> Option<Stamp> {
    let began = c.began.stamp(row);
    match group(c, row) {
        "ENDED" => None,
        "WAITING" => c.queued_at.stamp(row).or(began),
        "TALKING" | "HELD" => c.answered_at.stamp(row).or(began),
        _ => began,
    }
}

/// How an ended call ended.
fn end_words(c: &Calls, row: &Row) -> String {
    let outcome = match c.outcome.text(row) {
        "ANSWERED" => "Answered",
        "ABANDONED" => "Abandoned",
        "TIMED_OUT" => "Waited too long",
        "LEFT_EMPTY" => "No agent left",
        "EXIT_KEY" => "Keyed out",
        "REFUSED" => "Refused",
        "LEFT" => "Taken out",
        "LOST" => "End not seen",
        "NOT_ANSWERED" => "Not answered",
        other => other,
    };
    let by = match c.ended_by.text(row) {
        "CALLER" => "caller hung up",
        "AGENT" => "agent hung up",
        "SWITCH" => "switch ended it",
        _ => "",
    };
    [outcome, by].into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// The ids of calls that cross switches: each is one row, and its parts are none.
pub(crate) fn crossing(now: &Snapshot) -> BTreeSet<&str> {
    let Some(table) = now.tables.get("whole_calls") else { return BTreeSet::new() };
    let c = Calls::of(table.shape);
    table.rows.iter().map(|row| c.whole.text(row)).collect()
}

/// The switches that a call came through, each leading to its part there.
fn hops(way: &str, parts: &str) -> Markup {
    let hops = way.split(' ').zip(parts.split(' ').chain(std::iter::repeat("")));
    html! {
        @for (i, (acd, part)) in hops.enumerate() {
            @if i > 0 { " → " }
            a href=(with_acd("/calls", Some(acd))) title=(visible(part)) { (visible(acd)) }
        }
    }
}

/// A call; with a place in a queue, as a caller of that queue.
pub(crate) fn call_row(c: &Calls, row: &Row, place: Option<usize>, look: Look<'_>) -> Markup {
    // A call that crosses switches is named by all of them, and is in a queue of one of them.
    let way = c.way.text(row);
    let crosses = !way.is_empty();
    let call = if crosses { c.whole.text(row) } else { c.call.text(row) };
    let queue_acd = if crosses { c.split_acd.text(row) } else { c.acd.text(row) };
    let (acd, state) = (c.acd.text(row), c.state.text(row));
    let (group, since, queue) = (group(c, row), since(c, row), c.split.text(row));
    let waits = group == "WAITING";
    let length = c.ended_at.stamp(row).zip(c.began.stamp(row)).map(|(end, begin)| end - begin);
    let (level, limit) = match since {
        Some(at) if waits => look.limits.oldest_wait.level(at, look.now),
        _ => (Level::Plain, 0),
    };
    let ended = if group == "ENDED" { end_words(c, row) } else { String::new() };
    let (name, number) = (c.caller_name.text(row), c.caller.text(row));
    let agent = [c.agent_name.text(row), c.agent.text(row)];
    let agent = agent.into_iter().find(|a| !a.is_empty()).unwrap_or_default();
    let kind = if place.is_some() { 'w' } else { 'c' };
    let level = Some(level.class()).filter(|l| !l.is_empty());
    html! {
        tr id=(row_id(kind, acd, call)) class=[level] data-s=(visible(state)) data-g=(group)
            data-t=[since.map(millis)] data-k=(if waits { "Wait" } else { "" })
            data-m=[Some(&ended).filter(|e| !e.is_empty())] {
            @if look.several {
                td.acd {
                    @if crosses { (hops(way, c.calls.text(row))) } @else { (visible(acd)) }
                }
            }
            @if let Some(place) = place { td.n { (place) } }
            th scope="row" class="who" {
                @if name.is_empty() && number.is_empty() { "Unknown" }
                @else if name.is_empty() || name == number { (visible(number)) }
                @else { (visible(name)) " " small { (visible(number)) } }
            }
            td.st { (visible(state_words(state))) }
            td.n.t {
                @match (since, length) {
                    (Some(at), _) => (age(look.now - at)),
                    (None, Some(length)) => (age(length)),
                    _ => "",
                }
            }
            td.lo { (visible(c.vdn.text(row))) }
            @if place.is_none() {
                td.sp { @if !queue.is_empty() {
                    a href=(queue_path(queue_acd, queue)) { (visible(queue)) }
                } }
            }
            td.ag { (visible(agent)) }
            @if place.is_none() {
                td.lo { (visible(c.trunk_group.text(row))) }
                td.n.lo { @if let Some(at) = c.began.stamp(row) {
                    time data-at=(millis(at)) { (clock(at)) }
                } }
            }
            td.att { (ended) @if limit > 0 { "Wait over " (super::words::span(limit)) } }
        }
    }
}

/// All calls, and how many there are of each group.
pub(crate) fn content(now: &Snapshot, look: Look<'_>) -> Content {
    let Some(table) = now.tables.get("calls") else { return Content::default() };
    let c = Calls::of(table.shape);
    let mut sums = [0_i64; GROUPS.len()];
    let mut content = Content::default();
    let wholes = crossing(now);
    // Of one switch alone its parts are shown, in the centre the whole.
    let parts = |row: &&Row| wholes.is_empty() || !wholes.contains(c.whole.text(row));
    let alone = look.acd.is_some();
    let single = rows(now, "calls").iter().filter(|row| look.shows(row) && (alone || parts(row)));
    let whole = rows(now, "whole_calls").iter().filter(|_| !alone);
    let w = now.tables.get("whole_calls").map_or(c, |table| Calls::of(table.shape));
    for (c, row) in single.map(|row| (c, row)).chain(whole.map(|row| (w, row))) {
        let group = group(&c, row);
        for ((code, _), sum) in GROUPS.iter().zip(&mut sums) {
            *sum += i64::from(*code == group);
        }
        let call = if c.way.text(row).is_empty() { c.call.text(row) } else { c.whole.text(row) };
        let id = row_id('c', c.acd.text(row), call);
        content.rows.push((id, call_row(&c, row, None, look).into_string()));
    }
    content.figures = GROUPS.iter().zip(sums).map(|((code, _), n)| (*code, count(n))).collect();
    content
}

/// What stands between the header and the end of the page.
pub(crate) fn body(content: &Content, now: &Snapshot, look: Look<'_>) -> Markup {
    let grid = Grid {
        id: "calls",
        kind: 'c',
        caption: "Calls that live, and the last that ended",
        heads: &HEADS,
        by: "Began down",
    };
    let empty = html! {
        h3 { "No calls yet" }
        p { "Calls appear here as soon as there are any; the last that ended stay for a while." }
    };
    frame(
        "calls-page",
        "/calls/stream",
        now,
        look,
        &html! {
            section.board aria-labelledby="calls-title" {
                header {
                    h1 id="calls-title" { "Calls" } span.count id="calls-count" {}
                    div.states role="group" aria-label="Show only some calls" {
                        @for (code, words) in GROUPS {
                            button type="button" data-s=(code) aria-pressed="false" {
                                span.st { (words) } " "
                                span.count data-n=(code) { (content.figure(code)) }
                            }
                        }
                    }
                    (find("calls"))
                }
                (grid.markup(content, &empty, look))
                (none("calls"))
            }
        },
    )
}
