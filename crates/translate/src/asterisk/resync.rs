//! Observations: the link going up and down, and the lists that say what is there. A list is
//! compared with what is known, and only the difference is said. What happened before a list
//! was made may be heard after it; that it says nothing new then is seen to by whoever
//! translates the event.

use super::channels::{Channel, Dial, Found};
use super::snapshot::number;
use super::verdict::{Step, Visit};
use super::{Event, Out, Translator};
use ami::{Kind, Message};
use facts::{AgentId, ChannelId, Fact, HowSeen, Observation, Phase, SplitId, Stamp, Text};
use std::collections::BTreeSet;

/// The messages of one answer.
struct Answer<'a> {
    items: Vec<Message<'a>>,
    /// The item that ends a list was there: what it does not name is not there.
    whole: bool,
}

/// A channel that a list shows while `Queue()` runs on it or rings it.
pub(super) struct InQueueApp {
    id: ChannelId,
    /// Where it talks; empty: it rings.
    bridge: Vec<u8>,
    /// The queue it called; None: the queue called it.
    queue: Option<Vec<u8>>,
}

impl InQueueApp {
    fn read(msg: &Message<'_>) -> Option<Self> {
        let bridge = msg.get("BridgeId").unwrap_or_default().to_vec();
        let queue = match msg.get("Application")? {
            // Callers who wait are in the list of queues.
            b"Queue" if !bridge.is_empty() => {
                let data = msg.get("ApplicationData")?;
                Some(data.split(|&b| b == b',').next().unwrap_or_default().to_vec())
            }
            b"AppQueue" => None,
            _ => return None,
        };
        let id = std::str::from_utf8(msg.get("Uniqueid")?).ok()?;
        Some(Self { id: ChannelId::from(id), bridge, queue })
    }
}

impl Translator {
    pub(super) fn observation(&mut self, payload: &[u8], out: &mut Out<'_>) {
        let head = Message::parse(payload);
        let Some(what) = head.get("Observation").and_then(Observation::from_name) else {
            self.unknown = self.unknown.saturating_add(1);
            return;
        };
        let why = || Text::from(ami::text(head.get("Reason").unwrap_or_default()));
        match what {
            Observation::LinkUp => {
                self.listed.clear();
                out.say(Fact::LinkUp);
            }
            Observation::LinkDown => out.say(Fact::LinkDown { why: why() }),
            Observation::Hole => out.say(Fact::Hole { why: why() }),
            Observation::Answer => {
                let mut messages = ami::messages(payload);
                messages.next();
                self.answer(head.get("Action").unwrap_or_default(), messages, out);
            }
            Observation::Resynced => {
                self.forget_unlisted_splits(out);
                self.say_found_together(out);
                out.say(Fact::Resynced);
            }
        }
    }

    fn answer<'a>(
        &mut self,
        action: &[u8],
        messages: impl Iterator<Item = Message<'a>>,
        out: &mut Out<'_>,
    ) {
        let mut answer = Answer { items: Vec::new(), whole: false };
        for msg in messages {
            match msg.kind() {
                Kind::Response(b"Error") => {
                    let said = ami::text(msg.get("Message").unwrap_or_default());
                    out.odd("answer-refused", format!("{}: {said}", ami::text(action)));
                    return;
                }
                Kind::Event(_) if msg.get("EventList") == Some(b"Complete") => answer.whole = true,
                Kind::Event(_) => answer.items.push(msg),
                _ => {}
            }
        }
        match action {
            b"CoreShowChannels" => self.list_of_channels(&answer, out),
            b"Status" => self.each(&answer, out, Self::listed_channel),
            b"QueueStatus" => self.list_of_queues(&answer, out),
            b"DeviceStateList" => self.each(&answer, out, Self::device_state),
            b"ParkedCalls" => self.each(&answer, out, Self::parked),
            _ => {}
        }
    }

    fn each(
        &mut self,
        answer: &Answer<'_>,
        out: &mut Out<'_>,
        mut item: impl FnMut(&mut Self, &Event<'_>, &mut Out<'_>),
    ) {
        for &msg in &answer.items {
            item(self, &Event::new(msg, out.at), out);
        }
    }

    fn list_of_channels(&mut self, answer: &Answer<'_>, out: &mut Out<'_>) {
        let mut named = BTreeSet::new();
        self.found.clear();
        for &msg in &answer.items {
            self.found.extend(InQueueApp::read(&msg));
            named.insert(String::from_utf8_lossy(msg.get("Uniqueid").unwrap_or_default()));
            self.listed_channel(&Event::new(msg, out.at), out);
        }
        if !answer.whole {
            return;
        }
        // Its Hangup may still be on the way; what two lists do not name is not waited for.
        for channel in self.channels.ids(|c| !named.contains(&*c.id.0)) {
            let known = self.channels.get_mut(&channel);
            let again = known.is_some_and(|c| std::mem::replace(&mut c.missing, true));
            if again {
                self.channels.end(&channel);
            }
            out.say(Fact::ChannelMissing { channel });
        }
    }

    /// An item of `CoreShowChannels` or `Status`.
    fn listed_channel(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        let Some(s) = e.own else {
            return;
        };
        let age = match e.msg.get("Duration") {
            Some(duration) => clock(duration),
            None => number(e.get("Seconds")).map(i64::from),
        };
        let bridge = match e.msg.get("BridgeId") {
            Some(bridge) => bridge,
            None => e.get("BridgeID"),
        };
        let Ok(key) = std::str::from_utf8(s.uniqueid) else {
            return;
        };
        if let Some(channel) = self.channels.get_mut(key) {
            channel.missing = false;
            let id = channel.id.clone();
            self.see(&s, out);
            self.bridge(&id, bridge, None, out);
            self.channel_variables(&id, e, "", out);
            return;
        }
        let found = Found {
            began: age.map(|a| out.at.plus_secs(-a)),
            bridge,
            outgoing: matches!(e.get("Application"), b"AppDial" | b"AppQueue"),
            dialled: e.get("DNID"),
            running: (e.get("Application"), e.msg.get("ApplicationData").unwrap_or(e.get("Data"))),
        };
        let id = self.new_channel(&s, Some(found), out);
        self.channel_variables(&id, e, "", out);
    }

    /// Callers and agents whom the lists show together though nothing of it was heard. No list
    /// says who serves whom, but the caller's application names the queue, and who was dialled
    /// by a queue and sits in the same bridge, or rings for the same call, is the agent.
    fn say_found_together(&mut self, out: &mut Out<'_>) {
        let found = std::mem::take(&mut self.found);
        for leg in found.iter().filter(|f| f.queue.is_none()) {
            if leg.bridge.is_empty() {
                self.say_found_ringing(&leg.id, out);
                continue;
            }
            let caller = found.iter().find(|f| f.queue.is_some() && f.bridge == leg.bridge);
            if let Some(caller) = caller {
                self.say_found_talking(caller, &leg.id, out);
            }
        }
    }

    fn say_found_talking(&mut self, caller: &InQueueApp, to: &ChannelId, out: &mut Out<'_>) {
        let Some(queue) = &caller.queue else { return };
        let split = SplitId(self.names.plain(queue));
        let heard = self.channels.get_mut(&caller.id).is_none_or(|c| c.visit.is_some());
        let (false, Some(agent)) = (heard, self.member_at(to, &split)) else { return };
        let channel = caller.id.clone();
        if let Some(c) = self.channels.get_mut(&channel) {
            c.visit = Some(Visit::answered_unheard(split.clone(), out.at));
        }
        self.serving.insert((split.clone(), agent.clone()), channel.clone());
        out.say(Fact::FoundTalking { channel, split, agent, to: to.clone() });
    }

    /// A phone that a queue rings: for the caller of the same call who waits.
    fn say_found_ringing(&mut self, to: &ChannelId, out: &mut Out<'_>) {
        let Some(leg) = self.channels.get_mut(to) else { return };
        if leg.dial != Dial::Never || leg.phase == Phase::Up {
            return;
        }
        let call = leg.call.clone();
        let waits = |c: &Channel| c.visit.as_ref().is_some_and(|v| v.step == Step::Waiting);
        let caller = self.channels.ids(|c| c.call == call && waits(c)).into_iter().next();
        let visit = caller.as_ref().and_then(|c| self.channels.get_mut(c)?.visit.as_ref());
        let Some(split) = visit.map(|v| v.split.clone()) else { return };
        let (Some(channel), Some(agent)) = (caller, self.member_at(to, &split)) else { return };
        if let Some(leg) = self.channels.get_mut(to) {
            leg.dial = Dial::Open;
        }
        out.say(Fact::Offered { channel, split, agent, to: Some(to.clone()) });
    }

    /// The member of the queue whose phone this is a channel of.
    fn member_at(&mut self, phone: &ChannelId, split: &SplitId) -> Option<AgentId> {
        let device = self.channels.get_mut(phone)?.device.clone();
        // An interface may carry options: `Local/x@ctx/n`.
        let is_his = |agent: &AgentId| {
            let rest = agent.strip_prefix(&*device);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let found = self.members.iter().filter(|(s, a)| s == split && is_his(a));
        found.map(|(_, agent)| agent).min().cloned()
    }

    fn list_of_queues(&mut self, answer: &Answer<'_>, out: &mut Out<'_>) {
        let mut queues: BTreeSet<SplitId> = BTreeSet::new();
        let mut members: BTreeSet<(SplitId, AgentId)> = BTreeSet::new();
        let mut callers: BTreeSet<(ChannelId, SplitId)> = BTreeSet::new();
        for &msg in &answer.items {
            let e = Event::new(msg, out.at);
            let queue = SplitId(self.names.plain(e.get("Queue")));
            match msg.event() {
                Some(b"QueueParams") => {
                    self.splits.insert(queue.clone());
                    self.say_split(&queue, out);
                    queues.insert(queue);
                }
                Some(b"QueueMember") => {
                    members.insert((queue, AgentId(self.names.plain(e.get("Location")))));
                    self.member_changed(&e, HowSeen::Listed, out);
                }
                Some(b"QueueEntry") => {
                    if let Some(id) = self.listed_caller(&e, out) {
                        callers.insert((id, queue));
                    }
                }
                _ => {}
            }
        }
        if !answer.whole {
            return;
        }
        // The answer may be about some queues only: nothing is concluded about the others.
        self.members_gone(|m| queues.contains(&m.0) && !members.contains(m), out);
        let waiting = self.channels.ids(|c| {
            c.visit.as_ref().is_some_and(|v| {
                v.step == Step::Waiting
                    && queues.contains(&v.split)
                    && !callers.contains(&(c.id.clone(), v.split.clone()))
            })
        });
        for channel in waiting {
            if let Some(visit) = self.channels.get_mut(&channel).and_then(|c| c.visit.as_mut())
                && !std::mem::replace(&mut visit.missing, true)
            {
                let split = visit.split.clone();
                out.say(Fact::QueuedMissing { channel, split });
            }
        }
        self.listed.extend(queues);
    }

    /// A waiting caller in a list. It does not name the call: a list of channels does.
    fn listed_caller(&mut self, e: &Event<'_>, out: &mut Out<'_>) -> Option<ChannelId> {
        let mut s = e.own?;
        let key = std::str::from_utf8(s.uniqueid).ok()?;
        let wait = number(e.get("Wait")).unwrap_or(0);
        let since = Stamp::from_secs(out.at.secs()).plus_secs(-i64::from(wait));
        let id = match self.channels.get_mut(key) {
            Some(channel) => channel.id.clone(),
            None => {
                s.state = b"4";
                let found = Found { began: Some(since), ..Found::default() };
                self.new_channel(&s, Some(found), out)
            }
        };
        let split = SplitId(self.names.plain(e.get("Queue")));
        let position = number(e.get("Position")).unwrap_or(0);
        self.queued(&id, split, position, since, true, out);
        Some(id)
    }

    fn members_gone(&mut self, gone: impl Fn(&(SplitId, AgentId)) -> bool, out: &mut Out<'_>) {
        let mut gone: Vec<_> = self.members.iter().filter(|m| gone(m)).cloned().collect();
        gone.sort_unstable();
        for member in gone {
            self.members.swap_remove(&member);
            let (split, agent) = member;
            out.say(Fact::MemberGone { agent, split });
        }
    }

    /// After a whole resync, queues that no list named do not exist any more.
    fn forget_unlisted_splits(&mut self, out: &mut Out<'_>) {
        if self.listed.is_empty() {
            return;
        }
        let listed = std::mem::take(&mut self.listed);
        self.members_gone(|m| !listed.contains(&m.0), out);
        self.listed = listed;
    }
}

/// `HH:MM:SS`, hours may have more digits: seconds.
fn clock(duration: &[u8]) -> Option<i64> {
    let mut parts = duration.split(|&b| b == b':').map(number);
    let (h, m, s) = (parts.next()??, parts.next()??, parts.next()??);
    Some(i64::from(h) * 3600 + i64::from(m) * 60 + i64::from(s))
}
