//! The pages: rendered on the server, moved by a stream of rendered pieces. Without the script
//! they are still whole, and load themselves anew.
//!
//! Whatever comes from a switch is data: the templates escape it, and [`words::visible`] makes
//! control characters harmless.

mod agent;
mod anomalies;
mod asked;
mod assets;
mod boards;
mod call;
mod calls;
mod centre;
mod columns;
mod figures;
mod floor;
mod forms;
pub(crate) mod groups;
mod levels;
mod links;
mod notices;
mod phases;
mod print;
mod queue;
mod sieve;
mod stream;
pub(crate) mod thresholds;
mod trunks;
mod wallboard;
pub(crate) mod words;

pub(crate) use assets::asset;
pub(crate) use forms::set_author;
pub(crate) use print::{Page, Print};
pub(crate) use stream::{
    agent_stream, anomalies_stream, call_stream, calls_stream, floor_stream, links_stream,
    queue_stream, trunks_stream, wallboard_stream,
};

use crate::clock;
use crate::press::Topic;
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use asked::Narrowed;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use boards::Board;
use engine::Snapshot;
use floor::Look;
use levels::{Level, Levels};
use maud::{DOCTYPE, Markup, html};
use sieve::Wanted;
use std::sync::Arc;

/// `/`: the Floor; `group` and `level` narrow it.
pub(crate) async fn floor(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    let wanted = wanted(pairs(asked)?, &mut Vec::new());
    let (now, place) = shown(&site, Page::Floor(wanted.clone()));
    let look = look(&site, &now, floor::several(&now), &place);
    Ok(page(&site, "Floor", "/", &floor::body(&now, &wanted, look)))
}

/// What rows of the Floor are asked for; what is not about them is left in `rest`.
pub(super) fn wanted(pairs: Vec<(String, String)>, rest: &mut Vec<(String, String)>) -> Wanted {
    let mut wanted = Wanted::default();
    for (name, text) in pairs {
        match name.as_str() {
            "group" => wanted.group = text,
            "level" => wanted.level = Level::of_word(&text),
            "acd" => wanted.acd = text,
            _ => rest.push((name, text)),
        }
    }
    wanted
}

/// `/links`: the Links page.
pub(crate) async fn links(State(site): State<Site>) -> Response {
    let now = site.live().snapshot();
    // Its stream begins with everything: cards are few, and change all the time.
    let look = look(&site, &now, floor::several(&now), "0");
    page(&site, "Links", "/links", &links::body(&now, look))
}

/// `/calls`: the Calls page, narrowed to what the address asks for ([`Narrowed`]).
pub(crate) async fn calls(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    let mut asked = pairs(asked)?;
    let narrowed = Narrowed::take(&mut asked);
    let state = asked.into_iter().find(|(name, text)| name == "state" && !text.is_empty());
    let state = state.map(|(_, text)| text);
    let board = Board::Calls(narrowed);
    let (now, place) = shown(&site, Page::Board(board.clone()));
    let look = Look { state: state.as_deref(), ..look(&site, &now, floor::several(&now), &place) };
    let body = board.body(&now, look);
    Ok(page(&site, "Calls", "/calls", &body))
}

/// `/agent/{acd}/{agent}`: an agent's day.
pub(crate) async fn agent(
    State(site): State<Site>,
    Path((acd, agent)): Path<(String, String)>,
) -> Response {
    let now = site.live().snapshot();
    let Some(name) = agent::name(&now, &acd, &agent, look(&site, &now, false, "0")) else {
        let body = html! {
            main { div.empty.shown {
                h1 { "No agent " (words::visible(&agent)) " has been seen on "
                    (words::visible(&acd)) " today" }
                p { "The " a href="/" { "Floor" } " lists the agents who are logged on." }
            } }
        };
        return (StatusCode::NOT_FOUND, page(&site, "No such agent", "", &body)).into_response();
    };
    let title = words::visible(&name).into_owned();
    board(&site, &title, "", &Board::Agent { acd, agent })
}

/// `/call/{acd}/{call}`: a call's life.
pub(crate) async fn call(
    State(site): State<Site>,
    Path((acd, call)): Path<(String, String)>,
) -> Response {
    let now = site.live().snapshot();
    if !call::exists(&now, &acd, &call, look(&site, &now, false, "0")) {
        let body = html! {
            main { div.empty.shown {
                h1 { "The call " (words::visible(&call)) " on " (words::visible(&acd))
                    " is not known, or not any more" }
                p { a href="/calls" { "Calls" } " lists those that live and the last that ended." }
            } }
        };
        return (StatusCode::NOT_FOUND, page(&site, "No such call", "", &body)).into_response();
    }
    board(&site, "A call's life", "", &Board::Call { acd, call })
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
    let acd = only_acd(&mut pairs(asked)?);
    Ok(board(&site, "Trunks", "/trunks", &Board::Trunks(acd)))
}

/// Takes the only switch that is asked for out of the pairs of an address.
pub(super) fn only_acd(asked: &mut Vec<(String, String)>) -> Option<String> {
    let at = asked.iter().position(|(name, _)| name == "acd")?;
    Some(asked.swap_remove(at).1).filter(|acd| !acd.is_empty())
}

/// `/anomalies`: the Anomalies page.
pub(crate) async fn anomalies(State(site): State<Site>) -> Response {
    board(&site, "Anomalies", "/anomalies", &Board::Anomalies)
}

/// `/wallboard`: the wallboard of the centre, or of one `queue` or `group`; `rotate` shows each
/// in turn, for so many seconds.
pub(crate) async fn wallboard(State(site): State<Site>, asked: Asked) -> Result<Response, Refusal> {
    let wall = wallboard::Wall::of(pairs(asked)?, &mut Vec::new());
    Ok(board(&site, "Wallboard", "/wallboard", &Board::Wall(wall)))
}

fn board(site: &Site, title: &str, path: &str, board: &Board) -> Response {
    let (now, place) = shown(site, Page::Board(board.clone()));
    let look = look(site, &now, floor::several(&now), &place);
    page(site, title, path, &board.body(&now, look))
}

/// What a page shows, and where its stream goes on: the press is made to know that version, so
/// that the stream sends nothing that the page has.
fn shown(site: &Site, page: Page) -> (Arc<Snapshot>, String) {
    site.press(&Topic::Page(page)).warm(site);
    let now = site.live().snapshot();
    let place = format!("{}-{}", now.version, site.run());
    (now, place)
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

fn look<'a>(site: &'a Site, now: &'a Snapshot, several: bool, place: &'a str) -> Look<'a> {
    let clock = clock::now();
    Look {
        levels: Levels::of(now),
        now: clock,
        clock,
        several,
        place,
        state: None,
        stories: &site.hooks().stories,
        drawn: Some(clock),
    }
}

/// The frame around every page.
fn page(site: &Site, title: &str, path: &str, body: &Markup) -> Response {
    let server = site.hooks().server.as_str();
    let places = [
        ("/", "Floor"),
        ("/calls", "Calls"),
        ("/trunks", "Trunks"),
        ("/wallboard", "Wallboard"),
        ("/thresholds", "Thresholds"),
        ("/groups", "Groups"),
        ("/anomalies", "Anomalies"),
        ("/links", "Links"),
    ];
    let moves = body.0.contains("data-stream=");
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
                // What somebody is writing in must stay.
                @if moves { noscript { meta http-equiv="refresh" content="5"; } }
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
                    span.badge id="badge" { "Not moving" }
                    // The script says here what has just begun to be wrong, and nothing else.
                    span.unseen id="said" role="status" aria-live="polite" {}
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
