//! The VC API and DID resolution of a node: who may issue as whom, what another node makes of it, and what is never fetched.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::{StatusCode, Uri};
use garita_canon::{Canonicalizer, ContextSet};
use garita_credential::data_integrity;
use garita_credential::did::{self, Did};
use garita_credential::status::{ENTRIES_MIN, ListOptions, Register, StatusEntry, StatusPurpose};
use garita_credential::{ProofOptions, SigningKey, Suite};
use garita_exchange::governance::Statement;
use serde_json::{Value, json};

use crate::world::{Answer, Api, DAY_MS, World, answer, free_address, until};

fn credential(issuer: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
        "type": ["VerifiableCredential"], "issuer": issuer,
        "credentialSubject": { "id": "urn:truck:64AR8N", "plate": "64AR8N", "scac": "TOCQ" },
    })
}

async fn issued(api: &Api, credential: &Value, options: Value) -> Answer {
    let body = json!({ "credential": credential, "options": options });
    api.post("/credentials/issue", &body).await
}

async fn verified(api: &Api, credential: &Value) -> Answer {
    let body = json!({ "verifiableCredential": credential });
    api.post("/credentials/verify", &body).await
}

/// A refusal is told in both forms: as the VC API does, and as any other refusal of the node.
fn refused(answer: &Answer, code: &str) {
    let what = format!("{} {}", answer.status, answer.text);
    assert_eq!(answer.status, 400, "{what}");
    assert_eq!(answer.kind, "application/problem+json", "{what}");
    assert_eq!(answer.code(), code, "{what}");
    assert_eq!(answer.body["verified"], false, "{what}");
    assert_eq!(answer.body["problemDetails"][0]["code"], code, "{what}");
    for member in ["detail", "detailEs"] {
        assert!(!answer.body[member].as_str().unwrap().is_empty(), "{what}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_party_issues_another_node_verifies_and_nothing_changed() {
    let world = World::running("vc-api", 2).await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let did = world.did("ocotillo");
    for (suite, options) in [
        ("eddsa-rdfc-2022", json!({})),
        (
            "eddsa-rdfc-2022",
            json!({ "cryptosuite": "eddsa-rdfc-2022" }),
        ),
        ("eddsa-jcs-2022", json!({ "cryptosuite": "eddsa-jcs-2022" })),
        // With the party's key of P-256.
        (
            "ecdsa-rdfc-2019",
            json!({ "cryptosuite": "ecdsa-rdfc-2019" }),
        ),
        ("ecdsa-jcs-2019", json!({ "cryptosuite": "ecdsa-jcs-2019" })),
    ] {
        let made = issued(&carrier, &credential(&did), options).await;
        assert_eq!(made.status, 201, "{}", made.text);
        let signed = &made.body["verifiableCredential"];
        assert_eq!(signed["proof"]["cryptosuite"], suite);
        let good = verified(&cbp, signed).await;
        assert_eq!(good.status, 200, "{}", good.text);
        assert_eq!(good.body, json!({ "verified": true, "problemDetails": [] }));
        let mut changed = signed.clone();
        changed["credentialSubject"]["plate"] = json!("64AR8M");
        refused(&verified(&cbp, &changed).await, "proof-invalid");
        let mut other = signed.clone();
        other["issuer"] = json!(world.did("nopalera"));
        refused(&verified(&cbp, &other).await, "proof-invalid");
    }
    // Who asks is who issues, so the issuer need not be named.
    let mut unnamed = credential(&did);
    unnamed.as_object_mut().unwrap().remove("issuer");
    let made = issued(&carrier, &unnamed, json!({})).await;
    assert_eq!(made.body["verifiableCredential"]["issuer"], json!(did));
    let mut over = credential(&did);
    over["validUntil"] = json!("2026-11-23T00:00:00Z");
    let over = issued(&carrier, &over, json!({})).await;
    refused(
        &verified(&cbp, &over.body["verifiableCredential"]).await,
        "credential-expired",
    );
    refused(&verified(&cbp, &credential(&did)).await, "proof-missing");
    refused(
        &cbp.post("/credentials/verify", &json!({})).await,
        "document-malformed",
    );
    refused(
        &issued(&carrier, &json!({ "type": "Nothing" }), json!({})).await,
        "context-malformed",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_issues_as_another_nor_what_the_exchange_says_itself() {
    let world = World::running("vc-api-issue", 2).await;
    let (carrier, did) = (world.api("ocotillo"), world.did("ocotillo"));
    let check = async |api: &Api, credential: &Value, options: Value, status: u16, code: &str| {
        let refused = issued(api, credential, options).await;
        assert_eq!(
            (refused.status, refused.code()),
            (status, code),
            "{}",
            refused.text
        );
        assert_eq!(refused.kind, "application/problem+json");
        assert!(refused.body.get("verifiableCredential").is_none());
    };
    // A neighbour of the same node, an office of another, and somebody outside.
    for other in [
        world.did("nopalera"),
        world.did("cbp"),
        "did:web:other.example".to_owned(),
    ] {
        let named = credential(&other);
        check(&carrier, &named, json!({}), 403, "issuer-not-you").await;
        let mut inside = named.clone();
        inside["issuer"] = json!({ "id": other });
        check(&carrier, &inside, json!({}), 403, "issuer-not-you").await;
    }
    let nobody = Api::new(&carrier.base, "");
    check(
        &nobody,
        &credential(&did),
        json!({}),
        401,
        "unauthenticated",
    )
    .await;
    let operator = Api::new(&carrier.base, &world.node("trade").admin_token);
    let asked = json!({ "party": "ocotillo", "name": "gate", "scopes": ["read"], "days": 1 });
    let token = operator.post("/v1/admin/tokens", &asked).await;
    let reader = Api::new(&carrier.base, token.body["token"].as_str().unwrap());
    check(
        &reader,
        &credential(&did),
        json!({}),
        403,
        "scope-insufficient",
    )
    .await;
    for (options, code) in [
        (json!({ "cryptosuite": "bbs-2023" }), "suite-key-mismatch"),
        (json!({ "cryptosuite": "none" }), "suite-unknown"),
        (json!({ "cryptosuite": 1 }), "document-malformed"),
    ] {
        check(&carrier, &credential(&did), options, 422, code).await;
    }
    // What is a record, or comes to the same statements under other names.
    let mut typed = credential(&did);
    typed["type"] = json!(["VerifiableCredential", "Manifest"]);
    let mut contact = credential(&did);
    contact["type"] = json!(["VerifiableCredential", "DeskContact"]);
    let mut framed = credential(&did);
    framed["@context"][1] = json!("https://w3id.org/garita/record/v1");
    let mut renamed = credential(&did);
    renamed["@context"][1] = json!({ "plate": "https://w3id.org/garita/record#network", "scac": "https://other.example/scac" });
    let mut retyped = credential(&did);
    retyped["@context"][1] = json!({ "@vocab": "https://w3id.org/garita/crossing#" });
    for reserved in [typed, contact, framed, renamed, retyped] {
        for suite in ["eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-sd-2023"] {
            let options = json!({ "cryptosuite": suite });
            check(&carrier, &reserved, options, 422, "credential-reserved").await;
        }
    }
    // A key that is revoked signs nothing more, and what it signed before is told from what it signs after.
    let before =
        issued(&carrier, &credential(&did), json!({})).await.body["verifiableCredential"].clone();
    let network = world.network("customs").await;
    let entry = network
        .draft(
            &Statement::KeyRevoked {
                verification_method: world.node("trade").parties["ocotillo"]
                    .verification_method
                    .clone(),
                from_ms: DAY_MS - 86_400_000,
                reason: "laptop lost".to_owned(),
            },
            &world.authority(),
            DAY_MS,
        )
        .unwrap();
    let cbp = world.api("cbp");
    assert_eq!(cbp.post("/v1/governance", &entry).await.status, 200);
    until("the carrier's node has the entry", || async {
        world.app("trade").core().network().head > network.head
    })
    .await;
    check(&carrier, &credential(&did), json!({}), 409, "key-revoked").await;
    refused(&verified(&cbp, &before).await, "key-revoked");
}

/// The examples of the document are requests as they are sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_examples_work_and_what_is_derived_verifies() {
    let world = World::running("vc-api-examples", 1).await;
    let (cbp, nobody) = (world.api("cbp"), Api::new(&world.node("customs").url, ""));
    let document = nobody.get("/openapi.json").await.body;
    let example = |path: &str| {
        document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
            .clone()
    };
    for (path, status) in [
        ("/credentials/issue", 201),
        ("/credentials/derive", 201),
        ("/credentials/verify", 200),
        ("/presentations/verify", 200),
    ] {
        let example = example(path);
        let answer = cbp.post(path, &example).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
        assert_eq!(
            nobody.post(path, &example).await.code(),
            "unauthenticated",
            "{path}"
        );
    }
    let base = example("/credentials/derive");
    let derived = cbp.post("/credentials/derive", &base).await.body["verifiableCredential"].clone();
    assert_eq!(derived["credentialSubject"]["plate"], "64AR8N");
    assert_eq!(verified(&cbp, &derived).await.status, 200);
    refused(
        &verified(&cbp, &base["verifiableCredential"]).await,
        "proof-not-derived",
    );
    let again = json!({ "verifiableCredential": derived, "options": { "selectivePointers": [] } });
    refused(
        &cbp.post("/credentials/derive", &again).await,
        "proof-not-base",
    );
    let mut changed = derived.clone();
    changed["credentialSubject"]["plate"] = json!("64AR8M");
    refused(&verified(&cbp, &changed).await, "proof-invalid");
    let mut nowhere = base.clone();
    nowhere["options"]["selectivePointers"] = json!(["/credentialSubject/driver"]);
    refused(
        &cbp.post("/credentials/derive", &nowhere).await,
        "pointer-unmatched",
    );
    // A presentation is for whom it names, and answers what was asked.
    for (option, code) in [
        ("domain", "domain-mismatch"),
        ("challenge", "challenge-mismatch"),
    ] {
        let mut other = example("/presentations/verify");
        other["options"][option] = json!("another");
        refused(&cbp.post("/presentations/verify", &other).await, code);
    }
    let mut other = example("/presentations/verify");
    other["verifiablePresentation"]["verifiableCredential"][0]["credentialSubject"]["licence"] =
        json!("TX-A-1");
    refused(
        &cbp.post("/presentations/verify", &other).await,
        "proof-invalid",
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dids_of_the_network_are_resolved_for_anybody() {
    let world = World::running("vc-api-dids", 1).await;
    let nobody = Api::new(&world.node("customs").url, "");
    let path = |did: &str| format!("/1.0/identifiers/{}", did.replace('%', "%25"));
    // A party of a node that does not even run: the chain names its keys, and nothing is fetched.
    let did = world.did("ocotillo");
    for path in [path(&did), format!("/1.0/identifiers/{did}")] {
        let found = nobody.get(&path).await;
        assert_eq!(found.status, 200, "{}", found.text);
        assert_eq!(found.kind, "application/did-resolution");
        assert_eq!(found.body["didDocument"]["id"], json!(did));
        let method = &found.body["didDocument"]["verificationMethod"][0];
        let party = &world.node("trade").parties["ocotillo"];
        assert_eq!(method["id"], json!(party.verification_method));
        assert_eq!(
            found.body["didDocument"]["assertionMethod"][0],
            method["id"]
        );
        assert_eq!(
            found.body["didResolutionMetadata"]["contentType"],
            "application/did+ld+json"
        );
    }
    let node = &world.app("customs").core().identity.did;
    assert_eq!(nobody.get(&path(node)).await.status, 200);
    let asked = async |did: &str, accept: &str| {
        let request = nobody.request("GET", &path(did)).header("accept", accept);
        answer(request).await.unwrap()
    };
    let document = asked(&did, "application/did+ld+json").await;
    assert_eq!(document.kind, "application/did+ld+json");
    assert_eq!(document.body["id"], json!(did));
    let key = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    for (did, accept, status, error) in [
        (key, "*/*", 200, ""),
        (key, "text/html", 406, "representationNotSupported"),
        ("did:bogus:x", "*/*", 501, "methodNotSupported"),
        (
            "did:bogus:x",
            "application/did+ld+json",
            501,
            "methodNotSupported",
        ),
        ("nonsense", "*/*", 400, "invalidDid"),
        ("did:key:none", "*/*", 400, "invalidDid"),
    ] {
        let found = asked(did, accept).await;
        assert_eq!(found.status, status, "{did}: {}", found.text);
        assert_eq!(found.kind, "application/did-resolution", "{did}");
        let told = &found.body["didResolutionMetadata"]["error"];
        assert_eq!(told.as_str().unwrap_or_default(), error, "{did}");
    }
    let version = format!("{}?versionId=1", path(&did));
    assert_eq!(nobody.get(&version).await.status, 404);
    let version = format!("{}?versionTime=2026-11-24T12:00:00Z", path(&did));
    assert_eq!(nobody.get(&version).await.status, 200);
    let version = format!("{}?versionTime=yesterday", path(&did));
    assert_eq!(nobody.get(&version).await.code(), "parameter-malformed");
    // For whom nobody knows the node fetches nothing; for its parties it looks, and there is none of that name.
    let unknown = world.did("cbp").replace(":cbp", ":nobody");
    let stranger = nobody.get(&path(&unknown)).await;
    assert_eq!((stranger.status, stranger.code()), (401, "unauthenticated"));
    let none = world.api("cbp").get(&path(&unknown)).await;
    assert_eq!(none.status, 404, "{}", none.text);
    assert_eq!(none.body["didResolutionMetadata"]["error"], "notFound");
}

/// Somebody outside the network who publishes a DID and a status list, and how often that was asked.
struct Outsider {
    key: SigningKey,
    did: Did,
    url: String,
    canonicalizer: Canonicalizer,
    asked: Arc<AtomicUsize>,
}

impl Outsider {
    async fn start() -> Self {
        let address = free_address();
        let key = SigningKey::from_seed([7; 32]);
        let did = did::web_did("127.0.0.1", Some(address.port()), &["office"]).unwrap();
        let document = did::document(&did, &[("key-1".to_owned(), key.verification_key())]);
        let asked = Arc::new(AtomicUsize::new(0));
        let this = Self {
            key,
            did,
            url: format!("http://{address}"),
            canonicalizer: Canonicalizer::new(ContextSet::bundled()),
            asked,
        };
        let mut register = Register::new(&[StatusPurpose::Revocation], ENTRIES_MIN, 1).unwrap();
        register.set(5, 1).unwrap();
        let url = format!("{}/status/1", this.url);
        let options = ListOptions::new(&url, this.did.as_str(), DAY_MS);
        let list = this.signed(&register.credential(&options).unwrap());
        let mut forged = list.clone();
        forged["credentialSubject"]["statusPurpose"] = json!("suspension");
        let counted = Arc::clone(&this.asked);
        let served = move |uri: Uri| {
            counted.fetch_add(1, Ordering::SeqCst);
            let found = match uri.path() {
                "/office/did.json" => Ok(document.to_string()),
                "/status/1" => Ok(list.to_string()),
                "/status/forged" => Ok(forged.to_string()),
                _ => Err(StatusCode::NOT_FOUND),
            };
            async move { found }
        };
        let listener = tokio::net::TcpListener::bind(address).await.unwrap();
        tokio::spawn(async move {
            axum::serve(listener, Router::new().fallback(served))
                .await
                .unwrap();
        });
        this
    }

    fn signed(&self, document: &Value) -> Value {
        let options = ProofOptions::assertion(format!("{}#key-1", self.did), DAY_MS);
        let suite = Suite::EddsaRdfc2022;
        data_integrity::create(document, suite, &self.key, &options, &self.canonicalizer).unwrap()
    }

    fn credential(&self, list: Option<(&str, u64)>) -> Value {
        let mut document = credential(self.did.as_str());
        if let Some((path, index)) = list {
            let url = format!("{}{path}", self.url);
            document["credentialStatus"] =
                StatusEntry::new(StatusPurpose::Revocation, index, url).to_value();
        }
        self.signed(&document)
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_and_lists_of_outsiders_are_fetched_and_never_from_inside_unless_said() {
    let world = World::prepared("vc-api-outside", 2, |_, nodes| {
        // The demonstration may reach this machine; the trade's node is as in the field.
        let path = nodes[1].data.join("node.json");
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["webhooksInside"] = json!(false);
        std::fs::write(&path, file.to_string()).unwrap();
    })
    .await;
    let outsider = Outsider::start().await;
    let (cbp, carrier) = (world.api("cbp"), world.api("ocotillo"));
    let plain = outsider.credential(None);
    let listed = outsider.credential(Some(("/status/1", 4)));
    refused(&verified(&carrier, &plain).await, "key-unknown");
    refused(&verified(&carrier, &listed).await, "key-unknown");
    let path = format!(
        "/1.0/identifiers/{}",
        outsider.did.as_str().replace('%', "%25")
    );
    assert_eq!(carrier.get(&path).await.status, 400, "a host in numbers");
    assert_eq!(outsider.asked(), 0, "nothing inside is asked");
    let good = verified(&cbp, &plain).await;
    assert_eq!(good.status, 200, "{}", good.text);
    assert_eq!(outsider.asked(), 1);
    assert_eq!(verified(&cbp, &plain).await.status, 200);
    assert_eq!(outsider.asked(), 1, "it is kept for a while");
    let resolved = cbp.get(&path).await;
    assert_eq!(
        resolved.body["didDocument"]["id"],
        outsider.did.as_str(),
        "{}",
        resolved.text
    );
    let good = verified(&cbp, &listed).await;
    assert_eq!(good.status, 200, "{}", good.text);
    for (list, index, code) in [
        ("/status/1", 5, "credential-revoked"),
        ("/status/none", 4, "status-list-not-given"),
        ("/status/forged", 4, "proof-invalid"),
    ] {
        let credential = outsider.credential(Some((list, index)));
        refused(&verified(&cbp, &credential).await, code);
    }
    // One document makes the node ask only so often.
    let before = outsider.asked();
    let mut many = credential(outsider.did.as_str());
    many["credentialStatus"] = (0..40)
        .map(|n| {
            let url = format!("{}/status/none-{n}", outsider.url);
            StatusEntry::new(StatusPurpose::Revocation, n, url).to_value()
        })
        .collect();
    let many = outsider.signed(&many);
    let told = verified(&cbp, &many).await;
    assert_eq!(told.status, 400, "{}", told.text);
    assert!(outsider.asked() - before <= 8);
}
