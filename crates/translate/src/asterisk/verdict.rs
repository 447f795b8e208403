//! How a visit to a queue ended. Asterisk says it late, in pieces, and says the same for a
//! caller who gave up and one whose time was over.
//!
//! After the caller has left the queue unanswered, the first of these decides:
//! 1. `VarSet QUEUESTATUS`: says it outright (class dialplan, and not for an exit key);
//! 2. a step of the dialplan: he did not hang up. After `QueueCallerAbandon` his time was over
//!    or no agent was left, which the time-out given to `Queue()` tells; without it he keyed
//!    himself out;
//! 3. his `Hangup`: he gave up, after `QueueCallerAbandon`.
//!
//! All 2,322 visits in the captures that `queue_log` saw begin and end get its verdict, with
//! `VarSet` and without. With neither `VarSet` nor `Newexten`, what is left is guessed from who
//! asked to hang up: an empty queue is then taken for a time-out.

use super::channels::Channel;
use super::snapshot::number;
use super::{Out, Translator};
use facts::{ChannelId, Fact, Outcome, SplitId, Stamp};

/// `Queue()` was run, and neither success nor refusal was told yet.
pub(super) struct Attempt {
    pub(super) split: SplitId,
    pub(super) timeout_s: Option<u32>,
}

/// A visit to a queue, from joining to the verdict or the answer.
pub(super) struct Visit {
    pub(super) split: SplitId,
    /// When he joined; whole seconds if a list told it.
    pub(super) since: Stamp,
    /// A list told it, and the event that tells the same was not heard yet.
    pub(super) listed: bool,
    /// The longest wait that the dialplan allowed.
    pub(super) timeout_s: Option<u32>,
    pub(super) step: Step,
    /// `QueueCallerAbandon` was heard.
    pub(super) abandon: bool,
    /// The last list did not name him.
    pub(super) missing: bool,
}

/// How far a visit has come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Waiting,
    /// Out of the queue, no verdict yet.
    Left,
    /// An agent answered.
    Answered,
}

impl Visit {
    /// A visit that a list shows answered though nothing of it was heard.
    pub(super) fn answered_unheard(split: SplitId, at: Stamp) -> Self {
        Self {
            split,
            since: at,
            listed: true,
            timeout_s: None,
            step: Step::Answered,
            abandon: false,
            missing: false,
        }
    }

    /// Whether it still needs a verdict.
    fn is_open(&self) -> bool {
        self.step != Step::Answered
    }

    /// Whether he waited as long as he was allowed to; None if no limit is known. A tenth of a
    /// second is given for the switch's own timer.
    fn waited_out(&self, at: Stamp) -> Option<bool> {
        let limit = i64::from(self.timeout_s?);
        Some(at.since(self.since) >= limit * 1_000_000 - 100_000)
    }
}

/// Says the end of the wait if it was not said, then how it ended.
pub(super) fn conclude(id: &ChannelId, visit: &Visit, outcome: Outcome, out: &mut Out<'_>) {
    let (channel, split) = (id.clone(), visit.split.clone());
    if visit.step == Step::Waiting {
        out.say(Fact::QueueLeft { channel: channel.clone(), split: split.clone() });
    }
    out.say(Fact::Verdict { channel, split, outcome });
}

impl Translator {
    /// `QUEUESTATUS` was set on the caller's channel.
    pub(super) fn queue_status(&mut self, id: &ChannelId, value: &[u8], out: &mut Out<'_>) {
        self.status_told = true;
        let outcome = match value {
            b"TIMEOUT" => Outcome::TimedOut,
            b"LEAVEEMPTY" | b"LEAVEUNAVAIL" => Outcome::LeftEmpty,
            b"WITHDRAW" => Outcome::Left,
            b"JOINEMPTY" | b"JOINUNAVAIL" => Outcome::JoinEmpty,
            b"FULL" => Outcome::Full,
            // CONTINUE follows an answered call; others are unknown to us.
            _ => return,
        };
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        if matches!(outcome, Outcome::JoinEmpty | Outcome::Full) {
            match channel.attempt.take() {
                Some(attempt) => {
                    let (channel, split) = (id.clone(), attempt.split);
                    out.say(Fact::Refused { channel, split, outcome });
                }
                None => out.odd("refused-where", format!("a queue unknown to us refused {id}")),
            }
        } else if let Some(visit) = channel.visit.take_if(|v| v.is_open()) {
            conclude(id, &visit, outcome, out);
        }
    }

    /// The caller's channel runs another step of the dialplan.
    pub(super) fn settle_by_step(
        &mut self,
        id: &ChannelId,
        application: &[u8],
        data: &[u8],
        out: &mut Out<'_>,
    ) {
        let status_told = self.status_told;
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        // In the queue, a step belongs to the queue's own doings (announcements, subroutines).
        if let Some(visit) = channel.visit.take_if(|v| v.step != Step::Waiting)
            && visit.is_open()
        {
            conclude(id, &visit, by_step(&visit, status_told, out.at), out);
        }
        if let Some(attempt) = channel.attempt.take() {
            let split = attempt.split;
            out.odd("refused-why", format!("{split} did not take {id} and did not say why"));
            let outcome = Outcome::JoinEmpty;
            out.say(Fact::Refused { channel: id.clone(), split, outcome });
        }
        if application.eq_ignore_ascii_case(b"Queue") {
            self.attempt(id, data, out);
        }
    }

    /// `Queue(name,options,url,announce,timeout,…)` is about to run.
    fn attempt(&mut self, id: &ChannelId, data: &[u8], out: &mut Out<'_>) {
        let mut arguments = data.split(|&b| b == b',');
        let Some(name) = arguments.next().filter(|n| !n.is_empty()) else {
            return;
        };
        let timeout_s = arguments.nth(3).and_then(number).filter(|&s| s > 0);
        let split = self.split(name, out);
        if let Some(channel) = self.channels.get_mut(id) {
            channel.attempt = Some(Attempt { split, timeout_s });
        }
    }

    /// The caller's channel is gone.
    pub(super) fn settle_by_hangup(
        &mut self,
        channel: &Channel,
        cause: Option<u32>,
        out: &mut Out<'_>,
    ) {
        let Some(visit) = channel.visit.as_ref().filter(|v| v.is_open()) else {
            return;
        };
        let outcome = if visit.abandon {
            self.given_up(channel, visit, cause, out)
        } else if visit.step == Step::Left {
            // Where steps are told he would have been seen to go on.
            if self.steps_told { Outcome::Left } else { Outcome::ExitKey }
        } else {
            if !visit.missing {
                let (id, split) = (&channel.id, &visit.split);
                out.odd("wait-untold-end", format!("{id} hung up; its leaving {split} is missing"));
            }
            Outcome::Lost
        };
        conclude(&channel.id, visit, outcome, out);
    }

    /// `QueueCallerAbandon`, then `Hangup`, with nothing in between that tells. Without class
    /// dialplan (or where the dialplan ends with the queue) a caller whose time was over looks
    /// the same; but nobody asked to hang up then, and it is not the switch that stops (cause 0).
    fn given_up(
        &self,
        channel: &Channel,
        visit: &Visit,
        cause: Option<u32>,
        out: &Out<'_>,
    ) -> Outcome {
        if self.status_told || channel.asked || cause == Some(0) {
            return Outcome::Abandoned;
        }
        match visit.waited_out(out.at) {
            Some(true) => Outcome::TimedOut,
            None if !self.steps_told => Outcome::TimedOut,
            Some(false) | None => Outcome::Abandoned,
        }
    }

    /// The caller joins the next queue: he has not hung up in the last one.
    pub(super) fn settle_by_join(&mut self, id: &ChannelId, out: &mut Out<'_>) {
        let status_told = self.status_told;
        let Some(channel) = self.channels.get_mut(id) else {
            return;
        };
        let Some(visit) = channel.visit.take() else {
            return;
        };
        if visit.step == Step::Waiting && !visit.abandon {
            let split = &visit.split;
            out.odd("wait-untold-end", format!("{id} joins again; its leaving {split} is missing"));
            conclude(id, &visit, Outcome::Lost, out);
        } else if visit.is_open() {
            conclude(id, &visit, by_step(&visit, status_told, out.at), out);
        }
    }
}

/// The verdict on a visit whose caller goes on in the dialplan without `QUEUESTATUS`.
fn by_step(visit: &Visit, status_told: bool, at: Stamp) -> Outcome {
    if !visit.abandon {
        return Outcome::ExitKey;
    }
    if status_told {
        // It would have been said: somebody moved him.
        return Outcome::Left;
    }
    match visit.waited_out(at) {
        Some(false) => Outcome::LeftEmpty,
        Some(true) | None => Outcome::TimedOut,
    }
}
