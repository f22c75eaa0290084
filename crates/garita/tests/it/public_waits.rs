//! Wait times and benefits as everybody reads them: from what the customs offices hold, in groups, in both languages, as a page, as CSV and
//! in the form of CBP's feed.

use garita_exchange::clock::{Clock, real_now_ms};
use garita_formats::wait_times::read_feed;
use serde_json::{Value, json};

use crate::world::{Api, DAY_MS, World, draft, manifest, plan};

/// 2026-11-24T16:30:00Z: half past ten in Laredo.
const NOW_MS: i64 = DAY_MS + 270 * 60_000;

fn clock() -> Clock {
    Clock::Simulated {
        real_start_ms: real_now_ms(),
        simulated_start_ms: NOW_MS,
        speed: 1.0,
        run_up: None,
    }
}

/// A truck that left Mexico at one minute after 13:00 UTC and came to primary at another.
async fn crosses(world: &World, trip: &str, lane: &str, crossing: &str, left: i64, came: i64) {
    let mut papers = manifest(trip, "61AK4B", "");
    for (name, value) in [
        ("lane", json!(lane)),
        ("crossing", json!(crossing)),
        ("empty", json!(true)),
        ("estimatedArrival", json!("2026-11-24T19:19:00Z")),
    ] {
        papers[name] = value;
    }
    for name in ["shipments", "packages", "grossWeightKg", "seals"] {
        papers.as_object_mut().unwrap().remove(name);
    }
    let id = world.api("ocotillo").file("Manifest", papers).await;
    world.api("anam").holds(&id).await;
    world.api("cbp").holds(&id).await;
    let at = |minute: i64| format!("2026-11-24T{}:{:02}:00Z", 13 + minute / 60, minute % 60);
    let seen = |record_type: &str, subject: Value, minute: i64| {
        let mut made = draft(record_type, subject);
        made["occurred"] = at(minute).into();
        made
    };
    let left = seen(
        "LeftMexico",
        json!({ "scac": "TOCQ", "trip": trip, "aduana": "240" }),
        left,
    );
    let came = seen(
        "ConveyanceArrived",
        json!({ "scac": "TOCQ", "trip": trip, "port": "2304", "crossing": crossing, "laneNumber": 6, "lane": lane }),
        came,
    );
    for (party, made) in [("anam", left), ("cbp", came)] {
        let answer = world.api(party).post("/v1/records", &made).await;
        let id = answer.id();
        world.api("cbp").holds(&id).await;
    }
}

async fn page(api: &Api, path: &str) -> String {
    let answer = api.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_reads_the_benefits_and_no_small_group() {
    let world = World::planned("public-waits", &plan(clock()), 2, |_, _| {}).await;
    // Twelve trucks, and four in the FAST lane of another bridge.
    for n in 0..12 {
        crosses(
            &world,
            &format!("W{n:03}"),
            "standard",
            "230404",
            100,
            120 + 2 * n,
        )
        .await;
    }
    for n in 0..4 {
        crosses(&world, &format!("F{n:03}"), "fast", "230403", 60, 65 + n).await;
    }
    let customs = Api::new(&world.node("customs").url, "");

    let english = page(&customs, "/wait-times?lang=en").await;
    // Recorded hours after they happened, the trucks count when they were logged: in an hour that is not over, and so is not told.
    assert!(
        english.contains("No lane has an hour with enough trucks yet"),
        "{english}"
    );
    let spanish = page(&customs, "/wait-times?lang=es").await;
    for text in [&english, &spanish] {
        assert!(
            !text.contains("TOCQ") && !text.contains("Ocotillo"),
            "{text}"
        );
        // Nothing is published on this node, so nothing of it is in the navigation; priorities are nowhere.
        for absent in [
            "/projects",
            "/plans",
            "/priorities",
            "/method",
            "/open-data",
        ] {
            assert!(!text.contains(&format!("href=\"{absent}\"")), "{absent}");
        }
        assert!(text.contains("href=\"/wait-times\"") && text.contains("href=\"/benefits\""));
    }

    let feed = customs.get("/wait-times/feed.json").await;
    assert_eq!(feed.kind, "application/json");
    let (json, faults) = read_feed(feed.text.as_bytes()).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    let xml = customs.get("/wait-times/feed.xml").await;
    let (xml, faults) = read_feed(xml.text.as_bytes()).unwrap();
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(json.ports.len(), xml.ports.len());
    let csv = page(&customs, "/wait-times.csv").await;
    assert_eq!(csv.lines().count(), 1, "{csv}");

    // No truck was inspected: none of twelve, with its interval. The group of four is nowhere.
    let benefits = page(&customs, "/benefits?lang=en").await;
    assert!(
        benefits.contains("Trucks inspected") && benefits.contains("n = "),
        "{benefits}"
    );
    assert!(
        page(&customs, "/benefits?lang=es")
            .await
            .contains("Camiones inspeccionados")
    );
    let csv = page(&customs, "/benefits.csv").await;
    for row in csv.lines().skip(1) {
        let cells = crate::measures::cells(row);
        let (rows, withheld) = (&cells[11], &cells[12]);
        assert!(
            (withheld == "yes" && rows.is_empty()) || rows.parse::<u64>().unwrap() >= 10,
            "{row}"
        );
    }

    // A node of traders counts nothing and says who may.
    let trade = Api::new(&world.node("trade").url, "");
    let none = page(&trade, "/wait-times?lang=en").await;
    let there = format!("{}/wait-times", world.node("customs").url);
    assert!(
        none.contains("No office of this node") && none.contains(&there),
        "{none}"
    );
    assert!(
        page(&trade, "/benefits?lang=es")
            .await
            .contains("Ninguna autoridad de este nodo")
    );
    let (empty, faults) =
        read_feed(trade.get("/wait-times/feed.json").await.text.as_bytes()).unwrap();
    assert!(empty.ports.is_empty() && faults.is_empty(), "{faults:?}");
}
