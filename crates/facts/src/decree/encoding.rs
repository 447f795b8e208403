//! The bytes of a decree in the journal: header lines as those of an observation, ended by a
//! blank line: `busyhour journal export --acd .decrees` shows them as they are.
//!
//! ```text
//! Decree: set-threshold
//! Version: 1
//! Author: local
//! Scope: queue
//! Acd: pbx1
//! Name: sales
//! Measure: oldest_wait_s
//! Side: above
//! Caution: 20
//! Warning: 60
//! Hysteresis: 5
//! For: 10
//! ```
//!
//! The moment is the record's stamp. A version that adds a line which older ones may ignore keeps
//! the number; one that changes a meaning counts it up. In values a backslash, a line feed and a
//! carriage return are written `\\`, `\n` and `\r`.

use super::{
    Change, Decree, DecreeId, Group, GroupKind, Limits, Measure, Member, Place, Scope, Side,
    Threshold, Unread,
};
use crate::{Stamp, Text};
use std::sync::Arc;

/// The newest version of the kinds below that we write and read.
const VERSION: u32 = 1;

const SET_THRESHOLD: &str = "set-threshold";
const REMOVE_THRESHOLD: &str = "remove-threshold";
const SET_GROUP: &str = "set-group";
const REMOVE_GROUP: &str = "remove-group";
const UNDO: &str = "undo";

impl Change {
    /// The word for the kind of change, as it is kept and shown.
    pub fn kind(&self) -> &str {
        match self {
            Self::SetThreshold(_) => SET_THRESHOLD,
            Self::RemoveThreshold(_) => REMOVE_THRESHOLD,
            Self::SetGroup(_) => SET_GROUP,
            Self::RemoveGroup(_) => REMOVE_GROUP,
            Self::Undo(_) => UNDO,
            Self::Unread(unread) => &unread.kind,
        }
    }
}

impl Decree {
    /// The bytes to be kept. What could not be read cannot be written anew and gives only its
    /// head; nobody makes such a decree.
    pub fn payload(&self) -> Arc<[u8]> {
        let mut lines = Lines(String::with_capacity(256));
        lines.put("Decree", self.change.kind());
        lines.put("Version", &VERSION.to_string());
        lines.put("Author", &self.author);
        match &self.change {
            Change::SetThreshold(threshold) => {
                lines.place(&threshold.place);
                lines.limits(&threshold.limits);
            }
            Change::RemoveThreshold(place) => lines.place(place),
            Change::SetGroup(group) => {
                lines.put("Name", &group.name);
                lines.put("Kind", group.kind.word());
                for member in &group.members {
                    lines.put("Member", &member.to_string());
                }
            }
            Change::RemoveGroup(name) => lines.put("Name", name),
            Change::Undo(id) => lines.put("Of", &id.to_string()),
            Change::Unread(_) => {}
        }
        lines.0.push_str("\r\n");
        lines.0.into_bytes().into()
    }

    /// Reads what is kept. Never fails: what cannot be understood is [`Change::Unread`].
    pub fn read(at: Stamp, payload: &[u8]) -> Self {
        let Ok(text) = std::str::from_utf8(payload) else {
            let change = unread("", "the bytes are no text");
            return Self { author: "".into(), at, change };
        };
        let fields = Fields(text);
        let author = fields.text("Author").unwrap_or_default();
        let kind = fields.text("Decree").unwrap_or_default();
        let change = fields.change(&kind).unwrap_or_else(|why| unread(&kind, &why));
        Self { author, at, change }
    }
}

fn unread(kind: &str, why: &str) -> Change {
    Change::Unread(Unread { kind: kind.into(), why: why.into() })
}

/// Header lines being written.
struct Lines(String);

impl Lines {
    fn put(&mut self, name: &str, value: &str) {
        self.0.push_str(name);
        self.0.push_str(": ");
        for c in value.chars() {
            match c {
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '\r' => self.0.push_str("\\r"),
                c => self.0.push(c),
            }
        }
        self.0.push_str("\r\n");
    }

    fn place(&mut self, place: &Place) {
        self.put("Scope", place.scope.word());
        match &place.scope {
            Scope::Default => {}
            Scope::Group(name) | Scope::Members(name) => self.put("Name", name),
            Scope::Queue { acd, name } => {
                self.put("Acd", acd);
                self.put("Name", name);
            }
        }
        self.put("Measure", place.measure.word());
    }

    fn limits(&mut self, limits: &Limits) {
        self.put("Side", limits.side.word());
        for (name, limit) in [("Caution", limits.caution), ("Warning", limits.warning)] {
            if let Some(limit) = limit {
                self.put(name, &limit.to_string());
            }
        }
        self.put("Hysteresis", &limits.hysteresis.to_string());
        self.put("For", &limits.for_s.to_string());
    }
}

/// Header lines being read.
struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn all(&self, name: &'a str) -> impl Iterator<Item = Text> + use<'a> {
        let lines = self.0.split("\r\n").take_while(|line| !line.is_empty());
        lines.filter_map(move |line| {
            let (found, value) = line.split_once(": ")?;
            (found == name).then(|| plain(value))
        })
    }

    fn text(&self, name: &'a str) -> Option<Text> {
        self.all(name).next()
    }

    fn needed(&self, name: &'a str) -> Result<Text, String> {
        self.text(name).ok_or_else(|| format!("it has no line {name}"))
    }

    fn word<T>(&self, name: &'a str, of: impl Fn(&str) -> Option<T>) -> Result<T, String> {
        let word = self.needed(name)?;
        of(&word).ok_or_else(|| format!("{name} says '{word}'"))
    }

    fn number(&self, name: &'a str) -> Result<Option<i64>, String> {
        let Some(text) = self.text(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| format!("{name} says '{text}'"))
    }

    fn change(&self, kind: &str) -> Result<Change, String> {
        let version: u32 = self.word("Version", |v| v.parse().ok())?;
        if version > VERSION {
            return Err(format!("it is of version {version}, this program knows {VERSION}"));
        }
        if !self.0.ends_with("\r\n\r\n") {
            return Err("its end is missing".to_owned());
        }
        Ok(match kind {
            SET_THRESHOLD => {
                let (place, limits) = (self.place()?, self.limits()?);
                Change::SetThreshold(Threshold { place, limits })
            }
            REMOVE_THRESHOLD => Change::RemoveThreshold(self.place()?),
            SET_GROUP => Change::SetGroup(self.group()?),
            REMOVE_GROUP => Change::RemoveGroup(self.needed("Name")?),
            UNDO => Change::Undo(self.word("Of", DecreeId::parse)?),
            _ => return Err("this program does not know the kind".to_owned()),
        })
    }

    fn place(&self) -> Result<Place, String> {
        let word = self.needed("Scope")?;
        let scope = match &*word {
            "default" => Scope::Default,
            "group" => Scope::Group(self.needed("Name")?),
            "members" => Scope::Members(self.needed("Name")?),
            "queue" => Scope::Queue { acd: self.needed("Acd")?, name: self.needed("Name")? },
            _ => return Err(format!("Scope says '{word}'")),
        };
        Ok(Place { scope, measure: self.word("Measure", Measure::of_word)? })
    }

    fn limits(&self) -> Result<Limits, String> {
        Ok(Limits {
            side: self.word("Side", Side::of_word)?,
            caution: self.number("Caution")?,
            warning: self.number("Warning")?,
            hysteresis: self.number("Hysteresis")?.unwrap_or(0),
            for_s: self.number("For")?.unwrap_or(0),
        })
    }

    fn group(&self) -> Result<Group, String> {
        let member = |text: Text| Member::parse(&text).ok_or(format!("Member says '{text}'"));
        let mut members: Vec<Member> = self.all("Member").map(member).collect::<Result<_, _>>()?;
        members.sort();
        members.dedup();
        let (name, kind) = (self.needed("Name")?, self.word("Kind", GroupKind::of_word)?);
        Ok(Group { name, kind, members })
    }
}

/// A value as it was before it was written.
fn plain(value: &str) -> Text {
    if !value.contains('\\') {
        return value.into();
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        out.push(match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => '\\',
            },
            (c, false) => c,
        });
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn threshold(scope: Scope) -> Change {
        let place = Place { scope, measure: Measure::OldestWait };
        let limits = Limits {
            side: Side::Above,
            caution: Some(20),
            warning: None,
            hysteresis: 5,
            for_s: 10,
        };
        Change::SetThreshold(Threshold { place, limits })
    }

    fn decree(change: Change) -> Decree {
        Decree { author: "o\\ne\r\nDecree: undo".into(), at: Stamp(7), change }
    }

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        let queue = Scope::Queue { acd: "a".into(), name: "x: y\n".into() };
        let place = Place { scope: Scope::Members("ü".into()), measure: Measure::Rona };
        let members = ["a/PJSIP/1", "b/*"].iter().filter_map(|m| Member::parse(m)).collect();
        let group = Group { name: "g".into(), kind: GroupKind::Agents, members };
        for change in [
            threshold(Scope::Default),
            threshold(Scope::Group("g".into())),
            threshold(queue),
            Change::RemoveThreshold(place),
            Change::SetGroup(group),
            Change::RemoveGroup("g".into()),
            Change::Undo(DecreeId::of(&[1; 32])),
        ] {
            let decree = decree(change);
            assert_eq!(Decree::read(Stamp(7), &decree.payload()), decree);
        }
    }

    #[test]
    fn the_bytes_of_version_1_stay_as_they_are() {
        let queue = Scope::Queue { acd: "pbx1".into(), name: "sales".into() };
        let decree = Decree { author: "local".into(), at: Stamp(0), change: threshold(queue) };
        let bytes = "Decree: set-threshold\r\nVersion: 1\r\nAuthor: local\r\nScope: queue\r\n\
            Acd: pbx1\r\nName: sales\r\nMeasure: oldest_wait_s\r\nSide: above\r\nCaution: 20\r\n\
            Hysteresis: 5\r\nFor: 10\r\n\r\n";
        assert_eq!(std::str::from_utf8(&decree.payload()), Ok(bytes));
        let group = "Decree: set-group\r\nVersion: 1\r\nAuthor: eva\r\nName: all sales\r\n\
            Kind: queues\r\nMember: b/sales\r\nMember: a/*\r\n\r\n";
        let read = Decree::read(Stamp(3), group.as_bytes());
        assert_eq!(read.change.to_string(), "group all sales of queues: a/*, b/sales");
        assert_eq!((&*read.author, read.at), ("eva", Stamp(3)));
    }

    #[test]
    fn what_is_not_understood_is_shown_and_does_no_harm() {
        let good = decree(threshold(Scope::Default)).payload();
        let text = String::from_utf8(good.to_vec()).expect("text");
        for (bytes, kind, why) in [
            (&b"\xff\xfe"[..], "", "the bytes are no text"),
            (b"", "", "it has no line Version"),
            (&good[..good.len() - 3], "set-threshold", "its end is missing"),
            (
                text.replace("Version: 1", "Version: 2").as_bytes(),
                "set-threshold",
                "it is of version 2, this program knows 1",
            ),
            (
                text.replace("set-threshold", "set-synonym").as_bytes(),
                "set-synonym",
                "this program does not know the kind",
            ),
            (text.replace("above", "aside").as_bytes(), "set-threshold", "Side says 'aside'"),
            (
                text.replace("Caution: 20", "Caution: many").as_bytes(),
                "set-threshold",
                "Caution says 'many'",
            ),
            (text.replace("default", "world").as_bytes(), "set-threshold", "Scope says 'world'"),
        ] {
            let read = Decree::read(Stamp(0), bytes);
            let wanted = Unread { kind: kind.into(), why: why.into() };
            assert_eq!(read.change, Change::Unread(wanted));
        }
        let more = text.replace("For: 10", "Colour: red\r\nFor: 10");
        assert_eq!(Decree::read(Stamp(0), more.as_bytes()).change, threshold(Scope::Default));
    }
}
