//! The page of one queue: its callers, its agents, its counts of today.

use super::boards::{Content, Grid, find, frame, none, rows};
use super::calls::{Place, call_row};
use super::columns::{Agents, Calls, Members, Waiting};
use super::floor::{AGENT_HEADS, Figures, Head, Look, agent_row_as, states, tiles};
use super::levels::Targets;
use super::words::{calls_path, queue_path, row_id, threshold_path, visible, wall_path};
use crate::chart;
use engine::Snapshot;
use facts::decree::Measure;
use facts::table::Row;
use maud::{Markup, html};
use std::collections::BTreeMap;

const CALLER_HEADS: [Head; 7] = [
    Head("n", "Place", "in the order in which they will be served"),
    Head("who", "Caller", ""),
    Head("st", "State", ""),
    Head("n", "Wait", "since the call joined this queue"),
    Head("lo", "Entry", "the number dialled, or its name (VDN)"),
    Head("ag", "Agent", "the agent it rings at"),
    Head("att", "Attention", ""),
];

/// Whether there is such a queue.
pub(crate) fn exists(now: &Snapshot, acd: &str, queue: &str) -> bool {
    Figures::of_queue(now, acd, queue).is_some()
}

fn callers(now: &Snapshot, (acd, queue): (&str, &str), look: Look<'_>, to: &mut Content) {
    let (Some(calls), Some(waiting)) = (now.tables.get("calls"), now.tables.get("waiting")) else {
        return;
    };
    let (c, w) = (Calls::of(calls.shape), Waiting::of(waiting.shape));
    let here = |row: &&Row| w.acd.text(row) == acd && w.queue.text(row) == queue;
    let places: BTreeMap<&str, Place> = waiting
        .rows
        .iter()
        .filter(here)
        .map(|row| {
            let place = Place { position: w.position.sum(row), since: w.since.stamp(row) };
            (w.call.text(row), place)
        })
        .collect();
    let mut callers: Vec<(Place, &Row)> = calls
        .rows
        .iter()
        .filter(|row| c.acd.text(row) == acd)
        .filter_map(|row| Some((*places.get(c.call.text(row))?, row)))
        .collect();
    callers.sort_by_key(|(place, _)| place.position);
    let target = Targets::of(now).of_queue(acd, queue, Measure::OldestWait);
    for (place, row) in callers {
        let row_text = call_row(&c, row, Some(place), target, look).into_string();
        to.rows.push((row_id('w', acd, c.call.text(row)), row_text));
    }
}

/// Its agents, each in the state in which this queue sees him: so they add up to its counts.
fn members(now: &Snapshot, (acd, queue): (&str, &str), look: Look<'_>, to: &mut Content) {
    let (Some(table), Some(agents)) = (now.tables.get("cagent"), now.tables.get("agents")) else {
        return;
    };
    let (m, a) = (Members::of(table.shape), Agents::of(agents.shape));
    let of_acd = agents.rows.iter().filter(|row| a.acd.text(row) == acd);
    let known: BTreeMap<&str, &Row> = of_acd.map(|row| (a.agent.text(row), row)).collect();
    for row in rows(now, "cagent") {
        if m.acd.text(row) != acd || m.split.text(row) != queue {
            continue;
        }
        if let Some(agent) = known.get(m.logid.text(row)) {
            let text = agent_row_as(&a, agent, look, 'm', m.workmode.text(row)).into_string();
            to.rows.push((row_id('m', acd, m.logid.text(row)), text));
        }
    }
}

/// Where its tiles lead.
fn tile_links(acd: &str, queue: &str) -> [String; 5] {
    let calls = |outcome| calls_path(&[("acd", acd), ("queue", queue), ("outcome", outcome)]);
    let here = queue_path(acd, queue);
    let [offered, answered, abandoned] = ["OFFERED", "ANSWERED", "ABANDONED"].map(calls);
    [format!("{here}#waiting"), format!("{here}?state=AVAIL"), offered, answered, abandoned]
}

/// Its callers, agents, figures and last hour.
pub(crate) fn content(now: &Snapshot, acd: &str, queue: &str, look: Look<'_>) -> Content {
    let mut content = Content::default();
    callers(now, (acd, queue), look, &mut content);
    members(now, (acd, queue), look, &mut content);
    let hour = look.drawn.and_then(|_| look.stories.queue_hour(acd, queue));
    if let Some(hour) = hour {
        content.charts.push(("h:hour".into(), chart::hour(&hour, "h:hour").into_string()));
    }
    content.figures = Figures::of_queue(now, acd, queue).unwrap_or_default().named;
    content
}

/// What stands between the header and the end of the page.
pub(crate) fn body(
    content: &Content,
    now: &Snapshot,
    (acd, queue): (&str, &str),
    look: Look<'_>,
) -> Markup {
    let figures = Figures { named: content.figures.clone() };
    // One queue is of one switch.
    let several = look.several;
    let callers = Grid {
        id: "callers",
        kind: 'w',
        caption: "Callers who wait, in order",
        heads: &CALLER_HEADS,
        by: "Place up",
    };
    let members = Grid {
        id: "members",
        kind: 'm',
        caption: "Agents logged on to this queue",
        heads: &AGENT_HEADS,
        by: "Agent up",
    };
    let nobody = html! { p { "Nobody waits." } };
    let no_agent = html! {
        h3 { "No agent is logged on to this queue" }
        p { "On Asterisk: " code { "queue add member" } "." }
    };
    let stream = format!("{}/stream", queue_path(acd, queue));
    frame(
        "queue-page",
        &stream,
        now,
        look,
        &html! {
            div.title {
                h1 { (visible(queue)) }
                @if several { span.server { "on " (visible(acd)) } }
                span class={ "said " (figures.get("said-level")) } data-n="said"
                    data-level="said-level" { (figures.get("said")) }
                a href=(wall_path(queue)) { "Wallboard" }
                a href=(calls_path(&[("acd", acd), ("queue", queue)])) { "Calls" }
                a href=(threshold_path(acd, queue)) { "Thresholds" }
            }
            (tiles(&figures, look.now, &tile_links(acd, queue)))
            section.board id="waiting" aria-labelledby="callers-title" {
                header {
                    h2 id="callers-title" { "Callers" } span.count id="callers-count" {}
                    (super::floor::flags("callers"))
                }
                (callers.markup(content, &nobody, look))
            }
            @if !content.charts.is_empty() {
                section.drawing aria-labelledby="hour-head" {
                    header { h2 id="hour-head" { "Last hour" } }
                    (content.piece("h:hour"))
                }
            }
            section.agents aria-labelledby="members-title" {
                header {
                    h2 id="members-title" { "Agents" } span.count id="members-count" {}
                    (super::floor::flags("members"))
                    (states(&figures))
                    (find("agents"))
                }
                (members.markup(content, &no_agent, look))
                (none("agents"))
            }
        },
    )
}
