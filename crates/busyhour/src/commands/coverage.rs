//! `busyhour coverage`: what of history was not observed, and why.

use crate::commands::archive::{self, day};
use crate::commands::sql;
use crate::exit::Outcome;
use crate::output::Format;
use clap::Args;
use facts::Date;
use query::Catalogue;

/// What was not observed.
#[derive(Args, Debug)]
pub(crate) struct Coverage {
    #[command(flatten)]
    which: archive::Which,
    /// From this day on.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<Date>,
    /// Up to this day.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<Date>,
    /// Each interval of which something is missing, instead of the holes themselves.
    #[arg(long)]
    intervals: bool,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

const HOLES: &str = "SELECT acd_name, row_date, since, until, seconds, cause, restarted, \
                     filled_by FROM coverage";
const INTERVALS: &str = "SELECT acd_name, row_date, starttime, intrvl, observed, \
                         seconds - observed AS missing, incomplete, source FROM intervals";

/// Runs the command.
pub(crate) fn run(args: &Coverage) -> Outcome {
    let mut catalogue = Catalogue::new().map_err(sql::failure)?;
    let snapshot = archive::snapshot(&args.which.dir()?)?;
    catalogue.archive(snapshot, &history::SHAPES).map_err(sql::failure)?;
    let (what, missing, order) = match args.intervals {
        true => (INTERVALS, "observed < seconds", "row_date, starttime_utc, acd"),
        false => (HOLES, "true", "since, acd_name"),
    };
    let mut question = format!("{what} WHERE {missing}");
    for (day, side) in [(args.from, ">="), (args.to, "<=")] {
        if let Some(day) = day {
            question += &format!(" AND row_date {side} DATE '{day}'");
        }
    }
    sql::print(&catalogue, &format!("{question} ORDER BY {order}"), args.output)
}
