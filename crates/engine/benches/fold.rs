//! What the hot path costs, as ratios in one run: a scan for line ends, parsing, and the whole way
//! from bytes to live tables over the same capture. `cargo bench -p engine --bench fold`.
//!
//! `AMI_CAPTURE` names a capture (.gz); without it all fixtures are used, again and again by folds
//! that know nothing yet: to one that knows the calls they would all be calls brought back.

use engine::{Day, Fold, FoldSettings, Historian, Stories};
use history::Books;
use history::calendar::Length;
use std::hint::black_box;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Each figure is the best of this many rounds: noise only ever adds.
const ROUNDS: usize = 3;

fn main() {
    let (name, bytes, times) = input();
    let mut out = std::io::stdout().lock();
    let mib = (bytes.len() * times) >> 20;
    let records = translate::capture::records(&bytes);
    let count = records.len() * times;
    let best = |work: &mut dyn FnMut()| best(times, work);
    let scan = best(&mut || {
        black_box(memchr::memchr_iter(b'\n', black_box(&bytes)).count());
    });
    let parse = best(&mut || {
        let mut headers = 0_usize;
        for message in ami::messages(black_box(&bytes)) {
            for header in message.headers() {
                headers += usize::from(!header.name.is_empty()) + header.value.len();
            }
        }
        black_box(headers);
    });
    let fold = best(&mut || {
        let mut fold = Fold::new(FoldSettings::for_acd("bench"));
        for record in &records {
            fold.push(record.clone());
        }
        fold.settle();
        black_box(fold.records());
    });
    let told = best(&mut || {
        let mut fold = Fold::new(FoldSettings::for_acd("bench"));
        fold.tell_steps();
        let stories = Stories::new();
        let mut steps = Vec::new();
        for (n, record) in records.iter().enumerate() {
            fold.push(record.clone());
            if n % 100 == 0 {
                fold.take_steps(&mut steps);
                stories.take(&"bench".into(), steps.drain(..));
            }
        }
        fold.settle();
        black_box(fold.records());
    });
    let written = best(&mut || {
        let mut fold = Fold::new(FoldSettings::for_acd("bench"));
        fold.write_ledger();
        let mut entries = Vec::new();
        for (n, record) in records.iter().enumerate() {
            fold.push(record.clone());
            if n % 100 == 0 {
                fold.take_entries(&mut entries);
                black_box(&entries);
                entries.clear();
            }
        }
        fold.settle();
        black_box(fold.records());
    });
    let counted = best(&mut || {
        black_box(counted(&records));
    });
    let mut say = |what: &str, took: Duration| {
        let ms = took.as_millis().max(1);
        let rate = u128::try_from(count).unwrap_or(0) * 1000 / ms;
        let share = scan.as_micros() * 100 / took.as_micros().max(1);
        writeln!(out, "{what:34} {ms:6} ms  {rate:9} records/s  {share:4} % of the scan")
    };
    let ended = say(&format!("scan for line ends, {mib} MiB"), scan)
        .and_then(|()| say("parse every header", parse))
        .and_then(|()| say("parse + order + translate + model", fold))
        .and_then(|()| say("the same, and stories told", told))
        .and_then(|()| say("the same, and the ledger written", written))
        .and_then(|()| say("the same, and rows of history", counted));
    ended.expect("stdout takes it");
    writeln!(out, "input: {name}, {count} records").expect("stdout takes it");
}

/// How many rows of history the records come to.
fn counted(records: &[facts::Record]) -> usize {
    let settings = FoldSettings::for_acd("bench");
    let calendar = Day::named("UTC").expect("UTC").calendar(Length::Half, 2026, 2026);
    let books = Books::new(engine::counting(&settings), calendar);
    let mut historian = Historian::new(Fold::new(settings), books);
    let (mut closed, mut rows) = (Vec::new(), 0);
    for record in records {
        historian.push(record.clone());
        historian.take_closed(&mut closed);
        rows += closed.drain(..).flat_map(|c| c.tables).map(|(_, r)| r.len()).sum::<usize>();
    }
    historian.finish();
    historian.take_closed(&mut closed);
    rows + closed.into_iter().flat_map(|c| c.tables).map(|(_, r)| r.len()).sum::<usize>()
}

/// How long that work takes so many times.
fn best(times: usize, work: &mut dyn FnMut()) -> Duration {
    let mut round = || {
        let begun = Instant::now();
        for _ in 0..times {
            work();
        }
        begun.elapsed()
    };
    (0..ROUNDS).map(|_| round()).min().unwrap_or_default()
}

/// What it is, the bytes, and how many times they are taken.
fn input() -> (String, Vec<u8>, usize) {
    if let Some(path) = std::env::var_os("AMI_CAPTURE") {
        let path = PathBuf::from(path);
        return (path.display().to_string(), unpacked(&path), 1);
    }
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures/16"));
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root).expect("fixtures are there") {
        all.extend(unpacked(&entry.expect("a folder").path().join("ami-a.txt.gz")));
    }
    ("fixtures/captures/16, ten times".to_owned(), all, 10)
}

fn unpacked(path: &Path) -> Vec<u8> {
    let packed = std::fs::read(path).expect("the capture can be read");
    let mut bytes = Vec::new();
    flate2::read::MultiGzDecoder::new(&packed[..]).read_to_end(&mut bytes).expect("gzip");
    bytes
}
