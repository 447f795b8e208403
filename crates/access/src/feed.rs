//! One watcher's place in the stream of versions: what it is sent next, and when.
//!
//! Nothing is queued for a watcher. It is asked for its next event only when its connection can
//! take more. Whoever keeps up gets what the [`Press`] has printed for all who watch the same;
//! whoever reads slowly skips to the newest.

use crate::clock;
use crate::gzip::{Coding, Piece};
use crate::press::{Next, Press};
use crate::refusal::Refusal;
use crate::server::stopped;
use crate::site::Site;
use axum::body::Body;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use engine::{Alarm, Change, Delta};
use facts::Stamp;
use facts::table::{Row, Shape};
use futures_util::StreamExt as _;
use futures_util::stream::{iter, unfold};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// How often a watcher is told the time, so that it knows that it is not cut off.
const CLOCK: Duration = Duration::from_secs(5);

/// Several deltas in one: of each row only its last state.
#[derive(Debug)]
pub(crate) struct Merged {
    /// The version it leads to.
    pub(crate) version: u64,
    /// This server's clock at that version.
    pub(crate) at: Stamp,
    /// By table, only those that changed.
    pub(crate) changes: Vec<Change>,
    /// Alarms in force at that version.
    pub(crate) alarms: Vec<Alarm>,
}

/// Puts deltas, oldest first, together; `None` if there are none.
pub(crate) fn merge(deltas: &[Arc<Delta>]) -> Option<Merged> {
    let newest = deltas.last()?;
    let mut tables: BTreeMap<&'static str, (&'static Shape, BTreeMap<&[_], Option<&Row>>)> =
        BTreeMap::new();
    for change in deltas.iter().flat_map(|d| &d.changes) {
        let (_, rows) =
            tables.entry(change.shape.name).or_insert_with(|| (change.shape, BTreeMap::new()));
        // Within one delta a key is either there or gone.
        for key in &change.gone {
            rows.insert(key, None);
        }
        for row in &change.rows {
            rows.insert(row.get(..change.shape.key).unwrap_or(row), Some(row));
        }
    }
    let changes = tables
        .into_values()
        .map(|(shape, states)| {
            let mut change = Change { shape, rows: Vec::new(), gone: Vec::new() };
            for (key, state) in states {
                match state {
                    Some(row) => change.rows.push(row.clone()),
                    None => change.gone.push(key.to_vec()),
                }
            }
            change
        })
        .collect();
    let alarms = newest.alarms.clone();
    Some(Merged { version: newest.version, at: newest.at, changes, alarms })
}

/// One watcher.
pub(crate) struct Feed {
    site: Site,
    press: Arc<Press>,
    /// Whether the page that it moves was made for several ACDs; `None` if it did not say.
    several: Option<bool>,
    versions: watch::Receiver<u64>,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    /// The version that the watcher is at.
    known: u64,
    clock: Interval,
    _seat: OwnedSemaphorePermit,
}

impl Feed {
    /// A watcher of what `press` prints who knows version `known` (0: nothing).
    ///
    /// # Errors
    /// If all seats are taken.
    pub(crate) fn new(
        site: &Site,
        press: Arc<Press>,
        known: u64,
        several: Option<bool>,
    ) -> Result<Self, Refusal> {
        let Some(seat) = site.seat() else {
            let text = format!(
                "{} are watching already, which is the limit; close a page that nobody looks at",
                site.hooks().viewers_max
            );
            return Err(Refusal::later("too-many-viewers", text));
        };
        let mut clock = tokio::time::interval_at(Instant::now() + CLOCK, CLOCK);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // A version that is still to come means nothing.
        let known = if known > site.live().version() { 0 } else { known };
        Ok(Self {
            press,
            several,
            versions: site.live().versions(),
            stopped: Box::pin(stopped(site.stop())),
            known,
            clock,
            site: site.clone(),
            _seat: seat,
        })
    }

    /// The answer that goes on as long as somebody reads it and travels like that. With `greet`
    /// it begins with the time.
    pub(crate) fn answer(self, greet: bool, coding: Coding) -> Response {
        let events = unfold((self, greet), move |(mut feed, greet)| async move {
            let event = if greet { feed.time() } else { feed.next().await? };
            Some((event.bytes(coding), (feed, false)))
        });
        let head =
            [(header::CONTENT_TYPE, "text/event-stream"), (header::CACHE_CONTROL, "no-cache")];
        let body = Body::from_stream(iter(coding.begin()).chain(events).map(Ok::<_, Infallible>));
        let mut response = (head, body).into_response();
        coding.say(response.headers_mut());
        response
    }

    /// The watcher's next event; waits for it. `None`: the server stops.
    async fn next(&mut self) -> Option<Arc<Piece>> {
        tokio::select! {
            biased;
            () = &mut self.stopped => None,
            event = news(
                &self.site,
                &self.press,
                self.several,
                &mut self.versions,
                &mut self.known,
            ) => event,
            _ = self.clock.tick() => Some(self.time()),
        }
    }

    fn time(&self) -> Arc<Piece> {
        let at = self.site.live().snapshot().at;
        let data = self.press.clock(clock::now(), at);
        event("clock", self.known, self.site.run(), &data)
    }
}

/// Waits for something that this watcher has not been told. `None`: nobody publishes any more.
async fn news(
    site: &Site,
    press: &Press,
    several: Option<bool>,
    versions: &mut watch::Receiver<u64>,
    known: &mut u64,
) -> Option<Arc<Piece>> {
    loop {
        match press.next(site, *known, several) {
            Next::Event { leads_to, text } => {
                *known = leads_to;
                return Some(text);
            }
            Next::Later(at) => tokio::time::sleep_until(at).await,
            Next::Nothing { known: same, seen } => {
                *known = same;
                versions.wait_for(|v| *v > seen).await.ok()?;
            }
        }
    }
}

/// One server-sent event that carries the watcher's place, to resume from. `data` is one line.
pub(crate) fn event(name: &str, known: u64, run: &str, data: &str) -> Arc<Piece> {
    let text = format!("event: {name}\nid: {known}-{run}\ndata: {data}\n\n");
    Arc::new(Piece::new(text.into()))
}

/// The version a watcher says it knows: `Last-Event-ID`, else `?since=`. 0 if it says none, or
/// one of another run of this server, whose versions mean nothing here.
///
/// # Errors
/// If it is not the id of an event.
pub(crate) fn known(site: &Site, headers: &HeaderMap, since: Option<&str>) -> Result<u64, Refusal> {
    let bad = || {
        let text = "Last-Event-ID and since take the id of an event, as it was sent";
        Refusal::bad("bad-since", text)
    };
    let id = match headers.get("last-event-id") {
        Some(value) => value.to_str().map_err(|_| bad())?,
        None => since.unwrap_or_default(),
    };
    if id.is_empty() {
        return Ok(0);
    }
    let (version, run) = id.split_once('-').unwrap_or((id, site.run()));
    let version: u64 = version.parse().map_err(|_| bad())?;
    Ok(if run == site.run() { version } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::table::{Column, Type, Value};

    static SHAPE: Shape = Shape {
        name: "t",
        doc: "for tests",
        key: 1,
        columns: &[
            Column { name: "acd", kind: Type::Text, doc: "" },
            Column { name: "n", kind: Type::Int, doc: "" },
        ],
    };

    fn delta(version: u64, rows: &[(&str, i64)], gone: &[&str]) -> Arc<Delta> {
        let rows = rows.iter().map(|(k, n)| vec![Value::from(*k), Value::Int(*n)]).collect();
        let gone = gone.iter().map(|k| vec![Value::from(*k)]).collect();
        let changes = vec![Change { shape: &SHAPE, rows, gone }];
        Arc::new(Delta { version, at: Stamp(7), changes, alarms: Vec::new() })
    }

    #[test]
    fn of_each_row_the_last_state_counts() {
        assert!(merge(&[]).is_none());
        let deltas = [
            delta(2, &[("a", 1), ("b", 1), ("c", 1)], &[]),
            delta(3, &[("a", 2)], &["b", "c"]),
            delta(4, &[("c", 3)], &[]),
        ];
        let merged = merge(&deltas).expect("three deltas");
        assert_eq!(merged.version, 4);
        let [change] = &merged.changes[..] else { panic!("one table") };
        let row = |k: &str, n| vec![Value::from(k), Value::Int(n)];
        assert_eq!(change.rows, [row("a", 2), row("c", 3)]);
        assert_eq!(change.gone, [vec![Value::from("b")]]);
    }
}
