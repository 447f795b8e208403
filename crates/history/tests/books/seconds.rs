//! The clocks of cms.md 2.2 as it writes them: every second of every agent by itself. Slow, and
//! for comparison only.

use facts::{Direction, SplitId, Stamp};
use history::ledger::{AgentNow, Entry, MemberNow, Mode, What};
use std::collections::{BTreeMap, BTreeSet};

/// By agent and split, every clock that has run.
type Rows = BTreeMap<(String, String), BTreeMap<String, i64>>;

/// All clocks of a ledger, from its first moment to its last.
pub(crate) fn each_second(entries: &[Entry]) -> Rows {
    let (Some(first), Some(last)) = (entries.first(), entries.iter().map(|e| e.at).max()) else {
        return Rows::new();
    };
    let mut rows = Rows::new();
    let heard = heard(entries);
    let agents: BTreeSet<String> =
        entries.iter().filter_map(told).map(|a| a.agent.to_string()).collect();
    for agent in agents {
        let states = states(entries, &agent);
        for second in first.at.secs()..last.secs() {
            let is = |at: &i64| *at <= second;
            if heard.iter().rfind(|(at, _)| is(at)).is_some_and(|(_, heard)| *heard)
                && let Some((_, Some(now))) = states.iter().rfind(|(at, _)| is(at))
            {
                one(now, &mut rows);
            }
        }
    }
    rows
}

fn told(entry: &Entry) -> Option<&AgentNow> {
    match &entry.what {
        What::Agent(now) => Some(now),
        _ => None,
    }
}

/// Since which second the switch is heard or not.
fn heard(entries: &[Entry]) -> Vec<(i64, bool)> {
    let mut now = Stamp(i64::MIN);
    let link = |e: &Entry| {
        now = now.max(e.at);
        match &e.what {
            What::Link(link) => Some((now.secs(), link.heard)),
            _ => None,
        }
    };
    entries.iter().filter_map(link).collect()
}

/// How an agent is since which second; None: the switch forgot him.
fn states<'a>(entries: &'a [Entry], agent: &str) -> Vec<(i64, Option<&'a AgentNow>)> {
    let (mut now, mut states) = (Stamp(i64::MIN), Vec::new());
    let (mut up_to, mut heard) = (i64::MIN, false);
    for entry in entries {
        now = now.max(entry.at);
        match &entry.what {
            What::Agent(told) if &*told.agent == agent => {
                // What is told of the time before the link turned is too late for it.
                states.push((entry.at.secs().max(up_to), Some(&**told)));
            }
            // A link that is told to be as it is turns nothing.
            What::Link(link) if link.restarted || link.heard != heard => {
                heard = link.heard;
                up_to = now.secs();
                if link.restarted {
                    states.push((up_to, None));
                }
            }
            _ => {}
        }
    }
    states
}

/// One second of an agent.
fn one(now: &AgentNow, rows: &mut Rows) {
    let held = now.held_split.as_ref();
    let is_in = |split: &SplitId| now.members.iter().any(|m| m.split == *split);
    for (place, m) in now.members.iter().enumerate() {
        let mut tick = |clock: &str| {
            let row = rows.entry((now.agent.to_string(), m.split.to_string())).or_default();
            *row.entry(clock.to_owned()).or_default() += 1;
        };
        tick("i_stafftime");
        match m.mode {
            Mode::Avail => tick("i_availtime"),
            Mode::Ring => tick("i_ringtime"),
            Mode::Acd => tick("i_acdtime"),
            Mode::Acw => {
                tick("i_acwtime");
                match now.direction {
                    Some(Direction::In) => tick("i_acwintime"),
                    Some(Direction::Out) => tick("i_acwouttime"),
                    None => {}
                }
            }
            Mode::Aux => {
                tick("i_auxtime");
                tick(&format!("i_auxtime{}", code(m)));
            }
            Mode::Other => {
                tick("i_othertime");
                if held == Some(&m.split) {
                    tick("i_acdothertime");
                }
            }
        }
        let oldest = place == 0;
        if now.mode == Mode::Aux {
            let out_here = held.map_or(oldest, |h| *h == m.split || (oldest && !is_in(h)));
            if now.direction == Some(Direction::In) && oldest {
                tick("i_auxintime");
                held.iter().for_each(|_| tick("i_acdauxintime"));
            }
            if now.direction == Some(Direction::Out) && out_here {
                tick("i_auxouttime");
                held.iter().for_each(|_| tick("i_acdaux_outtime"));
            }
        }
        if !oldest {
            continue;
        }
        tick("ti_stafftime");
        let covered = match (now.mode, &now.work_split) {
            (Mode::Ring | Mode::Acd | Mode::Acw, Some(split)) => is_in(split),
            (Mode::Acw, None) => true,
            _ => false,
        };
        match now.mode {
            _ if covered => {}
            Mode::Avail => tick("ti_availtime"),
            Mode::Aux => {
                tick("ti_auxtime");
                tick(&format!("ti_auxtime{}", number(&now.reason)));
            }
            _ => tick("ti_othertime"),
        }
    }
}

fn code(m: &MemberNow) -> i64 {
    if m.paused { number(&m.reason) } else { 0 }
}

/// As the properties set it: lunch is 7.
fn number(reason: &str) -> i64 {
    if reason == "lunch" { 7 } else { reason.parse().unwrap_or(0) }
}
