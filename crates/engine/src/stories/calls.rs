//! The lives of the calls of one ACD: those that go on as they are shown, those that ended packed.

use super::life::{CallLife, CallStep, KINDS};
use super::pack::{Names, Packer, Unpacker};
use facts::{Stamp, Text};
use rustc_hash::{FxBuildHasher, FxHasher};
use std::collections::{HashMap, VecDeque};
use std::hash::Hasher;

/// A life never has more steps; then those after the first hundred go.
const STEPS_MAX: usize = 1_000;
/// The steps at the beginning of a life that are kept whatever happens.
const STEPS_FIRST: usize = 100;
/// A work code given again within this time is the same one (microseconds).
const CODE_AGAIN: i64 = 1_000_000;
/// About what an ended call costs besides its bytes, and each of its ids.
const LIFE_COST: usize = 48;
const ID_COST: usize = 32;
/// Details that come often, known by number. The place is the number: add at the end only.
const DETAILS: [&str; 16] = [
    "",
    "caller",
    "agent",
    "switch",
    "unknown",
    "abandoned",
    "abandoned while ringing",
    "timed out",
    "no agents",
    "exit key",
    "position 1",
    "position 2",
    "position 3",
    "refused",
    "left",
    "lost",
];
/// Directions by number.
const DIRECTIONS: [&str; 3] = ["IN", "OUT", "INTERNAL"];

/// Where a call is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Open(u64),
    Ended(u64),
}

/// Everybody's life.
#[derive(Debug, Default)]
pub(super) struct Lives {
    open: HashMap<u64, Box<CallLife>, FxBuildHasher>,
    next: u64,
    /// Ended ones, oldest first; empty: it went on.
    ended: VecDeque<Box<[u8]>>,
    /// How many were dropped at the front.
    dropped: u64,
    /// By the hash of an id. Of two ids with one hash, one in 10^13, the older is not found.
    places: HashMap<u64, Place, FxBuildHasher>,
    names: Names,
    bytes: usize,
}

fn hash(id: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(id.as_bytes());
    hasher.finish()
}

impl Lives {
    /// The life of a call that goes on, begun if it is not known, opened again if it had ended.
    fn open(&mut self, acd: &Text, id: &Text, at: Stamp) -> &mut CallLife {
        let life = match self.places.get(&hash(id)).copied() {
            Some(Place::Open(key)) if self.open.contains_key(&key) => {
                return self.open.entry(key).or_insert_with(|| new_life(acd, id, at));
            }
            Some(Place::Ended(serial)) => self.reopen(acd, serial).map(|mut life| {
                life.ended = None;
                life.steps.retain(|s| s.kind != "hangup");
                life
            }),
            _ => None,
        };
        let life = life.unwrap_or_else(|| new_life(acd, id, at));
        let key = self.next;
        self.next += 1;
        for id in &life.ids {
            self.places.insert(hash(id), Place::Open(key));
        }
        self.open.entry(key).or_insert(life)
    }

    fn slot(&self, serial: u64) -> Option<usize> {
        usize::try_from(serial.checked_sub(self.dropped)?).ok()
    }

    /// Takes an ended call out.
    fn take_ended(&mut self, serial: u64) -> Option<Box<[u8]>> {
        let slot = self.slot(serial)?;
        let packed = std::mem::take(self.ended.get_mut(slot)?);
        self.bytes = self.bytes.saturating_sub(cost(&packed, &self.names));
        Some(packed)
    }

    fn reopen(&mut self, acd: &Text, serial: u64) -> Option<Box<CallLife>> {
        let packed = self.take_ended(serial)?;
        unpack(acd, &packed, &self.names).map(Box::new)
    }

    /// Something happened to a call.
    pub(super) fn push(&mut self, acd: &Text, id: &Text, step: CallStep) {
        let life = self.open(acd, id, step.at);
        life.push(step);
    }

    /// How a call began.
    pub(super) fn enter(&mut self, acd: &Text, id: &Text, step: CallStep, head: &CallLife) {
        let life = self.open(acd, id, step.at);
        life.caller.clone_from(&head.caller);
        life.caller_name.clone_from(&head.caller_name);
        life.dialled.clone_from(&head.dialled);
        life.vdn.clone_from(&head.vdn);
        life.trunk.clone_from(&head.trunk);
        life.direction = head.direction;
        life.began = step.at;
        match life.steps.first_mut().filter(|s| s.kind == "entry") {
            Some(entry) => *entry = step,
            None => life.steps.insert(0, step),
        }
    }

    /// A work code: of an ended call too, which stays ended.
    pub(super) fn code(&mut self, acd: &Text, id: &Text, step: CallStep) {
        let serial = match self.places.get(&hash(id)) {
            Some(Place::Open(_)) => return self.push(acd, id, step),
            Some(&Place::Ended(serial)) => serial,
            // Forgotten: a code alone is no life.
            None => return,
        };
        if let Some(mut life) = self.reopen(acd, serial) {
            life.push(step);
            self.keep(&life);
        }
    }

    /// Another call became part of it.
    pub(super) fn join(&mut self, acd: &Text, id: &Text, ids: &[Text], step: CallStep) {
        let mut others = Vec::new();
        for other in ids {
            if let Some(Place::Open(key)) = self.places.get(&hash(other)).copied()
                && let Some(life) = self.open.remove(&key)
            {
                others.push(life);
            }
        }
        let life = self.open(acd, id, step.at);
        for other in ids {
            if !life.ids.contains(other) {
                life.ids.push(other.clone());
            }
        }
        for other in others {
            life.absorb(*other);
        }
        life.push(step);
        let all = life.ids.clone();
        let Some(&place) = self.places.get(&hash(id)) else { return };
        for id in all {
            self.places.insert(hash(&id), place);
        }
    }

    /// A call is over.
    pub(super) fn end(&mut self, acd: &Text, id: &Text, step: CallStep) {
        let at = step.at;
        let life = self.open(acd, id, at);
        life.ended = Some(at);
        life.push(step);
        if let Some(Place::Open(key)) = self.places.get(&hash(id)).copied()
            && let Some(life) = self.open.remove(&key)
        {
            self.keep(&life);
        }
    }

    /// Packs a life that is over.
    fn keep(&mut self, life: &CallLife) {
        let packed = pack(life, &mut self.names);
        let serial = self.dropped + u64::try_from(self.ended.len()).unwrap_or(0);
        for id in &life.ids {
            self.places.insert(hash(id), Place::Ended(serial));
        }
        self.bytes += cost(&packed, &self.names);
        self.ended.push_back(packed);
    }

    /// Makes room: the oldest that ended are forgotten until at most `max` bytes are taken.
    pub(super) fn make_room(&mut self, max: usize) {
        while self.bytes > max {
            let Some(packed) = self.ended.pop_front() else { break };
            self.bytes = self.bytes.saturating_sub(cost(&packed, &self.names));
            for id in ids(&packed, &self.names) {
                let place = hash(&id);
                if self.places.get(&place) == Some(&Place::Ended(self.dropped)) {
                    self.places.remove(&place);
                }
            }
            self.dropped += 1;
        }
    }

    /// Puts a whole life in place of what is known of that call.
    pub(super) fn put(&mut self, life: &CallLife) {
        for id in &life.ids {
            match self.places.remove(&hash(id)) {
                Some(Place::Open(key)) => drop(self.open.remove(&key)),
                Some(Place::Ended(serial)) => drop(self.take_ended(serial)),
                None => {}
            }
        }
        if life.ended.is_some() {
            return self.keep(life);
        }
        *self.open(&life.acd, &life.call, life.began) = life.clone();
        let place = self.places.get(&hash(&life.call)).copied();
        for id in &life.ids {
            self.places.extend(place.map(|p| (hash(id), p)));
        }
    }

    /// The life of the call that has or had this id.
    pub(super) fn life(&self, acd: &Text, id: &str) -> Option<CallLife> {
        let life = match *self.places.get(&hash(id))? {
            Place::Open(key) => CallLife::clone(self.open.get(&key)?),
            Place::Ended(serial) => unpack(acd, self.ended.get(self.slot(serial)?)?, &self.names)?,
        };
        life.ids.iter().any(|i| **i == *id).then_some(life)
    }
}

pub(super) fn new_life(acd: &Text, id: &Text, at: Stamp) -> Box<CallLife> {
    let empty = Text::default();
    Box::new(CallLife {
        acd: acd.clone(),
        call: id.clone(),
        ids: vec![id.clone()],
        caller: empty.clone(),
        caller_name: empty.clone(),
        dialled: empty.clone(),
        vdn: empty.clone(),
        trunk: empty,
        direction: "INTERNAL",
        began: at,
        ended: None,
        steps: Vec::new(),
        cut: false,
    })
}

impl CallLife {
    /// Adds a step at its moment: of equal ones behind.
    fn push(&mut self, step: CallStep) {
        // A code may be set on several channels of the call at once.
        let again = |s: &CallStep| {
            s.kind == "code" && s.detail == step.detail && step.at.since(s.at) < CODE_AGAIN
        };
        if step.kind == "code" && self.steps.iter().any(again) {
            return;
        }
        // Who transfers a call takes it back from hold in the same moment: nobody talks to him.
        if step.kind == "transfer" {
            self.steps.retain(|s| {
                s.kind != "resume" || s.agent != step.agent || step.at.since(s.at) > model::BURST
            });
        }
        let place = self.steps.iter().rposition(|s| s.at <= step.at || s.kind == "entry");
        let place = place.map_or(0, |p| p + 1);
        // The end is the end, whatever the stamps say; a work code may follow it.
        let place = if step.kind == "hangup" { self.steps.len() } else { place };
        self.steps.insert(place, step);
        if self.steps.len() > STEPS_MAX {
            self.steps.remove(STEPS_FIRST);
            self.cut = true;
        }
    }

    /// Takes over the steps of a call that became part of this one. How that one began is shown
    /// as a call that one of the parties made.
    fn absorb(&mut self, other: Self) {
        for mut step in other.steps {
            if step.kind == "entry" {
                step.kind = "dialled";
                step.detail = other.dialled.clone();
                if step.agent.is_none() {
                    step.detail = Text::from(format!("{} by {}", other.dialled, other.caller));
                }
            }
            self.push(step);
        }
        self.cut |= other.cut;
    }
}

/// What a packed life is counted as.
fn cost(packed: &[u8], names: &Names) -> usize {
    packed.len() + LIFE_COST + ID_COST * ids(packed, names).len()
}

fn ids(packed: &[u8], names: &Names) -> Vec<Text> {
    let mut read = Unpacker::new(packed, names);
    let count = read.number().unwrap_or(0);
    (0..count).map_while(|_| read.some_text()).collect()
}

fn pack(life: &CallLife, names: &mut Names) -> Box<[u8]> {
    let mut packer = Packer::default();
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    packer.number(count(life.ids.len()));
    for id in &life.ids {
        packer.text(Some(id));
    }
    packer.text(Some(&life.caller));
    packer.text(Some(&life.caller_name));
    packer.text(Some(&life.dialled));
    packer.name(Some(&life.vdn), names);
    packer.name(Some(&life.trunk), names);
    let direction = DIRECTIONS.iter().position(|d| *d == life.direction).unwrap_or(0);
    packer.number(count(direction) << 1 | u64::from(life.cut));
    packer.signed(life.began.0);
    packer.signed(life.ended.map_or(0, |e| e.since(life.began)));
    let mut at = life.began;
    for step in &life.steps {
        let kind = KINDS.iter().position(|k| *k == step.kind).unwrap_or(0);
        packer.number(count(kind) << 1 | u64::from(step.ms.is_some()));
        packer.signed(step.at.since(at));
        at = step.at;
        if let Some(ms) = step.ms {
            packer.signed(ms);
        }
        packer.name(step.split.as_ref(), names);
        packer.name(step.agent.as_ref(), names);
        if step.agent.is_some() {
            packer.name(step.agent_name.as_ref(), names);
        }
        match DETAILS.iter().position(|d| **d == *step.detail) {
            Some(number) => packer.number(count(number) + 1),
            None => {
                packer.number(0);
                packer.text(Some(&step.detail));
            }
        }
    }
    packer.0.into_boxed_slice()
}

fn unpack(acd: &Text, packed: &[u8], names: &Names) -> Option<CallLife> {
    let mut read = Unpacker::new(packed, names);
    let count = read.number()?;
    let ids: Vec<Text> = (0..count).map_while(|_| read.some_text()).collect();
    let [caller, caller_name, dialled, vdn, trunk] = [
        read.some_text()?,
        read.some_text()?,
        read.some_text()?,
        read.some_text()?,
        read.some_text()?,
    ];
    let head = read.number()?;
    let began = Stamp(read.signed()?);
    let ended = Some(began.plus(read.signed()?));
    let mut life = CallLife {
        acd: acd.clone(),
        call: ids.first()?.clone(),
        ids,
        caller,
        caller_name,
        dialled,
        vdn,
        trunk,
        direction: DIRECTIONS.get(usize::try_from(head >> 1).ok()?)?,
        began,
        ended,
        steps: Vec::new(),
        cut: head & 1 != 0,
    };
    let mut at = began;
    while let Some(head) = read.number() {
        at = at.plus(read.signed()?);
        let ms = if head & 1 != 0 { Some(read.signed()?) } else { None };
        let (split, agent) = (read.text()?, read.text()?);
        let agent_name = if agent.is_some() { read.text()? } else { None };
        let detail = match read.number()? {
            0 => read.some_text()?,
            n => Text::from(*DETAILS.get(usize::try_from(n - 1).ok()?)?),
        };
        let kind = KINDS.get(usize::try_from(head >> 1).ok()?)?;
        life.steps.push(CallStep { at, kind, split, agent, agent_name, detail, ms });
    }
    Some(life)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(t: &str) -> Text {
        Text::from(t)
    }

    fn step(secs: i64, kind: &'static str, detail: &str) -> CallStep {
        CallStep {
            at: Stamp::from_secs(1_000 + secs),
            kind,
            split: (kind == "queued").then(|| text("sales")),
            agent: (kind == "answered").then(|| text("PJSIP/1001")),
            agent_name: (kind == "answered").then(|| text("Ann")),
            detail: text(detail),
            ms: (kind == "answered").then_some(1_234),
        }
    }

    /// A store with the steps of one call.
    fn lives(id: &str, steps: &[CallStep]) -> Lives {
        let (mut lives, acd, id) = (Lives::default(), text("pbx"), text(id));
        for step in steps {
            tell(&mut lives, &acd, &id, step);
        }
        lives
    }

    fn tell(lives: &mut Lives, acd: &Text, id: &Text, step: &CallStep) {
        match step.kind {
            "entry" => lives.enter(acd, id, step.clone(), &new_life(acd, id, step.at)),
            "hangup" => lives.end(acd, id, step.clone()),
            "code" => lives.code(acd, id, step.clone()),
            _ => lives.push(acd, id, step.clone()),
        }
    }

    fn kinds(lives: &Lives, id: &str) -> Vec<&'static str> {
        let life = lives.life(&text("pbx"), id).expect("it is known");
        life.steps.iter().map(|s| s.kind).collect()
    }

    #[test]
    fn a_life_that_ended_is_read_as_it_was_told() {
        let steps = [
            step(0, "entry", "8001 from 5551234"),
            step(1, "queued", "position 1"),
            step(3, "answered", ""),
            step(9, "hangup", "caller"),
        ];
        let lives = lives("1763742000.12", &steps);
        let life = lives.life(&text("pbx"), "1763742000.12").expect("it is known");
        assert_eq!(life.steps, steps);
        assert_eq!((life.began, life.ended), (steps[0].at, Some(steps[3].at)));
        assert!(lives.open.is_empty(), "packed");
        assert!(lives.bytes < 200, "{} bytes", lives.bytes);
    }

    #[test]
    fn a_call_that_goes_on_after_its_end_has_one_end() {
        let mut lives = lives("1.1", &[step(0, "entry", ""), step(5, "hangup", "caller")]);
        let (acd, id) = (text("pbx"), text("1.1"));
        tell(&mut lives, &acd, &id, &step(6, "queued", ""));
        assert_eq!(kinds(&lives, "1.1"), ["entry", "queued"]);
        assert_eq!(lives.bytes, 0, "nothing that ended is kept");
        tell(&mut lives, &acd, &id, &step(7, "hangup", "agent"));
        assert_eq!(kinds(&lives, "1.1"), ["entry", "queued", "hangup"]);
    }

    #[test]
    fn a_code_given_after_the_end_is_there_and_alone_it_is_no_life() {
        let mut lives = lives("1.1", &[step(0, "entry", ""), step(5, "hangup", "caller")]);
        let acd = text("pbx");
        tell(&mut lives, &acd, &text("1.1"), &step(8, "code", "42"));
        tell(&mut lives, &acd, &text("1.1"), &step(8, "code", "42"));
        assert_eq!(kinds(&lives, "1.1"), ["entry", "hangup", "code"]);
        tell(&mut lives, &acd, &text("2.2"), &step(8, "code", "42"));
        assert_eq!(lives.life(&acd, "2.2"), None);
    }

    #[test]
    fn a_call_that_became_part_of_another_is_found_there() {
        let mut lives = lives("1.1", &[step(0, "entry", ""), step(3, "answered", "")]);
        let (acd, first, second) = (text("pbx"), text("1.1"), text("2.2"));
        tell(&mut lives, &acd, &second, &step(4, "entry", "1002 from 1001"));
        tell(&mut lives, &acd, &second, &step(5, "answered", ""));
        lives.join(&acd, &first, std::slice::from_ref(&second), step(6, "joined", "with 2.2"));
        let told = ["entry", "answered", "dialled", "answered", "joined"];
        assert_eq!((kinds(&lives, "1.1"), kinds(&lives, "2.2")), (told.to_vec(), told.to_vec()));
        tell(&mut lives, &acd, &first, &step(9, "hangup", "caller"));
        assert_eq!(kinds(&lives, "2.2").last(), Some(&"hangup"));
        assert_eq!(lives.life(&acd, "2.2").expect("known").call, first);
    }

    #[test]
    fn full_means_that_the_calls_that_ended_first_go() {
        let (mut lives, acd) = (Lives::default(), text("pbx"));
        for n in 0..1_000 {
            let id = text(&format!("1763742000.{n}"));
            tell(&mut lives, &acd, &id, &step(n, "entry", "8001"));
            tell(&mut lives, &acd, &id, &step(n + 9, "hangup", "caller"));
        }
        let one = lives.bytes / 1_000;
        lives.make_room(one * 100);
        assert!(lives.bytes <= one * 100);
        assert_eq!(lives.life(&acd, "1763742000.0"), None);
        assert!(lives.life(&acd, "1763742000.999").is_some());
        assert_eq!(lives.places.len(), lives.ended.len(), "their ids are forgotten, too");
        assert!((90..=110).contains(&lives.ended.len()), "{}", lives.ended.len());
    }

    #[test]
    fn a_life_without_end_keeps_its_beginning_and_its_newest_steps() {
        let mut lives = lives("1.1", &[step(0, "entry", "")]);
        let (acd, id) = (text("pbx"), text("1.1"));
        for n in 0..2_000 {
            tell(&mut lives, &acd, &id, &step(n, "ring", ""));
        }
        let life = lives.life(&acd, "1.1").expect("known");
        assert_eq!((life.steps.len(), life.cut), (STEPS_MAX, true));
        assert_eq!(life.steps[0].kind, "entry");
        assert_eq!(life.steps.last().map(|s| s.at), Some(Stamp::from_secs(2_999)));
    }
}
