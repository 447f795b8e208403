//! The rows of the floor as `busyhour top` holds them: read from REST, nothing drawn, no clock.
//! A column that is missing reads as nothing, so that an older server can be watched too.
//!
//! What deserves attention the server says, in the tables `levels` and `thresholds`; only the
//! wait of a single caller, which no level is about, is counted on by the limits in force.

use facts::Stamp;
use facts::decree::{Measure, Member, Side, Unit};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A row as REST gives it.
pub(super) type Json = Map<String, Value>;

/// How much attention something deserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Level {
    /// None.
    #[default]
    Plain,
    /// Have a look.
    Caution,
    /// Do something.
    Warning,
}

impl Level {
    /// The symbol: plain letters, so that every terminal shows it.
    pub(super) const fn mark(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Caution => "!",
            Self::Warning => "!!",
        }
    }

    /// The word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Caution => "caution",
            Self::Warning => "warning",
        }
    }

    fn of_word(word: &str) -> Self {
        match word {
            "caution" => Self::Caution,
            "warning" => Self::Warning,
            _ => Self::Plain,
        }
    }
}

/// Why a row deserves attention: the level, and the reasons in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Attention {
    pub(super) level: Level,
    pub(super) reasons: Vec<String>,
}

impl Attention {
    /// Symbol aside, what the row says: `warning wait >1 min & nobody on`.
    pub(super) fn words(&self) -> String {
        match self.level {
            Level::Plain => String::new(),
            level => format!("{} {}", level.word(), self.reasons.join(" & ")),
        }
    }

    fn add(&mut self, level: Level, reason: impl Into<String>) {
        if level > Level::Plain {
            self.level = self.level.max(level);
            self.reasons.push(reason.into());
        }
    }
}

/// From when on a wait deserves attention, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WaitLimits {
    caution_s: Option<i64>,
    warning_s: Option<i64>,
    /// For how long a limit must be reached before it counts.
    for_s: i64,
}

impl WaitLimits {
    /// The level of a wait of so many microseconds, and the limit it is over.
    fn level(self, micros: i64) -> (Level, i64) {
        let secs = micros.div_euclid(1_000_000).saturating_sub(self.for_s);
        match (self.warning_s, self.caution_s) {
            (Some(limit), _) if secs >= limit => (Level::Warning, limit),
            (_, Some(limit)) if secs >= limit => (Level::Caution, limit),
            _ => (Level::Plain, 0),
        }
    }
}

/// A threshold on the oldest wait of queues.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WaitRule {
    acd: String,
    scope: String,
    name: String,
    limits: WaitLimits,
}

impl WaitRule {
    /// Reads a row of `thresholds`; `None` if it is about something else.
    pub(super) fn read(row: &Json) -> Option<Self> {
        let some = |name: &str| row.get(name).and_then(Value::as_i64);
        let about = text(row, "measure") == Measure::OldestWait.word();
        (about && text(row, "direction") == Side::Above.word()).then(|| Self {
            acd: text(row, "acd"),
            scope: text(row, "scope"),
            name: text(row, "name"),
            limits: WaitLimits {
                caution_s: some("caution"),
                warning_s: some("warning"),
                for_s: int(row, "for_s"),
            },
        })
    }
}

/// A group of queues or of agents.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) agents: bool,
    members: Vec<Member>,
}

impl Group {
    /// Reads a row of `groups`.
    pub(super) fn read(row: &Json) -> Self {
        let members = text(row, "members");
        Self {
            name: text(row, "group"),
            agents: text(row, "kind") == "agents",
            members: members.split(", ").filter_map(Member::parse).collect(),
        }
    }

    /// Whether that queue, or that agent, is in it.
    pub(super) fn has(&self, acd: &str, name: &str) -> bool {
        self.members.iter().any(|member| member.fits(acd, name))
    }
}

/// Why a level is in force, short: `wait >1 min`, `SL <=80%`. The time in a state needs no name:
/// the state stands beside it.
fn reason(measure: &str, limit: i64) -> String {
    let Some(known) = Measure::of_word(measure) else { return measure.to_owned() };
    let name = match known {
        Measure::Waiting => "waiting ",
        Measure::OldestWait => "wait ",
        Measure::ServiceLevel => "SL ",
        Measure::Abandoned => "abandoned ",
        Measure::Available => "available ",
        Measure::Staffed => "staffed ",
        Measure::Hold => "hold ",
        Measure::Rona => "missed ",
        Measure::Aux | Measure::Acw | Measure::Ring | Measure::Acd => "",
    };
    match (known.unit(), known.usual_side()) {
        (Unit::Seconds, _) => format!("{name}>{}", span(limit)),
        (unit, Side::Above) => format!("{name}>={limit}{}", unit.sign().trim()),
        (unit, Side::Below) => format!("{name}<={limit}{}", unit.sign().trim()),
    }
}

/// A link to a switch.
#[derive(Clone, Debug, Default)]
pub(super) struct Link {
    pub(super) acd: String,
    pub(super) state: String,
    pub(super) reason: String,
}

/// A queue.
#[derive(Clone, Debug, Default)]
pub(super) struct Queue {
    pub(super) acd: String,
    pub(super) name: String,
    pub(super) waiting: i64,
    pub(super) ringing: i64,
    pub(super) oldest: Option<Stamp>,
    pub(super) staffed: i64,
    pub(super) available: i64,
    pub(super) agents_ringing: i64,
    pub(super) on_acd: i64,
    pub(super) in_acw: i64,
    pub(super) in_aux: i64,
    pub(super) other: i64,
    pub(super) offered: i64,
    pub(super) answered: i64,
    pub(super) abandoned: i64,
    pub(super) in_level: i64,
    /// Visits that ended today, however they ended.
    pub(super) ended: i64,
    pub(super) percent: Option<i64>,
    /// What the server says of it, and whether anybody could answer.
    pub(super) attention: Attention,
}

/// An agent.
#[derive(Clone, Debug, Default)]
pub(super) struct Agent {
    pub(super) acd: String,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) state: String,
    pub(super) reason: String,
    pub(super) direction: String,
    pub(super) since: Option<Stamp>,
    pub(super) split: String,
    pub(super) party: String,
    pub(super) on_hold: i64,
    pub(super) calls: i64,
    pub(super) missed: i64,
    /// What the server says of him.
    pub(super) attention: Attention,
}

/// A call.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    pub(super) acd: String,
    pub(super) id: String,
    pub(super) state: String,
    pub(super) caller: String,
    pub(super) caller_name: String,
    pub(super) dialled: String,
    pub(super) split: String,
    pub(super) agent: String,
    pub(super) agent_name: String,
    pub(super) began: Option<Stamp>,
    pub(super) queued_at: Option<Stamp>,
    pub(super) wait_ms: i64,
    pub(super) talk_ms: i64,
    pub(super) hold_ms: i64,
    pub(super) outcome: String,
    pub(super) ended_by: String,
}

/// All of it as of one moment of the server's clock.
#[derive(Clone, Debug, Default)]
pub(super) struct Floor {
    pub(super) as_of: Option<Stamp>,
    pub(super) links: Vec<Link>,
    pub(super) queues: Vec<Queue>,
    pub(super) agents: Vec<Agent>,
    /// Empty as long as nobody looks at calls.
    pub(super) calls: Vec<Call>,
    /// Who is logged on to what, as far as it was asked for: switch, queue, agent.
    pub(super) members: BTreeSet<(String, String, String)>,
    /// All groups, by name.
    pub(super) groups: Vec<Group>,
    /// The thresholds on waits.
    pub(super) waits: Vec<WaitRule>,
}

fn text(row: &Json, name: &str) -> String {
    crate::output::plain(&crate::output::cell(row.get(name)))
}

fn int(row: &Json, name: &str) -> i64 {
    row.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn stamp(row: &Json, name: &str) -> Option<Stamp> {
    row.get(name).and_then(Value::as_str).and_then(Stamp::parse)
}

/// Reads a row of `cagent`: switch, queue, agent.
pub(super) fn member(row: &Json) -> (String, String, String) {
    (text(row, "acd"), text(row, "split"), text(row, "logid"))
}

impl Link {
    /// Reads a row of `links`.
    pub(super) fn read(row: &Json) -> Self {
        Self { acd: text(row, "acd"), state: text(row, "state"), reason: text(row, "reason") }
    }
}

impl Queue {
    /// Reads a row of `queues`.
    pub(super) fn read(row: &Json) -> Self {
        let ended =
            ["answered", "abandoned", "timed_out", "left_empty", "exit_key", "left", "lost"];
        Self {
            acd: text(row, "acd"),
            name: text(row, "queue"),
            waiting: int(row, "waiting"),
            ringing: int(row, "ringing"),
            oldest: stamp(row, "oldest_since"),
            staffed: int(row, "staffed"),
            available: int(row, "available"),
            agents_ringing: int(row, "agents_ringing"),
            on_acd: int(row, "on_acd"),
            in_acw: int(row, "in_acw"),
            in_aux: int(row, "in_aux"),
            other: int(row, "other"),
            offered: int(row, "offered"),
            answered: int(row, "answered"),
            abandoned: int(row, "abandoned"),
            in_level: int(row, "answered_in_sl"),
            ended: ended.iter().map(|name| int(row, name)).fold(0, i64::saturating_add),
            percent: row.get("service_level_pct").and_then(Value::as_i64),
            attention: Attention::default(),
        }
    }

    /// Whether anybody could answer. A call that rings at an agent already has somebody.
    fn unattended(&self) -> Option<(Level, &'static str)> {
        match (self.waiting.saturating_sub(self.ringing), self.available, self.staffed) {
            (1.., _, 0) => Some((Level::Warning, "nobody on")),
            (1.., 0, _) => Some((Level::Caution, "none free")),
            _ => None,
        }
    }
}

impl Agent {
    /// Reads a row of `agents`.
    pub(super) fn read(row: &Json) -> Self {
        let id = text(row, "agent");
        let name = Some(text(row, "name")).filter(|name| !name.is_empty());
        Self {
            acd: text(row, "acd"),
            name: name.unwrap_or_else(|| id.clone()),
            id,
            state: text(row, "state"),
            reason: text(row, "reason"),
            direction: text(row, "direction"),
            since: stamp(row, "since"),
            split: text(row, "split"),
            party: text(row, "party"),
            on_hold: int(row, "on_hold"),
            calls: int(row, "acd_calls"),
            missed: int(row, "rona"),
            attention: Attention::default(),
        }
    }

    /// His state as people say it.
    pub(super) fn state_words(&self) -> String {
        let own_call = match (self.state.as_str(), self.direction.as_str()) {
            ("AUX" | "ACW" | "OTHER", "IN") => " in",
            ("AUX" | "ACW" | "OTHER", "OUT") => " out",
            _ => "",
        };
        let hold = if self.on_hold > 0 { " hold" } else { "" };
        format!("{}{own_call}{hold}", state_word(&self.state))
    }
}

impl Call {
    /// Reads a row of `calls`.
    pub(super) fn read(row: &Json) -> Self {
        Self {
            acd: text(row, "acd"),
            id: text(row, "call"),
            state: text(row, "state"),
            caller: text(row, "caller"),
            caller_name: text(row, "caller_name"),
            dialled: text(row, "dialled"),
            split: text(row, "split"),
            agent: text(row, "agent"),
            agent_name: text(row, "agent_name"),
            began: stamp(row, "began"),
            queued_at: stamp(row, "queued_at"),
            wait_ms: int(row, "wait_ms"),
            talk_ms: int(row, "talk_ms"),
            hold_ms: int(row, "hold_ms"),
            outcome: text(row, "outcome"),
            ended_by: text(row, "ended_by"),
        }
    }

    /// Whether it waits for an agent.
    pub(super) fn waits(&self) -> bool {
        matches!(self.state.as_str(), "QUEUED" | "RINGING")
    }

    /// Microseconds its caller has waited; counts on while he waits.
    pub(super) fn wait(&self, now: Stamp) -> i64 {
        match self.queued_at {
            Some(at) if self.waits() => now.since(at),
            _ => self.wait_ms.saturating_mul(1_000),
        }
    }

    /// Microseconds of talk; counts on from `as_of` while they talk.
    pub(super) fn talk(&self, as_of: Option<Stamp>, now: Stamp) -> i64 {
        let on = as_of.filter(|_| self.state == "TALKING").map_or(0, |at| now.since(at));
        self.talk_ms.saturating_mul(1_000).saturating_add(on)
    }

    /// Whether the wait is over a limit of its queue.
    pub(super) fn attention(&self, limits: WaitLimits, now: Stamp) -> Attention {
        let mut attention = Attention::default();
        if self.waits() {
            let (level, secs) = limits.level(self.wait(now));
            attention.add(level, format!("wait >{}", span(secs)));
        }
        attention
    }
}

/// The centre in figures, all switches together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Figures {
    pub(super) waiting: i64,
    pub(super) oldest: Option<Stamp>,
    pub(super) available: usize,
    pub(super) staffed: usize,
    /// Whole percent, halves up; `None` if no visit ended today.
    pub(super) percent: Option<i64>,
    /// The highest level of a queue in which somebody waits.
    pub(super) level: Level,
}

impl Floor {
    /// Takes what the server says of levels, rows of the table of that name.
    pub(super) fn judge(&mut self, rows: &[Json]) {
        let mut levels: BTreeMap<(String, String, String), Vec<(Level, String)>> = BTreeMap::new();
        for row in rows {
            let limit = int(row, "limit");
            let said = (Level::of_word(&text(row, "level")), reason(&text(row, "measure"), limit));
            let key = (text(row, "kind"), text(row, "acd"), text(row, "name"));
            levels.entry(key).or_default().push(said);
        }
        let mut of = |kind: &str, acd: &str, name: &str| {
            let key = (kind.to_owned(), acd.to_owned(), name.to_owned());
            let mut said = levels.remove(&key).unwrap_or_default();
            said.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
            let mut attention = Attention::default();
            for (level, reason) in said {
                attention.add(level, reason);
            }
            attention
        };
        for queue in &mut self.queues {
            queue.attention = of("queue", &queue.acd, &queue.name);
            if let Some((level, reason)) = queue.unattended() {
                queue.attention.add(level, reason);
            }
        }
        for agent in &mut self.agents {
            agent.attention = of("agent", &agent.acd, &agent.id);
        }
    }

    /// The limits on the wait in a queue: its own, those of the members of a group it is in, the
    /// default.
    pub(super) fn wait_limits(&self, acd: &str, queue: &str) -> WaitLimits {
        let find = |acd: &str, scope: &str, name: &str| {
            let here = |r: &&WaitRule| r.acd == acd && r.scope == scope && r.name == name;
            self.waits.iter().find(here).map(|rule| rule.limits)
        };
        let of_members = || {
            let mut groups = self.groups.iter().filter(|g| !g.agents && g.has(acd, queue));
            groups.find_map(|group| find("", "members", &group.name))
        };
        find(acd, "queue", queue)
            .or_else(of_members)
            .or_else(|| find("", "default", ""))
            .unwrap_or_default()
    }

    /// The group of that name.
    pub(super) fn group(&self, name: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.name == name)
    }

    /// Whether a queue is of a group; of agents: somebody of them is logged on to it.
    pub(super) fn queue_in(&self, group: &Group, queue: &Queue) -> bool {
        if !group.agents {
            return group.has(&queue.acd, &queue.name);
        }
        let of =
            |(acd, split, _): &&(String, String, String)| *acd == queue.acd && *split == queue.name;
        self.members.iter().filter(of).any(|(acd, _, agent)| group.has(acd, agent))
    }

    /// Whether an agent is of a group; of queues: is logged on to one of them.
    pub(super) fn agent_in(&self, group: &Group, agent: &Agent) -> bool {
        if group.agents {
            return group.has(&agent.acd, &agent.id);
        }
        let mut members = self.members.iter();
        members
            .any(|(acd, split, id)| *acd == agent.acd && *id == agent.id && group.has(acd, split))
    }

    /// The figures of what is shown: sums of rows, never a mean of means.
    pub(super) fn figures(&self, group: Option<&Group>) -> Figures {
        let shown = |q: &&Queue| group.is_none_or(|group| self.queue_in(group, q));
        let queues: Vec<&Queue> = self.queues.iter().filter(shown).collect();
        let shown = |a: &&Agent| group.is_none_or(|group| self.agent_in(group, a));
        let agents: Vec<&Agent> = self.agents.iter().filter(shown).collect();
        let sum = |of: fn(&Queue) -> i64| queues.iter().map(|q| of(q)).fold(0, i64::saturating_add);
        let waits = queues.iter().filter(|q| q.oldest.is_some());
        let percent = facts::percent(sum(|q| q.in_level), sum(|q| q.ended));
        Figures {
            waiting: sum(|q| q.waiting),
            oldest: queues.iter().filter_map(|q| q.oldest).min(),
            available: agents.iter().filter(|a| a.state == "AVAIL").count(),
            staffed: agents.len(),
            percent,
            level: waits.map(|q| q.attention.level).max().unwrap_or_default(),
        }
    }

    /// Whether it is of several switches, so that a row must say which is its own.
    pub(super) fn several(&self) -> bool {
        let mut acds = self.queues.iter().map(|q| &q.acd).chain(self.agents.iter().map(|a| &a.acd));
        acds.next().is_some_and(|first| acds.any(|acd| acd != first))
    }
}

/// A state as people say it.
fn state_word(state: &str) -> &str {
    match state {
        "AVAIL" => "Available",
        "RING" => "Ringing",
        "ACD" => "On call",
        "OTHER" => "Other",
        other => other,
    }
}

/// Time passed: `0:07`, `12:34`, `1:02:03`, from 100 hours on in days.
pub(super) fn age(micros: i64) -> String {
    let secs = micros.max(0) / 1_000_000;
    let (h, m, s) = (secs / 3600, secs / 60 % 60, secs % 60);
    match h {
        0 => format!("{m}:{s:02}"),
        1..100 => format!("{h}:{m:02}:{s:02}"),
        _ => format!("{} d {} h", h / 24, h % 24),
    }
}

/// A limit in words: `20 s`, `15 min`, `1 h`.
fn span(secs: i64) -> String {
    match secs {
        s if s >= 3600 && s % 3600 == 0 => format!("{} h", s / 3600),
        s if s >= 60 && s % 60 == 0 => format!("{} min", s / 60),
        s => format!("{s} s"),
    }
}

/// Time of day in UTC.
pub(super) fn clock(at: Stamp) -> String {
    let c = at.civil();
    format!("{:02}:{:02}:{:02} UTC", c.hour, c.minute, c.second)
}
