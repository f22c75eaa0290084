//! `data:` URLs of secured documents.

use super::*;

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
