//! Agents: clocks by split, calls of their own, log-ons, traces, and a switch that is not heard.

use crate::check::check;
use crate::script::{Script, moment};
use facts::table::{Row, Value};

/// Paused in one of two splits: AUX there, AVAIL here, available as a person.
#[test]
fn paused_in_one_split_only() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 mode=avail in=1,2/paused/reason=lunch
         10:10:00 agent SIP/1 mode=acd work=1 dir=in in=1,2/paused/reason=lunch
         10:20:00 agent SIP/1 mode=aux in=1/paused/reason=7,2/paused/reason=lunch reason=7
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1800 i_availtime=600 i_acdtime=600 \
                i_auxtime=600 i_auxtime7=600 ti_stafftime=1800 ti_availtime=600 ti_auxtime=600 \
                ti_auxtime7=600
         hagent 1000 split=2 agent=SIP/1 i_stafftime=1800 i_auxtime=1800 i_auxtime0=1800",
    );
}

/// A reason that the administrator gave a number.
#[test]
fn a_reason_by_its_number() {
    check(
        "reason lunch=4
         10:00:00 link up
         10:00:00 agent SIP/1 mode=aux in=1/paused/reason=lunch
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1800 i_auxtime=1800 i_auxtime4=1800 \
                ti_stafftime=1800 ti_auxtime=1800 ti_auxtime4=1800",
    );
}

/// After-call work that belongs to no call is the oldest log-on's.
#[test]
fn after_call_work_of_no_call() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 mode=acw in=1/paused/mode=acw,2/paused/mode=other
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1800 i_acwtime=1800 ti_stafftime=1800
         hagent 1000 split=2 agent=SIP/1 i_stafftime=1800 i_othertime=1800",
    );
}

/// Calls of his own: in after-call work they are its split's, else the oldest log-on's.
#[test]
fn calls_of_his_own() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 mode=acw work=2 in=1,2
         10:01:00 agent SIP/1 mode=acw dir=out work=2 in=1,2
         10:03:00 own agent=SIP/1 call=c1 dir=out acw=2 off since=10:01:00
         10:03:00 agent SIP/1 mode=acw work=2 in=1,2
         10:04:00 agent SIP/1 mode=acw dir=in work=2 in=1,2
         10:05:00 own agent=SIP/1 call=c2 dir=in acw=2 since=10:04:00
         10:05:00 agent SIP/1 mode=avail in=1,2
         10:10:00 agent SIP/1 mode=aux dir=in in=1,2
         10:13:00 own agent=SIP/1 call=c3 dir=in since=10:10:00
         10:13:00 agent SIP/1 mode=aux dir=out in=1,2
         10:17:00 own agent=SIP/1 call=c4 dir=out since=10:13:00
         10:17:00 agent SIP/1 mode=avail in=1,2
         # Not logged on: no agent, nothing to count.
         10:20:00 own agent=SIP/9 call=c5 dir=out since=10:19:00
         10:30:00 advance
         # 10:05-10:10 and 10:17-10:30 ready; 3 min in, 4 min out in AUX.
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1800 i_availtime=1080 i_othertime=300 \
                i_auxtime=420 i_auxtime0=420 i_auxintime=180 i_auxouttime=240 \
                ti_stafftime=1800 ti_availtime=1080 ti_auxtime=420 ti_auxtime0=420 \
                auxincalls=1 auxintime=180 auxoutcalls=1 auxouttime=240
         hagent 1000 split=2 agent=SIP/1 i_stafftime=1800 i_availtime=1080 i_acwtime=300 \
                i_auxtime=420 i_auxtime0=420 i_acwouttime=120 i_acwintime=60 \
                acwoutcalls=1 acwouttime=120 acwoutoffcalls=1 acwoutofftime=120 \
                acwincalls=1 acwintime=60
         hsplit 1000 split=1 maxstaffed=1 i_stafftime=1800 i_availtime=1080 i_othertime=300 \
                i_auxtime=420 i_auxtime0=420 i_auxintime=180 i_auxouttime=240 \
                auxincalls=1 auxintime=180 auxoutcalls=1 auxouttime=240
         hsplit 1000 split=2 maxstaffed=1 i_stafftime=1800 i_availtime=1080 i_acwtime=300 \
                i_auxtime=420 i_auxtime0=420 i_acwouttime=120 i_acwintime=60 \
                acwoutcalls=1 acwouttime=120 acwoutoffcalls=1 acwoutofftime=120 \
                acwincalls=1 acwintime=60",
    );
}

/// He holds a call of split 2 and asks somebody: a call out is that split's, a call in the oldest
/// log-on's.
#[test]
fn calls_of_his_own_with_a_queue_call_on_hold() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 mode=acd dir=in work=2 in=1,2
         10:05:00 agent SIP/1 mode=aux dir=out held=2 in=1,2
         10:07:00 own agent=SIP/1 call=c2 dir=out held=2 since=10:05:00
         10:07:00 agent SIP/1 mode=aux dir=in held=2 in=1,2
         10:10:00 own agent=SIP/1 call=c3 dir=in held=2 since=10:07:00
         10:10:00 agent SIP/1 mode=other held=2 in=1,2
         10:11:00 agent SIP/1 mode=acd dir=in work=2 in=1,2
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1800 i_othertime=1500 i_auxtime=300 \
                i_auxtime0=300 i_auxintime=180 i_acdauxintime=180 ti_stafftime=1800 \
                ti_auxtime=300 ti_auxtime0=300 ti_othertime=60 auxincalls=1 auxintime=180
         hagent 1000 split=2 agent=SIP/1 i_stafftime=1800 i_acdtime=1440 i_auxtime=300 \
                i_auxtime0=300 i_auxouttime=120 i_acdaux_outtime=120 i_othertime=60 \
                i_acdothertime=60 auxoutcalls=1 auxouttime=120 acdauxoutcalls=1",
    );
}

/// A split more has its row from then on; when the oldest is left the next one is the oldest.
#[test]
fn splits_come_and_go_within_a_log_on() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 name=Anna in=1
         10:10:00 agent SIP/1 name=Anna in=1,2/penalty=3
         10:20:00 agent SIP/1 name=Anna in=2/penalty=3
         10:25:00 agent SIP/1
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 logon=10:00:00 device=SIP/1 i_stafftime=1200 \
                i_availtime=1200 ti_stafftime=1200 ti_availtime=1200
         hagent 1000 split=2 agent=SIP/1 logon=10:00:00 device=SIP/1 i_stafftime=900 \
                i_availtime=900 ti_stafftime=300 ti_availtime=300
         haglog acd=1 logid=SIP/1 extn=1 split=1 split_name=1 agent_name=Anna login=10:00:00 \
                logout=10:25:00 row_date=2026-01-05 logout_date=2026-01-05 logonskill2=2 \
                sklevel=1 sklevel2=4 logonskill3=- inflag=- outflag=-
         ag_actv workmode=LOGON event_time=100000 wmode_seq=1 duration=0 agent_name=Anna
         ag_actv workmode=AVAIL event_time=100000 wmode_seq=2 duration=1500 starttime=1000
         ag_actv workmode=LOGOFF event_time=102500 wmode_seq=1 duration=0 logid=SIP/1",
    );
}

/// Another phone within a log-on: rows of their own.
#[test]
fn another_phone() {
    check(
        "10:00:00 link up
         10:00:00 agent Agent/1 device=SIP/1 in=1
         10:10:00 agent Agent/1 device=SIP/2 in=1
         10:30:00 advance
         hagent 1000 split=1 agent=Agent/1 device=SIP/1 logon=10:00:00 i_stafftime=600 \
                i_availtime=600 ti_stafftime=600 ti_availtime=600
         hagent 1000 split=1 agent=Agent/1 device=SIP/2 logon=10:00:00 i_stafftime=1200 \
                i_availtime=1200 ti_stafftime=1200 ti_availtime=1200
         hsplit 1000 split=1 maxstaffed=1 i_stafftime=1800 i_availtime=1800",
    );
}

/// Clocks stand still while the switch is not heard. SIP/1 was there all the time, SIP/2 went and
/// SIP/3 came while nobody listened.
#[test]
fn a_gap() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 in=1
         10:00:00 agent SIP/2 in=1
         10:10:00 link down why=reset
         10:20:00 agent SIP/1 mode=aux in=1/paused/reason=1
         10:20:00 agent SIP/2
         10:20:00 agent SIP/3 in=1/found
         10:20:00 link up
         10:25:00 agent SIP/3
         10:30:00 advance
         interval 1000 observed=1200 disturbed=1
         interval 1030 observed=0
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1200 i_availtime=600 i_auxtime=600 \
                i_auxtime1=600 ti_stafftime=1200 ti_availtime=600 ti_auxtime=600 ti_auxtime1=600
         hagent 1000 split=1 agent=SIP/2 i_stafftime=600 i_availtime=600 ti_stafftime=600 \
                ti_availtime=600
         hagent 1000 split=1 agent=SIP/3 i_stafftime=300 i_availtime=300 ti_stafftime=300 \
                ti_availtime=300
         haglog logid=SIP/2 login=10:00:00 logout=10:10:00 inflag=- outflag=>
         haglog logid=SIP/3 login=10:20:00 logout=10:25:00 inflag=< outflag=-
         ag_actv logid=SIP/1 workmode=LOGON
         ag_actv logid=SIP/2 workmode=LOGON
         ag_actv logid=SIP/1 workmode=AVAIL duration=600
         ag_actv logid=SIP/2 workmode=AVAIL duration=600
         ag_actv logid=SIP/2 workmode=LOGOFF event_time=101000
         ag_actv logid=SIP/3 workmode=LOGON event_time=102000
         ag_actv logid=SIP/1 workmode=UNKNOWN event_time=101000 duration=600
         ag_actv logid=SIP/3 workmode=AVAIL duration=300
         ag_actv logid=SIP/3 workmode=LOGOFF event_time=102500",
    );
}

/// The switch starts anew: all log-ons are over, who is there again was found.
#[test]
fn a_restart() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 in=1
         10:10:00 link down why=reset
         10:20:00 link down restarted why=restarted
         10:20:00 agent SIP/1 in=1/found/since=10:20:00
         10:20:00 link up
         10:30:00 advance
         hagent 1000 split=1 agent=SIP/1 device=SIP/1 logon=10:00:00 i_stafftime=600 \
                i_availtime=600 ti_stafftime=600 ti_availtime=600
         hagent 1000 split=1 agent=SIP/1 device=SIP/1 logon=10:20:00 i_stafftime=600 \
                i_availtime=600 ti_stafftime=600 ti_availtime=600
         haglog logid=SIP/1 login=10:00:00 logout=10:10:00 outflag=>",
    );
}

/// The switch starts anew while it is heard: nobody waits any more, either.
#[test]
fn a_restart_without_a_gap() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 in=1
         10:05:00 waiting split=1 callers=2
         10:10:00 link up restarted why=restarted
         10:10:00 agent SIP/1 in=1/found/since=10:10:00
         11:00:00 advance
         hagent 1000 split=1 agent=SIP/1 device=SIP/1 logon=10:00:00 i_stafftime=600 \
                i_availtime=600 ti_stafftime=600 ti_availtime=600
         hagent 1000 split=1 agent=SIP/1 device=SIP/1 logon=10:10:00 i_stafftime=1200 \
                i_availtime=1200 ti_stafftime=1200 ti_availtime=1200
         hagent 1030 split=1 agent=SIP/1 device=SIP/1 logon=10:10:00 i_stafftime=1800 \
                i_availtime=1800 ti_stafftime=1800 ti_availtime=1800
         hsplit 1000 split=1 maxinqueue=2 maxstaffed=1 i_stafftime=1800 i_availtime=1800
         hsplit 1030 split=1 maxstaffed=1 i_stafftime=1800 i_availtime=1800
         haglog logid=SIP/1 login=10:00:00 logout=10:10:00 inflag=- outflag=>",
    );
}

/// Who is logged on still has a row without an end, and does something.
#[test]
fn what_is_not_over() {
    let script = Script::read(
        "10:00:00 link up
         10:00:00 agent SIP/2 in=1
         10:00:00 agent SIP/1 in=1
         10:05:00 agent SIP/1 mode=aux in=1/paused/reason=3
         10:06:00 agent SIP/2",
    );
    let (books, _) = script.run();
    let at = moment("10:10:00");
    let words = |rows: Vec<Row>, columns: &[usize]| -> Vec<Vec<Value>> {
        rows.iter().map(|r| columns.iter().map(|c| r[*c].clone()).collect()).collect()
    };
    // LOGID, LOGIN, LOGOUT.
    let on = Value::Int(moment("10:00:00").secs());
    assert_eq!(words(books.open_logons(at), &[2, 6, 7]), [["SIP/1".into(), on, Value::Null]]);
    assert!(books.open_logons(moment("09:59:59")).is_empty());
    // LOGID, DURATION, WORKMODE, AUXREASON.
    let doing = ["SIP/1".into(), Value::Int(300), "AUX".into(), Value::Int(3)];
    assert_eq!(words(books.open_activities(at), &[1, 6, 7, 10]), [doing]);
}

/// An agent's entry may be told a second late, even over a boundary: his clocks are exact.
#[test]
fn a_late_entry_of_an_agent() {
    check(
        "10:00:00 link up
         10:00:00 agent SIP/1 in=1
         10:30:01 waiting split=1 callers=0
         10:29:59 agent SIP/1 mode=aux in=1/paused/reason=2
         11:00:00 advance
         hagent 1000 split=1 agent=SIP/1 i_stafftime=1800 i_availtime=1799 i_auxtime=1 \
                i_auxtime2=1 ti_stafftime=1800 ti_availtime=1799 ti_auxtime=1 ti_auxtime2=1
         hagent 1030 split=1 agent=SIP/1 i_stafftime=1800 i_auxtime=1800 i_auxtime2=1800 \
                ti_stafftime=1800 ti_auxtime=1800 ti_auxtime2=1800",
    );
}
