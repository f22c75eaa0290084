//! Who runs it: configuration, access, HTTP API, console.
//!
//! [`api`] speaks JSON, [`console`] renders pages from view-models and knows nothing of records, [`pages`] fills the view-models.
//! `api` and `console` do not import each other.

pub mod access;
pub mod api;
mod card;
pub mod config;
pub mod console;
pub mod csv;
pub mod dids;
mod epcis;
pub mod epochs;
mod follow;
mod judging;
pub mod keyring;
mod limits;
mod listen;
pub mod measures;
mod outside;
pub mod pages;
pub mod places;
pub mod programs;
pub mod rates;
mod readers;
pub mod server;
pub mod setup;
pub mod sheets;
pub mod shown;
pub mod signed;
mod site;
#[cfg(feature = "pkcs11")]
pub mod token;
#[cfg(not(feature = "pkcs11"))]
#[path = "no_token.rs"]
pub mod token;
