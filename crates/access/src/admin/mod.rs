//! What administrators decide, over REST: thresholds and groups are set and removed, every
//! decree can be looked up and undone. What a decision means and whether it may be made is the
//! engine's business; here it is read, handed over and answered.
//!
//! These routes change something, so they are careful: JSON only (no form of another site can
//! send that unasked) and no page but our own. Until there are accounts whoever reaches loopback
//! may decide, and says himself who he is.

mod answers;
pub(crate) mod describe;
mod fields;

use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use answers::Denied;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use engine::{Administration, DecreeError};
use facts::Text;
use facts::decree::{Change, DecreeId, Decreed, Measure, Place, Scope, Threshold};
use fields::Fields;

/// The largest request taken, in bytes: a group with as many members as may be.
const BODY_MAX: usize = 512 << 10;
/// Decrees of one answer unless asked for more.
const HISTORY_USUAL: usize = 1_000;

/// The routes.
pub(crate) fn routes() -> Router<Site> {
    let of_default = get(of_default::get).put(of_default::put).delete(of_default::delete);
    let of_group = get(of_group::get).put(of_group::put).delete(of_group::delete);
    let of_queue = get(of_queue::get).put(of_queue::put).delete(of_queue::delete);
    Router::new()
        .route("/api/v1/thresholds/default/{measure}", of_default)
        .route("/api/v1/thresholds/{scope}/{name}/{measure}", of_group)
        .route("/api/v1/thresholds/queue/{acd}/{name}/{measure}", of_queue)
        .route("/api/v1/groups/{name}", get(group).put(put_group).delete(remove_group))
        .route("/api/v1/decrees", get(decrees))
        .route("/api/v1/decrees/{id}/undo", post(undo))
}

/// Who decides and what he saw before.
struct Caller {
    author: String,
    /// `None`: he does not care what is replaced.
    seen: Option<Option<DecreeId>>,
}

/// Where decisions are made; refuses if this server takes none.
fn administration(site: &Site) -> Result<Administration, Denied> {
    let text = "this server takes no decisions";
    let none = Refusal { status: StatusCode::NOT_FOUND, code: "no-decrees", text: text.into() };
    site.hooks().administration.clone().ok_or(Denied::Plain(none))
}

/// Refuses what a page of another site could send in somebody's name.
fn own_page(headers: &HeaderMap) -> Result<(), Denied> {
    let of = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let foreign = match (headers.get(header::ORIGIN), of(header::HOST)) {
        (None, _) => false,
        (Some(origin), Some(host)) => {
            let origin = origin.to_str().unwrap_or_default();
            let named = origin.strip_prefix("http://").or(origin.strip_prefix("https://"));
            !named.is_some_and(|named| named.eq_ignore_ascii_case(host))
        }
        (Some(_), None) => true,
    };
    let site = headers.get("sec-fetch-site").and_then(|v| v.to_str().ok());
    if foreign || site.is_some_and(|site| !["same-origin", "none"].contains(&site)) {
        let text = "pages of other sites may not decide anything here";
        let status = StatusCode::FORBIDDEN;
        return Err(Denied::Plain(Refusal { status, code: "origin", text: text.into() }));
    }
    Ok(())
}

/// The body of a request that changes something.
fn body_of<'a>(headers: &HeaderMap, body: &'a Bytes) -> Result<&'a [u8], Denied> {
    own_page(headers)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    if kind.is_none_or(|kind| !kind.starts_with("application/json")) {
        return Err(Refusal::bad("not-json", "send Content-Type: application/json").into());
    }
    if body.len() > BODY_MAX {
        return Err(Refusal::bad("too-large", format!("send at most {BODY_MAX} bytes")).into());
    }
    Ok(body)
}

/// Makes a decision on a thread that may wait for the disk.
async fn make(admin: Administration, caller: Caller, change: Change) -> Result<Decreed, Denied> {
    let done = tokio::task::spawn_blocking(move || match (change, caller.seen) {
        (Change::Undo(id), _) => admin.undo(&caller.author, id),
        (change, Some(seen)) => admin.decree_after(&caller.author, change, seen),
        (change, None) => admin.decree(&caller.author, change),
    });
    let broken = |_| DecreeError::NotKept("it could not be worked on".to_owned());
    Ok(done.await.map_err(broken)??)
}

/// Whose figures an address speaks of.
pub(crate) mod place {
    use super::{Measure, Place, Refusal, Scope, Text};

    /// The measure of that word.
    pub(crate) fn measure(word: &str) -> Result<Measure, Refusal> {
        Measure::of_word(word).ok_or_else(|| {
            let words = Measure::ALL.map(Measure::word).join(", ");
            let text = format!("there is no measure '{word}'; there are {words}");
            Refusal::missing("unknown-measure", text)
        })
    }

    pub(crate) fn default(word: &str) -> Result<Place, Refusal> {
        Ok(Place { scope: Scope::Default, measure: measure(word)? })
    }

    pub(crate) fn named(scope: &str, name: &str, word: &str) -> Result<Place, Refusal> {
        let scope = match scope {
            "group" => Scope::Group(Text::from(name)),
            "members" => Scope::Members(Text::from(name)),
            _ => {
                let text = format!("there is no scope '{scope}'; there are group and members");
                return Err(Refusal::missing("unknown-scope", text));
            }
        };
        Ok(Place { scope, measure: measure(word)? })
    }

    pub(crate) fn queue(acd: &str, name: &str, word: &str) -> Result<Place, Refusal> {
        let scope = Scope::Queue { acd: Text::from(acd), name: Text::from(name) };
        Ok(Place { scope, measure: measure(word)? })
    }
}

/// The three ways to name a place in an address, each with the same three routes.
macro_rules! threshold_routes {
    ($($module:ident $path:ty, $pattern:pat => $place:expr;)*) => {$(
        /// Thresholds at one kind of place.
        pub(crate) mod $module {
            use super::*;

            pub(crate) async fn get(
                State(site): State<Site>,
                Path($pattern): Path<$path>,
            ) -> Result<Response, Denied> {
                show_threshold(&site, &$place?)
            }

            pub(crate) async fn put(
                State(site): State<Site>,
                Path($pattern): Path<$path>,
                headers: HeaderMap,
                body: Bytes,
            ) -> Result<Response, Denied> {
                put_threshold(&site, $place?, &headers, &body).await
            }

            pub(crate) async fn delete(
                State(site): State<Site>,
                Path($pattern): Path<$path>,
                headers: HeaderMap,
                asked: Asked,
            ) -> Result<Response, Denied> {
                remove(&site, Change::RemoveThreshold($place?), &headers, asked).await
            }
        }
    )*};
}
threshold_routes! {
    of_default String, measure => place::default(&measure);
    of_group (String, String, String), (scope, name, measure)
        => place::named(&scope, &name, &measure);
    of_queue (String, String, String), (acd, name, measure)
        => place::queue(&acd, &name, &measure);
}

fn show_threshold(site: &Site, place: &Place) -> Result<Response, Denied> {
    let in_force = administration(site)?.in_force();
    let Some(settled) = in_force.threshold(place) else {
        let text = format!("there is no threshold on {place}; what is less specific holds");
        return Err(Refusal::missing("no-threshold", text).into());
    };
    Ok(answers::json(StatusCode::OK, &answers::threshold(place, settled)))
}

async fn put_threshold(
    site: &Site,
    place: Place,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Response, Denied> {
    let admin = administration(site)?;
    let mut fields = Fields::read(body_of(headers, body)?)?;
    let limits = fields.limits(place.measure);
    let caller = fields.caller();
    fields.finish()?;
    let change = Change::SetThreshold(Threshold { place, limits });
    let decreed = make(admin, caller, change).await?;
    Ok(answers::json(StatusCode::OK, &answers::decreed(&decreed, None)))
}

/// DELETE of a threshold or a group: who and what he saw stand behind the question mark.
async fn remove(
    site: &Site,
    change: Change,
    headers: &HeaderMap,
    asked: Asked,
) -> Result<Response, Denied> {
    own_page(headers)?;
    let admin = administration(site)?;
    let mut fields = Fields::of_query(pairs(asked)?);
    let caller = fields.caller();
    fields.finish()?;
    let decreed = make(admin, caller, change).await?;
    Ok(answers::json(StatusCode::OK, &answers::decreed(&decreed, None)))
}

/// `GET /api/v1/groups/{name}`.
pub(crate) async fn group(
    State(site): State<Site>,
    Path(name): Path<String>,
) -> Result<Response, Denied> {
    let in_force = administration(&site)?.in_force();
    let Some(group) = in_force.group(&name) else {
        return Err(Refusal::missing("no-group", format!("there is no group {name}")).into());
    };
    Ok(answers::json(StatusCode::OK, &answers::group(group)))
}

/// `PUT /api/v1/groups/{name}`.
pub(crate) async fn put_group(
    State(site): State<Site>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Denied> {
    let admin = administration(&site)?;
    let mut fields = Fields::read(body_of(&headers, &body)?)?;
    let group = fields.group(&name);
    let caller = fields.caller();
    fields.finish()?;
    let decreed = make(admin, caller, Change::SetGroup(group)).await?;
    Ok(answers::json(StatusCode::OK, &answers::decreed(&decreed, None)))
}

/// `DELETE /api/v1/groups/{name}`.
pub(crate) async fn remove_group(
    State(site): State<Site>,
    Path(name): Path<String>,
    headers: HeaderMap,
    asked: Asked,
) -> Result<Response, Denied> {
    remove(&site, Change::RemoveGroup(name.into()), &headers, asked).await
}

/// `GET /api/v1/decrees`: the history, newest first.
pub(crate) async fn decrees(State(site): State<Site>, asked: Asked) -> Result<Response, Denied> {
    let admin = administration(&site)?;
    let mut limit = HISTORY_USUAL;
    for (name, text) in pairs(asked)? {
        limit = match (name.as_str(), text.parse()) {
            ("limit", Ok(limit)) => limit,
            ("limit", Err(_)) => {
                let text = format!("limit must be a whole number from 0, not '{text}'");
                return Err(Refusal::bad("bad-limit", text).into());
            }
            _ => {
                let text = format!("decrees take limit, not '{name}'");
                return Err(Refusal::bad("unknown-parameter", text).into());
            }
        };
    }
    Ok(answers::json(StatusCode::OK, &answers::history(&admin.history(), limit)))
}

/// `POST /api/v1/decrees/{id}/undo`.
pub(crate) async fn undo(
    State(site): State<Site>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Denied> {
    let admin = administration(&site)?;
    let Some(id) = DecreeId::parse(&id) else {
        let text = format!("'{id}' is not the id of a decree: it has twelve digits or letters");
        return Err(Refusal::missing("unknown-decree", text).into());
    };
    let mut fields = Fields::read(body_of(&headers, &body)?)?;
    let caller = fields.caller();
    fields.finish()?;
    let decreed = make(admin, caller, Change::Undo(id)).await?;
    Ok(answers::json(StatusCode::CREATED, &answers::decreed(&decreed, None)))
}

impl IntoResponse for Denied {
    fn into_response(self) -> Response {
        match self {
            Self::Plain(refusal) => refusal.into_response(),
            Self::Fields(wrong) => answers::wrong_fields(&wrong),
        }
    }
}
