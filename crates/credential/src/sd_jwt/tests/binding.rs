//! The holder's signature over a showing.

use super::*;

const BINDING: Binding<'static> = Binding {
    nonce: "n-1",
    audience: "https://booth.example",
    issued_ms: NOW,
};
const ASKED: AskedBinding<'static> = AskedBinding {
    nonce: "n-1",
    audience: "https://booth.example",
    now_ms: NOW + 1_000,
    age_ms_max: 60_000,
};

fn with_holder(confirmation: Value) -> String {
    let mut document = credential();
    document["cnf"] = confirmation;
    let plan = Plan::of(["/credentialSubject/name"]);
    secure_credential(&document, &file(), &Claims::default(), &plan, &salts(1)).unwrap()
}

fn own() -> String {
    with_holder(json!({"jwk": jwk::to_jwk(&holder().verification_key()).unwrap()}))
}

fn verify(token: &str, asked: AskedBinding<'_>) -> &'static str {
    code(verify_credential(
        token,
        Some(&asked),
        &DidKeyResolver,
        Some(NOW),
    ))
}

#[test]
fn the_holder_signs_one_showing_for_one_verifier() {
    let token = own();
    let bound = bind(&token, BINDING, &holder()).unwrap();
    assert_eq!(verify(&bound, ASKED), "accepted");
    assert_eq!(verify(&token, ASKED), "key-binding-missing");
    assert_eq!(code(super::verify(&bound)), "key-binding-unexpected");
    assert_eq!(
        bind(&bound, BINDING, &holder()).unwrap_err().code(),
        "key-binding-unexpected"
    );
    assert_eq!(
        present(&bound, &[""; 0]).unwrap_err().code(),
        "key-binding-unexpected"
    );
    for (asked, expected) in [
        (
            AskedBinding {
                nonce: "n-2",
                ..ASKED
            },
            "challenge-mismatch",
        ),
        (
            AskedBinding {
                audience: "https://other.example",
                ..ASKED
            },
            "domain-mismatch",
        ),
        (
            AskedBinding {
                now_ms: NOW + 60_001,
                ..ASKED
            },
            "presentation-stale",
        ),
        (
            AskedBinding {
                now_ms: NOW - 60_001,
                ..ASKED
            },
            "presentation-stale",
        ),
    ] {
        assert_eq!(verify(&bound, asked), expected);
    }
    // Another showing of the same token, under the signature of this one.
    let signature = bound.rsplit_once('~').unwrap().1;
    let less = present(&token, &[""; 0]).unwrap();
    assert_eq!(
        verify(&format!("{less}{signature}"), ASKED),
        "key-binding-mismatch"
    );
    let mut bytes = bound.clone().into_bytes();
    for at in token.len()..bytes.len() {
        bytes[at] ^= 1;
        if let Ok(changed) = std::str::from_utf8(&bytes) {
            assert_ne!(verify(changed, ASKED), "accepted", "{at}");
        }
        bytes[at] ^= 1;
    }
}

#[test]
fn the_holders_key_is_the_one_that_the_issuer_named() {
    let thief = SigningKey::from_bytes(KeyType::P256, &[9; 32]).unwrap();
    let token = own();
    assert_eq!(
        bind(&token, BINDING, &thief).unwrap_err().code(),
        "holder-key-missing"
    );
    let stolen = bind(&issued(), BINDING, &thief).unwrap();
    let stolen = format!("{token}{}", stolen.rsplit_once('~').unwrap().1);
    assert_eq!(verify(&stolen, ASKED), "proof-invalid");

    let name = KeyFile::did_key(holder()).id;
    let by_name = with_holder(json!({"kid": name}));
    assert_eq!(
        verify(&bind(&by_name, BINDING, &holder()).unwrap(), ASKED),
        "accepted"
    );
    assert_eq!(
        verify(&bind(&by_name, BINDING, &thief).unwrap(), ASKED),
        "proof-invalid"
    );
    for (confirmation, expected) in [
        (
            json!({"kid": "did:web:a.example#1"}),
            "did-method-unsupported",
        ),
        (json!({"kid": "key-1"}), "holder-key-missing"),
        (json!({}), "holder-key-missing"),
        (json!("x"), "holder-key-missing"),
        (
            json!({"kid": name, "jwk": jwk::to_jwk(&holder().verification_key()).unwrap()}),
            "holder-key-missing",
        ),
    ] {
        let signature = bind(&token, BINDING, &holder()).unwrap();
        let signature = signature.rsplit_once('~').unwrap().1;
        let found = verify(
            &format!("{}{signature}", with_holder(confirmation.clone())),
            ASKED,
        );
        assert_eq!(found, expected, "{confirmation}");
    }
}

#[test]
fn refuses_key_bindings_of_another_form() {
    let token = own();
    let hash = digest(&token);
    let check = |header: Value, payload: Value, expected: &str| {
        let Value::Object(header) = header else {
            panic!()
        };
        let made = jose::sign(header, payload.to_string().as_bytes(), &holder()).unwrap();
        assert_eq!(
            verify(&format!("{token}{made}"), ASKED),
            expected,
            "{payload}"
        );
    };
    let typ = || json!({"typ": "kb+jwt"});
    let whole = json!({"iat": NOW / 1000, "aud": ASKED.audience, "nonce": "n-1", "sd_hash": hash});
    let with = |name: &str, value: Value| {
        let mut changed = whole.clone();
        changed[name] = value;
        changed
    };
    check(typ(), whole.clone(), "accepted");
    check(json!({}), whole.clone(), "media-type-mismatch");
    check(json!({"typ": "JWT"}), whole.clone(), "media-type-mismatch");
    check(
        json!({"typ": "vc+sd-jwt"}),
        whole.clone(),
        "media-type-mismatch",
    );
    check(
        typ(),
        with("aud", json!([ASKED.audience])),
        "domain-mismatch",
    );
    check(typ(), with("nonce", json!(1)), "challenge-mismatch");
    check(typ(), with("sd_hash", json!(null)), "key-binding-mismatch");
    check(typ(), with("iat", json!(null)), "claim-malformed");
    check(typ(), with("exp", json!(1)), "proof-expired");
    check(typ(), json!([]), "document-malformed");
    let mut without = whole.clone();
    without.as_object_mut().unwrap().remove("iat");
    check(typ(), without, "presentation-stale");
}
