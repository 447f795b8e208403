//! `busyhour record`: what a link hears, byte for byte, into a file that `busyhour replay` reads.

use crate::config;
use crate::exit::{Exit, Failure, Outcome};
use clap::Args;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What to record and where to.
#[derive(Args, Debug)]
pub(crate) struct Record {
    /// The configuration file with the switch.
    #[arg(long, value_name = "FILE", default_value = "busyhour.toml")]
    config: PathBuf,
    /// The switch's name in it; needed if there are several.
    #[arg(long, value_name = "NAME")]
    pbx: Option<String>,
    /// The file to write; it must not exist.
    #[arg(short = 'O', long = "to", value_name = "FILE")]
    to: PathBuf,
    /// Stop after this many seconds; without it with Ctrl-C.
    #[arg(long, value_name = "N")]
    seconds: Option<u64>,
}

/// Runs the command.
pub(crate) fn run(args: &Record) -> Outcome {
    let config = config::load(&args.config)?;
    crate::log::start();
    let names: Vec<String> = config.engine.acds.iter().map(|a| a.link.name.to_string()).collect();
    let mut links = config.engine.acds.into_iter().map(|a| a.link);
    let link = match &args.pbx {
        Some(name) => links.find(|l| &*l.name == name.as_str()),
        None if names.len() == 1 => links.next(),
        None => None,
    };
    let link = link.ok_or_else(|| {
        Failure::new(Exit::Usage, format!("say --pbx with one of: {}", names.join(" ")))
    })?;
    let file = OpenOptions::new().write(true).create_new(true).open(&args.to);
    let file = file.map_err(|e| Failure::problem(format!("{}: {e}", args.to.display())))?;
    let stop = Arc::new(AtomicBool::new(false));
    for number in [SIGTERM, SIGINT] {
        signal_hook::flag::register(number, stop.clone())?;
    }
    if let Some(seconds) = args.seconds {
        let stop = stop.clone();
        std::thread::Builder::new().name("stop".to_owned()).spawn(move || {
            std::thread::sleep(Duration::from_secs(seconds));
            stop.store(true, Ordering::Release);
        })?;
    }
    let bytes = links::asterisk::record(link, BufWriter::new(file), &stop)
        .map_err(|e| Failure::problem(e.to_string()))?;
    writeln!(std::io::stdout().lock(), "{}: {bytes} bytes", args.to.display())?;
    Ok(Exit::Ok)
}
