//! `agents`: one row for a person, whatever his splits.

use super::{age, direction, millis};
use crate::Model;
use crate::agents::Agent;
use crate::arena::Key;
use crate::channels::Channel;
use crate::clocks::Clocks;
use facts::Stamp;
use facts::table::{Row, Value};

impl Model {
    pub(super) fn agents_rows(&self, at: Stamp) -> Vec<Row> {
        let agents = self.agents_by_id();
        agents.into_iter().filter(|a| a.staffed()).map(|a| self.agent_row(a, at)).collect()
    }

    /// The channel of what he does now: the caller who rings or the phone that talks.
    pub(crate) fn present_channel(&self, agent: &Agent) -> Option<Key<Channel>> {
        let work = agent.works.iter().rev().find(|w| w.held_since.is_none());
        let own = || {
            let phones = agent.phones.iter().filter_map(|p| self.endpoints.get(*p));
            let mut keys: Vec<_> = phones.flat_map(|e| e.channels.iter().copied()).collect();
            keys.retain(|k| self.channels.get(*k).is_some_and(|c| !c.queue_leg || c.talking));
            keys.into_iter().max_by_key(|k| {
                self.channels.get(*k).map(|c| (!c.held, c.phase, c.began, c.id.clone()))
            })
        };
        let ring = || agent.rings.last().map(|r| r.caller);
        let held = || agent.works.last().and_then(crate::agents::Work::seat);
        match work {
            Some(w) => w.seat().or(w.caller),
            None => own().or_else(ring).or_else(held),
        }
    }

    /// Since when the call is on hold that he has had on hold longest.
    fn hold_since(&self, agent: &Agent) -> Option<Stamp> {
        let works = agent.works.iter().filter_map(|w| w.held_since);
        let phones = agent.phones.iter().filter_map(|p| self.endpoints.get(*p));
        let channels = phones.flat_map(|e| e.channels.iter().filter_map(|k| self.channels.get(*k)));
        let own = channels.filter(|c| c.held && !c.queue_leg).map(|c| c.talking_since);
        works.chain(own).min()
    }

    fn agent_row(&self, a: &Agent, at: Stamp) -> Row {
        let state = &a.state;
        let channel = self.present_channel(a).and_then(|k| self.channels.get(k));
        let call = channel.and_then(|c| self.calls.get(c.call));
        let id = call.and_then(|c| c.ids.first()).map(|i| Value::Text(i.0.clone()));
        let party = call.map(|c| {
            let entry = c.entry.and_then(|e| self.channels.get(e)).and_then(|c| c.endpoint);
            let his = entry.is_some_and(|e| a.phones.contains(&e));
            Value::text_or_null(if his { &c.dialled } else { &c.caller })
        });
        let mut splits: Vec<_> = a
            .members
            .iter()
            .filter(|m| m.on)
            .filter_map(|m| self.splits.get(m.split))
            .map(|s| &*s.id)
            .collect();
        splits.sort_unstable();
        let mut sum = Clocks::default();
        for i in 0..a.members.len() {
            sum.sum(&a.clocks_at(i, at, self.live));
        }
        let on_hold = a.works.iter().filter(|w| w.held_since.is_some()).count()
            + a.phones
                .iter()
                .filter_map(|p| self.endpoints.get(*p))
                .flat_map(|e| e.channels.iter())
                .filter_map(|k| self.channels.get(*k))
                .filter(|c| c.held && !c.queue_leg)
                .count();
        let hold_since = self.hold_since(a);
        let logged_on = a.oldest.and_then(|i| a.members.get(i)).map(|m| m.logged_on);
        vec![
            self.acd(),
            Value::Text(a.id.0.clone()),
            Value::text_or_null(&a.name),
            Value::Text(a.device.0.clone()),
            Value::from(state.mode.word()),
            Value::text_or_null(&state.reason),
            direction(state.direction),
            Value::Stamp(a.since),
            age(a.since, at),
            state.split.map_or(Value::Null, |s| self.split_name(s)),
            Value::from(splits.join(" ").as_str()),
            id.unwrap_or(Value::Null),
            party.unwrap_or(Value::Null),
            Value::count(on_hold),
            Value::from(logged_on),
            Value::Int(a.answered),
            Value::Int(a.rona),
            millis(sum.acd),
            millis(sum.acw),
            millis(sum.ti_aux),
            millis(sum.ti_avail),
            millis(sum.ti_staff),
            millis(sum.ring),
            millis(sum.ti_other),
            Value::Int(a.refused),
            Value::Int(a.autopaused),
            Value::Int(a.device_gone),
            Value::from(hold_since),
            hold_since.map_or(Value::Null, |since| age(since, at)),
        ]
    }
}
