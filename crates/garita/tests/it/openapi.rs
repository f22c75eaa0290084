//! The document of the API says what is there: each of its routes answers as its own, and each refusal in the one form.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::world::{Answer, Api, World, appointment, record_path};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_documented_route_is_there_and_refuses_in_one_form() {
    let world = World::running("openapi", 1).await;
    let node = world.node("customs");
    let nobody = Api::new(&node.url, "");
    let party = world.api("cbp");
    let operator = Api::new(&node.url, &node.admin_token);
    let document = nobody.get("/openapi.json").await.body;
    assert_eq!(document["openapi"], "3.1.0");
    let (mut operations, mut count) = (BTreeSet::new(), 0);
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            count += 1;
            assert!(
                operations.insert((method.clone(), path.clone())),
                "{method} {path} twice"
            );
            for member in ["summary", "x-summary-es", "x-who"] {
                assert!(
                    operation[member].as_str().is_some_and(|s| !s.is_empty()),
                    "{method} {path} lacks {member}"
                );
            }
            let address = path
                .replace("{kind}/{key}", "trip/TOCQ:TOCQ2611240417")
                .replace("/import/{kind}", "/import/carta-porte")
                .replace("{document}", "x12-309")
                .replace("/formats/{kind}", "/formats/carta-porte")
                .replace("{recordType}", "Manifest")
                .replace("{digest}", "AAAA")
                .replace("{name}", "none")
                .replace("/keys/{key}", "/keys/z6MkNone")
                .replace("{id}", "none")
                .replace("{profile}", "crossing")
                .replace("{number}", "1")
                .replace("{slug}", "cbp")
                .replace("{did}", &world.did("cbp"))
                .replace("{origin}", "none")
                .replace("{path}", "0/000");
            assert!(
                !address.contains('{'),
                "{path}: a member this test does not know"
            );
            let secured = operation["x-who"] == "token" || operation["x-who"] == "operator";
            if address.starts_with("/v1/stream") {
                assert_eq!(nobody.get(&address).await.status, 401);
                continue;
            }
            let caller = match operation["x-who"].as_str().unwrap() {
                "operator" => &operator,
                "token" => &party,
                _ => &nobody,
            };
            let method = method.to_uppercase();
            let answer = caller.send(&method, &address, Vec::new()).await;
            assert_ne!(answer.status, 405, "{method} {path}");
            assert!(
                answer.status < 500,
                "{method} {path}: {} {}",
                answer.status,
                answer.text
            );
            if answer.status >= 400 {
                form(&method, path, &answer);
                // What is not found is the thing, not the address: a neighbour by the same address with another method is no route.
                let none = if item.get("patch").is_some() {
                    "PUT"
                } else {
                    "PATCH"
                };
                let other = caller.send(none, &address, Vec::new()).await;
                assert_eq!(
                    other.status, 405,
                    "{method} {path} falls through to nowhere: {}",
                    other.text
                );
                form(none, path, &other);
            }
            if secured {
                let refused = nobody.send(&method, &address, Vec::new()).await;
                assert!(
                    [400, 401].contains(&refused.status),
                    "{method} {path} without a token: {}",
                    refused.status
                );
                form(&method, path, &refused);
            }
        }
    }
    assert!(count >= 30, "{count} operations");
    // The other way round: what people and machines use daily is in the document.
    for path in [
        "/v1/records",
        "/v1/search",
        "/v1/stream",
        "/log/checkpoint",
        "/metrics",
        "/livez",
        "/v1/import/{kind}",
    ] {
        assert!(
            document["paths"].get(path).is_some(),
            "{path} is not documented"
        );
    }
    served_is_documented(
        &document,
        "mod.rs of api",
        include_str!("../../../node/src/api/mod.rs"),
        ".route(",
    );
    let epcis = nobody.get("/epcis/openapi.json").await.body;
    served_is_documented(
        &epcis,
        "mod.rs of epcis",
        include_str!("../../../node/src/epcis/mod.rs"),
        "at(",
    );
    let nowhere = nobody.get("/v1/nowhere").await;
    assert_eq!(nowhere.status, 404);
    form("GET", "/v1/nowhere", &nowhere);
}

/// Every address that a router of the source names is in its document, but for the document itself and the address of nothing.
fn served_is_documented(document: &Value, what: &str, source: &str, before: &str) {
    // A member is called as its reader likes it in a router, and by its name in the document.
    let shape = |path: &str| {
        let mut parts = path
            .split('/')
            .map(|part| if part.starts_with('{') { "{}" } else { part });
        parts.by_ref().collect::<Vec<_>>().join("/")
    };
    let paths = document["paths"].as_object().unwrap();
    let known: BTreeSet<String> = paths.keys().map(|path| shape(path)).collect();
    let named: Vec<&str> = source
        .split(before)
        .skip(1)
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .filter(|path| *path != "/openapi.json" && *path != "/{*nowhere}")
        .collect();
    assert!(named.len() >= 10, "{what}: {named:?}");
    for path in named {
        assert!(
            known.contains(&shape(path)),
            "{what}: {path} is served and not documented"
        );
    }
}

/// The members that the document's own schema asks of a refusal.
fn form(method: &str, path: &str, answer: &Answer) {
    let what = format!("{method} {path}: {} {}", answer.status, answer.text);
    assert_eq!(answer.kind, "application/problem+json", "{what}");
    for member in ["type", "title", "code", "detail", "detailEs"] {
        assert!(
            answer.body[member].as_str().is_some_and(|s| !s.is_empty()),
            "{member}: {what}"
        );
    }
    assert_eq!(
        answer.body["status"].as_u64(),
        Some(u64::from(answer.status)),
        "{what}"
    );
    let code = answer.code();
    assert!(
        code.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
        "{what}"
    );
    assert!(
        answer.body["errors"]
            .as_array()
            .is_some_and(|e| !e.is_empty()),
        "{what}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_document_promises_of_a_record_is_so() {
    let world = World::running("promises", 2).await;
    let carrier = world.api("ocotillo");
    let made = carrier
        .request("POST", "/v1/records")
        .json(&crate::world::draft(
            "Appointment",
            appointment("TOCQ2611240417", "47AK2F"),
        ))
        .send()
        .await
        .unwrap();
    assert_eq!(made.status(), 201);
    let location = made.headers()["location"].to_str().unwrap().to_owned();
    let receipt: Value = made.json().await.unwrap();
    let id = receipt["leaf"]["id"].as_str().unwrap();
    assert_eq!(location, record_path(id));
    assert_eq!(carrier.get(&location).await.body["id"], id);
    assert_eq!(receipt["state"], "recorded");
    // Judged and not recorded.
    world.quiet().await;
    let before = world.records("trade").await;
    let judged = carrier
        .post(
            "/v1/records/dry-run",
            &crate::world::draft("Appointment", appointment("TOCQ2611240418", "47AK2F")),
        )
        .await;
    assert_eq!(judged.status, 200, "{}", judged.text);
    assert_eq!(world.records("trade").await, before);
    // A file, for whoever holds a record that names it.
    let stored = carrier
        .send("POST", "/v1/attachments", b"a seal, photographed".to_vec())
        .await;
    assert_eq!(stored.status, 201, "{}", stored.text);
    let file = stored.body["id"].as_str().unwrap().to_owned();
    let path = format!(
        "/v1/attachments/{}",
        file.trim_start_matches("ni:///sha-256;")
    );
    assert_eq!(
        carrier.get(&path).await.status,
        404,
        "named by no record yet"
    );
    let mut named = crate::world::draft("Appointment", appointment("TOCQ2611240419", "47AK2F"));
    named["relatedResource"] = serde_json::json!([{ "id": file, "mediaType": "text/plain", "digestMultibase": multibase(b"a seal, photographed") }]);
    let filed = carrier.post("/v1/records", &named).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    assert_eq!(carrier.get(&path).await.text, "a seal, photographed");
    assert_eq!(world.api("nopalera").get(&path).await.status, 404);
    // The log's checkpoint and its first tile are public; metrics name no case.
    let nobody = Api::new(&carrier.base, "");
    let checkpoint = nobody.get("/log/checkpoint").await;
    assert!(
        checkpoint.text.starts_with("127.0.0.1:"),
        "{}",
        checkpoint.text
    );
    let metrics = Api::operator(world.node("trade")).get("/metrics").await;
    assert!(
        metrics.text.contains("garita_records_issued_total 2"),
        "{}",
        metrics.text
    );
    assert!(!metrics.text.contains("TOCQ"), "{}", metrics.text);
    let did = nobody.get("/parties/ocotillo/did.json").await;
    assert_eq!(
        did.body["id"].as_str(),
        Some(world.did("ocotillo").as_str())
    );
}

/// Multibase (base64url, `u`) of the multihash of SHA-256, as VC 2.0 names a resource's digest.
fn multibase(bytes: &[u8]) -> String {
    use sha2::Digest as _;
    let mut hash = vec![0x12, 0x20];
    hash.extend(sha2::Sha256::digest(bytes));
    format!("u{}", garita_exchange::encode::base64url(&hash))
}

/// The clients are generated from the document: what is committed is made of the one that this source serves.
#[test]
fn the_clients_are_not_stale() {
    use sha2::Digest as _;
    let clients = concat!(env!("CARGO_MANIFEST_DIR"), "/../../clients");
    let read = |path: &str| std::fs::read_to_string(format!("{clients}/{path}")).unwrap();
    let held = read("openapi.json");
    let made = garita_node::api::openapi::openapi("http://127.0.0.1:8101");
    let same = serde_json::from_str::<Value>(&held).unwrap() == made;
    let cure = "run `cargo run -p garita -- openapi > clients/openapi.json && python3 clients/generate.py`";
    assert!(same, "clients/openapi.json is stale; {cure}");
    let hash: String = sha2::Sha256::digest(held.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    for path in [
        "typescript/src/generated.ts",
        "python/garita_client/generated.py",
    ] {
        let line = format!("openapi.json sha-256 {hash}");
        assert!(read(path).contains(&line), "{path} is stale; {cure}");
    }
}
