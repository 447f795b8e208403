//! A live table: columns with their meaning, rows of plain values. Every way to look at the
//! live state (REST, command line, pages, replay, later SQL) shows these and nothing else.

use crate::{Date, Stamp, Text};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// A whole number: a count, seconds, a code.
    Int,
    /// A whole number that counts on by itself while nothing happens (a time in state, a
    /// running clock). A change of it alone is no news: whoever shows it counts on by the
    /// moment beside it.
    Age,
    /// A moment.
    Stamp,
    /// A day of a local calendar.
    Date,
    /// Yes or no.
    Bool,
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Lower case, the CMS item's name where there is one.
    pub name: &'static str,
    /// What it holds.
    pub kind: Type,
    /// What it means, its unit, and where the definition comes from.
    pub doc: &'static str,
}

/// One value.
#[derive(Clone, Debug, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Not known or not applicable; never a stand-in for 0.
    Null,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A moment.
    Stamp(Stamp),
    /// A day of a local calendar.
    Date(Date),
    /// Text.
    Text(Text),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(a), Self::Int(b)) => a == b,
            (Self::Stamp(a), Self::Stamp(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a == b,
            // Most of what is compared is a row with what it was before: the same text.
            (Self::Text(a), Self::Text(b)) => Text::ptr_eq(a, b) || a == b,
            _ => false,
        }
    }
}

impl Value {
    /// Text, or null if empty.
    pub fn text_or_null(text: &Text) -> Self {
        if text.is_empty() { Self::Null } else { Self::Text(text.clone()) }
    }

    /// A count.
    pub fn count(n: usize) -> Self {
        Self::Int(i64::try_from(n).unwrap_or(i64::MAX))
    }
}

impl From<&str> for Value {
    fn from(s: &str) -> Self {
        Self::Text(Text::from(s))
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(v: Option<T>) -> Self {
        v.map_or(Self::Null, Into::into)
    }
}

macro_rules! into_value {
    ($($from:ty => $variant:ident;)*) => {$(
        impl From<$from> for Value {
            fn from(v: $from) -> Self { Self::$variant(v.into()) }
        }
    )*};
}
into_value! { Text => Text; bool => Bool; Stamp => Stamp; Date => Date; i64 => Int; u32 => Int; }

/// The shape of a table, the same in every ACD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Its name, lower case: `cagent`, `queues` …
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Its columns. The first of a live table is always `acd`.
    pub columns: &'static [Column],
    /// How many of the first columns name a row. Rows of live tables are unique by them, those of
    /// history are not, as in CMS.
    pub key: usize,
}

impl Shape {
    /// The place of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }
}

/// One row: as many values as its shape has columns, in that order.
pub type Row = Vec<Value>;

/// A table as it stood at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its shape.
    pub shape: &'static Shape,
    /// The moment it is true for.
    pub as_of: Stamp,
    /// Its rows, sorted by key.
    pub rows: Vec<Row>,
}
