//! A log-on: from the first split an agent logs on to until he has left the last.

use super::Key;
use crate::ledger::MemberNow;
use facts::{AgentId, SplitId, Stamp, Text};

/// A log-on, over or not.
#[derive(Clone, Debug)]
pub(crate) struct Logon {
    /// When he logged on to his first split.
    pub(crate) on: Stamp,
    /// When he had left the last; None: he is logged on.
    pub(crate) off: Option<Stamp>,
    /// The log-on was not seen: he was found (CMS INFLAG `<`).
    pub(crate) found: bool,
    /// Nor was the log-off: he was found gone (CMS OUTFLAG `>`).
    pub(crate) found_gone: bool,
    /// His name; empty if not told.
    pub(crate) name: Text,
    /// His phone.
    pub(crate) device: Text,
    /// The splits he has been in, in the order he came, with the penalty told last.
    pub(crate) splits: Vec<(SplitId, u32)>,
    /// The split of his oldest log-on.
    pub(crate) oldest: SplitId,
}

impl Logon {
    /// A log-on to these splits, the oldest first.
    pub(crate) fn new(oldest: &MemberNow, name: &Text, device: &Text) -> Self {
        Self {
            on: oldest.since,
            off: None,
            found: oldest.found,
            found_gone: false,
            name: name.clone(),
            device: device.clone(),
            splits: Vec::new(),
            oldest: oldest.split.clone(),
        }
    }

    /// He is in these splits, the oldest first.
    pub(crate) fn is_in(&mut self, members: &[MemberNow]) {
        for m in members {
            match self.splits.iter_mut().find(|(split, _)| *split == m.split) {
                Some((_, penalty)) => *penalty = m.penalty,
                None => self.splits.push((m.split.clone(), m.penalty)),
            }
        }
        if let Some(oldest) = members.first().filter(|m| m.split != self.oldest) {
            self.oldest = oldest.split.clone();
        }
    }

    pub(crate) fn has_been_in(&self, split: &SplitId) -> bool {
        self.splits.iter().any(|(s, _)| s == split)
    }

    /// The row of a split in this log-on.
    pub(crate) fn key(&self, agent: &AgentId, split: &SplitId) -> Key {
        Key {
            agent: agent.clone(),
            split: split.clone(),
            device: self.device.clone(),
            logon: self.on,
        }
    }
}
