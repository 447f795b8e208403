//! Actions to send and the ActionIDs that tell our answers from other people's.
//!
//! An [`Action`] cannot carry CR, LF or NUL and keeps within what Asterisk takes, so a
//! value from outside can neither add a header nor be refused as a whole.

use std::fmt;

/// Bytes of one line of an action without its line end; Asterisk refuses longer ones.
pub const LINE_BYTES_MAX: usize = 1022;

/// Lines of one action, `Action:` included; Asterisk refuses more.
pub const LINES_MAX: usize = 128;

/// Bytes an ActionID's prefix may have.
const PREFIX_BYTES_MAX: usize = 64;

/// Why a header cannot go into an action, or a prefix into an ActionID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActionError {
    /// The name is empty or has a blank, a colon or a byte that is not printable ASCII.
    Name {
        /// The header.
        header: &'static str,
    },
    /// The value has a CR, LF or NUL.
    Forbidden {
        /// The header.
        header: &'static str,
    },
    /// The line would have more than [`LINE_BYTES_MAX`] bytes.
    TooLong {
        /// The header.
        header: &'static str,
        /// Bytes the line would have.
        bytes: usize,
    },
    /// The action would have more than [`LINES_MAX`] lines, one being kept for the ActionID.
    TooMany {
        /// The header that did not fit.
        header: &'static str,
    },
    /// An ActionID's prefix has to be 1 to 64 letters, digits, `-`, `_` or `.`.
    Prefix,
}

impl fmt::Display for ActionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { header } => write!(f, "header name {header:?} of an action is not valid"),
            Self::Forbidden { header } => {
                write!(f, "header {header} of an action has a line end or NUL: remove it")
            }
            Self::TooLong { header, bytes } => write!(
                f,
                "header {header} of an action makes a line of {bytes} bytes, \
                 Asterisk takes {LINE_BYTES_MAX}: shorten it"
            ),
            Self::TooMany { header } => write!(
                f,
                "header {header} does not fit: Asterisk takes {LINES_MAX} lines an action"
            ),
            Self::Prefix => write!(
                f,
                "prefix of ActionIDs is not valid: use 1 to {PREFIX_BYTES_MAX} letters, digits, \
                 '-', '_' or '.'"
            ),
        }
    }
}

impl std::error::Error for ActionError {}

/// An action to send.
#[derive(Clone, PartialEq, Eq)]
pub struct Action {
    name: &'static str,
    id: Option<ActionId>,
    headers: Vec<(&'static str, Vec<u8>)>,
}

impl Action {
    /// An action of that name, such as `QueueStatus`. Of a name that is no word only the
    /// letters, digits, `-` and `_` go out, so the name cannot add a line either.
    #[must_use]
    pub fn new(name: &'static str) -> Self {
        Self { name, id: None, headers: Vec::new() }
    }

    /// Adds a header; the same name may come again.
    ///
    /// # Errors
    /// The header is named if it cannot go out as one line of its own, or does not fit.
    pub fn header(
        mut self,
        name: &'static str,
        value: impl AsRef<[u8]>,
    ) -> Result<Self, ActionError> {
        let value = value.as_ref();
        let visible = |byte: u8| byte.is_ascii_graphic() && byte != b':';
        if name.is_empty() || !name.bytes().all(visible) {
            return Err(ActionError::Name { header: name });
        }
        if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return Err(ActionError::Forbidden { header: name });
        }
        let bytes = name.len() + 2 + value.len();
        if bytes > LINE_BYTES_MAX {
            return Err(ActionError::TooLong { header: name, bytes });
        }
        // The lines of Action and ActionID are always counted: `id` cannot fail later.
        if self.headers.len() + 2 >= LINES_MAX {
            return Err(ActionError::TooMany { header: name });
        }
        self.headers.push((name, value.to_vec()));
        Ok(self)
    }

    /// Sets the ActionID.
    #[must_use]
    pub fn id(mut self, id: &ActionId) -> Self {
        self.id = Some(id.clone());
        self
    }

    /// The bytes to send: `Action`, `ActionID`, the headers in order, a blank line.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(128);
        out.extend_from_slice(b"Action: ");
        let word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        out.extend(self.name.bytes().filter(word).take(LINE_BYTES_MAX - 8));
        out.extend_from_slice(b"\r\n");
        if let Some(id) = &self.id {
            line(&mut out, "ActionID", id.as_bytes());
        }
        for (name, value) in &self.headers {
            line(&mut out, name, value);
        }
        out.extend_from_slice(b"\r\n");
        out
    }
}

fn line(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
}

/// Shows everything but the values of `Secret` and `Key`.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Action({}", self.name)?;
        if let Some(id) = &self.id {
            write!(f, ", ActionID: {id}")?;
        }
        for (name, value) in &self.headers {
            if name.eq_ignore_ascii_case("Secret") || name.eq_ignore_ascii_case("Key") {
                write!(f, ", {name}: (hidden)")?;
            } else {
                write!(f, ", {name}: {}", crate::text(value))?;
            }
        }
        f.write_str(")")
    }
}

/// The identity of one action sent, from [`ActionIds::next`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionId(String);

impl ActionId {
    /// Before a login nobody else's messages come, so the login needs no prefix.
    pub(crate) fn login() -> Self {
        Self("login".to_owned())
    }

    /// See [`Self::login`].
    pub(crate) fn challenge() -> Self {
        Self("login-challenge".to_owned())
    }

    /// As it stands in the ActionID header.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Makes ActionIDs `PREFIX-1`, `PREFIX-2`, ... and knows its own again.
///
/// Events carry other clients' ActionIDs to everybody, so the prefix has to differ from
/// that of any other session on the same PBX.
#[derive(Debug)]
pub struct ActionIds {
    prefix: String,
    made: u64,
}

impl ActionIds {
    /// Starts counting at 1.
    ///
    /// # Errors
    /// [`ActionError::Prefix`] unless it is 1 to 64 letters, digits, `-`, `_` or `.`.
    pub fn new(prefix: &str) -> Result<Self, ActionError> {
        let fits = (1..=PREFIX_BYTES_MAX).contains(&prefix.len());
        let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if !fits || !prefix.bytes().all(good) {
            return Err(ActionError::Prefix);
        }
        Ok(Self { prefix: prefix.to_owned(), made: 0 })
    }

    /// A new ActionID.
    #[expect(clippy::should_implement_trait, reason = "never ends, and reads well: ids.next()")]
    pub fn next(&mut self) -> ActionId {
        self.made += 1;
        ActionId(format!("{}-{}", self.prefix, self.made))
    }

    /// Whether this ActionID was made here.
    #[must_use]
    pub fn is_ours(&self, id: &[u8]) -> bool {
        let number = id
            .strip_prefix(self.prefix.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"-"))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .filter(|digits| !digits.starts_with(['0', '+']))
            .and_then(|digits| digits.parse::<u64>().ok());
        number.is_some_and(|number| number <= self.made)
    }
}
