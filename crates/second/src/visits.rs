//! Visits to queues: one pass over the list for each, from its join to its verdict. A visit is
//! one offer, or more where phones rang out. Knows nothing of what happens after the answer.

use std::collections::BTreeMap;

use crate::Stay;
use crate::books::{second, seconds};
use crate::text::{SECOND, Said, Tape};

/// A phone that was called for a caller.
pub(crate) struct Attempt {
    pub agent: String,
    pub dest: String,
    /// The place in the list at which the phone was called.
    pub place: usize,
    pub called: i64,
    /// The phone rang; a busy one does not.
    pub rang: bool,
    /// The first sign that it rings no more; none: it still rings.
    pub end: Option<i64>,
    /// The switch said that nobody answered: where in the list.
    no_answer: Option<usize>,
    end_place: usize,
}

impl Attempt {
    /// The switch said that nobody answered.
    pub(crate) fn no_answer(&self) -> bool {
        self.no_answer.is_some()
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Answered(usize),
    Abandoned,
    TimedOut,
    LeftEmpty,
    ExitKey,
    TakenOut,
    Lost,
    Open,
}

impl End {
    /// The name of the item that counts it, empty if there is none.
    pub(crate) fn item(self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::Abandoned => "abandoned",
            Self::TimedOut => "timed_out",
            Self::LeftEmpty => "left_empty",
            Self::ExitKey => "exit_key",
            Self::TakenOut => "taken_out",
            Self::Lost => "lost",
            Self::Open => "open",
        }
    }

    /// Left for somewhere else.
    pub(crate) fn outflow(self) -> bool {
        matches!(self, Self::TimedOut | Self::LeftEmpty | Self::ExitKey | Self::TakenOut)
    }
}

/// One stay of one caller in one queue.
pub(crate) struct Visit {
    pub queue: String,
    pub caller: String,
    pub join: i64,
    pub end: End,
    /// Answer, leave or loss; the last moment of the list if the visit is open.
    pub ended: i64,
    pub attempts: Vec<Attempt>,
    /// When each offer began: the join, and each time that phones had rung in vain.
    pub offers: Vec<i64>,
    /// The caller had left another queue just before.
    pub inflow: bool,
}

impl Visit {
    pub(crate) fn stay(&self) -> Stay {
        Stay {
            queue: self.queue.clone(),
            caller: self.caller.clone(),
            end: self.end.item(),
            joined: second(self.join),
            wait: seconds(self.join, self.ended),
            called: self.attempts.iter().map(|a| a.agent.clone()).collect(),
            talk: None,
        }
    }

    /// From and to of an offer.
    pub(crate) fn offer(&self, n: usize) -> (i64, i64) {
        (self.offers[n], self.offers.get(n + 1).copied().unwrap_or(self.ended))
    }

    /// Somebody's phone rang at the moment when the visit ended.
    pub(crate) fn ringing_at_end(&self) -> bool {
        self.attempts.iter().any(|a| self.rings_at_end(a))
    }

    pub(crate) fn rings_at_end(&self, a: &Attempt) -> bool {
        // The phones are told a moment before or after the caller's leave.
        let open = a.end.is_none_or(|end| end >= self.ended - SECOND / 10);
        a.rang && a.no_answer.is_none() && open
    }
}

/// All visits, by join.
pub(crate) fn all(tape: &Tape) -> Vec<Visit> {
    let mut visits: Vec<Visit> = Vec::new();
    let mut last: BTreeMap<String, usize> = BTreeMap::new();
    for (place, said) in tape.said.iter().enumerate() {
        if said.name() != "QueueCallerJoin" {
            continue;
        }
        let mut visit = one(tape, place, said);
        if let Some(before) = last.insert(visit.caller.clone(), visits.len()) {
            let before = &visits[before];
            visit.inflow = before.end.outflow() && before.queue != visit.queue;
        }
        visits.push(visit);
    }
    visits
}

fn one(tape: &Tape, join: usize, said: &Said) -> Visit {
    let caller = said.channel().to_owned();
    let queue = said.get("Queue").to_owned();
    let next_join = tape
        .about(&caller, join + 1)
        .find(|(_, s)| s.name() == "QueueCallerJoin" && s.channel() == caller)
        .map_or(tape.said.len(), |(i, _)| i);
    let own: Vec<(usize, &Said)> = tape
        .about(&caller, join)
        .filter(|(i, s)| *i < next_join && s.channel() == caller)
        .collect();
    let here: Vec<(usize, &Said)> =
        own.iter().copied().filter(|(_, s)| s.get("Queue") == queue).collect();
    let mut attempts: Vec<Attempt> = here
        .iter()
        .filter(|(_, s)| s.name() == "AgentCalled")
        .map(|(i, s)| attempt(tape, *i, s))
        .collect();
    let (end, ended) = verdict(tape, &own, &here, &attempts);
    attempts.retain(|a| a.called <= ended);
    let mut offers = vec![said.at];
    for a in attempts.iter().filter(|a| a.rang) {
        let Some(place) = a.no_answer else { continue };
        let others = attempts.iter().filter(|o| o.rang && o.dest != a.dest && o.place < place);
        let last = others.into_iter().all(|o| o.no_answer.unwrap_or(o.end_place) < place);
        // Who is answered or leaves in the same breath was not put back.
        if last && (end == End::Open || tape.said[place].at + SECOND / 10 < ended) {
            offers.push(tape.said[place].at);
        }
    }
    offers.sort_unstable();
    Visit { queue, caller, join: said.at, end, ended, attempts, offers, inflow: false }
}

fn attempt(tape: &Tape, place: usize, said: &Said) -> Attempt {
    let dest = said.dest().to_owned();
    let mut a = Attempt {
        agent: said.get("Interface").to_owned(),
        dest: dest.clone(),
        place,
        called: said.at,
        rang: false,
        end: None,
        no_answer: None,
        end_place: usize::MAX,
    };
    for (i, s) in tape.about(&dest, place) {
        let of_dest = s.dest() == dest;
        match s.name() {
            "Newstate" => a.rang |= s.channel() == dest && s.get("ChannelStateDesc") == "Ringing",
            "DialState" => a.rang |= of_dest && s.get("DialStatus") == "RINGING",
            "AgentRingNoAnswer" if of_dest => a.no_answer = Some(i),
            _ => {}
        }
        let over = matches!(s.name(), "DialEnd" | "AgentRingNoAnswer" | "AgentConnect") && of_dest
            || matches!(s.name(), "Hangup" | "Lost") && s.channel() == dest;
        if over && a.end.is_none() {
            a.end = Some(s.at);
            a.end_place = i;
        }
    }
    a
}

/// How the visit ended, and when.
fn verdict(
    tape: &Tape,
    own: &[(usize, &Said)],
    here: &[(usize, &Said)],
    attempts: &[Attempt],
) -> (End, i64) {
    let find = |name: &str| here.iter().find(|(_, s)| s.name() == name).copied();
    if let Some((_, connect)) = find("AgentConnect") {
        let who = attempts.iter().position(|a| a.dest == connect.dest());
        return who.map_or((End::TakenOut, connect.at), |n| (End::Answered(n), connect.at));
    }
    let gone = own.iter().find(|(_, s)| s.name() == "Hangup" || s.name() == "Lost");
    let given_up = find("QueueCallerAbandon");
    let Some((place, left)) = find("QueueCallerLeave").or(given_up) else {
        return match gone {
            Some((_, s)) if s.name() == "Lost" => (End::Lost, s.at),
            Some((_, s)) => (End::Abandoned, s.at),
            None => (End::Open, tape.last),
        };
    };
    if given_up.is_none() {
        let key =
            own.iter().any(|(i, s)| s.name() == "DTMFEnd" && *i < place && s.at > left.at - SECOND);
        return (if key { End::ExitKey } else { End::TakenOut }, left.at);
    }
    for (_, s) in own.iter().filter(|(i, _)| *i > place) {
        let end = match s.name() {
            "Hangup" | "Lost" => End::Abandoned,
            "VarSet" if s.get("Variable") == "QUEUESTATUS" => match s.get("Value") {
                "LEAVEEMPTY" | "LEAVEUNAVAIL" => End::LeftEmpty,
                _ => End::TimedOut,
            },
            "Newexten" => End::TimedOut,
            _ => continue,
        };
        return (end, left.at);
    }
    (End::Open, left.at)
}
