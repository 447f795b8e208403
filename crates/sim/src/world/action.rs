//! Actions of a session that is logged in: permissions, answers, and what they change.
//!
//! Login, Logoff, Challenge and Events belong to the session and are not answered here.

use super::commands::{self, COMMANDS};
use super::{SECOND, World};
use crate::class::Classes;
use crate::said::{Event, date_and_time, stamp};

/// The private answer to one action: the response and list items, as bytes.
///
/// What an action makes the PBX say to everybody comes out of the next
/// [`World::advance`].
pub type Reply = Vec<u8>;

/// An action while it is answered.
pub(super) struct Asked<'a> {
    pub(super) id: Option<&'a [u8]>,
    pub(super) message: &'a ami::Message<'a>,
}

impl Asked<'_> {
    /// A header of the action as text, empty if it is not there.
    pub(super) fn text(&self, header: &str) -> String {
        self.message.get(header).map(ami::text).unwrap_or_default()
    }

    pub(super) fn response(&self, word: &str) -> Event {
        let mut event = Event::response(word);
        self.mark(&mut event);
        event
    }

    pub(super) fn mark(&self, event: &mut Event) {
        if let Some(id) = self.id {
            event.bytes(b"ActionID", id);
        }
    }

    fn say(&self, word: &str, message: &str) -> Reply {
        let mut event = self.response(word);
        event.field("Message", message);
        let mut reply = Reply::new();
        event.finish_into(&mut reply);
        reply
    }

    pub(super) fn error(&self, message: &str) -> Reply {
        self.say("Error", message)
    }

    pub(super) fn success(&self, message: &str) -> Reply {
        self.say("Success", message)
    }
}

impl World {
    /// Answers an action of an account that may write `write`, at `now` (microseconds UTC).
    pub fn action(&mut self, now: i64, write: Classes, message: &ami::Message<'_>) -> Reply {
        self.clock = self.clock.max(now);
        let asked = Asked { id: message.action_id(), message };
        let name = match message.kind() {
            ami::Kind::Action(name) => ami::text(name),
            _ => asked.text("Action"),
        };
        if name.is_empty() {
            return asked.error("Missing action in request");
        }
        let Some(command) = commands::find(&name) else {
            return asked.error(&format!(
                "Invalid/unknown command: {name}. Use Action: ListCommands to show available \
                 commands."
            ));
        };
        if command.needs != Classes::NONE && !command.needs.meets(write) {
            return asked.error("Permission denied");
        }
        match command.name {
            "BridgeList" => self.list_bridges(&asked),
            "CoreSettings" => self.core_settings(&asked),
            "CoreShowChannels" => self.list_channels(&asked),
            "CoreStatus" => self.core_status(&asked),
            "DeviceStateList" => self.list_devices(&asked),
            "ExtensionStateList" => self.list_hints(&asked),
            "ListCommands" => list_commands(&asked, write),
            "ParkedCalls" => self.list_parked(&asked),
            "Parkinglots" => list_lots(&asked),
            "Ping" => self.ping(&asked),
            "QueuePause" => self.queue_pause(&asked),
            "QueueStatus" => self.list_queues(&asked),
            "QueueSummary" => self.summarise_queues(&asked),
            "Status" => self.list_status(&asked),
            "UserEvent" => self.user_event(&asked),
            _ => asked.error("not simulated"),
        }
    }

    /// What a session hears that attaches at `now` and asks for all lists: banner, login,
    /// FullyBooted, channels, queues, devices, bridges. The ids of its actions are `open-NAME`.
    pub fn opening(&mut self, now: i64) -> Vec<u8> {
        let banner = format!("Asterisk Call Manager/{}\r\n", self.settings.version.ami());
        let mut bytes = banner.into_bytes();
        bytes.extend_from_slice(
            b"Response: Success\r\nActionID: open-Login\r\nMessage: Authentication accepted\r\n\r\n",
        );
        bytes.append(&mut self.fully_booted(now));
        for (_, mut answer) in self.lists(now) {
            bytes.append(&mut answer);
        }
        bytes
    }

    /// The lists that a session asks for when it attaches, each with the action's name.
    pub fn lists(&mut self, now: i64) -> Vec<(&'static str, Reply)> {
        const LISTS: [&str; 4] =
            ["CoreShowChannels", "QueueStatus", "DeviceStateList", "BridgeList"];
        let answer = |name: &'static str| {
            let text = format!("Action: {name}\r\nActionID: open-{name}\r\n\r\n");
            (name, self.action(now, Classes::ALL, &ami::Message::parse(text.as_bytes())))
        };
        LISTS.map(answer).into()
    }

    /// The private FullyBooted after a login: no stamp.
    #[must_use]
    pub fn fully_booted(&self, now: i64) -> Vec<u8> {
        let uptime = (now - self.booted).max(0) / SECOND;
        let mut event = Event::item("FullyBooted");
        event
            .field("Privilege", "system,all")
            .number("Uptime", uptime)
            .number("LastReload", uptime)
            .field("Status", "Fully Booted");
        let mut bytes = Vec::new();
        event.finish_into(&mut bytes);
        bytes
    }

    /// Says `SuccessfulAuth` (class `security`) for a login.
    pub fn say_login(&mut self, now: i64, user: &str, session: u64, remote: &str) {
        self.clock = self.clock.max(now);
        let mut event = self.event("SuccessfulAuth", Classes::SECURITY);
        let (date, time) = date_and_time(self.seconds());
        let millis = self.clock.rem_euclid(SECOND) / 1000;
        let moment = format!("{date}T{time}.{millis:03}+0000");
        event
            .field("EventTV", &moment)
            .field("Severity", "Informational")
            .field("Service", "AMI")
            .field("EventVersion", "1")
            .field("AccountID", user)
            .field("SessionID", &format!("0x7f5b{session:08x}"))
            .field("LocalAddress", "IPV4/TCP/127.0.0.1/5038")
            .field("RemoteAddress", &format!("IPV4/TCP/{remote}"))
            .field("UsingPassword", "0")
            .field("SessionTV", &moment);
        self.say(event);
    }

    fn ping(&self, asked: &Asked<'_>) -> Reply {
        let mut event = asked.response("Success");
        event.field("Ping", "Pong").field("Timestamp", &stamp(self.clock));
        let mut reply = Reply::new();
        event.finish_into(&mut reply);
        reply
    }

    fn core_status(&self, asked: &Asked<'_>) -> Reply {
        let (date, time) = date_and_time(self.booted.div_euclid(SECOND));
        let mut event = asked.response("Success");
        event
            .field("CoreStartupDate", &date)
            .field("CoreStartupTime", &time)
            .field("CoreReloadDate", &date)
            .field("CoreReloadTime", &time)
            .field("CoreCurrentCalls", &self.channels.len().to_string());
        let mut reply = Reply::new();
        event.finish_into(&mut reply);
        reply
    }

    fn core_settings(&self, asked: &Asked<'_>) -> Reply {
        let version = self.settings.version;
        let mut event = asked.response("Success");
        event
            .field("AMIversion", version.ami())
            .field("AsteriskVersion", version.asterisk())
            .field("SystemName", &self.settings.system_name)
            .field("CoreMaxCalls", "0")
            .field("CoreMaxLoadAvg", "0.000000")
            .field("CoreRunUser", "")
            .field("CoreRunGroup", "")
            .field("CoreMaxFilehandles", "0")
            .field("CoreRealTimeEnabled", "No")
            .field("CoreCDRenabled", "Yes")
            .field("CoreHTTPenabled", "No");
        let mut reply = Reply::new();
        event.finish_into(&mut reply);
        reply
    }

    /// Everybody hears it, with the sender's ActionID.
    fn user_event(&mut self, asked: &Asked<'_>) -> Reply {
        let name = asked.text("UserEvent");
        let mut event = self.event("UserEvent", Classes::USER);
        event.field("UserEvent", &name);
        for header in asked.message.headers() {
            let own = [&b"Action"[..], b"UserEvent"]
                .iter()
                .any(|name| header.name.eq_ignore_ascii_case(name));
            if !own && !header.name.is_empty() {
                event.bytes(header.name, header.value);
            }
        }
        self.say(event);
        asked.success("Event Sent")
    }

    fn queue_pause(&mut self, asked: &Asked<'_>) -> Reply {
        let interface = asked.text("Interface");
        let (queue_name, reason) = (asked.text("Queue"), asked.text("Reason"));
        let on = matches!(asked.text("Paused").as_str(), "1" | "true" | "yes" | "on");
        let queue = self.settings.queues.iter().position(|queue| queue.name == queue_name);
        let agent = self.agents.iter().position(|agent| agent.interface == interface);
        match agent {
            Some(agent) if queue_name.is_empty() || queue.is_some() => {
                self.pause(agent, queue, on, &reason);
                if !on {
                    self.ask_queues_of(agent);
                }
                let done = if on { "paused" } else { "unpaused" };
                asked.success(&format!("Interface {done} successfully"))
            }
            _ => asked.error("Interface not found"),
        }
    }
}

fn list_commands(asked: &Asked<'_>, write: Classes) -> Reply {
    let mut event = asked.response("Success");
    for command in &COMMANDS {
        if command.needs == Classes::NONE || command.needs.meets(write) {
            let privilege = command.needs.privilege();
            event.field(command.name, &format!("{}  (Priv: {privilege})", command.what));
        }
    }
    let mut reply = Reply::new();
    event.finish_into(&mut reply);
    reply
}

fn list_lots(asked: &Asked<'_>) -> Reply {
    let mut reply = super::lists::begin(asked, "Parking lots will follow");
    let mut event = Event::item("Parkinglot");
    asked.mark(&mut event);
    event
        .field("Name", "default")
        .number("StartSpace", super::park::SPACES.0)
        .number("StopSpace", super::park::SPACES.1)
        .number("Timeout", super::park::TIMEOUT_S);
    event.finish_into(&mut reply);
    super::lists::end(asked, "ParkinglotsComplete", 1, &mut reply);
    reply
}
