//! REST under `/api/v1/`: each live table as JSON or CSV, filtered by equality.

use crate::refusal::Refusal;
use crate::site::Site;
use crate::wire;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use facts::table::{Row, Shape, Type, Value};
use facts::{Date, Stamp};

const AS_OF: HeaderName = HeaderName::from_static("x-as-of");
const VERSION: HeaderName = HeaderName::from_static("x-version");
const JSON: &str = "application/json";

/// What stands behind the `?`, or why it cannot be read.
pub(crate) type Asked = Result<Query<Vec<(String, String)>>, QueryRejection>;

/// The pairs behind the `?`.
pub(crate) fn pairs(asked: Asked) -> Result<Vec<(String, String)>, Refusal> {
    match asked {
        Ok(Query(pairs)) => Ok(pairs),
        Err(_) => Err(Refusal::bad("bad-query", "the part behind the question mark is unreadable")),
    }
}

/// What rows to give.
#[derive(Debug, Default)]
struct Filter {
    equal: Vec<(usize, Value)>,
    limit: Option<usize>,
}

impl Filter {
    fn new(shape: &Shape, asked: Vec<(String, String)>) -> Result<Self, Refusal> {
        let mut filter = Self::default();
        for (name, text) in asked {
            if name == "limit" {
                let Ok(limit) = text.parse() else {
                    let text = format!("limit must be a whole number from 0, not '{text}'");
                    return Err(Refusal::bad("bad-limit", text));
                };
                if filter.limit.replace(limit).is_some() {
                    return Err(Refusal::bad("given-twice", "limit is given twice"));
                }
                continue;
            }
            let Some((place, column)) =
                shape.columns.iter().enumerate().find(|(_, c)| c.name == name)
            else {
                let names: Vec<_> = shape.columns.iter().map(|c| c.name).collect();
                let text = format!(
                    "table {} has no column '{name}'; it has limit and {}",
                    shape.name,
                    names.join(", ")
                );
                return Err(Refusal::bad("unknown-column", text));
            };
            if filter.equal.iter().any(|(p, _)| *p == place) {
                let text = format!("column '{name}' is given twice");
                return Err(Refusal::bad("given-twice", text));
            }
            let Some(value) = read(column.kind, &text) else {
                let wanted = match column.kind {
                    Type::Int | Type::Age => "a whole number",
                    Type::Stamp => "a moment such as 2026-11-21T11:46:00Z",
                    Type::Date => "a day such as 2026-11-21",
                    Type::Bool => "true or false",
                    Type::Text => "text",
                };
                let text = format!("column '{name}' wants {wanted}, not '{text}'");
                return Err(Refusal::bad("bad-value", text));
            };
            filter.equal.push((place, value));
        }
        Ok(filter)
    }

    fn of<'a>(&'a self, rows: &'a [Row]) -> impl Iterator<Item = &'a Row> {
        let fits =
            |row: &&Row| self.equal.iter().all(|(place, wanted)| row.get(*place) == Some(wanted));
        rows.iter().filter(fits).take(self.limit.unwrap_or(usize::MAX))
    }
}

/// A value as it is written in an address; nothing at all stands for null.
fn read(kind: Type, text: &str) -> Option<Value> {
    if text.is_empty() {
        return Some(Value::Null);
    }
    match kind {
        Type::Text => Some(Value::from(text)),
        Type::Int | Type::Age => text.parse().ok().map(Value::Int),
        Type::Stamp => Stamp::parse(text).map(Value::Stamp),
        Type::Date => Date::parse(text).map(Value::Date),
        Type::Bool => text.parse().ok().map(Value::Bool),
    }
}

/// `/api/v1/{table}` and `/api/v1/{table}.csv`.
pub(crate) async fn table(
    State(site): State<Site>,
    Path(name): Path<String>,
    asked: Asked,
) -> Result<Response, Refusal> {
    let (name, as_csv) = match name.strip_suffix(".csv") {
        Some(name) => (name, true),
        None => (name.as_str(), false),
    };
    let Some(shape) = site.shape(name) else {
        let names: Vec<_> = site.shapes().iter().map(|s| s.name).collect();
        let text = format!("there is no table '{name}'; there are alarms, {}", names.join(", "));
        return Err(Refusal::missing("unknown-table", text));
    };
    let filter = Filter::new(shape, pairs(asked)?)?;
    let now = site.live().fresh().await;
    if now.version == 0 {
        return Err(Refusal::later("not-ready", "no table has been published yet; try again soon"));
    }
    let table = now.tables.get(shape.name);
    let rows = table.map_or(&[][..], |t| t.rows.as_slice());
    let as_of = table.map_or(now.at, |t| t.as_of);
    let head = [(AS_OF, as_of.to_string()), (VERSION, now.version.to_string())];
    if as_csv {
        let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present")];
        return Ok((head, kind, wire::csv(shape, filter.of(rows))).into_response());
    }
    let mut body = String::new();
    wire::json_rows(&mut body, shape, filter.of(rows));
    Ok((head, [(header::CONTENT_TYPE, JSON)], body).into_response())
}

/// `/api/v1/alarms`: what is wrong with this server now.
pub(crate) async fn alarms(State(site): State<Site>) -> Response {
    let now = site.live().snapshot();
    let mut body = String::new();
    wire::json_alarms(&mut body, &now.alarms);
    let head = [(AS_OF, now.at.to_string()), (VERSION, now.version.to_string())];
    (head, [(header::CONTENT_TYPE, JSON)], body).into_response()
}

/// `/api/v1/openapi.json`.
pub(crate) async fn openapi(State(site): State<Site>) -> Response {
    ([(header::CONTENT_TYPE, JSON)], site.openapi().to_owned()).into_response()
}

/// Anything but reading.
pub(crate) async fn wrong_method() -> Refusal {
    let text = "this address can only be read: use GET or HEAD";
    Refusal { status: StatusCode::METHOD_NOT_ALLOWED, code: "wrong-method", text: text.into() }
}
