//! Adopting a version of a program: one document that the charter's offices co-sign, each with a proof of its own (a proof set of
//! `eddsa-jcs-2022`), before the network's authorities put it into the governance chain.
//!
//! The document says all that is signed: which network, which package and core, what it supersedes, whose signatures it needs, how long
//! before it is in force it must be signed, and from when it is in force. It does not say where in the chain it will stand, so that
//! offices sign at their own time and the authorities add it when it is whole.
//!
//! INVARIANT (offices, not officers): a signature counts by the role that its signer held when it signed, under a key that was its own
//! then. New keys of the office change nothing of what is adopted; a key that is revoked signs nothing more, whatever date it gives.

use std::collections::BTreeSet;

use garita_credential::Problem;
use garita_credential::data_integrity::{self, VerifyOptions};
use garita_credential::keys::SigningKey;
use garita_credential::resolver::Resolver;
use garita_profile::model::CharterWords;
use garita_profile::order::duration_ms;
use garita_profile::package::Opened;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::encode;
use crate::governance::{Adoption, GovernanceError, Network};
use crate::signing;

/// What the document says it is.
const TYPE: &str = "ProfileAdoption";
/// Roles that one charter names at most.
const SIGNATORIES_MAX: usize = 32;

/// What the offices sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Terms {
    /// Always `ProfileAdoption`.
    #[serde(rename = "type")]
    kind: String,
    /// The network: digest of its genesis.
    pub network: String,
    /// Profile id.
    pub profile: String,
    /// Version.
    pub version: String,
    /// Core digest.
    pub core: String,
    /// Digest of the package's bytes.
    pub package: String,
    /// Core digest of the version that it comes after; none for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supersedes: Option<String>,
    /// Roles whose offices must sign, as the package's charter names them.
    pub signatories: Vec<String>,
    /// ISO 8601 duration between the last signature and force, as the package's charter has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<String>,
    /// First logged instant at which records are issued under it, RFC 3339.
    pub in_force_from: String,
}

/// One office's signature that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// Role for which it was needed.
    pub role: String,
    /// The office's DID.
    pub party: String,
    /// Key it signed with.
    pub verification_method: String,
    /// When it says it signed, ms since 1970.
    pub signed_ms: i64,
}

impl Terms {
    /// Terms for the version in a package, by its charter; `from_ms` is its first instant in force.
    pub fn new(network: &Network, opened: &Opened, charter: &CharterWords, from_ms: i64) -> Self {
        let newest = network.newest(&opened.profile);
        Self {
            kind: TYPE.to_owned(),
            network: network.id.clone(),
            profile: opened.profile.clone(),
            version: opened.version.clone(),
            core: opened.core.clone(),
            package: opened.digest.clone(),
            supersedes: newest
                .map(|(held, _)| held.to_owned())
                .filter(|held| *held != opened.core),
            signatories: charter.signatories.clone(),
            notice: charter.notice.clone(),
            in_force_from: encode::instant_text(from_ms),
        }
    }

    /// The terms of a document, signed or not.
    ///
    /// # Errors
    /// `adoption-malformed`.
    pub fn read(document: &Value) -> Result<Self, GovernanceError> {
        let mut bare = document.clone();
        if let Value::Object(members) = &mut bare {
            members.shift_remove("proof");
        }
        let terms: Self = serde_json::from_value(bare).map_err(|e| {
            fault(
                "adoption-malformed",
                format!("this is no adoption of a program: {e}"),
                format!("esto no es la adopción de un programa: {e}"),
            )
        })?;
        let sound = terms.kind == TYPE
            && !terms.signatories.is_empty()
            && terms.signatories.len() <= SIGNATORIES_MAX
            && terms
                .notice
                .as_deref()
                .is_none_or(|n| duration_ms(n).is_some())
            && terms.from_ms().is_some();
        if sound {
            Ok(terms)
        } else {
            Err(fault(
                "adoption-malformed",
                format!(
                    "an adoption has type `{TYPE}`, 1 to {SIGNATORIES_MAX} signatories, a notice such as P14D and an instant with its zone from which it is in force"
                ),
                format!(
                    "una adopción tiene el tipo `{TYPE}`, de 1 a {SIGNATORIES_MAX} firmantes, un plazo como P14D y un instante con su zona desde el que rige"
                ),
            ))
        }
    }

    /// The document without a signature.
    pub fn document(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// First logged instant at which it is in force, ms since 1970.
    pub fn from_ms(&self) -> Option<i64> {
        encode::parse_instant_ms(&self.in_force_from)
    }

    /// How long before that it must be signed, in ms.
    pub fn notice_ms(&self) -> i64 {
        self.notice.as_deref().and_then(duration_ms).unwrap_or(0)
    }
}

/// The document with one office's signature more.
///
/// # Errors
/// When it has no canonical form, or has too many proofs.
pub fn sign(
    document: &Value,
    key: &SigningKey,
    verification_method: &str,
    now_ms: i64,
) -> Result<Value, Problem> {
    signing::sign_jcs_under(document, key, verification_method, now_ms)
}

/// Which of the needed roles have signed so far; every proof on the document must hold.
///
/// # Errors
/// `adoption-signature`: a proof that does not hold, or whose key is not, not yet or no more its signer's.
pub fn signatures(
    document: &Value,
    terms: &Terms,
    network: &Network,
) -> Result<Vec<Cosignature>, GovernanceError> {
    if document.get("proof").is_none() {
        return Ok(Vec::new());
    }
    // Without a time: what is revoked by this place in the chain signs nothing more.
    let verified = data_integrity::verify(
        document,
        &VerifyOptions::assertion(network, None),
        signing::jcs_canonicalizer(),
    )
    .map_err(|problems| {
        let why = problems.first().map_or_else(String::new, |p| {
            format!("{}: {} ({})", p.pointer, p.message, p.code())
        });
        fault(
            "adoption-signature",
            format!("a signature of the adoption does not hold: {why}; have that office sign again with its present key"),
            format!("una firma de la adopción no es válida: {why}; que esa autoridad firme otra vez con su llave vigente"),
        )
    })?;
    let mut found = Vec::new();
    for proof in verified.proofs() {
        let method = &proof.verification_method;
        let Some(signed_ms) = proof.created_ms else {
            return Err(fault(
                "adoption-signature",
                format!("`{method}` does not say when it signed"),
                format!("`{method}` no dice cuándo firmó"),
            ));
        };
        network.key(method, Some(signed_ms)).map_err(|error| {
            fault(
                "adoption-signature",
                format!("at its own time of signing {error}"),
                format!("en su propia hora de firma, `{method}` no era una llave vigente"),
            )
        })?;
        let Some(party) = network.directory.parties.get(&proof.controller) else {
            continue;
        };
        for role in &terms.signatories {
            let held = party.roles.iter().any(|grant| {
                grant.role == *role
                    && grant.from_ms <= signed_ms
                    && grant.until_ms.is_none_or(|until| signed_ms < until)
            });
            if held {
                found.push(Cosignature {
                    role: role.clone(),
                    party: proof.controller.clone(),
                    verification_method: method.clone(),
                    signed_ms,
                });
            }
        }
    }
    Ok(found)
}

/// Judges a signed document as the network stands: whether it may be adopted now.
///
/// # Errors
/// The first reason why not, with its code: `adoption-malformed`, `adoption-network`, `adoption-supersedes`, `adoption-signatories`,
/// `adoption-signature`, `adoption-not-cosigned`, `adoption-notice`, `adoption-order`.
pub fn judge(
    document: &Value,
    network: &Network,
) -> Result<(Terms, Vec<Cosignature>), GovernanceError> {
    let terms = Terms::read(document)?;
    if terms.network != network.id {
        return Err(fault(
            "adoption-network",
            format!("it was signed for network `{}`", terms.network),
            format!("se firmó para la red `{}`", terms.network),
        ));
    }
    let before = network.newest(&terms.profile);
    let again = before.is_some_and(|(core, _)| core == terms.core);
    let expected = before.map(|(core, _)| core).filter(|_| !again);
    if terms.supersedes.as_deref() != expected {
        let named = terms.supersedes.as_deref().unwrap_or("–");
        let is = expected.unwrap_or("–");
        return Err(fault(
            "adoption-supersedes",
            format!(
                "it supersedes `{named}`, and the version adopted last is `{is}`; propose it anew"
            ),
            format!(
                "sustituye a `{named}`, y la última versión adoptada es `{is}`; propóngala otra vez"
            ),
        ));
    }
    if network.profiles.contains_key(&terms.core) && !again {
        return Err(fault(
            "adoption-order",
            "this core was superseded; a version is never brought back, make a new one",
            "este núcleo ya fue sustituido; una versión no se restablece, haga una nueva",
        ));
    }
    // As a root of trust is handed on: who had to sign the version before signs what comes after it.
    let needed: BTreeSet<&str> = terms
        .signatories
        .iter()
        .chain(before.into_iter().flat_map(|(_, held)| &held.signatories))
        .map(String::as_str)
        .collect();
    if let Some(role) = needed
        .iter()
        .find(|role| !terms.signatories.iter().any(|s| s == *role))
    {
        return Err(fault(
            "adoption-signatories",
            format!("`{role}` signed the version before and must sign this one too, as leaving"),
            format!("`{role}` firmó la versión anterior y debe firmar también esta, al retirarse"),
        ));
    }
    let found = signatures(document, &terms, network)?;
    let lacking: Vec<&str> = needed
        .into_iter()
        .filter(|role| !found.iter().any(|c| c.role == *role))
        .collect();
    if !lacking.is_empty() {
        let lacking = lacking.join(", ");
        return Err(fault(
            "adoption-not-cosigned",
            format!("signatures of {lacking} are missing"),
            format!("faltan las firmas de {lacking}"),
        ));
    }
    let from_ms = terms.from_ms().unwrap_or(i64::MIN);
    // What is in force already is confirmed, not begun.
    if !again {
        let last = found.iter().map(|c| c.signed_ms).max().unwrap_or(0);
        let earliest = last.saturating_add(terms.notice_ms());
        if from_ms < earliest {
            let at = encode::instant_text(earliest);
            return Err(fault(
                "adoption-notice",
                format!("its notice lets it be in force from {at} at the earliest"),
                format!("su plazo permite que rija a partir de {at}, no antes"),
            ));
        }
        if before.is_some_and(|(_, held)| from_ms <= held.from_ms) {
            return Err(fault(
                "adoption-order",
                "it would be in force before the version that it supersedes",
                "regiría antes que la versión a la que sustituye",
            ));
        }
    }
    Ok((terms, found))
}

/// Whether what was adopted has the signatures that the charter in the package itself asks for.
pub(crate) fn satisfies(adoption: &Adoption, charter: &[String]) -> bool {
    // What the network was founded with stands by its authorities.
    adoption.cosignatures.is_empty()
        || charter
            .iter()
            .all(|role| adoption.cosignatures.iter().any(|c| c.role == *role))
}

fn fault(code: &'static str, en: impl Into<String>, es: impl Into<String>) -> GovernanceError {
    GovernanceError::Adoption {
        code,
        en: en.into(),
        es: es.into(),
    }
}

#[cfg(test)]
mod tests;
