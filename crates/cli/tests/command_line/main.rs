//! The program as its users meet it: the real binary, run in a folder of its own. One module for each promise.

#![allow(clippy::unwrap_used)]

mod bad_input;
mod determinism;
mod exit_codes;
mod files;
mod findings;
mod interrupt;
mod matrices;
mod memory;
mod terminal;
mod verbs;
