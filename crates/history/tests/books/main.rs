//! The books at their boundary: lines of a ledger in, rows out, as text tables. The rows were
//! derived by hand from the counting rules of CMS; `script.rs` says how a table is written.

mod check;
mod entry;
mod script;
mod seconds;

mod agents;
mod any;
mod calls;
mod frame;
mod links;
mod properties;
mod splits;
mod trunks;
mod vectors;
