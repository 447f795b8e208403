//! What administrators decided: taken, checked, kept, undone, and handed out as it stands.
//!
//! Decrees are records of a stream of their own in the journal. They come into force when they
//! are kept, not before: what was answered with success is there after any crash. It may not
//! know what a decree means; `model::decrees` folds them.

#[cfg(test)]
mod tests;
mod watch;

pub(crate) use watch::Watch;

use crate::live::Alarm;
use crate::wall_clock;
use facts::decree::{Change, Decree, DecreeId, Decreed, KIND, STREAM};
use facts::{Stamp, Text};
use journal::{Day, Journal, Kept, Reason};
use model::decrees::{InForce, Source, Wrong, undone};
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

/// How long whoever decrees waits for the disk.
const KEEP_WAIT: Duration = Duration::from_secs(5);

/// Why a change was not decreed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DecreeError {
    /// These fields are wrong: all of them.
    Wrong(Vec<Wrong>),
    /// There is no decree of that id.
    Unknown(DecreeId),
    /// It cannot be undone: it is undone already, by this one.
    Undone {
        /// The decree.
        id: DecreeId,
        /// What undid it.
        by: DecreeId,
    },
    /// It cannot be undone: this program does not understand it, so it has no effect.
    NoEffect(DecreeId),
    /// Somebody else decided meanwhile: what would be replaced is not what the caller saw. What
    /// is there now, if anything was decided.
    Overtaken(Option<Source>),
    /// The disk does not take it now. It comes into force as soon as the disk does.
    NotYetKept(DecreeId),
    /// A decree made before still waits for the disk: try again.
    Waiting,
    /// The journal has failed or is full: nothing can be kept.
    NotKept(String),
}

impl fmt::Display for DecreeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong(wrong) => {
                for (i, wrong) in wrong.iter().enumerate() {
                    write!(f, "{}{wrong}", if i > 0 { "; " } else { "" })?;
                }
                Ok(())
            }
            Self::Unknown(id) => write!(f, "there is no decree {id}"),
            Self::Undone { id, by } => {
                write!(f, "decree {id} is undone already; undo {by} to bring it back")
            }
            Self::NoEffect(id) => {
                write!(f, "decree {id} is not understood by this program and has no effect")
            }
            Self::Overtaken(Some(source)) => write!(
                f,
                "{} has changed it meanwhile ({}): look again and decide anew",
                source.author, source.at
            ),
            Self::Overtaken(None) => {
                f.write_str("somebody has removed it meanwhile: look again and decide anew")
            }
            Self::NotYetKept(id) => write!(
                f,
                "the disk is behind: decree {id} is taken and comes into force when it is kept"
            ),
            Self::Waiting => f.write_str("an earlier decree still waits for the disk: try again"),
            Self::NotKept(why) => write!(f, "the decree was not taken: {why}"),
        }
    }
}

impl std::error::Error for DecreeError {}

/// A decree as the history shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The decree.
    pub decreed: Decreed,
    /// The decree that undid it, if it is undone.
    pub undone_by: Option<DecreeId>,
}

/// Everything that was ever decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The decrees, newest first.
    pub decrees: Vec<Past>,
    /// What could not be read of the journal, in words; none: all is there.
    pub damages: Vec<String>,
}

/// All that is known, as it stood at one moment; replaced as a whole.
#[derive(Debug, Default)]
struct Known {
    /// In the order made.
    decrees: Vec<Decreed>,
    undone: BTreeMap<DecreeId, DecreeId>,
    in_force: Arc<InForce>,
    damages: Vec<String>,
    damaged_since: Stamp,
}

impl Known {
    fn of(decrees: Vec<Decreed>, damages: Vec<String>, damaged_since: Stamp) -> Self {
        let undone = undone(&decrees);
        let in_force = Arc::new(InForce::of(&decrees));
        Self { decrees, undone, in_force, damages, damaged_since }
    }

    fn find(&self, id: DecreeId) -> Option<&Decreed> {
        self.decrees.iter().find(|d| d.id == id)
    }
}

#[derive(Debug)]
struct Inner {
    journal: Arc<Journal>,
    /// Held by whoever decrees: one at a time, each checked against what the one before did. A
    /// decree that the disk has not taken yet is in here, with its number.
    desk: Mutex<Option<(u64, Decreed)>>,
    known: RwLock<Arc<Known>>,
    keep_wait: Duration,
}

/// The place where decisions are made and looked up. All clones are one place.
#[derive(Clone, Debug)]
pub struct Administration {
    inner: Arc<Inner>,
}

impl Administration {
    /// Reads everything that was decided so far. What cannot be read is told, not fatal.
    pub(crate) fn open(journal: Arc<Journal>) -> Self {
        Self::open_with(journal, KEEP_WAIT)
    }

    fn open_with(journal: Arc<Journal>, keep_wait: Duration) -> Self {
        let (decrees, damages) = read(&journal);
        for damage in &damages {
            tracing::error!(code = "decrees-damaged", %damage);
        }
        let known = RwLock::new(Arc::new(Known::of(decrees, damages, wall_clock())));
        Self { inner: Arc::new(Inner { journal, desk: Mutex::new(None), known, keep_wait }) }
    }

    fn known(&self) -> Arc<Known> {
        self.inner.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn desk(&self) -> MutexGuard<'_, Option<(u64, Decreed)>> {
        self.inner.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in force.
    pub fn in_force(&self) -> Arc<InForce> {
        self.known().in_force.clone()
    }

    /// Everything that was ever decided, newest first.
    pub fn history(&self) -> History {
        let known = self.known();
        let past = |decreed: &Decreed| Past {
            decreed: decreed.clone(),
            undone_by: known.undone.get(&decreed.id).copied(),
        };
        let decrees = known.decrees.iter().rev().map(past).collect();
        History { decrees, damages: known.damages.clone() }
    }

    /// Puts a change into force, whatever is there now. Returns when it is kept, synced to the
    /// disk. A change that would change nothing gives the decree that is in force.
    ///
    /// # Errors
    /// If anything is wrong with it, or it cannot be kept. May wait for the disk, for seconds.
    pub fn decree(&self, author: &str, change: Change) -> Result<Decreed, DecreeError> {
        self.make(author, change, None)
    }

    /// The same, but only if what it replaces comes from the decree that the caller has seen
    /// (`None`: he saw nothing, or what is built in): of two who edit the same thing at once the
    /// second is told.
    ///
    /// # Errors
    /// Those of [`Administration::decree`], and [`DecreeError::Overtaken`].
    pub fn decree_after(
        &self,
        author: &str,
        change: Change,
        seen: Option<DecreeId>,
    ) -> Result<Decreed, DecreeError> {
        self.make(author, change, Some(seen))
    }

    /// Undoes a decree by a new one: from now on everything is as if it had not been made. What
    /// was decided after it about the same thing stays. Undoing an undo brings the first back.
    ///
    /// # Errors
    /// If there is no such decree or it has no effect, or the new one cannot be kept.
    pub fn undo(&self, author: &str, id: DecreeId) -> Result<Decreed, DecreeError> {
        self.make(author, Change::Undo(id), None)
    }

    fn make(
        &self,
        author: &str,
        change: Change,
        seen: Option<Option<DecreeId>>,
    ) -> Result<Decreed, DecreeError> {
        let mut desk = self.desk();
        self.settle(&mut desk);
        if desk.is_some() {
            return Err(DecreeError::Waiting);
        }
        let known = self.known();
        if let Some(same) = check(&known, author, &change, seen)? {
            return Ok(same);
        }
        let last = known.decrees.last().map_or(Stamp(i64::MIN), |d| d.decree.at);
        let at = wall_clock().max(last.plus(1));
        let decree = Decree { author: Text::from(author), at, change };
        let heard = wall_clock().0;
        let payload = decree.payload();
        let entry = journal::Entry { kind: KIND, epoch: 0, stamp: at.0, heard, payload };
        let id = DecreeId::of(&entry.identity().0);
        let journal = &self.inner.journal;
        let seq = journal.append(STREAM, vec![entry]).map_err(|refused| {
            DecreeError::NotKept(match refused.reason {
                Reason::Full => "too many records wait for the disk; try again".to_owned(),
                Reason::Stopped => "the journal has stopped".to_owned(),
                Reason::Unfit => "it is too long".to_owned(),
            })
        })?;
        let decreed = Decreed { id, decree };
        *desk = Some((seq, decreed.clone()));
        let kept = journal.wait_kept(STREAM, seq, self.inner.keep_wait);
        self.settle(&mut desk);
        match journal.state() {
            _ if kept => Ok(decreed),
            journal::State::Failed(why) => Err(DecreeError::NotKept(why)),
            _ => Err(DecreeError::NotYetKept(id)),
        }
    }

    /// Puts into force what waited on the desk if it is kept now.
    fn settle(&self, desk: &mut Option<(u64, Decreed)>) {
        let kept = self.inner.journal.watermark(STREAM).kept_seq;
        let Some((_, decreed)) = desk.take_if(|(seq, _)| *seq <= kept) else { return };
        let Decree { author, change, .. } = &decreed.decree;
        tracing::info!(code = "decreed", id = %decreed.id, author = &**author, %change);
        let known = self.known();
        let mut decrees = known.decrees.clone();
        decrees.push(decreed);
        let next = Known::of(decrees, known.damages.clone(), known.damaged_since);
        let mut place = self.inner.known.write().unwrap_or_else(PoisonError::into_inner);
        *place = Arc::new(next);
    }

    /// For whoever publishes: puts into force what has come to be kept, and says what is in
    /// force and what is wrong. Never waits for a disk.
    pub(crate) fn look(&self) -> (Arc<InForce>, Option<Alarm>) {
        if let Ok(mut desk) = self.inner.desk.try_lock() {
            self.settle(&mut desk);
        }
        let known = self.known();
        let alarm = known.damages.first().map(|damage| Alarm {
            code: "decrees-damaged",
            since: known.damaged_since,
            what: format!(
                "not all that was decided could be read ({damage}): look at thresholds and \
                 groups; GET /api/v1/decrees tells all"
            ),
        });
        (known.in_force.clone(), alarm)
    }
}

/// Whether a change may be made. Gives the decree in force if it says the same.
fn check(
    known: &Known,
    author: &str,
    change: &Change,
    seen: Option<Option<DecreeId>>,
) -> Result<Option<Decreed>, DecreeError> {
    let wrong = known.in_force.check(author, change);
    if !wrong.is_empty() {
        return Err(DecreeError::Wrong(wrong));
    }
    if let Change::Undo(id) = *change {
        let target = known.find(id).ok_or(DecreeError::Unknown(id))?;
        if let Some(by) = known.undone.get(&id).copied() {
            return Err(DecreeError::Undone { id, by });
        }
        return match target.decree.change {
            Change::Unread(_) => Err(DecreeError::NoEffect(id)),
            _ => Ok(None),
        };
    }
    let source = known.in_force.source(change).cloned();
    if seen.is_some_and(|seen| seen != source.as_ref().map(|source| source.id)) {
        return Err(DecreeError::Overtaken(source));
    }
    let same = source.and_then(|source| known.find(source.id));
    Ok(same.filter(|decreed| decreed.decree.change == *change).cloned())
}

/// All decrees in the order made, and what is wrong with their files. Day by day: a damaged day
/// does not hide the others.
fn read(journal: &Journal) -> (Vec<Decreed>, Vec<String>) {
    let (mut decrees, mut damages) = (Vec::new(), Vec::new());
    let reader = match journal.reader() {
        Ok(reader) => reader,
        Err(error) => return (decrees, vec![error.to_string()]),
    };
    let days = reader.days(STREAM).unwrap_or_else(|error| {
        damages.push(error.to_string());
        Vec::new()
    });
    for day in days {
        let mut take = |kept: Kept| {
            if kept.entry.kind == KIND {
                let id = DecreeId::of(&kept.entry.identity().0);
                let decree = Decree::read(Stamp(kept.entry.stamp), &kept.entry.payload);
                decrees.push(Decreed { id, decree });
            }
        };
        let records = reader.of_day(STREAM, day);
        let read = records.and_then(|mut all| all.try_for_each(|kept| kept.map(&mut take)));
        damages.extend(read.err().map(|error| error.to_string()));
    }
    match reader.set_aside(STREAM) {
        Ok(aside) => {
            let words = |(day, path): &(Day, PathBuf)| {
                format!("decrees of {day} were damaged and set aside: {}", path.display())
            };
            damages.extend(aside.iter().map(words));
        }
        Err(error) => damages.push(error.to_string()),
    }
    decrees.sort_by_key(|d| (d.decree.at, d.id));
    (decrees, damages)
}
