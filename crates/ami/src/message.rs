//! One AMI message, borrowed: its kind, its headers in order, values as bytes.
//!
//! Knows the format of one message and of a run of whole messages in memory; knows
//! nothing of streams, limits (see `decode`) or of what an event means.

use std::slice;

use crate::scan;

/// Where one header line lies in its message, counted from the message's first byte.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// First byte of the line.
    pub(crate) start: usize,
    /// The first colon, or [`NO_COLON`].
    pub(crate) colon: usize,
    /// One past the last byte, line end not included.
    pub(crate) end: usize,
}

/// Stands for "no colon in this line"; no slice is that long.
pub(crate) const NO_COLON: usize = usize::MAX;

impl Line {
    /// As comparing the name of [`Self::header`], lengths first.
    #[inline]
    fn is_named(&self, raw: &[u8], name: &[u8]) -> bool {
        let end = if self.colon == NO_COLON { self.start } else { self.colon };
        end - self.start == name.len()
            && raw.get(self.start..end).is_some_and(|own| own.eq_ignore_ascii_case(name))
    }

    #[inline]
    fn header<'a>(&self, raw: &'a [u8]) -> Header<'a> {
        let (name, value) = if self.colon == NO_COLON {
            (self.start..self.start, self.start..self.end)
        } else {
            let value = self.colon + 1;
            let blank = usize::from(value < self.end && raw.get(value) == Some(&b' '));
            (self.start..self.colon, value + blank..self.end)
        };
        // Lines are only made from the bytes they belong to, so both are always in range.
        Header {
            name: raw.get(name).unwrap_or_default(),
            value: raw.get(value).unwrap_or_default(),
        }
    }
}

/// One header line, borrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// What stands before the first colon; empty for a line without one.
    pub name: &'a [u8],
    /// What follows the colon less exactly one blank; the whole line if it has no colon.
    pub value: &'a [u8],
}

/// What a message is, told by its first header line only.
///
/// `OriginateResponse` is an event although it has a `Response:` header further down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `Event: NAME`: an asynchronous event or an item of a list.
    Event(&'a [u8]),
    /// `Response: WORD` (Success, Error, Goodbye, ...): the answer to an action.
    Response(&'a [u8]),
    /// `Action: NAME`: what a client sends.
    Action(&'a [u8]),
    /// Anything else, such as the rest of an event that had an empty line in a value.
    Other,
}

/// One whole message, borrowed; copying it is cheap.
///
/// Messages from a [`crate::Decoder`] or a [`MessageIndex`] know their lines and colons
/// already; those of [`Message::parse`] and [`messages`] look for them when asked.
#[derive(Clone, Copy)]
pub struct Message<'a> {
    raw: &'a [u8],
    lines: Option<&'a [Line]>,
}

impl<'a> Message<'a> {
    /// Takes the bytes of one message, with or without the final blank line.
    ///
    /// Total: any bytes are a message. What follows the first blank line is no header.
    #[must_use]
    pub fn parse(raw: &'a [u8]) -> Self {
        Self { raw, lines: None }
    }

    pub(crate) fn indexed(raw: &'a [u8], lines: &'a [Line]) -> Self {
        Self { raw, lines: Some(lines) }
    }

    /// The message byte for byte, including the blank line where it was there.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What the message is, by its first header line only.
    #[must_use]
    pub fn kind(&self) -> Kind<'a> {
        let Some(first) = self.headers().next() else {
            return Kind::Other;
        };
        if first.name.eq_ignore_ascii_case(b"Event") {
            Kind::Event(first.value)
        } else if first.name.eq_ignore_ascii_case(b"Response") {
            Kind::Response(first.value)
        } else if first.name.eq_ignore_ascii_case(b"Action") {
            Kind::Action(first.value)
        } else {
            Kind::Other
        }
    }

    /// The event's name, if the message is an event.
    #[must_use]
    pub fn event(&self) -> Option<&'a [u8]> {
        match self.kind() {
            Kind::Event(name) => Some(name),
            _ => None,
        }
    }

    /// The value of the first header of that name; ASCII case does not matter.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a [u8]> {
        let name = name.as_bytes();
        match self.lines {
            Some(lines) => {
                let line = lines.iter().find(|line| line.is_named(self.raw, name))?;
                Some(line.header(self.raw).value)
            }
            None if name.is_empty() => self.headers().find(|h| h.name.is_empty()).map(|h| h.value),
            None => find(self.raw, name),
        }
    }

    /// The values of all headers of that name, in the order they were sent.
    pub fn all<'n>(&self, name: &'n str) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
        let name = name.as_bytes();
        self.headers()
            .filter(move |header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value)
    }

    /// All header lines in the order they were sent, repeated ones included.
    #[must_use]
    #[inline]
    pub fn headers(&self) -> Headers<'a> {
        match self.lines {
            Some(lines) => Headers { raw: self.raw, from: From::Index(lines.iter()) },
            None => Headers { raw: self.raw, from: From::Offset(0) },
        }
    }

    /// `Timestamp: 1795261807.642131` in microseconds since 1970, UTC.
    ///
    /// `None` without such a header (list items, or `timestampevents=no`) and for a value
    /// that is not seconds and one to six decimals. Integer arithmetic only.
    #[must_use]
    pub fn timestamp_us(&self) -> Option<i64> {
        self.get("Timestamp").and_then(micros)
    }

    /// The `ActionID` header: whose answer, list item or side effect this is.
    #[must_use]
    pub fn action_id(&self) -> Option<&'a [u8]> {
        self.get("ActionID")
    }
}

impl std::fmt::Debug for Message<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Message({:?})", String::from_utf8_lossy(self.raw))
    }
}

/// Two messages are equal if their bytes are.
impl PartialEq for Message<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.raw == other.raw
    }
}

impl Eq for Message<'_> {}

/// Seconds, a point, one to six decimals: microseconds.
fn micros(value: &[u8]) -> Option<i64> {
    let point = memchr::memchr(b'.', value)?;
    let (seconds, decimals) = (value.get(..point)?, value.get(point + 1..)?);
    if seconds.is_empty() || decimals.is_empty() || decimals.len() > 6 {
        return None;
    }
    let digits = |digits: &[u8], from: i64| {
        digits.iter().try_fold(from, |sum, &byte| {
            if !byte.is_ascii_digit() {
                return None;
            }
            sum.checked_mul(10)?.checked_add(i64::from(byte - b'0'))
        })
    };
    let mut micros = digits(decimals, digits(seconds, 0)?)?;
    for _ in decimals.len()..6 {
        micros = micros.checked_mul(10)?;
    }
    Some(micros)
}

/// The header lines of one message in order; see [`Message::headers`].
#[derive(Clone, Debug)]
pub struct Headers<'a> {
    raw: &'a [u8],
    from: From<'a>,
}

#[derive(Clone, Debug)]
enum From<'a> {
    /// Lines known already.
    Index(slice::Iter<'a, Line>),
    /// Still to be looked for, from this byte on.
    Offset(usize),
}

impl<'a> Iterator for Headers<'a> {
    type Item = Header<'a>;

    #[inline]
    fn next(&mut self) -> Option<Header<'a>> {
        match &mut self.from {
            From::Index(lines) => lines.next().map(|line| line.header(self.raw)),
            From::Offset(offset) => {
                let (line, next) = line_at(self.raw, *offset)?;
                *offset = next;
                Some(line.header(self.raw))
            }
        }
    }
}

/// The line that starts at `start` and where the next one starts; `None` for a blank line
/// and at the end. A last line without line end counts.
fn line_at(raw: &[u8], start: usize) -> Option<(Line, usize)> {
    let rest = raw.get(start..).filter(|rest| !rest.is_empty())?;
    let stop = scan::colon_or_feed(rest);
    let (colon, feed) = match stop {
        Some(stop) if rest.get(stop) == Some(&b':') => {
            let feed = scan::feed(rest.get(stop..)?).map(|feed| stop + feed);
            (start + stop, feed)
        }
        feed => (NO_COLON, feed),
    };
    let (mut length, next) = match feed {
        Some(feed) => (feed, start + feed + 1),
        None => (rest.len(), raw.len()),
    };
    if feed.is_some() && length > 0 && rest.get(length - 1) == Some(&b'\r') {
        length -= 1;
    }
    if length == 0 {
        return None;
    }
    Some((Line { start, colon, end: start + length }, next))
}

/// The value of the first header of that name, which is not empty. Looks at the start of
/// each line only, so it is faster than splitting all headers before it.
fn find<'a>(raw: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut rest = raw;
    while !rest.is_empty() {
        let found = rest.get(name.len()) == Some(&b':')
            && rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
            && memchr::memchr2(b':', b'\n', name).is_none();
        if found {
            return line_at(rest, 0).map(|(line, _)| line.header(rest).value);
        }
        let feed = scan::feed(rest)?;
        if feed == 0 || (feed == 1 && rest.first() == Some(&b'\r')) {
            return None;
        }
        rest = rest.get(feed + 1..)?;
    }
    None
}

/// Room for the lines of one message, to be used again for the next.
///
/// Worth it where many headers of the same message are asked for by name: the bytes are
/// searched once. A [`crate::Decoder`] has one inside.
#[derive(Debug, Default)]
pub struct MessageIndex {
    lines: Vec<Line>,
}

impl MessageIndex {
    /// An empty one; it grows to the longest message it has seen.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// As [`Message::parse`], with all lines found once.
    pub fn message<'a>(&'a mut self, raw: &'a [u8]) -> Message<'a> {
        self.lines.clear();
        let mut start = 0;
        while let Some((line, next)) = line_at(raw, start) {
            self.lines.push(line);
            start = next;
        }
        Message::indexed(raw, &self.lines)
    }
}

/// The whole messages in `bytes`, in order, nothing copied; for files and stored records.
///
/// A banner at the start of a message is passed over (a file may hold several sessions),
/// and so are blank lines between messages. What is left incomplete at the end is no
/// message: see [`Messages::rest`]. No limits apply, the bytes are in memory already.
#[must_use]
pub fn messages(bytes: &[u8]) -> Messages<'_> {
    Messages { bytes, offset: 0 }
}

/// See [`messages`].
#[derive(Clone, Debug)]
pub struct Messages<'a> {
    bytes: &'a [u8],
    /// Where the next message starts.
    offset: usize,
}

impl<'a> Messages<'a> {
    /// What has not been handed out yet; after the last message: the torn end.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.offset..).unwrap_or_default()
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Message<'a>;

    fn next(&mut self) -> Option<Message<'a>> {
        let mut start = self.offset;
        let mut line = start;
        loop {
            let rest = self.bytes.get(line..)?;
            let feed = scan::feed(rest)?;
            let content = rest.get(..feed)?;
            let next = line + feed + 1;
            if content.is_empty() || content == b"\r" {
                if line > start {
                    self.offset = next;
                    return self.bytes.get(start..next).map(Message::parse);
                }
                start = next;
                self.offset = next;
            } else if line == start && content.starts_with(BANNER) {
                start = next;
                self.offset = next;
            }
            line = next;
        }
    }
}

/// How the first line of a session starts.
pub(crate) const BANNER: &[u8] = b"Asterisk Call Manager/";
