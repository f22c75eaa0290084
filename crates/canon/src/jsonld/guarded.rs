//! Properties that verifiers read in the JSON by their names: when a credential ends, where its status is told, whom a proof is for.
//!
//! A signature over statements covers them under any name, so that whoever passes a document on could move `validUntil` under its IRI, under
//! a name that a context of his own gives it, or into another object about the same node: signed as before, and read by nobody.
//!
//! INVARIANT (said where it is read): in strict mode such a property stands under its own name, in an object of its node that is the
//! only one.

const CREDENTIALS: &str = "https://www.w3.org/2018/credentials#";
const STATUS: &str = "https://www.w3.org/ns/credentials/status#";
const SECURITY: &str = "https://w3id.org/security#";

/// The one name that a property may have, where it is one of those.
pub(super) fn own_name(iri: &str) -> Option<&str> {
    if let Some(name) = iri
        .strip_prefix(CREDENTIALS)
        .or_else(|| iri.strip_prefix(STATUS))
    {
        return Some(name);
    }
    match iri.strip_prefix(SECURITY)? {
        "expiration" => Some("expires"),
        name @ ("proof" | "domain" | "challenge" | "nonce" | "previousProof" | "proofPurpose"
        | "proofValue" | "verificationMethod" | "cryptosuite") => Some(name),
        _ => None,
    }
}
