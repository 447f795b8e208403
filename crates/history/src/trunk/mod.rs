//! Trunks (cms.md 3.7): a trunk is a place in its group, the lowest that is free when a channel
//! seizes it. A seizure counts once, with its call: at the trunk and at its group, so that the
//! trunks of a group add up to it.
//!
//! A call that is over names the channel it came or went by: that seizure counts as the call came
//! out. Other seizures of the call (it was led or transferred to outside, a trunk was tried before
//! another) count with it as other calls. A seizure whose call is not over by the end of the
//! interval after that in which it became idle counts in that one, as an other call.

pub(crate) mod group;

use crate::Books;
use crate::calendar::Calendar;
use crate::items::{Counts, Identity, items};
use crate::lasting::Lasting;
use crate::ledger::Trunk;
use crate::rows::Open;
use crate::settings::Settings;
use crate::vdn::whole::{Disposition, Whole, seconds};
use facts::{CallId, ChannelId, Direction, Stamp, Text};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::collections::{BTreeMap, VecDeque};

items! {
    INCALLS incalls C Live "calls in on the trunk that are over, after-call work included (CMS \
        INCALLS)";
    INTIME intime C Live "of incalls: seizure to idle (CMS INTIME)";
    I_INOCC i_inocc C Live "time in the interval that the trunk was seized from outside (CMS \
        I_INOCC)";
    ACDCALLS acdcalls C Live "of incalls: answered by an agent of a split (CMS ACDCALLS)";
    ABNCALLS abncalls C Live "of incalls: the caller hung up before any answer (CMS ABNCALLS)";
    OTHERCALLS othercalls C Live "of incalls: all others (CMS OTHERCALLS)";
    OUTCALLS outcalls C Live "calls out on the trunk that are over (CMS OUTCALLS)";
    OUTTIME outtime C Live "of outcalls: seizure to idle (CMS OUTTIME)";
    I_OUTOCC i_outocc C Live "time in the interval that the trunk was seized by the switch (CMS \
        I_OUTOCC)";
    O_ACDCALLS o_acdcalls C Live "of outcalls: led to an agent through a split (CMS O_ACDCALLS)";
    O_ABNCALLS o_abncalls C Live "of outcalls: the far end hung up while it waited for an agent \
        (CMS O_ABNCALLS)";
    O_OTHERCALLS o_othercalls C Live "of outcalls: all others (CMS O_OTHERCALLS)";
    SHORTCALLS shortcalls C Live "of incalls and outcalls: under 2 s and neither queued, answered \
        nor ended by the switch (CMS SHORTCALLS)";
    FAILURES failures C Never "not counted: Asterisk has no such thing (CMS FAILURES)";
    AUDIO audio C Never "not counted: Asterisk has no such thing (CMS AUDIO)";
    MBUSYTIME mbusytime C Never "not counted: Asterisk has no such thing (CMS MBUSYTIME)";
}

/// What holds in every row (cms.md 1.2).
pub(crate) const IDENTITIES: &[Identity] = &[
    Identity {
        name: "trunk: INCALLS = ACDCALLS + ABNCALLS + OTHERCALLS",
        whole: &[INCALLS],
        parts: &[ACDCALLS, ABNCALLS, OTHERCALLS],
    },
    Identity {
        name: "trunk: OUTCALLS = O_ACDCALLS + O_ABNCALLS + O_OTHERCALLS",
        whole: &[OUTCALLS],
        parts: &[O_ACDCALLS, O_ABNCALLS, O_OTHERCALLS],
    },
];

/// So many trunks are in use at most; beyond, a seizure is not counted.
const IN_USE_MAX: usize = 200_000;

/// A trunk held for less than this many seconds may be a short call.
const SHORT: i64 = 2;

/// A row: a trunk of a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) group: Text,
    /// Its place, from 1 (CMS EQLOC).
    pub(crate) place: u32,
}

/// A trunk that was seized and is idle again.
#[derive(Clone, Debug)]
pub(crate) struct Seizure {
    pub(crate) trunk: Key,
    pub(crate) direction: Direction,
    pub(crate) since: Stamp,
    pub(crate) idle: Stamp,
    /// Its call, by one of its ids.
    call: Option<CallId>,
}

/// A trunk in use.
#[derive(Clone, Debug)]
struct InUse {
    trunk: Key,
    direction: Direction,
    since: Stamp,
    clock: Lasting,
    /// Its call, if that is over already.
    call: Option<u64>,
}

/// A group of which a trunk is in use.
#[derive(Clone, Debug)]
struct Group {
    /// By place: in use.
    places: Vec<bool>,
    in_use: Lasting,
}

/// The trunk that a call came or went by.
pub(crate) enum Found {
    /// Idle again.
    Idle(Seizure),
    /// Still in use: it tells when it is idle.
    InUse,
    /// Not seized as far as is known, or counted already.
    Unknown,
}

/// How trunks are now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Trunks {
    in_use: IndexMap<ChannelId, InUse, FxBuildHasher>,
    /// Those whose call is not over.
    idle: IndexMap<ChannelId, Seizure, FxBuildHasher>,
    groups: BTreeMap<Text, Group>,
}

impl InUse {
    fn run_to(&mut self, at: Stamp, heard: bool, open: &mut VecDeque<Open>) {
        let (trunk, direction) = (&self.trunk, self.direction);
        self.clock.run_to(at, heard, open, |open, _, seconds| {
            let (one, all) = match direction {
                Direction::In => (I_INOCC, group::I_INOCC),
                Direction::Out => (I_OUTOCC, group::I_OUTOCC),
            };
            open.trunks.of(trunk).add(one, seconds);
            open.groups.of(&trunk.group).add(all, seconds);
        });
    }
}

impl Group {
    /// Takes the lowest free place.
    fn take(&mut self) -> u32 {
        let place = self.places.iter().position(|used| !used).unwrap_or(self.places.len());
        match self.places.get_mut(place) {
            Some(used) => *used = true,
            None => self.places.push(true),
        }
        self.in_use.n += 1;
        u32::try_from(place + 1).unwrap_or(u32::MAX)
    }

    fn free(&mut self, place: u32) {
        let place = usize::try_from(place).unwrap_or(usize::MAX).saturating_sub(1);
        if let Some(used) = self.places.get_mut(place) {
            *used = false;
        }
        self.in_use.n -= 1;
    }

    /// So many were in use up to a moment; all, if they are as many as the group has.
    fn run_to(
        &mut self,
        name: &Text,
        at: Stamp,
        heard: bool,
        settings: &Settings,
        open: &mut VecDeque<Open>,
    ) {
        let size = settings.trunks.get(name).map_or(0, |size| i64::from(*size));
        self.in_use.run_to(at, heard, open, |open, n, seconds| {
            let row = open.groups.of(name);
            row.max(group::MAXOCC, n);
            if size > 0 && n >= size {
                row.add(group::ALLINUSETIME, seconds);
            }
        });
    }
}

impl Trunks {
    /// Books the clocks of all trunks up to a moment.
    pub(crate) fn run_to(
        &mut self,
        at: Stamp,
        heard: bool,
        settings: &Settings,
        open: &mut VecDeque<Open>,
    ) {
        for trunk in self.in_use.values_mut() {
            trunk.run_to(at, heard, open);
        }
        for (name, group) in &mut self.groups {
            group.run_to(name, at, heard, settings, open);
        }
    }

    fn seize(
        &mut self,
        trunk: &Trunk,
        at: Stamp,
        heard: bool,
        settings: &Settings,
        open: &mut VecDeque<Open>,
    ) {
        if self.in_use.contains_key(&trunk.channel) || self.in_use.len() >= IN_USE_MAX {
            return;
        }
        let name = &trunk.group;
        let group = self
            .groups
            .entry(name.clone())
            .or_insert_with(|| Group { places: Vec::new(), in_use: Lasting::new(0, at) });
        group.run_to(name, at, heard, settings, open);
        let place = group.take();
        let seized = InUse {
            trunk: Key { group: name.clone(), place },
            direction: trunk.direction,
            since: trunk.since,
            clock: Lasting::new(1, at),
            call: None,
        };
        self.in_use.insert(trunk.channel.clone(), seized);
    }

    /// A trunk is idle; its call, if that is over already.
    fn free(
        &mut self,
        channel: &ChannelId,
        of: Option<&CallId>,
        at: Stamp,
        heard: bool,
        settings: &Settings,
        open: &mut VecDeque<Open>,
    ) -> Option<(u64, Seizure)> {
        let mut used = self.in_use.swap_remove(channel)?;
        used.run_to(at, heard, open);
        let name = &used.trunk.group;
        if let Some(group) = self.groups.get_mut(name) {
            group.run_to(name, at, heard, settings, open);
            group.free(used.trunk.place);
        }
        let InUse { trunk, direction, since, call, .. } = used;
        let seizure = Seizure { trunk, direction, since, idle: at, call: of.cloned() };
        match call {
            Some(call) => Some((call, seizure)),
            None => {
                self.idle.insert(channel.clone(), seizure);
                None
            }
        }
    }

    /// The trunk of a call that is over at `at`.
    pub(crate) fn trunk_of(
        &mut self,
        channel: &ChannelId,
        call: u64,
        at: Stamp,
        calendar: &Calendar,
    ) -> Found {
        if let Some(seizure) = self.idle.get(channel) {
            if !seizure.waits_until(at, calendar) {
                return Found::Unknown;
            }
            return self.idle.swap_remove(channel).map_or(Found::Unknown, Found::Idle);
        }
        match self.in_use.get_mut(channel) {
            Some(used) => {
                used.call = Some(call);
                Found::InUse
            }
            None => Found::Unknown,
        }
    }

    /// Other trunks that a call that is over at `at` took, by its ids.
    pub(crate) fn others_of(
        &mut self,
        call: &[CallId],
        at: Stamp,
        calendar: &Calendar,
    ) -> Vec<Seizure> {
        let of = |s: &Seizure| s.call.as_ref().is_some_and(|c| call.contains(c));
        let found =
            self.idle.extract_if(.., |_, seizure| of(seizure) && seizure.waits_until(at, calendar));
        found.map(|(_, seizure)| seizure).collect()
    }

    /// An interval is closed: what became idle before it is booked in it without its call; if it is
    /// the last one, all that is left.
    pub(crate) fn give_up(&mut self, open: &mut Open, is_last: bool) {
        let from = open.interval.from;
        self.idle.retain(|_, seizure| {
            let stays = seizure.idle >= from && !is_last;
            if !stays {
                book(open, seizure, None);
            }
            stays
        });
        self.groups.retain(|_, group| group.in_use.n > 0);
    }
}

impl Books {
    pub(crate) fn seized(&mut self, trunk: &Trunk, at: Stamp) {
        self.trunks.seize(trunk, at, self.heard, &self.settings, &mut self.open);
    }

    pub(crate) fn idle(&mut self, trunk: &Trunk, at: Stamp) {
        self.free_trunk(&trunk.channel, trunk.call.as_ref(), at);
    }

    fn free_trunk(&mut self, channel: &ChannelId, of: Option<&CallId>, at: Stamp) {
        let (settings, open) = (&self.settings, &mut self.open);
        if let Some((call, seizure)) = self.trunks.free(channel, of, at, self.heard, settings, open)
        {
            self.calls.trunk(call, Some(seizure));
            self.book_if_complete(call);
        }
    }

    /// The switch started anew: no trunk is in use.
    pub(crate) fn free_all_trunks(&mut self, at: Stamp) {
        let channels: Vec<ChannelId> = self.trunks.in_use.keys().cloned().collect();
        for channel in channels {
            self.free_trunk(&channel, None, at);
        }
    }
}

impl Seizure {
    /// Whether it can still be told at a moment how its call came out: to the next interval's end.
    fn waits_until(&self, at: Stamp, calendar: &Calendar) -> bool {
        at < calendar.interval(calendar.interval(self.idle).to).to
    }

    /// Whether it was a call out at a moment.
    pub(crate) fn was_out(&self, at: Stamp) -> bool {
        self.direction == Direction::Out && (self.since..=self.idle).contains(&at)
    }
}

/// Books a seizure at its trunk and group, as its call came out if that is known.
pub(crate) fn book(open: &mut Open, seizure: &Seizure, call: Option<&Whole>) {
    let held = seconds(seizure.since, seizure.idle);
    let short = held < SHORT && call.is_some_and(unnoticed);
    let end = match call.map(|c| c.disposition) {
        Some(Disposition::Acd) => End::Acd,
        Some(Disposition::Abandoned(_)) => End::Abandoned,
        _ => End::Other,
    };
    let row = open.trunks.of(&seizure.trunk);
    count(row, seizure.direction, held, end);
    row.add(SHORTCALLS, short.into());
    let answered = call.and_then(|c| c.answered);
    let row = open.groups.of(&seizure.trunk.group);
    row.add(group::SHORTCALLS, short.into());
    group::book(row, seizure, held, answered, call.map(|c| c.disposition));
    if let Some(call) = call.filter(|_| seizure.direction == Direction::In) {
        group::book_call(row, call);
    }
}

/// Books a seizure that a call took beside the one it came or went by.
pub(crate) fn book_other(open: &mut Open, seizure: &Seizure, call: &Whole) {
    let held = seconds(seizure.since, seizure.idle);
    count(open.trunks.of(&seizure.trunk), seizure.direction, held, End::Other);
    let answered = call.answered.filter(|at| seizure.was_out(*at));
    group::book(open.groups.of(&seizure.trunk.group), seizure, held, answered, None);
}

/// How a seizure counts.
#[derive(Clone, Copy)]
enum End {
    Acd,
    Abandoned,
    Other,
}

fn count(row: &mut Counts, direction: Direction, held: i64, end: End) {
    let items = match direction {
        Direction::In => [INCALLS, INTIME, ACDCALLS, ABNCALLS, OTHERCALLS],
        Direction::Out => [OUTCALLS, OUTTIME, O_ACDCALLS, O_ABNCALLS, O_OTHERCALLS],
    };
    let [calls, time, acd, abandoned, other] = items;
    row.add(calls, 1);
    row.add(time, held);
    let end = match end {
        End::Acd => acd,
        End::Abandoned => abandoned,
        End::Other => other,
    };
    row.add(end, 1);
}

/// Neither queued nor answered nor ended by the switch.
fn unnoticed(call: &Whole) -> bool {
    let ended_by_switch = matches!(call.disposition, Disposition::Busy | Disposition::Disconnected);
    !call.queued && call.answered.is_none() && !ended_by_switch
}
