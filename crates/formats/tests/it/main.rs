//! Importers through the public border: the shared samples, a table of broken inputs, hostile inputs.

mod broken;
mod check_digits;
mod hostile;
mod iso20022;
mod iso20022_broken;
#[path = "../support/iso_maker.rs"]
mod iso_maker;
mod samples;
mod worked_examples;
