//! The model's steps in the words that people read.

use super::day::AgentSpan;
use super::hour::Minute;
use super::life::{CallLife, CallStep};
use facts::{Fields, Outcome, Stamp, Text};
use model::{CallDid, Entry, Who};

/// Longest detail, characters: a message may carry anything.
const DETAIL_MAX: usize = 300;

/// What a queue's minute looks like.
pub(super) fn minute(m: &model::Minute) -> Minute {
    let c = &m.counts;
    let secs = |us: i64| u32::try_from((us / 1_000_000).max(0)).unwrap_or(u32::MAX);
    Minute {
        at: m.at,
        waiting_max: c.waiting_max,
        oldest_wait_max_s: secs(c.oldest),
        offered: c.offered,
        answered: c.answered,
        answered_in_sl: c.answered_in_level,
        abandoned: c.abandoned,
        other: c.other,
        refused: c.refused,
        staffed: m.staffed,
        available: m.available,
        heard_s: secs(m.heard),
    }
}

/// What an agent's state looks like from `at` on.
pub(super) fn span(at: Stamp, seen: &model::Seen) -> AgentSpan {
    AgentSpan {
        from: at,
        to: None,
        state: seen.state.word(),
        reason: seen.reason.clone(),
        direction: seen.direction,
        split: seen.split.as_ref().map(|s| s.0.clone()),
        call: seen.call.as_ref().map(|c| c.0.clone()),
        party: seen.party.clone(),
    }
}

/// A step without anything but its kind.
fn bare(at: Stamp, kind: &'static str) -> CallStep {
    let detail = Text::default();
    CallStep { at, kind, split: None, agent: None, agent_name: None, detail, ms: None }
}

/// A step that somebody did: an agent by name, anybody else in the detail.
fn by(at: Stamp, kind: &'static str, who: &Who) -> CallStep {
    let step = bare(at, kind);
    match &who.agent {
        Some(agent) => CallStep {
            agent: Some(agent.0.clone()),
            agent_name: Some(who.name.clone()).filter(|n| !n.is_empty()),
            ..step
        },
        None => CallStep { detail: who.name.clone(), ..step },
    }
}

/// Adds words behind those that are there.
fn and(step: CallStep, words: &str) -> CallStep {
    let detail = match &*step.detail {
        _ if words.is_empty() => step.detail,
        "" => Text::from(words),
        there => Text::from(format!("{there}, {words}")),
    };
    CallStep { detail, ..step }
}

/// How a call began, and what its head says.
pub(super) fn entry(at: Stamp, e: &Entry, head: &mut CallLife) -> CallStep {
    let text = |t: &Option<Text>| t.clone().unwrap_or_default();
    head.caller = e.caller.clone();
    head.caller_name = e.caller_name.clone();
    head.dialled = e.dialled.clone();
    head.vdn = text(&e.vdn);
    head.trunk = text(&e.trunk);
    head.direction = e.direction;
    let mut words = String::new();
    let dialled = if e.dialled.is_empty() { "nothing dialled" } else { &e.dialled };
    words.push_str(dialled);
    if let Some(vdn) = e.vdn.as_ref().filter(|v| **v != e.dialled) {
        words.extend([" (", vdn, ")"]);
    }
    if !e.caller.is_empty() {
        words.extend([" from ", &e.caller]);
        if !e.caller_name.is_empty() && e.caller_name != e.caller {
            words.extend([" (", &e.caller_name, ")"]);
        }
    }
    if let Some(trunk) = &e.trunk {
        words.extend([" by ", trunk]);
    }
    if let Some(vector) = &e.vector {
        words.extend([" in ", vector]);
    }
    let step = match &e.agent {
        Some(who) => by(at, "entry", who),
        None => bare(at, "entry"),
    };
    CallStep { detail: Text::from(words), ..step }
}

fn fields(name: &str, fields: &Fields) -> Text {
    let mut words = name.to_owned();
    for (name, value) in fields {
        words.extend([" ", name, "=", value]);
    }
    if words.chars().count() > DETAIL_MAX {
        words = words.chars().take(DETAIL_MAX - 1).chain(['…']).collect();
    }
    Text::from(words)
}

const fn outcome(outcome: Outcome, ringing: bool) -> &'static str {
    match outcome {
        Outcome::Answered => "answered",
        Outcome::Abandoned if ringing => "abandoned while ringing",
        Outcome::Abandoned => "abandoned",
        Outcome::TimedOut => "timed out",
        Outcome::LeftEmpty | Outcome::JoinEmpty => "no agents",
        Outcome::ExitKey => "exit key",
        Outcome::Full => "full",
        Outcome::Left => "left",
        Outcome::Lost => "lost",
    }
}

/// What a step of a call looks like; `None`: nothing that is shown by itself.
pub(super) fn step(at: Stamp, did: &CallDid) -> Option<CallStep> {
    let ms = |us: i64| Some(us.max(0) / 1_000);
    let room = |kind, room: &Text, who: &Who| {
        let step = by(at, kind, who);
        if step.agent.is_some() {
            and(step, room)
        } else {
            and(bare(at, kind), &format!("{room}: {}", who.name))
        }
    };
    Some(match did {
        CallDid::Entry(_) | CallDid::Reopened => return None,
        CallDid::Vector { vector, exten } => and(bare(at, "vector"), &format!("{vector},{exten}")),
        CallDid::Said { name, fields: f } => {
            CallStep { detail: fields(name, f), ..bare(at, "ivr") }
        }
        CallDid::Queued { split, position, .. } => {
            let step = CallStep { split: Some(split.0.clone()), ..bare(at, "queued") };
            if *position == 0 { step } else { and(step, &format!("position {position}")) }
        }
        CallDid::Ring { split, who } => {
            CallStep { split: split.as_ref().map(|s| s.0.clone()), ..by(at, "ring", who) }
        }
        CallDid::NotAnswered { split, who, rang } => {
            let step = and(by(at, "no-answer", who), if *rang == 0 { "refused" } else { "" });
            CallStep { split: split.as_ref().map(|s| s.0.clone()), ms: ms(*rang), ..step }
        }
        CallDid::Answered { split, who, wait, found } => {
            let step = and(by(at, "answered", who), if *found { "found talking" } else { "" });
            let split = split.as_ref().map(|s| s.0.clone());
            CallStep { split, ms: wait.and_then(ms), ..step }
        }
        CallDid::Held { who } => by(at, "hold", who),
        CallDid::Resumed { who, held } => CallStep { ms: ms(*held), ..by(at, "resume", who) },
        CallDid::Transferred { by: who, to, attended } => {
            let step = by(at, "transfer", who);
            let step = match &to.agent {
                None if to.name.is_empty() => step,
                Some(agent) if to.name.is_empty() => and(step, &format!("to {agent}")),
                Some(agent) => and(step, &format!("to {agent} ({})", to.name)),
                None => and(step, &format!("to {}", to.name)),
            };
            and(step, if *attended { "attended" } else { "blind" })
        }
        CallDid::Joined { ids } => {
            let ids: Vec<&str> = ids.iter().map(|i| &**i).collect();
            and(bare(at, "joined"), &format!("with {}", ids.join(" ")))
        }
        CallDid::Parked { place } => and(bare(at, "parked"), place),
        CallDid::Unparked { by: Some(who) } => by(at, "unparked", who),
        CallDid::Unparked { by: None } => and(bare(at, "unparked"), "timed out"),
        CallDid::ConferenceJoined { room: name, who } => room("conference-in", name, who),
        CallDid::ConferenceLeft { room: name, who } => room("conference-out", name, who),
        CallDid::QueueLeft { outcome: Outcome::Answered, .. } => return None,
        CallDid::QueueLeft { split, outcome: o, wait, ringing } => {
            let refused = matches!(o, Outcome::JoinEmpty | Outcome::Full);
            let kind = if refused { "refused" } else { "left-queue" };
            let step = and(bare(at, kind), outcome(*o, *ringing));
            let ms = if refused { None } else { ms(*wait) };
            CallStep { split: Some(split.0.clone()), ms, ..step }
        }
        CallDid::Code { code } => and(bare(at, "code"), code),
        CallDid::Unheard => and(bare(at, "unheard"), "link lost"),
        CallDid::Heard => and(bare(at, "heard"), "link back"),
        CallDid::Ended { by, why } => {
            let step = and(bare(at, "hangup"), &by.to_ascii_lowercase());
            match *why {
                "SWITCH_RESTART" => and(step, "switch started anew"),
                "MISSING" => and(step, "not there when looked for"),
                "TOO_OLD" => and(step, "nothing heard of it for a day"),
                _ => step,
            }
        }
    })
}
