//! The channels that are alive, and what is new about them.

use super::names::told;
use super::snapshot::{Snapshot, device_of, number};
use super::verdict::{Attempt, Step, Visit};
use super::{Event, Out, Translator};
use facts::{
    BridgeId, CallId, ChannelId, DeviceId, Direction, Fact, LegId, NewChannel, Phase, Stamp, Text,
};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxBuildHasher;
use std::collections::VecDeque;

/// So many ended channels are remembered, so that a late event does not raise one again.
const ENDED_MAX: usize = 8192;

/// A channel that is alive.
pub(super) struct Channel {
    pub(super) id: ChannelId,
    pub(super) device: DeviceId,
    pub(super) call: CallId,
    pub(super) phase: Phase,
    number: Text,
    party: Text,
    pub(super) bridge: Option<BridgeId>,
    pub(super) paired: bool,
    pub(super) dial: Dial,
    /// The one who hangs up has asked to (`HangupRequest`).
    pub(super) asked: bool,
    said_asked: bool,
    /// The last list of channels did not name it.
    pub(super) missing: bool,
    pub(super) work_code: Option<Text>,
    leg: Option<LegId>,
    /// The application that the dialplan ran last, and what it was given.
    running: (Text, Text),
    /// The visit to a queue that is not over or has no verdict yet.
    pub(super) visit: Option<Visit>,
    /// `Queue()` was run and has neither let the caller in nor said why not.
    pub(super) attempt: Option<Attempt>,
}

impl Channel {
    /// Talks or waits in a queue: its dialplan stands still.
    fn is_busy(&self) -> bool {
        self.bridge.is_some() || self.visit.as_ref().is_some_and(|v| v.step == Step::Waiting)
    }
}

/// Whether the channel is being dialled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dial {
    Never,
    Open,
    Over,
}

/// All channels alive, by Uniqueid, and the last ones that ended.
#[derive(Default)]
pub(super) struct Channels {
    alive: IndexMap<Text, Channel, FxBuildHasher>,
    ended: IndexSet<Text, FxBuildHasher>,
    ended_order: VecDeque<Text>,
}

impl Channels {
    pub(super) fn len(&self) -> usize {
        self.alive.len()
    }

    pub(super) fn clear(&mut self) {
        self.alive.clear();
        self.ended.clear();
        self.ended_order.clear();
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.alive.get_mut(id)
    }

    pub(super) fn contains(&self, id: &str) -> bool {
        self.alive.contains_key(id)
    }

    /// Takes the channel out and remembers that it has ended.
    pub(super) fn end(&mut self, id: &str) -> Option<Channel> {
        let channel = self.alive.swap_remove(id)?;
        let name = channel.id.0.clone();
        if self.ended.insert(name.clone()) {
            self.ended_order.push_back(name);
        }
        while self.ended_order.len() > ENDED_MAX {
            if let Some(oldest) = self.ended_order.pop_front() {
                self.ended.swap_remove(&oldest);
            }
        }
        Some(channel)
    }

    /// The ids of all channels for which `which` holds, sorted.
    pub(super) fn ids(&self, which: impl Fn(&Channel) -> bool) -> Vec<ChannelId> {
        let mut ids: Vec<_> =
            self.alive.values().filter(|c| which(c)).map(|c| c.id.clone()).collect();
        ids.sort_unstable();
        ids
    }
}

/// What a resync list knows beyond the snapshot.
#[derive(Clone, Copy, Default)]
pub(super) struct Found<'a> {
    pub(super) began: Option<Stamp>,
    pub(super) bridge: &'a [u8],
    /// The switch set it up (`AppDial`, `AppQueue`).
    pub(super) outgoing: bool,
    pub(super) dialled: &'a [u8],
    /// The application that runs and what it was given.
    pub(super) running: (&'a [u8], &'a [u8]),
}

impl Translator {
    /// Says what is new in a snapshot; the channel's id if it is alive.
    pub(super) fn see(&mut self, s: &Snapshot<'_>, out: &mut Out<'_>) -> Option<ChannelId> {
        let key = std::str::from_utf8(s.uniqueid).ok()?;
        let Some(channel) = self.channels.alive.get_mut(key) else {
            if self.channels.ended.contains(key) {
                return None;
            }
            return Some(self.new_channel(s, None, out));
        };
        if !s.linkedid.is_empty() && s.linkedid != channel.call.as_bytes() {
            let call = CallId(String::from_utf8_lossy(s.linkedid).into());
            channel.call = call.clone();
            out.say(Fact::ChannelCall { channel: channel.id.clone(), call });
        }
        // A snapshot can be a moment older than its event: it only moves the phase on.
        if let Some(phase) = s.phase().filter(|&p| p > channel.phase) {
            channel.phase = phase;
            out.say(Fact::ChannelPhase { channel: channel.id.clone(), phase });
        }
        if differs(s.number, &channel.number) || differs(s.party, &channel.party) {
            let (number, party) = (decoded(s.number), decoded(s.party));
            if number != channel.number || party != channel.party {
                channel.number = number;
                channel.party = party;
                out.say(Fact::ChannelParty {
                    channel: channel.id.clone(),
                    number: channel.number.clone(),
                    party: channel.party.clone(),
                });
            }
        }
        Some(channel.id.clone())
    }

    /// A channel that is not known: from its `Newchannel`, from whatever names it first after
    /// we came in, or from a list.
    pub(super) fn new_channel(
        &mut self,
        s: &Snapshot<'_>,
        found: Option<Found<'_>>,
        out: &mut Out<'_>,
    ) -> ChannelId {
        let id = ChannelId(String::from_utf8_lossy(s.uniqueid).into());
        let linked = if s.linkedid.is_empty() { s.uniqueid } else { s.linkedid };
        let phase = s.phase().unwrap_or(Phase::Down);
        let found = found.unwrap_or_default();
        let bridge = (!found.bridge.is_empty())
            .then(|| BridgeId(String::from_utf8_lossy(found.bridge).into()));
        let outgoing = found.outgoing || (phase == Phase::Down && found.began.is_none());
        let device = DeviceId(self.names.plain(device_of(s.channel)));
        let (application, data) = found.running;
        let channel = Channel {
            id: id.clone(),
            device: device.clone(),
            call: CallId(String::from_utf8_lossy(linked).into()),
            phase,
            number: decoded(s.number),
            party: decoded(s.party),
            bridge: bridge.clone(),
            paired: false,
            dial: Dial::Never,
            asked: false,
            said_asked: false,
            missing: false,
            work_code: None,
            leg: None,
            running: (self.names.escaped(application), self.names.escaped(data)),
            visit: None,
            attempt: None,
        };
        let dialled = if found.dialled.is_empty() { s.exten } else { found.dialled };
        out.say(Fact::ChannelNew(Box::new(NewChannel {
            channel: id.clone(),
            name: Text::from(String::from_utf8_lossy(s.channel)),
            device,
            call: channel.call.clone(),
            direction: if outgoing { Direction::Out } else { Direction::In },
            phase,
            number: channel.number.clone(),
            party: channel.party.clone(),
            dialled: self.names.escaped(dialled),
            context: self.names.escaped(s.context),
            half: s.is_half(),
            began: found.began.unwrap_or(out.at),
            bridge,
        })));
        self.channels.alive.insert(id.0.clone(), channel);
        id
    }

    /// `Newstate`: the one event that may also take the phase back.
    pub(super) fn newstate(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let Some(phase) = e.own.as_ref().and_then(Snapshot::phase) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&id)
            && channel.phase != phase
        {
            channel.phase = phase;
            out.say(Fact::ChannelPhase { channel: id, phase });
        }
    }

    /// A step of the dialplan. `(Outgoing Line)` is what Asterisk shows for a channel that it
    /// dialled and that runs no dialplan.
    pub(super) fn newexten(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let (application, data) = (e.get("Application"), e.get("AppData"));
        if data == b"(Outgoing Line)" {
            return;
        }
        let step = (self.names.escaped(application), self.names.escaped(data));
        let Some(channel) = self.channels.get_mut(&id) else {
            return;
        };
        // Somebody moves it: Asterisk shows where to, still with what it is being taken out of.
        if channel.running == step && channel.is_busy() {
            return;
        }
        channel.running = step.clone();
        self.steps_told = true;
        self.settle_by_step(&id, application, data, out);
        let context = self.names.escaped(e.get("Context"));
        let exten = match e.msg.get("Extension") {
            Some(exten) => self.names.escaped(exten),
            None => self.names.escaped(e.get("Exten")),
        };
        let (application, data) = step;
        out.say(Fact::ChannelStep { channel: id, context, exten, application, data });
    }

    /// Somebody wants the channel to end. `by_party`: its phone, not the switch.
    pub(super) fn hangup_request(&mut self, e: &Event<'_>, by_party: bool, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(&id) {
            channel.asked |= by_party;
            if !std::mem::replace(&mut channel.said_asked, true) {
                out.say(Fact::HangupAsked { channel: id, by_party });
            }
        }
    }

    /// The channel is gone. One that was never heard of gives no fact.
    pub(super) fn hangup(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Ok(key) = std::str::from_utf8(e.get("Uniqueid")) else {
            return;
        };
        if !self.channels.contains(key) {
            return;
        }
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let Some(channel) = self.channels.end(&id) else {
            return;
        };
        let cause = number(e.get("Cause"));
        self.settle_by_hangup(&channel, cause, out);
        out.say(Fact::ChannelEnded { channel: id, cause });
    }

    /// `ChanVariable: NAME=value`, once a variable; the work code and the leg are of interest.
    pub(super) fn channel_variables(
        &mut self,
        id: &ChannelId,
        e: &Event<'_>,
        prefix: &str,
        out: &mut Out<'_>,
    ) {
        for h in e.msg.headers() {
            if h.name.strip_prefix(prefix.as_bytes()) != Some(b"ChanVariable") {
                continue;
            }
            let Some(eq) = h.value.iter().position(|&b| b == b'=') else {
                continue;
            };
            let (name, value) = h.value.split_at(eq);
            let value = value.get(1..).unwrap_or_default();
            if self.settings.is_leg(name) {
                self.leg(id, value, out);
            } else if self.settings.is_work_code(name) {
                self.work_code(id, value, out);
            }
        }
    }

    /// The name of the leg that a channel is one end of, said when it changes.
    fn leg(&mut self, id: &ChannelId, leg: &[u8], out: &mut Out<'_>) {
        if leg.is_empty() {
            return;
        }
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        if channel.leg.as_ref().is_some_and(|l| l.as_bytes() == leg) {
            return;
        }
        let leg = LegId(decoded(leg));
        if channel.leg.as_ref() != Some(&leg) {
            channel.leg = Some(leg.clone());
            out.say(Fact::ChannelLeg { channel: id.clone(), leg });
        }
    }

    /// A work code on a channel, said when it changes.
    pub(super) fn work_code(&mut self, id: &ChannelId, code: &[u8], out: &mut Out<'_>) {
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        let code = decoded(code);
        if code.is_empty() || channel.work_code.as_ref() == Some(&code) {
            return;
        }
        channel.work_code = Some(code.clone());
        out.say(Fact::WorkCode { channel: Some(id.clone()), agent: None, code });
    }

    /// `VarSet` of a variable that was let through.
    pub(super) fn varset(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let (variable, value) = (e.get("Variable"), e.get("Value"));
        if variable == b"QUEUESTATUS" {
            self.queue_status(&id, value, out);
        } else if self.settings.is_leg(variable) {
            self.leg(&id, value, out);
        } else {
            self.work_code(&id, value, out);
        }
    }
}

/// Whether a raw value may differ from what is known; spares decoding what surely does not.
fn differs(raw: &[u8], known: &Text) -> bool {
    raw != known.as_bytes() && !(known.is_empty() && raw == b"<unknown>")
}

/// A snapshot's value as text.
fn decoded(raw: &[u8]) -> Text {
    Text::from(String::from_utf8_lossy(&told(raw)))
}
