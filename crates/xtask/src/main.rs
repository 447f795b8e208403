//! `cargo xtask tidy`: the checks of the tree itself, as a command. The same checks are tests
//! of this package, so the ordinary test run makes them too.

mod layers;
mod tidy;

use std::path::Path;
use std::process::ExitCode;

/// The workspace's folder.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

#[expect(clippy::print_stderr, reason = "a command for people")]
fn main() -> ExitCode {
    let asked = std::env::args().nth(1);
    if asked.as_deref() != Some("tidy") {
        eprintln!("usage: cargo xtask tidy");
        return ExitCode::from(2);
    }
    let mut found = layers::check(root());
    found.extend(tidy::check(root()));
    for problem in &found {
        eprintln!("{problem}");
    }
    ExitCode::from(u8::from(!found.is_empty()))
}
