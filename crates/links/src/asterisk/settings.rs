//! What one link to an Asterisk has to be told, with the defaults and what is wrong with it.
//!
//! Knows no file format: whoever reads the configuration fills this in.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use facts::Text;

pub use ami::LoginMethod;

/// A secret that cannot be printed by accident.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the secret as it is.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself; never for a log or an error.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// How the PBX proves who it is. At least one of `ca` and `pin` is needed; with both, both
/// must hold.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TlsSettings {
    /// PEM file with the certificates of the authorities that are trusted.
    pub ca: Option<PathBuf>,
    /// SHA-256 of the PBX's certificate (DER). Without `ca` names and dates do not matter.
    pub pin: Option<[u8; 32]>,
    /// The name the certificate must have; the host of the address if none.
    pub server_name: Option<String>,
}

/// Which events are not worth keeping. They are counted, but make no records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaveOut {
    /// Names of events.
    pub events: Vec<String>,
    /// `VarSet` events are left out but for these variables; a `*` at the end stands for any
    /// rest, `*` alone keeps all.
    pub variables_kept: Vec<String>,
    /// Busyhour's own `UserEvent` of every second, this server's and others'.
    pub heartbeats: bool,
}

/// Events no reading of a call needs: media statistics, the test framework of Debian's builds,
/// and who logged in to AMI.
const EVENTS_LEFT_OUT: [&str; 5] =
    ["RTCPReceived", "RTCPSent", "TestEvent", "SuccessfulAuth", "ChallengeSent"];

/// Variables that say what no event says: how a queue visit ended, work codes.
const VARIABLES_KEPT: [&str; 5] = ["QUEUESTATUS", "DIALSTATUS", "CMS_*", "BUSYHOUR_*", "WORKCODE"];

impl Default for LeaveOut {
    fn default() -> Self {
        Self {
            events: EVENTS_LEFT_OUT.map(str::to_owned).to_vec(),
            variables_kept: VARIABLES_KEPT.map(str::to_owned).to_vec(),
            heartbeats: true,
        }
    }
}

impl LeaveOut {
    /// Leaves out nothing, not even heartbeats.
    #[must_use]
    pub fn nothing() -> Self {
        Self { events: Vec::new(), variables_kept: vec!["*".to_owned()], heartbeats: false }
    }

    /// Whether an event of this name, about this variable if it is a `VarSet`, is left out.
    #[must_use]
    pub fn leaves_out(&self, event: &[u8], variable: Option<&[u8]>) -> bool {
        if event.eq_ignore_ascii_case(b"VarSet") {
            let variable = variable.unwrap_or_default();
            return !self.variables_kept.iter().any(|kept| match kept.strip_suffix('*') {
                Some(start) => variable.starts_with(start.as_bytes()),
                None => variable == kept.as_bytes(),
            });
        }
        self.events.iter().any(|name| event.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// One link to one Asterisk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The ACD's name.
    pub name: Text,
    /// `host:port`; a literal IPv6 address in brackets.
    pub address: String,
    /// The section of manager.conf.
    pub user: String,
    /// Its `secret`.
    pub secret: Secret,
    /// How the secret is proved.
    pub login: LoginMethod,
    /// `None`: plain text.
    pub tls: Option<TlsSettings>,
    /// Plain text is allowed beyond the loopback (`tls = false` was written down).
    pub plain_text: bool,
    /// This server's name, in observations and heartbeats.
    pub server: Text,
    /// What makes no record.
    pub leave_out: LeaveOut,
    /// Send a `UserEvent` a second if the account may; else, and if not, `Ping`.
    pub heartbeat: bool,
    /// How often everything is asked anew to find ghosts; `None`: only after a connect.
    pub resync_every: Option<Duration>,
    /// A connection that is silent for so long is given up; after 3 tenths of it the link is
    /// shown as stalled. Something is said at least every second.
    pub silence_max: Duration,
}

impl Settings {
    /// Plain text, MD5 login, heartbeat, the defaults for the rest.
    #[must_use]
    pub fn new(name: &str, address: &str, user: &str, secret: Secret, server: &str) -> Self {
        Self {
            name: name.into(),
            address: address.to_owned(),
            user: user.to_owned(),
            secret,
            login: LoginMethod::Md5,
            tls: None,
            plain_text: false,
            server: server.into(),
            leave_out: LeaveOut::default(),
            heartbeat: true,
            resync_every: Some(super::RESYNC_EVERY),
            silence_max: super::SILENCE_MAX,
        }
    }

    /// The host of the address without brackets, and the port.
    #[must_use]
    pub fn host_and_port(&self) -> Option<(&str, u16)> {
        let (host, port) = self.address.rsplit_once(':')?;
        let port = port.parse::<u16>().ok().filter(|port| *port != 0)?;
        let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let mistaken = bare.is_empty() || (bare.contains(':') && bare == host);
        (!mistaken).then_some((bare, port))
    }

    /// Whether the address as written is this machine's loopback.
    #[must_use]
    pub fn on_loopback(&self) -> bool {
        self.host_and_port().is_some_and(|(host, _)| {
            host.eq_ignore_ascii_case("localhost")
                || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        })
    }

    /// All that is wrong: the key and the reason.
    #[must_use]
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        if self.name.trim().is_empty() {
            found.push(("name", "is empty: name the ACD".to_owned()));
        }
        if self.server.trim().is_empty() {
            found.push(("server", "is empty: name this server".to_owned()));
        }
        if self.host_and_port().is_none() {
            let text = format!("{:?} is no host:port such as 127.0.0.1:5038", self.address);
            found.push(("address", text));
        }
        for (key, value) in [("user", self.user.as_str()), ("secret", self.secret.expose())] {
            if value.is_empty() {
                found.push((key, "is empty".to_owned()));
            } else if value.len() > 512 || value.contains(['\r', '\n', '\0']) {
                found.push((key, "has a line end or is longer than 512 bytes".to_owned()));
            }
        }
        match &self.tls {
            None if !self.plain_text && self.host_and_port().is_some() && !self.on_loopback() => {
                let text = "plain text beyond the loopback shows callers to the network: give \
                            tls_ca or tls_pin, or write tls = false to allow it";
                found.push(("tls", text.to_owned()));
            }
            Some(tls) if tls.ca.is_none() && tls.pin.is_none() => {
                found.push(("tls", "needs ca (a PEM file) or pin (SHA-256)".to_owned()));
            }
            _ => {}
        }
        if self.resync_every.is_some_and(|every| every < super::RESYNC_EVERY_MIN) {
            let text = format!("is below {} s", super::RESYNC_EVERY_MIN.as_secs());
            found.push(("resync_every", text));
        }
        if self.silence_max < super::SILENCE_MAX_MIN {
            let text = format!("is below {} s", super::SILENCE_MAX_MIN.as_secs());
            found.push(("silence_max", text));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(address: &str) -> Settings {
        Settings::new("pbx", address, "busyhour", Secret::new("s3cret"), "a")
    }

    #[test]
    fn addresses() {
        for (address, expected) in [
            ("127.0.0.1:5038", Some(("127.0.0.1", 5038))),
            ("[::1]:5038", Some(("::1", 5038))),
            ("pbx.example:5039", Some(("pbx.example", 5039))),
            ("::1:5038", None),
            ("pbx", None),
            (":5038", None),
            ("pbx:0", None),
            ("pbx:99999", None),
        ] {
            assert_eq!(settings(address).host_and_port(), expected, "{address}");
        }
    }

    #[test]
    fn plain_text_needs_the_loopback_or_a_word() {
        let problems = |s: &Settings| s.problems().iter().map(|p| p.0).collect::<Vec<_>>();
        for here in ["127.0.0.1:5038", "127.9.9.9:5038", "[::1]:5038", "localhost:5038"] {
            assert_eq!(problems(&settings(here)), [""; 0], "{here}");
        }
        let mut far = settings("192.0.2.1:5038");
        assert_eq!(problems(&far), ["tls"]);
        far.plain_text = true;
        assert_eq!(problems(&far), [""; 0]);
        far.tls = Some(TlsSettings::default());
        assert_eq!(problems(&far), ["tls"]);
        far.user.clear();
        far.secret = Secret::new("a\r\nAction: Originate");
        assert_eq!(problems(&far), ["user", "secret", "tls"]);
    }

    #[test]
    fn a_secret_is_not_printed() {
        assert!(!format!("{:?}", settings("127.0.0.1:5038")).contains("s3cret"));
    }

    #[test]
    fn variables_are_kept_by_name_and_by_prefix() {
        let leave = LeaveOut::default();
        for (event, variable, out) in [
            ("VarSet", Some("QUEUESTATUS"), false),
            ("VarSet", Some("QUEUESTATUSX"), true),
            ("VarSet", Some("CMS_CODE"), false),
            ("VarSet", Some("RTPAUDIOQOS"), true),
            ("VarSet", None, true),
            ("TestEvent", None, true),
            ("Hangup", None, false),
        ] {
            let variable = variable.map(str::as_bytes);
            assert_eq!(leave.leaves_out(event.as_bytes(), variable), out, "{event} {variable:?}");
        }
        assert!(!LeaveOut::nothing().leaves_out(b"VarSet", Some(b"ANY")));
    }
}
