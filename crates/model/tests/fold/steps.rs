//! What the fold tells: steps of agents without flaps, of calls, and minutes of queues.

use crate::text::{facts, moment};
use model::{AgentDid, Model, Settings, Step};

/// The steps of a text's facts, two seconds of quiet behind them.
fn steps(text: &str) -> Vec<Step> {
    let mut model = Model::new(Settings::new("pbx"));
    model.tell_steps();
    for fact in facts(text) {
        model.apply(&fact);
    }
    let end = model.now().plus_secs(2);
    model.advance(end);
    let mut steps = Vec::new();
    model.take_steps(&mut steps);
    steps
}

/// An agent's states as lines: seconds, state, split, direction, reason, party.
fn states(text: &str) -> Vec<String> {
    let line = |s: Step| match s {
        Step::Agent(a) => match a.did {
            AgentDid::Is(seen) => Some(format!(
                "{} {} {} {} {}",
                seconds(a.at.since(moment("0"))),
                seen.state.word(),
                seen.split.as_deref().unwrap_or("-"),
                seen.direction.unwrap_or("-"),
                if seen.reason.is_empty() { "-" } else { &seen.reason },
            )),
            _ => None,
        },
        _ => None,
    };
    steps(text).into_iter().filter_map(line).collect()
}

fn seconds(us: i64) -> String {
    let text = format!("{}.{:06}", us / 1_000_000, us % 1_000_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Ann talks to a caller of `sales`.
const TALK: &str = "
0   member PJSIP/1001 sales name=Ann
1   new C PJSIP/trunk in up from=5551 to=8001
1   queue C sales
1   new A PJSIP/1001 out call=C
1   offer C sales PJSIP/1001 A
2   leave C sales
2   connect C sales PJSIP/1001 A
2   bridge A B1
2   bridge C B1
";

#[test]
fn a_seat_that_is_left_and_taken_again_at_once_is_no_step() {
    // asterisk.md 0.6: the phone leaves the bridge 6 to 200 µs before it is back in another seat.
    let flap = "
        5.000000 unbridge A B1
        5.000200 bridge A B2
        5.000200 bridge C B2
        9        unbridge A B2
        9        end A
        9        end C
    ";
    assert_eq!(
        states(&format!("{TALK}{flap}")),
        ["0 AVAIL - - -", "1 RING sales IN -", "2 ACD sales IN -", "9 AVAIL - - -"]
    );
}

#[test]
fn a_seat_that_is_left_for_longer_shows() {
    let gap = "
        5.0 unbridge A B1
        5.5 bridge A B1
        9   unbridge A B1
        9   end A
        9   end C
    ";
    assert_eq!(
        states(&format!("{TALK}{gap}"))[2..],
        ["2 ACD sales IN -", "5 AVAIL - - -", "5.5 ACD sales IN -", "9 AVAIL - - -"]
    );
}

#[test]
fn a_state_on_the_way_to_another_is_no_step() {
    // The pause that follows a call is told 400 µs after its end.
    let pause = "
        5        unbridge A B1
        5        end A
        5.000400 member PJSIP/1001 sales name=Ann paused reason=Lunch
        5.1      end C
    ";
    assert_eq!(
        states(&format!("{TALK}{pause}"))[2..],
        ["2 ACD sales IN -", "5.0004 AUX - - Lunch"]
    );
}

#[test]
fn a_ring_is_told_however_short() {
    let refused = "
        0        member PJSIP/1001 sales name=Ann
        1        new C PJSIP/trunk in up
        1        queue C sales
        1        new A PJSIP/1001 out call=C
        1.000000 offer C sales PJSIP/1001 A
        1.000300 end A
        1.000300 noanswer C sales PJSIP/1001 0
        3        end C
    ";
    assert_eq!(states(refused), ["0 AVAIL - - -", "1 RING sales IN -", "1.0003 AVAIL - - -"]);
}

#[test]
fn a_lost_link_is_told_at_once_and_a_log_off_is_no_state_of_work() {
    let lost = "
        0  member PJSIP/1001 sales name=Ann
        5  linkdown
        9  linkup
        9  member PJSIP/1001 sales name=Ann was
        10 resynced
        12 gone PJSIP/1001 sales
    ";
    assert_eq!(
        states(lost),
        ["0 AVAIL - - -", "5 UNKNOWN - - -", "10 AVAIL - - -", "12 OUT - - -"]
    );
    let mut model = Model::new(Settings::new("pbx"));
    model.tell_steps();
    for fact in facts("0 member PJSIP/1001 sales\n5 linkdown") {
        model.apply(&fact);
    }
    let mut told = Vec::new();
    model.take_steps(&mut told);
    let last = told.iter().rev().find_map(|s| match s {
        Step::Agent(a) => Some(a),
        _ => None,
    });
    let state = last.and_then(|a| match &a.did {
        AgentDid::Is(seen) => Some(seen.state.word()),
        _ => None,
    });
    assert_eq!(state, Some("UNKNOWN"), "nothing more may come to release it");
}

#[test]
fn memberships_are_told_when_they_change_and_not_when_they_are_said_again() {
    let said = "
        0 member PJSIP/1001 sales name=Ann
        1 member PJSIP/1001 sales name=Ann was
        2 member PJSIP/1001 sales name=Ann paused reason=Lunch was
        3 member PJSIP/1001 sales name=Ann paused reason=Lunch was
        4 member PJSIP/1001 sales name=Ann paused reason=Tea was
        5 member PJSIP/1001 sales name=Ann was
        6 gone PJSIP/1001 sales
        7 gone PJSIP/1001 sales
    ";
    let line = |s: Step| match s {
        Step::Agent(a) => {
            let at = seconds(a.at.since(moment("0")));
            match a.did {
                AgentDid::LoggedOn { split, .. } => Some(format!("{at} on {split}")),
                AgentDid::LoggedOff { split } => Some(format!("{at} off {split}")),
                AgentDid::Paused { split, reason } => Some(format!("{at} pause {split} {reason}")),
                AgentDid::Unpaused { split } => Some(format!("{at} unpause {split}")),
                AgentDid::Is(_) => None,
            }
        }
        _ => None,
    };
    let lines: Vec<String> = steps(said).into_iter().filter_map(line).collect();
    assert_eq!(
        lines,
        [
            "0 on sales",
            "2 pause sales Lunch",
            "4 pause sales Tea",
            "5 unpause sales",
            "6 off sales"
        ]
    );
}

#[test]
fn minutes_are_of_the_switch_and_know_what_was_heard() {
    // BASE is second 40 of a minute: minutes end at 20, 80, 140 …
    let text = "
        0   member PJSIP/1001 sales name=Ann
        10  new C PJSIP/trunk in up
        10  queue C sales
        30  new D PJSIP/trunk in up
        30  queue D sales
        50  end C
        60  linkdown
        70  linkup
        70  member PJSIP/1001 sales name=Ann was
        75  resynced
        150 end D
        160 device x idle
    ";
    let line = |s: Step| match s {
        Step::Minute(m) => {
            let c = m.counts;
            Some(format!(
                "{} offered {} abandoned {} most {} oldest {} staffed {} available {} heard {}",
                seconds(m.at.since(moment("0")) + 40_000_000),
                c.offered,
                c.abandoned,
                c.waiting_max,
                seconds(c.oldest),
                m.staffed,
                m.available,
                seconds(m.heard),
            ))
        }
        _ => None,
    };
    let lines: Vec<String> = steps(text).into_iter().filter_map(line).collect();
    assert_eq!(
        lines,
        [
            "0 offered 1 abandoned 0 most 1 oldest 10 staffed 1 available 1 heard 20",
            "60 offered 1 abandoned 1 most 2 oldest 50 staffed 1 available 1 heard 45",
            "120 offered 0 abandoned 0 most 1 oldest 110 staffed 1 available 1 heard 60",
        ]
    );
}

#[test]
fn nothing_is_kept_for_nobody() {
    let mut model = Model::new(Settings::new("pbx"));
    for fact in facts(TALK) {
        model.apply(&fact);
    }
    let mut steps = Vec::new();
    model.take_steps(&mut steps);
    assert!(steps.is_empty());
}
