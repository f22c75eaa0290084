//! A key that is revoked from a day that has passed: what it signed since, and what is here already, is *disputed*, on every node.
//!
//! What comes later is judged as it comes. What is here is looked through once for each revocation, a few records at a time while the
//! node works; what was looked through is written down last, so that a node which stops before begins again.

use std::collections::BTreeMap;
use std::sync::Arc;

use garita_credential::Code;
use garita_store::{HeldRecord, Reader};
use garita_tlog::LeafIndex;
use serde_json::Value;

use crate::core::Core;
use crate::problem::Refusal;
use crate::sequence::store_refusal;
use crate::submit::blocking;

/// Records in one transaction: some tens of milliseconds in which nobody else is written.
const RECORDS: usize = 64;
/// Log entries that are looked through at once.
const ENTRIES: usize = 1_000;
/// A home's clock may be ahead of ours: how much earlier than its stamp a record may have come here.
const AHEAD_MS: i64 = 24 * 3_600_000;
/// What stands before the key in the name under which the store has since when its revocation counts here.
const LOOKED_THROUGH: &str = "revoked:";

/// A revocation that was not looked through yet.
#[derive(Debug, Clone)]
struct Revocation {
    method: String,
    controller: String,
    from_ms: i64,
}

/// Id and view of each record of a page that the key signed, and where the next page begins.
type Page = (Vec<(String, String)>, Option<LeafIndex>);

/// Marks what revoked keys signed since they were; how many records.
///
/// # Errors
/// When the store is away. The next call begins again.
pub(crate) async fn flag(core: &Arc<Core>) -> Result<usize, Refusal> {
    let mut flagged = 0;
    for revocation in news(core)? {
        let mut from = {
            let (core, from_ms) = (Arc::clone(core), revocation.from_ms);
            blocking(move || {
                core.reader
                    .first_logged(from_ms.saturating_sub(AHEAD_MS))
                    .map_err(|e| store_refusal(&e))
            })
            .await?
        };
        while let Some(at) = from {
            let (reading, wanted) = (Arc::clone(core), revocation.clone());
            let (found, next) = blocking(move || found(&reading.reader, &wanted, at)).await?;
            from = next;
            for records in found.chunks(RECORDS) {
                flagged += records.len();
                core.sequencer
                    .dispute(records.to_vec(), Code::KeyRevoked.as_str())
                    .await?;
            }
        }
        let name = format!("{LOOKED_THROUGH}{}", revocation.method);
        let from_ms = revocation.from_ms.to_string().into_bytes();
        core.sequencer
            .change(move |commit| commit.meta.push((name, Some(from_ms))))
            .await?;
        tracing::warn!(
            key = revocation.method,
            from_ms = revocation.from_ms,
            flagged,
            "a key is revoked; what it signed since is disputed"
        );
    }
    Ok(flagged)
}

fn news(core: &Core) -> Result<Vec<Revocation>, Refusal> {
    let network = core.network();
    // A node's keys sign no records; a method has one revocation, the earliest of its entries.
    let mut revoked: BTreeMap<&str, Revocation> = BTreeMap::new();
    for key in network.keys.entries() {
        let Some(from_ms) = key.revoked_from_ms else {
            continue;
        };
        if !network.directory.parties.contains_key(&key.controller) {
            continue;
        }
        let held = revoked
            .entry(&key.verification_method)
            .or_insert_with(|| Revocation {
                method: key.verification_method.clone(),
                controller: key.controller.clone(),
                from_ms,
            });
        held.from_ms = held.from_ms.min(from_ms);
    }
    let mut news = Vec::new();
    for revocation in revoked.into_values() {
        let name = format!("{LOOKED_THROUGH}{}", revocation.method);
        let done = core.reader.meta(&name).map_err(|e| store_refusal(&e))?;
        if done.as_deref() != Some(revocation.from_ms.to_string().as_bytes()) {
            news.push(revocation);
        }
    }
    Ok(news)
}

/// Looks through one page of the log.
fn found(reader: &Reader, revocation: &Revocation, from: LeafIndex) -> Result<Page, Refusal> {
    let entries = reader
        .log_entries(from, ENTRIES)
        .map_err(|e| store_refusal(&e))?;
    let mut found = Vec::new();
    for entry in &entries {
        let held = reader
            .node_record(&entry.id, &entry.view)
            .map_err(|e| store_refusal(&e))?;
        if held.is_some_and(|held| signed_since(&held, revocation)) {
            found.push((entry.id.clone(), entry.view.clone()));
        }
    }
    let next = entries
        .last()
        .filter(|_| entries.len() == ENTRIES)
        .map(|last| LeafIndex::new(last.index.get() + 1));
    Ok((found, next))
}

fn signed_since(held: &HeldRecord, revocation: &Revocation) -> bool {
    let record = &held.record;
    if record.issuer != revocation.controller
        || record.logged_ms < revocation.from_ms
        || record.disputed.is_some()
    {
        return false;
    }
    let Ok(document) = serde_json::from_slice::<Value>(&record.document) else {
        return false;
    };
    let proofs = match document.get("proof") {
        Some(Value::Array(proofs)) => proofs.as_slice(),
        Some(proof) => std::slice::from_ref(proof),
        None => &[],
    };
    proofs.iter().any(|proof| {
        proof.get("verificationMethod").and_then(Value::as_str) == Some(revocation.method.as_str())
    })
}
