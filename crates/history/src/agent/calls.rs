//! Calls of an agent: queue calls he answered or was rung by, and calls of his own.

use super::Key;
use super::items as item;
use crate::Books;
use crate::ledger::{OwnCall, Rang, RangEnd, Served};
use crate::split::items as split_item;
use facts::{AgentId, Direction, Released, SplitId, Stamp, Text};

// Items of own calls stand in one order in both tables.
const _: () = assert!(
    item::ACDAUXOUTCALLS - item::ACWINCALLS == split_item::ACDAUXOUTCALLS - split_item::ACWINCALLS
);

impl Books {
    /// The row of an agent in a split for what is final at a moment: that of the log-on then.
    fn key_of(&self, agent: &AgentId, split: &SplitId, at: Stamp) -> Key {
        let logon = self.agents.by_id.get(agent).and_then(|a| a.logon_at(at));
        logon.map_or_else(
            || Key {
                agent: agent.clone(),
                split: split.clone(),
                device: Text::from(""),
                logon: Stamp::default(),
            },
            |logon| logon.key(agent, split),
        )
    }

    pub(crate) fn served_by_agent(&mut self, served: &Served, at: Stamp) {
        let key = self.key_of(&served.agent, &served.split, at);
        let phantom = self.is_phantom(served);
        let row = self.rows(at).agents.of(&key);
        let (ring, hold) = (served.ring_s(), served.hold_s());
        row.add(item::RINGCALLS, i64::from(ring.is_some()));
        row.add(item::RINGTIME, ring.unwrap_or_default());
        row.add(item::HOLDCALLS, i64::from(!served.holds.is_empty()));
        row.add(item::HOLDTIME, hold);
        row.add(item::HOLDACDTIME, hold);
        row.add(item::HOLDABNCALLS, i64::from(served.hold_abandoned));
        row.add(item::TRANSFERRED, i64::from(served.transferred));
        row.add(item::CONFERENCE, i64::from(served.conferenced));
        if phantom {
            row.add(item::ABNCALLS, 1);
            row.add(item::PHANTOMABNS, 1);
            row.add(item::ABNTIME, (served.ended.secs() - served.since.secs()).max(0));
            return;
        }
        row.add(item::ACDCALLS, 1);
        row.add(item::ACDTIME, served.talk_s());
        row.add(item::ACWTIME, served.acw_s());
        row.add(item::ANSRINGTIME, ring.unwrap_or_default());
        // A call that was passed on counts as ended by the agent (cms.md 1.4).
        let released = matches!(served.released, Released::Agent | Released::Transfer);
        let first = released || served.transferred || served.conferenced;
        row.add(item::ACD_RELEASE, i64::from(first));
    }

    pub(crate) fn rang_at_agent(&mut self, rang: &Rang, at: Stamp) {
        let key = self.key_of(&rang.agent, &rang.split, at);
        let row = self.rows(at).agents.of(&key);
        if rang.end == RangEnd::Refused {
            row.add(item::REFUSED, 1);
            return;
        }
        let seconds = (at.secs() - rang.since.secs()).max(0);
        row.add(item::RINGCALLS, 1);
        row.add(item::RINGTIME, seconds);
        match rang.end {
            RangEnd::NotAnswered => row.add(item::NOANSREDIR, 1),
            RangEnd::Abandoned => {
                row.add(item::ABNCALLS, 1);
                row.add(item::ABNTIME, seconds);
            }
            RangEnd::Refused | RangEnd::Elsewhere => {}
        }
    }

    /// A call of his own: in the split whose after-call work it interrupted, of the queue call he
    /// held when he made it, else in that of the oldest log-on. Who is not logged on is no agent.
    pub(crate) fn own_call(&mut self, own: &OwnCall, at: Stamp) {
        let Some(agent) = self.agents.by_id.get(&own.agent) else { return };
        let Some(logon) = agent.logon_at(at) else { return };
        if logon.off.is_some_and(|off| off <= own.since) {
            return;
        }
        let out = own.direction == Direction::Out;
        let held = own.held_split.as_ref().filter(|_| out && own.acw_split.is_none());
        let meant = own.acw_split.as_ref().or(held).filter(|s| logon.has_been_in(s));
        let split = meant.unwrap_or(&logon.oldest).clone();
        let key = logon.key(&own.agent, &split);
        let (calls, time, off) = match (own.acw_split.is_some(), own.direction) {
            (true, Direction::In) => (item::ACWINCALLS, item::ACWINTIME, None),
            (true, Direction::Out) => (
                item::ACWOUTCALLS,
                item::ACWOUTTIME,
                Some((item::ACWOUTOFFCALLS, item::ACWOUTOFFTIME)),
            ),
            (false, Direction::In) => (item::AUXINCALLS, item::AUXINTIME, None),
            (false, Direction::Out) => (
                item::AUXOUTCALLS,
                item::AUXOUTTIME,
                Some((item::AUXOUTOFFCALLS, item::AUXOUTOFFTIME)),
            ),
        };
        let seconds = (at.secs() - own.since.secs()).max(0);
        let with_held = held.is_some_and(|s| *s == split);
        let open = self.rows(at);
        let rows = [
            (open.agents.of(&key), item::ACWINCALLS),
            (open.splits.of(&split), split_item::ACWINCALLS),
        ];
        for (row, first) in rows {
            let mut add = |i: usize, n: i64| row.add(i - item::ACWINCALLS + first, n);
            add(calls, 1);
            add(time, seconds);
            if let Some((calls, time)) = off.filter(|_| own.off_switch) {
                add(calls, 1);
                add(time, seconds);
            }
            add(item::ACDAUXOUTCALLS, i64::from(with_held));
        }
    }
}
