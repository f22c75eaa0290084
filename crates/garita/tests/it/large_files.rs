//! Files too large to be held: streamed up, across and down in bounded memory, gone on with where they broke off, and for nobody else.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path as Member, State};
use axum::routing::get;
use garita_credential::http_signature::{self, Component, LABEL, Parameters, Request};
use garita_credential::keys::SigningKey;
use garita_exchange::client::Client;
use garita_exchange::clock::real_now_ms;
use garita_exchange::core::HostedKey;
use garita_exchange::encode;
use garita_exchange::signing::{Draft, Signer};
use garita_exchange::wire::DeliveryAnswer;
use garita_node::setup;
use garita_profile::case::CaseRef;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::chance::Random;
use crate::fault::{Node, ready};
use crate::governance::delivery;
use crate::world::{
    Answer, Api, DAY_MS, Folder, World, answer, appointment, clock, draft, plan, trip_key, until,
};

/// The file's size in megabytes where `GARITA_TEST_FILE_MB` does not say: 200 is the most.
const FILE_MB: usize = 60;
/// What a node may take more than idle, kB.
const MORE_KB: u64 = 64 << 10;
/// For one request with a large body, on a machine that has much to do.
const LONG: Duration = Duration::from_secs(600);
const TRIP: &str = "TOCQ2611240417";

fn bytes(count: usize, seed: u64) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut out = Vec::with_capacity(count + 8);
    while out.len() < count {
        out.extend(random.next().to_le_bytes());
    }
    out.truncate(count);
    out
}

fn name(bytes: &[u8]) -> String {
    encode::base64url(&Sha256::digest(bytes))
}

fn path(bytes: &[u8]) -> String {
    format!("/v1/attachments/{}", name(bytes))
}

/// How a record names these bytes.
fn related(bytes: &[u8]) -> Value {
    let mut hash = vec![0x12, 0x20];
    hash.extend(Sha256::digest(bytes));
    json!({
        "id": format!("ni:///sha-256;{}", name(bytes)),
        "mediaType": "video/mp4",
        "digestMultibase": format!("u{}", encode::base64url(&hash)),
    })
}

async fn sent(api: &Api, file: &[u8]) -> Answer {
    let request = api.request("POST", "/v1/attachments").timeout(LONG);
    let request = request
        .header("content-type", "video/mp4")
        .body(file.to_vec());
    answer(request).await.unwrap()
}

/// Files an appointment that names the file; its id.
async fn named(api: &Api, trip: &str, file: &[u8]) -> String {
    let mut one = draft("Appointment", appointment(trip, "47AK2F"));
    one["relatedResource"] = json!([related(file)]);
    api.post("/v1/records", &one).await.id()
}

/// Asks for a file until it is here.
async fn came(api: &Api, file: &[u8]) {
    let path = path(file);
    until("the file is here", || async {
        let head = api.request("HEAD", &path).timeout(LONG).send();
        let status = head.await.unwrap().status().as_u16();
        assert!([200, 503].contains(&status), "{status}");
        status == 200
    })
    .await;
}

async fn downloaded(api: &Api, file: &[u8], range: Option<&str>) -> reqwest::Response {
    let mut request = api.request("GET", &path(file)).timeout(LONG);
    if let Some(range) = range {
        request = request.header("range", range);
    }
    request.send().await.unwrap()
}

fn field<'a>(response: &'a reqwest::Response, name: &str) -> &'a str {
    response
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().unwrap())
}

/// Changes `node.json` of a node.
fn configured(data: &Path, bytes_max: u64) {
    let path = data.join("node.json");
    let mut file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    file["attachmentBytesMax"] = json!(bytes_max);
    std::fs::write(&path, file.to_string()).unwrap();
}

/// Unfinished files of a node.
fn unfinished(data: &Path) -> usize {
    ["tmp", "partial"]
        .iter()
        .map(|folder| {
            std::fs::read_dir(data.join("blobs").join(folder))
                .unwrap()
                .count()
        })
        .sum()
}

/// The most memory that a process has had so far, kB.
fn highest_kb(node: &Node) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", node.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_goes_up_across_and_down_in_bounded_memory() {
    let mb = std::env::var("GARITA_TEST_FILE_MB")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(FILE_MB);
    let folder = Folder::new("large");
    let mut plan = plan(clock());
    plan.nodes.truncate(2);
    let nodes = setup::create_network(&folder.path().join("net"), &plan).unwrap();
    let running: Vec<Node> = nodes
        .iter()
        .map(|node| {
            Node::start(
                &node.data,
                &folder.path().join(format!("{}.log", node.slug)),
            )
        })
        .collect();
    for node in &nodes {
        ready(&node.url).await;
    }
    let api =
        |node: usize, party: &str| Api::new(&nodes[node].url, &nodes[node].parties[party].token);
    let (cbp, carrier, other) = (api(0, "cbp"), api(1, "ocotillo"), api(1, "nopalera"));
    // Once around with a small one, so that what all of it needs is there.
    let small = bytes(1_000, 1);
    assert_eq!(sent(&carrier, &small).await.status, 201);
    let id = named(&carrier, "TOCQ2611240400", &small).await;
    cbp.holds(&id).await;
    came(&cbp, &small).await;
    let idle: Vec<u64> = running.iter().map(highest_kb).collect();

    let file = bytes(mb * 1_000_000, 2);
    let kept = sent(&carrier, &file).await;
    assert_eq!(kept.status, 201, "{}", kept.text);
    assert_eq!(kept.body["relatedResource"], related(&file));
    assert_eq!(kept.body["size"], json!(file.len()));
    let id = named(&carrier, TRIP, &file).await;
    cbp.holds(&id).await;
    came(&cbp, &file).await;
    for api in [&carrier, &cbp] {
        let whole = downloaded(api, &file, None).await;
        assert_eq!(whole.status().as_u16(), 200);
        assert_eq!(field(&whole, "etag"), format!("\"{}\"", name(&file)));
        assert_eq!(field(&whole, "accept-ranges"), "bytes");
        assert_eq!(field(&whole, "content-disposition"), "attachment");
        assert_eq!(field(&whole, "content-type"), "video/mp4");
        assert_eq!(field(&whole, "content-length"), file.len().to_string());
        assert_eq!(name(&whole.bytes().await.unwrap()), name(&file));
        let last = file.len() - 1;
        for (range, from, to) in [
            ("bytes=0-0".to_owned(), 0, 0),
            ("bytes=1000000-1999999".to_owned(), 1_000_000, 1_999_999),
            ("bytes=-777".to_owned(), last - 776, last),
            (format!("bytes={last}-"), last, last),
        ] {
            let part = downloaded(api, &file, Some(&range)).await;
            assert_eq!(part.status().as_u16(), 206, "{range}");
            let told = format!("bytes {from}-{to}/{}", file.len());
            assert_eq!(field(&part, "content-range"), told);
            assert_eq!(part.bytes().await.unwrap(), file[from..=to], "{range}");
        }
        let beyond = downloaded(api, &file, Some(&format!("bytes={}-", file.len()))).await;
        assert_eq!(beyond.status().as_u16(), 416);
        let told = format!("bytes */{}", file.len());
        assert_eq!(field(&beyond, "content-range"), told);
        let beyond: Value = beyond.json().await.unwrap();
        assert_eq!(beyond["code"], "range-beyond");
        // Of an earlier file, nothing in part.
        let request = api
            .request("GET", &path(&file))
            .header("range", "bytes=0-0");
        let changed = request.header("if-range", "\"another\"").send();
        assert_eq!(changed.await.unwrap().status().as_u16(), 200);
        let request = api.request("GET", &path(&file));
        let known = request.header("if-none-match", format!("\"{}\"", name(&file)));
        assert_eq!(known.send().await.unwrap().status().as_u16(), 304);
    }
    // The tenant beside gets no byte, and hears what he hears of a file that is nowhere.
    for range in [None, Some("bytes=0-0"), Some("bytes=999999999-")] {
        let refused = downloaded(&other, &file, range).await;
        assert_eq!(refused.status().as_u16(), 404);
        assert_eq!(field(&refused, "etag"), "");
        let nowhere = downloaded(&other, b"nowhere", range).await;
        assert_eq!(nowhere.status().as_u16(), 404);
        assert_eq!(refused.text().await.unwrap(), nowhere.text().await.unwrap());
    }
    for ((node, process), idle) in nodes.iter().zip(&running).zip(idle) {
        let highest = highest_kb(process);
        println!(
            "{}: {idle} kB at most before, {highest} kB after {mb} MB",
            node.slug
        );
        assert!(highest < idle + MORE_KB, "{}: {highest} kB", node.slug);
        assert_eq!(unfinished(&node.data), 0, "{}", node.slug);
    }
}

/// Stands before a node, and cuts what brings a file.
#[derive(Default)]
struct Cutting {
    /// Bytes of one connection's answers; 0: as many as there are.
    after: AtomicU64,
    /// Whether nobody gets a file at all.
    refuses: AtomicBool,
    /// Where each that asked for a file began.
    asked: Mutex<Vec<u64>>,
    /// Bytes that went through of files.
    passed: AtomicU64,
}

impl Cutting {
    fn serve(self: &Arc<Self>, listener: TcpListener, node: SocketAddr) {
        let cutting = Arc::clone(self);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&cutting).connection(stream, node));
            }
        });
    }

    async fn connection(self: Arc<Self>, client: TcpStream, node: SocketAddr) {
        let Ok(node) = TcpStream::connect(node).await else {
            return;
        };
        let (mut client_reads, mut client_writes) = client.into_split();
        let (mut node_reads, mut node_writes) = node.into_split();
        let is_file = AtomicBool::new(false);
        let up = async {
            let mut piece = vec![0; 64 << 10];
            loop {
                let size = client_reads.read(&mut piece).await.unwrap_or(0);
                let head = String::from_utf8_lossy(&piece[..size]).to_lowercase();
                if head.starts_with("get /v1/peer/attachments/") {
                    is_file.store(true, Ordering::Relaxed);
                    let from = head.split("range: bytes=").nth(1);
                    let from = from.and_then(|text| text.split('-').next()?.parse().ok());
                    self.asked.lock().unwrap().push(from.unwrap_or(0));
                    if self.refuses.load(Ordering::Relaxed) {
                        return;
                    }
                }
                if size == 0 || node_writes.write_all(&piece[..size]).await.is_err() {
                    return;
                }
            }
        };
        let down = async {
            let (mut piece, mut passed) = (vec![0; 64 << 10], 0);
            loop {
                let size = node_reads.read(&mut piece).await.unwrap_or(0);
                if size == 0 || client_writes.write_all(&piece[..size]).await.is_err() {
                    return;
                }
                if !is_file.load(Ordering::Relaxed) {
                    continue;
                }
                passed += size as u64;
                self.passed.fetch_add(size as u64, Ordering::Relaxed);
                let after = self.after.load(Ordering::Relaxed);
                if after > 0 && passed >= after {
                    return;
                }
            }
        };
        // Whichever ends first ends both.
        tokio::select! {
            () = up => {}
            () = down => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_goes_on_where_its_connection_was_cut() {
    let cutting = Arc::new(Cutting::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut plan = plan(clock());
    let trade = plan.nodes.iter_mut().find(|n| n.slug == "trade").unwrap();
    trade.url = format!("http://{}", listener.local_addr().unwrap());
    cutting.serve(listener, trade.listen);
    let mut world = World::planned("large-cut", &plan, 2, |_, _| {}).await;
    let file = bytes(30_000_000, 3);
    let carrier = world.api("ocotillo");
    assert_eq!(sent(&carrier, &file).await.status, 201);
    let id = named(&carrier, TRIP, &file).await;
    world.api("cbp").holds(&id).await;

    // Some megabytes, and then nobody gets anything: who asks hears it, and what came stays, also over a restart.
    cutting.after.store(3_000_000, Ordering::Relaxed);
    let cut = tokio::spawn({
        let cutting = Arc::clone(&cutting);
        async move {
            until("some of the file came", || async {
                cutting.asked.lock().unwrap().len() >= 2
            })
            .await;
            cutting.refuses.store(true, Ordering::Relaxed);
        }
    });
    let cbp = world.api("cbp");
    until("the home is given up", || async {
        let away = cbp.get(&path(&file)).await;
        assert_eq!(away.status, 503, "{}", away.code());
        away.code() == "attachment-away"
    })
    .await;
    cut.await.unwrap();
    let customs = world.node("customs").data.clone();
    assert_eq!(unfinished(&customs), 1);
    world.restart("customs").await;
    let before = cutting.asked.lock().unwrap().len();
    cutting.refuses.store(false, Ordering::Relaxed);
    let cbp = world.api("cbp");
    came(&cbp, &file).await;
    let whole = downloaded(&cbp, &file, None).await;
    assert_eq!(name(&whole.bytes().await.unwrap()), name(&file));

    let asked = cutting.asked.lock().unwrap().clone();
    println!("asked from {asked:?}");
    assert_eq!(asked[0], 0, "{asked:?}");
    assert!(
        asked[before] > 1_000_000,
        "it went on after a restart: {asked:?}"
    );
    assert!(asked.windows(2).all(|two| two[0] <= two[1]), "{asked:?}");
    let passed = cutting.passed.load(Ordering::Relaxed);
    let most = file.len() as u64 + 8_000_000;
    assert!(passed < most, "{passed} bytes went through");
    assert_eq!(unfinished(&customs), 0);
}

/// What a node says to a request that is written by hand, of which no more is sent.
async fn told(url: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(url.trim_start_matches("http://"))
        .await
        .unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4_096];
    // Until the whole problem is there.
    while !String::from_utf8_lossy(&answer).contains("\"errors\"") {
        let read = tokio::time::timeout(LONG, stream.read(&mut piece)).await;
        let size = read.expect("an answer in time").unwrap();
        assert!(size > 0, "{}", String::from_utf8_lossy(&answer));
        answer.extend_from_slice(&piece[..size]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_is_refused_before_it_is_read() {
    let world = World::prepared("large-not", 2, |_, nodes| {
        configured(&nodes[0].data, 1_000_000);
        configured(&nodes[1].data, 3_000_000);
    })
    .await;
    let node = world.node("trade");
    let carrier = world.api("ocotillo");
    // By what it says of itself: not a byte of it is sent.
    for length in ["3000001", "200000001", "99999999999999999"] {
        let request = format!(
            "POST /v1/attachments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-length: {length}\r\n\r\n",
            node.parties["ocotillo"].token
        );
        let refused = told(&node.url, &request).await;
        assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
        assert!(refused.contains("document-too-large"), "{refused}");
        assert!(refused.contains("max-size=3000000"), "{refused}");
    }
    // By what comes.
    let given = Arc::new(AtomicU64::new(0));
    let pieces = {
        let given = Arc::clone(&given);
        tokio_stream::iter(std::iter::repeat_with(move || {
            given.fetch_add(64 << 10, Ordering::Relaxed);
            Ok::<_, std::io::Error>(vec![7_u8; 64 << 10])
        }))
    };
    let endless = carrier
        .request("POST", "/v1/attachments")
        .timeout(LONG)
        .body(reqwest::Body::wrap_stream(pieces));
    // Who does not stop to listen may find the connection closed.
    if let Ok(refused) = answer(endless).await {
        assert_eq!(
            (refused.status, refused.code()),
            (413, "document-too-large")
        );
    }
    let given = given.load(Ordering::Relaxed);
    assert!(given < 64 << 20, "{given} bytes of an endless file");
    until("nothing is left of it", || async {
        unfinished(&node.data) == 0
    })
    .await;
    let empty = sent(&carrier, b"").await;
    assert_eq!((empty.status, empty.code()), (400, "attachment-empty"));
    // As large as it may be is taken; a node that takes less does not fetch it.
    let file = bytes(3_000_000, 4);
    assert_eq!(sent(&carrier, &file).await.status, 201);
    let id = named(&carrier, TRIP, &file).await;
    let cbp = world.api("cbp");
    cbp.holds(&id).await;
    let away = cbp.get(&path(&file)).await;
    assert_eq!((away.status, away.code()), (503, "attachment-away"));
    assert!(away.text.contains("1000000"), "{}", away.text);
    assert_eq!(carrier.get("/v1/me").await.status, 200);
}

/// Begins an upload; its address.
async fn begun(api: &Api, length: Option<usize>) -> Result<String, Answer> {
    let mut request = api
        .request("POST", "/v1/attachments")
        .header("upload-complete", "?0")
        .header("content-type", "video/mp4");
    if let Some(length) = length {
        request = request.header("upload-length", length);
    }
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let location = field(&response, "location").to_owned();
    if status == 201 {
        assert_eq!(field(&response, "upload-complete"), "?0");
        assert!(location.starts_with("/v1/uploads/"), "{location}");
        return Ok(location);
    }
    let text = response.text().await.unwrap();
    Err(Answer {
        status,
        kind: String::new(),
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    })
}

/// Status, offset and body of what an upload's address answers.
async fn appended(
    api: &Api,
    upload: &str,
    from: usize,
    is_last: bool,
    bytes: &[u8],
) -> (u16, String, Value) {
    let response = api
        .request("PATCH", upload)
        .header("content-type", "application/partial-upload")
        .header("upload-offset", from)
        .header("upload-complete", if is_last { "?1" } else { "?0" })
        .body(bytes.to_vec())
        .send()
        .await
        .unwrap();
    let offset = field(&response, "upload-offset").to_owned();
    let status = response.status().as_u16();
    let complete = field(&response, "upload-complete").to_owned();
    assert!(status != 201 || complete == "?1", "{complete}");
    (status, offset, response.json().await.unwrap_or_default())
}

/// What has come, as an upload's address says; none where there is no such.
async fn offset(api: &Api, upload: &str) -> Option<usize> {
    let head = api.request("HEAD", upload).send().await.unwrap();
    (head.status().as_u16() == 200).then(|| field(&head, "upload-offset").parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_goes_on_where_it_broke_off_and_is_its_senders_alone() {
    let mut world = World::running("large-resume", 2).await;
    let (carrier, other) = (world.api("ocotillo"), world.api("nopalera"));
    let node = world.node("trade").clone();
    let file = bytes(3_000_000, 5);
    let limits = carrier.request("OPTIONS", "/v1/attachments").send();
    let limits = limits.await.unwrap();
    assert_eq!(field(&limits, "upload-limit"), "max-size=200000000");
    let upload = begun(&carrier, Some(file.len())).await.unwrap();
    assert_eq!(offset(&carrier, &upload).await, Some(0));
    let (status, at, _) = appended(&carrier, &upload, 0, false, &file[..1_000_000]).await;
    assert_eq!((status, at.as_str()), (200, "1000000"));
    // Bytes that are not the next ones.
    for from in [0, 999_999, 1_000_001] {
        let (status, at, told) = appended(&carrier, &upload, from, false, b"x").await;
        assert_eq!((status, at.as_str()), (409, "1000000"), "{told}");
        assert_eq!(told["code"], "upload-offset");
    }
    // Nobody else's: as if it were not there.
    let nobody = Api::new(&node.url, "");
    assert_eq!(nobody.get(&upload).await.status, 401);
    let (status, at, told) = appended(&other, &upload, 1_000_000, false, b"x").await;
    assert_eq!((status, at.as_str()), (404, ""), "{told}");
    for method in ["GET", "DELETE"] {
        let there = other.send(method, &upload, Vec::new()).await;
        let nowhere = other.send(method, "/v1/uploads/nowhere", Vec::new()).await;
        assert_eq!(there.status, 404, "{method}");
        assert_eq!(there.text, nowhere.text, "{method}");
    }
    // The connection breaks in the middle: what came is kept.
    let mut stream = TcpStream::connect(node.url.trim_start_matches("http://"))
        .await
        .unwrap();
    let head = format!(
        "PATCH {upload} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\ncontent-type: application/partial-upload\r\nupload-offset: 1000000\r\nupload-complete: ?1\r\ncontent-length: 2000000\r\n\r\n",
        node.parties["ocotillo"].token
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&file[1_000_000..1_700_000]).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await;
    until("what came is kept", || async {
        offset(&carrier, &upload).await == Some(1_700_000)
    })
    .await;
    // One connection that says nothing more gives way to the next request.
    let mut hangs = TcpStream::connect(node.url.trim_start_matches("http://"))
        .await
        .unwrap();
    let head = head.replace("offset: 1000000", "offset: 1700000");
    let head = head.replace("length: 2000000", "length: 1300000");
    hangs.write_all(head.as_bytes()).await.unwrap();
    hangs.write_all(&file[1_700_000..2_400_000]).await.unwrap();
    until("some of it is written", || async {
        let written = std::fs::read_dir(node.data.join("blobs/tmp")).unwrap();
        let written = written.map(|file| file.unwrap().metadata().unwrap().len());
        written.max() > Some(1_700_000)
    })
    .await;
    let at = offset(&carrier, &upload).await.unwrap();
    assert!((1_700_001..=2_400_000).contains(&at), "{at}");
    let (status, _, kept) = appended(&carrier, &upload, at, true, &file[at..]).await;
    drop(hangs);
    assert_eq!(status, 201, "{kept}");
    assert_eq!(kept["relatedResource"], related(&file));
    // The answer can be had again, and nothing can be added.
    let (status, _, again) = appended(&carrier, &upload, file.len(), true, b"").await;
    assert_eq!((status, &again["id"]), (201, &kept["id"]));
    let (status, _, _) = appended(&carrier, &upload, 5, false, b"x").await;
    assert_eq!(status, 409);
    assert_eq!(offset(&other, &upload).await, None);
    // Who may read it is as of any file: nobody before a record names it, then its readers.
    assert_eq!(carrier.get(&path(&file)).await.status, 404);
    let mut stolen = draft("Appointment", appointment("NOPA2611240417", "47AK2F"));
    stolen["credentialSubject"]["scac"] = json!("NOPA");
    stolen["relatedResource"] = json!([related(&file)]);
    let refused = other.post("/v1/records", &stolen).await;
    assert_eq!(refused.code(), "attachment-not-yours", "{}", refused.text);
    named(&carrier, TRIP, &file).await;
    let whole = downloaded(&carrier, &file, None).await;
    assert_eq!(name(&whole.bytes().await.unwrap()), name(&file));
    let refused = downloaded(&other, &file, Some("bytes=0-0")).await;
    assert_eq!(refused.status().as_u16(), 404);

    // More than was said, and less.
    let short = begun(&carrier, Some(10)).await.unwrap();
    let (status, _, told) = appended(&carrier, &short, 0, false, b"12345678901").await;
    assert_eq!((status, &told["code"]), (413, &json!("document-too-large")));
    let short = begun(&carrier, Some(10)).await.unwrap();
    let (status, _, told) = appended(&carrier, &short, 0, true, b"123").await;
    assert_eq!((status, &told["code"]), (400, &json!("upload-malformed")));
    let endless = begun(&carrier, Some(200_000_001)).await.unwrap_err();
    assert_eq!(
        (endless.status, endless.code()),
        (413, "document-too-large")
    );

    // So many at a time, each for himself.
    let mut open = vec![short];
    let refused = loop {
        match begun(&carrier, None).await {
            Ok(upload) => open.push(upload),
            Err(refused) => break refused,
        }
        assert!(open.len() < 20);
    };
    assert_eq!((refused.status, refused.code()), (429, "uploads-too-many"));
    let theirs = begun(&other, None).await.unwrap();
    let gone = open.pop().unwrap();
    assert_eq!(carrier.send("DELETE", &gone, Vec::new()).await.status, 204);
    assert_eq!(offset(&carrier, &gone).await, None);
    open.push(begun(&carrier, None).await.unwrap());
    open.push(theirs);
    until("only those are there", || async {
        unfinished(&node.data) <= open.len()
    })
    .await;
    // A node that starts anew has none, and nothing of them.
    world.restart("trade").await;
    for upload in &open {
        assert_eq!(offset(&world.api("ocotillo"), upload).await, None);
    }
    assert_eq!(unfinished(&node.data), 0);
}

/// What a home gives that is not to be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gives {
    OtherBytes,
    WithoutEnd,
    Slowly,
}

struct Hostile {
    /// By the digest in the address.
    files: Vec<(String, Gives)>,
    given: AtomicU64,
    asked: AtomicU64,
}

async fn given(State(hostile): State<Arc<Hostile>>, Member(digest): Member<String>) -> Body {
    hostile.asked.fetch_add(1, Ordering::Relaxed);
    let gives = hostile.files.iter().find(|(name, _)| *name == digest);
    let gives = gives.unwrap().1;
    if gives == Gives::OtherBytes {
        return Body::from("these are others");
    }
    let (pieces, body) = tokio::sync::mpsc::channel::<Result<Vec<u8>, std::io::Error>>(1);
    tokio::spawn(async move {
        let (size, pause) = if gives == Gives::Slowly {
            (10, Duration::from_millis(200))
        } else {
            (64 << 10, Duration::ZERO)
        };
        while pieces.send(Ok(vec![0; size])).await.is_ok() {
            hostile.given.fetch_add(size as u64, Ordering::Relaxed);
            tokio::time::sleep(pause).await;
        }
    });
    Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(body))
}

/// Customs hold a record of the hostile node's carrier that names a file.
async fn delivered(world: &World, seq: u64, trip: &str, file: &[u8]) {
    let network = world.network("customs").await;
    let programs = garita_node::programs::load(None).unwrap();
    let profile = programs.for_record_type("Appointment").unwrap();
    let issuer = world.did("stranger");
    let document = Draft {
        record_type: "Appointment".to_owned(),
        issuer: issuer.clone(),
        about: vec![CaseRef {
            kind: "trip".to_owned(),
            key: trip_key(trip),
        }],
        occurred_ms: DAY_MS,
        subject: appointment(trip, "47AK2F"),
        related: vec![related(file)],
        ..Draft::default()
    }
    .document(&network, &profile)
    .unwrap();
    let hosted = HostedKey {
        views: None,
        verification_method: format!("{issuer}#key-1"),
        key: world.key("hostile", "stranger"),
    };
    let signer = Signer::new(Arc::new(programs.canonicalizer().unwrap()));
    let record = signer.sign(&document, &hosted, DAY_MS).unwrap();
    let key = world.key("hostile", "node");
    let client = Client::new(&world.node("hostile").did, Arc::clone(&key)).unwrap();
    let sent = delivery(world, "hostile", seq, &record, &world.did("cbp"), &key);
    let taken: DeliveryAnswer = client
        .post(&world.node("customs").url, "/v1/peer/deliveries", &sent)
        .await
        .unwrap();
    let taken = serde_json::to_value(taken).unwrap();
    assert_eq!(taken["results"][0]["status"], "recorded", "{taken}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_home_that_gives_other_bytes_or_too_many_costs_itself_alone() {
    let world = World::prepared("large-hostile", 2, |_, nodes| {
        configured(&nodes[0].data, 3_000_000);
    })
    .await;
    let kinds = [Gives::OtherBytes, Gives::WithoutEnd, Gives::Slowly];
    let files: Vec<Vec<u8>> = (0..3).map(|n| bytes(1_000, 10 + n)).collect();
    let hostile = Arc::new(Hostile {
        files: files.iter().map(|f| name(f)).zip(kinds).collect(),
        given: AtomicU64::new(0),
        asked: AtomicU64::new(0),
    });
    let address = world.node("hostile").url.clone();
    let listener = TcpListener::bind(address.trim_start_matches("http://"))
        .await
        .unwrap();
    let routes = Router::new()
        .route("/v1/peer/attachments/{digest}", get(given))
        .with_state(Arc::clone(&hostile));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    for (seq, file) in (1..).zip(&files) {
        delivered(&world, seq, &format!("TOCQ26000000{seq:02}"), file).await;
    }
    let cbp = world.api("cbp");
    let node = world.node("customs");
    let operator = Api::new(&node.url, &node.admin_token);
    let violations = async || {
        let metrics = operator.get("/metrics").await.text;
        let line = metrics
            .lines()
            .find(|line| line.starts_with("garita_file_violations_total "));
        line.unwrap().split(' ').nth(1).unwrap().to_owned()
    };
    assert_eq!(violations().await, "0");
    // One that trickles in is under way all the time.
    let slow = tokio::spawn({
        let (cbp, path) = (cbp.clone(), path(&files[2]));
        async move { cbp.get(&path).await }
    });
    for (told, file) in (1..).zip(&files[..2]) {
        let away = cbp.get(&path(file)).await;
        assert_eq!(
            (away.status, away.code()),
            (503, "attachment-away"),
            "{}",
            away.text
        );
        assert_eq!(violations().await, told.to_string());
        let asked = hostile.asked.load(Ordering::Relaxed);
        // Not asked again at once.
        assert_eq!(cbp.get(&path(file)).await.code(), "attachment-away");
        assert_eq!(hostile.asked.load(Ordering::Relaxed), asked);
    }
    let given = hostile.given.load(Ordering::Relaxed);
    assert!(given < 32 << 20, "{given} bytes were taken");
    // An honest home's file comes meanwhile.
    let carrier = world.api("ocotillo");
    let honest = bytes(2_000_000, 20);
    assert_eq!(sent(&carrier, &honest).await.status, 201);
    let id = named(&carrier, TRIP, &honest).await;
    cbp.holds(&id).await;
    let whole = downloaded(&cbp, &honest, None).await;
    assert_eq!(whole.status().as_u16(), 200);
    assert_eq!(name(&whole.bytes().await.unwrap()), name(&honest));
    let slow = slow.await.unwrap();
    assert_eq!((slow.status, slow.code()), (503, "attachment-coming"));
}

/// A request that is signed over a digest of `said`, and brings `body`.
async fn signed(
    api: &Api,
    (method, path): (&str, &str),
    said: &[u8],
    body: &[u8],
    fields: &[(&str, &str)],
) -> Answer {
    static NONCE: AtomicU64 = AtomicU64::new(0);
    let key = SigningKey::from_seed([31; 32]);
    let digest = http_signature::content_digest(said);
    let made = http_signature::sign(
        &Request {
            method,
            scheme: "http",
            authority: api.base.trim_start_matches("http://"),
            path,
            query: None,
            fields: &[("content-digest", digest.as_str())],
        },
        LABEL,
        &[
            Component::Method,
            Component::TargetUri,
            Component::Field("content-digest".to_owned()),
        ],
        &Parameters {
            nonce: Some(NONCE.fetch_add(1, Ordering::Relaxed).to_string()),
            ..Parameters::between_nodes(
                key.verification_key().to_multibase(),
                real_now_ms(),
                60_000,
            )
        },
        &key,
    )
    .unwrap();
    let mut request = Api::new(&api.base, "")
        .request(method, path)
        .header("content-digest", digest)
        .header("signature-input", made.signature_input)
        .header("signature", made.signature)
        .body(body.to_vec());
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    answer(request).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_file_that_is_another_is_not_kept() {
    let world = World::running("large-signed", 2).await;
    let node = world.node("trade");
    let (operator, carrier) = (
        Api::new(&node.url, &node.admin_token),
        world.api("ocotillo"),
    );
    let key = SigningKey::from_seed([31; 32]);
    let body = json!({ "party": "ocotillo", "publicKey": key.verification_key().to_multibase(), "scopes": ["*"] });
    assert_eq!(operator.post("/v1/admin/keys", &body).await.status, 201);
    let file = bytes(700_000, 30);
    let post = ("POST", "/v1/attachments");
    // A node takes no write that was signed in the second in which it started.
    until("the node takes signed writes", || async {
        let first = signed(&carrier, post, b"first", b"first", &[]).await;
        assert!(
            first.status == 201 || first.code() == "request-before-start",
            "{}",
            first.text
        );
        first.status == 201
    })
    .await;
    let refused = signed(&carrier, post, &file, &file[1..], &[]).await;
    assert_eq!(
        (refused.status, refused.code()),
        (401, "content-digest-mismatch"),
        "{}",
        refused.text
    );
    let refused = signed(&carrier, post, &file, &[], &[]).await;
    assert!(refused.status >= 400, "{}", refused.text);
    assert_eq!(unfinished(&node.data), 0);
    // Of an upload all that is signed counts, or nothing.
    let upload = begun(&carrier, Some(file.len())).await.unwrap();
    let fields = [
        ("content-type", "application/partial-upload"),
        ("upload-offset", "0"),
        ("upload-complete", "?0"),
    ];
    let patch = ("PATCH", upload.as_str());
    let half = &file[..350_000];
    let refused = signed(&carrier, patch, half, &file[1..350_001], &fields).await;
    assert_eq!(
        (refused.status, refused.code()),
        (401, "content-digest-mismatch"),
        "{}",
        refused.text
    );
    assert_eq!(offset(&carrier, &upload).await, Some(0));
    let taken = signed(&carrier, patch, half, half, &fields).await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    let (status, _, kept) = appended(&carrier, &upload, 350_000, true, &file[350_000..]).await;
    assert_eq!(status, 201, "{kept}");
    assert_eq!(kept["relatedResource"], related(&file));
}
