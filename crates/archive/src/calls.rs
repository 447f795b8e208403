//! The index of calls: which rows of a file of `call_rec` have a caller, called number or call id.
//!
//! It lies in the manifest, so that it changes in the same transaction as the files it is about;
//! by file, so that a file that goes takes its entries along in one sweep and a new one only
//! appends. A key is 32 bits of a hash, sorted and packed with the places of its rows in chunks:
//! about five bytes each. A hash may lie: who looks up compares the row itself.

use crate::Trouble;
use crate::file::{GROUP_ROWS, Sorted};
use arrow::array::{Array, Int64Array, RecordBatch, StringArray};
use arrow::error::ArrowError;
use rusqlite::{Connection, params};

/// The table the index is about.
pub(crate) const TABLE: &str = "call_rec";

/// The columns by which its rows are found: caller, called number, call ids.
pub const CALL_KEYS: [&str; 4] = ["calling_pty", "dialed_num", "callid", "ucid"];

/// Entries of a chunk: one look-up unpacks one or two.
const CHUNK: usize = 1024;

/// The hash of a key: FNV-1a, folded to 32 bits. It is stored, so it never changes.
fn hash(key: &str) -> u32 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in key.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    // The low half alone is weak in the last letters.
    let folded = (hash >> 32) ^ (hash & 0xffff_ffff);
    u32::try_from(folded).unwrap_or(0)
}

/// What a row says in a key column, as text.
fn key_of(batch: &RecordBatch, column: &str, at: usize) -> Option<String> {
    let array = batch.column_by_name(column)?;
    if at >= array.len() || array.is_null(at) {
        return None;
    }
    let any = array.as_any();
    if let Some(texts) = any.downcast_ref::<StringArray>() {
        return Some(texts.value(at).to_owned());
    }
    any.downcast_ref::<Int64Array>().map(|numbers| numbers.value(at).to_string())
}

/// The hash of a key and the place of a row that has it.
pub(crate) type Entry = (u32, u32);

/// The entries of a file with these rows, sorted.
pub(crate) fn entries(rows: &Sorted) -> Result<Vec<Entry>, ArrowError> {
    let mut entries = Vec::with_capacity(rows.len().saturating_mul(CALL_KEYS.len()));
    let mut before = 0;
    for part in rows.parts(GROUP_ROWS) {
        let part = part?;
        for column in CALL_KEYS {
            for at in 0..part.num_rows() {
                let place = u32::try_from(before + at);
                if let (Some(key), Ok(place)) = (key_of(&part, column, at), place)
                    && !key.is_empty()
                {
                    entries.push((hash(&key), place));
                }
            }
        }
        before += part.num_rows();
    }
    entries.sort_unstable();
    entries.dedup();
    Ok(entries)
}

/// Writes the entries of a file.
pub(crate) fn add(conn: &Connection, file: i64, entries: &[Entry]) -> Result<(), Trouble> {
    let mut insert = conn.prepare_cached("INSERT INTO call_index VALUES (?1, ?2, ?3, ?4)")?;
    for (nth, chunk) in entries.chunks(CHUNK).enumerate() {
        let first = chunk.first().map_or(0, |e| e.0);
        insert.execute(params![file, first, i64::try_from(nth).unwrap_or(0), pack(chunk)])?;
    }
    Ok(())
}

/// The places of the rows of a file that may have this key, sorted.
pub(crate) fn places(conn: &Connection, file: i64, key: &str) -> Result<Vec<usize>, Trouble> {
    let hash = hash(key);
    // Entries of one key may begin in the last chunk that begins before it and fill several.
    let mut chunks = conn.prepare_cached(
        "SELECT data FROM call_index WHERE file = ?1 AND first <= ?2 AND first >= coalesce(
            (SELECT max(first) FROM call_index WHERE file = ?1 AND first < ?2), 0)",
    )?;
    let mut rows = chunks.query(params![file, hash])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        unpack(row.get_ref(0)?.as_blob().unwrap_or_default(), |entry, place| {
            if entry == hash {
                found.extend(usize::try_from(place));
            }
        });
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Each entry: how much greater the hash is than the last, the place.
fn pack(entries: &[Entry]) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * 5);
    let mut last = 0;
    for (hash, place) in entries {
        put(&mut out, hash - last);
        put(&mut out, *place);
        last = *hash;
    }
    out
}

fn unpack(mut bytes: &[u8], mut each: impl FnMut(u32, u32)) {
    let mut last = 0_u32;
    while let (Some(more), Some(place)) = (take(&mut bytes), take(&mut bytes)) {
        last = last.wrapping_add(more);
        each(last, place);
    }
}

/// A number in groups of seven bits, the lowest first; the high bit says that more follow.
fn put(out: &mut Vec<u8>, mut n: u32) {
    while n >= 0x80 {
        out.push(0x80 | u8::try_from(n & 0x7f).unwrap_or(0));
        n >>= 7;
    }
    out.push(u8::try_from(n).unwrap_or(0));
}

fn take(bytes: &mut &[u8]) -> Option<u32> {
    let (mut n, mut shift) = (0_u32, 0_u32);
    loop {
        let (first, rest) = bytes.split_first()?;
        *bytes = rest;
        n |= u32::from(first & 0x7f).checked_shl(shift)?;
        if first & 0x80 == 0 {
            return Some(n);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again() {
        let entries: Vec<(u32, u32)> =
            vec![(0, 0), (0, 7), (1, 127), (128, 128), (70_000, 1 << 20), (u32::MAX, u32::MAX)];
        let mut out = Vec::new();
        unpack(&pack(&entries), |hash, place| out.push((hash, place)));
        assert_eq!(out, entries);
        // Cut anywhere it gives fewer entries, never a panic.
        let packed = pack(&entries);
        for end in 0..packed.len() {
            let mut n = 0;
            unpack(&packed[..end], |_, _| n += 1);
            assert!(n < entries.len());
        }
    }

    #[test]
    fn the_stored_hash_stays() {
        assert_eq!(hash(""), 0x4fd0_bfc1);
        assert_ne!(hash("1001"), hash("1002"));
    }
}
