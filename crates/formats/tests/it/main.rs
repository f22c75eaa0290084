//! Importers through the public border: the shared samples, a table of broken inputs, hostile inputs.

mod border_samples;
mod broken;
mod broken_pedimento;
mod hostile;
mod hostile_border;
mod samples;
mod schemas;
