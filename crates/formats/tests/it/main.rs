//! Importers through the public border: the shared samples, a table of broken inputs, hostile inputs.

mod border_samples;
mod broken;
mod hostile;
mod samples;
