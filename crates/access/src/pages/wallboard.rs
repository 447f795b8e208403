//! The wallboard: six big figures with their targets, of the centre, of one queue, or of every
//! queue in turn. It is read from the other side of a room.

use super::boards::{Content, frame, rows};
use super::columns::Queues;
use super::floor::{Figures, Look, empty_words};
use super::limits::Level;
use super::words::{age, millis, row_id, span, visible, wall_path};
use engine::Snapshot;
use facts::Stamp;
use facts::table::Row;
use maud::{Markup, PreEscaped, html};

/// Service level in percent: below the first a caution, below the second a warning. 80 % is the
/// target most centres have.
const SERVICE: (i64, i64) = (80, 70);
/// Abandoned in percent of offered: from the first on a caution, from the second a warning.
const ABANDONED: (i64, i64) = (5, 10);

/// One big figure.
struct Figure {
    label: &'static str,
    value: String,
    small: String,
    target: String,
    /// `None`: nothing to judge yet.
    level: Option<Level>,
    /// Set if the script shall count it on.
    since: Option<Stamp>,
}

fn level(n: i64, caution: i64, warning: i64) -> Level {
    match n {
        n if n >= warning => Level::Warning,
        n if n >= caution => Level::Caution,
        _ => Level::Plain,
    }
}

const fn word(level: Option<Level>) -> &'static str {
    match level {
        None => "–",
        Some(Level::Plain) => "On target",
        Some(Level::Caution) => "Caution",
        Some(Level::Warning) => "Warning",
    }
}

fn markup(f: &Figure) -> Markup {
    let class = f.level.map_or("idle", |l| if l == Level::Plain { "good" } else { l.class() });
    html! {
        div class={ "figure " (class) } data-k=[f.since.map(|_| "Wait")]
            data-t=[f.since.map(millis)] {
            dt { (f.label) }
            dd.value { b { (f.value) } @if !f.small.is_empty() { small { (f.small) } } }
            dd.target { "Target " (f.target) }
            dd.word { span.word { (word(f.level)) } }
        }
    }
}

/// The service level in seconds of all these queues, if they have the same.
fn one_level(c: Option<&Queues>, rows: &[Row]) -> Option<i64> {
    let c = c?;
    let first = c.service_level_s.int(rows.first()?)?;
    rows.iter().all(|row| c.service_level_s.int(row) == Some(first)).then_some(first)
}

fn calls(n: &str) -> String {
    format!("{n} call{}", if n == "1" { "" } else { "s" })
}

/// How long those answered today waited on average (ASA), whole seconds: of all sums, never a
/// mean of means.
fn average_wait(c: Option<&Queues>, rows: &[Row]) -> Option<i64> {
    let c = c?;
    let answered: i64 = rows.iter().map(|row| c.answered.sum(row)).sum();
    let wait: i64 = rows.iter().map(|row| c.wait_answered_ms.sum(row)).sum();
    (answered > 0).then(|| wait / answered / 1_000)
}

/// The six figures.
fn figures(f: &Figures, c: Option<&Queues>, rows: &[Row], look: Look<'_>) -> [Figure; 6] {
    let (speed, level_s) = (average_wait(c, rows), one_level(c, rows));
    let n = |name: &str| f.get(name).replace(['\u{202f}', '%'], "").parse::<i64>().ok();
    let sum = |name: &str| n(name).unwrap_or(0);
    let (waiting, free, staffed) = (sum("waiting"), sum("AVAIL"), sum("staffed"));
    let oldest = n("oldest").map(|ms| Stamp(ms.saturating_mul(1_000)));
    let limit = look.limits.oldest_wait;
    let offered = sum("offered");
    let lost = (offered > 0).then(|| sum("abandoned").saturating_mul(100) / offered);
    let few = if staffed == 0 {
        Level::Warning
    } else if free == 0 {
        Level::Caution
    } else {
        Level::Plain
    };
    let without = waiting.saturating_sub(sum("RING"));
    let figure = |label, value: String, small: String, target: String, level| Figure {
        label,
        value,
        small,
        target,
        level,
        since: None,
    };
    let percent = |n: Option<i64>| n.map_or("–".to_owned(), |n| format!("{n}%"));
    let within = level_s.map_or(String::new(), |s| format!(" in {}", span(s)));
    [
        figure(
            "Waiting",
            f.get("waiting").to_owned(),
            String::new(),
            "a free agent for each".into(),
            Some(if without > 0 { few } else { Level::Plain }),
        ),
        Figure {
            since: oldest,
            ..figure(
                "Oldest wait",
                oldest.map_or("–".to_owned(), |at| age(look.now - at)),
                String::new(),
                format!("under {}", span(limit.caution_s)),
                Some(oldest.map_or(Level::Plain, |at| limit.level(at, look.now).0)),
            )
        },
        figure(
            "Service level today",
            f.get("service").to_owned(),
            String::new(),
            format!("{}%{within}", SERVICE.0),
            // Below is bad: how far it is from all.
            n("service").map(|pct| level(100 - pct, 101 - SERVICE.0, 101 - SERVICE.1)),
        ),
        figure(
            "Available",
            f.get("AVAIL").to_owned(),
            format!("of {staffed}"),
            "at least 1".into(),
            Some(few),
        ),
        figure(
            "Average answer today",
            speed.map_or("–".to_owned(), |secs| age(secs.saturating_mul(1_000_000))),
            calls(f.get("answered")),
            format!("under {}", span(limit.caution_s)),
            speed.map(|secs| level(secs, limit.caution_s, limit.warning_s)),
        ),
        figure(
            "Abandoned today",
            percent(lost),
            calls(f.get("abandoned")),
            format!("under {}%", ABANDONED.0),
            lost.map(|pct| level(pct, ABANDONED.0, ABANDONED.1)),
        ),
    ]
}

fn view(id: &str, title: &str, figures: &[Figure; 6]) -> String {
    html! {
        article.view id=(id) {
            h2 { (visible(title)) }
            dl { @for figure in figures { (markup(figure)) } }
        }
    }
    .into_string()
}

/// The views: the centre, or one queue; with `each`, every queue after the centre.
pub(crate) fn content(now: &Snapshot, only: Option<&str>, each: bool, look: Look<'_>) -> Content {
    let all = rows(now, "queues");
    let c = now.tables.get("queues").map(|table| Queues::of(table.shape));
    let mut content = Content::default();
    if only.is_none() {
        let figures = figures(&Figures::of(now), c.as_ref(), all, look);
        let id = row_id('v', "", "");
        content.rows.push((id.clone(), view(&id, "All queues", &figures)));
    }
    let Some(c) = c else { return content };
    for row in all {
        let (acd, queue) = (c.acd.text(row), c.queue.text(row));
        let shown = only.map_or(each, |only| only == queue);
        let Some(figures_of) = Figures::of_queue(now, acd, queue).filter(|_| shown) else {
            continue;
        };
        let id = row_id('v', acd, queue);
        let title = if look.several { format!("{queue} · {acd}") } else { queue.to_owned() };
        let figures = figures(&figures_of, Some(&c), std::slice::from_ref(row), look);
        content.rows.push((id.clone(), view(&id, &title, &figures)));
    }
    content
}

/// What stands between the header and the end of the page.
pub(crate) fn body(
    content: &Content,
    now: &Snapshot,
    only: Option<&str>,
    each: bool,
    look: Look<'_>,
) -> Markup {
    let stream = match only {
        Some(queue) => wall_path(queue).replacen("/wallboard?", "/wallboard/stream?", 1),
        None => format!("/wallboard/stream?each={}", u8::from(each)),
    };
    frame(
        "wallboard",
        &stream,
        now,
        look,
        &html! {
            h1.unseen { "Wallboard" }
            p id="stale" role="status" hidden {}
            div.empty {
                @match only {
                    Some(queue) => h3 { "There is no queue " (visible(queue)) },
                    None => (empty_words(now, "queues")),
                }
            }
            div id="cards" { @for (_, view) in &content.rows { (PreEscaped(view)) } }
        },
    )
}
