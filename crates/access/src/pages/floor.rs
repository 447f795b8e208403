//! The Floor: queues on top, agents below, and what deserves attention.
//!
//! Every row is rendered here, for the page and for its stream alike; the script only puts rows
//! in their place and counts times on.

use super::columns::{Agents, Links, Queues};
use super::limits::{Level, Limits};
use super::notices;
use super::words::{
    age, agent_path, call_path, calls_path, count, millis, queue_path, row_id, span, visible,
};
use engine::{Snapshot, Stories};
use facts::Stamp;
use facts::table::{Row, Shape, Table};
use maud::{Markup, PreEscaped, html};

/// What rows are rendered with.
#[derive(Clone, Copy)]
pub(crate) struct Look<'a> {
    /// The limits in force.
    pub(crate) limits: &'a Limits,
    /// This server's clock.
    pub(crate) now: Stamp,
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
    html! {
        thead { tr {
            @if several { th scope="col" class="acd" { button type="button" { "ACD" } } }
            @for Head(class, words, meaning) in heads {
                th scope="col" class=(class) title=[(!meaning.is_empty()).then_some(meaning)] {
                    button type="button" { (words) }
                }
            }
        } }
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

/// A row of `queues`.
pub(crate) fn queue_row(c: &Queues, row: &Row, look: Look<'_>) -> Markup {
    let (acd, queue) = (c.acd.text(row), c.queue.text(row));
    let waiting = c.waiting.sum(row);
    let oldest = c.oldest_since.stamp(row);
    let (base, why) = unattended(c, row);
    let (over, limit) =
        oldest.map_or((Level::Plain, 0), |at| look.limits.oldest_wait.level(at, look.now));
    let over_words = (limit > 0).then(|| format!("Wait over {}", span(limit)));
    let said: Vec<&str> =
        [over_words.as_deref().unwrap_or(""), why].into_iter().filter(|w| !w.is_empty()).collect();
    let level = base.max(over);
    let to = queue_path(acd, queue);
    html! {
        tr id=(row_id('q', acd, queue)) class=[class(level)] data-t=[oldest.map(millis)]
            data-l=[class(base)] data-m=[(!why.is_empty()).then_some(why)] {
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

const fn class(level: Level) -> Option<&'static str> {
    match level {
        Level::Plain => None,
        level => Some(level.class()),
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
    let limit = look.limits.of_state(state);
    let (level, over) = match (limit, since) {
        (Some(limit), Some(since)) => limit.level(since, look.now),
        _ => (Level::Plain, 0),
    };
    let words = state_words(state, c.direction.text(row), c.on_hold.sum(row));
    html! {
        tr id=(row_id(kind, acd, agent)) class=[class(level)] data-s=(visible(state))
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
            td.att { @if over > 0 { (state_words(state, "", 0)) " over " (span(over)) } }
        }
    }
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

/// The whole Floor, all ACDs together, in figures. An element with `data-n` shows the figure of
/// that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Names and texts.
    pub(crate) named: Vec<(&'static str, String)>,
}

const STATES: [(&str, &str); 6] = [
    ("AVAIL", "Available"),
    ("RING", "Ringing"),
    ("ACD", "On call"),
    ("ACW", "ACW"),
    ("AUX", "AUX"),
    ("OTHER", "Other"),
];

impl Figures {
    /// The figures of a snapshot.
    pub(crate) fn of(now: &Snapshot) -> Self {
        let rows = now.tables.get("queues").map_or(&[][..], |table| table.rows.as_slice());
        let mut named = Self::of_calls(now, rows);
        let mut states = [0_i64; STATES.len()];
        let mut staffed = 0_usize;
        if let Some(table) = now.tables.get("agents") {
            let c = Agents::of(table.shape);
            staffed = table.rows.len();
            for row in &table.rows {
                let state = c.state.text(row);
                if let Some(i) = STATES.iter().position(|(code, _)| *code == state) {
                    states[i] += 1;
                }
            }
        }
        named.push(("staffed", count(i64::try_from(staffed).unwrap_or(i64::MAX))));
        named.extend(STATES.iter().zip(states).map(|((code, _), n)| (*code, count(n))));
        Self { named }
    }

    /// The figures of one queue; `None` if there is no such queue.
    pub(crate) fn of_queue(now: &Snapshot, acd: &str, queue: &str) -> Option<Self> {
        let table = now.tables.get("queues")?;
        let c = Queues::of(table.shape);
        let here = |row: &&Row| c.acd.text(row) == acd && c.queue.text(row) == queue;
        let row = table.rows.iter().find(here)?;
        let mut named = Self::of_calls(now, std::slice::from_ref(row));
        let states = [c.available, c.agents_ringing, c.on_acd, c.in_acw, c.in_aux, c.other];
        named.push(("staffed", count(c.staffed.sum(row))));
        let states = STATES.iter().zip(states);
        named.extend(states.map(|((code, _), place)| (*code, count(place.sum(row)))));
        Some(Self { named })
    }

    /// The figures of the calls of these rows of `queues`, all together.
    fn of_calls(now: &Snapshot, rows: &[Row]) -> Vec<(&'static str, String)> {
        let mut named = Vec::with_capacity(16);
        let mut oldest: Option<Stamp> = None;
        let mut sums = [0_i64; 6];
        if let Some(table) = now.tables.get("queues") {
            let c = Queues::of(table.shape);
            for row in rows {
                let ended = [
                    c.answered,
                    c.abandoned,
                    c.timed_out,
                    c.left_empty,
                    c.exit_key,
                    c.left,
                    c.lost,
                ];
                let ended: i64 = ended.iter().map(|place| place.sum(row)).sum();
                let add = [
                    c.waiting.sum(row),
                    c.offered.sum(row),
                    c.answered.sum(row),
                    c.abandoned.sum(row),
                    c.answered_in_sl.sum(row),
                    ended,
                ];
                for (sum, n) in sums.iter_mut().zip(add) {
                    *sum = sum.saturating_add(n);
                }
                oldest = [oldest, c.oldest_since.stamp(row)].into_iter().flatten().min();
            }
        }
        let [waiting, offered, answered, abandoned, in_level, ended] = sums;
        let percent = match ended {
            0 => "–".to_owned(),
            _ => {
                // Halves up.
                let twice = in_level.saturating_mul(200).saturating_add(ended);
                format!("{}%", twice / ended.saturating_mul(2))
            }
        };
        named.push(("waiting", count(waiting)));
        named.push(("oldest", oldest.map_or(String::new(), |at| millis(at).to_string())));
        named.push(("offered", count(offered)));
        named.push(("answered", count(answered)));
        named.push(("abandoned", count(abandoned)));
        named.push(("service", percent));
        named
    }

    /// The figure of that name; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.named.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
    }

    /// Those that differ from `before`.
    pub(crate) fn changed<'a>(
        &'a self,
        before: &'a Self,
    ) -> impl Iterator<Item = (&'static str, &'a str)> {
        let differs = |(name, text): &&(&'static str, String)| before.get(name) != text;
        self.named.iter().filter(differs).map(|(name, text)| (*name, text.as_str()))
    }
}

/// One big figure.
fn tile(label: &str, id: &str, value: Markup, note: Markup) -> Markup {
    html! {
        div.tile id=(format!("tile-{id}")) {
            dt { (label) }
            dd { (value) @if !note.0.is_empty() { small { (note) } } }
        }
    }
}

/// The figures, big; those that count what another page lists lead there: the addresses are for
/// waiting, available, offered, answered and abandoned.
pub(crate) fn tiles(f: &Figures, limits: &Limits, now: Stamp, to: &[String]) -> Markup {
    let figure = |id: &str| html! { b data-n=(id) { (f.get(id)) } };
    let linked = |id: &str, place: usize| match to.get(place) {
        Some(to) => html! { a href=(to) { (figure(id)) } },
        None => figure(id),
    };
    let oldest = f.get("oldest").parse::<i64>().ok().map(|ms| Stamp(ms.saturating_mul(1_000)));
    let level = oldest.map_or(Level::Plain, |at| limits.oldest_wait.level(at, now).0);
    html! {
        dl.tiles aria-label="The centre now" {
            (tile("Waiting", "waiting", linked("waiting", 0), html! {}))
            div id="tile-oldest" class={ "tile " (level.class()) } {
                dt { "Oldest wait" }
                dd { b data-n="oldest" data-t=[oldest.map(millis)] {
                    (oldest.map_or("–".to_owned(), |at| age(now - at)))
                } }
            }
            (tile("Available", "available", linked("AVAIL", 1),
                html! { "of " span data-n="staffed" { (f.get("staffed")) } " staffed" }))
            (tile("Service level", "service", figure("service"),
                html! { "today" }))
            (tile("Offered", "offered", linked("offered", 2), html! { "today" }))
            (tile("Answered", "answered", linked("answered", 3), html! { "today" }))
            (tile("Abandoned", "abandoned", linked("abandoned", 4), html! { "today" }))
        }
    }
}

/// Agents by state: a bar in proportion, and buttons that narrow the table to one state.
pub(crate) fn states(f: &Figures) -> Markup {
    let n = |id: &str| f.get(id).replace('\u{202f}', "").parse::<i64>().unwrap_or(0);
    let all: i64 = STATES.iter().map(|(code, _)| n(code)).sum::<i64>().max(1);
    let bars = STATES.iter().scan(0, |x, (code, _)| {
        let width = n(code) * 1000 / all;
        let begin = *x;
        *x += width;
        Some((code, begin, width))
    });
    html! {
        svg.bar viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" {
            @for (code, x, width) in bars {
                rect data-s=(code) x=(x) y="0" width=(width) height="10" {}
            }
        }
        div.states role="group" aria-label="Show only agents in one state" {
            @for (code, words) in STATES {
                button type="button" data-s=(code) aria-pressed="false" {
                    span.st { (words) } " "
                    span.count data-n=(code) { (f.get(code)) }
                }
            }
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

/// How many rows stand in one `<tbody>`: the browser leaves out whole bodies that are out of
/// sight (`BODY_ROWS` in the script).
const BODY_ROWS: usize = 50;

/// All rows of both tables, in bodies.
fn bodies(now: &Snapshot, look: Look<'_>) -> [Markup; 2] {
    let put = |rows: Vec<String>| {
        html! {
            @for body in rows.chunks(BODY_ROWS) {
                tbody { @for row in body { (PreEscaped(row)) } }
            }
            @if rows.is_empty() { tbody {} }
        }
    };
    all_rows(now, look).map(put)
}

/// All rows of both tables, each by name.
pub(crate) fn all_rows(now: &Snapshot, look: Look<'_>) -> [Vec<String>; 2] {
    let queues = now.tables.get("queues").map(|table| {
        let c = Queues::of(table.shape);
        let rows = by_name(table, |r| c.queue.text(r)).into_iter();
        rows.map(|row| queue_row(&c, row, look).into_string()).collect()
    });
    let agents = now.tables.get("agents").map(|table| {
        let c = Agents::of(table.shape);
        let rows = by_name(table, |r| called(&c, r)).into_iter();
        rows.map(|row| agent_row(&c, row, look).into_string()).collect()
    });
    [queues.unwrap_or_default(), agents.unwrap_or_default()]
}

/// The rows of a change, rendered; `None` if the table is not on this page.
pub(crate) fn some_rows(shape: &'static Shape, rows: &[Row], look: Look<'_>) -> Option<Markup> {
    match shape.name {
        "queues" => {
            let c = Queues::of(shape);
            Some(html! { @for row in rows { (queue_row(&c, row, look)) } })
        }
        "agents" => {
            let c = Agents::of(shape);
            Some(html! { @for row in rows { (agent_row(&c, row, look)) } })
        }
        _ => None,
    }
}

/// The element ids of rows that are gone.
pub(crate) fn gone_ids(shape: &'static Shape, keys: &[Row]) -> Vec<String> {
    let kind = match shape.name {
        "queues" => 'q',
        "agents" => 'a',
        _ => return Vec::new(),
    };
    let part = |key: &Row, i: usize| match key.get(i) {
        Some(facts::table::Value::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    keys.iter().map(|key| row_id(kind, &part(key, 0), &part(key, 1))).collect()
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
    columns: &[Head],
    rows: Markup,
    empty: Markup,
    look: Look<'_>,
) -> Markup {
    html! {
        div.empty id=(format!("{id}-empty")) { (empty) }
        table id=(id) class=[look.several.then_some("several")] {
            caption { (title) }
            (heads(columns, look.several))
            (rows)
        }
    }
}

/// Where the tiles of the whole centre lead.
fn tile_links() -> [String; 5] {
    let calls = |outcome| calls_path(&[("outcome", outcome)]);
    let [offered, answered, abandoned] = ["OFFERED", "ANSWERED", "ABANDONED"].map(calls);
    ["/calls?state=WAITING".into(), "/?state=AVAIL".into(), offered, answered, abandoned]
}

/// What stands between the header and the end of the page.
pub(crate) fn body(now: &Snapshot, look: Look<'_>) -> Markup {
    let figures = Figures::of(now);
    let [queues, agents] = bodies(now, look);
    html! {
        main id="floor" data-stream="/floor/stream" data-version=(look.place)
            data-several=(u8::from(look.several)) data-limits=(look.limits.for_script())
            data-at=(millis(now.at)) {
            h1.unseen { "Floor" }
            div id="notices" aria-live="polite" { (notices::all(now)) }
            (tiles(&figures, look.limits, look.now, &tile_links()))
            section.queues aria-labelledby="queues-title" {
                header {
                    h2 id="queues-title" { "Queues" } span.count id="queues-count" {}
                    (flags("queues"))
                }
                (section("queues", "Queues now, and their calls of today", &QUEUE_HEADS, queues,
                    empty_words(now, "queues"), look))
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
                (section("agents", "Agents logged on, by name", &AGENT_HEADS, agents,
                    empty_words(now, "agents"), look))
                p.none id="none" hidden { "No agent fits. "
                    button type="button" id="show-all" { "Show all agents" } }
            }
        }
    }
}
