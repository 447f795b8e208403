//! The fold, tested at its boundary: facts in, rows out.

mod agents;
mod any;
mod centre;
mod faults;
mod ledger;
mod lines;
mod properties;
mod queue_call;
mod steps;
mod text;
mod transfers;
