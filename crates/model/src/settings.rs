//! What an administrator says about one ACD that the switch does not: which endpoints are
//! trunks, what numbers and contexts are called, service levels, wrap-up times, limits.

use facts::{SplitId, Text};
use std::collections::{BTreeMap, BTreeSet};

/// A channel that a resync did not name is given this long to be named by the stream, because
/// events from before the list are delivered after it (microseconds; asterisk.md 0.9).
pub const MISSING_GRACE: i64 = 2_000_000;
/// A caller who left a queue and of whom no verdict came is booked as "left" (or, if he is
/// gone, "abandoned") after this time (microseconds).
pub const VERDICT_GRACE: i64 = 2_000_000;
/// A phone that is busy without a channel we know makes its agent OTHER after this time
/// (microseconds): shorter, and the order of events inside one burst would show.
pub const UNEXPLAINED_GRACE: i64 = 2_000_000;
/// A seat left and taken again within this time is one talk (microseconds).
pub const REJOIN_MAX: i64 = 1_000_000;
/// A pause this soon after a call that was not answered was set by the switch (microseconds).
pub const AUTOPAUSE_MAX: i64 = 1_000_000;
/// Default of [`Settings::channel_age_max_s`]: no call is silent for a day.
pub const CHANNEL_AGE_MAX_S: u32 = 86_400;
/// How often ages are looked at (microseconds, on the grid of the switch's clock).
pub const SWEEP_EVERY: i64 = 600_000_000;
/// How many anomalies are kept; older ones are dropped, their counts stay.
pub const ANOMALIES_MAX: usize = 1_000;
/// How many chained pairs are followed to find the phone behind them.
pub const PAIR_CHAIN_MAX: usize = 8;
/// Default of [`Settings::ended_calls_max`].
pub const ENDED_CALLS_MAX: usize = 500;
/// Default service level, seconds.
pub const SERVICE_LEVEL_S: u32 = 20;

/// What the administrator says about one ACD.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The ACD's name, first column of every table.
    pub acd: Text,
    /// Devices that are trunks: names in which `*` stands for any text. If empty, a device is
    /// taken for a trunk if it is no agent's and its name after the slash is not all digits.
    pub trunks: Vec<Text>,
    /// Devices that are never trunks: patterns likewise.
    pub stations: Vec<Text>,
    /// Entry points: number dialled to name.
    pub vdns: BTreeMap<Text, Text>,
    /// Vectors: dialplan context to name.
    pub vectors: BTreeMap<Text, Text>,
    /// Service level per split in seconds; [`SERVICE_LEVEL_S`] for the others.
    pub service_level_s: BTreeMap<SplitId, u32>,
    /// Service level of splits not named, seconds.
    pub service_level_default_s: u32,
    /// Wrap-up where neither the member nor the split says one, seconds.
    pub wrapup_default_s: u32,
    /// Pause reasons that mean after-call work, compared without regard to ASCII case.
    pub acw_reasons: BTreeSet<Text>,
    /// How many ended calls are kept for the `calls` table.
    pub ended_calls_max: usize,
    /// A channel of which nothing was heard for this long, not even by a resync, is closed as
    /// lost, seconds.
    pub channel_age_max_s: u32,
}

impl Settings {
    /// Defaults for the ACD of this name.
    pub fn new(acd: &str) -> Self {
        Self {
            acd: Text::from(acd),
            trunks: Vec::new(),
            stations: Vec::new(),
            vdns: BTreeMap::new(),
            vectors: BTreeMap::new(),
            service_level_s: BTreeMap::new(),
            service_level_default_s: SERVICE_LEVEL_S,
            wrapup_default_s: 0,
            acw_reasons: BTreeSet::from([Text::from("ACW")]),
            ended_calls_max: ENDED_CALLS_MAX,
            channel_age_max_s: CHANNEL_AGE_MAX_S,
        }
    }

    /// The service level of a split, seconds.
    pub fn service_level(&self, split: &str) -> u32 {
        self.service_level_s.get(split).copied().unwrap_or(self.service_level_default_s)
    }

    /// Whether a pause for this reason is after-call work.
    pub(crate) fn is_acw(&self, reason: &str) -> bool {
        !reason.is_empty() && self.acw_reasons.iter().any(|r| r.eq_ignore_ascii_case(reason))
    }

    /// Whether a device is a trunk, given whether it is an agent's phone.
    pub(crate) fn is_trunk(&self, device: &str, an_agents: bool) -> bool {
        if self.stations.iter().any(|p| matches(p, device)) {
            return false;
        }
        if !self.trunks.is_empty() {
            return self.trunks.iter().any(|p| matches(p, device));
        }
        let name = extension(device);
        !an_agents && !name.bytes().all(|b| b.is_ascii_digit())
    }
}

/// A device's name after the slash, up to an `@`: its extension.
pub(crate) fn extension(device: &str) -> &str {
    let name = device.split_once('/').map_or(device, |(_, n)| n);
    name.split_once('@').map_or(name, |(n, _)| n)
}

/// Whether `text` fits `pattern`, in which `*` stands for any text, also none.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let tail = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else {
            return false;
        };
        text = text.get(at + part.len()..).unwrap_or_default();
    }
    text.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_text() {
        for (pattern, text, fits) in [
            ("PJSIP/trunk", "PJSIP/trunk", true),
            ("PJSIP/trunk", "PJSIP/trunk2", false),
            ("PJSIP/trunk*", "PJSIP/trunk2", true),
            ("*/out-*", "SIP/out-1", true),
            ("*", "", true),
            ("a*b*c", "abc", true),
            ("a*b*c", "acb", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn without_patterns_a_name_that_is_no_number_is_a_trunk() {
        let mut s = Settings::new("a");
        assert!(s.is_trunk("PJSIP/trunk", false));
        assert!(!s.is_trunk("PJSIP/trunk", true));
        assert!(!s.is_trunk("PJSIP/1001", false));
        s.stations.push("PJSIP/tr*".into());
        assert!(!s.is_trunk("PJSIP/trunk", false));
        s.trunks.push("PJSIP/1*".into());
        assert!(s.is_trunk("PJSIP/1001", true));
    }
}
