//! Many records as one row: how a batch is laid out, compressed and checked. No I/O.
//!
//! Layout 1 is one zstd frame of `varint(length of heads) heads payloads`. A head is the
//! record's sequence number, kind, epoch and stamp as differences from the record before, the
//! moment heard as a difference from the stamp, and the length of the payload.

use crate::entry::PAYLOAD_BYTES_MAX;
use crate::{Entry, Kept};
use std::sync::Arc;

/// The only layout so far.
pub(crate) const LAYOUT: i64 = 1;

/// A batch is closed when it has so many bytes before compression.
pub(crate) const BATCH_BYTES: usize = 512 << 10;

/// What a reader is willing to unpack: a full batch and one record of the greatest size.
const UNPACKED_BYTES_MAX: usize = 2 * BATCH_BYTES + PAYLOAD_BYTES_MAX;

/// zstd level: at AMI's text the next ones cost twice the time for a few per cent.
const LEVEL: i32 = 3;

/// Bytes of the checksum that are stored.
const CHECKSUM_BYTES: usize = 16;

/// Gathers records for one row.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    heads: Vec<u8>,
    payloads: Vec<u8>,
    span: Span,
    last: Head,
}

/// What the row says of its records, besides their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first_seq: u64,
    pub(crate) last_seq: u64,
    pub(crate) min_stamp: i64,
    pub(crate) max_stamp: i64,
    pub(crate) count: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Head {
    seq: u64,
    epoch: i64,
    stamp: i64,
}

/// A row, ready to be stored or as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packed {
    pub(crate) span: Span,
    pub(crate) layout: i64,
    /// Length before compression.
    pub(crate) raw_bytes: u64,
    pub(crate) data: Vec<u8>,
}

impl Builder {
    pub(crate) fn push(&mut self, seq: u64, entry: &Entry) {
        let heads = &mut self.heads;
        put(heads, seq.wrapping_sub(self.last.seq));
        heads.push(entry.kind);
        put_signed(heads, entry.epoch.wrapping_sub(self.last.epoch));
        put_signed(heads, entry.stamp.wrapping_sub(self.last.stamp));
        put_signed(heads, entry.heard.wrapping_sub(entry.stamp));
        put(heads, u64::try_from(entry.payload.len()).unwrap_or(u64::MAX));
        self.payloads.extend_from_slice(&entry.payload);
        self.last = Head { seq, epoch: entry.epoch, stamp: entry.stamp };
        let span = &mut self.span;
        if span.count == 0 {
            let (min_stamp, max_stamp) = (entry.stamp, entry.stamp);
            *span = Span { first_seq: seq, min_stamp, max_stamp, ..*span };
        }
        span.last_seq = seq;
        span.min_stamp = span.min_stamp.min(entry.stamp);
        span.max_stamp = span.max_stamp.max(entry.stamp);
        span.count += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.span.count == 0
    }

    /// Bytes before compression.
    pub(crate) fn len(&self) -> usize {
        self.heads.len() + self.payloads.len()
    }

    pub(crate) fn span(&self) -> Span {
        self.span
    }

    pub(crate) fn clear(&mut self) {
        self.heads.clear();
        self.payloads.clear();
        self.span = Span::default();
        self.last = Head::default();
    }

    /// The row. `packer` is reused because its tables cost more to set up than a small row to
    /// compress.
    pub(crate) fn pack(&self, packer: &mut Packer) -> std::io::Result<Packed> {
        let raw = &mut packer.raw;
        raw.clear();
        put(raw, u64::try_from(self.heads.len()).unwrap_or(u64::MAX));
        raw.extend_from_slice(&self.heads);
        raw.extend_from_slice(&self.payloads);
        let data = packer.zstd.compress(raw)?;
        let raw_bytes = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        Ok(Packed { span: self.span, layout: LAYOUT, raw_bytes, data })
    }
}

/// A compressor and its scratch space.
pub(crate) struct Packer {
    zstd: zstd::bulk::Compressor<'static>,
    raw: Vec<u8>,
}

impl Packer {
    pub(crate) fn new() -> std::io::Result<Self> {
        Ok(Self { zstd: zstd::bulk::Compressor::new(LEVEL)?, raw: Vec::new() })
    }
}

impl std::fmt::Debug for Packer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Packer")
    }
}

impl Packed {
    /// Checksum over the bytes and everything the row says of them.
    pub(crate) fn checksum(&self, server: &str) -> [u8; CHECKSUM_BYTES] {
        let mut hasher = blake3::Hasher::new();
        let Span { first_seq, last_seq, min_stamp, max_stamp, count } = self.span;
        for number in [first_seq, last_seq, count, self.raw_bytes] {
            hasher.update(&number.to_le_bytes());
        }
        for number in [min_stamp, max_stamp, self.layout] {
            hasher.update(&number.to_le_bytes());
        }
        hasher.update(server.as_bytes());
        hasher.update(&[0]);
        hasher.update(&self.data);
        let mut out = [0; CHECKSUM_BYTES];
        hasher.finalize_xof().fill(&mut out);
        out
    }

    /// The records; the words of the error say what is wrong with the row.
    pub(crate) fn unpack(&self, server: &Arc<str>) -> Result<Vec<Kept>, String> {
        if self.layout != LAYOUT {
            return Err(format!("layout {} is not known to this version", self.layout));
        }
        let size = usize::try_from(self.raw_bytes).unwrap_or(usize::MAX);
        if size > UNPACKED_BYTES_MAX {
            return Err(format!("claims to unpack to {size} bytes"));
        }
        let raw = zstd::bulk::decompress(&self.data, size)
            .map_err(|e| format!("does not decompress: {e}"))?;
        if raw.len() != size {
            return Err(format!("unpacks to {} bytes instead of {size}", raw.len()));
        }
        let records = parse(&raw, self.span.count, server).ok_or("its records are cut short")?;
        let mut again = Span { count: self.span.count, ..Span::default() };
        if let (Some(first), Some(last)) = (records.first(), records.last()) {
            again.first_seq = first.seq;
            again.last_seq = last.seq;
            again.min_stamp = records.iter().map(|r| r.entry.stamp).min().unwrap_or(0);
            again.max_stamp = records.iter().map(|r| r.entry.stamp).max().unwrap_or(0);
        }
        if again == self.span { Ok(records) } else { Err("its records are not those named".into()) }
    }
}

fn parse(mut raw: &[u8], count: u64, server: &Arc<str>) -> Option<Vec<Kept>> {
    let heads_len = usize::try_from(take(&mut raw)?).ok()?;
    let (mut heads, mut payloads) = raw.split_at_checked(heads_len)?;
    // A head has at least six bytes: a wrong count cannot make us reserve more than that.
    let mut out = Vec::with_capacity(usize::try_from(count).ok()?.min(heads.len() / 6 + 1));
    let mut last = Head::default();
    for _ in 0..count {
        let seq = last.seq.wrapping_add(take(&mut heads)?);
        let (&kind, rest) = heads.split_first()?;
        heads = rest;
        let epoch = last.epoch.wrapping_add(take_signed(&mut heads)?);
        let stamp = last.stamp.wrapping_add(take_signed(&mut heads)?);
        let heard = stamp.wrapping_add(take_signed(&mut heads)?);
        let len = usize::try_from(take(&mut heads)?).ok()?;
        let (payload, rest) = payloads.split_at_checked(len)?;
        payloads = rest;
        last = Head { seq, epoch, stamp };
        let entry = Entry { kind, epoch, stamp, heard, payload: payload.into() };
        out.push(Kept { seq, server: Arc::clone(server), entry });
    }
    (heads.is_empty() && payloads.is_empty()).then_some(out)
}

fn put(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

fn take(from: &mut &[u8]) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = from.split_first()?;
        *from = rest;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Small numbers of either sign become short: 0, -1, 1, -2 … are written as 0, 1, 2, 3 …
fn put_signed(out: &mut Vec<u8>, number: i64) {
    put(out, ((number << 1) ^ (number >> 63)).cast_unsigned());
}

fn take_signed(from: &mut &[u8]) -> Option<i64> {
    let folded = take(from)?;
    Some((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    prop_compose! {
        fn entries()(
            all in proptest::collection::vec(
                (any::<u8>(), any::<i64>(), any::<i64>(), any::<i64>(),
                 proptest::collection::vec(any::<u8>(), 0..80), 1_u64..1000), 1..30),
        ) -> Vec<(u64, Entry)> {
            let mut seq = 0;
            all.into_iter().map(|(kind, epoch, stamp, heard, payload, step)| {
                seq += step;
                (seq, Entry { kind, epoch, stamp, heard, payload: payload.into() })
            }).collect()
        }
    }

    fn packed(entries: &[(u64, Entry)]) -> Packed {
        let mut builder = Builder::default();
        entries.iter().for_each(|(seq, entry)| builder.push(*seq, entry));
        builder.pack(&mut Packer::new().unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_packed_unpacks(entries in entries()) {
            let server: Arc<str> = "a".into();
            let back = packed(&entries).unpack(&server).unwrap();
            let back: Vec<_> = back.into_iter().map(|k| (k.seq, k.entry)).collect();
            prop_assert_eq!(back, entries);
        }

        #[test]
        fn a_changed_row_is_noticed(entries in entries(), at in any::<usize>(), bit in 0..8) {
            let row = packed(&entries);
            let sum = row.checksum("a");
            prop_assert_ne!(row.checksum("b"), sum);
            let mut bad = row.clone();
            let at = at % bad.data.len();
            bad.data[at] ^= 1_u8 << bit;
            prop_assert_ne!(bad.checksum("a"), sum);
            let more = Span { count: row.span.count + 1, ..row.span };
            prop_assert_ne!(Packed { span: more, ..row }.checksum("a"), sum);
        }

        #[test]
        fn rubbish_never_panics(
            data in proptest::collection::vec(any::<u8>(), 0..200), count in any::<u64>(),
        ) {
            prop_assume!(count > 60);
            prop_assert_eq!(parse(&data, count, &"a".into()), None);
        }
    }
}
