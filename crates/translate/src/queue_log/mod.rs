//! Asterisk's own `queue_log` as a second source: lines in, entries of the ledger out. It knows
//! visits, answers and rings in whole seconds; it does not know holds, after-call work, calls
//! that are no queue calls, refused joins, nor when static members are logged on.
//!
//! Pure. No line makes it stop: what cannot be read is listed with its number.

mod line;

use facts::{AgentId, CallId, Outcome, Released, SplitId, Stamp, Text};
use history::ledger::{Entry, Rang, RangEnd, Served, Visit, VisitEnd, What};
use indexmap::IndexMap;
use line::Line;
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;

/// A visit or talk of which nothing was written for this long is over unseen (microseconds).
const SILENT_MAX: i64 = 86_400_000_000;
/// How many unreadable lines are listed; the rest are counted.
const BAD_MAX: usize = 1_000;

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Its number, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub why: String,
}

/// Somebody waits or talks.
#[derive(Debug)]
struct Open {
    joined: Stamp,
    since: Stamp,
    found: bool,
    inflow: bool,
    requeued: bool,
    /// Rings that the caller's end, or another's answer, broke off.
    cancelled: Vec<(AgentId, Stamp, Stamp)>,
    /// Answered: by whom, when, and since when it rang.
    talk: Option<(AgentId, Stamp, Stamp)>,
    heard: Stamp,
}

/// Reads the queue log of one switch from its beginning, or from any line on.
#[derive(Debug, Default)]
pub struct QueueLog {
    /// The agents by the names that the log writes: it writes the interface when somebody logs on
    /// and the member's name when he works.
    names: BTreeMap<Text, AgentId>,
    open: IndexMap<(Text, SplitId), Open, FxBuildHasher>,
    /// Calls that left a split unanswered: where from, when.
    outflowed: IndexMap<Text, (SplitId, Stamp), FxBuildHasher>,
    lines: u64,
    swept: Stamp,
    bad: Vec<Bad>,
    bad_count: u64,
}

impl QueueLog {
    /// A reader that knows these agents by name; others are who the log says they are.
    pub fn new(names: BTreeMap<Text, AgentId>) -> Self {
        Self { names, ..Self::default() }
    }

    /// Reads one line, without its end.
    pub fn line(&mut self, text: &[u8], into: &mut Vec<Entry>) {
        self.lines += 1;
        let text = String::from_utf8_lossy(text);
        let text = text.trim_end_matches(['\r', '\n']);
        if text.trim().is_empty() {
            return;
        }
        match Line::parse(text) {
            Ok(line) => self.read(&line, into),
            Err(why) => {
                self.bad_count += 1;
                if self.bad.len() < BAD_MAX {
                    self.bad.push(Bad { line: self.lines, why });
                }
            }
        }
    }

    /// The log is over: who still waits or talks is not known to have ended.
    pub fn finish(&mut self, at: Stamp, into: &mut Vec<Entry>) {
        self.all_lost(at, into);
    }

    /// Lines that could not be read, the first thousand of them, and how many in all.
    pub fn bad(&self) -> (&[Bad], u64) {
        (&self.bad, self.bad_count)
    }

    /// How many lines were read, bad ones included.
    pub const fn lines(&self) -> u64 {
        self.lines
    }

    fn agent(&self, name: &str) -> AgentId {
        self.names.get(name).cloned().unwrap_or_else(|| AgentId::from(name))
    }

    fn read(&mut self, line: &Line<'_>, into: &mut Vec<Entry>) {
        self.sweep(line.at, into);
        let at = line.at;
        match line.verb {
            "ENTERQUEUE" => self.entered(line, into),
            "CONNECT" => self.connected(line),
            "COMPLETEAGENT" => self.completed(line, Released::Agent, into),
            "COMPLETECALLER" => self.completed(line, Released::Caller, into),
            // TRANSFER is what Asterisk before 12 wrote.
            "BLINDTRANSFER" | "ATTENDEDTRANSFER" | "TRANSFER" => {
                self.completed(line, Released::Transfer, into);
            }
            "ABANDON" => self.left(line, Outcome::Abandoned, line.seconds(2), into),
            "EXITWITHTIMEOUT" => self.left(line, Outcome::TimedOut, line.seconds(2), into),
            "EXITEMPTY" => self.left(line, Outcome::LeftEmpty, line.seconds(2), into),
            "EXITWITHKEY" => self.left(line, Outcome::ExitKey, line.seconds(3), into),
            "AGENTDUMP" => self.left(line, Outcome::Left, None, into),
            "RINGNOANSWER" => self.not_answered(line, into),
            "RINGCANCELED" => {
                let agent = self.agent(line.agent);
                let since = at.plus(-line.millis(0).unwrap_or(0).saturating_mul(1_000));
                if let Some(open) = self.open.get_mut(&line.visit()) {
                    open.cancelled.push((agent, since, at));
                    open.heard = at;
                }
            }
            "QUEUESTART" => self.all_lost(at, into),
            // Log-ons, pauses and settings: what static members do is not in here, so that nothing
            // of it would be whole.
            _ => {}
        }
    }

    fn entered(&mut self, line: &Line<'_>, into: &mut Vec<Entry>) {
        let at = line.at;
        let key = line.visit();
        if let Some(open) = self.open.swap_remove(&key) {
            lost(&key, open, at, into);
        }
        let from = self.outflowed.swap_remove(&key.0).map(|(split, _)| split);
        let inflow = from.is_some_and(|split| split != key.1);
        let call = CallId(key.0.clone());
        into.push(Entry { at, what: What::Arrived { split: key.1.clone(), call } });
        self.open.insert(key, Open { inflow, ..Open::at(at, at, false) });
    }

    fn connected(&mut self, line: &Line<'_>) {
        let agent = self.agent(line.agent);
        let joined = line.at.plus_secs(-line.seconds(0).unwrap_or(0));
        let rang = line.at.plus_secs(-line.seconds(2).unwrap_or(0));
        let open = self.open.entry(line.visit()).or_insert(Open::at(joined, line.at, true));
        open.talk = Some((agent, line.at, rang));
        open.heard = line.at;
    }

    fn completed(&mut self, line: &Line<'_>, released: Released, into: &mut Vec<Entry>) {
        let key = line.visit();
        let Some(mut open) = self.open.swap_remove(&key) else { return };
        // He was answered before this log begins: when is not known, so he is not counted.
        let Some((agent, answered, rang)) = open.talk.take() else {
            self.open.insert(key, open);
            return;
        };
        if released == Released::Transfer {
            self.outflowed.insert(key.0.clone(), (key.1.clone(), line.at));
        }
        into.extend(open.served(&key, agent, answered, rang, line.at, released));
    }

    fn left(
        &mut self,
        line: &Line<'_>,
        outcome: Outcome,
        wait: Option<i64>,
        into: &mut Vec<Entry>,
    ) {
        let key = line.visit();
        let joined = line.at.plus_secs(-wait.unwrap_or(0));
        let open = self.open.swap_remove(&key);
        let open = open.unwrap_or_else(|| Open::at(joined, line.at, true));
        if outcome != Outcome::Abandoned {
            self.outflowed.insert(key.0.clone(), (key.1.clone(), line.at));
        }
        into.extend(open.ended(&key, line.at, VisitEnd::Ended(outcome)));
    }

    fn not_answered(&mut self, line: &Line<'_>, into: &mut Vec<Entry>) {
        let at = line.at;
        let key = line.visit();
        let agent = self.agent(line.agent);
        let rang = line.millis(0).unwrap_or(0).max(0);
        let found = Open::at(at, at, true);
        let open = self.open.entry(key.clone()).or_insert(found);
        open.heard = at;
        let end = if rang > 0 { RangEnd::NotAnswered } else { RangEnd::Refused };
        let since = at.plus(-rang.saturating_mul(1_000));
        into.push(open.rang(&key, agent, since, at, end));
        // Phones that ring together ring out in the same second: one requeue.
        if rang > 0 && open.since < at {
            let visit = Visit { end: VisitEnd::Requeued, ..open.visit(&key) };
            into.push(Entry { at, what: What::Visit(Box::new(visit)) });
            (open.since, open.requeued, open.inflow) = (at, true, true);
        }
    }

    /// The switch began anew: nobody waits or talks any more.
    fn all_lost(&mut self, at: Stamp, into: &mut Vec<Entry>) {
        for (key, open) in self.open.drain(..) {
            lost(&key, open, at, into);
        }
        self.outflowed.clear();
    }

    /// Forgets what was not heard of for a day.
    fn sweep(&mut self, at: Stamp, into: &mut Vec<Entry>) {
        if at.since(self.swept) < SILENT_MAX / 24 {
            return;
        }
        self.swept = at;
        self.outflowed.retain(|_, (_, left)| at.since(*left) < SILENT_MAX);
        let old = |open: &Open| at.since(open.heard) >= SILENT_MAX;
        while let Some(place) = self.open.values().position(old) {
            if let Some((key, open)) = self.open.swap_remove_index(place) {
                let heard = open.heard;
                lost(&key, open, heard, into);
            }
        }
    }
}

/// Nothing more is heard of a visit or talk. A talk that nobody ended lasted no time: Asterisk
/// writes no COMPLETE for a caller who was gone in the moment of the answer (asterisk.md 10).
fn lost(key: &(Text, SplitId), mut open: Open, at: Stamp, into: &mut Vec<Entry>) {
    match open.talk.take() {
        Some((agent, answered, rang)) => {
            let ended = if answered.since(at) > 0 { at } else { answered };
            into.extend(open.served(key, agent, answered, rang, ended, Released::Unknown));
        }
        None => into.extend(open.ended(key, at, VisitEnd::Ended(Outcome::Lost))),
    }
}

impl Open {
    const fn at(joined: Stamp, heard: Stamp, found: bool) -> Self {
        Self {
            joined,
            since: joined,
            found,
            inflow: false,
            requeued: false,
            cancelled: Vec::new(),
            talk: None,
            heard,
        }
    }

    fn visit(&self, (call, split): &(Text, SplitId)) -> Visit {
        Visit {
            split: split.clone(),
            call: CallId(call.clone()),
            joined: self.joined,
            since: self.since,
            found: self.found,
            end: VisitEnd::Ended(Outcome::Lost),
            ringing: Vec::new(),
            inflow: self.inflow,
            requeued: self.requeued,
            priority: 0,
        }
    }

    fn rang(
        &self,
        (call, split): &(Text, SplitId),
        agent: AgentId,
        since: Stamp,
        at: Stamp,
        end: RangEnd,
    ) -> Entry {
        let (split, call, joined) = (split.clone(), CallId(call.clone()), self.joined);
        let rang = Rang { split, agent, call, joined, since, end };
        Entry { at, what: What::Rang(Box::new(rang)) }
    }

    /// The rings that were broken off, each at its moment.
    fn broken_off(&self, key: &(Text, SplitId), end: RangEnd) -> Vec<Entry> {
        let each = self.cancelled.iter();
        each.map(|(agent, since, at)| self.rang(key, agent.clone(), *since, *at, end)).collect()
    }

    fn ended(self, key: &(Text, SplitId), at: Stamp, end: VisitEnd) -> Vec<Entry> {
        let abandoned = end == VisitEnd::Ended(Outcome::Abandoned);
        let how = if abandoned { RangEnd::Abandoned } else { RangEnd::Elsewhere };
        let mut entries = self.broken_off(key, how);
        // The log writes the end of the ringing in the second of the abandon, or just before.
        let late = |of: &Stamp| abandoned && at.since(*of) <= 1_000_000;
        let ringing = self.cancelled.iter().filter(|(_, _, of)| late(of));
        let ringing = ringing.map(|(agent, _, _)| agent.clone()).collect();
        let visit = Visit { end, ringing, ..self.visit(key) };
        entries.push(Entry { at, what: What::Visit(Box::new(visit)) });
        entries
    }

    fn served(
        self,
        key: &(Text, SplitId),
        agent: AgentId,
        answered: Stamp,
        rang: Stamp,
        ended: Stamp,
        released: Released,
    ) -> Vec<Entry> {
        let mut entries = self.broken_off(key, RangEnd::Elsewhere);
        let visit = self.visit(key);
        let served = Served {
            split: visit.split,
            agent,
            call: visit.call,
            joined: visit.joined,
            since: visit.since,
            found: visit.found,
            rang: Some(rang),
            answered,
            ended,
            acw_ended: ended,
            holds: Vec::new(),
            hold_abandoned: false,
            transferred: released == Released::Transfer,
            conferenced: false,
            released,
            inflow: visit.inflow,
            requeued: visit.requeued,
            priority: 0,
            code: Text::from(""),
        };
        entries.push(Entry { at: ended, what: What::Served(Box::new(served)) });
        entries
    }
}
