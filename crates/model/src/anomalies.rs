//! What could not be explained: the last ones, and how often each kind was met.

use crate::settings::ANOMALIES_MAX;
use facts::{Anomaly, Stamp};
use std::collections::{BTreeMap, VecDeque};

/// The book of anomalies. Full: the oldest entry goes, its count stays.
#[derive(Debug, Default)]
pub struct Anomalies {
    last: VecDeque<(u64, Stamp, Anomaly)>,
    counts: BTreeMap<&'static str, u64>,
    total: u64,
}

impl Anomalies {
    pub(crate) fn add(&mut self, at: Stamp, anomaly: Anomaly) {
        *self.counts.entry(anomaly.code).or_default() += 1;
        self.total += 1;
        if self.last.len() >= ANOMALIES_MAX {
            self.last.pop_front();
        }
        self.last.push_back((self.total, at, anomaly));
    }

    /// The last ones with their serial numbers (from 1) and moments, oldest first.
    pub fn last(&self) -> impl Iterator<Item = (u64, Stamp, &Anomaly)> {
        self.last.iter().map(|(n, at, a)| (*n, *at, a))
    }

    /// How often each code was met.
    pub const fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// How many in all.
    pub const fn total(&self) -> u64 {
        self.total
    }
}
