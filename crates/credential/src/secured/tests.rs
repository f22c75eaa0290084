//! Each feature both ways, and what is refused.

use garita_canon::ContextSet;
use serde_json::json;

use super::*;
use crate::vc::CONTEXT_V2;
use crate::{KeyType, SigningKey};

const EXAMPLES: &str = "https://www.w3.org/ns/credentials/examples/v2";
const ISSUER: &str = "https://issuer.example/keys";

const FEATURES: [&str; 6] = [
    "credential_jose",
    "credential_sdjwt",
    "credential_cose",
    "presentation_jose",
    "presentation_sdjwt",
    "presentation_cose",
];

/// A key document; the secret is given in base64url, since keys do not hand it out as a JWK.
fn key(kind: KeyType) -> Value {
    let bytes = vec![1; kind.secret_bytes()];
    let public = SigningKey::from_bytes(kind, &bytes)
        .unwrap()
        .verification_key();
    let public = jwk::to_jwk(&public).unwrap();
    let mut secret = public.clone();
    secret["d"] = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .encode(&bytes)
        .into();
    json!({
        "id": format!("{ISSUER}#1"),
        "type": "JsonWebKey",
        "controller": ISSUER,
        "publicKeyJwk": public,
        "secretKeyJwk": secret,
    })
}

fn credential() -> Value {
    json!({
        "@context": [CONTEXT_V2, EXAMPLES],
        "type": ["VerifiableCredential", "DriverCredential"],
        "issuer": ISSUER,
        "credentialSubject": {"id": "did:example:driver", "name": "Rosa", "trucks": ["A-1", "B-2"]},
    })
}

fn presentation(credential: &str) -> Value {
    json!({
        "@context": [CONTEXT_V2, EXAMPLES],
        "type": ["VerifiablePresentation"],
        "holder": ISSUER,
        "verifiableCredential": [{
            "@context": CONTEXT_V2,
            "type": "EnvelopedVerifiableCredential",
            "id": credential,
        }],
    })
}

fn document(feature: &str) -> Value {
    if feature.starts_with("credential") {
        credential()
    } else {
        // What it encloses is for others to judge.
        presentation("data:application/vc+jwt,torn..\n")
    }
}

fn act(
    operation: &str,
    feature: &str,
    input: &str,
    key: &Value,
    paths: &[&str],
) -> Result<String, String> {
    let concealable: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let task = Task {
        operation: Operation::from_name(operation).unwrap(),
        feature: Feature::from_name(feature).unwrap(),
        input,
        key,
        concealable: &concealable,
    };
    let mut n = 0;
    let mut salt = || {
        n += 1;
        [n; 16]
    };
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    run(&task, &mut salt, &canonicalizer).map_err(|problems| {
        let told = problems.iter();
        told.map(|problem| format!("{} {}", problem.code(), problem.pointer))
            .collect::<Vec<_>>()
            .join(", ")
    })
}

#[test]
fn every_feature_goes_both_ways_with_every_key() {
    for kind in [
        KeyType::Ed25519,
        KeyType::P256,
        KeyType::P384,
        KeyType::P521,
    ] {
        let key = key(kind);
        let mut public = key.clone();
        public.as_object_mut().unwrap().remove("secretKeyJwk");
        let stranger = self::key(if kind == KeyType::P256 {
            KeyType::P384
        } else {
            KeyType::P256
        });
        for feature in FEATURES {
            let input = document(feature).to_string();
            let token = act("issue", feature, &input, &key, &[]).unwrap();
            let read = |feature, key| act("verify", feature, &format!("{token}\n"), key, &[]);
            assert_eq!(read(feature, &public), Ok(String::new()), "{feature}");
            let other = read(feature, &stranger).unwrap_err();
            assert!(other.starts_with("algorithm-mismatch"), "{feature} {other}");
            for others in FEATURES.into_iter().filter(|other| *other != feature) {
                assert!(read(others, &public).is_err(), "{feature} as {others}");
            }
        }
    }
}

#[test]
fn conceals_what_is_named_by_paths() {
    let key = key(KeyType::P384);
    let paths = ["credentialSubject.name", "credentialSubject.trucks[0]"];
    let input = credential().to_string();
    let token = act("issue", "credential_sdjwt", &input, &key, &paths).unwrap();
    assert_eq!(token.matches('~').count(), 3);
    let read = |token: &str| act("verify", "credential_sdjwt", token, &key, &[]);
    assert_eq!(read(&token), Ok(String::new()));
    let shown = sd_jwt::present(&token, &["/credentialSubject/name"]).unwrap();
    assert_eq!(read(&shown), Ok(String::new()));
    let input = document("presentation_sdjwt").to_string();
    let paths = ["holder", "verifiableCredential[0]"];
    let token = act("issue", "presentation_sdjwt", &input, &key, &paths).unwrap();
    assert_eq!(
        act("verify", "presentation_sdjwt", &token, &key, &[]),
        Ok(String::new())
    );
    for (feature, path, code) in [
        (
            "credential_sdjwt",
            "credentialSubject.none",
            "disclosure-place-unknown",
        ),
        ("credential_sdjwt", "issuer", "claim-not-concealable"),
        (
            "credential_jose",
            "credentialSubject.name",
            "claim-not-concealable",
        ),
    ] {
        let input = credential().to_string();
        let refused = act("issue", feature, &input, &key, &[path]).unwrap_err();
        assert!(refused.starts_with(code), "{refused}");
    }
}

#[test]
fn refuses_to_sign_what_nobody_defined() {
    let key = key(KeyType::P521);
    let check = |change: Value, fault: &str| {
        let mut document = credential();
        let members = document.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        for feature in ["credential_jose", "credential_sdjwt", "credential_cose"] {
            let made = act("issue", feature, &document.to_string(), &key, &[]);
            let found = made.err().unwrap_or_default();
            assert_eq!(found, fault, "{change}");
        }
    };
    check(json!({"description": "for one crossing"}), "");
    // The examples' context defines any word.
    check(
        json!({"extra": {}, "more": 1}),
        "member-unknown /extra, member-unknown /more",
    );
    check(json!({"iss": ISSUER}), "member-unknown /iss");
    check(json!({"@context": [CONTEXT_V2]}), "type-undefined /type/1");
    check(json!({"issuer": "nobody"}), "iri-relative /issuer");
}

#[test]
fn refuses_what_is_no_secured_document_and_no_key() {
    let key = key(KeyType::P256);
    let plain = credential().to_string();
    for (feature, code) in [
        ("credential_jose", "jws-malformed "),
        ("presentation_jose", "jws-malformed "),
        ("credential_sdjwt", "sd-jwt-malformed "),
        ("credential_cose", "cose-malformed "),
    ] {
        for input in [&plain, ""] {
            let refused = act("verify", feature, input, &key, &[]);
            assert_eq!(refused, Err(code.to_owned()), "{feature}");
        }
    }
    // Hexadecimal digits are all of base64 too.
    let token = act("issue", "credential_cose", &plain, &key, &[]).unwrap();
    let hex: String = BASE64
        .decode(token)
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        act("verify", "credential_cose", &hex, &key, &[]),
        Err("cose-malformed ".to_owned())
    );
    let torn = presentation("https://issuer.example/1").to_string();
    assert_eq!(
        act("issue", "presentation_jose", &torn, &key, &[]),
        Err("envelope-malformed /verifiableCredential/0/id".to_owned())
    );
    assert_eq!(
        act("issue", "credential_jose", "[]", &key, &[]),
        Err("document-malformed ".to_owned())
    );
    for change in [
        json!({"publicKeyJwk": key["secretKeyJwk"]}),
        json!({"publicKeyJwk": {}}),
        json!({"publicKeyJwk": "text"}),
    ] {
        let mut spoilt = key.clone();
        let members = spoilt.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        for operation in ["issue", "verify"] {
            let refused = act(operation, "credential_jose", &plain, &spoilt, &[]).unwrap_err();
            assert!(
                refused.starts_with("jwk-") || refused.starts_with("key-file-"),
                "{refused}"
            );
        }
    }
    for name in ["credential", "credential_", "jose", "credential_jwt", ""] {
        assert_eq!(Feature::from_name(name), None);
        assert_eq!(Operation::from_name(name), None);
    }
}
