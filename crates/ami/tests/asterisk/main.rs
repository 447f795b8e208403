//! What a real Asterisk says, read by this crate: one named test for each statement of the
//! reference page on framing, format, connection and login, on recordings of 16 and 22.

mod actions;
mod capture;
mod chunking;
mod connection;
mod encoding;
mod format;
mod framing;
mod limits;
mod lists;
mod writing;
