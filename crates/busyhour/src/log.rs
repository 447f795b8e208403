//! Log lines on standard error: one line an event, fields as `key=value`, no colour unless a
//! person is watching. `BUSYHOUR_LOG` sets what is logged (`info` if unset).

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging. A second call does nothing.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_env("BUSYHOUR_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colour);
    // Already started: the first one holds.
    drop(lines.with_writer(std::io::stderr).try_init());
}
