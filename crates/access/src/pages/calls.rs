//! The Calls page: calls that live and the last that ended.

use super::asked::Narrowed;
use super::boards::{Content, Grid, find, frame, none, rows};
use super::centre;
use super::columns::Calls;
use super::floor::{Head, Look};
use super::levels::{Level, Target, Targets};
use super::words::{age, agent_path, call_path, clock, count, millis, queue_path, row_id, visible};
use engine::Snapshot;
use facts::Stamp;
use facts::decree::Measure;
use facts::table::Row;
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};

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

pub(crate) fn state_words(state: &str) -> &str {
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
pub(crate) fn end_words(c: &Calls, row: &Row) -> String {
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

/// What the caller is called, and his number if that is something else.
pub(crate) fn caller<'a>(c: &Calls, row: &'a Row) -> (&'a str, &'a str) {
    match (c.caller_name.text(row), c.caller.text(row)) {
        ("", "") => ("Unknown", ""),
        ("", number) => (number, ""),
        (name, number) if name == number => (number, ""),
        (name, number) => (name, number),
    }
}

/// A caller's place in a queue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// From 1.
    pub(crate) position: i64,
    /// When he joined.
    pub(crate) since: Option<Stamp>,
}

/// The ids of calls that cross switches: each is one row, and its parts are none.
pub(crate) fn crossing(now: &Snapshot) -> BTreeSet<&str> {
    let Some(table) = now.tables.get("whole_calls") else { return BTreeSet::new() };
    let c = Calls::of(table.shape);
    table.rows.iter().map(|row| c.whole.text(row)).collect()
}

/// The switches that a call came through, each leading to its part there.
pub(crate) fn hops(way: &str, parts: &str) -> Markup {
    let hops = way.split(' ').zip(parts.split(' ').chain(std::iter::repeat("")));
    html! {
        @for (i, (acd, part)) in hops.enumerate() {
            @if i > 0 { " → " }
            @match part.split_once('/') {
                Some((of, call)) => a href=(call_path(of, call)) { (visible(acd)) },
                None => (visible(acd)),
            }
        }
    }
}

/// A call; with a place in a queue, as a caller of that queue.
/// A wait only grows, so the script counts the level on by the limits in force for the queue.
pub(crate) fn call_row(
    c: &Calls,
    row: &Row,
    place: Option<Place>,
    target: Option<Target>,
    look: Look<'_>,
) -> Markup {
    // A call that crosses switches is named by all of them; its queue and its agent are of one.
    let way = c.way.text(row);
    let crosses = !way.is_empty();
    let (acd, state) = (c.acd.text(row), c.state.text(row));
    let call = if crosses { c.whole.text(row) } else { c.call.text(row) };
    let here = |of: &super::columns::Place| if crosses { of.text(row) } else { acd };
    let (queue_acd, agent_acd) = (here(&c.split_acd), here(&c.agent_acd));
    // The page of its life is that of its first part.
    let first = call.split_once('/').filter(|_| crosses).map_or(call, |(_, call)| call);
    let (group, queue) = (group(c, row), c.split.text(row));
    let since = place.and_then(|place| place.since).or_else(|| since(c, row));
    let waits = group == "WAITING" || place.is_some();
    let length = c.ended_at.stamp(row).zip(c.began.stamp(row)).map(|(end, begin)| end - begin);
    let target = target.filter(|_| waits);
    let (level, limit) = match (since, target) {
        (Some(at), Some(target)) => target.wait_level(at, look.now),
        _ => (Level::Plain, 0),
    };
    let ended = if group == "ENDED" { end_words(c, row) } else { String::new() };
    let (name, number) = caller(c, row);
    let agent = [c.agent_name.text(row), c.agent.text(row)];
    let agent = agent.into_iter().find(|a| !a.is_empty()).unwrap_or_default();
    let hidden = look.state.is_some_and(|asked| asked != group && place.is_none());
    let kind = if place.is_some() { 'w' } else { 'c' };
    html! {
        tr id=(row_id(kind, acd, call)) class=[level.some()] data-s=(visible(state)) data-g=(group)
            data-t=[since.map(millis)] data-w=[target.and_then(|t| t.of_wait())] hidden[hidden] {
            @if look.several { td.acd {
                @if crosses { (hops(way, c.calls.text(row))) } @else { (visible(acd)) }
            } }
            @if let Some(place) = place { td.n { (place.position) } }
            th scope="row" class="who" {
                a href=(call_path(acd, first)) { (visible(name)) }
                @if !number.is_empty() { " " small { (visible(number)) } }
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
            td.ag { @if !agent.is_empty() {
                a href=(agent_path(agent_acd, c.agent.text(row))) { (visible(agent)) }
            } }
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

/// How far back the list goes, as a piece of the page.
fn reach(c: &Calls, calls: &[Row]) -> Markup {
    let ended: Vec<Stamp> = calls.iter().filter_map(|row| c.ended_at.stamp(row)).collect();
    html! {
        p.fine id="n:reach" {
            "Calls that live, and of those that ended the last "
            (count(i64::try_from(ended.len()).unwrap_or(i64::MAX)))
            @if let Some(at) = ended.iter().min() {
                ", since " time data-at=(millis(*at)) { (clock(*at)) }
            }
            ". A call is listed with the queue and the agent it is with, or was with last; counts \
            of today go further back than this list."
        }
    }
}

/// All calls asked for, and how many there are of each group.
pub(crate) fn content(now: &Snapshot, asked: &Narrowed, look: Look<'_>) -> Content {
    let Some(table) = now.tables.get("calls") else { return Content::default() };
    let c = Calls::of(table.shape);
    let mut sums = [0_i64; GROUPS.len()];
    let mut content = Content::default();
    let targets = Targets::of(now);
    let mut known: BTreeMap<(&str, &str), Option<Target>> = BTreeMap::new();
    let wholes = crossing(now);
    // Of one switch alone the parts are shown, in the centre the whole.
    let alone = asked.acd().is_some();
    let part = |row: &&Row| !wholes.is_empty() && wholes.contains(c.whole.text(row));
    let single = table.rows.iter().filter(|row| alone || !part(row)).map(|row| (c, row));
    let w = now.tables.get("whole_calls").map_or(c, |table| Calls::of(table.shape));
    let whole = rows(now, "whole_calls").iter().filter(|_| !alone).map(|row| (w, row));
    for (c, row) in single.chain(whole).filter(|(c, row)| asked.fits(c, row)) {
        let group = group(&c, row);
        for ((code, _), sum) in GROUPS.iter().zip(&mut sums) {
            *sum += i64::from(*code == group);
        }
        let crosses = !c.way.text(row).is_empty();
        let call = if crosses { c.whole.text(row) } else { c.call.text(row) };
        let id = row_id('c', c.acd.text(row), call);
        let acd = if crosses { c.split_acd.text(row) } else { c.acd.text(row) };
        let queue = c.split.text(row);
        let target = *known
            .entry((acd, queue))
            .or_insert_with(|| targets.of_queue(acd, queue, Measure::OldestWait));
        content.rows.push((id, call_row(&c, row, None, target, look).into_string()));
    }
    content.pieces.push(("n:reach".into(), reach(&c, &table.rows).into_string()));
    content.figures = GROUPS.iter().zip(sums).map(|((code, _), n)| (*code, count(n))).collect();
    content
}

/// What stands between the header and the end of the page.
pub(crate) fn body(content: &Content, now: &Snapshot, asked: &Narrowed, look: Look<'_>) -> Markup {
    let grid = Grid {
        id: "calls",
        kind: 'c',
        caption: "Calls that live, and the last that ended",
        heads: &HEADS,
        by: "Began down",
    };
    let empty = html! {
        @if asked.is_some() {
            h3 { "No such calls" }
            p { "None that lives, and none of the last that ended." }
        } @else {
            h3 { "No calls yet" }
            p {
                "Calls appear here as soon as there are any; the last that ended stay for a while."
            }
        }
    };
    frame(
        "calls-page",
        &asked.stream(),
        now,
        look,
        &html! {
            div id="centre" { (centre::switch(now, "/calls", asked.acd(), look)) }
            section.board aria-labelledby="calls-title" {
                header {
                    h1 id="calls-title" { "Calls" } span.count id="calls-count" {}
                    div.states role="group" aria-label="Show only some calls" {
                        @for (code, words) in GROUPS {
                            @let pressed = if look.state == Some(code) { "true" } else { "false" };
                            button type="button" data-s=(code) aria-pressed=(pressed) {
                                span.st { (words) } " "
                                span.count data-n=(code) { (content.figure(code)) }
                            }
                        }
                    }
                    (find("calls"))
                }
                (asked.markup())
                (grid.markup(content, &empty, look))
                (none("calls"))
                (content.piece("n:reach"))
            }
        },
    )
}
