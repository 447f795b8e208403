//! Reads what a caller decided out of JSON or out of an address: every field that is wrong is
//! found in one go. Whether the values make sense together is not asked here.

use super::Caller;
use super::answers::Denied;
use crate::refusal::Refusal;
use facts::decree::{DecreeId, Group, GroupKind, Limits, Measure, Member, Side};
use serde_json::{Map, Value};

/// Who decides, if he does not say.
const AUTHOR: &str = "local";

/// The fields of a request, taken one by one.
pub(super) struct Fields {
    left: Map<String, Value>,
    wrong: Vec<(String, String)>,
}

impl Fields {
    /// The fields of a JSON object.
    pub(super) fn read(body: &[u8]) -> Result<Self, Denied> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(left)) => Ok(Self { left, wrong: Vec::new() }),
            Ok(_) => Err(Refusal::bad("bad-json", "send one JSON object").into()),
            Err(e) => Err(Refusal::bad("bad-json", format!("this is no JSON: {e}")).into()),
        }
    }

    /// The pairs behind a question mark.
    pub(super) fn of_query(pairs: Vec<(String, String)>) -> Self {
        let mut out = Self { left: Map::new(), wrong: Vec::new() };
        for (name, value) in pairs {
            if out.left.insert(name.clone(), Value::String(value)).is_some() {
                out.put(&name, "is given twice");
            }
        }
        out
    }

    fn put(&mut self, field: &str, what: impl Into<String>) {
        self.wrong.push((field.to_owned(), what.into()));
    }

    /// A field that is given; null counts as not given.
    fn take(&mut self, field: &str) -> Option<Value> {
        self.left.shift_remove(field).filter(|value| !value.is_null())
    }

    fn number(&mut self, field: &str) -> Option<i64> {
        let value = self.take(field)?;
        let number = value.as_i64();
        if number.is_none() {
            self.put(field, format!("must be a whole number, not {value}"));
        }
        number
    }

    fn word<T>(&mut self, field: &str, words: &str, of: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.take(field)?;
        let found = value.as_str().and_then(of);
        if found.is_none() {
            self.put(field, format!("must be {words}, not {value}"));
        }
        found
    }

    /// When a measure deserves attention.
    pub(super) fn limits(&mut self, measure: Measure) -> Limits {
        let side = self.word("direction", "above or below", Side::of_word);
        Limits {
            side: side.unwrap_or(measure.usual_side()),
            caution: self.number("caution"),
            warning: self.number("warning"),
            hysteresis: self.number("hysteresis").unwrap_or(0),
            for_s: self.number("for_s").unwrap_or(0),
        }
    }

    /// A group of that name.
    pub(super) fn group(&mut self, name: &str) -> Group {
        let given = self.left.contains_key("kind");
        let kind = self.word("kind", "queues or agents", GroupKind::of_word);
        if !given {
            self.put("kind", "say queues or agents");
        }
        let mut members = Vec::new();
        match self.take("members") {
            Some(Value::Array(given)) => {
                for value in given {
                    match value.as_str().and_then(Member::parse) {
                        Some(member) => members.push(member),
                        None => self.put("members", format!("{value} is none; write \"ACD/NAME\"")),
                    }
                }
            }
            Some(other) => self.put("members", format!("must be a list, not {other}")),
            None => {}
        }
        members.sort();
        members.dedup();
        Group { name: name.into(), kind: kind.unwrap_or(GroupKind::Queues), members }
    }

    /// Who decides, and what he saw.
    pub(super) fn caller(&mut self) -> Caller {
        let author = self.word("author", "text", |name| Some(name.to_owned()));
        let given = self.left.contains_key("replaces");
        let seen = self.word("replaces", "the id of a decree, or null", |id| match id {
            // In an address nothing behind the equals sign means null.
            "" => Some(None),
            id => DecreeId::parse(id).map(Some),
        });
        let seen = if given { Some(seen.flatten()) } else { None };
        Caller { author: author.unwrap_or_else(|| AUTHOR.to_owned()), seen }
    }

    /// Refuses if anything was wrong, or is left over.
    pub(super) fn finish(mut self) -> Result<(), Denied> {
        let left: Vec<String> = self.left.keys().cloned().collect();
        for name in left {
            self.put(&name, "is not known here");
        }
        if self.wrong.is_empty() { Ok(()) } else { Err(Denied::Fields(self.wrong)) }
    }
}
