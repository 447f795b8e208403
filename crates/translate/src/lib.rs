//! Records of one kind of switch to neutral facts. Pure.
