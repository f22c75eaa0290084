//! What a signer made before it changed its key, judged after: tokens by their `iat`, as proofs by their `created`.

use std::collections::BTreeMap;

use garita_credential::data_integrity::{KeysAt, create};
use garita_credential::envelope::{self, Claims, Content, Secured, Time, Wrapping};
use garita_credential::judge::{Checks, Judge, Lists};
use garita_credential::sd_jwt::{self, Plan};
use garita_credential::webvh::{self, Changes, History, Version};
use garita_credential::{
    KeyFile, KeyHistory, Problem, ProofOptions, SigningKey, Suite, cose, jose,
};
use serde_json::{Map, Value, json};

use crate::common::CANONICALIZER;

/// 2026-11-24T15:00:00Z: the first key counts from here on, the second one ten days later.
const START: i64 = 1_795_532_400_000;
const DAY: i64 = 86_400_000;
const ROTATION: i64 = START + 10 * DAY;
const NOW: i64 = START + 20 * DAY;

fn key(n: u8) -> SigningKey {
    SigningKey::from_seed([n; 32])
}

/// A signer whose log says that it went from the first key to the second.
struct Office {
    did: String,
    keys: KeyHistory,
}

impl Office {
    fn new() -> Self {
        let place = "cbp.example:office";
        let named = |n: u8| [(format!("key-{n}"), key(n).verification_key())];
        let updates = |n: u8| Changes::update_keys(&[key(n).verification_key()]);
        let document = webvh::document(&webvh::template(place), &named(1));
        let begun = webvh::create(place, document, updates(1), START, &key(1), &CANONICALIZER);
        let mut history: History = begun.unwrap();
        let document = webvh::document(history.did().as_str(), &named(2));
        history
            .update(document, updates(2), ROTATION, &key(1), &CANONICALIZER)
            .unwrap();
        Self {
            did: history.did().as_str().to_owned(),
            keys: history.key_entries(Version::at_ms).into_iter().collect(),
        }
    }

    fn file(&self, n: u8) -> KeyFile {
        KeyFile {
            id: format!("{}#key-{n}", self.did),
            controller: self.did.clone(),
            key: key(n),
        }
    }

    fn credential(&self) -> Value {
        json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiableCredential"],
            "issuer": self.did,
            "credentialSubject": {"id": self.did},
        })
    }

    /// The credential under key `n` in each way, by its name.
    fn credentials(&self, n: u8, issued_ms: Option<i64>) -> BTreeMap<String, Value> {
        let mut all: BTreeMap<_, _> = Wrapping::ALL
            .map(|wrapping| {
                let content = Content::Credential;
                let made = enveloped(
                    wrapping,
                    content,
                    &self.credential(),
                    &self.file(n),
                    issued_ms,
                );
                (wrapping.typ(content), made)
            })
            .into();
        all.insert("jwt 1.1".to_owned(), self.of_version_1_1(n, issued_ms));
        all.insert("proof".to_owned(), self.proven(n, issued_ms));
        all
    }

    fn of_version_1_1(&self, n: u8, issued_ms: Option<i64>) -> Value {
        let mut claims = json!({"iss": self.did, "vc": self.credential()});
        if let Some(issued_ms) = issued_ms {
            claims["iat"] = json!(issued_ms / 1000);
        }
        let file = self.file(n);
        let header = Map::from_iter([("kid".to_owned(), Value::from(file.id))]);
        let token = jose::sign(header, claims.to_string().as_bytes(), &file.key).unwrap();
        json!({
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiableCredential",
            "id": format!("data:application/jwt,{token}"),
        })
    }

    /// What tokens are to be like.
    fn proven(&self, n: u8, created_ms: Option<i64>) -> Value {
        let mut options = ProofOptions::assertion(self.file(n).id, START);
        options.created_ms = created_ms;
        let suite = Suite::EddsaJcs2022;
        create(&self.credential(), suite, &key(n), &options, &CANONICALIZER).unwrap()
    }

    fn judge(&self, keys_at: KeysAt, now_ms: i64) -> Judge<'_> {
        Judge {
            resolver: &self.keys,
            canonicalizer: &CANONICALIZER,
            now_ms,
            keys_at,
            checks: Checks::ALL,
            lists: Lists::Ignored,
            schemas: None,
            domain: None,
            challenge: None,
        }
    }

    /// That each way of signing with key `n` gets the one verdict.
    fn check(&self, (keys_at, now_ms): (KeysAt, i64), n: u8, issued_ms: Option<i64>, code: &str) {
        let judge = self.judge(keys_at, now_ms);
        for (name, document) in self.credentials(n, issued_ms) {
            let problems = judge.shown(&document);
            let told: Vec<&str> = problems.iter().map(Problem::code).collect();
            let expected = Some(code).filter(|code| !code.is_empty());
            assert_eq!(
                told,
                Vec::from_iter(expected),
                "{name} key-{n} {issued_ms:?}"
            );
        }
    }
}

fn enveloped(
    wrapping: Wrapping,
    content: Content,
    document: &Value,
    file: &KeyFile,
    issued_ms: Option<i64>,
) -> Value {
    let claims = Claims {
        issued_ms,
        ..Claims::default()
    };
    let plan = Plan::default();
    let secured = match (wrapping, content) {
        (Wrapping::Jwt, Content::Credential) => {
            jose::secure_credential(document, file, &claims).map(Secured::Jwt)
        }
        (Wrapping::Jwt, Content::Presentation) => {
            jose::secure_presentation(document, file, &claims).map(Secured::Jwt)
        }
        (Wrapping::SdJwt, Content::Credential) => {
            sd_jwt::secure_credential(document, file, &claims, &plan, &[]).map(Secured::SdJwt)
        }
        (Wrapping::SdJwt, Content::Presentation) => {
            sd_jwt::secure_presentation(document, file, &claims, &plan, &[]).map(Secured::SdJwt)
        }
        (Wrapping::Cose, Content::Credential) => {
            cose::secure_credential(document, file, &claims).map(Secured::Cose)
        }
        (Wrapping::Cose, Content::Presentation) => {
            cose::secure_presentation(document, file, &claims).map(Secured::Cose)
        }
    };
    envelope::wrap(content, &secured.unwrap())
}

#[test]
fn a_token_made_before_the_key_changed_still_counts() {
    let office = Office::new();
    let now = (KeysAt::Created, NOW);
    office.check(now, 1, Some(START), "");
    office.check(now, 1, Some(ROTATION - 1000), "");
    office.check(now, 1, Some(ROTATION), "key-retired");
    office.check(now, 1, Some(START - 1000), "key-not-yet-valid");
    office.check(now, 2, Some(ROTATION), "");
    office.check(now, 2, Some(ROTATION - 1000), "key-not-yet-valid");
    // What says no time is of the key of today.
    office.check(now, 1, None, "key-retired");
    office.check(now, 2, None, "");
}

#[test]
fn a_time_to_come_does_not_count() {
    let office = Office::new();
    office.check((KeysAt::Created, NOW), 1, Some(NOW + DAY), "key-retired");
    let earlier = (KeysAt::Created, ROTATION - DAY);
    office.check(earlier, 1, Some(ROTATION + DAY), "");
    office.check(earlier, 2, Some(ROTATION + DAY), "key-not-yet-valid");
}

#[test]
fn a_revoked_key_does_not_count_from_then_on() {
    let mut office = Office::new();
    let revoked = START + 5 * DAY;
    assert!(office.keys.revoke(&office.file(1).id, revoked));
    for now_ms in [revoked, ROTATION - DAY, NOW] {
        let now = (KeysAt::Created, now_ms);
        for issued_ms in [
            None,
            Some(revoked),
            Some(ROTATION),
            Some(NOW),
            Some(NOW + DAY),
        ] {
            office.check(now, 1, issued_ms, "key-revoked");
        }
        office.check(now, 1, Some(revoked - 1000), "");
    }
}

#[test]
fn where_the_time_is_given_a_token_does_not_choose_it() {
    let office = Office::new();
    for issued_ms in [None, Some(START), Some(ROTATION), Some(NOW + DAY)] {
        office.check((KeysAt::Given, NOW), 1, issued_ms, "key-retired");
        office.check((KeysAt::Given, NOW), 2, issued_ms, "");
        let before = (KeysAt::Given, ROTATION - 1000);
        office.check(before, 1, issued_ms, "");
        office.check(before, 2, issued_ms, "key-not-yet-valid");
    }
}

#[test]
fn a_presentation_and_what_is_in_it_are_each_judged_by_their_own_time() {
    let office = Office::new();
    let judge = office.judge(KeysAt::Created, NOW);
    let content = Content::Presentation;
    let told = |wrapping: Wrapping, n: u8, at_ms: Option<i64>, credentials: Vec<Value>| {
        let presentation = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "type": ["VerifiablePresentation"],
            "holder": office.did,
            "verifiableCredential": credentials,
        });
        let shown = enveloped(wrapping, content, &presentation, &office.file(n), at_ms);
        let problems = judge.shown(&shown);
        let told = problems.iter();
        told.map(|problem| format!("{} {}", problem.code(), problem.pointer))
            .collect::<Vec<_>>()
    };
    let all = |at_ms| {
        let mut all = office.credentials(1, at_ms);
        // A token of version 1.1 is in no presentation of 2.0.
        all.remove("jwt 1.1");
        all.into_values().collect::<Vec<_>>()
    };
    for wrapping in Wrapping::ALL {
        assert_eq!(told(wrapping, 2, Some(NOW), all(Some(START))), [""; 0]);
        assert_eq!(told(wrapping, 1, Some(START), all(Some(START))), [""; 0]);
        for at_ms in [None, Some(NOW)] {
            assert_eq!(told(wrapping, 1, at_ms, all(Some(START))), ["key-retired "]);
        }
        let undated = office.credentials(1, None).remove("vc+jwt").unwrap();
        let dated = office.credentials(1, Some(START)).remove("vc+jwt").unwrap();
        assert_eq!(
            told(wrapping, 2, Some(NOW), vec![dated, undated]),
            ["key-retired /verifiableCredential/1"]
        );
    }
}

#[test]
fn claims_of_a_wallet_are_judged_alike_and_a_concealed_time_says_nothing() {
    let office = Office::new();
    let created = Time {
        at_ms: Some(NOW),
        keys_at: KeysAt::Created,
    };
    let given = Time::from(Some(NOW));
    let timeless = Time {
        at_ms: None,
        ..created
    };
    let check = |issued_ms: Option<i64>, plan: &Plan, time: Time, expected: &str| {
        let mut claims = json!({"vct": "https://cbp.example/driver"});
        if let Some(issued_ms) = issued_ms {
            claims["iat"] = json!(issued_ms / 1000);
        }
        let salts = vec![[1; 16]; plan.salts()];
        let claims = claims.as_object().unwrap();
        let token = sd_jwt::vc::issue(claims, &office.file(1), plan, &salts).unwrap();
        let found = sd_jwt::vc::verify(&token, None, &office.keys, time).err();
        let found = found.map_or("", |problems| problems[0].code());
        assert_eq!(found, expected, "{issued_ms:?} {time:?}");
    };
    let open = Plan::default();
    check(Some(START), &open, created, "");
    check(Some(START), &open, timeless, "");
    check(Some(NOW), &open, created, "key-retired");
    check(None, &open, created, "key-retired");
    check(None, &open, timeless, "key-retired");
    check(Some(START), &open, given, "key-retired");
    check(Some(START), &Plan::of(["/iat"]), created, "key-retired");
}
