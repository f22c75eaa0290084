//! A party's new keys, without stopping: asked for under the key that it has, put on the list by the network's authority.
//!
//! The home makes the keys and signs what it asks with the old one; the node that keeps the authority's key checks that signature
//! against the list of now and adds an entry: the new keys count from then, the old ones a while longer, so that what is on its way
//! still holds. What the old key signed before stays good. Where the old key was stolen, whoever has it could ask too: then the
//! authority revokes it first, and gives the party its new key by hand.

use std::collections::BTreeSet;

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::keys::{KeyType, VerificationKey};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::core::HostedKey;
use crate::encode;
use crate::envelope::{VC_CONTEXT_URL, issuer_of, record_type_of};
use crate::governance::{Network, PartyEntry, PartyKey, Statement};
use crate::problem::{Fault, Refusal, RefusalKind};
use crate::signing;
use crate::verify;

/// Type of the statement.
pub const KEY_CHANGE: &str = "KeyChange";
/// Keys that a party may have had: a change each day for more than half a year.
const OF_A_PARTY_MAX: usize = 500;
/// The longest that old keys count beside new ones: a month.
pub const KEEP_OLD_MS_MAX: i64 = 31 * 24 * 3_600_000;
/// What was asked longer ago is not done any more: a copy that somebody kept changes nothing.
const ASKED_MS_MAX: i64 = 10 * 60 * 1_000;
/// New keys of one request, at most: one of each kind.
const KEYS_MAX: usize = 2;

/// What a party asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Change {
    network: String,
    keys: Vec<NewKey>,
    /// How long the old keys count beside the new ones.
    keep_old_ms: i64,
    /// The last governance entry that the asker holds: the answer begins after it.
    head: u64,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct NewKey {
    id: String,
    public_key_multibase: String,
}

/// What was asked, judged.
#[derive(Debug)]
pub struct Asked {
    /// The entry to add.
    pub statement: Statement,
    /// The last governance entry that the asker holds.
    pub head: u64,
}

/// The request, signed with the keys of now.
///
/// # Errors
/// When it cannot be signed.
pub fn ask(
    network: &Network,
    party: &str,
    current: &HostedKey,
    new: &HostedKey,
    keep_old_ms: i64,
    now_ms: i64,
) -> Result<Value, Refusal> {
    let change = Change {
        network: network.id.clone(),
        keys: new
            .public_keys()
            .map(|(id, key)| NewKey {
                id: id.to_owned(),
                public_key_multibase: key.to_multibase(),
            })
            .collect(),
        keep_old_ms,
        head: network.head.unwrap_or(0),
    };
    let document = json!({
        "@context": [VC_CONTEXT_URL],
        "type": ["VerifiableCredential", KEY_CHANGE],
        "issuer": party,
        "validFrom": encode::instant_text(now_ms),
        "credentialSubject": change,
    });
    signing::sign_jcs_under(
        &document,
        &current.key,
        &current.verification_method,
        now_ms,
    )
    .map_err(|problem| Refusal::one(RefusalKind::Unavailable, verify::fault(&problem)))
}

/// Judges a request against the list as of now, and writes the entry that does what it asks.
///
/// # Errors
/// When it is not signed by a key that the party has now, asks for what no list can hold, or was asked too long ago.
pub fn judge(network: &Network, document: &Value, now_ms: i64) -> Result<Asked, Refusal> {
    let change: Change = document
        .get("credentialSubject")
        .cloned()
        .and_then(|subject| serde_json::from_value(subject).ok())
        .ok_or_else(|| malformed("", "it is none", "no es ninguno"))?;
    if record_type_of(document).as_deref() != Some(KEY_CHANGE) {
        return Err(malformed("/type", "it is none", "no es ninguno"));
    }
    let party = issuer_of(document)
        .ok_or_else(|| malformed("/issuer", "it has no issuer", "no tiene emisor"))?;
    let options = VerifyOptions::assertion(network, Some(now_ms));
    let verified = data_integrity::verify(document, &options, signing::jcs_canonicalizer())
        .map_err(|problems| verify::refusal(&problems))?;
    if !verified.is_controlled_by(party) {
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
    if !(0..=KEEP_OLD_MS_MAX).contains(&change.keep_old_ms) {
        return Err(malformed(
            "/credentialSubject/keepOldMs",
            "old keys count a month longer at most",
            "las llaves viejas valen a lo más un mes más",
        ));
    }
    let (Some(standing), Some(home)) = (
        network.directory.parties.get(party),
        network.homes.get(party),
    ) else {
        return Err(malformed(
            "/issuer",
            "its issuer is not on the list",
            "su emisor no está en la lista",
        ));
    };
    let had = network.keys.entries().filter(|key| key.controller == party);
    if had.count() >= OF_A_PARTY_MAX {
        return Err(malformed(
            "/credentialSubject/keys",
            "a party has had too many keys already",
            "la parte ya ha tenido demasiadas llaves",
        ));
    }
    // By the home's clock, whose stamps the keys are judged by.
    let mut keys = kept(network, party, asked_ms, change.keep_old_ms);
    keys.extend(added(network, party, &change, asked_ms)?);
    Ok(Asked {
        statement: Statement::Party(PartyEntry {
            did: party.to_owned(),
            home: home.clone(),
            party: standing.clone(),
            keys,
        }),
        head: change.head,
    })
}

/// The keys that the party has now, with the end that they get.
fn kept(network: &Network, party: &str, from_ms: i64, keep_old_ms: i64) -> Vec<PartyKey> {
    let mut kept: Vec<PartyKey> = network
        .keys
        .entries()
        .filter(|key| key.controller == party && key.until_ms.is_none())
        .filter(|key| key.revoked_from_ms.is_none())
        .map(|key| PartyKey {
            id: key.verification_method.clone(),
            public_key_multibase: key.key.to_multibase(),
            from_ms: key.from_ms,
            until_ms: Some(from_ms.saturating_add(keep_old_ms)),
        })
        .collect();
    kept.sort_by(|a, b| a.id.cmp(&b.id));
    kept
}

fn added(
    network: &Network,
    party: &str,
    change: &Change,
    from_ms: i64,
) -> Result<Vec<PartyKey>, Refusal> {
    let (mut keys, mut kinds) = (Vec::new(), BTreeSet::new());
    for (n, key) in change.keys.iter().enumerate() {
        let at = |member: &str| format!("/credentialSubject/keys/{n}/{member}");
        let named = key.id.strip_prefix(party).is_some_and(|rest| {
            rest.strip_prefix('#').is_some_and(|name| {
                (1..=64).contains(&name.len())
                    && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            })
        });
        if !named || !network.keys.of(&key.id).is_empty() {
            return Err(malformed(
                &at("id"),
                "a new key has a new name under the party's DID",
                "una llave nueva lleva un nombre nuevo bajo el DID de la parte",
            ));
        }
        let public =
            VerificationKey::from_multibase(&key.public_key_multibase).map_err(|error| {
                malformed(
                    &at("publicKeyMultibase"),
                    &format!("it is no public key ({error})"),
                    "no es una llave pública",
                )
            })?;
        let kind = public.key_type();
        if !matches!(kind, KeyType::Ed25519 | KeyType::P256) || !kinds.insert(kind.name()) {
            return Err(one_of_each(&at("publicKeyMultibase")));
        }
        keys.push(PartyKey {
            id: key.id.clone(),
            public_key_multibase: key.public_key_multibase.clone(),
            from_ms,
            until_ms: None,
        });
    }
    if keys.len() > KEYS_MAX || !kinds.contains(KeyType::Ed25519.name()) {
        return Err(one_of_each("/credentialSubject/keys"));
    }
    Ok(keys)
}

fn one_of_each(pointer: &str) -> Refusal {
    malformed(
        pointer,
        "a party has one Ed25519 key, and one of P-256 for views",
        "una parte tiene una llave Ed25519 y una P-256 para vistas",
    )
}

fn malformed(pointer: &str, en: &str, es: &str) -> Refusal {
    Refusal::one(
        RefusalKind::Unprocessable,
        Fault::at(
            "key-change-malformed",
            pointer,
            format!("this key change cannot be made: {en}"),
            format!("este cambio de llave no puede hacerse: {es}"),
        ),
    )
}

#[cfg(test)]
mod tests;
