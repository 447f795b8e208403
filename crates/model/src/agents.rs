//! Agents: who is logged on to which split, what rings at them, whom they talk to, the after-call
//! work of the last call. What state follows from it is decided in `agent_state`.

use crate::Model;
use crate::agent_state::State;
use crate::arena::Key;
use crate::calls::Call;
use crate::channels::Channel;
use crate::clocks::Clocks;
use crate::ledger::{Notes, Page};
use crate::settings::{AUTOPAUSE_MAX, extension};
use crate::splits::Split;
use crate::steps::AgentDid;
use crate::telling::Told;
use crate::trunks::Endpoint;
use facts::{AgentId, CallId, Device, DeviceId, HowSeen, Member, SplitId, Stamp, Text};

/// One membership: an agent in a split. Kept after a log-off until the day ends, for its counts.
#[derive(Clone, Debug)]
pub(crate) struct Membership {
    pub(crate) split: Key<Split>,
    pub(crate) on: bool,
    pub(crate) logged_on: Stamp,
    pub(crate) penalty: u32,
    pub(crate) paused: bool,
    pub(crate) reason: Text,
    pub(crate) wrapup_s: u32,
    /// The log-on was not seen.
    pub(crate) found: bool,
    /// When his mode, as this split sees it, was last different.
    pub(crate) mode_since: Stamp,
    pub(crate) clocks: Clocks,
    pub(crate) tally: Tally,
}

/// What is counted per agent and split, today. Times in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) acd_calls: i64,
    pub(crate) acd_time: i64,
    pub(crate) acw_time: i64,
    pub(crate) ring_calls: i64,
    pub(crate) ring_time: i64,
    pub(crate) rona: i64,
    pub(crate) hold_calls: i64,
    pub(crate) hold_time: i64,
    pub(crate) transferred: i64,
}

impl Tally {
    pub(crate) const fn each(&self) -> [i64; 9] {
        [
            self.acd_calls,
            self.acd_time,
            self.acw_time,
            self.ring_calls,
            self.ring_time,
            self.rona,
            self.hold_calls,
            self.hold_time,
            self.transferred,
        ]
    }
}

/// A queue call that rings at an agent.
#[derive(Clone, Debug)]
pub(crate) struct Ring {
    pub(crate) split: Key<Split>,
    pub(crate) caller: Key<Channel>,
    pub(crate) to: Option<Key<Channel>>,
    /// When the caller joined the split.
    pub(crate) joined: Stamp,
    pub(crate) since: Stamp,
    /// The phone has said that it rings: whoever does not take it then has not refused at once.
    pub(crate) alerted: bool,
}

/// A queue call that an agent answered.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) split: Key<Split>,
    pub(crate) caller: Option<Key<Channel>>,
    /// Look it up with `Model::live_call`: it may have been joined to another.
    pub(crate) call: Option<Key<Call>>,
    /// The channel that the switch named for his phone; first half of a pair perhaps.
    pub(crate) to: Option<Key<Channel>>,
    /// The phone itself, as far as it is known.
    pub(crate) phone: Option<Key<Channel>>,
    pub(crate) since: Stamp,
    /// The phone has been seen in a bridge: from then on its leaving ends the talk.
    pub(crate) bridged: bool,
    pub(crate) held_since: Option<Stamp>,
    pub(crate) held: i64,
    pub(crate) holds: i64,
    pub(crate) wait: i64,
    pub(crate) in_level: bool,
    /// The agent talks elsewhere by the same channel while the caller waits for him: he pressed
    /// a feature key to consult. Held, as by his phone's own hold.
    pub(crate) away: bool,
    /// A resync found him talking: when he answered is not known, so the call is not counted.
    pub(crate) unheard: bool,
    /// For the ledger; None: it is not written, or written already.
    pub(crate) notes: Option<Box<Notes>>,
    /// The queue has said that its call is over, though the agent talks on: whoever consulted him
    /// handed her caller over. Wrap-up runs from here.
    pub(crate) completed: Option<Stamp>,
}

impl Work {
    /// Talk without hold until `at`, microseconds.
    pub(crate) fn talk(&self, at: Stamp) -> i64 {
        let held = self.held + self.held_since.map_or(0, |s| at.since(s).max(0));
        (at.since(self.since) - held).max(0)
    }
}

/// The last queue call that ended: in after-call work, or just booked.
#[derive(Clone, Debug)]
pub(crate) struct After {
    pub(crate) work: Work,
    pub(crate) ended: Stamp,
    /// The caller was on hold at the end.
    pub(crate) held: bool,
    /// Since when the agent had been in the state he talked in.
    pub(crate) acd_since: Stamp,
    /// When the wrap-up time is over.
    pub(crate) until: Stamp,
    /// The wrap-up was cut here.
    pub(crate) cut: Option<Stamp>,
    /// What was booked for it, microseconds; None: not booked yet.
    pub(crate) booked: Option<i64>,
}

/// A person or seat.
#[derive(Debug)]
pub(crate) struct Agent {
    pub(crate) id: AgentId,
    pub(crate) name: Text,
    pub(crate) device: DeviceId,
    /// His phones: that of `device`, and those found behind pairs.
    pub(crate) phones: Vec<Key<Endpoint>>,
    pub(crate) status: Device,
    pub(crate) members: Vec<Membership>,
    /// The membership logged on to for the longest time; None: not logged on.
    pub(crate) oldest: Option<usize>,
    pub(crate) rings: Vec<Ring>,
    pub(crate) works: Vec<Work>,
    pub(crate) after: Option<After>,
    /// The split whose after-call work a pause for ACW goes on with.
    pub(crate) acw_split: Option<Key<Split>>,
    /// He is in after-call work because a pause says so.
    pub(crate) paused_for_acw: bool,
    /// The split of the queue call he holds.
    pub(crate) held_split: Option<Key<Split>>,
    /// Since when his phone is busy with something we do not know.
    pub(crate) unexplained: Option<Stamp>,
    pub(crate) state: State,
    pub(crate) since: Stamp,
    /// The state before and since when, to undo a change that lasted no time.
    pub(crate) before: Option<(State, Stamp)>,
    pub(crate) clock_at: Stamp,
    pub(crate) last_call: Option<CallId>,
    pub(crate) last_rona: Option<Stamp>,
    pub(crate) answered: i64,
    pub(crate) rona: i64,
    pub(crate) refused: i64,
    pub(crate) autopaused: i64,
    pub(crate) device_gone: i64,
    pub(crate) told: Told,
    pub(crate) page: Page,
}

impl Agent {
    fn new(id: AgentId, at: Stamp) -> Self {
        let device = DeviceId(id.0.clone());
        Self {
            name: Text::from(extension(&id)),
            id,
            device,
            phones: Vec::new(),
            status: Device::Idle,
            members: Vec::new(),
            oldest: None,
            rings: Vec::new(),
            works: Vec::new(),
            after: None,
            acw_split: None,
            paused_for_acw: false,
            held_split: None,
            unexplained: None,
            state: State::default(),
            since: at,
            before: None,
            clock_at: at,
            last_call: None,
            last_rona: None,
            answered: 0,
            rona: 0,
            refused: 0,
            autopaused: 0,
            device_gone: 0,
            told: Told::default(),
            page: Page::default(),
        }
    }

    /// His membership in a split, whether he is logged on to it or was today.
    pub(crate) fn member(&self, split: Key<Split>) -> Option<&Membership> {
        self.members.iter().find(|m| m.split == split)
    }

    pub(crate) fn member_mut(&mut self, split: Key<Split>) -> Option<&mut Membership> {
        self.members.iter_mut().find(|m| m.split == split)
    }

    /// Whether he is logged on to this split.
    pub(crate) fn is_member(&self, split: Option<Key<Split>>) -> bool {
        split.is_some_and(|s| self.member(s).is_some_and(|m| m.on))
    }

    /// Logged on anywhere.
    pub(crate) const fn staffed(&self) -> bool {
        self.oldest.is_some()
    }
}

/// The device that an id stands for: without the options some switches put behind a slash
/// (`Local/1001@agents/n`).
fn without_options(id: &str) -> &str {
    match id.rsplit_once('/') {
        Some((head, option)) if head.contains('/') && option.len() <= 2 => head,
        _ => id,
    }
}

impl Model {
    /// The agent of this id, made if unknown.
    pub(crate) fn agent_key(&mut self, id: &AgentId, at: Stamp) -> Key<Agent> {
        if let Some(key) = self.agent_ids.get(id) {
            return *key;
        }
        let key = self.agents.insert(Agent::new(id.clone(), at));
        self.agent_ids.insert(id.clone(), key);
        let device = DeviceId::from(without_options(id));
        self.give_phone(key, &device);
        self.alias(key, &id.0);
        self.alias(key, extension(id));
        key
    }

    /// Another name under which people may speak of an agent; the first to have it keeps it.
    fn alias(&mut self, key: Key<Agent>, name: &str) {
        if !name.is_empty() && !self.aliases.contains_key(name) {
            self.aliases.insert(Text::from(name), key);
        }
    }

    /// The agent known by an id, device, number or name.
    pub(crate) fn agent_by_name(&self, name: &str) -> Option<Key<Agent>> {
        self.agent_ids.get(name).or_else(|| self.aliases.get(name)).copied()
    }

    /// Makes `device` a phone of an agent; channels it has become his.
    pub(crate) fn give_phone(&mut self, key: Key<Agent>, device: &DeviceId) {
        let phone = self.endpoint(device);
        if let Some(agent) = self.agents.get_mut(key)
            && !agent.phones.contains(&phone)
        {
            agent.phones.push(phone);
            if let Some(e) = self.endpoints.get_mut(phone) {
                e.agents.push(key);
                e.trunk = self.settings.is_trunk(&e.id, true);
            }
            self.trunk_changed(phone);
        }
    }

    fn take_phone(&mut self, key: Key<Agent>, device: &str) {
        let Some(&phone) = self.endpoint_ids.get(device) else {
            return;
        };
        if let Some(agent) = self.agents.get_mut(key) {
            agent.phones.retain(|p| *p != phone);
        }
        if let Some(e) = self.endpoints.get_mut(phone) {
            e.agents.retain(|a| *a != key);
            e.trunk = self.settings.is_trunk(&e.id, !e.agents.is_empty());
        }
        self.trunk_changed(phone);
        self.forget_endpoint(phone);
    }

    /// A membership was told, whole.
    pub(crate) fn member_is(&mut self, m: &Member, at: Stamp) {
        let key = self.agent_key(&m.agent, at);
        let split = self.split_key(&m.split, at);
        let live = self.live;
        let Some(agent) = self.agents.get_mut(key) else { return };
        agent.flush(at, live);
        if !m.name.is_empty() && agent.name != m.name {
            agent.name = m.name.clone();
        }
        let reason = if m.paused { m.reason.clone() } else { Text::default() };
        let logged_on = match m.seen {
            HowSeen::Added => at,
            HowSeen::Changed | HowSeen::Listed | HowSeen::Kept => {
                m.logged_on.map_or(at, |l| l.min(at))
            }
        };
        let paused_now = m.paused && !agent.member(split).is_some_and(|x| x.on && x.paused);
        if paused_now && agent.last_rona.is_some_and(|r| (0..=AUTOPAUSE_MAX).contains(&(at - r))) {
            agent.autopaused += 1;
            agent.last_rona = None;
        }
        let was = agent.member(split).filter(|x| x.on).map(|x| (x.paused, x.reason.clone()));
        if let Some(old) = agent.member_mut(split) {
            if !old.on {
                (old.on, old.logged_on) = (true, logged_on);
                old.found = !matches!(m.seen, HowSeen::Added | HowSeen::Kept);
            }
            old.penalty = m.penalty;
            old.paused = m.paused;
            old.reason = reason;
            old.wrapup_s = m.wrapup_s;
        } else {
            agent.members.push(Membership {
                split,
                on: true,
                logged_on,
                penalty: m.penalty,
                paused: m.paused,
                reason,
                wrapup_s: m.wrapup_s,
                found: !matches!(m.seen, HowSeen::Added | HowSeen::Kept),
                mode_since: at,
                clocks: Clocks::default(),
                tally: Tally::default(),
            });
        }
        let old_device = agent.device.clone();
        if !m.device.is_empty() && old_device != m.device {
            agent.device = m.device.clone();
            let (name, id) = (agent.name.clone(), agent.id.clone());
            if *old_device != *without_options(&id) {
                self.take_phone(key, &old_device);
            }
            self.give_phone(key, &m.device);
            self.alias(key, &m.device);
            self.alias(key, extension(&m.device));
            self.alias(key, &name);
        } else if !m.name.is_empty() && !self.aliases.contains_key(&m.name) {
            self.alias(key, &m.name);
        }
        self.device_of(key, m.status);
        self.staffing_changed(key);
        self.touch(key, at);
        self.say_member(key, was, m, logged_on, at);
    }

    /// What changed about a membership, as steps.
    fn say_member(
        &mut self,
        key: Key<Agent>,
        was: Option<(bool, Text)>,
        m: &Member,
        since: Stamp,
        at: Stamp,
    ) {
        let split = || m.split.clone();
        if was.is_none() {
            let did = AgentDid::LoggedOn { split: split(), since, penalty: m.penalty };
            self.say_agent(key, at, did);
        }
        match was {
            Some((true, _)) if !m.paused => {
                self.say_agent(key, at, AgentDid::Unpaused { split: split() });
            }
            Some((true, reason)) if reason == m.reason => {}
            _ if m.paused => {
                let did = AgentDid::Paused { split: split(), reason: m.reason.clone() };
                self.say_agent(key, at, did);
            }
            _ => {}
        }
    }

    /// Logged off from a split.
    pub(crate) fn member_gone(&mut self, id: &AgentId, id_of_split: &SplitId, at: Stamp) {
        let (Some(&key), Some(&split)) = (self.agent_ids.get(id), self.split_ids.get(id_of_split))
        else {
            return;
        };
        let live = self.live;
        let Some(agent) = self.agents.get_mut(key) else { return };
        agent.flush(at, live);
        let mut was_on = false;
        if let Some(m) = agent.member_mut(split) {
            was_on = std::mem::take(&mut m.on);
            m.paused = false;
            m.reason = Text::default();
        }
        self.staffing_changed(key);
        self.touch(key, at);
        if was_on {
            self.say_agent(key, at, AgentDid::LoggedOff { split: id_of_split.clone() });
        }
    }

    /// An agent must have been logged on to be rung: nobody told us, so we infer it.
    pub(crate) fn infer_member(&mut self, key: Key<Agent>, split: Key<Split>, at: Stamp, on: bool) {
        let live = self.live;
        let Some(agent) = self.agents.get_mut(key) else { return };
        match agent.member(split) {
            Some(m) if m.on || !on => return,
            _ => agent.flush(at, live),
        }
        if let Some(m) = agent.member_mut(split) {
            (m.on, m.logged_on, m.found) = (true, at, true);
        } else {
            agent.members.push(Membership {
                split,
                on: true,
                logged_on: at,
                penalty: 0,
                paused: false,
                reason: Text::default(),
                wrapup_s: 0,
                found: true,
                mode_since: at,
                clocks: Clocks::default(),
                tally: Tally::default(),
            });
        }
        self.staffing_changed(key);
        self.note_agent(key, at);
    }

    /// Finds the oldest log-on again; equal ones by the split's name, so that the order in which
    /// they were told does not matter.
    fn staffing_changed(&mut self, key: Key<Agent>) {
        let Some(agent) = self.agents.get_mut(key) else { return };
        let splits = &self.splits;
        agent.oldest = (0..agent.members.len())
            .filter(|&i| agent.members.get(i).is_some_and(|m| m.on))
            .min_by_key(|&i| {
                let m = agent.members.get(i);
                m.map(|m| (m.logged_on, splits.get(m.split).map(|s| s.id.clone())))
            });
    }

    /// The state of his phone, from a membership or told by itself.
    fn device_of(&mut self, key: Key<Agent>, status: Device) {
        let gone = |d| matches!(d, Device::Unavailable | Device::Invalid);
        if let Some(agent) = self.agents.get_mut(key) {
            if gone(status) && !gone(agent.status) && agent.staffed() {
                agent.device_gone += 1;
            }
            agent.status = status;
        }
    }

    /// The state of an endpoint: counts for the agents whose phone it is by configuration.
    pub(crate) fn device_is(&mut self, device: &DeviceId, status: Device, at: Stamp) {
        let Some(e) = self.endpoint_ids.get(device).and_then(|k| self.endpoints.get(*k)) else {
            return;
        };
        for key in e.agents.clone() {
            if self.agents.get(key).is_some_and(|a| a.device == *device && a.status != status) {
                self.device_of(key, status);
                self.touch(key, at);
            }
        }
    }

    /// Clocks of all agents up to `at`, and their states anew.
    pub(crate) fn touch_all(&mut self, at: Stamp) {
        for key in self.agents.keys() {
            self.touch(key, at);
        }
    }
}

impl Agent {
    /// Today's counts start from 0. True: he is not there and can be forgotten.
    pub(crate) fn start_day(&mut self, at: Stamp) -> bool {
        let oldest = self.oldest.and_then(|i| self.members.get(i)).map(|m| m.split);
        self.members.retain(|m| m.on);
        self.oldest = oldest.and_then(|s| self.members.iter().position(|m| m.split == s));
        for m in &mut self.members {
            m.clocks = Clocks::default();
            m.tally = Tally::default();
        }
        self.clock_at = self.clock_at.max(at);
        self.answered = 0;
        self.rona = 0;
        self.refused = 0;
        self.autopaused = 0;
        self.device_gone = 0;
        self.after.take_if(|a| a.booked.is_some());
        self.members.is_empty() && self.works.is_empty() && self.rings.is_empty()
    }
}

impl Model {
    /// An agent who is not logged on anywhere and of whom nothing is counted.
    pub(crate) fn forget_agent(&mut self, key: Key<Agent>) {
        let Some(agent) = self.agents.remove(key) else { return };
        self.agent_ids.swap_remove(&agent.id);
        self.aliases.retain(|_, k| *k != key);
        for phone in agent.phones {
            if let Some(e) = self.endpoints.get_mut(phone) {
                e.agents.retain(|a| *a != key);
                e.trunk = self.settings.is_trunk(&e.id, !e.agents.is_empty());
            }
            self.trunk_changed(phone);
            self.forget_endpoint(phone);
        }
    }
}
