//! The counted tables: rows of them out of an interval that closes.
//!
//! A row says what is known and nothing else: an item that Asterisk does not have, or that the
//! source of the ledger cannot know, is NULL. A row with nothing to report is not made (cms.md
//! 0); that an interval was there, and how much of it was seen, stands in `intervals`.

pub(crate) mod busy;
mod shapes;

use crate::books::{Books, Closed, Of};
use crate::calendar::Interval;
use crate::coverage::COVERAGE;
use crate::items::{Counts, Known, UNKNOWN};
use crate::records::call_rec::CALL_REC;
use crate::records::columns::extension;
use crate::records::linkex::LINKEX;
use crate::records::{ag_actv, haglog};
use crate::rollup;
use crate::rows::{Open, Rows};
use crate::settings::{Settings, Source};
use facts::table::{Column, Row, Shape, Type, Value};
use facts::{AgentId, Text};
use std::sync::LazyLock;

pub(crate) use shapes::Places;
pub use shapes::{AGENTS, CODES, ELEMENTS, Element, GROUPS, Level, SPLITS, TRUNKS, VDNS, VECTORS};

/// Tables with a row for each thing that happened.
const RECORDS: [&Shape; 5] = [&CALL_REC, &haglog::SHAPE, &ag_actv::SHAPE, &LINKEX, &COVERAGE];

/// Every table of history: what is counted by interval, day, week and month, how long these are,
/// and records.
pub static SHAPES: LazyLock<Vec<&'static Shape>> = LazyLock::new(|| {
    let levels = [Level::Interval, Level::Day, Level::Week, Level::Month];
    let counted = ELEMENTS.iter().flat_map(|e| levels.map(|level| e.shape(level)));
    let whole = [&INTERVALS, &rollup::D_SECS, &rollup::W_SECS, &rollup::M_SECS];
    counted.chain(whole).chain(RECORDS).collect()
});

macro_rules! columns {
    ($($name:ident $kind:ident $doc:literal;)*) => {
        &[$(Column { name: stringify!($name), kind: Type::$kind, doc: $doc },)*]
    };
}

/// `intervals`: one row an interval that is closed, whether anything happened in it or not.
pub static INTERVALS: Shape = Shape {
    name: "intervals",
    doc: "an interval that is closed, whether anything happened in it or not (not of CMS)",
    key: 4,
    columns: columns! {
        row_date Date "local day (CMS ROW_DATE)";
        starttime Int "local time at which it begins, hhmm (CMS STARTTIME)";
        intrvl Int "length of intervals, minutes (CMS INTRVL)";
        acd Int "number of the switch (CMS ACD)";
        incomplete Int "1: not every second was observed, or collection was disturbed (CMS INCOMPLETE)";
        acd_name Text "name of the switch";
        starttime_utc Int "its first moment, seconds since 1970 in UTC";
        observed Int "how many of its seconds were observed";
        source Text "by what: live (the switch itself), queue_log";
        seconds Int "how many seconds it has; other than intrvl * 60 where the local clock jumps";
    },
};

/// What all rows of an interval have in common.
struct Sheet<'a> {
    settings: &'a Settings,
    interval: &'a Interval,
    minutes: i64,
    observed: i64,
    incomplete: bool,
}

impl Sheet<'_> {
    /// The rows of an element: by its key the columns that name it, its names, and more columns.
    fn rows<K: Ord + Clone>(
        &self,
        element: &'static Element,
        rows: &Rows<K>,
        name: impl Fn(&K) -> (Vec<Value>, Vec<Value>, Option<Value>),
    ) -> (&'static Shape, Vec<Row>) {
        let shape = element.shape(Level::Interval);
        let row = |(key, counts): (&K, &Counts)| {
            let (keys, names, more) = name(key);
            let mut row = Vec::with_capacity(shape.columns.len());
            row.extend(self.head());
            row.extend(keys);
            row.push(Value::Int(self.incomplete.into()));
            row.extend(element.items.iter().zip(counts.each()).map(|(item, n)| {
                match (item.known, self.settings.source) {
                    _ if n == UNKNOWN => Value::Null,
                    (Known::Never, _) | (Known::Live, Source::QueueLog) => Value::Null,
                    (Known::Live, Source::Live) | (Known::Log, _) => Value::Int(n),
                }
            }));
            row.push(self.settings.name.clone().into());
            row.extend(names);
            row.extend(self.seen());
            row.extend(more);
            row
        };
        let mut rows: Vec<Row> = rows.each().map(row).collect();
        // Rows come by name; what has no number stays so.
        rows.sort_by(|a, b| a.get(..shape.key).cmp(&b.get(..shape.key)));
        (shape, rows)
    }

    fn head(&self) -> [Value; 4] {
        [
            self.interval.date.into(),
            self.interval.starttime.into(),
            self.minutes.into(),
            self.settings.acd.into(),
        ]
    }

    fn seen(&self) -> [Value; 3] {
        [self.interval.from.secs().into(), self.observed.into(), self.settings.source.word().into()]
    }

    fn interval(&self) -> (&'static Shape, Vec<Row>) {
        let mut row = Vec::with_capacity(INTERVALS.columns.len());
        row.extend(self.head());
        row.push(Value::Int(self.incomplete.into()));
        row.push(self.settings.name.clone().into());
        row.extend(self.seen());
        row.push(self.interval.seconds().into());
        (&INTERVALS, vec![row])
    }

    /// What was named by an administrator.
    fn name(&self, of: &Text) -> Value {
        self.settings.names.get(of).cloned().into()
    }
}

/// The number of something that is known by name: the name itself if it is one.
pub(crate) fn number(name: &str) -> Value {
    let digits = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let number = if digits { name.parse::<i64>().ok() } else { None };
    number.into()
}

impl Books {
    /// Makes the rows of an interval that is over.
    pub(crate) fn close(&mut self, open: &Open) {
        let sheet = Sheet {
            settings: &self.settings,
            interval: &open.interval,
            minutes: self.calendar.length().minutes(),
            observed: open.observed,
            incomplete: open.disturbed || open.observed < open.interval.seconds(),
        };
        let group = |name: &Text| (number(name), Value::from(name.clone()));
        let vector = |name: &Text| {
            let called = self.settings.names.get(name).unwrap_or(name);
            (number(name), Value::text_or_null(called))
        };
        let mut tables = vec![
            sheet.interval(),
            sheet.rows(&SPLITS, &open.splits, |split| {
                (vec![number(split)], vec![split.0.clone().into()], None)
            }),
            sheet.rows(&AGENTS, &open.agents, |key| {
                let logid = key.agent.0.clone().into();
                let keys = vec![logid, number(&key.split), extension(&key.device)];
                let names = vec![key.split.0.clone().into(), self.agent_name(&key.agent)];
                ([keys, vec![Value::Null]].concat(), names, Some(key.logon.into()))
            }),
            sheet.rows(&VDNS, &open.vdns, |key| {
                let (number, name) = vector(&key.vector);
                let vdn = Value::text_or_null(&key.vdn);
                (vec![vdn, number], vec![name, sheet.name(&key.vdn)], None)
            }),
            sheet.rows(&VECTORS, &open.vectors, |name| {
                let (number, name) = vector(name);
                (vec![number], vec![name], None)
            }),
            sheet.rows(&TRUNKS, &open.trunks, |key| {
                let (number, name) = group(&key.group);
                (vec![key.place.to_string().as_str().into(), number], vec![name], None)
            }),
            sheet.rows(&GROUPS, &open.groups, |name| {
                let (number, name) = group(name);
                (vec![number], vec![name], None)
            }),
            sheet.rows(&CODES, &open.codes, |code| {
                (vec![code.clone().into()], vec![sheet.name(code)], None)
            }),
        ];
        tables.retain(|(_, rows)| !rows.is_empty());
        self.closed.push(Closed { of: Of::Interval(open.interval), tables });
    }

    pub(crate) fn agent_name(&self, agent: &AgentId) -> Value {
        self.names.get(agent).map_or(Value::Null, Value::text_or_null)
    }
}
