//! Serves a recording as if a PBX said it now: the same bytes, the original spacing.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::class::Classes;
use crate::front::{Clock, Pbx};
use crate::said::Said;
use crate::settings::Settings;
use crate::show::Show;
use crate::world::World;

/// One recorded asynchronous event.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// When it was said or heard, microseconds UTC; only differences matter.
    pub at: i64,
    /// The message byte for byte, blank line included.
    pub bytes: Vec<u8>,
}

/// A recording served as an AMI PBX.
#[derive(Debug)]
pub struct Playback;

impl Playback {
    /// Serves the records in the order given, after the first login, `speed` times as fast
    /// as they were recorded (0 counts as 1). Nothing is rewritten; the accounts, version and
    /// limits are those of `settings`, its agents and queues are not used. Lists are empty.
    /// What sessions cause themselves (a UserEvent, the answer to Ping) is stamped with the
    /// recording's time, which runs `speed` times as fast.
    ///
    /// [`Pbx::is_over`] tells when all have been handed out.
    ///
    /// # Errors
    /// If the address cannot be listened on or no thread can be had.
    pub fn start(
        settings: Settings,
        records: Vec<Recorded>,
        speed: u32,
        listen: SocketAddr,
    ) -> io::Result<Pbx> {
        let settings = Settings { speed: 1, ..empty(settings) };
        let clock = Clock::begin();
        let mut records = records.into_iter();
        let next = records.next();
        let first = next.as_ref().map_or(clock.start, |record| record.at);
        let tape = Tape {
            // Up for an hour already when the recording begins.
            house: World::new(&settings, first.saturating_sub(3_600_000_000)),
            records,
            next,
            speed: i64::from(speed.max(1)),
            began: None,
            first,
        };
        Pbx::serve(settings, Show::Tape(tape), listen, clock)
    }
}

/// The same PBX with nobody in it.
pub(crate) fn empty(settings: Settings) -> Settings {
    Settings { agents: 0, queues: Vec::new(), trunks: Vec::new(), warm_up_s: 0, ..settings }
}

/// A recording being played.
pub(crate) struct Tape {
    /// Answers actions.
    pub(crate) house: World,
    records: std::vec::IntoIter<Recorded>,
    next: Option<Recorded>,
    speed: i64,
    /// When playing began, and the time of the first record.
    began: Option<i64>,
    first: i64,
}

impl Tape {
    pub(crate) fn begin(&mut self, now: i64) {
        self.began.get_or_insert(now);
    }

    /// The recording's time at that moment.
    pub(crate) fn time(&self, now: i64) -> i64 {
        let since = self.began.map_or(0, |began| (now - began).max(0));
        self.first.saturating_add(since.saturating_mul(self.speed))
    }

    fn due(&self, began: i64, at: i64) -> i64 {
        // A record stamped before the first one is due with it.
        began.saturating_add((at - self.first).max(0) / self.speed)
    }

    pub(crate) fn advance(&mut self, to: i64, out: &mut Vec<Said>) {
        self.house_says(to, out);
        let Some(began) = self.began else { return };
        while let Some(record) = self.next.take() {
            let due = self.due(began, record.at);
            if due > to {
                self.next = Some(record);
                return;
            }
            let class = class_of(&record.bytes);
            out.push(Said { at: to, class, bytes: Arc::from(record.bytes) });
            self.next = self.records.next();
        }
    }

    /// UserEvents that clients send are heard by all, recording or not.
    fn house_says(&mut self, now: i64, out: &mut Vec<Said>) {
        let mut said = Vec::new();
        self.house.take_said(&mut said);
        // Due at once, whatever the recording's time in their text is.
        out.extend(said.into_iter().map(|said| Said { at: now, ..said }));
    }

    pub(crate) fn next_due(&self) -> Option<i64> {
        Some(self.due(self.began?, self.next.as_ref()?.at))
    }

    pub(crate) fn is_over(&self) -> bool {
        self.began.is_some() && self.next.is_none()
    }
}

/// The classes in `Privilege: agent,all`; all if there is none.
pub(crate) fn class_of(bytes: &[u8]) -> Classes {
    let Some(privilege) = ami::Message::parse(bytes).get("Privilege").map(ami::text) else {
        return Classes::ALL;
    };
    let words: Vec<&str> = privilege.split(',').filter(|word| *word != "all").collect();
    Classes::parse(&words.join(",")).filter(|class| *class != Classes::NONE).unwrap_or(Classes::ALL)
}
