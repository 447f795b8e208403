//! Every capture of a real Asterisk against tables that a person derived from the notes and the
//! witnesses (queue_log, CDR, CEL): `fixtures/expected/VERSION/SCENARIO.txt`. The format is in
//! `fixtures/expected/README.md`; all differences of all files are told at once.

mod captures;
mod expected;

use captures::{Capture, all};
use expected::{Expected, Section};
use facts::Stamp;
use std::path::PathBuf;

fn expected_dir() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/expected"))
}

#[test]
fn every_capture_gives_the_tables_that_its_witnesses_tell() {
    let mut wrong = Vec::new();
    let mut sections = 0;
    for capture in all() {
        let file = expected_dir().join(&capture.version).join(format!("{}.txt", capture.name));
        let text = match std::fs::read_to_string(&file) {
            Ok(text) => text,
            Err(e) => {
                wrong.push(format!("{}: {e}", file.display()));
                continue;
            }
        };
        match Expected::parse(&text) {
            Ok(expected) => {
                sections += expected.sections.len();
                for section in &expected.sections {
                    if let Err(difference) = check(&capture, section) {
                        wrong.push(format!(
                            "{}/{} line {}: {difference}",
                            capture.version, capture.name, section.line
                        ));
                    }
                }
            }
            Err(problem) => wrong.push(format!("{}: {problem}", file.display())),
        }
    }
    let count = wrong.len();
    assert!(wrong.is_empty(), "{}\n\n{count} of {sections} sections differ", wrong.join("\n\n"));
    assert!(sections > 90, "only {sections} sections were checked");
}

/// Folds the capture as far as the section says and compares.
fn check(capture: &Capture, section: &Section) -> Result<(), String> {
    let fold = capture.fold(section.at);
    let at = section.at.unwrap_or_else(|| fold.now());
    let table = fold
        .table(&section.table, at)
        .ok_or_else(|| format!("there is no table {}", section.table))?;
    expected::compare(section, &table)
}

#[test]
fn a_stranger_can_write_a_section() {
    let text =
        "# words\ncalls where caller=5551234 at 1795261564.5\nvdn  split  wait_ms\n8001 sales 2s\n";
    let expected = Expected::parse(text).expect("parses");
    let section = &expected.sections[0];
    assert_eq!(section.table, "calls");
    assert_eq!(section.at, Some(Stamp(1_795_261_564_500_000)));
    assert_eq!(section.only, [("caller".to_owned(), "5551234".to_owned())]);
    assert!(expected::fits("wait_ms", "2s", "2999") && !expected::fits("wait_ms", "2s", "3001"));
    assert!(Expected::parse("calls\na b\n1\n").is_err(), "a row that is too short");
}
