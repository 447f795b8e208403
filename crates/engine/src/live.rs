//! What readers see: immutable snapshots of the live tables, and what changed between them.
//!
//! One writer (the sequencer) publishes; any number of readers look, never holding it up. A
//! delta names the rows that changed; columns that count on by themselves ([`Type::Age`]) are no
//! change. Deltas are kept for a while so that a reader that was cut off can go on where it was.

use facts::Stamp;
use facts::table::{Row, Shape, Table, Type, Value};
use std::cmp::Ordering::Equal;
use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How many deltas are kept for readers that come back. At ten a second: some minutes.
const DELTAS_MAX: usize = 2_000;
/// And how many changed rows in all of them together.
const DELTA_ROWS_MAX: usize = 50_000;

/// Columns that count on by themselves are good for this long.
const FRESH: Duration = Duration::from_millis(500);
/// How long a reader waits for fresh ones; then it takes what there is.
const FRESH_WAIT: Duration = Duration::from_millis(500);

/// Something that an operator must see on every page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// A stable word, e.g. `disk-full`.
    pub code: &'static str,
    /// Since when, by this server's clock.
    pub since: Stamp,
    /// What is the matter and what to do.
    pub what: String,
}

/// All live tables at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Counts up by one with each publication; starts at 1. 0: nothing published yet.
    pub version: u64,
    /// This server's clock at the publication.
    pub at: Stamp,
    /// Every table by name, rows of all ACDs together, sorted by key.
    pub tables: BTreeMap<&'static str, Arc<Table>>,
    /// What is wrong with this server now; empty when all is well.
    pub alarms: Vec<Alarm>,
}

/// What changed in one table.
#[derive(Clone, Debug)]
pub struct Change {
    /// The table's shape.
    pub shape: &'static Shape,
    /// New and changed rows, whole.
    pub rows: Vec<Row>,
    /// The keys of rows that are gone (the first `shape.key` values).
    pub gone: Vec<Row>,
}

/// What changed from the version before to this one.
#[derive(Clone, Debug)]
pub struct Delta {
    /// The version it leads to.
    pub version: u64,
    /// This server's clock at that version.
    pub at: Stamp,
    /// By table, only those that changed.
    pub changes: Vec<Change>,
    /// Alarms in force at that version.
    pub alarms: Vec<Alarm>,
}

/// What a reader that knows a version needs next.
#[derive(Clone, Debug)]
pub enum Since {
    /// These deltas, oldest first; empty when it is up to date.
    Deltas(Vec<Arc<Delta>>),
    /// Its version is unknown or too long ago: start again from this.
    Anew(Arc<Snapshot>),
}

/// The place where snapshots are published. Clone it freely: all clones are one place.
#[derive(Clone, Debug)]
pub struct Live {
    state: Arc<Mutex<State>>,
    version: watch::Sender<u64>,
    /// When all tables were last made from the fold; `None`: by nobody who would do so when asked.
    renewed: watch::Sender<Option<Instant>>,
    /// Somebody waits for that.
    wanted: Arc<AtomicBool>,
}

#[derive(Debug)]
struct State {
    now: Arc<Snapshot>,
    deltas: VecDeque<Arc<Delta>>,
    delta_rows: usize,
}

impl State {
    fn since(&self, version: u64) -> Since {
        if version == self.now.version {
            return Since::Deltas(Vec::new());
        }
        match self.deltas.front() {
            Some(oldest)
                if version != 0 && version + 1 >= oldest.version && version < self.now.version =>
            {
                // Versions follow each other without a gap.
                let known = usize::try_from(version + 1 - oldest.version).unwrap_or(usize::MAX);
                Since::Deltas(self.deltas.iter().skip(known).cloned().collect())
            }
            _ => Since::Anew(self.now.clone()),
        }
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

impl Live {
    /// An empty place: version 0, no tables.
    pub fn new() -> Self {
        let now = Arc::new(Snapshot {
            version: 0,
            at: Stamp::default(),
            tables: BTreeMap::new(),
            alarms: Vec::new(),
        });
        let state = State { now, deltas: VecDeque::new(), delta_rows: 0 };
        Self {
            state: Arc::new(Mutex::new(state)),
            version: watch::Sender::new(0),
            renewed: watch::Sender::new(None),
            wanted: Arc::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A reader that panicked while it held the lock has changed nothing.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.lock().now.clone()
    }

    /// The newest snapshot, with columns that count on by themselves of now: while nothing else
    /// changes nobody renders them, so whoever reads them asks here.
    pub async fn fresh(&self) -> Arc<Snapshot> {
        let mut renewed = self.renewed.subscribe();
        let last = *renewed.borrow_and_update();
        if last.is_some_and(|last| last.elapsed() >= FRESH) {
            self.wanted.store(true, Ordering::Release);
            // Who publishes may be busy or gone: then what there is must do.
            drop(tokio::time::timeout(FRESH_WAIT, renewed.changed()).await);
        }
        self.snapshot()
    }

    /// Whether a reader waits for fresh tables.
    pub(crate) fn is_wanted(&self) -> bool {
        self.wanted.load(Ordering::Acquire)
    }

    /// All tables have just been published as they stand.
    pub(crate) fn is_renewed(&self) {
        self.wanted.store(false, Ordering::Release);
        self.renewed.send_replace(Some(Instant::now()));
    }

    /// Tells of each new version; a slow reader sees only the newest.
    pub fn versions(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// The version in force.
    pub fn version(&self) -> u64 {
        self.lock().now.version
    }

    /// What a reader at `version` needs to be up to date.
    pub fn since(&self, version: u64) -> Since {
        self.look(version).1
    }

    /// The newest snapshot, and what leads from `version` to exactly that one.
    pub fn look(&self, version: u64) -> (Arc<Snapshot>, Since) {
        let state = self.lock();
        (state.now.clone(), state.since(version))
    }

    /// Publishes tables and alarms as they stand at `at`. Nothing is published if nothing but
    /// ages changed. Returns the version in force.
    pub fn publish(&self, at: Stamp, tables: Vec<Table>, alarms: Vec<Alarm>) -> u64 {
        let before = self.snapshot();
        let mut next = before.tables.clone();
        let mut changes = Vec::new();
        for table in tables {
            let old = before.tables.get(table.shape.name);
            if let Some(change) = compare(old.map(|t| t.rows.as_slice()), &table) {
                changes.push(change);
            }
            // Ages and the moment are new even where no row changed.
            next.insert(table.shape.name, Arc::new(table));
        }
        let changed = !changes.is_empty() || alarms != before.alarms || before.version == 0;
        let version = before.version + u64::from(changed);
        let now = Arc::new(Snapshot { version, at, tables: next, alarms: alarms.clone() });
        let mut state = self.lock();
        state.now = now;
        if changed {
            let rows = |d: &Delta| d.changes.iter().map(|c| c.rows.len() + c.gone.len()).sum();
            let delta = Delta { version, at, changes, alarms };
            state.delta_rows += usize::max(1, rows(&delta));
            state.deltas.push_back(Arc::new(delta));
            while state.deltas.len() > DELTAS_MAX || state.delta_rows > DELTA_ROWS_MAX {
                let Some(old) = state.deltas.pop_front() else { break };
                state.delta_rows -= usize::max(1, rows(&old));
            }
            drop(state);
            self.version.send_replace(version);
        }
        version
    }
}

/// The rows of `new` that differ from `old` in more than ages, and the keys that are gone. Both
/// sides are sorted by key.
fn compare(old: Option<&[Row]>, new: &Table) -> Option<Change> {
    let shape = new.shape;
    let key = |row: &Row| -> Row { row.iter().take(shape.key).cloned().collect() };
    let order = |a: &Row, b: &Row| match (a.get(..shape.key), b.get(..shape.key)) {
        // Most are the same, which is told faster than what comes first.
        (a, b) if a == b => Equal,
        (a, b) => a.cmp(&b),
    };
    let mut change = Change { shape, rows: Vec::new(), gone: Vec::new() };
    let mut olds = old.unwrap_or_default().iter().peekable();
    for row in &new.rows {
        while let Some(gone) = olds.next_if(|o| order(o, row).is_lt()) {
            change.gone.push(key(gone));
        }
        match olds.next_if(|o| order(o, row).is_eq()) {
            Some(same) if !differs(shape, same, row) => {}
            _ => change.rows.push(row.clone()),
        }
    }
    change.gone.extend(olds.map(key));
    let news = !change.rows.is_empty() || !change.gone.is_empty() || old.is_none();
    news.then_some(change)
}

/// Whether two rows of one key differ in a column that does not count on by itself.
fn differs(shape: &Shape, a: &[Value], b: &[Value]) -> bool {
    let ticks = |i: usize| shape.columns.get(i).is_some_and(|c| c.kind == Type::Age);
    a.len() != b.len() || a.iter().zip(b).enumerate().any(|(i, (x, y))| x != y && !ticks(i))
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::table::Column;

    static SHAPE: Shape = Shape {
        name: "t",
        doc: "for tests",
        key: 1,
        columns: &[
            Column { name: "acd", kind: Type::Text, doc: "" },
            Column { name: "n", kind: Type::Int, doc: "" },
            Column { name: "age", kind: Type::Age, doc: "" },
        ],
    };

    fn table(rows: &[(&str, i64, i64)]) -> Vec<Table> {
        let row =
            |&(k, n, age): &(&str, i64, i64)| vec![Value::from(k), Value::Int(n), Value::Int(age)];
        vec![Table { shape: &SHAPE, as_of: Stamp(0), rows: rows.iter().map(row).collect() }]
    }

    #[test]
    fn a_delta_names_what_changed_and_what_is_gone_and_no_ages() {
        let live = Live::new();
        assert!(matches!(live.since(0), Since::Deltas(d) if d.is_empty()));
        assert_eq!(live.publish(Stamp(1), table(&[("a", 1, 0), ("b", 1, 0)]), vec![]), 1);
        assert_eq!(live.publish(Stamp(2), table(&[("a", 1, 9), ("b", 1, 9)]), vec![]), 1);
        assert_eq!(live.publish(Stamp(3), table(&[("a", 2, 0), ("c", 1, 0)]), vec![]), 2);
        let Since::Deltas(deltas) = live.since(1) else { panic!("version 1 is known") };
        assert_eq!(deltas.len(), 1);
        let change = &deltas[0].changes[0];
        assert_eq!(change.rows, table(&[("a", 2, 0), ("c", 1, 0)])[0].rows);
        assert_eq!(change.gone, vec![vec![Value::from("b")]]);
        assert!(matches!(live.since(0), Since::Anew(s) if s.version == 2));
        assert!(matches!(live.since(7), Since::Anew(_)), "a version of the future");
        assert_eq!(*live.versions().borrow(), 2);
    }

    #[test]
    fn applying_all_deltas_gives_the_newest_rows() {
        let live = Live::new();
        let mut seen: BTreeMap<String, i64> = BTreeMap::new();
        let mut at = live.publish(Stamp(0), table(&[]), vec![]);
        for step in 0..200_i64 {
            let rows: Vec<(String, i64)> = (0..9)
                .filter(|k| (step + k) % 4 != 0)
                .map(|k| (format!("k{k}"), (step * k) % 5))
                .collect();
            let rows: Vec<_> = rows.iter().map(|(k, n)| (k.as_str(), *n, step)).collect();
            live.publish(Stamp(step), table(&rows), vec![]);
            let Since::Deltas(deltas) = live.since(at) else { panic!("still kept") };
            for delta in deltas {
                at = delta.version;
                for change in &delta.changes {
                    for gone in &change.gone {
                        let Value::Text(k) = &gone[0] else { panic!("text key") };
                        seen.remove(&**k);
                    }
                    for row in &change.rows {
                        let (Value::Text(k), Value::Int(n)) = (&row[0], &row[1]) else {
                            panic!("shape")
                        };
                        seen.insert(k.to_string(), *n);
                    }
                }
            }
            let now: BTreeMap<_, _> = rows.iter().map(|(k, n, _)| (k.to_string(), *n)).collect();
            assert_eq!(seen, now, "step {step}");
        }
    }
}
