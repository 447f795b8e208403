//! One ACD's fold: records in, live tables out. The order in which records are folded is a
//! function of the records alone (`translate::order`); this module adds nothing of its own but
//! the moment up to which time has passed.
//!
//! Pure: the same records and moments give the same tables. Replay uses it without a server.

use facts::table::Table;
use facts::{Opening, Record, Stamp, Timed};
use history::ledger::Entry;
use model::{Model, Part, Step};
use std::fmt;
use translate::asterisk::Translator;
use translate::order::Reorder;

/// How long an event is held back so that one stamped earlier but heard later can go first, in
/// microseconds. Asterisk's streams step back by 2.2 ms at most (asterisk.md §0.2).
pub const REORDER_WINDOW_US: i64 = 10_000;

/// What one ACD needs to be folded.
#[derive(Clone, Debug)]
pub struct FoldSettings {
    /// How to read the switch.
    pub translate: translate::asterisk::Settings,
    /// How to count.
    pub model: model::Settings,
}

impl FoldSettings {
    /// Defaults for the ACD of this name.
    pub fn for_acd(name: &str) -> Self {
        Self {
            translate: translate::asterisk::Settings::default(),
            model: model::Settings::new(name),
        }
    }
}

/// The fold of one ACD.
pub struct Fold {
    order: Reorder,
    translator: Translator,
    model: Model,
    facts: Vec<Timed>,
    records: u64,
}

impl Fold {
    /// A fold that has seen nothing.
    pub fn new(settings: FoldSettings) -> Self {
        Self {
            order: Reorder::new(REORDER_WINDOW_US),
            translator: Translator::new(settings.translate),
            model: Model::new(settings.model),
            facts: Vec::new(),
            records: 0,
        }
    }

    /// Takes one record as it was heard.
    pub fn push(&mut self, record: Record) {
        self.order.push(record);
        self.fold_ready();
    }

    /// Lets time pass on the switch's clock: fires what was due (the end of wrap-up, a grace
    /// that is over). Not to be called with a moment before which events may still come.
    pub fn advance(&mut self, switch_now: Stamp) {
        self.model.advance(switch_now);
    }

    /// Folds all that is held back: nothing stamped earlier is expected any more.
    pub fn settle(&mut self) {
        self.order.flush();
        self.fold_ready();
    }

    fn fold_ready(&mut self) {
        while let Some(record) = self.order.pop() {
            self.records += 1;
            self.translator.record(&record, &mut self.facts);
            for fact in self.facts.drain(..) {
                self.model.apply(&fact);
            }
        }
    }

    /// From now on the fold tells what happens; whoever says so must [take](Self::take_steps) it.
    pub const fn tell_steps(&mut self) {
        self.model.tell_steps();
    }

    /// Appends what happened since the last time.
    pub fn take_steps(&mut self, into: &mut Vec<Step>) {
        self.model.take_steps(into);
    }

    /// From now on the fold writes its ledger; whoever says so must [take](Self::take_entries) it.
    pub const fn write_ledger(&mut self) {
        self.model.write_ledger();
    }

    /// Appends what was written since the last time.
    pub fn take_entries(&mut self, into: &mut Vec<Entry>) {
        self.model.take_entries(into);
    }

    /// Tells how far the current minute of every queue has come at `at`.
    pub fn tell_minute_so_far(&mut self, at: Stamp) {
        self.model.tell_minute_so_far(at);
    }

    /// Who is logged on, so that a later fold may begin here.
    pub fn opening(&self) -> Opening {
        self.model.opening()
    }

    /// Tells a fold that has seen nothing who is logged on where it begins.
    pub fn open(&mut self, opening: &Opening) {
        self.model.open(opening);
    }

    /// A new local day begins: today's counts start from 0.
    pub fn start_day(&mut self, at: Stamp) {
        self.model.start_day(at);
    }

    /// The moment the fold has come to, on the switch's clock.
    pub fn now(&self) -> Stamp {
        self.model.now()
    }

    /// Counts what may have changed the tables: as long as it stays, only columns that count on
    /// by themselves differ.
    pub const fn changes(&self) -> u64 {
        self.model.changes()
    }

    /// How many records were folded.
    pub const fn records(&self) -> u64 {
        self.records
    }

    /// The live table of that name, true for `at` (not before [`Fold::now`]).
    pub fn table(&self, name: &str, at: Stamp) -> Option<Table> {
        self.model.table(name, at.max(self.model.now()))
    }

    /// The calls that cross to other switches, true for `at` (not before [`Fold::now`]).
    pub fn parts(&self, at: Stamp) -> Vec<Part> {
        self.model.parts(at.max(self.model.now()))
    }

    /// A digest of everything the fold knows: equal folds, equal digests.
    pub fn digest(&self) -> [u8; 32] {
        self.model.digest()
    }
}

impl fmt::Debug for Fold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold").field("records", &self.records).finish_non_exhaustive()
    }
}
