//! The owner's side: a log begun, continued, ended. §3.6.1, §3.6.3, §3.6.4.

use garita_canon::Canonicalizer;
use serde_json::{Value, json};

use super::entry::{PLACEHOLDER, hash_of, multihash, preliminary, replace};
use super::history::{History, Version};
use super::parameters::Changes;
use super::verify::accept;
use super::{LOG_ENTRIES_MAX, WebvhDid};
use crate::data_integrity::{self, ProofOptions, Suite};
use crate::keys::{SigningKey, VerificationKey};
use crate::problem::{Code, Problem};
use crate::time::{Precision, format_date_time_stamp};

/// The DID of a place (`cbp.example%3A8443:office`) before its hash is known, for use in its first document.
#[must_use]
pub fn template(place: &str) -> String {
    format!("did:webvh:{PLACEHOLDER}:{place}")
}

/// A DID document with these keys, each for all purposes; `did` may be a [`template`].
#[must_use]
pub fn document(did: &str, keys: &[(String, VerificationKey)]) -> Value {
    crate::did::document_of(did, keys)
}

/// The hash by which an entry commits to a key of the next. §3.7.7.
#[must_use]
pub fn key_hash(key: &VerificationKey) -> String {
    multihash(key.to_multibase().as_bytes())
}

/// Begins a log at a place. The document's id is the place's [`template`], which becomes the DID wherever it stands.
///
/// The key must be one of `changes.update_keys`; only Ed25519 keys sign logs.
///
/// # Errors
/// When the entry would be refused by [`super::verify`], and for what.
pub fn create(
    place: &str,
    document: Value,
    changes: Changes,
    at_ms: i64,
    key: &SigningKey,
    canonicalizer: &Canonicalizer,
) -> Result<History, Problem> {
    // §3.3: readers take both, writers write one.
    if place.contains("%3a") {
        let message = "the colon before a port is written `%3A`";
        return Err(Problem::new(Code::DidMalformed, "/0/state/id", message));
    }
    let draft = json!({
        "versionId": PLACEHOLDER,
        "versionTime": written_time(at_ms),
        "parameters": changes.to_value(Some(PLACEHOLDER)),
        "state": document,
    });
    let scid = hash_of(&draft)?;
    let draft = replace(&draft, PLACEHOLDER, &scid);
    let did = WebvhDid::parse(&replace_text(&template(place), &scid))
        .map_err(|error| Problem::new(Code::DidMalformed, "/0/state/id", error.to_string()))?;
    let entry = sign(draft, 1, &scid, at_ms, key, canonicalizer)?;
    // INVARIANT (nothing that others refuse): what is made here goes through the reader's own checks.
    let version = readable(accept(None, &scid, entry, "/0", at_ms, canonicalizer)?)?;
    if version.did != did.as_str() {
        let message = "the document must be about the place's DID";
        return Err(Problem::new(Code::DidLogMismatch, "/0/state/id", message));
    }
    Ok(History::of(did, vec![version]))
}

impl History {
    /// Adds a version. Where the DID has witnesses, their proofs are to be published before it is.
    ///
    /// # Errors
    /// When the entry would be refused by [`super::verify`], and for what: the key may not sign, the time is not after the last one.
    pub fn update(
        &mut self,
        document: Value,
        changes: Changes,
        at_ms: i64,
        key: &SigningKey,
        canonicalizer: &Canonicalizer,
    ) -> Result<(), Problem> {
        let n = self.versions.len();
        let place = format!("/{n}");
        let before = self
            .latest()
            .filter(|_| n < LOG_ENTRIES_MAX)
            .ok_or_else(|| {
                let message = format!("more than {LOG_ENTRIES_MAX} entries");
                Problem::new(Code::DidLogTooLarge, &place, message)
            })?;
        let draft = json!({
            "versionId": before.id,
            "versionTime": written_time(at_ms),
            "parameters": changes.to_value(None),
            "state": document,
        });
        let number = before.number.saturating_add(1);
        let entry = sign(draft, number, &before.id, at_ms, key, canonicalizer)?;
        // Upholds (nothing that others refuse).
        let scid = self.did().scid();
        let version = accept(Some(before), scid, entry, &place, at_ms, canonicalizer)?;
        let version = readable(version)?;
        self.versions.push(version);
        Ok(())
    }

    /// Ends the DID: no key may sign any more, no document is given for it. Its past stays.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub fn deactivate(
        &mut self,
        at_ms: i64,
        key: &SigningKey,
        canonicalizer: &Canonicalizer,
    ) -> Result<(), Problem> {
        let latest = self.latest();
        let committed = latest.is_some_and(|version| version.parameters.is_committed());
        let document = latest.map(Version::state).cloned().unwrap_or_default();
        // Where the keys were committed to, one of them must be there to sign; that the DID is over ends it all the same.
        let keys = if committed {
            vec![key.verification_key().to_multibase()]
        } else {
            Vec::new()
        };
        let changes = Changes {
            update_keys: Some(keys),
            next_key_hashes: committed.then(Vec::new),
            deactivated: Some(true),
            ..Changes::default()
        };
        self.update(document, changes, at_ms, key, canonicalizer)
    }
}

/// Gives a draft its `versionId` and its proof. §3.7.4.
fn sign(
    draft: Value,
    number: u64,
    before: &str,
    at_ms: i64,
    key: &SigningKey,
    canonicalizer: &Canonicalizer,
) -> Result<Value, Problem> {
    let hash = hash_of(&preliminary(&draft, before))?;
    let entry = preliminary(&draft, &format!("{number}-{hash}"));
    let key_id = key.verification_key().to_multibase();
    let options = ProofOptions::assertion(format!("did:key:{key_id}#{key_id}"), at_ms);
    let mut signed =
        data_integrity::create(&entry, Suite::EddsaJcs2022, key, &options, canonicalizer)?;
    // The log wants a list.
    if let Some(proof) = signed.get_mut("proof") {
        *proof = Value::Array(vec![proof.take()]);
    }
    Ok(signed)
}

/// A version whose document has keys that can be read, which a reader does not ask.
fn readable(version: Version) -> Result<Version, Problem> {
    match &version.document {
        Ok(_) => Ok(version),
        Err(error) => {
            let pointer = format!("/{}/state", version.number.saturating_sub(1));
            let message = error.to_string();
            Err(Problem::new(Code::DidDocumentMalformed, pointer, message))
        }
    }
}

fn replace_text(text: &str, scid: &str) -> String {
    text.replace(PLACEHOLDER, scid)
}

fn written_time(at_ms: i64) -> String {
    let precision = if at_ms % 1000 == 0 {
        Precision::Seconds
    } else {
        Precision::Milliseconds
    };
    format_date_time_stamp(at_ms, precision)
}
