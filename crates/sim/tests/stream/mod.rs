//! Counts what an event stream says, by asterisk.md and knowing nothing of the simulator.

use std::collections::{BTreeMap, BTreeSet};

use sim::Said;

/// What was heard about one queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Heard {
    pub(crate) joined: u64,
    pub(crate) connected: u64,
    pub(crate) abandoned: u64,
    pub(crate) timed_out: u64,
    pub(crate) completed: u64,
    pub(crate) ring_no_answer: u64,
}

/// A stream, read.
#[derive(Default)]
pub(crate) struct Stream {
    pub(crate) events: u64,
    pub(crate) names: BTreeMap<String, u64>,
    pub(crate) queues: BTreeMap<String, Heard>,
    /// Stamps and members by uniqueid and queue.
    pub(crate) connects: BTreeMap<(String, String), Vec<(i64, String)>>,
    pub(crate) pause_reasons: BTreeSet<String>,
    pub(crate) open_channels: Vec<String>,
    pub(crate) open_bridges: Vec<String>,
    /// Things that cannot be.
    pub(crate) faults: Vec<String>,
}

/// State needed to read on.
#[derive(Default)]
struct Reading {
    /// Uniqueid to state.
    channels: BTreeSet<String>,
    /// Channels by bridge.
    bridges: BTreeMap<String, BTreeSet<String>>,
    /// Callers in order, by queue.
    waiting: BTreeMap<String, Vec<String>>,
    /// Abandon said, verdict open: caller to queue.
    undecided: BTreeMap<String, String>,
    ringing: BTreeSet<String>,
}

impl Stream {
    /// Reads all of it.
    pub(crate) fn read(said: &[Said]) -> Self {
        let mut stream = Self::default();
        let mut reading = Reading::default();
        for said in said {
            stream.events += 1;
            stream.take(&ami::Message::parse(&said.bytes), &mut reading);
        }
        stream.open_channels = reading.channels.into_iter().collect();
        stream.open_bridges = reading.bridges.into_keys().collect();
        stream
    }

    fn take(&mut self, message: &ami::Message<'_>, reading: &mut Reading) {
        let get = |name: &str| message.get(name).map(ami::text).unwrap_or_default();
        let name = message.event().map(ami::text).unwrap_or_default();
        let (uniqueid, bridge) = (get("Uniqueid"), get("BridgeUniqueid"));
        *self.names.entry(name.clone()).or_default() += 1;
        let known = uniqueid.is_empty() || reading.channels.contains(&uniqueid);
        if !known && name != "Newchannel" {
            self.faults.push(format!("{name} of unknown channel {uniqueid}"));
        }
        self.take_queue(message, &name, reading);
        match name.as_str() {
            "Newchannel" if !reading.channels.insert(uniqueid.clone()) => {
                self.faults.push(format!("channel {uniqueid} twice"));
            }
            "Newexten" => {
                if let Some(queue) = reading.undecided.remove(&uniqueid) {
                    self.queues.entry(queue).or_default().timed_out += 1;
                }
            }
            "Hangup" => {
                if let Some(queue) = reading.undecided.remove(&uniqueid) {
                    self.queues.entry(queue).or_default().abandoned += 1;
                }
                reading.channels.remove(&uniqueid);
                if reading.bridges.values().any(|channels| channels.contains(&uniqueid)) {
                    self.faults.push(format!("{uniqueid} hung up in a bridge"));
                }
                if reading.waiting.values().any(|waiting| waiting.contains(&uniqueid)) {
                    self.faults.push(format!("{uniqueid} hung up in a queue"));
                }
            }
            "BridgeCreate" => {
                reading.bridges.insert(bridge, BTreeSet::new());
            }
            "BridgeEnter" | "BridgeLeave" => {
                let channels = reading.bridges.entry(bridge).or_default();
                let moved = if name == "BridgeEnter" {
                    channels.insert(uniqueid.clone())
                } else {
                    channels.remove(&uniqueid)
                };
                if !moved || get("BridgeNumChannels") != channels.len().to_string() {
                    self.faults.push(format!("{name} of {uniqueid} does not fit"));
                }
            }
            "BridgeDestroy"
                if reading.bridges.remove(&bridge).is_none_or(|left| !left.is_empty()) =>
            {
                self.faults.push(format!("bridge {bridge} destroyed with channels"));
            }
            "DialBegin" => {
                reading.ringing.insert(get("DestUniqueid"));
            }
            "DialEnd" => {
                reading.ringing.remove(&get("DestUniqueid"));
            }
            "QueueMemberPause" => {
                self.pause_reasons.insert(get("PausedReason"));
            }
            _ => {}
        }
    }

    fn take_queue(&mut self, message: &ami::Message<'_>, name: &str, reading: &mut Reading) {
        let get = |name: &str| message.get(name).map(ami::text).unwrap_or_default();
        let (uniqueid, queue) = (get("Uniqueid"), get("Queue"));
        if name == "UserEvent" || queue.is_empty() {
            return;
        }
        let heard = self.queues.entry(queue.clone()).or_default();
        let waiting = reading.waiting.entry(queue.clone()).or_default();
        match name {
            "QueueCallerJoin" => {
                heard.joined += 1;
                waiting.push(uniqueid.clone());
                let count = waiting.len().to_string();
                if get("Position") != count || get("Count") != count {
                    self.faults.push(format!("join of {uniqueid} at a wrong position"));
                }
            }
            "QueueCallerLeave" => {
                let place = waiting.iter().position(|other| *other == uniqueid);
                let place = place.map(|place| {
                    waiting.remove(place);
                    (place + 1).to_string()
                });
                if place != Some(get("Position")) || get("Count") != waiting.len().to_string() {
                    self.faults.push(format!("leave of {uniqueid} from a wrong position"));
                }
            }
            "QueueCallerAbandon" => {
                reading.undecided.insert(uniqueid, queue);
            }
            "AgentConnect" => {
                heard.connected += 1;
                if waiting.contains(&uniqueid) {
                    self.faults.push(format!("connect of {uniqueid} before it left"));
                }
                let at = message.timestamp_us().unwrap_or(0);
                let key = (uniqueid, queue);
                self.connects.entry(key).or_default().push((at, get("Interface")));
            }
            "AgentComplete" => heard.completed += 1,
            "AgentRingNoAnswer" => heard.ring_no_answer += 1,
            _ => {}
        }
    }
}
