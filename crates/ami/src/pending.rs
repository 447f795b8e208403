//! Answers to our actions: a plain response, or a list from `EventList: start` to
//! `EventList: Complete`, told apart from everybody else's by ActionID.
//!
//! Knows no time: who waits too long for an answer gives it up with [`Pending::give_up`].

use crate::action::ActionId;
use crate::message::{Kind, Message};

/// Actions sent and not yet answered, each with whatever the sender wants back (`tag`).
///
/// Bounded: an answer keeps `answer_bytes_max` bytes at most, and `actions_max` actions
/// may wait; one more pushes out the oldest.
#[derive(Debug)]
pub struct Pending<T> {
    waiting: Vec<Waiting<T>>,
    answer_bytes_max: usize,
    actions_max: usize,
}

#[derive(Debug)]
struct Waiting<T> {
    id: ActionId,
    tag: T,
    /// The list has begun: items and its end may come.
    listing: bool,
    raw: Vec<u8>,
    /// Bytes of the answer so far, whether kept or not.
    bytes: usize,
}

/// How an action went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done, or the whole list is here.
    Success,
    /// Refused, with Asterisk's `Message`.
    Error(String),
}

/// What a message was to the actions that wait.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<T> {
    /// No part of an answer to us.
    NotOurs,
    /// Part of an answer that is not complete yet; it has been kept.
    More,
    /// The answer is complete.
    Done {
        /// What was given when the action was sent.
        tag: T,
        /// All messages of the answer, byte for byte.
        raw: Vec<u8>,
        /// How it went.
        outcome: Outcome,
    },
    /// The answer is complete but was longer than `answer_bytes_max`; none of it is kept.
    TooLarge {
        /// What was given when the action was sent.
        tag: T,
        /// Bytes the answer had.
        bytes: usize,
    },
}

impl<T> Default for Pending<T> {
    /// 32 MiB an answer, 64 actions.
    fn default() -> Self {
        Self::new(32 << 20, 64)
    }
}

impl<T> Pending<T> {
    /// Nothing sent yet. At least one action may always wait.
    #[must_use]
    pub fn new(answer_bytes_max: usize, actions_max: usize) -> Self {
        Self { waiting: Vec::new(), answer_bytes_max, actions_max: actions_max.max(1) }
    }

    /// Notes an action that was sent. Says which one was given up for it, if too many wait.
    pub fn sent(&mut self, id: ActionId, tag: T) -> Option<T> {
        let full = self.waiting.len() >= self.actions_max;
        let oldest = full.then(|| self.waiting.remove(0).tag);
        self.waiting.push(Waiting { id, tag, listing: false, raw: Vec::new(), bytes: 0 });
        oldest
    }

    /// Looks at a message that came.
    ///
    /// Only a response by its first line, or an event while its list is open, can be ours.
    /// `OriginateResponse` and `UserEvent` go to every session with the sender's ActionID:
    /// they never are, even with an ActionID of ours.
    pub fn take(&mut self, message: &Message<'_>) -> Taken<T> {
        if self.waiting.is_empty() {
            return Taken::NotOurs;
        }
        let word = match message.kind() {
            Kind::Response(word) => Some(word),
            Kind::Event(name) if is_broadcast(name) => return Taken::NotOurs,
            Kind::Event(_) if self.waiting.iter().any(|waiting| waiting.listing) => None,
            _ => return Taken::NotOurs,
        };
        let Some(id) = message.action_id() else {
            return Taken::NotOurs;
        };
        let ours = |waiting: &Waiting<T>| {
            waiting.id.as_bytes() == id && (word.is_some() || waiting.listing)
        };
        let Some(at) = self.waiting.iter().position(ours) else {
            return Taken::NotOurs;
        };
        let max = self.answer_bytes_max;
        let Some(waiting) = self.waiting.get_mut(at) else {
            return Taken::NotOurs;
        };
        waiting.keep(message.raw(), max);
        let list = message.get("EventList").unwrap_or_default();
        let (outcome, more) = match word {
            Some(word) => {
                (outcome(word, message), !waiting.listing && list.eq_ignore_ascii_case(b"start"))
            }
            None => (Outcome::Success, !list.eq_ignore_ascii_case(b"Complete")),
        };
        if more && outcome == Outcome::Success {
            waiting.listing = true;
            return Taken::More;
        }
        let Waiting { tag, raw, bytes, .. } = self.waiting.remove(at);
        if bytes > max { Taken::TooLarge { tag, bytes } } else { Taken::Done { tag, raw, outcome } }
    }

    /// Stops waiting for an answer; what comes of it later is not ours any more.
    pub fn give_up(&mut self, id: &ActionId) -> Option<T> {
        let at = self.waiting.iter().position(|waiting| waiting.id == *id)?;
        Some(self.waiting.remove(at).tag)
    }

    /// Stops waiting for any answer (the connection is gone); the tags, oldest first.
    pub fn give_up_all(&mut self) -> impl Iterator<Item = T> + '_ {
        self.waiting.drain(..).map(|waiting| waiting.tag)
    }

    /// How many actions wait for their answer or its end.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no action waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl<T> Waiting<T> {
    fn keep(&mut self, raw: &[u8], max: usize) {
        self.bytes = self.bytes.saturating_add(raw.len());
        if self.bytes > max {
            self.raw = Vec::new();
        } else {
            self.raw.extend_from_slice(raw);
        }
    }
}

/// Events that carry the ActionID of the action that caused them to all sessions.
fn is_broadcast(event: &[u8]) -> bool {
    event.eq_ignore_ascii_case(b"OriginateResponse") || event.eq_ignore_ascii_case(b"UserEvent")
}

fn outcome(word: &[u8], message: &Message<'_>) -> Outcome {
    let good: [&[u8]; 3] = [b"Success", b"Goodbye", b"Follows"];
    if good.iter().any(|good| word.eq_ignore_ascii_case(good)) {
        Outcome::Success
    } else {
        Outcome::Error(crate::text(message.get("Message").unwrap_or(word)))
    }
}
