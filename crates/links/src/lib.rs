//! The I/O half of every input: what drains a switch's socket.
//!
//! A [`asterisk::Link`] is a thread of its own per PBX that reads, cuts the stream into
//! records and puts them into the [`Ring`]; it waits for nothing else, neither disk nor fold.
//! This crate may not know what an event means to a contact centre, nor where records go.

pub mod asterisk;
mod ring;

pub use ring::Ring;
