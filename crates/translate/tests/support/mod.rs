//! What the tests of this crate share: reading the captures, facts as lines of text, and
//! events written short ([`script`]).
#![allow(dead_code, reason = "each test binary uses its own part of this")]
#![allow(clippy::unwrap_used, clippy::disallowed_types, reason = "reads the fixtures")]
#![allow(clippy::too_many_lines, reason = "one arm for each fact")]

pub(crate) mod script;

use facts::{DialOutcome, Fact, Record, Timed};
use flate2::read::GzDecoder;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use translate::asterisk::{Settings, Translator, parse_queues_conf};
use translate::order::Reorder;

/// How late an event may be; what a server uses.
pub(crate) const WINDOW_US: i64 = 50_000;

pub(crate) fn captures_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/captures")
}

/// Every stream in the fixtures: its name (`16/answered/ami-a`) and its bytes.
pub(crate) fn streams() -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for version in ["16", "22"] {
        let mut scenarios: Vec<_> = fs::read_dir(captures_dir().join(version))
            .unwrap()
            .map(|d| d.unwrap().path())
            .collect();
        scenarios.sort();
        for dir in scenarios {
            let mut files: Vec<_> =
                fs::read_dir(&dir).unwrap().map(|f| f.unwrap().path()).collect();
            files.sort();
            for file in files {
                let name = file.file_name().unwrap().to_string_lossy().into_owned();
                if let Some(stream) = name.strip_suffix(".txt.gz") {
                    let scenario = dir.file_name().unwrap().to_string_lossy();
                    found.push((format!("{version}/{scenario}/{stream}"), gunzip(&file)));
                }
            }
        }
    }
    assert!(found.len() > 180, "the fixtures are there");
    found
}

pub(crate) fn stream(name: &str) -> Vec<u8> {
    gunzip(&captures_dir().join(format!("{name}.txt.gz")))
}

pub(crate) fn text(file: &Path) -> String {
    let mut text = String::new();
    fs::File::open(file).unwrap().read_to_string(&mut text).unwrap();
    text
}

pub(crate) fn gunzip(file: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    GzDecoder::new(fs::File::open(file).unwrap()).read_to_end(&mut bytes).unwrap();
    bytes
}

pub(crate) fn settings() -> Settings {
    let conf =
        b"[general]\n[b](!)\n[sales](b)\n[wrapup](b)\nwrapuptime=4\n[load2](b)\nwrapuptime=1\n";
    Settings { wrapup: parse_queues_conf(conf).0, ..Settings::default() }
}

pub(crate) fn translated<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<Timed> {
    let mut translator = Translator::new(settings());
    let mut out = Vec::new();
    for record in records {
        translator.record(record, &mut out);
    }
    out
}

/// Through the reorder buffer, as a server does.
pub(crate) fn ordered(records: Vec<Record>) -> Vec<Record> {
    let mut reorder = Reorder::new(WINDOW_US);
    let mut out = Vec::new();
    for record in records {
        reorder.push(record);
        while let Some(record) = reorder.pop() {
            out.push(record);
        }
    }
    reorder.flush();
    while let Some(record) = reorder.pop() {
        out.push(record);
    }
    out
}

/// A fact as a line: a word and what it is about, ids without their noise.
pub(crate) fn show(fact: &Fact) -> String {
    let opt = |id: &Option<facts::ChannelId>| id.as_ref().map_or("-", |c| &c.0).to_owned();
    match fact {
        Fact::ChannelLeg { channel, leg } => format!("channel-leg {channel} {leg}"),
        Fact::ChannelNew(n) => format!(
            "channel-new {} {} {} call={} {:?} {:?} from='{}' '{}' to='{}' in={}{}{}",
            n.channel,
            n.name,
            n.device,
            n.call,
            n.direction,
            n.phase,
            n.number,
            n.party,
            n.dialled,
            n.context,
            if n.half { " half" } else { "" },
            n.bridge.as_ref().map_or(String::new(), |b| format!(" bridge={b}")),
        ),
        Fact::ChannelPhase { channel, phase } => format!("phase {channel} {phase:?}"),
        Fact::ChannelCall { channel, call } => format!("call {channel} {call}"),
        Fact::ChannelParty { channel, number, party } => {
            format!("party {channel} '{number}' '{party}'")
        }
        Fact::ChannelStep { channel, context, exten, application, data } => {
            format!("step {channel} {context} {exten} {application}({data})")
        }
        Fact::Paired { one, two } => format!("paired {one} {two}"),
        Fact::HangupAsked { channel, .. } => format!("hangup-asked {channel}"),
        Fact::ChannelEnded { channel, cause } => format!("ended {channel} {}", cause.unwrap_or(0)),
        Fact::ChannelMissing { channel } => format!("missing {channel}"),
        Fact::DialBegan { from, to } => format!("dial {} {to}", opt(from)),
        Fact::DialEnded { from, to, outcome } => format!(
            "dialled {} {to} {}",
            opt(from),
            match outcome {
                DialOutcome::NoAnswer => "no answer".to_owned(),
                other => format!("{other:?}").to_lowercase(),
            }
        ),
        Fact::Bridged { channel, bridge, swapped } => format!(
            "bridged {channel} {bridge}{}",
            swapped.as_ref().map_or(String::new(), |s| format!(" for {s}"))
        ),
        Fact::Unbridged { channel, bridge } => format!("unbridged {channel} {bridge}"),
        Fact::Held { channel } => format!("held {channel}"),
        Fact::Unheld { channel } => format!("unheld {channel}"),
        Fact::Transferred { by, by_second, who, to, attended } => format!(
            "transferred by {by} {} who {} to {to}{}",
            opt(by_second),
            opt(who),
            if *attended { " attended" } else { "" }
        ),
        Fact::Parked { channel, place } => format!("parked {channel} {place}"),
        Fact::Unparked { channel, by } => format!("unparked {channel} {}", opt(by)),
        Fact::ConferenceJoined { channel, room } => format!("conference+ {channel} {room}"),
        Fact::ConferenceLeft { channel, room } => format!("conference- {channel} {room}"),
        Fact::SpyBegan { spy, target } => format!("spy+ {spy} {target}"),
        Fact::SpyEnded { spy } => format!("spy- {spy}"),
        Fact::SplitSeen { split, wrapup_s } => {
            format!("split {split}{}", wrapup_s.map_or(String::new(), |w| format!(" wrapup={w}")))
        }
        Fact::Queued { channel, split, position, since } => {
            format!("queued {channel} {split} {position} since={}", since.secs() % 1000)
        }
        Fact::QueuedMissing { channel, split } => format!("queued-missing {channel} {split}"),
        Fact::Refused { channel, split, outcome } => {
            format!("refused {channel} {split} {outcome:?}")
        }
        Fact::Offered { channel, split, agent, to } => {
            format!("offered {channel} {split} {agent} {}", opt(to))
        }
        Fact::NotAnswered { channel, split, agent, ring_ms } => {
            format!("not-answered {channel} {split} {agent} {ring_ms}")
        }
        Fact::QueueLeft { channel, split } => format!("queue-left {channel} {split}"),
        Fact::Connected { channel, split, agent, to } => {
            format!("connected {channel} {split} {agent} {}", opt(to))
        }
        Fact::Verdict { channel, split, outcome } => {
            format!("verdict {channel} {split} {outcome:?}")
        }
        Fact::Completed { channel, split, agent, released } => {
            format!("completed {} {split} {agent} {released:?}", opt(channel))
        }
        Fact::MemberIs(m) => format!(
            "member {} {} {:?} {:?} '{}' {} penalty={}{} calls={}",
            m.agent,
            m.split,
            m.seen,
            m.status,
            m.name,
            m.device,
            m.penalty,
            if m.paused { format!(" paused='{}'", m.reason) } else { String::new() },
            m.calls_taken,
        ),
        Fact::MemberGone { agent, split } => format!("member-gone {agent} {split}"),
        Fact::DeviceIs { device, status } => format!("device {device} {status:?}"),
        Fact::Said(said) => {
            let fields: Vec<_> = said.fields.iter().map(|(n, v)| format!("{n}={v}")).collect();
            format!("said {} {} {}", said.name, opt(&said.channel), fields.join(" "))
        }
        Fact::WorkCode { channel, agent, code } => {
            format!("work-code {} {} {code}", opt(channel), agent.as_ref().map_or("-", |a| a))
        }
        Fact::Odd(a) => format!("ODD {} {}", a.code, a.what),
        Fact::LinkUp => "link-up".into(),
        Fact::LinkDown { why } => format!("link-down {why}"),
        Fact::SwitchStarted => "switch-started".into(),
        Fact::SwitchStopping => "switch-stopping".into(),
        Fact::Resynced => "resynced".into(),
        Fact::Hole { why } => format!("hole {why}"),
        Fact::FoundTalking { channel, split, agent, to } => {
            format!("found-talking {channel} {split} {agent} {to}")
        }
    }
}

/// Facts of one kind of anomaly: its code.
pub(crate) fn odd(fact: &Fact) -> Option<&'static str> {
    match fact {
        Fact::Odd(anomaly) => Some(anomaly.code),
        _ => None,
    }
}
