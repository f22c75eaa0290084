//! What is filed from documents that people have, and what a token may do for its party.

use garita_formats::x12_309::{
    self, Bill, BillEquipment, InterchangeHeader, Reading, TruckManifestDocument, Vehicle,
};
use serde_json::{Value, json};

use crate::world::{
    Api, World, appointment, draft, garita, record_path, shipment, trip_key, until,
};

const TRIP: &str = "TOCQ2611240417";
const FORM: &str = "application/x-www-form-urlencoded";

/// A trailer that goes back empty, as its carrier's system writes it.
pub(crate) fn empty_truck() -> String {
    let text = |value: &str| value.to_owned();
    let document = TruckManifestDocument {
        interchange: InterchangeHeader {
            sender_qualifier: text("02"),
            sender: text("TOCQ"),
            receiver_qualifier: text("ZZ"),
            receiver: text("CBP"),
            date: text("261124"),
            time: text("0610"),
            standard: text("^"),
            version: text("00502"),
            control_number: text("000000417"),
            acknowledgment: text("0"),
            usage: text("P"),
            group_code: text("AQ"),
            group_sender: text("TOCQ"),
            group_receiver: text("CBP"),
            group_date: text("20261124"),
            group_time: text("0610"),
            group_control_number: text("417"),
            release: text("005020"),
            set_control_number: text("0417"),
        },
        scac: text("TOCQ"),
        mode: text("J"),
        country: text("MX"),
        trip: text(TRIP),
        manifest_type: text("X"),
        vehicle: Some(Vehicle {
            vin: text("1M8GDM9AXKP042788"),
            plate: text("47AK2F"),
            plate_state: text("TAM"),
            plate_country: text("MX"),
            seals: Vec::new(),
        }),
        port: text("2304"),
        arrival_date: text("20261124"),
        arrival_time: text("0910"),
        bills: vec![Bill {
            line: text("1"),
            equipment: vec![BillEquipment {
                code: text("TL"),
                number: text("31UB8L"),
                load_status: text("E"),
                ..BillEquipment::default()
            }],
            ..Bill::default()
        }],
        ..TruckManifestDocument::default()
    };
    x12_309::write(&document, &Reading::default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_truck_s_309_is_filed() {
    let world = World::running("empty-truck", 2).await;
    let carrier = world.api("ocotillo");
    let answer = carrier
        .send(
            "POST",
            "/v1/import/x12-309?submit=true",
            empty_truck().into_bytes(),
        )
        .await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let made = &answer.body["records"][0];
    assert_eq!(made["recordType"], "Manifest");
    let record = carrier.record(made["id"].as_str().unwrap()).await.body;
    let subject = &record["record"]["credentialSubject"];
    assert_eq!(subject["empty"], true);
    assert_eq!(subject.get("shipments"), None);
    // The list of parts is known: there are none, and the trip waits for no bill.
    let trip = carrier.case("trip", &trip_key(TRIP)).await.body;
    assert_eq!(trip["parts"]["shipments"]["complete"], true, "{trip}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trip_that_was_filed_goes_out_as_309_again() {
    let world = World::running("out", 2).await;
    let carrier = world.api("ocotillo");
    let first = carrier
        .send(
            "POST",
            "/v1/import/x12-309?submit=true",
            empty_truck().into_bytes(),
        )
        .await;
    assert_eq!(first.status, 201, "{}", first.text);
    let documents = format!("/v1/cases/trip/{}/documents", trip_key(TRIP));
    let listed = carrier.get(&documents).await;
    assert_eq!(
        listed.body["items"][0]["document"], "x12-309",
        "{}",
        listed.text
    );
    let answer = carrier
        .get(&format!(
            "{documents}/x12-309?control=7&receiver=CBPTEST&test=true"
        ))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let draft = garita_formats::read(
        garita_formats::DocumentKind::from_name("x12-309").unwrap(),
        answer.text.as_bytes(),
    )
    .unwrap();
    let told = garita_formats::read(draft.kind, empty_truck().as_bytes()).unwrap();
    assert_eq!(draft.records[0].subject, told.records[0].subject);
    assert!(answer.text.contains("CBPTEST"), "{}", answer.text);
    assert!(draft.faults.iter().any(|fault| fault.code == "x12-test"));
    // ISA is of fixed width: a sender that does not fit would be cut to somebody else's name.
    for (member, value) in [
        ("sender", "0123456789ABCDEF"),
        ("sender", "TO*CQ"),
        ("receiver", "CBP~TEST"),
        ("senderQualifier", "00000"),
        ("receiverQualifier", "Z"),
        ("control", "1000000000"),
    ] {
        let refused = carrier
            .get(&format!("{documents}/x12-309?{member}={value}"))
            .await;
        assert_eq!(
            (
                refused.status,
                refused.code(),
                &refused.body["errors"][0]["pointer"]
            ),
            (400, "parameter-malformed", &serde_json::json!(member)),
            "{value}: {}",
            refused.text
        );
    }
    let fits = carrier
        .get(&format!(
            "{documents}/x12-309?sender=0123456789ABCDE&senderQualifier=ZZ"
        ))
        .await;
    assert!(fits.text.contains("*ZZ*0123456789ABCDE*"), "{}", fits.text);
    // Customs hold the manifest whole; nobody finds a trip that is not there or a kind that is not written.
    let customs = world.api("cbp");
    until("customs have the manifest", || async {
        customs.get(&format!("{documents}/x12-309")).await.status == 200
    })
    .await;
    for path in [
        format!("{documents}/no-such"),
        format!(
            "/v1/cases/trip/{}/documents/x12-309",
            trip_key("TOCQ0000000000")
        ),
    ] {
        assert_eq!(carrier.get(&path).await.status, 404, "{path}");
    }
}

/// CBP's answer to the manifest, as it comes to the carrier.
pub(crate) fn answer_355() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/corpus/x12-355/laredo.edi"
    );
    std::fs::read(path).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_a_report_of_the_carrier_and_an_act_of_the_office_itself() {
    let world = World::running("answer", 2).await;
    let (carrier, office) = (world.api("ocotillo"), world.api("cbp"));
    let filed = carrier
        .send(
            "POST",
            "/v1/import/auto?submit=true",
            empty_truck().into_bytes(),
        )
        .await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    let case = format!("/v1/cases/trip/{}", trip_key(TRIP));
    until("customs have the manifest", || async {
        office.get(&case).await.status == 200
    })
    .await;
    let mut made = Vec::new();
    for (api, standing) in [(&carrier, "report"), (&office, "act")] {
        let answer = api
            .send("POST", "/v1/import/x12-355?submit=true", answer_355())
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let id = answer.body["records"][0]["id"].as_str().unwrap().to_owned();
        let record = api.record(&id).await.body;
        assert_eq!(record["record"]["standing"], standing, "{record}");
        let source = record["record"]["source"].as_str();
        assert_eq!(
            source.is_some_and(|s| s.starts_with("ni:///sha-256;") && s.contains(" 355 ")),
            standing == "report",
            "{record}"
        );
        made.push(id);
    }
    assert_ne!(made[0], made[1]);
    // What the office said goes out as it would have sent it.
    let out = office.get(&format!("{case}/documents/x12-355")).await;
    assert_eq!(out.status, 200, "{}", out.text);
    let (first, again) = (answer_355(), out.text.into_bytes());
    let kind = garita_formats::recognise(&again).unwrap();
    let of = |bytes: &[u8]| {
        garita_formats::read(kind, bytes).unwrap().records[0]
            .subject
            .clone()
    };
    assert_eq!(of(&again), of(&first));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cargo_report_that_changes_another_amends_what_is_in_force() {
    let world = World::running("amends", 2).await;
    let carrier = world.api("ocotillo");
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../fuzz/corpus/edifact-cuscar/laredo.edi"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let file = async |text: &str| {
        let answer = carrier
            .send(
                "POST",
                "/v1/import/edifact-cuscar?submit=true",
                text.as_bytes().to_vec(),
            )
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        let records = answer.body["records"].as_array().unwrap().clone();
        let ids = records.iter().map(|r| r["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<String>>()
    };
    let first = file(&text).await;
    let changed = text
        .replace("0417+22'", "0417+4'")
        .replace("47AK2F", "48AK2F");
    assert_ne!(changed, text);
    let second = file(&changed).await;
    assert_eq!(first.len(), second.len());
    for (before, now) in first.iter().zip(&second) {
        let record = carrier.record(now).await.body["record"].clone();
        let expected = json!({ "id": before, "kind": "amends", "reason": "function 4" });
        assert_eq!(record["replaces"], expected, "{record}");
    }
    let trip = carrier.case("trip", &trip_key(TRIP)).await.body;
    let in_force = |id: &String| {
        let records = trip["records"].as_array().unwrap();
        records.iter().find(|r| r["id"] == *id).unwrap()["in_force"].clone()
    };
    assert_eq!(in_force(&first[0]), false, "{trip}");
    assert_eq!(in_force(&second[0]), true);
}

/// A 350 of one disposition at Laredo, the minute local.
fn status_350(disposition: &str, time: &str) -> Vec<u8> {
    format!(
        "ISA*00*          *00*          *ZZ*CBP            *02*TOCQ           *261124*0512*^*00406*000000350*0*P*>~\
         GS*AU*CBP*TOCQ*20261124*0512*350*X*004060~ST*350*0350~M10*TOCQ*J*MX****{TRIP}~P4*2304*20261124~\
         X4*TOCQ88402171*480***20261124*{time}*{disposition}**TOCQ~K1*WOOD PACKING STATEMENT*MISSING~SE*6*0350~GE*1*350~\
         IEA*1*000000350~"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_that_a_carrier_relays_is_said_and_holds_nothing() {
    let world = World::running("hold-said", 2).await;
    let carrier = world.api("ocotillo");
    let scn = "TOCQ88402171";
    carrier
        .file(
            "Shipment",
            shipment(scn, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    let state = async || carrier.case("shipment", scn).await.body["state"].clone();
    let before = state().await;
    let held = carrier
        .send(
            "POST",
            "/v1/import/x12-350?submit=true&kind=documents&endsWith=the%20statement",
            status_350("1H", "0005"),
        )
        .await;
    assert_eq!(held.status, 201, "{}", held.text);
    let hold = held.body["records"][0]["id"].as_str().unwrap().to_owned();
    let record = carrier.record(&hold).await.body["record"].clone();
    assert_eq!(record["standing"], "report");
    // When customs said so, not when the carrier's software woke up.
    assert_eq!(record["occurred"], "2026-11-24T06:05:00.000Z", "{record}");
    let case = carrier.case("shipment", scn).await.body;
    assert_eq!(case["state"], "hold-reported", "{case}");
    assert_eq!(case["holds"], json!([]), "{case}");

    let lifted = carrier
        .send(
            "POST",
            "/v1/import/x12-350?submit=true",
            status_350("1I", "0007"),
        )
        .await;
    assert_eq!(lifted.status, 201, "{}", lifted.text);
    let id = lifted.body["records"][0]["id"].as_str().unwrap();
    let record = carrier.record(id).await.body["record"].clone();
    // The document names no record: what it lifts is the hold on that shipment.
    assert_eq!(record["follows"], json!([hold]), "{record}");
    assert_eq!(state().await, before);

    // The office's own hold, relayed by the carrier besides: what the office lifts is its own.
    let office = world.api("cbp");
    until("customs have the shipment", || async {
        office.case("shipment", scn).await.status == 200
    })
    .await;
    let supplied = "submit=true&kind=documents&endsWith=the%20statement";
    let import = async |api: &Api, query: &str, body: Vec<u8>| {
        let answer = api
            .send("POST", &format!("/v1/import/x12-350?{query}"), body)
            .await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.body["records"][0]["id"].as_str().unwrap().to_owned()
    };
    let placed = import(&office, supplied, status_350("1H", "0009")).await;
    let relayed = import(&carrier, supplied, status_350("1H", "0009")).await;
    until("customs have the report", || async {
        office.record(&relayed).await.status == 200
    })
    .await;
    let lifted = import(&office, "submit=true", status_350("1I", "0011")).await;
    let record = office.record(&lifted).await.body["record"].clone();
    assert_eq!(record["follows"], json!([placed]), "{record}");
    let case = office.case("shipment", scn).await.body;
    assert_eq!(case["holds"], json!([]), "{case}");

    // Nothing that it could lift: told, and nothing is filed.
    let again = carrier
        .send(
            "POST",
            "/v1/import/x12-350?submit=true",
            String::from_utf8(status_350("1I", "0008"))
                .unwrap()
                .replace(scn, "TOCQ88402199")
                .into_bytes(),
        )
        .await;
    assert_eq!(again.status, 422, "{}", again.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_does_what_its_scopes_say_and_no_more() {
    let world = World::running("scopes", 2).await;
    let node = world.node("trade");
    let (operator, carrier) = (
        Api::new(&node.url, &node.admin_token),
        world.api("ocotillo"),
    );
    let made = async |scopes: Value| {
        let body = json!({ "party": "ocotillo", "name": "yard", "scopes": scopes });
        let answer = operator.post("/v1/admin/tokens", &body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        Api::new(&node.url, answer.body["token"].as_str().unwrap())
    };
    let (reader, filer, both) = (
        made(json!(["read"])).await,
        made(json!(["submit"])).await,
        made(json!(["read", "submit"])).await,
    );
    let id = carrier
        .file("Appointment", appointment(TRIP, "47AK2F"))
        .await;
    world.quiet().await;
    let records = world.records("trade").await;
    let body = draft("Appointment", appointment("TOCQ2611240418", "47AK2F"));
    let file = empty_truck().into_bytes();

    assert_eq!(reader.record(&id).await.status, 200);
    assert_eq!(
        reader
            .send("POST", "/v1/import/x12-309", file.clone())
            .await
            .status,
        200
    );
    for (path, bytes) in [
        ("/v1/records", body.to_string().into_bytes()),
        // It answers with a record that bears the party's signature.
        ("/v1/records/dry-run", body.to_string().into_bytes()),
        ("/v1/import/x12-309?submit=true", file),
        ("/v1/attachments", b"a seal".to_vec()),
    ] {
        let refused = reader.send("POST", path, bytes).await;
        assert_eq!(
            (refused.status, refused.code()),
            (403, "scope-insufficient"),
            "{path}: {}",
            refused.text
        );
    }
    assert_eq!(world.records("trade").await, records);

    for path in [
        "/v1/records".to_owned(),
        record_path(&id),
        format!("{}/receipt", record_path(&id)),
        format!("{}/holders", record_path(&id)),
        "/v1/cases?kind=trip".to_owned(),
        format!("/v1/cases/trip/{}", trip_key(TRIP)),
        format!("/v1/cases/trip/{}/timeline", trip_key(TRIP)),
        "/v1/search?q=47AK2F".to_owned(),
        "/v1/stream".to_owned(),
        "/v1/peers".to_owned(),
    ] {
        let refused = filer.get(&path).await;
        assert_eq!(
            (refused.status, refused.code()),
            (403, "scope-insufficient"),
            "{path}: {}",
            refused.text
        );
        if path != "/v1/stream" {
            assert_eq!(both.get(&path).await.status, 200, "{path}");
        }
    }
    assert_eq!(filer.post("/v1/records", &body).await.status, 201);

    // Nobody makes a token for what does not exist; the place is told.
    for (scopes, code, pointer) in [
        (json!(["read", "admin"]), "scope-unknown", "/scopes/1"),
        (json!([]), "scope-missing", "/scopes"),
    ] {
        let body = json!({ "party": "ocotillo", "scopes": scopes });
        let refused = operator.post("/v1/admin/tokens", &body).await;
        assert_eq!(
            (refused.status, refused.code()),
            (422, code),
            "{}",
            refused.text
        );
        assert_eq!(refused.body["errors"][0]["pointer"], pointer);
    }
    let elsewhere = json!({ "party": "cbp", "scopes": ["read"] });
    assert_eq!(
        operator.post("/v1/admin/tokens", &elsewhere).await.status,
        404
    );
    let asked = json!({ "party": "ocotillo", "scopes": ["*"] });
    assert_eq!(
        carrier.post("/v1/admin/tokens", &asked).await.status,
        401,
        "a party's token makes no tokens"
    );
    // The same from the command line.
    let data = node.data.to_str().unwrap().to_owned();
    let ran = tokio::task::spawn_blocking(move || {
        garita(&[
            "token", "--data", &data, "--party", "ocotillo", "--scope", "read",
        ])
    })
    .await
    .unwrap();
    assert_eq!(ran.code, 0, "{ran:?}");
    let printed = Api::new(&node.url, ran.out.trim());
    assert_eq!(printed.record(&id).await.status, 200);
    assert_eq!(printed.post("/v1/records", &body).await.status, 403);
}

/// The hidden fields of a page's form, and the answer that its button gives, as a browser sends them. None needs encoding.
fn filled(page: &str) -> String {
    let between = |text: &str, from: &str| {
        let (_, rest) = text.split_once(from)?;
        rest.split_once('"').map(|(value, _)| value.to_owned())
    };
    let mut fields: Vec<String> = page
        .split("<input type=\"hidden\"")
        .skip(1)
        .filter_map(|text| {
            Some(format!(
                "{}={}",
                between(text, "name=\"")?,
                between(text, "value=\"")?
            ))
        })
        .collect();
    fields.push("confirmed=yes".to_owned());
    fields.join("&")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_that_is_sent_twice_is_recorded_once() {
    let world = World::running("twice", 2).await;
    let carrier = world.api("ocotillo");
    for trip in [TRIP, "TOCQ2611240418"] {
        carrier
            .file("Appointment", appointment(trip, "47AK2F"))
            .await;
    }
    let node = world.node("trade");
    let browser = Api::new(&node.url, "");
    let link = node.parties["ocotillo"].sign_in.clone();
    let entered = browser.request("GET", link.strip_prefix(&browser.base).unwrap());
    let entered = entered.send().await.unwrap();
    assert_eq!(entered.status().as_u16(), 303);
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let act = |trip: &str| format!("/console/cases/trip/{}/act/dispatch", trip_key(trip));
    let page = browser.request("GET", &act(TRIP)).header("cookie", &cookie);
    let page = page.send().await.unwrap().text().await.unwrap();
    let fields = filled(&page);
    let post = async |trip: &str| {
        let sent = browser
            .request("POST", &act(trip))
            .header("cookie", &cookie);
        let sent = sent.header("content-type", FORM).body(fields.clone());
        let answer = sent.send().await.unwrap();
        let location = answer.headers().get("location").cloned();
        let location = location.map(|l| l.to_str().unwrap().to_owned());
        (answer.status().as_u16(), location)
    };
    let before = world.records("trade").await;
    // Both clicks at once, and one more when the first is long done.
    let (first, second) = tokio::join!(post(TRIP), post(TRIP));
    let third = post(TRIP).await;
    assert_eq!(first.0, 303, "{first:?} {page}");
    assert!(first.1.as_ref().unwrap().contains("recorded="), "{first:?}");
    assert_eq!(first, second);
    assert_eq!(first, third);
    assert_eq!(world.records("trade").await, before + 1);
    // Without the form's key and token nothing is recorded.
    let bare = browser.request("POST", &act("TOCQ2611240418"));
    let bare = bare.header("cookie", &cookie).header("content-type", FORM);
    let bare = bare.body("confirmed=yes");
    assert_eq!(bare.send().await.unwrap().status().as_u16(), 403);
    assert_eq!(world.records("trade").await, before + 1);
}
