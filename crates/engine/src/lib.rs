//! The sequencer: links to journal to translate to model to published snapshots.
