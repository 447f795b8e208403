//! Printing tables: aligned text for people, JSON and CSV for programs. The same three forms
//! whether the rows come from a server or from a replay.

use facts::table::{Shape, Table, Value};
use serde_json::{Map, Value as Json};
use std::io::{self, Write};

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Aligned columns.
    Table,
    /// JSON.
    Json,
    /// Comma-separated values with a header line (RFC 4180).
    Csv,
}

/// A value as JSON: moments as RFC 3339 in UTC, what is not known as null.
pub(crate) fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(i) => Json::from(*i),
        Value::Stamp(s) => Json::String(s.to_string()),
        Value::Date(d) => Json::String(d.to_string()),
        Value::Text(t) => Json::String(t.to_string()),
    }
}

/// The rows of a table as JSON objects, columns in their order.
pub(crate) fn objects(table: &Table) -> Vec<Map<String, Json>> {
    let object = |row: &Vec<Value>| {
        let names = table.shape.columns.iter().map(|c| c.name.to_owned());
        names.zip(row.iter().map(json)).collect()
    };
    table.rows.iter().map(object).collect()
}

/// Prints rows of one shape as aligned text or CSV.
pub(crate) fn print(
    out: &mut dyn Write,
    format: Format,
    shape: &Shape,
    rows: &[Map<String, Json>],
) -> io::Result<()> {
    let names: Vec<&str> = shape.columns.iter().map(|c| c.name).collect();
    print_named(out, format, &names, rows)
}

/// Prints rows with these columns.
pub(crate) fn print_named(
    out: &mut dyn Write,
    format: Format,
    names: &[&str],
    rows: &[Map<String, Json>],
) -> io::Result<()> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, rows)?;
            out.write_all(b"\n")
        }
        Format::Csv => csv(out, names, rows),
        Format::Table => aligned(out, names, rows),
    }
}

fn csv(out: &mut dyn Write, names: &[&str], rows: &[Map<String, Json>]) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    writer.write_record(names)?;
    for row in rows {
        writer.write_record(names.iter().map(|name| cell(row.get(*name))))?;
    }
    writer.flush()
}

fn aligned(out: &mut dyn Write, names: &[&str], rows: &[Map<String, Json>]) -> io::Result<()> {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| names.iter().map(|name| plain(&cell(row.get(*name)))).collect())
        .collect();
    let widths: Vec<usize> = names
        .iter()
        .enumerate()
        .map(|(i, name)| {
            let cells = cells.iter().filter_map(|row| row.get(i)).map(|s| s.chars().count());
            cells.max().unwrap_or(0).max(name.chars().count())
        })
        .collect();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| -> io::Result<()> {
        let mut text = String::new();
        for (cell, width) in cells.zip(&widths) {
            text.push_str(cell);
            let pad = width.saturating_sub(cell.chars().count()) + 2;
            text.extend(std::iter::repeat_n(' ', pad));
        }
        writeln!(out, "{}", text.trim_end())
    };
    line(&mut names.iter().copied())?;
    for row in &cells {
        line(&mut row.iter().map(String::as_str))?;
    }
    Ok(())
}

/// A value as plain text; what is not known is empty.
pub(crate) fn cell(value: Option<&Json>) -> String {
    match value {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(s)) => s.clone(),
        Some(other) => other.to_string(),
    }
}

/// A caller's name is data: control characters and direction marks must not reach a terminal.
pub(crate) fn plain(text: &str) -> String {
    let turns = |c: char| {
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2066}'..='\u{2069}')
    };
    let harmful = |c: char| c.is_control() || turns(c);
    text.chars().map(|c| if harmful(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::table::{Column, Type};
    use facts::{Stamp, Text};

    static SHAPE: Shape = Shape {
        name: "t",
        doc: "",
        key: 1,
        columns: &[
            Column { name: "acd", kind: Type::Text, doc: "" },
            Column { name: "n", kind: Type::Int, doc: "" },
            Column { name: "at", kind: Type::Stamp, doc: "" },
        ],
    };

    fn printed(format: Format) -> String {
        let row = |name: &str, n| {
            vec![Value::Text(Text::from(name)), n, Value::Stamp(Stamp(1_795_261_560_000_001))]
        };
        let rows = vec![row("a\u{1b}[31m", Value::Int(12)), row("long, \"name\"", Value::Null)];
        let table = Table { shape: &SHAPE, as_of: Stamp(0), rows };
        let mut out = Vec::new();
        print(&mut out, format, &SHAPE, &objects(&table)).expect("memory takes it");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn people_get_columns_without_control_characters() {
        assert_eq!(
            printed(Format::Table),
            "acd           n   at\n\
             a\u{fffd}[31m        12  2026-11-21T11:46:00.000001Z\n\
             long, \"name\"      2026-11-21T11:46:00.000001Z\n"
        );
    }

    #[test]
    fn programs_get_csv_and_json() {
        assert!(
            printed(Format::Csv)
                .ends_with("\"long, \"\"name\"\"\",,2026-11-21T11:46:00.000001Z\r\n")
        );
        let json: Json = serde_json::from_str(&printed(Format::Json)).expect("JSON");
        assert_eq!(json[1]["n"], Json::Null);
        assert_eq!(json[0]["n"], Json::from(12));
    }
}
