//! Style sheet, scripts and icon, built into the program. Their addresses carry a tag of their
//! contents, so that a browser may keep them for ever and never shows an old one.

use crate::refusal::Refusal;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::LazyLock;

const SCRIPT: &str = "text/javascript; charset=utf-8";

/// Name, media type, contents.
const ASSETS: [(&str, &str, &str); 4] = [
    ("style.css", "text/css; charset=utf-8", include_str!("style.css")),
    ("theme.js", SCRIPT, include_str!("theme.js")),
    ("live.js", SCRIPT, include_str!("live.js")),
    ("icon.svg", "image/svg+xml", include_str!("icon.svg")),
];

static TAG: LazyLock<String> = LazyLock::new(|| {
    // FNV-1a: enough to tell two builds apart.
    let bytes = ASSETS.iter().flat_map(|(_, _, text)| text.bytes());
    let version = env!("CARGO_PKG_VERSION").bytes();
    let hash = bytes.chain(version).fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
});

/// A word for this build of the pages; a page of another build loads itself anew.
pub(crate) fn tag() -> &'static str {
    &TAG
}

/// The address of an asset.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{name}?{}", tag())
}

/// `/assets/{file}`.
pub(crate) async fn asset(Path(file): Path<String>) -> Result<Response, Refusal> {
    let Some((_, kind, text)) = ASSETS.iter().find(|(name, ..)| *name == file) else {
        return Err(Refusal::missing("unknown-file", "there is no such file"));
    };
    let keep = "public, max-age=31536000, immutable";
    Ok(([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, keep)], *text).into_response())
}
