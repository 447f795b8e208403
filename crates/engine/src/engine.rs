//! Starting and stopping: journal, links, keeper, folder, in that order, and back.

use crate::administration::{Administration, Watch};
use crate::archivist::{self, Archivist, Batch, Counting, Desk, Trouble};
use crate::fold::Fold;
use crate::folder::{Acd, Folder, HISTORY_WARM_UP_US, WARM_UP_US};
use crate::keeper::Keeper;
use crate::live::Live;
use crate::relay::Relay;
use crate::settings::{AcdSettings, Settings};
use crate::stories::Stories;
use facts::decree::STREAM;
use facts::{Opening, Text};
use journal::Journal;
use links::Ring;
use links::asterisk::Link;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

/// How many links may wait to be taken over by the folder.
const ARRIVALS_MAX: usize = 64;
/// How many batches of closed rows may wait for the archivist; the rest wait with the folder.
const BATCHES_MAX: usize = 8;
/// The years of local time that history knows; outside of them clocks do not jump.
pub const YEARS: (i16, i16) = (1990, 2060);
/// How long stopping waits for the journal to keep what was heard.
const STOP_WAIT: Duration = Duration::from_secs(60);

/// Why the engine did not start.
#[derive(Debug)]
pub enum StartError {
    /// The journal cannot be opened.
    Journal(journal::OpenError),
    /// A thread cannot be started.
    Thread(std::io::Error),
    /// Two ACDs of one name.
    Twice(Text),
    /// An ACD with the name under which decrees are kept.
    Reserved(Text),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(e) => write!(f, "cannot open the journal: {e}"),
            Self::Thread(e) => write!(f, "cannot start a thread: {e}"),
            Self::Twice(name) => write!(f, "there is an acd named {name} already"),
            Self::Reserved(name) => write!(f, "no acd can be named {name}: decrees are kept there"),
        }
    }
}

impl std::error::Error for StartError {}

/// A running engine.
#[derive(Debug)]
pub struct Engine {
    live: Live,
    stories: Stories,
    journal: Arc<Journal>,
    administration: Administration,
    /// Where history goes; None: it is not kept.
    history: Option<(PathBuf, std::sync::Mutex<Option<SyncSender<Batch>>>)>,
    /// What is wrong with it.
    trouble: Trouble,
    ring: Arc<Ring>,
    relay: Arc<Relay>,
    links: RwLock<Vec<Arc<Link>>>,
    names: Arc<RwLock<Vec<Text>>>,
    /// Held while an ACD is on its way to the folder: they must arrive in the order of their links.
    arrivals: std::sync::Mutex<SyncSender<Acd>>,
    failed: std::sync::Mutex<Receiver<String>>,
    stop_keeper: Arc<AtomicBool>,
    stop_folder: Arc<AtomicBool>,
    threads: std::sync::Mutex<Vec<JoinHandle<()>>>,
}

impl Engine {
    /// Opens the journal and starts to collect. Returns as soon as the links run; the tables of
    /// today are made from the journal meanwhile (alarm `catching-up`).
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let mut kept = settings.journal;
        kept.for_ever.push(STREAM.to_owned());
        let journal = Journal::open(kept, |state| match state {
            journal::State::Healthy => tracing::info!(code = "journal-healthy"),
            bad => tracing::error!(code = "journal", state = ?bad),
        });
        let journal = Arc::new(journal.map_err(StartError::Journal)?);
        // Before anything is published: what was decided holds from the first table on.
        let administration = Administration::open(journal.clone());
        let (batches, to_archive) = sync_channel(BATCHES_MAX);
        let stop_folder = Arc::new(AtomicBool::new(false));
        let trouble = Trouble::default();
        // Whatever is wrong with history, the switches are heard: it can be counted later.
        let opened = settings.archive.as_ref().map(|dir| archivist::open_archive(dir));
        let archive = opened.and_then(|opened| opened.map_err(|e| trouble.no_history(&e)).ok());
        let history = settings.archive.filter(|_| archive.is_some());
        let history = history.map(|dir| (dir, std::sync::Mutex::new(Some(batches))));
        let archivist = archive.map(|archive| Archivist {
            archive,
            batches: to_archive,
            trouble: trouble.clone(),
            stop: stop_folder.clone(),
            acds: BTreeMap::new(),
        });
        let (arrivals, arriving) = sync_channel(ARRIVALS_MAX);
        let (failed, failing) = sync_channel(1);
        let engine = Self {
            live: Live::new(),
            stories: Stories::new(),
            ring: Ring::new(settings.ring_bytes_max),
            relay: Arc::new(Relay::default()),
            links: RwLock::new(Vec::new()),
            names: Arc::new(RwLock::new(Vec::new())),
            arrivals: std::sync::Mutex::new(arrivals),
            failed: std::sync::Mutex::new(failing),
            stop_keeper: Arc::new(AtomicBool::new(false)),
            stop_folder,
            history,
            trouble: trouble.clone(),
            threads: std::sync::Mutex::new(Vec::new()),
            journal,
            administration,
        };
        let mut acds = Vec::new();
        for acd in settings.acds {
            acds.push(engine.connect(acd)?);
        }
        let folder = Folder {
            acds,
            arrivals: arriving,
            relay: engine.relay.clone(),
            journal: engine.journal.clone(),
            live: engine.live.clone(),
            centre: model::Centre::new(),
            stories: engine.stories.clone(),
            watch: Watch::new(engine.administration.clone()),
            follows: Vec::new(),
            trouble,
            stop: engine.stop_folder.clone(),
            failed,
        };
        let keeper = Keeper {
            ring: engine.ring.clone(),
            journal: engine.journal.clone(),
            relay: engine.relay.clone(),
            acds: engine.names.clone(),
            stop: engine.stop_keeper.clone(),
        };
        engine.spawn("keeper", move || keeper.run())?;
        engine.spawn("folder", move || folder.run())?;
        if let Some(archivist) = archivist {
            engine.spawn("archivist", move || archivist.run())?;
        }
        Ok(engine)
    }

    fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), StartError> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        threads.push(thread.map_err(StartError::Thread)?);
        Ok(())
    }

    /// Starts a link; its ACD is the next by index.
    fn connect(&self, settings: AcdSettings) -> Result<Acd, StartError> {
        let name = settings.link.name.clone();
        if &*name == STREAM {
            return Err(StartError::Reserved(name));
        }
        let mut names = self.names.write().unwrap_or_else(PoisonError::into_inner);
        if names.contains(&name) {
            return Err(StartError::Twice(name));
        }
        let number = i64::try_from(names.len()).unwrap_or(i64::MAX).saturating_add(1);
        let books = self.books(number, &settings).unwrap_or_else(|error| {
            self.trouble.no_history(&error);
            None
        });
        let fold = Fold::new(settings.fold);
        // The name comes first: the keeper must know whose records these are.
        let index = names.len();
        names.push(name.clone());
        drop(names);
        let link = Arc::new(Link::start(settings.link, index, self.ring.clone()));
        self.links.write().unwrap_or_else(PoisonError::into_inner).push(link.clone());
        Ok(Acd::new(name, link, fold, settings.zone, books))
    }

    /// The books of an ACD, and where its fold begins so that they go on where the archive ends.
    fn books(
        &self,
        number: i64,
        settings: &AcdSettings,
    ) -> Result<Option<(Desk, Option<Opening>)>, archive::Trouble> {
        let Some((dir, to)) = &self.history else { return Ok(None) };
        let to = to.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(to) = to else { return Ok(None) };
        let snapshot = archive::Reader::new(dir).snapshot()?;
        let done = snapshot.mark(number)?.unwrap_or_default();
        let today = settings.zone.start(crate::wall_clock()).plus(-WARM_UP_US);
        let counts = done.intervals.min(done.records).plus(-HISTORY_WARM_UP_US);
        let opening = snapshot.opening(number, counts.min(today))?;
        let opening = opening.and_then(|kept| Opening::parse(&kept.text));
        Ok(Some((Desk::new(Counting::of(number, settings), done, to), opening)))
    }

    /// Attaches one more switch while running.
    pub fn attach(&self, settings: AcdSettings) -> Result<(), StartError> {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let acd = self.connect(settings)?;
        let gone = |_| StartError::Thread(std::io::Error::other("the folder has stopped"));
        arrivals.send(acd).map_err(gone)?;
        drop(arrivals);
        self.relay.nudge();
        Ok(())
    }

    /// Where the live tables are published.
    pub fn live(&self) -> Live {
        self.live.clone()
    }

    /// The stories of agents, calls and queues.
    pub fn stories(&self) -> Stories {
        self.stories.clone()
    }

    /// Where administrators decide, and what they decided.
    pub fn administration(&self) -> Administration {
        self.administration.clone()
    }

    /// Waits up to `wait` for the journal to fail; its last words if it has.
    pub fn failure(&self, wait: Duration) -> Option<String> {
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        match failed.recv_timeout(wait) {
            Ok(reason) => Some(reason),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => Some("the folder has stopped".to_owned()),
        }
    }

    /// Deletes the days that the journal need not keep any longer.
    pub fn retain(&self) {
        match self.journal.retain(crate::wall_clock().0) {
            Ok(retained) => {
                for day in &retained.deleted {
                    let path = day.path.display();
                    tracing::info!(code = "journal-deleted", %path, bytes = day.bytes);
                }
                if retained.over {
                    let bytes = retained.bytes;
                    tracing::warn!(code = "journal-over", bytes, "only newest days are left");
                }
            }
            Err(error) => tracing::error!(code = "journal-retention", %error),
        }
    }

    /// Stops the links, keeps what was heard, and ends. The words of a journal that could not.
    pub fn stop(&self) -> Result<(), String> {
        for link in self.links.read().unwrap_or_else(PoisonError::into_inner).iter() {
            link.stop();
        }
        self.stop_keeper.store(true, Ordering::Release);
        self.ring.wake();
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner).clone();
        let mut threads =
            std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(keeper) = (!threads.is_empty()).then(|| threads.remove(0)) {
            drop(keeper.join());
        }
        let mut lost = Vec::new();
        for name in names {
            let heard = self.journal.watermark(&name).heard_seq;
            if !self.journal.wait_kept(&name, heard, STOP_WAIT) {
                lost.push(name.to_string());
            }
        }
        self.stop_folder.store(true, Ordering::Release);
        self.relay.nudge();
        if let Some((_, to)) = &self.history {
            // With the folder's ends gone, too, the archivist has nothing more to come.
            to.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        for thread in threads {
            drop(thread.join());
        }
        if lost.is_empty() {
            Ok(())
        } else {
            Err(format!("not everything heard could be kept of: {}", lost.join(", ")))
        }
    }
}
