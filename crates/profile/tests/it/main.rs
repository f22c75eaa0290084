//! Tests of the profile engine through its public border.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests are tests"
)]

mod credentials;
mod crossing;
mod deeds;
mod diff;
mod docs;
mod examples;
mod functions;
mod indicators;
mod language;
mod living;
mod orders;
mod package;
mod trial_a;
mod trial_b;
mod trials;
mod uses;
