//! One record and what identifies it. Knows nothing of what a payload means.

use std::sync::Arc;

/// The greatest payload that is taken, in bytes.
pub const PAYLOAD_BYTES_MAX: usize = 64 << 20;

/// What an entry costs in memory besides its payload, roughly, in bytes.
const ENTRY_BYTES: u64 = 96;

/// One record on its way into the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What the payload is, as a number that only the caller understands.
    pub kind: u8,
    /// Which run of the ACD it belongs to, as a number that only the caller understands.
    pub epoch: i64,
    /// The moment it is about, by the ACD's clock: microseconds since 1970 in UTC.
    pub stamp: i64,
    /// The moment this server heard it, by this server's clock: microseconds since 1970 in UTC.
    pub heard: i64,
    /// The bytes as they came.
    pub payload: Arc<[u8]>,
}

impl Entry {
    /// Hash of epoch, stamp and payload. When and by whom it was heard is not part of it: two
    /// servers that heard the same event agree on it without talking.
    pub fn identity(&self) -> Identity {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.epoch.to_le_bytes());
        hasher.update(&self.stamp.to_le_bytes());
        hasher.update(&self.payload);
        Identity(*hasher.finalize().as_bytes())
    }

    /// Bytes of memory it holds while it waits.
    pub(crate) fn weight(&self) -> u64 {
        ENTRY_BYTES + u64::try_from(self.payload.len()).unwrap_or(u64::MAX >> 1)
    }
}

/// One record as it is read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its place in the order heard, per ACD; the first is 1. A number is never given twice.
    pub seq: u64,
    /// The name of the server that wrote it down.
    pub server: Arc<str>,
    /// The record.
    pub entry: Entry,
}

/// Hash of what identifies a record; see [`Entry::identity`]. Two records may have the same
/// one: identical bytes in the same microsecond are legal, so records are a multiset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub [u8; 32]);

/// Digest of a multiset of records: the sum of their identities modulo 2^256, so that the order
/// in which they were heard does not matter and the digest of parts adds up to that of the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Hash)]
pub struct Sum([u64; 4]);

impl Sum {
    /// Adds one record.
    pub fn add(&mut self, identity: &Identity) {
        self.merge(&Self::from_bytes(&identity.0));
    }

    /// Adds all records of another digest.
    pub fn merge(&mut self, other: &Self) {
        let mut carry = false;
        for (a, b) in self.0.iter_mut().zip(other.0) {
            let (sum, over) = a.overflowing_add(b);
            let (sum, over_carry) = sum.overflowing_add(u64::from(carry));
            *a = sum;
            carry = over || over_carry;
        }
    }

    /// The number as 32 bytes, little end first.
    pub fn to_bytes(self) -> [u8; 32] {
        let mut out = [0; 32];
        for (to, from) in out.chunks_exact_mut(8).zip(self.0) {
            to.copy_from_slice(&from.to_le_bytes());
        }
        out
    }

    /// The inverse of [`Sum::to_bytes`].
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut out = [0; 4];
        for (to, from) in out.iter_mut().zip(bytes.chunks_exact(8)) {
            let mut word = [0; 8];
            word.copy_from_slice(from);
            *to = u64::from_le_bytes(word);
        }
        Self(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn entry(payload: &[u8]) -> Entry {
        Entry { kind: 1, epoch: 7, stamp: 8, heard: 9, payload: payload.into() }
    }

    #[test]
    fn identity_ignores_who_heard_it_when() {
        let a = entry(b"Event: Hangup\r\n\r\n");
        let b = Entry { heard: 10, ..a.clone() };
        assert_eq!(a.identity(), b.identity());
        for other in [
            Entry { stamp: 9, ..a.clone() },
            Entry { epoch: 8, ..a.clone() },
            entry(b"Event: Hangup\r\n\r"),
        ] {
            assert_ne!(a.identity(), other.identity());
        }
    }

    #[test]
    fn a_sum_carries_over_and_wraps() {
        let mut sum = Sum([u64::MAX, u64::MAX, 0, u64::MAX]);
        sum.merge(&Sum([1, 0, 0, 0]));
        assert_eq!(sum, Sum([0, 0, 1, u64::MAX]));
        sum.merge(&Sum([0, 0, 0, 1]));
        assert_eq!(sum, Sum([0, 0, 1, 0]));
    }

    proptest! {
        #[test]
        fn a_sum_is_the_same_in_any_order_and_grouping(
            ids in proptest::collection::vec(any::<[u8; 32]>(), 0..20), cut in 0_usize..20,
        ) {
            let of = |ids: &[[u8; 32]]| {
                let mut sum = Sum::default();
                ids.iter().for_each(|id| sum.add(&Identity(*id)));
                sum
            };
            let whole = of(&ids);
            let backwards: Vec<_> = ids.iter().rev().copied().collect();
            prop_assert_eq!(of(&backwards), whole);
            let (left, right) = ids.split_at(cut.min(ids.len()));
            let mut parts = of(left);
            parts.merge(&of(right));
            prop_assert_eq!(parts, whole);
            prop_assert_eq!(Sum::from_bytes(&whole.to_bytes()), whole);
        }
    }
}
