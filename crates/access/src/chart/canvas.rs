//! The surface that the plotting crate draws on: SVG without colours or fixed widths. What it
//! calls a colour is the number of a class of the style sheet, so that one drawing follows
//! every theme; across, all is in percent, so that one drawing fits every screen. Down, it is
//! pixels.

use super::Svg;
use plotters::style::{RGBColor, ShapeStyle};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, DrawingBackend, DrawingErrorKind,
};
use std::convert::Infallible;

/// How finely the width is divided.
pub(super) const WIDTH: u32 = 100_000;

/// What a mark is; the style sheet says how that looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    /// A line to read values by.
    Grid,
    /// The line that marks stand on.
    Base,
    /// The area under the number of callers who wait.
    Waiting,
    /// Its edge.
    WaitingEdge,
    /// Calls answered.
    Answered,
    /// Calls abandoned.
    Abandoned,
    /// The service level.
    Level,
}

const INKS: [(Ink, &str); 7] = [
    (Ink::Grid, "grid"),
    (Ink::Base, "base"),
    (Ink::Waiting, "ink-waiting"),
    (Ink::WaitingEdge, "ink-waiting-edge"),
    (Ink::Answered, "ink-answered"),
    (Ink::Abandoned, "ink-abandoned"),
    (Ink::Level, "ink-level"),
];

impl Ink {
    /// The style by which the plotting crate hands it to us.
    pub(super) fn style(self) -> ShapeStyle {
        let at = INKS.iter().position(|(ink, _)| *ink == self).unwrap_or(0);
        let number = RGBColor(u8::try_from(at).unwrap_or(0), 0, 0);
        ShapeStyle::from(number).filled()
    }
}

fn class(color: BackendColor) -> &'static str {
    INKS.get(usize::from(color.rgb.0)).map_or("", |(_, class)| class)
}

/// The surface.
pub(super) struct Canvas<'a> {
    /// What has been drawn.
    pub(super) svg: &'a mut Svg,
    /// In pixels.
    pub(super) height: u32,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl Canvas<'_> {
    /// What is no rectangle and no line: stretched as a whole, for SVG knows percents in those
    /// two only.
    fn shape(&mut self, points: impl IntoIterator<Item = BackendCoord>, class: &str, closed: bool) {
        let mut path = String::new();
        for (x, y) in points {
            path.push_str(if path.is_empty() { "M" } else { "L" });
            path.push_str(&format!("{x} {y}"));
        }
        if closed {
            path.push('Z');
        }
        self.svg.push(&maud::html! {
            svg width="100%" height=(self.height) preserveAspectRatio="none"
                viewBox=(format!("0 0 {WIDTH} {}", self.height)) {
                path class=(class) d=(path) vector-effect="non-scaling-stroke" {}
            }
        });
    }
}

impl DrawingBackend for Canvas<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        // The last place of a scale is the last pixel, and that is to be the whole.
        (WIDTH + 1, self.height + 1)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    /// Nothing here is made of points.
    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.svg.line(class(style.color()), from, to);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
        _: bool,
    ) -> Drawn {
        self.svg.rect(class(style.color()), from, to);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Drawn {
        let points: Vec<BackendCoord> = path.into_iter().collect();
        match points[..] {
            [from, to] => self.svg.line(class(style.color()), from, to),
            _ => self.shape(points, class(style.color()), false),
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        vert: I,
        style: &S,
    ) -> Drawn {
        self.shape(vert, class(style.color()), true);
        Ok(())
    }
}
