//! The simulated world against its own truth: what is said must tell what happened.

mod stream;

use std::collections::BTreeSet;

use sim::{EndedBy, Settings, TrueState, Version, VisitEnd, World};
use stream::Stream;

const START: i64 = 1_795_262_400_000_000;
const MINUTE: i64 = 60_000_000;

fn settings(agents: u32, seed: u64) -> Settings {
    Settings { warm_up_s: 0, ..Settings::centre(agents, seed) }
}

/// What is up at the end stays up.
fn lived(agents: u32, seed: u64, minutes: i64) -> (World, Stream) {
    let mut world = World::new(&settings(agents, seed), START);
    let mut said = Vec::new();
    world.advance(START + minutes * MINUTE, &mut said);
    let stream = Stream::read(&said);
    (world, stream)
}

#[test]
fn an_hour_of_truth_is_what_was_said() {
    for (agents, seed, minutes) in [(8, 1, 60), (40, 2, 20), (150, 3, 12)] {
        let (world, stream) = lived(agents, seed, minutes);
        let truth = world.truth();
        assert_eq!(truth.calls_forgotten, 0);
        assert_eq!(truth.events, stream.events);
        for queue in &truth.queues {
            let heard = stream.queues.get(&queue.name).cloned().unwrap_or_default();
            let what = format!("{agents} agents, queue {}", queue.name);
            assert_eq!(heard.joined, queue.joined, "{what}: joined");
            assert_eq!(heard.connected, queue.answered, "{what}: answered");
            assert_eq!(heard.abandoned, queue.abandoned, "{what}: abandoned");
            assert_eq!(heard.timed_out, queue.timed_out, "{what}: timed out");
            assert_eq!(heard.completed, queue.completed, "{what}: completed");
            assert_eq!(heard.ring_no_answer, queue.not_answered, "{what}: not answered");
            assert!(queue.joined > 5, "{what}: hardly a call");
        }
        // Agents' stories tell of the same calls; a talk may have begun in the last state only.
        let talks = truth.agents.iter().flat_map(|agent| &agent.story);
        let talks = talks.filter(|(_, state)| *state == TrueState::QueueCall).count();
        let answered: u64 = truth.queues.iter().map(|queue| queue.answered).sum();
        assert_eq!(u64::try_from(talks).unwrap(), answered, "{agents} agents' talks");
        // Each visit by its own story.
        for call in truth.calls.values() {
            for visit in call.visits.iter().filter(|visit| visit.end == VisitEnd::Answered) {
                let key = (call.uniqueid.clone(), visit.queue.clone());
                let connects = stream.connects.get(&key).cloned().unwrap_or_default();
                let at = visit.answered_at.unwrap();
                let agent = visit.agent.clone().unwrap();
                assert!(
                    connects.iter().any(|(when, who)| (when - at).abs() < 5_000 && *who == agent),
                    "{key:?}: {connects:?}"
                );
            }
        }
    }
}

#[test]
fn everything_that_happens_in_a_centre_happens() {
    let (world, stream) = lived(60, 5, 25);
    let truth = world.truth();
    let visits: Vec<_> = truth.calls.values().flat_map(|call| &call.visits).collect();
    let ends = |end: VisitEnd| visits.iter().filter(|visit| visit.end == end).count();
    assert!(ends(VisitEnd::Answered) > 200, "answered {}", ends(VisitEnd::Answered));
    assert!(ends(VisitEnd::Abandoned) > 5, "abandoned {}", ends(VisitEnd::Abandoned));
    assert!(visits.iter().any(|visit| visit.hold > 3_000_000));
    assert!(visits.iter().any(|visit| visit.ended_by == Some(EndedBy::Transfer)));
    for name in [
        "AttendedTransfer",
        "BlindTransfer",
        "Hold",
        "Unhold",
        "AgentRingNoAnswer",
        "QueueMemberAdded",
        "QueueMemberPause",
        "QueueMemberRemoved",
        "UserEvent",
        "DTMFEnd",
        "NewCallerid",
    ] {
        assert!(stream.names.get(name).is_some_and(|count| *count > 0), "no {name}");
    }
    assert!(stream.pause_reasons.contains("Auto-Pause"));
    assert!(stream.pause_reasons.contains("Lunch") && stream.pause_reasons.contains("Coaching"));
}

#[test]
fn what_begins_ends_and_positions_fit() {
    let versions = [Version::V16, Version::V22];
    let some = |consults: f64| versions.map(|version| (version, consults));
    for (version, queue_consults_percent) in some(0.0).into_iter().chain(some(60.0)) {
        let settings = Settings { version, queue_consults_percent, ..settings(40, 11) };
        let mut world = World::new(&settings, START);
        let mut said = Vec::new();
        world.advance(START + 15 * MINUTE, &mut said);
        // A restart ends every call that is up, with events.
        world.shut_down(START + 15 * MINUTE, &mut said);
        let stream = Stream::read(&said);
        assert_eq!(stream.open_channels, Vec::<String>::new());
        assert_eq!(stream.open_bridges, Vec::<String>::new());
        assert_eq!(stream.faults, Vec::<String>::new());
        assert_eq!(world.channels_up(), 0);
        for queue in &world.truth().queues {
            let ended = queue.answered
                + queue.abandoned
                + queue.timed_out
                + queue.left_empty
                + queue.exit_key
                + queue.cut;
            assert_eq!(ended, queue.joined, "{}", queue.name);
            assert_eq!(queue.completed, queue.answered, "{}", queue.name);
        }
    }
}

#[test]
fn a_seed_reproduces_every_byte_however_time_is_cut() {
    let one = |step: i64, seed: u64| {
        let mut world = World::new(&settings(20, seed), START);
        let mut said = Vec::new();
        let mut at = START;
        while at < START + 10 * MINUTE {
            at += step;
            world.advance(at, &mut said);
        }
        said
    };
    let whole = one(10 * MINUTE, 4);
    assert!(whole.len() > 3_000, "{} events", whole.len());
    assert!(whole == one(7_919, 4), "cut in pieces of 7.9 ms");
    assert!(whole != one(10 * MINUTE, 9), "another seed, another day");
}

#[test]
fn stamps_rise_and_are_in_the_text() {
    let mut world = World::new(&settings(30, 8), START);
    let mut said = Vec::new();
    world.advance(START + 10 * MINUTE, &mut said);
    let mut last = 0;
    for said in &said {
        assert!(said.at > last);
        last = said.at;
        assert_eq!(ami::Message::parse(&said.bytes).timestamp_us(), Some(said.at));
    }
    // A burst may run ahead of the time asked for, but not by much.
    assert!(last < START + 10 * MINUTE + 50_000, "{}", last - START);
}

#[test]
fn a_small_centre_moves_every_second_or_two() {
    let mut world = World::new(&settings(8, 3), START);
    let mut said = Vec::new();
    world.advance(START + 60 * MINUTE, &mut said);
    let truth = world.truth();
    let states = truth.agents.iter().flat_map(|agent| &agent.story).map(|(at, _)| *at);
    let visits = truth.calls.values().flat_map(|call| &call.visits);
    let queues = visits.flat_map(|visit| [Some(visit.joined), visit.left]).flatten();
    let calls = truth.calls.values().flat_map(|call| [Some(call.began), call.ended]).flatten();
    let seconds: BTreeSet<i64> =
        states.chain(queues).chain(calls).map(|at| at / 1_000_000).collect();
    let moving = seconds.len();
    assert!(moving > 1_800, "moves in {moving} of 3600 seconds");
}

#[test]
fn a_fresh_world_has_calls_up() {
    for (agents, least) in [(8, 2), (100, 60)] {
        let world = World::new(&Settings::centre(agents, 3), START);
        assert!(world.channels_up() >= least, "{} channels", world.channels_up());
        assert_eq!(world.truth().events, 0, "the warm-up is silent");
    }
}

#[test]
fn the_centre_is_busy_but_not_overrun() {
    for agents in [8, 30, 100] {
        let mut world = World::new(&settings(agents, 3), START);
        world.advance(START + 60 * MINUTE, &mut Vec::new());
        let truth = world.truth();
        let visits: Vec<_> = truth.calls.values().flat_map(|call| &call.visits).collect();
        let answered = visits.iter().filter(|visit| visit.end == VisitEnd::Answered).count();
        let share = answered * 100 / visits.len();
        assert!((70..98).contains(&share), "{agents} agents answer {share} %");
        let left = visits.iter().filter_map(|visit| Some((visit.joined, visit.left?)));
        let waits: Vec<i64> = left.map(|(joined, left)| left - joined).collect();
        let mean = waits.iter().sum::<i64>() / i64::try_from(waits.len()).unwrap() / 1_000_000;
        assert!((2..20).contains(&mean), "{agents} agents: callers wait {mean} s");
        assert!(waits.iter().any(|wait| *wait > 30_000_000), "{agents} agents: no queue built up");
    }
}

#[test]
fn without_timestampevents_there_is_no_stamp() {
    let settings = Settings { timestampevents: false, ..settings(8, 1) };
    let mut world = World::new(&settings, START);
    let mut said = Vec::new();
    world.advance(START + MINUTE, &mut said);
    assert!(!said.is_empty());
    for said in &said {
        assert_eq!(ami::Message::parse(&said.bytes).get("Timestamp"), None);
    }
}
