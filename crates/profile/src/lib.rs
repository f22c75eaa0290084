//! What a program means: kinds, fold, rules, audience, clocks, forms.
//!
//! [`load::Profile::load`] reads a folder; [`fold`] says what a case's records come to; [`admission::admit`] judges a new one;
//! [`forms`], [`acts`], [`board`] and [`tables`] say what people see. The language is described in `docs/profiles.md`.
//!
//! What this crate does *not* know: signatures, files, the clock, the network. Instants are handed in.

pub mod acts;
pub mod admission;
pub mod board;
pub mod board_live;
pub mod builtin;
pub mod case;
pub mod check;
mod check_types;
pub mod credentials;
mod days;
pub mod diff;
pub mod digest;
pub mod elements;
pub mod epcis;
pub mod examples;
pub mod expr;
mod expr_eval;
mod expr_parse;
mod expr_value;
mod finding;
pub mod forms;
pub mod functions;
pub mod indicator;
pub mod keys;
pub mod line;
pub mod links;
pub mod load;
mod load_model;
pub mod model;
pub mod package;
pub mod pass;
mod places;
pub mod pointer;
pub mod promises;
pub mod published;
pub mod rules;
pub mod schema;
pub mod tables;
pub mod text;
pub mod uses;
mod yaml;

// The meaning half.
pub mod audience;
pub mod automation;
pub mod calendar;
pub mod case_scope;
pub mod clocks;
mod facts;
pub mod fold;
mod fold_blind;
mod fold_show;
mod fold_state;
pub mod in_force;
pub mod knowledge;
pub mod notice;
pub mod order;
pub mod residue;
pub mod scenario;
mod scenario_deeds;
mod scenario_pages;
mod scenario_run;
pub mod seats;
pub mod view;

pub use finding::{Finding, FindingSeverity};
pub use load::{Folder, Profile, Program};
