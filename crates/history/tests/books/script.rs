//! How a test is written: one text with settings, entries of a ledger, and the rows expected.
//!
//! ```text
//! # A comment.
//! set interval=15 rona=same-offer refused=uncounted phantom=5 level=20 periods=5,10
//! profile sales from=10:10:00 level=30 periods=5,10
//! 10:00:00 link up
//! 10:00:00 agent SIP/1 mode=avail in=sales,support/paused/reason=3
//! 10:00:05 arrived split=sales call=c1
//! 10:05:00 served split=sales agent=SIP/1 call=c1 joined=10:00:05 answered=10:00:10 ended=10:05:00
//! 10:30:00 advance
//! hsplit 1000 split=sales callsoffered=1 acdcalls=1 …
//! ```
//!
//! All times are of one day ([`DAY`]) in UTC; a whole stamp is written with its `T`. Lines that
//! begin with the name of a table are expected rows:
//!
//! * Counted tables list every item that is not 0, and every row. Call profiles, `device`
//!   and `logon` are only compared in tables one of whose lines names them. `hvdn none`: no row.
//! * Records (`haglog`, `ag_actv`, `call_rec`, `linkex`) list the columns of interest of every
//!   row in order; `-` is NULL, and a time of day stands for its epoch second as well.

use crate::entry::entry;
use facts::{Stamp, Text};
use history::calendar::{Calendar, Length};
use history::ledger::Entry;
use history::{Books, Closed, Profile, Rona, Settings};
use std::collections::BTreeMap;

/// The day of all times, a Monday.
pub(crate) const DAY: &str = "2026-01-05";

/// A moment: a time of day of [`DAY`], or a whole stamp.
pub(crate) fn moment(text: &str) -> Stamp {
    let whole = if text.contains('T') { text.to_owned() } else { format!("{DAY}T{text}") };
    Stamp::parse(&whole).unwrap_or_else(|| panic!("no moment: {text}"))
}

/// The words of a line: `key=value` and bare ones (as keys without value), each to be taken once.
pub(crate) struct Words {
    line: String,
    words: BTreeMap<String, String>,
}

impl Words {
    pub(crate) fn of<'a>(line: &str, words: impl Iterator<Item = &'a str>) -> Self {
        let pair = |w: &str| w.split_once('=').map(|(k, v)| (k.to_owned(), v.to_owned()));
        let words = words.map(|w| pair(w).unwrap_or_else(|| (w.to_owned(), String::new())));
        Self { line: line.to_owned(), words: words.collect() }
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<String> {
        self.words.remove(key)
    }

    pub(crate) fn need(&mut self, key: &str) -> String {
        self.take(key).unwrap_or_else(|| panic!("{key}= is missing: {}", self.line))
    }

    pub(crate) fn flag(&mut self, key: &str) -> bool {
        self.take(key).is_some()
    }

    pub(crate) fn text(&mut self, key: &str) -> Text {
        Text::from(self.take(key).unwrap_or_default())
    }

    pub(crate) fn moment(&mut self, key: &str) -> Option<Stamp> {
        self.take(key).map(|t| moment(&t))
    }

    pub(crate) fn number(&mut self, key: &str) -> Option<u32> {
        self.take(key).map(|n| n.parse().unwrap_or_else(|_| panic!("{key}={n}: {}", self.line)))
    }

    pub(crate) fn list(&mut self, key: &str) -> Vec<String> {
        let text = self.take(key).unwrap_or_default();
        text.split(',').filter(|w| !w.is_empty()).map(str::to_owned).collect()
    }

    /// All that is left, and nothing may be.
    pub(crate) fn end(self) {
        assert!(self.words.is_empty(), "not understood: {:?} in {}", self.words, self.line);
    }
}

/// What happens at a moment.
pub(crate) enum Step {
    Enter(Entry),
    Advance(Stamp),
}

/// A test, read.
pub(crate) struct Script {
    pub(crate) settings: Settings,
    pub(crate) length: Length,
    /// Seconds east of UTC, and from when on others.
    pub(crate) offsets: (i32, Vec<(Stamp, i32)>),
    pub(crate) steps: Vec<Step>,
    /// Lines of expected rows.
    pub(crate) expected: Vec<String>,
}

impl Script {
    pub(crate) fn read(text: &str) -> Self {
        let mut script = Self {
            settings: Settings::new(1, "Berlin"),
            length: Length::Half,
            offsets: (0, Vec::new()),
            steps: Vec::new(),
            expected: Vec::new(),
        };
        let mut since = BTreeMap::new();
        for line in text.lines().map(str::trim) {
            let mut words = line.split_whitespace();
            let Some(first) = words.next().filter(|w| !w.starts_with('#')) else { continue };
            if first.starts_with(|c: char| c.is_ascii_digit()) {
                let at = moment(first);
                let what = words.next().unwrap_or_else(|| panic!("what happens: {line}"));
                let step = match what {
                    "advance" => Step::Advance(at),
                    _ => Step::Enter(entry(at, what, line, words, &mut since)),
                };
                script.steps.push(step);
            } else if matches!(first, "set" | "profile" | "trunks" | "name" | "offset" | "reason") {
                script.setting(first, line, words);
            } else {
                script.expected.push(line.to_owned());
            }
        }
        script
    }

    fn setting<'a>(&mut self, what: &str, line: &str, words: impl Iterator<Item = &'a str>) {
        let mut words = words.peekable();
        let named = (what == "profile").then(|| words.next().unwrap_or_default().to_owned());
        let mut w = Words::of(line, words);
        let settings = &mut self.settings;
        if let Some(split) = named {
            let from = w.moment("from").unwrap_or(Stamp(i64::MIN));
            let profile = profile(&mut w, from, &settings.default_profile);
            if let Some(vdn) = split.strip_prefix("vdn:") {
                settings.vdns.entry(Text::from(vdn)).or_default().push(profile);
            } else {
                settings.splits.entry(split.as_str().into()).or_default().push(profile);
            }
            return w.end();
        }
        match what {
            "trunks" => {
                settings.trunks.extend(w.words.iter().map(|(k, v)| {
                    (Text::from(k.as_str()), v.parse().expect("a number of trunks"))
                }));
            }
            "reason" => {
                settings.reasons.extend(w.words.iter().map(|(k, v)| {
                    (Text::from(k.as_str()), v.parse().expect("a number from 0 to 9"))
                }));
            }
            "name" => {
                let names = w.words.iter();
                let names = names.map(|(k, v)| (Text::from(k.as_str()), Text::from(v.as_str())));
                settings.names.extend(names);
            }
            "offset" => {
                let seconds = w.need("seconds").parse().expect("seconds east");
                match w.moment("from") {
                    Some(from) => self.offsets.1.push((from, seconds)),
                    None => self.offsets.0 = seconds,
                }
                w.end();
            }
            _ => {
                if let Some(minutes) = w.number("interval") {
                    self.length = Length::of_minutes(minutes.into()).expect("15, 30 or 60");
                }
                if w.take("rona").is_some_and(|r| r == "same-offer") {
                    settings.rona = Rona::SameOffer;
                }
                settings.refused_are_offered = w.take("refused").as_deref() != Some("uncounted");
                settings.phantom_s = w.number("phantom").unwrap_or(settings.phantom_s);
                settings.default_profile =
                    profile(&mut w, Stamp(i64::MIN), &settings.default_profile);
                w.end();
            }
        }
    }

    /// Books with the settings of this script, nothing entered.
    pub(crate) fn books(&self) -> Books {
        let calendar = Calendar::new(self.length, self.offsets.0, &self.offsets.1);
        let mut books = Books::new(self.settings.clone(), calendar);
        books.keep_dump();
        books
    }

    /// Runs it: the books after it, and what was closed.
    pub(crate) fn run(&self) -> (Books, Vec<Closed>) {
        let (mut books, mut closed) = (self.books(), Vec::new());
        for step in &self.steps {
            match step {
                Step::Enter(entry) => books.enter(entry),
                Step::Advance(at) => books.advance(*at),
            }
            books.take_closed(&mut closed);
        }
        (books, closed)
    }
}

fn profile(w: &mut Words, from: Stamp, like: &Profile) -> Profile {
    let periods = w.take("periods").map(|p| {
        p.split(',').map(|s| s.parse().expect("seconds of a period")).collect::<Vec<u32>>()
    });
    Profile {
        from,
        service_level_s: w.number("level").unwrap_or(like.service_level_s),
        periods_s: periods.unwrap_or_else(|| like.periods_s.clone()),
    }
}
