//! Who is connected with whom: dialling, bridges, pairs inside the switch, hold, transfers,
//! parking, conferences, listening in.

use super::channels::Dial;
use super::snapshot::Snapshot;
use super::{Event, Out, Translator};
use facts::{BridgeId, ChannelId, DialOutcome, Fact, Text};

impl Translator {
    /// A channel named by its id alone, in an event whose snapshots may be out of date.
    fn named(&mut self, e: &Event<'_>, header: &str) -> Option<ChannelId> {
        let id = std::str::from_utf8(e.get(header)).ok()?;
        self.channels.get_mut(id).map(|c| c.id.clone())
    }

    pub(super) fn dial_begin(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let from = self.touch(e, "", out);
        let Some(to) = self.touch(e, "Dest", out) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&to) {
            if channel.dial == Dial::Open {
                return;
            }
            channel.dial = Dial::Open;
        }
        out.say(Fact::DialBegan { from, to });
    }

    /// The first `DialEnd` of a dialled channel counts; Asterisk often sends a second.
    pub(super) fn dial_end(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let from = self.touch(e, "", out);
        let Some(to) = self.touch(e, "Dest", out) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&to) {
            if channel.dial == Dial::Over {
                return;
            }
            channel.dial = Dial::Over;
        }
        let outcome = match e.get("DialStatus") {
            b"ANSWER" => DialOutcome::Answered,
            b"BUSY" => DialOutcome::Busy,
            b"NOANSWER" => DialOutcome::NoAnswer,
            b"CANCEL" => DialOutcome::Cancelled,
            b"CONGESTION" | b"CHANUNAVAIL" => DialOutcome::Congestion,
            _ => DialOutcome::Other,
        };
        out.say(Fact::DialEnded { from, to, outcome });
    }

    /// Enters a bridge. A seat taken over (`SwapUniqueid`) is named so that no gap is seen.
    pub(super) fn bridge_enter(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let swapped = std::str::from_utf8(e.get("SwapUniqueid"))
            .ok()
            .filter(|s| !s.is_empty())
            .map(ChannelId::from);
        self.bridge(&id, e.get("BridgeUniqueid"), swapped, out);
    }

    /// The channel is in this bridge (in none, if empty): says what is new about that.
    pub(super) fn bridge(
        &mut self,
        id: &ChannelId,
        bridge: &[u8],
        swapped: Option<ChannelId>,
        out: &mut Out<'_>,
    ) {
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        if channel.bridge.as_ref().map_or(&b""[..], |b| b.as_bytes()) == bridge {
            return;
        }
        if let Some(old) = channel.bridge.take() {
            out.say(Fact::Unbridged { channel: id.clone(), bridge: old });
        }
        if bridge.is_empty() {
            return;
        }
        let bridge = BridgeId(String::from_utf8_lossy(bridge).into());
        channel.bridge = Some(bridge.clone());
        out.say(Fact::Bridged { channel: id.clone(), bridge, swapped });
    }

    /// Leaves a bridge; leaving one that it is not in any more says nothing.
    pub(super) fn bridge_leave(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        let bridge = e.get("BridgeUniqueid");
        if channel.bridge.as_ref().is_some_and(|b| b.as_bytes() == bridge)
            && let Some(bridge) = channel.bridge.take()
        {
            out.say(Fact::Unbridged { channel: id, bridge });
        }
    }

    /// `LocalBridge` and `LocalOptimizationBegin` name both halves of a Local channel.
    pub(super) fn local_pair(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let one = self.touch(e, "LocalOne", out);
        let two = self.touch(e, "LocalTwo", out);
        let (Some(one), Some(two)) = (one, two) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&one)
            && !std::mem::replace(&mut channel.paired, true)
        {
            out.say(Fact::Paired { one, two });
        }
    }

    pub(super) fn hold(&mut self, e: &Event<'_>, held: bool, out: &mut Out<'_>) {
        if let Some(channel) = self.touch(e, "", out) {
            out.say(if held { Fact::Held { channel } } else { Fact::Unheld { channel } });
        }
    }

    /// The snapshots in transfer events are of before the transfer: only their ids are used.
    pub(super) fn blind_transfer(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        if e.get("Result") != b"Success" {
            return;
        }
        let Some(by) = self.named(e, "TransfererUniqueid") else {
            return;
        };
        let who = self.named(e, "TransfereeUniqueid");
        let to = self.names.escaped(e.get("Extension"));
        out.say(Fact::Transferred { by, by_second: None, who, to, attended: false });
    }

    pub(super) fn attended_transfer(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        if e.get("Result") != b"Success" {
            return;
        }
        let first = self.named(e, "OrigTransfererUniqueid");
        let second = self.named(e, "SecondTransfererUniqueid");
        // By keys (`*2`) he has one channel only, and it is named twice.
        let Some(by) = first.or_else(|| second.clone()) else {
            return;
        };
        let by_second = second.filter(|s| *s != by);
        let who = self.named(e, "TransfereeUniqueid");
        let to = match self.named(e, "TransferTargetUniqueid") {
            Some(target) => target.0,
            None => by_second.as_ref().map_or_else(Text::default, |s| s.0.clone()),
        };
        out.say(Fact::Transferred { by, by_second, who, to, attended: true });
    }

    /// Also an item of the list of parked calls.
    pub(super) fn parked(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(channel) = self.touch(e, "Parkee", out) else {
            return;
        };
        let lot = String::from_utf8_lossy(e.get("Parkinglot"));
        let place = format!("{lot}/{}", String::from_utf8_lossy(e.get("ParkingSpace")));
        out.say(Fact::Parked { channel, place: Text::from(place) });
    }

    pub(super) fn unparked(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let by = self.named(e, "RetrieverUniqueid");
        if let Some(channel) = self.named(e, "ParkeeUniqueid") {
            out.say(Fact::Unparked { channel, by });
        }
    }

    pub(super) fn conference(&mut self, e: &Event<'_>, joined: bool, out: &mut Out<'_>) {
        let Some(channel) = self.touch(e, "", out) else {
            return;
        };
        let room = self.names.plain(e.get("Conference"));
        out.say(if joined {
            Fact::ConferenceJoined { channel, room }
        } else {
            Fact::ConferenceLeft { channel, room }
        });
    }

    pub(super) fn spy(&mut self, e: &Event<'_>, began: bool, out: &mut Out<'_>) {
        let Some(spy) = self.touch(e, "Spyer", out) else {
            return;
        };
        if !began {
            out.say(Fact::SpyEnded { spy });
            return;
        }
        let target = Snapshot::read(&e.msg, "Spyee").and_then(|s| self.see(&s, out));
        if let Some(target) = target {
            out.say(Fact::SpyBegan { spy, target });
        }
    }
}
