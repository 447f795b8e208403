//! What is printed once for all adds up for each: whoever follows the Floor's stream has, at the
//! end, the rows that the page has, whenever he came and however slowly he read.
#![allow(missing_docs, reason = "a test")]

#[allow(dead_code, reason = "shared by several test programs")]
mod client;

use access::Hooks;
use client::{Event, Site, Watch, at, make};
use facts::table::Value;
use std::collections::BTreeMap;

/// Rows as a browser holds them: opening tag and cells, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Held {
    rows: BTreeMap<String, Vec<String>>,
    figures: BTreeMap<String, String>,
    events: usize,
}

/// A row taken apart, the way a browser does.
fn row(html: &str) -> (String, Vec<String>) {
    let html = html.trim_end_matches("</tr>");
    let id = html.split("id=\"").nth(1).and_then(|r| r.split('"').next()).expect("an id");
    let (tag, cells) = html.split_once('>').expect("a tag");
    let cells = cells.replace("<th", "\n<th").replace("<td", "\n<td");
    let parts = std::iter::once(format!("{tag}>"));
    let cells = cells.split('\n').filter(|c| !c.is_empty()).map(str::to_owned);
    (id.to_owned(), parts.chain(cells).collect())
}

impl Held {
    /// What a page shows.
    fn of_page(page: &str) -> Self {
        let (_, body) = page.split_once("<main").expect("the page's body");
        let rows = body.split("<tr id=").skip(1).map(|rest| {
            let rest = rest.split_inclusive("</tr>").next().expect("its end");
            row(&format!("<tr id={rest}"))
        });
        Self { rows: rows.collect(), ..Self::default() }
    }

    fn take(&mut self, event: &Event) {
        let patch = event.json();
        self.events += 1;
        let mut came = Vec::new();
        for html in patch["rows"].as_str().unwrap_or("").split_inclusive("</tr>") {
            let (id, parts) = row(html);
            came.push(id.clone());
            self.rows.insert(id, parts);
        }
        for (id, cells) in patch["cells"].as_object().into_iter().flatten() {
            let parts = self.rows.get_mut(id).unwrap_or_else(|| panic!("cells of no row: {id}"));
            for (place, html) in cells.as_object().expect("cells by place") {
                let place = place.parse::<usize>().map_or(0, |cell| cell + 1);
                html.as_str().expect("markup").clone_into(&mut parts[place]);
            }
        }
        if patch["all"] == true {
            self.rows.retain(|id, _| came.contains(id));
        }
        for id in patch["gone"].as_array().into_iter().flatten() {
            self.rows.remove(id.as_str().expect("an id"));
        }
        for (name, text) in patch["figures"].as_object().into_iter().flatten() {
            self.figures.insert(name.clone(), text.as_str().expect("text").to_owned());
        }
    }
}

/// One step of a story in which agents come, change and go, now this way, now that.
fn step(site: &Site, n: i64) -> u64 {
    let states = ["AVAIL", "ACD", "AUX"];
    let agents: Vec<Vec<(&str, Value)>> = (0..40_i64)
        .filter(|k| (n * 7 + k * 3) % 11 != 0)
        .map(|k| {
            let pick = usize::try_from((n / (k % 5 + 1) + k) % 3).expect("small");
            vec![
                ("acd", Value::from("a")),
                ("agent", Value::from(format!("x{k}").as_str())),
                ("state", Value::from(states[pick])),
                // Goes there and back, so that a patch that is taken for another shows.
                ("acd_calls", Value::Int(n * k % 3)),
                ("rona", Value::Int(n % 2)),
            ]
        })
        .collect();
    let rows: Vec<&[_]> = agents.iter().map(Vec::as_slice).collect();
    // The first names the last step, so that a watcher knows when he is there.
    let queue =
        [("acd", Value::from("a")), ("queue", Value::from("q")), ("offered", Value::Int(n))];
    let tables = vec![make("agents", &rows), make("queues", &[&queue])];
    site.live.publish(at(n), tables, vec![])
}

fn place(page: &str) -> String {
    let (_, rest) = page.split_once("data-version=\"").expect("a place");
    rest.split_once('"').expect("its end").0.to_owned()
}

#[test]
fn whoever_follows_has_what_the_page_has() {
    let site = Site::start(Hooks::default());
    step(&site, 0);
    let mut watchers: Vec<(Held, Watch)> = Vec::new();
    let mut pages: Vec<(Held, String)> = Vec::new();
    for n in 1..=60 {
        step(&site, n);
        if n % 9 == 0 {
            let page = site.get("/").body;
            pages.push((Held::of_page(&page), place(&page)));
        }
        if n % 10 == 0 {
            // One who loaded the page some time ago, or was cut off then, and one who is new.
            let (held, since) = pages.remove(0);
            let path = format!("/floor/stream?several=0&since={since}");
            watchers.push((held, site.watch(&path, "")));
            watchers.push((Held::default(), site.watch("/floor/stream?several=0&since=0", "")));
        }
        // Some read on, the others fall behind.
        for (i, (held, watch)) in watchers.iter_mut().enumerate() {
            if i % 3 == 0 && n % 2 == 0 {
                let event = watch.next().expect("the stream");
                if event.name == "patch" {
                    held.take(&event);
                }
            }
        }
    }
    step(&site, 1_000);
    let page = Held::of_page(&site.get("/").body);
    for (i, (mut held, mut watch)) in watchers.into_iter().enumerate() {
        while held.figures.get("offered").is_none_or(|n| n != "1\u{202f}000") {
            held.take(&watch.news());
        }
        assert_eq!(held.rows, page.rows, "watcher {i} after {} events", held.events);
    }
}

#[test]
fn all_who_keep_up_are_told_the_same_in_the_same_bytes() {
    let site = Site::start(Hooks::default());
    step(&site, 0);
    for path in ["/floor/stream?several=0", "/api/v1/events?tables=agents,queues"] {
        let mut watchers: Vec<Watch> = (0..5).map(|_| site.watch(path, "")).collect();
        // Each is told by himself how it stands; from then on it is the same for all.
        let first: Vec<Event> = watchers.iter_mut().map(Watch::news).collect();
        assert!(first.iter().all(|e| e.id == first[0].id), "{path}");
        for n in 1..4 {
            step(&site, n);
            let next: Vec<Event> = watchers.iter_mut().map(Watch::news).collect();
            assert!(next.iter().all(|e| e.id == next[0].id && e.data == next[0].data), "{path}");
        }
    }
}
