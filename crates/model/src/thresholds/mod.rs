//! When a figure deserves attention. Pure: moments and values come in, levels come out.
//!
//! [`Rules`] says which limits hold for which thing, the most specific first. [`Evaluator`] is
//! fed with figures as often as anybody likes and remembers what must be remembered: since when
//! a limit is reached, and that a level once taken lasts until the figure is back far enough.

mod evaluator;
mod rules;

pub(crate) use evaluator::key;
pub use evaluator::{Evaluator, Key, Level, Raised, Reading};
pub use rules::{Held, Resolved, Rule, RuledGroup, Rules};
