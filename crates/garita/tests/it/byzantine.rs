//! A member of the network that does not play by the rules, with its own good key: what it does is found out and told, and between the
//! others everything goes on. That its log contradicts itself is in `hostile_log.rs`, what a hostile home may not move in `governance.rs`.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use garita_credential::http_signature::{
    self, Component, LABEL, Parameters, Request, SignatureFields,
};
use garita_exchange::clock::real_now_ms;
use garita_exchange::encode;
use garita_exchange::governance::node_method;
use garita_exchange::stamp::{Stamp, WHOLE};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::governance::{delivery, forge};
use crate::hostile_log::{HostileLog, file, standing_at};
use crate::world::{
    Answer, Api, PATIENCE, World, answer, appointment, record_path, trip_key, until,
};

const DELIVERIES: &str = "/v1/peer/deliveries";
/// What a node may take of an answer without end, many times over: sockets hold some of it too.
const ANSWER_BYTES_MAX: u64 = 64 << 20;

/// How the peer answers deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// As a node does.
    Honest,
    /// Its receipt names a leaf that its checkpoint covers and that is of another record.
    OtherLeaf,
    /// The leaf is the record's, its salt is not the one of the leaf.
    OtherSalt,
    /// It acknowledges and keeps nothing.
    Withholds,
}

/// A node by hand.
struct Peer {
    log: HostileLog,
    manner: Manner,
    /// What it keeps of trade's deliveries: sequence, id, view.
    held: Vec<(u64, String, String)>,
    /// What it says that it delivered.
    sent: Vec<(u64, String, String)>,
}

type Shared = Arc<Mutex<Peer>>;

impl Peer {
    /// Runs the hostile node of a world.
    async fn run(world: &World) -> Shared {
        let peer = Arc::new(Mutex::new(Peer {
            log: HostileLog::of(world),
            manner: Manner::Honest,
            held: Vec::new(),
            sent: Vec::new(),
        }));
        let router = Router::new()
            .route(DELIVERIES, post(deliveries))
            .route("/v1/peer/digest", get(digest))
            .route("/v1/peer/delivered", get(delivered))
            .route("/v1/peer/contacts", get(contacts))
            .route("/v1/governance", get(governance))
            .route("/log/tile/{*path}", get(tile))
            .with_state(Arc::clone(&peer));
        let address = world.node("hostile").url.trim_start_matches("http://");
        let listener = TcpListener::bind(address).await.unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        peer
    }
}

async fn deliveries(
    State(peer): State<Shared>,
    body: String,
) -> Result<axum::Json<Value>, StatusCode> {
    let delivery: Value = serde_json::from_str(&body).unwrap();
    let mut peer = peer.lock().unwrap();
    if !peer.log.answers(&delivery) {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let mut results = Vec::new();
    for entry in delivery["entries"].as_array().unwrap() {
        let mut other = entry.clone();
        other["stamp"]["id"] = json!("ni:///sha-256;AAAA");
        let committed = if peer.manner == Manner::OtherLeaf {
            &other
        } else {
            entry
        };
        let mut result = peer.log.take_as(entry, committed);
        if peer.manner == Manner::OtherSalt {
            result["salt"] = json!(encode::base64url(&[8; 32]));
        }
        results.push(result);
        if peer.manner != Manner::Withholds {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            peer.held.push((
                entry["seq"].as_u64().unwrap(),
                text(&entry["stamp"]["id"]),
                text(&entry["view"]),
            ));
        }
    }
    Ok(axum::Json(peer.log.answer(&results)))
}

#[derive(Deserialize)]
struct Through {
    through: u64,
}

async fn digest(State(peer): State<Shared>, Query(asked): Query<Through>) -> axum::Json<Value> {
    axum::Json(step_digest(&peer.lock().unwrap().held, asked.through))
}

async fn delivered(State(peer): State<Shared>) -> axum::Json<Value> {
    let sent = &peer.lock().unwrap().sent;
    let through = sent.iter().map(|(seq, ..)| *seq).max().unwrap_or(0);
    axum::Json(step_digest(sent, through))
}

/// The digest of some sequences as the protocol has it; all of them in the first bucket.
fn step_digest(rows: &[(u64, String, String)], through: u64) -> Value {
    assert!(through < 1_024, "one bucket is all that this knows");
    let mut bucket = Sha256::new();
    let mut count = 0;
    for (seq, id, view) in rows.iter().filter(|(seq, ..)| *seq <= through) {
        count += 1;
        bucket.update(seq.to_be_bytes());
        bucket.update(id.as_bytes());
        bucket.update([0]);
        bucket.update(view.as_bytes());
        bucket.update([0]);
    }
    let mut all = Sha256::new();
    if through > 0 {
        all.update(bucket.finalize());
    }
    let digest = encode::ni(&all.finalize().into());
    json!({ "home": "", "count": count, "digest": digest, "through": through })
}

async fn contacts() -> axum::Json<Value> {
    axum::Json(json!({ "digest": "", "contacts": [] }))
}

async fn governance() -> axum::Json<Value> {
    axum::Json(json!({ "entries": [] }))
}

async fn tile(State(peer): State<Shared>, Path(path): Path<String>) -> Result<Vec<u8>, StatusCode> {
    peer.lock().unwrap().log.tile(&path)
}

/// How the hostile node stands at trade.
async fn standing(world: &World) -> Value {
    standing_at(world, "trade").await
}

async fn stands(world: &World, what: &str, so: impl Fn(&Value) -> bool) {
    until(what, || async { so(&standing(world).await) }).await;
}

/// A record between two honest nodes comes to where it is for.
async fn goes_on(world: &World, number: &mut u32) {
    *number += 1;
    let trip = format!("TOCQ26{number:08}");
    let subject = appointment(&trip, "47AK2F");
    let id = world.api("ocotillo").file("Appointment", subject).await;
    let held = world.api("cbp").holds(&id).await;
    assert_eq!(held.body["view"], "whole");
}

/// A request signed as the hostile node signs it, to be sent as often as one likes.
struct Signed {
    method: &'static str,
    path: &'static str,
    fields: SignatureFields,
    digest: String,
    body: Vec<u8>,
}

impl Signed {
    /// A delivery to customs, signed at some real time.
    fn delivery(world: &World, body: Vec<u8>, at_ms: i64) -> Signed {
        let url = &world.node("customs").url;
        let digest = http_signature::content_digest(&body);
        let did = &world.node("hostile").did;
        let fields = http_signature::sign(
            &Request {
                method: "POST",
                scheme: "http",
                authority: url.trim_start_matches("http://"),
                path: DELIVERIES,
                query: None,
                fields: &[("content-digest", digest.as_str())],
            },
            LABEL,
            &Component::between_nodes(true),
            &Parameters::between_nodes(node_method(did), at_ms, 60_000),
            &world.key("hostile", "node"),
        )
        .unwrap();
        Signed {
            method: "POST",
            path: DELIVERIES,
            fields,
            digest,
            body,
        }
    }

    fn request(&self, world: &World, node: &str) -> reqwest::RequestBuilder {
        Api::new(&world.node(node).url, "")
            .request(self.method, self.path)
            .header("signature-input", &self.fields.signature_input)
            .header("signature", &self.fields.signature)
            .header("content-digest", &self.digest)
            .body(self.body.clone())
    }

    async fn send(&self, world: &World, node: &str) -> Answer {
        answer(self.request(world, node)).await.unwrap()
    }
}

/// A record of the hostile node's own carrier, on a trip of its own.
async fn forged(world: &World, trip: &str) -> Value {
    forge(
        world,
        "Appointment",
        &world.did("stranger"),
        world.key("hostile", "stranger"),
        ("trip", &trip_key(trip)),
        appointment(trip, "47AK2F"),
    )
    .await
}

/// A delivery of one record to customs, as JSON.
fn one(world: &World, seq: u64, record: &Value) -> Value {
    let key = world.key("hostile", "node");
    let one = delivery(world, "hostile", seq, record, &world.did("cbp"), &key);
    serde_json::to_value(one).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_keeps_nothing_of_what_it_acknowledged_is_told() {
    let world = World::running("withholds", 2).await;
    let peer = Peer::run(&world).await;
    let mut number = 0;
    // Honest at first.
    file(&world, 1).await;
    stands(&world, "the peer is in step", |s| s["inStep"] == true).await;
    peer.lock().unwrap().manner = Manner::Withholds;
    let id = file(&world, 2).await;
    stands(&world, "that it holds less is found out", |s| {
        s["pending"] == 0 && s["holdsOurs"] == false
    })
    .await;
    let told = standing(&world).await;
    assert_eq!(told["inStep"], false, "{told}");
    let nobody = Api::new(&world.node("trade").url, "");
    assert_eq!(nobody.get("/v1/status").await.body["inStep"], false);
    let metrics = nobody.get("/metrics").await.text;
    let gauge = format!(
        "garita_peer_in_step{{peer=\"{}\"}} 0",
        world.node("hostile").did
    );
    assert!(metrics.contains(&gauge), "{metrics}");
    // The others have what is theirs, and stay in step.
    world.api("cbp").holds(&id).await;
    goes_on(&world, &mut number).await;
    until("the others are in step", || async {
        let peers = nobody.get("/v1/status").await.body["peers"].clone();
        let customs = json!(world.node("customs").did);
        let peers = peers.as_array().unwrap();
        peers
            .iter()
            .any(|peer| peer["did"] == customs && peer["inStep"] == true)
    })
    .await;
    assert_eq!(standing(&world).await["holdsOurs"], false);
}

async fn forged_receipt(manner: Manner) {
    let world = World::running(&format!("receipt-{manner:?}"), 2).await;
    let peer = Peer::run(&world).await;
    let mut number = 0;
    file(&world, 1).await;
    stands(&world, "the peer is in step", |s| s["inStep"] == true).await;
    peer.lock().unwrap().manner = manner;
    let id = file(&world, 2).await;
    stands(&world, "the forged receipt is found out", |s| {
        s["isolated"].is_object()
    })
    .await;
    let told = standing(&world).await;
    let reason = told["isolated"]["reason"].as_str().unwrap();
    assert!(reason.contains("receipt"), "{reason}");
    assert_eq!(told["inStep"], false);
    // Nobody is told that the peer has it.
    let path = format!("{}/holders", record_path(&id));
    let holders = world.api("ocotillo").get(&path).await.body;
    let hostile = json!(world.node("hostile").did);
    let said = holders["items"].as_array().unwrap().iter();
    let said: Vec<&Value> = said.filter(|holder| holder["node"] == hostile).collect();
    assert!(
        said.iter().all(|holder| holder["answer"] != "recorded"),
        "{holders}"
    );
    world.api("cbp").holds(&id).await;
    goes_on(&world, &mut number).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_for_another_records_leaf_is_found_out() {
    forged_receipt(Manner::OtherLeaf).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_whose_salt_is_not_its_leafs_is_found_out() {
    forged_receipt(Manner::OtherSalt).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_sent_again_has_its_effect_once_and_an_old_one_none() {
    let world = World::running("replayed", 2).await;
    let mut number = 0;
    let record = forged(&world, "TOCQ2611240417").await;
    let id = record["id"].as_str().unwrap();
    let body = one(&world, 1, &record).to_string().into_bytes();
    let now_ms = real_now_ms();
    let good = Signed::delivery(&world, body.clone(), now_ms);
    let first = good.send(&world, "customs").await;
    assert_eq!(first.body["results"][0]["status"], "recorded", "{first:?}");
    // The same bytes again, one after the other and at once.
    let again = (0..8).map(|_| {
        let request = good.request(&world, "customs");
        tokio::spawn(async move { answer(request).await.unwrap() })
    });
    for again in again.collect::<Vec<_>>() {
        let again = again.await.unwrap();
        let result = &again.body["results"][0];
        assert_eq!(result["status"], "held", "{again:?}");
        assert_eq!(result["index"], first.body["results"][0]["index"]);
    }
    goes_on(&world, &mut number).await;

    let refused = async |sent: &Signed, node: &str, code: &str| {
        let refused = sent.send(&world, node).await;
        assert_eq!(
            (refused.status, refused.code()),
            (401, code),
            "{}",
            refused.text
        );
    };
    // Overheard some minutes ago; made for later; for another node; with another body; for another address.
    let old = Signed::delivery(&world, body.clone(), now_ms - 300_000);
    refused(&old, "customs", "request-expired").await;
    let early = Signed::delivery(&world, body.clone(), now_ms + 300_000);
    refused(&early, "customs", "request-not-yet-valid").await;
    refused(&good, "trade", "request-signature-invalid").await;
    let later = forged(&world, "TOCQ2611240418").await;
    let mut swapped = Signed::delivery(&world, body.clone(), now_ms);
    swapped.body = one(&world, 2, &later).to_string().into_bytes();
    refused(&swapped, "customs", "content-digest-mismatch").await;
    let mut moved = Signed::delivery(&world, Vec::new(), now_ms);
    moved.method = "GET";
    moved.path = "/v1/peer/delivered";
    refused(&moved, "customs", "request-signature-invalid").await;

    goes_on(&world, &mut number).await;
    world.quiet().await;
    let held = world.api("cbp").all_records().await;
    assert_eq!(held.iter().filter(|(held, ..)| held == id).count(), 1);
    let later = later["id"].as_str().unwrap();
    assert!(held.iter().all(|(held, ..)| held != later));
    let distinct: BTreeSet<&str> = held.iter().map(|(id, ..)| id.as_str()).collect();
    assert_eq!(distinct.len(), held.len(), "{held:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sequences_that_are_made_up_are_refused_and_rewritten_ones_are_told() {
    let world = World::running("sequences", 2).await;
    let peer = Peer::run(&world).await;
    let mut number = 0;
    let send = async |delivery: &Value| {
        let body = delivery.to_string().into_bytes();
        let sent = Signed::delivery(&world, body, real_now_ms());
        sent.send(&world, "customs").await
    };
    let claims = |rows: &[(u64, &Value)]| {
        let rows = rows.iter().map(|(seq, record)| {
            let id = record["id"].as_str().unwrap().to_owned();
            (*seq, id, WHOLE.to_owned())
        });
        peer.lock().unwrap().sent = rows.collect();
    };
    let agreed = async |so: bool| {
        until(&format!("customs hold what was sent: {so}"), || async {
            standing_at(&world, "customs").await["weHoldTheirs"] == so
        })
        .await;
    };
    let mut records = Vec::new();
    for trip in ["TOCQ2611240417", "TOCQ2611240418", "TOCQ2611240419"] {
        records.push(forged(&world, trip).await);
    }
    let [first, second, third] = records.as_slice() else {
        unreachable!()
    };

    // None of them comes to the sequencer, where it would take others' records with it.
    for made_up in [0, 1_000_000, 1 << 62, u64::MAX] {
        let refused = send(&one(&world, made_up, first)).await;
        assert_eq!(
            (refused.status, refused.code()),
            (400, "delivery-sequence"),
            "{made_up}: {}",
            refused.text
        );
        goes_on(&world, &mut number).await;
    }
    for (one_seq, other_seq) in [(2, 1), (1, 1)] {
        let mut both = one(&world, one_seq, first);
        let other = one(&world, other_seq, second)["entries"][0].clone();
        both["entries"].as_array_mut().unwrap().push(other);
        let refused = send(&both).await;
        assert_eq!(refused.code(), "delivery-sequence", "{}", refused.text);
    }
    // A time that nobody can write, though its stamp is signed.
    let mut timeless = one(&world, 1, first);
    let key = world.key("hostile", "node");
    let (id, did) = (first["id"].as_str().unwrap(), &world.node("hostile").did);
    for logged in [i64::MAX, i64::MIN, -1] {
        let stamp = Stamp::sign(id, WHOLE, did, "hostile/log", 1, logged, &key);
        timeless["entries"][0]["stamp"] = serde_json::to_value(stamp.unwrap()).unwrap();
        let refused = send(&timeless).await;
        let result = &refused.body["results"][0];
        assert_eq!(result["code"], "stamp-invalid", "{logged}: {refused:?}");
    }

    // One is left out: what is there is told, and both sides see that they agree on it.
    for (seq, record) in [(1, first), (3, third)] {
        let taken = send(&one(&world, seq, record)).await;
        assert_eq!(taken.body["results"][0]["status"], "recorded", "{taken:?}");
    }
    claims(&[(1, first), (3, third)]);
    agreed(true).await;
    // It says that it sent what it did not.
    claims(&[(1, first), (2, second), (3, third)]);
    agreed(false).await;
    claims(&[(1, first), (3, third)]);
    agreed(true).await;
    // It sends another record under a sequence that it has used: the record is what it is, and the first use stands.
    let taken = send(&one(&world, 1, second)).await;
    assert_eq!(taken.body["results"][0]["status"], "recorded", "{taken:?}");
    claims(&[(1, second), (3, third)]);
    agreed(false).await;
    goes_on(&world, &mut number).await;
    for record in &records {
        let path = record_path(record["id"].as_str().unwrap());
        assert_eq!(world.api("cbp").get(&path).await.status, 200);
    }
}

/// Bytes as gzip has them where it does not compress: RFC 1952, RFC 1951 §3.2.4.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let size = u16::try_from(bytes.len()).unwrap();
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg());
        }
    }
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    packed.extend(size.to_le_bytes());
    packed.extend((!size).to_le_bytes());
    packed.extend(bytes);
    packed.extend((!crc).to_le_bytes());
    packed.extend(u32::from(size).to_le_bytes());
    packed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_under_a_good_signature_is_refused_in_bounds_and_the_others_go_on() {
    let world = World::running("garbage", 2).await;
    let mut number = 0;
    let address = world.node("customs").url.clone();
    let address = address.trim_start_matches("http://").to_owned();
    // Half a body, and nothing more for half a minute.
    let slow = tokio::spawn(async move {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        let begun = format!(
            "POST {DELIVERIES} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 1000\r\n\r\n{{"
        );
        stream.write_all(begun.as_bytes()).await.unwrap();
        let mut told = Vec::new();
        let closed = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut told)).await;
        assert!(closed.is_ok(), "a body that stopped is waited for yet");
        String::from_utf8_lossy(&told).into_owned()
    });

    let record = forged(&world, "TOCQ2611240417").await;
    let good = one(&world, 1, &record);
    let send = async |body: Vec<u8>, kind: &str, encoding: Option<&str>| {
        let sent = Signed::delivery(&world, body, real_now_ms());
        let mut request = sent.request(&world, "customs").header("content-type", kind);
        if let Some(encoding) = encoding {
            request = request.header("content-encoding", encoding);
        }
        answer(request).await.unwrap()
    };
    let mut many = good.clone();
    many["entries"] = Value::Array(vec![good["entries"][0].clone(); 300]);
    let thousands = format!(
        "{{\"from\":{},\"governanceHead\":0,\"entries\":[{}]}}",
        good["from"],
        vec![good["entries"][0].to_string(); 10_000].join(",")
    );
    let json_kind = "application/json";
    for (what, body, kind, encoding, status, code) in [
        (
            "nothing",
            String::new().into_bytes(),
            json_kind,
            None,
            400,
            "delivery-malformed",
        ),
        (
            "deep",
            "[".repeat(1_000_000).into_bytes(),
            json_kind,
            None,
            400,
            "delivery-malformed",
        ),
        (
            "deeper objects",
            "{\"a\":".repeat(300_000).into_bytes(),
            json_kind,
            None,
            400,
            "delivery-malformed",
        ),
        (
            "no text",
            vec![0xff; 1_000],
            json_kind,
            None,
            400,
            "delivery-malformed",
        ),
        (
            "XML",
            b"<delivery/>".to_vec(),
            "application/xml",
            None,
            400,
            "delivery-malformed",
        ),
        (
            "too many",
            many.to_string().into_bytes(),
            json_kind,
            None,
            413,
            "delivery-too-many",
        ),
        (
            "ten thousand",
            thousands.into_bytes(),
            json_kind,
            None,
            413,
            "document-too-large",
        ),
        (
            "40 MB",
            vec![b' '; 40 << 20],
            json_kind,
            None,
            413,
            "document-too-large",
        ),
        // Nothing is inflated: a bomb has no fuse.
        (
            "packed",
            gzip(good.to_string().as_bytes()),
            json_kind,
            Some("gzip"),
            400,
            "delivery-malformed",
        ),
    ] {
        let refused = send(body, kind, encoding).await;
        assert_eq!(
            (refused.status, refused.code()),
            (status, code),
            "{what}: {}",
            refused.text
        );
        goes_on(&world, &mut number).await;
    }
    // A record that is too deep inside a delivery that is none of it: the entry alone is refused.
    let mut deep = good.clone();
    let record_text = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    deep["entries"][0]["record"] = json!("HERE");
    let deep = deep.to_string().replace("\"HERE\"", &record_text);
    let refused = send(deep.into_bytes(), json_kind, None).await;
    assert!(
        refused.code() == "delivery-malformed" || refused.body["results"][0]["status"] == "refused",
        "{refused:?}"
    );

    // A body without end: cut off, and only so much of it was heard.
    let sent = Arc::new(AtomicU64::new(0));
    let pieces = {
        let sent = Arc::clone(&sent);
        tokio_stream::iter(std::iter::repeat_with(move || {
            sent.fetch_add(64 << 10, Ordering::Relaxed);
            Ok::<_, std::io::Error>(vec![b'['; 64 << 10])
        }))
    };
    let url = format!("{}{DELIVERIES}", world.node("customs").url);
    let endless = reqwest::Client::builder().no_proxy().build().unwrap();
    let endless = endless.post(url).body(reqwest::Body::wrap_stream(pieces));
    let ended = tokio::time::timeout(PATIENCE, endless.send()).await;
    let ended = ended.expect("a body without end is heard yet");
    if let Ok(told) = ended {
        assert_eq!(told.status(), 413);
    }
    let heard = sent.load(Ordering::Relaxed);
    assert!(heard < 512 << 20, "{heard} bytes were taken");
    goes_on(&world, &mut number).await;

    let told = slow.await.unwrap();
    assert!(told.contains("request-too-slow"), "{told}");
    // After all that the good one is taken, however it calls itself.
    let taken = send(good.to_string().into_bytes(), "text/html", None).await;
    assert_eq!(taken.body["results"][0]["status"], "recorded", "{taken:?}");
}

/// How the hostile node's address answers whatever it is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noise {
    /// Zeros without end, no length.
    Endless,
    /// A length of a terabyte, and zeros without end.
    Long,
    /// Brackets, a few megabytes of them.
    Deep,
    /// No HTTP at all.
    Garbage,
    /// To another address.
    Elsewhere,
    /// A byte now and then.
    Slow,
    /// Nothing.
    Silent,
}

struct Noisy {
    noise: Mutex<Noise>,
    /// Where `Elsewhere` leads.
    elsewhere: String,
    /// The noises that were made to their end.
    ended: Mutex<Vec<Noise>>,
    /// The most bytes that one asker took.
    most: AtomicU64,
}

impl Noisy {
    async fn answer(self: Arc<Self>, mut stream: TcpStream) {
        let mut asked = [0; 4_096];
        if stream.read(&mut asked).await.is_err() {
            return;
        }
        let noise = *self.noise.lock().unwrap();
        let kind = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
        let head = match noise {
            Noise::Endless | Noise::Deep => format!("{kind}connection: close\r\n\r\n"),
            Noise::Slow => format!("{kind}content-length: 1000000\r\n\r\n"),
            Noise::Long => format!("{kind}content-length: 1000000000000\r\n\r\n"),
            Noise::Garbage => "\u{16}\u{3}\u{1} no answer\r\n\r\n".to_owned(),
            Noise::Elsewhere => format!(
                "HTTP/1.1 307 Temporary Redirect\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
                self.elsewhere
            ),
            Noise::Silent => String::new(),
        };
        let mut bytes = 0;
        if stream.write_all(head.as_bytes()).await.is_ok() {
            match noise {
                Noise::Endless | Noise::Long => {
                    while stream.write_all(&[b' '; 16 << 10]).await.is_ok() {
                        bytes += 16 << 10;
                        if bytes > 2 * ANSWER_BYTES_MAX {
                            break;
                        }
                    }
                }
                Noise::Deep => {
                    let _ = stream.write_all(&vec![b'['; 6 << 20]).await;
                    let _ = stream.shutdown().await;
                }
                Noise::Garbage | Noise::Elsewhere => {}
                Noise::Slow => {
                    while stream.write_all(b" ").await.is_ok() {
                        bytes += 1;
                        tokio::time::sleep(Duration::from_millis(100)).await;
                    }
                }
                Noise::Silent => {
                    // Until the asker has gone.
                    while stream.read(&mut asked).await.is_ok_and(|size| size > 0) {}
                }
            }
        }
        self.most.fetch_max(bytes, Ordering::Relaxed);
        self.ended.lock().unwrap().push(noise);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_without_end_or_sense_cost_their_sender_alone() {
    let world = World::running("noise", 2).await;
    let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let trapped = Arc::new(AtomicU64::new(0));
    let noisy = Arc::new(Noisy {
        noise: Mutex::new(Noise::Garbage),
        elsewhere: format!("http://{}/", trap.local_addr().unwrap()),
        ended: Mutex::default(),
        most: AtomicU64::new(0),
    });
    tokio::spawn({
        let trapped = Arc::clone(&trapped);
        async move {
            while trap.accept().await.is_ok() {
                trapped.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let address = world.node("hostile").url.clone();
    let listener = TcpListener::bind(address.trim_start_matches("http://"))
        .await
        .unwrap();
    tokio::spawn({
        let noisy = Arc::clone(&noisy);
        async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&noisy).answer(stream));
            }
        }
    });
    let mut number = 0;
    for (at, noise) in [
        Noise::Garbage,
        Noise::Elsewhere,
        Noise::Deep,
        Noise::Endless,
        Noise::Long,
        Noise::Slow,
        Noise::Silent,
    ]
    .into_iter()
    .enumerate()
    {
        *noisy.noise.lock().unwrap() = noise;
        // One for the hostile node and for customs: customs get theirs.
        let id = file(&world, u32::try_from(at).unwrap() + 1).await;
        world.api("cbp").holds(&id).await;
        goes_on(&world, &mut number).await;
        until(&format!("{noise:?} is given up"), || async {
            noisy.ended.lock().unwrap().contains(&noise)
        })
        .await;
    }
    let most = noisy.most.load(Ordering::Relaxed);
    assert!(
        most < ANSWER_BYTES_MAX,
        "{most} bytes of one answer were taken"
    );
    assert_eq!(
        trapped.load(Ordering::Relaxed),
        0,
        "a redirect was followed"
    );
    // A look at a peer that is silent takes as long as it is waited for.
    stands(&world, "what waits for the noisy one is told", |s| {
        s["pending"].as_u64().unwrap_or(0) >= 7
    })
    .await;
    let told = standing(&world).await;
    assert_eq!(told["inStep"], false, "{told}");
    assert!(told["silentSince"].is_string(), "{told}");
    let metrics = Api::operator(world.node("trade")).get("/metrics").await;
    assert!(
        !metrics.text.contains("garita_delivery_retries_total 0\n"),
        "{}",
        metrics.text
    );
    goes_on(&world, &mut number).await;
}
