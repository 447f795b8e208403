//! `busyhour journal`: what is kept, for people and for other programs. Reads only; a server may
//! be writing meanwhile.

use crate::commands::moment;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use clap::{Args, Subcommand};
use facts::decree;
use facts::table::{Column, Shape, Table, Type, Value};
use facts::{Kind, Stamp};
use std::io::Write;
use std::path::PathBuf;

/// What to do with the journal.
#[derive(Subcommand, Debug)]
pub(crate) enum Journal {
    /// The days that are kept, by ACD.
    Ls(Ls),
    /// One line a record: when, what, how large.
    Cat(Range),
    /// The bytes as they were heard, one message after the other.
    Export(Range),
    /// Check every day: checksums, numbering, counts. Exit code 1 if anything is damaged.
    Verify(Which),
}

/// Which journal.
#[derive(Args, Debug)]
pub(crate) struct Which {
    /// The server's data_dir.
    #[arg(long, value_name = "DIR", default_value = "busyhour-data", env = "BUSYHOUR_DATA")]
    data: PathBuf,
    /// Only this ACD.
    #[arg(long, value_name = "NAME")]
    acd: Option<String>,
}

/// List the days.
#[derive(Args, Debug)]
pub(crate) struct Ls {
    #[command(flatten)]
    which: Which,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

/// Which records.
#[derive(Args, Debug)]
pub(crate) struct Range {
    #[command(flatten)]
    which: Which,
    /// From this moment on, by the switch's clock.
    #[arg(long, value_name = "STAMP", value_parser = moment)]
    from: Option<Stamp>,
    /// To before this moment.
    #[arg(long, value_name = "STAMP", value_parser = moment)]
    to: Option<Stamp>,
    /// Only what the switch said to every listener, no observations of this server.
    #[arg(long)]
    events: bool,
}

static DAYS: Shape = Shape {
    name: "journal",
    doc: "one kept day of one ACD",
    key: 2,
    columns: &[
        Column { name: "acd", kind: Type::Text, doc: "the ACD" },
        Column { name: "day", kind: Type::Text, doc: "the day in UTC" },
        Column { name: "records", kind: Type::Int, doc: "records kept" },
        Column { name: "raw_bytes", kind: Type::Int, doc: "bytes heard" },
        Column { name: "file_bytes", kind: Type::Int, doc: "bytes on the disk" },
        Column { name: "first", kind: Type::Stamp, doc: "stamp of the earliest record" },
        Column { name: "last", kind: Type::Stamp, doc: "stamp of the latest record" },
    ],
};

/// Runs the command.
pub(crate) fn run(command: &Journal) -> Outcome {
    match command {
        Journal::Ls(args) => ls(args),
        Journal::Cat(args) => each(args, |out, acd, kept| {
            let first = kept.entry.payload.split(|b| *b == b'\r' || *b == b'\n').next();
            let first = String::from_utf8_lossy(first.unwrap_or_default()).into_owned();
            let kind = match Kind::from_code(kept.entry.kind) {
                Some(Kind::Event) => "event",
                Some(Kind::Observation) => "observation",
                None if kept.entry.kind == decree::KIND => "decree",
                None => "unknown",
            };
            let (stamp, heard) = (Stamp(kept.entry.stamp), Stamp(kept.entry.heard));
            let bytes = kept.entry.payload.len();
            writeln!(out, "{acd} {} {stamp} heard {heard} {kind} {bytes} {first}", kept.seq)
        }),
        Journal::Export(args) => each(args, |out, _, kept| {
            // What was decided is no part of what a switch said, unless it is asked for.
            if kept.entry.kind == decree::KIND && args.which.acd.is_none() {
                return Ok(());
            }
            out.write_all(&kept.entry.payload)
        }),
        Journal::Verify(args) => verify(args),
    }
}

fn reader(which: &Which) -> Result<(journal::Reader, Vec<String>), Failure> {
    let dir = crate::config::journal_dir(&which.data);
    if !dir.is_dir() {
        return Err(Failure::problem(format!("{}: there is no journal", dir.display())));
    }
    let reader = journal::Reader::open(&dir).map_err(|e| Failure::problem(e.to_string()))?;
    let mut acds = reader.acds().map_err(|e| Failure::problem(e.to_string()))?;
    if let Some(name) = &which.acd {
        if !acds.contains(name) {
            let words = format!("--acd {name}: the journal has: {}", acds.join(" "));
            return Err(Failure::new(Exit::Usage, words));
        }
        acds.retain(|a| a == name);
    }
    Ok((reader, acds))
}

fn ls(args: &Ls) -> Outcome {
    let (reader, acds) = reader(&args.which)?;
    let mut rows = Vec::new();
    let unreadable = |e: journal::ReadError| Failure::problem(e.to_string());
    for acd in &acds {
        for day in reader.days(acd).map_err(unreadable)? {
            let day = reader.summary(acd, day).map_err(unreadable)?;
            let int = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
            rows.push(vec![
                Value::from(acd.as_str()),
                Value::from(day.day.to_string().as_str()),
                int(day.count),
                int(day.raw_bytes),
                int(day.file_bytes),
                Value::from(day.stamps.map(|(first, _)| Stamp(first))),
                Value::from(day.stamps.map(|(_, last)| Stamp(last))),
            ]);
        }
    }
    let table = Table { shape: &DAYS, as_of: engine::wall_clock(), rows };
    output::print(&mut std::io::stdout().lock(), args.output, &DAYS, &output::objects(&table))?;
    Ok(Exit::Ok)
}

fn each(
    args: &Range,
    write: impl Fn(&mut dyn Write, &str, &journal::Kept) -> std::io::Result<()>,
) -> Outcome {
    let (reader, acds) = reader(&args.which)?;
    let from = args.from.map_or(i64::MIN, |s| s.0);
    let to = args.to.map_or(i64::MAX, |s| s.0);
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut exit = Exit::Ok;
    for acd in &acds {
        let records = reader.range(acd, from, to).map_err(|e| Failure::problem(e.to_string()))?;
        for kept in records {
            match kept {
                Ok(kept) if args.events && kept.entry.kind != Kind::Event as u8 => {}
                Ok(kept) => write(&mut out, acd, &kept)?,
                Err(e) => {
                    // The rest of the journal is still worth reading.
                    writeln!(std::io::stderr().lock(), "busyhour: {acd}: {e}")?;
                    exit = Exit::Problem;
                }
            }
        }
    }
    out.flush()?;
    Ok(exit)
}

fn verify(which: &Which) -> Outcome {
    let (reader, acds) = reader(which)?;
    let mut out = std::io::stdout().lock();
    let mut exit = Exit::Ok;
    for acd in &acds {
        let report = reader.verify(acd, None).map_err(|e| Failure::problem(e.to_string()))?;
        writeln!(out, "{acd}: {} records in {} files", report.records, report.files)?;
        for damage in &report.damages {
            writeln!(out, "{acd}: {damage}")?;
            exit = Exit::Problem;
        }
    }
    Ok(exit)
}
