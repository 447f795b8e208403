//! Asterisk's queue log as a source: every line of every capture's log becomes what it says.

#![allow(clippy::disallowed_methods, reason = "reads the fixtures")]

mod support;

use facts::{AgentId, Outcome, Released, Stamp, Text};
use history::ledger::{Entry, RangEnd, VisitEnd, What};
use proptest::prelude::*;
use std::collections::BTreeMap;
use support::captures_dir;
use translate::queue_log::QueueLog;

fn read(text: &str) -> (Vec<Entry>, QueueLog) {
    let mut log = QueueLog::new(BTreeMap::new());
    let mut entries = Vec::new();
    for line in text.split_inclusive('\n') {
        log.line(line.as_bytes(), &mut entries);
    }
    (entries, log)
}

/// An entry in a line: what a support engineer would read.
fn show(entry: &Entry) -> String {
    let s = |at: Stamp| at.secs() % 1_000;
    let at = s(entry.at);
    let turn = |inflow, requeued| match (inflow, requeued) {
        (_, true) => " requeued",
        (true, false) => " inflow",
        _ => "",
    };
    match &entry.what {
        What::Arrived { split, call } => format!("{at} {call} arrived {split}"),
        What::Visit(v) => {
            let end = match v.end {
                VisitEnd::Requeued => "REQUEUED".to_owned(),
                VisitEnd::Ended(outcome) => format!("{outcome:?}"),
            };
            let ringing: String = v.ringing.iter().map(|a| format!(" ringing {a}")).collect();
            let (call, split) = (&v.call, &v.split);
            let how = turn(v.inflow, v.requeued);
            format!("{at} {call} {split} {end} since {}{how}{ringing}", s(v.since))
        }
        What::Served(v) => format!(
            "{at} {} {} by {} since {} rang {} answered {} ended {} {:?}{}",
            v.call,
            v.split,
            v.agent,
            s(v.since),
            v.rang.map_or(0, s),
            s(v.answered),
            s(v.ended),
            v.released,
            turn(v.inflow, v.requeued),
        ),
        What::Rang(r) => {
            format!("{at} {} rang at {} since {} {:?}", r.call, r.agent, s(r.since), r.end)
        }
        other => format!("{at} {other:?}"),
    }
}

fn shown(text: &str) -> Vec<String> {
    read(text).0.iter().map(show).collect()
}

#[test]
fn a_call_answered_after_a_phone_rang_out() {
    let log = "1000000100|c1|sales|NONE|ENTERQUEUE||5551234|1
1000000105|c1|sales|Alice|RINGNOANSWER|4000
1000000105|c1|sales|Bob|RINGNOANSWER|4000
1000000107|c1|sales|Cora|RINGNOANSWER|0
1000000109|c1|sales|Bob|CONNECT|9|c2|3
1000000129|c1|sales|Bob|COMPLETEAGENT|9|20|1
";
    assert_eq!(
        shown(log),
        [
            "100 c1 arrived sales",
            "105 c1 rang at Alice since 101 NotAnswered",
            "105 c1 sales REQUEUED since 100",
            "105 c1 rang at Bob since 101 NotAnswered",
            "107 c1 rang at Cora since 107 Refused",
            "129 c1 sales by Bob since 105 rang 106 answered 109 ended 129 Agent requeued",
        ]
    );
}

#[test]
fn a_caller_who_gives_up_while_it_rings_and_one_who_overflows() {
    let log = "1000000100|c1|sales|NONE|ENTERQUEUE||5551234|1
1000000101|c2|sales|NONE|ENTERQUEUE||5551235|2
1000000110|c1|sales|Alice|RINGCANCELED|5000
1000000110|c1|sales|NONE|ABANDON|1|1|10
1000000111|c2|sales|NONE|EXITWITHTIMEOUT|1|2|10
1000000111|c2|support|NONE|ENTERQUEUE||5551235|1
1000000113|c2|support|NONE|EXITWITHKEY|1|1|1|2
";
    assert_eq!(
        shown(log),
        [
            "100 c1 arrived sales",
            "101 c2 arrived sales",
            "110 c1 rang at Alice since 105 Abandoned",
            "110 c1 sales Abandoned since 100 ringing Alice",
            "111 c2 sales TimedOut since 101",
            "111 c2 arrived support",
            "113 c2 support ExitKey since 111 inflow",
        ]
    );
}

#[test]
fn a_log_that_begins_in_the_middle_and_a_switch_that_starts_anew() {
    let log = "1000000100|c1|sales|NONE|ABANDON|1|1|30
1000000100|c2|sales|Bob|COMPLETEAGENT|9|20|1
1000000101|c3|sales|Bob|CONNECT|8|c4|2
1000000120|c5|sales|NONE|ENTERQUEUE||5551235|2
1000000130|NONE|NONE|NONE|QUEUESTART|
";
    assert_eq!(
        shown(log),
        [
            "100 c1 sales Abandoned since 70",
            "120 c5 arrived sales",
            "101 c3 sales by Bob since 93 rang 99 answered 101 ended 101 Unknown",
            "130 c5 sales Lost since 120",
        ]
    );
}

#[test]
fn what_cannot_be_read_is_listed_with_its_line() {
    let (entries, log) =
        read("\nhello\n1000000100|c1|sales|NONE|ENTERQUEUE||1|1\nx|c|q|a|ABANDON\n");
    assert_eq!(entries.len(), 1);
    let (bad, count) = log.bad();
    assert_eq!((count, log.lines()), (2, 4));
    let said: Vec<_> = bad.iter().map(|b| format!("{}: {}", b.line, b.why)).collect();
    assert_eq!(said, ["2: no call", "4: 'x' is not a time in seconds since 1970"]);
}

#[test]
fn agents_have_the_id_that_the_switch_gives_them() {
    let names = BTreeMap::from([(Text::from("Bob"), AgentId::from("PJSIP/1002"))]);
    let mut log = QueueLog::new(names);
    let mut entries = Vec::new();
    log.line(b"1000000100|c1|sales|Bob|RINGNOANSWER|1000", &mut entries);
    let agent = entries.iter().find_map(|e| match &e.what {
        What::Rang(rang) => Some(rang.agent.clone()),
        _ => None,
    });
    assert_eq!(agent, Some(AgentId::from("PJSIP/1002")));
}

/// What a log says of a queue, by its verbs alone.
fn by_verbs(log: &str) -> BTreeMap<String, [i64; 7]> {
    let mut queues = BTreeMap::<String, [i64; 7]>::new();
    for line in log.lines() {
        let fields: Vec<&str> = line.split('|').collect();
        let [_, _, queue, _, verb, data @ ..] = fields.as_slice() else { continue };
        let n = |place: usize| data.get(place).and_then(|d| d.parse::<i64>().ok()).unwrap_or(0);
        let row = queues.entry((*queue).to_owned()).or_default();
        match *verb {
            "ENTERQUEUE" => row[0] += 1,
            "CONNECT" => {
                row[1] += 1;
                row[6] += n(0);
            }
            "ABANDON" => row[2] += 1,
            "EXITWITHTIMEOUT" => row[3] += 1,
            "EXITEMPTY" | "EXITWITHKEY" => row[4] += 1,
            "RINGNOANSWER" => row[5] += 1,
            _ => {}
        }
    }
    queues.retain(|_, row| row.iter().any(|n| *n != 0));
    queues
}

/// The same out of the entries.
fn by_entries(entries: &[Entry]) -> BTreeMap<String, [i64; 7]> {
    let mut queues = BTreeMap::<String, [i64; 7]>::new();
    for entry in entries {
        let (queue, place) = match &entry.what {
            What::Arrived { split, .. } => (split, 0),
            What::Served(v) => (&v.split, 1),
            What::Visit(v) => match v.end {
                VisitEnd::Ended(Outcome::Abandoned) => (&v.split, 2),
                VisitEnd::Ended(Outcome::TimedOut) => (&v.split, 3),
                VisitEnd::Ended(Outcome::LeftEmpty | Outcome::ExitKey) => (&v.split, 4),
                _ => continue,
            },
            What::Rang(r) if matches!(r.end, RangEnd::NotAnswered | RangEnd::Refused) => {
                (&r.split, 5)
            }
            _ => continue,
        };
        let row = queues.entry(queue.to_string()).or_default();
        row[place] += 1;
        if let What::Served(v) = &entry.what {
            row[6] += v.answered.secs() - v.joined.secs();
        }
    }
    queues
}

#[test]
fn every_log_of_every_capture_adds_up_to_its_verbs() {
    let mut compared = 0;
    for version in ["16", "22", "trunked"] {
        let dir = captures_dir().join(version);
        let Ok(scenarios) = std::fs::read_dir(&dir) else { continue };
        for scenario in scenarios {
            let path = scenario.expect("a folder").path().join("queue_log");
            let Ok(text) = std::fs::read(&path) else { continue };
            let text = String::from_utf8_lossy(&text).into_owned();
            let (mut entries, mut log) = read(&text);
            log.finish(Stamp(i64::MAX / 2), &mut entries);
            assert_eq!(log.bad().1, 0, "{}", path.display());
            assert_eq!(by_entries(&entries), by_verbs(&text), "{}", path.display());
            compared += 1;
        }
    }
    assert!(compared >= 90, "{compared} logs compared");
}

#[test]
fn who_ended_it_is_told_by_the_verb() {
    let ended = |verb: &str| {
        let log = format!("1000000001|c|q|A|CONNECT|1|x|1\n1000000009|c|q|A|{verb}|1|8|1\n");
        let (entries, _) = read(&log);
        entries.iter().find_map(|e| match &e.what {
            What::Served(served) => Some((served.released, served.transferred)),
            _ => None,
        })
    };
    assert_eq!(ended("COMPLETEAGENT"), Some((Released::Agent, false)));
    assert_eq!(ended("COMPLETECALLER"), Some((Released::Caller, false)));
    assert_eq!(ended("BLINDTRANSFER"), Some((Released::Transfer, true)));
    assert_eq!(ended("ATTENDEDTRANSFER"), Some((Released::Transfer, true)));
}

const VERBS: [&str; 12] = [
    "ENTERQUEUE",
    "CONNECT",
    "COMPLETEAGENT",
    "COMPLETECALLER",
    "ABANDON",
    "EXITWITHTIMEOUT",
    "EXITEMPTY",
    "EXITWITHKEY",
    "RINGNOANSWER",
    "RINGCANCELED",
    "QUEUESTART",
    "BLINDTRANSFER",
];

proptest! {
    #[test]
    fn no_line_stops_it(lines in prop::collection::vec(".*", 0..40)) {
        let mut log = QueueLog::new(BTreeMap::new());
        let mut entries = Vec::new();
        for line in &lines {
            log.line(line.as_bytes(), &mut entries);
        }
        log.finish(Stamp(0), &mut entries);
        prop_assert!(entries.is_empty() || log.lines() > 0);
    }

    #[test]
    fn whoever_came_goes_once(
        lines in prop::collection::vec((0_i64..300_000, 0_u8..5, 0_u8..2, 0..VERBS.len(), 0_u32..9), 0..80)
    ) {
        let mut at = 1_000_000_000;
        let mut text = String::new();
        for (later, call, queue, verb, n) in lines {
            at += later / 100;
            let verb = VERBS[verb];
            text += &format!("{at}|c{call}|q{queue}|A{n}|{verb}|{n}|{n}|{n}\n");
        }
        let (mut entries, mut log) = read(&text);
        log.finish(Stamp::from_secs(at), &mut entries);
        prop_assert_eq!(log.bad().1, 0);
        let came = entries.iter().filter(|e| matches!(e.what, What::Arrived { .. })).count();
        let went = entries.iter().filter(|e| match &e.what {
            What::Served(served) => !served.found,
            What::Visit(visit) => !visit.found && visit.end != VisitEnd::Requeued,
            _ => false,
        }).count();
        prop_assert_eq!(came, went);
        for entry in &entries {
            if let What::Served(v) = &entry.what {
                prop_assert!(v.joined <= v.answered && v.answered <= v.ended);
            }
        }
    }
}
