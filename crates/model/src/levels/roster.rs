//! What holds for each row of a table, kept as long as the rows are those of before.

use super::columns::text;
use crate::thresholds::Resolved;
use facts::Text;
use facts::table::Row;
use std::collections::BTreeMap;
use std::sync::Arc;

/// In the order of the rows.
#[derive(Debug, Default)]
pub(super) struct Roster {
    names: Vec<(Text, Text)>,
    resolved: Vec<Arc<Resolved>>,
}

impl Roster {
    /// Forgets everything: other thresholds are in force.
    pub(super) fn clear(&mut self) {
        self.names.clear();
        self.resolved.clear();
    }

    /// What holds for each row, in the order of the rows of the last refresh.
    pub(super) fn resolved(&self) -> impl Iterator<Item = &Arc<Resolved>> {
        self.resolved.iter()
    }

    /// Makes sure that each row has its own. `acd` and `name` are the columns that name it.
    pub(super) fn refresh(
        &mut self,
        rows: &[Row],
        acd: usize,
        name: usize,
        resolve: impl Fn(&Text, &Text) -> Resolved,
    ) {
        let named = |row| Some((text(row, acd)?, text(row, name)?));
        let same = |row, (known_acd, known_name): &(Text, Text)| {
            named(row).is_some_and(|(acd, name)| is(acd, known_acd) && is(name, known_name))
        };
        let fits = rows.iter().zip(&self.names).all(|(row, known)| same(row, known));
        if fits && rows.len() == self.names.len() {
            return;
        }
        let old = std::mem::take(&mut self.names).into_iter();
        let old: BTreeMap<_, _> = old.zip(std::mem::take(&mut self.resolved)).collect();
        let mut shared = BTreeMap::new();
        let empty = Text::default();
        for row in rows {
            let (acd, name) = named(row).unwrap_or((&empty, &empty));
            let key = (acd.clone(), name.clone());
            let resolved = old.get(&key).cloned().unwrap_or_else(|| {
                let fresh = resolve(acd, name);
                share(&mut shared, fresh)
            });
            self.names.push(key);
            self.resolved.push(resolved);
        }
    }
}

/// Rows in the same groups share the memory of what holds for them, unless it differs.
fn share(all: &mut BTreeMap<Vec<usize>, Arc<Resolved>>, fresh: Resolved) -> Arc<Resolved> {
    match all.get(&fresh.groups) {
        Some(known) if **known == fresh => known.clone(),
        Some(_) => Arc::new(fresh),
        None => {
            let fresh = Arc::new(fresh);
            all.insert(fresh.groups.clone(), fresh.clone());
            fresh
        }
    }
}

/// Whether two names are the same; most often they are the same memory.
fn is(a: &Text, b: &Text) -> bool {
    Arc::ptr_eq(a, b) || a == b
}
