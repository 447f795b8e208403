//! The days of the agents of one ACD, packed.

use super::day::{AgentDay, AgentSpan, STATES};
use super::pack::{Names, Packer, Unpacker};
use facts::{Stamp, Text};
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;

/// About what an agent costs besides his spans, bytes.
const AGENT_COST: usize = 400;

/// One agent's day.
#[derive(Debug)]
struct Day {
    name: Text,
    /// Spans that are over.
    packed: Vec<u8>,
    /// The last of them began here.
    packed_at: Stamp,
    /// What goes on.
    now: AgentSpan,
    /// The call of the last span packed: most spans are about the same call as the one before.
    call: Option<Text>,
    party: Text,
    cut: bool,
}

/// Everybody's day.
#[derive(Debug, Default)]
pub(super) struct Days {
    days: HashMap<Text, Day, FxBuildHasher>,
    names: Names,
    bytes: usize,
    day_start: Stamp,
}

/// Bits of the byte that a packed span begins with; the lowest three are the state.
const IN: u64 = 1 << 3;
const OUT: u64 = 1 << 4;
const SAME_CALL: u64 = 1 << 5;
const REASON: u64 = 1 << 6;

impl Days {
    /// An agent is in another state from `span.from` on. The moment may lie before the last one
    /// told of him: then it counts as the same.
    pub(super) fn push(&mut self, agent: &Text, name: &Text, mut span: AgentSpan) {
        let Some(day) = self.days.get_mut(agent) else {
            let day = Day {
                name: name.clone(),
                packed: Vec::new(),
                packed_at: Stamp(0),
                now: span,
                call: None,
                party: Text::default(),
                cut: false,
            };
            self.days.insert(agent.clone(), day);
            self.bytes += AGENT_COST;
            return;
        };
        if day.name != *name {
            day.name = name.clone();
        }
        if (AgentSpan { from: day.now.from, ..span.clone() }) == day.now {
            return;
        }
        span.from = span.from.max(day.now.from);
        let over = std::mem::replace(&mut day.now, span);
        if over.from == day.now.from {
            return;
        }
        let before = day.packed.capacity();
        day.pack(over, &mut self.names);
        self.bytes += day.packed.capacity() - before;
    }

    /// Today begins here: spans that ended before are dropped.
    pub(super) fn start_day(&mut self, at: Stamp) {
        self.day_start = at;
        self.drop_before(at, false);
    }

    /// What all this takes, bytes.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    /// Makes room: the oldest quarter of the time goes.
    pub(super) fn make_room(&mut self, now: Stamp) {
        let oldest = self.days.values().filter_map(|d| d.first(&self.names)).min();
        let Some(oldest) = oldest else { return };
        let limit = oldest.plus((now.since(oldest) / 4).max(1_000_000));
        self.drop_before(limit, true);
    }

    /// Drops spans that ended at or before `limit`. Agents who are logged off and of whom nothing
    /// is left are forgotten.
    fn drop_before(&mut self, limit: Stamp, cut: bool) {
        let names = &mut self.names;
        self.days.retain(|_, day| {
            let spans = day.unpack(names);
            let gone = spans.iter().take_while(|s| s.to.is_some_and(|to| to <= limit)).count();
            if gone > 0 {
                day.cut |= cut;
                (day.packed, day.packed_at) = (Vec::new(), Stamp(0));
                (day.call, day.party) = (None, Text::default());
                for span in spans.into_iter().skip(gone) {
                    day.pack(span, names);
                }
                day.packed.shrink_to_fit();
            }
            day.cut &= cut;
            !day.packed.is_empty() || day.now.state != "OUT" || day.now.from >= limit
        });
        let packed: usize = self.days.values().map(|d| d.packed.capacity()).sum();
        self.bytes = packed + self.days.len() * AGENT_COST;
    }

    /// Forgets what is known of an agent.
    pub(super) fn forget(&mut self, agent: &str) {
        if let Some(day) = self.days.remove(agent) {
            self.bytes = self.bytes.saturating_sub(AGENT_COST + day.packed.capacity());
        }
    }

    /// The day of an agent as it stands at `now`.
    pub(super) fn day(&self, acd: &Text, agent: &str, now: Stamp) -> Option<AgentDay> {
        let (agent, day) = self.days.get_key_value(agent)?;
        let mut spans = day.unpack(&self.names);
        spans.retain(|s| s.to.is_none_or(|to| to > self.day_start));
        spans.push(day.now.clone());
        if let Some(first) = spans.first_mut() {
            first.from = first.from.max(self.day_start);
        }
        Some(AgentDay {
            acd: acd.clone(),
            agent: agent.clone(),
            name: day.name.clone(),
            day_start: self.day_start,
            now: now.max(day.now.from),
            spans,
            cut: day.cut,
        })
    }
}

impl Day {
    fn pack(&mut self, span: AgentSpan, names: &mut Names) {
        let state = STATES.iter().position(|s| *s == span.state).unwrap_or(0);
        let same = span.call == self.call && span.party == self.party;
        let mut head = u64::try_from(state).unwrap_or(0);
        head |= if span.direction == Some("IN") { IN } else { 0 };
        head |= if span.direction == Some("OUT") { OUT } else { 0 };
        head |= if same { SAME_CALL } else { 0 };
        head |= if span.reason.is_empty() { 0 } else { REASON };
        let mut packer = Packer(std::mem::take(&mut self.packed));
        // Doubling would waste a third of a large store.
        let room = packer.0.len() / 8;
        if packer.0.capacity() - packer.0.len() < 64 {
            packer.0.reserve_exact(room.max(128));
        }
        packer.number(head);
        packer.signed(span.from.since(self.packed_at));
        packer.name(span.split.as_ref(), names);
        if !span.reason.is_empty() {
            packer.name(Some(&span.reason), names);
        }
        if !same {
            packer.text(span.call.as_ref());
            packer.text(Some(&span.party));
            (self.call, self.party) = (span.call, span.party);
        }
        self.packed = packer.0;
        self.packed_at = span.from;
    }

    /// When the first packed span began.
    fn first(&self, names: &Names) -> Option<Stamp> {
        let mut read = Unpacker::new(&self.packed, names);
        read.number()?;
        Some(Stamp(read.signed()?))
    }

    /// The spans that are over.
    fn unpack(&self, names: &Names) -> Vec<AgentSpan> {
        let mut read = Unpacker::new(&self.packed, names);
        let mut spans: Vec<AgentSpan> = Vec::new();
        let (mut call, mut party) = (None, Text::default());
        let mut from = Stamp(0);
        let mut one = || {
            let head = read.number()?;
            from = from.plus(read.signed()?);
            let split = read.text()?;
            let reason = if head & REASON == 0 { Text::default() } else { read.some_text()? };
            if head & SAME_CALL == 0 {
                (call, party) = (read.text()?, read.some_text()?);
            }
            let state = STATES.get(usize::try_from(head & 7).ok()?)?;
            let direction = match head & (IN | OUT) {
                IN => Some("IN"),
                OUT => Some("OUT"),
                _ => None,
            };
            let (call, party) = (call.clone(), party.clone());
            Some(AgentSpan { from, to: None, state, reason, direction, split, call, party })
        };
        while let Some(span) = one() {
            if let Some(before) = spans.last_mut() {
                before.to = Some(span.from);
            }
            spans.push(span);
        }
        if let Some(last) = spans.last_mut() {
            last.to = Some(self.now.from);
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    fn span(at: i64, state: &'static str, call: &str) -> AgentSpan {
        AgentSpan {
            from: Stamp(1_763_000_000_000_000 + at),
            to: None,
            state,
            reason: Text::from(if state == "AUX" { "Lunch" } else { "" }),
            direction: match state {
                "RING" | "ACD" => Some("IN"),
                "AUX" => Some("OUT"),
                _ => None,
            },
            split: (!call.is_empty()).then(|| Text::from("sales")),
            call: (!call.is_empty()).then(|| Text::from(call)),
            party: Text::from(if call.is_empty() { "" } else { "4930123456" }),
        }
    }

    /// A shift of eight hours: a call every five minutes.
    fn shift(days: &mut Days, agent: &str) -> Vec<AgentSpan> {
        let (agent, name) = (Text::from(agent), Text::from("Ann"));
        let mut spans = Vec::new();
        for n in 0..96 {
            let (at, call) = (n * 300_000_000, format!("17630000{n:02}.{}", n * 7));
            for (from, state, call) in [
                (0, "AVAIL", ""),
                (60_123_456, "RING", &*call),
                (63_654_321, "ACD", &call),
                (243_111_222, "ACW", &call),
                (273_000_000, "AUX", ""),
            ] {
                spans.push(span(at + from, state, call));
            }
        }
        for s in &spans {
            days.push(&agent, &name, s.clone());
        }
        spans
    }

    #[test]
    fn a_day_is_read_as_it_was_told() {
        let mut days = Days::default();
        let spans = shift(&mut days, "PJSIP/1001");
        let now = Stamp(1_763_000_000_000_000 + 8 * HOUR);
        let day = days.day(&Text::from("pbx"), "PJSIP/1001", now).expect("known");
        assert_eq!((&*day.name, day.now, day.cut), ("Ann", now, false));
        assert_eq!(day.spans.len(), spans.len());
        for (told, kept) in spans.iter().zip(&day.spans) {
            assert_eq!(*told, AgentSpan { to: None, ..kept.clone() });
        }
        // Ten thousand of them must fit: 480 spans each.
        let per_span = (days.bytes() - AGENT_COST) / spans.len();
        assert!(per_span <= 20, "{per_span} bytes a span");
    }

    #[test]
    fn full_means_that_the_oldest_quarter_of_the_time_goes_and_the_day_says_so() {
        let (mut days, acd) = (Days::default(), Text::from("pbx"));
        let spans = shift(&mut days, "PJSIP/1001");
        shift(&mut days, "PJSIP/1002");
        let before = days.bytes();
        let now = Stamp(1_763_000_000_000_000 + 8 * HOUR);
        days.make_room(now);
        assert!(days.bytes() < before);
        for agent in ["PJSIP/1001", "PJSIP/1002"] {
            let day = days.day(&acd, agent, now).expect("known");
            assert!(day.cut);
            assert_eq!(day.spans.len(), spans.len() * 3 / 4);
            assert_eq!(day.spans[0].from, spans[spans.len() / 4].from);
        }
    }

    #[test]
    fn a_new_day_begins_at_midnight_with_what_goes_on_then() {
        let (mut days, acd) = (Days::default(), Text::from("pbx"));
        shift(&mut days, "PJSIP/1001");
        let (gone, name) = (Text::from("PJSIP/1002"), Text::from("Bob"));
        days.push(&gone, &name, span(0, "AVAIL", ""));
        days.push(&gone, &name, span(HOUR, "OUT", ""));
        let midnight = Stamp(1_763_000_000_000_000 + 2 * HOUR + 1);
        days.start_day(midnight);
        let day = days.day(&acd, "PJSIP/1001", midnight).expect("known");
        assert_eq!((day.day_start, day.cut), (midnight, false));
        assert_eq!(day.spans[0].from, midnight, "cut there");
        assert_eq!(day.spans.len(), 72 * 5);
        assert_eq!(days.day(&acd, "PJSIP/1002", midnight), None, "logged off yesterday");
    }

    #[test]
    fn a_moment_that_lies_back_makes_no_span() {
        let (mut days, acd) = (Days::default(), Text::from("pbx"));
        let (agent, name) = (Text::from("a"), Text::from("Ann"));
        days.push(&agent, &name, span(HOUR, "AVAIL", ""));
        days.push(&agent, &name, span(0, "RING", "1.1"));
        days.push(&agent, &name, span(2 * HOUR, "ACD", "1.1"));
        let day = days.day(&acd, "a", Stamp(0)).expect("known");
        let states: Vec<_> = day.spans.iter().map(|s| s.state).collect();
        assert_eq!(states, ["RING", "ACD"]);
        assert_eq!(day.spans[0].to, Some(day.spans[1].from));
    }
}
