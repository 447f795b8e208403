//! Where calls come in and go out: VDNs (the dialled number in its context) and trunk groups.

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
    let mut doors: Vec<(&String, &Channel)> = Vec::new();
    for (id, channel) in &channels.by_id {
        let trunk = is_trunk(&channel.device, agents, settings);
        if trunk {
            count_trunk(channel, tape, books);
        }
        if trunk && channel.inbound || visits.iter().any(|v| v.caller == *id) {
            doors.push((id, channel));
        }
    }
    doors.sort_by_key(|(_, c)| c.born);
    for (n, (id, channel)) in doors.iter().enumerate() {
        let call = channels.call_of(channel);
        let earlier = doors[..n].iter().any(|(_, c)| channels.call_of(c) == call);
        if earlier && !is_trunk(&channel.device, agents, settings) {
            continue;
        }
        // Its own visits; the first of a call has those of inner callers as well.
        let its = |v: &Visit| {
            v.caller == **id
                || !earlier
                    && channels.by_id.get(&v.caller).is_some_and(|c| {
                        channels.call_of(c) == call && !is_trunk(&c.device, agents, settings)
                    })
        };
        let its: Vec<usize> = (0..visits.len()).filter(|n| its(&visits[*n])).collect();
        count_door(tape, id, channel, visits, &its, answers, books);
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

fn count_trunk(channel: &Channel, tape: &Tape, books: &mut Books) {
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
    if let Some(end) = channel.end {
        books.add("htkgrp", second(end), &key, way[0], 1);
        books.add("htkgrp", second(end), &key, way[1], seconds(channel.born, end));
    }
}

fn count_door(
    tape: &Tape,
    id: &str,
    channel: &Channel,
    visits: &[Visit],
    its: &[usize],
    answers: &[Answer],
    books: &mut Books,
) {
    const TABLE: &str = "hvdn";
    let key = format!("vdn={} context={}", channel.exten, channel.context);
    books.add(TABLE, second(channel.born), &key, "i_arrived", 1);
    let Some(end) = channel.end else { return };
    let whole = seconds(channel.born, end);
    let answered: Vec<&Answer> = answers.iter().filter(|a| its.contains(&a.visit)).collect();
    let at = answered.iter().map(|a| a.counted).chain([second(end)]).max().unwrap_or(0);
    if at > second(tape.last) {
        return;
    }
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
            ("abnquecalls", i64::from(abandoned.is_some())),
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
