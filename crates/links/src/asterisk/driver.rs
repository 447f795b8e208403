//! The I/O half of a link: a thread of its own with a socket and a clock that does nothing but
//! read, let the session decide, and put records into the ring.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use facts::{Epoch, Kind, Record, Stamp};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream, lookup_host};
use tokio::sync::Notify;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};
use tokio_rustls::TlsConnector;

use super::clock::Now;
use super::session::{Over, Session, TICK_US};
use super::settings::Settings;
use super::status::{State, Status};
use super::tls;
use crate::Ring;

/// The kernel may hold so much for us; it allows what `net.core.rmem_max` says.
const RECEIVE_BUFFER_BYTES: u32 = 8 << 20;

/// Read in one go.
const READ_BYTES: usize = 256 << 10;

/// Actions that wait to be sent; more means that the PBX does not read.
const SEND_BYTES_MAX: usize = 256 << 10;

/// Name look-up, connect and TLS handshake together.
const CONNECT_MAX: Duration = Duration::from_secs(10);

/// After the ring was full, records go on when so much of it is free again: one eighth.
const ROOMY_SHARE: u64 = 8;

/// A running link. Dropping it stops it as [`stop`](Self::stop) does.
#[derive(Debug)]
pub struct Link {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Between a link's thread and everybody else.
#[derive(Debug)]
pub(super) struct Shared {
    status: Mutex<Status>,
    stop: AtomicBool,
    resync: AtomicBool,
    nudge: Notify,
}

/// Where what is heard goes.
pub(super) enum Sink {
    /// Records, under this number.
    Records(usize, Arc<Ring>),
    /// What was read, as it was read; the flag says that the ring was full once.
    Raw(Arc<Ring>, Arc<AtomicBool>),
}

impl Link {
    /// Starts the thread `link-NAME`; `index` is the number its records carry in the ring.
    #[must_use]
    pub fn start(settings: Settings, index: usize, ring: Arc<Ring>) -> Self {
        Self::run(settings, Sink::Records(index, ring))
    }

    pub(super) fn run(settings: Settings, sink: Sink) -> Self {
        let clock = Clock::new();
        let (name, address) = (settings.name.clone(), settings.address.as_str().into());
        let shared = Arc::new(Shared {
            status: Mutex::new(Status::unknown(name, address, clock.now().wall)),
            stop: AtomicBool::new(false),
            resync: AtomicBool::new(false),
            nudge: Notify::new(),
        });
        let theirs = Arc::clone(&shared);
        let name = format!("link-{}", settings.name);
        let spawned = std::thread::Builder::new().name(name).spawn(move || {
            let shared = Arc::clone(&theirs);
            if let Err(reason) = drive(settings, sink, clock, theirs) {
                shared.fail(&reason);
            }
        });
        let thread = match spawned {
            Ok(thread) => Some(thread),
            Err(error) => {
                shared.fail(&format!("thread cannot be started: {error}"));
                None
            }
        };
        Self { shared, thread: Mutex::new(thread) }
    }

    /// How it is doing: a copy of what the link last published, at most some 100 ms old.
    #[must_use]
    pub fn status(&self) -> Status {
        let dead = self.lock_thread().as_ref().is_some_and(JoinHandle::is_finished);
        if dead && !self.shared.stop.load(Ordering::Acquire) {
            self.shared.fail("the link's thread has died: restart this server");
        }
        self.shared.lock().clone()
    }

    /// Asks for a resync now; nothing if one is under way or the link is down.
    pub fn resync(&self) {
        self.shared.resync.store(true, Ordering::Release);
        self.shared.nudge.notify_one();
    }

    /// Closes the connection, puts a last `LinkDown` into the ring, ends the thread and waits
    /// for it. Again: nothing.
    pub fn stop(&self) {
        self.shared.stop.store(true, Ordering::Release);
        self.shared.nudge.notify_one();
        let thread = self.lock_thread().take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!(code = "link-died", "a link's thread had died");
        }
    }

    fn lock_thread(&self) -> std::sync::MutexGuard<'_, Option<JoinHandle<()>>> {
        self.thread.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// The link will not work any more.
    fn fail(&self, reason: &str) {
        let mut status = self.lock();
        status.state = State::Refused;
        status.reason = reason.into();
    }
}

/// This server's clocks.
#[derive(Clone, Copy, Debug)]
struct Clock {
    start: Instant,
}

impl Clock {
    fn new() -> Self {
        Self { start: Instant::now() }
    }

    fn now(&self) -> Now {
        let wall = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let micros = |d: Duration| i64::try_from(d.as_micros()).unwrap_or(i64::MAX);
        Now { wall: Stamp(micros(wall)), mono: micros(self.start.elapsed()) }
    }
}

/// What every ActionID of this session begins with; no other session on the PBX has it.
fn token(settings: &Settings, now: Now) -> String {
    let letters = settings.server.chars().filter(char::is_ascii_alphanumeric).take(20);
    let server: String = letters.collect();
    let process = std::process::id();
    format!("bh-{server}-{process}-{:x}-{:x}", now.wall.0, random() & 0xffff)
}

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// The thread.
fn drive(settings: Settings, sink: Sink, clock: Clock, shared: Arc<Shared>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let now = clock.now();
    let session = Session::new(settings.clone(), &token(&settings, now), random(), now)
        .map_err(|error| error.to_string())?;
    let mut driver = Driver { settings, session, sink, clock, shared };
    runtime.block_on(driver.run());
    // A name look-up that hangs must not keep us.
    runtime.shutdown_background();
    Ok(())
}

struct Driver {
    settings: Settings,
    session: Session,
    sink: Sink,
    clock: Clock,
    shared: Arc<Shared>,
}

/// A connection that is ready for AMI.
enum Connection {
    Plain(TcpStream),
    Tls(Box<tokio_rustls::client::TlsStream<TcpStream>>),
}

impl Driver {
    async fn run(&mut self) {
        while !self.shared.stopped() {
            self.rest().await;
            if self.shared.stopped() {
                break;
            }
            self.session.connecting(self.clock.now());
            self.publish();
            let shared = Arc::clone(&self.shared);
            let connected = tokio::select! {
                connected = timeout(CONNECT_MAX, connect(&self.settings)) => connected,
                () = stopped(&shared) => break,
            };
            let over = match connected {
                Err(_) => failed(format!("no answer for {} s", CONNECT_MAX.as_secs())),
                Ok(Err(over)) => over,
                Ok(Ok((Connection::Plain(stream), exposed))) => self.pump(stream, exposed).await,
                Ok(Ok((Connection::Tls(stream), exposed))) => self.pump(*stream, exposed).await,
            };
            self.session.closed(over, self.clock.now());
            self.deliver();
            self.publish();
        }
        self.session.closed(failed("stopped".to_owned()), self.clock.now());
        self.deliver();
        self.publish();
    }

    /// Until the next attempt; what the ring refused is tried again meanwhile.
    async fn rest(&mut self) {
        loop {
            self.deliver();
            let left = self.session.retry_at().saturating_sub(self.clock.now().mono);
            if left <= 0 || self.shared.stopped() {
                return;
            }
            let nap = Duration::from_micros(left.min(TICK_US).unsigned_abs());
            tokio::select! {
                () = sleep(nap) => {}
                () = self.shared.nudge.notified() => {}
            }
        }
    }

    /// One connection from the banner to its end.
    async fn pump<S: AsyncRead + AsyncWrite>(&mut self, stream: S, exposed: bool) -> Over {
        self.session.connected(exposed, self.clock.now());
        let (mut read, mut write) = tokio::io::split(stream);
        let mut buffer = vec![0; READ_BYTES];
        let mut send: Vec<u8> = Vec::new();
        let mut sent = 0;
        let mut flush = false;
        let mut ticks = interval(Duration::from_micros(TICK_US.unsigned_abs()));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shared = Arc::clone(&self.shared);
        loop {
            send.drain(..sent);
            sent = 0;
            send.extend(self.session.take_send());
            self.deliver();
            if let Some(over) = self.session.over() {
                return over.clone();
            }
            if send.len() > SEND_BYTES_MAX {
                return failed("Asterisk does not read".to_owned());
            }
            let waits = !send.is_empty();
            tokio::select! {
                read = read.read(&mut buffer) => {
                    if let Some(over) = self.heard(read, &buffer) {
                        return over;
                    }
                }
                wrote = write_some(&mut write, &send), if waits || flush => match wrote {
                    Ok(bytes) => (sent, flush) = (bytes, waits),
                    Err(error) => return broke(&error),
                },
                _ = ticks.tick() => {
                    // What has arrived counts before the time that has passed: this process
                    // may have been asleep.
                    if let Ok(read) = timeout(Duration::ZERO, read.read(&mut buffer)).await
                        && let Some(over) = self.heard(read, &buffer)
                    {
                        return over;
                    }
                    self.session.tick(self.clock.now());
                    self.publish();
                }
                () = shared.nudge.notified() => {
                    if shared.stopped() {
                        return failed("stopped".to_owned());
                    }
                    if shared.resync.swap(false, Ordering::AcqRel) {
                        self.session.want_resync(self.clock.now());
                    }
                }
            }
        }
    }

    /// What a read said: the connection is over, or bytes.
    fn heard(&mut self, read: std::io::Result<usize>, buffer: &[u8]) -> Option<Over> {
        let now = self.clock.now();
        match read {
            Ok(0) => Some(failed("Asterisk closed the connection".to_owned())),
            Err(error) => Some(broke(&error)),
            Ok(many) => {
                let bytes = buffer.get(..many).unwrap_or_default();
                if let Sink::Raw(ring, full) = &self.sink {
                    let (kind, stamp, heard) = (Kind::Event, now.wall, now.wall);
                    let payload = Arc::from(bytes);
                    let chunk = Record { kind, epoch: Epoch(0), stamp, heard, payload };
                    if !ring.push(0, chunk) {
                        full.store(true, Ordering::Release);
                    }
                }
                self.session.bytes(bytes, now);
                None
            }
        }
    }

    fn deliver(&mut self) {
        let now = self.clock.now();
        match &self.sink {
            Sink::Records(index, ring) => {
                let room = || ring.used() < ring.bytes_max() - ring.bytes_max() / ROOMY_SHARE;
                self.session.deliver(now, room, &mut |record| ring.push(*index, record));
            }
            Sink::Raw(..) => self.session.deliver(now, || true, &mut |_| true),
        }
    }

    fn publish(&self) {
        *self.shared.lock() = self.session.status(self.clock.now());
    }
}

/// Sends some of it, or, if there is nothing, what a layer below may still hold back. Given up
/// half-way it has sent nothing that it did not say.
async fn write_some(to: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<usize> {
    if bytes.is_empty() {
        return to.flush().await.map(|()| 0);
    }
    to.write(bytes).await
}

async fn stopped(shared: &Shared) {
    while !shared.stopped() {
        shared.nudge.notified().await;
    }
}

fn failed(reason: String) -> Over {
    Over { reason, refused: false }
}

fn refused(reason: String) -> Over {
    Over { reason, refused: true }
}

fn broke(error: &std::io::Error) -> Over {
    failed(format!("connection broke: {error}"))
}

/// Connects and, if asked for, shakes hands. Says whether what goes over it can be read on the
/// way: plain text that leaves this machine.
async fn connect(settings: &Settings) -> Result<(Connection, bool), Over> {
    let Some((host, port)) = settings.host_and_port() else {
        return Err(refused(format!("address {:?} is no host:port", settings.address)));
    };
    let found = lookup_host((host, port)).await;
    let addresses =
        found.map_err(|error| failed(format!("name of the PBX cannot be looked up: {error}")))?;
    let mut last = failed("name of the PBX has no address".to_owned());
    for address in addresses {
        let exposed = settings.tls.is_none() && !address.ip().is_loopback();
        if exposed && !settings.plain_text {
            last = refused(
                "plain text refused: the PBX is on another machine: give tls_ca or tls_pin, or \
                 write tls = false to allow it"
                    .to_owned(),
            );
            continue;
        }
        match open(address).await {
            Err(error) => last = failed(format!("cannot connect: {error}")),
            Ok(stream) => return secure(stream, settings, host).await.map(|c| (c, exposed)),
        }
    }
    Err(last)
}

async fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // Before the connect, so that the window is large from the start.
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

async fn secure(stream: TcpStream, settings: &Settings, host: &str) -> Result<Connection, Over> {
    let Some(tls) = &settings.tls else {
        return Ok(Connection::Plain(stream));
    };
    let (config, name) = tls::prepare(tls, host).map_err(refused)?;
    match TlsConnector::from(config).connect(name, stream).await {
        Ok(stream) => Ok(Connection::Tls(Box::new(stream))),
        Err(error) => Err(Over { reason: tls::explain(&error), refused: tls::is_refusal(&error) }),
    }
}
