//! What the PBX says: rendered events, and how they are written.

use std::sync::Arc;

use crate::class::Classes;
use crate::world::{Agent, Bridge, BridgeKind, Channel, Member};

/// One asynchronous event, rendered once for all sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The PBX's stamp in microseconds UTC; the bytes hold the same.
    pub at: i64,
    /// Its class; a session gets it if its account reads that class.
    pub class: Classes,
    /// The message, blank line included.
    pub bytes: Arc<[u8]>,
}

/// An event being written.
pub(crate) struct Event {
    pub(crate) at: i64,
    pub(crate) class: Classes,
    text: Vec<u8>,
}

impl Event {
    pub(crate) fn new(name: &str, class: Classes, at: i64, stamped: bool, system: &str) -> Self {
        let mut event = Self { at, class, text: Vec::with_capacity(640) };
        event.field("Event", name);
        event.field("Privilege", class.privilege_of_events());
        if stamped {
            event.field("Timestamp", &stamp(at));
        }
        if !system.is_empty() {
            event.field("SystemName", system);
        }
        event
    }

    /// A list item: no privilege, no stamp.
    pub(crate) fn item(name: &str) -> Self {
        let mut event = Self { at: 0, class: Classes::NONE, text: Vec::with_capacity(512) };
        event.field("Event", name);
        event
    }

    /// An answer: `Response: Success` and so on.
    pub(crate) fn response(word: &str) -> Self {
        let mut event = Self { at: 0, class: Classes::NONE, text: Vec::with_capacity(128) };
        event.field("Response", word);
        event
    }

    pub(crate) fn field(&mut self, name: &str, value: &str) -> &mut Self {
        self.raw("", name, value.as_bytes())
    }

    pub(crate) fn number(&mut self, name: &str, value: impl Into<i64>) -> &mut Self {
        let value: i64 = value.into();
        self.raw("", name, value.to_string().as_bytes())
    }

    pub(crate) fn bytes(&mut self, name: &[u8], value: &[u8]) -> &mut Self {
        self.text.extend_from_slice(name);
        self.text.extend_from_slice(b": ");
        self.text.extend_from_slice(value);
        self.text.extend_from_slice(b"\r\n");
        self
    }

    fn raw(&mut self, prefix: &str, name: &str, value: &[u8]) -> &mut Self {
        self.text.extend_from_slice(prefix.as_bytes());
        self.bytes(name.as_bytes(), value)
    }

    /// A number or a name, C-escaped; `<unknown>` if there is none.
    fn escaped(&mut self, prefix: &str, name: &str, value: &str) {
        let value = if value.is_empty() { "<unknown>" } else { value };
        self.raw(prefix, name, &crate::traps::raw_bytes(&ami::escape(value.as_bytes())));
    }

    /// The fields of a channel snapshot, in Asterisk's order; `prefix` is `Dest` and the like.
    pub(crate) fn channel(&mut self, prefix: &str, channel: &Channel) -> &mut Self {
        self.raw(prefix, "Channel", channel.name.as_bytes());
        self.raw(prefix, "ChannelState", channel.state.code().as_bytes());
        self.raw(prefix, "ChannelStateDesc", channel.state.text().as_bytes());
        self.escaped(prefix, "CallerIDNum", &channel.caller_num);
        self.escaped(prefix, "CallerIDName", &channel.caller_name);
        self.escaped(prefix, "ConnectedLineNum", &channel.connected_num);
        self.escaped(prefix, "ConnectedLineName", &channel.connected_name);
        self.raw(prefix, "Language", b"en");
        self.raw(prefix, "AccountCode", b"");
        self.raw(prefix, "Context", channel.context.as_bytes());
        self.raw(prefix, "Exten", channel.exten.as_bytes());
        self.raw(prefix, "Priority", channel.priority.to_string().as_bytes());
        self.raw(prefix, "Uniqueid", channel.uniqueid.as_bytes());
        self.raw(prefix, "Linkedid", channel.linkedid.as_bytes())
    }

    /// The fields of a bridge snapshot.
    pub(crate) fn bridge(&mut self, prefix: &str, bridge: &Bridge) -> &mut Self {
        let (kind, technology, creator, name) = match &bridge.kind {
            BridgeKind::Basic if bridge.native => ("basic", "native_rtp", "<unknown>", "<unknown>"),
            BridgeKind::Basic => ("basic", "simple_bridge", "<unknown>", "<unknown>"),
            BridgeKind::Conference(room) => ("base", "softmix", "ConfBridge", room.as_str()),
            BridgeKind::Parking => ("parking", "holding_bridge", "Parking", "default"),
        };
        self.raw(prefix, "BridgeUniqueid", bridge.uniqueid.as_bytes());
        self.raw(prefix, "BridgeType", kind.as_bytes());
        self.raw(prefix, "BridgeTechnology", technology.as_bytes());
        self.raw(prefix, "BridgeCreator", creator.as_bytes());
        self.raw(prefix, "BridgeName", name.as_bytes());
        self.raw(prefix, "BridgeNumChannels", bridge.channels.to_string().as_bytes());
        self.raw(prefix, "BridgeVideoSourceMode", b"none")
    }

    /// What every event and list says of a queue's member, in Asterisk's order.
    pub(crate) fn member(&mut self, agent: &Agent, member: &Member) -> &mut Self {
        self.field("StateInterface", &agent.interface)
            .field("Membership", "dynamic")
            .number("Penalty", member.penalty)
            .number("CallsTaken", member.calls_taken)
            .number("LastCall", member.last_call)
            .number("LastPause", member.last_pause)
            .number("LoginTime", member.login_time)
            .number("InCall", i64::from(member.in_call))
            .number("Status", agent.device.status())
            .number("Paused", i64::from(member.paused))
            .field("PausedReason", &member.reason)
    }

    pub(crate) fn finish(mut self) -> Said {
        self.text.extend_from_slice(b"\r\n");
        Said { at: self.at, class: self.class, bytes: Arc::from(self.text) }
    }

    pub(crate) fn finish_into(mut self, to: &mut Vec<u8>) {
        self.text.extend_from_slice(b"\r\n");
        to.append(&mut self.text);
    }
}

/// `1795261807.642131`.
pub(crate) fn stamp(at: i64) -> String {
    format!("{}.{:06}", at.div_euclid(1_000_000), at.rem_euclid(1_000_000))
}

/// `(2026-11-21, 12:01:22)` of seconds since 1970, UTC.
pub(crate) fn date_and_time(seconds: i64) -> (String, String) {
    let (days, rest) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days of the era that begins with March of the year 0: leap days come last.
    let day = days + 719_468;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    (
        format!("{year:04}-{month:02}-{day:02}"),
        format!("{:02}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60),
    )
}

#[cfg(test)]
mod tests {
    use super::{date_and_time, stamp};

    #[test]
    fn stamps_have_six_decimals() {
        assert_eq!(stamp(1_795_261_807_000_131), "1795261807.000131");
    }

    #[test]
    fn dates_are_civil() {
        let both = |text: (&str, &str)| (text.0.to_owned(), text.1.to_owned());
        assert_eq!(date_and_time(1_795_262_482), both(("2026-11-21", "12:01:22")));
        assert_eq!(date_and_time(0), both(("1970-01-01", "00:00:00")));
        assert_eq!(date_and_time(951_782_399), both(("2000-02-28", "23:59:59")));
        assert_eq!(date_and_time(951_782_400), both(("2000-02-29", "00:00:00")));
    }
}
