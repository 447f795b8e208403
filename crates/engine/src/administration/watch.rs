//! What follows from decrees each time tables are published: `levels`, `groups`, `thresholds`.

use super::Administration;
use crate::live::Alarm;
use facts::Stamp;
use facts::decree::GroupKind;
use facts::table::Table;
use model::Levels;
use model::decrees::InForce;
use std::sync::Arc;

/// The folder's side of administration.
#[derive(Debug)]
pub(crate) struct Watch {
    administration: Administration,
    levels: Levels,
    /// What is in force, and an alarm if not all that was decided is known, when it last looked.
    looked: (Arc<InForce>, Option<Alarm>),
}

impl Watch {
    pub(crate) fn new(administration: Administration) -> Self {
        let looked = administration.look();
        Self { administration, levels: Levels::new(), looked }
    }

    /// Takes what is in force for the next publication.
    pub(crate) fn look(&mut self) {
        self.looked = self.administration.look();
    }

    /// Whether something follows from who sits in which queue: who is in groups of queues.
    pub(crate) fn counts_seats(&self) -> bool {
        self.looked.0.groups().any(|group| group.what.kind == GroupKind::Queues)
    }

    /// Adds the tables of the centre to those of the ACDs, true for `now`. An alarm if not all
    /// that was decided is known.
    pub(crate) fn publish(&mut self, now: Stamp, tables: &mut Vec<Table>) -> Vec<Alarm> {
        let (in_force, alarm) = &self.looked;
        let more = self.levels.tables(now, in_force, tables);
        tables.extend(more);
        alarm.iter().cloned().collect()
    }
}
