//! The vectors of Data Integrity EdDSA Cryptosuites 1.0: verified, and made again to the byte.

use garita_canon::jcs;
use garita_credential::data_integrity::{HashData, create, hash_data};
use garita_credential::time::parse_date_time_stamp;
use garita_credential::{ProofOptions, SigningKey, Suite};
use serde_json::Value;

use crate::common::{CANONICALIZER, SIGNED, eddsa, read, text, vector_key, verify};

#[test]
fn every_signed_document_verifies() {
    if eddsa().is_none() {
        return;
    }
    let mut proofs = 0;
    for (path, expected) in SIGNED {
        let verified =
            verify(&read(path)).unwrap_or_else(|problems| panic!("{path}: {problems:?}"));
        assert_eq!(verified.proofs().len(), expected, "{path}");
        proofs += expected;
    }
    println!(
        "vectors: {} documents with {proofs} proofs verified",
        SIGNED.len()
    );
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// One document with a single proof: every intermediate value, then the signed file itself.
fn check_single(suite: Suite, unsigned: &str, folder: &str, suffix: &str, signed: &str) {
    let file = |name: &str, kind: &str| text(&format!("{folder}/{name}{suffix}.{kind}"));
    let key = vector_key(&read("keyPair.json"));
    let document = read(unsigned);
    let config = read(&format!("{folder}/proofConfig{suffix}.json"));
    let canonical = |value: &Value| match suite {
        Suite::EddsaRdfc2022 => CANONICALIZER.nquads(value).unwrap(),
        Suite::EddsaJcs2022 => String::from_utf8(jcs::canonicalize(value).unwrap()).unwrap(),
    };
    assert_eq!(
        canonical(&document),
        file("canonDoc", "txt"),
        "{folder}: document"
    );
    assert_eq!(
        canonical(&config),
        file("proofCanon", "txt"),
        "{folder}: proof options"
    );
    let hashes: HashData = hash_data(&document, &config, suite, &CANONICALIZER).unwrap();
    assert_eq!(hex(&hashes.document), file("docHash", "txt"));
    assert_eq!(hex(&hashes.proof), file("proofHash", "txt"));
    assert_eq!(hex(&hashes.to_bytes()), file("combinedHash", "txt"));
    assert_eq!(hex(&key.sign(&hashes.to_bytes())), file("sigHex", "txt"));
    let made = create(&document, suite, &key, &options_of(&config), &CANONICALIZER).unwrap();
    assert_eq!(made["proof"]["proofValue"], file("sigBTC58", "txt").trim());
    assert_eq!(
        format!("{made:#}"),
        text(&format!("{folder}/{signed}")).trim_end(),
        "{folder}: signed"
    );
}

/// The options that lead to the members of a proof.
fn options_of(proof: &Value) -> ProofOptions {
    let created_ms = parse_date_time_stamp(proof["created"].as_str().unwrap()).unwrap();
    let mut options =
        ProofOptions::assertion(proof["verificationMethod"].as_str().unwrap(), created_ms);
    options.id = proof["id"].as_str().map(str::to_owned);
    options.previous_proof = match &proof["previousProof"] {
        Value::String(id) => vec![id.clone()],
        Value::Array(ids) => ids
            .iter()
            .map(|id| id.as_str().unwrap().to_owned())
            .collect(),
        _ => Vec::new(),
    };
    options
}

#[test]
fn makes_eddsa_rdfc_2022_again_to_the_byte() {
    if eddsa().is_some() {
        check_single(
            Suite::EddsaRdfc2022,
            "unsigned.json",
            "eddsa-rdfc-2022",
            "DataInt",
            "signedDataInt.json",
        );
    }
}

#[test]
fn makes_the_employment_document_again_to_the_byte() {
    if eddsa().is_some() {
        check_single(
            Suite::EddsaRdfc2022,
            "employmentAuth.json",
            "eddsa-rdfc-2022/employ",
            "DataInt",
            "signedDataInt.json",
        );
    }
}

#[test]
fn makes_eddsa_jcs_2022_again_to_the_byte() {
    if eddsa().is_some() {
        check_single(
            Suite::EddsaJcs2022,
            "unsigned.json",
            "eddsa-jcs-2022",
            "JCS",
            "signedJCS.json",
        );
    }
}

#[test]
fn makes_the_set_and_the_chain_again_to_the_byte() {
    if eddsa().is_none() {
        return;
    }
    let keys = read("proof-set-chain/multiKeyPairs.json");
    let key = |n: u8| -> SigningKey { vector_key(&keys[format!("keyPair{n}")]) };
    let mut document = read("proof-set-chain/unsigned.json");
    let steps = [
        ("proofSetConfig1", "signedProofSet1"),
        ("proofSetConfig2", "signedProofSet2"),
        ("proofChainConfig1", "signedProofChain1"),
        ("proofChainConfig2", "signedProofChain2"),
    ];
    for (n, (config, signed)) in (1..).zip(steps) {
        let options = options_of(&read(&format!("proof-set-chain/{config}.json")));
        document = create(
            &document,
            Suite::EddsaRdfc2022,
            &key(n),
            &options,
            &CANONICALIZER,
        )
        .unwrap();
        let expected = text(&format!("proof-set-chain/{signed}.json"));
        assert_eq!(format!("{document:#}"), expected.trim_end(), "{signed}");
    }
    println!(
        "vectors: {} signatures of set and chain made again",
        steps.len()
    );
}
