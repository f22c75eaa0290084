//! Conformance and attack tests through the public border.
#![cfg(test)]

mod attacks;
mod common;
mod hostile;
mod rotated;
mod rules;
mod selective;
#[cfg(feature = "bbs")]
mod unlinkable;
mod vectors;
mod webvh;
