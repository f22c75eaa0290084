//! A node's next log: after a restore that lost its end, or with a new key (design §7, *Epochs*).
//!
//! The log goes on under another origin, from the leaves that are here. What its earlier log said beyond them stays what it is: signed
//! by the node, held by those who have receipts, named in `LogContinues`. So nothing is written twice at one place, and nobody needs to
//! believe that nothing was lost: how much may have been stands in the network's list, signed.
//!
//! The node asks, signed with its own key; the node that keeps the network's authority puts it on the list.

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_tlog::{Checkpoint, TreeSize};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::Identity;
use crate::encode;
use crate::envelope::{VC_CONTEXT_URL, issuer_of, record_type_of};
use crate::governance::{LogContinues, Network, NodeEntry, Statement, node_method};
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::signing::{self, LogVerifier};
use crate::verify;

/// Type of the statement.
pub const LOG_CONTINUES: &str = "LogContinues";
/// The reason of a log that goes on from a copy.
pub const RESTORED: &str = "restored";
/// The reason of a log that goes on under another key.
pub const REKEYED: &str = "rekeyed";
/// What was asked longer ago is not done any more.
const ASKED_MS_MAX: i64 = 10 * 60 * 1_000;

/// What a node asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    network: String,
    log_key: String,
    continues: LogContinues,
    /// The last governance entry that the asker holds: the answer begins after it.
    head: u64,
}

/// What was asked, judged.
#[derive(Debug)]
pub struct Asked {
    /// The entry to add.
    pub statement: Statement,
    /// The last governance entry that the asker holds.
    pub head: u64,
}

/// The origin of a node's next log: that of its first, and a number.
pub fn next_origin(origin: &str, epoch: u32) -> String {
    let first = match origin.rsplit_once("/epoch-") {
        Some((first, number)) if number.bytes().all(|b| b.is_ascii_digit()) => first,
        _ => origin,
    };
    format!("{first}/epoch-{epoch}")
}

/// The number of the epoch that a node opens next.
pub fn next_epoch(network: &Network, node: &str) -> u32 {
    let had = network.logs.get(node).map_or(0, Vec::len).max(1);
    u32::try_from(had).unwrap_or(u32::MAX).saturating_add(1)
}

/// The request, signed with the node's key; `log_key` is the verifier key of the new log.
///
/// # Errors
/// When it cannot be signed.
pub fn ask(
    network: &Network,
    identity: &Identity,
    log_key: &str,
    continues: &LogContinues,
    now_ms: i64,
) -> Result<Value, Refusal> {
    let change = Change {
        network: network.id.clone(),
        log_key: log_key.to_owned(),
        continues: continues.clone(),
        head: network.head.unwrap_or(0),
    };
    let document = json!({
        "@context": [VC_CONTEXT_URL],
        "type": ["VerifiableCredential", LOG_CONTINUES],
        "issuer": identity.did,
        "validFrom": encode::instant_text(now_ms),
        "credentialSubject": change,
    });
    let method = node_method(&identity.did);
    signing::sign_jcs_under(&document, &identity.key, &method, now_ms)
        .map_err(|problem| Refusal::one(RefusalKind::Unavailable, verify::fault(&problem)))
}

/// Judges a request against the list as of now, and writes the entry that does what it asks.
///
/// # Errors
/// When it is not signed by the node, does not go on from the log that the list has, or was asked too long ago.
pub fn judge(network: &Network, document: &Value, now_ms: i64) -> Result<Asked, Refusal> {
    let change: Change = document
        .get("credentialSubject")
        .cloned()
        .and_then(|subject| serde_json::from_value(subject).ok())
        .ok_or_else(|| malformed("", "it is none", "no es ninguno"))?;
    if record_type_of(document).as_deref() != Some(LOG_CONTINUES) {
        return Err(malformed("/type", "it is none", "no es ninguno"));
    }
    let node = issuer_of(document).and_then(|did| network.nodes.get(did));
    let Some(node) = node else {
        return Err(malformed(
            "/issuer",
            "its issuer is no node of the network",
            "su emisor no es un nodo de la red",
        ));
    };
    let options = VerifyOptions::assertion(network, Some(now_ms));
    let verified = data_integrity::verify(document, &options, signing::jcs_canonicalizer())
        .map_err(|problems| verify::refusal(&problems))?;
    if !verified.is_controlled_by(&node.did) {
        return Err(malformed(
            "/proof",
            "it is signed by another than its issuer",
            "lo firma alguien distinto de su emisor",
        ));
    }
    let asked_ms = document
        .get("validFrom")
        .and_then(Value::as_str)
        .and_then(encode::parse_instant_ms)
        .unwrap_or(i64::MIN);
    if now_ms.saturating_sub(asked_ms).saturating_abs() > ASKED_MS_MAX {
        return Err(malformed(
            "/validFrom",
            "it was asked too long ago, or ahead of this clock",
            "se pidió hace demasiado, o adelante de este reloj",
        ));
    }
    if change.network != network.id {
        return Err(malformed(
            "/credentialSubject/network",
            "it is of another network",
            "es de otra red",
        ));
    }
    continued(network, node, &change)?;
    Ok(Asked {
        statement: Statement::Node(NodeEntry {
            log_key: change.log_key,
            continues: Some(change.continues),
            ..node.clone()
        }),
        head: change.head,
    })
}

/// Whether what is asked goes on from the log that the list has.
fn continued(network: &Network, node: &NodeEntry, change: &Change) -> Result<(), Refusal> {
    let epoch = next_epoch(network, &node.did);
    let continues = &change.continues;
    let (Ok(now), Ok(next)) = (
        LogVerifier::parse(&node.log_key),
        LogVerifier::parse(&change.log_key),
    ) else {
        return Err(malformed(
            "/credentialSubject/logKey",
            "it is no key of a log",
            "no es la llave de una bitácora",
        ));
    };
    if continues.epoch != epoch || next.origin() != next_origin(now.origin(), epoch) {
        return Err(malformed(
            "/credentialSubject/continues/epoch",
            &format!("the node's next log is epoch {epoch}, and its origin says so"),
            &format!("la siguiente bitácora del nodo es la época {epoch}, y su origen lo dice"),
        ));
    }
    if ![RESTORED, REKEYED].contains(&continues.reason.as_str()) {
        return Err(malformed(
            "/credentialSubject/continues/reason",
            "a log goes on because it was restored or rekeyed",
            "una bitácora sigue porque se restauró o cambió de llave",
        ));
    }
    let size = |member: &str, note: Option<&str>| match note {
        None => Ok(TreeSize::ZERO),
        Some(note) => Checkpoint::open(note.as_bytes(), now.origin(), &now)
            .map(|checkpoint| checkpoint.size)
            .map_err(|error| {
                malformed(
                    &format!("/credentialSubject/continues/{member}"),
                    &format!("it is no checkpoint of the node's log ({error})"),
                    "no es un punto de control de la bitácora del nodo",
                )
            }),
    };
    let held = size("held", continues.held.as_deref())?;
    let seen = size("seen", continues.seen.as_deref())?;
    if continues.seen.is_some() && seen < held {
        return Err(malformed(
            "/credentialSubject/continues/seen",
            "less was seen than is held",
            "se vio menos de lo que se tiene",
        ));
    }
    Ok(())
}

/// How many entries of a log's end may be lost, by what it says of itself.
pub fn lost(continues: &LogContinues) -> u64 {
    let size = |note: &Option<String>| {
        note.as_deref()
            .and_then(|note| Checkpoint::parse_note_unverified(note.as_bytes()).ok())
            .map_or(0, |checkpoint| checkpoint.size.get())
    };
    size(&continues.seen).saturating_sub(size(&continues.held))
}

fn malformed(pointer: &str, en: &str, es: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Unprocessable,
        Fault::at(
            "log-continues-malformed",
            pointer,
            format!("this log cannot be put on the list: {en}"),
            format!("esta bitácora no puede entrar en la lista: {es}"),
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_origin_counts_its_epochs_and_keeps_its_name() {
        let second = next_origin("customs.example/log", 2);
        assert_eq!(second, "customs.example/log/epoch-2");
        assert_eq!(next_origin(&second, 3), "customs.example/log/epoch-3");
        assert_eq!(
            next_origin("customs.example/epoch-x", 2),
            "customs.example/epoch-x/epoch-2"
        );
    }
}
