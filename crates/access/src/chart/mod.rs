//! Charts as SVG, made on the server: pure functions of the numbers that they show.
//!
//! A chart has no colour of its own (classes of the style sheet), no width of its own (percents),
//! no script and no style inside. It is an image with a title and a description, and beside it
//! stands a table of the same numbers. Moments carry `data-at`: the script writes them in the
//! zone of the browser, as it does everywhere on the pages; without it they are UTC.

mod canvas;
mod hatch;
mod hour;
mod lanes;
mod ticks;

pub(crate) use hour::hour;
pub(crate) use lanes::{Band, Chart, Lane, lanes};

use crate::pages::words::{hour_minute, millis};
use facts::Stamp;
use maud::{Markup, PreEscaped, html};
use plotters_backend::BackendCoord;

/// The inside of a drawing.
#[derive(Debug, Default)]
struct Svg(String);

impl Svg {
    fn push(&mut self, element: &Markup) {
        self.0.push_str(&element.0);
    }

    fn line(&mut self, class: &str, (x1, y1): BackendCoord, (x2, y2): BackendCoord) {
        let (x1, x2) = (percent(x1), percent(x2));
        self.push(&html! { line class=(class) x1=(x1) y1=(y1) x2=(x2) y2=(y2) {} });
    }

    fn rect(&mut self, class: &str, from: BackendCoord, to: BackendCoord) {
        let (x, y) = (from.0.min(to.0), from.1.min(to.1));
        let (width, height) = ((from.0 - to.0).abs(), (from.1 - to.1).abs());
        if height > 0 {
            self.push(&html! {
                rect class=(class) x=(percent(x)) y=(y) width=(percent(width)) height=(height) {}
            });
        }
    }

    /// A moment below the marks, by the clock.
    fn moment(&mut self, x: i32, y: i32, at: Stamp, minor: bool) {
        self.push(&html! {
            text class=(tick_class(x, minor)) x=(percent(x)) y=(y) data-at=(millis(at)) {
                (hour_minute(at))
            }
        });
    }

    /// The same, in words that are given.
    fn tick(&mut self, x: i32, y: i32, words: &str, minor: bool) {
        self.push(&html! {
            text class=(tick_class(x, minor)) x=(percent(x)) y=(y) { (words) }
        });
    }

    fn done(self) -> Markup {
        PreEscaped(self.0)
    }
}

/// The first and the last stay inside; a minor one is left out where it is narrow.
const fn tick_class(x: i32, minor: bool) -> &'static str {
    match (x, minor) {
        (..=2_500, false) => "tick start",
        (..=2_500, true) => "tick start minor",
        (97_500.., false) => "tick end",
        (97_500.., true) => "tick end minor",
        (_, true) => "tick minor",
        _ => "tick",
    }
}

/// A place across, as SVG takes it: `12.5%`.
fn percent(x: i32) -> String {
    let thousandths = x.unsigned_abs();
    let sign = if x < 0 { "-" } else { "" };
    let text = format!("{sign}{}.{:03}", thousandths / 1_000, thousandths % 1_000);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_across_are_percents() {
        let places = [0, 5, 12_500, 33_333, 100_000, -250].map(percent);
        assert_eq!(places, ["0%", "0.005%", "12.5%", "33.333%", "100%", "-0.25%"]);
    }
}
