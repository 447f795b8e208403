//! What is wrong with the PBX or the account, in plain words.

use std::fmt;

use facts::Text;

/// How bad it is; the worst sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Figures are wrong or missing.
    Serious,
    /// Something works less well, or is more dangerous, than it should.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Serious => "serious",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that is wrong and the very line that mends it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advice {
    /// How bad it is.
    pub severity: Severity,
    /// A short lasting name for it: `no-timestamps`.
    pub code: &'static str,
    /// What is wrong and what it costs.
    pub what: Text,
    /// What to change, and where.
    pub mend: Text,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} -> {}", self.severity.word(), self.what, self.mend)
    }
}
