//! What strict mode refuses: each a way to add, change or hide a claim under a valid signature.

use garita_canon::jsonld::{Limits, Options};
use garita_canon::{Canonicalizer, ContextSet, HashAlgorithm, WorkLimit, json};
use serde_json::{Value, json};

fn contexts() -> ContextSet {
    let terms = json!({"@context": {
        "id": "@id", "type": "@type", "x": "https://example.org/x#", "xsd": "http://www.w3.org/2001/XMLSchema#",
        "Thing": "x:Thing", "name": "x:name", "other": {"@id": "x:other", "@type": "@id"}, "kind": {"@id": "x:kind", "@type": "@vocab"},
        "rate": {"@id": "x:rate", "@type": "xsd:double"}, "count": {"@id": "x:count", "@type": "xsd:integer"}, "gone": null,
        "bad": "https://example.org/b d", "blank": "_:p", "group": "@nest",
        "items": {"@id": "x:items", "@container": "@list"}, "data": {"@id": "x:data", "@type": "@json"},
        "label": {"@id": "x:label", "@container": "@language"}, "by": {"@id": "x:by", "@container": "@index"},
        "byId": {"@id": "x:byId", "@container": "@id"}, "byType": {"@id": "x:byType", "@container": "@type"},
        "claims": {"@id": "x:claims", "@container": "@graph"},
        "byProp": {"@id": "x:byProp", "@container": "@index", "@index": "x:key"},
        "safe": {"@id": "x:safe", "@protected": true},
    }});
    let open = json!({"@context": {"@vocab": "https://example.org/open#"}});
    let bad = json!({"@context": {"a": "b:x", "b": "a:x"}});
    ContextSet::bundled()
        .with("https://example.org/t", terms)
        .and_then(|set| set.with("https://example.org/open", open))
        .and_then(|set| set.with("https://example.org/bad", bad))
        .unwrap()
}

/// A document of our terms with these members.
fn document(members: &str) -> Value {
    let text = format!("{{\"@context\":\"https://example.org/t\",{members}}}");
    json::parse(text.as_bytes(), &json::Limits::default()).unwrap_or_else(|e| panic!("{text}: {e}"))
}

#[test]
fn refuses_what_a_signature_would_not_cover() {
    let canonicalizer = Canonicalizer::new(contexts());
    let check = |members: &str, code: &str, pointer: &str| {
        let document = document(members);
        let first = canonicalizer.nquads(&document);
        // A second reading, from remembered contexts, says the same.
        assert_eq!(first, canonicalizer.nquads(&document), "{members}");
        match first {
            Err(error) if (error.code(), error.pointer()) == (code, Some(pointer)) => None,
            Err(error) => Some(format!(
                "{members}: {} {:?}: {error}",
                error.code(),
                error.pointer()
            )),
            Ok(nquads) => Some(format!("{members}: accepted as\n{nquads}")),
        }
    };
    let table: &[(&str, &str, &str)] = &[
        // Members that mean nothing.
        (r#""name":"a","nam":"b""#, "term-undefined", "/nam"),
        (
            r#""other":{"id":"urn:a","nam":"b"}"#,
            "term-undefined",
            "/other/nam",
        ),
        (r#""name":"a","gone":"b""#, "term-undefined", "/gone"),
        (r#""name":"a","":"b""#, "term-undefined", "/"),
        (r#""name":"a","a/b":"b""#, "term-undefined", "/a~1b"),
        (
            r#""name":"a","proof":{"name":"b"}"#,
            "term-undefined",
            "/proof",
        ),
        (r#""name":"a","@foo":"b""#, "keyword-like", "/@foo"),
        (r#""name":"a","@version":1.1"#, "keyword-like", "/@version"),
        (
            r#""name":"a","@protected":true"#,
            "keyword-like",
            "/@protected",
        ),
        (r#""name":"a","@none":"b""#, "keyword-like", "/@none"),
        (r#""name":"a","bad":"b""#, "iri-invalid", "/bad"),
        (r#""name":"a","blank":"b""#, "value-dropped", "/blank"),
        (r#""name":"a","_:p":"b""#, "value-dropped", "/_:p"),
        (r#""name":"a",":p":"b""#, "term-undefined", "/:p"),
        (
            r#""name":"a","group":{"nam":"b"}"#,
            "term-undefined",
            "/group/nam",
        ),
        (
            r#""name":"a","group":{"name":"b","@context":{}}"#,
            "value-dropped",
            "/group/@context",
        ),
        // Types.
        (r#""name":"a","type":"Thin""#, "type-undefined", "/type"),
        (
            r#""name":"a","type":["Thing","Thin"]"#,
            "type-undefined",
            "/type/1",
        ),
        (r#""name":"a","type":"@json""#, "type-undefined", ""),
        (r#""name":"a","type":"@foo""#, "keyword-like", "/type"),
        (r#""name":"a","type":"gone""#, "type-undefined", "/type"),
        (r#""name":"a","type":[]"#, "value-dropped", "/type"),
        (r#""name":"a","type":"urn:a b""#, "iri-invalid", "/type"),
        (r#""name":"a","type":null"#, "invalid-type-value", "/type"),
        (
            r#""name":{"@value":"a","type":"Thin"}"#,
            "type-undefined",
            "/name/type",
        ),
        // Names of nodes.
        (r#""name":"a","id":"b""#, "iri-relative", "/id"),
        (r#""name":"a","id":"""#, "iri-relative", "/id"),
        (r##""name":"a","id":"#b""##, "iri-relative", "/id"),
        (r#""name":"a","id":"urn:a b""#, "iri-invalid", "/id"),
        (r#""name":"a","id":"@foo""#, "keyword-like", "/id"),
        (r#""name":"a","id":"@type""#, "keyword-like", "/id"),
        (r#""name":"a","id":null"#, "invalid-id-value", "/id"),
        (r#""other":"b""#, "iri-relative", "/other"),
        (r#""other":["urn:a","b"]"#, "iri-relative", "/other/1"),
        (r#""kind":"b""#, "iri-relative", "/kind"),
        (r#""byId":{"b":{"name":"a"}}"#, "iri-relative", "/byId/b"),
        (
            r#""byId":{"urn:a":{"id":"urn:b","name":"a"}}"#,
            "value-dropped",
            "/byId/urn:a",
        ),
        (
            r#""byType":{"Thin":{"name":"a"}}"#,
            "type-undefined",
            "/byType/Thin",
        ),
        // Nulls.
        (r#""name":null"#, "null-value", "/name"),
        (r#""name":["a",null]"#, "null-value", "/name/1"),
        (r#""name":{"@value":null}"#, "null-value", "/name/@value"),
        (r#""label":{"en":null}"#, "null-value", "/label/en"),
        (r#""label":{"en":["a",null]}"#, "null-value", "/label/en"),
        (r#""items":[null]"#, "null-value", "/items/0"),
        // Values that leave no trace.
        (r#""name":[]"#, "value-dropped", "/name"),
        (r#""name":["a",[]]"#, "value-dropped", "/name/1"),
        (r#""name":{"@set":[]}"#, "value-dropped", "/name"),
        (r#""label":{}"#, "value-dropped", "/label"),
        (r#""label":{"en":[]}"#, "value-dropped", "/label/en"),
        (r#""name":"a","by":{}"#, "value-dropped", "/by"),
        (r#""by":{"k":"a"}"#, "value-dropped", "/by/k"),
        (r#""by":{"k":{"name":"a"}}"#, "value-dropped", "/by/k"),
        (
            r#""name":{"@value":"a","@index":"k"}"#,
            "value-dropped",
            "/name/@index",
        ),
        (r#""name":"a","@index":"k""#, "value-dropped", "/@index"),
        (r#""name":"a","group":{}"#, "value-dropped", "/group"),
        (r#""name":"a","group":[]"#, "value-dropped", "/group"),
        (r#""name":"a","@reverse":{}"#, "value-dropped", "/@reverse"),
        (
            r#""name":"a","@included":[]"#,
            "value-dropped",
            "/@included",
        ),
        (
            r#""name":"a","@included":[{"id":"urn:b"}]"#,
            "value-dropped",
            "/@included/0",
        ),
        (r#""name":"a","@graph":[]"#, "value-dropped", "/@graph"),
        (r#""@graph":["a"]"#, "value-dropped", "/@graph/0"),
        (r#""@graph":[{"@value":"a"}]"#, "value-dropped", "/@graph/0"),
        (r#""@graph":[{"id":"urn:b"}]"#, "value-dropped", "/@graph/0"),
        (r#""@graph":[{}]"#, "value-dropped", "/@graph/0"),
        (
            r#""@graph":[{"@list":["a"]}]"#,
            "value-dropped",
            "/@graph/0/@list",
        ),
        (r#""claims":{}"#, "value-dropped", "/claims"),
        (r#""claims":{"id":"urn:b"}"#, "value-dropped", "/claims"),
        (r#""claims":"b""#, "value-dropped", "/claims"),
        (r#""id":"urn:a""#, "value-dropped", ""),
        (r#""@language":"en""#, "value-dropped", ""),
        (r#""name":"a","@language":"en""#, "value-dropped", ""),
        (r#""name":{"@language":"en"}"#, "value-dropped", "/name"),
        (
            r#""name":{"@value":"a","@language":"not a tag"}"#,
            "value-dropped",
            "/name",
        ),
        (
            r#""label":{"not a tag":"a"}"#,
            "value-dropped",
            "/label/not a tag",
        ),
        (
            r#""name":{"@value":1,"@direction":"ltr"}"#,
            "value-dropped",
            "/name",
        ),
        // Scalars where a node is due, numbers that would become others.
        (r#""other":5"#, "value-dropped", "/other"),
        (r#""other":[true]"#, "value-dropped", "/other/0"),
        (r#""name":0.30000000000000004"#, "number-inexact", "/name"),
        (
            r#""rate":[1,0.30000000000000004]"#,
            "number-inexact",
            "/rate/1",
        ),
        // The shape of value objects, sets, lists.
        (
            r#""name":{"@value":"a","nam":"b"}"#,
            "term-undefined",
            "/name/nam",
        ),
        (
            r#""name":{"@value":"a","id":"urn:b"}"#,
            "invalid-value-object",
            "/name",
        ),
        (
            r#""name":{"@value":"a","other":"urn:b"}"#,
            "invalid-value-object",
            "/name",
        ),
        (
            r#""name":{"@value":"a","@type":"xsd:string","@language":"en"}"#,
            "invalid-value-object",
            "/name",
        ),
        (
            r#""name":{"@value":{}}"#,
            "invalid-value-object-value",
            "/name/@value",
        ),
        (
            r#""name":{"@list":["a"],"id":"urn:b"}"#,
            "invalid-set-or-list-object",
            "/name",
        ),
        (
            r#""id":"urn:a","@id":"urn:b","name":"a""#,
            "colliding-keywords",
            "/@id",
        ),
        (
            r#""name":"a","group":{"id":"urn:b"},"id":"urn:a""#,
            "colliding-keywords",
            "/group/id",
        ),
        (
            r#""name":"a","@reverse":{"name":"b"}"#,
            "invalid-reverse-property-value",
            "/@reverse",
        ),
        (r#""byProp":{"k":"a"}"#, "invalid-value-object", "/byProp/k"),
    ];
    let faults: Vec<String> = table
        .iter()
        .filter_map(|(members, code, pointer)| check(members, code, pointer))
        .collect();
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
    println!("strict: {} attacks refused", table.len());
}

#[test]
fn refuses_contexts_that_are_unknown_or_wrong() {
    let canonicalizer = Canonicalizer::new(contexts());
    let check = |context: Value, code: &str, pointer: &str| {
        let error = canonicalizer
            .nquads(&json!({"@context": context, "name": "a"}))
            .expect_err(code);
        assert_eq!(
            (error.code(), error.pointer()),
            (code, Some(pointer)),
            "{context}: {error}"
        );
        error.to_string()
    };
    let message = check(
        json!(["https://example.org/t", "https://example.org/nowhere"]),
        "context-unknown",
        "/@context/1",
    );
    assert!(
        message.contains("`https://example.org/nowhere`")
            && message.contains("https://www.w3.org/ns/credentials/v2")
    );
    check(json!("t"), "context-unknown", "/@context");
    check(json!(5), "invalid-local-context", "/@context");
    check(json!([[]]), "invalid-local-context", "/@context/0");
    check(
        json!("https://example.org/bad"),
        "cyclic-iri-mapping",
        "/@context",
    );
    check(
        json!(["https://example.org/t", {"safe": "https://example.org/y"}]),
        "protected-term",
        "/@context/1",
    );
    check(
        json!(["https://example.org/t", {"safe": null}]),
        "protected-term",
        "/@context/1",
    );
    check(
        json!(["https://example.org/t", null]),
        "invalid-context-nullification",
        "/@context/1",
    );
    check(
        json!(["https://www.w3.org/ns/credentials/v2", {"VerifiableCredential": "https://example.org/y"}]),
        "protected-term",
        "/@context/1",
    );
    check(
        json!({"@import": "https://example.org/nowhere"}),
        "context-unknown",
        "/@context",
    );
    let chain: serde_json::Map<String, Value> = (0..100)
        .map(|n| (format!("t{n}"), json!(format!("t{}:x", n + 1))))
        .collect();
    check(json!(chain), "context-overflow", "/@context");
    let empty = Canonicalizer::new(ContextSet::empty())
        .nquads(&json!({"name": "a"}))
        .unwrap_err();
    assert_eq!(
        (empty.code(), empty.pointer()),
        ("term-undefined", Some("/name"))
    );
}

#[test]
fn takes_what_is_carried_in_full() {
    let canonicalizer = Canonicalizer::new(contexts());
    let check = |members: &str, expected: &str| {
        let ours = canonicalizer
            .nquads(&document(members))
            .unwrap_or_else(|e| panic!("{members}: {} {e}", e.code()));
        let expected: String = expected
            .lines()
            .map(|line| format!("{} .\n", line.replace("x:", "https://example.org/x#")))
            .collect();
        assert_eq!(ours, expected, "{members}");
    };
    check(
        r#""name":["b","a","a"]"#,
        "_:c14n0 <x:name> \"a\"\n_:c14n0 <x:name> \"b\"",
    );
    check(
        r#""id":"urn:a","other":{"id":"urn:b"}"#,
        "<urn:a> <x:other> <urn:b>",
    );
    check(
        r#""id":"urn:a","items":[]"#,
        "<urn:a> <x:items> <http://www.w3.org/1999/02/22-rdf-syntax-ns#nil>",
    );
    check(
        r#""id":"urn:a","data":{"b":null,"a":[]}"#,
        "<urn:a> <x:data> \"{\\\"a\\\":[],\\\"b\\\":null}\"^^<http://www.w3.org/1999/02/22-rdf-syntax-ns#JSON>",
    );
    check(
        r#""id":"urn:a","rate":1"#,
        "<urn:a> <x:rate> \"1.0E0\"^^<http://www.w3.org/2001/XMLSchema#double>",
    );
    check(
        r#""id":"urn:a","name":-0.125"#,
        "<urn:a> <x:name> \"-1.25E-1\"^^<http://www.w3.org/2001/XMLSchema#double>",
    );
    check(
        r#""id":"urn:a","count":"007""#,
        "<urn:a> <x:count> \"007\"^^<http://www.w3.org/2001/XMLSchema#integer>",
    );
    check(
        r#""id":"urn:a","name":{"@value":"a","@language":"es-MX","@direction":"ltr"}"#,
        "<urn:a> <x:name> \"a\"^^<https://www.w3.org/ns/i18n#es-mx_ltr>",
    );
    check(
        r#""id":"urn:a","label":{"es":"a","@none":"b"}"#,
        "<urn:a> <x:label> \"a\"@es\n<urn:a> <x:label> \"b\"",
    );
    check(
        r#""id":"urn:a","byId":{"urn:b":{"name":"a"}}"#,
        "<urn:a> <x:byId> <urn:b>\n<urn:b> <x:name> \"a\"",
    );
    check(
        r#""id":"urn:a","byProp":{"k":{"id":"urn:b"}}"#,
        "<urn:a> <x:byProp> <urn:b>\n<urn:b> <x:key> \"k\"",
    );
    check(
        r#""id":"urn:a","claims":{"id":"urn:b","name":"a"}"#,
        "<urn:a> <x:claims> _:c14n0\n<urn:b> <x:name> \"a\" _:c14n0",
    );
    check(
        r#""id":"urn:a","@reverse":{"other":{"id":"urn:b"}}"#,
        "<urn:b> <x:other> <urn:a>",
    );
    check(
        r#""id":"urn:a","group":{"name":"a"},"name":"b""#,
        "<urn:a> <x:name> \"a\"\n<urn:a> <x:name> \"b\"",
    );
    check(
        r#""id":"urn:a","name":"_:c14n0","other":"_:b""#,
        "<urn:a> <x:name> \"_:c14n0\"\n<urn:a> <x:other> _:c14n0",
    );
}

#[test]
fn has_a_limit_for_everything() {
    let limits = Limits {
        depth_max: 8,
        context_chain_max: 4,
        contexts_max: 20,
        quads_max: 10,
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let canonicalizer = Canonicalizer::with(contexts(), options, WorkLimit::default());
    let check = |document: &Value, code: &str| {
        assert_eq!(
            canonicalizer.dataset(document).expect_err(code).code(),
            code
        )
    };
    let deep = (0..100_000 / 100).fold(json!({"x:a": 1}), |inner, _| json!({"x:a": inner}));
    check(&deep, "json-too-deep");
    check(
        &json!({"@context": (0..40).map(|_| json!({})).collect::<Vec<_>>(), "urn:p": "a"}),
        "too-many-contexts",
    );
    check(
        &json!({"urn:p": (0..11).collect::<Vec<_>>()}),
        "too-many-quads",
    );
    let nested: Vec<Value> = (0..40)
        .map(|n| json!({"@context": {}, "urn:p": n}))
        .collect();
    check(&json!({"urn:p": nested}), "too-many-contexts");
}

#[test]
fn says_the_same_from_many_threads() {
    let canonicalizer = Canonicalizer::new(contexts());
    let document = document(r#""id":"urn:a","name":"a","other":{"type":"Thing","items":[1,2]}"#);
    let forms: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| canonicalizer.nquads(&document).unwrap()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    });
    assert!(forms.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn blank_nodes_are_named_by_where_they_stand() {
    let canonicalizer = Canonicalizer::new(ContextSet::empty());
    let document = json!({
        "@context": {"@vocab": "https://example.org/", "order": {"@container": "@list"}, "g": {"@container": "@graph"}},
        "item": [{"a/b": "x"}, {"a/b": "x"}],
        "named": {"@id": "_:n", "order": ["1", {"c": "2"}]},
        "g": {"c": "3"},
    });
    let named = canonicalizer.dataset_by_place(&document).unwrap();
    let text = named.to_nquads();
    for place in [
        "_:/item/0 ",
        "_:/item/1 ",
        "_:_:n ",
        "_:/named/order~l0 ",
        "_:/named/order~l1 ",
        "_:/named/order/1 ",
        "_:/g~g ",
        "_:/g ",
    ] {
        assert!(text.contains(place), "{place}: {text}");
    }
    // The same statements under other names.
    let plain = canonicalizer
        .canonical(&document, HashAlgorithm::Sha256)
        .unwrap();
    let again = canonicalizer
        .canonical_dataset(&named, HashAlgorithm::Sha256)
        .unwrap();
    assert_eq!(plain.nquads, again.nquads);
}
