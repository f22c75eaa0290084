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
