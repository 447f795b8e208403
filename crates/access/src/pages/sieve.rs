//! Which rows of a page are wanted: those of a group, those at a level. And what a group is.

use super::columns::{Agents, Groups, Members, Queues};
use super::floor::queue_level;
use super::levels::{Level, Levels};
use engine::Snapshot;
use facts::decree::Member;
use facts::table::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// A group of queues or of agents.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// Its name.
    pub(crate) name: String,
    /// Whether it is made of agents.
    pub(crate) agents: bool,
    /// Names by switch.
    exact: BTreeMap<String, BTreeSet<String>>,
    patterns: Vec<Member>,
}

impl Group {
    /// All groups, by name.
    pub(crate) fn all(now: &Snapshot) -> impl Iterator<Item = Self> {
        let table = now.tables.get("groups");
        let columns = table.map(|t| Groups::of(t.shape));
        let rows = table.map_or(&[][..], |t| t.rows.as_slice());
        rows.iter().filter_map(move |row| Some(Self::read(&columns?, row)))
    }

    /// The group of that name.
    pub(crate) fn named(now: &Snapshot, name: &str) -> Option<Self> {
        let table = now.tables.get("groups")?;
        let c = Groups::of(table.shape);
        table.rows.iter().find(|row| c.group.text(row) == name).map(|row| Self::read(&c, row))
    }

    fn read(c: &Groups, row: &Row) -> Self {
        let name = c.group.text(row).to_owned();
        let mut group = Self { name, agents: c.kind.text(row) == "agents", ..Self::default() };
        for member in c.members.text(row).split(", ").filter_map(Member::parse) {
            if member.is_exact() {
                let names = group.exact.entry(member.acd.to_string()).or_default();
                names.insert(member.name.to_string());
            } else {
                group.patterns.push(member);
            }
        }
        group
    }

    /// Whether that queue, or that agent, is in it.
    pub(crate) fn has(&self, acd: &str, name: &str) -> bool {
        self.exact.get(acd).is_some_and(|names| names.contains(name))
            || self.patterns.iter().any(|member| member.fits(acd, name))
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wanted {
    /// Only of this group; empty: of all.
    pub(crate) group: String,
    /// Only at this level or above.
    pub(crate) level: Level,
    /// Only of this switch; empty: of all.
    pub(crate) acd: String,
}

impl Wanted {
    /// The only switch that is looked at.
    pub(crate) fn acd(&self) -> Option<&str> {
        Some(self.acd.as_str()).filter(|acd| !acd.is_empty())
    }

    /// Whether everything is.
    pub(crate) fn all(&self) -> bool {
        self.group.is_empty() && self.level == Level::Plain && self.acd.is_empty()
    }

    /// The part of an address behind the `?`, and empty if all is asked for.
    pub(crate) fn query(&self) -> String {
        let mut parts = Vec::new();
        if !self.group.is_empty() {
            parts.push(super::words::pair("group", &self.group));
        }
        if let Some(acd) = self.acd() {
            parts.push(super::words::pair("acd", acd));
        }
        if let Some(level) = self.level.some() {
            parts.push(format!("level={level}"));
        }
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// What is asked for, as of one snapshot.
#[derive(Debug)]
pub(crate) struct Sieve<'a> {
    levels: Levels<'a>,
    level: Level,
    /// The only switch; empty: all.
    acd: String,
    /// The group's queues and agents; `None`: of all.
    of: Option<(Names<'a>, Names<'a>)>,
    /// Whether a group was asked for that is not there.
    pub(crate) unknown: bool,
}

/// Switches and names.
type Names<'a> = BTreeSet<(&'a str, &'a str)>;

impl<'a> Sieve<'a> {
    /// What `wanted` means now.
    pub(crate) fn of(now: &'a Snapshot, wanted: &Wanted) -> Self {
        let (levels, level) = (Levels::of(now), wanted.level);
        let acd = wanted.acd.clone();
        if wanted.group.is_empty() {
            return Self { levels, level, acd, of: None, unknown: false };
        }
        let group = Group::named(now, &wanted.group);
        let unknown = group.is_none();
        let of = Some(group.map(|group| members(now, &group)).unwrap_or_default());
        Self { levels, level, acd, of, unknown }
    }

    /// Without regard to levels.
    pub(crate) fn of_any_level(&self) -> Self {
        let of = self.of.clone();
        let acd = self.acd.clone();
        Self { levels: self.levels, level: Level::Plain, acd, of, unknown: self.unknown }
    }

    /// Who belongs to the group, as a hash: another one, other members.
    pub(crate) fn belong(&self) -> u64 {
        let mut hash = DefaultHasher::new();
        self.of.hash(&mut hash);
        hash.finish()
    }

    /// Whether all rows are wanted.
    pub(crate) fn all(&self) -> bool {
        self.of.is_none() && self.level == Level::Plain && self.acd.is_empty()
    }

    /// Whether a row of `queues` is wanted.
    pub(crate) fn queue(&self, c: &Queues, row: &Row) -> bool {
        let key = (c.acd.text(row), c.queue.text(row));
        (self.acd.is_empty() || self.acd == key.0)
            && self.of.as_ref().is_none_or(|(queues, _)| queues.contains(&key))
            && (self.level == Level::Plain || queue_level(c, row, self.levels).0 >= self.level)
    }

    /// Whether a row of `agents` is wanted.
    pub(crate) fn agent(&self, c: &Agents, row: &Row) -> bool {
        let key = (c.acd.text(row), c.agent.text(row));
        (self.acd.is_empty() || self.acd == key.0)
            && self.of.as_ref().is_none_or(|(_, agents)| agents.contains(&key))
            && (self.level == Level::Plain
                || self.levels.attention(key.0, "agent", key.1).0 >= self.level)
    }
}

/// The queues and agents of a group: of queues those who are logged on to one, of agents those
/// that one of them is logged on to.
fn members<'a>(now: &'a Snapshot, group: &Group) -> (Names<'a>, Names<'a>) {
    let (mut queues, mut agents) = (Names::new(), Names::new());
    if let Some(table) = now.tables.get("queues").filter(|_| !group.agents) {
        let c = Queues::of(table.shape);
        let keys = table.rows.iter().map(|row| (c.acd.text(row), c.queue.text(row)));
        queues.extend(keys.filter(|(acd, queue)| group.has(acd, queue)));
    }
    if let Some(table) = now.tables.get("agents").filter(|_| group.agents) {
        let c = Agents::of(table.shape);
        let keys = table.rows.iter().map(|row| (c.acd.text(row), c.agent.text(row)));
        agents.extend(keys.filter(|(acd, agent)| group.has(acd, agent)));
    }
    let Some(table) = now.tables.get("cagent") else { return (queues, agents) };
    let c = Members::of(table.shape);
    for row in &table.rows {
        let (acd, agent, queue) = (c.acd.text(row), c.logid.text(row), c.split.text(row));
        if group.agents && agents.contains(&(acd, agent)) {
            queues.insert((acd, queue));
        } else if !group.agents && queues.contains(&(acd, queue)) {
            agents.insert((acd, agent));
        }
    }
    (queues, agents)
}
