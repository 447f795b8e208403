//! One fact at a time: which part of the fold it concerns.

use crate::Model;
use crate::calls::Closed;
use crate::steps::CallDid;
use facts::{Fact, Stamp, Timed};

/// A fact stamped this much before the last one is more than the disorder inside a burst: the
/// switch's clock was set back (microseconds).
const CLOCK_BACK: i64 = 1_000_000;

impl Model {
    /// Takes one fact; timers that are due by its stamp fire first.
    pub fn apply(&mut self, t: &Timed) {
        let at = t.at;
        if at.since(self.heard) < -CLOCK_BACK {
            self.odd(at, "clock-set-back", "the switch's clock went back");
        }
        if matches!(t.fact, Fact::LinkUp) && self.live && self.agents.len() > 0 {
            // Nobody said so, but from the last fact on nothing was heard.
            self.telling.minutes.hear(self.heard, false);
        }
        self.advance(at);
        self.ledger_begins(at);
        self.moment_begins(at);
        self.changes += 1;
        self.fold(&t.fact, at);
        self.heard = at;
    }

    fn fold(&mut self, fact: &Fact, at: Stamp) {
        match fact {
            Fact::LinkUp => self.link_up(),
            Fact::LinkDown { why } => self.link_down(at, why),
            Fact::Resynced => self.resynced(at),
            Fact::SwitchStarted => self.switch_started(at),
            Fact::SwitchStopping => {}
            Fact::Hole { why } => {
                self.odd(at, "hole", why);
                self.write_hole(at, why);
            }
            Fact::ChannelNew(n) => self.channel_new(n, at),
            Fact::Said(said) => self.said(said, at),
            Fact::Odd(anomaly) => self.anomalies.add(at, anomaly.clone()),
            Fact::MemberIs(m) => self.member_is(m, at),
            Fact::MemberGone { agent, split } => self.member_gone(agent, split, at),
            Fact::DeviceIs { device, status } => self.device_is(device, *status, at),
            Fact::SplitSeen { split, wrapup_s } => self.split_seen(split, *wrapup_s, at),
            Fact::WorkCode { channel, agent, code } => {
                let channel = channel.as_ref().and_then(|c| self.channel(c, at));
                self.work_code(channel, agent.as_ref(), code, at);
            }
            Fact::Queued { .. }
            | Fact::QueuedMissing { .. }
            | Fact::Refused { .. }
            | Fact::Offered { .. }
            | Fact::NotAnswered { .. }
            | Fact::QueueLeft { .. }
            | Fact::Connected { .. }
            | Fact::FoundTalking { .. }
            | Fact::Verdict { .. }
            | Fact::Completed { .. } => self.fold_split(fact, at),
            _ => self.fold_channel(fact, at),
        }
    }

    /// Facts about callers in splits.
    fn fold_split(&mut self, fact: &Fact, at: Stamp) {
        match fact {
            Fact::Queued { channel, split, position, since } => {
                if let Some(c) = self.channel(channel, at) {
                    self.queued(c, split, *position, *since, at);
                }
            }
            Fact::QueuedMissing { channel, split } => {
                if let Some(&c) = self.channel_ids.get(channel) {
                    self.queued_missing(c, split, at);
                }
            }
            Fact::Refused { channel, split, outcome } => {
                let c = self.channel(channel, at);
                self.refused(c, split, *outcome, at);
            }
            Fact::Offered { channel, split, agent, to } => {
                let to = to.as_ref().and_then(|t| self.channel_ids.get(t)).copied();
                if let Some(c) = self.channel(channel, at) {
                    self.offered(c, split, agent, to, at);
                }
            }
            Fact::NotAnswered { channel, split, agent, ring_ms } => {
                let c = self.channel_ids.get(channel).copied();
                self.not_answered(c, split, agent, *ring_ms, at);
            }
            Fact::QueueLeft { channel, split } => {
                if let Some(c) = self.channel(channel, at) {
                    self.queue_left(c, split, at);
                }
            }
            Fact::Connected { channel, split, agent, to } => {
                let to = to.as_ref().and_then(|t| self.channel_ids.get(t)).copied();
                let c = self.channel(channel, at);
                self.connected(c, split, agent, to, true, at);
            }
            Fact::FoundTalking { channel, split, agent, to } => {
                let to = self.channel_ids.get(to).copied();
                if let Some(c) = self.channel(channel, at) {
                    self.connected(Some(c), split, agent, to, false, at);
                }
            }
            Fact::Verdict { channel, split, outcome } => {
                // After the end of the channel the verdict has been passed already.
                if let Some(c) = self.channel(channel, at) {
                    self.verdict(c, split, *outcome, at);
                }
            }
            Fact::Completed { channel, split, agent, released } => {
                let c = channel.as_ref().and_then(|c| self.channel_ids.get(c)).copied();
                self.note_released(c, split, agent, *released, at);
                self.completed(c, split, agent, at);
            }
            _ => {}
        }
    }

    /// Facts about a channel that must be known.
    fn fold_channel(&mut self, fact: &Fact, at: Stamp) {
        let Some(id) = subject(fact) else { return };
        let key = match fact {
            Fact::ChannelMissing { channel } => self.channel_ids.get(channel).copied(),
            _ => self.channel(id, at),
        };
        let Some(key) = key else { return };
        match fact {
            Fact::ChannelPhase { phase, .. } => self.channel_phase(key, *phase, at),
            Fact::ChannelCall { call, .. } => self.channel_call(key, call, at),
            Fact::ChannelLeg { leg, .. } => self.channel_leg(key, leg, at),
            Fact::ChannelParty { number, party, .. } => self.channel_party(key, number, party, at),
            Fact::ChannelStep { context, exten, application, .. } => {
                self.channel_step(key, context, exten, application, at);
            }
            Fact::Paired { two, .. } => {
                if let Some(two) = self.channel(two, at) {
                    self.paired(key, two, at);
                }
            }
            Fact::HangupAsked { by_party, .. } => self.hangup_asked(key, *by_party),
            Fact::ChannelEnded { .. } => self.channel_ended(key, Closed::Hangup, at),
            Fact::ChannelMissing { .. } => self.channel_missing(key, at),
            Fact::DialBegan { from, .. } => {
                let from = from.as_ref().and_then(|f| self.channel(f, at));
                self.dial_began(from, key, at);
            }
            Fact::DialEnded { outcome, .. } => self.dial_ended(key, *outcome, at),
            Fact::Bridged { bridge, swapped, .. } => {
                let swapped = swapped.as_ref().and_then(|s| self.channel_ids.get(s)).copied();
                self.bridged(key, bridge, swapped, at);
            }
            Fact::Unbridged { bridge, .. } => self.unbridged(key, bridge, at),
            Fact::Held { .. } => self.held(key, at),
            Fact::Unheld { .. } => self.taken_back(key, at),
            Fact::Transferred { by_second, to, attended, .. } => {
                let second = by_second.as_ref().and_then(|s| self.channel_ids.get(s)).copied();
                self.transferred(key, second);
                self.say_on(key, at, |m| CallDid::Transferred {
                    by: m.who_at(key),
                    to: m.who_is_meant(to, key),
                    attended: *attended,
                });
            }
            Fact::Parked { place, .. } => self.parked(key, place, at),
            Fact::Unparked { by, .. } => self.unparked(key, by.as_ref(), at),
            Fact::ConferenceJoined { room, .. } => self.in_conference(key, room, true, at),
            Fact::ConferenceLeft { room, .. } => self.in_conference(key, room, false, at),
            _ => {}
        }
    }

    // ---- the link and the switch ------------------------------------------------------------

    /// We hear the switch again. If nobody said that we did not, we stopped hearing it at the
    /// last fact: this server was down.
    fn link_up(&mut self) {
        if self.live && self.agents.len() > 0 {
            self.link_down(self.heard, "nobody listened");
        } else if self.live && self.heard != Stamp::default() {
            self.write_link(self.heard, false, "nobody listened");
        }
    }

    /// Clocks stop, nobody's state is known.
    fn link_down(&mut self, at: Stamp, why: &str) {
        if self.live {
            for key in self.agents.keys() {
                if let Some(agent) = self.agents.get_mut(key) {
                    agent.flush(at, true);
                }
            }
            self.write_link(at, false, why);
            self.live = false;
            self.lost = Some(at);
            self.touch_all(at);
            self.write_agents();
            self.telling.minutes.hear(at, false);
            self.say_to_all(at, &CallDid::Unheard);
            self.tell_all();
        }
    }

    /// All is known again: clocks go on from here.
    fn resynced(&mut self, at: Stamp) {
        self.lost = None;
        self.write_link(at, true, "its state was listed");
        if !self.live {
            for key in self.agents.keys() {
                if let Some(agent) = self.agents.get_mut(key) {
                    agent.flush(at, false);
                }
            }
            self.live = true;
            self.touch_all(at);
            self.telling.minutes.hear(at, true);
            self.say_to_all(at, &CallDid::Heard);
        }
    }

    /// Everything of before is over. If the link was lost first, that is the last moment of which
    /// anything is known.
    fn switch_started(&mut self, at: Stamp) {
        let at = self.lost.map_or(at, |lost| lost.min(at));
        let mut keys: Vec<_> =
            self.channels.iter().map(|(k, c)| (c.began, c.id.clone(), k)).collect();
        keys.sort();
        for (_, _, key) in keys {
            self.channel_ended(key, Closed::Restart, at);
        }
        for key in self.agents.keys() {
            self.cut_after(key, at);
        }
        self.write_restart(at);
    }
}

/// The channel that a fact is about.
const fn subject(fact: &Fact) -> Option<&facts::ChannelId> {
    match fact {
        Fact::ChannelPhase { channel, .. }
        | Fact::ChannelCall { channel, .. }
        | Fact::ChannelLeg { channel, .. }
        | Fact::ChannelParty { channel, .. }
        | Fact::ChannelStep { channel, .. }
        | Fact::HangupAsked { channel, .. }
        | Fact::ChannelEnded { channel, .. }
        | Fact::ChannelMissing { channel }
        | Fact::Bridged { channel, .. }
        | Fact::Unbridged { channel, .. }
        | Fact::Held { channel }
        | Fact::Unheld { channel }
        | Fact::Parked { channel, .. }
        | Fact::Unparked { channel, .. }
        | Fact::ConferenceJoined { channel, .. }
        | Fact::ConferenceLeft { channel, .. } => Some(channel),
        Fact::Paired { one, .. } => Some(one),
        Fact::DialBegan { to, .. } | Fact::DialEnded { to, .. } => Some(to),
        Fact::Transferred { by, .. } => Some(by),
        _ => None,
    }
}
