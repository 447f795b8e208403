//! `POST /api/v1/links`: one more switch while the server runs; `busyhour replay --speed` plays a
//! recording into a server this way. The only route that changes anything, so it is the most
//! careful one: JSON only (no form of another site can send that unasked), no `Origin` of
//! another page, loopback addresses only (what it attaches to is on this machine).

use crate::refusal::Refusal;
use crate::site::Site;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

/// The largest request taken, in bytes.
const BODY_MAX: usize = 16 << 10;

/// A switch to attach to.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewLink {
    /// The ACD's name.
    pub name: String,
    /// Its AMI; on loopback.
    pub address: SocketAddr,
    /// The AMI user.
    pub user: String,
    /// The AMI user's secret.
    pub secret: String,
    /// Patterns of trunk endpoints; may be left out.
    #[serde(default)]
    pub trunks: Vec<String>,
}

/// What attaches: gives the name under which the switch is shown, or why not.
#[derive(Clone)]
pub struct Attach(Arc<dyn Fn(NewLink) -> Result<String, String> + Send + Sync>);

impl Attach {
    /// Attaches by calling `attach`, which must not wait for the switch.
    pub fn new(attach: impl Fn(NewLink) -> Result<String, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(attach))
    }
}

impl fmt::Debug for Attach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attach")
    }
}

pub(crate) async fn attach(
    State(site): State<Site>,
    Path(table): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let attach = site.hooks().attach.clone().filter(|_| table == "links");
    let Some(attach) = attach else { return Err(crate::rest::wrong_method().await) };
    let of = |name| headers.get(name).and_then(|v| v.to_str().ok());
    if of(header::CONTENT_TYPE).is_none_or(|kind| !kind.starts_with("application/json")) {
        return Err(Refusal::bad("not-json", "send Content-Type: application/json"));
    }
    if of(header::ORIGIN).is_some() {
        let text = "pages may not attach switches: use the command line";
        return Err(Refusal { status: StatusCode::FORBIDDEN, code: "origin", text: text.into() });
    }
    if body.len() > BODY_MAX {
        return Err(Refusal::bad("too-large", format!("send at most {BODY_MAX} bytes")));
    }
    let link: NewLink = serde_json::from_slice(&body)
        .map_err(|e| Refusal::bad("bad-link", format!("the link cannot be read: {e}")))?;
    if !link.address.ip().is_loopback() {
        return Err(Refusal::bad(
            "not-loopback",
            "only switches on this machine: put others into \
            the configuration",
        ));
    }
    let name = (attach.0)(link).map_err(|why| Refusal::bad("not-attached", why))?;
    let kind = [(header::CONTENT_TYPE, "application/json")];
    let body = serde_json::json!({ "name": name }).to_string();
    Ok((StatusCode::CREATED, kind, body).into_response())
}
