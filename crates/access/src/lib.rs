//! HTTP: REST, server-sent events, the pages.
