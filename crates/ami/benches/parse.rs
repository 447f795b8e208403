//! How fast the decoder is against a bare scan for line ends over the same bytes.
//!
//! `AMI_CAPTURE` names the capture (plain or .gz); without it the load capture beside the
//! repository is taken, or the fixtures over and over. Prints the ratios plainly first,
//! then lets criterion measure the same functions.

use std::hint::black_box;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ami::{Decoder, Item, Limits};
use criterion::{Criterion, Throughput};

/// What one read from a socket brings.
const CHUNK: usize = 64 << 10;
const ROUNDS: usize = 11;

fn main() {
    let (what, bytes) = input();
    let bytes = bytes.as_slice();
    ratios(&what, bytes);

    let mut criterion = Criterion::default().configure_from_args().sample_size(10);
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("scan for line ends", |b| b.iter(|| scan(black_box(bytes))));
    group.bench_function("decode and split all", |b| b.iter(|| decode(black_box(bytes))));
    group.bench_function("messages and split all", |b| b.iter(|| in_memory(black_box(bytes))));
    group.finish();
    criterion.final_summary();
}

/// The yardstick: every line end found by memchr, its place used.
fn scan(bytes: &[u8]) -> usize {
    memchr::memchr_iter(b'\n', bytes).fold(0, |sum, at| sum ^ at)
}

/// Bytes from a socket: decoded, every header split, name and value looked at.
fn decode(bytes: &[u8]) -> usize {
    let mut decoder = Decoder::new(Limits::default());
    let mut sum = 0;
    for chunk in bytes.chunks(CHUNK) {
        decoder.push(chunk);
        while let Some(item) = decoder.next() {
            if let Item::Message(message) = item {
                sum ^= split(message);
            }
        }
    }
    sum
}

/// Bytes in memory: the same without the decoder.
fn in_memory(bytes: &[u8]) -> usize {
    ami::messages(bytes).fold(0, |sum, message| sum ^ split(message))
}

fn split(message: ami::Message<'_>) -> usize {
    message.headers().fold(0, |sum, header| {
        let ends = |part: &[u8]| {
            usize::from(part.first().copied().unwrap_or_default())
                ^ usize::from(part.last().copied().unwrap_or_default()) << 8
        };
        sum ^ ends(header.name) ^ ends(header.value) ^ header.value.len()
    })
}

/// Messages in memory, ten headers asked for by name as a reader of events does.
fn ask(bytes: &[u8], mut message: impl FnMut(&[u8], &[&str]) -> usize) -> usize {
    const NAMES: [&str; 10] = [
        "Timestamp",
        "Channel",
        "ChannelStateDesc",
        "CallerIDNum",
        "ConnectedLineNum",
        "Exten",
        "Uniqueid",
        "Linkedid",
        "DestUniqueid",
        "Queue",
    ];
    ami::messages(bytes).fold(0, |sum, found| sum ^ message(found.raw(), &NAMES))
}

/// Something to measure, and what it is called.
type Run<'a> = (&'static str, Box<dyn FnMut() -> usize + 'a>);

#[expect(clippy::print_stdout, reason = "the result")]
fn ratios(what: &str, bytes: &[u8]) {
    let lines = memchr::memchr_iter(b'\n', bytes).count();
    println!("{what}: {} MB, {lines} lines, best of {ROUNDS}", bytes.len() / 1_000_000);
    let sum = |message: ami::Message<'_>, names: &[&str]| {
        names.iter().filter_map(|name| message.get(name)).map(<[u8]>::len).sum::<usize>()
    };
    let mut index = ami::MessageIndex::new();
    let mut runs: [Run<'_>; 5] = [
        ("scan for line ends", Box::new(|| scan(bytes))),
        ("decode and split all", Box::new(|| decode(bytes))),
        ("messages and split all", Box::new(|| in_memory(bytes))),
        (
            "ten headers by name",
            Box::new(|| ask(bytes, |raw, names| sum(ami::Message::parse(raw), names))),
        ),
        (
            "the same with an index",
            Box::new(|| ask(bytes, |raw, names| sum(index.message(raw), names))),
        ),
    ];
    // All in turn, so that whatever else the machine does meets all alike.
    let mut best = [Duration::MAX; 5];
    for _ in 0..ROUNDS {
        for ((_, run), best) in runs.iter_mut().zip(&mut best) {
            #[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
            let begin = Instant::now();
            black_box(run());
            *best = begin.elapsed().min(*best);
        }
    }
    let [yardstick, ..] = best.map(|best| best.as_micros().max(1));
    for ((name, _), best) in runs.iter().zip(best) {
        let micros = best.as_micros().max(1);
        let speed = bytes.len() as u128 / micros;
        let ratio = yardstick * 100 / micros;
        println!("{name:24} {micros:7} us  {speed:6} MB/s  {ratio:4} % of the scan");
    }
}

fn input() -> (String, Vec<u8>) {
    #[expect(clippy::disallowed_methods, reason = "a benchmark is told its input")]
    let named = std::env::var("AMI_CAPTURE").ok().map(PathBuf::from);
    let load =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures/16/load/ami-a.txt.gz");
    if let Some(path) = named.or_else(|| load.exists().then_some(load)) {
        let bytes = read(&path);
        return (path.display().to_string(), bytes);
    }
    let mut all = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures/16");
    for scenario in std::fs::read_dir(root).expect("the fixtures").flatten() {
        all.extend_from_slice(&read(&scenario.path().join("ami-a.txt.gz")));
    }
    ("all fixtures of 16, ten times".to_owned(), all.repeat(10))
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads its input")]
fn read(path: &Path) -> Vec<u8> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    if path.extension().is_none_or(|extension| extension != "gz") {
        return bytes;
    }
    let mut out = Vec::new();
    flate2::read::MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut out).expect("gzip");
    out
}
