//! The pages beside Floor and Links: which there are, what each shows, and their frame.
//!
//! Each is a list of rendered rows with ids, some figures, and words for where nothing is. What
//! is rendered does not depend on the moment: the script counts times on.

use super::asked::Narrowed;
use super::floor::{Head, Look, heads};
use super::wallboard::Wall;
use super::{agent, anomalies, call, calls, notices, queue, trunks, wallboard, words};
use engine::{Change, Snapshot};
use facts::table::{Row, Value};
use maud::{Markup, PreEscaped, html};
use std::time::Duration;

/// One of these pages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Board {
    /// Calls that live, and the last that ended, as far as they are asked for.
    Calls(Narrowed),
    /// An agent's day.
    Agent {
        /// His switch.
        acd: String,
        /// His identity.
        agent: String,
    },
    /// A call's life.
    Call {
        /// Its switch.
        acd: String,
        /// Any of its ids.
        call: String,
    },
    /// One queue.
    Queue {
        /// Its switch.
        acd: String,
        /// Its name.
        queue: String,
    },
    /// Trunk groups and their channels.
    Trunks(
        /// The only switch; `None`: all.
        Option<String>,
    ),
    /// What could not be explained.
    Anomalies,
    /// Big figures.
    Wall(Wall),
}

/// What a page shows.
#[derive(Debug, Default)]
pub(crate) struct Content {
    /// Element ids and rendered rows.
    pub(crate) rows: Vec<(String, String)>,
    /// Pieces of the page besides tables: element ids and what they are. Apart from the rows, for
    /// a browser reads rows and pieces in one text as either.
    pub(crate) pieces: Vec<(String, String)>,
    /// Pieces that are charts; none if none was due.
    pub(crate) charts: Vec<(String, String)>,
    /// Figures by their names.
    pub(crate) figures: Vec<(&'static str, String)>,
}

impl Board {
    /// The tables that it is made of.
    pub(crate) const fn tables(&self) -> &'static [&'static str] {
        match self {
            Self::Calls(_) => &["calls", "whole_calls", "thresholds", "groups"],
            Self::Call { .. } => &["calls", "whole_calls"],
            Self::Agent { .. } => &["agents", "cagent"],
            Self::Queue { .. } => {
                &["calls", "waiting", "queues", "agents", "cagent", "levels", "thresholds"]
            }
            Self::Trunks(_) => &["trunks", "ctrunk"],
            Self::Anomalies => &["anomalies"],
            Self::Wall(_) => &["queues", "agents", "levels", "thresholds", "groups"],
        }
    }

    /// Whether a change of its tables can be seen on it.
    pub(crate) fn concerns(&self, change: &Change) -> bool {
        let of = |acd: &str, name: &str| {
            let keys = change.rows.iter().chain(&change.gone);
            let is = |value: Option<&Value>, wanted: &str| match value {
                Some(Value::Text(text)) => **text == *wanted,
                _ => false,
            };
            keys.into_iter().any(|key| is(key.first(), acd) && is(key.get(1), name))
        };
        self.tables().contains(&change.shape.name)
            && match self {
                Self::Agent { acd, agent } => of(acd, agent),
                // Few calls cross switches: whose part changed is not looked up.
                Self::Call { acd, call } => change.shape.name == "whole_calls" || of(acd, call),
                _ => true,
            }
    }

    /// How often its charts are drawn anew because time has passed; `None`: it has none.
    pub(crate) const fn redrawn(&self) -> Option<Duration> {
        match self {
            Self::Queue { .. } => Some(Duration::from_secs(15)),
            Self::Agent { .. } => Some(Duration::from_secs(30)),
            Self::Call { .. } => Some(Duration::from_secs(5)),
            _ => None,
        }
    }

    /// Whether its charts are drawn anew when its tables change, too: not that of a queue, where
    /// something changes all the time.
    pub(crate) const fn draws_at_once(&self) -> bool {
        matches!(self, Self::Agent { .. } | Self::Call { .. })
    }

    /// All that it shows.
    pub(crate) fn content(&self, now: &Snapshot, look: Look<'_>) -> Content {
        match self {
            Self::Calls(asked) => calls::content(now, asked, look),
            Self::Agent { acd, agent } => agent::content(now, acd, agent, look),
            Self::Call { acd, call } => call::content(now, acd, call, look),
            Self::Queue { acd, queue } => queue::content(now, acd, queue, look),
            Self::Trunks(acd) => trunks::content(now, acd.as_deref(), look),
            Self::Anomalies => anomalies::content(now, look),
            Self::Wall(wall) => wallboard::content(now, wall, look),
        }
    }

    /// What stands between the header and the end of the page.
    pub(crate) fn body(&self, now: &Snapshot, look: Look<'_>) -> Markup {
        let content = self.content(now, look);
        match self {
            Self::Calls(asked) => calls::body(&content, now, asked, look),
            Self::Agent { acd, agent } => agent::body(&content, now, (acd, agent), look),
            Self::Call { acd, call } => call::body(&content, now, (acd, call), look),
            Self::Queue { acd, queue } => queue::body(&content, now, (acd, queue), look),
            Self::Trunks(acd) => trunks::body(&content, now, acd.as_deref(), look),
            Self::Anomalies => anomalies::body(&content, now, look),
            Self::Wall(wall) => wallboard::body(&content, now, wall, look),
        }
    }
}

impl Content {
    /// The rows of one kind: ids begin with it.
    pub(crate) fn of(&self, kind: char) -> impl Iterator<Item = &str> {
        self.rows.iter().filter(move |(id, _)| id.starts_with(kind)).map(|(_, row)| row.as_str())
    }

    /// A piece of the page, by its id; nothing if there is none.
    pub(crate) fn piece(&self, id: &str) -> Markup {
        let found = self.pieces.iter().chain(&self.charts).find(|(own, _)| own == id);
        PreEscaped(found.map_or_else(String::new, |(_, text)| text.clone()))
    }

    /// The figure of that name; empty if there is none.
    pub(crate) fn figure(&self, name: &str) -> &str {
        self.figures.iter().find(|(n, _)| *n == name).map_or("", |(_, text)| text)
    }
}

/// The rows of a table; none if it is not there.
pub(crate) fn rows<'a>(now: &'a Snapshot, table: &str) -> &'a [Row] {
    now.tables.get(table).map_or(&[], |t| t.rows.as_slice())
}

/// The frame of a page: `id`, the address of its stream, and what is in it.
pub(crate) fn frame(
    id: &str,
    stream: &str,
    now: &Snapshot,
    look: Look<'_>,
    inner: &Markup,
) -> Markup {
    html! {
        main id=(id) data-stream=(stream) data-version=(look.place)
            data-several=(u8::from(look.several)) data-at=(words::millis(now.at)) {
            div id="notices" { (notices::all(now)) }
            (inner)
        }
    }
}

/// A table that the script sorts and counts on.
pub(crate) struct Grid<'a> {
    /// Its id.
    pub(crate) id: &'static str,
    /// What the ids of its rows begin with.
    pub(crate) kind: char,
    /// What it is, for those who do not see it.
    pub(crate) caption: &'static str,
    /// Its columns.
    pub(crate) heads: &'a [Head],
    /// The heading by which it is sorted first, and `up` or `down`.
    pub(crate) by: &'static str,
}

impl Grid<'_> {
    /// The table, and what is said where it has no rows.
    pub(crate) fn markup(&self, content: &Content, empty: &Markup, look: Look<'_>) -> Markup {
        let rows: Vec<&str> = content.of(self.kind).collect();
        html! {
            div.empty { (empty) }
            table id=(self.id) data-kind=(self.kind) data-by=(self.by)
                class=[look.several.then_some("several")] {
                caption { (self.caption) }
                (heads(self.heads, look.several))
                @for body in rows.chunks(50) {
                    tbody { @for row in body { (PreEscaped(row)) } }
                }
                @if rows.is_empty() { tbody {} }
            }
        }
    }
}

/// The box that narrows a table, and the words for when nothing fits.
pub(crate) fn find(what: &str) -> Markup {
    html! {
        label.find { span.unseen { "Find " (what) }
            input type="search" id="find" autocomplete="off" spellcheck="false"
                placeholder=(format!("Find {what} (/)"));
        }
    }
}

/// What is shown when no row fits what is looked for.
pub(crate) fn none(what: &str) -> Markup {
    html! {
        p.none id="none" hidden { "Nothing fits. "
            button type="button" id="show-all" { "Show all " (what) } }
    }
}
