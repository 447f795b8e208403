//! Reading expected tables. The format is in `fixtures/expected/README.md`.

use facts::Stamp;
use facts::table::{Table, Value};

/// How far a time in `Ns` may be off, in milliseconds: the witnesses tell whole seconds.
const WHOLE_SECOND_MS: i64 = 1_000;

/// One file.
pub(crate) struct Expected {
    pub(crate) sections: Vec<Section>,
}

/// One table at one moment.
pub(crate) struct Section {
    pub(crate) line: usize,
    pub(crate) table: String,
    pub(crate) at: Option<Stamp>,
    pub(crate) only: Vec<(String, String)>,
    pub(crate) columns: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Expected {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut sections: Vec<Section> = Vec::new();
        let mut open: Option<Section> = None;
        for (i, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            let is_comment = text.lines().nth(i).is_some_and(|l| l.trim_start().starts_with('#'));
            if line.is_empty() {
                if !is_comment {
                    sections.extend(open.take());
                }
                continue;
            }
            match &mut open {
                None => open = Some(head(i + 1, line)?),
                Some(section) if section.columns.is_empty() => section.columns = words(line),
                Some(section) => {
                    let row = words(line);
                    if row.len() != section.columns.len() {
                        let (have, want) = (row.len(), section.columns.len());
                        return Err(format!("line {}: {have} cells for {want} columns", i + 1));
                    }
                    section.rows.push(row);
                }
            }
        }
        sections.extend(open.take());
        match sections.iter().find(|s| s.columns.is_empty()) {
            Some(s) => Err(format!("line {}: a table without columns", s.line)),
            None => Ok(Self { sections }),
        }
    }
}

/// `TABLE [where COLUMN=VALUE …] [at STAMP]`
fn head(line: usize, text: &str) -> Result<Section, String> {
    let (text, at) = match text.split_once(" at ") {
        Some((text, at)) => {
            (text, Some(Stamp::parse(at).ok_or(format!("line {line}: {at} is no moment"))?))
        }
        None => (text, None),
    };
    let (table, only) = text.split_once(" where ").unwrap_or((text, ""));
    let only = only.split_whitespace().map(|w| {
        let (c, v) = w.split_once('=').ok_or(format!("line {line}: {w} is not COLUMN=VALUE"))?;
        Ok((c.to_owned(), v.replace('~', " ")))
    });
    let only = only.collect::<Result<_, String>>()?;
    let table = table.trim().to_owned();
    Ok(Section { line, table, at, only, columns: Vec::new(), rows: Vec::new() })
}

/// Cells are separated by blanks; a blank inside a cell is written `~`.
fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(|w| w.replace('~', " ")).collect()
}

/// Whether what was found is what was expected: the same text, `*`, or, in a column of
/// milliseconds, `Ns` for N seconds give or take one.
pub(crate) fn fits(column: &str, want: &str, have: &str) -> bool {
    if want == "*" || want == have {
        return true;
    }
    let seconds = want.strip_suffix('s').and_then(|n| n.parse::<i64>().ok());
    match (seconds, have.parse::<i64>()) {
        (Some(s), Ok(ms)) if column.ends_with("_ms") => (ms - s * 1_000).abs() <= WHOLE_SECOND_MS,
        _ => false,
    }
}

/// Rows of cells as lines with aligned columns.
pub(crate) fn aligned(grid: &[Vec<String>]) -> Vec<String> {
    let columns = grid.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| grid.iter().filter_map(|r| r.get(c)).map(String::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, w)| format!("{cell:w$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    grid.iter().map(line).collect()
}

/// Says how the table differs from what a section expects.
pub(crate) fn compare(section: &Section, table: &Table) -> Result<(), String> {
    let mut places = Vec::new();
    for column in section.columns.iter().chain(section.only.iter().map(|(c, _)| c)) {
        places.push(
            table
                .shape
                .column(column)
                .ok_or_else(|| format!("table {} has no column {column}", section.table))?,
        );
    }
    let found = rows(table, section, &places);
    let mut unmatched: Vec<&Vec<String>> = Vec::new();
    let mut left = found.clone();
    for want in &section.rows {
        let fits = |have: &Vec<String>| {
            let cells = section.columns.iter().zip(want.iter().zip(have));
            cells.into_iter().all(|(column, (want, have))| fits(column, want, have))
        };
        match left.iter().position(fits) {
            Some(i) => drop(left.remove(i)),
            None => unmatched.push(want),
        }
    }
    if unmatched.is_empty() && left.is_empty() {
        return Ok(());
    }
    let mut lines = vec![format!(
        "{}{}: expected (-) and found (+)",
        section.table,
        section.at.map_or(String::new(), |at| format!(" at {at}"))
    )];
    let mut grid = vec![with_sign(" ", &section.columns)];
    grid.extend(unmatched.iter().map(|row| with_sign("-", row)));
    grid.extend(left.iter().map(|row| with_sign("+", row)));
    lines.extend(aligned(&grid));
    Err(lines.join("\n"))
}

fn with_sign(sign: &str, row: &[String]) -> Vec<String> {
    std::iter::once(sign.to_owned()).chain(row.iter().cloned()).collect()
}

/// The rows of the table that the section is about, its columns only.
fn rows(table: &Table, section: &Section, places: &[usize]) -> Vec<Vec<String>> {
    let (shown, filters) = places.split_at(section.columns.len());
    table
        .rows
        .iter()
        .filter(|row| {
            let wanted = section.only.iter().map(|(_, value)| value);
            filters.iter().zip(wanted).all(|(i, value)| cell(&row[*i]) == *value)
        })
        .map(|row| shown.iter().map(|i| cell(&row[*i])).collect())
        .collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::Bool(b) => b.to_string(),
        Value::Int(i) => i.to_string(),
        Value::Stamp(s) => s.to_string(),
        Value::Date(d) => d.to_string(),
        Value::Text(t) => t.to_string(),
    }
}
