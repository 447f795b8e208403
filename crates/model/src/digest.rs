//! A digest of everything that counts, the same for the same books whatever the order of keys
//! in memory: two servers compare it, tests compare batchings and refolds with it.

use crate::Model;
use crate::calls::Call;
use facts::Stamp;

/// Collects lines; sorted, they are hashed.
struct Lines(Vec<Vec<u8>>);

/// One line: fields with their length in front, so that no two lists of fields read alike.
struct Line(Vec<u8>);

impl Line {
    fn new(kind: u8) -> Self {
        Self(vec![kind])
    }
    fn text(mut self, s: &str) -> Self {
        self.0.extend_from_slice(&(s.len() as u64).to_le_bytes());
        self.0.extend_from_slice(s.as_bytes());
        self
    }
    fn int(mut self, n: i64) -> Self {
        self.0.extend_from_slice(&n.to_le_bytes());
        self
    }
    fn stamp(self, s: Option<Stamp>) -> Self {
        self.int(i64::from(s.is_some())).int(s.map_or(0, |s| s.0))
    }
    fn ints(mut self, all: impl IntoIterator<Item = i64>) -> Self {
        for n in all {
            self = self.int(n);
        }
        self
    }
}

impl Model {
    /// A digest of calls (live and kept), agents, clocks and counters. Anomalies and device
    /// states are left out: one server may have seen more of them than the other.
    pub fn digest(&self) -> [u8; 32] {
        let mut lines = Lines(Vec::new());
        let split = |k| self.splits.get(k).map_or("", |s| &*s.id);
        for (_, call) in self.calls.iter() {
            lines.0.push(self.call_line(call).0);
        }
        for call in self.ended.iter() {
            lines.0.push(self.call_line(call).0);
        }
        for (_, c) in self.channels.iter() {
            let bridge = c.bridge.and_then(|b| self.bridges.get(b)).map_or("", |b| &*b.id);
            let call = self.calls.get(c.call).and_then(|c| c.ids.iter().min());
            let line = Line::new(b'c')
                .text(&c.id)
                .text(call.map_or("", |i| i))
                .text(bridge)
                .int(c.phase as i64)
                .ints([c.held, c.parked, c.conference].map(i64::from));
            lines.0.push(line.0);
        }
        for (_, v) in self.visits.iter() {
            let caller = self.channels.get(v.caller).map_or("", |c| &*c.id);
            let line = Line::new(b'v').text(caller).text(split(v.split)).int(v.since.0);
            lines.0.push(line.stamp(v.left).0);
        }
        for (_, a) in self.agents.iter() {
            let state = &a.state;
            let mut line = Line::new(b'a')
                .text(&a.id)
                .text(&a.name)
                .int(state.mode as i64)
                .text(state.split.map_or("", split))
                .int(state.direction.map_or(-1, |d| d as i64))
                .text(&state.reason)
                .ints([a.since.0, a.answered, a.rona, a.refused, a.autopaused]);
            for w in &a.works {
                line = line.text(split(w.split)).ints([w.since.0, w.held, w.holds]);
            }
            lines.0.push(line.0);
            for (i, m) in a.members.iter().enumerate() {
                let clocks = a.clocks_at(i, self.now, self.live);
                let line = Line::new(b'm')
                    .text(&a.id)
                    .text(split(m.split))
                    .ints([i64::from(m.on), i64::from(m.paused), m.logged_on.0])
                    .text(&m.reason)
                    .ints(clocks.each())
                    .ints(m.tally.each());
                lines.0.push(line.0);
            }
        }
        for (_, s) in self.splits.iter() {
            lines.0.push(Line::new(b's').text(&s.id).ints(s.tally.each()).0);
        }
        for (_, e) in self.endpoints.iter().filter(|(_, e)| e.trunk) {
            let t = &e.tally;
            let line = Line::new(b't').text(&e.id).ints(t.calls.each()).ints([
                t.seized_in,
                t.seized_out,
                t.in_time,
                t.out_calls,
                t.out_time,
                t.completed,
            ]);
            lines.0.push(line.0);
        }
        for (kind, entries) in [(b'd', &self.vdns), (b'e', &self.vectors)] {
            for (name, tally) in entries {
                lines.0.push(Line::new(kind).text(name).ints(tally.each()).0);
            }
        }
        lines.0.sort_unstable();
        let mut hash = blake3::Hasher::new();
        for line in &lines.0 {
            hash.update(&(line.len() as u64).to_le_bytes());
            hash.update(line);
        }
        *hash.finalize().as_bytes()
    }

    fn call_line(&self, call: &Call) -> Line {
        let (talk, hold, ring, wait) = call.times(self.now);
        let (way, trunk) = self.way_of(call);
        let ids = call.ids.first();
        let mut line = Line::new(b'k')
            .text(ids.map_or("", |i| i))
            .text(call.state())
            .int(way as i64)
            .text(trunk.as_deref().unwrap_or(""))
            .text(&call.caller)
            .text(&call.dialled)
            .text(&call.context)
            .text(call.split.as_deref().unwrap_or(""))
            .text(call.agent.as_deref().unwrap_or(""))
            .ints([call.began.0, talk, hold, ring, wait])
            .stamp(call.queued_at)
            .stamp(call.answered_at)
            .stamp(call.end.as_ref().map(|e| e.at))
            .int(call.end.as_ref().map_or(-1, |e| e.why as i64))
            .int(call.outcome.map_or(-1, |o| o as i64))
            .int(call.hangup.map_or(-1, |p| p as i64))
            .ints([call.visited, call.transfers].map(i64::from))
            .ints([call.was_held, call.was_parked, call.conferenced].map(i64::from))
            .text(&call.work_code);
        let mut legs: Vec<_> = call.legs.iter().map(|l| (&l.id, l.out)).collect();
        legs.sort();
        for (leg, out) in legs {
            line = line.text(leg).int(i64::from(out));
        }
        let mut talked: Vec<_> = call.agents_talked.iter().collect();
        talked.sort();
        for agent in talked {
            line = line.text(agent);
        }
        line
    }
}
