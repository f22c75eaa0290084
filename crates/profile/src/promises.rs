//! What was promised, what is promised now, what happened, and what is to be expected.
//!
//! A *subject* has *milestones*; a [`statement::Statement`] says something of one of them on a day, by someone. Everything else here is
//! computed from statements: which promise counts as the *baseline* and how far it has *slipped* ([`slip`]), what it costs
//! ([`cost`], [`earned`]), how good the telling is ([`quality`], [`colour`], [`answering`]), what subjects of one class have done
//! with such promises before ([`survival`], [`forecast`], [`simulate`], [`backtest`]), and which subject comes first ([`ranking`],
//! [`delay`]).
//!
//! "The method" in these pages is the scorecard of the domain notes; its sections are cited by number.
//!
//! What these modules do *not* know: any program, the clock, the store, chance. Days and seeds are handed in.

pub mod answering;
pub mod backtest;
pub mod chance;
pub mod colour;
pub mod cost;
pub mod dates;
pub mod delay;
pub mod earned;
pub mod forecast;
pub mod quality;
pub mod ranking;
pub mod simulate;
pub mod slip;
pub mod statement;
pub mod survival;
