//! Measures the journal with real AMI messages against a plain file written and synced in the
//! same run: `cargo bench -p journal`, with `-- quick` for a tenth of the time. Prints a table.
#![allow(missing_docs, reason = "a program")]
#![expect(clippy::unwrap_used, reason = "nothing can go on when a measurement cannot")]
#![expect(clippy::print_stdout, reason = "this is what it is for")]

#[path = "../tests/support/mod.rs"]
mod support;

use journal::{Bucket, Entry, Journal, Reader, Settings};
use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::{NOON, SOON, captures};

fn main() {
    let quick = std::env::args().any(|arg| arg == "quick");
    let real = captures("16");
    let dir = tempfile::Builder::new().prefix("journal-bench").tempdir().unwrap();
    let bytes: usize = real.iter().map(|e| e.payload.len()).sum();
    println!("{} messages of real captures, {} bytes each", real.len(), bytes / real.len());
    size(dir.path(), &real);
    most(dir.path(), &real, if quick { 300_000 } else { 2_000_000 });
    let seconds = if quick { 2 } else { 10 };
    for rate in [500, 5_000, 50_000] {
        paced(dir.path(), &real, rate, seconds);
    }
    start(dir.path());
}

/// The real messages over and over, at this rate of stamps.
fn cycle(real: &[Entry], from: usize, count: usize, rate: i64) -> Vec<Entry> {
    let again = (from..from + count).zip(real.iter().cycle().skip(from % real.len()));
    again
        .map(|(n, e)| {
            let stamp = NOON + i64::try_from(n).unwrap() * 1_000_000 / rate;
            Entry { stamp, heard: stamp + 250, ..e.clone() }
        })
        .collect()
}

fn open(dir: &Path) -> Journal {
    Journal::open(Settings::new(dir, "a"), |state| println!("{state:?}")).unwrap()
}

fn disk_bytes(dir: &Path) -> u64 {
    let files = fs::read_dir(dir).unwrap().map(|found| found.unwrap());
    files
        .map(
            |f| if f.path().is_dir() { disk_bytes(&f.path()) } else { f.metadata().unwrap().len() },
        )
        .sum()
}

/// Bytes a record on the disk, with few and with many records in a commit.
fn size(dir: &Path, real: &[Entry]) {
    let count = real.len() * 4;
    let all = cycle(real, 0, count, 1000);
    let text: Vec<u8> = all.iter().flat_map(|e| e.payload.iter().copied()).collect();
    let whole = zstd::bulk::compress(&text, 3).unwrap().len();
    println!("\nbytes a record on the disk ({count} records)");
    println!("  {:<34}{:>8.1}", "as they are", ratio(text.len(), count));
    println!("  {:<34}{:>8.1}", "one zstd -3 frame of them all", ratio(whole, count));
    for (name, each) in [("journal, 1000 a commit", 1000), ("journal, 10 a commit", 10)] {
        let dir = dir.join(format!("size-{each}"));
        let journal = open(&dir);
        for part in all.chunks(each) {
            support::keep(&journal, "x", part.to_vec());
        }
        journal.close().unwrap();
        let used = usize::try_from(disk_bytes(&dir)).unwrap();
        println!("  {name:<34}{:>8.1}", ratio(used, count));
    }
}

#[expect(clippy::cast_precision_loss, reason = "for show")]
fn ratio(a: usize, b: usize) -> f64 {
    a as f64 / b as f64
}

/// Records a second when as many come as can be taken.
fn most(dir: &Path, real: &[Entry], count: usize) {
    let all = cycle(real, 0, count, 50_000);
    let path = dir.join("plain");
    let begun = Instant::now();
    let mut file = File::create(&path).unwrap();
    for part in all.chunks(20_000) {
        let text: Vec<u8> = part.iter().flat_map(|e| e.payload.iter().copied()).collect();
        file.write_all(&text).unwrap();
        file.sync_data().unwrap();
    }
    let plain = begun.elapsed();
    fs::remove_file(path).unwrap();
    let dir = dir.join("most");
    let journal = open(&dir);
    let begun = Instant::now();
    let mut last = 0;
    for part in all.chunks(20_000) {
        last = journal.append("x", part.to_vec()).unwrap();
    }
    assert!(journal.wait_kept("x", last, SOON));
    let ours = begun.elapsed();
    drop(journal);
    let begun = Instant::now();
    let read = Reader::open(&dir).unwrap().from_seq("x", 1).unwrap().filter(Result::is_ok).count();
    assert_eq!(read, count);
    let reading = begun.elapsed();
    println!("\nrecords a second, 20,000 a batch ({count} records)");
    let rate = |t: Duration| ratio(count, usize::try_from(t.as_millis().max(1)).unwrap()) * 1000.0;
    println!("  {:<34}{:>10.0}", "plain file, write + fdatasync", rate(plain));
    println!(
        "  {:<34}{:>10.0}   {:.2} of it",
        "journal, kept",
        rate(ours),
        plain.as_secs_f64() / ours.as_secs_f64()
    );
    println!("  {:<34}{:>10.0}", "journal, read back", rate(reading));
}

/// Time from append to kept when records come at a rate, one millisecond's worth at a time.
fn paced(dir: &Path, real: &[Entry], rate: usize, seconds: usize) {
    println!("\n{rate} records a second for {seconds} s, append to kept in ms");
    let all: Vec<Vec<Entry>> = cycle(real, 0, rate * seconds, i64::try_from(rate).unwrap())
        .chunks((rate / 1000).max(1))
        .map(<[Entry]>::to_vec)
        .collect();
    let gap =
        Duration::from_secs(u64::try_from(seconds).unwrap()) / u32::try_from(all.len()).unwrap();
    let plain = plain_paced(&dir.join("plain"), &all, gap);
    report("plain file, write + fdatasync", plain);

    let dir = dir.join(format!("paced-{rate}"));
    let journal = open(&dir);
    let (written, cpu) = (written_bytes(), cpu_ms());
    let begun = Instant::now();
    let marks: Mutex<Vec<(u64, Instant)>> = Mutex::default();
    let mut waits = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for (n, part) in (0..).zip(all) {
                sleep_until(begun + gap * n);
                let at = Instant::now();
                let seq = journal.append("x", part).unwrap();
                marks.lock().unwrap().push((seq, at));
            }
        });
        let last = u64::try_from(rate * seconds).unwrap();
        let mut kept = 0;
        while kept < last {
            assert!(journal.wait_kept("x", kept + 1, SOON));
            let now = Instant::now();
            kept = journal.watermark("x").kept_seq;
            let mut marks = marks.lock().unwrap();
            let done = marks.partition_point(|(seq, _)| *seq <= kept);
            waits.extend(marks.drain(..done).map(|(_, at)| now - at));
        }
    });
    let (cpu, written) = (cpu_ms() - cpu, written_bytes() - written);
    let wall = usize::try_from(begun.elapsed().as_millis()).unwrap();
    report("journal", waits);
    println!(
        "  {:<34}{:>8.1} % of a core, {} KiB/s written",
        "",
        100.0 * ratio(cpu, wall),
        written / 1024 / u64::try_from(seconds).unwrap()
    );
}

/// What waits for the plain file, with the moment from which it waits.
type Waiting = Mutex<Vec<(Instant, Vec<u8>)>>;

/// The same with a thread that writes and syncs what has gathered.
fn plain_paced(path: &Path, all: &[Vec<Entry>], gap: Duration) -> Vec<Duration> {
    let queue = Waiting::default();
    let done = AtomicBool::new(false);
    let mut waits = Vec::new();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let begun = Instant::now();
            for (n, part) in (0..).zip(all) {
                sleep_until(begun + gap * n);
                let text = part.iter().flat_map(|e| e.payload.iter().copied()).collect();
                queue.lock().unwrap().push((Instant::now(), text));
            }
            done.store(true, Ordering::SeqCst);
        });
        let mut file = File::create(path).unwrap();
        loop {
            let last = done.load(Ordering::SeqCst);
            let gathered = std::mem::take(&mut *queue.lock().unwrap());
            if gathered.is_empty() {
                if last {
                    break;
                }
                std::thread::sleep(Duration::from_micros(50));
                continue;
            }
            let text: Vec<u8> =
                gathered.iter().flat_map(|(_, text)| text.iter().copied()).collect();
            file.write_all(&text).unwrap();
            file.sync_data().unwrap();
            waits.extend(gathered.iter().map(|(at, _)| at.elapsed()));
        }
    });
    fs::remove_file(path).unwrap();
    waits
}

fn sleep_until(moment: Instant) {
    let left = moment.saturating_duration_since(Instant::now());
    if !left.is_zero() {
        std::thread::sleep(left);
    }
}

fn report(name: &str, mut waits: Vec<Duration>) {
    waits.sort();
    let at = |part: usize| waits[(waits.len() - 1) * part / 1000].as_secs_f64() * 1000.0;
    let (p50, p99, max) = (at(500), at(990), at(1000));
    println!("  {name:<34}p50 {p50:>7.2}  p99 {p99:>7.2}  max {max:>7.2}");
}

/// Processor time of this process so far, in milliseconds, at 100 ticks a second.
fn cpu_ms() -> usize {
    let text = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = text.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    [11, 12].iter().filter_map(|i| fields.get(*i)?.parse::<usize>().ok()).sum::<usize>() * 10
}

/// Bytes that this process gave to the disk so far.
fn written_bytes() -> u64 {
    let text = fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("write_bytes: "));
    line.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// What a start takes, and questions of the large file that the measurement before left.
fn start(dir: &Path) {
    let dir = dir.join("most");
    println!("\nwith {} MiB of one day", disk_bytes(&dir) >> 20);
    let begun = Instant::now();
    let journal = open(&dir);
    println!("  {:<34}{:>8.2} ms", "open", begun.elapsed().as_secs_f64() * 1000.0);
    let reader = journal.reader().unwrap();
    let begun = Instant::now();
    let count = reader.range("x", NOON + 1_000_000, NOON + 1_100_000).unwrap().count();
    println!(
        "  {:<34}{:>8.2} ms ({count} records)",
        "a tenth of a second",
        begun.elapsed().as_secs_f64() * 1000.0
    );
    let begun = Instant::now();
    let day = 86_400_000_000;
    let count = reader.digest("x", Bucket::Minute, NOON - day, NOON + day, |_| true).unwrap().len();
    println!(
        "  {:<34}{:>8.2} ms ({count} minutes)",
        "digests by minute",
        begun.elapsed().as_secs_f64() * 1000.0
    );
}
