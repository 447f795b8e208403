//! A simulated PBX that speaks AMI over TCP and knows the truth.
