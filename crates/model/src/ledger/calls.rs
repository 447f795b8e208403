//! What is written of calls and of the trunks they come and go by.

use crate::Model;
use crate::arena::Key;
use crate::calls::{Call, Closed, Way as Ours};
use crate::channels::Channel;
use crate::trunks::Endpoint;
use facts::Stamp;
use history::ledger::{CallOver, EndedBy, Trunk, Way, What};

impl Model {
    /// More is known of how a call began: with its VDN it has entered.
    pub(crate) fn entry_known(&mut self, key: Key<Call>) {
        if self.ledger.on && self.calls.get(key).is_some_and(|c| !c.dialled.is_empty()) {
            self.enter(key, self.now);
        }
    }

    /// A call from outside is in its vector, whether a number was dialled or not.
    pub(crate) fn enter(&mut self, key: Key<Call>, at: Stamp) {
        let Some(call) = self.calls.get(key).filter(|c| self.ledger.on && !c.entered) else {
            return;
        };
        if self.way_of(call).0 != Ours::In {
            return;
        }
        let (vdn, vector) = (self.vdn_of(call), self.vector_of(call));
        let Some(id) = call.ids.first().cloned() else { return };
        if let Some(call) = self.calls.get_mut(key) {
            call.entered = true;
        }
        self.write(at, What::Entered { call: id, vdn, vector });
    }

    /// A call is over and has been taken out; written once.
    pub(crate) fn write_call(&mut self, call: &Call, pending: u32) {
        let Some(end) = call.end.as_ref().filter(|_| self.ledger.on) else { return };
        let (inward, outward) = (end.way == Ours::In, end.way == Ours::Out);
        let began_at = call.entry_endpoint.and_then(|e| self.endpoints.get(e));
        let agent = began_at.filter(|_| !inward).and_then(|e| e.agents.first());
        let over = CallOver {
            ids: call.ids.clone(),
            began: call.began,
            way: match end.way {
                Ours::In => Way::In,
                Ours::Out => Way::Out,
                Ours::Internal => Way::Internal,
            },
            trunk: end.trunk.clone(),
            channel: match () {
                () if inward => call.entry_id.clone(),
                () if outward => call.out_id.clone(),
                () => None,
            },
            vdn: self.vdn_of(call).filter(|_| inward),
            vector: self.vector_of(call).filter(|_| inward),
            caller: call.caller.clone(),
            caller_name: call.caller_name.clone(),
            dialled: call.dialled.clone(),
            originator: agent.and_then(|a| self.agents.get(*a)).map(|a| a.id.clone()),
            answered: call.answered_at,
            outcome: call.outcome,
            queued: call.queued_at,
            abandoned_ringing: call.abandoned_ringing,
            ended_by: match call.ended_by() {
                Some("CALLER") => EndedBy::Caller,
                Some("AGENT") => EndedBy::Agent,
                Some("SWITCH") => EndedBy::Switch,
                _ => EndedBy::Unknown,
            },
            lost: end.why != Closed::Hangup,
            pending,
            transfers: call.transfers,
            conferenced: call.conferenced,
            code: call.work_code.clone(),
        };
        let at = end.at;
        self.write(at, What::CallOver(Box::new(over)));
    }

    // ---- trunks -------------------------------------------------------------------------------

    /// A channel was opened on an endpoint, or what the endpoint is has changed: a channel on a
    /// trunk has seized it.
    pub(crate) fn write_trunk(&mut self, endpoint: Key<Endpoint>, channel: Key<Channel>) {
        let Some(e) = self.endpoints.get(endpoint).filter(|_| self.ledger.on) else { return };
        let (trunk, group) = (e.trunk, e.id.0.clone());
        let Some(c) = self.channels.get_mut(channel).filter(|c| c.seized != trunk) else { return };
        c.seized = trunk;
        let (id, direction, since) = (c.id.clone(), c.direction, c.began);
        let call = c.call;
        let call = self.call_id(call).cloned();
        let trunk_is = Trunk { group, channel: id, direction, since, call };
        let what = if trunk { What::Seized(trunk_is) } else { What::Idle(trunk_is) };
        self.write(self.now, what);
    }

    /// An endpoint has become somebody's phone, or is nobody's any more.
    pub(crate) fn trunk_changed(&mut self, endpoint: Key<Endpoint>) {
        if self.ledger.on {
            let e = self.endpoints.get(endpoint);
            let channels: Vec<_> = e.into_iter().flat_map(|e| &e.channels).copied().collect();
            for channel in channels {
                self.write_trunk(endpoint, channel);
            }
        }
    }

    /// A channel is gone, and with it from its trunk.
    pub(crate) fn write_idle(&mut self, c: &Channel, at: Stamp) {
        if c.seized {
            let (group, channel) = (c.device.0.clone(), c.id.clone());
            let call = self.call_id(c.call).cloned();
            let trunk = Trunk { group, channel, direction: c.direction, since: c.began, call };
            self.write(at, What::Idle(trunk));
        }
    }
}
