//! Tokens that were changed, or made to be read in two ways.

use super::*;

#[test]
fn no_bit_of_a_token_can_change() {
    let token = issued();
    let mut bytes = token.clone().into_bytes();
    for at in 0..bytes.len() {
        for bit in [1, 4, 32] {
            bytes[at] ^= bit;
            if let Ok(changed) = std::str::from_utf8(&bytes) {
                assert_ne!(code(verify(changed)), "accepted", "{at} {bit}");
            }
            bytes[at] ^= bit;
        }
    }
    let parts = SdJwt::parse(&token).unwrap();
    let (issued, first) = (parts.issued, parts.disclosures[0]);
    for (changed, expected) in [
        (issued.to_owned(), "sd-jwt-malformed"),
        (
            token.trim_end_matches('~').to_owned(),
            "key-binding-unexpected",
        ),
        (format!("{token}~"), "sd-jwt-malformed"),
        (format!("{issued}~~"), "sd-jwt-malformed"),
        (format!("~{token}"), "jws-malformed"),
        (format!("{issued}~{first}~{first}~"), "digest-repeated"),
        (
            format!("{issued}~{}~", encode(&json!(["salt", "name", "Ana"]))),
            "disclosure-unreferenced",
        ),
        (format!("{issued}~{first}=~"), "disclosure-malformed"),
        (
            format!("{issued}~{}~", encode(&json!({"a": 1}))),
            "disclosure-malformed",
        ),
        (
            format!("{issued}~{}~", encode(&json!(["s", "n", 1, 2]))),
            "disclosure-malformed",
        ),
        (
            format!("{issued}~{}~", encode(&json!(["s"]))),
            "disclosure-malformed",
        ),
        (
            format!("{issued}~{}~", encode(&json!([]))),
            "disclosure-malformed",
        ),
        (
            format!("{issued}~{}~", encode(&json!([1, "n", 1]))),
            "disclosure-malformed",
        ),
        (
            format!("{issued}~{}~", encode(&json!(["s", 1, 1]))),
            "disclosure-malformed",
        ),
        (
            format!(
                "{issued}~{}~",
                URL_SAFE_NO_PAD.encode("[\"s\",\"n\",{\"a\":1,\"a\":2}]")
            ),
            "disclosure-malformed",
        ),
        (
            format!("{issued}~{}~", encode(&json!(["s", "_sd", []]))),
            "claim-reserved",
        ),
        (
            format!("{issued}~{}~", encode(&json!(["s", "...", 1]))),
            "claim-reserved",
        ),
        (
            format!("{issued}~{}", "A~".repeat(DISCLOSURES_MAX + 1)),
            "sd-jwt-malformed",
        ),
        ("A".repeat(TOKEN_CHARS_MAX + 1), "token-too-long"),
    ] {
        assert_eq!(
            code(verify(&changed)),
            expected,
            "{}",
            changed.chars().rev().take(80).collect::<String>()
        );
    }
    // Any order and any part of them is right.
    let mut turned: Vec<&str> = parts.disclosures.clone();
    turned.reverse();
    assert_eq!(
        code(verify(&format!("{issued}~{}~", turned.join("~")))),
        "accepted"
    );
    let inner = disclosable(&token).unwrap();
    let inner = inner
        .iter()
        .position(|place| place.ends_with("/city"))
        .unwrap();
    let alone = format!("{issued}~{}~", parts.disclosures[inner]);
    assert_eq!(code(verify(&alone)), "disclosure-unreferenced");
}

#[test]
fn refuses_payloads_that_play_with_digests() {
    let name = encode(&json!(["salt", "name", "Rosa"]));
    let element = encode(&json!(["salt", "Rosa"]));
    let (name_digest, element_digest) = (digest(&name), digest(&element));
    let check = |subject: Value, disclosures: &[&str], expected: &str| {
        let mut payload = credential();
        payload["credentialSubject"] = subject.clone();
        let found = code(verify(&token(&payload, disclosures)));
        assert_eq!(found, expected, "{subject}");
    };
    let own = json!({"name": "Ana", "_sd": [name_digest]});
    check(
        json!({"id": "did:example:x", "_sd": [name_digest]}),
        &[&name],
        "accepted",
    );
    check(own, &[&name], "disclosure-collides");
    check(
        json!({"a": 1, "_sd": [name_digest, name_digest]}),
        &[&name],
        "digest-repeated",
    );
    check(
        json!({"a": {"_sd": ["x"]}, "_sd": ["x"]}),
        &[],
        "digest-repeated",
    );
    check(
        json!({"a": [{"...": "x"}], "_sd": ["x"]}),
        &[],
        "digest-repeated",
    );
    check(
        json!({"a": 1, "_sd": [element_digest]}),
        &[&element],
        "disclosure-malformed",
    );
    check(
        json!({"a": [{"...": name_digest}]}),
        &[&name],
        "disclosure-malformed",
    );
    check(
        json!({"a": [{"...": element_digest}]}),
        &[&element],
        "accepted",
    );
    check(json!({"a": [{"...": "x", "b": 1}]}), &[], "claim-reserved");
    check(json!({"a": [{"...": 5}]}), &[], "claim-reserved");
    check(json!({"a": {"...": "x"}}), &[], "claim-reserved");
    check(json!({"a": 1, "_sd": "x"}), &[], "claim-reserved");
    check(json!({"a": 1, "_sd": [5]}), &[], "claim-reserved");
    check(json!({"a": 1, "_sd": []}), &[], "accepted");
    check(json!({"a": {"_sd_alg": "sha-256"}}), &[], "claim-reserved");
    // What one disclosure brings, another may not bring again.
    let again = encode(&json!(["other", "name", "Eva"]));
    let both = json!({"a": 1, "_sd": [name_digest, digest(&again)]});
    check(both.clone(), &[&name, &again], "disclosure-collides");
    check(both, &[&again], "accepted");
    for (algorithm, expected) in [
        (json!("sha-256"), "accepted"),
        (json!("sha-512"), "sd-algorithm-unsupported"),
        (json!("md5"), "sd-algorithm-unsupported"),
        (json!(null), "sd-algorithm-unsupported"),
        (json!(["sha-256"]), "sd-algorithm-unsupported"),
    ] {
        let mut payload = credential();
        payload["_sd_alg"] = algorithm;
        assert_eq!(code(verify(&token(&payload, &[]))), expected);
    }
}

#[test]
fn disclosures_in_disclosures_end_somewhere() {
    let mut digest_of_last = None;
    let mut disclosures = Vec::new();
    for n in 0..5_000 {
        let value = match &digest_of_last {
            None => json!({}),
            Some(digest) => json!({"_sd": [digest]}),
        };
        let disclosure = encode(&json!([format!("salt-{n}"), "a", value]));
        digest_of_last = Some(digest(&disclosure));
        disclosures.push(disclosure);
    }
    let mut payload = credential();
    payload["_sd"] = json!([digest_of_last]);
    let disclosures: Vec<&str> = disclosures.iter().map(String::as_str).collect();
    assert_eq!(
        code(verify(&token(&payload, &disclosures))),
        "json-too-deep"
    );
}
