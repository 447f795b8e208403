//! Whether the hot path is as fast with many channels up as with few: parse, order, translate and
//! model on one core, with 100, 1,000, 10,000 and 100,000 channels live.
//! `cargo bench -p engine --bench channels`.
//!
//! One queue call of a real Asterisk (fixtures, scenario `answered`) is said many times at once,
//! each time with ids and channels of its own, and as many agents as there are calls at once.
//! Calls are at different steps of their way, and events of all of them come in turn: no event is
//! about what the one before was about.

use engine::{Fold, FoldSettings};
use facts::{Record, Stamp};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Events that are measured at each size, at least.
const EVENTS: usize = 400_000;
/// So many records are made at once and then folded, as a link hands on what it has read: memory
/// is used again, and what is measured is not how fast prepared input comes from far away.
const AT_ONCE: usize = 500;
/// Each figure is the best of this many rounds: noise only ever adds.
const ROUNDS: usize = 3;
/// The agent's phone in the scenario.
const AGENT: &[u8] = b"PJSIP/1001";
/// How many channels are live at once, about.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];

fn main() {
    let call = Call::of_fixture();
    let mut out = std::io::stdout().lock();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let say = |out: &mut std::io::StdoutLock<'_>, text: String| {
        writeln!(out, "{text}").expect("stdout takes it");
    };
    say(&mut out, format!("{} events a call; load average {}", call.events.len(), load.trim()));
    let mut first = None;
    let asked: Vec<usize> = std::env::args().filter_map(|size| size.parse().ok()).collect();
    for size in if asked.is_empty() { SIZES.to_vec() } else { asked } {
        let (rate, live, digest) = at(&call, size);
        let of_first = rate * 100 / *first.get_or_insert(rate);
        let line = format!("{live:7} channels live: {rate:8} events/s, {of_first:3} %");
        // Two programs that count alike end with one digest.
        say(&mut out, format!("{line}, digest {digest:08x}"));
    }
}

/// The best rate with about `size` channels live, how many they were, and the fold's digest.
fn at(call: &Call, size: usize) -> (u128, usize, u32) {
    // As many calls at once as it takes: the average channels of a call over its events.
    let calls = size * call.events.len() / call.channel_events.max(1);
    let mut fold = Fold::new(FoldSettings::for_acd("bench"));
    let mut turn = Turn { calls: Vec::new(), next: 0, at: 0 };
    for i in 0..calls {
        turn.calls.push((turn.next, i % call.events.len()));
        turn.next += 1;
    }
    // Every call of the beginning is brought to its step.
    for i in 0..calls {
        let (number, step) = turn.calls[i];
        for event in 0..step {
            let record = call.event(event, number, i, turn.stamp());
            fold.push(record);
        }
    }
    let mut best = Duration::MAX;
    let count = EVENTS.max(calls * 2);
    for _ in 0..ROUNDS {
        let mut took = Duration::ZERO;
        for from in (0..count).step_by(AT_ONCE) {
            let to = count.min(from + AT_ONCE);
            let records: Vec<Record> = (from..to).map(|i| turn.event(call, i % calls)).collect();
            let begun = Instant::now();
            for record in records {
                fold.push(record);
            }
            took += begun.elapsed();
        }
        best = best.min(took);
    }
    let live = fold.table("channels", fold.now()).map_or(0, |table| table.rows.len());
    let [a, b, c, d, ..] = fold.digest();
    let events = u128::try_from(count).unwrap_or(0);
    let rate = events * 1_000_000 / best.as_micros().max(1);
    (rate, live, u32::from_be_bytes([a, b, c, d]))
}

/// Calls that go on in turn.
struct Turn {
    /// The number of each call and its next event.
    calls: Vec<(usize, usize)>,
    next: usize,
    at: i64,
}

impl Turn {
    /// A microsecond after the one before.
    fn stamp(&mut self) -> Stamp {
        self.at += 1;
        Stamp(1_795_263_560_000_000 + self.at)
    }

    /// The next event of the call at that place; another call begins when it is over.
    fn event(&mut self, call: &Call, place: usize) -> Record {
        let (number, step) = self.calls[place];
        let stamp = self.stamp();
        if step + 1 < call.events.len() {
            self.calls[place].1 += 1;
        } else {
            self.calls[place] = (self.next, 0);
            self.next += 1;
        }
        call.event(step, number, place, stamp)
    }
}

/// A call of the fixtures, cut where its ids stand.
struct Call {
    events: Vec<(Record, Vec<Piece>)>,
    /// Sum over its events of how many of its channels are up.
    channel_events: usize,
}

enum Piece {
    Text(Vec<u8>),
    /// The number of the call, which makes an id another.
    Number,
    /// The agent's number.
    Agent,
    /// The stamp.
    Stamp,
}

impl Call {
    fn of_fixture() -> Self {
        let path = "/../../fixtures/captures/22/answered/ami-a.txt.gz";
        let path = format!("{}{path}", env!("CARGO_MANIFEST_DIR"));
        let packed = std::fs::read(Path::new(&path)).expect("the fixture can be read");
        let mut bytes = Vec::new();
        flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("gzip");
        let mut ids: BTreeMap<Vec<u8>, ()> = BTreeMap::new();
        let mut events = Vec::new();
        let (mut up, mut channel_events) = (0_usize, 0);
        for record in translate::capture::records(&bytes) {
            let text = record.payload.to_vec();
            let Some(message) = ami::messages(&text).next() else { continue };
            let header =
                |name: &[u8]| message.headers().find(|h| h.name == name).map(|h| h.value.to_vec());
            let event = header(b"Event").unwrap_or_default();
            // What is kept of a call: the link leaves these out, too.
            let of_agent = text.windows(AGENT.len()).any(|part| part == AGENT);
            if header(b"Uniqueid").is_none() && header(b"BridgeUniqueid").is_none() && !of_agent {
                continue;
            }
            if event == b"VarSet" || event == b"TestEvent" || event == b"RTCPSent" {
                continue;
            }
            for h in message.headers() {
                let unique = h.name.ends_with(b"niqueid") || h.name.ends_with(b"inkedid");
                if (unique || h.name.ends_with(b"hannel")) && h.value.len() > 4 {
                    ids.insert(h.value.to_vec(), ());
                }
            }
            up += usize::from(event == b"Newchannel");
            up = up.saturating_sub(usize::from(event == b"Hangup"));
            channel_events += up;
            events.push((record, text));
        }
        assert!(events.len() > 15 && channel_events > 15, "the scenario is a call");
        let cut = |(record, text): (Record, Vec<u8>)| {
            let pieces = cut(&text, &ids);
            (record, pieces)
        };
        Self { events: events.into_iter().map(cut).collect(), channel_events }
    }

    fn event(&self, step: usize, number: usize, agent: usize, stamp: Stamp) -> Record {
        let (record, pieces) = &self.events[step];
        let mut text = Vec::with_capacity(800);
        for piece in pieces {
            match piece {
                Piece::Text(part) => text.extend_from_slice(part),
                Piece::Number => text.extend_from_slice(format!("{number:07}").as_bytes()),
                Piece::Agent => text.extend_from_slice(format!("{agent:06}").as_bytes()),
                Piece::Stamp => {
                    let (secs, micros) = (stamp.0 / 1_000_000, stamp.0 % 1_000_000);
                    text.extend_from_slice(format!("{secs}.{micros:06}").as_bytes());
                }
            }
        }
        Record { stamp, heard: stamp, payload: text.into(), ..record.clone() }
    }
}

/// Cuts a message behind each value that is an id, and around its stamp.
fn cut(text: &[u8], ids: &BTreeMap<Vec<u8>, ()>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut part = Vec::new();
    for line in text.split_inclusive(|b| *b == b'\n') {
        let end = line.len() - line.iter().rev().take_while(|b| b.is_ascii_whitespace()).count();
        let (line, rest) = line.split_at(end);
        let at = line.iter().position(|b| *b == b':').map_or(line.len(), |at| at + 2);
        let (name, value) = line.split_at(at.min(line.len()));
        part.extend_from_slice(name);
        if name == b"Timestamp: " {
            pieces.push(Piece::Text(std::mem::take(&mut part)));
            pieces.push(Piece::Stamp);
        } else {
            match value.strip_prefix(AGENT) {
                Some(rest) => {
                    part.extend_from_slice(AGENT);
                    pieces.push(Piece::Text(std::mem::take(&mut part)));
                    pieces.push(Piece::Agent);
                    part.extend_from_slice(rest);
                }
                None => part.extend_from_slice(value),
            }
            if ids.contains_key(value) {
                pieces.push(Piece::Text(std::mem::take(&mut part)));
                pieces.push(Piece::Number);
            }
        }
        part.extend_from_slice(rest);
    }
    pieces.push(Piece::Text(part));
    pieces
}
