//! The canonical order: the one order in which records are folded. It is a function of the
//! records alone, never of who heard them when (docs/adr/0003-canonical-order.md).
//!
//! Records are ordered by the switch's stamp. Of those with the same stamp, observations come
//! last, and events go by the causal rank of their name, then by their bytes.

use crate::asterisk::rank;
use facts::{Epoch, Kind, Observation, Record, Stamp};
use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

/// So many records are held at most; beyond that the oldest are given out early.
const HELD_MAX: usize = 200_000;

/// The canonical order of two records. Equal: they are the same record.
pub fn compare(a: &Record, b: &Record) -> Ordering {
    a.stamp.cmp(&b.stamp).then_with(|| a.kind.cmp(&b.kind)).then_with(|| match a.kind {
        Kind::Event => {
            rank(&a.payload).cmp(&rank(&b.payload)).then_with(|| a.payload.cmp(&b.payload))
        }
        // Observations have no order of their own at the switch: as their server made them.
        Kind::Observation => a
            .heard
            .cmp(&b.heard)
            .then_with(|| observation_rank(&a.payload).cmp(&observation_rank(&b.payload)))
            .then_with(|| a.payload.cmp(&b.payload)),
    })
}

/// Down before up, up before answers, answers before the end of the resync.
fn observation_rank(payload: &[u8]) -> usize {
    let name = ami::Message::parse(payload).get("Observation").and_then(Observation::from_name);
    match name {
        Some(Observation::Hole) => 0,
        Some(Observation::LinkDown) => 1,
        Some(Observation::LinkUp) => 2,
        Some(Observation::Answer) => 3,
        Some(Observation::Resynced) => 4,
        None => 5,
    }
}

/// A record in the heap. Identical twins keep the order in which they came, which nobody can
/// tell from the other one.
struct Held(Record);

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Held {}
impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Held {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

/// Puts a stream of records, which is nearly ordered, into canonical order: holds each one
/// until an event is heard whose stamp is `window` ahead of it.
///
/// An event further back than the window means that the switch's clock was put back: all that
/// is held is given out, and time goes on from there. Full (200,000 records held): the oldest
/// are given out early.
pub struct Reorder {
    window_us: i64,
    /// Held in canonical order: nearly all records come in it, and go to the end.
    run: VecDeque<Record>,
    /// Held too: those that came after a later one.
    late: BinaryHeap<Reverse<Held>>,
    /// In order already, to be given out first.
    ready: VecDeque<Record>,
    newest: Option<Stamp>,
    /// What is not after this may be given out.
    released: Stamp,
}

impl Reorder {
    /// Events may be `window_us` microseconds late.
    pub fn new(window_us: i64) -> Self {
        Self {
            window_us: window_us.max(0),
            run: VecDeque::new(),
            late: BinaryHeap::new(),
            ready: VecDeque::new(),
            newest: None,
            released: Stamp(i64::MIN),
        }
    }

    /// Takes a record in.
    pub fn push(&mut self, record: Record) {
        if record.kind == Kind::Event {
            match self.newest {
                Some(newest) if newest.since(record.stamp) > self.window_us => {
                    self.flush();
                    self.released = Stamp(i64::MIN);
                    self.ahead(record.stamp);
                }
                Some(newest) if newest >= record.stamp => {}
                _ => self.ahead(record.stamp),
            }
        }
        if self.run.back().is_some_and(|last| compare(last, &record) == Ordering::Greater) {
            self.late.push(Reverse(Held(record)));
        } else {
            self.run.push_back(record);
        }
    }

    /// The newest event is at `stamp`.
    fn ahead(&mut self, stamp: Stamp) {
        self.newest = Some(stamp);
        self.released = self.released.max(stamp.plus(-self.window_us));
    }

    /// The next record in canonical order; None: nothing may be given out yet.
    pub fn pop(&mut self) -> Option<Record> {
        if let Some(record) = self.ready.pop_front() {
            return Some(record);
        }
        let first = if self.late_is_first() {
            self.late.peek().map(|Reverse(Held(late))| late)?
        } else {
            self.run.front()?
        };
        let due = first.stamp <= self.released || self.run.len() + self.late.len() > HELD_MAX;
        if due { self.first() } else { None }
    }

    /// Whether the first of all that are held is among the late ones.
    fn late_is_first(&self) -> bool {
        match (self.run.front(), self.late.peek()) {
            (Some(next), Some(Reverse(Held(late)))) => compare(late, next) == Ordering::Less,
            (next, _) => next.is_none(),
        }
    }

    /// Takes out the first of all that are held.
    fn first(&mut self) -> Option<Record> {
        if self.late_is_first() {
            self.late.pop().map(|Reverse(Held(late))| late)
        } else {
            self.run.pop_front()
        }
    }

    /// The switch's clock is known to be past `switch_now`, and everything up to then has been
    /// heard: for a switch that says nothing for a while.
    pub fn flush_before(&mut self, switch_now: Stamp) {
        self.released = self.released.max(switch_now);
    }

    /// Everything held may be given out: the end of the stream.
    pub fn flush(&mut self) {
        while let Some(record) = self.first() {
            self.ready.push_back(record);
        }
    }

    /// How many records are held back.
    pub fn held(&self) -> usize {
        self.run.len() + self.late.len() + self.ready.len()
    }
}

/// What several sessions at one switch heard, as one, in canonical order: each record as often
/// as the session that heard it most often. Of two clocks and epochs, the first session's are
/// kept, but for an epoch that it did not know.
pub fn union(sessions: Vec<Vec<Record>>) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    for mut session in sessions {
        session.sort_by(compare);
        all = if all.is_empty() { session } else { merged(all, session) };
    }
    all
}

/// Two ordered runs as one; what is in both is taken once.
fn merged(one: Vec<Record>, two: Vec<Record>) -> Vec<Record> {
    let mut out = Vec::with_capacity(one.len().max(two.len()));
    let (mut one, mut two) = (one.into_iter().peekable(), two.into_iter().peekable());
    loop {
        let next = match (one.peek(), two.peek()) {
            (Some(a), Some(b)) => match compare(a, b) {
                Ordering::Less => one.next(),
                Ordering::Greater => two.next(),
                Ordering::Equal => {
                    let other = two.next();
                    one.next().map(|mut record| {
                        if record.epoch == Epoch::default()
                            && let Some(other) = other
                        {
                            record.epoch = other.epoch;
                        }
                        record
                    })
                }
            },
            (Some(_), None) => one.next(),
            (None, _) => two.next(),
        };
        let Some(record) = next else {
            return out;
        };
        out.push(record);
    }
}
