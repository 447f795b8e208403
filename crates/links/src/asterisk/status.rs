//! How a link is doing, and the live table `links`.

use facts::table::{Column, Row, Shape, Table, Type, Value};
use facts::{Epoch, Stamp, Text};

use super::advice::Advice;

/// Where a link stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The connection is being made.
    Connecting,
    /// Connected; banner and login.
    LoggingIn,
    /// Logged in; Asterisk is still loading its modules, or is being asked what it is.
    Booting,
    /// Events flow; what is there is being asked for the first time since the connect.
    Resyncing,
    /// Events flow and all is known.
    Live,
    /// Nothing was heard for some seconds though something must have been said.
    Stalled,
    /// No connection; the next attempt is at that moment.
    Waiting {
        /// This server's clock.
        retry_at: Stamp,
    },
    /// Login or certificate refused; tried again now and then, but somebody has to act.
    Refused,
}

impl State {
    /// The word for it in tables.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Connecting => "connecting",
            Self::LoggingIn => "logging in",
            Self::Booting => "booting",
            Self::Resyncing => "resyncing",
            Self::Live => "live",
            Self::Stalled => "stalled",
            Self::Waiting { .. } => "waiting",
            Self::Refused => "refused",
        }
    }

    /// Whether events are being received.
    #[must_use]
    pub const fn hears(self) -> bool {
        matches!(self, Self::Booting | Self::Resyncing | Self::Live)
    }
}

/// How a link is doing, at one moment. Counts are since the link was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The ACD's name.
    pub name: Text,
    /// `host:port`.
    pub address: Text,
    /// Where it stands.
    pub state: State,
    /// Since when, by this server's clock.
    pub since: Stamp,
    /// Why it is not live, in words; empty when it is.
    pub reason: Text,
    /// Asterisk's version; empty until known.
    pub version: Text,
    /// `systemname` of asterisk.conf; empty without one.
    pub system_name: Text,
    /// The run of Asterisk; 0 until known.
    pub epoch: Epoch,
    /// Microseconds from an action to its answer, last measured.
    pub round_trip_us: Option<i64>,
    /// The newest event's stamp, by the PBX's clock.
    pub last_event: Option<Stamp>,
    /// When anything was last heard, by this server's clock.
    pub last_heard: Option<Stamp>,
    /// Events heard, left-out ones and heartbeats included.
    pub events: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Events of the last whole second.
    pub rate_per_s: u64,
    /// Microseconds from the PBX's stamp to the arrival here, smoothed; by the measured
    /// offset, hence only as exact as half the round trip.
    pub lag_us: Option<i64>,
    /// PBX's clock minus this server's, microseconds.
    pub clock_offset_us: Option<i64>,
    /// Heartbeats sent that never came back though later ones did.
    pub heartbeats_lost: u64,
    /// Connections made after the first.
    pub reconnects: u64,
    /// Holes noted: bytes heard that could not be kept or understood.
    pub holes: u64,
    /// What is wrong with the PBX or the account, worst first.
    pub advice: Vec<Advice>,
}

impl Status {
    /// A link of which nothing is known yet.
    #[must_use]
    pub fn unknown(name: Text, address: Text, now: Stamp) -> Self {
        let empty = Text::from("");
        Self {
            name,
            address,
            state: State::Connecting,
            since: now,
            reason: empty.clone(),
            version: empty.clone(),
            system_name: empty,
            epoch: Epoch::default(),
            round_trip_us: None,
            last_event: None,
            last_heard: None,
            events: 0,
            bytes: 0,
            rate_per_s: 0,
            lag_us: None,
            clock_offset_us: None,
            heartbeats_lost: 0,
            reconnects: 0,
            holes: 0,
            advice: Vec::new(),
        }
    }
}

/// One link as the table `links` shows it: its status, and what the journal has of it.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The link.
    pub status: Status,
    /// The last record handed to the journal, by number.
    pub heard: u64,
    /// The last record on disk, by number.
    pub kept: u64,
    /// All records up to this stamp are on disk.
    pub kept_through: Option<Stamp>,
}

const fn column(name: &'static str, kind: Type, doc: &'static str) -> Column {
    Column { name, kind, doc }
}

/// The table `links`.
pub static SHAPE: Shape = Shape {
    name: "links",
    doc: "a link to a switch: one row per ACD",
    key: 1,
    columns: &[
        column("acd", Type::Text, "name of the ACD"),
        column("address", Type::Text, "host:port of the switch"),
        column(
            "state",
            Type::Text,
            "connecting, logging in, booting, resyncing, live, stalled, waiting or refused",
        ),
        column("since", Type::Stamp, "in this state since, this server's clock"),
        column("retry_at", Type::Stamp, "next attempt to connect, this server's clock"),
        column("reason", Type::Text, "why it is not live"),
        column("version", Type::Text, "version of the switch"),
        column("epoch", Type::Int, "run of the switch: second of its start by its own clock"),
        column("round_trip_us", Type::Age, "microseconds from an action to its answer"),
        column("last_event", Type::Stamp, "stamp of the newest event, the switch's clock"),
        column("last_heard", Type::Stamp, "when anything was last heard, this server's clock"),
        column("rate", Type::Age, "events in the last whole second"),
        column("lag_us", Type::Age, "microseconds from the switch's stamp to the arrival here"),
        column("clock_offset_us", Type::Age, "switch's clock minus this server's, microseconds"),
        column("events", Type::Int, "events heard since the link was started"),
        column("bytes", Type::Int, "bytes read since the link was started"),
        column("heartbeats_lost", Type::Int, "heartbeats that did not come back"),
        column("reconnects", Type::Int, "connections made after the first"),
        column("holes", Type::Int, "times that something heard could not be kept"),
        column("heard", Type::Int, "number of the last record handed to the journal"),
        column("kept", Type::Int, "number of the last record on disk"),
        column("kept_through", Type::Stamp, "all up to this stamp of the switch is on disk"),
        column("advice", Type::Text, "what is misconfigured and the line that mends it"),
    ],
};

/// The table of these links, true at `as_of`.
#[must_use]
pub fn links_table(as_of: Stamp, links: Vec<Shown>) -> Table {
    let mut rows: Vec<Row> = links.iter().map(row).collect();
    rows.sort();
    Table { shape: &SHAPE, as_of, rows }
}

fn row(link: &Shown) -> Row {
    let s = &link.status;
    let count = |n: u64| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
    let retry_at = match s.state {
        State::Waiting { retry_at } => Some(retry_at),
        _ => None,
    };
    let advice: Vec<String> = s.advice.iter().map(ToString::to_string).collect();
    vec![
        s.name.clone().into(),
        s.address.clone().into(),
        s.state.word().into(),
        s.since.into(),
        retry_at.into(),
        Value::text_or_null(&s.reason),
        Value::text_or_null(&s.version),
        (s.epoch != Epoch::default()).then_some(s.epoch.0).into(),
        s.round_trip_us.into(),
        s.last_event.into(),
        s.last_heard.into(),
        count(s.rate_per_s),
        s.lag_us.into(),
        s.clock_offset_us.into(),
        count(s.events),
        count(s.bytes),
        count(s.heartbeats_lost),
        count(s.reconnects),
        count(s.holes),
        count(link.heard),
        count(link.kept),
        link.kept_through.into(),
        Value::text_or_null(&advice.join("; ").into()),
    ]
}
