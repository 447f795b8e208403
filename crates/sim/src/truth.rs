//! What really happened in the simulated world, kept apart from what was said about it.

use std::collections::{BTreeMap, VecDeque};

/// What became of one visit to a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitEnd {
    /// Still waiting.
    Waiting,
    /// A member answered; see [`TrueVisit::answered_at`].
    Answered,
    /// The caller hung up.
    Abandoned,
    /// Waited for the longest wait allowed and went on in the dialplan.
    TimedOut,
    /// The caller pressed the key that leads out of the queue.
    ExitKey,
    /// The last member logged off, and the caller went on in the dialplan.
    LeftEmpty,
    /// Cut by a restart of the PBX.
    Cut,
}

/// Who ended a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndedBy {
    /// The caller hung up.
    Caller,
    /// The member hung up.
    Agent,
    /// The member transferred the caller.
    Transfer,
    /// The PBX was restarted.
    Restart,
}

/// One visit of a caller to a queue. Times are microseconds UTC.
#[derive(Clone, Debug)]
pub struct TrueVisit {
    /// Name of the queue.
    pub queue: String,
    /// When the caller joined.
    pub joined: i64,
    /// When the caller left the queue: answered, gone or timed out.
    pub left: Option<i64>,
    /// What became of it.
    pub end: VisitEnd,
    /// Interface of the member who answered.
    pub agent: Option<String>,
    /// When the member answered.
    pub answered_at: Option<i64>,
    /// When the member's part ended, by hanging up or transfer.
    pub talk_ended: Option<i64>,
    /// When whoever consulted handed her caller over to the member: app_queue takes that for the
    /// end of the talk, and counts wrap-up from then on.
    pub handed_over: Option<i64>,
    /// Who ended it.
    pub ended_by: Option<EndedBy>,
    /// Microseconds on hold between answer and the end.
    pub hold: i64,
    /// Members that were rung and did not answer.
    pub not_answered: u32,
}

/// What kind of call it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// From a trunk.
    Inbound,
    /// From one agent to another; consultations too.
    Internal,
    /// From an agent to a trunk.
    Outbound,
}

/// One call as it was.
#[derive(Clone, Debug)]
pub struct TrueCall {
    /// Uniqueid of its first channel.
    pub uniqueid: String,
    /// What kind it was.
    pub kind: CallKind,
    /// The caller's number.
    pub caller: String,
    /// Microseconds UTC.
    pub began: i64,
    /// Microseconds UTC; `None` while it is up.
    pub ended: Option<i64>,
    /// Its visits to queues in order.
    pub visits: Vec<TrueVisit>,
    /// Blind and attended transfers of the caller.
    pub transfers: u32,
    /// Whether its caller was ever parked.
    pub parked: bool,
    /// Whether somebody of it was ever in a conference; each party has a call of its own.
    pub conferenced: bool,
    /// The queue that did not let the caller in, if that was the last one tried.
    pub refused_by: Option<String>,
}

/// Counts of one queue since the world began; a restart of the PBX does not reset them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrueQueue {
    /// Name of the queue.
    pub name: String,
    /// Callers that joined.
    pub joined: u64,
    /// Callers that a member answered.
    pub answered: u64,
    /// Callers that hung up while waiting.
    pub abandoned: u64,
    /// Callers that waited for the longest wait allowed.
    pub timed_out: u64,
    /// Callers that left by a key.
    pub exit_key: u64,
    /// Callers that were sent on because the last member had logged off.
    pub left_empty: u64,
    /// Callers that were not let in: nobody was logged in, or too many waited.
    pub refused: u64,
    /// Callers cut by a restart while waiting.
    pub cut: u64,
    /// Conversations that ended, by whomever.
    pub completed: u64,
    /// Rings that nobody answered.
    pub not_answered: u64,
}

/// What an agent is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrueState {
    /// Not a member of any queue.
    LoggedOff,
    /// Waiting for a call.
    Available,
    /// The phone rings for a queue call.
    Ringing,
    /// Talking to a queue caller.
    QueueCall,
    /// After a queue call, until the wrap-up time is over, whatever else happens on the phone.
    WrapUp,
    /// In a call that came from no queue, with no wrap-up time running.
    OtherCall,
    /// Paused in all queues, for this reason.
    Paused(&'static str),
}

/// One agent's story.
#[derive(Clone, Debug)]
pub struct TrueAgent {
    /// `PJSIP/1001`.
    pub interface: String,
    /// The member name.
    pub name: String,
    /// What the agent did from when on (microseconds UTC); the last one goes on.
    pub story: VecDeque<(i64, TrueState)>,
}

/// States kept of one agent; older ones are forgotten.
const STORY_MAX: usize = 1_000;

/// Everything that happened, within bounds.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    /// Calls by a number of their own, oldest first.
    pub calls: BTreeMap<u64, TrueCall>,
    /// Ended calls that were forgotten to stay within `calls_remembered_max`.
    pub calls_forgotten: u64,
    /// By place in `Settings::queues`.
    pub queues: Vec<TrueQueue>,
    /// By number of the agent.
    pub agents: Vec<TrueAgent>,
    /// Asynchronous events said, those of the warm-up not counted.
    pub events: u64,
}

impl Truth {
    /// Drops the oldest ended calls until at most `keep` calls are left.
    pub(crate) fn forget(&mut self, keep: usize) {
        while self.calls.len() > keep {
            let oldest = self.calls.iter().find(|(_, call)| call.ended.is_some());
            let Some(number) = oldest.map(|(number, _)| *number) else { return };
            self.calls.remove(&number);
            self.calls_forgotten += 1;
        }
    }

    /// Takes the calls that have ended, in the order in which they began.
    pub(crate) fn take_ended(&mut self) -> Vec<TrueCall> {
        let (ended, live) = std::mem::take(&mut self.calls)
            .into_iter()
            .partition::<BTreeMap<_, _>, _>(|(_, call)| call.ended.is_some());
        self.calls = live;
        ended.into_values().collect()
    }

    /// Takes what the agents have done and are not doing any more.
    pub(crate) fn take_stories<E>(
        &mut self,
        mut each: impl FnMut(&TrueAgent, i64, i64, &TrueState) -> Result<(), E>,
    ) -> Result<(), E> {
        for agent in &mut self.agents {
            while let (Some((from, state)), Some((to, _))) =
                (agent.story.front().cloned(), agent.story.get(1).cloned())
            {
                each(agent, from, to, &state)?;
                agent.story.pop_front();
            }
        }
        Ok(())
    }

    /// The agent does something from now on; saying the same again changes nothing.
    pub(crate) fn agent(&mut self, agent: usize, at: i64, state: TrueState) {
        let Some(agent) = self.agents.get_mut(agent) else { return };
        if agent.story.back().is_some_and(|(_, last)| *last == state) {
            return;
        }
        if agent.story.len() >= STORY_MAX {
            agent.story.pop_front();
        }
        agent.story.push_back((at, state));
    }

    pub(crate) fn queue(&mut self, queue: usize, change: impl FnOnce(&mut TrueQueue)) {
        if let Some(queue) = self.queues.get_mut(queue) {
            change(queue);
        }
    }

    /// The last visit of a call, to be changed.
    pub(crate) fn visit(&mut self, call: u64, change: impl FnOnce(&mut TrueVisit)) {
        if let Some(visit) = self.calls.get_mut(&call).and_then(|call| call.visits.last_mut()) {
            change(visit);
        }
    }
}
