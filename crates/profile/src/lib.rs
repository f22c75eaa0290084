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
pub mod audience;
pub mod calendar;
pub mod clocks;
pub mod knowledge;
pub mod notice;
pub mod fold;
mod fold_blind;
mod fold_show;
mod fold_state;
