//! The heartbeat: a `UserEvent` a second that Asterisk stamps and shows to everybody, or a
//! `Ping` where none may be sent or none comes back.
//!
//! It tells the round trip, the PBX's clock, lost events, and a link whose events do not
//! flow although it answers.

use ami::{Action, Message};
use facts::Stamp;

use super::inquiry::Question;
use super::{Core, Phase};
use crate::asterisk::clock::Now;

/// The name of the event.
pub(super) const EVENT: &str = "BusyhourBeat";

/// How often.
const EVERY_US: i64 = 1_000_000;

/// Heartbeats whose echo is awaited; older ones are lost.
const AWAITED_MAX: usize = 16;

/// What was sent and what came back.
#[derive(Debug, Default)]
pub(super) struct Heartbeat {
    next_at: i64,
    counter: u64,
    /// Sent and not seen yet: counter and moment.
    awaited: Vec<(u64, i64)>,
    /// An echo was seen on this connection.
    echoed: bool,
    lost: u64,
}

impl Heartbeat {
    /// A new connection: what was sent on the old one will not come any more.
    pub(super) fn restart(&mut self) {
        self.awaited.clear();
        self.echoed = false;
        self.next_at = 0;
    }

    /// Echoes come: silence of events means something.
    pub(super) fn echoes(&self) -> bool {
        self.echoed
    }

    pub(super) fn lost(&self) -> u64 {
        self.lost
    }

    /// The echo of this one came: when it was sent. Those sent before it are lost, for events
    /// keep their order.
    fn echo(&mut self, counter: u64) -> Option<i64> {
        let at = self.awaited.iter().position(|(sent, _)| *sent == counter)?;
        self.echoed = true;
        self.lost += u64::try_from(at).unwrap_or(0);
        self.awaited.drain(..=at).next_back().map(|(_, sent)| sent)
    }
}

impl Core {
    /// Sends a sign of life if it is time.
    pub(super) fn beat(&mut self, now: Now) {
        if now.mono < self.heartbeat.next_at || self.over.is_some() {
            return;
        }
        self.heartbeat.next_at = now.mono.saturating_add(EVERY_US);
        let up = matches!(self.phase, Phase::Up { .. });
        let may = self.settings.heartbeat
            && self.evidence.may("UserEvent") != Some(false)
            && !self.evidence.deaf_to_user_events();
        let sent = up && may && self.send_beat(now);
        // Without a stamp in the echo only a Ping tells the PBX's clock.
        if !sent || self.evidence.unstamped() {
            self.ask("Ping", Question::Ping(now.mono));
        }
    }

    fn send_beat(&mut self, now: Now) -> bool {
        let id = self.ids.next();
        let counter = self.heartbeat.counter + 1;
        let action = Action::new("UserEvent")
            .header("UserEvent", EVENT)
            .and_then(|action| action.header("Server", self.settings.server.as_bytes()))
            .and_then(|action| action.header("Counter", counter.to_string()));
        let Ok(action) = action else { return false };
        self.send.extend_from_slice(&action.id(&id).to_bytes());
        self.pending.sent(id, Question::Beat);
        self.heartbeat.counter = counter;
        if self.heartbeat.awaited.len() >= AWAITED_MAX {
            self.heartbeat.awaited.remove(0);
            self.heartbeat.lost += u64::from(self.heartbeat.echoed);
        }
        self.heartbeat.awaited.push((counter, now.mono));
        true
    }

    /// A heartbeat was heard, ours or another server's.
    pub(super) fn beat_heard(&mut self, message: &Message<'_>, now: Now) {
        if !message.action_id().is_some_and(|id| self.ids.is_ours(id)) {
            return;
        }
        let counter = message.get("Counter").and_then(|value| std::str::from_utf8(value).ok());
        let Some(counter) = counter.and_then(|value| value.parse().ok()) else { return };
        self.evidence.echoes += 1;
        if let Some(sent) = self.heartbeat.echo(counter)
            && let Some(stamp) = message.timestamp_us()
        {
            self.clock.measure(sent, Stamp(stamp), now.mono);
        }
    }
}
