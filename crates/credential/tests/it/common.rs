//! What the tests share: the vectors' folder, their keys and contexts.

use std::path::PathBuf;
use std::sync::LazyLock;

use garita_canon::{Canonicalizer, ContextSet, json};
use garita_credential::time::parse_date_time_stamp;
use garita_credential::{
    DidKeyResolver, Problem, ProofOptions, SigningKey, Verified, VerifyOptions, data_integrity,
};
use serde_json::{Value, json};

/// One for all tests: it remembers processed contexts.
pub(crate) static CANONICALIZER: LazyLock<Canonicalizer> = LazyLock::new(|| {
    let mut contexts = ContextSet::bundled();
    let url = "https://w3id.org/citizenship/v4rc1";
    if contexts.get(url).is_none() {
        contexts = contexts.with(url, citizenship()).unwrap();
    }
    Canonicalizer::new(contexts)
});

/// Where vectors are, if they are: beside the project, or where `GARITA_VECTORS` says.
pub(crate) fn vectors_root() -> PathBuf {
    std::env::var_os("GARITA_VECTORS").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors"),
        PathBuf::from,
    )
}

/// A folder of vectors, where it is there; says so where it isn't.
pub(crate) fn vectors(name: &str) -> Option<PathBuf> {
    let folder = vectors_root().join(name).join("TestVectors");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: {} is not there", folder.display());
    None
}

/// The folder of the EdDSA vectors.
pub(crate) fn eddsa() -> Option<PathBuf> {
    vectors("vc-di-eddsa")
}

pub(crate) fn text(path: &str) -> String {
    std::fs::read_to_string(eddsa().unwrap().join(path)).unwrap()
}

pub(crate) fn read(path: &str) -> Value {
    parse(&text(path)).unwrap()
}

pub(crate) fn parse(text: &str) -> Result<Value, &'static str> {
    json::parse(text.as_bytes(), &json::Limits::default()).map_err(|error| error.code())
}

/// The key of a vector, by the member that holds it.
pub(crate) fn vector_key(pair: &Value) -> SigningKey {
    let secret = ["secretKeyMultibase", "privateKeyMultibase"]
        .into_iter()
        .find_map(|name| pair[name].as_str());
    let key = SigningKey::from_multibase(secret.unwrap()).unwrap();
    assert_eq!(
        key.verification_key().to_multibase(),
        pair["publicKeyMultibase"].as_str().unwrap()
    );
    key
}

/// The options that lead to the members of a proof.
pub(crate) fn options_of(proof: &Value) -> ProofOptions {
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

pub(crate) fn verify(document: &Value) -> Result<Verified, Vec<Problem>> {
    data_integrity::verify(
        document,
        &VerifyOptions::assertion(&DidKeyResolver, None),
        &CANONICALIZER,
    )
}

/// The codes of a refusal; empty where the document is accepted.
pub(crate) fn codes(document: &Value) -> Vec<&'static str> {
    verify(document)
        .err()
        .unwrap_or_default()
        .iter()
        .map(Problem::code)
        .collect()
}

/// The documents of the vectors that must verify, with the number of their proofs.
pub(crate) const SIGNED: [(&str, usize); 7] = [
    ("eddsa-rdfc-2022/signedDataInt.json", 1),
    ("eddsa-rdfc-2022/employ/signedDataInt.json", 1),
    ("eddsa-jcs-2022/signedJCS.json", 1),
    ("proof-set-chain/signedProofSet1.json", 1),
    ("proof-set-chain/signedProofSet2.json", 2),
    ("proof-set-chain/signedProofChain1.json", 3),
    ("proof-set-chain/signedProofChain2.json", 4),
];

/// The terms of the citizenship vocabulary that the vector uses, by the IRIs of its own canonical form; its context isn't
/// among the vectors.
fn citizenship() -> Value {
    let term = |iri: &str| Value::from(iri);
    let typed = |iri: &str, kind: &str| json!({"@id": iri, "@type": kind});
    let date = "http://www.w3.org/2001/XMLSchema#dateTime";
    json!({"@context": {
        "@protected": true,
        "EmploymentAuthorizationDocumentCredential": term("https://w3id.org/citizenship#EmploymentAuthorizationDocumentCredential"),
        "EmploymentAuthorizationDocument": term("https://w3id.org/citizenship#EmploymentAuthorizationDocument"),
        "EmployablePerson": term("https://w3id.org/citizenship#EmployablePerson"),
        "Person": term("https://schema.org/Person"),
        "givenName": term("https://schema.org/givenName"),
        "additionalName": term("https://schema.org/additionalName"),
        "familyName": term("https://schema.org/familyName"),
        "gender": term("https://schema.org/gender"),
        "identifier": term("https://schema.org/identifier"),
        "image": typed("https://schema.org/image", "@id"),
        "birthDate": typed("https://schema.org/birthDate", date),
        "birthCountry": term("https://w3id.org/citizenship#birthCountry"),
        "residentSince": typed("https://w3id.org/citizenship#residentSince", date),
        "employmentAuthorizationDocument": typed("https://w3id.org/citizenship#employmentAuthorizationDocument", "@id"),
        "PermanentResidentCardCredential": term("https://w3id.org/citizenship#PermanentResidentCardCredential"),
        "PermanentResidentCard": term("https://w3id.org/citizenship#PermanentResidentCard"),
        "PermanentResident": term("https://w3id.org/citizenship#PermanentResident"),
        "permanentResidentCard": typed("https://w3id.org/citizenship#permanentResidentCard", "@id"),
        "commuterClassification": term("https://w3id.org/citizenship#commuterClassification"),
        "lprCategory": term("https://w3id.org/citizenship#lprCategory"),
        "lprNumber": term("https://w3id.org/citizenship#lprNumber"),
    }})
}

pub(crate) fn from_hex(text: &str) -> Vec<u8> {
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap())
        .collect()
}

/// A list of JSON pointers.
pub(crate) fn pointers(value: &Value) -> Vec<String> {
    serde_json::from_value(value.clone()).unwrap()
}
