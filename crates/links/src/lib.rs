//! The I/O half of every input: the Asterisk drain.
