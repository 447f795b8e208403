//! The fold: facts to calls, agents, splits, VDNs, trunks and the live tables. Pure.
