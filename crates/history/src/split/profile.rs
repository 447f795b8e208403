//! The call profile in a split's row: what was in force last, and whether it was changed.

use super::items::{PERIOD1, PERIODCHG, SERVICELEVEL, SVCLEVELCHG};
use crate::Books;
use crate::rows::Open;

/// PERIOD1..9.
const PERIODS: usize = 9;

impl Books {
    /// Writes the profiles into the rows of an interval that is over. A change within it destroys
    /// nothing (unlike cms.md 1.5): each call has been judged by the profile of its offer.
    pub(crate) fn write_profiles(&self, open: &mut Open) {
        let (from, to) = (open.interval.from, open.interval.to);
        for (split, counts) in open.splits.each_mut() {
            let mut before = self.settings.split_profile(split, from);
            let changes = self.settings.splits.get(split).into_iter().flatten();
            for profile in changes.filter(|p| from < p.from && p.from < to) {
                if profile.service_level_s != before.service_level_s {
                    counts.set(SVCLEVELCHG, 1);
                }
                if profile.periods_s != before.periods_s {
                    counts.set(PERIODCHG, 1);
                }
                before = profile;
            }
            counts.set(SERVICELEVEL, i64::from(before.service_level_s));
            for place in 0..PERIODS {
                let period = before.periods_s.get(place).copied().unwrap_or_default();
                counts.set(PERIOD1 + place, i64::from(period));
            }
        }
    }
}
