//! From the login to `LinkUp` and through every resync: what is asked of Asterisk, and what its
//! answers mean for the link.
//!
//! Logged in is not ready: for a moment after its start Asterisk takes logins and knows no
//! queues. `FullyBooted` says when it does, but only to an account that hears class `system`.

use ami::{Action, Message, Outcome};
use facts::{Epoch, Observation, Record, Stamp};

use super::{BOOT_ASK_EVERY_US, BOOT_ASK_US, BOOT_MAX_US, Core, Phase};
use crate::asterisk::clock::Now;
use crate::asterisk::resync::Resync;

/// How long the answers to the first questions may take.
const ANSWERS_MAX_US: i64 = 5_000_000;

/// Starts of Asterisk told from `Uptime` that differ by no more are one.
const START_JITTER_S: i64 = 2;

/// An action that waits for its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// `ListCommands` before `FullyBooted`: are the modules loaded?
    Loaded,
    /// `Ping`, sent then (monotonic).
    Ping(i64),
    /// A heartbeat.
    Beat,
    CoreStatus,
    CoreSettings,
    ListCommands,
    /// One of the resync's lists.
    List(&'static str),
}

/// What is known between login and `LinkUp`.
#[derive(Debug)]
pub(super) struct Inquiry {
    login_at: i64,
    /// When to ask the next time whether the modules are loaded.
    ask_loaded_at: i64,
    /// `Uptime` in seconds and the moment it was said.
    uptime: Option<(i64, i64)>,
    /// Asked what it is: until when answers count.
    asked_until: Option<i64>,
    /// Answers still missing.
    missing: u32,
    epoch: Option<Epoch>,
}

impl Inquiry {
    pub(super) fn new(now_mono: i64) -> Self {
        Self {
            login_at: now_mono,
            ask_loaded_at: now_mono.saturating_add(BOOT_ASK_US),
            uptime: None,
            asked_until: None,
            missing: 0,
            epoch: None,
        }
    }
}

impl Core {
    /// Sends an action and notes what its answer will be for.
    pub(super) fn ask(&mut self, name: &'static str, question: Question) {
        let id = self.ids.next();
        self.send.extend_from_slice(&Action::new(name).id(&id).to_bytes());
        self.pending.sent(id, question);
    }

    /// `FullyBooted`, said to us after the login or to everybody at the boot.
    pub(super) fn fully_booted(&mut self, message: &Message<'_>, now: Now) {
        self.evidence.booted_unsaid = false;
        match &mut self.phase {
            Phase::Asking(inquiry) => {
                inquiry.uptime = number(message.get("Uptime")).map(|uptime| (uptime, now.mono));
                self.ask_what_it_is(now);
            }
            // It was taken for ready too early.
            Phase::Up { .. } => self.resync_wanted = true,
            _ => {}
        }
    }

    fn ask_what_it_is(&mut self, now: Now) {
        let Phase::Asking(inquiry) = &mut self.phase else { return };
        if inquiry.asked_until.is_some() {
            return;
        }
        inquiry.asked_until = Some(now.mono.saturating_add(ANSWERS_MAX_US));
        inquiry.missing = 4;
        self.ask("Ping", Question::Ping(now.mono));
        self.ask("CoreStatus", Question::CoreStatus);
        self.ask("CoreSettings", Question::CoreSettings);
        self.ask("ListCommands", Question::ListCommands);
    }

    pub(super) fn asking_deadlines(&mut self, now: Now) {
        let Phase::Asking(inquiry) = &mut self.phase else { return };
        if inquiry.asked_until.is_some_and(|until| now.mono >= until) || self.out.holds_too_much() {
            return self.link_up(now);
        }
        if inquiry.asked_until.is_some() || now.mono < inquiry.ask_loaded_at {
            return;
        }
        if now.mono.saturating_sub(inquiry.login_at) >= BOOT_MAX_US {
            self.evidence.booted_unsaid = true;
            return self.ask_what_it_is(now);
        }
        inquiry.ask_loaded_at = now.mono.saturating_add(BOOT_ASK_EVERY_US);
        self.ask("ListCommands", Question::Loaded);
    }

    /// An answer is complete.
    pub(super) fn answered(
        &mut self,
        question: Question,
        answer: &[u8],
        outcome: Result<(), String>,
        now: Now,
    ) {
        let ok = outcome.is_ok();
        let message = Message::parse(answer);
        match question {
            Question::Loaded if ok => {
                if Message::parse(answer).headers().any(|header| header.name == b"QueueStatus") {
                    self.evidence.booted_unsaid = true;
                    self.ask_what_it_is(now);
                }
            }
            Question::Ping(sent) => {
                if let Some(stamp) = message.timestamp_us() {
                    self.clock.measure(sent, Stamp(stamp), now.mono);
                }
            }
            Question::Beat if ok => self.evidence.beats_taken += 1,
            Question::Loaded | Question::Beat => {}
            Question::CoreStatus => {
                let epoch = started(&message);
                self.evidence.start_unknown = epoch.is_none();
                if let Phase::Asking(inquiry) = &mut self.phase {
                    inquiry.epoch = epoch;
                }
            }
            Question::CoreSettings => {
                let text = |name| ami::text(message.get(name).unwrap_or_default());
                self.version = text("AsteriskVersion").into();
                self.system_name = text("SystemName").into();
            }
            Question::ListCommands if ok => self.evidence.commands(answer),
            Question::ListCommands => {}
            Question::List(name) => return self.listed(name, answer, outcome, now),
        }
        let first = matches!(
            question,
            Question::Ping(_)
                | Question::CoreStatus
                | Question::CoreSettings
                | Question::ListCommands
        );
        if let (true, Phase::Asking(inquiry)) = (first, &mut self.phase)
            && inquiry.asked_until.is_some()
        {
            inquiry.missing = inquiry.missing.saturating_sub(1);
            if inquiry.missing == 0 {
                self.link_up(now);
            }
        }
    }

    /// The run of Asterisk as well as it can be told without `CoreStatus`.
    pub(super) fn guessed_epoch(&self, now: Now) -> Epoch {
        let Phase::Asking(inquiry) = &self.phase else { return self.epoch };
        if let Some(epoch) = inquiry.epoch {
            return epoch;
        }
        let Some((uptime, said_at)) = inquiry.uptime else { return Epoch::default() };
        let said = self.clock.estimate(now).plus(said_at.saturating_sub(now.mono));
        let start = said.secs().saturating_sub(uptime);
        if start.abs_diff(self.epoch.0) <= START_JITTER_S.unsigned_abs() {
            self.epoch
        } else {
            Epoch(start)
        }
    }

    /// Everything about Asterisk is known that will be: says so and lets the records go.
    fn link_up(&mut self, now: Now) {
        let Phase::Asking(inquiry) = &self.phase else { return };
        // The link was up from the login on: the events held since then come after `LinkUp`.
        let login = self.clock.estimate(now).plus(inquiry.login_at.saturating_sub(now.mono));
        self.epoch = self.guessed_epoch(now);
        let stamp = match self.out.first_held() {
            Some(first) => login.min(first),
            None => self.clock.observation_at(login),
        };
        let epoch = self.epoch.0.to_string();
        let headers = [
            ("Epoch", epoch.as_str()),
            ("Version", &self.version),
            ("SystemName", &self.system_name),
            ("Address", self.settings.address.as_str()),
        ];
        let up = Record::observation(
            Observation::LinkUp,
            self.epoch,
            stamp.max(self.before_login.unwrap_or(stamp)),
            now.wall,
            &self.settings.server,
            &headers,
            b"",
        );
        self.out.release(self.epoch, Some(up));
        self.phase = Phase::Up { since: now.mono };
        self.resync_wanted = true;
        self.first_resync = true;
        self.ask_next(now);
        self.advise(now);
    }

    /// Starts the resync that is wanted, or asks the next question of the one that runs.
    pub(super) fn ask_next(&mut self, now: Now) {
        if !matches!(self.phase, Phase::Up { .. }) || self.over.is_some() {
            return;
        }
        if let Some(resync) = &mut self.resync
            && let Some((question, id)) = resync.overdue(now.mono)
        {
            self.pending.give_up(&id.clone());
            resync.answered(question, Err("no answer".to_owned()));
        }
        if self.resync.is_none() && std::mem::take(&mut self.resync_wanted) {
            self.resync = Some(Resync::new(self.evidence.allowed.as_ref()));
            let every = self.settings.resync_every;
            let every = every.and_then(|every| i64::try_from(every.as_micros()).ok());
            self.resync_at = every.map(|every| now.mono.saturating_add(every));
        }
        let Some(resync) = &mut self.resync else { return };
        if let Some(question) = resync.next_question() {
            let id = self.ids.next();
            self.send.extend_from_slice(&Action::new(question).id(&id).to_bytes());
            self.pending.sent(id.clone(), Question::List(question));
            resync.asked(question, id, now.mono);
        } else if resync.is_over() {
            self.resynced(now);
        }
    }

    fn listed(&mut self, name: &'static str, raw: &[u8], how: Result<(), String>, now: Now) {
        if how.is_ok() {
            // What comes after the list happened after it, however late both are heard: the list
            // must not be folded after the end of a call that it names. So not the moment at
            // which it is heard, but the one at which it was asked for.
            let asked = self.resync.as_ref().and_then(Resync::asked_at).unwrap_or(now.mono);
            let asked = self.clock.estimate(now).plus(asked.saturating_sub(now.mono));
            let stamp = self.clock.observation_at(asked);
            self.observe_at(Observation::Answer, stamp, &[("Action", name)], raw, now);
        }
        if let Some(resync) = &mut self.resync {
            resync.answered(name, how);
        }
        self.ask_next(now);
    }

    fn resynced(&mut self, now: Now) {
        let Some(resync) = self.resync.take() else { return };
        self.evidence.no_channels = !resync.has("CoreShowChannels");
        self.evidence.no_queues = !resync.has("QueueStatus");
        let (answers, missing) = (resync.answers(), resync.missing());
        let mut headers = vec![("Answers", answers.as_str())];
        if !missing.is_empty() {
            headers.push(("Missing", missing.as_str()));
        }
        // Right after the last list.
        let stamp = self.clock.floor().unwrap_or_else(|| self.clock.estimate(now));
        self.observe_at(Observation::Resynced, stamp, &headers, b"", now);
        self.first_resync = false;
        // The lists count as a sign of life, not as events: the clock starts anew.
        self.event_at = now.mono;
        self.show_liveness(now);
        self.advise(now);
    }

    /// The resync that follows a connect has not ended yet.
    pub(super) fn first_resync_runs(&self) -> bool {
        self.first_resync
    }
}

/// `CoreStartupDate` and `CoreStartupTime`.
fn started(answer: &Message<'_>) -> Option<Epoch> {
    let text = |name| answer.get(name).map(ami::text);
    let start = format!("{}T{}", text("CoreStartupDate")?, text("CoreStartupTime")?);
    Stamp::parse(&start).map(|start| Epoch(start.secs()))
}

fn number(value: Option<&[u8]>) -> Option<i64> {
    std::str::from_utf8(value?).ok()?.trim().parse().ok()
}

/// The outcome without its type, so that only this folder knows `ami`'s.
pub(super) fn plain(outcome: Outcome) -> Result<(), String> {
    match outcome {
        Outcome::Success => Ok(()),
        Outcome::Error(words) => Err(words),
    }
}
