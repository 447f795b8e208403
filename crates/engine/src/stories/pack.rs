//! Small numbers and known names in few bytes: a day of ten thousand agents has to stay in memory.
//! What is packed here is read here, in the same process; it is no format of files.

use facts::Text;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// How many names are known by number; more are written out each time.
const NAMES_MAX: usize = 65_536;

/// How a text is written: first a number that says which way.
const NONE: u64 = 0;
const EMPTY: u64 = 1;
const PLAIN: u64 = 2;
/// `seconds.serial`, as Asterisk names channels.
const DOTTED: u64 = 3;
const DIGITS: u64 = 4;
const NAMES: u64 = 8;

/// Names by number.
#[derive(Debug, Default)]
pub(super) struct Names(IndexSet<Text, FxBuildHasher>);

impl Names {
    fn number(&mut self, name: &Text) -> Option<u64> {
        let place = match self.0.get_index_of(name) {
            Some(place) => Some(place),
            None if self.0.len() < NAMES_MAX => Some(self.0.insert_full(name.clone()).0),
            None => None,
        };
        place.and_then(|p| u64::try_from(p).ok())
    }

    fn name(&self, number: u64) -> Option<Text> {
        self.0.get_index(usize::try_from(number).ok()?).cloned()
    }
}

/// Writes.
#[derive(Debug, Default)]
pub(super) struct Packer(pub(super) Vec<u8>);

impl Packer {
    /// Seven bits a byte, the lowest first.
    pub(super) fn number(&mut self, mut n: u64) {
        let low = |n: u64| u8::try_from(n & 0x7f).unwrap_or(0);
        while n >= 0x80 {
            self.0.push(low(n) | 0x80);
            n >>= 7;
        }
        self.0.push(low(n));
    }

    /// A number that may be negative.
    pub(super) fn signed(&mut self, n: i64) {
        self.number((n.cast_unsigned() << 1) ^ (n >> 63).cast_unsigned());
    }

    /// A name that comes again and again.
    pub(super) fn name(&mut self, name: Option<&Text>, names: &mut Names) {
        match name {
            None => self.number(NONE),
            Some(n) if n.is_empty() => self.number(EMPTY),
            Some(n) => match names.number(n) {
                Some(number) => self.number(NAMES + number),
                None => self.text(Some(n)),
            },
        }
    }

    /// Any text.
    pub(super) fn text(&mut self, text: Option<&Text>) {
        let Some(text) = text else { return self.number(NONE) };
        if text.is_empty() {
            return self.number(EMPTY);
        }
        if let Some((seconds, serial)) = text.split_once('.')
            && let (Some(seconds), Some(serial)) = (plain_number(seconds), plain_number(serial))
        {
            self.number(DOTTED);
            self.number(seconds);
            return self.number(serial);
        }
        let length = u64::try_from(text.len()).unwrap_or(u64::MAX);
        if (1..=18).contains(&length) && text.bytes().all(|b| b.is_ascii_digit()) {
            self.number(DIGITS);
            self.number(length);
            return self.number(text.parse().unwrap_or(0));
        }
        self.number(PLAIN);
        self.number(length);
        self.0.extend_from_slice(text.as_bytes());
    }
}

/// A number that is written as we would write it.
fn plain_number(text: &str) -> Option<u64> {
    let digits = (1..=18).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let plain = digits && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

/// Reads what a [`Packer`] wrote; `None` where nothing is left.
#[derive(Debug)]
pub(super) struct Unpacker<'a> {
    bytes: &'a [u8],
    names: &'a Names,
}

impl<'a> Unpacker<'a> {
    pub(super) const fn new(bytes: &'a [u8], names: &'a Names) -> Self {
        Self { bytes, names }
    }

    pub(super) fn number(&mut self) -> Option<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let (first, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            n |= u64::from(first & 0x7f) << shift;
            if first & 0x80 == 0 {
                return Some(n);
            }
        }
        None
    }

    pub(super) fn signed(&mut self) -> Option<i64> {
        let n = self.number()?;
        Some((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
    }

    /// A text or name. The outer `None`: nothing is left.
    #[expect(clippy::option_option, reason = "no text is another thing than no more bytes")]
    pub(super) fn text(&mut self) -> Option<Option<Text>> {
        Some(match self.number()? {
            NONE => None,
            EMPTY => Some(Text::default()),
            PLAIN => {
                let length = usize::try_from(self.number()?).ok()?;
                let (text, rest) = self.bytes.split_at_checked(length)?;
                self.bytes = rest;
                Some(Text::from(String::from_utf8_lossy(text)))
            }
            DOTTED => {
                let (seconds, serial) = (self.number()?, self.number()?);
                Some(Text::from(format!("{seconds}.{serial}")))
            }
            DIGITS => {
                let (length, n) = (usize::try_from(self.number()?).ok()?, self.number()?);
                Some(Text::from(format!("{n:0length$}")))
            }
            number => Some(self.names.name(number.checked_sub(NAMES)?)?),
        })
    }

    /// A text that cannot be missing.
    pub(super) fn some_text(&mut self) -> Option<Text> {
        Some(self.text()?.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let numbers = [0, 1, 127, 128, 16_383, 16_384, u64::from(u32::MAX), u64::MAX];
        let signed = [0, -1, 1, 63, -64, 64, i64::MAX, i64::MIN];
        let texts = [
            "",
            "a",
            "0",
            "007",
            "123456789012345678",
            "1234567890123456789",
            "1763742000.12",
            "01.2",
            "1.02",
            "1.",
            ".1",
            "1.2.3",
            "pbx-1763742000.12",
            "Zoë Ångström",
            "+49 30",
        ];
        let (mut packer, mut names) = (Packer::default(), Names::default());
        for n in numbers {
            packer.number(n);
        }
        for n in signed {
            packer.signed(n);
        }
        for t in texts.map(Text::from) {
            packer.text(Some(&t));
            packer.name(Some(&t), &mut names);
            packer.name(Some(&t), &mut names);
        }
        packer.text(None);
        packer.name(None, &mut names);
        let mut read = Unpacker::new(&packer.0, &names);
        assert_eq!(numbers.map(|_| read.number().unwrap()), numbers);
        assert_eq!(signed.map(|_| read.signed().unwrap()), signed);
        for t in texts.map(Text::from) {
            for _ in 0..3 {
                assert_eq!(read.text().unwrap(), Some(t.clone()));
            }
        }
        assert_eq!((read.text(), read.text(), read.text()), (Some(None), Some(None), None));
    }
}
