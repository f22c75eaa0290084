//! Conformance and attack tests through the public border.

mod attacks;
mod common;
mod rules;
mod vectors;
