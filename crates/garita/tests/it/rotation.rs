//! A party's keys are changed while its node runs: what was signed before and after is judged rightly on all nodes, also what is
//! revoked later from a day on.

use garita_exchange::core::HostedKey;
use garita_exchange::governance::Statement;
use garita_exchange::rotation;
use garita_node::config::NodeConfig;
use garita_node::keyring::Keyring;
use garita_node::setup;
use serde_json::{Value, json};

use crate::world::{Api, World, appointment, until};

async fn rotate(world: &World, node: &str, party: &str) -> (u16, Value) {
    let at = world.node(node);
    let answer = Api::new(&at.url, &at.admin_token)
        .post("/v1/admin/rotations", &json!({ "party": party }))
        .await;
    (answer.status, answer.body)
}

fn method(answer: &crate::world::Answer) -> String {
    answer.body["record"]["proof"]["verificationMethod"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_party_signs_with_new_keys_without_a_stop() {
    let mut world = World::three("rotation").await;
    let carrier = world.did("ocotillo");
    let file = async |world: &World, trip: &str| {
        let api = world.api("ocotillo");
        api.file("Appointment", appointment(trip, "47AK2F")).await
    };
    let before = file(&world, "TOCQ2611240417").await;
    world.api("cbp").holds(&before).await;
    world.api("puente").holds(&before).await;

    // Its home is not the node that keeps the authority: it asks there.
    let (status, answer) = rotate(&world, "trade", "ocotillo").await;
    assert_eq!(status, 200, "{answer}");
    let (key, views) = (format!("{carrier}#key-2"), format!("{carrier}#views-2"));
    assert_eq!(answer["verificationMethods"], json!([key, views]));
    let after = file(&world, "TOCQ2611240418").await;
    let whole = world.api("cbp").holds(&after).await;
    assert_eq!(method(&whole), key);
    assert_eq!(whole.body["disputed"], Value::Null);
    let view = world.api("puente").holds(&after).await;
    assert_eq!(method(&view), views);

    // What the old key signed stands, and the party's document names the keys of now.
    let earlier = world.api("cbp").record(&before).await;
    assert_eq!(method(&earlier), format!("{carrier}#key-1"));
    assert_eq!(earlier.body["disputed"], Value::Null);
    let document = Api::new(&world.node("trade").url, "")
        .get("/parties/ocotillo/did.json")
        .await;
    let named: Vec<&str> = document.body["verificationMethod"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].as_str().unwrap())
        .collect();
    // Those of now first; what the first ones signed for use outside stays good.
    assert_eq!(named[..2], [&key, &views]);
    assert_eq!(named.len(), 4, "{named:?}");

    // A restart signs with the same; once more, and the numbers go on.
    world.restart("trade").await;
    let again = file(&world, "TOCQ2611240419").await;
    assert_eq!(method(&world.api("cbp").holds(&again).await), key);
    let (status, answer) = rotate(&world, "trade", "ocotillo").await;
    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["verificationMethods"][0], format!("{carrier}#key-3"));
    // The node that keeps the authority changes its own parties' keys as well.
    let (status, answer) = rotate(&world, "customs", "cbp").await;
    assert_eq!(status, 200, "{answer}");

    // The second key turns out to be stolen since some day: what it signed is disputed from then on, what it signed before is not.
    let mut network = world.network("customs").await;
    let logged = world.api("cbp").record(&again).await.body["stamp"]["logged"]
        .as_i64()
        .unwrap();
    let cbp = world.api("cbp");
    for method in [&key, &views] {
        let revoked = Statement::KeyRevoked {
            verification_method: method.clone(),
            from_ms: logged,
            reason: "stolen".to_owned(),
        };
        let entry = network.draft(&revoked, &world.authority(), logged).unwrap();
        network.adopt(&entry).unwrap();
        assert_eq!(cbp.post("/v1/governance", &entry).await.status, 200);
    }
    until("all nodes have the revocation", || async {
        let mut all = true;
        for node in ["customs", "trade", "bridges"] {
            let held = world.network(node).await;
            let judge = |at| garita_credential::Resolver::key(&held, &key, Some(at)).is_ok();
            all &= !judge(logged) && judge(logged - 1);
        }
        all
    })
    .await;
    // What it signed since is disputed wherever it is held, whole or in part; what the first key signed is not.
    for party in ["cbp", "anam", "ocotillo", "puente"] {
        let api = world.api(party);
        until("what the key signed since is disputed", || async {
            api.record(&again).await.body["disputed"] == "key-revoked"
        })
        .await;
        for stands in [&before, &after] {
            assert_eq!(api.record(stands).await.body["disputed"], Value::Null);
        }
    }
    // The third key goes on.
    let last = file(&world, "TOCQ2611240420").await;
    let held = cbp.holds(&last).await;
    assert_eq!(method(&held), format!("{carrier}#key-3"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_changes_the_keys_of_another() {
    let world = World::three("rotation-not").await;
    let at = world.node("trade");
    let asked = json!({ "party": "ocotillo" });
    // Without the operator's token.
    let answer = Api::new(&at.url, &at.parties["ocotillo"].token)
        .post("/v1/admin/rotations", &asked)
        .await;
    assert_eq!(answer.status, 401, "{}", answer.text);
    let (status, answer) = rotate(&world, "trade", "cbp").await;
    assert_eq!(status, 404, "{answer}");
    // An unsigned request to the authority.
    let founder = Api::new(&world.node("customs").url, "");
    let answer = founder.post("/v1/peer/keys", &json!({})).await;
    assert_eq!(answer.status, 401, "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_authority_is_away_the_keys_stay() {
    let mut world = World::three("rotation-away").await;
    world.stop("customs").await;
    let (status, answer) = rotate(&world, "trade", "ocotillo").await;
    assert_eq!(
        (status, answer["code"].as_str()),
        (503, Some("peer-unreachable")),
        "{answer}"
    );
    let trade = world.api("ocotillo");
    let id = trade
        .file("Appointment", appointment("TOCQ2611240417", "47AK2F"))
        .await;
    assert_eq!(
        method(&trade.record(&id).await),
        format!("{}#key-1", world.did("ocotillo"))
    );
    world.start("customs").await;
    let (status, answer) = rotate(&world, "trade", "ocotillo").await;
    assert_eq!(status, 200, "{answer}");
    world.api("cbp").holds(&id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_whose_answer_was_lost_is_brought_to_its_end() {
    let mut world = World::three("rotation-lost").await;
    let data = world.node("trade").data.clone();
    for (slug, restarted) in [("ocotillo", false), ("nopalera", true)] {
        let did = world.did(slug);
        // What the home had done when it heard no more: keys on disk, listed by the authority.
        let new = setup::keys_numbered(&Keyring::closed(&data), slug, &did, 2).unwrap();
        let current = HostedKey {
            verification_method: format!("{did}#key-1"),
            key: world.key("trade", slug),
            views: None,
        };
        let network = world.network("customs").await;
        let now_ms = world.app("customs").core().clock.now_ms();
        let asked = rotation::ask(&network, &did, &current, &new, 3_600_000, now_ms).unwrap();
        let statement = rotation::judge(&network, &asked, now_ms).unwrap().statement;
        let entry = network
            .draft(&statement, &world.authority(), now_ms)
            .unwrap();
        let cbp = world.api("cbp");
        assert_eq!(cbp.post("/v1/governance", &entry).await.status, 200);
        let method = format!("{did}#key-2");
        until("the home has the entry", || async {
            !world.network("trade").await.keys.of(&method).is_empty()
        })
        .await;
        if restarted {
            world.restart("trade").await;
        } else {
            let (status, answer) = rotate(&world, "trade", slug).await;
            assert_eq!(status, 200, "{answer}");
            assert_eq!(answer["verificationMethods"][0], method);
        }
        let in_use = world.app("trade").core().hosted[&did].current();
        assert_eq!(in_use.verification_method, method);
        let kept = NodeConfig::read(&data).unwrap();
        assert_eq!(kept.hosted[&did].verification_method, method);
    }
    let id = world
        .api("ocotillo")
        .file("Appointment", appointment("TOCQ2611240430", "47AK2F"))
        .await;
    world.api("cbp").holds(&id).await;
}
