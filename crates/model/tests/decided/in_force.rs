//! The fold of decrees.

use facts::decree::{
    Change, Decree, DecreeId, Decreed, Group, GroupKind, Limits, Measure, Member, Place, Scope,
    Side, Threshold, Unread,
};
use facts::{Stamp, Text};
use model::decrees::{InForce, undone, usual};
use proptest::prelude::*;

fn id(n: u8) -> DecreeId {
    DecreeId::of(&[n; 32])
}

/// Decrees one after the other, numbered from 1.
fn decreed(changes: &[Change]) -> Vec<Decreed> {
    let one = |(n, change): (u8, &Change)| Decreed {
        id: id(n),
        decree: Decree {
            author: Text::from(format!("a{n}")),
            at: Stamp(i64::from(n)),
            change: change.clone(),
        },
    };
    (1..).zip(changes).map(one).collect()
}

fn in_force(changes: &[Change]) -> InForce {
    InForce::of(&decreed(changes))
}

fn place(scope: Scope, measure: Measure) -> Place {
    Place { scope, measure }
}

fn queue(acd: &str, name: &str) -> Scope {
    Scope::Queue { acd: acd.into(), name: name.into() }
}

fn limits(caution: i64, warning: i64) -> Limits {
    let (caution, warning) = (Some(caution), Some(warning));
    Limits { side: Side::Above, caution, warning, hysteresis: 0, for_s: 0 }
}

fn set(scope: Scope, measure: Measure, caution: i64) -> Change {
    let limits = limits(caution, caution * 2);
    Change::SetThreshold(Threshold { place: place(scope, measure), limits })
}

fn group(name: &str, kind: GroupKind, members: &[&str]) -> Change {
    let members = members.iter().map(|m| Member::parse(m).expect("a member")).collect();
    Change::SetGroup(Group { name: name.into(), kind, members })
}

fn caution(of: &InForce, scope: Scope, measure: Measure) -> Option<i64> {
    of.threshold(&place(scope, measure)).and_then(|s| s.what.caution)
}

#[test]
fn what_was_built_in_holds_until_somebody_decides() {
    let nothing = InForce::default();
    assert_eq!(caution(&nothing, Scope::Default, Measure::OldestWait), Some(20));
    assert_eq!(caution(&nothing, Scope::Default, Measure::Aux), Some(900));
    assert_eq!(caution(&nothing, Scope::Default, Measure::Waiting), None);
    assert_eq!(usual(Measure::Waiting), None);
    assert!(nothing.thresholds().all(|(_, settled)| settled.by.is_none()));
    let decided = in_force(&[set(Scope::Default, Measure::Aux, 60)]);
    assert_eq!(caution(&decided, Scope::Default, Measure::Aux), Some(60));
    let back = in_force(&[
        set(Scope::Default, Measure::Aux, 60),
        Change::RemoveThreshold(place(Scope::Default, Measure::Aux)),
    ]);
    assert_eq!(back, nothing);
}

#[test]
fn an_undo_is_as_if_it_had_not_been_made() {
    let sales = || queue("a", "sales");
    let (first, second) = (set(sales(), Measure::Waiting, 5), set(sales(), Measure::Waiting, 7));
    let waiting = |changes: &[Change]| caution(&in_force(changes), sales(), Measure::Waiting);
    assert_eq!(waiting(&[first.clone(), second.clone()]), Some(7));
    assert_eq!(waiting(&[first.clone(), second.clone(), Change::Undo(id(2))]), Some(5));
    // What was decided later about the same thing stays.
    assert_eq!(waiting(&[first.clone(), second.clone(), Change::Undo(id(1))]), Some(7));
    let back = [first.clone(), Change::Undo(id(1)), Change::Undo(id(2))];
    assert_eq!(waiting(&back), Some(5));
    let away = [first, Change::Undo(id(1)), Change::Undo(id(2)), Change::Undo(id(3))];
    assert_eq!(waiting(&away), None);
    // The last undoes the third, so the second is in force and undoes the first.
    let known: Vec<_> = undone(&decreed(&away)).into_iter().collect();
    assert_eq!(known, [(id(1), id(2)), (id(3), id(4))]);
}

#[test]
fn a_group_takes_its_thresholds_with_it_and_brings_them_back() {
    let made = [
        group("sales", GroupKind::Queues, &["*/sales"]),
        set(Scope::Group("sales".into()), Measure::Waiting, 30),
        set(Scope::Members("sales".into()), Measure::Waiting, 5),
        Change::RemoveGroup("sales".into()),
    ];
    let with = in_force(&made[..3]);
    assert_eq!(caution(&with, Scope::Group("sales".into()), Measure::Waiting), Some(30));
    assert_eq!(caution(&with, Scope::Members("sales".into()), Measure::Waiting), Some(5));
    assert_eq!(in_force(&made), InForce::default());
    let mut undone = made.to_vec();
    undone.push(Change::Undo(id(4)));
    assert_eq!(in_force(&undone), with);
    // Undone from the beginning: thresholds of a group that never was are without effect.
    undone.push(Change::Undo(id(1)));
    assert_eq!(in_force(&undone), InForce::default());
}

#[test]
fn what_is_not_understood_has_no_effect() {
    let unread = Change::Unread(Unread { kind: "set-synonym".into(), why: "later".into() });
    let known = set(queue("a", "sales"), Measure::Waiting, 5);
    assert_eq!(
        in_force(&[known.clone(), unread.clone()]).thresholds().count(),
        in_force(&[known]).thresholds().count()
    );
    assert_eq!(in_force(&[unread]), InForce::default());
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let base = in_force(&[
        group("sales", GroupKind::Queues, &["*/sales"]),
        group("team", GroupKind::Agents, &["a/PJSIP/*"]),
    ]);
    let wrong = |change: Change| -> Vec<String> {
        base.check("eva", &change).iter().map(ToString::to_string).collect()
    };
    let fields = |change: Change| -> Vec<&str> {
        base.check("eva", &change).iter().map(|w| w.field).collect()
    };
    let odd = |scope, measure, limits| {
        Change::SetThreshold(Threshold { place: place(scope, measure), limits })
    };
    let mut bad = limits(9, 9);
    (bad.hysteresis, bad.for_s) = (10, -1);
    assert_eq!(
        fields(odd(queue("", " x"), Measure::Aux, bad)),
        ["acd", "name", "measure", "warning", "hysteresis", "for_s"]
    );
    assert_eq!(
        wrong(odd(Scope::Default, Measure::ServiceLevel, limits(0, 101))),
        [
            "caution: must be from 1 to 100, or null for none",
            "warning: must be from 1 to 100, or null for none",
        ]
    );
    let below = Limits { side: Side::Below, ..limits(5, 2) };
    assert_eq!(fields(odd(Scope::Default, Measure::Aux, below)), ["direction"]);
    assert_eq!(fields(odd(Scope::Default, Measure::Available, below)), [""; 0]);
    assert_eq!(fields(odd(Scope::Group("no".into()), Measure::Waiting, limits(1, 2))), ["name"]);
    let whole = |measure| odd(Scope::Group("team".into()), measure, below);
    assert_eq!(fields(whole(Measure::Available)), [""; 0]);
    assert_eq!(
        wrong(odd(Scope::Group("team".into()), Measure::Aux, limits(1, 2))),
        ["measure: aux_s is not known of agents as a whole"]
    );
    assert_eq!(fields(odd(Scope::Members("team".into()), Measure::Aux, limits(1, 2))), [""; 0]);
    assert_eq!(fields(group("x/y", GroupKind::Queues, &[])), ["name", "members"]);
    assert_eq!(fields(group("sales", GroupKind::Agents, &["a/*"])), ["kind"]);
    assert_eq!(fields(Change::RemoveGroup("no".into())), ["name"]);
    let built_in = place(Scope::Default, Measure::Aux);
    assert_eq!(fields(Change::RemoveThreshold(built_in)), ["measure"]);
    assert_eq!(base.check("", &Change::Undo(id(1))).len(), 1, "the author");
    assert_eq!(base.check("a\nb", &Change::Undo(id(1))).len(), 1, "the author");
}

fn any_change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (0..3_u8, 1..50_i64).prop_map(|(q, n)| set(queue("a", &q.to_string()), Measure::Rona, n)),
        (0..3_u8, 1..50_i64).prop_map(|(q, n)| set(
            queue("a", &q.to_string()),
            Measure::Waiting,
            n
        )),
        (0..3_u8).prop_map(|q| Change::RemoveThreshold(place(
            queue("a", &q.to_string()),
            Measure::Waiting
        ))),
        (0..2_u8).prop_map(|g| group(&g.to_string(), GroupKind::Queues, &["a/*"])),
        (0..2_u8).prop_map(|g| group(&g.to_string(), GroupKind::Agents, &["a/*"])),
        (0..2_u8).prop_map(|g| Change::RemoveGroup(g.to_string().into())),
        (0..2_u8, 1..50_i64).prop_map(|(g, n)| set(
            Scope::Group(g.to_string().into()),
            Measure::Waiting,
            n
        )),
        (1..20_u8).prop_map(|n| Change::Undo(id(n))),
    ]
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        changes in prop::collection::vec(any_change(), 0..20),
        by in prop::collection::vec(any::<u32>(), 20),
    ) {
        let all = decreed(&changes);
        let mut shuffled: Vec<_> = all.iter().cloned().zip(by).collect();
        shuffled.sort_by_key(|(_, by)| *by);
        let shuffled: Vec<_> = shuffled.into_iter().map(|(decreed, _)| decreed).collect();
        prop_assert_eq!(InForce::of(&shuffled), InForce::of(&all));
    }

    #[test]
    fn undoing_the_last_gives_what_was_before(
        changes in prop::collection::vec(any_change(), 1..20),
    ) {
        // An undo may not name itself or what comes after it.
        let changes: Vec<_> = (1_u8..).zip(changes).filter_map(|(n, change)| match change {
            Change::Undo(what) if what >= id(n) => None,
            change => Some(change),
        }).collect();
        prop_assume!(!changes.is_empty());
        let before = in_force(&changes[..changes.len() - 1]);
        let last = u8::try_from(changes.len()).expect("few");
        let mut with = changes;
        with.push(Change::Undo(id(last)));
        prop_assert_eq!(in_force(&with), before);
    }
}
