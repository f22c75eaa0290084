//! Two parties on one node: whatever one asks, by every address that the node documents, nothing of the other is in the answer.

use serde_json::{Value, json};

use crate::attachments::signed_in;
use crate::world::{Api, World, appointment, draft, manifest, shipment};

/// Words that only the first party's records have.
const OWN: [&str; 7] = [
    "TOCQ2611240417",
    "TOCQ88402171",
    "47AK2F",
    "Packing list of Arneses",
    "SECRET-REF-77",
    "dispatch@ocotillo",
    "Tyre change",
];
/// Addresses that are open to everybody by design and speak of no case: what is public of a node stands in docs/threat-model.md.
const PUBLIC: [&str; 4] = ["/metrics", "/v1/status", "/openapi.json", "/v1/governance"];

struct Theirs {
    id: String,
    file: String,
    cases: Vec<(&'static str, String)>,
}

async fn filed(world: &World) -> Theirs {
    let carrier = world.api("ocotillo");
    let kept = carrier
        .send(
            "POST",
            "/v1/attachments",
            b"Packing list of Arneses".to_vec(),
        )
        .await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    let mut sent = draft("Appointment", appointment("TOCQ2611240417", "47AK2F"));
    sent["relatedResource"] = json!([kept.body["relatedResource"]]);
    let first = carrier.post("/v1/records", &sent).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let trip = manifest("TOCQ2611240417", "47AK2F", "TOCQ88402171");
    carrier.file("Manifest", trip).await;
    let (broker, importer) = (world.did("mines"), world.did("gulf"));
    carrier
        .file("Shipment", shipment("TOCQ88402171", &broker, &importer))
        .await;
    let own = json!({ "scac": "TOCQ", "trip": "TOCQ2611240417", "reference": "SECRET-REF-77" });
    carrier.draft("OwnReference", own).await;
    Theirs {
        id: first.id(),
        file: kept.body["id"].as_str().unwrap().to_owned(),
        cases: vec![
            ("trip", "TOCQ:TOCQ2611240417".to_owned()),
            ("shipment", "TOCQ88402171".to_owned()),
        ],
    }
}

/// Documented addresses that are read, each with what is the other's in the place of its parameters.
fn addresses(document: &Value, theirs: &Theirs) -> Vec<String> {
    let digest = |id: &str| id.trim_start_matches("ni:///sha-256;").to_owned();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        if methods.get("get").is_none() || PUBLIC.contains(&path.as_str()) {
            continue;
        }
        for (kind, key) in &theirs.cases {
            let mut address = path
                .replace("{kind}", kind)
                .replace("{key}", key)
                .replace("{did}", "did:web:x")
                .replace("{slug}", "ocotillo");
            let id = if path.contains("attachments") {
                &theirs.file
            } else {
                &theirs.id
            };
            address = address.replace("{digest}", &digest(id));
            // What else there is to fill in: a word that finds something, should anything be found.
            while let (Some(from), Some(to)) = (address.find('{'), address.find('}')) {
                address.replace_range(from..=to, "47AK2F");
            }
            found.push(address);
        }
    }
    for query in [
        "/v1/search?q=47AK2F",
        "/v1/search?q=TOCQ88402171",
        "/v1/search?q=47AK&match=prefix",
        "/v1/records?limit=500",
        "/v1/records?type=Manifest",
        "/v1/records?issuer=OCOTILLO",
        "/v1/cases?kind=trip",
        "/v1/cases?kind=shipment",
        "/v1/elements?q=47AK2F",
        "/epcis/events",
    ] {
        found.push(query.to_owned());
    }
    found.sort();
    found.dedup();
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_one_tenant_is_in_an_answer_to_another() {
    let world = World::running("tenants", 2).await;
    let theirs = filed(&world).await;
    world.quiet().await;
    let (owner, other) = (world.api("ocotillo"), world.api("nopalera"));
    let document = owner.get("/openapi.json").await.body;
    let addresses = addresses(&document, &theirs);
    let (mut asked, mut seen_by_owner) = (0, 0);
    for address in &addresses {
        // A stream never ends.
        if address.contains("/stream") || address.contains("/live") {
            continue;
        }
        let answer = other.get(address).await;
        // What one asks for comes back in a refusal; what one did not ask for must not.
        let asked_for = |word: &&&str| !address.contains(**word);
        for word in OWN.iter().filter(asked_for) {
            assert!(
                !answer.text.contains(*word),
                "{address}: {word}: {}",
                answer.text
            );
        }
        assert!(
            answer.status < 500 || answer.status == 501,
            "{address}: {}",
            answer.text
        );
        let own = owner.get(address).await;
        seen_by_owner += usize::from(
            OWN.iter()
                .any(|word| own.text.contains(word) && !answer.text.contains(word)),
        );
        asked += 1;
    }
    assert!(
        asked > 40 && seen_by_owner >= 10,
        "{asked} asked, {seen_by_owner} told something to the owner"
    );
    // By id, what is another's is what is not there: the same answer to the letter.
    let digest = theirs.id.trim_start_matches("ni:///sha-256;");
    let nothing = "A".repeat(digest.len());
    for path in ["", "/receipt", "/proof", "/holders"] {
        let there = other.get(&format!("/v1/records/{digest}{path}")).await;
        let nowhere = other.get(&format!("/v1/records/{nothing}{path}")).await;
        assert_eq!(there.status, 404, "{path}");
        let same = |text: &str| text.replace(digest, "").replace(&nothing, "");
        assert_eq!(
            (there.status, same(&there.text)),
            (nowhere.status, same(&nowhere.text)),
            "{path}"
        );
    }
    // Pages.
    let node = world.node("trade");
    let page = Api::new(&node.url, "");
    let cookie = signed_in(&page, &node.parties["nopalera"].sign_in).await;
    for path in [
        "/console",
        "/console/needs",
        "/console/cases?kind=trip",
        "/console/cases?kind=shipment",
        "/console/cases/trip/TOCQ:TOCQ2611240417",
        "/console/search?q=47AK",
        "/console/shift",
    ] {
        let answer = page
            .request("GET", path)
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap();
        let text = answer.text().await.unwrap();
        for word in OWN
            .iter()
            .filter(|word| !path.contains(**word) && **word != "47AK2F")
        {
            assert!(!text.contains(*word), "{path}: {word}");
        }
    }
}
