//! A record is erased: its content is nowhere, its place in the log and what followed from it stay, those who have it are told. Legal holds
//! and retention.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::world::{
    Answer, Api, Folder, Ran, World, appointment, draft, garita, manifest, record_path, trip_key,
    until,
};

const TRIP: &str = "TOCQ2611240417";
/// What the appointment says and no fold reads.
const PERSONAL: [&str; 2] = ["Tyre change on the way", "dispatch@ocotillo.example"];
const REASON: &str = "deletion asked for by the person concerned";

/// Runs the binary off the threads on which the nodes of this test live.
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

/// Three nodes with their operators' tokens where the command line looks for them, and rules of retention on the trade's.
async fn world(name: &str, retention: &Value) -> World {
    World::prepared(name, 3, |_, nodes| {
        for node in nodes {
            fs::write(node.data.join("admin.token"), &node.admin_token).unwrap();
        }
        let trade = nodes.iter().find(|n| n.slug == "trade").unwrap();
        let path = trade.data.join("node.json");
        let mut file: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        file["retention"] = retention.clone();
        fs::write(&path, file.to_string()).unwrap();
    })
    .await
}

/// An appointment with a file, and the manifest of its trip, at rest on three nodes; id and the file's address.
async fn filed(world: &World) -> (String, String) {
    let carrier = world.api("ocotillo");
    let kept = carrier
        .send(
            "POST",
            "/v1/attachments",
            b"a passport, photographed".to_vec(),
        )
        .await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    let mut one = draft("Appointment", appointment(TRIP, "47AK2F"));
    one["relatedResource"] = json!([kept.body["relatedResource"]]);
    let id = carrier.post("/v1/records", &one).await.id();
    let manifested = carrier
        .file("Manifest", manifest(TRIP, "47AK2F", "TOCQ88402171"))
        .await;
    world.api("cbp").holds(&id).await;
    world.api("cbp").holds(&manifested).await;
    world.api("puente").holds(&id).await;
    world.quiet().await;
    let digest = kept.body["id"].as_str().unwrap();
    let address = digest.trim_start_matches("ni:///sha-256;");
    (id, format!("/v1/attachments/{address}"))
}

/// What a party's case says, but for the list of its records and what rules find in them.
async fn state(api: &Api) -> Value {
    let mut case = api.case("trip", &trip_key(TRIP)).await;
    assert_eq!(case.status, 200, "{}", case.text);
    for member in ["records", "findings"] {
        case.body.as_object_mut().unwrap().remove(member);
    }
    assert!(case.body["state"].is_string(), "{}", case.body);
    case.body
}

fn gone(answer: &Answer) {
    assert_eq!(
        (answer.status, answer.code()),
        (410, "record-erased"),
        "{}",
        answer.text
    );
    assert!(
        answer.body["detailEs"]
            .as_str()
            .is_some_and(|t| t.contains("borró")),
        "{}",
        answer.text
    );
}

/// Columns of a store in which a text stands.
fn places_of(db: &Connection, wanted: &str) -> Vec<String> {
    let names = |sql: &str| -> Vec<String> {
        let mut query = db.prepare(sql).unwrap();
        let rows = query.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let mut found = Vec::new();
    for table in names("SELECT name FROM sqlite_master WHERE type = 'table'") {
        for column in names(&format!("SELECT name FROM pragma_table_info('{table}')")) {
            let sql =
                format!("SELECT count(*) FROM {table} WHERE instr(CAST({column} AS TEXT), ?1) > 0");
            let count: i64 = db.query_row(&sql, [wanted], |row| row.get(0)).unwrap();
            if count > 0 {
                found.push(format!("{table}.{column}"));
            }
        }
    }
    found
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

async fn in_step(world: &World, node: &str, peer: &str) {
    let peer = world.node(peer).did.clone();
    until("both hold the same", || async {
        let standings = world.app(node).standings().all();
        standings
            .get(&peer)
            .is_some_and(garita_exchange::sync::PeerStanding::in_step)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_record_leaves_its_place_its_states_and_a_word_to_those_who_have_it() {
    let mut world = world("erase", &json!([])).await;
    let (id, file) = filed(&world).await;
    let (carrier, cbp, bridge) = (world.api("ocotillo"), world.api("cbp"), world.api("puente"));
    let data = world.node("trade").data.clone();
    let whole = carrier.record(&id).await.body["record"].clone();
    let before = (state(&carrier).await, state(&cbp).await);
    let log_size = world.app("trade").core().reader.counts().unwrap().log_size;
    assert_eq!(files_below(&data.join("blobs")).len(), 1);
    {
        let db = Connection::open(data.join("garita.db")).unwrap();
        assert!(!places_of(&db, PERSONAL[0]).is_empty(), "nothing to erase");
    }

    // Without --yes nothing goes.
    let order = ["erase", &id, "--data", text(&data), "--reason", REASON];
    let looked = run(&order).await;
    assert_eq!(looked.code, 0, "{looked:?}");
    assert!(looked.out.contains("would be erased"), "{looked:?}");
    assert!(looked.err.contains("--yes"), "{looked:?}");
    assert_eq!(carrier.record(&id).await.status, 200);
    // What is no record, and what is the exchange's own.
    // No digest of 32 bytes ends so.
    let unknown = format!("{}B", &id[..id.len() - 1]);
    let none = run(&[
        "erase",
        &unknown,
        "--data",
        text(&data),
        "--reason",
        REASON,
        "--yes",
    ])
    .await;
    assert_eq!(none.code, 1, "{none:?}");
    assert!(none.err.contains("record-unknown"), "{none:?}");

    let mut order = order.to_vec();
    order.extend(["--by", "M. Herrera", "--yes", "--lang", "es"]);
    let erased = run(&order).await;
    assert_eq!(erased.code, 0, "{erased:?}");
    assert!(erased.out.contains("borrado"), "{erased:?}");

    // It is gone, for people, programs and pages alike.
    gone(&carrier.record(&id).await);
    gone(&carrier.get(&format!("{}/receipt", record_path(&id))).await);
    assert_eq!(carrier.get(&file).await.status, 404);
    assert!(files_below(&data.join("blobs")).is_empty());
    let list = carrier.get("/v1/records?limit=500").await;
    assert!(!list.text.contains(PERSONAL[0]), "{}", list.text);
    let line = list.body["items"].as_array().unwrap();
    let line = line.iter().find(|item| item["id"] == id).unwrap();
    assert!(line["erased"].is_string(), "{line}");
    // Filed again it is not taken in again, and comes back nowhere.
    gone(&carrier.post("/v1/records", &whole).await);

    // Those who got it are told, with the reason, and have it yet.
    for (name, api) in [("cbp", &cbp), ("puente", &bridge)] {
        until(&format!("{name} is told"), || async {
            api.all_records()
                .await
                .iter()
                .any(|(_, _, kind)| kind == "Erased")
        })
        .await;
        let told = api.all_records().await;
        let notice = told.iter().find(|(_, _, kind)| kind == "Erased").unwrap();
        let notice = api.record(&notice.0).await.body["record"].clone();
        assert_eq!(
            notice["credentialSubject"]["records"],
            json!([id]),
            "{notice}"
        );
        assert_eq!(notice["credentialSubject"]["ground"], REASON);
        assert_eq!(notice["issuer"]["id"], world.did("ocotillo"));
        assert!(!notice.to_string().contains("Herrera"), "{notice}");
        assert_eq!(
            api.record(&id).await.status,
            200,
            "{name} goes by its own law"
        );
    }
    assert!(cbp.record(&id).await.text.contains(PERSONAL[0]));

    // States are as they were, on both sides, and both hold the same.
    world.quiet().await;
    assert_eq!((state(&carrier).await, state(&cbp).await), before);
    in_step(&world, "trade", "customs").await;
    in_step(&world, "customs", "trade").await;
    let found = carrier.get("/v1/search?q=47AK2F").await;
    assert!(found.text.contains(&trip_key(TRIP)), "{}", found.text);

    // The log is whole: nothing went from it, and fsck agrees, also after a start.
    let now = world.app("trade").core().reader.counts().unwrap().log_size;
    assert!(now > log_size, "{now} {log_size}");
    let whole = run(&["fsck", "--data", text(&data), "--proofs"]).await;
    assert_eq!(whole.code, 0, "{whole:?}");
    world.restart("trade").await;
    gone(&carrier.record(&id).await);
    assert_eq!((state(&carrier).await, state(&cbp).await), before);

    // The case's evidence holds without it, and with the notice.
    fs::write(
        data.join("ocotillo.token"),
        &world.node("trade").parties["ocotillo"].token,
    )
    .unwrap();
    let bundle = world.folder.path().join("case.json");
    let case = format!("trip/{}", trip_key(TRIP));
    let written = run(&[
        "evidence",
        "export",
        &case,
        "--data",
        text(&data),
        "--party",
        "ocotillo",
        "--out",
        text(&bundle),
    ])
    .await;
    assert_eq!(written.code, 0, "{written:?}");
    let held = fs::read_to_string(&bundle).unwrap();
    assert!(held.contains("Erased") && !held.contains(PERSONAL[0]));
    let verified = run(&["evidence", "verify", text(&bundle)]).await;
    assert_eq!(verified.code, 0, "{verified:?}");

    // Nothing of it is in the store, nor in a copy made since.
    let again = run(&[
        "erase",
        &id,
        "--data",
        text(&data),
        "--reason",
        REASON,
        "--yes",
    ])
    .await;
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.out.contains("erased before"), "{again:?}");
    let listed = run(&["erase", "--list", "--data", text(&data)]).await;
    assert!(
        listed.out.contains(&id) && listed.out.contains("M. Herrera"),
        "{listed:?}"
    );
    let copy = world.folder.path().join("copy");
    let copied = run(&["backup", "--data", text(&data), "--to", text(&copy)]).await;
    assert_eq!(copied.code, 0, "{copied:?}");
    world.stop("trade").await;
    let back = world.folder.path().join("back");
    let restored = run(&["restore", "--from", text(&copy), "--data", text(&back)]).await;
    assert_eq!(restored.code, 0, "{restored:?}");
    for folder in [&data, &back] {
        let whole = run(&["fsck", "--data", text(folder)]).await;
        assert_eq!(whole.code, 0, "{whole:?}");
        let db = Connection::open(folder.join("garita.db")).unwrap();
        for personal in PERSONAL {
            assert_eq!(places_of(&db, personal), Vec::<String>::new(), "{personal}");
        }
    }
    // What pretends to be erased and is not is told.
    let db = Connection::open(back.join("garita.db")).unwrap();
    db.execute("UPDATE bodies SET document = CAST(replace(CAST(document AS TEXT), '{\"id\"', '{\"salt\":\"x\",\"id\"') AS BLOB) WHERE rec IN (SELECT rec FROM records WHERE erased_ms IS NOT NULL AND view = 'whole')", []).unwrap();
    db.execute("INSERT INTO log_salts SELECT local_index, zeroblob(32) FROM records WHERE erased_ms IS NOT NULL AND view = 'whole'", []).unwrap();
    drop(db);
    let told = run(&["fsck", "--data", text(&back), "--json"]).await;
    assert_eq!(told.code, 1, "{told:?}");
    let account: Value = serde_json::from_str(&told.out).unwrap();
    let codes: Vec<&str> = account["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["code"].as_str().unwrap())
        .collect();
    assert!(
        codes.iter().filter(|c| **c == "erased-kept").count() >= 2,
        "{codes:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_legal_hold_beats_erasing_and_retention_until_it_is_lifted() {
    let rules = json!([{ "recordType": "Appointment", "days": 0 }]);
    let world = world("hold", &rules).await;
    let (id, _) = filed(&world).await;
    let carrier = world.api("ocotillo");
    let data = world.node("trade").data.clone();
    let case = format!("trip/{}", trip_key(TRIP));
    let data = text(&data);
    let erase = ["erase", &id, "--data", data, "--reason", REASON, "--yes"];
    let run_rules = ["retention", "run", "--data", data, "--json"];
    let account = |ran: &Ran| -> Value { serde_json::from_str(&ran.out).unwrap() };

    let set = run(&[
        "hold",
        "set",
        &case,
        "--data",
        data,
        "--reason",
        "court order 12",
        "--by",
        "M. Herrera",
    ])
    .await;
    assert_eq!(set.code, 0, "{set:?}");
    let party = run(&[
        "hold", "set", "--party", "ocotillo", "--data", data, "--reason", "audit",
    ])
    .await;
    assert_eq!(party.code, 0, "{party:?}");
    let refused = run(&erase).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    for told in ["legal-hold", "M. Herrera", "court order 12"] {
        assert!(refused.err.contains(told), "{refused:?}");
    }
    let kept = run(&run_rules).await;
    assert_eq!(kept.code, 0, "{kept:?}");
    assert_eq!(
        (
            &account(&kept)["erased"],
            &account(&kept)["kept"],
            &account(&kept)["items"][0]["kept"]
        ),
        (&json!(0), &json!(1), &json!("legal-hold"))
    );

    // One of both lifted is not enough.
    let lifted = run(&[
        "hold",
        "lift",
        &case,
        "--data",
        data,
        "--reason",
        "case closed",
    ])
    .await;
    assert_eq!(lifted.code, 0, "{lifted:?}");
    let refused = run(&erase).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(
        refused.err.contains("audit") && !refused.err.contains("court order"),
        "{refused:?}"
    );
    let lifted = run(&[
        "hold",
        "lift",
        "--party",
        &world.did("ocotillo"),
        "--data",
        data,
        "--reason",
        "done",
    ])
    .await;
    assert_eq!(lifted.code, 0, "{lifted:?}");
    let none = run(&["hold", "lift", &case, "--data", data, "--reason", "again"]).await;
    assert_eq!(none.code, 1, "{none:?}");
    let listed = run(&["hold", "list", "--data", data]).await;
    assert_eq!((listed.code, listed.out.as_str()), (0, ""), "{listed:?}");
    let listed = run(&["hold", "list", "--all", "--data", data]).await;
    assert!(listed.out.contains("lifted by"), "{listed:?}");

    // The rule takes the appointment, says so first, and nothing else.
    let mut dry = run_rules.to_vec();
    dry.push("--dry-run");
    let looked = run(&dry).await;
    assert_eq!(account(&looked)["erased"], 1, "{looked:?}");
    assert_eq!(carrier.record(&id).await.status, 200);
    let done = run(&run_rules).await;
    assert_eq!(account(&done)["erased"], 1, "{done:?}");
    assert_eq!(account(&done)["items"][0]["id"], id, "{done:?}");
    gone(&carrier.record(&id).await);
    let again = run(&run_rules).await;
    assert_eq!(account(&again)["erased"], 0, "{again:?}");
    let manifests = carrier.get("/v1/records?type=Manifest").await;
    assert_eq!(
        manifests.body["items"][0]["erased"],
        Value::Null,
        "{}",
        manifests.text
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_on_its_way_is_not_erased_before_it_is_there() {
    let mut world = world("owed", &json!([])).await;
    world.stop("bridges").await;
    let carrier = world.api("ocotillo");
    let id = carrier
        .file("Appointment", appointment(TRIP, "47AK2F"))
        .await;
    let order = json!({ "records": [id], "reason": REASON, "by": "M. Herrera" });
    let trade = world.node("trade");
    let operator = Api::new(&trade.url, &trade.admin_token);
    let early = operator.post("/v1/admin/erasures", &order).await;
    assert_eq!(
        (early.status, early.code()),
        (409, "erase-undelivered"),
        "{}",
        early.text
    );
    assert!(early.text.contains("Bridges"), "{}", early.text);
    assert_eq!(carrier.record(&id).await.status, 200);
    // A party's token is no operator's, and an order must be one.
    assert_eq!(carrier.post("/v1/admin/erasures", &order).await.status, 401);
    let twice = json!({ "records": [id, id], "reason": REASON, "by": "M. Herrera" });
    let twice = operator.post("/v1/admin/erasures", &twice).await;
    assert_eq!(
        (twice.status, twice.code()),
        (400, "erase-malformed"),
        "{}",
        twice.text
    );

    world.start("bridges").await;
    let bridge = world.api("puente");
    bridge.holds(&id).await;
    until("it may be erased", || async {
        operator.post("/v1/admin/erasures", &order).await.status == 200
    })
    .await;
    gone(&carrier.record(&id).await);
    until("the bridge is told", || async {
        bridge
            .all_records()
            .await
            .iter()
            .any(|(_, _, kind)| kind == "Erased")
    })
    .await;
    // Who is seated later gets nothing of what was erased.
    carrier
        .file("Manifest", manifest(TRIP, "47AK2F", "TOCQ88402171"))
        .await;
    world.quiet().await;
    in_step(&world, "trade", "bridges").await;
    in_step(&world, "trade", "customs").await;
}

/// The guards of the test itself: a store is searched column by column.
#[test]
fn a_text_in_a_store_is_found() {
    let folder = Folder::new("places");
    let db = Connection::open(folder.path().join("a.db")).unwrap();
    db.execute_batch(
        "CREATE TABLE t (a BLOB, b TEXT); INSERT INTO t VALUES (CAST('xTyrex' AS BLOB), 'none');",
    )
    .unwrap();
    assert_eq!(places_of(&db, "Tyre"), ["t.a"]);
}
