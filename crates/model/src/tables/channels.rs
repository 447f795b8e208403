//! `channels`: what the switch holds open.

use super::direction_word;
use crate::Model;
use facts::Phase;
use facts::table::{Row, Value};

impl Model {
    pub(super) fn channels_rows(&self) -> Vec<Row> {
        let mut rows = Vec::with_capacity(self.channels.len());
        for (_, c) in self.channels.iter() {
            let endpoint = c.endpoint.and_then(|e| self.endpoints.get(e));
            let owner = endpoint.and_then(|e| e.agents.first().copied()).or(c.seat);
            let owner = owner.and_then(|a| self.agents.get(a));
            let call = self.calls.get(c.call).and_then(|c| c.ids.first());
            let bridge = c.bridge.and_then(|b| self.bridges.get(b));
            rows.push(vec![
                self.acd(),
                Value::Text(c.id.0.clone()),
                Value::Text(c.name.clone()),
                Value::Text(c.device.0.clone()),
                Value::from(call.map(|i| i.0.clone())),
                Value::from(match c.phase {
                    Phase::Down => "DOWN",
                    Phase::Calling => "CALLING",
                    Phase::Ringing => "RINGING",
                    Phase::Up => "UP",
                }),
                Value::from(direction_word(c.direction)),
                Value::text_or_null(&c.number),
                Value::text_or_null(&c.party),
                Value::text_or_null(&c.dialled),
                Value::text_or_null(&c.context),
                Value::text_or_null(&c.exten),
                Value::text_or_null(&c.application),
                Value::from(bridge.map(|b| b.id.0.clone())),
                Value::Bool(c.held),
                Value::from(owner.map(|a| a.id.0.clone())),
                Value::from(endpoint.filter(|e| e.trunk).map(|e| e.id.0.clone())),
                Value::Stamp(c.began),
            ]);
        }
        rows
    }
}
