//! `csplit`, CMS's real-time table of splits.

use super::queues::Floor;
use super::{age, secs};
use crate::Model;
use crate::splits::Split;
use facts::Stamp;
use facts::table::{Row, Value};

impl Model {
    pub(super) fn csplit_rows(&self, at: Stamp) -> Vec<Row> {
        let floors = self.floors(Some(at));
        let row = |(key, s)| floors.get(&key).map(|floor| self.csplit_row(s, floor, at));
        self.splits.iter().filter_map(row).collect()
    }

    fn csplit_row(&self, s: &Split, floor: &Floor, at: Stamp) -> Row {
        let (t, c) = (&s.tally, &floor.clocks);
        let ringing = self.ringing_in(s);
        let mut row = vec![
            self.acd(),
            Value::Text(s.id.0.clone()),
            Value::Text(s.id.0.clone()),
            Value::count(s.waiting.len().saturating_sub(ringing)),
            Value::count(ringing),
            s.waiting.first().map_or(Value::Int(0), |(since, _)| age(*since, at)),
        ];
        let counts = [
            floor.staffed,
            floor.available,
            floor.ringing,
            floor.on_acd,
            floor.in_acw,
            floor.in_aux,
        ];
        row.extend(counts.into_iter().chain(floor.in_aux_by).map(Value::Int));
        row.extend(
            [
                floor.on_aux_in,
                floor.on_aux_out,
                floor.on_acw_in,
                floor.on_acw_out,
                floor.other,
                t.acd_calls + t.abandoned + t.outflow() + t.refused + t.lost,
                t.acd_calls,
            ]
            .map(Value::Int),
        );
        row.extend([t.acd_time, t.acw_time, t.answer_time].map(secs));
        row.push(Value::Int(t.acceptable));
        row.push(Value::from(self.settings.service_level(&s.id)));
        row.extend([Value::Int(t.abandoned), secs(t.wait_abandoned)]);
        row.push(Value::Int(t.abandoned_ringing));
        row.extend([Value::Int(t.outflow()), secs(t.wait_outflow)]);
        row.extend([t.inflow, t.refused, t.lost, t.rona, t.ring_calls].map(Value::Int));
        row.extend([secs(t.ring_time), Value::Int(t.hold_calls), secs(t.hold_time)]);
        row.extend([Value::Int(t.transferred), Value::count(t.max_waiting)]);
        row.extend([secs(t.longest_wait), Value::Int(t.arrived)]);
        row.extend([c.staff, c.avail, c.acd, c.acw, c.aux, c.ring, c.other].map(secs));
        row
    }
}
