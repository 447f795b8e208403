//! Asterisk's Manager Interface (AMI) without I/O: bytes in, messages out, and back.
//!
//! The crate knows the wire: framing, headers, responses and lists by ActionID, login,
//! actions. It may not know sockets, clocks, threads, or what an event means to a call
//! centre. Whoever owns the socket feeds [`Decoder::push`] and then calls
//! [`Decoder::next`] until it says `None`.
//!
//! Values are bytes: Asterisk passes on what phones sent, in whatever encoding. [`text`]
//! makes them readable, [`unescape`] undoes the C escapes of channel snapshots.

mod action;
mod decode;
mod escape;
mod login;
mod message;
mod pending;
mod scan;
mod write;

pub use action::{Action, ActionError, ActionId, ActionIds, LINE_BYTES_MAX, LINES_MAX};
pub use decode::{Decoder, Item, Limit, Limits, Refused};
pub use escape::{escape, text, unescape};
pub use login::{Login, LoginMethod, LoginStep};
pub use message::{Header, Headers, Kind, Message, MessageIndex, Messages, messages};
pub use pending::{Outcome, Pending, Taken};
pub use write::{MessageWriter, banner};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
