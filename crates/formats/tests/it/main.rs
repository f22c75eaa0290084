//! Importers through the public border: the shared samples, a table of broken inputs, hostile inputs.

mod broken;
mod edifact;
mod edifact_broken;
mod edifact_round;
mod hostile;
mod samples;
mod x12_broken;
mod x12_sets;
