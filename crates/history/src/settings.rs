//! What an administrator says about counting, and what stays the same for an ACD's books.

use facts::{SplitId, Stamp, Text};
use std::collections::BTreeMap;

/// What a call profile says from a moment on (CMS split_pro, vdn_pro).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// From when on.
    pub from: Stamp,
    /// CMS SERVICELEVEL, seconds.
    pub service_level_s: u32,
    /// CMS PERIOD1..9, seconds, increasing; fewer: the other bins stay empty. Without any, every
    /// call is in bin 1.
    pub periods_s: Vec<u32>,
}

/// How a call is counted whose agent did not take it (cms.md 1.3, T4, 12.11).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rona {
    /// As CMS: it flows out and in again, the wait begins anew.
    #[default]
    Requeue,
    /// It is the same offer; the wait goes on.
    SameOffer,
}

/// Who wrote the ledger: what it cannot know is NULL in the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// The switch, while it was heard.
    #[default]
    Live,
    /// Its `queue_log`.
    QueueLog,
}

impl Source {
    /// As it stands in the column `source`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::QueueLog => "queue_log",
        }
    }
}

/// Everything that counting depends on but the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The number of the ACD (CMS ACD), from 1.
    pub acd: i64,
    /// Its name.
    pub name: Text,
    /// Profiles of splits, each list by moment; what is not named has
    /// [`Settings::default_profile`].
    pub splits: BTreeMap<SplitId, Vec<Profile>>,
    /// Profiles of VDNs, likewise.
    pub vdns: BTreeMap<Text, Vec<Profile>>,
    /// The profile of everything not named.
    pub default_profile: Profile,
    /// How a call is counted whose agent did not take it.
    pub rona: Rona,
    /// A refused join counts as offered and busy (cms.md 1.2); else not at all.
    pub refused_are_offered: bool,
    /// Talk shorter than this is no answer but a phantom abandon, seconds; 0: off.
    pub phantom_s: u32,
    /// How many trunks a group has, where it is known.
    pub trunks: BTreeMap<Text, u32>,
    /// The names of VDNs and vectors by number or context, for `vdn_name`, `vector_name`.
    pub names: BTreeMap<Text, Text>,
    /// Who writes the ledger.
    pub source: Source,
    /// The first day of a week, 0: Sunday … 6: Saturday.
    pub week_starts: u8,
    /// The numbers of reasons for a pause, 0 to 9 (CMS AUX reason codes). A reason that is itself
    /// such a digit needs none; any other counts as 0.
    pub reasons: BTreeMap<Text, u32>,
}

impl Settings {
    /// Defaults for an ACD.
    pub fn new(acd: i64, name: &str) -> Self {
        Self {
            acd,
            name: Text::from(name),
            splits: BTreeMap::new(),
            vdns: BTreeMap::new(),
            default_profile: Profile {
                from: Stamp(i64::MIN),
                service_level_s: 20,
                periods_s: Vec::new(),
            },
            rona: Rona::default(),
            refused_are_offered: true,
            phantom_s: 0,
            trunks: BTreeMap::new(),
            names: BTreeMap::new(),
            source: Source::default(),
            week_starts: 0,
            reasons: BTreeMap::new(),
        }
    }

    /// The profile of a split at a moment.
    pub fn split_profile(&self, split: &SplitId, at: Stamp) -> &Profile {
        self.in_force(self.splits.get(split), at)
    }

    /// The profile of a VDN at a moment.
    pub fn vdn_profile(&self, vdn: &str, at: Stamp) -> &Profile {
        self.in_force(self.vdns.get(vdn), at)
    }

    /// The place of a reason for a pause among CMS's ten (I_AUXTIME0..9).
    pub fn aux_reason(&self, reason: &str) -> usize {
        let digit = match reason.as_bytes() {
            [d @ b'0'..=b'9'] => usize::from(*d - b'0'),
            _ => 0,
        };
        let number = self.reasons.get(reason).and_then(|n| usize::try_from(*n).ok());
        number.filter(|n| *n <= 9).unwrap_or(digit)
    }

    fn in_force<'a>(&'a self, profiles: Option<&'a Vec<Profile>>, at: Stamp) -> &'a Profile {
        let begun = profiles.into_iter().flatten().rfind(|p| p.from <= at);
        begun.unwrap_or(&self.default_profile)
    }
}

impl Profile {
    /// The bin of a wait, 1 to 10 (cms.md 1.2): `<=` at every edge.
    pub fn bin(&self, wait_s: i64) -> usize {
        let Some(bin) = self.periods_s.iter().position(|p| wait_s <= i64::from(*p)) else {
            return if self.periods_s.is_empty() { 1 } else { 10 };
        };
        bin + 1
    }

    /// Whether a wait is within the service level.
    pub fn acceptable(&self, wait_s: i64) -> bool {
        wait_s <= i64::from(self.service_level_s)
    }
}
