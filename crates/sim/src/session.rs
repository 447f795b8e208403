//! One AMI session: login, actions, the outbox, and being cut when it does not read.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use md5::{Digest, Md5};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::class::Classes;
use crate::front::{Core, Shared, Stage};
use crate::said::Event;

/// A connection without a login is closed after this.
const AUTH_TIMEOUT: Duration = Duration::from_secs(30);
/// A refused login is answered after this.
const REFUSED_AFTER: Duration = Duration::from_secs(1);
/// Limits of one action, as Asterisk has them.
const LIMITS: ami::Limits =
    ami::Limits { line_bytes_max: 1022, headers_max: 128, message_bytes_max: 160 << 10 };

/// What the front knows of a session.
#[derive(Default)]
pub(crate) struct Session {
    /// Place of the account in `Settings::users`, after login.
    user: Option<usize>,
    read: Classes,
    mask: Classes,
    challenge: Option<String>,
    pub(crate) outbox: Vec<u8>,
    /// Bytes taken from the outbox and not yet taken by the socket.
    pub(crate) sending: usize,
    pub(crate) ready: Arc<Notify>,
    /// To be closed without another byte.
    pub(crate) cut: bool,
    /// To be closed when the outbox is empty.
    pub(crate) finishing: bool,
}

impl Session {
    /// Whether an event of that class goes to this session.
    pub(crate) fn hears(&self, class: Classes) -> bool {
        self.user.is_some() && !self.finishing && self.read.meets(class) && self.mask.meets(class)
    }
}

/// What follows an action.
enum After {
    Go,
    /// Close when everything is sent.
    Finish,
    /// Say this after a second and close.
    Refuse(Vec<u8>),
}

/// Serves one connection to its end.
pub(crate) async fn serve(stream: TcpStream, peer: SocketAddr, number: u64, shared: Arc<Shared>) {
    // Events are small and wanted at once.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "cannot switch off delay");
    }
    let (read, write) = stream.into_split();
    let ready = {
        let mut core = shared.core();
        let banner = ami::banner(core.settings.version.ami());
        core.sessions.get_mut(&number).map(|session| {
            session.outbox.extend_from_slice(&banner);
            session.ready.notify_one();
            Arc::clone(&session.ready)
        })
    };
    if let Some(ready) = ready {
        tokio::select! {
            () = reading(read, peer, number, &shared) => {}
            () = writing(write, number, &shared, &ready) => {}
        }
    }
    let mut core = shared.core();
    let cut = core.sessions.remove(&number).is_some_and(|session| session.cut);
    if let Some(count) = core.counts.get_mut(&number) {
        count.open = false;
        count.cut = cut;
    }
}

/// Takes what is in the outbox to the socket; returns when the session is to be closed.
async fn writing(mut to: OwnedWriteHalf, number: u64, shared: &Shared, ready: &Notify) {
    let patience = Duration::from_millis(u64::from(shared.core().settings.write_timeout_ms.max(1)));
    let mut batch = Vec::new();
    loop {
        ready.notified().await;
        loop {
            batch.clear();
            let finishing = {
                let mut core = shared.core();
                let Some(session) = core.sessions.get_mut(&number) else { return };
                if session.cut {
                    return;
                }
                std::mem::swap(&mut batch, &mut session.outbox);
                session.sending = batch.len();
                session.finishing
            };
            if batch.is_empty() {
                if finishing {
                    return;
                }
                break;
            }
            if !send(&mut to, &batch, patience, number, shared).await {
                return;
            }
        }
    }
}

/// Sends all of it; false if the peer is gone or took no byte for too long.
async fn send(
    to: &mut OwnedWriteHalf,
    mut bytes: &[u8],
    patience: Duration,
    number: u64,
    shared: &Shared,
) -> bool {
    while !bytes.is_empty() {
        let written = match timeout(patience, to.write(bytes)).await {
            Ok(Ok(written)) if written > 0 => written,
            Ok(_) => return false,
            Err(_) => {
                if let Some(session) = shared.core().sessions.get_mut(&number) {
                    session.cut = true;
                }
                return false;
            }
        };
        bytes = bytes.get(written..).unwrap_or_default();
        let mut core = shared.core();
        if let Some(count) = core.counts.get_mut(&number) {
            count.bytes_written += u64::try_from(written).unwrap_or(0);
        }
        if let Some(session) = core.sessions.get_mut(&number) {
            session.sending = bytes.len();
        }
    }
    true
}

/// Reads actions and answers them; returns when the session is to be closed at once.
async fn reading(mut from: OwnedReadHalf, peer: SocketAddr, number: u64, shared: &Shared) {
    let mut decoder = ami::Decoder::new(LIMITS);
    let mut buffer = vec![0; 16 << 10];
    let opened = tokio::time::Instant::now();
    loop {
        let known = shared.core().sessions.get(&number).is_some_and(|s| s.user.is_some());
        let got = if known {
            from.read(&mut buffer).await
        } else {
            let left = AUTH_TIMEOUT.saturating_sub(opened.elapsed());
            match timeout(left, from.read(&mut buffer)).await {
                Ok(got) => got,
                Err(_) => return,
            }
        };
        let bytes = match got {
            Ok(count) if count > 0 => buffer.get(..count).unwrap_or_default(),
            _ => return,
        };
        decoder.push(bytes);
        while let Some(item) = decoder.next() {
            let after = match item {
                ami::Item::Message(message) => take(&message, &peer, number, shared),
                ami::Item::Refused(refused) => refuse(&refused, number, shared),
                ami::Item::Banner(_) | ami::Item::Torn(_) => After::Go,
            };
            match after {
                After::Go => {}
                After::Finish => {
                    finish(number, shared);
                    std::future::pending::<()>().await;
                }
                After::Refuse(bytes) => {
                    tokio::time::sleep(REFUSED_AFTER).await;
                    answer(&mut shared.core(), number, &bytes);
                    finish(number, shared);
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

/// The writing half closes when it has sent everything.
fn finish(number: u64, shared: &Shared) {
    if let Some(session) = shared.core().sessions.get_mut(&number) {
        session.finishing = true;
        session.ready.notify_one();
    }
}

fn answer(core: &mut Core, number: u64, bytes: &[u8]) {
    let limit = core.settings.session_bytes_max;
    if let Some(session) = core.sessions.get_mut(&number) {
        // A client that asks and does not read is cut as one that only listens.
        session.cut |= session.outbox.len() + bytes.len() > limit;
        session.outbox.extend_from_slice(bytes);
        session.ready.notify_one();
    }
}

fn response(word: &str, id: Option<&[u8]>, header: &str, value: &str) -> Vec<u8> {
    let mut event = Event::response(word);
    if let Some(id) = id {
        event.bytes(b"ActionID", id);
    }
    event.field(header, value);
    let mut bytes = Vec::new();
    event.finish_into(&mut bytes);
    bytes
}

fn refuse(refused: &ami::Refused<'_>, number: u64, shared: &Shared) -> After {
    let text = match refused.limit {
        ami::Limit::Headers => "Too many lines in message or allocation failure",
        _ => "Failed to parse message: line too long",
    };
    let id = ami::Message::parse(refused.head).action_id();
    answer(&mut shared.core(), number, &response("Error", id, "Message", text));
    After::Go
}

/// Answers one action.
fn take(message: &ami::Message<'_>, peer: &SocketAddr, number: u64, shared: &Shared) -> After {
    let id = message.action_id();
    let name = match message.kind() {
        ami::Kind::Action(name) => ami::text(name),
        _ => message.get("Action").map(ami::text).unwrap_or_default(),
    };
    let mut core = shared.core();
    let Some(session) = core.sessions.get(&number) else { return After::Finish };
    let user = session.user;
    let lower = name.to_ascii_lowercase();
    let (after, bytes) = match (lower.as_str(), user) {
        ("", _) => (After::Go, response("Error", id, "Message", "Missing action in request")),
        ("logoff", Some(_)) => {
            (After::Finish, response("Goodbye", id, "Message", "Thanks for all the fish."))
        }
        ("login", Some(_)) => {
            (After::Go, response("Success", id, "Message", "Already authenticated"))
        }
        ("login", None) => log_in(&mut core, message, peer, number),
        ("challenge", None) => (After::Go, challenge(&mut core, message, number)),
        (_, None) => (After::Go, response("Error", id, "Message", "Permission denied")),
        ("events", Some(_)) => (After::Go, choose_events(&mut core, message, number)),
        (action, Some(user)) => {
            let write = core.settings.users.get(user).map_or(Classes::NONE, |user| user.write);
            let early = core.stage != Stage::Up && !EARLY.contains(&action);
            let now = core.now();
            let bytes = if early {
                let text = format!(
                    "Invalid/unknown command: {name}. Use Action: ListCommands to show available \
                     commands."
                );
                response("Error", id, "Message", &text)
            } else {
                core.show.action(now, write, message)
            };
            shared.wake.notify_one();
            (After::Go, bytes)
        }
    };
    answer(&mut core, number, &bytes);
    after
}

/// Actions of the core, there before any module is loaded.
const EARLY: [&str; 5] = ["ping", "corestatus", "coresettings", "listcommands", "userevent"];

fn challenge(core: &mut Core, message: &ami::Message<'_>, number: u64) -> Vec<u8> {
    let id = message.action_id();
    if !message.get("AuthType").is_some_and(|kind| kind.eq_ignore_ascii_case(b"md5")) {
        return response("Error", id, "Message", "Must specify AuthType");
    }
    let text = core.chance.between(100_000_000, 1_000_000_000).to_string();
    let bytes = response("Success", id, "Challenge", &text);
    if let Some(session) = core.sessions.get_mut(&number) {
        session.challenge = Some(text);
    }
    bytes
}

fn choose_events(core: &mut Core, message: &ami::Message<'_>, number: u64) -> Vec<u8> {
    let text = message.get("EventMask").map(ami::text).unwrap_or_default();
    let mask = Classes::parse(&text).unwrap_or(Classes::NONE);
    if let Some(session) = core.sessions.get_mut(&number) {
        session.mask = mask;
    }
    let word = if mask == Classes::NONE { "Off" } else { "On" };
    response("Success", message.action_id(), "Events", word)
}

fn log_in(
    core: &mut Core,
    message: &ami::Message<'_>,
    peer: &SocketAddr,
    number: u64,
) -> (After, Vec<u8>) {
    let id = message.action_id();
    let text = |header| message.get(header).map(ami::text).unwrap_or_default();
    let name = text("Username");
    let md5 = text("AuthType").eq_ignore_ascii_case("md5");
    let challenge = core.sessions.get(&number).and_then(|session| session.challenge.clone());
    let user = core.settings.users.iter().position(|user| {
        user.name == name
            && if md5 {
                challenge.as_ref().is_some_and(|challenge| {
                    text("Key").eq_ignore_ascii_case(&md5_key(challenge, &user.secret))
                })
            } else {
                text("Secret") == user.secret
            }
    });
    let Some(user) = user else {
        let refused = response("Error", id, "Message", "Authentication failed");
        return (After::Refuse(refused), Vec::new());
    };
    let mask = match message.get("Events") {
        Some(events) => Classes::parse(&ami::text(events)).unwrap_or(Classes::NONE),
        None => Classes::ALL,
    };
    let read = core.settings.users.get(user).map_or(Classes::NONE, |user| user.read);
    let now = core.now();
    let mut bytes = response("Success", id, "Message", "Authentication accepted");
    if core.stage == Stage::Up && read.meets(Classes::SYSTEM) && mask.meets(Classes::SYSTEM) {
        bytes.extend_from_slice(&core.show.fully_booted(now));
    }
    if let Some(session) = core.sessions.get_mut(&number) {
        session.user = Some(user);
        session.read = read;
        session.mask = mask;
    }
    if let Some(count) = core.counts.get_mut(&number) {
        count.user.clone_from(&name);
    }
    core.clock.go_on();
    core.show.heard_by_somebody(now);
    core.say_login(&name, number, &peer.to_string().replace(':', "/"));
    (After::Go, bytes)
}

/// md5(challenge + secret) in lower case hex.
fn md5_key(challenge: &str, secret: &str) -> String {
    let mut md5 = Md5::new();
    md5.update(challenge.as_bytes());
    md5.update(secret.as_bytes());
    md5.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
