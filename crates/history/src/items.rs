//! CMS items: what the columns of a counted table are and how they add up.
//!
//! A counted table has three parts: what names a row, what stands beside it (names, whole-row
//! facts), and its items. An item is a whole number with a [`Kind`] that says what happens to it
//! when intervals become a day; [`Counts`] holds one row's items by number.

use facts::table::{Column, Type};

/// What an item is (cms.md 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Cumulative: intervals add up.
    C,
    /// Maximum: the largest interval's.
    M,
    /// Administrative: the last interval's.
    A,
}

/// Whether a source can know an item. What it cannot know is NULL, never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// A switch that is heard and its `queue_log` know it.
    Log,
    /// Only a switch that is heard knows it.
    Live,
    /// Asterisk does not have it: the column stays, always NULL.
    Never,
}

/// What [`Counts::set`] sets where a row cannot know an item that others can: NULL.
pub const UNKNOWN: i64 = i64::MIN;

/// An item of a counted table.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Lower case, the CMS item's name; own ones are marked in `doc`.
    pub name: &'static str,
    /// How it adds up.
    pub kind: Kind,
    /// Who can know it.
    pub known: Known,
    /// Definition, unit, source.
    pub doc: &'static str,
}

impl Item {
    /// Its column.
    pub const fn column(&self) -> Column {
        Column { name: self.name, kind: Type::Int, doc: self.doc }
    }
}

/// A rule that a row keeps: `whole` is the sum of `parts`.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// For a person: where the rule stands.
    pub name: &'static str,
    /// Items on the left side; they are added.
    pub whole: &'static [usize],
    /// Items on the right side; they are added.
    pub parts: &'static [usize],
}

/// The items of one row, by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts(Box<[i64]>);

impl Counts {
    /// All 0.
    pub fn new(items: &[Item]) -> Self {
        Self(vec![0; items.len()].into())
    }

    /// The item of this number; 0 if there is none.
    pub fn get(&self, item: usize) -> i64 {
        self.0.get(item).copied().unwrap_or_default()
    }

    /// Adds to a cumulative item.
    pub fn add(&mut self, item: usize, n: i64) {
        if let Some(x) = self.0.get_mut(item) {
            *x = x.saturating_add(n);
        }
    }

    /// A maximum item has come this high.
    pub fn max(&mut self, item: usize, n: i64) {
        if let Some(x) = self.0.get_mut(item) {
            *x = (*x).max(n);
        }
    }

    /// An administrative item is so.
    pub fn set(&mut self, item: usize, n: i64) {
        if let Some(x) = self.0.get_mut(item) {
            *x = n;
        }
    }

    /// All 0 again.
    pub(crate) fn clear(&mut self) {
        self.0.fill(0);
    }

    /// Nothing to report: no item of the cumulative and maximum kind is other than 0.
    pub fn is_empty(&self, items: &[Item]) -> bool {
        let says = |n: i64| n != 0 && n != UNKNOWN;
        self.0.iter().zip(items).all(|(n, item)| !says(*n) || item.kind == Kind::A)
    }

    /// Adds a later row of the same table: intervals to a day, a split's agents to the split.
    pub fn absorb(&mut self, later: &Self, items: &[Item]) {
        for ((mine, theirs), item) in self.0.iter_mut().zip(&later.0).zip(items) {
            *mine = match item.kind {
                Kind::C | Kind::M if *mine == UNKNOWN || *theirs == UNKNOWN => UNKNOWN,
                Kind::C => mine.saturating_add(*theirs),
                Kind::M => (*mine).max(*theirs),
                Kind::A => *theirs,
            };
        }
    }

    /// The rule that this row breaks first, if any.
    pub fn broken(&self, identities: &[Identity]) -> Option<&'static str> {
        let sum = |of: &[usize]| of.iter().map(|i| self.get(*i)).sum::<i64>();
        identities.iter().find(|r| sum(r.whole) != sum(r.parts)).map(|r| r.name)
    }

    /// The items in order.
    pub fn each(&self) -> impl Iterator<Item = i64> {
        self.0.iter().copied()
    }
}

/// Makes a module with a number for each item (upper case) and `ITEMS`, in the order given:
/// `items! { ACDCALLS acdcalls C Log "…"; … }`.
macro_rules! items {
    ($($id:ident $name:ident $kind:ident $known:ident $doc:literal;)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, dead_code, reason = "only numbers the items")]
        #[derive(Clone, Copy)]
        enum Place { $($id,)* }
        $(#[doc = $doc]
        #[allow(dead_code, reason = "what Asterisk does not have is never counted")]
        pub(crate) const $id: usize = Place::$id as usize;)*
        /// All items in the order of the columns.
        pub(crate) const ITEMS: &[$crate::items::Item] = &[$($crate::items::Item {
            name: stringify!($name),
            kind: $crate::items::Kind::$kind,
            known: $crate::items::Known::$known,
            doc: $doc,
        },)*];
    };
}
pub(crate) use items;
