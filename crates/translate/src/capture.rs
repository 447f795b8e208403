//! The bytes of a recorded session, as records: what `busyhour record` and the lab write, and
//! what a supporter gets by mail. One file may hold several sessions one after the other, with
//! or without banner, with answers and lists among the events.
//!
//! What such a file cannot tell is put in as follows: `heard` is the stamp; an observation gets
//! the newest stamp before it (the first event's, if there is none); the server is `capture`.

use ami::{Kind as Said, Message};
use facts::{Epoch, Kind, Observation, Record, Stamp, Text};
use std::sync::Arc;

/// Logins to one run of the switch give epochs that differ by so many seconds at most.
const SAME_RUN_S: u64 = 2;

/// An answer whose items are still coming.
struct Pending<'a> {
    action_id: &'a [u8],
    bytes: Vec<u8>,
}

/// So many lists are followed at a time; more are not known to any client.
const PENDING_MAX: usize = 64;

/// State while a file is read.
struct Reader<'a> {
    out: Vec<Record>,
    server: Text,
    epoch: Epoch,
    newest: Stamp,
    /// Observations at one stamp, to keep them in order.
    sequence: i64,
    up: bool,
    pending: Vec<Pending<'a>>,
    channels_listed: bool,
    queues_listed: bool,
}

/// All records of a recorded session. A torn last message is dropped; nothing is an error.
pub fn records(bytes: &[u8]) -> Vec<Record> {
    let messages: Vec<Message<'_>> = ami::messages(bytes).collect();
    let first = messages.iter().find_map(Message::timestamp_us).unwrap_or(0);
    let mut reader = Reader {
        out: Vec::with_capacity(messages.len() + 2),
        server: Text::from("capture"),
        epoch: Epoch::default(),
        newest: Stamp(first),
        sequence: 0,
        up: false,
        pending: Vec::new(),
        channels_listed: false,
        queues_listed: false,
    };
    for (index, message) in messages.iter().enumerate() {
        let after = messages.get(index + 1..).unwrap_or_default();
        reader.message(*message, after);
    }
    reader.out
}

impl<'a> Reader<'a> {
    fn message(&mut self, message: Message<'a>, after: &[Message<'a>]) {
        let logged_in = is_login(message);
        if logged_in || !self.up {
            self.link_up(message, after);
        }
        match message.kind() {
            Said::Event(name) => {
                if let Some(stamp) = message.timestamp_us() {
                    self.event(name, message, Stamp(stamp));
                } else if !self.item(message) && name != b"FullyBooted" {
                    // A switch that does not stamp its events: time stands still.
                    self.event(name, message, self.newest);
                }
            }
            Said::Response(_) if !logged_in => self.response(message),
            _ => {}
        }
    }

    /// A session begins: the one before, if any, has ended.
    fn link_up(&mut self, message: Message<'a>, after: &[Message<'a>]) {
        if self.up {
            self.observe(Observation::LinkDown, &[("Reason", "end of a recorded session")], b"");
        }
        self.up = true;
        self.pending.clear();
        self.channels_listed = false;
        self.queues_listed = false;
        // What it says of the switch's start stands right behind the login, without a stamp.
        let mut next = std::iter::once(&message).chain(after).take(4);
        if let Some(uptime) = next.find_map(private_uptime) {
            // The next event's stamp is nearer than the last one's of the session before.
            let now = after.iter().find_map(Message::timestamp_us).map_or(self.newest, Stamp);
            self.newest = self.newest.max(now);
            self.run_began(now.secs() - uptime);
        }
        let epoch = self.epoch.0.to_string();
        self.observe(Observation::LinkUp, &[("Epoch", &epoch)], b"");
    }

    /// The switch says when it began; the same run unless it is clearly another.
    fn run_began(&mut self, at: i64) {
        if at.abs_diff(self.epoch.0) > SAME_RUN_S {
            self.epoch = Epoch(at);
        }
    }

    fn event(&mut self, name: &[u8], message: Message<'_>, stamp: Stamp) {
        if stamp != self.newest {
            self.sequence = 0;
        }
        self.newest = self.newest.max(stamp);
        if name == b"FullyBooted" && message.get("Uptime") == Some(b"0") {
            self.run_began(stamp.secs());
        }
        self.out.push(Record {
            kind: Kind::Event,
            epoch: self.epoch,
            stamp,
            heard: stamp,
            payload: Arc::from(message.raw()),
        });
    }

    /// The first message of an answer; lists are collected until they are whole.
    fn response(&mut self, message: Message<'a>) {
        let Some(action_id) = message.action_id() else {
            return;
        };
        if message.get("EventList").is_some_and(|l| l.eq_ignore_ascii_case(b"start"))
            && self.pending.len() < PENDING_MAX
        {
            self.pending.push(Pending { action_id, bytes: message.raw().to_vec() });
        }
    }

    /// An item of a list that is being collected; true if it was one.
    fn item(&mut self, message: Message<'a>) -> bool {
        let Some(action_id) = message.action_id() else {
            return false;
        };
        let Some(at) = self.pending.iter().position(|p| p.action_id == action_id) else {
            // Its begin is missing: not an event to everybody either.
            return true;
        };
        if let Some(pending) = self.pending.get_mut(at) {
            pending.bytes.extend_from_slice(message.raw());
        }
        if message.get("EventList") == Some(b"Complete") {
            let pending = self.pending.swap_remove(at);
            self.answered(&pending.bytes, message);
        }
        true
    }

    /// A list is whole. What was asked is known by the name of its last item.
    fn answered(&mut self, bytes: &[u8], last: Message<'_>) {
        let name = ami::text(last.event().unwrap_or_default());
        let action = name.strip_suffix("Complete").unwrap_or(&name);
        self.observe(Observation::Answer, &[("Action", action)], bytes);
        let before = self.channels_listed && self.queues_listed;
        self.channels_listed |= action == "CoreShowChannels";
        self.queues_listed |= action == "QueueStatus";
        if self.channels_listed && self.queues_listed && !before {
            self.observe(Observation::Resynced, &[], b"");
        }
    }

    fn observe(&mut self, what: Observation, headers: &[(&str, &str)], bytes: &[u8]) {
        let heard = self.newest.plus(self.sequence);
        self.sequence += 1;
        let server = self.server.clone();
        let (epoch, stamp) = (self.epoch, self.newest);
        self.out.push(Record::observation(what, epoch, stamp, heard, &server, headers, bytes));
    }
}

fn is_login(message: Message<'_>) -> bool {
    matches!(message.kind(), Said::Response(b"Success"))
        && message.get("Message") == Some(b"Authentication accepted")
}

/// The uptime in a `FullyBooted` to one session alone.
fn private_uptime(message: &Message<'_>) -> Option<i64> {
    if message.event() != Some(b"FullyBooted") || message.timestamp_us().is_some() {
        return None;
    }
    std::str::from_utf8(message.get("Uptime")?).ok()?.parse().ok()
}
