use std::collections::BTreeSet;

use garita_canon::{Canonicalizer, ContextSet};

use super::*;
use crate::did::{Did, DidDocument};
use crate::keys::{KeyType, SigningKey};
use crate::webvh::{self, Changes};

/// The DID of the method's public suite, and the key for encryption that it gives there.
const DID: &str = "did:key:z6MktKwz7Ge1Yxzr4JHavN33wiwa8y81QdcMRLXQsrH9T53b";
const ENCRYPTION: &str = "z6LSfHfAMAopsuBxaBzvp51GXrPf38Az13j2fmwqadbwwrzJ";

fn resolve(asked_for: &str) -> Value {
    resolve_key(asked_for, &KeyOptions::default()).to_value()
}

fn with_format(asked_for: &str, format: &str) -> Value {
    let options = KeyOptions {
        public_key_format: Some(format),
        ..KeyOptions::default()
    };
    resolve_key(asked_for, &options).to_value()
}

#[test]
fn errors_are_those_that_the_public_suite_asks_for() {
    let multibase = DID.strip_prefix("did:key:").unwrap();
    let resolution = "/didResolutionMetadata/error";
    let dereferencing = "/didDereferencingMetadata/error";
    let signing = format!("{DID}#{multibase}");
    let encrypting = format!("{DID}#{ENCRYPTION}");
    let old = "Ed25519VerificationKey2018";
    for (answer, place, error) in [
        (
            resolve(&DID.replace("did:", "notDid:")),
            resolution,
            "invalidDid",
        ),
        (
            resolve(&DID.replace(":key:", ":experimental:")),
            resolution,
            "methodNotSupported",
        ),
        (
            resolve(&DID.replace("key:", "key:-4:")),
            resolution,
            "invalidDid",
        ),
        (
            resolve(&DID.replace("z6Mk", "6Mk")),
            resolution,
            "invalidDid",
        ),
        (resolve("did:key:@"), resolution, "invalidDid"),
        (
            resolve("did:key:zTjsVPtY"),
            resolution,
            "invalidPublicKeyLength",
        ),
        (
            resolve(&format!("{DID}/^bar^/?query=`#{multibase}")),
            dereferencing,
            "invalidDidUrl",
        ),
        (
            with_format(DID, "unknown"),
            resolution,
            "unsupportedPublicKeyType",
        ),
        (
            with_format(&signing, old),
            dereferencing,
            "invalidPublicKeyType",
        ),
        (
            with_format(&encrypting, old),
            dereferencing,
            "invalidPublicKeyType",
        ),
        // Beyond the suite.
        (resolve(""), resolution, "invalidDid"),
        // secp256k1, and a point of small order.
        (
            resolve("did:key:zQ3shZc2QzApp2oymGvQbzP8eKheVshBHbU4ZYjeXqwSKEn6N"),
            resolution,
            "unsupportedPublicKeyType",
        ),
        (
            resolve(&format!("did:key:{}", small_order())),
            resolution,
            "invalidPublicKey",
        ),
        (
            resolve(&format!("{DID}#nothing")),
            dereferencing,
            "notFound",
        ),
        (resolve(&format!("{DID}/path")), dereferencing, "notFound"),
        (
            resolve(&format!("{DID}?versionId=1")),
            dereferencing,
            "notFound",
        ),
        (resolve(&format!("{DID}#")), dereferencing, "invalidDidUrl"),
        (
            resolve("did:web:a.example#x"),
            dereferencing,
            "methodNotSupported",
        ),
    ] {
        assert_eq!(
            answer.pointer(place).and_then(Value::as_str),
            Some(error),
            "{answer}"
        );
        // All members, whatever happens.
        assert_eq!(answer["@context"], "https://w3id.org/did-resolution/v1");
        assert_eq!(
            (&answer["didDocument"], &answer["didDocumentMetadata"]),
            (&json!({}), &json!({}))
        );
    }
}

fn small_order() -> String {
    let mut bytes = vec![0xed, 0x01];
    bytes.extend([0; 32]);
    crate::keys::to_base58_multibase(&bytes)
}

#[test]
fn the_document_has_its_key_and_one_for_encryption() {
    let answer = resolve(DID);
    assert_eq!(
        answer["didResolutionMetadata"],
        json!({"contentType": "application/did+ld+json"})
    );
    let document = &answer["didDocument"];
    let multibase = DID.strip_prefix("did:key:").unwrap();
    let method = |id: &str| json!({"id": format!("{DID}#{id}"), "type": "Multikey", "controller": DID, "publicKeyMultibase": id});
    assert_eq!(
        document["verificationMethod"],
        json!([method(multibase), method(ENCRYPTION)])
    );
    assert_eq!(
        document["keyAgreement"],
        json!([format!("{DID}#{ENCRYPTION}")])
    );
    for purpose in [
        "authentication",
        "assertionMethod",
        "capabilityInvocation",
        "capabilityDelegation",
    ] {
        assert_eq!(document[purpose], json!([format!("{DID}#{multibase}")]));
    }
    // Our own reader finds the key that signs, and does not take the other for one.
    let read = DidDocument::parse(document).unwrap();
    assert_eq!((read.methods.len(), read.unsupported.len()), (1, 1));
    // Another published pair: the first example of the method.
    let example = resolve("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    let expected = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK#z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p";
    assert_eq!(example["didDocument"]["keyAgreement"], json!([expected]));
    let without = KeyOptions {
        enable_encryption_key_derivation: false,
        ..KeyOptions::default()
    };
    let without = resolve_key(DID, &without).to_value();
    assert_eq!(without["didDocument"].get("keyAgreement"), None);
    assert_eq!(
        without["didDocument"]["verificationMethod"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_fragment_names_a_method() {
    let multibase = DID.strip_prefix("did:key:").unwrap();
    for id in [multibase, ENCRYPTION] {
        let url = format!("{DID}#{id}");
        let answer = resolve_key(&url, &KeyOptions::default());
        assert_eq!((answer.asked, answer.http_status()), (Asked::DidUrl, 200));
        let answer = answer.to_value();
        assert_eq!(answer["didDocument"]["id"], url);
        assert_eq!(answer["didDocument"]["controller"], DID);
        assert_eq!(answer["didDereferencingMetadata"].get("error"), None);
    }
}

#[test]
fn keys_are_written_as_asked() {
    let did = |key: &SigningKey| Did::from_key(&key.verification_key()).as_str().to_owned();
    let method = |did: &str, format: &str, n: usize| {
        with_format(did, format)["didDocument"]["verificationMethod"][n].clone()
    };
    // RFC 8037 appendix A.2 has this public key of this seed.
    let seed = [
        0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c,
        0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
        0x7f, 0x60,
    ];
    let ed25519 = did(&SigningKey::from_seed(seed));
    let written = method(&ed25519, "JsonWebKey", 0);
    assert_eq!(written["type"], "JsonWebKey");
    assert_eq!(
        written["publicKeyJwk"],
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})
    );
    assert_eq!(
        method(&ed25519, "JsonWebKey2020", 1)["publicKeyJwk"]["crv"],
        "X25519"
    );
    assert_eq!(
        method(&ed25519, "Ed25519VerificationKey2020", 0)["type"],
        "Ed25519VerificationKey2020"
    );
    assert_eq!(
        method(&ed25519, "Ed25519VerificationKey2020", 1)["type"],
        "X25519KeyAgreementKey2020"
    );
    let contexts: BTreeSet<String> = [
        "Multikey",
        "JsonWebKey",
        "JsonWebKey2020",
        "Ed25519VerificationKey2020",
    ]
    .into_iter()
    .map(|format| with_format(&ed25519, format)["didDocument"]["@context"].to_string())
    .collect();
    assert_eq!(contexts.len(), 4);
    for (kind, curve, chars) in [
        (KeyType::P256, "P-256", 43),
        (KeyType::P384, "P-384", 64),
        (KeyType::P521, "P-521", 88),
    ] {
        let key = SigningKey::from_bytes(kind, &vec![1; kind.secret_bytes()]).unwrap();
        let did = did(&key);
        let jwk = method(&did, "JsonWebKey", 0)["publicKeyJwk"].clone();
        assert_eq!((&jwk["kty"], &jwk["crv"]), (&json!("EC"), &json!(curve)));
        assert_eq!(
            (
                jwk["x"].as_str().unwrap().len(),
                jwk["y"].as_str().unwrap().len()
            ),
            (chars, chars)
        );
        // No key of another curve is made of it, nor written as one.
        assert_eq!(resolve(&did)["didDocument"].get("keyAgreement"), None);
        let refused = with_format(&did, "Ed25519VerificationKey2020");
        assert_eq!(
            refused["didResolutionMetadata"]["error"],
            "invalidPublicKeyType"
        );
    }
}

#[test]
fn experiments_are_not_known() {
    let options = KeyOptions {
        public_key_format: Some("Ed25519VerificationKey2018"),
        enable_experimental_public_key_types: true,
        enable_encryption_key_derivation: true,
    };
    let answer = resolve_key(DID, &options);
    assert_eq!(
        answer.outcome,
        Err(ResolutionError::UnsupportedPublicKeyType)
    );
    assert_eq!(answer.http_status(), 400);
}

#[test]
fn resolves_the_versions_of_a_history() {
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    let (start, day) = (1_795_532_400_000, 86_400_000);
    let key = SigningKey::from_seed([1; 32]);
    let keys = [("key-1".to_owned(), key.verification_key())];
    let document = webvh::document(&webvh::template("cbp.example"), &keys);
    let changes = Changes::update_keys(&[key.verification_key()]);
    let mut history = webvh::create(
        "cbp.example",
        document,
        changes,
        start,
        &key,
        &canonicalizer,
    )
    .unwrap();
    let first = history.latest().unwrap().clone();
    let answer = resolve_history(&history, VersionQuery::Latest);
    assert_eq!(answer.outcome.as_ref(), Ok(first.state()));
    assert_eq!(
        answer.to_value()["didDocumentMetadata"]["versionId"],
        first.id()
    );

    history
        .deactivate(start + day, &key, &canonicalizer)
        .unwrap();
    let outcome = |query| resolve_history(&history, query).outcome;
    let over = Err(ResolutionError::Deactivated);
    let none = Err(ResolutionError::NotFound);
    assert_eq!(outcome(VersionQuery::Latest), over);
    assert_eq!(outcome(VersionQuery::AtMs(start + day)), over);
    assert_eq!(outcome(VersionQuery::Number(2)), over);
    assert_eq!(outcome(VersionQuery::AtMs(start - 1)), none);
    assert_eq!(outcome(VersionQuery::Number(3)), none);
    assert_eq!(outcome(VersionQuery::Id("1-x")), none);
    for query in [
        VersionQuery::AtMs(start + day - 1),
        VersionQuery::Number(1),
        VersionQuery::Id(first.id()),
    ] {
        assert_eq!(outcome(query).as_ref(), Ok(first.state()));
        let answer = resolve_history(&history, query).to_value();
        assert_eq!(answer["didDocumentMetadata"]["deactivated"], true);
        assert_eq!(answer["didResolutionMetadata"]["deactivated"], true);
    }
    let answer = resolve_history(&history, VersionQuery::Latest);
    assert_eq!(
        (answer.http_status(), &answer.to_value()["didDocument"]),
        (410, &json!({}))
    );
    assert_eq!(
        answer.to_value()["didResolutionMetadata"],
        json!({"deactivated": true})
    );
    assert_eq!(
        resolve_history(&history, VersionQuery::Number(9)).http_status(),
        404
    );
}
