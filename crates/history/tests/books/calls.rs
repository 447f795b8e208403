//! Whole calls: VDNs (cms.md 3.5), vectors (3.6), call work codes (3.9), call records (7.1).

use crate::check::check;

#[test]
fn answered_in_the_second_split_after_a_time_out() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:00:40 visit split=sales call=c1 joined=10:00:10 end=timed-out
         10:03:55 over call=c1 began=10:00:00 vdn=8001 vector=entry caller=0301234 dialled=8001 \
                  queued=10:00:10 answered=10:00:55 outcome=answered pending=1
         10:04:25 served split=support agent=SIP/2 call=c1 joined=10:00:41 rang=10:00:50 \
                  answered=10:00:55 ended=10:03:55
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=235 acdcalls=1 anstime=55 acdtime=180 \
              acwtime=30 ansconncalls1=1 ringcalls=1 ringtime=5 maxocwtime=55 maxwaiting=1 \
              i_arrived=1 maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=55 acdcalls=1 anstime=55 ringcalls=1 ringtime=5
         hcwc 1000 cwc=0 acdcalls=1 acdtime=180 acwtime=30
         call_rec acd=1 row_date=2026-01-05 row_time=1000 segstart=10:00:00 segstop=10:04:25 \
              segment=1 disposition=2 disppriority=3 split_name=support split1_name=sales \
              split2_name=support split3_name=- dispvdn=8001 vector_name=entry disptime=55 \
              calling_pty=0301234 dialed_num=8001 anslogin=SIP/2 origlogin=- talktime=180 \
              acwtime=30 duration=235 queuetime=9 ringtime=5 ucid=c1 wait_us=55000000 \
              talk_us=180000000 hold_us=0 acw_us=30000000 began=10:00:00 queued=10:00:41 \
              answered=10:00:55 ended=10:03:55 held=0 agt_released=0 lost=false way=in
         ",
    );
}

#[test]
fn abandoned_before_any_split() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:00:12 over call=c1 began=10:00:00 vdn=8001 vector=entry
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=12 abncalls=1 abntime=12 abncalls1=1 \
              slvlabns=1 maxocwtime=12 maxwaiting=1 i_arrived=1 maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=12 abncalls=1 abntime=12
         hcwc none
         call_rec segment=1 disposition=3 disppriority=0 dispsplit=- split_name=- disptime=12 \
              talktime=0 duration=12 queuetime=- ringtime=- answered=- outcome=- ended_by=caller
         ",
    );
}

#[test]
fn abandoned_in_the_queue_is_in_the_bin_of_the_wait_since_the_vdn() {
    check(
        "profile vdn:8001 level=40 periods=10,30
         10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:00:31 visit split=4 call=c1 joined=10:00:21 end=abandoned priority=1
         10:00:31 over call=c1 began=10:00:00 vdn=8001 vector=entry queued=10:00:21 \
                  outcome=abandoned
         10:31:00 advance
         # 10 s in the queue, but 31 s in the VDN: beyond the last edge.
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=31 abncalls=1 abntime=31 abnquecalls=1 \
              abncalls10=1 slvlabns=1 maxocwtime=31 maxwaiting=1 i_arrived=1 maxinprogress=1 \
              servicelevel=40 period1=10 period2=30
         hvector 1000 vector=entry incalls=1 intime=31 abncalls=1 abntime=31 abnquecalls=1
         call_rec segment=1 disposition=3 disppriority=4 dispsplit=4 split_name=4 split1=4 \
              disptime=31 queuetime=10 outcome=abandoned
         ",
    );
}

#[test]
fn abandoned_while_two_phones_ring_rings_once() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:00:25 visit split=sales call=c1 joined=10:00:05 end=abandoned ringing=SIP/1,SIP/2
         10:00:25 rang split=sales agent=SIP/1 call=c1 since=10:00:15 end=abandoned
         10:00:25 rang split=sales agent=SIP/2 call=c1 since=10:00:16 end=abandoned
         10:00:25 over call=c1 began=10:00:00 vdn=8001 vector=entry queued=10:00:05 \
                  outcome=abandoned abandoned_ringing
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=25 abncalls=1 abntime=25 abnringcalls=1 \
              abncalls1=1 ringcalls=1 ringtime=10 maxocwtime=25 maxwaiting=1 i_arrived=1 \
              maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=25 abncalls=1 abntime=25 abnringcalls=1 \
              ringcalls=1 ringtime=10
         ",
    );
}

#[test]
fn a_phone_that_rang_out_before_another_answers() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:00:20 rang split=sales agent=SIP/1 call=c1 since=10:00:05 end=not-answered
         10:00:20 visit split=sales call=c1 joined=10:00:00 end=requeued
         10:02:09 over call=c1 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:29 \
                  outcome=answered pending=1
         10:02:19 served split=sales agent=SIP/2 call=c1 joined=10:00:00 since=10:00:20 requeued \
                  rang=10:00:25 answered=10:00:29 ended=10:02:09
         10:31:00 advance
         # T4 as its VDN sees it: the wait goes on from the begin.
         hvdn 1000 vdn=8001 incalls=1 intime=129 acdcalls=1 anstime=29 acdtime=100 acwtime=10 \
              backupcalls=1 ansconncalls1=1 ringcalls=2 ringtime=19 noansredir=1 maxocwtime=29 \
              maxwaiting=1 i_arrived=1 maxinprogress=1
         hvector none
         call_rec segment=1 disposition=2 queuetime=25 ringtime=4 disptime=29 talktime=100
         ",
    );
}

#[test]
fn answered_by_a_station() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:01:00 over call=c1 began=10:00:00 vdn=8001 vector=entry answered=10:00:08 by=agent
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=60 connectcalls=1 connecttime=8 \
              conntalktime=52 ansconncalls1=1 acceptable=1 othercalls=1 othertime=60 \
              maxocwtime=8 maxwaiting=1 i_arrived=1 maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=8 outflowcalls=1 outflowtime=8 othercalls=1 \
              othertime=8
         hcwc none
         call_rec segment=1 disposition=1 disptime=8 talktime=52 duration=60 anslogin=- queuetime=-
         ",
    );
}

#[test]
fn calls_without_a_vdn_are_only_records() {
    check(
        "10:00:00 link up
         10:01:00 over call=c1 began=10:00:00 way=internal originator=SIP/1 dialled=1002 \
                  answered=10:00:05
         10:02:00 over call=c2 began=10:01:30 way=internal originator=SIP/1 dialled=1003 by=caller
         10:03:00 over call=c3 began=10:02:00 way=out originator=SIP/2 dialled=0309 \
                  answered=10:02:10 by=caller
         10:31:00 advance
         hvdn none
         hvector none
         htkgrp none
         call_rec ucid=c1 disposition=1 way=internal origlogin=SIP/1 anslogin=- disptime=5 talktime=55
         call_rec ucid=c2 disposition=7 way=internal origlogin=SIP/1 disptime=30 talktime=0
         call_rec ucid=c3 disposition=1 way=out origlogin=SIP/2 dialed_num=0309 talktime=50
         ",
    );
}

#[test]
fn an_internal_call_to_a_split_is_recorded_with_it() {
    check(
        "10:00:00 link up
         10:00:30 visit split=sales call=c1 joined=10:00:00 end=abandoned
         10:00:30 over call=c1 began=10:00:00 way=internal originator=SIP/1 queued=10:00:00 \
                  outcome=abandoned
         10:31:00 advance
         hvdn none
         call_rec disposition=3 split_name=sales disptime=30 queuetime=30
         ",
    );
}

#[test]
fn transferred_to_a_second_agent_is_one_call_and_two_segments() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:01:10 served split=sales agent=SIP/1 call=c1 joined=10:00:02 rang=10:00:04 \
                  answered=10:00:10 ended=10:01:00 transferred released=transfer
         10:03:00 over call=c1,c2 began=10:00:00 vdn=8001 vector=entry queued=10:00:02 \
                  answered=10:00:10 outcome=answered transfers=1 pending=1 code=7
         10:03:20 served split=support agent=SIP/2 call=c2 joined=10:01:00 rang=10:01:05 \
                  answered=10:01:15 ended=10:03:00 released=agent code=7
         10:31:00 advance
         # 180 = 10 until the first answer + 50 + 105 talk + 15 for the second agent.
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=180 acdcalls=1 anstime=10 acdtime=155 \
              acwtime=30 conntalktime=15 othertime=15 ansconncalls1=1 acceptable=1 ringcalls=2 \
              ringtime=16 transferred=1 maxocwtime=10 maxwaiting=1 i_arrived=1 maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=10 acdcalls=1 anstime=10 ringcalls=2 ringtime=16
         hcwc 1000 cwc=0 acdcalls=1 acdtime=50 acwtime=10
         hcwc 1000 cwc=7 acdcalls=1 acdtime=105 acwtime=20
         call_rec segment=1 disposition=2 anslogin=SIP/1 origlogin=- split_name=sales \
              segstart=10:00:00 segstop=10:01:10 disptime=10 talktime=50 acwtime=10 duration=180 \
              transferred=1 agt_released=1 lastcwc=- ucid=c1
         call_rec segment=2 disposition=2 anslogin=SIP/2 origlogin=SIP/1 split_name=support \
              segstart=10:01:00 segstop=10:03:20 disptime=15 talktime=105 acwtime=20 duration=120 \
              transferred=0 agt_released=1 lastcwc=7 ucid=c1 split1_name=sales split2_name=support
         ",
    );
}

#[test]
fn abandoned_in_a_second_queue_after_a_talk() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:01:00 served split=sales agent=SIP/1 call=c1 joined=10:00:00 answered=10:00:10 \
                  transferred released=transfer
         10:01:40 visit split=support call=c1 joined=10:01:00 end=abandoned
         10:01:40 over call=c1 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:10 \
                  outcome=abandoned transfers=1
         10:31:00 advance
         # Answered once, so answered; the wait at the end is in what is left.
         hvdn 1000 vdn=8001 incalls=1 intime=100 acdcalls=1 anstime=10 acdtime=50 conntalktime=40 \
              othertime=40 ansconncalls1=1 acceptable=1 transferred=1 maxocwtime=10 maxwaiting=1 \
              i_arrived=1 maxinprogress=1
         call_rec segment=1 disposition=2 anslogin=SIP/1 talktime=50
         call_rec segment=2 disposition=3 anslogin=- origlogin=SIP/1 split_name=support \
              segstart=10:01:00 segstop=10:01:40 disptime=40 queuetime=40 talktime=0 duration=40
         ",
    );
}

#[test]
fn t1_a_call_counts_where_its_after_call_work_ends() {
    check(
        "09:30:00 link up
         09:54:50 entered call=c1 vdn=8001
         09:55:00 agent SIP/1 mode=acd work=sales call=c1 in=sales
         10:05:00 over call=c1 began=09:54:50 vdn=8001 queued=09:54:50 answered=09:55:00 \
                  outcome=answered pending=1
         10:07:00 served split=sales agent=SIP/1 call=c1 joined=09:54:50 answered=09:55:00 \
                  ended=10:05:00
         10:31:00 advance
         hvdn 0930 vdn=8001 i_arrived=1 maxwaiting=1 maxinprogress=1
         hvdn 1000 vdn=8001 incalls=1 intime=610 acdcalls=1 anstime=10 acdtime=600 acwtime=120 \
              ansconncalls1=1 acceptable=1 maxocwtime=10 maxinprogress=1
         hcwc 1000 cwc=0 acdcalls=1 acdtime=600 acwtime=120
         ",
    );
}

#[test]
fn t1_after_call_work_over_the_boundary_takes_everything_along() {
    check(
        "09:30:00 link up
         09:54:50 entered call=c1 vdn=8001
         09:54:50 seized group=telco channel=t1
         09:55:00 agent SIP/1 mode=acd work=sales call=c1 in=sales
         10:05:00 idle group=telco channel=t1
         10:05:00 over call=c1 began=09:54:50 vdn=8001 trunk=telco channel=t1 queued=09:54:50 \
                  answered=09:55:00 outcome=answered pending=1
         10:31:00 served split=sales agent=SIP/1 call=c1 joined=09:54:50 answered=09:55:00 \
                  ended=10:05:00
         11:01:00 advance
         hvdn 0930 vdn=8001 i_arrived=1 maxwaiting=1 maxinprogress=1
         hvdn 1000 vdn=8001 maxinprogress=1
         hvdn 1030 vdn=8001 incalls=1 intime=610 acdcalls=1 anstime=10 acdtime=600 acwtime=1560 \
              ansconncalls1=1 acceptable=1 maxocwtime=10
         htrunk 0930 group=telco place=1 i_inocc=310
         htrunk 1000 group=telco place=1 i_inocc=300
         htrunk 1030 group=telco place=1 incalls=1 intime=610 acdcalls=1
         htkgrp 0930 group=telco i_inocc=310 maxocc=1
         htkgrp 1000 group=telco i_inocc=300 maxocc=1
         htkgrp 1030 group=telco incalls=1 intime=610 acdcalls=1
         ",
    );
}

#[test]
fn t3_a_call_in_three_splits_is_one_call_of_its_vdn() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:00:50 visit split=1 call=c1 joined=10:00:00 end=left
         10:00:50 visit split=2 call=c1 joined=10:00:10 end=left
         10:02:50 over call=c1 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:50 \
                  outcome=answered pending=1
         10:02:50 served split=3 agent=SIP/3 call=c1 joined=10:00:20 answered=10:00:50
         10:31:00 advance
         hvdn 1000 vdn=8001 incalls=1 intime=170 acdcalls=1 anstime=50 acdtime=120 \
              ansconncalls1=1 maxocwtime=50 maxwaiting=1 i_arrived=1 maxinprogress=1
         call_rec disposition=2 dispsplit=3 split1=1 split2=2 split3=3 queuetime=30
         ",
    );
}

#[test]
fn t7_hold_is_no_talk() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:03:20 served split=sales agent=SIP/1 call=c1 answered=10:00:00 \
                  holds=10:01:00-10:01:20,10:01:50-10:02:00
         10:03:20 over call=c1 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:00 \
                  outcome=answered
         10:05:00 entered call=c2 vdn=8001
         10:06:00 served split=sales agent=SIP/1 call=c2 answered=10:05:00 \
                  holds=10:05:30-10:06:00 hold_abandoned
         10:06:00 over call=c2 began=10:05:00 vdn=8001 queued=10:05:00 answered=10:05:00 \
                  outcome=answered
         10:31:00 advance
         hvdn 1000 vdn=8001 incalls=2 intime=260 acdcalls=2 acdtime=200 ansconncalls1=2 \
              acceptable=2 holdcalls=2 holdtime=60 holdabncalls=1 holdacdcalls=2 holdacdtime=60 \
              maxwaiting=1 i_arrived=2 maxinprogress=1
         call_rec ucid=c1 talktime=170 ansholdtime=30 held=2 holdabn=0 hold_us=30000000 \
              talk_us=170000000
         call_rec ucid=c2 talktime=30 ansholdtime=30 held=1 holdabn=1
         ",
    );
}

#[test]
fn two_agents_at_once_count_their_talk_twice() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:02:00 served split=sales agent=SIP/1 call=c1 answered=10:00:00 conferenced
         10:02:00 served split=sales agent=SIP/2 call=c1 joined=10:01:00 answered=10:01:00 conferenced
         10:02:00 over call=c1 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:00 \
                  outcome=answered conferenced
         10:31:00 advance
         hvdn 1000 vdn=8001 incalls=1 intime=180 acdcalls=1 acdtime=180 ansconncalls1=1 \
              acceptable=1 maxwaiting=1 i_arrived=1 maxinprogress=1
         call_rec segment=1 conference=1 talktime=120
         call_rec segment=2 conference=1 talktime=60
         ",
    );
}

#[test]
fn what_the_switch_ends_is_busy_or_disconnected() {
    check(
        "10:00:00 link up
         # Refused by the queue, then ended by the dialplan.
         10:00:00 entered call=c1 vdn=8001
         10:00:02 visit split=sales call=c1 end=full
         10:00:05 over call=c1 began=10:00:00 vdn=8001 outcome=full by=switch
         # Refused, but the caller went first.
         10:01:00 entered call=c2 vdn=8001
         10:01:02 visit split=sales call=c2 end=join-empty
         10:01:30 over call=c2 began=10:01:00 vdn=8001 outcome=join-empty
         # Timed out, then ended by the dialplan.
         10:02:00 entered call=c3 vdn=8001
         10:02:30 visit split=sales call=c3 joined=10:02:00 end=timed-out
         10:02:40 over call=c3 began=10:02:00 vdn=8001 queued=10:02:00 outcome=timed-out by=switch
         # The dialplan ended it without any queue.
         10:03:00 entered call=c4 vdn=8001
         10:03:07 over call=c4 began=10:03:00 vdn=8001 by=switch
         10:31:00 advance
         hvdn 1000 vdn=8001 incalls=4 intime=82 abncalls=1 abntime=30 abncalls1=1 busycalls=1 \
              busytime=5 disccalls=2 disctime=47 vdisccalls=1 othercalls=3 othertime=52 \
              maxocwtime=40 maxwaiting=1 i_arrived=4 maxinprogress=1
         call_rec ucid=c1 disposition=5 outcome=full
         call_rec ucid=c2 disposition=3
         call_rec ucid=c3 disposition=6 split_name=sales queuetime=30
         call_rec ucid=c4 disposition=6 ended_by=switch
         ",
    );
}

#[test]
fn a_talk_shorter_than_the_phantom_timer_is_abandoned() {
    check(
        "set phantom=5
         10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:00:00 entered call=c1 vdn=8001 vector=entry
         10:00:14 served split=sales agent=SIP/1 call=c1 joined=10:00:00 answered=10:00:10
         10:00:14 idle group=telco channel=t1
         10:00:14 over call=c1 began=10:00:00 vdn=8001 vector=entry trunk=telco channel=t1 \
                  queued=10:00:00 answered=10:00:10 outcome=answered
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=entry incalls=1 intime=14 abncalls=1 abntime=14 abncalls1=1 \
              slvlabns=1 phantomabns=1 maxocwtime=14 maxwaiting=1 i_arrived=1 maxinprogress=1
         hvector 1000 vector=entry incalls=1 intime=14 abncalls=1 abntime=14 phantomabns=1
         htkgrp 1000 group=telco incalls=1 intime=14 i_inocc=14 abncalls=1 maxocc=1
         hcwc none
         call_rec disposition=3 anslogin=SIP/1 talktime=4
         ",
    );
}

#[test]
fn lost_when_the_switch_starts_anew() {
    check(
        "10:00:00 link up
         10:00:00 seized group=telco channel=t1
         10:00:00 seized group=telco channel=t2
         10:00:00 entered call=c1 vdn=8001
         10:00:00 entered call=c2 vdn=8001
         10:10:00 link down why=reset
         10:11:00 over call=c1 began=10:00:00 vdn=8001 trunk=telco channel=t1 queued=10:00:00 \
                  outcome=lost by=switch lost
         10:11:00 link up restarted
         10:11:00 over call=c2 began=10:00:00 vdn=8001 trunk=telco channel=t2 queued=10:00:00 \
                  answered=10:00:10 outcome=answered by=switch lost pending=1
         10:11:00 served split=sales agent=SIP/1 call=c2 joined=10:00:00 answered=10:00:10
         10:31:00 advance
         hvdn 1000 vdn=8001 incalls=2 intime=1320 acdcalls=1 anstime=10 acdtime=650 \
              ansconncalls1=1 acceptable=1 disccalls=1 disctime=660 othercalls=1 othertime=660 \
              maxocwtime=660 maxwaiting=2 i_arrived=2 lost=2 maxinprogress=2
         htkgrp 1000 group=telco incalls=2 intime=1320 i_inocc=1200 acdcalls=1 disccalls=1 \
              othercalls=1 maxocc=2
         htrunk 1000 group=telco place=1 incalls=1 intime=660 i_inocc=600 othercalls=1
         htrunk 1000 group=telco place=2 incalls=1 intime=660 i_inocc=600 acdcalls=1
         call_rec ucid=c1 disposition=6 lost=true
         call_rec ucid=c2 disposition=2 lost=true talktime=650
         ",
    );
}

#[test]
fn most_waiting_and_most_in_progress() {
    check(
        "10:00:00 link up
         10:00:00 entered call=c1 vdn=8001
         10:00:10 entered call=c2 vdn=8001
         10:00:20 agent SIP/1 mode=acd work=sales call=c1 in=sales
         10:00:30 entered call=c3 vdn=8001
         # Nothing changes in the next interval until c2 gives up.
         10:40:00 over call=c2 began=10:00:10 vdn=8001
         10:40:00 over call=c3 began=10:00:30 vdn=8001
         # At the very begin of the last: it is not of it.
         11:00:00 over call=c1 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:20 by=agent
         11:31:00 advance
         hvdn 1000 vdn=8001 i_arrived=3 maxwaiting=2 maxinprogress=3
         hvdn 1030 vdn=8001 incalls=2 intime=4760 abncalls=2 abntime=4760 abncalls1=2 \
              maxocwtime=2390 maxwaiting=2 maxinprogress=3
         hvdn 1100 vdn=8001 incalls=1 intime=3600 connectcalls=1 connecttime=20 conntalktime=3580 \
              ansconncalls1=1 acceptable=1 othercalls=1 othertime=3600 maxocwtime=20
         ",
    );
}

#[test]
fn a_profile_that_changes_counts_each_call_by_the_one_it_began_with() {
    check(
        "profile vdn:8001 level=20 periods=10
         profile vdn:8001 from=10:10:00 level=5 periods=10
         10:00:00 link up
         10:09:55 entered call=c1 vdn=8001
         10:10:10 over call=c1 began=10:09:55 vdn=8001
         10:20:00 entered call=c2 vdn=8001
         10:20:15 over call=c2 began=10:20:00 vdn=8001
         10:40:00 entered call=c3 vdn=8001
         10:40:04 over call=c3 began=10:40:00 vdn=8001
         11:01:00 advance
         hvdn 1000 vdn=8001 incalls=2 intime=30 abncalls=2 abntime=30 abncalls10=2 slvlabns=1 \
              maxocwtime=15 maxwaiting=1 i_arrived=2 maxinprogress=1 servicelevel=5 period1=10 \
              svclevelchg=1
         hvdn 1030 vdn=8001 incalls=1 intime=4 abncalls=1 abntime=4 abncalls1=1 slvlabns=1 \
              maxocwtime=4 maxwaiting=1 i_arrived=1 maxinprogress=1 servicelevel=5 period1=10
         ",
    );
}

#[test]
fn a_vdn_that_leads_to_another_vector_has_a_row_for_each() {
    check(
        "name 8001=Sales day=Daytime
         10:00:00 link up
         10:00:00 entered call=c1 vdn=8001 vector=day
         10:00:05 over call=c1 began=10:00:00 vdn=8001 vector=day
         10:01:00 entered call=c2 vdn=8001 vector=77
         10:01:05 over call=c2 began=10:01:00 vdn=8001 vector=77
         10:31:00 advance
         hvdn 1000 vdn=8001 vector=day incalls=1 intime=5 abncalls=1 abntime=5 abncalls1=1 \
              slvlabns=1 maxocwtime=5 maxwaiting=1 i_arrived=1 maxinprogress=1
         hvdn 1000 vdn=8001 vector=77 incalls=1 intime=5 abncalls=1 abntime=5 abncalls1=1 \
              slvlabns=1 maxocwtime=5 maxwaiting=1 i_arrived=1 maxinprogress=1
         call_rec dispvdn=8001 dispvector=- vdn_name=Sales vector_name=Daytime
         call_rec dispvdn=8001 dispvector=77 vector_name=77
         ",
    );
}

#[test]
fn two_after_call_works_are_both_waited_for() {
    check(
        "10:00:00 link up
         10:02:00 over call=c1,c9 began=10:00:00 vdn=8001 queued=10:00:00 answered=10:00:10 \
                  outcome=answered pending=2
         10:02:10 served split=sales agent=SIP/1 call=c9 joined=10:00:00 answered=10:00:10 \
                  ended=10:01:00
         10:29:00 advance
         hvdn none
         call_rec none
         hcwc 1000 cwc=0 acdcalls=1 acdtime=50 acwtime=70
         ",
    );
}
