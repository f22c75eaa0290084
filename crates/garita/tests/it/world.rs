//! A network in a temporary folder: made as people make it, reached as they reach it.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use garita_credential::keys::SigningKey;
use garita_exchange::clock::{Clock, real_now_ms};
use garita_exchange::governance::Network;
use garita_node::config::{NodeConfig, read_key};
use garita_node::server::{self, App};
use garita_node::setup::{self, CreatedNode, NetworkPlan, NodePlan, PartyPlan};
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// 2026-11-24T12:00:00Z: where the business day of all tests begins.
pub(crate) const DAY_MS: i64 = 1_795_521_600_000;
/// Longest wait for something that another node does.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(50);
/// So many looks, one after the other, see the same before the nodes are said to be at rest.
const RESTING_LOOKS: u32 = 8;

/// A folder that goes when the test ends.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let path = std::env::temp_dir().join(format!(
            "garita-it-{name}-{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A free address below the range from which the system takes ports for outgoing connections: a restarted node finds its own free.
pub(crate) fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    for _ in 0..5_000 {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        // Tests that run at once are processes with neighbouring numbers: each begins eight ports on, so that none takes what
        // another has found free and not yet bound.
        let start = u16::try_from(std::process::id() % 1_500).unwrap() * 8;
        let port = 20_000 + (start + step) % 12_000;
        if let Ok(listener) = TcpListener::bind(("127.0.0.1", port)) {
            return listener.local_addr().unwrap();
        }
    }
    panic!("no free port between 20000 and 32000");
}

/// Business time of the tests: the day of the fixtures, at the speed of the machine's clock.
pub(crate) fn clock() -> Clock {
    Clock::Simulated {
        real_start_ms: real_now_ms(),
        simulated_start_ms: DAY_MS,
        speed: 1.0,
        run_up: None,
    }
}

pub(crate) fn party(
    slug: &str,
    name: &str,
    country: &str,
    roles: &[&str],
    holds: &[(&str, &str)],
) -> PartyPlan {
    PartyPlan {
        slug: slug.to_owned(),
        name: name.to_owned(),
        country: country.to_owned(),
        roles: roles.iter().map(|r| (*r).to_owned()).collect(),
        holds: holds
            .iter()
            .map(|(space, number)| ((*space).to_owned(), vec![(*number).to_owned()]))
            .collect(),
        places: match roles {
            ["customs.us"] => vec!["2304".to_owned()],
            ["customs.mx"] => vec!["240".to_owned()],
            _ => Vec::new(),
        },
        marks: Vec::new(),
    }
}

pub(crate) fn node(slug: &str, name: &str, parties: Vec<PartyPlan>) -> NodePlan {
    let listen = free_address();
    NodePlan {
        slug: slug.to_owned(),
        name: name.to_owned(),
        listen,
        url: format!("http://{listen}"),
        parties,
    }
}

/// The two customs on one node, trade on another, the bridges on the third; `stranger`, a carrier without a number, on a fourth that
/// never runs: tests speak for it.
pub(crate) fn plan(clock: Clock) -> NetworkPlan {
    NetworkPlan {
        adoptions: Vec::new(),
        name: "Test crossing".to_owned(),
        simulated: true,
        clock,
        zones: BTreeMap::from([
            ("2304".to_owned(), "America/Chicago".to_owned()),
            ("240".to_owned(), "America/Matamoros".to_owned()),
        ]),
        nodes: vec![
            node(
                "customs",
                "Both customs",
                vec![
                    party("cbp", "CBP Laredo", "us", &["customs.us"], &[]),
                    party("anam", "ANAM Nuevo Laredo", "mx", &["customs.mx"], &[]),
                ],
            ),
            node(
                "trade",
                "Mines Road",
                vec![
                    party(
                        "ocotillo",
                        "Transportes Ocotillo",
                        "mx",
                        &["carrier"],
                        &[("scac", "TOCQ")],
                    ),
                    party(
                        "nopalera",
                        "Fletes Nopalera",
                        "mx",
                        &["carrier"],
                        &[("scac", "NOPA")],
                    ),
                    party(
                        "mines",
                        "Mines Road Brokers",
                        "us",
                        &["broker.us", "declarant"],
                        &[("filer", "M7K"), ("declarant", "LOZA")],
                    ),
                    party(
                        "sotol",
                        "Sotol Brokers",
                        "us",
                        &["broker.us"],
                        &[("filer", "ABC")],
                    ),
                    party("gulf", "Gulf Prairie Assembly", "us", &["importer"], &[]),
                    party(
                        "ctpat",
                        "CTPAT office",
                        "us",
                        &["certifier"],
                        &[("program", "CTPAT")],
                    ),
                ],
            ),
            node(
                "bridges",
                "Bridges",
                vec![party(
                    "puente",
                    "City of Laredo Bridges",
                    "us",
                    &["bridge"],
                    &[],
                )],
            ),
            node(
                "hostile",
                "Nobody's node",
                vec![party("stranger", "Fletes Ajenos", "mx", &["carrier"], &[])],
            ),
        ],
    }
}

/// A network whose first nodes run in this process.
pub(crate) struct World {
    pub(crate) folder: Folder,
    pub(crate) nodes: Vec<CreatedNode>,
    running: Vec<Running>,
}

struct Running {
    app: Arc<App>,
    stop: Option<oneshot::Sender<()>>,
}

impl World {
    /// Three nodes run, the hostile one does not.
    pub(crate) async fn three(name: &str) -> World {
        World::running(name, 3).await
    }

    /// The first `count` nodes run.
    pub(crate) async fn running(name: &str, count: usize) -> World {
        World::prepared(name, count, |_, _| {}).await
    }

    /// The first `count` nodes run, after something was done to their folders.
    pub(crate) async fn prepared(
        name: &str,
        count: usize,
        prepare: impl FnOnce(&Folder, &[CreatedNode]),
    ) -> World {
        World::planned(name, &plan(clock()), count, prepare).await
    }

    /// The same of another plan.
    pub(crate) async fn planned(
        name: &str,
        plan: &NetworkPlan,
        count: usize,
        prepare: impl FnOnce(&Folder, &[CreatedNode]),
    ) -> World {
        World::planned_at(name, plan, count, &[], prepare).await
    }

    /// The same, where some nodes are not reached at the address that the list has.
    pub(crate) async fn planned_at(
        name: &str,
        plan: &NetworkPlan,
        count: usize,
        elsewhere: &[(&str, &str)],
        prepare: impl FnOnce(&Folder, &[CreatedNode]),
    ) -> World {
        let folder = Folder::new(name);
        let nodes = setup::create_network(&folder.path().join("net"), plan).unwrap();
        prepare(&folder, &nodes);
        let running = nodes
            .iter()
            .take(count)
            .map(|node| serve(App::open(NodeConfig::read(&node.data).unwrap()).unwrap()))
            .collect();
        let world = World {
            folder,
            nodes,
            running,
        };
        for node in world.nodes.iter().take(count) {
            let at = elsewhere.iter().find(|(slug, _)| *slug == node.slug);
            let api = Api::new(at.map_or(node.url.as_str(), |(_, url)| url), "");
            until("the node answers", || async {
                api.try_get("/readyz")
                    .await
                    .is_some_and(|a| a.status == 200)
            })
            .await;
        }
        world
    }

    /// Stops a node and starts it again from its folder.
    pub(crate) async fn restart(&mut self, slug: &str) {
        self.stop(slug).await;
        self.start(slug).await;
    }

    /// Stops a node; nobody reaches it until it is started again.
    pub(crate) async fn stop(&mut self, slug: &str) {
        let at = self.nodes.iter().position(|n| n.slug == slug).unwrap();
        let old = &mut self.running[at];
        old.app.exchange().stop();
        let _ = old.stop.take().map(|stop| stop.send(()));
        let api = Api::new(&self.nodes[at].url, "");
        until("the node is away", || async {
            api.try_get("/livez").await.is_none()
        })
        .await;
    }

    /// Starts a stopped node from its folder.
    pub(crate) async fn start(&mut self, slug: &str) {
        let at = self.nodes.iter().position(|n| n.slug == slug).unwrap();
        drop(self.running.remove(at));
        let data = self.nodes[at].data.clone();
        let began = Instant::now();
        // The old one gives its folder back when the last of its tasks has ended.
        let app = loop {
            match App::open(NodeConfig::read(&data).unwrap()) {
                Ok(app) => break app,
                Err(error) => assert!(began.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(POLL).await;
        };
        self.running.insert(at, serve(app));
        let api = Api::new(&self.nodes[at].url, "");
        until("the node answers again", || async {
            api.try_get("/readyz")
                .await
                .is_some_and(|a| a.status == 200)
        })
        .await;
    }

    pub(crate) fn app(&self, slug: &str) -> &Arc<App> {
        let at = self.nodes.iter().position(|n| n.slug == slug).unwrap();
        &self.running[at].app
    }

    pub(crate) fn node(&self, slug: &str) -> &CreatedNode {
        self.nodes.iter().find(|n| n.slug == slug).unwrap()
    }

    /// DID of a party.
    pub(crate) fn did(&self, party: &str) -> String {
        self.nodes
            .iter()
            .find_map(|n| n.parties.get(party))
            .unwrap()
            .did
            .clone()
    }

    /// The API as a party has it at its home.
    pub(crate) fn api(&self, party: &str) -> Api {
        let node = self
            .nodes
            .iter()
            .find(|n| n.parties.contains_key(party))
            .unwrap();
        Api::new(&node.url, &node.parties[party].token)
    }

    pub(crate) fn key(&self, node: &str, name: &str) -> Arc<SigningKey> {
        Arc::new(
            read_key(
                &self
                    .node(node)
                    .data
                    .join("keys")
                    .join(format!("{name}.json")),
            )
            .unwrap(),
        )
    }

    pub(crate) fn authority(&self) -> SigningKey {
        read_key(&self.folder.path().join("net/authority.json")).unwrap()
    }

    /// The network as a node says it is.
    pub(crate) async fn network(&self, node: &str) -> Network {
        let feed = Api::new(&self.node(node).url, "")
            .get("/v1/governance?after=-1")
            .await;
        Network::from_entries(feed.body["entries"].as_array().unwrap()).unwrap()
    }

    /// Waits until nothing moves between the nodes that run: a notice that a record brings about is issued after it, so that what
    /// is counted before something is tried is counted at rest. Deliveries to a node that does not run wait and are not waited for.
    pub(crate) async fn quiet(&self) {
        let mut last = Vec::new();
        let mut same = 0;
        let began = Instant::now();
        while same < RESTING_LOOKS {
            let mut seen = Vec::new();
            for node in &self.nodes {
                if let Some(answer) = Api::operator(node).try_get("/v1/status").await {
                    let count = |pointer: &str| answer.body.pointer(pointer).unwrap().as_u64();
                    seen.push((count("/records"), count("/deliveries/pending")));
                }
            }
            same = if seen == last { same + 1 } else { 0 };
            last = seen;
            assert!(began.elapsed() < PATIENCE, "the nodes do not come to rest");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Records of a node.
    pub(crate) async fn records(&self, node: &str) -> u64 {
        Api::operator(self.node(node)).get("/v1/status").await.body["records"]
            .as_u64()
            .unwrap()
    }
}

/// Serves a node in a task of this process.
fn serve(app: Arc<App>) -> Running {
    let (stop, stopped) = oneshot::channel();
    let served = Arc::clone(&app);
    tokio::spawn(async move {
        server::serve(served, async {
            let _ = stopped.await;
        })
        .await
        .unwrap();
    });
    Running {
        app,
        stop: Some(stop),
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for node in &mut self.running {
            if let Some(stop) = node.stop.take() {
                let _ = stop.send(());
            }
            node.app.exchange().stop();
        }
    }
}

/// A caller of a node's API.
#[derive(Clone)]
pub(crate) struct Api {
    http: reqwest::Client,
    pub(crate) base: String,
    token: String,
}

/// What a node answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) kind: String,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The record's id of a receipt.
    pub(crate) fn id(&self) -> String {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.text
        );
        self.body["leaf"]["id"].as_str().unwrap().to_owned()
    }
}

impl Api {
    pub(crate) fn new(base: &str, token: &str) -> Api {
        Api {
            http: reqwest::Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(30))
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            base: base.trim_end_matches('/').to_owned(),
            token: token.to_owned(),
        }
    }

    /// As a node's operator, who alone is told how much there is.
    pub(crate) fn operator(node: &CreatedNode) -> Api {
        Api::new(&node.url, &node.admin_token)
    }

    pub(crate) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method.parse().unwrap(), format!("{}{path}", self.base));
        if self.token.is_empty() {
            request
        } else {
            request.bearer_auth(&self.token)
        }
    }

    pub(crate) async fn try_get(&self, path: &str) -> Option<Answer> {
        answer(self.request("GET", path)).await.ok()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        answer(self.request("GET", path)).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        answer(self.request("POST", path).json(body)).await.unwrap()
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: Vec<u8>) -> Answer {
        answer(self.request(method, path).body(body)).await.unwrap()
    }

    /// Files a draft that must be taken; its id.
    pub(crate) async fn file(&self, record_type: &str, subject: Value) -> String {
        self.draft(record_type, subject).await.id()
    }

    /// Files a draft.
    pub(crate) async fn draft(&self, record_type: &str, subject: Value) -> Answer {
        self.post("/v1/records", &draft(record_type, subject)).await
    }

    /// One record as this party holds it.
    pub(crate) async fn record(&self, id: &str) -> Answer {
        self.get(&record_path(id)).await
    }

    /// Waits until this party holds a record.
    pub(crate) async fn holds(&self, id: &str) -> Answer {
        let path = record_path(id);
        until(&format!("{} holds {id}", self.base), || async {
            self.try_get(&path).await.is_some_and(|a| a.status == 200)
        })
        .await;
        self.get(&path).await
    }

    /// All records that this party holds: id and view.
    pub(crate) async fn all_records(&self) -> Vec<(String, String, String)> {
        let mut found = Vec::new();
        let mut path = "/v1/records?order=oldest&limit=500".to_owned();
        loop {
            let page = self.get(&path).await;
            assert_eq!(page.status, 200, "{}", page.text);
            for item in page.body["items"].as_array().unwrap() {
                let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
                found.push((text("id"), text("view"), text("recordType")));
            }
            match page.body["next"].as_str() {
                Some(next) => path = format!("/v1/records?order=oldest&limit=500&cursor={next}"),
                None => return found,
            }
        }
    }

    /// State of a case.
    pub(crate) async fn case(&self, kind: &str, key: &str) -> Answer {
        self.get(&format!("/v1/cases/{kind}/{key}")).await
    }
}

pub(crate) async fn answer(request: reqwest::RequestBuilder) -> Result<Answer, reqwest::Error> {
    let response = request.send().await?;
    let status = response.status().as_u16();
    let kind = response
        .headers()
        .get("content-type")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    let text = response.text().await?;
    Ok(Answer {
        status,
        kind,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
    })
}

pub(crate) fn record_path(id: &str) -> String {
    format!("/v1/records/{}", id.trim_start_matches("ni:///sha-256;"))
}

/// Polls until something is so; at most a minute.
pub(crate) async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let began = Instant::now();
    while !so().await {
        assert!(began.elapsed() < PATIENCE, "waited in vain: {what}");
        tokio::time::sleep(POLL).await;
    }
}

/// A draft as a client posts it.
pub(crate) fn draft(record_type: &str, subject: Value) -> Value {
    json!({ "recordType": record_type, "credentialSubject": subject })
}

pub(crate) fn trip_key(trip: &str) -> String {
    format!("TOCQ:{trip}")
}

pub(crate) fn appointment(trip: &str, plate: &str) -> Value {
    json!({
        "scac": "TOCQ", "trip": trip, "plate": plate, "plateState": "MX-TAM",
        "window": { "windowStart": "2026-11-24T13:00:00Z", "windowEnd": "2026-11-24T13:30:00Z" },
        "direction": "northbound", "crossing": "230404", "lane": "standard", "empty": false,
        "contact": "dispatch@ocotillo.example", "remarks": "Tyre change on the way",
    })
}

/// A loaded truck with one shipment.
pub(crate) fn manifest(trip: &str, plate: &str, scn: &str) -> Value {
    json!({
        "scac": "TOCQ", "trip": trip, "direction": "northbound", "port": "2304", "aduana": "240", "crossing": "230404",
        "estimatedArrival": "2026-11-24T15:19:00Z", "plate": plate, "plateState": "MX-TAM", "lane": "standard", "empty": false,
        "seals": ["7741093"], "shipments": [{ "scn": scn, "packages": 10, "grossWeightKg": 1000 }],
        "packages": 10, "grossWeightKg": 1000,
    })
}

pub(crate) fn shipment(scn: &str, broker: &str, importer: &str) -> Value {
    json!({
        "scn": scn, "direction": "northbound", "releaseType": "PAPS", "port": "2304",
        "shipper": { "partyName": "Arneses Queretanos", "country": "MX" },
        "consignee": { "partyName": "Gulf Prairie Assembly", "country": "US" },
        "goods": [{ "goodsText": "Wire harnesses", "packages": 10 }],
        "packages": 10, "grossWeightKg": 1000, "broker": broker, "importer": importer,
    })
}

pub(crate) fn arrived(trip: &str) -> Value {
    json!({ "scac": "TOCQ", "trip": trip, "port": "2304", "crossing": "230404", "laneNumber": 6, "lane": "standard" })
}

/// The folder beside the project with what is not in it; says where it is not there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: {} is not there", found.display());
    None
}

/// Runs the binary to its end.
pub(crate) fn garita(args: &[&str]) -> Ran {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_garita"))
        .args(args)
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// What the binary said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}
