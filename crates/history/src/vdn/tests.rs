//! Whole calls in random ledgers: parts are wholes, the trunks of a group are the group, nothing
//! is counted twice or forgotten, and nothing is kept of what is over.

use crate::calendar::{Calendar, Length};
use crate::items::{Counts, Item};
use crate::ledger::*;
use crate::rows::Rows;
use crate::{Books, Closed, Settings, trunk, vdn};
use facts::table::Value;
use facts::{AgentId, CallId, ChannelId, Direction, Outcome, Released, SplitId, Stamp, Text};
use proptest::prelude::*;

/// One stay in a split.
#[derive(Clone, Debug)]
struct Stay {
    split: u8,
    /// Milliseconds.
    before: i64,
    wait: i64,
    ring: i64,
    talk: i64,
    hold: i64,
    acw: i64,
    /// 0, 1: answered, 2: abandoned, 3: timed out, 4: requeued, 5: refused.
    end: u8,
    /// Which id the call has by then.
    id: u8,
}

#[derive(Clone, Debug)]
struct Plan {
    /// Milliseconds after ten.
    began: i64,
    /// What comes after the last stay.
    after: i64,
    stays: Vec<Stay>,
    way: u8,
    vdn: Option<u8>,
    vector: Option<u8>,
    trunk: Option<u8>,
    /// The trunk is idle so much later than the call is over; negative: earlier.
    idle: i64,
    station: bool,
    by: u8,
    lost: bool,
    /// What is final is written so much later than its moment, milliseconds.
    late: i64,
}

fn stay() -> impl Strategy<Value = Stay> {
    (
        0..4_u8,
        0..20_000_i64,
        0..90_000_i64,
        0..30_000_i64,
        0..900_000_i64,
        0..2_000_i64,
        0..1_900_000_i64,
        0..6_u8,
        0..3_u8,
    )
        .prop_map(|(split, before, wait, ring, talk, hold, acw, end, id)| Stay {
            split,
            before,
            wait,
            ring,
            talk,
            hold,
            acw,
            end,
            id,
        })
}

fn plan() -> impl Strategy<Value = Plan> {
    let what =
        (0..3_u8, prop::option::of(0..3_u8), prop::option::of(0..2_u8), prop::option::of(0..2_u8));
    let late = prop_oneof![Just(0), 0..4_900_i64];
    let end = (-900..900_i64, any::<bool>(), 0..4_u8, any::<bool>(), late);
    (0..5_400_000_i64, 0..20_000_i64, prop::collection::vec(stay(), 0..4), what, end).prop_map(
        |(began, after, stays, (way, vdn, vector, trunk), (idle, station, by, lost, late))| Plan {
            began,
            after,
            stays,
            way,
            vdn,
            vector,
            trunk,
            idle,
            station,
            by,
            lost,
            late,
        },
    )
}

/// 2026-01-05 10:00:00 UTC.
const TEN: Stamp = Stamp::from_secs(1_767_607_200);

fn ms(ms: i64) -> Stamp {
    TEN.plus(ms * 1000)
}

fn id(call: usize, id: u8) -> CallId {
    CallId::from(format!("c{call}.{id}").as_str())
}

fn text(what: &str, n: u8) -> Text {
    Text::from(format!("{what}{n}"))
}

/// What a call has come to so far.
struct Told<'a> {
    ledger: &'a mut Vec<Entry>,
    /// Milliseconds after ten.
    t: i64,
    outcome: Option<Outcome>,
    queued: Option<Stamp>,
    answered: Option<Stamp>,
    transfers: u32,
    /// Ends of after-call work.
    works: Vec<i64>,
}

impl Told<'_> {
    fn enter(&mut self, at: i64, what: What) {
        self.ledger.push(Entry { at: ms(at), what });
    }

    fn stay(&mut self, n: usize, stay: &Stay) {
        self.t += stay.before;
        let joined = ms(self.t);
        self.t += stay.wait;
        match stay.end {
            0 | 1 => self.served(n, stay, joined),
            4 => self.visit(n, stay, joined, VisitEnd::Requeued),
            end => {
                let how = match end {
                    2 => Outcome::Abandoned,
                    3 => Outcome::TimedOut,
                    _ => Outcome::Full,
                };
                self.outcome = Some(how);
                self.queued = self.queued.or(Some(joined).filter(|_| end != 5));
                self.visit(n, stay, joined, VisitEnd::Ended(how));
            }
        }
    }

    fn visit(&mut self, n: usize, stay: &Stay, joined: Stamp, end: VisitEnd) {
        let visit = Visit {
            split: SplitId::from(text("split", stay.split)),
            call: id(n, stay.id),
            joined,
            since: joined,
            found: false,
            end,
            ringing: Vec::new(),
            inflow: false,
            requeued: false,
            priority: 0,
        };
        self.enter(self.t, What::Visit(Box::new(visit)));
    }

    fn served(&mut self, n: usize, stay: &Stay, joined: Stamp) {
        let at = self.t;
        self.t += stay.talk + stay.hold;
        self.answered = self.answered.or(Some(ms(at)));
        self.outcome = Some(Outcome::Answered);
        self.queued = self.queued.or(Some(joined));
        self.transfers += 1;
        let worked = self.t + stay.acw;
        self.works.push(worked);
        let served = Served {
            split: SplitId::from(text("split", stay.split)),
            agent: AgentId::from("SIP/1"),
            call: id(n, stay.id),
            joined,
            since: joined,
            found: false,
            rang: Some(ms(at - stay.ring.min(stay.wait))),
            answered: ms(at),
            ended: ms(self.t),
            acw_ended: ms(worked),
            holds: vec![(ms(at + stay.talk / 2), ms(at + stay.talk / 2 + stay.hold))],
            hold_abandoned: false,
            transferred: true,
            conferenced: false,
            released: Released::Transfer,
            inflow: false,
            requeued: false,
            priority: 0,
            code: text("", stay.split),
        };
        self.enter(worked, What::Served(Box::new(served)));
    }
}

/// Writes what a call does.
fn write(n: usize, plan: &Plan, ledger: &mut Vec<Entry>) {
    let way = [Way::In, Way::Out, Way::Internal][usize::from(plan.way)];
    let vdn = plan.vdn.filter(|_| way == Way::In).map(|v| text("80", v));
    let vector = plan.vector.filter(|_| way == Way::In).map(|v| text("ctx", v));
    let (outcome, queued, answered, works) = (None, None, None, Vec::new());
    let mut told = Told { ledger, t: plan.began, outcome, queued, answered, transfers: 0, works };
    if vdn.is_some() || vector.is_some() {
        let entered = What::Entered { call: id(n, 0), vdn: vdn.clone(), vector: vector.clone() };
        told.enter(plan.began, entered);
    }
    for stay in &plan.stays {
        told.stay(n, stay);
        if stay.end == 2 {
            break;
        }
    }
    let abandoned = told.outcome == Some(Outcome::Abandoned);
    told.t += if abandoned { 0 } else { plan.after };
    let t = told.t;
    if told.answered.is_none() && plan.station && !abandoned {
        told.answered = Some(ms(t - plan.after / 2));
    }
    let seized = plan.trunk.filter(|_| way != Way::Internal).map(|g| Trunk {
        group: text("trunk", g),
        channel: ChannelId::from(format!("ch{n}").as_str()),
        direction: if way == Way::In { Direction::In } else { Direction::Out },
        since: ms(plan.began),
        call: Some(id(n, 1)),
    });
    if let Some(trunk) = &seized {
        told.enter(plan.began, What::Seized(trunk.clone()));
        told.enter((t + plan.idle).max(plan.began), What::Idle(trunk.clone()));
    }
    let by = [EndedBy::Caller, EndedBy::Agent, EndedBy::Switch, EndedBy::Unknown];
    let over = CallOver {
        ids: (0..3).map(|i| id(n, i)).collect(),
        began: ms(plan.began),
        way,
        trunk: seized.as_ref().map(|s| s.group.clone()),
        channel: seized.map(|s| s.channel),
        vdn,
        vector,
        caller: Text::from("030"),
        caller_name: Text::from(""),
        dialled: Text::from(""),
        originator: None,
        answered: told.answered,
        outcome: told.outcome,
        queued: told.queued,
        abandoned_ringing: false,
        ended_by: by[usize::from(plan.by)],
        lost: plan.lost,
        pending: u32::try_from(told.works.iter().filter(|w| **w > t).count()).unwrap(),
        transfers: told.transfers,
        conferenced: false,
        code: Text::from(""),
    };
    told.enter(t, What::CallOver(Box::new(over)));
}

fn books() -> Books {
    let mut settings = Settings::new(1, "Berlin");
    settings.trunks.insert(Text::from("trunk0"), 2);
    settings.default_profile.periods_s = vec![5, 10, 30];
    Books::new(settings, Calendar::new(Length::Quarter, 0, &[]))
}

/// The sum of an item over all rows of a table of closed intervals.
fn sum(closed: &[Closed], table: &str, item: &str) -> i64 {
    let rows = closed.iter().flat_map(|c| &c.tables).filter(|(s, _)| s.name == table);
    rows.flat_map(|(shape, rows)| rows.iter().map(|r| (shape.column(item).unwrap(), r)))
        .map(|(place, row)| if let Value::Int(n) = row[place] { n } else { 0 })
        .sum()
}

/// Of every group what its trunks have: the items that both tables have.
fn group_is_its_trunks(trunks: &Rows<trunk::Key>, groups: &Rows<Text>) {
    let place = |items: &[Item], name: &str| items.iter().position(|i| i.name == name);
    for (name, group) in groups.each() {
        for (item, mine) in trunk::group::ITEMS.iter().zip(group.each()) {
            let Some(place) = place(trunk::ITEMS, item.name) else { continue };
            let of = |(key, row): (&trunk::Key, &Counts)| {
                if key.group == *name { row.get(place) } else { 0 }
            };
            assert_eq!(mine, trunks.each().map(of).sum::<i64>(), "{} of {name}", item.name);
        }
    }
}

/// The ledger of some calls, and when each line is written.
fn ledger(plans: &[Plan]) -> Vec<(Stamp, Entry)> {
    let link = Link { heard: true, restarted: false, why: Text::from("") };
    let mut ledger = vec![(TEN, Entry { at: TEN, what: What::Link(link) })];
    for (n, plan) in plans.iter().enumerate() {
        let mut lines = Vec::new();
        write(n, plan, &mut lines);
        ledger.extend(lines.into_iter().map(|entry| {
            let is_final = matches!(entry.what, What::Served(_) | What::CallOver(_));
            (entry.at.plus(if is_final { plan.late * 1000 } else { 0 }), entry)
        }));
    }
    ledger.sort_by_key(|(written, _)| *written);
    ledger
}

/// The books of a ledger, and what they closed; `advance`: time is told as it passes.
fn run(ledger: &[(Stamp, Entry)], advance: bool) -> (Books, Vec<Closed>) {
    let (mut books, mut closed) = (books(), Vec::new());
    for (written, entry) in ledger {
        if advance {
            books.advance(*written);
        }
        books.enter(entry);
        books.take_closed(&mut closed);
    }
    // However far time was told before.
    books.advance(ledger.last().unwrap().0.plus_secs(5));
    books.finish();
    books.take_closed(&mut closed);
    (books, closed)
}

/// All rows, by table.
fn all_rows(closed: &[Closed]) -> Vec<(&'static str, &facts::table::Row)> {
    let tables = closed.iter().flat_map(|c| &c.tables);
    let mut rows: Vec<_> =
        tables.flat_map(|(shape, rows)| rows.iter().map(|row| (shape.name, row))).collect();
    rows.sort();
    rows
}

/// Nonsense: a line about one of few calls and trunks.
fn nonsense() -> impl Strategy<Value = (i64, i64, Entry)> {
    let of_call = (0..4_usize, stay());
    (0..400_000_i64, 0..5_000_i64, 0..9_u8, 0..6_u8, of_call, plan()).prop_map(
        |(after, late, what, channel, (n, stay), plan)| {
            let mut lines = Vec::new();
            write(n, &Plan { began: 0, stays: vec![stay], ..plan }, &mut lines);
            let over = lines.pop().unwrap().what;
            let trunk = Trunk {
                group: text("trunk", channel % 2),
                channel: ChannelId::from(format!("ch{channel}").as_str()),
                direction: if channel > 2 { Direction::In } else { Direction::Out },
                since: TEN,
                call: Some(id(n, 0)),
            };
            let what = match what {
                0 => What::Seized(trunk),
                1 => What::Idle(trunk),
                2 | 3 => over,
                4 => entered(&format!("c{n}.1")),
                5 => What::Link(Link {
                    heard: channel > 1,
                    restarted: channel > 4,
                    why: Text::from(""),
                }),
                _ => lines.swap_remove(usize::from(channel) % lines.len().max(1)).what,
            };
            (after, late, Entry { at: TEN, what })
        },
    )
}

fn check_open(books: &Books) -> Result<(), TestCaseError> {
    for open in &books.open {
        group_is_its_trunks(&open.trunks, &open.groups);
        for (_, row) in open.vdns.each() {
            prop_assert_eq!(row.broken(vdn::IDENTITIES), None);
        }
        for (_, row) in open.vectors.each() {
            prop_assert_eq!(row.broken(vdn::vector::IDENTITIES), None);
        }
        for (_, row) in open.groups.each() {
            prop_assert_eq!(row.broken(trunk::group::IDENTITIES), None);
        }
        for (_, row) in open.trunks.each() {
            prop_assert_eq!(row.broken(trunk::IDENTITIES), None);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn every_call_counts_once_and_parts_are_wholes(plans in prop::collection::vec(plan(), 1..12)) {
        let ledger = ledger(&plans);
        let mut open = books();
        for (_, entry) in &ledger {
            open.enter(entry);
            check_open(&open)?;
        }
        let (books, closed) = run(&ledger, false);
        prop_assert_eq!(books.calls.len(), 0, "something is kept of calls that are over");
        prop_assert_eq!((books.given_up(), books.broken()), (0, 0));

        let count = |way: u8, f: &dyn Fn(&Plan) -> bool| {
            i64::try_from(plans.iter().filter(|p| p.way == way && f(p)).count()).unwrap()
        };
        let from_vdn = count(0, &|p| p.vdn.is_some());
        prop_assert_eq!(sum(&closed, "hvdn", "incalls"), from_vdn);
        prop_assert_eq!(sum(&closed, "hvdn", "i_arrived"), from_vdn);
        prop_assert_eq!(sum(&closed, "hvector", "incalls"), count(0, &|p| p.vector.is_some()));
        prop_assert_eq!(sum(&closed, "htrunk", "incalls"), count(0, &|p| p.trunk.is_some()));
        prop_assert_eq!(sum(&closed, "htkgrp", "outcalls"), count(1, &|p| p.trunk.is_some()));
        // Heard all the time: what trunks were held is what their clocks ran.
        let held = sum(&closed, "htkgrp", "intime") + sum(&closed, "htkgrp", "outtime");
        let ran = sum(&closed, "htkgrp", "i_inocc") + sum(&closed, "htkgrp", "i_outocc");
        prop_assert_eq!(held, ran);
        let talks = sum(&closed, "hcwc", "acdcalls");
        let served = ledger.iter().filter(|(_, e)| matches!(e.what, What::Served(_))).count();
        prop_assert_eq!(talks, i64::try_from(served).unwrap());
        prop_assert!(segments(&closed, plans.len()), "segments are not 1, 2, 3 of every call");
    }

    #[test]
    fn it_does_not_matter_when_time_is_told(plans in prop::collection::vec(plan(), 1..12)) {
        let ledger = ledger(&plans);
        let ((_, once), (_, often)) = (run(&ledger, false), run(&ledger, true));
        prop_assert_eq!(all_rows(&once), all_rows(&often));
    }

    #[test]
    fn nonsense_keeps_the_rules(lines in prop::collection::vec(nonsense(), 1..60)) {
        let (mut books, mut now) = (books(), 0);
        for (after, late, mut entry) in lines {
            now += after;
            entry.at = ms(now - late);
            books.enter(&entry);
            books.advance(ms(now));
            check_open(&books)?;
        }
        books.finish();
        prop_assert_eq!(books.broken(), 0);
    }
}

/// Whether every call has segments from 1 without a gap.
fn segments(closed: &[Closed], calls: usize) -> bool {
    let mut found: Vec<(Value, Value)> = Vec::new();
    for (shape, rows) in closed.iter().flat_map(|c| &c.tables).filter(|(s, _)| s.name == "call_rec")
    {
        let place = |name| shape.column(name).unwrap();
        found.extend(rows.iter().map(|r| (r[place("ucid")].clone(), r[place("segment")].clone())));
    }
    found.sort();
    let firsts = found.iter().filter(|(_, n)| *n == Value::Int(1)).count();
    let follows = |pair: &[(Value, Value)]| match (&pair[0], &pair[1]) {
        ((a, Value::Int(n)), (b, Value::Int(m))) if a == b => *m == n + 1,
        ((_, _), (_, m)) => *m == Value::Int(1),
    };
    firsts == calls && found.windows(2).all(follows)
}

fn at(seconds: i64, what: What) -> Entry {
    Entry { at: TEN.plus_secs(seconds), what }
}

fn entered(call: &str) -> What {
    What::Entered { call: CallId::from(call), vdn: Some(Text::from("8001")), vector: None }
}

#[test]
fn a_call_whose_end_never_comes_is_given_up_after_a_day() {
    let mut books = books();
    books.enter(&at(0, entered("c1")));
    books.advance(TEN.plus_secs(86_400));
    assert_eq!((books.calls.len(), books.given_up()), (1, 0));
    books.advance(TEN.plus_secs(86_400 + 900));
    assert_eq!((books.calls.len(), books.given_up()), (0, 1));
}

#[test]
fn a_call_whose_after_call_work_never_ends_is_booked_after_a_day_without_it() {
    let plan = Plan {
        began: 0,
        after: 1000,
        stays: Vec::new(),
        way: 0,
        vdn: Some(1),
        vector: None,
        trunk: None,
        idle: 0,
        station: false,
        by: 0,
        lost: false,
        late: 0,
    };
    let (mut books, mut closed, mut ledger) = (books(), Vec::new(), Vec::new());
    write(0, &plan, &mut ledger);
    for entry in &mut ledger {
        if let What::CallOver(over) = &mut entry.what {
            over.pending = 1;
        }
        books.enter(entry);
    }
    books.advance(TEN.plus_secs(86_400 + 1800));
    books.take_closed(&mut closed);
    assert_eq!((books.calls.len(), books.given_up()), (0, 1));
    assert_eq!(sum(&closed, "call_rec", "segment"), 1);
    assert_eq!(sum(&closed, "hvdn", "incalls"), 1);
}

#[test]
fn a_call_with_more_rings_than_are_kept_is_counted_all_the_same() {
    let mut books = books();
    let call = CallId::from("c1");
    for n in 0..1_500 {
        let rang = Rang {
            split: SplitId::from("sales"),
            agent: AgentId::from("SIP/1"),
            call: call.clone(),
            joined: TEN,
            since: TEN.plus_secs(n),
            end: RangEnd::NotAnswered,
        };
        books.enter(&at(n + 1, What::Rang(Box::new(rang))));
    }
    assert_eq!(books.given_up(), 0);
    let mut ledger = Vec::new();
    let plan = Plan {
        began: 0,
        after: 1_600_000,
        stays: Vec::new(),
        way: 0,
        vdn: Some(1),
        vector: None,
        trunk: None,
        idle: 0,
        station: false,
        by: 0,
        lost: false,
        late: 0,
    };
    write(1, &plan, &mut ledger);
    for entry in &mut ledger {
        if let What::CallOver(over) = &mut entry.what {
            over.ids.push(call.clone());
            books.enter(entry);
        }
    }
    assert_eq!((books.calls.len(), books.given_up()), (0, 500));
}
