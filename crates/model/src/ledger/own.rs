//! What is written of calls of an agent's own (CMS: extension calls), as the state of the agent
//! sees them: from the first dialling or talking to the end of the channel.

use crate::Model;
use crate::agent_state::Mode;
use crate::agents::Agent;
use crate::arena::Key;
use crate::calls::{Call, Way};
use crate::channels::Channel;
use crate::splits::Split;
use crate::steps::PASSING;
use facts::{CallId, Direction, Stamp};
use history::ledger::{OwnCall, What};

/// A call of an agent's own that goes on.
#[derive(Debug)]
pub(crate) struct Own {
    channel: Key<Channel>,
    call: Key<Call>,
    id: CallId,
    direction: Direction,
    /// He consults by the channel on which he talks to the caller: over when they meet again.
    away: bool,
    acw_split: Option<Key<Split>>,
    held_split: Option<Key<Split>>,
    off_switch: bool,
    /// The channel is that of a call he dialled, from its begin.
    dialled: bool,
    since: Stamp,
}

impl Model {
    /// An agent was looked at; `talks`: the channel of the own call that he talks on or dials.
    pub(crate) fn note_own_calls(
        &mut self,
        key: Key<Agent>,
        talks: Option<(Key<Channel>, Direction)>,
        at: Stamp,
    ) {
        let Some(agent) = self.agents.get_mut(key).filter(|_| self.ledger.on) else { return };
        if talks.is_none() && agent.page.own.is_empty() {
            return;
        }
        let mut own = std::mem::take(&mut agent.page.own);
        let (held, works) = (agent.held_split, !agent.works.is_empty());
        let mut over = Vec::new();
        let Some(agent) = self.agents.get(key) else { return };
        own.retain_mut(|o| {
            o.off_switch |= self.off_switch(o);
            if self.goes_on(agent, o) {
                o.held_split = o.held_split.or(held.filter(|_| works));
                return true;
            }
            // What lasted no time was but the way to something else, unless he dialled in vain.
            let in_vain = o.dialled && self.channels.get(o.channel).is_none();
            if in_vain || at.since(o.since) > PASSING {
                over.extend(self.own_call(agent, o));
            }
            false
        });
        // Who is logged on nowhere is no agent now.
        if let Some((channel, direction)) = talks.filter(|_| agent.staffed())
            && own.iter().all(|o| o.channel != channel)
        {
            own.extend(self.begin_own(agent, channel, direction, at));
        }
        if let Some(agent) = self.agents.get_mut(key) {
            agent.page.own = own;
        }
        for call in over {
            self.write(at, What::OwnCall(Box::new(call)));
        }
    }

    fn begin_own(
        &self,
        agent: &Agent,
        channel: Key<Channel>,
        direction: Direction,
        at: Stamp,
    ) -> Option<Own> {
        let c = self.channels.get(channel)?;
        let call = c.call;
        let oldest = || agent.oldest.and_then(|i| agent.members.get(i)).map(|m| m.split);
        let acw = agent.state.mode == Mode::Acw;
        let mut own = Own {
            channel,
            call,
            id: self.call_id(call)?.clone(),
            direction,
            away: is_away(agent, channel),
            acw_split: agent.state.split.or_else(oldest).filter(|_| acw),
            held_split: agent.held_split,
            off_switch: false,
            dialled: c.direction == Direction::In && at.since(c.began) <= PASSING,
            since: at,
        };
        own.off_switch = self.off_switch(&own);
        Some(own)
    }

    fn goes_on(&self, agent: &Agent, own: &Own) -> bool {
        let Some(c) = self.channels.get(own.channel) else { return false };
        if own.away { is_away(agent, own.channel) } else { !self.is_queue_leg(agent, c) }
    }

    /// Whether a trunk leads to the other party: one of the same call, as long as that has not
    /// become part of another. While he consults by the caller's call, only one dialled.
    fn off_switch(&self, own: &Own) -> bool {
        let Some(call) = self.calls.get(own.call).filter(|c| c.absorbed.is_empty()) else {
            return false;
        };
        match self.way_of(call).0 {
            Way::In => !own.away,
            Way::Out => true,
            Way::Internal => false,
        }
    }

    fn own_call(&self, agent: &Agent, own: &Own) -> Option<OwnCall> {
        Some(OwnCall {
            agent: agent.id.clone(),
            call: own.id.clone(),
            direction: own.direction,
            acw_split: own.acw_split.and_then(|s| self.split_id(s)).cloned(),
            held_split: own.held_split.and_then(|s| self.split_id(s)).cloned(),
            off_switch: own.off_switch,
            since: own.since,
        })
    }
}

fn is_away(agent: &Agent, channel: Key<Channel>) -> bool {
    agent.works.iter().any(|w| w.away && w.seat() == Some(channel))
}
