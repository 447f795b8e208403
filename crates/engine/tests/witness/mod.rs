//! What others wrote while a capture was made: `queue_log`, CDR and CEL, and the moments of
//! bridges in the raw stream. Read here without any of our own translation.

use crate::captures::Capture;
use std::collections::BTreeMap;

/// Microseconds.
pub(crate) const SECOND: i64 = 1_000_000;

/// How often a thing happened in a queue, by the word of `queue_log`.
pub(crate) fn queue_log(capture: &Capture) -> BTreeMap<(String, String), i64> {
    let mut counts = BTreeMap::new();
    for line in capture.witness("queue_log").lines() {
        let words: Vec<&str> = line.split('|').collect();
        if let [_, _, queue, _, event, ..] = words[..] {
            *counts.entry((queue.to_owned(), event.to_owned())).or_default() += 1;
        }
    }
    counts
}

/// The waits of the answered, and the talks that ended without a transfer; seconds, as `queue_log`
/// tells.
pub(crate) fn waits_and_talks(capture: &Capture) -> (Vec<i64>, Vec<i64>) {
    let (mut waits, mut talks) = (Vec::new(), Vec::new());
    for line in capture.witness("queue_log").lines() {
        match line.split('|').skip(4).collect::<Vec<_>>()[..] {
            ["CONNECT", wait, ..] => waits.push(wait.parse().expect("seconds")),
            ["COMPLETEAGENT" | "COMPLETECALLER", _, talk, ..] => {
                talks.push(talk.parse().expect("seconds"));
            }
            _ => {}
        }
    }
    (waits, talks)
}

/// A channel's time in bridges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bridged {
    /// The channel's name.
    pub(crate) channel: String,
    /// Microseconds since 1970; of CEL whole seconds.
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// How often it came in.
    pub(crate) times: usize,
}

/// First entry and last exit of every channel that was in a bridge, by its id, as CEL tells.
pub(crate) fn cel(capture: &Capture) -> BTreeMap<String, Bridged> {
    let mut found = BTreeMap::new();
    for line in capture.witness("cel.csv").lines() {
        let cells = cells(line);
        let (Some(event), Some(at), Some(channel), Some(id)) =
            (cells.first(), cells.get(1), cells.get(6), cells.get(8))
        else {
            continue;
        };
        let at = at.parse::<i64>().expect("seconds") * SECOND;
        bridge(&mut found, event == "BRIDGE_ENTER", event == "BRIDGE_EXIT", at, channel, id);
    }
    found
}

/// The same as the switch told it at once, to the microsecond: by its CEL events if `of_cel`, else
/// by the bridges' own.
pub(crate) fn told(capture: &Capture, of_cel: bool) -> BTreeMap<String, Bridged> {
    let mut found = BTreeMap::new();
    let bytes = capture.bytes("a").unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
    for message in text.split("\n\n") {
        let header = |name: &str| {
            message.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": ")).unwrap_or("")
        };
        let (enters, leaves) = if of_cel {
            let event = header("EventName");
            (event == "BRIDGE_ENTER", event == "BRIDGE_EXIT")
        } else {
            (header("Event") == "BridgeEnter", header("Event") == "BridgeLeave")
        };
        if !enters && !leaves {
            continue;
        }
        let at = facts::Stamp::parse(header("Timestamp")).expect("a stamp").0;
        let id = if of_cel { header("UniqueID") } else { header("Uniqueid") };
        bridge(&mut found, enters, leaves, at, header("Channel"), id);
    }
    found
}

fn bridge(
    found: &mut BTreeMap<String, Bridged>,
    enters: bool,
    leaves: bool,
    at: i64,
    channel: &str,
    id: &str,
) {
    if enters {
        let first = Bridged { channel: channel.to_owned(), from: at, to: at, times: 0 };
        found.entry(id.to_owned()).or_insert(first).times += 1;
    }
    if leaves && let Some(bridged) = found.get_mut(id) {
        bridged.to = at;
    }
}

/// A line of CDR.
#[derive(Clone, Debug)]
pub(crate) struct Cdr {
    /// The channel called.
    pub(crate) to: String,
    /// Microseconds since 1970.
    pub(crate) end: i64,
    pub(crate) disposition: String,
}

pub(crate) fn cdr(capture: &Capture) -> Vec<Cdr> {
    let text = capture.witness("cdr.csv");
    let line = |line: &str| {
        let cells = cells(line);
        let end = facts::Stamp::parse(cells.get(11)?)?.0;
        Some(Cdr { to: cells.get(6)?.clone(), end, disposition: cells.get(14)?.clone() })
    };
    text.lines().filter_map(line).collect()
}

/// The cells of a line of CSV.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let cell = cells.last_mut().expect("never empty");
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => cell.push(c),
        }
    }
    cells
}
