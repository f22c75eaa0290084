//! Conformance and attack tests through the public border.
#![cfg(test)]

mod attacks;
mod common;
mod rules;
mod vectors;
