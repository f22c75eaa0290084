//! What is kept: one contract, SQLite, blobs as files.
//!
//! [`open`] a data folder: it gives the one [`Writer`], whose [`Writer::commit`] is the only way to change anything
//! (one transaction, durable on return), and a [`Reader`], cheap to clone, for any number of threads. Both block.
//! [`contract`] says what every implementation promises and holds the rows that go in and out.
//!
//! ```
//! use garita_store::{Commit, Options, open};
//!
//! let folder = std::env::temp_dir().join(format!("garita-store-doc-{}", std::process::id()));
//! let (mut writer, reader) = open(&folder, &Options::default())?;
//! reader.verify_tail(1000)?;
//! writer.commit(&Commit { meta: vec![("node.name".to_owned(), Some(b"us".to_vec()))], ..Commit::default() })?;
//! assert_eq!(reader.meta("node.name")?, Some(b"us".to_vec()));
//! # drop((writer, reader));
//! # std::fs::remove_dir_all(folder)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blobs;
pub mod contract;
mod erasing;
mod error;
mod shared;
mod sqlite;
mod standing;

pub use blobs::{BlobInfo, BlobWriter, Blobs, Mark};
pub use contract::*;
pub use erasing::{Erased, Erasure, HeldBy, HoldLifted, Kept, LegalHold};
pub use error::StoreError;
pub use shared::{SharedRow, SharedWay};
pub use sqlite::{
    Lock, Reader, Writer, open, open_locked, open_read, schema_versions, snapshot,
    snapshot_before_upgrade,
};
pub use standing::{
    CaptureJob, Follower, FollowerMark, NamedQuery, ReaderQuestion, Subscription, SubscriptionMark,
};
