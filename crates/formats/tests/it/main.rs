//! Importers through the public border: the shared samples, a table of broken inputs, hostile inputs.

mod broken;
mod epcis;
mod hostile;
mod samples;
