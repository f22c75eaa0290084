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
    /// The leaf's audience digest, so that the sender can tell that the receiver's log holds this very leaf.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub audience: Option<String>,
    /// What is lacking, or why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

/// `POST /v1/peer/pull`: what lies here for the asker, in answers of at most one delivery.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pull {
    /// After which sequence of this node's outbox; where absent, after what the asker has acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// How long the answer may wait for news, ms.
    #[serde(default)]
    pub wait_ms: u64,
    /// What the asker holds of this node's deliveries: only who cannot be asked tells it so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held: Option<StepDigest>,
    /// What the asker delivered to this node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<StepDigest>,
}

/// `GET /v1/peer/taken?after=N`: what a node took of the asker's deliveries, given back to one that lost it.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakenFeed {
    /// In order of sequence; refused ones are not among them.
    pub entries: Vec<TakenEntry>,
    /// Last sequence that the answer covers.
    pub through: u64,
    /// Whether there is more after it.
    pub more: bool,
    /// The node's newest checkpoint; empty where its log is.
    pub checkpoint: String,
}

/// One delivery that was taken, and what became of it.
#[derive(Debug, Serialize, Deserialize)]
pub struct TakenEntry {
    /// As it was delivered; `to` are those who may read it there now.
    pub entry: DeliveryEntry,
    /// The receipt.
    pub result: DeliveryResult,
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
