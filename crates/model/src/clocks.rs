//! The running clocks of cms.md 2.2, in microseconds: per agent and split what each split's row
//! sees (`I_*`), and once per agent, in the row of his oldest log-on, what he as a person did
//! (`TI_*`).
//!
//! Two identities hold in every row and agent, without remainder:
//! `staff = avail + acd + acw + aux + ring + other`, and over an agent's rows
//! `ti_staff = acd + acw + ring + ti_aux + ti_avail + ti_other`.

use crate::agent_state::Mode;
use crate::agents::Agent;
use facts::{Direction, Stamp};

/// The clocks of one agent in one split. Microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Clocks {
    pub(crate) staff: i64,
    pub(crate) avail: i64,
    pub(crate) acd: i64,
    pub(crate) acw: i64,
    pub(crate) aux: i64,
    pub(crate) ring: i64,
    pub(crate) other: i64,
    /// Parts of `aux`, by the digit of the reason (0: none or no digit).
    pub(crate) aux_by: [i64; 10],
    pub(crate) aux_in: i64,
    pub(crate) aux_out: i64,
    pub(crate) acw_in: i64,
    pub(crate) acw_out: i64,
    pub(crate) acd_aux_in: i64,
    pub(crate) acd_aux_out: i64,
    pub(crate) acd_other: i64,
    pub(crate) ti_staff: i64,
    pub(crate) ti_avail: i64,
    pub(crate) ti_aux: i64,
    pub(crate) ti_other: i64,
    pub(crate) ti_aux_by: [i64; 10],
}

impl Clocks {
    /// All clocks in a fixed order, for digests and sums.
    pub(crate) fn each(&self) -> impl Iterator<Item = i64> {
        [
            self.staff,
            self.avail,
            self.acd,
            self.acw,
            self.aux,
            self.ring,
            self.other,
            self.aux_in,
            self.aux_out,
            self.acw_in,
            self.acw_out,
            self.acd_aux_in,
            self.acd_aux_out,
            self.acd_other,
            self.ti_staff,
            self.ti_avail,
            self.ti_aux,
            self.ti_other,
        ]
        .into_iter()
        .chain(self.aux_by)
        .chain(self.ti_aux_by)
    }

    /// Adds another row's clocks.
    pub(crate) fn sum(&mut self, c: &Self) {
        self.staff += c.staff;
        self.avail += c.avail;
        self.acd += c.acd;
        self.acw += c.acw;
        self.aux += c.aux;
        self.ring += c.ring;
        self.other += c.other;
        self.aux_in += c.aux_in;
        self.aux_out += c.aux_out;
        self.acw_in += c.acw_in;
        self.acw_out += c.acw_out;
        self.acd_aux_in += c.acd_aux_in;
        self.acd_aux_out += c.acd_aux_out;
        self.acd_other += c.acd_other;
        self.ti_staff += c.ti_staff;
        self.ti_avail += c.ti_avail;
        self.ti_aux += c.ti_aux;
        self.ti_other += c.ti_other;
        let by = self.aux_by.iter_mut().zip(c.aux_by);
        for (mine, theirs) in by.chain(self.ti_aux_by.iter_mut().zip(c.ti_aux_by)) {
            *mine += theirs;
        }
    }

    /// The row's identity.
    pub(crate) const fn balanced(&self) -> bool {
        self.staff == self.avail + self.acd + self.acw + self.aux + self.ring + self.other
    }
}

/// The place of a pause reason among the ten AUX reasons: its digit, else 0.
pub(crate) fn aux_code(reason: &str) -> usize {
    match reason.as_bytes() {
        [d @ b'0'..=b'9'] => usize::from(d - b'0'),
        _ => 0,
    }
}

fn add_by(by: &mut [i64; 10], reason: &str, d: i64) {
    if let Some(slot) = by.get_mut(aux_code(reason)) {
        *slot += d;
    }
}

impl Agent {
    /// Adds `d` microseconds in the present state to `clocks`, those of the membership at `i`.
    fn accrue(&self, i: usize, d: i64, clocks: &mut Clocks) {
        let Some(member) = self.members.get(i).filter(|m| m.on) else {
            return;
        };
        let state = &self.state;
        let (mode, direction) = self.mode_in(i);
        let oldest = self.oldest == Some(i);
        clocks.staff += d;
        match mode {
            Mode::Avail => clocks.avail += d,
            Mode::Ring => clocks.ring += d,
            Mode::Acd => clocks.acd += d,
            Mode::Acw => {
                clocks.acw += d;
                match direction {
                    Some(Direction::In) => clocks.acw_in += d,
                    Some(Direction::Out) => clocks.acw_out += d,
                    None => {}
                }
            }
            Mode::Aux => {
                clocks.aux += d;
                // A pause has the reason given in this split; a call of his own is "system AUX".
                add_by(&mut clocks.aux_by, if member.paused { &member.reason } else { "" }, d);
            }
            Mode::Other => {
                clocks.other += d;
                if state.acd_held && self.held_split == Some(member.split) {
                    clocks.acd_other += d;
                }
            }
        }
        // Calls of his own in AUX are booked once: on the split of the queue call he holds, for a
        // call out, else on the oldest log-on.
        if state.mode == Mode::Aux {
            let held_here = self.held_split == Some(member.split);
            match state.direction {
                Some(Direction::In) if oldest => {
                    clocks.aux_in += d;
                    clocks.acd_aux_in += if state.acd_held { d } else { 0 };
                }
                Some(Direction::Out)
                    if held_here || (oldest && !self.is_member(self.held_split)) =>
                {
                    clocks.aux_out += d;
                    clocks.acd_aux_out += if state.acd_held { d } else { 0 };
                }
                _ => {}
            }
        }
        if oldest {
            clocks.ti_staff += d;
            match state.mode {
                Mode::Avail => clocks.ti_avail += d,
                Mode::Aux => {
                    clocks.ti_aux += d;
                    add_by(&mut clocks.ti_aux_by, &state.reason, d);
                }
                // The `I_` clock of the split that he works for covers it, if he is still in it.
                Mode::Ring | Mode::Acd | Mode::Acw if self.work_row().is_some() => {}
                _ => clocks.ti_other += d,
            }
        }
    }

    /// Brings his clocks up to `at`. Time that goes back is not counted twice; time while
    /// nobody listened (`live` false) is not counted at all.
    pub(crate) fn flush(&mut self, at: Stamp, live: bool) {
        let d = at.since(self.clock_at);
        if d <= 0 {
            return;
        }
        if live && self.oldest.is_some() {
            for i in 0..self.members.len() {
                let Some(m) = self.members.get_mut(i) else { break };
                let mut clocks = std::mem::take(&mut m.clocks);
                self.accrue(i, d, &mut clocks);
                debug_assert!(clocks.balanced(), "clocks of {} do not add up: {clocks:?}", self.id);
                if let Some(m) = self.members.get_mut(i) {
                    m.clocks = clocks;
                }
            }
            debug_assert!(self.ti_balanced(), "times of {} do not add up", self.id);
        }
        self.clock_at = at;
    }

    /// The clocks of the membership at `i` as they would be at `at`.
    pub(crate) fn clocks_at(&self, i: usize, at: Stamp, live: bool) -> Clocks {
        let mut clocks = self.members.get(i).map(|m| m.clocks.clone()).unwrap_or_default();
        let d = at.since(self.clock_at);
        if live && d > 0 {
            self.accrue(i, d, &mut clocks);
        }
        clocks
    }

    /// The identity over an agent's rows.
    pub(crate) fn ti_balanced(&self) -> bool {
        let (mut staff, mut parts) = (0, 0);
        for c in self.members.iter().map(|m| &m.clocks) {
            staff += c.ti_staff;
            parts += c.acd + c.acw + c.ring + c.ti_aux + c.ti_avail + c.ti_other;
        }
        staff == parts
    }
}
