//! What a program means: kinds, fold, rules, audience, clocks, forms.

pub mod case;
pub mod expr;
mod expr_eval;
mod expr_parse;
mod expr_value;
pub mod functions;
pub mod in_force;
pub mod model;
pub mod order;
pub mod pointer;
pub mod seats;
