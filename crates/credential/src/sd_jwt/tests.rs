//! Selective disclosure: the RFC's facts, round trips, and attacks.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use super::disclosure::digest;
use super::*;
use crate::envelope::{Secured, open_credential, wrap};
use crate::{DidKeyResolver, KeyType, SigningKey, jwk};

mod attacks;
mod binding;
mod statement;

const NOW: i64 = 1_795_532_400_000;

/// RFC 9901 A.1, as its holder presents it.
const SIMPLE_STRUCTURED: &str = "\
    eyJhbGciOiAiRVMyNTYiLCAidHlwIjogImV4YW1wbGUrc2Qtand0In0.eyJfc2QiOiBbIkM5aW5wNllvUmFFWFI0Mjd6WUpQN1FyazFXSF84YmR3T0FfWV\
    VyVW5HUVUiLCAiS3VldDF5QWEwSElRdlluT1ZkNTloY1ZpTzlVZzZKMmtTZnFZUkJlb3d2RSIsICJNTWxkT0ZGekIyZDB1bWxtcFRJYUdlcmhXZFVfUHBZ\
    Zkx2S2hoX2ZfOWFZIiwgIlg2WkFZT0lJMnZQTjQwVjd4RXhad1Z3ejd5Um1MTmNWd3Q1REw4Ukx2NGciLCAiWTM0em1JbzBRTExPdGRNcFhHd2pCZ0x2cj\
    E3eUVoaFlUMEZHb2ZSLWFJRSIsICJmeUdwMFdUd3dQdjJKRFFsbjFsU2lhZW9iWnNNV0ExMGJRNTk4OS05RFRzIiwgIm9tbUZBaWNWVDhMR0hDQjB1eXd4\
    N2ZZdW8zTUhZS08xNWN6LVJaRVlNNVEiLCAiczBCS1lzTFd4UVFlVTh0VmxsdE03TUtzSVJUckVJYTFQa0ptcXhCQmY1VSJdLCAiaXNzIjogImh0dHBzOi\
    8vaXNzdWVyLmV4YW1wbGUuY29tIiwgImlhdCI6IDE2ODMwMDAwMDAsICJleHAiOiAxODgzMDAwMDAwLCAiYWRkcmVzcyI6IHsiX3NkIjogWyI2YVVoello\
    WjdTSjFrVm1hZ1FBTzN1MkVUTjJDQzFhSGhlWnBLbmFGMF9FIiwgIkF6TGxGb2JrSjJ4aWF1cFJFUHlvSnotOS1OU2xkQjZDZ2pyN2ZVeW9IemciLCAiUH\
    p6Y1Z1MHFiTXVCR1NqdWxmZXd6a2VzRDl6dXRPRXhuNUVXTndrclEtayIsICJiMkRrdzBqY0lGOXJHZzhfUEY4WmN2bmNXN3p3Wmo1cnlCV3ZYZnJwemVr\
    IiwgImNQWUpISVo4VnUtZjlDQ3lWdWIyVWZnRWs4anZ2WGV6d0sxcF9KbmVlWFEiLCAiZ2xUM2hyU1U3ZlNXZ3dGNVVEWm1Xd0JUdzMyZ25VbGRJaGk4aE\
    dWQ2FWNCIsICJydkpkNmlxNlQ1ZWptc0JNb0d3dU5YaDlxQUFGQVRBY2k0MG9pZEVlVnNBIiwgInVOSG9XWWhYc1poVkpDTkUyRHF5LXpxdDd0NjlnSkt5\
    NVFhRnY3R3JNWDQiXX0sICJfc2RfYWxnIjogInNoYS0yNTYifQ.JwMde4aGprmyUSPPl4SB5Woe7cBBzxEYyIUiMApNTMZuYjdKjoJ09F1V5KQ0Q0d6Azv\
    MCuZBEQSxuhJwQVZRMg~WyJHMDJOU3JRZmpGWFE3SW8wOXN5YWpBIiwgInJlZ2lvbiIsICJcdTZlMmZcdTUzM2EiXQ~WyJsa2x4RjVqTVlsR1RQVW92TU5\
    JdkNBIiwgImNvdW50cnkiLCAiSlAiXQ~";

fn file() -> KeyFile {
    KeyFile::did_key(SigningKey::from_seed([7; 32]))
}

fn holder() -> SigningKey {
    SigningKey::from_bytes(KeyType::P256, &[8; 32]).unwrap()
}

fn salts(count: usize) -> Vec<Salt> {
    (0..count).map(|n| [n as u8; SALT_BYTES]).collect()
}

fn credential() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": file().controller,
        "credentialSubject": {
            "id": "did:example:driver",
            "name": "Rosa Ñandú",
            "address": {"street": "Av. Juárez 1", "city": "Nuevo Laredo"},
            "licences": ["B", "E", "F"],
        },
    })
}

fn plan() -> Plan {
    Plan {
        concealable: [
            "/credentialSubject/name",
            "/credentialSubject/address",
            "/credentialSubject/address/street",
            "/credentialSubject/address/city",
            "/credentialSubject/licences/0",
            "/credentialSubject/licences/2",
        ]
        .map(String::from)
        .into(),
        decoys: vec![
            ("/credentialSubject".into(), 2),
            ("/credentialSubject/licences".into(), 1),
            (String::new(), 1),
        ],
    }
}

fn issued() -> String {
    let plan = plan();
    let claims = Claims::default();
    secure_credential(&credential(), &file(), &claims, &plan, &salts(plan.salts())).unwrap()
}

fn verify(token: &str) -> Result<Opened, Vec<Problem>> {
    verify_credential(token, None, &DidKeyResolver, Some(NOW))
}

fn code<T>(result: Result<T, Vec<Problem>>) -> &'static str {
    match result {
        Ok(_) => "accepted",
        Err(problems) => problems[0].code(),
    }
}

/// A token of any payload and disclosures, signed rightly.
fn token(payload: &Value, disclosures: &[&str]) -> String {
    let header = jose::header(Content::Credential, Wrapping::SdJwt, &file());
    let mut token = jose::sign(header, payload.to_string().as_bytes(), &file().key).unwrap();
    for disclosure in disclosures {
        token = format!("{token}~{disclosure}");
    }
    token + "~"
}

fn encode(disclosure: &Value) -> String {
    URL_SAFE_NO_PAD.encode(disclosure.to_string())
}

#[test]
fn digests_are_those_of_the_rfc() {
    // RFC 9901 §4.2.3 and §4.2.4.2.
    for (disclosure, expected) in [
        (
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        (
            "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0",
            "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs",
        ),
    ] {
        assert_eq!(digest(disclosure), expected);
    }
    let payload = json!({
        "given_name": "Alice",
        "_sd": ["X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"],
        "nationalities": ["DE", {"...": "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"}, "US"],
    });
    let shown = |disclosures: &[&str]| {
        let shown = process::process(payload.as_object().unwrap().clone(), disclosures);
        Value::Object(shown.unwrap())
    };
    assert_eq!(
        shown(&[]),
        json!({"given_name": "Alice", "nationalities": ["DE", "US"]})
    );
    assert_eq!(
        shown(&[
            "WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0",
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
        ]),
        json!({"given_name": "Alice", "family_name": "Möbius", "nationalities": ["DE", "FR", "US"]})
    );
}

#[test]
fn the_example_of_the_rfc_holds() {
    let key = jwk::from_jwk(&json!({
        "kty": "EC", "crv": "P-256",
        "x": "b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
        "y": "Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8",
    }));
    let parts = SdJwt::parse(SIMPLE_STRUCTURED).unwrap();
    let jws = Jws::parse(parts.issued).unwrap();
    jws.verify(&key.unwrap()).unwrap();
    let shown = process::process(jws.claims().unwrap(), &parts.disclosures).unwrap();
    assert_eq!(
        Value::Object(shown),
        json!({
            "iss": "https://issuer.example.com",
            "iat": 1_683_000_000,
            "exp": 1_883_000_000,
            "address": {"region": "港区", "country": "JP"},
        })
    );
}

#[test]
fn what_is_issued_is_shown_as_its_holder_chooses() {
    let token = issued();
    let parts = SdJwt::parse(&token).unwrap();
    let clear = Jws::parse(parts.issued).unwrap().claims().unwrap();
    let clear = Value::Object(clear).to_string();
    for secret in ["Rosa", "Juárez", "street", "\"B\"", "\"F\""] {
        assert!(!clear.contains(secret), "{secret}");
    }
    let mut places = disclosable(&token).unwrap();
    places.sort();
    let mut expected = plan().concealable;
    expected.sort();
    assert_eq!(places, expected);

    let opened = verify(&token).unwrap();
    assert_eq!(opened.document(), &credential());
    assert!(opened.check_controller().is_ok());

    let shown = |places: &[&str]| {
        let token = present(&token, places).unwrap();
        let opened = verify(&token).unwrap();
        opened.document()["credentialSubject"].clone()
    };
    assert_eq!(
        shown(&[]),
        json!({"id": "did:example:driver", "licences": ["E"]})
    );
    // A place inside another brings that one along, and nothing beside it.
    assert_eq!(
        shown(&[
            "/credentialSubject/address/city",
            "/credentialSubject/licences/2"
        ]),
        json!({"id": "did:example:driver", "licences": ["E", "F"], "address": {"city": "Nuevo Laredo"}})
    );
    assert_eq!(shown(&["/credentialSubject/address"])["address"], json!({}));
    for wrong in [
        "/credentialSubject/id",
        "/credentialSubject/licences/1",
        "",
        "/x",
    ] {
        assert_eq!(
            present(&token, &[wrong]).unwrap_err().code(),
            "disclosure-place-unknown"
        );
    }
    let envelope = wrap(Content::Credential, &Secured::SdJwt(token));
    let opened = open_credential(&envelope, &DidKeyResolver, None).unwrap();
    assert_eq!(opened.document(), &credential());
}

#[test]
fn every_kind_of_key_issues() {
    for kind in [
        KeyType::Ed25519,
        KeyType::P256,
        KeyType::P384,
        KeyType::P521,
    ] {
        let key = SigningKey::from_bytes(kind, &vec![1; kind.secret_bytes()]).unwrap();
        for file in [
            KeyFile::did_key(key.clone()),
            KeyFile::did_jwk(key).unwrap(),
        ] {
            let mut document = credential();
            document["issuer"] = file.controller.clone().into();
            let plan = Plan::of(["/credentialSubject/name"]);
            let claims = Claims::default();
            let token = secure_credential(&document, &file, &claims, &plan, &salts(1)).unwrap();
            assert_eq!(verify(&token).unwrap().into_document(), document);
            let presentation = json!({
                "@context": ["https://www.w3.org/ns/credentials/v2"],
                "type": "VerifiablePresentation",
                "holder": file.controller,
                "verifiableCredential": [wrap(Content::Credential, &Secured::SdJwt(token))],
            });
            let paths = ["holder", "verifiableCredential[0]"].map(pointer_of_path);
            let claims = Claims {
                nonce: Some("n".into()),
                ..Claims::default()
            };
            let made =
                secure_presentation(&presentation, &file, &claims, &Plan::of(paths), &salts(2));
            let made = made.unwrap();
            let asked = |challenge| Asked {
                challenge: Some(challenge),
                ..Asked::default()
            };
            let verify = |asked| verify_presentation(&made, asked, &DidKeyResolver, Some(NOW));
            assert_eq!(
                verify(asked("n")).unwrap().document()["verifiableCredential"],
                presentation["verifiableCredential"]
            );
            assert_eq!(code(verify(asked("m"))), "challenge-mismatch");
            assert_eq!(
                code(verify_credential(&made, None, &DidKeyResolver, None)),
                "media-type-mismatch"
            );
        }
    }
}

#[test]
fn conceals_only_what_is_there_and_may_be() {
    let check = |plan: Plan, count: usize, expected: &str| {
        let made = secure_credential(
            &credential(),
            &file(),
            &Claims::default(),
            &plan,
            &salts(count),
        );
        assert_eq!(code(made), expected, "{plan:?}");
    };
    check(Plan::default(), 0, "accepted");
    for (place, expected) in [
        ("/credentialSubject/name", "accepted"),
        ("/credentialSubject", "accepted"),
        ("/credentialSubject/nothing", "disclosure-place-unknown"),
        ("/credentialSubject/licences/3", "disclosure-place-unknown"),
        ("/credentialSubject/licences/-", "disclosure-place-unknown"),
        ("/credentialSubject/name/x", "disclosure-place-unknown"),
        ("", "disclosure-place-unknown"),
        ("name", "disclosure-place-unknown"),
        ("/issuer", "claim-not-concealable"),
        ("/@context/0", "claim-not-concealable"),
        ("/type", "claim-not-concealable"),
    ] {
        check(Plan::of([place]), 1, expected);
    }
    check(Plan::of(["/credentialSubject/name"]), 0, "salts-too-few");
    check(
        Plan::of(["/credentialSubject/name"; 2]),
        2,
        "disclosure-place-unknown",
    );
    check(
        Plan::of(["/credentialSubject/licences/0"; 2]),
        2,
        "disclosure-place-unknown",
    );
    let mut decoys = Plan::default();
    decoys.decoys.push(("/credentialSubject/name".into(), 1));
    check(decoys, 1, "disclosure-place-unknown");
    for reserved in ["_sd", "...", "_sd_alg"] {
        let mut document = credential();
        document["credentialSubject"][reserved] = json!(["x"]);
        let made = secure_credential(
            &document,
            &file(),
            &Claims::default(),
            &Plan::default(),
            &[],
        );
        assert_eq!(code(made), "claim-reserved");
    }
    assert_eq!(
        pointer_of_path("credentialSubject.phoneNumbers[0]"),
        "/credentialSubject/phoneNumbers/0"
    );
    assert_eq!(pointer_of_path("holder"), "/holder");
}
