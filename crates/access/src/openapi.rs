//! The OpenAPI 3.1 document, made from the shapes of the tables: what is documented is what is
//! served.

use crate::admin::describe;
use facts::table::{Column, Shape, Type};
use serde_json::{Map, Value, json};

/// The whole document, as JSON text.
pub(crate) fn document(shapes: &[&Shape]) -> String {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for shape in shapes {
        paths.insert(format!("/api/v1/{}", shape.name), table_path(shape));
        paths.insert(format!("/api/v1/{}.csv", shape.name), csv_path(shape));
        schemas.insert(shape.name.into(), row_schema(shape));
    }
    if let Some(Value::Object(links)) = paths.get_mut("/api/v1/links") {
        links.insert("post".into(), attach_operation());
    }
    crate::stories::document(&mut paths, &mut schemas);
    paths.extend(describe::paths());
    schemas.extend(describe::schemas());
    paths.insert("/api/v1/alarms".into(), alarms_path());
    paths.insert("/api/v1/events".into(), events_path(shapes));
    paths.insert("/api/v1/openapi.json".into(), openapi_path());
    paths.insert("/health/live".into(), health_path("live", "the process answers", false));
    paths.insert("/health/ready".into(), health_path("ready", "tables have been published", true));
    schemas.insert("alarm".into(), alarm_schema());
    schemas.insert("refusal".into(), refusal_schema());
    let about = "Live tables of a contact centre. Every table is one array of objects; moments \
        are RFC 3339 in UTC with six digits; null means not known or not applicable. Every \
        column can be a filter by equality: ?acd=pbx1; nothing behind the equals sign means null.";
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Busyhour",
            "version": env!("CARGO_PKG_VERSION"),
            "description": about,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": { "schemas": schemas },
    })
    .to_string()
}

/// What a column holds, as JSON Schema.
fn column_schema(column: &Column, key: bool) -> Value {
    let (kind, format) = match column.kind {
        Type::Text => ("string", None),
        Type::Int | Type::Age => ("integer", Some("int64")),
        Type::Stamp => ("string", Some("date-time")),
        Type::Date => ("string", Some("date")),
        Type::Bool => ("boolean", None),
    };
    let mut schema = Map::new();
    schema.insert("type".into(), if key { json!(kind) } else { json!([kind, "null"]) });
    if let Some(format) = format {
        schema.insert("format".into(), format.into());
    }
    schema.insert("description".into(), column.doc.into());
    if column.kind == Type::Age {
        // Such a column alone never causes a delta: readers count on.
        schema.insert("x-counts-on".into(), true.into());
    }
    Value::Object(schema)
}

fn row_schema(shape: &Shape) -> Value {
    let properties: Map<String, Value> = shape
        .columns
        .iter()
        .enumerate()
        .map(|(i, c)| (c.name.into(), column_schema(c, i < shape.key)))
        .collect();
    let names: Vec<_> = shape.columns.iter().map(|c| c.name).collect();
    let key: Vec<_> = names.iter().take(shape.key).collect();
    json!({
        "type": "object",
        "description": shape.doc,
        "properties": properties,
        "required": names,
        "additionalProperties": false,
        "x-key": key,
    })
}

fn filters(shape: &Shape) -> Vec<Value> {
    let limit = json!({
        "name": "limit", "in": "query", "description": "at most so many rows",
        "schema": { "type": "integer", "minimum": 0 },
    });
    let column = |c: &Column| {
        json!({
            "name": c.name, "in": "query", "description": c.doc,
            "schema": column_schema(c, true), "allowEmptyValue": true,
        })
    };
    shape.columns.iter().map(column).chain([limit]).collect()
}

fn heads() -> Value {
    json!({
        "X-As-Of": {
            "description": "the moment the rows are true for",
            "schema": { "type": "string", "format": "date-time" },
        },
        "X-Version": {
            "description": "the version of the snapshot, to watch on from at /api/v1/events",
            "schema": { "type": "integer" },
        },
    })
}

pub(crate) fn refusal(text: &str) -> Value {
    let schema = json!({ "$ref": "#/components/schemas/refusal" });
    json!({ "description": text, "content": { "application/json": { "schema": schema } } })
}

fn table_path(shape: &Shape) -> Value {
    let item = format!("#/components/schemas/{}", shape.name);
    let rows = json!({ "type": "array", "items": { "$ref": item } });
    json!({ "get": {
        "operationId": shape.name,
        "summary": shape.doc,
        "parameters": filters(shape),
        "responses": {
            "200": {
                "description": "the rows, sorted by key",
                "headers": heads(),
                "content": { "application/json": { "schema": rows } },
            },
            "400": refusal("an unknown column, or a value of the wrong kind"),
            "503": refusal("no table has been published yet"),
        },
    } })
}

/// The only operation that changes anything (`attach.rs`).
fn attach_operation() -> Value {
    let text = json!({ "type": "string" });
    let schema = json!({
        "type": "object",
        "properties": {
            "name": { "type": "string", "description": "name of the ACD" },
            "address": { "type": "string", "description": "its AMI, on loopback: 127.0.0.1:5038" },
            "user": { "type": "string", "description": "AMI user" },
            "secret": { "type": "string", "description": "the user's secret" },
            "trunks": {
                "type": "array", "items": text, "description": "patterns of trunk endpoints",
            },
        },
        "required": ["name", "address", "user", "secret"],
        "additionalProperties": false,
    });
    let content = json!({ "application/json": { "schema": schema } });
    let made = json!({ "type": "object", "properties": { "name": text }, "required": ["name"] });
    json!({
        "operationId": "attach",
        "summary": "attach to one more switch on this machine, until the server ends",
        "requestBody": { "required": true, "content": content },
        "responses": {
            "201": {
                "description": "attached; the name under which it is shown",
                "content": { "application/json": { "schema": made } },
            },
            "400": refusal("not a link on this machine, or it was not taken"),
            "403": refusal("asked by a page"),
            "405": refusal("this server takes none"),
        },
    })
}

fn csv_path(shape: &Shape) -> Value {
    json!({ "get": {
        "operationId": format!("{}_csv", shape.name),
        "summary": format!("{}, as CSV", shape.doc),
        "parameters": filters(shape),
        "responses": {
            "200": {
                "description": "a line of column names, then the rows; null is empty",
                "headers": heads(),
                "content": { "text/csv": { "schema": { "type": "string" } } },
            },
            "400": refusal("an unknown column, or a value of the wrong kind"),
            "503": refusal("no table has been published yet"),
        },
    } })
}

fn alarms_path() -> Value {
    let rows = json!({ "type": "array", "items": { "$ref": "#/components/schemas/alarm" } });
    json!({ "get": {
        "operationId": "alarms",
        "summary": "what is wrong with this server now",
        "responses": { "200": {
            "description": "empty when all is well",
            "headers": heads(),
            "content": { "application/json": { "schema": rows } },
        } },
    } })
}

fn events_path(shapes: &[&Shape]) -> Value {
    let names: Vec<_> = shapes.iter().map(|s| s.name).collect();
    let about = "Server-sent events. `snapshot` comes first: {version, at, tables: {name: [row]}, \
        alarms}. Then `delta`: {version, at, changes: {name: {rows: [row], gone: [key]}}, alarms}, \
        at most one in 50 ms; put `rows` in place by key, drop `gone` (if you have it), and you \
        hold what a snapshot of that version would say, except for columns marked x-counts-on. \
        Every 5 s \
        `clock`: {now, at}, this server's time and when tables were last looked at. The id of an \
        event is where to go on: send it as Last-Event-ID (or since) and get exactly what \
        follows, or a new snapshot if that is too long ago or from another run of the server. \
        Whoever reads slowly skips to the newest state.";
    json!({ "get": {
        "operationId": "events",
        "summary": "the tables as they change",
        "description": about,
        "parameters": [
            {
                "name": "tables", "in": "query", "description": "only these; all if not given",
                "style": "form", "explode": false,
                "schema": { "type": "array", "items": { "type": "string", "enum": names } },
            },
            {
                "name": "since", "in": "query", "description": "the id of the last event seen",
                "schema": { "type": "string" },
            },
            {
                "name": "Last-Event-ID", "in": "header",
                "description": "the id of the last event seen; outranks since",
                "schema": { "type": "string" },
            },
        ],
        "responses": {
            "200": {
                "description": "a stream that does not end",
                "content": { "text/event-stream": { "schema": { "type": "string" } } },
            },
            "400": refusal("an unknown table, or not the id of an event"),
            "503": refusal("as many are watching as may"),
        },
    } })
}

fn openapi_path() -> Value {
    json!({ "get": {
        "operationId": "openapi",
        "summary": "this document",
        "responses": { "200": {
            "description": "OpenAPI 3.1",
            "content": { "application/json": { "schema": { "type": "object" } } },
        } },
    } })
}

fn health_path(name: &str, summary: &str, can_refuse: bool) -> Value {
    let schema = json!({
        "type": "object",
        "properties": { "status": { "type": "string" } },
        "required": ["status"],
    });
    let mut responses = Map::new();
    let content = json!({ "application/json": { "schema": schema } });
    responses.insert("200".into(), json!({ "description": "yes", "content": content }));
    if can_refuse {
        responses.insert("503".into(), refusal("not yet"));
    }
    json!({ "get": { "operationId": name, "summary": summary, "responses": responses } })
}

fn alarm_schema() -> Value {
    json!({
        "type": "object",
        "description": "something that an operator must see",
        "properties": {
            "code": { "type": "string", "description": "a stable word" },
            "since": { "type": "string", "format": "date-time" },
            "what": { "type": "string", "description": "what is the matter and what to do" },
        },
        "required": ["code", "since", "what"],
        "additionalProperties": false,
    })
}

fn refusal_schema() -> Value {
    json!({
        "type": "object",
        "description": "why a request was not served",
        "properties": {
            "code": { "type": "string", "description": "a stable word for programs" },
            "text": { "type": "string", "description": "words for people" },
            "fields": {
                "type": "array", "description": "with code wrong-fields: every one",
                "items": {
                    "type": "object",
                    "properties": {
                        "field": { "type": "string" }, "what": { "type": "string" },
                    },
                },
            },
        },
        "required": ["code", "text"],
        "additionalProperties": false,
    })
}
