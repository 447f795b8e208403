//! Several switches: the centre as a whole and each of them, and a call that crosses them.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Site, at, make, patch};
use facts::table::{Table, Value};

fn text(s: &str) -> Value {
    Value::from(s)
}

fn call(acd: &'static str, id: &str, state: &str, whole: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("acd", text(acd)),
        ("call", text(id)),
        ("state", text(state)),
        ("caller", text(&format!("from-{id}"))),
        ("whole", text(whole)),
        ("began", Value::Stamp(at(0))),
    ]
}

fn table(name: &str, rows: &[Vec<(&str, Value)>]) -> Table {
    make(name, &rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

/// Berlin has a call of its own and one that went on to Rome; both have a queue and an agent of
/// one name.
fn centre(state: &str) -> Vec<Table> {
    let calls = [
        call("berlin", "1", "TALKING", "berlin/1"),
        call("rome", "1", state, "berlin/1"),
        call("berlin", "2", "IVR", "berlin/2"),
    ];
    let whole = vec![
        ("acd", text("berlin")),
        ("whole", text("berlin/1")),
        ("state", text(state)),
        ("caller", text("555")),
        ("split", text("sales")),
        ("split_acd", text("rome")),
        ("began", Value::Stamp(at(0))),
        ("queued_at", Value::Stamp(at(1))),
        ("way", text("berlin rome")),
        ("calls", text("berlin/1 rome/1")),
        ("parts", Value::Int(2)),
    ];
    let queue = |acd: &str, waiting: i64| {
        vec![("acd", text(acd)), ("queue", text("sales")), ("waiting", Value::Int(waiting))]
    };
    let agent = |acd: &str| {
        vec![
            ("acd", text(acd)),
            ("agent", text("PJSIP/1001")),
            ("name", text("Ann")),
            ("state", text("AVAIL")),
        ]
    };
    vec![
        table("calls", &calls),
        table("whole_calls", &[whole]),
        table("queues", &[queue("berlin", 0), queue("rome", 1)]),
        table("agents", &[agent("berlin"), agent("rome")]),
    ]
}

fn ids(page: &str) -> Vec<&str> {
    page.split("<tr id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn a_call_that_crosses_is_one_row_and_counts_once() {
    let site = Site::start(Hooks::default());
    site.live.publish(at(3), centre("QUEUED"), vec![]);
    let page = site.get("/calls").body;
    assert_eq!(ids(&page), ["c:berlin:2", "c:berlin:berlin/1"]);
    for expected in [
        "href=\"/call/rome/1\">rome</a></td>",
        "href=\"/queue/rome/sales\"",
        "data-n=\"WAITING\">1<",
        "data-n=\"TALKING\">0<",
        "<b>2</b> calls up",
        "<b>1</b> waiting",
        "<b>2</b> staffed",
        "href=\"/calls?acd=rome\"",
    ] {
        assert!(page.contains(expected), "{expected} is missing in {page}");
    }
    // Of one switch alone there is its part.
    let page = site.get("/calls?acd=rome").body;
    assert_eq!(ids(&page), ["c:rome:1"]);
    assert!(page.contains("data-stream=\"/calls/stream?acd=rome\""), "{page}");
    assert!(page.contains("href=\"/calls?acd=rome\" aria-current=\"true\""), "{page}");
}

#[test]
fn streams_of_one_switch_move_its_rows_only() {
    let site = Site::start(Hooks::default());
    site.live.publish(at(3), centre("QUEUED"), vec![]);
    let mut all = site.watch("/calls/stream?several=1&since=0", "");
    let mut rome = site.watch("/calls/stream?acd=rome&several=1&since=0", "");
    assert_eq!(ids(patch(&mut all, "rows")["rows"].as_str().unwrap_or("")).len(), 2);
    assert_eq!(ids(patch(&mut rome, "rows")["rows"].as_str().unwrap_or("")), ["c:rome:1"]);
    site.live.publish(at(4), centre("ENDED"), vec![]);
    let change = patch(&mut all, "figures");
    assert_eq!(change["figures"]["ENDED"], "1");
    assert!(!change["cells"]["c:berlin:berlin/1"].is_null(), "{change}");
    assert!(change["centre"].as_str().is_some_and(|c| c.contains("<b>1</b> calls up")), "{change}");
    let change = patch(&mut rome, "figures");
    assert!(!change["cells"]["c:rome:1"].is_null(), "{change}");
}

#[test]
fn queues_and_agents_of_one_name_are_two_and_say_whose_they_are() {
    let site = Site::start(Hooks::default());
    site.live.publish(at(3), centre("QUEUED"), vec![]);
    let page = site.get("/").body;
    assert_eq!(
        ids(&page),
        ["q:berlin:sales", "q:rome:sales", "a:berlin:PJSIP/1001", "a:rome:PJSIP/1001"]
    );
    assert_eq!(page.matches("<td class=\"acd\">rome</td>").count(), 2, "{page}");
    let page = site.get("/?acd=rome").body;
    assert_eq!(ids(&page), ["q:rome:sales", "a:rome:PJSIP/1001"]);
    assert!(page.contains("<b data-n=\"waiting\">1</b>"), "its own figures");
    assert!(page.contains("data-stream=\"/floor/stream?acd=rome\""), "{page}");
    let page = site.get("/?acd=berlin").body;
    assert!(page.contains("<b data-n=\"waiting\">0</b>"), "its own figures");
    let mut rome = site.watch("/floor/stream?acd=rome&several=1&since=0", "");
    assert_eq!(patch(&mut rome, "rows")["figures"]["waiting"], "1");
}

#[test]
fn one_switch_has_no_row_of_its_own() {
    let site = Site::start(Hooks::default());
    let call = call("berlin", "1", "TALKING", "berlin/1");
    site.live.publish(at(3), vec![table("calls", &[call])], vec![]);
    for path in ["/", "/calls", "/trunks"] {
        assert!(!site.get(path).body.contains("calls up"), "{path}");
    }
}
