//! A stream of bytes in any chunking to whole messages, within stated limits.
//!
//! Knows framing only: lines, blank lines, the banner. What comes out depends on the
//! bytes alone, never on how they were cut into pushes.

use crate::message::{BANNER, Line, Message, NO_COLON};
use crate::scan;

/// The most one message may need; what exceeds it is refused as [`Item::Refused`].
///
/// The longest seen from a real Asterisk: lines of 909 bytes, 114 lines, 36 KiB a message
/// (a UserEvent of 40 x 900 bytes). A list is many messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one line without its line end.
    pub line_bytes_max: usize,
    /// Lines of one message without the blank one.
    pub headers_max: usize,
    /// Bytes of one message with all its line ends, the blank line included.
    pub message_bytes_max: usize,
}

impl Default for Limits {
    /// 64 KiB a line, 4096 lines, 8 MiB a message.
    fn default() -> Self {
        Self { line_bytes_max: 64 << 10, headers_max: 4096, message_bytes_max: 8 << 20 }
    }
}

/// Which of the [`Limits`] was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// `line_bytes_max`.
    LineBytes,
    /// `headers_max`.
    Headers,
    /// `message_bytes_max`.
    MessageBytes,
}

/// A message that exceeded a limit. The decoder drops the rest of it, up to and with the
/// next blank line, and goes on with what follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refused<'a> {
    /// The limit exceeded first.
    pub limit: Limit,
    /// That limit's value.
    pub max: usize,
    /// Bytes of the message when it was refused; how long it would have become is unknown.
    pub size: usize,
    /// Its first bytes, 256 at most: tells what is missing.
    pub head: &'a [u8],
}

impl std::fmt::Display for Refused<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (what, key) = match self.limit {
            Limit::LineBytes => ("bytes in a line", "line_bytes_max"),
            Limit::Headers => ("lines", "headers_max"),
            Limit::MessageBytes => ("bytes", "message_bytes_max"),
        };
        let head = crate::text(self.head);
        let first = head.lines().next().unwrap_or_default();
        write!(f, "message dropped: more than {} {what} ({key}), it starts {first:?}", self.max)
    }
}

/// What the decoder found, borrowed from its buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// The first line of a session without its line end: `Asterisk Call Manager/5.0.4`.
    Banner(&'a [u8]),
    /// A whole message.
    Message(Message<'a>),
    /// A message that exceeded a limit.
    Refused(Refused<'a>),
    /// At the end of the stream only: what was left incomplete.
    Torn(&'a [u8]),
}

/// Bytes of a refused message that are kept to tell what it was.
const HEAD_BYTES_MAX: usize = 256;

/// Bytes in any chunking to whole messages; owns one buffer.
///
/// After each [`push`](Self::push) call [`next`](Self::next) until it says `None`: the
/// buffer then never holds more than one message within its limits and one push.
#[derive(Debug)]
pub struct Decoder {
    limits: Limits,
    buffer: Vec<u8>,
    /// Where the message being read starts; what is before has been handed out.
    start: usize,
    /// Where the line being read starts.
    line: usize,
    /// The first colon of the line being read, or [`NO_COLON`].
    colon: usize,
    /// Up to here the line being read has been searched.
    searched: usize,
    /// Lines of the message being read; those of the one handed out until the next call.
    lines: Vec<Line>,
    /// `lines` belongs to a message that was handed out.
    lines_done: bool,
    state: State,
    refused_bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Nothing but blank lines so far: a banner may come.
    SessionStart,
    /// In or between messages.
    Messages,
    /// Dropping the rest of a refused message; the current line had bytes already dropped.
    Skipping { in_line: bool },
}

/// What one step found, as places in the buffer.
enum Found {
    Banner { start: usize, end: usize },
    Message { start: usize, end: usize },
    Refused { limit: Limit, start: usize, size: usize },
}

impl Decoder {
    /// A decoder at the start of a session.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        // Refusing takes at least one byte, or it would never end.
        let message_bytes_max = limits.message_bytes_max.max(1);
        Self {
            limits: Limits { message_bytes_max, ..limits },
            buffer: Vec::new(),
            start: 0,
            line: 0,
            colon: NO_COLON,
            searched: 0,
            lines: Vec::new(),
            lines_done: false,
            state: State::SessionStart,
            refused_bytes: 0,
        }
    }

    /// Takes more bytes of the stream, as many as there are.
    pub fn push(&mut self, bytes: &[u8]) {
        // Moving what is left costs no more than what was handed out since the last move.
        if self.start > self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.line -= self.start;
            self.searched -= self.start;
            if self.colon != NO_COLON {
                self.colon -= self.start;
            }
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole item; `None`: more bytes are needed.
    #[expect(clippy::should_implement_trait, reason = "lends from the buffer, an Iterator cannot")]
    pub fn next(&mut self) -> Option<Item<'_>> {
        let found = self.step()?;
        Some(self.item(found))
    }

    /// The end of the stream: what was left incomplete, as [`Item::Torn`], or nothing.
    ///
    /// Whole items not yet asked for come first: call it until it says `None`. Then the
    /// decoder is at the start of a new session.
    pub fn finish(&mut self) -> Option<Item<'_>> {
        if let Some(found) = self.step() {
            return Some(self.item(found));
        }
        let torn = self.start..self.buffer.len();
        let skipping = matches!(self.state, State::Skipping { .. });
        if skipping || torn.is_empty() {
            self.refused_bytes += torn.len() as u64;
            let refused_bytes = self.refused_bytes;
            *self = Self { refused_bytes, ..Self::new(self.limits) };
            return None;
        }
        self.begin_message(torn.end);
        self.lines_done = true;
        self.state = State::SessionStart;
        self.buffer.get(torn).map(Item::Torn)
    }

    /// Bytes dropped with refused messages since the decoder was made.
    #[must_use]
    pub fn refused_bytes(&self) -> u64 {
        self.refused_bytes
    }

    fn item(&self, found: Found) -> Item<'_> {
        let bytes = |start, end| self.buffer.get(start..end).unwrap_or_default();
        match found {
            Found::Banner { start, end } => Item::Banner(bytes(start, end)),
            Found::Message { start, end } => {
                Item::Message(Message::indexed(bytes(start, end), &self.lines))
            }
            Found::Refused { limit, start, size } => Item::Refused(Refused {
                limit,
                max: match limit {
                    Limit::LineBytes => self.limits.line_bytes_max,
                    Limit::Headers => self.limits.headers_max,
                    Limit::MessageBytes => self.limits.message_bytes_max,
                },
                size,
                head: bytes(start, start + size.min(HEAD_BYTES_MAX)),
            }),
        }
    }

    /// Goes on from where the last step stopped, to the next item or the end of the bytes.
    fn step(&mut self) -> Option<Found> {
        if self.lines_done {
            self.lines.clear();
            self.lines_done = false;
        }
        if let State::Skipping { in_line } = self.state {
            self.skip(in_line)?;
        }
        let message_cap = self.limits.message_bytes_max;
        loop {
            // No line end before the cap: one of the two limits is exceeded, whatever follows.
            let message_cap = self.start.saturating_add(message_cap);
            let line_cap = self.line.saturating_add(self.limits.line_bytes_max.saturating_add(2));
            let cap = message_cap.min(line_cap);
            let stop = self.buffer.len().min(cap);
            let Some(feed) = self.find_feed(stop) else {
                if self.buffer.len() < cap {
                    return None;
                }
                let limit =
                    if line_cap <= message_cap { Limit::LineBytes } else { Limit::MessageBytes };
                return Some(self.refuse(limit, cap));
            };
            let next = feed + 1;
            let end = feed - usize::from(feed > self.line && self.buffer[feed - 1] == b'\r');
            if end == self.line {
                let start = self.start;
                let blank_only = self.lines.is_empty();
                self.begin_message(next);
                if blank_only {
                    continue;
                }
                self.lines_done = true;
                return Some(Found::Message { start, end: next });
            }
            if self.state == State::SessionStart {
                self.state = State::Messages;
                if self.buffer[self.line..end].starts_with(BANNER) {
                    let start = self.start;
                    self.begin_message(next);
                    return Some(Found::Banner { start, end });
                }
            }
            if end - self.line > self.limits.line_bytes_max {
                return Some(self.refuse(Limit::LineBytes, next));
            }
            if self.lines.len() >= self.limits.headers_max {
                return Some(self.refuse(Limit::Headers, next));
            }
            self.lines.push(Line {
                start: self.line - self.start,
                colon: if self.colon == NO_COLON { NO_COLON } else { self.colon - self.start },
                end: end - self.start,
            });
            self.begin_line(next);
        }
    }

    /// The line end of the line being read, if it lies before `stop`; notes its first colon.
    #[inline]
    fn find_feed(&mut self, stop: usize) -> Option<usize> {
        if self.colon == NO_COLON {
            let rest = &self.buffer[self.searched..stop];
            let Some(found) = scan::colon_or_feed(rest) else {
                self.searched = stop;
                return None;
            };
            let at = self.searched + found;
            if rest[found] == b'\n' {
                return Some(at);
            }
            self.colon = at;
            self.searched = at + 1;
        }
        let Some(found) = scan::feed(&self.buffer[self.searched..stop]) else {
            self.searched = stop;
            return None;
        };
        Some(self.searched + found)
    }

    fn begin_line(&mut self, at: usize) {
        self.line = at;
        self.colon = NO_COLON;
        self.searched = at;
    }

    fn begin_message(&mut self, at: usize) {
        self.start = at;
        self.begin_line(at);
    }

    /// Gives up the message being read, of which the bytes before `end` have been seen.
    fn refuse(&mut self, limit: Limit, end: usize) -> Found {
        let start = self.start;
        let size = end - start;
        // A lone CR seen of the current line may be the start of the blank line: looked at again.
        let seen = self.buffer.get(self.line..end).unwrap_or_default();
        let again = seen == b"\r";
        let in_line = !again && !seen.is_empty() && !seen.ends_with(b"\n");
        let dropped_to = if again { self.line } else { end };
        self.refused_bytes += (dropped_to - start) as u64;
        self.state = State::Skipping { in_line };
        self.begin_message(dropped_to);
        self.lines_done = true;
        Found::Refused { limit, start, size }
    }

    /// Drops lines up to and with the next blank one; `None`: it is not here yet.
    fn skip(&mut self, mut in_line: bool) -> Option<()> {
        loop {
            let rest = &self.buffer[self.start..];
            let Some(feed) = scan::feed(rest) else {
                // A lone CR may be the start of the blank line; all else can go.
                let keep = !in_line && rest == b"\r";
                if !keep && !rest.is_empty() {
                    in_line = true;
                    self.refused_bytes += rest.len() as u64;
                    self.begin_message(self.buffer.len());
                }
                self.state = State::Skipping { in_line };
                return None;
            };
            let blank = !in_line && (feed == 0 || rest[..feed] == *b"\r");
            self.refused_bytes += feed as u64 + 1;
            self.begin_message(self.start + feed + 1);
            in_line = false;
            if blank {
                self.state = State::Messages;
                return Some(());
            }
        }
    }
}
