//! Gzip for those who accept it: streams piece by piece, other answers as a whole.
//!
//! A piece of a stream is deflated by itself and ends on a byte, with no look back at anything
//! before it. So a gzip header followed by any pieces in any order is one gzip stream, and what
//! is printed once for all watchers is deflated once for all of them, too. What a piece says can
//! be read as soon as it is there. Such a stream is cut off, never ended: it has no trailer.
//!
//! Nothing here is secret. Once an answer holds a secret beside words that a stranger chose, its
//! compressed size tells about the secret: such answers are then to be left plain.

use crate::refusal::Refusal;
use axum::body::{Body, Bytes, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};
use std::io::Write as _;
use std::sync::OnceLock;

/// What a stream begins with: deflate, no name, no time, no system (RFC 1952, 2.3).
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// How hard to try, from 1 to 9.
const LEVEL: u32 = 6;
/// A shorter piece is put in as it is: deflating by itself would save a few bytes of it.
const PIECE_MIN: usize = 160;
/// A shorter answer fits into one packet anyway.
const ANSWER_MIN: u64 = 1_024;
/// The most bytes that a block of the deflate format can take as they are.
const STORED_MAX: usize = 0xffff;

/// How an answer travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    /// As it is.
    Plain,
    /// Compressed.
    Gzip,
}

impl Coding {
    /// What whoever sent these headers takes: gzip if it is named, or anything is, and its
    /// quality is not 0.
    pub(crate) fn accepted(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::ACCEPT_ENCODING).iter();
        let named = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
        let (mut gzip, mut any) = (None, None);
        for one in named {
            let mut parts = one.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default();
            let quality = parts.find_map(|p| p.strip_prefix("q=").or(p.strip_prefix("Q=")));
            let taken = quality.is_none_or(|q| q.bytes().any(|b| (b'1'..=b'9').contains(&b)));
            match name.to_ascii_lowercase().as_str() {
                "gzip" | "x-gzip" => gzip = Some(taken),
                "*" => any = Some(taken),
                _ => {}
            }
        }
        if gzip.or(any).unwrap_or(false) { Self::Gzip } else { Self::Plain }
    }

    /// What a stream of [`Piece`]s begins with.
    pub(crate) fn begin(self) -> Option<Bytes> {
        (self == Self::Gzip).then(|| Bytes::from_static(&HEADER))
    }

    /// Says so in the headers of an answer that could travel either way.
    pub(crate) fn say(self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("accept-encoding"));
        if self == Self::Gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
}

/// A piece of a stream, which goes to any number of watchers.
pub(crate) struct Piece {
    plain: Bytes,
    /// Made when the first one wants it.
    deflated: OnceLock<Bytes>,
}

impl Piece {
    /// A piece that says this.
    pub(crate) const fn new(plain: Bytes) -> Self {
        Self { plain, deflated: OnceLock::new() }
    }

    /// How long it is as it is, in bytes; deflated it is hardly ever longer.
    pub(crate) fn len(&self) -> usize {
        self.plain.len()
    }

    /// The bytes that travel, of a stream that began with [`Coding::begin`].
    pub(crate) fn bytes(&self, coding: Coding) -> Bytes {
        match coding {
            Coding::Plain => self.plain.clone(),
            Coding::Gzip => self.deflated.get_or_init(|| deflated(&self.plain).into()).clone(),
        }
    }
}

/// Some text as blocks of the deflate format, none of which is the last one.
fn deflated(text: &[u8]) -> Vec<u8> {
    let deflate = || -> std::io::Result<Vec<u8>> {
        let mut to = DeflateEncoder::new(Vec::new(), Compression::new(LEVEL));
        to.write_all(text)?;
        // All that was put in comes out, up to a whole byte.
        to.flush()?;
        Ok(std::mem::take(to.get_mut()))
    };
    match text.len() {
        0..PIECE_MIN => stored(text),
        // Writing into memory does not fail.
        _ => deflate().unwrap_or_else(|_| stored(text)),
    }
}

/// The same with the text as it is (RFC 1951, 3.2.4).
fn stored(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for part in text.chunks(STORED_MAX) {
        let len = u16::try_from(part.len()).unwrap_or(u16::MAX);
        out.push(0);
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(&(!len).to_le_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// Compresses answers that are texts, whole, and worth it.
pub(crate) async fn pack(request: Request, next: Next) -> Response {
    let coding = Coding::accepted(request.headers());
    let mut response = next.run(request).await;
    let large = response.body().size_hint().exact().is_some_and(|size| size >= ANSWER_MIN);
    // A stream sees to it by itself, and has no size.
    if !large || !is_text(response.headers()) {
        return response;
    }
    if coding == Coding::Plain {
        Coding::Plain.say(response.headers_mut());
        return response;
    }
    let (mut head, body) = response.into_parts();
    // It is in memory already: neither reading nor writing fails.
    let Ok(plain) = to_bytes(body, usize::MAX).await else {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let text = "the answer could not be read to be compressed; ask without gzip";
        return Refusal { status, code: "not-compressed", text: text.into() }.into_response();
    };
    let (coding, body) = match packed(&plain) {
        Ok(packed) => (Coding::Gzip, Body::from(packed)),
        Err(_) => (Coding::Plain, Body::from(plain)),
    };
    head.headers.remove(header::CONTENT_LENGTH);
    coding.say(&mut head.headers);
    Response::from_parts(head, body)
}

fn packed(plain: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut to = GzEncoder::new(Vec::new(), Compression::new(LEVEL));
    to.write_all(plain)?;
    to.finish()
}

/// Whether it is one of the kinds of text that are served.
fn is_text(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| {
        ["text/", "application/json", "image/svg+xml"].iter().any(|text| kind.starts_with(text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Decompress, FlushDecompress};

    #[test]
    fn gzip_is_for_those_who_accept_it() {
        for (said, gzip) in [
            (&["gzip, deflate, br, zstd"][..], true),
            (&["gzip"], true),
            (&["GZip;q=0.5"], true),
            (&["br;q=1.0, gzip;q=0.001, *;q=0"], true),
            (&["br", "x-gzip"], true),
            (&["*"], true),
            (&[], false),
            (&[""], false),
            (&["identity"], false),
            (&["gzip;q=0"], false),
            (&["gzip ; q=0.000, *"], false),
            (&["*;q=0"], false),
            (&["br, deflate"], false),
        ] {
            let mut headers = HeaderMap::new();
            for line in said {
                headers.append(header::ACCEPT_ENCODING, HeaderValue::from_static(line));
            }
            assert_eq!(Coding::accepted(&headers) == Coding::Gzip, gzip, "{said:?}");
        }
    }

    /// Pieces in any order, one of them twice, short ones and one that no single block can hold:
    /// each can be read whole before the next is there.
    #[test]
    fn any_row_of_pieces_is_a_stream() {
        let long: String = (0..20_000_u32).map(|n| (n * n).to_string()).collect();
        let texts = ["event: clock\n\n", &long, "a", &"word ".repeat(200), &long];
        let pieces: Vec<Piece> =
            texts.iter().map(|t| Piece::new(t.as_bytes().to_vec().into())).collect();
        let mut reader = Decompress::new(false);
        for place in [1, 0, 3, 2, 4, 0, 1] {
            let bytes = pieces[place].bytes(Coding::Gzip);
            let mut read = Vec::with_capacity(texts[place].len() + 1);
            reader.decompress_vec(&bytes, &mut read, FlushDecompress::Sync).expect("deflate");
            assert_eq!(read, texts[place].as_bytes());
            assert_eq!(pieces[place].bytes(Coding::Plain), texts[place].as_bytes());
        }
    }

    #[test]
    fn what_cannot_be_deflated_is_stored() {
        let long = "x".repeat(STORED_MAX * 2 + 5);
        let mut read = Vec::with_capacity(long.len() + 1);
        let bytes = stored(long.as_bytes());
        let mut reader = Decompress::new(false);
        reader.decompress_vec(&bytes, &mut read, FlushDecompress::Sync).expect("deflate");
        assert_eq!(read, long.as_bytes());
    }
}
