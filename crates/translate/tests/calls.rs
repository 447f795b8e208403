//! Everything but queues: channels, transfers, parking, pairs, messages, agents, restart, resync.
//! Events in, facts out, after sections 1, 3, 5 and 6 of the reference page on Asterisk.

mod support;

use support::script::{PLAIN, check, check_with};
use support::settings;

#[test]
fn a_direct_call_with_names_and_odd_letters() {
    check_with(
        settings(),
        &[],
        r#"0 Newchannel A:4 CallerIDName=twice~named~by~one~event
           0 DialBegin A:4 Dest=@B:0^A
           1 NewCallerid A:4 CallerIDNum=ignored
           2 HangupRequest B^A Cause=16
           2 SoftHangupRequest B^A Cause=16
           3 Hangup B^A Cause=17"#,
        "0.000 channel-new A PJSIP/A-00000001 PJSIP/A call=A In Calling from='A' 'twice named by one event' to='8001' in=internal
         0.000 party A 'A' ''
         0.000 channel-new B PJSIP/B-00000001 PJSIP/B call=A Out Down from='B' '' to='8001' in=internal
         0.000 dial A B
         1.000 party A 'ignored' ''
         2.000 phase B Up
         2.000 hangup-asked B
         3.000 ended B 17",
    );
}

#[test]
fn escapes_and_foreign_encodings_in_names() {
    use facts::{Epoch, Fact, Kind, Record, Stamp};
    let named = |name: &[u8]| {
        let mut payload = b"Event: Newchannel\r\nTimestamp: 1.000000\r\nChannel: X/1-2\r\n\
            Uniqueid: 1\r\nChannelState: 4\r\nCallerIDName: "
            .to_vec();
        payload.extend_from_slice(name);
        payload.extend_from_slice(b"\r\n\r\n");
        let at = Stamp::from_secs(1);
        let (kind, epoch) = (Kind::Event, Epoch(0));
        let record = Record { kind, epoch, stamp: at, heard: at, payload: payload.into() };
        let mut out = Vec::new();
        translate::asterisk::Translator::new(settings()).record(&record, &mut out);
        match &out[0].fact {
            Fact::ChannelNew(n) => n.party.to_string(),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(named(br#"Quote \"q\""#), r#"Quote "q""#);
    assert_eq!(named(br"Tab\there"), "Tab\there");
    assert_eq!(named(b"M\xfcller"), "M\u{fffd}ller");
    assert_eq!(named("Müller".as_bytes()), "Müller");
    assert_eq!(named(b"<unknown>"), "");
}

#[test]
fn hold_and_an_unhold_without_hold() {
    check(
        "0 Hold A MusicClass=default
         1 Unhold A
         2 Unhold B",
        "0.000 held A
         1.000 unheld A
         2.000 unheld B",
    );
}

#[test]
fn blind_transfer_and_one_that_fails() {
    check_with(
        settings(),
        &["channel-new"],
        "0 Newexten C Extension=8001 Application=Queue AppData=sales
         0 QueueCallerJoin C Queue=sales Position=1
         1 QueueCallerLeave C Queue=sales
         1 AgentConnect C Dest=@A^C Queue=sales Interface=PJSIP/A
         1 BridgeEnter C BridgeUniqueid=b1
         2 BlindTransfer Result=Fail Transferer=@A^C Transferee=@C Extension=9
         3 BlindTransfer Result=Success Transferer=@A^C Transferee=@C Extension=8002 Context=internal
         3 Newexten C Extension=8002 Application=Queue AppData=sales
         3 AgentComplete C Dest=@A^C Queue=sales Interface=PJSIP/A Reason=transfer
         3.001 BridgeLeave C BridgeUniqueid=b1
         3.002 Newexten C Extension=8002 Application=Dial AppData=PJSIP/B",
        "0.000 split sales
         0.000 step C from-trunk 8001 Queue(sales)
         0.000 queued C sales 1 since=0
         1.000 queue-left C sales
         1.000 connected C sales PJSIP/A A
         1.000 bridged C b1
         3.000 transferred by A - who C to 8002
         3.000 completed C sales PJSIP/A Transfer
         3.001 unbridged C b1
         3.002 step C from-trunk 8002 Dial(PJSIP/B)"
            .replace("split sales", "split sales wrapup=0")
            .as_str(),
    );
}

#[test]
fn attended_transfer_hands_the_seat_over() {
    check(
        "0 BridgeEnter C BridgeUniqueid=b1
         0 BridgeEnter A^C BridgeUniqueid=b1
         2 BridgeEnter B^A2 BridgeUniqueid=b2
         2 BridgeEnter A2 BridgeUniqueid=b2
         4 BridgeLeave B^A2 BridgeUniqueid=b2
         4 BridgeLeave A^C BridgeUniqueid=b1
         4 BridgeEnter B^C BridgeUniqueid=b1 SwapUniqueid=A
         4 AttendedTransfer Result=Success OrigTransferer=@A^C SecondTransferer=@A2 Transferee=@C TransferTarget=@B^A2 DestType=Bridge
         4 BridgeLeave A2 BridgeUniqueid=b2
         4 BridgeLeave A2 BridgeUniqueid=b2
         4.001 NewConnectedLine B^C",
        "0.000 bridged C b1
         0.000 bridged A b1
         2.000 bridged B b2
         2.000 bridged A2 b2
         4.000 unbridged B b2
         4.000 unbridged A b1
         4.000 call B C
         4.000 bridged B b1 for A
         4.000 transferred by A A2 who C to B attended
         4.000 unbridged A2 b2",
    );
}

#[test]
fn a_pair_inside_the_switch_that_is_optimised_away() {
    check_with(
        settings(),
        &["phase", "party"],
        "0 Newchannel F;1:0^C
         0 Newchannel F;2:4^C
         0 LocalBridge LocalOne=@F;1:0^C LocalTwo=@F;2:4^C
         1 BridgeEnter F;1^C BridgeUniqueid=b1
         1 BridgeEnter A^C BridgeUniqueid=b2
         2 LocalOptimizationBegin LocalOne=@F;1^C LocalTwo=@F;2^C Source=@A^C DestUniqueId=F;2
         2 BridgeLeave A^C BridgeUniqueid=b2
         2 BridgeLeave F;1^C BridgeUniqueid=b1
         2 BridgeEnter A^C BridgeUniqueid=b1 SwapUniqueid=F;1
         2 Hangup F;1^C Cause=16
         2 Hangup F;2^C Cause=16",
        "0.000 channel-new F;1 Local/F@agents-00000001;1 Local/F@agents call=C Out Down from='F;1' '' to='8001' in=internal half
         0.000 channel-new F;2 Local/F@agents-00000001;2 Local/F@agents call=C In Calling from='F;2' '' to='8001' in=internal half
         0.000 paired F;1 F;2
         1.000 bridged F;1 b1
         1.000 channel-new A PJSIP/A-00000001 PJSIP/A call=C In Up from='A' '' to='8001' in=internal
         1.000 bridged A b2
         2.000 unbridged A b2
         2.000 unbridged F;1 b1
         2.000 bridged A b1 for F;1
         2.000 ended F;1 16
         2.000 ended F;2 16",
    );
}

#[test]
fn parked_picked_up_timed_out_given_up() {
    check(
        "0 ParkedCall Parkee=@C Parkinglot=default ParkingSpace=701
         1 BridgeEnter B BridgeUniqueid=b1
         5 UnParkedCall Parkee=@C Retriever=@B ParkingSpace=701
         5 BridgeEnter B^C BridgeUniqueid=b1
         6 ParkedCall Parkee=@C Parkinglot=default ParkingSpace=701
         9 ParkedCallTimeOut Parkee=@C
         10 ParkedCall Parkee=@C Parkinglot=default ParkingSpace=702
         11 ParkedCallGiveUp Parkee=@C",
        "0.000 parked C default/701
         1.000 bridged B b1
         5.000 unparked C B
         5.000 call B C
         6.000 parked C default/701
         9.000 unparked C -
         10.000 parked C default/702
         11.000 unparked C -",
    );
}

#[test]
fn conference_and_listening_in() {
    check(
        "0 ConfbridgeJoin C Conference=room1 BridgeUniqueid=b1
         1 ConfbridgeLeave C Conference=room1
         2 ChanSpyStart Spyer=@S Spyee=@A
         3 ChanSpyStop Spyer=@S Spyee=@A",
        "0.000 conference+ C room1
         1.000 conference- C room1
         2.000 spy+ S A
         3.000 spy- S",
    );
}

#[test]
fn a_late_event_does_not_raise_the_dead() {
    check_with(
        settings(),
        &[],
        "0 Newchannel C
         1 Hangup C Cause=16
         1.001 NewConnectedLine C
         1.002 MusicOnHoldStop C
         1.003 Hangup C Cause=16
         2 Hangup X Cause=16",
        "0.000 channel-new C PJSIP/C-00000001 PJSIP/C call=C In Up from='C' '' to='8001' in=from-trunk
         1.000 ended C 16",
    );
}

#[test]
fn members_as_16_and_22_tell_them() {
    check(
        "0 QueueMemberAdded Queue=sales MemberName=Alice~Ames Interface=Local/1@x StateInterface=PJSIP/1 Penalty=2 Status=1 Paused=0 PausedReason=
         1 QueueMemberPause Queue=sales MemberName=Alice~Ames Interface=Local/1@x StateInterface=PJSIP/1 Status=1 Paused=1 PausedReason=lunch Reason=lunch
         2 QueueMemberPause Queue=sales MemberName=Alice~Ames Interface=Local/1@x StateInterface=PJSIP/1 Status=1 Paused=0 PausedReason= Reason=back
         3 QueueMemberPause Queue=sales MemberName=Alice~Ames Interface=Local/1@x Status=6 Paused=1 PausedReason=
         4 QueueMemberStatus Queue=sales Interface=Local/1@x Status=8 CallsTaken=4 Paused=0
         5 QueueMemberRemoved Queue=sales MemberName=Alice~Ames Interface=Local/1@x
         6 QueueMemberStatus Queue= Interface=Local/1@x",
        "0.000 member Local/1@x sales Added Idle 'Alice Ames' PJSIP/1 penalty=2 calls=0
         1.000 member Local/1@x sales Changed Idle 'Alice Ames' PJSIP/1 penalty=0 paused='lunch' calls=0
         2.000 member Local/1@x sales Changed Idle 'Alice Ames' PJSIP/1 penalty=0 calls=0
         3.000 member Local/1@x sales Changed Ringing 'Alice Ames' Local/1@x penalty=0 paused='' calls=0
         4.000 member Local/1@x sales Changed OnHold '' Local/1@x penalty=0 calls=4
         5.000 member-gone Local/1@x sales",
    );
}

#[test]
fn devices_but_not_queues() {
    let hide: Vec<&str> = PLAIN.iter().copied().filter(|w| *w != "device").collect();
    check_with(
        settings(),
        &hide,
        "0 DeviceStateChange Device=PJSIP/1001 State=RINGINUSE
         0 DeviceStateChange Device=Queue:sales_avail State=INUSE
         1 DeviceStateChange Device=Agent:2001 State=NOT_INUSE
         2 DeviceStateChange Device=PJSIP/trunk State=ONHOLD
         3 AgentLogin A Agent=2001
         4 AgentLogoff A Agent=2001 Logintime=1",
        "0.000 device PJSIP/1001 RingInUse
         1.000 device Agent:2001 Idle
         2.000 device PJSIP/trunk OnHold
         3.000 device Agent:2001 Idle
         4.000 device Agent:2001 Unavailable",
    );
}

#[test]
fn messages_from_the_dialplan_and_from_outside() {
    check(
        "0 UserEvent C ChanVariable=X=1 UserEvent=IVRStart Menu=main Uniqueid2=C
         1 UserEvent UserEvent=DataLoad ActionID=other-7 File=a:~b Uniqueid=nobody
         2 UserEvent UserEvent=Note Uniqueid=C
         3 UserEvent UserEvent=BusyhourBeat Server=a",
        "0.000 said IVRStart C Menu=main Uniqueid2=C
         1.000 said DataLoad - File=a: b Uniqueid=nobody
         2.000 said Note C Uniqueid=C",
    );
}

#[test]
fn work_codes_by_variable_and_by_message() {
    check(
        "0 Newchannel C ChanVariable=CMS_CODE= ChanVariable=OTHER=5
         1 VarSet C Variable=CMS_CODE Value=17
         2 Newstate C ChanVariable=CMS_CODE=17
         3 MusicOnHoldStart C ChanVariable=CMS_CODE=18
         4 AgentConnect C Dest=@A^C Queue=q Interface=i DestChanVariable=CMS_CODE=3
         5 UserEvent UserEvent=WorkCode Agent=1001 Code=42
         6 UserEvent D UserEvent=WorkCode Agent=1001 Code=43
         7 UserEvent C UserEvent=WorkCode Code=44
         8 UserEvent UserEvent=WorkCode Agent=1001 Code=45 Uniqueid=C",
        "1.000 work-code C - 17
         3.000 work-code C - 18
         4.000 work-code A - 3
         4.000 connected C q i A
         5.000 work-code - 1001 42
         5.000 said WorkCode - Agent=1001 Code=42
         6.000 work-code - 1001 43
         6.000 said WorkCode D Agent=1001 Code=43
         7.000 work-code C - 44
         7.000 said WorkCode C Code=44
         8.000 work-code C 1001 45
         8.000 said WorkCode C Agent=1001 Code=45 Uniqueid=C",
    );
}

#[test]
fn legs_by_variable_and_in_every_header() {
    check(
        "0 Newchannel C ChanVariable=BUSYHOUR_LEG=
         1 VarSet C ChanVariable=BUSYHOUR_LEG=x-1 Variable=BUSYHOUR_LEG Value=x-1
         2 Newstate C ChanVariable=BUSYHOUR_LEG=x-1
         3 Newchannel D
         4 VarSet D Variable=BUSYHOUR_LEG Value=x-2
         5 MusicOnHoldStart E ChanVariable=BUSYHOUR_LEG=x-3
         6 Hangup C ChanVariable=BUSYHOUR_LEG=x-4",
        "1.000 channel-leg C x-1
         4.000 channel-leg D x-2
         5.000 channel-leg E x-3
         6.000 channel-leg C x-4
         6.000 ended C 0",
    );
}

#[test]
fn an_orderly_restart_is_one_start() {
    check(
        "epoch 1000
         0 Newchannel C
         1 Hangup C Cause=0
         1 Shutdown Shutdown=Cleanly Restart=True
         ! LinkDown Reason=closed
         2 FullyBooted Status=Fully~Booted Uptime=0
         epoch 2000
         ! LinkUp Epoch=2000
         3 Newchannel C2",
        "1.000 ended C 0
         1.000 switch-stopping
         1.000 link-down closed
         2.000 switch-started
         2.000 link-up",
    );
}

#[test]
fn a_crash_is_told_by_the_epoch_alone() {
    check_with(
        settings(),
        &["phase", "party"],
        "epoch 1000
         0 QueueCallerJoin C Queue=sales Position=1
         ! LinkDown Reason=closed
         epoch 1001
         1 MusicOnHoldStop C
         epoch 2000
         ! LinkUp Epoch=2000
         3 Hangup C Cause=16
         4 FullyBooted Uptime=0
         90 FullyBooted Uptime=0",
        "0.000 channel-new C PJSIP/C-00000001 PJSIP/C call=C In Up from='C' '' to='8001' in=from-trunk
         0.000 split sales wrapup=0
         0.000 queued C sales 1 since=0
         0.000 link-down closed
         1.000 switch-started
         1.000 link-up
         90.000 switch-started",
    );
}

#[test]
fn the_clock_of_the_switch_is_put_back() {
    check(
        "10 Newchannel C
         9.5 Newchannel D
         5 Newchannel E",
        "5.000 ODD clock-step the switch's clock went back by 4500 ms",
    );
}

#[test]
fn a_resync_says_what_is_new_and_what_is_gone() {
    check_with(
        settings(),
        &["party"],
        "100 Newchannel K:4
         100 Newchannel G
         101 BridgeEnter G BridgeUniqueid=old
         102 QueueCallerJoin W Queue=sales Position=1
         103 QueueMemberAdded Queue=sales Interface=PJSIP/gone MemberName=Gone Status=1
         103 QueueMemberAdded Queue=closed Interface=PJSIP/gone MemberName=Gone Status=1
         ! LinkDown Reason=no_answer
         ! LinkUp Epoch=5
         ! Answer Action=CoreShowChannels
         > Response EventList=start
         > CoreShowChannel K:6 Duration=00:00:05 BridgeId=b1
         > CoreShowChannel N^K Application=AppQueue Duration=00:01:00 BridgeId=b1
         > CoreShowChannel W Duration=00:00:01 BridgeId=
         > CoreShowChannelsComplete EventList=Complete ListItems=3
         ! Answer Action=QueueStatus
         > QueueParams Queue=wrapup Calls=1
         > QueueMember Queue=wrapup Name=Alice Location=PJSIP/1 StateInterface=PJSIP/1 Status=2 CallsTaken=7
         > QueueEntry Queue=wrapup Position=2 Channel=PJSIP/Q-00000001 Uniqueid=Q Wait=3
         > QueueParams Queue=sales Calls=0
         > QueueStatusComplete EventList=Complete ListItems=4
         ! Answer Action=DeviceStateList
         > DeviceStateChange Device=PJSIP/1 State=INUSE
         > DeviceStateListComplete EventList=Complete
         ! Answer Action=ParkedCalls
         > ParkedCall Parkee=@N^K Parkinglot=default ParkingSpace=701
         > ParkedCallsComplete EventList=Complete
         ! Resynced
         103.5 QueueCallerJoin Q Queue=wrapup Position=2
         103.6 BridgeEnter N^K BridgeUniqueid=b1
         103.7 Hangup G Cause=16
         104 QueueCallerLeave W Queue=sales",
        "100.000 channel-new K PJSIP/K-00000001 PJSIP/K call=K In Calling from='K' '' to='8001' in=internal
         100.000 channel-new G PJSIP/G-00000001 PJSIP/G call=G In Up from='G' '' to='8001' in=internal
         101.000 bridged G old
         102.000 channel-new W PJSIP/W-00000001 PJSIP/W call=W In Up from='W' '' to='8001' in=internal
         102.000 split sales wrapup=0
         102.000 queued W sales 1 since=102
         103.000 member PJSIP/gone sales Added Idle 'Gone' PJSIP/gone penalty=0 calls=0
         103.000 split closed
         103.000 member PJSIP/gone closed Added Idle 'Gone' PJSIP/gone penalty=0 calls=0
         103.000 link-down no_answer
         103.000 link-up
         103.000 phase K Up
         103.000 bridged K b1
         103.000 channel-new N PJSIP/N-00000001 PJSIP/N call=K Out Up from='N' '' to='8001' in=internal bridge=b1
         103.000 missing G
         103.000 split wrapup wrapup=4
         103.000 member PJSIP/1 wrapup Listed InUse 'Alice' PJSIP/1 penalty=0 calls=7
         103.000 channel-new Q PJSIP/Q-00000001 PJSIP/Q call=Q In Calling from='' '' to='' in=
         103.000 queued Q wrapup 2 since=100
         103.000 split sales wrapup=0
         103.000 member-gone PJSIP/gone sales
         103.000 queued-missing W sales
         103.000 device PJSIP/1 InUse
         103.000 parked N default/701
         103.000 member-gone PJSIP/gone closed
         103.000 resynced
         103.500 phase Q Up
         103.700 ended G 16
         104.000 queue-left W sales",
    );
}

#[test]
fn who_serves_whom_is_concluded_from_the_lists_once() {
    let lists = "! Answer Action=CoreShowChannels
         > CoreShowChannel C Application=Queue ApplicationData=sales,tT BridgeId=b1
         > CoreShowChannel 1^C Application=AppQueue BridgeId=b1
         > CoreShowChannel W Application=Queue ApplicationData=sales BridgeId=
         > CoreShowChannel 2:5^W Application=AppQueue BridgeId=
         > CoreShowChannelsComplete EventList=Complete ListItems=4
         ! Answer Action=QueueStatus
         > QueueParams Queue=sales Calls=1
         > QueueMember Queue=sales Name=A Location=PJSIP/1 StateInterface=PJSIP/1 Status=2
         > QueueMember Queue=sales Name=B Location=PJSIP/2/n StateInterface=PJSIP/2 Status=6
         > QueueEntry Queue=sales Position=1 Channel=PJSIP/W-00000001 Uniqueid=W Wait=3
         > QueueStatusComplete EventList=Complete ListItems=4
         ! Resynced";
    check_with(
        settings(),
        &["party", "channel-new", "member", "phase", "bridged", "split"],
        &format!("100 Newchannel K\n101 Hangup K\n! LinkUp Epoch=5\n{lists}\n{lists}"),
        "101.000 ended K 0
         101.000 link-up
         101.000 queued W sales 1 since=98
         101.000 found-talking C sales PJSIP/1 1
         101.000 offered W sales PJSIP/2/n 2
         101.000 resynced
         101.000 resynced",
    );
}

#[test]
fn lists_that_prove_nothing() {
    check(
        "0 QueueMemberAdded Queue=sales Interface=PJSIP/1 MemberName=A Status=1
         0 Newchannel C
         ! Answer Action=QueueStatus
         > QueueStatusComplete EventList=Complete ListItems=0
         ! Answer Action=CoreShowChannels
         > CoreShowChannel D Duration=00:00:05
         ! Hole Reason=cut
         ! Resynced",
        "0.000 member PJSIP/1 sales Added Idle 'A' PJSIP/1 penalty=0 calls=0
         0.000 hole cut
         0.000 resynced",
    );
}

#[test]
fn what_two_lists_do_not_name_is_forgotten() {
    check(
        "0 Newchannel C
         ! Answer Action=CoreShowChannels
         > CoreShowChannelsComplete EventList=Complete
         ! Answer Action=CoreShowChannels
         > CoreShowChannelsComplete EventList=Complete
         ! Answer Action=CoreShowChannels
         > CoreShowChannelsComplete EventList=Complete
         9 Hangup C Cause=16",
        "0.000 missing C
         0.000 missing C",
    );
}

#[test]
fn a_refused_question_is_said() {
    use facts::{Epoch, Observation, Record, Stamp, Text};
    let bytes = b"Response: Error\r\nActionID: x-1\r\nMessage: Permission denied\r\n\r\n";
    let headers = [("Action", "CoreShowChannels")];
    let at = Stamp::from_secs(1);
    let server = Text::from("a");
    let record =
        Record::observation(Observation::Answer, Epoch(0), at, at, &server, &headers, bytes);
    let facts = support::translated([&record]);
    let lines: Vec<_> = facts.iter().map(|t| support::show(&t.fact)).collect();
    assert_eq!(lines, ["ODD answer-refused CoreShowChannels: Permission denied"]);
}
