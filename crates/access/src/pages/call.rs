//! The page of one call: its phases as a drawing, and its life step by step. A call that crosses
//! switches is one: its life is that of all its parts, in the order of time.

use super::boards::{Content, frame};
use super::calls::{caller, end_words, state_words};
use super::columns::Calls;
use super::figures::time_tile;
use super::floor::Look;
use super::phases::{PHASES, phases};
use super::words::{age, agent_path, call_path, clock, millis, queue_path, visible};
use crate::chart::{Band, Chart, Lane, lanes};
use engine::{CallLife, CallStep, Snapshot};
use facts::table::Row;
use facts::{Stamp, Text};
use maud::{Markup, html};

/// A call as the table and the stories have it.
struct Seen<'a> {
    row: Option<(Calls, &'a Row)>,
    life: Option<CallLife>,
    /// Of a call that crosses switches: its row as a whole, and the lives of its other parts.
    whole: Option<(Calls, &'a Row)>,
    others: Vec<(Text, CallLife)>,
}

/// A step and the switch that told it.
struct Told {
    acd: Text,
    step: CallStep,
}

fn seen<'a>(now: &'a Snapshot, acd: &str, call: &str, look: Look<'_>) -> Seen<'a> {
    let life = look.stories.call_life(acd, call);
    let row = now.tables.get("calls").and_then(|table| {
        let c = Calls::of(table.shape);
        let is = |row: &&Row| {
            let own = c.call.text(row);
            let known = life.as_ref().is_some_and(|life| life.ids.iter().any(|id| **id == *own));
            c.acd.text(row) == acd && (own == call || known)
        };
        Some((c, table.rows.iter().find(is)?))
    });
    let whole = row.and_then(|(c, row)| {
        let table = now.tables.get("whole_calls")?;
        let w = Calls::of(table.shape);
        let is = |whole: &&Row| w.whole.text(whole) == c.whole.text(row);
        Some((w, table.rows.iter().find(is)?))
    });
    let parts = whole.map_or("", |(w, row)| w.calls.text(row)).split_whitespace();
    let others = parts.filter_map(|part| part.split_once('/')).filter_map(|(own, part)| {
        let of = look.stories.call_life(own, part)?;
        let this = own == acd && life.as_ref().is_some_and(|life| life.call == of.call);
        (!this).then(|| (Text::from(own), of))
    });
    let others = others.collect();
    Seen { row, life, whole, others }
}

/// The steps of all parts, by time. Only the first part came in and only the last one ended; what
/// the others say of it is how the call went from switch to switch.
fn told(acd: &str, seen: &Seen<'_>) -> Vec<Told> {
    let own = match (&seen.life, &seen.row) {
        (Some(life), _) => life.steps.clone(),
        (None, Some((c, row))) => plain_steps(c, row),
        (None, None) => Vec::new(),
    };
    let acd = Text::from(acd);
    let mut all: Vec<Told> = own.into_iter().map(|step| Told { acd: acd.clone(), step }).collect();
    for (acd, life) in &seen.others {
        all.extend(life.steps.iter().map(|step| Told { acd: acd.clone(), step: step.clone() }));
    }
    if seen.others.is_empty() {
        return all;
    }
    // Where two switches say the same moment the one where the call began goes first.
    let first = seen.whole.map(|(w, row)| Text::from(w.acd.text(row)));
    all.sort_by_key(|told| (told.step.at, Some(&told.acd) != first.as_ref()));
    let ends = all.iter().filter(|told| told.step.kind == "hangup").count();
    let (mut entries, mut ended) = (0, 0);
    for Told { step, .. } in &mut all {
        match step.kind {
            "entry" => {
                entries += 1;
                step.kind = if entries > 1 { "crossed" } else { "entry" };
            }
            "hangup" => {
                ended += 1;
                step.kind = if ended < ends { "part-ended" } else { "hangup" };
            }
            _ => {}
        }
    }
    all
}

/// The way of a call over several switches.
fn way(seen: &Seen<'_>) -> Markup {
    html! {
        @if let Some((w, row)) = &seen.whole {
            span.server { "over " (super::calls::hops(w.way.text(row), w.calls.text(row))) }
        }
    }
}

/// Whether there is such a call.
pub(crate) fn exists(now: &Snapshot, acd: &str, call: &str, look: Look<'_>) -> bool {
    let seen = seen(now, acd, call, look);
    seen.row.is_some() || seen.life.is_some()
}

/// The steps that the table alone tells, of a call whose story is not kept.
fn plain_steps(c: &Calls, row: &Row) -> Vec<CallStep> {
    let name = |place: &str| (!place.is_empty()).then(|| Text::from(place));
    let step = |at: Option<Stamp>, kind, detail: &str| {
        Some(CallStep {
            at: at?,
            kind,
            split: name(c.split.text(row)).filter(|_| kind == "queued"),
            agent: name(c.agent.text(row)).filter(|_| kind == "answered"),
            agent_name: name(c.agent_name.text(row)).filter(|_| kind == "answered"),
            detail: Text::from(detail),
            ms: None,
        })
    };
    let steps = [
        step(c.began.stamp(row), "entry", c.dialled.text(row)),
        step(c.queued_at.stamp(row), "queued", ""),
        step(c.answered_at.stamp(row), "answered", ""),
        step(c.ended_at.stamp(row), "hangup", &end_words(c, row)),
    ];
    steps.into_iter().flatten().collect()
}

/// What a step is, in words and in the state whose shape and colour it has.
fn step_words(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "entry" => ("Came in", "NEW"),
        "vector" => ("Dialplan", "IVR"),
        "ivr" => ("IVR", "IVR"),
        "queued" => ("Joined queue", "QUEUED"),
        "ring" => ("Rings at", "RINGING"),
        "no-answer" => ("Not answered by", "OTHER"),
        "answered" => ("Answered by", "TALKING"),
        "hold" => ("Put on hold", "HELD"),
        "resume" => ("Taken off hold", "TALKING"),
        "transfer" => ("Transferred", "CONNECTING"),
        "joined" => ("Joined with another call", "CONNECTING"),
        "parked" => ("Parked", "PARKED"),
        "unparked" => ("Taken from park", "TALKING"),
        "conference-in" => ("Joined a conference", "CONFERENCE"),
        "conference-out" => ("Left the conference", "CONFERENCE"),
        "left-queue" => ("Left the queue", "OTHER"),
        "refused" => ("Refused by queue", "OTHER"),
        "code" => ("Work code", "ACW"),
        "unheard" => ("The switch was no longer heard", "OTHER"),
        "heard" => ("The switch is heard again", "OTHER"),
        "dialled" => ("Made another call", "CONNECTING"),
        "crossed" => ("Came to another switch", "NEW"),
        "part-ended" => ("Left the switch", "OTHER"),
        "hangup" => ("Ended", "ENDED"),
        _ => ("Something else", "OTHER"),
    }
}

fn step_item(told: &Told, several: bool, began: Stamp) -> Markup {
    let (acd, step) = (&*told.acd, &told.step);
    let (words, state) = step_words(step.kind);
    let agent = step.agent.as_deref().unwrap_or("");
    let name = step.agent_name.as_deref().filter(|name| !name.is_empty()).unwrap_or(agent);
    html! {
        li data-s=(state) {
            time data-at=(millis(step.at)) { (clock(step.at)) }
            span.since { "+" (age(step.at.since(began))) }
            span.st { (words) }
            span.who {
                @if several { b { (visible(acd)) } " " }
                @if !agent.is_empty() {
                    a href=(agent_path(acd, agent)) { (visible(name)) }
                    " "
                }
                @if let Some(queue) = step.split.as_deref().filter(|queue| !queue.is_empty()) {
                    @if !matches!(step.kind, "queued" | "refused" | "left-queue") { "queue " }
                    a href=(queue_path(acd, queue)) { (visible(queue)) }
                    " "
                }
                @if !step.detail.is_empty() { span.detail { (visible(&step.detail)) } }
                @if let Some(ms) = step.ms {
                    " " span.took { (took(step.kind)) " " (age(ms.saturating_mul(1_000))) }
                }
            }
        }
    }
}

fn took(kind: &str) -> &'static str {
    match kind {
        "answered" | "left-queue" => "after a wait of",
        "no-answer" => "after",
        "resume" => "after a hold of",
        _ => "took",
    }
}

/// The life, step by step.
fn life(steps: &[Told], several: bool) -> Markup {
    let began = steps.first().map_or(Stamp(0), |told| told.step.at);
    html! {
        ol.life id="h:life" { @for told in steps { (step_item(told, several, began)) } }
    }
}

/// The phases as a drawing, and their numbers.
fn drawing(steps: &[CallStep], to: Stamp) -> Markup {
    let Some(began) = steps.first().map(|step| step.at) else {
        return html! { figure.chart id="h:phases" {} };
    };
    let phases = phases(steps, to);
    let words = |lane: Option<usize>| {
        lane.and_then(|n| PHASES.get(n)).map_or("Not heard", |Lane(_, words)| words)
    };
    let bands: Vec<Band> = phases
        .iter()
        .map(|phase| {
            let length = age(phase.to.since(phase.from));
            let said = format!("{}: {}, {length}", clock(phase.from), words(phase.lane));
            Band { lane: phase.lane, from: phase.from, to: phase.to, said }
        })
        .collect();
    let last = phases.last().map_or(began, |phase| phase.to);
    let list: Vec<String> =
        phases.iter().map(|p| format!("{} {}", words(p.lane), age(p.to.since(p.from)))).collect();
    let chart = Chart {
        id: "phases",
        title: "The phases of the call, along time",
        desc: &format!("In order: {}.", list.join(", ")),
        from: began,
        to: last.max(began.plus_secs(5)),
        clock_from: None,
        lanes: &PHASES,
        bands: &bands,
    };
    html! {
        figure.chart id="h:phases" {
            (lanes(&chart))
            details.numbers {
                summary { "The same in numbers" }
                div.scroll tabindex="0" role="group" aria-label="The phases in numbers" {
                    table.plain {
                        caption { "The phases of the call, in order" }
                        thead { tr {
                            th scope="col" { "From" } th scope="col" { "Phase" }
                            th scope="col" { "Time" }
                        } }
                        tbody { @for phase in &phases { tr {
                            th scope="row" {
                                time data-at=(millis(phase.from)) { (clock(phase.from)) }
                            }
                            td.words { (words(phase.lane)) }
                            td { (age(phase.to.since(phase.from))) }
                        } } }
                    }
                }
            }
        }
    }
}

/// How it stands, and its times so far.
fn now_piece(c: &Calls, row: &Row, at: Stamp) -> Markup {
    let state = c.state.text(row);
    let began = c.began.stamp(row);
    let ended = c.ended_at.stamp(row);
    let waits = super::calls::waits(c, row);
    let length = began.map(|began| ended.unwrap_or(at).since(began) / 1_000);
    html! {
        div id="h:now" {
            div.standing {
                strong.st data-s=(visible(state)) { (state_words(state)) }
                @if ended.is_some() { span { (end_words(c, row)) } }
                @if let Some(began) = began {
                    span { "began " time data-at=(millis(began)) { (clock(began)) } }
                }
                @if let Some(ended) = ended {
                    span { "ended " time data-at=(millis(ended)) { (clock(ended)) } }
                }
                @for (label, place) in [("to", c.vdn), ("trunk", c.trunk_group)] {
                    @if !place.text(row).is_empty() {
                        span { (label) " " (visible(place.text(row))) }
                    }
                }
            }
            dl.tiles.small aria-label="Times of the call" {
                (time_tile("Length", length, ended.is_none(), at))
                (time_tile("Wait", c.wait_ms.int(row), waits, at))
                (time_tile("Ring", c.ring_ms.int(row), waits && state == "RINGING", at))
                (time_tile("Talk", c.talk_ms.int(row), matches!(state, "TALKING" | "CONFERENCE"), at))
                (time_tile("Hold", c.hold_ms.int(row), state == "HELD", at))
            }
        }
    }
}

/// All that the page shows.
pub(crate) fn content(now: &Snapshot, acd: &str, call: &str, look: Look<'_>) -> Content {
    let seen = seen(now, acd, call, look);
    let mut to = Content::default();
    // The whole, where there is one: it stands where its last part does.
    if let Some((c, row)) = seen.whole.as_ref().or(seen.row.as_ref()) {
        to.pieces.push(("h:now".into(), now_piece(c, row, now.at).into_string()));
    }
    let all = told(acd, &seen);
    to.pieces.push(("h:life".into(), life(&all, !seen.others.is_empty()).into_string()));
    let steps: Vec<CallStep> = all.into_iter().map(|told| told.step).collect();
    if let Some(drawn) = look.drawn {
        let ended = steps.iter().find(|step| step.kind == "hangup").map(|step| step.at);
        let until = ended.unwrap_or_else(|| steps.last().map_or(drawn, |s| drawn.max(s.at)));
        to.charts.push(("h:phases".into(), drawing(&steps, until).into_string()));
    }
    to
}

/// What stands between the header and the end of the page.
pub(crate) fn body(
    content: &Content,
    now: &Snapshot,
    (acd, call): (&str, &str),
    look: Look<'_>,
) -> Markup {
    let seen = seen(now, acd, call, look);
    let (name, number) = match (&seen.row, &seen.life) {
        (Some((c, row)), _) => caller(c, row),
        (None, Some(life)) if !life.caller_name.is_empty() => (&*life.caller_name, &*life.caller),
        (None, Some(life)) if !life.caller.is_empty() => (&*life.caller, ""),
        _ => ("Unknown", ""),
    };
    let cut = seen.life.as_ref().is_some_and(|life| life.cut);
    frame(
        "call-page",
        &format!("{}/stream", call_path(acd, call)),
        now,
        look,
        &html! {
            div.title {
                h1 { (visible(name)) }
                @if !number.is_empty() { span.server { (visible(number)) } }
                span.server { "call " (visible(call)) " on " (visible(acd)) }
                (way(&seen))
            }
            (content.piece("h:now"))
            section.drawing aria-labelledby="phases-head" {
                header { h2 id="phases-head" { "Phases" } }
                (content.piece("h:phases"))
            }
            section.drawing aria-labelledby="life-head" {
                header { h2 id="life-head" { "Step by step" } }
                (content.piece("h:life"))
                @if cut { p.fine { "Steps in the middle are not kept: there were too many." } }
                @if seen.life.is_none() {
                    p.fine { "Only the outline is kept of this call." }
                }
            }
        },
    )
}
