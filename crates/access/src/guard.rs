//! What stands before every route: whom we listen to, and what browsers are told about us.

use crate::refusal::Refusal;
use crate::site::Site;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Nothing but our own files, no inline code or style, no frame around us.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The names under which loopback may be asked for.
const OWN_NAMES: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// Refuses requests that name a host that is not ours, and puts the security headers on every
/// answer.
pub(crate) async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let host = host_of(&request);
    let ours = host.is_some_and(|host| {
        let name = without_port(host);
        let known = OWN_NAMES.iter().copied().chain(site.hooks().hosts.iter().map(String::as_str));
        known.into_iter().any(|k| k.eq_ignore_ascii_case(name))
    });
    let mut response = if ours {
        next.run(request).await
    } else {
        let text = "this server answers to localhost, 127.0.0.1 and [::1] only; \
            add the name you use to its configuration";
        let status = StatusCode::MISDIRECTED_REQUEST;
        Refusal { status, code: "unknown-host", text: text.into() }.into_response()
    };
    put_headers(response.headers_mut());
    response
}

/// The host that the request is for; `None` if there is none, several, or an unreadable one.
fn host_of(request: &Request) -> Option<&str> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next(), request.uri().host()) {
        (Some(one), None, None) => one.to_str().ok(),
        // A request line with a whole address counts, and must not say something else.
        (Some(one), None, Some(named)) => {
            one.to_str().ok().filter(|h| without_port(h).eq_ignore_ascii_case(named))
        }
        (None, _, named) => named,
        (Some(_), Some(_), _) => None,
    }
}

/// `localhost:8080` without `:8080`. An address in brackets keeps its colons.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

fn put_headers(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        // Without it a browser would not say with a post that it comes from our own page.
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // What is live is never kept by a browser or a proxy, unless the route says otherwise.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_go_and_addresses_stay() {
        for (host, name) in [
            ("localhost", "localhost"),
            ("localhost:8080", "localhost"),
            ("127.0.0.1:1", "127.0.0.1"),
            ("[::1]", "[::1]"),
            ("[::1]:8080", "[::1]"),
            ("localhost:", "localhost"),
            ("localhost:x", "localhost:x"),
            ("127.0.0.1.evil.example:80", "127.0.0.1.evil.example"),
        ] {
            assert_eq!(without_port(host), name);
        }
    }
}
