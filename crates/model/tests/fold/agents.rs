//! Agents' states and clocks: cms.md 2 and its test vectors T2 and T7, asterisk.md 5.

use crate::text::{check, check_with};

#[test]
fn t2_an_agent_with_two_skills() {
    // cms.md 11: 0-300 AVAIL, 300-310 RING skill 2, 310-610 ACD, 610-640 ACW, 640-900 AUX 3.
    check(
        "
        0   split one wrapup=30
        0   split two wrapup=30
        0   member PJSIP/1001 one
        0   member PJSIP/1001 two
        290 new C PJSIP/trunk in up
        295 queue C two
        300 new A PJSIP/1001 out call=C ringing
        300 offer C two PJSIP/1001 A
        310 leave C two
        310 connect C two PJSIP/1001 A
        310 bridge A B
        310 bridge C B
        400 time

        ? cagent split workmode aworkmode direction duration agduration worksplit oldest_logon
        one OTHER ACD IN 100 90 two one
        two ACD   ACD IN 90  90 two one

        ? csplit split staffed available onacd other
        one 1 0 0 1
        two 1 0 1 0

        610 unbridge C B
        610 unbridge A B
        610 end C
        610 end A
        640 member PJSIP/1001 one was paused reason=3
        640 member PJSIP/1001 two was paused reason=3
        900 time

        ? cagent split i_stafftime i_availtime i_ringtime i_acdtime i_acwtime i_auxtime i_othertime
        one 900 300 0  0   0  260 340
        two 900 300 10 300 30 260 0

        ? cagent split ti_stafftime ti_availtime ti_auxtime ti_othertime
        one 900 300 260 0
        two 0   0   0   0

        ? cagent split acdcalls acdtime acwtime ringcalls ringtime
        one 0 0   0  0 0
        two 1 300 30 1 10

        ? csplit split inaux inaux3 i_auxtime i_stafftime
        one 1 1 260 900
        two 1 1 260 900

        ? agents staff_ms acd_ms acw_ms aux_ms avail_ms ring_ms other_ms reason
        900000 300000 30000 260000 300000 10000 0 3
        ",
    );
}

#[test]
fn t7_hold_is_the_calls_and_not_a_state() {
    check(
        "
        0   split sales
        0   member PJSIP/1001 sales
        0   new C PJSIP/trunk in up
        0   queue C sales
        0   new A PJSIP/1001 out call=C
        0   offer C sales PJSIP/1001 A
        0   leave C sales
        0   connect C sales PJSIP/1001 A
        0   bridge A B
        0   bridge C B
        60  hold A

        ? agents state on_hold split
        OTHER 1 -

        ? calls state
        HELD

        ? ctrunk tkstate duration
        HOLD 0

        90  unhold A
        90  unhold A               # one without a hold comes with every REFER
        200 hangup C
        200 unbridge C B
        200 unbridge A B
        200 end C
        200 end A

        ? cagent i_acdtime i_othertime i_acdothertime acdtime holdcalls holdtime onhold
        170 30 30 170 1 30 0

        ? calls talk_ms hold_ms
        170000 30000

        ? csplit acdtime holdtime holdcalls
        170 30 1
        ",
    );
}

#[test]
fn pauses_with_reasons_in_all_and_in_some_queues() {
    check(
        "
        0   member PJSIP/1001 one
        0   member PJSIP/1001 two
        10  member PJSIP/1001 one was paused reason=Lunch

        ? cagent split workmode aworkmode auxreason
        one AUX   AVAIL Lunch
        two AVAIL AVAIL -

        20  member PJSIP/1001 two was paused reason=Lunch

        ? agents state reason since
        AUX Lunch 20

        30  member PJSIP/1001 one was paused reason=Training
        30  member PJSIP/1001 two was paused reason=Training

        ? agents state reason since
        AUX Training 30

        40  member PJSIP/1001 one was
        40  member PJSIP/1001 two was

        ? agents state reason since aux_ms avail_ms
        AVAIL - 40 20000 20000

        ? cagent split i_auxtime i_availtime ti_auxtime ti_availtime
        one 30 10 20 20
        two 20 20 0  0
        ",
    );
}

#[test]
fn a_pause_can_mean_after_call_work() {
    let talk = "
        0   member PJSIP/1001 one
        0   member PJSIP/1001 two
        1   new C PJSIP/trunk in up
        1   queue C two
        2   new A PJSIP/1001 out call=C
        2   offer C two PJSIP/1001 A
        2   leave C two
        2   connect C two PJSIP/1001 A
        2   bridge A B
        2   bridge C B
        5   member PJSIP/1001 one was paused reason=acw
        5   member PJSIP/1001 two was paused reason=acw

        ? agents state
        ACD

        10  unbridge A B
        10  unbridge C B
        10  end A
        10  end C

        ? cagent split workmode aworkmode worksplit
        one OTHER ACW two
        two ACW   ACW two

        15  member PJSIP/1001 one was
        15  member PJSIP/1001 two was

        ? agents state acw_ms other_ms
        AVAIL 5000 0

        # Not after a call: booked on the oldest log-on.
        20  member PJSIP/1001 one was paused reason=ACW
        20  member PJSIP/1001 two was paused reason=ACW
        22  time

        ? cagent split workmode i_acwtime ti_othertime
        one ACW   2 0
        two OTHER 5 0
    ";
    check(talk);
}

#[test]
fn wrap_up_is_cut_by_the_next_call_and_by_a_pause() {
    check(
        "
        0   split sales wrapup=10
        0   member PJSIP/1001 sales
        1   new C PJSIP/trunk in up
        1   queue C sales
        1   new A PJSIP/1001 out call=C
        1   offer C sales PJSIP/1001 A
        1   leave C sales
        1   connect C sales PJSIP/1001 A
        1   bridge A B
        1   bridge C B
        2   unbridge A B
        2   unbridge C B
        2   end A
        2   end C
        3   new D PJSIP/trunk in up
        3   queue D sales

        ? agents state
        ACW

        5   new E PJSIP/1001 out call=D
        5   offer D sales PJSIP/1001 E

        ? cagent workmode acdcalls acwtime
        RING 1 3

        6   leave D sales
        6   connect D sales PJSIP/1001 E
        6   bridge E B
        6   bridge D B
        7   unbridge E B
        7   unbridge D B
        7   end E
        7   end D
        9   member PJSIP/1001 sales was paused reason=Lunch

        ? cagent workmode acdcalls acwtime i_acwtime
        AUX 2 5 5

        50  time

        ? agents state reason since
        AUX Lunch 9
        ",
    );
}

#[test]
fn the_members_own_wrap_up_goes_before_the_queues_and_the_default() {
    let mut settings = model::Settings::new("pbx");
    settings.wrapup_default_s = 7;
    check_with(
        settings,
        "
        0   split two wrapup=5
        0   member A1 one
        0   member A2 two
        0   member A3 two wrapup=3
        1   new C trunk/x in up
        1   queue C one
        1   new A A1 out call=C
        1   connect C one A1 A
        1   new D trunk/x in up
        1   queue D two
        1   new E A2 out call=D
        1   connect D two A2 E
        1   new F trunk/x in up
        1   queue F two
        1   new G A3 out call=F
        1   connect F two A3 G
        2   end A
        2   end E
        2   end G
        4.9 time

        ? agents agent state
        A1 ACW
        A2 ACW
        A3 ACW

        5   time

        ? agents agent state since
        A1 ACW   2
        A2 ACW   2
        A3 AVAIL 5

        7   time

        ? agents agent state
        A1 ACW
        A2 AVAIL
        A3 AVAIL

        9   time

        ? agents agent=A1 state since
        AVAIL 9
        ",
    );
}

#[test]
fn calls_of_his_own_are_aux_in_and_out() {
    check(
        "
        0   member PJSIP/1001 one
        0   member PJSIP/1001 two
        0   member PJSIP/1002 two
        10  new A PJSIP/1001 in calling from=1001 to=1002
        10  new B PJSIP/1002 out call=A calling
        10  dial A B
        11  rings B

        ? agents agent state direction call party
        PJSIP/1001 AUX OUT A 1002
        PJSIP/1002 OTHER - A 1001

        ? calls state direction caller
        RINGING INTERNAL 1001

        12  up B
        12  up A
        12  bridge A X
        12  bridge B X

        ? agents agent state direction since
        PJSIP/1001 AUX OUT 10
        PJSIP/1002 AUX IN  12

        ? csplit split inaux onauxin onauxout
        one 1 0 1
        two 2 1 1

        20  hangup B
        20  unbridge A X
        20  unbridge B X
        20  end B
        20  end A

        ? cagent logid split i_auxtime i_auxintime i_auxouttime i_othertime ti_auxtime
        PJSIP/1001 one 10 0 10 0 10
        PJSIP/1001 two 10 0 0  0 0
        PJSIP/1002 two 8  8 0  1 8

        ? calls ended_by outcome talk_ms agents_talked
        AGENT ANSWERED 8000 2

        30  new C PJSIP/1001 in from=1001 to=95559999
        31  new D PJSIP/trunk out call=C
        32  bridge C Y
        32  bridge D Y

        ? calls call=C state direction trunk_group vdn
        TALKING OUT PJSIP/trunk -

        35  hangup C
        35  unbridge C Y
        35  unbridge D Y
        35  end D
        35  end C

        ? ctkgrp incalls outcalls completed outtime
        0 1 1 5
        ",
    );
}

#[test]
fn own_calls_during_after_call_work_and_with_a_call_on_hold() {
    check(
        "
        0   split sales wrapup=10
        0   member PJSIP/1001 first
        0.1 member PJSIP/1001 sales
        1   new C PJSIP/trunk in up
        1   queue C sales
        1   new A PJSIP/1001 out call=C
        1   offer C sales PJSIP/1001 A
        1   leave C sales
        1   connect C sales PJSIP/1001 A
        1   bridge A B
        1   bridge C B
        5   hold A
        6   new A2 PJSIP/1001 in to=1002

        ? cagent split workmode direction worksplit
        first AUX OUT sales
        sales AUX OUT sales

        9   end A2
        9   unhold A

        ? cagent split i_auxtime i_auxouttime i_acdaux_outtime i_othertime i_acdothertime
        first 3 0 0 5 0
        sales 3 3 3 1 1

        10  unbridge A B
        10  end A
        10  end C
        12  new A3 PJSIP/1001 out up

        ? agents state direction
        ACW IN

        14  end A3
        20  time

        ? cagent split i_acwtime i_acwintime workmode
        first 0  0 AVAIL
        sales 10 2 AVAIL
        ",
    );
}

#[test]
fn a_phone_that_is_gone_or_busy_with_something_unknown() {
    check(
        "
        0   member PJSIP/1001 sales
        5   device PJSIP/1001 unavailable

        ? agents state device_gone
        OTHER 1

        8   device PJSIP/1001 idle
        10  device PJSIP/1001 inuse
        11.9 time

        ? agents state
        AVAIL

        12  time

        ? agents state since
        OTHER 12

        15  device PJSIP/1001 idle

        ? agents state other_ms
        AVAIL 6000
        ",
    );
}

#[test]
fn log_on_log_off_and_log_ons_that_nobody_told() {
    check(
        "
        0   member PJSIP/1001 one since=0
        10  member PJSIP/1001 two
        20  gone PJSIP/1001 one

        ? cagent split oldest_logon logonstart
        two two 10

        30  gone PJSIP/1001 two

        ? agents agent

        ? queues queue staffed
        one 0
        two 0

        40  member PJSIP/1001 one

        ? agents agent logged_on staff_ms splits
        PJSIP/1001 40 30000 one

        41  new C PJSIP/trunk in up
        41  queue C three
        42  offer C three PJSIP/1002

        ? agents agent state splits logged_on
        PJSIP/1001 AVAIL one   40
        PJSIP/1002 RING  three 42
        ",
    );
}

#[test]
fn members_on_pairs_are_known_by_the_phone_behind() {
    // `/n`: both halves stay, the phone talks in a second bridge (asterisk.md 6).
    check(
        "
        0   member Local/1@agents/n sales
        1   new C PJSIP/trunk in up from=5551
        1   queue C sales
        1   new L1 Local/1@agents out half call=C
        1   new L2 Local/1@agents in half call=C
        1   pair L1 L2
        1   offer C sales Local/1@agents/n L1
        2   new P PJSIP/1001 out call=C
        2   dial L2 P
        2   rings P

        ? agents agent state
        Local/1@agents/n RING

        3   up P
        3   bridge P B2
        3   bridge L2 B2
        3   leave C sales
        3   connect C sales Local/1@agents/n L1
        3   bridge L1 B1
        3   bridge C B1

        ? agents state since call party
        ACD 3 C 5551

        6   hold P

        ? agents state on_hold
        OTHER 1

        7   unhold P
        10  hangup P
        10  unbridge P B2

        ? agents state acd_ms
        AVAIL 6000

        10  unbridge L2 B2
        10  end P
        10  end L2
        10  unbridge L1 B1
        10  unbridge C B1
        10  end L1
        10  end C

        ? calls state agents_talked talk_ms hold_ms ended_by
        ENDED 1 6000 1000 AGENT

        # His phone is known from now on: an own call shows.
        20  new Q PJSIP/1001 in to=1002

        ? agents state direction
        AUX OUT
        ",
    );
}

#[test]
fn an_optimised_pair_hands_its_seat_on_without_a_gap() {
    check(
        "
        0   member Local/1@agents sales
        1   new C PJSIP/trunk in up
        1   queue C sales
        1   new L1 Local/1@agents out half call=C
        1   new L2 Local/1@agents in half call=C
        1   pair L1 L2
        1   offer C sales Local/1@agents L1
        2   new P PJSIP/1001 out call=C
        2   dial L2 P
        3   leave C sales
        3   bridge P B2
        3   bridge L2 B2
        3   connect C sales Local/1@agents L1
        3   bridge L1 B1
        3   bridge C B1
        3.1 unbridge P B2
        3.2 bridge P B1 swap=L1
        3.2 unbridge L1 B1
        3.2 unbridge L2 B2
        3.2 end L1
        3.2 end L2

        ? agents state since
        ACD 3

        9   hangup C
        9   unbridge C B1
        9   unbridge P B1
        9   end C
        9   end P

        ? agents state acd_ms avail_ms acd_calls
        AVAIL 5900 1100 1

        ? cagent acdcalls acdtime
        1 5
        ",
    );
}
