//! What is done with a call: transferred, parked, taken into a conference, given a work code.

use crate::Model;
use crate::arena::Key;
use crate::channels::Channel;
use facts::{Stamp, Text};

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

    /// Put aside, or taken back.
    pub(crate) fn set_parked(&mut self, key: Key<Channel>, on: bool, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        if std::mem::replace(&mut c.parked, on) == on {
            return;
        }
        if let Some(call) = self.calls.get_mut(c.call) {
            call.tick(at);
            call.was_parked = true;
            call.parked = if on { call.parked + 1 } else { call.parked.saturating_sub(1) };
        }
    }

    /// In a conference, or out of it.
    pub(crate) fn set_conference(&mut self, key: Key<Channel>, on: bool, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        if std::mem::replace(&mut c.conference, on) == on {
            return;
        }
        if let Some(call) = self.calls.get_mut(c.call) {
            call.tick(at);
            call.conferenced = true;
            let n = call.conference;
            call.conference = if on { n + 1 } else { n.saturating_sub(1) };
        }
    }

    /// A work code, by channel or by the agent who gave it.
    pub(crate) fn work_code(
        &mut self,
        channel: Option<Key<Channel>>,
        agent: Option<&Text>,
        code: &Text,
        at: Stamp,
    ) {
        if let Some(call) =
            channel.and_then(|c| self.channels.get(c)).and_then(|c| self.calls.get_mut(c.call))
            && agent.is_none()
        {
            call.work_code = code.clone();
            return;
        }
        let by = agent.and_then(|a| self.agent_by_name(a)).and_then(|k| self.agents.get(k));
        let id = by.and_then(|a| a.last_call.clone());
        let live = id.as_ref().and_then(|id| self.call_ids.get(id)).copied();
        if let Some(call) = live.and_then(|k| self.calls.get_mut(k)) {
            call.work_code = code.clone();
        } else if let Some(call) = id.and_then(|id| self.ended.get_mut(&id)) {
            call.work_code = code.clone();
        } else {
            self.odd(at, "work-code-without-call", code);
        }
    }
}
