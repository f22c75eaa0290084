//! What is kept: one contract, SQLite, blobs as files.
//!
//! [`open`] a data folder: it gives the one [`Writer`], whose [`Writer::commit`] is the only way to change anything
//! (one transaction, durable on return), and a [`Reader`], cheap to clone, for any number of threads. Both block.
//! [`contract`] says what every implementation promises and holds the rows that go in and out.

mod blobs;
pub mod contract;
mod error;
mod sqlite;

pub use blobs::{BlobInfo, BlobWriter, Blobs};
pub use contract::*;
pub use error::StoreError;
pub use sqlite::{Reader, Writer, open};
