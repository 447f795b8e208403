//! A second fold, for tests only: naive, slow, written from the rules of counting and from what
//! real switches said, by somebody who had not looked at the product's. It shares no code with it
//! and may use no crate of ours: where both give the same numbers, they are probably right.
//!
//! All that was said is kept in one list and walked again and again: once for the channels, once
//! for each visit to a queue, once for each agent, whose state is a list of spans that is then
//! cut at the borders of the intervals.
//!
//! Rules: every moment is rounded down to its second and then subtracted. An answered call counts
//! in the interval in which its after-call work ends, everything else when it leaves; clocks
//! (`i_`, `ti_`) are cut at the border. The rest is said where it is counted.

mod agents;
mod books;
mod channels;
mod doors;
mod splits;
mod states;
mod text;
mod visits;

use std::collections::BTreeMap;
use std::fmt;

use agents::Agents;
use books::Books;
use channels::Channels;
use text::Tape;

/// What the recordings do not say.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Length of an interval in minutes: 15, 30 or 60.
    pub interval: i64,
    /// Seconds east of UTC, fixed.
    pub offset: i64,
    /// After-call work in seconds of a queue that is not in `wrapups`.
    pub wrapup: i64,
    /// After-call work in seconds, by queue (`wrapuptime` of queues.conf).
    pub wrapups: BTreeMap<String, i64>,
    /// Devices that are trunks; a `*` at the end stands for any rest. None: a device is a trunk
    /// if it is no agent's phone and its name after the slash is not all digits.
    pub trunks: Vec<String>,
    /// A wait of at most so many seconds is within the service level.
    pub service_level: i64,
    /// Reasons of a pause that mean after-call work.
    pub acw_reasons: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval: 15,
            offset: 0,
            wrapup: 0,
            wrapups: BTreeMap::new(),
            trunks: Vec::new(),
            service_level: 20,
            acw_reasons: vec!["ACW".to_owned()],
        }
    }
}

impl Settings {
    /// Reads `wrapuptime` of every queue from a queues.conf. Templates are followed by name.
    #[must_use]
    pub fn with_queues_conf(mut self, text: &str) -> Self {
        let mut section = String::new();
        for line in text.lines() {
            let line = line.split(';').next().unwrap_or("").trim();
            if let Some((name, rest)) = line.strip_prefix('[').and_then(|l| l.split_once(']')) {
                section = name.to_owned();
                let parents = rest.trim().trim_matches(|c| c == '(' || c == ')');
                for parent in parents.split(',') {
                    if let Some(inherited) = self.wrapups.get(parent.trim()).copied() {
                        self.wrapups.insert(section.clone(), inherited);
                    }
                }
            } else if let Some((key, value)) = line.split_once('=')
                && key.trim() == "wrapuptime"
                && let Ok(seconds) = value.trim_start_matches('>').trim().parse()
            {
                self.wrapups.insert(section.clone(), seconds);
            }
        }
        self
    }
}

/// One row of one table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowOut {
    /// `hsplit`, `hagent`, `hvdn` or `htkgrp`.
    pub table: &'static str,
    /// Where the interval begins: seconds since 1970, UTC.
    pub begin: i64,
    /// What the row is about: `split=…`, `agent=… split=…`, `vdn=… context=…`, `tkgrp=…`.
    pub key: String,
    /// The items that are not 0, by name.
    pub items: BTreeMap<String, i64>,
}

impl fmt::Display for RowOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = books::date(self.begin);
        let minute = self.begin.rem_euclid(86_400) / 60;
        write!(f, "{} {year:04}-{month:02}-{day:02}T", self.table)?;
        write!(f, "{:02}:{:02} {}", minute / 60, minute % 60, self.key)?;
        self.items.iter().try_for_each(|(name, n)| write!(f, " {name}={n}"))
    }
}

/// Counts what the sessions said, sessions in the order of time. Rows come sorted.
#[must_use]
pub fn fold(sessions: &[&[u8]], settings: &Settings) -> Vec<RowOut> {
    let tape = Tape::read(sessions);
    let channels = Channels::of(&tape);
    let visits = visits::all(&tape);
    let mut agents = Agents::of(&tape, settings);
    let answers = agents.answers(&tape, &channels, &visits);
    let mut books = Books::new(settings);
    splits::count(&tape, &visits, &answers, &agents, settings, &mut books);
    agents.count(&visits, &answers, &mut books);
    doors::count(&tape, &channels, &visits, &answers, &agents, settings, &mut books);
    books.rows()
}

/// How the visits to queues went, for a comparison with `queue_log`: see [`Stay`].
#[must_use]
pub fn stays(sessions: &[&[u8]]) -> Vec<Stay> {
    let tape = Tape::read(sessions);
    let channels = Channels::of(&tape);
    let stay = |visit: &visits::Visit| {
        let mut stay = visit.stay();
        if let visits::End::Answered(who) = visit.end {
            let a = &visit.attempts[who];
            let (caller, answered) = (&visit.caller, visit.ended);
            let talk = channels::talk(&tape, &channels, a.place, &a.dest, caller, answered);
            stay.talk = talk.map(|t| (a.dest.clone(), books::seconds(answered, t.end)));
        }
        stay
    };
    visits::all(&tape).iter().map(stay).collect()
}

/// The last moment that was heard, in microseconds since 1970: clocks run until then.
#[must_use]
pub fn last(sessions: &[&[u8]]) -> i64 {
    Tape::read(sessions).last
}

/// One visit to a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stay {
    /// The queue.
    pub queue: String,
    /// The caller's Uniqueid.
    pub caller: String,
    /// `answered`, `abandoned`, `timed_out`, `left_empty`, `exit_key`, `taken_out`, `lost`, `open`.
    pub end: &'static str,
    /// When he joined: seconds since 1970.
    pub joined: i64,
    /// Whole seconds from join to answer or leave.
    pub wait: i64,
    /// The agents whose phones were called, in that order.
    pub called: Vec<String>,
    /// The channel (Uniqueid) of the agent who answered and the seconds of his talk, hold
    /// included, once it is over.
    pub talk: Option<(String, i64)>,
}
