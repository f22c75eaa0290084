//! `data:` URLs of secured documents.

use super::*;
use crate::{DidKeyResolver, KeyFile, SigningKey};

#[test]
fn what_is_wrapped_comes_out_again() {
    for content in Content::ALL {
        for secured in [
            Secured::Jwt("a.b.c".into()),
            Secured::SdJwt("a.b.c~d~".into()),
            Secured::Cose(vec![0xd2, 0x84, 0xff, 0xfe]),
        ] {
            let envelope = wrap(content, &secured);
            assert!(is_one(&envelope));
            assert_eq!(unwrap(&envelope).unwrap(), (content, secured));
        }
    }
    let cose = wrap(Content::Credential, &Secured::Cose(vec![0xff, 0xfe]));
    assert_eq!(cose["id"], "data:application/vc+cose;base64,//4=");
    assert_eq!(cose["type"], "EnvelopedVerifiableCredential");
}

#[test]
fn refuses_other_urls_and_company() {
    let check = |change: Value, code: Option<&str>| {
        let mut envelope = wrap(Content::Credential, &Secured::Jwt("a.b.c".into()));
        let members = envelope.as_object_mut().unwrap();
        members.extend(change.as_object().unwrap().clone());
        let found = unwrap(&envelope).err();
        assert_eq!(found.as_ref().map(Problem::code), code, "{change}");
    };
    check(json!({}), None);
    check(json!({"type": ["EnvelopedVerifiableCredential"]}), None);
    check(json!({"@context": [CONTEXT_V2]}), None);
    check(json!({"id": "data:application/vc+cose;base64,//4"}), None);
    check(
        json!({"id": "data:application/vc+cose;base64,//4=\n"}),
        None,
    );
    for wrong in [
        json!({"id": "data:application/vp+jwt,a.b.c"}),
        json!({"id": "data:application/vc+jwt;base64,YQ=="}),
        json!({"id": "data:application/vc+jwt;charset=utf-8,a"}),
        json!({"id": "data:application/vc+cose,0oQ"}),
        json!({"id": "data:application/vc+cose;base64,_-8"}),
        json!({"id": "data:application/vc+cose;base64,//5="}),
        json!({"id": " data:application/vc+jwt,a.b.c"}),
        json!({"id": "data:application/vc+jwt,\n"}),
        json!({"id": "data:text/plain,x"}),
        json!({"id": "data:application/vc+jwt,"}),
        json!({"id": "data:application/vc+jwt"}),
        json!({"id": "https://a.example/vc+jwt,a"}),
        json!({"id": 5}),
        json!({"@context": "https://a.example"}),
        json!({"@context": []}),
        json!({"credentialSubject": {}}),
        json!({"type": "VerifiableCredential"}),
        json!({"type": ["EnvelopedVerifiableCredential", "VerifiableCredential"]}),
        json!({"type": "EnvelopedVerifiablePresentation"}),
    ] {
        check(wrong, Some("envelope-malformed"));
    }
}

#[test]
fn the_credentials_of_a_presentation_speak_of_its_holder() {
    let office = KeyFile::did_key(SigningKey::from_seed([1; 32]));
    let driver = KeyFile::did_jwk(SigningKey::from_seed([2; 32])).unwrap();
    let claims = Claims::default();
    let show = |subject: &str, spoil: bool| {
        let credential = json!({
            "@context": [CONTEXT_V2],
            "type": ["VerifiableCredential"],
            "issuer": office.controller,
            "credentialSubject": {"id": subject},
        });
        let mut token = jose::secure_credential(&credential, &office, &claims).unwrap();
        let selective =
            sd_jwt::secure_credential(&credential, &office, &claims, &sd_jwt::Plan::default(), &[]);
        let message = cose::secure_credential(&credential, &office, &claims).unwrap();
        if spoil {
            token = token.replace('.', "..");
        }
        let secured = [
            Secured::Jwt(token),
            Secured::SdJwt(selective.unwrap()),
            Secured::Cose(message),
        ];
        let presentation = json!({
            "@context": [CONTEXT_V2],
            "type": ["VerifiablePresentation"],
            "holder": driver.controller,
            "verifiableCredential": secured.map(|one| wrap(Content::Credential, &one)),
        });
        let token = jose::secure_presentation(&presentation, &driver, &claims).unwrap();
        let asked = presentation::Asked::default();
        let opened = jose::verify_presentation(&token, asked, &DidKeyResolver, None).unwrap();
        open_credentials(&opened, &DidKeyResolver, None)
            .map(|opened| opened.len())
            .map_err(|problems| {
                let told = problems.iter();
                told.map(|problem| format!("{} {}", problem.code(), problem.pointer))
                    .collect::<Vec<_>>()
            })
    };
    assert_eq!(show(&driver.controller, false), Ok(3));
    assert_eq!(
        show("did:example:another", true),
        Err(vec![
            "jws-malformed /verifiableCredential/0".to_owned(),
            "holder-mismatch /verifiableCredential/1".to_owned(),
            "holder-mismatch /verifiableCredential/2".to_owned(),
        ])
    );
}

const NOW: i64 = 1_795_532_400_000;

fn office() -> KeyFile {
    KeyFile::did_key(SigningKey::from_bytes(crate::KeyType::P256, &[7; 32]).unwrap())
}

/// A token of any claims, signed rightly.
fn token(file: &KeyFile, typ: Option<&str>, claims: &Value) -> String {
    let mut header = Map::new();
    header.insert("kid".into(), file.id.clone().into());
    header.extend(typ.map(|typ| ("typ".to_owned(), Value::from(typ))));
    jose::sign(header, claims.to_string().as_bytes(), &file.key).unwrap()
}

fn plain(content: Content, token: &str) -> Value {
    json!({
        "@context": CONTEXT_V2,
        "type": content.enveloped_type(),
        "id": format!("data:application/jwt,{token}"),
    })
}

fn with(mut document: Value, change: Value) -> Value {
    let members = document.as_object_mut().unwrap();
    members.extend(change.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    document
}

fn found(problems: Vec<Problem>) -> Vec<String> {
    let told = problems.iter();
    told.map(|problem| format!("{} {}", problem.code(), problem.pointer))
        .collect()
}

fn claims_1_1(file: &KeyFile) -> Value {
    json!({
        "iss": file.controller,
        "sub": "did:example:truck",
        "jti": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "vc": {
            "@context": [CONTEXT_V2],
            "type": ["VerifiableCredential"],
            "issuer": file.controller,
            "credentialSubject": {"plate": "C-26"},
        },
    })
}

#[test]
fn opens_a_token_of_version_1_1_and_fills_in_what_its_claims_say() {
    let file = office();
    for typ in [None, Some("JWT"), Some("application/jwt")] {
        let envelope = plain(Content::Credential, &token(&file, typ, &claims_1_1(&file)));
        let opened = open_credential(&envelope, &DidKeyResolver, Some(NOW)).unwrap();
        assert!(opened.check_controller().is_ok());
        let document = opened.document();
        assert_eq!(
            document["id"],
            "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33"
        );
        assert_eq!(document["credentialSubject"]["id"], "did:example:truck");
        assert_eq!(opened.claims().len(), 3);
    }
    let mut old = claims_1_1(&file);
    old["vc"]["@context"] = json!([crate::vc::CONTEXT_V1]);
    old["nbf"] = json!(1_700_000_000);
    old["exp"] = json!(1_900_000_000);
    let envelope = plain(Content::Credential, &token(&file, Some("JWT"), &old));
    let opened = open_credential(&envelope, &DidKeyResolver, Some(NOW)).unwrap();
    assert_eq!(opened.document()["issuanceDate"], "2023-11-14T22:13:20Z");
    assert_eq!(opened.document()["expirationDate"], "2030-03-17T17:46:40Z");
}

#[test]
fn refuses_a_token_of_version_1_1_that_says_two_things() {
    let file = office();
    let check = |typ: Option<&str>, change: Value, inner: Value, code: &str| {
        let mut claims = claims_1_1(&file);
        claims["vc"] = with(claims["vc"].clone(), inner);
        let claims = with(claims, change);
        let envelope = plain(Content::Credential, &token(&file, typ, &claims));
        let problems = judge_credential(&envelope, &DidKeyResolver, Some(NOW));
        let first = problems.first().map_or("accepted", Problem::code);
        assert_eq!(first, code, "{claims}");
    };
    let none = json!({});
    check(None, none.clone(), none.clone(), "accepted");
    for typ in ["vc+jwt", "at+jwt", ""] {
        check(Some(typ), none.clone(), none.clone(), "media-type-mismatch");
    }
    for (change, code) in [
        (json!({"iss": "did:example:other"}), "claim-mismatch"),
        (json!({"vp": {}}), "claim-forbidden"),
        (json!({"@context": []}), "claim-forbidden"),
        (json!({"type": "VerifiableCredential"}), "claim-forbidden"),
        (json!({"vc": null}), "claim-malformed"),
        (json!({"vc": "text"}), "claim-malformed"),
        (json!({"exp": 1_700_000_000}), "proof-expired"),
        (json!({"nbf": 1_900_000_000}), "proof-not-yet-valid"),
        (json!({"iat": "soon"}), "claim-malformed"),
    ] {
        check(None, change, none.clone(), code);
    }
    for (inner, code) in [
        (json!({"id": "urn:example:other"}), "claim-mismatch"),
        (
            json!({"credentialSubject": {"id": "did:example:car"}}),
            "claim-mismatch",
        ),
        (json!({"exp": 1_900_000_000}), "claim-forbidden"),
        (json!({"type": ["Other"]}), "type-missing"),
        (json!({"credentialSubject": null}), "subject-missing"),
        (json!({"@context": []}), "context-first-wrong"),
    ] {
        check(None, none.clone(), inner, code);
    }
    // A document of the data model 2.0 cannot pass for one of 1.1, nor the other way round.
    let modern = claims_1_1(&file)["vc"].clone();
    let modern = with(
        modern,
        json!({"credentialSubject": {"id": "did:example:a"}}),
    );
    let signed = jose::secure_credential(&modern, &file, &Claims::default()).unwrap();
    let told = |envelope: &Value| found(judge_credential(envelope, &DidKeyResolver, None));
    assert_eq!(
        told(&plain(Content::Credential, &signed)),
        ["media-type-mismatch "]
    );
    let old = token(&file, Some("JWT"), &claims_1_1(&file));
    assert_eq!(
        told(&wrap(Content::Credential, &Secured::Jwt(old))),
        ["media-type-mismatch "]
    );
}

#[test]
fn judges_a_presentation_down_to_the_credentials_in_it() {
    let (file, holder) = (office(), KeyFile::did_key(SigningKey::from_seed([2; 32])));
    let inner = plain(Content::Credential, &token(&file, None, &claims_1_1(&file)));
    let (signed, signature) = inner["id"].as_str().unwrap().rsplit_once('.').unwrap();
    let first = if signature.starts_with('A') { 'B' } else { 'A' };
    let forged = format!("{signed}.{first}{}", &signature[1..]);
    let show = |credential: Value| {
        let claims = json!({
            "iss": holder.controller,
            "aud": "booth.example",
            "nonce": "n1",
            "vp": {
                "@context": [CONTEXT_V2],
                "type": ["VerifiablePresentation"],
                "verifiableCredential": [credential],
            },
        });
        plain(Content::Presentation, &token(&holder, Some("JWT"), &claims))
    };
    let judge = |envelope: &Value, challenge: Option<&str>, domain: Option<&str>| {
        let problems = judge_presentation(envelope, challenge, domain, &DidKeyResolver, Some(NOW));
        found(problems)
    };
    let good = show(inner.clone());
    for (challenge, domain) in [
        (None, None),
        (Some("n1"), None),
        (Some("n1"), Some("booth.example")),
    ] {
        assert_eq!(judge(&good, challenge, domain), [""; 0]);
    }
    assert_eq!(
        judge(&good, Some("n2"), Some("other.example")),
        ["challenge-mismatch /nonce", "domain-mismatch /aud"]
    );
    for (credential, fault) in [
        (
            with(inner.clone(), json!({"id": forged})),
            "proof-invalid /verifiableCredential/0",
        ),
        (
            with(inner.clone(), json!({"@context": []})),
            "envelope-malformed /verifiableCredential/0",
        ),
        (
            with(inner, json!({"type": "VerifiableCredential"})),
            "envelope-malformed /verifiableCredential/0",
        ),
        (good.clone(), "envelope-malformed /verifiableCredential/0"),
    ] {
        assert_eq!(judge(&show(credential), Some("n1"), None), [fault]);
    }
    for change in [
        json!({"@context": []}),
        json!({"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}),
        json!({"id": good["id"].as_str().unwrap().split_once(',').unwrap().1}),
        json!({"type": ["VerifiablePresentation"]}),
        json!({"type": "EnvelopedVerifiableCredential"}),
        json!({"type": null}),
        json!({"holder": holder.controller}),
    ] {
        let told = judge(&with(good.clone(), change.clone()), Some("n1"), None);
        assert!(
            told[0].starts_with("envelope-malformed"),
            "{change} {told:?}"
        );
    }
}

#[test]
fn judges_a_presentation_of_the_data_model_2_0_alike() {
    let (file, holder) = (office(), KeyFile::did_key(SigningKey::from_seed([2; 32])));
    let credential = json!({
        "@context": [CONTEXT_V2],
        "type": ["VerifiableCredential"],
        "issuer": file.controller,
        "credentialSubject": {"id": "did:example:truck"},
    });
    let claims = Claims::default();
    let message = cose::secure_credential(&credential, &file, &claims).unwrap();
    let show = |credential: Value| {
        let presentation = json!({
            "@context": [CONTEXT_V2],
            "type": ["VerifiablePresentation"],
            "holder": holder.controller,
            "verifiableCredential": [credential],
        });
        let claims = Claims {
            nonce: Some("n1".into()),
            ..Claims::default()
        };
        let token = jose::secure_presentation(&presentation, &holder, &claims).unwrap();
        let envelope = wrap(Content::Presentation, &Secured::Jwt(token));
        let challenge = Some("n1");
        found(judge_presentation(
            &envelope,
            challenge,
            None,
            &DidKeyResolver,
            None,
        ))
    };
    let enveloped = |message: &[u8]| wrap(Content::Credential, &Secured::Cose(message.to_vec()));
    assert_eq!(show(enveloped(&message)), [""; 0]);
    let mut changed = message;
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert_eq!(
        show(enveloped(&changed)),
        ["proof-invalid /verifiableCredential/0"]
    );
    // It has a proof, which nobody here would look at.
    assert_eq!(
        show(with(credential, json!({"proof": {}}))),
        ["envelope-malformed /verifiableCredential/0"]
    );
}
