//! Tests of the link: the session with virtual time, the driver against a PBX on port 0.
//!
//! `pbx` is the other side: it answers what a session sends, as Asterisk does.

mod driving;
mod hearing;
mod living;
mod pbx;
mod starting;

use facts::{Kind, Record, Stamp, Text};

use super::clock::Now;
use super::session::{Over, Session};
use super::settings::{Secret, Settings};
use super::status::{State, Status};
use pbx::Pbx;

/// Settings for a PBX on the loopback.
fn settings() -> Settings {
    Settings::new("pbx", "127.0.0.1:5038", "busyhour", Secret::new("s3cret"), "server-a")
}

/// A session, a PBX, and a clock that stands still until it is told.
struct Bench {
    session: Session,
    pbx: Pbx,
    now: Now,
    /// What the session sent since it was last looked at.
    sent: String,
    records: Vec<Record>,
    /// Records the ring takes before it is full.
    room: usize,
}

impl Bench {
    fn new(settings: Settings) -> Self {
        let now = Now { wall: Stamp::from_secs(1_795_261_560), mono: 7_000_000 };
        let session = Session::new(settings, "bh-test", 1, now).unwrap();
        let (sent, records) = (String::new(), Vec::new());
        Self { session, pbx: Pbx::new(now.wall), now, sent, records, room: usize::MAX }
    }

    /// Connected, logged in, resynced.
    fn live(settings: Settings) -> Self {
        let mut bench = Self::new(settings);
        bench.connect();
        bench.talk();
        assert_eq!(bench.state(), State::Live, "{:?}", bench.status());
        bench
    }

    fn connect(&mut self) {
        self.session.connecting(self.now);
        self.session.connected(false, self.now);
        self.hear(b"Asterisk Call Manager/5.0.4\r\n");
    }

    /// The session hears this.
    fn hear(&mut self, bytes: &[u8]) {
        self.session.bytes(bytes, self.now);
        self.collect();
    }

    /// An event as all hear it, stamped now.
    fn event(&mut self, name: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        let event = self.pbx.event(name, self.now.wall, headers);
        self.hear(&event);
        event
    }

    fn collect(&mut self) {
        self.sent.push_str(&String::from_utf8(self.session.take_send()).unwrap());
        let (records, room) = (&mut self.records, &mut self.room);
        let has_room = *room > 0;
        self.session.deliver(self.now, || has_room, &mut |record| {
            let fits = *room > 0;
            if fits {
                *room -= 1;
                records.push(record);
            }
            fits
        });
        self.sent.push_str(&String::from_utf8(self.session.take_send()).unwrap());
    }

    /// The PBX answers all that was sent, until there is nothing left to say.
    fn talk(&mut self) {
        while !self.sent.is_empty() {
            self.talk_once();
        }
    }

    /// The PBX answers what was sent until now.
    fn talk_once(&mut self) {
        let sent = std::mem::take(&mut self.sent);
        let answer = self.pbx.answer(sent.as_bytes(), self.now.wall);
        self.hear(&answer);
    }

    /// Time passes in ticks; the PBX answers or not.
    fn pass(&mut self, micros: i64, answering: bool) {
        let end = self.now.mono + micros;
        while self.now.mono < end {
            let step = 100_000.min(end - self.now.mono);
            self.now = Now { wall: self.now.wall + step, mono: self.now.mono + step };
            self.session.tick(self.now);
            self.collect();
            if answering {
                self.talk();
            }
            if self.session.over().is_some() {
                return;
            }
        }
    }

    fn close(&mut self, reason: &str) {
        let over = Over { reason: reason.to_owned(), refused: false };
        self.session.closed(over, self.now);
        self.collect();
    }

    fn status(&self) -> Status {
        self.session.status(self.now)
    }

    fn state(&self) -> State {
        self.status().state
    }

    /// What was sent, as `Action A, Action B`.
    fn asked(&self) -> String {
        let actions = self.sent.split("\r\n").filter_map(|line| line.strip_prefix("Action: "));
        actions.collect::<Vec<_>>().join(", ")
    }

    /// The records since it was last asked: of an observation its name, of an event `Event: X`.
    fn heard(&mut self) -> Vec<String> {
        std::mem::take(&mut self.records).iter().map(name_of).collect()
    }

    fn codes(&self) -> Vec<&'static str> {
        self.status().advice.iter().map(|advice| advice.code).collect()
    }
}

/// The first line of a record; of an answer also what was asked.
fn name_of(record: &Record) -> String {
    let text = ami::text(&record.payload);
    let mut lines = text.split("\r\n");
    let first = lines.next().unwrap_or_default().to_owned();
    if record.kind == Kind::Event {
        return first;
    }
    let first = first.trim_start_matches("Observation: ").to_owned();
    let action = lines.find_map(|line| line.strip_prefix("Action: "));
    action.map_or(first.clone(), |action| format!("{first} {action}"))
}

fn text(record: &Record) -> Text {
    ami::text(&record.payload).into()
}
