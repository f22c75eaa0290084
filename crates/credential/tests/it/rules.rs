//! What a verifier asks for beside a signature: time, purpose, recipient, challenge, issuer; and round trips of our own.

use garita_credential::data_integrity::{create, verify};
use garita_credential::resolver::{KeyEntry, KeyHistory, Purposes};
use garita_credential::{
    KeyType, Problem, ProofOptions, Purpose, SigningKey, Suite, VerifyOptions, presentation, vc,
};
use serde_json::{Value, json};

use crate::common::CANONICALIZER;

const METHOD: &str = "did:web:cbp.example#key-1";
const CREATED_MS: i64 = 1_795_532_400_123;

const ED: KeyType = KeyType::Ed25519;

/// Each plain suite with each kind of key that it takes.
const PLAIN: [(Suite, KeyType); 6] = [
    (Suite::EddsaRdfc2022, KeyType::Ed25519),
    (Suite::EddsaJcs2022, KeyType::Ed25519),
    (Suite::EcdsaRdfc2019, KeyType::P256),
    (Suite::EcdsaRdfc2019, KeyType::P384),
    (Suite::EcdsaJcs2019, KeyType::P256),
    (Suite::EcdsaJcs2019, KeyType::P384),
];

fn key(kind: KeyType) -> SigningKey {
    other_key(kind, 8)
}

fn other_key(kind: KeyType, byte: u8) -> SigningKey {
    SigningKey::from_bytes(kind, &vec![byte; kind.secret_bytes()]).unwrap()
}

fn history(kind: KeyType) -> KeyHistory {
    [KeyEntry::new(
        METHOD,
        key(kind).verification_key(),
        CREATED_MS - 1_000,
    )]
    .into_iter()
    .collect()
}

fn document() -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {"plate": "https://example.org/plate", "weight": "https://example.org/weight"}],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:cbp.example",
        "credentialSubject": [{"plate": "64AR8N", "weight": 20_000}, {"plate": "64AR8N", "weight": 20_000}],
    })
}

fn signed((suite, kind): (Suite, KeyType), change: impl FnOnce(&mut ProofOptions)) -> Value {
    let mut options = ProofOptions::assertion(METHOD, CREATED_MS);
    change(&mut options);
    create(&document(), suite, &key(kind), &options, &CANONICALIZER).unwrap()
}

fn check(
    document: &Value,
    history: &KeyHistory,
    change: impl FnOnce(&mut VerifyOptions<'_>),
    expected: &[&str],
) {
    let mut options = VerifyOptions::assertion(history, Some(CREATED_MS));
    change(&mut options);
    let problems = verify(document, &options, &CANONICALIZER)
        .err()
        .unwrap_or_default();
    let codes: Vec<&str> = problems.iter().map(Problem::code).collect();
    assert_eq!(codes, expected, "{problems:?}");
}

#[test]
fn what_we_sign_verifies_and_says_who() {
    for (suite, kind) in PLAIN {
        let document = signed((suite, kind), |_| {});
        assert_eq!(document["proof"]["created"], "2026-11-24T15:00:00.123Z");
        let history = history(kind);
        let verified = verify(
            &document,
            &VerifyOptions::assertion(&history, Some(CREATED_MS)),
            &CANONICALIZER,
        )
        .unwrap();
        let proof = &verified.proofs()[0];
        assert_eq!(
            (proof.suite, proof.controller.as_str()),
            (suite, "did:web:cbp.example")
        );
        assert_eq!(
            (proof.verification_method.as_str(), proof.created_ms),
            (METHOD, Some(CREATED_MS))
        );
        vc::check_controller(&document, &verified).unwrap();
        let mut foreign = document.clone();
        foreign["issuer"] = json!({"id": "did:web:sat.example"});
        assert_eq!(
            vc::check_controller(&foreign, &verified)
                .unwrap_err()
                .code(),
            "controller-mismatch"
        );
        assert_eq!(
            vc::check_controller(&json!({}), &verified)
                .unwrap_err()
                .code(),
            "issuer-missing"
        );
    }
}

#[test]
fn keys_are_judged_at_the_logged_time() {
    for (suite, kind) in PLAIN {
        let document = signed((suite, kind), |_| {});
        let at = |at_ms: Option<i64>| move |options: &mut VerifyOptions<'_>| options.at_ms = at_ms;
        let mut keys = history(kind);
        check(
            &document,
            &keys,
            at(Some(CREATED_MS - 2_000)),
            &["key-not-yet-valid"],
        );
        check(&document, &keys, at(None), &[]);
        assert!(keys.retire(METHOD, CREATED_MS + 1_000));
        keys.add(KeyEntry::new(
            METHOD,
            other_key(kind, 9).verification_key(),
            CREATED_MS + 1_000,
        ));
        check(&document, &keys, at(Some(CREATED_MS + 999)), &[]);
        check(
            &document,
            &keys,
            at(Some(CREATED_MS + 1_000)),
            &["proof-invalid"],
        );
        assert!(keys.revoke(METHOD, CREATED_MS + 500));
        check(&document, &keys, at(Some(CREATED_MS + 499)), &[]);
        check(
            &document,
            &keys,
            at(Some(CREATED_MS + 500)),
            &["key-revoked"],
        );
        check(&document, &keys, at(None), &["key-revoked"]);
        check(&document, &KeyHistory::new(), at(None), &["key-unknown"]);
    }
}

#[test]
fn expiry_purpose_recipient_and_challenge_are_asked_for() {
    for (suite, kind) in PLAIN {
        let document = signed((suite, kind), |options| {
            options.expires_ms = Some(CREATED_MS + 60_000);
            options.domain = Some("https://sat.example".into());
            options.challenge = Some("abc".into());
        });
        let history = history(kind);
        check(&document, &history, |_| {}, &[]);
        check(
            &document,
            &history,
            |options| options.at_ms = Some(CREATED_MS + 59_999),
            &[],
        );
        check(
            &document,
            &history,
            |options| options.at_ms = Some(CREATED_MS + 60_000),
            &["proof-expired"],
        );
        check(
            &document,
            &history,
            |options| options.domain = Some("https://sat.example"),
            &[],
        );
        check(
            &document,
            &history,
            |options| options.domain = Some("https://other.example"),
            &["domain-mismatch"],
        );
        check(
            &document,
            &history,
            |options| options.challenge = Some("abc"),
            &[],
        );
        check(
            &document,
            &history,
            |options| options.challenge = Some("abcd"),
            &["challenge-mismatch"],
        );
        check(
            &document,
            &history,
            |options| options.purpose = Purpose::Authentication,
            &["purpose-mismatch"],
        );
        let plain = signed((suite, kind), |_| {});
        check(
            &plain,
            &history,
            |options| options.domain = Some("https://sat.example"),
            &["domain-mismatch"],
        );
        check(
            &plain,
            &history,
            |options| options.challenge = Some(""),
            &["challenge-mismatch"],
        );
        let purposes = Purposes::NONE.with(Purpose::Authentication);
        let login_only = [KeyEntry {
            purposes,
            ..KeyEntry::new(METHOD, key(kind).verification_key(), 0)
        }]
        .into_iter()
        .collect();
        check(&plain, &login_only, |_| {}, &["purpose-mismatch"]);
    }
}

#[test]
fn all_faults_are_told_at_once() {
    let mut document = signed((Suite::EddsaJcs2022, ED), |_| {});
    let mut second = document["proof"].clone();
    second["verificationMethod"] = "did:web:other.example#1".into();
    document["proof"]["proofPurpose"] = "authentication".into();
    document["proof"] = json!([document["proof"], second, 5]);
    let history = history(ED);
    let problems = verify(
        &document,
        &VerifyOptions::assertion(&history, None),
        &CANONICALIZER,
    )
    .unwrap_err();
    let found: Vec<(&str, &str)> = problems
        .iter()
        .map(|problem| (problem.code(), problem.pointer.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("purpose-mismatch", "/proof/0/proofPurpose"),
            ("proof-invalid", "/proof/0/proofValue"),
            ("key-unknown", "/proof/1/verificationMethod"),
            ("proof-malformed", "/proof/2"),
        ]
    );
}

#[test]
fn sets_and_chains_of_both_suites_hold() {
    let keys = history(ED);
    for (first, second) in [
        (Suite::EddsaRdfc2022, Suite::EddsaJcs2022),
        (Suite::EddsaJcs2022, Suite::EddsaRdfc2022),
    ] {
        let mut options = ProofOptions::assertion(METHOD, CREATED_MS);
        options.id = Some("urn:uuid:a1b8a6c2-0f0e-4c6e-9d5e-3f6f5f1f2f3f".into());
        let one = create(&document(), first, &key(ED), &options, &CANONICALIZER).unwrap();
        let set = create(
            &one,
            second,
            &key(ED),
            &ProofOptions::assertion(METHOD, CREATED_MS),
            &CANONICALIZER,
        )
        .unwrap();
        check(&set, &keys, |_| {}, &[]);
        let previous_proof = vec![options.id.clone().unwrap()];
        let chained = ProofOptions {
            id: None,
            previous_proof,
            ..options.clone()
        };
        let chain = create(&one, second, &key(ED), &chained, &CANONICALIZER).unwrap();
        check(&chain, &keys, |_| {}, &[]);
        let mut broken = chain.clone();
        broken["proof"][0]["created"] = "2026-11-24T15:00:01Z".into();
        check(&broken, &keys, |_| {}, &["proof-invalid", "proof-invalid"]);
    }
    let dangling = ProofOptions {
        previous_proof: vec!["urn:x:1".into()],
        ..ProofOptions::assertion(METHOD, 0)
    };
    let error = create(
        &document(),
        Suite::EddsaJcs2022,
        &key(ED),
        &dangling,
        &CANONICALIZER,
    )
    .unwrap_err();
    assert_eq!(error.code(), "previous-proof-missing");
}

#[test]
fn nothing_undefined_is_signed() {
    let mut loose = document();
    loose["credentialSubject"][0]["evil"] = json!(1);
    let options = ProofOptions::assertion(METHOD, CREATED_MS);
    let error = create(
        &loose,
        Suite::EddsaRdfc2022,
        &key(ED),
        &options,
        &CANONICALIZER,
    )
    .unwrap_err();
    assert_eq!(
        (error.code(), error.pointer.as_str()),
        ("term-undefined", "/credentialSubject/0/evil")
    );
    // JCS signs it, whatever it means; whoever issues asks for the terms besides.
    assert!(
        create(
            &loose,
            Suite::EddsaJcs2022,
            &key(ED),
            &options,
            &CANONICALIZER
        )
        .is_ok()
    );
    assert_eq!(
        vc::check_terms(&loose, &CANONICALIZER)[0].code(),
        "term-undefined"
    );
    assert!(vc::check_terms(&document(), &CANONICALIZER).is_empty());
    assert_eq!(
        create(
            &json!([]),
            Suite::EddsaJcs2022,
            &key(ED),
            &options,
            &CANONICALIZER
        )
        .unwrap_err()
        .code(),
        "document-malformed"
    );
}

#[test]
fn a_context_alone_may_be_written_without_brackets() {
    let mut plain = document();
    plain["@context"] = "https://www.w3.org/ns/credentials/v2".into();
    plain["credentialSubject"] = json!({"id": "did:example:a"});
    let options = ProofOptions::assertion(METHOD, CREATED_MS);
    let mut signed = create(
        &plain,
        Suite::EddsaJcs2022,
        &key(ED),
        &options,
        &CANONICALIZER,
    )
    .unwrap();
    signed["@context"] = json!(["https://www.w3.org/ns/credentials/v2"]);
    check(&signed, &history(ED), |_| {}, &[]);
}

#[test]
fn no_suite_signs_with_p521() {
    let key = SigningKey::from_bytes(KeyType::P521, &[1; 66]).unwrap();
    assert_eq!(Suite::usual(KeyType::P521), None);
    let options = ProofOptions::assertion(METHOD, CREATED_MS);
    for suite in Suite::ALL {
        assert!(!suite.takes(KeyType::P521));
        let made = create(&document(), *suite, &key, &options, &CANONICALIZER);
        assert_eq!(made.unwrap_err().code(), "suite-key-mismatch", "{suite:?}");
    }
    let truck = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": "did:web:cbp.example",
        "credentialSubject": {"id": "did:web:carrier.example"},
    });
    let shown = presentation::create(
        "did:web:carrier.example",
        &[truck],
        &key,
        &options,
        &CANONICALIZER,
    );
    assert_eq!(shown.unwrap_err().code(), "suite-key-mismatch");
}
