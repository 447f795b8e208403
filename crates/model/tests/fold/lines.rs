//! The ledger as lines that a person can write down beforehand.
//!
//! Seconds, kind, who and where, then what is not as usual; `PJSIP/` is left out.
//!
//! ```text
//! AT link heard|unheard [restarted]
//! AT agent A MODE [in|out] [why=R] [work=Q] [held=Q] [call=C] | Q:MODE[!REASON][<SINCE] … | off
//! AT waiting Q N        AT seized|idle GROUP C in|out        AT arrived Q C
//! AT entered C VDN VECTOR
//! AT visit Q C OUTCOME joined=S [since=S] [found] [ringing=A,B] [inflow] [again]
//! AT served Q A C joined=S [since=S] [found] rang=S answered=S ended=S [holds=S-S,S-S]
//!     [held-abandoned] [transferred] [conferenced] by=WHO [inflow] [again] [code=N]
//! AT rang Q A C END joined=S since=S
//! AT own A C in|out since=S [acw=Q] [held=Q] [trunk]
//! AT over C+D WAY [GROUP C] VDN VECTOR [from=A] [answered=S] [OUTCOME queued=S] [ringing]
//!     by=WHO [lost] [pending=N] [transfers=N] [conferenced] [code=N]
//! ```

use crate::text::{BASE, facts};
use facts::{Direction, Outcome, Released, Stamp};
use history::ledger::{
    AgentNow, CallOver, EndedBy, Entry, Mode, OwnCall, RangEnd, Served, Trunk, Visit, VisitEnd,
    Way, What,
};
use model::{Model, Settings};

/// The ledger of a text's facts, ten seconds of quiet behind them.
pub(crate) fn entries(text: &str) -> Vec<Entry> {
    let mut model = Model::new(Settings::new("pbx"));
    model.write_ledger();
    for fact in facts(text) {
        model.apply(&fact);
    }
    model.advance(model.now().plus_secs(10));
    let mut entries = Vec::new();
    model.take_entries(&mut entries);
    entries
}

/// Its lines of these kinds.
pub(crate) fn lines(text: &str, kinds: &[&str]) -> Vec<String> {
    let all = entries(text);
    let all = all.iter().map(line);
    all.filter(|l| kinds.contains(&l.split(' ').nth(1).unwrap_or(""))).collect()
}

/// Checks the lines of these kinds, written one below the other.
pub(crate) fn expect(text: &str, kinds: &[&str], want: &str) {
    let want = want.lines().map(|l| l.split('#').next().unwrap_or(""));
    let want = want.map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "));
    let want: Vec<_> = want.filter(|l| !l.is_empty()).collect();
    let got = lines(text, kinds);
    assert_eq!(got, want, "\n{}\n", got.join("\n"));
}

fn s(at: Stamp) -> String {
    let us = at.0 - BASE * 1_000_000;
    let text = format!("{}.{:06}", us.div_euclid(1_000_000), us.rem_euclid(1_000_000));
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn short(name: &str) -> &str {
    name.strip_prefix("PJSIP/").unwrap_or(name)
}

const fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::In => "in",
        Direction::Out => "out",
    }
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned => "abandoned",
        Outcome::TimedOut => "timedout",
        Outcome::LeftEmpty => "leftempty",
        Outcome::ExitKey => "exitkey",
        Outcome::JoinEmpty => "joinempty",
        Outcome::Full => "full",
        Outcome::Left => "left",
        Outcome::Lost => "lost",
    }
}

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Avail => "AVAIL",
        Mode::Ring => "RING",
        Mode::Acd => "ACD",
        Mode::Acw => "ACW",
        Mode::Aux => "AUX",
        Mode::Other => "OTHER",
    }
}

/// An entry as a line.
pub(crate) fn line(entry: &Entry) -> String {
    let at = s(entry.at);
    let text = match &entry.what {
        What::Link(l) => {
            let heard = if l.heard { "heard" } else { "unheard" };
            format!("link {heard}{}", if l.restarted { " restarted" } else { "" })
        }
        What::Agent(a) => agent(a),
        What::Waiting { split, callers } => format!("waiting {split} {callers}"),
        What::Seized(t) => format!("seized {}", trunk(t)),
        What::Idle(t) => format!("idle {}", trunk(t)),
        What::Arrived { split, call } => format!("arrived {split} {call}"),
        What::Entered { call, vdn, vector } => {
            let or = |t: &Option<facts::Text>| t.as_deref().unwrap_or("-").to_owned();
            format!("entered {call} {} {}", or(vdn), or(vector))
        }
        What::Visit(v) => visit(v),
        What::Served(v) => served(v),
        What::Rang(r) => {
            let end = match r.end {
                RangEnd::NotAnswered => "notanswered",
                RangEnd::Refused => "refused",
                RangEnd::Abandoned => "abandoned",
                RangEnd::Elsewhere => "elsewhere",
            };
            let (joined, since) = (s(r.joined), s(r.since));
            let agent = short(&r.agent);
            format!("rang {} {agent} {} {end} joined={joined} since={since}", r.split, r.call)
        }
        What::OwnCall(o) => own(o),
        What::CallOver(c) => over(c),
    };
    format!("{at} {text}")
}

fn trunk(t: &Trunk) -> String {
    format!("{} {} {}", short(&t.group), t.channel, way(t.direction))
}

struct Line(String);

impl Line {
    fn word(mut self, on: bool, word: &str) -> Self {
        if on {
            self.0.push(' ');
            self.0.push_str(word);
        }
        self
    }
    fn text(self, name: &str, value: Option<&str>) -> Self {
        let value = value.filter(|v| !v.is_empty()).map(short);
        self.word(value.is_some(), &format!("{name}={}", value.unwrap_or("")))
    }
    fn stamp(self, name: &str, value: Option<Stamp>) -> Self {
        self.text(name, value.map(s).as_deref())
    }
}

fn agent(a: &AgentNow) -> String {
    let line = Line(format!("agent {}", short(&a.agent)));
    if a.members.is_empty() {
        return line.word(true, "off").0;
    }
    let mut line = line
        .word(true, mode(a.mode))
        .word(a.direction.is_some(), a.direction.map_or("", way))
        .text("why", Some(&a.reason))
        .text("work", a.work_split.as_deref())
        .text("held", a.held_split.as_deref())
        .text("call", a.call.as_deref())
        .word(true, "|");
    for m in &a.members {
        let paused = if m.paused { format!("!{}", m.reason) } else { String::new() };
        let found = if m.found { format!("<{}", s(m.since)) } else { String::new() };
        line = line.word(true, &format!("{}:{}{paused}{found}", m.split, mode(m.mode)));
    }
    line.0
}

fn visit(v: &Visit) -> String {
    let end = match v.end {
        VisitEnd::Ended(o) => outcome(o),
        VisitEnd::Requeued => "requeued",
    };
    let ringing: Vec<_> = v.ringing.iter().map(|a| short(a)).collect();
    Line(format!("visit {} {} {end} joined={}", v.split, v.call, s(v.joined)))
        .stamp("since", Some(v.since).filter(|t| *t != v.joined))
        .word(v.found, "found")
        .text("ringing", Some(&ringing.join(",")))
        .word(v.inflow, "inflow")
        .word(v.requeued, "again")
        .0
}

fn served(v: &Served) -> String {
    let holds: Vec<_> = v.holds.iter().map(|(a, b)| format!("{}-{}", s(*a), s(*b))).collect();
    let by = match v.released {
        Released::Caller => "caller",
        Released::Agent => "agent",
        Released::Transfer => "transfer",
        Released::Unknown => "unknown",
    };
    Line(format!("served {} {} {} joined={}", v.split, short(&v.agent), v.call, s(v.joined)))
        .stamp("since", Some(v.since).filter(|t| *t != v.joined))
        .word(v.found, "found")
        .stamp("rang", v.rang)
        .stamp("answered", Some(v.answered))
        .stamp("ended", Some(v.ended))
        .text("holds", Some(&holds.join(",")))
        .word(v.hold_abandoned, "held-abandoned")
        .word(v.transferred, "transferred")
        .word(v.conferenced, "conferenced")
        .text("by", Some(by))
        .word(v.inflow, "inflow")
        .word(v.requeued, "again")
        .text("code", Some(&v.code))
        .0
}

fn own(o: &OwnCall) -> String {
    let agent = short(&o.agent);
    Line(format!("own {agent} {} {} since={}", o.call, way(o.direction), s(o.since)))
        .text("acw", o.acw_split.as_deref())
        .text("held", o.held_split.as_deref())
        .word(o.off_switch, "trunk")
        .0
}

fn over(c: &CallOver) -> String {
    let ids: Vec<_> = c.ids.iter().map(|i| &**i).collect();
    let way = match c.way {
        Way::In => "in",
        Way::Out => "out",
        Way::Internal => "internal",
    };
    let by = match c.ended_by {
        EndedBy::Caller => "caller",
        EndedBy::Agent => "agent",
        EndedBy::Switch => "switch",
        EndedBy::Unknown => "unknown",
    };
    let count = |n: u32| (n > 0).then(|| n.to_string());
    Line(format!("over {} {way}", ids.join("+")))
        .word(c.trunk.is_some(), short(c.trunk.as_deref().unwrap_or("")))
        .word(c.channel.is_some(), c.channel.as_deref().unwrap_or(""))
        .word(c.way == Way::In, c.vdn.as_deref().unwrap_or("-"))
        .word(c.way == Way::In, c.vector.as_deref().unwrap_or("-"))
        .text("from", c.originator.as_deref())
        .stamp("answered", c.answered)
        .word(c.outcome.is_some(), c.outcome.map_or("", outcome))
        .stamp("queued", c.queued)
        .word(c.abandoned_ringing, "ringing")
        .text("by", Some(by))
        .word(c.lost, "lost")
        .text("pending", count(c.pending).as_deref())
        .text("transfers", count(c.transfers).as_deref())
        .word(c.conferenced, "conferenced")
        .text("code", Some(&c.code))
        .0
}
