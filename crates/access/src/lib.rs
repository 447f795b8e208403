//! HTTP: REST, server-sent events, the pages.
//!
//! It shows what [`engine::Live`] publishes and nothing else: it may not know the links, the
//! journal, or how a table came to be. Columns are read by name through their [`Shape`], so that
//! a column that comes or goes breaks nothing.
//!
//! Everything here is for one machine only until there are accounts: [`serve`] refuses to listen
//! on anything but loopback, and a request must name a host that is meant for it (a page of
//! another site that resolves its own name to 127.0.0.1 gets nothing).

mod admin;
mod attach;
mod chart;
mod clock;
mod events;
mod feed;
mod guard;
mod gzip;
mod health;
mod openapi;
mod pages;
mod press;
mod refusal;
mod rest;
mod server;
mod site;
mod stories;
mod wire;

pub use attach::{Attach, NewLink};
pub use server::{Hooks, ServeError, Server, serve};

#[cfg(doc)]
use facts::table::Shape;
