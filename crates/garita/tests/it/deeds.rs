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

/// Suspensions on one node, each until the other side's office has the certificate suspended.
const SUSPENSIONS: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_takes_effect_on_the_other_side() {
    let world = World::running("suspended", 4).await;
    let (ctpat, there) = (world.api("ctpat"), world.api("anam"));
    let number = |n: usize| format!("C-26-{n:06}");
    for n in 0..SUSPENSIONS {
        let subject = json!({
            "program": "CTPAT", "number": number(n), "holder": world.did("ocotillo"), "companyName": "Transportes Ocotillo",
            "country": "MX", "memberRole": "highway-carrier", "scac": "TOCQ", "dotNumber": "2417703", "status": "certified", "validFrom": "2026-01-20T06:00:00Z",
            "sites": [{ "siteName": "Nuevo Laredo yard", "country": "MX" }], "offices": [world.did("anam")],
        });
        ctpat.file("Certificate", subject).await;
    }
    world.quiet().await;
    let mut took_ms: Vec<f64> = Vec::new();
    for n in 0..SUSPENSIONS {
        let key = format!("CTPAT:{}", number(n));
        let shown = async || there.case("certificate", &key).await.body["state"].clone();
        assert_eq!(shown().await, "certified", "{key}");
        let subject = json!({
            "program": "CTPAT", "number": number(n), "kind": "incident", "endsWith": "the incident report",
        });
        let start = std::time::Instant::now();
        ctpat.file("Suspension", subject).await;
        // Asked again at once: a pause between would be measured with it.
        while shown().await != "suspended" {
            assert!(
                start.elapsed() < std::time::Duration::from_secs(60),
                "{key}"
            );
        }
        took_ms.push(start.elapsed().as_secs_f64() * 1e3);
    }
    assert_eq!(took_ms.len(), SUSPENSIONS);
    took_ms.sort_by(f64::total_cmp);
    let at = |share: usize| took_ms[(SUSPENSIONS * share / 100).min(SUSPENSIONS - 1)];
    let under = if at(99) < 1_000.0 {
        "under"
    } else {
        "not under"
    };
    println!(
        "{SUSPENSIONS} suspensions, from filing to the other side's fold: p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms; p99 {under} 1,000 ms",
        at(50),
        at(99),
        at(100),
    );
}
