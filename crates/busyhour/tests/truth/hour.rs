//! A virtual contact centre whose words go through the real fold.

use engine::{Fold, FoldSettings};
use facts::table::{Table, Value};
use facts::{Record, Stamp};
use sim::{Settings, Version, World};

/// 21 November 2026, 12:00 UTC.
const START: i64 = 1_795_262_400_000_000;
/// A minute in microseconds.
pub(crate) const MINUTE: i64 = 60_000_000;

/// The world and what was made of its words.
pub(crate) struct Hour {
    pub(crate) world: World,
    pub(crate) fold: Fold,
    pub(crate) now: Stamp,
    first: Stamp,
    /// When nothing was heard: between the last word before a restart and the first one after it.
    pub(crate) away: Option<(i64, i64)>,
    bytes: Vec<u8>,
    /// The world after its stop, and when that was.
    stopped: Option<(World, Stamp)>,
    after: Vec<Record>,
    /// `queue_log` so far.
    pub(crate) log: String,
}

impl Hour {
    /// A centre that opens in this moment, and a session that is attached to it.
    pub(crate) fn new(agents: u32, seed: u64, version: Version) -> Self {
        Self::of(&Settings { version, ..Settings::centre(agents, seed) }, START)
    }

    /// A centre of these settings that opens at `start`.
    pub(crate) fn of(centre: &Settings, start: i64) -> Self {
        let centre = Settings { warm_up_s: 0, calls_remembered_max: usize::MAX, ..centre.clone() };
        let mut world = World::new(&centre, start);
        world.keep_log();
        let bytes = world.opening(start);
        let mut settings = FoldSettings::for_acd("pbx");
        let (wrapup, problems) =
            translate::asterisk::parse_queues_conf(centre.queues_conf().as_bytes());
        assert!(problems.is_empty(), "{problems:?}");
        settings.translate.wrapup = wrapup;
        settings.model.ended_calls_max = 1_000_000;
        let (fold, now) = (Fold::new(settings), Stamp(start));
        Self {
            world,
            fold,
            now,
            first: now,
            away: None,
            bytes,
            stopped: None,
            after: Vec::new(),
            log: String::new(),
        }
    }

    /// Lives on for so many microseconds, stops the switch and starts it, and attaches again.
    pub(crate) fn restart_after(&mut self, micros: i64) {
        let until = self.now.0 + micros;
        let mut said = Vec::new();
        self.world.advance(until, &mut said);
        self.first = said.first().map_or(self.first, |said| Stamp(said.at));
        let opening = self.world.restart_and_attach(2_000_000, &mut said);
        let stopped = said.last().map_or(until, |said| said.at);
        self.away = Some((stopped, stopped));
        self.hear(&said, self.world.now());
        self.bytes.extend_from_slice(&opening);
        self.log.push_str(&String::from_utf8_lossy(&self.world.take_log()));
    }

    /// Lives on for so many microseconds and folds what was said.
    pub(crate) fn live(&mut self, micros: i64) {
        let until = self.now.0 + micros;
        let mut said = Vec::new();
        self.world.advance(until, &mut said);
        self.log.push_str(&String::from_utf8_lossy(&self.world.take_log()));
        let first = said.first().map_or(self.first, |said| Stamp(said.at));
        match self.away.as_mut() {
            Some((_, back)) => *back = first.0,
            None => self.first = first,
        }
        self.hear(&said, until);
        // What the switch will say when it is stopped is known already; the fold must not be.
        let mut stopped = self.world.clone();
        let mut last = Vec::new();
        stopped.shut_down(self.now.0, &mut last);
        for said in &last {
            self.bytes.extend_from_slice(&said.bytes);
        }
        let (now, records) = (self.now, translate::capture::records(&self.bytes));
        self.stopped = last.last().map(|said| (stopped, Stamp(said.at)));
        let (before, after) = records.into_iter().partition(|record| record.stamp <= now);
        self.fold_all(before);
        self.after = after;
    }

    /// The switch stops in order.
    pub(crate) fn shut_down(&mut self) {
        let (world, now) = self.stopped.take().expect("it has lived");
        (self.world, self.now) = (world, now);
        self.log.push_str(&String::from_utf8_lossy(&self.world.take_log()));
        let after = std::mem::take(&mut self.after);
        self.fold_all(after);
    }

    fn hear(&mut self, said: &[sim::Said], until: i64) {
        for said in said {
            self.bytes.extend_from_slice(&said.bytes);
        }
        // A burst may run ahead of the moment that was asked for.
        self.now = Stamp(said.last().map_or(until, |said| said.at.max(until)));
    }

    fn fold_all(&mut self, records: Vec<Record>) {
        for record in records {
            self.fold.push(record);
        }
        self.fold.settle();
        self.fold.advance(self.now);
    }

    /// When the first thing was said, microseconds UTC. The lists before it have no stamp: they
    /// are taken to be of this moment.
    pub(crate) fn began(&self) -> i64 {
        self.first.0
    }

    /// A live table as it is now.
    pub(crate) fn table(&self, name: &str) -> Rows {
        Rows(self.fold.table(name, self.now).expect("a live table"))
    }
}

/// A table, read by column name.
pub(crate) struct Rows(Table);

impl Rows {
    /// The rows' numbers.
    pub(crate) fn all(&self) -> std::ops::Range<usize> {
        0..self.0.rows.len()
    }

    fn value(&self, row: usize, column: &str) -> &Value {
        let column = self.0.shape.column(column).expect("a column of that name");
        &self.0.rows[row][column]
    }

    /// A cell as text; `-` if it is null.
    pub(crate) fn text(&self, row: usize, column: &str) -> String {
        match self.value(row, column) {
            Value::Null => "-".to_owned(),
            Value::Bool(b) => b.to_string(),
            Value::Int(i) => i.to_string(),
            Value::Stamp(s) => s.to_string(),
            Value::Date(d) => d.to_string(),
            Value::Text(t) => t.to_string(),
        }
    }

    /// A number, or a moment in microseconds; -1 if it is null.
    pub(crate) fn int(&self, row: usize, column: &str) -> i64 {
        match self.value(row, column) {
            Value::Int(i) => *i,
            Value::Stamp(s) => s.0,
            Value::Null => -1,
            other => panic!("{column} holds {other:?}"),
        }
    }

    /// The row in which a column has this value.
    pub(crate) fn find(&self, column: &str, value: &str) -> Option<usize> {
        self.all().find(|row| self.text(*row, column) == value)
    }
}
