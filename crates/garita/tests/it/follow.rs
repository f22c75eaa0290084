//! Followers without an account: a change feed that is resumed, signed requests that are tried again, mail that needs a yes and ends by one
//! click.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use garita_credential::http_signature::{self, Request, VerifyOptions};
use garita_credential::keys::VerificationKey;
use garita_credential::resolver::{KeyEntry, KeyHistory};
use garita_exchange::clock::real_now_ms;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::scorecard::planned;
use crate::world::{Api, World, draft, free_address, until};

const ROAD: &str = "road-a";

async fn project(desk: &Api, id: &str, port: &str) {
    let subject = json!({ "project": id, "nameEn": format!("Road {id}"), "nameEs": format!("Camino {id}"), "side": "us", "port": port, "projectClass": "road", "projectType": "road", "phase": "implementation", "sponsors": ["SANDAG"], "statedOn": "2026-01-01", "sources": ["Board minutes"] });
    compiled(desk, "ProjectStated", subject).await;
}

async fn compiled(desk: &Api, record_type: &str, subject: Value) -> String {
    let mut body = draft(record_type, subject);
    body["standing"] = json!("compiled");
    body["source"] = json!("Board minutes, page 2");
    let filed = desk.post("/v1/records", &body).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    filed.id()
}

async fn date(desk: &Api, id: &str, date: &str, on: &str) -> String {
    let subject = json!({ "project": id, "dateKind": "target", "date": date, "statedOn": on, "reasonCode": "not-stated", "reasonText": "The bridge <b>waits</b>", "sources": ["https://a.example/minutes"] });
    compiled(desk, "DateStated", subject).await
}

async fn cost(desk: &Api, id: &str, amount: &str) -> String {
    let subject = json!({ "project": id, "amount": amount, "currency": "USD", "costKind": "contract", "costScope": "us-side", "statedOn": "2026-02-01", "sources": ["Board minutes"] });
    compiled(desk, "CostStated", subject).await
}

async fn world(name: &str, mail: Option<Value>) -> World {
    planned(name, |nodes| {
        let path = nodes[0].data.join("node.json");
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["automaticQuestionsADay"] = json!(0);
        if let Some(mail) = mail {
            file["mail"] = mail;
        }
        std::fs::write(&path, file.to_string()).unwrap();
    })
    .await
}

async fn changes(anybody: &Api, query: &str) -> Value {
    let found = anybody.get(&format!("/changes.json?{query}")).await;
    assert_eq!(found.status, 200, "{}", found.text);
    found.body
}

fn numbers(found: &Value) -> Vec<String> {
    let all = found["changes"].as_array().unwrap();
    let number = |change: &Value| change["number"].as_str().unwrap().to_owned();
    all.iter().map(number).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_numbered_and_a_reader_goes_on_where_he_stopped() {
    let mut world = world("follow-changes", None).await;
    let (desk, anybody) = (world.api("desk"), Api::new(&world.node("desk").url, ""));
    project(&desk, ROAD, "Laredo").await;
    project(&desk, "road-b", "Pharr").await;
    date(&desk, ROAD, "2027", "2026-01-10").await;
    let first = date(&desk, ROAD, "2028", "2026-03-10").await;
    let mut corrected = draft(
        "DateStated",
        json!({ "project": ROAD, "dateKind": "target", "date": "2028-06", "statedOn": "2026-03-10", "reasonCode": "not-stated", "reasonText": "A slip", "sources": ["https://a.example/minutes"] }),
    );
    corrected["standing"] = json!("compiled");
    corrected["source"] = json!("Board minutes, page 2");
    corrected["replaces"] = json!({ "id": first, "kind": "corrects", "reason": "the month" });
    let filed = desk.post("/v1/records", &corrected).await;
    assert_eq!(filed.status, 201, "{}", filed.text);
    cost(&desk, ROAD, "100.00").await;
    cost(&desk, ROAD, "150.00").await;
    until("all is published", || async {
        numbers(&changes(&anybody, "").await).len() == 7
    })
    .await;
    let all = changes(&anybody, "").await;
    let events = all["changes"].as_array().unwrap();
    let told: Vec<(&str, &str, &str, &Value)> = events
        .iter()
        .map(|e| {
            let text = |name: &str| e[name].as_str().unwrap_or_default();
            (text("kind"), text("old"), text("new"), &e["movedDays"])
        })
        .collect();
    assert_eq!(
        told[2..],
        [
            ("date-promised", "", "2027", &Value::Null),
            ("date-promised", "2027", "2028", &json!(366)),
            ("date-promised", "2028", "2028-06", &json!(-184)),
            ("cost", "", "100.00 USD", &Value::Null),
            ("cost", "100.00 USD", "150.00 USD", &Value::Null),
        ]
    );
    assert_eq!(events[4]["supersedes"], json!(first));
    // One by one is the same as all at once, and so it is after the node forgot all that it had in memory.
    world.restart("desk").await;
    let (mut one_by_one, mut after) = (Vec::new(), String::new());
    loop {
        let page = changes(&anybody, &format!("limit=1&after={after}")).await;
        one_by_one.extend(numbers(&page));
        after = page["last"].as_str().unwrap().to_owned();
        if page["more"] == json!(false) {
            break;
        }
    }
    assert_eq!(one_by_one, numbers(&all));
    // Nothing new: where he is stays where he is.
    let none = changes(&anybody, &format!("after={after}")).await;
    assert_eq!(
        (numbers(&none).len(), none["last"].as_str()),
        (0, Some(after.as_str()))
    );
    for (query, count) in [
        ("project=road-b", 1),
        ("port=Pharr", 1),
        ("topic=costs", 2),
        ("topic=dates&project=road-b", 0),
    ] {
        assert_eq!(
            numbers(&changes(&anybody, query).await).len(),
            count,
            "{query}"
        );
    }
    // All that is wrong at once, as a program reads it.
    let wrong = anybody
        .get("/changes.json?after=1&topic=none&limit=0")
        .await;
    assert_eq!(
        (wrong.status, wrong.kind.as_str()),
        (400, "application/problem+json")
    );
    for code in ["change-number", "change-topic", "change-limit"] {
        assert!(wrong.text.contains(code), "{}", wrong.text);
    }
    // The page of a version stays as it was.
    let version = events[2]["version"].as_str().unwrap();
    let (_, path) = version.split_once("://").unwrap();
    let path = &path[path.find('/').unwrap()..];
    let then = anybody.get(&format!("{path}&lang=en")).await;
    assert!(then.text.contains("Promised for 2027"), "{}", then.text);
    let listed = anybody
        .get(&format!("/projects/{ROAD}/versions?lang=en"))
        .await
        .text;
    for said in [
        "The promised date moves from 2027 to 2028 (+366 days).",
        "The bridge &#60;b&#62;waits&#60;/b&#62;",
        "100 USD",
    ] {
        assert!(listed.contains(said), "{said}: {listed}");
    }
    assert!(
        !listed.contains("<b>waits"),
        "text from outside is never markup"
    );
    let spanish = anybody
        .get(&format!("/projects/{ROAD}/versions?lang=es"))
        .await
        .text;
    assert!(
        spanish.contains("La fecha prometida cambia de 2027 a 2028"),
        "{spanish}"
    );
}

#[derive(Debug, Default)]
struct Got {
    /// How many requests are still refused.
    refuse: Mutex<u32>,
    requests: Mutex<Vec<(HeaderMap, String)>>,
    /// Says something else than it is asked to.
    deaf: Mutex<bool>,
}

impl Got {
    fn changes(&self) -> Vec<(HeaderMap, Value)> {
        let requests = self.requests.lock().unwrap();
        requests
            .iter()
            .map(|(headers, body)| {
                let body: Value = serde_json::from_str(body).unwrap();
                (headers.clone(), body)
            })
            .filter(|(_, body)| body["type"] == "changes")
            .collect()
    }
}

async fn hook(
    State(got): State<Arc<Got>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, String) {
    let value: Value = serde_json::from_str(&body).unwrap();
    got.requests.lock().unwrap().push((headers, body));
    if value["type"] == "confirmation" {
        let word = match *got.deaf.lock().unwrap() {
            true => "yes",
            false => value["challenge"].as_str().unwrap(),
        };
        return (StatusCode::OK, word.to_owned());
    }
    let mut refuse = got.refuse.lock().unwrap();
    if *refuse > 0 {
        *refuse -= 1;
        return (StatusCode::SERVICE_UNAVAILABLE, String::new());
    }
    (StatusCode::NO_CONTENT, String::new())
}

async fn receiver() -> (Arc<Got>, String) {
    let got = Arc::new(Got::default());
    let address = free_address();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let router = Router::new()
        .route("/hook", post(hook))
        .with_state(Arc::clone(&got));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (got, format!("http://{address}/hook?for=garita"))
}

/// Whether a request is signed by the node, as who got it checks with nothing but the node's published key.
async fn check(anybody: &Api, address: &str, headers: &HeaderMap, body: &str) {
    let document = anybody.get("/.well-known/did.json").await.body;
    let mut keys = KeyHistory::default();
    for method in document["verificationMethod"].as_array().unwrap() {
        let key = method["publicKeyMultibase"].as_str().unwrap();
        let key = VerificationKey::from_multibase(key).unwrap();
        keys.add(KeyEntry::new(method["id"].as_str().unwrap(), key, 0));
    }
    let authority = address.trim_start_matches("http://");
    let authority = &authority[..authority.find('/').unwrap()];
    let field = |name: &'static str| (name, headers[name].to_str().unwrap());
    let fields = [
        field("content-digest"),
        field("signature-input"),
        field("signature"),
    ];
    let request = Request {
        method: "POST",
        scheme: "http",
        authority,
        path: "/hook",
        query: Some("for=garita"),
        fields: &fields,
    };
    let options = VerifyOptions::between_nodes(&keys, real_now_ms());
    http_signature::verify(&request, Some(body.as_bytes()), &options).unwrap();
    let other = Request {
        path: "/other",
        ..request
    };
    assert!(http_signature::verify(&other, Some(body.as_bytes()), &options).is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_address_gives_our_word_back_and_is_told_in_order_until_it_ends() {
    let mut world = world("follow-webhook", None).await;
    let (desk, anybody) = (world.api("desk"), Api::new(&world.node("desk").url, ""));
    project(&desk, ROAD, "Laredo").await;
    project(&desk, "road-b", "Pharr").await;
    date(&desk, ROAD, "2027", "2026-01-10").await;
    until("all is published", || async {
        numbers(&changes(&anybody, "").await).len() == 3
    })
    .await;
    let (got, address) = receiver().await;
    let wanted =
        json!({ "webhook": address, "when": ["dates"], "project": ROAD, "days": 30, "in": "en" });

    // Who does not give our word back is told nothing.
    *got.deaf.lock().unwrap() = true;
    let deaf = anybody.post("/follow", &wanted).await;
    assert_eq!(
        (deaf.status, deaf.code()),
        (422, "follow-not-confirmed"),
        "{}",
        deaf.text
    );
    *got.deaf.lock().unwrap() = false;
    let opened = anybody.post("/follow", &wanted).await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    let page = opened.body["subscription"].as_str().unwrap().to_owned();
    let page = page[page.find("/follow/").unwrap()..].to_owned();

    // What moved by little, what is of another thing, and what is no date are not asked for. The first try is refused.
    *got.refuse.lock().unwrap() = 1;
    date(&desk, ROAD, "2028-01-15", "2026-02-10").await;
    cost(&desk, ROAD, "100.00").await;
    date(&desk, "road-b", "2030", "2026-02-10").await;
    date(&desk, ROAD, "2028-12-31", "2026-03-10").await;
    until("it is told", || async {
        let changes = got.changes();
        changes.iter().any(|(_, body)| {
            let told = body["changes"].as_array().unwrap();
            told.iter().any(|c| c["new"] == "2028-12-31")
        }) && changes.len() >= 2
    })
    .await;
    let all = got.changes();
    let (first, again) = (&all[0], &all[1]);
    assert_eq!(first.0["idempotency-key"], again.0["idempotency-key"]);
    assert_eq!(first.1, again.1, "what was refused is told again, the same");
    let told: Vec<&Value> = all
        .iter()
        .skip(1)
        .flat_map(|(_, body)| body["changes"].as_array().unwrap())
        .collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(
        (&told[0]["old"], &told[0]["movedDays"]),
        (&json!("2028-01-15"), &json!(351))
    );
    let text = told[0]["text"].as_str().unwrap();
    assert!(
        text.contains(
            "Road road-a: the promised date moves from 15 Jan 2028 to 31 Dec 2028 (+351 days)"
        ),
        "{text}"
    );
    let requests = got.requests.lock().unwrap().clone();
    for (headers, body) in &requests {
        check(&anybody, &address, headers, body).await;
    }

    // A node that starts anew goes on where it was.
    world.restart("desk").await;
    let desk = world.api("desk");
    date(&desk, ROAD, "2030-12-31", "2026-04-10").await;
    until("the next is told", || async { got.changes().len() == 3 }).await;
    let third = got.changes().remove(2).1;
    assert_eq!(third["changes"].as_array().unwrap().len(), 1);
    assert_eq!(third["changes"][0]["new"], "2030-12-31");
    assert_eq!(third["after"], all[1].1["last"]);

    // What is refused is tried again at its time, however busy the log is with what concerns nobody.
    *got.refuse.lock().unwrap() = 3;
    date(&desk, ROAD, "2031-12-31", "2026-04-20").await;
    let taken = || {
        let (tries, refused) = (got.changes().len(), *got.refuse.lock().unwrap());
        refused == 0 && tries >= 7
    };
    let mut filed = 0;
    while !taken() {
        assert!(filed < 200, "waited in vain: tried again");
        // A figure of a place is published and is no change.
        let figure = json!({ "place": "2301", "placeNameEn": "Brownsville", "placeNameEs": "Brownsville", "indicator": "trains-a-year", "value": 900 + filed, "unit": "trains", "asOf": "2025-12-31", "statedOn": "2026-05-01", "sources": ["https://a.example/figures"] });
        compiled(&desk, "IndicatorStated", figure).await;
        filed += 1;
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    let tries = got.changes().split_off(3);
    for (headers, _) in &tries {
        assert_eq!(headers["idempotency-key"], tries[0].0["idempotency-key"]);
    }

    // The page says what it is; ended, it is gone and tells nothing more.
    let shown = anybody.get(&format!("{page}?lang=en")).await;
    assert!(
        shown.text.contains("running") && shown.text.contains("noindex"),
        "{}",
        shown.text
    );
    let ended = anybody
        .send("POST", &format!("{page}/end"), Vec::new())
        .await;
    assert_eq!(ended.status, 200);
    assert_eq!(anybody.get(&page).await.status, 404);
    date(&desk, ROAD, "2032", "2026-05-10").await;
    until("it is published", || async {
        let newest = changes(&anybody, "project=road-a&topic=dates").await;
        newest["changes"].as_array().unwrap().last().unwrap()["new"] == "2032"
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(got.changes().len(), 7);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_inside_is_never_asked() {
    let world = planned("follow-inside", |nodes| {
        let path = nodes[0].data.join("node.json");
        let mut file: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        file["webhooksInside"] = json!(false);
        std::fs::write(&path, file.to_string()).unwrap();
    })
    .await;
    let (desk, anybody) = (world.api("desk"), Api::new(&world.node("desk").url, ""));
    project(&desk, ROAD, "Laredo").await;
    let (got, address) = receiver().await;
    for inside in [
        address.as_str(),
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://169.254.169.254/latest",
        "file:///etc/passwd",
    ] {
        let body = json!({ "webhook": inside, "when": ["dates"] });
        let refused = anybody.post("/follow", &body).await;
        assert_eq!(refused.status, 422, "{inside}: {}", refused.text);
    }
    assert!(got.requests.lock().unwrap().is_empty());
    // All that is wrong is told at once.
    let body = json!({ "email": "none", "when": ["weather"], "project": "none", "plan": "none", "port": "none", "days": -1, "in": "fr", "pace": "hourly" });
    let refused = anybody.post("/follow", &body).await;
    for code in [
        "follow-address",
        "follow-topics",
        "follow-project",
        "follow-plan",
        "follow-port",
        "follow-days",
        "follow-language",
        "follow-pace",
    ] {
        assert!(refused.text.contains(code), "{code}: {}", refused.text);
    }
    let malformed = anybody.send("POST", "/follow", b"x".to_vec()).await;
    assert_eq!(malformed.status, 422, "{}", malformed.text);
}

/// A mail server that takes everything: whom each mail is for, and its text.
async fn mail_server() -> (Arc<Mutex<Vec<(String, String)>>>, String) {
    let got: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let address = free_address();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    let kept = Arc::clone(&got);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let (mut to, mut text, mut in_text) = (String::new(), String::new(), false);
                write.write_all(b"220 test\r\n").await.unwrap();
                while let Ok(Some(line)) = lines.next_line().await {
                    let answer: &[u8] = match (in_text, line.as_str()) {
                        (true, ".") => {
                            in_text = false;
                            kept.lock()
                                .unwrap()
                                .push((to.clone(), std::mem::take(&mut text)));
                            b"250 taken\r\n"
                        }
                        (true, line) => {
                            text.push_str(line);
                            text.push('\n');
                            continue;
                        }
                        (false, "DATA") => {
                            in_text = true;
                            b"354 go on\r\n"
                        }
                        (false, "QUIT") => b"221 bye\r\n",
                        (false, line) => {
                            if let Some(address) = line.strip_prefix("RCPT TO:<") {
                                address.split('>').next().unwrap().clone_into(&mut to);
                            }
                            b"250 ok\r\n"
                        }
                    };
                    write.write_all(answer).await.unwrap();
                }
            });
        }
    });
    (got, format!("smtp://{address}"))
}

/// The text of a mail as its reader sees it: quoted-printable undone (RFC 2045 §6.7).
fn readable(mail: &str) -> String {
    let joined = mail.replace("=\n", "");
    let (mut bytes, mut rest) = (Vec::new(), joined.as_bytes());
    while let Some((first, tail)) = rest.split_first() {
        let coded = (*first == b'=').then(|| {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            u8::from_str_radix(digits, 16).ok()
        });
        match coded.flatten() {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_needs_a_yes_and_one_click_ends_it() {
    let (got, server) = mail_server().await;
    let mail = json!({ "from": "Garita <scorecard@garita.example>", "server": server });
    let world = world("follow-mail", Some(mail)).await;
    let (desk, anybody) = (world.api("desk"), Api::new(&world.node("desk").url, ""));
    project(&desk, ROAD, "Laredo").await;
    date(&desk, ROAD, "2027", "2026-01-10").await;
    until("all is published", || async {
        numbers(&changes(&anybody, "").await).len() == 2
    })
    .await;
    // The form stands on the project's own page.
    let page = anybody.get(&format!("/projects/{ROAD}?lang=es")).await.text;
    assert!(page.contains("action=\"/follow\""), "{page}");
    let form = |email: &str| {
        let body = format!("email={email}&when=dates&when=costs&project={ROAD}&in=es&pace=at-once");
        anybody
            .request("POST", "/follow?lang=es")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
    };
    let wrong = crate::world::answer(form("ana%40")).await.unwrap();
    assert_eq!(wrong.status, 422);
    assert!(
        wrong.text.contains("follow-address") && wrong.text.contains("value=\"ana@\""),
        "{}",
        wrong.text
    );
    let asked = crate::world::answer(form("ana%40Example.org"))
        .await
        .unwrap();
    assert_eq!(asked.status, 202, "{}", asked.text);
    let (to, letter) = got.lock().unwrap()[0].clone();
    assert_eq!(to, "ana@example.org");
    let letter = readable(&letter);
    let link = letter
        .split_whitespace()
        .find(|w| w.contains("/follow/"))
        .unwrap();
    let page = link[link.find("/follow/").unwrap()..].to_owned();
    assert!(
        !asked.text.contains(&page),
        "only who reads the mail may say yes"
    );

    // Until somebody said yes nothing is sent, and who merely opens the page said nothing.
    let looked = anybody.get(&format!("{page}?lang=es")).await;
    assert!(looked.text.contains("confirm"), "{}", looked.text);
    date(&desk, ROAD, "2028", "2026-02-10").await;
    until("it is published", || async {
        numbers(&changes(&anybody, "").await).len() == 3
    })
    .await;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(got.lock().unwrap().len(), 1);
    let yes = anybody
        .send("POST", &format!("{page}/confirm?lang=es"), Vec::new())
        .await;
    assert_eq!(yes.status, 200, "{}", yes.text);
    until("the mail comes", || async {
        got.lock().unwrap().len() == 2
    })
    .await;
    let (to, letter) = got.lock().unwrap()[1].clone();
    assert_eq!(to, "ana@example.org");
    let (head, text) = letter.split_once("\n\n").unwrap();
    for line in [
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Auto-Submitted: auto-generated",
        "Content-Language: es",
    ] {
        assert!(head.contains(line), "{head}");
    }
    let one_click = head.replace("\n ", " ");
    assert!(one_click.contains(&format!("{page}/end>")), "{head}");
    let text = readable(text);
    assert!(
        text.contains("La fecha prometida cambia de 2027 a 2028 (+366 d\u{ed}as)"),
        "{text}"
    );
    assert!(text.contains(&format!("/projects/{ROAD}")), "{text}");

    // What a mail program posts for its reader (RFC 8058 §3.2).
    let ended = anybody
        .send(
            "POST",
            &format!("{page}/end"),
            b"List-Unsubscribe=One-Click".to_vec(),
        )
        .await;
    assert_eq!(ended.status, 200);
    assert_eq!(anybody.get(&page).await.status, 404);

    // Nobody's box is filled by others who type its address.
    for eva in [
        "eva%40example.org",
        "Eva%40example.org",
        "eva%2Bnews%40example.org",
    ] {
        let more = crate::world::answer(form(eva)).await.unwrap();
        assert_eq!(more.status, 202, "{}", more.text);
    }
    let more = crate::world::answer(form("eva%40EXAMPLE.org"))
        .await
        .unwrap();
    assert_eq!(more.status, 429, "{}", more.text);
    assert_eq!(got.lock().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_only_tries_writes_its_mail_into_a_folder() {
    let world = world("follow-folder", None).await;
    let (desk, anybody) = (world.api("desk"), Api::new(&world.node("desk").url, ""));
    project(&desk, ROAD, "Laredo").await;
    until("it is published", || async {
        numbers(&changes(&anybody, "").await).len() == 1
    })
    .await;
    let body = json!({ "email": "ana@example.org", "when": ["dates"] });
    let asked = anybody.post("/follow", &body).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let folder: &Path = &world.node("desk").data.join("outbox");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().collect();
    assert_eq!(files.len(), 1);
}
