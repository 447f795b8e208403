//! The ledger that the fold writes: facts in, lines out (see `lines`), derived by hand.

use crate::lines::{expect, lines};

/// All kinds of lines.
const ALL: &[&str] = &[
    "link", "agent", "waiting", "seized", "idle", "arrived", "entered", "visit", "served", "rang",
    "own", "over",
];
/// What is final.
const FINAL: &[&str] = &["visit", "served", "rang", "own", "over"];

/// Ann (1001) is in `sales`, with 4 s of wrap-up; a caller comes at 10 and is answered at 13.
const ANSWERED: &str = "
0      split sales wrapup=4
0      member PJSIP/1001 sales name=Ann
10     new C PJSIP/trunk in up from=5551 to=8001 context=in
11     queue C sales
11.5   new A PJSIP/1001 out call=C
11.5   offer C sales PJSIP/1001 A
13     up A
13     dialled A answered
13     leave C sales
13     connect C sales PJSIP/1001 A
13     bridge A B1
13     bridge C B1
";
/// And hangs up at 19.
const OVER: &str = "
19     hangup C
19     unbridge C B1
19     unbridge A B1
19     end C
19     end A
";

#[test]
fn answered_talked_and_wrapped_up() {
    expect(
        &format!("{ANSWERED}{OVER}"),
        ALL,
        "
        0  link heard
        0  agent 1001 AVAIL | sales:AVAIL
        10 entered C 8001 in
        10 seized trunk C in
        11 arrived sales C
        11 waiting sales 1
        11.5 agent 1001 RING in work=sales call=C | sales:RING
        13 waiting sales 0
        13 agent 1001 ACD in work=sales call=C | sales:ACD
        19 idle trunk C in
        19 over C in trunk C 8001 in answered=13 answered queued=11 by=caller pending=1
        19 agent 1001 ACW work=sales call=C | sales:ACW
        23 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 by=caller
        23 agent 1001 AVAIL | sales:AVAIL
        ",
    );
}

#[test]
fn a_new_call_cuts_the_wrap_up() {
    let next = "
        21 new D PJSIP/trunk in up to=8001 context=in
        21 queue D sales
        21 new E PJSIP/1001 out call=D
        21 offer D sales PJSIP/1001 E
        22 leave D sales
        22 connect D sales PJSIP/1001 E
        22 bridge E B2
        22 bridge D B2
        30 unbridge E B2
        30 end E
        30 end D
    ";
    expect(
        &format!("{ANSWERED}{OVER}{next}"),
        &["served"],
        "
        21 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 by=caller
        34 served sales 1001 D joined=21 rang=21 answered=22 ended=30 by=unknown
        ",
    );
}

#[test]
fn paused_while_talking_there_is_no_after_call_work() {
    let pause = "15 member PJSIP/1001 sales name=Ann paused reason=Lunch was";
    expect(
        &format!("{ANSWERED}{pause}{OVER}"),
        &["served", "agent"],
        "
        0    agent 1001 AVAIL | sales:AVAIL
        11.5 agent 1001 RING in work=sales call=C | sales:RING
        13   agent 1001 ACD in work=sales call=C | sales:ACD
        15   agent 1001 ACD in work=sales call=C | sales:ACD!Lunch
        19   agent 1001 AUX why=Lunch | sales:AUX!Lunch
        19   served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 by=caller
        ",
    );
}

#[test]
fn given_up_while_waiting_and_while_ringing() {
    let text = "
        0   member PJSIP/1001 sales
        0   member PJSIP/1002 sales
        1   new C PJSIP/trunk in up to=8001 context=in
        1   queue C sales
        4   hangup C
        4   leave C sales
        4   verdict C sales abandoned
        4   end C
        5   new D PJSIP/trunk in up to=8001 context=in
        5   queue D sales
        6   new A PJSIP/1001 out call=D ringing
        6   offer D sales PJSIP/1001 A
        6   new B PJSIP/1002 out call=D ringing
        6   offer D sales PJSIP/1002 B
        # What rings is broken off first, the caller's going is told then.
        8   hangup D
        8   dialled A cancelled
        8   dialled B cancelled
        8   leave D sales
        8   verdict D sales abandoned
        8   end A
        8   end B
        8   end D
    ";
    expect(
        text,
        FINAL,
        "
        4 visit sales C abandoned joined=1
        4 over C in trunk C 8001 in abandoned queued=1 by=caller
        8 visit sales D abandoned joined=5 ringing=1001,1002
        8 rang sales 1001 D abandoned joined=5 since=6
        8 rang sales 1002 D abandoned joined=5 since=6
        8 over D in trunk D 8001 in abandoned queued=5 ringing by=caller
        ",
    );
    // Or it is broken off only then.
    let late =
        text.replace("8   dialled A cancelled\n", "").replace("8   dialled B cancelled\n", "");
    assert_eq!(lines(&late, &["visit", "rang"]), lines(text, &["visit", "rang"]));
}

#[test]
fn not_taken_he_is_requeued_and_answered_then() {
    expect(
        "
        0   member PJSIP/1001 sales
        1   new C PJSIP/trunk in up to=8001
        1   queue C sales
        2   new A PJSIP/1001 out call=C
        2   offer C sales PJSIP/1001 A
        17  noanswer C sales PJSIP/1001 15000
        17  dialled A noanswer
        17  end A
        # Refused at once: no redirection of his.
        22  new B PJSIP/1001 out call=C
        22  offer C sales PJSIP/1001 B
        22.1 dialled B busy
        22.1 noanswer C sales PJSIP/1001 0
        22.1 end B
        25  new D PJSIP/1001 out call=C
        25  offer C sales PJSIP/1001 D
        27  leave C sales
        27  connect C sales PJSIP/1001 D
        27  bridge D X
        27  bridge C X
        30  unbridge D X
        30  end D
        30  end C
        ",
        &["visit", "served", "rang", "arrived"],
        "
        1  arrived sales C
        17 rang sales 1001 C notanswered joined=1 since=2
        17 visit sales C requeued joined=1
        22.1 rang sales 1001 C refused joined=1 since=22
        30 served sales 1001 C joined=1 since=17 rang=25 answered=27 ended=30 by=unknown again
        ",
    );
}

#[test]
fn five_phones_that_ring_out_together_are_one_requeue() {
    // Whether the phones are told to have stopped before that or after.
    for early in [true, false] {
        let stopped = "17 dialled A noanswer\n17 dialled B noanswer";
        let (before, after) = if early { (stopped, "") } else { ("", stopped) };
        let text = format!(
            "
            0   member PJSIP/1001 sales
            0   member PJSIP/1002 sales
            1   new C PJSIP/trunk in up to=8001
            1   queue C sales
            2   new A PJSIP/1001 out call=C
            2   offer C sales PJSIP/1001 A
            2   new B PJSIP/1002 out call=C
            2   offer C sales PJSIP/1002 B
            {before}
            17.000 noanswer C sales PJSIP/1001 15000
            17.001 noanswer C sales PJSIP/1002 15000
            {after}
            20  hangup C
            20  leave C sales
            20  verdict C sales abandoned
            20  end C
            "
        );
        let second = if early { "17" } else { "17.001" };
        expect(
            &text,
            &["visit", "rang"],
            &format!(
                "
                17       rang sales 1001 C notanswered joined=1 since=2
                {second} rang sales 1002 C notanswered joined=1 since=2
                {second} visit sales C requeued joined=1
                20       visit sales C abandoned joined=1 since={second} again
                "
            ),
        );
    }
}

#[test]
fn one_of_all_who_ring_answers() {
    expect(
        "
        0   member PJSIP/1001 sales
        0   member PJSIP/1002 sales
        1   new C PJSIP/trunk in up to=8001
        1   queue C sales
        2   new A PJSIP/1001 out call=C
        2   offer C sales PJSIP/1001 A
        2   new B PJSIP/1002 out call=C
        2   offer C sales PJSIP/1002 B
        5   leave C sales
        5   dialled B cancelled
        5   connect C sales PJSIP/1001 A
        5   bridge A X
        5   bridge C X
        5   end B
        9   complete C sales PJSIP/1001 by=agent
        9   unbridge A X
        9   end A
        9   end C
        ",
        &["visit", "served", "rang"],
        "
        5 rang sales 1002 C elsewhere joined=1 since=2
        9 served sales 1001 C joined=1 rang=2 answered=5 ended=9 by=agent
        ",
    );
}

#[test]
fn the_longest_wait_is_over_while_it_rings() {
    expect(
        "
        0   member PJSIP/1001 sales
        0   member PJSIP/1002 help
        1   new C PJSIP/trunk in up to=8001 context=in
        1   queue C sales
        2   new A PJSIP/1001 out call=C
        2   offer C sales PJSIP/1001 A
        11.000 noanswer C sales PJSIP/1001 9000
        11.001 leave C sales
        11.002 verdict C sales timedout
        11.002 end A
        12  queue C help
        13  new B PJSIP/1002 out call=C
        13  offer C help PJSIP/1002 B
        14  leave C help
        14  connect C help PJSIP/1002 B
        14  bridge B X
        14  bridge C X
        20  unbridge B X
        20  end B
        20  end C
        ",
        FINAL,
        "
        11     rang sales 1001 C notanswered joined=1 since=2
        11.001 visit sales C timedout joined=1
        20     over C in trunk C 8001 in answered=14 answered queued=1 by=switch pending=1
        20     served help 1002 C joined=12 rang=13 answered=14 ended=20 by=unknown inflow
        ",
    );
}

#[test]
fn refused_on_arrival() {
    expect(
        "
        1 new C PJSIP/trunk in up context=in
        2 refuse C sales
        3 hangup C switch
        3 end C
        ",
        ALL,
        "
        1 link heard
        1 seized trunk C in
        2 entered C - in
        2 visit sales C joinempty joined=2
        3 idle trunk C in
        3 over C in trunk C - in joinempty by=switch
        ",
    );
}

#[test]
fn held_and_taken_back() {
    let held = "
        14   hold A
        16   unhold A
        17   hold A
        17.5 unhold A
    ";
    expect(
        &format!("{ANSWERED}{held}{OVER}"),
        &["served", "agent"],
        "
        0    agent 1001 AVAIL | sales:AVAIL
        11.5 agent 1001 RING in work=sales call=C | sales:RING
        13   agent 1001 ACD in work=sales call=C | sales:ACD
        14   agent 1001 OTHER held=sales call=C | sales:OTHER
        16   agent 1001 ACD in work=sales call=C | sales:ACD
        17   agent 1001 OTHER held=sales call=C | sales:OTHER
        17.5 agent 1001 ACD in work=sales call=C | sales:ACD
        19   agent 1001 ACW work=sales call=C | sales:ACW
        23   served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 holds=14-16,17-17.5 by=caller
        23   agent 1001 AVAIL | sales:AVAIL
        ",
    );
}

#[test]
fn the_caller_hangs_up_while_on_hold() {
    expect(
        &format!("{ANSWERED}\n16 hold A\n{OVER}"),
        &["served"],
        "23 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 holds=16-19
            held-abandoned by=caller"
            .replace('\n', " ")
            .as_str(),
    );
    // The agent gives him up.
    let agent = OVER.replace("hangup C", "hangup A");
    expect(
        &format!("{ANSWERED}\n16 hold A\n{agent}"),
        &["served"],
        "23 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 holds=16-19 by=agent",
    );
}

#[test]
fn transferred_without_asking_and_coded_afterwards() {
    let transfer = "
        19 transfer A
        19 unbridge A B1
        19 end A
        19.5 new D PJSIP/1005 out up call=C
        19.5 bridge D B1
        20 code 7 agent=PJSIP/1001
        40 hangup C
        40 unbridge C B1
        40 end C
        40 end D
    ";
    expect(
        &format!("{ANSWERED}{transfer}"),
        FINAL,
        "
        23 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 transferred by=transfer code=7
        40 over C in trunk C 8001 in answered=13 answered queued=11 by=caller transfers=1 code=7
        ",
    );
}

#[test]
fn an_own_call_in_after_call_work_and_one_in_aux() {
    let own = "
        20 new O PJSIP/1001 in up to=0815 context=out
        20.2 new P PJSIP/trunk out call=O
        21 up P
        21 bridge O B2
        21 bridge P B2
        26 unbridge O B2
        26 end O
        26 end P
        40 new I PJSIP/1005 in up to=1001
        40 new J PJSIP/1001 out ringing call=I
        42 up J
        42 bridge J B3
        42 bridge I B3
        50 unbridge J B3
        50 end J
        50 end I
    ";
    expect(
        &format!("{ANSWERED}{OVER}{own}"),
        &["own", "served", "agent"],
        "
        0    agent 1001 AVAIL | sales:AVAIL
        11.5 agent 1001 RING in work=sales call=C | sales:RING
        13   agent 1001 ACD in work=sales call=C | sales:ACD
        19   agent 1001 ACW work=sales call=C | sales:ACW
        20   agent 1001 ACW out work=sales call=O | sales:ACW
        23   served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 by=caller
        23   agent 1001 AUX out call=O | sales:AUX
        26   own 1001 O out since=20 acw=sales trunk
        26   agent 1001 AVAIL | sales:AVAIL
        40   agent 1001 OTHER | sales:OTHER
        42   agent 1001 AUX in call=I | sales:AUX
        50   own 1001 I in since=42
        50   agent 1001 AVAIL | sales:AVAIL
        ",
    );
}

#[test]
fn two_splits_the_oldest_log_on_first() {
    expect(
        "
        5  member PJSIP/1001 sales name=Ann since=3 was
        6  member PJSIP/1001 help name=Ann penalty=2
        7  member PJSIP/1001 art name=Ann since=1 was
        8  member PJSIP/1001 help name=Ann penalty=2 paused reason=3 was
        9  gone PJSIP/1001 art
        10 gone PJSIP/1001 sales
        11 gone PJSIP/1001 help
        ",
        &["agent"],
        "
        5  agent 1001 AVAIL | sales:AVAIL<3
        6  agent 1001 AVAIL | sales:AVAIL<3 help:AVAIL
        7  agent 1001 AVAIL | art:AVAIL<1 sales:AVAIL<3 help:AVAIL
        8  agent 1001 AVAIL | art:AVAIL<1 sales:AVAIL<3 help:AUX!3
        9  agent 1001 AVAIL | sales:AVAIL<3 help:AUX!3
        10 agent 1001 AUX why=3 | help:AUX!3
        11 agent 1001 off
        ",
    );
}

#[test]
fn the_link_is_lost_and_comes_back() {
    expect(
        "
        0  linkup
        0  member PJSIP/1001 sales name=Ann since=0 was
        0.1 resynced
        10 new C PJSIP/trunk in up to=8001 context=in
        10 queue C sales
        20 linkdown
        40 linkup
        40 new D PJSIP/trunk in up began=25 to=8001 context=in
        40 queue D sales since=26
        40 lost C sales
        40 missing C
        40 member PJSIP/1001 sales name=Ann since=0 was
        40.1 resynced
        50 hangup D
        50 end D
        51 hole
        ",
        ALL,
        "
        0    link heard
        0    agent 1001 AVAIL | sales:AVAIL<0
        10   entered C 8001 in
        10   seized trunk C in
        10   arrived sales C
        10   waiting sales 1
        20   link unheard
        20   agent 1001 OTHER | sales:OTHER<0
        40   entered D 8001 in
        40   seized trunk D in
        40   arrived sales D
        40   waiting sales 2
        40.1 link heard
        40.1 agent 1001 AVAIL | sales:AVAIL<0
        42   waiting sales 1
        42   visit sales C lost joined=10
        42   idle trunk C in
        42   over C in trunk C 8001 in lost queued=10 by=unknown lost
        50   waiting sales 0
        50   visit sales D abandoned joined=26 found
        50   idle trunk D in
        50   over D in trunk D 8001 in abandoned queued=26 by=caller
        50   link unheard
        51   link heard
        ",
    );
}

#[test]
fn the_switch_starts_anew() {
    let restart = "
        15 linkdown
        30 linkup
        30 started
        30.1 member PJSIP/1001 sales name=Ann since=30 was
        30.1 resynced
    ";
    expect(
        &format!("{ANSWERED}{restart}"),
        ALL,
        "
        0  link heard
        0  agent 1001 AVAIL | sales:AVAIL
        10 entered C 8001 in
        10 seized trunk C in
        11 arrived sales C
        11 waiting sales 1
        11.5 agent 1001 RING in work=sales call=C | sales:RING
        13 waiting sales 0
        13 agent 1001 ACD in work=sales call=C | sales:ACD
        15 link unheard
        15 agent 1001 OTHER | sales:OTHER
        15 idle trunk C in
        15 over C in trunk C 8001 in answered=13 answered queued=11 by=switch lost pending=1
        15 served sales 1001 C joined=11 rang=11.5 answered=13 ended=15 by=unknown
        15 link unheard restarted
        30.1 link heard
        30.1 agent 1001 AVAIL | sales:AVAIL<15
        ",
    );
}

#[test]
fn a_seat_taken_again_within_a_second_is_one_talk() {
    let again = "
        15   unbridge A B1
        15.8 bridge C B2
        15.8 bridge A B2
        19   hangup C
        19   unbridge C B2
        19   unbridge A B2
        19   end C
        19   end A
    ";
    let text = format!("{ANSWERED}{again}").replace("wrapup=4", "wrapup=0");
    expect(
        &text,
        &["served"],
        "19 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 by=caller",
    );
    // A little later it is a call of his own, and the first talk was final.
    let late = text.replace("15.8", "16.1");
    expect(
        &late,
        &["served", "own"],
        "
        15 served sales 1001 C joined=11 rang=11.5 answered=13 ended=15 by=unknown
        19 own 1001 C in since=16.1 trunk
        ",
    );
}

#[test]
fn calls_joined_to_one_have_all_their_names() {
    // Ann asks Bob (1002) and hands the caller over.
    let consult = "
        14   hold A
        15   new E PJSIP/1001 in up to=1002
        15   new F PJSIP/1002 out ringing call=E
        16   up F
        16   bridge E B2
        16   bridge F B2
        18   transfer A second=E
        18   bridge F B1 swap=A
        18   call E C
        18   end A
        18   end E
        25   hangup C
        25   unbridge C B1
        25   unbridge F B1
        25   end C
        25   end F
    ";
    expect(
        &format!("0 member PJSIP/1002 help\n{ANSWERED}{consult}"),
        FINAL,
        "
        18 own 1001 E out since=15 held=sales
        22 served sales 1001 C joined=11 rang=11.5 answered=13 ended=18 holds=14-18 transferred by=transfer
        25 own 1002 E in since=16
        25 over C+E in trunk C 8001 in answered=13 answered queued=11 by=caller transfers=1
        ",
    );
}

#[test]
fn found_talking_is_not_counted() {
    expect(
        "
        0  linkup
        0  member PJSIP/1001 sales since=0 was
        0  new C PJSIP/trunk in up began=0 to=8001 context=in bridge=X
        0  new A PJSIP/1001 out up call=C bridge=X
        0  found C sales PJSIP/1001 A
        0.1 resynced
        9  unbridge C X
        9  end C
        9  end A
        ",
        FINAL,
        "9 over C in trunk C 8001 in answered=0 answered by=switch",
    );
}

#[test]
fn a_call_that_comes_back_is_written_once() {
    expect(
        "
        1 new C PJSIP/trunk in up to=8001 context=in
        2 queue C sales
        3 leave C sales
        3 verdict C sales timedout
        3 end C
        3 new D PJSIP/1005 out up call=C
        4 end D
        ",
        FINAL,
        "
        3 visit sales C timedout joined=2
        3 over C in trunk C 8001 in timedout queued=2 by=switch
        ",
    );
}

#[test]
fn midnight_makes_the_last_talk_final() {
    let mut model = model::Model::new(model::Settings::new("pbx"));
    model.write_ledger();
    let text = format!("{ANSWERED}{OVER}").replace("wrapup=4", "wrapup=0");
    for fact in crate::text::facts(&text) {
        model.apply(&fact);
    }
    model.start_day(crate::text::moment("19.5"));
    let mut entries = Vec::new();
    model.take_entries(&mut entries);
    let served = entries.iter().map(crate::lines::line).filter(|l| l.contains(" served "));
    let want = "19 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 by=caller";
    assert_eq!(served.collect::<Vec<_>>(), [want]);
}

#[test]
fn a_call_to_nobody_is_an_own_call_too() {
    expect(
        "
        0     member PJSIP/1001 sales
        5     new O PJSIP/1001 in to=0815
        5.001 new P PJSIP/trunk out call=O
        5.002 dialled P busy
        5.002 end P
        5.003 end O
        ",
        &["own"],
        "5.003 own 1001 O out since=5 trunk",
    );
}

#[test]
fn taken_into_a_conference_and_coded_on_the_channel() {
    let conference = "
        15 conference A
        16 code 42 C
    ";
    expect(
        &format!("{ANSWERED}{conference}{OVER}"),
        &["served"],
        "23 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19 conferenced by=caller code=42",
    );
}

#[test]
fn the_queues_word_on_who_hung_up_holds_for_the_talk_that_ends_then() {
    let told = OVER.replace("19     hangup C", "19 complete C sales PJSIP/1001 by=agent");
    let line = "23 served sales 1001 C joined=11 rang=11.5 answered=13 ended=19";
    expect(&format!("{ANSWERED}{told}"), &["served"], &format!("{line} by=agent"));
    // Said long before: the queue lost interest, the talk went on. Its wrap-up of 4 s ran from then.
    let early = format!("{ANSWERED}\n15 complete C sales PJSIP/1001 by=agent{OVER}");
    let line = line.replace("23 served", "19 served");
    expect(&early, &["served"], &format!("{line} by=caller"));
}

#[test]
fn nothing_is_written_for_nobody() {
    let mut model = model::Model::new(model::Settings::new("pbx"));
    for fact in crate::text::facts(ANSWERED) {
        model.apply(&fact);
    }
    let mut entries = Vec::new();
    model.take_entries(&mut entries);
    assert!(entries.is_empty());
}
