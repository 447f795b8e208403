//! What is wrong with the PBX or the account, in plain words, with the line to change.
//!
//! What the account may *do* is read off `ListCommands`, which names only what it may: nothing
//! is tried out. What it may *hear* cannot be asked; it is told by events that should have
//! come with others and did not. Pure.

use std::collections::BTreeSet;
use std::fmt;

use ami::Message;
use facts::Text;

/// How bad it is; the worst sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Figures are wrong or missing.
    Serious,
    /// Something works less well, or is more dangerous, than it should.
    Warning,
    /// Good to know.
    Info,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Serious => "serious",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

/// One thing that is wrong and the very line that mends it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Advice {
    /// How bad it is.
    pub severity: Severity,
    /// A short lasting name for it, a heading of `docs/asterisk.md`: `no-timestamps`.
    pub code: &'static str,
    /// What is wrong and what it costs.
    pub what: Text,
    /// What to change, and where.
    pub mend: Text,
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {} ({})", self.severity.word(), self.what, self.mend, self.code)
    }
}

/// Event classes that calls cannot be followed without.
const CLASSES: [&str; 5] = ["system", "call", "agent", "user", "dialplan"];

/// The `read` line that is needed.
const READ: &str = "read = system,call,agent,user,dialplan,dtmf";

/// The `write` line that is needed.
const WRITE: &str = "write = reporting,user";

/// Actions that show that the account may do harm: the class, an action only that class may
/// do, and what somebody with the secret could do.
const DANGERS: [(&str, &str, &str); 4] = [
    ("command", "Command", "run any Asterisk command, shell commands included"),
    ("originate", "Originate", "place calls and run applications at your cost"),
    ("config", "UpdateConfig", "rewrite Asterisk's configuration files"),
    ("system", "DBPut", "change Asterisk's database, load modules and restart it"),
];

/// Classes that let somebody meddle with calls and agents.
const MEDDLING: [(&str, &str, &str); 2] = [
    ("call", "Redirect", "redirect and hang up calls"),
    ("agent", "QueuePause", "pause, add and remove agents"),
];

/// An event that is never seen so often without another one.
struct Pair {
    seen: &'static str,
    times: u64,
    absent: &'static str,
    class: &'static str,
    /// The absent event belongs to an earlier moment than the one that is seen.
    earlier: bool,
}

/// The absent event comes with the one that is seen, or soon after it.
const fn with(seen: &'static str, times: u64, absent: &'static str, class: &'static str) -> Pair {
    Pair { seen, times, absent, class, earlier: false }
}

/// The absent event may have been long before, when nobody listened yet.
const fn after(seen: &'static str, times: u64, absent: &'static str, class: &'static str) -> Pair {
    Pair { seen, times, absent, class, earlier: true }
}

/// So many times as often the later event has to be seen when its class is heard: by then what
/// was under way at the attach is over, also where hundreds of calls were.
const EARLIER_TIMES: u64 = 20;

impl Pair {
    /// How often the one must be seen without the other before that means something.
    const fn enough(&self, class_heard: bool) -> u64 {
        if self.earlier && class_heard { self.times * EARLIER_TIMES } else { self.times }
    }
}

/// In the order of a call, so that the first thing missing is named first.
const PAIRS: [Pair; 16] = [
    after("Newexten", 5, "Newchannel", "call"),
    after("QueueCallerJoin", 2, "Newchannel", "call"),
    with("Newchannel", 5, "Newexten", "dialplan"),
    with("QueueCallerJoin", 2, "Newexten", "dialplan"),
    with("Newchannel", 5, "Newstate", "call"),
    after("QueueCallerLeave", 3, "QueueCallerJoin", "agent"),
    with("AgentConnect", 3, "QueueCallerLeave", "agent"),
    after("AgentConnect", 3, "AgentCalled", "agent"),
    after("AgentComplete", 3, "AgentConnect", "agent"),
    with("AgentCalled", 3, "DialBegin", "call"),
    with("BridgeCreate", 3, "BridgeEnter", "call"),
    with("BridgeDestroy", 3, "BridgeLeave", "call"),
    with("BridgeDestroy", 3, "Hangup", "call"),
    with("HangupRequest", 2, "Hangup", "call"),
    with("SoftHangupRequest", 3, "Hangup", "call"),
    with("Newexten", 20, "VarSet", "dialplan"),
];

/// Events that are counted by name.
const WATCHED: [&str; 18] = [
    "Newchannel",
    "Newexten",
    "Newstate",
    "VarSet",
    "Hangup",
    "HangupRequest",
    "SoftHangupRequest",
    "DialBegin",
    "BridgeCreate",
    "BridgeEnter",
    "BridgeLeave",
    "BridgeDestroy",
    "QueueCallerJoin",
    "QueueCallerLeave",
    "AgentCalled",
    "AgentConnect",
    "AgentComplete",
    "UserEvent",
];

/// Applications seen in `Newexten` that come with events of class `agent`.
const QUEUE_APPS_MIN: u64 = 3;

/// Unstamped events before it is said that stamps are missing.
const UNSTAMPED_MIN: u64 = 3;

/// Heartbeats taken but not seen again before it is said that class `user` is missing.
const ECHOES_MIN: u64 = 5;

/// What was seen on one connection.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    named: [u64; WATCHED.len()],
    classes: [u64; CLASSES.len()],
    /// `Newexten` with `Application: Queue`.
    queue_apps: u64,
    stamped: u64,
    unstamped: u64,
    /// Heartbeats whose action was answered with success.
    pub(crate) beats_taken: u64,
    /// Heartbeats seen again.
    pub(crate) echoes: u64,
    /// Names of `ListCommands`; `None` until answered.
    pub(crate) allowed: Option<BTreeSet<Vec<u8>>>,
    /// `FullyBooted` never came though the PBX is up.
    pub(crate) booted_unsaid: bool,
    /// Seconds of the PBX's start are not known by `CoreStatus`.
    pub(crate) start_unknown: bool,
    /// A list of the resync that cannot be had, with the reason.
    pub(crate) no_channels: bool,
    /// `QueueStatus` cannot be had.
    pub(crate) no_queues: bool,
}

impl Evidence {
    /// Counts an event.
    pub(crate) fn event(&mut self, name: &[u8], message: &Message<'_>, stamped: bool) {
        if stamped {
            self.stamped += 1;
        } else {
            self.unstamped += 1;
        }
        let at = WATCHED.iter().position(|watched| watched.as_bytes() == name);
        if let Some(count) = at.and_then(|at| self.named.get_mut(at)) {
            *count += 1;
        }
        let class = message.get("Privilege").unwrap_or_default();
        let class = class.split(|byte| *byte == b',').next().unwrap_or_default();
        let at = CLASSES.iter().position(|known| known.as_bytes() == class);
        if let Some(count) = at.and_then(|at| self.classes.get_mut(at)) {
            *count += 1;
        }
        if name == b"Newexten" && message.get("Application") == Some(b"Queue") {
            self.queue_apps += 1;
        }
    }

    /// Takes the answer to `ListCommands`: a header line for each action the account may do.
    pub(crate) fn commands(&mut self, answer: &[u8]) {
        let names = Message::parse(answer).headers().map(|header| header.name.to_vec());
        self.allowed =
            Some(names.filter(|name| name != b"Response" && name != b"ActionID").collect());
    }

    /// Whether the account may do this; `None`: unknown.
    pub(crate) fn may(&self, action: &str) -> Option<bool> {
        self.allowed.as_ref().map(|allowed| allowed.contains(action.as_bytes()))
    }

    /// Events come without a stamp.
    pub(crate) fn unstamped(&self) -> bool {
        self.unstamped >= UNSTAMPED_MIN && self.stamped == 0
    }

    /// Heartbeats are sent, taken, and not heard.
    pub(crate) fn deaf_to_user_events(&self) -> bool {
        self.beats_taken >= ECHOES_MIN && self.echoes == 0
    }

    fn count(&self, event: &str) -> u64 {
        let at = WATCHED.iter().position(|watched| *watched == event);
        at.and_then(|at| self.named.get(at)).copied().unwrap_or(0)
    }

    fn of_class(&self, class: &str) -> u64 {
        let at = CLASSES.iter().position(|known| *known == class);
        at.and_then(|at| self.classes.get(at)).copied().unwrap_or(0)
    }
}

/// What stays the same for a connection.
#[derive(Debug)]
pub(crate) struct About<'a> {
    /// The section of manager.conf.
    pub(crate) user: &'a str,
    /// The connection is not encrypted and leaves this machine.
    pub(crate) plain_text_beyond_loopback: bool,
    /// Heartbeats are wanted.
    pub(crate) heartbeat: bool,
    /// How far the PBX's clock was set while we listened.
    pub(crate) clock_step_us: Option<i64>,
    /// PBX's clock minus ours.
    pub(crate) clock_offset_us: Option<i64>,
}

/// A PBX clock so far off makes its figures look late or early.
const CLOCK_OFF_US: i64 = 2_000_000;

/// All that is wrong, worst first.
pub(crate) fn advise(evidence: &Evidence, about: &About<'_>) -> Vec<Advice> {
    let section = format!("in manager.conf, section [{}]", about.user);
    let mut found = Vec::new();
    let mut say = |severity, code, what: String, mend: String| {
        found.push(Advice { severity, code, what: what.into(), mend: mend.into() });
    };
    if evidence.unstamped() {
        say(
            Severity::Serious,
            "no-timestamps",
            "events have no Timestamp: times are those of arrival, and two servers cannot agree"
                .to_owned(),
            "in manager.conf, section [general]: timestampevents = yes; then manager reload"
                .to_owned(),
        );
    }
    hearing(evidence, &section, &mut say);
    rights(evidence, about, &section, &mut say);
    if about.plain_text_beyond_loopback {
        say(
            Severity::Warning,
            "plain-text",
            "callers' numbers go over the network in plain text".to_owned(),
            "in manager.conf, section [general]: tlsenable = yes; here: tls_ca or tls_pin"
                .to_owned(),
        );
    }
    if let Some(step) = about.clock_step_us {
        let way = if step < 0 { "back" } else { "forward" };
        say(
            Severity::Warning,
            "clock-step",
            format!("the PBX's clock was set {way} by {} ms while we listened", step.abs() / 1000),
            "on the PBX: let chrony or ntpd keep the clock, slewing it".to_owned(),
        );
    }
    if let Some(offset) = about.clock_offset_us.filter(|offset| offset.abs() > CLOCK_OFF_US) {
        let way = if offset < 0 { "behind" } else { "ahead of" };
        say(
            Severity::Warning,
            "clock-off",
            format!("the PBX's clock is {} ms {way} this server's", offset.abs() / 1000),
            "on both machines: let chrony or ntpd keep the clock".to_owned(),
        );
    }
    found.sort();
    found
}

type Say<'s> = dyn FnMut(Severity, &'static str, String, String) + 's;

/// What the account does not hear.
fn hearing(evidence: &Evidence, section: &str, say: &mut Say<'_>) {
    let mut deaf: Vec<&'static str> = Vec::new();
    if evidence.booted_unsaid && evidence.of_class("system") == 0 {
        deaf.push("system");
    }
    if evidence.queue_apps >= QUEUE_APPS_MIN && evidence.of_class("agent") == 0 {
        deaf.push("agent");
    }
    let mut filtered: Vec<&'static str> = Vec::new();
    for pair in &PAIRS {
        let class_heard = evidence.of_class(pair.class) > 0;
        let enough = evidence.count(pair.seen) >= pair.enough(class_heard);
        if !enough || evidence.count(pair.absent) > 0 {
            continue;
        }
        let (list, word) =
            if class_heard { (&mut filtered, pair.absent) } else { (&mut deaf, pair.class) };
        if !list.contains(&word) {
            list.push(word);
        }
    }
    if evidence.deaf_to_user_events() {
        if evidence.of_class("user") == 0 {
            deaf.push("user");
        } else {
            filtered.push("UserEvent");
        }
    }
    if !deaf.is_empty() {
        let serious = deaf.iter().any(|class| !matches!(*class, "user" | "system"));
        say(
            if serious { Severity::Serious } else { Severity::Warning },
            "read-class",
            format!("no events of class {} are heard", deaf.join(", ")),
            format!("{section}: {READ}"),
        );
    }
    let only_variables = filtered == ["VarSet"];
    if only_variables {
        say(
            Severity::Info,
            "no-varset",
            "VarSet is filtered: a caller who leaves a queue by timeout where the dialplan ends \
             counts as abandoned, and variables cannot carry work codes"
                .to_owned(),
            format!("{section}: remove the line eventfilter = !Event: VarSet"),
        );
    } else if !filtered.is_empty() {
        say(
            Severity::Serious,
            "filtered",
            format!("events are held back: {}", filtered.join(", ")),
            format!("{section}: remove the eventfilter lines that hold them back"),
        );
    }
}

/// What the account may do too little and too much.
fn rights(evidence: &Evidence, about: &About<'_>, section: &str, say: &mut Say<'_>) {
    let mut too_little = |code, what: &str| {
        say(Severity::Serious, code, what.to_owned(), format!("{section}: {WRITE}"));
    };
    if evidence.no_channels {
        too_little("no-channel-list", "the channels that are up cannot be listed after a connect");
    }
    if evidence.no_queues {
        say(
            Severity::Serious,
            "no-queue-list",
            "the queues cannot be listed: app_queue is not loaded, or there are none".to_owned(),
            "in modules.conf: load = app_queue.so".to_owned(),
        );
    }
    if evidence.start_unknown {
        say(
            Severity::Warning,
            "no-core-status",
            "when Asterisk started can only be guessed: two servers may disagree".to_owned(),
            format!("{section}: {WRITE}"),
        );
    }
    if about.heartbeat && evidence.may("UserEvent") == Some(false) {
        say(
            Severity::Warning,
            "no-heartbeat",
            "no heartbeat may be sent: lost events and a link that hears late go unnoticed"
                .to_owned(),
            format!("{section}: {WRITE}"),
        );
    }
    for (list, severity) in [(&DANGERS[..], Severity::Warning), (&MEDDLING[..], Severity::Info)] {
        let may: Vec<_> =
            list.iter().filter(|(_, action, _)| evidence.may(action) == Some(true)).collect();
        if may.is_empty() {
            continue;
        }
        let join = |pick: fn(&&(&'static str, &'static str, &'static str)) -> &'static str| {
            may.iter().map(pick).collect::<Vec<_>>()
        };
        let code = if severity == Severity::Warning { "write-danger" } else { "write-meddling" };
        say(
            severity,
            code,
            format!(
                "whoever knows the secret may {} (write class {}); Busyhour needs none of it",
                join(|entry| entry.2).join("; "),
                join(|entry| entry.0).join(", ")
            ),
            format!("{section}: {WRITE}"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About<'static> {
        About {
            user: "busyhour",
            plain_text_beyond_loopback: false,
            heartbeat: true,
            clock_step_us: None,
            clock_offset_us: Some(0),
        }
    }

    /// So many events of each name, each with its class.
    fn heard(events: &[(&str, &str, usize)]) -> Evidence {
        let mut evidence = Evidence::default();
        for (name, class, times) in events {
            let raw = format!("Event: {name}\r\nPrivilege: {class},all\r\n\r\n");
            for _ in 0..*times {
                evidence.event(name.as_bytes(), &Message::parse(raw.as_bytes()), true);
            }
        }
        evidence
    }

    /// `severity code: what it names` for each.
    fn lines(evidence: &Evidence, about: &About<'_>) -> Vec<String> {
        let advice = advise(evidence, about);
        advice.iter().map(|a| format!("{} {}: {}", a.severity.word(), a.code, a.what)).collect()
    }

    #[test]
    fn what_is_not_heard_is_told_by_what_is() {
        // A PBX that was listened to for a while: twenty calls of a queue.
        let whole = [
            ("Newchannel", "call", 60),
            ("Newexten", "dialplan", 200),
            ("VarSet", "dialplan", 60),
            ("Newstate", "call", 60),
            ("QueueCallerJoin", "agent", 20),
            ("QueueCallerLeave", "agent", 20),
            ("AgentCalled", "agent", 20),
            ("DialBegin", "call", 20),
            ("AgentConnect", "agent", 20),
            ("BridgeCreate", "call", 20),
            ("BridgeEnter", "call", 40),
            ("BridgeLeave", "call", 40),
            ("BridgeDestroy", "call", 20),
            ("HangupRequest", "call", 20),
            ("Hangup", "call", 60),
        ];
        let without = |left_out: &[&str]| {
            let kept = whole
                .iter()
                .filter(|(name, class, _)| !left_out.contains(name) && !left_out.contains(class));
            lines(&heard(&kept.copied().collect::<Vec<_>>()), &about())
        };
        assert_eq!(without(&[]), [""; 0]);
        for (left_out, expected) in [
            (&["Hangup"][..], "serious filtered: events are held back: Hangup"),
            (
                &["Newchannel", "BridgeLeave"],
                "serious filtered: events are held back: Newchannel, BridgeLeave",
            ),
            (&["call"], "serious read-class: no events of class call are heard"),
            (&["dialplan"], "serious read-class: no events of class dialplan are heard"),
        ] {
            assert_eq!(without(left_out), [expected], "{left_out:?}");
        }
        let only_variables = without(&["VarSet"]);
        assert!(only_variables[0].starts_with("info no-varset: "), "{only_variables:?}");
        assert_eq!(only_variables.len(), 1);
    }

    #[test]
    fn calls_that_began_before_the_attach_are_no_sign_of_a_filter() {
        // Ten callers wait and are answered, menus go on; what they began with was not heard.
        let attached = [
            ("Newexten", "dialplan", 60),
            ("VarSet", "dialplan", 60),
            ("QueueCallerLeave", "agent", 10),
            ("AgentConnect", "agent", 10),
            ("AgentComplete", "agent", 10),
            ("DialBegin", "call", 10),
            ("Hangup", "call", 10),
        ];
        assert_eq!(lines(&heard(&attached), &about()), [""; 0]);
        // Where it goes on like that no call began in all the time.
        let hours = attached.map(|(name, class, times)| (name, class, times * 20));
        assert_eq!(
            lines(&heard(&hours), &about()),
            ["serious filtered: events are held back: Newchannel, QueueCallerJoin, AgentCalled"]
        );
        // No event of calls at all is told soon, whenever they began.
        let no_calls = attached.iter().filter(|(_, class, _)| *class != "call").copied();
        let no_calls = lines(&heard(&no_calls.collect::<Vec<_>>()), &about());
        assert_eq!(no_calls, ["serious read-class: no events of class call are heard"]);
    }

    #[test]
    fn queue_calls_in_the_dialplan_without_events_of_agents() {
        let mut evidence = Evidence::default();
        let raw = b"Event: Newexten\r\nPrivilege: dialplan,all\r\nApplication: Queue\r\n\r\n";
        for _ in 0..3 {
            evidence.event(b"Newexten", &Message::parse(raw), true);
        }
        assert_eq!(
            lines(&evidence, &about()),
            ["serious read-class: no events of class agent are heard"]
        );
    }

    #[test]
    fn rights_are_read_off_the_list_of_commands() {
        let allowed = |names: &str| {
            let mut evidence = Evidence::default();
            evidence
                .commands(format!("Response: Success\r\nActionID: x-1\r\n{names}\r\n").as_bytes());
            evidence
        };
        let codes = |names: &str| -> Vec<&'static str> {
            advise(&allowed(names), &about()).iter().map(|advice| advice.code).collect()
        };
        let beat = "UserEvent: Send an arbitrary event.  (Priv: user,all)\r\n";
        assert_eq!(codes(beat), [""; 0]);
        assert_eq!(codes("Ping: Keepalive command.  (Priv: <none>)\r\n"), ["no-heartbeat"]);
        let danger = format!("{beat}Command: Execute.  (Priv: command,all)\r\n");
        assert_eq!(codes(&danger), ["write-danger"]);
        let all = format!("{danger}Originate: x\r\nUpdateConfig: x\r\nDBPut: x\r\nRedirect: x\r\n");
        assert_eq!(codes(&all), ["write-danger", "write-meddling"]);
        let advice = &advise(&allowed(&all), &about())[0];
        assert!(advice.what.contains("(write class command, originate, config, system)"));
        assert_eq!(&*advice.mend, "in manager.conf, section [busyhour]: write = reporting,user");
        assert_eq!(allowed(beat).may("UserEvent"), Some(true));
        assert_eq!(allowed(beat).may("Response"), Some(false));
    }

    #[test]
    fn every_advice_is_explained_in_the_manual() {
        let manual = include_str!("../../../../docs/asterisk.md");
        let source = include_str!("advice.rs");
        let codes: Vec<&str> = source
            .split(|c: char| c == '"' || c.is_whitespace())
            .filter(|word| {
                word.contains('-') && word.bytes().all(|b| b == b'-' || b.is_ascii_lowercase())
            })
            .filter(|word| source.contains(&format!("\"{word}\"")))
            .collect();
        assert!(codes.len() >= 12, "{codes:?}");
        for code in codes {
            assert!(manual.contains(&format!("\n### {code}\n")), "docs/asterisk.md: {code}");
        }
    }

    #[test]
    fn clocks_and_plain_text() {
        let about = About {
            plain_text_beyond_loopback: true,
            clock_step_us: Some(-3_600_000_000),
            clock_offset_us: Some(2_500_000),
            ..about()
        };
        assert_eq!(
            lines(&Evidence::default(), &about),
            [
                "warning clock-off: the PBX's clock is 2500 ms ahead of this server's",
                "warning clock-step: the PBX's clock was set back by 3600000 ms while we listened",
                "warning plain-text: callers' numbers go over the network in plain text",
            ]
        );
    }
}
