//! Conformance and attack tests through the public border.
#![cfg(test)]

mod attacks;
mod common;
mod hostile;
mod rules;
mod vectors;
mod webvh;
