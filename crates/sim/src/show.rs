//! What a PBX shows to its sessions: a living world, a recording, or a load.

use crate::class::Classes;
use crate::load::Blast;
use crate::playback::Tape;
use crate::said::Said;
use crate::world::{Reply, World};

/// One of the three; the front treats them alike.
pub(crate) enum Show {
    World(Box<World>),
    Tape(Tape),
    Blast(Blast),
}

impl Show {
    pub(crate) fn advance(&mut self, to: i64, out: &mut Vec<Said>) {
        match self {
            Self::World(world) => world.advance(to, out),
            Self::Tape(tape) => tape.advance(to, out),
            Self::Blast(blast) => blast.advance(to, out),
        }
    }

    pub(crate) fn next_due(&self) -> Option<i64> {
        match self {
            Self::World(world) => world.next_due(),
            Self::Tape(tape) => tape.next_due(),
            Self::Blast(blast) => blast.next_due(),
        }
    }

    /// Somebody has logged in: a recording or a load may begin.
    pub(crate) fn heard_by_somebody(&mut self, now: i64) {
        match self {
            Self::World(_) => {}
            Self::Tape(tape) => tape.begin(now),
            Self::Blast(blast) => blast.begin(now),
        }
    }

    /// Nothing more will be said by itself.
    pub(crate) fn is_over(&self) -> bool {
        match self {
            Self::World(_) => false,
            Self::Tape(tape) => tape.is_over(),
            Self::Blast(blast) => blast.is_over(),
        }
    }

    pub(crate) fn action(&mut self, now: i64, write: Classes, message: &ami::Message<'_>) -> Reply {
        let now = self.time(now);
        self.world().action(now, write, message)
    }

    pub(crate) fn fully_booted(&mut self, now: i64) -> Vec<u8> {
        let now = self.time(now);
        self.world().fully_booted(now)
    }

    pub(crate) fn say_login(&mut self, now: i64, user: &str, session: u64, remote: &str) {
        let now = self.time(now);
        self.world().say_login(now, user, session, remote);
    }

    pub(crate) fn shut_down(&mut self, now: i64, out: &mut Vec<Said>) {
        self.world().shut_down(now, out);
    }

    pub(crate) fn boot(&mut self, now: i64, out: &mut Vec<Said>) {
        self.world().boot(now, out);
    }

    /// The time that stands in stamps.
    fn time(&self, now: i64) -> i64 {
        match self {
            Self::World(_) | Self::Blast(_) => now,
            Self::Tape(tape) => tape.time(now),
        }
    }

    /// The world that answers actions: an empty one behind a recording or a load.
    fn world(&mut self) -> &mut World {
        match self {
            Self::World(world) => world,
            Self::Tape(tape) => &mut tape.house,
            Self::Blast(blast) => &mut blast.house,
        }
    }
}
