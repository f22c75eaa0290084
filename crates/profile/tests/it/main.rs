//! Tests of the profile engine through its public border.

mod language;
mod trial_a;
mod trial_b;
mod trials;
