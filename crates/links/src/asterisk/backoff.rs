//! How long to wait before the next attempt to connect: doubling, bounded, with jitter, so
//! that many servers do not knock at a restarted PBX in step. Pure but for its own counter.

/// The first wait, microseconds.
pub(crate) const FIRST_US: i64 = 100_000;

/// The longest wait, microseconds.
pub(crate) const LONGEST_US: i64 = 15_000_000;

/// Waits from [`FIRST_US`] to [`LONGEST_US`].
#[derive(Debug)]
pub(crate) struct Backoff {
    attempts: u32,
    seed: u64,
}

impl Backoff {
    /// Starts at the shortest; the seed makes the jitter.
    pub(crate) fn new(seed: u64) -> Self {
        Self { attempts: 0, seed }
    }

    /// The next wait in microseconds: between half of the step and the whole of it.
    pub(crate) fn next_us(&mut self) -> i64 {
        let whole = FIRST_US.saturating_mul(1_i64 << self.attempts.min(20)).min(LONGEST_US);
        self.attempts = self.attempts.saturating_add(1);
        let half = whole / 2;
        half + i64::try_from(self.random() % half.unsigned_abs().max(1)).unwrap_or(0)
    }

    /// The connection was good: the next wait is the shortest again.
    pub(crate) fn reset(&mut self) {
        self.attempts = 0;
    }

    /// SplitMix64: enough to spread attempts.
    fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.seed;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_differ() {
        let mut backoff = Backoff::new(1);
        let waits: Vec<i64> = (0..40).map(|_| backoff.next_us()).collect();
        for (n, wait) in waits.iter().enumerate() {
            let whole = (FIRST_US << n.min(30)).min(LONGEST_US);
            assert!((whole / 2..=whole).contains(wait), "wait {n} is {wait}");
        }
        assert!(waits[20..].windows(2).any(|pair| pair[0] != pair[1]));
        backoff.reset();
        assert!(backoff.next_us() <= FIRST_US);
        assert_ne!(Backoff::new(1).next_us(), Backoff::new(2).next_us());
    }
}
