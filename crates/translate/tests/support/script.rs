//! Events written short, so that a whole scenario is read at a glance.
//!
//! One line is one message: seconds, the event's name, then
//! * `C`, `C:6`, `A^C`: the snapshot of a channel called C, in state 6 (if not told: 6), whose
//!   call (Linkedid) is C's (if not told: its own);
//! * `Dest=@A:5^C`: the same with a prefix;
//! * `Queue=sales`: a header, `~` for a blank.
//!
//! `! LinkUp`, `! Answer Action=QueueStatus` begin an observation; the lines after it that begin
//! with `>` are its messages. `epoch 17` sets the epoch of what follows.

use super::{settings, show};
use facts::{Epoch, Kind, Observation, Record, Stamp, Text};
use std::fmt::Write;
use std::sync::Arc;
use translate::asterisk::{Settings, Translator};

/// Second 0 of every script.
const BEGIN: i64 = 1_795_000_000;

fn snapshot(prefix: &str, channel: &str, out: &mut String) {
    let (channel, call) = channel.split_once('^').unwrap_or((channel, ""));
    let (id, state) = channel.split_once(':').unwrap_or((channel, "6"));
    let call = if call.is_empty() { id } else { call };
    let name = match id.split_once(';') {
        Some((pair, half)) => format!("Local/{pair}@agents-00000001;{half}"),
        None => format!("PJSIP/{id}-00000001"),
    };
    let context = if id.starts_with('C') { "from-trunk" } else { "internal" };
    for (header, value) in [
        ("Channel", name.as_str()),
        ("ChannelState", state),
        ("CallerIDNum", id),
        ("CallerIDName", "<unknown>"),
        ("Context", context),
        ("Exten", "8001"),
        ("Uniqueid", id),
        ("Linkedid", call),
    ] {
        writeln!(out, "{prefix}{header}: {value}\r").unwrap();
    }
}

/// One message from the words behind the time.
fn message(name: &str, words: &str, stamp: Option<Stamp>) -> String {
    let mut out = match name {
        "Response" => "Response: Success\r\n".to_owned(),
        name => format!("Event: {name}\r\nPrivilege: x,all\r\n"),
    };
    if let Some(stamp) = stamp {
        let (secs, micros) = (stamp.secs(), stamp.0.rem_euclid(1_000_000));
        writeln!(out, "Timestamp: {secs}.{micros:06}\r").unwrap();
    }
    for word in words.split_whitespace() {
        match word.split_once('=') {
            None => snapshot("", word, &mut out),
            Some((prefix, value)) if value.starts_with('@') => {
                snapshot(prefix, &value[1..], &mut out);
            }
            Some((header, value)) => {
                writeln!(out, "{header}: {}\r", value.replace('~', " ")).unwrap();
            }
        }
    }
    out.push_str("\r\n");
    out
}

/// The records of a script.
pub(crate) fn records(script: &str) -> Vec<Record> {
    let mut out: Vec<Record> = Vec::new();
    let (mut epoch, mut now) = (Epoch(0), Stamp::from_secs(BEGIN));
    let lines: Vec<&str> = script.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut lines = lines.into_iter().peekable();
    while let Some(line) = lines.next() {
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        let rest = rest.trim();
        let (name, words) = rest.split_once(' ').unwrap_or((rest, ""));
        if first == "epoch" {
            epoch = Epoch(name.parse().unwrap());
        } else if first == "!" {
            let headers: Vec<_> =
                words.split_whitespace().filter_map(|w| w.split_once('=')).collect();
            let mut bytes = String::new();
            while let Some(item) = lines.next_if(|l| l.starts_with('>')) {
                let item = item.trim_start_matches('>').trim();
                let (name, words) = item.split_once(' ').unwrap_or((item, ""));
                bytes.push_str(&message(name, &format!("ActionID=x-1 {words}"), None));
            }
            let what = Observation::from_name(name.as_bytes()).unwrap();
            let server = Text::from("test");
            out.push(Record::observation(
                what,
                epoch,
                now,
                now,
                &server,
                &headers,
                bytes.as_bytes(),
            ));
        } else {
            now = Stamp::parse(&format!("{BEGIN}"))
                .unwrap()
                .plus(Stamp::parse(first).map_or_else(|| panic!("{line}: no time"), |s| s.0));
            let payload = Arc::from(message(name, words, Some(now)).as_bytes());
            out.push(Record { kind: Kind::Event, epoch, stamp: now, heard: now, payload });
        }
    }
    out
}

/// The facts of a script as lines, without those that begin with a word in `hide`.
pub(crate) fn facts_with(settings: Settings, script: &str, hide: &[&str]) -> String {
    let mut translator = Translator::new(settings);
    let mut text = String::new();
    for record in records(script) {
        let mut out = Vec::new();
        translator.record(&record, &mut out);
        for timed in out {
            let line = show(&timed.fact);
            let word = line.split(' ').next().unwrap_or_default();
            if !hide.contains(&word) {
                let at = timed.at.since(Stamp::from_secs(BEGIN));
                let at = format!("{}.{:03}", at / 1_000_000, at % 1_000_000 / 1000);
                writeln!(text, "{at} {line}").unwrap();
            }
        }
    }
    text
}

/// What every call has and a test about something else need not repeat.
pub(crate) const PLAIN: &[&str] = &["channel-new", "phase", "party", "step", "split", "device"];

/// Compares the facts of a script with the expected lines (indentation does not matter).
pub(crate) fn check(script: &str, expected: &str) {
    check_with(settings(), PLAIN, script, expected);
}

pub(crate) fn check_with(settings: Settings, hide: &[&str], script: &str, expected: &str) {
    let clean = |text: &str| {
        text.lines()
            .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
            .filter(|l| !l.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert_eq!(clean(&facts_with(settings, script, hide)), clean(expected));
}
