//! For load balancers and people: does it live, is it ready.

use crate::refusal::Refusal;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

/// `/health/live`: the process answers.
pub(crate) async fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// `/health/ready`: tables have been published, the pages show something true.
pub(crate) async fn ready(State(site): State<Site>) -> Result<Json<Value>, Refusal> {
    let now = site.live().snapshot();
    if now.version == 0 {
        return Err(Refusal::later("not-ready", "no table has been published yet; try again soon"));
    }
    let at = now.at.to_string();
    Ok(Json(json!({ "status": "ready", "version": now.version, "at": at })))
}
