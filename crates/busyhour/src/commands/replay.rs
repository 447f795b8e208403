//! `busyhour replay`: recorded sessions through the real translation and model, without a server;
//! or, with `--speed`, played into a running one.

use crate::client::Client;
use crate::commands::{SHAPES, moment, shape, sql};
use crate::config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use clap::Args;
use engine::{Day, Fold, FoldSettings, Historian};
use facts::table::{Shape, Table};
use facts::{Kind, Record, Stamp};
use flate2::read::MultiGzDecoder;
use history::calendar::Length;
use history::ledger::Entry;
use history::reconcile::{RECONCILED, UNRECONCILED};
use history::{Books, Sheets};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;
use translate::queue_log::QueueLog;

/// Ended calls that a replay keeps: all of a large capture.
const ENDED_CALLS_MAX: usize = 2_000_000;
/// The largest unpacked capture taken.
const CAPTURE_BYTES_MAX: u64 = 8 << 30;

/// How long a server takes to log in to the player, about.
const LOGIN_US: i64 = 300_000;

/// What to replay and what to print.
#[derive(Args, Debug)]
pub(crate) struct Replay {
    /// Recorded sessions of one switch, plain or gzip, with or without banner; several are united:
    /// what two of them heard counts once.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Answer this SELECT over all tables, live and history, instead of printing tables.
    #[arg(long, value_name = "SELECT", conflicts_with_all = ["tables", "digest", "speed"])]
    sql: Option<String>,
    /// Print this table, live (`queues`, `csplit` …) or history (`hsplit`, `dagent`,
    /// `call_rec` …); may be given several times. Without it: all live ones. Anomalies are always
    /// printed.
    #[arg(long = "table", value_name = "NAME")]
    tables: Vec<String>,
    /// Print the tables as they stood at this moment (RFC 3339 in UTC or seconds since 1970).
    #[arg(long, value_name = "STAMP", value_parser = moment)]
    at: Option<Stamp>,
    /// Take the settings of the first `[[pbx]]` of this file (trunks, wrap-up, names).
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The ACD's name in the tables.
    #[arg(long, value_name = "NAME")]
    acd: Option<String>,
    /// Compare with the switch's own queue_log: tables `reconciled` (by day and queue) and
    /// `unreconciled` (visits on which they do not agree). Several are read one after the other.
    #[arg(long = "queue-log", value_name = "FILE", conflicts_with = "speed")]
    queue_logs: Vec<PathBuf>,
    /// Form of the output; json is one object a line with its table's name.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
    /// Length of the intervals of history, minutes: 15, 30 or 60.
    #[arg(long, value_name = "MINUTES", default_value = "30", value_parser = length)]
    interval: Length,
    /// Local time of history: a zone of the tz database. Without it the config's, else
    /// this machine's.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    timezone: Option<Day>,
    /// Print the digest of the final state as well: equal folds have equal digests.
    #[arg(long)]
    digest: bool,
    /// Play into the running server at this many times the recorded speed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    speed: Option<u32>,
    /// The server to play into.
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8080",
        requires = "speed",
        env = "BUSYHOUR_SERVER"
    )]
    server: String,
}

/// Runs the command.
pub(crate) fn run(args: &Replay) -> Outcome {
    let (mut settings, zone) = settings(args)?;
    settings.model.ended_calls_max = ENDED_CALLS_MAX;
    let mut tables = tables(&args.tables)?;
    let log = read_logs(&args.queue_logs)?;
    if log.is_some() {
        for table in [&RECONCILED, &UNRECONCILED] {
            if !tables.iter().any(|t| t.name == table.name) {
                tables.push(table);
            }
        }
    }
    let records = read_all(&args.files)?;
    if let Some(speed) = args.speed {
        return play(args, &settings, records, speed);
    }
    if let Some(question) = &args.sql {
        return ask(args, settings, &zone, (records, log), question);
    }
    let (tables, digest) = replay(args, settings, &zone, (records, log), &tables);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for table in &tables {
        print(&mut out, args.output, table)?;
    }
    if args.digest {
        let hex: String = digest.iter().map(|b| format!("{b:02x}")).collect();
        match args.output {
            Format::Json => {
                writeln!(out, "{}", serde_json::json!({"table": "digest", "digest": hex}))?;
            }
            Format::Table | Format::Csv => writeln!(out, "digest {hex}")?,
        }
    }
    out.flush()?;
    Ok(Exit::Ok)
}

/// Folds and counts everything, then answers a question about it.
fn ask(
    args: &Replay,
    settings: FoldSettings,
    zone: &Day,
    heard: (Vec<Record>, Option<Vec<Entry>>),
    question: &str,
) -> Outcome {
    let mut shapes: Vec<&'static Shape> =
        model::SHAPES.iter().chain(history::SHAPES.iter().copied()).collect();
    if heard.1.is_some() {
        shapes.extend([&RECONCILED, &UNRECONCILED]);
    }
    let (tables, _) = replay(args, settings, zone, heard, &shapes);
    let mut catalogue = query::Catalogue::new().map_err(sql::failure)?;
    for table in &tables {
        catalogue.table(table).map_err(sql::failure)?;
    }
    drop(tables);
    sql::print(&catalogue, question, args.output)
}

/// The tables to print: those asked for, or all live ones.
fn tables(names: &[String]) -> Result<Vec<&'static Shape>, Failure> {
    let mut tables = Vec::new();
    for name in names {
        let of_log = || [&RECONCILED, &UNRECONCILED].into_iter().find(|s| s.name == name);
        match model::shape(name).or_else(|| history::shape(name)).or_else(of_log) {
            Some(shape) => tables.push(shape),
            None if shape(name).is_some() => {
                let words = format!("--table {name}: a recording has no {name}; ask a server");
                return Err(Failure::new(Exit::Usage, words));
            }
            None => {
                let shapes = SHAPES.iter().chain(history::SHAPES.iter());
                let names: Vec<_> = shapes.map(|s| s.name).collect();
                let words =
                    format!("--table {name}: there is no such table but: {}", names.join(" "));
                return Err(Failure::new(Exit::Usage, words));
            }
        }
    }
    if tables.is_empty() {
        tables.extend(model::SHAPES);
    }
    if !tables.iter().any(|shape| shape.name == "anomalies") {
        tables.extend(model::shape("anomalies"));
    }
    Ok(tables)
}

/// The length of intervals on the command line.
fn length(text: &str) -> Result<Length, String> {
    let length = text.parse().ok().and_then(Length::of_minutes);
    length.ok_or_else(|| "intervals have 15, 30 or 60 minutes".to_owned())
}

/// A zone on the command line.
fn zone(name: &str) -> Result<Day, String> {
    let what = "the tz database of this machine has no such zone; e.g. Europe/Berlin";
    Day::named(name).ok_or_else(|| what.to_owned())
}

fn settings(args: &Replay) -> Result<(FoldSettings, Day), Failure> {
    let (mut settings, zone) = match &args.config {
        Some(path) => {
            let acd = config::first_acd(path)?;
            (acd.fold, acd.zone)
        }
        None => (FoldSettings::for_acd("replay"), Day::of_this_machine()),
    };
    if let Some(name) = &args.acd {
        settings.model.acd = name.as_str().into();
    }
    Ok((settings, args.timezone.clone().unwrap_or(zone)))
}

/// Folds records in canonical order, up to a moment if one is given, and counts them. The interval
/// that runs then is closed as far as it came. Gives the tables and the digest of the state.
fn replay(
    args: &Replay,
    settings: FoldSettings,
    zone: &Day,
    (records, log): (Vec<Record>, Option<Vec<Entry>>),
    shapes: &[&'static Shape],
) -> (Vec<Table>, [u8; 32]) {
    let counting = engine::counting(&settings);
    let calendar = zone.calendar(args.interval, engine::YEARS.0, engine::YEARS.1);
    let mut sheets = Sheets::new(&counting, calendar.clone());
    let books = Books::new(counting, calendar.clone());
    let mut historian = Historian::new(Fold::new(settings), books);
    if log.is_some() {
        historian.remember_visits();
    }
    let mut closed = Vec::new();
    for record in records {
        if args.at.is_none_or(|at| record.stamp <= at) {
            historian.push(record);
            historian.take_closed(&mut closed);
            sheets.add(closed.drain(..));
        }
    }
    historian.settle();
    if let Some(at) = args.at {
        historian.advance(at);
    }
    let fold = historian.fold();
    let at = args.at.unwrap_or_else(|| fold.now());
    // Live tables first: finishing lets time go on.
    let live: Vec<Option<Table>> = shapes.iter().map(|s| fold.table(s.name, at)).collect();
    let digest = fold.digest();
    historian.finish();
    historian.take_closed(&mut closed);
    sheets.add(closed);
    let mut visits = historian.take_visits().unwrap_or_default();
    for entry in log.iter().flatten() {
        visits.log(entry);
    }
    let (reconciled, unreconciled) = visits.rows(&calendar);
    let counted = |shape: &'static Shape| {
        let rows = match shape.name {
            name if name == RECONCILED.name => reconciled.clone(),
            name if name == UNRECONCILED.name => unreconciled.clone(),
            name => sheets.rows(name),
        };
        Table { shape, as_of: at, rows }
    };
    let tables = shapes.iter().zip(live).map(|(shape, t)| t.unwrap_or_else(|| counted(shape)));
    (tables.collect(), digest)
}

fn print(out: &mut dyn Write, format: Format, table: &Table) -> Result<(), Failure> {
    let rows = output::objects(table);
    match format {
        Format::Json => {
            for row in rows {
                let mut object = serde_json::Map::new();
                object.insert("table".to_owned(), Json::from(table.shape.name));
                object.insert("as_of".to_owned(), Json::from(table.as_of.to_string()));
                object.extend(row);
                serde_json::to_writer(&mut *out, &object).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
            }
        }
        Format::Table | Format::Csv => {
            writeln!(out, "# {} as of {}", table.shape.name, table.as_of)?;
            output::print(out, format, table.shape, &rows)?;
            writeln!(out)?;
        }
    }
    Ok(())
}

/// Reads queue logs as one; what cannot be read in them is said, line by line.
fn read_logs(files: &[PathBuf]) -> Result<Option<Vec<Entry>>, Failure> {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let mut log = QueueLog::new(BTreeMap::new());
    for file in files {
        match read(file) {
            Ok(bytes) => {
                for line in bytes.split(|b| *b == b'\n') {
                    log.line(line, &mut entries);
                }
            }
            Err(e) => problems.push(format!("{}: {e}", file.display())),
        }
    }
    let last = entries.iter().map(|entry| entry.at).max().unwrap_or_default();
    log.finish(last, &mut entries);
    let (bad, count) = log.bad();
    if count > 0 {
        let told = bad.iter().take(10).map(|bad| format!("line {}: {}", bad.line, bad.why));
        problems.extend(told);
        problems.push(format!("{count} lines of the queue log cannot be read"));
    }
    if problems.is_empty() {
        Ok((!files.is_empty()).then_some(entries))
    } else {
        Err(Failure::problem(problems.join("\n")))
    }
}

/// Reads every file; all that cannot be read are named at once.
fn read_all(files: &[PathBuf]) -> Result<Vec<Record>, Failure> {
    let mut sessions = Vec::new();
    let mut problems = Vec::new();
    for file in files {
        match read(file) {
            Ok(bytes) => {
                let records = translate::capture::records(&bytes);
                let said = |r: &Record| r.kind == Kind::Event;
                let answered = bytes.windows(10).any(|w| w == b"Response: ");
                if !answered && !records.iter().any(said) {
                    problems.push(format!("{}: no AMI message found in it", file.display()));
                }
                sessions.push(records);
            }
            Err(e) => problems.push(format!("{}: {e}", file.display())),
        }
    }
    if problems.is_empty() {
        Ok(translate::order::union(sessions))
    } else {
        Err(Failure::problem(problems.join("\nbusyhour: ")))
    }
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    std::fs::File::open(file)?.read_to_end(&mut packed)?;
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Ok(packed);
    }
    let mut bytes = Vec::new();
    MultiGzDecoder::new(&packed[..]).take(CAPTURE_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Serves the recording as a PBX on loopback and asks the server to attach to it. The stamps are
/// moved to the present: a server would take the past for a clock that is wrong.
fn play(args: &Replay, settings: &FoldSettings, records: Vec<Record>, speed: u32) -> Outcome {
    let events: Vec<Record> = records.into_iter().filter(|r| r.kind == Kind::Event).collect();
    let begin = engine::wall_clock() + LOGIN_US;
    let first = events.first().map_or(begin, |r| r.stamp);
    let said = events.iter().map(|r| {
        let at = begin + (r.stamp - first) / i64::from(speed);
        sim::Recorded { at: at.0, bytes: restamped(&r.payload, at) }
    });
    let said: Vec<sim::Recorded> = said.collect();
    let centre = sim::Settings::centre(5, 1);
    let user = centre.users.first().cloned();
    let user = user.ok_or_else(|| Failure::problem("the player has no account to log in with"))?;
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let playback = sim::Playback::start(centre, said, 1, listen)?;
    let name = args.acd.clone().unwrap_or_else(|| default_name(&args.files));
    let body = serde_json::json!({
        "name": name,
        "address": playback.address().to_string(),
        "user": user.name,
        "secret": user.secret,
        "trunks": settings.model.trunks.iter().map(|t| t.to_string()).collect::<Vec<_>>(),
    });
    let answer = Client::new(&args.server).post("/api/v1/links", &body)?;
    let answer: Json = serde_json::from_str(&answer).unwrap_or_default();
    let name = answer.get("name").and_then(Json::as_str).unwrap_or(&name);
    let mut out = std::io::stdout().lock();
    writeln!(out, "playing as {name} into {} at {speed} times the speed", args.server)?;
    out.flush()?;
    while !playback.is_over() {
        std::thread::sleep(Duration::from_millis(200));
    }
    // What was handed out last is on its way to the server.
    std::thread::sleep(Duration::from_secs(1));
    playback.stop();
    writeln!(out, "played to the end")?;
    Ok(Exit::Ok)
}

/// The event with another `Timestamp:`; nothing else changes.
fn restamped(event: &[u8], at: Stamp) -> Vec<u8> {
    const HEADER: &[u8] = b"\r\nTimestamp: ";
    let Some(start) = event.windows(HEADER.len()).position(|w| w == HEADER) else {
        return event.to_vec();
    };
    let (head, rest) = event.split_at(start + HEADER.len());
    let end = rest.iter().position(|b| *b == b'\r').unwrap_or(rest.len());
    let stamp = format!("{}.{:06}", at.secs(), at.0.rem_euclid(1_000_000));
    [head, stamp.as_bytes(), rest.get(end..).unwrap_or_default()].concat()
}

/// A name for the ACD from the first file's: `ami-a.txt.gz` in `hold/` is `replay-hold`.
fn default_name(files: &[PathBuf]) -> String {
    let parent = files.first().and_then(|f| f.parent()).and_then(Path::file_name);
    let name = parent.map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let clean = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    format!("replay-{}", name.chars().map(clean).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stamp_is_moved() {
        let event =
            b"Event: Hold\r\nPrivilege: call,all\r\nTimestamp: 1.000001\r\nA: 1.000001\r\n\r\n";
        let moved = restamped(event, Stamp(7_000_000_000_009));
        assert_eq!(
            moved,
            b"Event: Hold\r\nPrivilege: call,all\r\nTimestamp: 7000000.000009\r\nA: 1.000001\r\n\r\n"
        );
        assert_eq!(restamped(b"Event: X\r\n\r\n", Stamp(1)), b"Event: X\r\n\r\n");
    }
}
