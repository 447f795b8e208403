//! Runs the real binary to its end and looks at what it says.

#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a command ended with.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Holds it to an exit code and some words on standard error.
    pub(crate) fn is(&self, code: i32, words: &[&str]) -> &Self {
        assert_eq!(self.code, Some(code), "out: {}\nerr: {}", self.out, self.err);
        for word in words {
            assert!(self.err.contains(word), "{word} is not in: {}", self.err);
        }
        self
    }

    /// The objects of JSON output with one a line.
    pub(crate) fn lines(&self) -> Vec<serde_json::Value> {
        let object = |line: &str| serde_json::from_str(line).expect("one object a line");
        self.out.lines().map(object).collect()
    }
}

/// The binary, clean of this machine's settings.
pub(crate) fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_busyhour"));
    for name in ["BUSYHOUR_SERVER", "BUSYHOUR_DATA"] {
        command.env_remove(name);
    }
    // Nobody's own settings of Hackamore.
    command.env("HOME", "/nonexistent");
    command.env("BUSYHOUR_LOG", "warn").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run<S: AsRef<std::ffi::OsStr>>(args: impl IntoIterator<Item = S>) -> Said {
    let done = binary().args(args).output().expect("the binary starts");
    Said {
        code: done.status.code(),
        out: String::from_utf8(done.stdout).expect("UTF-8"),
        err: String::from_utf8_lossy(&done.stderr).into_owned(),
    }
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// A recorded session of Asterisk 22.
pub(crate) fn capture(scenario: &str, session: &str) -> PathBuf {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures/22"));
    root.join(scenario).join(format!("ami-{session}.txt.gz"))
}
