//! What a link does, decided from bytes and time alone: no socket, no clock, no thread.
//!
//! A [`Session`] lives as long as its link and sees many connections. Its owner calls
//! [`connecting`](Session::connecting), then [`connected`](Session::connected) or
//! [`closed`](Session::closed); while connected [`bytes`](Session::bytes) with all that was
//! read and [`tick`](Session::tick) every [`TICK_US`]. After each of these calls it sends
//! [`take_send`](Session::take_send), hands on the records by [`deliver`](Session::deliver)
//! and, if [`over`](Session::over) says so, closes the connection and calls `closed`.

use ami::{ActionIds, Decoder, Item, Limits, Login, LoginStep, Message, Pending};
use facts::{Epoch, Observation, Record, Stamp, Text};

use super::advice::{About, Advice, Evidence, advise};
use super::backoff::Backoff;
use super::clock::{Now, PbxClock};
use super::outbox::Outbox;
use super::resync::Resync;
use super::settings::Settings;
use super::status::{State, Status};

mod heard;
mod heartbeat;
mod inquiry;

use heartbeat::Heartbeat;
use inquiry::{Inquiry, Question};

/// How often [`Session::tick`] wants to be called, microseconds.
pub(crate) const TICK_US: i64 = 100_000;
/// The banner has to come so soon after the connect.
pub(crate) const BANNER_MAX_US: i64 = 10_000_000;
/// The answer to the login; Asterisk takes 1 s to refuse.
pub(crate) const LOGIN_MAX_US: i64 = 15_000_000;
/// Without `FullyBooted` so long after the login it is asked what can be done already.
pub(crate) const BOOT_ASK_US: i64 = 5_000_000;
/// How often that is asked.
pub(crate) const BOOT_ASK_EVERY_US: i64 = 2_000_000;
/// Then it is taken as booted whatever it says.
pub(crate) const BOOT_MAX_US: i64 = 120_000_000;
/// A connection that was live for so long was a good one: the back-off starts anew.
pub(crate) const GOOD_US: i64 = 10_000_000;
/// The wait after a refused login or certificate.
pub(crate) const REFUSED_WAIT_US: i64 = 30_000_000;
/// How often the advice is worked out anew.
const ADVISE_EVERY_US: i64 = 1_000_000;

/// Why a connection is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Over {
    /// In words.
    pub(crate) reason: String,
    /// Somebody has to act: try again slowly.
    pub(crate) refused: bool,
}

/// How far the connection has come.
enum Phase {
    /// None.
    Idle,
    /// The first line is awaited.
    Banner { until: i64 },
    /// The login is under way.
    Login { login: Login, until: i64 },
    /// Logged in; asked what Asterisk is.
    Asking(Inquiry),
    /// `LinkUp` was noted.
    Up { since: i64 },
}

/// See the module.
pub(crate) struct Session {
    decoder: Option<Decoder>,
    core: Core,
}

/// All but the decoder, whose messages are borrowed while they are looked at.
struct Core {
    settings: Settings,
    phase: Phase,
    ids: ActionIds,
    pending: Pending<Question>,
    send: Vec<u8>,
    out: Outbox,
    clock: PbxClock,
    evidence: Evidence,
    heartbeat: Heartbeat,
    resync: Option<Resync>,
    resync_wanted: bool,
    /// The next periodic one (monotonic).
    resync_at: Option<i64>,
    backoff: Backoff,
    over: Option<Over>,
    /// The resync that follows a connect has not ended yet.
    first_resync: bool,
    /// The newest stamp before this connection; `LinkUp` is not before it.
    before_login: Option<Stamp>,
    /// `Shutdown` was heard: how it is to be called.
    shutdown: Option<&'static str>,
    epoch: Epoch,
    version: Text,
    system_name: Text,
    plain_text_beyond_loopback: bool,
    /// When bytes, and when events, were last heard (monotonic).
    bytes_at: i64,
    event_at: i64,
    retry_at: i64,
    connections: u64,
    /// The stamp of the message before; the rest of a torn one gets it.
    stamp_before: Option<Stamp>,
    rate: Rate,
    lag_us: Option<i64>,
    state: State,
    since: Stamp,
    reason: Text,
    last_heard: Option<Stamp>,
    events: u64,
    bytes: u64,
    advice: Vec<Advice>,
    advised_at: i64,
}

/// Events of the last whole second.
#[derive(Default)]
struct Rate {
    second: i64,
    now: u64,
    last: u64,
}

impl Rate {
    fn at(&mut self, mono: i64) {
        let second = mono.div_euclid(1_000_000);
        if second != self.second {
            self.last = if second == self.second + 1 { self.now } else { 0 };
            self.now = 0;
            self.second = second;
        }
    }
}

impl Session {
    /// A session that has no connection yet. `token` has to differ from that of every other
    /// session on any PBX (letters, digits and `-`), `seed` makes the jitter.
    ///
    /// # Errors
    /// The token cannot begin an ActionID.
    pub(crate) fn new(
        settings: Settings,
        token: &str,
        seed: u64,
        now: Now,
    ) -> Result<Self, ami::ActionError> {
        let empty = Text::from("");
        Ok(Self {
            decoder: None,
            core: Core {
                ids: ActionIds::new(token)?,
                settings,
                phase: Phase::Idle,
                pending: Pending::default(),
                send: Vec::new(),
                out: Outbox::default(),
                clock: PbxClock::default(),
                evidence: Evidence::default(),
                heartbeat: Heartbeat::default(),
                resync: None,
                resync_wanted: false,
                resync_at: None,
                backoff: Backoff::new(seed),
                over: None,
                first_resync: false,
                before_login: None,
                shutdown: None,
                epoch: Epoch::default(),
                version: empty.clone(),
                system_name: empty.clone(),
                plain_text_beyond_loopback: false,
                bytes_at: now.mono,
                event_at: now.mono,
                retry_at: now.mono,
                connections: 0,
                stamp_before: None,
                rate: Rate::default(),
                lag_us: None,
                state: State::Connecting,
                since: now.wall,
                reason: empty,
                last_heard: None,
                events: 0,
                bytes: 0,
                advice: Vec::new(),
                advised_at: now.mono,
            },
        })
    }

    /// The connection is being made.
    pub(crate) fn connecting(&mut self, now: Now) {
        let reason = self.core.reason.clone();
        self.core.set_state(State::Connecting, &reason, now);
    }

    /// The connection is there. `exposed`: it is not encrypted and leaves this machine.
    pub(crate) fn connected(&mut self, exposed: bool, now: Now) {
        self.decoder = Some(Decoder::new(Limits::default()));
        let core = &mut self.core;
        core.plain_text_beyond_loopback = exposed;
        core.connections += 1;
        core.phase = Phase::Banner { until: now.mono.saturating_add(BANNER_MAX_US) };
        core.pending = Pending::default();
        core.send.clear();
        core.evidence = Evidence::default();
        core.heartbeat.restart();
        core.resync = None;
        core.resync_wanted = false;
        core.resync_at = None;
        core.over = None;
        core.shutdown = None;
        core.first_resync = false;
        core.before_login = core.clock.floor();
        core.stamp_before = None;
        (core.bytes_at, core.event_at) = (now.mono, now.mono);
        core.set_state(State::LoggingIn, "", now);
    }

    /// Bytes were read.
    pub(crate) fn bytes(&mut self, bytes: &[u8], now: Now) {
        let core = &mut self.core;
        core.rate.at(now.mono);
        core.bytes += u64::try_from(bytes.len()).unwrap_or(0);
        core.bytes_at = now.mono;
        core.last_heard = Some(now.wall);
        let Some(decoder) = &mut self.decoder else { return };
        decoder.push(bytes);
        while let Some(item) = decoder.next() {
            core.item(item, now);
        }
        core.ask_next(now);
        core.show_liveness(now);
    }

    /// Time has passed.
    pub(crate) fn tick(&mut self, now: Now) {
        let core = &mut self.core;
        core.rate.at(now.mono);
        core.deadlines(now);
        core.show_liveness(now);
        if now.mono.saturating_sub(core.advised_at) >= ADVISE_EVERY_US {
            core.advise(now);
        }
    }

    /// The connection is gone, or could not be made. `why` is the owner's reason; if the
    /// session had one before ([`over`](Self::over)), that one counts.
    pub(crate) fn closed(&mut self, why: Over, now: Now) {
        let core = &mut self.core;
        if let Some(mut decoder) = self.decoder.take() {
            while let Some(item) = decoder.finish() {
                core.item(item, now);
            }
        }
        let mut over = core.over.take().unwrap_or(why);
        over.reason = match (&core.phase, core.shutdown) {
            (_, Some(how)) => how.to_owned(),
            (Phase::Banner { .. }, None) if !over.refused => {
                format!(
                    "{} before a banner came: is this the port of AMI, with TLS if \
                         Asterisk wants it?",
                    over.reason
                )
            }
            (Phase::Login { .. }, None) if !over.refused => {
                format!("{} during the login: does manager.conf permit this address?", over.reason)
            }
            _ => over.reason,
        };
        core.link_down(&over.reason, now);
        core.phase = Phase::Idle;
        core.resync = None;
        core.send.clear();
        let wait = if over.refused { REFUSED_WAIT_US } else { core.backoff.next_us() };
        core.retry_at = now.mono.saturating_add(wait);
        let state = if over.refused {
            State::Refused
        } else {
            State::Waiting { retry_at: now.wall.plus(wait) }
        };
        core.set_state(state, &over.reason, now);
    }

    /// When to connect again (monotonic).
    pub(crate) fn retry_at(&self) -> i64 {
        self.core.retry_at
    }

    /// Somebody asks for a resync; nothing if one is under way or there is no connection.
    pub(crate) fn want_resync(&mut self, now: Now) {
        self.core.resync_wanted = matches!(self.core.phase, Phase::Up { .. });
        self.core.ask_next(now);
    }

    /// What to send.
    pub(crate) fn take_send(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.core.send)
    }

    /// The connection is to be closed.
    pub(crate) fn over(&self) -> Option<&Over> {
        self.core.over.as_ref()
    }

    /// Hands on the records; `push` says whether there was room, `roomy` whether the ring has
    /// room to spare (asked only after it was full).
    pub(crate) fn deliver(
        &mut self,
        now: Now,
        roomy: impl FnOnce() -> bool,
        push: &mut dyn FnMut(Record) -> bool,
    ) {
        let core = &mut self.core;
        let (mut stamp, mut room) = (Stamp::default(), true);
        if core.out.has_lost() {
            room = roomy();
            stamp = core.clock.observation(now);
        }
        let stamps = (stamp, now.wall);
        if core.out.deliver(&core.settings.server, stamps, room, push) {
            tracing::error!(link = %core.settings.name, code = "ring-full", "records were lost");
            core.resync_wanted = matches!(core.phase, Phase::Up { .. });
            core.ask_next(now);
        }
    }

    /// How the link is doing.
    pub(crate) fn status(&self, now: Now) -> Status {
        let core = &self.core;
        Status {
            name: core.settings.name.clone(),
            address: core.settings.address.as_str().into(),
            state: core.state,
            since: core.since,
            reason: core.reason.clone(),
            version: core.version.clone(),
            system_name: core.system_name.clone(),
            epoch: core.epoch,
            round_trip_us: core.clock.round_trip_us(),
            last_event: core.clock.newest(),
            last_heard: core.last_heard,
            events: core.events,
            bytes: core.bytes,
            rate_per_s: core.rate.last,
            lag_us: core.lag_us,
            clock_offset_us: core.clock.offset_us(now),
            heartbeats_lost: core.heartbeat.lost(),
            reconnects: core.connections.saturating_sub(1),
            holes: core.out.holes(),
            advice: core.advice.clone(),
        }
    }
}

impl Core {
    /// What the decoder found.
    fn item(&mut self, item: Item<'_>, now: Now) {
        if self.over.is_some() {
            return;
        }
        match item {
            Item::Banner(_) if matches!(self.phase, Phase::Banner { .. }) => self.log_in(now),
            Item::Banner(_) => {}
            Item::Message(message) => self.message(&message, now),
            Item::Refused(refused) => {
                let size = refused.size;
                self.hole("message-too-large", size, now);
                self.resync_wanted = matches!(self.phase, Phase::Up { .. });
            }
            Item::Torn(bytes) => {
                let size = bytes.len();
                if matches!(self.phase, Phase::Asking(_) | Phase::Up { .. }) {
                    self.hole("torn", size, now);
                }
            }
        }
    }

    fn log_in(&mut self, now: Now) {
        let s = &self.settings;
        match Login::start(s.login, &s.user, s.secret.expose()) {
            Ok((login, bytes)) => {
                self.send.extend_from_slice(&bytes);
                let until = now.mono.saturating_add(LOGIN_MAX_US);
                self.phase = Phase::Login { login, until };
            }
            Err(error) => self.end(format!("login cannot be sent: {error}"), true),
        }
    }

    fn message(&mut self, message: &Message<'_>, now: Now) {
        match &mut self.phase {
            Phase::Idle => {}
            Phase::Banner { .. } => {
                self.end("something else than Asterisk's manager answered".to_owned(), false);
            }
            Phase::Login { login, .. } => match login.on(message) {
                LoginStep::Send(bytes) => self.send.extend_from_slice(&bytes),
                LoginStep::Ok => {
                    self.out.hold();
                    self.phase = Phase::Asking(Inquiry::new(now.mono));
                    self.set_state(State::Booting, "", now);
                }
                LoginStep::Failed(words) => self.end(
                    format!(
                        "login refused: {words}: check user, secret and the permit lines of \
                         manager.conf [{}]",
                        self.settings.user
                    ),
                    true,
                ),
                LoginStep::NotMine => {}
            },
            Phase::Asking(_) | Phase::Up { .. } => self.said(message, now),
        }
    }

    /// The connection is to be closed.
    fn end(&mut self, reason: String, refused: bool) {
        self.over.get_or_insert(Over { reason, refused });
    }

    /// All that depends on the time alone.
    fn deadlines(&mut self, now: Now) {
        match &self.phase {
            Phase::Idle => return,
            Phase::Banner { until } if now.mono >= *until => {
                let secs = BANNER_MAX_US / 1_000_000;
                return self.end(format!("nothing heard for {secs} s"), false);
            }
            Phase::Login { until, .. } if now.mono >= *until => {
                let secs = LOGIN_MAX_US / 1_000_000;
                return self.end(format!("login not answered for {secs} s"), false);
            }
            Phase::Banner { .. } | Phase::Login { .. } => return,
            Phase::Asking(_) => self.asking_deadlines(now),
            Phase::Up { since } => {
                if now.mono.saturating_sub(*since) >= GOOD_US {
                    self.backoff.reset();
                }
                if self.resync_at.is_some_and(|at| now.mono >= at) {
                    self.resync_wanted = true;
                }
            }
        }
        self.ask_next(now);
        self.beat(now);
        let silent = now.mono.saturating_sub(self.silent_since());
        if silent >= self.silence_max_us() {
            self.end(format!("nothing heard for {} s", silent / 1_000_000), false);
        }
    }

    /// Since when nothing was heard that shows that events flow. Answers alone do not: an
    /// Asterisk was seen to answer and to keep events back. While a list comes in, they do.
    fn silent_since(&self) -> i64 {
        if self.heartbeat.echoes() && self.resync.is_none() { self.event_at } else { self.bytes_at }
    }

    fn silence_max_us(&self) -> i64 {
        i64::try_from(self.settings.silence_max.as_micros()).unwrap_or(i64::MAX)
    }

    /// Sets the state from what is under way and what was heard.
    fn show_liveness(&mut self, now: Now) {
        let state = match &self.phase {
            Phase::Asking(_) => State::Booting,
            Phase::Up { .. } if self.first_resync_runs() => State::Resyncing,
            Phase::Up { .. } => State::Live,
            _ => return,
        };
        let silent = now.mono.saturating_sub(self.silent_since());
        if silent < self.silence_max_us() / 10 * 3 {
            return self.set_state(state, "", now);
        }
        if self.state != State::Stalled {
            let reason = if self.heartbeat.echoes() && now.mono - self.bytes_at < silent {
                "answers come but no events"
            } else {
                "nothing is heard"
            };
            self.set_state(State::Stalled, reason, now);
        }
    }

    fn set_state(&mut self, state: State, reason: &str, now: Now) {
        if *self.reason != *reason {
            self.reason = reason.into();
        }
        if self.state == state {
            return;
        }
        self.state = state;
        self.since = now.wall;
        tracing::info!(link = %self.settings.name, state = state.word(), reason, "link");
    }

    /// Puts an observation into the outbox.
    fn observe(&mut self, what: Observation, headers: &[(&str, &str)], bytes: &[u8], now: Now) {
        let stamp = self.clock.observation(now);
        self.observe_at(what, stamp, headers, bytes, now);
    }

    /// The same with a stamp of its own.
    fn observe_at(
        &mut self,
        what: Observation,
        stamp: Stamp,
        headers: &[(&str, &str)],
        bytes: &[u8],
        now: Now,
    ) {
        let server = &self.settings.server;
        let (epoch, heard) = (self.epoch, now.wall);
        self.out.push(Record::observation(what, epoch, stamp, heard, server, headers, bytes));
    }

    fn hole(&mut self, code: &'static str, bytes: usize, now: Now) {
        tracing::warn!(link = %self.settings.name, code, bytes, "a hole");
        self.out.count_hole();
        let headers = [("Reason", code), ("Bytes", &bytes.to_string())];
        self.observe(Observation::Hole, &headers, b"", now);
    }

    /// `LinkDown`, if there was a `LinkUp`; what was held for one goes on without.
    fn link_down(&mut self, reason: &str, now: Now) {
        if self.out.holds() {
            let epoch = self.guessed_epoch(now);
            self.out.release(epoch, None);
        }
        if matches!(self.phase, Phase::Up { .. }) {
            self.observe(Observation::LinkDown, &[("Reason", reason)], b"", now);
        }
    }

    fn advise(&mut self, now: Now) {
        self.advised_at = now.mono;
        if !matches!(self.phase, Phase::Up { .. }) {
            return;
        }
        let about = About {
            user: &self.settings.user,
            plain_text_beyond_loopback: self.plain_text_beyond_loopback,
            heartbeat: self.settings.heartbeat,
            clock_step_us: self.clock.step_us(),
            clock_offset_us: self.clock.offset_us(now),
        };
        let advice = advise(&self.evidence, &about);
        for new in advice.iter().filter(|a| !self.advice.iter().any(|old| old.code == a.code)) {
            let severity = new.severity.word();
            tracing::warn!(link = %self.settings.name, code = new.code, severity, "advice");
        }
        self.advice = advice;
    }
}
