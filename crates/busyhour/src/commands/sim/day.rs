//! `busyhour sim day`: a day of a simulated centre into files, as fast as the machine can live it.

use super::Version;
use crate::commands::moment;
use crate::exit::{Exit, Failure, Outcome};
use clap::Args;
use facts::Stamp;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Bytes gathered before they are written.
const BUFFER: usize = 1 << 20;

/// The day.
#[derive(Args, Debug)]
pub(crate) struct Day {
    /// How many agents.
    #[arg(long, value_name = "N", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(5..=10_000))]
    agents: u32,
    /// The same seed gives the same day, byte for byte.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// When it begins: UTC, which is the local time of the centre.
    #[arg(long, value_name = "STAMP", default_value = "2026-11-20T00:00", value_parser = moment)]
    from: Stamp,
    /// How many hours are lived.
    #[arg(long, value_name = "N", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(1..=744))]
    hours: u32,
    /// When the PBX is restarted (`core restart now`), with the calls that are up; else never.
    #[arg(long, value_name = "STAMP", value_parser = moment)]
    restart: Option<Stamp>,
    /// Which Asterisk to be like.
    #[arg(long, value_enum, default_value = "22")]
    like: Version,
    /// The folder for the files; it is made.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Write `ami.txt` as it is instead of `ami.txt.gz`.
    #[arg(long)]
    plain: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Day) -> Outcome {
    let mut settings = sim::Settings::day(args.agents, args.seed);
    settings.version = args.like.into();
    settings.restart_at = args.restart.map(|restart| restart.0);
    std::fs::create_dir_all(&args.out)
        .map_err(|e| Failure::problem(format!("{}: {e}", args.out.display())))?;
    let create = |name: &str| create(&args.out, name);
    let (mut queue_log, mut calls, mut agents) =
        (create("queue_log")?, create("truth-calls.csv")?, create("truth-agents.csv")?);
    std::fs::write(args.out.join("queues.conf"), settings.queues_conf())?;
    let begun = Instant::now();
    let counts = if args.plain {
        let mut ami = create("ami.txt")?;
        let files = sim::DayFiles {
            ami: &mut ami,
            queue_log: &mut queue_log,
            calls: &mut calls,
            agents: &mut agents,
        };
        let counts = sim::write_day(&settings, args.from.0, args.hours, files)?;
        ami.flush()?;
        counts
    } else {
        let mut ami = GzEncoder::new(create("ami.txt.gz")?, Compression::fast());
        let files = sim::DayFiles {
            ami: &mut ami,
            queue_log: &mut queue_log,
            calls: &mut calls,
            agents: &mut agents,
        };
        let counts = sim::write_day(&settings, args.from.0, args.hours, files)?;
        ami.finish()?.flush()?;
        counts
    };
    for file in [&mut queue_log, &mut calls, &mut agents] {
        file.flush()?;
    }
    let took = begun.elapsed();
    let rate = u128::from(counts.events) * 1_000 / took.as_millis().max(1);
    writeln!(
        std::io::stdout(),
        "{}: {} calls, {} events, {} MB of AMI, {} channels at most; {:.1} s, {rate} events a second",
        args.out.display(),
        counts.calls,
        counts.events,
        counts.bytes / 1_000_000,
        counts.channels_max,
        took.as_secs_f64(),
    )?;
    Ok(Exit::Ok)
}

fn create(dir: &Path, name: &str) -> Result<BufWriter<File>, Failure> {
    let path = dir.join(name);
    let file = File::create(&path);
    let file = file.map_err(|e| Failure::problem(format!("{}: {e}", path.display())))?;
    Ok(BufWriter::with_capacity(BUFFER, file))
}
