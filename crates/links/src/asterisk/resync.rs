//! What is asked after a connect and now and then: the lists that say what is there now.
//!
//! One question at a time; what cannot be asked or is refused is named at the end, so that
//! nobody takes a list that never came for an empty one. Pure.

use std::collections::{BTreeSet, VecDeque};

use ami::ActionId;

/// The questions in order. `Status` alone tells the number that a caller dialled to get in
/// (DNID), so it goes first. Queues come last but devices: who waits in a queue is a channel
/// that was listed before.
pub(crate) const QUESTIONS: [&str; 5] =
    ["Status", "CoreShowChannels", "ParkedCalls", "QueueStatus", "DeviceStateList"];

/// How long one answer may take, microseconds; a busy PBX makes long lists slowly.
pub(crate) const ANSWER_MAX_US: i64 = 60_000_000;

/// One resync under way.
#[derive(Debug)]
pub(crate) struct Resync {
    to_ask: VecDeque<&'static str>,
    /// The question that waits for its answer, and until when (monotonic).
    waiting: Option<(&'static str, ActionId, i64)>,
    answered: Vec<&'static str>,
    missing: Vec<(&'static str, String)>,
}

impl Resync {
    /// One that asks all questions but those the account may not ask; `allowed` is `None` if
    /// that is unknown.
    pub(crate) fn new(allowed: Option<&BTreeSet<Vec<u8>>>) -> Self {
        let may = |name: &str| allowed.is_none_or(|names| names.contains(name.as_bytes()));
        let (to_ask, not): (Vec<_>, Vec<_>) = QUESTIONS.into_iter().partition(|name| may(name));
        Self {
            to_ask: to_ask.into(),
            waiting: None,
            answered: Vec::new(),
            missing: not.into_iter().map(|n| (n, "not allowed or not loaded".to_owned())).collect(),
        }
    }

    /// The next question, if none waits.
    pub(crate) fn next_question(&mut self) -> Option<&'static str> {
        if self.waiting.is_some() { None } else { self.to_ask.pop_front() }
    }

    /// It was sent.
    pub(crate) fn asked(&mut self, question: &'static str, id: ActionId, now_mono: i64) {
        self.waiting = Some((question, id, now_mono.saturating_add(ANSWER_MAX_US)));
    }

    /// The question that waits was answered; `Err` with the reason if in vain.
    pub(crate) fn answered(&mut self, question: &'static str, how: Result<(), String>) {
        if self.waiting.take_if(|(waiting, _, _)| *waiting == question).is_none() {
            return;
        }
        match how {
            Ok(()) => self.answered.push(question),
            Err(reason) => self.missing.push((question, reason)),
        }
    }

    /// When the question that waits was sent (monotonic).
    pub(crate) fn asked_at(&self) -> Option<i64> {
        self.waiting.as_ref().map(|(_, _, until)| until.saturating_sub(ANSWER_MAX_US))
    }

    /// The question that has waited too long: to be given up with its id.
    pub(crate) fn overdue(&self, now_mono: i64) -> Option<(&'static str, &ActionId)> {
        let (question, id, until) = self.waiting.as_ref()?;
        (now_mono >= *until).then_some((*question, id))
    }

    /// Nothing waits and nothing is left to ask.
    pub(crate) fn is_over(&self) -> bool {
        self.waiting.is_none() && self.to_ask.is_empty()
    }

    /// The questions answered, as `A, B`.
    pub(crate) fn answers(&self) -> String {
        self.answered.join(", ")
    }

    /// The questions without an answer and why, as `A (reason), B (reason)`.
    pub(crate) fn missing(&self) -> String {
        let each = self.missing.iter().map(|(name, reason)| format!("{name} ({reason})"));
        each.collect::<Vec<_>>().join(", ")
    }

    /// Whether this question was answered.
    pub(crate) fn has(&self, question: &str) -> bool {
        self.answered.contains(&question)
    }
}
