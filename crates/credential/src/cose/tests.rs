//! COSE by the working group's own examples, round trips, and attacks.

use coset::cbor::{Value as Cbor, ser};
use serde_json::json;

use super::*;
use crate::envelope::{Secured, open_credential, wrap};
use crate::{DidKeyResolver, KeyType, SigningKey, jwk};

const NOW: i64 = 1_795_532_400_000;

/// github.com/cose-wg/Examples: ecdsa-examples/ecdsa-sig-01.json and -02, eddsa-examples/eddsa-sig-01.json.
const ES256: &str = "D28445A201260300A10442313154546869732069732074686520636F6E74656E742E58406520BBAF2081D7E0ED0F95F76EB0733D667005F7467CEC4B87B9381A6BA1EDE8E00DF29F32A37230F39A842A54821FDD223092819D7728EFB9D3A0080B75380B";
const ES384: &str = "D28444A1013822A104445033383454546869732069732074686520636F6E74656E742E58605F150ABD1C7D25B32065A14E05D6CB1F665D10769FF455EA9A2E0ADAB5DE63838DB257F0949C41E13330E110EBA7B912F34E1546FB1366A2568FAA91EC3E6C8D42F4A67A0EDF731D88C9AEAD52258B2E2C4740EF614F02E9D91E9B7B59622A3C";
const EDDSA: &str = "D28445A201270300A10442313154546869732069732074686520636F6E74656E742E58407142FD2FF96D56DB85BEE905A76BA1D0B7321A95C8C4D3607C5781932B7AFB8711497DFA751BF40B58B3BCC32300B1487F3DB34085EEF013BF08F4A44D6FEF0D";
/// sign1-tests/sign-pass-01.json: right, but for us its algorithm stands where it isn't signed.
const UNPROTECTED: &str = "D28441A0A201260442313154546869732069732074686520636F6E74656E742E584087DB0D2E5571843B78AC33ECB2830DF7B6E0A4D5B7376DE336B23C591C90C425317E56127FBE04370097CE347087B233BF722B64072BEB4486BDA4031D27244F";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn ec(crv: &str, x: &str, y: &str) -> Value {
    json!({"kty": "EC", "crv": crv, "x": x, "y": y})
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
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "credentialSubject": {"id": "did:example:truck"},
    })
}

fn code<T>(result: Result<T, Vec<Problem>>) -> &'static str {
    match result {
        Ok(_) => "accepted",
        Err(problems) => problems[0].code(),
    }
}

fn verify(message: &[u8]) -> &'static str {
    code(verify_credential(message, &DidKeyResolver, Some(NOW)))
}

fn cbor(value: &Cbor) -> Vec<u8> {
    let mut bytes = Vec::new();
    ser::into_writer(value, &mut bytes).unwrap();
    bytes
}

fn map(entries: Vec<(i64, Cbor)>) -> Cbor {
    let entries = entries.into_iter();
    Cbor::Map(
        entries
            .map(|(label, value)| (Cbor::Integer(label.into()), value))
            .collect(),
    )
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.into())
}

/// The protected header of a credential, with other values for some labels; null takes one away.
fn protected(file: &KeyFile, changes: Vec<(i64, Cbor)>) -> Cbor {
    let mut entries = vec![
        (1, Cbor::Integer((-8).into())),
        (4, Cbor::Bytes(file.id.clone().into_bytes())),
        (16, text("application/vc+cose")),
    ];
    for (label, value) in changes {
        entries.retain(|(known, _)| *known != label);
        if !value.is_null() {
            entries.push((label, value));
        }
    }
    map(entries)
}

/// A message of any headers and payload, signed rightly.
fn message(file: &KeyFile, protected: Vec<u8>, beside: Cbor, payload: &str) -> Vec<u8> {
    let signed = Cbor::Array(vec![
        text("Signature1"),
        Cbor::Bytes(protected.clone()),
        Cbor::Bytes(Vec::new()),
        Cbor::Bytes(payload.into()),
    ]);
    let signature = file.key.sign(&cbor(&signed)).unwrap();
    let parts = Cbor::Array(vec![
        Cbor::Bytes(protected),
        beside,
        Cbor::Bytes(payload.into()),
        Cbor::Bytes(signature),
    ]);
    cbor(&Cbor::Tag(18, Box::new(parts)))
}

#[test]
fn the_examples_of_the_working_group_hold() {
    let ed25519 =
        json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let p256 = ec(
        "P-256",
        "usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8",
        "IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4",
    );
    let p384 = ec(
        "P-384",
        "kTJyP2KSsBBhnb4kjWmMF7WHVsY55xUPgb7k64rDcjatChoZ1nvjKmYmPh5STRKc",
        "mM0weMVU2DKsYDxDJkEP9hZiRZtB8fPfXbzINZj_fF7YQRynNWedHEyzAJOX2e8s",
    );
    let keys = [ed25519, p256, p384].map(|key| jwk::from_jwk(&key).unwrap());
    for (n, message) in [EDDSA, ES256, ES384].into_iter().enumerate() {
        let message = Sign1::parse(&bytes(message)).unwrap();
        assert_eq!(message.payload(), b"This is the content.");
        for (m, key) in keys.iter().enumerate() {
            let found = message.verify(key).map_err(|problem| problem.code());
            let expected = if n == m {
                Ok(())
            } else {
                Err("algorithm-mismatch")
            };
            assert_eq!(found, expected);
        }
    }
    assert_eq!(
        Sign1::parse(&bytes(UNPROTECTED)).unwrap_err().code(),
        "cose-header-unsupported"
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
        let message = secure_credential(&document, &file, &claims).unwrap();
        let opened = verify_credential(&message, &DidKeyResolver, Some(NOW)).unwrap();
        assert_eq!(opened.document(), &document);
        assert_eq!(opened.claims()["exp"], NOW / 1000 + 60);
        assert_eq!(opened.verification_method(), file.id);
        assert!(opened.check_controller().is_ok());
        let read = Sign1::parse(&message).unwrap();
        assert_eq!(read.payload(), document.to_string().as_bytes());
        let envelope = wrap(Content::Credential, &Secured::Cose(message));
        let inner = open_credential(&envelope, &DidKeyResolver, Some(NOW)).unwrap();
        assert_eq!(inner.document(), &document);

        let shown = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": "VerifiablePresentation",
            "holder": file.controller,
            "verifiableCredential": [envelope],
        });
        let message = secure_presentation(&shown, &file, &claims).unwrap();
        let asked = Asked {
            challenge: Some("c1"),
            domain: Some("booth.example"),
            age_ms_max: Some(60_000),
        };
        let judge = |asked, at_ms| {
            code(verify_presentation(
                &message,
                asked,
                &DidKeyResolver,
                Some(at_ms),
            ))
        };
        let other = |challenge, domain| Asked {
            challenge: Some(challenge),
            domain: Some(domain),
            ..asked
        };
        assert_eq!(judge(asked, NOW), "accepted");
        assert_eq!(judge(asked, NOW + 60_000), "proof-expired");
        assert_eq!(judge(asked, NOW - 60_001), "presentation-stale");
        assert_eq!(
            judge(other("c2", "booth.example"), NOW),
            "challenge-mismatch"
        );
        assert_eq!(judge(other("c1", "x.example"), NOW), "domain-mismatch");
        assert_eq!(verify(&message), "media-type-mismatch");
    }
}

#[test]
fn no_bit_of_a_message_can_change() {
    for file in files() {
        let message =
            secure_credential(&credential(&file.controller), &file, &Claims::default()).unwrap();
        assert_eq!(verify(&message), "accepted");
        // P-521 takes its time, and the form is the same.
        let step = if file.key.key_type() == KeyType::P521 {
            29
        } else {
            1
        };
        for at in (0..message.len()).step_by(step) {
            for bit in 0..8 {
                let mut changed = message.clone();
                changed[at] ^= 1 << bit;
                assert_ne!(verify(&changed), "accepted", "{at} {bit}");
            }
        }
        for length in (0..message.len()).step_by(7) {
            assert_ne!(verify(&message[..length]), "accepted", "{length}");
        }
        let mut longer = message.clone();
        longer.push(0);
        assert_eq!(verify(&longer), "cose-malformed");
        // Without its tag; and the same in a longer encoding: a tag in two bytes, an array without a length.
        assert_eq!(verify(&message[1..]), "cose-malformed");
        let [0xd2, 0x84, rest @ ..] = &message[..] else {
            panic!()
        };
        let long_tag = [&[0xd8, 0x12, 0x84], rest].concat();
        assert_eq!(verify(&long_tag), "cose-malformed");
        let endless = [&[0xd2, 0x9f], rest, &[0xff]].concat();
        assert_eq!(verify(&endless), "cose-malformed");
    }
    assert_eq!(verify(&vec![0; MESSAGE_BYTES_MAX + 1]), "token-too-long");
    assert_eq!(verify(&[0xd2; 5_000]), "cose-malformed");
    assert_eq!(verify(&[0x81; 5_000]), "cose-malformed");
}

#[test]
fn refuses_headers_that_could_mean_something_else() {
    let file = &files()[0];
    let payload = credential(&file.controller).to_string();
    let int = |n: i64| Cbor::Integer(n.into());
    let none = || map(Vec::new());
    let kid = || Cbor::Bytes(file.id.clone().into_bytes());
    let check = |changes: Vec<(i64, Cbor)>, beside: Cbor, expected: &str| {
        let header = cbor(&protected(file, changes.clone()));
        let found = verify(&message(file, header, beside.clone(), &payload));
        assert_eq!(found, expected, "{changes:?} {beside:?}");
    };
    check(vec![], none(), "accepted");
    check(vec![(3, text("application/vc"))], none(), "accepted");
    check(vec![(99, text("?"))], map(vec![(33, int(1))]), "accepted");
    check(vec![(4, Cbor::Null)], map(vec![(4, kid())]), "accepted");
    check(vec![], map(vec![(4, kid())]), "cose-header-unsupported");
    check(vec![(4, Cbor::Null)], none(), "key-unnamed");
    check(vec![(4, Cbor::Bytes(vec![0xff]))], none(), "key-unnamed");
    for (changes, expected) in [
        (vec![(1, int(-7))], "algorithm-mismatch"),
        (vec![(1, int(-35))], "algorithm-mismatch"),
        (vec![(1, int(-47))], "algorithm-unsupported"),
        (vec![(1, int(5))], "algorithm-unsupported"),
        (vec![(1, text("EdDSA"))], "algorithm-unsupported"),
        (vec![(1, Cbor::Null)], "cose-malformed"),
        (
            vec![(2, Cbor::Array(vec![int(4)]))],
            "cose-header-unsupported",
        ),
        (vec![(16, Cbor::Null)], "media-type-mismatch"),
        (
            vec![(16, text("application/vp+cose"))],
            "media-type-mismatch",
        ),
        (vec![(16, int(50))], "media-type-mismatch"),
        (vec![(16, Cbor::Bool(true))], "cose-header-unsupported"),
        (vec![(3, text("application/vp"))], "media-type-mismatch"),
        (vec![(3, int(50))], "media-type-mismatch"),
    ] {
        check(changes, none(), expected);
    }
    for beside in [
        vec![(1, int(-8))],
        vec![(2, Cbor::Array(vec![int(4)]))],
        vec![(3, text("application/vc"))],
        vec![(15, none())],
        vec![(16, text("application/vc+cose"))],
    ] {
        check(vec![], map(beside), "cose-header-unsupported");
    }
    let twice = Cbor::Map(vec![
        (int(1), int(-8)),
        (int(4), kid()),
        (int(16), text("application/vc+cose")),
        (int(1), int(-7)),
    ]);
    let made = message(file, cbor(&twice), none(), &payload);
    assert_eq!(verify(&made), "cose-malformed");
    let header = cbor(&protected(file, vec![]));
    assert_eq!(
        verify(&message(file, header.clone(), none(), "{\"a\":1,\"a\":2}")),
        "json-duplicate-key"
    );
    let detached = Cbor::Array(vec![
        Cbor::Bytes(header),
        none(),
        Cbor::Null,
        Cbor::Bytes(vec![0; 64]),
    ]);
    let detached = cbor(&Cbor::Tag(18, Box::new(detached)));
    assert_eq!(verify(&detached), "cose-malformed");
}

#[test]
fn claims_of_the_header_count() {
    let file = &files()[0];
    let int = |n: i64| Cbor::Integer(n.into());
    let check = |claims: Cbor, expected: &str| {
        let header = cbor(&protected(file, vec![(15, claims.clone())]));
        let mut payload = credential(&file.controller);
        payload["iat"] = 7.into();
        let payload = payload.to_string();
        let found = verify(&message(file, header, map(Vec::new()), &payload));
        assert_eq!(found, expected, "{claims:?}");
    };
    let now = NOW / 1000;
    check(map(vec![(1, text(&file.controller))]), "accepted");
    check(map(vec![(6, int(7)), (1_000, int(1))]), "accepted");
    check(map(vec![(4, Cbor::Float(1e10))]), "accepted");
    check(map(vec![(6, int(8))]), "claim-mismatch");
    check(map(vec![(1, text("did:example:x"))]), "claim-mismatch");
    check(map(vec![(4, int(now))]), "proof-expired");
    check(map(vec![(5, int(now + 1))]), "proof-not-yet-valid");
    check(map(vec![(4, text("soon"))]), "claim-malformed");
    check(map(vec![(4, Cbor::Float(f64::NAN))]), "claim-malformed");
    check(
        map(vec![(4, int(now + 9)), (4, int(now + 9))]),
        "claim-malformed",
    );
    check(
        map((0..100).map(|n| (n + 100, int(1))).collect()),
        "claim-malformed",
    );
    check(text("?"), "claim-malformed");
}
