use serde_json::json;

use super::*;

fn good() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/garita/record/v1"],
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "Manifest"],
        "issuer": {"id": "did:web:toc.example", "name": {"@value": "Transportes", "@language": "es-MX", "@direction": "ltr"}},
        "validFrom": "2026-11-24T15:10:00.000Z",
        "validUntil": "2027-11-24T09:10:00-06:00",
        "name": "Manifest",
        "description": [{"@value": "Manifiesto", "@language": "es"}, "Manifest"],
        "credentialSubject": {"id": "did:example:truck", "plate": "64AR8N"},
        "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
        "credentialSchema": [{"id": "https://schema.example/1", "type": "JsonSchema"}],
        "evidence": [{"type": ["Evidence"]}],
        "termsOfUse": {"type": "Terms", "id": "https://terms.example/1"},
        "refreshService": {"type": "Refresh"},
        "relatedResource": [
            {"id": "https://a.example/1", "digestSRI": "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="},
            {"id": "https://a.example/2", "digestMultibase": "uEiDjsMRCmPwcFJr79MiZb7kkJ65B5GSbk0yklZkbeFK4VQ"},
        ],
    })
}

const NOW_MS: i64 = 1_800_000_000_000;

/// Sets one place of a good credential (null removes) and expects these faults.
fn check_set(pointer: &str, value: Value, expected: &[(&str, &str)]) {
    let mut document = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap();
    match (parent, value) {
        (Value::Object(members), Value::Null) => drop(members.shift_remove(name).unwrap()),
        (Value::Object(members), value) => drop(members.insert(name.to_owned(), value)),
        (Value::Array(items), value) => items[name.parse::<usize>().unwrap()] = value,
        _ => panic!("{pointer}"),
    }
    let found = super::check(&document, Some(NOW_MS));
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|problem| (problem.code(), problem.pointer.as_str()))
        .collect();
    assert_eq!(found, expected, "{pointer} in {document}");
}

#[test]
fn accepts_what_the_model_allows() {
    assert_eq!(super::check(&good(), Some(NOW_MS)), []);
    let accepted = [
        ("/id", Value::Null),
        ("/issuer", json!("did:web:toc.example")),
        ("/credentialSubject", json!({"id": "did:example:only"})),
        (
            "/credentialSubject",
            json!([{"a": 1}, {"id": "did:example:b"}]),
        ),
        ("/validFrom", json!("2026-11-24T15:10:00.123456+05:30")),
        ("/validFrom", Value::Null),
        ("/validUntil", Value::Null),
        (
            "/@context",
            json!(["https://www.w3.org/ns/credentials/v2", {"plate": "https://example.org/plate"}]),
        ),
        ("/type", json!("VerifiableCredential")),
        (
            "/relatedResource",
            json!({"id": "https://a.example/1", "digestSRI": "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb"}),
        ),
    ];
    for (pointer, value) in accepted {
        check_set(pointer, value, &[]);
    }
}

#[test]
fn refuses_each_fault_with_code_and_place() {
    let v2 = "https://www.w3.org/ns/credentials/v2";
    let sri = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let refused: Vec<(&str, Value, &str, &str)> = vec![
        ("/@context", Value::Null, "context-malformed", "/@context"),
        ("/@context", json!(v2), "context-malformed", "/@context"),
        ("/@context", json!([]), "context-first-wrong", "/@context/0"),
        (
            "/@context/0",
            json!("https://www.w3.org/2018/credentials/v1"),
            "context-first-wrong",
            "/@context/0",
        ),
        ("/@context/1", json!(5), "context-malformed", "/@context/1"),
        (
            "/@context/1",
            json!("no url"),
            "context-malformed",
            "/@context/1",
        ),
        ("/id", json!(["urn:a:b"]), "id-malformed", "/id"),
        ("/id", json!("not a url"), "id-malformed", "/id"),
        ("/id", json!("relative"), "id-malformed", "/id"),
        ("/id", json!("did:"), "id-malformed", "/id"),
        ("/type", Value::Null, "type-missing", "/type"),
        ("/type", json!(["Manifest"]), "type-missing", "/type"),
        (
            "/type",
            json!(["VerifiableCredential", 5]),
            "type-malformed",
            "/type",
        ),
        (
            "/type",
            json!(["VerifiableCredential", "VerifiableCredential"]),
            "type-malformed",
            "/type",
        ),
        ("/type", json!([]), "type-malformed", "/type"),
        ("/issuer", Value::Null, "issuer-missing", "/issuer"),
        ("/issuer", json!("toc"), "issuer-malformed", "/issuer"),
        (
            "/issuer",
            json!(["did:web:a.example"]),
            "issuer-malformed",
            "/issuer",
        ),
        ("/issuer/id", Value::Null, "issuer-malformed", "/issuer/id"),
        ("/issuer/id", json!("toc"), "issuer-malformed", "/issuer/id"),
        (
            "/issuer/name",
            json!(5),
            "language-value-malformed",
            "/issuer/name",
        ),
        (
            "/credentialSubject",
            Value::Null,
            "subject-missing",
            "/credentialSubject",
        ),
        (
            "/credentialSubject",
            json!([]),
            "subject-missing",
            "/credentialSubject",
        ),
        (
            "/credentialSubject",
            json!({}),
            "subject-malformed",
            "/credentialSubject",
        ),
        (
            "/credentialSubject",
            json!("did:example:a"),
            "subject-malformed",
            "/credentialSubject",
        ),
        (
            "/credentialSubject",
            json!([{"a": 1}, {}]),
            "subject-malformed",
            "/credentialSubject/1",
        ),
        (
            "/credentialSubject/id",
            json!("truck"),
            "id-malformed",
            "/credentialSubject/id",
        ),
        (
            "/credentialSubject/id",
            json!(["did:example:a"]),
            "id-malformed",
            "/credentialSubject/id",
        ),
        (
            "/validFrom",
            json!("2026-11-24"),
            "date-malformed",
            "/validFrom",
        ),
        (
            "/validFrom",
            json!("2026-11-24T15:10:00"),
            "date-malformed",
            "/validFrom",
        ),
        (
            "/validFrom",
            json!(1_800_000_000),
            "date-malformed",
            "/validFrom",
        ),
        (
            "/validUntil",
            json!("tomorrow"),
            "date-malformed",
            "/validUntil",
        ),
        (
            "/validUntil",
            json!("2026-12-01T00:00:00Z"),
            "credential-expired",
            "/validUntil",
        ),
        (
            "/validFrom",
            json!("2027-06-01T00:00:00Z"),
            "credential-not-yet-valid",
            "/validFrom",
        ),
        (
            "/name",
            json!({"@value": "x", "extra": 1}),
            "language-value-malformed",
            "/name",
        ),
        (
            "/name",
            json!({"@language": "en"}),
            "language-value-malformed",
            "/name",
        ),
        (
            "/name",
            json!({"@value": "x", "@direction": "up"}),
            "language-value-malformed",
            "/name",
        ),
        (
            "/description",
            json!(["x", 5]),
            "language-value-malformed",
            "/description/1",
        ),
        (
            "/credentialStatus",
            json!("https://a.example/1"),
            "status-malformed",
            "/credentialStatus",
        ),
        (
            "/credentialStatus/type",
            Value::Null,
            "status-malformed",
            "/credentialStatus/type",
        ),
        (
            "/credentialStatus/id",
            json!("not a url"),
            "status-malformed",
            "/credentialStatus/id",
        ),
        (
            "/credentialSchema/0/id",
            Value::Null,
            "schema-malformed",
            "/credentialSchema/0/id",
        ),
        (
            "/credentialSchema/0/id",
            json!("x y"),
            "schema-malformed",
            "/credentialSchema/0/id",
        ),
        (
            "/credentialSchema/0/type",
            Value::Null,
            "schema-malformed",
            "/credentialSchema/0/type",
        ),
        (
            "/evidence/0",
            json!("x"),
            "evidence-malformed",
            "/evidence/0",
        ),
        (
            "/evidence/0/type",
            Value::Null,
            "evidence-malformed",
            "/evidence/0/type",
        ),
        (
            "/termsOfUse/type",
            Value::Null,
            "terms-of-use-malformed",
            "/termsOfUse/type",
        ),
        (
            "/termsOfUse",
            json!("x"),
            "terms-of-use-malformed",
            "/termsOfUse",
        ),
        (
            "/refreshService",
            json!({"id": "https://a.example/1"}),
            "refresh-service-malformed",
            "/refreshService/type",
        ),
        (
            "/relatedResource",
            json!("https://a.example/1"),
            "related-resource-malformed",
            "/relatedResource",
        ),
        (
            "/relatedResource/0/id",
            Value::Null,
            "related-resource-malformed",
            "/relatedResource/0/id",
        ),
        (
            "/relatedResource/0/digestSRI",
            Value::Null,
            "related-resource-malformed",
            "/relatedResource/0",
        ),
        (
            "/relatedResource/0/digestSRI",
            json!("sha256-AAAA"),
            "related-resource-malformed",
            "/relatedResource/0",
        ),
        (
            "/relatedResource/0/digestSRI",
            json!("md5-AAAA"),
            "related-resource-malformed",
            "/relatedResource/0",
        ),
        (
            "/relatedResource/1/digestMultibase",
            json!("uAAAA"),
            "related-resource-malformed",
            "/relatedResource/1",
        ),
        (
            "/relatedResource/1",
            json!({"id": "https://a.example/1", "digestSRI": sri}),
            "related-resource-repeated",
            "/relatedResource/1/id",
        ),
    ];
    println!("vc: {} faults refused", refused.len());
    for (pointer, value, code, place) in refused {
        check_set(pointer, value, &[(code, place)]);
    }
    // The two need each other's null written out.
    let mut document = good();
    document["id"] = Value::Null;
    document["issuer"] = Value::Null;
    let codes: Vec<&str> = super::check(&document, None)
        .iter()
        .map(Problem::code)
        .collect();
    assert_eq!(codes, ["id-malformed", "issuer-malformed"]);
}

#[test]
fn tells_all_faults_at_once_and_stops_at_a_hundred() {
    let found = super::check(&json!({}), None);
    let codes: Vec<&str> = found.iter().map(Problem::code).collect();
    assert_eq!(
        codes,
        [
            "context-malformed",
            "type-missing",
            "issuer-missing",
            "subject-missing"
        ]
    );
    let mut document = good();
    document["validFrom"] = "2028-01-01T00:00:00Z".into();
    let codes: Vec<&str> = super::check(&document, None)
        .iter()
        .map(Problem::code)
        .collect();
    assert_eq!(codes, ["validity-reversed"]);
    document["evidence"] = vec![json!(1); 1_000].into();
    assert_eq!(super::check(&document, None).len(), PROBLEMS_MAX);
    assert_eq!(
        super::check(&json!([]), None)[0].code(),
        "document-malformed"
    );
}

#[test]
fn checks_the_content_of_related_resources() {
    let document = good();
    let found = related_resources(&document);
    assert_eq!(found.len(), 2);
    for resource in &found {
        resource.check(b"").unwrap();
        assert_eq!(
            resource.check(b"x").unwrap_err().code(),
            "related-resource-digest-wrong"
        );
    }
}

#[test]
fn finds_the_issuer() {
    assert_eq!(issuer_of(&good()), Some("did:web:toc.example"));
    assert_eq!(
        issuer_of(&json!({"issuer": "did:web:a.example"})),
        Some("did:web:a.example")
    );
    assert_eq!(issuer_of(&json!({"issuer": 5})), None);
    assert_eq!(issuer_of(&json!({})), None);
}
