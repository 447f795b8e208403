//! Why a question was not answered, in one line.

use datafusion::common::{Column, SchemaError};
use datafusion::error::DataFusionError;
use std::fmt;

/// Why a question was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It is no SQL; the parser's words.
    Syntax(String),
    /// It is SQL that does something else than reading tables.
    NotReading(String),
    /// It cannot be planned: an unknown table or column, types that do not go together.
    Meaning(String),
    /// It needs more memory than a question may have.
    TooLarge(String),
    /// It failed while it ran, or the archive cannot be read.
    Failed(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(words) => write!(f, "not understood: {words}"),
            Self::NotReading(what) => write!(f, "{what} is refused: only SELECT is answered"),
            Self::Meaning(words) => f.write_str(words),
            Self::TooLarge(words) => write!(
                f,
                "the question is too large: ask for less at a time, fewer days or columns ({words})"
            ),
            Self::Failed(words) => write!(f, "the question failed: {words}"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<archive::Trouble> for Refusal {
    fn from(e: archive::Trouble) -> Self {
        Self::Failed(e.to_string())
    }
}

impl From<DataFusionError> for Refusal {
    fn from(e: DataFusionError) -> Self {
        match e.find_root() {
            DataFusionError::SQL(e, _) => {
                Self::Syntax(line(&e.to_string(), &["sql parser error: "]))
            }
            DataFusionError::SchemaError(e, _) => Self::Meaning(schema(e)),
            DataFusionError::Plan(words) => Self::Meaning(plan(words)),
            DataFusionError::NotImplemented(words) => {
                Self::Meaning(format!("not available: {}", line(words, &[])))
            }
            DataFusionError::ResourcesExhausted(words) => Self::TooLarge(line(words, &[])),
            other => {
                let heads = ["Execution error: ", "Arrow error: ", "External error: "];
                Self::Failed(line(&other.strip_backtrace(), &heads))
            }
        }
    }
}

/// The first line, without what says only where the words come from.
fn line(words: &str, heads: &[&str]) -> String {
    let mut line =
        words.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("no reason given");
    for head in heads {
        line = line.strip_prefix(head).unwrap_or(line);
    }
    line.trim_end_matches('.').to_owned()
}

/// The engine calls our only catalogue and schema by names that mean nothing to people.
fn plan(words: &str) -> String {
    let words = line(words, &[]).replace("datafusion.public.", "");
    match words.strip_prefix("table '").and_then(|rest| rest.split_once('\'')) {
        Some((table, " not found")) => {
            format!("there is no table {table}: SHOW TABLES lists those there are")
        }
        _ => words,
    }
}

fn schema(e: &SchemaError) -> String {
    match e {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let table = field.relation.as_ref().map(|r| format!(" in {}", r.table()));
            let nearest = nearest(&field.name, valid_fields)
                .map(|name| format!("; did you mean {name}?"))
                .unwrap_or_default();
            format!("there is no column {}{}{nearest}", field.name, table.unwrap_or_default())
        }
        other => line(&other.to_string(), &[]),
    }
}

/// The column that is spelled most alike, if it is alike at all.
fn nearest<'a>(name: &str, columns: &'a [Column]) -> Option<&'a str> {
    let near = columns.iter().map(|c| (distance(name, &c.name), c.name.as_str()));
    near.filter(|(far, _)| *far <= 1 + name.chars().count() / 4).min().map(|(_, name)| name)
}

/// Letters to insert, delete or change between two words.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut row = vec![i + 1];
        for ((other, up), corner) in b.iter().zip(above.iter().skip(1)).zip(&above) {
            let left = row.last().copied().unwrap_or(0);
            row.push((left + 1).min(up + 1).min(corner + usize::from(letter != *other)));
        }
        above = row;
    }
    above.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_alike_are_near() {
        assert_eq!(distance("acdcalls", "acdcalls"), 0);
        assert_eq!(distance("acdcals", "acdcalls"), 1);
        assert_eq!(distance("", "abc"), 3);
        let columns = [Column::from_name("acdcalls"), Column::from_name("abncalls")];
        assert_eq!(nearest("acdcall", &columns), Some("acdcalls"));
        assert_eq!(nearest("colour", &columns), None);
    }
}
