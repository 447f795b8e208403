//! Asking a running server over REST, for the commands that show its live tables.

use crate::exit::{Exit, Failure};
use facts::Stamp;
use serde_json::{Map, Value};
use std::time::Duration;

/// How long a server may take to answer.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// The largest answer taken: a table of 10,000 agents is some 5 MiB.
const ANSWER_BYTES_MAX: u64 = 256 << 20;

/// A row of a table, its columns in their order.
pub(crate) type Row = Map<String, Value>;

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
    pub(crate) fn table(&self, name: &str) -> Result<Vec<Row>, Failure> {
        self.table_as_of(name).map(|(rows, _)| rows)
    }

    /// The rows of a live table in which these columns say that.
    pub(crate) fn table_where(
        &self,
        name: &str,
        equal: &[(&str, &str)],
    ) -> Result<Vec<Row>, Failure> {
        let mut request = self.agent.get(format!("http://{}/api/v1/{name}", self.server));
        for (column, value) in equal {
            request = request.query(column, value);
        }
        let text = self.answer(request.call())?;
        serde_json::from_str(&text).map_err(|e| {
            Failure::problem(format!("server {} answered what is no table: {e}", self.server))
        })
    }

    /// The rows of a live table and the moment they are true for, by the server's clock.
    pub(crate) fn table_as_of(&self, name: &str) -> Result<(Vec<Row>, Option<Stamp>), Failure> {
        let answer = self.agent.get(format!("http://{}/api/v1/{name}", self.server)).call();
        let header = answer.as_ref().ok().and_then(|a| a.headers().get("x-as-of"));
        let as_of = header.and_then(|h| h.to_str().ok()).and_then(Stamp::parse);
        let rows = serde_json::from_str(&self.answer(answer)?).map_err(|e| {
            Failure::problem(format!("server {} answered what is no table: {e}", self.server))
        })?;
        Ok((rows, as_of))
    }

    /// An object at a path of the server.
    pub(crate) fn object(&self, path: &str) -> Result<Row, Failure> {
        let answer = self.agent.get(format!("http://{}{path}", self.server)).call();
        serde_json::from_str(&self.answer(answer)?).map_err(|e| {
            Failure::problem(format!("server {} answered what is no object: {e}", self.server))
        })
    }

    /// What the server says at a path under `/api/v1/`.
    pub(crate) fn get(&self, path: &str) -> Result<String, Failure> {
        self.answer(self.agent.get(format!("http://{}/api/v1/{path}", self.server)).call())
    }

    /// Puts JSON.
    pub(crate) fn put(&self, path: &str, body: &Value) -> Result<String, Failure> {
        let answer = self
            .agent
            .put(format!("http://{}{path}", self.server))
            .header("Content-Type", "application/json")
            .send(body.to_string());
        self.answer(answer)
    }

    /// Deletes what is at a path.
    pub(crate) fn delete(&self, path: &str) -> Result<String, Failure> {
        self.answer(self.agent.delete(format!("http://{}{path}", self.server)).call())
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
