//! The phases of a call, from the steps of its life: what it was in, and for how long.

use crate::chart::Lane;
use engine::CallStep;
use facts::Stamp;

/// The phases, in the order of their lanes.
pub(super) const PHASES: [Lane; 5] = [
    Lane("IVR", "IVR"),
    Lane("QUEUED", "Waiting"),
    Lane("RINGING", "Ringing"),
    Lane("TALKING", "Talking"),
    Lane("HELD", "On hold"),
];
const IVR: usize = 0;
const WAIT: usize = 1;
const RING: usize = 2;
const TALK: usize = 3;
const HOLD: usize = 4;

/// A phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phase {
    /// Its place in [`PHASES`]; `None`: the switch was not heard.
    pub(super) lane: Option<usize>,
    /// From when.
    pub(super) from: Stamp,
    /// Until when.
    pub(super) to: Stamp,
}

/// What is known of a call while its steps are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Where {
    lane: usize,
    /// Phones that ring.
    rings: u32,
    /// Whether it is in a queue.
    queued: bool,
    heard: bool,
}

impl Where {
    fn after(mut self, kind: &str) -> Self {
        match kind {
            "queued" => {
                (self.queued, self.rings) = (true, 0);
                self.lane = WAIT;
            }
            "ring" => {
                self.rings += 1;
                // A phone that rings for a transfer does not end the talk.
                if !matches!(self.lane, TALK | HOLD) {
                    self.lane = RING;
                }
            }
            "no-answer" => {
                self.rings = self.rings.saturating_sub(1);
                if self.lane == RING && self.rings == 0 {
                    self.lane = if self.queued { WAIT } else { IVR };
                }
            }
            "left-queue" | "refused" => {
                (self.queued, self.rings) = (false, 0);
                self.lane = IVR;
            }
            "answered" | "resume" | "unparked" => {
                (self.queued, self.rings) = (false, 0);
                self.lane = TALK;
            }
            "hold" | "parked" => self.lane = HOLD,
            "unheard" => self.heard = false,
            "heard" => self.heard = true,
            _ => {}
        }
        self
    }
}

/// The phases of a call that has these steps and lasts until `end`.
pub(super) fn phases(steps: &[CallStep], end: Stamp) -> Vec<Phase> {
    let Some(first) = steps.first() else { return Vec::new() };
    let mut place = Where { lane: IVR, rings: 0, queued: false, heard: true };
    let mut from = first.at;
    let mut all = Vec::new();
    let mut add = |place: Where, from: Stamp, to: Stamp| {
        if to > from {
            all.push(Phase { lane: place.heard.then_some(place.lane), from, to });
        }
    };
    for step in steps.iter().take_while(|step| step.kind != "hangup") {
        let next = place.after(step.kind);
        if (next.lane, next.heard) != (place.lane, place.heard) {
            add(place, from, step.at);
            from = step.at;
        }
        place = next;
    }
    let end = steps.iter().find(|step| step.kind == "hangup").map_or(end, |step| step.at);
    add(place, from, end);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use facts::Text;

    fn step(secs: i64, kind: &'static str) -> CallStep {
        let at = Stamp::from_secs(secs);
        CallStep {
            at,
            kind,
            split: None,
            agent: None,
            agent_name: None,
            detail: Text::from(""),
            ms: None,
        }
    }

    fn told(steps: &[(i64, &'static str)], end: i64) -> Vec<(Option<usize>, i64, i64)> {
        let steps: Vec<CallStep> = steps.iter().map(|(at, kind)| step(*at, kind)).collect();
        let phases = phases(&steps, Stamp::from_secs(end));
        phases.iter().map(|p| (p.lane, p.from.secs(), p.to.secs())).collect()
    }

    #[test]
    fn a_queue_call_goes_through_all_of_them() {
        let steps = [
            (0, "entry"),
            (2, "ivr"),
            (10, "queued"),
            (15, "ring"),
            (20, "no-answer"),
            (25, "ring"),
            (30, "answered"),
            (60, "hold"),
            (70, "resume"),
            (80, "code"),
            (90, "hangup"),
        ];
        let expected = [
            (Some(IVR), 0, 10),
            (Some(WAIT), 10, 15),
            (Some(RING), 15, 20),
            (Some(WAIT), 20, 25),
            (Some(RING), 25, 30),
            (Some(TALK), 30, 60),
            (Some(HOLD), 60, 70),
            (Some(TALK), 70, 90),
        ];
        assert_eq!(told(&steps, 500), expected);
    }

    #[test]
    fn two_phones_ring_as_one_and_a_transfer_does_not_end_the_talk() {
        let both = [(0, "queued"), (1, "ring"), (1, "ring"), (5, "no-answer"), (9, "answered")];
        assert_eq!(told(&both, 9), [(Some(WAIT), 0, 1), (Some(RING), 1, 9)]);
        let moved = [(0, "answered"), (5, "ring"), (8, "answered"), (8, "transfer")];
        assert_eq!(told(&moved, 20), [(Some(TALK), 0, 20)]);
    }

    #[test]
    fn what_was_not_heard_is_a_phase_of_its_own() {
        let steps = [(0, "entry"), (3, "queued"), (5, "unheard"), (9, "heard")];
        let expected = [(Some(IVR), 0, 3), (Some(WAIT), 3, 5), (None, 5, 9), (Some(WAIT), 9, 12)];
        assert_eq!(told(&steps, 12), expected);
        assert_eq!(told(&[], 12), []);
    }
}
