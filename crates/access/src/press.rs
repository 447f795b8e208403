//! What is printed once for all who watch the same.
//!
//! A press makes editions: each leads from one version to a later one, as the bytes that every
//! watcher is sent. Nobody drives it: the first watcher who asks after the gap is over prints,
//! the others take what is there. Whoever is not at the beginning of an edition (he has just
//! come, or reads slowly) is told by himself what leads to the newest one. Whoever takes gzip is
//! sent the same, compressed once ([`Piece`]).

use crate::events::Tables;
use crate::feed::{event, merge};
use crate::gzip::Piece;
use crate::pages::{Page, Print};
use crate::site::Site;
use engine::Since;
use facts::Stamp;
use facts::table::Shape;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How many editions are kept for those who are a little behind, and how many bytes of them;
/// compressed they are kept besides, in less.
const EDITIONS_MAX: usize = 64;
const EDITION_BYTES_MAX: usize = 4 << 20;
/// A press that nobody has asked for so long is taken down.
const IDLE: Duration = Duration::from_secs(30);

/// What is watched.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Topic {
    /// A page.
    Page(Page),
    /// Tables as data, by the names of their shapes, in the order asked for.
    Tables(Vec<&'static str>),
}

/// What makes the words.
enum Printer {
    Page(Box<Print>),
    Tables(Tables),
}

struct Edition {
    from: u64,
    to: u64,
    text: Arc<Piece>,
}

/// What a watcher is to do next.
pub(crate) enum Next {
    /// To send this, which leads to a version.
    Event {
        /// The version.
        leads_to: u64,
        /// The event.
        text: Arc<Piece>,
    },
    /// To ask again then.
    Later(Instant),
    /// To wait for a version later than `seen`; up to there nothing is to be told.
    Nothing {
        /// The version that he is at.
        known: u64,
        /// The version looked at.
        seen: u64,
    },
}

struct State {
    printer: Printer,
    /// The version that was last looked at; 0: none yet.
    looked: u64,
    /// The version that the last edition led to.
    last: u64,
    /// Not before this is there another.
    next_at: Instant,
    editions: VecDeque<Edition>,
    bytes: usize,
}

/// A press for one topic.
pub(crate) struct Press {
    gap: Duration,
    state: Mutex<State>,
}

impl Press {
    fn new(topic: &Topic, shapes: &[&'static Shape]) -> Self {
        let (printer, gap) = match topic {
            Topic::Page(page) => (Printer::Page(Box::new(Print::new(page.clone()))), page.gap()),
            Topic::Tables(names) => {
                let shapes = names.iter().filter_map(|n| shapes.iter().find(|s| s.name == *n));
                (Printer::Tables(Tables::new(shapes.copied().collect())), Tables::GAP)
            }
        };
        let state = State {
            printer,
            looked: 0,
            last: 0,
            next_at: Instant::now(),
            editions: VecDeque::new(),
            bytes: 0,
        };
        Self { gap, state: Mutex::new(state) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings it to the newest version, so that whoever is shown that one can go on from there.
    pub(crate) fn warm(&self, site: &Site) {
        self.lock().print(site);
    }

    /// What a watcher at `known` does next.
    pub(crate) fn next(&self, site: &Site, known: u64, several: Option<bool>) -> Next {
        let mut state = self.lock();
        let version = site.live().version();
        if version > state.looked && Instant::now() >= state.next_at {
            state.print(site);
            state.next_at = Instant::now() + self.gap;
        }
        if let Printer::Page(print) = &state.printer
            && several.is_some_and(|s| s != print.several())
        {
            let text = event("patch", state.last, site.run(), "{\"reload\":true}");
            return Next::Event { leads_to: state.last, text };
        }
        if known >= state.last {
            // Between the last edition and the version looked at nothing is to be told.
            return match version > state.looked {
                true => Next::Later(state.next_at),
                false => Next::Nothing { known: state.last, seen: state.looked },
            };
        }
        if let Some(edition) = state.editions.iter().find(|e| e.from == known) {
            return Next::Event { leads_to: edition.to, text: edition.text.clone() };
        }
        state.catch_up(site, known)
    }

    /// The words of the event that tells the time, `at` being when tables were last published.
    pub(crate) fn clock(&self, now: Stamp, at: Stamp) -> String {
        match &self.lock().printer {
            Printer::Page(_) => Print::clock(now, at),
            Printer::Tables(_) => Tables::clock(now, at),
        }
    }
}

impl State {
    /// Looks at the newest version, and prints an edition if there is something to tell.
    fn print(&mut self, site: &Site) {
        let (now, since) = site.live().look(self.looked);
        if now.version == self.looked {
            return;
        }
        let change = match &since {
            Since::Deltas(deltas) => merge(deltas),
            Since::Anew(_) => None,
        };
        if self.looked == 0 {
            (self.looked, self.last) = (now.version, now.version);
            match &mut self.printer {
                Printer::Page(print) => drop(print.next(site, &now, None)),
                Printer::Tables(tables) => tables.begin(&now),
            }
            return;
        }
        self.looked = now.version;
        let told = match &mut self.printer {
            Printer::Page(print) => {
                print.next(site, &now, change.as_ref()).map(|data| ("patch", data))
            }
            Printer::Tables(tables) => match &change {
                Some(change) => tables.delta(change).map(|data| ("delta", data)),
                None => Some(("snapshot", tables.snapshot(&now))),
            },
        };
        let Some((name, data)) = told else { return };
        let from = std::mem::replace(&mut self.last, now.version);
        let text = event(name, now.version, site.run(), &data);
        self.bytes += text.len();
        self.editions.push_back(Edition { from, to: now.version, text });
        while self.editions.len() > EDITIONS_MAX || self.bytes > EDITION_BYTES_MAX {
            let Some(old) = self.editions.pop_front() else { break };
            self.bytes -= old.text.len();
        }
    }

    /// What leads one who is somewhere before the last edition to it.
    fn catch_up(&self, site: &Site, known: u64) -> Next {
        let told = match &self.printer {
            Printer::Page(print) => print.since(known).map(|data| ("patch", self.last, data)),
            Printer::Tables(tables) => tables.since(site, known, self.last),
        };
        match told {
            Some((name, leads_to, data)) => {
                let text = event(name, leads_to, site.run(), &data);
                Next::Event { leads_to, text }
            }
            None => Next::Nothing { known: self.last, seen: self.looked },
        }
    }
}

/// All presses, by what they print.
#[derive(Default)]
pub(crate) struct Presses {
    by_topic: Mutex<BTreeMap<Topic, Standing>>,
}

/// A press that stands ready.
struct Standing {
    press: Arc<Press>,
    /// Since when nobody uses it.
    unused: Option<Instant>,
}

impl Presses {
    /// The press of a topic. Those that nobody uses any more are taken down.
    pub(crate) fn of(&self, topic: &Topic, shapes: &[&'static Shape]) -> Arc<Press> {
        let mut all = self.by_topic.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        all.retain(|_, standing| {
            if Arc::strong_count(&standing.press) > 1 {
                standing.unused = None;
                return true;
            }
            now.duration_since(*standing.unused.get_or_insert(now)) < IDLE
        });
        let standing = all.entry(topic.clone()).or_insert_with(|| Standing {
            press: Arc::new(Press::new(topic, shapes)),
            unused: None,
        });
        standing.unused = None;
        standing.press.clone()
    }
}
