//! What a party gets of a record that it may not see whole: derived from the record's own proof, once, and also for who is let in later.

use std::collections::BTreeMap;

use garita_credential::data_integrity::{self, VerifyOptions};
use garita_node::setup::{NetworkPlan, PartyPlan};
use serde_json::{Value, json};

use crate::world::{Api, World, clock, draft, node, party};

const INSPECTION: &str = "240-26-001182";
/// What a carrier must not find in its part of a scan.
const HIDDEN: [&str; 5] = ["op-7f31", "31e27c82", "UFF 3.0", "civilian", "salt"];

/// Customs on one node, trade on another.
fn plan() -> NetworkPlan {
    let customs = PartyPlan {
        places: vec!["240".to_owned()],
        ..party(
            "anam",
            "ANAM Nuevo Laredo",
            "mx",
            &["customs", "customs.mx"],
            &[],
        )
    };
    let carrier = |slug: &str, name: &str, scac: &str| {
        party(slug, name, "mx", &["carrier"], &[("scac", scac)])
    };
    NetworkPlan {
        adoptions: Vec::new(),
        name: "Views".to_owned(),
        simulated: true,
        clock: clock(),
        zones: BTreeMap::from([("240".to_owned(), "America/Matamoros".to_owned())]),
        nodes: vec![
            node("customs", "Nuevo Laredo", vec![customs]),
            node(
                "trade",
                "Trade",
                vec![
                    carrier("ocotillo", "Transportes Ocotillo", "TOCQ"),
                    party("mines", "Mines Road Brokers", "us", &["broker.us"], &[]),
                ],
            ),
        ],
    }
}

fn referral(carrier: Option<&str>, broker: Option<&str>) -> Value {
    let mut subject = json!({
        "inspectionNumber": INSPECTION, "hostCountry": "MX", "referralClass": "selected", "aduana": "240", "plate": "47AK2F",
    });
    for (seat, did) in [("carrier", carrier), ("broker", broker)] {
        if let Some(did) = did {
            subject[seat] = json!(did);
        }
    }
    draft("InspectionReferral", subject)
}

fn scan() -> Value {
    json!({
        "inspectionNumber": INSPECTION, "scanId": "NLD1-0091", "device": "240-MEP-1", "deviceKind": "mep",
        "scanMethod": "transmission", "scanStart": "2026-11-24T11:11:00Z", "scanEnd": "2026-11-24T11:13:00Z",
        "operatorRef": "op-7f31", "operatorStaff": "civilian",
        "images": [{
            "imageDigest": "31e27c82ef6923404b0d7b59348708a790e98a51f75ce75c47ee069c69cc7398", "imageFormat": "UFF 3.0",
            "imageBytes": 41_943_040, "imageView": "side",
        }],
    })
}

async fn referred(customs: &Api, mut sent: Value, corrects: Option<&str>) -> String {
    if let Some(id) = corrects {
        sent["replaces"] = json!({ "id": id, "kind": "corrects", "reason": "who carries it" });
    }
    let answer = customs.post("/v1/records", &sent).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.id()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_seated_later_gets_the_view_as_it_was_signed() {
    let world = World::planned("views", &plan(), 2, |_, _| {}).await;
    let (customs, carrier, broker) = (world.api("anam"), world.api("ocotillo"), world.api("mines"));
    let first = referred(&customs, referral(None, None), None).await;
    let scanned = customs.file("ScanTaken", scan()).await;
    world.quiet().await;
    for stranger in [&carrier, &broker] {
        assert_eq!(stranger.record(&scanned).await.status, 404);
    }

    // The carrier is named, and gets the view though nobody had it when the scan was logged.
    let named = referral(Some(&world.did("ocotillo")), None);
    let second = referred(&customs, named, Some(&first)).await;
    let part = carrier.holds(&scanned).await;
    assert_eq!(part.body["view"], "parties", "{}", part.text);
    let record = &part.body["record"];
    assert_eq!(record["proof"]["cryptosuite"], "ecdsa-sd-2023");
    assert_eq!(record["credentialSubject"]["scanId"], "NLD1-0091");
    for word in HIDDEN {
        assert!(!part.text.contains(word), "the carrier has {word}");
    }
    let whole = customs.record(&scanned).await;
    assert_eq!(whole.body["view"], "whole");
    assert_eq!(
        part.body["stamp"]["logged"], whole.body["stamp"]["logged"],
        "the home says when it logged the record, not when it let somebody in"
    );
    let network = world.network("trade").await;
    let canonicalizer = garita_node::programs::load(None)
        .unwrap()
        .canonicalizer()
        .unwrap();
    let options = VerifyOptions::assertion(&network, part.body["stamp"]["logged"].as_i64());
    let verified = data_integrity::verify(record, &options, &canonicalizer).unwrap();
    assert!(verified.is_controlled_by(&world.did("anam")));

    // The broker comes later still, and gets the same bytes.
    let both = referral(Some(&world.did("ocotillo")), Some(&world.did("mines")));
    referred(&customs, both, Some(&second)).await;
    let same = broker.holds(&scanned).await;
    assert_eq!(same.body["record"], *record);
    // What customs hold is whole, once.
    let held = customs.all_records().await;
    let scans = held.iter().filter(|(id, ..)| *id == scanned).count();
    assert_eq!(scans, 1);
}
