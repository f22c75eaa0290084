//! Where the seeds of the targets of signed things come from: made by the crates, with keys that are always the same.
//!
//! `cargo test --package garita-fuzz --test seeds -- --ignored` writes them again. Seeds that need no signature are written by hand.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests say what failed by panicking"
)]

use std::fs;
use std::path::Path;

use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::bbs::SecretKey;
use garita_credential::data_integrity::{self, Purpose};
use garita_credential::envelope::{self, Claims, Content, Secured};
use garita_credential::http_signature::{self, Component, LABEL, Parameters, Request};
use garita_credential::sd_jwt::{self, Binding, Plan};
use garita_credential::selective::{bbs, ecdsa_sd};
use garita_credential::status::{
    ENTRIES_MIN, ListOptions, Register, StatusEntry, StatusMessage, StatusPurpose,
};
use garita_credential::webvh::{self, Changes, WitnessRule};
use garita_credential::{
    KeyFile, KeyType, ProofOptions, SigningKey, Suite, carry, cose, jose, jwk, presentation,
};
use serde_json::{Value, json};

const NOW: i64 = 1_795_532_400_000;

fn put(target: &str, name: &str, bytes: impl AsRef<[u8]>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), bytes).unwrap();
}

fn put_json(target: &str, name: &str, value: &Value) {
    put(target, name, format!("{value}\n"));
}

fn ed25519() -> KeyFile {
    KeyFile::did_key(SigningKey::from_seed([7; 32]))
}

fn nist(kind: KeyType) -> KeyFile {
    KeyFile::did_key(SigningKey::from_bytes(kind, &vec![3; kind.secret_bytes()]).unwrap())
}

/// A seal's record: lists, like parts, a nested node, dates, a status.
fn credential(issuer: &str) -> Value {
    let term = |name: &str| format!("https://example.org/{name}");
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", {
            "plate": term("plate"), "line": term("line"), "goods": term("goods"), "cartons": term("cartons"),
            "seals": {"@id": term("seals"), "@container": "@list"}, "by": {"@id": term("by"), "@type": "@id"},
        }],
        "id": "urn:uuid:3a1f0c1e-8a3e-4c1d-9a55-6a4a2c7f0b11",
        "type": ["VerifiableCredential"],
        "issuer": issuer,
        "validFrom": "2026-11-24T15:10:00Z",
        "validUntil": "2027-11-24T15:10:00Z",
        "credentialSubject": {
            "id": ed25519().controller,
            "name": "Transportes del Norte, S.A. de C.V.",
            "plate": "64AR8N",
            "line": [{"goods": "arneses", "cartons": 40}, {"goods": "arneses", "cartons": 40}, {"goods": "_:b0", "by": "urn:x:1"}],
            "seals": ["MX1", "MX2"],
        },
        "credentialStatus": {
            "id": "https://cbp.example/status/1#94567",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "94567",
            "statusListCredential": "https://cbp.example/status/1",
        },
    })
}

#[test]
#[ignore = "writes fuzz/corpus"]
fn writes_the_seeds() {
    let canonicalizer = Canonicalizer::new(ContextSet::bundled());
    credentials(&canonicalizer);
    tokens();
    identifiers(&canonicalizer);
    statuses();
    requests();
}

fn credentials(canonicalizer: &Canonicalizer) {
    let signed = |suite: Suite, file: &KeyFile| {
        let options = ProofOptions::assertion(&file.id, NOW);
        let document = credential(&file.controller);
        data_integrity::create(&document, suite, &file.key, &options, canonicalizer).unwrap()
    };
    let own = signed(Suite::EddsaRdfc2022, &ed25519());
    put_json("credential", "eddsa-rdfc.json", &own);
    put_json(
        "credential",
        "eddsa-jcs.json",
        &signed(Suite::EddsaJcs2022, &ed25519()),
    );
    put_json(
        "credential",
        "ecdsa-rdfc-p384.json",
        &signed(Suite::EcdsaRdfc2019, &nist(KeyType::P384)),
    );
    put_json(
        "credential",
        "ecdsa-jcs-p256.json",
        &signed(Suite::EcdsaJcs2019, &nist(KeyType::P256)),
    );
    let file = nist(KeyType::P256);
    let secrets = ecdsa_sd::Secrets {
        hmac_key: [1; 32],
        proof_key: SigningKey::from_bytes(KeyType::P256, &[4; 32]).unwrap(),
        nonces: ecdsa_sd::Nonces::Repeatable,
    };
    let mandatory = [
        "/issuer".to_owned(),
        "/@context".to_owned(),
        "/type".to_owned(),
    ];
    let shown = [
        "/credentialSubject/line/0".to_owned(),
        "/credentialSubject/seals".to_owned(),
    ];
    let document = credential(&file.controller);
    let options = ProofOptions::assertion(&file.id, NOW);
    let mandatory = &mandatory[..1];
    let base = ecdsa_sd::create(
        &document,
        &file.key,
        &options,
        mandatory,
        &secrets,
        canonicalizer,
    )
    .unwrap();
    let body = json!({"verifiableCredential": base, "options": {"selectivePointers": shown}});
    put_json("credential", "body-derive-ecdsa-sd.json", &body);
    let derived = ecdsa_sd::derive(&base, &shown, canonicalizer).unwrap();
    put_json("credential", "ecdsa-sd-derived.json", &derived);
    let file = KeyFile::did_key(SecretKey::from_bytes([5; 32]).unwrap());
    let options = ProofOptions::assertion(&file.id, NOW);
    let document = credential(&file.controller);
    let base = bbs::create(
        &document,
        &file.key,
        &options,
        mandatory,
        &[1; 32],
        canonicalizer,
    )
    .unwrap();
    put_json(
        "credential",
        "bbs-derived.json",
        &bbs::derive(&base, &shown, b"header", canonicalizer).unwrap(),
    );
    let body = json!({
        "credential": credential("did:web:cbp.example"),
        "options": {"mandatoryPointers": ["/issuer", "/credentialSubject/plate"], "selectivePointers": ["/credentialSubject/line/1/goods"]},
    });
    put_json("credential", "body-issue.json", &body);
    let options = ProofOptions {
        purpose: Purpose::Authentication,
        challenge: Some("c-1".into()),
        domain: Some("booth.example".into()),
        ..ProofOptions::assertion(&ed25519().id, NOW)
    };
    let holder = ed25519();
    let presented = presentation::create(
        &holder.controller,
        &[own],
        &holder.key,
        &options,
        canonicalizer,
    )
    .unwrap();
    put_json("credential", "presentation.json", &presented);
    let body = json!({
        "verifiablePresentation": presented,
        "options": {"challenge": "c-1", "domain": "booth.example", "checks": ["proof"]},
    });
    put_json("credential", "body-verify-presentation.json", &body);
    let v1 = json!({
        "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"],
        "type": ["VerifiableCredential"], "issuer": {"id": holder.controller}, "issuanceDate": "2026-11-24T15:10:00Z",
        "credentialSubject": {"id": holder.controller},
    });
    let options = ProofOptions::assertion(&holder.id, NOW);
    let v1 = data_integrity::create(
        &v1,
        Suite::EddsaRdfc2022,
        &holder.key,
        &options,
        canonicalizer,
    )
    .unwrap();
    put_json("credential", "version-1.json", &v1);
    let token =
        jose::secure_credential(&credential(&holder.controller), &holder, &Claims::default())
            .unwrap();
    put_json(
        "credential",
        "enveloped.json",
        &envelope::wrap(Content::Credential, &Secured::Jwt(token)),
    );
}

fn tokens() {
    let claims = Claims {
        issued_ms: Some(NOW),
        expires_ms: Some(NOW + 60_000),
        nonce: Some("n".into()),
        audience: Some("https://booth.example".into()),
    };
    let file = ed25519();
    let mut document = credential(&file.controller);
    document
        .as_object_mut()
        .unwrap()
        .shift_remove("credentialStatus");
    put_json("token", "document.json", &document);
    put(
        "token",
        "credential.jwt",
        jose::secure_credential(&document, &file, &claims).unwrap(),
    );
    put(
        "token",
        "credential.cose",
        cose::secure_credential(&document, &file, &claims).unwrap(),
    );
    put("token", "qr.txt", carry::to_text(&document).unwrap());
    let envelope = Secured::Cose(cose::secure_credential(&document, &file, &claims).unwrap());
    put_json(
        "token",
        "enveloped.json",
        &envelope::wrap(Content::Credential, &envelope),
    );
    let presented = json!({
        "@context": ["https://www.w3.org/ns/credentials/v2"], "type": ["VerifiablePresentation"], "holder": file.controller,
        "verifiableCredential": [envelope::wrap(Content::Credential, &envelope)],
    });
    put(
        "token",
        "presentation.jwt",
        jose::secure_presentation(&presented, &file, &claims).unwrap(),
    );
    put(
        "token",
        "presentation.cose",
        cose::secure_presentation(&presented, &file, &claims).unwrap(),
    );
    let key = nist(KeyType::P384);
    document["issuer"] = key.controller.clone().into();
    put(
        "token",
        "p384.jwt",
        jose::secure_credential(&document, &key, &claims).unwrap(),
    );
    document["issuer"] = file.controller.clone().into();
    document["cnf"] = json!({"jwk": jwk::to_jwk(&file.key.verification_key()).unwrap()});
    let plan = Plan {
        decoys: vec![("/credentialSubject".into(), 1)],
        ..Plan::of([
            "/credentialSubject/name",
            "/credentialSubject/seals",
            "/credentialSubject/seals/0",
        ])
    };
    let salts = [[1; 16], [2; 16], [3; 16], [4; 16]];
    let token = sd_jwt::secure_credential(&document, &file, &claims, &plan, &salts).unwrap();
    let binding = Binding {
        nonce: "n",
        audience: "https://booth.example",
        issued_ms: NOW,
    };
    put(
        "token",
        "bound.sd-jwt",
        sd_jwt::bind(&token, binding, &file.key).unwrap(),
    );
    put("token", "whole.sd-jwt", &token);
    let claims = json!({"vct": "https://example.org/licence", "name": "Rosa", "classes": ["B", "E"], "cnf": document["cnf"]});
    let plan = Plan::of(["/name", "/classes/1"]);
    let statement =
        sd_jwt::vc::issue(claims.as_object().unwrap(), &file, &plan, &salts[..2]).unwrap();
    put(
        "token",
        "statement.sd-jwt",
        sd_jwt::bind(&statement, binding, &file.key).unwrap(),
    );
}

fn identifiers(canonicalizer: &Canonicalizer) {
    let (file, other) = (ed25519(), nist(KeyType::P256));
    put("did", "key.txt", &file.id);
    put(
        "did",
        "multibase.txt",
        other.key.verification_key().to_multibase(),
    );
    put("did", "secret.txt", other.key.to_multibase().as_str());
    put("did", "web.txt", "did:web:cbp.example%3A8443:office:laredo");
    put("did", "date.txt", "2026-11-24T15:10:00.000-06:00");
    put(
        "did",
        "jwk.txt",
        KeyFile::did_jwk(SigningKey::from_bytes(KeyType::P256, &[9; 32]).unwrap())
            .unwrap()
            .id,
    );
    put("did", "key-file.json", other.to_json().as_str());
    let mut secret = jwk::to_jwk(&file.key.verification_key()).unwrap();
    secret["d"] = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc".into();
    put_json("did", "secret-jwk.json", &secret);
    let did = garita_credential::did::Did::parse("did:web:cbp.example").unwrap();
    let keys = [
        ("k1", file.key.verification_key()),
        ("k2", other.key.verification_key()),
    ]
    .map(|(name, key)| (name.to_owned(), key));
    let mut document = garita_credential::did::document(&did, &keys);
    let own = json!({"id": "#k3", "type": "JsonWebKey", "controller": did.as_str(), "publicKeyJwk": jwk::to_jwk(&keys[1].1).unwrap()});
    document["verificationMethod"]
        .as_array_mut()
        .unwrap()
        .push(own);
    put_json("did", "document.json", &document);
    logs(canonicalizer);
}

/// Two versions, the second witnessed.
fn logs(canonicalizer: &Canonicalizer) {
    let (key, next, witness) = (
        SigningKey::from_seed([1; 32]),
        SigningKey::from_seed([2; 32]),
        SigningKey::from_seed([3; 32]),
    );
    let place = "cbp.example:office";
    let document = webvh::document(
        &webvh::template(place),
        &[("key-1".to_owned(), key.verification_key())],
    );
    let changes = Changes {
        witness: Some(Some(WitnessRule {
            threshold: 1,
            witnesses: vec![format!(
                "did:key:{}",
                witness.verification_key().to_multibase()
            )],
        })),
        watchers: Some(vec!["https://watcher.example".into()]),
        portable: Some(true),
        ttl_s: Some(3_600),
        ..Changes::update_keys(&[key.verification_key()]).next_keys(&[next.verification_key()])
    };
    let mut history = webvh::create(
        place,
        document,
        changes,
        NOW - 172_800_000,
        &key,
        canonicalizer,
    )
    .unwrap();
    put("did", "first.jsonl", history.to_jsonl());
    put("did", "webvh.txt", history.did().as_str());
    let document = webvh::document(
        history.did().as_str(),
        &[("key-2".to_owned(), next.verification_key())],
    );
    let changes =
        Changes::update_keys(&[next.verification_key()]).next_keys(&[key.verification_key()]);
    history
        .update(document, changes, NOW - 86_400_000, &next, canonicalizer)
        .unwrap();
    let proofs: Vec<_> = history
        .versions()
        .iter()
        .map(|version| {
            (
                version.id(),
                vec![
                    webvh::witness_proof(version.id(), &witness, NOW - 80_000_000, canonicalizer)
                        .unwrap(),
                ],
            )
        })
        .collect();
    let file = webvh::witness_file(&proofs);
    put(
        "did",
        "witnessed.jsonl",
        format!("{}\n{file}", history.to_jsonl()),
    );
}

fn statuses() {
    let made = |purposes: &[StatusPurpose], size: u8| {
        let mut register = Register::new(purposes, ENTRIES_MIN, size).unwrap();
        register.set(94_567, 1).unwrap();
        register
    };
    let mut options = ListOptions::new("https://cbp.example/status/1", ed25519().controller, NOW);
    options.ttl_ms = Some(300_000);
    options.valid_until_ms = Some(NOW + 86_400_000);
    let list = made(&[StatusPurpose::Revocation, StatusPurpose::Suspension], 1);
    put_json("status", "list.json", &list.credential(&options).unwrap());
    options.messages = (0..4)
        .map(|value| StatusMessage {
            value,
            text: format!("state {value}"),
        })
        .collect();
    let messages = made(&[StatusPurpose::Message], 2);
    put_json(
        "status",
        "messages.json",
        &messages.credential(&options).unwrap(),
    );
    let mut entry = StatusEntry::new(StatusPurpose::Message, 1, "https://cbp.example/status/1");
    entry.size = 2;
    entry.messages.clone_from(&options.messages);
    entry.references = vec!["https://cbp.example/states".into()];
    let mut document = credential(&ed25519().controller);
    document["credentialStatus"] =
        json!([document["credentialStatus"], entry.to_value(), {"type": "OtherStatus"}]);
    put_json("status", "entries.json", &document);
    let encoded = list.bits().encode();
    put("status", "encoded.txt", &encoded);
    use base64::Engine as _;
    let gzip = base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(&encoded[1..])
        .unwrap();
    put("status", "list.gz", gzip);
}

fn requests() {
    let body = "{\"hash\":\"u1\"}";
    let file = ed25519();
    let digest = http_signature::content_digest(body.as_bytes());
    let fields = [
        ("content-type", "application/json"),
        ("content-digest", digest.as_str()),
    ];
    let request = Request {
        method: "POST",
        scheme: "https",
        authority: "cbp.example",
        path: "/log/cosign",
        query: Some("v=1"),
        fields: &fields,
    };
    let parameters = Parameters {
        nonce: Some("n-1".into()),
        ..Parameters::between_nodes(&file.id, NOW, 60_000)
    };
    let made = http_signature::sign(
        &request,
        LABEL,
        &Component::between_nodes(true),
        &parameters,
        &file.key,
    )
    .unwrap();
    let text = format!(
        "POST /log/cosign?v=1\ncontent-type: application/json\ncontent-digest: {digest}\nsignature-input: {}\nsignature: {}\n\n{body}",
        made.signature_input, made.signature
    );
    put("http-signature", "signed.txt", text);
    put(
        "http-signature",
        "unsigned.txt",
        "GET /.well-known/did.json?a=b&c\naccept: */*\naccept: text/plain, */*;q=0.1\n\n",
    );
    put(
        "http-signature",
        "other-components.txt",
        "POST /x\nsignature-input: sig1=(\"@authority\" \"@path\" \"@query\" \"@query-param\";name=\"v\" \"x-a\";sf);created=1795532400;alg=\"ecdsa-p256-sha256\", garita=()\nsignature: sig1=:AAAA:, garita=::\ncontent-digest: sha-512=:AAAA:, sha-256=:AAAA:\n\n",
    );
}
