//! Tokens by the RFCs' own examples, round trips, and attacks.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::envelope::{Secured, wrap};
use crate::{DidKeyResolver, KeyType, SigningKey, jwk};

mod attacks;

const NOW: i64 = 1_795_532_400_000;

/// RFC 7515 A.3: the token, made by a random number, so that only its verification can be repeated.
const ES256: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
/// RFC 8037 A.4.
const EDDSA: &str = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";

fn rfc_key(jwk: Value) -> SigningKey {
    jwk::secret_from_jwk(&jwk).unwrap()
}

fn ed25519() -> SigningKey {
    rfc_key(json!({
        "kty": "OKP", "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    }))
}

fn p256() -> SigningKey {
    rfc_key(json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    }))
}

fn files() -> Vec<KeyFile> {
    [
        KeyType::Ed25519,
        KeyType::P256,
        KeyType::P384,
        KeyType::P521,
    ]
    .into_iter()
    .flat_map(|kind| {
        let key = SigningKey::from_bytes(kind, &vec![1; kind.secret_bytes()]).unwrap();
        [
            KeyFile::did_key(key.clone()),
            KeyFile::did_jwk(key).unwrap(),
        ]
    })
    .collect()
}

fn credential(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "did:example:truck"},
    })
}

fn presentation(file: &KeyFile) -> Value {
    let token = secure_credential(&credential(&file.controller), file, &Claims::default());
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": "VerifiablePresentation",
        "holder": file.controller,
        "verifiableCredential": [wrap(Content::Credential, &Secured::Jwt(token.unwrap()))],
    })
}

fn codes<T>(result: Result<T, Vec<Problem>>) -> Vec<&'static str> {
    result
        .err()
        .unwrap_or_default()
        .iter()
        .map(Problem::code)
        .collect()
}

fn code(token: &str) -> &'static str {
    let found = codes(verify_credential(token, &DidKeyResolver, Some(NOW)));
    found.first().copied().unwrap_or("accepted")
}

/// A token of any header and payload, signed rightly.
fn token(file: &KeyFile, header: &str, payload: &str) -> String {
    let input = [header, payload].map(|part| URL_SAFE_NO_PAD.encode(part));
    let input = input.join(".");
    let signature = URL_SAFE_NO_PAD.encode(file.key.sign(input.as_bytes()).unwrap());
    format!("{input}.{signature}")
}

#[test]
fn the_examples_of_the_rfcs_hold() {
    let jws = Jws::parse(EDDSA).unwrap();
    assert_eq!(jws.payload(), b"Example of Ed25519 signing");
    assert!(jws.verify(&ed25519().verification_key()).is_ok());
    let again = sign(Map::new(), b"Example of Ed25519 signing", &ed25519()).unwrap();
    assert_eq!(again, EDDSA);
    let jws = Jws::parse(ES256).unwrap();
    assert_eq!(jws.claims().unwrap()["iss"], "joe");
    assert!(jws.verify(&p256().verification_key()).is_ok());
    assert_eq!(
        jws.verify(&ed25519().verification_key())
            .unwrap_err()
            .code(),
        "algorithm-mismatch"
    );
}

#[test]
fn every_kind_of_key_secures_both_kinds_of_documents() {
    for file in files() {
        let claims = Claims {
            issued_ms: Some(NOW),
            expires_ms: Some(NOW + 60_000),
            nonce: Some("c1".into()),
            audience: Some("booth.example".into()),
        };
        let document = credential(&file.controller);
        let token = secure_credential(&document, &file, &claims).unwrap();
        let opened = verify_credential(&token, &DidKeyResolver, Some(NOW)).unwrap();
        assert_eq!(opened.document(), &document);
        assert_eq!(opened.verification_method(), file.id);
        assert_eq!(opened.claims()["iat"], NOW / 1000);
        assert!(opened.check_controller().is_ok());

        let shown = presentation(&file);
        let token = secure_presentation(&shown, &file, &claims).unwrap();
        let asked = Asked {
            challenge: Some("c1"),
            domain: Some("booth.example"),
            age_ms_max: Some(60_000),
        };
        let verify =
            |asked, at_ms| verify_presentation(&token, asked, &DidKeyResolver, Some(at_ms));
        let opened = verify(asked, NOW + 1).unwrap();
        assert_eq!(opened.document(), &shown);
        assert!(opened.check_controller().is_ok());
        let inner = &opened.document()["verifiableCredential"][0];
        let inner = crate::envelope::open_credential(inner, &DidKeyResolver, Some(NOW)).unwrap();
        assert_eq!(inner.document(), &document);
        let other = |challenge, domain| Asked {
            challenge: Some(challenge),
            domain: Some(domain),
            ..asked
        };
        assert_eq!(
            codes(verify(other("c2", "x.example"), NOW)),
            ["challenge-mismatch", "domain-mismatch"]
        );
        assert_eq!(codes(verify(asked, NOW - 60_001)), ["presentation-stale"]);
        assert_eq!(codes(verify(asked, NOW + 60_000)), ["proof-expired"]);
        let timeless = verify_presentation(&token, asked, &DidKeyResolver, None);
        assert_eq!(codes(timeless), ["presentation-stale"]);
        // One kind doesn't pass for the other.
        assert_eq!(code(&token), "media-type-mismatch");
    }
}

#[test]
fn refuses_payloads_that_contradict_themselves() {
    let file = &files()[0];
    let header = json!({"alg": "EdDSA", "kid": file.id, "typ": "vc+jwt"}).to_string();
    let with = |claims: Value| {
        let mut payload = credential(&file.controller);
        payload
            .as_object_mut()
            .unwrap()
            .extend(claims.as_object().unwrap().clone());
        codes(verify_credential(
            &token(file, &header, &payload.to_string()),
            &DidKeyResolver,
            Some(NOW),
        ))
    };
    let id = "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33";
    for (claims, expected) in [
        (
            json!({"iss": file.controller, "jti": id, "sub": "did:example:truck"}),
            vec![],
        ),
        (json!({"iat": NOW / 1000, "other": 1}), vec![]),
        (json!({"iat": "2010-01-01T19:23:24Z"}), vec![]),
        (json!({"exp": NOW / 1000 + 1, "nbf": NOW / 1000}), vec![]),
        (json!({"exp": 1.5e9}), vec!["proof-expired"]),
        (json!({"exp": NOW / 1000}), vec!["proof-expired"]),
        (json!({"nbf": NOW / 1000 + 1}), vec!["proof-not-yet-valid"]),
        (json!({"exp": "tomorrow"}), vec!["claim-malformed"]),
        (json!({"exp": -1}), vec!["claim-malformed"]),
        (
            json!({"iat": null, "nbf": 1e15}),
            vec!["claim-malformed"; 2],
        ),
        (json!({"vc": {}}), vec!["claim-forbidden"]),
        (
            json!({"vc": "oops", "vp": "nooo"}),
            vec!["claim-forbidden"; 2],
        ),
        (json!({"iss": "did:example:other"}), vec!["claim-mismatch"]),
        (json!({"iss": 5}), vec!["claim-mismatch"]),
        (json!({"jti": "urn:uuid:0"}), vec!["claim-mismatch"]),
        (json!({"sub": "did:example:ox"}), vec!["claim-mismatch"]),
        (
            json!({"type": "VerifiablePresentation"}),
            vec!["type-missing"],
        ),
    ] {
        assert_eq!(with(claims.clone()), expected, "{claims}");
    }
    for (payload, expected) in [
        ("[]", "document-malformed"),
        ("{\"a\":1,\"a\":2}", "json-duplicate-key"),
        ("{\"a\":1e999}", "json-number"),
        ("not JSON", "json-syntax"),
    ] {
        assert_eq!(code(&token(file, &header, payload)), expected, "{payload}");
    }
}

#[test]
fn a_key_is_found_by_its_fragment_where_the_issuer_is_named() {
    let file = &files()[1];
    let payload = credential(&file.controller);
    let with = |kid: Value| {
        let mut header = json!({"alg": "EdDSA", "typ": "vc+jwt"});
        if kid.is_string() {
            header["kid"] = kid;
        }
        code(&token(file, &header.to_string(), &payload.to_string()))
    };
    assert_eq!(with("0".into()), "accepted");
    assert_eq!(with("#0".into()), "accepted");
    assert_eq!(with("1".into()), "key-unknown");
    assert_eq!(with(Value::Null), "key-unnamed");
}

#[test]
fn a_signer_who_is_not_the_issuer_is_told_apart() {
    let file = &files()[0];
    let made = secure_credential(&credential("did:example:office"), file, &Claims::default());
    let opened = verify_credential(&made.unwrap(), &DidKeyResolver, None).unwrap();
    assert_eq!(
        opened.check_controller().unwrap_err().code(),
        "controller-mismatch"
    );
}

#[test]
fn secures_nothing_that_it_would_refuse() {
    let file = &files()[0];
    let check = |change: Value, expected: &str| {
        let mut document = presentation(file);
        document
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        let found = codes(secure_presentation(&document, file, &Claims::default()));
        assert_eq!(
            found.first().copied().unwrap_or("accepted"),
            expected,
            "{change}"
        );
    };
    check(json!({}), "accepted");
    check(json!({"vp": {}}), "claim-forbidden");
    check(json!({"iss": "did:example:other"}), "claim-mismatch");
    check(json!({"holder": 5}), "presentation-malformed");
    check(
        json!({"verifiableCredential": []}),
        "presentation-malformed",
    );
    check(
        json!({"verifiableCredential": [credential("did:example:x")]}),
        "credential-unsecured",
    );
    check(json!({"verifiableCredential": [5]}), "credential-unsecured");
    check(
        json!({"verifiableCredential": [{"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiableCredential", "id": "not-a-credential"}]}),
        "envelope-malformed",
    );
    let found = codes(secure_credential(
        &json!({"vc": 1}),
        file,
        &Claims::default(),
    ));
    assert_eq!(found[0], "claim-forbidden");
    assert!(found.contains(&"issuer-missing"));
}
