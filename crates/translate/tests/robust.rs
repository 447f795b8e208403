//! Whatever comes, in whatever order, cut or damaged: no panic, no growth, no end.

mod support;

use facts::{Epoch, Fact, Kind, Observation, Record, Stamp, Text};
use proptest::prelude::*;
use std::sync::{Arc, OnceLock};
use support::{ordered, settings, stream, translated};
use translate::asterisk::{Translator, parse_queues_conf};
use translate::{capture, order};

/// Records of the most entangled scenarios, with lists and restarts.
fn pool() -> &'static Vec<Record> {
    static POOL: OnceLock<Vec<Record>> = OnceLock::new();
    POOL.get_or_init(|| {
        let names = [
            "16/attended-transfer-to-queue/ami-a",
            "16/feature-transfer/ami-a",
            "16/resync/ami-resync",
            "16/restart/ami-c",
            "16/overflow/ami-a",
            "22/local-optimised/ami-a",
            "22/work-code/ami-a",
            "16/park/ami-a",
        ];
        names.iter().flat_map(|n| capture::records(&stream(n))).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_part_of_the_events_in_any_order(picks in prop::collection::vec(any::<prop::sample::Index>(), 1..600)) {
        let pool = pool();
        let records: Vec<Record> = picks.iter().map(|i| i.get(pool).clone()).collect();
        translated(&records);
        translated(&ordered(records));
    }

    #[test]
    fn damaged_bytes(
        start in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let pool = pool();
        let from = start.index(pool.len());
        let mut records: Vec<Record> = pool.iter().skip(from).take(80).cloned().collect();
        for (at, byte) in changes {
            let record = at.index(records.len());
            let mut bytes = records[record].payload.to_vec();
            let place = at.index(bytes.len());
            bytes[place] = byte;
            records[record].payload = bytes.into();
        }
        translated(&ordered(records));
    }

    #[test]
    fn a_damaged_or_torn_capture(
        cut in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..40),
    ) {
        static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
        let mut bytes = BYTES.get_or_init(|| stream("16/resync/ami-resync")).clone();
        for (at, byte) in changes {
            let place = at.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(cut.index(bytes.len()));
        translated(&ordered(capture::records(&bytes)));
    }

    #[test]
    fn any_bytes_are_a_payload(bytes in prop::collection::vec(any::<u8>(), 0..300), event in any::<bool>()) {
        let mut payload = if event { b"Event: Hangup\r\n".to_vec() } else { b"Observation: Answer\r\n".to_vec() };
        payload.extend(bytes);
        parse_queues_conf(&payload);
        let kind = if event { Kind::Event } else { Kind::Observation };
        let at = Stamp::from_secs(1);
        let record = Record { kind, epoch: Epoch(0), stamp: at, heard: at, payload: payload.into() };
        translated([&record]);
    }

    #[test]
    fn the_reorder_buffer_loses_nothing_and_orders_what_is_in_the_window(
        stamps in prop::collection::vec(0_i64..40_000, 1..200),
    ) {
        let records: Vec<Record> = stamps.iter().map(|&s| event(s, "Newstate")).collect();
        let mut want = records.clone();
        want.sort_by(order::compare);
        let got = ordered(records);
        prop_assert_eq!(got, want);
    }
}

fn event(micros: i64, name: &str) -> Record {
    let payload = Arc::from(format!("Event: {name}\r\nTimestamp: x\r\n\r\n").as_bytes());
    let at = Stamp(micros);
    Record { kind: Kind::Event, epoch: Epoch(0), stamp: at, heard: at, payload }
}

fn observed(micros: i64, what: Observation) -> Record {
    let at = Stamp(micros);
    Record::observation(what, Epoch(0), at, at, &Text::from("a"), &[], b"")
}

fn names(records: &[Record]) -> Vec<String> {
    records
        .iter()
        .map(|r| {
            let text = String::from_utf8_lossy(&r.payload);
            let first = text.lines().next().unwrap_or_default();
            format!("{} {}", r.stamp.0, first.split(' ').nth(1).unwrap_or_default())
        })
        .collect()
}

#[test]
fn ties_go_by_cause_and_observations_come_last() {
    let got = ordered(vec![
        event(5, "Hangup"),
        observed(5, Observation::Resynced),
        event(5, "AgentConnect"),
        observed(5, Observation::LinkUp),
        event(5, "QueueCallerLeave"),
        event(5, "BridgeEnter"),
        event(5, "Newchannel"),
        observed(5, Observation::Answer),
        event(5, "BridgeLeave"),
        event(4, "Hangup"),
    ]);
    assert_eq!(
        names(&got),
        [
            "4 Hangup",
            "5 Newchannel",
            "5 QueueCallerLeave",
            "5 AgentConnect",
            "5 BridgeLeave",
            "5 BridgeEnter",
            "5 Hangup",
            "5 LinkUp",
            "5 Answer",
            "5 Resynced"
        ]
    );
}

#[test]
fn a_clock_put_back_goes_on_from_the_new_time() {
    let mut reorder = order::Reorder::new(1_000);
    for micros in [10_000, 10_500, 2_000, 2_500] {
        reorder.push(event(micros, "Newstate"));
    }
    reorder.push(event(4_000, "Newstate"));
    let mut got = Vec::new();
    while let Some(record) = reorder.pop() {
        got.push(record.stamp.0);
    }
    assert_eq!(got, [10_000, 10_500, 2_000, 2_500]);
    assert_eq!(reorder.held(), 1);
    reorder.flush_before(Stamp(4_000));
    assert_eq!(reorder.pop().map(|r| r.stamp.0), Some(4_000));
    assert_eq!(reorder.pop(), None);
}

#[test]
fn late_ones_go_where_their_stamps_say() {
    let mut reorder = order::Reorder::new(100);
    let (mut got, mut stamps) = (Vec::new(), Vec::new());
    for n in 0..1_000_i64 {
        // In tens, each ten backwards; of every seventh stamp two.
        let micros = n / 10 * 10 + 9 - n % 10;
        for _ in 0..1 + i64::from(micros % 7 == 0) {
            reorder.push(event(micros, "Newstate"));
            stamps.push(micros);
        }
        got.extend(std::iter::from_fn(|| reorder.pop()).map(|r| r.stamp.0));
    }
    assert_eq!(reorder.held(), stamps.len() - got.len());
    assert!(got.len() > 1_000, "most are out before the end");
    reorder.flush();
    got.extend(std::iter::from_fn(|| reorder.pop()).map(|r| r.stamp.0));
    stamps.sort_unstable();
    assert_eq!(got, stamps);
}

#[test]
fn a_full_buffer_gives_the_oldest_out_early() {
    let mut reorder = order::Reorder::new(i64::MAX);
    for micros in 0..200_100 {
        reorder.push(event(micros, "Newstate"));
    }
    let given = std::iter::from_fn(|| reorder.pop()).count();
    assert_eq!((given, reorder.held()), (100, 200_000));
}

#[test]
fn the_union_of_two_sessions_takes_twins_twice_and_the_rest_once() {
    let twin = event(2, "Newstate");
    let a = vec![event(1, "Newchannel"), twin.clone(), twin.clone(), event(4, "Hangup")];
    let b = vec![twin, event(3, "Hangup"), event(4, "Hangup")];
    let want = ["1 Newchannel", "2 Newstate", "2 Newstate", "3 Hangup", "4 Hangup"];
    assert_eq!(names(&order::union(vec![a.clone(), b.clone()])), want);
    assert_eq!(names(&order::union(vec![b, a])), want);
    assert_eq!(order::union(vec![]), vec![]);
}

#[test]
fn the_union_of_both_captured_sessions_is_either_of_them() {
    for name in ["16/attended-transfer", "22/blind-transfer"] {
        let a = capture::records(&stream(&format!("{name}/ami-a")));
        let b = capture::records(&stream(&format!("{name}/ami-b")));
        let one = translated(&order::union(vec![a.clone(), b.clone()]));
        assert_eq!(one, translated(&order::union(vec![b, a.clone()])), "{name}");
        let calls = |facts: &[facts::Timed]| {
            let of_calls = |t: &&facts::Timed| !matches!(t.fact, Fact::LinkUp);
            facts.iter().filter(of_calls).cloned().collect::<Vec<_>>()
        };
        assert_eq!(calls(&one), calls(&translated(&ordered(a))), "{name}");
    }
}

#[test]
fn what_says_nothing_is_refused_by_its_name() {
    let translator = Translator::new(settings());
    for (payload, wanted) in [
        (&b"Event: RTCPSent\r\nChannel: x\r\n\r\n"[..], false),
        (b"Event: TestEvent\r\n\r\n", false),
        (b"Event: VarSet\r\nUniqueid: 1\r\nVariable: MACRO\r\nValue: 1\r\n\r\n", false),
        (b"Event: VarSet\r\nUniqueid: 1\r\nVariable: QUEUESTATUS\r\nValue: 1\r\n\r\n", true),
        (b"Event: Hangup\r\n\r\n", true),
        (b"Observation: LinkUp\r\n\r\n", true),
        (b"Response: Success\r\n\r\n", false),
        (b"", false),
    ] {
        assert_eq!(translator.wants(payload), wanted, "{}", String::from_utf8_lossy(payload));
    }
}

#[test]
fn nothing_grows_when_the_load_goes_on() {
    let mut translator = Translator::new(settings());
    let records = ordered(capture::records(&stream("16/resync-while-busy/ami-a")));
    let mut out = Vec::new();
    let mut most = 0;
    for _ in 0..3 {
        for record in &records {
            translator.record(record, &mut out);
            most = most.max(translator.channels_alive());
            out.clear();
        }
    }
    assert!(most < 200, "{most} channels at a time");
    assert!(translator.channels_alive() < 20, "{} left", translator.channels_alive());
}
