//! Calls in a split: every end, bins and service level, priorities, rings, levels.

use crate::check::check;

#[test]
fn every_end_of_a_visit_has_its_place() {
    check(
        "10:00:00 link up
         10:00:31 visit split=s call=c1 joined=10:00:00 end=abandoned
         10:00:42 visit split=s call=c2 joined=10:00:00 end=timed-out
         10:00:43 visit split=s call=c3 joined=10:00:00 end=left-empty
         10:00:44 visit split=s call=c4 joined=10:00:00 end=exit-key
         10:00:45 visit split=s call=c5 joined=10:00:00 end=left
         10:00:46 visit split=s call=c6 joined=10:00:00 end=lost
         10:00:47 visit split=s call=c7 end=full
         10:00:48 visit split=s call=c8 end=join-empty
         10:01:00 served split=s agent=A call=c9 joined=10:00:00 answered=10:00:50
         # Outflows: 42 + 43 + 44 + 45 s; others: these, 46 s lost, two refused.
         hsplit 1000 split=s callsoffered=9 acdcalls=1 acdcalls1=1 acdtime=10 anstime=50 lowcalls=1 \
                abncalls=1 abncalls1=1 abntime=31 \
                outflowcalls=4 outflowtime=174 busycalls=2 disccalls=1 disctime=46 \
                othercalls=7 othertime=220 maxocwtime=50 \
                entered=7 answered=1 abandoned=1 timed_out=1 left_empty=1 exit_key=1 taken_out=1 \
                lost=1 refused_full=1 refused_empty=1",
    );
}

#[test]
fn refused_joins_can_be_left_out_of_what_is_offered() {
    check(
        "set refused=uncounted
         10:00:00 link up
         10:00:47 visit split=s call=c7 end=full
         hsplit 1000 split=s refused_full=1",
    );
}

/// The edges of bins and of the service level belong to them.
#[test]
fn bins_and_service_level_by_the_edge() {
    check(
        "set level=10 periods=5,10,20
         10:00:00 link up
         10:00:05 served split=s agent=A call=c1 joined=10:00:00 answered=10:00:05
         10:00:06 served split=s agent=A call=c2 joined=10:00:00 answered=10:00:06
         10:00:10 served split=s agent=A call=c3 joined=10:00:00 answered=10:00:10
         10:00:11 visit split=s call=c4 joined=10:00:00 end=abandoned
         10:00:20 visit split=s call=c5 joined=10:00:00 end=abandoned
         10:00:21 visit split=s call=c6 joined=10:00:00 end=abandoned
         hsplit 1000 split=s callsoffered=6 acdcalls=3 anstime=21 lowcalls=3 acceptable=3 \
                acdcalls1=1 acdcalls2=2 abncalls=3 abntime=52 abncalls3=2 abncalls10=1 \
                maxocwtime=21 entered=6 answered=3 abandoned=3 \
                servicelevel=10 period1=5 period2=10 period3=20",
    );
}

/// A change within an interval: each offer has the profile in force when it began, the row the
/// last one. A change at the boundary is none within.
#[test]
fn a_change_of_profile_loses_nothing() {
    check(
        "profile s level=10 periods=5,10
         profile s from=10:10:00 level=20 periods=5,10
         profile s from=10:30:00 level=20 periods=15
         10:00:00 link up
         10:10:05 visit split=s call=c1 joined=10:09:50 end=abandoned
         10:10:20 visit split=s call=c2 joined=10:10:05 end=abandoned
         10:31:20 visit split=s call=c3 joined=10:31:05 end=abandoned
         hsplit 1000 split=s callsoffered=2 abncalls=2 abncalls10=2 abntime=30 slvlabns=1 \
                maxocwtime=15 entered=2 abandoned=2 servicelevel=20 svclevelchg=1 period1=5 \
                period2=10
         hsplit 1030 split=s callsoffered=1 abncalls=1 abncalls1=1 abntime=15 slvlabns=1 \
                maxocwtime=15 entered=1 abandoned=1 servicelevel=20 period1=15",
    );
}

#[test]
fn priorities_are_low_medium_high_top() {
    check(
        "10:00:00 link up
         10:00:05 served split=s agent=A call=c1 answered=10:00:00
         10:00:05 served split=s agent=A call=c2 answered=10:00:00 priority=1
         10:00:05 served split=s agent=A call=c3 answered=10:00:00 priority=2
         10:00:05 served split=s agent=A call=c4 answered=10:00:00 priority=3
         10:00:05 served split=s agent=A call=c5 answered=10:00:00 priority=40
         hsplit 1000 split=s callsoffered=5 acdcalls=5 acdcalls1=5 acdtime=25 acceptable=5 \
                lowcalls=1 medcalls=1 highcalls=1 topcalls=2 entered=5 answered=5",
    );
}

/// Three phones ring at once; two ring on when the third answers. Then all three ring out.
#[test]
fn ring_all_rings_at_each_and_is_requeued_once() {
    check(
        "10:00:00 link up
         10:00:07 rang split=s agent=A call=c1 joined=10:00:00 since=10:00:02 end=elsewhere
         10:00:07 rang split=s agent=B call=c1 joined=10:00:00 since=10:00:02 end=elsewhere
         10:00:17 served split=s agent=C call=c1 joined=10:00:00 rang=10:00:02 answered=10:00:07
         10:01:10 rang split=s agent=A call=c2 joined=10:01:00 since=10:01:00 end=not-answered
         10:01:10 rang split=s agent=B call=c2 joined=10:01:00 since=10:01:00 end=not-answered
         10:01:10 rang split=s agent=C call=c2 joined=10:01:00 since=10:01:00 end=refused
         10:01:10 visit split=s call=c2 joined=10:01:00 end=requeued
         10:01:20 visit split=s call=c2 joined=10:01:00 since=10:01:10 requeued end=abandoned
         hsplit 1000 split=s callsoffered=3 acdcalls=1 acdcalls1=1 acdtime=10 anstime=7 \
                acceptable=1 lowcalls=1 ringcalls=5 ringtime=35 noansredir=1 outflowcalls=1 \
                outflowtime=10 slvloutflows=1 othercalls=1 othertime=10 inflowcalls=1 abncalls=1 \
                abncalls1=1 abntime=10 slvlabns=1 maxocwtime=10 entered=2 answered=1 abandoned=1
         hagent 1000 split=s agent=A ringcalls=2 ringtime=15 noansredir=1
         hagent 1000 split=s agent=B ringcalls=2 ringtime=15 noansredir=1
         hagent 1000 split=s agent=C ringcalls=1 ringtime=5 ansringtime=5 acdcalls=1 acdtime=10 \
                refused=1",
    );
}

/// Talk of less than five seconds is a phantom abandon; five seconds are an answer.
#[test]
fn phantom_abandons() {
    check(
        "set phantom=5
         10:00:00 link up
         10:00:14 served split=s agent=A call=c1 joined=10:00:00 rang=10:00:08 answered=10:00:10
         10:01:25 served split=s agent=A call=c2 joined=10:01:00 answered=10:01:10 ended=10:01:15
         hsplit 1000 split=s callsoffered=2 acdcalls=1 acdcalls1=1 acdtime=5 acwtime=10 anstime=10 \
                acceptable=1 lowcalls=1 abncalls=1 abncalls1=1 abntime=14 phantomabns=1 slvlabns=1 \
                ringcalls=1 ringtime=2 maxocwtime=14 entered=2 answered=2
         hagent 1000 split=s agent=A acdcalls=1 acdtime=5 acwtime=10 abncalls=1 abntime=14 \
                phantomabns=1 ringcalls=1 ringtime=2",
    );
}

#[test]
fn hold_transfer_and_conference() {
    check(
        "10:00:00 link up
         # Held twice, the second hold told beyond the end.
         10:02:00 served split=s agent=A call=c1 answered=10:00:00 ended=10:01:00 transferred \
                  holds=10:00:10-10:00:20,10:00:50-10:01:05 released=transfer
         10:03:00 served split=s agent=A call=c2 answered=10:02:30 holds=10:02:40-10:03:00 \
                  hold_abandoned
         10:04:00 served split=s agent=A call=c3 answered=10:03:30 conferenced released=agent
         hsplit 1000 split=s callsoffered=3 acdcalls=3 acdcalls1=3 acdtime=80 acwtime=60 \
                acceptable=3 lowcalls=3 holdcalls=2 holdtime=40 holdabncalls=1 transferred=1 \
                conference=1 entered=3 answered=3
         hagent 1000 split=s agent=A acdcalls=3 acdtime=80 acwtime=60 holdcalls=2 holdtime=40 \
                holdacdtime=40 holdabncalls=1 transferred=1 conference=1 acd_release=2",
    );
}

/// Whole seconds by the clock: 0.1 s over a full second counts, 0.9 s within one do not.
#[test]
fn moments_are_rounded_down_before_they_are_subtracted() {
    check(
        "10:00:00 link up
         10:00:02.1 served split=s agent=A call=c1 joined=10:00:00.05 answered=10:00:00.95 \
                    ended=10:00:01.05
         hsplit 1000 split=s callsoffered=1 acdcalls=1 acdcalls1=1 acdtime=1 acwtime=1 \
                acceptable=1 lowcalls=1 entered=1 answered=1",
    );
}

/// Two wait over the boundary: they are the most of the next interval until a third comes.
#[test]
fn the_most_in_queue_lasts_over_a_boundary() {
    check(
        "10:00:00 link up
         10:05:00 waiting split=s callers=1
         10:06:00 waiting split=s callers=3
         10:07:00 waiting split=s callers=2
         10:40:00 waiting split=s callers=1
         11:00:00 waiting split=s callers=0
         11:30:00 advance
         hsplit 1000 split=s maxinqueue=3
         hsplit 1030 split=s maxinqueue=2",
    );
}

/// Two agents change places at one moment: there never were two.
#[test]
fn the_most_staffed_is_a_number_that_lasted() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 in=s
         10:10:00 agent SIP/2 in=s
         10:10:00 agent SIP/1
         10:20:00 agent SIP/2
         10:40:00 agent SIP/1 in=s
         10:50:00 agent SIP/3 in=s
         11:00:00 advance
         hsplit 1000 split=s maxstaffed=1 i_stafftime=1200 i_availtime=1200
         hsplit 1030 split=s maxstaffed=2 i_stafftime=1800 i_availtime=1800",
    );
}
