//! `busyhour sql`: a question about history, straight from the archive; needs no server, and one
//! may be writing meanwhile.

use crate::commands::archive;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use clap::Args;
use query::{Answer, Catalogue, Cell, Refusal};
use serde_json::{Map, Value as Json};
use std::io::Write;

/// What to ask.
#[derive(Args, Debug)]
pub(crate) struct Sql {
    /// One SELECT; SHOW TABLES lists the tables, DESCRIBE hsplit the columns of one.
    #[arg(value_name = "SELECT")]
    question: String,
    #[command(flatten)]
    which: archive::Which,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

/// Runs the command.
pub(crate) fn run(args: &Sql) -> Outcome {
    let snapshot = archive::snapshot(&args.which.dir()?)?;
    let mut catalogue = Catalogue::new().map_err(failure)?;
    catalogue.archive(snapshot, &history::SHAPES).map_err(failure)?;
    print(&catalogue, &args.question, args.output)
}

/// Asks and prints the answer: CSV and JSON as it comes, aligned columns when all of it is there.
pub(crate) fn print(catalogue: &Catalogue, question: &str, format: Format) -> Outcome {
    let mut answer = catalogue.sql(question).map_err(failure)?;
    let names = unique(answer.columns());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match format {
        Format::Json => lines(&mut out, &mut answer, &names)?,
        Format::Csv | Format::Table => {
            let mut rows = Vec::new();
            while let Some(more) = answer.rows() {
                rows.extend(more.map_err(failure)?.into_iter().map(|row| object(&names, row)));
            }
            output::print_named(&mut out, format, &names, &rows)?;
        }
    }
    out.flush()?;
    Ok(Exit::Ok)
}

/// An array with one object a line, each written as soon as it is known.
fn lines(out: &mut dyn Write, answer: &mut Answer, names: &[&str]) -> Result<(), Failure> {
    let mut between = "[\n";
    while let Some(rows) = answer.rows() {
        for row in rows.map_err(failure)? {
            out.write_all(between.as_bytes())?;
            serde_json::to_writer(&mut *out, &object(names, row)).map_err(std::io::Error::from)?;
            between = ",\n";
        }
    }
    let end = if between == ",\n" { "\n]\n" } else { "[]\n" };
    Ok(out.write_all(end.as_bytes())?)
}

fn object(names: &[&str], row: Vec<Cell>) -> Map<String, Json> {
    let value = |cell| match cell {
        Cell::Null => Json::Null,
        Cell::Bool(b) => Json::Bool(b),
        Cell::Int(i) => Json::from(i),
        // Infinity is no number in JSON.
        Cell::Float(f) => Json::from(f),
        Cell::Text(t) => Json::String(t),
    };
    names.iter().map(|name| (*name).to_owned()).zip(row.into_iter().map(value)).collect()
}

/// Names of columns; of two that are alike the later gets a number.
fn unique(names: &[String]) -> Vec<String> {
    let mut unique: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let numbered = (2..).map(|n| format!("{name}_{n}"));
        let mut free = std::iter::once(name.clone()).chain(numbered);
        unique.extend(free.find(|name| !unique.contains(name)));
    }
    unique
}

/// What was asked wrongly is a wrong command line; what failed on the way is a problem.
pub(crate) fn failure(refusal: Refusal) -> Failure {
    let exit = match refusal {
        Refusal::Syntax(_) | Refusal::NotReading(_) | Refusal::Meaning(_) => Exit::Usage,
        Refusal::TooLarge(_) | Refusal::Failed(_) => Exit::Problem,
    };
    Failure::new(exit, refusal.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::table::Type;

    #[test]
    fn columns_of_one_name_are_told_apart() {
        let names = ["a", "a", "b", "a_2", "a"].map(str::to_owned);
        assert_eq!(unique(&names), ["a", "a_2", "b", "a_2_2", "a_3"]);
    }

    #[test]
    fn every_table_of_history_can_be_kept_by_day_and_acd() {
        for shape in history::SHAPES.iter() {
            for (name, kind) in [("row_date", Type::Date), ("acd", Type::Int)] {
                let column = shape.columns.iter().find(|c| c.name == name);
                assert_eq!(column.map(|c| c.kind), Some(kind), "{}.{name}", shape.name);
            }
        }
        let calls = history::shape("call_rec").expect("it is counted");
        for key in ::archive::CALL_KEYS {
            assert!(calls.column(key).is_some(), "calls are found by {key}");
        }
    }
}
