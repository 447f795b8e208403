//! Agents: for each, spans of being a member, paused, talking, in after-call work, on other calls.
//! What he did in every second is made of these in `states`.

use std::collections::{BTreeMap, BTreeSet};

use crate::Settings;
use crate::books::{second, seconds};
use crate::channels::{Channels, Talk, talk};
use crate::text::{SECOND, Said, Tape};
use crate::visits::{End, Visit};

/// A time, in microseconds.
pub(crate) type Span = (i64, i64);

/// An answered call of an agent.
pub(crate) struct Answer {
    /// The visit, by number.
    pub visit: usize,
    pub agent: String,
    pub from: i64,
    pub talk: Talk,
    /// Whole seconds of after-call work.
    pub acw: i64,
    /// The second in which it counts: the end of the after-call work.
    pub counted: i64,
}

impl Answer {
    pub(crate) fn hold(&self) -> i64 {
        self.talk.holds.iter().map(|(a, b)| seconds(*a, *b)).sum()
    }

    pub(crate) fn talked(&self) -> i64 {
        seconds(self.from, self.talk.end) - self.hold()
    }
}

/// A time for which an agent was paused in a queue, and why.
pub(crate) struct Pause {
    pub span: Span,
    pub reason: String,
}

/// An agent in one queue.
#[derive(Default)]
pub(crate) struct Seat {
    pub staffed: Vec<Span>,
    /// Of each log-on the second as the switch says, and the moment at which we first saw it.
    pub logons: Vec<(i64, i64)>,
    /// When he was logged off; not that the recording ends.
    pub offs: Vec<i64>,
    pub pauses: Vec<Pause>,
    /// The member's own after-call work.
    pub wrapup: i64,
}

/// A channel of the agent's phone that is no queue's call.
pub(crate) struct Other {
    pub channel: String,
    pub span: Span,
    /// From when on it is a call rather than dialling or ringing.
    pub talk: Option<i64>,
}

#[derive(Default)]
pub(crate) struct Agent {
    pub seats: BTreeMap<String, Seat>,
    pub devices: BTreeSet<String>,
    pub called: Vec<i64>,
    pub unreachable: Vec<Span>,
    pub others: Vec<Other>,
}

pub(crate) struct Agents<'a> {
    pub all: BTreeMap<String, Agent>,
    pub settings: &'a Settings,
    pub first: i64,
    pub last: i64,
    pub transfers: Vec<(i64, String)>,
    pub holds: Vec<(String, Span)>,
}

impl<'a> Agents<'a> {
    /// Learns who is a member of what, and when.
    pub(crate) fn of(tape: &Tape, settings: &'a Settings) -> Self {
        let mut agents = Self {
            all: BTreeMap::new(),
            settings,
            first: tape.first,
            last: tape.last,
            transfers: Vec::new(),
            holds: Vec::new(),
        };
        let mut gaps = tape.gaps.iter().peekable();
        for said in &tape.said {
            while let Some(gap) = gaps.next_if(|g| said.at >= g.to) {
                agents.not_heard(gap.from, gap.to, gap.members_listed);
            }
            agents.hear(said);
        }
        for agent in agents.all.values_mut() {
            agent.close(tape.last);
        }
        agents
    }

    /// Whether a device is the phone of an agent.
    pub(crate) fn has(&self, device: &str) -> bool {
        self.all.values().any(|a| a.devices.contains(device))
    }

    pub(crate) fn staffed(&self) -> BTreeMap<&str, Vec<Span>> {
        let mut by_queue: BTreeMap<&str, Vec<Span>> = BTreeMap::new();
        for (queue, seat) in self.all.values().flat_map(|a| &a.seats) {
            by_queue.entry(queue).or_default().extend(&seat.staffed);
        }
        by_queue
    }

    fn not_heard(&mut self, from: i64, to: i64, listed: bool) {
        for seat in self.all.values_mut().flat_map(|a| a.seats.values_mut()) {
            if seat.is_open() {
                let reason = seat.pause_now().map(|p| p.reason.clone());
                seat.offs.push(from);
                seat.close(from);
                if !listed {
                    seat.staffed.push((to, i64::MAX));
                    seat.logons.extend(seat.logons.last().copied());
                    seat.pauses.extend(reason.map(|reason| Pause { span: (to, i64::MAX), reason }));
                }
            }
        }
    }

    fn hear(&mut self, said: &Said) {
        let interface = match said.name() {
            "QueueMember" => said.get("Location"),
            "QueueMemberAdded"
            | "QueueMemberRemoved"
            | "QueueMemberPause"
            | "QueueMemberStatus"
            | "QueueMemberPenalty"
            | "QueueMemberRinginuse"
            | "AgentCalled"
            | "AgentConnect" => said.get("Interface"),
            _ => return,
        };
        let agent = self.all.entry(interface.to_owned()).or_default();
        for device in [interface, said.get("StateInterface")] {
            if !device.is_empty() && !device.contains("hint:") {
                agent.devices.insert(device.trim_end_matches("/n").to_owned());
            }
        }
        if said.name() == "AgentCalled" {
            agent.called.push(said.at);
        }
        let seat = agent.seats.entry(said.get("Queue").to_owned()).or_default();
        if said.name() == "QueueMemberRemoved" {
            seat.offs.push(said.at);
            return seat.close(said.at);
        }
        if !seat.is_open() {
            seat.staffed.push((said.at, i64::MAX));
            let login: i64 = said.get("LoginTime").parse().unwrap_or(0);
            seat.logons.push((if login > 0 { login } else { second(said.at) }, said.at));
        }
        if said.name().starts_with("Agent") {
            return;
        }
        seat.wrapup = said.get("Wrapuptime").parse().unwrap_or(0);
        let paused = said.get("Paused") == "1";
        let reason = said.get("PausedReason");
        if seat.pause_now().is_none_or(|p| !paused || p.reason != reason) {
            seat.pauses.iter_mut().for_each(|p| p.span.1 = p.span.1.min(said.at));
            if paused {
                let span = (said.at, i64::MAX);
                seat.pauses.push(Pause { span, reason: reason.to_owned() });
            }
        }
        let away = ["4", "5"].contains(&said.get("Status"));
        let was_away = agent.unreachable.last().is_some_and(|s| s.1 == i64::MAX);
        if away && !was_away {
            agent.unreachable.push((said.at, i64::MAX));
        } else if !away {
            agent.unreachable.iter_mut().for_each(|s| s.1 = s.1.min(said.at));
        }
    }

    /// The answered calls, and with them what else each agent's phone does.
    pub(crate) fn answers(
        &mut self,
        tape: &Tape,
        channels: &Channels,
        visits: &[Visit],
    ) -> Vec<Answer> {
        let mut answers = Vec::new();
        let mut queue_calls: BTreeSet<String> = BTreeSet::new();
        for (n, visit) in visits.iter().enumerate() {
            for a in &visit.attempts {
                queue_calls.insert(a.dest.clone());
                queue_calls.extend(behind(tape, &a.dest));
            }
            let End::Answered(who) = visit.end else { continue };
            let a = &visit.attempts[who];
            let from = visit.ended;
            let talk = talk(tape, channels, a.place, &a.dest, &visit.caller, from);
            let over = talk.is_some();
            let talk = talk.unwrap_or_else(|| still_talking(tape, &a.dest));
            queue_calls.extend(talk.seats.iter().cloned());
            let agent = a.agent.clone();
            let mut answer = Answer { visit: n, agent, from, talk, acw: 0, counted: i64::MAX };
            if over {
                let until = self.end_of_acw(&answer, &visit.queue);
                answer.acw = seconds(answer.talk.end, until.min(self.last));
                if until <= self.last {
                    answer.counted = second(until);
                }
            }
            answers.push(answer);
        }
        self.other_calls(tape, channels, &queue_calls, &answers);
        answers
    }

    /// When after-call work ends: after the queue's time since it lost its interest, sooner by the
    /// next call or a pause in the queue, later by a pause that means after-call work and began
    /// before.
    fn end_of_acw(&self, answer: &Answer, queue: &str) -> i64 {
        let end = answer.talk.end;
        let Some(agent) = self.all.get(&answer.agent) else { return end };
        let Some(seat) = agent.seats.get(queue) else { return end };
        let default = self.settings.wrapups.get(queue).copied().unwrap_or(self.settings.wrapup);
        let time = if seat.wrapup > 0 { seat.wrapup } else { default };
        let mut until = end.max(answer.talk.left_queue + time * SECOND);
        for pause in &seat.pauses {
            let (from, to) = pause.span;
            let in_force = from <= end && end < to;
            if !in_force && (from <= end || from >= until) {
                continue;
            }
            until = if self.settings.acw_reasons.contains(&pause.reason) {
                // A pause that lasts until the end of the recording lasts longer.
                until.max(if to >= self.last { i64::MAX } else { to })
            } else {
                until.min(from.max(end))
            };
        }
        let next = agent.called.iter().find(|c| **c > end).copied().unwrap_or(i64::MAX);
        let off = seat.offs.iter().find(|off| **off >= end).copied().unwrap_or(i64::MAX);
        until.min(next).min(off)
    }

    fn other_calls(
        &mut self,
        tape: &Tape,
        channels: &Channels,
        queue_calls: &BTreeSet<String>,
        answers: &[Answer],
    ) {
        for agent in self.all.values_mut() {
            for (id, c) in &channels.by_id {
                if !agent.devices.contains(&c.device) || queue_calls.contains(id) {
                    continue;
                }
                // A phone that calls has dialled already; one that is called rings first.
                let (from, talk) =
                    if c.inbound { (Some(c.born), Some(c.born)) } else { (c.rang.or(c.up), c.up) };
                let Some(from) = from else { continue };
                let span = (from, c.end.unwrap_or(tape.last));
                agent.others.push(Other { channel: id.clone(), span, talk });
            }
        }
        for answer in answers {
            let Some(agent) = self.all.get_mut(&answer.agent) else { continue };
            let Some(seat) = answer.talk.seats.last().and_then(|s| channels.by_id.get(s)) else {
                continue;
            };
            let end = seat.end.unwrap_or(tape.last);
            if end > answer.talk.end + SECOND {
                let span = (answer.talk.end, end);
                agent.others.push(Other { channel: String::new(), span, talk: None });
            }
        }
        let mut held: BTreeMap<&str, i64> = BTreeMap::new();
        for said in &tape.said {
            match said.name() {
                "BlindTransfer" | "AttendedTransfer" if said.get("Result") == "Success" => {
                    for field in ["TransfererUniqueid", "OrigTransfererUniqueid"] {
                        self.transfers.push((said.at, said.get(field).to_owned()));
                    }
                }
                "Hold" => {
                    held.entry(said.channel()).or_insert(said.at);
                }
                "Unhold" | "BridgeLeave" | "Hangup" => {
                    if let Some(from) = held.remove(said.channel()) {
                        self.holds.push((said.channel().to_owned(), (from, said.at)));
                    }
                }
                _ => {}
            }
        }
    }
}

impl Agent {
    fn close(&mut self, at: i64) {
        self.seats.values_mut().for_each(|s| s.close(at));
        self.unreachable.iter_mut().for_each(|s| s.1 = s.1.min(at));
    }

    /// The queue among those of a time in which he has been longest.
    pub(crate) fn oldest(&self, from: i64, to: i64) -> Option<&str> {
        let logon = |s: &Seat| {
            let now = s.staffed.iter().position(|span| covers(span, from, to))?;
            s.logons.get(now).copied()
        };
        let there = self.seats.iter().filter_map(|(queue, s)| Some((logon(s)?, queue)));
        there.min().map(|(_, queue)| queue.as_str())
    }
}

impl Seat {
    fn is_open(&self) -> bool {
        self.staffed.last().is_some_and(|s| s.1 == i64::MAX)
    }

    fn pause_now(&self) -> Option<&Pause> {
        self.pauses.last().filter(|p| p.span.1 == i64::MAX)
    }

    fn close(&mut self, at: i64) {
        self.staffed.iter_mut().for_each(|s| s.1 = s.1.min(at));
        self.pauses.iter_mut().for_each(|p| p.span.1 = p.span.1.min(at));
    }

    pub(crate) fn in_force(&self, from: i64, to: i64) -> bool {
        self.staffed.iter().any(|s| covers(s, from, to))
    }

    pub(crate) fn reason(&self, from: i64, to: i64) -> Option<&str> {
        let pause = self.pauses.iter().rev().find(|p| covers(&p.span, from, to));
        pause.map(|p| p.reason.as_str())
    }
}

/// Whether a span holds all of the seconds `from..to`.
pub(crate) fn covers(span: &Span, from: i64, to: i64) -> bool {
    second(span.0) <= from && to <= second(span.1)
}

fn still_talking(tape: &Tape, seat: &str) -> Talk {
    let end = tape.last;
    let mut holds = Vec::new();
    let mut held = None;
    for (_, s) in tape.about(seat, 0) {
        match s.name() {
            "Hold" if held.is_none() => held = Some(s.at),
            "Unhold" => holds.extend(held.take().map(|from| (from, s.at))),
            _ => {}
        }
    }
    holds.extend(held.map(|from| (from, end)));
    let seats = vec![seat.to_owned()];
    Talk {
        end,
        holds,
        elsewhere: Vec::new(),
        held_abandon: false,
        transferred: false,
        left_queue: end,
        seats,
    }
}

/// The other half of a Local channel and the phones that it dialled.
fn behind(tape: &Tape, dest: &str) -> Vec<String> {
    let bridge =
        tape.said.iter().find(|s| s.name() == "LocalBridge" && s.get("LocalOneUniqueid") == dest);
    let Some(half) = bridge.map(|b| b.get("LocalTwoUniqueid")) else { return Vec::new() };
    let dials = tape.about(half, 0).filter(|(_, s)| s.name() == "DialBegin" && s.channel() == half);
    dials.map(|(_, s)| s.dest().to_owned()).chain([half.to_owned()]).collect()
}
