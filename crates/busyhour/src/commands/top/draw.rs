//! Draws `busyhour top`. Pure: from what is known, what is looked at and the moment to the cells
//! of a screen. Colour never stands alone: beside it are a symbol and a word.

use super::floor::{Floor, Level, age, clock};
use super::lists::{Line as Row, WIDE};
use super::view::{Listed, Pane, Place, View};
use facts::Stamp;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Cell, Paragraph, Row as Drawn, Table, TableState};

/// The smallest screen that is drawn.
const LEAST: (u16, u16) = (80, 24);
/// Data older than this is called delayed.
const DELAYED_US: i64 = 3_000_000;

/// What is drawn.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    pub(super) server: &'a str,
    pub(super) floor: &'a Floor,
    /// How long ago the newest tables were true, microseconds.
    pub(super) age_us: i64,
    /// Why the server did not answer the last time.
    pub(super) trouble: Option<&'a str>,
    pub(super) color: bool,
}

impl Scene<'_> {
    /// The server's clock now.
    fn clock(&self) -> Stamp {
        self.floor.as_of.unwrap_or(Stamp(0)).plus(self.age_us)
    }

    /// The moment that running times are counted to. They stand still while nobody answers:
    /// nothing is known of that time.
    pub(super) fn now(&self) -> Stamp {
        match self.trouble {
            None => self.clock(),
            Some(_) => self.floor.as_of.unwrap_or(Stamp(0)),
        }
    }

    /// Live, delayed or disconnected, in words.
    fn badge(&self) -> (Level, String) {
        if self.trouble.is_some() {
            (Level::Warning, format!("!! DISCONNECTED {}", age(self.age_us)))
        } else if self.floor.as_of.is_none() {
            (Level::Caution, "! WAITING".to_owned())
        } else if self.age_us >= DELAYED_US {
            (Level::Caution, format!("! DELAYED {}", age(self.age_us)))
        } else if self.floor.links.iter().any(|l| l.state != "live") {
            (Level::Caution, "! PARTLY LIVE".to_owned())
        } else {
            (Level::Plain, "LIVE".to_owned())
        }
    }

    /// What is wrong, in one line; empty if nothing is.
    fn notice(&self) -> String {
        if let Some(words) = self.trouble {
            return words.to_owned();
        }
        if self.floor.as_of.is_some() && self.floor.links.is_empty() {
            return "no switch is attached to this server".to_owned();
        }
        let mut down = self.floor.links.iter().filter(|l| l.state != "live");
        let Some(first) = down.next() else { return String::new() };
        let others = match down.count() {
            0 => String::new(),
            n => format!(" (and {n} more)"),
        };
        let why = if first.reason.is_empty() { "" } else { ": " };
        format!("link {} is {}{others}{why}{}", first.acd, first.state, first.reason)
    }

    fn style(&self, level: Level) -> Style {
        match (level, self.color) {
            (Level::Plain, _) => Style::new(),
            (Level::Caution, true) => Style::new().fg(Color::Yellow),
            (Level::Warning, true) => Style::new().fg(Color::LightRed).add_modifier(Modifier::BOLD),
            (Level::Caution, false) => Style::new().add_modifier(Modifier::UNDERLINED),
            (Level::Warning, false) => Style::new().add_modifier(Modifier::BOLD),
        }
    }
}

/// Draws one picture.
pub(super) fn draw(frame: &mut Frame<'_>, scene: &Scene<'_>, view: &View) {
    let area = frame.area();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let words = format!("too small: needs {} x {} characters; q quits", LEAST.0, LEAST.1);
        frame.render_widget(Paragraph::new(words), area);
        return;
    }
    let parts = [Constraint::Length(3), Constraint::Fill(1), Constraint::Length(1)];
    let [head, body, foot] = Layout::vertical(parts).areas(area);
    draw_head(frame, head, scene, view);
    if view.help {
        frame.render_widget(Paragraph::new(HELP), body);
    } else {
        draw_tables(frame, body, scene, view);
    }
    let keys = if view.typing {
        format!("Filter: {}_   Enter keep  Esc clear", view.screen.filter)
    } else if view.help {
        "any key: back   q quit".to_owned()
    } else {
        let back = if view.screen.place == Place::Floor { "o group" } else { "Esc back" };
        format!("q quit  ? help  / filter  s sort  r reverse  Tab table  Enter open  {back}")
    };
    frame.render_widget(Paragraph::new(keys.trim_end().to_owned()), foot);
}

fn draw_head(frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>, view: &View) {
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let [first, second, third] = Layout::vertical([Constraint::Length(1); 3]).areas(area);
    let (level, badge) = scene.badge();
    let title = Line::from(vec![
        Span::styled("busyhour top", bold),
        Span::raw(format!("  {}  ", scene.server)),
        Span::styled(badge, scene.style(level).add_modifier(Modifier::BOLD)),
    ]);
    frame.render_widget(Paragraph::new(title), first);
    if scene.floor.as_of.is_some() {
        let time = Line::from(clock(scene.clock())).right_aligned();
        let [_, right] =
            Layout::horizontal([Constraint::Fill(1), Constraint::Length(12)]).areas(first);
        frame.render_widget(Paragraph::new(time), right);
        let figures = scene.floor.figures(scene.floor.group(&view.group));
        let level = figures.level;
        let oldest = figures.oldest.map_or("-".to_owned(), |at| age(scene.now().since(at)));
        let oldest = match level {
            Level::Plain => oldest,
            level => format!("{oldest} {} {}", level.mark(), level.word()),
        };
        let percent = figures.percent.map_or("-".to_owned(), |n| format!("{n}%"));
        let line = Line::from(vec![
            Span::raw("Waiting "),
            Span::styled(figures.waiting.to_string(), bold),
            Span::raw("  Oldest "),
            Span::styled(oldest, scene.style(level).add_modifier(Modifier::BOLD)),
            Span::raw("  Available "),
            Span::styled(figures.available.to_string(), bold),
            Span::raw(format!("/{} staffed  SL ", figures.staffed)),
            Span::styled(percent, bold),
        ]);
        frame.render_widget(Paragraph::new(line), second);
    }
    let notice = scene.notice();
    let line = if notice.is_empty() {
        let place = match &view.screen.place {
            Place::Floor if view.group.is_empty() => String::new(),
            Place::Floor if scene.floor.group(&view.group).is_none() => {
                format!("There is no group {}: o for the next one", view.group)
            }
            Place::Floor => format!("Group {}", view.group),
            Place::Queue(acd, queue) => format!("Queue {queue} on {acd}"),
            Place::Agent(acd, agent) => {
                let known = scene.floor.agents.iter().find(|a| a.acd == *acd && a.id == *agent);
                let now = known.map_or("not logged on".to_owned(), |a| {
                    let lasts = a.since.map_or(String::new(), |at| age(scene.now().since(at)));
                    format!("{}, {} {lasts}", a.name, a.state_words())
                });
                format!("Agent {agent} on {acd}: {now}")
            }
        };
        Line::styled(place, bold)
    } else {
        Line::styled(notice, scene.style(Level::Warning))
    };
    frame.render_widget(Paragraph::new(line), third);
}

fn draw_tables(frame: &mut Frame<'_>, area: Rect, scene: &Scene<'_>, view: &View) {
    let lists = view.screen.lists(scene.floor, &view.group, scene.now());
    // A title, a heading, and half of what is there at most for the upper table.
    let upper = lists.first().map_or(0, |l| l.lines.len().max(1));
    let upper = u16::try_from(upper).unwrap_or(u16::MAX).saturating_add(2);
    let upper = if lists.len() > 1 { upper.min(area.height / 2) } else { area.height };
    let areas: [Rect; 2] =
        Layout::vertical([Constraint::Length(upper), Constraint::Fill(1)]).areas(area);
    for (i, (list, area)) in lists.iter().zip(areas).enumerate() {
        if let Some(pane) = view.screen.panes.get(i) {
            let focus = view.screen.focus == i;
            draw_table(frame, area, scene, (list, pane, focus, &view.screen.filter));
        }
    }
}

fn draw_table(
    frame: &mut Frame<'_>,
    area: Rect,
    scene: &Scene<'_>,
    (list, pane, focus, filter): (&Listed, &Pane, bool, &str),
) {
    let wide = area.width >= WIDE;
    let [above, below] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
    let by = match list.columns.get(pane.sort).map(|c| c.head) {
        None | Some("") => "attention",
        Some(head) => head,
    };
    let reverse = if pane.reverse { ", reversed" } else { "" };
    let count = if filter.is_empty() {
        list.all.to_string()
    } else {
        format!("{} of {} with \"{filter}\"", list.lines.len(), list.all)
    };
    let arrow = if focus { ">" } else { " " };
    let title = format!("{arrow} {} {count}, by {by}{reverse}", list.title);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    frame.render_widget(Paragraph::new(Line::styled(title, bold)), above);
    let shown = |i: &usize| list.columns.get(*i).is_some_and(|c| wide || !c.wide);
    let places: Vec<usize> = (0..list.columns.len()).filter(shown).collect();
    let columns = || places.iter().filter_map(|i| list.columns.get(*i));
    let cell = |text: &str, right: bool| {
        let line = Line::from(text.to_owned());
        Cell::from(if right { line.right_aligned() } else { line })
    };
    let row = |line: &Row| {
        let cells = places.iter().zip(columns()).map(|(i, column)| {
            cell(line.cells.get(*i).map_or("", |c| c.text.as_str()), column.right)
        });
        Drawn::new(cells.collect::<Vec<_>>()).style(scene.style(line.level))
    };
    let heads: Vec<Cell<'_>> = columns().map(|c| cell(c.head, c.right)).collect();
    let widths = columns().map(|c| match c.width {
        0 => Constraint::Fill(1),
        width => Constraint::Length(width),
    });
    // Only what can be seen is made into cells: the rest may be ten thousand rows.
    let height = usize::from(below.height.saturating_sub(1)).max(1);
    let at = pane.place(&list.lines);
    let from = at.saturating_sub(height - 1);
    let rows = list.lines.iter().skip(from).take(height).map(row);
    let stale = if scene.trouble.is_some() { Modifier::DIM } else { Modifier::empty() };
    let table = Table::new(rows, widths)
        .header(Drawn::new(heads).style(Style::new().add_modifier(Modifier::UNDERLINED)))
        .style(Style::new().add_modifier(stale))
        .row_highlight_style(Style::new().add_modifier(Modifier::REVERSED))
        .column_spacing(1);
    let selected = focus.then_some(at - from);
    frame.render_stateful_widget(table, below, &mut TableState::new().with_selected(selected));
}

/// What `?` shows.
const HELP: &str = "\
Keys

  Up Down PageUp PageDown Home End   choose a row (k j g G too)
  Tab                                the other table
  Enter                              a queue: callers, agents; an agent: calls
  Esc                                clear the filter, then back
  /                                  show only rows with these letters
  s S                                sort by the next, the previous column
  a n                                sort by attention, by name
  r                                  reverse the order
  o O                                the Floor of the next, the previous group
  q Ctrl-C                           quit

  !  caution   !! warning            by the thresholds in force: page Thresholds";
