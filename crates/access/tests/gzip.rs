//! Whoever takes gzip is told exactly what the others are, no later, in fewer bytes.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Event, Site, at, make};
use facts::table::Value;

const GZIP: &str = "Accept-Encoding: gzip, deflate, br, zstd\r\n";

/// Publishes a floor of 200 agents; `n` differs in what is said of ten of them.
fn step(site: &Site, n: i64) -> u64 {
    let agents: Vec<Vec<(&str, Value)>> = (0..200_i64)
        .map(|k| {
            let state = if k % 20 == 0 && n % 2 == 0 { "AUX" } else { "AVAIL" };
            let agent = Value::from(format!("PJSIP/{k} é").as_str());
            let name = vec![("acd", Value::from("a")), ("agent", agent)];
            name.into_iter().chain([("state", Value::from(state))]).collect()
        })
        .collect();
    let rows: Vec<&[_]> = agents.iter().map(Vec::as_slice).collect();
    site.live.publish(at(n), vec![make("agents", &rows)], vec![])
}

/// Each event is waited for before the next is published: none hides in a piece that has come
/// half, or waits for the next one.
#[test]
fn a_stream_says_the_same_compressed_as_soon() {
    let site = Site::start(Hooks::default());
    let mut n = 0;
    step(&site, n);
    for path in ["/floor/stream", "/api/v1/events?tables=agents", "/calls/stream?since=0"] {
        let mut plain = site.watch(path, "");
        let mut gzip = site.watch(path, GZIP);
        let mut late = site.watch(path, "Accept-Encoding: identity, *;q=0.1\r\n");
        assert!(!plain.headers.contains_key("content-encoding"), "{path}");
        for watch in [&gzip, &late] {
            assert_eq!(watch.headers["content-encoding"], "gzip", "{path}");
            assert_eq!(watch.headers["content-type"], "text/event-stream", "{path}");
        }
        assert_eq!([&plain, &gzip].map(|w| &*w.headers["vary"]), ["accept-encoding"; 2], "{path}");
        let mut last: Option<Event> = None;
        // The last of the path before is an odd one, too.
        for turn in 0..30 {
            if turn > 0 {
                n += 1;
                step(&site, n);
            }
            let (a, b) = (plain.news(), gzip.news());
            assert_eq!((&a.name, &a.id, &a.data), (&b.name, &b.id, &b.data), "{path}");
            last = Some(b);
            if path.starts_with("/calls") {
                // Says once how it stands; of agents it says nothing.
                break;
            }
        }
        let (a, b) = (plain.bytes, gzip.bytes);
        assert!(path.starts_with("/calls") || b * 2 < a, "{path}: {b} bytes compressed, {a} not");
        println!("{path}: {b} bytes compressed, {a} not");
        // One who reads late, and is told by himself what leads to the newest.
        let Some(last) = last else { panic!("no event on {path}") };
        while late.news().id != last.id {}
    }
}

#[test]
fn answers_that_are_worth_it_are_compressed() {
    let site = Site::start(Hooks::default());
    step(&site, 0);
    let ask = |method: &str, path: &str, head: &str| {
        site.raw(&format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}\r\n"
        ))
    };
    let style = site.get("/").body;
    let (_, style) = style.split_once("/assets/style.css").expect("a style sheet");
    let style = format!("/assets/style.css{}", style.split('"').next().expect("its end"));
    let text = ["/calls", "/api/v1/agents", "/api/v1/agents.csv", "/api/v1/openapi.json", &style];
    for path in text {
        let (plain, gzip) = (ask("GET", path, ""), ask("GET", path, GZIP));
        assert!(!plain.headers.contains_key("content-encoding"), "{path}");
        assert_eq!(gzip.headers["content-encoding"], "gzip", "{path}");
        for answer in [&plain, &gzip] {
            assert_eq!((answer.status, &*answer.headers["vary"]), (200, "accept-encoding"));
        }
        assert_eq!(plain.headers["content-type"], gzip.headers["content-type"], "{path}");
        let moment = |body: &str| body.lines().filter(|l| !l.contains("data-now")).count();
        assert_eq!(moment(&plain.body), moment(&gzip.body), "{path}");
        if !path.starts_with("/calls") {
            assert_eq!(plain.body, gzip.body, "{path}");
        }
        let size = |answer: &client::Answer| {
            answer.headers["content-length"].parse::<usize>().expect("a length")
        };
        assert!(size(&gzip) * 2 < size(&plain), "{path}: {} of {}", size(&gzip), size(&plain));
        if path == style {
            // How it would be, without it.
            let head = ask("HEAD", path, GZIP);
            assert_eq!((size(&head), head.body.len()), (size(&gzip), 0));
            assert_eq!(head.headers["content-encoding"], "gzip");
        }
    }
    for (path, head) in [("/health/live", GZIP), ("/calls", "Accept-Encoding: gzip;q=0, br\r\n")] {
        assert!(!ask("GET", path, head).headers.contains_key("content-encoding"), "{path}");
    }
}
