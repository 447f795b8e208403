//! Trunks and trunk groups (cms.md 3.7, 3.8).

use crate::check::check;

#[test]
fn a_call_out_that_is_answered_and_one_that_is_not() {
    check(
        "10:00:00 link up
         10:00:00 seized group=5 channel=t1 dir=out
         10:01:00 idle group=5 channel=t1
         10:01:00 over call=c1 began=09:59:58 way=out trunk=5 channel=t1 answered=10:00:10
         10:02:00 seized group=5 channel=t2 dir=out
         10:02:30 idle group=5 channel=t2
         10:02:30 over call=c2 began=10:02:00 way=out trunk=5 channel=t2 by=agent
         10:31:00 advance
         htrunk 1000 group=5 place=1 outcalls=2 outtime=90 i_outocc=90 o_othercalls=2
         htkgrp 1000 group=5 outcalls=2 outtime=90 i_outocc=90 completed=1 setuptime=40 \
              o_othercalls=2 maxocc=1
         call_rec disposition=1 tkgrp=5 tkgrp_name=5 eqloc=1 channel=t1
         call_rec disposition=7 tkgrp=5 eqloc=1 channel=t2
         ",
    );
}

#[test]
fn calls_out_that_are_led_to_a_split() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1 dir=out
         10:00:00 seized group=telco channel=t2 dir=out
         # The far end answered and hung up while it waited for an agent.
         10:00:30 visit split=dialer call=c1 joined=10:00:10 end=abandoned
         10:00:30 idle group=telco channel=t1
         10:00:30 over call=c1 began=10:00:00 way=out trunk=telco channel=t1 queued=10:00:10 \
                  outcome=abandoned
         10:01:00 served split=dialer agent=SIP/1 call=c2 joined=10:00:10 answered=10:00:15
         10:01:00 idle group=telco channel=t2
         10:01:00 over call=c2 began=10:00:00 way=out trunk=telco channel=t2 queued=10:00:10 \
                  answered=10:00:15 outcome=answered
         10:31:00 advance
         htkgrp 1000 group=telco outcalls=2 outtime=90 i_outocc=90 completed=1 setuptime=45 \
              o_acdcalls=1 o_abncalls=1 maxocc=2
         htrunk 1000 group=telco place=1 outcalls=1 outtime=30 i_outocc=30 o_abncalls=1
         htrunk 1000 group=telco place=2 outcalls=1 outtime=60 i_outocc=60 o_acdcalls=1
         ",
    );
}

#[test]
fn the_lowest_free_place_is_taken() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:00:01 seized group=telco channel=t2
         10:00:02 seized group=telco channel=t3
         10:00:10 idle group=telco channel=t2
         10:00:11 seized group=telco channel=t4 dir=out
         10:00:12 seized group=other channel=t5
         10:00:20 idle group=telco channel=t1
         10:00:20 idle group=telco channel=t3
         10:00:20 idle group=telco channel=t4
         10:00:20 idle group=other channel=t5
         # None was told to be of a call: they are other calls.
         htrunk 1000 group=telco place=1 incalls=1 intime=20 i_inocc=20 othercalls=1
         htrunk 1000 group=telco place=2 incalls=1 intime=9 i_inocc=9 othercalls=1 outcalls=1 \
              outtime=9 i_outocc=9 o_othercalls=1
         htrunk 1000 group=telco place=3 incalls=1 intime=18 i_inocc=18 othercalls=1
         htrunk 1000 group=other place=1 incalls=1 intime=8 i_inocc=8 othercalls=1
         htkgrp 1000 group=telco incalls=3 intime=47 i_inocc=47 othercalls=3 outcalls=1 outtime=9 \
              i_outocc=9 setuptime=9 o_othercalls=1 maxocc=3
         htkgrp 1000 group=other incalls=1 intime=8 i_inocc=8 othercalls=1 maxocc=1
         ",
    );
}

#[test]
fn all_trunks_in_use() {
    check(
        "trunks telco=2
         10:00:00 link up
         10:20:00 seized group=telco channel=t1
         10:25:00 seized group=telco channel=t2
         10:25:00 seized group=unknown channel=u1
         10:40:00 idle group=telco channel=t2
         10:50:00 seized group=telco channel=t3
         10:50:30 idle group=telco channel=t1
         11:01:00 advance
         # 5 minutes until the boundary, 10 after it, and half a minute.
         htkgrp 1000 group=telco trunks=2 i_inocc=900 allinusetime=300 maxocc=2
         htkgrp 1030 group=telco trunks=2 i_inocc=2430 allinusetime=630 maxocc=2
         # The end of the ledger: no call was told for those that are idle.
         htkgrp 1100 group=telco trunks=2 incalls=2 intime=2730 i_inocc=60 othercalls=2 maxocc=1
         htkgrp 1000 group=unknown i_inocc=300 maxocc=1
         htkgrp 1030 group=unknown i_inocc=1800 maxocc=1
         htkgrp 1100 group=unknown i_inocc=60 maxocc=1
         ",
    );
}

#[test]
fn how_calls_in_ended() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:00:01 idle group=telco channel=t1
         10:00:01 over call=c1 began=10:00:00 vdn=8001 trunk=telco channel=t1
         10:01:00 seized group=telco channel=t2
         10:01:30 idle group=telco channel=t2
         10:01:30 over call=c2 began=10:01:00 vdn=8001 trunk=telco channel=t2 queued=10:01:05 \
                  outcome=abandoned
         10:02:00 seized group=telco channel=t3
         10:02:30 idle group=telco channel=t3
         10:02:30 over call=c3 began=10:02:00 vdn=8001 trunk=telco channel=t3 queued=10:02:05 \
                  outcome=abandoned abandoned_ringing
         10:03:00 seized group=telco channel=t4
         10:03:30 idle group=telco channel=t4
         10:03:30 over call=c4 began=10:03:00 vdn=8001 trunk=telco channel=t4 answered=10:03:10 \
                  transfers=1
         10:04:00 seized group=telco channel=t5
         10:04:01 idle group=telco channel=t5
         10:04:01 over call=c5 began=10:04:00 vdn=8001 trunk=telco channel=t5 outcome=full by=switch
         10:05:00 seized group=telco channel=t6
         10:05:01 idle group=telco channel=t6
         10:05:01 over call=c6 began=10:05:00 vdn=8001 trunk=telco channel=t6 by=switch
         10:31:00 advance
         # The first was gone within 2 s and nothing had happened to it.
         htkgrp 1000 group=telco incalls=6 intime=93 i_inocc=93 connectcalls=1 transferred=1 \
              abncalls=3 abnveccalls=1 abnquecalls=1 abnringcalls=1 busycalls=1 disccalls=1 \
              othercalls=3 shortcalls=1 maxocc=1
         htrunk 1000 group=telco place=1 incalls=6 intime=93 i_inocc=93 abncalls=3 othercalls=3 \
              shortcalls=1
         ",
    );
}

#[test]
fn a_trunk_that_is_idle_only_after_its_call_is_over() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:29:50 over call=c1 began=10:00:00 vdn=8001 trunk=telco channel=t1 answered=10:00:10
         10:30:10 idle group=telco channel=t1
         11:01:00 advance
         htkgrp 1000 group=telco i_inocc=1800 maxocc=1
         htkgrp 1030 group=telco incalls=1 intime=1810 i_inocc=10 connectcalls=1 othercalls=1 maxocc=1
         ",
    );
}

#[test]
fn a_transfer_to_outside_is_a_call_out_of_its_own() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:00:00 seized group=telco channel=t1
         10:01:00 served split=sales agent=SIP/1 call=c1 joined=10:00:00 answered=10:00:10 \
                  transferred released=transfer
         10:01:00 seized group=mobile channel=t2 dir=out
         10:02:00 idle group=telco channel=t1 call=c1
         10:02:00 idle group=mobile channel=t2 call=c2
         10:02:00 over call=c1,c2 began=10:00:00 vdn=8001 trunk=telco channel=t1 queued=10:00:00 \
                  answered=10:00:10 outcome=answered transfers=1
         10:31:00 advance
         htkgrp 1000 group=telco incalls=1 intime=120 i_inocc=120 acdcalls=1 transferred=1 maxocc=1
         htkgrp 1000 group=mobile outcalls=1 outtime=60 i_outocc=60 setuptime=60 o_othercalls=1 \
              maxocc=1
         htrunk 1000 group=telco place=1 incalls=1 intime=120 i_inocc=120 acdcalls=1
         htrunk 1000 group=mobile place=1 outcalls=1 outtime=60 i_outocc=60 o_othercalls=1
         # An agent had it before: it did not flow out of the VDN.
         hvdn 1000 vdn=8001 incalls=1 intime=120 acdcalls=1 anstime=10 acdtime=50 conntalktime=60 \
              othertime=60 ansconncalls1=1 acceptable=1 transferred=1 maxocwtime=10 maxwaiting=1 \
              i_arrived=1 maxinprogress=1
         ",
    );
}

#[test]
fn a_call_led_to_outside_flows_out() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:00:20 visit split=sales call=c1 joined=10:00:00 end=timed-out
         # One trunk fails, another is tried; its far end answers after five seconds.
         10:00:20 seized group=mobile channel=t2 dir=out
         10:00:21 idle group=mobile channel=t2 call=c1
         10:00:21 seized group=telco channel=t3 dir=out
         10:03:00 idle group=telco channel=t1 call=c1
         10:03:00 idle group=telco channel=t3 call=c1
         10:03:00 over call=c1 began=10:00:00 vdn=8001 vector=entry trunk=telco channel=t1 \
                  queued=10:00:00 answered=10:00:26 outcome=timed-out
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=26 outflowcalls=1 outflowtime=26 \
              interflowcalls=1 othercalls=1 othertime=26 maxocwtime=26 maxwaiting=1 i_arrived=1 \
              maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=26 outflowcalls=1 outflowtime=26 \
              interflowcalls=1 othercalls=1 othertime=26
         htkgrp 1000 group=telco incalls=1 intime=180 i_inocc=180 othercalls=1 outcalls=1 \
              outtime=159 i_outocc=159 completed=1 setuptime=5 o_othercalls=1 maxocc=2
         htkgrp 1000 group=mobile outcalls=1 outtime=1 i_outocc=1 setuptime=1 o_othercalls=1 maxocc=1
         htrunk 1000 group=telco place=1 incalls=1 intime=180 i_inocc=180 othercalls=1
         htrunk 1000 group=telco place=2 outcalls=1 outtime=159 i_outocc=159 o_othercalls=1
         htrunk 1000 group=mobile place=1 outcalls=1 outtime=1 i_outocc=1 o_othercalls=1
         call_rec disposition=4 split_name=sales disptime=26 talktime=154 duration=180
         ",
    );
}

#[test]
fn a_seizure_of_no_known_call_counts_when_the_next_interval_is_closed() {
    let ledger = "
         10:00:00 link up
         10:01:00 seized group=mobile channel=t2 dir=out
         10:02:00 idle group=mobile channel=t2 call=c9";
    let rows = "
         12:00:00 advance
         htkgrp 1000 group=mobile i_outocc=60 maxocc=1
         htkgrp 1030 group=mobile outcalls=1 outtime=60 setuptime=60 o_othercalls=1
         htrunk 1000 group=mobile place=1 i_outocc=60
         htrunk 1030 group=mobile place=1 outcalls=1 outtime=60 o_othercalls=1";
    check(&format!("{ledger}{rows}"));
    let over = "over call=c9 began=10:01:00 way=out trunk=mobile channel=t2 answered=10:01:10";
    // Too late: it counts without it, whether the interval is closed already or not.
    check(&format!("{ledger}\n11:00:00 {over}{rows}"));
    check(&format!("{ledger}\n11:00:05 advance\n11:00:05 {over}{rows}"));
    check(&format!(
        "{ledger}\n10:59:59 {over}
         12:00:00 advance
         htkgrp 1000 group=mobile i_outocc=60 maxocc=1
         htkgrp 1030 group=mobile outcalls=1 outtime=60 completed=1 setuptime=10 o_othercalls=1"
    ));
}

#[test]
fn found_in_use_it_was_held_since_but_not_seen_before() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1 since=09:50:00
         # Told twice, as a resync does.
         10:05:00 seized group=telco channel=t1 since=09:50:00
         10:10:00 idle group=telco channel=t1
         10:10:00 idle group=telco channel=t1
         10:10:00 over call=c1 began=09:50:00 vdn=8001 trunk=telco channel=t1 answered=09:50:10
         10:31:00 advance
         htkgrp 1000 group=telco incalls=1 intime=1200 i_inocc=600 connectcalls=1 othercalls=1 maxocc=1
         ",
    );
}

#[test]
fn clocks_stand_still_while_the_switch_is_not_heard() {
    check(
        "trunks telco=1
         10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:10:00 link down why=reset
         10:40:00 link up why=back
         10:45:00 idle group=telco channel=t1
         10:45:00 over call=c1 began=10:00:00 vdn=8001 trunk=telco channel=t1 answered=10:00:10
         11:01:00 advance
         htkgrp 1000 group=telco trunks=1 i_inocc=600 allinusetime=600 maxocc=1
         htkgrp 1030 group=telco trunks=1 incalls=1 intime=2700 i_inocc=300 connectcalls=1 \
              othercalls=1 allinusetime=300 maxocc=1
         ",
    );
}
