//! SD-JWT VC.

use super::*;

fn claims() -> Map<String, Value> {
    let claims = json!({
        "vct": "https://example.gob.mx/licencia",
        "exp": NOW / 1000 + 60,
        "status": {"status_list": {"idx": 7, "uri": "https://example.gob.mx/estado/1"}},
        "cnf": {"jwk": jwk::to_jwk(&holder().verification_key()).unwrap()},
        "name": "Rosa",
        "born": "1990-01-01",
    });
    claims.as_object().unwrap().clone()
}

#[test]
fn claims_are_issued_and_shown() {
    let file = file();
    let plan = Plan::of(["/name", "/born"]);
    let token = vc::issue(&claims(), &file, &plan, &salts(2)).unwrap();
    let shown = present(&token, &["/name"]).unwrap();
    let binding = Binding {
        nonce: "n",
        audience: "a",
        issued_ms: NOW,
    };
    let bound = bind(&shown, binding, &holder()).unwrap();
    let asked = AskedBinding {
        nonce: "n",
        audience: "a",
        now_ms: NOW,
        age_ms_max: 1_000,
    };
    let verify = |token: &str, at_ms| vc::verify(token, Some(&asked), &DidKeyResolver, Some(at_ms));
    let statement = verify(&bound, NOW).unwrap();
    assert_eq!(statement.vct(), "https://example.gob.mx/licencia");
    assert_eq!(statement.issuer(), file.controller);
    assert_eq!(statement.verification_method(), file.id);
    assert_eq!(statement.claims()["name"], "Rosa");
    assert!(!statement.claims().contains_key("born"));
    assert_eq!(
        statement.status_list(),
        Some((7, "https://example.gob.mx/estado/1"))
    );
    assert_eq!(code(verify(&bound, NOW + 60_000)), "proof-expired");
    // The W3C's profile and this one don't pass for each other.
    assert_eq!(code(super::verify(&shown)), "media-type-mismatch");
    assert_eq!(
        code(vc::verify(&issued(), None, &DidKeyResolver, None)),
        "media-type-mismatch"
    );
}

#[test]
fn refuses_statements_without_their_form() {
    let issue = |change: Value, plan: Plan| {
        let mut claims = claims();
        for (name, value) in change.as_object().unwrap() {
            match value {
                Value::Null => claims.remove(name),
                value => claims.insert(name.clone(), value.clone()),
            };
        }
        code(vc::issue(&claims, &file(), &plan, &salts(1)))
    };
    assert_eq!(issue(json!({"vct": null}), Plan::default()), "vct-missing");
    assert_eq!(issue(json!({"vct": ""}), Plan::default()), "vct-missing");
    assert_eq!(
        issue(json!({"iss": "did:example:x"}), Plan::default()),
        "controller-mismatch"
    );
    assert_eq!(
        issue(json!({"iss": "x"}), Plan::default()),
        "issuer-missing"
    );
    assert_eq!(
        issue(json!({"exp": "x"}), Plan::default()),
        "claim-malformed"
    );
    for status in [
        json!(5),
        json!({"status_list": {}}),
        json!({"status_list": {"idx": -1, "uri": "https://a.example"}}),
    ] {
        assert_eq!(
            issue(json!({"status": status}), Plan::default()),
            "status-malformed"
        );
    }
    for visible in ["/vct", "/status", "/cnf", "/exp", "/iss"] {
        assert_eq!(
            issue(json!({}), Plan::of([visible])),
            "claim-not-concealable"
        );
    }
    // An issuer that conceals its status all the same.
    let status = encode(&json!(["salt", "status", {}]));
    let payload = json!({"iss": file().controller, "vct": "v", "_sd": [digest(&status)]});
    let header = Map::from_iter([
        ("kid".to_owned(), Value::from(file().id)),
        ("typ".to_owned(), Value::from("dc+sd-jwt")),
    ]);
    let made = jose::sign(header, payload.to_string().as_bytes(), &file().key).unwrap();
    let verify = |token: &str| code(vc::verify(token, None, &DidKeyResolver, None));
    assert_eq!(verify(&format!("{made}~")), "accepted");
    assert_eq!(verify(&format!("{made}~{status}~")), "claim-reserved");
}
