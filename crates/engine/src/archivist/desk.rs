//! The folder's side: the books of one ACD, and what they closed on its way to the archivist.

use super::Counting;
use crate::fold::Fold;
use archive::Mark;
use facts::{Opening, Stamp};
use history::calendar::Calendar;
use history::ledger::{Entry, LATE_MAX};
use history::{Books, Closed, Of};
use std::collections::VecDeque;
use std::sync::mpsc::{SyncSender, TrySendError};

/// So many batches wait in memory while the archivist cannot write: some hours of a busy centre.
/// Then the oldest is dropped, which is said, and can be counted anew from the journal.
const WAITING_MAX: usize = 512;

/// Rows on their way into the archive.
#[derive(Debug)]
pub(crate) struct Batch {
    /// The ACD's number.
    pub(crate) acd: i64,
    /// By what it is counted, with its first batch.
    pub(crate) counting: Option<Counting>,
    pub(crate) closed: Vec<Closed>,
    /// How far the ACD has come with these.
    pub(crate) mark: Mark,
    /// Where a later fold may begin, if an interval was closed.
    pub(crate) opening: Option<Opening>,
}

/// The books of one ACD while it is folded.
#[derive(Debug)]
pub(crate) struct Desk {
    acd: i64,
    books: Books,
    counting: Option<Counting>,
    /// What is in the archive or on its way; what the books close again at a start is passed over.
    done: Mark,
    entries: Vec<Entry>,
    closed: Vec<Closed>,
    waiting: VecDeque<Batch>,
    calendar: Calendar,
    /// When the next interval can be closed.
    due: Stamp,
    to: SyncSender<Batch>,
}

impl Desk {
    /// Books for an ACD whose archive has come as far as `done`.
    pub(crate) fn new(counting: Counting, done: Mark, to: SyncSender<Batch>) -> Self {
        Self {
            acd: counting.settings.acd,
            books: Books::new(counting.settings.clone(), counting.calendar.clone()),
            done,
            entries: Vec::new(),
            closed: Vec::new(),
            waiting: VecDeque::new(),
            calendar: counting.calendar.clone(),
            due: Stamp(i64::MIN),
            counting: Some(counting),
            to,
        }
    }

    /// Whether an interval can be closed at `now`: then it is, before anything more is folded, so
    /// that a fold can begin there later.
    pub(crate) fn is_due(&self, now: Stamp) -> bool {
        now >= self.due
    }

    /// Enters what the fold wrote and hands over what is closed by it.
    pub(crate) fn book(&mut self, fold: &mut Fold) {
        fold.take_entries(&mut self.entries);
        for entry in self.entries.drain(..) {
            self.books.enter(&entry);
        }
        let now = fold.now();
        self.books.advance(now);
        // Of the interval that ended just before `now`, or of the one that runs.
        let ended = self.calendar.interval(now.plus(-LATE_MAX));
        self.due = ended.to.plus(LATE_MAX);
        self.books.take_closed(&mut self.closed);
        if !self.closed.is_empty() {
            self.close(fold);
        }
        self.send();
    }

    fn close(&mut self, fold: &Fold) {
        let done = &mut self.done;
        let mut counted = false;
        self.closed.retain(|closed| match closed.of {
            Of::Interval(interval) if interval.from < done.intervals => false,
            Of::Interval(interval) => {
                counted = true;
                done.intervals = interval.to;
                true
            }
            Of::Records(minute) if minute < done.records => false,
            Of::Records(minute) => {
                done.records = minute.plus_secs(60);
                true
            }
        });
        if self.closed.is_empty() {
            return;
        }
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.pop_front();
            tracing::error!(
                code = "archive-behind",
                "history waits too long and is dropped: run busyhour refold"
            );
        }
        self.waiting.push_back(Batch {
            acd: self.acd,
            counting: self.counting.take(),
            closed: std::mem::take(&mut self.closed),
            mark: *done,
            opening: counted.then(|| fold.opening()),
        });
    }

    /// Gives the archivist what he can take.
    pub(crate) fn send(&mut self) {
        while let Some(batch) = self.waiting.pop_front() {
            match self.to.try_send(batch) {
                Ok(()) => {}
                Err(TrySendError::Full(batch)) => {
                    self.waiting.push_front(batch);
                    return;
                }
                // He has stopped: so does this server.
                Err(TrySendError::Disconnected(_)) => return,
            }
        }
    }

    /// Up to where calls must have been folded before anything new counts.
    pub(crate) fn counts_from(&self) -> Option<Stamp> {
        (self.done != Mark::default()).then(|| self.done.intervals.min(self.done.records))
    }
}
