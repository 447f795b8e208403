//! The counts as plain lines, before they are rows of tables: for tests, and for comparing with
//! another fold of the same ledger.

use crate::Books;
use crate::calendar::Interval;
use crate::items::{Item, UNKNOWN};
use crate::rows::{Open, Rows};
use crate::{agent, code, split, trunk, vdn};

impl Books {
    /// From now on remembers what closed intervals said, for [`Books::dump`]. It grows without
    /// end: for tests only.
    pub fn keep_dump(&mut self) {
        self.kept.get_or_insert_default();
    }

    /// What the intervals say that were closed since [`Books::keep_dump`], and those still open,
    /// one line for a row: table, day, STARTTIME as `hhmm`, what names the row, and every item
    /// that is not 0, as `hsplit 2026-01-05 0930 split=sales acdcalls=1 anstime=12`. Beside them
    /// `interval … observed=… disturbed=1` for each interval. For tests only.
    pub fn dump(&self) -> Vec<String> {
        let lines = self.kept.clone().unwrap_or_default();
        let mut running = self.clone();
        running.kept = Some(lines);
        running.finish();
        running.kept.unwrap_or_default()
    }

    /// How many rows broke a rule that every row keeps (cms.md 1.2, 2.2): 0, or the counting is
    /// wrong.
    pub const fn broken(&self) -> u64 {
        self.broken
    }

    pub(crate) fn keep(&mut self, open: &Open) {
        if let Some(kept) = &mut self.kept {
            write(open, kept);
        }
    }
}

fn write(open: &Open, lines: &mut Vec<String>) {
    let at = open.interval;
    let disturbed = if open.disturbed { " disturbed=1" } else { "" };
    let name = |what: &str, text: &str| {
        if text.is_empty() { String::new() } else { format!(" {what}={text}") }
    };
    lines.push(format!("{} observed={}{disturbed}", head("interval", at), open.observed));
    rows("hsplit", at, &open.splits, split::ITEMS, lines, |k| format!(" split={k}"));
    rows("hagent", at, &open.agents, agent::ITEMS, lines, |k| {
        let (split, agent, logon) = (&k.split, &k.agent, k.logon);
        format!(" split={split} agent={agent}{} logon={logon}", name("device", &k.device))
    });
    rows("hvdn", at, &open.vdns, vdn::ITEMS, lines, |k| {
        format!("{}{}", name("vdn", &k.vdn), name("vector", &k.vector))
    });
    rows("hvector", at, &open.vectors, vdn::vector::ITEMS, lines, |k| format!(" vector={k}"));
    rows("htrunk", at, &open.trunks, trunk::ITEMS, lines, |k| {
        format!(" group={} place={}", k.group, k.place)
    });
    rows("htkgrp", at, &open.groups, trunk::group::ITEMS, lines, |k| format!(" group={k}"));
    rows("hcwc", at, &open.codes, code::ITEMS, lines, |k| format!(" cwc={k}"));
}

fn head(table: &str, at: Interval) -> String {
    format!("{table} {} {:04}", at.date, at.starttime)
}

fn rows<K: Ord + Clone>(
    table: &str,
    at: Interval,
    rows: &Rows<K>,
    items: &[Item],
    lines: &mut Vec<String>,
    key: impl Fn(&K) -> String,
) {
    for (k, counts) in rows.each() {
        let mut line = head(table, at) + &key(k);
        for (item, n) in items.iter().zip(counts.each()).filter(|(_, n)| *n != 0 && *n != UNKNOWN) {
            line += &format!(" {}={n}", item.name);
        }
        lines.push(line);
    }
}
