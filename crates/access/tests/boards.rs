//! The other pages: calls, a queue, trunks, anomalies, the wallboard.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Site, Watch, at, make};
use facts::table::{Table, Value};
use serde_json::Value as Json;

fn text(s: &str) -> Value {
    Value::from(s)
}

fn call<'a>(id: &str, state: &str, more: &[(&'a str, Value)]) -> Vec<(&'a str, Value)> {
    let mut row = vec![
        ("acd", text("berlin")),
        ("call", text(id)),
        ("state", text(state)),
        ("began", Value::Stamp(at(0))),
    ];
    row.extend_from_slice(more);
    row
}

fn calls(rows: &[Vec<(&str, Value)>]) -> Table {
    make("calls", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn waiting(id: &'static str, state: &str, secs: i64) -> Vec<(&'static str, Value)> {
    let more =
        [("caller", text(id)), ("split", text("sup/port")), ("queued_at", Value::Stamp(at(secs)))];
    call(id, state, &more)
}

/// Callers of that queue in order, each with when he joined it.
fn line(rows: &[(&str, i64)]) -> Table {
    let row = |(i, (call, secs)): (usize, &(&str, i64))| {
        vec![
            ("acd", text("berlin")),
            ("queue", text("sup/port")),
            ("channel", text(call)),
            ("call", text(call)),
            ("position", Value::count(i + 1)),
            ("since", Value::Stamp(at(*secs))),
        ]
    };
    let rows: Vec<_> = rows.iter().enumerate().map(row).collect();
    make("waiting", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn queue(waiting: i64) -> Table {
    make(
        "queues",
        &[&[
            ("acd", text("berlin")),
            ("queue", text("sup/port")),
            ("waiting", Value::Int(waiting)),
            ("staffed", Value::Int(2)),
            ("available", Value::Int(0)),
            ("oldest_since", Value::Stamp(at(0))),
            ("offered", Value::Int(20)),
            ("answered", Value::Int(18)),
            ("abandoned", Value::Int(2)),
            ("answered_in_sl", Value::Int(15)),
            ("service_level_s", Value::Int(20)),
            ("wait_answered_ms", Value::Int(18 * 12_900)),
        ]],
    )
}

/// The next patch that says anything about `what`.
fn patch(watch: &mut Watch, what: &str) -> Json {
    for _ in 0..20 {
        let data = watch.news().json();
        if !data[what].is_null() {
            return data;
        }
    }
    panic!("no patch about {what}");
}

fn has(page: &str, expected: &[&str]) {
    for expected in expected {
        assert!(page.contains(expected), "{expected} is missing in {page}");
    }
    assert!(!page.contains("style=") && !page.contains("onclick"), "nothing inline");
}

#[test]
fn calls_say_what_they_are_and_how_they_ended() {
    let site = Site::start(Hooks::default());
    assert!(site.get("/calls").body.contains("No calls yet"));
    let ended = [
        ("ended_at", Value::Stamp(at(75))),
        ("outcome", text("ABANDONED")),
        ("ended_by", text("CALLER")),
        ("caller_name", text("<b>")),
    ];
    // Rings at a phone after its queue gave up: it waits no more.
    let again = [("split", text("sup/port")), ("outcome", text("TIMED_OUT"))];
    let rows = [
        call("1", "ENDED", &ended),
        waiting("2", "QUEUED", 3),
        waiting("3", "RINGING", 4),
        call("4", "RINGING", &again),
    ];
    site.live.publish(at(80), vec![calls(&rows)], vec![]);
    let page = site.get("/calls").body;
    has(
        &page,
        &[
            "<td class=\"n t\">1:15</td>",
            "Abandoned · caller hung up",
            "&lt;b&gt;",
            "href=\"/queue/berlin/sup%2Fport\"",
            "data-n=\"WAITING\">2<",
            "data-n=\"CONNECTING\">1<",
            "data-n=\"ENDED\">1<",
        ],
    );
    let mut watch = site.watch("/calls/stream?several=0&since=0", "");
    assert_eq!(patch(&mut watch, "rows")["all"], true);
    let rows = [waiting("2", "QUEUED", 3), waiting("3", "TALKING", 4)];
    site.live.publish(at(81), vec![calls(&rows)], vec![]);
    let change = patch(&mut watch, "rows");
    assert_eq!(change["rows"].as_str().map(|r| r.matches("<tr").count()), Some(1), "{change}");
    assert_eq!(change["gone"], serde_json::json!(["c:berlin:1", "c:berlin:4"]));
    assert_eq!(change["figures"]["WAITING"], "1");
}

#[test]
fn a_queue_shows_its_callers_in_order_and_its_agents_as_it_sees_them() {
    let site = Site::start(Hooks::default());
    let agent =
        |id: &str| vec![("acd", text("berlin")), ("agent", text(id)), ("state", text("ACD"))];
    let member = |id: &str, split: &str, mode: &str| {
        vec![
            ("acd", text("berlin")),
            ("logid", text(id)),
            ("split", text(split)),
            ("workmode", text(mode)),
        ]
    };
    let agents = make("agents", &[&agent("ann"), &agent("bob")]);
    let members = make(
        "cagent",
        &[
            &member("ann", "sup/port", "ACD"),
            &member("bob", "sup/port", "OTHER"),
            &member("bob", "sales", "ACD"),
        ],
    );
    // The first to queue anywhere is not the first here: he came here late.
    let late = [waiting("8", "QUEUED", 1), waiting("9", "RINGING", 2), call("x", "IVR", &[])];
    let order = line(&[("9", 2), ("8", 9)]);
    site.live.publish(at(10), vec![queue(2), agents, members, calls(&late), order], vec![]);
    let page = site.get("/queue/berlin/sup%2Fport").body;
    has(&page, &["<h1>sup/port</h1>", "<b data-n=\"waiting\">2</b>", "data-n=\"staffed\">2<"]);
    let ids: Vec<_> =
        page.split("<tr id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(ids, ["w:berlin:9", "w:berlin:8", "m:berlin:ann", "m:berlin:bob"]);
    let joined = |secs| format!("data-t=\"{}\"", at(secs).0 / 1_000);
    has(&page, &["data-s=\"OTHER\"", &joined(2), &joined(9), "href=\"/agent/berlin/ann\""]);
    has(&page, &["href=\"/calls?acd=berlin&amp;queue=sup%2Fport&amp;outcome=ABANDONED\""]);
    let lost = site.get("/queue/berlin/%3Cnone%3E");
    assert_eq!(lost.status, 404);
    assert!(lost.body.contains("&lt;none&gt;"));
    // Who moves up is told his new place.
    let mut watch = site.watch("/queue/berlin/sup%2Fport/stream?several=0&since=0", "");
    assert_eq!(patch(&mut watch, "rows")["all"], true);
    let left = calls(&[waiting("8", "QUEUED", 1)]);
    site.live.publish(at(11), vec![queue(1), left, line(&[("8", 9)])], vec![]);
    let change = patch(&mut watch, "rows");
    assert!(change["rows"].as_str().is_some_and(|r| r.contains("<td class=\"n\">1</td>")));
    assert_eq!(change["gone"], serde_json::json!(["w:berlin:9"]));
    assert_eq!(change["figures"], serde_json::json!({ "waiting": "1" }));
}

#[test]
fn trunks_and_anomalies_are_listed() {
    let site = Site::start(Hooks::default());
    let empty = make("anomalies", &[]);
    site.live.publish(at(1), vec![empty], vec![]);
    assert!(site.get("/anomalies").body.contains("All is explained"));
    let trunk = [("acd", text("berlin")), ("trunk_group", text("t1")), ("in_use", Value::Int(3))];
    let channel = [
        ("acd", text("berlin")),
        ("tkgrp", text("t1")),
        ("eqloc", text("c1")),
        ("trunk_name", text("PJSIP/t1-1")),
        ("tkstate", text("HOLD")),
    ];
    let odd = [
        ("acd", text("berlin")),
        ("at", Value::Stamp(at(1))),
        ("code", text("odd-thing")),
        ("what", text("<x> and 17.4, twice")),
        ("n", Value::Int(1)),
        ("count", Value::Int(7)),
    ];
    let known = calls(&[call("17.4", "IVR", &[])]);
    let odd = make("anomalies", &[&odd]);
    let tables = vec![make("trunks", &[&trunk]), make("ctrunk", &[&channel]), odd, known];
    site.live.publish(at(2), tables, vec![]);
    has(&site.get("/trunks").body, &["id=\"t:berlin:t1\"", "PJSIP/t1-1", "On hold"]);
    has(&site.get("/anomalies").body, &["odd-thing", "&lt;x&gt;", "<td class=\"n\">7</td>"]);
    has(&site.get("/anomalies").body, &["and <a href=\"/call/berlin/17%2E4\">17.4,</a> twice"]);
}

#[test]
fn the_wallboard_sets_figures_beside_their_targets() {
    let site = Site::start(Hooks::default());
    site.live.publish(at(5), vec![queue(3)], vec![]);
    let page = site.get("/wallboard?queue=sup%2Fport").body;
    has(
        &page,
        &[
            "<h2>sup/port</h2>",
            "data-stream=\"/wallboard/stream?queue=sup%2Fport\"",
            "<b>75%</b>",
            "Target 80% in 20 s",
            "<b>10%</b><small>2 calls</small>",
            "<b>0:12</b><small>18 calls</small>",
            "id=\"stale\"",
        ],
    );
    // Three wait, nobody is free, a tenth hung up, and somebody has waited for very long.
    assert_eq!(page.matches("figure caution").count(), 2 + 1, "{page}");
    assert_eq!(page.matches("class=\"view\"").count(), 1);
    assert_eq!(site.get("/wallboard").body.matches("class=\"view\"").count(), 1);
    assert_eq!(site.get("/wallboard?rotate=20").body.matches("class=\"view\"").count(), 2);
    assert!(site.get("/wallboard?queue=none").body.contains("There is no queue none"));
    let mut watch = site.watch("/wallboard/stream?queue=sup%2Fport&several=0&since=0", "");
    assert_eq!(patch(&mut watch, "rows")["all"], true);
    site.live.publish(at(6), vec![queue(4)], vec![]);
    let change = patch(&mut watch, "rows");
    assert!(change["rows"].as_str().is_some_and(|r| r.contains("<b>4</b>")), "{change}");
}
