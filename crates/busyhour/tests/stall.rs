//! What must never reach back to the switch: a disk that stands still for 20 s
//! (`BUSYHOUR_STALL_S` sets another number) or is full, and viewers that do not read. The session with the
//! switch stays up, nothing is lost, all is kept afterwards.

mod disk;
mod server;

use disk::{Store, say};
use links::asterisk::LeaveOut;
use server::{Server, config_for};
use sim::{Pbx, SessionCount, User};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Events a second that the switch says.
const EVENTS_PER_S: u32 = 5_000;
/// The link has an event so soon after the switch's stamp, 99 of 100 times. Some milliseconds
/// are usual; the rest is for a machine that is busy with other things. Far less than the disk
/// stands still.
const DELAY_MAX_US: i64 = 5_000_000;
/// The ACD's name.
const ACD: &str = "load";

/// One at a time: each looks at how fast the server is.
static ALONE: Mutex<()> = Mutex::new(());

/// A switch that says its events for so long once somebody logs in, its account, and a server's
/// configuration for it.
fn load(dir: &Path, seconds: u32) -> (Pbx, User, PathBuf) {
    let mut settings = sim::load::Settings::new(EVENTS_PER_S, seconds);
    settings.agents = 50;
    let pbx = sim::load::start(&settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
    let pbx = pbx.expect("the load PBX listens");
    let user = settings.pbx.users.first().expect("an account").clone();
    let config = config_for(dir, ACD, &pbx.address().to_string(), &user.name, &user.secret);
    (pbx, user, config)
}

/// Somebody else who logs in at the switch and notes all that it says, to compare with.
struct Witness {
    thread: JoinHandle<Vec<u8>>,
}

impl Witness {
    fn new(pbx: &Pbx, user: &User) -> Self {
        let mut stream = TcpStream::connect(pbx.address()).expect("connects");
        let (name, secret) = (&user.name, &user.secret);
        let login = format!("Action: Login\r\nUsername: {name}\r\nSecret: {secret}\r\n\r\n");
        stream.write_all(login.as_bytes()).expect("asks");
        let thread = std::thread::spawn(move || {
            let mut heard = Vec::new();
            // Until the switch ends; how it does so does not matter.
            drop(stream.read_to_end(&mut heard));
            heard
        });
        Self { thread }
    }

    /// The events that a server keeps, as they were said. To be called when the switch is gone.
    fn events(self) -> BTreeSet<Vec<u8>> {
        let heard = String::from_utf8(self.thread.join().expect("it reads")).expect("text");
        let left_out = LeaveOut::default();
        let kept = |event: &&str| {
            let value = |name: &str| {
                let mut lines = event.lines().filter_map(|line| line.split_once(": "));
                lines.find(|(n, _)| *n == name).map(|(_, value)| value.as_bytes())
            };
            let stamped = value("Timestamp").is_some() && event.starts_with("Event: ");
            // The link's own heartbeats.
            let own = value("Event") == Some(b"UserEvent");
            let name = value("Event").unwrap_or_default();
            stamped && !own && !left_out.leaves_out(name, value("Variable"))
        };
        let events = heard.split_inclusive("\r\n\r\n").filter(kept);
        events.map(|event| event.as_bytes().to_vec()).collect()
    }
}

/// The link's session at the switch, the first of two: still up, never cut.
fn session(pbx: &Pbx) -> SessionCount {
    let mut sessions = pbx.sessions();
    assert!(sessions.len() <= 2, "the link connected again: {sessions:?}");
    let session = sessions.remove(0);
    assert!(session.open && !session.cut, "{session:?}");
    session
}

fn count(server: &Server, column: &str) -> u64 {
    server.link(ACD, column).as_u64().unwrap_or(0)
}

/// The server is asked over REST how the link is; the worst that was seen over a while.
#[derive(Default)]
struct Watched {
    /// Bytes that waited at the switch.
    waiting_max: usize,
    /// How long an answer took.
    answer_max: Duration,
    answers: u32,
}

impl Watched {
    fn look(&mut self, server: &Server, pbx: &Pbx) {
        let asked = Instant::now();
        assert_eq!(server.link(ACD, "state"), "live");
        self.answer_max = self.answer_max.max(asked.elapsed());
        self.answers += 1;
        self.waiting_max = self.waiting_max.max(session(pbx).bytes_waiting);
        std::thread::sleep(Duration::from_millis(20)); // poll
    }
}

impl std::fmt::Display for Watched {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { waiting_max, answer_max, answers } = self;
        write!(
            f,
            "{answers} answers over REST in at most {answer_max:.1?}, at most {waiting_max} bytes \
             waiting at the switch"
        )
    }
}

/// What was in the journal in the end.
struct Kept {
    /// Events that the witness heard and that are in the journal.
    compared: usize,
    /// Of each event the switch's stamp and how long after it the link had it; one clock.
    delays: Vec<(i64, i64)>,
}

/// How long after the switch's stamp the link had the events of a while, microseconds.
struct Delay {
    p50: i64,
    p99: i64,
    max: i64,
}

impl std::fmt::Display for Delay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { p50, p99, max } = self;
        write!(f, "p50 {p50} us, p99 {p99} us, at most {max} us")
    }
}

impl Kept {
    fn delay(&self, from: i64, to: i64) -> Delay {
        let of_while = self.delays.iter().filter(|(stamp, _)| (from..to).contains(stamp));
        let mut delays: Vec<i64> = of_while.map(|(_, delay)| *delay).collect();
        delays.sort_unstable();
        let at = |percent: usize| *delays.get(delays.len() * percent / 100).expect("events");
        let max = *delays.last().expect("events");
        Delay { p50: at(50), p99: at(99), max }
    }
}

/// Waits until the switch has said everything and all of it is kept, ends the server and holds
/// the journal to what the witness heard.
fn all_is_kept(mut server: Server, pbx: Pbx, witness: Witness, dir: &Path) -> Kept {
    server.wait_for("the switch has said everything", |_| pbx.is_over());
    server.wait_for("all of it is kept", |s| {
        let said = session(&pbx).events;
        count(s, "events") >= said && s.kept(ACD) >= count(s, "heard")
    });
    assert_eq!(server.link(ACD, "holes"), 0);
    assert_eq!(server.link(ACD, "reconnects"), 0);
    assert_eq!(server.stop(), Some(0));
    pbx.stop();
    let mut heard = witness.events();
    let compared = heard.len();
    let reader = journal::Reader::open(dir.join("journal")).expect("a journal");
    assert_eq!(reader.verify(ACD, None).expect("readable").damages, []);
    let mut delays = Vec::new();
    for (next, kept) in (1..).zip(reader.from_seq(ACD, 1).expect("readable")) {
        let kept = kept.expect("sound");
        assert_eq!(kept.seq, next, "a hole in the numbering");
        if kept.entry.kind == 1 {
            delays.push((kept.entry.stamp, kept.entry.heard - kept.entry.stamp));
        }
        heard.remove(&*kept.entry.payload);
    }
    let lost = heard.first().map(|event| String::from_utf8_lossy(event));
    assert_eq!(lost, None, "{} of {compared} events are not in the journal", heard.len());
    Kept { compared, delays }
}

#[test]
fn a_disk_that_stands_still_is_waited_out() {
    let stall = std::env::var("BUSYHOUR_STALL_S").ok().and_then(|s| s.parse().ok());
    let seconds: u32 = stall.unwrap_or(20);
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(store) = Store::new() else { return };
    let disk = store.fresh_disk();
    let (pbx, user, config) = load(disk.path(), seconds + 3);
    let mut server = Server::start(&config);
    server.wait_for("something is kept", |s| s.is_live(ACD) && s.kept(ACD) > 1_000);
    let witness = Witness::new(&pbx, &user);
    let frozen = disk.freeze();
    let (begun, from) = (Instant::now(), pbx.now());
    let (heard, said, mut kept) = (count(&server, "heard"), session(&pbx).events, 0);
    // What was under way when it froze may have ended; from then on nothing does.
    server.wait_for("it collects on", |s| {
        kept = s.kept(ACD);
        count(s, "heard") > heard + u64::from(EVENTS_PER_S)
    });
    let (mut watched, mut alarms) = (Watched::default(), BTreeSet::new());
    while begun.elapsed() < Duration::from_secs(seconds.into()) {
        watched.look(&server, &pbx);
        assert_eq!(server.kept(ACD), kept, "the disk does not stand still");
        alarms.extend(server.alarms());
    }
    let waiting = count(&server, "heard") - kept;
    let said = session(&pbx).events - said;
    let (thawed, to) = (Instant::now(), pbx.now());
    drop(frozen);
    server.wait_for("what waited is kept", |s| s.kept(ACD) >= kept + waiting);
    let after = thawed.elapsed();
    assert!(alarms.contains("journal-behind"), "an operator must be told: {alarms:?}");
    server.wait_for("the alarm goes away", |s| s.alarms().is_empty());
    // A part of what is said is left out.
    assert!(waiting > said / 4, "only {waiting} records waited of {said} events");
    let kept = all_is_kept(server, pbx, witness, disk.path());
    let delay = kept.delay(from, to);
    say(&format!(
        "a stall of {seconds} s: {waiting} records waited and were kept {after:.1?} after it; from \
         the switch to the link {delay}; {watched}; alarms {alarms:?}; {} events compared \
         with another listener, none lost",
        kept.compared
    ));
    assert!(delay.p99 < DELAY_MAX_US, "{delay}");
}

#[test]
fn a_full_disk_is_waited_out_under_load() {
    const SECONDS: u32 = 6;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(store) = Store::new() else { return };
    let disk = store.fresh_disk();
    let (pbx, user, config) = load(disk.path(), SECONDS + 4);
    let mut server = Server::start(&config);
    server.wait_for("something is kept", |s| s.is_live(ACD) && s.kept(ACD) > 1_000);
    let witness = Witness::new(&pbx, &user);
    let ballast = disk.fill();
    server.wait_for("the alarm", |s| s.alarms().contains(&"disk-full".to_owned()));
    let (begun, kept) = (Instant::now(), server.kept(ACD));
    let mut watched = Watched::default();
    while begun.elapsed() < Duration::from_secs(SECONDS.into()) {
        watched.look(&server, &pbx);
        assert_eq!(server.kept(ACD), kept, "there is room");
    }
    let waiting = count(&server, "heard") - kept;
    let freed = Instant::now();
    drop(ballast);
    server.wait_for("what waited is kept", |s| s.kept(ACD) >= kept + waiting);
    let after = freed.elapsed();
    server.wait_for("the alarm goes away", |s| s.alarms().is_empty());
    let kept = all_is_kept(server, pbx, witness, disk.path());
    say(&format!(
        "a disk full for {SECONDS} s: {waiting} records waited and were kept {after:.1?} after \
         there was room; {watched}; {} events compared with another listener, none lost",
        kept.compared
    ));
    assert!(waiting > 1_000, "only {waiting} records waited");
}

/// Watches over a stream of server-sent events.
struct Viewer {
    stream: TcpStream,
    bytes: usize,
}

impl Viewer {
    fn new(server: &Server) -> Self {
        let mut stream = TcpStream::connect(&server.address).expect("connects");
        let ask = "GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
        stream.write_all(ask.as_bytes()).expect("asks");
        stream.set_nonblocking(true).expect("a socket");
        Self { stream, bytes: 0 }
    }

    /// Takes what is there.
    fn read(&mut self, room: &mut [u8]) {
        match self.stream.read(room) {
            Ok(0) => panic!("the server hung up on a viewer that reads"),
            Ok(n) => self.bytes += n,
            Err(e) => assert_eq!(e.kind(), ErrorKind::WouldBlock, "{e}"),
        }
    }

    /// Bytes that the server's kernel could not get rid of, from /proc/net/tcp.
    fn stuck(&self, table: &str) -> u64 {
        let port = |at: std::io::Result<SocketAddr>| format!(":{:04X}", at.expect("a port").port());
        let (theirs, ours) = (port(self.stream.peer_addr()), port(self.stream.local_addr()));
        let rows = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let mut queues = rows.filter_map(|row| match row.get(1..5) {
            Some([local, remote, _, queues]) => {
                (local.ends_with(&theirs) && remote.ends_with(&ours)).then(|| (*queues).to_owned())
            }
            _ => None,
        });
        let queues = queues.next().unwrap_or_default();
        let unsent = queues.split(':').next().unwrap_or_default();
        u64::from_str_radix(unsent, 16).unwrap_or(0)
    }
}

#[test]
fn viewers_that_do_not_read_slow_nothing() {
    const READERS: usize = 150;
    const IDLERS: usize = 50;
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let dir = tempfile::tempdir().expect("a folder");
    let (pbx, user, config) = load(dir.path(), 13);
    let mut server = Server::start(&config);
    server.wait_for("something is kept", |s| s.is_live(ACD) && s.kept(ACD) > 1_000);
    let witness = Witness::new(&pbx, &user);
    let (mut alone, from) = (Watched::default(), pbx.now());
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(3) {
        alone.look(&server, &pbx);
    }
    let idlers: Vec<Viewer> = (0..IDLERS).map(|_| Viewer::new(&server)).collect();
    let mut readers: Vec<Viewer> = (0..READERS).map(|_| Viewer::new(&server)).collect();
    let (mut watched, middle, begun) = (Watched::default(), pbx.now(), Instant::now());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut room = vec![0; 1 << 20];
            while !pbx.is_over() {
                readers.iter_mut().for_each(|viewer| viewer.read(&mut room));
                std::thread::sleep(Duration::from_millis(5)); // poll
            }
        });
        while !pbx.is_over() {
            watched.look(&server, &pbx);
        }
    });
    let to = pbx.now();
    let seconds = begun.elapsed().as_secs();
    // The ones that did not read really are stuck, the others were served.
    let mut stuck: Vec<u64> = Vec::new();
    server.wait_for("viewers that do not read are stuck", |_| {
        let table = std::fs::read_to_string("/proc/net/tcp").expect("the table of connections");
        stuck = idlers.iter().map(|viewer| viewer.stuck(&table)).collect();
        stuck.iter().all(|bytes| *bytes > 0)
    });
    let least = readers.iter().map(|viewer| viewer.bytes).min().unwrap_or(0);
    let fewest = stuck.iter().min().copied().unwrap_or(0);
    let most = stuck.iter().max().copied().unwrap_or(0);
    assert!(least > 10_000, "a viewer that reads got only {least} bytes");
    drop((idlers, readers));
    let kept = all_is_kept(server, pbx, witness, dir.path());
    let (before, with) = (kept.delay(from, middle), kept.delay(middle, to));
    say(&format!(
        "{READERS} viewers that read (at least {least} bytes each in {seconds} s) and {IDLERS} \
         that do not ({fewest} to {most} bytes stuck each): from the switch to the link before \
         {before}, with them {with}; before {alone}, with them {watched}; {} events \
         compared with another listener, none lost",
        kept.compared
    ));
    assert!(with.p99 < DELAY_MAX_US, "{with}");
}
