//! A page as it is printed for all who look at it: its rows as they were last rendered, so that
//! only what differs is sent: of a row that is there, the cells.
//!
//! What is printed does not depend on the moment: the script counts times on.

use super::boards::Board;
use super::floor::{Figures, Look};
use super::levels::Level;
use super::sieve::{Sieve, Wanted};
use super::{assets, centre, floor, links, look, notices, words};
use crate::feed::Merged;
use crate::site::Site;
use crate::wire;
use engine::Snapshot;
use facts::Stamp;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

/// How many rows that are gone are remembered; who was away for longer gets everything anew.
const GONE_MAX: usize = 10_000;

/// A page that moves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Page {
    /// The Floor: all of it, or what was asked for.
    Floor(Wanted),
    /// How the switches are heard.
    Links,
    /// One of the others.
    Board(Board),
}

impl Page {
    /// The least time between two editions.
    pub(crate) const fn gap(&self) -> Duration {
        Duration::from_millis(match self {
            // Faster than people see, slow enough to put what happens together into one.
            Self::Floor(_) => 33,
            // Nobody reads so fast from across a room.
            Self::Board(Board::Wall(_)) => 500,
            // They are rendered whole to find what changed.
            Self::Board(_) => 250,
            // Its counts never stand still.
            Self::Links => 500,
        })
    }
}

impl Page {
    /// Its address without what it is narrowed to, and the only switch it is of, where it can be of
    /// one.
    fn centre(&self) -> Option<(&'static str, Option<&str>)> {
        match self {
            Self::Floor(wanted) => Some(("/", wanted.acd())),
            Self::Board(Board::Calls(asked)) => Some(("/calls", asked.acd())),
            Self::Board(Board::Trunks(acd)) => Some(("/trunks", acd.as_deref())),
            _ => None,
        }
    }
}

/// Something rendered, and the version at which it last changed.
struct Printed {
    text: String,
    changed: u64,
}

/// A page as it was last printed.
pub(crate) struct Print {
    page: Page,
    /// The first version that was printed; 0: none yet.
    begun: u64,
    at: Stamp,
    several: bool,
    /// Who belonged to the group that was asked for, as a hash.
    belong: u64,
    /// By element id.
    rows: BTreeMap<String, Printed>,
    /// Ids of rows that went, with the version, oldest first.
    gone: VecDeque<(u64, String)>,
    /// By name.
    figures: BTreeMap<&'static str, Printed>,
    /// What stands on every page, by element id.
    words: BTreeMap<&'static str, Printed>,
    /// Pieces of the page besides tables, by element id.
    pieces: BTreeMap<String, Printed>,
    /// The last period whose charts were drawn ([`Board::redrawn`]).
    drawn: u128,
}

/// Rows as they are now: all, or those that may have changed and the ids of those that went.
enum Rows {
    All(Vec<(String, String)>),
    Some(Vec<(String, String)>, Vec<String>),
}

/// What a page is made of now.
struct Made {
    rows: Rows,
    /// Element ids and what they are.
    pieces: Vec<(String, String)>,
    figures: Vec<(&'static str, String)>,
}

/// What an edition says of rows.
#[derive(Default)]
struct News {
    rows: String,
    cells: String,
    gone: Vec<String>,
}

impl Print {
    /// Nothing is printed yet.
    pub(crate) const fn new(page: Page) -> Self {
        Self {
            page,
            begun: 0,
            at: Stamp(0),
            several: false,
            belong: 0,
            rows: BTreeMap::new(),
            gone: VecDeque::new(),
            figures: BTreeMap::new(),
            words: BTreeMap::new(),
            pieces: BTreeMap::new(),
            drawn: 0,
        }
    }

    /// Whether it was last printed for several ACDs.
    pub(crate) const fn several(&self) -> bool {
        self.several
    }

    /// The words that tell the time, `at` being when tables were last published.
    pub(crate) fn clock(now: Stamp, at: Stamp) -> String {
        let (now, at) = (words::millis(now), words::millis(at));
        serde_json::json!({ "now": now, "at": at, "tag": assets::tag() }).to_string()
    }

    /// Prints `now`, of which `change` is what differs from the last time (`None`: anything may).
    /// What is to be told; `None`: nothing that could be seen.
    pub(crate) fn next(
        &mut self,
        site: &Site,
        now: &Snapshot,
        change: Option<&Merged>,
    ) -> Option<String> {
        let several = floor::several(now);
        let change = change.filter(|_| several == self.several && self.begun != 0);
        (self.several, self.at) = (several, now.at);
        let look = look(site, now, several, "");
        let mut out = format!("{{\"at\":{}", words::millis(now.at));
        let bare = out.len();
        if let Some(made) = self.content(now, change, look) {
            self.put_rows(made.rows, now.version).write(&mut out);
            let news = differing(&mut self.pieces, made.pieces, now.version);
            put_pieces(&mut out, news.iter().map(|(_, piece)| piece.as_str()));
            let news = differing(&mut self.figures, made.figures, now.version);
            put_figures(&mut out, &news);
        }
        let mut words = vec![(
            "notices",
            match self.page {
                Page::Floor(_) | Page::Board(_) => notices::all(now).into_string(),
                // The cards say the rest.
                Page::Links => notices::alarms(now).into_string(),
            },
        )];
        if let Some((path, only)) = self.page.centre() {
            words.push(("centre", centre::switch(now, path, only, look).into_string()));
        }
        if matches!(&self.page, Page::Floor(wanted) if wanted.all()) {
            // What an empty table says depends on the links, too.
            words.push(("queues-empty", floor::empty_words(now, "queues").into_string()));
            words.push(("agents-empty", floor::empty_words(now, "agents").into_string()));
        }
        for (name, text) in differing(&mut self.words, words, now.version) {
            field(&mut out, name, &text);
        }
        if self.begun == 0 {
            self.begun = now.version;
        }
        if out.len() == bare {
            return None;
        }
        out.push('}');
        Some(out)
    }

    /// What leads one who knows the version `known` to what was last printed; `None`: nothing.
    pub(crate) fn since(&self, known: u64) -> Option<String> {
        let mut out = format!("{{\"at\":{}", words::millis(self.at));
        let bare = out.len();
        let forgotten = self.gone.len() >= GONE_MAX
            && self.gone.front().is_some_and(|(version, _)| known < *version);
        let all = known < self.begun || forgotten;
        let known = if all { 0 } else { known };
        if all {
            out.push_str(",\"all\":true");
        }
        let mut news = News::default();
        for row in self.rows.values().filter(|r| r.changed > known) {
            news.rows.push_str(&row.text);
        }
        let gone = self
            .gone
            .iter()
            .filter(|(version, id)| !all && *version > known && !self.rows.contains_key(id));
        news.gone = gone.map(|(_, id)| id.clone()).collect();
        news.write(&mut out);
        let newer = |all: &BTreeMap<&'static str, Printed>| -> Vec<(&'static str, String)> {
            let newer = all.iter().filter(|(_, p)| p.changed > known);
            newer.map(|(name, p)| (*name, p.text.clone())).collect()
        };
        let pieces = self.pieces.values().filter(|p| p.changed > known);
        put_pieces(&mut out, pieces.map(|p| p.text.as_str()));
        put_figures(&mut out, &newer(&self.figures));
        for (name, text) in newer(&self.words) {
            field(&mut out, name, &text);
        }
        if out.len() == bare {
            return None;
        }
        out.push('}');
        Some(out)
    }

    /// All that is on it; `None` if nothing of what the page is made of has changed.
    fn content(&mut self, now: &Snapshot, change: Option<&Merged>, look: Look<'_>) -> Option<Made> {
        let none = Vec::new();
        // Rows must not differ only because time has passed.
        let still = Look { now: Stamp(0), ..look };
        match &self.page {
            Page::Floor(wanted) => {
                let touched = change.map(|change| floor::touched(&change.changes));
                let same = |c: &Merged| c.changes.iter().all(|c| c.shape.name != "groups");
                let grouped = !wanted.group.is_empty() && !change.is_some_and(same);
                if !grouped && touched.as_ref().is_some_and(BTreeSet::is_empty) {
                    return None;
                }
                let sieve = Sieve::of(now, wanted);
                // Who belongs to a group changes by decree, and by logging on elsewhere.
                let before = std::mem::replace(&mut self.belong, sieve.belong());
                let rows = match touched.filter(|_| before == self.belong) {
                    None => {
                        let rows = floor::all_rows(now, &sieve, still).into_iter().flatten();
                        Rows::All(rows.filter_map(|row| Some((id_of(&row)?, row))).collect())
                    }
                    Some(touched) => floor_rows(now, &touched, &sieve, still),
                };
                let mut figures = Figures::of(now, &sieve.of_any_level()).named;
                if wanted.level != Level::Plain {
                    figures.extend(Figures::totals(now, &sieve).named);
                }
                Some(Made { rows, pieces: none, figures })
            }
            Page::Links => {
                let cards = links::cards(now, look.now);
                Some(Made { rows: Rows::All(cards), pieces: none, figures: Vec::new() })
            }
            Page::Board(board) => {
                let concerned = change.is_none_or(|c| c.changes.iter().any(|c| board.concerns(c)));
                let due = due(board, self.drawn, look.now);
                if !concerned && due.is_none() {
                    return None;
                }
                let draws = change.is_none() || due.is_some() || board.draws_at_once();
                let drawn = look.drawn.filter(|_| draws);
                let mut content = board.content(now, Look { drawn, ..still });
                self.drawn = due.unwrap_or(self.drawn);
                content.pieces.append(&mut content.charts);
                let (rows, pieces) = (Rows::All(content.rows), content.pieces);
                Some(Made { rows, pieces, figures: content.figures })
            }
        }
    }

    /// Takes rows over; what is new about them.
    fn put_rows(&mut self, rows: Rows, version: u64) -> News {
        let mut news = News::default();
        let (rows, gone) = match rows {
            Rows::Some(rows, gone) => (rows, gone),
            Rows::All(rows) => {
                let ids: BTreeSet<&String> = rows.iter().map(|(id, _)| id).collect();
                let gone = self.rows.keys().filter(|id| !ids.contains(id)).cloned().collect();
                (rows, gone)
            }
        };
        for (id, text) in rows {
            match self.rows.get_mut(&id) {
                Some(old) if old.text == text => {}
                Some(old) => {
                    if !news.put_cells(&id, &old.text, &text) {
                        news.rows.push_str(&text);
                    }
                    *old = Printed { text, changed: version };
                }
                None => {
                    news.rows.push_str(&text);
                    self.rows.insert(id, Printed { text, changed: version });
                }
            }
        }
        for id in gone {
            if self.rows.remove(&id).is_some() {
                self.gone.push_back((version, id.clone()));
                news.gone.push(id);
            }
        }
        while self.gone.len() > GONE_MAX {
            self.gone.pop_front();
        }
        news
    }
}

impl News {
    /// Writes what differs between two renderings of a row, cell by cell. False if they are not
    /// of the same cells.
    fn put_cells(&mut self, id: &str, old: &str, new: &str) -> bool {
        let (before, after) = (parts(old), parts(new));
        if before.len() != after.len() || after.len() < 2 {
            return false;
        }
        self.cells.push_str(if self.cells.is_empty() { "{" } else { "," });
        wire::json_text(&mut self.cells, id);
        let mut open = ":{";
        for (place, (_, part)) in before.iter().zip(&after).enumerate().filter(|(_, (b, a))| b != a)
        {
            self.cells.push_str(open);
            open = ",";
            match place.checked_sub(1) {
                None => self.cells.push_str("\"tr\""),
                Some(cell) => wire::json_text(&mut self.cells, &cell.to_string()),
            }
            self.cells.push(':');
            wire::json_text(&mut self.cells, part);
        }
        self.cells.push('}');
        true
    }

    fn write(&self, out: &mut String) {
        if !self.rows.is_empty() {
            field(out, "rows", &self.rows);
        }
        if !self.cells.is_empty() {
            out.push_str(",\"cells\":");
            out.push_str(&self.cells);
            out.push('}');
        }
        if !self.gone.is_empty() {
            out.push_str(",\"gone\":");
            out.push_str(&serde_json::json!(self.gone).to_string());
        }
    }
}

/// A rendered row's opening tag and its cells. What is not a table's row is one part. Text and
/// attributes hold no `<`: the templates escape it.
fn parts(row: &str) -> Vec<&str> {
    if !row.starts_with("<tr") {
        return vec![row];
    }
    let row = row.strip_suffix("</tr>").unwrap_or(row);
    let starts = row.match_indices("<t").map(|(at, _)| at).filter(|at| {
        let tag = row.get(at + 2..).unwrap_or_default();
        (tag.starts_with('d') || tag.starts_with('h')) && !tag.starts_with("he")
    });
    let cuts: Vec<usize> = std::iter::once(0).chain(starts).chain([row.len()]).collect();
    cuts.windows(2).filter_map(|cut| row.get(*cut.first()?..*cut.last()?)).collect()
}

/// The period whose charts are to be drawn because time has passed; `None`: not yet.
fn due(board: &Board, drawn: u128, now: Stamp) -> Option<u128> {
    let micros = board.redrawn()?.as_micros().max(1);
    let period = u128::from(now.0.unsigned_abs()) / micros;
    (period != drawn).then_some(period)
}

/// The id of a rendered element, which is its first attribute.
fn id_of(row: &str) -> Option<String> {
    let (_, rest) = row.split_once(" id=\"")?;
    rest.split_once('"').map(|(id, _)| id.to_owned())
}

/// The rows of the Floor of these keys, and the ids of those that are not there or not wanted.
fn floor_rows(
    now: &Snapshot,
    touched: &BTreeSet<floor::Key>,
    sieve: &Sieve<'_>,
    look: Look<'_>,
) -> Rows {
    let (mut rows, mut gone) = (Vec::new(), Vec::new());
    for (kind, acd, name) in touched {
        let id = words::row_id(if *kind == "queue" { 'q' } else { 'a' }, acd, name);
        match floor::one_row(now, (kind, acd, name), sieve, look) {
            Some(row) => rows.push((id, row)),
            None => gone.push(id),
        }
    }
    Rows::Some(rows, gone)
}

/// Takes texts over; those that differ from what was known by their names.
fn differing<K: Clone + Ord>(
    known: &mut BTreeMap<K, Printed>,
    texts: Vec<(K, String)>,
    version: u64,
) -> Vec<(K, String)> {
    let mut news = Vec::new();
    for (name, text) in texts {
        if known.get(&name).is_none_or(|old| old.text != text) {
            known.insert(name.clone(), Printed { text: text.clone(), changed: version });
            news.push((name, text));
        }
    }
    news
}

fn put_figures(out: &mut String, figures: &[(&'static str, String)]) {
    for (i, (name, text)) in figures.iter().enumerate() {
        out.push_str(if i == 0 { ",\"figures\":{" } else { "," });
        wire::json_text(out, name);
        out.push(':');
        wire::json_text(out, text);
    }
    if !figures.is_empty() {
        out.push('}');
    }
}

fn put_pieces<'a>(out: &mut String, pieces: impl Iterator<Item = &'a str>) {
    let pieces: String = pieces.collect();
    if !pieces.is_empty() {
        field(out, "pieces", &pieces);
    }
}

fn field(out: &mut String, name: &str, text: &str) {
    out.push(',');
    wire::json_text(out, name);
    out.push(':');
    wire::json_text(out, text);
}
