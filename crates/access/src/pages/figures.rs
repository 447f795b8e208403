//! The figures of the pages: sums over the rows that are shown, never a mean of means. An element
//! with `data-n` shows the figure of that name.

use super::columns::{Agents, Members, Queues};
use super::floor::queue_level;
use super::levels::{Level, Levels};
use super::sieve::Sieve;
use super::words::{age, count, millis};
use engine::Snapshot;
use facts::decree::Measure;
use facts::table::Row;
use facts::{Stamp, percent};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// The states of agents: code and words.
const STATES: [(&str, &str); 6] = [
    ("AVAIL", "Available"),
    ("RING", "Ringing"),
    ("ACD", "On call"),
    ("ACW", "ACW"),
    ("AUX", "AUX"),
    ("OTHER", "Other"),
];

/// The figures of the totals row: as the tiles show them, and under names of their own where the
/// row sums up fewer queues than the tiles do.
const TOTALS: [(&str, &str); 13] = [
    ("waiting", "t-waiting"),
    ("oldest", "t-oldest"),
    ("staffed", "t-staffed"),
    ("AVAIL", "t-AVAIL"),
    ("RING", "t-RING"),
    ("ACD", "t-ACD"),
    ("ACW", "t-ACW"),
    ("AUX", "t-AUX"),
    ("OTHER", "t-OTHER"),
    ("offered", "t-offered"),
    ("answered", "t-answered"),
    ("abandoned", "t-abandoned"),
    ("service", "t-service"),
];

/// What rows of `queues` add up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) waiting: i64,
    pub(crate) ringing: i64,
    pub(crate) oldest: Option<Stamp>,
    pub(crate) offered: i64,
    pub(crate) answered: i64,
    pub(crate) abandoned: i64,
    pub(crate) in_level: i64,
    /// Visits that ended today, however they ended.
    pub(crate) ended: i64,
    pub(crate) wait_answered_ms: i64,
    /// The highest level of an oldest wait.
    pub(crate) oldest_level: Level,
}

impl Sums {
    /// Of these rows.
    pub(crate) fn of<'a>(
        c: &Queues,
        rows: impl Iterator<Item = &'a Row>,
        levels: Levels<'_>,
    ) -> Self {
        let mut sums = Self::default();
        let add = |to: &mut i64, n: i64| *to = to.saturating_add(n);
        for row in rows {
            let ends =
                [c.answered, c.abandoned, c.timed_out, c.left_empty, c.exit_key, c.left, c.lost];
            add(&mut sums.ended, ends.iter().map(|place| place.sum(row)).sum());
            add(&mut sums.waiting, c.waiting.sum(row));
            add(&mut sums.ringing, c.ringing.sum(row));
            add(&mut sums.offered, c.offered.sum(row));
            add(&mut sums.answered, c.answered.sum(row));
            add(&mut sums.abandoned, c.abandoned.sum(row));
            add(&mut sums.in_level, c.answered_in_sl.sum(row));
            add(&mut sums.wait_answered_ms, c.wait_answered_ms.sum(row));
            let since = c.oldest_since.stamp(row);
            sums.oldest = [sums.oldest, since].into_iter().flatten().min();
            if since.is_some() {
                let (acd, queue) = (c.acd.text(row), c.queue.text(row));
                let level = levels.of_measure(acd, "queue", queue, Measure::OldestWait);
                sums.oldest_level = sums.oldest_level.max(level);
            }
        }
        sums
    }

    /// Answered within the service level of all that ended, whole percent, halves up; `None` if
    /// none ended.
    pub(crate) fn service_pct(&self) -> Option<i64> {
        percent(self.in_level, self.ended)
    }

    /// Abandoned of all that ended, whole percent, halves up; `None` if none ended.
    pub(crate) fn abandoned_pct(&self) -> Option<i64> {
        percent(self.abandoned, self.ended)
    }

    /// How long those answered today waited on average, whole seconds; `None` if none was.
    pub(crate) fn average_wait_s(&self) -> Option<i64> {
        (self.answered > 0).then(|| self.wait_answered_ms / self.answered / 1_000)
    }

    fn named(&self) -> Vec<(&'static str, String)> {
        vec![
            ("waiting", count(self.waiting)),
            ("oldest", self.oldest.map_or(String::new(), |at| millis(at).to_string())),
            ("oldest-level", self.oldest_level.class().to_owned()),
            ("offered", count(self.offered)),
            ("answered", count(self.answered)),
            ("abandoned", count(self.abandoned)),
            ("service", self.service_pct().map_or("–".to_owned(), |n| format!("{n}%"))),
        ]
    }
}

/// Agents by state, and how many in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Staff {
    states: [i64; STATES.len()],
    pub(crate) staffed: i64,
}

impl Staff {
    /// Of agents in these states.
    pub(crate) fn of<'a>(states: impl Iterator<Item = &'a str>) -> Self {
        let mut staff = Self::default();
        for state in states {
            staff.staffed += 1;
            for ((code, _), n) in STATES.iter().zip(&mut staff.states) {
                *n += i64::from(*code == state);
            }
        }
        staff
    }

    /// Of a row of `queues`.
    pub(crate) fn of_queue(c: &Queues, row: &Row) -> Self {
        let states = [c.available, c.agents_ringing, c.on_acd, c.in_acw, c.in_aux, c.other];
        Self { states: states.map(|place| place.sum(row)), staffed: c.staffed.sum(row) }
    }

    /// How many are ready for a call.
    pub(crate) const fn available(&self) -> i64 {
        let [available, ..] = self.states;
        available
    }

    fn named(&self) -> impl Iterator<Item = (&'static str, String)> {
        let named = STATES.iter().zip(self.states).map(|((code, _), n)| (*code, count(n)));
        std::iter::once(("staffed", count(self.staffed))).chain(named)
    }
}

/// Figures and their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Names and texts.
    pub(crate) named: Vec<(&'static str, String)>,
}

impl Figures {
    fn both(sums: &Sums, staff: &Staff) -> Self {
        let mut named = sums.named();
        named.extend(staff.named());
        Self { named }
    }

    /// The figures of a snapshot, of the rows that are wanted.
    pub(crate) fn of(now: &Snapshot, sieve: &Sieve<'_>) -> Self {
        let (sums, staff) = of_wanted(now, sieve);
        Self::both(&sums, &staff)
    }

    /// The figures of one queue; `None` if there is no such queue.
    pub(crate) fn of_queue(now: &Snapshot, acd: &str, queue: &str) -> Option<Self> {
        let table = now.tables.get("queues")?;
        let c = Queues::of(table.shape);
        let here = |row: &&Row| c.acd.text(row) == acd && c.queue.text(row) == queue;
        let row = table.rows.iter().find(here)?;
        let levels = Levels::of(now);
        let sums = Sums::of(&c, std::iter::once(row), levels);
        let mut figures = Self::both(&sums, &Staff::of_queue(&c, row));
        let (level, said) = queue_level(&c, row, levels);
        figures.named.push(("said", said.join(" · ")));
        figures.named.push(("said-level", level.class().to_owned()));
        Some(figures)
    }

    /// The totals row of the queues that are wanted, where the tiles say more than them.
    pub(crate) fn totals(now: &Snapshot, sieve: &Sieve<'_>) -> Self {
        let (sums, staff) = of_queues(now, sieve);
        let renamed = |(name, text)| {
            let place = TOTALS.iter().find(|(tile, _)| *tile == name);
            place.map(|(_, total)| (*total, text))
        };
        let all = Self::both(&sums, &staff).named;
        Self { named: all.into_iter().filter_map(renamed).collect() }
    }

    /// The figure of that name; empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.named.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
    }
}

/// The queues and the agents that are wanted.
pub(crate) fn of_wanted(now: &Snapshot, sieve: &Sieve<'_>) -> (Sums, Staff) {
    let sums = now.tables.get("queues").map_or_else(Sums::default, |table| {
        let c = Queues::of(table.shape);
        let rows = table.rows.iter().filter(|row| sieve.all() || sieve.queue(&c, row));
        Sums::of(&c, rows, Levels::of(now))
    });
    let staff = now.tables.get("agents").map_or_else(Staff::default, |table| {
        let c = Agents::of(table.shape);
        let rows = table.rows.iter().filter(|row| sieve.all() || sieve.agent(&c, row));
        Staff::of(rows.map(|row| c.state.text(row)))
    });
    (sums, staff)
}

/// The queues that are wanted, and the agents logged on to any of them, each counted once.
fn of_queues(now: &Snapshot, sieve: &Sieve<'_>) -> (Sums, Staff) {
    let Some(queues) = now.tables.get("queues") else { return Default::default() };
    let c = Queues::of(queues.shape);
    let rows: Vec<&Row> = queues.rows.iter().filter(|row| sieve.queue(&c, row)).collect();
    let names: BTreeSet<_> = rows.iter().map(|row| (c.acd.text(row), c.queue.text(row))).collect();
    let mut logged_on = BTreeSet::new();
    if let Some(members) = now.tables.get("cagent") {
        let m = Members::of(members.shape);
        let here = |row: &&Row| names.contains(&(m.acd.text(row), m.split.text(row)));
        let rows = members.rows.iter().filter(here);
        logged_on.extend(rows.map(|row| (m.acd.text(row), m.logid.text(row))));
    }
    let sums = Sums::of(&c, rows.iter().copied(), Levels::of(now));
    let staff = now.tables.get("agents").map_or_else(Staff::default, |table| {
        let a = Agents::of(table.shape);
        let here = |row: &&Row| logged_on.contains(&(a.acd.text(row), a.agent.text(row)));
        Staff::of(table.rows.iter().filter(here).map(|row| a.state.text(row)))
    });
    (sums, staff)
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

/// A time, big but not as big as the others; one that runs counts on.
pub(crate) fn time_tile(label: &str, ms: Option<i64>, runs: bool, at: Stamp) -> Markup {
    let since = ms.map(|ms| millis(at) - ms).filter(|_| runs);
    html! {
        div.tile {
            dt { (label) }
            dd { b class=[runs.then_some("counted")] data-t=[since] {
                (ms.map_or_else(|| "–".to_owned(), |ms| age(ms.saturating_mul(1_000))))
            } }
        }
    }
}

/// A wait that the script counts on.
fn oldest(f: &Figures, name: &str) -> Option<Stamp> {
    f.get(name).parse::<i64>().ok().map(|ms| Stamp(ms.saturating_mul(1_000)))
}

/// The figures, big; those that count what another page lists lead there: the addresses are for
/// waiting, available, offered, answered and abandoned.
pub(crate) fn tiles(f: &Figures, now: Stamp, to: &[String]) -> Markup {
    let figure = |id: &str| html! { b data-n=(id) { (f.get(id)) } };
    let linked = |id: &str, place: usize| match to.get(place) {
        Some(to) => html! { a href=(to) { (figure(id)) } },
        None => figure(id),
    };
    let oldest = oldest(f, "oldest");
    html! {
        dl.tiles aria-label="The centre now" {
            (tile("Waiting", "waiting", linked("waiting", 0), html! {}))
            div id="tile-oldest" class={ "tile " (f.get("oldest-level")) }
                data-level="oldest-level" {
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

/// The cells of the totals row of `queues`, in the order of its columns. With `own`, the figures
/// have names of their own.
pub(crate) fn total_cells(f: &Figures, own: bool, now: Stamp) -> Markup {
    html! {
        @for (tile, total) in TOTALS {
            @let name = if own { total } else { tile };
            @if tile == "oldest" {
                @let at = oldest(f, name);
                td.n data-n=(name) data-t=[at.map(millis)] {
                    (at.map_or("–".to_owned(), |at| age(now - at)))
                }
            } @else {
                td.n data-n=(name) { (f.get(name)) }
            }
        }
        td.att {}
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
