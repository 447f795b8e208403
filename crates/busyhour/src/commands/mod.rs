//! One module per subcommand: its arguments and what it does. To add one: a module here, an arm
//! in `main.rs`, a section in docs/command-line.md.

pub(crate) mod archive;
pub(crate) mod check;
pub(crate) mod coverage;
pub(crate) mod decide;
pub(crate) mod demo;
pub(crate) mod journal;
pub(crate) mod manual;
pub(crate) mod record;
pub(crate) mod refold;
pub(crate) mod replay;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod sim;
pub(crate) mod sql;
pub(crate) mod story;
pub(crate) mod top;

use facts::Stamp;
use facts::table::Shape;

/// Every live table that a server shows.
pub(crate) static SHAPES: std::sync::LazyLock<Vec<&'static Shape>> =
    std::sync::LazyLock::new(|| {
        let links = std::iter::once(&links::asterisk::SHAPE);
        links.chain(model::SHAPES).chain(model::DECIDED_SHAPES).collect()
    });

/// The shape of the table with that name.
pub(crate) fn shape(name: &str) -> Option<&'static Shape> {
    SHAPES.iter().copied().find(|s| s.name == name)
}

/// A moment on the command line.
pub(crate) fn moment(text: &str) -> Result<Stamp, String> {
    let what = "not a moment; write 2026-11-21T11:46:00Z or seconds since 1970";
    Stamp::parse(text).ok_or_else(|| what.to_owned())
}
