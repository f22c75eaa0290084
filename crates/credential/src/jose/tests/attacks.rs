//! Tokens that were changed, or made to be read in two ways.

use super::*;

#[test]
fn no_bit_of_a_token_can_change() {
    for file in files() {
        let token = secure_credential(&credential(&file.controller), &file, &Claims::default());
        let token = token.unwrap();
        assert_eq!(code(&token), "accepted");
        let mut bytes = token.clone().into_bytes();
        // P-521 takes its time, and the form is the same.
        let step = if file.key.key_type() == KeyType::P521 {
            29
        } else {
            1
        };
        for at in (0..bytes.len()).step_by(step) {
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
        for named in ["EdDSA", "ES256", "ES384", "ES512"] {
            let header = json!({"alg": named, "kid": file.id, "typ": "vc+jwt"}).to_string();
            let expected = if named == own {
                "accepted"
            } else {
                "algorithm-mismatch"
            };
            assert_eq!(code(&token(file, &header, &payload)), expected);
        }
        for named in ["none", "NONE", "HS256", "RS256", "ES256K", "eddsa", ""] {
            let header = json!({"alg": named, "kid": file.id, "typ": "vc+jwt"}).to_string();
            let made = token(file, &header, &payload);
            assert_eq!(code(&made), "algorithm-unsupported");
            let unsigned = made.rsplit_once('.').unwrap().0;
            assert_eq!(code(&format!("{unsigned}.")), "algorithm-unsupported");
        }
        // The key that a token brings along is nobody's.
        let own_key = jwk::to_jwk(&file.key.verification_key()).unwrap();
        let kind = file.key.key_type();
        let mut secret = vec![9; kind.secret_bytes()];
        secret[0] = 0;
        let victim = SigningKey::from_bytes(kind, &secret).unwrap();
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
