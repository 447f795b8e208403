//! One watcher's place in the stream of versions: what it needs next, and when.
//!
//! Nothing is queued for a watcher. It is asked for its next step only when its connection can
//! take more, and then gets what leads from the version it knows to the newest: whoever reads
//! slowly skips what lies between.

use crate::clock;
use crate::refusal::Refusal;
use crate::server::stopped;
use crate::site::Site;
use axum::http::HeaderMap;
use axum::response::sse::Event;
use engine::{Alarm, Change, Delta, Live, Since, Snapshot};
use facts::Stamp;
use facts::table::{Row, Shape};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// How often a watcher is told the time, so that it knows that it is not cut off.
const CLOCK: Duration = Duration::from_secs(5);

/// What a watcher needs next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Forget everything; this is how it stands.
    Anew(Arc<Snapshot>),
    /// This has changed, since the version it knew.
    Changed(Merged),
    /// Nothing new; the time, and when the tables were last looked at.
    Clock {
        /// This server's clock.
        now: Stamp,
        /// When tables were last published, changed or not; 0 if never.
        at: Stamp,
    },
}

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
    live: Live,
    versions: watch::Receiver<u64>,
    stopped: Pin<Box<dyn Future<Output = ()> + Send>>,
    known: u64,
    gap: Duration,
    not_before: Instant,
    clock: Interval,
    run: String,
    _seat: OwnedSemaphorePermit,
}

impl Feed {
    /// A watcher who knows version `known` (0: nothing) and is told news at most once a `gap`.
    ///
    /// # Errors
    /// If all seats are taken.
    pub(crate) fn new(site: &Site, known: u64, gap: Duration) -> Result<Self, Refusal> {
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
        let known = if known > site.live().snapshot().version { 0 } else { known };
        Ok(Self {
            live: site.live().clone(),
            versions: site.live().versions(),
            stopped: Box::pin(stopped(site.stop())),
            known,
            gap,
            not_before: Instant::now(),
            clock,
            run: site.run().to_owned(),
            _seat: seat,
        })
    }

    /// What the watcher needs next; waits for it. `None`: the server stops.
    pub(crate) async fn next(&mut self) -> Option<Step> {
        loop {
            tokio::select! {
                biased;
                () = &mut self.stopped => return None,
                step = news(&self.live, &mut self.versions, self.known, self.not_before) => {
                    let Some(step) = step else { continue };
                    self.not_before = Instant::now() + self.gap;
                    self.known = match &step {
                        Step::Anew(now) => now.version,
                        Step::Changed(change) => change.version,
                        Step::Clock { .. } => self.known,
                    };
                    return Some(step);
                }
                _ = self.clock.tick() => {
                    let at = self.live.snapshot().at;
                    return Some(Step::Clock { now: clock::now(), at });
                }
            }
        }
    }

    /// An event that carries the watcher's place, to resume from.
    pub(crate) fn event(&self, name: &str) -> Event {
        Event::default().event(name).id(format!("{}-{}", self.known, self.run))
    }
}

/// Waits for a version later than the known one, and for the gap.
async fn news(
    live: &Live,
    versions: &mut watch::Receiver<u64>,
    known: u64,
    not_before: Instant,
) -> Option<Step> {
    versions.wait_for(|v| *v > known).await.ok()?;
    tokio::time::sleep_until(not_before).await;
    match live.since(known) {
        Since::Anew(now) => Some(Step::Anew(now)),
        Since::Deltas(deltas) => merge(&deltas).map(Step::Changed),
    }
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
