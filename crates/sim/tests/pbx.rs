//! The AMI front, spoken to by a plain client as over any socket.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use sim::{Classes, Pbx, Playback, Recorded, Settings, User};

fn local() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

/// A PBX that cuts nobody: on a busy machine a test may not get to read for a while.
fn patient(settings: Settings) -> Settings {
    Settings { write_timeout_ms: 600_000, ..settings }
}

/// A blocking client that keeps every byte.
struct Client {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Client {
    fn to(pbx: &Pbx) -> Self {
        let stream = TcpStream::connect(pbx.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { stream, heard: Vec::new() }
    }

    fn logged_in(pbx: &Pbx) -> Self {
        let mut client = Self::to(pbx);
        client.send("Action: Login\r\nActionID: login\r\nUsername: busyhour\r\nSecret: busyhour");
        client.until("Status: Fully Booted\r\n\r\n");
        client
    }

    fn send(&mut self, action: &str) {
        self.stream.write_all(format!("{action}\r\n\r\n").as_bytes()).unwrap();
    }

    /// Reads until the text was heard; all that was heard up to its end since the last time.
    fn until(&mut self, text: &str) -> String {
        let mut buffer = [0; 65536];
        loop {
            let found = self.heard.windows(text.len()).position(|window| window == text.as_bytes());
            if let Some(at) = found {
                let rest = self.heard.split_off(at + text.len());
                let before = std::mem::replace(&mut self.heard, rest);
                return String::from_utf8(before).unwrap();
            }
            let count = self.stream.read(&mut buffer).unwrap();
            assert!(count > 0, "closed while waiting for {text:?}, heard {:?}", self.text());
            self.heard.extend_from_slice(&buffer[..count]);
        }
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }

    /// Asks and reads to the end of the answer, whatever events come between.
    fn ask(&mut self, action: &str, id: &str, end: &str) -> String {
        self.send(&format!("Action: {action}\r\nActionID: {id}"));
        let mark = format!("ActionID: {id}\r\n");
        let mut answer = self.until(&mark);
        answer.push_str(&self.until(end));
        answer
    }

    /// Everything until the connection is closed.
    fn rest(mut self) -> String {
        let mut rest = Vec::new();
        // A reset is an end too.
        let _count = self.stream.read_to_end(&mut rest);
        self.heard.extend_from_slice(&rest);
        self.text()
    }
}

/// Nobody works there: no event disturbs the conversation.
fn quiet() -> Settings {
    let mut settings = patient(Settings { warm_up_s: 0, ..Settings::centre(1, 1) });
    settings.agents = 0;
    settings.queues.clear();
    settings
}

#[test]
fn login_and_errors_read_as_asterisk_has_them() {
    let pbx = Pbx::start(quiet(), local()).unwrap();
    let mut client = Client::to(&pbx);
    assert_eq!(client.until("\r\n"), "Asterisk Call Manager/11.0.0\r\n");
    client.send("Action: Ping\r\nActionID: p");
    assert_eq!(
        client.until("\r\n\r\n"),
        "Response: Error\r\nActionID: p\r\nMessage: Permission denied\r\n\r\n"
    );
    client.send("Action: Login\r\nActionID: l\r\nUsername: busyhour\r\nSecret: busyhour");
    assert_eq!(
        client.until("\r\n\r\n"),
        "Response: Success\r\nActionID: l\r\nMessage: Authentication accepted\r\n\r\n"
    );
    let booted = client.until("\r\n\r\n");
    assert!(booted.starts_with("Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: "));
    assert!(booted.ends_with("Status: Fully Booted\r\n\r\n") && !booted.contains("Timestamp"));
    client.send("Action: Login\r\nActionID: l\r\nUsername: busyhour\r\nSecret: busyhour");
    assert!(client.until("\r\n\r\n").contains("Message: Already authenticated"));
    client.send("Action: NoSuchAction\r\nActionID: n");
    assert_eq!(
        client.until("\r\n\r\n"),
        "Response: Error\r\nActionID: n\r\nMessage: Invalid/unknown command: NoSuchAction. Use \
         Action: ListCommands to show available commands.\r\n\r\n"
    );
    client.send("Action: Command\r\nActionID: c\r\nCommand: queue show");
    assert!(client.until("\r\n\r\n").contains("Message: Permission denied"));
    client.send("junk without a colon");
    assert!(client.until("\r\n\r\n").contains("Message: Missing action in request"));
    let long = "x".repeat(2000);
    client.send(&format!("Action: Ping\r\nActionID: big\r\nText: {long}"));
    assert_eq!(
        client.until("\r\n\r\n"),
        "Response: Error\r\nActionID: big\r\nMessage: Failed to parse message: line too \
         long\r\n\r\n"
    );
    client.send("Action: Logoff\r\nActionID: o");
    assert!(client.rest().ends_with(
        "Response: Goodbye\r\nActionID: o\r\nMessage: Thanks for all the fish.\r\n\r\n"
    ));
}

#[test]
fn a_wrong_secret_is_told_after_a_second_and_the_door_shut() {
    let pbx = Pbx::start(quiet(), local()).unwrap();
    for action in [
        "Action: Login\r\nActionID: l\r\nUsername: busyhour\r\nSecret: wrong",
        "Action: Login\r\nActionID: l\r\nUsername: nobody\r\nSecret: busyhour",
    ] {
        let mut client = Client::to(&pbx);
        let began = Instant::now();
        client.send(action);
        let rest = client.rest();
        assert!(began.elapsed() >= Duration::from_millis(990), "{:?}", began.elapsed());
        assert_eq!(
            rest,
            "Asterisk Call Manager/11.0.0\r\nResponse: Error\r\nActionID: l\r\nMessage: \
             Authentication failed\r\n\r\n"
        );
    }
}

#[test]
fn md5_challenge_lets_in() {
    let pbx = Pbx::start(quiet(), local()).unwrap();
    let mut client = Client::to(&pbx);
    client.send("Action: Challenge\r\nActionID: c1\r\nAuthType: plain");
    client.until("Message: Must specify AuthType\r\n\r\n");
    client.send("Action: Challenge\r\nActionID: c1\r\nAuthType: MD5");
    client.until("Challenge: ");
    let challenge = client.until("\r\n\r\n");
    let key = md5_hex(format!("{}busyhour", challenge.trim()).as_bytes());
    client.send(&format!(
        "Action: Login\r\nActionID: c2\r\nAuthType: MD5\r\nUsername: busyhour\r\nKey: {key}"
    ));
    client.until("Message: Authentication accepted\r\n\r\n");
}

fn md5_hex(bytes: &[u8]) -> String {
    use md5::{Digest, Md5};
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn lists_add_up() {
    let pbx = Pbx::start(patient(Settings::centre(12, 4)), local()).unwrap();
    let mut client = Client::logged_in(&pbx);
    let queues = client.ask("QueueStatus", "q1", "Event: QueueStatusComplete\r\n");
    let count = |text: &str, event: &str| text.matches(&format!("Event: {event}\r\n")).count();
    let items = count(&queues, "QueueParams")
        + count(&queues, "QueueMember")
        + count(&queues, "QueueEntry");
    assert_eq!(count(&queues, "QueueParams"), 3);
    assert!(count(&queues, "QueueMember") >= 11, "{queues}");
    assert!(client.until("\r\n\r\n").contains(&format!("ListItems: {items}\r\n")));
    // Calls come and go: how many are up is not for the test to say, that some will be is.
    for ask in 0.. {
        let id = format!("c{ask}");
        let channels = client.ask("CoreShowChannels", &id, "Event: CoreShowChannelsComplete\r\n");
        let up = count(&channels, "CoreShowChannel");
        assert!(client.until("\r\n\r\n").contains(&format!("ListItems: {up}\r\n")));
        // Between the response and the end of the list there is no event with a stamp.
        let response = format!("Response: Success\r\nActionID: {id}\r\n");
        let list = channels.split(&response).nth(1).unwrap();
        assert!(!list.contains("Timestamp:"));
        if up >= 4 {
            break;
        }
        client.until("Event: Newchannel\r\n");
    }
    for (action, end) in [
        ("QueueSummary", "QueueSummaryComplete"),
        ("DeviceStateList", "DeviceStateListComplete"),
        ("ExtensionStateList", "ExtensionStateListComplete"),
        ("Status", "StatusComplete"),
        ("BridgeList", "BridgeListComplete"),
        ("ParkedCalls", "ParkedCallsComplete"),
    ] {
        client.ask(action, action, &format!("Event: {end}\r\nActionID: {action}\r\n"));
    }
    let commands = client.ask("ListCommands", "q3", "\r\n\r\n");
    assert!(commands.contains("QueueStatus: ") && commands.contains("  (Priv: user,all)\r\n"));
    assert!(!commands.contains("Originate: "), "not open to this account");
}

#[test]
fn two_sessions_hear_the_same_bytes() {
    let mut settings = patient(Settings::centre(30, 6));
    settings.speed = 20;
    let pbx = Pbx::start(settings, local()).unwrap();
    let (mut one, mut two) = (Client::logged_in(&pbx), Client::logged_in(&pbx));
    let mut third = Client::logged_in(&pbx);
    third.send("Action: UserEvent\r\nActionID: a-7\r\nUserEvent: First\r\nNote: x: y");
    let first = "UserEvent: First\r\nActionID: a-7\r\nNote: x: y\r\n\r\n";
    one.until(first);
    two.until(first);
    third.until(first);
    for _ in 0..500 {
        third.until("Event: ");
    }
    third.send("Action: UserEvent\r\nActionID: a-8\r\nUserEvent: Last");
    let last = "UserEvent: Last\r\nActionID: a-8\r\n\r\n";
    let (heard, also) = (one.until(last), two.until(last));
    assert!(heard.matches("Event: ").count() > 500);
    assert!(heard == also, "the two differ");
}

#[test]
fn read_classes_and_masks_are_honoured() {
    let mut settings = patient(Settings::centre(30, 6));
    settings.speed = 20;
    settings.users.push(User {
        name: "agents".to_owned(),
        secret: "x".to_owned(),
        read: Classes::AGENT.with(Classes::CALL),
        write: Classes::NONE,
    });
    let pbx = Pbx::start(settings, local()).unwrap();
    let mut client = Client::to(&pbx);
    client.send("Action: Login\r\nUsername: agents\r\nSecret: x\r\nEvents: agent,dialplan");
    client.until("Authentication accepted\r\n\r\n");
    client.send("Action: UserEvent\r\nActionID: u\r\nUserEvent: No");
    assert!(client.until("Permission denied\r\n\r\n").contains("ActionID: u"));
    let mut heard = String::new();
    for _ in 0..60 {
        heard.push_str(&client.until("\r\n\r\n"));
    }
    assert_eq!(heard.matches("Privilege: ").count(), heard.matches("Privilege: agent,all").count());
    client.send("Action: Events\r\nActionID: e\r\nEventMask: off");
    client.until("ActionID: e\r\nEvents: Off\r\n\r\n");
    client.send("Action: Ping\r\nActionID: p1");
    let between = client.until("Ping: Pong\r\n");
    assert!(!between.contains("Event: "), "{between}");
}

#[test]
fn a_reader_that_stalls_is_cut_and_nobody_else_notices() {
    let mut load = sim::load::Settings::new(20_000, 120);
    load.agents = 20;
    // Longer than the one who reads is ever kept from it.
    load.pbx.write_timeout_ms = 2_000;
    let pbx = sim::load::start(&load, local()).unwrap();
    let stalled = Client::logged_in(&pbx);
    let mut reader = Client::logged_in(&pbx);
    let mut buffer = vec![0; 1 << 20];
    while !pbx.sessions()[0].cut {
        assert!(!pbx.is_over(), "{:?}", pbx.sessions());
        assert!(reader.stream.read(&mut buffer).unwrap() > 0);
    }
    let sessions = pbx.sessions();
    assert!(!sessions[0].open && sessions[1].open && !sessions[1].cut, "{sessions:?}");
    drop(stalled);
}

/// Connects as soon as it is let in, logs in and asks; what it heard up to the answer.
fn first_at_the_door(pbx: &Pbx) -> (Client, String) {
    let began = Instant::now();
    let stream = loop {
        match TcpStream::connect(pbx.address()) {
            Ok(stream) => break stream,
            Err(_) => std::thread::yield_now(),
        }
        assert!(began.elapsed() < Duration::from_secs(60));
    };
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut client = Client { stream, heard: Vec::new() };
    client.send(
        "Action: Login\r\nUsername: busyhour\r\nSecret: busyhour\r\n\r\n\
         Action: QueueStatus\r\nActionID: q",
    );
    let heard = client.until("ActionID: q\r\n");
    (client, heard)
}

#[test]
fn a_restart_says_shutdown_refuses_and_comes_back_with_counters_at_zero() {
    let pbx = Pbx::start(patient(Settings::centre(12, 4)), local()).unwrap();
    let mut client = Client::logged_in(&pbx);
    client.until("Event: Newchannel\r\n");
    pbx.restart();
    let rest = client.rest();
    assert!(rest.ends_with("Shutdown: Cleanly\r\nRestart: True\r\n\r\n"));
    assert!(rest.contains("Event: Hangup"), "calls are torn down with events");
    // The modules load within a moment: on a busy machine one may come to the door too late.
    let (mut early, mut before) = first_at_the_door(&pbx);
    for _ in 0..20 {
        if !before.contains("FullyBooted") {
            break;
        }
        pbx.restart();
        early.rest();
        (early, before) = first_at_the_door(&pbx);
    }
    assert!(!before.contains("FullyBooted"), "{before}");
    assert!(early.until("\r\n\r\n").contains("Invalid/unknown command: QueueStatus."));
    let booted = early.until("Uptime: 0\r\nLastReload: 0\r\n\r\n");
    assert!(booted.contains("Event: FullyBooted\r\nPrivilege: system,all\r\nTimestamp: "));
    let queues = early.ask("QueueStatus", "q2", "QueueStatusComplete\r\n");
    assert_eq!(queues.matches("Completed: 0\r\n").count(), 3);
    assert!(!queues.contains("QueueMemberAdded"));
}

#[test]
fn a_cut_says_nothing() {
    let pbx = Pbx::start(quiet(), local()).unwrap();
    let client = Client::logged_in(&pbx);
    pbx.cut();
    assert_eq!(client.rest(), "");
    Client::logged_in(&pbx);
}

#[test]
fn a_recording_is_played_byte_for_byte_with_its_spacing() {
    let event = |number: i64| {
        format!("Event: Thing\r\nPrivilege: call,all\r\nTimestamp: 5.{number:06}\r\n\r\n")
            .into_bytes()
    };
    // 30 ms apart, played 3 times as fast.
    let records: Vec<_> =
        (0..20).map(|n| Recorded { at: 5_000_000 + n * 30_000, bytes: event(n) }).collect();
    let whole: Vec<u8> = records.iter().flat_map(|record| record.bytes.clone()).collect();
    let pbx = Playback::start(quiet(), records, 3, local()).unwrap();
    assert!(!pbx.is_over());
    // It begins with the login.
    let began = Instant::now();
    let mut client = Client::logged_in(&pbx);
    let heard = client.until("Timestamp: 5.000019\r\n\r\n");
    assert!(began.elapsed() >= Duration::from_millis(185), "{:?}", began.elapsed());
    assert_eq!(heard.as_bytes(), whole);
    assert!(pbx.is_over());
    // What the session causes is stamped on the recording's clock.
    client.send("Action: UserEvent\r\nUserEvent: Beat");
    let beat = client.until("UserEvent: Beat\r\n\r\n");
    let event = beat.split("\r\n\r\n").find(|message| message.starts_with("Event: UserEvent"));
    let at = ami::Message::parse(event.unwrap().as_bytes()).timestamp_us().unwrap();
    assert!((5_500_000..90_000_000).contains(&at), "{at}");
    assert!(client.ask("QueueStatus", "q", "ListItems: 0\r\n\r\n").contains("Response: Success"));
}

#[test]
fn a_load_says_exactly_what_was_asked_for() {
    let mut load = sim::load::Settings::new(10_000, 1);
    load.agents = 20;
    load.pbx = patient(load.pbx);
    let pbx = sim::load::start(&load, local()).unwrap();
    let mut client = Client::logged_in(&pbx);
    let mut decoder = ami::Decoder::new(ami::Limits::default());
    let mut seen = std::collections::HashSet::new();
    let mut buffer = vec![0; 1 << 16];
    decoder.push(&client.heard);
    while seen.len() < 10_000 {
        while let Some(item) = decoder.next() {
            if let ami::Item::Message(message) = item {
                assert!(message.event().is_some() && message.timestamp_us().is_some());
                assert!(seen.insert(message.raw().to_vec()), "twice: {message:?}");
            }
        }
        if seen.len() < 10_000 {
            let count = client.stream.read(&mut buffer).unwrap();
            assert!(count > 0);
            decoder.push(&buffer[..count]);
        }
    }
    assert!(pbx.is_over());
    assert_eq!(pbx.sessions()[0].events, 10_000);
}
