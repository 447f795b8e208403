//! An agent's day, a call's life, a queue's last hour over REST.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Site, at};
use engine::{AgentDay, AgentSpan, CallLife, CallStep, MINUTES, Minute, QueueHour, Stories};
use facts::Text;
use serde_json::{Value, json};

fn span(from: i64, to: Option<i64>, state: &'static str, call: Option<&str>) -> AgentSpan {
    AgentSpan {
        from: at(from),
        to: to.map(at),
        state,
        reason: Text::from(if state == "AUX" { "Lunch" } else { "" }),
        direction: call.map(|_| "IN"),
        split: call.map(|_| Text::from("help, desk")),
        call: call.map(Text::from),
        party: Text::from(if call.is_some() { "5551234" } else { "" }),
    }
}

fn step(secs: i64, kind: &'static str, detail: &str) -> CallStep {
    let detail = Text::from(detail);
    let ms = (kind == "answered").then_some(2_003);
    let agent = ms.map(|_| Text::from("Local/1001@agents/n"));
    let agent_name = ms.map(|_| Text::from("Zoë"));
    CallStep { at: at(secs), kind, split: None, agent, agent_name, detail, ms }
}

fn told() -> Stories {
    let stories = Stories::new();
    stories.put_agent_day(&AgentDay {
        acd: "a".into(),
        agent: "Local/1001@agents/n".into(),
        name: "Zoë".into(),
        day_start: at(0),
        now: at(100),
        spans: vec![
            span(0, Some(10), "AVAIL", None),
            span(10, Some(30), "ACD", Some("1.7")),
            span(30, None, "AUX", None),
        ],
        cut: false,
    });
    for (id, ended) in [("1.7", Some(at(30))), ("1.8", None)] {
        let mut steps = vec![step(5, "entry", "8001 from 5551234"), step(10, "answered", "")];
        steps.extend(ended.map(|_| step(30, "hangup", "caller")));
        stories.put_call_life(&CallLife {
            acd: "a".into(),
            call: id.into(),
            ids: vec![id.into(), format!("{id}9").into()],
            caller: "5551234".into(),
            caller_name: "".into(),
            dialled: "8001".into(),
            vdn: "8001".into(),
            trunk: "PJSIP/trunk".into(),
            direction: "IN",
            began: at(5),
            ended,
            steps,
            cut: false,
        });
    }
    let minutes = (0..60).map(|i| Minute { at: at(60 * i), offered: 3, ..Minute::default() });
    let hour = QueueHour { minutes: minutes.collect(), service_level_s: 20 };
    stories.put_queue_hour("a", "help, desk", &hour);
    stories
}

fn site() -> Site {
    Site::start(Hooks { stories: told(), ..Hooks::default() })
}

#[test]
fn a_day_comes_whole_under_a_name_with_slashes() {
    let answer = site().get("/api/v1/agents/a/Local%2F1001%40agents%2Fn/day");
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.headers["content-type"], "application/json");
    let day = answer.json();
    assert_eq!(day["agent"], "Local/1001@agents/n");
    assert_eq!(day["name"], "Zoë");
    assert_eq!(day["cut"], false);
    assert_eq!(
        day["spans"],
        json!([
            { "from": "2026-11-21T11:46:00.000000Z", "to": "2026-11-21T11:46:10.000000Z",
              "state": "AVAIL", "reason": null, "direction": null, "split": null, "call": null,
              "party": null },
            { "from": "2026-11-21T11:46:10.000000Z", "to": "2026-11-21T11:46:30.000000Z",
              "state": "ACD", "reason": null, "direction": "IN", "split": "help, desk",
              "call": "1.7", "party": "5551234" },
            { "from": "2026-11-21T11:46:30.000000Z", "to": null, "state": "AUX",
              "reason": "Lunch", "direction": null, "split": null, "call": null, "party": null },
        ])
    );
}

#[test]
fn a_life_is_found_by_any_id_live_or_ended() {
    let site = site();
    for (id, last) in
        [("1.7", "hangup"), ("1.79", "hangup"), ("1.8", "answered"), ("1.89", "answered")]
    {
        let answer = site.get(&format!("/api/v1/calls/a/{id}/life"));
        assert_eq!(answer.status, 200, "{id}");
        let life = answer.json();
        assert!(life["ids"].as_array().expect("ids").contains(&json!(id)));
        let steps = life["steps"].as_array().expect("steps");
        assert_eq!(steps[0]["kind"], "entry");
        assert_eq!(steps[1]["ms"], 2_003);
        assert_eq!(steps[1]["agent_name"], "Zoë");
        assert_eq!(steps[1]["detail"], Value::Null);
        assert_eq!(steps.last().expect("a step")["kind"], last, "{id}");
        assert_eq!(life["ended"].is_null(), last != "hangup");
        assert_eq!(life["trunk"], "PJSIP/trunk");
        assert_eq!(life["caller_name"], Value::Null);
    }
}

#[test]
fn an_hour_has_sixty_minutes() {
    let hour = site().get("/api/v1/queues/a/help%2C%20desk/hour").json();
    assert_eq!((&hour["acd"], &hour["queue"]), (&json!("a"), &json!("help, desk")));
    assert_eq!(hour["service_level_s"], 20);
    let minutes = hour["minutes"].as_array().expect("minutes");
    assert_eq!(minutes.len(), MINUTES);
    assert!(minutes.iter().all(|m| m["offered"] == 3));
    assert_eq!(minutes[59]["at"], "2026-11-21T12:45:00.000000Z");
}

#[test]
fn who_is_not_known_is_refused_in_words() {
    let site = site();
    for (path, code) in [
        ("/api/v1/agents/a/nobody/day", "unknown-agent"),
        ("/api/v1/agents/b/Local%2F1001%40agents%2Fn/day", "unknown-agent"),
        ("/api/v1/calls/a/9.9/life", "unknown-call"),
        ("/api/v1/queues/a/nowhere/hour", "unknown-queue"),
    ] {
        let answer = site.get(path);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some(code)), "{path}");
        assert!(answer.json()["text"].as_str().is_some_and(|t| t.contains("/api/v1/")), "{path}");
    }
    let answer = site.raw(
        "POST /api/v1/agents/a/x/day HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(answer.status, 405);
}

#[test]
fn openapi_says_of_stories_what_they_are() {
    let site = site();
    let doc = site.get("/api/v1/openapi.json").json();
    for (path, real, schema) in [
        ("agents/{acd}/{agent}/day", "agents/a/Local%2F1001%40agents%2Fn/day", "agent_day"),
        ("calls/{acd}/{call}/life", "calls/a/1.7/life", "call_life"),
        ("queues/{acd}/{queue}/hour", "queues/a/help%2C%20desk/hour", "queue_hour"),
    ] {
        let get = &doc["paths"][format!("/api/v1/{path}")]["get"];
        assert_eq!(get["operationId"], schema);
        let schemas = &doc["components"]["schemas"];
        let answer = site.get(&format!("/api/v1/{real}")).json();
        fits(schemas, &schemas[schema], &answer);
    }
}

/// The properties of an answer are those that its schema names, all the way down.
fn fits(schemas: &Value, schema: &Value, answer: &Value) {
    let schema = match schema["$ref"].as_str() {
        Some(r) => &schemas[r.rsplit('/').next().expect("a name")],
        None => schema,
    };
    match answer {
        Value::Object(have) => {
            let said = schema["properties"].as_object().expect("properties");
            let names = |m: &serde_json::Map<String, Value>| {
                let mut names: Vec<String> = m.keys().cloned().collect();
                names.sort();
                names
            };
            assert_eq!(names(said), names(have));
            for (name, value) in have {
                fits(schemas, &said[name], value);
            }
        }
        Value::Array(have) => have.iter().for_each(|one| fits(schemas, &schema["items"], one)),
        plain => {
            let kind = match plain {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(_) => "integer",
                _ => "string",
            };
            let said = &schema["type"];
            let all = said.as_array().cloned().unwrap_or_else(|| vec![said.clone()]);
            assert!(all.contains(&json!(kind)), "{schema} is no {kind}");
            if let Some(words) = schema["enum"].as_array() {
                assert!(words.contains(plain), "{plain} is none of {words:?}");
            }
        }
    }
}
