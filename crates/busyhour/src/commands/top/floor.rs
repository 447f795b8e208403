//! The rows of the floor as `busyhour top` holds them: read from REST, nothing drawn, no clock.
//! A column that is missing reads as nothing, so that an older server can be watched too.

use access::{Limit, Limits};
use facts::Stamp;
use serde_json::{Map, Value};

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

    /// The level of something that has lasted `micros`, and the limit it is over in seconds.
    fn over(limit: Limit, micros: i64) -> (Self, i64) {
        match micros.div_euclid(1_000_000) {
            s if s >= limit.warning_s => (Self::Warning, limit.warning_s),
            s if s >= limit.caution_s => (Self::Caution, limit.caution_s),
            _ => (Self::Plain, 0),
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
    pub(super) splits: String,
    pub(super) party: String,
    pub(super) on_hold: i64,
    pub(super) calls: i64,
    pub(super) missed: i64,
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
        }
    }

    /// What deserves attention in it: the wait, and whether anybody could answer. A call that
    /// rings at an agent already has somebody.
    pub(super) fn attention(&self, limits: &Limits, now: Stamp) -> Attention {
        let mut attention = Attention::default();
        if let Some(at) = self.oldest {
            let (level, secs) = Level::over(limits.oldest_wait, now.since(at));
            attention.add(level, format!("wait >{}", span(secs)));
        }
        match (self.waiting.saturating_sub(self.ringing), self.available, self.staffed) {
            (1.., _, 0) => attention.add(Level::Warning, "nobody on"),
            (1.., 0, _) => attention.add(Level::Caution, "none free"),
            _ => {}
        }
        attention
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
            splits: text(row, "splits"),
            party: text(row, "party"),
            on_hold: int(row, "on_hold"),
            calls: int(row, "acd_calls"),
            missed: int(row, "rona"),
        }
    }

    /// Whether the time in his state is over a limit.
    pub(super) fn attention(&self, limits: &Limits, now: Stamp) -> Attention {
        let limit = match self.state.as_str() {
            "AUX" => limits.aux,
            "ACW" => limits.acw,
            "RING" => limits.ring,
            _ => return Attention::default(),
        };
        let (level, secs) =
            self.since.map_or((Level::Plain, 0), |at| Level::over(limit, now.since(at)));
        let mut attention = Attention::default();
        attention.add(level, format!(">{}", span(secs)));
        attention
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

    /// Whether the wait is over a limit.
    pub(super) fn attention(&self, limits: &Limits, now: Stamp) -> Attention {
        let mut attention = Attention::default();
        if self.waits() {
            let (level, secs) = Level::over(limits.oldest_wait, self.wait(now));
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
}

impl Floor {
    /// Its figures: sums of rows, never a mean of means.
    pub(super) fn figures(&self) -> Figures {
        let sum = |of: fn(&Queue) -> i64| self.queues.iter().map(of).fold(0, i64::saturating_add);
        let (within, ended) = (sum(|q| q.in_level), sum(|q| q.ended));
        let percent = (ended > 0)
            .then(|| within.saturating_mul(200).saturating_add(ended) / ended.saturating_mul(2));
        Figures {
            waiting: sum(|q| q.waiting),
            oldest: self.queues.iter().filter_map(|q| q.oldest).min(),
            available: self.agents.iter().filter(|a| a.state == "AVAIL").count(),
            staffed: self.agents.len(),
            percent,
        }
    }

    /// Whether it is of several switches, so that a row must say which is its own.
    pub(super) fn several(&self) -> bool {
        let mut acds = self.queues.iter().map(|q| &q.acd).chain(self.agents.iter().map(|a| &a.acd));
        acds.next().is_some_and(|first| acds.any(|acd| acd != first))
    }
}

impl Figures {
    /// The level of the longest wait.
    pub(super) fn level(&self, limits: &Limits, now: Stamp) -> Level {
        self.oldest.map_or(Level::Plain, |at| Level::over(limits.oldest_wait, now.since(at)).0)
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
