//! Login as a state machine: in the clear, or by MD5 challenge.
//!
//! Knows what to send and what the answers mean. It cannot wait: Asterisk answers a wrong
//! secret after a second and closes after 30 s without a login, the owner minds the clock.

use std::fmt;

use md5::{Digest, Md5};

use crate::action::{Action, ActionError, ActionId};
use crate::message::{Kind, Message};

/// How the secret is proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMethod {
    /// The secret goes over the wire: for loopback and TLS.
    Plain,
    /// Only md5(challenge + secret) goes over the wire.
    Md5,
}

/// What to do after a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginStep {
    /// Send these bytes and go on.
    Send(Vec<u8>),
    /// Logged in.
    Ok,
    /// Refused, in Asterisk's words; it closes the connection. A wrong secret, an unknown
    /// user and a wrong key all read `Authentication failed`.
    Failed(String),
    /// Nothing to do with the login, or the login is over.
    NotMine,
}

/// One login; made anew for each connection.
pub struct Login {
    state: State,
    user: String,
    secret: String,
    events: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Challenged,
    Asked,
    Over,
}

impl Login {
    /// Starts a login; the bytes are to be sent first.
    ///
    /// # Errors
    /// User or secret cannot go into one line of an action.
    pub fn start(
        method: LoginMethod,
        user: &str,
        secret: &str,
    ) -> Result<(Self, Vec<u8>), ActionError> {
        Self::start_with(method, user, secret, None)
    }

    /// As [`Self::start`], asking for these event classes only (`Events: system,call`), or
    /// none (`off`).
    ///
    /// # Errors
    /// User, secret or classes cannot go into one line of an action.
    pub fn start_with_events(
        method: LoginMethod,
        user: &str,
        secret: &str,
        events: &str,
    ) -> Result<(Self, Vec<u8>), ActionError> {
        Self::start_with(method, user, secret, Some(events.to_owned()))
    }

    fn start_with(
        method: LoginMethod,
        user: &str,
        secret: &str,
        events: Option<String>,
    ) -> Result<(Self, Vec<u8>), ActionError> {
        let mut login =
            Self { state: State::Asked, user: user.to_owned(), secret: secret.to_owned(), events };
        // Made for both methods: what cannot be sent is said now, not after the challenge.
        let plain = login.action("Secret", secret.as_bytes())?;
        let action = match method {
            LoginMethod::Plain => plain,
            LoginMethod::Md5 => {
                login.state = State::Challenged;
                Action::new("Challenge").id(&ActionId::challenge()).header("AuthType", "MD5")?
            }
        };
        Ok((login, action.to_bytes()))
    }

    /// Looks at a message that came.
    pub fn on(&mut self, message: &Message<'_>) -> LoginStep {
        let Kind::Response(word) = message.kind() else {
            return LoginStep::NotMine;
        };
        let awaited = match self.state {
            State::Challenged => ActionId::challenge(),
            State::Asked => ActionId::login(),
            State::Over => return LoginStep::NotMine,
        };
        if message.action_id() != Some(awaited.as_bytes()) {
            return LoginStep::NotMine;
        }
        if !word.eq_ignore_ascii_case(b"Success") {
            return self.fail(crate::text(message.get("Message").unwrap_or(word)));
        }
        if self.state == State::Asked {
            self.state = State::Over;
            return LoginStep::Ok;
        }
        let Some(challenge) = message.get("Challenge") else {
            return self.fail("answer to Challenge has no challenge".to_owned());
        };
        match self.action("Key", key(challenge, &self.secret).as_bytes()) {
            Ok(action) => {
                self.state = State::Asked;
                LoginStep::Send(action.to_bytes())
            }
            Err(error) => self.fail(error.to_string()),
        }
    }

    fn fail(&mut self, reason: String) -> LoginStep {
        self.state = State::Over;
        LoginStep::Failed(reason)
    }

    fn action(&self, proof: &'static str, value: &[u8]) -> Result<Action, ActionError> {
        let mut action = Action::new("Login").id(&ActionId::login());
        if proof == "Key" {
            action = action.header("AuthType", "MD5")?;
        }
        action = action.header("Username", &self.user)?.header(proof, value)?;
        match &self.events {
            Some(events) => action.header("Events", events),
            None => Ok(action),
        }
    }
}

/// Shows everything but the secret.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login")
            .field("state", &self.state)
            .field("user", &self.user)
            .field("events", &self.events)
            .finish_non_exhaustive()
    }
}

/// md5(challenge + secret) in lower case hex.
fn key(challenge: &[u8], secret: &str) -> String {
    let mut md5 = Md5::new();
    md5.update(challenge);
    md5.update(secret.as_bytes());
    let mut hex = String::with_capacity(32);
    for byte in md5.finalize() {
        for nibble in [byte >> 4, byte & 0xf] {
            hex.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    hex
}
