//! What the OpenAPI document says of decisions.

use crate::openapi::refusal;
use facts::decree::Measure;
use serde_json::{Map, Value, json};

fn path_parameter(name: &str, about: &str) -> Value {
    let schema = match name {
        "measure" => json!({ "type": "string", "enum": Measure::ALL.map(Measure::word) }),
        "scope" => json!({ "type": "string", "enum": ["group", "members"] }),
        _ => json!({ "type": "string" }),
    };
    json!({ "name": name, "in": "path", "required": true, "description": about, "schema": schema })
}

fn content(schema: &str) -> Value {
    let schema = json!({ "$ref": format!("#/components/schemas/{schema}") });
    json!({ "application/json": { "schema": schema } })
}

fn body(schema: &str) -> Value {
    json!({ "required": true, "content": content(schema) })
}

/// What every change is answered with.
fn changed(status: &str) -> Value {
    let mut out = Map::new();
    let done = "kept, synced to the disk, and in force: the decree (if nothing changed, the one \
        that is in force)";
    out.insert(status.into(), json!({ "description": done, "content": content("decree") }));
    out.insert("400".into(), refusal("not JSON, or fields are wrong: all are named"));
    out.insert("403".into(), refusal("asked by a page of another site"));
    out.insert("404".into(), refusal("no such thing, or this server takes no decisions"));
    out.insert("409".into(), refusal("somebody else decided meanwhile, or it is undone already"));
    out.insert("503".into(), refusal("not kept, or not yet: the text says which"));
    Value::Object(out)
}

fn removal_parameters() -> [Value; 2] {
    let text = json!({ "type": "string" });
    [
        json!({ "name": "author", "in": "query", "description": "who decides; local if not given",
            "schema": text }),
        json!({ "name": "replaces", "in": "query", "schema": text, "allowEmptyValue": true,
            "description": "only if what is there comes from this decree; empty: built in" }),
    ]
}

/// A thing that can be looked up, set and removed.
fn settled(id: &str, what: &str, schema: &str, wanted: &str, parameters: &[Value]) -> Value {
    json!({
        "parameters": parameters,
        "get": {
            "operationId": id,
            "summary": format!("{what}, as it was decided"),
            "responses": {
                "200": { "description": "it is in force", "content": content(schema) },
                "404": refusal("none is decided or built in at this very place"),
            },
        },
        "put": {
            "operationId": format!("put_{id}"),
            "summary": format!("decides on {what}"),
            "requestBody": body(wanted),
            "responses": changed("200"),
        },
        "delete": {
            "operationId": format!("delete_{id}"),
            "summary": format!("removes {what}"),
            "parameters": removal_parameters(),
            "responses": changed("200"),
        },
    })
}

/// The paths.
pub(crate) fn paths() -> Map<String, Value> {
    let acd = || path_parameter("acd", "the queue's switch");
    let name = || path_parameter("name", "its name");
    let scope = || path_parameter("scope", "the group as a whole, or each of its members");
    let measure = || path_parameter("measure", "which figure");
    let threshold = |id: &str, what: &str, parameters: &[Value]| {
        settled(id, what, "threshold", "threshold_wanted", parameters)
    };
    let usual = threshold("threshold", "a default threshold", &[measure()]);
    let of_group = threshold(
        "group_threshold",
        "a threshold of a group or of its members",
        &[scope(), name(), measure()],
    );
    let of_queue =
        threshold("queue_threshold", "a threshold of one queue", &[acd(), name(), measure()]);
    let group = settled("group", "a group", "group", "group_wanted", &[name()]);
    let history = json!({ "get": {
        "operationId": "decrees",
        "summary": "everything that was decided, newest first",
        "parameters": [{ "name": "limit", "in": "query", "description": "at most so many; 1000",
            "schema": { "type": "integer", "minimum": 0 } }],
        "responses": {
            "200": { "description": "the history", "content": content("history") },
            "404": refusal("this server takes no decisions"),
        },
    } });
    let undo = json!({
        "parameters": [path_parameter("id", "the decree")],
        "post": {
            "operationId": "undo",
            "summary": "from now on everything is as if that decree had not been made; undoing \
                an undo brings it back",
            "requestBody": body("author"),
            "responses": changed("201"),
        },
    });
    Map::from_iter([
        ("/api/v1/thresholds/default/{measure}".to_owned(), usual),
        ("/api/v1/thresholds/{scope}/{name}/{measure}".to_owned(), of_group),
        ("/api/v1/thresholds/queue/{acd}/{name}/{measure}".to_owned(), of_queue),
        ("/api/v1/groups/{name}".to_owned(), group),
        ("/api/v1/decrees".to_owned(), history),
        ("/api/v1/decrees/{id}/undo".to_owned(), undo),
    ])
}

/// The schemas that the paths name.
pub(crate) fn schemas() -> Map<String, Value> {
    let text = || json!({ "type": "string" });
    let maybe = || json!({ "type": ["string", "null"] });
    let number = |about: &str| json!({ "type": ["integer", "null"], "description": about });
    let author = json!({ "type": "string", "description": "who decides; local if not given" });
    let replaces = json!({
        "type": ["string", "null"],
        "description": "only if what is there comes from this decree (null: from none); without \
            it whatever is there is replaced",
    });
    let members = json!({
        "type": "array", "items": text(),
        "description": "ACD/NAME; * stands for any run of characters: */sales",
    });
    let kind = json!({ "type": "string", "enum": ["queues", "agents"] });
    let direction = json!({ "type": "string", "enum": ["above", "below"] });
    let threshold = json!({ "type": "object", "properties": {
        "direction": direction,
        "caution": number("from here on: have a look; null: no such level"),
        "warning": number("from here on: do something; null: no such level"),
        "hysteresis": number("how far back behind a limit the level is over; 0"),
        "for_s": number("for how many seconds on end a limit must be reached; 0"),
        "author": author, "replaces": replaces,
    }, "additionalProperties": false });
    let group_wanted = json!({ "type": "object", "properties": {
        "kind": kind, "members": members, "author": author, "replaces": replaces,
    }, "required": ["kind", "members"], "additionalProperties": false });
    let group = json!({ "type": "object", "properties": {
        "name": text(), "kind": kind, "members": members, "decree": maybe(), "author": maybe(),
        "at": maybe(),
    }, "required": ["name", "kind", "members", "decree", "author", "at"] });
    let in_force = json!({ "type": "object",
        "description": "the columns of table thresholds; acd and name are empty where they say \
            nothing" });
    let decree = json!({ "type": "object", "properties": {
        "id": text(),
        "at": { "type": "string", "format": "date-time" },
        "author": text(),
        "kind": { "type": "string", "description": "set-threshold, remove-threshold, set-group, \
            remove-group, undo, or a word of a later version" },
        "what": { "type": "string", "description": "what was decided, for people" },
        "change": { "type": "object", "description": "the same in fields" },
        "undone_by": { "type": ["string", "null"], "description": "the decree that undid it" },
    }, "required": ["id", "at", "author", "kind", "what", "change", "undone_by"] });
    let decrees = json!({ "type": "array", "items": { "$ref": "#/components/schemas/decree" } });
    let history = json!({ "type": "object", "properties": {
        "decrees": decrees,
        "damages": { "type": "array", "items": text(), "description": "what could not be read" },
    }, "required": ["decrees", "damages"] });
    let by = json!({ "type": "object", "properties": { "author": author },
        "additionalProperties": false });
    Map::from_iter([
        ("threshold".to_owned(), in_force),
        ("threshold_wanted".to_owned(), threshold),
        ("group_wanted".to_owned(), group_wanted),
        ("group".to_owned(), group),
        ("decree".to_owned(), decree),
        ("history".to_owned(), history),
        ("author".to_owned(), by),
    ])
}
