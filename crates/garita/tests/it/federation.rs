//! Three nodes in one process: what is filed at one is seen at the others by whoever may, in the form they may, once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_exchange::client::Client;
use garita_exchange::wire::DeliveryAnswer;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::governance::{delivery, forge};
use crate::world::{
    Api, World, appointment, arrived, draft, manifest, record_path, shipment, trip_key, until,
};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";
const PLATE: &str = "47AK2F";

/// Words of a manifest, a shipment or an appointment that are nobody's business at the bridge.
const COMMERCIAL: [&str; 8] = [
    "Arneses",
    "Gulf Prairie",
    "harness",
    "7741093",
    "grossWeightKg",
    "dispatch@ocotillo",
    "Tyre change",
    SCN,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bridge_gets_plate_appointment_and_state_and_nothing_commercial() {
    let world = World::three("bridge").await;
    let (carrier, cbp, bridge) = (world.api("ocotillo"), world.api("cbp"), world.api("puente"));
    let appointment_id = carrier.file("Appointment", appointment(TRIP, PLATE)).await;
    let manifest_id = carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    let shipment_id = carrier
        .file(
            "Shipment",
            shipment(SCN, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    // Customs have the whole of all three, with the same ids.
    for id in [&appointment_id, &manifest_id, &shipment_id] {
        let held = cbp.holds(id).await;
        assert_eq!(held.body["view"], "whole");
        assert_eq!(held.body["record"]["id"].as_str(), Some(id.as_str()));
    }
    cbp.file("ConveyanceArrived", arrived(TRIP)).await;

    let view = bridge.holds(&appointment_id).await;
    let record = &view.body["record"];
    assert_eq!(record["id"].as_str(), Some(appointment_id.as_str()));
    assert_ne!(view.body["view"], "whole");
    assert_eq!(view.body["view"], "bridge");
    assert!(
        record.get("salt").is_none(),
        "a view bears no salt: {record}"
    );
    assert_eq!(record["credentialSubject"]["plate"], PLATE);
    assert_eq!(
        record["credentialSubject"]["window"]["windowStart"],
        "2026-11-24T13:00:00Z"
    );
    assert!(record["credentialSubject"].get("contact").is_none());

    // It is a part of the very record that customs hold whole, member for member.
    let whole = cbp.record(&appointment_id).await.body["record"].clone();
    for (name, member) in record["credentialSubject"].as_object().unwrap() {
        assert_eq!(*member, whole["credentialSubject"][name], "{name}");
    }
    // Its proof holds under the key that the chain gives the carrier, over what the bridge has in hand.
    assert_eq!(record["proof"]["cryptosuite"], "ecdsa-sd-2023");
    assert_eq!(
        record["proof"]["verificationMethod"],
        format!("{}#views-1", world.did("ocotillo"))
    );
    let network = world.network("bridges").await;
    let canonicalizer = garita_node::programs::load(None)
        .unwrap()
        .canonicalizer()
        .unwrap();
    let options = VerifyOptions::assertion(&network, view.body["stamp"]["logged"].as_i64());
    let verified = data_integrity::verify(record, &options, &canonicalizer).unwrap();
    assert!(verified.is_controlled_by(&world.did("ocotillo")));
    let mut forged = record.clone();
    forged["credentialSubject"]["plate"] = json!("99ZZ9Z");
    assert!(data_integrity::verify(&forged, &options, &canonicalizer).is_err());

    // A state notice of the trip comes; nothing that the bridge holds anywhere says what is on the truck.
    until("the bridge has a state notice", || async {
        bridge
            .all_records()
            .await
            .iter()
            .any(|(_, _, kind)| kind == "StateNotice")
    })
    .await;
    for id in [&manifest_id, &shipment_id] {
        assert_eq!(bridge.record(id).await.status, 404, "{id}");
        assert_eq!(
            bridge
                .get(&format!("{}/receipt", record_path(id)))
                .await
                .status,
            404
        );
        assert_eq!(
            bridge
                .get(&format!("{}/holders", record_path(id)))
                .await
                .status,
            404
        );
    }
    let mut all = bridge.case("trip", &trip_key(TRIP)).await.text;
    all.push_str(
        &bridge
            .get(&format!("/v1/cases/trip/{}/timeline", trip_key(TRIP)))
            .await
            .text,
    );
    for (id, _, kind) in bridge.all_records().await {
        assert!(
            kind == "Appointment" || kind == "StateNotice" || kind == "Conveyance",
            "{kind}"
        );
        let held = bridge.record(&id).await;
        // The parts of a trip by number and nothing more are the keeper's to name; goods, parties, weights and seals are not.
        if kind != "StateNotice" {
            all.push_str(&held.text);
        }
        for word in COMMERCIAL.iter().filter(|w| **w != SCN) {
            assert!(
                !held.text.contains(word),
                "{kind} tells `{word}`: {}",
                held.text
            );
        }
    }
    for word in COMMERCIAL.iter().filter(|w| **w != SCN) {
        assert!(!all.contains(word), "the bridge reads `{word}`");
    }
    assert_eq!(bridge.case("shipment", SCN).await.status, 404);
    assert_eq!(
        bridge.get(&format!("/v1/search?q={SCN}")).await.body["items"],
        json!([])
    );
    // Found by what it may know.
    let hits = bridge.get(&format!("/v1/search?q={PLATE}")).await;
    assert_eq!(hits.body["items"][0]["key"], trip_key(TRIP));

    // Who else has it is known by the receivers' own acknowledgements.
    until("the carrier knows both holders", || async {
        let holders = carrier
            .get(&format!("{}/holders", record_path(&appointment_id)))
            .await;
        holders.body["items"].as_array().is_some_and(|list| {
            list.len() == 2 && list.iter().all(|h| h["acknowledged"].is_string())
        })
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_comes_twice_is_one_and_has_one_receipt() {
    let world = World::three("twice").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let first = carrier.draft("Appointment", appointment(TRIP, PLATE)).await;
    let id = first.id();
    world.quiet().await;
    let before = world.records("trade").await;
    // The same signed record again: the receipt of the first.
    let held = carrier.record(&id).await.body["record"].clone();
    let again = carrier.post("/v1/records", &held).await;
    assert_eq!(again.status, 201, "{}", again.text);
    for member in ["leaf", "salt", "index", "stamp"] {
        assert_eq!(again.body[member], first.body[member], "{member}");
    }
    assert_eq!(world.records("trade").await, before);
    cbp.holds(&id).await;
    assert_eq!(
        cbp.all_records()
            .await
            .iter()
            .filter(|(found, ..)| *found == id)
            .count(),
        1
    );

    // A key of the client's own: the first answer, word for word; another body under it is a conflict.
    let post = |key: &'static str, body: Value| {
        let request = carrier
            .request("POST", "/v1/records")
            .header("idempotency-key", key)
            .json(&body);
        async move { crate::world::answer(request).await.unwrap() }
    };
    let body = draft("Appointment", appointment("TOCQ2611240418", PLATE));
    let one = post("day-1", body.clone()).await;
    let two = post("day-1", body).await;
    assert_eq!((one.status, two.status), (201, 201));
    assert_eq!(one.body, two.body);
    let other = post(
        "day-1",
        draft("Appointment", appointment("TOCQ2611240419", PLATE)),
    )
    .await;
    assert_eq!(
        (other.status, other.code()),
        (409, "idempotency-key-reused")
    );
    assert_eq!(
        carrier
            .case("trip", &trip_key("TOCQ2611240419"))
            .await
            .status,
        404
    );
    // A key that cannot be kept is refused: passed over, its repeat would file the same again.
    world.quiet().await;
    let before = world.records("trade").await;
    for key in ["día-1", "", "day 1", "x".repeat(256).as_str()] {
        for (path, kind) in [
            ("/v1/records", "application/json"),
            ("/v1/import/auto?submit=true", "text/plain"),
        ] {
            let body = draft("Appointment", appointment("TOCQ2611240420", PLATE));
            let request = carrier
                .request("POST", path)
                .header("idempotency-key", key)
                .header("content-type", kind)
                .body(body.to_string());
            let refused = crate::world::answer(request).await.unwrap();
            assert_eq!(
                (refused.status, refused.code()),
                (400, "header-malformed"),
                "{path} {key}: {}",
                refused.text
            );
        }
    }
    assert_eq!(world.records("trade").await, before);
    // The key is the party's own: another may use the same word.
    let broker = world.api("nopalera");
    let mut theirs = appointment("NOPA2611240001", PLATE);
    theirs["scac"] = json!("NOPA");
    let request = broker
        .request("POST", "/v1/records")
        .header("idempotency-key", "day-1")
        .json(&draft("Appointment", theirs));
    assert_eq!(crate::world::answer(request).await.unwrap().status, 201);
}

/// Reads `count` events of a stream, from a cursor.
async fn events(api: &Api, cursor: &str, count: usize) -> Vec<(String, Value)> {
    let read = async {
        let mut response = api
            .request("GET", &format!("/v1/stream{cursor}"))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        let mut text = String::new();
        let mut found = Vec::new();
        while found.len() < count {
            let chunk = response.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
            while let Some((event, rest)) = text.split_once("\n\n") {
                let line = |name: &str| {
                    event
                        .lines()
                        .find_map(|l| l.strip_prefix(name))
                        .map(|l| l.trim().to_owned())
                };
                if let (Some(id), Some(data)) = (line("id:"), line("data:")) {
                    found.push((id, serde_json::from_str(&data).unwrap()));
                }
                text = rest.to_owned();
            }
        }
        found
    };
    timeout(Duration::from_secs(60), read)
        .await
        .expect("the events come")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_goes_on_from_its_cursor_without_gap_or_repeat() {
    let world = World::three("stream").await;
    let (carrier, anam) = (world.api("ocotillo"), world.api("anam"));
    let mut ids = Vec::new();
    for at in 0..6 {
        ids.push(
            carrier
                .file(
                    "Appointment",
                    appointment(&format!("TOCQ26112405{at:02}"), PLATE),
                )
                .await,
        );
    }
    for id in &ids {
        anam.holds(id).await;
    }
    let of = |list: &[(String, Value)]| -> Vec<String> {
        list.iter()
            .map(|(_, e)| e["subject"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = events(&anam, "", 6).await;
    assert_eq!(of(&all), ids, "a stream from its start tells all, in order");
    for (id, event) in &all {
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"].as_str(), Some(id.as_str()));
        assert_eq!(event["data"]["recordType"], "Appointment");
    }
    let rest = events(&anam, &format!("?cursor={}", all[2].0), 3).await;
    assert_eq!(
        of(&rest),
        ids[3..],
        "from a cursor: what comes after it, once"
    );
    // Live: what is filed after `now` arrives on an open stream, and nothing of before.
    let live = tokio::spawn({
        let anam = anam.clone();
        async move { events(&anam, "?cursor=now", 1).await }
    });
    let first_live = loop {
        // A record of each turn: the stream may open after the first.
        let trip = format!("TOCQ26112406{:02}", ids.len());
        ids.push(carrier.file("Appointment", appointment(&trip, PLATE)).await);
        anam.holds(&ids[ids.len() - 1]).await;
        if live.is_finished() {
            break live.await.unwrap();
        }
        assert!(ids.len() < 60, "nothing came on the open stream");
    };
    assert!(ids[6..].contains(&of(&first_live)[0]));
    // A stranger to these cases is told nothing of them.
    let mines = world.api("mines").get("/v1/records").await;
    assert_eq!(mines.body["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_that_gets_a_held_record_later_is_told_on_its_stream() {
    let world = World::running("grown", 1).await;
    let (cbp, anam) = (world.api("cbp"), world.api("anam"));
    let key = world.key("hostile", "node");
    let client = Client::new(&world.node("hostile").did, Arc::clone(&key)).unwrap();
    let send = async |seq: u64, trip: &str, to: &[&str]| {
        let record = forge(
            &world,
            "Appointment",
            &world.did("stranger"),
            world.key("hostile", "stranger"),
            ("trip", &trip_key(trip)),
            appointment(trip, PLATE),
        )
        .await;
        let id = record["id"].as_str().unwrap().to_owned();
        let mut entry = delivery(&world, "hostile", seq, &record, "", &key);
        entry.entries[0].to = to.iter().map(|party| world.did(party)).collect();
        (id, entry)
    };
    let post = async |entry: &garita_exchange::wire::Delivery| -> DeliveryAnswer {
        client
            .post(&world.node("customs").url, "/v1/peer/deliveries", entry)
            .await
            .unwrap()
    };
    let (first, mut entry) = send(1, TRIP, &["cbp"]).await;
    let logged = post(&entry).await.results[0].clone();
    let (other, both) = send(2, "TOCQ2611240418", &["cbp", "anam"]).await;
    post(&both).await;
    let seen = events(&anam, "", 1).await;
    assert_eq!(seen[0].1["subject"].as_str(), Some(other.as_str()));
    // The same record again, for another party of this node: a new entry of the log, after all that the party has seen.
    entry.entries[0].seq = 3;
    entry.entries[0].to = vec![world.did("cbp"), world.did("anam")];
    let grown = post(&entry).await.results[0].clone();
    assert_eq!(grown.status, "recorded", "{grown:?}");
    assert!(grown.index > logged.index, "{grown:?}");
    let next = events(&anam, &format!("?cursor={}", seen[0].0), 1).await;
    assert_eq!(next[0].1["subject"].as_str(), Some(first.as_str()));
    assert_eq!(anam.record(&first).await.status, 200);
    // Once more changes nothing: both have it.
    entry.entries[0].seq = 4;
    let again = post(&entry).await.results[0].clone();
    assert_eq!((again.status.as_str(), again.index), ("held", logged.index));
    let cbp_all = cbp.all_records().await;
    assert_eq!(cbp_all.len(), 2, "{cbp_all:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_competitor_on_the_same_number_is_refused_at_home_and_moves_nothing() {
    let world = World::three("competitor").await;
    let (carrier, rival, cbp) = (
        world.api("ocotillo"),
        world.api("nopalera"),
        world.api("cbp"),
    );
    carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    let own = carrier
        .file(
            "Shipment",
            shipment(SCN, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    cbp.holds(&own).await;
    let state = cbp.case("trip", &trip_key(TRIP)).await.body;
    world.quiet().await;
    let (trade, customs) = (world.records("trade").await, world.records("customs").await);
    for (kind, subject) in [
        ("Manifest", manifest(TRIP, "99ZZ9Z", SCN)),
        (
            "Shipment",
            shipment(SCN, &world.did("sotol"), &world.did("gulf")),
        ),
        ("Appointment", appointment(TRIP, "99ZZ9Z")),
    ] {
        let refused = rival.draft(kind, subject).await;
        assert_eq!(
            (refused.status, refused.code()),
            (422, "namespace-not-held"),
            "{kind}: {}",
            refused.text
        );
        assert_eq!(refused.body["errors"][0]["pointer"], "/about");
    }
    // A role that it does not have, at its home too.
    let refused = rival.draft("ConveyanceArrived", arrived(TRIP)).await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "issuer-role"),
        "{}",
        refused.text
    );
    assert_eq!(world.records("trade").await, trade);
    assert_eq!(world.records("customs").await, customs);
    let after = cbp.case("trip", &trip_key(TRIP)).await.body;
    assert_eq!(after["tracks"], state["tracks"]);
    assert_eq!(after["records"], state["records"]);
    // Two brokers, one truck: each sees its own.
    assert_eq!(world.api("sotol").case("shipment", SCN).await.status, 404);
    assert_eq!(rival.case("trip", &trip_key(TRIP)).await.status, 404);
    assert_eq!(
        rival.get(&format!("/v1/search?q={PLATE}")).await.body["items"],
        json!([])
    );
    let seen: BTreeSet<String> = world
        .api("mines")
        .all_records()
        .await
        .into_iter()
        .map(|(_, _, kind)| kind)
        .collect();
    assert!(seen.contains("Shipment"), "{seen:?}");
}
