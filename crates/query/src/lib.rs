//! SQL over the archive and over live tables: one catalogue, SELECT only.
//!
//! The engine is DataFusion. It sees tables and nothing else: no files by name, no statement that
//! writes, no settings. A question about one day opens the files of that day, because the
//! manifest knows day and ACD of each.
//!
//! It may not know where tables come from, links, the model or HTTP.

mod answer;
mod catalogue;
mod refusal;
mod source;
mod table;

pub use answer::{Answer, Cell};
pub use catalogue::{Catalogue, MEMORY};
pub use refusal::Refusal;
