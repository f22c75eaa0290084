//! A node that comes back from an older copy, or with a new log key, opens its next log; what it lost comes back from the others; a node
//! that nobody can call asks for what lies elsewhere for it.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use garita_exchange::governance::Network;
use serde_json::{Value, json};

use crate::upkeep::copy_folder;
use crate::world::{Api, Folder, Ran, World, appointment, garita, manifest, until};

async fn run(args: &[&str]) -> Ran {
    let args: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
    tokio::task::spawn_blocking(move || {
        garita(&args.iter().map(String::as_str).collect::<Vec<_>>())
    })
    .await
    .unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A node in a process of its own, which ends with the value.
pub(crate) struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn served(data: &Path) -> Served {
    let child = Command::new(env!("CARGO_BIN_EXE_garita"))
        .args(["serve", "--data", text(data), "--without-peers"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    Served(child)
}

/// Customs keep the authority's key, as the founder of a network does.
async fn world(name: &str) -> World {
    World::prepared(name, 3, |folder, nodes| {
        let customs = nodes.iter().find(|n| n.slug == "customs").unwrap();
        fs::copy(
            folder.path().join("net/authority.json"),
            customs.data.join("keys/authority.json"),
        )
        .unwrap();
    })
    .await
}

pub(crate) async fn answers(url: &str) {
    let api = Api::new(url, "");
    until("the node answers", || async {
        api.try_get("/readyz")
            .await
            .is_some_and(|a| a.status == 200)
    })
    .await;
}

/// What a node says of a peer.
async fn peer(api: &Api, did: &str) -> Value {
    let list = api.get("/v1/peers").await;
    let items = list.body["items"].as_array().unwrap();
    items.iter().find(|p| p["did"] == did).unwrap().clone()
}

async fn in_step(api: &Api, did: &str) {
    until(&format!("{} is in step with {did}", api.base), || async {
        peer(api, did).await["inStep"] == true
    })
    .await;
}

async fn network(url: &str) -> Network {
    let feed = Api::new(url, "").get("/v1/governance?after=-1").await;
    Network::from_entries(feed.body["entries"].as_array().unwrap()).unwrap()
}

fn logged(network: &Network, did: &str) -> Vec<String> {
    let logs = network.logs.get(did).unwrap();
    logs.iter().map(|log| log.log_key.clone()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_node_opens_its_next_epoch_and_regains_what_it_lost() {
    let mut world = world("epochs").await;
    let place = Folder::new("epochs-copies");
    let (data, url, did) = {
        let node = world.node("trade");
        (node.data.clone(), node.url.clone(), node.did.clone())
    };
    let customs_did = world.node("customs").did.clone();
    let (carrier, cbp, bridge) = (world.api("ocotillo"), world.api("cbp"), world.api("puente"));
    let mut before = Vec::new();
    for n in 0..5 {
        let trip = format!("TOCQ26112401{n:02}");
        before.push(
            carrier
                .file("Appointment", appointment(&trip, "47AK2F"))
                .await,
        );
    }
    world.quiet().await;
    let copy = place.path().join("copy");
    let made = run(&["backup", "--data", text(&data), "--to", text(&copy)]).await;
    assert_eq!(made.code, 0, "{made:?}");

    // After the copy: records of ours whole and as views, and what others filed for our parties.
    let mut after = Vec::new();
    for n in 0..40 {
        let trip = format!("TOCQ26112402{n:02}");
        after.push(
            carrier
                .file("Appointment", appointment(&trip, "47AK2F"))
                .await,
        );
    }
    after.push(
        carrier
            .file(
                "Manifest",
                manifest("TOCQ2611240200", "47AK2F", "TOCQ88402171"),
            )
            .await,
    );
    for id in &after {
        cbp.holds(id).await;
    }
    for id in after.iter().take(40) {
        bridge.holds(id).await;
    }
    let arrived = cbp
        .file("ConveyanceArrived", crate::world::arrived("TOCQ2611240200"))
        .await;
    carrier.holds(&arrived).await;
    world.quiet().await;
    in_step(&cbp, &did).await;
    let held_before: Vec<(String, String, String)> = carrier.all_records().await;
    let state_before = carrier.case("trip", "TOCQ:TOCQ2611240200").await.body["state"].clone();
    let receipt = carrier
        .get(&format!(
            "{}/receipt",
            crate::world::record_path(after.last().unwrap())
        ))
        .await;
    assert_eq!(receipt.status, 200, "{}", receipt.text);
    let logs_before = logged(&network(&url).await, &did);
    assert_eq!(logs_before.len(), 1);

    // The machine is lost, the older copy comes back.
    world.stop("trade").await;
    fs::rename(&data, place.path().join("lost")).unwrap();
    let restored = run(&["restore", "--from", text(&copy), "--data", text(&data)]).await;
    assert_eq!(restored.code, 0, "{restored:?}");
    let child = served(&data);
    answers(&url).await;
    assert!(!data.join("restored.json").exists());
    until("the list names the next log", || async {
        logged(&network(&world.node("customs").url).await, &did).len() == 2
    })
    .await;
    until("what was asked is done", || async {
        !data.join("log-continues.json").exists()
    })
    .await;

    // Everything is there again, and both sides count the same.
    for id in before.iter().chain(&after).chain([&arrived]) {
        carrier.holds(id).await;
    }
    in_step(&carrier, &customs_did).await;
    in_step(&cbp, &did).await;
    in_step(&bridge, &did).await;
    let of = |records: &[(String, String, String)]| {
        let mut ids: Vec<String> = records.iter().map(|(id, _, _)| id.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    };
    assert_eq!(of(&held_before), of(&carrier.all_records().await));
    assert_eq!(
        carrier.case("trip", "TOCQ:TOCQ2611240200").await.body["state"],
        state_before
    );

    // An incident, with what may be lost, and no fraud: nobody is put apart.
    let told = peer(&cbp, &did).await;
    assert_eq!(told["isolated"], Value::Null, "{told}");
    assert_eq!(told["log"]["epoch"], 2, "{told}");
    assert_eq!(told["log"]["continues"]["reason"], "restored", "{told}");
    assert!(
        told["log"]["continues"]["lostAtMost"].as_u64().unwrap() >= 41,
        "{told}"
    );
    // Work goes on, both ways; the receipt of the lost log still proves what it proved.
    let id = carrier
        .file("Appointment", appointment("TOCQ2611240399", "47AK2F"))
        .await;
    cbp.holds(&id).await;
    bridge.holds(&id).await;
    let second = manifest("TOCQ2611240399", "47AK2F", "TOCQ88402199");
    cbp.holds(&carrier.file("Manifest", second).await).await;
    let again = cbp
        .file(
            "ConveyanceArrived",
            json!({ "scac": "TOCQ", "trip": "TOCQ2611240399", "port": "2304", "crossing": "230404", "laneNumber": 4, "lane": "standard" }),
        )
        .await;
    carrier.holds(&again).await;
    in_step(&cbp, &did).await;
    until("the new log was checked", || async {
        peer(&cbp, &did).await["log"]["size"].as_u64().is_some()
    })
    .await;
    let kept = place.path().join("receipt.json");
    fs::write(&kept, &receipt.text).unwrap();
    let proven = run(&["log", "verify-receipt", text(&kept)]).await;
    assert_eq!(proven.code, 0, "{proven:?}");
    drop(child);
    let whole = run(&["fsck", "--data", text(&data), "--proofs", "--json"]).await;
    assert_eq!(whole.code, 0, "{whole:?}");

    // The same copy once more: the next epoch is the third, not a second history of the second.
    fs::rename(&data, place.path().join("lost-again")).unwrap();
    let restored = run(&["restore", "--from", text(&copy), "--data", text(&data)]).await;
    assert_eq!(restored.code, 0, "{restored:?}");
    let child = served(&data);
    answers(&url).await;
    until("the list names the third log", || async {
        logged(&network(&world.node("customs").url).await, &did).len() == 3
    })
    .await;
    carrier.holds(&id).await;
    carrier.holds(&again).await;
    in_step(&cbp, &did).await;
    in_step(&carrier, &customs_did).await;
    let told = peer(&cbp, &did).await;
    assert_eq!(told["isolated"], Value::Null, "{told}");
    drop(child);
    let whole = run(&["fsck", "--data", text(&data), "--proofs", "--json"]).await;
    assert_eq!(whole.code, 0, "{whole:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_goes_on_under_a_new_key() {
    let mut world = world("rekeyed").await;
    let (data, did) = (
        world.node("trade").data.clone(),
        world.node("trade").did.clone(),
    );
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let id = carrier
        .file("Appointment", appointment("TOCQ2611240101", "47AK2F"))
        .await;
    cbp.holds(&id).await;
    let loaded = manifest("TOCQ2611240101", "47AK2F", "TOCQ88402171");
    cbp.holds(&carrier.file("Manifest", loaded).await).await;
    world.quiet().await;
    // Of a node that runs: refused, nothing changed.
    let busy = run(&["rotate-key", "--data", text(&data), "--log"]).await;
    assert_eq!(busy.code, 1, "{busy:?}");
    world.stop("trade").await;
    // This process keeps the folder open: the node goes on from another one.
    let place = Folder::new("rekeyed-folder");
    let moved = place.path().join("trade");
    copy_folder(&data, &moved);
    let data = moved;
    let rekeyed = run(&["rotate-key", "--data", text(&data), "--log"]).await;
    assert_eq!(rekeyed.code, 0, "{rekeyed:?}");
    let child = served(&data);
    answers(&world.node("trade").url).await;
    let (customs, url) = (
        world.node("customs").url.clone(),
        world.node("trade").url.clone(),
    );
    until("the list names the new log", || async {
        logged(&network(&customs).await, &did).len() == 2
    })
    .await;
    let next = carrier
        .file("Appointment", appointment("TOCQ2611240102", "47AK2F"))
        .await;
    cbp.holds(&next).await;
    let arrived = cbp
        .file("ConveyanceArrived", crate::world::arrived("TOCQ2611240101"))
        .await;
    carrier.holds(&arrived).await;
    in_step(&cbp, &did).await;
    let told = peer(&cbp, &did).await;
    assert_eq!(
        (
            &told["isolated"],
            &told["log"]["continues"]["reason"],
            &told["log"]["continues"]["lostAtMost"]
        ),
        (&Value::Null, &json!("rekeyed"), &json!(0)),
        "{told}"
    );
    let keys = logged(&network(&url).await, &did);
    assert_ne!(
        keys[0].rsplit('+').next(),
        keys[1].rsplit('+').next(),
        "another key"
    );
    drop(child);
    let whole = run(&["fsck", "--data", text(&data), "--proofs"]).await;
    assert_eq!(whole.code, 0, "{whole:?}");
}

/// Nobody can call the bridges' node: its address leads nowhere. It asks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_behind_a_firewall_asks_for_what_is_its_own() {
    let mut plan = crate::world::plan(crate::world::clock());
    let nowhere = crate::world::free_address();
    let node = plan.nodes.iter_mut().find(|n| n.slug == "bridges").unwrap();
    let listens = format!("http://{}", node.listen);
    node.url = format!("http://{nowhere}");
    let world = World::planned_at("pull", &plan, 3, &[("bridges", &listens)], |_, nodes| {
        let bridges = nodes.iter().find(|n| n.slug == "bridges").unwrap();
        let path = bridges.data.join("node.json");
        let mut file: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        file["pull"] = json!(true);
        fs::write(&path, file.to_string()).unwrap();
    })
    .await;
    let did = world.node("bridges").did.clone();
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let bridge = Api::new(&listens, &world.node("bridges").parties["puente"].token);
    let mut ids = Vec::new();
    for n in 0..20 {
        let trip = format!("TOCQ26112401{n:02}");
        ids.push(
            carrier
                .file("Appointment", appointment(&trip, "47AK2F"))
                .await,
        );
    }
    for id in &ids {
        bridge.holds(id).await;
    }
    // And the other way it goes as ever.
    until("who cannot be called is in step all the same", || async {
        let told = peer(&carrier, &did).await;
        told["inStep"] == true && told["pending"] == 0
    })
    .await;
    let one = carrier
        .get(&format!("{}/holders", crate::world::record_path(&ids[0])))
        .await;
    assert!(one.text.contains(&did), "{}", one.text);
    in_step(&bridge, &world.node("trade").did.clone()).await;
    assert_eq!(peer(&cbp, &did).await["silentSince"], Value::Null);
}
