//! This server's clock, read in one place.

use facts::Stamp;
use std::time::{SystemTime, UNIX_EPOCH};

/// Now. A clock set before 1970 reads as 1970.
pub(crate) fn now() -> Stamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Stamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
