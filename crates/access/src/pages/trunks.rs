//! The Trunks page: trunk groups, and the channels that are open on them.

use super::boards::{Content, Grid, find, frame, none, rows};
use super::centre;
use super::columns::{Channels, Trunks};
use super::floor::{Head, Look, number};
use super::words::{age, millis, pair, queue_path, row_id, visible};
use engine::Snapshot;
use facts::table::Row;
use maud::{Markup, html};

const GROUP_HEADS: [Head; 9] = [
    Head("who", "Trunk group", "on Asterisk: the endpoint of the trunk"),
    Head("n", "In use", "channels open now"),
    Head("n", "Calls in", "of them: calling in"),
    Head("n", "Calls out", "of them: called by the switch"),
    Head("n lo", "Waiting", "of them: waiting in a queue or ringing at an agent"),
    Head("n lo", "On call", "of them: connected to anybody"),
    Head("n", "In today", "seizures from outside today"),
    Head("n", "Out today", "seizures from the switch today"),
    Head("n", "Most", "most channels open at once today"),
];

const CHANNEL_HEADS: [Head; 8] = [
    Head("who", "Channel", ""),
    Head("tg", "Trunk group", ""),
    Head("st", "State", ""),
    Head("n", "Time", "since it was seized"),
    Head("di", "Direction", ""),
    Head("lo", "Entry", "the entry point of its call (VDN)"),
    Head("sp", "Queue", ""),
    Head("ag", "Agent", ""),
];

fn group_row(c: &Trunks, row: &Row, look: Look<'_>) -> Markup {
    let (acd, group) = (c.acd.text(row), c.trunk_group.text(row));
    html! {
        tr id=(row_id('t', acd, group)) {
            @if look.several { td.acd { (visible(acd)) } }
            th scope="row" class="who" { (visible(group)) }
            (number(c.in_use.int(row)))
            (number(c.in_calls.int(row)))
            (number(c.out_calls.int(row)))
            td.n.lo { (c.queued.sum(row).saturating_add(c.ringing.sum(row))) }
            td.n.lo { (c.talking.sum(row)) }
            (number(c.in_today.int(row)))
            (number(c.out_today.int(row)))
            (number(c.max_in_use.int(row)))
        }
    }
}

fn channel_row(c: &Channels, row: &Row, look: Look<'_>) -> Markup {
    let (acd, state, queue) = (c.acd.text(row), c.tkstate.text(row), c.split.text(row));
    let (code, words) = match state {
        "QUEUED" => ("QUEUED", "Waiting"),
        "RINGING" => ("RINGING", "Ringing"),
        "CONN" => ("TALKING", "On call"),
        "HOLD" => ("HELD", "On hold"),
        "SEIZED" => ("IVR", "Seized"),
        other => ("IVR", other),
    };
    let began = c.began.stamp(row);
    html! {
        tr id=(row_id('h', acd, c.eqloc.text(row))) data-s=(code) data-t=[began.map(millis)]
            data-k="" {
            @if look.several { td.acd { (visible(acd)) } }
            th scope="row" class="who" { (visible(c.trunk_name.text(row))) }
            td.tg { (visible(c.tkgrp.text(row))) }
            td.st { (visible(words)) }
            td.n.t { @if let Some(at) = began { (age(look.now - at)) } }
            td.di { @match c.direction.text(row) { "IN" => "In", "OUT" => "Out", _ => "" } }
            td.lo { (visible(c.vdn.text(row))) }
            td.sp { @if !queue.is_empty() { a href=(queue_path(acd, queue)) { (visible(queue)) } } }
            td.ag { (visible(c.logid.text(row))) }
        }
    }
}

/// Trunk groups and channels.
pub(crate) fn content(now: &Snapshot, acd: Option<&str>, look: Look<'_>) -> Content {
    let shown = |of: &str| acd.is_none_or(|acd| acd == of);
    let mut content = Content::default();
    if let Some(table) = now.tables.get("trunks") {
        let c = Trunks::of(table.shape);
        for row in rows(now, "trunks").iter().filter(|row| shown(c.acd.text(row))) {
            let id = row_id('t', c.acd.text(row), c.trunk_group.text(row));
            content.rows.push((id, group_row(&c, row, look).into_string()));
        }
    }
    if let Some(table) = now.tables.get("ctrunk") {
        let c = Channels::of(table.shape);
        for row in rows(now, "ctrunk").iter().filter(|row| shown(c.acd.text(row))) {
            let id = row_id('h', c.acd.text(row), c.eqloc.text(row));
            content.rows.push((id, channel_row(&c, row, look).into_string()));
        }
    }
    content
}

/// What stands between the header and the end of the page.
pub(crate) fn body(content: &Content, now: &Snapshot, acd: Option<&str>, look: Look<'_>) -> Markup {
    let mut stream = String::from("/trunks/stream");
    if let Some(acd) = acd {
        stream.push('?');
        stream.push_str(&pair("acd", acd));
    }
    let groups = Grid {
        id: "trunks",
        kind: 't',
        caption: "Trunk groups now, and their seizures of today",
        heads: &GROUP_HEADS,
        by: "Trunk_group up",
    };
    let channels = Grid {
        id: "channels",
        kind: 'h',
        caption: "Channels open on trunks",
        heads: &CHANNEL_HEADS,
        by: "Time down",
    };
    let no_group = html! {
        h3 { "No trunk has been used yet" }
        p { "A trunk group appears here with its first call." }
    };
    let no_channel = html! { p { "No channel is open on a trunk." } };
    frame(
        "trunks-page",
        &stream,
        now,
        look,
        &html! {
            div id="centre" { (centre::switch(now, "/trunks", acd, look)) }
            section.board aria-labelledby="trunks-title" {
                header { h1 id="trunks-title" { "Trunks" } span.count id="trunks-count" {} }
                (groups.markup(content, &no_group, look))
            }
            section.board aria-labelledby="channels-title" {
                header {
                    h2 id="channels-title" { "Channels" } span.count id="channels-count" {}
                    (find("channels"))
                }
                (channels.markup(content, &no_channel, look))
                (none("channels"))
            }
        },
    )
}
