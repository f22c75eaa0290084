//! Hostile input to the API: each is refused by its status and code, told where and in both languages, and leaves nothing behind.

use std::sync::Arc;

use garita_credential::Suite;
use garita_credential::data_integrity::{self, ProofOptions};
use garita_credential::keys::SigningKey;
use garita_exchange::client::{Client, ClientError};
use garita_exchange::envelope::record_id;
use garita_exchange::wire::DeliveryAnswer;
use serde_json::{Value, json};

use crate::governance::{delivery, forge};
use crate::world::{
    Answer, Api, DAY_MS, World, answer, appointment, draft, manifest, shipment, trip_key,
};

const TRIP: &str = "TOCQ2611240417";

/// What a refusal must look like, whatever it refuses.
fn conforms(name: &str, answer: &Answer, status: u16, code: &str, pointer: &str) {
    assert_eq!(
        (answer.status, answer.code()),
        (status, code),
        "{name}: {}",
        answer.text
    );
    assert_eq!(answer.kind, "application/problem+json", "{name}");
    let body = &answer.body;
    assert_eq!(body["status"].as_u64(), Some(u64::from(status)), "{name}");
    assert!(
        body["type"]
            .as_str()
            .is_some_and(|t| t.ends_with(&format!("#{code}"))),
        "{name}: {body}"
    );
    assert!(
        body["title"].as_str().is_some_and(|t| !t.is_empty()),
        "{name}"
    );
    let errors = body["errors"].as_array().unwrap();
    assert!(!errors.is_empty(), "{name}");
    for error in errors {
        for member in ["code", "detail", "detailEs"] {
            assert!(
                error[member].as_str().is_some_and(|t| !t.is_empty()),
                "{name}: {member} of {error}"
            );
        }
        assert!(error["pointer"].is_string(), "{name}: {error}");
    }
    assert!(
        errors
            .iter()
            .any(|e| e["code"] == code && e["pointer"] == pointer),
        "{name}: no fault `{code}` at `{pointer}`: {}",
        answer.text
    );
    assert_eq!(body["detail"], errors[0]["detail"], "{name}");
    assert_eq!(body["detailEs"], errors[0]["detailEs"], "{name}");
}

/// Two nodes' record counts, and that the first one answers.
async fn untouched(world: &World, before: (u64, u64), name: &str) {
    let ready = Api::new(&world.node("trade").url, "").get("/readyz").await;
    assert_eq!(ready.status, 200, "{name}");
    assert_eq!(
        (world.records("trade").await, world.records("customs").await),
        before,
        "{name} left something"
    );
}

/// A record with its id and proof made anew after a change, so that only the change is wrong.
fn resign(world: &World, record: &Value, change: impl FnOnce(&mut Value)) -> Value {
    let mut document = record.clone();
    change(&mut document);
    let map = document.as_object_mut().unwrap();
    map.remove("proof");
    map.remove("id");
    let id = record_id(&document).unwrap();
    document["id"] = json!(id);
    let method = format!("{}#key-1", world.did("ocotillo"));
    data_integrity::create(
        &document,
        Suite::EddsaJcs2022,
        &world.key("trade", "ocotillo"),
        &ProofOptions::assertion(&method, DAY_MS),
        &garita_node::programs::load(None)
            .unwrap()
            .canonicalizer()
            .unwrap(),
    )
    .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_records_are_refused_told_and_leave_nothing() {
    let world = World::running("refusals", 4).await;
    let carrier = world.api("ocotillo");
    carrier
        .file("Appointment", appointment(TRIP, "47AK2F"))
        .await;
    let good = forge(
        &world,
        "Appointment",
        &world.did("ocotillo"),
        world.key("trade", "ocotillo"),
        ("trip", &trip_key("TOCQ2611240500")),
        appointment("TOCQ2611240500", "47AK2F"),
    )
    .await;
    let theirs = forge(
        &world,
        "Appointment",
        &world.did("nopalera"),
        world.key("trade", "nopalera"),
        ("trip", "NOPA:NOPA2611240500"),
        {
            let mut subject = appointment("NOPA2611240500", "47AK2F");
            subject["scac"] = json!("NOPA");
            subject
        },
    )
    .await;
    world.quiet().await;
    let before = (world.records("trade").await, world.records("customs").await);

    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = good.clone();
        change(&mut changed);
        changed.to_string().into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
    let wide = format!("{{\"recordType\":\"{}\"}}", "a".repeat(1_200_000));
    let many = format!("[{}0]", "0,".repeat(150_000));
    let twice = r#"{"recordType":"Appointment","recordType":"Manifest","credentialSubject":{}}"#;
    let unknown = {
        let mut subject = appointment("TOCQ2611240501", "47AK2F");
        subject["colour"] = json!("red");
        draft("Appointment", subject).to_string()
    };
    let plate = {
        let mut subject = appointment("TOCQ2611240501", "47AK2F");
        subject["plate"] = json!("");
        draft("Appointment", subject).to_string()
    };
    let sums = {
        let mut subject = manifest("TOCQ2611240501", "47AK2F", "TOCQ88402175");
        subject["packages"] = json!(11);
        draft("Manifest", subject).to_string()
    };
    let text = |s: &str| s.as_bytes().to_vec();
    let cases: Vec<(&str, Vec<u8>, u16, &str, &str)> = vec![
        (
            "too large for a record",
            text(&wide),
            413,
            "document-too-large",
            "",
        ),
        ("too deep", text(&deep), 400, "json-too-deep", ""),
        (
            "too many values",
            text(&many),
            400,
            "json-too-many-values",
            "",
        ),
        (
            "a key twice",
            text(twice),
            400,
            "json-duplicate-key",
            "/recordType",
        ),
        ("not JSON", text("<xml/>"), 400, "json-syntax", ""),
        (
            "half of JSON",
            text(r#"{"recordType":"#),
            400,
            "json-syntax",
            "",
        ),
        ("nothing", Vec::new(), 400, "json-syntax", ""),
        (
            "not UTF-8",
            vec![b'"', 0xff, 0xfe, b'"'],
            400,
            "json-syntax",
            "",
        ),
        ("a list", text("[]"), 400, "submission-malformed", ""),
        (
            "a member that drafts lack",
            text(r#"{"recordType":"Appointment","credentialSubject":{},"sudo":true}"#),
            400,
            "submission-malformed",
            "",
        ),
        (
            "an unknown type",
            draft("Teleport", json!({})).to_string().into_bytes(),
            422,
            "record-type-unknown",
            "/recordType",
        ),
        (
            "a member of the subject that no context defines",
            text(&unknown),
            422,
            "term-undefined",
            "/credentialSubject/colour",
        ),
        (
            "a blank plate",
            text(&plate),
            422,
            "plate-check",
            "/credentialSubject/plate",
        ),
        (
            "sums that do not add up",
            text(&sums),
            422,
            "manifest-packages-total",
            "/credentialSubject/packages",
        ),
        (
            "a wrong id",
            with(&|d| d["id"] = json!("ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")),
            422,
            "id-mismatch",
            "/id",
        ),
        (
            "an id that is none",
            with(&|d| d["id"] = json!("urn:uuid:1")),
            422,
            "envelope-malformed",
            "/id",
        ),
        (
            "content changed after signing",
            with(&|d| d["credentialSubject"]["plate"] = json!("99ZZ9Z")),
            422,
            "id-mismatch",
            "/id",
        ),
        (
            "no envelope",
            text(
                r#"{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","Appointment"]}"#,
            ),
            422,
            "envelope-missing",
            "/network",
        ),
        (
            "a forged proof",
            with(&|d| {
                let value = d["proof"]["proofValue"].as_str().unwrap().to_owned();
                let last = if value.ends_with('2') { "3" } else { "2" };
                d["proof"]["proofValue"] = json!(format!("{}{last}", &value[..value.len() - 1]));
            }),
            422,
            "proof-invalid",
            "/proof/proofValue",
        ),
        (
            "no proof",
            with(&|d| {
                d.as_object_mut().unwrap().remove("proof");
            }),
            422,
            "proof-missing",
            "/proof",
        ),
        (
            "the record of another party",
            theirs.to_string().into_bytes(),
            403,
            "issuer-not-you",
            "/issuer/id",
        ),
        (
            "expired",
            resign(&world, &good, |d| {
                d["validUntil"] = json!("2026-11-24T11:00:00Z")
            })
            .to_string()
            .into_bytes(),
            422,
            "credential-expired",
            "/validUntil",
        ),
        (
            "another network",
            resign(&world, &good, |d| d["network"] = d["profile"].clone())
                .to_string()
                .into_bytes(),
            422,
            "network-unknown",
            "/network",
        ),
        (
            "an unknown profile",
            resign(&world, &good, |d| d["profile"] = d["network"].clone())
                .to_string()
                .into_bytes(),
            422,
            "profile-unknown",
            "/profile",
        ),
        (
            "an unknown context",
            with(&|d| {
                d["@context"]
                    .as_array_mut()
                    .unwrap()
                    .push(json!("https://evil.example/v1"));
                let map = d.as_object_mut().unwrap();
                map.remove("id");
                let proof = map.remove("proof").unwrap();
                let id = record_id(d).unwrap();
                d["id"] = json!(id);
                d["proof"] = proof;
            }),
            422,
            "context-unknown",
            "/@context/3",
        ),
        (
            "a view",
            resign(&world, &good, |d| d["view"] = json!("bridge"))
                .to_string()
                .into_bytes(),
            422,
            "view-submitted",
            "/view",
        ),
        (
            "of tomorrow",
            resign(&world, &good, |d| {
                d["occurred"] = json!("2026-11-25T12:00:00.000Z")
            })
            .to_string()
            .into_bytes(),
            422,
            "occurred-ahead",
            "/occurred",
        ),
        (
            "about another case than its fields",
            resign(&world, &good, |d| {
                d["about"] = json!([{ "kind": "trip", "key": "TOCQ:TOCQ2611249999" }])
            })
            .to_string()
            .into_bytes(),
            422,
            "about-mismatch",
            "/about",
        ),
        (
            "without a salt",
            resign(&world, &good, |d| {
                d.as_object_mut().unwrap().remove("salt");
            })
            .to_string()
            .into_bytes(),
            422,
            "envelope-malformed",
            "/salt",
        ),
        (
            "a date that is none",
            draft_with(json!({ "occurred": "yesterday" })),
            422,
            "envelope-malformed",
            "/occurred",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, body, status, code, pointer) in cases {
        let answer = carrier.send("POST", "/v1/records", body).await;
        let judged = std::panic::catch_unwind(|| conforms(name, &answer, status, code, pointer));
        if judged.is_err() {
            wrong.push(format!(
                "{name}: {} {}",
                answer.status,
                answer.text.chars().take(300).collect::<String>()
            ));
        }
        untouched(&world, before, name).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Undamaged, the record that all of these were made from is taken.
    let taken = carrier
        .send("POST", "/v1/records", good.to_string().into_bytes())
        .await;
    assert_eq!(taken.status, 201, "{}", taken.text);
}

fn draft_with(more: Value) -> Vec<u8> {
    let mut body = draft("Appointment", appointment("TOCQ2611240501", "47AK2F"));
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body.to_string().into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_requests_are_refused_told_and_leave_nothing() {
    let world = World::running("requests", 4).await;
    let carrier = world.api("ocotillo");
    let id = carrier
        .file("Appointment", appointment(TRIP, "47AK2F"))
        .await;
    world.quiet().await;
    let before = (world.records("trade").await, world.records("customs").await);
    let (nobody, wrong) = (
        Api::new(&carrier.base, ""),
        Api::new(&carrier.base, "bm8gc3VjaCB0b2tlbg"),
    );
    let digest = id.trim_start_matches("ni:///sha-256;");
    let huge = "9".repeat(100);
    let one = |caller: &Api, method: &'static str, path: &str, body: &str| {
        (caller.clone(), method, path.to_owned(), body.to_owned())
    };
    let cases = [
        (
            "no token",
            one(&nobody, "POST", "/v1/records", "{}"),
            401,
            "unauthenticated",
            "",
        ),
        (
            "a wrong token",
            one(&wrong, "GET", "/v1/records", ""),
            401,
            "unauthenticated",
            "",
        ),
        (
            "a wrong token at the stream",
            one(&wrong, "GET", "/v1/stream", ""),
            401,
            "unauthenticated",
            "",
        ),
        (
            "a party's token for the operator's work",
            one(&carrier, "POST", "/v1/admin/invitations", ""),
            401,
            "unauthenticated",
            "",
        ),
        (
            "a false invitation",
            one(&nobody, "POST", "/v1/peer/join", "{}"),
            400,
            "join-malformed",
            "",
        ),
        (
            "a bad cursor of the stream",
            one(&carrier, "GET", "/v1/stream?cursor=yesterday", ""),
            400,
            "parameter-malformed",
            "cursor",
        ),
        (
            "a bad cursor of the list",
            one(&carrier, "GET", "/v1/records?cursor=..%2F..", ""),
            400,
            "parameter-malformed",
            "cursor",
        ),
        (
            "a bad limit",
            one(&carrier, "GET", "/v1/records?limit=many", ""),
            400,
            "request-malformed",
            "",
        ),
        (
            "no kind",
            one(&carrier, "GET", "/v1/cases", ""),
            400,
            "request-malformed",
            "",
        ),
        (
            "a kind that is none",
            one(&carrier, "GET", "/v1/cases/ufo/X", ""),
            404,
            "not-found",
            "",
        ),
        (
            "a case of nobody",
            one(&carrier, "GET", "/v1/cases/trip/TOCQ:TOCQ0000000000", ""),
            404,
            "not-found",
            "",
        ),
        (
            "a record that is none",
            one(&carrier, "GET", "/v1/records/zzz", ""),
            404,
            "not-found",
            "",
        ),
        (
            "a path out of the tiles",
            one(&nobody, "GET", "/log/tile/../../keys/node.json", ""),
            404,
            "not-found",
            "",
        ),
        (
            "a coded path out of the tiles",
            one(
                &nobody,
                "GET",
                "/log/tile/0/..%2f..%2f..%2fkeys%2fnode.json",
                "",
            ),
            404,
            "not-found",
            "",
        ),
        (
            "a tile beyond the log",
            one(&nobody, "GET", "/log/tile/0/x999/999", ""),
            404,
            "not-found",
            "",
        ),
        (
            "a path out of the attachments",
            one(
                &carrier,
                "GET",
                "/v1/attachments/..%2f..%2fkeys%2fnode.json",
                "",
            ),
            404,
            "not-found",
            "",
        ),
        (
            "an attachment of nobody",
            one(
                &carrier,
                "GET",
                "/v1/attachments/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "",
            ),
            404,
            "not-found",
            "",
        ),
        (
            "a path out of the parties",
            one(&nobody, "GET", "/parties/..%2f..%2fkeys/did.json", ""),
            404,
            "not-found",
            "",
        ),
        (
            "no such page",
            one(&nobody, "GET", "/wp-login.php", ""),
            404,
            "not-found",
            "",
        ),
        (
            "another method",
            one(&carrier, "DELETE", "/v1/records", ""),
            405,
            "method-not-allowed",
            "",
        ),
        (
            "an importer that is none",
            one(&carrier, "POST", "/v1/import/fax", "x"),
            400,
            "document-kind-unknown",
            "",
        ),
        (
            "a file that is none",
            one(&carrier, "POST", "/v1/import/carta-porte", "x"),
            400,
            "xml-malformed",
            "line 1, /",
        ),
        (
            "a word for `submit` that is neither true nor false: its sender would take the document for filed",
            one(&carrier, "POST", "/v1/import/auto?submit=True", "x"),
            400,
            "parameter-malformed",
            "submit",
        ),
        (
            "the same of a sheet",
            one(&carrier, "POST", "/v1/sheets/Appointment?submit=yes", "x"),
            400,
            "parameter-malformed",
            "submit",
        ),
        (
            "a member of an import twice",
            one(&carrier, "POST", "/v1/import/auto?trip=A&trip=B", "x"),
            400,
            "parameter-malformed",
            "trip",
        ),
        (
            "a time of an import that is none, though nothing is filed",
            one(&carrier, "POST", "/v1/import/auto?occurred=today", "x"),
            400,
            "parameter-malformed",
            "occurred",
        ),
        (
            "an unsigned delivery",
            one(&carrier, "POST", "/v1/peer/deliveries", "{}"),
            401,
            "request-unsigned",
            "",
        ),
        (
            "an unsigned question",
            one(&nobody, "GET", "/v1/peer/digest?through=9", ""),
            401,
            "request-unsigned",
            "",
        ),
        (
            "a number beyond all",
            one(&nobody, "GET", &format!("/v1/governance?after={huge}"), ""),
            400,
            "request-malformed",
            "",
        ),
        (
            "a receipt without a token",
            one(&nobody, "GET", &format!("/v1/records/{digest}/receipt"), ""),
            401,
            "unauthenticated",
            "",
        ),
    ];
    let mut wrong = Vec::new();
    for (name, (caller, method, path, body), status, code, pointer) in cases {
        let answer = caller.send(method, &path, body.into_bytes()).await;
        if std::panic::catch_unwind(|| conforms(name, &answer, status, code, pointer)).is_err() {
            wrong.push(format!(
                "{name}: {} {} {}",
                answer.status,
                answer.kind,
                answer.text.chars().take(300).collect::<String>()
            ));
        }
        untouched(&world, before, name).await;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_document_of_forty_megabytes_is_refused_and_costs_nothing() {
    let world = World::running("large", 4).await;
    let carrier = world.api("ocotillo");
    carrier
        .file("Appointment", appointment(TRIP, "47AK2F"))
        .await;
    world.quiet().await;
    let before = (world.records("trade").await, world.records("customs").await);
    let body = vec![b'['; 40 << 20];
    for path in [
        "/v1/records",
        "/v1/records/dry-run",
        "/v1/import/auto",
        "/v1/import/x12-309",
    ] {
        let answer = carrier.send("POST", path, body.clone()).await;
        conforms(path, &answer, 413, "document-too-large", "");
        untouched(&world, before, path).await;
    }
    // In pieces, without a length told beforehand.
    let pieces: Vec<Result<Vec<u8>, std::io::Error>> =
        body.chunks(1 << 20).map(|c| Ok(c.to_vec())).collect();
    let stream = reqwest::Body::wrap_stream(tokio_stream::iter(pieces));
    let refused = answer(carrier.request("POST", "/v1/records").body(stream))
        .await
        .unwrap();
    conforms("in pieces", &refused, 413, "document-too-large", "");
    untouched(&world, before, "in pieces").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_of_strangers_and_garbage_are_refused() {
    let world = World::three("deliveries").await;
    let cbp = world.api("cbp");
    let before = (world.records("trade").await, world.records("customs").await);
    let stranger = SigningKey::from_seed([5; 32]);
    let record = forge(
        &world,
        "Shipment",
        &world.did("stranger"),
        world.key("hostile", "stranger"),
        ("shipment", "TOCQ88402171"),
        shipment("TOCQ88402171", &world.did("stranger"), &world.did("gulf")),
    )
    .await;
    let entry = delivery(
        &world,
        "hostile",
        1,
        &record,
        &world.did("cbp"),
        &world.key("hostile", "node"),
    );
    let refused = async |client: &Client, body: &Value, status: u16, code: &str| {
        let error = client
            .post::<DeliveryAnswer>(&world.node("customs").url, "/v1/peer/deliveries", body)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, ClientError::Status { status: found, body } if *found == status && body.contains(code)),
            "{code}: {error}"
        );
        untouched(&world, before, code).await;
    };
    let good = serde_json::to_value(&entry).unwrap();
    // A node that the list does not name; one that it names, with another key; a party's key for a node's.
    let unknown = Client::new("did:web:evil.example", Arc::new(stranger.clone())).unwrap();
    refused(&unknown, &good, 401, "key-unknown").await;
    let other_key = Client::new(&world.node("hostile").did, Arc::new(stranger)).unwrap();
    refused(&other_key, &good, 401, "signature-invalid").await;
    let hostile = Client::new(&world.node("hostile").did, world.key("hostile", "node")).unwrap();
    refused(&hostile, &json!({}), 400, "delivery-malformed").await;
    refused(&hostile, &json!("garbage"), 400, "delivery-malformed").await;
    let mut many = good.clone();
    many["entries"] = Value::Array(vec![good["entries"][0].clone(); 300]);
    refused(&hostile, &many, 413, "delivery-too-many").await;
    // What is for nobody here, or for those of another node: refused, and no row or leaf of it is left.
    for to in [
        json!([]),
        json!([world.did("puente")]),
        json!(["did:web:x"]),
    ] {
        let mut others = good.clone();
        others["entries"][0]["to"] = to;
        let answer: DeliveryAnswer = hostile
            .post(&world.node("customs").url, "/v1/peer/deliveries", &others)
            .await
            .unwrap();
        let first = answer.results.first().unwrap();
        assert_eq!(
            (first.status.as_str(), first.code.as_deref()),
            ("refused", Some("delivery-not-ours"))
        );
        untouched(&world, before, "others").await;
    }
    // Garbage inside a well-formed delivery: an answer for each, nothing recorded, the good one beside it taken.
    let mut mixed = good.clone();
    let mut bad = good["entries"][0].clone();
    bad["record"] = json!({ "hello": "world" });
    mixed["entries"] = json!([bad, good["entries"][0]]);
    mixed["entries"][1]["seq"] = json!(2);
    let answer: DeliveryAnswer = hostile
        .post(&world.node("customs").url, "/v1/peer/deliveries", &mixed)
        .await
        .unwrap();
    let results: Vec<&str> = answer.results.iter().map(|r| r.status.as_str()).collect();
    assert_eq!(results, ["refused", "recorded"], "{:?}", answer.results);
    assert_eq!(
        cbp.get("/v1/records").await.body["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
