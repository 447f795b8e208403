//! The pages: rendered on the server, moved by a stream of rendered pieces. Without the script
//! they are still whole, and load themselves anew.
//!
//! Whatever comes from a switch is data: the templates escape it, and [`words::visible`] makes
//! control characters harmless.

mod anomalies;
mod assets;
mod boards;
mod calls;
mod centre;
mod columns;
mod floor;
mod limits;
mod links;
mod notices;
mod queue;
mod stream;
mod trunks;
mod wallboard;
mod words;

pub use limits::{Limit, Limits};

pub(crate) use assets::asset;
pub(crate) use stream::{
    anomalies_stream, calls_stream, floor_stream, links_stream, queue_stream, trunks_stream,
    wallboard_stream,
};

use crate::clock;
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boards::Board;
use floor::Look;
use maud::{DOCTYPE, Markup, html};

/// `/`: the Floor.
pub(crate) async fn floor(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    let now = site.live().snapshot();
    let place = format!("{}-{}", now.version, site.run());
    let acd = only_acd(asked)?;
    let several = floor::several(&now) && acd.is_none();
    let look = Look { acd: acd.as_deref(), ..look(&site, several, &place) };
    Ok(page(&site, "Floor", "/", &floor::body(&now, look)))
}

/// The only switch that is asked for with `?acd=`; other words are the script's.
fn only_acd(asked: Asked) -> Result<Option<String>, Refusal> {
    let found = pairs(asked)?.into_iter().find(|(name, _)| name == "acd");
    Ok(found.map(|(_, acd)| acd).filter(|acd| !acd.is_empty()))
}

/// `/links`: the Links page.
pub(crate) async fn links(State(site): State<Site>) -> Response {
    let now = site.live().snapshot();
    // Its stream begins with everything: cards are few, and change all the time.
    let look = look(&site, floor::several(&now), "0");
    page(&site, "Links", "/links", &links::body(&now, look))
}

/// `/calls`: the Calls page.
pub(crate) async fn calls(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    Ok(board_of(&site, "Calls", "/calls", &Board::Calls, only_acd(asked)?.as_deref()))
}

/// `/queue/{acd}/{name}`: the page of a queue.
pub(crate) async fn queue(
    State(site): State<Site>,
    Path((acd, queue)): Path<(String, String)>,
) -> Response {
    let now = site.live().snapshot();
    if !queue::exists(&now, &acd, &queue) {
        let body = html! {
            main { div.empty.shown {
                h1 { "There is no queue " (words::visible(&queue)) " on " (words::visible(&acd)) }
                p { "The " a href="/" { "Floor" } " lists the queues that there are." }
            } }
        };
        return (StatusCode::NOT_FOUND, page(&site, "No such queue", "", &body)).into_response();
    }
    let title = words::visible(&queue).into_owned();
    board(&site, &title, "", &Board::Queue { acd, queue })
}

/// `/trunks`: the Trunks page.
pub(crate) async fn trunks(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    Ok(board_of(&site, "Trunks", "/trunks", &Board::Trunks, only_acd(asked)?.as_deref()))
}

/// `/anomalies`: the Anomalies page.
pub(crate) async fn anomalies(State(site): State<Site>) -> Response {
    board(&site, "Anomalies", "/anomalies", &Board::Anomalies)
}

/// `/wallboard`: the wallboard; `queue` restricts it to one, `rotate` shows each in turn, for
/// so many seconds.
pub(crate) async fn wallboard(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    let (mut queue, mut each) = (None, false);
    for (name, text) in pairs(asked)? {
        match name.as_str() {
            "queue" => queue = Some(text).filter(|queue| !queue.is_empty()),
            "rotate" => each = text.parse::<u16>().is_ok_and(|secs| secs > 0),
            _ => {}
        }
    }
    Ok(board(&site, "Wallboard", "/wallboard", &Board::Wall { queue, each }))
}

fn board(site: &Site, title: &str, path: &str, board: &Board) -> Response {
    board_of(site, title, path, board, None)
}

fn board_of(site: &Site, title: &str, path: &str, board: &Board, acd: Option<&str>) -> Response {
    let now = site.live().snapshot();
    let several = floor::several(&now) && acd.is_none();
    let look = Look { acd, ..look(site, several, "0") };
    page(site, title, path, &board.body(&now, look))
}

/// Any other address: JSON for programs, a page for people.
pub(crate) async fn nowhere(State(site): State<Site>, uri: Uri) -> Response {
    if uri.path().starts_with("/api/") || uri.path().starts_with("/health/") {
        let text = "there is nothing at this address; /api/v1/openapi.json lists what there is";
        return Refusal::missing("nowhere", text).into_response();
    }
    let body = html! {
        main { div.empty.shown {
            h1 { "There is nothing at this address" }
            p { "Go to the " a href="/" { "Floor" } " or to the " a href="/links" { "links" } "." }
        } }
    };
    (StatusCode::NOT_FOUND, page(&site, "Not found", "", &body)).into_response()
}

fn look<'a>(site: &'a Site, several: bool, place: &'a str) -> Look<'a> {
    Look { limits: &site.hooks().limits, now: clock::now(), several, acd: None, place }
}

/// The frame around every page.
fn page(site: &Site, title: &str, path: &str, body: &Markup) -> Response {
    let server = site.hooks().server.as_str();
    let places = [
        ("/", "Floor"),
        ("/calls", "Calls"),
        ("/trunks", "Trunks"),
        ("/wallboard", "Wallboard"),
        ("/anomalies", "Anomalies"),
        ("/links", "Links"),
    ];
    let text = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · Busyhour" }
                link rel="icon" type="image/svg+xml" href=(assets::address("icon.svg"));
                link rel="stylesheet" href=(assets::address("style.css"));
                script src=(assets::address("theme.js")) {}
                script defer src=(assets::address("live.js")) {}
                noscript { meta http-equiv="refresh" content="5"; }
            }
            body data-tag=(assets::tag()) data-now=(words::millis(clock::now())) {
                header.top {
                    a.brand href="/" {
                        svg viewBox="0 0 20 20" aria-hidden="true" {
                            path d="M2 11h3v6H2zM7 7h3v10H7zM12 3h3v14h-3zM17 9h1.5v8H17z" {}
                        }
                        "Busyhour"
                    }
                    nav aria-label="Pages" {
                        @for (to, name) in places {
                            a href=(to) aria-current=[(to == path).then_some("page")] { (name) }
                        }
                    }
                    @if !server.is_empty() { span.server { (words::visible(server)) } }
                    span.badge id="badge" role="status" aria-live="polite" { "Not moving" }
                    time.now id="now" {}
                    button.theme type="button" id="theme" aria-label="Theme" title="Theme" {}
                }
                (body)
            }
        }
    };
    let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
    (kind, text.into_string()).into_response()
}
