//! What follows from decisions: what is in force, levels, groups.
#![allow(missing_docs, reason = "a test")]

mod in_force;
mod levels;
mod thresholds;
