use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::keys::VerificationKey;
use crate::resolver::{KeyEntry, KeyHistory, ResolveError, ResolvedKey};

/// Knows one key under one name, which need not be a DID.
struct OneKey(&'static str, VerificationKey);

impl Resolver for OneKey {
    fn key(
        &self,
        verification_method: &str,
        _at_ms: Option<i64>,
    ) -> Result<ResolvedKey, ResolveError> {
        if verification_method == self.0 {
            return Ok(ResolvedKey::new("did:example:rfc", self.1.clone()));
        }
        Err(ResolveError::KeyUnknown {
            method: verification_method.to_owned(),
        })
    }
}

/// RFC 9421 §B.1.4, from its JWK.
fn rfc_key() -> SigningKey {
    let seed = URL_SAFE_NO_PAD
        .decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU")
        .unwrap();
    let key = SigningKey::from_seed(seed.try_into().unwrap());
    let public = URL_SAFE_NO_PAD.encode(key.verification_key().as_bytes());
    assert_eq!(public, "JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs");
    key
}

const RFC_FIELDS: [(&str, &str); 4] = [
    ("Host", "example.com"),
    ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("Content-Type", "application/json"),
    ("Content-Length", "18"),
];
const RFC_INPUT: &str = r#"sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519""#;
const RFC_SIGNATURE: &str = "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:";

fn rfc_request<'a>(fields: &'a [(&'a str, &'a str)]) -> Request<'a> {
    Request {
        method: "POST",
        scheme: "https",
        authority: "example.com",
        path: "/foo",
        query: Some("param=Value&Pet=dog"),
        fields,
    }
}

#[test]
fn signs_and_verifies_the_example_of_the_rfc() {
    let components: Vec<Component> = [
        "date",
        "@method",
        "@path",
        "@authority",
        "content-type",
        "content-length",
    ]
    .iter()
    .map(|name| Component::from_name(name).unwrap())
    .collect();
    let parameters = Parameters {
        created_s: Some(1_618_884_473),
        expires_s: None,
        keyid: Some("test-key-ed25519".into()),
        alg: false,
        nonce: None,
        tag: None,
    };
    let base = signature_base(&rfc_request(&RFC_FIELDS), &components, &parameters).unwrap();
    assert_eq!(
        base,
        "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\"@method\": POST\n\"@path\": /foo\n\"@authority\": example.com\n\
         \"content-type\": application/json\n\"content-length\": 18\n\
         \"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
         ;created=1618884473;keyid=\"test-key-ed25519\""
    );
    let signed = sign(
        &rfc_request(&RFC_FIELDS),
        "sig-b26",
        &components,
        &parameters,
        &rfc_key(),
    )
    .unwrap();
    assert_eq!(
        (signed.signature_input.as_str(), signed.signature.as_str()),
        (RFC_INPUT, RFC_SIGNATURE)
    );

    let fields: Vec<_> = RFC_FIELDS
        .into_iter()
        .chain([("Signature-Input", RFC_INPUT), ("signature", RFC_SIGNATURE)])
        .collect();
    let resolver = OneKey("test-key-ed25519", rfc_key().verification_key());
    let options = VerifyOptions {
        label: None,
        required: &[Component::Method, Component::Path],
        ..VerifyOptions::between_nodes(&resolver, 1_618_884_474_000)
    };
    let verified = verify(&rfc_request(&fields), None, &options).unwrap();
    assert_eq!(
        (verified.keyid(), verified.components().len()),
        ("test-key-ed25519", 6)
    );
}

#[test]
fn digests_bodies_as_in_rfc_9530() {
    let body = b"{\"hello\": \"world\"}";
    assert_eq!(
        content_digest(body),
        "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"
    );
    check_content_digest(&content_digest(body), body).unwrap();
    check_content_digest("sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:", body).unwrap();
    let check = |field: &str, code: &str| {
        assert_eq!(
            check_content_digest(field, body).unwrap_err().code(),
            code,
            "{field}"
        )
    };
    check(&content_digest(b"other"), "content-digest-mismatch");
    check(
        &format!("{}, sha-512=:AAAA:", content_digest(body)),
        "content-digest-mismatch",
    );
    check("md5=:AAAA:", "content-digest-malformed");
    check("sha-256=5", "content-digest-malformed");
    check("", "content-digest-malformed");
    check("sha-256=:A", "content-digest-malformed");
}

const NOW_MS: i64 = 1_795_532_400_000;
const KEYID: &str = "did:web:cbp.example#node";
const BODY: &[u8] = br#"{"records":[]}"#;

fn history() -> KeyHistory {
    [KeyEntry::new(
        KEYID,
        SigningKey::from_seed([3; 32]).verification_key(),
        0,
    )]
    .into_iter()
    .collect()
}

/// A signed request between nodes, changed before it arrives; the code of its refusal.
fn outcome(change: impl FnOnce(&mut Sent)) -> Result<(), &'static str> {
    let digest = content_digest(BODY);
    let fields = [("Content-Digest", digest.as_str())];
    let request = Request {
        method: "POST",
        scheme: "https",
        authority: "Node.example:443",
        path: "/v1/deliveries",
        query: Some("seq=7"),
        fields: &fields,
    };
    let parameters = Parameters::between_nodes(KEYID, NOW_MS, 60_000);
    let signed = sign(
        &request,
        LABEL,
        &Component::between_nodes(true),
        &parameters,
        &SigningKey::from_seed([3; 32]),
    )
    .unwrap();
    let mut sent = Sent {
        method: "POST".into(),
        scheme: "https".into(),
        authority: "node.example".into(),
        path: "/v1/deliveries".into(),
        query: Some("seq=7".into()),
        fields: vec![
            ("content-digest".into(), digest.clone()),
            ("signature-input".into(), signed.signature_input),
            ("signature".into(), signed.signature),
        ],
        body: BODY.to_vec(),
        now_ms: NOW_MS,
        history: history(),
    };
    change(&mut sent);
    let fields: Vec<(&str, &str)> = sent
        .fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let request = Request {
        method: &sent.method,
        scheme: &sent.scheme,
        authority: &sent.authority,
        path: &sent.path,
        query: sent.query.as_deref(),
        fields: &fields,
    };
    verify(
        &request,
        Some(&sent.body),
        &VerifyOptions::between_nodes(&sent.history, sent.now_ms),
    )
    .map(|verified| assert_eq!(verified.controller(), "did:web:cbp.example"))
    .map_err(|problem| problem.code())
}

struct Sent {
    method: String,
    scheme: String,
    authority: String,
    path: String,
    query: Option<String>,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
    now_ms: i64,
    history: KeyHistory,
}

impl Sent {
    fn field(&mut self, name: &str) -> &mut String {
        &mut self
            .fields
            .iter_mut()
            .find(|(found, _)| found == name)
            .unwrap()
            .1
    }
}

#[test]
fn accepts_what_nodes_send_one_another() {
    assert_eq!(outcome(|_| {}), Ok(()));
    assert_eq!(
        outcome(|sent| sent.now_ms += 119_000),
        Ok(()),
        "within expiry and skew"
    );
    assert_eq!(
        outcome(|sent| sent.now_ms -= 59_000),
        Ok(()),
        "a clock that is behind"
    );
    assert_eq!(
        outcome(|sent| sent.field("signature").insert_str(0, "other=:AAAA:, ")),
        Ok(()),
        "another's signature beside ours"
    );
    assert_eq!(
        outcome(|sent| sent.fields.push(("x-trace".into(), "1".into()))),
        Ok(()),
        "what is not covered may change"
    );
}

#[test]
fn refuses_every_change_with_its_code() {
    let mut count = 0;
    let mut check = |expected: &str, change: &dyn Fn(&mut Sent)| {
        assert_eq!(outcome(change), Err(expected));
        count += 1;
    };
    let invalid = "request-signature-invalid";
    check(invalid, &|sent| sent.method = "PUT".into());
    check(invalid, &|sent| sent.scheme = "http".into());
    check(invalid, &|sent| sent.authority = "other.example".into());
    check(invalid, &|sent| sent.authority = "node.example:8443".into());
    check(invalid, &|sent| sent.path = "/v1/records".into());
    check(invalid, &|sent| sent.query = Some("seq=8".into()));
    check(invalid, &|sent| sent.query = None);
    check("content-digest-mismatch", &|sent| sent.body.push(b' '));
    check("content-digest-mismatch", &|sent| sent.body.clear());
    check(invalid, &|sent| {
        sent.body.push(b' ');
        let digest = content_digest(&sent.body);
        *sent.field("content-digest") = digest;
    });
    check("request-component-unsupported", &|sent| {
        sent.fields.retain(|(name, _)| name != "content-digest")
    });
    check(invalid, &|sent| {
        sent.fields
            .push(("Content-Digest".into(), "sha-256=:AAAA:".into()))
    });
    check("request-unsigned", &|sent| sent.fields.clear());
    check("request-unsigned", &|sent| {
        sent.fields.retain(|(name, _)| name != "signature")
    });
    check("request-unsigned", &|sent| {
        *sent.field("signature-input") = sent.field("signature-input").replace("garita=", "other=")
    });
    check("request-signature-malformed", &|sent| {
        *sent.field("signature") = "garita=:AAAA:".into()
    });
    check("request-signature-malformed", &|sent| {
        *sent.field("signature") = "garita=1".into()
    });
    check("request-signature-malformed", &|sent| {
        *sent.field("signature") = "(".into()
    });
    check("request-signature-malformed", &|sent| {
        *sent.field("signature-input") = "garita=1".into()
    });
    check("request-signature-malformed", &|sent| {
        *sent.field("signature-input") = "x".repeat(FIELD_BYTES_MAX + 1)
    });
    let input = |from: &'static str, to: &'static str| {
        move |sent: &mut Sent| {
            let changed = sent.field("signature-input").replace(from, to);
            assert_ne!(&changed, sent.field("signature-input"), "{from}");
            *sent.field("signature-input") = changed;
        }
    };
    check("request-component-missing", &input("\"@target-uri\" ", ""));
    check("request-component-missing", &input("\"@method\" ", ""));
    check("content-digest-missing", &input(" \"content-digest\"", ""));
    check(
        "request-signature-malformed",
        &input("\"@method\"", "\"@method\" \"@method\""),
    );
    check(
        "request-component-unsupported",
        &input("\"@method\"", "\"@method\" \"@status\""),
    );
    check(
        "request-component-unsupported",
        &input("\"@method\"", "\"@method\";req"),
    );
    check(
        "request-component-unsupported",
        &input("\"@method\"", "\"@method\" \"X-Upper\""),
    );
    check(
        "request-signature-malformed",
        &input("\"@method\"", "\"@method\" 5"),
    );
    check(
        "request-algorithm-unsupported",
        &input("\"ed25519\"", "\"hmac-sha256\""),
    );
    check(invalid, &input(";alg=\"ed25519\"", ""));
    check(invalid, &input("created=", "other=1;created="));
    check("request-signature-malformed", &input("created=", "made="));
    check("request-signature-malformed", &input("keyid=", "who="));
    check(
        "request-signature-malformed",
        &input("keyid=\"did:web:cbp.example#node\"", "keyid=5"),
    );
    check("key-unknown", &input("cbp.example", "sat.example"));
    check("did-malformed", &input("did:web:cbp.example#node", "node"));
    check("request-expired", &|sent| sent.now_ms += 120_000);
    check("request-not-yet-valid", &|sent| sent.now_ms -= 61_000);
    check("key-revoked", &|sent| {
        assert!(sent.history.revoke(KEYID, NOW_MS))
    });
    check("key-retired", &|sent| {
        assert!(sent.history.retire(KEYID, NOW_MS))
    });
    check(invalid, &|sent| {
        sent.history = [KeyEntry::new(
            KEYID,
            SigningKey::from_seed([4; 32]).verification_key(),
            0,
        )]
        .into_iter()
        .collect();
    });
    check("purpose-mismatch", &|sent| {
        let entry = KeyEntry::new(KEYID, SigningKey::from_seed([3; 32]).verification_key(), 0);
        let purposes = crate::resolver::Purposes::NONE.with(Purpose::AssertionMethod);
        sent.history = [KeyEntry { purposes, ..entry }].into_iter().collect();
    });
    check(invalid, &|sent| {
        let signature = sent.field("signature");
        let flipped = if signature.contains("=:A") { "B" } else { "A" };
        signature.replace_range(8..9, flipped);
    });
    println!("http_signature: {count} changed requests refused");
}

#[test]
fn a_value_cannot_pose_as_another_line() {
    let fields = [("x-a", "1\n\"@method\": GET")];
    let request = Request {
        method: "POST",
        scheme: "https",
        authority: "a.example",
        path: "",
        query: None,
        fields: &fields,
    };
    let parameters = Parameters::between_nodes(KEYID, NOW_MS, 1);
    let error =
        signature_base(&request, &[Component::Field("x-a".into())], &parameters).unwrap_err();
    assert_eq!(error.code(), "request-component-unsupported");
    let base = signature_base(
        &request,
        &[
            Component::Path,
            Component::Query,
            Component::RequestTarget,
            Component::Scheme,
        ],
        &parameters,
    )
    .unwrap();
    assert!(
        base.starts_with(
            "\"@path\": /\n\"@query\": ?\n\"@request-target\": /\n\"@scheme\": https\n"
        ),
        "{base}"
    );
}

#[test]
fn an_unbounded_expiry_does_not_make_a_signature_live_on() {
    let request = Request {
        method: "GET",
        scheme: "https",
        authority: "a.example",
        path: "/",
        query: None,
        fields: &[],
    };
    let key = SigningKey::from_seed([3; 32]);
    let parameters = Parameters::between_nodes(KEYID, NOW_MS, i64::MAX / 2_000_000);
    let signed = sign(
        &request,
        LABEL,
        &Component::between_nodes(false),
        &parameters,
        &key,
    )
    .unwrap();
    let fields = [
        ("signature-input", signed.signature_input.as_str()),
        ("signature", signed.signature.as_str()),
    ];
    let request = Request {
        fields: &fields,
        ..request
    };
    let history = history();
    assert!(
        verify(
            &request,
            None,
            &VerifyOptions::between_nodes(&history, NOW_MS + 359_000)
        )
        .is_ok()
    );
    assert_eq!(
        verify(
            &request,
            None,
            &VerifyOptions::between_nodes(&history, NOW_MS + 361_000)
        )
        .unwrap_err()
        .code(),
        "request-expired"
    );
}
