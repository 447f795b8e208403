//! How large a centre may be: what the real process takes of memory and of the processor for one
//! of AGENTS agents, busy and idle, and what a page that is looked at costs, compressed and not.
//! `cargo bench -p busyhour --bench size [-- AGENTS CALLS]` (10,000 agents, of whom about 2,000
//! talk).
//!
//! The processor's time is user and system time of each thread as the kernel counts it, so that
//! it means something on a machine that does other things as well.

#[path = "../tests/server/mod.rs"]
mod server;

use server::{Server, config_for};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long each figure is taken.
const SPAN: Duration = Duration::from_secs(20);
/// The kernel's clock for processes: ticks a second.
const TICKS: f64 = 100.0;

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let agents = numbers.first().copied().unwrap_or(10_000);
    let calls = numbers.get(1).copied().unwrap_or(2_000);
    let mut out = std::io::stdout().lock();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    writeln!(out, "load average {load}").expect("stdout takes it");
    let mut busy = sim::Settings::centre(agents, 1);
    busy.load_percent = calls * 100 / agents;
    centre(&mut out, "calls up", &busy, &[]).expect("stdout takes it");
    let quiet = sim::Settings { load_percent: 0, ..busy };
    let floor = "/floor/stream?since=0";
    centre(&mut out, "quiet", &quiet, &[]).expect("stdout takes it");
    let idle = sim::Settings { still: true, ..quiet };
    centre(&mut out, "idle", &idle, &[(floor, "gzip", 1)]).expect("stdout takes it");
    let viewers = [(floor, "identity", 1), (floor, "gzip", 1), (floor, "gzip", 50)];
    let usual = sim::Settings::centre(3_000, 1);
    centre(&mut out, "watched", &usual, &viewers).expect("stdout takes it");
}

/// One centre: the server alone, then with so many viewers of a page.
fn centre(
    out: &mut impl Write,
    what: &str,
    settings: &sim::Settings,
    viewers: &[(&str, &str, usize)],
) -> std::io::Result<()> {
    let dir = tempfile::tempdir()?;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let pbx = sim::Pbx::start(settings.clone(), listen)?;
    let user = settings.users.first().expect("an account");
    let config =
        config_for(dir.path(), "large", &pbx.address().to_string(), &user.name, &user.secret);
    std::fs::write(dir.path().join("queues.conf"), settings.queues_conf())?;
    let text = std::fs::read_to_string(&config)? + "queues_conf = \"queues.conf\"\n";
    std::fs::write(&config, text)?;
    let mut server = Server::start(&config);
    server.wait_for("the link is live", |s| s.is_live("large"));
    // The lists that the switch begins with take a while.
    let most = usize::try_from(settings.agents).unwrap_or(usize::MAX) * 9 / 10;
    server.wait_for("its agents are there", |s| s.table("agents").len() >= most);
    let up = |s: &Server| s.table("calls").iter().filter(|c| c["state"] != "ENDED").count();
    let people = server.table("agents").len();
    writeln!(out, "\n{what}: {people} agents, {} calls up", up(&server))?;
    for (path, coding, count) in std::iter::once(&("", "", 0)).chain(viewers) {
        let watching: Vec<Viewer> =
            (0..*count).map(|_| Viewer::open(&server.address, path, coding)).collect();
        // The first picture is not what a viewer costs from then on.
        std::thread::sleep(Duration::from_secs(3));
        let (events, offered) = (said(&pbx), server.sum("queues", "offered"));
        let bytes: u64 = watching.iter().map(Viewer::bytes).sum();
        let (begun, before) = (Instant::now(), threads(server.pid()));
        std::thread::sleep(SPAN);
        let (took, after) = (begun.elapsed().as_secs_f64(), threads(server.pid()));
        let spent: Vec<(String, f64)> = after
            .iter()
            .map(|(name, ticks)| {
                let ticks = ticks - before.get(name).copied().unwrap_or(0).min(*ticks);
                (name.clone(), per(ticks, TICKS * took) * 100.0)
            })
            .collect();
        let all: f64 = spent.iter().map(|(_, share)| share).sum();
        let events = said(&pbx) - events;
        let offered = server.sum("queues", "offered").saturating_sub(offered);
        write!(
            out,
            "  {count:3} viewers: {:.0} events/s, {:.0} calls/h; {} MB resident; {all:.2} % of a \
             core:",
            per(events, took),
            per(offered, took) * 3600.0,
            resident(server.pid()) / 1_000_000
        )?;
        for (name, share) in spent.iter().filter(|(_, share)| *share >= 0.05) {
            write!(out, " {name} {share:.2}")?;
        }
        if *count > 0 {
            let bytes = watching.iter().map(Viewer::bytes).sum::<u64>() - bytes;
            let each = per(bytes, took) / per(u64::try_from(*count).unwrap_or(1), 1.0);
            write!(out, "; {:.1} kB/s a viewer of {path} ({coding})", each / 1000.0)?;
        }
        writeln!(out)?;
        watching.into_iter().for_each(Viewer::close);
    }
    assert_eq!(server.stop(), Some(0), "an orderly end");
    pbx.stop();
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "figures for people, of small numbers")]
fn per(n: u64, of: f64) -> f64 {
    n as f64 / of
}

fn said(pbx: &sim::Pbx) -> u64 {
    pbx.sessions().iter().map(|s| s.events).sum()
}

/// Ticks that each thread of a process has spent; threads of one name together.
fn threads(pid: u32) -> BTreeMap<String, u64> {
    let mut spent = BTreeMap::new();
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).expect("a process of ours");
    for task in tasks.filter_map(Result::ok) {
        let Ok(stat) = std::fs::read_to_string(task.path().join("stat")) else { continue };
        let (Some(open), Some(close)) = (stat.find('('), stat.rfind(')')) else { continue };
        let mut fields = stat[close + 1..].split_whitespace().skip(11);
        let mut next = || fields.next().and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
        *spent.entry(stat[open + 1..close].to_owned()).or_default() += next() + next();
    }
    spent
}

/// Bytes resident.
fn resident(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    line.and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}

/// One who reads a stream and counts.
struct Viewer {
    read: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Viewer {
    fn open(address: &str, path: &str, coding: &str) -> Self {
        let mut stream = TcpStream::connect(address).expect("a connection");
        let head = "Host: 127.0.0.1\r\nAccept: text/event-stream\r\nAccept-Encoding";
        write!(stream, "GET {path} HTTP/1.1\r\n{head}: {coding}\r\n\r\n").expect("sent");
        stream.set_read_timeout(Some(Duration::from_millis(200))).expect("a time limit");
        let (read, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, end) = (read.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut part = [0; 65_536];
            while !end.load(Ordering::Acquire) {
                if let Ok(n) = stream.read(&mut part) {
                    count.fetch_add(u64::try_from(n).unwrap_or(0), Ordering::AcqRel);
                }
            }
        });
        Self { read, stop, thread }
    }

    fn bytes(&self) -> u64 {
        self.read.load(Ordering::Acquire)
    }

    fn close(self) {
        self.stop.store(true, Ordering::Release);
        self.thread.join().expect("it only reads");
    }
}
