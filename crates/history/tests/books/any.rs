//! Any ledger: entries that fit together in time and in nothing else. Whatever is told, every row
//! must keep its rules.

use facts::{AgentId, CallId, Direction, Outcome, Released, SplitId, Stamp, Text};
use history::ledger::{
    AgentNow, Entry, Link, MemberNow, Mode, OwnCall, Rang, RangEnd, Served, Visit, VisitEnd, What,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

pub(crate) const AGENTS: u8 = 4;
const SPLITS: u8 = 3;

/// An entry to be: how long after the one before it (microseconds), how late it is told, what.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) after: i64,
    late: i64,
    told: Told,
}

#[derive(Clone, Debug)]
pub(crate) enum Told {
    Agent(AgentTold),
    Visit { split: u8, waited: i64, turn: i64, end: u8, flags: u8 },
    Served(ServedTold),
    Rang { agent: u8, split: u8, rang: i64, end: u8 },
    Own { agent: u8, split: u8, took: i64, flags: u8 },
    Waiting { split: u8, callers: u32 },
    Link { heard: bool, restarted: bool },
}

#[derive(Clone, Debug)]
pub(crate) struct AgentTold {
    pub(crate) agent: u8,
    device: u8,
    mode: u8,
    direction: u8,
    work: u8,
    held: u8,
    reason: u8,
    /// Split, mode, paused, fresh log-on.
    members: Vec<(u8, u8, bool, bool)>,
}

#[derive(Clone, Debug)]
pub(crate) struct ServedTold {
    agent: u8,
    split: u8,
    /// Backwards from the end: after-call work, talk, ring, wait, the turn before.
    spans: [i64; 5],
    /// Of the talk, in thousandths: from and to.
    holds: Vec<(i64, i64)>,
    flags: u8,
    priority: u32,
}

fn seconds(most: i64) -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), 0..most * 1_000_000]
}

fn agent_told() -> impl Strategy<Value = AgentTold> {
    let member = (0..SPLITS, 0..6_u8, any::<bool>(), prop::bool::weighted(0.1));
    let now = (0..AGENTS, 0..8_u8, 0..6_u8, 0..3_u8, 0..=SPLITS, 0..=SPLITS, 0..12_u8);
    (now, prop::collection::vec(member, 0..4)).prop_map(
        |((agent, device, mode, direction, work, held, reason), members)| AgentTold {
            agent,
            device,
            mode,
            direction,
            work,
            held,
            reason,
            members,
        },
    )
}

fn told() -> impl Strategy<Value = Told> {
    let served = (
        (0..AGENTS, 0..SPLITS, any::<u8>(), 0..5_u32),
        [seconds(900), seconds(2000), seconds(60), seconds(300), seconds(300)],
        prop::collection::vec((0..1000_i64, 0..1200_i64), 0..3),
    );
    prop_oneof![
        8 => agent_told().prop_map(Told::Agent),
        4 => served.prop_map(|((agent, split, flags, priority), spans, holds)| {
            Told::Served(ServedTold { agent, split, spans, holds, flags, priority })
        }),
        3 => (0..SPLITS, seconds(600), seconds(600), 0..9_u8, any::<u8>()).prop_map(
            |(split, waited, turn, end, flags)| Told::Visit { split, waited, turn, end, flags }
        ),
        2 => (0..AGENTS, 0..SPLITS, seconds(60), 0..4_u8)
            .prop_map(|(agent, split, rang, end)| Told::Rang { agent, split, rang, end }),
        1 => (0..AGENTS, 0..=SPLITS, seconds(900), any::<u8>())
            .prop_map(|(agent, split, took, flags)| Told::Own { agent, split, took, flags }),
        1 => (0..SPLITS, 0..9_u32).prop_map(|(split, callers)| Told::Waiting { split, callers }),
        1 => (prop::bool::weighted(0.7), prop::bool::weighted(0.2))
            .prop_map(|(heard, restarted)| Told::Link { heard, restarted }),
    ]
}

/// One entry to be.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let late = prop_oneof![4 => Just(0), 1 => 0..4_000_000_i64];
    (seconds(400), late, told()).prop_map(|(after, late, told)| Step { after, late, told })
}

/// Entries at one moment, each of another agent, after which time goes on.
pub(crate) fn moment() -> impl Strategy<Value = Vec<Step>> {
    (seconds(400), prop::collection::vec(agent_told(), 1..usize::from(AGENTS))).prop_map(
        |(after, told)| {
            let each = told.into_iter().enumerate().map(|(i, mut told)| {
                told.agent = u8::try_from(i).expect("few agents");
                Step { after: if i == 0 { after } else { 0 }, late: 0, told: Told::Agent(told) }
            });
            each.collect()
        },
    )
}

/// Makes entries of steps, from the begin of [`crate::script::DAY`] on, with the switch heard.
#[derive(Debug, Default)]
pub(crate) struct Teller {
    at: Stamp,
    since: BTreeMap<(u8, u8), Stamp>,
    /// When each agent, and the link (as None), was told last: that is told in order.
    told: BTreeMap<Option<u8>, Stamp>,
    /// What a split sees of an agent follows from what he does (cms.md 2.2); else it is anything.
    fits: bool,
}

impl Teller {
    pub(crate) fn tell(steps: &[Step]) -> Vec<Entry> {
        Self::tell_what(steps, false)
    }

    /// A ledger in which agents are as a switch could have them.
    pub(crate) fn tell_what_fits(steps: &[Step]) -> Vec<Entry> {
        Self::tell_what(steps, true)
    }

    fn tell_what(steps: &[Step], fits: bool) -> Vec<Entry> {
        let mut teller = Self { at: crate::script::moment("00:00:00"), fits, ..Self::default() };
        let link = Link { heard: true, restarted: false, why: Text::from("") };
        let mut entries = vec![Entry { at: teller.at, what: What::Link(link) }];
        entries.extend(steps.iter().map(|s| teller.entry(s)));
        entries
    }

    pub(crate) fn entry(&mut self, step: &Step) -> Entry {
        self.at = self.at.plus(step.after);
        let mut at = self.at.plus(-step.late);
        let agent_or_link = match &step.told {
            Told::Agent(told) => Some(Some(told.agent)),
            Told::Link { .. } => Some(None),
            _ => None,
        };
        if let Some(who) = agent_or_link {
            let last = self.told.get(&who).max(self.told.get(&None)).copied();
            at = at.max(last.unwrap_or_default());
            self.told.insert(who, at);
        }
        let what = match &step.told {
            Told::Agent(told) => What::Agent(Box::new(self.agent(told, at))),
            Told::Served(told) => What::Served(Box::new(served(told, at))),
            Told::Visit { split: s, waited, turn, end, flags } => What::Visit(Box::new(Visit {
                split: split(*s),
                call: call(),
                joined: at.plus(-waited - turn),
                since: at.plus(-waited),
                found: false,
                end: visit_end(*end),
                ringing: if flags & 1 == 0 { Vec::new() } else { vec![agent(0)] },
                inflow: flags & 2 == 0,
                requeued: flags & 4 == 0,
                priority: 0,
            })),
            Told::Rang { agent: a, split: s, rang, end } => What::Rang(Box::new(Rang {
                split: split(*s),
                agent: agent(*a),
                call: call(),
                joined: at.plus(-rang),
                since: at.plus(-rang),
                end: [
                    RangEnd::NotAnswered,
                    RangEnd::Refused,
                    RangEnd::Abandoned,
                    RangEnd::Elsewhere,
                ][usize::from(*end)],
            })),
            Told::Own { agent: a, split: s, took, flags } => What::OwnCall(Box::new(OwnCall {
                agent: agent(*a),
                call: call(),
                direction: if flags & 1 == 0 { Direction::In } else { Direction::Out },
                acw_split: some_split(*s).filter(|_| flags & 2 == 0),
                held_split: some_split(*s).filter(|_| flags & 4 == 0),
                off_switch: flags & 8 == 0,
                since: at.plus(-took),
            })),
            Told::Waiting { split: s, callers } => {
                What::Waiting { split: split(*s), callers: *callers }
            }
            Told::Link { heard, restarted } => {
                What::Link(Link { heard: *heard, restarted: *restarted, why: Text::from("") })
            }
        };
        Entry { at, what }
    }

    fn agent(&mut self, told: &AgentTold, at: Stamp) -> AgentNow {
        let mut members: Vec<MemberNow> = Vec::new();
        for (s, m, paused, fresh) in &told.members {
            if members.iter().any(|m| m.split == split(*s)) {
                continue;
            }
            let since = self.since.entry((told.agent, *s)).or_insert(at);
            if *fresh {
                *since = at;
            }
            members.push(MemberNow {
                split: split(*s),
                since: *since,
                found: *fresh,
                penalty: 0,
                paused: *paused,
                reason: reason(told.reason),
                mode: mode(*m),
            });
        }
        self.since
            .retain(|(a, s), _| *a != told.agent || members.iter().any(|m| m.split == split(*s)));
        let (mode, work_split) = (mode(told.mode), some_split(told.work));
        if self.fits {
            let splits: Vec<SplitId> = members.iter().map(|m| m.split.clone()).collect();
            for m in &mut members {
                let at_work = match mode {
                    Mode::Ring | Mode::Acd => work_split.as_ref(),
                    Mode::Acw => work_split.as_ref().or(splits.first()),
                    Mode::Avail | Mode::Aux | Mode::Other => None,
                };
                let busy = matches!(mode, Mode::Ring | Mode::Acd | Mode::Acw);
                m.mode = match mode {
                    _ if at_work == Some(&m.split) => mode,
                    _ if m.paused && (busy || mode == Mode::Avail) => Mode::Aux,
                    _ if busy => Mode::Other,
                    mode => mode,
                };
            }
        }
        AgentNow {
            agent: agent(told.agent),
            name: Text::from(""),
            // Who changes his phone does so now and then.
            device: Text::from(format!("SIP/{}", u8::from(told.device == 0))),
            mode,
            direction: [None, Some(Direction::In), Some(Direction::Out)]
                [usize::from(told.direction)],
            reason: reason(told.reason),
            work_split,
            held_split: some_split(told.held),
            call: None,
            members,
        }
    }
}

fn served(told: &ServedTold, at: Stamp) -> Served {
    let [acw, talk, ring, wait, before] = told.spans;
    let ended = at.plus(-acw);
    let answered = ended.plus(-talk);
    let since = answered.plus(-ring - wait);
    let of_talk = |thousandths: i64| answered.plus(talk / 1000 * thousandths);
    let flag = |bit: u8| told.flags & bit == 0;
    Served {
        split: split(told.split),
        agent: agent(told.agent),
        call: call(),
        joined: since.plus(-before),
        since,
        found: false,
        rang: flag(1).then(|| answered.plus(-ring)),
        answered,
        ended,
        acw_ended: at,
        holds: told.holds.iter().map(|(from, to)| (of_talk(*from), of_talk(*to))).collect(),
        hold_abandoned: flag(2),
        transferred: flag(4),
        conferenced: flag(8),
        released: Released::Unknown,
        inflow: flag(16),
        requeued: flag(32),
        priority: told.priority,
        code: Text::from(""),
    }
}

fn visit_end(end: u8) -> VisitEnd {
    let ends = [
        VisitEnd::Requeued,
        VisitEnd::Ended(Outcome::Abandoned),
        VisitEnd::Ended(Outcome::TimedOut),
        VisitEnd::Ended(Outcome::LeftEmpty),
        VisitEnd::Ended(Outcome::ExitKey),
        VisitEnd::Ended(Outcome::JoinEmpty),
        VisitEnd::Ended(Outcome::Full),
        VisitEnd::Ended(Outcome::Left),
        VisitEnd::Ended(Outcome::Lost),
    ];
    ends[usize::from(end)]
}

fn mode(mode: u8) -> Mode {
    [Mode::Avail, Mode::Ring, Mode::Acd, Mode::Acw, Mode::Aux, Mode::Other][usize::from(mode)]
}

fn reason(reason: u8) -> Text {
    Text::from(if reason > 9 { "lunch".to_owned() } else { reason.to_string() })
}

fn agent(agent: u8) -> AgentId {
    AgentId::from(format!("A{agent}").as_str())
}

fn split(split: u8) -> SplitId {
    SplitId::from(format!("s{split}").as_str())
}

fn some_split(place: u8) -> Option<SplitId> {
    (place < SPLITS).then(|| split(place))
}

fn call() -> CallId {
    CallId::from("c")
}
