//! A program that nobody planned for, between two running nodes: form, exchange, views, lists, board, case page, indicators.

use std::collections::BTreeMap;

use garita_node::setup::{NetworkPlan, PartyPlan};
use serde_json::{Value, json};

use crate::attachments::{hidden, signed_in};
use crate::world::{Api, World, clock, node, party, until};

const CERTIFICATE: &str = "MX-26-00001";
/// What importer, broker and carrier must not find in their part of a certificate.
const HIDDEN: [&str; 5] = [
    "41250.00",
    "Ejido Los Reyes",
    "Elena Garza",
    "Conotrachelus",
    "Uruapan",
];
/// Certificates beside the first one: enough for groups that are shown.
const MORE: usize = 10;

/// An office at a place.
fn office(slug: &str, name: &str, country: &str, role: &str, place: &str) -> PartyPlan {
    PartyPlan {
        places: vec![place.to_owned()],
        ..party(slug, name, country, &[role], &[])
    }
}

/// Mexico's office with its exporter and a carrier; the office of the United States with an importer and a broker.
fn plan() -> NetworkPlan {
    let trade = |slug: &str, name: &str, country: &str, role: &str| {
        party(slug, name, country, &[role], &[])
    };
    NetworkPlan {
        adoptions: Vec::new(),
        name: "Plant health".to_owned(),
        simulated: true,
        clock: clock(),
        zones: BTreeMap::from([
            ("MXNLD".to_owned(), "America/Matamoros".to_owned()),
            ("USLRD".to_owned(), "America/Chicago".to_owned()),
        ]),
        nodes: vec![
            node(
                "south",
                "Nuevo Laredo",
                vec![
                    office("senasica", "SENASICA", "mx", "plant-health.mx", "MXNLD"),
                    trade("huertas", "Huertas del Cupatitzio", "mx", "exporter"),
                    trade("rios", "Transportes Ríos", "mx", "carrier"),
                ],
            ),
            node(
                "north",
                "Laredo",
                vec![
                    office("aphis", "APHIS", "us", "plant-health.us", "USLRD"),
                    trade("valle", "Valle Produce", "us", "importer"),
                    trade("llano", "Llano Brokers", "us", "broker.us"),
                ],
            ),
        ],
    }
}

fn request(world: &World, number: &str) -> Value {
    json!({
        "request": number, "asked": world.did("senasica"), "office": "MXNLD", "destination": "US", "portOfEntry": "USLRD",
        "commodity": "FRUIT-VEG", "ready": "2026-11-25T15:00:00Z",
        "lines": [{ "botanicalName": "Persea americana", "quantity": "18500", "unit": "KGM", "origin": "Tancítaro" }],
    })
}

fn certificate(world: &World, number: &str, request: &str) -> Value {
    json!({
        "number": number, "request": request, "office": "MXNLD", "destination": "US", "portOfEntry": "USLRD",
        "commodity": "FRUIT-VEG", "validUntil": "2026-12-08T06:00:00Z", "exporter": world.did("huertas"),
        "importer": world.did("valle"), "broker": world.did("llano"), "carrier": world.did("rios"),
        "consignor": { "name": "Huertas del Cupatitzio", "address": "Uruapan" }, "officer": "Elena Garza",
        "declaredValue": { "amount": "41250.00", "currency": "USD" },
        "lines": [{
            "botanicalName": "Persea americana", "quantity": "18500", "unit": "KGM", "origin": "Tancítaro",
            "container": "CSQU3054383", "grower": "Ejido Los Reyes",
        }],
        "declarations": ["Free of Conotrachelus aguacatae."],
    })
}

/// A page as a signed-in person has it.
struct Person {
    api: Api,
    cookie: String,
}

impl Person {
    async fn of(world: &World, slug: &str, party: &str) -> Person {
        let at = world.node(slug);
        let api = Api::new(&at.url, "");
        let cookie = signed_in(&api, &at.parties[party].sign_in).await;
        Person { api, cookie }
    }

    async fn page(&self, path: &str) -> String {
        let sent = self.api.request("GET", path).header("cookie", &self.cookie);
        let answer = sent.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200, "{path}");
        answer.text().await.unwrap()
    }

    /// Status, where it leads, the page.
    async fn send(&self, path: &str, fields: &[(String, String)]) -> (u16, String, String) {
        let body: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
            .collect();
        let sent = self
            .api
            .request("POST", path)
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.join("&"));
        let answer = sent.send().await.unwrap();
        let status = answer.status().as_u16();
        let location = answer.headers().get("location");
        let location = location.map_or("", |l| l.to_str().unwrap()).to_owned();
        (status, location, answer.text().await.unwrap())
    }

    /// The page in English and in Spanish, each with its words and without those of the other.
    async fn says(&self, path: &str, both: &[&str], en: &[&str], es: &[&str]) {
        let mark = if path.contains('?') { '&' } else { '?' };
        for (lang, words, never) in [("en", en, es), ("es", es, en)] {
            let page = self.page(&format!("{path}{mark}lang={lang}")).await;
            for word in both.iter().chain(words) {
                assert!(page.contains(word), "{path} {lang} lacks `{word}`: {page}");
            }
            for word in never {
                assert!(!page.contains(word), "{path} {lang} says `{word}`: {page}");
            }
        }
    }
}

/// A text as a form's body has it.
fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// Files the request by the console's form, once wrong and once right; where it leads.
async fn requested_by_form(world: &World, number: &str) -> String {
    let path = "/console/file/PhytoRequested";
    let exporter = Person::of(world, "south", "huertas").await;
    let page = exporter.page(&format!("{path}?lang=es")).await;
    for word in ["Certificado solicitado", "Nombre botánico", "Hortalizas"] {
        let folded = page.to_lowercase();
        assert!(folded.contains(&word.to_lowercase()), "{word}: {page}");
    }
    let asked = world.did("senasica");
    let filled = |destination: &str| {
        let mut fields = hidden(&page);
        let answers = [
            ("request", number),
            ("asked", asked.as_str()),
            ("office", "MXNLD"),
            ("destination", destination),
            ("portOfEntry", "USLRD"),
            ("commodity", "FRUIT-VEG"),
            ("ready", "2026-11-25T09:00"),
            ("lines/0/botanicalName", "Persea americana"),
            ("lines/0/quantity", "18500"),
            ("lines/0/unit", "KGM"),
            ("lines/0/origin", "Tancítaro"),
        ];
        fields.extend(
            answers.map(|(name, value)| (format!("/credentialSubject/{name}"), value.to_owned())),
        );
        fields.push(("do".to_owned(), "sign".to_owned()));
        fields
    };
    let (status, _, refused) = exporter.send(path, &filled("MX")).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.contains("same-country"), "{refused}");
    let (status, location, page) = exporter.send(path, &filled("US")).await;
    assert_eq!(status, 303, "{page}");
    location
}

/// From a request to a certificate by API; the certificate's id.
async fn certified(world: &World, number: &str, asked: &str) -> String {
    let office = world.api("senasica");
    let found = json!({ "request": asked, "finding": "free" });
    office.file("PhytoInspectionHeld", found).await;
    office
        .file("PhytoCertificate", certificate(world, number, asked))
        .await
}

async fn becomes(world: &World, party: &str, number: &str, state: &str) {
    let api = world.api(party);
    until(&format!("{number} is {state} for {party}"), || async {
        api.case("phyto-certificate", number).await.body["state"] == state
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_is_asked_for_issued_seen_in_part_and_withdrawn() {
    let world = World::planned("plant", &plan(), 2, |_, _| {}).await;
    let (south, north) = (world.api("senasica"), world.api("aphis"));

    // Asked for by form, inspected and certified by API.
    let location = requested_by_form(&world, "AGA-26-0001").await;
    assert!(
        location.starts_with("/console/cases/phyto-request/AGA-26-0001"),
        "{location}"
    );
    let early = south
        .draft(
            "PhytoCertificate",
            certificate(&world, CERTIFICATE, "AGA-26-0001"),
        )
        .await;
    assert_eq!(
        (early.status, early.code()),
        (422, "not-inspected"),
        "{}",
        early.text
    );
    let plan = json!({ "request": "AGA-26-0001", "at": "2026-11-25T16:00:00Z" });
    south.file("PhytoInspectionPlanned", plan).await;
    let officer = Person::of(&world, "south", "senasica").await;
    officer
        .says(
            "/console?board=phyto-requests",
            &["AGA-26-0001"],
            &["Ready to certify"],
            &["Listas para certificar"],
        )
        .await;
    let id = certified(&world, CERTIFICATE, "AGA-26-0001").await;

    // The other office has it whole, and nothing of the request.
    let whole = north.holds(&id).await;
    assert_eq!(whole.body["view"], "whole", "{}", whole.text);
    assert!(whole.text.contains("41250.00"), "{}", whole.text);
    let types: Vec<String> = north.all_records().await.into_iter().map(|r| r.2).collect();
    assert_eq!(types, ["PhytoCertificate"]);

    // Who moves the goods has a part of it, and can tell its state.
    for hand in ["valle", "llano", "rios"] {
        let part = world.api(hand).holds(&id).await;
        assert_eq!(part.body["view"], "transit", "{hand}: {}", part.text);
        let subject = &part.body["record"]["credentialSubject"];
        assert_eq!(subject["lines"][0]["container"], "CSQU3054383");
        assert_eq!(subject["validUntil"], "2026-12-08T06:00:00Z");
        for word in HIDDEN {
            assert!(!part.text.contains(word), "{hand} has {word}");
        }
        becomes(&world, hand, CERTIFICATE, "valid").await;
    }
    let importer = Person::of(&world, "north", "valle").await;
    let page = importer
        .page(&format!("/console/cases/phyto-certificate/{CERTIFICATE}"))
        .await;
    assert!(HIDDEN.iter().all(|word| !page.contains(word)), "{page}");

    // Case page, list and board of the other office.
    let inspector = Person::of(&world, "north", "aphis").await;
    let case = format!("/console/cases/phyto-certificate/{CERTIFICATE}");
    let both = [CERTIFICATE, "SENASICA"];
    inspector
        .says(
            &case,
            &both,
            &["MX-26-00001, Valid", "Phytosanitary certificate"],
            &["MX-26-00001, Vigente", "Certificado fitosanitario"],
        )
        .await;
    inspector
        .says(
            "/console/cases?kind=phyto-certificate",
            &both,
            &["Valid"],
            &["Vigente", "Expedientes"],
        )
        .await;
    inspector
        .says(
            "/console?board=phyto-certificates",
            &both,
            &["At the border"],
            &["Vigentes", "En la frontera"],
        )
        .await;

    // The exporter's slip.
    let slip = format!("/v1/cases/phyto-certificate/{CERTIFICATE}/credentials/phyto-slip");
    let slip = world.api("huertas").get(&slip).await;
    assert_eq!(slip.status, 200, "{}", slip.text);
    assert_eq!(
        slip.body["credentialSubject"]["containers"],
        json!(["CSQU3054383"])
    );
    assert!(
        HIDDEN.iter().all(|word| !slip.text.contains(word)),
        "{}",
        slip.text
    );

    // A withdrawal reaches everybody, and nobody accepts it afterwards.
    let withdrawn = json!({ "number": CERTIFICATE, "reason": "pest-found-later" });
    south.file("PhytoWithdrawn", withdrawn).await;
    for reader in ["aphis", "valle", "llano", "huertas", "rios"] {
        becomes(&world, reader, CERTIFICATE, "withdrawn").await;
    }
    inspector
        .says(
            &case,
            &[],
            &["MX-26-00001, Withdrawn"],
            &["MX-26-00001, Retirado"],
        )
        .await;
    let accept = json!({ "number": CERTIFICATE, "decision": "accepted" });
    let late = north.draft("PhytoAnswered", accept).await;
    assert_eq!(
        (late.status, late.code()),
        (422, "accepted-not-good"),
        "{}",
        late.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_are_replaced_answered_and_counted() {
    let world = World::planned("plant-counted", &plan(), 2, |_, _| {}).await;
    let (exporter, north) = (world.api("huertas"), world.api("aphis"));
    let (asked, number) = (
        |n: usize| format!("AGA-26-{n:04}"),
        |n: usize| format!("MX-26-{n:05}"),
    );
    for n in 1..=MORE {
        exporter
            .file("PhytoRequested", request(&world, &asked(n)))
            .await;
        certified(&world, &number(n), &asked(n)).await;
    }
    // The new one names the old one, which its office supersedes by rule.
    let mut again = certificate(&world, &number(MORE + 1), &asked(1));
    let twice = world
        .api("senasica")
        .draft("PhytoCertificate", again.clone())
        .await;
    assert_eq!(
        (twice.status, twice.code()),
        (422, "second-certificate"),
        "{}",
        twice.text
    );
    again["replaces"] = json!(number(1));
    world.api("senasica").file("PhytoCertificate", again).await;
    for reader in ["aphis", "valle", "huertas"] {
        becomes(&world, reader, &number(1), "superseded").await;
        becomes(&world, reader, &number(MORE + 1), "valid").await;
    }

    // The carrier, who holds a part of it, says that it is there; the other office rejects it and says what ends that.
    let there = json!({ "number": number(2), "place": "USLRD" });
    world.api("rios").file("PhytoArrived", there).await;
    becomes(&world, "aphis", &number(2), "at-border").await;
    let mine = json!({ "number": number(2), "decision": "rejected", "reason": "Live larvae.", "endedBy": "RETURN" });
    let refused = world
        .api("senasica")
        .draft("PhytoAnswered", mine.clone())
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "issuer-role"),
        "{}",
        refused.text
    );
    north.file("PhytoAnswered", mine).await;
    for reader in ["senasica", "huertas", "valle", "rios"] {
        becomes(&world, reader, &number(2), "rejected").await;
    }

    // One of eleven was superseded; one answer alone is withheld.
    world.quiet().await;
    let of = async |api: &Api, id: &str| {
        let answer = api.get(&format!("/v1/indicators/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body
    };
    let changed = of(&north, "phyto-changed-share").await;
    let row = &changed["rows"][0];
    assert_eq!(row["month"], "2026-11", "{changed}");
    assert_eq!(row["numerator"], json!(1), "{changed}");
    assert_eq!(row["denominator"], json!(MORE + 1), "{changed}");
    let rejected = of(&north, "phyto-rejected-share").await;
    assert_eq!(rejected["rows"][0]["withheld"], true, "{rejected}");
    assert_eq!(rejected["rows"][0]["value"], Value::Null, "{rejected}");
    assert_eq!(rejected["withheld"]["groups"], 1, "{rejected}");
    let days = of(&world.api("senasica"), "phyto-days-to-certificate").await;
    assert_eq!(days["rows"][0]["rows"], json!(MORE), "{days}");
    assert!(
        days["rows"][0]["value"].as_f64().is_some_and(|d| d < 1.0),
        "{days}"
    );
    let found = of(&world.api("senasica"), "phyto-inspections").await;
    assert_eq!(found["rows"][0]["finding"], "free", "{found}");
    assert_eq!(found["rows"][0]["value"], json!(MORE), "{found}");

    let inspector = Person::of(&world, "north", "aphis").await;
    inspector
        .says(
            "/console/indicators/phyto-changed-share",
            &["2026-11", "9.1"],
            &["Certificates withdrawn or replaced"],
            &["Certificados retirados o sustituidos"],
        )
        .await;
    inspector
        .says(
            "/console/indicators/phyto-rejected-share",
            &[],
            &["Rejected at arrival"],
            &["Rechazados a la llegada"],
        )
        .await;
}
