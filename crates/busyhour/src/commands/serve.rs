//! `busyhour serve`: the server. Starts the engine and the pages, waits for a signal or for the
//! journal's last words.

use crate::commands::SHAPES;
use crate::config;
use crate::exit::{Exit, Failure, Outcome};
use clap::Args;
use engine::{AcdSettings, Day, Engine, FoldSettings, StartError};
use history::calendar::Length;
use links::asterisk::Secret;
use signal_hook::consts::{SIGINT, SIGTERM};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How often a signal is looked for.
const LOOK: Duration = Duration::from_millis(100);
/// How often old journal days are looked for.
const RETAIN_EVERY: Duration = Duration::from_secs(600);

/// How many switches of one name may be attached while the server runs.
const TWINS_MAX: usize = 50;

/// How to run.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    /// The configuration file (docs/configuration.md).
    #[arg(long, value_name = "FILE", default_value = "busyhour.toml")]
    config: PathBuf,
    /// Listen here instead of where the file says; loopback only.
    #[arg(long, value_name = "HOST:PORT")]
    listen: Option<SocketAddr>,
}

/// Runs the command.
pub(crate) fn run(args: &Serve) -> Outcome {
    let begun = Instant::now();
    let config = config::load(&args.config)?;
    crate::log::start();
    let listen = args.listen.unwrap_or(config.listen);
    let running = start(config.engine, listen)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "busyhour: serving http://{}", running.address)?;
    out.flush()?;
    drop(out);
    tracing::info!(code = "ready", after_ms = begun.elapsed().as_millis());
    running.wait()
}

/// A server that runs.
pub(crate) struct Running {
    engine: Arc<Engine>,
    stop_pages: watch::Sender<bool>,
    pages: std::thread::JoinHandle<()>,
    signal: Arc<AtomicBool>,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

/// Starts the engine and the pages.
pub(crate) fn start(settings: engine::Settings, listen: SocketAddr) -> Result<Running, Failure> {
    let server = settings.server.to_string();
    let signal = Arc::new(AtomicBool::new(false));
    for number in [SIGTERM, SIGINT] {
        // A second signal ends the process at once: somebody means it.
        signal_hook::flag::register_conditional_shutdown(number, 1, signal.clone())?;
        signal_hook::flag::register(number, signal.clone())?;
    }
    let engine = Engine::start(settings).map_err(|e| Failure::problem(e.to_string()))?;
    let engine = Arc::new(engine);
    let (stop_pages, stop) = watch::channel(false);
    let attach = {
        let (engine, server) = (engine.clone(), server.clone());
        access::Attach::new(move |link| attach(&engine, &server, &link))
    };
    let hooks = access::Hooks {
        server,
        attach: Some(attach),
        administration: Some(engine.administration()),
        stories: engine.stories(),
        ..access::Hooks::default()
    };
    let pages = access::serve(listen, engine.live(), &SHAPES, stop, hooks)
        .map_err(|e| Failure::problem(words(&e)))?;
    Ok(Running { engine, stop_pages, pages: pages.join, signal, address: pages.address })
}

/// Attaches one more switch; a name that is taken gets a number.
fn attach(engine: &Engine, server: &str, link: &access::NewLink) -> Result<String, String> {
    let base = config::acd_name(&link.name)?;
    let secret = Secret::new(link.secret.clone());
    let address = link.address.to_string();
    for number in 1..=TWINS_MAX {
        let name = if number == 1 { base.to_owned() } else { format!("{base}-{number}") };
        let secret = secret.clone();
        let settings = links::asterisk::Settings::new(&name, &address, &link.user, secret, server);
        if let Some((key, what)) = settings.problems().first() {
            return Err(format!("{key} {what}"));
        }
        let mut fold = FoldSettings::for_acd(&name);
        fold.model.trunks = link.trunks.iter().map(|t| t.as_str().into()).collect();
        let zone = Day::of_this_machine();
        let interval = Length::default();
        match engine.attach(AcdSettings { link: settings, fold, zone, interval }) {
            Ok(()) => return Ok(name),
            Err(StartError::Twice(_)) => {}
            Err(e) => return Err(e.to_string()),
        }
    }
    Err(format!("there are {TWINS_MAX} switches named {base} already; restart the server"))
}

/// An error and what caused it, in one line.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(e) = cause {
        text.push_str(": ");
        text.push_str(&e.to_string());
        cause = e.source();
    }
    text
}

impl Running {
    /// Waits for SIGTERM, SIGINT or the journal's failure, then stops in order.
    pub(crate) fn wait(self) -> Outcome {
        let mut retained = Instant::now();
        self.engine.retain();
        loop {
            if let Some(reason) = self.engine.failure(LOOK) {
                self.stop_pages.send_replace(true);
                let words = format!("the journal failed, nothing more can be kept: {reason}");
                return Err(Failure::new(Exit::Journal, words));
            }
            if self.signal.load(Ordering::Acquire) {
                break;
            }
            if retained.elapsed() >= RETAIN_EVERY {
                self.engine.retain();
                retained = Instant::now();
            }
        }
        tracing::info!(code = "stopping");
        self.stop_pages.send_replace(true);
        let stopped = self.engine.stop();
        if self.pages.join().is_err() {
            tracing::error!(code = "pages-panicked");
        }
        match stopped {
            Ok(()) => Ok(Exit::Ok),
            Err(words) => Err(Failure::new(Exit::Journal, words)),
        }
    }
}
