//! Wait times and benefits as everybody reads them: from what the customs offices hold, in groups, in both languages, as a page, as CSV and
//! in the form of CBP's feed.

use garita_exchange::clock::{Clock, real_now_ms};
use garita_formats::wait_times::read_feed;
use serde_json::{Value, json};

use crate::world::{Api, DAY_MS, World, draft, manifest, plan};

const MINUTE_MS: i64 = 60_000;
/// 2026-11-24T15:19:00Z: nineteen past nine in Laredo. What happened more than a quarter of an hour before would count when it was logged.
const NOW_MS: i64 = DAY_MS + 199 * MINUTE_MS;
/// 10:05 in Laredo.
const HOUR_OVER_MS: i64 = DAY_MS + 245 * MINUTE_MS;
const DAY_AFTER_MS: i64 = HOUR_OVER_MS + 24 * 60 * MINUTE_MS;

fn clock(at_ms: i64) -> Clock {
    Clock::Simulated {
        real_start_ms: real_now_ms(),
        simulated_start_ms: at_ms,
        speed: 1.0,
        run_up: None,
    }
}

/// Stops a node and starts it at another hour.
async fn restarted_at(world: &mut World, slug: &str, at_ms: i64) {
    world.stop(slug).await;
    let file = world.node(slug).data.join("node.json");
    let mut node: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    node["clock"] = serde_json::to_value(clock(at_ms)).unwrap();
    std::fs::write(&file, serde_json::to_vec(&node).unwrap()).unwrap();
    world.start(slug).await;
}

/// A truck that left Mexico so many minutes after 13:00 UTC and came to primary at another; the export lot a minute before, the US
/// compound half a minute after.
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
    let at = |second: i64| {
        let minute = second / 60;
        format!(
            "2026-11-24T{}:{:02}:{:02}Z",
            13 + minute / 60,
            minute % 60,
            second % 60
        )
    };
    let trip_at = |record_type: &str, mut subject: Value, second: i64| {
        subject["scac"] = json!("TOCQ");
        subject["trip"] = json!(trip);
        let mut made = draft(record_type, subject);
        made["occurred"] = at(second).into();
        made
    };
    let (left, came) = (60 * left, 60 * came);
    let lot = json!({ "aduana": "240", "plate": "61AK4B", "gate": "2" });
    let primary = json!({ "port": "2304", "crossing": crossing, "laneNumber": 6, "lane": lane });
    let exit = json!({ "port": "2304", "gate": "1", "plate": "61AK4B" });
    for (party, made) in [
        ("anam", trip_at("LotEntered", lot, left - 60)),
        (
            "anam",
            trip_at("LeftMexico", json!({ "aduana": "240" }), left),
        ),
        ("cbp", trip_at("ConveyanceArrived", primary, came)),
        ("cbp", trip_at("CompoundExit", exit, came + 30)),
    ] {
        let answer = world.api(party).post("/v1/records", &made).await;
        let id = answer.id();
        world.api("cbp").holds(&id).await;
    }
}

/// Rows of a CSV without its header.
async fn figures(api: &Api, path: &str) -> Vec<Vec<String>> {
    let text = page(api, path).await;
    text.lines().skip(1).map(crate::measures::cells).collect()
}

async fn page(api: &Api, path: &str) -> String {
    let answer = api.get(path).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_reads_waits_and_benefits_and_no_small_group() {
    let mut world = World::planned("public-waits", &plan(clock(NOW_MS)), 2, |_, _| {}).await;
    // Twelve trucks, and four in the FAST lane of another bridge.
    for n in 0..12 {
        crosses(
            &world,
            &format!("W{n:03}"),
            "standard",
            "230404",
            126,
            127 + n,
        )
        .await;
    }
    for n in 0..4 {
        crosses(&world, &format!("F{n:03}"), "fast", "230403", 126, 128 + n).await;
    }
    let customs = Api::new(&world.node("customs").url, "");

    let english = page(&customs, "/wait-times?lang=en").await;
    // The hour of the trucks is not over.
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
    let before = figures(&customs, "/benefits.csv").await;

    // An hour later: twelve waited from one minute to twelve; the four of the other bridge are nowhere.
    restarted_at(&mut world, "customs", HOUR_OVER_MS).await;
    let customs = Api::new(&world.node("customs").url, "");
    let told = figures(&customs, "/wait-times.csv").await;
    let [row, whole] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(
        (row[2].as_str(), &row[3..7], row[11].as_str()),
        (
            "2026-11-24",
            &["230404", "standard", "9", "6.5"].map(str::to_owned)[..],
            "12"
        )
    );
    assert_eq!(
        (&*whole[0], &*whole[6], &*whole[11]),
        ("crossing-time-by-hour", "8.0", "12")
    );
    let (low, high): (f64, f64) = (row[7].parse().unwrap(), row[8].parse().unwrap());
    assert!(
        (3.0..=4.5).contains(&low) && (8.5..=10.0).contains(&high),
        "{row:?}"
    );
    let (from, to): (f64, f64) = (row[9].parse().unwrap(), row[10].parse().unwrap());
    assert!(
        (1.0..6.5).contains(&from) && to > 6.5 && to <= 12.0,
        "{row:?}"
    );
    for (lang, words) in [
        (
            "en",
            [
                "World Trade Bridge",
                "Whole crossing",
                "8 min",
                "6 min",
                "n = 12",
                "09:00–10:00",
                "not known yet",
            ],
        ),
        (
            "es",
            [
                "Puente del Comercio Mundial",
                "Cruce completo",
                "8 min",
                "6 min",
                "n = 12",
                "09:00–10:00",
                "aún no se conoce",
            ],
        ),
    ] {
        let text = page(&customs, &format!("/wait-times?lang={lang}")).await;
        for word in words {
            assert!(text.contains(word), "{lang} {word}: {text}");
        }
        assert!(!text.contains("TOCQ") && !text.contains("230403"), "{text}");
        assert!(text.len() < 100_000);
    }
    for path in ["/wait-times/feed.json", "/wait-times/feed.xml"] {
        let (feed, faults) = read_feed(customs.get(path).await.text.as_bytes()).unwrap();
        assert!(faults.is_empty(), "{faults:?}");
        let [port] = feed.ports.as_slice() else {
            panic!("{feed:?}");
        };
        let lanes = &port.commercial_vehicle_lanes;
        let (standard, fast) = (&lanes.standard_lanes, &lanes.fast_lanes);
        assert_eq!(port.port_number, "230404");
        assert_eq!(
            (&*standard.operational_status, &*standard.delay_minutes),
            ("delay", "7"),
            "{port:?}"
        );
        assert_ne!(fast.operational_status, "delay", "{port:?}");
    }
    // What was counted once is the same at another hour: those groups depend on no clock.
    assert_eq!(figures(&customs, "/benefits.csv").await, before);

    // The day after, that hour is usual and nothing is known of today.
    restarted_at(&mut world, "customs", DAY_AFTER_MS).await;
    let customs = Api::new(&world.node("customs").url, "");
    let told = figures(&customs, "/wait-times.csv").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0][2], "26 weeks before 2026-11-25");
    let text = page(&customs, "/wait-times?lang=en").await;
    assert!(
        text.contains("No hour of today has enough trucks yet"),
        "{text}"
    );

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
