//! Bridges: who is connected to whom. A seat that is handed over leaves no gap in anybody's
//! talk.

use crate::Model;
use crate::arena::Key;
use crate::channels::Channel;
use crate::steps::CallDid;
use facts::{BridgeId, Direction, Stamp};

/// A mixing point. Exists while somebody is in it.
#[derive(Debug)]
pub(crate) struct Bridge {
    pub(crate) id: BridgeId,
    pub(crate) members: Vec<Key<Channel>>,
}

impl Model {
    /// A channel joined a bridge, perhaps in the seat of another one.
    pub(crate) fn bridged(
        &mut self,
        key: Key<Channel>,
        id: &BridgeId,
        swapped: Option<Key<Channel>>,
        at: Stamp,
    ) {
        let bridge = match self.bridge_ids.get(id) {
            Some(&b) => b,
            None => {
                let b = self.bridges.insert(Bridge { id: id.clone(), members: Vec::new() });
                self.bridge_ids.insert(id.clone(), b);
                b
            }
        };
        let Some(c) = self.channels.get(key) else {
            self.drop_if_empty(bridge);
            return;
        };
        if c.bridge == Some(bridge) {
            return;
        }
        if let Some(out) = swapped.filter(|s| *s != key) {
            self.hand_over(out, key);
        }
        let moved = c_bridge(self, key).is_some();
        if moved {
            self.move_out(key, at);
        }
        if let Some(b) = self.bridges.get_mut(bridge) {
            b.members.push(key);
        }
        if let Some(c) = self.channels.get_mut(key) {
            c.bridge = Some(bridge);
        }
        if let Some(out) = swapped.filter(|s| *s != key)
            && c_bridge(self, out) == Some(bridge)
        {
            self.leave_bridge(out, at);
        }
        self.company_changed(bridge, at);
        self.phone_met(key, at);
        self.caller_met(key, at);
        self.touch_owners(key, at);
    }

    /// A channel left the bridge it was in; anything else is old news.
    pub(crate) fn unbridged(&mut self, key: Key<Channel>, id: &BridgeId, at: Stamp) {
        let is_there =
            c_bridge(self, key).is_some_and(|b| self.bridges.get(b).is_some_and(|b| b.id == *id));
        if is_there {
            self.leave_bridge(key, at);
            self.touch_owners(key, at);
        }
    }

    /// Takes a channel out of its bridge; its talk is over unless it joins another one soon.
    pub(crate) fn leave_bridge(&mut self, key: Key<Channel>, at: Stamp) {
        if c_bridge(self, key).is_some() {
            self.move_out(key, at);
            self.unheld(key, at);
        }
    }

    /// Takes a channel out of its bridge because it sits in another one now.
    fn move_out(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        let Some(bridge) = c.bridge.take() else { return };
        self.set_talking(key, false, at);
        if let Some(b) = self.bridges.get_mut(bridge)
            && let Some(i) = b.members.iter().position(|m| *m == key)
        {
            b.members.swap_remove(i);
        }
        self.company_changed(bridge, at);
        self.drop_if_empty(bridge);
    }

    fn drop_if_empty(&mut self, bridge: Key<Bridge>) {
        if self.bridges.get(bridge).is_some_and(|b| b.members.is_empty())
            && let Some(b) = self.bridges.remove(bridge)
        {
            self.bridge_ids.swap_remove(&b.id);
        }
    }

    /// Alone in a bridge nobody talks. Only the first two and the last two matter: in a larger
    /// bridge the others' talk does not change.
    fn company_changed(&mut self, bridge: Key<Bridge>, at: Stamp) {
        let Some(b) = self.bridges.get(bridge) else { return };
        let talks = b.members.len() >= 2;
        let look = if talks { b.members.len().min(2) } else { b.members.len() };
        // The newest is last; with two the other one has got company just now.
        for i in 0..look {
            let member = self
                .bridges
                .get(bridge)
                .and_then(|b| b.members.get(b.members.len().checked_sub(1 + i)?).copied());
            if let Some(m) = member {
                self.set_talking(m, talks, at);
            }
        }
    }

    fn set_talking(&mut self, key: Key<Channel>, talking: bool, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        if c.talking == talking {
            return;
        }
        c.talking = talking;
        c.talking_since = at;
        let (call, key_of_call) = (c.call, c.call);
        let answers = talking && c.direction == Direction::Out && !c.half && !c.queue_leg;
        let answers = answers && !std::mem::replace(&mut c.answer_told, true);
        let owner = c.endpoint.and_then(|e| self.endpoints.get(e)).and_then(|e| e.agents.first());
        let agent = owner.and_then(|a| self.agents.get_mut(*a));
        let Some(call) = self.calls.get_mut(call) else { return };
        call.tick(at);
        if talking {
            call.talking += 1;
            call.hangup = None;
            call.answered_at.get_or_insert(at);
            if let Some(agent) = agent {
                call.talked_to(&agent.id);
                agent.last_call = call.ids.first().cloned();
            }
        } else {
            call.talking = call.talking.saturating_sub(1);
        }
        if answers {
            self.say(key_of_call, at, |m| CallDid::Answered {
                split: None,
                who: m.who_at(key),
                wait: None,
                found: false,
            });
        }
        if talking {
            self.seat_talks(key, at);
        } else {
            self.seat_left(key, at);
        }
    }

    /// The party at this channel's endpoint pressed hold.
    pub(crate) fn held(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        if c.held {
            return;
        }
        c.held = true;
        c.talking_since = at;
        if let Some(call) = self.calls.get_mut(c.call) {
            call.tick(at);
            call.held += 1;
            call.was_held = true;
        }
        self.say_on(key, at, |m| CallDid::Held { who: m.who_at(key) });
        self.work_held(key, true, at);
        self.touch_owners(key, at);
    }

    /// The party took it back.
    pub(crate) fn taken_back(&mut self, key: Key<Channel>, at: Stamp) {
        if let Some(since) = self.channels.get(key).filter(|c| c.held).map(|c| c.talking_since) {
            let held = at.since(since).max(0);
            self.say_on(key, at, |m| CallDid::Resumed { who: m.who_at(key), held });
        }
        self.unheld(key, at);
    }

    /// And took it back, or left.
    pub(crate) fn unheld(&mut self, key: Key<Channel>, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        if !c.held {
            return;
        }
        c.held = false;
        c.talking_since = at;
        if let Some(call) = self.calls.get_mut(c.call) {
            call.tick(at);
            call.held = call.held.saturating_sub(1);
        }
        self.work_held(key, false, at);
        self.touch_owners(key, at);
    }
}

fn c_bridge(model: &Model, key: Key<Channel>) -> Option<Key<Bridge>> {
    model.channels.get(key).and_then(|c| c.bridge)
}
