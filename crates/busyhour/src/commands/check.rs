//! `busyhour check` and `busyhour config`: is this configuration right, and what can stand in one.

use crate::config::{self, keys};
use crate::exit::{Exit, Outcome};
use clap::{Args, Subcommand};
use std::io::Write;
use std::path::PathBuf;

/// Which file.
#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The configuration file.
    #[arg(long, value_name = "FILE", default_value = "busyhour.toml")]
    config: PathBuf,
}

/// Runs `busyhour check`.
pub(crate) fn run(args: &Check) -> Outcome {
    let config = config::load(&args.config)?;
    let mut out = std::io::stdout().lock();
    let names: Vec<&str> = config.engine.acds.iter().map(|a| &*a.link.name).collect();
    writeln!(out, "{}: no problems; switches: {}", args.config.display(), names.join(", "))?;
    Ok(Exit::Ok)
}

/// Which page.
#[derive(Subcommand, Debug)]
pub(crate) enum Page {
    /// The reference of every key, in Markdown (docs/configuration.md).
    Reference,
    /// A sample file with every key, commented.
    Sample,
}

/// Runs `busyhour config`.
pub(crate) fn page(page: &Page) -> Outcome {
    let text = match page {
        Page::Reference => keys::reference(),
        Page::Sample => keys::sample(),
    };
    std::io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_page_is_current() {
        let page = include_str!("../../../../docs/configuration.md");
        assert!(
            page == keys::reference(),
            "docs/configuration.md is stale: busyhour config reference > docs/configuration.md"
        );
    }
}
