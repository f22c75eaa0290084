//! A history that has been verified, and what can be asked of it. §3.6.2.

use serde_json::{Map, Value};

use super::WebvhDid;
use super::parameters::{Parameters, WitnessRule};
use crate::did::{DidDocument, DidError, DidMethod};
use crate::resolver::{KeyEntry, Purposes};
use crate::time::{Precision, format_date_time_stamp};

/// The versions of a DID, oldest first. At least one; only verification adds to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    did: WebvhDid,
    pub(super) versions: Vec<Version>,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub(super) number: u64,
    pub(super) id: String,
    pub(super) at_ms: i64,
    pub(super) did: String,
    pub(super) parameters: Parameters,
    pub(super) document: Result<DidDocument, DidError>,
    /// Who must have witnessed it.
    pub(super) witness: Option<WitnessRule>,
    pub(super) entry: Value,
}

impl Version {
    /// Its number, from 1.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its `versionId`: number and hash.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From when it counts, as the owner says.
    #[must_use]
    pub fn at_ms(&self) -> i64 {
        self.at_ms
    }

    /// The DID as it was then; another place of the same DID, where it has moved.
    #[must_use]
    pub fn did(&self) -> &str {
        &self.did
    }

    /// What is in force after it.
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Its keys.
    ///
    /// # Errors
    /// Where the DID document cannot be read. That is no fault of the log, which holds whatever it says; such a version has no keys.
    pub fn document(&self) -> Result<&DidDocument, &DidError> {
        self.document.as_ref()
    }

    /// The keys that count while this version does.
    fn methods(&self) -> &[DidMethod] {
        match &self.document {
            Ok(document) if !self.parameters.deactivated => &document.methods,
            Ok(_) | Err(_) => &[],
        }
    }

    /// Its DID document as it is written.
    #[must_use]
    pub fn state(&self) -> &Value {
        self.entry.get("state").unwrap_or(&Value::Null)
    }

    /// The log entry.
    #[must_use]
    pub fn entry(&self) -> &Value {
        &self.entry
    }
}

impl History {
    /// `versions` have been accepted one after the other, and there is at least one.
    pub(super) fn of(did: WebvhDid, versions: Vec<Version>) -> Self {
        Self { did, versions }
    }

    /// The DID that was asked for.
    #[must_use]
    pub fn did(&self) -> &WebvhDid {
        &self.did
    }

    /// All versions, oldest first.
    #[must_use]
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The newest version.
    #[must_use]
    pub fn latest(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// The version that counted at a time; `None` before the first.
    #[must_use]
    pub fn at(&self, at_ms: i64) -> Option<&Version> {
        self.versions
            .iter()
            .rev()
            .find(|version| version.at_ms <= at_ms)
    }

    /// The version of a `versionId`.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Version> {
        self.versions.iter().find(|version| version.id == id)
    }

    /// The version of a number.
    #[must_use]
    pub fn by_number(&self, number: u64) -> Option<&Version> {
        self.versions
            .iter()
            .find(|version| version.number == number)
    }

    /// Whether the DID is over.
    #[must_use]
    pub fn is_deactivated(&self) -> bool {
        self.latest()
            .is_some_and(|version| version.parameters.deactivated)
    }

    /// Whether this history goes on from an earlier one, or is the same. Where it does not, its owner has shown two.
    #[must_use]
    pub fn continues(&self, earlier: &Self) -> bool {
        earlier.versions.len() <= self.versions.len()
            && earlier
                .versions
                .iter()
                .zip(&self.versions)
                .all(|(one, other)| one.id == other.id)
    }

    /// The keys that the DID had, with the times from and until which it had them, for a [`crate::KeyHistory`].
    ///
    /// `from_ms` says from when a version counts: its own word is [`Version::at_ms`]; who logged when it first saw a version has a
    /// better one. A version whose time is not after the one before counts from the moment that one did. When the DID is over, so are
    /// its keys; where a version's document cannot be read, there are none until the next.
    #[must_use]
    pub fn key_entries(&self, from_ms: impl Fn(&Version) -> i64) -> Vec<KeyEntry> {
        let (mut over, mut open): (Vec<KeyEntry>, Vec<KeyEntry>) = (Vec::new(), Vec::new());
        let mut now_ms = i64::MIN;
        for version in &self.versions {
            now_ms = from_ms(version).max(now_ms);
            let holds = |entry: &KeyEntry| {
                version.methods().iter().any(|method| {
                    method.id == entry.verification_method
                        && method.key == entry.key
                        && method.purposes == entry.purposes
                        && method.controller == entry.controller
                })
            };
            let (held, ended): (Vec<_>, Vec<_>) = open.into_iter().partition(holds);
            open = held;
            over.extend(ended.into_iter().map(|entry| KeyEntry {
                until_ms: Some(now_ms),
                ..entry
            }));
            for method in version.methods() {
                let known = open
                    .iter()
                    .any(|entry| entry.verification_method == method.id);
                if !known && method.purposes != Purposes::NONE {
                    open.push(KeyEntry {
                        controller: method.controller.clone(),
                        purposes: method.purposes,
                        ..KeyEntry::new(&method.id, method.key.clone(), now_ms)
                    });
                }
            }
        }
        over.extend(open);
        over
    }

    /// The log as it is published: `did.jsonl`.
    #[must_use]
    pub fn to_jsonl(&self) -> String {
        self.versions
            .iter()
            .map(|version| format!("{}\n", version.entry))
            .collect()
    }

    /// What a resolver says of a version beside its document. §3.6.2. Numbers are texts there.
    #[must_use]
    pub fn metadata(&self, version: &Version) -> Value {
        let time = |at_ms| Value::from(format_date_time_stamp(at_ms, Precision::Seconds));
        let newest = self.latest().unwrap_or(version);
        let mut members = Map::new();
        members.insert("versionId".into(), version.id.clone().into());
        members.insert("versionTime".into(), time(version.at_ms));
        let created_ms = self.versions.first().map_or(version.at_ms, Version::at_ms);
        members.insert("created".into(), time(created_ms));
        members.insert("updated".into(), time(newest.at_ms));
        members.insert("scid".into(), self.did.scid().into());
        members.insert("portable".into(), newest.parameters.portable.into());
        members.insert("deactivated".into(), newest.parameters.deactivated.into());
        members.insert("ttl".into(), newest.parameters.ttl_s.to_string().into());
        if let Some(rule) = &newest.parameters.witness {
            let threshold = rule.threshold.to_string().into();
            members.insert("witness".into(), rule.to_value(threshold));
        }
        if !newest.parameters.watchers.is_empty() {
            let watchers = newest.parameters.watchers.clone();
            members.insert("watchers".into(), watchers.into());
        }
        members.into()
    }
}
