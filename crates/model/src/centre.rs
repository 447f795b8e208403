//! The centre: calls of several ACDs that are one call, because a leg between two switches has
//! one name at both ends.
//!
//! What is united depends on the parts alone, not on which was heard first: a part that comes
//! late joins when it comes. Ids of a switch are never compared with another's, and its clock
//! only with care: the end that dialled comes before the one that was dialled, whatever the
//! stamps say.

use crate::legs::Part;
use crate::tables::{CALLS, WHOLE_CALLS};
use crate::whole::{End, Joint, Whole};
use facts::table::{Table, Value};
use facts::{LegId, Stamp, Text};
use std::collections::BTreeMap;

/// Two ends of a name are one leg only if both were there at one time, give or take what the
/// clocks of two switches may be apart after correction (microseconds).
const CLOCKS_APART: i64 = 5_000_000;
/// A name that more ends than this use at one time is no leg's: a constant in somebody's
/// dialplan would make one call of all.
const ENDS_MAX: usize = 16;

/// All calls that cross switches.
#[derive(Debug, Default)]
pub struct Centre {
    parts: BTreeMap<(Text, Text), Known>,
    wholes: Vec<Whole>,
}

/// A part, and whether its ACD still knows it.
#[derive(Debug)]
struct Known {
    part: Part,
    heard: bool,
}

impl Centre {
    /// A centre that has heard of nothing.
    pub const fn new() -> Self {
        Self { parts: BTreeMap::new(), wholes: Vec::new() }
    }

    /// Takes all parts that all ACDs know of now, with their moments by one clock
    /// ([`Part::shift`]), and unites them. Parts that an ACD has dropped from its ended calls are
    /// remembered as long as another part of their call is known.
    pub fn hear(&mut self, parts: impl IntoIterator<Item = Part>) {
        let mut before = std::mem::take(&mut self.parts);
        for part in parts {
            for id in &part.joined {
                before.remove(&(part.acd.clone(), id.clone()));
            }
            let key = (part.acd.clone(), part.call.clone());
            self.parts.insert(key, Known { part, heard: true });
        }
        for (key, Known { mut part, .. }) in before {
            part.forget();
            self.parts.entry(key).or_insert(Known { part, heard: false });
        }
        self.wholes.clear();
        if self.parts.is_empty() {
            return;
        }
        let all: Vec<&Known> = self.parts.values().collect();
        let joints = joints(&all);
        let mut kept = vec![false; all.len()];
        for places in groups(all.len(), &joints) {
            let keep = places.iter().any(|&i| all.get(i).is_some_and(|k| k.heard));
            for &i in &places {
                if let Some(kept) = kept.get_mut(i) {
                    *kept = keep;
                }
            }
            if keep && places.len() > 1 {
                let parts = places.iter().filter_map(|&i| Some((i, all.get(i)?.part.clone())));
                let inside = joints.iter().filter(|j| {
                    j.ends.first().is_some_and(|e| places.binary_search(&e.part).is_ok())
                });
                self.wholes.push(Whole::new(parts.collect(), inside));
            }
        }
        let mut kept = kept.into_iter();
        self.parts.retain(|_, _| kept.next().unwrap_or(true));
    }

    /// Takes all parts as [`Centre::hear`] does, and puts the outcome into the live tables of all
    /// ACDs, each sorted by key: column `whole` of `calls`, and table `whole_calls`.
    pub fn unite(&mut self, parts: impl IntoIterator<Item = Part>, tables: &mut [Table]) {
        self.hear(parts);
        for table in tables {
            if table.shape.name == CALLS.name {
                self.mark(table);
            } else if table.shape.name == WHOLE_CALLS.name {
                table.rows = self.table(table.as_of).rows;
            }
        }
    }

    /// Writes into the column `whole` of `calls`, of which the rows are sorted by key, what each
    /// call is a part of.
    pub fn mark(&self, calls: &mut Table) {
        let Some(column) = CALLS.column("whole") else { return };
        for whole in self.wholes.iter().filter(|_| calls.shape.name == CALLS.name) {
            for part in whole.parts() {
                let key = [Value::Text(part.acd.clone()), Value::Text(part.call.clone())];
                let at = calls.rows.binary_search_by(|row| row.iter().take(2).cmp(&key));
                let row = at.ok().and_then(|i| calls.rows.get_mut(i));
                if let Some(cell) = row.and_then(|row| row.get_mut(column)) {
                    *cell = Value::Text(whole.id());
                }
            }
        }
    }

    /// The table `whole_calls`, as of `at`.
    pub fn table(&self, at: Stamp) -> Table {
        let mut rows: Vec<_> = self.wholes.iter().map(Whole::row).collect();
        rows.sort_unstable();
        debug_assert!(rows.iter().all(|r| r.len() == WHOLE_CALLS.columns.len()), "a row's length");
        Table { shape: &WHOLE_CALLS, as_of: at, rows }
    }
}

/// The legs of which several parts have ends.
fn joints(all: &[&Known]) -> Vec<Joint> {
    let mut ends: BTreeMap<&LegId, Vec<(Stamp, Stamp, End)>> = BTreeMap::new();
    for (place, known) in all.iter().enumerate() {
        for leg in &known.part.legs {
            // An end that was not told is over with its call.
            let to = leg.to.or(known.part.ended_at);
            let end = End { part: place, out: leg.out, open: to.is_none() };
            let to = to.map_or(Stamp(i64::MAX), |to| to.plus(CLOCKS_APART));
            ends.entry(&leg.id).or_default().push((leg.from, to, end));
        }
    }
    let mut found = Vec::new();
    for (leg, mut ends) in ends {
        ends.sort_unstable();
        let mut together: Vec<End> = Vec::new();
        let mut until = Stamp(i64::MIN);
        for (from, to, end) in ends {
            if from > until {
                found.extend(joint(leg, std::mem::take(&mut together)));
            }
            until = until.max(to);
            together.push(end);
        }
        found.extend(joint(leg, together));
    }
    found
}

fn joint(leg: &LegId, ends: Vec<End>) -> Option<Joint> {
    let several = ends.windows(2).any(|w| matches!(w, [a, b] if a.part != b.part));
    (several && ends.len() <= ENDS_MAX).then(|| Joint { leg: leg.clone(), ends })
}

/// Which parts are one call, as places in order; a part without joint is a call of its own.
fn groups(parts: usize, joints: &[Joint]) -> Vec<Vec<usize>> {
    // Each place points to another one of its group, the first of a group to itself.
    let mut to: Vec<usize> = (0..parts).collect();
    let first = |to: &[usize], mut i: usize| {
        while let Some(&next) = to.get(i).filter(|&&next| next != i) {
            i = next;
        }
        i
    };
    for joint in joints {
        let firsts: Vec<usize> = joint.ends.iter().map(|e| first(&to, e.part)).collect();
        let Some(&least) = firsts.iter().min() else { continue };
        for i in firsts {
            if let Some(next) = to.get_mut(i) {
                *next = least;
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for i in 0..parts {
        groups.entry(first(&to, i)).or_default().push(i);
    }
    groups.into_values().collect()
}
