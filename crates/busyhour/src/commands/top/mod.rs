//! `busyhour top`: the floor in a terminal. This module has the terminal, the thread that asks
//! the server and the signals; what is known is `floor`, what is looked at `view`, and `draw`
//! makes a picture of both.

mod draw;
mod floor;
mod lists;
#[cfg(test)]
mod tests;
mod view;

use crate::client::Client;
use crate::exit::{Exit, Failure, Outcome};
use access::Limits;
use clap::Args;
use crossterm::event::{self, Event, KeyEventKind};
use draw::Scene;
use floor::{Agent, Call, Floor, Link, Queue};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, Instant};
use view::View;

/// How often the server is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How long a key is waited for before signals and news are looked for.
const LOOK: Duration = Duration::from_millis(50);
/// How often the picture is made anew when nothing happens: times count on.
const DRAW_EVERY: Duration = Duration::from_millis(500);

/// What to watch.
#[derive(Args, Debug)]
pub(crate) struct Top {
    /// The server to watch.
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8080",
        env = "BUSYHOUR_SERVER"
    )]
    server: String,
}

/// What the server said the last time, and when that was.
struct Known {
    floor: Floor,
    /// When the tables' own moment last moved on, by this machine's clock.
    moved: Instant,
    trouble: Option<String>,
}

impl Known {
    /// Takes an answer. Tables that are true for the same moment as the last ones are no news:
    /// a server that does not get on is as delayed as one that does not answer.
    fn take(&mut self, answer: Result<Floor, Failure>) {
        match answer {
            Ok(floor) => {
                if floor.as_of != self.floor.as_of {
                    self.moved = Instant::now();
                }
                self.floor = floor;
                self.trouble = None;
            }
            Err(failure) => self.trouble = Some(failure.words),
        }
    }
}

/// Runs the command.
pub(crate) fn run(args: &Top) -> Outcome {
    if !std::io::stdout().is_terminal() || !std::io::stdin().is_terminal() {
        let words = "top needs a terminal; for scripts there is `busyhour queues -o json`";
        return Err(Failure::problem(words));
    }
    let client = Client::new(&args.server);
    let first = ask(&client, false);
    if let Err(failure) = &first
        && failure.exit == Exit::NoServer
    {
        // Most likely a wrong address; later on the screen says so and asks again.
        return first.map(|_| Exit::Ok);
    }
    let mut known = Known { floor: Floor::default(), moved: Instant::now(), trouble: None };
    known.take(first);
    let signal = Arc::new(AtomicBool::new(false));
    for number in [SIGTERM, SIGINT, SIGHUP] {
        signal_hook::flag::register(number, signal.clone())?;
    }
    let calls = Arc::new(AtomicBool::new(false));
    // One answer at most lies about; one wake-up at most is pending.
    let (told, news) = sync_channel(1);
    let (wake, woken) = sync_channel(1);
    let wanted = calls.clone();
    std::thread::Builder::new()
        .name("top-ask".to_owned())
        .spawn(move || keep_asking(&client, &wanted, &told, &woken))?;
    // Restores the terminal before a panic's words are printed.
    let mut terminal = ratatui::try_init().inspect_err(|_| ratatui::restore())?;
    let ended = watch(&mut terminal, &args.server, known, &news, &wake, &calls, &signal);
    ratatui::try_restore()?;
    ended
}

/// Draws and takes keys until the person or a signal says stop.
fn watch(
    terminal: &mut ratatui::DefaultTerminal,
    server: &str,
    mut known: Known,
    news: &Receiver<Result<Floor, Failure>>,
    wake: &SyncSender<()>,
    calls: &AtomicBool,
    signal: &AtomicBool,
) -> Outcome {
    let limits = Limits::default();
    let color = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let mut view = View::new();
    let mut drawn: Option<Instant> = None;
    while !view.quit && !signal.load(Ordering::Acquire) {
        let mut changed = drawn.is_none_or(|at| at.elapsed() >= DRAW_EVERY);
        match news.try_recv() {
            Ok(answer) => {
                known.take(answer);
                changed = true;
            }
            Err(TryRecvError::Empty) => {}
            Err(TryRecvError::Disconnected) => {
                // It panicked, and the terminal has been restored for its last words.
                return Err(Failure::problem("the thread that asks the server has failed"));
            }
        }
        let scene = Scene {
            server,
            floor: &known.floor,
            age_us: i64::try_from(known.moved.elapsed().as_micros()).unwrap_or(i64::MAX),
            trouble: known.trouble.as_deref(),
            limits: &limits,
            color,
        };
        if changed {
            terminal.draw(|frame| draw::draw(frame, &scene, &view))?;
            drawn = Some(Instant::now());
        }
        if !event::poll(LOOK)? {
            continue;
        }
        // A new size is drawn at once, too.
        drawn = None;
        if let Event::Key(key) = event::read()?
            && key.kind != KeyEventKind::Release
        {
            view.press(key, &known.floor, &limits, scene.now());
            if view.wants_calls() != calls.swap(view.wants_calls(), Ordering::AcqRel) {
                // If one wake-up is pending already it does for this one as well.
                let _pending = wake.try_send(());
            }
        }
    }
    Ok(Exit::Ok)
}

/// Asks once a second, or when woken, until nobody listens any more.
fn keep_asking(
    client: &Client,
    calls: &AtomicBool,
    told: &SyncSender<Result<Floor, Failure>>,
    woken: &Receiver<()>,
) {
    loop {
        if let Err(std::sync::mpsc::RecvTimeoutError::Disconnected) = woken.recv_timeout(ASK_EVERY)
        {
            return;
        }
        if told.send(ask(client, calls.load(Ordering::Acquire))).is_err() {
            return;
        }
    }
}

/// One round of questions.
fn ask(client: &Client, calls: bool) -> Result<Floor, Failure> {
    let (queues, as_of) = client.table_as_of("queues")?;
    let calls = if calls { client.table("calls")? } else { Vec::new() };
    Ok(Floor {
        as_of,
        links: client.table("links")?.iter().map(Link::read).collect(),
        queues: queues.iter().map(Queue::read).collect(),
        agents: client.table("agents")?.iter().map(Agent::read).collect(),
        calls: calls.iter().map(Call::read).collect(),
    })
}
