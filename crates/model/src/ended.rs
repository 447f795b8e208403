//! The last calls that ended. Full: the oldest goes.

use crate::calls::Call;
use facts::CallId;
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::collections::VecDeque;

/// Ended calls, oldest first; a hole is a call that came back to life.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    calls: VecDeque<Option<Call>>,
    /// How many have been dropped at the front: serial number minus place.
    dropped: u64,
    ids: IndexMap<CallId, u64, FxBuildHasher>,
}

impl Ended {
    pub(crate) fn push(&mut self, call: Call, max: usize) {
        if max == 0 {
            return;
        }
        while self.calls.len() >= max {
            if let Some(old) = self.calls.pop_front().flatten() {
                for id in &old.ids {
                    if self.ids.get(id) == Some(&self.dropped) {
                        self.ids.swap_remove(id);
                    }
                }
            }
            self.dropped += 1;
        }
        let serial = self.dropped.saturating_add(u64::try_from(self.calls.len()).unwrap_or(0));
        for id in &call.ids {
            self.ids.insert(id.clone(), serial);
        }
        self.calls.push_back(Some(call));
    }

    fn slot(&mut self, id: &CallId) -> Option<&mut Option<Call>> {
        let place = self.ids.get(id)?.checked_sub(self.dropped)?;
        self.calls.get_mut(usize::try_from(place).ok()?)
    }

    pub(crate) fn get_mut(&mut self, id: &CallId) -> Option<&mut Call> {
        self.slot(id)?.as_mut()
    }

    /// Takes a call out because it goes on.
    pub(crate) fn take(&mut self, id: &CallId) -> Option<Call> {
        let call = self.slot(id)?.take()?;
        for id in &call.ids {
            self.ids.swap_remove(id);
        }
        Some(call)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().flatten()
    }
}
