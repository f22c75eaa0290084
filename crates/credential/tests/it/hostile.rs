//! Bytes that nobody sane would send, through every door: an answer each time, never a panic.

use garita_credential::did::{Did, DidDocument, DidUrl, web_url, web_url_loopback};
use garita_credential::http_signature::{self, Request, check_content_digest};
use garita_credential::resolution::{KeyOptions, resolve_key};
use garita_credential::sd_jwt::{self, AskedBinding, Binding, Plan};
use garita_credential::status::{
    Bitstring, ListOptions, Register, StatusEntry, StatusList, StatusPurpose, entries,
};
use garita_credential::time::parse_date_time_stamp;
use garita_credential::webvh::{self, Changes, Documents, WebvhDid};
use garita_credential::{
    DidKeyResolver, KeyFile, KeyType, Resolver as _, SigningKey, VerificationKey, cose, envelope,
    jose, jwk, vc,
};
use serde_json::{Value, json};

use crate::common::{CANONICALIZER, codes, parse};

/// A fixed sequence of numbers (xorshift), so that a failure comes again.
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % bound
    }

    /// A text with a few characters changed, doubled, dropped or replaced by troublesome ones.
    fn mangled(&mut self, text: &str) -> String {
        const TROUBLE: [char; 16] = [
            '%', '#', ':', '/', '"', ';', '=', '(', ')', '\0', '\n', 'é', '\u{202e}', '9', '-', 'z',
        ];
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(4) {
            let at = self.below(chars.len().max(1));
            match self.below(4) {
                0 if !chars.is_empty() => drop(chars.remove(at)),
                1 => chars.insert(at, TROUBLE[self.below(TROUBLE.len())]),
                2 if !chars.is_empty() => chars[at] = TROUBLE[self.below(TROUBLE.len())],
                _ => chars.extend_from_within(at..),
            }
        }
        chars.into_iter().collect()
    }
}

#[test]
fn texts_of_every_kind_get_an_answer() {
    let key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2";
    let file = KeyFile::did_key(garita_credential::SigningKey::from_seed([1; 32]));
    let input = r#"garita=("@method" "@target-uri" "content-digest");created=1795532400;expires=1795532460;keyid="did:web:cbp.example#node";alg="ed25519""#;
    let seeds = [
        key.to_owned(),
        format!("did:key:{key}#{key}"),
        "did:web:cbp.example%3A8443:office:laredo".to_owned(),
        "2026-11-24T15:10:00.000-06:00".to_owned(),
        file.to_json().to_string(),
        input.to_owned(),
        http_signature::content_digest(b"x"),
    ];
    let mut sequence = Sequence(0x9e37_79b9_7f4a_7c15);
    let mut count = 0;
    for seed in &seeds {
        for _ in 0..3_000 {
            let text = sequence.mangled(seed);
            let _ = VerificationKey::from_multibase(&text);
            let _ = DidUrl::parse(&text);
            let _ = DidKeyResolver.key(&text, None);
            if let Ok(did) = Did::parse(&text) {
                let _ = (web_url(&did), web_url_loopback(&did), did.key());
            }
            let _ = parse_date_time_stamp(&text);
            let _ = <KeyFile>::parse(&text);
            let _ = check_content_digest(&text, b"x");
            let signature = format!("garita=:{}:", "A".repeat(86) + "==");
            let fields = [
                ("signature-input", text.as_str()),
                ("signature", signature.as_str()),
                ("content-digest", text.as_str()),
            ];
            let request = Request {
                method: "POST",
                scheme: "https",
                authority: "a.example",
                path: "/",
                query: None,
                fields: &fields,
            };
            let options =
                http_signature::VerifyOptions::between_nodes(&DidKeyResolver, 1_795_532_400_000);
            assert!(
                http_signature::verify(&request, Some(b"x"), &options).is_err(),
                "{text}"
            );
            count += 1;
        }
    }
    println!("hostile: {count} texts");
}

#[test]
fn tokens_of_every_kind_get_an_answer() {
    let key = SigningKey::from_bytes(KeyType::P384, &[3; 48]).unwrap();
    let file = KeyFile::did_jwk(key.clone()).unwrap();
    let document = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "type": ["VerifiableCredential"],
        "issuer": file.controller,
        "credentialSubject": {"id": "did:example:driver", "name": "Rosa", "licences": ["B", "E"]},
        "cnf": {"jwk": jwk::to_jwk(&key.verification_key()).unwrap()},
    });
    let claims = envelope::Claims {
        issued_ms: Some(NOW),
        expires_ms: Some(NOW + 1_000),
        nonce: Some("n".into()),
        audience: Some("a".into()),
    };
    let plan = Plan::of([
        "/credentialSubject/name",
        "/credentialSubject/licences",
        "/credentialSubject/licences/0",
    ]);
    let selective = sd_jwt::secure_credential(
        &document,
        &file,
        &claims,
        &plan,
        &[[1; 16], [2; 16], [3; 16]],
    )
    .unwrap();
    let binding = Binding {
        nonce: "n",
        audience: "a",
        issued_ms: NOW,
    };
    let asked = AskedBinding {
        nonce: "n",
        audience: "a",
        now_ms: NOW,
        age_ms_max: 1_000,
    };
    let seeds = [
        jose::secure_credential(&document, &file, &claims).unwrap(),
        sd_jwt::bind(&selective, binding, &key).unwrap(),
        selective,
        file.id.clone(),
    ];
    let message = cose::secure_credential(&document, &file, &claims).unwrap();
    let mut sequence = Sequence(0x9e37_79b9_7f4a_7c15);
    for _ in 0..1_500 {
        for seed in &seeds {
            let text = sequence.mangled(seed);
            let changed = text != *seed;
            let judged = [
                jose::verify_credential(&text, &DidKeyResolver, Some(NOW)).is_ok(),
                sd_jwt::verify_credential(&text, None, &DidKeyResolver, Some(NOW)).is_ok(),
                sd_jwt::verify_credential(&text, Some(&asked), &DidKeyResolver, Some(NOW)).is_ok(),
            ];
            // A mangled token may have lost whole disclosures, never anything else.
            let shorter = text.matches('~').count() < seed.matches('~').count();
            assert!(!changed || shorter || judged == [false; 3], "{text}");
            let _ = sd_jwt::vc::verify(&text, None, &DidKeyResolver, None);
            let _ = sd_jwt::present(&text, &["/credentialSubject/name"]);
            let _ = sd_jwt::disclosable(&text);
            let _ = sd_jwt::bind(&text, binding, &key);
            let _ = DidKeyResolver.key(&text, None);
            let _ = sd_jwt::pointer_of_path(&text);
            let id = format!("data:application/vc+jwt,{text}");
            let envelope = json!({"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiableCredential", "id": id});
            let _ = envelope::open_credential(&envelope, &DidKeyResolver, None);
        }
        let mut changed = message.clone();
        for _ in 0..=sequence.below(4) {
            let at = sequence.below(changed.len());
            match sequence.below(3) {
                0 => drop(changed.remove(at)),
                1 => changed[at] = u8::try_from(sequence.below(256)).unwrap(),
                _ => changed.insert(at, u8::try_from(sequence.below(256)).unwrap()),
            }
        }
        let judged = cose::verify_credential(&changed, &DidKeyResolver, Some(NOW));
        assert!(changed == message || judged.is_err());
    }
}

/// Values that stand where nobody expects them.
fn odd() -> Vec<Value> {
    vec![
        Value::Null,
        json!(true),
        json!(-1.5e300),
        json!(""),
        json!("z"),
        json!([]),
        json!({}),
        json!([[[]]]),
        json!([null]),
        json!({"id": {"id": []}}),
        json!({"@value": {}}),
        json!("did:web:a.example"),
        json!(["urn:x:1", "urn:x:1"]),
    ]
}

/// Every place of a document, as JSON pointers.
fn places_of(document: &Value) -> Vec<String> {
    let mut places = vec![String::new()];
    let mut at = 0;
    while let Some(place) = places.get(at).cloned() {
        match document.pointer(&place).unwrap() {
            Value::Object(members) => {
                places.extend(members.keys().map(|name| format!("{place}/{name}")))
            }
            Value::Array(items) => places.extend((0..items.len()).map(|n| format!("{place}/{n}"))),
            _ => {}
        }
        at += 1;
    }
    places
}

#[test]
fn documents_of_every_shape_get_an_answer() {
    let credential = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "id": "urn:x:1", "type": ["VerifiableCredential"], "issuer": {"id": "did:web:a.example"},
        "validFrom": "2026-11-24T15:10:00Z", "credentialSubject": {"id": "urn:x:2"}, "name": {"@value": "x"}, "evidence": [{"type": "E"}],
        "relatedResource": [{"id": "urn:x:3", "digestSRI": "sha256-x", "digestMultibase": "u"}],
        "proof": [{"type": "DataIntegrityProof", "cryptosuite": "eddsa-jcs-2022", "created": "2026-11-24T15:10:00Z", "verificationMethod": "did:web:a.example#k",
            "proofPurpose": "assertionMethod", "proofValue": "z1", "previousProof": ["urn:x:1"], "domain": ["d"], "id": "urn:x:9", "@context": []}],
        "verificationMethod": [{"id": "#k", "type": "Multikey", "controller": "did:web:a.example", "publicKeyMultibase": "z1"}], "assertionMethod": ["#k"],
    });
    let mut count = 0;
    for place in &places_of(&credential) {
        for value in &odd() {
            let mut document = credential.clone();
            *document.pointer_mut(place).unwrap() = value.clone();
            assert!(!codes(&document).is_empty(), "{document}");
            let _ = (envelope::unwrap(&document), jwk::from_jwk(&document));
            let _ = vc::check(&document, Some(0));
            let _ = vc::related_resources(&document);
            let _ = vc::issuer_of(&document);
            let _ = DidDocument::parse(&document);
            let _ = <KeyFile>::from_value(&document);
            count += 1;
        }
    }
    // What comes over the wire is bounded before it is looked at.
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(parse(&deep), Err("json-too-deep"));
    println!("hostile: {count} documents");
}

const NOW: i64 = 1_795_532_400_000;

#[test]
fn status_lists_of_every_shape_get_an_answer() {
    let list_url = "https://a.example/status/1";
    let register = Register::new(&[StatusPurpose::Revocation], 131_072, 1).unwrap();
    let mut options = ListOptions::new(list_url, "did:web:a.example", NOW);
    options.ttl_ms = Some(1);
    let list = register.credential(&options).unwrap();
    let mut entry = StatusEntry::new(StatusPurpose::Message, 1, list_url);
    entry.references = vec!["https://a.example/".into()];
    let credential = json!({"credentialStatus": [entry.to_value()]});
    let mut count = 0;
    for value in &odd() {
        for place in places_of(&list) {
            let mut document = list.clone();
            *document.pointer_mut(&place).unwrap() = value.clone();
            let _ = StatusList::read(&document);
            count += 1;
        }
        for place in places_of(&credential) {
            let mut document = credential.clone();
            *document.pointer_mut(&place).unwrap() = value.clone();
            let _ = entries(&document);
            count += 1;
        }
    }
    let mut sequence = Sequence(0x9e37_79b9_7f4a_7c15);
    let encoded = register.bits().encode();
    for _ in 0..3_000 {
        let _ = Bitstring::decode(&sequence.mangled(&encoded), 1);
        count += 1;
    }
    println!("hostile: {count} status lists");
}

#[test]
fn logs_of_every_shape_get_an_answer() {
    let key = SigningKey::from_seed([1; 32]);
    let keys = [("key-1".to_owned(), key.verification_key())];
    let document = webvh::document(&webvh::template("a.example"), &keys);
    let changes = Changes::update_keys(&[key.verification_key()]);
    let history = webvh::create("a.example", document, changes, NOW, &key, &CANONICALIZER).unwrap();
    let entry = history.latest().unwrap().entry().clone();
    let did = history.did();
    let judge = |log: &str, witness: Option<&str>| {
        let documents = Documents {
            log: log.as_bytes(),
            witness: witness.map(str::as_bytes),
        };
        webvh::verify(did, documents, NOW, &CANONICALIZER)
    };
    assert!(judge(&entry.to_string(), None).is_ok());
    let mut count = 0;
    for place in places_of(&entry) {
        for value in odd() {
            let mut document = entry.clone();
            *document.pointer_mut(&place).unwrap() = value;
            assert!(judge(&document.to_string(), None).is_err(), "{document}");
            count += 1;
        }
    }
    let mut sequence = Sequence(0x9e37_79b9_7f4a_7c15);
    let log = history.to_jsonl();
    for _ in 0..3_000 {
        let text = sequence.mangled(&log);
        // What is mangled may still be the same value, such as a blank less at the end.
        if parse(&text) != Ok(entry.clone()) {
            assert!(judge(&text, Some(&text)).is_err(), "{text}");
        }
        let text = sequence.mangled(did.as_str());
        if let Ok(did) = WebvhDid::parse(&text) {
            let _ = (did.log_url(), did.log_url_loopback(), did.to_web());
        }
        let _ = resolve_key(&text, &KeyOptions::default()).to_value();
        let key = sequence.mangled("did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2");
        let _ = resolve_key(&key, &KeyOptions::default()).to_value();
        count += 1;
    }
    println!("hostile: {count} logs");
}
