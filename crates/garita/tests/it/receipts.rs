//! Receipts: they hold offline, and none holds with anything changed that it proves.

use garita_credential::keys::VerificationKey;
use garita_exchange::stamp::Stamp;
use serde_json::{Value, json};

use crate::world::{Api, World, appointment, garita, record_path};

/// Members of a receipt that the command proves, by pointer.
const PROVEN: [&str; 12] = [
    "/leaf/id",
    "/leaf/view",
    "/leaf/party",
    "/leaf/logged",
    "/leaf/audience",
    "/leaf/act",
    "/salt",
    "/index",
    "/stamp/id",
    "/checkpoint",
    "/logKey",
    "/proof/0",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_holds_offline_and_fails_with_anything_changed() {
    let world = World::three("receipt").await;
    let (carrier, cbp) = (world.api("ocotillo"), world.api("cbp"));
    let mut first = Value::Null;
    let mut ids = Vec::new();
    for at in 0..5 {
        let answer = carrier
            .draft(
                "Appointment",
                appointment(&format!("TOCQ26112405{at:02}"), "47AK2F"),
            )
            .await;
        ids.push(answer.id());
        first = answer.body;
    }
    let verify = |name: &str, receipt: &Value, key: Option<&str>| {
        let file = world.folder.write(name, &receipt.to_string());
        let mut args = vec!["log", "verify-receipt", file.to_str().unwrap()];
        if let Some(key) = key {
            args.extend(["--log-key", key]);
        }
        garita(&args)
    };
    let network = world.network("trade").await;
    let trade = &network.nodes[&world.node("trade").did];
    let good = verify("good.json", &first, Some(&trade.log_key));
    assert_eq!(good.code, 0, "{good:?}");
    assert!(
        good.out.contains("proven") && good.out.contains(ids[4].as_str()),
        "{good:?}"
    );
    // The log's key of another node does not open this log's checkpoint.
    let other = &network.nodes[&world.node("customs").did];
    assert_eq!(verify("other.json", &first, Some(&other.log_key)).code, 1);

    // The receiver's own receipt of the same record, and one asked for later, hold too.
    cbp.holds(&ids[4]).await;
    let theirs = cbp.get(&format!("{}/receipt", record_path(&ids[4]))).await;
    assert_eq!(theirs.body["leaf"]["act"], "received");
    assert_eq!(
        verify("theirs.json", &theirs.body, Some(&other.log_key)).code,
        0,
        "{}",
        theirs.text
    );
    let later = carrier
        .get(&format!("{}/receipt", record_path(&ids[0])))
        .await;
    assert_eq!(
        verify("later.json", &later.body, Some(&trade.log_key)).code,
        0,
        "{}",
        later.text
    );

    let mut changed = 0;
    for pointer in PROVEN {
        for (at, mutate) in [twist as fn(&Value) -> Value, cut].into_iter().enumerate() {
            let mut bad = later.body.clone();
            let Some(member) = bad.pointer_mut(pointer) else {
                panic!("{pointer} is not in {bad}")
            };
            let new = mutate(member);
            if new == *member {
                continue;
            }
            *member = new;
            let ran = verify(&format!("bad-{}-{at}.json", changed), &bad, None);
            assert!(
                [1, 2].contains(&ran.code),
                "{pointer} changed to {} holds: {ran:?}",
                bad.pointer(pointer).unwrap()
            );
            changed += 1;
        }
    }
    assert!(changed >= 20, "{changed}");
    let mut short = later.body.clone();
    short["proof"].as_array_mut().unwrap().pop();
    assert_eq!(verify("short.json", &short, None).code, 1);
    let mut long = later.body.clone();
    long["proof"]
        .as_array_mut()
        .unwrap()
        .push(json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert_eq!(verify("long.json", &long, None).code, 1);

    // The stamp is the home node's word, under the key that the chain gives.
    let stamp: Stamp = serde_json::from_value(first["stamp"].clone()).unwrap();
    assert!(stamp.verify(&VerificationKey::from_multibase(&trade.key).unwrap()));
    assert!(!stamp.verify(&VerificationKey::from_multibase(&other.key).unwrap()));
    // And no receipt for whom the record is not.
    assert_eq!(
        world
            .api("nopalera")
            .get(&format!("{}/receipt", record_path(&ids[0])))
            .await
            .status,
        404
    );
    let nobody = Api::new(&carrier.base, "");
    assert_eq!(
        nobody
            .get(&format!("{}/receipt", record_path(&ids[0])))
            .await
            .status,
        401
    );
}

/// Another value of the same form.
fn twist(value: &Value) -> Value {
    match value {
        Value::Number(n) => json!(n.as_i64().unwrap() + 1),
        Value::String(text) if text == "issued" => json!("received"),
        Value::String(text) => {
            // A letter in the middle, where base64 has no spare bits.
            let middle = text.len() / 2;
            let mut letters: Vec<char> = text.chars().collect();
            letters[middle] = if letters[middle] == 'A' { 'B' } else { 'A' };
            json!(letters.into_iter().collect::<String>())
        }
        other => other.clone(),
    }
}

fn cut(value: &Value) -> Value {
    match value {
        Value::Number(_) => json!(0),
        Value::String(text) => json!(text[..text.len() - 1]),
        other => other.clone(),
    }
}
