//! What follows from decrees each time tables are published: `levels`, `groups`, `thresholds`.

use super::Administration;
use crate::live::Alarm;
use facts::Stamp;
use facts::table::Table;
use model::Levels;

/// The folder's side of administration.
#[derive(Debug)]
pub(crate) struct Watch {
    administration: Administration,
    levels: Levels,
}

impl Watch {
    pub(crate) fn new(administration: Administration) -> Self {
        Self { administration, levels: Levels::new() }
    }

    /// Adds the tables of the centre to those of the ACDs, true for `now`, and an alarm if not
    /// all that was decided is known.
    pub(crate) fn publish(&mut self, now: Stamp, tables: &mut Vec<Table>, alarms: &mut Vec<Alarm>) {
        let (in_force, alarm) = self.administration.look();
        alarms.extend(alarm);
        let more = self.levels.tables(now, &in_force, tables);
        tables.extend(more);
    }
}
