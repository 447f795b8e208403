//! Load for measurements: real queue calls, rendered before, said at a given rate.
//!
//! A world lives some minutes and what it says is kept as blocks. The blast says
//! them over and over with stamps of now and with ids of their own in each round, so that
//! every call is a new one and no two events are the same.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::class::Classes;
use crate::front::{Clock, Pbx};
use crate::playback::empty;
use crate::said::{Said, stamp};
use crate::show::Show;
use crate::world::World;

/// How much, how long.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Events a second, for each session that reads all classes.
    pub events_per_s: u32,
    /// Seconds; after them nothing more is said.
    pub seconds: u32,
    /// Agents of the contact centre whose calls are said.
    pub agents: u32,
    /// Seed of that centre, accounts, limits: everything else about the PBX.
    pub pbx: crate::Settings,
}

impl Settings {
    /// That many events a second from a centre of 200 agents.
    #[must_use]
    pub fn new(events_per_s: u32, seconds: u32) -> Self {
        let agents = 200;
        Self { events_per_s, seconds, agents, pbx: crate::Settings::centre(agents, 1) }
    }
}

/// Listens; the blast begins with the first login. [`Pbx::sessions`] counts exactly what each
/// session was given, [`Pbx::is_over`] tells when all has been handed out.
///
/// # Errors
/// If the address cannot be listened on or no thread can be had.
pub fn start(settings: &Settings, listen: SocketAddr) -> io::Result<Pbx> {
    let clock = Clock::begin();
    let pbx = crate::Settings {
        // A reader that is measured may stall as long as its own limits allow.
        session_bytes_max: settings.pbx.session_bytes_max.max(256 << 20),
        speed: 1,
        ..settings.pbx.clone()
    };
    let lived = crate::Settings { agents: settings.agents, warm_up_s: 0, ..pbx.clone() };
    let house = empty(pbx);
    let blast = Blast {
        house: World::new(&house, clock.start),
        round: Round::record(&lived, clock.start),
        place: 0,
        rounds: 0,
        said: 0,
        total: u64::from(settings.events_per_s) * u64::from(settings.seconds),
        per_s: i64::from(settings.events_per_s.max(1)),
        began: None,
        last: 0,
    };
    Pbx::serve(house, Show::Blast(blast), listen, clock)
}

/// One event cut where its stamp stands; ids are marked in the text.
struct Block {
    class: Classes,
    before: Vec<u8>,
    /// What follows the stamp, in pieces between places where the round's number goes.
    after: Vec<Vec<u8>>,
}

/// Some minutes of a contact centre.
struct Round {
    blocks: Vec<Block>,
}

/// Events of one round; more and the round is as long as it gets.
const ROUND_MAX: usize = 60_000;

impl Round {
    /// Lets a centre live from its first call until enough is said.
    fn record(settings: &crate::Settings, start: i64) -> Self {
        let mut world = World::new(settings, start);
        let mut said = Vec::new();
        let mut at = start;
        while said.len() < ROUND_MAX && at < start + 3_600_000_000 {
            at += 10_000_000;
            world.advance(at, &mut said);
        }
        // A round leaves no call open behind it.
        world.shut_down(at, &mut said);
        said.pop();
        Self { blocks: said.iter().map(Block::cut).collect() }
    }
}

impl Block {
    fn cut(said: &Said) -> Self {
        let stamp = stamp(said.at);
        let text = said.bytes.as_ref();
        let at = find(text, stamp.as_bytes()).unwrap_or(0);
        let (before, rest) = text.split_at(at);
        let rest = rest.get(stamp.len()..).unwrap_or_default();
        Self { class: said.class, before: before.to_vec(), after: mark_ids(rest) }
    }

    fn render(&self, at: i64, round: &[u8]) -> Vec<u8> {
        let size: usize = self.after.iter().map(|piece| piece.len() + round.len()).sum();
        let mut text = Vec::with_capacity(self.before.len() + 20 + size);
        text.extend_from_slice(&self.before);
        text.extend_from_slice(stamp(at).as_bytes());
        for (number, piece) in self.after.iter().enumerate() {
            if number > 0 {
                text.extend_from_slice(round);
            }
            text.extend_from_slice(piece);
        }
        text
    }
}

/// What makes the ids of a round its own; of one width, so that no two can come out the same.
fn round_mark(round: u64) -> Vec<u8> {
    format!("{round:05}").into_bytes()
}

/// Cuts the text at the end of each unique id, channel number and bridge id.
fn mark_ids(text: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut piece = Vec::new();
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_id = name.ends_with(b"niqueid") || name.ends_with(b"inkedid");
        let is_channel = name.ends_with(b"Channel") && find(line, b"PJSIP/").is_some();
        let peer = find(line, b"Value: PJSIP/").is_some() && line.contains(&b'-');
        let value = line.len() > name.len() + 4;
        if (is_id || is_channel || peer) && value {
            let end = line.len().saturating_sub(2);
            let (id, rest) = line.split_at(end);
            piece.extend_from_slice(id);
            pieces.push(std::mem::take(&mut piece));
            piece.extend_from_slice(rest);
        } else {
            piece.extend_from_slice(line);
        }
    }
    pieces.push(piece);
    pieces
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// A load being said.
pub(crate) struct Blast {
    /// Answers actions.
    pub(crate) house: World,
    round: Round,
    place: usize,
    rounds: u64,
    said: u64,
    total: u64,
    per_s: i64,
    began: Option<i64>,
    last: i64,
}

impl Blast {
    pub(crate) fn begin(&mut self, now: i64) {
        self.began.get_or_insert(now);
    }

    /// Says what is due by the rate; at most what a tick can carry, the rest a tick later.
    pub(crate) fn advance(&mut self, to: i64, out: &mut Vec<Said>) {
        self.house.take_said(out);
        let Some(began) = self.began else { return };
        let due = (to - began).max(0).saturating_mul(self.per_s) / 1_000_000;
        let due = u64::try_from(due).unwrap_or(0).min(self.total);
        let count = due.saturating_sub(self.said).min(20_000);
        let mut round = round_mark(self.rounds);
        for _ in 0..count {
            let Some(block) = self.round.blocks.get(self.place) else { return };
            // The moment of saying, a microsecond apart at least.
            self.last = (self.last + 1).max(to - i64::try_from(count).unwrap_or(0));
            let bytes = Arc::from(block.render(self.last, &round));
            out.push(Said { at: to, class: block.class, bytes });
            self.said += 1;
            self.place += 1;
            if self.place >= self.round.blocks.len() {
                self.place = 0;
                self.rounds += 1;
                round = round_mark(self.rounds);
            }
        }
    }

    pub(crate) fn next_due(&self) -> Option<i64> {
        let began = self.began?;
        let said = i64::try_from(self.said).unwrap_or(i64::MAX);
        (self.said < self.total).then(|| began + said.saturating_mul(1_000_000) / self.per_s)
    }

    pub(crate) fn is_over(&self) -> bool {
        self.said >= self.total
    }
}
