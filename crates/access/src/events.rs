//! `/api/v1/events`: the live tables as a stream of server-sent events, with a resume point.

use crate::feed::{Feed, Merged, known, merge};
use crate::gzip::Coding;
use crate::press::Topic;
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use crate::wire;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use engine::{Alarm, Since, Snapshot};
use facts::Stamp;
use facts::table::Shape;
use std::time::Duration;

/// The route: `?tables=queues,agents` for some tables only, `?since=` or `Last-Event-ID` to go
/// on where one was cut off.
pub(crate) async fn events(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Refusal> {
    let mut names = None;
    let mut since = None;
    for (name, text) in pairs(asked)? {
        match name.as_str() {
            "tables" => names = Some(tables(&site, &text)?),
            "since" => since = Some(text),
            _ => {
                let text = format!("events take tables and since, not '{name}'");
                return Err(Refusal::bad("unknown-parameter", text));
            }
        }
    }
    let known = known(&site, &headers, since.as_deref())?;
    // He may begin with whole tables, ages included.
    site.live().fresh().await;
    let names = names.unwrap_or_else(|| site.shapes().iter().map(|s| s.name).collect());
    let press = site.press(&Topic::Tables(names));
    Ok(Feed::new(&site, press, known, None)?.answer(false, Coding::accepted(&headers)))
}

/// The tables of that list, by name, each once.
fn tables(site: &Site, list: &str) -> Result<Vec<&'static str>, Refusal> {
    let mut found = Vec::new();
    for name in list.split(',') {
        let Some(shape) = site.shape(name) else {
            let names: Vec<_> = site.shapes().iter().map(|s| s.name).collect();
            let text = format!("there is no table '{name}'; there are {}", names.join(", "));
            return Err(Refusal::bad("unknown-table", text));
        };
        if !found.contains(&shape.name) {
            found.push(shape.name);
        }
    }
    Ok(found)
}

/// Some tables, as they are told to all who watch just these.
pub(crate) struct Tables {
    shapes: Vec<&'static Shape>,
    /// The alarms that were told last.
    alarms: String,
}

impl Tables {
    /// The least time between two events.
    pub(crate) const GAP: Duration = Duration::from_millis(20);

    /// Of these tables nothing has been told.
    pub(crate) const fn new(shapes: Vec<&'static Shape>) -> Self {
        Self { shapes, alarms: String::new() }
    }

    /// Takes this for told.
    pub(crate) fn begin(&mut self, now: &Snapshot) {
        self.alarms = alarms(&now.alarms);
    }

    /// The words that tell the time, `at` being when tables were last published.
    pub(crate) fn clock(now: Stamp, at: Stamp) -> String {
        let at = if at == Stamp::default() { None } else { Some(at.to_string()) };
        serde_json::json!({ "now": now.to_string(), "at": at }).to_string()
    }

    /// How it stands.
    pub(crate) fn snapshot(&mut self, now: &Snapshot) -> String {
        self.begin(now);
        self.whole(now)
    }

    /// What has changed; `None` if it is nothing that these watchers want to see.
    pub(crate) fn delta(&mut self, change: &Merged) -> Option<String> {
        let (data, news) = self.changed(change);
        let alarms = alarms(&change.alarms);
        if !news && alarms == self.alarms {
            return None;
        }
        self.alarms = alarms;
        Some(data)
    }

    /// What leads one who knows version `known` to `last` or later: an event's name, the version
    /// it leads to, and what it says. `None`: nothing.
    pub(crate) fn since(
        &self,
        site: &Site,
        known: u64,
        last: u64,
    ) -> Option<(&'static str, u64, String)> {
        match site.live().since(known) {
            Since::Anew(now) => Some(("snapshot", now.version, self.whole(&now))),
            Since::Deltas(deltas) => {
                let until = deltas.iter().take_while(|d| d.version <= last).count();
                let change = merge(deltas.get(..until).unwrap_or_default())?;
                Some(("delta", change.version, self.changed(&change).0))
            }
        }
    }

    fn whole(&self, now: &Snapshot) -> String {
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
        finish(out, &alarms(&now.alarms))
    }

    /// A change as these watchers see it, and whether it is in one of their tables.
    fn changed(&self, change: &Merged) -> (String, bool) {
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
        (finish(out, &alarms(&change.alarms)), news)
    }
}

fn alarms(alarms: &[Alarm]) -> String {
    let mut out = String::new();
    wire::json_alarms(&mut out, alarms);
    out
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
