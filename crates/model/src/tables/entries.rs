//! `cvdn` and `cvector`, CMS's real-time tables of the ways into the centre.

use super::{age, secs};
use crate::Model;
use crate::calls::{Call, Way};
use crate::trunks::EntryTally;
use facts::table::{Row, Value};
use facts::{Stamp, Text};
use std::collections::BTreeMap;

/// The calls of one entry now, and its counts.
#[derive(Default)]
struct Entry {
    in_progress: i64,
    in_vector: i64,
    in_queue: i64,
    in_ring: i64,
    at_agent: i64,
    oldest: Option<Stamp>,
    tally: EntryTally,
}

impl Entry {
    fn add(&mut self, c: &Call) {
        self.in_progress += 1;
        if c.talking > 0 || c.held > 0 {
            self.at_agent += 1;
        } else if c.ringing > 0 {
            self.in_ring += 1;
        } else if c.waiting > 0 {
            self.in_queue += 1;
        } else {
            self.in_vector += 1;
        }
        if c.answered_at.is_none() {
            self.oldest = Some(self.oldest.map_or(c.began, |o| o.min(c.began)));
        }
    }

    fn now(&self) -> [Value; 5] {
        [self.in_progress, self.in_vector, self.in_queue, self.in_ring, self.at_agent]
            .map(Value::Int)
    }
}

impl Model {
    fn entries(
        &self,
        counted: &BTreeMap<Text, EntryTally>,
        name: impl Fn(&Call) -> Option<Text>,
    ) -> BTreeMap<Text, Entry> {
        let entry =
            |(n, t): (&Text, &EntryTally)| (n.clone(), Entry { tally: *t, ..Entry::default() });
        let mut entries: BTreeMap<_, _> = counted.iter().map(entry).collect();
        for (_, call) in self.calls.iter() {
            if self.way_of(call).0 == Way::In
                && let Some(name) = name(call)
            {
                entries.entry(name).or_default().add(call);
            }
        }
        entries
    }

    pub(super) fn cvdn_rows(&self, at: Stamp) -> Vec<Row> {
        let entries = self.entries(&self.vdns, |c| self.vdn_of(c));
        let row = |(name, e): (Text, Entry)| {
            let t = &e.tally;
            let mut row = vec![self.acd(), Value::Text(name)];
            row.extend(e.now());
            row.push(e.oldest.map_or(Value::Int(0), |o| age(o, at)));
            row.extend([t.calls, t.acd, t.abandoned, t.abandoned_queue].map(Value::Int));
            row.extend([t.abandoned_ringing, t.connected, t.other].map(Value::Int));
            row.extend([t.answer_time, t.abandon_time, t.acd_time].map(secs));
            row.extend([Value::Int(t.hold_calls), secs(t.hold_time)]);
            row.push(Value::Int(t.transferred));
            row.push(Value::Int(t.calls + e.in_progress));
            row
        };
        entries.into_iter().map(row).collect()
    }

    pub(super) fn cvector_rows(&self) -> Vec<Row> {
        let entries = self.entries(&self.vectors, |c| self.vector_of(c));
        let row = |(name, e): (Text, Entry)| {
            let t = &e.tally;
            let mut row = vec![self.acd(), Value::Text(name)];
            row.extend(e.now());
            row.extend([t.calls, t.acd, t.abandoned, t.abandoned_queue].map(Value::Int));
            row.extend([t.abandoned_ringing, t.other].map(Value::Int));
            row.extend([t.answer_time, t.abandon_time].map(secs));
            row
        };
        entries.into_iter().map(row).collect()
    }
}
