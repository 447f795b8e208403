//! One line of the ledger, read: `10:00:05 visit split=sales call=c1 joined=10:00:00 end=abandoned`.
//! Every word that is left out has its plainest meaning.

use crate::script::Words;
use facts::{AgentId, CallId, ChannelId, Direction, Outcome, Released, SplitId, Stamp, Text};
use history::ledger::{
    AgentNow, CallOver, EndedBy, Entry, Link, MemberNow, Mode, OwnCall, Rang, RangEnd, Served,
    Trunk, Visit, VisitEnd, Way, What,
};
use std::collections::BTreeMap;

/// Since when an agent is in a split, as far as the lines before told.
pub(crate) type Since = BTreeMap<(String, String), (Stamp, bool)>;

/// The entry that a line says.
pub(crate) fn entry<'a>(
    at: Stamp,
    what: &str,
    line: &str,
    words: impl Iterator<Item = &'a str>,
    since: &mut Since,
) -> Entry {
    let mut words = words;
    let named = matches!(what, "agent" | "link");
    let first = if named { words.next().unwrap_or_default().to_owned() } else { String::new() };
    let mut w = Words::of(line, words);
    let what = match what {
        "link" => What::Link(Link {
            heard: first == "up",
            restarted: w.flag("restarted"),
            why: w.text("why"),
        }),
        "agent" => What::Agent(Box::new(agent(at, &first, &mut w, since))),
        "waiting" => What::Waiting {
            split: split(&mut w),
            callers: w.number("callers").expect("how many callers"),
        },
        "seized" => What::Seized(trunk(at, &mut w)),
        "idle" => What::Idle(trunk(at, &mut w)),
        "arrived" => What::Arrived { split: split(&mut w), call: call(&mut w) },
        "entered" => What::Entered {
            call: call(&mut w),
            vdn: w.take("vdn").map(Text::from),
            vector: w.take("vector").map(Text::from),
        },
        "visit" => What::Visit(Box::new(visit(at, &mut w))),
        "served" => What::Served(Box::new(served(at, &mut w))),
        "rang" => What::Rang(Box::new(rang(&mut w))),
        "own" => What::OwnCall(Box::new(own(&mut w))),
        "over" => What::CallOver(Box::new(over(at, &mut w))),
        _ => panic!("no entry: {line}"),
    };
    w.end();
    Entry { at, what }
}

fn split(w: &mut Words) -> SplitId {
    SplitId::from(w.need("split").as_str())
}

fn call(w: &mut Words) -> CallId {
    CallId::from(w.need("call").as_str())
}

fn agent_id(w: &mut Words) -> AgentId {
    AgentId::from(w.need("agent").as_str())
}

fn split_or_none(w: &mut Words, key: &str) -> Option<SplitId> {
    w.take(key).map(|s| SplitId::from(s.as_str()))
}

fn direction(text: &str) -> Direction {
    match text {
        "in" => Direction::In,
        "out" => Direction::Out,
        _ => panic!("no direction: {text}"),
    }
}

fn mode(text: &str) -> Mode {
    match text {
        "avail" => Mode::Avail,
        "ring" => Mode::Ring,
        "acd" => Mode::Acd,
        "acw" => Mode::Acw,
        "aux" => Mode::Aux,
        "other" => Mode::Other,
        _ => panic!("no mode: {text}"),
    }
}

/// `agent SIP/1 mode=acd work=sales in=sales,support/paused/reason=3`; without `in=` logged off.
fn agent(at: Stamp, id: &str, w: &mut Words, since: &mut Since) -> AgentNow {
    let work_split = split_or_none(w, "work");
    let mode = w.take("mode").map_or(Mode::Avail, |m| mode(&m));
    let members = w.list("in");
    since.retain(|(a, s), _| {
        a != id || members.iter().any(|m| m.split('/').next() == Some(s.as_str()))
    });
    let members = members.iter().map(|text| member(at, id, mode, work_split.as_ref(), text, since));
    let mut members: Vec<MemberNow> = members.collect();
    // The first is that of the oldest log-on, else as written.
    members.sort_by_key(|m| m.since);
    let paused = members.iter().find(|m| m.paused).map(|m| m.reason.clone());
    AgentNow {
        agent: AgentId::from(id),
        name: w.text("name"),
        device: w.take("device").map_or_else(|| Text::from(id), Text::from),
        mode,
        direction: w.take("dir").map(|d| direction(&d)),
        reason: w.take("reason").map(Text::from).or(paused).unwrap_or_else(|| Text::from("")),
        work_split,
        held_split: split_or_none(w, "held"),
        call: w.take("call").map(|c| CallId::from(c.as_str())),
        members,
    }
}

fn member(
    at: Stamp,
    agent: &str,
    mode_now: Mode,
    work: Option<&SplitId>,
    text: &str,
    since: &mut Since,
) -> MemberNow {
    let mut parts = text.split('/');
    let split = SplitId::from(parts.next().unwrap_or_default());
    let mut w = Words::of(text, parts);
    let paused = w.flag("paused");
    let key = (agent.to_owned(), split.to_string());
    let told = w.moment("since");
    let found = w.flag("found");
    if let Some(told) = told {
        since.insert(key.clone(), (told, found));
    }
    let (since, found) = *since.entry(key).or_insert((at, found));
    // cms.md 2.2: work is for one split, to the others he is OTHER, or AUX where he is paused.
    let seen = match mode_now {
        Mode::Ring | Mode::Acd if work == Some(&split) => mode_now,
        Mode::Acw if work == Some(&split) || work.is_none() => mode_now,
        Mode::Ring | Mode::Acd | Mode::Acw | Mode::Avail if paused => Mode::Aux,
        Mode::Ring | Mode::Acd | Mode::Acw => Mode::Other,
        other => other,
    };
    let member = MemberNow {
        split,
        since,
        found,
        penalty: w.number("penalty").unwrap_or(0),
        paused,
        reason: w.text("reason"),
        mode: w.take("mode").map_or(seen, |m| mode(&m)),
    };
    w.end();
    member
}

fn trunk(at: Stamp, w: &mut Words) -> Trunk {
    Trunk {
        group: w.text("group"),
        channel: ChannelId::from(w.need("channel").as_str()),
        direction: direction(&w.take("dir").unwrap_or_else(|| "in".to_owned())),
        since: w.moment("since").unwrap_or(at),
        call: w.take("call").map(|c| CallId::from(c.as_str())),
    }
}

fn outcome(text: &str) -> Outcome {
    match text {
        "answered" => Outcome::Answered,
        "abandoned" => Outcome::Abandoned,
        "timed-out" => Outcome::TimedOut,
        "left-empty" => Outcome::LeftEmpty,
        "exit-key" => Outcome::ExitKey,
        "join-empty" => Outcome::JoinEmpty,
        "full" => Outcome::Full,
        "left" => Outcome::Left,
        "lost" => Outcome::Lost,
        _ => panic!("no outcome: {text}"),
    }
}

fn visit(at: Stamp, w: &mut Words) -> Visit {
    let joined = w.moment("joined").unwrap_or(at);
    let end = w.need("end");
    Visit {
        split: split(w),
        call: call(w),
        joined,
        since: w.moment("since").unwrap_or(joined),
        found: w.flag("found"),
        end: match end.as_str() {
            "requeued" => VisitEnd::Requeued,
            end => VisitEnd::Ended(outcome(end)),
        },
        ringing: w.list("ringing").iter().map(|a| AgentId::from(a.as_str())).collect(),
        inflow: w.flag("inflow"),
        requeued: w.flag("requeued"),
        priority: w.number("priority").unwrap_or(0),
    }
}

/// Its moment is the end of the after-call work; without `ended=` there was none.
fn served(at: Stamp, w: &mut Words) -> Served {
    let answered = w.moment("answered").expect("answered=");
    let joined = w.moment("joined").unwrap_or(answered);
    let span = |text: &String| {
        let (from, to) = text.split_once('-').expect("a hold is from-to");
        (crate::script::moment(from), crate::script::moment(to))
    };
    Served {
        split: split(w),
        agent: agent_id(w),
        call: call(w),
        joined,
        since: w.moment("since").unwrap_or(joined),
        found: w.flag("found"),
        rang: w.moment("rang"),
        answered,
        ended: w.moment("ended").unwrap_or(at),
        acw_ended: at,
        holds: w.list("holds").iter().map(span).collect(),
        hold_abandoned: w.flag("hold_abandoned"),
        transferred: w.flag("transferred"),
        conferenced: w.flag("conferenced"),
        released: match w.take("released").as_deref() {
            None | Some("caller") => Released::Caller,
            Some("agent") => Released::Agent,
            Some("transfer") => Released::Transfer,
            Some(_) => Released::Unknown,
        },
        inflow: w.flag("inflow"),
        requeued: w.flag("requeued"),
        priority: w.number("priority").unwrap_or(0),
        code: w.text("code"),
    }
}

fn rang(w: &mut Words) -> Rang {
    let since = w.moment("since").expect("since=");
    Rang {
        split: split(w),
        agent: agent_id(w),
        call: call(w),
        joined: w.moment("joined").unwrap_or(since),
        since,
        end: match w.need("end").as_str() {
            "not-answered" => RangEnd::NotAnswered,
            "refused" => RangEnd::Refused,
            "abandoned" => RangEnd::Abandoned,
            "elsewhere" => RangEnd::Elsewhere,
            end => panic!("no end of a ring: {end}"),
        },
    }
}

fn own(w: &mut Words) -> OwnCall {
    OwnCall {
        agent: agent_id(w),
        call: call(w),
        direction: direction(&w.need("dir")),
        acw_split: split_or_none(w, "acw"),
        held_split: split_or_none(w, "held"),
        off_switch: w.flag("off"),
        since: w.moment("since").expect("since="),
    }
}

fn over(at: Stamp, w: &mut Words) -> CallOver {
    CallOver {
        ids: w.list("call").iter().map(|c| CallId::from(c.as_str())).collect(),
        began: w.moment("began").unwrap_or(at),
        way: match w.take("way").as_deref() {
            None | Some("in") => Way::In,
            Some("out") => Way::Out,
            Some(_) => Way::Internal,
        },
        trunk: w.take("trunk").map(Text::from),
        channel: w.take("channel").map(|c| ChannelId::from(c.as_str())),
        vdn: w.take("vdn").map(Text::from),
        vector: w.take("vector").map(Text::from),
        caller: w.text("caller"),
        caller_name: w.text("caller_name"),
        dialled: w.text("dialled"),
        originator: w.take("originator").map(|a| AgentId::from(a.as_str())),
        answered: w.moment("answered"),
        outcome: w.take("outcome").map(|o| outcome(&o)),
        queued: w.moment("queued"),
        abandoned_ringing: w.flag("abandoned_ringing"),
        ended_by: match w.take("by").as_deref() {
            None | Some("caller") => EndedBy::Caller,
            Some("agent") => EndedBy::Agent,
            Some("switch") => EndedBy::Switch,
            Some(_) => EndedBy::Unknown,
        },
        lost: w.flag("lost"),
        pending: w.number("pending").unwrap_or(0),
        transfers: w.number("transfers").unwrap_or(0),
        conferenced: w.flag("conferenced"),
        code: w.text("code"),
    }
}
