//! The busy hour of a day: the hour, made of intervals in a row, in which most came (cms.md 3.5,
//! 3.8). Of a week or month it is the busiest of its days'.
//!
//! Choices (cms.md leaves them open): of equal hours the first; a day without a call has none
//! (NULL); `BH_INTERVAL` is the length of the intervals it is made of; the holding time of trunks
//! is INTIME + OUTTIME, as in the average of cms.md 3.13.

use crate::items::Item;
use facts::Stamp;
use facts::table::{Column, Type, Value};

/// How an element's busy hour is found and what is told of it.
#[derive(Debug)]
pub(crate) struct Busy {
    /// `BH_STARTTIME`, `BH_INTERVAL`, and one for each of `items`.
    pub(crate) columns: &'static [Column],
    /// The items that are added up to say how busy an hour is.
    load: &'static [&'static str],
    /// The items whose sums over the hour follow the first two columns.
    items: &'static [&'static str],
}

macro_rules! busy {
    ($(#[$doc:meta])* $id:ident load [$($load:ident)*] $($name:ident $item:ident;)*) => {
        $(#[$doc])*
        pub(crate) static $id: Busy = Busy {
            columns: &[
                Column {
                    name: "bh_starttime",
                    kind: Type::Int,
                    doc: "local time at which the busy hour begins, hhmm (CMS BH_STARTTIME)",
                },
                Column {
                    name: "bh_interval",
                    kind: Type::Int,
                    doc: "length of the intervals it is made of, minutes (CMS BH_INTERVAL)",
                },
                $(Column {
                    name: stringify!($name),
                    kind: Type::Int,
                    doc: concat!("`", stringify!($item), "` of the busy hour (CMS)"),
                },)*
            ],
            load: &[$(stringify!($load),)*],
            items: &[$(stringify!($item),)*],
        };
    };
}

busy! {
    /// Of a VDN: the hour with most INCALLS.
    VDN load [incalls]
    bh_vdncalls incalls;
    bh_acdcalls acdcalls;
    bh_acdtime acdtime;
    bh_abncalls abncalls;
    bh_busycalls busycalls;
    bh_disccalls disccalls;
    bh_othercalls othercalls;
}
busy! {
    /// Of a trunk group: the hour in which its trunks were held longest.
    GROUP load [intime outtime]
    bh_incalls incalls;
    bh_intime intime;
    bh_acdcalls acdcalls;
    bh_abncalls abncalls;
    bh_busycalls busycalls;
    bh_disccalls disccalls;
    bh_othercalls othercalls;
    bh_outcalls outcalls;
    bh_outtime outtime;
    bh_oacdcalls o_acdcalls;
    bh_oabncalls o_abncalls;
    bh_oothercalls o_othercalls;
    bh_allinusetime allinusetime;
}

/// One interval of an element's day: when, what it is called, its items.
pub(crate) struct Slot<'a> {
    pub(crate) from: Stamp,
    pub(crate) to: Stamp,
    pub(crate) starttime: i64,
    /// The items of every row of that interval.
    pub(crate) rows: Vec<&'a [Value]>,
}

impl Busy {
    /// The values of the busy hour in a day's intervals, oldest first, all of them there.
    pub(crate) fn hour(&self, items: &[Item], minutes: &Value, slots: &[Slot<'_>]) -> Vec<Value> {
        const HOUR: i64 = 3_600_000_000;
        let mut best: Option<(i64, &[Slot<'_>])> = None;
        for (first, slot) in slots.iter().enumerate() {
            let rest = slots.get(first..).unwrap_or_default();
            let Some(last) = rest.iter().position(|s| s.to.since(slot.from) == HOUR) else {
                continue;
            };
            let hour = rest.get(..=last).unwrap_or_default();
            let load: Option<i64> = self.load.iter().map(|i| sum(items, i, hour)).sum();
            // Not known how busy it was: no hour can be called the busiest.
            let Some(load) = load else { return self.none() };
            if load > best.map_or(0, |(most, _)| most) {
                best = Some((load, hour));
            }
        }
        let Some((_, hour)) = best else { return self.none() };
        let mut values = vec![hour.first().map(|s| s.starttime).into(), minutes.clone()];
        values.extend(self.items.iter().map(|i| Value::from(sum(items, i, hour))));
        values
    }

    /// The busiest of several hours, each as [`Self::hour`] tells it.
    pub(crate) fn busiest(&self, hours: &[&[Value]]) -> Vec<Value> {
        let load = |hour: &[Value]| -> Option<i64> {
            let place = |name| self.items.iter().position(|i| *i == name);
            self.load.iter().map(|l| int(hour.get(place(*l)? + 2)?)).sum()
        };
        let mut best: Option<(i64, &[Value])> = None;
        for hour in hours {
            if let Some(load) = load(hour)
                && best.is_none_or(|(most, _)| load > most)
            {
                best = Some((load, hour));
            }
        }
        best.map_or_else(|| self.none(), |(_, hour)| hour.to_vec())
    }

    fn none(&self) -> Vec<Value> {
        vec![Value::Null; self.columns.len()]
    }
}

fn int(value: &Value) -> Option<i64> {
    if let Value::Int(n) = value { Some(*n) } else { None }
}

/// An item over several intervals; None: unknown in one of them, or there is no such item.
fn sum(items: &[Item], name: &str, slots: &[Slot<'_>]) -> Option<i64> {
    let place = items.iter().position(|i| i.name == name)?;
    let rows = slots.iter().flat_map(|s| &s.rows);
    rows.map(|row| row.get(place).and_then(int)).sum()
}
