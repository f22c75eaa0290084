//! What nodes say to each other: deliveries, their answers, feeds. Own structs, converted by hand from what is kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::stamp::Stamp;

/// At most this many records a request (design §6).
pub const RECORDS_PER_DELIVERY_MAX: usize = 256;
/// A request's body, bytes: 1 MiB of records and their wrapping.
pub const DELIVERY_BYTES_MAX: usize = 1 << 20;

/// `POST /v1/peer/deliveries`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// DID of the sending node.
    pub from: String,
    /// Entries in outbox order.
    pub entries: Vec<DeliveryEntry>,
    /// Last governance entry the sender holds.
    #[serde(rename = "governanceHead")]
    pub governance_head: u64,
}

/// One record (or view) for some parties of the receiving node.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeliveryEntry {
    /// Position in the sender's outbox for this peer; gapless.
    pub seq: u64,
    /// `whole`, or the view's name.
    pub view: String,
    /// The document's own bytes.
    pub record: Box<RawValue>,
    /// The home's stamp.
    pub stamp: Stamp,
    /// Parties of the receiving node that get this view.
    pub to: Vec<String>,
}

/// Answer to a delivery.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeliveryAnswer {
    /// One for each entry, same order.
    pub results: Vec<DeliveryResult>,
    /// The receiver's checkpoint that covers all of them.
    pub checkpoint: String,
    /// Last governance entry the receiver holds.
    #[serde(rename = "governanceHead")]
    pub governance_head: u64,
}

/// What became of one entry.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryResult {
    /// Position in the sender's outbox.
    pub seq: u64,
    /// `recorded`, `held` (was there already), `waiting`, `refused`.
    pub status: String,
    /// Leaf index at the receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u64>,
    /// Leaf salt, base64url.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Logged at the receiver, ms since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logged: Option<i64>,
    /// What is lacking, or why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `GET /v1/governance?after=N`.
#[derive(Debug, Serialize, Deserialize)]
pub struct GovernanceFeed {
    /// Entries after N, in order.
    pub entries: Vec<Value>,
}

/// `GET /v1/peer/digest?through=N`: what a node holds of another's records, to compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDigest {
    /// Home node of the records compared.
    pub home: String,
    /// How many (id, view) pairs.
    pub count: u64,
    /// RFC 6920 name over the sorted pairs.
    pub digest: String,
    /// Last sequence of the home's outbox that the digest covers.
    pub through: u64,
}
