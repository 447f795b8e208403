//! `busyhour archive`: how large history is, how long it is kept, calls by number or id. A server
//! may be running meanwhile.

use crate::config;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format};
use ::archive::{CALL_KEYS, Reader, Snapshot, Trouble};
use clap::{Args, Subcommand};
use facts::table::{Column, Row, Shape, Table, Type, Value};
use facts::{Date, Stamp};
use history::items::Known;
use history::{ELEMENTS, Level};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What to do with the archive.
#[derive(Subcommand, Debug)]
pub(crate) enum Archive {
    /// Tables: days, bytes, how long they are kept; when the disk will be full.
    Ls(Ls),
    /// How many days a table is kept before today; `forever` lifts the limit.
    Keep(Keep),
    /// Rows of call_rec by caller, called number or call id.
    Calls(Calls),
    /// Every counted item: its table, what it means, who can know it.
    Items(Items),
}

/// Which archive.
#[derive(Args, Debug)]
pub(crate) struct Which {
    /// The server's data_dir: the archive is in it.
    #[arg(long, value_name = "DIR", default_value = "busyhour-data", env = "BUSYHOUR_DATA")]
    data: PathBuf,
    /// Take the archive of the server with this configuration.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// List the tables.
#[derive(Args, Debug)]
pub(crate) struct Ls {
    #[command(flatten)]
    which: Which,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

/// Change how long a table is kept.
#[derive(Args, Debug)]
pub(crate) struct Keep {
    #[command(flatten)]
    which: Which,
    /// The table: hsplit, call_rec …
    #[arg(value_name = "TABLE")]
    table: String,
    /// Days before today, or `forever`.
    #[arg(value_name = "DAYS", value_parser = days)]
    days: Days,
}

/// How long.
#[derive(Clone, Copy, Debug)]
struct Days(Option<u32>);

/// Find calls.
#[derive(Args, Debug)]
pub(crate) struct Calls {
    #[command(flatten)]
    which: Which,
    /// Exactly the caller, the called number, the CALLID or the UCID.
    #[arg(value_name = "NUMBER OR ID")]
    key: String,
    /// From this day on.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<Date>,
    /// Up to this day.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<Date>,
    /// So many rows at most, the newest days first.
    #[arg(long, value_name = "ROWS", default_value = "100")]
    most: usize,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

static TABLES: Shape = Shape {
    name: "archive",
    doc: "one table of the archive",
    key: 1,
    columns: &[
        Column { name: "table", kind: Type::Text, doc: "the table" },
        Column { name: "days", kind: Type::Int, doc: "days of it that are there" },
        Column {
            name: "keep",
            kind: Type::Int,
            doc: "days it is kept before today; null: for ever",
        },
        Column { name: "bytes", kind: Type::Int, doc: "bytes on the disk" },
        Column { name: "bytes_a_day", kind: Type::Int, doc: "bytes a day, newest thirty days" },
    ],
};

/// List the items.
#[derive(Args, Debug)]
pub(crate) struct Items {
    /// Only of this table: hsplit, hagent …
    #[arg(value_name = "TABLE")]
    table: Option<String>,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
}

static ITEMS: Shape = Shape {
    name: "items",
    doc: "one counted item",
    key: 2,
    columns: &[
        Column { name: "table", kind: Type::Text, doc: "the interval table" },
        Column { name: "item", kind: Type::Text, doc: "the CMS item, or an own one" },
        Column {
            name: "known",
            kind: Type::Text,
            doc: "counted: live and out of a queue_log; live: only live; never: not of Asterisk",
        },
        Column { name: "meaning", kind: Type::Text, doc: "definition, unit, source" },
    ],
};

fn items(args: &Items) -> Outcome {
    let known = |known| match known {
        Known::Log => "counted",
        Known::Live => "live",
        Known::Never => "never",
    };
    let tables: Vec<_> =
        ELEMENTS.iter().map(|e| (e.shape(Level::Interval).name, e.items)).collect();
    if let Some(name) = args.table.as_deref().filter(|n| tables.iter().all(|(t, _)| t != n)) {
        let names: Vec<_> = tables.iter().map(|(table, _)| *table).collect();
        let words = format!("{name} is no counted table but: {}", names.join(" "));
        return Err(Failure::new(Exit::Usage, words));
    }
    let wanted = |table: &str| args.table.as_deref().is_none_or(|only| only == table);
    let mut rows = Vec::new();
    for (table, items) in tables.into_iter().filter(|(table, _)| wanted(table)) {
        rows.extend(items.iter().map(|item| -> Row {
            let words = [table, item.name, known(item.known), item.doc];
            words.into_iter().map(Value::from).collect()
        }));
    }
    let table = Table { shape: &ITEMS, as_of: engine::wall_clock(), rows };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    output::print(&mut out, args.output, &ITEMS, &output::objects(&table))?;
    out.flush()?;
    Ok(Exit::Ok)
}

/// Runs the command.
pub(crate) fn run(command: &Archive) -> Outcome {
    match command {
        Archive::Ls(args) => ls(args),
        Archive::Keep(args) => keep(args),
        Archive::Calls(args) => calls(args),
        Archive::Items(args) => items(args),
    }
}

impl Which {
    pub(crate) fn dir(&self) -> Result<PathBuf, Failure> {
        let dir = match &self.config {
            Some(file) => config::load(file)?.archive,
            None => config::archive_dir(&self.data),
        };
        if dir.is_dir() {
            return Ok(dir);
        }
        Err(Failure::problem(format!("{}: there is no archive", dir.display())))
    }
}

/// The archive as it is now.
pub(crate) fn snapshot(dir: &Path) -> Result<Snapshot, Failure> {
    Reader::new(dir).snapshot().map_err(problem)
}

/// What is wrong with an archive, as the end of a command.
pub(crate) fn problem(e: Trouble) -> Failure {
    Failure::problem(e.to_string())
}

fn ls(args: &Ls) -> Outcome {
    let dir = args.which.dir()?;
    let free = free_bytes(&dir)?;
    let forecast = snapshot(&dir)?.forecast(free).map_err(problem)?;
    let int = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let row = |t: &::archive::Growth| {
        let table = t.table.as_str().into();
        vec![table, int(t.days), t.keep.into(), int(t.bytes), int(t.bytes_a_day)]
    };
    let rows = forecast.tables.iter().map(row).collect();
    let table = Table { shape: &TABLES, as_of: Stamp(0), rows };
    let mut out = std::io::stdout().lock();
    output::print(&mut out, args.output, &TABLES, &output::objects(&table))?;
    if args.output == Format::Table {
        let until = match forecast.days_left {
            Some(days) => format!("full in {days} days"),
            None => "enough for what is kept".to_owned(),
        };
        let (mib, grows) = (free >> 20, forecast.bytes_a_day >> 10);
        writeln!(out, "\n{mib} MiB free, {grows} KiB more a day: {until}")?;
    }
    Ok(Exit::Ok)
}

fn free_bytes(dir: &Path) -> Result<u64, Failure> {
    let words = |e: rustix::io::Errno| Failure::problem(format!("{}: {e}", dir.display()));
    let disk = rustix::fs::statvfs(dir).map_err(words)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

fn keep(args: &Keep) -> Outcome {
    if history::shape(&args.table).is_none() {
        let words = format!("{}: there is no such table of history", args.table);
        return Err(Failure::new(Exit::Usage, words));
    }
    ::archive::keep(&args.which.dir()?, &args.table, args.days.0).map_err(problem)?;
    Ok(Exit::Ok)
}

fn calls(args: &Calls) -> Outcome {
    let Some(shape) = history::shape("call_rec") else {
        return Err(Failure::problem(format!("no call is kept by {}", CALL_KEYS.join(", "))));
    };
    let ever = (Date(i32::MIN), Date(i32::MAX));
    let days = (args.from.unwrap_or(ever.0), args.to.unwrap_or(ever.1));
    let found = snapshot(&args.which.dir()?)?.find_calls(shape, &args.key, days, args.most);
    let rows = found.map_err(problem)?.into_iter().map(|f| f.row).collect();
    let table = Table { shape, as_of: Stamp(0), rows };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    output::print(&mut out, args.output, shape, &output::objects(&table))?;
    out.flush()?;
    Ok(Exit::Ok)
}

fn days(text: &str) -> Result<Days, String> {
    if text == "forever" {
        return Ok(Days(None));
    }
    let days = text.parse().map_err(|_| "a number of days, or forever".to_owned())?;
    Ok(Days(Some(days)))
}

pub(crate) fn day(text: &str) -> Result<Date, String> {
    Date::parse(text).ok_or_else(|| "not a day; write 2026-11-21".to_owned())
}
