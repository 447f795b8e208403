//! History over a restart: hours of a simulated day are folded by one server, the next hours by
//! another that begins where the first left off. What both put into the archive is what the whole
//! journal gives when it is counted again.

mod server;

use facts::{Record, Stamp};
use journal::{Entry, Journal};
use server::Server;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Output};
use std::time::Duration;

const HOUR: i64 = 3_600;

fn busyhour(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busyhour"));
    command.args(args).output().expect("the binary starts")
}

fn said(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).into_owned()
}

/// When the office day begins that is lived, whatever the time is now.
const MORNING: &str = "2026-11-20T08:00:00Z";

/// Hours of an office day, as a link would have heard them from `from` on.
fn lived(dir: &Path, from: Stamp, hours: i64) -> Vec<Record> {
    let out = dir.join("day");
    let path = out.to_str().expect("a path");
    let hours = hours.to_string();
    let mut args = vec!["sim", "day", "--seed", "11", "--agents", "12", "--out", path];
    args.extend(["--hours", &hours, "--from", MORNING.trim_end_matches('Z')]);
    let done = busyhour(&args);
    assert!(done.status.success(), "{}", said(&done));
    let packed = std::fs::read(out.join("ami.txt.gz")).expect("a recording");
    let mut bytes = Vec::new();
    let mut unpacked = flate2::read::MultiGzDecoder::new(&packed[..]);
    unpacked.read_to_end(&mut bytes).expect("a whole gzip file");
    let mut records = translate::capture::records(&bytes);
    let later = from.since(Stamp::parse(MORNING).expect("a stamp"));
    for record in &mut records {
        record.stamp = record.stamp.plus(later);
        record.heard = record.heard.plus(later);
    }
    records
}

/// Keeps records as a server would have.
fn keep(dir: &Path, records: &[Record]) {
    let settings = journal::Settings::new(dir.join("journal"), "test");
    let journal = Journal::open(settings, |_| ()).expect("opens");
    for records in records.chunks(1_000) {
        let entry = |r: &Record| Entry {
            kind: r.kind as u8,
            epoch: r.epoch.0,
            stamp: r.stamp.0,
            heard: r.heard.0,
            payload: r.payload.clone(),
        };
        let entries: Vec<Entry> = records.iter().map(entry).collect();
        let last = journal.append("pbx", entries).expect("there is room in memory");
        assert!(journal.wait_kept("pbx", last, Duration::from_secs(60)), "kept");
    }
    journal.close().expect("closes");
}

/// The begin of the newest interval that is in the archive, seconds since 1970.
fn newest(config: &str) -> i64 {
    let sql = "SELECT max(starttime_utc) AS newest FROM intervals";
    let answer = busyhour(&["sql", sql, "--config", config, "-o", "json"]);
    let rows: serde_json::Value = serde_json::from_slice(&answer.stdout).unwrap_or_default();
    rows[0]["newest"].as_i64().unwrap_or(0)
}

#[test]
fn a_server_that_starts_again_goes_on_counting_where_it_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let now = engine::wall_clock().secs();
    // On the hour, and ten hours ago: in a zone in which it is noon now, all of it is today.
    let begin = Stamp::from_secs((now - 10 * HOUR).div_euclid(HOUR) * HOUR);
    let hours = 9;
    let records = lived(dir.path(), begin, hours);
    let (first, second): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|r| r.stamp < begin.plus_secs(6 * HOUR + 700));
    assert!(first.len() > 2_000 && second.len() > 500, "{} and {}", first.len(), second.len());

    let config = server::config_for(dir.path(), "pbx", "127.0.0.1:1", "busyhour", "secret");
    let mut text = std::fs::read_to_string(&config).expect("just written");
    let hour = now.div_euclid(HOUR).rem_euclid(24);
    // Etc/GMT-3 is three hours east: the sign is the other way round.
    let east = (20 - hour).rem_euclid(24);
    let zone =
        if east <= 14 { format!("Etc/GMT-{east}") } else { format!("Etc/GMT+{}", 24 - east) };
    text += &format!("timezone = \"{zone}\"\ninterval = 15\n");
    std::fs::write(&config, text).expect("a configuration");
    let path = config.to_str().expect("a path");

    for (part, until) in [(&first, 6 * HOUR - 900), (&second, 9 * HOUR - 1_800)] {
        keep(dir.path(), part);
        let mut server = Server::start(&config);
        let until = begin.secs() + until;
        server.wait_for("the archive has come so far", |_| newest(path) >= until);
        server.stop();
    }

    let sql = "SELECT count(*) AS n, count(DISTINCT starttime_utc) AS different, \
               sum(observed) AS observed FROM intervals";
    let answer = busyhour(&["sql", sql, "--config", path, "-o", "csv"]);
    let rows = said(&answer);
    let counts: Vec<i64> = rows
        .lines()
        .nth(1)
        .map(|line| line.split(',').filter_map(|n| n.parse().ok()).collect())
        .unwrap_or_default();
    let [n, different, observed] = counts[..] else { panic!("{rows}") };
    assert_eq!(n, different, "no interval is there twice");
    assert!(n >= (hours - 1) * 4 && observed > (hours - 1) * HOUR, "{rows}");

    let verified = busyhour(&["refold", "--verify", "--config", path, "-o", "csv"]);
    assert!(verified.status.success(), "{}", said(&verified));

    // Without the archive, the journal alone gives the same rows again.
    let all = "SELECT * FROM hagent ORDER BY starttime_utc, logid, split_name, logon";
    let before = said(&busyhour(&["sql", all, "--config", path, "-o", "csv"]));
    assert!(before.lines().count() > 100, "{before}");
    std::fs::remove_dir_all(dir.path().join("archive")).expect("it is there");
    let again = busyhour(&["refold", "--config", path]);
    assert!(again.status.success(), "{}", said(&again));
    let after = said(&busyhour(&["sql", all, "--config", path, "-o", "csv"]));
    let known: Vec<_> = after.lines().take(before.lines().count()).collect();
    assert_eq!(before.lines().collect::<Vec<_>>(), known);
}

#[test]
fn a_server_without_an_archive_collects_all_the_same_and_says_so() {
    let dir = tempfile::tempdir().expect("a folder");
    let config = server::config_for(dir.path(), "pbx", "127.0.0.1:1", "busyhour", "secret");
    std::fs::write(dir.path().join("archive"), "no folder").expect("a file");
    let mut server = Server::start(&config);
    server.wait_for("it says so", |s| s.alarms().contains(&"archive-failed".to_owned()));
    assert_eq!(server.link("pbx", "acd"), "pbx", "its links run");
    server.stop();
    // One at a time writes an archive; who comes second has none.
    std::fs::remove_file(dir.path().join("archive")).expect("it is there");
    let first = Server::start(&config);
    let path = config.to_str().expect("a path");
    let refused = busyhour(&["refold", "--config", path]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("archive"), "{}", said(&refused));
    assert_eq!(first.alarms(), Vec::<String>::new());
    first.stop();
}
