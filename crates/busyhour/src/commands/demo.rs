//! `busyhour demo`: a simulated PBX, and a server attached to it over TCP like to any other.

use crate::commands::serve;
use crate::exit::{Failure, Outcome};
use clap::Args;
use engine::{AcdSettings, Day, FoldSettings};
use links::asterisk::Secret;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// How large and where.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Where to serve the pages; loopback only.
    #[arg(long, value_name = "HOST:PORT", default_value = crate::config::LISTEN)]
    listen: SocketAddr,
    /// How many agents the contact centre has.
    #[arg(long, value_name = "N", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(5..=5_000))]
    agents: u32,
    /// The same seed gives the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Keep the journal here; without it in a temporary folder that goes with the demo.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Demo) -> Outcome {
    crate::log::start();
    let centre = sim::Settings::centre(args.agents, args.seed);
    let user = centre
        .users
        .first()
        .cloned()
        .ok_or_else(|| Failure::problem("the simulated PBX has no account to log in with"))?;
    let queues_conf = centre.queues_conf();
    let service_levels: Vec<(String, u32)> =
        centre.queues.iter().map(|q| (q.name.clone(), q.servicelevel_s)).collect();
    let pbx = sim::Pbx::start(centre, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    let temporary = tempfile::Builder::new().prefix("busyhour-demo-").tempdir()?;
    let data = args.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    let mut fold = FoldSettings::for_acd("demo");
    let (wrapup, _) = translate::asterisk::parse_queues_conf(queues_conf.as_bytes());
    fold.translate.wrapup = wrapup;
    let levels = service_levels.iter().map(|(name, s)| (name.as_str().into(), *s));
    fold.model.service_level_s = levels.collect();
    let address = pbx.address().to_string();
    let link = links::asterisk::Settings::new(
        "demo",
        &address,
        &user.name,
        Secret::new(user.secret),
        "demo-server",
    );
    let settings = engine::Settings {
        server: "demo-server".into(),
        journal: journal::Settings::new(crate::config::journal_dir(&data), "demo-server"),
        acds: vec![AcdSettings { link, fold, zone: Day::of_this_machine() }],
        ring_bytes_max: 256 << 20,
    };
    let running = serve::start(settings, args.listen)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "A contact centre of {} agents is live at http://{}",
        args.agents, running.address
    )?;
    writeln!(out, "Its simulated PBX speaks AMI on {address}; stop with Ctrl-C.")?;
    out.flush()?;
    drop(out);
    let ended = running.wait();
    pbx.stop();
    ended
}
