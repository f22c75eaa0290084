//! Importers through the public border: the shared samples, tables of broken inputs, hostile inputs, sheets of every program.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's help fails by panicking"
)]

mod broken;
mod broken_sheets;
mod hostile;
mod samples;
mod sheet;
