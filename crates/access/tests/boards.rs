//! The other pages: calls, a queue, trunks, anomalies, the wallboard.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Site, at, make, patch};
use facts::table::{Table, Value};

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
    let change = patch(&mut watch, "cells");
    assert!(change["rows"].is_null(), "{change}");
    let changed = change["cells"].as_object().expect("rows by id");
    assert_eq!(changed.keys().collect::<Vec<_>>(), ["c:berlin:3"], "{change}");
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
    let change = patch(&mut watch, "cells");
    let place = change["cells"]["w:berlin:8"].to_string();
    assert!(place.contains("<td class=\\\"n\\\">1</td>"), "{change}");
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

/// A threshold in force.
fn rule<'a>(
    acd: &str,
    scope: &str,
    name: &str,
    measure: &str,
    (direction, caution, warning): (&str, i64, i64),
) -> Vec<(&'a str, Value)> {
    vec![
        ("acd", text(acd)),
        ("scope", text(scope)),
        ("name", text(name)),
        ("measure", text(measure)),
        ("direction", text(direction)),
        ("caution", Value::Int(caution)),
        ("warning", Value::Int(warning)),
        ("hysteresis", Value::Int(0)),
        ("for_s", Value::Int(0)),
    ]
}

fn rules(rows: &[Vec<(&str, Value)>]) -> Table {
    make("thresholds", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// What is at a level: kind, name, measure, level, limit.
fn levels(rows: &[(&str, &str, &str, &str, i64)]) -> Table {
    let rows: Vec<Vec<(&str, Value)>> = rows
        .iter()
        .map(|(kind, name, measure, level, limit)| {
            let acd = if *kind == "group" { "" } else { "berlin" };
            vec![
                ("acd", text(acd)),
                ("kind", text(kind)),
                ("name", text(name)),
                ("measure", text(measure)),
                ("level", text(level)),
                ("limit", Value::Int(*limit)),
            ]
        })
        .collect();
    make("levels", &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn group(name: &str, kind: &str, members: &str) -> Table {
    let row = [
        ("acd", text("")),
        ("group", text(name)),
        ("kind", text(kind)),
        ("members", text(members)),
    ];
    make("groups", &[&row])
}

#[test]
fn the_wallboard_sets_figures_beside_the_targets_in_force() {
    let site = Site::start(Hooks::default());
    let rules = rules(&[
        rule("", "default", "", "oldest_wait_s", ("above", 20, 60)),
        rule("", "default", "", "service_level_pct", ("below", 80, 70)),
        rule("berlin", "queue", "sup/port", "service_level_pct", ("below", 90, 75)),
    ]);
    let found = levels(&[("queue", "sup/port", "service_level_pct", "warning", 75)]);
    site.live.publish(at(5), vec![queue(3), rules, found], vec![]);
    let page = site.get("/wallboard?queue=sup%2Fport").body;
    has(
        &page,
        &[
            "<h2>sup/port</h2>",
            "data-stream=\"/wallboard/stream?queue=sup%2Fport\"",
            "<b>75%</b><small>in 20 s</small></dd><dd class=\"target\">Target over 90%",
            "<b>10%</b><small>2 calls</small></dd><dd class=\"target\">No target set",
            "<b>0:12</b><small>18 calls</small></dd><dd class=\"target\">Target under 20 s",
            "id=\"stale\"",
            "href=\"/thresholds?acd=berlin&amp;queue=sup%2Fport\"",
        ],
    );
    // Three wait and nobody is free; the service level is as bad as the server says.
    assert_eq!(page.matches("class=\"figure caution").count(), 1, "{page}");
    assert_eq!(page.matches("class=\"figure warning").count(), 1, "{page}");
    // Of the centre as a whole the default holds: 75 % is between 80 and 70.
    let page = site.get("/wallboard").body;
    has(&page, &["<h2>All queues</h2>", "Target over 80%"]);
    assert!(site.get("/wallboard?queue=none").body.contains("There is no queue none"));
    assert!(site.get("/wallboard?group=none").body.contains("There is no group none"));
    let mut watch = site.watch("/wallboard/stream?queue=sup%2Fport&several=0&since=0", "");
    assert_eq!(patch(&mut watch, "rows")["all"], true);
    site.live.publish(at(6), vec![queue(4)], vec![]);
    let change = patch(&mut watch, "rows");
    let rows = change["rows"].as_str().expect("a figure");
    assert!(rows.contains("<b>4</b>") && rows.matches("class=\"figure").count() == 1, "{rows}");
}

/// It has not lasted long enough for a level: that does not make it good.
#[test]
fn a_figure_beyond_its_target_is_never_said_to_be_on_target() {
    let site = Site::start(Hooks::default());
    let rules = rules(&[rule("", "default", "", "service_level_pct", ("below", 80, 70))]);
    site.live.publish(at(5), vec![queue(0), rules, levels(&[])], vec![]);
    let page = site.get("/wallboard?queue=sup%2Fport").body;
    let service = page.split("Service level today").nth(1).expect("a figure");
    has(service, &["<b>75%</b>"]);
    let word =
        service.split("<span class=\"word\">").nth(1).and_then(|rest| rest.split('<').next());
    assert_eq!(word, Some("Off target"));
}

#[test]
fn a_rotating_wallboard_is_sent_what_it_shows_and_nothing_else() {
    let site = Site::start(Hooks::default());
    site.live.publish(at(5), vec![queue(3)], vec![]);
    // Without groups: the centre, then its one queue; a turn as long as this test will not end.
    let page = site.get("/wallboard?rotate=60000").body;
    has(&page, &["data-turn=\"60000\"", " of 2</span>", "id=\"v:hold\""]);
    assert_eq!(page.matches("class=\"figure").count(), 6, "one view at a time");
    let groups = group("front", "queues", "*/sup*");
    site.live.publish(at(6), vec![groups], vec![]);
    let page = site.get("/wallboard?rotate=60000").body;
    has(&page, &["<h2>front</h2>", "<b>3</b>"]);
    assert!(!page.contains(" of 1</span>"), "one group takes no turns");
    let page = site.get("/wallboard?group=front").body;
    has(&page, &["<h2>front</h2>", "href=\"/thresholds?group=front\""]);
}

#[test]
fn levels_are_the_servers_on_every_page() {
    let site = Site::start(Hooks::default());
    let agent = [("acd", text("berlin")), ("agent", text("ann")), ("state", text("AUX"))];
    let found = levels(&[
        ("agent", "ann", "aux_s", "caution", 900),
        ("queue", "sup/port", "oldest_wait_s", "warning", 60),
    ]);
    let late = calls(&[waiting("8", "QUEUED", 9)]);
    let rules = rules(&[
        rule("", "default", "", "oldest_wait_s", ("above", 20, 60)),
        rule("", "members", "front", "oldest_wait_s", ("above", 30, 90)),
    ]);
    let groups = group("front", "queues", "berlin/sup/port");
    let tables =
        vec![queue(3), make("agents", &[&agent]), found, rules, groups, late, line(&[("8", 9)])];
    site.live.publish(at(5), tables, vec![]);
    let page = site.get("/").body;
    has(
        &page,
        &[
            "<tr id=\"a:berlin:ann\" class=\"caution\"",
            "AUX over 15 min",
            "Wait over 1 min · Nobody available",
            "id=\"tile-oldest\" class=\"tile warning\"",
        ],
    );
    // A caller's own wait is counted on by what holds for the queue: here, by its group.
    has(&site.get("/calls").body, &["data-w=\"30 90\""]);
    let here = site.get("/queue/berlin/sup%2Fport").body;
    has(&here, &["data-w=\"30 90\"", "class=\"said warning\"", "/thresholds?acd=berlin&amp;"]);
    // A level that goes changes the row, though nothing else has.
    let mut watch = site.watch(&format!("/floor/stream?several=0&since={}", place(&page)), "");
    site.live.publish(at(6), vec![levels(&[])], vec![]);
    let change = patch(&mut watch, "cells");
    let cells = &change["cells"]["a:berlin:ann"];
    assert!(cells["tr"].as_str().is_some_and(|tr| !tr.contains("caution")), "{change}");
    assert_eq!(change["figures"]["oldest-level"], "");
}

/// The page's place in its stream, as its script would send it.
fn place(page: &str) -> &str {
    let (_, rest) = page.split_once("data-version=\"").expect("a place");
    rest.split_once('"').expect("its end").0
}

#[test]
fn the_floor_is_narrowed_to_a_group_and_to_a_level() {
    let site = Site::start(Hooks::default());
    let of = |name: &str, waiting: i64| {
        vec![
            ("acd", text("berlin")),
            ("queue", text(name)),
            ("waiting", Value::Int(waiting)),
            ("available", Value::Int(9)),
            ("answered", Value::Int(10)),
            ("answered_in_sl", Value::Int(waiting)),
        ]
    };
    let agent =
        |id: &str| vec![("acd", text("berlin")), ("agent", text(id)), ("state", text("AVAIL"))];
    let member = |id: &str, split: &str| {
        vec![("acd", text("berlin")), ("logid", text(id)), ("split", text(split))]
    };
    let all = |table: &str, rows: &[Vec<(&str, Value)>]| {
        make(table, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
    };
    let queues = [of("big sales", 2), of("help", 3), of("sales", 4)];
    let members = [member("ann", "big sales"), member("ann", "sales"), member("bob", "help")];
    let tables = vec![
        all("queues", &queues),
        all("agents", &[agent("ann"), agent("bob"), agent("cleo")]),
        all("cagent", &members),
        group("all sales", "queues", "*/*sales"),
        levels(&[("queue", "sales", "waiting", "caution", 4)]),
    ];
    site.live.publish(at(1), tables, vec![]);
    let page = site.get("/?group=all+sales").body;
    has(
        &page,
        &[
            "id=\"q:berlin:big~20sales\"",
            "id=\"a:berlin:ann\"",
            "<b data-n=\"waiting\">6</b>",
            // 6 of 20 that ended, and the agent in both queues counted once.
            "<b data-n=\"service\">30%</b>",
            "<td class=\"n\" data-n=\"staffed\">1</td>",
            "data-stream=\"/floor/stream?group=all%20sales\"",
        ],
    );
    assert!(!page.contains("a:berlin:bob") && !page.contains("q:berlin:help"), "{page}");
    let page = site.get("/?group=all+sales&level=caution").body;
    has(&page, &["<b data-n=\"waiting\">6</b>", "data-n=\"t-waiting\">4</td>"]);
    assert!(!page.contains("a:berlin:ann") && !page.contains("q:berlin:big"), "{page}");
    // A row that leaves the level goes; one that comes to it comes.
    let path = "/floor/stream?group=all%20sales&level=caution&several=0&since=";
    let mut watch = site.watch(&format!("{path}{}", place(&page)), "");
    let found = levels(&[("queue", "big sales", "waiting", "warning", 2)]);
    site.live.publish(at(2), vec![found], vec![]);
    let change = patch(&mut watch, "rows");
    assert!(change["rows"].as_str().is_some_and(|r| r.contains("q:berlin:big~20sales")));
    assert_eq!(change["gone"], serde_json::json!(["q:berlin:sales"]));
    assert_eq!(change["figures"]["t-waiting"], "2");
    // Who joins the group comes with it.
    site.live.publish(at(3), vec![group("all sales", "queues", "berlin/help")], vec![]);
    assert_eq!(patch(&mut watch, "gone")["gone"], serde_json::json!(["q:berlin:big~20sales"]));
    has(&site.get("/?group=none").body, &["There is no group none"]);
}

#[test]
fn a_page_that_is_up_to_date_is_sent_nothing() {
    let site = Site::start(Hooks::default());
    site.live.publish(at(1), vec![calls(&[waiting("2", "QUEUED", 3)])], vec![]);
    for path in ["/calls", "/trunks"] {
        let page = site.get(path).body;
        let stream = format!("{path}/stream?several=0&since={}", place(&page));
        let mut watch = site.watch(&stream, "");
        assert_eq!(watch.next().map(|event| event.name).as_deref(), Some("clock"));
        let alarm = engine::Alarm { code: "disk-full", since: at(0), what: path.to_owned() };
        site.live.publish(at(2), vec![], vec![alarm]);
        let change = patch(&mut watch, "notices");
        assert!(change["rows"].is_null() && change["all"].is_null(), "{change}");
    }
}
