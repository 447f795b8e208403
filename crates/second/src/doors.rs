//! Where calls come in and go out: VDNs (the dialled number in its context) and trunk groups.

use std::collections::{BTreeMap, BTreeSet};

use crate::Settings;
use crate::agents::{Agents, Answer};
use crate::books::{Books, second, seconds};
use crate::channels::{Channel, Channels};
use crate::text::Tape;
use crate::visits::{End, Visit};

/// Counts `hvdn` and `htkgrp`.
pub(crate) fn count(
    tape: &Tape,
    channels: &Channels,
    visits: &[Visit],
    answers: &[Answer],
    agents: &Agents<'_>,
    settings: &Settings,
    books: &mut Books,
) {
    let trunk = |c: &Channel| is_trunk(&c.device, agents, settings);
    let callers: BTreeSet<&str> = visits.iter().map(|v| v.caller.as_str()).collect();
    let mut doors: Vec<(&String, &Channel)> = Vec::new();
    for (id, channel) in &channels.by_id {
        let inner = callers.contains(id.as_str()) && !channel.device.starts_with("Local/");
        if trunk(channel) && channel.inbound || inner {
            doors.push((id, channel));
        } else if trunk(channel) {
            let over = channel.end.map(second);
            count_trunk(channel, over, tape, books);
        }
    }
    doors.sort_by_key(|(_, c)| c.born);
    // When the last channel of each call was gone; None: one is still there.
    let mut ends: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for channel in channels.by_id.values() {
        let end = ends.entry(channels.call_of(channel)).or_insert(Some(0));
        *end = end.zip(channel.end).map(|(a, b)| a.max(b));
    }
    let mut seen = BTreeSet::new();
    for (id, channel) in doors {
        let call = channels.call_of(channel);
        let first = seen.insert(call.clone());
        // Its own visits; the first of a call has those of inner callers as well.
        let inner = |caller: &str| {
            let caller = channels.by_id.get(caller);
            first && caller.is_some_and(|c| !trunk(c) && channels.call_of(c) == call)
        };
        let its = |n: &usize| visits[*n].caller == *id || inner(&visits[*n].caller);
        let its: Vec<usize> = (0..visits.len()).filter(its).collect();
        let answered: Vec<&Answer> = answers.iter().filter(|a| its.contains(&a.visit)).collect();
        // It is over when all who took part are gone and the work after it is done.
        let end = ends.get(&call).copied().flatten();
        let over =
            end.and_then(|end| answered.iter().map(|a| a.counted).chain([second(end)]).max());
        let over = over.filter(|at| *at <= second(tape.last));
        if trunk(channel) {
            count_trunk(channel, over, tape, books);
        }
        if trunk(channel) || first {
            let over = end.zip(over);
            count_door(tape, (id, channel), visits, &its, &answered, over, books);
        }
    }
}

/// Whether a device leads out of the house.
fn is_trunk(device: &str, agents: &Agents<'_>, settings: &Settings) -> bool {
    let (technology, name) = device.split_once('/').unwrap_or(("", device));
    if !["PJSIP", "SIP", "IAX2", "DAHDI"].contains(&technology) {
        return false;
    }
    if settings.trunks.is_empty() {
        return !agents.has(device) && !name.chars().all(|c| c.is_ascii_digit());
    }
    settings.trunks.iter().any(|t| {
        t.strip_suffix('*').map_or(t == device || t == name, |head| {
            device.starts_with(head) || name.starts_with(head)
        })
    })
}

fn count_trunk(channel: &Channel, over: Option<i64>, tape: &Tape, books: &mut Books) {
    let key = format!("tkgrp={}", channel.device);
    let way = if channel.inbound {
        ["incalls", "intime", "i_inocc"]
    } else {
        ["outcalls", "outtime", "i_outocc"]
    };
    let mut from = channel.born;
    let end = channel.end.unwrap_or(tape.last);
    for gap in tape.gaps.iter().filter(|g| channel.born < g.from && g.from < end) {
        books.clock("htkgrp", (second(from), second(gap.from)), &key, way[2]);
        from = gap.to;
    }
    books.clock("htkgrp", (second(from), second(end).max(second(from))), &key, way[2]);
    if let Some(over) = over {
        books.add("htkgrp", over, &key, way[0], 1);
        books.add("htkgrp", over, &key, way[1], seconds(channel.born, end));
    }
}

fn count_door(
    tape: &Tape,
    (id, channel): (&str, &Channel),
    visits: &[Visit],
    its: &[usize],
    answered: &[&Answer],
    over: Option<(i64, i64)>,
    books: &mut Books,
) {
    const TABLE: &str = "hvdn";
    let key = format!("vdn={} context={}", channel.exten, channel.context);
    books.add(TABLE, second(channel.born), &key, "i_arrived", 1);
    let Some((end, at)) = over else { return };
    let whole = seconds(channel.born, end);
    let station = tape.about(id, 0).any(|(_, s)| {
        s.name() == "DialEnd"
            && s.channel() == id
            && s.get("DialStatus") == "ANSWER"
            && !visits.iter().flat_map(|v| &v.attempts).any(|a| a.dest == s.dest())
    });
    let abandoned = its.iter().map(|n| &visits[*n]).find(|v| v.end == End::Abandoned);
    let first = answered.iter().map(|a| a.from).min();
    let items = if let Some(first) = first {
        let wait = seconds(channel.born, first);
        let talk: i64 = answered.iter().map(|a| a.talked()).sum();
        let hold: i64 = answered.iter().map(|a| a.hold()).sum();
        let rest = (whole - wait - talk - hold).max(0);
        let time = wait + talk + hold + rest;
        vec![
            ("acdcalls", 1),
            ("anstime", wait),
            ("acdtime", talk),
            ("holdtime", hold),
            ("intime", time),
        ]
    } else if station {
        vec![("connectcalls", 1), ("othercalls", 1), ("intime", whole)]
    } else if abandoned.is_some() || channel.hung_up {
        let ringing = abandoned.is_some_and(Visit::ringing_at_end);
        vec![
            ("abncalls", 1),
            ("abntime", whole),
            ("intime", whole),
            ("abnquecalls", i64::from(abandoned.is_some() && !ringing)),
            ("abnringcalls", i64::from(ringing)),
        ]
    } else {
        vec![("othercalls", 1), ("intime", whole)]
    };
    books.add(TABLE, at, &key, "incalls", 1);
    for (item, n) in items {
        books.add(TABLE, at, &key, item, n);
    }
}
