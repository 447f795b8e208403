//! Attaches to one Asterisk and prints how the link is doing, for trying things out:
//! `attach HOST:PORT USER SECRET [SECONDS] [CA-FILE]`.
#![expect(clippy::print_stdout, reason = "an example that prints")]

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use links::Ring;
use links::asterisk::{Link, Secret, Settings, TlsSettings};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [address, user, secret, rest @ ..] = args.as_slice() else {
        return Err("attach HOST:PORT USER SECRET [SECONDS] [CA-FILE]".into());
    };
    let seconds = rest.first().map_or(Ok(10), |text| text.parse())?;
    let mut settings = Settings::new("pbx", address, user, Secret::new(secret), "example");
    if let Some(ca) = rest.get(1) {
        let ca = Some(PathBuf::from(ca));
        settings.tls = Some(TlsSettings { ca, pin: None, server_name: None });
    }
    let ring = Ring::new(Ring::BYTES_MAX);
    let link = Link::start(settings, 0, ring.clone());
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let mut shown = String::new();
    let mut count = |records: Vec<(usize, facts::Record)>| {
        for (_, record) in records {
            let first = record.payload.split(|byte| *byte == b'\r').next().unwrap_or_default();
            let first = String::from_utf8_lossy(first).into_owned();
            if first.starts_with("Observation") {
                let text = String::from_utf8_lossy(&record.payload);
                let head = text.split("\r\n\r\n").next().unwrap_or_default().replace("\r\n", " | ");
                println!("{} {head} (+{} bytes)", record.stamp, record.payload.len());
            }
            *kinds.entry(first).or_default() += 1;
        }
    };
    while Instant::now() < end {
        count(ring.take(10_000, Duration::from_millis(100)));
        let status = link.status();
        let state = format!("{} {}", status.state.word(), status.reason);
        if state != shown {
            println!("{} -> {state}", status.since);
            shown = state;
        }
    }
    println!("{:#?}", link.status());
    link.stop();
    count(ring.take(usize::MAX, Duration::ZERO));
    for (kind, many) in kinds {
        println!("{many:7} {kind}");
    }
    Ok(())
}
