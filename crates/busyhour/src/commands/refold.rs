//! `busyhour refold`: history counted again from the journal, compared with the archive or put in
//! its place.

use crate::commands::archive::{day, problem};
use crate::config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use ::archive::{Mark, Reader, Snapshot};
use clap::Args;
use engine::{Difference, Refolded};
use facts::Date;
use facts::table::{Column, Row, Shape, Table, Type, Value};
use std::io::Write;
use std::path::PathBuf;

/// What is said of each day that was replaced, for people.
const WHY: &str = "counted again from the journal (busyhour refold)";

/// What to count again.
#[derive(Args, Debug)]
pub(crate) struct Refold {
    /// The server's configuration: which switches, how they are counted, where everything is.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only this switch.
    #[arg(long, value_name = "NAME")]
    acd: Option<String>,
    /// From this day on; without it from the beginning of the journal.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<Date>,
    /// Up to this day.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<Date>,
    /// Change nothing: print what differs, and end with 1 if anything does. A server may be
    /// running.
    #[arg(long)]
    verify: bool,
    /// Form of the output of --verify.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

static DIFFERENCES: Shape = Shape {
    name: "differences",
    doc: "a value that is another when it is counted again",
    key: 4,
    columns: &[
        Column { name: "acd", kind: Type::Text, doc: "the switch" },
        Column { name: "table", kind: Type::Text, doc: "the table" },
        Column { name: "day", kind: Type::Date, doc: "the day" },
        Column { name: "row", kind: Type::Text, doc: "what names the row" },
        Column { name: "column", kind: Type::Text, doc: "the column; null: the row is missing" },
        Column { name: "archived", kind: Type::Text, doc: "its value in the archive" },
        Column { name: "counted", kind: Type::Text, doc: "its value counted again" },
    ],
};

/// Runs the command.
pub(crate) fn run(args: &Refold) -> Outcome {
    let config = config::load(&args.config)?;
    let journal = journal::Reader::open(config.engine.journal.dir.clone())
        .map_err(|e| Failure::problem(e.to_string()))?;
    let dir = config.archive;
    // Who writes holds the archive until he is done: no server counts on meanwhile.
    let mut archive = match args.verify {
        true => None,
        false => Some(engine::open_archive(&dir).map_err(problem)?),
    };
    let reader = Reader::new(&dir);
    let days = (args.from.unwrap_or(Date(i32::MIN)), args.to.unwrap_or(Date(i32::MAX)));
    let mut rows = Vec::new();
    let mut known = false;
    let mut said = std::io::stdout().lock();
    for (number, acd) in (1..).zip(&config.engine.acds) {
        let name = &acd.link.name;
        if args.acd.as_deref().is_some_and(|only| only != &**name) {
            continue;
        }
        known = true;
        let snapshot = reader.snapshot().map_err(problem)?;
        let until = snapshot.mark(number).map_err(problem)?;
        // In an archive that was made anew all of the journal is counted.
        let until = if args.verify { Some(until.unwrap_or_default()) } else { until };
        let refolded = engine::refold(&journal, Some(&snapshot), (number, acd), days, until)
            .map_err(|e| Failure::problem(format!("{name}: {e}")))?;
        match &mut archive {
            None => rows.extend(differences(&refolded, &snapshot, name)?),
            Some(archive) => {
                let mut replaced = 0;
                for day in refolded.days().collect::<Vec<_>>() {
                    if refolded.replace(archive, day, WHY).map_err(problem)? {
                        writeln!(said, "{name} {day} replaced")?;
                        replaced += 1;
                    }
                }
                if until.is_none_or(|until| until == Mark::default()) {
                    refolded.mark(archive).map_err(problem)?;
                }
                let all = refolded.days().count();
                writeln!(said, "{name}: {all} days counted again, {replaced} replaced")?;
            }
        }
    }
    if let Some(acd) = args.acd.as_ref().filter(|_| !known) {
        let words = format!("--acd {acd}: {} has no such [[pbx]]", args.config.display());
        return Err(Failure::new(Exit::Usage, words));
    }
    if !args.verify {
        return Ok(Exit::Ok);
    }
    let differ = !rows.is_empty();
    let table = Table { shape: &DIFFERENCES, as_of: engine::wall_clock(), rows };
    output::print(&mut said, args.output, &DIFFERENCES, &output::objects(&table))?;
    Ok(if differ { Exit::Problem } else { Exit::Ok })
}

fn differences(refolded: &Refolded, snapshot: &Snapshot, acd: &str) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for day in refolded.days().collect::<Vec<_>>() {
        let found = refolded.differences(snapshot, day).map_err(problem)?;
        rows.extend(found.into_iter().map(|difference| shown(difference, acd)));
    }
    Ok(rows)
}

fn shown(difference: Difference, acd: &str) -> Row {
    let key: Vec<String> = difference.key.iter().map(text).collect();
    let (column, archived, counted) = match difference.column {
        Some((column, archived, counted)) => (Value::from(column), text(&archived), text(&counted)),
        None if difference.archived => (Value::Null, "is there".to_owned(), "missing".to_owned()),
        None => (Value::Null, "missing".to_owned(), "is there".to_owned()),
    };
    vec![
        Value::from(acd),
        Value::from(difference.table),
        difference.day.into(),
        Value::from(key.join(" ").as_str()),
        column,
        Value::from(archived.as_str()),
        Value::from(counted.as_str()),
    ]
}

/// A value as people read it.
fn text(value: &Value) -> String {
    output::cell(Some(&output::json(value)))
}
