//! `calls`: live ones, and the last ones that ended.

use super::millis;
use crate::Model;
use crate::calls::{Call, Way};
use crate::channels::Channel;
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
            outcome(c),
            Value::from(c.ended_by()),
            Value::from(c.visited),
            Value::count(c.agents_talked.len()),
            Value::from(c.transfers),
            Value::Bool(c.conferenced),
            Value::Bool(c.was_parked),
            Value::text_or_null(&c.work_code),
            Value::count(c.channels.len()),
            Value::from(ended.map(|e| e.why.word())),
        ]
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
fn outcome(c: &Call) -> Value {
    let word = match (c.outcome, &c.end) {
        (Some(outcome), _) => outcome_word(outcome),
        (None, None) => return Value::Null,
        (None, Some(_)) if c.answered_at.is_some() => "ANSWERED",
        (None, Some(_)) => "NOT_ANSWERED",
    };
    Value::from(word)
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
