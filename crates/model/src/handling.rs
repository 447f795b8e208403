//! What is done with a call: transferred, parked, taken into a conference, given a work code.

use crate::Model;
use crate::arena::Key;
use crate::channels::Channel;
use crate::steps::CallDid;
use facts::{ChannelId, Stamp, Text};

impl Model {
    /// A transfer succeeded.
    pub(crate) fn transferred(&mut self, by: Key<Channel>, second: Option<Key<Channel>>) {
        for key in [Some(by), second].into_iter().flatten() {
            let Some(c) = self.channels.get_mut(key) else { continue };
            c.transferred = true;
            let (call, seat) = (c.call, c.seat);
            if let Some(call) = self.calls.get_mut(call) {
                call.hangup = None;
                if key == by {
                    call.transfers += 1;
                }
            }
            self.count_transfer(seat, key);
        }
    }

    /// Put aside.
    pub(crate) fn parked(&mut self, key: Key<Channel>, place: &Text, at: Stamp) {
        if self.set_parked(key, true, at) {
            self.say_on(key, at, |_| CallDid::Parked { place: place.clone() });
        }
    }

    /// Taken back, by somebody or because nobody came.
    pub(crate) fn unparked(&mut self, key: Key<Channel>, by: Option<&ChannelId>, at: Stamp) {
        if self.set_parked(key, false, at) {
            let by = by.and_then(|b| self.channel_ids.get(b)).copied();
            self.say_on(key, at, |m| CallDid::Unparked { by: by.map(|b| m.who_at(b)) });
        }
    }

    /// Joined a conference or left it.
    pub(crate) fn in_conference(&mut self, key: Key<Channel>, room: &Text, on: bool, at: Stamp) {
        if self.set_conference(key, on, at) {
            self.say_on(key, at, |m| {
                let (room, who) = (room.clone(), m.who_at(key));
                if on {
                    CallDid::ConferenceJoined { room, who }
                } else {
                    CallDid::ConferenceLeft { room, who }
                }
            });
        }
    }

    /// Put aside, or taken back. False: it was so.
    pub(crate) fn set_parked(&mut self, key: Key<Channel>, on: bool, at: Stamp) -> bool {
        let Some(c) = self.channels.get_mut(key) else { return false };
        if std::mem::replace(&mut c.parked, on) == on {
            return false;
        }
        if let Some(call) = self.calls.get_mut(c.call) {
            call.tick(at);
            call.was_parked = true;
            call.parked = if on { call.parked + 1 } else { call.parked.saturating_sub(1) };
        }
        true
    }

    /// In a conference, or out of it. False: it was so.
    pub(crate) fn set_conference(&mut self, key: Key<Channel>, on: bool, at: Stamp) -> bool {
        let Some(c) = self.channels.get_mut(key) else { return false };
        if std::mem::replace(&mut c.conference, on) == on {
            return false;
        }
        if on {
            self.note_conference(key);
        }
        let Some(c) = self.channels.get(key) else { return false };
        if let Some(call) = self.calls.get_mut(c.call) {
            call.tick(at);
            call.conferenced = true;
            let n = call.conference;
            call.conference = if on { n + 1 } else { n.saturating_sub(1) };
        }
        true
    }

    /// A work code, by channel or by the agent who gave it.
    pub(crate) fn work_code(
        &mut self,
        channel: Option<Key<Channel>>,
        agent: Option<&Text>,
        code: &Text,
        at: Stamp,
    ) {
        let did = || CallDid::Code { code: code.clone() };
        let of_channel = channel.and_then(|c| self.channels.get(c)).map(|c| c.call);
        if let Some(key) = of_channel.filter(|_| agent.is_none())
            && let Some(call) = self.calls.get_mut(key)
        {
            call.work_code = code.clone();
            self.note_code(key, None, code);
            self.say(key, at, |_| did());
            return;
        }
        let key = agent.and_then(|a| self.agent_by_name(a));
        let by = key.and_then(|k| self.agents.get(k));
        let id = by.and_then(|a| a.last_call.clone());
        let live = id.as_ref().and_then(|id| self.call_ids.get(id)).copied();
        if let Some(call) = live
            && let Some(c) = self.calls.get_mut(call)
        {
            c.work_code = code.clone();
            self.note_code(call, key, code);
            self.say(call, at, |_| did());
        } else if let Some(call) = id.as_ref().and_then(|id| self.ended.get_mut(id)) {
            call.work_code = code.clone();
            let first = call.ids.first().cloned();
            if let Some(id) = first {
                self.note_late_code(&id, key, code);
                self.say_of(id, at, did());
            }
        } else {
            self.odd(at, "work-code-without-call", code);
        }
    }
}
