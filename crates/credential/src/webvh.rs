//! `did:webvh` 1.0: a DID on the web with a history that its owner cannot rewrite.
//!
//! The DID holds the hash of its first log entry, each entry the hash of the one before, each is signed by keys that the ones before it
//! named. So a key that was in use last year can be known today, from anybody's copy of the log. Witnesses, where the owner names
//! some, keep the owner from showing two histories.
//!
//! Pure: whoever fetches `did.jsonl` and `did-witness.json` hands them in, with the time. What is verified is a [`History`]; only
//! [`verify`] and [`create`] make one.
//!
//! ```
//! use garita_canon::{Canonicalizer, ContextSet};
//! use garita_credential::SigningKey;
//! use garita_credential::webvh::{self, Changes, Documents};
//!
//! let canonicalizer = Canonicalizer::new(ContextSet::bundled());
//! let (key, next) = (SigningKey::from_seed([1; 32]), SigningKey::from_seed([2; 32]));
//! let day = 86_400_000;
//! let start = 1_795_532_400_000;
//!
//! let place = "cbp.example:office";
//! let keys = [("key-1".to_owned(), key.verification_key())];
//! let document = webvh::document(&webvh::template(place), &keys);
//! let changes = Changes::update_keys(&[key.verification_key()]);
//! let mut history = webvh::create(place, document, changes, start, &key, &canonicalizer)?;
//!
//! let keys = [("key-2".to_owned(), next.verification_key())];
//! let document = webvh::document(history.did().as_str(), &keys);
//! let changes = Changes::update_keys(&[next.verification_key()]);
//! history.update(document, changes, start + day, &key, &canonicalizer)?;
//!
//! let log = history.to_jsonl();
//! let documents = Documents { log: log.as_bytes(), witness: None };
//! let read = webvh::verify(history.did(), documents, start + 2 * day, &canonicalizer).map_err(|broken| broken.problem)?;
//! assert_eq!(read.versions().len(), 2);
//! assert!(read.at(start).unwrap().document().unwrap().method(&format!("{}#key-1", read.did())).is_some());
//! # Ok::<(), garita_credential::Problem>(())
//! ```

mod address;
mod entry;
mod history;
mod parameters;
mod verify;
mod witness;
mod write;

pub use address::WebvhDid;
pub use history::{History, Version};
pub use parameters::{Changes, Parameters, WitnessRule};
pub use verify::{Broken, Documents, verify};
pub use witness::{witness_file, witness_proof};
pub use write::{create, document, key_hash, template};

/// The largest log read: a kilobyte for each entry, as those with a few keys have.
pub const LOG_BYTES_MAX: usize = 4 << 20;
/// The most entries of a log: a party that rotates its keys every week for forty years has two thousand.
pub const LOG_ENTRIES_MAX: usize = 4_096;
/// The largest file of witnesses' proofs.
pub const WITNESS_BYTES_MAX: usize = 4 << 20;
/// The most proofs in it.
pub const WITNESS_PROOFS_MAX: usize = 8_192;
/// The most keys, hashes of keys, witnesses or watchers that an entry names.
pub const LIST_ITEMS_MAX: usize = 64;
/// How far an entry's time may lie ahead of the reader's clock. §3.6.2 says no more than five minutes.
pub const AHEAD_MS_MAX: i64 = 300_000;

#[cfg(test)]
mod tests;
