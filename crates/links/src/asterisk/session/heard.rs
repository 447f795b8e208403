//! A message that Asterisk said on a link that is logged in: an answer to us, or an event.

use std::sync::Arc;

use ami::{Kind, Message, Taken};
use facts::{Epoch, Kind as RecordKind, Record, Stamp};

use super::inquiry::{Question, plain};
use super::{Core, Phase, heartbeat};
use crate::asterisk::clock::Now;

/// One event's weight in the smoothed lag is one eighth.
const LAG_SHARE: i64 = 8;

impl Core {
    pub(super) fn said(&mut self, message: &Message<'_>, now: Now) {
        match self.pending.take(message) {
            Taken::Done { tag, raw, outcome } => {
                return self.answered(tag, &raw, plain(outcome), now);
            }
            Taken::TooLarge { tag, bytes } => return self.answer_too_large(tag, bytes, now),
            Taken::More => return,
            Taken::NotOurs => {}
        }
        match message.kind() {
            Kind::Event(name) => self.event(name, message, now),
            // The answer to something given up, or to nobody.
            Kind::Response(_) => {}
            // The rest of an event with an empty line in a value: all hear it alike, so it gets
            // the stamp that all know, that of the event.
            Kind::Action(_) | Kind::Other => {
                if let Some(stamp) = self.stamp_before {
                    self.keep(message, stamp, now);
                }
            }
        }
    }

    fn answer_too_large(&mut self, question: Question, bytes: usize, now: Now) {
        self.hole("answer-too-large", bytes, now);
        self.answered(question, b"", Err("answer too large".to_owned()), now);
    }

    fn event(&mut self, name: &[u8], message: &Message<'_>, now: Now) {
        let stamped = message.timestamp_us().map(Stamp);
        if stamped.is_none() && message.action_id().is_some_and(|id| self.ids.is_ours(id)) {
            let broadcast = name == b"UserEvent" || name == b"OriginateResponse";
            if !broadcast {
                // An item of a list that was given up.
                return;
            }
        }
        self.events += 1;
        self.rate.now += 1;
        self.event_at = now.mono;
        if name == b"FullyBooted" {
            self.fully_booted(message, now);
            if stamped.is_none() {
                // Said to this session only: no event that all have heard.
                return;
            }
        }
        self.evidence.event(name, message, stamped.is_some());
        let stamp = match stamped {
            Some(stamp) => {
                self.clock.heard(stamp, now);
                self.lag(stamp, now);
                stamp
            }
            None => self.clock.observation(now),
        };
        self.stamp_before = None;
        match name {
            b"UserEvent" if message.get("UserEvent") == Some(heartbeat::EVENT.as_bytes()) => {
                self.beat_heard(message, now);
                if self.settings.leave_out.heartbeats {
                    return;
                }
            }
            b"Shutdown" => {
                let restart =
                    message.get("Restart").is_some_and(|v| v.eq_ignore_ascii_case(b"true"));
                self.shutdown =
                    Some(if restart { "Asterisk restarts" } else { "Asterisk was shut down" });
            }
            _ => {}
        }
        let variable = if name == b"VarSet" { message.get("Variable") } else { None };
        if !self.settings.leave_out.leaves_out(name, variable) {
            self.stamp_before = Some(stamp);
            self.keep(message, stamp, now);
        }
    }

    fn keep(&mut self, message: &Message<'_>, stamp: Stamp, now: Now) {
        let epoch = if matches!(self.phase, Phase::Up { .. }) { self.epoch } else { Epoch(0) };
        let payload = Arc::from(message.raw());
        self.out.push(Record { kind: RecordKind::Event, epoch, stamp, heard: now.wall, payload });
    }

    fn lag(&mut self, stamp: Stamp, now: Now) {
        if self.clock.offset_us(now).is_none() {
            return;
        }
        let lag = self.clock.estimate(now).since(stamp);
        self.lag_us = Some(match self.lag_us {
            Some(before) => before + (lag - before) / LAG_SHARE,
            None => lag,
        });
    }
}
