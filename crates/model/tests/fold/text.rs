//! Facts in, rows out, as text that a support engineer can read and write.
//!
//! A line is either a fact, `SECONDS VERB ARGUMENTS`, or a question, `? TABLE COLUMN…`, followed
//! by the rows expected, until an empty line. A question is asked at the moment of the last
//! fact; `SECONDS time` only lets time pass. `COLUMN=VALUE` in a question shows only such rows.
//! In rows `-` is null, `_` a blank, moments are seconds. `#` begins a comment.
//!
//! Facts (`[x]` may be left out; channels are named as you like, a call is named after its first
//! channel unless `call=` says otherwise):
//!
//! ```text
//! new C DEVICE in|out [call=C] [up|ringing|calling] [from=N] [to=N] [context=X] [half] [bridge=B] [began=S]
//! leg C ID   up C   rings C   call C OTHER   step C CONTEXT EXTEN APP   pair ONE TWO
//! hangup C [switch]   end C   missing C
//! dial FROM TO   dialled TO answered|busy|noanswer|cancelled
//! bridge C B [swap=D]   unbridge C B   hold C   unhold C
//! transfer C [second=D]   park C   unpark C   conference C   unconference C
//! split Q [wrapup=S]   queue C Q [since=S]   leave C Q   refuse C Q   lost C Q (not listed)
//! offer C Q AGENT [TO]   noanswer C Q AGENT [MS]   connect C Q AGENT [TO]
//! found C Q AGENT TO   verdict C Q abandoned|timedout|leftempty|exitkey|left
//! complete C|- Q AGENT [by=caller|agent|transfer]
//! member AGENT Q [name=X] [device=D] [paused] [reason=X] [wrapup=S] [penalty=N] [was] [status]
//! gone AGENT Q   device D STATUS   code N [C|agent=X]
//! linkdown   linkup   resynced   started   hole
//! ```

use facts::table::Value;
use facts::{
    ChannelId, Device, DialOutcome, Direction, Fact, HowSeen, Member, NewChannel, Outcome, Phase,
    Released, Stamp, Text, Timed,
};
use model::{Model, Settings};

/// Where second 0 of a text lies.
pub(crate) const BASE: i64 = 1_000_000;

/// The moment `seconds` (with up to six decimals) after the base.
pub(crate) fn moment(seconds: &str) -> Stamp {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let part: i64 = format!("{part:0<6}").parse().unwrap_or_else(|_| panic!("time {seconds}"));
    let whole: i64 = whole.parse().unwrap_or_else(|_| panic!("time {seconds}"));
    Stamp((BASE + whole) * 1_000_000 + part)
}

fn number(word: &str) -> u32 {
    word.parse().unwrap_or_else(|_| panic!("no number: {word}"))
}

fn first(line: &str) -> &str {
    line.split_whitespace().next().unwrap_or("")
}

struct Args<'a> {
    line: &'a str,
    words: Vec<&'a str>,
    next: usize,
}

impl<'a> Args<'a> {
    fn word(&mut self) -> &'a str {
        self.next += 1;
        self.words.get(self.next - 1).unwrap_or_else(|| panic!("too short: {}", self.line))
    }
    fn more(&mut self) -> Option<&'a str> {
        self.next += 1;
        self.words.get(self.next - 1).copied().filter(|w| !w.contains('='))
    }
    fn has(&self, flag: &str) -> bool {
        self.words.contains(&flag)
    }
    fn get(&self, name: &str) -> Option<&'a str> {
        self.words.iter().find_map(|w| w.strip_prefix(name)?.strip_prefix('='))
    }
    fn text(&self, name: &str) -> Text {
        Text::from(self.get(name).unwrap_or("").replace('_', " "))
    }
}

fn device(word: &str) -> Option<Device> {
    Some(match word {
        "idle" => Device::Idle,
        "inuse" => Device::InUse,
        "ringing" => Device::Ringing,
        "unavailable" => Device::Unavailable,
        "invalid" => Device::Invalid,
        "unknown" => Device::Unknown,
        _ => return None,
    })
}

fn new_channel(a: &mut Args<'_>, at: Stamp) -> Fact {
    let (id, device) = (a.word(), a.word());
    Fact::ChannelNew(Box::new(NewChannel {
        channel: id.into(),
        name: Text::from(format!("{device}-{id}")),
        device: device.into(),
        call: a.get("call").unwrap_or(id).into(),
        direction: if a.has("out") { Direction::Out } else { Direction::In },
        phase: match () {
            () if a.has("up") => Phase::Up,
            () if a.has("ringing") => Phase::Ringing,
            () if a.has("calling") => Phase::Calling,
            () => Phase::Down,
        },
        number: a.text("from"),
        party: a.text("name"),
        dialled: a.text("to"),
        context: a.text("context"),
        half: a.has("half"),
        began: a.get("began").map_or(at, moment),
        bridge: a.get("bridge").map(Into::into),
    }))
}

fn member(a: &mut Args<'_>) -> Fact {
    let (agent, split) = (a.word(), a.word());
    let status = a.words.iter().find_map(|w| device(w)).unwrap_or(Device::Idle);
    Fact::MemberIs(Box::new(Member {
        agent: agent.into(),
        split: split.into(),
        name: a.text("name"),
        device: a.get("device").unwrap_or(agent).into(),
        penalty: a.get("penalty").map_or(0, number),
        paused: a.has("paused"),
        reason: a.text("reason"),
        status,
        calls_taken: 0,
        last_call: None,
        last_pause: None,
        logged_on: a.get("since").map(moment),
        wrapup_s: a.get("wrapup").map_or(0, number),
        seen: if a.has("was") { HowSeen::Changed } else { HowSeen::Added },
    }))
}

/// The fact of a line, after its time.
fn fact(line: &str, at: Stamp) -> Option<Fact> {
    let words: Vec<&str> = line.split_whitespace().skip(1).collect();
    let mut a = Args { line, words, next: 0 };
    let verb = a.word();
    let channel = |a: &mut Args<'_>| ChannelId::from(a.word());
    Some(match verb {
        "time" => return None,
        "new" => new_channel(&mut a, at),
        "up" => Fact::ChannelPhase { channel: channel(&mut a), phase: Phase::Up },
        "rings" => Fact::ChannelPhase { channel: channel(&mut a), phase: Phase::Ringing },
        "call" => Fact::ChannelCall { channel: channel(&mut a), call: a.word().into() },
        "leg" => Fact::ChannelLeg { channel: channel(&mut a), leg: a.word().into() },
        "step" => Fact::ChannelStep {
            channel: channel(&mut a),
            context: a.word().into(),
            exten: a.word().into(),
            application: a.word().into(),
            data: Text::from(""),
        },
        "pair" => Fact::Paired { one: channel(&mut a), two: channel(&mut a) },
        "hangup" => Fact::HangupAsked { channel: channel(&mut a), by_party: !a.has("switch") },
        "end" => Fact::ChannelEnded { channel: channel(&mut a), cause: Some(16) },
        "missing" => Fact::ChannelMissing { channel: channel(&mut a) },
        "dial" => Fact::DialBegan { from: Some(channel(&mut a)), to: channel(&mut a) },
        "dialled" => Fact::DialEnded {
            from: None,
            to: channel(&mut a),
            outcome: match a.word() {
                "answered" => DialOutcome::Answered,
                "busy" => DialOutcome::Busy,
                "noanswer" => DialOutcome::NoAnswer,
                _ => DialOutcome::Cancelled,
            },
        },
        "bridge" => Fact::Bridged {
            channel: channel(&mut a),
            bridge: a.word().into(),
            swapped: a.get("swap").map(Into::into),
        },
        "unbridge" => Fact::Unbridged { channel: channel(&mut a), bridge: a.word().into() },
        "hold" => Fact::Held { channel: channel(&mut a) },
        "unhold" => Fact::Unheld { channel: channel(&mut a) },
        "transfer" => Fact::Transferred {
            by: channel(&mut a),
            by_second: a.get("second").map(Into::into),
            who: None,
            to: Text::from(""),
            attended: a.get("second").is_some(),
        },
        "park" => Fact::Parked { channel: channel(&mut a), place: "default/701".into() },
        "unpark" => Fact::Unparked { channel: channel(&mut a), by: None },
        "conference" => Fact::ConferenceJoined { channel: channel(&mut a), room: "1".into() },
        "unconference" => Fact::ConferenceLeft { channel: channel(&mut a), room: "1".into() },
        "linkdown" => Fact::LinkDown { why: "test".into() },
        "linkup" => Fact::LinkUp,
        "resynced" => Fact::Resynced,
        "started" => Fact::SwitchStarted,
        "hole" => Fact::Hole { why: "test".into() },
        _ => return Some(split_fact(verb, &mut a, at)),
    })
}

fn split_fact(verb: &str, a: &mut Args<'_>, at: Stamp) -> Fact {
    match verb {
        "split" => {
            Fact::SplitSeen { split: a.word().into(), wrapup_s: a.get("wrapup").map(number) }
        }
        "queue" => Fact::Queued {
            channel: a.word().into(),
            split: a.word().into(),
            position: a.get("place").map_or(0, number),
            since: a.get("since").map_or(at, moment),
        },
        "leave" => Fact::QueueLeft { channel: a.word().into(), split: a.word().into() },
        "lost" => Fact::QueuedMissing { channel: a.word().into(), split: a.word().into() },
        "refuse" => Fact::Refused {
            channel: a.word().into(),
            split: a.word().into(),
            outcome: Outcome::JoinEmpty,
        },
        "offer" => Fact::Offered {
            channel: a.word().into(),
            split: a.word().into(),
            agent: a.word().into(),
            to: a.more().map(Into::into),
        },
        "noanswer" => Fact::NotAnswered {
            channel: a.word().into(),
            split: a.word().into(),
            agent: a.word().into(),
            ring_ms: a.more().map_or(0, number),
        },
        "connect" => Fact::Connected {
            channel: a.word().into(),
            split: a.word().into(),
            agent: a.word().into(),
            to: a.more().map(Into::into),
        },
        "found" => Fact::FoundTalking {
            channel: a.word().into(),
            split: a.word().into(),
            agent: a.word().into(),
            to: a.word().into(),
        },
        "verdict" => Fact::Verdict {
            channel: a.word().into(),
            split: a.word().into(),
            outcome: match a.word() {
                "abandoned" => Outcome::Abandoned,
                "timedout" => Outcome::TimedOut,
                "leftempty" => Outcome::LeftEmpty,
                "exitkey" => Outcome::ExitKey,
                _ => Outcome::Left,
            },
        },
        "complete" => Fact::Completed {
            channel: Some(a.word()).filter(|c| *c != "-").map(Into::into),
            split: a.word().into(),
            agent: a.word().into(),
            released: match a.get("by") {
                Some("caller") => Released::Caller,
                Some("agent") => Released::Agent,
                Some("transfer") => Released::Transfer,
                _ => Released::Unknown,
            },
        },
        "member" => member(a),
        "gone" => Fact::MemberGone { agent: a.word().into(), split: a.word().into() },
        "device" => Fact::DeviceIs {
            device: a.word().into(),
            status: device(a.word()).unwrap_or_else(|| panic!("status in {}", a.line)),
        },
        "code" => Fact::WorkCode {
            code: a.word().into(),
            agent: a.get("agent").map(Into::into),
            channel: a.more().map(Into::into),
        },
        _ => panic!("no such fact: {}", a.line),
    }
}

fn cell(v: &Value) -> String {
    match v {
        Value::Null => "-".to_owned(),
        Value::Date(d) => d.to_string(),
        Value::Bool(b) => if *b { "yes" } else { "no" }.to_owned(),
        Value::Int(n) => n.to_string(),
        Value::Text(t) => t.replace(' ', "_"),
        Value::Stamp(s) => {
            let d = s.0 - BASE * 1_000_000;
            let part = format!("{:06}", d.rem_euclid(1_000_000));
            let part = part.trim_end_matches('0');
            let dot = if part.is_empty() { "" } else { "." };
            format!("{}{dot}{part}", d.div_euclid(1_000_000))
        }
    }
}

fn ask(model: &Model, question: &str, at: Stamp) -> Vec<String> {
    let mut words = question.split_whitespace().skip(1);
    let name = words.next().unwrap_or_else(|| panic!("no table in {question}"));
    let table = model.table(name, at).unwrap_or_else(|| panic!("no table {name}"));
    let (mut shown, mut only) = (Vec::new(), Vec::new());
    for word in words {
        let (column, value) = word.split_once('=').map_or((word, None), |(c, v)| (c, Some(v)));
        let place = table.shape.column(column).unwrap_or_else(|| panic!("{name}.{column}"));
        match value {
            Some(v) => only.push((place, v)),
            None => shown.push(place),
        }
    }
    let rows = table.rows.iter().filter(|r| only.iter().all(|(i, v)| cell(&r[*i]) == *v));
    rows.map(|r| shown.iter().map(|i| cell(&r[*i])).collect::<Vec<_>>().join(" ")).collect()
}

/// Folds a text and checks its questions; returns the model for what a text cannot ask.
pub(crate) fn check_with(settings: Settings, text: &str) -> Model {
    let mut model = Model::new(settings);
    let mut at = moment("0");
    let mut lines = text
        .lines()
        .enumerate()
        .map(|(n, l)| (n + 1, l.split('#').next().unwrap_or("").trim()))
        .peekable();
    while let Some((n, line)) = lines.next() {
        if line.starts_with('?') {
            let mut want = Vec::new();
            while let Some((_, row)) = lines.next_if(|(_, l)| !l.is_empty()) {
                want.push(row.split_whitespace().collect::<Vec<_>>().join(" "));
            }
            assert_eq!(ask(&model, line, at), want, "line {n}: {line}");
        } else if !line.is_empty() {
            at = moment(first(line));
            match fact(line, at) {
                Some(fact) => model.apply(&Timed { at, fact }),
                None => model.advance(at),
            }
        }
    }
    model
}

/// Folds a text with default settings and checks its questions; nothing may be odd about it.
pub(crate) fn check(text: &str) -> Model {
    let model = check_with(Settings::new("pbx"), text);
    let odd: Vec<_> = model.anomalies().last().map(|(_, at, a)| (at, a.clone())).collect();
    assert!(odd.is_empty(), "{odd:?}");
    model
}

/// The facts of a text, without questions.
pub(crate) fn facts(text: &str) -> Vec<Timed> {
    text.lines()
        .map(|l| l.split('#').next().unwrap_or("").trim())
        .filter(|l| l.starts_with(|c: char| c.is_ascii_digit()))
        .filter_map(|l| {
            let at = moment(first(l));
            fact(l, at).map(|fact| Timed { at, fact })
        })
        .collect()
}
