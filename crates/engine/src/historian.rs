//! One ACD's history out of its fold: what the model writes into the ledger goes into the books,
//! and time passes in both.
//!
//! Pure like the fold: the same records give the same rows. A replay uses it without a server.

use crate::fold::{Fold, FoldSettings};
use facts::{Kind, Record, Stamp};
use history::ledger::{Entry, LATE_MAX};
use history::reconcile::Reconciling;
use history::{Books, Closed, Profile, Settings};

/// How to count what is folded so: service levels and names from there, the rest as usual.
pub fn counting(fold: &FoldSettings) -> Settings {
    let model = &fold.model;
    let mut settings = Settings::new(1, &model.acd);
    let profile = |service_level_s| Profile { service_level_s, ..settings.default_profile.clone() };
    let levels = model.service_level_s.iter();
    let splits = levels.map(|(split, level)| (split.clone(), vec![profile(*level)])).collect();
    let default_profile = profile(model.service_level_default_s);
    settings.splits = splits;
    settings.default_profile = default_profile;
    let names = model.vectors.iter().chain(&model.vdns);
    settings.names = names.map(|(of, name)| (of.clone(), name.clone())).collect();
    settings
}

/// A fold with books that are written beside it.
#[derive(Debug)]
pub struct Historian {
    fold: Fold,
    books: Books,
    entries: Vec<Entry>,
    /// The last moment at which the switch said anything, also what changes nothing.
    heard: Stamp,
    /// What a queue log is compared with, if it is.
    visits: Option<Reconciling>,
}

impl Historian {
    /// Both have seen nothing.
    pub fn new(mut fold: Fold, books: Books) -> Self {
        fold.write_ledger();
        Self { fold, books, entries: Vec::new(), heard: Stamp(i64::MIN), visits: None }
    }

    /// Takes one record as it was heard.
    pub fn push(&mut self, record: Record) {
        if record.kind == Kind::Event {
            self.heard = self.heard.max(record.stamp);
        }
        self.fold.push(record);
        self.book();
    }

    /// Lets time pass on the switch's clock; as [`Fold::advance`]. Intervals that nothing can come
    /// for any more close.
    pub fn advance(&mut self, switch_now: Stamp) {
        self.fold.advance(switch_now);
        self.book();
        self.books.advance(switch_now);
    }

    /// Folds all that is held back; as [`Fold::settle`].
    pub fn settle(&mut self) {
        self.fold.settle();
        self.book();
    }

    /// The records are over: closes every interval as far as it has come. What is final but waited
    /// for in vain (a verdict, a seat taken again) is counted; what would only happen later, such
    /// as the end of after-call work, is not. The live tables are of no use any more.
    pub fn finish(&mut self) {
        self.settle();
        let end = self.fold.now().max(self.heard);
        self.fold.advance(end.plus(LATE_MAX));
        self.fold.take_entries(&mut self.entries);
        self.entries.retain(|entry| entry.at <= end);
        self.book();
        self.books.advance(end);
        self.books.finish();
    }

    /// Appends what was closed since the last time.
    pub fn take_closed(&mut self, into: &mut Vec<Closed>) {
        self.books.take_closed(into);
    }

    /// From now on visits are remembered, to be compared with a queue log.
    pub fn remember_visits(&mut self) {
        self.visits.get_or_insert_default();
    }

    /// The visits so far, if they are remembered.
    pub const fn take_visits(&mut self) -> Option<Reconciling> {
        self.visits.take()
    }

    /// The live tables.
    pub const fn fold(&self) -> &Fold {
        &self.fold
    }

    /// The books.
    pub const fn books(&self) -> &Books {
        &self.books
    }

    fn book(&mut self) {
        self.fold.take_entries(&mut self.entries);
        for entry in self.entries.drain(..) {
            if let Some(visits) = &mut self.visits {
                visits.live(&entry);
            }
            self.books.enter(&entry);
        }
    }
}
