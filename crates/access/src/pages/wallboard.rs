//! The wallboard: six big figures with their targets, of a group of queues, of one queue or of the
//! centre; one at a time or each in turn. It is read from the other side of a room.
//!
//! Whose turn it is follows from this server's clock alone, so that all boards of a room show the
//! same. A board is sent only what it shows: when the turn is over it asks for the next one.

use super::boards::{Content, frame, rows};
use super::columns::Queues;
use super::figures::{Staff, Sums, of_wanted};
use super::floor::{Look, empty_words, queue_level};
use super::levels::{Level, Target, Targets};
use super::sieve::{Group, Sieve, Wanted};
use super::words::{age, count, millis, pair, span, threshold_path, visible};
use crate::clock;
use engine::Snapshot;
use facts::Stamp;
use facts::decree::{Measure, Side};
use facts::table::Row;
use maud::{Markup, PreEscaped, html};

/// For how long each is shown if only that they take turns is asked for, in seconds.
const TURN_S: u16 = 20;

/// What a board was asked to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wall {
    /// One queue; on several switches each of that name in turn.
    pub(crate) queue: Option<String>,
    /// One group.
    pub(crate) group: Option<String>,
    /// Seconds for which each is shown: every group, or without groups the centre and every
    /// queue; 0: no turns.
    pub(crate) rotate_s: u16,
    /// Which turn it is, counted from 1970 on; settled when a page or a stream begins.
    turn: i64,
}

/// One of the things that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum View {
    Centre,
    Group(String),
    Queue(String, String),
}

impl Wall {
    /// What stands behind the `?` of an address; what is not about the board is left in `rest`.
    pub(crate) fn of(pairs: Vec<(String, String)>, rest: &mut Vec<(String, String)>) -> Self {
        let mut wall = Self::default();
        for (name, text) in pairs {
            match name.as_str() {
                "queue" => wall.queue = Some(text).filter(|text| !text.is_empty()),
                "group" => wall.group = Some(text).filter(|text| !text.is_empty()),
                "rotate" if text.is_empty() => wall.rotate_s = TURN_S,
                "rotate" => wall.rotate_s = text.parse().unwrap_or(0),
                _ => rest.push((name, text)),
            }
        }
        if wall.rotate_s > 0 {
            wall.turn = clock::now().0.div_euclid(i64::from(wall.rotate_s) * 1_000_000);
        }
        wall
    }

    /// The same as an address writes it, with what must stand before.
    fn address(&self, path: &str) -> String {
        let mut parts = Vec::new();
        if let Some(queue) = &self.queue {
            parts.push(pair("queue", queue));
        }
        if let Some(group) = &self.group {
            parts.push(pair("group", group));
        }
        if self.rotate_s > 0 {
            parts.push(format!("rotate={}", self.rotate_s));
        }
        if parts.is_empty() { path.to_owned() } else { format!("{path}?{}", parts.join("&")) }
    }

    /// What it shows, in order.
    fn views(&self, now: &Snapshot) -> Vec<View> {
        let queues = now.tables.get("queues").map(|table| Queues::of(table.shape));
        let all = rows(now, "queues").iter().filter_map(|row| {
            let c = queues.as_ref()?;
            Some(View::Queue(c.acd.text(row).to_owned(), c.queue.text(row).to_owned()))
        });
        if let Some(wanted) = &self.queue {
            return all.filter(|v| matches!(v, View::Queue(_, queue) if queue == wanted)).collect();
        }
        let groups = Group::all(now).filter(|group| !group.agents);
        let groups = groups.map(|group| View::Group(group.name));
        if let Some(wanted) = &self.group {
            return groups.filter(|v| matches!(v, View::Group(name) if name == wanted)).collect();
        }
        if self.rotate_s == 0 {
            return vec![View::Centre];
        }
        let groups: Vec<View> = groups.collect();
        if groups.is_empty() { std::iter::once(View::Centre).chain(all).collect() } else { groups }
    }

    /// Whose turn it is of so many.
    fn place(&self, of: usize) -> usize {
        let of = i64::try_from(of).unwrap_or(i64::MAX).max(1);
        usize::try_from(self.turn.rem_euclid(of)).unwrap_or(0)
    }
}

/// One big figure.
struct Figure {
    label: &'static str,
    value: String,
    small: String,
    /// `None`: nobody has set one.
    target: Option<String>,
    /// `None`: nothing to judge.
    level: Option<Level>,
    /// It is beyond its target, though not for long enough to be at a level.
    off: bool,
    /// Set if the script shall count it on.
    since: Option<Stamp>,
}

const fn word(f: &Figure) -> &'static str {
    match f.level {
        None => "–",
        Some(Level::Plain) if f.off => "Off target",
        Some(Level::Plain) => "On target",
        Some(Level::Caution) => "Caution",
        Some(Level::Warning) => "Warning",
    }
}

fn markup(f: &Figure, id: usize) -> Markup {
    let class = match f.level {
        None => "idle",
        Some(Level::Plain) if f.off => "off",
        Some(Level::Plain) => "good",
        Some(level) => level.class(),
    };
    // What does not fit beside each other, by the widths of a screen three figures wide.
    let chars = f.value.chars().count();
    let wide = chars > 5 || chars + f.small.chars().count() > 13;
    let long = if wide { " long" } else { "" };
    html! {
        div id={ "f:" (id) } class={ "figure " (class) (long) } data-t=[f.since.map(millis)] {
            dt { (f.label) }
            dd.value { b { (f.value) } @if !f.small.is_empty() { small { (f.small) } } }
            dd.target { @match &f.target {
                Some(target) => { "Target " (target) },
                None => "No target set",
            } }
            dd.word { span.word { (word(f)) } }
        }
    }
}

/// Everything that the figures of a view are made of.
struct Facts<'a> {
    sums: Sums,
    staff: Staff,
    /// The service level in seconds of all its queues, if they have the same.
    within_s: Option<i64>,
    /// A caller waits for whom there is no agent.
    unattended: Level,
    view: &'a View,
    look: Look<'a>,
    targets: Targets<'a>,
}

impl<'a> Facts<'a> {
    /// `None` if there is no such thing any more.
    fn of(now: &'a Snapshot, view: &'a View, look: Look<'a>) -> Option<Self> {
        let table = now.tables.get("queues");
        let c = table.map(|table| Queues::of(table.shape));
        let all = || rows(now, "queues").iter().filter_map(|row| Some((c?, row)));
        let (sums, staff, rows): (_, _, Vec<(Queues, &Row)>) = match view {
            View::Queue(acd, queue) => {
                let here = |(c, row): &(Queues, &Row)| {
                    c.acd.text(row) == acd && c.queue.text(row) == queue
                };
                let (c, row) = all().find(here)?;
                let sums = Sums::of(&c, std::iter::once(row), look.levels);
                (sums, Staff::of_queue(&c, row), vec![(c, row)])
            }
            View::Centre | View::Group(_) => {
                let group = if let View::Group(name) = view { name.clone() } else { String::new() };
                let sieve = Sieve::of(now, &Wanted { group, ..Wanted::default() });
                let (sums, staff) = of_wanted(now, &sieve);
                (sums, staff, all().filter(|(c, row)| sieve.queue(c, row)).collect())
            }
        };
        let within = |(c, row): &(Queues, &Row)| c.service_level_s.int(row);
        let first = rows.first().and_then(within);
        let within_s = first.filter(|_| rows.iter().all(|row| within(row) == first));
        let level = |(c, row): &(Queues, &Row)| {
            // Without the thresholds: only whether anybody could answer.
            queue_level(c, row, super::levels::Levels::default()).0
        };
        let unattended = rows.iter().map(level).max().unwrap_or_default();
        let targets = Targets::of(now);
        Some(Self { sums, staff, within_s, unattended, view, look, targets })
    }

    fn target(&self, measure: Measure) -> Option<Target> {
        match self.view {
            View::Centre => self.targets.of_centre(measure),
            View::Group(name) => self.targets.of_group(name, measure),
            View::Queue(acd, queue) => self.targets.of_queue(acd, queue, measure),
        }
    }

    /// The level of a figure as the engine has it; of the centre, of which it has none, as the
    /// figure stands. `None`: no target, or no figure.
    fn level(&self, measure: Measure, n: Option<i64>) -> Option<Level> {
        let target = self.target(measure).filter(|target| target.limit().is_some())?;
        let n = n?;
        Some(match self.view {
            View::Centre => target.level(n),
            View::Group(name) => self.look.levels.of_measure("", "group", name, measure),
            View::Queue(acd, queue) => self.look.levels.of_measure(acd, "queue", queue, measure),
        })
    }

    fn figure(&self, label: &'static str, measure: Measure, n: Option<i64>) -> Figure {
        let value = n.map_or("–".to_owned(), |n| match measure {
            Measure::ServiceLevel | Measure::Abandoned => format!("{n}%"),
            _ => count(n),
        });
        let target = self.target(measure).and_then(|target| target.words(measure));
        let level = self.level(measure, n);
        let stands = self.target(measure).zip(n).map(|(target, n)| target.level(n));
        let off = stands.is_some_and(|stands| stands != Level::Plain);
        Figure { label, value, small: String::new(), target, level, off, since: None }
    }

    /// The six figures.
    fn figures(&self) -> [Figure; 6] {
        let (sums, look) = (&self.sums, self.look);
        let mut waiting = self.figure("Waiting", Measure::Waiting, Some(sums.waiting));
        // Somebody must be there for whoever waits, whatever is decided about numbers.
        if waiting.target.is_none() {
            waiting.target = Some("a free agent for each".into());
        }
        waiting.level = Some(waiting.level.unwrap_or_default().max(self.unattended));
        let oldest = sums.oldest;
        let waited = oldest.map_or(0, |at| look.clock.since(at).div_euclid(1_000_000));
        let wait = Figure {
            value: oldest.map_or("–".to_owned(), |at| age(look.now - at)),
            since: oldest,
            ..self.figure("Oldest wait", Measure::OldestWait, Some(waited))
        };
        let mut service =
            self.figure("Service level today", Measure::ServiceLevel, sums.service_pct());
        if let Some(secs) = self.within_s {
            service.small = format!("in {}", span(secs));
        }
        let free = self.staff.available();
        let available = Figure {
            small: format!("of {}", count(self.staff.staffed)),
            ..self.figure("Available", Measure::Available, Some(free))
        };
        // An average of waits has the target of a wait.
        let speed = sums.average_wait_s();
        let above = self.target(Measure::OldestWait).filter(|t| t.side == Side::Above);
        let answer = Figure {
            label: "Average answer today",
            value: speed.map_or("–".to_owned(), |secs| age(secs.saturating_mul(1_000_000))),
            small: calls(sums.answered),
            target: above.and_then(|target| target.words(Measure::OldestWait)),
            level: above.filter(|t| t.limit().is_some()).zip(speed).map(|(t, n)| t.level(n)),
            off: false,
            since: None,
        };
        let abandoned = Figure {
            small: calls(sums.abandoned),
            ..self.figure("Abandoned today", Measure::Abandoned, sums.abandoned_pct())
        };
        [waiting, wait, service, available, answer, abandoned]
    }
}

fn calls(n: i64) -> String {
    format!("{} call{}", count(n), if n == 1 { "" } else { "s" })
}

/// What is shown, which of how many it is, and the ways to the others.
fn head(wall: &Wall, now: &Snapshot, views: &[View], turn: usize, several: bool) -> Markup {
    let view = views.get(turn);
    let title = match view {
        Some(View::Group(name)) => name.clone(),
        Some(View::Queue(acd, queue)) if several => format!("{queue} · {acd}"),
        Some(View::Queue(_, queue)) => queue.clone(),
        Some(View::Centre) | None => "All queues".to_owned(),
    };
    let fixed = |view: &View| match view {
        View::Centre => "/wallboard".to_owned(),
        View::Group(name) => format!("/wallboard?{}", pair("group", name)),
        View::Queue(_, queue) => format!("/wallboard?{}", pair("queue", queue)),
    };
    let rules = match view {
        Some(View::Group(name)) => format!("/thresholds?{}", pair("group", name)),
        Some(View::Queue(acd, queue)) => threshold_path(acd, queue),
        Some(View::Centre) | None => "/thresholds".to_owned(),
    };
    // From a single one to its neighbours, too.
    let turns = Wall { rotate_s: TURN_S, ..Wall::default() };
    let ring = if wall.rotate_s > 0 { views.to_vec() } else { turns.views(now) };
    let at = view.and_then(|view| ring.iter().position(|v| v == view));
    let beside = |step: usize| at.and_then(|at| ring.get((at + step) % ring.len().max(1)));
    html! {
        div id="v:head" class="head" {
            h2 { (visible(&title)) }
            p {
                @if wall.rotate_s > 0 && views.len() > 1 {
                    span.count { (turn + 1) " of " (views.len()) }
                }
                @if ring.len() > 1 {
                    @if let Some(view) = beside(ring.len() - 1) {
                        a id="v:before" href=(fixed(view)) { "Previous" }
                    }
                    @if wall.rotate_s > 0 {
                        @if let Some(view) = view { a id="v:hold" href=(fixed(view)) { "Hold" } }
                    } @else {
                        a id="v:hold" href={ "/wallboard?rotate=" (TURN_S) } { "Rotate" }
                    }
                    @if let Some(view) = beside(1) {
                        a id="v:after" href=(fixed(view)) { "Next" }
                    }
                }
                a id="v:rules" href=(rules) { "Targets" }
            }
        }
    }
}

/// What is shown now: the heading and the figures.
pub(crate) fn content(now: &Snapshot, wall: &Wall, look: Look<'_>) -> Content {
    let views = wall.views(now);
    let turn = wall.place(views.len());
    let mut content = Content::default();
    let Some(facts) = views.get(turn).and_then(|view| Facts::of(now, view, look)) else {
        return content;
    };
    let head = head(wall, now, &views, turn, look.several).into_string();
    content.rows.push(("v:head".into(), head));
    for (i, figure) in facts.figures().iter().enumerate() {
        content.rows.push((format!("f:{i}"), markup(figure, i).into_string()));
    }
    content
}

/// What stands between the header and the end of the page.
pub(crate) fn body(content: &Content, now: &Snapshot, wall: &Wall, look: Look<'_>) -> Markup {
    let group = wall.group.as_ref().filter(|name| Group::named(now, name).is_none());
    let agents = wall
        .group
        .as_ref()
        .is_some_and(|name| Group::named(now, name).is_some_and(|group| group.agents));
    frame(
        "wallboard",
        &wall.address("/wallboard/stream"),
        now,
        look,
        &html! {
            h1.unseen { "Wallboard" }
            p id="stale" hidden {}
            @if content.rows.is_empty() { div id="v:head" class="head" {} }
            @for head in content.of('v') { (PreEscaped(head)) }
            div.empty {
                @match (&wall.queue, group) {
                    (Some(queue), _) => h3 { "There is no queue " (visible(queue)) },
                    (None, Some(group)) => {
                        h3 { "There is no group " (visible(group)) }
                        p { a href="/groups" { "Groups" } " are made on a page of their own." }
                    },
                    (None, None) if agents => {
                        h3 { "This is a group of agents" }
                        p { "A wallboard shows groups of queues. " a href="/groups" { "Groups" } }
                    }
                    (None, None) => (empty_words(now, "queues")),
                }
            }
            dl id="cards" class="view" data-turn=[(wall.rotate_s > 0).then_some(wall.rotate_s)] {
                @for figure in content.of('f') { (PreEscaped(figure)) }
            }
        },
    )
}
