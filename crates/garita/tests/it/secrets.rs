//! What an office keeps to itself about a case: nobody else can tell from anything that a node answers that there is such a record. Whoever
//! may ask asks for everything before and after it is filed, and gets the same to the letter, but for what is named here.

use std::collections::BTreeMap;
use std::time::Instant;

use serde_json::{Value, json};

use crate::attachments::signed_in;
use crate::world::{Api, DAY_MS, PATIENCE, World, draft, manifest, record_path, shipment, until};

const TRIP: &str = "TOCQ2611240417";
const SCN: &str = "TOCQ88402171";
const PLATE: &str = "47AK2F";
/// Words of the secret records.
const SECRET: [&str; 3] = [
    "Targeting",
    "business of this office alone",
    "SECRET-REF-77",
];

/// Members that say when something was asked.
const OF_NOW: [&str; 9] = [
    "asKnown",
    "asOf",
    "at",
    "checked",
    "compared",
    "creationDate",
    "exported",
    "reached",
    "unchecked",
];
/// Members that speak of the log as a whole, which is public: its size and root, what is proven against them, and the digest of an entry of
/// an evidence bundle, which holds such a proof.
const OF_LOG: [&str; 7] = [
    "checkpoint",
    "checkpoints",
    "digest",
    "proof",
    "root",
    "size",
    "witnessed",
];
/// The log's own addresses.
const LOG: &str = "/log/";
/// The metrics of the log's size.
const LOG_METRICS: [&str; 2] = ["garita_log_size ", "garita_log_witnessed_size "];

/// Samples of each kind, and how far their medians may lie apart.
const SAMPLES: usize = 150;
const APART: f64 = 3.0;

/// Who asks, and where.
struct Observer {
    name: String,
    api: Api,
}

/// Documented addresses that are read, with the case and a record of it in the place of their parameters; lists and searches besides.
async fn addresses(api: &Api, id: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (document, base) in [("/openapi.json", ""), ("/epcis/openapi.json", "/epcis")] {
        let document = api.get(document).await.body;
        for (path, methods) in document["paths"].as_object().unwrap() {
            // A stream has no end; it is read apart.
            if methods.get("get").is_none() || path.contains("/stream") {
                continue;
            }
            let base = if path.starts_with(base) { "" } else { base };
            for (kind, key) in [
                ("trip", format!("TOCQ:{TRIP}")),
                ("shipment", SCN.to_owned()),
            ] {
                let mut address = format!("{base}{path}")
                    .replace("{kind}", kind)
                    .replace("{key}", &key)
                    .replace("{slug}", "cbp")
                    .replace("{profile}", "crossing")
                    .replace("{recordType}", "Targeting")
                    .replace("{digest}", id.trim_start_matches("ni:///sha-256;"));
                while let (Some(from), Some(to)) = (address.find('{'), address.find('}')) {
                    address.replace_range(from..=to, PLATE);
                }
                found.push(address);
            }
        }
    }
    found.extend(
        [
            "/v1/search?q=47AK2F",
            "/v1/search?q=TOCQ88402171",
            "/v1/search?q=SECRET-REF-77",
            "/v1/search?q=47AK&match=prefix",
            "/v1/records?limit=500",
            "/v1/records?limit=1",
            "/v1/records?order=oldest&limit=2",
            "/v1/records?type=Targeting",
            "/v1/records?type=OwnReference",
            "/v1/records?type=Shipment",
            "/v1/cases?kind=trip",
            "/v1/cases?kind=shipment",
            "/v1/cases?kind=shipment&limit=1",
            "/v1/cases?kind=stint",
            "/epcis/events?perPage=1",
        ]
        .map(str::to_owned),
    );
    found.sort();
    found.dedup();
    found
}

/// An answer without what differs between any two askings.
fn settled(address: &str, text: &str, body: Value) -> String {
    // A proof as text is one against the log's size of now.
    if address.starts_with(LOG) || address.ends_with("/proof") {
        return String::new();
    }
    if address == "/metrics" {
        let of_log = |line: &str| LOG_METRICS.iter().any(|name| line.starts_with(name));
        let lines = text.lines().filter(|line| !of_log(line));
        return lines.collect::<Vec<_>>().join("\n");
    }
    let mut body = body;
    match body {
        Value::Null => text.to_owned(),
        _ => {
            without(&mut body);
            body.to_string()
        }
    }
}

fn without(value: &mut Value) {
    match value {
        Value::Object(members) => {
            // A receipt is witnessed a second later, whoever asks.
            if members.contains_key("logKey") {
                members.remove("state");
            }
            members.retain(|name, _| {
                !OF_NOW.contains(&name.as_str()) && !OF_LOG.contains(&name.as_str())
            });
            members.values_mut().for_each(without);
        }
        Value::Array(items) => items.iter_mut().for_each(without),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

type Answers = BTreeMap<String, (u16, String, String)>;

async fn asked(api: &Api, addresses: &[String]) -> Answers {
    let mut answers = Answers::new();
    for address in addresses {
        let answer = api.get(address).await;
        let told = settled(address, &answer.text, answer.body);
        answers.insert(address.clone(), (answer.status, answer.kind, told));
    }
    answers
}

fn differing<'a>(before: &'a Answers, after: &'a Answers) -> Vec<&'a String> {
    let differs =
        |(address, told): &(&'a String, &(u16, String, String))| after.get(*address) != Some(*told);
    let found = before.iter().filter(differs);
    found.map(|(address, _)| address).collect()
}

fn same(who: &str, before: &Answers, after: &Answers) {
    assert_eq!(before.len(), after.len());
    if let Some(address) = differing(before, after).into_iter().next() {
        panic!(
            "{who} can tell by {address}:\n{:?}\n{:?}",
            before[address], after[address]
        );
    }
}

/// What of the console's pages must not move: their statuses, the records and cases that they link to, how many rows they have.
async fn pages(page: &Api, cookie: &str, id: &str) -> Vec<String> {
    let record = format!(
        "/console/records/{}",
        id.trim_start_matches("ni:///sha-256;")
    );
    let case = format!("/console/cases/shipment/{SCN}");
    let mut seen = Vec::new();
    for path in [
        "/console",
        "/console/needs",
        "/console/shift",
        "/console/shift.csv",
        "/console/log",
        "/console/cases?kind=shipment",
        "/console/cases.csv?kind=shipment",
        &case,
        &record,
    ] {
        let answer = page
            .request("GET", path)
            .header("cookie", cookie)
            .send()
            .await;
        let answer = answer.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        for word in SECRET.iter().filter(|word| **word != "Targeting") {
            assert!(!text.contains(*word), "{path}: {word}");
        }
        let links = |start: &str| {
            let start = format!("href=\"{start}");
            let found = text.split(&start).skip(1);
            let mut links: Vec<&str> = found.filter_map(|rest| rest.split('"').next()).collect();
            links.sort_unstable();
            links.join(" ")
        };
        let rows = if path.contains(".csv") {
            text.lines().count()
        } else {
            text.matches("<tr").count()
        };
        let (records, cases) = (links("/console/records/"), links("/console/cases/"));
        seen.push(format!("{path} {status} {rows} rows; {records}; {cases}"));
    }
    seen
}

fn secret_of_customs(number: usize) -> Value {
    let mut sent = draft(
        "Targeting",
        json!({ "scn": SCN, "targetingText": format!("business of this office alone {number}"), "targetingScore": 620 }),
    );
    // Later than what comes after it: what follows from the case must not name it as the last that happened.
    let at_ms = DAY_MS + 4 * 60_000;
    sent["occurred"] = garita_exchange::encode::instant_text(at_ms).into();
    sent
}

async fn filed(world: &World) -> String {
    let carrier = world.api("ocotillo");
    carrier.file("Manifest", manifest(TRIP, PLATE, SCN)).await;
    let (broker, importer) = (world.did("mines"), world.did("gulf"));
    let id = carrier
        .file("Shipment", shipment(SCN, &broker, &importer))
        .await;
    for party in ["cbp", "anam"] {
        world.api(party).holds(&id).await;
    }
    at_rest(world).await;
    id
}

/// Waits until nothing moves and the nodes that run have compared what they hold: standings are answers too.
async fn at_rest(world: &World) {
    world.quiet().await;
    let running = ["customs", "trade"].map(|slug| world.node(slug));
    for node in running {
        until(&format!("{} has compared", node.slug), || async {
            let told = Api::operator(node).get("/v1/status").await.body;
            let peers = told["peers"].as_array().unwrap().iter();
            let mut of_those = peers.filter(|peer| running.iter().any(|n| peer["did"] == n.did));
            of_those.all(|peer| peer["inStep"] == true)
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_can_tell_that_an_office_keeps_something_about_a_case() {
    let world = World::running("secrets", 2).await;
    let id = filed(&world).await;
    let (cbp, carrier) = (world.api("cbp"), world.api("ocotillo"));
    let addresses = addresses(&cbp, &id).await;
    let mut observers: Vec<Observer> = ["cbp", "anam", "ocotillo", "mines", "gulf", "nopalera"]
        .into_iter()
        .map(|party| Observer {
            name: party.to_owned(),
            api: world.api(party),
        })
        .collect();
    for node in ["customs", "trade"] {
        observers.push(Observer {
            name: format!("nobody at {node}"),
            api: Api::new(&world.node(node).url, ""),
        });
    }
    let customs = Api::new(&world.node("customs").url, "");
    let cookie = signed_in(&customs, &world.node("customs").parties["anam"].sign_in).await;

    // Each secret in turn: of customs about a shipment, then of the carrier, whose broker is on the same node.
    let own = json!({ "scn": SCN, "reference": "SECRET-REF-77" });
    for (keeper, sent) in [
        ("cbp", secret_of_customs(0)),
        ("ocotillo", draft("OwnReference", own)),
    ] {
        let mut before = BTreeMap::new();
        for observer in &observers {
            let answers = asked(&observer.api, &addresses).await;
            let taken = answers
                .values()
                .filter(|(status, ..)| *status == 200)
                .count();
            assert!(taken > 10, "{} is answered {taken} times", observer.name);
            before.insert(observer.name.clone(), answers);
        }
        let pages_before = pages(&customs, &cookie, &id).await;
        let secret = world.api(keeper).post("/v1/records", &sent).await.id();
        at_rest(&world).await;
        for observer in &observers {
            let after = asked(&observer.api, &addresses).await;
            let before = &before[&observer.name];
            if observer.name == keeper {
                // Else nothing of all this could be told from a node that forgot the record.
                let told = differing(before, &after);
                assert!(told.len() >= 3, "the keeper sees it in {told:?} only");
                continue;
            }
            same(&observer.name, before, &after);
            for (address, (_, _, told)) in &after {
                let asked_for = |word: &&&str| !address.contains(**word);
                // What it could read before: the program's own words, and a secret that it keeps itself.
                let known = |word: &&&str| before.values().any(|(.., told)| told.contains(**word));
                for word in SECRET.iter().filter(asked_for).filter(|word| !known(word)) {
                    assert!(
                        !told.contains(*word),
                        "{}: {address}: {word}",
                        observer.name
                    );
                }
            }
            // By its very id it is what is not there.
            let nothing = format!("ni:///sha-256;{}", "A".repeat(43));
            for path in ["", "/receipt", "/holders"] {
                let (there, nowhere) = (
                    format!("{}{path}", record_path(&secret)),
                    format!("{}{path}", record_path(&nothing)),
                );
                let (there, nowhere) = (
                    observer.api.get(&there).await,
                    observer.api.get(&nowhere).await,
                );
                assert_eq!(
                    (there.status, there.kind, there.text),
                    (nowhere.status, nowhere.kind, nowhere.text),
                    "{}: {path}",
                    observer.name
                );
            }
        }
        assert_eq!(pages_before, pages(&customs, &cookie, &id).await);
    }
    assert_eq!(
        carrier.get("/v1/search?q=SECRET-REF-77").await.body["items"][0]["key"],
        SCN
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_from_a_case_names_no_secret_of_an_office() {
    let world = World::running("secret-heads", 2).await;
    filed(&world).await;
    let cbp = world.api("cbp");
    let secret = cbp.post("/v1/records", &secret_of_customs(0)).await.id();
    let refused = json!({
        "scac": "TOCQ", "trip": TRIP, "scns": [SCN], "decision": "refuse", "cause": "Wood packing statement missing",
    });
    let act = cbp.file("RefusalDecision", refused).await;
    let (anam, broker) = (world.api("anam"), world.api("mines"));
    let held = broker.holds(&act).await;
    // It says what it has seen, but not that.
    let saw = held.body["record"]["saw"].as_array().unwrap();
    assert!(!saw.is_empty() && !saw.contains(&json!(secret)), "{saw:?}");
    until("customs told the others", || async {
        broker.case("shipment", SCN).await.body["state"] == "refused"
    })
    .await;
    world.quiet().await;
    let secret = secret.trim_start_matches("ni:///sha-256;");
    for other in [anam, broker, world.api("ocotillo"), world.api("gulf")] {
        let records = other.all_records().await;
        assert!(records.iter().any(|(id, ..)| *id == act), "{records:?}");
        for (id, ..) in records {
            let record = other.record(&id).await;
            assert!(!record.text.contains(secret), "{}", record.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_tells_nothing_of_who_brought_the_same_before() {
    let world = World::running("secret-files", 1).await;
    let (cbp, anam) = (world.api("cbp"), world.api("anam"));
    let bytes = b"a form that everybody has";
    let mut answers = Vec::new();
    for (party, media_type) in [(&cbp, "application/x-of-cbp"), (&anam, "text/plain")] {
        let kept = party
            .request("POST", "/v1/attachments")
            .header("content-type", media_type)
            .body(bytes.to_vec())
            .send()
            .await
            .unwrap();
        assert_eq!(kept.status().as_u16(), 201);
        let kept: Value = kept.json().await.unwrap();
        let scn = format!("TOCQ8840218{}", answers.len());
        let mut sent = draft(
            "Targeting",
            json!({ "scn": scn, "targetingText": "see the form" }),
        );
        sent["relatedResource"] = json!([kept["relatedResource"]]);
        party.post("/v1/records", &sent).await.id();
        let id = kept["id"]
            .as_str()
            .unwrap()
            .trim_start_matches("ni:///sha-256;");
        let file = party.get(&format!("/v1/attachments/{id}")).await;
        assert_eq!(file.text.as_bytes(), bytes);
        assert_eq!(file.kind, media_type);
        answers.push(file);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_passes_over_what_is_secret_to_another() {
    let world = World::running("secret-stream", 2).await;
    filed(&world).await;
    let (cbp, anam) = (world.api("cbp"), world.api("anam"));
    let opened = anam.request("GET", "/v1/stream?cursor=now").send().await;
    let mut stream = opened.unwrap();
    assert_eq!(stream.status().as_u16(), 200);
    let secret = cbp.post("/v1/records", &secret_of_customs(0)).await.id();
    let carrier = world.api("ocotillo");
    let second = shipment("TOCQ88402172", &world.did("mines"), &world.did("gulf"));
    let open = carrier.file("Shipment", second).await;
    let mut told = String::new();
    while !told.contains(&open) {
        let piece = tokio::time::timeout(PATIENCE, stream.chunk()).await;
        let piece = piece.expect("events come").unwrap().unwrap();
        told.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert!(!told.contains(&secret), "{told}");
    assert!(!told.contains("Targeting"), "{told}");
}

/// Median of so many askings of each address, in ms, asked in turns.
async fn medians(api: &Api, addresses: [&str; 2]) -> [f64; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..SAMPLES {
        for (address, times) in addresses.iter().zip(&mut times) {
            let began = Instant::now();
            api.get(address).await;
            times.push(began.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn time_does_not_tell_what_is_secret() {
    let world = World::running("secret-time", 2).await;
    filed(&world).await;
    let (cbp, anam) = (world.api("cbp"), world.api("anam"));
    let case = format!("/v1/cases/shipment/{SCN}");
    let search = "/v1/search?q=TOCQ8840";
    let before = medians(&anam, [&case, search]).await;
    let mut secret = String::new();
    for number in 0..30 {
        secret = cbp
            .post("/v1/records", &secret_of_customs(number))
            .await
            .id();
    }
    world.quiet().await;
    let after = medians(&anam, [&case, search]).await;
    let nothing = record_path(&format!("ni:///sha-256;{}", "A".repeat(43)));
    let [there, nowhere] = medians(&anam, [&record_path(&secret), &nothing]).await;
    for (what, one, other) in [
        ("a case, without and with 30 secrets", before[0], after[0]),
        ("a search, without and with 30 secrets", before[1], after[1]),
        ("a secret's id, and one that nobody has", there, nowhere),
    ] {
        println!("{what}: {one:.2} and {other:.2} ms");
        assert!(
            one < other * APART && other < one * APART,
            "{what}: {one:.2} and {other:.2} ms"
        );
    }
}
