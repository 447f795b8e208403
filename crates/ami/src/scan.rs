//! Finding colons and line ends: the loop everything else waits for.
//!
//! Names and values are short (some ten bytes), so most searches end before a call into
//! the vectorised search has paid for itself: the first words are looked at here, eight
//! bytes at a time, and only what is longer goes there.

/// Words looked at before the long search is called.
const WORDS: usize = 4;

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Marks the zero bytes of a word by their high bit. Bytes above the lowest zero may be
/// marked wrongly (the borrow runs upwards), so only the lowest mark counts.
const fn zeros(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

const fn marks(word: u64, byte: u8) -> u64 {
    zeros(word ^ (ONES * byte as u64))
}

/// The place of the lowest mark.
const fn lowest(marks: u64) -> usize {
    (marks.trailing_zeros() / 8) as usize
}

/// The first line feed.
#[inline]
pub(crate) fn feed(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    for number in 0..WORDS {
        let Some((word, after)) = rest.split_first_chunk() else { break };
        let found = marks(u64::from_le_bytes(*word), b'\n');
        if found != 0 {
            return Some(number * 8 + lowest(found));
        }
        rest = after;
    }
    memchr::memchr(b'\n', rest).map(|at| bytes.len() - rest.len() + at)
}

/// The first colon or line feed, whichever is first.
#[inline]
pub(crate) fn colon_or_feed(bytes: &[u8]) -> Option<usize> {
    let mut rest = bytes;
    for number in 0..WORDS {
        let Some((word, after)) = rest.split_first_chunk() else { break };
        let word = u64::from_le_bytes(*word);
        let found = marks(word, b':') | marks(word, b'\n');
        if found != 0 {
            return Some(number * 8 + lowest(found));
        }
        rest = after;
    }
    memchr::memchr2(b':', b'\n', rest).map(|at| bytes.len() - rest.len() + at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    /// Bytes next to the ones looked for, where marking words of eight could go wrong.
    fn bytes() -> impl Strategy<Value = Vec<u8>> {
        let near = prop::sample::select(b"\x00\x01\x09\x0a\x0b9:;\x7f\x80\x8a\xba\xff".to_vec());
        let byte = prop_oneof![1 => near, 6 => any::<u8>(), 12 => Just(b'x')];
        prop::collection::vec(byte, 0..100)
    }

    proptest! {
        #[test]
        fn the_first_one_is_found_wherever_it_is(bytes in bytes()) {
            let feed = bytes.iter().position(|&byte| byte == b'\n');
            prop_assert_eq!(super::feed(&bytes), feed);
            let either = bytes.iter().position(|byte| b":\n".contains(byte));
            prop_assert_eq!(super::colon_or_feed(&bytes), either);
        }
    }

    #[test]
    fn each_place_and_each_neighbour() {
        for place in 0..80 {
            for byte in 0..=u8::MAX {
                let mut bytes = vec![byte; 80];
                bytes[place] = b'\n';
                let first = if byte == b'\n' { 0 } else { place };
                assert_eq!(super::feed(&bytes), Some(first), "{byte} at {place}");
                let first = if byte == b':' { 0 } else { first };
                assert_eq!(super::colon_or_feed(&bytes), Some(first), "{byte} at {place}");
            }
        }
    }
}
