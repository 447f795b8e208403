//! Whether a change may be decreed. Everything that is wrong is found in one go.

use super::InForce;
use facts::decree::{
    Change, Group, GroupKind, Limits, Member, Place, Scope, Side, Threshold, Unit,
};
use std::fmt;

/// Members of a group at most.
const MEMBERS_MAX: usize = 1_000;
/// Groups at most.
const GROUPS_MAX: usize = 1_000;
/// Thresholds at most.
const THRESHOLDS_MAX: usize = 10_000;
/// Characters of a name at most.
const NAME_CHARS_MAX: usize = 128;
/// The greatest limit on a number of calls or agents.
const COUNT_MAX: i64 = 100_000;
/// The greatest limit on a time: a week.
const SECONDS_MAX: i64 = 7 * 86_400;
/// The longest duration: a day.
const FOR_MAX: i64 = 86_400;

/// One thing that is wrong with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The field, as it is called in REST.
    pub field: &'static str,
    /// What is wrong and what to do, a lowercase fragment.
    pub what: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.what)
    }
}

/// What was found wrong so far.
#[derive(Default)]
struct Found(Vec<Wrong>);

impl Found {
    fn put(&mut self, field: &'static str, what: impl Into<String>) {
        self.0.push(Wrong { field, what: what.into() });
    }

    fn name(&mut self, field: &'static str, name: &str) {
        if name.trim() != name || name.is_empty() {
            self.put(field, "must not be empty nor begin or end with a blank");
        } else if name.chars().count() > NAME_CHARS_MAX {
            self.put(field, format!("must have {NAME_CHARS_MAX} characters at most"));
        } else if name.chars().any(char::is_control) {
            self.put(field, "must not hold control characters");
        }
    }
}

impl InForce {
    /// Everything that is wrong with `change` while this is in force; none: it may be made. An
    /// undo is not looked at here: whoever has the history knows what can be undone.
    pub fn check(&self, author: &str, change: &Change) -> Vec<Wrong> {
        let mut found = Found::default();
        found.name("author", author);
        match change {
            Change::SetThreshold(threshold) => self.check_threshold(threshold, &mut found),
            Change::RemoveThreshold(place) => {
                let known = self.threshold(place);
                if known.is_none_or(|settled| settled.by.is_none()) {
                    found.put("measure", format!("there is no threshold on {place} to remove"));
                }
            }
            Change::SetGroup(group) => self.check_group(group, &mut found),
            Change::RemoveGroup(name) => {
                if self.group(name).is_none() {
                    found.put("name", format!("there is no group {name}"));
                }
            }
            Change::Undo(_) => {}
            Change::Unread(_) => found.put("kind", "cannot be decreed by this program"),
        }
        found.0
    }

    fn check_threshold(&self, threshold: &Threshold, found: &mut Found) {
        let Threshold { place, limits } = threshold;
        self.check_place(place, found);
        check_limits(place, limits, found);
        let new = self.threshold(place).is_none();
        if new && self.thresholds().count() >= THRESHOLDS_MAX {
            found.put("measure", format!("there are {THRESHOLDS_MAX} thresholds already"));
        }
    }

    fn check_place(&self, place: &Place, found: &mut Found) {
        let word = place.measure.word();
        match &place.scope {
            Scope::Default => {}
            Scope::Group(name) | Scope::Members(name) => match self.group(name) {
                None => found.put("name", format!("there is no group {name}: make it first")),
                Some(group) if !self.has(place) => {
                    let whose = match place.scope {
                        Scope::Group(_) => "as a whole",
                        _ => "each",
                    };
                    let kind = group.what.kind.word();
                    let what = format!("{word} is not known of {kind} {whose}");
                    found.put("measure", what);
                }
                Some(_) => {}
            },
            Scope::Queue { acd, name } => {
                found.name("acd", acd);
                found.name("name", name);
                if !self.has(place) {
                    found.put("measure", format!("{word} is not known of a queue"));
                }
            }
        }
    }

    fn check_group(&self, group: &Group, found: &mut Found) {
        found.name("name", &group.name);
        if group.name.contains(['/', '*']) || group.name.starts_with('.') {
            found.put("name", "must not begin with a dot nor hold a slash or a star");
        }
        match self.group(&group.name) {
            Some(old) if old.what.kind != group.kind => {
                let what = format!(
                    "{} is a group of {}: remove it first, or take another name",
                    group.name,
                    old.what.kind.word()
                );
                found.put("kind", what);
            }
            None if self.groups().count() >= GROUPS_MAX => {
                found.put("name", format!("there are {GROUPS_MAX} groups already"));
            }
            _ => {}
        }
        if group.members.is_empty() {
            found.put("members", "name at least one; remove a group that is not wanted");
        } else if group.members.len() > MEMBERS_MAX {
            found.put("members", format!("name {MEMBERS_MAX} at most; a `*` stands for many"));
        }
        let odd = |member: &&Member| {
            let mut wrong = Found::default();
            wrong.name("members", &member.acd);
            wrong.name("members", &member.name);
            member.acd.contains('/') || !wrong.0.is_empty()
        };
        if let Some(member) = group.members.iter().find(odd) {
            let example = match group.kind {
                GroupKind::Queues => "pbx1/sales",
                GroupKind::Agents => "pbx1/PJSIP/1001",
            };
            found.put("members", format!("'{member}' is none; write ACD/NAME, e.g. {example}"));
        }
    }
}

fn check_limits(place: &Place, limits: &Limits, found: &mut Found) {
    let unit = place.measure.unit();
    let above = limits.side == Side::Above;
    if unit == Unit::Seconds && !above {
        found.put("direction", "must be above: a time grows from 0, so it begins below any limit");
    }
    let most = match unit {
        Unit::Count => COUNT_MAX,
        Unit::Percent => 100,
        Unit::Seconds => SECONDS_MAX,
    };
    // At 0 and above would always hold.
    let least = i64::from(above);
    for (field, limit) in [("caution", limits.caution), ("warning", limits.warning)] {
        if limit.is_some_and(|limit| !(least..=most).contains(&limit)) {
            found.put(field, format!("must be from {least} to {most}, or null for none"));
        }
    }
    if let (Some(caution), Some(warning)) = (limits.caution, limits.warning) {
        if above && warning <= caution {
            found.put("warning", format!("must be above caution, which is {caution}"));
        } else if !above && warning >= caution {
            found.put("warning", format!("must be below caution, which is {caution}"));
        }
    }
    // Coming back that far must be possible.
    let each = || limits.caution.into_iter().chain(limits.warning);
    let room = match limits.side {
        Side::Above => each().min().unwrap_or(most),
        Side::Below => each().max().map_or(most, |limit| most.saturating_sub(limit)),
    };
    if !(0..=room.max(0)).contains(&limits.hysteresis) {
        let what = format!("must be from 0 to {}: further it could not come back", room.max(0));
        found.put("hysteresis", what);
    }
    if !(0..=FOR_MAX).contains(&limits.for_s) {
        found.put("for_s", format!("must be from 0 to {FOR_MAX} seconds"));
    }
}
