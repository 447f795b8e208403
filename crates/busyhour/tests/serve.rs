//! A server that runs, and everything that looks at it or at what it leaves behind: the table
//! commands, recording, the journal, stopping.

mod centre;
mod command;
mod server;

use centre::{ACD, config, hurried, open};
use command::{arg, binary, run};
use serde_json::Value;
use server::Server;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;

const TABLES: [&str; 14] = [
    "links",
    "queues",
    "agents",
    "calls",
    "waiting",
    "channels",
    "trunks",
    "anomalies",
    "cagent",
    "csplit",
    "cvdn",
    "cvector",
    "ctrunk",
    "ctkgrp",
];

#[test]
fn every_table_is_shown_in_every_form() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = hurried(8, 2);
    let pbx = open(settings.clone());
    let mut server = Server::start(&config(dir.path(), &pbx, &settings));
    server.wait_for("calls are up and all queues known", |s| {
        let queues = s.table("queues").len();
        s.is_live(ACD) && s.table("channels").len() > 2 && queues == settings.queues.len()
    });
    let address = server.address.clone();
    for table in TABLES {
        let csv = run([table, "--server", &address, "-o", "csv"]);
        let head = csv.is(0, &[]).out.lines().next().unwrap_or_default().to_owned();
        assert!(head.starts_with("acd,"), "{table}: {head}");
        let aligned = run([table, "--server", &address]);
        let words: Vec<_> = aligned.out.lines().next().unwrap_or_default().split(' ').collect();
        let words: Vec<_> = words.into_iter().filter(|word| !word.is_empty()).collect();
        assert_eq!(words.join(","), head, "{table}: the same columns in the same order");
        let json = run([table, "--server", &address, "-o", "json"]);
        let rows: Vec<BTreeMap<String, Value>> = serde_json::from_str(&json.out).expect("JSON");
        for row in &rows {
            assert_eq!(row.len(), words.len(), "{table}");
            assert_eq!(row["acd"], ACD);
        }
        let may_be_empty = matches!(table, "anomalies" | "waiting");
        assert!(!rows.is_empty() || may_be_empty, "{table} is empty");
    }
    let count = |filter: &[&str]| {
        let mut args = vec!["queues", "--server", &address, "-o", "json"];
        args.extend(filter.iter().flat_map(|f| ["--where", f]));
        let said = run(args);
        serde_json::from_str::<Vec<Value>>(&said.is(0, &[]).out).expect("JSON").len()
    };
    assert_eq!(count(&[]), settings.queues.len());
    assert_eq!(count(&["queue=sales"]), 1);
    assert_eq!(count(&["queue=sales", "acd=nobody"]), 0);
    let said = binary().arg("links").env("BUSYHOUR_SERVER", &address).output().expect("runs");
    assert!(String::from_utf8_lossy(&said.stdout).contains("live"), "the address by environment");
    // One journal, one server; one port, one server.
    let second = run(["serve", "--config", arg(&dir.path().join("busyhour.toml"))]);
    second.is(1, &["in use by another server"]);
    let other = tempfile::tempdir().expect("a folder");
    let config = config(other.path(), &pbx, &settings);
    run(["serve", "--config", arg(&config), "--listen", &address]).is(1, &["in use"]);
    let open = run(["serve", "--config", arg(&config), "--listen", "0.0.0.0:0"]);
    open.is(1, &["refused to listen on 0.0.0.0:0", "no accounts yet"]);
    assert_eq!(server.stop(), Some(0));
    pbx.stop();
}

/// Rows of the table `calls` by id.
fn by_call(rows: &[Value]) -> BTreeMap<String, Value> {
    let ended = rows.iter().filter(|row| row["state"] == "ENDED");
    ended.filter_map(|row| Some((row["call"].as_str()?.to_owned(), row.clone()))).collect()
}

#[test]
fn what_is_recorded_and_what_is_kept_tell_of_the_same_calls() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut settings = hurried(80, 4);
    for queue in &mut settings.queues {
        (queue.talk_mean_s, queue.patience_mean_s) = (1.0, 2.0);
    }
    let pbx = open(settings.clone());
    let config = config(dir.path(), &pbx, &settings);
    let recording = dir.path().join("recorded.txt");
    let mut recorder = binary();
    recorder.args(["record", "--config", arg(&config), "--to", arg(&recording), "--seconds", "8"]);
    let mut recorder = recorder.stdout(Stdio::piped()).spawn().expect("the binary starts");
    let mut server = Server::start(&config);
    let mut rows = Vec::new();
    let mut ended = None;
    server.wait_for("the recording ends", |s| {
        // The tables as they are while the recording still runs.
        let now = s.table("calls");
        ended = recorder.try_wait().expect("ours");
        if ended.is_none() {
            rows = now;
        }
        ended.is_some()
    });
    assert_eq!(ended.and_then(|status| status.code()), Some(0));
    let heard = server.link(ACD, "heard").as_u64().expect("a number");
    assert_eq!(server.stop(), Some(0), "SIGTERM");
    pbx.stop();
    let again = ["record", "--config", arg(&config), "--to", arg(&recording), "--seconds", "1"];
    run(again).is(1, &["recorded.txt", "exists"]);

    // Calls that both heard from begin to end are the same in the replay of the recording.
    let queues_conf = ["--config", arg(&config), "--acd", ACD];
    let replay = ["replay", arg(&recording), "--table", "calls", "-o", "json"];
    let said = run(replay.iter().chain(&queues_conf));
    let (live, replayed) = (by_call(&rows), by_call(&said.is(0, &[]).lines()));
    let reader = journal::Reader::open(dir.path().join("journal")).expect("a journal");
    let kept: Vec<_> = reader.range(ACD, i64::MIN, i64::MAX).expect("readable").collect();
    let kept: Vec<_> = kept.into_iter().map(|kept| kept.expect("sound")).collect();
    assert!(kept.len() as u64 >= heard, "{} kept of {heard} heard", kept.len());
    let bytes = std::fs::read(&recording).expect("the recording");
    let recorded = translate::capture::records(&bytes);
    let begin = recorded.iter().map(|r| r.stamp.0).chain([kept[0].entry.stamp]).min();
    let begin = facts::Stamp(begin.expect("something") + 1_500_000).to_string();
    let end = facts::Stamp(heard_to(&recorded)).to_string();
    let mut compared = 0;
    for (id, row) in live.iter().filter(|(_, row)| row["began"].as_str() > Some(&begin)) {
        if row["ended_at"].as_str() > Some(&end) {
            continue;
        }
        let other = replayed.get(id).unwrap_or_else(|| panic!("call {id} is not in the replay"));
        for column in ["caller", "split", "agent", "outcome", "wait_ms", "talk_ms", "ended_by"] {
            assert_eq!(row[column], other[column], "call {id}: {column}");
        }
        compared += 1;
    }
    assert!(compared > 2, "only {compared} calls to compare");

    // What is exported is what the recorder heard, byte for byte.
    let counts = |events: Vec<&[u8]>| {
        let mut counts: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
        for event in events {
            *counts.entry(event.to_vec()).or_default() += 1;
        }
        counts
    };
    let mut export = binary();
    export.args(["journal", "export", "--events", "--data", arg(dir.path())]);
    let exported = export.output().expect("runs").stdout;
    let between = |message: &ami::Message<'_>| {
        let (from, to) = (&kept[0].entry.stamp + 1_000_000, heard_to(&recorded));
        message.timestamp_us().is_some_and(|at| from < at && at < to)
    };
    let of_kept = ami::messages(&exported).filter(between).map(|m| m.raw()).collect();
    let of_kept = counts(of_kept);
    let of_recorder = counts(ami::messages(&bytes).map(|m| m.raw()).collect());
    assert!(of_kept.len() > 50, "only {} events", of_kept.len());
    for (event, count) in &of_kept {
        let text = String::from_utf8_lossy(event);
        assert_eq!(of_recorder.get(event), Some(count), "{text}");
    }
    looked_at(dir.path(), kept.len());
}

/// A moment up to which the recorder certainly heard everything.
fn heard_to(recorded: &[facts::Record]) -> i64 {
    recorded.iter().map(|record| record.stamp.0).max().unwrap_or(0) - 100_000
}

/// `journal ls`, `cat`, `verify` of a journal with so many records; then it is damaged.
fn looked_at(data: &Path, records: usize) {
    let data = ["--data", arg(data)];
    let with = |args: &[&'static str]| run(args.iter().chain(&data));
    let ls = with(&["journal", "ls", "-o", "json"]);
    let days: Vec<Value> = serde_json::from_str(&ls.is(0, &[]).out).expect("JSON");
    let sum: u64 = days.iter().filter_map(|day| day["records"].as_u64()).sum();
    assert_eq!(sum, records as u64);
    let cat = with(&["journal", "cat"]);
    assert_eq!(cat.is(0, &[]).out.lines().count(), records);
    assert!(cat.out.contains(" event ") && cat.out.contains(" observation "));
    with(&["journal", "cat", "--acd", "nobody"]).is(2, &["the journal has: centre"]);
    let events = with(&["journal", "cat", "--events"]);
    assert!(!events.is(0, &[]).out.contains(" observation "));
    let verify = with(&["journal", "verify"]);
    assert!(verify.is(0, &[]).out.contains(&format!("{ACD}: {records} records")), "{}", verify.out);

    // Whoever has read enough is no reason to complain.
    let mut reader = binary();
    reader.args(["journal", "cat"]).args(data).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut reader = reader.spawn().expect("the binary starts");
    let mut line = String::new();
    let mut out = BufReader::with_capacity(64, reader.stdout.take().expect("piped"));
    out.read_line(&mut line).expect("a line");
    drop(out);
    let done = reader.wait_with_output().expect("it ends");
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");

    // A file that is damaged is named.
    let mut files = Vec::new();
    for entry in std::fs::read_dir(Path::new(data[1]).join("journal").join(ACD)).expect("a folder")
    {
        files.push(entry.expect("an entry").path());
    }
    files.sort();
    let file = files.iter().find(|f| !arg(f).ends_with("-wal") && !arg(f).ends_with("-shm"));
    let file = file.expect("a day's file");
    let mut bytes = std::fs::read(file).expect("readable");
    // All but the head: pages that are free at the moment tell nobody that they are changed.
    bytes[4096..].iter_mut().for_each(|byte| *byte ^= 0x55);
    std::fs::write(file, bytes).expect("ours");
    let verify = with(&["journal", "verify"]);
    let name = file.file_name().expect("named").to_string_lossy().into_owned();
    let all = format!("{}{}", verify.is(1, &[]).out, verify.err);
    assert!(all.contains(&name), "{name} is not named: {all}");
}

#[test]
fn the_demo_is_live_within_moments() {
    let mut demo = binary();
    demo.args(["demo", "--listen", "127.0.0.1:0", "--agents", "8"]);
    let mut server = Server::of(demo);
    server.wait_for("agents and calls are there", |s| {
        s.table("agents").len() >= 5 && !s.table("calls").is_empty()
    });
    assert_eq!(server.stop(), Some(0));
}
