//! Calls of several ACDs that are one: what unites them, what must not, and whose word counts.

use crate::text::{check, check_with, moment};
use facts::table::Value;
use model::{Centre, Model, Settings};

/// The columns asked for of the whole calls of these ACDs, a line each, at that second.
fn wholes(centre: &mut Centre, models: &[&Model], at: &str, columns: &str) -> Vec<String> {
    let at = moment(at);
    centre.hear(models.iter().flat_map(|m| m.parts(at)));
    let table = centre.table(at);
    let cell = |v: &Value| match v {
        Value::Null => "-".to_owned(),
        Value::Date(d) => d.to_string(),
        Value::Text(t) => t.replace(' ', "+"),
        Value::Int(n) => n.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Stamp(s) => ((s.0 - moment("0").0) / 1_000_000).to_string(),
    };
    let places: Vec<usize> = columns
        .split_whitespace()
        .map(|c| table.shape.column(c).unwrap_or_else(|| panic!("no column {c}")))
        .collect();
    let line = |row: &Vec<Value>| places.iter().map(|i| cell(&row[*i])).collect::<Vec<_>>();
    table.rows.iter().map(|row| line(row).join(" ")).collect()
}

fn acd(name: &str, text: &str) -> Model {
    check_with(Settings { trunks: vec!["t".into(), "p".into()], ..Settings::new(name) }, text)
}

/// A caller comes in by trunk `t` of A and is sent on over `p`.
const A: &str = "
    1 new a1 t in from=555 to=68001 calling
    1 new a2 p out call=a1
    1 leg a2 x
    1 dial a1 a2
    2 up a1
    2 up a2
    2 bridge a1 m
    2 bridge a2 m
";
/// And arrives at B, where he waits and an agent answers.
const B: &str = "
    0 member ann q
    1.1 new b1 p in from=555 to=8001 calling
    1.1 leg b1 x
    2 up b1
    2 queue b1 q
    5 new b2 ann out call=b1
    5 dial b1 b2
    5 offer b1 q ann b2
    7 up b2
    7 leave b1 q
    7 connect b1 q ann b2
    7 bridge b1 n
    7 bridge b2 n
";

#[test]
fn it_is_where_it_was_sent_and_a_late_part_joins() {
    let (a, b) = (acd("a", A), acd("b", B));
    let mut centre = Centre::new();
    let columns = "whole state now_acd split_acd agent agent_acd wait_ms answered_at calls";
    assert!(wholes(&mut centre, &[&b], "8", columns).is_empty(), "a is not heard");
    let want = ["a/a1 TALKING b b ann b 5000 7 a/a1+b/b1"];
    assert_eq!(wholes(&mut centre, &[&b, &a], "8", columns), want);
    let mut other = Centre::new();
    assert!(wholes(&mut other, &[&a], "8", columns).is_empty(), "b is not heard");
    assert_eq!(wholes(&mut other, &[&a, &b], "8", columns), want);
}

#[test]
fn who_hung_up_is_told_where_he_sits() {
    let columns = "state ended_by ended_at";
    let far = "9 hangup a2\n9 end a2\n9 end a1\n";
    let a_far = acd("a", &format!("{A}{far}"));
    let agent = acd("b", &format!("{B}9 hangup b2\n9 end b2\n9 end b1\n"));
    let story = |models: &[&Model]| wholes(&mut Centre::new(), models, "10", columns);
    assert_eq!(story(&[&a_far, &agent]), ["ENDED AGENT 9"]);
    let a_near = acd("a", &format!("{A}9 hangup a1\n9 end a1\n9 end a2\n"));
    let over_there = acd("b", &format!("{B}9 hangup b1\n9 end b1\n9 end b2\n"));
    assert_eq!(story(&[&a_near, &over_there]), ["ENDED CALLER 9"]);
    // The other PBX's dialplan sent him away.
    let dialplan = acd("b", &format!("{B}9 hangup b1 switch\n9 end b1\n9 end b2\n"));
    assert_eq!(story(&[&a_far, &dialplan]), ["ENDED SWITCH 9"]);
    // Nobody listened to B when it ended there: A knows only that it was the far side.
    let unheard =
        format!("{B}8 linkdown\n11 linkup\n11 missing b1\n11 missing b2\n11 resynced\n30 time\n");
    let unheard = check_with(Settings { trunks: vec!["p".into()], ..Settings::new("b") }, &unheard);
    assert_eq!(
        wholes(&mut Centre::new(), &[&a_far, &unheard], "40", "state ended_by"),
        ["ENDED UNKNOWN"]
    );
}

#[test]
fn a_name_used_again_later_is_another_leg() {
    let a = acd("a", &format!("{A}9 end a1\n9 end a2\n"));
    let b = acd("b", "60 new b1 p in from=777 calling\n60 leg b1 x\n");
    assert!(wholes(&mut Centre::new(), &[&a, &b], "61", "whole").is_empty());
}

#[test]
fn a_name_that_everybody_uses_joins_nobody() {
    let many: String = (0..20).map(|i| format!("1 new b{i} p in\n1 leg b{i} x\n")).collect();
    let (a, b) = (acd("a", A), acd("b", &many));
    assert!(wholes(&mut Centre::new(), &[&a, &b], "3", "whole").is_empty());
}

#[test]
fn one_name_at_three_ends_is_one_call() {
    // A proxy between the two keeps the Call-ID and leads the call back.
    let a = acd("a", &format!("{A}3 new a3 p in from=555 to=9 calling\n3 leg a3 x\n"));
    let b = acd("b", B);
    let columns = "whole parts way";
    assert_eq!(wholes(&mut Centre::new(), &[&a, &b], "8", columns), ["a/a1 3 a+b+a"]);
}

#[test]
fn there_and_back_is_where_it_went_last() {
    // B's agent lets it be dialled back to A by a second leg.
    let b = format!(
        "{B}8 transfer b2\n8 unbridge b2 n\n8 end b2\n8 unbridge b1 n\n\
                     8 new b3 p out call=b1\n8 leg b3 y\n8 dial b1 b3\n9 up b3\n9 bridge b1 o\n\
                     9 bridge b3 o\n"
    );
    let back = "8.1 new a5 p in from=555 to=1010 calling\n8.1 leg a5 y\n8.2 new a6 bob out call=a5\n\
                8.2 rings a6\n8.2 dial a5 a6\n9 up a5\n9 up a6\n9 bridge a5 w\n9 bridge a6 w\n";
    let (a, b) = (acd("a", &format!("{A}{back}")), acd("b", &b));
    let columns = "whole state way now_acd now_call transfers";
    let want = ["a/a1 TALKING a+b+a a a5 1"];
    assert_eq!(wholes(&mut Centre::new(), &[&a, &b], "10", columns), want);
    assert_eq!(wholes(&mut Centre::new(), &[&b, &a], "10", columns), want);
}

#[test]
fn where_a_call_came_from_is_remembered_while_it_lives() {
    let settings =
        Settings { trunks: vec!["t".into(), "p".into()], ended_calls_max: 1, ..Settings::new("a") };
    let (a, b) = (check_with(settings.clone(), A), acd("b", B));
    let mut centre = Centre::new();
    let columns = "whole caller state";
    assert_eq!(wholes(&mut centre, &[&a, &b], "8", columns), ["a/a1 555 TALKING"]);
    // A's part ends before B's does, and another call's end pushes it out.
    let other = "10 new c t in from=1\n11 end c\n12 new d t in from=2\n13 end d\n";
    let a = check_with(settings, &format!("{A}9 end a1\n9 end a2\n{other}"));
    assert!(a.parts(moment("14")).is_empty(), "forgotten there");
    assert_eq!(wholes(&mut centre, &[&a, &b], "14", columns), ["a/a1 555 TALKING"]);
    let b = acd("b", &format!("{B}20 end b1\n20 end b2\n"));
    assert_eq!(wholes(&mut centre, &[&a, &b], "21", columns), ["a/a1 555 ENDED"]);
    assert!(wholes(&mut centre, &[&a], "22", columns).is_empty(), "B has forgotten it, too");
}

#[test]
fn a_call_says_its_legs_and_is_its_own_whole() {
    check(
        "
        1 new c t in
        1 leg c x
        1 leg c x
        ? calls call legs whole
        c x pbx/c

        2 new d t out call=c
        2 leg d y
        3 new e t in
        3 leg e z
        4 call e c
        ? calls call legs whole
        c x_y_z pbx/c

        5 end d
        5 end e
        5 end c
        ? calls call legs whole
        c x_y_z pbx/c
        ",
    );
}
