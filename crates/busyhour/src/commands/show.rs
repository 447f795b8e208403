//! `busyhour queues`, `agents`, `calls` …: a live table of a running server.

use crate::client::Client;
use crate::commands::shape;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use clap::Args;
use facts::table::Shape;
use std::io::{IsTerminal, Write};
use std::time::Duration;

/// What to show and how.
#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The server to ask.
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8080",
        env = "BUSYHOUR_SERVER"
    )]
    server: String,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
    /// Show it again every N seconds until stopped.
    #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "2",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    watch: Option<u64>,
    /// Only rows in which COLUMN is VALUE; may be given several times.
    #[arg(long = "where", value_name = "COLUMN=VALUE")]
    only: Vec<String>,
}

/// Runs the command for one table.
pub(crate) fn run(table: &str, args: &Show) -> Outcome {
    let shape = shape(table).ok_or_else(|| Failure::problem(format!("no table {table}")))?;
    let filters = filters(shape, &args.only)?;
    let client = Client::new(&args.server);
    loop {
        let mut rows = client.table(shape.name)?;
        rows.retain(|row| {
            filters.iter().all(|(column, value)| output::cell(row.get(*column)) == **value)
        });
        let mut out = std::io::stdout().lock();
        if args.watch.is_some() && args.output == Format::Table && out.is_terminal() {
            // Home and clear: the table stays in one place.
            out.write_all(b"\x1b[H\x1b[2J")?;
        }
        if args.watch.is_some() && args.output == Format::Json {
            serde_json::to_writer(&mut out, &rows).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        } else {
            output::print(&mut out, args.output, shape, &rows)?;
        }
        out.flush()?;
        let Some(secs) = args.watch else { return Ok(Exit::Ok) };
        drop(out);
        std::thread::sleep(Duration::from_secs(secs));
    }
}

fn filters<'a>(
    shape: &'static Shape,
    only: &'a [String],
) -> Result<Vec<(&'static str, &'a str)>, Failure> {
    let one = |text: &'a String| {
        let (column, value) = text.split_once('=').unwrap_or((text, ""));
        let found = shape.columns.iter().find(|c| c.name == column);
        found.map(|c| (c.name, value)).ok_or_else(|| {
            let names: Vec<_> = shape.columns.iter().map(|c| c.name).collect();
            let words = format!(
                "--where {text}: {} has no column of that name but: {}",
                shape.name,
                names.join(", ")
            );
            Failure::new(Exit::Usage, words)
        })
    };
    only.iter().map(one).collect()
}
