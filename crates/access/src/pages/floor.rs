//! The Floor: queues on top, agents below, and what deserves attention.
//!
//! Every row is rendered here, for the page and for its stream alike; the script only puts rows
//! in their place and counts times on.

use super::columns::{Agents, Links, Queues};
use super::figures::total_cells;
pub(crate) use super::figures::{Figures, states, tiles};
use super::levels::{Level, Levels};
use super::sieve::{Group, Sieve, Wanted};
use super::words::{
    age, agent_path, call_path, calls_path, count, millis, queue_path, row_id, span, visible,
};
use super::{centre, notices, words};
use engine::{Change, Snapshot, Stories};
use facts::table::{Row, Table, Value};
use facts::{Stamp, Text};
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeSet;

/// What rows are rendered with.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    /// What deserves attention.
    pub(crate) levels: Levels<'a>,
    /// The moment to which times are counted.
    pub(crate) now: Stamp,
    /// This server's clock, for what depends on the time of day.
    pub(crate) clock: Stamp,
    /// Whether there are several ACDs, so that a row must say which is its own.
    pub(crate) several: bool,
    /// Where the page's stream goes on.
    pub(crate) place: &'a str,
    /// The state that the address asks for. All rows are there, but those of other states are
    /// hidden, until the script shows them.
    pub(crate) state: Option<&'a str>,
    /// The stories of agents, calls and queues.
    pub(crate) stories: &'a Stories,
    /// The moment up to which charts are drawn; `None`: none is due.
    pub(crate) drawn: Option<Stamp>,
}

/// Whether the snapshot is of several ACDs.
pub(crate) fn several(now: &Snapshot) -> bool {
    let rows = |name| now.tables.get(name).map_or(&[][..], |t| t.rows.as_slice());
    let differ = |rows: &[Row]| {
        // The first column of every table is the ACD, and rows are sorted by it.
        rows.first().and_then(|r| r.first()) != rows.last().and_then(|r| r.first())
    };
    ["links", "queues", "agents"].into_iter().any(|name| differ(rows(name)))
}

/// A column's heading: its class, its words, what they mean.
pub(crate) struct Head(pub(crate) &'static str, pub(crate) &'static str, pub(crate) &'static str);

const QUEUE_HEADS: [Head; 15] = [
    Head("who", "Queue", ""),
    Head("n", "Waiting", "callers who wait now, those whose call rings at an agent included"),
    Head("n", "Oldest", "how long the caller who waits longest has waited"),
    Head("n", "Staffed", "agents logged on"),
    Head("n", "Available", "agents ready for a call"),
    Head("n", "Ringing", "agents at whom a call of this queue rings"),
    Head("n", "On call", "agents who talk on a call of this queue"),
    Head("n", "ACW", "agents in after-call work"),
    Head("n", "AUX", "agents paused or on a call of their own"),
    Head("n", "Other", "agents busy for another queue, with a call on hold, or not reachable"),
    Head("n", "Offered", "callers who joined today"),
    Head("n", "Answered", "of the offered, answered today"),
    Head("n", "Abandoned", "of the offered, hung up while they waited today"),
    Head("n", "Service", "answered within the service level, of all that ended today"),
    Head("att", "Attention", ""),
];

/// Of agents.
pub(crate) const AGENT_HEADS: [Head; 9] = [
    Head("who", "Agent", ""),
    Head("st", "State", ""),
    Head("rs", "Reason", "why the agent is in AUX"),
    Head("n", "Time", "time in this state"),
    Head("sp", "Queue", "the queue of the call, the ring or the after-call work"),
    Head("pa", "Party", "number at the other end"),
    Head("n", "Calls", "queue calls answered today"),
    Head("n", "Missed", "queue calls that rang today and were not taken"),
    Head("att", "Attention", ""),
];

/// A table's head.
pub(crate) fn heads(heads: &[Head], several: bool) -> Markup {
    html! { thead { (head_row(heads, several)) } }
}

fn head_row(heads: &[Head], several: bool) -> Markup {
    html! {
        tr {
            @if several { th scope="col" class="acd" { button type="button" { "ACD" } } }
            @for Head(class, words, meaning) in heads {
                th scope="col" class=(class) title=[(!meaning.is_empty()).then_some(meaning)] {
                    button type="button" { (words) }
                }
            }
        }
    }
}

/// A number, quiet if it is 0.
pub(crate) fn number(n: Option<i64>) -> Markup {
    match n {
        Some(0) => html! { td.n.z { "0" } },
        Some(n) => html! { td.n { (count(n)) } },
        None => html! { td.n.z { "–" } },
    }
}

/// A number that leads to what it counts.
fn linked(n: Option<i64>, to: &str) -> Markup {
    match n {
        Some(n @ 1..) => html! { td.n { a href=(to) { (count(n)) } } },
        n => number(n),
    }
}

/// What deserves attention in a queue besides the wait: who could answer?
/// A call that rings at an agent already has somebody.
fn unattended(c: &Queues, row: &Row) -> (Level, &'static str) {
    let without = c.waiting.sum(row).saturating_sub(c.ringing.sum(row));
    match (without, c.available.sum(row), c.staffed.int(row)) {
        (1.., _, Some(0)) => (Level::Warning, "Nobody logged on"),
        (1.., 0, _) => (Level::Caution, "Nobody available"),
        _ => (Level::Plain, ""),
    }
}

/// The level of a row of `queues`, and why, the worst first.
pub(crate) fn queue_level(c: &Queues, row: &Row, levels: Levels<'_>) -> (Level, Vec<String>) {
    let (over, mut said) = levels.attention(c.acd.text(row), "queue", c.queue.text(row));
    let (base, why) = unattended(c, row);
    if !why.is_empty() {
        said.insert(if base > over { 0 } else { said.len() }, why.to_owned());
    }
    (base.max(over), said)
}

/// A row of `queues`.
pub(crate) fn queue_row(c: &Queues, row: &Row, look: Look<'_>) -> Markup {
    let (acd, queue) = (c.acd.text(row), c.queue.text(row));
    let waiting = c.waiting.sum(row);
    let oldest = c.oldest_since.stamp(row);
    let (level, said) = queue_level(c, row, look.levels);
    let to = queue_path(acd, queue);
    html! {
        tr id=(row_id('q', acd, queue)) class=[level.some()] data-t=[oldest.map(millis)] {
            @if look.several { td.acd { (visible(acd)) } }
            th scope="row" class="who" { a href=(to) { (visible(queue)) } }
            (linked(Some(waiting), &format!("{to}#waiting")))
            td.n.t { @if let Some(at) = oldest { (age(look.now - at)) } }
            (linked(c.staffed.int(row), &format!("{to}#agents")))
            (linked(c.available.int(row), &format!("{to}?state=AVAIL")))
            (linked(c.agents_ringing.int(row), &format!("{to}?state=RING")))
            (linked(c.on_acd.int(row), &format!("{to}?state=ACD")))
            (linked(c.in_acw.int(row), &format!("{to}?state=ACW")))
            (linked(c.in_aux.int(row), &format!("{to}?state=AUX")))
            (linked(c.other.int(row), &format!("{to}?state=OTHER")))
            @let calls = |how| calls_path(&[("acd", acd), ("queue", queue), ("outcome", how)]);
            (linked(c.offered.int(row), &calls("OFFERED")))
            (linked(c.answered.int(row), &calls("ANSWERED")))
            (linked(c.abandoned.int(row), &calls("ABANDONED")))
            td.n title=[c.service_level_s.int(row).map(|s| format!("within {}", span(s)))] {
                @match c.service_level_pct.int(row) {
                    Some(pct) => { (pct) small { "%" } }
                    None => { "–" }
                }
            }
            td.att { (said.join(" · ")) }
        }
    }
}

/// A state as people say it.
pub(crate) fn state_words(state: &str, direction: &str, on_hold: i64) -> String {
    let word = match state {
        "AVAIL" => "Available",
        "RING" => "Ringing",
        "ACD" => "On call",
        "ACW" => "ACW",
        "AUX" => "AUX",
        "OTHER" => "Other",
        other => other,
    };
    let on_own_call = match (state, direction) {
        ("AUX" | "ACW" | "OTHER", "IN") => " in",
        ("AUX" | "ACW" | "OTHER", "OUT") => " out",
        _ => "",
    };
    let hold = if on_hold > 0 { " · hold" } else { "" };
    format!("{}{on_own_call}{hold}", visible(word))
}

/// A row of `agents`.
pub(crate) fn agent_row(c: &Agents, row: &Row, look: Look<'_>) -> Markup {
    agent_row_as(c, row, look, 'a', c.state.text(row))
}

/// A row of `agents` with an id of that kind, in the state in which one of his queues sees him.
pub(crate) fn agent_row_as(
    c: &Agents,
    row: &Row,
    look: Look<'_>,
    kind: char,
    state: &str,
) -> Markup {
    let (acd, agent) = (c.acd.text(row), c.agent.text(row));
    let name = called(c, row);
    let since = c.since.stamp(row);
    let (level, said) = look.levels.attention(acd, "agent", agent);
    let words = state_words(state, c.direction.text(row), c.on_hold.sum(row));
    html! {
        tr id=(row_id(kind, acd, agent)) class=[level.some()] data-s=(visible(state))
            data-t=[since.map(millis)] {
            @if look.several { td.acd { (visible(acd)) } }
            th scope="row" class="who" {
                a href=(agent_path(acd, agent)) { (visible(name)) }
                @if name != agent { " " small { (visible(agent)) } }
            }
            td.st { (words) }
            td.rs { (visible(c.reason.text(row))) }
            td.n.t { @if let Some(at) = since { (age(look.now - at)) } }
            td.sp { (visible(c.split.text(row))) }
            td.pa { (the_call(acd, c.call.text(row), c.party.text(row))) }
            (number(c.acd_calls.int(row)))
            (number(c.rona.int(row)))
            td.att { (said.join(" · ")) }
        }
    }
}

/// Rows of a table in the order in which they are shown first: by name. Rows of one name stay
/// in the table's order, which is by identity.
fn by_name<'a>(table: &'a Table, key: impl Fn(&'a Row) -> &'a str) -> Vec<&'a Row> {
    let mut rows: Vec<_> = table.rows.iter().collect();
    rows.sort_by_cached_key(|row| key(row).to_lowercase());
    rows
}

/// What an agent is called: the name shown for him, else his identity.
fn called<'a>(c: &Agents, row: &'a Row) -> &'a str {
    Some(c.name.text(row)).filter(|name| !name.is_empty()).unwrap_or_else(|| c.agent.text(row))
}

/// The number at the other end, which leads to the call.
pub(crate) fn the_call(acd: &str, call: &str, party: &str) -> Markup {
    let words = match (call, party) {
        ("", party) => return html! { (visible(party)) },
        (_, "") => "Call".into(),
        (_, party) => visible(party),
    };
    html! { a href=(call_path(acd, call)) { (words) } }
}

/// Where the tiles of the whole centre lead.
fn tile_links() -> [String; 5] {
    let calls = |outcome| calls_path(&[("outcome", outcome)]);
    let [offered, answered, abandoned] = ["OFFERED", "ANSWERED", "ABANDONED"].map(calls);
    ["/calls?state=WAITING".into(), "/?state=AVAIL".into(), offered, answered, abandoned]
}

/// How many rows stand in one `<tbody>`: the browser leaves out whole bodies that are out of
/// sight (`BODY_ROWS` in the script).
const BODY_ROWS: usize = 50;

/// All wanted rows of both tables, in bodies.
fn bodies(now: &Snapshot, sieve: &Sieve<'_>, look: Look<'_>) -> [Markup; 2] {
    let put = |rows: Vec<String>| {
        html! {
            @for body in rows.chunks(BODY_ROWS) {
                tbody { @for row in body { (PreEscaped(row)) } }
            }
            @if rows.is_empty() { tbody {} }
        }
    };
    all_rows(now, sieve, look).map(put)
}

/// All wanted rows of both tables, each by name.
pub(crate) fn all_rows(now: &Snapshot, sieve: &Sieve<'_>, look: Look<'_>) -> [Vec<String>; 2] {
    let queues = now.tables.get("queues").map(|table| {
        let c = Queues::of(table.shape);
        let rows = by_name(table, |r| c.queue.text(r)).into_iter();
        let rows = rows.filter(|row| sieve.all() || sieve.queue(&c, row));
        rows.map(|row| queue_row(&c, row, look).into_string()).collect()
    });
    let agents = now.tables.get("agents").map(|table| {
        let c = Agents::of(table.shape);
        let rows = by_name(table, |r| called(&c, r)).into_iter();
        let rows = rows.filter(|row| sieve.all() || sieve.agent(&c, row));
        rows.map(|row| agent_row(&c, row, look).into_string()).collect()
    });
    [queues.unwrap_or_default(), agents.unwrap_or_default()]
}

/// The row of that key, if it is there and wanted, rendered; `kind` is queue or agent.
pub(crate) fn one_row(
    now: &Snapshot,
    (kind, acd, name): (&str, &str, &str),
    sieve: &Sieve<'_>,
    look: Look<'_>,
) -> Option<String> {
    let table = now.tables.get(if kind == "queue" { "queues" } else { "agents" })?;
    let part = |row: &'_ Row, i: usize| match row.get(i) {
        Some(Value::Text(text)) => text.clone(),
        _ => "".into(),
    };
    // Rows are sorted by switch and name.
    let order = |row: &Row| (*part(row, 0)).cmp(acd).then_with(|| (*part(row, 1)).cmp(name));
    let row = table.rows.get(table.rows.binary_search_by(order).ok()?)?;
    if kind == "queue" {
        let c = Queues::of(table.shape);
        let wanted = sieve.all() || sieve.queue(&c, row);
        wanted.then(|| queue_row(&c, row, look).into_string())
    } else {
        let c = Agents::of(table.shape);
        let wanted = sieve.all() || sieve.agent(&c, row);
        wanted.then(|| agent_row(&c, row, look).into_string())
    }
}

/// A row of this page: queue or agent, switch, name.
pub(crate) type Key = (&'static str, Text, Text);

/// The keys of the rows of this page that a change is about. A level that changed
/// changes the row of its queue or agent.
pub(crate) fn touched(changes: &[Change]) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    for change in changes {
        let kind = match change.shape.name {
            "queues" => Some("queue"),
            "agents" => Some("agent"),
            "levels" => None,
            _ => continue,
        };
        for row in change.rows.iter().chain(&change.gone) {
            let part = |i: usize| match row.get(i) {
                Some(Value::Text(text)) => text.clone(),
                _ => "".into(),
            };
            match (kind, &*part(1)) {
                (Some(kind), _) => drop(keys.insert((kind, part(0), part(1)))),
                // Of a level: switch, kind, name, measure.
                (None, "queue") => drop(keys.insert(("queue", part(0), part(2)))),
                (None, "agent") => drop(keys.insert(("agent", part(0), part(2)))),
                (None, _) => {}
            }
        }
    }
    keys
}

/// What the page says where a table has no rows, by what is the matter; nothing if it has some.
pub(crate) fn empty_words(now: &Snapshot, table: &str) -> Markup {
    if now.tables.get(table).is_some_and(|t| !t.rows.is_empty()) {
        return html! {};
    }
    let agents = table == "agents";
    let links = now.tables.get("links").map_or(&[][..], |t| t.rows.as_slice());
    let columns = now.tables.get("links").map(|t| Links::of(t.shape));
    let live = columns.is_some_and(|c| links.iter().any(|r| c.state.text(r) == "live"));
    html! {
        @if now.version == 0 {
            h3 { "Nothing has been read yet" }
            p { "The server has just been started. This page fills by itself as soon as the first \
                switch has answered." }
        } @else if links.is_empty() && now.tables.contains_key("links") {
            h3 { "No switch is attached" }
            p { "Name your PBX in the configuration file, check it with " code { "busyhour check" }
                ", and start the server again. To look around first, run "
                code { "busyhour demo" } "." }
        } @else if !live && now.tables.contains_key("links") {
            h3 { "No switch can be heard" }
            p { a href="/links" { "Links" } " says why and what to change." }
        } @else if agents {
            h3 { "No agent is logged on" }
            p { "Agents appear here as soon as a queue of the switch has members: "
                code { "queue add member" } " on Asterisk, or " code { "member =>" } " in "
                code { "queues.conf" } "." }
        } @else {
            h3 { "The switch has no queues" }
            p { "Queues appear here as soon as the switch has any: on Asterisk, name them in "
                code { "queues.conf" } " and run " code { "queue reload all" } "." }
        }
    }
}

/// How many rows deserve attention; the script fills it, a click brings them to the top.
pub(crate) fn flags(table: &str) -> Markup {
    let id = format!("{table}-flags");
    html! { button.flags type="button" id=(id) hidden title="Bring to the top" {} }
}

fn section(
    id: &str,
    title: &str,
    heads: Markup,
    rows: Markup,
    empty: Markup,
    look: Look<'_>,
) -> Markup {
    html! {
        div.empty id=(format!("{id}-empty")) { (empty) }
        table id=(id) class=[look.several.then_some("several")] {
            caption { (title) }
            (heads)
            (rows)
        }
    }
}

/// What all queues that are shown add up to, below the headings so that it is always in sight.
fn totals(
    now: &Snapshot,
    wanted: &Wanted,
    sieve: &Sieve<'_>,
    tiles: &Figures,
    look: Look<'_>,
) -> Markup {
    let own = wanted.level != Level::Plain;
    let figures = if own { Figures::totals(now, sieve) } else { tiles.clone() };
    html! {
        tr.totals {
            @if look.several { td.acd {} }
            th scope="row" class="who" { "All shown" }
            (total_cells(&figures, own, look.now))
        }
    }
}

/// What the Floor can be narrowed to: a group, a level. A plain form; the script sends it.
fn narrow(now: &Snapshot, wanted: &Wanted, unknown: bool) -> Markup {
    let groups: Vec<Group> = Group::all(now).collect();
    let levels = [
        (Level::Plain, "All"),
        (Level::Caution, "Caution and warning"),
        (Level::Warning, "Warning only"),
    ];
    html! {
        form.narrow method="get" action="/" aria-label="Show only" {
            label { "Group "
                select name="group" {
                    option value="" selected[wanted.group.is_empty()] { "All" }
                    @for group in &groups {
                        option value=(group.name) selected[group.name == wanted.group] {
                            (visible(&group.name))
                        }
                    }
                    @if unknown {
                        option value=(wanted.group) selected { (visible(&wanted.group)) }
                    }
                }
            }
            label { "Level "
                select name="level" {
                    @for (level, words) in levels {
                        option value=(level.class()) selected[level == wanted.level] { (words) }
                    }
                }
            }
            button type="submit" { "Show" }
            @if !wanted.group.is_empty() {
                a href={ "/wallboard?" (words::pair("group", &wanted.group)) } { "Wallboard" }
            }
            a href="/groups" { "Groups" }
            a href="/thresholds" { "Thresholds" }
        }
        @if unknown {
            p.notice.caution { "There is no group " (visible(&wanted.group)) ". "
                a href="/groups" { "Groups" } }
        }
    }
}

/// What stands between the header and the end of the page.
pub(crate) fn body(now: &Snapshot, wanted: &Wanted, look: Look<'_>) -> Markup {
    let sieve = Sieve::of(now, wanted);
    let figures = Figures::of(now, &sieve.of_any_level());
    let [queues, agents] = bodies(now, &sieve, look);
    let empty = |table: &str| {
        let nothing = html! { p { "Nothing to show: no " (table) " of this group and level." } };
        let words = empty_words(now, table);
        if !wanted.all() && words.0.is_empty() { nothing } else { words }
    };
    let queue_heads = html! {
        thead {
            (head_row(&QUEUE_HEADS, look.several))
            (totals(now, wanted, &sieve, &figures, look))
        }
    };
    // Without a group the tiles count what other pages list.
    let links = tile_links();
    let to = if wanted.group.is_empty() && wanted.acd().is_none() { &links[..] } else { &[] };
    html! {
        main id="floor" data-stream={ "/floor/stream" (wanted.query()) } data-version=(look.place)
            data-several=(u8::from(look.several)) data-at=(millis(now.at)) {
            h1.unseen { "Floor" }
            div id="notices" { (notices::all(now)) }
            div id="centre" { (centre::switch(now, "/", wanted.acd(), look)) }
            (narrow(now, wanted, sieve.unknown))
            (tiles(&figures, look.now, to))
            section.queues aria-labelledby="queues-title" {
                header {
                    h2 id="queues-title" { "Queues" } span.count id="queues-count" {}
                    (flags("queues"))
                }
                (section("queues", "Queues now, and their calls of today", queue_heads, queues,
                    empty("queues"), look))
            }
            section.agents aria-labelledby="agents-title" {
                header {
                    h2 id="agents-title" { "Agents" } span.count id="agents-count" {}
                    (flags("agents"))
                    (states(&figures))
                    label.find { span.unseen { "Find agents" }
                        input type="search" id="find" autocomplete="off" spellcheck="false"
                            placeholder="Find name, state, queue (/)";
                    }
                }
                (section("agents", "Agents logged on, by name", heads(&AGENT_HEADS, look.several),
                    agents, empty("agents"), look))
                p.none id="none" hidden { "No agent fits. "
                    button type="button" id="show-all" { "Show all agents" } }
            }
        }
    }
}
