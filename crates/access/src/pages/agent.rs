//! The page of one agent: how he stands now, his totals of today, and his day as a time line and
//! as a list.

use super::boards::{Content, Grid, frame};
use super::columns::{Agents, Members};
use super::figures::time_tile;
use super::floor::{Head, Look, number, state_words, the_call};
use super::words::{age, calls_path, clock, count, millis, queue_path, row_id, visible};
use crate::chart::{Band, Chart, Lane, lanes};
use engine::{AgentDay, AgentSpan, Snapshot};
use facts::Stamp;
use facts::table::Row;
use maud::{Markup, html};
use std::collections::BTreeMap;

const SPAN_HEADS: [Head; 6] = [
    Head("n at", "From", "when it began"),
    Head("st", "State", ""),
    Head("rs", "Reason", "why he was in AUX"),
    Head("n", "Time", "how long it took"),
    Head("sp", "Queue", "the queue of the call, the ring or the after-call work"),
    Head("pa", "Call", "number at the other end; leads to the call"),
];

const QUEUE_HEADS: [Head; 9] = [
    Head("who", "Queue", ""),
    Head("st", "State", "how this queue sees him"),
    Head("n", "Calls", "calls of this queue finished today, after-call work included"),
    Head("n", "Talk", "talk of these calls, hold excluded"),
    Head("n", "ACW", "after-call work of these calls"),
    Head("n", "Rang", "calls of this queue that rang at him today"),
    Head("n", "Missed", "of them not taken"),
    Head("n", "Held", "of the finished: held at least once"),
    Head("n", "Moved on", "calls of this queue that he transferred"),
];

/// The lanes of the time line, from the top.
const LANES: [Lane; 6] = [
    Lane("ACD", "On call"),
    Lane("RING", "Ringing"),
    Lane("ACW", "ACW"),
    Lane("AVAIL", "Available"),
    Lane("AUX", "AUX"),
    Lane("OTHER", "Other"),
];

/// The least time that the line shows, in seconds.
const SHORTEST: i64 = 600;

/// An agent as the tables and the stories have him.
struct Seen<'a> {
    row: Option<(Agents, &'a Row)>,
    day: Option<AgentDay>,
}

fn seen<'a>(now: &'a Snapshot, acd: &str, agent: &str, look: Look<'_>) -> Seen<'a> {
    let row = now.tables.get("agents").and_then(|table| {
        let c = Agents::of(table.shape);
        let is = |row: &&Row| c.acd.text(row) == acd && c.agent.text(row) == agent;
        Some((c, table.rows.iter().find(is)?))
    });
    Seen { row, day: look.stories.agent_day(acd, agent) }
}

/// What he is called; `None`: nobody knows him today.
pub(crate) fn name(now: &Snapshot, acd: &str, agent: &str, look: Look<'_>) -> Option<String> {
    let seen = seen(now, acd, agent, look);
    let of_table = seen.row.map(|(c, row)| c.name.text(row).to_owned());
    let of_story = seen.day.map(|day| day.name.to_string());
    let known = of_table.is_some() || of_story.is_some();
    let named = of_table.into_iter().chain(of_story).find(|name| !name.is_empty());
    known.then(|| named.unwrap_or_else(|| agent.to_owned()))
}

fn span_words(span: &AgentSpan) -> String {
    match span.state {
        "OUT" => "Logged off".to_owned(),
        "UNKNOWN" => "Not heard".to_owned(),
        state => state_words(state, span.direction.unwrap_or_default(), 0),
    }
}

/// The whole seconds of a span, up to `now` if it goes on.
fn length(span: &AgentSpan, now: Stamp) -> i64 {
    span.to.unwrap_or(now).since(span.from).max(0)
}

fn span_row(acd: &str, span: &AgentSpan, now: Stamp) -> Markup {
    let id = row_id('s', acd, &span.from.0.to_string());
    let (call, queue) = (span.call.as_deref().unwrap_or(""), span.split.as_deref().unwrap_or(""));
    let goes_on = span.to.is_none();
    let ms = (!goes_on).then(|| length(span, now) / 1_000);
    html! {
        tr id=(id) data-s=(span.state) data-k=""
            data-t=[goes_on.then(|| millis(span.from))] {
            th scope="row" class="n at" {
                time data-at=(millis(span.from)) { (clock(span.from)) }
            }
            td.st { (span_words(span)) }
            td.rs { (visible(&span.reason)) }
            td class=(if goes_on { "n t" } else { "n" }) data-v=[ms] {
                (age(length(span, now)))
            }
            td.sp { @if !queue.is_empty() {
                a href=(queue_path(acd, queue)) { (visible(queue)) }
            } }
            td.pa {
                (the_call(acd, call, &span.party))
                // Where there is no room for a column of reasons.
                @if !span.reason.is_empty() { span.narrow { (visible(&span.reason)) } }
            }
        }
    }
}

/// How he stands now.
fn now_piece(seen: &Seen<'_>, acd: &str, at: Stamp) -> Markup {
    html! {
        div.standing id="h:now" {
            @match seen.row {
                Some((c, row)) => {
                    @let state = c.state.text(row);
                    @let queue = c.split.text(row);
                    strong.st data-s=(visible(state)) {
                        (state_words(state, c.direction.text(row), c.on_hold.sum(row)))
                    }
                    @if !c.reason.text(row).is_empty() { span { (visible(c.reason.text(row))) } }
                    @if let Some(since) = c.since.stamp(row) {
                        span { "for " b.counted data-t=(millis(since)) { (age(at - since)) }
                            ", since " time data-at=(millis(since)) { (clock(since)) } }
                    }
                    @if !queue.is_empty() {
                        span { "queue " a href=(queue_path(acd, queue)) { (visible(queue)) } }
                    }
                    @if !c.call.text(row).is_empty() {
                        span { "with " (the_call(acd, c.call.text(row), c.party.text(row))) }
                    }
                }
                None => strong.st data-s="OUT" { "Logged off" },
            }
        }
    }
}

/// AUX by reason, from the spans: microseconds of those that are over, and the one that runs.
fn reasons(day: &AgentDay, at: Stamp) -> BTreeMap<&str, (i64, bool)> {
    let mut sums: BTreeMap<&str, (i64, bool)> = BTreeMap::new();
    for span in day.spans.iter().filter(|span| span.state == "AUX") {
        let (sum, runs) = sums.entry(&span.reason).or_default();
        *sum = sum.saturating_add(length(span, at));
        *runs |= span.to.is_none();
    }
    sums
}

/// His totals of today.
fn totals(seen: &Seen<'_>, at: Stamp) -> Markup {
    html! {
        div id="h:totals" {
            @if let Some((c, row)) = seen.row {
                @let is = |state: &str| c.state.text(row) == state;
                dl.tiles.small aria-label="Today so far" {
                    (time_tile("Logged on", c.staff_ms.int(row), true, at))
                    (time_tile("On call", c.acd_ms.int(row), is("ACD"), at))
                    (time_tile("ACW", c.acw_ms.int(row), is("ACW"), at))
                    (time_tile("Available", c.avail_ms.int(row), is("AVAIL"), at))
                    (time_tile("Ringing", c.ring_ms.int(row), is("RING"), at))
                    (time_tile("AUX", c.aux_ms.int(row), is("AUX"), at))
                    (time_tile("Other", c.other_ms.int(row), is("OTHER"), at))
                    div.tile { dt { "Calls" } dd { b { (count(c.acd_calls.sum(row))) } } }
                    div.tile { dt { "Missed" } dd { b { (count(c.rona.sum(row))) } } }
                }
            }
            @if let Some(day) = &seen.day {
                @let reasons = reasons(day, at);
                @if !reasons.is_empty() {
                    p.reasons { "AUX by reason: "
                        @for (i, (reason, (micros, runs))) in reasons.iter().enumerate() {
                            @if i > 0 { ", " }
                            span.nowrap {
                                @if reason.is_empty() { "none given" } @else { (visible(reason)) }
                                " "
                                b class=[runs.then_some("counted")]
                                    data-t=[runs.then(|| millis(at) - micros / 1_000)] {
                                    (age(*micros))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn band(span: &AgentSpan, to: Stamp) -> Option<Band> {
    let lane = LANES.iter().position(|Lane(state, _)| *state == span.state);
    if lane.is_none() && span.state != "UNKNOWN" {
        return None;
    }
    let mut said = format!("{}: {}", clock(span.from), span_words(span));
    for more in [&*span.reason, span.split.as_deref().unwrap_or(""), &*span.party] {
        if !more.is_empty() {
            said.push_str(", ");
            said.push_str(&visible(more));
        }
    }
    said.push_str(", ");
    said.push_str(&age(length(span, to)));
    Some(Band { lane, from: span.from, to: span.to.unwrap_or(to), said })
}

/// The time line of a day up to `to`.
fn line(day: &AgentDay, to: Stamp) -> Markup {
    let first = day.spans.iter().find(|span| !matches!(span.state, "OUT" | "UNKNOWN"));
    let from = first.or(day.spans.first()).map_or(day.day_start, |span| span.from);
    let to = to.max(day.now).max(from.plus_secs(SHORTEST));
    let last = day.spans.last().and_then(|span| span.to);
    let now = last.unwrap_or(day.now).max(day.now);
    let shown = day.spans.iter().filter(|span| span.to.is_none_or(|to| to > from));
    let bands: Vec<Band> = shown.filter_map(|span| band(span, now)).collect();
    let calls = day.spans.iter().filter(|span| span.state == "ACD").count();
    let dark = day.spans.iter().filter(|span| span.state == "UNKNOWN").count();
    let mut desc = format!("{calls} times on a queue call. The list below says all of it.");
    if dark > 0 {
        desc.push_str(" Hatched: the switch was not heard.");
    }
    let chart = Chart {
        id: "day",
        title: "The states of the agent today, along time",
        desc: &desc,
        from,
        to,
        clock_from: Some(day.day_start),
        lanes: &LANES,
        bands: &bands,
    };
    html! {
        figure.chart id="h:day" {
            (lanes(&chart))
            @if dark > 0 {
                figcaption { ul.legend { li { span.key.unknown {} "the switch was not heard" } } }
            }
        }
    }
}

fn queue_row(c: &Members, row: &Row) -> Markup {
    let (acd, queue, state) = (c.acd.text(row), c.split.text(row), c.workmode.text(row));
    let time = |secs: Option<i64>| {
        let words = age(secs.unwrap_or(0).saturating_mul(1_000_000));
        let class = if secs.unwrap_or(0) == 0 { "n z" } else { "n" };
        html! { td class=(class) data-v=(secs.unwrap_or(0)) { (words) } }
    };
    html! {
        tr id=(row_id('k', acd, queue)) data-s=(visible(state)) {
            th scope="row" class="who" { a href=(queue_path(acd, queue)) { (visible(queue)) } }
            td.st { (state_words(state, "", 0)) }
            (number(c.acdcalls.int(row)))
            (time(c.acdtime.int(row)))
            (time(c.acwtime.int(row)))
            (number(c.ringcalls.int(row)))
            (number(c.noansredir.int(row)))
            (number(c.holdcalls.int(row)))
            (number(c.transferred.int(row)))
        }
    }
}

/// All that the page shows.
pub(crate) fn content(now: &Snapshot, acd: &str, agent: &str, look: Look<'_>) -> Content {
    let seen = seen(now, acd, agent, look);
    let mut to = Content::default();
    let at = now.at;
    to.pieces.push(("h:now".into(), now_piece(&seen, acd, at).into_string()));
    to.pieces.push(("h:totals".into(), totals(&seen, at).into_string()));
    if let Some(day) = &seen.day {
        for span in day.spans.iter().rev() {
            let id = row_id('s', acd, &span.from.0.to_string());
            to.rows.push((id, span_row(acd, span, look.now).into_string()));
        }
        if let Some(drawn) = look.drawn {
            to.charts.push(("h:day".into(), line(day, drawn).into_string()));
        }
    }
    if let Some(table) = now.tables.get("cagent") {
        let c = Members::of(table.shape);
        let his = |row: &&Row| c.acd.text(row) == acd && c.logid.text(row) == agent;
        for row in table.rows.iter().filter(his) {
            let id = row_id('k', acd, c.split.text(row));
            to.rows.push((id, queue_row(&c, row).into_string()));
        }
    }
    to
}

/// What stands between the header and the end of the page.
pub(crate) fn body(
    content: &Content,
    now: &Snapshot,
    (acd, agent): (&str, &str),
    look: Look<'_>,
) -> Markup {
    let called = name(now, acd, agent, look).unwrap_or_default();
    // His switch is in the title, not in every row.
    let look = Look { several: false, ..look };
    let cut = look.stories.agent_day(acd, agent).is_some_and(|day| day.cut);
    let spans = Grid {
        id: "spans",
        kind: 's',
        caption: "The agent's states today, newest first",
        heads: &SPAN_HEADS,
        by: "From down",
    };
    let queues = Grid {
        id: "his-queues",
        kind: 'k',
        caption: "The agent's queues, and his calls of today in each",
        heads: &QUEUE_HEADS,
        by: "Queue up",
    };
    let no_span = html! { p { "Nothing is known of today yet." } };
    let no_queue = html! { p { "Logged on to no queue." } };
    frame(
        "agent-page",
        &format!("{}/stream", super::words::agent_path(acd, agent)),
        now,
        look,
        &html! {
            div.title {
                h1 { (visible(&called)) }
                @if called != agent { span.server { (visible(agent)) } }
                span.server { "on " (visible(acd)) }
                a href=(calls_path(&[("acd", acd), ("agent", agent)])) { "Calls" }
            }
            (content.piece("h:now"))
            (content.piece("h:totals"))
            section.drawing aria-labelledby="day-head" {
                header { h2 id="day-head" { "Today" } }
                @if content.charts.is_empty() { figure.chart id="h:day" {} }
                (content.piece("h:day"))
            }
            section.board aria-labelledby="his-queues-title" {
                header { h2 id="his-queues-title" { "Queues" } span.count id="his-queues-count" {} }
                (queues.markup(content, &no_queue, look))
            }
            section.board aria-labelledby="spans-title" {
                header { h2 id="spans-title" { "State by state" } span.count id="spans-count" {} }
                (spans.markup(content, &no_span, look))
                @if cut { p.fine { "The beginning of the day is not kept: it was too long." } }
            }
        },
    )
}
