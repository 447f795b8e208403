//! A simulated contact centre in a hurry: calls of a second or two, so that much happens while a
//! test runs in real time.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use crate::server::{Server, config_for};
use sim::{CallKind, Pbx, Settings, TrueState, Truth};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The ACD's name in every test.
pub(crate) const ACD: &str = "centre";

/// Settings of a centre with short calls, short patience and short wrap-up.
pub(crate) fn hurried(agents: u32, seed: u64) -> Settings {
    let mut settings = Settings::centre(agents, seed);
    settings.warm_up_s = 60;
    for queue in &mut settings.queues {
        queue.talk_mean_s = 3.0;
        queue.patience_mean_s = 8.0;
        queue.wrapuptime_s = 1;
        queue.wait_max_s = 12;
        // A ring that began while nobody listened is not known to be one of a queue.
        queue.ring_s = 7;
        queue.autopause = false;
    }
    settings
}

/// Opens it on a free port.
pub(crate) fn open(settings: Settings) -> Pbx {
    Pbx::start(settings, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).expect("the PBX listens")
}

/// A server's configuration for it, with its queues.conf beside.
pub(crate) fn config(dir: &Path, pbx: &Pbx, settings: &Settings) -> PathBuf {
    let user = settings.users.first().expect("an account");
    let path = config_for(dir, ACD, &pbx.address().to_string(), &user.name, &user.secret);
    std::fs::write(dir.join("queues.conf"), settings.queues_conf()).expect("a queues.conf");
    let mut text = std::fs::read_to_string(&path).expect("the configuration");
    text.push_str("queues_conf = \"queues.conf\"\n");
    std::fs::write(&path, text).expect("a configuration");
    path
}

/// How long the switch stands still to be compared.
const STILL: Duration = Duration::from_secs(1);

/// What of the tables is not as it is at the switch. The switch stands still meanwhile, or the
/// two would hardly ever agree on a busy machine; what it had under way in that moment reaches
/// the server only afterwards: ask until it is empty.
pub(crate) fn differences(server: &Server, pbx: &Pbx) -> Vec<String> {
    let compared = pbx.with_truth(|truth| {
        let (before, begun) = (now(truth), Instant::now());
        loop {
            let wrong = compare(server, &before);
            if wrong.is_empty() || begun.elapsed() > STILL {
                return wrong;
            }
            std::thread::sleep(Duration::from_millis(5)); // poll
        }
    });
    compared.expect("a contact centre")
}

/// What of the tables is not as it was in that moment.
fn compare(server: &Server, before: &Now) -> Vec<String> {
    let mut wrong = Vec::new();
    let agents = server.table("agents");
    for (agent, state) in &before.agents {
        let row = agents.iter().find(|row| row["agent"] == agent.as_str());
        let have = row.map_or("gone", |row| row["state"].as_str().unwrap_or("null"));
        let reason = row.and_then(|row| row["reason"].as_str()).unwrap_or("");
        let held = row.is_some_and(|row| row["on_hold"] != 0);
        let fits = match state {
            TrueState::LoggedOff => have == "gone",
            // Paused by the switch in one queue after the other, until none was left.
            TrueState::Available => have == "AVAIL" || (have == "AUX" && reason == "Auto-Pause"),
            TrueState::Ringing => have == "RING",
            TrueState::QueueCall => have == "ACD" || held,
            // The simulator notes the end of wrap-up up to a second after it.
            TrueState::WrapUp => have == "ACW" || have == "AVAIL",
            TrueState::OtherCall => have == "AUX",
            TrueState::Paused(why) => have == "AUX" && reason == *why,
        };
        if !fits {
            wrong.push(format!("{agent} is {have} {reason}, was {state:?}"));
        }
    }
    let calls = server.table("calls");
    let live = calls.iter().filter(|call| call["state"] != "ENDED");
    let live: BTreeSet<String> =
        live.filter_map(|call| call["call"].as_str().map(str::to_owned)).collect();
    for call in before.calls.difference(&live) {
        wrong.push(format!("call {call} is missing"));
    }
    for call in live.difference(&before.calls).filter(|call| !before.internal.contains(*call)) {
        wrong.push(format!("call {call} is a ghost"));
    }
    for call in before.internal.difference(&live) {
        wrong.push(format!("call {call} between agents is missing"));
    }
    for (queue, waiting) in &before.waiting {
        let rows = server.table("queues");
        let row = rows.iter().find(|row| row["queue"] == queue.as_str());
        let have = row.and_then(|row| row["waiting"].as_u64()).unwrap_or(0);
        if have != *waiting {
            wrong.push(format!("queue {queue}: {have} wait, were {waiting}"));
        }
    }
    wrong
}

/// The moment as it is.
struct Now {
    agents: Vec<(String, TrueState)>,
    calls: BTreeSet<String>,
    /// Calls between agents: a consultation may be a part of another call already.
    internal: BTreeSet<String>,
    waiting: Vec<(String, u64)>,
}

fn now(truth: &Truth) -> Now {
    let last = |agent: &sim::TrueAgent| {
        let state = agent.story.back().map(|(_, state)| state.clone());
        (agent.interface.clone(), state.unwrap_or(TrueState::LoggedOff))
    };
    let live = truth.calls.values().filter(|call| call.ended.is_none());
    let (internal, calls): (Vec<_>, Vec<_>) =
        live.partition(|call| call.kind == CallKind::Internal);
    let ids = |calls: Vec<&sim::TrueCall>| calls.iter().map(|c| c.uniqueid.clone()).collect();
    let waiting = |queue: &sim::TrueQueue| {
        let ended = queue.answered + queue.abandoned + queue.timed_out + queue.cut;
        (queue.name.clone(), queue.joined - ended)
    };
    Now {
        agents: truth.agents.iter().map(last).collect(),
        calls: ids(calls),
        internal: ids(internal),
        waiting: truth.queues.iter().map(waiting).collect(),
    }
}
