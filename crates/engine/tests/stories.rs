//! The stories that captures of a real Asterisk give: against what a person derived from the
//! witnesses (`fixtures/expected/stories`), and against what must hold for every one of them.

mod captures;

use captures::{Capture, all, new_fold};
use engine::{AgentDay, CallLife, Fold, STATES, Stories};
use facts::table::Value;
use facts::{AgentId, CallId, Record, Stamp, Text};
use model::Step;
use std::collections::{BTreeMap, BTreeSet};

/// A capture, folded and told.
struct Told {
    fold: Fold,
    steps: Vec<Step>,
    stories: Stories,
}

/// Ten seconds after the last record.
fn end(records: &[Record]) -> Stamp {
    records.iter().map(|r| r.stamp).max().unwrap_or_default().plus_secs(10)
}

fn told(capture: &Capture) -> Told {
    let mut fold = new_fold();
    fold.tell_steps();
    let records = capture.records();
    let end = end(&records);
    for record in records {
        fold.push(record);
    }
    fold.settle();
    // The last wrap-up ends, and nothing of an agent's last state is held back any more.
    fold.advance(end);
    let mut steps = Vec::new();
    fold.take_steps(&mut steps);
    let stories = Stories::new();
    stories.take(&Text::from("pbx"), steps.clone());
    stories.at(&Text::from("pbx"), fold.now(), 0);
    Told { fold, steps, stories }
}

impl Told {
    fn calls(&self) -> Vec<CallLife> {
        let id = |s: &Step| match s {
            Step::Call(c) => Some(c.call.clone()),
            _ => None,
        };
        let ids: BTreeSet<CallId> = self.steps.iter().filter_map(id).collect();
        let life = |id: &CallId| self.stories.call_life("pbx", id).expect("it was told");
        let mut lives: Vec<CallLife> = ids.iter().map(life).collect();
        lives.sort_by(|a, b| (a.began, &a.call).cmp(&(b.began, &b.call)));
        lives.dedup_by(|a, b| a.call == b.call);
        lives
    }

    fn days(&self) -> Vec<AgentDay> {
        let id = |s: &Step| match s {
            Step::Agent(a) => Some(a.agent.clone()),
            _ => None,
        };
        let ids: BTreeSet<AgentId> = self.steps.iter().filter_map(id).collect();
        ids.iter().filter_map(|id| self.stories.agent_day("pbx", id)).collect()
    }
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

/// Whole seconds, rounded, of microseconds.
fn seconds(us: i64) -> i64 {
    (us + 500_000).div_euclid(1_000_000)
}

/// A life as lines: seconds, kind, queue, agent, detail.
fn life_lines(life: &CallLife) -> Vec<Vec<String>> {
    let step = |s: &engine::CallStep| {
        vec![
            seconds(s.at.since(life.began)).to_string(),
            s.kind.to_owned(),
            s.split.as_deref().unwrap_or("-").to_owned(),
            s.agent.as_deref().unwrap_or("-").to_owned(),
            or_dash(&s.detail).to_owned(),
        ]
    };
    life.steps.iter().map(step).collect()
}

/// A day as lines: state, queue, reason or direction, seconds.
fn day_lines(day: &AgentDay) -> Vec<Vec<String>> {
    let span = |s: &engine::AgentSpan| {
        vec![
            s.state.to_owned(),
            s.split.as_deref().unwrap_or("-").to_owned(),
            s.direction.unwrap_or_else(|| or_dash(&s.reason)).to_owned(),
            s.to.map_or_else(|| "...".to_owned(), |to| seconds(to.since(s.from)).to_string()),
        ]
    };
    day.spans.iter().map(span).collect()
}

/// Whether a cell is as wanted: numbers give or take one, `*` at the end is anything.
fn fits(want: &str, have: &str) -> bool {
    match (want.parse::<i64>(), have.parse::<i64>()) {
        (Ok(a), Ok(b)) if want.len() < 4 => (a - b).abs() <= 1,
        _ => match want.strip_suffix('*') {
            Some(head) => have.starts_with(head.trim_end()),
            None => want == have,
        },
    }
}

fn compare(heading: &str, want: &[Vec<String>], have: &[Vec<String>]) -> Result<(), String> {
    let line = |w: &Vec<String>, h: &Vec<String>| {
        w.len() == h.len() && w.iter().zip(h).all(|(w, h)| fits(w, h))
    };
    if want.len() == have.len() && want.iter().zip(have).all(|(w, h)| line(w, h)) {
        return Ok(());
    }
    let mut text = format!("{heading}\n");
    for (name, lines) in [("wanted", want), ("found", have)] {
        text.extend(["  ", name, "\n"]);
        for cells in lines {
            text.extend(["    ", &cells.join("  "), "\n"]);
        }
    }
    Err(text)
}

/// Checks one section of an expectation.
fn check(told: &Told, heading: &str, want: &[Vec<String>]) -> Result<(), String> {
    let (kind, name) = heading.split_once(' ').ok_or("a heading is `call N` or `agent ID`")?;
    match kind {
        "call" => {
            let nth: usize = name.parse().map_err(|_| format!("no number: {name}"))?;
            let calls = told.calls();
            let life = calls.get(nth - 1).ok_or_else(|| format!("there are {}", calls.len()))?;
            compare(heading, want, &life_lines(life))
        }
        "agent" => {
            let day = told.stories.agent_day("pbx", name).ok_or("no such agent")?;
            compare(heading, want, &day_lines(&day))
        }
        _ => Err(format!("no such kind: {kind}")),
    }
}

/// The sections of an expectation: heading and lines of cells. A detail may hold blanks.
fn sections(text: &str) -> Vec<(String, Vec<Vec<String>>)> {
    let mut sections: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    let mut inside = false;
    for line in text.lines().map(str::trim).filter(|l| !l.starts_with('#')) {
        match (inside, line.is_empty()) {
            (_, true) => inside = false,
            (false, false) => {
                sections.push((line.to_owned(), Vec::new()));
                inside = true;
            }
            (true, false) => {
                let Some((heading, lines)) = sections.last_mut() else { continue };
                let columns = if heading.starts_with("call") { 5 } else { 4 };
                let mut rest = line;
                let mut cells = Vec::new();
                while cells.len() + 1 < columns {
                    let (cell, more) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
                    cells.push(cell.to_owned());
                    rest = more.trim_start();
                }
                cells.push(rest.to_owned());
                lines.push(cells);
            }
        }
    }
    sections
}

#[test]
fn every_story_is_what_its_witnesses_tell() {
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/expected/stories");
    let (mut wrong, mut checked) = (Vec::new(), 0);
    for capture in all() {
        let Ok(text) = std::fs::read_to_string(format!("{dir}/{}.txt", capture.name)) else {
            continue;
        };
        let told = told(&capture);
        for (heading, want) in sections(&text) {
            checked += 1;
            if let Err(difference) = check(&told, &heading, &want) {
                wrong.push(format!("{}/{} {difference}", capture.version, capture.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} of {checked} differ", wrong.join("\n"), wrong.len());
    assert!(checked > 45, "only {checked} were checked");
}

#[test]
fn a_call_begins_with_its_entry_and_ends_with_its_end() {
    let mut ended = 0;
    for capture in all() {
        let name = format!("{}/{}", capture.version, capture.name);
        for life in told(&capture).calls() {
            let steps = &life.steps;
            let what = format!("{name} {}: {:#?}", life.call, life_lines(&life));
            assert_eq!(steps.first().map(|s| s.kind), Some("entry"), "{what}");
            let last = steps.iter().rev().find(|s| s.kind != "code");
            let over = last.filter(|s| s.kind == "hangup");
            assert_eq!(life.ended, over.map(|s| s.at), "{what}");
            assert_eq!(life.ended.is_some(), over.is_some(), "{what}");
            assert!(steps.windows(2).all(|w| w[0].at <= w[1].at), "{what}");
            for one in ["entry", "hangup"] {
                assert!(steps.iter().filter(|s| s.kind == one).count() <= 1, "{what}");
            }
            assert!(life.ids.contains(&life.call) && !life.cut, "{what}");
            ended += usize::from(life.ended.is_some());
        }
    }
    assert!(ended > 200, "only {ended} calls ended");
}

/// The spans of an agent and the clocks of his row in `agents` are told by different code.
#[test]
fn the_spans_of_an_agent_add_up_to_his_clocks() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for capture in all() {
        let told = told(&capture);
        let at = told.fold.now();
        let table = told.fold.table("agents", at).expect("there is one");
        let place = |column: &str| table.shape.column(column).expect("there is one");
        for row in &table.rows {
            let Value::Text(agent) = &row[place("agent")] else { panic!("agents are text") };
            let Some(day) = told.stories.agent_day("pbx", agent) else { continue };
            let mut sums: BTreeMap<&str, i64> = STATES.iter().map(|s| (*s, 0)).collect();
            for span in &day.spans {
                *sums.entry(span.state).or_default() += span.to.unwrap_or(at).since(span.from);
            }
            // What was taken back or passed through counts for its neighbour, and milliseconds
            // are cut off.
            let most = i64::try_from(day.spans.len()).expect("few") + 12;
            for (state, column) in [
                ("AVAIL", "avail_ms"),
                ("RING", "ring_ms"),
                ("ACD", "acd_ms"),
                ("ACW", "acw_ms"),
                ("AUX", "aux_ms"),
                ("OTHER", "other_ms"),
            ] {
                let Value::Int(clock) = row[place(column)] else { panic!("{column}") };
                let spans = sums[state] / 1_000;
                compared += 1;
                if (spans - clock).abs() > most {
                    wrong.push(format!(
                        "{}/{} {agent} {state}: spans {spans} ms, clock {clock} ms, {:?}",
                        capture.version,
                        capture.name,
                        day_lines(&day)
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 300, "only {compared} clocks were compared");
}

/// A day has no gap, and no span in it but a queue call's ringing that nobody could see.
#[test]
fn a_day_is_whole_and_shows_no_flaps() {
    let mut spans = 0;
    for capture in all() {
        for day in told(&capture).days() {
            let what = format!("{}/{} {}", capture.version, capture.name, day.agent);
            for pair in day.spans.windows(2) {
                assert_eq!(pair[0].to, Some(pair[1].from), "{what}");
                let lasted = pair[1].from.since(pair[0].from);
                assert!(lasted > model::PASSING || pair[0].state == "RING", "{what}: {pair:#?}");
                let again =
                    engine::AgentSpan { from: pair[0].from, to: pair[0].to, ..pair[1].clone() };
                assert_ne!(again, pair[0], "{what}: the same twice");
                spans += 1;
            }
            assert_eq!(day.spans.last().and_then(|s| s.to), None, "{what}");
        }
    }
    assert!(spans > 300, "only {spans} spans");
}

/// Telling changes nothing, and how often time is let pass or steps are taken shows nowhere.
#[test]
fn stories_are_a_function_of_the_records() {
    for capture in all() {
        let what = format!("{}/{}", capture.version, capture.name);
        let whole = told(&capture);
        let (mut fold, mut steps) = (new_fold(), Vec::new());
        fold.tell_steps();
        let mut silent = new_fold();
        let records = capture.records();
        let end = end(&records);
        for record in records {
            // As the server does: nothing stamped earlier than this comes any more.
            let safe = record.stamp.plus(-250_000);
            silent.push(record.clone());
            fold.push(record);
            if safe > fold.now() {
                fold.advance(safe);
            }
            fold.take_steps(&mut steps);
        }
        fold.settle();
        fold.advance(end);
        fold.take_steps(&mut steps);
        silent.settle();
        silent.advance(end);
        assert_eq!(silent.digest(), whole.fold.digest(), "{what}: telling changes something");
        let kinds = |all: &[Step]| {
            let mut agents: BTreeMap<AgentId, Vec<Step>> = BTreeMap::new();
            let mut calls: BTreeMap<CallId, Vec<Step>> = BTreeMap::new();
            let mut minutes = Vec::new();
            for step in all {
                match step {
                    Step::Agent(a) => agents.entry(a.agent.clone()).or_default().push(step.clone()),
                    Step::Call(c) => calls.entry(c.call.clone()).or_default().push(step.clone()),
                    Step::Minute(m) => minutes.push(m.clone()),
                }
            }
            (agents, calls, minutes)
        };
        assert_eq!(kinds(&steps), kinds(&whole.steps), "{what}");
    }
}

/// The minutes of a queue add up to its counts of the day.
#[test]
fn the_minutes_of_a_queue_add_up_to_its_day() {
    let mut calls = 0;
    for capture in all() {
        let mut told = told(&capture);
        let at = told.fold.now();
        told.fold.tell_minute_so_far(at);
        told.fold.take_steps(&mut told.steps);
        told.stories.take(&Text::from("pbx"), told.steps.clone());
        let table = told.fold.table("queues", at).expect("there is one");
        let place = |column: &str| table.shape.column(column).expect("there is one");
        for row in &table.rows {
            let Value::Text(queue) = &row[place("queue")] else { panic!("queues are text") };
            let hour = told.stories.queue_hour("pbx", queue).expect("every queue has its minutes");
            assert_eq!(hour.minutes.len(), engine::MINUTES);
            assert!(hour.minutes.windows(2).all(|w| w[1].at.since(w[0].at) == 60_000_000));
            let sum = |of: fn(&engine::Minute) -> u32| {
                Value::Int(hour.minutes.iter().map(|m| i64::from(of(m))).sum())
            };
            let what = format!("{}/{} {queue}", capture.version, capture.name);
            assert_eq!(row[place("offered")], sum(|m| m.offered), "{what}");
            assert_eq!(row[place("answered")], sum(|m| m.answered), "{what}");
            assert_eq!(row[place("answered_in_sl")], sum(|m| m.answered_in_sl), "{what}");
            assert_eq!(row[place("abandoned")], sum(|m| m.abandoned), "{what}");
            assert_eq!(row[place("refused")], sum(|m| m.refused), "{what}");
            let now = hour.minutes.last().expect("sixty");
            assert_eq!(row[place("staffed")], Value::from(now.staffed), "{what}");
            assert_eq!(row[place("available")], Value::from(now.available), "{what}");
            let waited = hour.minutes.iter().map(|m| m.oldest_wait_max_s).max();
            let Value::Int(longest) = row[place("longest_wait_ms")] else { panic!("a number") };
            assert!(i64::from(waited.unwrap_or(0)) >= longest / 1_000, "{what}");
            calls += hour.minutes.iter().map(|m| m.offered).sum::<u32>();
        }
    }
    assert!(calls > 200, "only {calls} calls");
}

#[test]
fn an_unknown_name_has_no_story() {
    let told = told(&all()[0]);
    assert_eq!(told.stories.agent_day("pbx", "PJSIP/9999"), None);
    assert_eq!(told.stories.agent_day("other", "PJSIP/1001"), None);
    assert_eq!(told.stories.call_life("pbx", "1.1"), None);
    assert_eq!(told.stories.queue_hour("pbx", "nowhere"), None);
    assert!(told.fold.now() > Stamp(0));
}
