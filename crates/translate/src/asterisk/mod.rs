//! Asterisk's manager events as facts.
//!
//! A [`Translator`] holds what it takes to say only what is new and to tell apart what
//! Asterisk tells alike: the channels that are alive, the visits to queues that have no verdict
//! yet, who is a member of what. It does not count, time or judge; that is the model's.
//!
//! One file a concept: `event` (names, cheap refusal), `snapshot` (the channel headers that
//! most events carry), `channels`, `connect` (dial, bridges, transfers, parking …), `queue` and
//! `verdict` (visits), `members`, `resync` (observations), `userevents`, `queues_conf`.

mod channels;
mod connect;
mod event;
mod members;
mod names;
mod queue;
mod queues_conf;
mod resync;
mod snapshot;
mod userevents;
mod verdict;

pub(crate) use event::rank;
pub use queues_conf::{Problem, parse_queues_conf};

use ami::{Message, MessageIndex};
use channels::Channels;
use event::What;
use facts::{AgentId, Anomaly, ChannelId, Epoch, Fact, Kind, Record, SplitId, Stamp, Text, Timed};
use indexmap::{IndexMap, IndexSet};
use names::Names;
use rustc_hash::FxBuildHasher;
use snapshot::Snapshot;
use std::collections::{BTreeMap, BTreeSet};

/// Two starts of a switch this close are one: one told by the epoch, one by `FullyBooted`.
const SAME_START_US: i64 = 60_000_000;

/// Epochs derived from `Uptime` in whole seconds differ by so much from login to login.
const EPOCH_JITTER_S: u64 = 2;

/// What the translation has to be told because Asterisk does not say it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Wrap-up seconds of each queue, from the configuration or [`parse_queues_conf`].
    pub wrapup: BTreeMap<SplitId, u32>,
    /// Names of the `UserEvent` that carries a work code in `Code:`.
    pub work_code_events: Vec<Text>,
    /// Names of the channel variables that carry a work code.
    pub work_code_variables: Vec<Text>,
    /// Name of the channel variable that holds what both ends of a leg between two switches call
    /// it (docs/asterisk.md).
    pub leg_variable: Text,
    /// `UserEvent`s with this name are the link's own heartbeat and mean nothing else.
    pub heartbeat_event: Text,
    /// A stamp this many microseconds before the last one is called a clock step.
    pub clock_step_us: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            wrapup: BTreeMap::new(),
            work_code_events: vec![Text::from("WorkCode")],
            work_code_variables: vec![Text::from("CMS_CODE")],
            leg_variable: Text::from("BUSYHOUR_LEG"),
            heartbeat_event: Text::from("BusyhourBeat"),
            clock_step_us: 1_000_000,
        }
    }
}

impl Settings {
    fn is_work_code(&self, variable: &[u8]) -> bool {
        self.work_code_variables.iter().any(|v| v.as_bytes() == variable)
    }

    fn is_leg(&self, variable: &[u8]) -> bool {
        self.leg_variable.as_bytes() == variable
    }
}

/// One event while it is translated.
struct Event<'a> {
    msg: Message<'a>,
    at: Stamp,
    /// The channel that it is about.
    own: Option<Snapshot<'a>>,
    /// The channel that its headers with `Dest` are about.
    dest: Option<Snapshot<'a>>,
}

impl<'a> Event<'a> {
    fn new(msg: Message<'a>, at: Stamp) -> Self {
        let (own, dest) = Snapshot::read_both(&msg);
        Self { msg, at, own, dest }
    }

    /// The value of a header, empty if it is not there.
    fn get(&self, name: &str) -> &'a [u8] {
        self.msg.get(name).unwrap_or_default()
    }
}

/// Where facts go: the caller's list, with the stamp they get.
struct Out<'o> {
    at: Stamp,
    facts: &'o mut Vec<Timed>,
}

impl Out<'_> {
    fn say(&mut self, fact: Fact) {
        self.facts.push(Timed { at: self.at, fact });
    }

    fn odd(&mut self, code: &'static str, what: impl Into<Text>) {
        self.say(Fact::Odd(Anomaly { code, what: what.into() }));
    }
}

/// How the last start of the switch was told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StartTold {
    ByEpoch,
    ByEvent,
}

/// Records of one Asterisk, in canonical order, to facts.
pub struct Translator {
    settings: Settings,
    names: Names,
    channels: Channels,
    /// Splits that were named already.
    splits: BTreeSet<SplitId>,
    /// Splits named by a list since the link came up.
    listed: BTreeSet<SplitId>,
    members: IndexSet<(SplitId, AgentId), FxBuildHasher>,
    /// Who talks in a queue call by the last list of channels.
    found: Vec<resync::InQueueApp>,
    /// Whom each agent answered last; for an `AgentComplete` that does not name the caller.
    serving: IndexMap<(SplitId, AgentId), ChannelId, FxBuildHasher>,
    /// Whether this switch's `VarSet QUEUESTATUS` reaches us.
    status_told: bool,
    /// Whether this switch's `Newexten` reaches us.
    steps_told: bool,
    epoch: Epoch,
    started: Option<(StartTold, Stamp)>,
    last: Option<Stamp>,
    unknown: u64,
    index: MessageIndex,
}

impl Translator {
    /// One that knows nothing yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            names: Names::default(),
            channels: Channels::default(),
            splits: BTreeSet::new(),
            listed: BTreeSet::new(),
            members: IndexSet::default(),
            found: Vec::new(),
            serving: IndexMap::default(),
            status_told: false,
            steps_told: false,
            epoch: Epoch::default(),
            started: None,
            last: None,
            unknown: 0,
            index: MessageIndex::new(),
        }
    }

    /// Whether an event with these bytes can give facts at all. Looks at the event's name, of
    /// `VarSet` also at the variable's; true for observations.
    pub fn wants(&self, payload: &[u8]) -> bool {
        match event::name(payload) {
            Some(name) => self.what(name, payload).is_some(),
            None => payload.starts_with(b"Observation: "),
        }
    }

    /// How many events so far had a name that this translation has no use for.
    pub fn unknown_events(&self) -> u64 {
        self.unknown
    }

    /// How many channels are believed to be alive.
    pub fn channels_alive(&self) -> usize {
        self.channels.len()
    }

    /// What the record says, appended to `out` in the order in which it is to be folded.
    pub fn record(&mut self, r: &Record, out: &mut Vec<Timed>) {
        let mut out = Out { at: r.stamp, facts: out };
        self.clock(r, &mut out);
        self.run_of_switch(r.epoch, &mut out);
        match r.kind {
            Kind::Observation => self.observation(&r.payload, &mut out),
            Kind::Event => {
                let what = event::name(&r.payload).and_then(|name| self.what(name, &r.payload));
                let Some(what) = what else {
                    self.unknown = self.unknown.saturating_add(1);
                    return;
                };
                let mut index = std::mem::take(&mut self.index);
                let event = Event::new(index.message(&r.payload), r.stamp);
                self.event(what, &event, &mut out);
                self.index = index;
            }
        }
    }

    /// The event's meaning, if it has one for us.
    fn what(&self, name: &[u8], payload: &[u8]) -> Option<What> {
        match event::what(name)? {
            What::VarSet => {
                let variable = event::variable(payload)?;
                let ours = variable == b"QUEUESTATUS"
                    || self.settings.is_work_code(variable)
                    || self.settings.is_leg(variable);
                ours.then_some(What::VarSet)
            }
            what => Some(what),
        }
    }

    /// Notices that the switch's clock was put back. Observations carry a reckoned stamp and
    /// prove nothing.
    fn clock(&mut self, r: &Record, out: &mut Out<'_>) {
        if r.kind != Kind::Event {
            return;
        }
        if let Some(last) = self.last
            && last.since(r.stamp) > self.settings.clock_step_us
        {
            let back = last.since(r.stamp) / 1000;
            out.odd("clock-step", format!("the switch's clock went back by {back} ms"));
        }
        self.last = Some(r.stamp);
    }

    /// Notices that a record belongs to another run of the switch than the last one.
    fn run_of_switch(&mut self, epoch: Epoch, out: &mut Out<'_>) {
        if epoch == self.epoch || epoch == Epoch::default() {
            return;
        }
        if self.epoch == Epoch::default() {
            self.epoch = epoch;
            return;
        }
        if epoch.0.abs_diff(self.epoch.0) <= EPOCH_JITTER_S {
            return;
        }
        self.epoch = epoch;
        let known = self.started.is_some_and(|(told, at)| {
            told == StartTold::ByEvent && out.at.since(at).abs() <= SAME_START_US
        });
        self.started = Some((StartTold::ByEpoch, out.at));
        if !known {
            self.switch_started(out);
        }
    }

    /// `FullyBooted` to everybody: the switch has just started.
    fn fully_booted(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        if snapshot::number(e.get("Uptime")) != Some(0) {
            return;
        }
        let known = self.started.is_some_and(|(told, at)| {
            told == StartTold::ByEpoch && out.at.since(at).abs() <= SAME_START_US
        });
        self.started = Some((StartTold::ByEvent, out.at));
        if !known {
            self.switch_started(out);
        }
    }

    fn switch_started(&mut self, out: &mut Out<'_>) {
        self.channels.clear();
        self.serving.clear();
        out.say(Fact::SwitchStarted);
    }

    /// Brings what is known of the channels up to date, then does what the event is for.
    fn event(&mut self, what: What, e: &Event<'_>, out: &mut Out<'_>) {
        match what {
            What::Newchannel | What::Touch => self.touch_all(e, out),
            What::Newstate => self.newstate(e, out),
            What::Newexten => self.newexten(e, out),
            What::Hangup => self.hangup(e, out),
            What::HangupRequest => self.hangup_request(e, true, out),
            What::SoftHangupRequest => self.hangup_request(e, false, out),
            What::DialBegin => self.dial_begin(e, out),
            What::DialEnd => self.dial_end(e, out),
            What::BridgeEnter => self.bridge_enter(e, out),
            What::BridgeLeave => self.bridge_leave(e, out),
            What::LocalPair => self.local_pair(e, out),
            What::Hold => self.hold(e, true, out),
            What::Unhold => self.hold(e, false, out),
            What::BlindTransfer => self.blind_transfer(e, out),
            What::AttendedTransfer => self.attended_transfer(e, out),
            What::Parked => self.parked(e, out),
            What::Unparked => self.unparked(e, out),
            What::ConferenceJoin => self.conference(e, true, out),
            What::ConferenceLeave => self.conference(e, false, out),
            What::SpyStart => self.spy(e, true, out),
            What::SpyStop => self.spy(e, false, out),
            What::QueueJoin => self.queue_join(e, out),
            What::QueueLeave => self.queue_leave(e, out),
            What::QueueAbandon => self.queue_abandon(e, out),
            What::AgentCalled => self.agent_called(e, out),
            What::AgentConnect => self.agent_connect(e, out),
            What::AgentComplete => self.agent_complete(e, out),
            What::AgentRefused => self.agent_refused(e, out),
            What::Member => self.member_changed(e, facts::HowSeen::Changed, out),
            What::MemberAdded => self.member_changed(e, facts::HowSeen::Added, out),
            What::MemberRemoved => self.member_removed(e, out),
            What::DeviceState => self.device_state(e, out),
            What::PoolLogin => self.pool_agent(e, true, out),
            What::PoolLogoff => self.pool_agent(e, false, out),
            What::UserEvent => self.user_event(e, out),
            What::VarSet => self.varset(e, out),
            What::FullyBooted => self.fully_booted(e, out),
            What::Shutdown => out.say(Fact::SwitchStopping),
        }
    }

    /// Both channels that an event may carry.
    fn touch_all(&mut self, e: &Event<'_>, out: &mut Out<'_>) {
        self.touch(e, "", out);
        self.touch(e, "Dest", out);
    }

    /// Brings the channel with this prefix up to date; its id if it is alive.
    fn touch(&mut self, e: &Event<'_>, prefix: &str, out: &mut Out<'_>) -> Option<ChannelId> {
        let other;
        let snapshot = match prefix {
            "" => e.own.as_ref()?,
            "Dest" => e.dest.as_ref()?,
            _ => {
                other = Snapshot::read(&e.msg, prefix)?;
                &other
            }
        };
        let id = self.see(snapshot, out)?;
        if snapshot.variables {
            self.channel_variables(&id, e, prefix, out);
        }
        Some(id)
    }

    /// Names a split the first time it is met.
    fn split(&mut self, name: &[u8], out: &mut Out<'_>) -> SplitId {
        let split = SplitId(self.names.plain(name));
        if !self.splits.contains(&split) {
            self.splits.insert(split.clone());
            self.say_split(&split, out);
        }
        split
    }

    fn say_split(&self, split: &SplitId, out: &mut Out<'_>) {
        let wrapup_s = self.settings.wrapup.get(split).copied();
        out.say(Fact::SplitSeen { split: split.clone(), wrapup_s });
    }
}
