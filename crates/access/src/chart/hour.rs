//! The last hour of a queue, minute by minute: above, the most callers who waited at once; below,
//! the calls answered and, stacked on them, those abandoned.

use super::canvas::{Canvas, Ink};
use super::ticks::ticks;
use super::{Svg, hatch};
use crate::pages::words::{age, clock, count, millis, span};
use engine::{Minute, QueueHour};
use facts::Stamp;
use maud::{Markup, html};
use plotters::chart::{ChartBuilder, ChartContext};
use plotters::coord::ranged1d::{BoldPoints, Ranged};
use plotters::coord::types::RangedCoordi64;
use plotters::drawing::{DrawingArea, IntoDrawingArea as _};
use plotters::element::{PathElement, Polygon, Rectangle};
use plotters::prelude::Cartesian2d;
use plotters_backend::BackendCoord;
use std::convert::Infallible;

/// Pixels of the upper panel, of the lower one, of its share for the words of the axis.
const UPPER: u32 = 92;
const LOWER: u32 = 116;
const AXIS: u32 = 20;
/// Where the lower panel ends: there is a pixel between the two.
const BOTTOM: u32 = UPPER + 1 + LOWER;
const HEIGHT: u32 = BOTTOM + AXIS;
/// Seconds left free between two bars.
const GAP: i64 = 6;

type Panel<'a, 'b> = ChartContext<'a, Canvas<'b>, Cartesian2d<RangedCoordi64, RangedCoordi64>>;
type Trouble = plotters::drawing::DrawingAreaErrorKind<Infallible>;

/// What the marks say together.
fn description(minutes: &[Minute]) -> String {
    let sum = |of: fn(&Minute) -> u32| minutes.iter().map(|m| i64::from(of(m))).sum::<i64>();
    let most = minutes.iter().max_by_key(|m| m.waiting_max);
    let waiting = most.filter(|m| m.waiting_max > 0).map_or_else(
        || "Nobody waited.".to_owned(),
        |m| format!("Most callers waiting at once: {}.", count(i64::from(m.waiting_max))),
    );
    format!(
        "{waiting} {} answered, {} abandoned, {} left otherwise.",
        count(sum(|m| m.answered)),
        count(sum(|m| m.abandoned)),
        count(sum(|m| m.other))
    )
}

/// The service level of these minutes: answered in time, of all that ended; `None`: none did.
fn service(minutes: &[Minute]) -> Option<i64> {
    let over = minutes.iter().map(|m| i64::from(m.answered + m.abandoned + m.other)).sum();
    let within = minutes.iter().map(|m| i64::from(m.answered_in_sl)).sum();
    facts::percent(within, over)
}

/// Seconds since the first minute.
fn secs(minute: &Minute, first: Stamp) -> i64 {
    minute.at.since(first) / 1_000_000
}

fn panel<'a, 'b>(
    area: &'a DrawingArea<Canvas<'b>, plotters::coord::Shift>,
    length: i64,
    most: u32,
) -> Result<Panel<'a, 'b>, Trouble> {
    // Room above the highest mark, for the words of its line.
    let top = i64::from(most).max(1) * 23 / 20 + 1;
    ChartBuilder::on(area).build_cartesian_2d(0..length, 0..top)
}

/// Lines to read values by, and the places and values of their words.
fn grid(panel: &mut Panel<'_, '_>) -> Result<Vec<(BackendCoord, i64)>, Trouble> {
    let y = panel.as_coord_spec().y_spec().clone();
    let length = panel.as_coord_spec().x_spec().range().end;
    let values: Vec<i64> = y.key_points(BoldPoints(4)).into_iter().filter(|v| *v > 0).collect();
    let line = |at: i64, ink: Ink| PathElement::new([(0, at), (length, at)], ink.style());
    panel.draw_series(values.iter().map(|v| line(*v, Ink::Grid)))?;
    panel.draw_series([line(0, Ink::Base)])?;
    Ok(values.into_iter().map(|v| (panel.backend_coord(&(0, v)), v)).collect())
}

/// What the drawing needs besides the marks.
struct Drawn {
    svg: Svg,
    values: Vec<(BackendCoord, i64)>,
    /// Where each minute begins, and the width of one.
    places: Vec<i32>,
    width: i32,
}

fn draw(minutes: &[Minute], first: Stamp) -> Result<Drawn, Trouble> {
    let mut svg = Svg::default();
    let length = 60 * i64::try_from(minutes.len()).unwrap_or(60);
    let most = |of: fn(&Minute) -> u32| minutes.iter().map(of).max().unwrap_or(0);
    let (mut values, places, width);
    {
        let area = Canvas { svg: &mut svg, height: HEIGHT }.into_drawing_area();
        let (upper, rest) = area.split_vertically(UPPER + 1);
        let (lower, _) = rest.split_vertically(LOWER + 1);
        let mut waits = panel(&upper, length, most(|m| m.waiting_max))?;
        values = grid(&mut waits)?;
        let steps = minutes.iter().flat_map(|m| {
            let (x, n) = (secs(m, first), i64::from(m.waiting_max));
            [(x, n), (x + 60, n)]
        });
        let edge: Vec<(i64, i64)> = steps.collect();
        if most(|m| m.waiting_max) > 0 {
            let ends = [(length, 0), (0, 0)];
            let under: Vec<(i64, i64)> = edge.iter().copied().chain(ends).collect();
            waits.draw_series([Polygon::new(under, Ink::Waiting.style())])?;
            waits.draw_series([PathElement::new(edge, Ink::WaitingEdge.style())])?;
        }
        let mut calls = panel(&lower, length, most(|m| m.answered + m.abandoned))?;
        values.extend(grid(&mut calls)?);
        let bar = |m: &Minute, from: u32, to: u32, ink: Ink| {
            let x = secs(m, first);
            let corners = [(x + GAP, i64::from(from)), (x + 60 - GAP, i64::from(to))];
            Rectangle::new(corners, ink.style())
        };
        calls.draw_series(minutes.iter().map(|m| bar(m, 0, m.answered, Ink::Answered)))?;
        calls.draw_series(
            minutes.iter().map(|m| bar(m, m.answered, m.answered + m.abandoned, Ink::Abandoned)),
        )?;
        places = minutes.iter().map(|m| calls.backend_coord(&(secs(m, first), 0)).0).collect();
        width = calls.backend_coord(&(60, 0)).0;
    }
    Ok(Drawn { svg, values, places, width })
}

fn image(minutes: &[Minute], first: Stamp, id: &str) -> Markup {
    // Drawing into memory cannot fail; were it to, the table still has all numbers.
    let Ok(Drawn { mut svg, values, places, width }) = draw(minutes, first) else {
        return html! {};
    };
    let bottom = i32::try_from(BOTTOM).unwrap_or(0);
    for (minute, x) in minutes.iter().zip(&places) {
        if minute.heard_s == 0 {
            hatch::put(&mut svg, id, (*x, 0), (x + width, bottom));
        }
    }
    for ((_, y), value) in values {
        svg.push(&html! { text.value x="0" y=(y - 3) { (count(value)) } });
    }
    let last = minutes.last().map_or(first, |m| m.at);
    for (i, at) in ticks(first, last, Stamp(0), 6).into_iter().enumerate() {
        let minute = usize::try_from(at.since(first) / 60_000_000).unwrap_or(0);
        let x = places.get(minute).copied().unwrap_or(0);
        let down = i32::try_from(HEIGHT - 6).unwrap_or(0);
        svg.moment(x, down, at, !i.is_multiple_of(2));
    }
    for (minute, x) in minutes.iter().zip(&places) {
        let said = format!(
            "{}: waiting up to {}, answered {}, abandoned {}",
            clock(minute.at),
            minute.waiting_max,
            minute.answered,
            minute.abandoned
        );
        svg.push(&html! {
            rect.point x=(super::percent(*x)) y="0" width=(super::percent(width)) height=(bottom) {
                title data-at=(millis(minute.at)) { (said) }
            }
        });
    }
    let (title, desc) = (format!("{id}-title"), format!("{id}-desc"));
    html! {
        svg.plot role="img" width="100%" height=(HEIGHT)
            aria-labelledby=(title) aria-describedby=(desc) {
            title id=(title) { "The last hour, minute by minute" }
            desc id=(desc) { (description(minutes)) }
            (hatch::pattern(id))
            (svg.done())
        }
    }
}

fn numbers(hour: &QueueHour) -> Markup {
    html! {
        details.numbers {
            summary { "The same in numbers" }
            div.scroll tabindex="0" role="group" aria-label="The last hour in numbers" {
                table.plain {
                    caption { "The last hour, minute by minute, newest first" }
                    thead { tr {
                        th scope="col" { "Minute" }
                        th scope="col" { "Most waiting" }
                        th scope="col" { "Longest wait" }
                        th scope="col" { "Offered" }
                        th scope="col" { "Answered" }
                        th scope="col" { "Within " (span(i64::from(hour.service_level_s))) }
                        th scope="col" { "Abandoned" }
                        th scope="col" { "Left otherwise" }
                        th scope="col" { "Staffed" }
                        th scope="col" { "Available" }
                    } }
                    tbody { @for m in hour.minutes.iter().rev() { tr {
                        th scope="row" { time data-at=(millis(m.at)) { (clock(m.at)) } }
                        @if m.heard_s == 0 {
                            td colspan="9" { "the switch was not heard" }
                        } @else {
                            td { (m.waiting_max) }
                            td { (age(i64::from(m.oldest_wait_max_s) * 1_000_000)) }
                            @for n in [m.offered, m.answered, m.answered_in_sl, m.abandoned,
                                m.other, m.staffed, m.available] {
                                td { (n) }
                            }
                        }
                    } } }
                }
            }
        }
    }
}

/// The chart, its legend and its numbers; `id` is that of the figure, and begins the ids in it.
pub(crate) fn hour(hour: &QueueHour, id: &str) -> Markup {
    let minutes = hour.minutes.as_slice();
    let first = minutes.first().map_or(Stamp(0), |m| m.at);
    html! {
        figure.chart id=(id) {
            figcaption {
                ul.legend {
                    li { span.key.waiting {} "Most waiting" }
                    li { span.key.answered {} "Answered" }
                    li { span.key.abandoned {} "Abandoned" }
                }
                @if let Some(level) = service(minutes) {
                    p { "Service level of the hour: " strong { (level) "%" } " within "
                        (span(i64::from(hour.service_level_s))) }
                }
            }
            (image(minutes, first, "hour"))
            (numbers(hour))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quiet(i: i64) -> Minute {
        let at = Stamp::from_secs(1_795_219_200 + 60 * i);
        Minute { at, heard_s: 60, ..Minute::default() }
    }

    fn an_hour() -> QueueHour {
        let mut minutes: Vec<Minute> = (0..60).map(quiet).collect();
        minutes[0].waiting_max = 1;
        minutes[30].waiting_max = 3;
        (minutes[30].answered, minutes[30].answered_in_sl, minutes[30].abandoned) = (2, 1, 1);
        minutes[45].heard_s = 0;
        QueueHour { minutes, service_level_s: 20 }
    }

    #[test]
    fn marks_stand_where_their_numbers_are() {
        let text = hour(&an_hour(), "h:hour").into_string();
        // The most of both panels is 3, so their tops are 4: above, 23 px a caller, down to 92;
        // below, 29 px a call, down to 209. A minute is 100 / 60 %, a bar leaves 6 s at each side.
        for expected in [
            "<figure class=\"chart\" id=\"h:hour\">",
            "role=\"img\"",
            "<desc id=\"hour-desc\">Most callers waiting at once: 3. 2 answered, 1 abandoned, ",
            "class=\"ink-waiting-edge\" d=\"M0 69L1666 69L1666 92",
            "L50000 23L51666 23L51666 92",
            "class=\"ink-answered\" x=\"50.166%\" y=\"151\" width=\"1.334%\" height=\"58\"",
            "class=\"ink-abandoned\" x=\"50.166%\" y=\"122\" width=\"1.334%\" height=\"29\"",
            "fill=\"url(#hour-unknown)\" x=\"75%\" y=\"0\" width=\"1.666%\" height=\"209\"",
            "Service level of the hour: <strong>33%</strong> within 20 s",
            "the switch was not heard",
        ] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert_eq!(text.matches("class=\"ink-answered\"").count(), 1, "no bar for nothing");
        assert_eq!(text.matches("class=\"point\"").count(), 60);
        // The table: a row a minute, newest first, and its heading.
        assert_eq!(text.matches("<tr>").count(), 61);
        assert!(!text.contains("style="), "nothing inline: {text}");
    }

    #[test]
    fn a_quiet_hour_has_no_marks_and_no_service_level() {
        let hour_of = QueueHour { minutes: (0..60).map(quiet).collect(), service_level_s: 20 };
        let text = hour(&hour_of, "h:hour").into_string();
        assert!(text.contains("Nobody waited."), "{text}");
        assert!(!text.contains("ink-waiting") && !text.contains("Service level"), "{text}");
        let none = QueueHour { minutes: Vec::new(), service_level_s: 20 };
        assert!(hour(&none, "h:hour").into_string().contains("Nobody waited."));
    }
}
