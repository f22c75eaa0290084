//! What a peer sends and this node cannot judge yet waits by name; and which programs the network has adopted.

use std::path::Path;
use std::sync::Arc;

use garita_credential::keys::SigningKey;
use garita_exchange::adoption::{self, Terms};
use garita_exchange::client::Client;
use garita_exchange::envelope::record_id;
use garita_exchange::governance::{PartyEntry, PartyKey, Statement};
use garita_exchange::wire::{DeliveryAnswer, DeliveryResult};
use garita_node::config::read_key;
use garita_node::setup::CreatedNode;
use serde_json::{Value, json};

use crate::governance::{delivery, forge};
use crate::world::{Answer, Api, DAY_MS, World, appointment, trip_key, until};

const PROGRAM: &str = r#"profile: gatepass
version: 1.0.0
charter: { signatories: [customs.us], notice: P14D }
kinds:
  pass: { key: [/credentialSubject/scac, /credentialSubject/number], owner: { role: carrier, holds: scac } }
records:
  GatePass: { issued-by: [carrier], about: { pass: /credentialSubject }, audience: [{ to: [customs.us] }] }
life-cycle:
  pass: { show: [{ state: open }] }
"#;

/// A program of one record type, as an operator installs it.
fn install(root: &Path) {
    let folder = root.join("gatepass");
    std::fs::create_dir_all(folder.join("schemas")).unwrap();
    std::fs::create_dir_all(folder.join("texts")).unwrap();
    let term = |name: &str| json!(format!("https://example.org/gate#{name}"));
    let context = json!({ "@context": {
        "GatePass": term("GatePass"), "scac": term("scac"), "number": term("number"),
    } });
    let text = json!({ "type": "string", "minLength": 1 });
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["scac", "number"],
        "properties": { "scac": text, "number": text },
    });
    for (name, text) in [
        ("profile.yaml", PROGRAM.to_owned()),
        ("context.jsonld", context.to_string()),
        ("schemas/GatePass.json", schema.to_string()),
        (
            "texts/en.yaml",
            "kinds: { pass: Pass }\nstates: { open: Open }\nrecords: { GatePass: Gate pass }\n"
                .to_owned(),
        ),
        (
            "texts/es.yaml",
            "kinds: { pass: Pase }\nstates: { open: Abierto }\nrecords: { GatePass: Pase de entrada }\n"
                .to_owned(),
        ),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// Has a node take up the programs of a folder when it starts.
fn give_programs(node: &CreatedNode, folder: &Path) {
    let path = node.data.join("node.json");
    let mut file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    file["programs"] = json!(folder);
    std::fs::write(path, file.to_string()).unwrap();
}

fn pass(number: &str) -> Value {
    json!({ "scac": "TOCQ", "number": number })
}

/// Customs and trade run; trade has the gate's program, customs have not.
async fn with_program(name: &str) -> World {
    World::prepared(name, 2, |folder, nodes| {
        let programs = folder.path().join("programs");
        install(&programs);
        give_programs(&nodes[1], &programs);
    })
    .await
}

/// What deliveries of a peer wait for at a node, as its operator is told.
async fn waiting(world: &World, node: &str, peer: &str) -> Vec<(String, String, u64)> {
    let at = world.node(node);
    let peers = Api::new(&at.url, &at.admin_token)
        .get("/v1/peers")
        .await
        .body;
    let item = peers["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["did"] == json!(world.node(peer).did))
        .unwrap()
        .clone();
    item["waiting"]
        .as_array()
        .unwrap()
        .iter()
        .map(|w| {
            let text = |name: &str| w[name].as_str().unwrap().to_owned();
            (
                text("lacking"),
                text("name"),
                w["count"].as_u64().unwrap_or(0),
            )
        })
        .collect()
}

fn gate_core(profiles: &Answer) -> String {
    profiles.body["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|p| p["id"] == "gatepass")
        .unwrap()["core"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_of_a_program_that_is_not_here_waits_until_it_is() {
    let mut world = with_program("lacking").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let core = gate_core(&carrier.get("/v1/profiles").await);
    let id = carrier.file("GatePass", pass("7")).await;
    until("customs say what they lack", || async {
        !waiting(&world, "customs", "trade").await.is_empty()
    })
    .await;
    assert_eq!(
        waiting(&world, "customs", "trade").await,
        [("profile".to_owned(), core.clone(), 1)]
    );
    assert_eq!(cbp.record(&id).await.status, 404);
    // Its home knows that it is not logged there, and why.
    let holders = format!("{}/holders", crate::world::record_path(&id));
    until("the home is told", || async {
        carrier.get(&holders).await.body["items"][0]["answer"] == "waiting"
    })
    .await;
    let told = carrier.get(&holders).await.body["items"][0].clone();
    assert_eq!(told["code"], json!(format!("profile: {core}")), "{told}");
    // What else comes is not held up.
    let other = carrier
        .file("Appointment", appointment("TOCQ2611240417", "47AK2F"))
        .await;
    cbp.holds(&other).await;
    // A client is refused at once, and told what is known.
    let refused = cbp.draft("GatePass", pass("8")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "record-type-unknown"),
        "{}",
        refused.text
    );
    assert!(refused.text.contains("crossing"), "{}", refused.text);

    // Customs install the program and start again: nobody sends anything, and the record is there.
    give_programs(world.node("customs"), &world.folder.path().join("programs"));
    world.restart("customs").await;
    let held = cbp.holds(&id).await;
    assert_eq!(held.body["view"], "whole");
    assert_eq!(waiting(&world, "customs", "trade").await, []);
    let case = cbp.case("pass", "TOCQ:7").await;
    assert_eq!(case.body["state"], "open", "{}", case.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lacking_is_named_and_what_does_not_hold_is_refused() {
    let world = World::running("named", 1).await;
    let (stranger, node_key) = (world.did("stranger"), world.key("hostile", "node"));
    let client = Client::new(&world.node("hostile").did, Arc::clone(&node_key)).unwrap();
    let good = forge(
        &world,
        "Appointment",
        &stranger,
        world.key("hostile", "stranger"),
        ("trip", &trip_key("TOCQ2611240417")),
        appointment("TOCQ2611240417", "47AK2F"),
    )
    .await;
    let send = async |seq: u64, record: &Value| -> DeliveryResult {
        let entry = delivery(&world, "hostile", seq, record, &world.did("cbp"), &node_key);
        let answer: DeliveryAnswer = client
            .post(&world.node("customs").url, "/v1/peer/deliveries", &entry)
            .await
            .unwrap();
        answer.results[0].clone()
    };
    let with = |change: &dyn Fn(&mut Value)| {
        let mut record = good.clone();
        change(&mut record);
        let id = record_id(&record).unwrap();
        record["id"] = json!(id);
        record
    };
    let unheard = "https://example.org/unheard/v1";
    let context = with(&|d| d["@context"].as_array_mut().unwrap().push(json!(unheard)));
    let kind = with(&|d| d["type"][1] = json!("Teleport"));
    let suite = with(&|d| {
        d["proof"]["cryptosuite"] = json!("ecdsa-sd-2043");
        d["proof"]["proofValue"] = json!("u2V0AhVhA");
    });
    let later_key = Arc::new(SigningKey::from_seed([8; 32]));
    let method = format!("{stranger}#key-2");
    let rotated = {
        let mut record = forge(
            &world,
            "Appointment",
            &stranger,
            Arc::clone(&later_key),
            ("trip", &trip_key("TOCQ2611240418")),
            appointment("TOCQ2611240418", "47AK2F"),
        )
        .await;
        record.as_object_mut().unwrap().remove("proof");
        garita_credential::data_integrity::create(
            &record,
            garita_credential::Suite::EddsaRdfc2022,
            &later_key,
            &garita_credential::data_integrity::ProofOptions::assertion(&method, DAY_MS),
            &garita_node::programs::load(None)
                .unwrap()
                .canonicalizer()
                .unwrap(),
        )
        .unwrap()
    };
    for (seq, (record, code)) in (1..).zip([
        (&context, format!("context: {unheard}")),
        (&kind, "context: Teleport".to_owned()),
        (&suite, "proof: ecdsa-sd-2043".to_owned()),
        (&rotated, format!("key: {method}")),
    ]) {
        let result = send(seq, record).await;
        assert_eq!(
            (result.status.as_str(), result.code.as_deref()),
            ("waiting", Some(code.as_str())),
            "{result:?}"
        );
    }
    let mut told = waiting(&world, "customs", "hostile").await;
    told.sort();
    assert_eq!(
        told,
        [
            ("context".to_owned(), "Teleport".to_owned(), 1),
            ("context".to_owned(), unheard.to_owned(), 1),
            ("key".to_owned(), method.clone(), 1),
            ("proof".to_owned(), "ecdsa-sd-2043".to_owned(), 1),
        ]
    );
    // Judged and false is not lacking: a bad proof beside one of an unknown suite; a name that no store keeps.
    let forged = with(&|d| {
        let mut bad = d["proof"].clone();
        let value = bad["proofValue"].as_str().unwrap().to_owned();
        let last = if value.ends_with('2') { "3" } else { "2" };
        bad["proofValue"] = json!(format!("{}{last}", &value[..value.len() - 1]));
        let mut unknown = bad.clone();
        unknown["cryptosuite"] = json!("ecdsa-sd-2043");
        d["proof"] = json!([bad, unknown]);
    });
    assert_eq!(send(5, &forged).await.status, "refused");
    let long = with(&|d| d["profile"] = json!("x".repeat(2_000)));
    let result = send(6, &long).await;
    assert_eq!(
        (result.status.as_str(), result.code.as_deref()),
        ("refused", Some("envelope-malformed")),
        "{result:?}"
    );

    // The chain brings the key: what waited for it is recorded, the rest waits on.
    let network = world.network("customs").await;
    let entry = network
        .draft(
            &Statement::Party(PartyEntry {
                did: stranger.clone(),
                home: world.node("hostile").did.clone(),
                party: network.directory.parties[&stranger].clone(),
                keys: vec![PartyKey {
                    id: method,
                    public_key_multibase: later_key.verification_key().to_multibase(),
                    from_ms: 0,
                    until_ms: None,
                }],
            }),
            &world.authority(),
            DAY_MS,
        )
        .unwrap();
    let cbp = world.api("cbp");
    assert_eq!(cbp.post("/v1/governance", &entry).await.status, 200);
    cbp.holds(rotated["id"].as_str().unwrap()).await;
    assert_eq!(waiting(&world, "customs", "hostile").await.len(), 3);
    assert_eq!(
        cbp.record(context["id"].as_str().unwrap()).await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_the_network_adopted_is_issued_under() {
    let world = with_program("adopted").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let nobody = Api::new(&carrier.base, "");
    // The founding adopted the crossing program that the binary carries; who signed is told.
    let adopted = async |profile: &str| -> Vec<Value> {
        nobody.get("/v1/network").await.body["profiles"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|p| p["profile"] == profile)
            .cloned()
            .collect()
    };
    let programs = garita_node::programs::load(None).unwrap();
    let crossing = programs.for_record_type("Manifest").unwrap();
    let founding = adopted("crossing").await;
    assert_eq!(founding.len(), 1, "{founding:?}");
    let program = crossing.program("crossing").unwrap();
    assert_eq!(founding[0]["core"], program.core_digest);
    assert_eq!(founding[0]["version"], program.version);
    assert_eq!(
        founding[0]["signers"],
        json!([garita_exchange::signing::did_key(&world.authority())])
    );
    assert_eq!(founding[0]["installed"], true);

    // Of the gate's program the network has said nothing yet.
    assert_eq!(adopted("gatepass").await, Vec::<Value>::new());
    carrier.file("GatePass", pass("1")).await;
    let adopt = async |version: &str, core: &str| {
        let entry = world
            .network("trade")
            .await
            .draft(
                &Statement::Profile {
                    profile: "gatepass".to_owned(),
                    version: version.to_owned(),
                    core: core.to_owned(),
                    adoption: None,
                },
                &world.authority(),
                DAY_MS,
            )
            .unwrap();
        assert_eq!(carrier.post("/v1/governance", &entry).await.status, 200);
    };
    // It adopts another version than the one that is installed: nothing more is issued under that one.
    let other = "ni:///sha-256;AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    adopt("2.0.0", other).await;
    let records = world.records("trade").await;
    let refused = carrier.draft("GatePass", pass("2")).await;
    assert_eq!(
        (refused.status, refused.code()),
        (422, "profile-not-adopted"),
        "{}",
        refused.text
    );
    assert_eq!(refused.body["errors"][0]["pointer"], "/profile");
    assert!(refused.text.contains("2.0.0"), "{}", refused.text);
    assert_eq!(world.records("trade").await, records);
    assert_eq!(adopted("gatepass").await[0]["installed"], false);
    // Other programs go on.
    let id = carrier
        .file("Appointment", appointment("TOCQ2611240417", "47AK2F"))
        .await;
    cbp.holds(&id).await;
    // It adopts the installed one too: that takes the signature of the charter's office, not that of the authority alone.
    let core = gate_core(&carrier.get("/v1/profiles").await);
    let network = world.network("trade").await;
    let day = 24 * 3_600_000;
    let folder =
        garita_exchange::program::read_folder(&world.folder.path().join("programs/gatepass"));
    let package = garita_profile::package::pack(&folder.unwrap(), &[]).unwrap();
    let opened = garita_profile::package::unpack(&package.bytes).unwrap();
    assert_eq!(opened.core, core);
    let charter = garita_node::programs::charter(&opened).unwrap();
    let terms = |from_ms| Terms::new(&network, &opened, &charter, from_ms);
    let at = &world.node("customs").parties["cbp"];
    let key = read_key(&at.key_file).unwrap();
    let propose = async |document: Option<Value>| {
        let entry = network
            .draft(
                &Statement::Profile {
                    profile: "gatepass".to_owned(),
                    version: "1.0.0".to_owned(),
                    core: core.clone(),
                    adoption: document,
                },
                &world.authority(),
                DAY_MS,
            )
            .unwrap();
        carrier.post("/v1/governance", &entry).await
    };
    let signed = |from_ms, signed_ms| {
        let document = terms(from_ms).document();
        adoption::sign(&document, &key, &at.verification_method, signed_ms).unwrap()
    };
    for (document, code) in [
        (None, "adoption-not-cosigned"),
        (
            Some(terms(DAY_MS - day).document()),
            "adoption-not-cosigned",
        ),
        (Some(signed(DAY_MS, DAY_MS - day)), "adoption-notice"),
    ] {
        let refused = propose(document).await;
        assert_eq!(
            (refused.status, refused.code()),
            (422, code),
            "{}",
            refused.text
        );
    }
    let whole = signed(DAY_MS - day, DAY_MS - 20 * day);
    assert_eq!(propose(Some(whole)).await.status, 200);
    carrier.file("GatePass", pass("2")).await;
    let held = adopted("gatepass").await;
    assert_eq!(held.len(), 2);
    let mine = held.iter().find(|p| p["core"] == json!(core)).unwrap();
    assert_eq!(mine["cosignatures"][0]["role"], "customs.us");
    assert_eq!(mine["inForce"], true);
}
