//! How an agent is now, and what follows when that changes: his clocks, his log-on, his trace.

use super::clocks::{self, Doing, Member};
use super::{Logon, Pages};
use crate::Books;
use crate::ledger::{AgentNow, MemberNow, Mode};
use crate::records::ag_actv::{self, Activity, Work};
use crate::records::haglog;
use crate::rows::Open;
use crate::settings::Settings;
use facts::table::Row;
use facts::{AgentId, Stamp};
use std::collections::VecDeque;

/// An agent who is logged on, or was not long ago.
#[derive(Clone, Debug)]
pub(super) struct Agent {
    doing: Doing,
    /// The first is that of the oldest log-on.
    members: Vec<Member>,
    /// Up to which second his clocks have run.
    settled: i64,
    logon: Option<Logon>,
    /// The log-on before.
    before: Option<Logon>,
    /// What he is doing, as was told last.
    work: Work,
    /// What he is seen doing; None: he is not logged on.
    activity: Option<Activity>,
    /// The second of the last row of his trace, and how many it has.
    traced: (i64, i64),
}

impl Agent {
    pub(super) fn new(at: Stamp) -> Self {
        let idle = Doing {
            mode: Mode::Other,
            direction: None,
            aux: 0,
            at_work: false,
            holds: false,
            held: None,
        };
        Self {
            doing: idle,
            members: Vec::new(),
            settled: at.secs(),
            logon: None,
            before: None,
            work: Work::named("UNKNOWN"),
            activity: None,
            traced: (0, 0),
        }
    }

    pub(super) const fn logon(&self) -> Option<&Logon> {
        self.logon.as_ref()
    }

    /// What he is doing at a moment, as a row of `ag_actv`.
    pub(super) fn activity_row(&self, id: &AgentId, at: Stamp, books: &Books) -> Option<Row> {
        let activity = self.activity.as_ref()?;
        let (who, seq) = (self.logon.as_ref(), self.next_place(activity.at).1);
        Some(ag_actv::row(id, who, activity, seq, at, (&books.settings, &books.calendar)))
    }

    /// The second of a moment, and which of its rows the next one is (CMS WMODE_SEQ).
    const fn next_place(&self, at: Stamp) -> (i64, i64) {
        let second = at.secs();
        (second, if self.traced.0 == second { self.traced.1 + 1 } else { 1 })
    }

    /// The log-on that a moment belongs to.
    pub(super) fn logon_at(&self, at: Stamp) -> Option<&Logon> {
        let current = self.logon.as_ref();
        current.filter(|l| l.on <= at).or(self.before.as_ref()).or(current)
    }

    /// Logged on, or until after a moment.
    pub(super) fn seen_since(&self, at: Stamp) -> bool {
        self.logon.is_some() || self.before.as_ref().is_some_and(|l| l.off >= Some(at))
    }

    /// Lets his clocks run.
    pub(super) fn run_to(&mut self, to: i64, heard: bool, open: &mut VecDeque<Open>) {
        clocks::run(&self.doing, &mut self.members, &mut self.settled, to, heard, open);
    }

    /// Writes his clocks into the interval that they have come to.
    pub(super) fn write(&mut self, open: &mut VecDeque<Open>) {
        if let Some(o) = open.iter_mut().rfind(|o| o.interval.from.secs() < self.settled) {
            self.members.iter_mut().for_each(|m| m.write(o));
        }
    }

    /// He is so from a moment on.
    pub(super) fn is_now(&mut self, now: &AgentNow, at: Stamp, pages: &mut Pages<'_>) {
        self.run_to(at.secs(), pages.heard, pages.open);
        if !now.members.iter().any(|m| self.stays_in(m)) {
            self.log_off(&now.agent, at, pages);
        }
        let Some(oldest) = now.members.first() else { return };
        if self.logon.is_none() {
            self.logon = Some(Logon::new(oldest, &now.name, &now.device));
            self.trace(&now.agent, Activity::new(Work::named("LOGON"), at), at, pages);
        }
        if let Some(logon) = &mut self.logon {
            if logon.name != now.name {
                logon.name = now.name.clone();
            }
            logon.is_in(&now.members);
        }
        self.is_in(now, at, pages);
        self.does(now, pages.settings);
        self.work = Work::of(now, pages.settings);
        self.is_seen(&now.agent, pages.heard, at, pages);
    }

    /// He did not leave this split meanwhile.
    fn stays_in(&self, member: &MemberNow) -> bool {
        self.members.iter().any(|m| m.since == member.since && m.key.split == member.split)
    }

    /// He is in these splits, at this phone.
    fn is_in(&mut self, now: &AgentNow, at: Stamp, pages: &mut Pages<'_>) {
        let same = |(mine, theirs): (&Member, &MemberNow)| {
            mine.key.split == theirs.split && mine.since == theirs.since
        };
        let moved = self.logon.as_ref().is_some_and(|l| l.device != now.device);
        let as_before = self.members.len() == now.members.len()
            && self.members.iter().zip(&now.members).all(same);
        if as_before && !moved {
            return;
        }
        self.write(pages.open);
        let Some(logon) = &mut self.logon else { return };
        if moved {
            logon.device = now.device.clone();
        }
        let mut old = std::mem::take(&mut self.members);
        for m in &now.members {
            let mut member = match old.iter().position(|mine| mine.key.split == m.split) {
                Some(place) => old.swap_remove(place),
                None => {
                    pages.splits.staff(&m.split, 1, at, pages.heard, pages.open);
                    Member::new(logon.key(&now.agent, &m.split), m.since)
                }
            };
            member.since = m.since;
            if moved {
                member.key = logon.key(&now.agent, &m.split);
            }
            self.members.push(member);
        }
        for gone in old {
            pages.splits.staff(&gone.key.split, -1, at, pages.heard, pages.open);
        }
    }

    /// What his clocks depend on.
    fn does(&mut self, now: &AgentNow, settings: &Settings) {
        let works = |m: &MemberNow| matches!(m.mode, Mode::Ring | Mode::Acd | Mode::Acw);
        let members = &now.members;
        let told =
            members.iter().position(|m| works(m) && Some(&m.split) == now.work_split.as_ref());
        // He works for one split at a time: the clocks of the others must not count it again.
        let at_work = told.or_else(|| members.iter().position(works));
        for (i, (mine, m)) in self.members.iter_mut().zip(members).enumerate() {
            mine.mode = match m.mode {
                _ if at_work != Some(i) && works(m) && m.paused => Mode::Aux,
                _ if at_work != Some(i) && works(m) => Mode::Other,
                mode => mode,
            };
            mine.aux = if m.paused { settings.aux_reason(&m.reason) } else { 0 };
        }
        let held = now.held_split.as_ref();
        self.doing = Doing {
            mode: now.mode,
            direction: now.direction,
            aux: settings.aux_reason(&now.reason),
            at_work: at_work.is_some(),
            holds: held.is_some(),
            held: held.and_then(|s| members.iter().position(|m| m.split == *s)),
        };
    }

    /// He has left his last split, or the switch forgot everybody.
    pub(super) fn log_off(&mut self, id: &AgentId, at: Stamp, pages: &mut Pages<'_>) {
        self.write(pages.open);
        for gone in self.members.drain(..) {
            pages.splits.staff(&gone.key.split, -1, at, pages.heard, pages.open);
        }
        let Some(mut logon) = self.logon.take() else { return };
        let off = pages.lost.unwrap_or(at);
        self.ends(id, off, pages);
        self.before = Some({
            logon.off = Some(off);
            logon.found_gone = pages.lost.is_some();
            pages
                .records
                .push(&haglog::SHAPE, haglog::row(id, &logon, pages.settings, pages.calendar));
            logon
        });
        self.trace(id, Activity::new(Work::named("LOGOFF"), off), off, pages);
    }

    /// The switch is heard from a moment on, or not.
    pub(super) fn turn(&mut self, id: &AgentId, heard: bool, at: Stamp, pages: &mut Pages<'_>) {
        if self.logon.is_some() {
            self.is_seen(id, heard, at, pages);
        }
    }

    /// His trace: what he does, if that is known.
    fn is_seen(&mut self, id: &AgentId, heard: bool, at: Stamp, pages: &mut Pages<'_>) {
        let unknown = (!heard).then(|| Work::named("UNKNOWN"));
        let work = unknown.as_ref().unwrap_or(&self.work);
        if let Some(activity) = &mut self.activity
            && activity.work.same_to_see(work)
        {
            activity.work.told(work);
            return;
        }
        let held = self.activity.as_ref().is_some_and(|a| a.work.held);
        let mut next = Activity::new(work.clone(), at);
        next.reconnected = held && !next.work.held && next.work.word == "ACD";
        self.ends(id, at, pages);
        self.activity = Some(next);
    }

    /// What he did is over. What lasted no time was not to be seen.
    fn ends(&mut self, id: &AgentId, at: Stamp, pages: &mut Pages<'_>) {
        if let Some(activity) = self.activity.take().filter(|a| a.at < at) {
            self.trace(id, activity, at, pages);
        }
    }

    fn trace(&mut self, id: &AgentId, activity: Activity, until: Stamp, pages: &mut Pages<'_>) {
        self.traced = self.next_place(activity.at);
        let seq = self.traced.1;
        let who = self.logon.as_ref().or(self.before.as_ref());
        let row = ag_actv::row(id, who, &activity, seq, until, (pages.settings, pages.calendar));
        pages.records.push(&ag_actv::SHAPE, row);
    }
}
