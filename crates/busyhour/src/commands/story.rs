//! `busyhour agent`, `call`, `queue`: the story of one of them, from a running server.

use crate::client::{Client, Row};
use crate::exit::{Exit, Outcome};
use crate::output::{self, Format};
use clap::Args;
use facts::Stamp;
use facts::table::{Column, Shape, Type};
use serde_json::Value;
use std::io::Write;

/// Whose story and how.
#[derive(Args, Debug)]
pub(crate) struct Story {
    /// The ACD, as the column `acd` of the tables names it.
    acd: String,
    /// The agent, call or queue, as its table names it.
    name: String,
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
}

/// One kind of story: where it is and which of it is printed as rows.
pub(crate) struct Kind {
    table: &'static str,
    part: &'static str,
    rows: &'static str,
    shape: Shape,
}

const fn column(name: &'static str, kind: Type) -> Column {
    Column { name, kind, doc: "" }
}

/// An agent's day.
pub(crate) static AGENT: Kind = Kind {
    table: "agents",
    part: "day",
    rows: "spans",
    shape: Shape {
        name: "day",
        doc: "what an agent did today",
        key: 1,
        columns: &[
            column("from", Type::Stamp),
            column("lasted", Type::Text),
            column("state", Type::Text),
            column("reason", Type::Text),
            column("direction", Type::Text),
            column("split", Type::Text),
            column("call", Type::Text),
            column("party", Type::Text),
        ],
    },
};

/// A call's life.
pub(crate) static CALL: Kind = Kind {
    table: "calls",
    part: "life",
    rows: "steps",
    shape: Shape {
        name: "life",
        doc: "what became of a call",
        key: 1,
        columns: &[
            column("at", Type::Stamp),
            column("kind", Type::Text),
            column("split", Type::Text),
            column("agent", Type::Text),
            column("agent_name", Type::Text),
            column("lasted", Type::Text),
            column("detail", Type::Text),
        ],
    },
};

/// A queue's last hour.
pub(crate) static QUEUE: Kind = Kind {
    table: "queues",
    part: "hour",
    rows: "minutes",
    shape: Shape {
        name: "hour",
        doc: "a queue's last hour",
        key: 1,
        columns: &[
            column("at", Type::Stamp),
            column("waiting_max", Type::Int),
            column("oldest_wait_max_s", Type::Int),
            column("offered", Type::Int),
            column("answered", Type::Int),
            column("answered_in_sl", Type::Int),
            column("abandoned", Type::Int),
            column("other", Type::Int),
            column("refused", Type::Int),
            column("staffed", Type::Int),
            column("available", Type::Int),
            column("heard_s", Type::Int),
        ],
    },
};

/// Runs the command.
pub(crate) fn run(kind: &Kind, args: &Story) -> Outcome {
    let (acd, name) = (encoded(&args.acd), encoded(&args.name));
    let path = format!("/api/v1/{}/{acd}/{name}/{}", kind.table, kind.part);
    let mut story = Client::new(&args.server).object(&path)?;
    let mut out = std::io::stdout().lock();
    if args.output == Format::Json {
        serde_json::to_writer_pretty(&mut out, &story).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
        return Ok(Exit::Ok);
    }
    let now = story.get("now").cloned();
    let rows = story.remove(kind.rows);
    let rows: Vec<Row> = rows.and_then(|r| serde_json::from_value(r).ok()).unwrap_or_default();
    let rows: Vec<Row> = rows.into_iter().map(|r| with_lasted(r, now.as_ref())).collect();
    output::print(&mut out, args.output, &kind.shape, &rows)?;
    if args.output == Format::Table && story.get("cut") == Some(&Value::Bool(true)) {
        writeln!(out, "(not all: some of it was dropped for want of room)")?;
    }
    Ok(Exit::Ok)
}

/// Adds how long a row's thing took, as people read it: from `from` and `to`, or from `ms`.
fn with_lasted(mut row: Row, now: Option<&Value>) -> Row {
    let stamp = |v: Option<&Value>| v.and_then(Value::as_str).and_then(Stamp::parse);
    let to = stamp(row.get("to")).or_else(|| stamp(now));
    let span = stamp(row.get("from")).zip(to).map(|(from, to)| to.since(from) / 1_000);
    if let Some(ms) = span.or_else(|| row.get("ms").and_then(Value::as_i64)) {
        row.insert("lasted".into(), lasted(ms).into());
    }
    row
}

/// Milliseconds as `h:mm:ss.t`.
fn lasted(ms: i64) -> String {
    let tenths = ms.max(0) / 100;
    let (s, m, h) = (tenths / 10 % 60, tenths / 600 % 60, tenths / 36_000);
    format!("{h}:{m:02}:{s:02}.{}", tenths % 10)
}

/// A name as one segment of a path.
fn encoded(name: &str) -> String {
    let mut out = String::new();
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || b"-._~".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push('%');
            let digits = [b >> 4, b & 15].map(|d| char::from_digit(d.into(), 16));
            out.extend(digits.into_iter().flatten().map(|d| d.to_ascii_uppercase()));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment_whatever_they_hold() {
        assert_eq!(encoded("Local/1001@agents/n"), "Local%2F1001%40agents%2Fn");
        assert_eq!(encoded("Zoë 1"), "Zo%C3%AB%201");
    }

    #[test]
    fn times_are_read_at_a_glance() {
        assert_eq!(lasted(0), "0:00:00.0");
        assert_eq!(lasted(59_990), "0:00:59.9");
        assert_eq!(lasted(3_661_000), "1:01:01.0");
    }
}
