//! Importers through the public border: the shared samples, tables of broken inputs, hostile inputs, sheets of every program.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's help fails by panicking"
)]

mod border_samples;
mod breaking;
mod broken;
mod broken_pedimento;
mod broken_sheets;
mod carta_porte;
mod check_digits;
mod edifact;
mod edifact_broken;
mod edifact_round;
mod epcis;
mod hostile;
mod hostile_border;
mod iso20022;
mod iso20022_broken;
#[path = "../support/iso_maker.rs"]
mod iso_maker;
mod occurred;
mod pairing;
mod round_trip;
mod round_trip_border;
mod samples;
mod schemas;
mod sheet;
#[path = "../support/workbooks.rs"]
mod workbooks;
mod worked_examples;
mod x12_broken;
mod x12_sets;
