//! Tokens by the RFCs' own examples, round trips, and attacks.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::*;
use crate::envelope::{Secured, wrap};
use crate::{DidKeyResolver, KeyType, SigningKey, jwk};

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
    [KeyType::Ed25519, KeyType::P256, KeyType::P384]
        .into_iter()
        .flat_map(|kind| {
            let key = SigningKey::from_bytes(kind, &vec![7; kind.secret_bytes()]).unwrap();
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
    let signature = URL_SAFE_NO_PAD.encode(file.key.sign(input.as_bytes()));
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
        // One kind doesn't pass for the other.
        assert_eq!(code(&token), "media-type-mismatch");
    }
}

#[test]
fn no_bit_of_a_token_can_change() {
    for file in files() {
        let token = secure_credential(&credential(&file.controller), &file, &Claims::default());
        let token = token.unwrap();
        assert_eq!(code(&token), "accepted");
        let mut bytes = token.clone().into_bytes();
        for at in 0..bytes.len() {
            for bit in [1, 2, 32] {
                bytes[at] ^= bit;
                if let Ok(changed) = std::str::from_utf8(&bytes) {
                    assert_ne!(code(changed), "accepted", "{at} {bit}");
                }
                bytes[at] ^= bit;
            }
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            panic!()
        };
        let other = credential("did:example:other");
        let other = secure_credential(&other, &file, &Claims::default()).unwrap();
        let others: Vec<&str> = other.split('.').collect();
        for changed in [
            format!("{payload}.{header}.{signature}"),
            format!("{header}.{}.{signature}", others[1]),
            format!("{header}.{payload}.{}", others[2]),
            format!("{header}.{payload}."),
            format!("{header}.{payload}"),
            format!("{header}..{signature}"),
            format!(".{payload}.{signature}"),
            format!("{token}."),
            format!("{token}.{signature}"),
            format!("{token}="),
            format!("{token}\n"),
            format!(" {token}"),
            token[..token.len() - 1].to_owned(),
            token[..token.len() - 4].to_owned(),
            String::new(),
            ".".to_owned(),
            "..".to_owned(),
            "...".to_owned(),
        ] {
            assert_ne!(code(&changed), "accepted", "{changed}");
        }
    }
}

#[test]
fn the_algorithm_is_that_of_the_key() {
    let files = files();
    for file in &files {
        let own = jwk::algorithm_of(file.key.key_type()).unwrap();
        let payload = credential(&file.controller).to_string();
        for named in ["EdDSA", "ES256", "ES384"] {
            let header = json!({"alg": named, "kid": file.id, "typ": "vc+jwt"}).to_string();
            let expected = if named == own {
                "accepted"
            } else {
                "algorithm-mismatch"
            };
            assert_eq!(code(&token(file, &header, &payload)), expected);
        }
        for named in ["none", "NONE", "HS256", "RS256", "ES512", "eddsa", ""] {
            let header = json!({"alg": named, "kid": file.id, "typ": "vc+jwt"}).to_string();
            let made = token(file, &header, &payload);
            assert_eq!(code(&made), "algorithm-unsupported");
            let unsigned = made.rsplit_once('.').unwrap().0;
            assert_eq!(code(&format!("{unsigned}.")), "algorithm-unsupported");
        }
        // The key that a token brings along is nobody's.
        let own_key = jwk::to_jwk(&file.key.verification_key()).unwrap();
        let kind = file.key.key_type();
        let victim = SigningKey::from_bytes(kind, &vec![9; kind.secret_bytes()]).unwrap();
        let victim = KeyFile::did_key(victim).id;
        let header = json!({"alg": own, "kid": victim, "typ": "vc+jwt", "jwk": own_key});
        assert_eq!(
            code(&token(file, &header.to_string(), &payload)),
            "proof-invalid"
        );
    }
}

#[test]
fn refuses_headers_that_could_mean_something_else() {
    let file = &files()[0];
    let payload = credential(&file.controller).to_string();
    let with = |header: Value| {
        let mut all = json!({"alg": "EdDSA", "kid": file.id, "typ": "vc+jwt"});
        for (name, value) in header.as_object().unwrap() {
            match value {
                Value::Null => all.as_object_mut().unwrap().remove(name),
                value => all
                    .as_object_mut()
                    .unwrap()
                    .insert(name.clone(), value.clone()),
            };
        }
        code(&token(file, &all.to_string(), &payload))
    };
    for (header, expected) in [
        (json!({}), "accepted"),
        (
            json!({"typ": "application/vc+jwt", "cty": "vc"}),
            "accepted",
        ),
        (
            json!({"typ": "VC+JWT", "cty": "application/vc"}),
            "accepted",
        ),
        (json!({"unknown": [1]}), "accepted"),
        (json!({"crit": ["exp"], "exp": 1}), "jws-header-unsupported"),
        (json!({"crit": []}), "jws-header-unsupported"),
        (json!({"b64": false}), "jws-header-unsupported"),
        (
            json!({"b64": true, "crit": ["b64"]}),
            "jws-header-unsupported",
        ),
        (json!({"typ": null}), "media-type-mismatch"),
        (json!({"typ": "JWT"}), "media-type-mismatch"),
        (json!({"typ": "vp+jwt"}), "media-type-mismatch"),
        (json!({"typ": "kb+jwt"}), "media-type-mismatch"),
        (json!({"typ": "vc+sd-jwt"}), "media-type-mismatch"),
        (json!({"cty": "vp"}), "media-type-mismatch"),
        (json!({"typ": 5}), "jws-malformed"),
        (json!({"kid": [file.id]}), "jws-malformed"),
        (json!({"alg": 7}), "jws-malformed"),
        (json!({"alg": null}), "jws-malformed"),
        (json!({"kid": "did:key:z6Mk"}), "did-malformed"),
        (
            json!({"kid": "did:web:a.example#1"}),
            "did-method-unsupported",
        ),
        (json!({"x": "A".repeat(10_000)}), "token-too-long"),
    ] {
        assert_eq!(with(header.clone()), expected, "{header}");
    }
    for (header, expected) in [
        ("", "json-syntax"),
        ("[]", "document-malformed"),
        ("{\"alg\":\"EdDSA\",\"alg\":\"none\"}", "json-duplicate-key"),
        ("{\"alg\":\"EdDSA\"} ", "media-type-mismatch"),
        ("{\"alg\":\"EdDSA\"}{}", "json-syntax"),
        ("\u{feff}{\"alg\":\"EdDSA\"}", "json-syntax"),
    ] {
        assert_eq!(code(&token(file, header, &payload)), expected, "{header}");
    }
    assert_eq!(code(&"A".repeat(TOKEN_CHARS_MAX + 1)), "token-too-long");
}

#[test]
fn base64url_has_one_spelling() {
    let key = ed25519();
    let made = sign(Map::new(), b"ab", &key).unwrap();
    let [header, payload, signature] = made.split('.').collect::<Vec<_>>()[..] else {
        panic!()
    };
    assert_eq!(payload, "YWI");
    for other in ["YWJ", "YWI=", "YW\nI", "YWI ", "Y"] {
        let error = Jws::parse(&format!("{header}.{other}.{signature}")).map(|_| ());
        assert_eq!(error.unwrap_err().code(), "jws-malformed", "{other}");
    }
    let plus = signature.replace(['-', '_'], "+");
    assert!(plus.contains('+') && Jws::parse(&format!("{header}.{payload}.{plus}")).is_err());
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
