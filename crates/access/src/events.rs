//! `/api/v1/events`: the live tables as a stream of server-sent events, with a resume point.

use crate::feed::{Feed, Merged, Step, known};
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use crate::wire;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use engine::Snapshot;
use facts::Stamp;
use facts::table::Shape;
use futures_util::Stream;
use futures_util::stream::unfold;
use std::convert::Infallible;
use std::time::Duration;

/// The least time between two events for one watcher.
const GAP: Duration = Duration::from_millis(50);

/// One who watches tables.
struct Watcher {
    feed: Feed,
    shapes: Vec<&'static Shape>,
    alarms: String,
}

/// The route: `?tables=queues,agents` for some tables only, `?since=` or `Last-Event-ID` to go
/// on where one was cut off.
pub(crate) async fn events(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let mut shapes = None;
    let mut since = None;
    for (name, text) in pairs(asked)? {
        match name.as_str() {
            "tables" => shapes = Some(tables(&site, &text)?),
            "since" => since = Some(text),
            _ => {
                let text = format!("events take tables and since, not '{name}'");
                return Err(Refusal::bad("unknown-parameter", text));
            }
        }
    }
    let feed = Feed::new(&site, known(&site, &headers, since.as_deref())?, GAP)?;
    let shapes = shapes.unwrap_or_else(|| site.shapes().to_vec());
    let watcher = Watcher { feed, shapes, alarms: String::new() };
    Ok(Sse::new(unfold(watcher, |mut watcher| async move {
        let event = watcher.next().await?;
        Some((Ok(event), watcher))
    })))
}

/// The tables of that list.
fn tables(site: &Site, list: &str) -> Result<Vec<&'static Shape>, Refusal> {
    list.split(',')
        .map(|name| {
            site.shape(name).ok_or_else(|| {
                let names: Vec<_> = site.shapes().iter().map(|s| s.name).collect();
                let text = format!("there is no table '{name}'; there are {}", names.join(", "));
                Refusal::bad("unknown-table", text)
            })
        })
        .collect()
}

impl Watcher {
    /// The next event that says something to this watcher.
    async fn next(&mut self) -> Option<Event> {
        loop {
            match self.feed.next().await? {
                Step::Anew(now) => {
                    let data = self.snapshot(&now);
                    return Some(self.feed.event("snapshot").data(data));
                }
                Step::Changed(change) => {
                    if let Some(data) = self.delta(&change) {
                        return Some(self.feed.event("delta").data(data));
                    }
                }
                Step::Clock { now, at } => {
                    let at = if at == Stamp::default() { None } else { Some(at.to_string()) };
                    let data = serde_json::json!({ "now": now.to_string(), "at": at });
                    let event = self.feed.event("clock").comment("still here");
                    return Some(event.data(data.to_string()));
                }
            }
        }
    }

    fn snapshot(&mut self, now: &Snapshot) -> String {
        let mut out = head(now.version, now.at, "tables");
        for (i, shape) in self.shapes.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            wire::json_text(&mut out, shape.name);
            out.push(':');
            let rows = now.tables.get(shape.name).map_or(&[][..], |t| t.rows.as_slice());
            wire::json_rows(&mut out, shape, rows);
        }
        self.alarms.clear();
        wire::json_alarms(&mut self.alarms, &now.alarms);
        finish(out, &self.alarms)
    }

    /// `None` if nothing changed that this watcher wants to see.
    fn delta(&mut self, change: &Merged) -> Option<String> {
        let mut out = head(change.version, change.at, "changes");
        let mut news = false;
        for change in &change.changes {
            if !self.shapes.iter().any(|s| s.name == change.shape.name) {
                continue;
            }
            if news {
                out.push(',');
            }
            news = true;
            wire::json_text(&mut out, change.shape.name);
            out.push_str(":{\"rows\":");
            wire::json_rows(&mut out, change.shape, &change.rows);
            out.push_str(",\"gone\":");
            wire::json_rows(&mut out, change.shape, &change.gone);
            out.push('}');
        }
        let mut alarms = String::new();
        wire::json_alarms(&mut alarms, &change.alarms);
        if !news && alarms == self.alarms {
            return None;
        }
        self.alarms = alarms;
        Some(finish(out, &self.alarms))
    }
}

fn head(version: u64, at: Stamp, what: &str) -> String {
    format!("{{\"version\":{version},\"at\":\"{at}\",\"{what}\":{{")
}

fn finish(mut out: String, alarms: &str) -> String {
    out.push_str("},\"alarms\":");
    out.push_str(alarms);
    out.push('}');
    out
}
