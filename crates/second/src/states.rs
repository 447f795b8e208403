//! What every agent did in every second, and the rows of `hagent`: his calls where they count,
//! his clocks cut at the borders of the intervals. Of `hsplit` it writes the sums of the clocks.

use std::collections::BTreeSet;

use crate::agents::{Agent, Agents, Answer, Seat, Span, covers};
use crate::books::{Books, second, seconds};
use crate::text::SECOND;
use crate::visits::{End, Visit};

impl Agents<'_> {
    /// Writes `hagent`, and of `hsplit` what is the sum of its agents.
    pub(crate) fn count(&self, visits: &[Visit], answers: &[Answer], books: &mut Books) {
        for (name, agent) in &self.all {
            self.count_calls(name, visits, answers, books);
            self.count_others(name, agent, books);
            let mine: Vec<&Answer> = answers.iter().filter(|a| a.agent == *name).collect();
            let day = Day { agents: self, name, agent, visits, answers: mine };
            day.clocks(books);
        }
    }

    fn count_calls(&self, name: &str, visits: &[Visit], answers: &[Answer], books: &mut Books) {
        for (n, visit) in visits.iter().enumerate() {
            let key = format!("agent={name} split={}", visit.queue);
            for (i, a) in visit.attempts.iter().enumerate() {
                let Some(end) = a.end.filter(|_| a.agent == name && a.rang) else { continue };
                let ring = seconds(a.called, end);
                let mut at = second(end);
                let mut items = vec![("ringcalls", 1), ("ringtime", ring)];
                if visit.end == End::Answered(i) {
                    let Some(answer) = answers.iter().find(|x| x.visit == n) else { continue };
                    if answer.counted > second(self.last) {
                        continue;
                    }
                    at = answer.counted;
                    let holds = i64::from(!answer.talk.holds.is_empty());
                    items = vec![
                        ("ringcalls", 1),
                        ("ringtime", seconds(a.called, answer.from)),
                        ("ansringtime", seconds(a.called, answer.from)),
                        ("acdcalls", 1),
                        ("acdtime", answer.talked()),
                        ("acwtime", answer.acw),
                        ("holdcalls", holds),
                        ("holdtime", answer.hold()),
                        ("holdacdtime", answer.hold()),
                        ("transferred", i64::from(answer.talk.transferred)),
                    ];
                } else if a.no_answer() {
                    items.push(("noansredir", 1));
                } else if visit.end == End::Abandoned && visit.rings_at_end(a) {
                    items.extend([("abncalls", 1), ("abntime", ring)]);
                }
                for (item, n) in items {
                    books.add("hagent", at, &key, item, n);
                    if item.starts_with("ring") {
                        // Each phone of a ring-all is a ring of the split.
                        let split = format!("split={}", visit.queue);
                        books.add("hsplit", at, &split, item, n);
                    }
                }
            }
        }
    }

    /// Holds and transfers of calls that are no queue's count where he has been logged on longest.
    fn count_others(&self, name: &str, agent: &Agent, books: &mut Books) {
        for other in &agent.others {
            let at = second(other.span.1);
            let Some(queue) = agent.oldest(second(other.span.0), at) else { continue };
            let key = format!("agent={name} split={queue}");
            let held = self.holds.iter().filter(|(c, _)| *c == other.channel);
            let held: Vec<i64> = held.map(|(_, (a, b))| seconds(*a, *b)).collect();
            books.add("hagent", at, &key, "holdcalls", i64::from(!held.is_empty()));
            books.add("hagent", at, &key, "holdtime", held.iter().sum());
            let moved = self.transfers.iter().any(|(_, c)| *c == other.channel);
            let moved = i64::from(moved && !other.channel.is_empty());
            books.add("hagent", at, &key, "transferred", moved);
        }
    }
}

/// What an agent does in some second.
enum State<'a> {
    Avail,
    Ring(&'a str),
    Acd(&'a str),
    Acw(&'a str),
    /// On a call that is no queue's: AUX in all queues.
    Busy,
    Other,
    Paused,
}

/// One agent's whole time.
struct Day<'a> {
    agents: &'a Agents<'a>,
    name: &'a str,
    agent: &'a Agent,
    visits: &'a [Visit],
    answers: Vec<&'a Answer>,
}

impl Day<'_> {
    fn rings(&self) -> Vec<(&str, Span)> {
        let mut rings = Vec::new();
        for visit in self.visits {
            for (n, a) in visit.attempts.iter().enumerate() {
                // From the moment he is called: that the phone is busy is known only later.
                if a.agent == self.name {
                    let end = if visit.end == End::Answered(n) { Some(visit.ended) } else { a.end };
                    rings.push((visit.queue.as_str(), (a.called, end.unwrap_or(self.agents.last))));
                }
            }
        }
        rings
    }

    fn clocks(&self, books: &mut Books) {
        let rings = self.rings();
        let mut borders: BTreeSet<i64> = BTreeSet::new();
        let mut border = |span: &Span| borders.extend([second(span.0), second(span.1)]);
        for seat in self.agent.seats.values() {
            seat.staffed.iter().for_each(&mut border);
            seat.pauses.iter().for_each(|p| border(&p.span));
        }
        rings.iter().for_each(|r| border(&r.1));
        self.agent.unreachable.iter().for_each(&mut border);
        for o in &self.agent.others {
            border(&o.span);
            border(&(o.talk.unwrap_or(o.span.0), o.span.1));
        }
        for a in &self.answers {
            border(&(a.from, a.talk.end));
            a.talk.holds.iter().chain(&a.talk.elsewhere).for_each(&mut border);
            border(&(a.talk.end, a.talk.end + a.acw * SECOND));
        }
        let borders: Vec<i64> = borders.into_iter().collect();
        for pair in borders.windows(2) {
            let (from, to) = (pair[0], pair[1].min(second(self.agents.last)));
            if from < to && to > second(self.agents.first) {
                self.book(from, to, &rings, books);
            }
        }
    }

    fn state(&self, from: i64, to: i64, rings: &[(&str, Span)]) -> State<'_> {
        let queue = |a: &Answer| self.visits[a.visit].queue.as_str();
        let now = |span: &Span| covers(span, from, to);
        let call = self.answers.iter().find(|a| now(&(a.from, a.talk.end)));
        let held = call.filter(|a| a.talk.holds.iter().any(now));
        let in_acw = |a: &&&Answer| {
            let end = second(a.talk.end);
            end <= from && to <= end + a.acw
        };
        let others = self.agent.others.iter().filter(|o| now(&o.span));
        let busy = others.clone().any(|o| o.talk.is_some_and(|t| now(&(t, o.span.1))));
        let ring = rings.iter().find(|r| now(&r.1));
        let ring = ring.and_then(|r| self.agent.seats.get_key_value(r.0)).map(|(q, _)| q.as_str());
        if let (Some(a), None) = (call, held) {
            return State::Acd(queue(a));
        }
        if let Some(a) = self.answers.iter().rev().find(in_acw).filter(|_| held.is_none()) {
            return State::Acw(queue(a));
        }
        if busy || held.is_some_and(|a| a.talk.elsewhere.iter().any(now)) {
            return State::Busy;
        }
        if let Some(queue) = ring {
            return State::Ring(queue);
        }
        if held.is_some() {
            return State::Other;
        }
        let seats: Vec<&Seat> =
            self.agent.seats.values().filter(|s| s.in_force(from, to)).collect();
        if seats.iter().all(|s| s.reason(from, to).is_some()) {
            return State::Paused;
        }
        if others.count() > 0 || self.agent.unreachable.iter().any(now) {
            return State::Other;
        }
        State::Avail
    }

    fn book(&self, from: i64, to: i64, rings: &[(&str, Span)], books: &mut Books) {
        let state = self.state(from, to, rings);
        let oldest = self.agent.oldest(from, to);
        for (queue, seat) in &self.agent.seats {
            if !seat.in_force(from, to) {
                continue;
            }
            let first = oldest == Some(queue);
            let reason = seat.reason(from, to);
            let by_call =
                reason.is_some_and(|r| self.agents.settings.acw_reasons.iter().any(|x| x == r));
            let mut ti = vec!["stafftime".to_owned()];
            let i = match state {
                State::Ring(q) if q == queue => "ringtime".to_owned(),
                State::Acd(q) if q == queue => "acdtime".to_owned(),
                State::Acw(q) if q == queue => "acwtime".to_owned(),
                State::Ring(_) | State::Acd(_) | State::Acw(_) => match reason {
                    Some(r) => format!("auxtime{}", number(r)),
                    None => "othertime".to_owned(),
                },
                State::Busy => format!("auxtime{}", reason.map_or(0, number)),
                State::Paused if by_call && first => "acwtime".to_owned(),
                State::Paused if by_call => "othertime".to_owned(),
                State::Paused => format!("auxtime{}", reason.map_or(0, number)),
                State::Other => "othertime".to_owned(),
                State::Avail => match reason {
                    Some(r) => format!("auxtime{}", number(r)),
                    None => "availtime".to_owned(),
                },
            };
            if first {
                match state {
                    State::Avail => ti.push("availtime".to_owned()),
                    State::Other => ti.push("othertime".to_owned()),
                    State::Busy | State::Paused => ti.push(i.clone()),
                    _ => {}
                }
                ti.retain(|item| item != "acwtime");
            }
            let key = format!("agent={} split={queue}", self.name);
            let split = format!("split={queue}");
            let total = |name: &str| name.starts_with("auxtime").then(|| "auxtime".to_owned());
            let mut own = vec!["stafftime".to_owned(), i.clone()];
            own.extend(total(&i));
            for item in own {
                books.clock("hagent", (from, to), &key, &format!("i_{item}"));
                books.clock("hsplit", (from, to), &split, &format!("i_{item}"));
            }
            if first {
                let totals: Vec<String> = ti.iter().filter_map(|t| total(t)).collect();
                for item in ti.iter().chain(&totals) {
                    books.clock("hagent", (from, to), &key, &format!("ti_{item}"));
                }
            }
        }
    }
}

/// A reason that is a digit is its own number; any other is 0.
fn number(reason: &str) -> u32 {
    reason.parse().ok().filter(|n| *n < 10).unwrap_or(0)
}
