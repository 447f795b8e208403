//! Placeholder until the fold stands.
fn main() {}
