//! REST: the day of an agent, the life of a call, the last hour of a queue. Names come
//! percent-encoded in the path, so that they may hold `/`, `@` and blanks.

use crate::refusal::Refusal;
use crate::site::Site;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::{AgentDay, AgentSpan, CallLife, CallStep, KINDS, Minute, QueueHour, STATES};
use facts::Stamp;
use serde_json::{Map, Value, json};

/// A property of an answer: name, JSON type, what it says.
type Property = (&'static str, &'static str, &'static str);

const SPAN: &[Property] = &[
    ("from", "moment", "from when"),
    ("to", "moment?", "until when; null: it goes on"),
    ("state", "state", "AVAIL, RING, ACD, ACW, AUX, OTHER; OUT: logged off; UNKNOWN: not heard"),
    ("reason", "text?", "the reason of a pause"),
    ("direction", "text?", "IN or OUT: the direction of the call"),
    ("split", "text?", "the queue of the call or of the after-call work"),
    ("call", "text?", "the call, by the id it had then"),
    ("party", "text?", "the number at the other end"),
];
const STEP: &[Property] = &[
    ("at", "moment", "when"),
    ("kind", "kind", "what happened"),
    ("split", "text?", "the queue"),
    ("agent", "text?", "the agent"),
    ("agent_name", "text?", "his name"),
    ("detail", "text?", "what else is known of it, for a person"),
    ("ms", "number?", "how long it took: wait, ring or hold, milliseconds"),
];
const MINUTE: &[Property] = &[
    ("at", "moment", "when the minute begins"),
    ("waiting_max", "number", "most callers that waited at once"),
    ("oldest_wait_max_s", "number", "longest that anybody had waited so far, seconds"),
    ("offered", "number", "calls that came to wait"),
    ("answered", "number", "calls answered"),
    ("answered_in_sl", "number", "of them within the service level"),
    ("abandoned", "number", "callers who gave up"),
    ("other", "number", "calls that left otherwise"),
    ("refused", "number", "calls turned away on arrival, not among the offered"),
    ("staffed", "number", "agents logged on at the end of the minute, or now"),
    ("available", "number", "of them available"),
    ("heard_s", "number", "seconds of it in which the switch was heard"),
];
const DAY: &[Property] = &[
    ("acd", "text", "the ACD"),
    ("agent", "text", "the agent"),
    ("name", "text?", "his name"),
    ("day_start", "moment", "local midnight, on the switch's clock"),
    ("now", "moment", "how far the story goes"),
    ("cut", "truth", "the beginning of the day was dropped for want of room"),
    ("spans", "span", "oldest first, without a gap"),
];
const LIFE: &[Property] = &[
    ("acd", "text", "the ACD"),
    ("call", "text", "the id it is shown by"),
    ("ids", "ids", "all ids it was known by, that one first"),
    ("caller", "text?", "number of the caller"),
    ("caller_name", "text?", "his name"),
    ("dialled", "text?", "the number dialled"),
    ("vdn", "text?", "the VDN"),
    ("trunk", "text?", "the trunk group it came or went by"),
    ("direction", "text", "IN, OUT or INTERNAL"),
    ("began", "moment", "when it began"),
    ("ended", "moment?", "when it was over; null: it goes on"),
    ("cut", "truth", "steps in the middle were dropped for want of room"),
    ("steps", "step", "oldest first"),
];
const HOUR: &[Property] = &[
    ("acd", "text", "the ACD"),
    ("queue", "text", "the queue"),
    ("service_level_s", "number", "the service level, seconds"),
    ("minutes", "minute", "60, oldest first; the last one is the current one"),
];

/// What is not known is null.
fn known(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

fn moment(at: Stamp) -> Value {
    at.to_string().into()
}

fn span(s: &AgentSpan) -> Value {
    json!({
        "from": moment(s.from), "to": s.to.map(moment), "state": s.state,
        "reason": known(&s.reason), "direction": s.direction, "split": s.split.as_deref(),
        "call": s.call.as_deref(), "party": known(&s.party),
    })
}

fn step(s: &CallStep) -> Value {
    json!({
        "at": moment(s.at), "kind": s.kind, "split": s.split.as_deref(),
        "agent": s.agent.as_deref(), "agent_name": s.agent_name.as_deref(),
        "detail": known(&s.detail), "ms": s.ms,
    })
}

fn minute(m: &Minute) -> Value {
    json!({
        "at": moment(m.at), "waiting_max": m.waiting_max,
        "oldest_wait_max_s": m.oldest_wait_max_s, "offered": m.offered, "answered": m.answered,
        "answered_in_sl": m.answered_in_sl, "abandoned": m.abandoned, "other": m.other,
        "refused": m.refused, "staffed": m.staffed, "available": m.available,
        "heard_s": m.heard_s,
    })
}

fn day(d: &AgentDay) -> Value {
    json!({
        "acd": &*d.acd, "agent": &*d.agent, "name": known(&d.name),
        "day_start": moment(d.day_start), "now": moment(d.now), "cut": d.cut,
        "spans": d.spans.iter().map(span).collect::<Vec<_>>(),
    })
}

fn life(l: &CallLife) -> Value {
    json!({
        "acd": &*l.acd, "call": &*l.call,
        "ids": l.ids.iter().map(|i| &**i).collect::<Vec<_>>(),
        "caller": known(&l.caller), "caller_name": known(&l.caller_name),
        "dialled": known(&l.dialled), "vdn": known(&l.vdn), "trunk": known(&l.trunk),
        "direction": l.direction, "began": moment(l.began), "ended": l.ended.map(moment),
        "cut": l.cut, "steps": l.steps.iter().map(step).collect::<Vec<_>>(),
    })
}

fn hour(acd: &str, queue: &str, h: &QueueHour) -> Value {
    json!({
        "acd": acd, "queue": queue, "service_level_s": h.service_level_s,
        "minutes": h.minutes.iter().map(minute).collect::<Vec<_>>(),
    })
}

fn answer(body: &Value) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

/// `/api/v1/agents/{acd}/{agent}/day`.
pub(crate) async fn agent_day(
    State(site): State<Site>,
    Path((acd, agent)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let found = site.hooks().stories.agent_day(&acd, &agent);
    found.map(|d| answer(&day(&d))).ok_or_else(|| {
        let text = format!(
            "nothing is known today of an agent '{agent}' of acd '{acd}'; /api/v1/agents names them"
        );
        Refusal::missing("unknown-agent", text)
    })
}

/// `/api/v1/calls/{acd}/{call}/life`.
pub(crate) async fn call_life(
    State(site): State<Site>,
    Path((acd, call)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let found = site.hooks().stories.call_life(&acd, &call);
    found.map(|l| answer(&life(&l))).ok_or_else(|| {
        let text = format!(
            "no call '{call}' of acd '{acd}' is known, or not any more; /api/v1/calls names the \
             newest"
        );
        Refusal::missing("unknown-call", text)
    })
}

/// `/api/v1/queues/{acd}/{queue}/hour`.
pub(crate) async fn queue_hour(
    State(site): State<Site>,
    Path((acd, queue)): Path<(String, String)>,
) -> Result<Response, Refusal> {
    let found = site.hooks().stories.queue_hour(&acd, &queue);
    found.map(|h| answer(&hour(&acd, &queue, &h))).ok_or_else(|| {
        let text = format!(
            "nothing is known of a queue '{queue}' of acd '{acd}'; /api/v1/queues names them"
        );
        Refusal::missing("unknown-queue", text)
    })
}

/// The JSON Schema of an answer or of a part of it.
fn schema(about: &str, properties: &[Property]) -> Value {
    let array = |item: &str| {
        let item = json!({ "$ref": format!("#/components/schemas/{item}") });
        json!({ "type": "array", "items": item })
    };
    let mut all = Map::new();
    for (name, kind, doc) in properties {
        let plain = kind.trim_end_matches('?');
        let mut one = match plain {
            "moment" => json!({ "type": "string", "format": "date-time" }),
            "number" => json!({ "type": "integer", "format": "int64" }),
            "truth" => json!({ "type": "boolean" }),
            "state" => json!({ "type": "string", "enum": STATES }),
            "kind" => json!({ "type": "string", "enum": KINDS }),
            "ids" => json!({ "type": "array", "items": { "type": "string" } }),
            "span" => array("agent_span"),
            "step" => array("call_step"),
            "minute" => array("queue_minute"),
            _ => json!({ "type": "string" }),
        };
        if plain != *kind
            && let Some(of) = one.get_mut("type")
        {
            *of = json!([of.clone(), "null"]);
        }
        if let Some(one) = one.as_object_mut() {
            one.insert("description".into(), (*doc).into());
        }
        all.insert((*name).into(), one);
    }
    let names: Vec<_> = properties.iter().map(|p| p.0).collect();
    json!({
        "type": "object", "description": about, "properties": all, "required": names,
        "additionalProperties": false,
    })
}

/// What the OpenAPI document says of these answers: paths and schemas.
pub(crate) fn document(paths: &mut Map<String, Value>, schemas: &mut Map<String, Value>) {
    for (path, of, name, about) in [
        ("agents", "agent", "day", "what an agent did today, state by state"),
        ("calls", "call", "life", "what became of a call, step by step; by any of its ids"),
        ("queues", "queue", "hour", "a queue's last hour, minute by minute"),
    ] {
        let parameter = |name: &str| {
            json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" },
                    "description": "percent-encoded: it may hold a slash" })
        };
        let item = json!({ "$ref": format!("#/components/schemas/{of}_{name}") });
        let refusal = json!({ "$ref": "#/components/schemas/refusal" });
        let get = json!({ "get": {
            "operationId": format!("{of}_{name}"),
            "summary": about,
            "parameters": [parameter("acd"), parameter(of)],
            "responses": {
                "200": {
                    "description": "the story so far",
                    "content": { "application/json": { "schema": item } },
                },
                "404": {
                    "description": "no such name, or nothing is known of it any more",
                    "content": { "application/json": { "schema": refusal } },
                },
            },
        } });
        paths.insert(format!("/api/v1/{path}/{{acd}}/{{{of}}}/{name}"), get);
    }
    for (name, about, properties) in [
        ("agent_day", "what an agent did today", DAY),
        ("agent_span", "a time in which nothing that can be seen of an agent changed", SPAN),
        ("call_life", "what became of a call", LIFE),
        ("call_step", "something that happened to a call", STEP),
        ("queue_hour", "what happened in a queue in the last hour", HOUR),
        ("queue_minute", "a minute of a queue", MINUTE),
    ] {
        schemas.insert(name.into(), schema(about, properties));
    }
}
