//! Hatching: what is not known looks like nothing that is. A pattern is named by the mark itself:
//! a style sheet's `url(#…)` may look in the style sheet.

use super::{Svg, percent};
use maud::{Markup, html};
use plotters_backend::BackendCoord;

/// The pattern of what is not known; `id` begins its name.
pub(super) fn pattern(id: &str) -> Markup {
    html! {
        pattern id=(format!("{id}-unknown")) width="7" height="7"
            patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
            rect.hatch-ground width="7" height="7" {}
            line.hatch-line x1="0" y1="0" x2="0" y2="7" {}
        }
    }
}

/// Covers a rectangle with it.
pub(super) fn put(svg: &mut Svg, id: &str, from: BackendCoord, to: BackendCoord) {
    let (width, height) = ((to.0 - from.0).max(0), (to.1 - from.1).max(0));
    svg.push(&html! {
        rect fill=(format!("url(#{id}-unknown)")) x=(percent(from.0)) y=(from.1)
            width=(percent(width)) height=(height) {}
    });
}
