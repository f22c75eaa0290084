//! What nodes say to each other: deliveries, their answers, feeds. Own structs, converted by hand from what is kept.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::ranges::{Differs, Item, Sum};
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

/// Two parties of two nodes, in one direction: what one issued and the other may read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pair {
    /// DID of the party that issued it.
    pub issuer: String,
    /// DID of the party that may read it.
    pub reader: String,
}

/// `POST /v1/peer/reconcile`: what the asker has of what two parties share, to be compared. With neither questions nor `again`, what
/// the asked node has of each pair of parties is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconcile {
    /// The comparison that this question is part of, chosen by the asker: the asked node compares all of it with one look at its store.
    pub run: String,
    /// Records logged before this are left out, ms since 1970.
    pub from: i64,
    /// Pairs are listed after this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Pair>,
    /// Ranges that differ, as the asker has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<PairSum>,
    /// Records of the asked node that the asker lacks and wants again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub again: Vec<PairItem>,
}

/// What one node has of a range of a pair's records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairSum {
    /// Whose.
    #[serde(flatten)]
    pub pair: Pair,
    /// What.
    pub sum: Sum,
}

/// One of a pair's records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PairItem {
    /// Whose.
    #[serde(flatten)]
    pub pair: Pair,
    /// Which.
    pub item: Item,
}

/// How a range of a pair's records differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairDiffers {
    /// Whose.
    #[serde(flatten)]
    pub pair: Pair,
    /// How.
    pub differs: Differs,
}

/// Answer to [`Reconcile`].
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct ReconcileAnswer {
    /// Pairs with what the asked node has of each, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pairs: Vec<PairSum>,
    /// Whether there are pairs after the last one.
    #[serde(default)]
    pub more: bool,
    /// Of the ranges that were asked, those that differ.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub differs: Vec<PairDiffers>,
    /// What was wanted again, at most one delivery's worth, under the sequences that it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Delivery>,
}

/// `POST /v1/peer/case-step`: what of a case the asker shares with parties of the asked node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAsked {
    /// The case's kind.
    pub kind: String,
    /// The case's key.
    pub key: String,
    /// By pair of parties, what the asker has; for what it issued, what is on its way too.
    pub shared: Vec<CaseShare>,
}

/// What one node has of a case for a pair of parties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseShare {
    /// Whose.
    #[serde(flatten)]
    pub pair: Pair,
    /// What, in order.
    pub items: Vec<Item>,
}

/// Answer to [`CaseAsked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseAnswer {
    /// One for each share that was asked, in its order.
    pub shared: Vec<CaseDiffers>,
}

/// How a share of a case differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseDiffers {
    /// What the asker has and the asked node lacks.
    pub lacks: Vec<Item>,
    /// How many the asked node has that the asker did not name.
    pub more: u64,
}
