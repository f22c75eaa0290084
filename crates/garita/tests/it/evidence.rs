//! The evidence bundle of a case, from filing to a machine that has nothing but the file and the binary.

use std::path::{Path, PathBuf};

use garita_node::setup::CreatedNode;
use serde_json::{Value, json};

use crate::world::{Folder, Ran, World, appointment, arrived, garita, manifest, trip_key, until};

const TRIP: &str = "TOCQ2611240417";
const PLATE: &str = "47AK2F";
const SCN: &str = "TOCQ88402171";
/// What the bridge has no business with.
const COMMERCIAL: [&str; 4] = ["7741093", "grossWeightKg", "dispatch@ocotillo", SCN];

/// Runs the binary off the threads on which the nodes of this test live.
async fn run(args: &[&str]) -> Ran {
    let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        garita(&args)
    })
    .await
    .unwrap()
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Codes that the binary tells of a file, by standing.
async fn codes(file: &Path, standing: &str, args: &[&str]) -> Vec<String> {
    let mut all = vec!["evidence", "verify", "--json", file.to_str().unwrap()];
    all.extend(args);
    let ran = run(&all).await;
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|f| f["standing"] == standing)
        .map(|f| f["code"].as_str().unwrap().to_owned())
        .collect()
}

/// The case's file as a party's node writes it.
async fn exported(world: &World, node: &str, party: &str) -> PathBuf {
    let out = world.folder.path().join(format!("{party}.json"));
    let case = format!("trip/{}", trip_key(TRIP));
    let data = world.node(node).data.clone();
    let ran = run(&[
        "evidence",
        "export",
        &case,
        "--data",
        data.to_str().unwrap(),
        "--party",
        party,
        "--out",
        out.to_str().unwrap(),
    ])
    .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    out
}

/// Waits until all of some nodes' logs is witnessed, and that is on their disks.
async fn witnessed(world: &World, nodes: &[&str]) {
    for node in nodes {
        until("the log is witnessed", || async {
            let core = world.app(node).core();
            let size = core.reader.head().unwrap().frontier.size();
            let held = core.witnessed.at(size);
            held.is_some_and(|held| {
                core.reader.meta("witnessed").unwrap() == Some(held.note.clone().into_bytes())
            })
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_proven_by_its_file_after_every_node_is_gone() {
    // The tokens lie in the nodes' folders, as `garita init` leaves them.
    let tokens = |_: &Folder, nodes: &[CreatedNode]| {
        for node in nodes {
            for (slug, party) in &node.parties {
                std::fs::write(node.data.join(format!("{slug}.token")), &party.token).unwrap();
            }
        }
    };
    let mut world = World::prepared("evidence", 3, tokens).await;
    let (carrier, cbp, bridge) = (world.api("ocotillo"), world.api("cbp"), world.api("puente"));
    let appointment_id = carrier.file("Appointment", appointment(TRIP, PLATE)).await;
    let manifest_id = carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    cbp.holds(&manifest_id).await;
    bridge.holds(&appointment_id).await;
    let arrived_id = cbp.file("ConveyanceArrived", arrived(TRIP)).await;
    carrier.holds(&arrived_id).await;
    world.quiet().await;
    witnessed(&world, &["customs", "trade", "bridges"]).await;
    let network = world.network("customs").await.id;

    // By address and token; as a node's own folder; to stdout with kind and key apart.
    let case = format!("trip/{}", trip_key(TRIP));
    let token = world.node("customs").data.join("cbp.token");
    let from_customs = world.folder.path().join("customs.json");
    let ran = run(&[
        "evidence",
        "export",
        &case,
        "--url",
        &world.node("customs").url,
        "--token-file",
        token.to_str().unwrap(),
        "--out",
        from_customs.to_str().unwrap(),
    ])
    .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let from_bridge = exported(&world, "bridges", "puente").await;
    let data = world.node("trade").data.clone();
    let ran = run(&[
        "evidence",
        "export",
        "trip",
        &trip_key(TRIP),
        "--data",
        data.to_str().unwrap(),
        "--party",
        "ocotillo",
    ])
    .await;
    assert_eq!(ran.code, 0, "{ran:?}");
    let from_carrier = world.folder.write("carrier.json", &ran.out);

    // Who has nothing of the case gets nothing.
    let stranger = run(&[
        "evidence",
        "export",
        &case,
        "--data",
        data.to_str().unwrap(),
        "--party",
        "nopalera",
    ])
    .await;
    assert_eq!(stranger.code, 1, "{stranger:?}");

    // A peer that is away when the file is written: what it acknowledged is told as its word, but for the entry of a log of one, whose
    // checkpoint is proof enough. A new process has no connection that a stopping peer still serves.
    world.stop("customs").await;
    world.restart("trade").await;
    let without_customs = exported(&world, "trade", "ocotillo").await;
    world.stop("bridges").await;
    world.stop("trade").await;

    for file in [&from_customs, &from_bridge, &from_carrier, &without_customs] {
        let name = file.to_str().unwrap();
        let ran = run(&["evidence", "verify", name]).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains("all holds"), "{ran:?}");
        // By the two others that run; the fourth of the list never does.
        assert!(ran.out.contains("witnessed by 2 of 3"), "{ran:?}");
        let pinned = run(&["evidence", "verify", name, "--network", &network]).await;
        assert_eq!(pinned.code, 0, "{pinned:?}");
        let spanish = run(&["evidence", "verify", name, "--lang", "es"]).await;
        assert_eq!(spanish.code, 0, "{spanish:?}");
        assert!(spanish.out.contains("todo se sostiene"), "{spanish:?}");
        let other = "ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert_eq!(
            codes(file, "does-not-hold", &["--network", other]).await,
            ["evidence-network-other"]
        );
    }

    // Both sides of one record: the carrier's file has what the logs of customs and bridges hold, customs' has their own.
    let proven = codes(&from_carrier, "proven", &[]).await;
    let count = |codes: &[String], code: &str| codes.iter().filter(|c| *c == code).count();
    assert!(count(&proven, "holder-proven") >= 3, "{proven:?}");
    let by_word = codes(&without_customs, "not-proven", &[]).await;
    assert!(count(&by_word, "holder-by-word") >= 1, "{by_word:?}");
    let held = read(&from_customs);
    let views = |file: &Value| -> Vec<(String, String)> {
        let records = file["records"].as_array().unwrap().iter();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        records
            .map(|r| (text(&r["id"]), text(&r["view"])))
            .collect()
    };
    for id in [&appointment_id, &manifest_id, &arrived_id] {
        assert!(
            views(&held).contains(&(id.clone(), "whole".to_owned())),
            "{id}"
        );
    }
    // The bridge's has what the bridge may see, and not a word more.
    let text = std::fs::read_to_string(&from_bridge).unwrap();
    assert!(views(&read(&from_bridge)).contains(&(appointment_id, "bridge".to_owned())));
    assert!(!text.contains(&manifest_id));
    let documents: String = read(&from_bridge)["records"].to_string();
    for word in COMMERCIAL {
        assert!(!documents.contains(word), "the bridge has {word}");
    }

    tampered(&world, &from_customs).await;
    pages(&from_customs).await;
}

/// Each by itself, told for what it is; the rest of the file is judged all the same.
async fn tampered(world: &World, honest: &Path) {
    let file = read(honest);
    let changed = |name: &str, change: &dyn Fn(&mut Value)| {
        let mut file = file.clone();
        change(&mut file);
        world.folder.write(name, &file.to_string())
    };
    let plate = changed("plate.json", &|file| {
        for record in file["records"].as_array_mut().unwrap() {
            let text = record["document"].as_str().unwrap();
            let text = text.replace(PLATE, "99ZZ9Z");
            record["document"] = json!(text);
        }
    });
    let told = codes(&plate, "does-not-hold", &[]).await;
    for code in ["evidence-signature", "record-changed", "record-id"] {
        assert!(told.iter().any(|c| c == code), "{code}: {told:?}");
    }
    let ran = run(&["evidence", "verify", plate.to_str().unwrap()]).await;
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.out.contains("DOES NOT HOLD: record-id"), "{ran:?}");
    let ran = run(&[
        "evidence",
        "verify",
        plate.to_str().unwrap(),
        "--lang",
        "es",
    ])
    .await;
    assert!(ran.out.contains("NO SE SOSTIENE: record-id"), "{ran:?}");

    let shorter = changed("shorter.json", &|file| {
        file["records"].as_array_mut().unwrap().pop();
    });
    let told = codes(&shorter, "does-not-hold", &[]).await;
    assert_eq!(told, ["evidence-signature", "record-removed"]);

    let text = file.to_string();
    let cut = world.folder.write("cut.json", &text[..text.len() / 2]);
    let ran = run(&["evidence", "verify", cut.to_str().unwrap()]).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    let none = world.folder.write("none.json", "{}");
    let ran = run(&["evidence", "verify", none.to_str().unwrap()]).await;
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.err.contains("evidence-malformed"), "{ran:?}");
}

/// The page for people: in both languages, with nothing that runs or is fetched.
async fn pages(file: &Path) {
    let name = file.to_str().unwrap();
    for (lang, words) in [
        ("en", "What is not proven"),
        ("es", "Lo que no queda probado"),
    ] {
        let ran = run(&["evidence", "page", name, "--lang", lang]).await;
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.out.contains(&format!("<html lang=\"{lang}\"")));
        assert!(ran.out.contains(words) && ran.out.contains(PLATE), "{lang}");
        for nothing in ["<script", "src=", "href=", "url("] {
            assert!(!ran.out.contains(nothing), "{nothing}");
        }
    }
}
