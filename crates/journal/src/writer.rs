//! The thread that writes: takes what has gathered, one transaction per ACD and run of records
//! of the same day, strictly in the order heard, so that what is kept is always a beginning of
//! what was heard. The answers to every trouble with a file are here.

use crate::batch::Packer;
use crate::day::Day;
use crate::file::DayFile;
use crate::journal::Faults;
use crate::queue::{Heard, Queue, State, Work, now};
use crate::recover::SetAside;
use crate::retention::{self, Command, Limits, RetainError};
use crate::trouble::Trouble;
use crate::{Entry, layout};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// So many files are open at most: today and yesterday of some ACDs, and a day that the other
/// server is filling up.
const OPEN_MAX: usize = 16;

/// Pauses between attempts when there is no room: short at first, never longer than a second, so
/// that it goes on soon after there is room again.
const PAUSE_MIN: Duration = Duration::from_millis(20);
const PAUSE_MAX: Duration = Duration::from_secs(1);

/// Records of one ACD and day that follow one another.
#[derive(Debug)]
struct Run {
    acd: Arc<str>,
    day: Day,
    records: Vec<(u64, Entry)>,
    bytes: u64,
}

/// What the writer knows of an ACD.
#[derive(Debug, Default)]
pub(crate) struct Acd {
    pub(crate) newest: Option<Day>,
    pub(crate) kept_seq: u64,
}

#[derive(Debug)]
struct Open {
    file: DayFile,
    used: u64,
}

pub(crate) struct Writer {
    pub(crate) dir: PathBuf,
    pub(crate) server: Arc<str>,
    pub(crate) limits: Limits,
    /// Of these names nothing is deleted.
    pub(crate) for_ever: Vec<String>,
    pub(crate) queue: Arc<Queue>,
    pub(crate) set_aside: Arc<Mutex<Vec<SetAside>>>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) notify: Notify,
    pub(crate) packer: Packer,
    pub(crate) acds: BTreeMap<Arc<str>, Acd>,
    files: BTreeMap<(Arc<str>, Day), Open>,
    /// Counts commits, to know which file was used least recently.
    tick: u64,
}

/// Is told of every change of state.
pub(crate) type Notify = Arc<dyn Fn(&State) + Send + Sync>;

/// Whatever ends the writer's thread, nobody waits for it any longer.
pub(crate) struct Guard {
    pub(crate) queue: Arc<Queue>,
    pub(crate) notify: Notify,
}

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let state = State::Failed("the journal's thread has panicked".into());
            self.queue.set_state(state.clone());
            (self.notify)(&state);
        }
        self.queue.end();
    }
}

/// The writer cannot go on.
struct Stopped;

impl Writer {
    #[expect(
        clippy::too_many_arguments,
        reason = "called once; a struct would only repeat this one"
    )]
    pub(crate) fn new(
        dir: PathBuf,
        server: Arc<str>,
        (limits, for_ever): (Limits, Vec<String>),
        queue: Arc<Queue>,
        set_aside: Arc<Mutex<Vec<SetAside>>>,
        faults: Arc<Faults>,
        notify: Notify,
        packer: Packer,
    ) -> Self {
        let (acds, files) = (BTreeMap::new(), BTreeMap::new());
        Self {
            dir,
            server,
            limits,
            for_ever,
            queue,
            set_aside,
            faults,
            notify,
            packer,
            acds,
            files,
            tick: 0,
        }
    }

    /// Takes over a file that was opened when the journal was.
    pub(crate) fn take(&mut self, acd: &Arc<str>, day: Day, file: DayFile) {
        self.files.insert((Arc::clone(acd), day), Open { file, used: 0 });
    }

    /// Works until the journal is closed or has failed.
    pub(crate) fn run(mut self) {
        loop {
            match self.queue.next() {
                Work::Keep(heard) => {
                    for run in runs(heard) {
                        if self.keep(&run).is_err() {
                            return self.queue.end();
                        }
                    }
                }
                Work::Do(command) => self.retain(&command),
                Work::Stop => break,
            }
        }
        for open in self.files.values_mut() {
            // What is not made one row now will be with the next writing.
            if let Err(trouble) = open.file.seal(&mut self.packer) {
                tracing::debug!(file = %open.file.path().display(), ?trouble, "left unsealed");
            }
        }
        self.files.clear();
        self.queue.end();
    }

    /// Writes until it is written.
    fn keep(&mut self, run: &Run) -> Result<(), Stopped> {
        let mut pause = PAUSE_MIN;
        loop {
            match self.try_keep(run) {
                Ok(()) => {
                    self.kept(run);
                    return self.tidy_log(run);
                }
                Err(Trouble::Damaged(reason)) => self.set_aside(run, reason)?,
                Err(Trouble::Full) => self.wait(&mut pause, |since, waiting_bytes| {
                    State::DiskFull { since, waiting_bytes }
                })?,
                Err(Trouble::Locked) => self.wait(&mut pause, |since, waiting_bytes| {
                    State::Locked { since, waiting_bytes }
                })?,
                Err(Trouble::Newer(version)) => {
                    let (acd, day) = (&run.acd, run.day);
                    let words =
                        format!("journal of {acd} for {day} has the newer version {version}");
                    return Err(self.fail(words));
                }
                Err(Trouble::Final(reason)) => return Err(self.fail(reason)),
            }
        }
    }

    fn try_keep(&mut self, run: &Run) -> Result<(), Trouble> {
        self.open(run)?;
        let key = (Arc::clone(&run.acd), run.day);
        let Some(open) = self.files.get_mut(&key) else {
            return Err(Trouble::Final(format!("file of {} is not open", run.day)));
        };
        self.tick += 1;
        open.used = self.tick;
        if let Some(pages) = self.faults.take_pages() {
            open.file.limit_pages(pages)?;
        }
        if self.faults.failing_sync.load(Ordering::Relaxed) {
            return Err(Trouble::Final(format!("{}: sync failed", open.file.path().display())));
        }
        open.file.append(&run.records, &mut self.packer)
    }

    fn kept(&mut self, run: &Run) {
        let last = run.records.last().map_or(0, |(seq, _)| *seq);
        let max = run.records.iter().map(|(_, e)| e.stamp).max().unwrap_or(i64::MIN);
        if let Some(acd) = self.acds.get_mut(&run.acd) {
            acd.kept_seq = last;
        }
        self.queue.set_kept(&run.acd, last, max, run.bytes);
        if self.queue.set_state(State::Healthy) {
            tracing::info!("journal is being kept again");
            (self.notify)(&State::Healthy);
        }
    }

    /// After the waiting ones were told, since it takes a while.
    fn tidy_log(&mut self, run: &Run) -> Result<(), Stopped> {
        let key = (Arc::clone(&run.acd), run.day);
        match self.files.get_mut(&key).map_or(Ok(()), |open| open.file.tidy_log()) {
            Ok(()) => Ok(()),
            Err(Trouble::Damaged(reason)) => self.set_aside(run, reason),
            Err(trouble) => Err(self.fail(format!("{trouble:?}"))),
        }
    }

    /// Sees to it that the file for these records is open, and that a start will find it.
    fn open(&mut self, run: &Run) -> Result<(), Trouble> {
        let key = (Arc::clone(&run.acd), run.day);
        if self.files.contains_key(&key) {
            return Ok(());
        }
        let Some(acd_dir) = layout::acd_dir(&self.dir, &run.acd) else {
            return Err(Trouble::Final(format!("acd '{}' has no directory", run.acd)));
        };
        let known = self.acds.entry(Arc::clone(&run.acd)).or_default();
        let (newest, kept_seq) = (known.newest, known.kept_seq);
        if let Some(newest) = newest.filter(|newest| *newest > run.day) {
            let newest_key = (Arc::clone(&run.acd), newest);
            if !self.files.contains_key(&newest_key) {
                let file = DayFile::open(&acd_dir, &run.acd, newest, kept_seq, &self.server)?;
                self.files.insert(newest_key.clone(), Open { file, used: self.tick });
            }
            if let Some(open) = self.files.get(&newest_key) {
                open.file.note(run.day)?;
            }
        } else {
            // From now on the new file is the one that a start looks at: what is written to an
            // older one after this has to be noted in it.
            self.close(|acd, _| *acd == run.acd);
        }
        let file = DayFile::open(&acd_dir, &run.acd, run.day, kept_seq, &self.server)?;
        self.files.insert(key, Open { file, used: self.tick });
        if let Some(acd) = self.acds.get_mut(&run.acd) {
            acd.newest = acd.newest.max(Some(run.day));
        }
        self.close_unused(run);
        Ok(())
    }

    fn close_unused(&mut self, run: &Run) {
        while self.files.len() > OPEN_MAX {
            let unused =
                self.files.iter().filter(|((acd, day), _)| (acd, *day) != (&run.acd, run.day));
            let oldest = unused.min_by_key(|(_, open)| open.used).map(|(key, _)| key.clone());
            let Some((acd, day)) = oldest else { return };
            self.close(|a, d| *a == acd && d == day);
        }
    }

    /// Closes files for good as far as can be foreseen.
    fn close(&mut self, which: impl Fn(&Arc<str>, Day) -> bool) {
        let packer = &mut self.packer;
        self.files.retain(|(acd, day), open| {
            if !which(acd, *day) {
                return true;
            }
            if let Err(trouble) = open.file.seal(packer) {
                tracing::debug!(file = %open.file.path().display(), ?trouble, "left unsealed");
            }
            false
        });
    }

    fn set_aside(&mut self, run: &Run, reason: String) -> Result<(), Stopped> {
        // All files of the ACD: the new one does not know which older ones are written to.
        self.files.retain(|(acd, _), _| *acd != run.acd);
        let moved = layout::acd_dir(&self.dir, &run.acd)
            .ok_or_else(|| std::io::Error::other("no directory"))
            .and_then(|acd_dir| layout::set_aside(&acd_dir, run.day));
        let path = match moved {
            Ok(path) => path,
            Err(e) => return Err(self.fail(format!("{reason}; cannot be set aside: {e}"))),
        };
        tracing::error!(%reason, now = %path.display(), "damaged journal file set aside");
        let (acd, day, at) = (run.acd.to_string(), run.day, now());
        let aside = SetAside { acd, day, path, reason, at };
        self.set_aside.lock().unwrap_or_else(PoisonError::into_inner).push(aside);
        Ok(())
    }

    /// Waits before another attempt. The last one is made when the journal is being closed.
    fn wait(
        &mut self,
        pause: &mut Duration,
        state: impl Fn(i64, u64) -> State,
    ) -> Result<(), Stopped> {
        let since = match self.queue.state() {
            State::DiskFull { since, .. } | State::Locked { since, .. } => since,
            _ => now(),
        };
        let before = self.queue.state();
        let state = state(since, self.queue.waiting_bytes());
        self.queue.set_state(state.clone());
        if std::mem::discriminant(&before) != std::mem::discriminant(&state) {
            tracing::error!(?state, "journal cannot be written: records wait in memory");
            (self.notify)(&state);
        }
        let (command, closing) = self.queue.pause(*pause);
        *pause = (*pause * 2).min(PAUSE_MAX);
        if let Some(command) = command {
            self.retain(&command);
        }
        if closing && *pause >= PAUSE_MAX {
            return Err(self.fail(format!("closed while {state:?}")));
        }
        Ok(())
    }

    fn fail(&self, reason: String) -> Stopped {
        tracing::error!(%reason, "journal has failed: nothing more is kept");
        self.files.values().for_each(|open| open.file.leave());
        let state = State::Failed(reason);
        self.queue.set_state(state.clone());
        (self.notify)(&state);
        self.queue.end();
        Stopped
    }

    fn retain(&mut self, command: &Command) {
        let (dir, limits) = (self.dir.clone(), self.limits);
        let files = &mut self.files;
        let done = retention::apply(&dir, limits, &self.for_ever, command.now, |acd, day| {
            files.retain(|(a, d), _| (&**a, *d) != (acd, day));
        });
        if let Err(RetainError::Unremovable(what)) = &done {
            tracing::error!(%what, "old days could not be deleted");
        }
        // Whoever asked may have gone.
        if command.answer.try_send(done).is_err() {
            tracing::debug!("nobody waits for the answer of retention");
        }
    }
}

/// Cuts what was heard into runs of the same ACD and day.
fn runs(heard: Vec<Heard>) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    // Where the last run of each ACD is: those of different ACDs need not wait for one another.
    let mut last: BTreeMap<Arc<str>, usize> = BTreeMap::new();
    for Heard { acd, first_seq, entries, .. } in heard {
        for (seq, entry) in (first_seq..).zip(entries) {
            let (day, bytes) = (Day::of(entry.stamp), entry.weight());
            let known = last.get(&acd).and_then(|i| out.get_mut(*i)).filter(|run| run.day == day);
            match known {
                Some(run) => {
                    run.bytes += bytes;
                    run.records.push((seq, entry));
                }
                None => {
                    last.insert(Arc::clone(&acd), out.len());
                    out.push(Run {
                        acd: Arc::clone(&acd),
                        day,
                        records: vec![(seq, entry)],
                        bytes,
                    });
                }
            }
        }
    }
    out
}
