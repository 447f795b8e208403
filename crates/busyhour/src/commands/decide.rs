//! `busyhour threshold`, `group`, `decree`: what administrators decide, over REST.

use crate::client::Client;
use crate::commands::show;
use crate::exit::{Exit, Failure, Outcome};
use crate::output::{self, Format, plain};
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};
use std::io::Write;

/// Where and as whom.
#[derive(Args, Debug)]
struct As {
    /// The server to ask.
    #[arg(
        long,
        value_name = "HOST:PORT",
        default_value = "127.0.0.1:8080",
        env = "BUSYHOUR_SERVER"
    )]
    server: String,
    /// Who decides.
    #[arg(long, value_name = "NAME", default_value = "local", env = "USER")]
    author: String,
}

/// Thresholds: when a figure deserves attention.
#[derive(Subcommand, Debug)]
pub(crate) enum Threshold {
    /// All thresholds in force.
    List(show::Show),
    /// Sets a threshold; it replaces the one that is there.
    Set(SetThreshold),
    /// Removes a threshold: what is less specific holds again.
    Remove(RemoveThreshold),
}

/// A threshold to be set.
#[derive(Args, Debug)]
pub(crate) struct SetThreshold {
    /// Whose figure: default, group:NAME (as a whole), members:NAME (each of them) or
    /// queue:ACD/NAME.
    #[arg(value_name = "WHOSE")]
    whose: String,
    /// Which figure: waiting, oldest_wait_s, service_level_pct, abandoned_pct, available or
    /// staffed; of agents aux_s, acw_s, ring_s, acd_s, hold_s or rona.
    #[arg(value_name = "MEASURE")]
    measure: String,
    /// From here on: have a look. Neither level: never one here.
    #[arg(long, value_name = "N")]
    caution: Option<i64>,
    /// From here on: do something.
    #[arg(long, value_name = "N")]
    warning: Option<i64>,
    /// Which side of the limits: above or below; as is usual for the figure if not said.
    #[arg(long, value_name = "SIDE")]
    direction: Option<String>,
    /// How far it must come back before the level is over.
    #[arg(long, value_name = "N", default_value_t = 0)]
    hysteresis: i64,
    /// For how many seconds on end a limit must be reached before it counts.
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 0)]
    for_s: i64,
    #[command(flatten)]
    by: As,
}

/// A threshold to be removed.
#[derive(Args, Debug)]
pub(crate) struct RemoveThreshold {
    /// Whose figure: default, group:NAME, members:NAME or queue:ACD/NAME.
    #[arg(value_name = "WHOSE")]
    whose: String,
    /// Which figure.
    #[arg(value_name = "MEASURE")]
    measure: String,
    #[command(flatten)]
    by: As,
}

/// Groups of queues and of agents.
#[derive(Subcommand, Debug)]
pub(crate) enum Group {
    /// All groups with their sums as they are now.
    List(show::Show),
    /// Makes a group, or gives one other members.
    Set(SetGroup),
    /// Removes a group and its thresholds.
    Remove(RemoveGroup),
}

/// A group to be set.
#[derive(Args, Debug)]
pub(crate) struct SetGroup {
    /// Its name.
    name: String,
    /// What it is made of: queues or agents.
    #[arg(long = "of", value_name = "KIND", default_value = "queues")]
    kind: String,
    /// Its members: ACD/NAME; a star stands for any run of characters, as in '*/sales'.
    #[arg(required = true, value_name = "ACD/NAME")]
    members: Vec<String>,
    #[command(flatten)]
    by: As,
}

/// A group to be removed.
#[derive(Args, Debug)]
pub(crate) struct RemoveGroup {
    /// Its name.
    name: String,
    #[command(flatten)]
    by: As,
}

/// What was decided, by whom, when.
#[derive(Subcommand, Debug)]
pub(crate) enum Decree {
    /// The history, newest first.
    List(History),
    /// Undoes a decree: from now on everything is as if it had not been made.
    Undo(Undo),
}

/// How much of the history, and how.
#[derive(Args, Debug)]
pub(crate) struct History {
    /// At most so many.
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// Form of the output.
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    output: Format,
    #[command(flatten)]
    by: As,
}

/// A decree to be undone.
#[derive(Args, Debug)]
pub(crate) struct Undo {
    /// Its id, from `busyhour decree list`.
    id: String,
    #[command(flatten)]
    by: As,
}

/// Runs `busyhour threshold`.
pub(crate) fn threshold(command: &Threshold) -> Outcome {
    match command {
        Threshold::List(args) => show::run("thresholds", args),
        Threshold::Set(args) => {
            let mut body = Map::new();
            body.insert("caution".into(), args.caution.into());
            body.insert("warning".into(), args.warning.into());
            body.insert("hysteresis".into(), args.hysteresis.into());
            body.insert("for_s".into(), args.for_s.into());
            body.insert("direction".into(), args.direction.clone().into());
            body.insert("author".into(), args.by.author.clone().into());
            let path = place(&args.whose, &args.measure)?;
            said(&Client::new(&args.by.server).put(&path, &Value::Object(body))?)
        }
        Threshold::Remove(args) => {
            let path = place(&args.whose, &args.measure)?;
            remove(&args.by, &path)
        }
    }
}

/// Runs `busyhour group`.
pub(crate) fn group(command: &Group) -> Outcome {
    match command {
        Group::List(args) => show::run("groups", args),
        Group::Set(args) => {
            let path = format!("/api/v1/groups/{}", segment(&args.name));
            let (kind, members, author) = (&args.kind, &args.members, &args.by.author);
            let body = json!({ "kind": kind, "members": members, "author": author });
            said(&Client::new(&args.by.server).put(&path, &body)?)
        }
        Group::Remove(args) => remove(&args.by, &format!("/api/v1/groups/{}", segment(&args.name))),
    }
}

/// Runs `busyhour decree`.
pub(crate) fn decree(command: &Decree) -> Outcome {
    match command {
        Decree::List(args) => {
            let path = format!("decrees?limit={}", args.limit);
            let text = Client::new(&args.by.server).get(&path)?;
            history(args.output, &text)
        }
        Decree::Undo(args) => {
            let path = format!("/api/v1/decrees/{}/undo", segment(&args.id));
            let body = json!({ "author": args.by.author });
            said(&Client::new(&args.by.server).post(&path, &body)?)
        }
    }
}

fn remove(by: &As, path: &str) -> Outcome {
    let path = format!("{path}?author={}", segment(&by.author));
    said(&Client::new(&by.server).delete(&path)?)
}

/// Says what was decided, by the server's answer.
fn said(answer: &str) -> Outcome {
    let decree: Value = serde_json::from_str(answer).unwrap_or_default();
    let word = |name: &str| plain(&output::cell(decree.get(name)));
    writeln!(std::io::stdout().lock(), "{}: {}", word("id"), word("what"))?;
    Ok(Exit::Ok)
}

fn history(format: Format, text: &str) -> Outcome {
    let answer: Value = serde_json::from_str(text)
        .map_err(|e| Failure::problem(format!("the server answered what is no history: {e}")))?;
    let none = Vec::new();
    let list = |name: &str| answer.get(name).and_then(Value::as_array).unwrap_or(&none);
    let mut out = std::io::stdout().lock();
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut out, &answer).map_err(std::io::Error::from)?;
            out.write_all(b"\n")?;
        }
        Format::Csv => {
            let columns = ["id", "at", "author", "kind", "what", "undone_by"];
            let mut writer =
                csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(&mut out);
            let wrong = |e: csv::Error| Failure::problem(e.to_string());
            writer.write_record(columns).map_err(wrong)?;
            for decree in list("decrees") {
                let cells = columns.map(|column| output::cell(decree.get(column)));
                writer.write_record(cells).map_err(wrong)?;
            }
            writer.flush()?;
        }
        Format::Table => {
            for decree in list("decrees") {
                let word = |name: &str| plain(&output::cell(decree.get(name)));
                let undone = match word("undone_by") {
                    by if by.is_empty() => String::new(),
                    by => format!("  (undone by {by})"),
                };
                let (id, at, author) = (word("id"), word("at"), word("author"));
                writeln!(out, "{id}  {at}  {author}  {}{undone}", word("what"))?;
            }
            for damage in list("damages") {
                writeln!(out, "not readable: {}", plain(&output::cell(Some(damage))))?;
            }
        }
    }
    Ok(Exit::Ok)
}

/// The address of a threshold.
fn place(whose: &str, measure: &str) -> Result<String, Failure> {
    let base = "/api/v1/thresholds";
    let measure = segment(measure);
    let wrong = || {
        let words = format!("{whose}: write default, group:NAME, members:NAME or queue:ACD/NAME");
        Failure::new(Exit::Usage, words)
    };
    match whose.split_once(':') {
        None if whose == "default" => Ok(format!("{base}/default/{measure}")),
        Some((scope @ ("group" | "members"), name)) if !name.is_empty() => {
            Ok(format!("{base}/{scope}/{}/{measure}", segment(name)))
        }
        Some(("queue", queue)) => {
            let (acd, name) = queue.split_once('/').ok_or_else(wrong)?;
            Ok(format!("{base}/queue/{}/{}/{measure}", segment(acd), segment(name)))
        }
        _ => Err(wrong()),
    }
}

/// A name as one step of an address.
fn segment(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_thresholds() {
        for (whose, path) in [
            ("default", Some("default/waiting")),
            ("group:all sales", Some("group/all%20sales/waiting")),
            ("members:team", Some("members/team/waiting")),
            ("queue:pbx1/a/b", Some("queue/pbx1/a%2Fb/waiting")),
            ("queue:pbx1", None),
            ("world", None),
            ("group:", None),
        ] {
            let found = place(whose, "waiting").ok();
            let wanted = path.map(|path| format!("/api/v1/thresholds/{path}"));
            assert_eq!(found, wanted, "{whose}");
        }
    }
}
