//! The other side: answers actions with the words of a real Asterisk (fixtures/captures).

use std::collections::BTreeSet;

use ami::{Message, MessageWriter, messages};
use facts::Stamp;

/// Actions of an account with `write = reporting,user`, and those that need no class.
pub(super) const LEAST: [&str; 8] = [
    "CoreSettings",
    "CoreShowChannels",
    "CoreStatus",
    "DeviceStateList",
    "ListCommands",
    "Ping",
    "QueueStatus",
    "UserEvent",
];

/// An Asterisk as one session sees it.
pub(super) struct Pbx {
    pub(super) secret: String,
    /// What the account may do, as `ListCommands` says.
    pub(super) allowed: BTreeSet<String>,
    /// `FullyBooted` follows the login.
    pub(super) booted: bool,
    /// The answer to `CoreStatus`.
    pub(super) started: (&'static str, &'static str),
    pub(super) uptime: i64,
    /// `timestampevents`.
    pub(super) stamps: bool,
    /// Heartbeats come back.
    pub(super) echo: bool,
    /// The PBX's clock minus the server's.
    pub(super) clock_offset_us: i64,
    /// `CoreShowChannels` answers with these items.
    pub(super) channels: Vec<Vec<u8>>,
}

impl Pbx {
    pub(super) fn new(_now: Stamp) -> Self {
        Self {
            secret: "s3cret".to_owned(),
            allowed: LEAST.map(str::to_owned).into(),
            booted: true,
            started: ("2026-11-21", "11:40:46"),
            uptime: 314,
            stamps: true,
            echo: true,
            clock_offset_us: 0,
            channels: Vec::new(),
        }
    }

    fn stamp(&self, now: Stamp) -> String {
        let us = now.0 + self.clock_offset_us;
        format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
    }

    /// An event as it goes to all.
    pub(super) fn event(&self, name: &str, now: Stamp, headers: &[(&str, &str)]) -> Vec<u8> {
        let mut event = MessageWriter::event(name);
        event.header("Privilege", class(name));
        if self.stamps {
            event.header("Timestamp", self.stamp(now));
        }
        for (header, value) in headers {
            event.header(header, value);
        }
        event.finish()
    }

    /// What it says to these actions.
    pub(super) fn answer(&mut self, sent: &[u8], now: Stamp) -> Vec<u8> {
        let mut out = Vec::new();
        for action in messages(sent) {
            self.one(&action, now, &mut out);
        }
        out
    }

    fn one(&mut self, action: &Message<'_>, now: Stamp, out: &mut Vec<u8>) {
        let get = |name: &str| ami::text(action.get(name).unwrap_or_default());
        let (name, id) = (get("Action"), get("ActionID"));
        let mut say = |word: &str, headers: &[(&str, &str)]| {
            let mut response = MessageWriter::response(word);
            response.header("ActionID", &id);
            for (header, value) in headers {
                response.header(header, value);
            }
            response.finish_into(out);
        };
        match name.as_str() {
            "Challenge" => return say("Success", &[("Challenge", "203904862")]),
            "Login" => {
                // md5 of 203904862s3cret
                let key = get("Key") == "6f4d9ac2de29dbd73b98f86ce9978433";
                if get("Secret") != self.secret && (self.secret != "s3cret" || !key) {
                    return say("Error", &[("Message", "Authentication failed")]);
                }
                say("Success", &[("Message", "Authentication accepted")]);
                if self.booted {
                    out.extend(self.booted_event());
                }
                return;
            }
            _ => {}
        }
        if !self.allowed.contains(&name) {
            let words = format!(
                "Invalid/unknown command: {name}. Use Action: ListCommands to show available \
                 commands."
            );
            return say("Error", &[("Message", &words)]);
        }
        match name.as_str() {
            "Ping" => say("Success", &[("Ping", "Pong"), ("Timestamp", &self.stamp(now))]),
            "CoreStatus" => say(
                "Success",
                &[("CoreStartupDate", self.started.0), ("CoreStartupTime", self.started.1)],
            ),
            "CoreSettings" => {
                say("Success", &[("AsteriskVersion", "16.28.0"), ("SystemName", "")]);
            }
            "ListCommands" => {
                let lines: Vec<_> = self.allowed.iter().map(|a| (a.as_str(), "it.")).collect();
                say("Success", &lines);
            }
            "UserEvent" => {
                say("Success", &[("Message", "Event Sent")]);
                if self.echo {
                    let (server, counter) = (get("Server"), get("Counter"));
                    let headers = [
                        ("ActionID", id.as_str()),
                        ("UserEvent", "BusyhourBeat"),
                        ("Server", &server),
                        ("Counter", &counter),
                    ];
                    out.extend(self.event("UserEvent", now, &headers));
                }
            }
            list => {
                say("Success", &[("EventList", "start"), ("Message", "will follow")]);
                let items = if list == "CoreShowChannels" { &self.channels[..] } else { &[] };
                for item in items {
                    out.extend_from_slice(format!("Event: X\r\nActionID: {id}\r\n").as_bytes());
                    out.extend_from_slice(item);
                }
                MessageWriter::event(&format!("{list}Complete"))
                    .header("ActionID", &id)
                    .header("EventList", "Complete")
                    .header("ListItems", items.len().to_string())
                    .finish_into(out);
            }
        }
    }

    /// `FullyBooted` as one session gets it after its login.
    pub(super) fn booted_event(&self) -> Vec<u8> {
        MessageWriter::event("FullyBooted")
            .header("Privilege", "system,all")
            .header("Uptime", self.uptime.to_string())
            .header("Status", "Fully Booted")
            .finish()
    }
}

/// The class an event of that name has in the captures.
pub(super) fn class(event: &str) -> &'static str {
    match event {
        "UserEvent" => "user,all",
        "Newexten" | "VarSet" => "dialplan,all",
        "FullyBooted" | "Shutdown" => "system,all",
        "TestEvent" => "reporting,all",
        name if name.starts_with("Queue") || name.starts_with("Agent") => "agent,all",
        _ => "call,all",
    }
}
