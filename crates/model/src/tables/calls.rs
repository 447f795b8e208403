//! `calls`: live ones, and the last ones that ended.

use super::millis;
use crate::Model;
use crate::calls::{Call, Way};
use crate::channels::Channel;
use crate::legs::Part;
use facts::table::{Row, Value};
use facts::{AgentId, Direction, Outcome, Phase, Stamp};

impl Model {
    pub(super) fn calls_rows(&self, at: Stamp) -> Vec<Row> {
        let live = self.calls.iter().map(|(_, c)| c);
        live.chain(self.ended.iter()).map(|c| self.call_row(c, at)).collect()
    }

    fn call_row(&self, c: &Call, at: Stamp) -> Row {
        let (way, trunk) = self.way_of(c);
        let (talk, hold, ring, wait) = c.times(at);
        let inward = way == Way::In;
        let name = |id: &AgentId| {
            let agent = self.agent_ids.get(id).and_then(|k| self.agents.get(*k));
            agent.map_or(Value::Null, |a| Value::text_or_null(&a.name))
        };
        let ended = c.end.as_ref();
        let agent = self.rung_for(c).or(c.agent.as_ref());
        vec![
            self.acd(),
            c.ids.first().map_or(Value::Null, |i| Value::Text(i.0.clone())),
            Value::from(self.state_word(c)),
            Value::from(way.word()),
            Value::text_or_null(&c.caller),
            Value::text_or_null(&c.caller_name),
            Value::text_or_null(&c.dialled),
            Value::from(self.vdn_of(c).filter(|_| inward)),
            Value::from(self.vector_of(c).filter(|_| inward)),
            Value::from(c.split.as_ref().map(|s| s.0.clone())),
            Value::from(agent.map(|a| a.0.clone())),
            agent.map_or(Value::Null, name),
            Value::from(trunk),
            Value::Stamp(c.began),
            Value::from(c.queued_at),
            Value::from(c.answered_at),
            Value::from(ended.map(|e| e.at)),
            millis(wait),
            millis(ring),
            millis(talk),
            millis(hold),
            Value::from(outcome(c)),
            Value::from(c.ended_by()),
            Value::from(c.visited),
            Value::count(c.agents_talked.len()),
            Value::from(c.transfers),
            Value::Bool(c.conferenced),
            Value::Bool(c.was_parked),
            Value::text_or_null(&c.work_code),
            Value::count(c.channels.len()),
            Value::from(ended.map(|e| e.why.word())),
            legs(c),
            Value::Text(c.whole.clone()),
        ]
    }

    /// What the calls that go to or come from other switches are for the centre, with waits up
    /// to `at`.
    pub fn parts(&self, at: Stamp) -> Vec<Part> {
        let live = self.calls.iter().map(|(_, c)| c);
        let crossing = live.chain(self.ended.iter()).filter(|c| !c.legs.is_empty());
        crossing.filter_map(|c| self.part(c, at)).collect()
    }

    fn part(&self, c: &Call, at: Stamp) -> Option<Part> {
        let (way, trunk) = self.way_of(c);
        let agent = self.rung_for(c).or(c.agent.as_ref());
        let known = agent.and_then(|a| self.agent_ids.get(a)).and_then(|k| self.agents.get(*k));
        Some(Part {
            acd: self.settings.acd.clone(),
            call: c.ids.first()?.0.clone(),
            joined: c.ids.iter().skip(1).map(|id| id.0.clone()).collect(),
            whole: c.whole.clone(),
            legs: c.legs.clone(),
            came_by: c.came_by.clone(),
            hangup_leg: c.hangup_leg.clone(),
            state: self.state_word(c),
            direction: way.word(),
            caller: c.caller.clone(),
            caller_name: c.caller_name.clone(),
            dialled: c.dialled.clone(),
            vdn: self.vdn_of(c).filter(|_| way == Way::In),
            trunk,
            split: c.split.as_ref().map(|s| s.0.clone()),
            agent: agent.map(|a| a.0.clone()),
            agent_name: known.map(|a| a.name.clone()),
            began: c.began,
            queued_at: c.queued_at,
            answered_at: c.answered_at,
            ended_at: c.end.as_ref().map(|e| e.at),
            wait: c.times(at).3,
            outcome: outcome(c),
            ended_by: c.ended_by(),
            visited: c.visited,
            talked: c.agents_talked.len(),
            transfers: c.transfers,
        })
    }

    /// The call's state; outside queues it rings if a phone that it reached does.
    fn state_word(&self, c: &Call) -> &'static str {
        let rings = |x: &Channel| x.direction == Direction::Out && x.phase == Phase::Ringing;
        let mut channels = c.channels.iter().filter_map(|k| self.channels.get(*k));
        match c.state() {
            "NEW" | "IVR" if channels.any(rings) => "RINGING",
            word => word,
        }
    }

    /// The agent at whom a call rings.
    pub(super) fn rung_for(&self, c: &Call) -> Option<&AgentId> {
        let channels = c.channels.iter().filter_map(|k| self.channels.get(*k));
        let rung = channels.filter(|_| c.ringing > 0).filter_map(|x| x.offers.last()).next()?;
        self.agents.get(*rung).map(|a| &a.id)
    }
}

/// The outcome of the last visit; of a call that never queued, whether anybody answered.
const fn outcome(c: &Call) -> Option<&'static str> {
    match (c.outcome, &c.end) {
        (Some(outcome), _) => Some(outcome_word(outcome)),
        (None, None) => None,
        (None, Some(_)) if c.answered_at.is_some() => Some("ANSWERED"),
        (None, Some(_)) => Some("NOT_ANSWERED"),
    }
}

/// The names of its legs; a leg of which it has both ends is named once.
fn legs(c: &Call) -> Value {
    let mut names: Vec<&str> = Vec::new();
    for leg in &c.legs {
        if !names.contains(&&*leg.id) {
            names.push(&leg.id);
        }
    }
    if names.is_empty() { Value::Null } else { Value::from(names.join(" ").as_str()) }
}

const fn outcome_word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Answered => "ANSWERED",
        Outcome::Abandoned => "ABANDONED",
        Outcome::TimedOut => "TIMED_OUT",
        Outcome::LeftEmpty => "LEFT_EMPTY",
        Outcome::ExitKey => "EXIT_KEY",
        Outcome::JoinEmpty | Outcome::Full => "REFUSED",
        Outcome::Left => "LEFT",
        Outcome::Lost => "LOST",
    }
}
