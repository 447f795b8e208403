//! What the person in front of `busyhour top` looks at: screen, selection, order, filter. Keys
//! change it; nothing here draws, asks a server or reads a clock.

use super::floor::Floor;
use super::lists::{self, AGENTS, CALLERS, CALLS, Column, Key, Line, QUEUES};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use facts::Stamp;

/// How many rows Page Up and Page Down go.
const PAGE: usize = 10;
/// The longest filter, in characters.
const FILTER_MAX: usize = 60;

/// What a screen shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// All queues, all agents.
    Floor,
    /// The callers and the agents of a queue: switch and name.
    Queue(String, String),
    /// The calls of an agent: switch and identity.
    Agent(String, String),
}

/// What must be asked for besides what the Floor shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Wants {
    /// The calls.
    pub(super) calls: bool,
    /// Who is logged on to this queue: switch and name.
    pub(super) queue: Option<(String, String)>,
    /// Who is logged on to the queues of this group; empty: none.
    pub(super) group: String,
}

/// A table on the screen: its order, and which row is selected.
#[derive(Clone, Debug, Default)]
pub(super) struct Pane {
    pub(super) sort: usize,
    pub(super) reverse: bool,
    selected: Option<Key>,
    /// Where the selected row stood when it was last seen.
    at: usize,
}

impl Pane {
    const fn by(sort: usize) -> Self {
        Self { sort, reverse: false, selected: None, at: 0 }
    }

    /// The selected row's place: the row itself wherever it has gone, else its old place.
    pub(super) fn place(&self, lines: &[Line]) -> usize {
        let found = self.selected.as_ref().and_then(|k| lines.iter().position(|l| l.key == *k));
        found.unwrap_or(self.at).min(lines.len().saturating_sub(1))
    }

    fn go(&mut self, lines: &[Line], to: usize) {
        self.at = to.min(lines.len().saturating_sub(1));
        self.selected = lines.get(self.at).map(|line| line.key.clone());
    }
}

/// A screen: one or two tables, one of which has the focus.
#[derive(Clone, Debug)]
pub(super) struct Screen {
    pub(super) place: Place,
    /// The upper table, the lower one.
    pub(super) panes: [Pane; 2],
    /// Which of them the keys go to.
    pub(super) focus: usize,
    pub(super) filter: String,
}

/// The rows and columns of one table, and what it is called.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) title: &'static str,
    pub(super) columns: &'static [Column],
    /// How many rows there are without the filter.
    pub(super) all: usize,
    pub(super) lines: Vec<Line>,
}

impl Screen {
    fn new(place: Place) -> Self {
        let panes = match place {
            Place::Floor => [Pane::by(0), Pane::by(0)],
            // Callers by their wait, calls by their begin.
            Place::Queue(..) => [Pane::by(4), Pane::by(0)],
            Place::Agent(..) => [Pane::by(1), Pane::by(0)],
        };
        Self { place, panes, focus: 0, filter: String::new() }
    }

    /// Its tables with the rows that fit the filter, in their order.
    pub(super) fn lists(&self, floor: &Floor, group: &str, now: Stamp) -> Vec<Listed> {
        let several = floor.several();
        let group = floor.group(group);
        let agents = |of: &dyn Fn(&super::floor::Agent) -> bool| {
            let rows = floor.agents.iter().filter(|a| of(a));
            ("Agents", AGENTS, rows.map(|a| lists::agent(a, several, now)).collect::<Vec<_>>())
        };
        let tables = match &self.place {
            Place::Floor => {
                let shown =
                    |q: &&super::floor::Queue| group.is_none_or(|group| floor.queue_in(group, q));
                let queues = floor.queues.iter().filter(shown);
                let queues = queues.map(|q| lists::queue(q, several, now)).collect();
                let of =
                    |a: &super::floor::Agent| group.is_none_or(|group| floor.agent_in(group, a));
                vec![("Queues", QUEUES, queues), agents(&of)]
            }
            Place::Queue(acd, queue) => {
                let callers = lists::callers(floor, (acd, queue), now);
                let of = |a: &super::floor::Agent| {
                    let key = (acd.clone(), queue.clone(), a.id.clone());
                    a.acd == *acd && floor.members.contains(&key)
                };
                vec![("Callers", CALLERS, callers), agents(&of)]
            }
            Place::Agent(acd, agent) => {
                let calls = floor.calls.iter().filter(|c| c.acd == *acd && c.agent == *agent);
                let calls = calls.map(|c| lists::call(c, floor, now)).collect();
                vec![("Calls", CALLS, calls)]
            }
        };
        let list = |((title, columns, mut lines), pane): ((_, _, Vec<Line>), &Pane)| {
            let all = lines.len();
            lists::filter(&mut lines, &self.filter);
            lists::sort(&mut lines, pane.sort, pane.reverse);
            Listed { title, columns, all, lines }
        };
        tables.into_iter().zip(&self.panes).map(list).collect()
    }

    /// Where Enter leads from the selected row.
    fn opens(&self, lists: &[Listed]) -> Option<Place> {
        let (acd, name) = {
            let lines = &lists.get(self.focus)?.lines;
            lines.get(self.panes.get(self.focus)?.place(lines))?.key.clone()
        };
        match (&self.place, self.focus) {
            (Place::Floor, 0) => Some(Place::Queue(acd, name)),
            (Place::Floor | Place::Queue(..), 1) => Some(Place::Agent(acd, name)),
            _ => None,
        }
    }
}

/// All that the person has chosen.
#[derive(Debug)]
pub(super) struct View {
    /// The Floor, and what was opened from it.
    below: Vec<Screen>,
    pub(super) screen: Screen,
    /// The group that the Floor is narrowed to; empty: none.
    pub(super) group: String,
    pub(super) help: bool,
    /// A filter is being typed.
    pub(super) typing: bool,
    pub(super) quit: bool,
}

impl View {
    /// The Floor.
    pub(super) fn new(group: String) -> Self {
        let screen = Screen::new(Place::Floor);
        Self { below: Vec::new(), screen, group, help: false, typing: false, quit: false }
    }

    /// What must be asked for besides what the Floor shows.
    pub(super) fn wants(&self) -> Wants {
        let queue = match &self.screen.place {
            Place::Queue(acd, queue) => Some((acd.clone(), queue.clone())),
            _ => None,
        };
        Wants { calls: self.screen.place != Place::Floor, queue, group: self.group.clone() }
    }

    /// The Floor of the next group, or of the one before; after the last: of all.
    fn next_group(&mut self, floor: &Floor, back: bool) {
        let mut names: Vec<&str> = vec![""];
        names.extend(floor.groups.iter().map(|group| group.name.as_str()));
        let at = names.iter().position(|name| *name == self.group).unwrap_or(0);
        let step = if back { names.len() - 1 } else { 1 };
        self.group = names.get((at + step) % names.len()).map_or("", |name| name).to_owned();
    }

    /// A key was pressed.
    pub(super) fn press(&mut self, key: KeyEvent, floor: &Floor, now: Stamp) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        if control && matches!(key.code, KeyCode::Char('c')) {
            self.quit = true;
        } else if self.typing {
            self.typed(key.code, control);
        } else if self.help {
            self.quit = key.code == KeyCode::Char('q');
            self.help = false;
        } else {
            if let KeyCode::Char(c @ ('o' | 'O')) = key.code {
                self.next_group(floor, c == 'O');
                return;
            }
            let lists = self.screen.lists(floor, &self.group, now);
            self.command(key.code, &lists);
        }
    }

    fn typed(&mut self, key: KeyCode, control: bool) {
        let filter = &mut self.screen.filter;
        match key {
            KeyCode::Enter => self.typing = false,
            KeyCode::Esc => {
                filter.clear();
                self.typing = false;
            }
            KeyCode::Backspace => drop(filter.pop()),
            KeyCode::Char('u') if control => filter.clear(),
            KeyCode::Char(c) if !control && filter.chars().count() < FILTER_MAX => filter.push(c),
            _ => {}
        }
    }

    fn command(&mut self, key: KeyCode, lists: &[Listed]) {
        let focus = self.screen.focus;
        let opens = self.screen.opens(lists);
        let (Some(list), Some(pane)) = (lists.get(focus), self.screen.panes.get_mut(focus)) else {
            return;
        };
        let lines = &list.lines;
        let at = pane.place(lines);
        let last = list.columns.len() - 1;
        match key {
            KeyCode::Char('q') => self.quit = true,
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.help = true,
            KeyCode::Char('/') => self.typing = true,
            KeyCode::Char('s') => pane.sort = if pane.sort >= last { 0 } else { pane.sort + 1 },
            KeyCode::Char('S') => pane.sort = if pane.sort == 0 { last } else { pane.sort - 1 },
            KeyCode::Char('r') => pane.reverse = !pane.reverse,
            KeyCode::Char('n') => (pane.sort, pane.reverse) = (1, false),
            KeyCode::Char('a') => (pane.sort, pane.reverse) = (0, false),
            KeyCode::Up | KeyCode::Char('k') => pane.go(lines, at.saturating_sub(1)),
            KeyCode::Down | KeyCode::Char('j') => pane.go(lines, at + 1),
            KeyCode::PageUp => pane.go(lines, at.saturating_sub(PAGE)),
            KeyCode::PageDown => pane.go(lines, at + PAGE),
            KeyCode::Home | KeyCode::Char('g') => pane.go(lines, 0),
            KeyCode::End | KeyCode::Char('G') => pane.go(lines, usize::MAX),
            KeyCode::Tab | KeyCode::BackTab => self.screen.focus = (focus + 1) % lists.len(),
            KeyCode::Enter | KeyCode::Right => {
                if let Some(place) = opens {
                    // So that it is still selected when the person comes back.
                    pane.go(lines, at);
                    let screen = Screen::new(place);
                    self.below.push(std::mem::replace(&mut self.screen, screen));
                }
            }
            KeyCode::Esc | KeyCode::Backspace | KeyCode::Left => self.back(),
            _ => {}
        }
    }

    /// Takes the filter away, else goes back to where this screen was opened.
    fn back(&mut self) {
        if !self.screen.filter.is_empty() {
            self.screen.filter.clear();
        } else if let Some(screen) = self.below.pop() {
            self.screen = screen;
        }
    }
}
