//! What goes wrong: lost links, restarts, channels whose end nobody told, time limits
//! (asterisk.md 0.9, 3; cms.md 1.5). Nothing stays as a ghost.

use crate::text::{self, check, check_with, moment};
use facts::{Fact, Timed};

const BUSY: &str = "
0   member PJSIP/1001 sales
1   new C PJSIP/trunk in up
1   queue C sales
1   new A PJSIP/1001 out call=C
1   offer C sales PJSIP/1001 A
2   leave C sales
2   connect C sales PJSIP/1001 A
2   bridge A B1
2   bridge C B1
3   new D PJSIP/trunk in up
3   queue D sales
";

fn codes(model: &model::Model) -> Vec<(&'static str, u64)> {
    model.anomalies().counts().iter().map(|(c, n)| (*c, *n)).collect()
}

fn empty(model: &model::Model) {
    let s = model.sizes();
    assert_eq!(
        [s.channels, s.bridges, s.calls, s.visits, s.rings, s.works, s.joined],
        [0; 7],
        "{s:?}"
    );
}

#[test]
fn a_restart_ends_everything() {
    let model = check(&format!(
        "{BUSY}
        10  linkdown

        ? agents state staff_ms acd_ms
        OTHER 10000 8000

        60  linkup
        60  started
        61  resynced

        # Nobody knows when between 10 and 60 the switch went: what was seen counts.
        ? calls call state closed outcome ended_by talk_ms wait_ms ended_at
        C ENDED SWITCH_RESTART ANSWERED SWITCH 8000 1000 10
        D ENDED SWITCH_RESTART LOST     SWITCH 0    7000 10

        ? queues waiting offered answered lost
        0 2 1 1

        70  time

        ? agents state since staff_ms acd_ms avail_ms
        AVAIL 61 19000 8000 10000
        "
    ));
    empty(&model);
}

#[test]
fn what_a_resync_does_not_name_is_closed_after_a_grace() {
    let model = check_with(
        model::Settings::new("pbx"),
        &format!(
            "{BUSY}
            10   linkdown
            20   linkup
            20   missing C
            20   missing A
            20   lost D sales
            20   resynced
            # The stream knows better: an event about C from before the list.
            20.5 step C x y z
            21.9 time

            ? calls call state
            C TALKING
            D QUEUED

            22   time

            ? calls call state channels
            C NEW 1
            D NEW 1

            ? queues waiting lost
            0 1

            ? agents state
            AVAIL
            "
        )
        .replace("C NEW 1", "C IVR 1"),
    );
    assert_eq!(codes(&model), [("channel-missing", 1)]);
    assert_eq!(model.sizes().channels, 2);
}

#[test]
fn a_caller_named_twice_is_one_caller() {
    check(
        "
        1   new C PJSIP/trunk in up
        1.5 queue C sales
        5   linkdown
        6   linkup
        6   new C PJSIP/trunk in up call=C
        6   queue C sales since=1
        6   resynced
        6.1 queue C sales          # delivered after the list, from before it

        ? queues waiting offered oldest_since
        1 1 1.5
        ",
    );
}

#[test]
fn a_call_found_by_a_resync_has_its_callers_begin() {
    check(
        "
        10  linkup
        10  new A PJSIP/1001 out call=C up began=5 bridge=B
        10  new C PJSIP/trunk in call=C up from=5551 to=8001 began=3 bridge=B
        10  member PJSIP/1001 sales was since=2
        10  resynced

        ? calls call state began caller vdn direction channels
        C TALKING 3 5551 8001 IN 2

        ? agents state direction logged_on staff_ms
        AUX IN 2 0
        ",
    );
}

#[test]
fn an_unannounced_gap_stops_the_clocks_at_the_last_word() {
    check(
        "
        0   member PJSIP/1001 sales
        10  device PJSIP/1001 idle
        100 linkup
        101 resynced
        110 time

        ? agents state staff_ms
        AVAIL 19000
        ",
    );
}

#[test]
fn an_end_that_was_lost_is_found_by_age() {
    let mut settings = model::Settings::new("pbx");
    settings.channel_age_max_s = 3600;
    let model = check_with(
        settings,
        "
        0    new C PJSIP/trunk in up
        0    queue C sales
        3000 step C x y z          # still there
        6000 time

        ? calls state
        QUEUED

        9000 time

        ? calls state closed outcome ended_by
        ENDED TOO_OLD LOST UNKNOWN

        ? queues waiting lost
        0 1
        ",
    );
    empty(&model);
    assert_eq!(codes(&model), [("channel-too-old", 1)]);
}

#[test]
fn a_call_that_comes_back_is_no_second_call() {
    let model = check(
        "
        1   new C PJSIP/trunk in up to=8001
        2   end C

        ? calls call state
        C ENDED

        3   new A PJSIP/1001 in up call=C

        ? calls call state dialled
        C NEW 8001

        4   end A

        ? calls call state
        C ENDED

        ? cvdn incalls
        1
        ",
    );
    empty(&model);
}

#[test]
fn a_new_day_counts_from_nothing() {
    let mut model = check(BUSY);
    model.start_day(moment("100"));
    for (table, column, want) in [
        ("queues", "offered", "1"),
        ("queues", "answered", "0"),
        ("queues", "waiting", "1"),
        ("agents", "staff_ms", "0"),
        ("agents", "acd_calls", "0"),
    ] {
        let t = model.table(table, moment("100")).unwrap();
        let i = t.shape.column(column).unwrap();
        assert_eq!(t.rows[0][i], facts::table::Value::Int(want.parse().unwrap()), "{column}");
    }
    for text in ["110 gone PJSIP/1001 sales", "110 unbridge A B1", "110 end A"] {
        for t in text::facts(text) {
            model.apply(&t);
        }
    }
    model.start_day(moment("200"));
    assert_eq!(model.sizes().agents, 0, "who is not logged on is forgotten");
}

#[test]
fn what_nobody_knows_is_odd_but_harmless() {
    let model = check_with(
        model::Settings::new("pbx"),
        "
        1   queue X sales
        1   leave X sales
        1   verdict X sales abandoned
        1   connect X sales PJSIP/1001
        1   complete X sales PJSIP/1001
        1   end X
        1   bridge X B
        1   unhold X
        1   gone PJSIP/1009 sales
        1   new C PJSIP/trunk in
        2   end C
        2   unbridge C B

        ? anomalies code=unknown-channel n count
        1 7
        2 7
        3 7
        4 7
        6 7
        7 7
        8 7
        ",
    );
    assert_eq!(codes(&model), [("answer-without-call", 1), ("unknown-channel", 7)]);
}

#[test]
fn anomalies_are_bounded_and_counted() {
    let mut model = model::Model::new(model::Settings::new("pbx"));
    for i in 0..1_500 {
        let fact = Fact::Hole { why: format!("{i}").into() };
        model.apply(&Timed { at: moment("1"), fact });
    }
    let rows = model.table("anomalies", moment("1")).unwrap().rows;
    assert_eq!((rows.len(), model.anomalies().total()), (1_000, 1_500));
}

#[test]
fn a_queue_call_found_by_a_resync_is_shown_and_not_counted() {
    check(
        "
        10  linkup
        10  new C PJSIP/trunk in up to=8001 began=3 bridge=B
        10  new A PJSIP/1001 out call=C up began=4 bridge=B
        10  member PJSIP/1001 sales was since=2 inuse
        10  found C sales PJSIP/1001 A
        10  resynced

        ? agents state split call acd_calls
        ACD sales C 0

        ? calls state split agent outcome
        TALKING sales PJSIP/1001 ANSWERED

        20  hangup A
        20  unbridge A B
        20  unbridge C B
        20  end A
        20  end C
        20  device PJSIP/1001 idle

        ? agents state acd_ms acd_calls
        AVAIL 10000 0

        ? csplit acdcalls callsoffered
        0 0
        ",
    );
}
