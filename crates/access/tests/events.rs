//! The stream of events: first a snapshot, then exactly what follows, whatever happens between.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Event, Site, at, make};
use facts::table::Value;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// What a watcher holds: rows by table and key.
#[derive(Default)]
struct Held {
    version: u64,
    rows: BTreeMap<String, BTreeMap<String, Json>>,
}

impl Held {
    fn take(&mut self, event: &Event) {
        let data = event.json();
        self.version = data["version"].as_u64().expect("a version");
        assert!(event.id.starts_with(&format!("{}-", self.version)), "{}", event.id);
        if event.name == "snapshot" {
            self.rows.clear();
            for (table, rows) in data["tables"].as_object().expect("tables") {
                self.put(table, rows);
            }
            return;
        }
        assert_eq!(event.name, "delta");
        for (table, change) in data["changes"].as_object().expect("changes") {
            for gone in change["gone"].as_array().expect("gone") {
                // It may be one that came and went between two events.
                self.rows.get_mut(table).map(|t| t.remove(&key(table, gone)));
            }
            self.put(table, &change["rows"]);
        }
    }

    fn put(&mut self, table: &str, rows: &Json) {
        let held = self.rows.entry(table.to_owned()).or_default();
        for row in rows.as_array().expect("rows") {
            held.insert(key(table, row), row.clone());
        }
    }

    /// What REST says of that table, in the same form.
    fn of_rest(site: &Site, table: &str) -> BTreeMap<String, Json> {
        let mut held = Self::default();
        held.put(table, &site.get(&format!("/api/v1/{table}")).json());
        held.rows.remove(table).unwrap_or_default()
    }
}

fn key(table: &str, row: &Json) -> String {
    let shape = model::shape(table).expect("a table");
    let names = shape.columns.iter().take(shape.key);
    names.map(|c| row[c.name].to_string()).collect::<Vec<_>>().join(" ")
}

/// Publishes step `n` of a story in which rows come, change and go.
fn step(site: &Site, n: i64) -> u64 {
    let tables = ["queues", "agents"].map(|table| {
        let name = &table[..table.len() - 1];
        let shape = model::shape(table).expect("a table");
        let rows: Vec<Vec<(&str, Value)>> = (0..7)
            .filter(|k| (n + k) % 5 != 0)
            .map(|k| {
                let id = Value::from(format!("{name}{k}").as_str());
                let number = shape.columns.iter().rev().find(|c| c.kind == facts::table::Type::Int);
                let number = number.expect("a number").name;
                vec![("acd", Value::from("a")), (name, id), (number, Value::Int(n * k % 4))]
            })
            .collect();
        let rows: Vec<&[_]> = rows.iter().map(Vec::as_slice).collect();
        make(table, &rows)
    });
    site.live.publish(at(n), tables.into(), vec![])
}

#[test]
fn snapshot_and_deltas_add_up_to_the_newest_snapshot() {
    let site = Site::start(Hooks::default());
    let mut watch = site.watch("/api/v1/events", "");
    let mut held = Held::default();
    let mut names = Vec::new();
    for n in 0..40 {
        let version = step(&site, n);
        // At times wait for the watcher, at times leave it behind.
        while n % 3 == 0 && held.version < version {
            let event = watch.news();
            held.take(&event);
            names.push(event.name);
        }
    }
    let last = step(&site, 99);
    while held.version < last {
        held.take(&watch.news());
    }
    assert_eq!(names.iter().filter(|n| *n == "snapshot").count(), 1, "{names:?}");
    assert_eq!(names[0], "snapshot");
    for table in ["queues", "agents"] {
        assert_eq!(held.rows[table], Held::of_rest(&site, table), "{table}");
    }
}

#[test]
fn whoever_was_cut_off_goes_on_where_he_was() {
    let site = Site::start(Hooks::default());
    step(&site, 0);
    let first = site.watch("/api/v1/events?tables=agents", "").news();
    let mut held = Held::default();
    held.take(&first);
    assert_eq!(held.rows.keys().collect::<Vec<_>>(), ["agents"], "only what was asked for");
    let last = (1..9).fold(0, |_, n| step(&site, n));
    for (path, head) in [
        ("/api/v1/events?tables=agents", format!("Last-Event-ID: {}\r\n", first.id)),
        (&*format!("/api/v1/events?tables=agents&since={}", first.id), String::new()),
        (&*format!("/api/v1/events?tables=agents&since={}", held.version), String::new()),
    ] {
        let mut held = Held { version: held.version, rows: held.rows.clone() };
        let mut watch = site.watch(path, &head);
        while held.version < last {
            let event = watch.news();
            assert_eq!(event.name, "delta", "{path}");
            held.take(&event);
        }
        assert_eq!(held.rows["agents"], Held::of_rest(&site, "agents"), "{path}");
    }
    // A version of another run, or of the future: start again.
    for since in ["1-beef", "99"] {
        let event = site.watch(&format!("/api/v1/events?since={since}"), "").news();
        assert_eq!(event.name, "snapshot", "{since}");
    }
}

#[test]
fn one_who_does_not_read_skips_to_the_newest() {
    let site = Site::start(Hooks::default());
    let version = step(&site, 0);
    let mut watch = site.watch("/api/v1/events", "");
    let mut held = Held::default();
    held.take(&watch.news());
    assert_eq!(held.version, version);
    // More versions than are kept, faster than any watcher is served.
    let last = (1..5_000).fold(0, |_, n| step(&site, n));
    let mut events = 0;
    while held.version < last {
        held.take(&watch.news());
        events += 1;
    }
    assert_eq!(held.rows["agents"], Held::of_rest(&site, "agents"));
    assert!(events < 2_500, "{events} events for 5,000 versions");
}

#[test]
fn what_a_watcher_did_not_ask_for_is_not_sent() {
    let site = Site::start(Hooks::default());
    step(&site, 0);
    let mut watch = site.watch("/api/v1/events?tables=agents", "");
    assert_eq!(watch.news().name, "snapshot");
    site.publish("queues", &[&[("acd", Value::from("a")), ("queue", Value::from("new"))]]);
    let alarm = engine::Alarm { code: "disk-full", since: at(0), what: "no room".into() };
    let version = site.live.publish(at(5), vec![], vec![alarm]);
    let event = watch.news();
    assert_eq!(event.json()["version"], json!(version), "the queue was left out, the alarm not");
    assert_eq!(event.json()["changes"], json!({}));
    assert_eq!(event.json()["alarms"][0]["code"], "disk-full");
}

#[test]
fn seats_are_counted_and_given_back() {
    let site = Site::start(Hooks { viewers_max: 2, ..Hooks::default() });
    step(&site, 0);
    let mut first = site.watch("/api/v1/events", "");
    let second = site.watch("/api/v1/events", "");
    first.news();
    let answer = site.get("/api/v1/events");
    assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("too-many-viewers")));
    drop(second);
    // The server notices when it next writes; new versions make it write.
    let mut n = 0;
    while site.get("/api/v1/events?tables=queues,nothing").status != 400 || {
        n += 1;
        step(&site, n);
        first.news();
        let request =
            "HEAD /api/v1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        site.raw(request).status == 503
    } {
        assert!(n < 200, "the seat was never given back");
    }
}

#[test]
fn a_server_that_stops_ends_its_streams() {
    let mut site = Site::start(Hooks::default());
    step(&site, 0);
    let mut watch = site.watch("/api/v1/events", "");
    assert_eq!(watch.news().name, "snapshot");
    site.stop();
    assert!(watch.next().is_none());
    assert!(std::net::TcpStream::connect(site.address).is_err(), "nobody listens any more");
}
