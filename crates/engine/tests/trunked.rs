//! Calls that cross from one real Asterisk to another (`fixtures/captures/trunked`): whatever the
//! order in which the two are heard, they come to the whole calls that CEL, CDR and queue_log tell
//! (`fixtures/expected/trunked`).

mod expected;

use engine::{Fold, FoldSettings};
use expected::{Expected, compare};
use facts::table::Table;
use facts::{Record, Stamp};
use model::Centre;
use std::io::Read;
use std::path::{Path, PathBuf};

const SCENARIOS: [&str; 4] = ["answered", "abandoned", "back", "consulted"];
const ACDS: [&str; 2] = ["lab16", "lab22"];

fn fixtures(kind: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures")).join(kind).join("trunked")
}

fn records(scenario: &str, acd: &str) -> Vec<Record> {
    let version = acd.trim_start_matches("lab");
    let file = fixtures("captures").join(scenario).join(format!("ami-{version}.txt.gz"));
    let mut bytes = Vec::new();
    let packed = std::fs::read(&file).expect("the capture is there");
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("whole");
    let records = translate::capture::records(&bytes);
    assert!(records.len() > 50, "{} records in {}", records.len(), file.display());
    records
}

/// Two ACDs and the centre over them, as the engine holds them.
struct Both {
    folds: Vec<Fold>,
    /// What is added to the moments of each to have one time.
    shifts: [i64; 2],
    centre: Centre,
}

impl Both {
    fn new(shifts: [i64; 2]) -> Self {
        let fold = |acd: &&str| {
            let mut settings = FoldSettings::for_acd(acd);
            settings.model.trunks = vec!["PJSIP/trunk".into(), "PJSIP/peer".into()];
            Fold::new(settings)
        };
        Self { folds: ACDS.iter().map(fold).collect(), shifts, centre: Centre::new() }
    }

    fn settle(&mut self) {
        self.folds.iter_mut().for_each(Fold::settle);
    }

    /// One publication: `calls` and `whole_calls`.
    fn publish(&mut self, at: Option<Stamp>) -> [Table; 2] {
        let mut parts = Vec::new();
        let [mut calls, mut wholes]: [Option<Table>; 2] = [None, None];
        for (fold, shift) in self.folds.iter().zip(self.shifts) {
            let at = at.map_or(fold.now(), |at| at.plus(-shift));
            parts.extend(fold.parts(at).into_iter().map(|mut part| {
                part.shift(shift);
                part
            }));
            for (name, all) in [("calls", &mut calls), ("whole_calls", &mut wholes)] {
                let mut table = fold.table(name, at).expect("a table");
                match all {
                    Some(all) => all.rows.append(&mut table.rows),
                    None => *all = Some(table),
                }
            }
        }
        let mut tables = [calls.expect("two ACDs"), wholes.expect("two ACDs")];
        for table in &mut tables {
            table.rows.sort();
        }
        self.centre.unite(parts, &mut tables);
        tables
    }
}

/// Numbers that look random and are the same every time.
fn dice(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state >> 33
    }
}

#[test]
fn the_whole_calls_are_those_that_the_witnesses_tell() {
    let mut wrong = Vec::new();
    for scenario in SCENARIOS {
        let file = fixtures("expected").join(format!("{scenario}.txt"));
        let text = std::fs::read_to_string(&file).expect("expected tables are there");
        for section in Expected::parse(&text).expect("parses").sections {
            let mut both = Both::new([0, 0]);
            for (i, acd) in ACDS.iter().enumerate() {
                for record in records(scenario, acd) {
                    if section.at.is_none_or(|at| record.stamp <= at) {
                        both.folds[i].push(record);
                    }
                }
            }
            both.settle();
            let tables = both.publish(section.at);
            let table = tables.iter().find(|t| t.shape.name == section.table).expect("one of two");
            if let Err(difference) = compare(&section, table) {
                wrong.push(format!("{scenario} line {}: {difference}", section.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn any_order_of_hearing_the_two_comes_to_the_same() {
    for scenario in SCENARIOS {
        let streams = ACDS.map(|acd| records(scenario, acd));
        let mut both = Both::new([0, 0]);
        for (i, records) in streams.iter().enumerate() {
            records.iter().for_each(|r| both.folds[i].push(r.clone()));
        }
        both.settle();
        let want = both.publish(None);
        assert!(!want[1].rows.is_empty(), "{scenario}: there are whole calls");
        for seed in 0..40 {
            let mut dice = dice(seed);
            // Seeds 0 and 1 hear one of them first and then the other.
            let mut left = streams.clone().map(Vec::into_iter);
            let mut both = Both::new([0, 0]);
            let [first, second] = &mut left;
            while first.len() + second.len() > 0 {
                let take_first = match seed {
                    0 => first.len() > 0,
                    1 => second.len() == 0,
                    _ => second.len() == 0 || (first.len() > 0 && dice().is_multiple_of(2)),
                };
                let (i, next) = if take_first { (0, first.next()) } else { (1, second.next()) };
                both.folds[i].push(next.expect("one is left"));
                if dice().is_multiple_of(16) {
                    both.folds[i].settle();
                    agrees(&both.publish(None), scenario);
                }
            }
            both.settle();
            assert_eq!(both.publish(None), want, "{scenario}, seed {seed}");
        }
    }
}

/// What holds at any moment: a whole call has the parts that say so, and two at least.
fn agrees([calls, wholes]: &[Table; 2], scenario: &str) {
    let text = |table: &Table, row: &[facts::table::Value], column: &str| {
        let place = table.shape.column(column).expect("a column");
        format!("{:?}", row[place])
    };
    for whole in &wholes.rows {
        let id = text(wholes, whole, "whole");
        let parts = calls.rows.iter().filter(|c| text(calls, c, "whole") == id).count();
        assert_eq!(format!("Int({parts})"), text(wholes, whole, "parts"), "{scenario}: {id}");
        assert!(parts >= 2, "{scenario}: {id}");
    }
}

#[test]
fn clocks_that_differ_by_hours_change_nothing_once_that_is_known() {
    const HOUR: i64 = 3_600_000_000;
    for scenario in SCENARIOS {
        let mut right = Both::new([0, 0]);
        let mut off = Both::new([0, -HOUR]);
        for (i, acd) in ACDS.iter().enumerate() {
            for record in records(scenario, acd) {
                right.folds[i].push(record.clone());
                let late = if i == 1 { HOUR } else { 0 };
                let stamp = record.stamp.plus(late);
                off.folds[i].push(Record { stamp, ..record });
            }
        }
        right.settle();
        off.settle();
        assert_eq!(right.publish(None)[1].rows, off.publish(None)[1].rows, "{scenario}");
        // Half a second that is not known of does not turn the way round.
        let mut little = Both::new([0, 0]);
        for (i, acd) in ACDS.iter().enumerate() {
            for record in records(scenario, acd) {
                let early = if i == 1 { -500_000 } else { 0 };
                let stamp = record.stamp.plus(early);
                little.folds[i].push(Record { stamp, ..record });
            }
        }
        little.settle();
        let place = right.publish(None)[1].shape.column("calls").expect("a column");
        let ways = |both: &mut Both| {
            let rows = both.publish(None)[1].rows.clone();
            rows.into_iter().map(|mut row| row.swap_remove(place)).collect::<Vec<_>>()
        };
        assert_eq!(ways(&mut right), ways(&mut little), "{scenario}");
    }
}
