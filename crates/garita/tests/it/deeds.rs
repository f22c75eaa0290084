//! Automations between running nodes: an office's home answers by rule, once, in the moment that the record is there.

use serde_json::{Value, json};

use crate::world::{Api, World, until};

/// A filing for both customs that lacks what both want.
fn filing(number: &str) -> Value {
    let dossier =
        |agency: &str| json!({ "agency": agency, "dossier": format!("{number}-{agency}") });
    json!({
        "filing": number, "flow": "northbound",
        "agencies": [dossier("customs.us"), dossier("customs.mx")],
        "lines": [{ "lineNumber": 1, "goodsText": "wire harnesses", "goodsKind": "general" }]
    })
}

/// Rules and triggers of the records of a type that a party holds.
async fn answers(api: &Api, record_type: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for (id, _, ty) in api.all_records().await {
        if ty == record_type {
            let record = api.record(&id).await.body;
            let of = |name: &str| {
                let document = &record["record"];
                document["automation"][name]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned()
            };
            out.push((of("rule"), of("trigger")));
        }
    }
    out.sort();
    out
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_answers_by_rule_once_and_the_register_says_so() {
    let mut world = World::running("deeds", 4).await;
    let mines = world.api("mines");
    let first = mines.file("Filing", filing("LOZA-26-000901")).await;
    until("both customs have asked", || async {
        answers(&mines, "DataRequested").await.len() == 2
    })
    .await;
    let wanted = vec![
        ("ask-customs-mx".to_owned(), first.clone()),
        ("ask-customs-us".to_owned(), first.clone()),
    ];
    assert_eq!(answers(&mines, "DataRequested").await, wanted);
    // Folded anew from the store, and by a further record of the case: no second answer.
    world.quiet().await;
    world.restart("customs").await;
    let withdrawn = json!({
        "filing": "LOZA-26-000901", "cause": "entered twice",
        "dossiers": ["LOZA-26-000901-customs.us", "LOZA-26-000901-customs.mx"]
    });
    let answer = mines.draft("FilingWithdrawn", withdrawn).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    world.quiet().await;
    assert_eq!(answers(&mines, "DataRequested").await, wanted);
    let register = Api::new(&world.node("customs").url, "")
        .get("/v1/automations")
        .await;
    assert_eq!(register.status, 200, "{}", register.text);
    let items = register.body["items"].as_array().unwrap();
    let line = items
        .iter()
        .find(|i| i["rule"] == "ask-customs-us")
        .unwrap();
    assert_eq!(line["issued"], 1, "{line}");
    assert_eq!(line["refused"], 0, "{line}");
    assert_eq!(line["runBy"], json!([world.did("cbp")]));
    for said in ["/title/en", "/title/es", "/why/en", "/why/es", "/when"] {
        let text = line.pointer(said).and_then(Value::as_str).unwrap();
        assert!(!text.is_empty(), "{said}: {line}");
    }
    assert!(
        !register.text.contains("LOZA"),
        "the register names no case"
    );
}
