//! Keys in their JSON form, by the facts of the RFCs and of the method's own examples.

use super::*;
use crate::did::{DidDocument, key_document};
use crate::{DidKeyResolver, KeyFile, KeyHistory, Resolver};

/// RFC 8037 A.1.
const ED25519_X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
const ED25519_D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
/// RFC 7515 A.3.1.
const P256: [&str; 3] = [
    "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
];
/// The key of the COSE working group's example ecdsa-sig-02.
const P384: [&str; 3] = [
    "kTJyP2KSsBBhnb4kjWmMF7WHVsY55xUPgb7k64rDcjatChoZ1nvjKmYmPh5STRKc",
    "mM0weMVU2DKsYDxDJkEP9hZiRZtB8fPfXbzINZj_fF7YQRynNWedHEyzAJOX2e8s",
    "ok3Nq97AXlpEusO7jIy1FZATlBP9PNReMU7DWbkLQ5dU90snHuuHVDjEPmtV0fTo",
];
/// RFC 7520 §3.2.
const P521: [&str; 3] = [
    "AHKZLLOsCOzz5cY97ewNUajB957y-C-U88c3v13nmGZx6sYl_oJXu9A5RkTKqjqvjyekWF-7ytDyRXYgCF5cj0Kt",
    "AdymlHvOiLxXkEhayXQnNCvDX4h9htZaCJN34kfmC6pV5OhQHiraVySsUdaQkAgDPrwQrJmbnX9cwlGfP-HqHZR1",
    "AAhRON2r9cqXX1hg-RoI6R1tX5p2rUAYdmpHZoC1XNM56KtscrX6zbKipQrCW9CGZH3T4ubpnoTKLDYJ_fF3_rJt",
];
/// The P-256 example of the did:jwk method.
const DID_P256: &str = "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9";
/// Its X25519 example, a key for encryption.
const DID_X25519: &str = "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJYMjU1MTkiLCJ1c2UiOiJlbmMiLCJ4IjoiM3A3YmZYdDl3YlRUVzJIQzdPUTFOei1EUThoYmVHZE5yZngtRkctSUswOCJ9";

fn ec(crv: &str, [x, y, d]: [&str; 3]) -> Value {
    json!({"kty": "EC", "crv": crv, "x": x, "y": y, "d": d})
}

fn public(mut jwk: Value) -> Value {
    jwk.as_object_mut().unwrap().remove("d");
    jwk
}

fn secrets() -> [Value; 4] {
    [
        json!({"kty": "OKP", "crv": "Ed25519", "x": ED25519_X, "d": ED25519_D}),
        ec("P-256", P256),
        ec("P-384", P384),
        ec("P-521", P521),
    ]
}

#[test]
fn keys_survive_their_json_form() {
    for jwk in secrets() {
        let secret = secret_from_jwk(&jwk).unwrap();
        let key = secret.verification_key();
        assert_eq!(to_jwk(&key).unwrap(), public(jwk.clone()));
        assert_eq!(from_jwk(&public(jwk)).unwrap(), key);
    }
    for kind in [
        KeyType::Ed25519,
        KeyType::P256,
        KeyType::P384,
        KeyType::P521,
    ] {
        for n in 1..20 {
            let mut secret = vec![n; kind.secret_bytes()];
            secret[0] = 0;
            let key = SigningKey::from_bytes(kind, &secret).unwrap();
            let key = key.verification_key();
            assert_eq!(from_jwk(&to_jwk(&key).unwrap()).unwrap(), key);
        }
    }
}

#[test]
fn the_thumbprint_is_that_of_the_rfc() {
    let [okp, _, _, p521] = secrets();
    let key = from_jwk(&public(okp)).unwrap();
    // RFC 8037 A.3.
    assert_eq!(
        thumbprint(&key).unwrap(),
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    );
    // By hand: the SHA-256 of the four members.
    assert_eq!(
        thumbprint(&from_jwk(&public(p521)).unwrap()).unwrap(),
        "dHri3SADZkrush5HU_50AoRhcKFryN-PI6jPBtPL55M"
    );
}

#[test]
fn refuses_what_is_no_usable_key() {
    let [okp, p256, p384, p521] = secrets().map(public);
    let check = |jwk: &Value, change: Value, code: &str| {
        let mut jwk = jwk.clone();
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => jwk.as_object_mut().unwrap().remove(name),
                value => jwk
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        assert_eq!(from_jwk(&jwk).unwrap_err().code(), code, "{jwk}");
    };
    for (change, code) in [
        (json!({"kty": null}), "jwk-malformed"),
        (json!({"kty": 5}), "jwk-malformed"),
        (json!({"kty": "RSA"}), "key-type-unsupported"),
        (json!({"kty": "OKP"}), "jwk-malformed"),
        (json!({"crv": null}), "jwk-malformed"),
        (json!({"crv": "P-521"}), "key-length-wrong"),
        (json!({"crv": "secp256k1"}), "key-type-unsupported"),
        (json!({"crv": "P-384"}), "key-length-wrong"),
        (json!({"x": null}), "jwk-malformed"),
        (json!({"y": null}), "jwk-malformed"),
        (json!({"y": P256[0]}), "key-malformed"),
        (json!({"x": format!("{}=", P256[0])}), "jwk-malformed"),
        (json!({"x": P256[0].replace('J', "+")}), "jwk-malformed"),
        (json!({"x": "A".repeat(5_000)}), "key-length-wrong"),
        (json!({"x": &P256[0][..40]}), "key-length-wrong"),
        (json!({"d": P256[2]}), "jwk-malformed"),
        (json!({"use": "enc"}), "jwk-malformed"),
        (json!({"key_ops": ["deriveKey"]}), "jwk-malformed"),
        (json!({"alg": "ES384"}), "jwk-malformed"),
        (json!({"alg": "none"}), "jwk-malformed"),
    ] {
        check(&p256, change, code);
    }
    // The last character of a 32-byte value carries two bits that mean nothing; only zeros are canonical.
    check(
        &p256,
        json!({"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEV"}),
        "jwk-malformed",
    );
    check(
        &okp,
        json!({"x": encode(&[1; 1].repeat(31))}),
        "key-length-wrong",
    );
    check(
        &p384,
        json!({"x": "A".repeat(64), "y": "A".repeat(64)}),
        "key-malformed",
    );
    // RFC 7518 §6.2.1.2: 66 bytes, though the first one holds a single bit.
    for (change, code) in [
        (json!({"x": "A".repeat(88)}), "key-malformed"),
        (json!({"x": "_".repeat(88)}), "key-malformed"),
        (json!({"x": &P521[0][..87]}), "jwk-malformed"),
        (json!({"x": &P521[0][..84]}), "key-length-wrong"),
        (json!({"alg": "ES521"}), "jwk-malformed"),
        (json!({"kty": "OKP"}), "jwk-malformed"),
    ] {
        check(&p521, change, code);
    }
    let with_more = json!({"kid": "1", "use": "sig", "key_ops": ["verify"], "alg": "ES256", "x5t": "?", "n": 1});
    let mut known = p256.clone();
    known
        .as_object_mut()
        .unwrap()
        .extend(with_more.as_object().unwrap().clone());
    assert!(from_jwk(&known).is_ok());
}

#[test]
fn a_secret_belongs_to_its_public_half() {
    let [okp, p256, ..] = secrets();
    let mut other = p256.clone();
    other["d"] = encode(&[9; 32]).into();
    assert_eq!(
        secret_from_jwk(&other).unwrap_err().code(),
        "key-file-mismatch"
    );
    other["d"] = encode(&[0; 32]).into();
    assert_eq!(secret_from_jwk(&other).unwrap_err().code(), "key-malformed");
    assert_eq!(
        secret_from_jwk(&public(okp)).unwrap_err().code(),
        "jwk-malformed"
    );
}

#[test]
fn did_jwk_is_its_own_key() {
    let method = format!("{DID_P256}#0");
    let found = DidKeyResolver.key(&method, None).unwrap();
    assert_eq!(found.controller, DID_P256);
    assert_eq!(
        to_jwk(&found.key).unwrap()["x"],
        "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0"
    );
    assert_eq!(KeyHistory::new().key(&method, Some(0)).unwrap(), found);
    let did = Did::parse(DID_P256).unwrap();
    assert_eq!(did.key().unwrap(), found.key);
    let document = key_document(&did).unwrap();
    assert_eq!(document["verificationMethod"][0]["type"], "JsonWebKey2020");
    let read = DidDocument::parse(&document).unwrap();
    assert_eq!(read.method(&method).unwrap().key, found.key);
    for (method, code) in [
        (format!("{DID_P256}#1"), "key-unknown"),
        (format!("{DID_P256}?v=1#0"), "key-unknown"),
        (DID_P256.to_owned(), "did-malformed"),
        (format!("{DID_X25519}#0"), "jwk-malformed"),
        ("did:jwk:e30#0".to_owned(), "jwk-malformed"),
        ("did:jwk:_w#0".to_owned(), "jwk-malformed"),
        (format!("did:jwk:{}#0", "A".repeat(4_000)), "did-malformed"),
    ] {
        let error = DidKeyResolver.key(&method, None).unwrap_err();
        assert_eq!(error.code(), code, "{method}");
    }
    // A secret in a DID is out; whoever sees it could sign.
    let leaked = format!("did:jwk:{}#0", encode(secrets()[1].to_string().as_bytes()));
    assert_eq!(
        DidKeyResolver.key(&leaked, None).unwrap_err().code(),
        "jwk-malformed"
    );
    let twice = format!(
        "did:jwk:{}#0",
        encode(
            format!(
                "{{\"kty\":\"RSA\",{}",
                &public(secrets()[1].clone()).to_string()[1..]
            )
            .as_bytes()
        )
    );
    assert_eq!(
        DidKeyResolver.key(&twice, None).unwrap_err().code(),
        "jwk-malformed"
    );
}

#[test]
fn every_kind_has_its_did() {
    for jwk in secrets() {
        let file = KeyFile::did_jwk(secret_from_jwk(&jwk).unwrap()).unwrap();
        let found = DidKeyResolver.key(&file.id, None).unwrap();
        assert_eq!(found.key, file.key.verification_key());
        assert_eq!(found.controller, file.controller);
    }
}

#[test]
fn reads_key_files_and_documents_of_json_web_keys() {
    let [_, p256, p384, _] = secrets();
    let key_file = |jwk: &Value| {
        json!({
            "id": "https://issuer.example/keys#k-1",
            "type": "JsonWebKey",
            "controller": "https://issuer.example/keys",
            "publicKeyJwk": public(jwk.clone()),
            "secretKeyJwk": jwk,
        })
    };
    let file = <KeyFile>::from_value(&key_file(&p384)).unwrap();
    assert_eq!(file.id, "https://issuer.example/keys#k-1");
    assert_eq!(file.controller, "https://issuer.example/keys");
    assert_eq!(file.key.key_type(), KeyType::P384);
    let mut mixed = key_file(&p384);
    mixed["publicKeyJwk"] = public(p256.clone());
    assert_eq!(
        <KeyFile>::from_value(&mixed).unwrap_err().code(),
        "key-file-mismatch"
    );
    mixed["secretKeyJwk"] = Value::Null;
    assert_eq!(
        <KeyFile>::from_value(&mixed).unwrap_err().code(),
        "key-file-malformed"
    );
    let method = |kind: &str, id: &str, jwk: Value| json!({"id": id, "type": kind, "controller": "did:web:a.example", "publicKeyJwk": jwk});
    let read = DidDocument::parse(&json!({
        "id": "did:web:a.example",
        "verificationMethod": [
            method("JsonWebKey", "#1", public(p256.clone())),
            method("JsonWebKey2020", "#2", public(p384.clone())),
            method("JsonWebKey", "#3", p256),
            method("JsonWebKey", "#4", json!({"kty": "RSA"})),
        ],
        "assertionMethod": ["#1"],
    }))
    .unwrap();
    assert_eq!((read.methods.len(), read.unsupported.len()), (2, 2));
    assert!(read.method("did:web:a.example#1").is_some());
    let missing = json!({"id": "did:web:a.example", "verificationMethod": [method("JsonWebKey", "#1", Value::Null)]});
    assert_eq!(
        DidDocument::parse(&missing).unwrap_err().code(),
        "did-document-malformed"
    );
}
