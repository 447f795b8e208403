//! The shapes of the counted tables: seven elements, each by interval, day, week and month.
//!
//! The order of the columns is stable: what names a row (as CMS: ROW_DATE, STARTTIME, INTRVL, ACD,
//! the element), INCOMPLETE, the busy hour where there is one, the items, and behind them what
//! CMS does not have: names, the moment in UTC, how many seconds were observed and by what. New
//! columns come at the end. Everything is put together when the program is compiled.

use crate::items::Item;
use crate::tables::busy::{self, Busy};
use crate::{agent, code, split, trunk, vdn};
use facts::table::{Column, Shape, Type};

/// What the rows of a counted table are added up over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// An interval: tables `h*`.
    Interval,
    /// A local day: `d*`.
    Day,
    /// A week: `w*`.
    Week,
    /// A month: `m*`.
    Month,
}

/// Something that is counted: its four tables.
#[derive(Debug)]
pub struct Element {
    /// Its tables by [`Level`].
    shapes: [&'static Shape; 4],
    /// What is counted.
    pub items: &'static [Item],
    /// Columns that name the element, behind `acd`.
    keys: usize,
    /// Columns with its names, behind `acd_name`.
    names: usize,
    /// How many of these say which it is where it has no number; the others only what it is called.
    pub(crate) telling: usize,
    /// Its busy hour.
    pub(crate) busy: Option<&'static Busy>,
}

/// Where the parts of a row stand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// The first column that names the element.
    pub(crate) key: usize,
    /// CMS INCOMPLETE.
    pub(crate) incomplete: usize,
    /// The first column of the busy hour.
    pub(crate) busy: usize,
    /// The first item.
    pub(crate) items: usize,
    /// `acd_name`, the names behind it.
    pub(crate) names: usize,
    /// `starttime_utc`, behind it `observed` and `source`, and whatever else the element has.
    pub(crate) utc: usize,
}

impl Element {
    /// Its table at a level.
    pub const fn shape(&self, level: Level) -> &'static Shape {
        let [interval, day, week, month] = self.shapes;
        match level {
            Level::Interval => interval,
            Level::Day => day,
            Level::Week => week,
            Level::Month => month,
        }
    }

    /// The names of what is counted, in the order of the columns.
    pub fn item_names(&self) -> impl Iterator<Item = &'static str> {
        self.items.iter().map(|item| item.name)
    }

    /// The element and the level of the table with that name.
    pub fn of_table(name: &str) -> Option<(&'static Self, Level)> {
        let levels = [Level::Interval, Level::Day, Level::Week, Level::Month];
        ELEMENTS.iter().find_map(|element| {
            let level = levels.into_iter().find(|l| element.shape(*l).name == name)?;
            Some((*element, level))
        })
    }

    pub(crate) const fn places(&self, level: Level) -> Places {
        let key = match level {
            Level::Interval => INTERVAL.len(),
            Level::Day | Level::Week | Level::Month => PERIOD.len(),
        };
        let incomplete = key + self.keys;
        let busy = incomplete + 1;
        let items = match (level, self.busy) {
            (Level::Interval, _) | (_, None) => busy,
            (_, Some(hour)) => busy + hour.columns.len(),
        };
        let names = items + self.items.len();
        Places { key, incomplete, busy, items, names, utc: names + 1 + self.names }
    }
}

const fn column(name: &'static str, kind: Type, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

const ROW_DATE: Column = column(
    "row_date",
    Type::Date,
    "local day; of a week its first day, of a month the 1st (CMS ROW_DATE)",
);
const ACD: Column = column("acd", Type::Int, "number of the switch (CMS ACD)");

/// What an interval's row begins with.
const INTERVAL: &[Column] = &[
    ROW_DATE,
    column(
        "starttime",
        Type::Int,
        "local time at which the interval begins, hhmm (CMS STARTTIME); in a night of 25 hours two \
         intervals have the same",
    ),
    column("intrvl", Type::Int, "length of intervals, minutes: 15, 30 or 60 (CMS INTRVL)"),
    ACD,
];

/// What the row of a day, week or month begins with.
const PERIOD: &[Column] = &[ROW_DATE, ACD];

const INCOMPLETE: &[Column] = &[column(
    "incomplete",
    Type::Int,
    "1: not every second was observed, or collection was disturbed; by day, week, month: how many \
     intervals of it were so (CMS INCOMPLETE)",
)];

const ACD_NAME: &[Column] = &[column("acd_name", Type::Text, "name of the switch")];

/// What every counted row ends with.
const SEEN: &[Column] = &[
    column("starttime_utc", Type::Int, "its first moment, seconds since 1970 in UTC"),
    column("observed", Type::Int, "how many of its seconds were observed"),
    column("source", Type::Text, "by what: live (the switch itself), queue_log"),
];

const SPLIT: &[Column] = &[column(
    "split",
    Type::Int,
    "number of the split (CMS SPLIT); null if its name is no number and it was given none",
)];
const SPLIT_NAME: Column = column("split_name", Type::Text, "name of the split: the queue");
const LOGID: Column =
    column("logid", Type::Text, "the agent (CMS LOGID): the queue member's interface");
const VDN: Column = column("vdn", Type::Text, "number dialled (CMS VDN)");
const VECTOR: Column = column(
    "vector",
    Type::Int,
    "number of the vector (CMS VECTOR); null if its name is no number and it was given none",
);
const VECTOR_NAME: Column =
    column("vector_name", Type::Text, "name of the vector: the dialplan's context");
const TKGRP: Column = column(
    "tkgrp",
    Type::Int,
    "number of the trunk group (CMS TKGRP); null if its name is no number and it was given none",
);
const TKGRP_NAME: Column =
    column("tkgrp_name", Type::Text, "name of the trunk group: the endpoint");

const AGENT_NAME: Column = column("agent_name", Type::Text, "name of the agent, if one was told");
const VDN_NAME: Column = column("vdn_name", Type::Text, "name of the VDN, if it was given one");
const EQLOC: Column =
    column("eqloc", Type::Text, "the trunk: its place in the group, from 1 (CMS EQLOC)");
const CWC: Column = column("cwc", Type::Text, "the call work code (CMS CWC)");
const CWC_NAME: Column = column("cwc_name", Type::Text, "name of the code, if it was given one");

const AGENT: &[Column] = &[
    LOGID,
    column("split", Type::Int, "number of the split (CMS SPLIT)"),
    column("extension", Type::Text, "his phone (CMS EXTENSION)"),
    column("loc_id", Type::Int, "CMS LOC_ID; Asterisk has no locations: null"),
];

const LOGON: &[Column] = &[column(
    "logon",
    Type::Stamp,
    "the log-on that the row is of: another one has rows of its own; of a day, week or month the \
     first",
)];

/// How many columns parts have together.
const fn width(parts: &[&[Column]], items: &[Item]) -> usize {
    let mut n = items.len();
    let mut part = 0;
    while part < parts.len() {
        n += parts[part].len();
        part += 1;
    }
    n
}

/// The columns of a table: the first `before` parts, the items, the other parts.
const fn columns<const N: usize>(
    parts: &[&[Column]],
    before: usize,
    items: &[Item],
) -> [Column; N] {
    let mut all = [ROW_DATE; N];
    let mut n = 0;
    let mut part = 0;
    while part <= parts.len() {
        if part == before {
            let mut i = 0;
            while i < items.len() {
                all[n] = items[i].column();
                n += 1;
                i += 1;
            }
        }
        if part < parts.len() {
            let mut i = 0;
            while i < parts[part].len() {
                all[n] = parts[part][i];
                n += 1;
                i += 1;
            }
        }
        part += 1;
    }
    all
}

macro_rules! shape {
    (
        $name:literal, $doc:expr, $head:ident, $keys:expr, $busy:expr, $items:expr, $names:expr,
        $more:expr
    ) => {{
        const PARTS: &[&[Column]] =
            &[$head, $keys, INCOMPLETE, $busy, ACD_NAME, $names, SEEN, $more];
        const N: usize = width(PARTS, $items);
        static COLUMNS: [Column; N] = columns(PARTS, 4, $items);
        static SHAPE: Shape =
            Shape { name: $name, doc: $doc, columns: &COLUMNS, key: $head.len() + $keys.len() };
        &SHAPE
    }};
}

macro_rules! element {
    ($id:ident $what:literal [$h:literal $d:literal $w:literal $m:literal]
     keys $keys:expr; names $names:expr, telling $telling:literal; items $items:expr;
     busy $busy:expr, $hour:expr; more $more:expr;) => {
        #[doc = concat!("By ", $what, ".")]
        pub static $id: Element = Element {
            shapes: [
                shape!(
                    $h,
                    concat!($what, ", by interval"),
                    INTERVAL,
                    $keys,
                    &[],
                    $items,
                    $names,
                    $more
                ),
                shape!($d, concat!($what, ", by day"), PERIOD, $keys, $busy, $items, $names, $more),
                shape!(
                    $w,
                    concat!($what, ", by week"),
                    PERIOD,
                    $keys,
                    $busy,
                    $items,
                    $names,
                    $more
                ),
                shape!(
                    $m,
                    concat!($what, ", by month"),
                    PERIOD,
                    $keys,
                    $busy,
                    $items,
                    $names,
                    $more
                ),
            ],
            items: $items,
            keys: $keys.len(),
            names: $names.len(),
            telling: $telling,
            busy: $hour,
        };
    };
}

element! {
    SPLITS "split" ["hsplit" "dsplit" "wsplit" "msplit"]
    keys SPLIT; names &[SPLIT_NAME], telling 1; items split::ITEMS;
    busy &[], None; more &[];
}
element! {
    AGENTS "agent and split" ["hagent" "dagent" "wagent" "magent"]
    keys AGENT; names &[SPLIT_NAME, AGENT_NAME], telling 1; items agent::ITEMS;
    busy &[], None; more LOGON;
}
element! {
    VDNS "VDN and vector" ["hvdn" "dvdn" "wvdn" "mvdn"]
    keys &[VDN, VECTOR]; names &[VECTOR_NAME, VDN_NAME], telling 1; items vdn::ITEMS;
    busy busy::VDN.columns, Some(&busy::VDN); more &[];
}
element! {
    VECTORS "vector" ["hvector" "dvector" "wvector" "mvector"]
    keys &[VECTOR]; names &[VECTOR_NAME], telling 1; items vdn::vector::ITEMS;
    busy &[], None; more &[];
}
element! {
    TRUNKS "trunk" ["htrunk" "dtrunk" "wtrunk" "mtrunk"]
    keys &[EQLOC, TKGRP]; names &[TKGRP_NAME], telling 1; items trunk::ITEMS;
    busy &[], None; more &[];
}
element! {
    GROUPS "trunk group" ["htkgrp" "dtkgrp" "wtkgrp" "mtkgrp"]
    keys &[TKGRP]; names &[TKGRP_NAME], telling 1; items trunk::group::ITEMS;
    busy busy::GROUP.columns, Some(&busy::GROUP); more &[];
}
element! {
    CODES "call work code" ["hcwc" "dcwc" "wcwc" "mcwc"]
    keys &[CWC]; names &[CWC_NAME], telling 0; items code::ITEMS;
    busy &[], None; more &[];
}

/// All that is counted.
pub static ELEMENTS: &[&Element] = &[&SPLITS, &AGENTS, &VDNS, &VECTORS, &TRUNKS, &GROUPS, &CODES];
