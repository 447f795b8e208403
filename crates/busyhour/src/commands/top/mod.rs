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
use clap::Args;
use crossterm::event::{self, Event, KeyEventKind};
use draw::Scene;
use floor::{Agent, Call, Floor, Group, Link, Queue, WaitRule};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use view::{View, Wants};

/// How often the server is asked.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How long a key is waited for before signals and news are looked for.
const LOOK: Duration = Duration::from_millis(50);
/// The table of who is logged on to what is large: of so many queues at most each is asked for by
/// itself.
const QUEUES_ONE_BY_ONE: usize = 20;
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
    /// Begin with the queues and agents of this group.
    #[arg(long, value_name = "NAME", default_value = "")]
    group: String,
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
    let wants = Wants { group: args.group.clone(), ..Wants::default() };
    let first = ask(&client, &wants);
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
    let wants = Arc::new(Mutex::new(wants));
    // One answer at most lies about; one wake-up at most is pending.
    let (told, news) = sync_channel(1);
    let (wake, woken) = sync_channel(1);
    let wanted = wants.clone();
    std::thread::Builder::new()
        .name("top-ask".to_owned())
        .spawn(move || keep_asking(&client, &wanted, &told, &woken))?;
    // Restores the terminal before a panic's words are printed.
    let mut terminal = ratatui::try_init().inspect_err(|_| ratatui::restore())?;
    let ended = watch(&mut terminal, args, known, &news, &wake, &wants, &signal);
    ratatui::try_restore()?;
    ended
}

/// Draws and takes keys until the person or a signal says stop.
fn watch(
    terminal: &mut ratatui::DefaultTerminal,
    args: &Top,
    mut known: Known,
    news: &Receiver<Result<Floor, Failure>>,
    wake: &SyncSender<()>,
    wants: &Mutex<Wants>,
    signal: &AtomicBool,
) -> Outcome {
    let color = std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let mut view = View::new(args.group.clone());
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
            server: &args.server,
            floor: &known.floor,
            age_us: i64::try_from(known.moved.elapsed().as_micros()).unwrap_or(i64::MAX),
            trouble: known.trouble.as_deref(),
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
            view.press(key, &known.floor, scene.now());
            let now = view.wants();
            let before = std::mem::replace(&mut *lock(wants), now.clone());
            if before != now {
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
    wants: &Mutex<Wants>,
    told: &SyncSender<Result<Floor, Failure>>,
    woken: &Receiver<()>,
) {
    loop {
        if let Err(std::sync::mpsc::RecvTimeoutError::Disconnected) = woken.recv_timeout(ASK_EVERY)
        {
            return;
        }
        let wanted = lock(wants).clone();
        if told.send(ask(client, &wanted)).is_err() {
            return;
        }
    }
}

fn lock(wants: &Mutex<Wants>) -> MutexGuard<'_, Wants> {
    wants.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One round of questions.
fn ask(client: &Client, wants: &Wants) -> Result<Floor, Failure> {
    let (queues, as_of) = client.table_as_of("queues")?;
    let calls = if wants.calls { client.table("calls")? } else { Vec::new() };
    let groups: Vec<Group> = client.table("groups")?.iter().map(Group::read).collect();
    let mut floor = Floor {
        as_of,
        links: client.table("links")?.iter().map(Link::read).collect(),
        queues: queues.iter().map(Queue::read).collect(),
        agents: client.table("agents")?.iter().map(Agent::read).collect(),
        calls: calls.iter().map(Call::read).collect(),
        members: BTreeSet::new(),
        waits: client.table("thresholds")?.iter().filter_map(WaitRule::read).collect(),
        groups,
    };
    floor.judge(&client.table("levels")?);
    let mut asked: BTreeSet<(String, String)> = wants.queue.iter().cloned().collect();
    if let Some(group) = floor.group(&wants.group) {
        // Of agents: whoever is logged on anywhere.
        let queues = floor.queues.iter().filter(|q| group.agents || group.has(&q.acd, &q.name));
        asked.extend(queues.map(|q| (q.acd.clone(), q.name.clone())));
    }
    if asked.len() > QUEUES_ONE_BY_ONE {
        floor.members = client.table("cagent")?.iter().map(floor::member).collect();
        return Ok(floor);
    }
    for (acd, queue) in asked {
        let rows = client.table_where("cagent", &[("acd", &acd), ("split", &queue)])?;
        floor.members.extend(rows.iter().map(floor::member));
    }
    Ok(floor)
}
