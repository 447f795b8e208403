//! Records between the session and the ring: held while the run of the PBX is not known yet,
//! and counted when the ring is full. Pure.

use facts::{Epoch, Observation, Record, Stamp, Text};

/// Held records may need so many bytes; then they go out with whatever is known.
pub(crate) const HELD_BYTES_MAX: usize = 64 << 20;

/// Records that the full ring refused.
#[derive(Clone, Copy, Debug)]
struct Lost {
    records: u64,
    bytes: u64,
    first: Stamp,
    last: Stamp,
    epoch: Epoch,
}

/// Where a session puts its records.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// Waiting for the epoch; `None`: it is known, records go straight on.
    held: Option<Vec<Record>>,
    held_bytes: usize,
    ready: Vec<Record>,
    lost: Option<Lost>,
    holes: u64,
}

impl Outbox {
    /// From now on records wait for [`release`](Self::release).
    pub(crate) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Whether records wait.
    pub(crate) fn holds(&self) -> bool {
        self.held.is_some()
    }

    /// More is held than should be.
    pub(crate) fn holds_too_much(&self) -> bool {
        self.held_bytes > HELD_BYTES_MAX
    }

    /// The stamp of the first record that waits.
    pub(crate) fn first_held(&self) -> Option<Stamp> {
        self.held.as_ref().and_then(|held| held.first()).map(|record| record.stamp)
    }

    /// The held records go on with this epoch, behind `first`.
    pub(crate) fn release(&mut self, epoch: Epoch, first: Option<Record>) {
        self.ready.extend(first);
        self.held_bytes = 0;
        let held = self.held.take().unwrap_or_default();
        self.ready.extend(held.into_iter().map(|record| Record { epoch, ..record }));
    }

    /// A record that was heard.
    pub(crate) fn push(&mut self, record: Record) {
        match &mut self.held {
            Some(held) => {
                self.held_bytes = self.held_bytes.saturating_add(record.payload.len());
                held.push(record);
            }
            None => self.ready.push(record),
        }
    }

    /// A hole that will be or was noted.
    pub(crate) fn count_hole(&mut self) {
        self.holes += 1;
    }

    /// Holes noted so far.
    pub(crate) fn holes(&self) -> u64 {
        self.holes
    }

    /// Records were refused and that has not been noted yet.
    pub(crate) fn has_lost(&self) -> bool {
        self.lost.is_some()
    }

    /// Hands all that is ready to `push`, which says whether there was room. `roomy`: the
    /// ring has room again after it was full; until then nothing is tried, so that a ring that
    /// hovers at its bound does not fill with holes. `at` and `heard` are the stamps of the
    /// hole, should one be noted; says whether one was.
    pub(crate) fn deliver(
        &mut self,
        server: &Text,
        (at, heard): (Stamp, Stamp),
        roomy: bool,
        push: &mut dyn FnMut(Record) -> bool,
    ) -> bool {
        let mut noted = false;
        if let (Some(lost), true) = (self.lost, roomy)
            && push(hole(lost, server, at, heard))
        {
            self.lost = None;
            self.holes += 1;
            noted = true;
        }
        for record in self.ready.drain(..) {
            let (stamp, epoch) = (record.stamp, record.epoch);
            let bytes = u64::try_from(record.payload.len()).unwrap_or(u64::MAX);
            if self.lost.is_none() && push(record) {
                continue;
            }
            let lost = self.lost.get_or_insert(Lost {
                records: 0,
                bytes: 0,
                first: stamp,
                last: stamp,
                epoch,
            });
            lost.records += 1;
            lost.bytes = lost.bytes.saturating_add(bytes);
            lost.first = lost.first.min(stamp);
            lost.last = lost.last.max(stamp);
            lost.epoch = epoch;
        }
        noted
    }
}

fn hole(lost: Lost, server: &Text, at: Stamp, heard: Stamp) -> Record {
    let (records, bytes) = (lost.records.to_string(), lost.bytes.to_string());
    let (first, last) = (lost.first.to_string(), lost.last.to_string());
    let headers = [
        ("Reason", "ring-full"),
        ("Records", records.as_str()),
        ("Bytes", bytes.as_str()),
        ("First", first.as_str()),
        ("Last", last.as_str()),
    ];
    Record::observation(Observation::Hole, lost.epoch, at, heard, server, &headers, b"")
}
