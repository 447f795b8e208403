//! Splits: what CMS counts of calls (cms.md 3.1), and how many callers wait and agents are logged
//! on at most. Clocks of a split's row come from its agents ([`crate::agent`]).

mod calls;
pub(crate) mod items;
mod level;
mod profile;

pub(crate) use items::{IDENTITIES, ITEMS};
pub(crate) use level::Splits;
