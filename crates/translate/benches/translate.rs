//! How fast events become facts, on one core: framing, refusal of what says nothing, splitting,
//! translation.
//!
//! `AMI_CAPTURE` names the capture (plain or .gz); without it the load capture beside the
//! repository is taken, or the fixtures one after the other. Prints events a second plainly
//! first, then lets criterion measure the same functions.

#![expect(clippy::print_stdout, reason = "a benchmark reports to a person")]
#![expect(clippy::disallowed_methods, reason = "it reads its input and takes the time")]
#![expect(clippy::unwrap_used, reason = "without its input there is nothing to measure")]

use criterion::{Criterion, Throughput};
use facts::{Kind, Record, Stamp, Timed};
use flate2::read::GzDecoder;
use std::fs;
use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;
use translate::asterisk::{Settings, Translator};
use translate::capture;
use translate::order::Reorder;

const ROUNDS: usize = 7;

fn main() {
    let (what, bytes) = input();
    let records = capture::records(&bytes);
    let events = records.iter().filter(|r| r.kind == Kind::Event).count();
    println!("{what}: {events} events, {} bytes", bytes.len());
    for (name, run) in [
        ("records of the bytes", &(|| capture::records(&bytes).len()) as &dyn Fn() -> usize),
        ("frame, stamp and translate", &|| frame_and_translate(&bytes)),
        ("translate records", &|| translate(&records)),
        ("reorder and translate records", &|| reorder_and_translate(&records)),
    ] {
        let mut best = u128::MAX;
        let mut facts = 0;
        for _ in 0..ROUNDS {
            let start = Instant::now();
            facts = black_box(run());
            best = best.min(start.elapsed().as_micros().max(1));
        }
        let rate = events as u128 * 1_000_000 / best;
        println!("{name:32} {rate:>10} events/s  ({best} us, gave {facts})");
    }

    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("translate");
    group.throughput(Throughput::Elements(events as u64));
    group.bench_function("frame, stamp and translate", |b| b.iter(|| frame_and_translate(&bytes)));
    group.bench_function("reorder and translate", |b| b.iter(|| reorder_and_translate(&records)));
    group.finish();
    criterion.final_summary();
}

/// All that a server does between the bytes and the facts, but for the order: what says nothing
/// is refused by name, of the rest a record is made.
fn frame_and_translate(bytes: &[u8]) -> usize {
    let mut translator = Translator::new(Settings::default());
    let mut out: Vec<Timed> = Vec::new();
    let mut given = 0;
    for message in ami::messages(bytes) {
        if !translator.wants(message.raw()) {
            continue;
        }
        let Some(stamp) = message.timestamp_us().map(Stamp) else {
            continue;
        };
        let record = Record {
            kind: Kind::Event,
            epoch: facts::Epoch::default(),
            stamp,
            heard: stamp,
            payload: message.raw().into(),
        };
        translator.record(&record, &mut out);
        given += out.len();
        out.clear();
    }
    given
}

fn translate(records: &[Record]) -> usize {
    let mut translator = Translator::new(Settings::default());
    let mut out = Vec::new();
    let mut given = 0;
    for record in records {
        translator.record(record, &mut out);
        given += out.len();
        out.clear();
    }
    given
}

fn reorder_and_translate(records: &[Record]) -> usize {
    let mut reorder = Reorder::new(50_000);
    let mut translator = Translator::new(Settings::default());
    let mut out = Vec::new();
    let mut given = 0;
    for record in records {
        reorder.push(record.clone());
        while let Some(record) = reorder.pop() {
            translator.record(&record, &mut out);
            given += out.len();
            out.clear();
        }
    }
    given
}

fn input() -> (String, Vec<u8>) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let load = root.join("../shared/captures/16/load/ami-a.txt.gz");
    let named = std::env::var_os("AMI_CAPTURE").map(PathBuf::from);
    if let Some(file) = named.or_else(|| load.exists().then_some(load)) {
        return (file.display().to_string(), read(&file));
    }
    let mut bytes = Vec::new();
    let mut folders = vec![root.join("fixtures/captures")];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> =
            fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for entry in entries {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.ends_with("ami-a.txt.gz") {
                bytes.extend(read(&entry));
            }
        }
    }
    ("all fixtures".to_owned(), bytes)
}

fn read(file: &Path) -> Vec<u8> {
    let bytes = fs::read(file).unwrap();
    if file.extension().is_none_or(|e| e != "gz") {
        return bytes;
    }
    let mut plain = Vec::new();
    GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    plain
}
