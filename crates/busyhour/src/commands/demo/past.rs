//! The hour before the demo opens: the centre has lived it, and the journal has it as if a server
//! had been attached all the time. Then the same centre goes on, with the calls that are up.

use crate::exit::Failure;
use facts::{Epoch, Observation, Record, Stamp, Text};
use journal::{Entry, Journal};
use links::asterisk::LeaveOut;
use sim::{Classes, Said, World};
use std::time::Duration;

/// So much is lived before the journal gets it, microseconds.
const STEP_US: i64 = 10_000_000;
/// As near to the present as the past comes, microseconds.
const NEAR_US: i64 = 20_000;
/// How long to wait before a journal that is full is offered records again.
const FULL_WAIT: Duration = Duration::from_millis(20);

/// One centre and where its past goes.
pub(crate) struct Past<'a> {
    pub(crate) world: World,
    pub(crate) journal: &'a Journal,
    pub(crate) acd: String,
    pub(crate) server: Text,
    /// What the account of the server may read.
    pub(crate) reads: Classes,
}

impl Past<'_> {
    /// What a server keeps when it attaches: the link is up, all lists, resynced.
    pub(crate) fn attach(&mut self) -> Result<(), Failure> {
        let at = Stamp(self.world.now());
        let epoch = Epoch(self.world.booted().div_euclid(1_000_000));
        let began = epoch.0.to_string();
        let mut entries = Vec::new();
        let mut note = |what, headers: &[(&str, &str)], bytes: &[u8]| {
            let number = i64::try_from(entries.len()).unwrap_or(0);
            let heard = at.plus(number);
            let record = Record::observation(what, epoch, at, heard, &self.server, headers, bytes);
            entries.push(entry(&record));
        };
        note(Observation::LinkUp, &[("Epoch", &began)], b"");
        for (name, answer) in self.world.lists(at.0) {
            note(Observation::Answer, &[("Action", name)], &answer);
        }
        note(Observation::Resynced, &[], b"");
        self.keep(entries)
    }

    /// Lives on until now and keeps what is said.
    pub(crate) fn catch_up(&mut self) -> Result<(), Failure> {
        let leave_out = LeaveOut::default();
        let epoch = self.world.booted().div_euclid(1_000_000);
        let mut said = Vec::new();
        loop {
            let now = engine::wall_clock().0;
            let to = (self.world.now() + STEP_US).min(now);
            self.world.advance(to, &mut said);
            let heard = said.drain(..).filter(|said| self.reads.meets(said.class));
            let entries = heard.filter_map(|said| event(&said, epoch, &leave_out)).collect();
            self.keep(entries)?;
            if engine::wall_clock().0 - self.world.now() < NEAR_US {
                return Ok(());
            }
        }
    }

    fn keep(&self, mut entries: Vec<Entry>) -> Result<(), Failure> {
        loop {
            match self.journal.append(&self.acd, entries) {
                Ok(_) => return Ok(()),
                Err(refused) if refused.reason == journal::Reason::Full => {
                    entries = refused.entries;
                    std::thread::sleep(FULL_WAIT);
                }
                Err(refused) => return Err(Failure::problem(refused.to_string())),
            }
        }
    }
}

/// An event as a link keeps it; `None` if a link leaves it out.
fn event(said: &Said, epoch: i64, leave_out: &LeaveOut) -> Option<Entry> {
    let name = field(&said.bytes, b"Event: ")?;
    let variable = if name == b"VarSet" { field(&said.bytes, b"\r\nVariable: ") } else { None };
    if leave_out.leaves_out(name, variable) {
        return None;
    }
    let (kind, payload) = (facts::Kind::Event as u8, said.bytes.clone());
    Some(Entry { kind, epoch, stamp: said.at, heard: said.at, payload })
}

/// What stands behind these bytes up to the end of the line.
fn field<'a>(text: &'a [u8], before: &[u8]) -> Option<&'a [u8]> {
    let at = text.windows(before.len()).position(|window| window == before)?;
    let rest = text.get(at + before.len()..)?;
    rest.split(|byte| *byte == b'\r').next()
}

fn entry(record: &Record) -> Entry {
    Entry {
        kind: record.kind as u8,
        epoch: record.epoch.0,
        stamp: record.stamp.0,
        heard: record.heard.0,
        payload: record.payload.clone(),
    }
}
