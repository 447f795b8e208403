//! Queue calls: events in, facts out. The scenarios are those of the reference page on Asterisk,
//! section 4; C is the caller, A and B are agents' channels.

mod support;

use support::script::{check, check_with};
use support::settings;

#[test]
fn answered() {
    check_with(
        settings(),
        &[],
        "0.000 Newchannel C:4
         0.001 Newexten C:4 Extension=8001 Application=Answer AppData=
         0.002 Newstate C
         0.981 Newexten C Extension=8001 Application=Queue AppData=wrapup,tT,,,40
         0.982 QueueCallerJoin C Queue=wrapup Position=1 Count=1
         0.983 Newchannel A:0^C
         0.984 AgentCalled C Dest=@A:0^C Queue=wrapup Interface=PJSIP/A MemberName=Alice
         0.985 DialBegin C Dest=@A:0^C DialString=PJSIP/A
         0.986 Newstate A:5^C
         2.985 Newstate A^C
         2.986 DialEnd C Dest=@A^C DialStatus=ANSWER
         2.987 QueueCallerLeave C Queue=wrapup Position=1 Count=0
         2.988 AgentConnect C Dest=@A^C Queue=wrapup Interface=PJSIP/A HoldTime=2 RingTime=2
         2.989 BridgeCreate BridgeUniqueid=b1
         2.990 BridgeEnter A^C BridgeUniqueid=b1
         2.991 BridgeEnter C BridgeUniqueid=b1
         8.984 HangupRequest C
         8.985 AgentComplete C Dest=@A^C Queue=wrapup Interface=PJSIP/A Reason=caller
         8.986 BridgeLeave C BridgeUniqueid=b1
         8.987 BridgeLeave A^C BridgeUniqueid=b1
         8.988 BridgeDestroy BridgeUniqueid=b1
         8.989 Hangup C Cause=16
         8.990 Hangup A^C Cause=16",
        "0.000 channel-new C PJSIP/C-00000001 PJSIP/C call=C In Calling from='C' '' to='8001' in=from-trunk
         0.001 step C from-trunk 8001 Answer()
         0.002 phase C Up
         0.981 split wrapup wrapup=4
         0.981 step C from-trunk 8001 Queue(wrapup,tT,,,40)
         0.982 queued C wrapup 1 since=0
         0.983 channel-new A PJSIP/A-00000001 PJSIP/A call=C Out Down from='A' '' to='8001' in=internal
         0.984 offered C wrapup PJSIP/A A
         0.985 dial C A
         0.986 phase A Ringing
         2.985 phase A Up
         2.986 dialled C A answered
         2.987 queue-left C wrapup
         2.988 connected C wrapup PJSIP/A A
         2.990 bridged A b1
         2.991 bridged C b1
         8.984 hangup-asked C
         8.985 completed C wrapup PJSIP/A Caller
         8.986 unbridged C b1
         8.987 unbridged A b1
         8.989 ended C 16
         8.990 ended A 16",
    );
}

#[test]
fn caller_gives_up() {
    check(
        "0 Newchannel C:4
         1 QueueCallerJoin C Queue=sales Position=3
         9 HangupRequest C
         9 QueueCallerAbandon C Queue=sales Position=1 OriginalPosition=3 HoldTime=8
         9.001 QueueCallerLeave C Queue=sales
         9.002 Hangup C Cause=0",
        "1.000 queued C sales 3 since=1
         9.000 hangup-asked C
         9.001 queue-left C sales
         9.002 verdict C sales Abandoned
         9.002 ended C 0",
    );
}

#[test]
fn caller_gives_up_while_an_agent_rings() {
    check(
        "0 Newchannel C:4
         1 QueueCallerJoin C Queue=sales Position=1
         1 Newchannel A:0^C
         1 AgentCalled C Dest=@A:0^C Queue=sales Interface=PJSIP/A
         1 DialBegin C Dest=@A:0^C
         4 HangupRequest C
         4 QueueCallerAbandon C Queue=sales
         4 DialEnd C Dest=@A:5^C DialStatus=CANCEL
         4 DialEnd C Dest=@A:5^C DialStatus=CANCEL
         4 QueueCallerLeave C Queue=sales
         4.001 Hangup A:5^C Cause=0
         4.002 Hangup C Cause=0",
        "1.000 queued C sales 1 since=1
         1.000 offered C sales PJSIP/A A
         1.000 dial C A
         4.000 hangup-asked C
         4.000 dialled C A cancelled
         4.000 queue-left C sales
         4.001 ended A 0
         4.002 verdict C sales Abandoned
         4.002 ended C 0",
    );
}

#[test]
fn time_over_told_by_the_variable() {
    check(
        "0 Newchannel C
         0 Newexten C Application=Queue AppData=sales,tT,,,4
         0 QueueCallerJoin C Queue=sales Position=1
         4 QueueCallerAbandon C Queue=sales
         4 QueueCallerLeave C Queue=sales
         4.001 VarSet C Variable=ABANDONED Value=TRUE
         4.001 VarSet C Variable=QUEUESTATUS Value=TIMEOUT
         4.002 Newexten C Application=Hangup AppData=
         4.003 Hangup C Cause=16",
        "0.000 queued C sales 1 since=0
         4.000 queue-left C sales
         4.001 verdict C sales TimedOut
         4.003 ended C 16",
    );
}

#[test]
fn time_over_where_the_dialplan_ends_after_the_queue() {
    check(
        "0 Newchannel C
         0 Newexten C Application=Queue AppData=sales,tT,,,4
         0 QueueCallerJoin C Queue=sales Position=1
         4 QueueCallerAbandon C Queue=sales
         4 QueueCallerLeave C Queue=sales
         4.001 VarSet C Variable=QUEUESTATUS Value=TIMEOUT
         4.003 Hangup C Cause=16",
        "0.000 queued C sales 1 since=0
         4.000 queue-left C sales
         4.001 verdict C sales TimedOut
         4.003 ended C 16",
    );
}

#[test]
fn time_over_and_queue_empty_told_by_the_next_step_and_the_time_allowed() {
    let script = |seconds: u32| {
        format!(
            "0 Newchannel C
             0 Newexten C Application=Queue AppData=sales,tT,,,4
             0 QueueCallerJoin C Queue=sales Position=1
             {seconds} QueueCallerAbandon C Queue=sales
             {seconds} QueueCallerLeave C Queue=sales
             {seconds} Newexten C Application=Playback AppData=bye"
        )
    };
    check(
        &script(4),
        "0.000 queued C sales 1 since=0
         4.000 queue-left C sales
         4.000 verdict C sales TimedOut",
    );
    check(
        &script(2),
        "0.000 queued C sales 1 since=0
         2.000 queue-left C sales
         2.000 verdict C sales LeftEmpty",
    );
}

#[test]
fn time_over_without_class_dialplan_and_nobody_hung_up() {
    // Newexten and VarSet come from the same class; a filter may leave out one of them.
    check(
        "0 Newchannel C
         0 Newexten C Application=Queue AppData=sales,tT,,,4
         0 QueueCallerJoin C Queue=sales Position=1
         4 QueueCallerAbandon C Queue=sales
         4 QueueCallerLeave C Queue=sales
         4.003 Hangup C Cause=16",
        "0.000 queued C sales 1 since=0
         4.000 queue-left C sales
         4.003 verdict C sales TimedOut
         4.003 ended C 16",
    );
}

#[test]
fn last_agent_left() {
    check(
        "0 Newchannel C
         0 QueueCallerJoin C Queue=strict Position=1
         5 QueueCallerAbandon C Queue=strict
         5 QueueCallerLeave C Queue=strict
         5 VarSet C Variable=QUEUESTATUS Value=LEAVEEMPTY
         5 Newexten C Application=Hangup",
        "0.000 queued C strict 1 since=0
         5.000 queue-left C strict
         5.000 verdict C strict LeftEmpty",
    );
}

#[test]
fn caller_keys_himself_out() {
    check(
        "0 Newchannel C
         0 QueueCallerJoin C Queue=exitkey Position=1
         3 DTMFEnd C Digit=2
         3.001 QueueCallerLeave C Queue=exitkey
         3.002 Newexten C Extension=2 Application=Playback AppData=bye",
        "0.000 queued C exitkey 1 since=0
         3.001 queue-left C exitkey
         3.002 verdict C exitkey ExitKey",
    );
}

#[test]
fn nobody_there_and_too_many_waiting() {
    check(
        "0 Newchannel C
         0 Newexten C Application=Queue AppData=strict,tT,,,40
         0.001 VarSet C Variable=QUEUESTATUS Value=JOINEMPTY
         0.002 Newexten C Application=Queue AppData=small
         0.003 VarSet C Variable=QUEUESTATUS Value=FULL
         0.004 Newexten C Application=Hangup",
        "0.001 refused C strict JoinEmpty
         0.003 refused C small Full",
    );
}

#[test]
fn refused_but_the_reason_was_filtered_out() {
    check(
        "0 Newchannel C
         0 Newexten C Application=Queue AppData=strict,tT,,,40
         1 Newexten C Application=Hangup
         2 VarSet C Variable=QUEUESTATUS Value=FULL",
        "1.000 ODD refused-why strict did not take C and did not say why
         1.000 refused C strict JoinEmpty
         2.000 ODD refused-where a queue unknown to us refused C",
    );
}

#[test]
fn overflow_into_a_second_queue() {
    let overflow = |status: &str| {
        format!(
            "0 Newchannel C
             0 Newexten C Application=Queue AppData=sales,tT,,,5
             0 QueueCallerJoin C Queue=sales Position=1
             5 QueueCallerAbandon C Queue=sales
             5 QueueCallerLeave C Queue=sales
             {status}
             5.002 QueueCallerJoin C Queue=overflow Position=1
             7 QueueCallerLeave C Queue=overflow
             7 AgentConnect C Dest=@A^C Queue=overflow Interface=PJSIP/A"
        )
    };
    let expected = |at: &str| {
        format!(
            "0.000 queued C sales 1 since=0
             5.000 queue-left C sales
             {at} verdict C sales TimedOut
             5.002 queued C overflow 1 since=5
             7.000 queue-left C overflow
             7.000 connected C overflow PJSIP/A A"
        )
    };
    check(&overflow("5.001 VarSet C Variable=QUEUESTATUS Value=TIMEOUT"), &expected("5.001"));
    check(&overflow("5.001 Newexten C Application=Queue AppData=overflow"), &expected("5.001"));
    check(&overflow(""), &expected("5.002"));
}

#[test]
fn the_dialplan_goes_on_after_the_agent_hung_up() {
    check(
        "0 Newchannel C
         0 QueueCallerJoin C Queue=sales Position=1
         2 QueueCallerLeave C Queue=sales
         2 AgentConnect C Dest=@A^C Queue=sales Interface=PJSIP/A
         9 AgentComplete C Dest=@A^C Queue=sales Interface=PJSIP/A Reason=agent
         9 VarSet C Variable=QUEUESTATUS Value=CONTINUE
         9.001 Newexten C Application=Playback AppData=survey
         12 Hangup C Cause=16",
        "0.000 queued C sales 1 since=0
         2.000 queue-left C sales
         2.000 connected C sales PJSIP/A A
         9.000 completed C sales PJSIP/A Agent
         12.000 ended C 16",
    );
}

#[test]
fn agent_complete_after_both_hangups_names_nobody() {
    check(
        "0 Newchannel C
         0 QueueCallerJoin C Queue=sales Position=1
         2 QueueCallerLeave C Queue=sales
         2 AgentConnect C Dest=@A^C Queue=sales Interface=PJSIP/A
         8 Hangup C Cause=16
         8.001 Hangup A^C Cause=16
         8.002 AgentComplete Queue=sales Interface=PJSIP/A Reason=caller",
        "0.000 queued C sales 1 since=0
         2.000 queue-left C sales
         2.000 connected C sales PJSIP/A A
         8.000 ended C 16
         8.001 ended A 16
         8.002 completed C sales PJSIP/A Caller",
    );
}

#[test]
fn agent_does_not_answer_and_is_paused_for_it() {
    check(
        "0 Newchannel C
         0 QueueCallerJoin C Queue=sales Position=1
         0 AgentCalled C Dest=@A:0^C Queue=sales Interface=PJSIP/A
         0 DialBegin C Dest=@A:0^C
         5 AgentRingNoAnswer C Dest=@A:5^C Queue=sales Interface=PJSIP/A RingTime=5000
         5 QueueMemberPause Queue=sales Interface=PJSIP/A MemberName=Al Paused=1 PausedReason=Auto-Pause
         5 DialEnd C Dest=@A:5^C DialStatus=NOANSWER
         5 DialEnd C Dest=@A:5^C DialStatus=CANCEL
         5 Hangup A:5^C Cause=0
         5.001 NewConnectedLine A^C",
        "0.000 queued C sales 1 since=0
         0.000 offered C sales PJSIP/A A
         0.000 dial C A
         5.000 not-answered C sales PJSIP/A 5000
         5.000 member PJSIP/A sales Changed Unknown 'Al' PJSIP/A penalty=0 paused='Auto-Pause' calls=0
         5.000 dialled C A no answer
         5.000 ended A 0",
    );
}

#[test]
fn the_end_of_a_wait_that_was_not_heard() {
    check(
        "0 Newchannel C
         0 QueueCallerJoin C Queue=sales Position=1
         5 QueueCallerJoin C Queue=support Position=1
         9 Hangup C Cause=16",
        "0.000 queued C sales 1 since=0
         5.000 ODD wait-untold-end C joins again; its leaving sales is missing
         5.000 queue-left C sales
         5.000 verdict C sales Lost
         5.000 queued C support 1 since=5
         9.000 ODD wait-untold-end C hung up; its leaving support is missing
         9.000 queue-left C support
         9.000 verdict C support Lost
         9.000 ended C 16",
    );
}

#[test]
fn somebody_moves_a_waiting_caller() {
    // Its old application is shown with the new place first.
    check_with(
        settings(),
        &["channel-new", "split"],
        "0 Newchannel C
         0 Newexten C Extension=8001 Application=Queue AppData=sales
         0 QueueCallerJoin C Queue=sales Position=1
         0 VarSet C Variable=QUEUESTATUS Value=CONTINUE
         3 Newexten C Extension=9000 Application=Queue AppData=sales
         3.001 QueueCallerAbandon C Queue=sales
         3.001 QueueCallerLeave C Queue=sales
         3.002 Newexten C Extension=9000 Application=Playback AppData=moved",
        "0.000 step C from-trunk 8001 Queue(sales)
         0.000 queued C sales 1 since=0
         3.001 queue-left C sales
         3.002 verdict C sales Left
         3.002 step C from-trunk 9000 Playback(moved)",
    );
}

#[test]
fn without_class_dialplan_it_counts_who_asked_to_hang_up() {
    let script = |asked: &str, abandon: &str, cause: u32| {
        format!(
            "0 Newchannel C
             0 QueueCallerJoin C Queue=sales Position=1
             {asked}
             {abandon}
             4 QueueCallerLeave C Queue=sales
             4.003 Hangup C Cause={cause}"
        )
    };
    let verdict = |outcome: &str, asked: &str, cause: u32| {
        format!(
            "0.000 queued C sales 1 since=0
             {asked}
             4.000 queue-left C sales
             4.003 verdict C sales {outcome}
             4.003 ended C {cause}"
        )
    };
    let abandon = "4 QueueCallerAbandon C Queue=sales";
    check(
        &script("4 HangupRequest C", abandon, 16),
        &verdict("Abandoned", "4.000 hangup-asked C", 16),
    );
    check(&script("", abandon, 16), &verdict("TimedOut", "", 16));
    check(&script("", abandon, 0), &verdict("Abandoned", "", 0));
    check(&script("", "", 16), &verdict("ExitKey", "", 16));
}
