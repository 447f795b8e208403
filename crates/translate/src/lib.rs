//! What one kind of switch says, in the neutral words of `facts`. Pure: records in, facts out;
//! no clock, no I/O, no hash-ordered iteration, no floating point.
//!
//! * [`asterisk`] holds everything that is known about Asterisk's events. Nothing else in the
//!   product may know an Asterisk event by name.
//! * [`queue_log`] reads Asterisk's own log of its queues, as a second source: it writes the
//!   ledger itself.
//! * [`order`] puts records into the one order in which they are folded, whoever heard them.
//! * [`capture`] makes records of a recorded session's bytes.
//!
//! A reader of this crate can rely on: no input makes it panic or stop; a record that says
//! nothing new gives no fact; memory is bounded by what is alive at the switch.

pub mod asterisk;
pub mod capture;
pub mod order;
pub mod queue_log;
