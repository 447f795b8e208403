//! Callers in queues and the agents who are rung for them.

use super::snapshot::number;
use super::verdict::{Step, Visit};
use super::{Event, Out, Translator};
use facts::{AgentId, ChannelId, Fact, Released, SplitId, Stamp};

impl Translator {
    fn agent(&mut self, e: &Event<'_>) -> Option<AgentId> {
        let interface = e.msg.get("Interface").filter(|i| !i.is_empty())?;
        Some(AgentId(self.names.plain(interface)))
    }

    fn queue(&mut self, e: &Event<'_>, out: &mut Out<'_>) -> Option<SplitId> {
        let queue = e.msg.get("Queue").filter(|q| !q.is_empty())?;
        Some(self.split(queue, out))
    }

    /// The visit of this channel to this queue.
    fn visit(&mut self, id: &ChannelId, split: &SplitId) -> Option<&mut Visit> {
        self.channels.get_mut(id)?.visit.as_mut().filter(|v| v.split == *split)
    }

    pub(super) fn queue_join(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let Some(split) = self.queue(e, out) else {
            return;
        };
        let position = number(e.get("Position")).unwrap_or(0);
        self.queued(&id, split, position, e.at, false, out);
    }

    /// The channel waits in the queue, as an event or a list says.
    pub(super) fn queued(
        &mut self,
        id: &ChannelId,
        split: SplitId,
        position: u32,
        since: Stamp,
        listed: bool,
        out: &mut Out<'_>,
    ) {
        if let Some(visit) = self.visit(id, &split)
            && visit.step == Step::Waiting
        {
            visit.missing = false;
            // The list names whom we know, or the event comes that the list was ahead of.
            if listed || std::mem::replace(&mut visit.listed, false) {
                return;
            }
        }
        self.settle_by_join(id, out);
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        let attempt = channel.attempt.take().filter(|a| a.split == split);
        channel.visit = Some(Visit {
            split: split.clone(),
            since,
            listed,
            timeout_s: attempt.and_then(|a| a.timeout_s),
            step: Step::Waiting,
            abandon: false,
            missing: false,
        });
        out.say(Fact::Queued { channel: id.clone(), split, position, since });
    }

    /// Out of the queue; why is told later, see `verdict`.
    pub(super) fn queue_leave(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let Some(split) = self.queue(e, out) else {
            return;
        };
        if let Some(visit) = self.visit(&id, &split)
            && visit.step == Step::Waiting
        {
            visit.step = Step::Left;
            out.say(Fact::QueueLeft { channel: id, split });
        }
    }

    /// Given up, time over, or no agent left: Asterisk says this for all three.
    pub(super) fn queue_abandon(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(id) = self.touch(e, "", out) else {
            return;
        };
        let Some(split) = self.queue(e, out) else {
            return;
        };
        if let Some(visit) = self.visit(&id, &split) {
            visit.abandon = true;
        }
    }

    pub(super) fn agent_called(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let channel = self.touch(e, "", out);
        let to = self.touch(e, "Dest", out);
        let (Some(channel), Some(split), Some(agent)) =
            (channel, self.queue(e, out), self.agent(e))
        else {
            return;
        };
        out.say(Fact::Offered { channel, split, agent, to });
    }

    pub(super) fn agent_connect(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let channel = self.touch(e, "", out);
        let to = self.touch(e, "Dest", out);
        let (Some(channel), Some(split), Some(agent)) =
            (channel, self.queue(e, out), self.agent(e))
        else {
            return;
        };
        if let Some(visit) = self.visit(&channel, &split) {
            visit.step = Step::Answered;
        }
        self.serving.insert((split.clone(), agent.clone()), channel.clone());
        out.say(Fact::Connected { channel, split, agent, to });
    }

    /// The queue has no more interest in the answered call. May come after both channels have
    /// ended, and then names neither.
    pub(super) fn agent_complete(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        self.touch_all(e, out);
        let (Some(split), Some(agent)) = (self.queue(e, out), self.agent(e)) else {
            return;
        };
        let served = self.serving.swap_remove(&(split.clone(), agent.clone()));
        let channel = match std::str::from_utf8(e.get("Uniqueid")) {
            Ok(id) if !id.is_empty() => Some(ChannelId::from(id)),
            _ => served,
        };
        let released = match e.get("Reason") {
            b"caller" => Released::Caller,
            b"agent" => Released::Agent,
            b"transfer" => Released::Transfer,
            _ => Released::Unknown,
        };
        out.say(Fact::Completed { channel, split, agent, released });
    }

    /// `AgentRingNoAnswer`, and `AgentDump`: he hung up during the announcement to him.
    pub(super) fn agent_refused(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let channel = self.touch(e, "", out);
        self.touch(e, "Dest", out);
        let (Some(channel), Some(split), Some(agent)) =
            (channel, self.queue(e, out), self.agent(e))
        else {
            return;
        };
        let ring_ms = number(e.get("RingTime")).unwrap_or(0);
        out.say(Fact::NotAnswered { channel, split, agent, ring_ms });
    }
}
