//! Bands in lanes along time: a lane for each state, so that where a band stands says what it
//! is, and colour only says it again. What is not known is hatched across all lanes.

use super::canvas::{Canvas, Ink};
use super::ticks::ticks;
use super::{Svg, hatch, percent};
use crate::pages::words::{age, millis};
use facts::Stamp;
use maud::{Markup, html};
use plotters::chart::ChartBuilder;
use plotters::drawing::{DrawingAreaErrorKind, IntoDrawingArea as _};
use plotters::element::PathElement;
use plotters_backend::BackendCoord;
use std::convert::Infallible;

/// Pixels of a lane, and of the words of the axis below.
const LANE: u32 = 24;
const AXIS: u32 = 20;
/// Pixels left free above and below a band.
const ROOM: i32 = 4;
/// The least width of a band: what happened is seen, however short it was.
const NARROWEST: i32 = 120;

/// A lane: what its bands are, in the word of the style sheet (`data-s`) and in that of people.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lane(pub(crate) &'static str, pub(crate) &'static str);

/// Something that took time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Band {
    /// Its lane, counted from the top; `None`: not known what it was.
    pub(crate) lane: Option<usize>,
    /// From when.
    pub(crate) from: Stamp,
    /// Until when.
    pub(crate) to: Stamp,
    /// What is said where one points at it; begins with its moment.
    pub(crate) said: String,
}

/// A drawing of lanes.
#[derive(Debug)]
pub(crate) struct Chart<'a> {
    /// Begins the ids in it.
    pub(crate) id: &'a str,
    /// What it shows, in few words.
    pub(crate) title: &'a str,
    /// What one sees in it.
    pub(crate) desc: &'a str,
    /// Where time begins.
    pub(crate) from: Stamp,
    /// Where it ends.
    pub(crate) to: Stamp,
    /// From where moments of the clock are counted, so that they are round; `None`: time since
    /// the beginning is written instead.
    pub(crate) clock_from: Option<Stamp>,
    /// From the top.
    pub(crate) lanes: &'a [Lane],
    /// In any order.
    pub(crate) bands: &'a [Band],
}

/// Where everything stands: bands with their corners, ticks.
struct Placed {
    svg: Svg,
    bands: Vec<(BackendCoord, BackendCoord)>,
    ticks: Vec<(i32, Stamp)>,
}

fn place(chart: &Chart<'_>, height: u32) -> Result<Placed, DrawingAreaErrorKind<Infallible>> {
    let mut svg = Svg::default();
    let lanes = i64::try_from(chart.lanes.len()).unwrap_or(0);
    // Milliseconds: a day of microseconds is more than a scale can tell apart.
    let length = (chart.to.since(chart.from) / 1_000).max(1);
    let x = |at: Stamp| (at.since(chart.from) / 1_000).clamp(0, length);
    let bands: Vec<(BackendCoord, BackendCoord)>;
    let places: Vec<(i32, Stamp)>;
    {
        let area = Canvas { svg: &mut svg, height }.into_drawing_area();
        let (marks, _) = area.split_vertically(height - AXIS + 1);
        // Downwards, lane by lane.
        let mut plot = ChartBuilder::on(&marks).build_cartesian_2d(0..length, lanes..0)?;
        let moments = ticks(chart.from, chart.to, chart.clock_from.unwrap_or(chart.from), 8);
        let upright =
            |at: &Stamp| PathElement::new([(x(*at), 0), (x(*at), lanes)], Ink::Grid.style());
        plot.draw_series(moments.iter().map(upright))?;
        let level = |n: i64| PathElement::new([(0, n), (length, n)], Ink::Base.style());
        plot.draw_series((1..=lanes).map(level))?;
        places = moments.into_iter().map(|at| (plot.backend_coord(&(x(at), 0)).0, at)).collect();
        let corners = |band: &Band| {
            let lane = band.lane.and_then(|n| i64::try_from(n).ok());
            let (top, bottom) = lane.map_or((0, lanes), |n| (n, n + 1));
            let from = plot.backend_coord(&(x(band.from), top));
            let to = plot.backend_coord(&(x(band.to), bottom));
            (from, (to.0.max(from.0.saturating_add(NARROWEST)), to.1))
        };
        bands = chart.bands.iter().map(corners).collect();
    }
    Ok(Placed { svg, bands, ticks: places })
}

/// The drawing and the names of its lanes.
pub(crate) fn lanes(chart: &Chart<'_>) -> Markup {
    let height = LANE * u32::try_from(chart.lanes.len()).unwrap_or(1) + AXIS;
    // Drawing into memory cannot fail; were it to, the list still has all bands.
    let Ok(Placed { mut svg, bands, ticks }) = place(chart, height) else { return html! {} };
    for (band, (from, to)) in chart.bands.iter().zip(bands) {
        let lane = band.lane.and_then(|n| chart.lanes.get(n));
        match lane {
            Some(Lane(state, _)) => svg.push(&html! {
                rect.band data-s=(state) x=(percent(from.0)) y=(from.1 + ROOM)
                    width=(percent(to.0 - from.0)) height=(to.1 - from.1 - 2 * ROOM) {
                    title data-at=(millis(band.from)) { (band.said) }
                }
            }),
            None => hatch::put(&mut svg, chart.id, from, to),
        }
    }
    let down = i32::try_from(height - 6).unwrap_or(0);
    for (i, (x, at)) in ticks.into_iter().enumerate() {
        match chart.clock_from {
            Some(_) => svg.moment(x, down, at, !i.is_multiple_of(2)),
            None => svg.tick(x, down, &age(at.since(chart.from)), !i.is_multiple_of(2)),
        }
    }
    let (title, desc) = (format!("{}-title", chart.id), format!("{}-desc", chart.id));
    html! {
        div.lanes {
            ul.names aria-hidden="true" {
                @for Lane(state, words) in chart.lanes { li.st data-s=(state) { (words) } }
            }
            svg.plot role="img" width="100%" height=(height)
                aria-labelledby=(title) aria-describedby=(desc) {
                title id=(title) { (chart.title) }
                desc id=(desc) { (chart.desc) }
                (hatch::pattern(chart.id))
                (svg.done())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_stand_where_their_times_are() {
        let at = Stamp::from_secs;
        let band = |lane, from, to, said: &str| Band {
            lane,
            from: at(from),
            to: at(to),
            said: said.to_owned(),
        };
        let bands = [
            band(Some(0), 1_000, 1_250, "first"),
            band(Some(1), 1_250, 1_500, "second & <last>"),
            band(None, 1_500, 1_600, ""),
            band(Some(1), 1_999, 2_000, "short"),
        ];
        let chart = Chart {
            id: "t",
            title: "Title",
            desc: "Desc",
            from: at(1_000),
            to: at(2_000),
            clock_from: None,
            lanes: &[Lane("ACD", "On call"), Lane("AUX", "AUX")],
            bands: &bands,
        };
        let text = lanes(&chart).into_string();
        // 1,000 s are the whole width; a lane is 24 px, of which 4 above and below stay free.
        for expected in [
            "role=\"img\"",
            "aria-labelledby=\"t-title\" aria-describedby=\"t-desc\"",
            "<title id=\"t-title\">Title</title>",
            "data-s=\"ACD\" x=\"0%\" y=\"4\" width=\"25%\" height=\"16\"",
            "data-s=\"AUX\" x=\"25%\" y=\"28\" width=\"25%\" height=\"16\"",
            "second &amp; &lt;last&gt;",
            "fill=\"url(#t-unknown)\" x=\"50%\" y=\"0\" width=\"10%\" height=\"48\"",
            // A tenth of a percent would be 100: what is shorter than 120 is drawn as 120.
            "x=\"99.9%\" y=\"28\" width=\"0.12%\"",
            // 1,000 s in at most eight steps: every two minutes.
            "x=\"12%\" y=\"62\">2:00<",
            "x=\"60%\" y=\"62\">10:00<",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains("style=") && !text.contains("#000"), "no colour, no style: {text}");
    }
}
