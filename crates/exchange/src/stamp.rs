//! What a node says of a record that it logged: stamp, leaf, receipt.
//!
//! The leaf commits to (id, view, act, party, logged, audience) under a random salt, so the log may be public and says nothing.
//! The stamp travels with the record; the receipt lets anyone check, offline, that the log holds it.

use std::collections::BTreeSet;

use garita_canon::jcs;
use garita_credential::keys::{NotSigned, SigningKey, VerificationKey};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::encode;

const LEAF_PREFIX: &[u8] = b"garita leaf v1\n";
const STAMP_PREFIX: &[u8] = b"garita stamp v1\n";

/// The name of the view that is the whole record.
pub const WHOLE: &str = "whole";

/// State of a receipt whose checkpoint the log signed.
pub const RECORDED: &str = "recorded";
/// State of a receipt whose checkpoint more than half of the witnesses cosigned too.
pub const WITNESSED: &str = "witnessed";

/// Which act of a node a leaf records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeafAct {
    /// The issuer's home took it in; `party` is the issuer.
    Issued,
    /// A receiving node took it in for its parties; `party` is the node.
    Received,
    /// Somebody opened it; `party` is who.
    Read,
}

impl LeafAct {
    /// As written in the leaf.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issued => "issued",
            Self::Received => "received",
            Self::Read => "read",
        }
    }
}

/// What a leaf commits to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leaf {
    /// Record id.
    pub id: String,
    /// `whole`, or the view's name.
    pub view: String,
    /// The act.
    pub act: LeafAct,
    /// Whose act.
    pub party: String,
    /// Logged, ms since 1970.
    pub logged: i64,
    /// RFC 6920 name of the audience: see [`audience_digest`].
    pub audience: String,
}

impl Leaf {
    /// The 32 bytes that the log holds.
    pub fn commit(&self, salt: &[u8; 32]) -> [u8; 32] {
        let body = json!({
            "act": self.act.as_str(),
            "audience": self.audience,
            "id": self.id,
            "logged": self.logged,
            "party": self.party,
            "view": self.view,
        });
        // All members are strings and one integer below 2^53: the JCS form exists. Were it not to, nothing would verify.
        let bytes = jcs::canonicalize(&body).unwrap_or_default();
        let mut hasher = Sha256::new();
        hasher.update(LEAF_PREFIX);
        hasher.update(salt);
        hasher.update(&bytes);
        hasher.finalize().into()
    }
}

/// Who gets which view, as committed: the RFC 6920 name of the JCS form of the sorted pairs.
pub fn audience_digest(entries: &BTreeSet<(String, String)>) -> String {
    let list: Vec<[&str; 2]> = entries
        .iter()
        .map(|(party, view)| [party.as_str(), view.as_str()])
        .collect();
    let digest = jcs::digest(&json!(list)).unwrap_or_default();
    encode::ni(&digest)
}

/// The home's signed word on when it logged a record, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Record id.
    pub id: String,
    /// `whole`, or the view's name: each has its own leaf.
    pub view: String,
    /// DID of the home node.
    pub node: String,
    /// Origin of its log.
    pub log: String,
    /// Leaf index.
    pub index: u64,
    /// Logged, ms since 1970; never decreasing along the log, but that a view which somebody got later bears its record's time.
    pub logged: i64,
    /// Ed25519 over the fixed prefix and the JCS form of the other members, base64url.
    pub signature: String,
}

impl Stamp {
    /// Signs a stamp with the node's key.
    ///
    /// # Errors
    /// When the key did not sign: it is locked.
    pub fn sign(
        id: &str,
        view: &str,
        node: &str,
        log: &str,
        index: u64,
        logged: i64,
        key: &SigningKey,
    ) -> Result<Self, NotSigned> {
        let mut stamp = Self {
            id: id.to_owned(),
            view: view.to_owned(),
            node: node.to_owned(),
            log: log.to_owned(),
            index,
            logged,
            signature: String::new(),
        };
        stamp.signature = encode::base64url(&key.sign(&stamp.signed_bytes())?);
        Ok(stamp)
    }

    /// Whether the node's key signed it.
    pub fn verify(&self, key: &VerificationKey) -> bool {
        encode::from_base64url(&self.signature)
            .is_some_and(|signature| key.verify(&self.signed_bytes(), &signature).is_ok())
    }

    fn signed_bytes(&self) -> Vec<u8> {
        let body = json!({
            "id": self.id,
            "index": self.index,
            "log": self.log,
            "logged": self.logged,
            "node": self.node,
            "view": self.view,
        });
        let mut bytes = STAMP_PREFIX.to_vec();
        bytes.extend(jcs::canonicalize(&body).unwrap_or_default());
        bytes
    }
}

/// The answer to a submission: what a holder needs to prove that the log holds the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// What the leaf commits to.
    pub leaf: Leaf,
    /// Its salt, base64url of 32 bytes.
    pub salt: String,
    /// Leaf index.
    pub index: u64,
    /// The home's stamp.
    pub stamp: Stamp,
    /// Inclusion proof, RFC 9162 §2.1.3, each hash in base64.
    pub proof: Vec<String>,
    /// Checkpoint that covers it (C2SP signed note).
    pub checkpoint: String,
    /// Verifier key of the log. Whom it belongs to is for the reader to know: compare it with the network's list.
    #[serde(rename = "logKey")]
    pub log_key: String,
    /// `recorded`, then `witnessed`.
    pub state: String,
    /// By whom the checkpoint is witnessed; none while it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witnessed: Option<ReceiptWitnessed>,
}

/// What a leaf is computed from, as the extra data of its proof (C2SP tlog-proof): JCS of leaf and salt, in this one spelling.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProofExtra {
    /// What the leaf commits to.
    pub leaf: Leaf,
    /// Its salt, base64url of 32 bytes.
    pub salt: String,
}

impl ProofExtra {
    /// Its bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        // As for the leaf: the JCS form exists; were it not to, nothing would verify.
        jcs::canonicalize(&json!(self)).unwrap_or_default()
    }
}

/// Who cosigned the checkpoint of a receipt: what its lines say, in their order, for those who have no list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptWitnessed {
    /// Leaves of the checkpoint.
    pub size: u64,
    /// When the last of them cosigned, by its own clock, ms since 1970.
    pub at: i64,
    /// Verifier keys of the witnesses.
    pub by: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> SigningKey {
        SigningKey::from_seed([7; 32])
    }

    #[test]
    fn a_stamp_with_any_member_changed_fails() {
        let stamp = Stamp::sign(
            "ni:///sha-256;x",
            WHOLE,
            "did:web:a",
            "a.example/log",
            4,
            1_000,
            &key(),
        )
        .unwrap();
        let public = key().verification_key();
        assert!(stamp.verify(&public));
        let changes: [fn(&mut Stamp); 7] = [
            |s| s.id.push('y'),
            |s| s.view.push('y'),
            |s| s.node.push('y'),
            |s| s.log.push('y'),
            |s| s.index += 1,
            |s| s.logged += 1,
            |s| s.signature.insert(0, 'A'),
        ];
        for change in changes {
            let mut other = stamp.clone();
            change(&mut other);
            assert!(!other.verify(&public), "{other:?}");
        }
        assert!(!stamp.verify(&SigningKey::from_seed([8; 32]).verification_key()));
    }

    #[test]
    fn a_leaf_says_nothing_without_its_salt_and_binds_each_member() {
        let leaf = Leaf {
            id: "ni:///sha-256;x".into(),
            view: WHOLE.into(),
            act: LeafAct::Issued,
            party: "did:web:a".into(),
            logged: 5,
            audience: audience_digest(&BTreeSet::from([("did:web:b".into(), WHOLE.into())])),
        };
        let first = leaf.commit(&[1; 32]);
        assert_ne!(first, leaf.commit(&[2; 32]));
        let mut other = leaf.clone();
        other.act = LeafAct::Received;
        assert_ne!(first, other.commit(&[1; 32]));
        other = leaf.clone();
        other.audience = audience_digest(&BTreeSet::new());
        assert_ne!(first, other.commit(&[1; 32]));
    }
}
