//! The life of a queue call as asterisk.md 4 tells it: answered, given up, timed out, refused,
//! not taken. Times and rows derived by hand from that page.

use crate::text::{check, check_with};

/// One agent in one queue, one caller from outside.
const ANSWERED: &str = "
0      split sales wrapup=4
0      member PJSIP/1001 sales name=Ann
10     new C PJSIP/trunk in from=5551 to=8001 context=from-trunk
10     up C
11     step C from-trunk 8001 Queue
11     queue C sales

? queues queue waiting ringing oldest_since staffed available offered
sales 1 0 11 1 1 1

? calls call state direction vdn vector caller trunk_group split
C QUEUED IN 8001 from-trunk 5551 PJSIP/trunk sales

11.1   new A PJSIP/1001 out call=C
11.1   offer C sales PJSIP/1001 A
11.1   dial C A
11.1   rings A
11.1   device PJSIP/1001 ringing

? agents agent name state direction split call party since
PJSIP/1001 Ann RING IN sales C 5551 11.1

? calls call state agent_name
C RINGING Ann

? queues waiting ringing available agents_ringing
1 1 0 1

13     up A
13     dialled A answered
13     leave C sales
13     connect C sales PJSIP/1001 A
13     bridge A B1
13     bridge C B1
13     device PJSIP/1001 inuse

? agents state direction split call since acd_calls
ACD IN sales C 13 1

? calls state queued_at answered_at wait_ms ring_ms agents_talked
TALKING 11 13 2000 1900 1

? trunks trunk_group in_use in_calls queued on_acd talking
PJSIP/trunk 1 1 0 1 1

19     hangup C
19     complete C sales PJSIP/1001
19     unbridge C B1
19     unbridge A B1
19     end C
19     end A
19     device PJSIP/1001 idle

? calls call state ended_at ended_by outcome talk_ms wait_ms closed
C ENDED 19 CALLER ANSWERED 6000 2000 HANGUP

? agents state split since
ACW sales 19

? queues answered answered_in_sl service_level_pct wait_answered_ms talk_ms in_acw
1 1 100 2000 6000 1

23     time

? agents state since acd_ms acw_ms avail_ms staff_ms ring_ms
AVAIL 23 6000 4000 11100 23000 1900

? csplit callsoffered acdcalls acdtime acwtime anstime ringtime
1 1 6 4 2 1

? cvdn vdn inprogress incalls acdcalls abncalls anstime
8001 0 1 1 0 3
";

#[test]
fn answered_talked_and_wrapped_up() {
    let model = check(ANSWERED);
    let sizes = model.sizes();
    assert_eq!((sizes.channels, sizes.calls, sizes.bridges, sizes.visits), (0, 0, 0, 0));
    assert_eq!((sizes.rings, sizes.works, sizes.joined), (0, 0, 0));
}

#[test]
fn the_end_is_told_late_without_ids_or_not_at_all() {
    // asterisk.md 0.3 and 0.4: the talk ends with the bridge, whatever comes later.
    for late in ["19.5 complete - sales PJSIP/1001", "19.5 complete C sales PJSIP/1001", ""] {
        let text = ANSWERED.replace("19     complete C sales PJSIP/1001\n", "");
        let text = text.replace("23     time", &format!("{late}\n23 time"));
        check(&text);
    }
}

#[test]
fn hung_up_in_the_moment_of_the_answer() {
    check(
        "
        0   member PJSIP/1001 sales
        1   new C PJSIP/trunk in up
        1   queue C sales
        1   new A PJSIP/1001 out call=C
        1   offer C sales PJSIP/1001 A
        2   leave C sales
        2   connect C sales PJSIP/1001 A
        2   bridge A B
        2   bridge C B
        2.07 hangup C
        2.07 unbridge C B
        2.07 unbridge A B
        2.08 end C
        2.08 end A

        ? agents state acd_ms acd_calls
        AVAIL 70 1

        ? calls state outcome ended_by talk_ms
        ENDED ANSWERED CALLER 70
        ",
    );
}

/// A ring that was broken off says nothing of a later one that rang out.
#[test]
fn abandoned_between_two_rings() {
    check(
        "
        0   member PJSIP/1001 sales
        1   new C PJSIP/trunk in up to=8001
        1   queue C sales
        1   new A PJSIP/1001 out call=C ringing
        1   offer C sales PJSIP/1001 A
        3   dialled A cancelled
        3   end A
        4   new B PJSIP/1001 out call=C ringing
        4   offer C sales PJSIP/1001 B
        6   noanswer C sales PJSIP/1001 2000
        6   end B
        7   hangup C
        7   verdict C sales abandoned
        7   end C

        ? csplit abncalls abnringcalls ringcalls noansredir
        1 0 2 1
        ",
    );
}

#[test]
fn abandoned_while_waiting_and_while_ringing() {
    check(
        "
        0   member PJSIP/1001 sales
        1   new C PJSIP/trunk in up to=8001
        1   queue C sales
        4   hangup C
        4   leave C sales
        4   verdict C sales abandoned
        4   end C
        5   new D PJSIP/trunk in up to=8001
        5   queue D sales
        6   new A PJSIP/1001 out call=D ringing
        6   offer D sales PJSIP/1001 A
        8   hangup D
        8   leave D sales
        8   dialled A cancelled
        8   verdict D sales abandoned

        ? agents state
        AVAIL

        8   end A
        8   end D

        ? queues waiting offered answered abandoned longest_wait_ms service_level_pct
        0 2 0 2 3000 0

        ? csplit abncalls abnringcalls abntime noansredir ringcalls ringtime
        2 1 6 0 1 2

        ? calls call outcome ended_by wait_ms ring_ms
        C ABANDONED CALLER 3000 0
        D ABANDONED CALLER 3000 2000

        # Who was only rung did not talk.
        ? calls call=D agent agents_talked
        - 0

        ? cvdn incalls abncalls abnquecalls abnringcalls
        2 2 1 1
        ",
    );
}

#[test]
fn time_out_and_overflow_to_a_second_queue() {
    check(
        "
        0   member PJSIP/1001 second
        1   new C PJSIP/trunk in up to=8001
        1   queue C first
        6   leave C first
        6   verdict C first timedout
        6   queue C second

        ? queues queue waiting offered timed_out abandoned
        first 0 1 1 0
        second 1 1 0 0

        8   new A PJSIP/1001 out call=C
        8   offer C second PJSIP/1001 A
        9   leave C second
        9   connect C second PJSIP/1001 A

        ? csplit split outflowcalls outflowtime inflowcalls
        first 1 5 0
        second 0 0 1

        ? calls split splits_visited wait_ms queued_at
        second 2 8000 1

        10  hangup C switch
        10  end A
        10  end C

        ? calls ended_by
        SWITCH

        10  hangup A switch
        10  end A
        10  end C

        ? calls ended_by
        SWITCH
        ",
    );
}

#[test]
fn left_empty_by_key_refused_and_without_verdict() {
    check(
        "
        1   new C PJSIP/trunk in up
        1   queue C sales
        2   leave C sales
        2   verdict C sales leftempty
        3   queue C sales
        4   leave C sales
        4   verdict C sales exitkey
        5   refuse C closed
        6   queue C sales
        7   leave C sales
        8.9 time

        ? queues queue left_empty exit_key left refused offered
        closed 0 0 0 1 0
        sales  1 1 0 0 3

        9   time

        ? queues queue left refused offered
        closed 0 1 0
        sales  1 0 3
        ",
    );
}

#[test]
fn not_taken_goes_to_the_next_agent() {
    check(
        "
        0   member PJSIP/1001 sales
        0   member PJSIP/1002 sales
        1   new C PJSIP/trunk in up
        1   queue C sales
        2   new A PJSIP/1001 out call=C ringing
        2   offer C sales PJSIP/1001 A
        7   noanswer C sales PJSIP/1001 5000
        7   dialled A noanswer
        7   end A
        7.5 member PJSIP/1001 sales was paused reason=Auto-Pause

        ? agents agent state rona autopaused refused reason
        PJSIP/1001 AUX   1 1 0 Auto-Pause
        PJSIP/1002 AVAIL 0 0 0 -

        8   new B PJSIP/1002 out call=C
        8   offer C sales PJSIP/1002 B
        8   noanswer C sales PJSIP/1002
        8   end B
        9   new D PJSIP/1002 out call=C
        9   offer C sales PJSIP/1002 D
        10  leave C sales
        10  connect C sales PJSIP/1002 D

        ? agents agent state rona refused acd_calls
        PJSIP/1001 AUX 1 0 0
        PJSIP/1002 ACD 1 1 1

        ? csplit noansredir ringcalls ringtime
        2 3 6

        ? calls wait_ms ring_ms state
        9000 6000 NEW
        ",
    );
}

#[test]
fn two_agents_rung_at_once() {
    check(
        "
        0   member PJSIP/1001 sales
        0   member PJSIP/1002 sales
        1   new C PJSIP/trunk in up
        1   queue C sales
        2   new A PJSIP/1001 out call=C ringing
        2   offer C sales PJSIP/1001 A
        2   new B PJSIP/1002 out call=C ringing
        2   offer C sales PJSIP/1002 B

        ? queues waiting ringing agents_ringing
        1 1 2

        4   leave C sales
        4   connect C sales PJSIP/1002 B
        4   bridge B X
        4   bridge C X

        ? agents agent state
        PJSIP/1001 AVAIL
        PJSIP/1002 ACD

        4   dialled A cancelled
        4   end A

        ? calls ring_ms agents_talked agent
        2000 1 PJSIP/1002
        ",
    );
}

#[test]
fn the_service_level_is_ours_and_inclusive() {
    let mut settings = model::Settings::new("pbx");
    settings.service_level_s.insert("sales".into(), 3);
    check_with(
        settings,
        "
        1   new C PJSIP/trunk in
        1   queue C sales
        2   new D PJSIP/trunk in
        2   queue D sales
        3   new E PJSIP/trunk in
        3   queue E sales
        4   leave C sales
        4   connect C sales PJSIP/1001 -
        5.000001 leave D sales
        5.000001 connect D sales PJSIP/1002 -
        6   leave E sales
        6   verdict E sales abandoned

        ? queues answered answered_in_sl service_level_s service_level_pct
        2 1 3 33
        ",
    );
}

/// Four callers; the third is put before the others, as one of a higher priority is.
const IN_ORDER: &str = "
0      split sales
0      split help
0      member PJSIP/1001 sales name=Ann
10     new A PJSIP/trunk in
10     new B PJSIP/trunk in
10     new C PJSIP/trunk in
10     new D PJSIP/trunk in
11     queue A sales place=1
12     queue B sales place=2
13     queue C sales place=1
14     queue D help place=1

? waiting queue channel call position since rings_at
help D D 1 14 -
sales A A 2 11 -
sales B B 3 12 -
sales C C 1 13 -

15     new R PJSIP/1001 out call=C
15     offer C sales PJSIP/1001 R

? waiting queue channel position rings_at
help D 1 -
sales A 2 -
sales B 3 -
sales C 1 PJSIP/1001

16     leave A sales
16     verdict A sales abandoned
17     queue D sales place=2

? waiting queue channel position since
sales B 3 12
sales C 1 13
sales D 2 17
";

#[test]
fn callers_stand_in_the_order_in_which_they_will_be_served() {
    check(IN_ORDER);
}
