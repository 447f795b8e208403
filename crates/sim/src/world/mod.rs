//! The simulated contact centre: seeded, in virtual time, without I/O.
//!
//! [`World::advance`] lives on to a moment and says what a PBX would say; nothing else moves
//! the world but [`World::action`] and a restart. It knows no socket and reads no clock.
//!
//! One agenda holds what is to come. An entry for a call carries the call's phase: whoever
//! changes what the call is doing counts the phase up, and entries of an older phase lapse.

mod action;
mod agent;
mod channel;
mod commands;
mod conference;
mod dialled;
mod exit;
mod inbound;
mod link;
mod lists;
mod log;
mod park;
mod restart;
mod ring;
mod shift;
mod talk;
mod transfer;

use std::collections::BTreeMap;

use crate::chance::{Chance, micros};
use crate::class::Classes;
use crate::rhythm::{self, Rates, Rhythm};
use crate::said::{Event, Said};
use crate::settings::{Settings, Version};
use crate::traps;
use crate::truth::{TrueAgent, TrueQueue, Truth, VisitEnd};

pub use action::Reply;
pub(crate) use agent::{Agent, Member};
pub(crate) use channel::{Bridge, BridgeKind, Channel};
use conference::{ConferStep, Conference};
use dialled::Dialled;
use link::Link;
use park::{ParkStep, Parked};
use shift::Duty;

/// A second in microseconds.
pub(crate) const SECOND: i64 = 1_000_000;

/// What is to come.
#[derive(Clone, Copy, Debug)]
enum Task {
    /// The next caller from a trunk.
    Arrival,
    /// The next call that an agent makes.
    AgentDials,
    /// Something about a call, lapsed if its phase has changed.
    Call(u64, u32, Step),
    /// Something that an agent does.
    Agent(usize, Duty),
    /// The configuration is read again.
    Reload,
    /// Look for members for the callers of a queue.
    Distribute(usize),
}

/// What happens next to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The next step of the menu.
    Menu(u8),
    /// Hangs up in the menu.
    LeaveMenu,
    /// The dialplan reaches `Queue()`.
    EnterQueue,
    /// Patience is at an end (for the visit that began then).
    GiveUp,
    /// The longest wait is over.
    QueueTimeout,
    /// The last member has logged off.
    QueueEmpty,
    /// The caller presses the key that leaves the queue.
    ExitKey,
    /// The rung party answers.
    Answer,
    /// The rung party lets it ring.
    NoAnswer,
    /// The rung phone is busy or declines.
    Refuse,
    /// The talk goes on with its plan.
    Talk(TalkStep),
    /// Something about a parked caller.
    Park(ParkStep),
    /// Something about a conference.
    Confer(ConferStep),
    /// The announcement after a timeout has been played.
    HangupAfterTimeout,
}

/// What happens next in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TalkStep {
    Hold,
    Unhold,
    CallerEnds,
    AgentEnds,
    TransferToQueue,
    TransferToAgent,
    Consult,
    ConsultDials,
    CompleteTransfer,
    ConsultQueue,
    QueueDials,
    Link,
    Park,
    Confer,
}

/// A caller waiting in a queue.
#[derive(Clone, Debug)]
struct Visit {
    queue: usize,
    joined: i64,
    original_position: usize,
}

/// A party being rung.
#[derive(Clone, Debug)]
struct Attempt {
    channel: u64,
    agent: Option<usize>,
    since: i64,
}

/// Two channels in a bridge.
#[derive(Clone, Debug)]
struct Talk {
    /// The other party's channel.
    peer: u64,
    /// The agent on that channel.
    agent: Option<usize>,
    bridge: Bridge,
    since: i64,
    /// While app_queue watches over the call.
    queue: Option<Watched>,
    held_since: Option<i64>,
    /// When the conversation is meant to end.
    ends: i64,
}

/// What app_queue remembers of a caller who was answered.
#[derive(Clone, Copy, Debug)]
struct Watched {
    queue: usize,
    /// Waiting time in whole seconds.
    hold: i64,
    original_position: usize,
    /// app_queue says nothing of the end.
    unsaid: bool,
}

/// One call: the caller's channel and what is going on with it.
#[derive(Clone, Debug)]
struct Call {
    caller: u64,
    phase: u32,
    /// The queue the caller wants.
    wants: usize,
    visit: Option<Visit>,
    attempt: Option<Attempt>,
    talk: Option<Talk>,
    /// A call that an agent dialled.
    dialled: Option<Dialled>,
    /// The consultation that the agent of this call makes.
    consult: Option<u64>,
    /// What links caller and agent, who are in two bridges.
    link: Option<Link>,
    /// The caller waits in the parking lot.
    parked: Option<Parked>,
    /// The caller was sent into a conference.
    conference: Option<Conference>,
    /// Was the last one in a conference whose room is not quite gone.
    empty_room: Option<Bridge>,
    /// What the caller keyed in so far.
    digits: String,
    /// Queues that sent the caller on.
    queues_tried: u8,
}

/// A queue as it is now; its counters start anew with the PBX.
#[derive(Clone, Debug, Default)]
struct QueueNow {
    /// Calls in the order of their positions.
    waiting: Vec<u64>,
    completed: u32,
    abandoned: u32,
    within_level: u32,
    hold_average: i64,
    talk_average: i64,
    /// Last said state of `Queue:<name>_avail`.
    available: bool,
    /// A [`Task::Distribute`] is on the agenda.
    asked: bool,
    /// Agents that are members when logged in.
    members: Vec<usize>,
    /// Callers a second that its members could serve if none took a break.
    capacity: f64,
}

/// A trunk endpoint.
#[derive(Clone, Debug)]
struct Trunk {
    name: String,
    channels: Vec<u64>,
    state: &'static str,
}

/// A simulated contact centre.
#[derive(Clone, Debug)]
pub struct World {
    settings: Settings,
    chance: Chance,
    rates: Rates,
    /// The last stamp given out.
    clock: i64,
    /// When the PBX started.
    booted: i64,
    agenda: BTreeMap<(i64, u64), Task>,
    entries: u64,
    channels: BTreeMap<u64, Channel>,
    channel_numbers: u64,
    /// Counter in channel names, from 0 at each start of the PBX.
    named: u32,
    /// The same of Local channels.
    locals: u32,
    /// Counter in unique ids, from 0 at each start of the PBX.
    unique: u64,
    calls: BTreeMap<u64, Call>,
    call_numbers: u64,
    agents: Vec<Agent>,
    queues: Vec<QueueNow>,
    trunks: Vec<Trunk>,
    /// The bridge of the parking lot, once somebody has been parked.
    lot: Option<Bridge>,
    said: Vec<Said>,
    /// The next [`Task::Arrival`] brings nobody: the rate is looked at anew.
    rate_changes: bool,
    /// `queue_log` since it was last taken; `None` if nobody wants it.
    log: Option<Vec<u8>>,
    /// Living in silence: nothing is said.
    mute: bool,
    truth: Truth,
}

impl World {
    /// A world at `start` (microseconds UTC), after `warm_up_s` seconds lived in silence.
    #[must_use]
    pub fn new(settings: &Settings, start: i64) -> Self {
        let born = start.saturating_sub(i64::from(settings.warm_up_s) * SECOND);
        let agents = usize::try_from(settings.agents).unwrap_or(0);
        let mut world = Self {
            settings: settings.clone(),
            chance: Chance::new(settings.seed),
            rates: Rates::new(settings.seed),
            clock: born,
            booted: born,
            agenda: BTreeMap::new(),
            entries: 0,
            channels: BTreeMap::new(),
            channel_numbers: 0,
            named: 0,
            locals: 0,
            unique: 0,
            calls: BTreeMap::new(),
            call_numbers: 0,
            agents: (0..agents).map(|n| Agent::new(n, agents, settings, born)).collect(),
            queues: vec![QueueNow::default(); settings.queues.len()],
            trunks: settings.trunks.iter().map(|name| Trunk::new(name)).collect(),
            lot: None,
            said: Vec::new(),
            rate_changes: false,
            log: None,
            mute: settings.warm_up_s > 0,
            truth: Truth::default(),
        };
        world.truth.queues = settings
            .queues
            .iter()
            .map(|queue| TrueQueue { name: queue.name.clone(), ..TrueQueue::default() })
            .collect();
        world.truth.agents = world
            .agents
            .iter()
            .map(|agent| TrueAgent {
                interface: agent.interface.clone(),
                name: agent.name.clone(),
                story: [(born, agent.first_state())].into(),
            })
            .collect();
        world.staff_queues();
        if !settings.still {
            world.plan(SECOND, Task::Arrival);
            world.plan(3 * SECOND, Task::AgentDials);
            world.plan_reload();
            for agent in 0..agents {
                world.begin_duty(agent);
            }
        }
        let mut silence = Vec::new();
        world.advance(start, &mut silence);
        world.mute = false;
        world
    }

    /// Lives on until `to` (microseconds UTC); what is said meanwhile is added to `out` in
    /// order. A moment in the past changes nothing.
    pub fn advance(&mut self, to: i64, out: &mut Vec<Said>) {
        while let Some(entry) = self.agenda.first_entry() {
            let at = entry.key().0;
            if at > to {
                break;
            }
            let task = entry.remove();
            self.clock = self.clock.max(at);
            self.perform(task);
        }
        self.clock = self.clock.max(to);
        self.truth.forget(self.settings.calls_remembered_max);
        out.append(&mut self.said);
    }

    /// Takes what was said since the last time without living on.
    pub(crate) fn take_said(&mut self, out: &mut Vec<Said>) {
        out.append(&mut self.said);
    }

    /// When the next thing is due, microseconds UTC.
    #[must_use]
    pub fn next_due(&self) -> Option<i64> {
        self.agenda.first_key_value().map(|(key, _)| key.0)
    }

    /// What really happened.
    #[must_use]
    pub fn truth(&self) -> &Truth {
        &self.truth
    }

    /// The truth, to take from it what is over.
    pub(crate) fn truth_mut(&mut self) -> &mut Truth {
        &mut self.truth
    }

    /// When the PBX started, microseconds UTC.
    #[must_use]
    pub fn booted(&self) -> i64 {
        self.booted
    }

    /// The moment the world has come to, microseconds UTC.
    #[must_use]
    pub fn now(&self) -> i64 {
        self.clock
    }

    /// What the world was made of.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Channels that are up.
    #[must_use]
    pub fn channels_up(&self) -> usize {
        self.channels.len()
    }

    fn perform(&mut self, task: Task) {
        match task {
            Task::Arrival => {
                if !self.rate_changes {
                    self.caller_arrives();
                }
                let next = self.until_next_arrival();
                self.plan(next, Task::Arrival);
            }
            Task::AgentDials => {
                self.agent_dials();
                let mean = match self.settings.rhythm {
                    Rhythm::Steady => 1_100.0,
                    // An agent makes some calls in a shift, and not all are at work.
                    Rhythm::Day { .. } => 9_000.0,
                };
                let mean = mean / f64::from(self.settings.agents.max(1));
                let next = self.chance.exponential(mean);
                self.plan(next, Task::AgentDials);
            }
            Task::Call(call, phase, step) => {
                if self.calls.get(&call).is_some_and(|call| call.phase == phase) {
                    self.step(call, step);
                }
            }
            Task::Agent(agent, duty) => self.duty(agent, duty),
            Task::Reload => self.reload(),
            Task::Distribute(queue) => self.distribute(queue),
        }
    }

    fn step(&mut self, call: u64, step: Step) {
        match step {
            Step::Menu(step) => self.menu(call, step),
            Step::LeaveMenu => self.caller_leaves_menu(call),
            Step::EnterQueue => self.enter_queue(call),
            Step::GiveUp => self.give_up(call),
            Step::QueueTimeout => self.queue_timeout(call, VisitEnd::TimedOut),
            Step::ExitKey => self.exit_by_key(call),
            Step::QueueEmpty => self.leave_empty_queue(call),
            Step::Answer => self.answer(call),
            Step::NoAnswer => self.no_answer(call),
            Step::Refuse => self.refuse(call),
            Step::Talk(step) => self.talk(call, step),
            Step::Park(step) => self.parking(call, step),
            Step::Confer(step) => self.conference(call, step),
            Step::HangupAfterTimeout => self.hangup_after_timeout(call),
        }
    }

    /// Puts something on the agenda, `after` microseconds from now.
    fn plan(&mut self, after: i64, task: Task) {
        self.entries += 1;
        self.agenda.insert((self.clock.saturating_add(after), self.entries), task);
    }

    /// As [`Self::plan`] for a call in its present phase.
    fn plan_step(&mut self, call: u64, after: i64, step: Step) {
        if let Some(phase) = self.calls.get(&call).map(|call| call.phase) {
            self.plan(after, Task::Call(call, phase, step));
        }
    }

    /// A new phase: what was planned for the call lapses.
    fn new_phase(&mut self, call: u64) {
        if let Some(call) = self.calls.get_mut(&call) {
            call.phase = call.phase.wrapping_add(1);
        }
    }

    /// Begins an event with a stamp of its own, some microseconds after the last one.
    fn event(&mut self, name: &str, class: Classes) -> Event {
        self.clock += self.chance.between(3, 45);
        let settings = &self.settings;
        Event::new(name, class, self.clock, settings.timestampevents, &settings.system_name)
    }

    fn say(&mut self, event: Event) {
        if !self.mute {
            self.truth.events += 1;
            let said = event.finish();
            // Device states come from a thread of their own, which may be a little ahead.
            let ahead = self.settings.traps
                && said.bytes.starts_with(b"Event: DeviceStateChange\r\n")
                && self.chance.percent(traps::STEP_BACK);
            // Of the same burst only.
            let ahead = ahead && self.said.last().is_some_and(|last| said.at - last.at < 1_000);
            let before = self.said.len().saturating_sub(usize::from(ahead));
            self.said.insert(before, said);
        }
    }

    /// Lets some time pass within a burst, as between asking a phone and its answer.
    fn pass(&mut self, from: i64, to: i64) {
        self.clock += self.chance.between(from, to);
    }

    fn seconds(&self) -> i64 {
        self.clock.div_euclid(SECOND)
    }

    fn is_22(&self) -> bool {
        self.settings.version == Version::V22
    }

    /// Microseconds to the next caller: a Poisson stream with a gentle wave.
    fn until_next_arrival(&mut self) -> i64 {
        let capacity: f64 = self.queues.iter().map(|queue| queue.capacity).sum();
        let load = f64::from(self.settings.load_percent) / 100.0;
        if let Rhythm::Day { offset_s } = self.settings.rhythm {
            // What has no memory may be asked again: thinning by steps of two minutes.
            let rate = capacity * load * self.rates.at(self.seconds() + i64::from(offset_s));
            let next = self.chance.exponential(1.0 / rate.max(1e-6));
            self.rate_changes = next > rhythm::step_max();
            return next.min(rhythm::step_max());
        }
        // Two waves that rarely crest together: now and then a queue builds up.
        let hour = f64::from(i32::try_from(self.seconds().rem_euclid(3600)).unwrap_or(0)) / 3600.0;
        let wave = 1.0
            + 0.22 * (std::f64::consts::TAU * hour * 3.0).sin()
            + 0.12 * (std::f64::consts::TAU * hour * 7.0).sin();
        let rate = capacity * load * wave;
        self.chance.exponential(1.0 / rate.max(1e-6)).min(micros(600.0))
    }
}

impl Trunk {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), channels: Vec::new(), state: "NOT_INUSE" }
    }
}

/// The name that a place in a list of names has, `""` out of range.
fn name_of(names: &[crate::settings::Queue], place: usize) -> String {
    names.get(place).map(|queue| queue.name.clone()).unwrap_or_default()
}
