//! Channels, which calls they belong to, and how long an answered queue call goes on.
//! Knows no queue's verdict and no agent's state.

use std::collections::{BTreeMap, BTreeSet};

use crate::text::{SECOND, Said, Tape};

/// One channel's life.
pub(crate) struct Channel {
    pub device: String,
    pub exten: String,
    pub context: String,
    pub born: i64,
    pub end: Option<i64>,
    /// It came in, it was not made by the switch.
    pub inbound: bool,
    /// When it first rang.
    pub rang: Option<i64>,
    /// When it was first up.
    pub up: Option<i64>,
    /// When it first dialled somebody.
    pub dials: Option<i64>,
    /// Whoever is behind it hung up.
    pub hung_up: bool,
    /// All Linkedids it ever had; the calls of these are one.
    pub linked: BTreeSet<String>,
}

/// All channels by Uniqueid.
pub(crate) struct Channels {
    pub by_id: BTreeMap<String, Channel>,
    /// A Linkedid and the one that stands for the united call.
    parents: BTreeMap<String, String>,
}

/// `PJSIP/1001-0000000a` is a channel of `PJSIP/1001`.
pub(crate) fn device(name: &str) -> &str {
    name.rsplit_once('-').map_or(name, |(device, _)| device)
}

impl Channels {
    pub(crate) fn of(tape: &Tape) -> Self {
        let mut all = Self { by_id: BTreeMap::new(), parents: BTreeMap::new() };
        for said in &tape.said {
            all.hear(said);
        }
        let groups: Vec<BTreeSet<String>> = all.by_id.values().map(|c| c.linked.clone()).collect();
        for group in groups {
            let mut names = group.iter();
            let Some(first) = names.next() else { continue };
            for name in names {
                let (a, b) = (all.call(first), all.call(name));
                if a != b {
                    all.parents.insert(b, a);
                }
            }
        }
        all
    }

    /// The call to which a Linkedid belongs in the end.
    pub(crate) fn call(&self, linked: &str) -> String {
        let mut name = linked;
        while let Some(parent) = self.parents.get(name) {
            name = parent;
        }
        name.to_owned()
    }

    /// The call to which a channel belongs in the end.
    pub(crate) fn call_of(&self, channel: &Channel) -> String {
        channel.linked.first().map_or_else(String::new, |l| self.call(l))
    }

    fn hear(&mut self, said: &Said) {
        let id = said.channel();
        if id.is_empty() || said.get("Channel").is_empty() && said.name() != "Lost" {
            return;
        }
        let new = || Channel {
            device: device(said.get("Channel")).to_owned(),
            exten: said.get("Exten").to_owned(),
            context: said.get("Context").to_owned(),
            born: said.at,
            end: None,
            inbound: said.get("ChannelState") != "0",
            rang: None,
            up: None,
            dials: None,
            hung_up: false,
            linked: BTreeSet::new(),
        };
        let channel = self.by_id.entry(id.to_owned()).or_insert_with(new);
        if !said.get("Linkedid").is_empty() {
            channel.linked.insert(said.get("Linkedid").to_owned());
        }
        match said.get("ChannelStateDesc") {
            "Up" => channel.up.get_or_insert(said.at),
            "Ringing" => channel.rang.get_or_insert(said.at),
            _ => &mut 0,
        };
        match said.name() {
            "Hangup" | "Lost" => {
                channel.end.get_or_insert(said.at);
            }
            "DialBegin" => {
                channel.dials.get_or_insert(said.at);
            }
            "HangupRequest" => channel.hung_up = true,
            _ => {}
        }
    }
}

/// What became of the agent's side of an answered queue call.
pub(crate) struct Talk {
    pub end: i64,
    /// From and to of the times on hold, within the talk.
    pub holds: Vec<(i64, i64)>,
    /// From and to of the times in other bridges than the caller's: he asks somebody.
    pub elsewhere: Vec<(i64, i64)>,
    /// The caller hung up while on hold.
    pub held_abandon: bool,
    pub transferred: bool,
    /// When the queue lost its interest: the switch counts after-call work from here on, the
    /// talk may go on.
    pub left_queue: i64,
    /// The channels in which the agent sat, one after the other.
    pub seats: Vec<String>,
}

/// Follows the agent's seat from a place on (his phone was called) until he is with nobody any
/// more. A seat or a partner that is back within a second was not away.
pub(crate) fn talk(
    tape: &Tape,
    channels: &Channels,
    from: usize,
    seat: &str,
    caller: &str,
    answered: i64,
) -> Option<Talk> {
    let mut talk = Talk {
        end: 0,
        holds: Vec::new(),
        elsewhere: Vec::new(),
        held_abandon: false,
        transferred: false,
        left_queue: i64::MAX,
        seats: vec![seat.to_owned()],
    };
    let end = end_of_talk(tape, channels, from, &mut talk, caller)?.max(answered);
    talk.end = end;
    talk.left_queue = end;
    let mut held = None;
    for said in tape.said[from..].iter().take_while(|s| s.at <= end + SECOND) {
        let mine = |field: &str| talk.seats.iter().any(|s| s == said.get(field));
        match said.name() {
            "Hold" if mine("Uniqueid") && said.at < end && held.is_none() => held = Some(said.at),
            "Unhold" if mine("Uniqueid") => {
                if let Some(from) = held.take() {
                    talk.holds.push((from, said.at.min(end)));
                }
            }
            "AgentComplete" if mine("DestUniqueid") => {
                talk.left_queue = talk.left_queue.min(said.at);
            }
            "BlindTransfer" if said.get("Result") == "Success" => {
                talk.transferred |= mine("TransfererUniqueid");
            }
            "AttendedTransfer" if said.get("Result") == "Success" => {
                talk.transferred |=
                    mine("OrigTransfererUniqueid") || mine("SecondTransfererUniqueid");
            }
            _ => {}
        }
    }
    if let Some(from) = held {
        talk.holds.push((from, end));
        // Who hung up is said by the request; where there is none, by the queue.
        let late = end + SECOND / 10;
        let since = tape.about(caller, from_place(tape, from)).map(|(_, s)| s);
        let agent_did = talk.seats.last().and_then(|s| channels.by_id.get(s));
        let agent_did = agent_did.is_some_and(|c| c.hung_up);
        talk.held_abandon = since.take_while(|s| s.at <= late).any(|s| match s.name() {
            "HangupRequest" => s.channel() == caller,
            "AgentComplete" => s.get("Reason") == "caller" && !agent_did,
            _ => false,
        });
    }
    Some(talk)
}

fn from_place(tape: &Tape, at: i64) -> usize {
    tape.said.partition_point(|s| s.at < at)
}

fn end_of_talk(
    tape: &Tape,
    channels: &Channels,
    from: usize,
    talk: &mut Talk,
    caller: &str,
) -> Option<i64> {
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut together = false;
    let mut alone_since = None;
    let mut home = None;
    let mut since = 0;
    for said in &tape.said[from..] {
        if let Some(since) = alone_since
            && said.at > since + SECOND
        {
            return Some(since);
        }
        let seat = talk.seats.last()?.clone();
        let (bridge, who) = (said.get("BridgeUniqueid"), said.channel());
        let mine = who == seat || said.get("SwapUniqueid") == seat;
        match said.name() {
            "BridgeEnter" => {
                if mine {
                    home = home.or(Some(bridge));
                    since = said.at;
                }
                members.entry(bridge).or_default().insert(who);
                if said.get("SwapUniqueid") == seat {
                    // Only a Local channel hands its seat to the same agent's phone.
                    if !channels.by_id.get(&seat).is_some_and(|c| c.device.starts_with("Local/")) {
                        return Some(alone_since.unwrap_or(said.at));
                    }
                    talk.seats.push(who.to_owned());
                }
            }
            "BridgeLeave" => {
                if mine && home != Some(bridge) {
                    talk.elsewhere.push((since, said.at));
                }
                members.entry(bridge).or_default().remove(who);
            }
            "Hangup" | "Lost" => {
                members.values_mut().for_each(|m| {
                    m.remove(who);
                });
                if who == seat || who == caller && !together && alone_since.is_none() {
                    return Some(alone_since.unwrap_or(said.at));
                }
            }
            _ => continue,
        }
        let seat = talk.seats.last()?.as_str();
        let now = members.values().any(|m| m.contains(seat) && m.len() > 1);
        if now {
            alone_since = None;
        } else if together {
            alone_since = Some(said.at);
        }
        together = now;
    }
    alone_since
}
