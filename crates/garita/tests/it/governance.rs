//! Who may speak: a home that is hostile, a key that is revoked, entries of the chain that nobody agreed to.

use std::collections::BTreeSet;
use std::sync::Arc;

use garita_credential::keys::SigningKey;
use garita_exchange::client::{Client, ClientError};
use garita_exchange::core::HostedKey;
use garita_exchange::governance::Statement;
use garita_exchange::signing::{Draft, Signer};
use garita_exchange::stamp::{Stamp, WHOLE};
use garita_exchange::wire::{Delivery, DeliveryAnswer, DeliveryEntry};
use garita_profile::case::CaseRef;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::world::{Api, DAY_MS, World, appointment, arrived, manifest, shipment, trip_key, until};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";
const PLATE: &str = "47AK2F";

/// A record of `issuer`, signed by `key`, as a home that does not judge would make it.
pub(crate) async fn forge(
    world: &World,
    record_type: &str,
    issuer: &str,
    key: Arc<SigningKey>,
    about: (&str, &str),
    subject: Value,
) -> Value {
    let network = world.network("customs").await;
    let programs = garita_node::programs::load(None).unwrap();
    let profile = programs.for_record_type(record_type).unwrap();
    let document = Draft {
        record_type: record_type.to_owned(),
        issuer: issuer.to_owned(),
        about: vec![CaseRef {
            kind: about.0.to_owned(),
            key: about.1.to_owned(),
        }],
        occurred_ms: DAY_MS,
        subject,
        ..Draft::default()
    }
    .document(&network, &profile)
    .unwrap();
    let hosted = HostedKey {
        views: None,
        verification_method: format!("{issuer}#key-1"),
        key,
    };
    Signer::new(Arc::new(programs.canonicalizer().unwrap()))
        .sign(&document, &hosted, DAY_MS)
        .unwrap()
}

/// A delivery of one record as `node` would send it.
pub(crate) fn delivery(
    world: &World,
    node: &str,
    seq: u64,
    record: &Value,
    to: &str,
    stamp_key: &SigningKey,
) -> Delivery {
    let from = &world.node(node).did;
    let id = record["id"].as_str().unwrap();
    Delivery {
        from: from.clone(),
        entries: vec![DeliveryEntry {
            seq,
            view: WHOLE.to_owned(),
            record: RawValue::from_string(record.to_string()).unwrap(),
            stamp: Stamp::sign(id, WHOLE, from, "hostile/log", seq, DAY_MS, stamp_key).unwrap(),
            to: vec![to.to_owned()],
        }],
        governance_head: 0,
    }
}

async fn deliver(world: &World, client: &Client, delivery: &Delivery) -> DeliveryAnswer {
    client
        .post(&world.node("customs").url, "/v1/peer/deliveries", delivery)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_home_with_the_right_number_sees_and_moves_nothing() {
    let world = World::three("hostile").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    let own = carrier
        .file(
            "Shipment",
            shipment(SCN, &world.did("mines"), &world.did("gulf")),
        )
        .await;
    cbp.holds(&own).await;
    let (trip, bill) = (
        cbp.case("trip", &trip_key(TRIP)).await.body,
        cbp.case("shipment", SCN).await.body,
    );

    let (stranger, node_key) = (world.did("stranger"), world.key("hostile", "node"));
    let client = Client::new(&world.node("hostile").did, Arc::clone(&node_key)).unwrap();
    let to = world.did("cbp");
    // Its own carrier, on a number that is another's: the record is what it says, is kept, and moves nothing.
    let mut wrong = shipment(SCN, &stranger, &stranger);
    wrong["packages"] = json!(11);
    wrong["goods"][0]["packages"] = json!(11);
    let mine = forge(
        &world,
        "Shipment",
        &stranger,
        world.key("hostile", "stranger"),
        ("shipment", SCN),
        wrong,
    )
    .await;
    let answer = deliver(
        &world,
        &client,
        &delivery(&world, "hostile", 1, &mine, &to, &node_key),
    )
    .await;
    assert_eq!(answer.results[0].status, "recorded", "{:?}", answer.results);
    let sent = deliver(
        &world,
        &client,
        &delivery(&world, "hostile", 1, &mine, &to, &node_key),
    )
    .await;
    assert_eq!(
        sent.results[0].status, "held",
        "the same again is one: {:?}",
        sent.results
    );
    assert_eq!(sent.results[0].index, answer.results[0].index);
    let rival = forge(
        &world,
        "Manifest",
        &stranger,
        world.key("hostile", "stranger"),
        ("trip", &trip_key(TRIP)),
        manifest(TRIP, "99ZZ9Z", SCN),
    )
    .await;
    deliver(
        &world,
        &client,
        &delivery(&world, "hostile", 2, &rival, &to, &node_key),
    )
    .await;
    let after = cbp.case("shipment", SCN).await.body;
    for member in ["owner", "opening", "state", "tracks", "seats", "holds"] {
        assert_eq!(after[member], bill[member], "{member}");
    }
    let strange: BTreeSet<&str> = after["records"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|r| r["why"] == "stranger")
        .filter_map(|r| r["id"].as_str())
        .collect();
    assert_eq!(
        strange,
        BTreeSet::from([mine["id"].as_str().unwrap()]),
        "{after}"
    );
    let after = cbp.case("trip", &trip_key(TRIP)).await.body;
    for member in ["owner", "opening", "state", "tracks", "seats"] {
        assert_eq!(after[member], trip[member], "{member}");
    }

    // A record of another node's carrier, signed with the hostile carrier's key; and one of its own under a false stamp.
    let refused = async |entry: Delivery| {
        let answer = deliver(&world, &client, &entry).await;
        let result = answer.results[0].clone();
        assert_eq!(result.status, "refused", "{result:?}");
        result.code.unwrap_or_default()
    };
    let victim = world.did("ocotillo");
    let forged = forge(
        &world,
        "Appointment",
        &victim,
        world.key("hostile", "stranger"),
        ("trip", &trip_key(TRIP)),
        appointment(TRIP, "99ZZ9Z"),
    )
    .await;
    assert_eq!(
        refused(delivery(&world, "hostile", 3, &forged, &to, &node_key)).await,
        "stamp-not-home"
    );
    let false_stamp = delivery(
        &world,
        "hostile",
        4,
        &forge(
            &world,
            "Appointment",
            &stranger,
            world.key("hostile", "stranger"),
            ("trip", &trip_key(TRIP)),
            appointment(TRIP, "99ZZ9Z"),
        )
        .await,
        &to,
        &world.key("hostile", "log"),
    );
    assert_eq!(refused(false_stamp).await, "stamp-invalid");
    // Signed by a key that the issuer never had.
    let bad = forge(
        &world,
        "Appointment",
        &stranger,
        Arc::new(SigningKey::from_seed([9; 32])),
        ("trip", &trip_key(TRIP)),
        appointment(TRIP, "99ZZ9Z"),
    )
    .await;
    assert_eq!(
        refused(delivery(&world, "hostile", 5, &bad, &to, &node_key)).await,
        "proof-invalid"
    );
    // A delivery in another's name.
    let mut other = delivery(&world, "hostile", 6, &mine, &to, &node_key);
    other.from = world.node("trade").did.clone();
    let error = client
        .post::<DeliveryAnswer>(&world.node("customs").url, "/v1/peer/deliveries", &other)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Status { status: 403, body } if body.contains("delivery-from-other")),
        "{error}"
    );
    // Records are for parties here only: what names a party of elsewhere entitles nobody.
    let mut elsewhere = delivery(&world, "hostile", 7, &mine, &to, &node_key);
    elsewhere.entries[0].to = vec![world.did("mines")];
    deliver(&world, &client, &elsewhere).await;
    assert_eq!(
        world
            .api("mines")
            .record(mine["id"].as_str().unwrap())
            .await
            .status,
        404
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_at_its_own_home_is_refused_by_its_code() {
    let world = World::running("stranger", 4).await;
    let stranger = world.api("stranger");
    let refused = stranger
        .draft(
            "Shipment",
            shipment(SCN, &world.did("stranger"), &world.did("gulf")),
        )
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "namespace-not-held"),
        "{}",
        refused.text
    );
    assert_eq!(world.records("hostile").await, 0);
    // The number of its own making is nobody's on the list either.
    let mut own = shipment("XXXX1", &world.did("stranger"), &world.did("gulf"));
    own["scn"] = json!("XXXX1");
    assert_eq!(
        stranger.draft("Shipment", own).await.code(),
        "namespace-not-held"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_signs_nothing_more_and_what_it_signed_before_stands() {
    let world = World::three("revoked").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let before = carrier.file("Appointment", appointment(TRIP, PLATE)).await;
    cbp.holds(&before).await;
    let network = world.network("customs").await;
    let method = world.node("trade").parties["ocotillo"]
        .verification_method
        .clone();
    let entry = network
        .draft(
            &Statement::KeyRevoked {
                verification_method: method,
                from_ms: world.app("customs").core().clock.now_ms(),
                reason: "laptop lost".to_owned(),
            },
            &world.authority(),
            DAY_MS,
        )
        .unwrap();
    let answer = cbp.post("/v1/governance", &entry).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.body["head"].as_u64(), network.head.map(|h| h + 1));
    // Every node takes the entry over by itself.
    for node in ["trade", "bridges"] {
        let api = Api::new(&world.node(node).url, "");
        let path = format!("/v1/governance?after={}", network.head.unwrap());
        until(&format!("{node} has the entry"), || async {
            api.get(&path).await.body["entries"]
                .as_array()
                .is_some_and(|e| e.len() == 1)
        })
        .await;
    }
    let records = world.records("trade").await;
    let refused = carrier
        .draft("Appointment", appointment("TOCQ2611240418", PLATE))
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "key-revoked"),
        "{}",
        refused.text
    );
    // Signed by the carrier itself with the key it lost.
    let signed = forge(
        &world,
        "Appointment",
        &world.did("ocotillo"),
        world.key("trade", "ocotillo"),
        ("trip", "TOCQ:TOCQ2611240419"),
        appointment("TOCQ2611240419", PLATE),
    )
    .await;
    let refused = carrier.post("/v1/records", &signed).await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "key-revoked"),
        "{}",
        refused.text
    );
    assert_eq!(world.records("trade").await, records);
    // What was logged before stands, everywhere; a party with its own key goes on.
    assert_eq!(cbp.record(&before).await.body["disputed"], Value::Null);
    cbp.file("ConveyanceArrived", arrived(TRIP)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_that_nobody_agreed_to_are_refused() {
    let world = World::running("chain", 1).await;
    let (cbp, network) = (world.api("cbp"), world.network("customs").await);
    let places = |zone: &str| Statement::Places {
        zones: [("9999".to_owned(), zone.to_owned())].into(),
    };
    let refused = async |entry: &Value, code: &str| {
        let answer = cbp.post("/v1/governance", entry).await;
        assert_eq!(
            (answer.status, answer.code()),
            (422, code),
            "{}",
            answer.text
        );
    };
    let authority = world.authority();
    let good = network
        .draft(&places("America/Chicago"), &authority, DAY_MS)
        .unwrap();
    // Signed by somebody who is no authority.
    let stranger = SigningKey::from_seed([3; 32]);
    refused(
        &network
            .draft(&places("America/Chicago"), &stranger, DAY_MS)
            .unwrap(),
        "governance-not-signed",
    )
    .await;
    // Changed after signing.
    let mut changed = good.clone();
    changed["credentialSubject"]["statement"]["zones"]["9999"] = json!("Europe/Berlin");
    refused(&changed, "governance-malformed").await;
    // Of a chain that is further than ours.
    let mut ahead = network.clone();
    ahead.adopt(&good).unwrap();
    let later = ahead
        .draft(&places("America/Denver"), &authority, DAY_MS)
        .unwrap();
    refused(&later, "governance-out-of-order").await;
    refused(&json!({ "hello": "world" }), "governance-malformed").await;
    // Adopted, then adopted again, then a rival of the same number.
    assert_eq!(cbp.post("/v1/governance", &good).await.status, 200);
    let head = world.network("customs").await.head;
    assert_eq!(cbp.post("/v1/governance", &good).await.status, 200);
    assert_eq!(world.network("customs").await.head, head);
    refused(
        &network
            .draft(&places("America/Los_Angeles"), &authority, DAY_MS)
            .unwrap(),
        "governance-fork",
    )
    .await;
    let held = world.network("customs").await;
    assert_eq!(
        held.directory.zones.get("9999").map(String::as_str),
        Some("America/Chicago")
    );
    assert_eq!(cbp.post("/v1/governance", &later).await.status, 200);
    // Nobody without a token may even offer one.
    let nobody = Api::new(&cbp.base, "");
    assert_eq!(nobody.post("/v1/governance", &good).await.status, 401);
}
