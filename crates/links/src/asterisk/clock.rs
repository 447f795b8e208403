//! The PBX's clock, as well as it can be told from here, and one that never goes back.
//!
//! Measured against this machine's monotonic clock, so a step of the local wall clock does
//! not move it. Pure: every moment is an argument.

use std::collections::VecDeque;

use facts::Stamp;

/// One moment on this server's two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Now {
    /// The wall clock.
    pub(crate) wall: Stamp,
    /// Microseconds of the monotonic clock since some start.
    pub(crate) mono: i64,
}

/// Measurements kept; with one a second the best of a quarter of a minute.
const SAMPLES_MAX: usize = 16;

/// Two measurements that differ by so much more than their round trips explain: somebody set
/// the PBX's clock.
const STEP_US: i64 = 5_000;

/// A question and its stamped answer.
#[derive(Clone, Copy, Debug)]
struct Sample {
    /// PBX's clock minus our monotonic one.
    offset: i64,
    round_trip: i64,
}

/// What is known of the PBX's clock.
#[derive(Debug, Default)]
pub(crate) struct PbxClock {
    samples: VecDeque<Sample>,
    /// The newest event's stamp and our monotonic clock then.
    newest: Option<(Stamp, i64)>,
    /// No observation is stamped before this.
    floor: Option<Stamp>,
    /// The last step found, microseconds, forward positive.
    step_us: Option<i64>,
}

impl PbxClock {
    /// The PBX stamped with `pbx` an answer to what was sent at `sent` and heard at `heard`
    /// (monotonic microseconds).
    pub(crate) fn measure(&mut self, sent: i64, pbx: Stamp, heard: i64) {
        let round_trip = heard.saturating_sub(sent).max(0);
        let offset = pbx.0.saturating_sub(sent.saturating_add(round_trip / 2));
        let sample = Sample { offset, round_trip };
        if let Some(best) = self.best() {
            let apart = offset.saturating_sub(best.offset);
            if apart.abs() > STEP_US + (round_trip + best.round_trip) / 2 {
                self.step_us = Some(apart);
                self.samples.clear();
            }
        }
        if self.samples.len() >= SAMPLES_MAX {
            self.samples.pop_front();
        }
        self.samples.push_back(sample);
    }

    /// An event with this stamp was heard.
    pub(crate) fn heard(&mut self, stamp: Stamp, now: Now) {
        if self.newest.is_none_or(|(newest, _)| stamp >= newest) {
            self.newest = Some((stamp, now.mono));
        }
        self.floor = self.floor.max(Some(stamp));
    }

    /// The PBX's clock now: by the measurement with the shortest round trip, else counted on
    /// from the newest event, else this server's.
    pub(crate) fn estimate(&self, now: Now) -> Stamp {
        match (self.best(), self.newest) {
            (Some(best), _) => Stamp(now.mono.saturating_add(best.offset)),
            (None, Some((stamp, at))) => stamp.plus(now.mono.saturating_sub(at)),
            (None, None) => now.wall,
        }
    }

    /// As [`estimate`](Self::estimate), but never before an event heard or a moment it gave.
    pub(crate) fn observation(&mut self, now: Now) -> Stamp {
        self.observation_at(self.estimate(now))
    }

    /// The given moment, or the newest known if that is later.
    pub(crate) fn observation_at(&mut self, stamp: Stamp) -> Stamp {
        let stamp = self.floor.map_or(stamp, |floor| floor.max(stamp));
        self.floor = Some(stamp);
        stamp
    }

    /// No observation will be stamped before this.
    pub(crate) fn floor(&self) -> Option<Stamp> {
        self.floor
    }

    /// The newest event's stamp.
    pub(crate) fn newest(&self) -> Option<Stamp> {
        self.newest.map(|(stamp, _)| stamp)
    }

    /// PBX's clock minus this server's wall clock; `None` until measured.
    pub(crate) fn offset_us(&self, now: Now) -> Option<i64> {
        self.best().map(|_| self.estimate(now).since(now.wall))
    }

    /// How far the PBX's clock was last found to have been set, forward positive.
    pub(crate) fn step_us(&self) -> Option<i64> {
        self.step_us
    }

    /// The last round trip.
    pub(crate) fn round_trip_us(&self) -> Option<i64> {
        self.samples.back().map(|sample| sample.round_trip)
    }

    fn best(&self) -> Option<Sample> {
        self.samples.iter().copied().min_by_key(|sample| sample.round_trip)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now(mono: i64) -> Now {
        Now { wall: Stamp(1_000_000_000 + mono), mono }
    }

    #[test]
    fn the_shortest_round_trip_wins_and_a_wall_clock_step_does_not_matter() {
        let mut clock = PbxClock::default();
        assert_eq!(clock.estimate(now(5)), Stamp(1_000_000_005));
        // The PBX is 2 s ahead; the first answer dawdled on its way back.
        clock.measure(0, Stamp(1_002_000_000), 80_000);
        clock.measure(1_000_000, Stamp(1_003_000_050), 1_000_100);
        assert_eq!(clock.offset_us(now(1_000_100)), Some(2_000_000));
        assert_eq!(clock.round_trip_us(), Some(100));
        let stepped = Now { wall: Stamp(0), mono: 2_000_000 };
        assert_eq!(clock.estimate(stepped), Stamp(1_004_000_000));
        assert_eq!(clock.step_us(), None);
    }

    #[test]
    fn a_step_of_the_pbx_clock_is_found_and_observations_never_go_back() {
        let mut clock = PbxClock::default();
        clock.measure(0, Stamp(1_000_000_000), 100);
        clock.heard(Stamp(1_000_900_000), now(900_000));
        assert_eq!(clock.observation(now(900_000)), Stamp(1_000_900_000));
        assert_eq!(clock.observation(now(1_000_000)), Stamp(1_000_999_950));
        // An hour back.
        clock.measure(2_000_000, Stamp(1_002_000_050 - 3_600_000_000), 2_000_100);
        assert_eq!(clock.step_us(), Some(-3_599_999_950));
        assert_eq!(clock.estimate(now(2_000_100)), Stamp(1_002_000_100 - 3_600_000_000));
        assert_eq!(clock.observation(now(2_000_100)), Stamp(1_000_999_950));
    }

    #[test]
    fn without_a_measurement_it_counts_on_from_the_newest_event() {
        let mut clock = PbxClock::default();
        clock.heard(Stamp(5_000), now(100));
        clock.heard(Stamp(4_000), now(150));
        assert_eq!(clock.estimate(now(200)), Stamp(5_100));
        assert_eq!(clock.newest(), Some(Stamp(5_000)));
    }
}
