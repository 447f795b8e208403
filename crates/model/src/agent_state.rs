//! What an agent is doing: the one place where cms.md 2.1 and 2.2 become a decision. The first
//! line of [`Model::state_of`] that fits holds; it looks at nothing but the agent and the
//! channels of his phones.

use crate::Model;
use crate::agents::Agent;
use crate::arena::Key;
use crate::channels::Channel;
use crate::settings::UNEXPLAINED_GRACE;
use crate::splits::Split;
use crate::timers::Timer;
use facts::{Device, Direction, Phase, Stamp, Text};

/// The work modes of CMS that a switch without direct agent calls can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mode {
    Avail,
    Ring,
    Acd,
    Acw,
    Aux,
    #[default]
    Other,
}

impl Mode {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Avail => "AVAIL",
            Self::Ring => "RING",
            Self::Acd => "ACD",
            Self::Acw => "ACW",
            Self::Aux => "AUX",
            Self::Other => "OTHER",
        }
    }
}

/// A state. `split` is that of the call; ACW without a call has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) mode: Mode,
    pub(crate) split: Option<Key<Split>>,
    pub(crate) direction: Option<Direction>,
    pub(crate) reason: Text,
    /// A queue call is on hold meanwhile.
    pub(crate) acd_held: bool,
}

impl Default for State {
    fn default() -> Self {
        Self::of(Mode::Other)
    }
}

impl State {
    fn of(mode: Mode) -> Self {
        Self { mode, split: None, direction: None, reason: Text::default(), acd_held: false }
    }

    fn with(mode: Mode, split: Option<Key<Split>>, direction: Option<Direction>) -> Self {
        Self { split, direction, ..Self::of(mode) }
    }

    fn same_to_see(&self, other: &Self) -> bool {
        (self.mode, self.split, self.direction, &self.reason)
            == (other.mode, other.split, other.direction, &other.reason)
    }
}

/// A call of the agent's own, that is no queue call.
struct OwnCalls {
    talking: Option<Direction>,
    /// The channel on which he does.
    channel: Option<Key<Channel>>,
    ringing_or_held: bool,
    any: bool,
}

impl OwnCalls {
    /// He talks on this channel, or dials; the first one counts.
    const fn talks(&mut self, channel: Key<Channel>, direction: Direction) {
        if self.talking.is_none() {
            (self.talking, self.channel) = (Some(direction), Some(channel));
        }
    }
}

impl Agent {
    /// The membership that the present call or after-call work belongs to.
    pub(crate) fn work_row(&self) -> Option<usize> {
        match (self.state.mode, self.state.split) {
            (_, Some(s)) => self.members.iter().position(|m| m.on && m.split == s),
            (Mode::Acw, None) => self.oldest,
            _ => None,
        }
    }

    /// His mode as the split of the membership at `i` sees it (cms.md 2.2).
    pub(crate) fn mode_in(&self, i: usize) -> (Mode, Option<Direction>) {
        let Some(member) = self.members.get(i) else {
            return (Mode::Other, None);
        };
        let elsewhere = if member.paused { Mode::Aux } else { Mode::Other };
        match self.state.mode {
            Mode::Ring | Mode::Acd | Mode::Acw if self.work_row() == Some(i) => {
                (self.state.mode, self.state.direction)
            }
            // In after-call work by a pause he is paused everywhere: not AUX for the others.
            Mode::Acw if self.paused_for_acw => (Mode::Other, None),
            Mode::Ring | Mode::Acd | Mode::Acw => (elsewhere, None),
            Mode::Avail if member.paused => (Mode::Aux, None),
            mode => (mode, self.state.direction),
        }
    }

    /// Paused in every split he is logged on to.
    pub(crate) fn paused_everywhere(&self) -> bool {
        self.staffed() && self.members.iter().filter(|m| m.on).all(|m| m.paused)
    }

    /// The reason of a pause that holds everywhere: that of the oldest log-on, else any.
    fn pause_reason(&self) -> Text {
        let oldest = self.oldest.and_then(|i| self.members.get(i));
        let mut on = self.members.iter().filter(|m| m.on && !m.reason.is_empty());
        match oldest {
            Some(m) if !m.reason.is_empty() => m.reason.clone(),
            _ => on.next().map_or_else(Text::default, |m| m.reason.clone()),
        }
    }

    /// Whether the wrap-up after his last queue call runs at `at`.
    fn wrapping_up(&self, at: Stamp) -> Option<Key<Split>> {
        let after = self.after.as_ref()?;
        let runs = after.booked.is_none() && after.cut.is_none() && at < after.until;
        runs.then_some(after.work.split)
    }
}

impl Model {
    /// Whether a channel on an agent's phone was dialled for a queue call: then it is no call of
    /// his own, unless it talks on after the queue call is over.
    pub(crate) fn is_queue_leg(&self, agent: &Agent, channel: &Channel) -> bool {
        if channel.queue_leg && !channel.talking {
            return true;
        }
        let call = Some(channel.call);
        let works = || {
            let mut calls = agent.works.iter().filter_map(|w| w.call);
            calls.any(|c| self.live_call_key(c) == call)
        };
        let rings = || {
            let mut callers = agent.rings.iter().filter_map(|r| self.channels.get(r.caller));
            callers.any(|c| Some(c.call) == call)
        };
        channel.direction == Direction::Out && (works() || rings())
    }

    /// Looks through the channels of an agent's phones.
    fn own_calls(&self, agent: &Agent) -> OwnCalls {
        let mut own = OwnCalls { talking: None, channel: None, ringing_or_held: false, any: false };
        for phone in &agent.phones {
            let Some(endpoint) = self.endpoints.get(*phone) else { continue };
            for key in &endpoint.channels {
                let Some(c) = self.channels.get(*key) else { continue };
                own.any = true;
                if c.talking && agent.works.iter().any(|w| w.away && w.seat() == Some(*key)) {
                    own.talks(*key, Direction::Out);
                    continue;
                }
                if self.is_queue_leg(agent, c) {
                    // He has given the caller away but is not off the phone: he hears where the
                    // call was parked.
                    own.ringing_or_held |= c.transferred;
                    continue;
                }
                match (c.direction, c.phase) {
                    _ if c.held => own.ringing_or_held = true,
                    (Direction::In, _) => own.talks(*key, Direction::Out),
                    (Direction::Out, Phase::Up) => own.talks(*key, Direction::In),
                    (Direction::Out, Phase::Ringing) => own.ringing_or_held = true,
                    (Direction::Out, Phase::Down | Phase::Calling) => {}
                }
            }
        }
        own
    }

    /// The state that follows from what is known at `at`. The order is the meaning: see cms.md
    /// 2.1 for each line.
    fn state_of(&self, agent: &Agent, own: &OwnCalls, at: Stamp) -> State {
        if !self.live || !agent.staffed() {
            return State::of(Mode::Other);
        }
        if let Some(w) = agent.works.iter().rev().find(|w| w.held_since.is_none()) {
            return State::with(Mode::Acd, Some(w.split), Some(Direction::In));
        }
        let held = agent.works.last().is_some();
        let paused = agent.paused_everywhere();
        let reason = if paused { agent.pause_reason() } else { Text::default() };
        let acw_pause = paused && self.settings.is_acw(&reason);
        let wrapup = agent.wrapping_up(at);
        if let Some(direction) = own.talking {
            if !held && (wrapup.is_some() || acw_pause) {
                let split = wrapup.or(agent.acw_split);
                return State::with(Mode::Acw, split, Some(direction));
            }
            let aux = State::with(Mode::Aux, None, Some(direction));
            return State { reason, acd_held: held, ..aux };
        }
        if let Some(r) = agent.rings.last() {
            return State::with(Mode::Ring, Some(r.split), Some(Direction::In));
        }
        if held {
            return State { acd_held: true, ..State::of(Mode::Other) };
        }
        if let Some(split) = wrapup {
            return State::with(Mode::Acw, Some(split), None);
        }
        if acw_pause {
            return State { reason, ..State::with(Mode::Acw, agent.acw_split, None) };
        }
        if paused {
            return State { reason, ..State::of(Mode::Aux) };
        }
        if own.ringing_or_held {
            return State::of(Mode::Other);
        }
        match agent.status {
            Device::Unavailable | Device::Invalid | Device::Unknown => State::of(Mode::Other),
            _ if agent.unexplained.is_some_and(|s| at.since(s) >= UNEXPLAINED_GRACE) => {
                State::of(Mode::Other)
            }
            _ => State::of(Mode::Avail),
        }
    }

    /// Looks at an agent anew: something about him may be different since `at`.
    pub(crate) fn touch(&mut self, key: Key<Agent>, at: Stamp) {
        self.close_after(key, at);
        let Some(agent) = self.agents.get(key) else { return };
        let own = self.own_calls(agent);
        let busy = !matches!(
            agent.status,
            Device::Idle | Device::Unknown | Device::Invalid | Device::Unavailable
        );
        let puzzling = busy && !own.any && agent.works.is_empty() && agent.rings.is_empty();
        let unexplained = puzzling.then(|| agent.unexplained.unwrap_or(at));
        let arm = unexplained.is_some() && agent.unexplained.is_none();
        let live = self.live;
        if arm {
            self.timers.set(at.plus(UNEXPLAINED_GRACE), Timer::Agent(key));
        }
        let Some(agent) = self.agents.get_mut(key) else { return };
        agent.unexplained = unexplained;
        let Some(agent) = self.agents.get(key) else { return };
        let state = self.state_of(agent, &own, at);
        let held = agent.works.iter().rev().find(|w| w.held_since.is_some()).map(|w| w.split);
        let acw = state.mode == Mode::Acw;
        let for_acw = acw && agent.wrapping_up(at).is_none();
        let Some(agent) = self.agents.get_mut(key) else { return };
        // Every touch settles the clocks first: what is changed by now counts from now.
        let mut old = std::mem::take(&mut self.modes);
        old.extend((0..agent.members.len()).map(|i| agent.mode_in(i)));
        agent.flush(at, live);
        agent.paused_for_acw = for_acw;
        agent.held_split = if state.acd_held { held } else { None };
        // A pause for after-call work goes on with the split of the call just before.
        agent.acw_split = if acw || state.mode == Mode::Acd { state.split } else { None };
        let previous = std::mem::replace(&mut agent.state, state);
        if !agent.state.same_to_see(&previous) {
            // A change that lasted no time was none: the burst of one moment told it in parts.
            agent.before = match agent.before.take() {
                Some((state, since)) if agent.since >= at && state.same_to_see(&agent.state) => {
                    agent.since = since;
                    None
                }
                Some(before) if agent.since >= at => Some(before),
                _ => {
                    let since = std::mem::replace(&mut agent.since, at);
                    Some((previous, since))
                }
            };
        }
        for (i, was) in old.iter().enumerate() {
            if agent.mode_in(i) != *was
                && let Some(m) = agent.members.get_mut(i)
            {
                m.mode_since = at;
            }
        }
        self.note_own_calls(key, own.channel.zip(own.talking), at);
        old.clear();
        self.modes = old;
        self.look_at(key, at);
    }
}
