//! Trunks (cms.md 3.7): a trunk is a place in its group, the lowest that is free when a channel
//! seizes it. A seizure counts once, with its call: at the trunk and at its group, so that the
//! trunks of a group add up to it.
//!
//! A call that is over names one channel. Other seizures (a transfer to outside, a trunk that was
//! tried before another) count as other calls in the interval in which they became idle; so does a
//! trunk whose call is not over when that interval is closed.

pub(crate) mod group;

use crate::Books;
use crate::items::{Identity, items};
use crate::ledger::Trunk;
use crate::rows::Open;
use crate::settings::Settings;
use crate::vdn::whole::{Disposition, Whole, seconds};
use facts::{ChannelId, Direction, Stamp, Text};
use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use std::collections::BTreeMap;

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
}

/// A trunk in use.
#[derive(Clone, Debug)]
struct InUse {
    trunk: Key,
    direction: Direction,
    since: Stamp,
    /// Up to where its clock is booked, by [`Trunks::clock`].
    booked: i64,
    /// Its call, if that is over already.
    call: Option<u64>,
}

/// A group of which a trunk is in use.
#[derive(Clone, Debug, Default)]
struct Group {
    /// By place: in use.
    places: Vec<bool>,
    in_use: u32,
    /// Up to where ALLINUSETIME is booked, by [`Trunks::clock`].
    booked: i64,
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
    /// Seconds that clocks have run.
    clock: i64,
    in_use: IndexMap<ChannelId, InUse, FxBuildHasher>,
    /// Those whose call is not over.
    idle: IndexMap<ChannelId, Seizure, FxBuildHasher>,
    groups: BTreeMap<Text, Group>,
    /// The begin of the interval whose maxima know how many are in use.
    levelled: Option<Stamp>,
}

impl InUse {
    fn run(&mut self, clock: i64, open: &mut Open) {
        let seconds = clock - std::mem::replace(&mut self.booked, clock);
        if seconds > 0 {
            let (one, all) = match self.direction {
                Direction::In => (I_INOCC, group::I_INOCC),
                Direction::Out => (I_OUTOCC, group::I_OUTOCC),
            };
            open.trunks.of(&self.trunk).add(one, seconds);
            open.groups.of(&self.trunk.group).add(all, seconds);
        }
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
        self.in_use += 1;
        u32::try_from(place + 1).unwrap_or(u32::MAX)
    }

    fn free(&mut self, place: u32) {
        let place = usize::try_from(place).unwrap_or(usize::MAX).saturating_sub(1);
        if let Some(used) = self.places.get_mut(place) {
            *used = false;
        }
        self.in_use = self.in_use.saturating_sub(1);
    }

    /// Lets the clock of all trunks in use run: as many as the group has.
    fn run(&mut self, name: &Text, size: Option<u32>, clock: i64, open: &mut Open) {
        let seconds = clock - std::mem::replace(&mut self.booked, clock);
        if seconds > 0 && size.is_some_and(|size| size > 0 && self.in_use >= size) {
            open.groups.of(name).add(group::ALLINUSETIME, seconds);
        }
    }
}

impl Trunks {
    /// Lets the clocks of all trunks run. They are booked when a trunk is idle and when an interval
    /// ends, not every second.
    pub(crate) fn run(&mut self, seconds: i64, open: &mut Open) {
        self.clock += seconds;
        if self.levelled != Some(open.interval.from) {
            self.levelled = Some(open.interval.from);
            for (name, group) in &self.groups {
                open.groups.of(name).max(group::MAXOCC, group.in_use.into());
            }
        }
    }

    /// Books all clocks: the interval ends.
    pub(crate) fn cut(&mut self, open: &mut Open, settings: &Settings) {
        for trunk in self.in_use.values_mut() {
            trunk.run(self.clock, open);
        }
        for (name, group) in &mut self.groups {
            group.run(name, settings.trunks.get(name).copied(), self.clock, open);
        }
    }

    fn seize(&mut self, trunk: &Trunk, open: &mut Open, settings: &Settings) {
        if self.in_use.contains_key(&trunk.channel) || self.in_use.len() >= IN_USE_MAX {
            return;
        }
        let clock = self.clock;
        let name = &trunk.group;
        let group = self.groups.entry(name.clone()).or_default();
        group.run(name, settings.trunks.get(name).copied(), clock, open);
        let place = group.take();
        open.groups.of(name).max(group::MAXOCC, group.in_use.into());
        let seized = InUse {
            trunk: Key { group: name.clone(), place },
            direction: trunk.direction,
            since: trunk.since,
            booked: clock,
            call: None,
        };
        self.in_use.insert(trunk.channel.clone(), seized);
    }

    /// A trunk is idle; its call, if that is over already.
    fn free(
        &mut self,
        channel: &ChannelId,
        at: Stamp,
        open: &mut Open,
        settings: &Settings,
    ) -> Option<(u64, Seizure)> {
        let mut used = self.in_use.swap_remove(channel)?;
        used.run(self.clock, open);
        let name = &used.trunk.group;
        if let Some(group) = self.groups.get_mut(name) {
            group.run(name, settings.trunks.get(name).copied(), self.clock, open);
            group.free(used.trunk.place);
            if group.in_use == 0 {
                self.groups.remove(name);
            }
        }
        let InUse { trunk, direction, since, call, .. } = used;
        let seizure = Seizure { trunk, direction, since, idle: at };
        match call {
            Some(call) => Some((call, seizure)),
            None => {
                self.idle.insert(channel.clone(), seizure);
                None
            }
        }
    }

    /// The trunk of a call that is over.
    pub(crate) fn trunk_of(&mut self, channel: &ChannelId, call: u64) -> Found {
        if let Some(seizure) = self.idle.swap_remove(channel) {
            return Found::Idle(seizure);
        }
        match self.in_use.get_mut(channel) {
            Some(used) => {
                used.call = Some(call);
                Found::InUse
            }
            None => Found::Unknown,
        }
    }

    /// An interval is closed: what became idle in it is booked without its call.
    pub(crate) fn give_up(&mut self, open: &mut Open) {
        let to = open.interval.to;
        self.idle.retain(|_, seizure| {
            let stays = seizure.idle >= to;
            if !stays {
                book(open, seizure, None);
            }
            stays
        });
    }
}

impl Books {
    pub(crate) fn seized(&mut self, trunk: &Trunk, _at: Stamp) {
        if let Some(open) = self.open.back_mut() {
            self.trunks.seize(trunk, open, &self.settings);
        }
    }

    pub(crate) fn idle(&mut self, trunk: &Trunk, at: Stamp) {
        self.free_trunk(&trunk.channel, at);
    }

    fn free_trunk(&mut self, channel: &ChannelId, at: Stamp) {
        let Some(open) = self.open.back_mut() else { return };
        if let Some((call, seizure)) = self.trunks.free(channel, at, open, &self.settings) {
            self.calls.trunk(call, Some(seizure));
            self.book_if_complete(call);
        }
    }

    /// The switch started anew: no trunk is in use.
    pub(crate) fn free_all_trunks(&mut self, at: Stamp) {
        let channels: Vec<ChannelId> = self.trunks.in_use.keys().cloned().collect();
        for channel in channels {
            self.free_trunk(&channel, at);
        }
    }
}

/// Books a seizure at its trunk and group, as its call came out if that is known.
pub(crate) fn book(open: &mut Open, seizure: &Seizure, call: Option<&Whole>) {
    let held = seconds(seizure.since, seizure.idle);
    let one = open.trunks.of(&seizure.trunk);
    let how = call.map(|c| c.disposition);
    let items = match seizure.direction {
        Direction::In => [INCALLS, INTIME, ACDCALLS, ABNCALLS, OTHERCALLS],
        Direction::Out => [OUTCALLS, OUTTIME, O_ACDCALLS, O_ABNCALLS, O_OTHERCALLS],
    };
    let [calls, time, acd, abandoned, other] = items;
    one.add(calls, 1);
    one.add(time, held);
    let end = match how {
        Some(Disposition::Acd) => acd,
        Some(Disposition::Abandoned(_)) => abandoned,
        _ => other,
    };
    one.add(end, 1);
    let short = held < SHORT && call.is_some_and(unnoticed);
    one.add(SHORTCALLS, short.into());
    group::book(open.groups.of(&seizure.trunk.group), seizure, held, short, call);
}

/// Neither queued nor answered nor ended by the switch.
fn unnoticed(call: &Whole) -> bool {
    let ended_by_switch = matches!(call.disposition, Disposition::Busy | Disposition::Disconnected);
    !call.queued && call.answered.is_none() && !ended_by_switch
}
