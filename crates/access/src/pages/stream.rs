//! The streams that move the pages. An event is one JSON object, applied as a whole, so that a
//! page that is cut off between two of them is at a version and can go on from there:
//!
//! * `patch`: `{at, all?, reload?, rows?, gone?, figures?, notices?, queues-empty?,
//!   agents-empty?}`: rendered rows to put in place by their ids; with `all`, rows that are not
//!   among them go. `reload`: the page must be loaded anew. The last three: what stands in the
//!   elements of that id.
//! * `clock`: `{now, at, tag}`: this server's clock, when tables were last published, and the
//!   build of the pages. First, and every 5 s.

use super::boards::Board;
use super::floor::{Figures, Look};
use super::{assets, centre, floor, links, look, notices, words};
use crate::clock;
use crate::feed::{Feed, Merged, Step, known};
use crate::refusal::Refusal;
use crate::rest::{Asked, pairs};
use crate::site::Site;
use crate::wire;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use engine::Snapshot;
use facts::Stamp;
use futures_util::Stream;
use futures_util::stream::unfold;
use maud::Markup;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::time::Duration;

/// The least time between two events for the Floor: faster than people see, slow enough to
/// put what happens together into one.
const FLOOR_GAP: Duration = Duration::from_millis(50);
/// The same for the Links page, whose counts never stand still.
const LINKS_GAP: Duration = Duration::from_millis(500);
/// The same for the pages that are rendered whole to find what changed.
const BOARD_GAP: Duration = Duration::from_millis(250);

type Moving =
    Result<Sse<Box<dyn Stream<Item = Result<Event, Infallible>> + Send + Unpin>>, Refusal>;

/// `/floor/stream`: what has changed on the Floor.
pub(crate) async fn floor_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    open(site, &headers, pairs(asked)?, Page::Floor(FloorSent::default()), FLOOR_GAP)
}

/// `/links/stream`: what has changed on the Links page.
pub(crate) async fn links_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    open(site, &headers, pairs(asked)?, Page::Links(LinksSent::default()), LINKS_GAP)
}

/// `/calls/stream`: what has changed on the Calls page.
pub(crate) async fn calls_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Calls)
}

/// `/queue/{acd}/{name}/stream`: what has changed on a queue's page.
pub(crate) async fn queue_stream(
    State(site): State<Site>,
    Path((acd, queue)): Path<(String, String)>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Queue { acd, queue })
}

/// `/trunks/stream`: what has changed on the Trunks page.
pub(crate) async fn trunks_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Trunks)
}

/// `/anomalies/stream`: what has changed on the Anomalies page.
pub(crate) async fn anomalies_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    board_stream(site, &headers, pairs(asked)?, Board::Anomalies)
}

/// `/wallboard/stream`: what has changed on the wallboard; `queue` names the only queue, `each=1`
/// asks for all.
pub(crate) async fn wallboard_stream(
    State(site): State<Site>,
    headers: HeaderMap,
    asked: Asked,
) -> Moving {
    let (mut queue, mut each, mut rest) = (None, false, Vec::new());
    for (name, text) in pairs(asked)? {
        match name.as_str() {
            "queue" => queue = Some(text),
            "each" => each = text == "1",
            _ => rest.push((name, text)),
        }
    }
    board_stream(site, &headers, rest, Board::Wall { queue, each })
}

fn board_stream(
    site: Site,
    headers: &HeaderMap,
    asked: Vec<(String, String)>,
    board: Board,
) -> Moving {
    let sent = BoardSent { board, rows: None, figures: BTreeMap::new() };
    open(site, headers, asked, Page::Board(sent), BOARD_GAP)
}

fn open(
    site: Site,
    headers: &HeaderMap,
    asked: Vec<(String, String)>,
    page: Page,
    gap: Duration,
) -> Moving {
    let (mut since, mut several, mut acd) = (None, None, None);
    for (name, text) in asked {
        match (name.as_str(), text.as_str()) {
            ("since", _) => since = Some(text),
            ("acd", _) => acd = Some(text),
            ("several", "0" | "1") => several = Some(text == "1"),
            _ => {
                let text = format!("this stream takes since, acd and several=0 or 1, not '{name}'");
                return Err(Refusal::bad("unknown-parameter", text));
            }
        }
    }
    let known = known(&site, headers, since.as_deref())?;
    let feed = Feed::new(&site, known, gap)?;
    let told = [None, None];
    let viewer = Viewer { site, feed, page, several, acd, greeted: false, told };
    Ok(Sse::new(Box::new(Box::pin(unfold(viewer, |mut viewer| async move {
        let event = viewer.next().await?;
        Some((Ok(event), viewer))
    })))))
}

/// What a viewer of the Floor has been sent, as far as it matters for what is next.
#[derive(Default)]
struct FloorSent {
    figures: Option<Figures>,
    empty: [String; 2],
}

/// The cards that a viewer of the Links page has, by id.
#[derive(Default)]
struct LinksSent {
    cards: BTreeMap<String, String>,
}

/// What a viewer of one of the other pages has: of each row only a hash, for there may be many.
struct BoardSent {
    board: Board,
    rows: Option<BTreeMap<String, u64>>,
    figures: BTreeMap<&'static str, String>,
}

enum Page {
    Floor(FloorSent),
    Links(LinksSent),
    Board(BoardSent),
}

/// One who looks at a page.
struct Viewer {
    site: Site,
    feed: Feed,
    page: Page,
    /// Whether the page was rendered for several ACDs; `None` if it did not say.
    several: Option<bool>,
    /// The only ACD that is looked at.
    acd: Option<String>,
    greeted: bool,
    /// Notices, and the figures of the centre and each switch, as they were sent last.
    told: [Option<String>; 2],
}

impl Viewer {
    async fn next(&mut self) -> Option<Event> {
        if !self.greeted {
            self.greeted = true;
            return Some(self.clock(clock::now(), self.site.live().snapshot().at));
        }
        loop {
            let change = match self.feed.next().await? {
                Step::Clock { now, at } => return Some(self.clock(now, at)),
                Step::Anew(_) => None,
                Step::Changed(change) => Some(change),
            };
            let now = self.site.live().snapshot();
            if let Some(data) = self.patch(&now, change.as_ref()) {
                return Some(self.feed.event("patch").data(data));
            }
        }
    }

    fn clock(&self, now: Stamp, at: Stamp) -> Event {
        let (now, at) = (words::millis(now), words::millis(at));
        let data = serde_json::json!({ "now": now, "at": at, "tag": assets::tag() });
        self.feed.event("clock").data(data.to_string())
    }

    /// What leads to `now`; without a change, everything anew. `None`: nothing to be seen.
    fn patch(&mut self, now: &Snapshot, change: Option<&Merged>) -> Option<String> {
        let several = floor::several(now) && self.acd.is_none();
        if self.several.is_some_and(|s| s != several) {
            return Some("{\"reload\":true}".into());
        }
        let at = change.map_or(now.at, |c| c.at);
        let mut out = format!("{{\"at\":{}", words::millis(at));
        let bare = out.len();
        let look = Look { acd: self.acd.as_deref(), ..look(&self.site, several, "") };
        match &mut self.page {
            Page::Floor(sent) => sent.patch(&mut out, now, change, look),
            Page::Links(sent) => sent.patch(&mut out, now, change, look),
            Page::Board(sent) => sent.patch(&mut out, now, change, look),
        }
        let notices = match self.page {
            Page::Floor(_) | Page::Board(_) => notices::all(now).into_string(),
            // The cards say the rest.
            Page::Links(_) => notices::alarms(now).into_string(),
        };
        let centre = match &self.page {
            Page::Floor(_) => centre::switch(now, "/", look),
            Page::Board(BoardSent { board: Board::Calls, .. }) => {
                centre::switch(now, "/calls", look)
            }
            Page::Board(BoardSent { board: Board::Trunks, .. }) => {
                centre::switch(now, "/trunks", look)
            }
            Page::Board(_) | Page::Links(_) => Markup::default(),
        };
        let news = [("notices", notices), ("centre", centre.into_string())];
        for (told, (name, news)) in self.told.iter_mut().zip(news) {
            if told.as_ref() != Some(&news)
                && (name == "notices" || told.is_some() || !news.is_empty())
            {
                field(&mut out, name, &news);
            }
            *told = Some(news);
        }
        if out.len() == bare {
            return None;
        }
        out.push('}');
        Some(out)
    }
}

impl FloorSent {
    fn patch(&mut self, out: &mut String, now: &Snapshot, change: Option<&Merged>, look: Look<'_>) {
        let mut gone = Vec::new();
        let mut rows = String::new();
        let mut seen = change.is_none();
        match change {
            None => {
                out.push_str(",\"all\":true");
                rows = floor::all_rows(now, look).concat().concat();
            }
            Some(change) => {
                for change in &change.changes {
                    if let Some(some) = floor::some_rows(change.shape, &change.rows, look) {
                        seen = true;
                        rows.push_str(&some.into_string());
                        gone.extend(floor::gone_ids(change.shape, &change.gone));
                    }
                }
            }
        }
        // What an empty table says depends on the links, too.
        for (i, table) in ["queues", "agents"].into_iter().enumerate() {
            let words = floor::empty_words(now, table).into_string();
            if let Some(sent) = self.empty.get_mut(i).filter(|sent| **sent != words) {
                field(out, &format!("{table}-empty"), &words);
                *sent = words;
            }
        }
        if !seen {
            return;
        }
        put_rows(out, &rows, &gone);
        let figures = Figures::within(now, |row| look.shows(row));
        let before = self.figures.take().unwrap_or_default();
        put_figures(out, figures.changed(&before));
        self.figures = Some(figures);
    }
}

impl BoardSent {
    fn patch(&mut self, out: &mut String, now: &Snapshot, change: Option<&Merged>, look: Look<'_>) {
        let concerns =
            |c: &Merged| c.changes.iter().any(|c| self.board.tables().contains(&c.shape.name));
        if self.rows.is_some() && change.is_some_and(|c| !concerns(c)) {
            return;
        }
        // Rows must not differ only because time has passed: the script counts on.
        let content = self.board.content(now, Look { now: Stamp(0), ..look });
        // The first time all rows are sent, so what else the page may have goes.
        let before = self.rows.take().filter(|_| change.is_some());
        if before.is_none() {
            out.push_str(",\"all\":true");
            self.figures.clear();
        }
        let before = before.unwrap_or_default();
        let (mut known, mut news) = (BTreeMap::new(), String::new());
        for (id, row) in content.rows {
            let mut hash = DefaultHasher::new();
            row.hash(&mut hash);
            let hash = hash.finish();
            if before.get(&id) != Some(&hash) {
                news.push_str(&row);
            }
            known.insert(id, hash);
        }
        let gone: Vec<String> = before.into_keys().filter(|id| !known.contains_key(id)).collect();
        put_rows(out, &news, &gone);
        self.rows = Some(known);
        let figures: BTreeMap<&'static str, String> = content.figures.into_iter().collect();
        let changed = figures.iter().filter(|(name, text)| self.figures.get(*name) != Some(*text));
        put_figures(out, changed.map(|(name, text)| (*name, text.as_str())));
        self.figures = figures;
    }
}

impl LinksSent {
    fn patch(&mut self, out: &mut String, now: &Snapshot, change: Option<&Merged>, look: Look<'_>) {
        let cards: BTreeMap<String, String> = links::cards(now, look.now).into_iter().collect();
        // The first time all cards are sent, so what else the page may have goes.
        if change.is_none() || self.cards.is_empty() {
            out.push_str(",\"all\":true");
            self.cards.clear();
        }
        let news = cards.iter().filter(|(id, card)| self.cards.get(*id) != Some(card));
        let rows: String = news.map(|(_, card)| card.as_str()).collect();
        let gone: Vec<String> =
            self.cards.keys().filter(|id| !cards.contains_key(*id)).cloned().collect();
        put_rows(out, &rows, &gone);
        self.cards = cards;
    }
}

fn put_figures<'a>(out: &mut String, figures: impl Iterator<Item = (&'static str, &'a str)>) {
    let mut first = true;
    for (name, text) in figures {
        out.push_str(if first { ",\"figures\":{" } else { "," });
        first = false;
        wire::json_text(out, name);
        out.push(':');
        wire::json_text(out, text);
    }
    if !first {
        out.push('}');
    }
}

fn put_rows(out: &mut String, rows: &str, gone: &[String]) {
    if !rows.is_empty() {
        field(out, "rows", rows);
    }
    if !gone.is_empty() {
        let list = serde_json::json!(gone);
        // Writing into a String cannot fail.
        let done = write!(out, ",\"gone\":{list}");
        debug_assert!(done.is_ok());
    }
}

fn field(out: &mut String, name: &str, text: &str) {
    out.push(',');
    wire::json_text(out, name);
    out.push(':');
    wire::json_text(out, text);
}
