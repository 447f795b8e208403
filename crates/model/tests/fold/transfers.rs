//! Calls that change hands: asterisk.md 0.6, 0.7 and 6. One customer, one call.

use crate::text::check;

/// Ann (1001) talks to the customer C on a call of `sales`.
const TALK: &str = "
0   member PJSIP/1001 sales name=Ann
0   member PJSIP/1002 support name=Bob
1   new C PJSIP/trunk in up from=5551 to=8001
1   queue C sales
1   new A PJSIP/1001 out call=C
1   offer C sales PJSIP/1001 A
2   leave C sales
2   connect C sales PJSIP/1001 A
2   bridge A B1
2   bridge C B1
";

fn check_talk(rest: &str) -> model::Model {
    let model = check(&format!("{TALK}{rest}"));
    assert_eq!(
        model.sizes().joined,
        if model.sizes().calls > 0 { model.sizes().joined } else { 0 }
    );
    model
}

#[test]
fn a_blind_transfer_to_a_queue_is_one_call_with_two_visits() {
    check_talk(
        "
        10  transfer A
        10  complete C sales PJSIP/1001
        10  unbridge C B1
        10  unbridge A B1
        10  end A
        10  queue C support
        11  new B PJSIP/1002 out call=C
        11  offer C support PJSIP/1002 B
        12  leave C support
        12  connect C support PJSIP/1002 B
        12  bridge B B2
        12  bridge C B2

        ? agents agent state split
        PJSIP/1001 AVAIL -
        PJSIP/1002 ACD support

        15  hangup C
        15  unbridge C B2
        15  unbridge B B2
        15  end C
        15  end B

        ? calls call outcome ended_by splits_visited agents_talked transfers wait_ms talk_ms split
        C ANSWERED CALLER 2 2 1 3000 11000 support

        ? csplit split acdcalls transferred inflowcalls acdtime
        sales   1 1 0 8
        support 1 0 0 3

        ? cvdn incalls acdcalls transferred acdtime
        1 1 1 11
        ",
    );
}

#[test]
fn an_attended_transfer_ends_as_one_call_under_the_customers_id() {
    check_talk(
        "
        5   hold A
        5   new A2 PJSIP/1001 in from=1001 to=1002
        5   new B PJSIP/1002 out call=A2 ringing
        5   dial A2 B

        ? agents agent state direction on_hold
        PJSIP/1001 AUX OUT 1
        PJSIP/1002 OTHER - 0

        7   up B
        7   bridge A2 B2
        7   bridge B B2

        ? calls call state
        A2 TALKING
        C  HELD

        10  unhold A
        10  unbridge B B2
        10  unbridge A B1
        10  bridge B B1 swap=A
        10  call B C
        10  transfer A second=A2
        10  unbridge A2 B2
        10  complete C sales PJSIP/1001
        10  end A
        10  call A2 C
        10  end A2

        ? agents agent state direction call
        PJSIP/1001 AVAIL -  -
        PJSIP/1002 AUX   IN C

        ? calls call state channels agents_talked transfers hold_ms talk_ms
        C TALKING 2 2 1 5000 3000

        20  hangup B
        20  unbridge B B1
        20  unbridge C B1
        20  end B
        20  end C

        ? calls call state ended_by talk_ms caller
        C ENDED AGENT 13000 5551

        ? queues queue=sales talk_ms
        3000
        ",
    );
}

#[test]
fn consulting_a_queue_and_transferring_leaves_the_second_agent_talking() {
    // asterisk.md 0.6: the second agent's queue call is "complete" at the transfer, his talk is
    // not; customer and he sit in two bridges joined by a pair.
    check_talk(
        "
        5   hold A
        5   new A2 PJSIP/1001 in up from=1001 to=8002
        5   queue A2 support
        6   new B PJSIP/1002 out call=A2
        6   offer A2 support PJSIP/1002 B
        7   leave A2 support
        7   connect A2 support PJSIP/1002 B
        7   bridge B B2
        7   bridge A2 B2

        ? agents agent state split
        PJSIP/1001 AUX -
        PJSIP/1002 ACD support

        10  unhold A
        10  new L1 Local/_attended out half call=C
        10  new L2 Local/_attended out half call=C
        10  pair L1 L2
        10  bridge L1 B1 swap=A
        10  bridge L2 B2 swap=A2
        10  transfer A second=A2
        10  complete - sales PJSIP/1001
        10  complete A2 support PJSIP/1002
        10  call A2 C
        10  call B C
        10  unbridge A B1
        10  end A
        10  end A2

        ? agents agent state split call party
        PJSIP/1001 AVAIL - - -
        PJSIP/1002 ACD support C 5551

        ? calls call state splits_visited agents_talked channels
        C TALKING 2 2 4

        30  hangup C
        30  unbridge C B1
        30  unbridge L1 B1
        30  unbridge L2 B2
        30  unbridge B B2
        30  end L1
        30  end L2
        30  end C
        30  end B

        ? agents agent state acd_ms
        PJSIP/1001 AVAIL 3000
        PJSIP/1002 AVAIL 23000

        ? calls call state ended_by outcome
        C ENDED CALLER ANSWERED
        ",
    );
}

#[test]
fn consulting_by_a_feature_key_keeps_the_customer_on_hold() {
    // asterisk.md 6, `*2`: the agent's one channel leaves the customer's bridge for the
    // consultation; the two bridges are merged when he hangs up.
    check_talk(
        "
        5   hold A
        8   unbridge A B1
        8   new L1 Local/1002 out half call=C
        8   new L2 Local/1002 in half call=C
        8   pair L1 L2
        8   new B PJSIP/1002 out up call=C
        8   dial L2 B
        8   bridge L2 B3
        8   bridge B B3
        8   bridge A B2
        8   bridge L1 B2

        ? agents agent state direction on_hold
        PJSIP/1001 AUX OUT 1
        PJSIP/1002 AUX IN  0

        ? calls call state hold_ms
        C HELD 3000

        11  unbridge A B2
        11  hangup A
        11  end A
        11  unbridge L1 B2
        11  bridge L1 B1

        ? agents agent=PJSIP/1001 state acd_ms on_hold
        AVAIL 3000 0

        ? calls call state talk_ms hold_ms
        C TALKING 3000 6000

        15  hangup C
        15  unbridge C B1
        15  end C
        15  end L1
        15  end L2
        15  end B

        ? calls call talk_ms hold_ms agents_talked
        C 7000 6000 2
        ",
    );
}

#[test]
fn parked_and_picked_up_by_somebody_else() {
    check_talk(
        "
        5   transfer A
        5   complete C sales PJSIP/1001
        5   unbridge C B1
        5   park C

        ? calls call state parked
        C PARKED yes

        # The agent hears the space's number: alone, he talks to nobody, but his phone is busy.
        ? agents agent=PJSIP/1001 state
        OTHER

        7   unbridge A B1
        7   end A

        ? agents agent=PJSIP/1001 state
        AVAIL

        10  new R PJSIP/1002 in up from=1002 to=701
        10  unpark C
        10  bridge R B3
        10  call R C
        10  bridge C B3

        ? calls call state caller
        C TALKING 5551

        ? agents agent=PJSIP/1002 state direction
        AUX OUT

        15  hangup C
        15  unbridge C B3
        15  unbridge R B3
        15  end C
        15  end R

        ? calls call state talk_ms agents_talked
        C ENDED 8000 2
        ",
    );
}

#[test]
fn a_conference_does_not_join_its_calls() {
    check(
        "
        0   member PJSIP/1001 sales
        1   new C PJSIP/trunk in up to=7000
        1   conference C
        1   bridge C R
        2   new A PJSIP/1001 in up to=7000
        2   conference A
        2   bridge A R

        ? calls call state conferenced
        A CONFERENCE yes
        C CONFERENCE yes

        5   unbridge A R
        5   unconference A
        5   end A
        6   hangup C
        6   unconference C
        6   unbridge C R
        6   end C

        ? calls call talk_ms conferenced
        A 3000 yes
        C 3000 yes
        ",
    );
}

#[test]
fn a_work_code_by_channel_by_agent_and_after_the_call() {
    check_talk(
        "
        3   code 17 C

        ? calls work_code
        17

        5   code 18 agent=Ann

        ? calls work_code
        18

        6   unbridge A B1
        6   unbridge C B1
        6   end A
        6   end C
        8   code 19 agent=1001

        ? calls work_code state
        19 ENDED
        ",
    );
}
