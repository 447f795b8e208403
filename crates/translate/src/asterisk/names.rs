//! Names that occur again and again, kept once.

use facts::Text;
use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;
use std::borrow::Cow;

/// So many different names are kept; more are made anew each time, which is only slower.
const KEPT_MAX: usize = 65_536;

/// A name longer than this is not likely to come again.
const LONG: usize = 256;

/// The names kept. Looked up by text, never iterated.
#[derive(Default)]
pub(super) struct Names {
    kept: IndexSet<Text, FxBuildHasher>,
}

impl Names {
    /// A value that Asterisk sends as it is.
    pub(super) fn plain(&mut self, value: &[u8]) -> Text {
        let text = String::from_utf8_lossy(value);
        if let Some(kept) = self.kept.get(text.as_ref()) {
            return kept.clone();
        }
        let made = Text::from(text);
        if self.kept.len() < KEPT_MAX && made.len() <= LONG {
            self.kept.insert(made.clone());
        }
        made
    }

    /// A value of a channel snapshot: C-escaped, and `<unknown>` for nothing.
    pub(super) fn escaped(&mut self, value: &[u8]) -> Text {
        self.plain(&told(value))
    }
}

/// A value of a channel snapshot: its escapes undone; empty for Asterisk's unknown.
pub(super) fn told(value: &[u8]) -> Cow<'_, [u8]> {
    match value {
        b"<unknown>" | b"unknown" => Cow::Borrowed(b""),
        value => ami::unescape(value),
    }
}
