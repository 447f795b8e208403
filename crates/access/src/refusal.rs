//! What a caller gets who cannot have what he asked for: a stable code and words that say what
//! to do. Never an internal text.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::borrow::Cow;

/// A request that was not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// A stable word for programs.
    pub(crate) code: &'static str,
    /// A lowercase fragment for people.
    pub(crate) text: Cow<'static, str>,
}

impl Refusal {
    /// The request itself is wrong.
    pub(crate) fn bad(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, code, text: text.into() }
    }

    /// There is no such thing.
    pub(crate) fn missing(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::NOT_FOUND, code, text: text.into() }
    }

    /// Not now: try again.
    pub(crate) fn later(code: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::SERVICE_UNAVAILABLE, code, text: text.into() }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = serde_json::json!({ "code": self.code, "text": self.text }).to_string();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        if self.status == StatusCode::SERVICE_UNAVAILABLE {
            return (self.status, kind, [(header::RETRY_AFTER, "2")], body).into_response();
        }
        (self.status, kind, body).into_response()
    }
}
