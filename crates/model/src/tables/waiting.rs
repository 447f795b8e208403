//! `waiting`: the callers of every split, in the order in which they will be served.

use crate::Model;
use facts::Stamp;
use facts::table::{Row, Value};

impl Model {
    pub(super) fn waiting_rows(&self, at: Stamp) -> Vec<Row> {
        let mut rows = Vec::new();
        for (_, split) in self.splits.iter() {
            for (i, key) in split.order.iter().enumerate() {
                let Some(visit) = self.visits.get(*key) else { continue };
                let Some(caller) = self.channels.get(visit.caller) else { continue };
                let call = self.calls.get(visit.call).and_then(|c| c.ids.first());
                let rung = caller.offers.last().and_then(|key| self.agents.get(*key));
                rows.push(vec![
                    self.acd(),
                    Value::Text(split.id.0.clone()),
                    Value::Text(caller.id.0.clone()),
                    Value::from(call.map(|id| id.0.clone())),
                    Value::count(i + 1),
                    Value::Stamp(visit.since),
                    super::age(visit.since, at),
                    Value::from(rung.map(|agent| agent.id.0.clone())),
                ]);
            }
        }
        rows
    }
}
