//! One call that crosses switches: the way it took over its parts, and its story told as one.

use crate::legs::Part;
use facts::table::{Row, Value};
use facts::{LegId, Stamp, Text};
use std::collections::VecDeque;

/// An end of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct End {
    /// The part that has it, by its place.
    pub(crate) part: usize,
    /// It dialled.
    pub(crate) out: bool,
    /// Its channel is still there.
    pub(crate) open: bool,
}

/// A leg that joins parts.
#[derive(Clone, Debug)]
pub(crate) struct Joint {
    pub(crate) leg: LegId,
    pub(crate) ends: Vec<End>,
}

/// A call over all switches.
#[derive(Debug)]
pub(crate) struct Whole {
    /// In the order of its way; the first is where it began. Never empty.
    parts: Vec<Part>,
    /// Its ends name places in `parts`.
    joints: Vec<Joint>,
}

impl Whole {
    /// A call of these parts, each with the place by which the joints name it.
    pub(crate) fn new<'a>(
        parts: Vec<(usize, Part)>,
        joints: impl Iterator<Item = &'a Joint>,
    ) -> Self {
        let place = |old: usize| parts.iter().position(|(i, _)| *i == old).unwrap_or(0);
        let mut joints: Vec<Joint> = joints.cloned().collect();
        for end in joints.iter_mut().flat_map(|j| &mut j.ends) {
            end.part = place(end.part);
        }
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        let mut whole = Self { parts, joints };
        whole.put_in_order();
        whole
    }

    /// The parts, first to last.
    pub(crate) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Its name: that of its first part.
    pub(crate) fn id(&self) -> Text {
        self.parts.first().map_or_else(Text::default, |p| p.whole.clone())
    }

    /// First the part that no other one dialled, then those that are one leg from it, and so on.
    /// Stamps decide only where legs do not.
    fn put_in_order(&mut self) {
        let age = |i: usize| self.parts.get(i).map(|p| (p.began, p.acd.clone(), p.call.clone()));
        let all = 0..self.parts.len();
        let Some(first) = all.clone().min_by_key(|&i| (self.was_dialled(i), age(i))) else {
            return;
        };
        let mut steps: Vec<Option<usize>> = vec![None; self.parts.len()];
        let mut open = VecDeque::from([(first, 0)]);
        while let Some((i, far)) = open.pop_front() {
            match steps.get_mut(i) {
                Some(step @ None) => *step = Some(far),
                _ => continue,
            }
            let joints = self.joints.iter().filter(|j| j.ends.iter().any(|e| e.part == i));
            open.extend(joints.flat_map(|j| &j.ends).map(|e| (e.part, far + 1)));
        }
        let mut order: Vec<usize> = all.collect();
        order.sort_by_key(|&i| (steps.get(i).copied().flatten().unwrap_or(usize::MAX), age(i)));
        let mut places = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            if let Some(place) = places.get_mut(old) {
                *place = new;
            }
        }
        for end in self.joints.iter_mut().flat_map(|j| &mut j.ends) {
            end.part = places.get(end.part).copied().unwrap_or(0);
        }
        let mut parts: Vec<_> = places.into_iter().zip(std::mem::take(&mut self.parts)).collect();
        parts.sort_by_key(|(place, _)| *place);
        self.parts = parts.into_iter().map(|(_, part)| part).collect();
    }

    /// Whether it came in by a leg that another part dialled.
    fn was_dialled(&self, i: usize) -> bool {
        let came_by = self.parts.get(i).and_then(|p| p.came_by.as_ref());
        let dialled = |j: &Joint| j.ends.iter().any(|e| e.part != i && e.out);
        came_by.is_some_and(|leg| self.joints.iter().any(|j| j.leg == *leg && dialled(j)))
    }

    /// Whether it has dialled another part; `now`: one that lives, over a leg that does.
    fn passes_on(&self, i: usize, now: bool) -> bool {
        let out = |e: &&End| e.part == i && e.out && (e.open || !now);
        let to = |e: &End| {
            let lives = self.parts.get(e.part).is_some_and(|p| p.ended_at.is_none());
            e.part != i && !e.out && (lives || !now)
        };
        self.joints.iter().any(|j| j.ends.iter().any(|e| out(&e)) && j.ends.iter().any(to))
    }

    /// Where it is: the last part of its way that lives and has not passed it on; where it was
    /// last, if it is over.
    fn now(&self) -> Option<&Part> {
        let lives = |i: &usize| self.parts.get(*i).is_some_and(|p| p.ended_at.is_none());
        let all = (0..self.parts.len()).rev();
        let mut live = all.clone().filter(lives);
        let here = live.find(|&i| !self.passes_on(i, true));
        let here = here.or_else(|| all.clone().find(lives));
        let here = here.or_else(|| all.clone().find(|&i| !self.passes_on(i, false)));
        here.map_or(self.parts.last(), |i| self.parts.get(i))
    }

    /// Who hung up. A part that was hung up over a leg knows only that it was the other side;
    /// those tell who were hung up by somebody of their own, of several the last one.
    fn ended_by(&self) -> &'static str {
        let verdict = |(i, p): (usize, &Part)| {
            let leg = p.hangup_leg.as_ref();
            let joint = leg.and_then(|l| self.joints.iter().find(|j| j.leg == *l));
            let word = p.ended_by.unwrap_or("UNKNOWN");
            // By the side that it had dialled: an agent, or the switch there.
            let dialled = |j: &Joint| j.ends.iter().any(|e| e.part == i && e.out);
            let word = if joint.is_some_and(dialled) { "UNKNOWN" } else { word };
            let sure = match word {
                "UNKNOWN" => 0,
                "SWITCH" => 1,
                _ => 2,
            };
            (if joint.is_none() { sure } else { 0 }, sure, p.ended_at, word)
        };
        self.parts.iter().enumerate().map(verdict).max().map_or("UNKNOWN", |v| v.3)
    }

    /// Its row in `whole_calls`.
    pub(crate) fn row(&self) -> Row {
        let (Some(first), Some(now)) = (self.parts.first(), self.now()) else {
            return Row::new();
        };
        let each = || self.parts.iter();
        let backwards = || self.parts.iter().rev();
        let text = |t: &Option<Text>| t.clone().map_or(Value::Null, Value::Text);
        let over = each().all(|p| p.ended_at.is_some());
        let queue = backwards().find(|p| p.split.is_some());
        let agent = Some(now).filter(|p| p.agent.is_some());
        let agent = agent.or_else(|| backwards().find(|p| p.agent.is_some()));
        let visited = backwards().find(|p| p.visited > 0).or(self.parts.last().filter(|_| over));
        let count = |n: &dyn Fn(&Part) -> u32| each().map(n).fold(0_u32, u32::saturating_add);
        let way: Vec<&str> = each().map(|p| &*p.acd).collect();
        let calls: Vec<&str> = each().map(|p| &*p.whole).collect();
        let acd_of = |p: Option<&Part>| Value::from(p.map(|p| p.acd.clone()));
        vec![
            Value::Text(first.acd.clone()),
            Value::Text(first.whole.clone()),
            Value::from(if over { "ENDED" } else { now.state }),
            Value::from(first.direction),
            Value::text_or_null(&first.caller),
            Value::text_or_null(&first.caller_name),
            Value::text_or_null(&first.dialled),
            text(&first.vdn),
            Value::Text(now.acd.clone()),
            Value::Text(now.call.clone()),
            queue.map_or(Value::Null, |p| text(&p.split)),
            acd_of(queue),
            agent.map_or(Value::Null, |p| text(&p.agent)),
            agent.map_or(Value::Null, |p| text(&p.agent_name)),
            acd_of(agent),
            text(&first.trunk),
            Value::Stamp(first.began),
            Value::from(each().filter_map(|p| p.queued_at).min()),
            Value::from(self.answered_at()),
            Value::from(each().filter_map(|p| p.ended_at).max().filter(|_| over)),
            Value::Int(each().map(|p| p.wait).sum::<i64>().div_euclid(1_000)),
            Value::from(visited.and_then(|p| p.outcome)),
            Value::from(over.then(|| self.ended_by())),
            Value::from(count(&|p| p.visited)),
            Value::count(each().map(|p| p.talked).sum()),
            Value::from(count(&|p| p.transfers)),
            Value::count(self.parts.len()),
            Value::from(way.join(" ").as_str()),
            Value::from(calls.join(" ").as_str()),
        ]
    }

    /// When an agent first answered. The other switch picking up a trunk is no answer.
    fn answered_at(&self) -> Option<Stamp> {
        let all = || self.parts.iter().enumerate();
        let by_agent = all().filter(|(_, p)| p.talked > 0).filter_map(|(_, p)| p.answered_at);
        let led_to = || {
            let ends = all().filter(|(i, _)| !self.passes_on(*i, false));
            ends.filter_map(|(_, p)| p.answered_at).min()
        };
        by_agent.min().or_else(led_to)
    }
}
