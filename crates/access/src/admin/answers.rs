//! How decrees and what is in force by them are written as JSON, and how a refusal is.

use crate::refusal::Refusal;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{DecreeError, History, Settled};
use facts::decree::{Change, DecreeId, Decreed, Group, Limits, Place, Scope};
use serde_json::{Map, Value, json};

/// Why something was not decided.
pub(crate) enum Denied {
    /// The request as a whole.
    Plain(Refusal),
    /// These fields, each with what is wrong with it.
    Fields(Vec<(String, String)>),
}

impl From<Refusal> for Denied {
    fn from(refusal: Refusal) -> Self {
        Self::Plain(refusal)
    }
}

impl From<DecreeError> for Denied {
    fn from(error: DecreeError) -> Self {
        let (status, code) = match &error {
            DecreeError::Wrong(wrong) => {
                let field = |w: &engine::Wrong| (w.field.to_owned(), w.what.clone());
                return Self::Fields(wrong.iter().map(field).collect());
            }
            DecreeError::Unknown(_) => (StatusCode::NOT_FOUND, "unknown-decree"),
            DecreeError::Undone { .. } => (StatusCode::CONFLICT, "undone"),
            DecreeError::NoEffect(_) => (StatusCode::CONFLICT, "no-effect"),
            DecreeError::Overtaken(_) => (StatusCode::CONFLICT, "overtaken"),
            DecreeError::NotYetKept(_) => (StatusCode::SERVICE_UNAVAILABLE, "not-yet-kept"),
            DecreeError::Waiting => (StatusCode::SERVICE_UNAVAILABLE, "waiting"),
            DecreeError::NotKept(_) => (StatusCode::SERVICE_UNAVAILABLE, "not-kept"),
        };
        Self::Plain(Refusal { status, code, text: error.to_string().into() })
    }
}

/// A refusal that names every wrong field.
pub(super) fn wrong_fields(wrong: &[(String, String)]) -> Response {
    let text: Vec<_> = wrong.iter().map(|(field, what)| format!("{field}: {what}")).collect();
    let each = |(field, what): &(String, String)| json!({ "field": field, "what": what });
    let fields: Vec<_> = wrong.iter().map(each).collect();
    let body = json!({ "code": "wrong-fields", "text": text.join("; "), "fields": fields });
    json(StatusCode::BAD_REQUEST, &body)
}

/// An answer in JSON.
pub(super) fn json(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn put_source(out: &mut Map<String, Value>, by: Option<&engine::Source>) {
    out.insert("decree".into(), by.map(|s| s.id.to_string()).into());
    out.insert("author".into(), by.map(|s| s.author.to_string()).into());
    out.insert("at".into(), by.map(|s| s.at.to_string()).into());
}

fn place_fields(place: &Place) -> Map<String, Value> {
    let (acd, name) = match &place.scope {
        Scope::Default => (None, None),
        Scope::Group(name) | Scope::Members(name) => (None, Some(name)),
        Scope::Queue { acd, name } => (Some(acd), Some(name)),
    };
    let text = |text: Option<&facts::Text>| Value::from(text.map_or("", |t| t));
    let mut out = Map::new();
    out.insert("acd".into(), text(acd));
    out.insert("scope".into(), place.scope.word().into());
    out.insert("name".into(), text(name));
    out.insert("measure".into(), place.measure.word().into());
    out
}

fn put_limits(out: &mut Map<String, Value>, limits: &Limits) {
    out.insert("direction".into(), limits.side.word().into());
    out.insert("caution".into(), limits.caution.into());
    out.insert("warning".into(), limits.warning.into());
    out.insert("hysteresis".into(), limits.hysteresis.into());
    out.insert("for_s".into(), limits.for_s.into());
}

fn group_fields(group: &Group) -> Map<String, Value> {
    let members: Vec<_> = group.members.iter().map(ToString::to_string).collect();
    let mut out = Map::new();
    out.insert("name".into(), (*group.name).into());
    out.insert("kind".into(), group.kind.word().into());
    out.insert("members".into(), members.into());
    out
}

/// A threshold in force, the columns of the table `thresholds`.
pub(super) fn threshold(place: &Place, settled: &Settled<Limits>) -> Value {
    let mut out = place_fields(place);
    put_limits(&mut out, &settled.what);
    put_source(&mut out, settled.by.as_ref());
    Value::Object(out)
}

/// A group as it was decided.
pub(super) fn group(settled: &Settled<Group>) -> Value {
    let mut out = group_fields(&settled.what);
    put_source(&mut out, settled.by.as_ref());
    Value::Object(out)
}

/// A decree: who, when, what in words and in fields.
pub(super) fn decreed(decreed: &Decreed, undone_by: Option<DecreeId>) -> Value {
    let decree = &decreed.decree;
    let fields = match &decree.change {
        Change::SetThreshold(threshold) => {
            let mut out = place_fields(&threshold.place);
            put_limits(&mut out, &threshold.limits);
            out
        }
        Change::RemoveThreshold(place) => place_fields(place),
        Change::SetGroup(group) => group_fields(group),
        Change::RemoveGroup(name) => Map::from_iter([("name".to_owned(), Value::from(&**name))]),
        Change::Undo(id) => Map::from_iter([("of".to_owned(), Value::from(id.to_string()))]),
        Change::Unread(unread) => Map::from_iter([("why".to_owned(), Value::from(&*unread.why))]),
    };
    json!({
        "id": decreed.id.to_string(),
        "at": decree.at.to_string(),
        "author": &*decree.author,
        "kind": decree.change.kind(),
        "what": decree.change.to_string(),
        "change": fields,
        "undone_by": undone_by.map(|id| id.to_string()),
    })
}

/// The newest `limit` decrees, newest first, and what could not be read.
pub(super) fn history(history: &History, limit: usize) -> Value {
    let decrees: Vec<_> =
        history.decrees.iter().take(limit).map(|p| decreed(&p.decreed, p.undone_by)).collect();
    json!({ "decrees": decrees, "damages": history.damages })
}
