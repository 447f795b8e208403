//! Exit codes: the documented table (docs/command-line.md) in one place.

use std::process::ExitCode;

/// How the program ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All is well.
    Ok,
    /// The work could not be done; the reason was printed.
    Problem,
    /// The command line was wrong.
    Usage,
    /// The configuration has problems; all of them were printed.
    Config,
    /// The journal could not be written or synced: nothing more can be kept.
    Journal,
    /// No server answered where one was asked.
    NoServer,
}

impl Exit {
    /// Every code with its meaning, as the manual has them.
    #[cfg(test)]
    pub(crate) const TABLE: &[(Self, &'static str)] = &[
        (Self::Ok, "all is well"),
        (Self::Problem, "the work could not be done; the reason is on standard error"),
        (Self::Usage, "the command line was wrong"),
        (Self::Config, "the configuration has problems; all of them are on standard error"),
        (
            Self::Journal,
            "the journal failed: a write could not be made durable, so the server stopped",
        ),
        (Self::NoServer, "no server answered at the address given"),
    ];

    /// The number a shell sees.
    pub(crate) const fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::Problem => 1,
            Self::Usage => 2,
            Self::Config => 3,
            Self::Journal => 4,
            Self::NoServer => 5,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a command failed: the kind for the shell, the words for the person.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) words: String,
}

impl Failure {
    pub(crate) fn new(exit: Exit, words: impl Into<String>) -> Self {
        Self { exit, words: words.into() }
    }

    /// The work could not be done.
    pub(crate) fn problem(words: impl Into<String>) -> Self {
        Self::new(Exit::Problem, words)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        // Whoever reads our output has seen enough: no reason to complain.
        let exit =
            if error.kind() == std::io::ErrorKind::BrokenPipe { Exit::Ok } else { Exit::Problem };
        Self::new(exit, if exit == Exit::Ok { String::new() } else { error.to_string() })
    }
}

/// What a command ends with.
pub(crate) type Outcome = Result<Exit, Failure>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_manual() {
        let manual = include_str!("../../../docs/command-line.md");
        for (exit, meaning) in Exit::TABLE {
            let row = format!("| {} | {meaning} |", exit.code());
            assert!(manual.contains(&row), "docs/command-line.md lacks: {row}");
        }
    }
}
