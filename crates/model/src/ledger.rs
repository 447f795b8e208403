//! Writing the ledger (`history::ledger`): each entry from where its truth is decided in the
//! fold. Here: switching it on, the link, agents; the parts below write what is final.
//!
//! Writing changes nothing: with it or without it the same facts give the same tables and the
//! same digest. It knows of `history` only the vocabulary.

mod calls;
mod own;
#[cfg(test)]
mod replay;
mod served;
mod visits;

pub(crate) use own::Own;
pub(crate) use served::Notes;
pub(crate) use visits::{Turn, rang_end};

use crate::Model;
use crate::agent_state;
use crate::agents::{Agent, Work};
use crate::arena::Key;
use facts::{CallId, Stamp, Text};
use history::ledger::{AgentNow, Entry, Link, MemberNow, Mode, What};

/// What has been written, what is about to be.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// Off: nothing is built.
    pub(crate) on: bool,
    /// For the owner to take.
    out: Vec<Entry>,
    /// Agents to be looked at when the moment is over, and since when.
    agents: Vec<(Key<Agent>, Stamp)>,
    /// The moment that is being folded.
    moment: Stamp,
    /// The link as written; None: nothing has been heard yet.
    heard: Option<bool>,
    /// When the switch started anew the last time.
    restarted: Option<Stamp>,
    /// Rings that are over and whose end is not known yet.
    unclear: Vec<visits::Unclear>,
}

/// What has been written of an agent.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// He is to be looked at.
    look: bool,
    last: Option<Box<AgentNow>>,
    /// From when on.
    at: Stamp,
    /// His own calls that go on.
    own: Vec<Own>,
}

impl Model {
    /// From now on the ledger is written; whoever says so must [take](Self::take_entries) it
    /// after each fact or few, since it is kept until then. To be said before the first fact:
    /// of what goes on already only the rest is known.
    pub const fn write_ledger(&mut self) {
        self.ledger.on = true;
    }

    /// Appends what was written since the last time.
    pub fn take_entries(&mut self, into: &mut Vec<Entry>) {
        into.append(&mut self.ledger.out);
    }

    fn write(&mut self, at: Stamp, what: What) {
        self.ledger.out.push(Entry { at, what });
    }

    // ---- the link ---------------------------------------------------------------------------

    /// Before a fact is folded. With the first one clocks may begin: they are those of agents who
    /// are known, and nobody is before he was named. A recorded stream may never be resynced.
    pub(crate) fn ledger_begins(&mut self, at: Stamp) {
        if !self.ledger.on {
            return;
        }
        self.ledger_moment(at);
        if self.ledger.heard.is_none() {
            self.ledger.heard = Some(false);
            if self.live {
                self.write_link(at, true, "begins");
            }
        }
    }

    /// The switch is heard and its state known from here on, or not any more.
    pub(crate) fn write_link(&mut self, at: Stamp, heard: bool, why: &str) {
        if !self.ledger.on || self.ledger.heard == Some(heard) {
            return;
        }
        self.write_agents();
        self.ledger.heard = Some(heard);
        let link = Link { heard, restarted: false, why: Text::from(why) };
        self.write(at, What::Link(link));
    }

    /// Something was missed between the last fact and this one.
    pub(crate) fn write_hole(&mut self, at: Stamp, why: &str) {
        if self.ledger.heard == Some(true) {
            self.write_link(self.heard.min(at), false, why);
            self.write_link(at, true, "heard again");
        }
    }

    /// The switch started anew: everybody is to be told again, as found by what is said next.
    pub(crate) fn write_restart(&mut self, at: Stamp) {
        if !self.ledger.on {
            return;
        }
        self.write_agents();
        for key in self.agents.keys() {
            self.write_served(key);
        }
        let heard = self.ledger.heard.unwrap_or(self.live);
        let link = Link { heard, restarted: true, why: Text::from("the switch started anew") };
        self.write(at, What::Link(link));
        self.ledger.restarted = Some(at);
        for agent in self.agents.values_mut() {
            agent.page.last = None;
        }
        if self.live {
            for key in self.agents.keys() {
                self.note_agent(key, at);
            }
        }
    }

    // ---- moments ----------------------------------------------------------------------------

    /// A fact of that moment comes, or time has passed up to it: how agents were at the end of
    /// the moment before is what counts.
    fn ledger_moment(&mut self, at: Stamp) {
        if at != self.ledger.moment {
            self.ledger.moment = at;
            self.write_agents();
        }
    }

    /// Time has passed up to `at`; earlier moments than that of the last fact say nothing.
    pub(crate) fn ledger_time(&mut self, at: Stamp) {
        if self.ledger.on && at > self.ledger.moment {
            self.ledger_moment(at);
        }
    }

    /// Something about an agent is different since `at`, perhaps.
    pub(crate) fn note_agent(&mut self, key: Key<Agent>, at: Stamp) {
        if !self.ledger.on {
            return;
        }
        if let Some(agent) = self.agents.get_mut(key)
            && !std::mem::replace(&mut agent.page.look, true)
        {
            self.ledger.agents.push((key, at));
        }
    }

    pub(crate) fn write_agents(&mut self) {
        let mut agents = std::mem::take(&mut self.ledger.agents);
        for (key, at) in agents.drain(..) {
            self.write_agent(key, at);
        }
        self.ledger.agents = agents;
    }

    fn write_agent(&mut self, key: Key<Agent>, at: Stamp) {
        let Some(agent) = self.agents.get_mut(key) else { return };
        agent.page.look = false;
        let Some(agent) = self.agents.get(key) else { return };
        let last = agent.page.last.as_deref();
        let same = match last {
            Some(last) => self.is_still(agent, last),
            // Who was never there, or perhaps is not any more, is told when it is known.
            None => !agent.staffed() || !self.live,
        };
        if same {
            return;
        }
        let now = Box::new(self.agent_now(agent, last));
        // His clocks have come so far, whatever the fact's stamp; what is written does not go back.
        let at = at.max(agent.clock_at).max(agent.page.at);
        if let Some(agent) = self.agents.get_mut(key) {
            (agent.page.last, agent.page.at) = (Some(now.clone()), at);
        }
        self.write(at, What::Agent(now));
    }

    /// Whether an agent is as he was written, without building anything.
    fn is_still(&self, agent: &Agent, last: &AgentNow) -> bool {
        if !agent.staffed() {
            return last.members.is_empty();
        }
        let state = &agent.state;
        let split = |k| self.split_id(k);
        if last.mode != mode(state.mode)
            || last.direction != state.direction
            || last.reason != state.reason
            || last.name != agent.name
            || last.device != agent.device.0
            || last.work_split.as_ref() != state.split.and_then(split)
            || last.held_split.as_ref() != agent.held_split.and_then(split)
            || last.call.as_ref() != self.call_of(agent, Some(last))
        {
            return false;
        }
        let mut rows = last.members.iter();
        let alike = agent.rows().all(|i| {
            let (Some(row), Some(m)) = (rows.next(), agent.members.get(i)) else { return false };
            let (since, found) = self.logged_on(m.logged_on, m.found);
            (row.mode, row.paused, row.penalty, row.since, row.found)
                == (mode(agent.mode_in(i).0), m.paused, m.penalty, since, found)
                && row.reason == m.reason
                && Some(&row.split) == split(m.split)
        });
        alike && rows.next().is_none()
    }

    fn agent_now(&self, agent: &Agent, last: Option<&AgentNow>) -> AgentNow {
        let state = &agent.state;
        let split = |k| self.split_id(k).cloned();
        let member = |i: usize| {
            let m = agent.members.get(i)?;
            let (since, found) = self.logged_on(m.logged_on, m.found);
            Some(MemberNow {
                split: split(m.split)?,
                since,
                found,
                penalty: m.penalty,
                paused: m.paused,
                reason: m.reason.clone(),
                mode: mode(agent.mode_in(i).0),
            })
        };
        AgentNow {
            agent: agent.id.clone(),
            name: agent.name.clone(),
            device: agent.device.0.clone(),
            mode: mode(state.mode),
            direction: state.direction,
            reason: state.reason.clone(),
            work_split: state.split.and_then(split),
            held_split: agent.held_split.and_then(split),
            call: self.call_of(agent, last).cloned(),
            members: agent.rows().filter_map(member).collect(),
        }
    }

    /// Since when he is logged on, and whether that was not seen: a log-on of before the switch
    /// started anew is at best as old as that.
    pub(crate) fn logged_on(&self, since: Stamp, found: bool) -> (Stamp, bool) {
        match self.ledger.restarted {
            Some(restarted) if since < restarted => (restarted, true),
            _ => (since, found),
        }
    }

    /// The call of an agent as he is now.
    fn call_of<'a>(&'a self, agent: &Agent, last: Option<&'a AgentNow>) -> Option<&'a CallId> {
        use agent_state::Mode as M;
        let state = &agent.state;
        let of_work = |w: &Work| self.call_id(w.call.filter(|_| self.live)?);
        match (state.mode, state.direction) {
            (M::Acd, _) => {
                let work = agent.works.iter().rev().find(|w| w.held_since.is_none());
                work.and_then(of_work)
            }
            (M::Ring, _) => {
                let caller = self.channels.get(agent.rings.last()?.caller)?;
                self.call_id(caller.call)
            }
            (M::Other, _) => agent.works.last().and_then(of_work),
            (M::Aux | M::Acw, Some(_)) => {
                let channel = self.channels.get(self.present_channel(agent)?)?;
                self.call_id(channel.call)
            }
            // After-call work without a call of his own is for the call just before.
            (M::Acw, None) => {
                let last =
                    last.filter(|l| matches!(l.mode, Mode::Acd | Mode::Acw | Mode::Other))?;
                let alike = last.work_split.as_ref() == state.split.and_then(|s| self.split_id(s))
                    || last.held_split.is_some();
                last.call.as_ref().filter(|_| alike)
            }
            (M::Avail | M::Aux, _) => None,
        }
    }

    pub(crate) fn split_id(&self, key: Key<crate::splits::Split>) -> Option<&facts::SplitId> {
        self.splits.get(key).map(|s| &s.id)
    }

    /// The id that a call has now, wherever it was joined to. None: it is over.
    fn call_id(&self, key: Key<crate::calls::Call>) -> Option<&CallId> {
        self.calls.get(self.live_call_key(key)?)?.ids.first()
    }
}

impl Agent {
    /// His memberships, that of the oldest log-on first.
    fn rows(&self) -> impl Iterator<Item = usize> {
        let oldest = self.oldest;
        let others = self.members.iter().enumerate();
        let others = others.filter(move |(i, m)| m.on && Some(*i) != oldest).map(|(i, _)| i);
        oldest.into_iter().chain(others)
    }
}

const fn mode(mode: agent_state::Mode) -> Mode {
    match mode {
        agent_state::Mode::Avail => Mode::Avail,
        agent_state::Mode::Ring => Mode::Ring,
        agent_state::Mode::Acd => Mode::Acd,
        agent_state::Mode::Acw => Mode::Acw,
        agent_state::Mode::Aux => Mode::Aux,
        agent_state::Mode::Other => Mode::Other,
    }
}
