//! The test vectors T1 to T7 of cms.md 11, by its names. Numbers that are not there were derived
//! from its section 2.2 by hand.

use crate::check::check;

/// Talk over a boundary: clocks are cut, the call counts where its after-call work ends.
#[test]
fn t1_a_call_over_a_boundary() {
    check(
        "09:30:00 link up
         09:30:00 agent SIP/1 mode=avail in=sales
         09:54:50 arrived split=sales call=c1
         09:54:50 agent SIP/1 mode=ring work=sales call=c1 in=sales
         09:55:00 agent SIP/1 mode=acd work=sales dir=in call=c1 in=sales
         10:05:00 agent SIP/1 mode=acw work=sales in=sales
         10:07:00 agent SIP/1 mode=avail in=sales
         10:07:00 served split=sales agent=SIP/1 call=c1 joined=09:54:50 rang=09:54:50 \
                  answered=09:55:00 ended=10:05:00
         10:30:00 advance

         # 24 min 50 s ready, 10 s rung, 5 min talk.
         hagent 0930 split=sales agent=SIP/1 i_stafftime=1800 i_availtime=1490 i_ringtime=10 \
                i_acdtime=300 ti_stafftime=1800 ti_availtime=1490
         hagent 1000 split=sales agent=SIP/1 i_stafftime=1800 i_acdtime=300 i_acwtime=120 \
                i_availtime=1380 ti_stafftime=1800 ti_availtime=1380 \
                acdcalls=1 acdtime=600 acwtime=120 ansringtime=10 ringcalls=1 ringtime=10
         hsplit 0930 split=sales i_arrived=1 maxstaffed=1 \
                i_stafftime=1800 i_availtime=1490 i_ringtime=10 i_acdtime=300
         hsplit 1000 split=sales callsoffered=1 acdcalls=1 acdcalls1=1 acdtime=600 anstime=10 \
                acwtime=120 acceptable=1 lowcalls=1 ringcalls=1 ringtime=10 maxocwtime=10 \
                maxstaffed=1 i_stafftime=1800 i_acdtime=300 i_acwtime=120 i_availtime=1380 \
                entered=1 answered=1",
    );
}

/// The same, but the after-call work runs over 10:30: all that is of the call moves there.
#[test]
fn t1_after_call_work_over_the_next_boundary() {
    check(
        "09:54:50 link up
         10:31:00 served split=sales agent=SIP/1 call=c1 joined=09:54:50 rang=09:54:50 \
                  answered=09:55:00 ended=10:05:00
         hsplit 1030 split=sales callsoffered=1 acdcalls=1 acdcalls1=1 acdtime=600 anstime=10 \
                acwtime=1560 acceptable=1 lowcalls=1 ringcalls=1 ringtime=10 maxocwtime=10 \
                entered=1 answered=1
         hagent 1030 split=sales agent=SIP/1 acdcalls=1 acdtime=600 acwtime=1560 ansringtime=10 \
                ringcalls=1 ringtime=10",
    );
}

/// An agent in two splits: which row gets which second.
#[test]
fn t2_an_agent_in_two_splits() {
    check(
        "set interval=15
         10:00:00 link up
         10:00:00 agent SIP/1 mode=avail in=1,2
         10:05:00 agent SIP/1 mode=ring work=2 in=1,2
         10:05:10 agent SIP/1 mode=acd dir=in work=2 in=1,2
         10:10:10 agent SIP/1 mode=acw work=2 in=1,2
         10:10:40 served split=2 agent=SIP/1 call=c1 joined=10:05:00 rang=10:05:00 \
                  answered=10:05:10 ended=10:10:10
         10:10:40 agent SIP/1 mode=aux in=1/paused/reason=3,2/paused/reason=3
         10:15:00 advance
         hagent 1000 split=1 agent=SIP/1 i_stafftime=900 i_availtime=300 i_othertime=340 \
                i_auxtime=260 i_auxtime3=260 ti_stafftime=900 ti_availtime=300 \
                ti_auxtime=260 ti_auxtime3=260
         hagent 1000 split=2 agent=SIP/1 i_stafftime=900 i_availtime=300 i_ringtime=10 \
                i_acdtime=300 i_acwtime=30 i_auxtime=260 i_auxtime3=260 \
                acdcalls=1 acdtime=300 acwtime=30 ringcalls=1 ringtime=10 ansringtime=10
         hsplit 1000 split=1 i_stafftime=900 i_availtime=300 i_othertime=340 i_auxtime=260 \
                i_auxtime3=260 maxstaffed=1
         hsplit 1000 split=2 i_stafftime=900 i_availtime=300 i_ringtime=10 i_acdtime=300 \
                i_acwtime=30 i_auxtime=260 i_auxtime3=260 maxstaffed=1 \
                callsoffered=1 acdcalls=1 acdcalls1=1 acdtime=300 anstime=10 acwtime=30 \
                acceptable=1 lowcalls=1 ringcalls=1 ringtime=10 maxocwtime=10 entered=1 answered=1",
    );
}

/// Three splits. A caller of app_queue is in one queue at a time, so that he can only go from one
/// to the next: flows, but never DEQUECALLS. That he waits in all three at once (the vector as
/// written, with DEQUECALLS 1 in the second) cannot be.
#[test]
fn t3_from_split_to_split() {
    check(
        "10:00:00 link up
         10:00:10 visit split=1 call=c1 joined=10:00:00 end=timed-out
         10:00:20 visit split=2 call=c1 joined=10:00:10 end=exit-key inflow
         10:00:50 served split=3 agent=SIP/1 call=c1 joined=10:00:20 answered=10:00:50 inflow
         hsplit 1000 split=1 callsoffered=1 outflowcalls=1 outflowtime=10 slvloutflows=1 \
                othercalls=1 othertime=10 maxocwtime=10 entered=1 timed_out=1
         hsplit 1000 split=2 callsoffered=1 inflowcalls=1 outflowcalls=1 outflowtime=10 \
                slvloutflows=1 othercalls=1 othertime=10 maxocwtime=10 entered=1 exit_key=1
         hsplit 1000 split=3 callsoffered=1 inflowcalls=1 acdcalls=1 acdcalls1=1 anstime=30 \
                lowcalls=1 maxocwtime=30 entered=1 answered=1",
    );
}

const T4: &str = "
         10:00:00 link up
         10:00:00 arrived split=sales call=c1
         10:00:20 rang split=sales agent=A call=c1 joined=10:00:00 since=10:00:05 end=not-answered
         10:00:20 visit split=sales call=c1 joined=10:00:00 end=requeued
         10:02:19 served split=sales agent=B call=c1 joined=10:00:00 since=10:00:20 requeued \
                  rang=10:00:25 answered=10:00:29 ended=10:02:09
";

/// The agent who is rung does not take the call: it flows out and in again.
#[test]
fn t4_requeued() {
    check(&format!(
        "{T4}
         hsplit 1000 split=sales i_arrived=1 callsoffered=2 ringcalls=2 ringtime=19 noansredir=1 \
                outflowcalls=1 outflowtime=20 slvloutflows=1 othercalls=1 othertime=20 \
                inflowcalls=1 acdcalls=1 acdcalls1=1 anstime=9 acdtime=100 acwtime=10 \
                acceptable=1 backupcalls=1 lowcalls=1 maxocwtime=20 entered=1 answered=1
         hagent 1000 split=sales agent=A noansredir=1 ringcalls=1 ringtime=15
         hagent 1000 split=sales agent=B acdcalls=1 acdtime=100 acwtime=10 ansringtime=4 \
                ringcalls=1 ringtime=4"
    ));
}

/// The other reading: it is one offer, and the wait goes on.
#[test]
fn t4_the_same_offer() {
    check(&format!(
        "set rona=same-offer
         {T4}
         hsplit 1000 split=sales i_arrived=1 callsoffered=1 ringcalls=2 ringtime=19 noansredir=1 \
                acdcalls=1 acdcalls1=1 anstime=29 acdtime=100 acwtime=10 lowcalls=1 \
                maxocwtime=29 entered=1 answered=1
         hagent 1000 split=sales agent=A noansredir=1 ringcalls=1 ringtime=15
         hagent 1000 split=sales agent=B acdcalls=1 acdtime=100 acwtime=10 ansringtime=4 \
                ringcalls=1 ringtime=4"
    ));
}

/// Abandoned while the second split rings.
#[test]
fn t5_abandoned_while_ringing_in_the_second_split() {
    check(
        "10:00:00 link up
         10:00:30 visit split=1 call=c1 joined=10:00:00 end=timed-out
         10:00:42 rang split=2 agent=SIP/1 call=c1 joined=10:00:30 since=10:00:35 end=abandoned
         10:00:42 visit split=2 call=c1 joined=10:00:30 end=abandoned ringing=SIP/1 inflow
         hsplit 1000 split=1 callsoffered=1 outflowcalls=1 outflowtime=30 othercalls=1 \
                othertime=30 maxocwtime=30 entered=1 timed_out=1
         hsplit 1000 split=2 callsoffered=1 inflowcalls=1 abncalls=1 abncalls1=1 abntime=12 \
                abnringcalls=1 slvlabns=1 ringcalls=1 ringtime=7 maxocwtime=12 entered=1 abandoned=1
         hagent 1000 split=2 agent=SIP/1 abncalls=1 abntime=7 ringcalls=1 ringtime=7",
    );
}

/// Off and on again within an interval: a new set of rows; their sums are those of one.
#[test]
fn t6_logs_off_and_on_again() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 in=1,2
         10:10:00 agent SIP/1
         10:12:00 agent SIP/1 in=1,2
         # What he finished before he went is the first log-on's, though it is told late.
         10:09:58 rang split=1 agent=SIP/1 call=c1 since=10:09:50 end=not-answered
         10:20:00 rang split=1 agent=SIP/1 call=c2 since=10:19:50 end=not-answered
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 logon=10:00:00 i_stafftime=600 i_availtime=600 \
                ti_stafftime=600 ti_availtime=600 ringcalls=1 ringtime=8 noansredir=1 device=SIP/1
         hagent 1000 split=2 agent=SIP/1 logon=10:00:00 i_stafftime=600 i_availtime=600 \
                device=SIP/1
         hagent 1000 split=1 agent=SIP/1 logon=10:12:00 i_stafftime=1080 i_availtime=1080 \
                ti_stafftime=1080 ti_availtime=1080 ringcalls=1 ringtime=10 noansredir=1 \
                device=SIP/1
         hagent 1000 split=2 agent=SIP/1 logon=10:12:00 i_stafftime=1080 i_availtime=1080 \
                device=SIP/1
         hsplit 1000 split=1 i_stafftime=1680 i_availtime=1680 maxstaffed=1 ringcalls=2 ringtime=18
         hsplit 1000 split=2 i_stafftime=1680 i_availtime=1680 maxstaffed=1
         haglog logid=SIP/1 split=1 login=10:00:00 logout=10:10:00 inflag=- outflag=- \
                logonskill2=2 sklevel=1",
    );
}

/// A hold is no talk, and no state: the agent is OTHER.
#[test]
fn t7_hold() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 mode=acd dir=in work=sales call=c1 in=sales
         10:01:00 agent SIP/1 mode=other held=sales call=c1 in=sales
         10:01:30 agent SIP/1 mode=acd dir=in work=sales call=c1 in=sales
         10:03:20 agent SIP/1 mode=avail in=sales
         10:03:20 served split=sales agent=SIP/1 call=c1 answered=10:00:00 holds=10:01:00-10:01:30
         10:30:00 advance
         hagent 1000 split=sales agent=SIP/1 acdcalls=1 acdtime=170 holdcalls=1 holdtime=30 \
                holdacdtime=30 i_stafftime=1800 i_acdtime=170 i_othertime=30 i_acdothertime=30 \
                i_availtime=1600 ti_stafftime=1800 ti_othertime=30 ti_availtime=1600
         hsplit 1000 split=sales callsoffered=1 acdcalls=1 acdcalls1=1 acdtime=170 holdcalls=1 \
                holdtime=30 acceptable=1 lowcalls=1 entered=1 answered=1 maxstaffed=1 \
                i_stafftime=1800 i_acdtime=170 i_othertime=30 i_acdothertime=30 i_availtime=1600
         ag_actv workmode=LOGON event_time=100000 wmode_seq=1 duration=0
         ag_actv workmode=ACD event_time=100000 wmode_seq=2 duration=60 direction=IN \
                 split_name=sales ucid=c1 caller_hold=n reconnect=n
         ag_actv workmode=OTHER event_time=100100 wmode_seq=1 duration=30 caller_hold=y
         ag_actv workmode=ACD event_time=100130 duration=110 caller_hold=n reconnect=y",
    );
}
