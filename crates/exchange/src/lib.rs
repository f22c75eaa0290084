//! What moves: records in, through five stations, and on to whoever is entitled.
//!
//! The road of a record (design §3), each station a file: [`parse`] → [`verify`] → admit → [`sequence`] → publish. The value that
//! one hands to the next says by its type what has been established: `Parsed`, `Verified`, `Admitted`, `Sequenced`.
//! At home it comes in by [`submit`], from a peer by [`intake`]; [`deliver`] takes it to others; [`read`] shows it to the entitled.
//!
//! Only this crate composes the ones below it. It knows neither HTTP routes nor pages.

mod admit;
pub mod adoption;
pub mod attachments;
mod automate;
mod batch;
pub mod blind;
pub mod booth;
pub mod client;
pub mod clock;
mod comparison;
pub mod contacts;
pub mod core;
pub mod credentials;
pub mod deeds;
pub mod deliver;
pub mod derive;
pub mod due;
pub mod encode;
pub mod envelope;
pub mod epoch;
pub mod erase;
pub mod evidence;
mod fetch;
pub mod files;
pub mod governance;
pub mod history;
pub mod incident;
pub mod intake;
pub mod linked;
pub mod metrics;
pub mod parse;
mod placed_again;
pub mod problem;
pub mod program;
mod project;
mod pull;
pub mod ranges;
pub mod read;
pub mod reconcile;
pub mod regain;
mod retable;
pub mod retention;
mod revoked;
pub mod rotation;
pub mod sequence;
mod sets;
#[cfg(test)]
mod shipped;
pub mod signing;
pub mod stamp;
pub mod start;
pub mod step;
pub mod submit;
pub mod sync;
pub mod trust;
pub mod upkeep;
pub mod uploads;
pub mod verify;
pub mod wire;
pub mod witness;

pub use admit::FieldChecks;
pub use clock::Clock;
pub use problem::{Fault, Refusal, RefusalKind};
pub use start::{Exchange, StartError};
