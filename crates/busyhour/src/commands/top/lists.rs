//! The tables of `busyhour top`: which columns there are, what a row says in each, and the order
//! of rows. Pure: the moment is an argument.

use super::floor::{Agent, Attention, Call, Floor, Level, Queue, age, clock};
use facts::Stamp;
use std::cmp::Ordering;

/// A column: its heading, its width in cells (0: what is left over), and where it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) head: &'static str,
    pub(super) width: u16,
    pub(super) right: bool,
    /// Only on a screen of `WIDE` cells or more.
    pub(super) wide: bool,
}

/// From how many cells on the columns for wide screens are shown.
pub(super) const WIDE: u16 = 130;

const fn left(head: &'static str, width: u16) -> Column {
    Column { head, width, right: false, wide: false }
}
const fn right(head: &'static str, width: u16) -> Column {
    Column { head, width, right: true, wide: false }
}
const fn wide(column: Column) -> Column {
    Column { wide: true, ..column }
}

/// The first column of every table holds the symbol; to sort by it is to sort by attention.
const MARK: Column = left("", 2);

/// Of queues.
pub(super) const QUEUES: &[Column] = &[
    MARK,
    left("Queue", 15),
    right("Wait", 4),
    right("Oldest", 7),
    right("Staff", 5),
    right("Avail", 5),
    wide(right("Ring", 4)),
    right("Call", 4),
    right("ACW", 3),
    right("AUX", 3),
    wide(right("Other", 5)),
    wide(right("Offered", 7)),
    wide(right("Answered", 8)),
    wide(right("Abandoned", 9)),
    right("SL%", 3),
    left("Attention", 0),
];

/// Of agents.
pub(super) const AGENTS: &[Column] = &[
    MARK,
    left("Agent", 18),
    left("State", 12),
    left("Reason", 9),
    right("Time", 7),
    left("Queue", 10),
    wide(left("Party", 16)),
    wide(right("Calls", 5)),
    wide(right("Missed", 6)),
    wide(left("Identity", 16)),
    left("Attention", 0),
];

/// Of the callers of a queue.
pub(super) const CALLERS: &[Column] = &[
    MARK,
    right("Pos", 3),
    left("Caller", 16),
    left("Name", 17),
    right("Waits", 8),
    left("State", 9),
    wide(left("Rings at", 20)),
    wide(left("Dialled", 12)),
    left("Attention", 0),
];

/// Of the calls of an agent.
pub(super) const CALLS: &[Column] = &[
    MARK,
    left("Began", 12),
    left("State", 10),
    left("Caller", 14),
    left("Queue", 10),
    right("Wait", 6),
    right("Talk", 7),
    wide(right("Hold", 7)),
    wide(left("Name", 20)),
    wide(left("Dialled", 12)),
    wide(left("Ended by", 8)),
    left("Outcome", 0),
];

/// What a cell is ordered by: numbers from the greatest down, words from the first up.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Order {
    Number(i64),
    Word(String),
}

/// A cell.
#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) text: String,
    order: Order,
}

/// What tells a row from all others: switch and name.
pub(super) type Key = (String, String);

/// A row.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) key: Key,
    pub(super) level: Level,
    pub(super) cells: Vec<Cell>,
}

fn word(text: &str) -> Cell {
    Cell { text: text.to_owned(), order: Order::Word(text.to_lowercase()) }
}

fn number(n: i64) -> Cell {
    Cell { text: n.to_string(), order: Order::Number(n) }
}

fn time(micros: Option<i64>) -> Cell {
    Cell { text: micros.map_or(String::new(), age), order: Order::Number(micros.unwrap_or(-1)) }
}

/// The symbol: ordered by level, then by how long it lasts.
fn mark(attention: &Attention, micros: Option<i64>) -> Cell {
    let base = match attention.level {
        Level::Plain => 0,
        Level::Caution => 1 << 60,
        Level::Warning => 2 << 60,
    };
    let lasts = if base == 0 { 0 } else { micros.unwrap_or(0).clamp(0, 1 << 59) };
    Cell { text: attention.level.mark().to_owned(), order: Order::Number(base + lasts) }
}

/// A name, with the switch before it if there are several: `north/sales`.
fn named(acd: &str, name: &str, several: bool) -> String {
    if several { format!("{acd}/{name}") } else { name.to_owned() }
}

/// A queue's row.
pub(super) fn queue(q: &Queue, several: bool, now: Stamp) -> Line {
    let attention = &q.attention;
    let oldest = q.oldest.map(|at| now.since(at));
    let percent = Cell {
        text: q.percent.map_or("-".to_owned(), |n| n.to_string()),
        order: Order::Number(q.percent.unwrap_or(-1)),
    };
    let cells = vec![
        mark(attention, oldest),
        word(&named(&q.acd, &q.name, several)),
        number(q.waiting),
        time(oldest),
        number(q.staffed),
        number(q.available),
        number(q.agents_ringing),
        number(q.on_acd),
        number(q.in_acw),
        number(q.in_aux),
        number(q.other),
        number(q.offered),
        number(q.answered),
        number(q.abandoned),
        percent,
        word(&attention.words()),
    ];
    Line { key: (q.acd.clone(), q.name.clone()), level: attention.level, cells }
}

/// An agent's row.
pub(super) fn agent(a: &Agent, several: bool, now: Stamp) -> Line {
    let attention = &a.attention;
    let lasts = a.since.map(|at| now.since(at));
    let cells = vec![
        mark(attention, lasts),
        word(&named(&a.acd, &a.name, several)),
        word(&a.state_words()),
        word(&a.reason),
        time(lasts),
        word(&a.split),
        word(&a.party),
        number(a.calls),
        number(a.missed),
        word(&a.id),
        word(&attention.words()),
    ];
    Line { key: (a.acd.clone(), a.id.clone()), level: attention.level, cells }
}

/// The callers of a queue in the order in which they came.
pub(super) fn callers(floor: &Floor, (acd, queue): (&str, &str), now: Stamp) -> Vec<Line> {
    let limits = floor.wait_limits(acd, queue);
    let here = |c: &&Call| c.acd == acd && c.split == queue && c.waits();
    let mut calls: Vec<&Call> = floor.calls.iter().filter(here).collect();
    calls.sort_by_key(|c| (c.queued_at, &c.id));
    let line = |(place, c): (i64, &Call)| {
        let attention = c.attention(limits, now);
        let wait = Some(c.wait(now));
        let agent = if c.agent_name.is_empty() { &c.agent } else { &c.agent_name };
        let cells = vec![
            mark(&attention, wait),
            number(place),
            word(&c.caller),
            word(&c.caller_name),
            time(wait),
            word(&c.state.to_lowercase()),
            word(agent),
            word(&c.dialled),
            word(&attention.words()),
        ];
        Line { key: (c.acd.clone(), c.id.clone()), level: attention.level, cells }
    };
    (1..).zip(calls).map(line).collect()
}

/// A row of an agent's calls.
pub(super) fn call(c: &Call, floor: &Floor, now: Stamp) -> Line {
    let attention = c.attention(floor.wait_limits(&c.acd, &c.split), now);
    let began = Cell {
        text: c.began.map_or(String::new(), clock),
        order: Order::Number(c.began.map_or(0, |at| at.0)),
    };
    let cells = vec![
        mark(&attention, Some(c.wait(now))),
        began,
        word(&c.state.to_lowercase()),
        word(&c.caller),
        word(&c.split),
        time(Some(c.wait(now))),
        time(Some(c.talk(floor.as_of, now))),
        time(Some(c.hold_ms.saturating_mul(1_000))),
        word(&c.caller_name),
        word(&c.dialled),
        word(&c.ended_by.to_lowercase()),
        word(&c.outcome.to_lowercase()),
    ];
    Line { key: (c.acd.clone(), c.id.clone()), level: attention.level, cells }
}

/// Puts rows into the order of one column; equal ones by the column after the symbol, then by
/// what tells them apart, so that nothing jumps about.
pub(super) fn sort(lines: &mut [Line], column: usize, reverse: bool) {
    let compare = |a: &Line, b: &Line, column: usize| {
        match (a.cells.get(column).map(|c| &c.order), b.cells.get(column).map(|c| &c.order)) {
            (Some(Order::Number(a)), Some(Order::Number(b))) => b.cmp(a),
            (Some(Order::Word(a)), Some(Order::Word(b))) => {
                // What is empty stands last.
                a.is_empty().cmp(&b.is_empty()).then_with(|| a.cmp(b))
            }
            _ => Ordering::Equal,
        }
    };
    lines.sort_by(|a, b| {
        let wanted = compare(a, b, column);
        let wanted = if reverse { wanted.reverse() } else { wanted };
        wanted.then_with(|| compare(a, b, 1)).then_with(|| a.key.cmp(&b.key))
    });
}

/// Keeps the rows of which any cell holds `wanted`, whatever the case.
pub(super) fn filter(lines: &mut Vec<Line>, wanted: &str) {
    let wanted = wanted.to_lowercase();
    if !wanted.is_empty() {
        lines.retain(|line| line.cells.iter().any(|c| c.text.to_lowercase().contains(&wanted)));
    }
}
