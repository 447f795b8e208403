//! What was said, read from the text of AMI sessions: a list of messages, each with its moment.
//! Knows nothing of queues or agents.

use std::collections::{BTreeMap, BTreeSet};

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// One message.
pub(crate) struct Said {
    /// Microseconds since 1970, UTC. An item of a list has none of its own; it gets the last that
    /// was heard before it in its session, else the next.
    pub at: i64,
    session: usize,
    fields: Vec<(String, String)>,
}

impl Said {
    /// The value of a header, empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(k, _)| k == name).map_or("", |(_, v)| v.as_str())
    }

    /// The event's name, empty for an answer.
    pub(crate) fn name(&self) -> &str {
        match self.fields.first() {
            Some((k, v)) if k == "Event" => v,
            _ => "",
        }
    }

    /// Half of what is said is not kept (docs/asterisk.md): the recording ends with the last
    /// message that is.
    fn is_kept(&self) -> bool {
        let variable = self.get("Variable");
        let prefixes = ["CMS_", "BUSYHOUR_"];
        match self.name() {
            "TestEvent" | "RTCPSent" | "RTCPReceived" | "SuccessfulAuth" | "ChallengeSent" => false,
            "VarSet" => {
                ["QUEUESTATUS", "DIALSTATUS", "WORKCODE"].contains(&variable)
                    || prefixes.iter().any(|p| variable.starts_with(p))
            }
            _ => true,
        }
    }

    /// The caller's or the only channel.
    pub(crate) fn channel(&self) -> &str {
        self.get("Uniqueid")
    }

    /// The channel that is dialled.
    pub(crate) fn dest(&self) -> &str {
        self.get("DestUniqueid")
    }
}

/// All that was said, by time.
pub(crate) struct Tape {
    pub said: Vec<Said>,
    /// The places in `said` where a channel (by Uniqueid) is named, itself or as destination.
    places: BTreeMap<String, Vec<usize>>,
    /// From and to of the times in which nothing was heard, between two sessions.
    pub gaps: Vec<Gap>,
    pub first: i64,
    pub last: i64,
}

/// A time between two sessions.
pub(crate) struct Gap {
    pub from: i64,
    pub to: i64,
    /// Whether the session after it listed the members of queues.
    pub members_listed: bool,
}

impl Tape {
    pub(crate) fn read(texts: &[&[u8]]) -> Self {
        let mut said = Vec::new();
        let mut session = 0;
        for text in texts {
            session += 1;
            read_text(text, &mut session, &mut said);
        }
        give_moments(&mut said);
        let mut gaps = Vec::new();
        let lost = between_sessions(&said, &mut gaps);
        said.extend(lost);
        said.sort_by_key(|s| s.at);
        let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (i, s) in said.iter().enumerate() {
            let names: BTreeSet<&str> = [s.channel(), s.dest()].into();
            for name in names.into_iter().filter(|n| !n.is_empty()) {
                places.entry(name.to_owned()).or_default().push(i);
            }
        }
        let first = said.first().map_or(0, |s| s.at);
        let last = said.last().map_or(0, |s| s.at);
        Self { said, places, gaps, first, last }
    }

    /// What names the channel, from a place on.
    pub(crate) fn about<'a>(
        &'a self,
        channel: &str,
        from: usize,
    ) -> impl Iterator<Item = (usize, &'a Said)> + use<'a> {
        let places = self.places.get(channel).map_or(&[][..], Vec::as_slice);
        places.iter().filter(move |i| **i >= from).map(|i| (*i, &self.said[*i]))
    }
}

/// Cuts a text into messages. A banner begins a session.
fn read_text(text: &[u8], session: &mut usize, said: &mut Vec<Said>) {
    let text = String::from_utf8_lossy(text);
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in text.split('\n').chain([""]) {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.starts_with("Asterisk Call Manager/") {
            *session += 1;
        } else if line.is_empty() {
            let fields = std::mem::take(&mut fields);
            let message = Said { at: i64::MIN, session: *session, fields };
            if !message.fields.is_empty() && message.is_kept() {
                said.push(message);
            }
        } else {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            fields.push((name.to_owned(), value.strip_prefix(' ').unwrap_or(value).to_owned()));
        }
    }
}

fn give_moments(said: &mut [Said]) {
    let mut heard = None;
    for s in said.iter_mut() {
        let own = stamp(s.get("Timestamp"));
        if let Some(at) = own {
            heard = Some((s.session, at));
        }
        match (own, heard) {
            (Some(at), _) => s.at = at,
            (None, Some((session, at))) if session == s.session => s.at = at,
            _ => {}
        }
    }
    let mut next = 0;
    for s in said.iter_mut().rev() {
        if s.at == i64::MIN {
            s.at = next;
        }
        next = s.at;
    }
}

fn stamp(text: &str) -> Option<i64> {
    let (seconds, micros) = text.split_once('.')?;
    Some(seconds.parse::<i64>().ok()? * SECOND + micros.parse::<i64>().ok()?)
}

/// Finds the times between sessions; says `Lost` of every channel that the list after one no
/// longer names.
fn between_sessions(said: &[Said], gaps: &mut Vec<Gap>) -> Vec<Said> {
    let mut lost = Vec::new();
    let sessions: BTreeSet<usize> = said.iter().map(|s| s.session).collect();
    let sessions: Vec<usize> = sessions.into_iter().collect();
    for pair in sessions.windows(2) {
        let of = |n: usize| said.iter().filter(move |s| s.session == n);
        let from = of(pair[0]).map(|s| s.at).max().unwrap_or(0);
        let to = of(pair[1]).map(|s| s.at).min().unwrap_or(from).max(from);
        let members_listed = of(pair[1]).any(|s| s.name() == "QueueStatusComplete");
        gaps.push(Gap { from, to, members_listed });
        if !of(pair[1]).any(|s| s.name() == "CoreShowChannelsComplete") {
            continue;
        }
        let listed: BTreeSet<&str> =
            of(pair[1]).filter(|s| s.name() == "CoreShowChannel").map(Said::channel).collect();
        let mut up = BTreeSet::new();
        for s in said.iter().filter(|s| s.session <= pair[0]) {
            match s.name() {
                "Newchannel" => up.insert(s.channel()),
                "Hangup" => up.remove(s.channel()),
                _ => false,
            };
        }
        for channel in up.difference(&listed) {
            let fields = [("Event", "Lost"), ("Uniqueid", channel)];
            let fields = fields.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec();
            lost.push(Said { at: from, session: pair[0], fields });
        }
    }
    lost
}
