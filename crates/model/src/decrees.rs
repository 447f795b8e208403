//! What is in force: the fold of all decrees. Pure: the same decrees in any order of arrival
//! give the same.
//!
//! A decree that was undone counts as not made. A decree that cannot be understood, or that
//! speaks of a group that is not there, is without effect.

mod check;

pub use check::Wrong;

use facts::decree::{Change, DecreeId, Decreed, Group, GroupKind, Limits, Measure, Place, Scope};
use facts::{Stamp, Text};
use std::collections::BTreeMap;

/// Which decree something in force comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its id.
    pub id: DecreeId,
    /// Who made it.
    pub author: Text,
    /// When.
    pub at: Stamp,
}

/// Something in force and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<T> {
    /// What is in force.
    pub what: T,
    /// The decree that says so; `None`: nobody decided, it is built in.
    pub by: Option<Source>,
}

/// All that administrators decided, as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce {
    groups: BTreeMap<Text, Settled<Group>>,
    thresholds: BTreeMap<Place, Settled<Limits>>,
}

impl Default for InForce {
    /// What is in force before anybody decided anything.
    fn default() -> Self {
        let built_in = Measure::ALL.into_iter().filter_map(|measure| {
            let place = Place { scope: Scope::Default, measure };
            Some((place, Settled { what: usual(measure)?, by: None }))
        });
        Self { groups: BTreeMap::new(), thresholds: built_in.collect() }
    }
}

/// The limits that are built in, where there are any: what most centres promise (80 % within the
/// service level, 5 % abandoned) and what was found to be of use.
pub const fn usual(measure: Measure) -> Option<Limits> {
    let (caution, warning, hysteresis) = match measure {
        Measure::OldestWait => (20, 60, 0),
        Measure::ServiceLevel => (80, 70, 1),
        Measure::Abandoned => (5, 10, 1),
        Measure::Aux => (15 * 60, 30 * 60, 0),
        Measure::Acw => (2 * 60, 5 * 60, 0),
        Measure::Ring => (20, 40, 0),
        _ => return None,
    };
    Some(Limits {
        side: measure.usual_side(),
        caution: Some(caution),
        warning: Some(warning),
        hysteresis,
        for_s: 0,
    })
}

/// Which decrees are undone, and by which: an undo that is undone itself does nothing.
pub fn undone(decrees: &[Decreed]) -> BTreeMap<DecreeId, DecreeId> {
    let mut out = BTreeMap::new();
    for decreed in in_order(decrees).into_iter().rev() {
        // Only later ones can undo this one, and they were all looked at.
        if let Change::Undo(what) = decreed.decree.change
            && !out.contains_key(&decreed.id)
        {
            out.insert(what, decreed.id);
        }
    }
    out
}

fn in_order(decrees: &[Decreed]) -> Vec<&Decreed> {
    let mut decrees: Vec<_> = decrees.iter().collect();
    decrees.sort_by_key(|d| (d.decree.at, d.id));
    decrees
}

impl InForce {
    /// What is in force by these decrees.
    pub fn of(decrees: &[Decreed]) -> Self {
        let undone = undone(decrees);
        let mut out = Self::default();
        for decreed in in_order(decrees) {
            if !undone.contains_key(&decreed.id) {
                out.apply(decreed);
            }
        }
        out
    }

    fn apply(&mut self, decreed: &Decreed) {
        let by = || {
            let (author, at) = (decreed.decree.author.clone(), decreed.decree.at);
            Some(Source { id: decreed.id, author, at })
        };
        match &decreed.decree.change {
            Change::SetThreshold(threshold) => {
                if self.has(&threshold.place) {
                    let settled = Settled { what: threshold.limits, by: by() };
                    self.thresholds.insert(threshold.place.clone(), settled);
                }
            }
            Change::RemoveThreshold(place) => {
                self.thresholds.remove(place);
                if let (Scope::Default, Some(what)) = (&place.scope, usual(place.measure)) {
                    self.thresholds.insert(place.clone(), Settled { what, by: None });
                }
            }
            Change::SetGroup(group) => {
                let settled = Settled { what: group.clone(), by: by() };
                self.groups.insert(group.name.clone(), settled);
                self.drop_idle();
            }
            Change::RemoveGroup(name) => {
                self.groups.remove(name);
                self.drop_idle();
            }
            Change::Undo(_) | Change::Unread(_) => {}
        }
    }

    /// Thresholds of what is not there any more go with it.
    fn drop_idle(&mut self) {
        let all = std::mem::take(&mut self.thresholds);
        self.thresholds = all.into_iter().filter(|(place, _)| self.has(place)).collect();
    }

    /// Whether there is such a place: its group is there and has the measure.
    fn has(&self, place: &Place) -> bool {
        let measure = place.measure;
        match &place.scope {
            Scope::Default => true,
            Scope::Group(name) => self.kind(name).is_some_and(|kind| measure.of_whole(kind)),
            Scope::Members(name) => self.kind(name).is_some_and(|kind| measure.of_members(kind)),
            Scope::Queue { .. } => measure.of_members(GroupKind::Queues),
        }
    }

    fn kind(&self, name: &str) -> Option<GroupKind> {
        self.groups.get(name).map(|group| group.what.kind)
    }

    /// All groups, by name.
    pub fn groups(&self) -> impl Iterator<Item = &Settled<Group>> {
        self.groups.values()
    }

    /// The group of that name.
    pub fn group(&self, name: &str) -> Option<&Settled<Group>> {
        self.groups.get(name)
    }

    /// All thresholds, by place.
    pub fn thresholds(&self) -> impl Iterator<Item = (&Place, &Settled<Limits>)> {
        self.thresholds.iter()
    }

    /// The threshold of that very place; what is less specific is not looked at.
    pub fn threshold(&self, place: &Place) -> Option<&Settled<Limits>> {
        self.thresholds.get(place)
    }

    /// The decree that what a change would replace comes from; `None`: there is nothing, or it
    /// is built in.
    pub fn source(&self, change: &Change) -> Option<&Source> {
        match change {
            Change::SetThreshold(threshold) => self.threshold(&threshold.place)?.by.as_ref(),
            Change::RemoveThreshold(place) => self.threshold(place)?.by.as_ref(),
            Change::SetGroup(group) => self.group(&group.name)?.by.as_ref(),
            Change::RemoveGroup(name) => self.group(name)?.by.as_ref(),
            Change::Undo(_) | Change::Unread(_) => None,
        }
    }
}
