//! `busyhour sim`: the demo's PBX on its own, for whoever wants to attach something to it, or a
//! day of it in files.

mod day;

use crate::exit::{Exit, Outcome};
use clap::{Args, Subcommand, ValueEnum};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What to simulate.
#[derive(Subcommand, Debug)]
pub(crate) enum Sim {
    /// A PBX with a contact centre that speaks AMI over TCP.
    Pbx(Pbx),
    /// A day of it in files, as fast as possible: AMI, queue_log and the truth as tables.
    Day(day::Day),
}

/// Which Asterisk to be like.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Version {
    /// 16.28 (AMI 5.0.4).
    #[value(name = "16")]
    V16,
    /// 22.10 (AMI 11.0.0).
    #[value(name = "22")]
    V22,
}

impl From<Version> for sim::Version {
    fn from(version: Version) -> Self {
        match version {
            Version::V16 => Self::V16,
            Version::V22 => Self::V22,
        }
    }
}

/// The PBX.
#[derive(Args, Debug)]
pub(crate) struct Pbx {
    /// Where it listens.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:5038")]
    listen: SocketAddr,
    /// How many agents.
    #[arg(long, value_name = "N", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(5..=10_000))]
    agents: u32,
    /// The same seed gives the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Which Asterisk to be like.
    #[arg(long, value_enum, default_value = "22")]
    like: Version,
}

/// Runs the command.
pub(crate) fn run(command: &Sim) -> Outcome {
    crate::log::start();
    match command {
        Sim::Pbx(args) => serve(args),
        Sim::Day(args) => day::run(args),
    }
}

fn serve(args: &Pbx) -> Outcome {
    let mut settings = sim::Settings::centre(args.agents, args.seed);
    settings.version = args.like.into();
    let stop = Arc::new(AtomicBool::new(false));
    for number in [SIGTERM, SIGINT] {
        signal_hook::flag::register(number, stop.clone())?;
    }
    let users: Vec<String> =
        settings.users.iter().map(|u| format!("{} / {}", u.name, u.secret)).collect();
    let pbx = sim::Pbx::start(settings, args.listen)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "AMI on {}; log in as {}", pbx.address(), users.join(", "))?;
    out.flush()?;
    drop(out);
    while !stop.load(Ordering::Acquire) {
        std::thread::sleep(Duration::from_millis(100));
    }
    pbx.stop();
    Ok(Exit::Ok)
}
