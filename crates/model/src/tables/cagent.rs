//! `cagent`, CMS's real-time table of agents: one row per agent and split.

use super::{age, direction, direction_word, secs};
use crate::Model;
use crate::agent_state::Mode;
use crate::agents::{Agent, Membership};
use crate::settings::extension;
use facts::Stamp;
use facts::table::{Row, Value};

impl Model {
    pub(super) fn cagent_rows(&self, at: Stamp) -> Vec<Row> {
        let mut rows = Vec::new();
        for agent in self.agents_by_id() {
            for (i, m) in agent.members.iter().enumerate().filter(|(_, m)| m.on) {
                rows.push(self.cagent_row(agent, i, m, at));
            }
        }
        rows
    }

    fn cagent_row(&self, a: &Agent, i: usize, m: &Membership, at: Stamp) -> Row {
        let state = &a.state;
        let (mode, _) = a.mode_in(i);
        let agstate = state.direction.map_or_else(
            || Value::from(state.mode.word()),
            |d| Value::from(format!("{}-{}", state.mode.word(), direction_word(d)).as_str()),
        );
        let oldest = a.oldest.and_then(|i| a.members.get(i));
        let oldest = oldest.map_or(Value::Null, |m| self.split_name(m.split));
        let work_split = match (state.mode, state.split) {
            (_, Some(s)) => self.split_name(s),
            // A call of his own belongs to the oldest log-on, or to the queue call he holds.
            (Mode::Aux, None) if state.direction.is_some() => {
                a.held_split.map_or_else(|| oldest.clone(), |s| self.split_name(s))
            }
            (Mode::Acw, None) => oldest.clone(),
            _ => Value::Null,
        };
        let reason = match mode {
            Mode::Aux if m.paused => Value::text_or_null(&m.reason),
            _ => Value::Null,
        };
        let (c, t) = (a.clocks_at(i, at, self.live), &m.tally);
        let mut row = vec![
            self.acd(),
            Value::Text(a.id.0.clone()),
            self.split_name(m.split),
            Value::Text(a.device.0.clone()),
            Value::from(extension(&a.device)),
            Value::text_or_null(&a.name),
            Value::from(mode.word()),
            Value::from(state.mode.word()),
            agstate,
            direction(state.direction),
            age(m.mode_since, at),
            age(a.since, at),
            work_split,
            reason,
            Value::Int(i64::from(m.penalty) + 1),
            Value::count(a.works.iter().filter(|w| w.held_since.is_some()).count()),
            Value::Stamp(m.logged_on),
            oldest,
            Value::Int(t.acd_calls),
            secs(t.acd_time),
            secs(t.acw_time),
            Value::Int(t.ring_calls),
            secs(t.ring_time),
            Value::Int(t.rona),
            Value::Int(t.hold_calls),
            secs(t.hold_time),
            Value::Int(t.transferred),
        ];
        let clocks = [
            c.staff,
            c.avail,
            c.acd,
            c.acw,
            c.aux,
            c.ring,
            c.other,
            c.aux_in,
            c.aux_out,
            c.acw_in,
            c.acw_out,
            c.acd_aux_in,
            c.acd_aux_out,
            c.acd_other,
            c.ti_staff,
            c.ti_avail,
            c.ti_aux,
            c.ti_other,
        ];
        row.extend(clocks.map(secs));
        row
    }
}
