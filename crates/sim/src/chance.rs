//! The dice of the simulated world: seeded, so that a seed reproduces every event.
//!
//! Floating point is used for the shapes of distributions only; what leaves is integer.

use rand::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;

/// One stream of chances.
#[derive(Clone, Debug)]
pub(crate) struct Chance {
    generator: Pcg64Mcg,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self { generator: Pcg64Mcg::seed_from_u64(seed) }
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.generator.next_u64()
    }

    /// Evenly in 0..1, 1 not included.
    fn unit(&mut self) -> f64 {
        // 53 bits fit a double exactly.
        let bits = u32::try_from(self.bits() >> 32).unwrap_or(0);
        f64::from(bits) / (f64::from(u32::MAX) + 1.0)
    }

    /// True in `percent` of 100 cases; may have decimals.
    pub(crate) fn percent(&mut self, percent: f64) -> bool {
        self.unit() * 100.0 < percent
    }

    /// Evenly in `from..to`; `from` if the range is empty.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let width = u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        if width == 0 {
            return from;
        }
        from.saturating_add(i64::try_from(self.bits() % width).unwrap_or(0))
    }

    /// One of `0..count`; 0 for a count of 0.
    pub(crate) fn index(&mut self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(1).max(1);
        usize::try_from(self.bits() % count).unwrap_or(0)
    }

    /// One of them, `""` of none.
    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let index = self.index(from.len());
        from.get(index).copied().unwrap_or_default()
    }

    /// An exponential time in microseconds, `mean` in seconds.
    pub(crate) fn exponential(&mut self, mean: f64) -> i64 {
        micros(-mean * (1.0 - self.unit()).ln())
    }

    /// A lognormal time in microseconds: `mean` in seconds, `spread` the sigma of its logarithm.
    pub(crate) fn lognormal(&mut self, mean: f64, spread: f64) -> i64 {
        let normal =
            (-2.0 * (1.0 - self.unit()).ln()).sqrt() * (std::f64::consts::TAU * self.unit()).cos();
        micros((mean.ln() - spread * spread / 2.0 + spread * normal).exp())
    }
}

/// Seconds to microseconds; at most a day, at least a millisecond.
#[expect(clippy::cast_possible_truncation, reason = "clamped to a day of microseconds")]
pub(crate) fn micros(seconds: f64) -> i64 {
    (seconds * 1e6).clamp(1e3, 86_400e6) as i64
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn means_are_as_asked() {
        let mut chance = Chance::new(7);
        let count = 20_000;
        let mean = |sum: i64| sum / count;
        let exponential = mean((0..count).map(|_| chance.exponential(30.0)).sum());
        let lognormal = mean((0..count).map(|_| chance.lognormal(180.0, 0.7)).sum());
        assert!((29_000_000..31_000_000).contains(&exponential), "{exponential}");
        assert!((176_000_000..184_000_000).contains(&lognormal), "{lognormal}");
    }
}
