//! The streams that move the pages. An event is one JSON object, applied as a whole, so that a
//! page that is cut off between two of them is at a version and can go on from there:
//!
//! * `patch`: `{at, all?, reload?, rows?, pieces?, cells?, gone?, figures?, notices?,
//!   queues-empty?, agents-empty?}`: rendered rows, and other pieces, to put in place by their
//!   ids; with `all`, rows that are not among them go. `cells`: of rows that are there, by id,
//!   the cells that changed by their place, and under `tr` the row's opening tag. `reload`: the
//!   page must be loaded anew. `centre` and the last three: what stands in the elements of that
//!   id.
//! * `clock`: `{now, at, tag}`: this server's clock, when tables were last published, and the
//!   build of the pages. First, and every 5 s.

use super::asked::Narrowed;
use super::boards::Board;
use super::wallboard::Wall;
use super::{Page, only_acd, wanted};
use crate::feed::{Feed, known};
use crate::gzip::Coding;
use crate::press::Topic;
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;

type Moving = Result<Response, Refusal>;

/// `/floor/stream`: what has changed on the Floor; `group` and `level` as for the page.
pub(crate) async fn floor_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    let mut rest = Vec::new();
    let wanted = wanted(pairs(asked)?, &mut rest);
    open(&site, &headers, rest, Page::Floor(wanted))
}

/// `/links/stream`: what has changed on the Links page.
pub(crate) async fn links_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    open(&site, &headers, pairs(asked)?, Page::Links)
}

/// `/calls/stream`: what has changed on the Calls page.
pub(crate) async fn calls_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    let mut asked = pairs(asked)?;
    let narrowed = Narrowed::take(&mut asked);
    board_stream(site, &headers, asked, Board::Calls(narrowed))
}

/// `/agent/{acd}/{agent}/stream`: what has changed on an agent's page.
pub(crate) async fn agent_stream(
    State(site): State<Site>,
    Path((acd, agent)): Path<(String, String)>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Agent { acd, agent })
}

/// `/call/{acd}/{call}/stream`: what has changed on a call's page.
pub(crate) async fn call_stream(
    State(site): State<Site>,
    Path((acd, call)): Path<(String, String)>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Call { acd, call })
}

/// `/queue/{acd}/{name}/stream`: what has changed on a queue's page.
pub(crate) async fn queue_stream(
    State(site): State<Site>,
    Path((acd, queue)): Path<(String, String)>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Queue { acd, queue })
}

/// `/trunks/stream`: what has changed on the Trunks page.
pub(crate) async fn trunks_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    let mut asked = pairs(asked)?;
    let acd = only_acd(&mut asked);
    board_stream(site, &headers, asked, Board::Trunks(acd))
}

/// `/anomalies/stream`: what has changed on the Anomalies page.
pub(crate) async fn anomalies_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Anomalies)
}

/// `/wallboard/stream`: what has changed of what the wallboard shows in this turn.
pub(crate) async fn wallboard_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    let mut rest = Vec::new();
    let wall = Wall::of(pairs(asked)?, &mut rest);
    board_stream(site, &headers, rest, Board::Wall(wall))
}

fn board_stream(
    site: Site,
    headers: &HeaderMap,
    asked: Vec<(String, String)>,
    board: Board,
) -> Moving {
    open(&site, headers, asked, Page::Board(board))
}

fn open(site: &Site, headers: &HeaderMap, asked: Vec<(String, String)>, page: Page) -> Moving {
    let (mut since, mut several) = (None, None);
    for (name, text) in asked {
        match (name.as_str(), text.as_str()) {
            ("since", _) => since = Some(text),
            ("several", "0" | "1") => several = Some(text == "1"),
            _ => {
                let text = format!("this stream takes since and several=0 or 1, not '{name}'");
                return Err(Refusal::bad("unknown-parameter", text));
            }
        }
    }
    let known = known(site, headers, since.as_deref())?;
    let press = site.press(&Topic::Page(page));
    Ok(Feed::new(site, press, known, several)?.answer(true, Coding::accepted(headers)))
}
