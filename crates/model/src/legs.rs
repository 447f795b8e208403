//! Legs between switches: which ends of them the calls of this ACD have. What belongs together
//! over there is not known here; [`crate::Centre`] finds it.

use crate::Model;
use crate::arena::Key;
use crate::calls::Call;
use crate::channels::Channel;
use facts::{Direction, LegId, Stamp, Text};

/// So many legs of one call are remembered. More has only a call that two dialplans send to and
/// fro; what it does then is still counted here, but joined to nothing any more.
const LEGS_MAX: usize = 64;

/// One end of a leg.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leg {
    pub(crate) id: LegId,
    /// The end that dialled.
    pub(crate) out: bool,
    /// Begin of its channel.
    pub(crate) from: Stamp,
    /// Its end.
    pub(crate) to: Option<Stamp>,
}

/// A call of one ACD, as [`crate::Centre`] needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub(crate) acd: Text,
    pub(crate) call: Text,
    /// Other ids that it is known by.
    pub(crate) joined: Vec<Text>,
    pub(crate) whole: Text,
    pub(crate) legs: Vec<Leg>,
    pub(crate) came_by: Option<LegId>,
    pub(crate) hangup_leg: Option<LegId>,
    pub(crate) state: &'static str,
    pub(crate) direction: &'static str,
    pub(crate) caller: Text,
    pub(crate) caller_name: Text,
    pub(crate) dialled: Text,
    pub(crate) vdn: Option<Text>,
    pub(crate) trunk: Option<Text>,
    pub(crate) split: Option<Text>,
    pub(crate) agent: Option<Text>,
    pub(crate) agent_name: Option<Text>,
    pub(crate) began: Stamp,
    pub(crate) queued_at: Option<Stamp>,
    pub(crate) answered_at: Option<Stamp>,
    pub(crate) ended_at: Option<Stamp>,
    /// Microseconds.
    pub(crate) wait: i64,
    pub(crate) outcome: Option<&'static str>,
    pub(crate) ended_by: Option<&'static str>,
    pub(crate) visited: u32,
    pub(crate) talked: usize,
    pub(crate) transfers: u32,
}

impl Part {
    /// Moves all its moments: clocks of two switches differ, and a centre has one time.
    pub fn shift(&mut self, by_us: i64) {
        let ends = self.legs.iter_mut().flat_map(|l| std::iter::once(&mut l.from).chain(&mut l.to));
        let mine = [&mut self.queued_at, &mut self.answered_at, &mut self.ended_at];
        for at in ends.chain(mine.into_iter().flatten()).chain([&mut self.began]) {
            *at = at.plus(by_us);
        }
    }

    /// Its ACD knows it no more: whether its end was heard of or not, it is over.
    pub(crate) fn forget(&mut self) {
        let last = [self.queued_at, self.answered_at].into_iter().flatten().max();
        self.ended_at = self.ended_at.or_else(|| Some(self.began.max(last.unwrap_or(self.began))));
        self.ended_by = self.ended_by.or(Some("UNKNOWN"));
    }
}

impl Model {
    /// A channel is one end of a leg between switches.
    pub(crate) fn channel_leg(&mut self, key: Key<Channel>, leg: &LegId, at: Stamp) {
        let Some(c) = self.channels.get_mut(key) else { return };
        let (call, out, from) = (c.call, c.direction == Direction::Out, c.began);
        let before = c.leg.replace(leg.clone());
        let direction = c.direction;
        if before.as_ref() == Some(leg) {
            return;
        }
        if let Some(before) = before {
            self.leg_over(call, &before, direction, at);
        }
        let Some(call) = self.calls.get_mut(call) else { return };
        if call.legs.len() >= LEGS_MAX {
            self.odd(at, "too-many-legs", leg);
            return;
        }
        call.legs.push(Leg { id: leg.clone(), out, from, to: None });
        if call.entry == Some(key) {
            call.came_by = Some(leg.clone());
        }
    }

    /// The channel that was an end of this leg is gone.
    pub(crate) fn leg_over(
        &mut self,
        call: Key<Call>,
        leg: &LegId,
        direction: Direction,
        at: Stamp,
    ) {
        let Some(call) = self.calls.get_mut(call) else { return };
        let out = direction == Direction::Out;
        let mine = |l: &&mut Leg| l.id == *leg && l.out == out && l.to.is_none();
        if let Some(l) = call.legs.iter_mut().find(mine) {
            l.to = Some(at);
        }
    }
}
