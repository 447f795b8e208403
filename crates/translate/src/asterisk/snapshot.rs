//! The headers that describe a channel, carried by most events, some of them twice with a
//! prefix (`DestUniqueid`).

use ami::Message;
use facts::{Device, Phase};

/// A channel as an event shows it; borrowed, undecoded.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Snapshot<'a> {
    pub(super) channel: &'a [u8],
    pub(super) uniqueid: &'a [u8],
    pub(super) linkedid: &'a [u8],
    pub(super) state: &'a [u8],
    pub(super) number: &'a [u8],
    pub(super) party: &'a [u8],
    pub(super) context: &'a [u8],
    pub(super) exten: &'a [u8],
    /// There are `ChanVariable` headers.
    pub(super) variables: bool,
}

impl<'a> Snapshot<'a> {
    /// The channel whose headers have this prefix; None if the event does not identify one.
    /// What follows a `UserEvent` header is the sender's and no snapshot.
    pub(super) fn read(msg: &Message<'a>, prefix: &str) -> Option<Self> {
        let mut s = Self::default();
        for h in msg.headers().take_while(|h| h.name != b"UserEvent") {
            if let Some(name) = h.name.strip_prefix(prefix.as_bytes()) {
                s.take(name, h.value);
            }
        }
        s.named()
    }

    /// The channels whose headers have no prefix and the prefix `Dest`, which most events are
    /// about, found in one go.
    pub(super) fn read_both(msg: &Message<'a>) -> (Option<Self>, Option<Self>) {
        let (mut own, mut dest) = (Self::default(), Self::default());
        for h in msg.headers().take_while(|h| h.name != b"UserEvent") {
            match h.name {
                [b'D', b'e', b's', b't', name @ ..] => dest.take(name, h.value),
                name => own.take(name, h.value),
            }
        }
        (own.named(), dest.named())
    }

    /// Takes a header of the channel's, if it is one.
    fn take(&mut self, name: &[u8], value: &'a [u8]) {
        match name {
            b"Channel" => self.channel = value,
            b"Uniqueid" | b"UniqueId" => self.uniqueid = value,
            b"Linkedid" => self.linkedid = value,
            b"ChannelState" => self.state = value,
            b"CallerIDNum" => self.number = value,
            b"CallerIDName" => self.party = value,
            b"Context" => self.context = value,
            b"Exten" => self.exten = value,
            b"ChanVariable" => self.variables = true,
            _ => {}
        }
    }

    /// None if the headers do not identify a channel.
    fn named(self) -> Option<Self> {
        (!self.uniqueid.is_empty() && !self.channel.is_empty()).then_some(self)
    }

    /// How far the channel has come.
    pub(super) fn phase(&self) -> Option<Phase> {
        phase(self.state)
    }

    /// A channel inside the switch.
    pub(super) fn is_half(&self) -> bool {
        self.channel.starts_with(b"Local/")
    }
}

/// `ChannelState` as a number.
fn phase(state: &[u8]) -> Option<Phase> {
    Some(match state {
        b"0" | b"1" | b"2" => Phase::Down,
        b"3" | b"4" | b"7" => Phase::Calling,
        b"5" => Phase::Ringing,
        b"6" => Phase::Up,
        _ => return None,
    })
}

/// The endpoint of a channel's name: `PJSIP/1001-0000002a` is one of `PJSIP/1001`.
pub(super) fn device_of(channel: &[u8]) -> &[u8] {
    match channel.iter().rposition(|&b| b == b'-') {
        Some(end) if end > 0 => channel.get(..end).unwrap_or(channel),
        _ => channel,
    }
}

/// A whole number without sign.
pub(super) fn number(value: &[u8]) -> Option<u32> {
    std::str::from_utf8(value).ok()?.trim().parse().ok()
}

/// Seconds since 1970, where 0 means never.
pub(super) fn moment(value: &[u8]) -> Option<facts::Stamp> {
    number(value).filter(|&s| s > 0).map(|s| facts::Stamp::from_secs(i64::from(s)))
}

/// The state of a queue member's phone: a number.
pub(super) fn member_device(value: &[u8]) -> Device {
    match value {
        b"1" => Device::Idle,
        b"2" => Device::InUse,
        b"3" => Device::Busy,
        b"4" => Device::Invalid,
        b"5" => Device::Unavailable,
        b"6" => Device::Ringing,
        b"7" => Device::RingInUse,
        b"8" => Device::OnHold,
        _ => Device::Unknown,
    }
}

/// The state of an endpoint: a word.
pub(super) fn device_word(value: &[u8]) -> Device {
    match value {
        b"NOT_INUSE" => Device::Idle,
        b"INUSE" => Device::InUse,
        b"BUSY" => Device::Busy,
        b"INVALID" => Device::Invalid,
        b"UNAVAILABLE" => Device::Unavailable,
        b"RINGING" => Device::Ringing,
        b"RINGINUSE" => Device::RingInUse,
        b"ONHOLD" => Device::OnHold,
        _ => Device::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_endpoint_is_the_name_without_its_serial() {
        for (channel, device) in [
            ("PJSIP/1001-0000002a", "PJSIP/1001"),
            ("PJSIP/trunk-a-00000001", "PJSIP/trunk-a"),
            ("Local/fwd1001@agents-00000000;1", "Local/fwd1001@agents"),
            ("odd", "odd"),
            ("-1", "-1"),
        ] {
            assert_eq!(device_of(channel.as_bytes()), device.as_bytes());
        }
    }

    #[test]
    fn what_a_sender_adds_to_a_user_event_is_no_snapshot() {
        let msg = b"Event: UserEvent\r\nUserEvent: X\r\nUniqueid: 1\r\nChannel: a\r\n\r\n";
        assert!(Snapshot::read(&Message::parse(msg), "").is_none());
    }
}
