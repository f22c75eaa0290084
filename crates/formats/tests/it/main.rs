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
