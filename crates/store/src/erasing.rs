//! What is erased and what must not be: residues, retention's question, legal holds.

use serde::{Deserialize, Serialize};

/// That a held record or view loses its content. What stays is its row, its links and the leaf's hash: the id counts as held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// What stands in the document's place, as JSON bytes: what its reader may still take from it.
    pub residue: Vec<u8>,
    /// When, in ms.
    pub at_ms: i64,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who had it erased.
    pub by: String,
}

/// That a record or view was erased here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Its number, in order of erasing: the cursor of pages.
    pub number: u64,
    /// The record.
    pub id: String,
    /// Its view.
    pub view: String,
    /// When, in ms.
    pub at_ms: i64,
    /// Why.
    pub reason: String,
    /// Who had it erased.
    pub by: String,
}

/// What a legal hold keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "of")]
pub enum HeldBy {
    /// All records about a case.
    Case {
        /// Its kind.
        kind: String,
        /// Its key.
        key: String,
    },
    /// All records that a party issued or may read here.
    Party {
        /// Its DID.
        party: String,
    },
}

/// A legal hold: while it stands nothing that it keeps is erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalHold {
    /// Its number; ignored on writing.
    pub number: u64,
    /// What it keeps.
    pub on: HeldBy,
    /// Why, in the operator's words.
    pub reason: String,
    /// Who set it.
    pub by: String,
    /// When, in ms.
    pub set_ms: i64,
    /// Who lifted it, when in ms, and why; `None` while it stands. Ignored on writing.
    pub lifted: Option<HoldLifted>,
}

/// The end of a legal hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldLifted {
    /// The hold's number.
    pub number: u64,
    /// Who.
    pub by: String,
    /// When, in ms.
    pub at_ms: i64,
    /// Why.
    pub reason: String,
}

/// A held record that was not erased, as retention asks for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// Its number in this store, in order of arrival: the cursor of pages.
    pub number: u64,
    /// The record.
    pub id: String,
    /// Its type.
    pub record_type: String,
    /// When its home logged it, in ms.
    pub logged_ms: i64,
    /// The cases that it is about, kind and key, each with the time, in ms, when the newest record about it was logged.
    pub cases: Vec<(String, String, i64)>,
}
