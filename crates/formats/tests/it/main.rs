//! Importers through the public border: the shared samples, a table of broken inputs, hostile inputs.

mod border_samples;
mod broken;
mod broken_pedimento;
mod hostile;
mod hostile_border;
mod round_trip;
mod samples;
mod schemas;
mod x12_broken;
mod x12_sets;
mod check_digits;
mod hostile;
mod iso20022;
mod iso20022_broken;
#[path = "../support/iso_maker.rs"]
mod iso_maker;
mod samples;
mod worked_examples;
