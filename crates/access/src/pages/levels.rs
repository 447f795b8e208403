//! What deserves attention now: read from the live tables `levels` and `thresholds`, which the
//! engine keeps by the thresholds in force, with their hysteresis and duration. Nothing is judged
//! here but a figure that no row of `levels` is about: one of the centre as a whole.

use super::columns::{LevelRows, Thresholds};
use super::sieve::Group;
use super::words::{count, span};
use engine::Snapshot;
use facts::Stamp;
use facts::decree::{Measure, Side, Unit};
use facts::table::Row;

/// How much attention something deserves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// None.
    #[default]
    Plain,
    /// Have a look.
    Caution,
    /// Do something.
    Warning,
}

impl Level {
    /// The word for style sheet and script; empty for plain.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Caution => "caution",
            Self::Warning => "warning",
        }
    }

    /// The level of that word; plain if it is none.
    pub(crate) fn of_word(word: &str) -> Self {
        match word {
            "caution" => Self::Caution,
            "warning" => Self::Warning,
            _ => Self::Plain,
        }
    }

    /// The class, if there is one.
    pub(crate) const fn some(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            level => Some(level.class()),
        }
    }
}

/// A measure where there is little room.
pub(crate) const fn label(measure: Measure) -> &'static str {
    match measure {
        Measure::Waiting => "Waiting",
        Measure::OldestWait => "Wait",
        Measure::ServiceLevel => "Service level",
        Measure::Abandoned => "Abandoned",
        Measure::Available => "Available",
        Measure::Staffed => "Staffed",
        Measure::Aux => "AUX",
        Measure::Acw => "ACW",
        Measure::Ring => "Ringing",
        Measure::Acd => "On call",
        Measure::Hold => "On hold",
        Measure::Rona => "Missed",
    }
}

/// A number of a measure with its unit: `1 min`, `80%`, `5`.
pub(crate) fn amount(measure: Measure, n: i64) -> String {
    match measure.unit() {
        Unit::Seconds => span(n),
        Unit::Percent => format!("{n}%"),
        Unit::Count => count(n),
    }
}

/// Why something is at a level: `Wait over 1 min`, `Service level 80% or less`.
fn reason(measure: &str, limit: i64) -> String {
    let Some(measure) = Measure::of_word(measure) else { return measure.replace('_', " ") };
    let (label, amount) = (label(measure), amount(measure, limit));
    match (measure.unit(), measure.usual_side()) {
        (Unit::Seconds, _) => format!("{label} over {amount}"),
        (_, Side::Above) => format!("{label} {amount} or more"),
        (_, Side::Below) => format!("{label} {amount} or less"),
    }
}

fn text<'a>(
    table: &'static str,
    now: &'a Snapshot,
) -> (&'a [Row], Option<&'a facts::table::Table>) {
    let table = now.tables.get(table).map(|t| &**t);
    (table.map_or(&[], |t| t.rows.as_slice()), table)
}

/// The levels of a snapshot.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Levels<'a> {
    rows: &'a [Row],
    columns: Option<LevelRows>,
}

impl<'a> Levels<'a> {
    /// Those in force; none if there is no such table.
    pub(crate) fn of(now: &'a Snapshot) -> Self {
        let (rows, table) = text("levels", now);
        Self { rows, columns: table.map(|t| LevelRows::of(t.shape)) }
    }

    /// The rows about one thing: `kind` is queue, agent or group.
    fn about(
        self,
        acd: &str,
        kind: &str,
        name: &str,
    ) -> impl Iterator<Item = (LevelRows, &'a Row)> {
        let found = self.columns.map(|c| {
            // Rows are sorted by switch, kind, name, measure.
            let order = |row: &Row| {
                let (a, k, n) = (c.acd.text(row), c.kind.text(row), c.name.text(row));
                a.cmp(acd).then_with(|| k.cmp(kind)).then_with(|| n.cmp(name))
            };
            let from = self.rows.partition_point(|row| order(row).is_lt());
            let rest = self.rows.get(from..).unwrap_or_default();
            let end = rest.partition_point(|row| order(row).is_eq());
            (c, rest.get(..end).unwrap_or_default())
        });
        found.into_iter().flat_map(|(c, rows)| rows.iter().map(move |row| (c, row)))
    }

    /// The highest level of a thing, and the reasons in words, the worst first.
    pub(crate) fn attention(self, acd: &str, kind: &str, name: &str) -> (Level, Vec<String>) {
        let mut found: Vec<(Level, String)> = self
            .about(acd, kind, name)
            .map(|(c, row)| {
                let level = Level::of_word(c.level.text(row));
                (level, reason(c.measure.text(row), c.limit.sum(row)))
            })
            .filter(|(level, _)| *level > Level::Plain)
            .collect();
        found.sort_by_key(|(level, _)| std::cmp::Reverse(*level));
        let worst = found.first().map_or(Level::Plain, |(level, _)| *level);
        (worst, found.into_iter().map(|(_, words)| words).collect())
    }

    /// The level of one measure of a thing.
    pub(crate) fn of_measure(self, acd: &str, kind: &str, name: &str, measure: Measure) -> Level {
        let mut rows = self.about(acd, kind, name);
        rows.find(|(c, row)| c.measure.text(row) == measure.word())
            .map_or(Level::Plain, |(c, row)| Level::of_word(c.level.text(row)))
    }
}

/// A threshold as it holds somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Which side deserves attention.
    pub(crate) side: Side,
    /// From here on a caution.
    pub(crate) caution: Option<i64>,
    /// From here on a warning.
    pub(crate) warning: Option<i64>,
    /// Seconds on end before it counts.
    pub(crate) for_s: i64,
}

impl Target {
    fn read(c: &Thresholds, row: &Row) -> Self {
        Self {
            side: Side::of_word(c.direction.text(row)).unwrap_or(Side::Above),
            caution: c.caution.int(row),
            warning: c.warning.int(row),
            for_s: c.for_s.sum(row),
        }
    }

    /// The limit that is the target: the first that deserves attention; `None`: there is none.
    pub(crate) fn limit(&self) -> Option<i64> {
        self.caution.or(self.warning)
    }

    /// The level of a figure, whatever it was before.
    pub(crate) fn level(&self, n: i64) -> Level {
        let reached = |limit: Option<i64>| {
            limit.is_some_and(|limit| match self.side {
                Side::Above => n >= limit,
                Side::Below => n <= limit,
            })
        };
        if reached(self.warning) {
            Level::Warning
        } else if reached(self.caution) {
            Level::Caution
        } else {
            Level::Plain
        }
    }

    /// The target in words: `under 20 s`, `over 80%`.
    pub(crate) fn words(&self, measure: Measure) -> Option<String> {
        let side = match self.side {
            Side::Above => "under",
            Side::Below => "over",
        };
        self.limit().map(|limit| format!("{side} {}", amount(measure, limit)))
    }

    /// For a caller who waits: the seconds from which on his wait is a caution and a warning, as
    /// the script reads them. A wait only grows, so nothing else is needed to count it on.
    pub(crate) fn of_wait(&self) -> Option<String> {
        if self.side == Side::Below || self.limit().is_none() {
            return None;
        }
        let from = |limit: Option<i64>| {
            limit.map_or("-".to_owned(), |s| s.saturating_add(self.for_s).to_string())
        };
        Some(format!("{} {}", from(self.caution), from(self.warning)))
    }

    /// The level of such a wait, and the limit that it is over.
    pub(crate) fn wait_level(&self, since: Stamp, now: Stamp) -> (Level, i64) {
        if self.side == Side::Below {
            return (Level::Plain, 0);
        }
        let secs = now.since(since).div_euclid(1_000_000).saturating_sub(self.for_s);
        match (self.warning, self.caution) {
            (Some(limit), _) if secs >= limit => (Level::Warning, limit),
            (_, Some(limit)) if secs >= limit => (Level::Caution, limit),
            _ => (Level::Plain, 0),
        }
    }
}

/// The thresholds of a snapshot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Targets<'a> {
    rows: &'a [Row],
    columns: Option<Thresholds>,
    now: &'a Snapshot,
}

impl<'a> Targets<'a> {
    /// Those in force; none if there is no such table.
    pub(crate) fn of(now: &'a Snapshot) -> Self {
        let (rows, table) = text("thresholds", now);
        Self { rows, columns: table.map(|t| Thresholds::of(t.shape)), now }
    }

    fn find(&self, acd: &str, scope: &str, name: &str, measure: Measure) -> Option<Target> {
        let c = self.columns?;
        let order = |row: &Row| {
            let (a, s) = (c.acd.text(row), c.scope.text(row));
            let (n, m) = (c.name.text(row), c.measure.text(row));
            let by_name = n.cmp(name).then_with(|| m.cmp(measure.word()));
            a.cmp(acd).then_with(|| s.cmp(scope)).then(by_name)
        };
        let at = self.rows.binary_search_by(order).ok()?;
        self.rows.get(at).map(|row| Target::read(&c, row))
    }

    /// What holds for everything that nothing else is said about.
    pub(crate) fn of_centre(&self, measure: Measure) -> Option<Target> {
        self.find("", "default", "", measure)
    }

    /// What holds for a group as a whole: its own; of ages and shares the default.
    pub(crate) fn of_group(&self, group: &str, measure: Measure) -> Option<Target> {
        let own = self.find("", "group", group, measure);
        own.or_else(|| match measure.unit() {
            Unit::Count => None,
            Unit::Percent | Unit::Seconds => self.of_centre(measure),
        })
    }

    /// What holds for a queue: its own, that of the members of a group it is in, the default.
    pub(crate) fn of_queue(&self, acd: &str, queue: &str, measure: Measure) -> Option<Target> {
        let own = self.find(acd, "queue", queue, measure);
        let of_members = || {
            let groups = Group::all(self.now).filter(|group| !group.agents);
            let mut groups = groups.filter(|group| group.has(acd, queue));
            groups.find_map(|group| self.find("", "members", &group.name, measure))
        };
        own.or_else(of_members).or_else(|| self.of_centre(measure))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_read_well_on_both_sides() {
        let above = Target { side: Side::Above, caution: Some(20), warning: Some(60), for_s: 5 };
        assert_eq!(above.words(Measure::OldestWait).as_deref(), Some("under 20 s"));
        assert_eq!(above.of_wait().as_deref(), Some("25 65"));
        assert_eq!([19, 20, 60].map(|n| above.level(n).class()), ["", "caution", "warning"]);
        let begun = Stamp::from_secs(0);
        let levels = [24, 25, 65].map(|s| above.wait_level(begun, Stamp::from_secs(s)).1);
        assert_eq!(levels, [0, 20, 60]);
        let below = Target { side: Side::Below, caution: None, warning: Some(80), for_s: 0 };
        assert_eq!(below.words(Measure::ServiceLevel).as_deref(), Some("over 80%"));
        assert_eq!([81, 80].map(|n| below.level(n)), [Level::Plain, Level::Warning]);
        let none = Target { side: Side::Above, caution: None, warning: None, for_s: 0 };
        assert_eq!((none.words(Measure::Waiting), none.of_wait()), (None, None));
    }

    #[test]
    fn reasons_say_the_side() {
        assert_eq!(reason("oldest_wait_s", 60), "Wait over 1 min");
        assert_eq!(reason("service_level_pct", 80), "Service level 80% or less");
        assert_eq!(reason("waiting", 5), "Waiting 5 or more");
        assert_eq!(reason("of_another_time", 5), "of another time");
    }
}
