//! Asking a running server over REST, for the commands that show its live tables.

use crate::exit::{Exit, Failure};
use serde_json::{Map, Value};
use std::time::Duration;

/// How long a server may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer taken: a table of 10,000 agents is some 5 MiB.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A server's address.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    server: String,
    agent: ureq::Agent,
}

impl Client {
    /// A client of the server at `HOST:PORT`.
    pub(crate) fn new(server: &str) -> Self {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(ANSWER_TIMEOUT))
            .http_status_as_error(false)
            .build();
        Self { server: server.to_owned(), agent: config.into() }
    }

    /// The rows of a live table as they stand now.
    pub(crate) fn table(&self, name: &str) -> Result<Vec<Map<String, Value>>, Failure> {
        let body = self.get(&format!("/api/v1/{name}"))?;
        serde_json::from_str(&body).map_err(|e| {
            Failure::problem(format!("server {} answered what is no table: {e}", self.server))
        })
    }

    fn get(&self, path: &str) -> Result<String, Failure> {
        let answer = self.agent.get(format!("http://{}{path}", self.server)).call();
        self.answer(answer)
    }

    /// Sends JSON.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<String, Failure> {
        let answer = self
            .agent
            .post(format!("http://{}{path}", self.server))
            .header("Content-Type", "application/json")
            .send(body.to_string());
        self.answer(answer)
    }

    fn answer(
        &self,
        answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<String, Failure> {
        let mut answer = answer.map_err(|e| {
            let words = format!(
                "no server answers at {}: {e}; start one with `busyhour serve` or say --server",
                self.server
            );
            Failure::new(Exit::NoServer, words)
        })?;
        let status = answer.status();
        let body =
            answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string().map_err(
                |e| Failure::new(Exit::NoServer, format!("server {}: {e}", self.server)),
            )?;
        if status.is_success() {
            return Ok(body);
        }
        let words = serde_json::from_str::<Value>(&body)
            .ok()
            .and_then(|v| v.get("text").and_then(Value::as_str).map(str::to_owned))
            .unwrap_or_else(|| status.to_string());
        Err(Failure::problem(format!("server {} refuses: {words}", self.server)))
    }
}
