//! The TCP half: listens, serves AMI sessions, hands everybody the same bytes.
//!
//! One thread with a runtime of its own. What is shown (a world, a recording, a load) lives
//! behind one lock that is never held across a wait; each session has a bounded outbox and
//! is cut when it does not keep up, as Asterisk does.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{Notify, mpsc};

use crate::chance::Chance;
use crate::class::Classes;
use crate::said::Said;
use crate::session::{self, Session};
use crate::settings::Settings;
use crate::show::Show;

/// How long a restarting PBX refuses connections.
const DOWN: Duration = Duration::from_millis(1000);
/// How long it then takes logins before its modules are loaded.
const BOOTING: Duration = Duration::from_millis(300);

/// Whether the PBX can answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Up,
    /// Not listening.
    Down,
    /// Takes logins, has no modules yet.
    Booting,
}

/// What the owner of the PBX wants.
pub(crate) enum Order {
    Restart,
    Cut,
}

/// Counts of one session, kept after it is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionCount {
    /// The account, empty before login.
    pub user: String,
    /// Asynchronous events put into its outbox.
    pub events: u64,
    /// Bytes of all kinds that its socket took.
    pub bytes_written: u64,
    /// Bytes that wait in its outbox.
    pub bytes_waiting: usize,
    /// Whether the connection is up.
    pub open: bool,
    /// Cut by the PBX because it did not read.
    pub cut: bool,
}

/// Everything behind the lock.
pub(crate) struct Core {
    pub(crate) settings: Settings,
    pub(crate) show: Show,
    pub(crate) stage: Stage,
    pub(crate) sessions: BTreeMap<u64, Session>,
    pub(crate) counts: BTreeMap<u64, SessionCount>,
    pub(crate) chance: Chance,
    /// Said, but stamped later than now.
    held: VecDeque<Said>,
    clock: Clock,
}

/// Where simulated time began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    began: Instant,
    /// Microseconds UTC.
    pub(crate) start: i64,
}

impl Clock {
    /// Simulated time begins now, with the time of day that the machine has.
    pub(crate) fn begin() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let start = i64::try_from(since.as_micros()).unwrap_or(i64::MAX);
        Self { began: Instant::now(), start }
    }
}

/// What the tasks share.
pub(crate) struct Shared {
    core: Mutex<Core>,
    /// Something may be due earlier than was thought.
    pub(crate) wake: Notify,
    stopping: AtomicBool,
}

impl Shared {
    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        // A panic elsewhere cannot leave the core half changed in a way that matters here.
        self.core.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Connections at a time; more are closed at once.
const SESSIONS_MAX: usize = 500;
/// Counts of closed sessions kept.
const COUNTS_MAX: usize = 1_000;

impl Core {
    /// Simulated microseconds UTC.
    pub(crate) fn now(&self) -> i64 {
        let elapsed = i64::try_from(self.clock.began.elapsed().as_micros()).unwrap_or(i64::MAX);
        let speed = i64::from(self.settings.speed.max(1));
        self.clock.start.saturating_add(elapsed.saturating_mul(speed))
    }

    /// Lives on to now and hands out what is due; how long nothing else will be.
    fn tick(&mut self) -> Duration {
        let now = self.now();
        if self.stage == Stage::Up {
            let mut said = Vec::new();
            self.show.advance(now, &mut said);
            self.held.extend(said);
        }
        while self.held.front().is_some_and(|said| said.at <= now) {
            if let Some(said) = self.held.pop_front() {
                self.broadcast(&said);
            }
        }
        for session in self.sessions.values().filter(|session| !session.outbox.is_empty()) {
            session.ready.notify_one();
        }
        let due = match (self.show.next_due(), self.held.front()) {
            (Some(due), Some(held)) => Some(due.min(held.at)),
            (due, held) => due.or(held.map(|held| held.at)),
        };
        let speed = i64::from(self.settings.speed.max(1));
        let wait = due.map_or(100_000, |due| (due - now) / speed).clamp(1_000, 100_000);
        Duration::from_micros(u64::try_from(wait).unwrap_or(1_000))
    }

    fn broadcast(&mut self, said: &Said) {
        let limit = self.settings.session_bytes_max;
        for (number, session) in &mut self.sessions {
            if !session.hears(said.class) {
                continue;
            }
            if session.outbox.len() + said.bytes.len() > limit {
                session.cut = true;
                session.ready.notify_one();
                continue;
            }
            session.outbox.extend_from_slice(&said.bytes);
            if let Some(count) = self.counts.get_mut(number) {
                count.events += 1;
            }
        }
    }

    /// Tears down what runs and says so; the sessions close when they have sent it.
    fn shut_down(&mut self) {
        let now = self.now();
        let mut said: Vec<Said> = self.held.drain(..).collect();
        self.show.shut_down(now, &mut said);
        for said in said {
            self.broadcast(&said);
        }
        self.stage = Stage::Down;
        for session in self.sessions.values_mut() {
            session.finishing = true;
            session.ready.notify_one();
        }
    }

    fn boot(&mut self) {
        let now = self.now();
        let mut said = Vec::new();
        self.show.boot(now, &mut said);
        self.held.extend(said);
        self.stage = Stage::Up;
    }

    /// Says something outside of the show, such as a login (class `security`).
    pub(crate) fn say_login(&mut self, user: &str, session: u64, remote: &str) {
        let wanted = self.sessions.values().any(|session| session.hears(Classes::SECURITY));
        if wanted {
            let now = self.now();
            self.show.say_login(now, user, session, remote);
        }
    }
}

/// A simulated PBX that listens.
pub struct Pbx {
    address: SocketAddr,
    shared: Arc<Shared>,
    orders: mpsc::Sender<Order>,
    thread: Option<JoinHandle<()>>,
}

impl Pbx {
    /// Starts a contact centre now, on a thread of its own.
    ///
    /// # Errors
    /// If the address cannot be listened on or no thread can be had.
    pub fn start(settings: Settings, listen: SocketAddr) -> io::Result<Self> {
        let clock = Clock::begin();
        let show = Show::World(Box::new(crate::World::new(&settings, clock.start)));
        Self::serve(settings, show, listen, clock)
    }

    /// Serves anything that can be shown.
    pub(crate) fn serve(
        settings: Settings,
        show: Show,
        listen: SocketAddr,
        clock: Clock,
    ) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind(listen)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let seed = u64::try_from(clock.start).unwrap_or(0) ^ settings.seed;
        let shared = Arc::new(Shared {
            core: Mutex::new(Core {
                settings,
                show,
                stage: Stage::Up,
                sessions: BTreeMap::new(),
                counts: BTreeMap::new(),
                chance: Chance::new(seed),
                held: VecDeque::new(),
                clock,
            }),
            wake: Notify::new(),
            stopping: AtomicBool::new(false),
        });
        let (orders, inbox) = mpsc::channel(8);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new().name("sim-pbx".to_owned()).spawn(move || {
            runtime.block_on(run(for_thread, listener, address, inbox));
            // Sessions end with the runtime.
        })?;
        Ok(Self { address, shared, orders, thread: Some(thread) })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes everything and waits for the thread.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        self.shared.stopping.store(true, Ordering::Release);
        self.shared.wake.notify_one();
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the runtime already.
            drop(thread.join());
        }
    }

    /// `core restart now`: calls torn down, Shutdown, 1 s refused, logins before the modules.
    /// Does nothing if eight orders wait already.
    pub fn restart(&self) {
        self.order(Order::Restart);
    }

    /// Cuts every connection with nothing said; new ones are taken at once.
    pub fn cut(&self) {
        self.order(Order::Cut);
    }

    fn order(&self, order: Order) {
        if self.orders.try_send(order).is_err() {
            tracing::warn!("order to the simulated pbx dropped, eight wait already");
        }
        self.shared.wake.notify_one();
    }

    /// Looks at the truth; the PBX waits meanwhile. `None` if it plays no contact centre.
    pub fn with_truth<T>(&self, look: impl FnOnce(&crate::Truth) -> T) -> Option<T> {
        match &self.shared.core().show {
            Show::World(world) => Some(look(world.truth())),
            _ => None,
        }
    }

    /// The sessions that are or were, in the order in which they came (the last 1,000).
    #[must_use]
    pub fn sessions(&self) -> Vec<SessionCount> {
        let core = self.shared.core();
        core.counts
            .iter()
            .map(|(number, count)| SessionCount {
                bytes_waiting: core.sessions.get(number).map_or(0, |s| s.outbox.len() + s.sending),
                ..count.clone()
            })
            .collect()
    }

    /// Simulated microseconds UTC, as in the stamps.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.shared.core().now()
    }

    /// True when everything that was to be played or blasted has been handed out.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let core = self.shared.core();
        core.held.is_empty() && core.show.is_over()
    }
}

impl Drop for Pbx {
    fn drop(&mut self) {
        self.halt();
    }
}

async fn run(
    shared: Arc<Shared>,
    listener: std::net::TcpListener,
    address: SocketAddr,
    mut inbox: mpsc::Receiver<Order>,
) {
    let mut listener = TcpListener::from_std(listener).ok();
    let mut number = 0;
    while !shared.stopping.load(Ordering::Acquire) {
        let wait = shared.core().tick();
        tokio::select! {
            accepted = accept(listener.as_ref()) => match accepted {
                Ok((stream, peer)) if open(&shared, number + 1) => {
                    number += 1;
                    let shared = Arc::clone(&shared);
                    drop(tokio::spawn(session::serve(stream, peer, number, shared)));
                }
                // One too many: closed with nothing said.
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%error, "simulated pbx cannot accept");
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            },
            order = inbox.recv() => match order {
                Some(Order::Cut) => cut_all(&shared),
                Some(Order::Restart) => listener = restart(&shared, listener, address).await,
                None => {}
            },
            () = shared.wake.notified() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Notes a new session; false if there are too many.
fn open(shared: &Shared, number: u64) -> bool {
    let mut core = shared.core();
    if core.sessions.len() >= SESSIONS_MAX {
        return false;
    }
    core.sessions.insert(number, Session::default());
    core.counts.insert(number, SessionCount { open: true, ..SessionCount::default() });
    if core.counts.len() > COUNTS_MAX {
        core.counts.pop_first();
    }
    true
}

fn cut_all(shared: &Shared) {
    for session in shared.core().sessions.values_mut() {
        session.cut = true;
        session.ready.notify_one();
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(tokio::net::TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

/// Down, refusing, up without modules, up: the listener that takes over.
async fn restart(
    shared: &Arc<Shared>,
    listener: Option<TcpListener>,
    address: SocketAddr,
) -> Option<TcpListener> {
    shared.core().shut_down();
    drop(listener);
    // Bound at once so that nobody else gets the port meanwhile; refuses until it listens.
    let socket = bind_again(address).await;
    tokio::time::sleep(DOWN).await;
    let listener = socket.and_then(|socket| socket.listen(64).ok());
    shared.core().stage = Stage::Booting;
    let ready = Arc::clone(shared);
    drop(tokio::spawn(async move {
        tokio::time::sleep(BOOTING).await;
        ready.core().boot();
        ready.wake.notify_one();
    }));
    listener
}

/// Takes the same address again; tries for a while if somebody else has it.
async fn bind_again(address: SocketAddr) -> Option<TcpSocket> {
    for _ in 0..50 {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() };
        let bound = socket.and_then(|socket| {
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            Ok(socket)
        });
        match bound {
            Ok(socket) => return Some(socket),
            Err(error) => tracing::warn!(%address, %error, "simulated pbx cannot bind again"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    None
}
