//! From socket to kept to live, measured on the real process: `cargo bench -p busyhour --bench
//! line [-- RATE SECONDS]`. First RATE events/s (100,000) for SECONDS (60): is anything lost? Then
//! 5,000 events/s of 1,000 agents with 50 viewers: how old is a state by the stamp of the switch
//! when a viewer has it?
//!
//! The ratio in the same run: the journal's bytes against those the switch said.

#[path = "../tests/server/mod.rs"]
mod server;

use server::{Server, config_for};
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

const LATENCY_RATE: u32 = 5_000;
const LATENCY_SECONDS: u32 = 20;
const LATENCY_AGENTS: u32 = 1_000;
/// Of them one is measured; half of the others look at the Floor, half read the table.
const VIEWERS: usize = 50;

fn main() {
    let numbers: Vec<u32> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let rate = numbers.first().copied().unwrap_or(100_000);
    let seconds = numbers.get(1).copied().unwrap_or(60);
    let mut out = std::io::stdout().lock();
    throughput(&mut out, rate, seconds).expect("stdout takes it");
    latency(&mut out).expect("stdout takes it");
}

struct Line {
    server: Server,
    pbx: sim::Pbx,
    dir: tempfile::TempDir,
}

fn line(rate: u32, seconds: u32, agents: Option<u32>) -> Line {
    let dir = tempfile::tempdir().expect("a folder");
    let mut settings = sim::load::Settings::new(rate, seconds);
    if let Some(agents) = agents {
        settings.pbx = sim::Settings::centre(agents, 1);
        settings.agents = agents;
    }
    let user = settings.pbx.users.first().expect("an account").clone();
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let pbx = sim::load::start(&settings, at).expect("the load PBX listens");
    let config =
        config_for(dir.path(), "load", &pbx.address().to_string(), &user.name, &user.secret);
    Line { server: Server::start(&config), pbx, dir }
}

fn said(pbx: &sim::Pbx) -> u64 {
    pbx.sessions().iter().map(|s| s.events).sum()
}

fn throughput(out: &mut impl Write, rate: u32, seconds: u32) -> std::io::Result<()> {
    let Line { mut server, pbx, dir } = line(rate, seconds, None);
    let begun = Instant::now();
    while !pbx.is_over() {
        std::thread::sleep(Duration::from_millis(100)); // poll
    }
    let took = begun.elapsed();
    let total = said(&pbx);
    let row = |s: &Server| s.table("links").into_iter().next().unwrap_or_default();
    let number = |row: &serde_json::Value, name: &str| row[name].as_u64().unwrap_or(0);
    let mut behind = Duration::ZERO;
    server.wait_for("all is kept", |s| {
        let row = row(s);
        behind = begun.elapsed().saturating_sub(took);
        number(&row, "events") >= total && number(&row, "kept") == number(&row, "heard")
    });
    server.wait_for("the tables are of now", |s| s.is_live("load"));
    let live = begun.elapsed().saturating_sub(took);
    let links = row(&server);
    let journal: u64 = files(dir.path());
    let bytes = number(&links, "bytes");
    writeln!(out, "said        {total} events, {} MiB in {took:.1?}", bytes >> 20)?;
    writeln!(
        out,
        "heard       {} events, {} holes, {} reconnects",
        number(&links, "events"),
        number(&links, "holes"),
        number(&links, "reconnects")
    )?;
    writeln!(
        out,
        "kept        {} records, all of them {behind:.1?} after the last was said",
        number(&links, "kept")
    )?;
    writeln!(out, "live        tables of now {live:.1?} after the last was said")?;
    writeln!(out, "processor   {}", cpu(server.pid(), total))?;
    writeln!(
        out,
        "journal     {} MiB, 1:{} of what was said",
        journal >> 20,
        bytes / journal.max(1)
    )?;
    assert_eq!(server.stop(), Some(0), "an orderly end");
    pbx.stop();
    Ok(())
}

fn files(dir: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(dir).expect("readable").filter_map(Result::ok);
    let sizes = entries.map(|e| match e.metadata() {
        Ok(m) if m.is_dir() => files(&e.path()),
        Ok(m) => m.len(),
        Err(_) => 0,
    });
    sizes.sum()
}

fn watch(address: &str, path: &str) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    Ok(stream)
}

/// User and system time that a process has spent, and what that is for each of so many events.
fn cpu(pid: u32, events: u64) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    // Ticks of 10 ms.
    let ticks: u64 = fields.skip(11).take(2).filter_map(|n| n.parse::<u64>().ok()).sum();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let each = ticks * 10_000_000 / events.max(1);
    format!("{} ms, {each} ns an event; load average {}", ticks * 10, load.trim())
}

fn latency(out: &mut impl Write) -> std::io::Result<()> {
    let Line { server, pbx, dir } = line(LATENCY_RATE, LATENCY_SECONDS, Some(LATENCY_AGENTS));
    for i in 1..VIEWERS {
        let path = ["/floor/stream", "/api/v1/events?tables=agents"][i % 2];
        let mut stream = watch(&server.address, path)?;
        // It ends with the server.
        std::thread::spawn(move || drop(std::io::copy(&mut stream, &mut std::io::sink())));
    }
    let stream = watch(&server.address, "/api/v1/events?tables=agents")?;
    let mut ages = Vec::new();
    let mut delta = false;
    for line in BufReader::new(stream).lines() {
        let Ok(line) = line else { break };
        if let Some(event) = line.strip_prefix("event: ") {
            delta = event == "delta";
        }
        let Some(data) = line.strip_prefix("data: ").filter(|_| delta) else { continue };
        let now = engine::wall_clock();
        let event: serde_json::Value = serde_json::from_str(data).unwrap_or_default();
        let rows = event["changes"]["agents"]["rows"].as_array().cloned().unwrap_or_default();
        // Only states that an event begins: the end of wrap-up is a timer's.
        for row in rows.iter().filter(|r| r["state"] == "RING" || r["state"] == "ACD") {
            let since = row["since"].as_str().and_then(facts::Stamp::parse);
            ages.extend(since.map(|s| now - s));
        }
        if pbx.is_over() {
            break;
        }
    }
    ages.sort_unstable();
    let at = |percent: usize| ages.get(ages.len() * percent / 100).copied().unwrap_or(0) / 1000;
    writeln!(
        out,
        "latency     {} states at {LATENCY_RATE} events/s of {LATENCY_AGENTS} agents, from the \
        switch's stamp to one of {VIEWERS} viewers: p50 {} ms, p90 {} ms, p99 {} ms",
        ages.len(),
        at(50),
        at(90),
        at(99)
    )?;
    assert_eq!(server.stop(), Some(0), "an orderly end");
    pbx.stop();
    drop(dir);
    Ok(())
}
