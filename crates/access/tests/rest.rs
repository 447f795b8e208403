//! REST, OpenAPI, health, and who is let in.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::{Hooks, ServeError, serve};
use client::{Site, at, shapes};
use engine::Live;
use facts::table::Value;
use serde_json::json;
use std::net::SocketAddr;

fn text(s: &str) -> Value {
    Value::from(s)
}

fn two_queues() -> Site {
    let site = Site::start(Hooks::default());
    site.publish(
        "queues",
        &[
            &[("acd", text("a")), ("queue", text("sales")), ("waiting", Value::Int(3))],
            &[
                ("acd", text("a")),
                ("queue", text("help, \"desk\"")),
                ("waiting", Value::Int(0)),
                ("oldest_since", Value::Stamp(at(7))),
            ],
        ],
    );
    site
}

#[test]
fn before_anything_is_published_nothing_is_claimed() {
    let site = Site::start(Hooks::default());
    assert_eq!(site.get("/health/live").status, 200);
    let ready = site.get("/health/ready");
    assert_eq!((ready.status, ready.json()["code"].as_str()), (503, Some("not-ready")));
    assert_eq!(site.get("/api/v1/queues").status, 503);
    site.publish("queues", &[]);
    let ready = site.get("/health/ready");
    assert_eq!((ready.status, &ready.json()["version"]), (200, &json!(1)));
    assert_eq!(site.get("/api/v1/queues").body, "[]");
    assert_eq!(site.get("/api/v1/agents").body, "[]", "known, not published");
}

#[test]
fn a_table_is_one_array_of_objects() {
    let site = two_queues();
    let answer = site.get("/api/v1/queues");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "application/json");
    assert_eq!(answer.headers["x-as-of"], "2026-11-21T12:02:40.000000Z");
    assert_eq!(answer.headers["x-version"], "1");
    let rows = answer.json();
    let rows = rows.as_array().expect("an array");
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["queue"], "help, \"desk\"");
    assert_eq!(rows[0]["oldest_since"], "2026-11-21T11:46:07.000000Z");
    assert_eq!(rows[1]["oldest_since"], json!(null));
    let columns = model::shape("queues").expect("queues").columns.len();
    assert_eq!(rows[1].as_object().map(serde_json::Map::len), Some(columns));
}

#[test]
fn every_table_answers_as_json_and_as_csv() {
    let site = two_queues();
    for shape in shapes() {
        let answer = site.get(&format!("/api/v1/{}", shape.name));
        assert_eq!(answer.status, 200, "{}", shape.name);
        assert!(answer.json().is_array());
        let answer = site.get(&format!("/api/v1/{}.csv", shape.name));
        assert!(answer.headers["content-type"].starts_with("text/csv"));
        let names: Vec<_> = shape.columns.iter().map(|c| c.name).collect();
        assert_eq!(answer.body.lines().next(), Some(names.join(",").as_str()));
    }
    let body = site.get("/api/v1/queues.csv?waiting=0").body;
    assert!(body.contains("\r\na,\"help, \"\"desk\"\"\",0,"), "{body}");
}

#[test]
fn filters_are_by_equality_on_any_column() {
    let site = two_queues();
    let found = |query: &str| {
        let rows = site.get(&format!("/api/v1/queues?{query}")).json();
        let names = rows.as_array().expect("an array").iter();
        names.map(|r| r["queue"].as_str().unwrap_or("?").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("queue=sales"), ["sales"]);
    assert_eq!(found("queue=help%2C+%22desk%22&waiting=0"), ["help, \"desk\""]);
    assert_eq!(found("oldest_since="), ["sales"], "nothing means null");
    assert_eq!(found("oldest_since=2026-11-21T11:46:07Z"), ["help, \"desk\""]);
    assert_eq!(found("limit=1"), ["help, \"desk\""]);
    assert!(found("limit=0").is_empty());
    assert!(found("queue=Sales").is_empty(), "as the switch writes it");
}

#[test]
fn what_cannot_be_served_is_refused_with_code_and_words() {
    let site = two_queues();
    for (path, status, code) in [
        ("/api/v1/queues?colour=red", 400, "unknown-column"),
        ("/api/v1/queues?waiting=many", 400, "bad-value"),
        ("/api/v1/queues?oldest_since=noon", 400, "bad-value"),
        ("/api/v1/queues?acd=a&acd=b", 400, "given-twice"),
        ("/api/v1/queues?limit=-1", 400, "bad-limit"),
        ("/api/v1/queues?limit=1&limit=2", 400, "given-twice"),
        ("/api/v1/nothing", 404, "unknown-table"),
        ("/api/v1/queues.xml", 404, "unknown-table"),
        ("/api/v1/", 404, "nowhere"),
        ("/api/v2/queues", 404, "nowhere"),
        ("/api/v1/events?tables=queues,nothing", 400, "unknown-table"),
        ("/api/v1/events?since=yesterday", 400, "bad-since"),
        ("/api/v1/events?colour=red", 400, "unknown-parameter"),
    ] {
        let answer = site.get(path);
        assert_eq!(answer.status, status, "{path}");
        assert_eq!(answer.json()["code"], code, "{path}");
        assert!(answer.json()["text"].as_str().is_some_and(|t| t.len() > 10), "{path}");
    }
    let request = "POST /api/v1/queues HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let answer = site.raw(request);
    assert_eq!((answer.status, &answer.json()["code"]), (405, &json!("wrong-method")));
}

#[test]
fn alarms_have_a_code_a_moment_and_words() {
    let site = Site::start(Hooks::default());
    let alarm = engine::Alarm {
        code: "disk-full",
        since: at(0),
        what: "the disk is full: make room".into(),
    };
    site.live.publish(at(1), vec![], vec![alarm]);
    let expected = json!([{ "code": "disk-full", "since": "2026-11-21T11:46:00.000000Z",
        "what": "the disk is full: make room" }]);
    assert_eq!(site.get("/api/v1/alarms").json(), expected);
}

#[test]
fn openapi_describes_every_route_and_column() {
    let site = Site::start(Hooks::default());
    let doc = site.get("/api/v1/openapi.json").json();
    assert_eq!(doc["openapi"], "3.1.0");
    for shape in shapes() {
        let get = &doc["paths"][format!("/api/v1/{}", shape.name)]["get"];
        let item = &get["responses"]["200"]["content"]["application/json"]["schema"]["items"];
        assert_eq!(item["$ref"], format!("#/components/schemas/{}", shape.name));
        assert!(doc["paths"][format!("/api/v1/{}.csv", shape.name)].is_object());
        let schema = &doc["components"]["schemas"][shape.name];
        for column in shape.columns {
            assert_eq!(schema["properties"][column.name]["description"], column.doc);
        }
        assert_eq!(schema["x-key"].as_array().map(Vec::len), Some(shape.key));
    }
    let mut refs = Vec::new();
    find_refs(&doc, &mut refs);
    for r in &refs {
        let place = r.strip_prefix('#').expect("a place in this document");
        assert!(doc.pointer(place).is_some(), "{r} leads nowhere");
    }
    assert!(refs.len() > shapes().len());
    // Each path that is documented and takes no parameter is there.
    for path in doc["paths"].as_object().expect("paths").keys() {
        if path != "/api/v1/events" && !path.contains('{') {
            assert!([200, 503].contains(&site.get(path).status), "{path}");
        }
    }
}

fn find_refs(value: &serde_json::Value, refs: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            refs.extend(map.get("$ref").and_then(|r| r.as_str()).map(str::to_owned));
            map.values().for_each(|v| find_refs(v, refs));
        }
        serde_json::Value::Array(list) => list.iter().for_each(|v| find_refs(v, refs)),
        _ => {}
    }
}

#[test]
fn other_machines_and_other_names_get_nothing() {
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        let listen: SocketAddr = listen.parse().expect("an address");
        let refused = serve(listen, Live::new(), shapes(), stopped.clone(), Hooks::default());
        let error = refused.expect_err("refused");
        assert!(matches!(error, ServeError::NotLoopback(a) if a == listen));
        assert!(error.to_string().contains("no accounts yet"), "{error}");
    }
    let hooks = Hooks { hosts: vec!["floor.example".into()], ..Hooks::default() };
    let site = Site::start(hooks);
    let port = site.address.port();
    let ask = |head: &str| {
        let request = format!("GET /health/live HTTP/1.1\r\n{head}Connection: close\r\n\r\n");
        site.raw(&request).status
    };
    for good in ["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "floor.example"] {
        assert_eq!(ask(&format!("Host: {good}\r\n")), 200, "{good}");
        assert_eq!(ask(&format!("Host: {good}:{port}\r\n")), 200, "{good}");
    }
    for bad in ["evil.example", "127.0.0.1.evil.example", "localhost.", "", "::1", "x@localhost"] {
        assert_eq!(ask(&format!("Host: {bad}\r\n")), 421, "{bad}");
    }
    assert_eq!(ask("Host: localhost\r\nHost: evil.example\r\n"), 421);
    assert_eq!(ask(""), 421, "no host at all");
    let whole = "GET http://evil.example/health/live HTTP/1.1\r\nHost: localhost\r\n\
        Connection: close\r\n\r\n";
    assert_eq!(site.raw(whole).status, 421);
}

#[test]
fn every_answer_carries_the_security_headers() {
    let site = two_queues();
    for path in ["/", "/links", "/api/v1/queues", "/api/v1/nothing", "/nowhere", "/health/live"] {
        let headers = site.get(path).headers;
        let policy = &headers["content-security-policy"];
        assert!(policy.starts_with("default-src 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        assert!(!headers.contains_key("access-control-allow-origin"), "{path}");
    }
}

#[test]
fn a_port_that_is_taken_is_named() {
    let site = Site::start(Hooks::default());
    let (_stop, stopped) = tokio::sync::watch::channel(false);
    let refused = serve(site.address, Live::new(), shapes(), stopped, Hooks::default());
    let error = refused.expect_err("taken");
    assert!(error.to_string().contains(&site.address.to_string()), "{error}");
}
