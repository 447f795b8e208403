//! The clocks of cms.md 2.2 from nothing but the ledger: they must be the model's own, to the
//! microsecond, whatever the facts, as long as the switch's clock is not set back.

#[path = "../../tests/fold/any.rs"]
mod any;

use crate::clocks::{Clocks, aux_code};
use crate::{Model, Settings};
use any::any_facts;
use facts::{AgentId, Device, Direction, Fact, HowSeen, Member, SplitId, Stamp, Text, Timed};
use history::ledger::{AgentNow, Entry, MemberNow, Mode, What};
use proptest::prelude::*;
use std::collections::BTreeMap;

type Rows = BTreeMap<(AgentId, SplitId), Clocks>;

#[derive(Default)]
struct Replay {
    heard: bool,
    agents: BTreeMap<AgentId, (AgentNow, Stamp)>,
    rows: Rows,
}

impl Replay {
    fn take(&mut self, entry: &Entry) {
        match &entry.what {
            What::Link(link) => {
                self.until(entry.at);
                self.heard = link.heard;
                if link.restarted {
                    self.agents.clear();
                }
            }
            What::Agent(now) => {
                if let Some((before, since)) = self.agents.get_mut(&now.agent) {
                    run(before, since, entry.at, self.heard, &mut self.rows);
                    *before = AgentNow::clone(now);
                } else {
                    let new = (AgentNow::clone(now), entry.at);
                    self.agents.insert(now.agent.clone(), new);
                }
            }
            _ => {}
        }
    }

    fn until(&mut self, at: Stamp) {
        for (now, since) in self.agents.values_mut() {
            run(now, since, at, self.heard, &mut self.rows);
        }
    }
}

/// Lets an agent's clocks run to `at`.
fn run(now: &AgentNow, since: &mut Stamp, at: Stamp, heard: bool, rows: &mut Rows) {
    let d = at.since(*since);
    if d <= 0 {
        return;
    }
    *since = at;
    for (i, m) in now.members.iter().enumerate().filter(|_| heard) {
        let row = rows.entry((now.agent.clone(), m.split.clone())).or_default();
        row_runs(now, m, d, row);
        own_calls_run(now, m, i == 0, d, row);
        if i == 0 {
            person_runs(now, d, row);
        }
    }
}

/// As the split sees him.
fn row_runs(now: &AgentNow, m: &MemberNow, d: i64, row: &mut Clocks) {
    row.staff += d;
    match (m.mode, now.direction) {
        (Mode::Avail, _) => row.avail += d,
        (Mode::Ring, _) => row.ring += d,
        (Mode::Acd, _) => row.acd += d,
        (Mode::Acw, direction) => {
            row.acw += d;
            row.acw_in += if direction == Some(Direction::In) { d } else { 0 };
            row.acw_out += if direction == Some(Direction::Out) { d } else { 0 };
        }
        (Mode::Aux, _) => {
            row.aux += d;
            row.aux_by[aux_code(if m.paused { &m.reason } else { "" })] += d;
        }
        (Mode::Other, _) => {
            row.other += d;
            row.acd_other += if now.held_split.as_ref() == Some(&m.split) { d } else { 0 };
        }
    }
}

fn own_calls_run(now: &AgentNow, m: &MemberNow, oldest: bool, d: i64, row: &mut Clocks) {
    let held = now.held_split.as_ref();
    let with_held = if held.is_some() { d } else { 0 };
    match (now.mode, now.direction) {
        (Mode::Aux, Some(Direction::In)) if oldest => {
            row.aux_in += d;
            row.acd_aux_in += with_held;
        }
        (Mode::Aux, Some(Direction::Out))
            if held == Some(&m.split) || (oldest && !is_in(now, held)) =>
        {
            row.aux_out += d;
            row.acd_aux_out += with_held;
        }
        _ => {}
    }
}

/// As a person, once.
fn person_runs(now: &AgentNow, d: i64, row: &mut Clocks) {
    row.ti_staff += d;
    let in_a_row = is_in(now, now.work_split.as_ref());
    match now.mode {
        Mode::Avail => row.ti_avail += d,
        Mode::Aux => {
            row.ti_aux += d;
            row.ti_aux_by[aux_code(&now.reason)] += d;
        }
        Mode::Ring | Mode::Acd | Mode::Acw if in_a_row => {}
        Mode::Acw if now.work_split.is_none() => {}
        _ => row.ti_other += d,
    }
}

fn is_in(now: &AgentNow, split: Option<&SplitId>) -> bool {
    now.members.iter().any(|m| Some(&m.split) == split)
}

/// Ann logs on: the stream begins without a resync, and there is always somebody.
fn begins() -> Timed {
    let member = Member {
        agent: "PJSIP/1001".into(),
        split: "q0".into(),
        name: Text::from("Ann"),
        device: "PJSIP/1001".into(),
        penalty: 0,
        paused: false,
        reason: Text::from(""),
        status: Device::Idle,
        calls_taken: 0,
        last_call: None,
        last_pause: None,
        logged_on: None,
        wrapup_s: 2,
        seen: HowSeen::Added,
    };
    Timed { at: Stamp::from_secs(1_000_000), fact: Fact::MemberIs(Box::new(member)) }
}

proptest! {
    #[test]
    fn the_ledgers_clocks_are_the_models(facts in any_facts(false)) {
        let mut model = Model::new(Settings::new("pbx"));
        model.write_ledger();
        model.apply(&begins());
        for t in &facts {
            // If nobody said that the link was lost, the ledger ends at the last word; the model's
            // clocks may have been looked at since.
            if model.live() && t.fact == Fact::LinkUp {
                continue;
            }
            model.apply(t);
        }
        let end = model.now().plus_secs(10);
        model.advance(end);
        let mut entries = Vec::new();
        model.take_entries(&mut entries);
        let mut replay = Replay::default();
        for entry in &entries {
            replay.take(entry);
        }
        replay.until(end);
        let mut rows = Rows::new();
        for (_, agent) in model.agents.iter() {
            for (i, m) in agent.members.iter().enumerate() {
                let clocks = agent.clocks_at(i, end, model.live);
                if clocks != Clocks::default() {
                    let split = model.splits.get(m.split).unwrap().id.clone();
                    rows.insert((agent.id.clone(), split), clocks);
                }
            }
        }
        prop_assert_eq!(rows, replay.rows, "{:#?}", entries);
    }
}
