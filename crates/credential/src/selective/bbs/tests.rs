//! A document that nobody signed.

use garita_canon::ContextSet;
use serde_json::json;

use super::*;
use crate::bbs::proof::tests::forged;
use crate::data_integrity::{VerifyOptions, verify as verify_document};
use crate::keys::base64url_multibase;
use crate::{DidKeyResolver, KeyFile};

/// Somebody signs by a key of his own what names another's, and derives from it: all is in place but the proof itself, which he then
/// makes with the group's identity, for the other's key.
#[test]
fn a_document_is_not_shown_as_of_an_issuer_who_did_not_sign_it() {
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let key = |byte| KeyFile::did_key(SecretKey::from_bytes([byte; 32]).unwrap());
    let (own, customs) = (key(7), key(9));
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {"@vocab": "https://example.org/"}],
        "type": ["VerifiableCredential"],
        "issuer": customs.controller,
        "credentialSubject": {"entry": "2304-26-001", "status": "released", "inspector": "none"},
    });
    let options = ProofOptions::assertion(&customs.id, 1_795_532_400_000);
    let pointers = |text: &str| [text.to_owned()];
    let mandatory = pointers("/issuer");
    let base = create(
        &document,
        &own.key,
        &options,
        &mandatory,
        &[3; 32],
        &canonicalizer,
    )
    .unwrap();
    let reveal = pointers("/credentialSubject/status");
    let mut shown_document = derive(&base, &reveal, b"", &canonicalizer).unwrap();

    let (unsecured, proof) = split_proof(&shown_document, Suite::Bbs2023).unwrap();
    let text = proof["proofValue"].as_str().unwrap();
    let bytes = base64url_multibase(text, usize::MAX).unwrap();
    let mut derived = Derived::read(&bytes).map_err(|_| "read").unwrap();
    let mut config = proof;
    config.shift_remove("proofValue");
    config.insert("@context".into(), unsecured["@context"].clone());
    let proof_hash = hash_rdf(
        &Value::Object(config),
        HashAlgorithm::Sha256,
        &canonicalizer,
    );
    let lines = shown(&unsecured, &derived.names, &canonicalizer).unwrap();
    let (always, optional) = split(lines, &derived.mandatory).unwrap();
    let messages: Vec<Vec<u8>> = optional.into_iter().map(String::into_bytes).collect();
    derived.proof = forged(
        &customs.key.verification_key(),
        &header_of(&proof_hash.unwrap(), &always),
        b"",
        &messages,
        &derived.selective,
        2,
    );
    let value = to_base64url_multibase(&derived.write().unwrap());
    shown_document["proof"]["proofValue"] = value.into();

    let expected = VerifyOptions::assertion(&DidKeyResolver, None);
    let problems = verify_document(&shown_document, &expected, &canonicalizer).unwrap_err();
    let codes: Vec<&str> = problems.iter().map(Problem::code).collect();
    assert_eq!(codes, ["proof-invalid"]);
}
