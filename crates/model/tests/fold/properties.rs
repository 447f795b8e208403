//! What holds for any facts whatever, in any order. In debug builds every flush of a clock
//! asserts the identities of cms.md 2.2 besides.

use crate::any::any_facts;
use facts::table::Value;
use facts::{Fact, Outcome, Stamp, Timed};
use history::ledger::{Entry, VisitEnd, What};
use model::{Centre, Model, SHAPES, Settings, shape};
use proptest::prelude::*;

fn fold(facts: &[Timed]) -> Model {
    fold_as("pbx", facts)
}

fn fold_as(acd: &str, facts: &[Timed]) -> Model {
    let mut model = Model::new(Settings::new(acd));
    for t in facts {
        model.apply(t);
    }
    model
}

/// The fold of facts and the ledger of them, three days of quiet behind.
fn written(facts: &[Timed]) -> (Model, Vec<Entry>) {
    let mut model = Model::new(Settings::new("pbx"));
    model.write_ledger();
    for t in facts {
        model.apply(t);
    }
    model.advance(model.now().plus_secs(3 * 86_400));
    let mut entries = Vec::new();
    model.take_entries(&mut entries);
    (model, entries)
}

fn sum(model: &Model, table: &str, columns: &[&str]) -> i64 {
    let t = model.table(table, model.now()).expect("a table");
    let of = |c: &&str| t.shape.column(c).expect("a column");
    let places: Vec<_> = columns.iter().map(of).collect();
    t.rows
        .iter()
        .flat_map(|r| places.iter().map(|i| if let Value::Int(n) = r[*i] { n } else { 0 }))
        .sum()
}

proptest! {
    #[test]
    fn nothing_panics_and_every_table_has_its_shape(facts in any_facts(true)) {
        let model = fold(&facts);
        for shape in SHAPES {
            let table = model.table(shape.name, model.now()).unwrap();
            for row in &table.rows {
                prop_assert_eq!(row.len(), shape.columns.len());
            }
            for pair in table.rows.windows(2) {
                prop_assert!(
                    pair[0][..shape.key] < pair[1][..shape.key],
                    "{}: {:?} {:?}", shape.name, &pair[0], &pair[1]
                );
            }
        }
    }

    #[test]
    fn every_visit_is_in_one_count(facts in any_facts(true)) {
        let model = fold(&facts);
        let offered = sum(&model, "queues", &["offered"]);
        let over = sum(&model, "queues", &[
            "answered", "abandoned", "timed_out", "left_empty", "exit_key", "left", "lost",
        ]);
        let open = i64::try_from(model.sizes().visits).unwrap();
        prop_assert_eq!(offered, over + open);
        let parts = sum(&model, "queues", &[
            "available", "agents_ringing", "on_acd", "in_acw", "in_aux", "other",
        ]);
        prop_assert_eq!(sum(&model, "queues", &["staffed"]), parts);
        let vdn = sum(&model, "cvdn", &["acdcalls", "abncalls", "othercalls"]);
        prop_assert_eq!(sum(&model, "cvdn", &["incalls"]), vdn);
    }

    #[test]
    fn a_switch_that_started_has_no_ghosts(facts in any_facts(true)) {
        let mut model = fold(&facts);
        let at = model.now();
        model.apply(&Timed { at, fact: Fact::SwitchStarted });
        let s = model.sizes();
        prop_assert_eq!(
            [s.channels, s.bridges, s.calls, s.visits, s.rings, s.works, s.joined],
            [0; 7]
        );
    }

    #[test]
    fn time_closes_what_nobody_ended(facts in any_facts(false)) {
        let mut model = fold(&facts);
        model.advance(model.now().plus_secs(3 * 86_400));
        let s = model.sizes();
        prop_assert_eq!(
            [s.channels, s.bridges, s.calls, s.visits, s.rings, s.works, s.joined, s.timers],
            [0; 8]
        );
    }

    #[test]
    fn a_centre_is_the_same_whoever_is_heard_first(
        a in any_facts(true),
        b in any_facts(true),
        c in any_facts(true),
    ) {
        let models = [("a", &a), ("b", &b), ("c", &c)].map(|(acd, f)| fold_as(acd, f));
        let at = models.iter().map(Model::now).max().unwrap_or_default();
        let parts: Vec<_> = models.iter().flat_map(|m| m.parts(at)).collect();
        let mut one = Centre::new();
        one.hear(parts.iter().cloned());
        let mut other = Centre::new();
        // First the last one alone, then all of them the other way round.
        other.hear(models[2].parts(at));
        other.hear(parts.iter().rev().cloned());
        let table = one.table(at);
        prop_assert_eq!(&table, &other.table(at));
        // Every part is of one whole call, and a whole call has two parts at least.
        let place = |name| shape("whole_calls").and_then(|s| s.column(name)).expect("a column");
        let mut seen = std::collections::BTreeSet::new();
        for row in &table.rows {
            let Value::Text(calls) = &row[place("calls")] else { panic!("text") };
            prop_assert!(calls.split(' ').count() > 1);
            for call in calls.split(' ') {
                prop_assert!(seen.insert(call.to_owned()), "{} twice", call);
            }
        }
    }

    #[test]
    fn batches_show_nowhere(
        facts in any_facts(false),
        stops in proptest::collection::vec(any::<(bool, u8)>(), 80),
    ) {
        let one = fold(&facts);
        let mut other = Model::new(Settings::new("pbx"));
        let mut before = Stamp::default();
        for (t, (stop, part)) in facts.iter().zip(stops) {
            if stop && before != Stamp::default() {
                let way = t.at.since(before) / 256 * i64::from(part);
                other.advance(before.plus(way));
                let _rows = other.table("agents", t.at);
            }
            other.apply(t);
            before = t.at;
        }
        prop_assert_eq!(one.digest(), other.digest());
    }

    #[test]
    fn the_ledger_shows_nowhere_and_batches_do_not_show_in_it(
        facts in any_facts(false),
        stops in proptest::collection::vec(any::<(bool, u8)>(), 80),
    ) {
        let (one, entries) = written(&facts);
        let mut without = Model::new(Settings::new("pbx"));
        let mut other = Model::new(Settings::new("pbx"));
        other.write_ledger();
        let mut batches = Vec::new();
        let mut before = Stamp::default();
        for (t, (stop, part)) in facts.iter().zip(stops) {
            if stop && before != Stamp::default() {
                let way = t.at.since(before) / 256 * i64::from(part);
                other.advance(before.plus(way));
                other.take_entries(&mut batches);
            }
            other.apply(t);
            without.apply(t);
            before = t.at;
        }
        without.advance(one.now());
        other.advance(one.now());
        other.take_entries(&mut batches);
        prop_assert_eq!(one.digest(), without.digest());
        for shape in SHAPES {
            let table = |m: &Model| m.table(shape.name, one.now()).map(|t| t.rows);
            prop_assert_eq!(table(&one), table(&without));
        }
        prop_assert_eq!(entries, batches);
    }

    #[test]
    fn the_ledger_has_what_the_tables_count(facts in any_facts(true)) {
        let (model, entries) = written(&facts);
        let count = |which: &dyn Fn(&What) -> bool| {
            i64::try_from(entries.iter().filter(|e| which(&e.what)).count()).unwrap()
        };
        let ended = |outcome| move |w: &What| match w {
            What::Visit(v) => v.end == VisitEnd::Ended(outcome),
            _ => false,
        };
        let queues = |column| sum(&model, "queues", &[column]);
        prop_assert_eq!(count(&|w| matches!(w, What::Arrived { .. })), queues("offered"));
        prop_assert_eq!(count(&ended(Outcome::Abandoned)), queues("abandoned"));
        prop_assert_eq!(count(&ended(Outcome::TimedOut)), queues("timed_out"));
        prop_assert_eq!(count(&ended(Outcome::ExitKey)), queues("exit_key"));
        prop_assert_eq!(count(&ended(Outcome::Left)), queues("left"));
        prop_assert_eq!(count(&ended(Outcome::Lost)), queues("lost"));
        prop_assert_eq!(count(&ended(Outcome::Full)), queues("refused"));
        prop_assert_eq!(count(&ended(Outcome::Answered)), 0);
        // Every answered call is written once, when it is final.
        let served = entries.iter().filter_map(|e| match &e.what {
            What::Served(s) => Some((e.at, s)),
            _ => None,
        });
        let served: Vec<_> = served.collect();
        let acd_calls = sum(&model, "csplit", &["acdcalls"]);
        prop_assert_eq!(i64::try_from(served.len()).unwrap(), acd_calls);
        for (at, s) in served {
            prop_assert!(s.ended <= s.acw_ended && at == s.acw_ended, "{:?}", s);
            for hold in s.holds.windows(2) {
                prop_assert!(hold[0].0 <= hold[0].1, "{:?}", s);
            }
        }
        // A call that is over waits for no more than is still to come.
        for (i, e) in entries.iter().enumerate() {
            let What::CallOver(over) = &e.what else { continue };
            let later = entries[i..].iter().filter(|e| match &e.what {
                What::Served(s) => over.ids.contains(&s.call),
                _ => false,
            });
            prop_assert!(later.count() >= over.pending as usize, "{:?}", over);
        }
        // Who took a trunk gave it back, and nobody waits any more.
        let seized = count(&|w| matches!(w, What::Seized(_)));
        prop_assert_eq!(count(&|w| matches!(w, What::Idle(_))), seized);
        let mut waiting = std::collections::BTreeMap::new();
        for e in &entries {
            if let What::Waiting { split, callers } = &e.what {
                waiting.insert(split.clone(), *callers);
            }
        }
        prop_assert!(waiting.values().all(|n| *n == 0), "{:?}", waiting);
    }
}
