//! What parties of two nodes share is the same on both: what one of them lost is found, had again, and told; a case's page and command
//! say how the others stand; nobody is told of what is not theirs.

use std::path::Path;

use garita_exchange::client::{Client, ClientError};
use garita_exchange::ranges::{self, Item, Range};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::world::{
    Api, Folder, World, appointment, arrived, garita, manifest, record_path, shipment, trip_key,
    until,
};

/// What a node says of a peer, asked by its operator.
async fn peer(world: &World, node: &str, of: &str) -> Value {
    let node = world.node(node);
    let list = Api::new(&node.url, &node.admin_token)
        .get("/v1/peers")
        .await;
    assert_eq!(list.status, 200, "{}", list.text);
    let items = list.body["items"].as_array().unwrap();
    let did = &world.node(of).did;
    items.iter().find(|p| p["did"] == *did).unwrap().clone()
}

/// Both say of each other that they hold the same.
async fn both_in_step(world: &World, a: &str, b: &str) {
    for (node, of) in [(a, b), (b, a)] {
        until(&format!("{node} is in step with {of}"), || async {
            peer(world, node, of).await["inStep"] == true
        })
        .await;
    }
}

fn database(data: &Path) -> Connection {
    let db = Connection::open(data.join("garita.db")).unwrap();
    db.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    db
}

/// Takes records from a stopped node as if they had never come: who may read them, and under which sequence they came. Their leaves and
/// bodies stay, or the node would not start. How many readers lost one.
fn lose(data: &Path, ids: &[String]) -> u64 {
    let db = database(data);
    let mut lost = 0;
    for id in ids {
        lost += db
            .execute(
                "DELETE FROM entitlements WHERE rec IN (SELECT rec FROM records WHERE id = ?1)",
                [id],
            )
            .unwrap();
        let rows = db
            .execute("DELETE FROM inbox_rows WHERE id = ?1", [id])
            .unwrap();
        assert!(rows > 0, "{id} had come");
    }
    u64::try_from(lost).unwrap()
}

async fn appointments(world: &World, count: usize) -> Vec<String> {
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let mut ids = Vec::new();
    for n in 0..count {
        let trip = format!("TOCQ26112401{n:02}");
        let id = carrier
            .file("Appointment", appointment(&trip, "47AK2F"))
            .await;
        ids.push(id);
    }
    for id in &ids {
        cbp.holds(id).await;
    }
    world.quiet().await;
    ids
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_node_lost_is_found_had_again_and_told() {
    let mut world = World::three("reconcile").await;
    let ids = appointments(&world, 12).await;
    both_in_step(&world, "customs", "trade").await;
    assert_eq!(
        peer(&world, "customs", "trade").await["divergences"],
        json!([])
    );

    world.stop("customs").await;
    let gone = &ids[3..6];
    let lost = lose(&world.node("customs").data, gone);
    assert!(lost >= 3, "{lost}");
    world.start("customs").await;

    let cbp = world.api("cbp");
    for id in gone {
        cbp.holds(id).await;
    }
    both_in_step(&world, "customs", "trade").await;
    // Whoever saw it first has told it: with whom, how many, which, and that it is over.
    let told = |told: &Value, member: &str| {
        let found = told["divergences"].as_array().unwrap().iter().find(|one| {
            one[member] == lost
                && one["healed"].is_string()
                && gone
                    .iter()
                    .all(|id| one["ids"].as_array().unwrap().contains(&json!(id)))
        });
        found.is_some()
    };
    until("the divergence is told and healed", || async {
        told(&peer(&world, "customs", "trade").await, "weLacked")
            || told(&peer(&world, "trade", "customs").await, "theyLacked")
    })
    .await;
    let mut counted = 0;
    for node in ["customs", "trade"] {
        let metrics = Api::operator(world.node(node)).get("/metrics").await;
        let of = |name: &str| -> u64 {
            let line = metrics.text.lines().find(|line| line.starts_with(name));
            line.unwrap().rsplit(' ').next().unwrap().parse().unwrap()
        };
        counted += of("garita_divergences_total ");
        until("no divergence is open", || async {
            let metrics = Api::operator(world.node(node)).get("/metrics").await;
            metrics
                .text
                .lines()
                .filter(|line| line.starts_with("garita_peer_divergences_open{"))
                .all(|line| line.ends_with(" 0"))
        })
        .await;
    }
    assert!(counted >= 1);
    // A party is told of its own records only; whoever asks for the status, of none.
    let other = world.api("gulf").get("/v1/peers").await;
    let status = Api::new(&world.node("customs").url, "")
        .get("/v1/status")
        .await;
    for id in gone {
        assert!(!other.text.contains(id), "{}", other.text);
        assert!(!status.text.contains(id), "{}", status.text);
    }
    // Work goes on.
    let next = world
        .api("ocotillo")
        .file("Appointment", appointment("TOCQ2611240199", "47AK2F"))
        .await;
    cbp.holds(&next).await;
    both_in_step(&world, "customs", "trade").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sequences_of_which_nothing_is_written_down_are_counted_anew() {
    let mut world = World::three("recount").await;
    let ids = appointments(&world, 6).await;
    both_in_step(&world, "customs", "trade").await;
    world.stop("customs").await;
    {
        // The records are there; what says under which sequence they came is not.
        let db = database(&world.node("customs").data);
        for id in &ids[1..3] {
            assert!(
                db.execute("DELETE FROM inbox_rows WHERE id = ?1", [id])
                    .unwrap()
                    > 0
            );
        }
    }
    world.start("customs").await;
    until("it is told as what it was", || async {
        let told = peer(&world, "customs", "trade").await;
        told["divergences"].as_array().unwrap().iter().any(|one| {
            one["recounted"].as_u64() >= Some(1)
                && one["weLacked"] == 0
                && one["healed"].is_string()
        })
    })
    .await;
    both_in_step(&world, "customs", "trade").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_lost_together_with_their_count_are_found_when_somebody_looks() {
    let mut world = World::three("looked").await;
    let ids = appointments(&world, 3).await;
    both_in_step(&world, "customs", "trade").await;
    world.stop("customs").await;
    {
        // Both sides still count the same: only the sets differ.
        let db = database(&world.node("customs").data);
        let readers = db
            .execute(
                "DELETE FROM entitlements WHERE rec IN (SELECT rec FROM records WHERE id = ?1)",
                params![ids[1]],
            )
            .unwrap();
        assert!(readers > 0);
    }
    world.start("customs").await;
    both_in_step(&world, "trade", "customs").await;
    let cbp = world.api("cbp");
    assert_eq!(cbp.get(&record_path(&ids[1])).await.status, 404);
    let step = format!("/v1/cases/trip/{}/step", trip_key("TOCQ2611240101"));
    let told = world.api("ocotillo").get(&step).await;
    assert_eq!(told.status, 200, "{}", told.text);
    let of_cbp = standing(&told.body, &world.did("cbp"));
    assert_eq!(of_cbp["standing"], "differs", "{}", told.text);
    assert_eq!(of_cbp["lacks"][0]["id"], ids[1].as_str());
    assert_eq!(of_cbp["lacks"][0]["recordType"], "Appointment");
    assert_eq!(of_cbp["lacks"][0]["onTheWay"], false);
    // That somebody looked is enough.
    cbp.holds(&ids[1]).await;
    until("the case is the same again", || async {
        let told = world.api("ocotillo").get(&step).await;
        standing(&told.body, &world.did("cbp"))["standing"] == "in-step"
    })
    .await;
}

fn standing(body: &Value, party: &str) -> Value {
    let items = body["items"].as_array().unwrap();
    let found = items.iter().find(|item| item["party"] == party);
    found.cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_says_how_the_others_stand() {
    let mut world = World::three("case-step").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let trip = "TOCQ2611240417";
    let first = carrier
        .file("Appointment", appointment(trip, "47AK2F"))
        .await;
    cbp.holds(&first).await;
    world.api("puente").holds(&first).await;
    world.quiet().await;
    let path = format!("/v1/cases/trip/{}/step", trip_key(trip));
    for (who, other) in [(&carrier, "cbp"), (&cbp, "ocotillo")] {
        until("the case is in step", || async {
            let told = who.get(&path).await;
            standing(&told.body, &world.did(other))["standing"] == "in-step"
        })
        .await;
    }
    // Both customs live on one node.
    let here = cbp.get(&path).await;
    assert_eq!(
        standing(&here.body, &world.did("anam"))["standing"],
        "here",
        "{}",
        here.text
    );
    // Who has nothing of it is told nothing, as of a case that is none.
    let stranger = world.api("sotol");
    assert_eq!(stranger.get(&path).await.status, 404);
    let none = stranger.get("/v1/cases/trip/TOCQ:NONE/step").await;
    assert_eq!(none.status, 404);

    let place = Folder::new("case-step-token");
    let node = world.node("trade");
    let token = place.write("ocotillo.token", &node.parties["ocotillo"].token);
    let show = |lang: &'static str, json: bool| {
        let (url, token) = (node.url.clone(), token.clone());
        tokio::task::spawn_blocking(move || {
            let mut args = vec![
                "case",
                "show",
                "trip",
                "TOCQ:TOCQ2611240417",
                "--url",
                &url,
                "--token-file",
                token.to_str().unwrap(),
                "--lang",
                lang,
            ];
            if json {
                args.push("--json");
            }
            garita(&args)
        })
    };
    let said = show("en", false).await.unwrap();
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("in step with CBP Laredo, "), "{said:?}");
    assert!(said.out.contains(" s ago"), "{said:?}");
    let said = show("es", false).await.unwrap();
    assert!(
        said.out.contains("coincide con CBP Laredo, hace "),
        "{said:?}"
    );
    let said = show("en", true).await.unwrap();
    let body: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(body["step"].as_array().unwrap().len(), {
        let told = carrier.get(&path).await;
        told.body["items"].as_array().unwrap().len()
    });

    // The page says the same when it is asked to compare.
    let link = node.parties["ocotillo"].sign_in.clone();
    let api = Api::new(&node.url, "");
    let entered = api
        .request("GET", link.strip_prefix(&api.base).unwrap())
        .send()
        .await
        .unwrap();
    let cookie = entered.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let page = |query: &'static str| {
        let request = api
            .request(
                "GET",
                &format!("/console/cases/trip/{}{query}", trip_key(trip)),
            )
            .header("cookie", &cookie);
        async move { request.send().await.unwrap().text().await.unwrap() }
    };
    let plain = page("?lang=en").await;
    assert!(plain.contains("compare=now"), "{plain}");
    assert!(!plain.contains("Compared now"), "{plain}");
    let compared = page("?compare=now&lang=en").await;
    assert!(
        compared.contains("Compared now: the same of this case on both sides."),
        "{compared}"
    );
    let compared = page("?compare=now&lang=es").await;
    assert!(
        compared.contains("Comparado ahora: lo mismo de este expediente en ambos lados."),
        "{compared}"
    );

    // One that is away is not said to be in step; what waits for it is named.
    let (url, carrier) = (node.url.clone(), carrier.clone());
    world.stop("customs").await;
    let late = carrier
        .file("Manifest", manifest(trip, "47AK2F", "TOCQ88402171"))
        .await;
    until("it is named as lacking", || async {
        let told = carrier.get(&path).await;
        let of_cbp = standing(&told.body, &world.did("cbp"));
        of_cbp["standing"] == "not-compared"
            && of_cbp["lacks"][0]["id"] == late.as_str()
            && of_cbp["lacks"][0]["onTheWay"] == true
    })
    .await;
    let token_file = token.clone();
    let said = tokio::task::spawn_blocking(move || {
        garita(&[
            "case",
            "show",
            "trip/TOCQ:TOCQ2611240417",
            "--url",
            &url,
            "--token-file",
            token_file.to_str().unwrap(),
        ])
    })
    .await
    .unwrap();
    assert_eq!(said.code, 1, "{said:?}");
    assert!(
        said.out.contains("CBP Laredo: could not be compared"),
        "{said:?}"
    );
    assert!(said.out.contains("CBP Laredo lacks 1 record: "), "{said:?}");

    // Back again, it has it; and what it says of the case comes here.
    world.start("customs").await;
    cbp.holds(&late).await;
    let told = cbp.file("ConveyanceArrived", arrived(trip)).await;
    carrier.holds(&told).await;
    for (who, other) in [(&carrier, "cbp"), (&cbp, "ocotillo")] {
        until("the case is in step again", || async {
            let told = who.get(&path).await;
            standing(&told.body, &world.did(other))["standing"] == "in-step"
        })
        .await;
    }
}

/// Asks a node as another one.
async fn ask(
    world: &World,
    asker: &str,
    asked: &str,
    path: &str,
    body: &Value,
) -> Result<Value, (u16, String)> {
    let client = Client::new(&world.node(asker).did, world.key(asker, "node")).unwrap();
    match client
        .post::<Value>(&world.node(asked).url, path, body)
        .await
    {
        Ok(answer) => Ok(answer),
        Err(ClientError::Status { status, body }) => Err((status, body)),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_of_what_others_share() {
    let world = World::three("not-yours").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let trip = "TOCQ2611240417";
    let id = carrier
        .file("Appointment", appointment(trip, "47AK2F"))
        .await;
    cbp.holds(&id).await;
    world.quiet().await;
    let (ocotillo, office, bridge) = (world.did("ocotillo"), world.did("cbp"), world.did("puente"));
    let path = "/v1/peer/reconcile";

    // The bridges ask trade of what the carrier sent to customs, and of a pair that is none.
    for (issuer, reader) in [
        (&ocotillo, &office),
        (&bridge, &office),
        (&ocotillo, &ocotillo),
        (&ocotillo, &"did:web:nobody.example".to_owned()),
    ] {
        let sum = ranges::sum(&[], Range::ALL);
        let body = json!({ "run": "a", "from": 0, "questions": [{ "issuer": issuer, "reader": reader, "sum": sum }] });
        let refused = ask(&world, "bridges", "trade", path, &body)
            .await
            .unwrap_err();
        assert_eq!(refused.0, 403, "{refused:?}");
        assert!(refused.1.contains("reconcile-not-yours"), "{refused:?}");
        let body = json!({ "kind": "trip", "key": trip_key(trip), "shared": [{ "issuer": issuer, "reader": reader, "items": [] }] });
        let refused = ask(&world, "bridges", "trade", "/v1/peer/case-step", &body)
            .await
            .unwrap_err();
        assert!(refused.1.contains("reconcile-not-yours"), "{refused:?}");
        let body = json!({ "run": "a", "from": 0, "again": [{ "issuer": issuer, "reader": reader, "item": Item::new(0, &id, "whole") }] });
        let refused = ask(&world, "bridges", "trade", path, &body)
            .await
            .unwrap_err();
        assert!(refused.1.contains("reconcile-not-yours"), "{refused:?}");
    }

    // All pairs that are listed are of the two nodes; a node that shares nothing is told of none.
    let all = json!({ "run": "pairs", "from": Item::LEAST.logged_ms });
    let listed = ask(&world, "customs", "trade", path, &all).await.unwrap();
    let pairs = listed["pairs"].as_array().unwrap().clone();
    assert!(!pairs.is_empty());
    for pair in &pairs {
        let (issuer, reader) = (
            pair["issuer"].as_str().unwrap(),
            pair["reader"].as_str().unwrap(),
        );
        let of = |node: &str, did: &str| {
            let parties = &world.node(node).parties;
            parties.values().any(|party| party.did == did)
        };
        assert!(
            (of("trade", issuer) && of("customs", reader))
                || (of("customs", issuer) && of("trade", reader)),
            "{pair}"
        );
    }
    let none = ask(&world, "hostile", "trade", path, &all).await.unwrap();
    assert!(none["pairs"].is_null(), "{none}");

    // A record is given again to who may have it, under the sequence that it had; not to a pair for which it is not.
    let stamp = carrier.record(&id).await;
    assert_eq!(stamp.status, 200, "{}", stamp.text);
    let sum = ranges::sum(&[], Range::ALL);
    let asked = json!({ "run": "items", "from": Item::LEAST.logged_ms, "questions": [{ "issuer": ocotillo, "reader": office, "sum": sum }] });
    // A second look at the store is refused for a moment.
    let answered = std::sync::Mutex::new(Value::Null);
    until("the ranges are answered", || async {
        match ask(&world, "customs", "trade", path, &asked).await {
            Ok(answer) => {
                *answered.lock().unwrap() = answer;
                true
            }
            Err((429, text)) => {
                assert!(text.contains("reconcile-busy"), "{text}");
                false
            }
            Err(other) => panic!("{other:?}"),
        }
    })
    .await;
    let items = answered.lock().unwrap()["differs"][0]["differs"]["items"]["items"].clone();
    assert!(!items.as_array().unwrap().is_empty(), "{items}");
    let item = &items[0];
    let wanted = json!({ "run": "again", "from": 0, "again": [{ "issuer": ocotillo, "reader": office, "item": item }] });
    let given = ask(&world, "customs", "trade", path, &wanted)
        .await
        .unwrap();
    let entries = given["delivery"]["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{given}");
    assert!(
        entries[0]["to"]
            .as_array()
            .unwrap()
            .contains(&json!(office))
    );
    // Written for the office: its neighbour on the bridge's node does not get it by naming it.
    let stolen = json!({ "run": "again", "from": 0, "again": [{ "issuer": ocotillo, "reader": bridge, "item": [1, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] }] });
    let given = ask(&world, "bridges", "trade", path, &stolen)
        .await
        .unwrap();
    assert_eq!(given["delivery"]["entries"], json!([]), "{given}");

    // What is no question of ours is told as that.
    for body in [
        json!({}),
        json!({ "run": "a", "from": 0, "questions": [{ "issuer": ocotillo }] }),
        json!({ "run": "x".repeat(65), "from": 0 }),
    ] {
        let refused = ask(&world, "customs", "trade", path, &body)
            .await
            .unwrap_err();
        assert_eq!(refused.0, 400, "{refused:?}");
        assert!(refused.1.contains("reconcile-malformed"), "{refused:?}");
    }
    let nobody = Api::new(&world.node("trade").url, "");
    assert_eq!(nobody.post(path, &all).await.status, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_decided_blind_is_held_against_what_came_later() {
    let mut world = World::running("blind", 2).await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let trip = "TOCQ2611240417";
    let scn = "TOCQ88402171";
    let loaded = manifest(trip, "47AK2F", scn);
    cbp.holds(&carrier.file("Manifest", loaded).await).await;
    let bill = shipment(scn, &world.did("mines"), &world.did("gulf"));
    cbp.holds(&carrier.file("Shipment", bill).await).await;
    world.quiet().await;
    assert_eq!(cbp.get("/v1/decided-blind").await.body["items"], json!([]));
    // The carrier calls its trip off while nobody hears it; the office, alone, refuses the truck.
    world.stop("customs").await;
    let cancelled = carrier
        .file(
            "TripCancelled",
            json!({ "scac": "TOCQ", "trip": trip, "cause": "Tractor broke down" }),
        )
        .await;
    world.stop("trade").await;
    world.start("customs").await;
    let refused = cbp
        .file(
            "RefusalDecision",
            json!({ "decision": "refuse", "cause": "Wrong seal, refused", "scac": "TOCQ", "trip": trip, "scns": [scn] }),
        )
        .await;
    world.start("trade").await;
    cbp.holds(&cancelled).await;
    let path = "/v1/decided-blind?since=2026-01-01T00:00:00Z";
    let of_trip = |body: &Value| {
        let items = body["items"].as_array().unwrap();
        let found = items.iter().find(|item| item["kind"] == "trip");
        found.cloned()
    };
    until("it is listed", || async {
        of_trip(&cbp.get(path).await.body).is_some()
    })
    .await;
    let told = of_trip(&cbp.get(path).await.body).unwrap();
    assert_eq!(told["act"], refused.as_str(), "{told}");
    assert_eq!(told["unseen"][0]["id"], cancelled.as_str(), "{told}");
    assert_eq!(told["otherwise"], true, "{told}");
    assert_ne!(told["known"]["state"], told["with"]["state"], "{told}");
    // It is the office's own list; one since then is empty, a time that is none is refused.
    assert_eq!(carrier.get(path).await.body["items"], json!([]));
    let later = cbp
        .get("/v1/decided-blind?since=2100-01-01T00:00:00Z")
        .await;
    assert_eq!(later.body["items"], json!([]));
    let none = cbp.get("/v1/decided-blind?since=yesterday").await;
    assert_eq!((none.status, none.code()), (400, "parameter-malformed"));
}
