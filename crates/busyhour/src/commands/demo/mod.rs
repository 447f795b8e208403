//! `busyhour demo`: simulated PBXes, and a server attached to them over TCP like to any other.

mod past;

use crate::commands::serve;
use crate::exit::{Failure, Outcome};
use clap::Args;
use engine::{AcdSettings, Day, FoldSettings};
use facts::Text;
use history::calendar::Length;
use journal::Journal;
use links::asterisk::Secret;
use past::Past;
use sim::{Pbx, World};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// The name of the demo's server, in observations.
const SERVER: &str = "demo-server";
/// Minutes lived before the demo opens.
const PAST_MINUTES: u32 = 60;
/// With more agents than this the past is shorter, so that the demo opens soon.
const WHOLE_PAST_AGENTS: u32 = 1_500;
/// Seconds that each centre lives before its past begins, so that calls are up then.
const WARM_UP_S: u32 = 300;
const MINUTE_US: i64 = 60_000_000;

/// How large and where.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Where to serve the pages; loopback only.
    #[arg(long, value_name = "HOST:PORT", default_value = crate::config::LISTEN)]
    listen: SocketAddr,
    /// How many agents the contact centre has, on all its PBXes.
    #[arg(long, value_name = "N", default_value_t = 24,
          value_parser = clap::value_parser!(u32).range(5..=10_000))]
    agents: u32,
    /// On how many PBXes; agents and queues of the first two have the same names.
    #[arg(long, value_name = "N", default_value_t = 1,
          value_parser = clap::value_parser!(u32).range(1..=20))]
    pbxes: u32,
    /// The same seed gives the same day.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many minutes have passed already when the demo opens; 60, fewer from 1,500 agents on.
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(0..=720))]
    past: Option<u32>,
    /// Keep the journal here; without it in a temporary folder that goes with the demo.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Demo) -> Outcome {
    crate::log::start();
    let centres = centres(args)?;
    let temporary = tempfile::Builder::new().prefix("busyhour-demo-").tempdir()?;
    let data = args.data.clone().unwrap_or_else(|| temporary.path().to_owned());
    let journal = journal::Settings::new(crate::config::journal_dir(&data), SERVER);
    let shorter = PAST_MINUTES * WHOLE_PAST_AGENTS / args.agents.max(WHOLE_PAST_AGENTS);
    let minutes = args.past.unwrap_or(shorter);
    let pbxes = if minutes == 0 || has_been_here(&journal, &centres)? {
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let started = centres.iter().map(|centre| Pbx::start(centre.settings.clone(), local));
        started.collect::<Result<Vec<_>, _>>()?
    } else {
        with_past(&journal, &centres, minutes)?
    };
    let acds = centres.iter().zip(&pbxes).map(|(centre, pbx)| centre.acd(pbx));
    let settings = engine::Settings {
        server: SERVER.into(),
        journal,
        acds: acds.collect::<Result<_, _>>()?,
        archive: Some(crate::config::archive_dir(&data)),
        ring_bytes_max: 256 << 20,
    };
    let running = serve::start(settings, args.listen)?;
    let addresses: Vec<String> = pbxes.iter().map(|pbx| pbx.address().to_string()).collect();
    let (whose, speak) = if pbxes.len() == 1 {
        ("Its simulated PBX", "speaks")
    } else {
        ("Its simulated PBXes", "speak")
    };
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "A contact centre of {} agents is live at http://{}",
        args.agents, running.address
    )?;
    writeln!(out, "{whose} {speak} AMI on {}; stop with Ctrl-C.", addresses.join(", "))?;
    out.flush()?;
    drop(out);
    let ended = running.wait();
    for pbx in pbxes {
        pbx.stop();
    }
    ended
}

/// One PBX and the name of its ACD.
struct Centre {
    acd: String,
    settings: sim::Settings,
}

fn centres(args: &Demo) -> Result<Vec<Centre>, Failure> {
    if args.agents / args.pbxes < 5 {
        let words = format!("--pbxes {}: each needs 5 agents at least", args.pbxes);
        return Err(Failure::new(crate::exit::Exit::Usage, words));
    }
    let all = sim::Settings::several(args.agents, args.seed, args.pbxes);
    let named = all.into_iter().map(|settings| {
        let acd = match settings.system_name.as_str() {
            "" => "demo".to_owned(),
            name => name.to_owned(),
        };
        Centre { acd, settings: sim::Settings { warm_up_s: WARM_UP_S, ..settings } }
    });
    Ok(named.collect())
}

/// Whether the journal has something of these centres already: no other past is put before it.
fn has_been_here(journal: &journal::Settings, centres: &[Centre]) -> Result<bool, Failure> {
    if !journal.dir.exists() {
        return Ok(false);
    }
    let known = journal::Reader::open(&journal.dir).and_then(|reader| reader.acds());
    let known = known.map_err(|e| Failure::problem(e.to_string()))?;
    Ok(centres.iter().any(|centre| known.contains(&centre.acd)))
}

/// Lets every centre live until now, with what it said in the journal, and opens it.
fn with_past(
    settings: &journal::Settings,
    centres: &[Centre],
    minutes: u32,
) -> Result<Vec<Pbx>, Failure> {
    let journal = Journal::open(settings.clone(), |_| {});
    let journal = journal.map_err(|e| Failure::problem(e.to_string()))?;
    let begun = std::time::Instant::now();
    let born = engine::wall_clock().0 - i64::from(minutes) * MINUTE_US;
    let server = Text::from(SERVER);
    let live = |centre: &Centre| {
        let user = centre.user()?;
        let mut past = Past {
            world: World::new(&centre.settings, born),
            journal: &journal,
            acd: centre.acd.clone(),
            server: server.clone(),
            reads: user.read,
        };
        past.attach()?;
        past.catch_up()?;
        Ok(past)
    };
    let lived: Vec<Result<Past<'_>, Failure>> = std::thread::scope(|scope| {
        let threads: Vec<_> = centres.iter().map(|c| scope.spawn(move || live(c))).collect();
        let panicked = || Err(Failure::problem("a simulated past did not come to its end"));
        threads.into_iter().map(|t| t.join().unwrap_or_else(|_| panicked())).collect()
    });
    let mut pasts = lived.into_iter().collect::<Result<Vec<_>, _>>()?;
    // Who was ready first has waited for the others.
    for past in &mut pasts {
        past.catch_up()?;
    }
    tracing::info!(code = "past-lived", minutes, took_ms = begun.elapsed().as_millis());
    let worlds: Vec<World> = pasts.into_iter().map(|past| past.world).collect();
    journal.close().map_err(|e| Failure::problem(e.to_string()))?;
    let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    Ok(worlds.into_iter().map(|world| Pbx::go_on(world, local)).collect::<Result<_, _>>()?)
}

impl Centre {
    fn user(&self) -> Result<&sim::User, Failure> {
        let user = self.settings.users.first();
        user.ok_or_else(|| Failure::problem("the simulated PBX has no account to log in with"))
    }

    /// How the server listens to it and understands it.
    fn acd(&self, pbx: &Pbx) -> Result<AcdSettings, Failure> {
        let user = self.user()?;
        let mut fold = FoldSettings::for_acd(&self.acd);
        let conf = self.settings.queues_conf();
        let (wrapup, _) = translate::asterisk::parse_queues_conf(conf.as_bytes());
        fold.translate.wrapup = wrapup;
        let levels = self.settings.queues.iter();
        fold.model.service_level_s =
            levels.map(|queue| (queue.name.as_str().into(), queue.servicelevel_s)).collect();
        let (address, secret) = (pbx.address().to_string(), Secret::new(user.secret.clone()));
        let link = links::asterisk::Settings::new(&self.acd, &address, &user.name, secret, SERVER);
        let (zone, interval) = (Day::of_this_machine(), Length::default());
        Ok(AcdSettings { link, fold, zone, interval })
    }
}
