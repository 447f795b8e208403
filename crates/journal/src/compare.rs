//! What one server heard and the other did not. Pure.

use crate::{Entry, Identity};
use std::collections::BTreeMap;

/// The records of `theirs` that `ours` lacks, in their order. Records are a multiset: if they
/// heard the same thing three times and we once, two are missing. Ours and the missing together
/// are the union, with the greater multiplicity of either, whoever asks first.
pub fn missing<'a>(
    ours: impl IntoIterator<Item = &'a Entry>,
    theirs: impl IntoIterator<Item = &'a Entry>,
) -> Vec<&'a Entry> {
    let key = |entry: &Entry| (entry.kind, entry.identity());
    let mut have: BTreeMap<(u8, Identity), u64> = BTreeMap::new();
    for entry in ours {
        *have.entry(key(entry)).or_default() += 1;
    }
    let lacks = |entry: &&Entry| match have.get_mut(&key(entry)) {
        Some(left) if *left > 0 => {
            *left -= 1;
            false
        }
        _ => true,
    };
    let mut lacks = lacks;
    theirs.into_iter().filter(|entry| lacks(entry)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Few different records, so that many are equal.
    fn some() -> impl Strategy<Value = Vec<Entry>> {
        let one = (1_u8..3, 0_i64..2, 0_i64..3, any::<i64>(), 0_u8..2);
        let entry = one.prop_map(|(kind, epoch, stamp, heard, byte)| Entry {
            kind,
            epoch,
            stamp,
            heard,
            payload: [byte].as_slice().into(),
        });
        proptest::collection::vec(entry, 0..40)
    }

    fn counts(entries: &[Entry]) -> BTreeMap<(u8, i64, i64, u8), usize> {
        let mut out = BTreeMap::new();
        for e in entries {
            *out.entry((e.kind, e.epoch, e.stamp, e.payload[0])).or_default() += 1;
        }
        out
    }

    fn union(a: &[Entry], b: &[Entry]) -> Vec<Entry> {
        a.iter().chain(missing(a, b)).cloned().collect()
    }

    proptest! {
        #[test]
        fn the_union_has_the_greater_multiplicity(a in some(), b in some()) {
            let (left, right) = (counts(&a), counts(&b));
            let mut greater = left.clone();
            for (key, count) in &right {
                let known = greater.entry(*key).or_default();
                *known = (*known).max(*count);
            }
            prop_assert_eq!(&counts(&union(&a, &b)), &greater);
            prop_assert_eq!(&counts(&union(&b, &a)), &greater);
            let both = union(&a, &b);
            prop_assert!(missing(&both, &a).is_empty() && missing(&both, &b).is_empty());
        }
    }
}
