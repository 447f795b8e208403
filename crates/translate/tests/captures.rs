//! Every recorded stream of a real Asterisk: same facts from both sessions, from any permitted
//! order, with the verdicts of Asterisk's own queue log, and nothing unexplained.

mod support;

use facts::{Fact, Kind, Outcome, Record, Stamp, Timed};
use std::collections::BTreeMap;
use support::{WINDOW_US, captures_dir, odd, ordered, show, stream, streams, text, translated};
use translate::capture;

/// The anomalies of each stream and why they are right.
const EXPECTED_ODD: &[(&str, &str, usize)] = &[];

fn odd_codes(facts: &[Timed]) -> BTreeMap<&'static str, usize> {
    let mut codes = BTreeMap::new();
    for code in facts.iter().filter_map(|t| odd(&t.fact)) {
        *codes.entry(code).or_default() += 1;
    }
    codes
}

fn lines(facts: &[Timed]) -> Vec<String> {
    facts.iter().map(|t| format!("{} {}", t.at, show(&t.fact))).collect()
}

#[test]
fn no_stream_has_an_anomaly_that_is_not_listed_here() {
    let mut found = Vec::new();
    for (name, bytes) in streams() {
        let facts = translated(&ordered(capture::records(&bytes)));
        for (code, count) in odd_codes(&facts) {
            found.push((name.clone(), code, count));
        }
    }
    let found: Vec<_> = found.iter().map(|(n, c, k)| (n.as_str(), *c, *k)).collect();
    assert_eq!(found, EXPECTED_ODD);
}

#[test]
fn canonical_order_explains_as_much_as_the_order_of_the_stream() {
    for (name, bytes) in streams() {
        let records = capture::records(&bytes);
        let as_heard = odd_codes(&translated(&records)).values().sum::<usize>();
        let canonical = odd_codes(&translated(&ordered(records))).values().sum::<usize>();
        assert!(canonical <= as_heard, "{name}: {canonical} anomalies, {as_heard} as heard");
    }
}

/// The events of a stream between two stamps.
fn cut(records: Vec<Record>, from: Stamp, to: Stamp) -> Vec<Record> {
    records
        .into_iter()
        .filter(|r| r.kind == Kind::Event && r.stamp >= from && r.stamp <= to)
        .collect()
}

#[test]
fn both_sessions_give_the_same_facts() {
    let mut compared = 0;
    for (name, a) in streams() {
        let Some(scenario) = name.strip_suffix("/ami-a") else {
            continue;
        };
        let (a, b) =
            (capture::records(&a), capture::records(&stream(&format!("{scenario}/ami-b"))));
        let range = |records: &[Record]| {
            let stamps = records.iter().filter(|r| r.kind == Kind::Event).map(|r| r.stamp);
            (stamps.clone().min().unwrap(), stamps.max().unwrap())
        };
        let (from, to) = (range(&a).0.max(range(&b).0), range(&a).1.min(range(&b).1));
        let (a, b) = (cut(a, from, to), cut(b, from, to));
        assert!(!a.is_empty(), "{scenario}");
        assert_eq!(lines(&translated(&ordered(a))), lines(&translated(&ordered(b))), "{scenario}");
        compared += 1;
    }
    assert!(compared > 90, "{compared} scenarios compared");
}

/// A permutation in which nothing moves further than the reorder window, from a fixed seed.
fn shuffled(mut records: Vec<Record>, seed: u64) -> Vec<Record> {
    let mut state = seed;
    let mut random = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33).cast_signed()
    };
    records.sort_by_cached_key(|r| r.stamp.plus(random() % (WINDOW_US / 2)));
    records
}

#[test]
fn any_order_within_the_window_gives_the_same_facts() {
    for (name, bytes) in streams() {
        let events: Vec<_> =
            capture::records(&bytes).into_iter().filter(|r| r.kind == Kind::Event).collect();
        let straight = lines(&translated(&ordered(events.clone())));
        for seed in 1..=3 {
            let other = lines(&translated(&ordered(shuffled(events.clone(), seed))));
            assert_eq!(straight, other, "{name}, seed {seed}");
        }
    }
}

/// What Asterisk itself wrote about the ends of visits: (call, queue, how).
fn queue_log_verdicts(scenario: &str) -> Vec<(String, String, &'static str)> {
    let text = text(&captures_dir().join(scenario).join("queue_log"));
    let mut verdicts: Vec<_> = text
        .lines()
        .filter_map(|line| {
            let fields: Vec<_> = line.split('|').collect();
            let how = match *fields.get(4)? {
                "ABANDON" => "abandoned",
                "EXITWITHTIMEOUT" => "timed out",
                "EXITEMPTY" => "empty",
                "EXITWITHKEY" => "key",
                "CONNECT" => "answered",
                _ => return None,
            };
            Some((fields.get(1)?.to_string(), fields.get(2)?.to_string(), how))
        })
        .collect();
    verdicts.sort();
    verdicts
}

#[test]
fn every_verdict_is_the_queue_logs() {
    let mut seen = BTreeMap::new();
    for (name, bytes) in streams() {
        let Some(scenario) = name.strip_suffix("/ami-a") else {
            continue;
        };
        let facts = translated(&ordered(capture::records(&bytes)));
        let mut ours: Vec<_> = facts
            .iter()
            .filter_map(|t| match &t.fact {
                Fact::Verdict { channel, split, outcome } => {
                    let how = match outcome {
                        Outcome::Abandoned => "abandoned",
                        Outcome::TimedOut => "timed out",
                        Outcome::LeftEmpty => "empty",
                        Outcome::ExitKey => "key",
                        _ => "unexplained",
                    };
                    Some((channel.to_string(), split.to_string(), how))
                }
                Fact::Connected { channel, split, .. } => {
                    Some((channel.to_string(), split.to_string(), "answered"))
                }
                _ => None,
            })
            .collect();
        ours.sort();
        for (_, _, how) in &ours {
            *seen.entry(*how).or_insert(0) += 1;
        }
        let mut theirs = queue_log_verdicts(scenario);
        if scenario.ends_with("/resync") {
            // `LoggerRotate` was tried there: the log has only what came after it.
            ours.retain(|v| v.2 != "answered");
            theirs.retain(|v| v.2 != "answered");
        }
        assert_eq!(ours, theirs, "{scenario}");
    }
    let kinds: Vec<_> = seen.keys().copied().collect();
    assert_eq!(kinds, ["abandoned", "answered", "empty", "key", "timed out"]);
}

#[test]
fn nothing_is_left_alive_that_asterisk_ended() {
    for (name, bytes) in streams() {
        if !name.ends_with("/ami-a") {
            continue;
        }
        let records = ordered(capture::records(&bytes));
        let mut alive = std::collections::BTreeSet::new();
        for t in translated(&records) {
            match t.fact {
                Fact::ChannelNew(n) => assert!(alive.insert(n.channel), "{name}: new twice"),
                Fact::ChannelEnded { channel, .. } => {
                    assert!(alive.remove(&channel), "{name}: {channel} ended unknown");
                }
                Fact::SwitchStarted => alive.clear(),
                _ => {}
            }
        }
        let text = String::from_utf8_lossy(&stream(&name)).into_owned();
        for channel in alive {
            let hangup = format!("Uniqueid: {channel}\r\n");
            let ended = text
                .split("\r\n\r\n")
                .any(|m| m.starts_with("Event: Hangup\r\n") && m.contains(hangup.trim_end()));
            assert!(!ended, "{name}: {channel} has ended and is believed alive");
        }
    }
}

/// A channel that is alive: what it is part of.
#[derive(Debug, Default, PartialEq, Eq)]
struct Alive {
    call: String,
    bridge: String,
    waits_in: String,
}

/// The channels that are alive after these facts.
fn alive(facts: &[Timed]) -> BTreeMap<String, Alive> {
    let mut alive: BTreeMap<String, Alive> = BTreeMap::new();
    for t in facts {
        match &t.fact {
            Fact::ChannelNew(n) => {
                let bridge = n.bridge.as_ref().map_or(String::new(), ToString::to_string);
                let new = Alive { call: n.call.to_string(), bridge, ..Alive::default() };
                alive.insert(n.channel.to_string(), new);
            }
            Fact::ChannelEnded { channel, .. } => {
                alive.remove(&**channel);
            }
            Fact::SwitchStarted => alive.clear(),
            Fact::ChannelCall { channel, call } => {
                alive.entry(channel.to_string()).or_default().call = call.to_string();
            }
            Fact::Bridged { channel, bridge, .. } => {
                alive.entry(channel.to_string()).or_default().bridge = bridge.to_string();
            }
            Fact::Unbridged { channel, .. } => {
                alive.entry(channel.to_string()).or_default().bridge.clear();
            }
            Fact::Queued { channel, split, .. } => {
                alive.entry(channel.to_string()).or_default().waits_in = split.to_string();
            }
            Fact::QueueLeft { channel, .. } => {
                alive.entry(channel.to_string()).or_default().waits_in.clear();
            }
            _ => {}
        }
    }
    alive
}

#[test]
fn who_comes_in_the_middle_and_asks_ends_with_the_same_calls() {
    for scenario in ["16/resync", "22/resync", "16/resync-while-busy", "22/resync-while-busy"] {
        let late = capture::records(&stream(&format!("{scenario}/ami-resync")));
        let resynced = late
            .iter()
            .position(|r| r.payload.starts_with(b"Observation: Resynced"))
            .expect("a resync");
        let whole = capture::records(&stream(&format!("{scenario}/ami-a")));
        // From the end back to the resync, at every fortieth record.
        let mut compared = 0;
        for end in (resynced + 1..late.len()).rev().step_by(40) {
            let at = late[end].stamp;
            // Events heard after the list may have happened before it.
            if at.since(late[resynced].stamp) < 1_000_000 {
                continue;
            }
            let until = |records: &[Record]| {
                let part: Vec<_> = records.iter().filter(|r| r.stamp <= at).cloned().collect();
                alive(&translated(&ordered(part)))
            };
            assert_eq!(until(&whole), until(&late), "{scenario} at {at}");
            compared += 1;
        }
        assert!(compared > 0, "{scenario}");
    }
}
