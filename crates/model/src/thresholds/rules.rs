//! Which threshold holds for a thing, by measure: the most specific one that there is.

use crate::decrees::InForce;
use facts::Text;
use facts::decree::{GroupKind, Limits, Measure, Member, Scope, Subject, Unit};
use std::collections::BTreeMap;

/// A threshold that holds for some thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// When the figure deserves attention.
    pub limits: Limits,
    /// The word for whose threshold it is: queue, group, members or default.
    pub scope: &'static str,
}

/// The thresholds of one thing, by measure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held([Option<Rule>; Measure::ALL.len()]);

impl Held {
    /// The threshold on a measure, if there is one.
    pub fn on(&self, measure: Measure) -> Option<&Rule> {
        self.0.get(measure as usize).and_then(Option::as_ref)
    }

    fn put(&mut self, measure: Measure, rule: Rule) {
        if let Some(place) = self.0.get_mut(measure as usize) {
            *place = Some(rule);
        }
    }

    fn put_all(&mut self, other: &Self) {
        for (place, rule) in self.0.iter_mut().zip(&other.0) {
            *place = rule.or(*place);
        }
    }

    fn only(mut self, fits: impl Fn(Measure) -> bool) -> Self {
        for measure in Measure::ALL.into_iter().filter(|m| !fits(*m)) {
            if let Some(place) = self.0.get_mut(measure as usize) {
                *place = None;
            }
        }
        self
    }
}

/// What holds for a queue or an agent, and the groups it is in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolved {
    /// Its thresholds.
    pub held: Held,
    /// The groups it is a member of: their places in [`Rules::groups`], in order.
    pub groups: Vec<usize>,
}

/// A group as the rules know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuledGroup {
    /// Its name.
    pub name: Text,
    /// What it is made of.
    pub kind: GroupKind,
    /// Its members as they were decided, comma and blank between.
    pub members: Text,
    /// Its thresholds as a whole.
    pub held: Held,
    each: Held,
}

/// All thresholds in force, ready to be looked up.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    groups: Vec<RuledGroup>,
    default: Held,
    queues: BTreeMap<(Text, Text), Held>,
    /// Members without a star, and the groups they are in.
    exact: BTreeMap<(Text, Text), Vec<usize>>,
    /// Members with one.
    patterns: Vec<(Member, usize)>,
}

fn written(members: &[Member]) -> String {
    members.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Rules {
    /// The rules by what is in force.
    pub fn of(in_force: &InForce) -> Self {
        let mut out = Self::default();
        for settled in in_force.groups() {
            let (group, place) = (&settled.what, out.groups.len());
            out.groups.push(RuledGroup {
                name: group.name.clone(),
                kind: group.kind,
                members: Text::from(written(&group.members)),
                held: Held::default(),
                each: Held::default(),
            });
            for member in &group.members {
                if member.is_exact() {
                    let key = (member.acd.clone(), member.name.clone());
                    out.exact.entry(key).or_default().push(place);
                } else {
                    out.patterns.push((member.clone(), place));
                }
            }
        }
        for (place, settled) in in_force.thresholds() {
            let rule = Rule { limits: settled.what, scope: place.scope.word() };
            let held = match &place.scope {
                Scope::Default => Some(&mut out.default),
                Scope::Group(name) => out.group_mut(name).map(|group| &mut group.held),
                Scope::Members(name) => out.group_mut(name).map(|group| &mut group.each),
                Scope::Queue { acd, name } => {
                    Some(out.queues.entry((acd.clone(), name.clone())).or_default())
                }
            };
            if let Some(held) = held {
                held.put(place.measure, rule);
            }
        }
        // Of many together a limit on a number of one says nothing; on a share or a time it does.
        let shared = |m: Measure| m.unit() != Unit::Count;
        let usual = out.default.clone().only(shared);
        for group in &mut out.groups {
            let mut held = usual.clone().only(|m| m.of_whole(group.kind));
            held.put_all(&group.held);
            group.held = held;
        }
        out
    }

    fn group_mut(&mut self, name: &Text) -> Option<&mut RuledGroup> {
        let place = self.groups.binary_search_by(|group| group.name.cmp(name)).ok()?;
        self.groups.get_mut(place)
    }

    /// All groups, by name.
    pub fn groups(&self) -> &[RuledGroup] {
        &self.groups
    }

    /// Whether there is a group of that kind.
    pub fn has_groups_of(&self, kind: GroupKind) -> bool {
        self.groups.iter().any(|group| group.kind == kind)
    }

    /// What holds for a queue.
    pub fn queue(&self, acd: &Text, name: &Text) -> Resolved {
        let mut resolved = self.member(GroupKind::Queues, acd, name);
        if let Some(own) = self.queues.get(&(acd.clone(), name.clone())) {
            resolved.held.put_all(own);
        }
        resolved
    }

    /// What holds for an agent.
    pub fn agent(&self, acd: &Text, name: &Text) -> Resolved {
        self.member(GroupKind::Agents, acd, name)
    }

    fn member(&self, kind: GroupKind, acd: &Text, name: &Text) -> Resolved {
        let exact = self.exact.get(&(acd.clone(), name.clone()));
        let many = self.patterns.iter().filter(|(member, _)| member.fits(acd, name));
        let mut groups: Vec<usize> =
            exact.into_iter().flatten().copied().chain(many.map(|(_, place)| *place)).collect();
        groups.retain(|place| self.groups.get(*place).is_some_and(|g| g.kind == kind));
        groups.sort_unstable();
        groups.dedup();
        let subject = match kind {
            GroupKind::Queues => Subject::Queue,
            GroupKind::Agents => Subject::Agent,
        };
        let mut held = self.default.clone().only(|m| m.subject() == subject);
        // The first group by name comes last, and wins.
        for group in groups.iter().rev().filter_map(|place| self.groups.get(*place)) {
            held.put_all(&group.each);
        }
        Resolved { held, groups }
    }
}
