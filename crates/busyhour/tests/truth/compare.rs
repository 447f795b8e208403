//! What the tables say beside what was true. Each difference is one line.

use super::hour::{Hour, Rows};
use sim::{CallKind, TrueAgent, TrueCall, TrueState, TrueVisit, VisitEnd};
use std::collections::BTreeMap;

/// How far a wait may be off, in milliseconds: the truth notes a moment before or after a burst
/// of events, each stamped some microseconds later than the one before.
const MS_OFF_MAX: i64 = 1;
/// Talk has more such moments: the answer, the end and every hold.
const TALK_MS_OFF_MAX: i64 = 4;

/// Every queue's counts.
pub(crate) fn queues(hour: &Hour, wrong: &mut Vec<String>) {
    let found = hour.table("queues");
    for queue in &hour.world.truth().queues {
        let Some(row) = found.find("queue", &queue.name) else {
            wrong.push(format!("queue {}: not in the table", queue.name));
            continue;
        };
        let waiting = queue.joined
            - queue.answered
            - queue.abandoned
            - queue.timed_out
            - queue.left_empty
            - queue.exit_key
            - queue.cut;
        for (column, want) in [
            ("offered", queue.joined),
            ("answered", queue.answered),
            // A caller who is cut when the switch stops is heard as one who hung up.
            ("abandoned", queue.abandoned + queue.cut),
            ("timed_out", queue.timed_out),
            ("waiting", waiting),
            ("left_empty", queue.left_empty),
            ("exit_key", queue.exit_key),
            ("refused", queue.refused),
            ("left", 0),
            ("lost", 0),
        ] {
            let have = found.int(row, column);
            if i64::try_from(want) != Ok(have) {
                wrong.push(format!("queue {}: {column} is {have}, was {want}", queue.name));
            }
        }
    }
}

/// Every call: outcome, agent, visits, transfers, times.
pub(crate) fn calls(hour: &Hour, wrong: &mut Vec<String>) {
    let found = hour.table("calls");
    let rows: BTreeMap<String, usize> =
        found.all().map(|row| (found.text(row, "call"), row)).collect();
    let truth = hour.world.truth();
    assert_eq!(truth.calls_forgotten, 0, "the truth must be whole");
    for call in truth.calls.values() {
        match rows.get(&call.uniqueid) {
            Some(row) => one_call(&found, *row, call, hour.now.0, wrong),
            // A consultation that ended in a transfer is part of the caller's call.
            None if call.kind == CallKind::Internal => {}
            None => wrong.push(format!("call {}: not in the table", call.uniqueid)),
        }
    }
    let known: std::collections::BTreeSet<&str> =
        truth.calls.values().map(|call| call.uniqueid.as_str()).collect();
    for call in rows.keys().filter(|call| !known.contains(call.as_str())) {
        wrong.push(format!("call {call}: there was no such call"));
    }
}

fn one_call(found: &Rows, row: usize, call: &TrueCall, now: i64, wrong: &mut Vec<String>) {
    let mut differs = |column: &str, have: String, want: String| {
        if have != want {
            wrong.push(format!("call {}: {column} is {have}, was {want}", call.uniqueid));
        }
    };
    let direction = match call.kind {
        CallKind::Inbound => "IN",
        CallKind::Internal => "INTERNAL",
        CallKind::Outbound => "OUT",
    };
    differs("direction", found.text(row, "direction"), direction.to_owned());
    differs("caller", found.text(row, "caller"), call.caller.clone());
    differs("visits", found.text(row, "splits_visited"), call.visits.len().to_string());
    differs("transfers", found.text(row, "transfers"), call.transfers.to_string());
    differs("parked", found.text(row, "parked"), call.parked.to_string());
    differs("conferenced", found.text(row, "conferenced"), call.conferenced.to_string());
    let ended = if call.ended.is_some() { "ENDED" } else { "live" };
    let state = found.text(row, "state");
    let have = if state == "ENDED" { "ENDED" } else { "live" };
    differs("state", have.to_owned(), ended.to_owned());
    let Some(last) = call.visits.last() else { return };
    differs("split", found.text(row, "split"), last.queue.clone());
    let ended = if call.refused_by.is_some() { "REFUSED" } else { outcome(last) };
    differs("outcome", found.text(row, "outcome"), ended.to_owned());
    if call.transfers == 0 {
        let agent = last.agent.clone();
        if last.end == VisitEnd::Answered {
            differs("agent", found.text(row, "agent"), agent.unwrap_or_default());
        }
        let talk = sum(call, |v| Some((v.answered_at?, v.talk_ended.unwrap_or(now))))
            - call.visits.iter().map(|v| v.hold / 1_000).sum::<i64>();
        let have = found.int(row, "talk_ms");
        // Hold that is going on is not yet in the truth.
        if call.ended.is_some() && (have - talk).abs() > TALK_MS_OFF_MAX {
            differs("talk_ms", have.to_string(), talk.to_string());
        }
    }
    let wait = sum(call, |v| Some((v.joined, v.left.unwrap_or(now))));
    let have = found.int(row, "wait_ms");
    if (have - wait).abs() > MS_OFF_MAX {
        differs("wait_ms", have.to_string(), wait.to_string());
    }
}

fn sum(call: &TrueCall, span: impl Fn(&TrueVisit) -> Option<(i64, i64)>) -> i64 {
    call.visits.iter().filter_map(span).map(|(from, to)| to - from).sum::<i64>() / 1_000
}

fn outcome(visit: &TrueVisit) -> &'static str {
    match visit.end {
        VisitEnd::Waiting => "-",
        VisitEnd::Answered => "ANSWERED",
        VisitEnd::Abandoned | VisitEnd::Cut => "ABANDONED",
        VisitEnd::TimedOut => "TIMED_OUT",
        VisitEnd::LeftEmpty => "LEFT_EMPTY",
        VisitEnd::ExitKey => "EXIT_KEY",
    }
}

/// Every agent's state and counts.
pub(crate) fn agents(hour: &Hour, wrong: &mut Vec<String>) {
    let found = hour.table("agents");
    let truth = hour.world.truth();
    let answered = |interface: &str| {
        let visits = truth.calls.values().flat_map(|call| &call.visits);
        visits.filter(|v| v.agent.as_deref() == Some(interface)).count()
    };
    let staffed = |agent: &TrueAgent| agent.story.back().map(|(_, state)| state.clone());
    for agent in &truth.agents {
        let state = staffed(agent).expect("a story");
        let row = found.find("agent", &agent.interface);
        let Some(row) = row else {
            if state != TrueState::LoggedOff {
                wrong.push(format!("agent {}: not in the table, was {state:?}", agent.interface));
            }
            continue;
        };
        let (have, reason) = (found.text(row, "state"), found.text(row, "reason"));
        let held = found.int(row, "on_hold") > 0;
        let fits = match &state {
            TrueState::LoggedOff => false,
            // The switch pauses an agent in the queue he did not answer for; when that was the
            // last of his queues he is paused, which nobody decided.
            TrueState::Available => have == "AVAIL" || (have == "AUX" && reason == "Auto-Pause"),
            TrueState::Ringing => have == "RING" || rings_otherwise(hour, &agent.interface),
            TrueState::QueueCall => have == "ACD" || held,
            TrueState::WrapUp => have == "ACW",
            TrueState::OtherCall => have == "AUX",
            TrueState::Paused(why) => have == "AUX" && reason == *why,
        };
        let late = have == "ACW" && wrapped_up_just_now(agent, hour.now.0);
        if !fits && !late {
            wrong.push(format!("agent {}: {have} {reason}, was {state:?}", agent.interface));
        }
        let logged_on = |(from, to, state): (i64, i64, &TrueState)| {
            // What nobody heard is nobody's time.
            let (gone, back) = hour.away.unwrap_or_default();
            let unheard = (to.min(back) - from.max(gone)).max(0);
            let span = to - from.max(hour.began()) - unheard;
            if *state == TrueState::LoggedOff { 0 } else { span }
        };
        let want = spans(agent, hour.now.0).map(logged_on).sum::<i64>() / 1_000;
        let have = found.int(row, "staff_ms");
        let changes = i64::try_from(agent.story.len()).unwrap_or(i64::MAX);
        if (have - want).abs() > MS_OFF_MAX * changes {
            wrong.push(format!("agent {}: staff_ms is {have}, was {want}", agent.interface));
        }
        if !held {
            talk(hour, agent, found.int(row, "acd_ms"), wrong);
        }
        let (have, want) = (found.int(row, "acd_calls"), answered(&agent.interface));
        if i64::try_from(want) != Ok(have) {
            wrong.push(format!("agent {}: acd_calls is {have}, was {want}", agent.interface));
        }
    }
    for row in found.all() {
        let agent = found.text(row, "agent");
        if !truth.agents.iter().any(|a| a.interface == agent) {
            wrong.push(format!("agent {agent}: there is no such agent"));
        }
    }
}

/// An agent's talk with callers of queues, in the table, in truth and in `queue_log`. The log has
/// whole seconds, hold included, of calls that have ended and whose end was said.
fn talk(hour: &Hour, agent: &TrueAgent, have: i64, wrong: &mut Vec<String>) {
    let visits = hour.world.truth().calls.values().flat_map(|call| &call.visits);
    let mine = visits.filter(|v| v.agent.as_deref() == Some(&*agent.interface));
    let (mut calls, mut talk, mut with_hold) = (0, 0, 0);
    for visit in mine {
        let Some(from) = visit.answered_at else { continue };
        calls += 1;
        talk += visit.talk_ended.unwrap_or(hour.now.0) - from - visit.hold;
        // The log's talk ends where the caller was handed over.
        with_hold += visit.handed_over.or(visit.talk_ended).map_or(0, |to| to - from);
    }
    if (have - talk / 1_000).abs() > TALK_MS_OFF_MAX * (calls + 1) {
        let want = talk / 1_000;
        wrong.push(format!("agent {}: acd_ms is {have}, was {want}", agent.interface));
    }
    let (mut ended, mut logged) = (0, 0);
    for line in hour.log.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let said = match fields.get(4) {
            Some(&("COMPLETECALLER" | "COMPLETEAGENT")) => fields.get(6),
            Some(&"ATTENDEDTRANSFER") if fields.get(5) == Some(&"LINK") => fields.get(9),
            Some(&"BLINDTRANSFER" | &"ATTENDEDTRANSFER") => fields.get(8),
            _ => None,
        };
        if let (Some(said), true) = (said, fields.get(3) == Some(&&*agent.name)) {
            ended += 1;
            logged += said.parse::<i64>().expect("whole seconds");
        }
    }
    if (logged - with_hold / 1_000_000).abs() > ended + 1 {
        let who = &agent.name;
        let want = with_hold / 1_000_000;
        wrong.push(format!("agent {who}: queue_log has {logged} s of talk, was {want}"));
    }
}

/// The truth does not say whether a queue call rings; a phone that rings for another one leaves
/// its agent in the state he is in.
fn rings_otherwise(hour: &Hour, interface: &str) -> bool {
    let channels = hour.table("channels");
    channels.all().any(|row| {
        channels.text(row, "agent") == interface && channels.text(row, "phase") == "RINGING"
    })
}

/// `queue_log` beside the tables: what each queue was offered and how that ended, what each
/// agent answered. A restart's ABANDON is an abandoned call in both.
pub(crate) fn queue_log(hour: &Hour, wrong: &mut Vec<String>) {
    let mut counts: BTreeMap<(&str, &str), i64> = BTreeMap::new();
    let mut connects: BTreeMap<&str, i64> = BTreeMap::new();
    for line in hour.log.lines() {
        let mut fields = line.split('|').skip(2);
        let (queue, who, verb) = (fields.next(), fields.next(), fields.next());
        let (Some(queue), Some(who), Some(verb)) = (queue, who, verb) else { continue };
        *counts.entry((queue, verb)).or_default() += 1;
        if verb == "CONNECT" {
            *connects.entry(who).or_default() += 1;
        }
    }
    let found = hour.table("queues");
    for row in found.all() {
        let queue = found.text(row, "queue");
        for (column, verb) in [
            ("offered", "ENTERQUEUE"),
            ("answered", "CONNECT"),
            ("abandoned", "ABANDON"),
            ("timed_out", "EXITWITHTIMEOUT"),
            ("left_empty", "EXITEMPTY"),
            ("exit_key", "EXITWITHKEY"),
        ] {
            let (have, want) =
                (found.int(row, column), counts.get(&(&*queue, verb)).copied().unwrap_or(0));
            if have != want {
                wrong.push(format!("queue {queue}: {column} is {have}, queue_log has {want}"));
            }
        }
    }
    let found = hour.table("agents");
    for row in found.all() {
        let name = found.text(row, "name");
        let (have, want) =
            (found.int(row, "acd_calls"), connects.get(&*name).copied().unwrap_or(0));
        if have != want {
            wrong.push(format!("agent {name}: acd_calls is {have}, queue_log has {want}"));
        }
    }
}

/// Whether the agent's wrap-up ended within the last second: app_queue counts it from the whole
/// second in which the call ended, the table from its very moment.
fn wrapped_up_just_now(agent: &TrueAgent, now: i64) -> bool {
    let mut story = agent.story.iter().rev();
    let (last, before) = (story.next(), story.next());
    last.is_some_and(|(at, _)| now - at < 1_000_000)
        && before.is_some_and(|(_, state)| *state == TrueState::WrapUp)
}

/// From when to when an agent did what.
fn spans(agent: &TrueAgent, now: i64) -> impl Iterator<Item = (i64, i64, &TrueState)> {
    let ends = agent.story.iter().skip(1).map(|(at, _)| *at).chain([now]);
    agent.story.iter().zip(ends).map(|((from, state), to)| (*from, to, state))
}

/// No ghosts and nothing that could not be explained.
pub(crate) fn leftovers(hour: &Hour, wrong: &mut Vec<String>) {
    let (have, want) = (hour.table("channels").all().len(), hour.world.channels_up());
    if have != want {
        wrong.push(format!("channels: {have}, there are {want}"));
    }
    let live = hour.world.truth().calls.values().filter(|call| call.ended.is_none()).count();
    let found = hour.table("calls");
    let have = found.all().filter(|row| found.text(*row, "state") != "ENDED").count();
    if have != live {
        wrong.push(format!("live calls: {have}, there are {live}"));
    }
    let anomalies = hour.table("anomalies");
    for row in anomalies.all() {
        let (at, code) = (anomalies.text(row, "at"), anomalies.text(row, "code"));
        wrong.push(format!("anomaly {code} at {at}: {}", anomalies.text(row, "what")));
    }
}
